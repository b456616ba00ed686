"""Collapse on a data set in one picture: test error against the ridge, against T and against n; theory and measurement.

matplotlib is an optional dependency (extra ``pictures``); it is imported here when a picture is asked for.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from ridgeproof.errors import DomainError, InputError
from ridgeproof.numerics.data.experiment import Measured, Population, measure
from ridgeproof.numerics.data.scenarios import Chain, scenarios_of
from ridgeproof.numerics.data.spectra import Empirical
from ridgeproof.numerics.predictions.equivalents import predict
from ridgeproof.numerics.predictions.optimum import minimise_ridge

from .style import colour, figure_for

GENERATIONS = (0, 1, 2, 5, 10)
RIDGES = (("clean ridge", "--"), ("adapted ridge", "-"))
OVER_N = "#595959"  # of curves on which n varies
CURVE = 25  # points of a theory curve
DOTS = 6  # measured points of a curve


def draw(law: Population, empirical: Empirical, chain: Chain, path: str, *, runs: int, seed: int = 0) -> None:
    """Write the picture of a chain on a data set.

    Parameters
    ----------
    law : Population
        The rows that the measured chains draw from, with replacement.
    empirical : Empirical
        Their spectrum, for the curves.
    chain : Chain
        T0, its ridge and noise, T, sigma^2 are kept where they are not what a panel varies.
    path : str
        Ends in .png, .svg or .pdf.
    runs : int
        Of every measured point, >= 2.
    seed : int

    Raises
    ------
    InputError
        For another ending, or where matplotlib is not installed.
    """
    with figure_for(path, size=(13, 4.3), where="--picture") as figure:
        from matplotlib.ticker import LogLocator, NullFormatter

        left, middle, right = figure.subplots(1, 3)
        against_ridge(left, law, empirical, chain, runs=runs, seed=seed)
        against_samples(middle, law, empirical, chain, runs=runs, seed=seed + 1)
        against_generations(right, law, empirical, chain, runs=runs, seed=seed + 2)
        for axes in (left, middle, right):
            axes.set(yscale="log", ylabel="test error / variance of the target")
            axes.yaxis.set_major_locator(LogLocator(subs=(1, 1.5, 2, 3, 4, 5, 6, 8)))
            axes.yaxis.set_major_formatter("{x:g}")
            axes.yaxis.set_minor_formatter(NullFormatter())
            axes.grid(True, which="major", alpha=0.25)
            axes.legend(fontsize=8, frameon=False)


def against_ridge(axes: Any, law: Population, empirical: Empirical, chain: Chain, *, runs: int, seed: int) -> Any:
    """Test error against the downstream ridge, a curve for each n; returns the axes."""
    for n in GENERATIONS:
        one = dataclasses.replace(chain, generations=n)
        _series(axes, law, empirical, [(x, dataclasses.replace(one, ridge=x)) for x in np.geomspace(1e-5, 10, CURVE)],
                runs=runs, seed=seed, colour=colour(n), label=f"n = {n}")  # fmt: skip
    axes.set(xscale="log", xlabel="ridge λ", title=f"T = {chain.samples}, T₀ = {chain.generator_samples}")
    return axes


def against_samples(axes: Any, law: Population, empirical: Empirical, chain: Chain, *, runs: int, seed: int) -> Any:
    """Test error against T, at the ridge that is best on true labels and at the one adapted to n; returns the axes."""
    n = chain.generations or 1
    sizes = np.unique(
        np.geomspace(min(20, len(law.targets) / 4), len(law.targets) - 1, CURVE).round().astype(int)
    ).tolist()
    for (label, style), generations in zip(RIDGES, (0, n), strict=True):
        points = []
        for samples in sizes:
            ridge = _best(empirical, dataclasses.replace(chain, samples=samples, generations=generations))
            points.append((samples, dataclasses.replace(chain, samples=samples, generations=n, ridge=ridge)))
        _series(axes, law, empirical, points, runs=runs, seed=seed, colour=colour(n), label=label, style=style)
    axes.set(xscale="log", xlabel="rows T of the last fit", title=f"n = {n}, T₀ = {chain.generator_samples}")
    return axes


def against_generations(axes: Any, law: Population, empirical: Empirical, chain: Chain, *, runs: int, seed: int) -> Any:
    """Test error against n, at the ridge that is best for n = 0 and at the one adapted to each n; returns the axes."""
    clean = _best(empirical, dataclasses.replace(chain, generations=0))
    for (label, style), adapted in zip(RIDGES, (False, True), strict=True):
        points = []
        for n in range(11):
            one = dataclasses.replace(chain, generations=n)
            points.append((n, dataclasses.replace(one, ridge=_best(empirical, one) if adapted else clean)))
        _series(axes, law, empirical, points, runs=runs, seed=seed, colour=OVER_N, label=label, style=style)
    axes.set(xlabel="generations n", title=f"T = {chain.samples}, T₀ = {chain.generator_samples}")
    return axes


def _best(empirical: Empirical, chain: Chain) -> float:
    # Ridge 1 stands for any: a placeholder that no dimension excludes.
    (scenario,) = scenarios_of(empirical, [dataclasses.replace(chain, ridge=1.0)])
    return min(float(minimise_ridge(scenario).ridge), 1e6)


def _series(
    axes: Any,
    law: Population,
    empirical: Empirical,
    points: Sequence[tuple[float, Chain]],
    *,
    runs: int,
    seed: int,
    colour: str,
    label: str,
    style: str = "-",
) -> None:
    """A theory curve through all points, and measured dots with two standard errors at some of them.

    The dots of a dashed curve are hollow.
    """
    chains = [chain for _, chain in points]
    try:
        scenarios = scenarios_of(empirical, chains)
    except DomainError as error:
        raise InputError(error.what, where=f"--picture, {error.where}", accepted=error.accepted) from None
    errors = [float(predict(s).test_error) for s in scenarios]
    axes.plot([x for x, _ in points], errors, style, color=colour, label=label)
    some = points[:: max(1, len(points) // DOTS)]
    found: list[Measured] = measure(law, [chain for _, chain in some], runs=runs, seed=seed)
    axes.errorbar(
        [x for x, _ in some],
        [one.mean for one in found],
        yerr=[2 * one.standard_error for one in found],
        fmt="o",
        markersize=3.5,
        color=colour,
        markerfacecolor=colour if style == "-" else "white",
        linewidth=1,
    )
