"""A scenario with one entry changed, named as in its file: ``downstream.ridge``, ``generators.0.samples``."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from typing import Any

from ridgeproof.errors import InputError

from .scenario import Scenario


def with_value(scenario: Scenario, key: str, value: Fraction | int) -> Scenario:
    """The scenario with the entry ``key`` set, in every table of a list that is named without a number.

    Parameters
    ----------
    scenario : Scenario
    key : str
        Dotted, as for ``--set``; an entry of a fit's only source is that of the source.
    value : Fraction or int

    Raises
    ------
    InputError
        No such entry, or a value that it refuses.

    Examples
    --------
    >>> from .scenario import load_scenario
    >>> changed = with_value(load_scenario("examples/reference-1.toml"), "downstream.ridge", Fraction(1, 7))
    >>> changed.downstream.ridge
    Fraction(1, 7)
    """
    changed: Scenario = _changed(scenario, key.split("."), value, key)
    return changed


def _changed(part: Any, steps: list[str], value: Any, key: str) -> Any:
    if not steps:
        return value
    if isinstance(part, tuple):
        parts: list[Any] = list(part)
        named = int(steps[0]) if steps[0].isdecimal() else None
        if not parts or (named is not None and named >= len(parts)):
            raise InputError(f"the scenario has no {key!r}", where="--over", accepted="an entry of the scenario")
        rest = steps if named is None else steps[1:]
        return tuple(_changed(one, rest, value, key) if named in (None, i) else one for i, one in enumerate(parts))
    names = {field.name for field in dataclasses.fields(part)} if dataclasses.is_dataclass(part) else set()
    step, sources = steps[0], list(getattr(part, "sources", ()))
    if step in ("samples", "noise", "weight") and len(sources) == 1:
        return dataclasses.replace(part, sources=(_changed(sources[0], steps, value, key),))
    if step not in names:
        raise InputError(f"the scenario has no {key!r}", where="--over", accepted="an entry of the scenario")
    return dataclasses.replace(part, **{step: _changed(getattr(part, step), steps[1:], value, key)})
