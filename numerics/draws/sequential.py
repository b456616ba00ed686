"""Comparing a number with a simulated mean: sequentially, at a level that holds whenever one stops, or in the limit of
growing sizes.

Both answers state the smallest relative discrepancy that they would have seen.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from ridgeproof.errors import DomainError, InputError

from ..problem.scenario import Scenario
from .simulation import Simulation, mean_and_error, run, tail_warnings
from .workers import Job, WorkerPool

FIRST_LOOK = 100  # replicates before the first look: the interval is asymptotic
GROWTH = 1.25
POWER = 2.0  # a discrepancy of (threshold + POWER) error bars is seen with probability 0.977


@dataclass(frozen=True)
class Comparison:
    """The outcome of `compare`.

    Parameters
    ----------
    agrees : bool
        Whether ``expected`` lies in the interval.
    half_width : float
        Of the anytime-valid interval around the mean, relative to ``expected``.
    would_have_seen : float
        2 half_width: a true mean off by more (relative) leads to ``agrees = False`` with probability >= 1 - level.
    simulation : Simulation
    expected : float
    level : float
    """

    agrees: bool
    half_width: float
    would_have_seen: float
    simulation: Simulation
    expected: float
    level: float


def half_width(count: int, deviation: float, level: float) -> float:
    """Half the width of an anytime-valid confidence interval for a mean.

    The asymptotic confidence sequence of Robbins's normal mixture (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas,
    Ann. Statist. 52 (2024) 2613): with probability >= 1 - level (asymptotically in the first look) the mean is inside
    at all looks simultaneously, so one may look, and stop, as one likes.

    Parameters
    ----------
    count : int
        Replicates so far.
    deviation : float
        Their sample standard deviation.
    level : float
        False-alarm level, 0 < level < 1; divide by the number of comparisons to control them all (Bonferroni).
    """
    best = 10 * FIRST_LOOK  # the mixture is tuned to be tightest here
    log = -2 * math.log(level)
    rho = (log + math.log(log + 1)) / best
    scaled = count * rho + 1
    return deviation * math.sqrt(scaled / (count**2 * rho) * (log + math.log(scaled)))


def compare(
    scenario: Scenario,
    expected: float,
    *,
    tolerance: float,
    level: float,
    seed: int = 0,
    workers: int = 1,
    most: int = 200_000,
    progress: Callable[[int, int | None], None] | None = None,
) -> Comparison:
    """Draw a scenario until an expected test error is contradicted, or confirmed to a relative tolerance.

    Parameters
    ----------
    scenario : Scenario
        Finite dimension; every fit at ridge 0 with noise has |samples - dim| >= 8 (finite fourth moment).
    expected : float
        The exact test error at this size, > 0, by some formula.
    tolerance : float
        Draw until the half width is at most this, relative to ``expected``, or ``expected`` is outside.
    level : float
        The chance of contradicting a true ``expected``, whatever the number of looks.
    seed, workers, progress
        As in `ridgeproof.numerics.draws.simulation.simulate`.
    most : int
        Replicates at most; then the interval reached so far is reported.

    Raises
    ------
    InputError
        Options outside their domain.
    DomainError
        Heavy tails, where an interval from means and variances is not to be trusted.
    """
    if not expected > 0 or not tolerance > 0 or not 0 < level < 1:
        raise InputError(
            f"expected {expected}, tolerance {tolerance}, level {level}",
            where="comparison",
            accepted="expected > 0, tolerance > 0, 0 < level < 1",
        )
    refuse_heavy_tails(scenario)
    values: dict[int, float] = {}
    count = FIRST_LOOK
    with WorkerPool([Job(scenario, (scenario.downstream.ridge,), "averaged", seed)], workers) as pool:
        while True:
            for (_, index), (value,) in pool.run([(0, index) for index in range(len(values), count)]):
                values[index] = value
            mean, error = mean_and_error([values[index] for index in range(count)])
            width = half_width(count, error * math.sqrt(count), level)
            agrees = abs(mean - expected) <= width
            if progress is not None:
                progress(count, None)
            if not agrees or width <= tolerance * expected or count >= most:
                result = Simulation(mean, error, count, seed, "averaged")
                return Comparison(agrees, width / expected, 2 * width / expected, result, expected, level)
            count = min(most, int(GROWTH * count))


def refuse_heavy_tails(scenario: Scenario) -> None:
    """Raise DomainError where the error's first four moments are not all finite (`tail_warnings`)."""
    warnings = tail_warnings(scenario)
    if warnings:
        raise DomainError(
            f"no error bar is to be trusted; {warnings[0]}",
            where="comparison",
            accepted="|samples - dim| >= 8 wherever there is noise at ridge 0, or ridge > 0",
        )


@dataclass(frozen=True)
class SizeLimit:
    """The outcome of `size_limit`.

    Parameters
    ----------
    sizes : tuple of int
        d of each scenario.
    discrepancy, standard_error : tuple of float
        measured/expected - 1 at each size, and its error.
    limit : float
        The constant of the fitted polynomial in 1/d: the relative discrepancy at infinite size.
    limit_error : float
        Its error: statistical, and the change when the smallest size is left out, in quadrature.
    coefficients : tuple of float
        Of 1/d, 1/d^2, ...
    z, threshold : float
        limit/limit_error, and the |z| beyond which ``agrees`` is False (false-alarm level ``level``, two-sided).
    would_have_seen : float
        A relative discrepancy in the limit that is contradicted with probability >= 0.977.
    agrees : bool
    """

    sizes: tuple[int, ...]
    discrepancy: tuple[float, ...]
    standard_error: tuple[float, ...]
    limit: float
    limit_error: float
    coefficients: tuple[float, ...]
    z: float
    threshold: float
    would_have_seen: float
    agrees: bool


def size_limit(
    family: Sequence[Scenario],
    expected: Sequence[float],
    *,
    replicates: int,
    level: float,
    order: int = 1,
    seed: int = 0,
    workers: int = 1,
    progress: Callable[[int, int | None], None] | None = None,
) -> SizeLimit:
    """Whether a deterministic equivalent has the right limit: simulation at growing sizes, extrapolated.

    Parameters
    ----------
    family : sequence of Scenario
        One problem at sizes d, 2d, 4d, ..., in increasing order, at least order + 2 of them.
    expected : sequence of float
        The equivalent's test error at each size, not 0.
    replicates : int
        At the largest size, >= 2; at smaller ones as many more as the variance of an error of relative order 1/d asks
        for the same error bar, d_max/d times (at most 8 times).
    level : float
        The chance of contradicting a right equivalent.
    order : int
        Degree of the polynomial in 1/d that is fitted by weighted least squares, >= 1.
    seed, workers, progress
        As in `ridgeproof.numerics.draws.simulation.simulate`; each size has its own stream.

    Raises
    ------
    InputError
        Too few sizes for the order, sizes not increasing, or lists of different lengths.
    DomainError
        Heavy tails.
    """
    sizes = [scenario.spectrum.finite_dim() for scenario in family]
    if len(sizes) < order + 2 or order < 1 or sizes != sorted(set(sizes)) or len(expected) != len(sizes):
        raise InputError(
            f"sizes {sizes} with {len(expected)} expected values at order {order}",
            where="limit of growing sizes",
            accepted="at least order + 2 increasing sizes, one value each, order >= 1",
        )
    if 0 in expected:
        raise InputError(
            "expected 0", where="limit of growing sizes", accepted="a relative discrepancy needs them != 0"
        )
    for scenario in family:
        refuse_heavy_tails(scenario)
    results = []
    for i, scenario in enumerate(family):
        count = replicates * min(8, sizes[-1] // sizes[i])
        job = Job(scenario, (scenario.downstream.ridge,), "averaged", seed + i)
        ((result,),) = run([job], replicates=count, workers=workers, progress=progress)
        results.append(result)
    delta = np.array([r.mean / e - 1 for r, e in zip(results, expected, strict=True)])
    sigma = np.array([r.standard_error / abs(e) for r, e in zip(results, expected, strict=True)])
    fitted, statistical = _polynomial(np.array(sizes, dtype=float), delta, sigma, order)
    shorter, _ = _polynomial(np.array(sizes[1:], dtype=float), delta[1:], sigma[1:], order)
    error = math.hypot(statistical, float(fitted[0] - shorter[0]))
    limit, threshold = float(fitted[0]), float(-ndtri(level / 2))
    return SizeLimit(
        tuple(sizes),
        tuple(map(float, delta)),
        tuple(map(float, sigma)),
        limit,
        error,
        tuple(float(c) for c in fitted[1:]),
        limit / error,
        threshold,
        (threshold + POWER) * error,
        abs(limit) <= threshold * error,
    )


def _polynomial(sizes: np.ndarray, values: np.ndarray, errors: np.ndarray, order: int) -> tuple[np.ndarray, float]:
    """Weighted least squares in powers of 1/d: the coefficients, and the standard error of the constant."""
    scaled = sizes[0] / sizes
    columns = np.stack([scaled**k for k in range(order + 1)], axis=1) / errors[:, None]
    coefficients = np.linalg.lstsq(columns, values / errors, rcond=None)[0]
    covariance = np.linalg.inv(columns.T @ columns)
    return coefficients * sizes[0] ** np.arange(order + 1.0), math.sqrt(covariance[0, 0])
