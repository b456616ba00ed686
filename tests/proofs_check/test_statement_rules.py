"""For every rule of the kernel of statements: lines that it accepts, and near misses that it refuses.

``RULES``: name -> (declarations, earlier lines, line, {what is wrong: changed fields}).  What an accepted line concludes,
with its Γ, and the words in which a near miss is refused stand in ``rules.json``; the words say that it is the condition
meant that refuses it (``python tests/proofs_check/test_statement_rules.py`` writes the file anew, to be read before it is
kept).
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ridgeproof.proofs_check.kernel.statements import show
from ridgeproof.proofs_check.kernel.statements.certificates import FORMAT, check, grade, same_statement
from ridgeproof.proofs_check.kernel.statements.certificates import RULES as KERNEL
from ridgeproof.proofs_check.kernel.statements.chains import error
from ridgeproof.proofs_check.kernel.statements.ratio import MAX_BITS, MAX_STEPS, Budget, Rejected, clean, pmul, spend
from ridgeproof.proofs_check.kernel.statements.sequent import Sequent, World

Data = Any
# ruff: noqa: E501 (a line of the table is a line of a certificate)

FILE = Path(__file__).parent / "statements" / "rules.json"


def assume(*formula: Data) -> Data:
    return {"rule": "assume", "formula": list(formula)}


def domain(name: Data, how: str = ">") -> Data:
    return {"rule": "domain", "name": name, "how": how}


def positive(shows: Data, *terms: Data, by: Data = ()) -> Data:
    return {"rule": "positive", "shows": shows, "sum": [list(t) for t in terms], "by": list(by)}


def world(declare: Data, lines: Data) -> World:
    Budget.left = MAX_STEPS
    w = World(declare)
    for line in lines:
        w.lines.append(KERNEL[line["rule"]](w, line))
    return w


SQUARE = {"matrix": ["d", "d"]}

# --- orders -----------------------------------------------------------------------------------------------------------

LAW = [["beta", "fixed>0"], ["g", "fixed"], ["r", "fixed>=0"], ["x", "fixed>=0"], ["k", "real>0"], ["u", "real>0"], ["v", "real>0"],
       ["z", "real"], ["T", "nat+"], ["spectrum", {"power-law": ["beta", ["+", "1", ["*", "2", "beta", "r"]]]}]]  # fmt: skip
AT_ONE = [*LAW[:-1], ["spectrum", {"power-law": ["beta", ["+", "1", ["*", "2", "beta"]]]}]]
ABOVE_ONE = [
    assume(">", ["-", "beta", "1"], "0"),
    positive([">", ["-", ["+", "0", ["*", "beta", "1"]], "1"], "0"], ["1", [[0, 1]]]),  # 1: the tail of s/(s + k)
]
HALF = assume(">=", ["-", "1/2", "k"], "0")
DF1 = {"summand": ["/", "s", ["+", "s", "k"]], "at": "k", "powers": [0, 1, 1], "target": False}
BIAS = {"summand": ["/", ["*", "s", "w2"], ["^", ["+", "s", "k"], 2]], "at": "k", "powers": [0, 0, 2], "target": True}
SMALL = {"rule": "terms", "shows": ["<~", "k", ["1"]], "line": 2}
TOP = ["+", "1", ["-", ["*", "beta", "0"], "0"]]  # theta + 1 of df_1
MAIN = ["*", "1", ["pow", "k", ["/", ["-", "0", TOP], "beta"]]]
HEAD = "1"
SUM = ["spec", DF1["summand"]]
KNOWN = [*ABOVE_ONE, HALF, SMALL]
LOG_TAIL = [
    assume(">", ["-", "beta", "1"], "0"),
    assume(">", ["-", ["+", ["+", "1", ["*", "2", "beta"]], ["*", "beta", "0"]], "1"], "0"),
    HALF,
]
LOGS = ["spec", BIAS["summand"]]
LOG = ["log", ["/", "1", "k"]]
BOUND = lambda low, *high: assume("<~", low, list(high))  # noqa: E731

RULES: dict[str, tuple[Data, Data, Data, dict[str, Data]]] = {
    "terms-equation": (
        LAW, [assume("=", ["*", "u", "T"], ["+", "v", ["*", "2", "k"]])],
        {"rule": "terms", "shows": ["<~", ["*", "u", "T"], ["v", "k"]], "line": 0},
        {
            "a term left out": {"shows": ["<~", ["*", "u", "T"], ["v"]]},
            "a term of no side": {"shows": ["<~", "u", ["v", "k"]]},
            "the other side": {"shows": ["<~", "v", ["k"]]},
            "another power": {"shows": ["<~", ["*", "u", "T"], ["v", ["^", "k", 2]]]},
            "no bound": {"shows": [">", "u", "v"]},
            "a line of another kind": {"line": 1},
        },
    ),
    "terms-quotient": (LAW, [assume("=", ["/", "u", "z"], ["/", "v", "z"])], {"rule": "terms", "shows": ["<~", "u", ["v"]], "line": 0}, {}),
    "terms-positive": (LAW, [assume("=", "u", ["*", "z", "T"])], {"rule": "terms", "shows": ["<~", "u", [["*", "z", "T"]]], "line": 0}, {}),
    "terms-beside": (LAW, [assume("=", ["+", "u", "z"], "v")], {"rule": "terms", "shows": ["<~", "u", ["v"]], "line": 0}, {}),
    "terms-more": (LAW, [assume("=", "u", ["+", "v", "z"])], {"rule": "terms", "shows": ["<~", "u", ["v", "z", "k"]], "line": 0}, {}),
    "terms-denominator": (LAW, [assume(">=", ["-", "v", "u"], "0"), assume(">=", ["/", ["-", "v", "u"], "z"], "0")], {"rule": "terms", "shows": ["<~", "u", ["v"]], "line": 0}, {"of no sign": {"line": 1}}),
    "terms-back": (
        LAW, [assume("=", ["*", "u", "T"], ["+", "v", ["*", "2", "k"]])],
        {"rule": "terms", "shows": ["<~", "v", [["*", "u", "T"]]], "line": 0}, {},
    ),
    "terms-sign": (
        LAW, [assume(">=", ["-", "v", "u"], "0"), assume("!=", "u", "v"), assume(">=", ["-", ["/", "v", "u"], "1"], "0"),
              assume(">", ["+", "u", "v"], "0"), assume(">=", ["-", ["*", "beta", "v"], "u"], "0")],
        {"rule": "terms", "shows": ["<~", "u", ["v"]], "line": 0},
        {
            "the wrong way": {"shows": ["<~", "v", ["u"]]},
            "from an inequation": {"line": 1},
            "a denominator": {"line": 2},
            "nothing negative": {"line": 3},
            "a fixed scalar among what varies": {"line": 4},
        },
    ),
    "multiply-twice": (LAW, [BOUND("u", "v")], {"rule": "multiply", "shows": ["<~", ["+", "u", "u"], ["v"]], "use": [[0, "1", None]], "mix": [["1", None]]}, {
        "a product": {"shows": ["<~", ["+", ["*", "u", "v"], "0"], ["v"]]}, "a square": {"shows": ["<~", ["+", ["^", "u", 2], "0"], ["v"]]}, "a quotient": {"shows": ["<~", ["+", ["/", "u", "k"], "0"], ["v"]]}}),
    "multiply-number": (LAW, [BOUND("u", "1")], {"rule": "multiply", "shows": ["<~", "u", ["2"]], "use": [[0, "1", None]], "mix": [["1", None]]}, {"nothing": {"shows": ["<~", "u", ["0"]]}, "less than nothing": {"shows": ["<~", "u", ["-1"]]}}),
    "multiply": (
        LAW, [BOUND("u", "v"), BOUND("v", ["^", "k", 2]), BOUND("u", "v", "k"), assume(">=", "g", "0"), assume(">", "z", "0")],
        {"rule": "multiply", "shows": ["<~", ["pow", "u", "g"], [["pow", "k", ["*", "2", "g"]]]],
         "use": [[0, "g", 3], [1, "g", 3]], "mix": [["1", None]]},
        {
            "powers do not fit": {"shows": ["<~", ["pow", "u", "g"], [["pow", "k", "g"]]]},
            "a bound by a sum": {"use": [[2, "g", 3], [1, "g", 3]]},
            "a negative weight": {"use": [[0, "-1", None], [1, "g", 3]]},
            "the sign of another weight": {"use": [[0, "g", 3], [1, ["*", "2", "g"], 3]]},
            "a weight that varies": {"use": [[0, "z", 4], [1, "g", 3]]},
            "weights that may all vanish": {"mix": [["0", None]]},
            "a weight that may vanish": {"shows": ["<~", "u", ["u"]], "use": [], "mix": [["g", 3]]},
            "a weight for no term": {"mix": [["1", None], ["1", None]]},
            "an exponent that varies": {"shows": ["<~", ["pow", "u", "z"], [["pow", "k", "z"]]]},
            "a fixed scalar among what varies": {"shows": ["<~", ["*", "beta", "u"], ["v"]], "use": [[0, "1", None]]},
            "a negative factor": {"shows": ["<~", "u", [["*", "-1", "v"]]], "use": [[0, "1", None]]},
            "a sum as a factor": {"shows": ["<~", "u", [["*", ["+", "1", "v"], "v"]]], "use": [[0, "1", None]]},
            "no bound": {"shows": ["=", "u", "v"]},
        },
    ),
    "multiply-sum": (
        LAW, [BOUND("u", "v"), BOUND("u", "k")],
        {"rule": "multiply", "shows": ["<~", "u", ["v", "k"]], "use": [[0, "2", None], [1, "1", None]],
         "mix": [["2", None], ["1", None]]},
        {"no weight at all": {"use": [], "mix": [["0", None], ["0", None]]}},
    ),
    "either": (
        LAW, [BOUND("u", "v", "k"), BOUND("u", "v"), BOUND("u", "k"), BOUND("v", "1"), BOUND("k", "1"),
              {"rule": "multiply", "shows": ["<~", "u", ["1"]], "use": [[1, "1", None], [3, "1", None]], "mix": [["1", None]]},
              {"rule": "multiply", "shows": ["<~", "u", ["1"]], "use": [[2, "1", None], [4, "1", None]], "mix": [["1", None]]}],
        {"rule": "either", "line": 0, "cases": [5, 6]},
        {
            "a case is missing": {"cases": [5]},
            "cases that say different things": {"cases": [5, 4]},
            "no bound": {"line": 7},
        },
    ),
    "either-of-others": (  # the cases of another bound stay supposed
        LAW, [BOUND("u", "v", "k"), BOUND("u", "v"), BOUND("k", "1"), BOUND("v", "1"),
              {"rule": "multiply", "shows": ["<~", "u", ["1"]], "use": [[1, "1", None], [3, "1", None]], "mix": [["1", None]]}],
        {"rule": "either", "line": 0, "cases": [4, 4]}, {},
    ),
    "either-axioms": (
        LAW, [*KNOWN, {"rule": "power-order", "shows": ["<~", SUM, [MAIN, HEAD]], "of": DF1, "tail": 1, "small": 3, "slack": None}, BOUND("u", "v", "k")],
        {"rule": "either", "line": 5, "cases": [4, 4]}, {}),
    "both": (
        LAW, [BOUND("u", "v", "k"), BOUND("v", "u"), BOUND("k", "u")],
        {"rule": "both", "shows": ["=<>=", "u", ["v", "k"]], "lines": [0, 1, 2]},
        {
            "one way only": {"lines": [0, 1]},
            "another bound": {"lines": [0, 1, 1]},
            "another head": {"shows": ["<~", "u", ["v", "k"]]},
            "a term left out": {"shows": ["=<>=", "u", ["v"]], "lines": [0, 1]},
        },
    ),
    "converges": (
        LAW, [*ABOVE_ONE, assume(">=", ["-", ["+", "0", ["*", "beta", "1"]], "1"], "0"), assume(">", "beta", "0")],
        {"rule": "converges", "of": DF1, "tail": 1},
        {
            "another tail": {"tail": 3},
            "a tail that may just fail": {"tail": 2},
            "another summand": {"of": {**DF1, "summand": ["/", "s", ["+", "s", "u"]]}},
            "another power": {"of": {**DF1, "powers": [0, 2, 1]}},
            "a negative power below": {"of": {**DF1, "powers": [0, 1, -1]}},
            "a power too large": {"of": {**DF1, "powers": [0, 9, 1]}},
            "no power": {"of": {**DF1, "powers": [0, "1", 1]}},
            "k that is an eigenvalue": {"of": {**DF1, "summand": ["/", "s", ["+", "s", "s"]], "at": "s"}},
            "a target that is no truth value": {"of": {**DF1, "target": 1}},
            "an unknown field": {"of": {**DF1, "note": "x"}},
        },
    ),
    "converges-high": (LAW, [assume(">", ["-", ["*", "beta", "8"], "1"], "0")], {
        "rule": "converges", "tail": 0, "of": {"summand": ["^", ["/", "s", ["+", "s", "k"]], 8], "at": "k", "powers": [0, 8, 8], "target": False}}, {}),
    "converges-at-any-k": (LAW, ABOVE_ONE, {
        "rule": "converges", "tail": 1,
        "of": {"summand": ["/", "s", ["+", "s", "z"]], "at": "z", "powers": [0, 1, 1], "target": False}}, {}),
    "power-order": (
        LAW, [*KNOWN, assume(">=", ["-", "2", "k"], "0"), BOUND("u", "1"), assume(">=", "x", "0")],
        {"rule": "power-order", "shows": ["<~", SUM, [MAIN, HEAD]], "of": DF1, "tail": 1, "small": 3, "slack": None},
        {
            "without its smaller term": {"shows": ["<~", SUM, [MAIN]]},
            "another order": {"shows": ["<~", SUM, [HEAD]]},
            "k that is not bounded": {"small": 2},
            "another k bounded": {"small": 5},
            "slack from below": {"shows": ["<~", MAIN, [SUM]], "slack": ["x", 6]},
            "slack without a sign": {"slack": ["x", 1]},
            "negative slack": {"slack": ["-1", None]},
        },
    ),
    "power-order-below": (LAW, KNOWN, {
        "rule": "power-order", "shows": ["<~", MAIN, [SUM]], "of": DF1, "tail": 1, "small": 3, "slack": None}, {}),
    "power-order-slack": (
        LAW, [*KNOWN, assume(">=", "x", "0")],
        {"rule": "power-order", "shows": ["<~", SUM, [["*", HEAD, ["pow", "k", ["/", ["-", "0", ["+", TOP, "x"]], "beta"]]], HEAD]],
         "of": DF1, "tail": 1, "small": 3, "slack": ["x", 4]}, {},
    ),
    "power-order-constant": (
        LAW, [*ABOVE_ONE],
        {"rule": "power-order", "shows": ["<~", "1", [["spec", "s"]]], "tail": 1, "small": None, "slack": None,
         "of": {"summand": "s", "at": "1", "powers": [0, 1, 0], "target": False}},
        {"too small": {"shows": ["<~", ["spec", "s"], [["/", "1", "T"]]]}},
    ),
    "power-order-log": (
        AT_ONE, [*LOG_TAIL, BOUND("k", "1")],
        {"rule": "power-order", "shows": ["<~", LOGS, [["*", HEAD, LOG]]], "of": BIAS, "tail": 1, "small": 2, "slack": None},
        {
            "without the logarithm": {"shows": ["<~", LOGS, [HEAD]]},
            "k that may be near 1": {"small": 3},
            "another tail": {"tail": 0},
        },
    ),
    "power-gap": (
        AT_ONE, [*LOG_TAIL, BOUND("k", "1")],
        {"rule": "power-gap", "of": BIAS, "tail": 1, "small": 2, "head": None},
        {
            "k that may be near 1": {"small": 3},
            "another tail": {"tail": 0},
            "theta is not -1": {"head": 0, "of": {**BIAS, "summand": ["/", ["*", "s", "w2"], ["^", ["+", "s", "k"], 3]], "powers": [0, 0, 3]}},
            "no k": {"of": {"summand": ["*", "w2", "s"], "at": "1", "powers": [0, 0, 0], "target": True}},
        },
    ),
    "power-gap-integral": (
        LAW, [*KNOWN, positive([">", TOP, "0"], ["1", []]), assume(">", "beta", "0"), assume("<~", "u", ["1"])],
        {"rule": "power-gap", "of": DF1, "tail": 1, "small": 3, "head": 4},
        {"that the head converges is not shown": {"head": 5}, "not strictly": {"head": 2}, "k that is not bounded": {"small": 5},
         "another is bounded": {"small": 6}, "another tail": {"tail": 5}},
    ),
    "power-gap-target": (
        LAW, [assume(">", ["-", ["+", "1", ["*", "2", "beta", "r"]], "1"], "0"), HALF, {**SMALL, "line": 1},
              assume(">", ["+", "1", ["-", ["*", "beta", "3"], ["+", "1", ["*", "2", "beta", "r"]]]], "0")],
        {"rule": "power-gap", "of": {"summand": ["/", ["*", "k", "s", "w2"], ["^", ["+", "s", "k"], 3]], "at": "k", "powers": [1, 0, 3], "target": True},
         "tail": 0, "small": 2, "head": 3}, {},
    ),
    "gamma-next": (LAW, [], {"rule": "gamma", "kind": "next", "at": ["-", "beta", "1"]}, {"no such equation": {"kind": "last"}, "what varies": {"at": "k"}}),
    "gamma-reflection": (LAW, [], {"rule": "gamma", "kind": "reflection", "at": ["/", "1", "beta"]}, {"of a negative number": {"at": "-1/2"}, "of 2": {"at": "2"}}),
    "solve": (
        LAW, [assume("=", ["-", "T", ["*", "beta", "u"]], ["/", "T", "T"]), {"rule": "multiply", "shows": ["<~", "1", [["*", "T", ["/", "1", "T"]]]], "use": [], "mix": [["1", None]]},
              {"rule": "near", "shows": ["near", "T", ["*", "beta", "u"], [["*", "T", ["/", "1", "T"]]]], "by": [[1, 1]], "modulo": [["1", 0]]},
              {"rule": "negligible", "shows": ["~", "T", ["*", "beta", "u"], "T", "oo"], "line": 2, "by": [None]}],
        {"rule": "solve", "shows": ["~", ["pow", "u", "g"], ["pow", ["/", "T", "beta"], "g"], "T", "oo"], "line": 3, "power": ["-", "0", "g"]},
        {
            "another power": {"power": "g"},
            "a power that varies": {"power": "k"},
            "a constant left out": {"shows": ["~", ["pow", "u", "g"], ["pow", "T", "g"], "T", "oo"]},
            "twice": {"shows": ["~", ["pow", "u", "g"], ["*", "2", ["pow", ["/", "T", "beta"], "g"]], "T", "oo"]},
            "twice inside": {"shows": ["~", ["pow", ["*", "2", "u"], "g"], ["pow", ["/", "T", "beta"], "g"], "T", "oo"]},
            "twice as a sum": {"shows": ["~", ["+", ["pow", "u", "g"], ["pow", "u", "g"]], ["pow", ["/", "T", "beta"], "g"], "T", "oo"]},
            "the other limit": {"shows": ["~", ["pow", "u", "g"], ["pow", ["/", "T", "beta"], "g"], "T", "0"]},
            "another variable": {"shows": ["~", ["pow", "u", "g"], ["pow", ["/", "T", "beta"], "g"], "v", "oo"]},
            "another head": {"shows": ["near", ["pow", "u", "g"], ["pow", ["/", "T", "beta"], "g"], "T", "oo"]},
            "not what tends": {"line": 2},
        },
    ),
    "solve-inverse": (
        LAW, [assume("=", ["-", "T", ["*", "beta", "u"]], ["/", "T", "T"]), {"rule": "multiply", "shows": ["<~", "1", [["*", "T", ["/", "1", "T"]]]], "use": [], "mix": [["1", None]]},
              {"rule": "near", "shows": ["near", "T", ["*", "beta", "u"], [["*", "T", ["/", "1", "T"]]]], "by": [[1, 1]], "modulo": [["1", 0]]},
              {"rule": "negligible", "shows": ["~", "T", ["*", "beta", "u"], "T", "oo"], "line": 2, "by": [None]}],
        {"rule": "solve", "shows": ["~", ["/", "1", ["pow", "u", "g"]], ["/", "1", ["pow", ["/", "T", "beta"], "g"]], "T", "oo"], "line": 3, "power": "g"}, {},
    ),
    "solve-what-has-no-sign": (
        LAW, [assume("=", ["-", "T", "z"], ["/", "T", "T"]), {"rule": "multiply", "shows": ["<~", "1", [["*", "T", ["/", "1", "T"]]]], "use": [], "mix": [["1", None]]},
              {"rule": "near", "shows": ["near", "T", "z", [["*", "T", ["/", "1", "T"]]]], "by": [[1, 1]], "modulo": [["1", 0]]},
              {"rule": "negligible", "shows": ["~", "T", "z", "T", "oo"], "line": 2, "by": [None]}],
        {"rule": "solve", "shows": ["~", ["^", "T", 2], ["^", "z", 2], "T", "oo"], "line": 3, "power": "2"}, {},
    ),
    "terms-over-a-power": (
        LAW, [assume("=", ["*", "u", "k"], ["+", ["/", "v", ["pow", "T", "g"]], ["*", "2", ["pow", "T", "-1/2"]]]), assume(">=", ["/", "u", ["pow", "T", "g"]], "k"),
              assume(">=", ["/", "u", ["+", ["pow", "T", "g"], "v"]], "k")],
        {"rule": "terms", "shows": ["<~", ["/", "v", ["pow", "T", "g"]], [["*", "u", "k"]]], "line": 0},
        {"the power left out": {"shows": ["<~", "v", [["*", "u", "k"]]]}, "from a sign, the power left out": {"shows": ["<~", "k", ["u"]], "line": 1},
         "over a sum": {"shows": ["<~", "k", ["u"]], "line": 2}},
    ),
    "terms-of-a-sign-over-a-power": (LAW, [assume(">=", ["/", "u", ["pow", "T", "g"]], "k")], {"rule": "terms", "shows": ["<~", "k", [["*", "u", ["pow", "T", ["-", "0", "g"]]]]], "line": 0}, {}),
    "powers-of-one-form": (LAW, [], {"rule": "ring", "by": [], "shows": ["=", ["*", ["^", "k", 2], ["pow", "k", ["-", "g", "2"]], ["pow", "k", ["-", "1", "g"]]], "k"]},
        {"another power": {"shows": ["=", ["*", ["pow", "k", ["-", "g", "2"]], ["pow", "k", ["-", "1", "g"]]], "k"]},
         "another base": {"shows": ["=", ["*", ["pow", "k", "g"], ["pow", "u", ["-", "0", "g"]]], "1"]}}),
    "zeta": (
        LAW, [assume(">", ["-", ["+", "0", ["*", "beta", "2"]], "1"], "0"), assume(">", "beta", "1")],
        {"rule": "zeta", "of": {"summand": ["^", "s", 2], "at": "1", "powers": [0, 2, 0], "target": False}, "tail": 0},
        {
            "a sum with k": {"of": DF1, "tail": 1},
            "a factor k": {"of": {"summand": ["*", "k", ["^", "s", 2]], "at": "k", "powers": [1, 2, 0], "target": False}},
            "a denominator": {"of": {"summand": ["/", ["^", "s", 2], ["+", "s", "1"]], "at": "1", "powers": [0, 2, 1], "target": False}},
            "no tail": {"tail": 1},
        },
    ),
    "near": (
        LAW, [assume("=", ["-", "u", "v"], ["+", "0", "k"]), BOUND("k", "1"), assume("=", "u", "v"), BOUND("k", "T")],
        {"rule": "near", "shows": ["near", "u", "v", ["1"]], "by": [[1, 1]], "modulo": [["1", 0]]},
        {
            "another difference": {"modulo": [["1", 2]]},
            "a remainder left out": {"by": []},
            "the other sign": {"by": [[-1, 1]]},
            "a multiple that is no whole number": {"by": [["1", 1]]},
            "a bound by other terms": {"by": [[1, 3]]},
            "not an equation": {"modulo": [["1", 1]]},
            "not a bound": {"by": [[1, 0]]},
            "other sides": {"shows": ["near", "u", "k", ["1"]]},
            "no difference": {"shows": ["<~", "u", ["1"]]},
        },
    ),
    "near-what-is-near": (
        LAW, [assume("=", ["-", "u", "v"], "k"), BOUND("k", "1"),
              {"rule": "near", "shows": ["near", "u", "v", ["1"]], "by": [[1, 1]], "modulo": [["1", 0]]}, assume("=", ["*", "z", "T"], ["*", "z", "v"])],
        {"rule": "near", "shows": ["near", "u", "T", ["1"]], "by": [[1, 2]], "modulo": [[["/", "-1", "z"], 3]]},
        {"by less": {"shows": ["near", "u", "T", [["/", "1", "T"]]]}, "divided by what may vanish": {"modulo": [[["/", "-1", "z"], 3]], "by": [[2, 2]]},
         "twice": {"by": [[1, 2], [1, 2]]}},
    ),
    "near-turned": (LAW, [assume("=", ["-", "v", "u"], ["+", "0", "k"]), BOUND("k", "1")],
                    {"rule": "near", "shows": ["near", "u", "v", ["1"]], "by": [[-1, 1]], "modulo": [["-1", 0]]}, {}),
    "scale": (
        LAW, [assume("=", ["-", "u", "v"], ["+", "0", "k"]), BOUND("k", "1"),
              {"rule": "near", "shows": ["near", "u", "v", ["1"]], "by": [[1, 1]], "modulo": [["1", 0]]}, BOUND("T", "k"), BOUND("v", "k")],
        {"rule": "scale", "shows": ["near", ["*", "u", "T"], ["*", "v", "T"], ["k"]], "line": 2, "factor": "T", "by": [3]},
        {
            "one side only": {"shows": ["near", ["*", "u", "T"], "v", ["k"]]},
            "a bound of another term": {"by": [4]},
            "a bound by other terms": {"shows": ["near", ["*", "u", "T"], ["*", "v", "T"], ["v"]]},
            "a bound left out": {"by": []},
            "another head": {"shows": ["far", ["*", "u", "T"], ["*", "v", "T"], ["k"]]},
            "a factor that is no product": {"factor": ["-", "0", "T"]},
        },
    ),
    "negligible": (
        LAW, [assume("=", ["-", "u", "v"], ["+", "0", ["*", "u", "k"]]), BOUND(["*", "u", "k"], ["*", "u", ["pow", "k", "x"]]),
              {"rule": "near", "shows": ["near", "u", "v", [["*", "u", ["pow", "k", "x"]]]], "by": [[1, 1]], "modulo": [["1", 0]]},
              assume(">", "x", "0"), assume(">=", "x", "0"), assume(">", ["*", "2", "x"], "0")],
        {"rule": "negligible", "shows": ["~", "u", "v", "k", "0"], "line": 2, "by": [3]},
        {
            "another head": {"shows": ["=~", "u", "v", "k", "0"]},
            "the other limit": {"shows": ["~", "u", "v", "k", "oo"]},
            "another limit": {"shows": ["~", "u", "v", "k", "1"]},
            "another variable": {"shows": ["~", "u", "v", "T", "oo"]},
            "what is fixed tends": {"shows": ["~", "u", "v", "beta", "oo"]},
            "a rate that may stay": {"by": [4]},
            "the sign of another rate": {"by": [5]},
            "other sides": {"shows": ["~", "v", "u", "k", "0"]},
            "a rate left out": {"by": []},
        },
    ),
    "negligible-number": (
        LAW, [assume("=", ["-", "u", "v"], ["+", "0", ["/", "u", "T"]]), BOUND(["/", "u", "T"], ["/", "u", "T"]),
              {"rule": "near", "shows": ["near", "u", "v", [["/", "u", "T"]]], "by": [[1, 1]], "modulo": [["1", 0]]}],
        {"rule": "negligible", "shows": ["~", "u", "v", "T", "oo"], "line": 2, "by": [None]},
        {"towards 0": {"shows": ["~", "u", "v", "T", "0"]}},
    ),
    "log": (LAW, [assume(">", ["/", "1", "k"], "1"), assume(">=", ["/", "1", "k"], "1")], {"rule": "log", "line": 0},
            {"where it may vanish": {"line": 1}}),
}  # fmt: skip

# --- structure and algebra --------------------------------------------------------------------------------------------

NUM = [["d", "nat+"], ["T", "nat+"], ["n", "nat"], ["m", "nat"], ["q", "real"], ["l", "real>=0"], ["x", "real>0"], ["t", "real>0"],
       ["y", "real>0"], ["fix", "fixed"], ["phi", {"is": ["/", "d", "T"]}], ["X", {"matrix": ["T", "d"]}]]  # fmt: skip
SPEC = [*NUM, ["spectrum", {"any": "d"}], ["kappa", {"root": ["one", "x", ["=", "x", "5"]]}]]
ISO = [*NUM, ["spectrum", {"isotropic": "d"}]]
Q0, QL = assume(">=", "q", "0"), assume("=", "q", "l")

FINITE = [["x", "real>0"], ["d", "nat+"], ["spectrum", {"any": "d"}]]
SIGNLESS = [["beta", "fixed"], ["x", "real>0"], ["spectrum", {"power-law": ["beta", "2"]}]]
AT_X = {
    "rule": "converges",
    "tail": 0,
    "of": {"summand": ["/", "s", ["+", "s", "x"]], "at": "x", "powers": [0, 1, 1], "target": False},
}
RULES |= {
    "no-spectrum": (NUM, [], domain("x"), {"counted": {"rule": "count"}, "isotropic": {"rule": "isotropic", "summand": "s"}}),
    "endless": (LAW, [], domain("k"), {"counted": {"rule": "count"}, "isotropic": {"rule": "isotropic", "summand": "s"}}),
    "no-power-law": (FINITE, [assume(">", "x", "0")], domain("x"), {"a finite spectrum": AT_X}),
    "beta-of-no-sign": (SIGNLESS, [assume(">", ["-", "beta", "1"], "0")], domain("x"), {"a law that may grow": AT_X}),
    "assume": (NUM, [], assume(">", "q", "l"), {
        "no relation": {"formula": ["one", "x", ["=", "x", "1"]]}, "no formula": {"formula": ["?", "q", "l"]},
        "three sides": {"formula": ["=", "q", "l", "0"]}, "what is not declared": {"formula": ["=", "zz", "l"]},
        "leading order": {"formula": ["=K", "q", "l"]}, "a difference": {"formula": ["near", "q", "l", ["1"]]},
        "unknown field": {"note": 1}, "false": {"formula": [">", "0", "1"]}, "division by 0": {"formula": ["=", ["/", "q", "0"], "l"]},
        "division by what is 0": {"formula": ["=", ["/", "q", ["-", "phi", ["/", "d", "T"]]], "l"]},
        "no term": {"formula": ["=", ["?", "q"], "l"]}, "a difference of one": {"formula": ["=", ["-", "q"], "l"]},
        "a quotient of three": {"formula": ["=", ["/", "q", "x", "t"], "l"]}, "a negative power": {"formula": ["=", ["^", "q", -1], "l"]},
        "a power too large": {"formula": ["=", ["^", "q", 65], "l"]}, "a power of three": {"formula": ["=", ["^", "q", 2, 2], "l"]},
        "a power that is no integer": {"formula": ["=", ["^", "q", True], "l"]}, "a number that is none": {"formula": ["=", "1.5", "l"]},
        "a sum over no spectrum": {"formula": ["=", ["spec", "s"], "l"]}, "no natural power": {"formula": ["=", ["^^", "q", "l"], "l"]},
        "a natural power that may be negative": {"formula": ["=", ["^^", "q", ["-", "n", "1"]], "l"]},
        "a natural power of a product": {"formula": ["=", ["^^", "q", ["*", "n", "m"]], "l"]},
        "a natural power too large": {"formula": ["=", ["^^", "q", "65"], "l"]}, "a natural power of three": {"formula": ["=", ["^^", "q", "n", "m"], "l"]},
        "a half": {"formula": ["=", ["^^", "q", "1/2"], "l"]}, "an exponent that varies": {"formula": ["=", ["pow", "x", "q"], "l"]},
        "a power of one": {"formula": ["=", ["pow", "x"], "l"]}, "a logarithm of two": {"formula": ["=", ["log", "x", "y"], "l"]},
        "zeta of what varies": {"formula": ["=", ["zeta", "q"], "l"]}, "a slope in no variable": {"formula": ["=", ["d", "zz", "x"], "1"]},
        "a matrix as a number": {"formula": ["=", "X", "l"]},
    }),
    "assume-power": (NUM, [], assume("=", ["pow", "q", "fix"], ["log", "l"]), {}),
    "assume-zeta": (NUM, [], assume(">", ["zeta", "fix"], "1"), {}),
    "assume-denominators": (NUM, [], assume("=", ["/", "1", ["+", "q", "1"]], ["/", ["/", "1", "l"], ["+", "x", "1"]]), {}),
    "assume-powers": (NUM, [], assume("=", ["^^", ["*", "3", "q", ["+", "q", "1"]], ["+", "n", "2"]], ["pow", "x", "2"]), {}),
    "assume-negative-power": (NUM, [], assume("=", ["pow", "q", "-2"], "l"), {}),
    "domain": (SPEC, [], domain(["/", "x", ["+", "1", "n"]]), {
        "that may vanish": {"name": ["+", "n", "l"]}, "of no sign": {"name": "q"}, "a difference": {"name": ["-", "x", "t"]},
        "no sign": {"how": "!="}, "at least 1": {"how": ">=1"}, "a denominator of no sign": {"name": ["/", "x", ["-", "x", "q"]]}, "a sum below of no sign": {"name": ["/", "x", ["+", "x", "q"]]},
        "zero": {"name": "0"}, "fixed": {"name": "fix"},
    }),
    "domain-weak": (SPEC, [], domain(["+", "n", "l", ["^", "q", 2]], ">="), {"an odd power": {"name": ["^", "q", 3]}, "negative": {"name": ["-", "0", "n"]}}),
    "domain-one": (SPEC, [], domain("T", ">=1"), {"that may be 0": {"name": "n"}, "that may be a half": {"name": "x"}}),
    "domain-sum": (SPEC, [], domain(["spec", ["/", "s", ["+", "s", "x"]]]), {"that may vanish": {"name": ["spec", "w2"]}, "two sums in one": {"name": ["spec", "s", "s"]}, "pi of something": {"name": ["pi", "1"]}}),
    "domain-sum-weak": (SPEC, [], domain(["spec", "w2"], ">="), {"of no sign": {"name": ["spec", ["*", "q", "w2"]]}}),
    "cut": (NUM, [assume(">", "q", "0"), domain("x"), assume(">", "l", "0"), positive([">", ["*", "q", "l"], "0"], ["1", [[0, 1], [2, 1]]]),
                  positive([">", ["*", "2", "q"], "0"], ["2", [[0, 1]]]), assume("=", "q", "l")],
            {"rule": "cut", "line": 3, "by": [0]}, {"nothing": {"by": []}, "something else": {"by": [5]}, "no line": {"line": 99}, "a negative line": {"line": -1},
                                                    "a line that is no number": {"line": "3"}, "true for 1": {"line": True}}),
    "cut-inequation": (NUM, [assume(">", "q", "0"), assume("=", ["/", "1", "q"], "l")], {"rule": "cut", "line": 1, "by": [0]}, {}),
    "cut-weak": (NUM, [assume(">", "q", "0"), assume(">=", "q", "0"), positive([">=", ["*", "q", "2"], "0"], ["2", [[1, 1]]])], {"rule": "cut", "line": 2, "by": [0]}, {}),
    "cut-strict-by-weak": (NUM, [assume(">=", "q", "0"), assume(">", "q", "0"), positive([">", ["*", "q", "2"], "0"], ["2", [[1, 1]]])],
                           {"rule": "cut", "line": 2, "by": [1]}, {"by less": {"by": [0]}}),
    "integer": (NUM, [assume(">", "T", "d"), assume(">", ["/", "T", "2"], "d"), assume(">", "T", "q"), assume(">=", "T", "d"), assume(">", ["/", "T", "d"], "1")],
                {"rule": "integer", "line": 0}, {"a half": {"line": 1}, "a real": {"line": 2}, "weak": {"line": 3}, "a quotient": {"line": 4}}),
    "ring": (NUM, [QL, Q0, assume("=", "x", "t"), assume("!=", "q", "x")], {"rule": "ring", "shows": ["=", ["*", "q", "x"], ["*", "l", "t"]], "by": [["x", 0], ["l", 2]]}, {
        "another cofactor": {"by": [["x", 0], ["q", 2]]}, "a line left out": {"by": [["x", 0]]}, "no term": {"shows": ["=", ["?", "q"], "l"]}, "a term that is a number": {"shows": ["=", 7, "l"]}, "an empty term": {"shows": ["=", [], "l"]}, "a sign": {"by": [["x", 1]]}, "no equation": {"shows": [">", "q", "l"]},
        "an inequation shown": {"shows": ["!=", ["*", "q", "x"], ["*", "l", "t"]]}}),
    "ring-cofactor": (NUM, [QL], {"rule": "ring", "shows": ["=", ["/", "q", ["-", "x", "t"]], ["/", "l", ["-", "x", "t"]]], "by": [[["/", "1", ["-", "x", "t"]], 0]]}, {}),
    "ring-plain-cofactor": (NUM, [QL], {"rule": "ring", "shows": ["=", "x", "x"], "by": [[["-", ["/", "0", "q"], ["/", "0", "q"]], 0]]}, {}),
    "split": (SPEC, [], {"rule": "split", "summand": ["/", "x", ["+", "s", "x"]], "parts": [["1", "1"], ["-1", ["/", "s", ["+", "s", "x"]]]]}, {
        "another sum": {"parts": [["1", "1"], ["1", ["/", "s", ["+", "s", "x"]]]]}, "a coefficient with s": {"parts": [[["/", "x", ["+", "s", "x"]], "1"]]},
        "a coefficient with w2": {"summand": ["*", "w2", "s"], "parts": [["w2", "s"]]}}),
    "split-pole": (SPEC, [], {"rule": "split", "summand": ["/", "q", ["+", "s", "q"]], "parts": [["1", "1"], ["-1", ["/", "s", ["+", "s", "q"]]]]}, {}),
    "split-coefficient": (SPEC, [], {"rule": "split", "summand": ["/", "s", "q"], "parts": [[["/", "1", "q"], "s"]]}, {}),
    "split-endless": (LAW, [], {"rule": "split", "summand": ["/", "k", ["+", "s", "k"]], "parts": [["1", "1"], ["-1", ["/", "s", ["+", "s", "k"]]]]}, {}),
    "count": (SPEC, [], {"rule": "count"}, {"unknown field": {"of": 1}}),
    "isotropic": (ISO, [], {"rule": "isotropic", "summand": ["/", ["*", "s", "w2"], ["+", "s", "q"]]}, {
        "w2 squared": {"summand": ["^", "w2", 2]}, "w2 below": {"summand": ["/", "s", ["+", "w2", "x"]]}, "a pole": {"summand": ["/", "1", ["-", "s", "1"]]}}),
    "positive": (NUM, [assume(">", "q", "0"), assume(">=", "l", "q"), assume("!=", "q", "x"), QL, assume("=", "t", "x"), assume(">", ["-", "x", "q"], "0")],
                 positive([">", ["+", ["*", "2", "q"], ["/", ["*", "3", ["-", "l", "q"]], "q"], ["^", ["-", "q", "x"], 2]], "0"], ["2", [[0, 1]]], ["3", [[1, 1], [0, -1]]], ["1", [[2, 2]]]), {
        "a negative coefficient": {"sum": [["-2", [[0, 1]]]], "shows": [">", ["*", "-2", "q"], "0"]}, "coefficient 0": {"sum": [["2", [[0, 1]]], ["0", []]], "shows": [">", ["*", "2", "q"], "0"]},
        "something left out": {"sum": [["2", [[0, 1]]]]}, "no sign shown": {"shows": ["=", "q", "0"]}, "an inequation shown": {"shows": ["!=", "q", "0"], "sum": [["1", [[0, 1]]]]},
        "weak only": {"shows": [">", ["-", "l", "q"], "0"], "sum": [["1", [[1, 1]]]]}, "an odd power of an inequation": {"shows": [">", ["-", "q", "x"], "0"], "sum": [["1", [[2, 1]]]]},
        "division by what may vanish": {"shows": [">=", ["/", "1", ["-", "l", "q"]], "0"], "sum": [["1", [[1, -1]]]]}, "an equation as a sign": {"shows": [">", "q", "0"], "sum": [["1", [[3, 1]]]]},
        "power 0": {"shows": [">", "1", "0"], "sum": [["1", [[1, 0]]]]}, "a power that is no integer": {"shows": [">", "q", "0"], "sum": [["1", [[0, "1"]]]]},
        "a product with a weak factor": {"shows": [">", ["*", "q", ["-", "l", "q"]], "0"], "sum": [["1", [[0, 1], [1, 1]]]]},
        "an odd power of a term": {"shows": [">=", "q", "0"], "sum": [["1", [["q", 1]]]]}, "a negative power of a term": {"shows": [">=", ["/", "1", ["^", "q", 2]], "0"], "sum": [["1", [["q", -2]]]]},
        "a square strictly": {"shows": [">", ["^", "q", 2], "0"], "sum": [["1", [["q", 2]]]]}, "a sign as an equation": {"shows": [">", ["-", "l", "q"], "0"], "sum": [], "by": [["1", 0]]},
        "an equation turned": {"shows": [">", ["-", "l", "q"], "0"], "sum": [], "by": [["-1", 3]]}}),
    "positive-number": (NUM, [], positive([">", "3", "0"], ["3", []]), {"a number as such": {"sum": [[3, []]]}, "a decimal": {"sum": [["3.0", []]]}}),
    "positive-weak": (NUM, [Q0, domain("x")], positive([">=", ["*", "q", "x"], "0"], ["1", [[0, 1], [1, 1]]]), {"strictly": {"shows": [">", ["*", "q", "x"], "0"]}}),
    "positive-square": (NUM, [], positive([">=", ["^", ["/", "1", ["-", "q", "x"]], 2], "0"], ["1", [[["/", "1", ["-", "q", "x"]], 2]]]), {}),
    "positive-negative-even": (NUM, [assume("!=", "q", "x")], positive([">", ["/", "1", ["^", ["-", "q", "x"], 2]], "0"], ["1", [[0, -2]]]), {}),
    "positive-by": (NUM, [assume("=", "q", ["/", "l", ["-", "x", "t"]]), assume(">", "l", "0")],
                    positive([">", ["*", "q", ["-", "x", "t"]], "0"], ["1", [[1, 1]]], by=[[["-", "x", "t"], 0]]), {}),
    "sum-positive": (SPEC, [domain("s"), assume(">", ["-", "s", "q"], "0"), assume(">=", "s", "0"), assume(">", ["+", "q", "w2"], "0"), assume(">", "q", "0"), assume("!=", "q", "0")], {"rule": "sum-positive", "line": 0}, {
        "where s is large": {"line": 1}, "where w2 is large": {"line": 3}, "not 0": {"line": 5}}),
    "sum-nonnegative": (SPEC, [domain("w2", ">=")], {"rule": "sum-positive", "line": 0}, {}),
    "sum-positive-constant": (SPEC, [assume(">", "q", "0")], {"rule": "sum-positive", "line": 0}, {}),
    "nonzero": (NUM, [assume(">", "q", "0"), assume("!=", "x", "t"), Q0, QL], {"rule": "nonzero", "term": ["/", ["*", "3", ["^", "q", 2]], ["-", "x", "t"]], "by": [[0, 2], [1, -1]]}, {
        "what may vanish": {"term": "q", "by": [[2, 1]]}, "an equation": {"term": "q", "by": [[3, 1]]}, "another product": {"by": [[0, 1], [1, -1]]}, "zero": {"term": ["*", "q", "0"]}, "nothing": {"by": []},
        "power 0": {"by": [[0, 2], [1, -1], [0, 0]]}, "a power that is no integer": {"by": [[0, "2"], [1, -1]]}, "something more": {"term": ["*", "3", ["^", "q", 2], "l"]}}),
    "nonzero-sum": (NUM, [assume(">", ["+", "q", "x"], "0")], {"rule": "nonzero", "term": ["+", ["*", "2", "q"], ["*", "2", "x"]], "by": [[0, 1]]}, {"one more": {"term": ["+", ["*", "2", "q"], ["*", "3", "x"]]}}),
    "generalise": (NUM, [positive([">=", ["^", ["-", "x", "1"], 2], "0"], ["1", [[["-", "x", "1"], 2]]]), assume(">", "q", "0"), assume(">", "x", "t"), assume(">=", "q", "0"), positive([">=", ["^", "n", 2], "0"], ["1", [["n", 2]]]),
                          positive([">=", ["^", ["+", "q", "1"], 2], "0"], ["1", [[["+", "q", "1"], 2]]])],
                   {"rule": "generalise", "line": 0, "name": "x", "term": "q", "sort": [1]}, {
        "what is supposed": {"line": 2}, "no sort": {"sort": []}, "a weaker sort": {"sort": [3]}, "a line of another term": {"sort": [2]}, "no variable": {"name": "phi"}, "a letter": {"name": "X"},
        "a half for a natural number": {"line": 4, "name": "n", "term": ["/", "n", "2"], "sort": []}, "a real for a natural number": {"line": 4, "name": "n", "term": "x", "sort": []},
        "less than a natural number": {"line": 4, "name": "n", "term": ["-", "n", "1"], "sort": []}, "a quotient for a natural number": {"line": 4, "name": "n", "term": ["/", "n", "T"], "sort": []}}),
    "generalise-nat": (NUM, [positive([">=", ["^", "n", 2], "0"], ["1", [["n", 2]]])], {"rule": "generalise", "line": 0, "name": "n", "term": ["+", "T", "n", "0"], "sort": []}, {}),
    "generalise-nat0": (NUM, [positive([">=", ["^", "n", 2], "0"], ["1", [["n", 2]]])], {"rule": "generalise", "line": 0, "name": "n", "term": "m", "sort": []}, {}),
    "generalise-real": (NUM, [positive([">=", ["^", "q", 2], "0"], ["1", [["q", 2]]])], {"rule": "generalise", "line": 0, "name": "q", "term": ["/", "1", ["-", "x", "t"]], "sort": []}, {}),
    "generalise-real>=0": ([*NUM, ["u", "real>=0"]], [positive([">=", ["^", "u", 2], "0"], ["1", [["u", 2]]]), assume(">=", "q", "0"), assume(">", "q", "0")],
                           {"rule": "generalise", "line": 0, "name": "u", "term": "q", "sort": [1]}, {"as data": {"sort": [2]}}),
    "generalise-side": ([["u", "nat+"], ["e", "nat+"], ["X", {"matrix": ["e", "e"]}]], [positive([">=", ["^", "u", 2], "0"], ["1", [["u", 2]]]), positive([">=", ["^", "e", 2], "0"], ["1", [["e", 2]]])],
                        {"rule": "generalise", "line": 0, "name": "u", "term": "e", "sort": []}, {"a side": {"line": 1, "name": "e", "term": "u"}, "that may be 0": {"term": ["-", "e", "e"]}}),
    "cases": (NUM, [assume(">=", "q", "x"), assume(">=", "x", "q"), positive([">=", ["^", ["-", "q", "x"], 2], "0"], ["1", [[0, 2]]]), positive([">=", ["^", ["-", "q", "x"], 2], "0"], ["1", [[1, 2]]]), Q0],
              {"rule": "cases", "left": "q", "right": "x", "ge": 2, "le": 3}, {"different things": {"le": 4}}),
    "cases-turned": (NUM, [assume(">=", "q", "x"), assume(">=", "x", "q"), positive([">=", ["^", ["-", "q", "x"], 2], "0"], ["1", [[0, 2]]]), positive([">=", ["^", ["-", "q", "x"], 2], "0"], ["1", [[1, 2]]])],
                     {"rule": "cases", "left": "q", "right": "x", "ge": 3, "le": 2}, {}),
    "cases-defined": (NUM, [domain("x")], {"rule": "cases", "left": ["/", "1", "q"], "right": ["/", "1", "l"], "ge": 0, "le": 0}, {}),
}  # fmt: skip

# --- extremes ---------------------------------------------------------------------------------------------------------

REALS = [["d", "nat+"], ["x", "real"], ["y", "real"], ["p", "real"], ["u", "real>=0"], ["spectrum", {"any": "d"}]]
TOP2, LOW2 = ["max", "x", "y"], ["min", "x", "y"]
F = ["max", ["-", "0", "x"], "x"]  # |x|, least at 0
BELOW = [  # 0: x >= 0 and 1: the other side; 2, 3: |x| above its arguments; 4: |x| >= 0, their half sum; 5: 0 >= |x| at 0
    assume(">=", "x", "0"),
    assume(">=", "p", "x"),
    {"rule": "extreme", "term": F, "which": 0},
    {"rule": "extreme", "term": F, "which": 1},
    positive([">=", F, "0"], ["1/2", [[2, 1]]], ["1/2", [[3, 1]]]),
    positive([">=", "0", ["max", ["-", "0", "0"], "0"]]),
    positive([">=", "0", "0"]),
    positive([">=", F, "0"], ["1", [[3, 1]]], ["1", [[0, 1]]]),  # 7: |x| >= 0, supposing x >= 0
    positive([">=", F, ["-", "0", "1"]], ["1/2", [[2, 1]]], ["1/2", [[3, 1]]], ["1", []]),
    positive([">=", "0", ["-", "0", "1"]], ["1", []]),
    assume(">=", "p", "0"),
    positive([">", "2", "0"], ["2", []]),
    positive([">", "1", "0"], ["1", []]),
    positive([">=", ["*", "0", "x"], "0"]),
    positive([">=", F, ["*", "0", "x"]], ["1/2", [[2, 1]]], ["1/2", [[3, 1]]]),
    positive([">=", ["*", "0", "x"], ["max", ["-", "0", ["*", "0", "x"]], ["*", "0", "x"]]]),
    positive([">=", "x", "x"]),
]
LEAST = ["lowest", ["x"], [[[], F]], ["0"], "0"]
ATX = ["lowest", ["x"], [[[], F]], [["*", "0", "x"]], "0"]
HALFS = ["lowest", ["x"], [[[[">=", "x", "0"]], F], [[], F]], ["0"], "0"]
EITHER = ["some", [[[">=", "x", "0"], [">=", "p", "x"]], [[">", "0", "x"]]]]
OVER = ["some", [[[">=", "x", "0"]], [[">", ["/", "1", "x"], "y"]]]]

RULES |= {
    "extreme": (REALS, [], {"rule": "extreme", "term": TOP2, "which": 0}, {
        "a third": {"which": 2}, "a truth value": {"which": True}, "the last": {"which": -1}, "a sum": {"term": ["+", "x", "y"]}, "a name": {"term": "x"}, "a summand": {"term": ["max", "s", "y"]}, "of nothing": assume(">=", ["max"], "0")}),
    "extreme-min": (REALS, [], {"rule": "extreme", "term": LOW2, "which": 1}, {"no argument": {"term": ["min"]}}),
    "bound": (REALS, [assume(">=", "p", "x"), assume(">=", "p", "y"), assume(">=", "x", "p")], {"rule": "bound", "term": TOP2, "by": "p", "lines": [0, 1]}, {
        "below one": {"lines": [2, 1]}, "one alone": {"lines": [0]}, "one twice": {"lines": [0, 0]}, "the other word": {"term": LOW2}, "of another": {"by": "x"}}),
    "bound-min": (REALS, [assume(">=", "x", "p"), assume(">=", "y", "p"), assume(">=", "p", "x")], {"rule": "bound", "term": LOW2, "by": "p", "lines": [0, 1]}, {
        "above one": {"lines": [2, 1]}, "the other word": {"term": TOP2}}),
    "some": (REALS, [assume(">=", "x", "0"), assume(">=", "p", "x"), assume(">", "0", "x")], {"rule": "some", "shows": EITHER, "which": 0, "lines": [0, 1]}, {
        "half of it": {"lines": [0]}, "another": {"lines": [0, 2]}, "none": {"which": 2}, "the last": {"which": -1}, "a truth value": {"which": False}, "a relation": {"shows": [">=", "x", "0"]}, "something more": {"shows": [*EITHER, []]},
        "what may be anything": {"shows": ["some", [EITHER[1][0], [LEAST]]]}, "a case": {"shows": ["some", [[[">=", "x", "0"], EITHER]]]}, "another word": {"shows": ["defined", EITHER[1]]}}),
    "some-other": (REALS, [assume(">", "0", "x"), assume(">=", "x", "0")], {"rule": "some", "shows": EITHER, "which": 1, "lines": [0]}, {"the other": {"lines": [1]}}),
    "some-defined": (REALS, [assume(">=", "x", "0")], {"rule": "some", "shows": OVER, "which": 0, "lines": [0]}, {}),  # Γ has x != 0
    "absurd": (REALS, [assume(">", "x", "y"), assume(">", "y", "x"), positive([">", "0", "0"], ["1", [[0, 1]]], ["1", [[1, 1]]]), positive([">=", "0", "0"])],
               {"rule": "absurd", "line": 2, "shows": OVER}, {"what holds": {"line": 3}, "what may hold": {"line": 0}, "a least value": {"shows": LEAST}, "one root": {"shows": ["one", "x", ["=", "x", "y"]]}, "a case": {"shows": ["some", [[LEAST]]]}}),
    "cases-strict": (REALS, [assume(">=", "x", "y"), assume(">", "y", "x"), {"rule": "some", "shows": ["some", [[[">=", "x", "y"]], [[">", "y", "x"]]]], "which": 0, "lines": [0]},
                             {"rule": "some", "shows": ["some", [[[">=", "x", "y"]], [[">", "y", "x"]]]], "which": 1, "lines": [1]}],
                     {"rule": "cases", "left": "x", "right": "y", "ge": 2, "le": 3}, {}),
    "cases-both-strict": (REALS, [assume(">", "x", "y"), assume(">", "y", "x"), {"rule": "some", "shows": ["some", [[[">", "x", "y"]], [[">", "y", "x"]]]], "which": 0, "lines": [0]},
                                  {"rule": "some", "shows": ["some", [[[">", "x", "y"]], [[">", "y", "x"]]]], "which": 1, "lines": [1]}],
                          {"rule": "cases", "left": "x", "right": "y", "ge": 2, "le": 3}, {}),  # x > y stays in Γ: x = y is no case
    "lowest": (REALS, BELOW, {"rule": "lowest", "shows": LEAST, "least": [4], "home": 0, "there": [], "reached": 5}, {
        "under a condition": {"least": [7]}, "the place speaks of it": {"shows": ATX, "reached": 15}, "the value speaks of it": {"shows": [*LEAST[:4], ["*", "0", "x"]], "least": [14], "reached": 15},
        "another value": {"shows": [*LEAST[:4], "-1"], "least": [8]}, "not reached": {"reached": 6}, "another place": {"shows": [*LEAST[:3], ["p"], "0"]}, "no place": {"shows": [*LEAST[:3], [], "0"]},
        "two places": {"shows": [*LEAST[:3], ["0", "0"], "0"]}, "a variable twice": {"shows": ["lowest", ["x", "x"], [[[], F]], ["0", "0"], "0"]}, "a variable that is >= 0": {"shows": ["lowest", ["u"], [[[], F]], ["0"], "0"]},
        "no piece": {"home": 1}, "the last": {"home": -1}, "a truth value": {"home": False}, "no line": {"least": []}, "a line more": {"there": [6]}, "two functions": {"shows": ["lowest", ["x"], [[[], F], [[], "0"]], ["0"], "0"], "least": [4, 4]},
        "a relation": {"shows": [">=", F, "0"]}, "something more": {"shows": [*LEAST, "0"]}, "another word": {"shows": ["least", *LEAST[1:]]}}),
    "lowest-supposing": (  # what the first lines take for granted, and their axioms, stay
        [*REALS, ["beta", "fixed>0"]], [*BELOW, {"rule": "gamma", "kind": "next", "at": "beta"}, assume("=", "p", "y"), {**BELOW[4], "by": [["0", 17], ["0", 18]]}],
        {"rule": "lowest", "shows": LEAST, "least": [19], "home": 0, "there": [], "reached": 5}, {}),
    "lowest-pieces": (REALS, BELOW, {"rule": "lowest", "shows": HALFS, "least": [7, 4], "home": 0, "there": [6], "reached": 5}, {
        "conditions of the other": {"least": [4, 7]}, "not there": {"there": [0]}, "no line": {"there": []}, "a case": {"shows": ["lowest", ["x"], [[[EITHER], F], [[], F]], ["0"], "0"]},
        "the place outside": {"shows": ["lowest", ["x"], [[[[">=", ["-", "0", "1"], "x"]], F]], ["0"], "0"], "least": [4]}}),
    "lowest-without": (REALS, BELOW, {"rule": "lowest", "shows": ["lowest", [], [[[[">=", "x", "0"]], "x"]], [], "x"], "least": [16], "home": 0, "there": [0], "reached": 16}, {}),
}  # fmt: skip

# --- traces -----------------------------------------------------------------------------------------------------------

MAT = [["d", "nat+"], ["T", "nat+"], ["T0", "nat+"], ["l", "real>=0"], ["v", "real>=0"], ["q", "real"], ["A", SQUARE], ["B", SQUARE], ["Y", {**SQUARE, "symmetric": True}],
       ["S", {**SQUARE, "positive": True}], ["Sinv", {**SQUARE, "symmetric": True, "inverse": [["1", ["S"]]]}], ["w0", {"matrix": ["d", "1"]}], ["w", {"matrix": ["d", "1"]}],
       ["X", {"matrix": ["T", "d"], "gaussian": ["S", "1"]}], ["U", {"matrix": ["T", "d"], "gaussian": ["S", "2"]}], ["X0", {"matrix": ["T0", "d"], "gaussian": [None, "1"]}], ["E", {"matrix": ["T", "1"], "gaussian": [None, "v"]}],
       ["Z", {**SQUARE, "symmetric": True, "inverse": [["1", ["X'", "X"]]]}], ["C", {"matrix": ["T0", "T0"], "symmetric": True, "inverse": [["1", ["X0", "X0'"]]]}],
       ["R", {**SQUARE, "symmetric": True, "inverse": [["l", []], [["/", "1", "T"], ["X'", "X"]]]}], ["P", {**SQUARE, "haar": "T0"}], ["F", {**SQUARE, "function": ["X"]}], ["G", {**SQUARE, "function": ["P"]}],
       ["N", {"matrix": ["d", "1"], "is": [["1", ["w"]], ["-1", ["w0"]]]}], ["H", {**SQUARE, "inverse": [["q", []], ["1", ["S"]]]}], ["A2", SQUARE], ["Ia", {**SQUARE, "inverse": [["1", ["A2"]]]}],
       ["J", {**SQUARE, "symmetric": True, "inverse": [["1", ["U'", "U"]]]}], ["L", {**SQUARE, "symmetric": True, "inverse": [["2", ["X'", "X"]]]}], ["M", {**SQUARE, "symmetric": True, "inverse": [["-1", ["S"]]]}],
       ["O", {**SQUARE, "symmetric": True, "inverse": [["l", []], ["q", ["X'", "X"]]]}], ["K", {**SQUARE, "symmetric": True, "inverse": [["l", []], ["1", ["S"]]]}], ["V", {**SQUARE, "symmetric": True, "inverse": [["l", []], ["2", ["S"]]]}], ["n", "nat"], ["W", {"matrix": ["d", "1"], "is": [["2", ["w"]]]}], ["Q", {**SQUARE, "gaussian": [None, "1"]}]]  # fmt: skip


def mean(*words: list[str], c: Data = "1") -> Data:
    return ["E", [[c, [list(w) for w in words]]]]


STACKED = [*MAT, ["X1", {"matrix": ["T0", "d"], "gaussian": ["S", "1"]}], ["X2", {"matrix": ["T0", "d"], "gaussian": [None, "1"]}], ["U1", {"matrix": ["T0", "d"], "gaussian": ["S", "2"]}], ["Y1", {**SQUARE, "gaussian": [None, "1"]}], ["Zs", {**SQUARE, "symmetric": True, "inverse": [["1", ["X'", "X"]], ["1", ["X1'", "X1"]]]}], ["Zcov", {**SQUARE, "symmetric": True, "inverse": [["1", ["X'", "X"]], ["1", ["X2'", "X2"]]]}], ["Zvar", {**SQUARE, "symmetric": True, "inverse": [["1", ["X'", "X"]], ["1", ["U1'", "U1"]]]}], ["Ztwo", {**SQUARE, "symmetric": True, "inverse": [["1", ["U'", "U"]], ["1", ["U1'", "U1"]]]}], ["Zone", {**SQUARE, "symmetric": True, "inverse": [["1", ["X'", "X"]], ["1", ["X'", "X"]]]}], ["Zw", {**SQUARE, "symmetric": True, "inverse": [["1", ["X'", "X"]], ["2", ["X1'", "X1"]]]}], ["Zmix", {**SQUARE, "symmetric": True, "inverse": [["1", ["Q'", "Q"]], ["1", ["Y1", "Y1'"]]]}], ["Zs_S", {**SQUARE, "symmetric": True, "inverse": [["1", ["X'", "X"]], ["1", ["S"]]]}], ["Zwide", {"matrix": ["T0", "T0"], "symmetric": True, "inverse": [["1", ["X0", "X0'"]], ["1", ["X2", "X2'"]]]}]]  # fmt: skip

RULES |= {
    "moments-Z": (MAT, [], assume("=", mean(["Z"]), "q"), {"no inverse exists": {"formula": ["=", mean(["Ia"]), "q"]}, "of a design of other variance": {"formula": ["=", mean(["J"]), "q"]},
        "twice a Wishart matrix": {"formula": ["=", mean(["L"]), "q"]}, "of a negative matrix": {"formula": ["=", mean(["M", "X'", "X"]), "q"]}, "of no sign": {"formula": ["=", mean(["O"]), "q"]},
        "a constant of no sign": {"formula": ["=", mean(["H", "X'", "X"]), "q"]}, "twice a constant": {"formula": ["=", mean(["V", "X'", "X"]), "q"]},
        "an empty trace": {"formula": ["=", mean([]), "q"]}, "a trace that is not square": {"formula": ["=", mean(["X"]), "q"]}, "undeclared": {"formula": ["=", mean(["QQ"]), "q"]},
        "shapes do not match": {"formula": ["=", mean(["X", "X"]), "q"]}, "too many traces": {"formula": ["=", mean(*[["A"]] * 21), "q"]}}),
    "moments-stacked": (STACKED, [], assume("=", mean(["Zs"]), "q"), {what: {"formula": ["=", mean([z]), "q"]} for what, z in (("of two covariances", "Zcov"),
        ("of two variances", "Zvar"), ("of one other variance", "Ztwo"), ("of one design twice", "Zone"), ("with a weight", "Zw"), ("below and beside", "Zmix"), ("and a constant", "Zs_S"))}),
    "moments-beside": (STACKED, [], assume("=", mean(["Zwide"]), "q"), {}),
    "moments-of-a-stack": (STACKED, [], assume("=", mean(["Zs", "X1'", "X1", "Zs"]), "q"), {}),
    "moments-of-a-stack-and-a-part": (STACKED, [], assume("=", mean(["Zs", "Z"]), "q"), {}),
    "moments-ZZ": (MAT, [], assume("=", mean(["Z", "Z"]), "q"), {}),
    "moments-ZXXZ": (MAT, [], assume("=", mean(["Z", "X'", "X", "Z"]), "q"), {}),
    "moments-XZ": (MAT, [], assume("=", mean(["E", "w'", "Z", "X'"]), "q"), {}),
    "moments-ZSZ": (MAT, [], assume("=", mean(["Z", "S", "Z"], ["Z"]), "q"), {}),
    "moments-split": (MAT, [], assume("=", mean(["Z", "A", "X'", "X", "X'", "X", "B"]), "q"), {}),
    "moments-turned": (MAT, [], assume("=", mean(["Z", "A", "Z", "X'", "X"]), "q"), {}),
    "moments-kin": (MAT, [], assume("=", mean(["Z", "R"]), "q"), {}),
    "moments-short": (MAT, [], assume("=", mean(["C"]), "q"), {}),
    "moments-R": (MAT, [], assume("=", mean(["R"]), "q"), {}),
    "moments-K": (MAT, [], assume("=", mean(["K", "X'", "X"]), "q"), {}),
    "moments-P": (MAT, [], assume("=", mean(["P"]), "q"), {}),
    "constant-traces": (MAT, [], assume("=", mean(["A", "Sinv"]), ["tr", ["A", "K"]]), {}),
    "mat": (MAT, [], {"rule": "word", "shows": ["mat=", [["1", ["R"]], [["/", "1", ["-", "q", "l"]], ["A"]]], [["1", ["R"]], [["/", "1", ["-", "q", "l"]], ["A"]]], ["d", "d"]], "by": []}, {}),
    "word": (MAT, [], {"rule": "word", "shows": ["mat=", [["1", ["Z", "X'", "X", "N"]]], [["1", ["w"]], ["-1", ["w0"]]], ["d", "1"]], "by": [["1", [], "Z", "left", ["N"]]]}, {
        "another side": {"by": [["1", [], "Z", "right", ["N"]]]}, "no side": {"by": [["1", [], "Z", "up", ["N"]]]}, "no equation of that letter": {"by": [["1", [], "A", "left", ["N"]]]}, "nothing": {"by": []},
        "another cofactor": {"by": [["2", [], "Z", "left", ["N"]]]}, "another head": {"shows": ["=", "q", "l"]}, "another shape": {"shows": ["mat=", [["1", ["Z", "X'", "X", "N"]]], [["1", ["w"]], ["-1", ["w0"]]], ["d", "d"]]},
        "no shape": {"shows": ["mat=", [["1", ["Z", "X'", "X", "N"]]], [["1", ["w"]], ["-1", ["w0"]]]]}, "a shape of three": {"shows": ["mat=", [["1", ["Z", "X'", "X", "N"]]], [["1", ["w"]], ["-1", ["w0"]]], ["d", "1", "1"]]}}),
    "word-projection": (MAT, [], {"rule": "word", "shows": ["mat=", [["q", ["A", "P", "P"]]], [["q", ["A", "P"]]], ["d", "d"]], "by": [["q", ["A"], "P", "left", []]]}, {}),
    "inverse": (MAT, [], {"rule": "inverse", "letter": "R", "side": "right", "after": ["A"], "others": [["B", "X'", "X"]]}, {
        "no inverse": {"letter": "A"}, "undeclared": {"letter": "QQ"}, "no side": {"side": "up"}, "another shape": {"after": ["X"]}, "an empty trace": {"others": [[]]}}),
    "inverse-left": (MAT, [], {"rule": "inverse", "letter": "Z", "side": "left", "after": [], "others": []}, {}),
    "haar": (MAT, [], {"rule": "haar", "letter": "P", "after": ["A"], "others": [["B"]]}, {"no projection": {"letter": "Y"}, "another shape": {"after": ["X"]}}),
    "haar-rank": (MAT, [], {"rule": "haar", "letter": "P", "after": None, "others": [["B", "P"]]}, {}),
    "stein": (MAT, [], {"rule": "stein", "letter": "X", "word": ["X", "R", "A"], "others": [["B", "X'", "U"]]}, {
        "no Gaussian": {"letter": "A"}, "undeclared": {"letter": "QQ"}, "no word": {"word": []}, "another shape": {"word": ["R"]}, "a function": {"word": ["X", "F"]}, "a name for a sum": {"word": ["E", "N'"]}, "a function among the others": {"others": [["F"]]}}),
    "stein-plain": (MAT, [], {"rule": "stein", "letter": "E", "word": ["X", "w"], "others": [["E", "E'"]]}, {}),
    "loop": (MAT, [], {"rule": "loop", "letter": "P", "word": ["A", "P", "B"], "others": [["B", "P"]]}, {
        "no projection": {"letter": "Y"}, "no word": {"word": []}, "another shape": {"word": ["X"]}, "a function of P": {"word": ["G", "P"]}, "a function among the others": {"others": [["G"]]}}),
    "lemma": (MAT, [{"rule": "stein", "letter": "X0", "word": ["X0", "A"], "others": []}, assume("=", ["tr", ["A"]], "q"), assume("=", mean(["A", "X'", "X"]), ["*", "l", ["tr", ["A"]]]),
                    assume("=", mean(["Y", "X'", "X"]), "0"), {"rule": "ring", "shows": ["=", ["*", mean(["A", "X'", "X"]), mean(["A", "X0'", "X0"])], ["*", mean(["A", "X'", "X"]), mean(["A", "X0'", "X0"])]], "by": []},
                    {"rule": "ring", "shows": ["=", ["/", "1", ["tr", ["A"]]], ["/", "1", ["tr", ["A"]]]], "by": []}],
              {"rule": "lemma", "line": 0, "letter": "A", "word": ["R", "X'", "X"]}, {
        "not independent": {"word": ["X0'", "X0"]}, "known of A": {"line": 1}, "a known letter": {"letter": "S"}, "a random letter": {"letter": "X0"}, "w0": {"letter": "w0"}, "another shape": {"word": ["X"]}}),
    "lemma-symmetric": (MAT, [{"rule": "inverse", "letter": "K", "side": "left", "after": ["Y", "X'", "X"], "others": []}], {"rule": "lemma", "line": 0, "letter": "Y", "word": ["B", "B'"]}, {"not symmetric": {"word": ["B"]}}),
    "lemma-traces": (MAT, [{"rule": "ring", "shows": ["=", ["+", mean(["A"], c="l"), mean(["A", "X'", "X"], c="q")], ["+", mean(["A"], c="l"), mean(["A", "X'", "X"], c=["*", "q", "1"])]], "by": []},
                           {"rule": "stein", "letter": "X", "word": ["X", "A"], "others": [["A"], ["B"]]}], {"rule": "lemma", "line": 1, "letter": "A", "word": ["P", "B"]}, {}),
}  # fmt: skip

# --- chains -----------------------------------------------------------------------------------------------------------

FITS = [["d", "nat+"], ["T", "nat+"], ["n", "nat"], ["m", "nat"], ["l", "real>=0"], ["v", "real>=0"], ["q", "real"], ["S", {**SQUARE, "positive": True}], ["w0", {"matrix": ["d", "1"]}], ["w", {"matrix": ["d", "1"]}],
        ["X", {"matrix": ["T", "d"], "gaussian": ["S", "1"]}], ["E", {"matrix": ["T", "1"], "gaussian": [None, "v"]}], ["X1", {"matrix": ["T", "d"], "gaussian": ["S", "1"]}], ["E1", {"matrix": ["T", "1"], "gaussian": [None, "v"]}],
        ["Z", {**SQUARE, "symmetric": True, "inverse": [["1", ["X'", "X"]]]}], ["Z1", {**SQUARE, "symmetric": True, "inverse": [["1", ["X1'", "X1"]]]}], ["R", {**SQUARE, "symmetric": True, "inverse": [["l", []], [["/", "1", "T"], ["X'", "X"]]]}],
        ["C", {"matrix": ["T", "T"], "symmetric": True, "inverse": [["1", ["X", "X'"]]]}], ["U", {"matrix": ["T", "d"], "gaussian": ["S", "2"]}], ["B", {"matrix": ["T", "d"]}], ["Z2", {**SQUARE, "symmetric": True, "inverse": [["2", ["X'", "X"]]]}],
        ["R2", {**SQUARE, "symmetric": True, "inverse": [["l", []], ["1", ["X'", "X"]]]}], ["E2", {"matrix": ["T", "1"], "gaussian": [None, "1"]}], ["w2a", {"matrix": ["T", "1"]}]]  # fmt: skip
FIT = {"rows": "T", "ridge": "0", "noise": "v", "times": "1"}
BLOCK = {"fit": FIT, "design": "X", "noise": "E", "inverse": "Z"}
RIDGE = {"fit": {**FIT, "ridge": "l"}, "design": "X", "noise": "E", "inverse": "R"}


def etest(*fits: Data) -> Data:
    return ["Etest", {"fits": list(fits)}]


def bad(block: Data, **change: Data) -> Data:
    return {"fits": [{**block, **change}]}


def bad_fit(block: Data, **change: Data) -> Data:
    return {"fits": [{**block, "fit": {**block["fit"], **change}}]}


KEPT = {"rule": "ring", "shows": ["=", "w", "w"], "by": []}
RULES |= {
    "etest": (FITS, [], assume("=", etest(FIT, {**FIT, "times": "n"}, {**FIT, "times": "0"}), "q"), {
        "a list as a setting": {"formula": ["=", ["Etest", ["fits"]], "q"]}, "two settings": {"formula": ["=", ["Etest", {"fits": [], "note": 1}], "q"]}, "a fit without noise": {"formula": ["=", etest({"rows": "T", "ridge": "0", "times": "1"}), "q"]},
        "rows that are no size": {"formula": ["=", etest({**FIT, "rows": "n"}), "q"]}, "a negative ridge": {"formula": ["=", etest({**FIT, "ridge": "-1"}), "q"]},
        "a negative noise": {"formula": ["=", etest({**FIT, "noise": "q"}), "q"]}, "no natural number of times": {"formula": ["=", etest({**FIT, "times": "l"}), "q"]}}),
    "etest-joined": (FITS, [assume("=", etest(FIT, {**FIT, "times": "n"}), "q")], {"rule": "ring", "shows": ["=", etest({**FIT, "times": ["+", "n", "1"]}), "q"], "by": [["1", 0]]}, {
        "another number of fits": {"shows": ["=", etest({**FIT, "times": "n"}), "q"]}, "out of nothing": {"shows": ["=", etest(FIT), etest(FIT)], "by": []}}),
    "etest-unfold": (FITS, [], {"rule": "etest-unfold", "fits": [BLOCK]}, {
        "an unknown field": bad(BLOCK, note=1), "twice": bad_fit(BLOCK, times="2"), "a constant design": bad(BLOCK, design="B"), "a design of other variance": bad(BLOCK, design="U"), "no noise": bad(BLOCK, noise="w2a"),
        "a design as noise": bad(BLOCK, noise="X"), "another variance": bad(BLOCK, noise="E2"), "no inverse": bad(BLOCK, inverse="S"), "an undeclared inverse": bad(BLOCK, inverse="QQ"), "twice the inverse": bad(BLOCK, inverse="Z2"),
        "another ridge": bad_fit(BLOCK, ridge="l"), "the inverse of a ridge": bad(BLOCK, inverse="R"), "the inverse of another design": bad(BLOCK, inverse="Z1"), "data shared": {"fits": [BLOCK, BLOCK]}}),
    "etest-unfold-two": (FITS, [], {"rule": "etest-unfold", "fits": [{"fit": FIT, "design": "X1", "noise": "E1", "inverse": "Z1"}, RIDGE]}, {}),
    "etest-unfold-ridge": (FITS, [], {"rule": "etest-unfold", "fits": [RIDGE]}, {
        "not divided by the rows": bad(RIDGE, inverse="R2"), "another ridge": bad_fit(RIDGE, ridge=["+", "l", "1"]), "no ridge": bad_fit(RIDGE, ridge="0"), "an inverse without ridge": bad(RIDGE, inverse="Z")}),
    "etest-unfold-short": (FITS, [], {"rule": "etest-unfold", "fits": [{**BLOCK, "inverse": "C"}]}, {}),
    "etest-unfold-isotropic": ([*FITS[:7], ["S", {**SQUARE, "symmetric": True, "is": [["1", []]]}], ["w0", {"matrix": ["d", "1"]}], ["X", {"matrix": ["T", "d"], "gaussian": [None, "1"]}], ["E", {"matrix": ["T", "1"], "gaussian": [None, "v"]}],
                                ["Z", {**SQUARE, "symmetric": True, "inverse": [["1", ["X'", "X"]]]}]], [], {"rule": "etest-unfold", "fits": [BLOCK]}, {}),
    "etest-unfold-covariance": (  # rows of covariance I are no design of a setting whose covariance is S
        [*FITS[:7], ["S", {**SQUARE, "symmetric": True}], ["w0", {"matrix": ["d", "1"]}], ["X", {"matrix": ["T", "d"], "gaussian": [None, "1"]}], ["E", {"matrix": ["T", "1"], "gaussian": [None, "v"]}], ["Z", {**SQUARE, "symmetric": True, "inverse": [["1", ["X'", "X"]]]}]],
        [], KEPT | {"shows": ["=", "q", "q"]}, {"a covariance that may be negative": {"rule": "etest-unfold", "fits": [BLOCK]}}),
    "induction": (FITS, [{"rule": "positive", "shows": [">=", ["+", "0", ["*", "2", ["^", "q", 2]]], "0"], "sum": [["2", [["q", 2]]]], "by": []},
                         assume(">=", ["+", "n", ["*", "2", ["^", "q", 2]]], "0"), domain("n", ">="),
                         {"rule": "positive", "shows": [">=", ["+", ["+", "n", "1"], ["*", "2", ["^", "q", 2]]], "0"], "sum": [["1", [[1, 1]]], ["1", []]], "by": []},
                         assume(">", "m", "n"), {"rule": "positive", "shows": [">=", ["+", ["+", "n", "1"], ["*", "2", ["^", "q", 2]]], "0"], "sum": [["1", [[1, 1]]], ["1", []], ], "by": []}, assume(">=", ["+", "0", ["*", "2", ["^", "q", 2]]], "0")],
                  {"rule": "induction", "index": "n", "shows": [">=", ["+", "n", ["*", "2", ["^", "q", 2]]], "0"], "base": 0, "step": 3}, {
        "another base": {"base": 2}, "another step": {"step": 1}, "no natural number": {"index": "q"}, "another statement": {"shows": [">=", "n", "0"]}, "an inequation": {"shows": ["!=", ["+", "n", ["*", "2", ["^", "q", 2]]], "0"]}}),
    "induction-supposed": (
        FITS, [{"rule": "ring", "shows": ["=", ["*", "0", "q"], "0"], "by": []}, assume("=", ["*", ["+", "n", "1"], "q"], "0")], {"rule": "ring", "shows": ["=", ["*", "0", "q"], "0"], "by": []},
        {"a step that is supposed": {"rule": "induction", "index": "n", "shows": ["=", ["*", "n", "q"], "0"], "base": 0, "step": 1}}),
}  # fmt: skip

# One fit taken out of the chain of Theorem 1: the line cited is a whole proof; 21 follows from nothing, 22 is supposed.
THEOREM = json.loads((FILE.parent / "true.json").read_text(encoding="utf-8"))["theorem-1"]
CHAIN = [*THEOREM["declare"], ["q", "real"], ["V", SQUARE], ["g", {"matrix": ["d", "1"], "gaussian": [None, "1"]}]]
OUT = THEOREM["lines"][21]
WHOLE, REST = (error(World(CHAIN), OUT["fits"][i:], "w")[0] for i in (0, 1))
LEFT = ["-", WHOLE, REST]
RULES |= {
    "etest-fit": (CHAIN, [*THEOREM["lines"][:21], {"rule": "ring", "shows": ["=", WHOLE, ["+", REST, LEFT]], "by": []}, assume("=", WHOLE, ["+", REST, "q"])], OUT, {
        "what is left depends on the teacher": {"line": 21, "b": LEFT}, "supposed of one teacher": {"line": 22, "b": "q"}, "another line": {"line": 0}, "no fit": {"fits": []}, "no list of fits": {"fits": "XX"},
        "a random teacher": {"teacher": "g"}, "a teacher of another shape": {"teacher": "V"}, "the truth": {"teacher": "w0"}, "twice": {"a": "2"}, "noise of no size": {"b": "0"}}),
}  # fmt: skip

# --- roots and optima -------------------------------------------------------------------------------------------------

ROOT = [["d", "nat+"], ["q", "real"], ["x", "real>0"], ["t", "real>0"], ["y", "real>0"], ["z", "real>=0"], ["e", "nat"], ["kap", {"root": ["one", "x", ["=", "x", "5"]]}], ["oth", {"root": ["one", "x", ["=", "x", "6"]]}], ["spectrum", {"any": "d"}]]  # fmt: skip
FIVE = [
    {"rule": "ring", "shows": ["=", ["-", "x", "5"], ["*", "x", ["-", "1", ["/", "5", "x"]]]], "by": []}, domain("x"), domain("t"),
    positive([">", ["+", "x", "t"], "0"], ["1", [[1, 1]]], ["1", [[2, 1]]]), positive([">", ["-", ["/", "5", "x"], ["/", "5", ["+", "x", "t"]]], "0"], ["5", [[2, 1], [1, -1], [3, -1]]]),
    positive([">", ["-", ["/", "5", "1"], "1"], "0"], ["4", []]), positive([">", ["-", "1", ["/", "5", "10"]], "0"], ["1/2", []]), positive([">", "1", "0"], ["1", []]), positive([">", "10", "0"], ["10", []]),
    positive([">", "5", "0"], ["5", []]),
]  # fmt: skip
UNIQUE = {
    "rule": "unique-root",
    "var": "x",
    "step": "t",
    "a": "x",
    "b": "5",
    "g": "x",
    "h": ["/", "5", "x"],
    "low": "1",
    "high": "10",
    "lines": [0, 1, 4, 5, 6],
    "member": [7, 8],
}
OWN_SUM = ["spec", ["/", ["-", "s", "1"], ["+", "s", "1"]]]
HS = ["+", ["/", "5", "x"], OWN_SUM]
SQ = lambda x: ["^", ["-", x, "1"], 2]  # noqa: E731
WORSE = [assume("!=", ["-", "x", "1"], "0"), positive([">", ["-", SQ("x"), SQ("1")], "0"], ["1", [[0, 2]]]), positive([">", "1", "0"], ["1", []]), assume(">", ["-", "3", "x"], "0"),
         positive([">", ["-", "3", "1"], "0"], ["2", []]), assume(">", ["-", SQ("x"), SQ("1")], "0"), assume(">", ["-", SQ("q"), SQ("1")], "0")]  # fmt: skip
TWICE = {"rule": "stein", "letter": "X0", "word": ["X0", "A"], "others": []}
GRAM, OTHER = mean(["A", "X0'", "X0"]), mean(["A", "X'", "X"])
ONCE = ["*", "T0", ["tr", ["A"]]]
RULES |= {
    "lemma-products": (
        MAT, [TWICE, {"rule": "ring", "shows": ["=", ["*", OTHER, GRAM], ["*", OTHER, ONCE]], "by": [[OTHER, 0]]}, {"rule": "ring", "shows": ["=", ["*", GRAM, GRAM], ["*", GRAM, ONCE]], "by": [[GRAM, 0]]},
              {"rule": "ring", "shows": ["=", ["*", ["^^", ["tr", ["A"]], "n"], GRAM], ["*", ["^^", ["tr", ["A"]], "n"], ONCE]], "by": [[["^^", ["tr", ["A"]], "n"], 0]]},
              {"rule": "ring", "shows": ["=", ["*", ["^^", "q", "n"], GRAM], ["*", ["^^", "q", "n"], ONCE]], "by": [[["^^", "q", "n"], 0]]},
              {"rule": "ring", "shows": ["=", ["*", ["tr", ["A"]], GRAM], ["*", ["tr", ["A"]], ONCE]], "by": [[["tr", ["A"]], 0]]}],
        {"rule": "lemma", "line": 4, "letter": "A", "word": ["P"]},
        {"two expectations": {"line": 1}, "a square": {"line": 2}, "a power of its trace": {"line": 3}}),
    "lemma-trace-beside": (
        MAT, [TWICE, {"rule": "ring", "shows": ["=", ["*", ["tr", ["A"]], GRAM], ["*", ["tr", ["A"]], ONCE]], "by": [[["tr", ["A"]], 0]]}], {"rule": "lemma", "line": 1, "letter": "A", "word": ["P"]}, {}),
    "word-cofactor": (MAT, [], {"rule": "word", "shows": ["mat=", [["l", ["Z", "X'", "X"]]], [["l", []]], ["d", "d"]], "by": [[["/", ["*", "l", "q"], "q"], [], "Z", "left", []]]}, {}),
    "inverse-of-a-multiple": (
        [["d", "nat+"], ["S", {**SQUARE, "positive": True}], ["A", SQUARE], ["N", {**SQUARE, "symmetric": True, "inverse": [["0", ["S"]]]}], ["O", {**SQUARE, "symmetric": True, "inverse": [["-1", ["S"]]]}], ["Z", {**SQUARE, "symmetric": True, "inverse": [["2", ["S"]]]}]], [],
        {"rule": "inverse", "letter": "Z", "side": "left", "after": ["A"], "others": []}, {"of nothing": {"letter": "N"}, "of minus it": {"letter": "O"}}),
    "stein-multiple": (MAT, [], domain("d"), {"a name for a multiple": {"rule": "stein", "letter": "E", "word": ["X", "W"], "others": []}, "no word of a square letter": {"rule": "stein", "letter": "Q", "word": [], "others": []}, "a number as a letter": {"rule": "stein", "letter": "Q", "word": ["Q", 5], "others": []}}),
    "induction-base": (
        FITS, [{"rule": "ring", "shows": ["=", ["*", "0", "0"], "0"], "by": []}, {"rule": "ring", "shows": ["=", ["*", ["+", "n", "1"], "0"], "0"], "by": []}, {"rule": "ring", "shows": ["=", ["*", "0", "0"], "0"], "by": [[["/", "0", ["-", "n", "q"]], 0]]}],
        {"rule": "induction", "index": "n", "shows": ["=", ["*", "n", "0"], "0"], "base": 0, "step": 1}, {"a base that supposes something of n": {"base": 2}}),
}  # fmt: skip
RULES |= {
    "generalise-one": (ROOT, [*FIVE, UNIQUE], domain("x"), {"of `one`": {"rule": "generalise", "line": 10, "name": "y", "term": "x", "sort": [1]}}),
    "cases-axioms": (ROOT, [*FIVE, UNIQUE, {"rule": "choose", "name": "kap", "line": 10}], {"rule": "cases", "left": "q", "right": "x", "ge": 11, "le": 11}, {}),
}  # fmt: skip
RULES |= {
    "unique-root": (ROOT, [*FIVE, assume(">", "x", "0"), assume(">", ["-", ["/", "5", "x"], ["/", "5", ["+", "x", "t"]]], "0"), assume(">", "10", "q")], UNIQUE, {
        "another form": {"lines": [1, 1, 4, 5, 6]}, "g of no sign": {"lines": [0, 2, 4, 5, 6]}, "h that need not fall": {"lines": [0, 1, 5, 5, 6]}, "below": {"lines": [0, 1, 4, 6, 6]}, "above": {"lines": [0, 1, 4, 5, 5]},
        "four lines": {"lines": [0, 1, 4, 5]}, "one point": {"member": [7]}, "a point of no sign": {"member": [9, 8]}, "another point": {"member": [7, 9]}, "one variable twice": {"step": "x"}, "a variable that may be 0": {"step": "z"},
        "a natural number": {"var": "e"}, "a point that speaks of x": {"low": "x"}, "another that speaks of t": {"high": "t"}, "a form that speaks of t": {"b": ["+", "5", "t"]}, "a declared root": {"var": "kap"},
        "one variable twice, of which nothing speaks": {"step": "x", "a": "5", "g": "5", "h": "5"}, "a test error whose ridge moves": {"h": ["Etest", {"fits": [{"rows": "d", "ridge": "x", "noise": "z", "times": "1"}]}]}}),
    "unique-root-with-a-sum": (  # a finite sum in h is continuous, whatever its sign
        ROOT, [{"rule": "ring", "shows": ["=", ["-", "1", HS], ["*", "1", ["-", "1", HS]]], "by": []}, *FIVE[1:4], positive([">", ["-", HS, ["+", ["/", "5", ["+", "x", "t"]], OWN_SUM]], "0"], ["5", [[2, 1], [1, -1], [3, -1]]]),
               assume(">", ["-", ["+", ["/", "5", "1"], OWN_SUM], "1"], "0"), assume(">", ["-", "1", ["+", ["/", "5", "10"], OWN_SUM]], "0"), positive([">", "1", "0"], ["1", []]), positive([">", "10", "0"], ["10", []])],
        {**UNIQUE, "a": "1", "b": HS, "g": "1", "h": HS, "lines": [0, 7, 4, 5, 6], "member": [7, 8]}, {}),
    "unique-root-supposed": (ROOT, [assume("=", ["-", "x", "5"], ["*", "y", ["-", "1", ["/", "q", "x"]]]), assume(">", ["+", "x", "q"], "0"), domain("y"),
            assume(">", ["-", ["/", "q", "x"], ["/", "q", ["+", "x", "t"]]], "0"), assume(">", ["-", ["/", "q", "1"], "1"], "0"), assume(">", ["-", "1", ["/", "q", "10"]], "0"), positive([">", "1", "0"], ["1", []]), positive([">", "10", "0"], ["10", []])],
        domain("x"), {"of x": {**UNIQUE, "g": "y", "h": ["/", "q", "x"], "lines": [0, 2, 3, 4, 5], "member": [6, 7]}}),
    "unique-root-endless": ([["beta", "fixed>0"], ["x", "real>0"], ["t", "real>0"], ["spectrum", {"power-law": ["beta", "2"]}]],
        [assume("=", ["-", "1", ["spec", ["-", "s", "x"]]], ["*", "1", ["-", "1", ["spec", ["-", "s", "x"]]]])],
        {"rule": "ring", "shows": ["=", "1", "1"], "by": []}, {"a sum that is not known to be continuous": {**UNIQUE, "a": "1", "b": ["spec", ["-", "s", "x"]], "g": "1", "h": ["spec", ["-", "s", "x"]], "lines": [0, 0, 0, 0, 0]}}),
    "choose": (ROOT, [*FIVE, UNIQUE], {"rule": "choose", "name": "kap", "line": 10}, {"another root": {"name": "oth"}, "no root": {"name": "x"}, "no line `one`": {"line": 0}}),
    "root-is": (ROOT, [*FIVE, UNIQUE, {"rule": "ring", "shows": ["=", "5", "5"], "by": []}, {"rule": "ring", "shows": ["=", "6", "6"], "by": []}], {"rule": "root-is", "name": "kap", "line": 10, "equation": 11, "term": "5", "member": [9]}, {
        "another root": {"name": "oth"}, "no root": {"name": "x"}, "another equation": {"equation": 12}, "another term": {"term": "10", "member": [8]}, "no sign": {"member": []}, "the sign of another": {"member": [8]}}),
    "optimum": (ROOT, WORSE, {"rule": "optimum", "var": "x", "domain": [[">", ["-", "3", "x"], "0"]], "f": SQ("x"), "at": "1", "worse": 1, "member": [2, 4]}, {
        "another place": {"at": "3"}, "a place with x": {"at": "x"}, "a place that is not in the domain": {"member": [2, 3]}, "no place": {"member": [2]}, "no sign of the place": {"member": [4, 4]}, "a line that says less": {"worse": 2}, "supposed of x": {"worse": 5},
        "another variable": {"var": "q", "f": SQ("q"), "worse": 6}, "a natural number": {"var": "e"}, "a domain that is no sign": {"domain": [["=", ["-", "3", "x"], "0"]]}}),
    "optimum-supposing": (  # what its lines take for granted, and their axioms, stay
        [*ROOT, ["beta", "fixed>0"]], [*WORSE, {"rule": "gamma", "kind": "next", "at": "beta"}, assume("=", "q", "y"), {**WORSE[1], "by": [["0", 7], ["0", 8]]}],
        {"rule": "optimum", "var": "x", "domain": [], "f": SQ("x"), "at": "1", "worse": 9, "member": [2]}, {}),
    "optimum-supposing-of-the-place": ([*ROOT, ["Q", {"matrix": ["d", "d"], "gaussian": [None, "y"]}]], [*WORSE, assume("=", "q", "y"), {**WORSE[2], "by": [["0", 7]]}, assume("!=", ["-", "y", "1"], "0"), positive([">", ["-", SQ("y"), SQ("1")], "0"], ["1", [[9, 2]]])],
        {"rule": "optimum", "var": "x", "domain": [], "f": SQ("x"), "at": "1", "worse": 1, "member": [8]}, {"a variance of a letter": {"var": "y", "f": SQ("y"), "worse": 10}}),
    "optimum-everywhere": (ROOT, WORSE, {"rule": "optimum", "var": "x", "domain": [], "f": SQ("x"), "at": "1", "worse": 1, "member": [2]}, {}),
    "derivative": (ROOT, [], {"rule": "derivative", "var": "x", "f": ["/", ["spec", ["/", "s", ["+", "s", ["^", "x", 2]]]], ["+", "x", "y"]]}, {"a pole": {"f": ["/", "1", ["-", "x", "q"]]}, "no variable": {"var": "kap"}, "a bound name": {"var": "s"}, "a dimension": {"var": "d"}}),
    "derivative-endless": ([["beta", "fixed>0"], ["x", "real>0"], ["spectrum", {"power-law": ["beta", "2"]}]], [], domain("x"), {"a sum without end": assume("=", ["d", "x", ["spec", ["/", "s", ["+", "s", "x"]]]], "x")}),
    "derivative-of-a-root": ([["x", "real>0"], ["y", "real>0"], ["rt", {"root": ["one", "x", ["=", "x", "y"]]}]], [], {"rule": "derivative", "var": "x", "f": "x"}, {"by what the root depends on": {"var": "y", "f": "y"}}),
    "derivative-inside": (ROOT, [], assume("=", ["d", "x", ["/", "1", ["-", "x", "q"]]], "q"), {"in a root": {"formula": ["=", ["d", "kap", "kap"], "q"]}}),
    "derivative-of-traces": ([*MAT, ["u", "real"]], [], {"rule": "derivative", "var": "u", "f": ["*", "u", mean(["R"])]}, {"through a letter": {"var": "l"}}),
    "sign-change": (ROOT, [{"rule": "derivative", "var": "x", "f": SQ("x")}, {"rule": "ring", "shows": ["=", ["d", "x", SQ("x")], ["*", "2", ["-", "x", "1"]]], "by": [["1", 0]]}, positive([">", "2", "0"], ["2", []]), positive([">", "1", "0"], ["1", []]),
                          assume(">", ["-", "x", "1"], "0"), assume(">", ["-", "1", "x"], "0"), positive([">", ["-", "0", ["-", "x", "1"]], "0"], ["1", [[5, 1]]]), assume(">", ["-", "0", ["-", "x", "1"]], "0"), assume(">", ["-", "2", "x"], "0")],
                    {"rule": "sign-change", "var": "x", "f": SQ("x"), "at": "1", "g": "2", "p": ["-", "x", "1"], "lines": [1, 2, 4, 6], "member": [3]}, {
        "another slope": {"lines": [0, 2, 4, 6]}, "g of another sign": {"lines": [1, 3, 4, 6]}, "p beyond": {"lines": [1, 2, 6, 6]}, "p before": {"lines": [1, 2, 4, 4]}, "three lines": {"lines": [1, 2, 4]}, "a place with x": {"at": "x"}, "no sign of the place": {"member": [2]},
        "a natural number": {"var": "e"}, "another place": {"at": "2", "member": [2]}}),
    "sign-change-supposing": (
        ROOT, [{"rule": "derivative", "var": "x", "f": SQ("x")}, assume("=", "q", "y"), {"rule": "ring", "shows": ["=", ["d", "x", SQ("x")], ["*", "2", ["-", "x", "1"]]], "by": [["1", 0], ["0", 1]]}, positive([">", "2", "0"], ["2", []]), positive([">", "1", "0"], ["1", []]),
               assume(">", ["-", "x", "1"], "0"), assume(">", ["-", "1", "x"], "0"), positive([">", ["-", "0", ["-", "x", "1"]], "0"], ["1", [[6, 1]]])],
        {"rule": "sign-change", "var": "x", "f": SQ("x"), "at": "1", "g": "2", "p": ["-", "x", "1"], "lines": [2, 3, 5, 7], "member": [4]}, {}),
}  # fmt: skip

# --- leading order ----------------------------------------------------------------------------------------------------

LEAD = [["d", "nat+"], ["T", "nat+"], ["l", "real>=0"], ["v", "real>=0"], ["q", "real"], ["A", SQUARE], ["B", SQUARE], ["Y", {**SQUARE, "symmetric": True}], ["w", {"matrix": ["d", "1"]}], ["S", {**SQUARE, "positive": True}], ["X", {"matrix": ["T", "d"], "gaussian": ["S", "1"]}],
        ["R", {**SQUARE, "symmetric": True, "inverse": [["l", []], [["/", "1", "T"], ["X'", "X"]]]}], ["kap", {"series": ["l", ["E", [[["/", "1", ["^", "T", 2]], [["X'", "X", "R"]]]]]]}], ["K", {**SQUARE, "symmetric": True, "inverse": [["kap", []], ["1", ["S"]]]}],
        ["Z", {**SQUARE, "symmetric": True, "inverse": [["1", ["X'", "X"]]]}], ["P", {**SQUARE, "haar": "d"}], ["F", {**SQUARE, "function": ["X"]}], ["G", {**SQUARE, "inverse": [["l", []], ["1", ["F"]]]}],
        ["o", {"series": ["l", "q"]}], ["o2", {"series": ["l", ["E", [["l", [["R"]]]]]]}], ["o3", {"series": ["l", ["E", [["1", [["R"]]]]]]}], ["A3", SQUARE], ["o4", {"series": ["l", ["E", [[["/", "1", "T"], [["A3"]]]]]]}]]  # fmt: skip
BY_PARTS = {"rule": "stein", "letter": "X", "word": ["X", "R", "A"], "others": []}
TOPPED = [BY_PARTS, {"rule": "top", "line": 0}]
CLEARED = ["+", mean(["A", "X'", "X", "R"]), ["/", ["*", mean(["A", "S", "R"]), mean(["X'", "X", "R"])], "T"]]
RULES |= {
    "ringK-gamma": (LEAD, TOPPED, {"rule": "ringK", "shows": ["=K", ["-", CLEARED, ["*", "T", mean(["A", "S", "R"])]], "0"], "by": [["1", 1]]}, {"twice": {"by": [["2", 1]]}}),
}  # fmt: skip
RULES |= {
    "top": (LEAD, [BY_PARTS, assume("=", ["tr", ["A"]], "T"), {"rule": "inverse", "letter": "Z", "side": "left", "after": ["A"], "others": []}, {"rule": "haar", "letter": "P", "after": ["A"], "others": []}, {"rule": "ring", "shows": ["=", mean(["F"]), mean(["F"])], "by": []},
                  {"rule": "ring", "shows": ["=", mean(["w", "w'"], c="2"), mean(["w", "w'"], c=["+", "1", "1"])], "by": []}, {"rule": "stein", "letter": "X", "word": ["X", "w", "w'"], "others": []}, domain("l", ">="), assume("=", ["^^", "q", ["+", "d", "0"]], "q")],
            {"rule": "top", "line": 0}, {"what is known of traces": {"line": 1}, "an inverse without series": {"line": 2}, "a projection": {"line": 3}, "a sign": {"line": 7}, "another kind of term": {"line": 8}}),
    "series": (LEAD, [], {"rule": "series", "name": "kap"}, {"no series": {"name": "l"}, "no inverse in it": {"name": "o"}, "a coefficient with the ridge": {"name": "o2"}, "no number": {"name": "o3"}, "a constant": {"name": "o4"}}),
    "free": (LEAD, TOPPED, {"rule": "free", "line": 1, "letter": "A", "word": ["B", "S"]}, {"a random word": {"word": ["X'", "X"]}, "a known letter": {"letter": "S"}, "another shape": {"word": ["X"]}, "an exact line": {"line": 0}}),
    "free-symmetric": (LEAD, [{"rule": "stein", "letter": "X", "word": ["X", "R", "Y"], "others": []}, {"rule": "top", "line": 0}], {"rule": "free", "line": 1, "letter": "Y", "word": ["B", "B'"]}, {"not symmetric": {"word": ["B"]}}),
    "ringK": (LEAD, [*TOPPED, {"rule": "series", "name": "kap"}, domain("l", ">=")],
              {"rule": "ringK", "shows": ["=K", mean(["X'", "X", "R"], c=["/", "kap", "l"]), ["*", ["/", ["*", "kap", ["^", "T", 2]], "l"], ["-", "1", ["/", "l", "kap"]]]], "by": [[["/", ["*", "kap", ["^", "T", 2]], "l"], 2]]}, {
        "another cofactor": {"by": [[["^", "T", 2], 2]]}, "an exact head": {"shows": ["=", mean(["X'", "X", "R"], c=["/", "kap", "l"]), "q"]}, "a sign": {"by": [["1", 3]]}, "division by what may vanish": {"by": [[["/", "1", ["-", "kap", "l"]], 2]]},
        "nothing": {"by": []}, "terms of different size": {"shows": ["=K", ["*", ["+", "T", "1"], mean(["X'", "X", "R"])], ["*", ["+", "T", "1"], ["^", "T", 2], ["-", "1", ["/", "l", "kap"]]]], "by": [[["*", ["+", "T", "1"], ["^", "T", 2]], 2]]}, "a sum below": {"shows": ["=K", ["/", "T", ["+", "kap", "l"]], ["/", "T", ["+", "kap", "l"]]], "by": []}, "division by a trace": {"shows": ["=K", ["/", "T", ["tr", ["A"]]], ["/", "T", ["tr", ["A"]]]], "by": []}}),
}  # fmt: skip

# Vectors, E_test, sums over the spectrum, denominators: what has a leading part, and what has none.
FIT = {"rows": "T", "ridge": "l", "noise": "v", "times": "1"}
FIT2 = {"rows": "T", "ridge": "l", "noise": "1", "times": "1"}
LARGE = [["d", "nat+"], ["T", "nat+"], ["T0", "nat+"], ["l", "real>=0"], ["v", "real>=0"], ["x", "real>0"], ["A", SQUARE], ["B", SQUARE], ["w0", {"matrix": ["d", "1"]}], ["u", {"matrix": ["d", "1"]}], ["c", {"matrix": ["1", "1"]}],
         ["S", {**SQUARE, "positive": True}], ["spectrum", {"any": "d"}], ["X", {"matrix": ["T", "d"], "gaussian": ["S", "1"]}], ["e", {"matrix": ["T", "1"], "gaussian": [None, "v"]}], ["e0", {"matrix": ["T", "1"], "gaussian": [None, "1"]}], ["R", {**SQUARE, "symmetric": True, "inverse": [["l", []], [["/", "1", "T"], ["X'", "X"]]]}],
         ["kap", {"series": ["l", ["/", ["spec", ["/", "s", ["+", "s", "kap"]]], "T"]]}], ["K", {**SQUARE, "symmetric": True, "inverse": [["kap", []], ["1", ["S"]]]}], ["Si", {**SQUARE, "symmetric": True, "inverse": [["1", ["S"]]]}],
         ["H", {**SQUARE, "symmetric": True, "inverse": [["l", []], ["1", ["X'", "X"]]]}], ["J", {**SQUARE, "symmetric": True, "inverse": [["l", []], ["l", ["S"]]]}], ["V", {"matrix": ["T", "d"], "gaussian": ["S", "l"]}], ["U", {"matrix": ["T", "d"], "gaussian": ["S", "T"]}],
         ["k0", {"root": ["one", "x", ["=", "x", "5"]]}], ["X2", {"matrix": ["T0", "d"], "gaussian": ["S", "1"]}], ["Z", {**SQUARE, "symmetric": True, "inverse": [["1", ["X'", "X"]]]}], ["C", {"matrix": ["T", "T"], "symmetric": True, "inverse": [["1", ["X", "X'"]]]}],
         ["J2", {**SQUARE, "symmetric": True, "inverse": [["l", []], [["tr", ["B"]], ["S"]]]}], ["tt", {"is": "T"}], ["dd", {"is": "d"}], ["Hc", {**SQUARE, "symmetric": True, "inverse": [["2", []], [["/", "1", "T"], ["X'", "X"]]]}], ["b1", {"series": ["l", ["/", ["*", "b1", ["E", [["1", [["R"]]]]]], "T"]]}], ["b2", {"series": ["l", ["Etest", {"fits": [FIT]}]]}]]  # fmt: skip
TRA = ["tr", ["A"]]
KSKS = ["tr", ["K", "S", "K", "S"]]
ERROR = {"rule": "etest-unfold", "fits": [{"fit": FIT, "design": "X", "noise": "e", "inverse": "R"}]}
_large = world(
    LARGE[:-2],
    [
        ERROR,
        {"rule": "stein", "letter": "X", "word": ["X", "R", "A"], "others": []},
        {"rule": "etest-unfold", "fits": [{"fit": FIT2, "design": "X", "noise": "e0", "inverse": "R"}]},
    ],
)
VALUE, VALUE2, (FLAT, GROWN) = _large.lines[0].shows[2], _large.lines[2].shows[2], _large.lines[1].shows[1:]
E1, E2 = ["Etest", {"fits": [FIT]}], ["Etest", {"fits": [FIT2]}]


def same(t: Data) -> Data:
    return {"shows": ["=K", t, t]}


def zero(line: int, *more: int) -> Data:
    return {"rule": "ring", "shows": ["=", TRA, TRA], "by": [["0", line], *(["0", i] for i in more)]}


RULES |= {
    "ringK-admits": (LARGE, [], {"rule": "ringK", **same(TRA), "by": []}, {
        "a number as a matrix": same(["tr", ["c"]]), "an inverse that grows": same(mean(["H", "A"])), "an inverse with the ridge inside": same(["tr", ["J"]]), "a variance that is the ridge": same(mean(["V'", "V"])),
        "a variance that grows": same(mean(["U'", "U"])), "a root": same(["*", "k0", TRA]), "two products of vectors": same(["tr", ["w0'", "A", "w0", "w0'", "B", "w0"]]), "an inverse with a trace inside": same(["tr", ["J2"]]),
        "division by w2": same(["spec", ["/", "s", ["+", "s", "w2"]]]), "w2 squared": same(["spec", ["^", "w2", 2]]), "sizes in a sum": same(["spec", ["+", "s", "w2"]]), "sizes below a sum": same(["spec", ["/", "1", ["+", "s", "T"]]]),
        "a pole that is no ridge": same(["spec", ["/", "1", ["+", "s", "x"]]]), "sizes below": same(["/", "T", ["-", "T", "x"]]), "a difference of ridges": same(["/", TRA, ["-", "kap", "l"]]), "a trace below": same(["/", TRA, ["-", "T", TRA]]),
        "an inverse at a number": same(mean(["Hc", "A"])), "a logarithm": same(["*", ["log", "l"], TRA]), "four parts": {"shows": ["=K", TRA, TRA, TRA]},
        "an error below": same(["/", TRA, ["-", "x", E1]]), "an error in a sum": same(["+", TRA, E1]),
    }),
    "top-vector": (LARGE, [{"rule": "stein", "letter": "X", "word": ["X", "u", "u'"], "others": []}], {"rule": "top", "line": 0}, {}),
    "ringK-denominators": (LARGE, [], {"rule": "ringK", **same(["/", "T", ["-", "T", KSKS]]), "by": []}, {"of sizes": same(["/", "T", ["-", "T", ["tr", ["S", "S"]]]])}),
    "ringK-vectors": (LARGE, [], {"rule": "ringK", **same(mean(["w0'", "R", "u"])), "by": []}, {"beside a trace": same(["+", mean(["w0'", "R", "u"]), TRA])}),
    "ringK-spectrum": (LARGE, [], {"rule": "ringK", **same(["spec", ["/", ["*", "w2", "s"], ["^", ["+", "s", "kap"], 2]]]), "by": []}, {}),
    "ringK-sums": (LARGE, [], {"rule": "ringK", **same(["spec", ["/", ["spec", ["/", "w2", ["+", "s", "kap"]]], ["*", "T", "s"]]]), "by": []}, {}),
    "series-itself": (LARGE, [], {"rule": "series", "name": "kap"}, {"growing with itself": {"name": "b1"}, "an error": {"name": "b2"}}),
    "top-error": (LARGE, [ERROR, {"rule": "stein", "letter": "X", "word": ["X", "R", "A"], "others": []}, {"rule": "ring", "shows": ["=", ["+", E1, FLAT], ["+", VALUE, GROWN]], "by": [["1", 0], ["1", 1]]},
                          {"rule": "ring", "shows": ["=", ["*", TRA, E1], ["*", TRA, VALUE]], "by": [[TRA, 0]]}, {"rule": "ring", "shows": ["=", ["*", E1, E1], ["*", E1, VALUE]], "by": [[E1, 0]]}, {"rule": "etest-unfold", "fits": [{"fit": FIT2, "design": "X", "noise": "e0", "inverse": "R"}]},
                          {"rule": "ring", "shows": ["=", ["+", E1, E2], ["+", VALUE, VALUE2]], "by": [["1", 0], ["1", 5]]}],
                  {"rule": "top", "line": 0}, {"an error that may be lower": {"line": 2}, "a trace times an error": {"line": 3}, "a square of errors": {"line": 4}, "two errors": {"line": 6}}),
    "top-rows": (LARGE, [{"rule": "inverse", "letter": "Z", "side": "left", "after": ["A"], "others": []}, zero(0), {"rule": "inverse", "letter": "C", "side": "left", "after": ["X", "X'"], "others": []}, zero(0, 2), assume("=", "x", "v"), zero(4), assume(">", "x", "1")],
                 {"rule": "top", "line": 1}, {"rows both ways": {"line": 3}, "an equation": {"line": 5}}),
    "top-sizes": (LARGE, [{"rule": "inverse", "letter": "Z", "side": "left", "after": ["A"], "others": []}, zero(0), *(assume(">=", ["-", *names, "0"], "0") for names in (("T", "d"), ("tt", "d"), ("T", "dd"), (["*", "1", "T"], "d"))),
                          *({"rule": "positive", "shows": [">=", ["-", "T", "d", "0"], "0"], "sum": [["1", [[i, 1]]]], "by": []} for i in (2, 3, 4, 5)), *({"rule": "cut", "line": 1, "by": [i]} for i in (7, 8, 9))],
                  {"rule": "top", "line": 1}, {"rows by another name": {"line": 10}, "columns by another name": {"line": 11}, "rows as a product": {"line": 12}}),
    "ringK-endless": ([["beta", "fixed>0"], ["d", "nat+"], ["A", SQUARE], ["spectrum", {"power-law": ["beta", "2"]}]], [], {"rule": "ringK", **same(TRA), "by": []}, {"a sum without end": same(["spec", "s"])}),
    "free-of-one-size": (LARGE, [{"rule": "inverse", "letter": "R", "side": "left", "after": ["A"], "others": []}, {"rule": "inverse", "letter": "R", "side": "left", "after": ["A", "A"], "others": []},
                                 {"rule": "ring", "shows": ["=", ["+", mean(["R", "A"], c="l"), mean(["R", "X'", "X", "A"], c=["/", "1", "T"]), mean(["R", "A", "A"], c="l"), mean(["R", "X'", "X", "A", "A"], c=["/", "1", "T"])], ["+", TRA, ["tr", ["A", "A"]]]], "by": [["1", 0], ["1", 1]]},
                                 {"rule": "top", "line": 2}], {"rule": "free", "line": 3, "letter": "A", "word": ["B"]}, {"of two sizes": {"word": ["X2'", "X2"]}}),
    "diagonal": (LARGE, [], {"rule": "diagonal", "word": ["S", "K", "S", "K"]}, {"a constant": {"word": ["S", "A"]}, "random": {"word": ["R"]}, "nothing": {"word": []}, "another vector": {"word": ["u'", "K", "u"]}, "one w0": {"word": ["w0'", "K", "u"]}}),
    "diagonal-target": (LARGE, [], {"rule": "diagonal", "word": ["w0'", "K", "Si", "w0"]}, {}),
    "diagonal-of-another": ([["d", "nat+"], ["S", {**SQUARE, "positive": True}], ["spectrum", {"isotropic": "d"}]], [], domain("d"), {"any covariance, and eigenvalues 1": {"rule": "diagonal", "word": ["S"]}}),
    "diagonal-of-none": ([["d", "nat+"], ["A", SQUARE]], [], domain("d"), {"no spectrum, no covariance": {"rule": "diagonal", "word": ["A"]}}),
    "diagonal-nothing": (LARGE, [], {"rule": "diagonal", "word": ["w0'", "w0"]}, {}),
    "spread": (LARGE, [], {"rule": "spread", "summand": ["/", "s", ["+", "s", "kap"]], "parts": [["1", "1"], [["*", "-1", "kap"], ["/", "1", ["+", "s", "kap"]]]]}, {
        "another combination": {"parts": [["1", "1"]]}, "an eigenvalue outside": {"parts": [["s", ["/", "1", ["+", "s", "kap"]]]]}, "sizes": {"summand": ["+", "s", "w2"], "parts": [["1", "s"], ["1", "w2"]]},
        "a difference of ridges": {"parts": [[["/", ["-", "kap", "l"], ["-", "kap", "l"]], ["/", "s", ["+", "s", "kap"]]]]},
    }),
    "free-independent": (LARGE, [BY_PARTS, {"rule": "top", "line": 0}, {"rule": "spread", "summand": ["*", "s", TRA], "parts": [[TRA, "s"]]}, {"rule": "ringK", **same(["/", TRA, ["+", "T", ["tr", ["K", "A"]]]]), "by": []}],
                         {"rule": "free", "line": 1, "letter": "A", "word": ["X2'", "X2"]}, {"not independent": {"word": ["X'", "X"]}, "inside a sum": {"line": 2}, "below": {"line": 3}}),
    "free-vectors": (LARGE, [{"rule": "stein", "letter": "X", "word": ["X", "R", "A"], "others": []}, {"rule": "top", "line": 0}, {"rule": "stein", "letter": "X", "word": ["X", "A", "S", "A"], "others": []}, {"rule": "top", "line": 2}],
                     {"rule": "free", "line": 1, "letter": "A", "word": ["u", "w0'"]}, {"twice in a trace": {"line": 3}}),
}  # fmt: skip
ZERO_TRUTH = [["d", "nat+"], ["T", "nat+"], ["l", "real>=0"], ["v", "real>=0"], ["S", {**SQUARE, "symmetric": True, "is": [["1", []]]}], ["w0", {"matrix": ["d", "1"], "is": []}], ["spectrum", {"isotropic": "d"}], ["X", {"matrix": ["T", "d"], "gaussian": [None, "1"]}], ["e", {"matrix": ["T", "1"], "gaussian": [None, "v"]}], ["R", {**SQUARE, "symmetric": True, "inverse": [["l", []], [["/", "1", "T"], ["X'", "X"]]]}],
              ["kap", {"series": ["l", ["/", ["spec", ["/", "s", ["+", "s", "kap"]]], "T"]]}], ["K", {**SQUARE, "symmetric": True, "inverse": [["kap", []], ["1", ["S"]]]}], ["K0", {**SQUARE, "symmetric": True, "inverse": [["l", []], ["-1", ["S"]]]}]]  # fmt: skip
RULES |= {
    "diagonal-one": (ZERO_TRUTH, [], {"rule": "diagonal", "word": ["S", "K"]}, {"no truth": {"word": ["w0'", "K", "w0"]}}),
    "etest-unfold-zero": (ZERO_TRUTH, [], ERROR, {}),
    "inverse-one": (ZERO_TRUTH, [], {"rule": "inverse", "letter": "K", "side": "left", "after": [], "others": []}, {"of no sign": {"letter": "K0"}}),
}  # fmt: skip


# --- certificates -----------------------------------------------------------------------------------------------------

RATE = ["*", "T", ["/", "1", "T"]]
CERTIFICATE = {
    "format": FORMAT, "claim": "T ~ T - 1", "shows": ["~", "T", ["-", "T", "1"], "T", "oo"], "given": [[">=", ["-", "T", "2"], "0"], [">", "r", "1"]],
    "declare": [["T", "nat+"], ["n", "nat"], ["k", "real>0"], ["l", "real>=0"], ["q", "real"], ["r", "fixed>0"], ["p", "fixed>=0"], ["g", {"is": ["pow", "T", "r"]}]],
    "model": {"T": "3", "n": "0", "k": "1/2", "l": "0", "q": "-1", "r": "2", "p": "0"},
    "lines": [{"rule": "ring", "shows": ["=", ["-", "T", ["-", "T", "1"]], ["+", "0", "1"]], "by": []},
              {"rule": "multiply", "shows": ["<~", "1", [RATE]], "use": [], "mix": [["1", None]]},
              {"rule": "near", "shows": ["near", "T", ["-", "T", "1"], [RATE]], "by": [[1, 1]], "modulo": [["1", 0]]},
              {"rule": "negligible", "shows": ["~", "T", ["-", "T", "1"], "T", "oo"], "line": 2, "by": [None]}],
}  # fmt: skip
SUMS = {
    "format": FORMAT, "claim": "sums", "shows": ["=", ["/", ["spec", ["*", "2", "s"]], "q"], ["/", ["*", "2", ["spec", "s"]], "q"]], "given": [["!=", "q", "0"], [">", ["spec", "s"], "1"]],
    "declare": [["d", "nat+"], ["q", "real"], ["x", "real>0"], ["spectrum", {"any": "d"}], ["kap", {"root": ["one", "x", ["=", "x", "5"]]}]],
    "model": {"d": "2", "q": "1", "spectrum": [["1", "1"], ["2", "0"]]},
    "lines": [{"rule": "split", "summand": ["*", "2", "s"], "parts": [["2", "s"]]},
              {"rule": "ring", "shows": ["=", ["/", ["spec", ["*", "2", "s"]], "q"], ["/", ["*", "2", ["spec", "s"]], "q"]], "by": [[["/", "1", "q"], 0]]}],
}  # fmt: skip
GIVEN = CERTIFICATE["given"]


def given(*more: Data) -> Data:
    return {"given": [*GIVEN, *more]}


def serial(e: Data) -> Data:
    return {
        "declare": [*SUMS["declare"], ["T", "nat+"], ["l", "real>=0"], ["ser", {"series": ["l", e]}]],
        "given": [],
        "shows": [">", "ser", "0"],
        "lines": [domain("ser")],
    }


GREATEST: Data = {
    "format": FORMAT, "claim": "greatest", "declare": [["x", "real>0"], ["y", "real>0"]], "model": {"x": "1", "y": "2"},
    "given": [[">=", ["max", "x", "y"], "2"], [">=", ["min", "x", "y"], "1"]], "shows": [">=", ["max", "x", ["min", "x", "y"]], "1"],
    "lines": [assume(">=", ["min", "x", "y"], "1"), {"rule": "extreme", "term": ["max", "x", ["min", "x", "y"]], "which": 1}, positive([">=", ["max", "x", ["min", "x", "y"]], "1"], ["1", [[0, 1]]], ["1", [[1, 1]]])],
}  # fmt: skip
AFTER = {"rule": "derivative", "var": "x", "f": ["*", "2", "x"]}  # rules of limits and derivatives see an atom


CHECKED: dict[str, tuple[Data, Data]] = {
    "a max": (GREATEST, {}), "a max, and a rule that does not look inside": (GREATEST, {"lines": [*GREATEST["lines"][:2], AFTER, GREATEST["lines"][2]]}), "the greatest of the model": (GREATEST, {"model": {"x": "1", "y": "3/2"}}), "the least of the model": (GREATEST, {"model": {"x": "1/2", "y": "2"}}),
    "accepted": (CERTIFICATE, {}), "sums": (SUMS, {}), "an unknown field": (CERTIFICATE, {"note": "x"}), "another format": (CERTIFICATE, {"format": "ridgeproof-statement/2"}), "no claim": (CERTIFICATE, {"claim": 1}),
    "no lines": (CERTIFICATE, {"lines": []}), "lines that are no list": (CERTIFICATE, {"lines": {}}), "too many lines": (CERTIFICATE, {"lines": CERTIFICATE["lines"] * 1251}), "as many lines as may be": (CERTIFICATE, {"lines": [CERTIFICATE["lines"][0]] * 4996 + [CERTIFICATE["lines"][0]] + [{"rule": "assume"}]}),
    "a series": (SUMS, serial(["/", ["spec", ["/", "s", ["+", "s", "ser"]]], "T"])), "a series of a size": (SUMS, serial(["spec", ["/", "s", ["+", "s", "ser"]]])), "a series without a root": (SUMS, serial("d")),
    "a text as a hypothesis": (SUMS, {"given": [["!=", "q", "0"], "=qq"]}), "an object as a hypothesis": (SUMS, {"given": [["!=", "q", "0"], {"=": 1}]}), "nothing as a hypothesis": (SUMS, {"given": [["!=", "q", "0"], []]}), "no relation that is known": (SUMS, {"given": [["!=", "q", "0"], ["<", "q", "2"]]}),
    "lines by name": (CERTIFICATE, {"lines": {"rule": 1}}), "no line": (CERTIFICATE, {"lines": [1]}), "an unknown rule": (CERTIFICATE, {"lines": [{"rule": "believe"}]}), "another statement": (CERTIFICATE, {"shows": ["~", "T", "T", "T", "oo"]}),
    "what is to be shown is given": (SUMS, {"given": [["!=", "q", "0"], SUMS["shows"]]}), "given too little": (SUMS, {"given": []}), "given less": (SUMS, {"given": [[">=", "q", "0"]]}), "given more": (SUMS, {"given": [[">", "q", "0"]]}),
    "the same twice": (SUMS, {"shows": ["=", "q", "q"], "lines": [{"rule": "ring", "shows": ["=", "q", "q"], "by": []}]}), "nothing is nothing": (SUMS, {"shows": ["=", "0", ["-", "q", "q"]], "lines": [{"rule": "ring", "shows": ["=", "0", ["-", "q", "q"]], "by": []}]}),
    "a bound name": (SUMS, {"shows": [">", "s", "0"], "lines": [domain("s")]}), "a root without a line": (SUMS, {"shows": [">", "kap", "0"], "lines": [domain("kap")]}), "a sign": (SUMS, {"shows": [">", "x", "0"], "lines": [domain("x")]}),
    "T is bounded": (CERTIFICATE, given([">=", ["-", "9", "T"], "0"])), "T is 3": (CERTIFICATE, given(["=", "T", "3"])), "T is not 4": (CERTIFICATE, given(["!=", "T", "4"])), "T below another": (CERTIFICATE, given([">", "k", ["/", "1", "T"]])), "T against another": (CERTIFICATE, given([">=", ["-", "T", "n"], "0"])),
    "a power of T": (CERTIFICATE, given([">=", ["-", "9", ["^", "T", 2]], "0"])), "T above": (CERTIFICATE, given([">", ["^", "T", 2], "T"])), "a name for a power of T": (CERTIFICATE, given([">", "g", "0"])), "a bound that is a power": (CERTIFICATE, given([">", ["-", "g", "1"], "0"])),
    "a contradiction": (CERTIFICATE, given([">", "r", "2"])), "an equation that does not hold": (CERTIFICATE, given(["=", "k", "1"])), "an equation that holds": (CERTIFICATE, given(["=", ["*", "2", "k"], "1"])), "weak": (CERTIFICATE, given([">=", "r", "2"])), "not weak": (CERTIFICATE, given([">=", "r", "3"])), "unequal": (CERTIFICATE, given(["!=", "r", "3"])), "not unequal": (CERTIFICATE, given(["!=", "r", "2"])),
    "no relation": (CERTIFICATE, given(["<~", "k", ["1"]])), "an order of terms": (CERTIFICATE, given(["one", "k", ["=", "k", "1"]])), "false": (CERTIFICATE, given(["=", "0", "1"])),
    "T below a quotient": (CERTIFICATE, given([">", ["-", ["/", "9", "T"], "1"], "0"])), "a decimal in the model": (CERTIFICATE, {"model": {**CERTIFICATE["model"], "k": "0.5"}}), "a number that is no text": (CERTIFICATE, {"model": {**CERTIFICATE["model"], "k": 1}}),
    "0 is added in the model": (CERTIFICATE, given([">=", ["+", "1", "n"], ["*", "2", "n"]])), "no value": (CERTIFICATE, {"model": {"T": "3"}}), "an unknown value": (CERTIFICATE, {"model": {**CERTIFICATE["model"], "zz": "1"}}), "half a natural number": (CERTIFICATE, {"model": {**CERTIFICATE["model"], "n": "1/2"}}), "0 of a positive natural number": (CERTIFICATE, {"given": [], "model": {"T": "0"}}),
    "a negative natural number": (CERTIFICATE, {"model": {**CERTIFICATE["model"], "n": "-1"}}), "0 of a positive number": (CERTIFICATE, {"model": {**CERTIFICATE["model"], "k": "0"}}), "a negative number": (CERTIFICATE, {"model": {**CERTIFICATE["model"], "l": "-1"}}), "0 of a positive fixed one": (CERTIFICATE, {"given": [], "model": {"r": "0"}}), "a negative fixed one": (CERTIFICATE, {"model": {**CERTIFICATE["model"], "p": "-1"}}),
    "division by 0 in the model": (CERTIFICATE, given([">=", ["/", "1", "n"], ["/", "-1", "n"]])), "a power in the model": (CERTIFICATE, given([">", ["pow", "k", "p"], "0"], [">", ["+", ["pow", "q", "r"], "5"], "0"])),
    "another dimension": (SUMS, {"model": {"d": "3", "q": "1", "spectrum": [["1", "1"], ["2", "0"]]}}), "a negative eigenvalue": (SUMS, {"model": {"d": "2", "q": "1", "spectrum": [["1", "1"], ["-2", "0"]]}}), "an eigenvalue 0": (SUMS, {"model": {"d": "2", "q": "1", "spectrum": [["1", "1"], ["0", "0"]]}}), "a negative square": (SUMS, {"model": {"d": "2", "q": "1", "spectrum": [["1", "1"], ["2", "-1"]]}}),
    "an empty spectrum": (SUMS, {"model": {"d": "2", "q": "1", "spectrum": []}}), "the spectrum does not satisfy it": (SUMS, {"model": {"d": "1", "q": "1", "spectrum": [["1", "1"]]}}), "no spectrum": (SUMS, {"model": {"q": "1"}}),
    "a root is supposed": (SUMS, {"given": [["!=", "q", "0"], [">", "kap", "1"]]}), "a bound name is supposed": (SUMS, {"given": [["!=", "q", "0"], [">", "s", "1"]]}), "not isotropic": (SUMS, {"declare": [["d", "nat+"], ["q", "real"], ["spectrum", {"isotropic": "d"}]]}), "isotropic": (SUMS, {"declare": [["d", "nat+"], ["q", "real"], ["spectrum", {"isotropic": "d"}]], "model": {"d": "2", "q": "1", "spectrum": [["1", "1"], ["1", "0"]]}}),
    "a model of a power law": (CERTIFICATE, {"declare": [*CERTIFICATE["declare"], ["spectrum", {"power-law": ["r", "2"]}]], "model": {**CERTIFICATE["model"], "spectrum": [["1", "1"]]}}), "a sum without end is supposed": (CERTIFICATE, {"declare": [*CERTIFICATE["declare"], ["spectrum", {"power-law": ["r", "2"]}]], **given([">", ["spec", "s"], "0"], ["!=", ["spec", "s"], "1"])}),
    "a difference": (CERTIFICATE, {"shows": CERTIFICATE["lines"][2]["shows"], "lines": CERTIFICATE["lines"][:3]}),
}  # fmt: skip


def judged(name: str) -> str:
    certificate, change = CHECKED[name]
    try:
        proved = check(json.loads(json.dumps({**certificate, **change})))
    except Rejected as error:
        return f"refused: {error}"
    return f"{grade(proved)}: {proved.text()} {proved.assumptions()}"


@pytest.mark.parametrize("name", CHECKED)
def test_certificates_are_accepted_or_refused_in_these_words(name: str) -> None:
    assert judged(name) == GOLDEN["certificates"][name]


def changed(line: Data, change: Data) -> Data:
    """A line with some fields changed; a change of the rule is another line."""
    return change if "rule" in change else {**line, **change}


GOLDEN: dict[str, dict[str, str]] = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}


def said(w: World, line: Data) -> str:
    """What a line concludes, with its Γ; or in which words it is refused."""
    try:
        s = KERNEL[line["rule"]](w, line)
    except Rejected as error:
        return f"refused: {error}"
    except Exception as error:  # malformed data: ``check`` refuses it in these words
        return f"refused: malformed: {type(error).__name__}"
    by = "".join(f"[{a}] " for a in sorted(s.axioms))
    return f"{'; '.join(map(show.formula, s.hyps))} {by}⊢ {show.formula(s.shows)}"


# Declarations that are refused, and one that is not.
BASE = [["d", "nat+"], ["T", "nat+"], ["q", "real"], ["l", "real>=0"], ["S", {**SQUARE, "positive": True}], ["A", SQUARE],
        ["X", {"matrix": ["T", "d"], "gaussian": ["S", "1"]}]]  # fmt: skip
DECLARED: dict[str, Data] = {
    "all kinds": [["f", "fixed>0"], ["p", {"is": ["/", "d", "T"]}], ["Z", {**SQUARE, "inverse": [["l", []], [["/", "1", "T"], ["X'", "X"]]]}],
                  ["P", {**SQUARE, "haar": "d"}], ["D", {**SQUARE, "is": [["1", ["A", "S"]]]}], ["v", {"matrix": ["d", "1"], "function": ["X"]}],
                  ["spectrum", {"any": "d"}], ["kap", {"root": ["one", "l", ["=", "l", "T"]]}], ["ser", {"series": ["l", "q"]}]],
    "made of every letter": [["B", {**SQUARE, "function": ["S", "A", "X"]}]],
    "not a list": None,
    "no pair": [["d"]],
    "a name that is no text": [[1, "nat"]],
    "twice": [["d", "nat"]],
    "a letter's name": [["A", "nat"]],
    "a defined name": [["p", {"is": "d"}], ["p", "nat"]],
    "bound name": [["s", "nat"]],
    "bad name": [["1x", "nat"]],
    "unknown sort": [["y", "complex"]],
    "bound in a definition": [["p", {"is": "s"}]],
    "undeclared in a definition": [["p", {"is": "zz"}]],
    "two spectra": [["spectrum", {"any": "d"}], ["spectrum", {"any": "d"}]],
    "two kinds of spectrum": [["spectrum", {"any": "d", "isotropic": "d"}]],
    "no spectrum": [["spectrum", "any"]],
    "unknown spectrum": [["spectrum", {"all": "d"}]],
    "a spectrum without size": [["spectrum", {"any": "q"}]],
    "a power law of one exponent": [["spectrum", {"power-law": ["2"]}]],
    "a power law that is no list": [["spectrum", {"power-law": "22"}]],
    "a power law that varies": [["spectrum", {"power-law": ["q", "2"]}]],
    "neither sort nor matrix": [["y", {"positive": True}]],
    "neither sort nor matrix, a list": [["y", ["matrix"]]],
    "unknown field": [["B", {**SQUARE, "note": 1}]],
    "two natures": [["B", {**SQUARE, "haar": "d", "function": ["X"]}]],
    "false positive": [["B", {**SQUARE, "positive": False}]],
    "a bound side": [["B", {"matrix": ["s", "s"]}]],
    "a side without size": [["B", {"matrix": ["q", "d"]}]],
    "a second side without size": [["B", {"matrix": ["d", "q"]}]],
    "not square": [["B", {"matrix": ["T", "d"], "symmetric": True}]],
    "a projection that is not square": [["B", {"matrix": ["T", "d"], "haar": "d"}]],
    "an inverse that is not square": [["B", {"matrix": ["T", "d"], "inverse": [["1", ["X"]]]}]],
    "positive and random": [["B", {**SQUARE, "positive": True, "function": ["X"]}]],
    "rows iid and symmetric": [["B", {**SQUARE, "symmetric": True, "gaussian": [None, "1"]}]],
    "negative variance": [["B", {**SQUARE, "gaussian": [None, "-1"]}]],
    "variance without sign": [["B", {**SQUARE, "gaussian": [None, "q"]}]],
    "a covariance that is no covariance": [["B", {**SQUARE, "gaussian": ["A", "1"]}]],
    "a covariance of other size": [["B", {"matrix": ["d", "T"], "gaussian": ["S", "1"]}]],
    "a covariance that is not declared": [["B", {**SQUARE, "gaussian": ["C", "1"]}]],
    "a rank that is not declared": [["B", {**SQUARE, "haar": "zz"}]],
    "made of nothing": [["B", {**SQUARE, "function": ["C"]}]],
    "made of itself": [["B", {**SQUARE, "function": ["B"]}]],
    "not symmetric as said": [["B", {**SQUARE, "symmetric": True, "is": [["1", ["A", "S"]]]}]],
    "an inverse not symmetric as said": [["B", {**SQUARE, "symmetric": True, "inverse": [["1", ["A"]]]}]],
    "shapes do not match": [["B", {**SQUARE, "is": [["1", ["X", "X"]]]}]],
    "another shape": [["B", {**SQUARE, "is": [["1", ["X"]]]}]],
    "an empty word of another shape": [["B", {"matrix": ["T", "d"], "is": [["1", []]]}]],
    "no word": [["B", {**SQUARE, "is": [["1", "A"]]}]],
    "a word too long": [["B", {**SQUARE, "is": [["1", ["A"] * 201]]}]],
    "no root": [["y", {"root": ["two", "l", ["=", "l", "T"]]}]],
    "a root of nothing declared": [["y", {"root": ["one", "zz", ["=", "l", "T"]]}]],
    "a root in a bound name": [["y", {"root": ["one", "s", ["=", "s", "T"]]}]],
    "a root of no equation": [["y", {"root": ["one", "l", [">", "l", "T"]]}]],
    "a root with a loose name": [["y", {"root": ["one", "l", ["=", "s", "T"]]}]],
    "a root with a loose name on the right": [["y", {"root": ["one", "l", ["=", "l", "w2"]]}]],
    "a root of no list": [["y", {"root": {"one": 1, "l": 2, "=": 3}}]],
    "a root of four parts": [["y", {"root": ["one", "l", ["=", "l", "T"], "T"]}]],
    "a root of a text": [["y", {"root": ["one", "l", "=lT"]}]],
    "a root of three sides": [["y", {"root": ["one", "l", ["=", "l", "T", "T"]]}]],
    "a root of what is not declared": [["y", {"root": ["one", "l", ["=", "l", "zz"]]}]],
    "all fields": [["B", {**SQUARE, "symmetric": True, "positive": True, "gaussian": ["S", "1"], "haar": "d", "function": ["X"], "inverse": [["1", ["A"]]], "is": [["1", ["A"]]]}]],
    "a text": ["dT"],
    "a dimension that is a list": [["spectrum", {"any": ["d"]}]],
    "a spectrum that is a list": [["spectrum", ["any"]]],
    "a series of three": [["y", {"series": ["l", "q", "q"]}]],
    "a series that is a text": [["y", {"series": "lq"}]],
    "a series of no ridge": [["y", {"series": ["q", "q"]}]],
    "a series of what is not declared": [["y", {"series": ["l", "zz"]}]],
}  # fmt: skip


def declares(extra: Data) -> str:
    """Whether declarations are refused, and in which words."""
    try:
        w = World(extra if extra is None else [*BASE, *extra])
    except Rejected as error:
        return f"refused: {error}"
    except Exception as error:
        return f"refused: malformed: {type(error).__name__}"
    return "; ".join(show.declaration(w.sigma, x) for x in w.sigma.order)


@pytest.mark.parametrize("name", DECLARED)
def test_declarations_are_of_laws_that_exist(name: str) -> None:
    assert declares(DECLARED[name]) == GOLDEN["declarations"][name]
    assert (name in ("all kinds", "made of every letter")) != GOLDEN["declarations"][name].startswith("refused: ")


# Whether an accepted certificate says a statement: (certificate, what is changed in its own statement, whether).
NAMED: Data = {
    **SUMS,
    "declare": [["d", "nat+"], ["q", "real"], ["p", {"is": ["*", "2", "q"]}], ["spectrum", {"any": "d"}]],
    "given": [["!=", "q", "0"]],
    "shows": ["=", ["/", "p", "p"], "1"],
    "lines": [{"rule": "ring", "shows": ["=", ["/", "p", "p"], "1"], "by": []}],
    "model": {"d": "1", "q": "1"},
}
XX, XY = ["*", "x", "x"], ["*", "x", "y"]
ABOVE: Data = {
    **GREATEST,
    "given": [[">", "x", "y"]],
    "shows": [">", ["-", XX, XY], "0"],
    "model": {"x": "2", "y": "1"},
    "lines": [assume(">", "x", "y"), domain("x"), positive([">", ["-", XX, XY], "0"], ["1", [[0, 1], [1, 1]]])],
}
SUM, HALVED = ["spec", ["*", "2", "s"]], ["*", "2", ["spec", "s"]]
SAYS: dict[str, tuple[Data, Data, bool]] = {
    "itself": (SUMS, {}, True), "fewer hypotheses": (SUMS, {"given": []}, False), "more hypotheses": (SUMS, {"given": [["!=", "q", "0"], [">", "x", "1"]]}, True), "a stronger hypothesis": (SUMS, {"given": [[">", "q", "0"]]}, True), "a weaker one": (SUMS, {"given": [[">=", "q", "0"]]}, False),
    "a hypothesis on what is nowhere else": (SUMS, {"declare": [*SUMS["declare"], ["zz", "real"]], "given": [["!=", "q", "0"], [">", "zz", "0"]]}, True),
    "the sides changed": (SUMS, {"shows": ["=", *SUMS["shows"][:0:-1]]}, False), "written in another way": (SUMS, {"shows": ["=", ["/", ["-", SUM, HALVED], "q"], "0"]}, True), "another equation": (SUMS, {"shows": ["=", ["/", SUM, "q"], ["/", ["spec", "s"], "q"]]}, False), "an inequality": (SUMS, {"shows": [">=", *SUMS["shows"][1:]]}, False),
    "with a denominator more": (SUMS, {"shows": ["=", ["+", ["/", SUM, "q"], ["/", "x", ["-", "q", "1"]]], ["+", ["/", HALVED, "q"], ["/", "x", ["-", "q", "1"]]]]}, False), "with the same denominator squared": (SUMS, {"shows": ["=", ["/", ["*", SUM, "q"], ["^", "q", 2]], ["/", HALVED, "q"]]}, True),
    "another sort": (SUMS, {"declare": [["d", "nat+"], ["q", "real>0"], *SUMS["declare"][2:]]}, False), "a name left out": (SUMS, {"declare": [["d", "nat+"], *SUMS["declare"][2:]]}, False), "another spectrum": (SUMS, {"declare": [*SUMS["declare"][:3], ["spectrum", {"isotropic": "d"}]]}, False), "no spectrum": (SUMS, {"declare": SUMS["declare"][:3]}, True),
    "no formula": (SUMS, {"shows": ["=", "zz", "q"]}, False), "a name written out": (NAMED, {"declare": [["d", "nat+"], ["q", "real"]]}, True), "a name for something else": (NAMED, {"declare": [["d", "nat+"], ["q", "real"], ["p", {"is": "q"}]]}, False), "no denominator": (NAMED, {"shows": ["=", "1", "1"]}, True),
    "an order of magnitude": ({**CERTIFICATE, "shows": ["<~", "1", [RATE]], "lines": CERTIFICATE["lines"][:2]}, {"given": CERTIFICATE["given"], "shows": ["<~", "1", [RATE]]}, True), "an order": (CERTIFICATE, {}, True), "another order": (CERTIFICATE, {"shows": ["~", ["+", "0", "T"], ["-", "T", "1"], "T", "oo"]}, False), "strictly": (ABOVE, {"shows": [">", XX, XY]}, True), "weakly": (ABOVE, {"shows": [">=", XX, XY]}, False), "the other way": (ABOVE, {"shows": [">", XY, XX]}, False), "twice of it": (ABOVE, {"shows": [">", ["*", "2", XX], ["*", "2", XY]]}, False),
}  # fmt: skip


def says(name: str) -> bool:
    certificate, change, _ = SAYS[name]
    statement = {**certificate, **change}
    return same_statement(
        check(json.loads(json.dumps(certificate))), statement["declare"], statement["given"], statement["shows"]
    )


@pytest.mark.parametrize("name", SAYS)
def test_a_certificate_says_its_statement_and_no_other(name: str) -> None:
    assert says(name) == SAYS[name][2]


def limited(steps: int, what: Callable[[], Any]) -> bool:
    """Whether something is not refused where so many elementary steps are left."""
    Budget.left = steps
    try:
        what()
    except Rejected:
        return False
    finally:
        Budget.left = MAX_STEPS
    return True


def lines(number: int) -> Data:
    """A certificate of so many lines."""
    square = positive([">=", ["^", "q", 2], "0"], ["1", [["q", 2]]])
    return {**SUMS, "given": [], "shows": square["shows"], "lines": [square] * number}


def cited(maker: World) -> Sequent:
    """The only line, made by some certificate, of a copy of ``PLAIN``."""
    here = copy.copy(PLAIN)
    here.lines = [KERNEL["domain"](maker, domain("d"))]
    return here.line(0)


def deep(levels: int) -> Data:
    return ["+", deep(levels - 1), "1"] if levels else "d"


ATOMS = {((x, 1),): 1 for x in "uvwxyz"}  # a sum of six atoms
PLAIN = World([["d", "nat+"], ["A", SQUARE], ["B", {**SQUARE, "is": [["1", ["A"]], ["1", ["A'"]]]}]])
# What is refused for its size, and what is just small enough: (steps left, what is done, whether it is accepted).
LIMITS: dict[str, tuple[int, Callable[[], Any], bool]] = {
    "500 declarations": (MAX_STEPS, lambda: World([[f"v{i}", "nat"] for i in range(500)]), True),
    "501 declarations": (MAX_STEPS, lambda: World([[f"v{i}", "nat"] for i in range(501)]), False),
    "5000 lines": (MAX_STEPS, lambda: check(lines(5000)), True),
    "5001 lines": (MAX_STEPS, lambda: check(lines(5001)), False),
    "a line of this certificate": (MAX_STEPS, lambda: cited(PLAIN), True),
    "a line of another certificate": (MAX_STEPS, lambda: cited(World([["d", "nat+"]])), False),
    "the highest power": (MAX_STEPS, lambda: PLAIN.terms.norm(["^^", "d", "64"]), True),
    "a higher power": (MAX_STEPS, lambda: PLAIN.terms.norm(["^^", "d", "65"]), False),
    "a power that is a square": (MAX_STEPS, lambda: PLAIN.terms.norm(["^^", "d", ["^", "d", 2]]), False),
    "20 traces": (MAX_STEPS, lambda: PLAIN.terms.norm(["E", [["1", [["A"]] * 20]]]), True),
    "21 traces": (MAX_STEPS, lambda: PLAIN.terms.norm(["E", [["1", [["A"]] * 21]]]), False),
    "a number for a ridge": (MAX_STEPS, lambda: PLAIN.terms.subst(etest({**FIT, "ridge": "d"}), "d", "5"), True),
    "a number for rows": (MAX_STEPS, lambda: PLAIN.terms.subst(etest({**FIT, "rows": "d"}), "d", "5"), False),
    "a number in a sum": (MAX_STEPS, lambda: PLAIN.terms.subst(["spec", ["*", "s", "d"]], "d", "5"), True),
    "an eigenvalue in a sum": (MAX_STEPS, lambda: PLAIN.terms.subst(["spec", ["*", "s", "d"]], "d", "s"), False),
    "a number in a derivative": (MAX_STEPS, lambda: PLAIN.terms.subst(["d", "y", ["*", "y", "d"]], "d", "5"), True),
    "a number for what a derivative is by": (
        MAX_STEPS,
        lambda: PLAIN.terms.subst(["d", "d", ["*", "y", "d"]], "d", "5"),
        False,
    ),
    "its variable put into a derivative": (
        MAX_STEPS,
        lambda: PLAIN.terms.subst(["d", "y", ["*", "y", "d"]], "d", "y"),
        False,
    ),
    "as deep as can be": (MAX_STEPS, lambda: PLAIN.terms.norm(deep(79)), True),
    "one deeper": (MAX_STEPS, lambda: PLAIN.terms.norm(deep(80)), False),
    "the last step": (5, lambda: spend(5), True),
    "a step more": (5, lambda: spend(6), False),
    "the longest number": (MAX_STEPS, lambda: clean([((), 2 ** (MAX_BITS - 2))]), True),
    "a longer number": (MAX_STEPS, lambda: clean([((), 2 ** (MAX_BITS - 1))]), False),
    "36 products": (200, lambda: pmul(ATOMS, ATOMS), True),
    "36 products in few steps": (100, lambda: pmul(ATOMS, ATOMS), False),
    "the longest word": (MAX_STEPS, lambda: PLAIN.sigma.word(["A"] * 200), True),
    "a longer word": (MAX_STEPS, lambda: PLAIN.sigma.word(["A"] * 201), False),
    "names written out": (100, lambda: PLAIN.sigma.written(("B", "B", "B")), True),
    "names written out in few steps": (20, lambda: PLAIN.sigma.written(("B", "B", "B")), False),
    "50 hypotheses": (1000, lambda: PLAIN.gather([["!=", "d", str(i)] for i in range(50)]), True),
    "50 hypotheses in few steps": (450, lambda: PLAIN.gather([["!=", "d", str(i)] for i in range(50)]), False),
    "rotations of a word": (100, lambda: PLAIN.sigma.cyclic(("A",) * 10), True),
    "rotations of a longer word": (100, lambda: PLAIN.sigma.cyclic(("A",) * 11), False),
}


@pytest.mark.parametrize("name", LIMITS)
def test_what_is_too_large_is_refused(name: str) -> None:
    steps, what, good = LIMITS[name]
    assert limited(steps, what) == good


def everything() -> dict[str, dict[str, str]]:
    out = {}
    for name, (declare, lines, line, wrong) in RULES.items():
        out[name] = {"": said(world(declare, lines), line)}
        out[name] |= {what: said(world(declare, lines), changed(line, change)) for what, change in wrong.items()}
    return out | {
        "certificates": {name: judged(name) for name in CHECKED},
        "declarations": {name: declares(extra) for name, extra in DECLARED.items()},
    }


@pytest.mark.parametrize("name", RULES)
def test_a_rule_concludes_this_and_refuses_that(name: str) -> None:
    declare, lines, line, wrong = RULES[name]
    w = world(declare, lines)
    found = {"": said(w, line), **{what: said(w, changed(line, change)) for what, change in wrong.items()}}
    assert found == GOLDEN[name]


@pytest.mark.parametrize("name", RULES)
def test_what_is_meant_to_be_refused_is_refused(name: str) -> None:
    """The golden file cannot turn a near miss into a theorem unseen."""
    assert not GOLDEN[name][""].startswith("refused")
    assert all(words.startswith("refused: ") for what, words in GOLDEN[name].items() if what)


def test_every_rule_is_in_the_table() -> None:
    accepted = {line["rule"] for _, lines, line, _ in RULES.values() for line in (*lines, line)}
    assert accepted == set(KERNEL)


if __name__ == "__main__":
    FILE.write_text(json.dumps(everything(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
