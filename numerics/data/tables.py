"""Tables of numbers, read in blocks: text, NPY, NPZ, Parquet, and scikit-learn's bundled sets by name.

A table (`table.Table`) is its columns' names and a function that yields blocks of rows, float64, NaN where a value is
missing; it can be read as often as wanted and is never held whole, so that files larger than memory can be used.  Text
has a file of its own (`text_tables`), and so have data frames and arrays (`frames`).
"""

from __future__ import annotations

import math
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ridgeproof import reading
from ridgeproof.errors import InputError

from .table import BLOCK, Table, check_columns, last_column, refuse_text, row_numbers
from .text_tables import text_table

BUNDLED = ("digits", "diabetes", "breast_cancer", "wine", "iris", "linnerud")
# What NumPy, ast, tokenize, zipfile and zlib say of damaged files has no common base: whatever loading one raises.
DAMAGED = Exception
LARGEST_ARCHIVE = 2 << 30  # bytes of an NPZ archive's arrays, which are read whole
_READ = "a .csv, .npy, .npz or .parquet file, or one of " + ", ".join(BUNDLED)


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
    text = dict.fromkeys((".csv", ".tsv", ".txt", ".dat", ".data"), text_table)
    readers = {**text, ".npy": _npy, ".npz": _npz, ".parquet": _parquet}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise InputError("no file of a kind that can be read, nor a bundled set", where=source, accepted=_READ)
    try:
        return reader(reading.ordinary(path, accepted=_READ, largest=None))
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror or error}", where=source, accepted=_READ) from None


def of_arrays(
    name: str,
    inputs: np.ndarray,
    target: np.ndarray,
    columns: Sequence[str],
    targets: Sequence[str] = ("target",),
) -> Table:
    """A table of inputs, shape (N, p), and targets, shape (N,) or (N, k), in memory.  Raises InputError."""
    goals = target.reshape(len(target), -1)
    names = (*columns, *targets)
    check_columns(names, name)

    def blocks(skip: frozenset[int]) -> Iterator[np.ndarray]:
        for i in range(0, len(inputs), BLOCK):
            yield np.column_stack([inputs[i : i + BLOCK], goals[i : i + BLOCK]]).astype(float)

    one = len(targets) == 1
    return Table(name, names, blocks, targets[0] if one else "", () if one else tuple(targets))


def _bundled(name: str) -> Table:
    try:
        from sklearn import datasets
    except ImportError:
        raise InputError(
            "the bundled sets need scikit-learn", where=name, accepted="pip install 'ridgeproof[data]', or a file"
        ) from None
    loaded = getattr(datasets, f"load_{name}")()
    columns = [str(column) for column in loaded.feature_names]
    targets = [str(one) for one in loaded.target_names] if loaded.target.ndim == 2 else ["target"]
    return of_arrays(name, loaded.data, loaded.target, columns, targets)


def _npy(path: Path) -> Table:
    place, accepted = str(path), "a two-dimensional array of real numbers, the target in its last column"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of headers by older writers: they are read all the same
            array = np.load(path, mmap_mode="r", allow_pickle=False)
    except DAMAGED as error:
        reason = str(error).split(". ")[0]  # what follows is advice to trust the file
        raise InputError(f"not a plain NPY file: {reason}", where=place, accepted=accepted) from None
    if not isinstance(array, np.ndarray):
        raise InputError("an archive of arrays", where=place, accepted=f"{accepted}; archives are called .npz")
    if array.ndim != 2 or array.dtype.kind not in "biuf":
        raise InputError(f"an array of shape {array.shape}, type {array.dtype}", where=place, accepted=accepted)
    columns = tuple(str(i) for i in range(array.shape[1]))
    check_columns(columns, place)

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
    if target.ndim == 2 and target.shape[1] > 1:
        raise InputError(
            f"{target.shape[1]} targets, the columns 0 to {target.shape[1] - 1} of {names[1]}",
            where=place,
            accepted="one target",
        )
    if target.ndim == 2:
        target = target.reshape(-1)
    if not numeric or inputs.ndim != 2 or target.shape != inputs.shape[:1]:
        raise InputError(
            f"{names[0]} of shape {inputs.shape}, type {inputs.dtype}, {names[1]} of shape {target.shape}, "
            f"type {target.dtype}",
            where=place,
            accepted=f"{accepted}, all real numbers",
        )
    return of_arrays(place, inputs, target, [str(i) for i in range(inputs.shape[1])])


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
    except (pyarrow.ArrowException, OSError) as error:
        raise InputError(f"not a Parquet file: {error}", where=place, accepted="a Parquet file") from None
    columns = tuple(schema.names)
    check_columns(columns, place)
    index = row_numbers(columns) | frozenset(columns.index(name) for name in _pandas_index(schema) if name in columns)

    def numeric(kind: Any) -> bool:
        types = pyarrow.types
        plain = types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind) or types.is_null(kind)
        return bool(plain or types.is_decimal(kind))

    def blocks(skip: frozenset[int]) -> Iterator[np.ndarray]:
        texts = {
            field.name: [f"of type {field.type}"]
            for i, field in enumerate(schema)
            if i not in skip and not numeric(field.type)
        }
        if len(texts) == 1:
            raise InputError(
                f"the column {next(iter(texts))!r} is {next(iter(texts.values()))[0]}",
                where=place,
                accepted="numbers; --drop leaves a column out; classes must be coded as numbers",
            )
        if texts:
            raise refuse_text(texts, place)
        wanted = [name for i, name in enumerate(columns) if i not in skip]
        try:
            with parquet.ParquetFile(path) as file:
                for batch in file.iter_batches(batch_size=BLOCK, columns=wanted):
                    block = np.full((batch.num_rows, len(columns)), math.nan)
                    for name in wanted:
                        column = batch.column(name).cast(pyarrow.float64(), safe=False)
                        block[:, columns.index(name)] = column.to_numpy(zero_copy_only=False)
                    yield block
        except (pyarrow.ArrowException, KeyError, OSError) as error:
            raise InputError(f"a damaged Parquet file: {error}", where=place, accepted="a Parquet file") from None

    return Table(place, columns, blocks, last_column(columns, index), index=index)


def _pandas_index(schema: Any) -> list[str]:
    """The columns that pandas wrote its index to, by the note that it left in the file."""
    import json

    try:
        described = json.loads((schema.metadata or {}).get(b"pandas", b"{}"))
        return [name for name in described.get("index_columns", ()) if isinstance(name, str)]
    except (ValueError, AttributeError, TypeError):
        return []
