"""Least squares on rows that accumulate: the error's limit and its leading order (docs/theory.md#F11).

With T fresh rows a generation, N_i = i T rows at the i-th fit and noise sigma^2,

    E_n = sigma^2 d sum_{i<=n} T/(N_i (N_i - d - 1)) = sigma^2 (d/(d+1)) sum_i [1/(i - x) - 1/i],   x = (d + 1)/T,

and sum_i [1/(i - x) - 1/i] = -gamma - psi(1 - x) = zeta(2) x + zeta(3) x^2 + ...: pi^2/6 holds for d << T only.
"""

from __future__ import annotations

import sympy as sp

from ..calculus.minimax import ZERO
from ..calculus.scales import Scale
from .sharp import SIGMA2, D, T


def limit_expr() -> sp.Expr:
    """Return lim E_n = sigma^2 (d/(d+1)) (-gamma - psi(1 - (d+1)/T)), for T >= d + 2."""
    return SIGMA2 * D / (D + 1) * (-sp.EulerGamma - sp.digamma(1 - (D + 1) / T))


def leading_expr() -> sp.Expr:
    """Return (pi^2/6) sigma^2 d/T, what the limit is for d << T (Dey and Donoho; Gerstgrasser et al. on one design)."""
    return sp.pi**2 / 6 * SIGMA2 * D / T


def generations_that_act(g: Scale) -> Scale:
    """Return the scale of the factor that n = T^g accumulating generations put before sigma_0^2/(T0 - d).

    With x = (d+1)/T0 < 1 the sum of 1/(i (i - x)) over i <= n lies between its first term, 1/(1 - x) = T0/(T0 - d - 1),
    and twice that: 1/(i (i - x)) <= 1/(i (i - 1)) for i >= 2, which add up to 1.  So n acts as a constant does, g as 0.
    """
    return g if g < 0 else ZERO
