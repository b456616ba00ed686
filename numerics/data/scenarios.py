"""Scenarios of an empirical spectrum, and the files that hold them: TOML, with the numbers in NPY files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from ridgeproof import files
from ridgeproof.errors import InputError
from ridgeproof.words import terminal

from ..problem.numbers import MAX_COUNT
from ..problem.scenario import Downstream, Generator, Scenario
from ..problem.spectrum import Spectrum
from ..problem.target import Target
from ..problem.writing import fit_lines
from .spectra import Empirical


@dataclass(frozen=True)
class Chain:
    """n equal generators and a downstream fit; all noises are label-noise variances *added* to the data's own.

    Parameters
    ----------
    samples, ridge, noise : int, float, float
        T, lambda, sigma^2 of the downstream fit.
    generations : int
        n >= 0.
    generator_samples, generator_ridge, generator_noise : int, float, float
        T0, lambda_0 (0: least squares of least norm), sigma_0^2.
    """

    samples: int
    ridge: float
    noise: float = 0.0
    generations: int = 0
    generator_samples: int = 1
    generator_ridge: float = 0.0
    generator_noise: float = 0.0

    def __post_init__(self) -> None:
        for name, least in (("samples", 1), ("generations", 0), ("generator_samples", 1)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | np.integer) or not least <= value <= MAX_COUNT:
                raise InputError(f"{value!r}", where=name, accepted=f"a whole number from {least} to {MAX_COUNT}")
        for name in ("ridge", "noise", "generator_ridge", "generator_noise"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float | np.number) or not 0 <= value < np.inf:
                raise InputError(f"{value!r}", where=name, accepted="a finite number >= 0")


def scenario_of(empirical: Empirical, chain: Chain, *, name: str = "") -> Scenario:
    """The scenario of a chain on a spectrum; what lies outside the span is noise of the first fit, on true labels.

    Raises
    ------
    InputError, DomainError
        As `ridgeproof.numerics.problem.scenario.Scenario`.
    """
    return _scenario(*_law(empirical), chain, empirical.outside, name)


def scenarios_of(empirical: Empirical, chains: Sequence[Chain]) -> list[Scenario]:
    """`scenario_of` for many chains, which share spectrum and target."""
    law = _law(empirical)
    return [_scenario(*law, chain, empirical.outside, "") for chain in chains]


def _law(empirical: Empirical) -> tuple[Spectrum, Target]:
    values = tuple(Fraction(value) for value in empirical.eigenvalues.tolist())
    coefficients = tuple(Fraction(value) for value in empirical.coefficients.tolist())
    return Spectrum("explicit", len(values), values=values), Target("coefficients", values=coefficients)


def _scenario(spectrum: Spectrum, target: Target, chain: Chain, outside: float, name: str) -> Scenario:
    first, later = (_fraction(chain.generator_noise + extra) for extra in (outside, 0.0))
    generators: list[Generator] = []
    for noise, repeat in ((first, chain.generations), (later, 0)) if first == later else (
        (first, min(chain.generations, 1)), (later, chain.generations - 1)
    ):  # fmt: skip
        if repeat > 0:
            generators.append(Generator(chain.generator_samples, _fraction(chain.generator_ridge), noise, repeat))
    last = Downstream(
        chain.samples, _fraction(chain.ridge), _fraction(chain.noise + (0.0 if chain.generations else outside))
    )
    return Scenario(spectrum, target, tuple(generators), last, name)


def _fraction(value: float) -> Fraction:
    """The number that a float prints as: 0.1 is 1/10."""
    return Fraction(repr(float(value)))


def write_scenario(scenario: Scenario, path: Path, *, comments: Sequence[str] = ()) -> tuple[Path, Path, Path]:
    """Write a scenario of an explicit spectrum as TOML, its numbers beside it as NPY.

    Parameters
    ----------
    scenario : Scenario
    path : Path
        Ends in .toml.
    comments : sequence of str
        Lines for the top of the file.

    Returns
    -------
    tuple of Path
        The TOML file, the eigenvalues, the coefficients.

    Raises
    ------
    InputError
        A path that does not end in .toml, or whose directory does not exist.
    """
    check_scenario_path(path)
    numbers = [path.with_name(f"{path.stem}-{part}.npy") for part in ("eigenvalues", "coefficients")]
    values = (scenario.spectrum.eigenvalues(), scenario.target.coefficients(scenario.spectrum))
    lines = [f"# {terminal(' '.join(comment.split()))}" for comment in comments]
    lines += ["[spectrum]", 'kind = "explicit"', f"file = {_text(numbers[0].name)}", ""]
    lines += ["[target]", 'kind = "coefficients"', f"file = {_text(numbers[1].name)}", ""]
    lines += fit_lines(scenario)
    for name, array in zip(numbers, values, strict=True):
        files.write(name, lambda file, array=array: np.save(file, array))  # type: ignore[misc]
    files.write(path, "\n".join(lines) + "\n")
    return path, numbers[0], numbers[1]


def check_scenario_path(path: Path, inputs: Sequence[str | Path] = ()) -> None:
    """Raise InputError, before the work begins, for a path that `write_scenario` could not write, or one of inputs."""
    if path.suffix != ".toml":
        raise InputError(f"{path.name!r} is not a scenario file", where="-o", accepted="a name ending in .toml")
    for name in (path, *(path.with_name(f"{path.stem}-{part}.npy") for part in ("eigenvalues", "coefficients"))):
        files.target(name, inputs=inputs)


def _text(value: str) -> str:
    """A TOML basic string of a file name."""
    return json.dumps(value)  # what JSON escapes, TOML escapes alike
