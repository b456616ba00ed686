"""Tables of numbers, read in blocks: CSV, NPY, NPZ, Parquet, and scikit-learn's bundled sets by name.

A table is its columns' names and a function that yields blocks of rows, float64, NaN where a value is missing; it can
be read as often as wanted and is never held whole, so that files larger than memory can be used.
"""

from __future__ import annotations

import csv
import math
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from ridgeproof.errors import InputError

BUNDLED = ("digits", "diabetes", "breast_cancer", "wine", "iris")
BLOCK = 4096  # rows
LONGEST_LINE = 2**24  # characters of a row of a CSV file
MOST_COLUMNS = 100_000
DAMAGED = (  # what NumPy and zipfile say of files that are not what their names promise, encrypted ones included
    ValueError, EOFError, RuntimeError, NotImplementedError, KeyError, TypeError, OverflowError, SyntaxError,
    AssertionError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
LARGEST_ARCHIVE = 2 << 30  # bytes of an NPZ archive's arrays, which are read whole
MISSING = frozenset(("", "na", "n/a", "nan", "null", "none", "?", "-"))
_READ = "a .csv, .npy, .npz or .parquet file, or one of " + ", ".join(BUNDLED)


@dataclass(frozen=True)
class Table:
    """A table that can be streamed.

    Parameters
    ----------
    name : str
        The file or the set, for messages.
    columns : tuple of str
        p names.
    blocks : callable
        () -> iterator of float64 arrays of shape (rows, p), NaN where a value is missing.  The argument ``skip`` is a
        set of column indices that are not wanted, and come back as NaN, so that text in them does no harm.
    target : str, optional
        The column that is the target when the user names none.
    """

    name: str
    columns: tuple[str, ...]
    blocks: Callable[[frozenset[int]], Iterator[np.ndarray]]
    target: str


def open_table(source: str) -> Table:
    """Open a file by its ending, or one of the bundled sets by its name.

    Raises
    ------
    InputError
        No such file, an unknown kind, a damaged file, or a package that is needed and not installed.
    """
    if source in BUNDLED:
        return _bundled(source)
    path = Path(source)
    readers = {".csv": _csv, ".tsv": _csv, ".npy": _npy, ".npz": _npz, ".parquet": _parquet}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise InputError("no file of a kind that can be read, nor a bundled set", where=source, accepted=_READ)
    if not path.is_file():
        raise InputError("no such file", where=source, accepted=_READ)
    try:
        return reader(path)
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror or error}", where=source, accepted=_READ) from None


def _not_too_wide(columns: int, place: str) -> None:
    if columns > MOST_COLUMNS:
        raise InputError(f"{columns} columns", where=place, accepted=f"at most {MOST_COLUMNS}")


def _of_arrays(name: str, inputs: np.ndarray, target: np.ndarray, columns: Sequence[str]) -> Table:
    def blocks(skip: frozenset[int]) -> Iterator[np.ndarray]:
        for i in range(0, len(inputs), BLOCK):
            yield np.column_stack([inputs[i : i + BLOCK], target[i : i + BLOCK]]).astype(float)

    return Table(name, (*columns, "target"), blocks, "target")


def _bundled(name: str) -> Table:
    try:
        from sklearn import datasets
    except ImportError:
        raise InputError(
            "the bundled sets need scikit-learn", where=name, accepted="pip install 'ridgeproof[data]', or a file"
        ) from None
    loaded = getattr(datasets, f"load_{name}")()
    return _of_arrays(name, loaded.data, loaded.target, [str(column) for column in loaded.feature_names])


def _csv(path: Path) -> Table:
    place = str(path)
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            start = next(_lines(file, place), "")
    except UnicodeDecodeError:
        raise InputError("not a text file", where=place, accepted="CSV in UTF-8") from None
    if not start.strip():
        raise InputError("the file is empty", where=place, accepted="CSV with at least two rows")
    delimiter = max(",;\t", key=start.count)
    try:
        first = [field.strip() for field in next(csv.reader([start], delimiter=delimiter))]
    except csv.Error as error:
        raise InputError(f"not a CSV file: {error}", where=place, accepted="CSV in UTF-8") from None
    _not_too_wide(len(first), place)
    header = any(_number(field) is None for field in first)
    columns = tuple(first) if header else tuple(str(i) for i in range(len(first)))
    if header and len(set(columns)) < len(columns):
        twice = next(column for column in columns if columns.count(column) > 1)
        raise InputError(f"two columns are called {twice!r}", where=place, accepted="one name for each column")

    def blocks(skip: frozenset[int]) -> Iterator[np.ndarray]:
        rows: list[list[float]] = []
        with path.open(newline="", encoding="utf-8-sig") as file:
            lines = csv.reader(_lines(file, place), delimiter=delimiter)
            try:
                if header:
                    next(lines, None)
                for fields in lines:
                    if fields:
                        rows.append(_row(fields, columns, skip, f"{place}, line {lines.line_num}"))
                    if len(rows) == BLOCK:
                        yield np.array(rows)
                        rows = []
            except (csv.Error, UnicodeDecodeError) as error:
                raise InputError(f"not a CSV file: {error}", where=place, accepted="CSV in UTF-8") from None
        if rows:
            yield np.array(rows)

    return Table(place, columns, blocks, columns[-1])


def _lines(file: IO[str], place: str) -> Iterator[str]:
    """The lines of a text, none of them longer than a row of a table can be."""
    number = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise InputError(
                f"line {number} is longer than {LONGEST_LINE >> 20} MiB", where=place, accepted="CSV, a row a line"
            )
        yield line


def _row(fields: list[str], columns: tuple[str, ...], skip: frozenset[int], where: str) -> list[float]:
    if len(fields) != len(columns):
        raise InputError(f"{len(fields)} fields", where=where, accepted=f"{len(columns)} as in the first line")
    whole = "".join(fields)
    if whole.isascii() and "_" not in whole:
        try:
            return [float(field) for field in fields]
        except ValueError:
            pass
    row = []
    for i, field in enumerate(fields):
        value = math.nan if i in skip else _number(field)
        if value is None:
            raise InputError(
                f"the column {columns[i]!r} holds the text {field[:40]!r}",
                where=where,
                accepted="numbers; --drop leaves a column out; classes must be coded as numbers",
            )
        row.append(value)
    return row


def _number(field: str) -> float | None:
    """The number in a field, NaN for one of the ways to write that there is none, None for text."""
    if field.strip().lower() in MISSING:
        return math.nan
    if not field.isascii() or "_" in field:  # Python reads digits of all scripts, and 1_000
        return None
    try:
        return float(field)
    except ValueError:
        return None


def _npy(path: Path) -> Table:
    place, accepted = str(path), "a two-dimensional array of real numbers, the target in its last column"
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except DAMAGED as error:
        raise InputError(f"not a plain NPY file: {error}", where=place, accepted=accepted) from None
    if not isinstance(array, np.ndarray) or array.ndim != 2 or array.dtype.kind not in "biuf":
        raise InputError(f"an array of shape {array.shape}, type {array.dtype}", where=place, accepted=accepted)
    _not_too_wide(array.shape[1], place)
    columns = tuple(str(i) for i in range(array.shape[1]))

    def blocks(skip: frozenset[int]) -> Iterator[np.ndarray]:
        for i in range(0, len(array), BLOCK):
            yield np.array(array[i : i + BLOCK], dtype=float)

    return Table(place, columns, blocks, columns[-1] if columns else "")


def _npz(path: Path) -> Table:
    place, accepted = str(path), "arrays X (rows, columns) and y (rows), or data and target"
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
        if size > LARGEST_ARCHIVE:
            raise InputError(
                f"arrays of {size / 2**30:.1f} GiB, which an NPZ file cannot stream",
                where=place,
                accepted=f"at most {LARGEST_ARCHIVE >> 30} GiB, or .npy, .csv or .parquet, which are read in blocks",
            )
        with np.load(path, allow_pickle=False) as loaded:
            names = next((pair for pair in (("X", "y"), ("data", "target")) if set(pair) <= set(loaded.files)), None)
            if names is None:
                raise InputError(f"the arrays {', '.join(loaded.files)}", where=place, accepted=accepted)
            inputs, target = loaded[names[0]], loaded[names[1]]
    except DAMAGED as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"not a plain NPZ file: {error}", where=place, accepted=accepted) from None
    if not isinstance(inputs, np.ndarray) or not isinstance(target, np.ndarray):
        raise InputError(f"{names[0]} or {names[1]} is no array", where=place, accepted=accepted)
    numeric = inputs.dtype.kind in "biuf" and target.dtype.kind in "biuf"
    if not numeric or inputs.ndim != 2 or target.shape != inputs.shape[:1]:
        raise InputError(
            f"{names[0]} of shape {inputs.shape}, type {inputs.dtype}, {names[1]} of shape {target.shape}, "
            f"type {target.dtype}",
            where=place,
            accepted=f"{accepted}, all real numbers",
        )
    _not_too_wide(inputs.shape[1], place)
    return _of_arrays(place, inputs, target, [str(i) for i in range(inputs.shape[1])])


def _parquet(path: Path) -> Table:
    place = str(path)
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise InputError(
            "Parquet files need pyarrow", where=place, accepted="pip install 'ridgeproof[data]', or CSV, NPY, NPZ"
        ) from None
    try:
        schema = parquet.read_schema(path)
    except pyarrow.ArrowException as error:
        raise InputError(f"not a Parquet file: {error}", where=place, accepted="a Parquet file") from None
    columns = tuple(schema.names)
    if len(set(columns)) < len(columns):
        twice = next(column for column in columns if columns.count(column) > 1)
        raise InputError(f"two columns are called {twice!r}", where=place, accepted="one name for each column")
    _not_too_wide(len(columns), place)

    def numeric(kind: Any) -> bool:
        types = pyarrow.types
        return bool(types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind) or types.is_null(kind))

    def blocks(skip: frozenset[int]) -> Iterator[np.ndarray]:
        for i, field in enumerate(schema):
            if i not in skip and not numeric(field.type):
                raise InputError(
                    f"the column {field.name!r} is of type {field.type}",
                    where=place,
                    accepted="numbers; --drop leaves a column out; classes must be coded as numbers",
                )
        wanted = [name for i, name in enumerate(columns) if i not in skip]
        with parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=BLOCK, columns=wanted):
                block = np.full((batch.num_rows, len(columns)), math.nan)
                for name in wanted:
                    column = batch.column(name).cast(pyarrow.float64(), safe=False)
                    block[:, columns.index(name)] = column.to_numpy(zero_copy_only=False)
                yield block

    return Table(place, columns, blocks, columns[-1] if columns else "")
