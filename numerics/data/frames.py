"""Data frames and arrays as tables: what a notebook has at hand, by what it offers and not by where it comes from."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ridgeproof.errors import InputError

from .table import BLOCK, TRUTHS, Table, check_columns, last_column, refuse_text, row_numbers
from .tables import of_arrays, open_table

ACCEPTED = (
    "a data frame (pandas, polars, pyarrow), a mapping of columns, an array whose last column is the target, a pair "
    "(X, y), a file or the name of a bundled set"
)


def table_of(source: Any, target: Any = None) -> tuple[Table, str | None]:
    """A table of whatever holds one, and the name of its target where one was asked for.

    Parameters
    ----------
    source : data frame, mapping of columns, array of shape (N, p), pair (X, y), path or name
    target : str, int, or array of shape (N,), optional
        The name of a column (of an array: its index), or the values themselves.

    Raises
    ------
    InputError
        Nothing of the kind, text, several targets (named), shapes that do not fit.
    """
    if isinstance(source, Table):
        return source, _one_name(target)
    if isinstance(source, str | os.PathLike):
        return open_table(os.fspath(source)), _one_name(target)
    if isinstance(source, tuple | list) and len(source) == 2 and target is None and np.ndim(source[0]) == 2:
        source, target = source
    if isinstance(source, Mapping) and {"data", "target"} <= set(source):  # scikit-learn's Bunch
        target = source["target"] if target is None else target
        source = source["data"]
    columns = _columns(source)
    if isinstance(target, list | tuple) and len(target) == 1 and isinstance(target[0], str):
        target = target[0]
    if target is None or isinstance(target, str | int | np.integer):
        return _of_columns(columns), None if target is None else _one_name(target)
    names, values = _targets(target)
    if len(names) > 1:
        raise InputError(f"{len(names)} targets: {', '.join(names)}", where="target", accepted="one")
    inputs = _matrix(columns)
    if len(values) != len(inputs):
        raise InputError(f"{len(values)} targets for {len(inputs)} rows", where="target", accepted="one a row")
    name = names[0] if names[0] not in columns else f"{names[0]} (target)"
    return of_arrays("data", inputs, values, list(columns), [name]), None


def _one_name(target: Any) -> str | None:
    if target is None or isinstance(target, str):
        return target
    if isinstance(target, int | np.integer) and not isinstance(target, bool):
        return str(target)
    if isinstance(target, Sequence) and all(isinstance(name, str) for name in target):
        if len(target) == 1:
            return str(target[0])
        raise InputError(f"{len(target)} targets: {', '.join(target)}", where="target", accepted="one")
    raise InputError(f"a {type(target).__name__}", where="target", accepted="the name of a column")


def _columns(source: Any) -> dict[str, Any]:
    """Name -> values, of any holder of columns."""
    if isinstance(source, Mapping):
        names, values = [str(name) for name in source], list(source.values())
    elif hasattr(source, "column_names") and hasattr(source, "column"):  # pyarrow
        names, values = list(source.column_names), [source.column(i) for i in range(len(source.column_names))]
    elif hasattr(source, "iloc"):  # pandas: by place, as names may repeat
        joined = [" ".join(map(str, name)) if isinstance(name, tuple) else str(name) for name in source.columns]
        names, values = joined, [source.iloc[:, i] for i in range(len(joined))]
    elif hasattr(source, "columns") and hasattr(source, "get_column"):  # polars
        names, values = list(source.columns), [source.get_column(name) for name in source.columns]
    else:
        try:
            array = np.asarray(source)
        except (ValueError, TypeError):
            array = np.empty(0)
        if array.ndim != 2 or array.dtype.kind not in "biufO":
            what = f"an array of shape {array.shape}, type {array.dtype}" if array.size else type(source).__name__
            raise InputError(what, where="data", accepted=ACCEPTED)
        names, values = [str(i) for i in range(array.shape[1])], list(array.T)
    check_columns(names, "data")
    return dict(zip(names, values, strict=True))


def _floats(values: Any) -> np.ndarray | list[str]:
    """A column as float64, NaN where it has gaps; or some of its texts."""
    if hasattr(values, "to_numpy") and not isinstance(values, np.ndarray):
        for options in ({"dtype": float, "na_value": np.nan}, {"zero_copy_only": False}, {}):
            try:
                values = values.to_numpy(**options)
                break
            except (TypeError, ValueError):
                continue
    array = np.asarray(values)
    if array.dtype.kind in "biuf" and array.ndim == 1:
        return array.astype(float)
    if array.dtype.kind in "OUST" and array.ndim == 1:
        found, texts = np.full(len(array), np.nan), list[str]()
        for i, value in enumerate(array.tolist()):
            if value is None or value != value:
                continue
            if isinstance(value, str):
                word = TRUTHS.get(value.lower())
                if word is None and value not in texts:
                    texts.append(value)
                found[i] = np.nan if word is None else word
            else:
                try:
                    found[i] = float(value)
                except (TypeError, ValueError):
                    texts.append(str(value))
            if len(texts) > 3:
                return texts
        return texts or found
    return [f"of type {array.dtype}" if array.ndim == 1 else f"an array of shape {array.shape}"]


def _of_columns(columns: dict[str, Any]) -> Table:
    """A table of columns in memory; text is refused when it is read, so that it can be dropped."""
    names = tuple(columns)
    index = row_numbers(names)
    known: dict[int, np.ndarray | list[str]] = {}

    def blocks(skip: frozenset[int]) -> Iterator[np.ndarray]:
        wanted = [i for i in range(len(names)) if i not in skip]
        for i in wanted:
            if i not in known:
                known[i] = _floats(columns[names[i]])
        texts = {names[i]: found for i in wanted if isinstance(found := known[i], list)}
        if texts:
            raise refuse_text(texts, "data")
        rows = {len(known[i]) for i in wanted}
        if len(rows) > 1:
            raise InputError(f"columns of {min(rows)} to {max(rows)} rows", where="data", accepted="one length")
        size = rows.pop() if rows else 0
        for start in range(0, size, BLOCK):
            block = np.full((min(BLOCK, size - start), len(names)), np.nan)
            for i in wanted:
                block[:, i] = known[i][start : start + BLOCK]
            yield block

    return Table("data", names, blocks, last_column(names, index), index=index)


def _matrix(columns: dict[str, Any]) -> np.ndarray:
    found = {name: _floats(values) for name, values in columns.items()}
    texts = {name: values for name, values in found.items() if isinstance(values, list)}
    if texts:
        raise refuse_text(texts, "data")
    lengths = {len(values) for values in found.values()}
    if len(lengths) != 1:
        raise InputError(f"columns of lengths {sorted(lengths)[:5]}", where="data", accepted="one length, one column")
    return np.column_stack(list(found.values()))


def _targets(target: Any) -> tuple[list[str], np.ndarray]:
    """Names and values, shape (N,) or (N, k), of targets given as values."""
    if isinstance(target, Sequence) and target and all(isinstance(name, str) for name in target):
        return list(target), np.empty(0)
    if hasattr(target, "columns") or hasattr(target, "column_names") or np.ndim(target) == 2:
        columns = _columns(target)
        return list(columns), _matrix(columns)[:, 0] if len(columns) == 1 else np.empty(0)
    name = getattr(target, "name", None)
    values = _floats(target)
    if isinstance(values, list):
        raise refuse_text({str(name or "target"): values}, "target")
    return [str(name) if name is not None else "target"], values
