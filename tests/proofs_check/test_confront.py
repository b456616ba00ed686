"""Confronting statements with witnesses: the wrong ones are refuted, the right ones are not."""

from __future__ import annotations

import dataclasses
import math

import pytest
import sympy as sp

from ridgeproof.proofs_check.verdicts import Grade
from ridgeproof.proofs_check.witnesses.averages import extrapolated
from ridgeproof.proofs_check.witnesses.confront import confront
from ridgeproof.proofs_check.witnesses.effort import Effort, effort
from ridgeproof.proofs_check.witnesses.judge import LEVELS
from ridgeproof.proofs_check.witnesses.limits import bounded, geometric_limit, tends_to
from ridgeproof.proofs_check.witnesses.rounds import judged, witnesses
from ridgeproof.theorems.chain import link_min_norm
from ridgeproof.theorems.claim import Claim, Equation, Hypothesis
from ridgeproof.theorems.equivalents import clean_ridge, fake_data_term
from ridgeproof.theorems.finite_sample import bias_variance, chain_decomposition, inverse_wishart, least_squares_chain
from ridgeproof.theorems.functions import E_test, Kappa, df
from ridgeproof.theorems.optimal_ridge import optimal_clean
from ridgeproof.theorems.power_law import df1_power_law, theorem_3
from ridgeproof.theorems.vocabulary import T0, T, d, lam, n, norm2, sigma02, sigma2

QUICK = Effort(points=3, replicates=400, sizes=(16, 32, 64), families=1, exponents=2, decades=(4, 6, 8, 10, 12), z=4.5)


def grades(claim: Claim) -> set[Grade]:
    return {e.grade for e in confront(claim, LEVELS["fast"])}


def stating(claim: Claim, right: sp.Basic) -> Claim:
    return dataclasses.replace(claim, statement=(Equation(claim.statement[0].left, right),), where=())


def test_the_false_alarm_level_is_shared() -> None:
    """P(any of m comparisons exceeds z) <= m P(|N| > z) = the level of the run (Bonferroni)."""
    for comparisons in (1, 228):
        z = effort("fast", comparisons).z
        assert comparisons * math.erfc(z / math.sqrt(2)) == pytest.approx(1e-3, rel=1e-9)


def test_the_extrapolation_finds_the_limit() -> None:
    """0.02 + 3/d + 5/d^2, measured, has the limit 0.02: what stays is told from what fades."""
    sizes = [24.0, 48.0, 96.0]
    for limit in (0.0, 0.02):
        found = extrapolated(sizes, [(limit + 3 / x + 5 / x**2, 1e-3) for x in sizes])
        assert found["limit"] == pytest.approx(limit, abs=1e-12)
        assert (abs(found["z"]) > 3) == (limit > 0)


def test_powers_logarithms_and_constants_are_told_apart() -> None:
    """An order's ratio may approach its constant like a power; a logarithm or a power is refuted (P1 at r = 1)."""
    where = [10.0**k for k in (4, 6, 8, 10, 12, 14)]
    assert bounded(where, [2 + x**-0.1 for x in where])
    assert not bounded(where, [math.log(x) for x in where])
    assert not bounded(where, [x**0.1 for x in where])
    assert tends_to([1 + x**-0.2 for x in where], 1.0) and not tends_to([1.02] * 6, 1.0)
    assert geometric_limit([3 - 0.5**k for k in range(6)]) == pytest.approx(3)


@pytest.mark.parametrize(
    "claim", [chain_decomposition, inverse_wishart, least_squares_chain, df1_power_law, optimal_clean]
)
def test_true_claims_stand(claim: Claim) -> None:
    """Theory F1, F3, F4, P1, E7: each by a witness of its own kind."""
    assert grades(claim) == {Grade.CONFRONTED}


@pytest.mark.parametrize(
    "wrong",
    [
        stating(inverse_wishart, 2 * inverse_wishart.statement[0].right),
        stating(least_squares_chain, sigma2 * d / (T - d) + n * sigma02 * d / (T0 - d)),  # the asymptotic form
        stating(least_squares_chain, sigma2 * d / (T - d - 1) + sigma02 * d / (T0 - d - 1)),  # counted once
        stating(df1_power_law, 2 * df1_power_law.statement[0].right),
        stating(optimal_clean, d * sigma2 / (T0 * norm2)),
        stating(clean_ridge, sigma2 * df(1, Kappa(lam, T)) / (T - df(1, Kappa(lam, T)))),
    ],
)
def test_wrong_statements_are_refuted(wrong: Claim) -> None:
    """Each with a counterexample: an exact law, a simulation, decades, a minimisation."""
    refuting = [e for e in confront(wrong, LEVELS["fast"]) if e.grade == Grade.REFUTED]
    assert refuting and "counterexample" in refuting[0].details


def test_constants_of_an_order_may_not_depend_on_its_parameters() -> None:
    """Theorem 3 with n left out: bounded along T for every fixed n, yet no order (docs/theory.md#P4)."""
    wrong = stating(theorem_3, theorem_3.statement[0].right.subs(n, 1))
    # n no longer stands in the statement, so let it be seen: n * 0 would be dropped by SymPy, n/n too.
    without = stating(
        theorem_3, sp.Add(wrong.statement[0].right, n * sp.Symbol("sigma02", nonnegative=True) * T**-1000)
    )
    evidence = [e for e in confront(without, LEVELS["fast"]) if e.grade == Grade.REFUTED]
    assert evidence and "counterexample" in evidence[0].details


def test_too_few_steps_along_a_limit_decide_nothing() -> None:
    """Three values that halve their steps might still go anywhere."""
    assert geometric_limit([1.0, 1.5, 1.75]) is None


def test_an_infinite_error_refutes_a_finite_formula() -> None:
    """T0 = d - 1 noisy min-norm generator: the mean is infinite (docs/theory.md#F5), whatever samples average to."""
    probe = dataclasses.replace(
        link_min_norm, hypotheses=(Hypothesis("", sp.Gt(lam, 0)), Hypothesis("", sp.Eq(T0, d - 1)))
    )
    (evidence,) = confront(probe, LEVELS["fast"])
    assert evidence.grade != Grade.CONFRONTED


def test_a_pole_at_an_admissible_point_is_never_accepted() -> None:
    """1/(T - d - 1) under T >= d + 1 has no value at T = d + 1: such a statement is neither true nor false."""
    wrong = dataclasses.replace(
        least_squares_chain, hypotheses=(Hypothesis("", sp.Eq(T, d + 1)), Hypothesis("", sp.Ge(T0, d + 4)))
    )
    (evidence,) = confront(wrong, LEVELS["fast"])
    assert evidence.grade == Grade.UNDECIDED and evidence.details["meaningless"]


def test_a_witness_does_not_depend_on_the_statement_that_it_judges() -> None:
    """One set of numbers judges a statement and all its mutants: asking about another changes nothing."""
    (judge,) = witnesses(inverse_wishart, QUICK)
    (part,) = inverse_wishart.equations
    before = [e.to_json() for e in judged(judge, part)]
    judged(judge, Equation(part.left, 3 * part.right))
    assert [e.to_json() for e in judged(judge, part)] == before


def test_what_cannot_be_evaluated_is_undecided() -> None:
    """An unknown function is neither refuted nor confirmed."""
    odd = stating(least_squares_chain, sp.Function("f")(T))
    assert grades(odd) == {Grade.UNDECIDED}


@pytest.mark.slow
def test_equivalents_are_seen_to_two_percent() -> None:
    """At the fast level a wrong factor 1.05 in Theorem 2 is refuted: the power that the ledger reports is real."""
    work = effort("fast", comparisons=228)
    (judge,) = witnesses(fake_data_term, work)
    right = fake_data_term.equations[0].right
    assert {e.grade for e in judged(judge, Equation(E_test, right))} == {Grade.CONFRONTED}
    assert {e.grade for e in judged(judge, Equation(E_test, right * sp.Rational(21, 20)))} == {Grade.REFUTED}


def test_draws_are_reproducible() -> None:
    """Same seed, same points: the ledger is the same tomorrow."""
    one, two = (witnesses(inverse_wishart, QUICK, seed=1)[0](inverse_wishart.equations[0]) for _ in range(2))
    assert [e.to_json() for e in one] == [e.to_json() for e in two]


def test_the_evidence_says_at_how_many_points_both_sides_are_enclosed() -> None:
    """Exact means are; quadrature and sampling, whose errors are estimated, are not."""
    exact = next(iter(confront(inverse_wishart, LEVELS["fast"])))
    assert exact.details["enclosed"] == exact.details["equal"] >= 30
    drawn = next(iter(confront(bias_variance, LEVELS["fast"])))
    assert drawn.details["sampled"] >= 1 and drawn.details.get("enclosed", 0) < drawn.details["agrees"]
