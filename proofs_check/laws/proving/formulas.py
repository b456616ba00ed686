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
from ridgeproof.theorems.exponents.user.user_symbolic import Corner, Excesses, SymbolicProgram, symbolic_programs

from ...kernel import FORMAT
from ..symbolic_statements import Grounds, atoms_of, conclusions, export, grounds, scalars, words
from .cover import find_tree

Document = dict[str, Any]
Index = tuple[str, int]  # an assumption: of the parameters, "positive", a "row", or an earlier "line"
Products = list[tuple[sp.Rational, dict[Index, int]]]  # coefficients, and powers of assumptions


def documents(law: UserLaw) -> list[Document]:
    """Return a certificate for every region of every program of a law; raises NotProved, ScaleError.

    A program whose regions cover the domain as far as products of assumptions show has one more, ``cover``.
    """
    programs, excesses = symbolic_programs(law)
    found = []
    for i, program in enumerate(programs, start=1):
        regions = []
        for k, corner in enumerate(program.corners, start=1):
            note = {"law": law.title, "program": i, "region": k, "name": corner.name}
            regions.append(_document(law, program, excesses, corner, note))
        found += regions
        if any(not corner.conditions for corner in program.corners):
            continue  # a region without conditions is the whole domain
        with contextlib.suppress(NotProved):
            found.append(_cover(law, program, excesses, [r["note"]["answer"] for r in regions], i))
    return found


def _cover(
    law: UserLaw, program: SymbolicProgram, excesses: Excesses, answers: Sequence[Mapping[str, Any]], number: int
) -> Document:
    """Return the certificate that one of the regions holds; raises NotProved where none is found."""
    atoms = atoms_of(law, program)
    base = grounds(law, excesses, atoms)
    positive = [p for i, p in enumerate(a[0] for a in base.assumed) if any(p in x["positive"] for x in answers)]
    stand = _Signs(base, (), excesses, atoms).stand
    signs = [(stand.get(s, s), how) for s, (_, how) in zip(base.symbols, base.assumed, strict=True)]
    signs += [(signs[[p for p, _ in base.assumed].index(divisor)][0], ">") for divisor in positive]
    conditions = [
        [(c, e.xreplace(stand)) for c, e in zip(answer["conditions"], corner.conditions, strict=True)]
        for answer, corner in zip(answers, program.corners, strict=True)
    ]
    granted = [*base.assumed, *([divisor, ">"] for divisor in positive)]
    proof, lines = find_tree(conditions, [(known, *sign) for known, sign in zip(granted, signs, strict=True)])
    note = {"law": law.title, "program": number, "atoms": words(atoms, excesses), "positive": positive}
    note |= {"regions": [answer["conditions"] for answer in answers], "proof": proof}
    context = {"scalars": scalars(law, atoms)}
    return {"format": FORMAT, "claim": f"formula-{number}-cover", "context": context, "lines": lines, "note": note}


def _document(
    law: UserLaw, program: SymbolicProgram, excesses: Excesses, corner: Corner, note: dict[str, Any]
) -> Document:
    if not corner.rate.is_finite:
        raise NotProved("a program without an optimum has no formula to prove")
    atoms = atoms_of(law, program)
    answer = {
        "conditions": [export(c, excesses, atoms) for c in corner.conditions],
        "controls": [export(x, excesses, atoms) for x in corner.controls],
        "rate": export(corner.rate, excesses, atoms),
    }
    signs = _Signs(grounds(law, excesses, atoms), corner.conditions, excesses, atoms)
    both = [line for line, _ in (*program.rows, *program.walls)]
    goals = [-corner.rate - line.at(corner.controls) for line in both[: len(program.rows)]]
    goals += [-line.at(corner.controls) for line in both[len(program.rows) :]]
    proofs = [signs.products(goal) for goal in goals]
    multipliers = ((("row", i), signs.products(y)) for i, y in corner.multipliers)
    proofs.append([(c, {**powers, row: 1}) for row, products in multipliers for c, powers in products])
    answer["positive"] = [export(s, excesses, atoms) for s in signs.positive]
    first = {"positive": len(signs.base.assumed) + len(corner.conditions)}
    first["row"] = first["positive"] + len(signs.positive)
    wanted = zip(proofs, conclusions(law, program, excesses, answer), strict=True)
    lines = [*signs.lines, *(_line(proof, known, goal, first) for proof, (known, goal) in wanted)]
    note |= {"atoms": words(atoms, excesses), "answer": answer}
    claim = f"formula-{note['program']}-{note['region']}"
    return {"format": FORMAT, "claim": claim, "context": {"scalars": scalars(law, atoms)}, "lines": lines, "note": note}


def _line(proof: Products, known: Sequence[Any], goal: Any, first: Mapping[str, int]) -> dict[str, Any]:
    """Return a line; the signs that were proved before stand behind the other assumptions."""
    used = sorted({i for _, powers in proof for kind, i in powers if kind == "line"})

    def place(index: Index) -> int:
        kind, i = index
        return len(known) + used.index(i) if kind == "line" else first.get(kind, 0) + i

    total = [[str(c), sorted([place(i), e] for i, e in powers.items() if e)] for c, powers in proof]
    assume = [*known, *(["line", i] for i in used)]
    return {"rule": "nonnegative", "expression": goal, "relation": ">=", "assume": assume, "sum": total}


class _Signs:
    """Writes what is >= 0 as sums of products of assumptions, proving the signs of denominators on the way."""

    def __init__(self, base: Grounds, conditions: Sequence[sp.Expr], excesses: Excesses, atoms: Mapping[sp.Expr, str]):
        self.base, self.excesses, self.atoms = base, excesses, atoms
        self.positive: list[sp.Expr] = []  # what is divided by, although it might be 0
        self.stand = {
            atom: sp.Symbol(name, **({"positive": True} if atom.is_positive else {"nonnegative": True}))
            if atom.is_nonnegative
            else sp.Symbol(name, real=True)
            for atom, name in atoms.items()
        }
        self.index = {self.stand.get(s, s): ("", i) for i, s in enumerate(base.symbols)}
        self.conditions = [self._plain(c) for c in conditions]
        self.lines: list[dict[str, Any]] = []
        self.proved: dict[sp.Expr, int] = {}

    def _plain(self, expression: sp.Expr) -> sp.Expr:
        return expression.xreplace(self.stand)

    def products(self, expression: sp.Expr) -> Products:
        """Return a sum of products that equals the expression."""
        number, rest = sp.factor(sp.together(self._plain(_sympify(expression)))).as_coeff_Mul()
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
            if sign * base in self.index:
                return sp.Integer(sign) ** power, [(sp.S.One, {self._index(sign * base, power): power})]
        for i, condition in enumerate(self.conditions):
            ratio = sp.cancel(base / condition)
            if ratio.is_Rational and power > 0:
                return ratio**power, [(sp.S.One, {("", len(self.base.assumed) + i): power})]
        for sign in (1, -1):
            monomials = self._monomials(sp.expand(sign * base))
            if monomials is None:
                continue
            if power > 0:
                expanded = self._monomials(sp.expand((sign * base) ** power))
                return sp.Integer(sign) ** power, expanded or []
            return sp.Integer(sign) ** power, [(sp.S.One, {("line", self._positive(sign * base, monomials)): power})]
        raise NotProved(f"the sign of {sp.sstr(base):.80} does not follow")

    def _index(self, symbol: sp.Expr, power: int) -> Index:
        """Return the assumption that a symbol is >= 0, or, to divide by it, that it is > 0."""
        _, i = self.index[symbol]
        if power > 0 or self.base.assumed[i][1] == ">":
            return self.index[symbol]
        if self.base.symbols[i] not in self.positive:
            self.positive.append(self.base.symbols[i])
        return "positive", self.positive.index(self.base.symbols[i])

    def _monomials(self, polynomial: sp.Expr) -> Products | None:
        found: Products = []
        for term in sp.Add.make_args(polynomial):
            c, rest = term.as_coeff_Mul()
            powers = {} if rest == 1 else dict(f.as_base_exp() for f in sp.Mul.make_args(rest))
            if c < 0 or any(x not in self.index or not e.is_Integer for x, e in powers.items()):
                return None
            found.append((c, {self.index[x]: int(e) for x, e in powers.items()}))
        return found

    def _positive(self, base: sp.Expr, monomials: Products) -> int:
        """Return the line that proves a denominator to be positive."""
        if base not in self.proved:
            back = {symbol: atom for atom, symbol in self.stand.items()}
            expression = export(base.xreplace(back), self.excesses, self.atoms)
            line = _line(monomials, self.base.assumed, expression, {}) | {"relation": ">"}
            self.lines.append(line)
            self.proved[base] = len(self.lines) - 1
        return self.proved[base]


def _joined(p: Mapping[Index, int], q: Mapping[Index, int]) -> dict[Index, int]:
    return {i: p.get(i, 0) + q.get(i, 0) for i in {**p, **q}}
