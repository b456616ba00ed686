"""Scalar SymPy formulas at a point.

Exact rationals first, else balls (python-flint arb) at any precision. ev(e, pt) returns fmpq where the value is
rational and the way to it stays rational, else arb. Undefined: the formula has no value there (a pole that is proven,
a root of a negative number). Limit: the evaluator cannot (says why); never a verdict.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

import sympy as sp
from flint import arb, ctx, fmpq, fmpz

from ridgeproof.theorems import vocabulary as voc
from ridgeproof.theorems.functions import E_test, Expect, Kappa, SpectralSum, TestErrorOf, df
from ridgeproof.theorems.matrix_numbers import NUMBERS
from ridgeproof.theorems.quantities import Argmin, Minimum, Rate, Root
from ridgeproof.theorems.sequences import Term

Number: TypeAlias = fmpq | arb
Spectrum: TypeAlias = list[tuple[Number, Number]]  # (eigenvalue, squared coefficient of the truth)
Hook: TypeAlias = Callable[[sp.Expr, "Point"], Any]  # the value of an expectation, an error, a trace at a point


class Undefined(Exception):
    pass


class Limit(Exception):
    pass


class Infinite(Exception):
    """A side is +oo (a mean of something nonnegative that diverges)."""


INF = "+oo"
REACH = (arb(2) ** -600, arb(2) ** 600)  # of doubles, with room for a product


def ball(x: Number | int) -> arb:
    return arb(x) if not isinstance(x, arb) else x


def rat(x: object) -> bool:
    return isinstance(x, fmpq)


def to_q(n: sp.Rational) -> fmpq:
    return fmpq(int(n.p), int(n.q))


class Point:
    """Values of symbols (fmpq), a spectrum [(s, w2)], hooks for Expect / Trace / E_test; shrinkable, printable."""

    def __init__(
        self,
        values: Mapping[sp.Symbol, Number],
        spectrum: Iterable[tuple[Number, Number]] = (),
        hooks: Hook | None = None,
        note: str = "",
    ) -> None:
        self.values, self.spectrum, self.hooks, self.note = dict(values), list(spectrum), hooks, note
        self.cache: dict[sp.Expr, Number] = {}
        self.counts: Sequence[int] | None = None
        self.shape = 0  # which constants stand for arbitrary matrices (constants.py); 0: dense ones
        self.entries: dict[sp.MatrixSymbol, list[list[fmpq]]] = {}  # of constants that a search has moved
        self.order: int | None = None  # of quadrature: two of them, and an error bar, unless one is asked for
        self.implied: set[sp.Symbol] = set()  # symbols whose values follow from the spectrum, and are not told
        # "sampled": some value is a sample mean or an extrapolation; "links": the equivalents are used
        self.marks: set[str] = set()

    def child(self, values: Mapping[sp.Symbol, Number]) -> Point:
        """The same point with values of further symbols; what is marked there is marked here."""
        new = Point({**self.values, **values}, self.spectrum, self.hooks)
        new.counts, new.marks, new.order, new.shape = self.counts, self.marks, self.order, self.shape
        new.entries = self.entries
        return new

    def text(self) -> str:
        shown = {k: q for k, q in self.values.items() if k not in self.implied}
        parts = [", ".join(f"{k}={q}" for k, q in sorted(shown.items(), key=lambda t: str(t[0])))]
        if self.spectrum:
            parts.append("(s_j, w0_j^2) = " + ", ".join(f"({s},{w})" for s, w in self.spectrum))
        for x, m in self.entries.items():
            parts.append(f"{x} = [{', '.join('[' + ', '.join(map(str, row)) + ']' for row in m)}]")
        return "; ".join(p for p in (*parts, self.note) if p) or "every point (no letter stands free)"


def div(a: Number, b: Number) -> Number:
    if rat(b):
        if b == 0:
            raise Undefined("division by 0")
        return a / b if rat(a) else a / arb(b)
    if b.contains(arb(0)):
        if b.rad() == 0:
            raise Undefined("division by 0")
        raise Wide("a denominator is not separated from 0")
    return ball(a) / b


class Wide(Limit):
    """Balls too wide at this precision: try more."""


def power(b: Number, e: Number) -> Number:
    if rat(e) and e.q == 1:
        n = int(e.p)
        if rat(b):
            if b == 0 and n < 0:
                raise Undefined("0 to a negative power")
            if abs(n) * max(1, abs(b.p).bit_length(), abs(b.q).bit_length()) < 200000:
                return b**n if n >= 0 else 1 / b ** (-n)
            b = arb(b)
        if n < 0:
            return div(fmpq(1), b ** (-n))
        return b**n
    if rat(b) and rat(e):
        if b == 0:
            if e > 0:
                return fmpq(0)
            raise Undefined("0 to a negative power")
        if b > 0 and abs(int(e.p)) < 64 and int(e.q) < 64:
            k = int(e.q)
            p, q = b.p.root(k), b.q.root(k)
            if p**k == b.p and q**k == b.q:
                return fmpq(p, q) ** int(e.p) if e > 0 else 1 / fmpq(p, q) ** int(-e.p)
    if rat(b) and b < 0:
        raise Undefined("a root of a negative number")
    x = ball(b)
    if rat(e) and x.contains(arb(0)):
        if x < 0:
            raise Undefined("a root of a negative number")
        if e == fmpq(1, 2) and x.rad() > 0:
            up = x.upper()
            if up < arb(2) ** (-ctx.prec // 2):
                return arb(0, abs(up) ** arb(0.5)) if up > 0 else arb(0)
        raise Wide("a root of something not separated from 0")
    if x < 0:
        raise Undefined("a power of a negative number")
    if not x > 0:
        if x == 0:
            if ball(e) > 0:
                return fmpq(0)
            raise Undefined("0 to a power")
        raise Wide("a power of something not separated from 0")
    return (x.log() * ball(e)).exp() if not (rat(e) and e == fmpq(1, 2)) else x.sqrt()


def less(a: Number, b: Number) -> bool:
    """a < b: True, False, or Wide."""
    if rat(a) and rat(b):
        return a < b
    x, y = ball(a), ball(b)
    if x < y:
        return True
    if x >= y:
        return False
    raise Wide("a comparison is not decided")


ONE = {
    sp.exp: lambda x: x.exp(),
    sp.cos: lambda x: x.cos(),
    sp.sin: lambda x: x.sin(),
    sp.tan: lambda x: x.tan(),
    sp.erf: lambda x: x.erf(),
    sp.erfc: lambda x: x.erfc(),
    sp.sinh: lambda x: x.sinh(),
    sp.cosh: lambda x: x.cosh(),
    sp.tanh: lambda x: x.tanh(),
    sp.atan: lambda x: x.atan(),
    sp.asin: lambda x: x.asin(),
    sp.acos: lambda x: x.acos(),
    sp.digamma: lambda x: x.digamma(),
    sp.loggamma: lambda x: x.lgamma(),
}


@lru_cache(maxsize=4096)
def _constant_inside(summand: sp.Expr) -> tuple[sp.Expr, ...]:
    """Kappas and sums inside a summand that are the same for every eigenvalue."""
    return tuple(a for a in summand.atoms(Kappa, SpectralSum) if not (a.free_symbols & {voc.s, voc.w2}))


def ev(e: sp.Expr, pt: Point) -> Number:
    key = e
    if key in pt.cache:
        return pt.cache[key]
    v = _ev(e, pt)
    if isinstance(v, arb) and v.is_nan():
        raise Wide(f"no ball for {sp.sstr(e):.60}")
    pt.cache[key] = v
    return v


def _sum(e: sp.Add, pt: Point) -> Number:
    tot = fmpq(0)
    for a in e.args:
        x = ev(a, pt)
        tot = tot + x if rat(tot) == rat(x) else ball(tot) + ball(x)
    return tot


@lru_cache(maxsize=4096)
def _below(factor: sp.Expr) -> sp.Expr | None:
    """The denominator that a factor is, None for one above the line."""
    negative = isinstance(factor, sp.Pow) and factor.exp.is_negative is True
    return sp.Pow(factor.base, -factor.exp) if negative else None


def _product(e: sp.Mul, pt: Point) -> Number:
    num, den = fmpq(1), fmpq(1)
    bad, limit, inf = None, None, False
    for a in e.args:
        try:
            below = _below(a)
            if below is not None:
                den = mul(den, ev(below, pt))
            else:
                num = mul(num, ev(a, pt))
        except Undefined as err:
            bad = err
        except Limit as err:  # a denominator that is 0 does not wait for the other factors
            limit = err
        except Infinite:
            if isinstance(a, sp.Pow) and a.exp.is_negative:
                raise Undefined("1/oo") from None
            inf = True
    if bad:
        raise bad
    if limit and not (rat(den) and den == 0):
        raise limit
    v = div(num, den)
    if inf:
        if rat(v) and v == 0:
            raise Undefined("0 times a mean that is +oo")
        if not less(fmpq(0), v):
            raise Undefined("a mean that is -oo")
        raise Infinite()
    return v


def _ev(e: sp.Expr, pt: Point) -> Number:
    if e in pt.values:
        return pt.values[e]
    if isinstance(e, sp.Add):  # sums, products and powers first: they are what formulas are made of
        return _sum(e, pt)
    if isinstance(e, sp.Mul):
        return _product(e, pt)
    if isinstance(e, sp.Pow) and e.base is not sp.E:
        return power(ev(e.base, pt), ev(e.exp, pt))
    if isinstance(e, sp.Rational):
        return to_q(e)
    if isinstance(e, sp.Float):
        return to_q(sp.Rational(str(e)))
    if e is sp.pi:
        return arb.pi()
    if e is sp.E:
        return arb.const_e()
    if e is sp.EulerGamma:
        return arb.const_euler()
    if e is sp.GoldenRatio:
        return (1 + arb(5).sqrt()) / 2
    if e is sp.oo:
        raise Infinite()
    if e is sp.zoo or e is sp.nan or e is sp.S.NegativeInfinity:
        raise Undefined(f"{e} in the formula")
    if isinstance(e, (Expect, *NUMBERS, TestErrorOf, Rate)) or (isinstance(e, sp.Symbol) and e == E_test):
        if pt.hooks is None:
            raise Limit(f"nothing evaluates {sp.sstr(e):.60} here")
        return pt.hooks(e, pt)
    if isinstance(e, sp.Symbol):
        raise Limit(f"the symbol {e} has no value")
    if isinstance(e, sp.Pow):
        return ev(sp.exp(e.exp, evaluate=False), pt) if not isinstance(e, sp.exp) else ball(ev(e.exp, pt)).exp()
    if isinstance(e, sp.exp):
        x = ev(e.args[0], pt)
        return fmpq(1) if rat(x) and x == 0 else ball(x).exp()
    if isinstance(e, sp.log):
        x = ev(e.args[0], pt)
        if rat(x):
            if x <= 0:
                raise Undefined("log of something not positive")
            if x == 1:
                return fmpq(0)
        x = ball(x)
        if x > 0:
            return x.log()
        if x <= 0:
            raise Undefined("log of something not positive")
        raise Wide("log near 0")
    if isinstance(e, (sp.Min, sp.Max)):
        xs = [ev(a, pt) for a in e.args]
        out = xs[0]
        for x in xs[1:]:
            if rat(out) and rat(x):
                out = (min if isinstance(e, sp.Min) else max)(out, x)
            else:
                out = ball(out).min(ball(x)) if isinstance(e, sp.Min) else ball(out).max(ball(x))
        return out
    if isinstance(e, sp.Abs):
        x = ev(e.args[0], pt)
        return abs(x)
    if isinstance(e, sp.sign):
        x = ev(e.args[0], pt)
        return fmpq(0) if rat(x) and x == 0 else fmpq(-1) if less(x, fmpq(0)) else fmpq(1)
    if isinstance(e, (sp.floor, sp.ceiling)):
        x = ev(e.args[0], pt)
        if rat(x):
            return fmpq(x.p // x.q) if isinstance(e, sp.floor) else fmpq(-((-x.p) // x.q))
        lo, hi = (
            (x.lower().floor(), x.upper().floor()) if isinstance(e, sp.floor) else (x.lower().ceil(), x.upper().ceil())
        )
        if lo == hi and lo.is_exact():
            return fmpq(lo.unique_fmpz())
        raise Wide("floor is not decided")
    if isinstance(e, sp.Piecewise):
        for val, cond in e.args:
            if truth(cond, pt):
                return ev(val, pt)
        raise Undefined("no branch of the Piecewise applies")
    if isinstance(e, (sp.gamma, sp.factorial)):
        x = ev(e.args[0], pt)
        if isinstance(e, sp.factorial):
            x = x + 1
        if rat(x):
            if x.q == 1 and x <= 0:
                raise Undefined("a pole of gamma")
            if x.q == 1 and x < 2000:
                return fmpq(fmpz(int(x.p) - 1).fac_ui(int(x.p) - 1) if hasattr(fmpz, "fac_ui") else fact(int(x.p) - 1))
        return ball(x).gamma()
    if isinstance(e, sp.binomial):
        a, b = e.args
        top, k = ev(a, pt), ev(b, pt)
        if rat(top) and rat(k) and k.q == 1 and k < 2000:  # where n < k the formula in gamma has a pole
            out = fmpq(int(k >= 0))
            for j in range(int(k.p)):
                out = out * (top - j) / (j + 1)
            return out
        return ev(sp.gamma(a + 1) / (sp.gamma(b + 1) * sp.gamma(a - b + 1)), pt)
    if isinstance(e, sp.beta):
        return ev(sp.gamma(e.args[0]) * sp.gamma(e.args[1]) / sp.gamma(e.args[0] + e.args[1]), pt)
    if isinstance(e, sp.zeta) and len(e.args) == 1:
        x = ev(e.args[0], pt)
        if rat(x) and x == 1:
            raise Undefined("a pole of zeta")
        return ball(x).zeta()
    if isinstance(e, sp.zeta):
        return ball(ev(e.args[0], pt)).zeta(ball(ev(e.args[1], pt)))
    if isinstance(e, sp.polygamma):
        if e.args[0] == 0:
            return ball(ev(e.args[1], pt)).digamma()
        s = ev(e.args[0], pt) + 1
        k = int(e.args[0])
        return (-1) ** (k + 1) * math.factorial(k) * arb(k + 1).zeta(ball(ev(e.args[1], pt)))
    if isinstance(e, sp.harmonic):
        x = ev(e.args[0], pt)
        order = ev(e.args[1], pt) if len(e.args) > 1 else fmpq(1)
        if order != 1:
            return ball(order).zeta() - ball(order).zeta(ball(x) + 1)
        if rat(x) and x.q == 1 and 0 <= x < 400:
            return sum((fmpq(1, i) for i in range(1, int(x.p) + 1)), fmpq(0))
        return (ball(x) + 1).digamma() + arb.const_euler()
    for f, g in ONE.items():
        if isinstance(e, f):
            x = ev(e.args[0], pt)
            if rat(x) and x == 0 and f in (sp.sin, sp.tan, sp.erf, sp.sinh, sp.tanh, sp.atan):
                return fmpq(0)
            return g(ball(x))
    if isinstance(e, df):
        j, k = e.args
        if j == 1 and isinstance(k, Kappa) and pt.spectrum and ev(k.args[0], pt) == 0:
            # what defines kappa at lambda = 0: exact, so that T - df_1 is seen to be 0
            counts = pt.counts or [1] * len(pt.spectrum)
            rank = sum(n for n, (x, _) in zip(counts, pt.spectrum, strict=True) if x != 0)
            return min(ev(k.args[1], pt), fmpq(rank))
        return ev(e.doit(), pt)
    if isinstance(e, SpectralSum):
        if not pt.spectrum:
            raise Limit("a sum over the spectrum needs a spectrum")
        f, tot = e.summand, fmpq(0)
        inner = {a: ev(a, pt) for a in _constant_inside(f)}
        for j, (s, w) in enumerate(pt.spectrum):
            sub = pt.child({voc.s: s, voc.w2: w})
            sub.cache = dict(inner)
            x = ev(f, sub)
            x = mul(x, fmpq(pt.counts[j])) if pt.counts else x
            tot = tot + x if rat(tot) == rat(x) else ball(tot) + ball(x)
        return tot
    if isinstance(e, Kappa):
        return kappa(ev(e.args[0], pt), ev(e.args[1], pt), pt.spectrum, pt.counts)
    if isinstance(e, sp.Derivative):
        return derivative(e, pt)
    if isinstance(e, Root | Term | Argmin | Minimum):
        from . import quantities

        return quantities.value(e, pt)
    if isinstance(e, (sp.Sum, sp.Product)):
        from . import sums

        return sums.finite_sum(e, pt)
    if isinstance(e, sp.Integral):
        from . import integrals

        return integrals.integral(e, pt)
    if isinstance(e, sp.Limit):
        return ev(e.doit(), pt)
    if not e.args and e.is_number:
        return to_q(sp.Rational(str(sp.N(e, 60))))
    raise Limit(f"no evaluator for {type(e).__name__}: {sp.sstr(e):.60}")


def fact(n: int) -> int:

    return math.factorial(n)


def mul(a: Number, b: Number) -> Number:
    if rat(a) and rat(b):
        return a * b
    if (rat(a) and a == 0) or (rat(b) and b == 0):
        return fmpq(0)
    return ball(a) * ball(b)


def kappa(
    lam: Number, T: Number, spectrum: Sequence[tuple[Number, Number]], counts: Sequence[int] | None = None
) -> Number:
    """The root of lam/k + df_1(k)/T = 1, enclosed by two signs (balls)."""
    if not spectrum:
        raise Limit("kappa needs a spectrum")
    counts = counts or [1] * len(spectrum)
    d = sum(counts)
    if rat(T) and T <= 0:
        raise Undefined("kappa for no samples")
    if rat(lam) and lam == 0 and d <= T:
        return fmpq(0)
    if rat(lam) and lam < 0:
        raise Undefined("a negative ridge")
    ss = [ball(s) for s, _ in spectrum]
    l, t = ball(lam), ball(T)
    if len({str(s) for s, _ in spectrum}) == 1:  # one eigenvalue: a quadratic, exact where its root is rational
        s0 = spectrum[0][0]
        if rat(lam) and rat(T) and rat(s0):  # k^2 + k (s - lam - d s/T) - lam s = 0
            b = s0 - lam - d * s0 / T
            root = power(b * b + 4 * lam * s0, fmpq(1, 2))
            return div(-b + root, fmpq(2)) if rat(root) else (-arb(b) + arb(b * b + 4 * lam * s0).sqrt()) / 2

    def f(k: arb) -> arb:
        return l / k + sum((c * s / (s + k) for s, c in zip(ss, counts, strict=False)), arb(0)) / t - 1

    k = _first_guess(l, t, ss, counts, f)
    for _ in range(12):
        k = k.mid()
        slope = -l / k**2 - sum((c * s / (s + k) ** 2 for s, c in zip(ss, counts, strict=False)), arb(0)) / t
        step = f(k) / slope
        k = (k - step).mid()
        if abs(step) < abs(k) * arb(2) ** (-ctx.prec * 3 // 4):
            break
    eps = arb(2) ** (-ctx.prec + 12)
    for _ in range(30):
        a, b = k * (1 - eps), k * (1 + eps)
        if f(a) > 0 and f(b) < 0:
            return a.union(b)
        eps = eps * 16
    raise Wide("kappa is not enclosed")


def _first_guess(l: arb, t: arb, ss: Sequence[arb], counts: Sequence[int], f: Callable[[arb], arb]) -> arb:
    """A number near the root, by bisection between l and l + tr S/t: in doubles where they reach, else in balls."""
    high = l + sum((c * s for s, c in zip(ss, counts, strict=False)), arb(0)) / t
    numbers = [abs(x).mid() for x in (l, t, high, *ss, *map(arb, counts)) if x != 0]
    if all(REACH[0] < x < REACH[1] for x in numbers):
        lf, tf, sf, cf = float(l.mid()), float(t.mid()), [float(s.mid()) for s in ss], [float(arb(c)) for c in counts]
        lo, hi = lf or 1e-300, float(high.mid()) * 1.0000001 + 1e-300
        for _ in range(200):
            m = math.sqrt(lo) * math.sqrt(hi) if hi / lo > 4 else (lo + hi) / 2
            above = lf / m + sum(c * s / (s + m) for s, c in zip(sf, cf, strict=False)) / tf > 1
            lo, hi = (m, hi) if above else (lo, m)
            if hi - lo <= 1e-15 * hi:
                break
        return arb((lo + hi) / 2)
    lo, hi = l.mid() if l > 0 else high.mid() * arb(2) ** -4096, high.mid()
    for _ in range(64 + 16):
        m = ((lo * hi).sqrt() if hi > 4 * lo else (lo + hi) / 2).mid()
        lo, hi = (m, hi) if f(m) > 0 else (lo, m)
    return ((lo + hi) / 2).mid()


def derivative(e: sp.Derivative, pt: Point) -> Number:
    """A derivative, carried out; kappa(lambda, T) by its equation lambda/k + df_1(k)/T = 1."""
    d = e.doit()
    if not d.has(sp.Derivative, sp.Subs):
        return ev(d, pt)
    inner = e.expr
    atoms = sorted(inner.atoms(Kappa), key=str)
    if inner.atoms(SpectralSum) and any(a.atoms(Kappa) for a in inner.atoms(SpectralSum)):
        inner = inner.replace(lambda a: isinstance(a, df), lambda a: a.doit())
    names = {a: sp.Dummy(f"k{i}", positive=True) for i, a in enumerate(atoms)}
    if len(e.variables) != 1 or any(a.atoms(Kappa) - {a} for a in atoms) or inner.atoms(sp.Derivative):
        raise Limit("a derivative that is not elementary")
    x, plain = e.variables[0], inner.xreplace(names)
    plain = plain.replace(lambda a: isinstance(a, df), lambda a: a.doit())
    total = sp.diff(plain, x)
    for a, k in names.items():
        lam, T = a.args
        steep = lam / k**2 + SpectralSum(voc.s / (voc.s + k) ** 2) / T
        change = sp.diff(lam, x) / k - SpectralSum(voc.s / (voc.s + k)) * sp.diff(T, x) / T**2
        total += sp.diff(plain, k) * change / steep
    if total.has(sp.Derivative, sp.Subs):
        raise Limit("a derivative that is not elementary")
    return ev(total.xreplace({k: a for a, k in names.items()}), pt)


def truth(c: sp.Basic, pt: Point) -> bool:
    """Whether a condition holds at a point: True, False; Limit where it cannot be said."""
    if c in (True, sp.true):
        return True
    if c in (False, sp.false):
        return False
    if isinstance(c, sp.And):
        return all(truth(a, pt) for a in c.args)
    if isinstance(c, sp.Or):
        return any(truth(a, pt) for a in c.args)
    if isinstance(c, sp.Not):
        return not truth(c.args[0], pt)
    a, b = ev(c.lhs, pt), ev(c.rhs, pt)
    if isinstance(c, sp.Eq):
        if rat(a) and rat(b):
            return a == b
        if not ball(a).overlaps(ball(b)):
            return False
        raise Wide("an equality of irrational numbers")
    if isinstance(c, sp.Ne):
        if rat(a) and rat(b):
            return a != b
        if not ball(a).overlaps(ball(b)):
            return True
        raise Wide("an inequality of irrational numbers")
    if isinstance(c, sp.StrictLessThan):
        return less(a, b)
    if isinstance(c, sp.StrictGreaterThan):
        return less(b, a)
    if isinstance(c, sp.LessThan):
        return not less(b, a)
    if isinstance(c, sp.GreaterThan):
        return not less(a, b)
    raise Limit(f"a condition of kind {type(c).__name__}")
