"""What claims say in the kernel's language, to the letter; what is refused, in which words; whose certificates count.

``said.json`` has Γ ⊢ φ of every registered claim and of the claims below, before anything is proved
(``python tests/proofs_check/test_what_is_said.py`` writes it anew, to be read before it is kept): a change of
``meaning/say`` or ``meaning/translation`` that changes what some claim means is a change of this file.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sympy as sp

from ridgeproof.errors import DerivationError
from ridgeproof.proofs_check import judgement
from ridgeproof.proofs_check import kernel as K
from ridgeproof.proofs_check.court.certify import certify
from ridgeproof.proofs_check.meaning import proofs
from ridgeproof.proofs_check.meaning.say import say, unchecked
from ridgeproof.proofs_check.verdicts import Evidence, Grade, Row, finite, verdict
from ridgeproof.theorems import vocabulary as voc
from ridgeproof.theorems.claim import Claim, Equation, Fit, Hypothesis, Relation, Setting
from ridgeproof.theorems.declarations import Design, Inverse
from ridgeproof.theorems.functions import E_test, Expect, Kappa, SpectralSum, df, trace
from ridgeproof.theorems.registry import all_claims

# ruff: noqa: E501 (a line of a table is a claim)

FILE = Path(__file__).parent / "statements" / "said.json"
A, B, S, X, E, R, P, w0 = voc.A, voc.B, voc.S, voc.X, voc.E, voc.R, voc.P, voc.w0
T, T0, d, k, s, w2, lam, kappa = voc.T, voc.T0, voc.d, voc.k, voc.s, voc.w2, voc.lam, voc.kappa
u, v = sp.symbols("u v", positive=True)
OTHER = Design("X1", rows=sp.Symbol("T2", integer=True, positive=True))
WIDE = Design("X1", rows=sp.Symbol("T1", integer=True, positive=True))
EQUAL, BOUND, ORDER, TENDS = Relation.EQUALITY, Relation.BOUND, Relation.ORDER, Relation.ASYMPTOTIC
SMALL = {"limit": (k, sp.S.Zero)}
LARGE = {"limit": (T, sp.oo)}
FIT = Fit(T, lam, voc.sigma2)


def claim(left: Any, right: Any, *told: Any, relation: Relation = EQUAL, **more: Any) -> Claim:
    hypotheses = tuple(Hypothesis("", h) for h in told)
    return Claim("own", "", "test", relation, (Equation(sp.sympify(left), sp.sympify(right)),), hypotheses, **more)


def setting(
    *generators: Fit, spectrum: Any = "any", target: Any = "any", downstream: Fit = FIT, **more: Any
) -> Setting:
    return Setting(spectrum, target, generators, downstream, **more)


# Claims by what it is in them that another reading of the statement would change.
CLAIMS: dict[str, Claim] = {
    "two conditions in one": claim(u, v, sp.And(sp.Gt(u, 1), sp.Lt(v, 2))),
    "every relation": claim(u, v, sp.Ne(u, v), sp.Eq(u, 2 * v), sp.Ge(u, v), sp.Le(u, 3), sp.Gt(u, 0)),
    "a condition that is no relation": claim(u, v, sp.Or(sp.Gt(u, 1), sp.Gt(v, 1))),
    "a condition without a term": claim(u, v, sp.Gt(sp.exp(u), 2), sp.Gt(v, 1)),
    "nothing under the fraction": claim(1 / u, u**-3 * v**2),
    "a power that is a name": claim(u**voc.n, v),
    "a power that is fixed": claim(u**voc.beta, v),
    "a power that varies": claim(u**v, v),
    "a power of a natural number below 0": claim(u ** (-voc.n), v),
    "values of functions": claim(sp.log(u) + sp.zeta(voc.beta) + sp.gamma(voc.beta), sp.pi * sp.sin(sp.pi / voc.beta)),
    "a sine of other angles": claim(sp.sin(u), u),
    "a sine of pi squared": claim(sp.sin(sp.pi**2), u),
    "zeta of two": claim(sp.zeta(voc.beta, 2), u),
    "a sum of sums": claim(SpectralSum(s / (s + k)), SpectralSum(s) / k),
    "one direction, and a sum": claim(s * SpectralSum(s), w2),
    "a derivative twice": claim(sp.Derivative(SpectralSum(s / (s + k)), k, k), u),
    "a degree of freedom": claim(df(2, k), df(1, k)),
    "a degree of freedom of a name": claim(df(voc.n, k), u),
    "an order": claim(u + v, k, relation=ORDER, **SMALL),
    "an order of several terms": claim(k, u + v, relation=ORDER, **SMALL),
    "an order of a maximum": claim(k, sp.Max(u, v), relation=ORDER, **SMALL),
    "an order as the rows grow": claim(u, T, relation=ORDER, scaling=((lam, 1 / T),), **LARGE),
    "an asymptotic": claim(SpectralSum(s / (s + k)), 1 / k, relation=TENDS, setting=setting(spectrum="power-law", target="source", dimension=sp.oo), **SMALL),
    "an asymptotic with scales": claim(u * lam, u / T, relation=TENDS, scaling=((lam, 1 / T),), **LARGE),
    "an asymptotic without a limit": claim(u, v, relation=TENDS),
    "an equation with a limit": claim(u, v, **SMALL),
    "a limit of another name": claim(u, v, relation=TENDS, limit=(u, sp.S.Zero)),
    "a limit to another place": claim(u, v, relation=TENDS, limit=(k, sp.oo)),
    "a hypothesis on what tends": claim(k, 2 * k, sp.Lt(k, 1), relation=TENDS, **SMALL),
    "a hypothesis on what tends, in an order": claim(k, 2 * k, sp.Lt(k, 1), relation=ORDER, **SMALL),
    "a bound": claim(u, v, relation=BOUND),
    "a strict bound": claim(u, v, relation=Relation.STRICT),
    "kappa": claim(kappa, Kappa(lam, T)),
    "kappa of another fit": claim(Kappa(lam, T0), Kappa(sp.S.Zero, T)),
    "kappa of a wide fit": claim(Kappa(sp.S.Zero, T0), u, sp.Lt(T0, d)),
    "kappa of a wide fit, at another ridge": claim(Kappa(lam, T0), u, sp.Lt(T0, d)),
    "kappa of a wide fit, by name": claim(kappa, u, sp.Lt(T, d), sp.Eq(lam, 0)),
    "kappa of a wide fit with two to spare": claim(Kappa(sp.S.Zero, T0), u, sp.Le(T0, d - 2)),
    "a series": claim(kappa, Kappa(lam, T0), relation=Relation.EQUIVALENT),
    "a series without a ridge": claim(Kappa(sp.S.Zero, T), u, relation=Relation.EQUIVALENT),
    "a slope": claim(sp.Derivative(SpectralSum(s / (s + kappa)), kappa), kappa),
    "a name of df_2": claim(voc.df2, u),
    "kappa of the generators": claim(voc.kappa0, u),
    "r is 1": claim(voc.r, u, sp.Eq(voc.r, 1)),
    "r is 2": claim(voc.r, u, sp.Eq(voc.r, 2)),
    "phi": claim(voc.phi, voc.phi0),
    "an index of a generation": claim(voc.Tm, voc.sigma2m),
    "the norm": claim(voc.norm2, u),
    "the norm in a setting": claim(voc.norm2, u, setting=setting(spectrum="isotropic", target="isotropic")),
    "the norm of what is 0": claim(voc.norm2, u, setting=setting(spectrum="isotropic", target="zero")),
    "the norm of any truth": claim(voc.norm2, u, setting=setting(spectrum="isotropic", target="any")),
    "a sum of a setting": claim(SpectralSum(s), u, setting=setting(spectrum="isotropic", target="any")),
    "a power law": claim(SpectralSum(s), u, setting=setting(spectrum="power-law", target="source", dimension=sp.oo)),
    "a power law that ends": claim(SpectralSum(s), u, setting=setting(spectrum="power-law", target="source")),
    "a power law of any target": claim(SpectralSum(s), u, setting=setting(spectrum="power-law", target="any", dimension=sp.oo)),
    "a source of any covariance": claim(SpectralSum(s), u, setting=setting(target="source")),
    "the test error": claim(E_test, u, setting=setting()),
    "the test error, isotropic": claim(E_test, u, setting=setting(spectrum="isotropic", target="isotropic")),
    "the test error of a truth 0": claim(E_test, trace(w0 * w0.T), setting=setting(target="zero")),
    "the test error, isotropic, of a truth 0": claim(E_test, u, setting=setting(spectrum="isotropic", target="zero")),
    "the test error, isotropic, of any truth": claim(E_test, u, setting=setting(spectrum="isotropic")),
    "the test error of generators": claim(E_test, u, setting=setting(Fit(T0, sp.S.Zero, voc.sigma02, voc.n), Fit(T0, lam, v))),
    "the test error of a dimension": claim(E_test, u, setting=setting(dimension=T)),
    "the test error of a sum of sizes": claim(E_test, u, setting=setting(downstream=Fit(T + T0, lam, v))),
    "the test error of one design": claim(E_test, u, setting=setting(Fit(T0, sp.S.Zero, v, voc.n, same_design=True))),
    "the test error of one design once": claim(E_test, u, setting=setting(Fit(T0, sp.S.Zero, v, sp.S.One, same_design=True))),
    "the test error without a setting": claim(E_test, u),
    "two settings": claim(E_test(setting()), E_test(setting(Fit(T0, sp.S.Zero, v)))),
    "settings of two truths": claim(E_test(setting()), E_test(setting(target="zero"))),
    "two letters of one name": claim(Expect(trace(WIDE.T * WIDE)), Expect(trace(OTHER.T * OTHER))),
    "a slope in k": claim(sp.Derivative(SpectralSum(s / (s + k)), k), k),
    "a pseudo-inverse": claim(Expect(trace(S * voc.Gp)), 1),
    "a matrix that is nothing when it is multiplied out": claim((A + B) * S - A * S - B * S, A),
    "two equations": Claim("own", "", "test", EQUAL, (Equation(u, v), Equation(v, u))),
    "a name of the vocabulary": claim(T, d, where=((T, d),)),
    "kappa is kappa": claim(kappa, u, where=((kappa, Kappa(lam, T)),)),
    "an own abbreviation": claim(u, v, sp.Gt(u, 1), where=((u, v + 1),)),
    "an own x": claim(sp.Symbol("x", positive=True), 2),
    "an own x_": claim(sp.Symbol("x_", positive=True), 2),
    "an own x beside kappa": claim(sp.Symbol("x", positive=True), kappa),
    "an own x as a ridge": claim(E_test, sp.Symbol("x", positive=True), setting=setting(downstream=Fit(T, sp.Symbol("x", positive=True), u))),
    "an own u and an own u_": claim(u, sp.Symbol("u_", positive=True)),
    "a power of all that is fixed": claim(u ** (voc.beta + voc.r + voc.ell + voc.a + voc.b), v),
    "beta is 1": claim(voc.beta, u, sp.Eq(voc.beta, 1)),
    "an own t": claim(sp.Symbol("t", nonnegative=True), 2),
    "two of one name": claim(u + sp.Symbol("u", real=True), 1),
    "called like a letter": claim(sp.Symbol("X", positive=True), 1),
    "called like a root": claim(sp.Symbol("kappa7", positive=True), 1),
    "called like the vocabulary": claim(sp.Symbol("w2_j", positive=True), 1),
    "no real number": claim(sp.Symbol("z"), 1),
    "a negative number": claim(sp.Symbol("z", negative=True), 1),
    "an integer": claim(sp.Symbol("z", integer=True), 1),
    "a matrix": claim(A * B, B * A),
    "a matrix of several words": claim(A - A + 2 * sp.Identity(d) + A.T, A * A),
    "nothing, as a matrix": claim(sp.ZeroMatrix(d, d), A**3),
    "symmetric letters": claim((A * S * R).T, A),
    "a trace": claim(Expect(trace(A * R)), trace(A)),
    "a trace of nothing": claim(Expect(trace(A * R)), 0),
    "a trace of the identity": claim(trace(sp.Identity(d) * sp.Identity(d)), d),
    "a trace of the identity beside a letter": claim(trace(A) * trace(sp.Identity(d)), d),
    "traces that cancel": claim(trace(A) - trace(A) + trace(B), 0),
    "a product of traces": claim(Expect(trace(A * P) * trace(B * P)) / d, trace(A) ** 2),
    "a product of expectations": claim(Expect(trace(A * P)) * Expect(trace(B * P)), 0),
    "a square of an expectation": claim(Expect(trace(A * P)) ** 2, 0),
    "a random trace": claim(trace(A * P), 0),
    "a random trace beside an expectation": claim(trace(A * P) * Expect(trace(B * P)), 0),
    "an expectation in an expectation": claim(Expect(trace(A * P) * Expect(trace(B * P))), 0),
    "one over a trace": claim(1 / trace(A), 0),
    "one over an expectation": claim(1 / Expect(trace(A * P)), 0),
    "no polynomial": claim(sp.exp(trace(A)), 0),
    "averaged over some": claim(Expect(trace(A * R), X), trace(A)),
    "averaged over some, not all": claim(Expect(trace(X * X.T * E * E.T), E), 1),
    "averaged over all of them": claim(Expect(trace(X * X.T * E * E.T), E, X), 1),
    "an inverse of an own design": claim(Expect(trace(S * Inverse("Pinv", X.T * X + WIDE.T * WIDE))), 1),
    "a letter of nobody": claim(trace(sp.MatrixSymbol("M", d, d)), 1),
    "a letter of another shape": claim(trace(A * sp.MatrixSymbol("A", d, d)) + trace(sp.MatrixSymbol("A", T, T)), 1),
    "an inverse without a name": claim(trace(A.inverse()), 1),
    "noise of generations": claim(Expect(trace(voc.H.T * voc.H)), 1),
}  # fmt: skip


def told(own: Claim) -> Any:
    """What a claim says, or the words of the refusal."""
    try:
        found = say(own)
    except DerivationError as error:
        return f"refused: {error}"
    return json.dumps([found.declare, found.given, found.shows])


@cache
def registered() -> dict[str, Claim]:
    return {c.id: c for c in all_claims()}


SAID: dict[str, dict[str, str]] = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}


def test_every_registered_claim_says_this() -> None:
    assert {name: told(own) for name, own in registered().items()} == SAID["registered"]


@pytest.mark.parametrize("name", CLAIMS)
def test_claims_say_this(name: str) -> None:
    assert told(CLAIMS[name]) == SAID["own"][name]


def test_hypotheses_in_words_are_unchecked_unless_a_declaration_carries_them() -> None:
    own = replace(CLAIMS["a bound"], hypotheses=(Hypothesis("the moon is full"), Hypothesis("S is positive definite"), Hypothesis("u > v", sp.Gt(u, v))))  # fmt: skip
    assert unchecked(own) == ["the moon is full"]


# --- whose certificates count ------------------------------------------------------------------------------------------


def square(more: str = "u") -> dict[str, Any]:
    """A certificate of (u + v)^2 = u^2 + 2 u v + v^2."""
    shows = ["=", ["^", ["+", "u", "v"], 2], ["+", ["^", "u", 2], ["*", "2", more, "v"], ["^", "v", 2]]]
    return {
        "format": K.FORMAT, "claim": "own", "declare": [["u", "real>0"], ["v", "real>0"]], "given": [], "shows": shows,
        "model": {"u": "1", "v": "1"}, "lines": [{"rule": "ring", "shows": shows, "by": []}],
    }  # fmt: skip


SQUARE = claim((u + v) ** 2, u**2 + 2 * u * v + v**2)


def test_certificates_count_for_the_claim_that_they_state_and_for_no_other() -> None:
    """One accepted certificate for each equation, in their order, with the equation for its conclusion."""
    twice = replace(SQUARE, statement=SQUARE.statement * 2)
    known = proofs.shown(SQUARE, [square()])
    assert known is not None and known.claim is SQUARE and not known.to_order and len(known.sequents) == 1
    assert proofs.shown(twice, [square(), square()]) is not None
    for own, found in (
        (SQUARE, []), (SQUARE, [square(), square()]), (twice, [square()]), (SQUARE, [square("v")]), (SQUARE, [{}]),
        (claim((u + v) ** 2, u**2 + u * v + v**2), [square()]), (claim(sp.exp(u), v), [square()]),
        (replace(twice, statement=(*SQUARE.statement, Equation(u, v))), [square(), square()]),
    ):  # fmt: skip
        assert proofs.shown(own, found) is None
    proved = K.check(square())
    believed = replace(proved, sequent=replace(proved.sequent, axioms=frozenset({"belief"})))  # no axiom of the list
    assert proofs.says(SQUARE, (proved,)) is not None and proofs.says(SQUARE, (believed,)) is None


@cache
def to_order() -> tuple[Claim, tuple[Any, ...]]:
    """A claim of leading parts, with its certificates."""
    own = registered()["kappa-from-resolvent"]
    return own, certify(own).certificates


def test_the_word_comes_from_what_is_shown_of_this_claim() -> None:
    known = proofs.shown(SQUARE, [square()])
    own, found = to_order()
    leading = proofs.shown(own, found)
    assert known is not None and leading is not None and leading.to_order
    assert judgement.grade(SQUARE, known) == Grade.PROVED and judgement.grade(own, leading) == Grade.ORDER_K
    for what in (None, leading):
        assert judgement.grade(SQUARE, what) is None
    told = replace(SQUARE, hypotheses=(Hypothesis("the moon is full"), Hypothesis("the sun shines")))
    ((first,), (second,)) = (judgement.evidence(replace(known, claim=c)) for c in (SQUARE, told))
    assert (
        first.about == f"the statement itself, by the kernel: {known.sequents[0].text()}"
        and first.details["unchecked"] == []
    )
    assert second.about.endswith("unchecked and not used: the moon is full; the sun shines")


def test_a_row_keeps_what_is_told_and_no_certainty_but_its_own() -> None:
    """A grade of certainty that others tell is left out, unless it is a premise's; certificates go with the proof."""
    known = proofs.shown(SQUARE, [square()])
    premise = Evidence(Grade.PROVED, "of a premise", {"premise": "x"})
    told = [
        Evidence(Grade.PROVED, "believe me"),
        Evidence(Grade.ORDER_K, "me too"),
        premise,
        Evidence(Grade.CONFRONTED, "numbers"),
    ]
    own = judgement.row(SQUARE, known, told, certificates=("c",), seconds=2.0, reused=True)
    assert [e.about for e in own.evidence[1:]] == ["of a premise", "numbers"] and own.evidence[0].grade == Grade.PROVED
    assert (own.verdict, own.certificates, own.seconds, own.reused, own.reason) == (Grade.PROVED, ("c",), 2.0, True, "")
    bare = judgement.row(SQUARE, None, told, certificates=("c",))
    assert [e.about for e in bare.evidence] == ["of a premise", "numbers"] and bare.certificates == ()
    assert bare.verdict == Grade.CONFRONTED
    twin = judgement.row(replace(SQUARE), known, told)  # what is shown is of another claim
    assert [e.about for e in twin.evidence] == ["of a premise", "numbers"] and twin.verdict == Grade.CONFRONTED
    assert judgement.row(SQUARE, known, told, sound=False).verdict == Grade.UNDECIDED
    assert judgement.row(SQUARE, None, told, gaps=("a gap",)).reason.endswith("a gap")


def seen(*grades: Grade, **details: Any) -> tuple[Evidence, ...]:
    return tuple(Evidence(g, f"by {g}", details) for g in grades)


PROVED, ORDER_K, ENCLOSED, CONFRONTED, ASSUMED, REFUTED, UNDECIDED = Grade
MEANINGLESS = Evidence(UNDECIDED, "no meaning", {"meaningless": True})
FAILED = Evidence(ASSUMED, "step 3 is false", {"step_failed": 3})
VERDICTS: list[tuple[Any, Any]] = [  # (evidence, proved, sound, gaps), (verdict, reason)
    (((), None, True, ()), (UNDECIDED, "nothing tested it")),
    ((seen(PROVED), None, True, ()), (UNDECIDED, "nothing tested it")),  # the word of others is no proof
    ((seen(ASSUMED), None, True, ()), (UNDECIDED, "nothing tested it")),
    ((seen(UNDECIDED), None, True, ()), (UNDECIDED, "by undecided")),
    ((seen(CONFRONTED, ENCLOSED), None, True, ()), (ENCLOSED, "")),
    ((seen(CONFRONTED, UNDECIDED), None, True, ()), (CONFRONTED, "")),
    ((seen(CONFRONTED), None, True, ("a gap", "another")), (UNDECIDED, "the derivation does not go through: a gap")),
    ((seen(CONFRONTED), PROVED, True, ("a gap",)), (PROVED, "")),
    (((), ORDER_K, True, ()), (ORDER_K, "")),
    ((seen(UNDECIDED), PROVED, True, ()), (PROVED, "")),
    (((*seen(UNDECIDED), MEANINGLESS), PROVED, True, ()), (UNDECIDED, "no meaning")),
    ((seen(CONFRONTED), PROVED, False, ()), (UNDECIDED, "the derivation does not go through")),
    (((*seen(CONFRONTED), FAILED), PROVED, False, ()), (UNDECIDED, "step 3 is false")),
    (((*seen(REFUTED), MEANINGLESS), PROVED, False, ()), (REFUTED, "")),
]


@pytest.mark.parametrize(("told", "said"), VERDICTS)
def test_the_verdict_is_the_first_of_these(told: Any, said: Any) -> None:
    """Refuted; without meaning; by a faulty derivation; proved; by numbers, where nothing is missing; undecided."""
    assert verdict(*told) == said


def test_what_holds_and_what_is_refuted_as_expected_is_accepted() -> None:
    """A statement kept as refuted is in order if it is refuted; undecided is neither."""

    def made(said: Grade, expected: str = "holds", **more: Any) -> Row:
        return Row("i", "t", "s", "equality", said, seen(said), 1.23456, expected, **more)

    outcomes = {PROVED: "accepted", CONFRONTED: "accepted", REFUTED: "failed", UNDECIDED: "undecided"}
    assert {g: made(g).outcome for g in outcomes} == outcomes
    assert (made(REFUTED, "refuted").outcome, made(PROVED, "refuted").outcome) == ("accepted", "failed")
    assert made(UNDECIDED, "refuted").outcome == "undecided" and made(PROVED).ok and not made(REFUTED).ok
    row = made(PROVED).to_json()
    assert row["seconds"] == 1.235 and row["evidence"] == [{"grade": "proved", "about": "by proved"}]
    assert "reason" not in row and "finding" not in row and not row["reused"]
    more = made(UNDECIDED, reason="none", finding="a slip").to_json()
    assert more["reason"] == "none" and more["finding"] == "a slip"


def test_numbers_that_json_cannot_carry() -> None:
    assert [finite(x) for x in (1.5, float("inf"), float("-inf"), float("nan"))] == [1.5, "inf", "-inf", None]


def everything() -> dict[str, dict[str, str]]:
    return {
        "registered": {name: told(own) for name, own in registered().items()},
        "own": {name: told(own) for name, own in CLAIMS.items()},
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(everything(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
