"""Certificates of the formula for the optimal ridge under model collapse.  Nothing here is trusted."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import sympy as sp

from ridgeproof.errors import NotProved
from ridgeproof.theorems.exponents.model.symbolic import Region, SymbolicLaw

from ...proving.signs import as_products
from ..formulas import ELL, export, formulas, known, plain, theory
from .cover import Fact, find_cover
from .lines import Lines
from .models import satisfying

Document = dict[str, Any]
Sign = tuple[sp.Expr, str]
V = sp.Symbol("v", real=True)  # the error's exponent at ell, which is above the rows


def documents() -> list[Document]:
    """Return a certificate for every region of both formulas, and for their covers; raises NotProved."""
    said = iter(theory())
    found = []
    for _, law, domain in formulas():
        for region in law.regions:
            claim, _, declare, given, shows = next(said)
            found.append(_region(law, domain, region, claim, declare, given, shows))
        claim, _, declare, given, shows = next(said)
        lines = Lines(declare)
        facts = [Fact(e, how, lines.add("assume", formula=plain((e, how)))) for e, how in domain]
        find_cover(lines, shows, [[(export(c), c) for c in region.conditions] for region in law.regions], facts)
        found.append(_document(lines, claim, given, shows))
    return found


def _document(lines: Lines, claim: str, given: Any, shows: Any) -> Document:
    names = {name for name, _ in lines.declare if any(name in lines.world.free(h) for h in given)}
    model = satisfying(lines.world, given, sorted(names))
    if model is None:
        raise NotProved(f"{claim}: no point is found at which the hypotheses hold")
    return lines.document(claim, given, shows, model)


def _region(
    law: SymbolicLaw, domain: Sequence[Sign], region: Region, claim: str, declare: Any, given: Any, shows: Any
) -> Document:
    _, (ell,), pieces, place, value = shows
    side, least = law.sides[region.side], -region.rate
    for home, stretch in enumerate(side.stretches):
        lines = Lines(declare)
        signs = _Signs(lines, domain, [*domain, *known(law, region)])
        at = {ELL: region.ell}
        try:
            ends = [e.xreplace(at) for e in _ends(stretch)]
            there = [signs.prove(_at(h, ell, place[0]), e) for h, e in zip(pieces[home][0], ends, strict=True)]
            rows = pieces[home][1][1:]
            reached = [
                signs.prove([">=", value, _at(row, ell, place[0])], least - slope * region.ell - level)
                for row, (slope, level) in zip(rows, stretch.rows, strict=True)
            ]
        except NotProved:
            if home == len(side.stretches) - 1:
                raise
            continue
        break
    most = lines.add("bound", reached, term=_at(pieces[home][1], ell, place[0]), by=value, lines=reached)
    below = []
    for part, (conditions, f) in zip(side.stretches, pieces, strict=True):
        more = [(e, lines.add("assume", formula=h)) for e, h in zip(_ends(part), conditions, strict=True)]
        for i, (slope, level) in enumerate(part.rows):
            more.append((V - slope * ELL - level, lines.add("extreme", term=f, which=i)))
        below.append(signs.prove([">=", f, value], V - least, more))
    last = lines.add("lowest", [*below, *there, most], shows=shows, least=below, home=home, there=there, reached=most)
    cut = signs.divided(shows)
    if cut:
        lines.add("cut", [last, *cut], line=last, by=cut)
    return _document(lines, claim, given, shows)


def _at(data: Any, x: str, by: Any) -> Any:
    """Plain data with a term for a name."""
    return (by if data == x else data) if not isinstance(data, list) else [_at(part, x, by) for part in data]


def _ends(stretch: Any) -> list[sp.Expr]:
    return [ELL - stretch.lo, *([] if stretch.hi is None else [stretch.hi - ELL])]


class _Signs:
    """Proves signs one after the other; those of divisors from the domain."""

    def __init__(self, lines: Lines, domain: Sequence[Sign], given: Sequence[Sign]) -> None:
        self.lines, self.domain = lines, list(domain)
        self.given = [(e, how, lines.add("assume", formula=plain((e, how)))) for e, how in given]
        self.divisors: dict[sp.Expr, int] = {}  # positive -> the line that says so

    def prove(self, goal: Any, expression: sp.Expr, more: Sequence[tuple[sp.Expr, int]] = ()) -> int:
        """Multiply by all divisors, which are positive, and write what is left as a sum of products."""
        everything = [*self.given, *((e, ">=", line) for e, line in more)]
        top, bottom = sp.fraction(sp.factor(sp.together(expression)))
        common = sp.S.One
        for e, _ in more:
            common = sp.lcm(common, _denominator(e))
        top, bottom = top * common, bottom * common
        number, powers = sp.S.One, dict[int, int]()
        for factor in sp.Mul.make_args(bottom):
            base, power = factor.as_base_exp()
            if base.is_number:
                number *= base**power
            else:
                line = self.divisor(base)
                powers[line] = powers.get(line, 0) - int(power)
        cleared = [(sp.expand(sp.together(e) * _denominator(e)), how) for e, how, _ in everything]
        total = as_products(sp.expand(top / number), cleared)
        if total is None:
            raise NotProved(f"the sign of {sp.sstr(expression):.80} does not follow")
        sum_ = []
        for c, factors in total:
            exponents = dict(powers)
            for i, power in factors:
                e, _, line = everything[i]
                exponents[line] = exponents.get(line, 0) + power
                for factor in sp.Mul.make_args(_denominator(e)):  # what was multiplied out is put back
                    base, k = factor.as_base_exp()
                    if not base.is_number:
                        line = self.divisor(base)
                        exponents[line] = exponents.get(line, 0) + int(k) * power
            sum_.append((c, [(line, e) for line, e in sorted(exponents.items()) if e]))
        return self.lines.positive(goal, sum_)

    def divisor(self, base: sp.Expr) -> int:
        """Return the line that a divisor is positive."""
        if base not in self.divisors:
            total = as_products(sp.expand(base), self.domain, strict=True)
            if total is None:
                raise NotProved(f"the divisor {sp.sstr(base):.80} may not be positive")
            sum_ = [(c, [(self.given[i][2], e) for i, e in factors]) for c, factors in total]
            self.divisors[base] = self.lines.positive([">", export(base), "0"], sum_)
        return self.divisors[base]

    def divided(self, shows: Any) -> list[int]:
        """Return lines that what a formula divides by is not 0."""
        found: dict[str, Any] = {}

        def visit(data: Any) -> None:
            if isinstance(data, list):
                if data[:1] == ["/"]:
                    found[str(data[2])] = data[2]
                for part in data:
                    visit(part)

        visit(shows)
        return [self._nonzero(term) for term in found.values() if self.lines.world.terms.norm(term).constant() is None]

    def _nonzero(self, term: Any) -> int:
        by = []
        for factor in term[1:] if isinstance(term, list) and term[0] == "*" else [term]:
            base, power = (factor[1], factor[2]) if isinstance(factor, list) and factor[0] == "^" else (factor, 1)
            line = next((i for x, i in self.divisors.items() if export(x) == base), None)
            if line is not None:
                by.append([line, power])
        return self.lines.add("nonzero", [i for i, _ in by], term=term, by=by)


@cache
def _denominator(e: sp.Expr) -> sp.Expr:
    return sp.denom(sp.factor(sp.together(e)))
