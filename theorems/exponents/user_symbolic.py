"""The optimum of a user's law with one control as formulas over regions of its parameters.

Every program of the law is the largest of rows ``m ell + c`` between walls.  Its smallest optimal ell is where a
falling row or a lower wall meets a row that does not fall, or where a falling row meets an upper wall; each such
meeting is written down with the conditions under which it is the optimum.  The rate of the law is the largest of its
programs'.  On an edge of the domain where the slope of a falling row vanishes the formulas may divide by 0 or give a
larger optimal ell than the smallest; the exact rows do not.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sympy as sp
from sympy.core.sympify import _sympify  # strict: text is refused, not parsed

from .formulas import Comparison, Formula, evaluate
from .law_file import UserLaw
from .piecewise import Arithmetic, Branches, Line, branches
from .scales import ScaleError
from .symbolic import NAMES, Region, latex_name

MOST_REGIONS = 500
SETTLED = "domains that settle it"


@dataclass(frozen=True, slots=True)
class SymbolicOptimum:
    """For each program of the law, the regions with the smallest optimal ell and the rate; the law's is the largest."""

    control: str
    programs: tuple[tuple[Region, ...], ...]
    domain: str

    @property
    def rate(self) -> sp.Expr:
        """The rate as one expression."""
        return sp.Max(*(_piecewise([(r.rate, r) for r in regions]) for regions in self.programs))

    def as_text(self) -> str:
        """Return the regions in plain text, one a line."""
        lines = []
        for i, regions in enumerate(self.programs, start=1):
            if len(self.programs) > 1:
                lines.append(f"program {i} of {len(self.programs)}; the rate is the largest of theirs")
            for region in regions:
                where = " and ".join(f"{sp.sstr(c)} >= 0" for c in region.conditions) or "always"
                answer = f"{self.control} = {sp.sstr(region.ell)}, rate = {sp.sstr(region.rate)}"
                lines.append(f"{answer}  if {where}  [{region.name}]")
        return "\n".join([*lines, f"domain: {self.domain}"])

    def as_latex(self) -> str:
        """Return an align* environment (package amsmath) with the optimal control and the rate of every program."""
        rows = []
        for i, regions in enumerate(self.programs, start=1):
            mark = f"_{{{i}}}" if len(self.programs) > 1 else ""
            for left, pairs in (
                (rf"{latex_name(self.control)}^*{mark}", [(r.ell, r) for r in regions]),
                (rf"\text{{rate}}{mark}", [(r.rate, r) for r in regions]),
            ):
                rows.append(rf"{left} &= {sp.latex(_piecewise(pairs), symbol_names=NAMES)}")
        if len(self.programs) > 1:
            which = ", ".join(rf"\text{{rate}}_{{{i}}}" for i in range(1, len(self.programs) + 1))
            rows.append(rf"\text{{rate}} &= \max({which})")
        return "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}"


def symbolic_optimum(law: UserLaw) -> SymbolicOptimum:
    """Return the optimum of a law with one control, its parameters left as symbols.

    Raises
    ------
    ScaleError
        For a law without or with several controls, or where the sign of a slope does not follow from the domains.
    """
    if len(law.controls) != 1 or not law.terms:
        raise ScaleError(
            f"{len(law.controls)} controls, {len(law.terms)} terms", where="--symbolic",
            accepted="a law with one control and at least one term (--param gives exact values for any law)",
        )  # fmt: skip
    values = {p.name: _symbol(p.name, p.domain) for p in law.parameters}
    forms = [(name, _form(tree, law, values, f"terms.{name}")) for name, tree in law.terms]
    walls: list[tuple[str, Branches]] = []
    for comparison in law.constraints:
        difference = Formula("-", None, (comparison.left, comparison.right))
        walls.append((comparison.source, _form(difference, law, values, comparison.source)))
        if comparison.relation == "=":
            raise ScaleError("an equality", where=comparison.source, accepted="<= or >= with --symbolic")
    programs = []
    for choice in itertools.product(*(form for _, form in forms), *(form for _, form in walls)):
        rows = [(line, name) for (name, _), lines in zip(forms, choice, strict=False) for line in lines]
        limits = [line for lines in choice[len(forms) :] for line in lines]
        programs.append(tuple(_regions(rows, limits)))
        if sum(map(len, programs)) > MOST_REGIONS:
            raise ScaleError("too many regions", where="--symbolic", accepted=f"at most {MOST_REGIONS}")
    domain = ", ".join(dict.fromkeys(c.source for p in law.parameters for c in p.domain)) or "none given"
    return SymbolicOptimum(law.controls[0], tuple(programs), domain)


def _form(tree: Formula, law: UserLaw, values: dict[str, Any], where: str) -> Branches:
    def sign(value: Any) -> int:
        expression = _sympify(value)
        if expression.is_nonnegative:
            return 1
        if expression.is_nonpositive:
            return -1
        raise ScaleError(f"the sign of {expression} is not known", where=where, accepted=SETTLED)

    found = branches(_exact(tree), values, law.controls, where, Arithmetic(sign, sp.Min, sp.Max))
    return tuple(
        tuple(Line(_sympy(line.constant), tuple(map(_sympy, line.slopes))) for line in rows) for rows in found
    )


def _exact(tree: Formula) -> Formula:
    """Return the tree with SymPy's rationals for numbers."""
    if tree.kind == "number":
        return tree._replace(value=_sympy(tree.value))
    return tree._replace(parts=tuple(_exact(part) for part in tree.parts))


def _sympy(value: Any) -> sp.Expr:
    return value if isinstance(value, sp.Expr) else sp.Rational(value.numerator, value.denominator)


def _symbol(name: str, domain: Sequence[Comparison]) -> sp.Symbol:
    """Return a symbol that knows whether its domain makes it positive or nonnegative."""
    facts: dict[str, bool] = {}
    for comparison in domain:
        constant = comparison.left.kind == "number" and comparison.right == Formula("name", name, ())
        if constant:
            low = evaluate(comparison.left, {}, name)
            if low > 0 or (low == 0 and comparison.relation == "<"):
                facts["positive"] = True
            elif low == 0:
                facts["nonnegative"] = True
    return sp.Symbol(name, **(facts or {"real": True}))


def _regions(rows: Sequence[tuple[Line, str]], limits: Sequence[Line]) -> Iterator[Region]:
    """Yield the candidate optima of one program with their conditions."""
    slopes = [(line.slopes[0], line.constant, name) for line, name in rows]
    walls = [(line.slopes[0], line.constant) for line in limits]
    standing = [row for row in slopes if row[0].is_nonnegative]
    falling = [row for row in slopes if row[0].is_nonpositive and row not in standing]
    for slope, _, name in slopes:
        if not (slope.is_nonpositive or slope.is_nonnegative):
            raise ScaleError(f"the sign of the slope {slope} is not known", where=name, accepted=SETTLED)
    if any(not (w.is_negative or w.is_positive or w.is_zero) for w, _ in walls):
        raise ScaleError("the sign of a wall's slope is not known", where="constraints", accepted=SETTLED)
    lower = [-c / w for w, c in walls if w.is_negative]
    upper = [-c / w for w, c in walls if w.is_positive]
    always = [-c for w, c in walls if w.is_zero]
    if falling and not standing and not upper:
        yield Region("unbounded: every term falls for ever", _kept(always), sp.oo, sp.oo)
        return
    for m, c, name in falling:
        for m2, c2, name2 in standing:
            ell = sp.factor((c - c2) / (m2 - m))
            yield from _region(f"{name} = {name2}", ell, m2 * ell + c2, slopes, lower, upper, always)
    for ell in lower:
        for m, c, name in standing:
            yield from _region(f"{name}, at the least choice", ell, m * ell + c, slopes, lower, upper, always)
    for ell in upper:
        for m, c, name in falling:
            yield from _region(f"{name}, at the largest choice", ell, m * ell + c, slopes, lower, upper, always)


def _region(
    name: str,
    ell: sp.Expr,
    value: sp.Expr,
    slopes: Sequence[tuple[Any, Any, str]],
    lower: Sequence[sp.Expr],
    upper: Sequence[sp.Expr],
    always: Sequence[sp.Expr],
) -> Iterator[Region]:
    """Yield the candidate with its conditions, unless one of them never holds."""
    below = [value - (m * ell + c) for m, c, _ in slopes]
    inside = [*(ell - low for low in lower), *(high - ell for high in upper), *always]
    conditions = _kept([*below, *inside])
    if not any(condition.is_negative for condition in conditions):
        yield Region(name, conditions, sp.factor(ell), sp.factor(-value))


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


def _piecewise(pairs: Sequence[tuple[sp.Expr, Region]]) -> sp.Expr:
    return sp.Piecewise(*((value, sp.And(*(c >= 0 for c in region.conditions))) for value, region in pairs))
