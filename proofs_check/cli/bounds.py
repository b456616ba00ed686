"""What one command may cost: 60 seconds to decide or refuse, 4 GiB of memory; then it gives up and says so.

Work that is announced with an estimate and can be resumed (``verify``, ``audit``, ``report``, ``simulate``, ``data``)
has the bound on memory only.  RIDGEPROOF_SECONDS and RIDGEPROOF_GIB set other bounds, 0 none.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from ridgeproof.errors import InputError

SECONDS, GIB = 55.0, 4.0  # the rest of the minute is for the imports before and the interrupted step after
RESUMABLE = ("verify", "audit", "report", "simulate", "data")


class GaveUp(BaseException):
    """The time is over; no ``except Exception`` on the way may take it for an error of its own."""


@contextmanager
def bounded(command: str) -> Iterator[None]:
    """While the block runs: no more memory than the bound, and ``GaveUp`` after the time that the command has."""
    gib = _number("RIDGEPROOF_GIB", GIB)
    seconds = _number("RIDGEPROOF_SECONDS", 0 if command in RESUMABLE else SECONDS)
    limit = _memory(gib) if gib else None
    timed = bool(seconds) and hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    before = None
    try:
        if timed:
            before = signal.signal(signal.SIGALRM, _stop)
            signal.setitimer(signal.ITIMER_REAL, seconds)
        yield
    except GaveUp:
        raise InputError(
            f"gave up after {seconds:.0f} s", where=command, accepted="a smaller problem, or RIDGEPROOF_SECONDS=600"
        ) from None
    except MemoryError:
        raise InputError(
            f"not enough memory for a problem of this size within {gib:g} GiB" if gib else "not enough memory",
            where=command,
            accepted="a smaller problem, or RIDGEPROOF_GIB=16",
        ) from None
    finally:
        if timed:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        if limit is not None:
            _restore(limit)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise GaveUp


def _number(name: str, default: float) -> float:
    value = os.environ.get(name)
    if value is None:
        return default
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1e9:
        raise InputError(f"{value!r} is not a bound", where=name, accepted="a number, 0 for no bound")
    return number


def _memory(gib: float) -> tuple[int, int] | None:
    """Bound the memory of this process and of those that it starts; returns the bound there was."""
    try:
        import resource
    except ImportError:  # no POSIX system
        return None
    before = resource.getrlimit(resource.RLIMIT_DATA)
    threads = (os.cpu_count() or 1) * 2**26  # stacks and buffers of numerical libraries, reserved and hardly used
    wanted = int(gib * 2**30) + threads
    hard = before[1]
    with suppress(ValueError, OSError):
        if hard == resource.RLIM_INFINITY or wanted < hard:
            resource.setrlimit(resource.RLIMIT_DATA, (wanted, hard))
    return before


def _restore(before: tuple[int, int]) -> None:
    import resource

    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, before)
