"""The optimum of a user's law as formulas over regions of its parameters, for any number of controls.

Every program of the law is the largest of rows ``c + a.x`` within walls ``d + w.x <= 0``.  Where it has an optimum at a
corner, n + 1 of its rows and walls hold with equality there, and the dual multipliers of those are >= 0.  They depend
on the slopes alone, so that most choices are settled by the domains of the parameters; each choice that is left is
written down with the conditions under which it is the optimum: the other rows and walls, and multipliers whose sign is
open.  Where the optimum is a whole face, the corner is the first in lexicographic order.  The rate of the law is the
largest of its programs'.  On an edge of the domain where a slope vanishes the formulas may divide by 0 or give a later
optimum than the first; the exact rows do not.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sympy as sp
from sympy.core.sympify import _sympify  # strict: text is refused, not parsed

from ridgeproof.errors import ScaleError
from ridgeproof.frames import Framed

from ..calculus.formulas import Comparison, Formula, evaluate
from ..calculus.piecewise import Arithmetic, Branches, Line, branches
from ..model.symbolic import NAMES, latex_name
from .law_file import UserLaw

MOST_REGIONS = 500
MOST_CORNERS = 4_000
SETTLED = "domains that settle it"
UNBOUNDED = "unbounded: every term falls for ever"
EMPTY = "empty feasible set"


class Corner(NamedTuple):
    """Where all ``conditions`` are >= 0, ``controls`` are an optimal choice and E ≍ T^-rate.

    ``multipliers`` are the dual solution: for the rows, then the walls, of the program that hold with equality.
    """

    name: str
    conditions: tuple[sp.Expr, ...]
    controls: tuple[sp.Expr, ...]
    rate: sp.Expr
    multipliers: tuple[tuple[int, sp.Expr], ...] = ()


class SymbolicProgram(NamedTuple):
    """One program: v >= every row, every wall <= 0, as (line, name); and its corners."""

    rows: tuple[tuple[Line, str], ...]
    walls: tuple[tuple[Line, str], ...]
    corners: tuple[Corner, ...]


class Excesses(NamedTuple):
    """Parameters through what they exceed their lower bounds by: symbols that know their sign, and their meaning."""

    values: Mapping[str, sp.Expr]
    back: Mapping[sp.Symbol, sp.Expr]


@dataclass(frozen=True, slots=True)
class SymbolicOptimum(Framed):
    """For each program of the law, the regions with their optimal controls and rate; the law's rate is the largest."""

    controls: tuple[str, ...]
    programs: tuple[tuple[Corner, ...], ...]
    domain: str

    @property
    def rate(self) -> sp.Expr:
        """The rate as one expression."""
        return sp.Max(*(_piecewise([(r.rate, r) for r in regions]) for regions in self.programs))

    def records(self) -> list[dict[str, Any]]:
        """A row for each region of each program: where it holds, the controls and the rate, as formulas."""
        return [
            {"program": i, "regime": region.name}
            | {"where": " and ".join(f"{sp.sstr(c)} >= 0" for c in region.conditions)}
            | {name: sp.sstr(x) for name, x in zip(self.controls, region.controls, strict=True)}
            | {"rate": sp.sstr(region.rate)}
            for i, regions in enumerate(self.programs, start=1)
            for region in regions
        ]

    def as_text(self) -> str:
        """Return the regions in plain text, one a line."""
        lines = []
        for i, regions in enumerate(self.programs, start=1):
            if len(self.programs) > 1:
                lines.append(f"program {i} of {len(self.programs)}; the rate is the largest of theirs")
            for region in regions:
                where = " and ".join(f"{sp.sstr(c)} >= 0" for c in region.conditions) or "always"
                chosen = [f"{name} = {sp.sstr(x)}" for name, x in zip(self.controls, region.controls, strict=True)]
                answer = ", ".join([*chosen, f"rate = {sp.sstr(region.rate)}"])
                lines.append(f"{answer}  if {where}  [{region.name}]")
            if not regions:
                lines.append(EMPTY)
        return "\n".join([*lines, f"domain: {self.domain}"])

    def as_latex(self) -> str:
        """Return an align* environment (package amsmath) with the optimal controls and the rate of every program."""
        rows = []
        for i, regions in enumerate(self.programs, start=1):
            mark = f"_{{{i}}}" if len(self.programs) > 1 else ""
            columns = [(rf"{latex_name(name)}^*{mark}", k) for k, name in enumerate(self.controls)]
            sides = [(left, [(r.controls[k], r) for r in regions]) for left, k in columns]
            sides.append((rf"\text{{rate}}{mark}", [(r.rate, r) for r in regions]))
            for left, pairs in sides if regions else []:
                answer = _piecewise(pairs)
                names = {symbol: NAMES.get(symbol) or latex_name(symbol.name) for symbol in answer.free_symbols}
                rows.append(rf"{left} &= " + sp.latex(answer, symbol_names=names, mul_symbol=r"\,"))
            if not regions:
                rows.append(rf"\text{{rate}}{mark} &: \text{{{EMPTY}}}")
        if len(self.programs) > 1:
            which = ", ".join(rf"\text{{rate}}_{{{i}}}" for i in range(1, len(self.programs) + 1))
            rows.append(rf"\text{{rate}} &= \max({which})")
        return "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}"


def symbolic_optimum(law: UserLaw) -> SymbolicOptimum:
    """Return the optimum of a law, its parameters left as symbols; raises ScaleError like ``symbolic_programs``."""
    programs, excesses = symbolic_programs(law)
    shown = tuple(tuple(_shown(corner, excesses.back) for corner in program.corners) for program in programs)
    domain = ", ".join(dict.fromkeys(c.source for p in law.parameters for c in p.domain)) or "none given"
    return SymbolicOptimum(law.controls, shown, domain)


def symbolic_programs(law: UserLaw) -> tuple[list[SymbolicProgram], Excesses]:
    """Return the programs of a law with their corners, in terms of the excesses of its parameters.

    Raises
    ------
    ScaleError
        For a law without terms, with too many corners, or whose optimum is at no corner; and where the sign of a factor
        of a min or max does not follow from the domains.
    """
    if not law.terms:
        raise ScaleError("no terms: the error is 0", where="--symbolic", accepted="a law with at least one term")
    symbols = {p.name: _symbol(p.name, p.domain) for p in law.parameters}
    values = {name: value for name, (value, _) in symbols.items()}
    back = {slack: shown for _, one in symbols.values() for slack, shown in one.items()}
    forms = [(name, _form(tree, law, values, f"terms.{name}")) for name, tree in law.terms]
    walls: list[tuple[str, Branches]] = []
    for comparison in law.constraints:
        difference = Formula("-", None, (comparison.left, comparison.right))
        walls.append((comparison.source, _form(difference, law, values, comparison.source)))
        if comparison.relation == "=":
            opposite = Formula("-", None, (comparison.right, comparison.left))
            walls.append((comparison.source, _form(opposite, law, values, comparison.source)))
    programs: list[SymbolicProgram] = []
    choices = list(itertools.islice(itertools.product(*(f for _, f in (*forms, *walls))), MOST_CORNERS + 1))
    corners_tried = sum(math.comb(sum(map(len, choice)), len(law.controls) + 1) for choice in choices)
    if max(len(choices), corners_tried) > MOST_CORNERS:
        accepted = f"at most {MOST_CORNERS} (fewer min, max, rows and controls)"
        raise ScaleError("too many corners", where="--symbolic", accepted=accepted)
    for choice in choices:
        rows = [(line, name) for (name, _), lines in zip(forms, choice, strict=False) for line in lines]
        limits = [(line, n) for (n, _), lines in zip(walls, choice[len(forms) :], strict=True) for line in lines]
        corners = tuple(_corners(rows, limits, len(law.controls)))
        programs.append(SymbolicProgram(tuple(rows), tuple(limits), corners))
        if sum(len(program.corners) for program in programs) > MOST_REGIONS:
            raise ScaleError("too many regions", where="--symbolic", accepted=f"at most {MOST_REGIONS}")
    return programs, Excesses(values, back)


def _corners(rows: Sequence[tuple[Line, str]], walls: Sequence[tuple[Line, str]], size: int) -> list[Corner]:
    """Return the candidate optima of one program with their conditions."""
    both = [*rows, *walls]
    # v - a.x = c on a row, -w.x = d on a wall; multipliers times this matrix are the slopes of what is minimised.
    equations = [[sp.Integer(i < len(rows)), *(-slope for slope in line.slopes)] for i, (line, _) in enumerate(both)]
    found: list[Corner] = []
    later: list[Corner] = []  # on a face, and not the first corner of it
    cornered = bounded = False
    for basis in itertools.combinations(range(len(both)), size + 1):
        if basis[0] >= len(rows):
            break  # walls alone say nothing of v
        matrix = sp.Matrix([equations[i] for i in basis])
        if matrix.det().equals(0):
            continue
        cornered = True
        inverse = matrix.inv().applyfunc(sp.factor)
        multipliers = list(inverse.row(0))
        first = all(_lexicographic(inverse.col(j)) for j in range(size + 1))
        if any(m.is_negative for m in multipliers):
            continue
        bounded = True
        value, *point = (inverse * sp.Matrix([both[i][0].constant for i in basis])).applyfunc(sp.factor)
        outside = [i for i in range(len(both)) if i not in basis]
        signs = [(value if i < len(rows) else 0) - both[i][0].at(point) for i in outside]
        conditions = _kept([*multipliers, *signs])
        if any(condition.is_negative for condition in conditions):
            continue
        binding = [i for i, m in zip(basis, multipliers, strict=True) if not m.is_zero]
        terms = dict.fromkeys(both[i][1] for i in binding if i < len(rows))
        edges = dict.fromkeys(both[i][1] for i in binding if i >= len(rows))
        name = " = ".join(terms) + (f", at {' and '.join(edges)}" if edges else "")
        dual = tuple((i, m) for i, m in zip(basis, multipliers, strict=True) if i in binding)
        corner = Corner(name, conditions, tuple(point), sp.factor(-value), dual)
        if not any(corner[1:4] == other[1:4] for other in (*found, *later)):
            (found if first else later).append(corner)
    if not cornered:
        accepted = "a law with corners (--param gives exact values for any law)"
        raise ScaleError("an optimum at no corner of the controls", where="--symbolic", accepted=accepted)
    if not bounded:
        return [Corner(UNBOUNDED, (), (sp.oo,) * size if size == 1 else (sp.nan,) * size, sp.oo)]
    return found or later


def _lexicographic(column: sp.Matrix) -> bool:
    """Whether a multiplier stays >= 0 when small multiples of the controls, in their order, are added to v."""
    decisive = next((entry for entry in column if not entry.is_zero), sp.S.One)
    return not decisive.is_negative


def _shown(corner: Corner, back: Mapping[sp.Symbol, sp.Expr]) -> Corner:
    """Return the corner in the parameters themselves, in place of what they exceed their bounds by."""

    def show(expression: sp.Expr) -> sp.Expr:
        return sp.factor(expression.subs(back)) if expression.is_finite is not False else expression

    conditions = tuple(sp.expand(c.subs(back)).primitive()[1] for c in corner.conditions)
    return Corner(corner.name, conditions, tuple(map(show, corner.controls)), show(corner.rate))


def _form(tree: Formula, law: UserLaw, values: dict[str, Any], where: str) -> Branches:
    def sign(value: Any) -> int:
        expression = _sympify(value)
        if expression.is_nonnegative:
            return 1
        if expression.is_nonpositive:
            return -1
        raise ScaleError(f"the sign of {expression} is not known", where=where, accepted=SETTLED)

    found = branches(_exact(tree), values, law.controls, where, Arithmetic(sign, sp.Min, sp.Max))
    return tuple(tuple(Line(_sympy(line.constant), tuple(map(_sympy, line.slopes))) for line in rows) for rows in found)


def _exact(tree: Formula) -> Formula:
    """Return the tree with SymPy's rationals for numbers."""
    if tree.kind == "number":
        return tree._replace(value=_sympy(tree.value))
    return tree._replace(parts=tuple(_exact(part) for part in tree.parts))


def _sympy(value: Any) -> sp.Expr:
    return value if isinstance(value, sp.Expr) else sp.Rational(value.numerator, value.denominator)


def _symbol(name: str, domain: Sequence[Comparison]) -> tuple[sp.Expr, dict[sp.Symbol, sp.Expr]]:
    """Return a parameter as what it exceeds its lower bound by, plus the bound, and how to write that back.

    The excess knows that it is positive or nonnegative, so that the signs of differences such as a - 1 follow.
    """
    for comparison in domain:
        if comparison.left.kind == "number" and comparison.right == Formula("name", name, ()):
            low = _sympy(evaluate(comparison.left, {}, name))
            strict = comparison.relation == "<"
            excess = sp.Symbol(f"{name}'", positive=True) if strict else sp.Symbol(f"{name}'", nonnegative=True)
            shown = _known(name, low, strict=strict)
            return excess + low, {excess: shown - low}
    return sp.Symbol(name, real=True), {}


def _known(name: str, low: sp.Expr, *, strict: bool) -> sp.Symbol:
    if low > 0 or (low == 0 and strict):
        return sp.Symbol(name, positive=True)
    return sp.Symbol(name, nonnegative=True) if low == 0 else sp.Symbol(name, real=True)


def _kept(conditions: Sequence[sp.Expr]) -> tuple[sp.Expr, ...]:
    """Return the conditions (>= 0) once each, without nonnegative factors, without those that always hold."""
    kept: dict[sp.Expr, None] = {}
    for condition in conditions:
        numerator, denominator = sp.fraction(sp.factor(sp.together(condition)))
        if not denominator.is_positive:
            numerator *= denominator
        rest = sp.Mul(*(f for f in sp.Mul.make_args(sp.factor(numerator)) if not f.is_nonnegative))
        rest = sp.expand(rest)
        if not rest.is_nonnegative:
            kept[rest.primitive()[1]] = None
    return tuple(kept)


def _piecewise(pairs: Sequence[tuple[sp.Expr, Corner]]) -> sp.Expr:
    """Return the values with their conditions, as they are: SymPy would multiply the conditions of equal values out."""
    cases = ((value, sp.And(*(c >= 0 for c in corner.conditions))) for value, corner in pairs)
    return sp.Piecewise(*cases, evaluate=False)
