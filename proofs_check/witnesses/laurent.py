"""Sparse Laurent polynomials over Q: the entries of a Gaussian design in Bartlett's coordinates, and of its inverse.

X'X = L G G' L', G lower triangular (d x min(d, T)): g_i^2 ~ chi^2_(T-i+1), below the diagonal N(0, 1), all independent.
E of a monomial is rational; a divergent one is found by its exponent (g_i^p needs T - i + 1 + p > 0)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from flint import fmpq

# The powers of all variables as digits of one integer: monomials are multiplied by adding.
Monomial: TypeAlias = int
DIGIT = 64  # bits of a power, sign included
LARGEST = 2**31  # a power up to which `L.__pow__` goes: products of such powers stay far within a digit
ONE: Monomial = 0


class L:
    __slots__ = ("t",)

    def __init__(self, t: dict[Monomial, fmpq]) -> None:
        self.t = t

    @staticmethod
    def const(x: Any) -> L:
        return L({ONE: fmpq(x)} if x != 0 else {})

    def __add__(self, o: Any) -> L:
        if not isinstance(o, L):
            o = L.const(o)
        t = dict(self.t)
        for k, v in o.t.items():
            v = t.get(k, 0) + v
            if v == 0:
                t.pop(k, None)
            else:
                t[k] = v
        return L(t)

    __radd__ = __add__

    def __neg__(self) -> L:
        return L({k: -v for k, v in self.t.items()})

    def __sub__(self, o: Any) -> L:
        return self + (-o if isinstance(o, L) else -fmpq(o))

    def __rsub__(self, o: Any) -> L:
        return (-self) + o

    def __mul__(self, o: Any) -> L:
        if not isinstance(o, L):
            return L({k: v * o for k, v in self.t.items()}) if o != 0 else L({})
        t: dict[Monomial, fmpq] = {}
        for a, x in self.t.items():
            for b, y in o.t.items():
                k = a + b
                t[k] = t[k] + x * y if k in t else x * y
        return L({k: v for k, v in t.items() if v != 0})

    __rmul__ = __mul__

    def __truediv__(self, o: Any) -> L:
        if isinstance(o, L):
            if len(o.t) != 1:
                raise NotLaurent("division by a sum")
            ((k, v),) = o.t.items()
            return self * L({-k: 1 / v})
        return L({k: v / o for k, v in self.t.items()})

    def __rtruediv__(self, o: Any) -> L:
        return L.const(o) / self

    def __pow__(self, n: int) -> L:
        if n < 0:
            return (L.const(1) / self) ** (-n)
        r = L.const(1)
        for _ in range(n):
            r = r * self
        if any(abs(p) > LARGEST for k in r.t for _, p in powers(k)):
            raise NotLaurent("a power that is too large")
        return r

    def number(self) -> fmpq | None:
        """The value where no variable stands; None where one does."""
        return self.t.get(ONE, fmpq(0)) if not self.t or self.t.keys() == {ONE} else None

    def __eq__(self, o: object) -> bool:
        return (self - o).t == {}


class NotLaurent(Exception):
    pass


def powers(monomial: Monomial) -> Iterator[tuple[int, int]]:
    """(number of the variable, its power), of those that stand in a monomial."""
    half, which = 1 << (DIGIT - 1), 0
    while monomial:
        power = ((monomial + half) & (2 * half - 1)) - half
        if power:
            yield which, power
        monomial, which = (monomial - power) >> DIGIT, which + 1


class Variables:
    """Independent variables: chi of some degrees of freedom, or normal."""

    def __init__(self) -> None:
        self.freedom: list[int | None] = []  # by number; None: a normal variable

    def _next(self, freedom: int | None) -> L:
        self.freedom.append(freedom)
        return L({1 << (DIGIT * (len(self.freedom) - 1)): fmpq(1)})

    def chi(self, freedom: int) -> L:
        """A new variable g > 0 with g^2 ~ chi^2 of so many degrees of freedom."""
        return self._next(freedom)

    def normal(self) -> L:
        """A new variable of law N(0, 1)."""
        return self._next(None)

    def of(self, monomial: Monomial) -> list[tuple[int | None, int]]:
        """(degrees of freedom, power), of each variable in a monomial."""
        return [(self.freedom[which], power) for which, power in powers(monomial)]

    def diverges(self, monomial: Monomial) -> bool:
        """Whether the mean of the absolute value is infinite."""
        return any(nu is not None and nu + p <= 0 for nu, p in self.of(monomial))


def chi_moment(nu: int, p: int) -> fmpq | None:
    """E g^p, g^2 ~ chi^2_nu, p even; None: diverges."""
    if nu + p <= 0:
        return None
    out, k = fmpq(1), 0
    if p > 0:
        for k in range(0, p, 2):
            out *= nu + k
    else:
        for k in range(0, -p, 2):
            out /= nu - 2 - k
    return out


def double_factorial(n: int) -> int:
    out = 1
    while n > 1:
        out *= n
        n -= 2
    return out


def mean(poly: Any, variables: Variables) -> tuple[fmpq, Monomial | None]:
    """E of a Laurent polynomial.  Returns (value, why-divergent)."""
    if not isinstance(poly, L):
        return fmpq(poly), None
    tot, worst = fmpq(0), None
    for mono, c in poly.t.items():
        m, vanish, div, odd = c, False, False, False
        for nu, p in variables.of(mono):
            if nu is None:
                if p % 2:
                    vanish = True
                else:
                    m *= double_factorial(p - 1)
            elif nu + p <= 0:
                div = True
            elif p % 2:
                odd = True
            else:
                m *= chi_moment(nu, p)
        if odd and not vanish:
            raise NotLaurent("an odd power of a chi variable")
        if div:
            worst = mono if worst is None else worst
        elif not vanish:
            tot += m
    return tot, worst
