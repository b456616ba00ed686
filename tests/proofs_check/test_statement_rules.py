"""For every rule of the kernel of statements: lines that it accepts, and near misses that it refuses.

``RULES``: name -> (declarations, earlier lines, line, {what is wrong: changed fields}).  What an accepted line concludes,
with its Γ, and the words in which a near miss is refused stand in ``rules.json``; the words say that it is the condition
meant that refuses it (``python tests/proofs_check/test_statement_rules.py`` writes the file anew, to be read before it is
kept).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ridgeproof.proofs_check.kernel.statements import show
from ridgeproof.proofs_check.kernel.statements.certificates import RULES as KERNEL
from ridgeproof.proofs_check.kernel.statements.ratio import MAX_STEPS, Budget, Rejected
from ridgeproof.proofs_check.kernel.statements.sequent import World

Data = Any
# ruff: noqa: E501 (a line of the table is a line of a certificate)

FILE = Path(__file__).parent / "statements" / "rules.json"


def assume(*formula: Data) -> Data:
    return {"rule": "assume", "formula": list(formula)}


def domain(name: Data, how: str = ">") -> Data:
    return {"rule": "domain", "name": name, "how": how}


def positive(shows: Data, *terms: Data, by: Data = ()) -> Data:
    return {"rule": "positive", "shows": shows, "sum": [list(t) for t in terms], "by": list(by)}


# --- orders -----------------------------------------------------------------------------------------------------------

LAW = [["beta", "fixed>0"], ["r", "fixed>=0"], ["x", "fixed>=0"], ["k", "real>0"], ["u", "real>0"], ["v", "real>0"],
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
    "multiply": (
        LAW, [BOUND("u", "v"), BOUND("v", ["^", "k", 2]), BOUND("u", "v", "k"), assume(">=", "x", "0"), assume(">", "z", "0")],
        {"rule": "multiply", "shows": ["<~", ["pow", "u", "x"], [["pow", "k", ["*", "2", "x"]]]],
         "use": [[0, "x", 3], [1, "x", 3]], "mix": [["1", None]]},
        {
            "powers do not fit": {"shows": ["<~", ["pow", "u", "x"], [["pow", "k", "x"]]]},
            "a bound by a sum": {"use": [[2, "x", 3], [1, "x", 3]]},
            "a negative weight": {"use": [[0, "-1", None], [1, "x", 3]]},
            "the sign of another weight": {"use": [[0, "x", 3], [1, ["*", "2", "x"], 3]]},
            "a weight that varies": {"use": [[0, "z", 4], [1, "x", 3]]},
            "weights that may all vanish": {"mix": [["0", None]]},
            "a weight that may vanish": {"shows": ["<~", "u", ["u"]], "use": [], "mix": [["x", 3]]},
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
        {"rule": "power-gap", "of": BIAS, "tail": 1, "small": 2},
        {
            "k that may be near 1": {"small": 3},
            "theta is not -1": {"of": {**BIAS, "summand": ["/", ["*", "s", "w2"], ["^", ["+", "s", "k"], 3]], "powers": [0, 0, 3]}},
            "no k": {"of": {"summand": ["*", "w2", "s"], "at": "1", "powers": [0, 0, 0], "target": True}},
        },
    ),
    "zeta": (
        LAW, [assume(">", ["-", ["+", "0", ["*", "beta", "2"]], "1"], "0"), assume(">", "beta", "1")],
        {"rule": "zeta", "of": {"summand": ["^", "s", 2], "at": "1", "powers": [0, 2, 0], "target": False}, "tail": 0},
        {
            "a sum with k": {"of": DF1, "tail": 1},
            "a denominator": {"of": {"summand": ["/", ["^", "s", 2], ["+", "s", "1"]], "at": "1", "powers": [0, 2, 1], "target": False}},
            "no tail": {"tail": 1},
        },
    ),
    "near": (
        LAW, [assume("=", ["-", "u", "v"], "k"), BOUND("k", "1"), assume("=", "u", "v"), BOUND("k", "T")],
        {"rule": "near", "shows": ["near", "u", "v", ["1"]], "line": 0, "by": [1]},
        {
            "another difference": {"line": 2},
            "a remainder left out": {"by": []},
            "a bound by other terms": {"by": [3]},
            "other sides": {"shows": ["near", "u", "k", ["1"]]},
            "no difference": {"shows": ["<~", "u", ["1"]]},
        },
    ),
    "near-turned": (LAW, [assume("=", ["-", "v", "u"], "k"), BOUND("k", "1")],
                    {"rule": "near", "shows": ["near", "u", "v", ["1"]], "line": 0, "by": [1]}, {}),
    "scale": (
        LAW, [assume("=", ["-", "u", "v"], "k"), BOUND("k", "1"),
              {"rule": "near", "shows": ["near", "u", "v", ["1"]], "line": 0, "by": [1]}, BOUND("T", "k"), BOUND("v", "k")],
        {"rule": "scale", "shows": ["near", ["*", "u", "T"], ["*", "v", "T"], ["k"]], "line": 2, "factor": "T", "by": [3]},
        {
            "one side only": {"shows": ["near", ["*", "u", "T"], "v", ["k"]]},
            "a bound of another term": {"by": [4]},
            "a bound by other terms": {"shows": ["near", ["*", "u", "T"], ["*", "v", "T"], ["v"]]},
            "a bound left out": {"by": []},
            "a factor that is no product": {"factor": ["-", "0", "T"]},
        },
    ),
    "negligible": (
        LAW, [assume("=", ["-", "u", "v"], ["*", "u", "k"]), BOUND(["*", "u", "k"], ["*", "u", ["pow", "k", "x"]]),
              {"rule": "near", "shows": ["near", "u", "v", [["*", "u", ["pow", "k", "x"]]]], "line": 0, "by": [1]},
              assume(">", "x", "0"), assume(">=", "x", "0"), assume(">", ["*", "2", "x"], "0")],
        {"rule": "negligible", "shows": ["~", "u", "v", "k", "0"], "line": 2, "by": [3]},
        {
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
        LAW, [assume("=", ["-", "u", "v"], ["/", "u", "T"]), BOUND(["/", "u", "T"], ["/", "u", "T"]),
              {"rule": "near", "shows": ["near", "u", "v", [["/", "u", "T"]]], "line": 0, "by": [1]}],
        {"rule": "negligible", "shows": ["~", "u", "v", "T", "oo"], "line": 2, "by": [None]},
        {"towards 0": {"shows": ["~", "u", "v", "T", "0"]}},
    ),
    "log": (LAW, [assume(">", ["/", "1", "k"], "1"), assume(">=", ["/", "1", "k"], "1")], {"rule": "log", "line": 0},
            {"where it may vanish": {"line": 1}}),
}  # fmt: skip


def world(declare: Data, lines: Data) -> World:
    Budget.left = MAX_STEPS
    w = World(declare)
    for line in lines:
        w.lines.append(KERNEL[line["rule"]](w, line))
    return w


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


def everything() -> dict[str, dict[str, str]]:
    out = {}
    for name, (declare, lines, line, wrong) in RULES.items():
        out[name] = {"": said(world(declare, lines), line)}
        out[name] |= {what: said(world(declare, lines), {**line, **change}) for what, change in wrong.items()}
    return out


@pytest.mark.parametrize("name", RULES)
def test_a_rule_concludes_this_and_refuses_that(name: str) -> None:
    declare, lines, line, wrong = RULES[name]
    w = world(declare, lines)
    found = {"": said(w, line), **{what: said(w, {**line, **change}) for what, change in wrong.items()}}
    assert found == GOLDEN[name]


@pytest.mark.parametrize("name", RULES)
def test_what_is_meant_to_be_refused_is_refused(name: str) -> None:
    """The golden file cannot turn a near miss into a theorem unseen."""
    assert not GOLDEN[name][""].startswith("refused")
    assert all(words.startswith("refused: ") for what, words in GOLDEN[name].items() if what)


def test_every_rule_is_in_the_table() -> None:
    assert {line["rule"] for _, _, line, _ in RULES.values()} >= set(KERNEL) - set(NOT_YET)


NOT_YET = {
    "assume", "domain", "cut", "integer", "ring", "split", "isotropic", "count", "positive", "sum-positive", "nonzero",
    "generalise", "cases", "inverse", "haar", "stein", "loop", "lemma", "word", "etest-unfold", "etest-fit", "induction",
    "top", "series", "ringK", "free", "unique-root", "choose", "root-is", "optimum", "derivative", "sign-change",
}  # fmt: skip


if __name__ == "__main__":
    FILE.write_text(json.dumps(everything(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
