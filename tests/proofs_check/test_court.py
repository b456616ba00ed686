"""The court: what it calls proved, what it withholds, and what it cannot use."""

from __future__ import annotations

import copy
import dataclasses

import pytest
import sympy as sp

from ridgeproof.errors import InputError
from ridgeproof.proofs_check import judgement
from ridgeproof.proofs_check.court import schedule
from ridgeproof.proofs_check.court.certify import certify, conclude
from ridgeproof.proofs_check.court.court import verify
from ridgeproof.proofs_check.meaning.proofs import shown
from ridgeproof.proofs_check.proving.carrying import carry_out
from ridgeproof.proofs_check.proving.conditions import facts, implied, nonzero, open_conditions, read
from ridgeproof.proofs_check.proving.gaps import ELSEWHERE
from ridgeproof.proofs_check.verdicts import Evidence, Grade
from ridgeproof.theorems.chain import link_claim, link_min_norm, same_design
from ridgeproof.theorems.claim import (
    Algebra,
    Claim,
    Equation,
    Fit,
    Hypothesis,
    Premise,
    Relation,
    Setting,
    Sign,
    Stein,
    Step,
    Traces,
    Words,
)
from ridgeproof.theorems.equivalents import clean_ridge, fake_data_isotropic, fake_data_term
from ridgeproof.theorems.finite_sample import (
    fresh,
    inverse_wishart,
    least_squares_limit,
    moments_downstream,
)
from ridgeproof.theorems.functions import E_test, Expect, df, trace
from ridgeproof.theorems.leading_order import one_fit
from ridgeproof.theorems.power_law import beta_integral, bias_order_uncorrected, df1_power_law
from ridgeproof.theorems.power_orders import df1_order
from ridgeproof.theorems.registry import all_claims
from ridgeproof.theorems.vocabulary import A, S, Sinv, T, W, Winv, X, d, df2, kappa, lam, sigma2


def claim(
    left: sp.Basic, right: sp.Basic, *steps: Step, hypotheses: tuple[Hypothesis, ...] = (), **more: object
) -> Claim:
    """A claim of a user, in as few words as can be."""
    fields = {"id": "own", "title": "own", "source": "own", "relation": Relation.EQUALITY} | more
    return Claim(statement=(Equation(left, right),), hypotheses=hypotheses, derive=lambda: steps, **fields)  # type: ignore[arg-type]


def verdict_of(own: Claim) -> Grade:
    return verify([own]).rows[0].verdict


# --- what a certificate is a proof of --------------------------------------------------------------------------------


def test_a_random_trace_without_expectation_is_not_proved() -> None:
    """tr(A W^-1) = tr(A S^-1)/(T-d-1) is false almost surely, although the kernel certifies its expectation."""
    value = trace(A * Sinv) / (T - d - 1)
    step = Traces("by parts", trace(A * Winv), value, by=(Stein(X, X * Winv * A * Sinv),))
    own = claim(trace(A * Winv), value, step, hypotheses=(fresh, moments_downstream))
    assert not certify(own).complete
    assert verdict_of(own) == Grade.REFUTED


def test_a_product_of_expectations_is_not_the_expectation_of_the_product() -> None:
    """E[tr W]^2 is T^2 tr(S)^2; what the Stein identities prove with these hints is E[(tr W)^2], which is larger."""
    value = T**2 * trace(S) ** 2 + 2 * T * trace(S * S)
    hints = (Stein(X, X, (W,)), Stein(X, X, (S,)), Stein(X, X * S))
    squared = Expect(trace(W)) ** 2
    assert not certify(
        claim(squared, value, Traces("by parts", squared, value, by=hints), hypotheses=(fresh,))
    ).complete
    inside = Expect(trace(W) ** 2)
    assert certify(claim(inside, value, Traces("by parts", inside, value, by=hints), hypotheses=(fresh,))).complete


def test_another_statement_is_not_proved_by_the_same_steps() -> None:
    """A certificate proves its conclusion, and nothing that merely resembles it: T - d for T - d - 1
    (docs/theory.md#F3).
    """
    off_by_one = dataclasses.replace(
        inverse_wishart, statement=(Equation(inverse_wishart.statement[0].left, trace(A * Sinv) / (T - d)),)
    )
    assert certify(inverse_wishart).complete
    assert not certify(off_by_one).complete


def test_a_certificate_of_other_letters_does_not_prove_the_claim() -> None:
    """A changed law makes a different theorem, however true: rows of covariance I for S (docs/theory.md#F3)."""
    (original,) = certify(inverse_wishart).certificates
    assert shown(inverse_wishart, [original]) is not None
    other = copy.deepcopy(original)
    (law,) = (what for name, what in other["declare"] if name == "X")
    law["gaussian"] = [None, "1"]
    assert shown(inverse_wishart, [other]) is None
    assert shown(inverse_wishart, []) is None and shown(inverse_wishart, [original, original]) is None


def test_a_step_without_a_sequent_is_not_called_proved() -> None:
    """A true statement in words that no rule concludes: its step goes through, and its verdict rests on numbers."""
    value = sp.sin(T) ** 2 + sp.cos(T) ** 2
    own = claim(value, sp.S.One, Algebra("Pythagoras", value, value))
    proof = certify(own)
    assert proof.sound and not proof.complete
    assert proof.evidence[0].grade == Grade.ASSUMED and proof.evidence[0].about.startswith("no rule states this yet")
    assert verdict_of(own) not in (Grade.PROVED, Grade.ORDER_K)


def test_only_what_is_shown_of_this_claim_is_called_proved() -> None:
    """Evidence that says "proved", from a store or a child, and a sequent of another claim, do not give the word."""
    (original,) = certify(inverse_wishart).certificates
    known = shown(inverse_wishart, [original])
    said = [Evidence(Grade.PROVED, "believe me"), Evidence(Grade.CONFRONTED, "numbers agree")]
    assert judgement.row(inverse_wishart, known, said).verdict == Grade.PROVED
    twin = dataclasses.replace(inverse_wishart)
    for own, what in ((inverse_wishart, None), (twin, known), (least_squares_limit, known)):
        row = judgement.row(own, what, said, certificates=(original,))
        assert row.verdict == Grade.CONFRONTED and row.certificates == ()
        assert all(e.grade != Grade.PROVED for e in row.evidence)
    refuted = [*said, Evidence(Grade.REFUTED, "a counterexample")]
    assert judgement.row(inverse_wishart, known, refuted).verdict == Grade.REFUTED


def test_deleting_a_premise_never_raises_a_grade() -> None:
    """Of every claim with premises whose proof takes a moment: it is not proved for having fewer of them."""
    tried = 0
    for own in all_claims():
        steps = own.derivation() if schedule.cost(schedule.Piece("proof", own.id)) < 0.5 else ()
        if any(isinstance(s, Premise) for s in steps):
            bare = tuple(s for s in steps if not isinstance(s, Premise))
            with_them, without = (conclude(own, carry_out(own, used)) for used in (steps, bare))
            assert with_them.complete or not without.complete, own.id
            tried += 1
    assert tried >= 5


# --- hypotheses ------------------------------------------------------------------------------------------------------


def test_moments_must_follow_from_the_hypotheses() -> None:
    """The inverse Wishart mean needs T >= d + 2 (docs/theory.md#F3): T >= d + 3 grants it, T >= d + 1 does not."""
    for bound, proved in ((3, True), (2, True), (1, False)):
        own = dataclasses.replace(inverse_wishart, hypotheses=(fresh, Hypothesis("", sp.Ge(T, d + bound))))
        assert certify(own).complete is proved


def test_an_inverse_must_exist_even_where_no_moment_is_taken() -> None:
    """W^-1 W = I is an identity for every draw, and says nothing where W = X'X has no inverse: T < d."""
    one = sp.Identity(d)
    for hypotheses, proved in (((fresh,), False), ((fresh, Hypothesis("", sp.Ge(T, d))), True)):
        proof = certify(claim(Winv * W, one, Words("its inverse", Winv * W, one), hypotheses=hypotheses))
        assert proof.complete is proved
        assert proved or any("inverses" in e.about and "Winv: T >= d" in e.about for e in proof.evidence)


def test_an_abbreviation_may_not_change_what_certificates_mean_by_a_symbol() -> None:
    """E4 with df_1 written for df_2: the certified steps speak of tr S^2 (S + kappa)^-2 all the same."""
    assert certify(one_fit).complete
    where = tuple((x, df(1, kappa) if x == df2 else m) for x, m in one_fit.where)
    proof = certify(dataclasses.replace(one_fit, where=where))
    assert not proof.complete
    assert any("abbreviations" in e.about for e in proof.evidence)


def test_a_statement_is_read_with_its_own_abbreviations_and_steps_with_theirs() -> None:
    """A fault in an abbreviation of the link shows, although its derivation uses the same name (docs/theory.md#E4)."""
    carried = carry_out(link_claim, link_claim.derivation())
    base = conclude(link_claim, carried)
    (name, gain), rest = link_claim.where[2], link_claim.where[3:]
    faulty = dataclasses.replace(link_claim, where=(*link_claim.where[:2], (name, 2 * gain), *rest))
    assert not conclude(faulty, carried).complete
    assert conclude(faulty, carried).worse_than(base) and not base.worse_than(base)


def test_one_design_is_certified_up_to_one_min_norm_fit() -> None:
    """E5 rests on the min-norm link, which rests on one assumption: that lambda_0 -> 0+ may be taken in E4."""
    same, link = certify(same_design), certify(link_min_norm)
    assert same.sound and same.premises == ("link-min-norm",)
    assert same.evidence[0].about.startswith("no rule states this yet (every step drafted in lines): ")
    assert link.sound and not link.complete
    assert [e.about[:14] for e in link.evidence if "believe" in e.details] == ["step 5 (cited)"]
    for proof in (same, link):
        assert ELSEWHERE not in proof.gaps
    alone = dataclasses.replace(same_design, hypotheses=())
    assert any("moments" in gap for gap in certify(alone).gaps)  # (X X')^-1 exists for T0 <= d


def test_an_equality_does_not_follow_from_an_equivalent() -> None:
    """E2 has a leading order, whatever its derivation certifies; an order has no constants (docs/theory.md#E2, #P1)."""
    for own, more in ((clean_ridge, Relation.EQUALITY), (one_fit, Relation.EQUALITY), (df1_order, Relation.ASYMPTOTIC)):
        assert certify(own).complete
        proof = certify(dataclasses.replace(own, relation=more))
        assert not proof.complete and any("is more than follows from" in gap for gap in proof.gaps)


def test_what_stands_for_the_test_error_is_that_of_the_setting() -> None:
    """A setting with another noise, ridge or number of fits is another problem than the one derived
    (docs/theory.md#E4).
    """
    for own in (clean_ridge, fake_data_term, fake_data_isotropic, link_min_norm):
        carried = carry_out(own, own.derivation())
        assert own.setting is not None and not any("stands for" in gap for gap in conclude(own, carried).gaps)
        last = dataclasses.replace(own.setting.downstream, noise=3 * own.setting.downstream.noise + 1)
        mutant = dataclasses.replace(own, setting=dataclasses.replace(own.setting, downstream=last))
        assert any("stands for" in gap for gap in conclude(mutant, carried).gaps), own.id


def test_a_step_that_numbers_refute_is_not_searched_for() -> None:
    """It says that the two sides differ, instead of losing itself in partial fractions."""
    proof = certify(claim(T, T + 1, Algebra("false", T, T + 1)))
    assert not proof.sound and any("differ at a point" in e.about for e in proof.evidence)


def test_a_denominator_that_may_vanish_withholds_proved() -> None:
    """(d/(T-d-1))/((d/T)/(1-d/T)) = 1 + 1/(T-d-1) has no meaning at T = d + 1 (docs/theory.md#F4)."""
    assert certify(least_squares_limit).complete
    bare = dataclasses.replace(least_squares_limit, hypotheses=())
    evidence = certify(bare).evidence
    assert not certify(bare).complete
    assert any("denominator" in e.about for e in evidence)


def test_a_sign_assumed_beyond_the_hypotheses_withholds_proved() -> None:
    """A step may not assume what the claim does not: here lambda >= 1."""
    step = Sign("lambda is at least 1", lam * d - d, ">=", ((lam - 1, ">="), (d, ">")))
    assert any("signs" in gap for gap in certify(claim(d, lam * d, step, relation=Relation.BOUND)).gaps)
    granted = (Hypothesis("", sp.Ge(lam, 1)),)
    assert certify(claim(d, lam * d, step, relation=Relation.BOUND, hypotheses=granted)).complete


def test_hypotheses_that_contradict_each_other_prove_nothing() -> None:
    """T >= d + 2 and T < d: whatever is certified, nothing satisfies it, and the ledger says so."""
    impossible = (moments_downstream, Hypothesis("", sp.Lt(T, d)))
    own = claim(T + 1, 1 + T, Algebra("the same", T + 1, 1 + T), hypotheses=impossible)
    row = verify([own]).rows[0]
    assert row.verdict == Grade.UNDECIDED
    assert "contradict each other: T >= d + 2, T < d" in row.reason


def test_side_conditions_are_read_without_evaluating_text() -> None:
    """The kernel's text of a polynomial, brackets and all, becomes the polynomial; factors are proved one by one."""
    assert read("-T[m]^2*s + 3*d - 1/2 != 0") == -(sp.Symbol("T[m]") ** 2) * sp.Symbol("s") + 3 * sp.Symbol(
        "d"
    ) - sp.Rational(1, 2)
    granted = facts(inverse_wishart)  # T >= d + 2, d >= 1
    assert nonzero(read("T^2 - 2*T*d + d^2 - T + d != 0"), granted)  # (T - d)(T - d - 1)
    assert open_conditions(["T - d - 2 != 0", "T*d != 0"], granted) == ["-T + d + 2 != 0"]
    assert implied((T - d - 1, ">"), granted) and not implied((T - d - 3, ">="), granted)


# --- derivations -----------------------------------------------------------------------------------------------------


def test_a_faulty_step_lowers_the_verdict_whatever_the_numbers_say() -> None:
    """Agreement with numbers cannot stand in for an argument that does not go through."""
    plain = claim(T + d, d + T)
    wrong = claim(T + d, d + T, Algebra("wrong", T, T + 1))
    assert verdict_of(plain) == Grade.CONFRONTED
    assert verdict_of(wrong) == Grade.UNDECIDED


@pytest.mark.parametrize("derive", [lambda: 1 / 0, lambda: 3, lambda: ("a step",), lambda: (Algebra("x", T, "T"),)])
def test_a_derivation_that_cannot_be_carried_out_is_said_plainly(derive: object) -> None:
    """A user's derivation is the user's code: its failure is evidence, not a traceback."""
    own = dataclasses.replace(claim(T, T), derive=derive)
    row = verify([own]).rows[0]
    assert row.verdict == Grade.UNDECIDED and row.reason
    assert any("carried out" in e.about or "does not go through" in e.about for e in row.evidence)


def test_an_isotropic_step_proves_nothing_in_general() -> None:
    """An identity for S = I is no conclusion about an arbitrary covariance."""
    from ridgeproof.theorems.functions import SpectralSum
    from ridgeproof.theorems.vocabulary import norm2, s

    total = SpectralSum(s**2)
    step = Algebra("for S = I", total, d * sp.S.One, isotropic=(d, norm2))
    assert not certify(claim(total, d * sp.S.One, step)).complete


# --- unusable input --------------------------------------------------------------------------------------------------


def test_premises_in_a_circle_cost_their_claims_alone() -> None:
    """Two claims that rest on each other would prove each other; a third beside them is judged."""
    one = dataclasses.replace(claim(T, T, Premise("", "own-b")), id="own-a")
    two = dataclasses.replace(claim(T, T, Premise("", "own-a")), id="own-b")
    three = dataclasses.replace(claim(T, T), id="own-c")
    ledger = verify([one, two, three])
    assert [r.verdict for r in ledger.rows] == [Grade.UNDECIDED, Grade.UNDECIDED, Grade.CONFRONTED]
    assert "circle: own-a -> own-b -> own-a" in ledger.rows[0].reason


def test_a_claim_may_not_take_the_id_of_another() -> None:
    """Otherwise a user's claim could pass for a premise of the ledger."""
    with pytest.raises(InputError, match="inverse-wishart"):
        verify([dataclasses.replace(claim(T, T), id="inverse-wishart")])


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("hypotheses", ("T > 3",), "not a Hypothesis"),
        ("hypotheses", (Hypothesis("", "T > 3"),), "not a SymPy relation"),  # type: ignore[arg-type]
        ("setting", "isotropic", "not a Setting"),
        ("setting", Setting("odd", "zero", (), Fit(T, lam, sigma2)), "spectrum = 'odd'"),  # type: ignore[arg-type]
        ("setting", Setting("any", "zero", (Fit(T, -sp.S.One, sigma2),), Fit(T, lam, sigma2)), "negative"),
        ("limit", "T", "limit is not made of pairs"),
        ("limit", (T, 0), "limit is not made of pairs"),
        ("where", ((T, T + 1),), "defined through T"),
        ("derive", 7, "cannot be called"),
        ("statement", (Equation(E_test, T),), "no setting"),
        ("statement", (Equation(S, T),), "not of one shape"),
        ("statement", (Equation(trace(sp.MatrixSymbol("M", d, d)), T),), "M is not in the vocabulary"),
        ("statement", (Equation(sp.Eq(T, d), sp.true),), "no number or matrix"),
    ],
)
def test_a_claim_of_the_wrong_form_is_one_line(field: str, value: object, said: str) -> None:
    """One line that names the claim, what is wrong and what is accepted; the claim beside it is judged."""
    wrong = dataclasses.replace(claim(T, T), **{field: value})
    first, second = verify([wrong, dataclasses.replace(claim(T, T), id="beside")]).rows
    assert (first.outcome, second.outcome) == ("undecided", "accepted")
    assert said in first.reason and "claim own" in first.reason and "accepted" in first.reason
    assert "\n" not in first.reason


@pytest.mark.slow
def test_what_is_assumed_is_counted_once() -> None:
    """A claim whose derivation rests on the assumption is no second one, and none at all where a sequent proves it."""
    both = verify([beta_integral, df1_power_law]).to_json()
    assert both["assumed_steps"] == 1 and [a["claim"] for a in both["assumed"]] == ["beta-integral"]
    alone = verify([df1_power_law]).to_json()
    assert alone["assumed_steps"] == 0 and alone["assumed"] == []
    assert verify([bias_order_uncorrected]).to_json()["assumed"] == []  # what is kept as refuted rests on nothing


def test_the_ledger_does_not_depend_on_the_number_of_workers() -> None:
    """Bit for bit, except for the seconds: witnesses are seeded by the claim, not by the process."""
    some = [
        c
        for c in all_claims()
        if c.id in ("inverse-wishart", "kappa-bounds", "kappa-monotone", "df1-power-law", "clean-law")
    ]
    documents = [[r.to_json() | {"seconds": 0} for r in verify(some, workers=w).rows] for w in (1, 2)]
    assert documents[0] == documents[1]


def test_hypotheses_in_words_are_told_as_unchecked_with_every_verdict() -> None:
    """Confronted, refuted and undecided alike: x = 1 "where x is one" is refuted by numbers that know nothing of it."""
    x = sp.Symbol("x", positive=True)
    sums = Equation(sp.Sum(1 / sp.Symbol("k", integer=True) ** 2, (sp.Symbol("k", integer=True), 1, sp.oo)), x)
    moon = Hypothesis("the moon is full")
    asked = [
        Claim("own-holds", "", "test", Relation.EQUALITY, (Equation(sp.exp(x) * sp.exp(-x), sp.S.One),), (moon,)),
        Claim("own-fails", "", "test", Relation.EQUALITY, (Equation(x**2, sp.S.One),), (moon,)),
        Claim("own-open", "", "test", Relation.ASYMPTOTIC, (sums,), (moon,), limit=(x, sp.Integer(3))),
    ]
    rows = verify(asked, workers=1).rows
    assert [str(r.verdict) for r in rows] == ["confronted", "refuted", "undecided"]
    for row in rows:
        assert any("unchecked: the moon is full" in e.about and e.details["unchecked"] for e in row.evidence)
    assert "the moon is full" in rows[2].reason
