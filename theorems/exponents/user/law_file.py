"""A user's own law as a file: parameters with domains, controls to choose, terms and constraints, read and checked.

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

import reprlib
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from ridgeproof import reading
from ridgeproof.errors import InputError, ScaleError

from ..calculus.formulas import Comparison, Formula, evaluate, expanded, names_in, parse, parse_comparisons

KEYS = {
    "parameters": ("domain", "default", "meaning"),
    "controls": ("domain", "meaning"),
}
SECTIONS = ("title", "source", "parameters", "controls", "definitions", "terms", "constraints")
MOST_ENTRIES = {"parameters": 50, "controls": 12, "definitions": 200, "terms": 200, "constraints": 200}
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


def load_law(path: str | Path) -> UserLaw:
    """Read a law file (module docstring).

    Raises
    ------
    ScaleError
        For text that is not TOML, or not a law.
    """
    try:
        data = reading.toml(reading.text(path, accepted="a law file"), where=str(path), accepted="a law file")
    except InputError as error:
        raise ScaleError(error.what, where=error.where, accepted=error.accepted) from None
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
        definitions[name] = expanded(tree, definitions, place)
    names = (*declared, *definitions)

    def comparisons(source: Any, place: str) -> tuple[Comparison, ...]:
        found = parse_comparisons(_text(source, place), names, place)
        return tuple(
            c._replace(left=expanded(c.left, definitions, place), right=expanded(c.right, definitions, place))
            for c in found
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
        terms.append((name, expanded(parse(_text(text, place), names, place), definitions, place)))
    for key in ("title", "source"):
        if not isinstance(data.get(key, ""), str):
            raise ScaleError(f"{reprlib.repr(data[key])} is not a text", where=f"{where}: {key}", accepted="a text")
    title, source = (data.get(key, "") for key in ("title", "source"))
    return UserLaw(title, source, tuple(parameters), controls, tuple(terms), tuple(constraints))


def _table(data: Mapping[str, Any], name: str, where: str) -> dict[str, Any]:
    table = data.get(name, {})
    if not isinstance(table, dict):
        raise ScaleError(f"{name} is not a table", where=where, accepted=f"[{name}]")
    if len(table) > MOST_ENTRIES[name]:
        raise ScaleError(f"{len(table)} {name}", where=where, accepted=f"at most {MOST_ENTRIES[name]}")
    for entry, value in table.items() if name in KEYS else ():
        if not isinstance(value, dict):
            raise ScaleError(
                f"{reprlib.repr(value)} is not a table", where=f"{where}: {name}", accepted=f"[{name}.{entry}]"
            )
        for key in value:
            if key not in KEYS[name]:
                place = f"{where}: {name}.{entry}"
                raise ScaleError(f"unknown key {key!r}", where=place, accepted=", ".join(KEYS[name]))
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
        text = str(value) if abs(value) < 10**18 else "e"
        if "e" not in text and "n" not in text:
            return text
    raise ScaleError(f"{reprlib.repr(value)} is not a formula", where=where, accepted='text such as "3/2" or "-2*ell"')


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
