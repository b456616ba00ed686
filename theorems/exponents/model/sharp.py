"""Sharp constants: leading terms with their constants (docs/theory.md#P1, #P2, #P6, #P7).

Capacity beta > 1, source 0 < r < 1, d >> kappa^(-1/beta), generators with T0 >= d + 2; beyond these r > 1
(``saturated``) and the opposite case kappa << s_d (``finite_dimension_expr``).  Everything is returned as SymPy
expressions in the symbols of this module; no number is computed here.  Put numbers in with
``evalf(digits, subs=...)``: plain ``subs`` makes SymPy factor the integers under fractional powers, and may not end.

The constants come from Mellin integrals, with j = (x/kappa)^(1/beta) and dj/j = dx/(beta x):

    df_1 ~ A kappa^(-1/beta),      A = (1/beta) int_0^oo x^(1/beta - 1)/(1 + x) dx,
    df_2 ~ V kappa^(-1/beta),      V = (1/beta) int_0^oo x^(1/beta - 1)/(1 + x)^2 dx,
    bias sum ~ B kappa^(2 r),      B = (1/beta) int_0^oo x^(1 - 2 r)/(1 + x)^2 dx,

because s_j/(s_j + kappa) = 1/(1 + x).  ``constants`` evaluates them by the Beta integral.  For r > 1 the bias sum is
carried by its first terms, kappa^2 sum_j j^(-1 - 2 beta (r - 1)) = zeta(1 + 2 beta (r - 1)) kappa^2; at r = 1 it is
(kappa^2/beta) log(1/kappa), and no power times a constant.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

BETA, R = sp.symbols("beta r", positive=True)
KAPPA, LAMBDA = sp.symbols("kappa lambda", positive=True)
T, T0, D, N_GENERATIONS = sp.symbols("T T_0 d n", positive=True)
SIGMA2, SIGMA02 = sp.symbols("sigma2 sigma02", nonnegative=True)
NOISE = sp.Symbol("N", positive=True)
A, V, B = sp.symbols("A V B", positive=True)

LATEX_NAMES = {SIGMA2: r"\sigma^2", SIGMA02: r"\sigma_0^2", N_GENERATIONS: "n", D: "d"}


def _beta_integral(p: sp.Expr, q: sp.Expr) -> sp.Expr:
    """Return int_0^oo x^(p - 1)/(1 + x)^(p + q) dx = Gamma(p) Gamma(q)/Gamma(p + q)."""
    return sp.gamma(p) * sp.gamma(q) / sp.gamma(p + q)


def constants(*, saturated: bool = False) -> dict[sp.Symbol, sp.Expr]:
    """Return A, V, B in beta and r: the Beta integrals of the module docstring, or B for r > 1 (``saturated``)."""
    a = _beta_integral(1 / BETA, 1 - 1 / BETA) / BETA
    v = _beta_integral(1 / BETA, 2 - 1 / BETA) / BETA
    b = sp.zeta(1 + 2 * BETA * (R - 1)) if saturated else _beta_integral(2 - 2 * R, 2 * R) / BETA
    return {A: sp.gammasimp(a), V: sp.gammasimp(v), B: b}


def effective_noise_expr() -> sp.Expr:
    """Return N = sigma^2 + n sigma_0^2 (T + d)/(T0 - d), the noise of Corollary 1 (interior regime, T0 >= d + 2)."""
    return SIGMA2 + N_GENERATIONS * SIGMA02 * (T + D) / (T0 - D)


def error_expr(*, saturated: bool = False) -> sp.Expr:
    """Return the leading error B kappa^(2 min(r, 1)) + N V kappa^(-1/beta)/T, interior regime kappa >> T^-beta."""
    return B * KAPPA ** (2 * (1 if saturated else R)) + NOISE * V * KAPPA ** (-1 / BETA) / T


@dataclass(frozen=True)
class SharpOptimum:
    """The optimum of ``error_expr`` in A, V, B, N, T, beta, r: kappa*, lambda*, E*."""

    kappa: sp.Expr
    ridge: sp.Expr
    test_error: sp.Expr
    saturated: bool = False

    def substituted(self) -> SharpOptimum:
        """Return the same in the model's own symbols: A, V, B and N replaced by what they stand for."""
        values = {**constants(saturated=self.saturated), NOISE: effective_noise_expr()}
        return SharpOptimum(*(e.subs(values) for e in (self.kappa, self.ridge, self.test_error)))


def sharp_optimum_expr(*, saturated: bool = False) -> SharpOptimum:
    """Return P6: kappa* from d(error)/d(kappa) = 0, lambda* = kappa*(1 - A kappa*^(-1/beta)/T) from E1, and E*.

    Valid for 0 < r < 1, or r > 1 with ``saturated``, and N/T -> 0 with kappa* >> T^-beta and kappa* >> d^-beta; the
    error is convex in log kappa, so the stationary point is its minimum.
    """
    error = error_expr(saturated=saturated)
    bias, noise = error.subs(NOISE, 0), error.subs(B, 0)
    # Stationary where kappa d(bias)/dkappa = -kappa d(noise)/dkappa; their ratio is a power of kappa.
    ratio = sp.diff(noise, KAPPA) / sp.diff(bias, KAPPA)
    power = 2 * (1 if saturated else R) + 1 / BETA
    level = sp.powsimp(sp.expand(-ratio * KAPPA**power))
    kappa = level ** (1 / sp.together(power))
    return SharpOptimum(kappa, kappa * (1 - A * kappa ** (-1 / BETA) / T), error.subs(KAPPA, kappa), saturated)


def finite_dimension_expr() -> SharpOptimum:
    """Return the optimum where the spectrum ends first, kappa* << s_d and d << T (``finite dimension`` in the table).

    Expanding E2 in kappa/s_d:  E_test ~ kappa^2 sum_j w0_j^2/s_j + N (d - 2 kappa tr S^-1)/T.  The noise N d/T leads,
    whatever the ridge, as long as it is small; the ridge that is best balances what is left,

        lambda* ~ kappa* = (N/T) tr S^-1/(w0^T S^-1 w0),

    which for S = I is E7's phi sigma^2/|w0|^2.  Here tr S^-1 ~ d^(1 + beta)/(1 + beta) and
    w0^T S^-1 w0 ~ d^(2 beta (1 - r))/(2 beta (1 - r)), for 0 < r < 1, d -> oo and N d^(1 + 2 beta r)/T -> 0.
    """
    inverse_trace = D ** (1 + BETA) / (1 + BETA)
    target = D ** (2 * BETA * (1 - R)) / (2 * BETA * (1 - R))
    error = KAPPA**2 * target + NOISE * (D - 2 * KAPPA * inverse_trace) / T
    kappa = sp.powsimp(sp.solve(sp.diff(error, KAPPA), KAPPA)[0], force=True)
    return SharpOptimum(kappa, kappa, NOISE * D / T)


def min_norm_expr() -> tuple[sp.Expr, sp.Expr, sp.Expr]:
    """Return P7, (kappa, bias, variance) of the downstream fit with lambda = 0 and no end of the spectrum.

    kappa solves df_1 = T; the bias is the bias sum over 1 - df_2/T, the variance is sigma^2 df_2/(T - df_2).
    """
    kappa = (A / T) ** BETA
    filled = sp.powsimp(V * kappa ** (-1 / BETA) / T, force=True)
    bias = B * kappa ** (2 * R) / (1 - filled)
    return kappa, bias, SIGMA2 * filled / (1 - filled)
