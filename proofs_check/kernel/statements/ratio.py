"""Rational functions over Q in atoms (strings).  A denominator is kept as a product of powers of monic polynomials.

Two defined terms with one normal form are equal numbers: normal forms are computed by the laws of a field alone.  A
coefficient that is whole is an int, which is quick; quotients are made by ``divide`` alone, so that none is a float.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

MAX_STEPS = 5_000_000  # elementary steps until a certificate is given up: a few seconds
MAX_BITS = 4096  # of a number that is computed
NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,400})(/[1-9][0-9]{0,400})?\Z", re.ASCII)

Monomial = tuple[tuple[str, int], ...]
Coefficient = int | Fraction
Poly = dict[Monomial, Coefficient]
PolyKey = tuple[tuple[Monomial, Coefficient], ...]


class Rejected(Exception):
    """The certificate does not prove what it says; the message says where it fails."""


def need(condition: object, words: str) -> None:
    """A condition of the kernel: without it the certificate is refused, in these words."""
    if not condition:
        raise Rejected(words)


class Budget:
    """Elementary steps that are left; one certificate is checked at a time."""

    left = MAX_STEPS


def spend(steps: int) -> None:
    Budget.left -= steps
    need(Budget.left >= 0, "gave up: too many elementary steps")


def exact(c: Coefficient) -> Coefficient:
    """The same number, as an int if it is whole."""
    return c.numerator if c.denominator == 1 else c


def divide(a: Coefficient, b: Coefficient) -> Coefficient:
    """a / b, without rounding."""
    return a if b == 1 else exact(Fraction(a) / b)


ONE: Poly = {(): 1}


def clean(pairs: Iterable[tuple[Monomial, Coefficient]]) -> Poly:
    out: Poly = {}
    bits = steps = 0
    for m, c in pairs:
        out[m] = total = exact(out[m] + c) if m in out else exact(c)
        bits = total.numerator.bit_length() + total.denominator.bit_length()
        steps += 1 + len(m) + bits // 64
        if bits > MAX_BITS or steps > MAX_STEPS:
            break
    spend(steps)
    need(bits <= MAX_BITS, "a number is too large")
    return {m: c for m, c in out.items() if c}


def mono(m1: Monomial, m2: Monomial) -> Monomial:
    if not m1 or not m2:
        return m1 or m2
    e = dict(m1)
    for x, k in m2:
        e[x] = e.get(x, 0) + k
    return tuple(sorted(e.items()))


def pmul(p: Poly, q: Poly) -> Poly:
    if p == ONE or q == ONE:
        return q if p == ONE else p
    return clean((mono(m1, m2), c1 * c2) for m1, c1 in p.items() for m2, c2 in q.items())


def padd(p: Poly, q: Poly) -> Poly:
    return clean([*p.items(), *q.items()]) if p and q else p or q


def ppow(p: Poly, k: int) -> Poly:
    out = p if k else ONE
    for _ in range(k - 1):
        out = pmul(out, p)
    return out


def key(p: Poly) -> PolyKey:
    return tuple(sorted((m, exact(c)) for m, c in p.items()))


def monic(p: Poly) -> tuple[Poly, Coefficient]:
    """p / c and c, c the coefficient of its first monomial."""
    c = p[min(p)]
    return {m: divide(a, c) for m, a in p.items()}, c


class Ratio:
    """num / prod den[f]^e, the f monic polynomials as keys."""

    def __init__(self, num: Poly, den: Any = ()) -> None:
        self.num, self.den = num, dict(den)
        for f in list(self.den) if den and num else ():  # cancel single variables
            if len(f) > 1 or len(f[0][0]) != 1:
                continue
            x, low = f[0][0][0][0], self.den[f]
            for n in self.num:
                low = min(low, next((e for y, e in n if y == x), 0))
                if not low:
                    break
            else:
                self.num = {
                    tuple((y, e - low * (y == x)) for y, e in n if e - low * (y == x)): c for n, c in self.num.items()
                }
                self.den[f] -= low
                if not self.den[f]:
                    del self.den[f]

    def __add__(self, o: Ratio) -> Ratio:
        if not self.num or not o.num:
            return self if self.num else o
        den = {f: max(self.den.get(f, 0), o.den.get(f, 0)) for f in dict.fromkeys((*self.den, *o.den))}
        return Ratio(padd(self.lift(den), o.lift(den)), den)

    def lift(self, den: dict[PolyKey, int]) -> Poly:
        out = self.num
        for f, e in den.items():
            out = pmul(out, ppow(dict(f), e - self.den.get(f, 0)))
        return out

    def __mul__(self, o: Ratio) -> Ratio:
        den = dict(self.den)
        for f, e in o.den.items():
            den[f] = den.get(f, 0) + e
        return Ratio(pmul(self.num, o.num), den)

    def __neg__(self) -> Ratio:
        return Ratio({m: -c for m, c in self.num.items()}, self.den)

    def __sub__(self, o: Ratio) -> Ratio:
        return self + -o

    def inverse(self) -> Ratio:
        need(self.num, "division by zero")
        top, den = self.denominator(), dict[PolyKey, int]()
        if len(self.num) == 1:  # a monomial: its variables one by one
            ((m, c),) = self.num.items()
            den = {((((x, 1),), 1),): e for x, e in m}
        else:
            p, c = monic(self.num)
            den = {key(p): 1}
        return Ratio({m: divide(a, c) for m, a in top.items()}, den)

    def denominator(self) -> Poly:
        """The denominator as one polynomial."""
        out = ONE
        for f, e in self.den.items():
            out = pmul(out, ppow(dict(f), e))
        return out

    def power(self, k: int) -> Ratio:
        out = self if k else number(1)
        for _ in range(k - 1):
            out = out * self
        return out

    @property
    def zero(self) -> bool:
        return not self.num

    def constant(self) -> Coefficient | None:
        """The number that this is, or None."""
        if not self.num:
            return 0
        return self.num[()] if set(self.num) == {()} and not self.den else None

    def atoms(self) -> set[str]:
        return {x for p in (self.num, *map(dict, self.den)) for m in p for x, _ in m}

    def text(self) -> str:
        """The normal form as text; equal ratios that are built alike have equal texts."""
        return f"{key(self.num)}/{sorted(self.den.items())}"


def number(c: Any) -> Ratio:
    c = c if type(c) is int else exact(Fraction(c))
    return Ratio({(): c} if c else {})


def atom(x: str) -> Ratio:
    return Ratio({((x, 1),): 1})
