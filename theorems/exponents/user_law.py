"""A user's own law: a file of parameters, controls and terms, and its exact optimum at given parameters.

The error is T^(max of the terms), and the controls are chosen to make it least: rate = -min over controls of max over
terms.  A law file:

    title = "..."                    # optional, like source
    source = "..."

    [parameters.alpha]               # a number of the problem
    domain = "alpha > 1"             # comparisons, separated by commas; optional
    default = "2"                    # optional; without it the parameter must be given
    meaning = "..."                  # optional

    [controls.ell]                   # what is free to choose; none, one or several
    domain = "0 <= ell"              # <=, >= and =; may mention parameters and other controls

    [definitions]                    # abbreviations, in order; optional
    rb = "min(r, 1)"

    [terms]                          # the exponents of the terms of the error, piecewise linear in the controls
    bias = "-2*ell*rb"

    [constraints]                    # comparisons that tie controls together; optional
    budget = "x + y <= 1"
"""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from . import simplex
from .formulas import Comparison, Formula, evaluate, names_in, parse, parse_comparisons
from .piecewise import Branches, Line, branches
from .scales import INF, ScaleError
from .simplex import Solution

EMPTY = "empty feasible set"
UNBOUNDED = "unbounded optimum: every term falls for ever"
NO_TERMS = "no terms: the error is 0"
MOST_PROGRAMS = 2_000
KEYS = {
    "parameters": ("domain", "default", "meaning"),
    "controls": ("domain", "meaning"),
}
SECTIONS = ("title", "source", "parameters", "controls", "definitions", "terms", "constraints")
RESERVED = ("min", "max", "rate", "regime", "optima", "certificate")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number of the problem; ``domain`` holds where it makes sense, ``default`` may be None."""

    name: str
    domain: tuple[Comparison, ...]
    default: Fraction | None
    meaning: str


@dataclass(frozen=True, slots=True)
class UserLaw:
    """A law, read and checked; the domains of the controls stand among the constraints."""

    title: str
    source: str
    parameters: tuple[Parameter, ...]
    controls: tuple[str, ...]
    terms: tuple[tuple[str, Formula], ...]
    constraints: tuple[Comparison, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of parameters and controls: what can be given a value or be an axis."""
        return (*(p.name for p in self.parameters), *self.controls)


@dataclass(frozen=True, slots=True)
class Optimum:
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


def load_law(path: str | Path) -> UserLaw:
    """Read a law file (module docstring).

    Raises
    ------
    ScaleError
        For text that is not TOML, or not a law.
    OSError
        For a file that cannot be read.
    """
    with open(path, "rb") as file:
        try:
            data = tomllib.load(file)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ScaleError(f"not TOML: {error}", where=str(path), accepted="a law file") from None
    return law_from_mapping(data, where=str(path))


def law_from_mapping(data: Mapping[str, Any], *, where: str = "law") -> UserLaw:
    """Return the law that a mapping of the file's shape describes; raises ScaleError like ``load_law``."""
    for key in data:
        if key not in SECTIONS:
            raise ScaleError(f"unknown key {key!r}", where=where, accepted=", ".join(SECTIONS))
    if "terms" not in data:
        raise ScaleError("no [terms]", where=where, accepted="a table of exponents, which may be empty")
    tables = {name: _table(data, name, where) for name in SECTIONS[2:]}
    declared = _declared(tables, where)
    definitions: dict[str, Formula] = {}
    for name, text in tables["definitions"].items():
        place = f"{where}: definitions.{name}"
        tree = parse(_text(text, place), [*declared, *definitions], place)
        definitions[name] = _expanded(tree, definitions)
    names = (*declared, *definitions)

    def comparisons(source: Any, place: str) -> tuple[Comparison, ...]:
        found = parse_comparisons(_text(source, place), names, place)
        return tuple(
            c._replace(left=_expanded(c.left, definitions), right=_expanded(c.right, definitions)) for c in found
        )

    controls = tuple(tables["controls"])
    parameters = []
    for name, entry in tables["parameters"].items():
        place = f"{where}: parameters.{name}"
        domain = comparisons(entry["domain"], f"{place}.domain") if "domain" in entry else ()
        for comparison in domain:
            if (names_in(comparison.left) | names_in(comparison.right)) & set(controls):
                raise ScaleError("a control in a parameter's domain", where=place, accepted="parameters only")
        default = None
        if "default" in entry:
            constant = parse(_text(entry["default"], place), (), f"{place}.default")
            default = evaluate(constant, {}, f"{place}.default")
        parameters.append(Parameter(name, domain, default, str(entry.get("meaning", ""))))
    constraints: list[Comparison] = []
    for section, name, source in [
        *(("controls", name, entry["domain"]) for name, entry in tables["controls"].items() if "domain" in entry),
        *(("constraints", name, source) for name, source in tables["constraints"].items()),
    ]:
        place = f"{where}: {section}.{name}"
        for comparison in comparisons(source, place):
            if comparison.relation == "<":
                raise ScaleError(
                    f"{comparison.source!r}: a strict inequality has no optimum on its edge", where=place,
                    accepted="<=, >= or =",
                )  # fmt: skip
            constraints.append(comparison._replace(source=name if section == "constraints" else comparison.source))
    terms = []
    for name, text in tables["terms"].items():
        place = f"{where}: terms.{name}"
        terms.append((name, _expanded(parse(_text(text, place), names, place), definitions)))
    title, source = (str(data.get(key, "")) for key in ("title", "source"))
    return UserLaw(title, source, tuple(parameters), controls, tuple(terms), tuple(constraints))


def _table(data: Mapping[str, Any], name: str, where: str) -> dict[str, Any]:
    table = data.get(name, {})
    if not isinstance(table, dict):
        raise ScaleError(f"{name} is not a table", where=where, accepted=f"[{name}]")
    for entry, value in table.items() if name in KEYS else ():
        if not isinstance(value, dict):
            raise ScaleError(f"{value!r} is not a table", where=f"{where}: {name}.{entry}", accepted=f"[{name}.{entry}]")
        for key in value:
            if key not in KEYS[name]:
                raise ScaleError(
                    f"unknown key {key!r}", where=f"{where}: {name}.{entry}", accepted=", ".join(KEYS[name])
                )
    return table


def _declared(tables: Mapping[str, Mapping[str, Any]], where: str) -> list[str]:
    declared: list[str] = []
    for section in ("parameters", "controls", "definitions"):
        for name in tables[section]:
            if not (name.isascii() and name.isidentifier()) or name.startswith("_") or name in RESERVED:
                raise ScaleError(
                    f"{name!r} cannot be a name", where=f"{where}: {section}",
                    accepted=f"letters, digits and _, beginning with a letter, and not {', '.join(RESERVED)}",
                )  # fmt: skip
            if name in declared:
                raise ScaleError(f"{name!r} is declared twice", where=f"{where}: {section}", accepted="different names")
            declared.append(name)
    return declared[: len(declared) - len(tables["definitions"])]


def _text(value: Any, where: str) -> str:
    """Return a formula's text; a TOML number is its own formula."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        text = str(value)
        if "e" not in text and "n" not in text:
            return text
    raise ScaleError(f"{value!r} is not a formula", where=where, accepted='text such as "3/2" or "-2*ell"')


def _expanded(tree: Formula, definitions: Mapping[str, Formula]) -> Formula:
    if tree.kind == "name" and tree.value in definitions:
        return definitions[tree.value]
    return tree._replace(parts=tuple(_expanded(part, definitions) for part in tree.parts)) if tree.parts else tree


def parameter_values(law: UserLaw, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of all parameters, and of the controls that are held fixed.

    Raises
    ------
    ScaleError
        For a name that the law does not have, or a parameter without value and default.
    """
    for name in given:
        if name not in law.names:
            raise ScaleError(f"the law has no {name!r}", where="parameter", accepted=", ".join(law.names) or "none")
    values = {p.name: p.default for p in law.parameters} | dict(given)
    for name, value in values.items():
        if value is None:
            raise ScaleError(f"{name!r} has no value", where="parameter", accepted=f"{name}=VALUE, or a default")
    return values


def why_outside(law: UserLaw, values: Mapping[str, Any]) -> str | None:
    """Return the first comparison of the parameters' domains that does not hold, or None."""
    for parameter in law.parameters:
        for comparison in parameter.domain:
            left, right = (evaluate(side, values, parameter.name) for side in (comparison.left, comparison.right))
            holds = left < right if comparison.relation == "<" else left <= right
            if not holds or (comparison.relation == "=" and left != right):
                return comparison.source
    return None


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
        chosen = {name: (INF if step > 0 else -INF) if step else None for name, step in zip(free, direction, strict=True)}
        return Optimum(INF, UNBOUNDED, _ordered(law, chosen, held), "none", tuple(programs))
    best = None
    for program in programs:
        value = program[4].value
        if value is not None and (best is None or value < best):
            best = value
    faces = [_Face(program, best, len(free)) for program in programs if program[4].value == best]
    face = min(faces, key=lambda f: f.point) if len(faces) > 1 and free else faces[0]
    optima = _optima(free, faces)
    regime = _regime(law, forms, face, best)
    return Optimum(-best, regime, _ordered(law, dict(zip(free, face.point, strict=True)), held), optima, tuple(programs))


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
        raise ScaleError(f"{count} linear programs", where="law", accepted=f"at most {MOST_PROGRAMS}: fewer min and max")
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
    return simplex.minimise([Line(Fraction(0), (Fraction(0),) * size)], limits)


class _Face:
    """The optimal choices of one program: the range of every control, and the first choice in lexicographic order."""

    def __init__(self, program: tuple[Any, ...], best: Any, size: int) -> None:
        rows, _, limits, _, solution = program
        inside = [*limits, *(Line(line.constant - best, line.slopes) for line in rows)]
        units = [tuple(Fraction(int(i == k)) for i in range(size)) for k in range(size)]
        self.low = [self._least(unit, inside) for unit in units]
        self.high = [_negated(self._least(tuple(-u for u in unit), inside)) for unit in units]
        point = list(solution.point)
        if any(low != high for low, high in zip(self.low, self.high, strict=True)):
            for k, unit in enumerate(units):
                least = self._least(unit, inside)
                if least is None:
                    least = point[k]  # no first choice: keep the one that was found
                else:
                    point[k] = least
                inside += [Line(-least, unit), Line(least, tuple(-u for u in unit))]
                again = simplex.minimise([Line(Fraction(0), (Fraction(0),) * size)], inside)
                point = list(again.point)
        self.point = tuple(point)

    @staticmethod
    def _least(unit: tuple[Fraction, ...], inside: Sequence[Line]) -> Any:
        """Return the least value of one coordinate, None where it has none."""
        return simplex.minimise([Line(Fraction(0), unit)], inside).value


def _negated(value: Any) -> Any:
    return None if value is None else -value


def _optima(free: Sequence[str], faces: Sequence[_Face]) -> str:
    words = []
    for k, name in enumerate(free):
        lows, highs = [f.low[k] for f in faces], [f.high[k] for f in faces]
        low = None if None in lows else min(lows)
        high = None if None in highs else max(highs)
        if low is None or high is None or low != high:
            words.append(f"{'-inf' if low is None else low} <= {name} <= {'inf' if high is None else high}")
    return "a face: " + ", ".join(words) if words else "unique"


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


