"""Limits of time, and a process of its own for work that may do anything.

``within`` stops a block after some seconds.  ``apart`` calls a function in a forked process: what ends that process -
``os._exit``, a kill, a computation in C that never returns - ends nothing else.  Standard library only; every other
module may import it.
"""

from __future__ import annotations

import contextlib
import math
import os
import pickle
import select
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

from .errors import InputError, RidgeproofError

SECONDS = 55.0  # to decide or refuse: the rest of the minute is for the imports before and the interrupted step after
AGAIN = 5.0  # seconds after which what has swallowed the first signal gets another
SOON = 0.01  # and where Python swallows it, in a destructor or around a fork: it would print a traceback, and go on
LAST = 4  # the signal that is no longer asked for politely
SLEEP = 2  # a process that computes nothing is given so many times the seconds that it may compute
FORKS = sys.platform == "linux"  # elsewhere a fork of a process with numerical libraries may not survive
_LENGTH = 8  # bytes in front of an answer
_private: set[int] = set()  # descriptors of this process that lead nowhere in a process made by `apart`


class GaveUp(BaseException):
    """The time is over; no ``except Exception`` on the way may take it for an error of its own."""


class Ended(Exception):
    """Work in a process of its own came to no answer; the message says why in a line."""


def number(name: str, default: float) -> float:
    """A bound from the environment, or its default; 0 stands for none.  Raises InputError."""
    value = os.environ.get(name)
    if value is None:
        return default
    try:
        bound = float(value) if value.isascii() else -1.0
    except ValueError:
        bound = -1.0
    if not 0 <= bound <= 1e9:
        raise InputError(f"{value!r} is not a bound", where=name, accepted="a number, 0 for no bound")
    return bound


def seconds() -> float:
    """The time to decide or refuse, for a command and for the code of a claim; 0 for no bound."""
    return number("RIDGEPROOF_SECONDS", SECONDS)


@contextmanager
def within(seconds: float, *, computing: bool = False) -> Iterator[None]:
    """While the block runs: ``GaveUp`` is raised in it when the time is over; 0 seconds are no bound.

    Parameters
    ----------
    seconds : float
        Wall time.
    computing : bool
        Also end the process (SIGXCPU) where it computes for longer and takes no signal, inside a library.
    """
    if not seconds or not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    heard = 0

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal heard
        heard += 1
        if heard >= LAST:
            with suppress(OSError):
                os.write(2, f"ridgeproof: gave up after {seconds:.0f} s\n".encode())
            os._exit(2)
        raise GaveUp

    def swallowed(told: sys.UnraisableHookArgs) -> None:
        if isinstance(told.exc_value, GaveUp):
            signal.setitimer(signal.ITIMER_REAL, SOON, AGAIN)
        else:
            unraisable(told)

    began = time.monotonic()
    unraisable, sys.unraisablehook = sys.unraisablehook, swallowed
    before = signal.signal(signal.SIGALRM, stop)
    outer, _ = signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    cpu = _cpu_limit(time.process_time() + seconds + AGAIN) if computing else None
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        sys.unraisablehook = unraisable
        if cpu is not None:
            _cpu_limit(*cpu)
        if outer:  # the block around this one has a bound of its own
            signal.setitimer(signal.ITIMER_REAL, max(outer - (time.monotonic() - began), 0.01), AGAIN)


def keep_private(descriptor: int) -> None:
    """Let what is written to a descriptor in processes made by `apart` from now on go nowhere: it is this one's own."""
    _private.add(descriptor)


def apart(function: Callable[..., Any], *arguments: Any, seconds: float = 0, whole: bool = False) -> Any:
    """``function(*arguments)`` in a forked process of its own, on Linux; elsewhere in this one.

    Parameters
    ----------
    function : callable
        Its result has to be such that it can be pickled.
    seconds : float
        That it may compute, or twice as many that it may sleep; 0 for no bound.
    whole : bool
        The function is all that there is to do: an interrupt is its own affair, and a request to end is passed on.

    Raises
    ------
    Ended
        It ended the process, was killed, raised, ran out of time or memory, or left no answer.
    RidgeproofError
        What the function raised.

    Examples
    --------
    >>> apart(pow, 2, 10)
    1024
    >>> apart(os._exit, 3)
    Traceback (most recent call last):
    ridgeproof.limits.Ended: ended the process with status 3
    """
    if not FORKS:
        return _opened(*_outcome(function, arguments, here=True))
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()
    _hear_of_children()
    inbox, outbox = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of other threads, which show progress: the child has none of them
        pid = os.fork()
    if pid == 0:
        os.close(inbox)
        if not whole:
            _lead(0)
        _answer(function, arguments, outbox, seconds)
    os.close(outbox)
    if not whole:
        _lead(pid)
    before = _passed_on(pid) if whole else {}
    end = time.monotonic() + SLEEP * seconds if seconds else math.inf
    try:
        data = _received(inbox, end)
        over = data is None or (not data and not _ended(pid, end))  # one that closes its way out may go on
    except BaseException:
        _kill(pid, whole)
        os.waitpid(pid, 0)
        raise
    finally:
        os.close(inbox)
        for name, handler in before.items():
            signal.signal(name, handler)
    if not whole or data:
        _kill(pid, whole)  # it has answered, or will not; and what it has started ends with it
    _, status = os.waitpid(pid, 0)
    if over or (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU):
        raise Ended(f"gave up after {seconds:.0f} s" if seconds else "gave up")
    if not data:
        raise Ended(_death(os.waitstatus_to_exitcode(status)))
    return _opened(*_read(data))


def _read(data: bytes) -> tuple[bool, Any]:
    try:
        fine, value = pickle.loads(data)
    except Exception as error:  # what runs there can write to the pipe as well
        raise Ended(f"its answer cannot be read: {described(error)}") from None
    return fine is True, value if fine is True or isinstance(value, RidgeproofError) else str(value)


def once(function: Callable[..., Any], *arguments: Any) -> Any:
    """``function(*arguments)``, where a fork in it does not come back twice: the copy of this process ends here."""
    here = os.getpid()
    try:
        return function(*arguments)
    finally:
        if os.getpid() != here:
            os._exit(0)


def _outcome(function: Callable[..., Any], arguments: tuple[Any, ...], here: bool = False) -> tuple[bool, Any]:
    try:
        return True, function(*arguments)
    except RidgeproofError as error:
        return False, error
    except MemoryError:
        return False, "not enough memory"
    except RecursionError:
        return False, "nested too deeply"
    except GaveUp:
        raise
    except KeyboardInterrupt:
        if here:
            raise
        return False, "KeyboardInterrupt"
    except BaseException as error:
        return False, described(error)


def described(error: BaseException) -> str:
    """An exception in a line, also one that cannot be printed.

    SymPy's words for an expression that is no polynomial speak of "generators", which means something else to us.
    """
    if any(kind.__name__ == "BasePolynomialError" for kind in type(error).__mro__):
        return "an expression is no rational function of its letters (accepted: sums, products, quotients)"
    try:
        line = " ".join(str(error).split())
    except BaseException:
        line = ""
    return f"{type(error).__name__}: {line}" if line else type(error).__name__


def _opened(fine: bool, value: Any) -> Any:
    if fine:
        return value
    raise value if isinstance(value, RidgeproofError) else Ended(value)


def _answer(function: Callable[..., Any], arguments: tuple[Any, ...], outbox: int, seconds: float) -> None:
    """What the forked process does; it never returns."""
    status = 1
    try:
        _die_with_parent()
        _forget(outbox)
        if seconds:
            _cpu_limit(seconds)
        answer = once(_outcome, function, arguments)
        try:
            data = pickle.dumps(answer)
        except BaseException as error:
            data = pickle.dumps((False, f"its answer cannot be read: {described(error)}"))
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError, AttributeError):
                stream.flush()
        with contextlib.closing(os.fdopen(outbox, "wb")) as pipe:
            pipe.write(len(data).to_bytes(_LENGTH, "big") + data)
        status = 0
    finally:
        os._exit(status)


def _hear_of_children() -> None:
    """How a child ended is not told to who ignores it, as who has started this process, or a claim, may have chosen."""
    if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGCHLD) == signal.SIG_IGN:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)


def _lead(pid: int) -> None:
    """Make a process the first of a group of its own: all that it starts, and nothing else, is ended with it."""
    with suppress(OSError):
        os.setpgid(pid, pid)


def _kill(pid: int, whole: bool) -> None:
    with suppress(ProcessLookupError, PermissionError):
        (os.kill if whole else os.killpg)(pid, signal.SIGKILL)


def _ended(pid: int, end: float) -> bool:
    """Whether a process ends in time; its status is left to who asks for it."""
    while os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None:
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def _forget(outbox: int) -> None:
    """In a forked process: the private descriptors of the one before lead nowhere, and the way out is private here."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in _private:
        os.dup2(nowhere, descriptor, inheritable=False)
    os.close(nowhere)
    _private.clear()
    _private.add(outbox)


def _passed_on(pid: int) -> dict[int, Any]:
    """Leave interrupts to another process, and pass on requests to end; returns the handlers there were."""
    if threading.current_thread() is not threading.main_thread():
        return {}

    def end(number: int, _frame: FrameType | None) -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, number)

    return {
        signal.SIGINT: signal.signal(signal.SIGINT, signal.SIG_IGN),
        signal.SIGTERM: signal.signal(signal.SIGTERM, end),
    }


def _die_with_parent() -> None:
    """Where the system can do it (Linux), this process does not outlive the one that forked it."""
    with suppress(Exception):
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def _received(inbox: int, end: float) -> bytes | None:
    """The answer; empty where the process ended without one, None where the time is over."""
    data = b""
    while len(data) < _LENGTH or len(data) < _LENGTH + int.from_bytes(data[:_LENGTH], "big"):
        left = end - time.monotonic()
        if left <= 0:
            return None
        ready, _, _ = select.select([inbox], [], [], min(left, 3600.0))
        if ready:
            piece = os.read(inbox, 1 << 20)
            if not piece:
                return b""
            data += piece
    return data[_LENGTH:]


def _cpu_limit(seconds: float, hard: float | None = None) -> tuple[float, float] | None:
    """Bound the processor time of this process; returns what the bound was, None where there is no such bound."""
    try:
        import resource
    except ImportError:  # no POSIX system
        return None
    before = resource.getrlimit(resource.RLIMIT_CPU)
    top = before[1] if hard is None else int(hard)
    wanted = math.ceil(seconds) if seconds >= 0 else resource.RLIM_INFINITY
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (wanted, top))
    return before


def _death(status: int) -> str:
    if status >= 0:
        return f"ended the process with status {status}"
    hint = ", perhaps for want of memory" if status == -signal.SIGKILL else ""
    return f"the process was killed by signal {-status}{hint}"
