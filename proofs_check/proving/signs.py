"""Signs on a domain: a rational function as a sum of products of quantities whose sign is assumed (untrusted)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import sympy as sp

from ridgeproof.errors import DerivationError
from ridgeproof.theorems import claim as C

from .draft import Builder, Line


def sign(b: Builder, step: C.Sign) -> list[Line]:
    assume = [[b.out.scalar(e), rel] for e, rel in step.assume]
    helpers = Signs(b, step.assume, assume)
    data = helpers.decompose(step.expression)
    return [
        *helpers.lines,
        {
            "rule": "nonnegative",
            "expression": b.out.scalar(step.expression),
            "relation": step.relation,
            "assume": helpers.assumed(),
            "sum": data,
        },
    ]


DEGREE = 3  # of the products of assumed quantities that are tried
Terms = dict[tuple[int, ...], sp.Rational]  # a polynomial: exponents -> coefficient


def as_products(expr: sp.Expr, assumed: Sequence[tuple[sp.Expr, str]], strict: bool = False) -> list[Any] | None:
    """A polynomial as a sum of products of up to three assumed quantities (linear programming), or None.

    ``strict``: one of the products is of positive quantities only; for 0 that shows that not all assumptions hold.
    """
    symbols = sorted(expr.free_symbols.union(*(e.free_symbols for e, _ in assumed)), key=str)
    if not symbols or not all(e.is_polynomial(*symbols) for e in (expr, *(e for e, _ in assumed))):
        return None
    target, *factors = (dict(sp.Poly(e, *symbols).terms()) for e in (expr, *(e for e, _ in assumed)))
    if not all(c.is_Rational for p in (target, *factors) for c in p.values()):
        return None
    products: dict[tuple[int, ...], Terms] = {(): {(0,) * len(symbols): sp.S.One}}
    layer = dict(products)
    for _ in range(DEGREE):
        layer = {
            (*c, i): _product(p, factors[i]) for c, p in layer.items() for i in range(c[-1] if c else 0, len(factors))
        }
        products |= layer
        found = _combination(target, products, [rel == ">" for _, rel in assumed], strict)
        if found is not None:
            return found
    return None


def _product(p: Terms, q: Terms) -> Terms:
    out: Terms = {}
    for m1, c1 in p.items():
        for m2, c2 in q.items():
            m = tuple(map(sum, zip(m1, m2, strict=True)))
            out[m] = out.get(m, sp.S.Zero) + c1 * c2
    return out


def _combination(
    target: Terms, products: dict[tuple[int, ...], Terms], positive: list[bool], strict: bool
) -> list[Any] | None:
    """Nonnegative coefficients with which the products add up to the target: a vertex, made exact."""
    from scipy.optimize import linprog

    choices = list(products)
    monomials = {m: i for i, m in enumerate(sorted({m for p in (target, *products.values()) for m in p}))}
    matrix = np.zeros((len(monomials), len(choices)))
    for j, p in enumerate(products.values()):
        for m, c in p.items():
            matrix[monomials[m], j] = float(c)
    wanted = [float(target.get(m, 0)) for m in monomials]
    sure = [all(positive[i] for i in c) for c in choices]
    cost = [1.0 - 2.0 * (strict and x) + 0.01 * len(c) for x, c in zip(sure, choices, strict=True)]
    nothing = strict and not any(target.values())  # 0 > 0: products that add up to 0, one of them positive
    if nothing:
        matrix, wanted = np.vstack([matrix, [float(x) for x in sure]]), [*wanted, 1.0]
    found = linprog(cost, A_eq=matrix, b_eq=wanted, bounds=(0, 1e3), method="highs")
    if not found.success:
        return None
    support = [j for j, w in enumerate(found.x) if w > 1e-9]
    if not support:
        return None if strict else []
    unknown = sp.symbols(f"_c0:{len(support)}")
    columns = [products[choices[j]] for j in support]
    sums = {m: sum(u * p.get(m, 0) for u, p in zip(unknown, columns, strict=True)) for m in monomials}
    equations = [e - target.get(m, 0) for m, e in sums.items() if e != target.get(m, 0)]
    if nothing:
        equations.append(sum(u for u, j in zip(unknown, support, strict=True) if sure[j]) - 1)
    solution = sp.linsolve(equations, *unknown)
    if solution == sp.S.EmptySet:
        return None
    values = next(iter(solution))
    if not all(v.is_Rational and v > 0 for v in values) or (strict and not any(sure[j] for j in support)):
        return None
    return [
        [str(v), [[i, choices[j].count(i)] for i in sorted(set(choices[j]))]]
        for v, j in zip(values, support, strict=True)
    ]


class Signs:
    """Writes a rational function as a sum of products of assumed quantities (Handelman's form, by substitution)."""

    def __init__(self, b: Builder, assume: tuple[tuple[sp.Expr, str], ...], data: list[Any]) -> None:
        self.b, self.lines = b, []  # type: ignore[var-annotated]
        self.facts: list[tuple[sp.Expr, str]] = list(assume)
        self.plain, self.extra = data, []  # type: ignore[var-annotated]
        # x - c >= 0 with its own symbol x: substitute x = h + c, one after the other; simplest assumptions first.
        self.change: dict[sp.Symbol, sp.Expr] = {}
        self.slack: dict[sp.Symbol, int] = {}
        self.pairs: list[tuple[sp.Symbol, sp.Symbol, sp.Expr]] = []  # slacks of lo <= x <= hi and the length hi - lo
        order = sorted(
            range(len(assume)),
            key=lambda i: (
                len(assume[i][0].free_symbols),
                assume[i][0].subs(dict.fromkeys(assume[i][0].free_symbols, 0)),
            ),
        )
        for sign_ in (1, -1):
            for i in order:
                if i not in self.slack.values():
                    self._pivot(i, assume[i][0], sign_)

    def _pivot(self, i: int, e: sp.Expr, sign_: int) -> None:
        h = sp.Symbol(f"_h{i}", positive=True)
        for x in sorted(e.free_symbols, key=str):
            if not e.is_polynomial(x) or sp.Poly(e, x).degree() != 1 or sp.Poly(e, x).LC() != sign_:
                continue
            c = sp.Poly(e, x).nth(0)
            if x not in self.change:
                self.change[x] = (h - c) / sign_
                self.slack[h] = i
                return
            other = next((g for g in self.slack if sp.expand(self.change[x] - g).is_number), None)
            if sign_ < 0 and c.is_number and other is not None:  # hi - x >= 0 beside x - lo >= 0
                self.pairs.append((other, h, c - sp.expand(self.change[x] - other)))
                self.slack[h] = i
                return

    def assumed(self) -> list[Any]:
        return self.plain + self.extra

    def in_slacks(self, expr: sp.Expr) -> sp.Expr:
        for _ in range(len(self.change) + 1):
            expr = expr.subs(self.change)
        return expr

    def decompose(self, expr: sp.Expr) -> list[Any]:
        """p as [coefficient, [[fact, power], ...]]: by substitution, or else by linear programming over products."""
        try:
            return self._by_substitution(expr)
        except DerivationError:
            top, bottom = sp.fraction(sp.together(expr))
            found = as_products(sp.expand(top), self.facts) if self.b.thorough and bottom.is_number else None
            if found is None:
                raise
            return [[str(sp.Rational(c) / bottom), factors] for c, factors in found]

    def _by_substitution(self, expr: sp.Expr) -> list[Any]:
        num, den = sp.fraction(sp.factor(sp.together(expr)))
        factors: list[tuple[int, int]] = []
        scale = sp.S.One
        for factor in sp.Mul.make_args(den):
            base, e = factor.as_base_exp()
            if base.is_number:
                scale /= base**e
                continue
            content, base = base.as_content_primitive()
            scale /= content**e
            negative, index = self._fact(base)
            scale *= (-1) ** int(e) if negative else 1
            factors.append((index, -int(e)))
        out = []
        if sp.expand(num) == 0:
            return []
        value = sp.expand(self.in_slacks(num) * scale)
        for extra in range(4):  # Bernstein form of rising degree where a symbol is confined to an interval
            form = value
            for low, high, length in self.pairs:
                terms = sp.Poly(form, low).terms()
                top = max(e for (e,), _ in terms) + extra
                form = sp.expand(sum(c * low**e * ((low + high) / length) ** (top - e) for (e,), c in terms))
            free = sorted(form.free_symbols, key=str)
            poly = sp.Poly(form, *free) if free else None
            if poly is None or all(c > 0 for c in poly.coeffs()) or not self.pairs:
                break
        for mono, c in poly.terms() if poly is not None else [((), sp.expand(num * scale))]:
            if not c.is_Rational or c <= 0:
                raise DerivationError(f"no sum of products of the assumed quantities: {sp.sstr(expr):.100}")
            powers = dict(factors)
            for x, e in zip(free, mono, strict=True):
                if e:
                    if x not in self.slack:
                        raise DerivationError(f"the sign of {x} is not assumed")
                    powers[self.slack[x]] = powers.get(self.slack[x], 0) + e
            out.append([str(c), [[i, e] for i, e in sorted(powers.items())]])
        return out

    def _fact(self, base: sp.Expr) -> tuple[bool, int]:
        """The index of base > 0 among the facts (or of -base), proving it first if it is not there."""
        for sign_, e in ((1, base), (-1, -base)):
            for i, (known, rel) in enumerate(self.facts):
                if rel == ">" and sp.expand(known - e) == 0:
                    return sign_ < 0, i
        for sign_, e in ((1, base), (-1, -base)):
            try:
                data = self.decompose(e)
            except DerivationError:
                continue
            line = {
                "rule": "nonnegative",
                "expression": self.b.out.scalar(e),
                "relation": ">",
                "assume": list(self.plain),
                "sum": data,
            }
            self.lines.append(line)
            self.facts.append((e, ">"))
            self.extra.append(["line", len(self.b.lines) + len(self.lines) - 1])
            return sign_ < 0, len(self.facts) - 1
        raise DerivationError(f"the sign of {sp.sstr(base)} is not known")
