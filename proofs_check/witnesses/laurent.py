"""Sparse Laurent polynomials over Q: the entries of a Gaussian design in Bartlett's coordinates, and of its inverse.

X'X = L G G' L', G lower triangular (d x min(d, T)): g_i^2 ~ chi^2_(T-i+1), below the diagonal N(0, 1), all independent.
E of a monomial is rational; a divergent one is found by its exponent (g_i^p needs T - i + 1 + p > 0)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from flint import fmpq

Monomial: TypeAlias = tuple[tuple[str, int], ...]  # (variable, power), in order


class L:
    __slots__ = ("t",)

    def __init__(self, t: dict[Monomial, fmpq]) -> None:
        self.t = t

    @staticmethod
    def const(x: Any) -> L:
        return L({(): fmpq(x)} if x != 0 else {})

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
            da = dict(a)
            for b, y in o.t.items():
                m = dict(da)
                for s, p in b:
                    m[s] = m.get(s, 0) + p
                    if m[s] == 0:
                        del m[s]
                k = tuple(sorted(m.items()))
                t[k] = t.get(k, 0) + x * y
        return L({k: v for k, v in t.items() if v != 0})

    __rmul__ = __mul__

    def __truediv__(self, o: Any) -> L:
        if isinstance(o, L):
            if len(o.t) != 1:
                raise NotLaurent("division by a sum")
            ((k, v),) = o.t.items()
            return self * L({tuple((s, -p) for s, p in k): 1 / v})
        return L({k: v / o for k, v in self.t.items()})

    def __rtruediv__(self, o: Any) -> L:
        return L.const(o) / self

    def __pow__(self, n: int) -> L:
        if n < 0:
            return (L.const(1) / self) ** (-n)
        r = L.const(1)
        for _ in range(n):
            r = r * self
        return r

    def __eq__(self, o: object) -> bool:
        return (self - o).t == {}


class NotLaurent(Exception):
    pass


def var(name: str) -> L:
    return L({((name, 1),): fmpq(1)})


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


def mean(poly: Any, nus: Mapping[str, int]) -> tuple[fmpq, Monomial | None]:
    """E of a Laurent polynomial; nus: degrees of freedom of the g variables.  Returns (value, why-divergent)."""
    if not isinstance(poly, L):
        return fmpq(poly), None
    tot, worst = fmpq(0), None
    for mono, c in poly.t.items():
        m, vanish, div = c, False, False
        for s, p in mono:
            if s[0] == "z":
                if p % 2:
                    vanish = True
                else:
                    m *= double_factorial(p - 1)
        for s, p in mono:
            if s[0] == "g":
                if nus[s] + p <= 0:
                    div = True
                    continue
                if p % 2:
                    if not vanish:
                        raise NotLaurent("an odd power of a chi variable")
                    continue
                m *= chi_moment(nus[s], p)
        if div:
            worst = mono if worst is None else worst
            continue
        if not vanish:
            tot += m
    return tot, worst
