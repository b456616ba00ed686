"""The fits of a scenario file: their keys, and the shorthand for a fit with one source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from ridgeproof.errors import DomainError, InputError

from .fits import Downstream, Generator, Source
from .spectrum import Spectrum, spectrum_from_mapping

_SOURCE = tuple(f.name for f in fields(Source))
_SHORT = ("labels", "rows", "labels_kept", "covariance")  # in a fit itself: of its one source
_COVARIANCE = ("kind", "dim", "beta", "values", "file")


def check_keys(table: Any, allowed: Sequence[str], required: Sequence[str], where: str) -> None:
    """Raise InputError for what is no table, a key that is not allowed, and a required one that is missing."""
    if not isinstance(table, Mapping):
        raise InputError(
            f"{table!r} is not a table", where=where, accepted="a table with the keys " + ", ".join(allowed)
        )
    for key in table:
        if key not in allowed:
            raise InputError(f"the key {key!r} is unknown", where=where, accepted=", ".join(allowed))
    for key in required:
        if key not in table:
            raise InputError(f"the key '{key}' is missing", where=where, accepted="the keys " + ", ".join(required))


def fit_from_mapping(
    table: Any, kind: type[Generator] | type[Downstream], *, where: str, base_dir: Path, dim: int | float
) -> Generator | Downstream:
    """Read a ``[[generators]]`` table or ``[downstream]``.

    Parameters
    ----------
    table : mapping
    kind : type
        `Generator` or `Downstream`.
    where : str
        The file and the table, for messages.
    base_dir : Path
        Directory that ``file`` of a covariance is relative to.
    dim : int or inf
        Of the spectrum: the dimension of covariances that give none.

    Raises
    ------
    InputError
    """
    own = tuple(f.name for f in fields(kind))
    check_keys(table, (*own, *_SHORT), (), where)
    entries = dict(table)
    short = {key: entries.pop(key) for key in _SHORT if key in entries}
    many = "sources" in entries
    if many and short:
        raise InputError(f"{next(iter(short))!r} beside sources", where=where, accepted="it in each source")
    kept = bool(short.get("labels_kept")) or (isinstance(short.get("labels"), Mapping) and "kept" in short["labels"])
    needed = () if many else ("samples",) if kept else ("samples", "noise")
    check_keys(
        table, (*own, *_SHORT), (*needed, *(("ridge",) if table.get("filter", "ridge") == "ridge" else ())), where
    )
    if short:
        entries["sources"] = [short | {key: entries.pop(key) for key in ("samples", "noise") if key in entries}]
    if "sources" in entries:
        listed, place = entries["sources"], f"{where}.sources"
        if not isinstance(listed, list | tuple) or not listed:
            raise InputError(
                f"{listed!r} is not a list of tables", where=place, accepted="[[downstream.sources]] tables"
            )
        for key in ("samples", "noise"):
            if key in entries:
                raise InputError(f"'{key}' beside sources", where=f"{where}.{key}", accepted=f"the sources' own {key}")
        places = [where] if short else [f"{place}.{i}" for i in range(len(listed))]
        entries["sources"] = tuple(
            _source(source, at, base_dir, dim) for source, at in zip(listed, places, strict=True)
        )
    try:
        return kind(**entries)
    except (InputError, DomainError) as error:
        raise _placed(error, where, ("generator", "downstream")) from None


def _source(table: Any, where: str, base_dir: Path, dim: int | float) -> Source:
    check_keys(table, _SOURCE, ("samples",), where)
    entries = dict(table)
    if "labels_kept" in entries and entries["labels_kept"] is True and "labels" in entries:
        raise InputError("'labels' beside labels_kept", where=f"{where}.labels", accepted="labels_kept alone")
    if "covariance" in entries:
        entries["covariance"] = _covariance(entries["covariance"], f"{where}.covariance", base_dir, dim)
    try:
        return Source(**entries)
    except (InputError, DomainError) as error:
        raise _placed(error, where, ()) from None


def _covariance(table: Any, where: str, base_dir: Path, dim: int | float) -> Spectrum:
    """A covariance: a table as ``[spectrum]``, its dimension that of the spectrum; or a list of eigenvalues."""
    if isinstance(table, list | tuple):
        table = {"kind": "explicit", "values": table}
    check_keys(table, _COVARIANCE, ("kind",), where)
    if table["kind"] != "explicit":
        table = {"dim": dim} | dict(table)
    return spectrum_from_mapping(table, where=where, base_dir=base_dir)


def _placed(error: InputError | DomainError, where: str, own: tuple[str, ...]) -> InputError | DomainError:
    """The error with the place of the file in front of the entry's name."""
    name = error.where
    for word in own:
        name = name.removeprefix(word).removeprefix(".") if name == word or name.startswith(f"{word}.") else name
    return type(error)(error.what, where=f"{where}.{name}" if name else where, accepted=error.accepted)
