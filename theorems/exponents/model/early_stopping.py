"""Early stopping of gradient flow under fake data: sharp constants (docs/theory.md#U3) and exact exponents.

Gradient flow stopped at t leaves, for s_j = j^-beta and s_j w0_j^2 = j^-(1 + 2 beta r), with x = t s and dj/j =
dx/(beta x),

    bias  ~ B_f t^(-2 r),            B_f = (1/beta) int_0^oo x^(2 r - 1) e^(-2 x) dx,
    noise ~ (N/T) V_f t^(1/beta),    V_f = (1/beta) int_0^oo x^(-1 - 1/beta) (1 - e^-x)^2 dx,

N the effective noise of Corollary 1, as for the ridge, but for ALL r > 0: the filter 1 - e^(-t s) does not saturate.
What is left of saturation, for r > 1, is that sampled axes are tilted: bias of the order t^(1/beta - 2)/T, C_f its
constant.  Everything is SymPy; no number is computed here.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import sympy as sp

from ridgeproof.frames import Framed

from ..calculus.minimax import Piece, minimise
from ..calculus.scales import INF, Infinite, Scale
from .sharp import BETA, NOISE, R, T

TIME = sp.Symbol("t", positive=True)
BF, VF, CF = sp.symbols("B_f V_f C_f", positive=True)


def constants(*, tilted: bool = False) -> dict[sp.Symbol, sp.Expr]:
    """Return B_f and V_f, and for r > 1 (``tilted``) C_f, in beta and r.

    V_f by parts twice: int x^(-1-c) (1 - e^-x)^2 dx = (Gamma(1-c)/c) (2 - 2^c), c = 1/beta.
    C_f: sum_i s_i w_i^2/s_i^2 times (1/beta) int x^(1-1/beta) e^(-2x) dx.
    """
    found = {
        BF: sp.gamma(2 * R) / (BETA * 2 ** (2 * R)),
        VF: sp.gamma(1 - 1 / BETA) * (2 - 2 ** (1 / BETA)),
    }
    tilt = sp.zeta(1 + 2 * BETA * (R - 1)) * sp.gamma(2 - 1 / BETA) * 2 ** (1 / BETA - 2) / BETA
    return found | {CF: tilt} if tilted else found


def error_expr(*, tilted: bool = False) -> sp.Expr:
    """Return the leading error at time t, for t << T^beta; ``tilted``: with the term C_f of r > 1."""
    error = BF * TIME ** (-2 * R) + NOISE * VF * TIME ** (1 / BETA) / T
    return error + CF * TIME ** (1 / BETA - 2) / T if tilted else error


@dataclass(frozen=True)
class SharpStopping:
    """t* and E* in B_f, V_f, N, T, beta, r."""

    time: sp.Expr
    test_error: sp.Expr


def sharp_stopping_expr() -> SharpStopping:
    """Return t* = (2 r beta B_f T/(N V_f))^(beta/(1 + 2 beta r)) and E*, for t* << T^beta and, when r > 1, N >> t*^-2.

    The error is convex in log t, so that its stationary point is its minimum.
    """
    time = (2 * R * BETA * BF * T / (NOISE * VF)) ** (BETA / (1 + 2 * BETA * R))
    return SharpStopping(time, error_expr().subs(TIME, time))


@dataclass(frozen=True)
class StoppingExponents(Framed):
    """t* = T^tau and E = T^-rate; ``ridge_rate`` is that of the best ridge for the same noise."""

    tau: Scale
    rate: Scale
    ridge_rate: Scale


def stopping_exponents(beta: Fraction, r: Fraction, noise: Scale, dimension: Scale = INF) -> StoppingExponents:
    """Return the exponents of early stopping and of the ridge, exactly.

    Parameters
    ----------
    beta, r : Fraction
        > 1, > 0.
    noise : Fraction or INF
        N = T^-noise, the effective noise; INF for none.
    dimension : Fraction or INF
        d = T^dimension, > 0.

    Notes
    -----
    With t = T^tau, 0 <= tau <= beta min(1, dimension): rate = min(2 r tau, noise + 1 - tau/beta) and, for r > 1, also
    1 + tau (2 - 1/beta); for the ridge T^-tau: min(2 min(r, 1) tau, noise + 1 - tau/beta).  Beyond the end of the
    spectrum (dimension < 1) there is no bias: noise + 1 - dimension.

    Examples
    --------
    >>> found = stopping_exponents(Fraction(3, 2), Fraction(3, 2), Fraction(0))
    >>> found.tau, found.rate, found.ridge_rate
    (Fraction(3, 11), Fraction(9, 11), Fraction(3, 4))
    """
    end = beta if isinstance(dimension, Infinite) or dimension >= 1 else beta * dimension

    def best(bias: list[tuple[Fraction, Fraction]]) -> tuple[Scale, Scale]:
        rows = list(bias)
        if not isinstance(noise, Infinite):
            rows.append((1 / beta, -(noise + 1)))
        tau, worst = minimise([Piece(Fraction(0), end, tuple(rows))])
        rate: Scale = -worst
        if not isinstance(dimension, Infinite) and dimension < 1:
            beyond: Scale = INF if isinstance(noise, Infinite) else noise + 1 - dimension
            if beyond > rate:
                return INF, beyond
        return tau, rate

    flow = [(-2 * r, Fraction(0))]
    if r > 1:
        flow.append((1 / beta - 2, Fraction(-1)))
    tau, rate = best(flow)
    return StoppingExponents(tau, rate, best([(-2 * min(r, Fraction(1)), Fraction(0))])[1])
