"""Sharp constants between P6 and P7: the window kappa = Theta(T^-beta), where the fit runs out of samples.

Setting of ``sharp``: 0 < r < 1, and d >> T, so that the spectrum has no end that matters.  With the filling

    u = kappa^(-1/beta)/T,      0 < u <= 1/A,

P1 gives df_1 ~ A u T and df_2 ~ V u T, and E1, E2, E3 become, in the limit T -> oo at fixed u,

    lambda = kappa (1 - A u),     kappa = (u T)^-beta,
    E_test = [B kappa^(2 r) + N V u]/(1 - V u),     N = sigma^2 + n sigma_0^2 d/(T0 - d).

u -> 0 is P6, u = 1/A is lambda = 0 and P7.  Both are one formula, and it is the better of the two far from either end:
what it leaves out is relatively kappa^(1/beta) and kappa^(2 - 2 r), where P6 leaves out u too.

The optimum.  With p = 2 beta r the derivative in u vanishes where

    V u (1 + p + N (u T)^p / B) = p,                                                              (*)

whose left side increases: there is one root.  If it lies beyond 1/A no ridge helps, lambda* = 0 (and a negative ridge
would be better still).  Since A = V beta/(beta - 1), that is so exactly if

    N (T/A)^p <= B (p/(beta - 1) - 1),                                                            (**)

which needs 2 beta r > beta - 1: a target with 2 r < 1 - 1/beta wants a ridge of order T^-beta even without any noise.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from .sharp import BETA, KAPPA, N_GENERATIONS, NOISE, SIGMA02, SIGMA2, T0, A, B, D, R, T, V

FILLING = sp.Symbol("u", positive=True)


@dataclass(frozen=True)
class Window:
    """The formulas of the window in u, A, V, B, N, T, beta, r.

    Attributes
    ----------
    kappa, ridge, test_error : Expr
        At filling u.
    stationary : Expr
        It increases in u, and its root is the optimal u, if that is at most 1/A; else the optimum is lambda = 0.
    ridgeless : Expr
        The largest N at which lambda = 0 is optimal; where it is negative there is none.
    noise : Expr
        N in the model's symbols, d >> T.
    """

    kappa: sp.Expr
    ridge: sp.Expr
    test_error: sp.Expr
    stationary: sp.Expr
    ridgeless: sp.Expr
    noise: sp.Expr

    def as_latex(self) -> str:
        """Return an align* environment (package amsmath) with the formulas."""
        names = {SIGMA2: r"\sigma^2", SIGMA02: r"\sigma_0^2", KAPPA: r"\kappa", FILLING: "u"}
        rows = [
            (r"\kappa", "=", self.kappa),
            (r"\lambda", "=", self.ridge),
            (r"E_{\mathrm{test}}", r"\sim", self.test_error),
            ("0", "=", self.stationary),
            (r"\lambda^* = 0 \iff N", r"\le", self.ridgeless),
            ("N", "=", self.noise),
        ]
        lines = [rf"{left} &{relation} {sp.latex(right, symbol_names=names)}" for left, relation, right in rows]
        return "\\begin{align*}\n" + " \\\\\n".join(lines) + "\n\\end{align*}"


def window() -> Window:
    """Return the formulas, the stationarity condition and the threshold derived from the error by SymPy."""
    u, p = FILLING, 2 * BETA * R
    kappa = (u * T) ** -BETA
    over, under = B * (u * T) ** -p + NOISE * V * u, 1 - V * u
    slope = sp.diff(over, u) * under - over * sp.diff(under, u)  # of over/under, times under^2
    stationary = sp.collect(sp.powsimp(sp.expand(slope * u * (u * T) ** p / B), force=True), u * V)
    at_the_end = sp.solve(stationary.subs(u, 1 / A).subs(V, A * (1 - 1 / BETA)), NOISE)
    ridgeless = sp.factor(sp.powsimp(at_the_end[0], force=True))
    noise = SIGMA2 + N_GENERATIONS * SIGMA02 * D / (T0 - D)
    return Window(kappa, kappa * (1 - A * u), over / under, stationary, ridgeless, noise)
