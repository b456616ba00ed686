"""Rational functions over Q: (numerator, denominator), each a dict {monomial: coefficient}."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from .reading import MAX_BITS, MAX_DEPTH, MAX_EXPONENT, NAME, Budget, Number, brief, need, number

Monomial = tuple[tuple[str, int], ...]
Poly = dict[Monomial, Number]
Ratio = tuple[Poly, Poly]
ONE: Poly = {(): 1}
ZERO: Ratio = ({}, ONE)
UNIT: Ratio = (ONE, ONE)
MINUS: Ratio = ({(): -1}, ONE)


def show(p: Poly) -> str:
    """A polynomial as text, for messages and side conditions."""
    terms = []
    for m, c in sorted(p.items(), key=lambda mc: (-sum(e for _, e in mc[0]), mc[0])):
        body = "*".join(name if e == 1 else f"{name}^{e}" for name, e in m)
        terms.append(f"{c}" if not body else body if c == 1 else f"-{body}" if c == -1 else f"{c}*{body}")
    return " + ".join(terms).replace("+ -", "- ") or "0"


def show_ratio(r: Ratio) -> str:
    return show(r[0]) if r[1] == ONE else f"({show(r[0])})/({show(r[1])})"


def names_in(*ratios: Ratio) -> set[str]:
    return {name for r in ratios for p in r for m in p for name, _ in m}


def variable(name: str) -> Ratio:
    return {((name, 1),): 1}, ONE


def proportional(p: Poly, q: Poly) -> bool:
    m = next(iter(p))
    return p.keys() == q.keys() and all(p[m] * q[k] == q[m] * p[k] for k in p)


class Scalars:
    """Arithmetic of rational functions in declared names; remembers every denominator that must not vanish."""

    def __init__(self, names: list[str], budget: Budget) -> None:
        self.names, self.budget = set(names), budget
        self.denominators: dict[frozenset[Any], Poly] = {}

    def sum(self, pairs: Iterator[tuple[Monomial, Number]]) -> Poly:
        """Collect monomials; every number and exponent that is computed passes here."""
        out: Poly = {}
        for m, c in pairs:
            total = out[m] + c if m in out else c
            bits = max(total.numerator.bit_length(), total.denominator.bit_length())
            need(bits <= MAX_BITS, "number too large")
            need(len(m) <= MAX_EXPONENT and all(e <= MAX_EXPONENT for _, e in m), "exponent too large")
            self.budget.spend(8 + 2 * len(m) + bits // 64)
            out[m] = total
        return {m: c for m, c in out.items() if c}

    def mul(self, p: Poly, q: Poly) -> Poly:
        def products() -> Iterator[tuple[Monomial, Number]]:
            for m1, c1 in p.items():
                for m2, c2 in q.items():
                    exps = dict(m1)
                    for name, e in m2:
                        exps[name] = exps.get(name, 0) + e
                    yield tuple(sorted(exps.items())), c1 * c2

        self.budget.spend()
        return p if q == ONE else q if p == ONE else self.sum(products())

    def add(self, p: Poly, q: Poly) -> Poly:
        return self.sum(mc for r in (p, q) for mc in r.items())

    def plus(self, a: Ratio, b: Ratio) -> Ratio:
        self.budget.spend(len(a[1]))
        if a[1] == b[1]:
            return self.add(a[0], b[0]), a[1]
        return self.add(self.mul(a[0], b[1]), self.mul(b[0], a[1])), self.mul(a[1], b[1])

    def times(self, *factors: Ratio) -> Ratio:
        num, den = UNIT
        for f in factors:
            num, den = self.mul(num, f[0]), self.mul(den, f[1])
        return num, den

    def minus(self, a: Ratio, b: Ratio) -> Ratio:
        return self.plus(a, self.times(MINUS, b))

    def over(self, a: Ratio, b: Ratio) -> Ratio:
        need(b[0], "division by zero")
        self.budget.spend(2 * len(b[0]))
        if set(b[0]) != {()}:
            self.denominators[frozenset(b[0].items())] = b[0]
        return self.mul(a[0], b[1]), self.mul(a[1], b[0])

    def read(self, data: Any, value: Callable[[str], Ratio] = variable, depth: int = 0) -> Ratio:
        """An expression: "3/5", a name, or [op, ...] with op one of + - * / ^ (the last with an integer >= 0).

        ``value`` says what a name stands for; by default for itself.
        """
        self.budget.spend(4)
        need(depth < MAX_DEPTH, "expression nested too deeply")
        if isinstance(data, str):
            if NAME.match(data):
                need(data in self.names, f"undeclared scalar {data!r}")
                return value(data)
            c = number(data)
            return ({(): c} if c else {}), ONE
        need(isinstance(data, list) and len(data) >= 2, f"not an expression: {brief(data)}")
        op, *rest = data
        if op == "^":
            need(len(rest) == 2 and type(rest[1]) is int and 0 <= rest[1] <= MAX_EXPONENT, "bad power")
            return self.times(*[self.read(rest[0], value, depth + 1)] * rest[1])
        need(op in ("+", "*") or (op in ("-", "/") and len(rest) == 2), f"unknown operation {brief(op)}")
        combine: Any = {"+": self.plus, "*": self.times, "-": self.minus, "/": self.over}[op]
        out = self.read(rest[0], value, depth + 1)
        for arg in rest[1:]:
            out = combine(out, self.read(arg, value, depth + 1))
        return out

    def evaluate(self, p: Poly, value: Callable[[str], Ratio]) -> Ratio:
        """A polynomial with its names replaced by what they stand for."""
        total = ZERO
        for m, c in p.items():
            total = self.plus(total, self.times(({(): c}, ONE), *(value(n) for n, e in m for _ in range(e))))
        return total
