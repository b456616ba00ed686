"""What a table is, whoever reads it: names of columns, and blocks of rows that can be read as often as wanted."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ridgeproof.errors import InputError

BLOCK = 4096  # rows
MOST_COLUMNS = 100_000
MISSING = frozenset(("", "na", "n/a", "nan", "null", "none", "?", "-"))
TRUTHS = {"true": 1.0, "false": 0.0}
# What pandas calls the numbers of the rows when it writes them: no input, whatever they correlate with.
_ROW_NUMBERS = re.compile(r"Unnamed: \d+|__index_level_\d+__")


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
    target : str
        The column that is the target when the user names none; empty when the user has to.
    targets : tuple of str
        All columns of a set that are targets, where it has several: none of them is an input of another.
    index : frozenset of int
        Columns that number or name the rows: left out unless one of them is asked for as the target.
    notes : tuple of str
        What was assumed in reading, one line each.
    """

    name: str
    columns: tuple[str, ...]
    blocks: Callable[[frozenset[int]], Iterator[np.ndarray]]
    target: str
    targets: tuple[str, ...] = ()
    index: frozenset[int] = frozenset()
    notes: tuple[str, ...] = ()


def row_numbers(columns: Sequence[str]) -> frozenset[int]:
    """Columns that number or name the rows, as writers of tables call them: a first one without a name, too."""
    return frozenset(i for i, name in enumerate(columns) if _ROW_NUMBERS.fullmatch(name) or (i == 0 and name == ""))


def last_column(columns: Sequence[str], index: frozenset[int]) -> str:
    """The default target: the last column that is no row number."""
    return next((name for i, name in reversed(list(enumerate(columns))) if i not in index), "")


def check_columns(columns: Sequence[str], place: str) -> None:
    """Raise InputError for too many columns, or two of one name."""
    if len(columns) > MOST_COLUMNS:
        raise InputError(f"{len(columns)} columns", where=place, accepted=f"at most {MOST_COLUMNS}")
    if len(set(columns)) < len(columns):
        seen: set[str] = set()
        twice = next(name for name in columns if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise InputError(f"two columns are called {twice!r}", where=place, accepted="one name for each column")


def number(field: str, decimal: str = ".") -> float | None:
    """The number in a field, NaN for one of the ways to write that there is none, None for text.

    ``1_0`` is text: it is an identifier far more often than ten.
    """
    word = field.strip()
    if word.lower() in MISSING:
        return math.nan
    if "_" in word or not word.isascii():  # Python reads digits of all scripts, too
        return None
    if decimal == "," and "," in word:
        if "." in word:
            return None
        word = word.replace(",", ".")
    try:
        return float(word)
    except ValueError:
        return TRUTHS.get(word.lower())


def refuse_text(found: dict[str, list[str]], place: str) -> InputError:
    """The one line about all columns that hold text: name of a column -> some of its texts."""
    name, texts = next(iter(found.items()))
    coded = ""
    if len(texts) == 2:  # yes and no
        coded = f"; code {texts[0][:20]!r} as 0 and {texts[1][:20]!r} as 1, for instance"
    if len(found) == 1:
        what = f"the column {name!r} holds the text {texts[0][:40]!r}"
    else:
        names = ", ".join(repr(column[:30]) for column in list(found)[:8]) + (", ..." if len(found) > 8 else "")
        what, coded = f"{len(found)} columns hold text: {names}", coded and "; code classes as numbers"
    accepted = f"numbers; --drop leaves a column out{coded or '; classes must be coded as numbers'}"
    return InputError(what, where=place, accepted=accepted)
