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
from types import TracebackType

import numpy as np

from numerics.errors import NotConverged, RidgeproofError
from numerics.sampling import direct_replicate, noise_averaged_replicate
from numerics.scenario import Scenario

METHODS = {"direct": direct_replicate, "noise-averaged": noise_averaged_replicate}
_THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
_COMMAND = "from numerics.workers import serve; serve()"


def replicate(scenario: Scenario, method: str, seed: int, index: int) -> float:
    """Replicate ``index`` of the run with this seed; its stream depends on (seed, index) alone.

    Parameters
    ----------
    scenario : Scenario
    method : {"direct", "noise-averaged"}
    seed, index : int
        Both >= 0.
    """
    stream = np.random.SeedSequence(entropy=seed, spawn_key=(index,))
    return METHODS[method](scenario, np.random.Generator(np.random.PCG64(stream)))


def serve() -> None:
    """Body of a child: read (scenario, method, seed), then indices; answer each with its value or with an error."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupted parent closes the pipes
    inbox, outbox = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # nothing may be printed between the pickles
    scenario, method, seed = pickle.load(inbox)
    while True:
        try:
            index = pickle.load(inbox)
            answer: tuple[int, float | RidgeproofError]
            try:
                answer = index, replicate(scenario, method, seed, index)
            except RidgeproofError as error:
                answer = index, error
            pickle.dump(answer, outbox)
            outbox.flush()
        except (EOFError, BrokenPipeError):
            os._exit(0)


class WorkerPool:
    """A context that holds the child processes of one run.

    Parameters
    ----------
    scenario : Scenario
    method : {"direct", "noise-averaged"}
    seed : int
    workers : int
        Number of child processes, >= 1.  They start with the first replicate asked for.
    """

    def __init__(self, scenario: Scenario, method: str, seed: int, workers: int) -> None:
        self._job = pickle.dumps((scenario, method, seed))
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
            child.stdin.write(self._job)
            child.stdin.flush()

    def run(self, indices: Sequence[int]) -> Iterator[tuple[int, float]]:
        """Yield (index, value) for each index, in the order in which they are finished.

        Raises
        ------
        RidgeproofError
            What a replicate raised, or NotConverged if a worker ended early.
        """
        if not indices:
            return
        if not self._children:
            self._start()
        todo: queue.SimpleQueue[int] = queue.SimpleQueue()
        for index in indices:
            todo.put(index)
        done: queue.SimpleQueue[tuple[int, float | RidgeproofError]] = queue.SimpleQueue()
        for child in self._children:
            threading.Thread(target=_feed, args=(child, todo, done), daemon=True).start()
        for _ in indices:
            index, value = done.get()
            if isinstance(value, RidgeproofError):
                raise value
            yield index, value


def _feed(
    child: subprocess.Popen[bytes],
    todo: queue.SimpleQueue[int],
    done: queue.SimpleQueue[tuple[int, float | RidgeproofError]],
) -> None:
    """Keep one child busy until the indices run out; one thread per child, which mostly waits for the pipe."""
    assert child.stdin is not None and child.stdout is not None
    while True:
        try:
            index = todo.get_nowait()
        except queue.Empty:
            return
        try:
            pickle.dump(index, child.stdin)
            child.stdin.flush()
            done.put(pickle.load(child.stdout))
        except (OSError, EOFError, ValueError, pickle.UnpicklingError):
            done.put((index, NotConverged(f"a worker process ended on replicate {index}", where="simulate")))
            return
