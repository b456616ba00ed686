"""Every refutation says how to see it again: a line of Python that runs and shows the disagreement, of any relation.

And what agrees says what was tried: ranges of every symbol, sizes, seeds, the least that would have been seen.
"""

from __future__ import annotations

import ast
import dataclasses
import re
from fractions import Fraction
from pathlib import Path

import pytest
import sympy as sp

from ridgeproof.proofs_check.cli import check_law
from ridgeproof.proofs_check.cli.ledger import write
from ridgeproof.proofs_check.court.court import verify
from ridgeproof.proofs_check.questions import questions
from ridgeproof.proofs_check.witnesses.judge import judge
from ridgeproof.theorems import registry
from ridgeproof.theorems import vocabulary as voc
from ridgeproof.theorems.claim import Claim, Equation, Fit, Hypothesis, Relation, Setting
from ridgeproof.theorems.functions import E_test
from ridgeproof.theorems.registry import claims

GROWS = "x > 0; as x grows"
POWER = "power-law; source; infinite dimension; beta > 1; no generators"
FALSE = [  # formula, where, what is shown last
    ("x + 1 ~ 2*x", GROWS, "0.5"),
    ("x =<>= x*log(x)", GROWS, None),
    ("x*log(log(x)) <~ x", GROWS, None),
    ("log(x) =o y", GROWS + "; y > 0", None),
    ("x + 1 <~= x/2", GROWS, "2.0"),
    ("x ~ 2*x", "x > 0; x -> 0", "0.5"),
    ("df1 =<>= 1/lambda", "power-law; source; infinite dimension; beta > 1; lambda -> 0", None),
    ("Sum(s_j/(s_j + x), j) ~ 2*Sum(s_j, j)/x", "x > 0; as x grows", "0.5"),
    ("E[tr(S*Winv)] ~ (d + 1)/T", "T >= d + 2", None),
    ("E[tr(S*Winv*S*Winv)] =<>= 1/T", "T >= d + 4", None),
    ("E_test ~= 2*sigma2*d/(T - d)", "T > d; lambda = 0", None),
    ("E_test <~= sigma2*d/T", "T > d; lambda = 0", None),
    ("E[tr(S*Sh)] ~= 2*tr(S*S)", "", None),
    ("x + 1/x > 2", "x > 0", "2"),
    ("x = 2*x + 1", "x > 0", "3"),
    ("d/T >= d/(T - d - 1)", "T >= d + 2", None),
    ("df1 = 2*df2", "lambda > 0", None),
    ("T*S*A = (T + 1)*S*A", "", None),
]


def replayed(line: str, capsys: pytest.CaptureFixture[str], claim: Claim | None = None) -> list[tuple[str, str]]:
    """What a line prints: rows of two texts."""
    exec(line, {"claim": claim})
    rows: list[tuple[str, str]] = ast.literal_eval(capsys.readouterr().out)
    assert rows and all(len(row) == 2 for row in rows)
    return rows


@pytest.mark.parametrize(("formula", "where", "last"), FALSE, ids=[c[0] for c in FALSE])
def test_a_refutation_is_replayed(
    formula: str, where: str, last: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    """False by hand: the ratio tends elsewhere, goes to infinity, or the sides differ at a point."""
    (claim,) = questions(formula, [where] if where else [])
    found = judge(claim)
    assert found.outcome == "fails", found.reason
    rows = replayed(found.details["replay"], capsys)
    if "import sides" in found.details["replay"]:
        equal = all(a == b for a, b in rows)
        assert equal == (claim.relation == Relation.STRICT)
        assert last is None or last in rows[0]
    else:
        assert rows[-1][0] == "fails" and len(rows) >= 4
        words = rows[-1][1]
        assert words in found.reason or "gap tends" in words
        assert last is None or rows[-2][1].startswith(last)


LEAST_SQUARES = Setting("any", "any", (), Fit(voc.T, sp.S.Zero, voc.sigma2))
RIDGE = Setting("isotropic", "isotropic", (), Fit(voc.T, voc.lam, voc.sigma2))
MORE, NOISY = sp.Gt(voc.T, voc.d), sp.Gt(voc.sigma2, 0)


def own(relation: Relation, left: sp.Expr, right: sp.Expr, *told: sp.Basic, setting: Setting | None = None) -> Claim:
    hypotheses = tuple(Hypothesis(str(c), c) for c in told)
    return Claim("own", "", "test", relation, (Equation(left, right),), hypotheses, setting=setting)


BEST = voc.d * voc.sigma2 / (voc.T * voc.norm2)  # the best ridge for S = I and a random truth, docs/theory.md
GROWING = [  # as d and T grow in proportion; E_test = sigma2 d/(T - d - 1)
    own(Relation.NEGLIGIBLE, E_test, voc.sigma2, MORE, NOISY, setting=LEAST_SQUARES),
    own(Relation.ORDER, E_test, voc.sigma2 * voc.d, MORE, NOISY, setting=LEAST_SQUARES),
    own(Relation.ORDER_AT_MOST, E_test * voc.d, voc.sigma2, MORE, NOISY, setting=LEAST_SQUARES),
    own(Relation.AT_MOST, E_test, voc.sigma2 * voc.d / voc.T, MORE, NOISY, setting=LEAST_SQUARES),
    own(Relation.OPTIMUM, voc.lam, 2 * BEST, sp.Gt(voc.norm2, 0), NOISY, setting=RIDGE),
]


@pytest.mark.parametrize("claim", GROWING, ids=lambda c: str(c.relation))
def test_so_it_is_as_sizes_grow_in_proportion(claim: Claim, capsys: pytest.CaptureFixture[str]) -> None:
    """The sides at every size, or the errors at the ridge and at a better one."""
    found = judge(claim)
    assert found.outcome == "fails", found.reason
    rows = replayed(found.details["replay"], capsys, claim)
    assert rows[-1][0] == "fails" and rows[-1][1] in found.reason
    if claim.relation == Relation.OPTIMUM:
        (ridge, error), (better, lower), _ = rows
        assert float(better) < float(ridge) and float(lower) < float(error)


RIGHT = [dataclasses.replace(GROWING[4], statement=(Equation(voc.lam, BEST),))] + [
    own(relation, E_test, right, MORE, NOISY, setting=LEAST_SQUARES)
    for relation, right in (
        (Relation.EQUIVALENT, voc.sigma2 * voc.d / (voc.T - voc.d)),
        (Relation.AT_MOST, voc.sigma2 * voc.d / (voc.T - voc.d)),
        (Relation.ORDER, voc.sigma2),
        (Relation.ORDER_AT_MOST, voc.sigma2),
        (Relation.NEGLIGIBLE, voc.sigma2 * voc.d),
    )
]
TRUE = [
    ("x + 1 ~ x", GROWS),
    ("x =<>= 2*x + 1", GROWS),
    ("x <~ 3*x + 1", GROWS),
    ("log(x) <~ x", GROWS),
    ("log(x) =o x", GROWS),
    ("x <~= x + 1", GROWS),
    ("df1 ~ T", "power-law; source; infinite dimension; beta > 1; lambda -> 0"),
    ("Sum(s_j/(s_j + x), j) ~ Sum(s_j, j)/x", "x > 0; as x grows"),
    ("E[tr(S*Winv)] ~ d/T", "T >= d + 2"),
    ("E[tr(S*Sh)] ~= tr(S*S)", ""),
    ("df1 > df2", "lambda > 0"),
    ("E[tr(S*Winv)] = d/(T - d - 1)", "T >= d + 2"),
]


def test_what_was_tried_is_told() -> None:
    """Ranges or sizes, and the least that would have been seen, for every kind of relation."""
    asked = [*RIGHT, *(c for formula, where in TRUE for c in questions(formula, [where] if where else []))]
    for claim in asked:
        found = judge(claim)
        assert found.outcome == "holds", (claim, found.reason)
        told = found.details
        assert told["would_have_seen"]
        assert told.get("ranges") or told.get("sizes")
        free = {x.name for p in claim.equations for s in (p.left, p.right) for x in s.free_symbols}
        named = set(told.get("ranges", {})) | set(re.findall(r"\b(\w+) = ", told.get("sizes", "")))
        own_letters = {"T", "T0", "d", "x", "lambda", "sigma2"} & free
        if claim.relation == Relation.OPTIMUM:
            own_letters -= {"lambda"}  # which its formula gives
        assert own_letters <= named, (claim.statement, named)
        if claim.relation in (Relation.ORDER, Relation.ORDER_AT_MOST) and claim.limit is not None:
            assert re.search(r"\(log .*\^c|it falls", told["would_have_seen"])


def test_a_line_for_every_reader(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Of a claim of the ledger, of a file of claims, of a TOML file: trends too."""
    code, text = tmp_path / "own.py", tmp_path / "own.toml"
    code.write_text(
        "from ridgeproof.authoring import *\n"
        "c = Claim('of-python', 'wrong', 'none', Relation.ORDER, (Equation(T*log(T), T),), limit=(T, oo))\n"
    )
    text.write_text('[[claim]]\nid = "of-toml"\nformula = "x ~ 3*x"\nwhere = ["x > 0", "as x grows"]\n')
    asked = [
        claims()["bias-sum-order-at-saturation"],
        *registry.claims_from_file(code),
        *questions(str(text)),
    ]
    for claim in asked:
        rows = replayed(judge(claim).details["replay"], capsys)
        assert rows[-1][0] == "fails"


def test_the_screen_shows_it(capsys: pytest.CaptureFixture[str]) -> None:
    """The replay of a refuted order, the ranges and what would have been seen of one that holds."""
    asked = [*questions("x =<>= x*log(x)", [GROWS]), *questions("x =<>= y*x + 1", [GROWS, "y > 0"])]
    asked = [dataclasses.replace(c, id=f"own-{i}") for i, c in enumerate(asked)]
    write(verify(asked, workers=1).to_json())
    printed = capsys.readouterr().out
    shown = " ".join(printed.split())
    (line,) = re.findall(r"^ +replay: (.*)$", printed, re.MULTILINE)
    assert replayed(line, capsys, asked[0])[-1] == ("fails", "the ratio goes like (log x)^-1: 0.361 .. 1.31e-12")
    assert "tried y = " in shown and "sizes: x = 2^4" in shown and "would have seen: a factor (log x)^c" in shown


def test_an_asserted_rate_of_a_law_is_replayed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The largest min(p ell, 1 - ell) is p/(1 + p), at ell = 1/(1 + p)."""
    file = tmp_path / "law.toml"
    file.write_text(
        '[parameters.p]\ndomain = "p >= 0"\n[controls.ell]\ndomain = "ell >= 0"\n'
        '[terms]\nbias = "-p*ell"\nnoise = "ell - 1"\n'
    )
    ledger = check_law.judge("rate = 1/3", str(file))
    (evidence,) = ledger["claims"][0]["evidence"]
    assert ledger["failed"] == 1
    exec(evidence["replay"])
    values = re.search(r"p = (\S+):", evidence["about"])
    assert values is not None
    p = Fraction(values[1])
    assert ast.literal_eval(capsys.readouterr().out) == (str(p / (1 + p)), "1/3")
    (evidence,) = check_law.judge("rate = p/(1 + p)", str(file))["claims"][0]["evidence"]
    assert evidence["grade"] == "confronted" and evidence["ranges"]["p"].startswith("0..")
