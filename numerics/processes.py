"""Work on claims in child processes: plain ``python -c`` ones, which need no main guard in the caller's script.

Each child runs with one BLAS thread, so that the last bits of a number do not depend on how many children there are.
"""

from __future__ import annotations

import importlib
import os
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

_THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
_COMMAND = "from ridgeproof.numerics.processes import serve; serve()"


class TaskError(RuntimeError):
    """A child process failed in a way that its task does not explain; the message is the child's."""


def serve() -> None:
    """Body of a child: read (module, function), then arguments; answer each with (True, result) or (False, error)."""
    inbox, outbox = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # nothing may be printed between the pickles
    module, name = pickle.load(inbox)
    function = getattr(importlib.import_module(module), name)
    with suppress(EOFError, BrokenPipeError, KeyboardInterrupt):
        while True:
            arguments = pickle.load(inbox)
            try:
                answer = (True, function(*arguments))
            except Exception as error:
                answer = (False, f"{type(error).__name__}: {error}")
            pickle.dump(answer, outbox)
            outbox.flush()


def run(module: str, name: str, jobs: Sequence[tuple[Any, ...]], workers: int) -> Iterator[tuple[int, Any]]:
    """Yield (index, module.name(*jobs[index])) as the jobs are done, by ``workers`` child processes.

    Raises
    ------
    TaskError
        A job raised, or a child died.
    """
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    answers: queue.SimpleQueue[tuple[int, bool, Any]] = queue.SimpleQueue()
    for index in range(len(jobs)):
        waiting.put(index)
    environment = os.environ | dict.fromkeys(_THREAD_VARIABLES, "1")
    environment["PYTHONPATH"] = os.pathsep.join(path or os.getcwd() for path in sys.path)
    children = [
        subprocess.Popen(
            [sys.executable, "-c", _COMMAND], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
        )
        for _ in range(min(workers, len(jobs)))
    ]

    def drive(child: subprocess.Popen[bytes]) -> None:
        assert child.stdin is not None and child.stdout is not None
        index = -1
        try:
            pickle.dump((module, name), child.stdin)
            while True:
                index = waiting.get_nowait()
                pickle.dump(jobs[index], child.stdin)
                child.stdin.flush()
                answers.put((index, *pickle.load(child.stdout)))
        except queue.Empty:
            return
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            answers.put((index, False, f"a child process died ({type(error).__name__})"))

    threads = [threading.Thread(target=drive, args=(child,), daemon=True) for child in children]
    try:
        for thread in threads:
            thread.start()
        for _ in jobs:
            index, fine, value = answers.get()
            if not fine:
                raise TaskError(value)
            yield index, value
    finally:
        for child in children:
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    with suppress(OSError):
                        pipe.close()
