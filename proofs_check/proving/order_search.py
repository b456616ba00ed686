"""Whether a bound follows from others: a tree of cases, each closed by linear programming (untrusted).

A bound M <~ N_1 + ... + N_k between products of powers is linear in logarithms, so that whether it follows from others
is a question of linear programming.  Which bounds to multiply is found in double precision at sample values of the
fixed symbols; the powers themselves are then solved for symbolically, and their signs proved.
"""

from __future__ import annotations

import functools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp

from ridgeproof.errors import DerivationError
from ridgeproof.theorems import order_steps as O

from .draft import Builder, Line
from .lines.translation import Data
from .signs import as_products
from .words import as_sympy

Known = list[tuple[sp.Expr, str]]
Power = dict[str, sp.Expr]  # name -> exponent
TRIES = 4000  # draws of the fixed symbols until the assumed signs hold
COSTS = 8  # vertices of a linear program that are looked at
SPLITS = 5  # nested cases


@dataclass(frozen=True)
class Fact:
    """low <= C sum(high): bound ``place`` of the certificate, or of the cases that a proof is in."""

    place: list[Any]
    low: Power
    high: tuple[Power, ...]


def times(x: Power, y: Power, weight: sp.Expr = sp.S.One) -> Power:
    """x times y to the power ``weight``."""
    out = dict(x)
    for name, e in y.items():
        out[name] = sp.expand(out.get(name, sp.S.Zero) + weight * e) if name in out else weight * e
        if out[name] == 0:
            del out[name]
    return out


def facts(b: Builder, lines: Sequence[Line] = ()) -> list[Fact]:
    """All bounds that the certificate's lines (and those about to be added) conclude."""
    with b.scratch(lines):
        done = b.done()
    return [
        Fact([i, j], _plain(low), tuple(map(_plain, high)))
        for i, result in enumerate(done)
        for j, (low, high) in enumerate(result.get("orders", ()))
    ]


def _plain(power: dict[str, Any]) -> Power:
    return {name: as_sympy(e) for name, e in power.items()}


def forget(expr: sp.Expr, lesser: dict[str, sp.Expr]) -> sp.Expr:
    """An expression in symbols that have names only; the minima that have a name are such symbols too."""
    expr = expr.xreplace({m: sp.Symbol(name) for name, m in lesser.items()})
    return expr.xreplace({x: sp.Symbol(x.name) for x in expr.free_symbols})


def _symbols(fact: Fact) -> set[sp.Symbol]:
    return set().union(*(e.free_symbols for p in (fact.low, *fact.high) for e in p.values()))


def _bears(matrix: np.ndarray, rhs: np.ndarray) -> bool:
    """Whether a support has weights that are not negative at a sample point: it spares solving in symbols."""
    weights, _, rank, _ = np.linalg.lstsq(matrix, rhs, rcond=None)
    unique = rank == matrix.shape[1]
    return unique and bool(np.abs(matrix @ weights - rhs).max() < 1e-6 and weights.min() > -1e-6)


class Search:
    """A tree of cases for one goal, each closed by linear programming."""

    def __init__(self, b: Builder, known: list[Fact], assume: O.Assumed, split: list[int]) -> None:
        self.b = b
        self.assume: Known = [(forget(e, b.out.lesser), rel) for e, rel in assume]
        self.single = [f for f in known if len(f.high) == 1]
        self.several = [f for f in known if len(f.high) > 1 and f.place[0] in split]
        self.large = b.out.large
        self.lesser = {n: (forget(m.args[0], {}), forget(m.args[1], {})) for n, m in b.out.lesser.items()}

    def prove(self, low: Power, high: list[Power]) -> Data:
        used = {x.name for p in (low, *high) for e in p.values() for x in e.free_symbols} & set(self.lesser)
        used |= {x.name for e, _ in self.assume for x in e.free_symbols} & set(self.lesser)
        undecided = {sp.Symbol(name) for name in set(self.lesser) - used}
        self.single = [f for f in self.single if not _symbols(f) & undecided]
        self.several = [f for f in self.several if not _symbols(f) & undecided]
        return self._lesser(sorted(used), low, high, self.assume, {})

    def _lesser(self, left: list[str], low: Power, high: list[Power], signs: Known, value: dict[Any, Any]) -> Data:
        if not left:
            return Branch(self, low, high, signs, value).prove()
        name, *others = left
        x, y = self.lesser[name]
        branches = []
        for one, other in ((x, y), (y, x)):
            here = {sp.Symbol(name): one}
            known = [*((e.xreplace(here), rel) for e, rel in signs), (other - one, ">=")]
            branches.append(self._lesser(others, low, high, known, value | here))
        return {"lesser": name, "cases": branches}


class Branch:
    """The same where every minimum of fixed symbols has been decided."""

    def __init__(self, search: Search, low: Power, high: list[Power], signs: Known, value: dict[Any, Any]) -> None:
        def here(power: Power) -> Power:
            return {n: e.xreplace(value) for n, e in power.items()}

        self.search, self.signs = search, signs
        self.low, self.high = here(low), [here(p) for p in high]
        self.single = [Fact(f.place, here(f.low), tuple(map(here, f.high))) for f in search.single]
        self.several = [Fact(f.place, here(f.low), tuple(map(here, f.high))) for f in search.several]
        symbols = set().union(*map(_symbols, (*self.single, *self.several, Fact([], self.low, tuple(self.high)))))
        self.symbols = sorted(symbols.union(*(e.free_symbols for e, _ in signs)), key=str)
        self.points = list(self._points())
        self.exponents: dict[sp.Expr, list[float]] = {}
        self.proofs: dict[tuple[sp.Expr, bool], list[Any] | None] = {}
        self.leaves: dict[tuple[tuple[int, int], ...], Data | None] = {}  # by the terms of the cases, which outlive it

    def _points(self) -> Iterator[dict[sp.Symbol, sp.Rational]]:
        """Values of the fixed symbols where the assumed signs hold, with room to spare where they are strict."""
        rng, found = random.Random(0), 0
        tests = sp.lambdify(self.symbols, [e for e, _ in self.signs], "math")
        for _ in range(TRIES):
            values = [rng.randint(1, 60) for _ in self.symbols]  # sixteenths
            if all(t > 0.01 for t in tests(*(v / 16 for v in values))):
                found += 1
                yield {x: sp.Rational(v, 16) for x, v in zip(self.symbols, values, strict=True)}
                if found == 3:
                    return
        raise DerivationError("no values of the fixed symbols satisfy what is assumed")

    def at(self, e: sp.Expr, which: int) -> float:
        if e not in self.exponents:
            self.exponents[e] = [float(e.xreplace(p)) for p in self.points]
        return self.exponents[e][which]

    def prove(self) -> Data:
        for depth in range(SPLITS + 1):
            tree = self._close([], self.several, depth)
            if tree is not None:
                return tree
        goal = " + ".join(map(str, self.high))
        raise DerivationError(f"the bounds so far do not give {self.low} <~ {goal}")

    def _close(self, cases: list[Fact], open_: list[Fact], depth: int) -> Data | None:
        leaf = self._leaf(cases)
        if leaf is not None or depth == 0:
            return leaf
        for fact in open_:
            branches = []
            for term in fact.high:
                case = Fact(["case", len(cases)], fact.low, (term,))
                branch = self._close([*cases, case], [f for f in open_ if f is not fact], depth - 1)
                if branch is None:
                    break
                branches.append(branch)
            else:
                return {"split": fact.place, "cases": branches}
        return None

    def _leaf(self, cases: list[Fact]) -> Data | None:
        """A proof without further cases; asked again at each depth of the search, and found once."""
        key = tuple((id(f.low), id(f.high[0])) for f in cases)
        if key not in self.leaves:
            self.leaves[key] = self._leaf_now(cases)
        return self.leaves[key]

    def _leaf_now(self, cases: list[Fact]) -> Data | None:
        use = [*cases, *self.single]
        columns = [times(f.high[0], f.low, -sp.S.One) for f in use]
        aims = [times(self.low, p, -sp.S.One) for p in self.high]
        found = self._weights([*columns, *aims], len(columns), None)
        if found is not None:
            y, z = found[: len(columns)], found[len(columns) :]
            return {"use": self._used(use, y), "mix": [self._strictly(x) or self._weight(x) for x in z]}
        if self.search.large is None:
            return None
        found = self._weights(columns, len(columns), self.search.large)
        if found is None:
            return None
        e = -sum(w * c.get(self.search.large, sp.S.Zero) for w, c in zip(found, columns, strict=True))
        strict = self._strictly(sp.factor(e))
        return None if strict is None else {"use": self._used(use, found), "strict": strict}

    def _used(self, use: list[Fact], weights: list[sp.Expr]) -> Data:
        return [[f.place, *self._weight(w)] for f, w in zip(use, weights, strict=True) if w != 0]

    def _weights(self, columns: list[Power], count: int, large: str | None) -> list[sp.Expr] | None:
        """Nonnegative weights for which the columns cancel; those of the aims (or -T's exponent) sum to 1."""
        from scipy.optimize import linprog

        names = sorted({n for c in columns for n in c})
        if large is not None and large not in names:
            return None
        rng, tried = np.random.default_rng(0), set()
        systems = [self._system(columns, count, names, large, which) for which in range(len(self.points))]
        for matrix, rhs in systems:
            for _ in range(COSTS):  # different vertices: not every support serves all values of the fixed symbols
                cost = rng.uniform(1.0, 2.0, len(columns)) ** 3
                found = linprog(cost, A_eq=matrix, b_eq=rhs, method="highs")
                if not found.success:
                    return None
                support = tuple(i for i, w in enumerate(found.x) if w > 1e-9)
                if support not in tried:
                    tried.add(support)
                    if not all(_bears(m[:, support], b) for m, b in systems):
                        continue
                    weights = self._solve(columns, list(support), names, count, large)
                    if weights is not None:
                        return weights
        return None

    def _system(
        self, columns: list[Power], count: int, names: list[str], large: str | None, which: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """The equations of the weights at one of the sample points, in double precision."""
        matrix = np.array([[self.at(c[n], which) if n in c else 0.0 for c in columns] for n in names])
        rhs = np.array([-1.0 if n == large else 0.0 for n in names])
        if large is None:
            matrix = np.vstack([matrix, [float(i >= count) for i in range(len(columns))]])
            rhs = np.append(rhs, 1.0)
        return matrix, rhs

    def _solve(
        self, columns: list[Power], support: list[int], names: list[str], count: int, large: str | None
    ) -> list[sp.Expr] | None:
        """The weights on a support, as polynomials of the fixed symbols of known sign."""
        unknown = {i: sp.Dummy() for i in support}
        equations = [
            sum(unknown[i] * columns[i].get(n, sp.S.Zero) for i in support) + (1 if n == large else 0) for n in names
        ]
        if large is None:
            equations.append(sum(unknown[i] for i in support if i >= count) - 1)
        solution = sp.linsolve([e for e in equations if e != 0], *unknown.values())
        if solution == sp.S.EmptySet:
            return None
        values = list(next(iter(solution)))
        if any(v.free_symbols & set(unknown.values()) for v in values):
            return None
        if any(v.xreplace(p) < 0 for v in values for p in self.points):
            return None
        parts = [sp.fraction(v) for v in values]  # linsolve cancels
        common = functools.reduce(sp.lcm, {d for _, d in parts}, sp.S.One)
        if self.at(common, 0) < 0:
            common = -common
        out = [sp.S.Zero] * len(columns)
        for i, (numerator, denominator) in zip(support, parts, strict=True):
            out[i] = sp.expand(numerator * sp.cancel(common / denominator))
            try:
                self._weight(out[i])
            except DerivationError:
                return None
        if large is None and not any(self._strictly(w) for w in out[count:]):
            return None
        return out

    def _strictly(self, w: sp.Expr) -> list[Any] | None:
        try:
            return self._weight(w, strict=True)
        except DerivationError:
            return None

    def _weight(self, w: sp.Expr, strict: bool = False) -> list[Any]:
        """A weight and the certificate that it is not negative."""
        if w.is_number:
            if w < 0 or (strict and w == 0):
                raise DerivationError("a weight is negative")
            return [str(w), [[str(w), []]] if w else []]
        key = (sp.expand(w), strict)
        if key not in self.proofs:
            self.proofs[key] = as_products(key[0], self.signs, strict)
        certificate = self.proofs[key]
        if certificate is None:
            raise DerivationError(f"the sign of a weight is not known: {w}")
        back = {sp.Symbol(x.name): x for x in self.search.b.out.symbols.values()}
        return [self.search.b.out.scalar(w.xreplace(back)), certificate]
