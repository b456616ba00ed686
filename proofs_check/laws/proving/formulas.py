"""Certificates of the formulas of ``ridgeproof.theorems.exponents.user.user_symbolic``.  Nothing here is trusted.

A sign is proved as a sum of products of what is assumed: in the excesses of the parameters over their bounds, a
polynomial with positive coefficients is one as it stands, and the other factors are the region's conditions.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import sympy as sp
from sympy.core.sympify import _sympify  # strict: text is refused, not parsed

from ridgeproof.errors import NotProved
from ridgeproof.theorems.exponents.user.law_file import UserLaw
from ridgeproof.theorems.exponents.user.user_symbolic import Corner, Excesses, SymbolicProgram

from .. import say
from ..formulas import bound, divisors, domain, export, names, piece, programs, shown
from .cover import Fact, find_cover
from .lines import Lines
from .models import satisfying

Document = dict[str, Any]
Products = list[tuple[sp.Rational, dict[int, int]]]  # coefficients, and powers of what lines conclude


def documents(law: UserLaw) -> list[Document]:
    """Return a certificate for every region of every program of a law; raises NotProved, ScaleError.

    A program whose regions cover the domain as far as products of assumptions show has one more, ``cover``.  A region
    of which no point is found has none, nor a place in the cover.
    """
    found, excesses = programs(law)
    written = []
    for i, program in enumerate(found, start=1):
        regions = []
        for k, corner in enumerate(program.corners, start=1):
            document = _document(law, program, excesses, corner, f"formula-{i}-{k}")
            if document is not None:
                regions.append((corner, document))
        written += [document for _, document in regions]
        if any(not corner.conditions for corner, _ in regions):
            continue  # a region without conditions is the whole domain
        with contextlib.suppress(NotProved):
            written.append(_cover(law, program, excesses, regions, f"formula-{i}-cover"))
    return written


def _cover(
    law: UserLaw,
    program: SymbolicProgram,
    excesses: Excesses,
    regions: Sequence[tuple[Corner, Document]],
    claim: str,
) -> Document:
    """Return the certificate that one of the regions holds; raises NotProved where none is found."""
    lines = Lines(names(law))
    base = domain(excesses)
    positive = [h for h in divisors(program, excesses) if any(h in d["given"] and h not in base for _, d in regions)]
    signs = _Signs(lines, program, excesses, (), positive)
    facts = [
        Fact(signs.stand.get(symbol, symbol), ">" if strict else ">=", line) for symbol, line, strict in signs.facts()
    ]
    conditions = [[(h[1], signs.plain(c)) for c, h in _conditions(corner, excesses)] for corner, _ in regions]
    shows = ["some", [[[">=", c, "0"] for c, _ in one] for one in conditions]]
    find_cover(lines, shows, conditions, facts)
    given = [*base, *positive]
    model = satisfying(lines.world, given, [say.name(p.name) for p in law.parameters])
    if model is None:
        raise NotProved("cover: no point of the domain is found")
    return lines.document(claim, given, shows, model)


def _document(
    law: UserLaw, program: SymbolicProgram, excesses: Excesses, corner: Corner, claim: str
) -> Document | None:
    if not corner.rate.is_finite:
        raise NotProved("a program without an optimum has no formula to prove")
    lines = Lines(names(law))
    signs = _Signs(lines, program, excesses, _conditions(corner, excesses), [])
    conditions, rows = piece(law, program, excesses)
    controls = [say.name(x) for x in law.controls]
    place, rate = [shown(x, excesses) for x in corner.controls], shown(corner.rate, excesses)
    shows = say.lowest([(conditions, rows)], controls, place, rate)
    at, value, f = dict(zip(controls, place, strict=True)), shows[4], say.greatest(rows)
    both = [line for line, _ in (*program.rows, *program.walls)]
    first, later = both[: len(rows)], both[len(rows) :]
    reached = [signs.prove([">=", value, say.put(row, at)], -corner.rate - line.at(corner.controls))
               for row, line in zip(rows, first, strict=True)]  # fmt: skip
    there = [signs.prove(say.put(h, at), -line.at(corner.controls)) for h, line in zip(conditions, later, strict=True)]
    below = reached[0]
    if len(rows) > 1:
        below = lines.add("bound", reached, term=say.put(f, at), by=value, lines=reached)
    total: Products = []
    for i, multiplier in corner.multipliers:
        if i >= len(rows):
            known = lines.add("assume", formula=conditions[i - len(rows)])
        elif len(rows) > 1:
            known = lines.add("extreme", term=f, which=i)
        else:
            continue  # the only row is the function itself
        total += [(c, {**powers, known: 1}) for c, powers in signs.products(multiplier)]
    least = lines.positive([">=", f, value], [(c, sorted(powers.items())) for c, powers in total])
    lines.add("lowest", [least, below, *there], shows=shows, least=[least], home=0, there=there, reached=below)
    for x in (corner.rate, *corner.controls, *(entry for line in both for entry in (line.constant, *line.slopes))):
        signs.divides(sp.factor(_sympify(x).xreplace(excesses.back)))
    given = [*domain(excesses), *(h for _, h in _conditions(corner, excesses)), *signs.positive]
    model = satisfying(lines.world, given, [say.name(p.name) for p in law.parameters])
    if model is None:
        return None
    signs.cut(given)
    return lines.document(claim, given, shows, model)


def _conditions(corner: Corner, excesses: Excesses) -> list[tuple[sp.Expr, list[Any]]]:
    """Return the conditions of a region, without positive factors, and as they are written."""
    found = []
    for c in corner.conditions:
        number, rest = sp.expand(c.xreplace(excesses.back)).primitive()
        found.append((c / number, [">=", export(rest), "0"]))
    return found


class _Signs:
    """Writes what is >= 0 as sums of products of lines, proving the signs of denominators on the way."""

    def __init__(
        self,
        lines: Lines,
        program: SymbolicProgram,
        excesses: Excesses,
        conditions: Sequence[tuple[sp.Expr, list[Any]]],
        positive: Sequence[list[Any]],
    ) -> None:
        self.lines, self.excesses = lines, excesses
        entries = [entry for line, _ in (*program.rows, *program.walls) for entry in (line.constant, *line.slopes)]
        self.atoms = sorted({a for entry in entries for a in entry.atoms(sp.Min, sp.Max)}, key=sp.default_sort_key)
        taken = {name for name, _ in lines.declare}
        fresh = (name for i in itertools.count(1) if (name := f"m{i}") not in taken)
        self.stand: dict[sp.Expr, sp.Symbol] = {
            atom: sp.Symbol(name, positive=atom.is_positive, nonnegative=atom.is_nonnegative, real=True)
            for atom, name in zip(self.atoms, fresh, strict=False)
        }
        self.symbols = {self.stand.get(x, x): x for x in (*excesses.back, *self.atoms) if x.is_nonnegative}
        self.conditions = [(self.plain(c), h) for c, h in conditions]
        self.positive: list[list[Any]] = list(positive)  # what is divided by, although it might be 0
        self.proved: dict[sp.Expr, int] = {}  # a base of a denominator -> the line that says that it is > 0
        self.divided: dict[str, tuple[Any, list[tuple[sp.Expr, int]]]] = {}

    def plain(self, expression: sp.Expr) -> sp.Expr:
        """An expression with symbols for min and max."""
        return expression.xreplace(self.stand)

    def inward(self, shown_: sp.Expr) -> sp.Expr:
        """An expression in the parameters through what they exceed their bounds by."""
        back = {sp.factor(atom.xreplace(self.excesses.back)): s for atom, s in self.stand.items()}
        names_ = {x: s + x - e for s, e in self.excesses.back.items() for x in e.free_symbols}
        return sp.expand(shown_.xreplace(back).xreplace(names_))

    def facts(self) -> list[tuple[sp.Expr, int, bool]]:
        """What holds of parameters, min and max: a symbol, the line that says it, and whether it is > 0."""
        found = [(s, self._line(s, 1), bool(x.is_positive)) for s, x in self.symbols.items()]
        zero = {x: s for s, x in self.symbols.items()}
        for h in self.positive:
            x = next(x for x in zero if [">", shown(x, self.excesses), "0"] == h)
            found.append((zero[x], self.lines.add("assume", formula=h), True))
        return found

    def prove(self, goal: list[Any], expression: sp.Expr) -> int:
        """Write a line that concludes the goal, left - right being the expression."""
        return self.lines.positive(goal, [(c, sorted(powers.items())) for c, powers in self.products(expression)])

    def products(self, expression: sp.Expr) -> Products:
        """Return a sum of products that equals the expression."""
        number, rest = sp.factor(sp.together(self.plain(_sympify(expression)))).as_coeff_Mul()
        total: Products = [(sp.S.One, {})]
        for factor in sp.Mul.make_args(rest):
            base, power = factor.as_base_exp()
            sign, parts = self._factor(base, int(power))
            number *= sign
            total = [(c * d, _joined(p, q)) for (c, p), (d, q) in itertools.product(total, parts)]
        if number == 0:
            return []
        if number < 0:
            raise NotProved(f"the sign of {sp.sstr(expression):.80} does not follow")
        return [(number * c, powers) for c, powers in total]

    def _factor(self, base: sp.Expr, power: int) -> tuple[sp.Rational, Products]:
        """Return a number and a sum of products: times each other they are the factor."""
        if base.is_Rational:
            return base**power, [(sp.S.One, {})]
        for sign in (1, -1):
            if sign * base in self.symbols:
                return sp.Integer(sign) ** power, [(sp.S.One, {self._line(sign * base, power): power})]
        for condition, formula in self.conditions:
            ratio = sp.cancel(base / condition)
            if ratio.is_Rational and power > 0:
                return ratio**power, [(sp.S.One, {self.lines.add("assume", formula=formula): power})]
        for sign in (1, -1):
            if power > 0:
                expanded = self._monomials(sp.expand((sign * base) ** power))
                if self._monomials(sp.expand(sign * base)) is not None:
                    return sp.Integer(sign) ** power, expanded or []
            elif self._positive(sign * base) is not None:
                return sp.Integer(sign) ** power, [(sp.S.One, {self.proved[sign * base]: power})]
        raise NotProved(f"the sign of {sp.sstr(base):.80} does not follow")

    def _line(self, symbol: sp.Expr, power: int) -> int:
        """Return the line that a symbol is >= 0, or, to divide by it, that it is > 0."""
        meant = self.symbols[symbol]
        term = shown(meant, self.excesses)
        sign = ">" if meant.is_positive else ">="
        if power < 0 and sign == ">=":
            if [">", term, "0"] not in self.positive:
                self.positive.append([">", term, "0"])
            return self.lines.add("assume", formula=[">", term, "0"])
        if meant in self.excesses.back:
            return self.lines.add("assume", formula=bound(meant, self.excesses))
        return self.lines.prove([sign, term, "0"], self.lines.assume_all(domain(self.excesses)))

    def _monomials(self, polynomial: sp.Expr) -> Products | None:
        found = []
        for term in sp.Add.make_args(polynomial):
            c, rest = term.as_coeff_Mul()
            powers = {} if rest == 1 else dict(f.as_base_exp() for f in sp.Mul.make_args(rest))
            if c < 0 or any(x not in self.symbols or not e.is_Integer for x, e in powers.items()):
                return None
            found.append((c, powers))
        return [(c, {self._line(x, 1): int(e) for x, e in powers.items()}) for c, powers in found]

    def _positive(self, base: sp.Expr) -> int | None:
        """Return the line that proves a denominator to be positive."""
        if base not in self.proved:
            monomials = self._monomials(sp.expand(base))
            if monomials is None:
                return None
            back = {symbol: atom for atom, symbol in self.stand.items()}
            term = shown(base.xreplace(back), self.excesses)
            self.proved[base] = self.lines.positive([">", term, "0"], [(c, sorted(p.items())) for c, p in monomials])
        return self.proved[base]

    def divides(self, expression: sp.Expr) -> None:
        """Note what an expression divides by, as it is written."""
        for node in sp.preorder_traversal(expression):
            if node.is_Mul or node.is_Pow:
                below = [f for f in sp.Mul.make_args(node) if f.is_Pow and f.exp.is_negative]
                if below:
                    term = export(sp.Mul(*below))[2]
                    self.divided[str(term)] = (term, [(f.base, -int(f.exp)) for f in below])

    def cut(self, given: Sequence[list[Any]]) -> None:
        """Take away from the last line that what is divided by is not 0."""
        last, cut = next(i for i, line in enumerate(self.lines.lines) if line["rule"] == "lowest"), []
        for term, factors in self.divided.values():
            if ["!=", term, "0"] in [["!=", *h[1:]] for h in given if h[0] == ">"]:
                cut.append(self.lines.add("assume", formula=[">", term, "0"]))
                continue
            by = []
            for base, power in factors:
                plain = self.inward(base)
                found = [self._line(s * plain, -1) for s in (1, -1) if s * plain in self.symbols]
                found = found or [i for s in (1, -1) if (i := self._positive(s * plain)) is not None]
                if not found:
                    raise NotProved(f"{sp.sstr(base):.80} may be 0")
                by.append([found[0], power])
            cut.append(self.lines.add("nonzero", [i for i, _ in by], term=term, by=by))
        if cut:
            self.lines.add("cut", [last, *cut], line=last, by=cut)


def _joined(p: Mapping[int, int], q: Mapping[int, int]) -> dict[int, int]:
    return {i: p.get(i, 0) + q.get(i, 0) for i in {**p, **q}}
