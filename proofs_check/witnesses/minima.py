"""Minima and minimisers at a point: the least value on a grid, refined, and enclosed.

It is enclosed between two points at which the function is larger, or by the zero of the derivative (balls).
"""

from __future__ import annotations

import math
from collections.abc import Callable

import sympy as sp
from flint import arb

from ridgeproof.theorems import quantities as Q
from ridgeproof.theorems.functions import TestErrorOf

from . import balls as B
from .balls import Number
from .intervals import GRID, Interval, constants, middle, refine, short

ORDERS = (28, 36)  # of quadrature at d = 2, as in laws.py
SAFETY = 20
SEVERAL = "more than one place where the function is about least"


def optimum(e: Q.Argmin | Q.Minimum, pt: B.Point) -> Number:
    """Where a function is least, or its least value: enclosed between two points at which it is larger."""
    pt.marks.add("estimated")  # that no lower place lies between the points of the grid
    x, f = e.variable, e.function
    heavy = bool(f.atoms(TestErrorOf))
    if heavy and len(pt.spectrum) == 2 and pt.order is None:
        return _at_two_orders(e, pt)
    interval = Interval(*e.within, pt)
    inner = {a: B.ev(a, pt) for a in constants(f, x)}

    def at(z: Number) -> Number | None:
        """None stands for +oo, or for no value (an open end)."""
        here = pt.child({x: z})
        here.cache.update(inner)
        try:
            return B.ev(f, here)
        except (B.Infinite, B.Undefined):
            return None

    def height(t: float) -> float:
        try:
            v = at(short(interval.at(t)))
        except B.Limit as error:
            dark.append((t, error))
            return math.inf
        h = math.inf if v is None else middle(v)
        return math.inf if math.isnan(h) else h

    dark: list[tuple[float, B.Limit]] = []
    grid = [t / 2 for t in interval.grid(18)] if heavy else interval.grid(GRID)
    heights = [height(t) for t in grid]
    best = min(range(len(grid)), key=lambda i: heights[i])
    if not math.isfinite(heights[best]):
        if dark:
            raise dark[0][1]
        raise B.Undefined("a minimum of nothing finite")
    ends = [(z, at(z)) for z in (interval.low, interval.high) if z is not None]
    left, right = grid[max(0, best - 1)], grid[min(len(grid) - 1, best + 1)]
    unlit = dict(dark)
    left, right = (_lit(height, grid[best], t, heights[best]) if t in unlit else t for t in (left, right))
    dark.clear()
    t = golden(height, left, right, (34 if isinstance(e, Q.Argmin) else 12) if heavy else 70)
    if dark:
        raise dark[0][1]
    z, where = None, short(interval.at(t))
    if not heavy:
        z = _stationary(sp.diff(f, x), x, interval, left, right, inner, pt)
    low = at(where if z is None else z)
    if low is None:
        raise B.Undefined("a minimum of nothing finite")
    lower = [(end, v) for end, v in ends if v is not None and not B.ball(v) > B.ball(low)]
    if len(lower) == 2:
        (_, first), (_, second) = lower
        if not (B.ball(first) < B.ball(second) or B.ball(second) < B.ball(first)) and isinstance(e, Q.Argmin):
            raise B.Limit(SEVERAL)
        lower = [lower[int(bool(B.ball(second) < B.ball(first)))]]
    for end, v in lower:
        near = best in (0, 1, len(grid) - 2, len(grid) - 1) or abs(middle(end) - middle(where)) < 1e-9
        if not (near or B.ball(v) < B.ball(low)) and isinstance(e, Q.Argmin):
            raise B.Limit(SEVERAL)
        return end if isinstance(e, Q.Argmin) else v
    if best in (0, len(grid) - 1):
        raise B.Limit("the least value is approached at an end of the interval")
    if isinstance(e, Q.Argmin):
        lowest = middle(low)
        for i in (i for i in range(len(grid)) if abs(i - best) > 2 and _is_dip(heights, i)):
            there = min(heights[i], height(golden(height, grid[i - 1], grid[i + 1], 20 if heavy else 70)))
            if there <= lowest + 1e-6 * abs(lowest) + 1e-12:
                raise B.Limit(SEVERAL)
    if z is not None:
        return z if isinstance(e, Q.Argmin) else low
    step = 1e-12
    while step < 0.3:
        a, b = short(interval.at(t - step)), short(interval.at(t + step))
        va, vb = at(a), at(b)
        if (va is None or B.ball(va) > B.ball(low)) and (vb is None or B.ball(vb) > B.ball(low)):
            if isinstance(e, Q.Argmin):
                return B.ball(a).union(B.ball(b))
            drop = max(abs(B.ball(v) - B.ball(low)).upper() for v in (va, vb) if v is not None)
            return (B.ball(low) - drop).union(B.ball(low))
        step *= 4
    raise B.Limit("a minimum that is too flat")


def _at_two_orders(e: Q.Argmin | Q.Minimum, pt: B.Point) -> arb:
    """A minimum of errors that quadrature gives: a smooth function at each order, whose minima differ by its error.

    Between two places the error bars of one order would hide what both have in common.
    """
    found = []
    for order in ORDERS:
        here = pt.child({})
        here.order = order
        found.append(B.ball(optimum(e, here)))
    coarse, fine = found
    return arb(fine.mid(), (SAFETY * abs(fine - coarse) + fine.rad()).upper())


def _lit(height: Callable[[float], float], low: float, end: float, least: float) -> float:
    """A point nearer than an end that has no value, at which the function has one above its least."""
    for share in (0.5, 0.25, 0.125, 0.0625):
        t = low + share * (end - low)
        h = height(t)
        if math.isfinite(h) and h > least:
            return t
    raise B.Limit("no value on one side of the least one")


def _is_dip(heights: list[float], i: int) -> bool:
    return 0 < i < len(heights) - 1 and heights[i] <= heights[i - 1] and heights[i] <= heights[i + 1]


def golden(f: Callable[[float], float], a: float, b: float, rounds: int) -> float:
    """Where f, with one valley between a and b, is least: the interval shrinks by 0.618 a round."""
    ratio = (math.sqrt(5) - 1) / 2
    c, d = b - ratio * (b - a), a + ratio * (b - a)
    fc, fd = f(c), f(d)
    for _ in range(rounds):
        if fc < fd:
            b, d, fd = d, c, fc
            c = b - ratio * (b - a)
            fc = f(c)
        else:
            a, c, fc = c, d, fd
            d = a + ratio * (b - a)
            fd = f(d)
    return (a + b) / 2


def _stationary(
    slope: sp.Expr,
    x: sp.Symbol,
    interval: Interval,
    t1: float,
    t2: float,
    inner: dict[sp.Expr, Number],
    pt: B.Point,
) -> Number | None:
    """The zero of the derivative between two places, enclosed; None where it cannot be had."""

    def f(z: Number) -> arb:
        here = pt.child({x: z})
        here.cache.update(inner)
        return B.ball(B.ev(slope, here))

    try:
        s1, s2 = f(interval.at(t1).mid()), f(interval.at(t2).mid())
        if not (s1 < 0 and s2 > 0):
            return None
        return refine(f, interval, t1, -1, t2)
    except (B.Limit, B.Undefined, ZeroDivisionError):
        return None
