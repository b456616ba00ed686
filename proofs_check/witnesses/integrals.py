"""Integrals over (a, b), b = oo allowed, and infinite sums, in balls.

Acb.integral on the bulk, exponential tails in t = log x.
"""

import itertools

import sympy as sp
from flint import acb, arb, ctx, fmpq

from . import balls as B


def cplx(e, x, z, pt):
    """Value of an elementary formula at a complex point z of x (acb); real symbols from the point."""
    if e == x:
        return z
    if not e.has(x):
        return acb(B.ball(B.ev(e, pt)))
    r = [cplx(a, x, z, pt) for a in e.args]
    if isinstance(e, sp.Add):
        t = r[0]
        for a in r[1:]:
            t = t + a
        return t
    if isinstance(e, sp.Mul):
        t = r[0]
        for a in r[1:]:
            t = t * a
        return t
    if isinstance(e, sp.exp):
        return r[0].exp()
    if isinstance(e, sp.Pow):
        if e.exp.is_Integer:
            return r[0] ** int(e.exp)
        return (r[0].log() * r[1]).exp()
    if isinstance(e, sp.log):
        return r[0].log()
    if isinstance(e, sp.cos):
        return r[0].cos()
    if isinstance(e, sp.sin):
        return r[0].sin()
    if isinstance(e, sp.erf):
        return r[0].erf()
    raise B.Limit(f"an integrand with {type(e).__name__}")


def integral(e, pt):
    if len(e.limits) != 1 or len(e.limits[0]) != 3:
        raise B.Limit("an integral that is not over one interval")
    x, lo, hi = e.limits[0]
    f = e.function
    if hi is not sp.oo or lo is -sp.oo:
        if lo is -sp.oo or hi is -sp.oo:
            raise B.Limit("an integral from -oo")
        a, b = B.ball(B.ev(lo, pt)), B.ball(B.ev(hi, pt))
        v = acb.integral(lambda z, an: cplx(f, x, z, pt), acb(a), acb(b)).real
        if not v.is_finite():
            raise B.Limit("the integral did not converge")
        return v
    a = B.ev(lo, pt)
    x if a == 0 else x + lo
    # t = log x: g(t) = f(e^t) e^t, which decays at least exponentially in both directions if the integral exists
    fs = f if a == 0 else f.xreplace({x: x + lo})

    def g(t):
        return cplx(fs, x, acb(t).exp(), pt) * acb(t).exp()

    def logg(t):
        v = g(arb(t)).real
        if v > 0:
            return float(v.log().mid())
        w = abs(v)
        return float(w.mid().log().mid()) if w.mid() > 0 else -1e308

    target = -0.6931 * min(ctx.prec, 160) - 5
    grid = [-40 + 0.5 * i for i in range(161)]
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

    def reach(sign):
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
                raise B.Limit("a tail that is not exponential")
        raise B.Limit("no end of the integrand was found")

    t1, rate1 = reach(-1)
    t2, rate2 = reach(1)
    total = arb(0)
    cuts = sorted({t1, t2, *[c for c in (peak - 1, peak - 0.02, peak, peak + 0.02, peak + 1) if t1 < c < t2]})
    rel = arb(2) ** (-min(ctx.prec, 160))
    for c0, c1 in itertools.pairwise(cuts):
        v = acb.integral(
            lambda z, an: g(z), acb(c0), acb(c1), abs_tol=(arb(top).exp() * rel), rel_tol=rel, eval_limit=40000
        ).real
        if not v.is_finite():
            raise B.Limit("the integral did not converge")
        total += v
    for t, rate, s in ((t1, rate1, -1), (t2, rate2, 1)):
        if rate is None:
            total += arb(0, (arb(top + target).exp() * 50).upper())
        else:  # exponential tail: ratio over one unit in balls gives the rate
            a0, a1 = g(arb(t)).real, g(arb(t + s)).real
            total += a0 / (a0 / a1).log() * arb(1, 1e-18)
    return total


def infinite_sum(f, i, a, pt):
    """sum_{i >= a}: geometric ratio test in balls gives a tail; otherwise not evaluated."""
    tot, k, prev = arb(0), int(a.p), None
    for n in range(4000):
        x = B.ball(B.ev(f, B.Point({**pt.values, i: fmpq(k + n)}, pt.spectrum, pt.hooks)))
        tot += x
        if prev is not None and abs(x) < abs(prev) * arb(0.98) and abs(x) < abs(tot) * arb(2) ** (-ctx.prec):
            return tot + arb(0, (abs(x) * 50).upper())
        if x == 0 and n > 3:
            return tot
        prev = x
    raise B.Limit("an infinite sum that converges slowly")
