"""Simulation straight from the model's definition, with its standard error: the last word on every equivalent."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from numerics.errors import DomainError, InputError, NotConverged
from numerics.sampling import direct_replicate, noise_averaged_replicate
from numerics.scenario import Downstream, Generator, Scenario
from numerics.store import ReplicateStore
from numerics.workers import METHODS, WorkerPool

__all__ = ["Simulation", "direct_replicate", "noise_averaged_replicate", "simulate", "tail_warnings"]

DEFAULT_REPLICATES = 200
#: First look of a sequential run, and the fewest replicates added between two looks.
FIRST_LOOK, STEP = 100, 50
MAX_REPLICATES = 1_000_000


@dataclass(frozen=True)
class Simulation:
    """What a simulation found.

    Parameters
    ----------
    mean : float
        Estimate of E_test = E |w_hat - w0|_S^2, noise floor left out.
    standard_error : float
        Sample standard deviation over sqrt(replicates).
    replicates : int
    seed : int
    method : {"direct", "noise-averaged"}
    warnings : tuple of str
        One line for each reason not to read mean +- standard_error as a normal confidence interval; see
        `tail_warnings`.
    """

    mean: float
    standard_error: float
    replicates: int
    seed: int
    method: str = "direct"
    warnings: tuple[str, ...] = ()


def tail_warnings(scenario: Scenario) -> tuple[str, ...]:
    """Which moments of one replicate are infinite, decided exactly; empty where the first four are finite.

    The error is a quadratic form in the noises B_m E_m, carried on by contractions.  With ridge > 0 every B_m is
    bounded, and without noise there is nothing to amplify.  At ridge 0 with noise B_m = X_m^+, and |B_m E_m|^2 has
    the tail of 1/(smallest nonzero eigenvalue of X^T X), whose density near 0 is like x^((|T - d| - 1)/2).  So the
    moment of order p of the error is finite exactly if |T_m - d| + 1 > 2 p for all these fits:

    - mean: |T - d| >= 2 (as in F3, F4, F5);
    - variance of a replicate, so that there is a standard error: |T - d| >= 4;
    - fourth moment, so that the estimate of the standard error has itself a finite variance: |T - d| >= 8.

    The same holds given the designs (noise averaged), and whatever the spectrum S > 0.
    """
    dim = scenario.spectrum.finite_dim()
    found = []
    fits: list[tuple[str, Generator | Downstream]] = [
        (f"generators.{number}", generator) for number, generator in enumerate(scenario.generators)
    ]
    for where, fit in [*fits, ("downstream", scenario.downstream)]:
        if fit.ridge != 0 or fit.noise == 0:
            continue
        gap = abs(fit.samples - dim)
        start = f"{where}: samples = {fit.samples} at ridge 0 in dimension {dim}: "
        if gap <= 1:
            found.append(
                start + "the mean is infinite, the average below estimates nothing (finite for |samples - dim| >= 2)"
            )
        elif gap <= 3:
            found.append(
                start + "the variance is infinite, the standard error means nothing (finite for |samples - dim| >= 4)"
            )
        elif gap <= 7:
            found.append(
                start
                + "the standard error is itself uncertain, its variance is infinite (finite for |samples - dim| >= 8)"
            )
    return tuple(found)


def simulate(
    scenario: Scenario,
    *,
    replicates: int | None = None,
    relative_error: float | None = None,
    seed: int = 0,
    workers: int = 1,
    store: str | Path | None = None,
    progress: Callable[[int, int | None], None] | None = None,
    method: Literal["direct", "noise-averaged"] = "direct",
) -> Simulation:
    """Estimate the test error of a scenario by drawing it from the model's definition.

    Parameters
    ----------
    scenario : Scenario
        Finite dimension.
    replicates : int, optional
        Number of independent replicates, >= 2; 200 if neither this nor ``relative_error`` is given.
    relative_error : float, optional
        Draw until standard_error/mean is at most this (0 < E < 1), looking after 100 replicates and then at sizes
        that are fixed in advance.  Since the number of replicates then depends on the data, mean and standard error
        are only asymptotically (E -> 0) those of a fixed sample: the mean has a bias of order E^2 relative to it
        (downwards when large values come with large spread), and with several looks the chance of stopping early is a
        little raised.  Intervals are valid to first order in E (Anscombe); they are not anytime-valid.
    seed : int
        >= 0.  Replicate i draws from SeedSequence(entropy=seed, spawn_key=(i,)).
    workers : int
        Number of processes, >= 1.
    store : path, optional
        File that keeps every finished replicate; a run with the same scenario, seed and method goes on from it.
    progress : callable, optional
        Called as ``progress(done, total)`` after each replicate; total is None for a sequential run.
    method : {"direct", "noise-averaged"}
        Draw the label noise as well, or integrate it out given the designs.

    Returns
    -------
    Simulation
        Bit-identical for any number of workers and any interruptions (one machine, one version of NumPy).

    Raises
    ------
    InputError
        Options outside their domain, or a store of another run.
    DomainError
        Infinite dimension or a design too large; ``relative_error`` where the variance is infinite.
    NotConverged
        ``relative_error`` not reached within a million replicates, or a worker that died.
    """
    target = _checked_options(replicates, relative_error, seed, workers, method)
    warnings = tail_warnings(scenario)
    if relative_error is not None and any("is infinite, the" in line for line in warnings):
        raise DomainError(
            f"a relative error has no meaning where there is no standard error; {warnings[0]}",
            where="simulate",
            accepted="a number of replicates, or |samples - dim| >= 4 at ridge 0",
        )
    values: dict[int, float] = {}
    with ExitStack() as stack:
        pool = stack.enter_context(WorkerPool(scenario, method, seed, workers))
        keep = None
        if store is not None:
            keep = stack.enter_context(ReplicateStore(store, scenario, method, seed))
            values = keep.values()
        while True:
            missing = [index for index in range(target) if index not in values]
            done = target - len(missing)
            for index, value in pool.run(missing):
                values[index] = value
                done += 1
                if keep is not None:
                    keep.put(index, value)
                if progress is not None:
                    progress(done, None if relative_error is not None else target)
            mean, error = _mean_and_error([values[index] for index in range(target)])
            if relative_error is None or error <= relative_error * mean:
                return Simulation(mean, error, target, seed, method, warnings)
            if target >= MAX_REPLICATES:
                raise NotConverged(
                    f"relative error {error / mean:.2g} after {target} replicates, {relative_error:g} was asked for",
                    where="simulate",
                    accepted="a larger relative error",
                )
            target = min(MAX_REPLICATES, target + max(STEP, target // 4))


def _mean_and_error(values: list[float]) -> tuple[float, float]:
    """Mean and standard error; exactly rounded sums, so that they depend on the set of values alone."""
    count = len(values)
    mean = math.fsum(values) / count
    variance = math.fsum((value - mean) ** 2 for value in values) / (count - 1)
    return mean, math.sqrt(variance / count)


def _checked_options(replicates: int | None, relative_error: float | None, seed: int, workers: int, method: str) -> int:
    """The number of replicates to draw first.  Raises InputError for options outside their domain."""
    if replicates is not None and relative_error is not None:
        raise InputError("both replicates and relative_error are given", where="simulate", accepted="one of them")
    _integer(seed, 0, "seed")
    _integer(workers, 1, "workers")
    if method not in METHODS:
        raise InputError(f"method {method!r} is unknown", where="simulate", accepted=", ".join(METHODS))
    if relative_error is not None:
        if isinstance(relative_error, bool) or not 0 < relative_error < 1:
            raise InputError(f"relative error {relative_error}", where="simulate", accepted="a number between 0 and 1")
        return FIRST_LOOK
    if replicates is None:
        return DEFAULT_REPLICATES
    _integer(replicates, 2, "replicates")
    if replicates > MAX_REPLICATES:
        raise InputError(f"{replicates} replicates", where="simulate", accepted=f"at most {MAX_REPLICATES}")
    return replicates


def _integer(value: int, least: int, name: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise InputError(f"{name} = {value!r}", where="simulate", accepted=f"an integer >= {least}")
