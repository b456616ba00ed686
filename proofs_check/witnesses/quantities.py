"""Roots, sequences, minima and minimisers at a point: what a claim defines by an equation, a step or an optimum.

root      sign changes along a grid of the interval, one of them only; refined in balls until two signs enclose it.
          Several unknowns: equations linear in one of them are solved for it; else Newton from many starts, enclosed by
          Krawczyk's test.
sequence  the step carried out; a step that is affine with constant coefficients also at astronomically many terms
minimum   the least value on a grid, refined; enclosed between two points at which the function is larger (balls)
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from fractions import Fraction
from typing import TypeAlias

import sympy as sp
from flint import arb, arb_mat, ctx, fmpq

from ridgeproof.theorems import quantities as Q
from ridgeproof.theorems import vocabulary as voc
from ridgeproof.theorems.functions import Kappa, SpectralSum, TestErrorOf

from . import balls as B

Number: TypeAlias = fmpq | arb
MOST_TERMS = 3000
GRID = 160


ORDERS = (28, 36)  # of quadrature at d = 2, as in laws.py
SAFETY = 20


def value(e: sp.Expr, pt: B.Point) -> Number:
    """The value of a quantity at a point, an exact rational or a ball."""
    if isinstance(e, Q.Root):
        return root(e, pt)
    if isinstance(e, Q.Term):
        return term(e, pt)
    if isinstance(e, Q.Argmin | Q.Minimum):
        return optimum(e, pt)
    raise B.Limit(f"no evaluator for {type(e).__name__}: {sp.sstr(e):.60}")


# --- the interval, as the image of the line --------------------------------------------------------------------------


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


def _middle(x: Number) -> float:
    try:
        return float(B.ball(x).mid())
    except OverflowError:
        return math.inf


# --- roots -----------------------------------------------------------------------------------------------------------


def root(e: Q.Root, pt: B.Point) -> Number:
    """The unknown of a Root: one value, or Undefined where there is none that is unique."""
    unknowns, equations, ends = list(e.unknowns), list(e.equations), list(e.within)
    later: dict[sp.Symbol, sp.Expr] = {}
    while len(unknowns) > 1:
        found = next(((x, f) for x in unknowns for f in equations if _linear(f, x)), None)
        if found is None:
            break
        x, f = found
        slope = sp.diff(f, x)
        inner = sp.expand(-(f - slope * x)) / slope
        later = {y: g.xreplace({x: inner}) for y, g in later.items()} | {x: inner}
        i = unknowns.index(x)
        del unknowns[i], ends[i]
        equations = [g.xreplace({x: inner}) for g in equations if g is not f]
    if len(unknowns) > 1:
        solved = _system(unknowns, equations, [Interval(*pair, pt) for pair in ends], pt)
        here = pt.child(dict(zip(unknowns, solved, strict=True)))
    else:
        # the values of what was eliminated must lie in their own intervals
        inside = [(g, Interval(*e.within[e.unknowns.index(y)], pt)) for y, g in later.items()]
        interval = Interval(*ends[0], pt)
        x = single(equations[0], unknowns[0], interval, pt, inside)
        here = pt.child({unknowns[0]: x})
    return B.ev(later[e.unknown], here) if e.unknown in later else here.values[e.unknown]


def _linear(f: sp.Expr, x: sp.Symbol) -> bool:
    slope = sp.diff(f, x)
    return x in f.free_symbols and x not in slope.free_symbols and slope.is_nonzero is not False and slope != 0


def single(f: sp.Expr, x: sp.Symbol, interval: Interval, pt: B.Point, inside: list[tuple[sp.Expr, Interval]]) -> Number:
    """The one zero of a function of one variable."""
    inner = {a: B.ev(a, pt) for a in _constants(f, x)}

    def sign_at(z: Number) -> arb:
        here = pt.child({x: z})
        here.cache.update(inner)
        return B.ball(B.ev(f, here))

    def admissible(z: Number) -> bool:
        here = pt.child({x: z})
        return all(ends.contains(B.ev(g, here)) for g, ends in inside)

    grid = interval.grid(GRID)
    seen: list[tuple[float, int]] = []
    for t in grid:
        try:
            v = sign_at(interval.at(t).mid())
        except (B.Undefined, B.Wide):
            continue
        if v > 0 or v < 0:
            seen.append((t, 1 if v > 0 else -1))
    zeros: list[Number] = []
    for (t1, s1), (t2, s2) in itertools.pairwise(seen):
        if s1 == s2:
            continue
        z = _refine(sign_at, interval, t1, s1, t2)
        if z is not None and admissible(z):
            zeros.append(z)
    if len(zeros) > 1:
        raise B.Undefined(f"more than one root: {_middle(zeros[0]):.6g}, {_middle(zeros[1]):.6g}")
    if not zeros:
        raise B.Limit("no root was found")
    return zeros[0]


def _constants(f: sp.Expr, x: sp.Symbol) -> list[sp.Expr]:
    """The largest parts that do not depend on x and that are worth computing once."""
    own = f.atoms(Q.Bound) | {voc.s, voc.w2}
    return [a for a in f.atoms(Kappa, SpectralSum) if x not in a.free_symbols and not a.free_symbols & own]


def _refine(f: Callable[[Number], arb], interval: Interval, t1: float, s1: int, t2: float) -> Number | None:
    """A zero between two signs: bisection, then secants at full precision; None at a pole."""
    start = abs(_middle(f(interval.at(t1).mid())))
    for _ in range(48):
        m = (t1 + t2) / 2
        v = f(interval.at(m).mid())
        if not (v > 0 or v < 0):
            t1 = t2 = m
            break
        t1, t2 = (m, t2) if (v > 0) == (s1 > 0) else (t1, m)
    a, b = interval.at(t1 - 1e-13 * (1 + abs(t1))).mid(), interval.at(t2 + 1e-13 * (1 + abs(t2))).mid()
    guess = Fraction(_middle((a + b) / 2)).limit_denominator(10**4)
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
            if abs(_middle(fl)) > 1e3 * (start + 1):
                return None  # a pole: the sign changes through infinity
            return low.union(high)
        width = width * 16
    raise B.Wide("a root is not enclosed")


def _system(unknowns: list[sp.Symbol], equations: list[sp.Expr], ends: list[Interval], pt: B.Point) -> list[Number]:
    """The one solution of coupled equations: Newton from many starts, then Krawczyk's test in balls."""
    jacobian = [[sp.diff(f, x) for x in unknowns] for f in equations]
    n = len(unknowns)

    def values(x: list[Number], rows: list[sp.Expr]) -> list[arb]:
        here = pt.child(dict(zip(unknowns, x, strict=True)))
        return [B.ball(B.ev(f, here)) for f in rows]

    def newton(x: list[arb], rounds: int) -> list[arb] | None:
        for _ in range(rounds):
            f = arb_mat(n, 1, values(list(x), equations))
            slopes = arb_mat(n, n, [v for row in jacobian for v in values(list(x), row)])
            step = slopes.solve(f)
            x, old = [(x[i] - step[i, 0]).mid() for i in range(n)], x
            if all(abs(a - b) <= abs(a) * arb(2) ** (-ctx.prec + 24) for a, b in zip(x, old, strict=True)):
                return x
            if not all(z.is_finite() and abs(z) < arb(1e60) for z in x):
                return None
        return None

    solutions: list[list[arb]] = []
    for start in itertools.product((-6.0, -2.5, -0.7, 0.3, 1.1, 2.9, 6.0), repeat=n):
        try:
            x = newton([iv.at(t).mid() for iv, t in zip(ends, start, strict=True)], 60)
        except (B.Undefined, B.Limit, ZeroDivisionError, ValueError):
            continue
        if x is None or not all(iv.contains(z) for iv, z in zip(ends, x, strict=True)):
            continue
        if all(any(abs(a - b) > arb(1e-9) * (1 + abs(a)) for a, b in zip(x, y, strict=True)) for y in solutions):
            solutions.append(x)
    if len(solutions) > 1:
        raise B.Undefined(f"more than one solution of {len(equations)} equations")
    if not solutions:
        raise B.Limit("no solution was found")
    return list(_krawczyk(solutions[0], values, equations, jacobian))


def _krawczyk(
    x: list[arb],
    values: Callable[[list[Number], list[sp.Expr]], list[arb]],
    equations: list[sp.Expr],
    jacobian: list[list[sp.Expr]],
) -> list[arb]:
    """Balls around x that contain the one zero: K(X) = x - Y f(x) + (1 - Y F'(X)) (X - x) lies inside X."""
    n = len(x)
    width = arb(2) ** (-ctx.prec + 40)
    one = arb_mat(n, n, [arb(int(i == j)) for i in range(n) for j in range(n)])
    for _ in range(12):
        box = [arb(z.mid(), ((1 + abs(z)) * width).upper()) for z in x]
        slopes = arb_mat(n, n, [v for row in jacobian for v in values(list(x), row)])
        inverse = slopes.inv()
        wide = arb_mat(n, n, [v for row in jacobian for v in values(list(box), row)])
        f = arb_mat(n, 1, values(list(x), equations))
        away = arb_mat(n, 1, [b - z for b, z in zip(box, x, strict=True)])
        image = arb_mat(n, 1, list(x)) - inverse * f + (one - inverse * wide) * away
        if all(box[i].contains_interior(image[i, 0]) for i in range(n)):
            return [image[i, 0] for i in range(n)]
        width = width * 256
    raise B.Wide("a solution is not enclosed")


# --- sequences -------------------------------------------------------------------------------------------------------


def term(e: Q.Term, pt: B.Point) -> Number:
    """The term of a sequence, step by step; by powers of a matrix where the step is affine and the index large."""
    number = B.ev(e.index, pt)
    if not B.rat(number):
        index = _integer(number)
    elif number.q != 1 or number < 0:
        raise B.Undefined(f"the term number {number}")
    else:
        index = int(number.p)
    start = [B.ev(x, pt) for x in e.start]
    if index > MOST_TERMS:
        return _affine(e, start, index, pt)
    state = start
    for m in range(index):
        here = pt.child(dict(zip(e.state, state, strict=True)) | {e.counter: fmpq(m)})
        state = [_tame(B.ev(f, here)) for f in e.step]
    return state[e.component]


def _integer(x: arb) -> int:
    if not x.is_exact() or x > arb(2) ** 5000:
        raise B.Limit("a term whose number is too large")
    return int(x.unique_fmpz())


def _tame(x: Number) -> Number:
    """Rational numbers that grow beyond use become balls."""
    return arb(x) if B.rat(x) and max(abs(x.p).bit_length(), x.q.bit_length()) > 20000 else x


def _affine(e: Q.Term, start: list[Number], index: int, pt: B.Point) -> Number:
    n = len(start)
    zero = dict.fromkeys(e.state, sp.S.Zero)
    slopes = [[sp.diff(f, x) for x in e.state] for f in e.step]
    if any(s.free_symbols & {*e.state, e.counter} for row in slopes for s in row) or any(
        e.counter in f.free_symbols for f in e.step
    ):
        raise B.Limit(f"more than {MOST_TERMS} terms of a sequence")
    entries = [B.ball(B.ev(s, pt)) for row in slopes for s in row]
    offset = [B.ball(B.ev(f.xreplace(zero), pt)) for f in e.step]
    rows = [[*entries[i * n : (i + 1) * n], offset[i]] for i in range(n)] + [[arb(0)] * n + [arb(1)]]
    power = arb_mat(n + 1, n + 1, [v for row in rows for v in row]) ** index
    return sum((power[e.component, j] * B.ball(start[j]) for j in range(n)), power[e.component, n])


# --- minima ----------------------------------------------------------------------------------------------------------


def optimum(e: Q.Argmin | Q.Minimum, pt: B.Point) -> Number:
    """Where a function is least, or its least value: enclosed between two points at which it is larger."""
    pt.marks.add("estimated")  # that no lower place lies between the points of the grid
    x, f = e.variable, e.function
    heavy = bool(f.atoms(TestErrorOf))
    if heavy and len(pt.spectrum) == 2 and pt.order is None:
        return _at_two_orders(e, pt)
    interval = Interval(*e.within, pt)
    inner = {a: B.ev(a, pt) for a in _constants(f, x)}

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
            v = at(_short(interval.at(t)))
        except B.Limit as error:
            dark.append((t, error))
            return math.inf
        h = math.inf if v is None else _middle(v)
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
    z, where = None, _short(interval.at(t))
    if not heavy:
        z = _stationary(sp.diff(f, x), x, interval, left, right, inner, pt)
    low = at(where if z is None else z)
    if low is None:
        raise B.Undefined("a minimum of nothing finite")
    for end, v in ends:
        if v is not None and not B.ball(v) > B.ball(low) and best in (0, 1, len(grid) - 2, len(grid) - 1):
            return end if isinstance(e, Q.Argmin) else v
    if best in (0, len(grid) - 1):
        raise B.Limit("the least value is approached at an end of the interval")
    rivals = [h for i, h in enumerate(heights) if abs(i - best) > 2 and _is_dip(heights, i)]
    if isinstance(e, Q.Argmin) and any(h <= heights[best] * (1 + 1e-6) + 1e-12 for h in rivals):
        raise B.Limit("more than one place where the function is about least")
    if z is not None:
        return z if isinstance(e, Q.Argmin) else low
    step = 1e-12
    while step < 0.3:
        a, b = _short(interval.at(t - step)), _short(interval.at(t + step))
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


def _short(x: arb) -> fmpq:
    """A rational number of few digits near a ball: functions stay exact where they can."""
    m = Fraction(_middle(x))
    if m == 0:
        return fmpq(0)
    scale = 2 ** max(0, 44 - math.frexp(float(m))[1])
    over = round(m * scale)
    return fmpq(over, scale)


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
        return _refine(f, interval, t1, -1, t2)
    except (B.Limit, B.Undefined, ZeroDivisionError):
        return None
