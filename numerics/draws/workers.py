"""What a worker of a simulation does: jobs, and the replicates of each; in the child processes of one pool."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from types import TracebackType

import numpy as np

from ridgeproof.errors import NotConverged

from ..problem.numbers import as_float
from ..problem.scenario import Scenario
from ..processes import Pool, TaskError
from .averaged import averaged_replicate
from .definition import definition_replicate
from .sampling import direct_replicate

METHODS = ("direct", "averaged")

Values = tuple[float, ...]
Task = tuple[int, int]  # which job, which replicate of it


@dataclass(frozen=True)
class Job:
    """A scenario drawn at one or more downstream ridges, on the same designs, with the replicates of one seed.

    Parameters
    ----------
    scenario : Scenario
        Its own downstream ridge is not used.
    ridges : tuple of Fraction
    method : {"direct", "averaged"}
        Draw the label noise as well (all again for each ridge), or see `ridgeproof.numerics.draws.averaged`.
    seed : int
        >= 0.
    """

    scenario: Scenario
    ridges: tuple[Fraction, ...]
    method: str
    seed: int

    def at(self, ridge: Fraction) -> Scenario:
        """The scenario with this downstream ridge."""
        return replace(self.scenario, downstream=replace(self.scenario.downstream, ridge=ridge))


def replicate(job: Job, index: int) -> Values:
    """Replicate ``index`` of a job, one value for each ridge; its stream depends on (seed, index) alone."""

    def rng() -> np.random.Generator:
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(entropy=job.seed, spawn_key=(index,))))

    if not job.scenario.plain:
        averaged = job.method == "averaged"
        return tuple(definition_replicate(job.at(ridge), rng(), averaged=averaged) for ridge in job.ridges)
    if job.method == "direct":
        return tuple(direct_replicate(job.at(ridge), rng()) for ridge in job.ridges)
    ridges = [as_float(ridge, where="downstream.ridge") for ridge in job.ridges]
    return tuple(float(value) for value in averaged_replicate(job.at(max(job.ridges)), ridges, rng()))


def draw(jobs: tuple[Job, ...], job: int, index: int) -> Values:
    """Replicate ``index`` of ``jobs[job]``: what a child process is asked for."""
    return replicate(jobs[job], index)


class WorkerPool:
    """A context that holds the child processes of one run (`ridgeproof.numerics.processes`).

    Parameters
    ----------
    jobs : sequence of Job
    workers : int
        Number of child processes, >= 1.  They start with the first replicate asked for.
    """

    def __init__(self, jobs: Sequence[Job], workers: int) -> None:
        self._pool = Pool(__name__, "draw", workers, first=(tuple(jobs),), where="simulate")

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.__exit__(kind, error, trace)

    def run(self, tasks: Sequence[Task]) -> Iterator[tuple[Task, Values]]:
        """Yield (task, values) for each task, in the order in which they are finished.

        Raises
        ------
        RidgeproofError
            What a replicate raised, or NotConverged: out of memory, or workers killed again and again.
        """
        try:
            for position, values in self._pool.run(tasks):
                yield tasks[position], values
        except TaskError as error:
            raise NotConverged(str(error).splitlines()[0], where="simulate") from None
