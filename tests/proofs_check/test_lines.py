"""Drafts in lines, rule by rule: a true line goes through and its near miss does not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ridgeproof.proofs_check.proving import lines as K

Document = dict[str, Any]


def certificate(context: Any, *lines: Any) -> Document:
    """Return a document of these lines."""
    return {"format": K.FORMAT, "claim": "test", "context": context, "lines": list(lines)}


def accepted(context: Any, *lines: Any) -> bool:
    """Whether the lines go through."""
    try:
        K.check(json.loads(json.dumps(certificate(context, *lines))))
    except K.Rejected:
        return False
    return True


XY = {"scalars": ["x", "y"]}
SUMS = {"scalars": ["d", "T", "norm2", "kappa", "f1", "f2", "g", "s", "w2"], "dims": {"d": "d"}}
MATRICES = {
    "scalars": ["d", "T", "lam", "v"],
    "dims": {"d": "d", "T": "T", "1": "1"},
    "letters": {
        "A": {"rows": "d", "cols": "d"},
        "B": {"rows": "d", "cols": "d"},
        "S": {"rows": "d", "cols": "d", "symmetric": True},
        "X": {"rows": "T", "cols": "d", "gaussian": {"covariance": "S", "variance": "v"}},
        "R": {"rows": "d", "cols": "d", "symmetric": True, "inverse_of": [["1", ["X'", "X"]], ["lam", []]]},
        "P": {"rows": "d", "cols": "d", "symmetric": True, "rotates": True},
        "w[m]": {"rows": "d", "cols": "1"},
        "w[m+1]": {"rows": "d", "cols": "1", "depends": ["X"]},
    },
}
MATRICES["letters"]["w[m]"]["depends"] = ["X"]  # type: ignore[index]


def over(a: Any, b: Any) -> Any:
    """Return a / b as data."""
    return ["/", a, b]


# Every case: (context, true line, the same with one thing changed so that it is false).
CASES: dict[str, tuple[Any, Document, Document]] = {}


def case(name: str, context: Any, line: Document, **change: Any) -> None:
    """Register a true line and its near miss."""
    CASES[name] = (context, line, {**line, **change})


_square = ["^", ["+", "x", "y"], 2]
case(
    "identity",
    XY,
    {"rule": "identity", "left": _square, "right": ["+", ["^", "x", 2], ["*", "2", "x", "y"], ["^", "y", 2]]},
    right=["+", ["^", "x", 2], ["^", "y", 2]],
)
case(
    "identity with denominators",
    XY,
    {
        "rule": "identity",
        "left": ["-", over("1", "x"), over("1", "y")],
        "right": over(["-", "y", "x"], ["*", "x", "y"]),
    },
    right=over(["-", "x", "y"], ["*", "x", "y"]),
)
case(
    "identity modulo",
    XY,
    {"rule": "identity", "left": ["^", "x", 2], "right": ["^", "y", 2], "modulo": [[["+", "x", "y"], ["-", "x", "y"]]]},
    modulo=[["x", ["-", "x", "y"]]],
)
_df = over("s", ["+", "s", "kappa"])
_linear = {
    "rule": "spectral",
    "left": "f1",
    "right": ["-", "d", ["*", "kappa", "g"]],
    "sums": {"f1": _df, "d": "1", "g": over("1", ["+", "s", "kappa"])},
    "linear": {"f1": [["1", "d"], [["*", "-1", "kappa"], "g"]]},
}
case(
    "spectral: df_1 = d - kappa tr(S + kappa)^-1",
    SUMS,
    _linear,
    linear={"f1": [["1", "d"], ["kappa", "g"]]},
    right=["+", "d", ["*", "kappa", "g"]],
)
case("spectral: the conclusion, not only the summands", SUMS, _linear, right=["+", "d", ["*", "kappa", "g"]])
case(
    "spectral: a coefficient that holds the eigenvalue",
    SUMS,
    {
        **_linear,
        "left": "f1",
        "right": ["*", "kappa", "g"],
        "linear": {"f1": [["1", "d"], [["*", "-1", "kappa"], "g"]]},
        "modulo": [["1", ["-", "d", ["*", "2", "kappa", "g"]]]],
    },
    linear={"f1": [["s", "g"]]},
)
_iso = {
    "rule": "spectral",
    "left": "f1",
    "right": over("norm2", ["^", ["+", "1", "kappa"], 2]),
    "sums": {"f1": over(["*", "s", "w2"], ["^", ["+", "s", "kappa"], 2]), "norm2": "w2"},
    "linear": {"f1": [[over("1", ["^", ["+", "1", "kappa"], 2]), "norm2"]]},
    "isotropic": True,
}
case("spectral: isotropic", SUMS, _iso, right=over("norm2", ["+", "1", "kappa"]))
case("spectral: isotropic or not", SUMS, _iso, isotropic=False)
_at_two = over("2", ["^", ["+", "2", "kappa"], 2])
case(
    "spectral: a combination that holds at s = 2",
    SUMS,
    _iso,
    linear={"f1": [[_at_two, "norm2"]]},
    right=["*", _at_two, "norm2"],
)
case(
    "spectral: isotropic needs what is affine in w2",
    SUMS,
    _iso,
    sums={"f1": over(["*", "s", ["^", "w2", 2]], ["^", ["+", "s", "kappa"], 2]), "norm2": "w2"},
)
_gap = ["-", "s", "1"]
case(
    "spectral: isotropic, and no pole at s = 1",
    SUMS,
    {**_iso, "right": "norm2", "sums": {"f1": ["*", "s", "w2"], "norm2": "w2"}, "linear": {"f1": [["1", "norm2"]]}},
    sums={"f1": over(["*", _gap, "s", "w2"], _gap), "norm2": "w2"},
)
case(
    "spectral: isotropic, a sum inside another",
    SUMS,
    {
        "rule": "spectral",
        "left": "f2",
        "right": ["*", "d", "norm2"],
        "sums": {"d": "1", "norm2": "w2", "f1": ["^", "s", 2], "f2": ["*", "w2", "f1"]},
        "linear": {"f1": [["1", "d"]], "f2": [["f1", "norm2"]]},
        "isotropic": True,
    },
    right=["*", "norm2", "norm2"],
)
_sign = {
    "rule": "nonnegative",
    "expression": ["-", over("x", "y"), "1"],
    "relation": ">",
    "assume": [[["-", "x", "y"], ">"], ["y", ">"]],
    "sum": [["1", [[0, 1], [1, -1]]]],
}
case("nonnegative", XY, _sign, assume=[["x", ">"], ["y", ">"]])
case("nonnegative: strict needs a strict term", XY, _sign, assume=[[["-", "x", "y"], ">="], ["y", ">"]])
case(
    "nonnegative: no division by what may vanish",
    XY,
    {**_sign, "relation": ">="},
    assume=[[["-", "x", "y"], ">"], ["y", ">="]],
)
case(
    "nonnegative: positive coefficients",
    XY,
    {"rule": "nonnegative", "expression": "x", "relation": ">=", "assume": [["x", ">="]], "sum": [["1", [[0, 1]]]]},
    sum=[["-1", [[0, 1]]]],
    expression=["*", "-1", "x"],
)
case(
    "limit",
    XY,
    {"rule": "limit", "expression": over(["+", ["*", "2", "x"], "y"], ["+", "x", "1"]), "variable": "x", "value": "2"},
    value="1",
)
case(
    "limit of a growing function",
    XY,
    {"rule": "limit", "expression": over("1", "x"), "variable": "x", "value": "0"},
    expression="x",
)
_resolvent = {
    "rule": "word",
    "left": [["1", ["R", "X'", "X"]]],
    "right": [["1", []], [["*", "-1", "lam"], ["R"]]],
    "shape": ["d", "d"],
    "cofactors": [["1", [], [], 1]],
}
case("word: the resolvent identity", MATRICES, _resolvent, right=[["1", []], ["lam", ["R"]]])
case(
    "word: letters do not commute",
    MATRICES,
    {"rule": "word", "left": [["1", ["A", "B"]]], "right": [["1", ["A", "B"]]], "shape": ["d", "d"]},
    right=[["1", ["B", "A"]]],
)
_stein = {
    "rule": "trace",
    "expectation": [["1", [["A", "X'", "X"]]], [["*", "-1", "T", "v"], [["A", "S"]]]],
    "nulls": [["1", {"kind": "stein", "letter": "X", "word": ["X", "A"]}]],
}
case(
    "trace: E X'X = T v S",
    MATRICES,
    _stein,
    expectation=[["1", [["A", "X'", "X"]]], [["*", "-1", "d", "v"], [["A", "S"]]]],
)
_loop = {
    "rule": "trace",
    "expectation": [["d", [["A", "P"]]], ["-1", [["A"], ["P"]]]],
    "nulls": [["-1", {"kind": "loop", "word": ["A", "P"]}]],
}
case("trace: d E tr(A P) = tr A E tr P", MATRICES, _loop, expectation=[["T", [["A", "P"]]], ["-1", [["A"], ["P"]]]])
case(
    "trace: invariance under rotation only",
    MATRICES,
    _loop,
    nulls=[
        ["-1", {"kind": "loop", "word": ["A", "P"]}],
        ["1", {"kind": "loop", "word": ["X", "X'"]}],
    ],
)
case(
    "trace: transposes are not the letter",
    MATRICES,
    {"rule": "trace", "expectation": [["1", [["A", "B"]]], ["-1", [["B'", "A'"]]]], "nulls": []},
    expectation=[["1", [["A", "B"]]], ["-1", [["A", "B'"]]]],
)


@pytest.mark.parametrize("name", CASES)
def test_a_rule_accepts_the_true_and_rejects_the_near_miss(name: str) -> None:
    """Each rule proves what its docstring says and nothing beside it."""
    context, true, false = CASES[name]
    assert accepted(context, true)
    assert not accepted(context, false)


def test_every_rule_has_a_case() -> None:
    """No rule goes without a true statement and a near miss.

    Telescope and lemma: below; leading: test_kernel_leading.py; orders: test_kernel_orders.py.
    """
    elsewhere = {"telescope", "leading", "power-order", "order", "suppose", "least", "terms"}
    assert {line["rule"] for _, line, _ in CASES.values()} | elsewhere == set(K.RULES)


def test_lines_that_rest_on_earlier_lines() -> None:
    """Signs, lemmas, expectations and telescoping sums use what was proved, and only that."""
    first = {
        "rule": "nonnegative",
        "expression": ["+", "x", "y"],
        "relation": ">",
        "assume": [["x", ">"], ["y", ">"]],
        "sum": [["1", [[0, 1]]], ["1", [[1, 1]]]],
    }
    second = {
        "rule": "nonnegative",
        "expression": over("x", ["+", "x", "y"]),
        "relation": ">",
        "assume": [["x", ">"], ["y", ">"], ["line", 0]],
        "sum": [["1", [[0, 1], [2, -1]]]],
    }
    assert accepted(XY, first, second)
    assert not accepted(XY, first, {**second, "assume": [["x", ">"], ["x", ">"], ["line", 0]]})  # y > 0 was needed
    assert not accepted(XY, second, first)
    lemma = {
        "rule": "trace",
        "expectation": [["1", [["P", "B", "X'", "X"]]], [["*", "-1", "T", "v"], [["P", "B", "S"]]]],
        "nulls": [["1", {"kind": "lemma", "lemma": 0, "replace": {"A": ["P", "B"]}}]],
    }
    assert accepted(MATRICES, _stein, lemma)  # P is independent of X
    named = {**MATRICES, "scalars": [*MATRICES["scalars"], "e"]}
    value = {
        "rule": "identity",
        "left": "e",
        "right": ["*", "d", "T", "v"],
        "expectations": {"e": [["A", "X'", "X"]], "a": [["A", "S"]]},
        "lines": [["1", 0]],
        "modulo": [[["*", "T", "v"], ["-", "a", "d"]]],
    }
    assert accepted({**named, "scalars": [*named["scalars"], "a"]}, _stein, value)
    assert not accepted({**named, "scalars": [*named["scalars"], "a"]}, _stein, {**value, "right": ["*", "T", "v"]})


def test_telescoping() -> None:
    """If w[m+1] - w[m] = A w[m] for all m then w[n] - w[0] is the sum; another summand, or a constant term, is not."""
    context = {**MATRICES, "letters": {k: v for k, v in MATRICES["letters"].items() if k != "w[m+1]"}}
    context["letters"] = {
        **context["letters"],
        "w[m]": {"rows": "d", "cols": "1"},
        "w[m+1]": {"rows": "d", "cols": "1"},
    }
    context["relations"] = [[[["1", ["w[m+1]"]]], [["1", ["w[m]"]], ["1", ["A", "w[m]"]]], ["d", "1"]]]
    step = {
        "rule": "word",
        "left": [["1", ["w[m+1]"]], ["-1", ["w[m]"]]],
        "right": [["1", ["A", "w[m]"]]],
        "shape": ["d", "1"],
        "cofactors": [["1", [], [], 0]],
    }
    summed = {"rule": "telescope", "step": 0, "term": [["1", ["w[m]"]]], "summand": [["1", ["A", "w[m]"]]]}
    assert accepted(context, step, summed)
    assert not accepted(context, step, {**summed, "summand": [["1", ["w[m]"]]]})
    assert not accepted(context, step, {**summed, "term": [["1", ["w[m+1]"]]]})
    assert not accepted(
        {**context, "scalars": [*context["scalars"], "c[m]"]}, step, {**summed, "term": [["c[m]", ["w[m]"]]]}
    )
    trace = {"rule": "trace", "expectation": [], "nulls": []}  # a trace line is about one m
    assert not accepted(context, trace, {"rule": "telescope", "step": 0, "term": [], "summand": []})
    assert accepted(context, {**step, "left": [], "right": [], "cofactors": []}, {**summed, "term": [], "summand": []})
