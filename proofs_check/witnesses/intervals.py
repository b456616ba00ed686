"""Functions of one variable on an interval, as the image of the line: grids, and zeros enclosed between two signs."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import sympy as sp
from flint import arb, ctx, fmpq

from ridgeproof.theorems import quantities as Q
from ridgeproof.theorems import vocabulary as voc
from ridgeproof.theorems.functions import Kappa, SpectralSum

from . import balls as B
from .balls import Number

GRID = 160  # points of an interval that a search begins with


class Interval:
    """x(t) runs from the lower to the upper end as t runs over the line; logarithmically near a finite end."""

    def __init__(self, low: sp.Expr, high: sp.Expr, pt: B.Point) -> None:
        self.low = None if low == -sp.oo else B.ev(low, pt)
        self.high = None if high == sp.oo else B.ev(high, pt)
        self.reach = 46.0 if self.low is not None or self.high is not None else 23.0

    def at(self, t: float) -> arb:
        """The point of the interval at t."""
        u = arb(t)
        if self.low is not None and self.high is not None:
            return B.ball(self.low) + B.ball(self.high - self.low) / (1 + (-u).exp())
        if self.low is not None:
            return B.ball(self.low) + u.exp()
        if self.high is not None:
            return B.ball(self.high) - (-u).exp()
        return u.sinh()

    def contains(self, x: Number) -> bool:
        """Whether a number lies strictly inside."""
        above = self.low is None or bool(B.ball(x) > B.ball(self.low))
        return above and (self.high is None or bool(B.ball(x) < B.ball(self.high)))

    def grid(self, count: int) -> list[float]:
        """Points of the line, densest where numbers of order 1 lie."""
        return [self.reach * (u / 2 + u**3 / 2) for u in (2 * i / count - 1 + 1e-4 for i in range(count + 1))]


def middle(x: Number) -> float:
    """The middle of a ball, as a double."""
    try:
        return float(B.ball(x).mid())
    except OverflowError:
        return math.inf


def short(x: arb) -> fmpq:
    """A rational number of few digits near a ball: functions stay exact where they can."""
    m = Fraction(middle(x))
    if m == 0:
        return fmpq(0)
    scale = 2 ** max(0, 44 - math.frexp(float(m))[1])
    over = round(m * scale)
    return fmpq(over, scale)


def constants(f: sp.Expr, x: sp.Symbol) -> list[sp.Expr]:
    """The largest parts that do not depend on x and that are worth computing once."""
    own = f.atoms(Q.Bound) | {voc.s, voc.w2}
    return [a for a in f.atoms(Kappa, SpectralSum) if x not in a.free_symbols and not a.free_symbols & own]


def refine(f: Callable[[Number], arb], interval: Interval, t1: float, s1: int, t2: float) -> Number | None:
    """A zero between two signs: bisection, then secants at full precision; None at a pole."""
    start = abs(middle(f(interval.at(t1).mid())))
    for _ in range(48):
        m = (t1 + t2) / 2
        v = f(interval.at(m).mid())
        if not (v > 0 or v < 0):
            t1 = t2 = m
            break
        t1, t2 = (m, t2) if (v > 0) == (s1 > 0) else (t1, m)
    a, b = interval.at(t1 - 1e-13 * (1 + abs(t1))).mid(), interval.at(t2 + 1e-13 * (1 + abs(t2))).mid()
    guess = Fraction(middle((a + b) / 2)).limit_denominator(10**4)
    exact = fmpq(guess.numerator, guess.denominator)
    if abs(B.ball(exact) - a) <= 4 * abs(b - a) + abs(a) * arb(1e-12):
        try:
            v = f(exact)
            if v.contains(arb(0)) and v.rad() < arb(2) ** (-ctx.prec // 2):
                return exact
        except (B.Undefined, B.Wide):
            pass
    fa, fb = f(a), f(b)
    for _ in range(60):
        if not (fb - fa).contains(arb(0)):
            c = (b - fb * (b - a) / (fb - fa)).mid()
        else:
            break
        fc = f(c)
        a, fa, b, fb = b, fb, c, fc
        if abs(b - a) < abs(b) * arb(2) ** (-ctx.prec + 16) or fc.contains(arb(0)):
            break
    width = (abs(b) + arb(2) ** -ctx.prec) * arb(2) ** (-ctx.prec + 14)
    for _ in range(ctx.prec // 4):
        low, high = (b - width).lower(), (b + width).upper()
        fl, fh = f(low), f(high)
        if (fl > 0 and fh < 0) or (fl < 0 and fh > 0):
            if abs(middle(fl)) > 1e3 * (start + 1):
                return None  # a pole: the sign changes through infinity
            return low.union(high)
        width = width * 16
    raise B.Wide("a root is not enclosed")
