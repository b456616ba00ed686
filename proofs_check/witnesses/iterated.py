"""Integrals over several variables: the double exponential rule in each, in extended precision, at two steps.

x = a + (b - a)/(1 + exp(-pi sinh t)), a + exp((pi/2) sinh t) or sinh((pi/2) sinh t): whatever happens at an end, the
integrand decays doubly exponentially in t, and the trapezoid rule converges like exp(-c/h).  What is left is measured
by halving h; what the ends still hold of the sum shows an integral that diverges.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp
from flint import arb

from . import balls as B
from .arrays import over

LD = np.longdouble
REACH = 4.4  # |t|: exp((pi/2) sinh 4.4) is 10^28
STEPS = {2: (1 / 12, 1 / 24), 3: (1 / 6, 1 / 12)}  # h by the number of variables
TAIL = 1e-11  # of the absolute sum, at the ends
SAFETY = 20.0


def iterated(e: sp.Integral, pt: B.Point) -> arb:
    """An integral over two or three variables, the first limit being the innermost.

    Raises
    ------
    Limit
        More variables; an integrand that this does not evaluate; an integral that may diverge.
    """
    if len(e.limits) not in STEPS or any(len(limit) != 3 for limit in e.limits):
        raise B.Limit("an integral over more than three variables, or without its ends")
    pt.marks.add("estimated")
    (coarse, _), (fine, size) = (_sum(e, pt, h) for h in STEPS[len(e.limits)])
    return arb(float(fine), float(SAFETY * abs(fine - coarse) + 1e-15 * size))


def _sum(e: sp.Integral, pt: B.Point, h: float) -> tuple[LD, LD]:
    """(sum, sum of absolute values) of the trapezoid rule."""
    t = np.arange(-round(REACH / h), round(REACH / h) + 1) * LD(h)
    count = len(e.limits)
    values: dict[sp.Symbol, Any] = {}

    def at(f: sp.Expr) -> Any:
        return over(f, values, number, "an integrand")

    def number(f: sp.Expr) -> LD:
        """What does not speak of the variables is a number of the point."""
        value = B.ball(B.ev(f, pt))
        return LD(value.str(25, radius=False)) if value.rad() < 1 else LD("nan")

    weight: Any = LD(h) ** count
    with np.errstate(all="ignore"):
        for axis, (x, low, high) in enumerate(reversed(e.limits)):  # the outermost first: inner ends may hold it
            shape = [1] * count
            shape[axis] = len(t)
            ends = (None if v in (-sp.oo, sp.oo) else at(v) for v in (low, high))
            values[x], slope = _mapped(t.reshape(shape), *ends)
            weight = weight * slope
        terms = np.broadcast_to(at(e.function) * weight, (len(t),) * count)
        terms = np.where(weight == 0, LD(0), terms)
    if not np.all(np.isfinite(terms)):
        raise B.Limit("an integrand without a value")
    size = np.abs(terms).sum()
    edge = [np.abs(np.take(terms, (0, 1, -2, -1), axis=axis)).sum() for axis in range(count)]
    if max(edge) > TAIL * size:
        raise B.Limit("an integral whose ends do not vanish: it may diverge")
    return terms.sum(), size


def _mapped(t: Any, low: Any, high: Any) -> tuple[Any, Any]:
    """x(t) and dx/dt for an interval; None is an infinite end."""
    half = LD(np.pi) / 2
    if low is not None and high is not None:
        share = 1 / (1 + np.exp(-2 * half * np.sinh(t)))
        return low + (high - low) * share, (high - low) * 2 * half * np.cosh(t) * share * (1 - share)
    if low is None and high is None:
        return np.sinh(half * np.sinh(t)), half * np.cosh(t) * np.cosh(half * np.sinh(t))
    far = np.exp(half * np.sinh(t))
    slope = far * half * np.cosh(t)
    return (low + far, slope) if high is None else (high - far, slope)
