"""What one command may cost: 60 seconds to decide or refuse, 4 GiB of memory; then it gives up and says so.

Work that is announced with an estimate and can be resumed (``verify``, ``audit``, ``report``, ``simulate``, ``data``)
has the bound on memory only; a user's file of claims, and the code of each of its claims, has the bound of time there
too.  RIDGEPROOF_SECONDS and RIDGEPROOF_GIB set other bounds, 0 none.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from ridgeproof.errors import InputError
from ridgeproof.limits import GaveUp, number, seconds, within

GIB = 4.0
LEAST = 0.5  # GiB: with less the numerical libraries do not start, and some of them wait for ever
RESUMABLE = ("verify", "audit", "report", "simulate", "data")
WAY_OUT = "a smaller problem, or RIDGEPROOF_SECONDS=600"


@contextmanager
def bounded(command: str) -> Iterator[None]:
    """While the block runs: no more memory than the bound, and a refusal after the time that the command has."""
    gib = number("RIDGEPROOF_GIB", GIB)
    if 0 < gib < LEAST:
        raise InputError(f"{gib:g} GiB is too little to start", where="RIDGEPROOF_GIB", accepted=f"{LEAST:g} or more")
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "0")
    if not (epoch.isascii() and epoch.isdigit()):  # NumPy and Matplotlib read it, and break
        raise InputError(f"{epoch!r} is no time", where="SOURCE_DATE_EPOCH", accepted="seconds since 1970")
    bound = seconds()  # of no use to what can be resumed, and read all the same
    limit = _memory(gib) if gib else None
    try:
        with timed(command, 0 if command in RESUMABLE else bound):
            yield
    except MemoryError:
        raise InputError(
            f"not enough memory for a problem of this size within {gib:g} GiB" if gib else "not enough memory",
            where=command,
            accepted="a smaller problem, or RIDGEPROOF_GIB=16",
        ) from None
    finally:
        if limit is not None:
            _restore(limit)


@contextmanager
def timed(where: str, bound: float, *, computing: bool = False) -> Iterator[None]:
    """While the block runs: a refusal after so many seconds (see `ridgeproof.limits.within`)."""
    try:
        with within(bound, computing=computing):
            yield
    except GaveUp:
        raise InputError(f"gave up after {bound:.0f} s", where=where, accepted=WAY_OUT) from None


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
