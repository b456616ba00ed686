"""Child processes that draw replicates, each with a single BLAS thread.

The last bits of a matrix product depend on the number of BLAS threads, which cannot be changed in a running process
without reaching into the library.  Replicates are therefore *always* drawn in child processes that start with one
thread, also when there is only one of them: that is what makes the numbers the same for every number of workers.

The children are plain ``python -c`` processes that exchange pickles over pipes, not ``multiprocessing`` ones: those
run the caller's main script again, so that a script or notebook without a main guard could not call `simulate`.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from types import TracebackType

import numpy as np

from ridgeproof.errors import NotConverged, RidgeproofError

from ..problem.numbers import as_float
from ..problem.scenario import Scenario
from .averaged import averaged_replicate
from .definition import definition_replicate
from .sampling import direct_replicate

METHODS = ("direct", "averaged")
_THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
_COMMAND = "from ridgeproof.numerics.draws.workers import serve; serve()"

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


def serve() -> None:
    """Body of a child: read the jobs, then tasks; answer each with its values or with an error."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupted parent closes the pipes
    inbox, outbox = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # nothing may be printed between the pickles
    jobs = pickle.load(inbox)
    while True:
        try:
            task = pickle.load(inbox)
            answer: tuple[Task, Values | RidgeproofError]
            try:
                answer = task, replicate(jobs[task[0]], task[1])
            except RidgeproofError as error:
                answer = task, error
            pickle.dump(answer, outbox)
            outbox.flush()
        except (EOFError, BrokenPipeError):
            os._exit(0)


class WorkerPool:
    """A context that holds the child processes of one run.

    Parameters
    ----------
    jobs : sequence of Job
    workers : int
        Number of child processes, >= 1.  They start with the first replicate asked for.
    """

    def __init__(self, jobs: Sequence[Job], workers: int) -> None:
        self._jobs = pickle.dumps(tuple(jobs))
        self._workers = workers
        self._children: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for child in self._children:
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    with suppress(OSError):  # bytes left in the buffer of a broken pipe
                        pipe.close()

    def _start(self) -> None:
        environment = os.environ | dict.fromkeys(_THREAD_VARIABLES, "1")
        environment["PYTHONPATH"] = os.pathsep.join(path or os.getcwd() for path in sys.path)
        for _ in range(self._workers):
            child = subprocess.Popen(
                [sys.executable, "-c", _COMMAND], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
            )
            self._children.append(child)
            assert child.stdin is not None
            child.stdin.write(self._jobs)
            child.stdin.flush()

    def run(self, tasks: Sequence[Task]) -> Iterator[tuple[Task, Values]]:
        """Yield (task, values) for each task, in the order in which they are finished.

        Raises
        ------
        RidgeproofError
            What a replicate raised, or NotConverged if a worker ended early.
        """
        if not tasks:
            return
        if not self._children:
            self._start()
        todo: queue.SimpleQueue[Task] = queue.SimpleQueue()
        for task in tasks:
            todo.put(task)
        done: queue.SimpleQueue[tuple[Task, Values | RidgeproofError]] = queue.SimpleQueue()
        for child in self._children:
            threading.Thread(target=_feed, args=(child, todo, done), daemon=True).start()
        for _ in tasks:
            task, values = done.get()
            if isinstance(values, RidgeproofError):
                raise values
            yield task, values


def _feed(
    child: subprocess.Popen[bytes],
    todo: queue.SimpleQueue[Task],
    done: queue.SimpleQueue[tuple[Task, Values | RidgeproofError]],
) -> None:
    """Keep one child busy until the tasks run out; one thread per child, which mostly waits for the pipe."""
    assert child.stdin is not None and child.stdout is not None
    while True:
        try:
            task = todo.get_nowait()
        except queue.Empty:
            return
        try:
            pickle.dump(task, child.stdin)
            child.stdin.flush()
            done.put(pickle.load(child.stdout))
        except (OSError, EOFError, ValueError, pickle.UnpicklingError):
            done.put((task, NotConverged(f"a worker process ended on replicate {task[1]}", where="simulate")))
            return
