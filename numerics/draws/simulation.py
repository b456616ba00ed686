"""Simulation straight from the model's definition, with its standard error: the last word on every equivalent."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ridgeproof.errors import DomainError, InputError, NotConverged
from ridgeproof.frames import Framed, cells

from ..problem.plan import PlannedFit
from ..problem.scenario import Downstream, Generator, Scenario
from .cluster import ClusterPool
from .effort import check_effort
from .intervals import mean_interval, skewness
from .sampling import direct_replicate
from .store import ReplicateStore
from .workers import METHODS, Job, Task, Values, WorkerPool

__all__ = ["Simulation", "direct_replicate", "run", "simulate", "tail_warnings"]

DEFAULT_REPLICATES = 200
#: First look of a sequential run, and the fewest replicates added between two looks.
FIRST_LOOK, STEP = 100, 50
MAX_REPLICATES = 1_000_000
ROUNDING = 256 * 2.2e-16  # relative accuracy of a drawn model, for `z_score`
LEAST_ERROR = 1e-12  # a smaller relative error is below the rounding of a sum
INFINITE_MEAN, INFINITE_VARIANCE = "the mean is infinite", "the variance is infinite"  # of `tail_warnings`


@dataclass(frozen=True)
class Simulation(Framed):
    """What a simulation found.

    Parameters
    ----------
    mean : float
        Estimate of E_test = E |w_hat - w0|_S^2, noise floor left out.
    standard_error : float
        Sample standard deviation over sqrt(replicates).
    replicates : int
    seed : int
    method : {"direct", "averaged"}
    warnings : tuple of str
        One line for each reason not to read mean +- standard_error as a normal confidence interval; see
        `tail_warnings`.
    skewness : float
        Of the sample, for `interval`.
    """

    mean: float
    standard_error: float
    replicates: int
    seed: int
    method: str = "direct"
    warnings: tuple[str, ...] = ()
    skewness: float = 0.0

    def records(self) -> list[dict[str, Any]]:
        """One row; ``standard_error`` is infinite where the variance of a replicate is."""
        names = ("mean", "error_bar", "replicates", "seed", "method")
        return [cells((name.replace("error_bar", "standard_error"), getattr(self, name)) for name in names)]

    @property
    def error_bar(self) -> float:
        """The standard error of the mean: that of the sample, but infinite where the variance of a replicate is."""
        return math.inf if any(INFINITE_VARIANCE in line for line in self.warnings) else self.standard_error

    def interval(self, level: float = 0.95) -> tuple[float, float] | None:
        """An interval that holds E_test in a share ``level`` of all runs; None where there is no standard error.

        See `ridgeproof.numerics.draws.intervals`; what is covered where is counted in docs/reliability.md.
        """
        if not math.isfinite(self.error_bar):
            return None
        return mean_interval(self.mean, self.error_bar, self.skewness, self.replicates, level)


def tail_warnings(scenario: Scenario) -> tuple[str, ...]:
    """Which moments of one replicate are infinite, decided exactly; empty where the first four are finite.

    The error is a quadratic form in the noises B_m E_m, carried on by contractions.  With ridge > 0 every B_m is
    bounded, and without noise there is nothing to amplify.  At ridge 0 with noise B_m = X_m^+, and |B_m E_m|^2 has
    the tail of 1/(smallest nonzero eigenvalue of X^T X), whose density near 0 is like x^((|T - d| - 1)/2).  So the
    moment of order p of the error is finite exactly if |T_m - d| + 1 > 2 p for all these fits:

    - mean: |T - d| >= 2 (as in F3, F4, F5); `run` refuses the others;
    - variance of a replicate, so that there is a standard error: |T - d| >= 4;
    - fourth moment, so that the estimate of the standard error has itself a finite variance: |T - d| >= 8.

    The same holds given the designs (noise averaged), and whatever the spectrum S > 0.
    """
    dim = scenario.spectrum.finite_dim()
    found = []
    if not scenario.plain:
        return tuple(line for fit in scenario.plan().fits for line in _planned_tail(scenario, fit, dim))
    fits: list[tuple[str, Generator | Downstream]] = [
        (f"generators.{number}", generator) for number, generator in enumerate(scenario.generators)
    ]
    for where, fit in [*fits, ("downstream", scenario.downstream)]:
        if fit.ridge != 0 or fit.noise == 0:
            continue
        found += _tail(fit.samples, dim, where)
    return tuple(found)


def _tail(samples: int, dim: int, where: str) -> list[str]:
    gap = abs(samples - dim)
    start = f"{where}: samples = {samples} at ridge 0 in dimension {dim}: "
    if gap <= 1:
        return [start + f"{INFINITE_MEAN}, no average estimates it (finite for |samples - dim| >= 2)"]
    if gap <= 3:
        return [start + f"{INFINITE_VARIANCE}, there is no standard error (finite for |samples - dim| >= 4)"]
    if gap <= 7:
        return [
            start + "the standard error is itself uncertain, its variance is infinite (finite for |samples - dim| >= 8)"
        ]
    return []


def _planned_tail(scenario: Scenario, planned: PlannedFit, dim: int) -> list[str]:
    """As `tail_warnings` for a fit of a plan.

    The labels of a table that disagree act as noise does: A^-1 A_k (u_k - u_l) has the tail of A^-1.  With m features
    the fit sees X F', whose smallest singular value has the tail of |rows - m|, F' a factor whose moments are finite.
    """
    plan, fit = scenario.plan(), planned.fit
    uses = [use for use in planned.uses if use.weight]
    if fit.filter != "ridge" or fit.ridge != 0:
        return []
    labels = [plan.labels[use.labels] for use in uses]
    designs = {use.rows for use in uses}
    noisy = any(c and plan.noises[noise].variance for label in labels for noise, c in label.noises)
    agree = len({label.models for label in labels}) == 1
    whole = sum(plan.rows[rows].samples for rows in designs)
    rows = whole if planned.subsample is None else min(whole, planned.subsample)
    width = dim if fit.features is None else min(fit.features, dim)
    if not noisy and (agree or len(designs) == 1) and (fit.features is None or rows < width):
        return []
    return _tail(rows, width, planned.where)


def z_score(result: Simulation, predicted: float, scenario: Scenario) -> float | None:
    """How many error bars the mean lies from a prediction; None where there is no error bar.

    The error is |w - w0|_S^2, computed from vectors that are right to some units of the last place of |w0|_S = q: it
    is uncertain by 2 |w - w0|_S u + u^2, u = 256 * 2.2e-16 q, besides.  So 1e-31 is no discrepancy from 0.

    Parameters
    ----------
    result : Simulation
    predicted : float
    scenario : Scenario
        The one that was drawn.
    """
    if not 0 < result.error_bar < math.inf:
        return None
    signal = scenario.spectrum.eigenvalues() * scenario.target.coefficients(scenario.spectrum) ** 2
    unit = ROUNDING * math.sqrt(float(signal.sum()))
    rounding = unit * (2 * math.sqrt(max(result.mean, predicted, 0.0)) + unit)
    return (result.mean - predicted) / math.hypot(result.error_bar, rounding)


def simulate(
    scenario: Scenario,
    *,
    replicates: int | None = None,
    relative_error: float | None = None,
    seed: int = 0,
    workers: int = 1,
    store: str | Path | None = None,
    progress: Callable[[int, int | None], None] | None = None,
    method: Literal["direct", "averaged"] = "direct",
    scheduler: str | None = None,
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
        little raised.  Intervals are valid to first order in E (Anscombe); those of `draws.sequential` are
        anytime-valid.
    seed : int
        >= 0.  Replicate i draws from SeedSequence(entropy=seed, spawn_key=(i,)).
    workers : int
        Number of processes, >= 1.
    store : path, optional
        File that keeps every finished replicate; a run with the same scenario, seed and method goes on from it.
    progress : callable, optional
        Called as ``progress(done, total)`` after each replicate; total is None for a sequential run.
    method : {"direct", "averaged"}
        Draw everything, or average label noise and signs exactly given the designs (`draws.averaged`): same mean,
        less variance.
    scheduler : str, optional
        Address of a Dask scheduler whose workers draw the replicates, in place of local processes.

    Returns
    -------
    Simulation
        Bit-identical for any number of workers and any interruptions (one type of processor, one version of NumPy).

    Raises
    ------
    InputError
        Options outside their domain, or a store of another run.
    DomainError
        Infinite dimension or a design too large; a fit whose mean error is infinite; ``relative_error`` where the
        variance is; one replicate that takes longer than RIDGEPROOF_SECONDS (`draws.effort`).
    NotConverged
        ``relative_error`` not reached within a million replicates, or a worker that died.
    """
    job = Job(scenario, (scenario.downstream.ridge,), method, seed)
    ((result,),) = run(
        [job],
        replicates=replicates,
        relative_error=relative_error,
        workers=workers,
        store=store,
        progress=progress,
        scheduler=scheduler,
    )
    return result


def run(
    jobs: Sequence[Job],
    *,
    replicates: int | None = None,
    relative_error: float | None = None,
    workers: int = 1,
    store: str | Path | None = None,
    progress: Callable[[int, int | None], None] | None = None,
    scheduler: str | None = None,
) -> list[list[Simulation]]:
    """As `simulate`, for several jobs in one pool of workers and one store; a list per job, an entry per ridge.

    Parameters
    ----------
    jobs : sequence of Job
        At least one, with one method and seed.  The ridges of a job share designs, so their errors are correlated.

    Raises
    ------
    InputError, DomainError, NotConverged
        As `simulate`; with ``relative_error`` every ridge of every job has to reach it.
    """
    size = _checked_options(replicates, relative_error, jobs[0].seed, workers, jobs[0].method)
    warnings = [[tail_warnings(job.at(ridge)) for ridge in job.ridges] for job in jobs]
    lines = [line for job in warnings for found in job for line in found]
    if divergent := [line for line in lines if INFINITE_MEAN in line]:
        raise DomainError(divergent[0], where="simulate", accepted="|samples - dim| >= 2, ridge > 0, or noise 0")
    hopeless = [line for line in lines if INFINITE_VARIANCE in line]
    if relative_error is not None and hopeless:
        raise DomainError(
            f"a relative error has no meaning where there is no standard error; {hopeless[0]}",
            where="simulate",
            accepted="a number of replicates, or |samples - dim| >= 4 at ridge 0",
        )
    check_effort(jobs)
    targets = [size] * len(jobs)
    values: dict[Task, Values] = {}
    with ExitStack() as stack:
        pool = _pool(jobs, workers, scheduler)
        stack.enter_context(pool)
        keep = stack.enter_context(ReplicateStore(store, jobs)) if store is not None else None
        if keep is not None:
            values = keep.values()
        while True:
            wanted = [(number, index) for number, target in enumerate(targets) for index in range(target)]
            missing = [task for task in wanted if task not in values]
            done = len(wanted) - len(missing)
            for task, numbers in pool.run(missing):
                values[task] = numbers
                done += 1
                if keep is not None:
                    keep.put(task, numbers)
                if progress is not None:
                    progress(done, None if relative_error is not None else len(wanted))
            results = [
                [
                    Simulation(
                        *mean_and_error(column),
                        targets[number],
                        job.seed,
                        job.method,
                        warnings[number][k],
                        skewness(column),
                    )
                    for k, column in enumerate(
                        zip(*(values[number, index] for index in range(targets[number])), strict=True)
                    )
                ]
                for number, job in enumerate(jobs)
            ]
            if relative_error is None:
                return results
            worst = [max(r.standard_error / abs(r.mean) if r.standard_error else 0.0 for r in row) for row in results]
            if max(worst) <= relative_error:
                return results
            if any(w > relative_error and t >= MAX_REPLICATES for w, t in zip(worst, targets, strict=True)):
                raise NotConverged(
                    f"relative error {max(worst):.2g} after {MAX_REPLICATES} replicates, "
                    f"{relative_error:g} was asked for",
                    where="simulate",
                    accepted="a larger relative error",
                )
            targets = [
                min(MAX_REPLICATES, t + max(STEP, t // 4)) if w > relative_error else t
                for w, t in zip(worst, targets, strict=True)
            ]


def _pool(jobs: Sequence[Job], workers: int, scheduler: str | None) -> WorkerPool | ClusterPool:
    return WorkerPool(jobs, workers) if scheduler is None else ClusterPool(jobs, scheduler)


def mean_and_error(values: Sequence[float]) -> tuple[float, float]:
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
        if isinstance(relative_error, bool) or not LEAST_ERROR <= relative_error < 1:
            raise InputError(
                f"relative error {relative_error}", where="simulate", accepted=f"a number from {LEAST_ERROR} to 1"
            )
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
