"""Sums over the spectrum, degrees of freedom and traces mean what their docstrings say."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from sympy.matrices.expressions.trace import Trace

from ridgeproof.theorems.functions import E_test, Expect, Kappa, SpectralSum, df, isotropic, open_degrees, trace
from ridgeproof.theorems.vocabulary import A, B, T, d, kappa, lam, norm2, s, w2

EIGENVALUES = [sp.Rational(3), sp.Rational(1), sp.Rational(1, 2)]


def total(expr: sp.Expr, at: sp.Expr) -> sp.Expr:
    """Return the value of a sum over ``EIGENVALUES`` at kappa = at, by plain addition."""
    return sum(expr.summand.subs({s: x, kappa: at}) for x in EIGENVALUES)


def test_degrees_of_freedom_are_traces() -> None:
    """df_m(k) = tr S^m (S + k)^-m, against matrices."""
    matrix = np.diag([float(x) for x in EIGENVALUES])
    for order in (1, 2, 3):
        expected = np.trace(np.linalg.matrix_power(matrix @ np.linalg.inv(matrix + 0.25 * np.eye(3)), order))
        assert float(total(open_degrees(df(order, kappa)), sp.Rational(1, 4))) == pytest.approx(expected)


def test_the_summands_symbols_are_bound() -> None:
    """Substituting for s outside leaves the sum alone; substituting for a parameter goes in."""
    f = SpectralSum(s / (s + kappa))
    assert f.subs(s, 2) == f and s not in f.free_symbols
    assert f.subs(kappa, lam) == SpectralSum(s / (s + lam))
    assert sp.diff(f, s) == 0
    slope = sp.diff(f, kappa)
    assert total(slope, sp.Integer(1)) == sum(-x / (x + 1) ** 2 for x in EIGENVALUES)


def test_isotropic_values() -> None:
    """S = I, |w0|^2 = norm2: sum_j s w2 = norm2, df_1 = d/(1 + kappa), nested sums too; only affine in w2."""
    assert isotropic(SpectralSum(s * w2), d, norm2) == norm2
    assert sp.simplify(isotropic(df(1, kappa), d, norm2) - d / (1 + kappa)) == 0
    assert sp.simplify(isotropic(SpectralSum(w2 * SpectralSum(s)), d, norm2) - d * norm2) == 0
    with pytest.raises(ValueError, match="not affine"):
        isotropic(SpectralSum(w2**2), d, norm2)


def test_traces_are_linear() -> None:
    """tr(2 A + B/3) = 2 tr A + tr B/3."""
    assert sp.expand(trace(2 * A + B / 3) - 2 * Trace(A) - Trace(B) / 3) == 0


def test_printing() -> None:
    """Text and LaTeX are those of the theory."""
    assert sp.sstr(Expect(sp.Symbol("x"))) == "E[x]"
    assert sp.sstr(SpectralSum(s)) == "sum_j[s]"
    assert sp.latex(df(2, kappa)) == r"\mathrm{df}_{2}(\kappa)"
    assert sp.latex(Kappa(lam, T)).startswith(r"\kappa(")
    assert E_test.is_nonnegative and str(E_test) == "E_test"
