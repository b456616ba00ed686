"""A scenario as the text of its file, and the part of it that the fits are."""

from __future__ import annotations

import json
import math
from dataclasses import fields
from fractions import Fraction
from typing import Any

from .fits import REPLACE, Downstream, Generator, Source
from .scenario import Scenario
from .spectrum import Spectrum


def scenario_text(scenario: Scenario) -> str:
    """The TOML file that `load_scenario` reads as this scenario.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    str

    Examples
    --------
    >>> from .scenario import load_scenario
    >>> print(scenario_text(load_scenario("examples/reference-1.toml")).splitlines()[0])
    name = "reference-1"
    """
    target = {f.name: getattr(scenario.target, f.name) for f in fields(scenario.target)}
    lines = [f"name = {_value(scenario.name)}", "", "[spectrum]", *_entries(_spectrum(scenario.spectrum))]
    lines += ["", "[target]", *_entries(target), ""]
    return "\n".join([*lines, *fit_lines(scenario)]) + "\n"


def fit_lines(scenario: Scenario) -> list[str]:
    """The lines of a scenario's file from ``[chain]`` on: the scheme, the generators and the downstream fit."""
    lines: list[str] = []
    if scenario.chain != REPLACE:
        chain = {f.name: getattr(scenario.chain, f.name) for f in fields(scenario.chain)}
        lines += ["[chain]", *_entries(chain), ""]
    for generator in scenario.generators:
        lines += ["[[generators]]", *_fit(generator, "generators"), ""]
    return [*lines, "[downstream]", *_fit(scenario.downstream, "downstream")]


def _fit(fit: Generator | Downstream, where: str) -> list[str]:
    own = ("samples", "ridge", "noise") if not fit.sources else ("ridge",)
    entries = {key: getattr(fit, key) for key in own}
    for field in fields(fit):
        value = getattr(fit, field.name)
        if field.name not in ("samples", "ridge", "noise", "sources") and value != field.default:
            entries[field.name] = value
    lines = _entries(entries)
    for source in fit.sources:
        lines += ["", f"[[{where}.sources]]", *_entries(_source(source))]
    return lines


def _source(source: Source) -> dict[str, Any]:
    entries: dict[str, Any] = {"samples": source.samples}
    if source.labels_kept:
        entries["labels_kept"] = True
    else:
        entries |= {"labels": source.labels, "noise": source.noise}
    if source.weight != 1:
        entries["weight"] = source.weight
    if source.rows:
        entries["rows"] = source.rows
    if source.covariance is not None:
        entries["covariance"] = _spectrum(source.covariance)
    return entries


def _spectrum(spectrum: Spectrum) -> dict[str, Any]:
    found = {f.name: getattr(spectrum, f.name) for f in fields(spectrum)}
    if spectrum.kind == "explicit":
        del found["dim"]
    return found


def _entries(entries: dict[str, Any]) -> list[str]:
    return [f"{key} = {_value(value)}" for key, value in entries.items() if value is not None]


def _value(value: Any) -> str:
    """A value as TOML: fractions are texts, combinations of labels and covariances inline tables."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return '"inf"' if value == math.inf else repr(value)
    if isinstance(value, Fraction):
        return f'"{value}"'
    if isinstance(value, str):
        return json.dumps(value)  # what JSON escapes, TOML escapes alike
    if isinstance(value, dict):
        return "{" + ", ".join(_entries(value)) + "}"
    if all(isinstance(part, tuple) for part in value):  # labels and their coefficients
        return "{" + ", ".join(f"{json.dumps(str(name))} = {_value(c)}" for name, c in value) + "}"
    return "[" + ", ".join(map(_value, value)) + "]"
