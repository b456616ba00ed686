"""The court's own reading of formulas, which shares nothing with the solvers of numerics."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
import sympy as sp

from ridgeproof.errors import ClaimError, Undefined
from ridgeproof.proofs_check.witnesses.formulas import Nodes, Point, agree, evaluate, power_law_nodes
from ridgeproof.theorems.functions import Kappa, SpectralSum, df, trace
from ridgeproof.theorems.vocabulary import S, T, beta, d, lam, n, s, w2

NODES = Nodes(np.array([1.0, 0.5, 0.25]), np.ones(3), np.array([0.3, 0.2, 0.1]))


def test_kappa_solves_its_fixed_point() -> None:
    """kappa - lambda = kappa df_1(kappa)/T (docs/theory.md#E1), to rounding."""
    at = Point({lam: 0.1, T: 5.0}, NODES)
    k = evaluate(Kappa(lam, T), at)
    assert k - 0.1 == pytest.approx(k * float(np.sum(NODES.s / (NODES.s + k))) / 5, rel=1e-13)


def test_sums_over_a_power_law_in_infinite_dimension() -> None:
    """sum j^-beta is zeta(beta), sum s_j w0_j^2 is zeta(1 + 2 beta r) (docs/theory.md#P1)."""
    at = Point({}, power_law_nodes(1.5, 0.5, math.inf, 1e-6))
    assert evaluate(SpectralSum(s * w2), at) == pytest.approx(float(mpmath.zeta(2.5)), rel=1e-8)
    finite = Point({}, power_law_nodes(1.5, 0.5, 100_000, 1e-6))
    assert evaluate(SpectralSum(s), finite) == pytest.approx(float(np.sum(np.arange(1, 100_001) ** -1.5)), rel=1e-9)


@pytest.mark.parametrize("expr", [1 / (T - d), sp.sqrt(d - T - 1), sp.gamma(-d), sp.log(T - d), sp.I * T])
def test_a_formula_without_a_finite_real_value_says_so(expr: sp.Expr) -> None:
    """A pole at an admissible point is a counterexample, not a crash and not a number."""
    with pytest.raises(Undefined):
        evaluate(expr, Point({T: 3.0, d: 3.0}))


@pytest.mark.parametrize("expr", [n, sp.Function("f")(T), trace(S), SpectralSum(s), T ** (T**T**T), df(1, beta)])
def test_a_formula_that_cannot_be_read_is_another_matter(expr: sp.Expr) -> None:
    """Unknown symbols and functions are the author's business: undecided, never refuted."""
    with pytest.raises(ClaimError) as caught:
        evaluate(expr, Point({T: 9.0, d: 3.0}))
    assert not isinstance(caught.value, Undefined)


def test_agreement_at_a_point() -> None:
    """Two forms of one formula agree, another formula does not, and a trace has no value to compare."""
    total = SpectralSum(s * w2 / (s + lam))
    assert agree(SpectralSum(w2) - lam * SpectralSum(w2 / (s + lam)), total) is True
    assert agree(total, SpectralSum(w2 / (s + lam))) is False
    assert agree(trace(S), d) is None


def test_a_sum_that_was_met_before_is_not_another_one() -> None:
    """Remembered sums are told apart by their summands, also where they stand within another sum."""
    at = Point({lam: 0.5}, Nodes(np.array([1.0, 0.5]), np.ones(2), np.array([1.0, 2.0])))
    inner = SpectralSum(s * w2)
    assert evaluate(SpectralSum(inner * s), at) == pytest.approx(2.0 * 1.5)
    assert evaluate(inner, at) == pytest.approx(2.0)
    assert evaluate(SpectralSum(s), at) == pytest.approx(1.5)


def test_an_integral_over_the_half_line() -> None:
    """Euler's Beta integral, singular at 0; an integral over anything else has no value here."""
    x = sp.Symbol("x", positive=True)
    integrand = x ** (beta - 1) / (1 + x) ** (beta + 1)
    at = Point({beta: 0.25})
    assert evaluate(sp.Integral(integrand, (x, 0, sp.oo)), at) == pytest.approx(4.0, rel=1e-14)
    with pytest.raises(ClaimError, match="integrals over"):
        evaluate(sp.Integral(integrand, (x, 0, 1)), at)
