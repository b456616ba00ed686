"""The audit: faults are really faults, what catches them is counted honestly, and nothing escapes."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import random
import subprocess
import sys
from typing import Any

import pytest
import sympy as sp
from sympy.matrices.expressions.trace import Trace

from ridgeproof.proofs_check.audit import equivalence as audit_equivalence
from ridgeproof.proofs_check.audit import faults as audit_faults
from ridgeproof.proofs_check.audit import sabotage, truths
from ridgeproof.proofs_check.audit.mutations import scope_of, spread_out, variants
from ridgeproof.proofs_check.audit.planting import audit, audit_claim
from ridgeproof.proofs_check.audit.tally import Tally, report
from ridgeproof.proofs_check.court.certify import conclude
from ridgeproof.proofs_check.proving.carrying import carry_out
from ridgeproof.proofs_check.witnesses.judge import judge
from ridgeproof.theorems.chain import link_claim, link_min_norm
from ridgeproof.theorems.claim import Claim, Equation, Hypothesis, Relation
from ridgeproof.theorems.equivalents import clean_ridge, kappa_fixed_point
from ridgeproof.theorems.finite_sample import bias_variance, inverse_wishart, least_squares_chain
from ridgeproof.theorems.functions import Kappa, SpectralSum, df
from ridgeproof.theorems.leading_order import two_resolvents
from ridgeproof.theorems.paper_bias import forgetting_isotropic
from ridgeproof.theorems.power_law import (
    bias_above_saturation,
    bias_at_saturation,
    bias_below_saturation,
    clean_law,
    theorem_3,
    theorem_3_cut_off,
)
from ridgeproof.theorems.registry import claims
from ridgeproof.theorems.vocabulary import (
    T0,
    R,
    S,
    Sh,
    T,
    a,
    b,
    beta,
    d,
    ell,
    k,
    kappa,
    lam,
    n,
    r,
    s,
    sigma02,
    sigma2,
    w0,
    w2,
)  # fmt: skip


def faults_of(expr: sp.Basic) -> set[tuple[str, sp.Basic]]:
    return set(variants(expr, scope_of([expr])))


def test_every_kind_of_fault_is_planted_somewhere() -> None:
    """The list of the issue: sign, coefficient, exponent, swapped symbol, dropped term, lambda for kappa, T for T0,
    df_1 for df_2, a wrong logarithm, off by one, Min for Max, a matrix word out of order."""
    some = (inverse_wishart, two_resolvents, clean_ridge, clean_law, bias_at_saturation)
    found = {operator for c in some for operator, _ in audit_faults.statements(c)}
    assert found >= {
        "sign", "coefficient", "exponent", "swapped symbol", "swapped letter", "dropped term", "dropped factor",
        "off by one",
        "lambda for kappa", "df_1 for df_2", "wrong logarithm", "Min for Max", "order of factors", "transpose",
    }  # fmt: skip


def test_faults_of_a_variance() -> None:
    """sigma^2 df_2/(T - df_2): the faults that a careless author would make are all among those planted."""
    k = Kappa(lam, T)
    planted = {new for _, new in faults_of(sigma2 * df(2, k) / (T - df(2, k)))}
    assert planted >= {
        sigma2 * df(1, k) / (T - df(2, k)),
        sigma2 * df(2, k) / T,
        sigma2 * df(2, k) / (T + df(2, k)),
        df(2, k) / (T - df(2, k)),
        sigma2 * df(2, lam) / (T - df(2, k)),
        sigma2 * df(2, k) / (T + 1 - df(2, k)),
    }


@pytest.mark.parametrize("claim", [inverse_wishart, clean_law, bias_variance, bias_at_saturation], ids=lambda c: c.id)
def test_a_mutant_is_never_the_claim_itself(claim: Claim) -> None:
    """Otherwise an uncaught fault could be no fault at all, and a caught one a false alarm."""
    mutants = [m.equations for _, m in audit_faults.statements(claim)]
    assert claim.equations not in mutants and len(set(mutants)) == len(mutants) > 10


def test_operators_take_turns() -> None:
    """A cap on the number of faults may not leave a kind of fault out."""
    chosen = spread_out([("a", i) for i in range(50)] + [("b", 0), ("c", 0)], 6, random.Random(0))
    assert {operator for operator, _ in chosen} == {"a", "b", "c"} and len(chosen) == 6


# --- equivalence is proved, never guessed -----------------------------------------------------------------------------


def why(claim: Claim, right: sp.Basic, left: sp.Basic | None = None) -> str:
    part = Equation(claim.statement[0].left if left is None else left, right)
    mutant = dataclasses.replace(claim, statement=(part, *claim.statement[1:]))
    return audit_equivalence.reason(claim, mutant, carry_out(claim, claim.derivation()))


def test_one_sample_more_is_no_fault_of_an_equivalent_and_is_one_of_an_exact_law() -> None:
    """sigma^2 df_2/(T + 1 - df_2) has the same limit in proportion; d/(T - d) is not d/(T - d - 1) (docs/theory.md#E2,
    #F4).
    """
    right = clean_ridge.equations[0].right
    k = Kappa(lam, T)
    one_more = right.subs(1 / (T - df(2, k)), 1 / (T + 1 - df(2, k)))
    assert one_more != right
    assert "tends to 1" in why(clean_ridge, one_more)
    assert why(clean_ridge, 2 * right) == ""
    exact = least_squares_chain.equations[0].right
    assert why(least_squares_chain, exact.subs(1 / (T - d - 1), 1 / (T - d))) == ""


def test_a_constant_is_no_fault_of_an_order_and_a_parameter_is() -> None:
    """Twice the law is the same order; the law without sigma^2 is another (docs/theory.md#P3)."""
    right = clean_law.equations[0].right
    assert why(clean_law, 2 * right)
    assert why(clean_law, right.subs(sigma2, 1)) == ""


def test_one_term_of_an_order_may_change_by_a_bounded_factor_and_not_by_its_number_of_generations() -> None:
    """T + 1 for T is the same order; n + 1 for n is not, because at n = 0 there is no fake data (docs/theory.md#P4)."""
    right = theorem_3_cut_off.equations[0].right
    term = n * sigma02 * T ** (a - b)
    assert "bounded" in why(theorem_3_cut_off, right.subs(term, n * sigma02 * (T + 1) ** (a - b)))
    assert why(theorem_3_cut_off, right.subs(n, n + 1)) == ""
    assert why(theorem_3_cut_off, right.subs(term, n * sigma02 * T ** (a - b + 1))) == ""
    clean = theorem_3.equations[0].right
    bias = 1 - 2 * sp.Min(r, 1) * ell - ell / beta
    assert clean.has(T**bias)
    assert "bounded" in why(theorem_3, clean.subs(T**bias, (T - 1) ** bias))  # inside Max(sigma^2, T^bias)
    assert why(theorem_3, clean.subs(T**bias, T ** (bias + 1))) == ""


def test_sums_whose_terms_agree_in_the_limit_are_one_where_the_larger_converges() -> None:
    """k^2 sum w0^2/s and k^2 sum s w0^2/(s + k)^2 have one limit for r > 1 only (docs/theory.md#P1)."""
    right = bias_above_saturation.statement[0].right
    assert "dominates" in why(bias_above_saturation, right, k**2 * SpectralSum(w2 / s))
    assert why(bias_above_saturation, right, k**2 * SpectralSum(s * w2 / (s - k) ** 2)) == ""
    below = bias_below_saturation.statement[0].right
    assert why(bias_below_saturation, below, k**2 * SpectralSum(w2 / s)) == ""  # the sum diverges


def test_letters_that_commute_may_change_places_and_others_not() -> None:
    """Sh R = R Sh, because R is the inverse of Sh + lambda; B does not commute with R."""
    left, right = two_resolvents.statement[0].left, two_resolvents.statement[0].right
    assert why(two_resolvents, right, left.subs(Sh * R, R * Sh)) or left.subs(Sh * R, R * Sh) == left
    assert why(two_resolvents, 2 * right) == ""


# --- what becomes of the faults --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tallies() -> dict[str, Tally]:
    """A sample of faults in a proved equality, an asymptotic that rests on an assumption, and an equivalent."""
    return {c.id: audit_claim(c) for c in (inverse_wishart, bias_above_saturation, clean_ridge)}


def by(tally: Tally, instrument: str) -> int:
    """How many faults an instrument notices."""
    return sum(n for (_, noticed), n in tally.noticed.items() if instrument in noticed)


def test_no_fault_escapes_and_every_instrument_notices_some(tallies: dict[str, Tally]) -> None:
    """F3, E2, P1: statement, relation, hypotheses, derivation and changed entries of the certificate."""
    for tally in tallies.values():
        assert (
            [e for e in tally.escaped if e["place"] != "words"] == []
            and tally.left_out == 0
            and sum(tally.planted.values()) >= 18
        )
        assert {"statement", "relation", "hypothesis", "derivation", "certificate"} <= set(tally.planted)
        dropped = sum(f.operator == "dropped hypothesis" for f in tally.faults)
        claim = claims()[tally.id]
        assert dropped == sum(h.condition not in (None, sp.true) for h in claim.hypotheses)
        assert tally.planted["words"] == sum(h.condition is None for h in claim.hypotheses)
        assert tally.planted["small"] == 3  # 1 %, 2 %, 5 %
        assert min(by(tally, "kernel"), by(tally, "exact")) >= 5
    assert by(tallies["clean-ridge"], "simulation") > 0 and tallies["clean-ridge"].planted["setting"] == 3


def test_an_instrument_that_is_switched_off_notices_nothing() -> None:
    """Without the kernel the faults in the derivation escape, since nothing else looks at it; others do not."""
    tally = audit_claim(inverse_wishart, off=("kernel",))
    assert by(tally, "kernel") == 0
    assert {e["place"] for e in tally.escaped} == {"derivation", "certificate"}
    tally = audit_claim(inverse_wishart, off=("exact", "simulation"))
    assert by(tally, "exact") == by(tally, "simulation") == 0 < by(tally, "kernel")


def test_faults_of_one_per_cent_and_faults_in_the_setting_are_planted() -> None:
    """1 %, 2 % and 5 % beside gross ones; T for T0, sigma for sigma0, one generation more (docs/theory.md#F4)."""
    small = {operator for operator, _ in audit_faults.small(least_squares_chain)}
    assert small == {"factor 1.01", "factor 1.02", "factor 1.05"}
    operators = {operator for operator, _ in audit_faults.settings(least_squares_chain)}
    assert operators >= {"setting: samples", "setting: noise", "setting: generations", "setting: ridge"}
    assert not list(audit_faults.settings(inverse_wishart))  # no test error, nothing to refer to


def test_a_wrong_witness_and_a_wrong_translation_are_noticed() -> None:
    """1 % more in exact means contradicts what the kernel proves; a word that counts twice breaks a proof."""
    known: dict[str, object] = {}
    made = [*sabotage.translations(), *sabotage.witnesses()]
    picked = [f for f in made if f.place == "translation" or f.what == "bartlett.exact_mean: 1 % more"]
    assert len(picked) == 6 and all(sabotage.noticed(f, known) for f in picked)
    nothing = dataclasses.replace(picked[0], planted=contextlib.nullcontext)
    assert sabotage.noticed(nothing, known) == ()


# --- what is true after all -------------------------------------------------------------------------------------------


def changed(claim: Claim, **fields: object) -> Claim:
    return dataclasses.replace(claim, **fields)  # type: ignore[arg-type]


def test_a_weaker_bound_is_true_and_a_stronger_one_is_not() -> None:
    """a <= b gives a <= b + T d; kappa d <= (T (1 + kappa)^2 - d)/1.01 is false near T (1 + kappa) = d
    (docs/theory.md#X1).
    """
    bound = forgetting_isotropic.statement[0]
    weaker = changed(forgetting_isotropic, statement=(Equation(bound.left, bound.right + T * d),))
    assert truths.reason(forgetting_isotropic, weaker) == "the changed inequality follows from the claim"
    stronger = changed(forgetting_isotropic, statement=(Equation(bound.left, bound.right / sp.Rational(101, 100)),))
    assert truths.reason(forgetting_isotropic, stronger) == ""
    assert judge(stronger).outcome == "fails"


def test_a_consequence_of_a_bound_is_true_by_its_own_gap() -> None:
    """kappa d <= T (1 + kappa)^2 - d has the gap (1 + kappa)(T (1 + kappa) - d), so that T (1 + kappa) >= d, and then
    kappa T <= T (1 + kappa)^2 - d; kappa d <= T (1 + kappa) - d is no consequence of it (docs/theory.md#X1).
    """
    bound = forgetting_isotropic.statement[0]
    other = changed(forgetting_isotropic, statement=(Equation(T * kappa, bound.right),))
    assert truths.reason(forgetting_isotropic, other) == "the changed inequality follows from the claim"
    wrong = changed(forgetting_isotropic, statement=(Equation(bound.left, T * (1 + kappa) - d),))
    assert truths.reason(forgetting_isotropic, wrong) == "" and judge(wrong).outcome == "fails"


def test_traces_of_squares_are_not_negative() -> None:
    """tr(S M M') = |S^1/2 M|^2 in any turn of the trace; tr(S M M) has no sign."""
    claim = claims()["operator-norm-bound"]
    m = next(x for x in claim.statement[0].right.atoms(sp.MatrixSymbol) if x.name == "M")
    assert truths.nonnegative(claim, Trace(S * m * m.T) + 2 * Trace(m.T * S * m) * Trace(w0 * w0.T))
    assert not truths.nonnegative(claim, Trace(S * m * m)) and not truths.nonnegative(claim, -Trace(m * m.T))


def test_the_search_for_a_violation_stays_at_the_isotropic_covariance() -> None:
    """T (1 + kappa) > d is a consequence of lambda > 0 where S = I; at S = I/2 the bound is false (docs/theory.md#X1).

    The search once moved the eigenvalues of S = I, and refuted the bound without that hypothesis.
    """
    kept = tuple(h for h in forgetting_isotropic.hypotheses if h.condition is None or h.condition == sp.Gt(lam, 0))
    assert len(kept) == len(forgetting_isotropic.hypotheses) - 1
    assert judge(changed(forgetting_isotropic, hypotheses=kept)).outcome == "holds"


def test_one_sample_less_is_no_fault_of_a_proportion_and_is_one_of_a_size() -> None:
    """T0 <= d - 1 admits the same T0/d as T0 <= d - 2; T0 <= d does not, for there T0 = d (docs/theory.md#E4)."""
    others = tuple(h for h in link_min_norm.hypotheses if h.condition != sp.Le(T0, d - 2))
    assert len(others) == len(link_min_norm.hypotheses) - 1
    one, two = (
        changed(link_min_norm, hypotheses=(*others, Hypothesis("", c))) for c in (sp.Le(T0, d - 1), sp.Le(T0, d))
    )
    assert "same proportions" in truths.reason(link_min_norm, one)
    assert truths.reason(link_min_norm, two) == ""


def test_kappa_without_a_ridge() -> None:
    """kappa = lambda + kappa df_1/T holds at lambda = 0 by the definition of kappa; twice its right side does not
    (docs/theory.md#E1).
    """
    doubts = [x.mutant for x in audit_faults.hypotheses(kappa_fixed_point) if x.operator == "dropped hypothesis"]
    assert ["definition of kappa" in truths.reason(kappa_fixed_point, m) for m in doubts] == [True]
    wrong = changed(doubts[0], statement=tuple(Equation(e.left, 2 * e.right) for e in doubts[0].statement))
    assert truths.reason(changed(kappa_fixed_point, statement=wrong.statement), wrong) == ""


def test_a_faulty_abbreviation_is_caught_by_proof() -> None:
    """The gain of the min-norm link without its sum over the spectrum: below any error bar that a run can afford."""
    carried = carry_out(link_min_norm, link_min_norm.derivation())
    base = conclude(link_min_norm, carried)
    planted = [m for _, m in audit_faults.statements(link_min_norm) if m.where != link_min_norm.where]
    assert len(planted) > 50
    assert all(conclude(m, carried).worse_than(base) for m in planted)
    assert not base.worse_than(base)


def test_sums_within_sums_have_a_leading_term() -> None:
    """One sample more in a generator is no fault of the link; one noise for another is (docs/theory.md#E4)."""
    first = link_claim.where[2]
    one_more, other = (
        dataclasses.replace(
            link_claim, where=(*link_claim.where[:2], (first[0], first[1].subs(x, y)), *link_claim.where[3:])
        )
        for x, y in ((T0, T0 + 1), (sigma02, sigma2))
    )
    carried = carry_out(link_claim, link_claim.derivation())
    assert "tends to 1" in audit_equivalence.reason(link_claim, one_more, carried)
    assert audit_equivalence.reason(link_claim, other, carried) == ""


def test_the_books_balance(tallies: dict[str, Tally]) -> None:
    """Every fault is caught, or no fault by proof, or listed; nothing is lost between them."""
    document = report(list(tallies.values()), 0.0)
    assert document["planted"] == document["caught"] + document["equivalent"] + len(document["escaped"])
    assert document["planted"] == sum(document["operators"].values())
    assert document["planted"] == sum(p["planted"] for p in document["places"].values())
    for x in ("kernel", "exact", "simulation"):
        assert document["instruments"][x]["noticed"] == sum(p[x]["noticed"] for p in document["places"].values())


def test_an_escaped_fault_is_listed_with_what_was_planted() -> None:
    """A fault that nothing catches is a defect of verification, and may not be passed over."""
    tally = Tally("own")
    tally.enter("statement", "sign", [], "", "-x for x")
    document = report([tally], 0.0)
    assert document["escaped"] == [{"claim": "own", "place": "statement", "operator": "sign", "planted": "-x for x"}]
    assert document["caught"] == document["equivalent"] == 0


def test_the_command_prints_one_document() -> None:
    """The contract: {"planted", "caught", "equivalent", "escaped"} on standard output, status 0 when none escaped."""
    command = [sys.executable, "-m", "ridgeproof.proofs_check", "audit", "least-squares-limit", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    document = json.loads(done.stdout)
    assert {"planted", "caught", "equivalent", "escaped"} <= set(document)
    assert done.returncode == (1 if document["escaped"] else 0) == 0


def test_an_unknown_claim_is_refused() -> None:
    """One line, status 2."""
    command = [sys.executable, "-m", "ridgeproof.proofs_check", "audit", "no-such-claim"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2 and done.stdout == "" and len(done.stderr.splitlines()) == 1


DEAR = {  # claims of which an audit takes more than ten seconds
    "bias-variance", "one-fit", "link", "clean-law", "clean-law-cut-off", "modified-law", "modified-law-cut-off",
    "optimal-ridge-exponent", "clean-ridge-under-fake-data", "fake-data-factor", "forgetting-gap",
    "isotropic-chain-of-sizes", "one-design-isotropic", "projection-product-once-as-published",
    "one-design-prefactor-as-published",
}  # fmt: skip
OPEN = {  # claims in which a fault of the sample escapes: `ridgeproof audit ID` lists it (docs/audit.md)
    "same-design", "clean-ridge-kept", "consistency-under-noise",
}  # fmt: skip


def wrong(document: dict[str, Any]) -> list[dict[str, str]]:
    """What escaped, without hypotheses in words that nothing carries."""
    return [fault for fault in document["escaped"] if fault["place"] != "words"]


@pytest.mark.slow
def test_hundreds_of_faults_and_none_escapes() -> None:
    """Every claim that is neither dear nor open nor one-sided (`ridgeproof audit` takes these too)."""
    hard = (Relation.OPTIMUM, Relation.BOUND)
    cheap = [c.id for c in claims().values() if c.id not in DEAR | OPEN and c.relation not in hard]
    document = audit(cheap, workers=2, tools=False)
    assert document["planted"] >= 900
    known = [("same-design-factor", "nothing for n >= 1")]  # numbers hold without it too; no proof says so
    assert [(fault["claim"], fault["planted"]) for fault in wrong(document)] == known
    assert min(document["by_proof"], document["by_confrontation"], document["by_certificate"]) > 150


@pytest.mark.slow
def test_two_claims_in_two_processes() -> None:
    """A chain of words and a chain of fits (`ridgeproof audit` takes all claims): nothing escapes."""
    document = audit(["least-squares-chain", "chain-decomposition"], workers=2, tools=False)
    assert document["planted"] >= 40 and document["left_out"] == 0
    assert wrong(document) == []
    assert min(document["instruments"][x]["noticed"] for x in ("kernel", "exact")) > 10
