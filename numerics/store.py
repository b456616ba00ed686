"""A file (SQLite) that keeps every finished replicate of one run, so that an interrupted run goes on where it was."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path
from types import TracebackType

import numpy as np

from numerics.errors import InputError
from numerics.scenario import Scenario

#: To be raised whenever a change makes `numerics.sampling` draw other numbers from the same seed.
SAMPLER_VERSION = 1

_KEYS = ("scenario", "method", "seed", "sampler", "numpy")


def fingerprint(scenario: Scenario) -> str:
    """A digest of everything in a scenario that the numbers depend on (not its name)."""
    parts = (scenario.spectrum, scenario.target, scenario.generators, scenario.downstream)
    return hashlib.sha256(repr(parts).encode()).hexdigest()


class ReplicateStore:
    """A context around the file; every `put` is a transaction of its own, safe against a kill at any moment.

    Parameters
    ----------
    path : str or Path
        The file; created where there is none.
    scenario : Scenario
    method : str
    seed : int

    Raises
    ------
    InputError
        A file that is no store, cannot be opened, or holds the replicates of another scenario, method, seed, or
        version of the sampler or of NumPy (whose random streams may change between versions).
    """

    def __init__(self, path: str | Path, scenario: Scenario, method: str, seed: int) -> None:
        self._path = str(path)
        ours = dict(
            zip(_KEYS, (fingerprint(scenario), method, str(seed), str(SAMPLER_VERSION), np.__version__), strict=True)
        )
        try:
            self._connection = sqlite3.connect(self._path, isolation_level=None)
        except sqlite3.Error as error:
            raise self._unusable(str(error)) from None
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            names = self._connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            tables = {row[0] for row in names}
            if not tables:
                self._connection.execute("CREATE TABLE run (key TEXT PRIMARY KEY, value TEXT NOT NULL)")
                self._connection.execute("CREATE TABLE replicate (number INTEGER PRIMARY KEY, value REAL NOT NULL)")
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

    def values(self) -> dict[int, float]:
        """Every finished replicate: index -> value."""
        return dict(self._connection.execute("SELECT number, value FROM replicate ORDER BY number"))

    def put(self, index: int, value: float) -> None:
        """Keep one finished replicate.  Raises InputError if the file cannot be written."""
        try:
            self._connection.execute("INSERT OR IGNORE INTO replicate VALUES (?, ?)", (index, value))
        except sqlite3.Error as error:
            raise self._unusable(str(error)) from None
