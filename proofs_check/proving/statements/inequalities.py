"""Inequalities between rational functions, and between sums over the spectrum that compare summand by summand."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import sympy as sp

from ridgeproof.errors import DerivationError

from ...kernel import strings
from ...kernel.statements.ratio import Rejected
from ..signs import Signs
from .build import Build
from .spectral import start

Data = Any


@dataclass
class Facts:
    """Quantities of which a line says the sign, as expressions in atoms: of those that stand, and of ``add``."""

    b: Build
    known: list[tuple[sp.Expr, str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        for i in range(len(self.b.w.lines)):
            self.add(i)

    def add(self, line: int) -> None:
        """What a line of the certificate says."""
        s = self.b.w.lines[line]
        if s.shows[0] not in (">", ">="):
            return
        e = self.b.sympy(self.b.w.difference(s.shows))
        if not e.is_number and (e, s.shows[0]) not in self.known:
            self.known.append((e, s.shows[0]))
            self.lines.append(line)

    def sorts(self, expression: sp.Expr) -> None:
        """What the sorts of names in an expression say: x > 0, x >= 0, and x - 1 >= 0 of a positive natural number."""
        sigma = self.b.w.sigma
        strict = {e for e, rel in self.known if rel == ">"}
        for x in sorted(expression.free_symbols - strict, key=str):
            terms = self.b.w.terms
            weak = terms.monomial_sign(((str(x), 1),))
            if weak:
                self.add(self.b.sort(str(x)))
            if sigma.sorts.get(str(x)) == "nat+":
                self.add(self.b.add("domain", name=str(x), how=">=1"))

    def products(self, expr: sp.Expr) -> list[Any]:
        """An expression as a sum of products of what is known: [coefficient, [line, power], ...] for each.

        Raises
        ------
        DerivationError
            No such sum was found.
        """
        self.sorts(expr)
        builder: Any = SimpleNamespace(out=SimpleNamespace(scalar=self.b.term), lines=[], thorough=True)
        plain = [i for i, (e, _) in enumerate(self.known) if e.is_polynomial()]
        signs = Signs(builder, tuple(self.known[i] for i in plain), [])
        squares = [
            (f, e)
            for f, e in sp.factor_list(sp.fraction(sp.together(expr))[0])[1]
            if e > 0 and e % 2 == 0 and not f.is_Symbol
        ]
        try:
            data = signs.decompose(sp.cancel(expr / sp.Mul(*(f**e for f, e in squares))))
        except DerivationError as error:
            raise DerivationError("the difference is no sum of products of what is known to be positive") from error
        lines = [self.lines[i] for i in plain]

        def cited(sum_: list[Any]) -> list[Any]:
            return [[c, *([lines[i], e] for i, e in factors if e)] for c, factors in sum_]

        for helper in signs.lines:
            lines.append(self.b.positive([">", helper["expression"], "0"], *cited(helper["sum"])))
        return [[*product, *([self.b.term(f), int(e)] for f, e in squares)] for product in cited(data)]


def inequality(claim: str, declare: Data, given: Data, shows: Data, model: Data) -> Data:
    """A certificate of a >= b or a > b, for rational functions of scalars and of sums over the spectrum.

    Raises
    ------
    DerivationError
        Where the search finds none.
    """
    roots = {n for n, what in declare if isinstance(what, dict) and "root" in what}
    given = [g for g in given if not strings(g) & roots]  # that some numbers satisfy one on a root, nobody has shown
    b, equations = start(claim, declare, given, shows, model)
    gap, traces = traces_as_sums(b, b.sympy(b.w.difference(shows)))
    facts = Facts(b)
    if b.w.sigma.spectrum and b.w.sigma.spectrum[0] == "isotropic":
        for name, line in zip(b.w.sigma.roots, equations, strict=True):
            _above(b, name, line, facts)
    why = ""
    for rest, by in _by_roots(b, gap, equations):
        sums = any(b.w.terms.opaque.get(str(x), ("", None))[0] == "spec" for x in rest.free_symbols)
        for way in (_summands, _products) if sums else (_products,):
            try:
                terms, more = way(b, rest, facts)
                return by_products(b, shows, terms, [*traces, *by, *more])
            except (DerivationError, Rejected) as error:
                why = why or str(error)
    raise DerivationError(why)


def _above(b: Build, k: str, root: int, facts: Facts) -> None:
    """S = I: T (1 + k) - d = T (1 + k) ridge/k > 0, by the equation of the root k."""
    _, left, right = b.w.sigma.roots[k][2]
    if not isinstance(left, list):
        return
    ridge, samples = left[2], right[2]
    d = b.w.sigma.spectrum[1]
    at = b.add("isotropic", summand=["/", "s", ["+", "s", k]])
    lam = next(i for i, s in enumerate(b.w.lines) if s.shows == [">", ridge, "0"])
    dk, dT = (b.add("domain", name=y, how=">") for y in (k, samples))
    one = b.positive([">", ["+", "1", k], "0"], ["1"], ["1", [dk, 1]])
    goal = ["-", ["*", samples, ["+", "1", k]], d]
    by = [[["/", ["*", samples, ["+", "1", k]], k], root], [["+", "1", k], at]]
    facts.add(b.positive([">", goal, "0"], ["1", [lam, 1], [dT, 1], [one, 1], [dk, -1]], by=by))


def _by_roots(b: Build, gap: sp.Expr, equations: list[int]) -> list[tuple[sp.Expr, list[Data]]]:
    """The difference as it is, and with a scalar or a sum replaced by what the equation of a root says of it."""
    out: list[tuple[sp.Expr, list[Data]]] = [(gap, [])]
    for i in equations:
        zero = b.sympy(b.w.difference(b.w.lines[i].shows))
        for x in sorted(zero.free_symbols & gap.free_symbols, key=str):
            slope = sp.cancel(sp.diff(zero, x))
            if not slope.has(x):
                after = sp.cancel(gap.xreplace({x: sp.cancel(x - zero / slope)}))
                out.append((after, [[b.term(sp.cancel((gap - after) / zero)), i]]))
    return out


def traces_as_sums(b: Build, rest: sp.Expr) -> tuple[sp.Expr, list[Data]]:
    """Traces of functions of S, and forms in w0, as the sums over the spectrum that they are."""
    by: list[Data] = []
    for x in sorted(rest.free_symbols, key=str):
        kind, data = b.w.terms.opaque.get(str(x), ("", None))
        if kind == "tr" and b.w.sigma.spectrum is not None:
            with suppress(Rejected):
                line = b.add("diagonal", word=list(data[0]))
                after = sp.cancel(rest.xreplace({x: b.sympy(b.w.terms.norm(b.w.lines[line].shows[2]))}))
                by.append([b.term(sp.cancel((rest - after) / b.sympy(b.w.difference(b.w.lines[line].shows)))), line])
                rest = after
    return rest, by


def _products(b: Build, gap: sp.Expr, facts: Facts) -> tuple[list[Any], list[Data]]:
    """The difference as a sum of products of what is known."""
    return facts.products(gap), []


def by_products(b: Build, shows: Data, terms: list[Any], by: list[Any]) -> Data:
    """The certificate, ended by a sum of products and multiples of equations."""
    b.last("positive", shows=shows, sum=[[c, [list(f) for f in fs]] for c, *fs in terms], by=by)
    return b.document()


def _summands(b: Build, gap: sp.Expr, facts: Facts) -> tuple[list[Any], list[Data]]:
    """The difference, linear in sums over the spectrum, as one sum whose summand has a sign at every eigenvalue."""
    opaque = {sp.Symbol(x): data for x, (kind, data) in b.w.terms.opaque.items() if kind == "spec"}
    sums = {x: data for x, data in opaque.items() if gap.has(x)}
    slopes = {x: sp.cancel(sp.diff(gap, x)) for x in sums}
    linear = not any(c.free_symbols & set(sums) for c in slopes.values())
    rest = sp.cancel(gap - sum(c * x for x, c in slopes.items()))
    number = b.w.sigma.spectrum[1] if b.w.sigma.spectrum else None
    each = sp.cancel(rest / sp.Symbol(number)) if number is not None else rest  # d is the sum of 1
    if not sums or not linear or each.free_symbols & {*sums, sp.Symbol(str(number))}:
        raise DerivationError("the difference is not linear in sums over the spectrum")
    summand = sp.factor(each + sum(c * b.sympy(b.w.terms.norm(sums[x])) for x, c in slopes.items()))
    whole, products = b.term(summand), facts.products(summand)
    try:
        line = b.positive([">", whole, "0"], *products)
    except Rejected:
        line = b.positive([">=", whole, "0"], *products)
    total = b.add("sum-positive", line=line)
    parts = [[b.term(c), sums[x]] for x, c in slopes.items()]
    ones = [] if each == 0 else [[b.term(-each), b.add("count")]]
    if ones:
        parts.append([b.term(each), "1"])
    return [["1", [total, 1]]], [["-1", b.add("split", summand=["-", whole, "0"], parts=parts)], *ones]
