"""The exact optimum of a user's own law (``law_file``) at given parameters, with its proof.

The error is T^(max of the terms), and the controls are chosen to make it least: rate = -min over controls of max over
terms.  Every term is a min of maxima of affine rows (``piecewise``), so the minimum is the least of the values of a few
linear programs (``simplex``).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ridgeproof.errors import ScaleError
from ridgeproof.frames import Framed, cells

from ..calculus import simplex
from ..calculus.formulas import Formula
from ..calculus.piecewise import Branches, Line, branches
from ..calculus.scales import INF
from ..calculus.simplex import Solution
from .law_file import UserLaw, why_outside

EMPTY = "empty feasible set"
UNBOUNDED = "unbounded optimum: every term falls for ever"
NO_TERMS = "no terms: the error is 0"
MOST_PROGRAMS = 2_000


@dataclass(frozen=True, slots=True)
class Optimum(Framed):
    """The optimum of a law at one point of its parameters.

    Attributes
    ----------
    rate
        E ≍ T^-rate; INF where the error falls faster than any power; None where no choice of controls is allowed.
    regime : str
        The terms that balance, or the name of the degenerate case.
    controls : tuple of (name, value)
        An optimal choice, the first in lexicographic order where there are several; None where there is none.
    optima : str
        "unique", or the ranges in which the controls move over the optimal choices.
    programs : tuple
        The linear programs with their solutions: (rows, names of rows, constraints, names, Solution).
    """

    rate: Any
    regime: str
    controls: tuple[tuple[str, Any], ...]
    optima: str
    programs: tuple[tuple[tuple[Line, ...], tuple[str, ...], tuple[Line, ...], tuple[str, ...], Solution], ...]

    def records(self) -> list[dict[str, Any]]:
        """One row: the optimal controls, the rate, and what limits it."""
        named = [*self.controls, ("rate", self.rate), ("regime", self.regime), ("optima", self.optima)]
        return [cells(named)]


def optimum(law: UserLaw, values: Mapping[str, Any]) -> Optimum:
    """Return the exact optimum at one point.

    Parameters
    ----------
    law : UserLaw
    values : mapping
        From ``parameter_values``; controls that have a value are held there.

    Raises
    ------
    ScaleError
        For a point outside the parameters' domains, or a formula that is not linear in the controls there.
    """
    reason = why_outside(law, values)
    if reason is not None:
        shown = ", ".join(f"{p.name} = {values[p.name]}" for p in law.parameters)
        raise ScaleError(f"outside its domain: {shown}", where="parameter", accepted=reason)
    free = tuple(name for name in law.controls if name not in values)
    forms = [branches(tree, values, free, f"terms.{name}") for name, tree in law.terms]
    programs = []
    for rows, row_names, limits, limit_names in _programs(law, values, free, forms):
        solution = simplex.minimise(rows, limits) if rows else _feasibility(limits, len(free))
        programs.append((rows, row_names, limits, limit_names, solution))
    statuses = [program[4].status for program in programs]
    held = tuple((name, values[name]) for name in law.controls if name in values)
    if all(status == "empty" for status in statuses):
        chosen: dict[str, Any] = dict.fromkeys(free)
        return Optimum(None, EMPTY, _ordered(law, chosen, held), "none", tuple(programs))
    if not law.terms:
        return Optimum(INF, NO_TERMS, _ordered(law, dict.fromkeys(free), held), "all", tuple(programs))
    if "unbounded" in statuses:
        direction = programs[statuses.index("unbounded")][4].direction
        ends = [(INF if step > 0 else -INF) if step else None for step in direction]
        chosen = dict(zip(free, ends, strict=True))
        return Optimum(INF, UNBOUNDED, _ordered(law, chosen, held), "none", tuple(programs))
    best: Any = min(program[4].value for program in programs if program[4].status == "optimal")
    faces = [_Face(program, best, len(free)) for program in programs if program[4].value == best]
    face = min(faces, key=lambda f: f.point) if len(faces) > 1 and free else faces[0]
    optima = _optima(free, faces)
    regime = _regime(law, forms, face, best)
    chosen = dict(zip(free, face.point, strict=True))
    return Optimum(-best, regime, _ordered(law, chosen, held), optima, tuple(programs))


def _ordered(law: UserLaw, chosen: Mapping[str, Any], held: Sequence[tuple[str, Any]]) -> tuple[tuple[str, Any], ...]:
    both = {**chosen, **dict(held)}
    return tuple((name, both[name]) for name in law.controls)


def _programs(
    law: UserLaw, values: Mapping[str, Any], free: tuple[str, ...], forms: Sequence[Branches]
) -> Iterator[tuple[tuple[Line, ...], tuple[str, ...], tuple[Line, ...], tuple[str, ...]]]:
    """Yield the linear programs: one for each choice of a branch in every term and every constraint."""
    zero = Formula("number", Fraction(0), ())
    limits: list[tuple[str, Branches]] = []
    for comparison in law.constraints:
        difference = Formula("-", None, (comparison.left, comparison.right))
        limits.append((comparison.source, branches(difference, values, free, comparison.source)))
        if comparison.relation == "=":
            opposite = Formula("-", None, (zero, difference))
            limits.append((comparison.source, branches(opposite, values, free, comparison.source)))
    count = 1
    for form in (*forms, *(form for _, form in limits)):
        count *= len(form)
    if count > MOST_PROGRAMS:
        raise ScaleError(f"{count} linear programs", where="law", accepted=f"at most {MOST_PROGRAMS} (fewer min, max)")
    names = [name for name, _ in law.terms]
    for choice in itertools.product(*forms):
        rows = [(line, name) for name, lines in zip(names, choice, strict=True) for line in lines]
        for limit in itertools.product(*(form for _, form in limits)):
            walls = [(line, source) for (source, _), lines in zip(limits, limit, strict=True) for line in lines]
            yield (
                tuple(line for line, _ in rows), tuple(name for _, name in rows),
                tuple(line for line, _ in walls), tuple(name for _, name in walls),
            )  # fmt: skip


def _feasibility(limits: Sequence[Line], size: int) -> Solution:
    """Return the solution without rows: a feasible point, from which the maximum of nothing is -inf."""
    zero = (Fraction(0),) * size
    found = simplex.minimise([Line(Fraction(0), zero)], limits)
    return found if found.status == "empty" else Solution("unbounded", point=found.point, direction=zero)


class _Face:
    """The optimal choices of one program: the range of every control, and the first choice in lexicographic order."""

    def __init__(self, program: tuple[Any, ...], best: Any, size: int) -> None:
        rows, _, limits, _, solution = program
        self.point = tuple(solution.point)
        if sum(price > 0 for price in (*solution.multipliers, *solution.prices)) == size + 1:
            # As many binding rows and walls as unknowns, with independent slopes: there is no other optimum.
            self.low = self.high = list(self.point)
            return
        inside = [*limits, *(Line(line.constant - best, line.slopes) for line in rows)]
        units = [tuple(Fraction(int(i == k)) for i in range(size)) for k in range(size)]
        self.low = [self._least(unit, inside) for unit in units]
        self.high = [_negated(self._least(tuple(-u for u in unit), inside)) for unit in units]
        if all(low == high for low, high in zip(self.low, self.high, strict=True)):
            return
        point: list[Any] = []
        for k, unit in enumerate(units):
            least = self._least(unit, inside) if k else self.low[0]
            if least is None:  # no first choice: keep what was found
                found = simplex.minimise([Line(Fraction(0), (Fraction(0),) * size)], inside) if k else solution
                least = found.point[k]
            point.append(least)
            inside += [Line(-least, unit), Line(least, tuple(-u for u in unit))]
        self.point = tuple(point)

    @staticmethod
    def _least(unit: tuple[Fraction, ...], inside: Sequence[Line]) -> Any:
        """Return the least value of one coordinate, None where it has none."""
        return simplex.minimise([Line(Fraction(0), unit)], inside).value


def _negated(value: Any) -> Any:
    return None if value is None else -value


def _optima(free: Sequence[str], faces: Sequence[_Face]) -> str:
    """Describe the optimal choices by the ranges of the controls, face by face; a face inside another is left out."""
    kept: list[_Face] = []
    for face in faces:
        if not any(_within(face, other) for other in kept):
            kept = [other for other in kept if not _within(other, face)] + [face]
    if len(kept) == 1:
        words = _ranges(free, kept[0], all_of_them=False)
        return f"a face: {words}" if words else "unique"
    return "several: " + " or ".join(_ranges(free, face, all_of_them=True) for face in kept)


def _within(inner: _Face, outer: _Face) -> bool:
    lows = all(o is None or (i is not None and i >= o) for i, o in zip(inner.low, outer.low, strict=True))
    return lows and all(o is None or (i is not None and i <= o) for i, o in zip(inner.high, outer.high, strict=True))


def _ranges(free: Sequence[str], face: _Face, *, all_of_them: bool) -> str:
    words = []
    for name, low, high in zip(free, face.low, face.high, strict=True):
        if low is None or high is None or low != high:
            words.append(f"{'-inf' if low is None else low} <= {name} <= {'inf' if high is None else high}")
        elif all_of_them:
            words.append(f"{name} = {low}")
    return ", ".join(words)


def _regime(law: UserLaw, forms: Sequence[Branches], face: _Face, best: Any) -> str:
    """Name the terms that are as large as the error at the chosen optimum, and those that are one and the same."""
    active = []
    for (name, _), form in zip(law.terms, forms, strict=True):
        value = min(max(line.at(face.point) for line in rows) for rows in form)
        if value == best:
            active.append((name, form))
    names = " = ".join(name for name, _ in active)
    twins = [a for (a, form), (_, other) in itertools.combinations(active, 2) if form == other]
    return f"{names} (equal terms)" if twins else names


def certificate(law: UserLaw, values: Mapping[str, Any], found: Optimum) -> dict[str, Any]:
    """Return the proof of an optimum as plain data: the linear programs with their primal and dual solutions.

    Every program has ``rows`` [term, constant, slopes], ``constraints`` [name, constant, slopes] (constant + slopes.x
    <= 0) and a ``status``; what its other entries prove is in ``simplex``.  The optimum is the least of their values.
    """
    free = [name for name in law.controls if name not in values]
    items = []
    for rows, names, limits, limit_names, solution in found.programs:
        items.append(
            {
                "rows": [[n, *_line(line)] for n, line in zip(names, rows, strict=True)],
                "constraints": [[n, *_line(line)] for n, line in zip(limit_names, limits, strict=True)],
                "status": solution.status,
                "value": None if solution.value is None else str(solution.value),
                "point": list(map(str, solution.point)),
                "multipliers": list(map(str, solution.multipliers)),
                "prices": list(map(str, solution.prices)),
                "direction": list(map(str, solution.direction)),
            }
        )
    rate = None if found.rate is None else str(found.rate)
    return {"kind": "lp-branches", "controls": free, "rate": rate, "programs": items}


def _line(line: Line) -> list[Any]:
    return [str(line.constant), list(map(str, line.slopes))]
