"""Attacks on the kernel: documents that prove something false, most of which an earlier kernel accepted."""

from __future__ import annotations

import contextlib
import copy
import json
import random
import resource
import sys
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ridgeproof.proofs_check import kernel as K

Document = dict[str, Any]
SECONDS = 30.0  # the bound of the kernel's docstring is a few seconds; a busy machine is allowed several times that


def certificate(context: Any, *lines: Any) -> Document:
    """Return a document of these lines."""
    return {"format": K.FORMAT, "claim": "attack", "context": context, "lines": list(lines)}


def square(*names: str, **special: Any) -> Document:
    """Return a context of d x d constants, and of the letters given."""
    letters = {n: {"rows": "d", "cols": "d"} for n in names}
    return {"scalars": ["d", "T"], "dims": {"d": "d", "T": "T"}, "letters": {**letters, **special}}


def letter(rows: str, cols: str, **nature: Any) -> Document:
    """Return a letter's specification."""
    return {"rows": rows, "cols": cols, **nature}


def gaussian(rows: str, cols: str, covariance: str | None = None, variance: str = "1") -> Document:
    """Return a Gaussian letter's specification."""
    return letter(rows, cols, gaussian={"covariance": covariance, "variance": variance})


S = letter("d", "d", symmetric=True)
SPECTRAL = {"scalars": ["d", "T", "norm2", "kappa", "f1", "f2", "f3", "s", "w2"], "dims": {"d": "d"}, "letters": {}}
LOOP_OF_CONSTANTS = [["d", [["A", "B"]]], ["-1", [["A"], ["B"]]]]

FALSE: dict[str, Document] = {}

# d tr(AB) = tr A tr B for constants: a null group once stood for all letters that rotate in no group.
FALSE["a loop of constants"] = certificate(
    square("A", "B"),
    {
        "rule": "trace",
        "expectation": LOOP_OF_CONSTANTS,
        "nulls": [["1", {"kind": "loop", "word": ["A", "B"]}], ["-1", {"kind": "loop", "word": ["B", "A"]}]],
    },
)

# A teacher w1 = Z E is made of the noise E, yet was taken for independent of it: E tr(E'A w1) = 0.
FALSE["a letter defined by a relation, taken for a constant"] = certificate(
    {
        "scalars": ["d", "v"],
        "dims": {"d": "d", "1": "1"},
        "letters": {
            "E": gaussian("d", "1", None, "v"),
            "Z": letter("d", "d"),
            "w1": letter("d", "1", equals=[["1", ["Z", "E"]]]),
            "A": letter("d", "d"),
        },
    },
    {
        "rule": "trace",
        "expectation": [["1", [["E'", "A", "w1"]]]],
        "nulls": [["1", {"kind": "stein", "letter": "E", "word": ["A", "w1"]}]],
    },
)

# X = A: a Gaussian letter that is a constant.
FALSE["a random letter equal to a constant"] = certificate(
    square("A", X=gaussian("d", "d")) | {"relations": [[[["1", ["X"]]], [["1", ["A"]]], ["d", "d"]]]},
    {"rule": "trace", "expectation": [["1", [["A"]]]], "nulls": [
        ["1", {"kind": "stein", "letter": "X", "word": ["A"]}],
    ]},
)  # fmt: skip
FALSE["a random letter equal to a constant"]["lines"][0]["expectation"] = [["1", [["A'", "A"]]]]
FALSE["a random letter equal to a constant"]["lines"][0]["nulls"].append(
    ["-1", {"kind": "relation", "relation": 0, "right": ["A'"]}]
)

# tr X'X = T is not so for a Gaussian X.
FALSE["the trace of a Gaussian letter taken for a number"] = certificate(
    square(X=gaussian("T", "d")) | {"trace_relations": [[["X'", "X"], "T"]]},
    {
        "rule": "trace",
        "expectation": [["T", []], ["-1", [["X'", "X"]]]],
        "nulls": [["-1", {"kind": "trace-relation", "trace_relation": 0}]],
    },
)

# P A = A for a rotation-invariant P and every constant A.
FALSE["a relation between a rotating letter and a constant"] = certificate(
    square("A", P=letter("d", "d", rotates=True)) | {"relations": [[[["1", ["P", "A"]]], [["1", ["A"]]], ["d", "d"]]]},
    {
        "rule": "trace",
        "expectation": [["1", [["P", "A"]]], ["-1", [["A"]]]],
        "nulls": [["1", {"kind": "relation", "relation": 0}]],
    },
)

# L[m] = tr A[m+2] is a function of m, although [m+2] does not look like one.
FALSE["an index that moves unseen"] = certificate(
    square("A[m+2]", "B[m]", "B[m+1]"),
    {
        "rule": "word",
        "left": [["1", ["B[m+1]"]]],
        "right": [["1", ["B[m]"]], ["1", ["B[m+1]"]], ["-1", ["B[m]"]]],
        "shape": ["d", "d"],
        "cofactors": [],
    },
    {
        "rule": "telescope",
        "step": 0,
        "term": [["1", ["A[m+2]"]]],
        "summand": [],
    },
)

# A name with two meanings: f1 = sum s in one line, sum s^2 in another; T = sum_j 2, which is not the sample size.
_same = {"rule": "spectral", "left": "f1", "right": "f1"}
FALSE["a sum with two meanings"] = certificate(
    SPECTRAL, {**_same, "sums": {"f1": "s"}}, {**_same, "sums": {"f1": ["^", "s", 2]}}
)
FALSE["a dimension renamed"] = certificate(
    SPECTRAL,
    {
        "rule": "spectral",
        "left": "d",
        "right": ["*", "2", "f1"],
        "sums": {"d": "2", "f1": "1"},
        "linear": {"d": [["2", "f1"]]},
    },
)
FALSE["two dimensions that are both the number of eigenvalues"] = certificate(
    {**SPECTRAL, "dims": {"d": "d", "T": "T"}},
    {"rule": "spectral", "left": "T", "right": "d", "sums": {"T": "1", "d": "1"}, "linear": {"T": [["1", "d"]]}},
)
FALSE["an isotropic power law"] = certificate(
    {**SPECTRAL, "power_law": {"beta": "2", "source": "3", "dimension": "d"}},
    {**_same, "right": "d", "sums": {"f1": "s", "d": "1"}, "linear": {"f1": [["1", "d"]]}, "isotropic": True},
)
FALSE["an expectation named like a sum"] = certificate(
    {**square("A"), "scalars": [*SPECTRAL["scalars"]]} | {"dims": {"d": "d"}},
    {**_same, "sums": {"f1": "s"}},
    {"rule": "identity", "left": "f1", "right": "f1", "expectations": {"f1": [["A"]]}},
)
FALSE["an expectation with two meanings"] = certificate(
    {**square("A", "B"), "scalars": ["d", "T", "e"]},
    *({"rule": "identity", "left": "e", "right": "e", "expectations": {"e": [[x]]}} for x in "AB"),
)
FALSE["an expectation named like a dimension"] = certificate(
    square("A"), {"rule": "identity", "left": "d", "right": "d", "expectations": {"d": [["A"]]}}
)
FALSE["a sum defined through itself"] = certificate(SPECTRAL, {**_same, "sums": {"f1": ["+", "f1", "1"]}})
FALSE["sums defined in a circle"] = certificate(SPECTRAL, {**_same, "sums": {"f1": ["+", "f2", "1"], "f2": "f1"}})

# f1 = sum_j kappa = d kappa grows with kappa, so f1/kappa does not tend to 0.
FALSE["a limit that holds fixed what varies"] = certificate(
    SPECTRAL,
    {"rule": "limit", "expression": ["/", "f1", "kappa"], "variable": "kappa", "value": "0"},
    {**_same, "sums": {"f1": "kappa"}},
)
# With d the dimension of a matrix, or kappa defined by its trace, the other of two traces is no fixed number.
FALSE["a limit in the dimension of a matrix"] = certificate(
    {**square("A"), "scalars": ["d", "T"], "trace_relations": [[["A"], "T"]]},
    {"rule": "limit", "expression": ["/", "T", "d"], "variable": "d", "value": "0"},
)
FALSE["a limit that holds fixed what a trace defines"] = certificate(
    {**square("A"), "scalars": ["d", "T", "x", "kappa"], "leading_traces": [[["A"], ["*", "x", "kappa"]]]},
    {"rule": "limit", "expression": ["/", "kappa", "x"], "variable": "x", "value": "0"},
)
FALSE["a limit in an eigenvalue"] = certificate(
    SPECTRAL, {"rule": "limit", "expression": ["/", "1", "s"], "variable": "s", "value": "0"}
)
FALSE["a sum named like what a trace defines"] = certificate(
    {**square("A"), "scalars": ["d", "T", "s", "w2", "kappa"], "leading_traces": [[["A"], "kappa"]]},
    {**_same, "left": "kappa", "right": "kappa", "sums": {"kappa": "s"}},
)

# 1 = 2, by dividing by f1 - f2 where both are the same sum.
_zero = ["-", "f1", "f2"]
FALSE["a division by what vanishes"] = certificate(
    SPECTRAL,
    {
        "rule": "spectral",
        "left": ["/", _zero, _zero],
        "right": "2",
        "sums": {"f1": "s", "f2": "s"},
        "linear": {"f1": [["1", "f2"]]},
    },
)
FALSE["a division by what is taken for zero"] = certificate(
    {"scalars": ["x"]}, {"rule": "identity", "left": "1", "right": "0", "modulo": [[["/", "1", "x"], "x"]]}
)
FALSE["an equation that cannot hold"] = certificate(
    {}, {"rule": "identity", "left": "1", "right": "0", "modulo": [["1", "1"]]}
)
FALSE["a bound variable outside its sum"] = certificate(
    SPECTRAL, {"rule": "spectral", "left": "s", "right": "1", "sums": {}, "modulo": [["1", ["-", "s", "1"]]]}
)
_isotropic = {**_same, "right": "d", "sums": {"f1": "s", "d": "1"}, "linear": {"f1": [["1", "d"]]}, "isotropic": True}
FALSE["isotropic in another dimension"] = certificate(
    {**SPECTRAL, "scalars": [*SPECTRAL["scalars"], "p"]},
    {**_isotropic, "right": "p", "sums": {"f1": "s", "p": "2"}, "linear": {"f1": [["1", "p"]]}},
)
FALSE["a combination for another spectrum than S = I"] = certificate(  # sum s = 2 d where s = 2
    SPECTRAL, {**_isotropic, "right": ["*", "2", "d"], "linear": {"f1": [["2", "d"]]}}
)
# sum x y sum 1 = sum x sum y, as if x could be taken out of the sum: x = y = w2 at s = 1, or x = s and y = w2.
for _iso, _x in ((True, "w2"), (False, "s")):
    FALSE[f"a coefficient that holds {_x}"] = certificate(
        SPECTRAL,
        {
            **_isotropic, "isotropic": _iso, "left": ["*", "f1", "d"], "right": ["*", "f2", "norm2"],
            "sums": {"f1": ["*", _x, "w2"], "f2": _x, "d": "1", "norm2": "w2"},
            "linear": {"f1": [[_x, "norm2"]], "f2": [[_x, "d"]]},
        },
    )  # fmt: skip
FALSE["a summand with a pole at S = I"] = certificate(
    SPECTRAL,
    {**_isotropic, "sums": {"f1": ["/", ["-", "s", "1"], ["-", "s", "1"]], "d": "1"}},
)
FALSE["a division by what vanishes at S = I"] = certificate(
    SPECTRAL, {**_isotropic, "left": ["/", ["-", "f1", "d"], ["-", "f1", "d"]], "right": "2"}
)
FALSE["a cofactor that divides by what vanishes"] = certificate(
    SPECTRAL,
    {
        **_isotropic,
        "left": "kappa",
        "right": "0",
        "modulo": [[["/", "kappa", ["-", "f1", "d"]], ["-", "f1", "d"]]],
    },
)
# What holds for S = I says nothing of another spectrum: no line may build on it.
FALSE["an isotropic line used for any spectrum"] = certificate(
    SPECTRAL, {**_isotropic, "left": ["+", "f1", "kappa"], "right": ["+", "d", "kappa"]}, {"rule": "terms", "line": 0}
)
# 1 = 0 from f2 = f3, which is true, and a division by f2^2 - f3^2, which is 0 once f2 is written out to the end.
_three = {"rule": "spectral", "sums": {"f1": "s", "f2": "s", "f3": "s"}}
_chain = {"f1": [["1", "f3"]], "f2": [["1", "f1"]]}
_nothing = ["/", ["+", "f2", "f3"], ["-", ["^", "f2", 2], ["^", "f3", 2]]]
for _order in (_chain, dict(reversed(_chain.items()))):
    FALSE[f"a division by what vanishes, combinations in the order {', '.join(_order)}"] = certificate(
        SPECTRAL,
        {**_three, "left": "1", "right": "0", "linear": _order, "modulo": [[_nothing, ["-", "f2", "f3"]]]},
    )
FALSE["the inverse of zero"] = certificate(
    square("A", Z=letter("d", "d", inverse_of=[])),
    {"rule": "word", "left": [["1", ["A"]]], "right": [], "shape": ["d", "d"], "cofactors": [["-1", ["A"], [], 0]]},
)
FALSE["symmetric by a word"] = certificate(
    square(A=letter("d", "d", symmetric="no")),
    {"rule": "word", "left": [["1", ["A"]]], "right": [["1", ["A'"]]], "shape": ["d", "d"], "cofactors": []},
)
FALSE["a law with a mean that is not read"] = certificate(
    square(X=letter("T", "d", gaussian={"covariance": None, "variance": "1", "mean": "7"}), A=letter("T", "d")),
    {
        "rule": "trace",
        "expectation": [["1", [["X'", "A"]]]],
        "nulls": [["1", {"kind": "stein", "letter": "X", "word": ["A"]}]],
    },
)
FALSE["a lemma applied to what it averages over"] = certificate(
    square("A", P=letter("d", "d", rotates=True, symmetric=True)),
    {
        "rule": "trace",
        "expectation": [["d", [["A", "P"]]], ["-1", [["A"], ["P"]]]],
        "nulls": [["-1", {"kind": "loop", "word": ["A", "P"]}]],
    },
    {
        "rule": "trace",
        "expectation": [["d", [["P", "P"]]], ["-1", [["P"], ["P"]]]],
        "nulls": [["1", {"kind": "lemma", "lemma": 0, "replace": {"A": ["P"]}}]],
    },
)


# E tr(X'X A X'X A) has the term tr(X A A'X'), which is tr(X A A X') for symmetric A only.
def _square_of(a: str) -> Any:
    squares = [["*", "-1", ["+", "T", "1"]], [["X'", "X", a, a]]]
    return [["1", [["X'", "X", a, "X'", "X", a]]], squares, ["-1", [["X'", "X", a], [a]]]]


FALSE["a lemma about symmetric matrices applied to another"] = certificate(
    square("B", A=S, X=gaussian("T", "d")),
    {
        "rule": "trace",
        "expectation": _square_of("A"),
        "nulls": [["1", {"kind": "stein", "letter": "X", "word": ["X", "A", "X'", "X", "A"]}]],
    },
    {
        "rule": "trace",
        "expectation": _square_of("B"),
        "nulls": [["1", {"kind": "lemma", "lemma": 0, "replace": {"A": ["B"]}}]],
    },
)
FALSE["a lemma about a random letter applied to a constant"] = certificate(
    square(X=gaussian("T", "d"), B=letter("T", "d")),
    {
        "rule": "trace",
        "expectation": [["1", [["X'", "X"]]], [["*", "-1", "T", "d"], []]],
        "nulls": [["1", {"kind": "stein", "letter": "X", "word": ["X"]}]],
    },
    {
        "rule": "trace",
        "expectation": [["1", [["B'", "B"]]], [["*", "-1", "T", "d"], []]],
        "nulls": [["1", {"kind": "lemma", "lemma": 0, "replace": {"X": ["B"]}}]],
    },
)
FALSE["a lemma to leading order applied to a random vector"] = certificate(
    {**square(X=gaussian("T", "d"), A=letter("d", "T"), w=letter("d", "1"), E=gaussian("T", "1"))}
    | {"dims": {"d": "d", "T": "T", "1": "1"}},
    {
        "rule": "leading",
        "expectation": [["1", [["A", "X", "A", "X"]]]],
        "nulls": [["1", {"kind": "stein", "letter": "X", "word": ["A'", "X'", "A'"]}]],
    },
    {
        "rule": "leading",
        "expectation": [["1", [["w", "E'", "X", "w", "E'", "X"]]]],
        "nulls": [["1", {"kind": "lemma", "lemma": 0, "replace": {"A": ["w", "E'"]}}]],
    },
)
FALSE["a lemma applied to a covariance"] = certificate(
    square("A", S=S, X=gaussian("T", "d", "S")),
    {
        "rule": "trace",
        "expectation": [["1", [["X'", "X"]]], [["*", "-1", "T"], [["S"]]]],
        "nulls": [["1", {"kind": "stein", "letter": "X", "word": ["X"]}]],
    },
    {
        "rule": "trace",
        "expectation": [["1", [["X'", "X"]]], [["*", "-1", "T"], [["A", "A'"]]]],
        "nulls": [["1", {"kind": "lemma", "lemma": 0, "replace": {"S": ["A", "A'"]}}]],
    },
)
FALSE["the derivative of a letter known only by name"] = certificate(
    square("A", X=gaussian("d", "d"), Z=letter("d", "d", depends=["X"])),
    {
        "rule": "trace",
        "expectation": [["1", [["X'", "Z"]]]],
        "nulls": [["1", {"kind": "stein", "letter": "X", "word": ["Z"]}]],
    },
)


# x = 2 y and y = sum_j kappa, so that neither y/x nor kappa/y tends to 0 where all else is fixed.
_limit = {"rule": "limit", "expression": ["/", "y", "x"], "variable": "x", "value": "0"}
FALSE["a limit in a name for what is held fixed"] = certificate(
    {"scalars": ["x", "y"], "values": {"x": ["*", "2", "y"]}}, _limit
)
FALSE["a limit in a sum of what is held fixed"] = certificate(
    SPECTRAL, {**_limit, "expression": ["/", "kappa", "f1"], "variable": "f1"}, {**_same, "sums": {"f1": "kappa"}}
)

# q stands for c[m], so that L[m] = q A[m] has another coefficient at every m.
_steady = certificate(
    {
        **square("A[m]", "B", **{"A[m+1]": letter("d", "d", equals=[["1", ["A[m]"]], ["1", ["B"]]])}),
        "scalars": ["c[m]", "d", "q", "T"],
        "values": {"q": "c[m]"},
    },
    {
        "rule": "word", "left": [["q", ["A[m+1]"]]], "right": [["q", ["A[m]"]], ["q", ["B"]]], "shape": ["d", "d"],
        "cofactors": [["q", [], [], 0]],
    },
    {"rule": "telescope", "step": 0, "term": [["q", ["A[m]"]]], "summand": [["q", ["B"]]]},
)  # fmt: skip
FALSE["a coefficient that moves unseen"] = _steady

FALSE["a term that has moved on already"] = certificate(
    square("A[m]", "A[m+1]"),
    {"rule": "word", "left": [], "right": [], "shape": ["d", "d"], "cofactors": []},
    {"rule": "telescope", "step": 0, "term": [["1", ["A[m+1]"]]], "summand": []},
)
# Z = (c[m] A)^-1 is another letter at every m, so that Z[n] - Z[0] is not 0; N is a function of every m's data.
FALSE["an inverse that moves unseen"] = certificate(
    {**square("A", Z=letter("d", "d", inverse_of=[["c[m]", ["A"]]])), "scalars": ["c[m]", "d", "T"]},
    {"rule": "word", "left": [["1", ["Z"]]], "right": [["1", ["Z"]]], "shape": ["d", "d"], "cofactors": []},
    {"rule": "telescope", "step": 0, "term": [["1", ["Z"]]], "summand": []},
)
for _kind, _made_of in (("equals", [["1", ["X[m]"]]]), ("depends", ["X[m]"])):
    FALSE[f"a letter that {_kind} what moves"] = certificate(
        square(**{"X[m]": gaussian("d", "d"), "N": letter("d", "d", **{_kind: _made_of})}),
        {"rule": "word", "left": [["1", ["N"]]], "right": [["1", ["N"]]], "shape": ["d", "d"], "cofactors": []},
        {"rule": "telescope", "step": 0, "term": [["1", ["N"]]], "summand": []},
    )
# The identity in T[m] dimensions is another at every m.
FALSE["an identity matrix that grows"] = certificate(
    {"scalars": ["T[m]"], "dims": {"T": "T[m]"}},
    {"rule": "word", "left": [["1", []]], "right": [["1", []]], "shape": ["T", "T"], "cofactors": []},
    {"rule": "telescope", "step": 0, "term": [["1", []]], "summand": []},
)

# X is Gaussian and X = A, so that tr A'A = E tr X'A = 0; E tr X X = d^2 for a symmetric X with iid rows.
FALSE["a law and a definition of one letter"] = certificate(
    square("A", X=gaussian("d", "d") | {"equals": [["1", ["A"]]]}),
    {
        "rule": "trace",
        "expectation": [["1", [["A'", "A"]]]],
        "nulls": [
            ["1", {"kind": "stein", "letter": "X", "word": ["A"]}],
            ["-1", {"kind": "relation", "relation": 0, "right": ["A'"]}],
        ],
    },
)
FALSE["iid rows of a symmetric matrix"] = certificate(
    square(X=gaussian("d", "d") | {"symmetric": True}),
    {
        "rule": "trace",
        "expectation": [["1", [["X", "X"]]], [["*", "-1", "d", "d"], []]],
        "nulls": [["1", {"kind": "stein", "letter": "X", "word": ["X"]}]],
    },
)
# d tr(A P) = tr A tr P where P does not rotate; d tr(Z P) = tr Z tr P where Z is a function of P, such as P itself.
_turn = {"rule": "trace", "expectation": [["d", [["A", "P"]]], ["-1", [["A"], ["P"]]]]}
_turn["nulls"] = [["-1", {"kind": "loop", "word": ["A", "P"]}]]
FALSE["a letter that does not rotate"] = certificate(square("A", P=S | {"rotates": False}), _turn)
FALSE["the turn of a letter known only by name"] = certificate(
    square(P=S | {"rotates": True}, A=letter("d", "d", depends=["P"])), _turn
)
# Scalars that the context uses: tr A and tr B are not the same number, nor is a variance a trace.
FALSE["an expectation named like a known trace"] = certificate(
    {**square("A", "B"), "scalars": ["d", "T", "q"], "trace_relations": [[["A"], "q"]]},
    {"rule": "identity", "left": "q", "right": "q", "expectations": {"q": [["B"]]}},
)
FALSE["an expectation named like a variance"] = certificate(
    {**square("A", X=gaussian("T", "d", None, "v")), "scalars": ["d", "T", "v"]},
    {"rule": "identity", "left": "v", "right": "v", "expectations": {"v": [["A"]]}},
)
_none = {"rule": "word", "left": [["1", ["X", "X"]]], "right": [["1", ["X", "X"]]], "shape": ["T", "d"]}
FALSE["a product that does not exist"] = certificate(square(X=letter("T", "d")), _none)
FALSE["a sum of two shapes"] = certificate(
    square(X=letter("T", "d")), {**_none, "left": [["1", ["X"]]], "right": [["1", ["X"]]], "shape": ["d", "d"]}
)
FALSE["a trace that does not exist"] = certificate(
    square(X=letter("T", "d")), {"rule": "trace", "expectation": [["1", [["X"]]], ["-1", [["X"]]]], "nulls": []}
)

# A letter that is its own definition, or defined by one that is: Y = Y + A.
FALSE["a letter defined through itself"] = certificate(
    square("A", Y=letter("d", "d", equals=[["1", ["Y"]], ["1", ["A"]]])),
    {"rule": "word", "left": [["1", ["A"]]], "right": [], "shape": ["d", "d"], "cofactors": [["-1", [], [], 0]]},
)
FALSE["two letters defined through each other"] = certificate(
    square(
        "A",
        Y=letter("d", "d", equals=[["1", ["Z"]], ["1", ["A"]]]),
        Z=letter("d", "d", equals=[["1", ["Y"]]]),
    ),
    {
        "rule": "word",
        "left": [["1", ["A"]]],
        "right": [],
        "shape": ["d", "d"],
        "cofactors": [["-1", [], [], 0], ["-1", [], [], 1]],
    },
)
FALSE["a name for a sum, declared symmetric"] = certificate(
    square("A", Y=letter("d", "d", symmetric=True, equals=[["1", ["A"]]])),
    {
        "rule": "word",
        "left": [["1", ["A"]]],
        "right": [["1", ["Y'"]]],
        "shape": ["d", "d"],
        "cofactors": [["-1", [], [], 0]],
    },
)
FALSE["a lemma applied to a name for a sum"] = certificate(
    square("A", "B", Y=letter("d", "d", equals=[["1", ["A", "A"]]])),
    {
        "rule": "trace",
        "expectation": [["1", [["Y"]]], ["-1", [["A", "A"]]]],
        "nulls": [["1", {"kind": "relation", "relation": 0}]],
    },
    {
        "rule": "trace",
        "expectation": [["1", [["B"]]], ["-1", [["A", "A"]]]],
        "nulls": [["1", {"kind": "lemma", "lemma": 0, "replace": {"Y": ["B"]}}]],
    },
)
# Y = w E' hides the vectors: (E'X w)^2 has the mean v w'X'X w, and not the leading part 0.
_hidden = {"kind": "relation", "relation": 0}
FALSE["a random vector in a matrix"] = certificate(
    {
        "scalars": ["d", "T"],
        "dims": {"d": "d", "T": "T", "1": "1"},
        "letters": {
            "X": gaussian("T", "d"),
            "E": gaussian("T", "1"),
            "w": letter("d", "1"),
            "Y": letter("d", "T", equals=[["1", ["w", "E'"]]]),
        },
    },
    {
        "rule": "leading",
        "expectation": [["1", [["w", "E'", "X", "w", "E'", "X"]]]],
        "nulls": [
            ["1", {"kind": "stein", "letter": "X", "word": ["Y'", "X'", "Y'"]}],
            ["-1", {**_hidden, "right": ["X", "Y", "X"]}],
            ["-1", {**_hidden, "right": ["X", "w", "E'", "X"]}],
        ],
    },
)
# The same where only this is known of a letter, that it is made of the vector.
FALSE["a random vector in an unknown function"] = certificate(
    {
        "scalars": ["d", "T"],
        "dims": {"d": "d", "T": "T", "1": "1"},
        "letters": {
            "X": gaussian("T", "d"),
            "E": gaussian("T", "1"),
            "Y": letter("d", "T", depends=["E"]),
        },
    },
    {
        "rule": "leading",
        "expectation": [["1", [["Y", "X", "Y", "X"]]]],
        "nulls": [["1", {"kind": "stein", "letter": "X", "word": ["Y'", "X'", "Y'"]}]],
    },
)
# The same where the one column of E is d/d columns.
FALSE["a random vector whose length is a fraction"] = copy.deepcopy(FALSE["a random vector in a matrix"])
FALSE["a random vector whose length is a fraction"]["context"]["dims"]["1"] = ["/", "d", "d"]
# The mean of (u'X w)^2 is not 0; with Y = w u' it once was, as (u'X Y) X w, where w u' is seen once.
FALSE["constant vectors in a matrix"] = certificate(
    {
        "scalars": ["d", "T"],
        "dims": {"d": "d", "T": "T", "1": "1"},
        "letters": {
            "X": gaussian("T", "d"),
            "u": letter("T", "1"),
            "w": letter("d", "1"),
            "Y": letter("d", "T", equals=[["1", ["w", "u'"]]]),
        },
    },
    {
        "rule": "leading",
        "expectation": [["1", [["w", "u'", "X", "Y", "X"]]]],
        "nulls": [
            ["1", {"kind": "stein", "letter": "X", "word": ["Y'", "X'", "Y'"]}],
            ["-1", {**_hidden, "right": ["X", "Y", "X"]}],
        ],
    },
)
# P = I or P = -I, each half of the time, rotates: tr PA has the mean 0 and (tr PA)^2 has not.
for _nature, _of in (("rotates", True), ("depends", ["X"])):
    FALSE[f"a trace that is known of a letter that {_nature}"] = certificate(
        square("A", X=gaussian("d", "d"), P=letter("d", "d", **{_nature: _of}))
        | {"scalars": ["d", "T", "x"], "leading_traces": [[["P", "A"], "x"]]},
        {
            "rule": "leading",
            "expectation": [["1", [["P", "A"]] * 2], [["-", "0", "x"], [["P", "A"]]]],
            "nulls": [["1", {"kind": "trace-relation", "trace_relation": 0, "others": [["P", "A"]]}]],
        },
    )
# u'E has the mean 0 and (u'E)^2 has not: the leading part of a product is a product for matrices, not for vectors.
_one = {"kind": "stein", "letter": "E", "word": ["u"]}
_product = certificate(
    {
        "scalars": ["d", "T"],
        "dims": {"T": "T", "1": "1"},
        "letters": {"E": gaussian("T", "1"), "u": letter("T", "1")},
    },
    {"rule": "leading", "expectation": [["1", [["E'", "u"]]]], "nulls": [["1", _one]]},
    {
        "rule": "leading",
        "expectation": [["1", [["u'", "u"]]]],
        "nulls": [
            ["1", {"kind": "lemma", "lemma": 0, "others": [["E'", "u"]]}],
            ["-1", {**_one, "others": [["E'", "u"]]}],
        ],
    },
)
FALSE["a product of a random vector with itself"] = _product
# d = tr(X X^-1) = 0, as an inverse without a multiple of the identity is no power series.
_no_series = certificate(
    square(X=gaussian("d", "d"), Z=letter("d", "d", inverse_of=[["1", ["X"]]])),
    {
        "rule": "leading",
        "expectation": [["d", []]],
        "nulls": [
            ["1", {"kind": "stein", "letter": "X", "word": ["Z'"]}],
            ["-1", {"kind": "relation", "relation": 1}],
        ],
    },
)
FALSE["an inverse that is no power series"] = _no_series
# The same, where X = X + Y (X - x) - 1 with Y = (X - x)^-1.
_minus = {"kind": "relation", "relation": 1, "right": ["Z"]}
FALSE["an inverse that is no power series, in disguise"] = certificate(
    {
        **square(
            X=gaussian("d", "d"),
            Y=letter("d", "d", inverse_of=[["1", ["X"]], [["-", "0", "x"], []]]),
            Z=letter("d", "d", inverse_of=[["1", ["X"]], ["1", ["Y", "X"]], [["-", "0", "x"], ["Y"]], ["-1", []]]),
        ),
        "scalars": ["d", "T", "x"],
    },
    {
        "rule": "leading",
        "expectation": [["d", []]],
        "nulls": [
            ["1", {"kind": "stein", "letter": "X", "word": ["Z'"]}],
            ["1", _minus],
            ["-1", {"kind": "relation", "relation": 2}],
        ],
    },
)
# E tr Y = E tr Z^9 may be infinite, and the moment that is needed would not be named.
_hiding = certificate(
    square(
        U=gaussian("T", "d"),
        X=gaussian("T", "d"),
        Z=letter("d", "d", symmetric=True, inverse_of=[["1", ["X'", "X"]]]),
        Y=letter("d", "d", equals=[["1", ["Z"] * 9]]),
    ),
    {
        "rule": "trace",
        "expectation": [["1", [["U'", "U", "Y"]]], [["*", "-1", "T"], [["Y"]]]],
        "nulls": [["1", {"kind": "stein", "letter": "U", "word": ["U", "Y"]}]],
    },
)
FALSE["an inverse that hides in a name"] = _hiding
FALSE["a covariance that is no matrix of constants"] = certificate(
    square(W=gaussian("d", "d"), C=S | {"equals": [["1", ["W'", "W"]]]}, X=gaussian("T", "d", "C")),
    {"rule": "trace", "expectation": [["1", [["X'", "X"]]], [["*", "-1", "T"], [["C"]]]],
     "nulls": [["1", {"kind": "stein", "letter": "X", "word": ["X"]}]]},
)  # fmt: skip

# --- orders of magnitude

FLAT = {"scalars": ["F", "k", "s", "w2", "y"], "power_law": {"beta": "2", "source": "3", "dimension": None}}


def power_order(summand: Any, **more: Any) -> Document:
    """Return the order of F, a sum of s/(s + k) over the power law s_j = j^-2, the summand perhaps in disguise."""
    return {
        "rule": "power-order", "sums": {"F": summand}, "sum": "F", "powers": [0, 1, 1], "target": False,
        "beta_positive": [["2", []]], "tail_converges": [["1", []]],
    } | more  # fmt: skip


def suppose(*orders: Any) -> Document:
    """Return a line that takes bounds for granted."""
    return {"rule": "suppose", "orders": list(orders)}


_small = suppose([{"k": "1"}, [{}]])
_summand = ["/", "s", ["+", "s", "1"]]
FALSE["another scale than the one named"] = certificate(FLAT, power_order(["/", "s", ["+", "s", "y"]]))
FALSE["a scale with a positive power of s + k"] = certificate(FLAT, power_order(["+", "s", "1"], powers=[0, 0, -1]))
FALSE["an eigenvalue as the scale"] = certificate(
    FLAT, suppose([{"s": "1"}, [{}]]), power_order("1/2", at="s", small=[0, 0], tail_converges=[["1", []]])
)
# sum_j k/(s_j + k) counts eigenvalues below k, and there is no end to them.
FALSE["a tail that diverges"] = certificate(
    FLAT, _small, power_order(["/", "k", ["+", "s", "k"]], at="k", small=[0, 0], powers=[1, 0, 1])
)
# F = sum_j j^-1/(1 + k j^2)^2 is of the order of log(1/k): theta = -1 has no power.
_target = {"target": True, "powers": [0, 0, 2], "at": "k", "small": [0, 0], "tail_converges": [["4", []]]}
_logarithmic = ["/", ["*", "s", "w2"], ["^", ["+", "s", "k"], 2]]
_at_one = {**FLAT, "scalars": [*FLAT["scalars"], "L", "R", "I"]}
_at_one["power_law"] = {"beta": "2", "source": "5", "dimension": None}
FALSE["a power where there is a logarithm"] = certificate(_at_one, _small, power_order(_logarithmic, **_target))
FALSE["a logarithm where there is a power"] = certificate(
    {**_at_one, "power_law": FLAT["power_law"]},
    _small,
    power_order(_logarithmic, **_target | {"tail_converges": [["2", []]]}, log="L"),
)
FALSE["a smaller exponent from above"] = certificate(
    _at_one, _small, power_order(_logarithmic, **_target, slack=["-1", []])
)
# The integral of x^-2/(1 + k x^2)... over x > 0 diverges at 0.
FALSE["a distance from an integral that diverges"] = certificate(
    {**_at_one, "power_law": {"beta": "2", "source": "6", "dimension": None}},
    _small,
    power_order(
        _logarithmic, **_target | {"tail_converges": [["5", []]]}, gap="R", integral="I", head_converges=[["1", []]]
    ),
)
FALSE["a distance where the spectrum ends"] = certificate(
    {**_at_one, "scalars": [*_at_one["scalars"], "m", "d"], "power_law": {**_at_one["power_law"], "dimension": "d"}},
    _small,
    {"rule": "least", "name": "m", "of": [{"k": "-1/2"}, {"d": "1"}]},
    power_order(_logarithmic, **_target, count="m", log="L", gap="R"),
)

# 1 = 0 from s = 0 and a division by s: the order of a sum once took such a condition off what other lines rest on.
FALSE["a division that another line excuses"] = certificate(
    FLAT,
    {"rule": "identity", "left": "1", "right": "0", "modulo": [[["/", "1", "s"], "s"]]},
    power_order(["/", ["*", "s", _summand], "s"]),
)
# The summand at s_1 = 1 is 0/0.
_gap = ["-", "s", "1"]
FALSE["a summand with a pole"] = certificate(FLAT, power_order(["/", ["*", _gap, _summand], _gap]))

# F = sum_{j <= d} 1 = d in an exponent: x <= C gives x^F <= C^d, and d varies.
_power = {
    "rule": "order", "order": [{"x": "F"}, [{}]], "assume": [["F", ">="]],
    "tree": {"use": [[[0, 0], "F", [["1", [[0, 1]]]]]], "mix": [["1", [["1", []]]]]},
}  # fmt: skip
_count = {"rule": "spectral", "left": "F", "right": "F", "sums": {"F": "1"}}
_few = {"scalars": ["F", "d", "s", "w2", "x"]}
_finite = _few | {"power_law": {"beta": "2", "source": "3", "dimension": "d"}}
FALSE["a sum over the spectrum as a fixed exponent"] = certificate(
    _finite, suppose([{"x": "1"}, [{}]], [{}, [{"d": "1"}]]), _count, _power
)
FALSE["a sum over any spectrum as a fixed exponent"] = certificate(_few, suppose([{"x": "1"}, [{}]]), _count, _power)
# sum_j s_j/(s_j + 1) over s_j = j^-b is not the same for all b; it is of order 1/b.
FALSE["a sum held fixed while the power law moves"] = certificate(
    {**FLAT, "scalars": [*FLAT["scalars"], "b"], "power_law": {"beta": "b", "source": "3", "dimension": None}},
    {"rule": "limit", "expression": ["/", "1", ["*", "F", "b"]], "variable": "b", "value": "0"},
    power_order(
        _summand, assume=[["b", ">"], [["-", "b", "1"], ">"]],
        beta_positive=[["1", [[0, 1]]]], tail_converges=[["1", [[1, 1]]]],
    ),
)  # fmt: skip
FALSE["a minimum held fixed while its exponents move"] = certificate(
    {"scalars": ["m", "d", "r"]},
    {"rule": "least", "name": "m", "of": [{"d": "r"}, {"d": ["*", "2", "r"]}]},
    {"rule": "limit", "expression": ["/", "m", "r"], "variable": "r", "value": "0"},
)
FALSE["twice as many terms as there are"] = certificate(
    _finite,
    {
        "rule": "spectral",
        "left": "d",
        "right": ["*", "2", "F"],
        "sums": {"d": "2", "F": "1"},
        "linear": {"d": [["2", "F"]]},
    },
)
# With half a term F is an empty sum, and 1 <~ F is false.
FALSE["a power law without a term"] = certificate(
    {**FLAT, "scalars": [*FLAT["scalars"], "d"], "values": {"d": "1/2"}}
    | {"power_law": {"beta": "2", "source": "3", "dimension": "d"}},
    power_order(_summand),
)

# T = 5 is not as large as need be; 1 <= C/T would prove anything.
FALSE["a number that may be as large as need be"] = certificate(
    {"scalars": ["T", "x"], "values": {"T": "5"}, "large": "T"},
    {"rule": "identity", "left": "T", "right": "5"},
    {"rule": "terms", "line": 0},
    {
        "rule": "order",
        "order": [{"x": "1"}, [{}]],
        "tree": {"use": [[[1, 1], "1", [["1", []]]]], "strict": ["1", [["1", []]]]},
    },
)

FALSE["a sign that cannot hold"] = certificate(
    {"scalars": ["x"]},
    {"rule": "nonnegative", "expression": ["-", "0", "x"], "relation": ">=", "assume": [["-1", ">"], ["x", ">"]],
     "sum": [["1", [[0, 1], [1, 1]]]]},
)  # fmt: skip
_void = {
    "rule": "nonnegative", "expression": "-1", "relation": ">=", "assume": [["-3", ">="]], "sum": [["1/3", [[0, 1]]]],
}  # fmt: skip
FALSE["a sign that cannot hold, in disguise"] = certificate(
    {"scalars": ["x"]},
    {"rule": "nonnegative", "expression": ["-", "0", "x"], "relation": ">=",
     "assume": [[["/", ["-", "0", "x"], "x"], ">"], ["x", ">"]], "sum": [["1", [[0, 1], [1, 1]]]]},
)  # fmt: skip
FALSE["anything from a sign that cannot hold"] = certificate(  # that -3 >= 0 is absurd may be said, and not used
    {"scalars": ["x"]},
    _void,
    {"rule": "nonnegative", "expression": ["-", "0", "x"], "relation": ">=",
     "assume": [["-3", ">="], ["line", 0], ["x", ">"]], "sum": [["1", [[1, 1], [2, 1]]]]},
)  # fmt: skip
FALSE["0 > 0"] = certificate(
    {"scalars": ["x"]},
    {"rule": "nonnegative", "expression": "0", "relation": ">", "assume": [[["/", "0", "x"], ">"]],
     "sum": [["1", [[0, 1]]]]},
)  # fmt: skip
# a = b - b, which is no quantity and no denominator: a x = a z says nothing of x and z, and x/a is nothing.
_nought = {"scalars": ["a", "b", "x", "z"], "values": {"a": ["-", "b", "b"]}}
FALSE["a quantity that is 0"] = certificate(
    _nought,
    {"rule": "identity", "left": ["*", "a", "x"], "right": ["*", "a", "z"]},
    {"rule": "terms", "line": 0},
    {
        "rule": "order",
        "order": [{"x": "1"}, [{"z": "1"}]],
        "tree": {"use": [[[1, 1], "1", [["1", []]]]], "mix": [["1", [["1", []]]]]},
    },
)
for _f in ("0", "-1"):  # the same where a is the sum of nothing, or of -1
    FALSE[f"a sum of {_f} as a quantity"] = certificate(
        SPECTRAL, {**_same, "sums": {"f1": _f}}, suppose([{"f1": "1"}, [{}]])
    )
FALSE["a denominator that is 0"] = certificate(
    _nought,
    {"rule": "nonnegative", "expression": ["/", ["*", "x", "x"], "a"], "relation": ">=",
     "assume": [["x", ">"], [["/", "x", "a"], ">"]], "sum": [["1", [[0, 1], [1, 1]]]]},
)  # fmt: skip


@pytest.mark.parametrize("name", FALSE)
def test_a_false_certificate_is_rejected(name: str) -> None:
    """Soundness: nothing that proves a false statement, or a statement about something else, is accepted."""
    with pytest.raises(K.Rejected):
        K.check(json.loads(json.dumps(FALSE[name])))


def test_the_true_neighbours_of_the_attacks_are_accepted() -> None:
    """The attacks fail for their fault and not for their form: with it repaired, each is accepted."""
    K.check(certificate({}, _void))
    P = letter("d", "d", rotates=True, symmetric=True)
    loop = ["-1", {"kind": "loop", "word": ["A", "P"]}]
    K.check(
        certificate(
            square("A", P=P),
            {"rule": "trace", "expectation": [["d", [["A", "P"]]], ["-1", [["A"], ["P"]]]], "nulls": [loop]},
        )
    )
    honest = copy.deepcopy(FALSE["a law with a mean that is not read"])
    del honest["context"]["letters"]["X"]["gaussian"]["mean"]
    K.check(honest)
    once = copy.deepcopy(FALSE["a limit that holds fixed what varies"])
    once["lines"][0]["expression"] = ["/", "T", "kappa"]
    K.check(once)
    K.check({**_steady, "lines": json.loads(json.dumps(_steady["lines"]).replace('"q"', '"2"'))})
    still = copy.deepcopy(FALSE["a letter that equals what moves"])
    del still["context"]["letters"]["N"]["equals"]
    K.check(still)
    plain = copy.deepcopy(FALSE["a random vector in an unknown function"])  # to leading order, for a matrix of size T
    plain["context"]["letters"]["Y"]["depends"] = []
    K.check(plain)
    K.check(json.loads(json.dumps(FALSE["an identity matrix that grows"]).replace("T[m]", "T")))
    K.check(certificate(FLAT, power_order(_summand)))
    K.check(certificate(FLAT, _small, power_order(["/", "s", ["+", "s", "k"]], at="k", small=[0, 0])))
    for name, change in {
        "a limit in the dimension of a matrix": {"trace_relations": [], "dims": {}, "letters": {}},
        "a limit that holds fixed what a trace defines": {"leading_traces": []},
        "a sum named like what a trace defines": {"leading_traces": []},
    }.items():
        free = copy.deepcopy(FALSE[name])
        K.check({**free, "context": free["context"] | change})
    K.check(certificate(SPECTRAL, {**_same, "sums": {"f1": "1"}}, suppose([{"f1": "1"}, [{}]])))
    apart = copy.deepcopy(_product)  # a product with the trace of a matrix
    apart["context"]["letters"]["X"] = gaussian("T", "T")
    apart["context"]["letters"]["A"] = letter("T", "T")
    stein = {"kind": "stein", "letter": "X", "word": ["A"]}
    apart["lines"] = [
        {"rule": "leading", "expectation": [["1", [["X'", "A"]]]], "nulls": [["1", stein]]},
        {"rule": "leading", "expectation": [["1", [["X'", "A"]] * 2]],
         "nulls": [["1", {"kind": "lemma", "lemma": 0, "others": [["X'", "A"]]}]]},
    ]  # fmt: skip
    K.check(apart)
    K.check(
        json.loads(json.dumps(FALSE["a trace that is known of a letter that rotates"]).replace('["P", "A"]', '["X"]'))
    )
    arbitrary = copy.deepcopy(FALSE["constant vectors in a matrix"])  # to leading order, for a matrix of size T
    del arbitrary["context"]["letters"]["Y"]["equals"]
    del arbitrary["lines"][0]["nulls"][1]
    arbitrary["lines"][0]["expectation"] = [["1", [["Y", "X", "Y", "X"]]]]
    K.check(arbitrary)
    series = copy.deepcopy(_no_series)  # d = x tr Z to leading order, where Z = (X + x)^-1
    series["context"]["scalars"].append("x")
    series["context"]["letters"]["Z"]["inverse_of"].append(["x", []])
    series["lines"][0]["expectation"].append([["*", "-1", "x"], [["Z"]]])
    K.check(series)
    plain = copy.deepcopy(_hiding)
    plain["context"]["letters"]["Y"]["equals"] = [["1", ["X'", "X"]]]
    K.check(plain)
    K.check(certificate(SPECTRAL, _isotropic))
    K.check(certificate(SPECTRAL, {**_isotropic, "left": ["/", ["+", "f1", "d"], ["+", "f1", "d"]], "right": "1"}))
    K.check(certificate(SPECTRAL, {**_three, "left": "f2", "right": "f3", "linear": _chain}))


def test_what_is_assumed_comes_back() -> None:
    """A proof from an assumption is worth no more than the assumption, so the kernel names every one."""
    context = {"scalars": ["x", "y", "s", "w2", "f"]}
    lines = (
        {
            "rule": "nonnegative",
            "expression": ["/", "x", "y"],
            "relation": ">",
            "assume": [["x", ">"], ["y", ">"]],
            "sum": [["1", [[0, 1], [1, -1]]]],
        },
        {"rule": "identity", "left": "x", "right": "y", "modulo": [["1", ["-", "x", "y"]]]},
        {"rule": "spectral", "left": "f", "right": "f", "sums": {"f": "s"}},
    )
    result = K.check(certificate(context, *lines))
    divided = {
        "rule": "spectral", "left": "f", "right": "g", "sums": {"f": "s", "g": "1"}, "linear": {"f": [["1", "g"]]},
        "isotropic": True, "modulo": [[["/", "0", ["-", "f", "x"]], ["-", "x", "y"]]],
    }  # fmt: skip
    found = K.check(certificate({"scalars": [*context["scalars"], "g"]}, divided))
    assert found["side_conditions"] == ["f - x != 0"]  # as it is written, and not g - x
    assert result["signs"] == ["x > 0", "y > 0"]
    assert result["assumed"] == ["x - y = 0"]
    assert result["definitions"] == ["f = sum_j[s]"]
    assert result["side_conditions"] == ["y != 0"]


def test_the_moment_that_a_proof_needs_comes_back() -> None:
    """E tr W^-2 is finite only for T >= d + 4, so a proof that speaks of it asks for the second moment of W^-1."""
    context = square(
        "A", S=S, X=gaussian("T", "d", "S"), W=letter("d", "d", symmetric=True, inverse_of=[["1", ["X'", "X"]]])
    )
    cases = (
        (["A", "W"], "1"),
        (["W", "W"], "2"),
        (["A", "X'", "X", "W"], "0"),
        (["X", "W", "W", "X'"], "1"),
        (["X", "W", "A", "W", "X'"], "1"),
    )
    for word, order in cases:
        result = K.check(
            certificate(context, {"rule": "trace", "expectation": [["1", [word]], ["-1", [word]]], "nulls": []})
        )
        assert result["moments"]["W"] == order, word
    two = copy.deepcopy(context)  # another name for the same inverse, and an inverse that is independent of it
    two["letters"] |= {
        "V": letter("d", "d", inverse_of=[["1", ["X'", "X"]]]), "Y": gaussian("T", "d"),
        "U": letter("d", "d", inverse_of=[["1", ["Y'", "Y"]]]),
    }  # fmt: skip
    both = {"rule": "trace", "expectation": [["1", [["V", "U", "W"]]], ["-1", [["V", "U", "W"]]]], "nulls": []}
    assert K.check(certificate(two, both))["moments"] == {"U": "1", "V": "2", "W": "2"}
    split = [["A", "W"], ["W"]]
    result = K.check(certificate(context, {"rule": "trace", "expectation": [["1", split], ["-1", split]], "nulls": []}))
    assert result["moments"]["W"] == "2"
    word = {"rule": "word", "left": [["1", ["W"]]], "right": [["1", ["W"]]], "shape": ["d", "d"], "cofactors": []}
    result = K.check(certificate(context, word))
    assert result["moments"] == {"W": "0"} and result["moments_of"] == []


# --- bounds of time and memory ---------------------------------------------------------------------------------------


def _hostile() -> dict[str, Document]:
    xs = [f"x{i}" for i in range(40)]
    nested: Any = "x0"
    for _ in range(50):
        nested = ["*", nested, nested]
    chain = {"L0": letter("d", "d")} | {f"L{i}": letter("d", "d", depends=[f"L{i - 1}"] * 2) for i in range(1, 56)}
    long = ["A"] * K.MAX_WORD
    inverses = {"X": gaussian("d", "d")}
    for i in range(7):
        inner = "X" if i == 0 else f"Z{i - 1}"
        inverses[f"Z{i}"] = letter("d", "d", inverse_of=[["1", [inner] * 40], ["1", [inner]]])
    big = "9" * 390
    wide = ["*", *[["+", *xs[10 * i : 10 * i + 10]] for i in range(4)]]  # 10,000 terms
    deep: Any = ["+", *map(str, range(10**6))]
    for _ in range(900):
        deep = ["+", deep]
    sign = {"rule": "nonnegative", "expression": "0", "relation": ">=", "sum": []}
    many = [[str(i), ">"] for i in range(1, 30_000)]
    narrow, xs900 = ["/", ["+", "x0", "x1"], wide], [f"x{i}" for i in range(900)]
    cases: Any = {"use": [], "mix": [["1", [["1", []]]]]}
    for _ in range(9):
        cases = {"lesser": "p", "cases": [cases, cases]}
    return {
        "many equations and many denominators": certificate(
            {"scalars": ["x", "y", "z"]},
            *[
                {
                    "rule": "identity",
                    "left": ["/", "0", ["+", "x", ["*", str(i), "y"], "z"]],
                    "right": "0",
                    "modulo": [["0", ["-", "x", str(10 * i + j)]] for j in range(5)],
                }
                for i in range(1, 5000)
            ],
        ),
        "many uses of many assumptions": certificate(
            {}, {**sign, "assume": many}, {**sign, "assume": [*many, *[["line", 0]] * 100_000]}
        ),
        "names at a great depth": certificate(
            {"scalars": ["s", "w2", "F", "G"]},
            {
                "rule": "spectral",
                "left": "F",
                "right": "0",
                "sums": {"F": "s", "G": "s"},
                "linear": {"F": [[deep, "G"]]},
            },
        ),
        "many terms, many times": certificate(
            {"scalars": xs},
            {**sign, "expression": wide, "assume": [[wide, ">="]], "sum": [["1", [[0, 1]]]]},
            *[{"rule": "terms", "line": 0}] * 4000,
        ),
        "powers of one": certificate(
            {}, {**sign, "expression": "1", "assume": [["1", ">="]], "sum": [["1", [[0, 64]] * 2_000_000]]}
        ),
        "many empty orders": certificate({}, suppose(*[[{}, [{}] * 40]] * 400_000)),
        "many letters": certificate(
            {**square(), "letters": {f"L{i}": letter("d", "d") for i in range(50_000)}},
            {"rule": "identity", "left": "1", "right": "0"},
        ),
        "many scalars": certificate(
            {"scalars": [f"x{i}" for i in range(100_000)]}, suppose(*[[{"x1": "1"}, [{}]]] * 10_000)
        ),
        "one great denominator, many times": certificate(
            {"scalars": ["s", "w2", "d", "n", "F", *xs]},
            {
                "rule": "spectral",
                "left": ["+", *[["/", "0", "F"]] * 20_000],
                "right": "0",
                "sums": {"F": wide, "d": "1"},
                "linear": {"F": [[wide, "d"]]},
                "isotropic": True,
            },
        ),
        "a wide denominator, many times": certificate(
            {"scalars": xs},
            {**sign, "expression": narrow, "assume": [[narrow, ">="]], "sum": [["1", [[0, 1]]]]},
            *[{"rule": "terms", "line": 0}] * 4000,
        ),
        "many assumptions in many cases": certificate(
            {"scalars": ["p", "q", "r"], "lesser": {"p": ["q", "r"]}},
            {"rule": "order", "order": [{}, [{}]], "assume": many[:20_000], "tree": cases},
        ),
        "many lesser scalars": certificate(
            {"scalars": xs900, "lesser": {f"x{i}": ["1", "1"] for i in range(400_000)}}, sign
        ),
        "many values": certificate({"scalars": xs900, "values": {f"x{i}": "1" for i in range(400_000)}}, sign),
        "many loops beside many letters": certificate(
            square("A", *(f"L{i}" for i in range(990)), P=letter("d", "d", rotates=True)),
            {"rule": "trace", "expectation": [], "nulls": [["0", {"kind": "loop", "word": ["A"]}]] * 300_000},
        ),
        "a wide product": certificate(
            {"scalars": xs}, {"rule": "identity", "left": ["^", ["+", *xs], 12], "right": "0"}
        ),
        "a tower of products": certificate({"scalars": xs}, {"rule": "identity", "left": nested, "right": "0"}),
        "big numbers": certificate(
            {"scalars": xs}, {"rule": "identity", "left": ["^", ["+", *([*xs, big] * 20)], 40], "right": "0"}
        ),
        "many fractions": certificate(
            {"scalars": xs},
            {
                "rule": "identity",
                "left": ["+", *[["/", "1", ["+", x, str(i)]] for i, x in enumerate(xs)]],
                "right": "0",
            },
        ),
        "fractions of numbers": certificate(
            {"scalars": xs},
            {"rule": "identity", "left": ["+", *[f"1/{10**12 + 2 * i + 1}" for i in range(4000)]], "right": "0"},
        ),
        "a definition that doubles": certificate(
            {**square(), "letters": chain}, {"rule": "identity", "left": "1", "right": "1"}
        ),
        "long words": certificate(
            square("A"),
            {"rule": "trace", "expectation": [["1", [long]]], "nulls": []},
            *[
                {
                    "rule": "trace",
                    "expectation": [["1", [long]], ["-1", [long]]],
                    "nulls": [["1", {"kind": "lemma", "lemma": 0, "replace": {"A": long}}]],
                }
            ]
            * 3,
        ),
        "many long words": certificate(
            square("A"), {"rule": "trace", "expectation": [[str(i), [long] * 20] for i in range(2000)], "nulls": []}
        ),
        "nested inverses": certificate(
            square(**inverses),
            {
                "rule": "trace",
                "expectation": [],
                "nulls": [["1", {"kind": "stein", "letter": "X", "word": ["Z6"] * 40}]],
            },
        ),
        "many assumptions": certificate(
            {"scalars": xs},
            *[
                {
                    "rule": "nonnegative",
                    "expression": "0",
                    "relation": ">=",
                    "assume": [[x, ">"] for x in xs] * 100,
                    "sum": [],
                }
            ]
            * 2000,
        ),
        "a context of many letters": certificate(
            {
                **square(),
                "letters": {f"X{i}": gaussian("d", "d") for i in range(500)}
                | {f"L{i}": letter("d", "d", depends=[f"{x}{j}" for j in range(i) for x in "XL"]) for i in range(499)},
            },
            {"rule": "identity", "left": "1", "right": "0"},
        ),
        "many nulls beside many vectors": certificate(
            {
                **square(),
                "dims": {"d": "d", "1": "1"},
                "letters": {f"L{i}": letter("d", "1") for i in range(999)} | {"A": letter("d", "d")},
                "trace_relations": [[["A"], "d"]],
            },
            {
                "rule": "leading",
                "expectation": [],
                "nulls": [["0", {"kind": "trace-relation", "trace_relation": 0}]] * 300_000,
            },
        ),
    }


@pytest.mark.parametrize("name", _hostile())
def test_a_hostile_certificate_is_given_up_in_bounded_time_and_memory(name: str) -> None:
    """The kernel's docstring: a few seconds and a few hundred megabytes, whatever it is given."""
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    try:
        K.check(_hostile()[name])
    except K.Rejected:
        pass
    else:
        assert name in ("many assumptions", "a definition that doubles")
    seconds = time.process_time() - start
    megabytes = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{name}: {seconds:.2f} s, {megabytes:.0f} MB", file=sys.stderr)
    assert seconds < SECONDS and megabytes < 1024


# --- malformed data --------------------------------------------------------------------------------------------------

_SEEDS = [
    {
        "rule": "trace",
        "expectation": [["d", [["A", "P"]]], ["-1", [["A"], ["P"]]]],
        "nulls": [["-1", {"kind": "loop", "word": ["A", "P"]}]],
    },
    {
        "rule": "word",
        "left": [["1", ["A"]]],
        "right": [["1", ["A"]]],
        "shape": ["d", "d"],
        "cofactors": [["0", [], [], 0]],
    },
    {
        "rule": "trace",
        "expectation": [],
        "nulls": [["0", {"kind": "lemma", "lemma": 0, "replace": {"A": ["A"]}, "others": [["S"]]}]],
    },
    {
        "rule": "trace",
        "expectation": [],
        "nulls": [["0", {"kind": "stein", "letter": "X", "word": ["X", "Z"], "others": [["Z", "A"]]}]],
    },
    {
        "rule": "identity",
        "left": "e",
        "right": "e",
        "expectations": {"e": [["A", "P"]]},
        "lines": [["0", 2]],
        "modulo": [["0", ["-", "T", "1"]]],
    },
    {
        "rule": "spectral",
        "left": "f1",
        "right": ["*", "3", "f2"],
        "sums": {"f1": ["*", "3", "s"], "f2": "s"},
        "linear": {"f1": [["3", "f2"]]},
    },
    {"rule": "nonnegative", "expression": "T", "relation": ">", "assume": [["T", ">"]], "sum": [["1", [[0, 1]]]]},
    {"rule": "limit", "expression": ["/", "1", "z"], "variable": "z", "value": "0"},
    {"rule": "telescope", "step": 1, "term": [], "summand": []},
    {
        "rule": "leading",
        "expectation": [],
        "nulls": [["0", {"kind": "stein", "letter": "X", "word": ["X", "Z"], "others": [["Z", "A"]]}]],
    },
    suppose([{"k": "1"}, [{}]], [{}, [{"X1": "1"}]], [{"X1": "p"}, [{"k": "1"}, {"N": ["-", "p", "r"]}]]),
    {"rule": "least", "name": "m", "of": [{"k": "-1/2"}, {"N": "1"}]},
    power_order(["/", "s", ["+", "s", "k"]], at="k", small=[10, 0], count="m", assume=[["r", ">"]]),
    {"rule": "identity", "left": "U", "right": ["+", "k", ["^", "F", 2]]},
    {"rule": "terms", "line": 13},
    {
        "rule": "nonnegative",
        "expression": ["-", "k", "F"],
        "relation": ">=",
        "assume": [[["-", "k", "F"], ">="]],
        "sum": [["1", [[0, 1]]]],
    },
    {"rule": "terms", "line": 15},
    {
        "rule": "order",
        "order": [{"F": "1"}, [{"m": "1"}, {}]],
        "assume": [["r", ">"], ["T", ">"], ["line", 6]],
        "tree": {
            "split": [12, 0],
            "cases": [
                {
                    "lesser": "p",
                    "cases": [
                        {
                            "use": [[["case", 0], "r", [["1", [[0, 1]]]]]],
                            "mix": [["r", [["1", [[0, 1]]]]], ["0", []]],
                        },
                        {"use": [[["case", 0], "1", [["1", []]]]], "mix": [["1", [["1", []]]], ["0", []]]},
                    ],
                },
                {"use": [[["case", 0], "1", [["1", []]]]], "mix": [["0", []], ["1", [["1", []]]]]},
            ],
        },
    },
]
_WHOLE = certificate(
    {
        "scalars": [
            *("d", "T", "e", "f1", "f2", "s", "w2", "y"),
            *("F", "N", "U", "X1", "k", "m", "p", "r", "q", "z"),
        ],
        "values": {"U": ["+", "k", ["^", "F", 2]]},
        "power_law": {"beta": "2", "source": "3", "dimension": "N"},
        "large": "X1",
        "lesser": {"p": ["r", "q"]},
        "dims": {"d": "d", "T": "T"},
        "letters": {
            "A": letter("d", "d"),
            "P": letter("d", "d", rotates=True, symmetric=True),
            "S": S,
            "X": gaussian("T", "d", "S"),
            "Z": letter("d", "d", symmetric=True, inverse_of=[["1", ["X'", "X"]], ["T", []]]),
            "Q": letter("d", "d", equals=[["1", ["X'", "X", "Z"]]]),
            "V": letter("d", "d", depends=["X"]),
        },
        "relations": [[[["1", ["P", "P"]]], [["1", ["P"]]], ["d", "d"]]],
        "trace_relations": [[["P"], "T"]],
    },
    *_SEEDS,
)
_WEIRD: list[Any] = [
    None, True, False, 0, -1, 10**4000, 1.5, float("nan"), float("inf"), "", "0", "1/0", "\ud800", "λ", "A" * 10_000,
    "9" * 10_000, [], {}, [[]],
    [None], {"": None}, [[["1", []]]], ["^", "T", 10**9], ["^", "T", True], ["/", "1", "0"], ["+"], ["line", 0],
    ["line", -1], "x", object(), b"1", (), {1: 2},
]  # fmt: skip


def _places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path, *(p for key, value in inner for p in _places(value, (*path, key)))]


def test_malformed_data_is_rejected_and_nothing_else() -> None:
    """Any value in any place: accepted or ``Rejected``; no other exception, no long wait."""
    K.check(_WHOLE)
    tried, rng = 0, random.Random(1)
    for path in _places(_WHOLE):
        for weird in rng.sample(_WEIRD, 6):
            bad = copy.deepcopy(_WHOLE)
            if path:
                inner: Any = bad
                for key in path[:-1]:
                    inner = inner[key]
                inner[path[-1]] = weird
            else:
                bad = weird
            start = time.process_time()
            try:
                K.check(bad)
            except K.Rejected as error:
                assert len(str(error)) < 2000
            assert time.process_time() - start < 2
            tried += 1
    assert tried > 1500


_atoms = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
_atoms |= st.sampled_from(["T", "1", "-1/2", "+", "X'"])
_junk = st.recursive(
    _atoms,
    lambda x: st.lists(x, max_size=4) | st.dictionaries(st.sampled_from(["rule", "kind", "word"]), x, max_size=3),
    max_leaves=20,
)


@given(_junk, st.sampled_from(sorted(K.RULES)), st.data())
@settings(max_examples=150, deadline=None)
def test_random_lines_are_rejected_and_nothing_else(junk: Any, rule: str, data: st.DataObject) -> None:
    """The same for lines made at random around each rule's own fields."""
    line = copy.deepcopy(data.draw(st.sampled_from([x for x in _SEEDS if x["rule"] == rule])))
    line[data.draw(st.sampled_from(sorted(line)))] = junk
    with contextlib.suppress(K.Rejected):
        K.check({**_WHOLE, "lines": [*_SEEDS, line]})


def test_deep_nesting_is_rejected() -> None:
    """Neither the reader nor the rules run out of stack."""
    for wrap in (lambda x: ["+", x], lambda x: [x], lambda x: ["^", x, 1]):
        data: Any = "1"
        for _ in range(5000):
            data = wrap(data)
        with pytest.raises(K.Rejected):
            K.check(certificate({}, {"rule": "identity", "left": data, "right": "1"}))
        with pytest.raises(K.Rejected):
            K.check(certificate({}, {"rule": "spectral", "left": data, "right": "1", "sums": {}}))
        with pytest.raises(K.Rejected):
            K.check(certificate(data, {"rule": "identity", "left": "1", "right": "1"}))
