"""Sums and products over a bound index, finite or infinite, in balls.

Few terms: added up.  Powers and logarithms of the index: Hurwitz's zeta function, digamma, log gamma.  Geometric terms:
the closed form.  Else Euler and Maclaurin: the first terms, the integral of the rest, corrections by derivatives, and
as error twice the last correction, which bounds the remainder where the next derivatives keep their signs.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, TypeAlias

import sympy as sp
from flint import arb, arb_series, ctx, fmpq

from . import balls as B

Number: TypeAlias = fmpq | arb
MOST_TERMS = 3000


def finite_sum(e: sp.Expr, pt: B.Point) -> Number:
    """A Sum or a Product; several limits from the innermost outwards."""
    (i, low, high), *more = e.limits
    if more:
        return finite_sum(e.func(e.func(e.function, *e.limits[:1]), *e.limits[1:]), pt)
    a = B.ev(low, pt)
    b = None if high is sp.oo else B.ev(high, pt)
    for x in (a, b):
        if x is not None and not _whole(x):
            raise B.Undefined("bounds of a sum that are no integers")
    product = isinstance(e, sp.Product)
    if b is not None and not (B.ball(b - a) > MOST_TERMS):
        return _added(e.function, i, int(a.p), int(_as_q(b).p), pt, product)
    if product:
        logs = sp.expand_log(sp.log(sp.factor(sp.together(e.function))), force=True)  # of a quotient: two log gammas
        return B.ball(finite_sum(sp.Sum(logs, (i, low, high)), pt)).exp()
    v = closed(e.function, i, a, b, pt)
    if v is not None:
        return v
    return infinite(e.function, i, a, pt) if b is None else euler_maclaurin(e.function, i, a, b, pt)


def _whole(x: Number) -> bool:
    return bool(x.q == 1) if B.rat(x) else bool(x.is_integer())


def _as_q(x: Number) -> fmpq:
    if B.rat(x):
        return x
    if x > arb(2) ** 5000:
        raise B.Limit("a bound of a sum that is too large")
    return fmpq(x.unique_fmpz())


def _at(f: sp.Expr, i: sp.Symbol, k: Number, pt: B.Point) -> Number:
    return B.ev(f, pt.child({i: k}))


def _added(f: sp.Expr, i: sp.Symbol, a: int, b: int, pt: B.Point, product: bool) -> Number:
    total: Number = fmpq(1 if product else 0)
    for k in range(a, b + 1):
        x = _at(f, i, fmpq(k), pt)
        total = B.mul(total, x) if product else plus(total, x)
    return total


def plus(a: Number, b: Number) -> Number:
    """A sum, exact where both are."""
    return a + b if B.rat(a) == B.rat(b) else B.ball(a) + B.ball(b)


@lru_cache(maxsize=500)
def _parts(f: sp.Expr, i: sp.Symbol) -> tuple[tuple[sp.Expr, str, Any], ...] | None:
    """A summand as a sum of constant x (i + shift)^-s ("power"), log(i + shift) ("log"), ratio^i ("geometric")."""
    ratio = sp.powsimp(sp.simplify(f.xreplace({i: i + 1}) / f)) if f.has(sp.Pow, sp.exp) else i
    if i not in ratio.free_symbols:
        return ((f, "geometric", ratio),)
    out = []
    try:
        spread = sp.apart(f, i) if f.is_rational_function(i) and not f.is_polynomial(i) else sp.expand(f)
    except (NotImplementedError, sp.PolynomialError):
        spread = sp.expand(f)
    for part in sp.Add.make_args(sp.expand_power_base(sp.expand(sp.expand_log(spread), power_base=True), force=True)):
        factor, rest = part.as_independent(i)
        inside = rest.args[0] if isinstance(rest, sp.log) else sp.S.Zero
        if inside.is_polynomial(i) and sp.degree(inside, i) == 1 and inside.coeff(i, 1).is_positive:
            slope = inside.coeff(i, 1)
            out.append((factor * sp.log(slope), "power", (sp.S.Zero, sp.S.Zero)))
            out.append((factor, "log", inside.coeff(i, 0) / slope))
            continue
        base, power = rest.as_base_exp()
        if rest == 1:
            out.append((factor, "power", (sp.S.Zero, sp.S.Zero)))
        elif i not in power.free_symbols and base.is_polynomial(i) and sp.degree(base, i) == 1:
            slope = base.coeff(i, 1)
            out.append((factor * slope**power, "power", (-power, base.coeff(i, 0) / slope)))
        else:
            return None
    return tuple(out)


def closed(f: sp.Expr, i: sp.Symbol, a: Number, b: Number | None, pt: B.Point) -> Number | None:
    """The sum by a closed form; None where none is known."""
    parts = _parts(f, i)
    if parts is None:
        return None
    total, simple_poles = arb(0), arb(0)
    for factor, kind, data in parts:
        if kind == "geometric":
            first, ratio = B.ball(_at(factor, i, a, pt)), B.ev(data, pt)
            return _geometric(first, ratio, a, b)
        c = B.ball(B.ev(factor, pt))
        if kind == "log":
            if b is None:
                raise B.Infinite()
            shift = B.ball(B.ev(data, pt))
            total += c * ((B.ball(b) + shift + 1).lgamma() - (B.ball(a) + shift).lgamma())
            continue
        s, shift = B.ev(data[0], pt), B.ball(B.ev(data[1], pt))
        if B.rat(s) and s == 1:
            if b is None:
                simple_poles += c
                total -= c * (B.ball(a) + shift).digamma()
            else:
                total += c * ((B.ball(b) + shift + 1).digamma() - (B.ball(a) + shift).digamma())
            continue
        if b is None and B.less(s, fmpq(1)):
            if c > 0 and len(parts) == 1:
                raise B.Infinite()
            return None
        if B.rat(s) and s.q == 1 and s <= 0:
            if b is None:
                return None
            v = _powers(int(-s.p), B.ball(a) + shift, B.ball(b) + shift)
        else:
            v = B.ball(s).zeta(B.ball(a) + shift)
            if b is not None:
                v -= B.ball(s).zeta(B.ball(b) + shift + 1)
        if not v.is_finite():
            return None
        total += c * v
    if b is None and not simple_poles.contains(arb(0)):
        if simple_poles > 0:
            raise B.Infinite()
        raise B.Undefined("a sum that is -oo")
    return total


def _powers(k: int, a: arb, b: arb) -> arb:
    """sum of x^k for x = a, a + 1, ..., b, by Bernoulli polynomials."""
    x = sp.Symbol("x")
    coefficients = sp.Poly(sp.bernoulli(k + 1, x), x).all_coeffs()

    def polynomial(z: arb) -> arb:
        out = arb(0)
        for c in coefficients:
            out = out * z + B.ball(B.to_q(c))
        return out

    return (polynomial(b + 1) - polynomial(a)) / (k + 1)


def _geometric(first: arb, ratio: Number, a: Number, b: Number | None) -> Number:
    if B.rat(ratio) and ratio == 1:
        if b is None:
            raise B.Infinite()
        return first * B.ball(b - a + 1)
    r = B.ball(ratio)
    if b is None:
        if abs(r) < 1:
            return first / (1 - r)
        if r >= 1 and first > 0:
            raise B.Infinite()
        raise B.Undefined("a geometric sum that diverges")
    if (1 - r).contains(arb(0)):
        raise B.Wide("a ratio not separated from 1")
    power = (r.log() * B.ball(b - a + 1)).exp() if r > 0 else r ** _as_q(b - a + 1).p
    return first * (1 - power) / (1 - r)


def infinite(f: sp.Expr, i: sp.Symbol, a: Number, pt: B.Point) -> arb:
    """sum over i >= a: a ratio below 1 bounds the tail; slower ones by Euler and Maclaurin."""
    total, k, before = arb(0), int(_as_q(a).p), None
    for n in range(4000):
        x = B.ball(_at(f, i, fmpq(k + n), pt))
        total += x
        if before is not None and abs(x) < abs(before) * arb(0.98) and abs(x) < abs(total) * arb(2) ** (-ctx.prec):
            return total + arb(0, (abs(x) * 50).upper())
        if x == 0 and n > 3:
            return total
        if n == 60 and before is not None and abs(x) > abs(before) * arb(0.8):
            break  # slower than geometric
        before = x
    return euler_maclaurin(f, i, a, None, pt)


_JETS = {sp.exp: "exp", sp.log: "log", sp.sin: "sin", sp.cos: "cos", sp.erf: "erf", sp.atan: "atan"}


def _jet(f: sp.Expr, i: sp.Symbol, z: Number, pt: B.Point) -> arb_series:
    """The Taylor series of f at z, to the order of ``ctx.cap``."""
    if f == i:
        return arb_series([B.ball(z), 1])
    if not f.has(i):
        return arb_series([B.ball(B.ev(f, pt))])
    if isinstance(f, sp.Add | sp.Mul):
        first, *rest = (_jet(x, i, z, pt) for x in f.args)
        for part in rest:
            first = first + part if isinstance(f, sp.Add) else first * part
        return first
    if isinstance(f, sp.Pow):
        base = _jet(f.base, i, z, pt)
        if f.exp.has(i):
            return (base.log() * _jet(f.exp, i, z, pt)).exp()
        if f.exp.is_Integer:
            whole = base ** abs(int(f.exp))
            return whole if f.exp > 0 else 1 / whole
        return base ** B.ball(B.ev(f.exp, pt))
    for kind, name in _JETS.items():
        if isinstance(f, kind):
            return getattr(_jet(f.args[0], i, z, pt), name)()
    raise B.Limit(f"the derivatives of {type(f).__name__} in a sum that converges slowly")


def _odd_derivatives(f: sp.Expr, i: sp.Symbol, z: Number, count: int, pt: B.Point) -> list[arb]:
    """The first, third, ... derivative at z, ``count`` of them: from a series, as formulas they grow too fast."""
    cap, ctx.cap = ctx.cap, 2 * count
    try:
        found = _jet(f, i, z, pt).coeffs()
    finally:
        ctx.cap = cap
    found += [arb(0)] * (2 * count - len(found))
    return [found[k] * math.factorial(k) for k in range(1, 2 * count, 2)]


def euler_maclaurin(f: sp.Expr, i: sp.Symbol, a: Number, b: Number | None, pt: B.Point) -> arb:
    """sum_{i=a}^{b} f(i), b None for an infinite sum."""
    from . import integrals

    first, terms, orders = int(_as_q(a).p), 40, 7
    split = fmpq(first + terms)
    real = sp.Symbol(i.name, positive=True)
    g = f.xreplace({i: real})
    if g.atoms(sp.Sum, sp.Product, sp.floor, sp.Piecewise):
        raise B.Limit("an infinite sum that converges slowly")
    here = pt.child({})
    top = sp.Dummy("b", positive=True)
    low = sp.Integer(int(split.p))
    if b is not None:
        here.values[top] = b
    rest = integrals.integral(sp.Integral(g, (real, low, sp.oo if b is None else top)), here)
    total = B.ball(_added(f, i, first, first + terms - 1, pt, False)) + rest
    pt.marks.add("estimated")
    ends = [(split, -1)] + ([] if b is None else [(b, 1)])
    total += sum((B.ball(_at(g, real, z, pt)) / 2 for z, _ in ends), arb(0))
    last = arb(0)
    slopes = [(sign, _odd_derivatives(g, real, z, orders, pt)) for z, sign in ends]
    for k in range(1, orders + 1):
        c = B.ball(B.to_q(sp.bernoulli(2 * k))) / math.factorial(2 * k)
        last = sum((sign * c * at[k - 1] for sign, at in slopes), arb(0))
        total += last
    return total + arb(0, (2 * abs(last)).upper())
