"""Clean rows: one streamed pass over a table gives its statistics and a uniform random sample of its rows.

Rows with a missing or infinite value are left out and counted; constant columns are left out and named; the target is
standardised.  What cannot be treated soundly is refused: a constant target, fewer than two rows, text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ridgeproof.errors import InputError

from .table import BLOCK, Table

LARGEST_SAMPLE = 2 << 30  # bytes
LARGEST_NUMBER = 1e100  # squares, and sums of them, must not overflow
ROUNDING = 32 * np.finfo(float).eps  # a column that varies by less, relative to its size, is a constant and rounding


@dataclass(frozen=True)
class Cleaning:
    """How raw rows become inputs and targets: column indices, shifts and divisors.

    Parameters
    ----------
    kept : ndarray of int, shape (p,)
        Columns that are inputs.
    target : int
        The column that is the target.
    skipped : frozenset of int
        Columns that are never read.
    shift, divisor : ndarray, shape (p,)
        Inputs are (raw - shift)/divisor.
    target_mean, target_deviation : float
        Targets are (raw - mean)/deviation, over all complete rows.
    """

    kept: np.ndarray
    target: int
    skipped: frozenset[int]
    shift: np.ndarray
    divisor: np.ndarray
    target_mean: float
    target_deviation: float

    def apply(self, raw: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Inputs, shape (n, p), and targets, shape (n,), of complete raw rows."""
        inputs = (raw[:, self.kept] - self.shift) / self.divisor
        return inputs, (raw[:, self.target] - self.target_mean) / self.target_deviation


@dataclass(frozen=True)
class Sample:
    """A uniform random sample of the complete rows of a table, cleaned.

    Parameters
    ----------
    inputs : ndarray, shape (N, p)
    targets : ndarray, shape (N,)
        Standardised over the whole table.
    rows : int
        Complete rows of the whole table.
    cleaning : Cleaning
    table : Table
    notes : tuple of str
        What was left out or looks suspicious, one line each.
    """

    inputs: np.ndarray
    targets: np.ndarray
    rows: int
    cleaning: Cleaning
    table: Table
    notes: tuple[str, ...]

    def blocks(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """All complete rows of the table, cleaned, in blocks of (inputs, targets)."""
        for raw in self.table.blocks(self.cleaning.skipped):
            yield self.cleaning.apply(raw[_complete(raw, self.cleaning.skipped)])


def read_sample(
    table: Table,
    *,
    size: int,
    target: str | None = None,
    drop: tuple[str, ...] = (),
    inputs: Literal["standardise", "raw"] | float = "standardise",
    seed: int = 0,
) -> Sample:
    """Read a table once and keep a uniform random sample of its complete rows.

    Parameters
    ----------
    table : Table
    size : int
        Rows wanted, >= 2; all complete rows when there are fewer.
    target : str, optional
        A column's name; the table's own target (the last column of a file) when left out.
    drop : tuple of str
        Columns to leave out.
    inputs : {"standardise", "raw"} or float
        Every column to mean 0 and deviation 1; as they are; or divided by a number.
    seed : int

    Raises
    ------
    InputError
    """
    skipped = frozenset(_column(table, name, "--drop") for name in drop)
    if target is None and table.targets:
        raise InputError(
            f"{len(table.targets)} targets: {', '.join(table.targets)}", where=table.name, accepted="one, by --target"
        )
    aim = _column(table, table.target if target is None else target, "--target")
    if aim in skipped:
        raise InputError(f"the column {table.columns[aim]!r} is the target", where="--drop", accepted="other columns")
    notes = list(table.notes)
    numbers = table.index - {aim} - skipped
    if numbers:
        named = ", ".join(repr(table.columns[i]) for i in sorted(numbers))
        notes.append(f"row numbers or names, no input: the column{'s' * (len(numbers) > 1)} {named} left out")
    others = frozenset(table.columns.index(name) for name in table.targets) - {aim} - skipped
    if others:
        notes.append(f"other targets left out: {', '.join(table.columns[i] for i in sorted(others))}")
    skipped |= numbers | others
    width = len(table.columns)
    if min(size, 10 * BLOCK) * width * 8 > LARGEST_SAMPLE:
        raise InputError(
            f"{size} rows of {width} columns do not fit into memory", where=table.name, accepted="a smaller --reference"
        )
    rng = np.random.default_rng(seed)
    seen = dropped = 0
    mean, spread = np.zeros(width), np.zeros(width)
    low, high = np.full(width, np.inf), np.full(width, -np.inf)
    pool, keys = np.empty((0, width)), np.empty(0)
    gaps = np.zeros(width, dtype=int)
    for raw in table.blocks(skipped):
        gaps += ~np.isfinite(raw).all(axis=0) if raw.size else 0
        whole = raw[_complete(raw, skipped)]
        dropped += len(raw) - len(whole)
        if not len(whole):
            continue
        if np.abs(whole).max(initial=0, where=np.isfinite(whole)) > LARGEST_NUMBER:
            raise InputError(
                "a number beyond 1e100", where=table.name, accepted=f"numbers up to {LARGEST_NUMBER:g} in size"
            )
        # Chan's update of mean and sum of squared deviations.
        own = whole.mean(axis=0)
        spread += ((whole - own) ** 2).sum(axis=0) + (own - mean) ** 2 * seen * len(whole) / (seen + len(whole))
        seen += len(whole)
        mean += (own - mean) * len(whole) / seen
        low, high = np.minimum(low, whole.min(axis=0)), np.maximum(high, whole.max(axis=0))
        # The rows with the smallest of independent uniform keys are a uniform sample without replacement.
        pool, keys = np.concatenate([pool, whole]), np.concatenate([keys, rng.random(len(whole))])
        if len(keys) > size:
            best = np.sort(np.argpartition(keys, size)[:size])  # in the file's order: all rows when they all fit
            pool, keys = pool[best], keys[best]
    if dropped:
        worst = table.columns[int(np.argmax(np.where(np.isin(np.arange(width), list(skipped)), -1, gaps)))]
        notes.append(f"{dropped} of {seen + dropped} rows with a missing value are left out (first look at {worst!r})")
    if seen < 2:
        raise InputError(
            f"{seen} complete row{'s' * (seen != 1)}" + (f", {dropped} with missing values" if dropped else ""),
            where=table.name,
            accepted="at least 2",
        )
    deviation = np.sqrt(spread / seen)
    constant = high - low <= ROUNDING * np.maximum(np.abs(low), np.abs(high))
    if constant[aim]:
        rounding = "" if low[aim] == high[aim] else " up to rounding"
        raise InputError(
            f"the target {table.columns[aim]!r} is {low[aim]:g} in every row{rounding}",
            where=table.name,
            accepted="two values",
        )
    names = [table.columns[j] for j in range(width) if constant[j] and j not in skipped]
    if names:
        more = ", ..." if len(names) > 5 else ""
        rounded = " (up to rounding)" if any(low[j] < high[j] for j in np.flatnonzero(constant)) else ""
        notes.append(
            f"{len(names)} constant column{'s' * (len(names) > 1)} left out{rounded}: {', '.join(names[:5])}{more}"
        )
    kept = np.array([j for j in range(width) if j != aim and j not in skipped and not constant[j]], dtype=int)
    if not kept.size:
        raise InputError("no input column is left", where=table.name, accepted="a column that varies, and the target")
    if inputs == "standardise":
        shift, divisor = mean[kept], deviation[kept]
    else:
        shift, divisor = np.zeros(kept.size), np.full(kept.size, 1.0 if inputs == "raw" else float(inputs))
    cleaning = Cleaning(kept, aim, skipped, shift, divisor, float(mean[aim]), float(deviation[aim]))
    x, y = cleaning.apply(pool)
    if not np.ptp(y):
        raise InputError("the target is the same in every sampled row", where=table.name, accepted="more --reference")
    again = len(x) - len(np.unique(x, axis=0))
    if again:
        notes.append(f"{again} of {len(x)} sampled rows repeat the inputs of another: what their targets disagree on "
                     "counts as noise")  # fmt: skip
    return Sample(x, y, seen, cleaning, table, tuple(notes))


def _complete(raw: np.ndarray, skipped: frozenset[int]) -> np.ndarray:
    """Which rows have a finite number in every column that is read."""
    finite = np.isfinite(raw)
    if skipped:
        finite[:, list(skipped)] = True
    return np.asarray(finite.all(axis=1))


def _column(table: Table, name: str, where: str) -> int:
    if name in table.columns:
        return table.columns.index(name)
    shown = ", ".join(table.columns[:12]) + (", ..." if len(table.columns) > 12 else "")
    raise InputError(f"there is no column {name!r} in {table.name}", where=where, accepted=shown or "a table")
