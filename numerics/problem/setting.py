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
        if steps[0].isdecimal() and int(steps[0]) < len(part):
            i = int(steps[0])
            return (*part[:i], _changed(part[i], steps[1:], value, key), *part[i + 1 :])
        if steps[0].isdecimal() or not part:
            raise InputError(f"the scenario has no {key!r}", where="--over", accepted="an entry of the scenario")
        return tuple(_changed(one, steps, value, key) for one in part)
    names = {field.name for field in dataclasses.fields(part)} if dataclasses.is_dataclass(part) else set()
    step = steps[0]
    if step in ("samples", "noise", "weight") and len(sources := getattr(part, "sources", ())) == 1:
        return dataclasses.replace(part, sources=(_changed(sources[0], steps, value, key),))
    if step not in names:
        raise InputError(f"the scenario has no {key!r}", where="--over", accepted="an entry of the scenario")
    return dataclasses.replace(part, **{step: _changed(getattr(part, step), steps[1:], value, key)})
