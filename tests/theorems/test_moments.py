"""Exact moments (F6), and the all-orders equivalent (E6) against them, degree by degree."""

from __future__ import annotations

import pytest
import sympy as sp
from sympy.matrices.expressions.trace import Trace
from sympy.polys.ring_series import rs_mul, rs_series_inversion, rs_trunc
from sympy.polys.rings import PolyElement
from sympy.polys.rings import ring as polynomial_ring

from ridgeproof.theorems.vocabulary import A, B, S, T
from ridgeproof.theorems.wick import gram, letters, moment

x = sp.Symbol("x")  # 1/lambda
eps = sp.Symbol("eps")  # 1/T


def normalised(expr: sp.Expr) -> sp.Expr:
    """tr S^m -> T t_m, with A = B = S."""
    expr = expr.xreplace({A: S, B: S})

    def power(argument: sp.MatrixExpr) -> int:
        if argument == S:
            return 1
        if isinstance(argument, sp.MatPow):
            return int(argument.exp) * power(argument.base)
        if isinstance(argument, sp.Transpose):
            return power(argument.arg)
        return sum(power(a) for a in argument.args)

    return expr.replace(lambda e: isinstance(e, Trace), lambda e: T * sp.Symbol(f"t{power(e.arg)}"))


def test_second_moment_is_the_classical_one() -> None:
    """E Sh B Sh = S B S + (tr(B S) S + S B' S)/T (Letac and Massam 2004, order two)."""
    value, _ = moment((*letters(A), *gram, *letters(B), *gram))
    expected = Trace(A * S * B * S) + (Trace(A * S) * Trace(B * S) + Trace(A * S * B.T * S)) / T
    assert sp.expand(value - expected) == 0


def test_chi_square_moments_in_one_dimension() -> None:
    """d = 1, S = 1: E (chi2_T/T)^k = T (T + 2) ... (T + 2k - 2)/T^k."""
    for k in range(1, 6):
        value, _ = moment((*letters(A), *gram * k))
        at_one = value.replace(lambda e: isinstance(e, Trace), lambda e: sp.Integer(1))
        assert sp.expand(at_one - sp.prod([T + 2 * i for i in range(k)]) / T**k) == 0


@pytest.mark.parametrize("degree", [2, 3, 4, 5, 6])
def test_the_equivalent_of_two_resolvents_is_the_leading_part_of_the_exact_moments(degree: int) -> None:
    """E6 expanded to 1/lambda^degree, kappa by its fixed point, equals the leading part of F6's exact polynomials.

    Two derivations that share nothing: the exact Wick recursion, and the linear system behind the claim
    two-resolvents-series.  Test matrices A = B = S.
    """
    t = [sp.Symbol(f"t{m}") for m in range(2 * degree + 4)]
    exact = sp.S.Zero
    for j in range(1, degree):
        value, _ = moment((*letters(A), *gram * j, *letters(B), *gram * (degree - j)))
        exact += (-1) ** degree * normalised(value)
    leading = sp.Poly(sp.expand(exact / T).subs(T, 1 / eps), eps).nth(0)

    # The formula, with u = 1/kappa as a truncated series in x: u = x (1 - sum_k (-1)^(k-1) t_k u^k).
    order = degree + 1
    domain, X, *t = polynomial_ring(["x", *(f"t{m}" for m in range(1, 2 * degree + 4))], sp.QQ)
    powers = [domain.one]

    def renew(u: PolyElement) -> None:
        powers[1:] = [u]
        while len(powers) <= order:
            powers.append(rs_mul(powers[-1], u, X, order))

    renew(X)
    for _ in range(order):
        renew(rs_trunc(X * (1 - sum((-1) ** (k - 1) * t[k - 1] * powers[k] for k in range(1, order))), X, order))

    def spectral(power: int, pole: int) -> PolyElement:
        """tr S^power (S + kappa)^-pole / T as a series in u = 1/kappa, without its factor u^pole."""
        return sum(int(sp.binomial(-pole, i)) * t[power + i - 1] * powers[i] for i in range(order))

    square = powers[2]
    signal = rs_mul(spectral(4, 2), square, X, order)  # tr[A D B D] with A = B = S
    spread = spectral(2, 2)  # tr[A S (S + kappa)^-2] kappa^2, and df_2 = spread u^2
    product = rs_mul(rs_mul(spread, spread, X, order), square, X, order)  # kappa^2 tr[..] tr[..]
    formula = signal + rs_mul(product, rs_series_inversion(1 - rs_mul(spread, square, X, order), X, order), X, order)
    coefficient = sp.Poly(formula.as_expr(), x).nth(degree)
    assert sp.expand(coefficient - leading) == 0
