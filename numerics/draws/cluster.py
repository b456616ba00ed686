"""The same replicates on a Dask cluster (optional dependency ``distributed``)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import platform
import re
import threading
import time
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from types import TracebackType

from ridgeproof.errors import InputError, NotConverged, RidgeproofError

from .workers import Job, Task, Values, WorkerPool

MOST_PER_MESSAGE = 20  # replicates sent to a cluster worker at once: what its death can cost
CONNECT_SECONDS = 3.0  # for the scheduler to answer; 8 in all, a refusal has 10
WORKER_SECONDS = 3.0  # for a first worker to appear
_ACCEPTED = "the address of a running Dask scheduler, such as tcp://127.0.0.1:8786"
_SCHEMES = ("tcp", "tls")  # between machines; what else Dask speaks is of one process, or needs more than an address
_local = threading.local()


class ClusterPool:
    """A context with the `run` of `WorkerPool`, whose tasks go to the workers of a Dask scheduler.

    The workers need this package installed.  On each the numbers are drawn in a child process with one BLAS thread, as
    everywhere, so they are those of a local run (same processor type and versions).  Tasks of a worker that dies are
    drawn again on another one.

    Parameters
    ----------
    jobs : sequence of Job
    address : str
        Of the scheduler.

    Raises
    ------
    InputError
        Dask is not installed; no scheduler answers in its language within some seconds, or it has no workers.
    """

    def __init__(self, jobs: Sequence[Job], address: str) -> None:
        try:
            from distributed import Client
            from distributed.comm.addressing import resolve_address
        except ImportError:
            raise InputError(
                "Dask is not installed", where="scheduler", accepted="pip install 'ridgeproof[dask]', or no scheduler"
            ) from None
        self._jobs = tuple(jobs)
        _silence()
        try:
            scheme = re.match(r"(\w+)://", address)
            if scheme and scheme[1] not in _SCHEMES:
                raise ValueError(f"{scheme[1]} is not among {', '.join(_SCHEMES)}")
            resolve_address(address)  # a client that is refused an address is not disposed of in peace
            _greet(address)  # nor one whose scheduler does not answer
            self._client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise InputError(f"no scheduler at {address!r}: {reason}", where="scheduler", accepted=_ACCEPTED) from None

    def __enter__(self) -> ClusterPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def run(self, tasks: Sequence[Task]) -> Iterator[tuple[Task, Values]]:
        """As `WorkerPool.run`.

        Raises
        ------
        RidgeproofError
            What a replicate raised, or NotConverged if the cluster gave a message up or its scheduler went away.
        """
        if not tasks:
            return
        from distributed import as_completed

        threads = max(1, sum(self._client.nthreads().values()))
        size = max(1, min(MOST_PER_MESSAGE, len(tasks) // (4 * threads)))
        messages = [tasks[i : i + size] for i in range(0, len(tasks), size)]
        futures = [self._client.submit(_draw, versions(), self._jobs, message, pure=False) for message in messages]
        try:
            for future in as_completed(futures, loop=self._client.loop):
                if future.cancelled():
                    raise NotConverged("the connection to the scheduler is lost", where="simulate")
                failure = future.exception()
                if isinstance(failure, RidgeproofError):
                    raise failure
                if failure is not None:
                    raise NotConverged(f"the cluster gave up: {failure}".splitlines()[0], where="simulate")
                yield from future.result()
        finally:
            self._client.cancel(futures)


def _silence() -> None:
    """What Dask and what it stands on would log is raised here; some of its loggers have a level of their own."""
    for name in ("distributed", "tornado", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
        for other in list(logging.root.manager.loggerDict):
            if other.startswith(f"{name}."):
                logging.getLogger(other).setLevel(logging.CRITICAL)


def _greet(address: str) -> None:
    """Ask for a scheduler's identity.

    In a loop and a thread of its own: a server that never answers, or talks of something else, keeps nothing waiting.

    Raises
    ------
    OSError
        Nobody is there, or nobody who answers as a scheduler does; or it has no workers.
    """
    found: list[object] = []

    async def ask() -> None:
        from distributed.core import rpc

        server = rpc(address, timeout=CONNECT_SECONDS)
        try:
            end = time.monotonic() + WORKER_SECONDS
            while True:
                known = await asyncio.wait_for(server.identity(), CONNECT_SECONDS)
                if not isinstance(known, dict) or known.get("type") != "Scheduler":
                    raise OSError("not a Dask scheduler")
                if known.get("workers"):
                    return
                if time.monotonic() > end:
                    raise OSError("the scheduler has no workers")
                await asyncio.sleep(0.2)
        finally:
            with contextlib.suppress(Exception):
                await asyncio.wait_for(server.close_rpc(), 0.5)

    def run() -> None:
        try:
            asyncio.run(ask())
            found.append(None)
        except TimeoutError:
            found.append(OSError(f"no answer within {CONNECT_SECONDS:g} s"))
        except BaseException as error:  # what a stranger's bytes do to a decoder
            found.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(2 * CONNECT_SECONDS + WORKER_SECONDS)
    outcome = found[0] if found else OSError("no answer")
    if isinstance(outcome, BaseException):
        said = " ".join(str(outcome).split())
        strange = "no Dask scheduler answers there" + (f" ({said})" if isinstance(outcome, TypeError) else "")
        raise OSError(said if isinstance(outcome, OSError) and said else strange)


def versions() -> dict[str, str]:
    """The versions that a replicate's last bits depend on, of this process."""
    found = {"python": ".".join(platform.python_version_tuple()[:2])}
    for package in ("ridgeproof", "numpy", "scipy"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "none"
    return found


def _check_versions(wanted: dict[str, str], ours: dict[str, str]) -> None:
    """Raise InputError for the first package whose version differs, before anything is drawn."""
    for package, wish in wanted.items():
        if ours.get(package) != wish:
            raise InputError(
                f"a worker of the cluster has {package} {ours.get(package)}, the client has {wish}",
                where="scheduler",
                accepted="workers with the client's versions",
            )


def _draw(wanted: dict[str, str], jobs: tuple[Job, ...], tasks: Sequence[Task]) -> list[tuple[Task, Values]]:
    """Runs on a cluster worker; its thread keeps one child process for as long as the jobs stay the same."""
    _check_versions(wanted, versions())
    if getattr(_local, "jobs", None) != jobs:
        if hasattr(_local, "pool"):
            _local.pool.__exit__(None, None, None)
        _local.pool, _local.jobs = WorkerPool(jobs, 1), jobs
    try:
        return list(_local.pool.run(tasks))
    except RidgeproofError:
        _local.jobs = None  # the child may have died, or still be at work on the rest
        raise
