"""A file (SQLite) that keeps every finished replicate of a run, so that an interrupted run goes on where it was."""

from __future__ import annotations

import hashlib
import math
import sqlite3
import struct
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

import numpy as np

from ridgeproof import files
from ridgeproof.errors import InputError

from ..problem.scenario import Scenario
from .workers import Job, Task, Values

#: To be raised whenever a change makes `draws.sampling` or `draws.averaged` draw other numbers from a seed.
SAMPLER_VERSION = 2

_KEYS = ("scenario", "method", "seed", "sampler", "numpy")


def fingerprint(jobs: Sequence[Job]) -> str:
    """A digest of everything in the scenarios of a run that its numbers depend on (not their names)."""

    def parts(scenario: Scenario) -> tuple[object, ...]:
        chain = () if scenario.plain else (scenario.chain,)
        return scenario.spectrum, scenario.target, scenario.generators, scenario.downstream, *chain

    described = [[parts(job.at(ridge)) for ridge in job.ridges] for job in jobs]
    return hashlib.sha256(repr(described).encode()).hexdigest()


class ReplicateStore:
    """A context around the file; every `put` is a transaction of its own, safe against a kill at any moment.

    Parameters
    ----------
    path : str or Path
        The file; created where there is none.
    jobs : sequence of Job
        All of the run, with one method and seed.

    Raises
    ------
    InputError
        A file that is no store, cannot be opened, or holds the replicates of another scenario, method, seed, or
        version of the sampler or of NumPy (whose random streams may change between versions).
    """

    def __init__(self, path: str | Path, jobs: Sequence[Job]) -> None:
        self._path, self._ridges = str(path), [len(job.ridges) for job in jobs]
        run = fingerprint(jobs), jobs[0].method, str(jobs[0].seed), str(SAMPLER_VERSION), np.__version__
        ours = dict(zip(_KEYS, run, strict=True))
        files.given(path, accepted="another file for the table")
        try:
            self._connection = sqlite3.connect(Path(path).absolute(), isolation_level=None)  # ":memory:" is a file too
        except sqlite3.Error as error:
            raise self._unusable(str(error)) from None
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            names = self._connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            tables = {row[0] for row in names}
            if not tables:
                self._connection.execute("CREATE TABLE run (key TEXT PRIMARY KEY, value TEXT NOT NULL)")
                self._connection.execute(
                    "CREATE TABLE replicate (job INTEGER, number INTEGER, numbers BLOB NOT NULL, "
                    "PRIMARY KEY (job, number)) WITHOUT ROWID"
                )
                self._connection.executemany("INSERT INTO run VALUES (?, ?)", ours.items())
            elif tables != {"run", "replicate"}:
                raise self._unusable("a database of something else")
            theirs = dict(self._connection.execute("SELECT key, value FROM run"))
            self._connection.execute("COMMIT")
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
        except sqlite3.Error as error:
            self._connection.close()
            raise self._unusable(str(error)) from None
        except InputError:
            self._connection.close()
            raise
        for key in _KEYS:
            if theirs.get(key) != ours[key]:
                self._connection.close()
                shown = "" if key == "scenario" else f" ({key} {theirs.get(key)}, not {ours[key]})"
                raise InputError(
                    f"the store holds the replicates of another {key}{shown}",
                    where=self._path,
                    accepted="the store of this very scenario, method, seed and version, or a new file",
                )

    def _unusable(self, reason: str) -> InputError:
        return InputError(
            f"not a usable store: {reason}", where=self._path, accepted="a new file, or a store written by simulate"
        )

    def __enter__(self) -> ReplicateStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def values(self) -> dict[Task, Values]:
        """Every finished replicate: (job, replicate) -> values.  Raises InputError for a file that is damaged."""
        try:
            rows = self._connection.execute("SELECT job, number, numbers FROM replicate ORDER BY job, number")
            kept = {(job, number): struct.unpack(f"<{self._ridges[job]}d", blob) for job, number, blob in rows}
        except (sqlite3.Error, struct.error, LookupError, TypeError) as error:
            raise self._unusable(str(error)) from None
        for (job, number), values in kept.items():
            if not all(map(math.isfinite, values)) or job < 0 or number < 0:
                raise self._unusable(f"replicate {number} holds {values[0]!r}, which no run has drawn")
        return kept

    def put(self, task: Task, values: Values) -> None:
        """Keep one finished replicate.  Raises InputError if the file cannot be written."""
        try:
            blob = struct.pack(f"<{len(values)}d", *values)
            self._connection.execute("INSERT OR IGNORE INTO replicate VALUES (?, ?, ?)", (*task, blob))
        except sqlite3.Error as error:
            raise self._unusable(str(error)) from None
