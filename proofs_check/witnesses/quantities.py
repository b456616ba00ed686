"""Roots, sequences, minima and minimisers at a point: what a claim defines by an equation, a step or an optimum.

root      sign changes along a grid of the interval, one of them only; refined in balls until two signs enclose it.
          Several unknowns: equations linear in one of them are solved for it; else Newton from many starts, enclosed by
          Krawczyk's test.
sequence  the step carried out; a step that is affine with constant coefficients also at astronomically many terms
minimum   :mod:`.minima`
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

import sympy as sp
from flint import arb, arb_mat, ctx, fmpq

from ridgeproof.theorems import quantities as Q
from ridgeproof.theorems.sequences import Term

from . import balls as B
from . import minima
from .balls import Number
from .intervals import GRID, Interval, constants, middle, refine

MOST_TERMS = 3000


def value(e: sp.Expr, pt: B.Point) -> Number:
    """The value of a quantity at a point, an exact rational or a ball."""
    if isinstance(e, Q.Root):
        return root(e, pt)
    if isinstance(e, Term):
        return term(e, pt)
    if isinstance(e, Q.Argmin | Q.Minimum):
        return minima.optimum(e, pt)
    raise B.Limit(f"no evaluator for {type(e).__name__}: {sp.sstr(e):.60}")


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
    inner = {a: B.ev(a, pt) for a in constants(f, x)}

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
        z = refine(sign_at, interval, t1, s1, t2)
        if z is not None and admissible(z):
            zeros.append(z)
    if len(zeros) > 1:
        raise B.Undefined(f"more than one root: {middle(zeros[0]):.6g}, {middle(zeros[1]):.6g}")
    if not zeros:
        raise B.Limit("no root was found")
    return zeros[0]


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


def term(e: Term, pt: B.Point) -> Number:
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


def _affine(e: Term, start: list[Number], index: int, pt: B.Point) -> Number:
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
