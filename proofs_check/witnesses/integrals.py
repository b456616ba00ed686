"""Integrals over (a, b), b = oo allowed, and infinite sums, in balls.

Acb.integral on the bulk, exponential tails in t = log x.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import sympy as sp
from flint import acb, arb, ctx

from . import balls as B
from .balls import Number

UNARY = {sp.exp: "exp", sp.cos: "cos", sp.sin: "sin", sp.erf: "erf", sp.sinh: "sinh", sp.cosh: "cosh", sp.tanh: "tanh"}


def compiled(e: sp.Expr, x: sp.Symbol, pt: B.Point) -> Callable[[acb, bool], acb]:
    """A formula as a function of a complex point of x and of a flag; its constants are computed once.

    With the flag the value is non-finite where the formula is not analytic on the ball (roots, logarithms): what
    ``acb.integral`` needs to be rigorous.
    """
    if e == x:
        return lambda z, analytic: z
    if not e.has(x):
        constant = acb(B.ball(B.ev(e, pt)))
        return lambda z, analytic: constant
    if isinstance(e, sp.Pow) and not e.exp.has(x):
        base = compiled(e.base, x, pt)
        if e.exp.is_Integer:
            n = int(e.exp)
            return lambda z, analytic: base(z, analytic) ** n
        if e.exp == sp.Rational(1, 2):
            return lambda z, analytic: base(z, analytic).sqrt(analytic=analytic)
        exponent = acb(B.ball(B.ev(e.exp, pt)))
        return lambda z, analytic: base(z, analytic).pow(exponent, analytic=analytic)
    parts = [compiled(a, x, pt) for a in e.args]
    if isinstance(e, sp.Add | sp.Mul):
        first, rest = parts[0], parts[1:]

        def added(z: acb, analytic: bool) -> acb:
            total = first(z, analytic)
            for f in rest:
                total = total + f(z, analytic)
            return total

        def multiplied(z: acb, analytic: bool) -> acb:
            total = first(z, analytic)
            for f in rest:
                total = total * f(z, analytic)
            return total

        return added if isinstance(e, sp.Add) else multiplied
    if isinstance(e, sp.Pow):
        if e.base.is_Rational and e.base > 0:
            log = B.ball(B.to_q(e.base)).log()
            return lambda z, analytic: (log * parts[1](z, analytic)).exp()
        return lambda z, analytic: parts[0](z, analytic).pow(parts[1](z, analytic), analytic=analytic)
    if isinstance(e, sp.log):
        return lambda z, analytic: parts[0](z, analytic).log(analytic=analytic)
    for kind, name in UNARY.items():
        if isinstance(e, kind):
            return lambda z, analytic: getattr(parts[0](z, analytic), name)()
    raise B.Limit(f"an integrand with {type(e).__name__}")


def integral(e: sp.Integral, pt: B.Point, digits: int | None = None) -> Number:
    """An integral over one interval; digits: bits that are wanted, where the working precision is higher."""
    bits = min(digits or ctx.prec, 160)
    if len(e.limits) > 1:
        from .iterated import iterated

        return iterated(e, pt)
    if len(e.limits[0]) != 3:
        raise B.Limit("an integral that is not over one interval")
    x, lo, hi = e.limits[0]
    f = e.function
    if lo == -sp.oo:
        turned = f.xreplace({x: -x})
        if hi is not sp.oo:
            return integral(sp.Integral(turned, (x, -hi, sp.oo)), pt)
        return integral(sp.Integral(f, (x, 0, sp.oo)), pt) + integral(sp.Integral(turned, (x, 0, sp.oo)), pt)
    if hi is not sp.oo:
        a, b = B.ball(B.ev(lo, pt)), B.ball(B.ev(hi, pt))
        return bounded(f, x, a, b, lo, hi, pt)
    pt.marks.add("estimated")  # the tails
    try:
        return _half_line(f, x, lo, pt, bits)
    except Slow:
        if not B.ball(B.ev(lo, pt)) > 1:
            raise
        f, t = in_logs(f, x)  # x (log x)^-2 is a power of log x
        return integral(sp.Integral(f, (t, sp.log(lo), sp.oo)), pt, digits)


class Slow(B.Limit):
    """An integrand that falls more slowly than a power."""


def in_logs(f: sp.Expr, x: sp.Symbol) -> tuple[sp.Expr, sp.Symbol]:
    """The integrand in t = log x, and t."""
    t = sp.Dummy("t", positive=True)
    return sp.powsimp(sp.expand_log(f.xreplace({x: sp.exp(t)}) * sp.exp(t))), t


def _half_line(f: sp.Expr, x: sp.Symbol, lo: sp.Expr, pt: B.Point, bits: int) -> Number:
    """Over (lo, oo)."""
    a = B.ev(lo, pt)
    # t = log x: g(t) = f(e^t) e^t, which decays at least exponentially in both directions if the integral exists
    fs = f if a == 0 else f.xreplace({x: x + lo})

    value = compiled(fs, x, pt)

    def g(t: Any, analytic: bool = False) -> Any:
        u = acb(t).exp()
        return value(u, analytic) * u

    def log(t: float) -> arb | None:
        v = abs(g(arb(t)).real)
        v = v if v > 0 else v.mid()
        return v.log().mid() if v > 0 else None

    target = -0.6931 * bits - 5
    grid = [-40 + 0.5 * i for i in range(161)]
    unit = max((v for v in map(log, grid) if v is not None), default=arb(0))

    def logg(t: float) -> float:
        """In units of the largest value of the grid: of e^(-10^18) doubles would see no slope."""
        v = log(t)
        return -1e308 if v is None else float(v - unit)

    vals = [logg(t) for t in grid]
    # sharpen the largest value by golden section (log g is smooth where g is a narrow peak)
    i = max(range(len(grid)), key=lambda k: vals[k])
    l, r = grid[max(0, i - 1)], grid[min(len(grid) - 1, i + 1)]
    for _ in range(60):
        m1, m2 = l + (r - l) * 0.382, l + (r - l) * 0.618
        if logg(m1) < logg(m2):
            l = m1
        else:
            r = m2
    peak = (l + r) / 2
    top = max(vals[i], logg(peak))

    def reach(sign: int) -> Any:
        """t beyond which g is below the target; or where g is exactly exponential (then the tail is g/rate)."""
        step = 0.001
        t, _prev = peak, None
        for _ in range(400):
            t += sign * step
            v = logg(t)
            if v < top + target:
                return t, None
            step *= 1.25
            if abs(t - peak) > 60:
                v1, v2 = logg(t + sign * 20), logg(t + sign * 40)
                r1, r2 = (v1 - v) / 20, (v2 - v1) / 20
                if r1 >= -1e-9:
                    if all(g(arb(peak + sign * u)).real > 0 for u in (1, 5, 20, 40)):
                        raise B.Infinite()
                    raise B.Undefined("the integral diverges")
                if abs(r1 - r2) < 1e-13 * abs(r1) + 1e-14:
                    return t, -r1
            if abs(t) > 1e5:
                raise Slow("a tail that is not exponential")
        raise B.Limit("no end of the integrand was found")

    t1, rate1 = reach(-1)
    t2, rate2 = reach(1)
    total = arb(0)
    cuts = sorted({t1, t2, *[c for c in (peak - 1, peak - 0.02, peak, peak + 0.02, peak + 1) if t1 < c < t2]})
    rel = arb(2) ** (-bits)
    for c0, c1 in itertools.pairwise(cuts):
        v = acb.integral(
            lambda z, an: g(z, an), acb(c0), acb(c1), abs_tol=((unit + top).exp() * rel), rel_tol=rel, eval_limit=40000
        ).real
        if not v.is_finite():
            raise B.Limit("the integral did not converge")
        total += v
    for t, rate, s in ((t1, rate1, -1), (t2, rate2, 1)):
        if rate is None:
            total += arb(0, ((unit + top + target).exp() * 50).upper())
        else:  # exponential tail: ratio over one unit in balls gives the rate
            a0, a1 = g(arb(t)).real, g(arb(t + s)).real
            total += a0 / (a0 / a1).log() * arb(1, 1e-18)
    return total


def bounded(f: sp.Expr, x: sp.Symbol, a: sp.Expr, b: sp.Expr, lo: Number, hi: Number, pt: B.Point) -> Number:
    """Over (a, b): directly, and where an end is singular over u = (x - a)/(b - x), with more digits."""
    if a > 1 and b > 1000 * a and _level(f, x, a, b, pt):
        f, t = in_logs(f, x)
        return bounded(f, t, a.log(), b.log(), sp.log(lo), sp.log(hi), pt)
    rel = arb(2) ** (-min(ctx.prec, 160))
    v = acb.integral(compiled(f, x, pt), acb(a), acb(b), rel_tol=rel, abs_tol=rel, eval_limit=8000).real
    if v.is_finite() and v.rad() < arb(2) ** (-min(ctx.prec, 160) // 2) * (1 + abs(v)):
        return v
    u, prec = sp.Dummy("u", positive=True), ctx.prec
    inside = f.xreplace({x: (lo + hi * u) / (1 + u)}).replace(
        lambda p: isinstance(p, sp.Pow) and p.has(u), lambda p: sp.factor(sp.together(p.base)) ** p.exp
    )  # b - x is (b - a)/(1 + u): said so, its balls stay narrow
    inside = inside * (hi - lo) / (1 + u) ** 2
    try:
        ctx.prec = 5 * min(prec, 128)
        here = pt.child({})
        return integral(sp.Integral(inside, (u, 0, sp.oo)), here, min(prec, 128))
    finally:
        ctx.prec = prec


def _level(f: sp.Expr, x: sp.Symbol, a: arb, b: arb, pt: B.Point) -> bool:
    """Whether no decade of (a, b) leads the integral: x f(x) changes like a power of log x at most."""
    value = compiled(f, x, pt)
    low, middle, high = (abs((value(acb(z), False) * z).real) for z in (a, (a * b).sqrt(), b))
    return bool(middle * (b / a).log() ** 3 > low.max(high))
