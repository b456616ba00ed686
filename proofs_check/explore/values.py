"""A scenario as the values of the explorer's sliders, where they can hold it."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import NoReturn

from ridgeproof.errors import InputError

from ...numerics.problem.fits import Downstream
from ...numerics.problem.scenario import Scenario

# What page.js accepts of each control.
MOST_BETA, MOST_R, MOST_DIM, MOST_ROWS, MOST_GENERATORS, MOST_SIGMA, MOST_RIDGE, MOST_TIME = (
    6, 4, 10_000, 10**9, 200, 1000, 10**6, 10**9,
)  # fmt: skip


def values(scenario: Scenario) -> dict[str, str]:
    """Return what the sliders beta, r, d, T, T0, n, sigma, sigma0, lambda, share and time show for a scenario.

    Parameters
    ----------
    scenario : Scenario
        A power law of at most 10,000 eigenvalues with a source target; at most one entry of generators, plain least
        squares; downstream a ridge fit or gradient flow, its rows labelled by the truth or the last generator, all
        with one noise.

    Returns
    -------
    dict of str
        Texts as they are typed into the page; those of generators are left out where there are none.

    Raises
    ------
    InputError
        What the sliders cannot hold, by name.

    Examples
    --------
    >>> from ridgeproof.numerics.problem.scenario import scenario_from_mapping
    >>> values(scenario_from_mapping({
    ...     "spectrum": {"kind": "power-law", "beta": "3/2", "dim": 100},
    ...     "target": {"kind": "source", "r": "1/2"},
    ...     "downstream": {"samples": 300, "ridge": "1/20", "noise": "1/9"},
    ... }))
    {'beta': '3/2', 'r': '1/2', 'd': '100', 'T': '300', 'sigma': '1/3', 'lambda': '1/20', 'n': '0'}
    """
    spectrum, target, generators = scenario.spectrum, scenario.target, scenario.generators
    if spectrum.kind != "power-law" or spectrum.dim > MOST_DIM or spectrum.beta is None or spectrum.dim < 2:
        _refuse(f"{spectrum.kind}, dim = {spectrum.dim}", "spectrum", f"a power law, dim from 2 to {MOST_DIM}")
    if target.kind != "source" or target.r is None or not 0 < target.r <= MOST_R or spectrum.beta > MOST_BETA:
        _refuse(f"{target.kind} target", "target", f"a source target, 0 < r <= {MOST_R}, with beta <= {MOST_BETA}")
    if scenario.chain.scheme != "replace":
        _refuse(f"scheme {scenario.chain.scheme!r}", "chain.scheme", "replace")
    made = {"beta": str(spectrum.beta), "r": str(target.r), "d": str(spectrum.dim)}
    made |= _downstream(scenario.downstream, bool(generators))
    if not generators:
        return made | {"n": "0"}
    first = generators[0]
    same = all(g.plain and g.ridge == 0 and (g.samples, g.noise) == (first.samples, first.noise) for g in generators)
    repeats = sum(g.repeat for g in generators)
    if not same or any(g.same_design and g.repeat > 1 for g in generators):
        _refuse("these generators", "generators", "equal ones, least squares (ridge 0) on fresh rows")
    if repeats > MOST_GENERATORS or first.samples > MOST_ROWS or first.samples == spectrum.dim:
        _refuse(
            f"{repeats} generators on {first.samples} rows",
            "generators",
            f"at most {MOST_GENERATORS}, on at most {MOST_ROWS} rows, not dim of them",
        )
    return made | {"T0": str(first.samples), "n": str(repeats), "sigma0": _root(first.noise, "generators.noise")}


def _downstream(fit: Downstream, taught: bool) -> dict[str, str]:
    where = "downstream"
    if fit.accumulate or fit.features or fit.subsample or fit.toward is not None:
        _refuse("accumulate, features, subsample or toward", where, "a fit without them")
    if fit.filter == "gradient-descent":
        _refuse("gradient descent", f"{where}.filter", "ridge or gradient-flow")
    rows, real, noises = fit.samples, 0, {fit.noise}
    if fit.sources:
        rows = sum(source.samples for source in fit.sources)
        real = sum(source.samples for source in fit.sources if source.labels == "truth")
        noises = {source.noise or Fraction(0) for source in fit.sources}
        for source in fit.sources:
            usual = source.labels in ("truth", "previous") and source.weight == fit.sources[0].weight == 1
            if not usual or source.rows or source.labels_kept or source.covariance is not None:
                _refuse("these sources", f"{where}.sources", "labels of the truth or previous, weight 1, fresh rows")
    if len(noises) > 1:
        _refuse("several noises", f"{where}.sources", "one noise for all sources")
    time = fit.time if fit.filter == "gradient-flow" else None
    if rows > MOST_ROWS or fit.ridge > MOST_RIDGE or (time or 0) > MOST_TIME:
        _refuse("so large a number", where, f"samples <= {MOST_ROWS}, ridge <= {MOST_RIDGE}, time <= {MOST_TIME}")
    made = {"T": str(rows), "sigma": _root(noises.pop(), f"{where}.noise"), "lambda": _text(fit.ridge)}
    if real and taught:
        made["share"] = f"{real}/{rows}"
    return made if time is None else made | {"time": _text(time)}


def _root(variance: Fraction, where: str) -> str:
    """The standard deviation: exact where it is rational."""
    above, below = math.isqrt(variance.numerator), math.isqrt(variance.denominator)
    if variance > MOST_SIGMA**2:
        _refuse(f"noise {variance}", where, f"at most {MOST_SIGMA**2}")
    if above**2 == variance.numerator and below**2 == variance.denominator:
        return _text(Fraction(above, below))
    return repr(math.sqrt(variance))


def _text(value: Fraction) -> str:
    """As the page reads it: digits, or a fraction of at most fifteen digits each."""
    return str(value) if max(abs(value.numerator), value.denominator) < 10**15 else repr(float(value))


def _refuse(what: str, where: str, accepted: str) -> NoReturn:
    raise InputError(f"the explorer's sliders cannot hold {what}", where=where, accepted=accepted)
