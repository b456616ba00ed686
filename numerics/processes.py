"""The one pool of child processes: replicates of a simulation, claims on trial, planted faults.

The last bits of a matrix product depend on the number of BLAS threads, which cannot be changed in a running process
without reaching into the library.  Children therefore start with one thread each, also when there is only one of them:
that is what makes the numbers the same for every number of workers.

The children are plain ``python -c`` processes that exchange pickles over pipes, not ``multiprocessing`` ones: those
run the caller's main script again, so that a script or notebook without a main guard could not use them.  They never
import from the directory in which they are started (PYTHONSAFEPATH): a file called numpy.py there changes nothing.
A child that is killed is replaced, and its job done again.
"""

from __future__ import annotations

import importlib
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from ridgeproof.errors import NotConverged, RidgeproofError

_THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
_COMMAND = "from ridgeproof.numerics.processes import serve; serve()"
EACH = 4  # children at most for every core
MOST_DEATHS = 3  # of children on one and the same job, before it is given up

Job = tuple[Any, ...]


class TaskError(RuntimeError):
    """A child process failed in a way that its task does not explain; the message is the child's."""


def serve() -> None:
    """Body of a child: read (module, function, first arguments), then jobs; answer each with (done, result)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupted parent closes the pipes
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
    # The pipes are kept apart from what a job may print or read, also by way of the descriptors 0 and 1.
    inbox, outbox = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    with suppress(EOFError, BrokenPipeError):
        module, name, first = pickle.load(inbox)
        function = getattr(importlib.import_module(module), name)
        while True:
            arguments = pickle.load(inbox)
            pickle.dump(_answer(function, (*first, *arguments)), outbox)
            outbox.flush()
    os._exit(0)


def _answer(function: Any, arguments: Job) -> tuple[bool, Any]:
    try:
        return True, function(*arguments)
    except RidgeproofError as error:
        return False, error
    except MemoryError as error:
        return False, f"a child process ran out of memory: {error}" if str(
            error
        ) else "a child process ran out of memory"
    except Exception as error:
        return False, f"{type(error).__name__}: {error}"


def import_path() -> list[str]:
    """The directories that this process imports from, without the current one, for its children.

    The current directory stays only where ridgeproof itself is there (and nothing else would find it).
    """
    try:
        here = os.getcwd()
    except FileNotFoundError:  # it was removed
        return [path for path in sys.path if os.path.isabs(path)]
    home = str(Path(importlib.import_module("ridgeproof").__file__ or here).parent.parent)
    return [path for path in sys.path if path and (os.path.realpath(path) != os.path.realpath(here) or path == home)]


class Pool:
    """A context that holds child processes, each of which calls one function.

    Parameters
    ----------
    module, name : str
        The function module.name.
    workers : int
        Number of children, >= 1, but no more than EACH for every core: more only take memory.  They start with the
        first job.
    first : tuple
        Arguments that all calls begin with, sent once to each child.
    where : str
        For messages.
    """

    def __init__(
        self, module: str, name: str, workers: int, *, first: Job = (), where: str = "child processes"
    ) -> None:
        self._greeting = pickle.dumps((module, name, tuple(first)))
        self._workers, self._where = min(workers, EACH * (os.cpu_count() or 1)), where
        self._children: list[subprocess.Popen[bytes]] = []
        self._closed = threading.Event()

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _stop(self) -> None:
        """End the children; the pool can be used again."""
        self._closed.set()
        for child in self._children:
            _end(child)
        self._children = []

    def _child(self) -> subprocess.Popen[bytes]:
        environment = os.environ | dict.fromkeys(_THREAD_VARIABLES, "1")
        environment |= {"PYTHONPATH": os.pathsep.join(import_path()), "PYTHONSAFEPATH": "1"}
        # Interrupts wait from the first moment on, until the child ignores them: it would print where it was.
        masked = hasattr(signal, "pthread_sigmask") and signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
        try:
            return subprocess.Popen(
                [sys.executable, "-c", _COMMAND], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
            )
        finally:
            if masked is not False:
                signal.pthread_sigmask(signal.SIG_SETMASK, masked)

    def run(self, jobs: Sequence[Job]) -> Iterator[tuple[int, Any]]:
        """Yield (index, module.name(*first, *jobs[index])) for each job, in the order in which they are finished.

        Raises
        ------
        RidgeproofError
            What a job raised; NotConverged for a job on which three children in a row were killed.
        TaskError
            Another exception in a job, or that it ran out of memory.
        """
        waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
        answers: queue.SimpleQueue[tuple[int, bool, Any]] = queue.SimpleQueue()
        for index in range(len(jobs)):
            waiting.put(index)
        if not self._children and jobs:
            self._closed = threading.Event()
            self._children = [self._child() for _ in range(self._workers)]
            for child in self._children:
                self._greet(child)
        closed = self._closed
        for slot in range(min(len(self._children), len(jobs))):
            threading.Thread(target=self._feed, args=(slot, jobs, waiting, answers, closed), daemon=True).start()
        left = len(jobs)
        try:
            while left:
                index, fine, value = answers.get()
                if not fine:
                    raise value if isinstance(value, RidgeproofError) else TaskError(value)
                left -= 1
                yield index, value
        finally:
            if left:  # children are at work on jobs that nobody waits for
                self._stop()

    def _greet(self, child: subprocess.Popen[bytes]) -> None:
        assert child.stdin is not None
        with suppress(OSError):  # its death is seen by who reads from it
            child.stdin.write(self._greeting)
            child.stdin.flush()

    def _feed(
        self,
        slot: int,
        jobs: Sequence[Job],
        waiting: queue.SimpleQueue[int],
        answers: queue.SimpleQueue[tuple[int, bool, Any]],
        closed: threading.Event,
    ) -> None:
        """Keep one child busy until the jobs run out; one thread per child, which mostly waits for the pipe."""
        while not closed.is_set():
            try:
                index = waiting.get_nowait()
            except queue.Empty:
                return
            for deaths in range(1, MOST_DEATHS + 1):
                child = self._children[slot]
                assert child.stdin is not None and child.stdout is not None
                try:
                    pickle.dump(jobs[index], child.stdin)
                    child.stdin.flush()
                    answers.put((index, *pickle.load(child.stdout)))
                    break
                except (OSError, EOFError, ValueError, pickle.UnpicklingError):
                    status = _end(child)
                if closed.is_set():
                    return
                if deaths == MOST_DEATHS:
                    answers.put((index, False, NotConverged(_death(status, index), where=self._where)))
                    return
                replacement = self._child()
                self._children[slot] = replacement
                if closed.is_set():  # between the two lines above
                    _end(replacement)
                    return
                self._greet(replacement)


def _end(child: subprocess.Popen[bytes]) -> int:
    """Kill a child, if it lives, and return its exit status."""
    if child.poll() is None:
        with suppress(subprocess.TimeoutExpired):
            child.wait(0.2)  # one that has closed its pipe is about to end: its own status says more
        child.kill()
    status = child.wait()
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            with suppress(OSError):  # bytes left in the buffer of a broken pipe
                pipe.close()
    return status


def _death(status: int, index: int) -> str:
    killed = status < 0
    reason = f"was killed by signal {-status}" if killed else f"ended with status {status}"
    hint = ", perhaps for want of memory" if status == -signal.SIGKILL else ""
    return f"a child process {reason}{hint} on job {index}, {MOST_DEATHS} times"


def run(module: str, name: str, jobs: Sequence[Job], workers: int) -> Iterator[tuple[int, Any]]:
    """Yield (index, module.name(*jobs[index])) as the jobs are done, by ``workers`` child processes; see `Pool`.

    Raises
    ------
    TaskError
        A job raised, or three children died on one.
    """
    with Pool(module, name, min(workers, len(jobs))) as pool:
        try:
            yield from pool.run(jobs)
        except RidgeproofError as error:
            raise TaskError(f"{type(error).__name__}: {error}") from None
