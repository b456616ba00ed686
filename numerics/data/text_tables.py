"""Text tables: CSV in the dialects that people have, found out from the first rows and said in a note.

Separators , ; tab | or blanks; decimal commas; UTF-8, UTF-16 and Latin-1; lines of comment; quoted newlines; a header
or none; a separator at the end of every line; row names without a heading; True and False.  Where pyarrow is installed
it reads the plain part, much faster; whatever it refuses goes through the reader below, so that both give the same
numbers (tests/numerics/test_data_dialects.py).
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any

import numpy as np

from ridgeproof.errors import InputError

from .table import (
    BLOCK,
    MISSING,
    TRUTHS,
    Table,
    check_columns,
    last_column,
    number,
    refuse_text,
    row_numbers,
)

LONGEST_LINE = 2**24  # characters of a row of a CSV file
SAMPLE = 2**18  # characters that the dialect is found out from
SAMPLED_ROWS = 200
_ACCEPTED = "a text table: CSV in UTF-8, UTF-16 or Latin-1"
_NEVER, _CLOSED = "a quote is opened and never closed", 'a second " where the field ends'
_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", " ": "blanks"}
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?")
_DECIMAL_POINT = re.compile(r"[+-]?\d*\.\d+(?:[eE][+-]?\d+)?")


@dataclass(frozen=True)
class Dialect:
    """How a text is read: encoding, lines to skip before the first row, separator (a blank: any run of blanks)."""

    encoding: str
    skip: int
    separator: str
    decimal: str = "."


def text_table(path: Path) -> Table:
    """Open a text table.

    Raises
    ------
    InputError
        Binary, empty, too wide, names that repeat; while reading: text where numbers belong, rows of another width, a
        quote that never closes.
    """
    place = str(path)
    encoding, notes = _encoding(path)
    with path.open(newline="", encoding=encoding) as file:
        start = list(islice(_lines(file, place), SAMPLED_ROWS))
    skip = next((i for i, line in enumerate(start) if line.strip() and not line.lstrip().startswith("#")), len(start))
    if skip == len(start):
        raise InputError("the file is empty", where=place, accepted="CSV with at least two rows")
    if any(line.lstrip().startswith("#") for line in start[:skip]):
        notes.append("lines that begin with # are left out")
    _heading_closes(start[skip:], f"{place}, line {skip + 1}")
    separator, rows = _separator(_shortened(start[skip:]))
    body = rows[1:]
    dialect = Dialect(encoding, skip, separator, _decimal(separator, rows))
    first = [" ".join(name.split()) for name in rows[0]]
    header = _is_header(first, dialect.decimal)
    width = Counter(map(len, body)).most_common(1)[0][0] if body else len(first)
    empty_end = header and len(first) > 1 and not first[-1] and not any(_at(row, len(first) - 1) for row in body)
    columns = first[: len(first) - empty_end] if header else [str(i) for i in range(len(first))]
    if empty_end:
        notes.append("the last column has neither name nor value and is left out")
    elif header and width == len(first) + 1 and any(_at(row, len(first)) for row in body):
        columns = ["", *first]  # what R writes: row names, and no heading above them
    check_columns(columns, place)
    if separator not in ",\t" or dialect.decimal == ",":
        notes.append(f"read with {_NAMES[separator]} between columns" + ", decimal commas" * (dialect.decimal == ","))
    if any(field.strip().lower() in TRUTHS for row in body for field in row):
        notes.append("True is read as 1, False as 0")
    index = row_numbers(columns)

    def blocks(wanted_not: frozenset[int]) -> Iterator[np.ndarray]:
        done = 0
        # pyarrow counts lines where we count rows: a heading of several lines is left to the reader below.
        if separator != " " and not any("\n" in name for name in rows[0]):
            for block in _by_pyarrow(path, dialect, columns, header, bool(empty_end), wanted_not):
                if block is None:
                    break
                done += len(block)
                yield block
            else:
                return
        yield from _by_hand(path, dialect, columns, header, wanted_not, done)

    return Table(place, tuple(columns), blocks, last_column(columns, index), index=index, notes=tuple(notes))


def _heading_closes(lines: Sequence[str], where: str) -> None:
    """Refuse a first row whose quote is open to the end of the sample: it would swallow the table."""
    marks = 0
    for line in lines:
        marks += line.count('"')
        if marks % 2 == 0:
            return
    raise InputError(_NEVER, where=where, accepted=_CLOSED)


def _at(row: Sequence[str], i: int) -> str:
    return row[i].strip() if len(row) > i else ""


def _encoding(path: Path) -> tuple[str, list[str]]:
    """The encoding of a whole file, and what to say of it."""
    place = str(path)
    with path.open("rb") as file:
        start = file.read(4)
    name, notes = "utf-8", list[str]()
    if start.startswith(codecs.BOM_UTF8):
        name = "utf-8-sig"
    elif start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name, notes = "utf-16", ["read as UTF-16"]
    if not _decodes(path, name):
        if name != "utf-8" or not _decodes(path, "cp1252"):
            raise InputError("not a text file", where=place, accepted=_ACCEPTED)
        name, notes = "cp1252", ["not UTF-8: read as Latin-1 (Windows-1252)"]
    return name, notes


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(2**20):
                if re.search(r"[\x00-\x08\x0e-\x1f]", decoder.decode(chunk)):
                    return False
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


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


def _shortened(lines: list[str]) -> list[str]:
    """The first lines, SAMPLE characters of them or one."""
    kept, size = list[str](), 0
    for line in lines:
        size += len(line)
        if kept and size > SAMPLE:
            break
        if kept and line.lstrip().startswith("#"):
            continue
        kept.append(line)
    return kept


def _rows_of(lines: Sequence[str], separator: str) -> list[list[str]]:
    if separator == " ":
        return [fields for line in lines if (fields := line.split())]
    try:
        return [fields for fields in csv.reader(lines, delimiter=separator, skipinitialspace=True) if fields]
    except csv.Error:
        return []


def _separator(lines: list[str]) -> tuple[str, list[list[str]]]:
    """The separator under which rows, header and body, are most alike, then most numeric, then widest."""
    best: tuple[tuple[float, float, float], str, list[list[str]]] | None = None
    for separator in ",;\t| ":
        rows = _rows_of(lines, separator)
        if not rows:
            continue
        body = rows[1:] or rows
        width, often = Counter(map(len, body)).most_common(1)[0]
        like_header = width - len(rows[0]) in (-1, 0, 1)
        fields = [field for row in body for field in row]
        numbers = sum(number(field) is not None or number(field, ",") is not None for field in fields) / len(fields)
        alike = often / len(body) if like_header and max(width, len(rows[0])) > 1 else 0.0
        score = (round(alike, 1), round(numbers, 2), width)
        if best is None or score > best[0]:
            best = (score, separator, rows)
    return (best[1], best[2]) if best else (",", [[line.strip()] for line in lines])


def _decimal(separator: str, rows: list[list[str]]) -> str:
    if separator == ",":
        return "."
    fields = [field.strip() for row in rows for field in row]
    commas = any(_DECIMAL_COMMA.fullmatch(field) for field in fields)
    return "," if commas and not any(_DECIMAL_POINT.fullmatch(field) for field in fields) else "."


def _is_header(first: list[str], decimal: str) -> bool:
    """Whether the first row holds names: some text, or no number at all but words such as NA (sodium, too)."""
    values = [number(field, decimal) for field in first]
    if any(value is None for value in values):
        return True
    return any(first) and not any(re.search(r"\d|inf", field, re.IGNORECASE) for field in first)


def _records(path: Path, dialect: Dialect) -> Iterator[tuple[int, list[str]]]:
    """(line, fields) of every row, the header's too."""
    place = str(path)
    with path.open(newline="", encoding=dialect.encoding) as file:
        lines = islice(_lines(file, place), dialect.skip, None)
        if dialect.separator == " ":
            for i, line in enumerate(lines, dialect.skip + 1):
                if line.strip() and not line.lstrip().startswith("#"):
                    yield i, line.split()
            return
        quotes = 0
        started = dialect.skip + 1
        between = True  # no row is open: a line of comment may stand here

        def counted() -> Iterator[str]:
            nonlocal quotes, between
            for line in lines:
                marks = line.count('"')
                if between and not marks and line.lstrip().startswith("#"):
                    yield "\n"
                    continue
                quotes += marks
                between = quotes % 2 == 0
                yield line

        reader = csv.reader(counted(), delimiter=dialect.separator, skipinitialspace=True)
        place_of_row = f"{place}, line {dialect.skip + 1}"
        try:
            for fields in reader:
                at = dialect.skip + reader.line_num
                if at - started > 1 and quotes % 2:
                    raise InputError(_NEVER, where=place_of_row, accepted=_CLOSED)
                if fields:
                    yield at, fields
                quotes, started, between, place_of_row = 0, at, True, f"{place}, line {at + 1}"
        except csv.Error as error:
            if quotes % 2 or "field larger" in str(error):
                raise InputError(_NEVER, where=place_of_row, accepted=_CLOSED) from None
            raise InputError(f"not a CSV file: {error}", where=place, accepted=_ACCEPTED) from None


def _by_hand(
    path: Path, dialect: Dialect, columns: Sequence[str], header: bool, skip: frozenset[int], done: int
) -> Iterator[np.ndarray]:
    """Blocks by the standard library, after ``done`` rows that were read already."""
    place, records = str(path), _records(path, dialect)
    if header:
        next(records, None)
    rows, texts, where = list[list[float]](), dict[str, list[str]](), ""
    for line, fields in islice(records, done, None):
        if len(fields) == len(columns) + 1 and not fields[-1].strip():
            fields = fields[:-1]
        if len(fields) != len(columns):
            raise InputError(
                f"{len(fields)} fields", where=f"{place}, line {line}", accepted=f"{len(columns)} as in the first line"
            )
        row = list[float]()
        for i, field in enumerate(fields):
            value = np.nan if i in skip else number(field, dialect.decimal)
            if value is None:
                seen = texts.setdefault(columns[i], [])
                where = where or f"{place}, line {line}"
                if field.strip() not in seen and len(seen) < 4:
                    seen.append(field.strip())
                value = np.nan
            row.append(value)
        rows.append(row)
        if len(rows) == BLOCK:
            if texts:
                raise refuse_text(texts, where)
            yield np.array(rows)
            rows = []
    if texts:
        raise refuse_text(texts, where)
    if rows:
        yield np.array(rows)


def _by_pyarrow(
    path: Path, dialect: Dialect, columns: Sequence[str], header: bool, empty_end: bool, skip: frozenset[int]
) -> Iterator[np.ndarray | None]:
    """Blocks by pyarrow; None, and no more, where it is absent or refuses what comes."""
    try:
        import pyarrow
        from pyarrow import csv as arrow
    except ImportError:
        yield None
        return
    names = [str(i) for i in range(len(columns) + empty_end)]
    wanted = [str(i) for i in range(len(columns)) if i not in skip]
    words = {form for word in MISSING for form in (word, word.upper(), word.capitalize(), word.title())} | {"NaN"}
    encoding = {"utf-8-sig": "utf-8", "cp1252": "windows-1252"}.get(dialect.encoding, dialect.encoding)
    try:
        reader: Any = arrow.open_csv(
            str(path),
            arrow.ReadOptions(
                use_threads=False, skip_rows=dialect.skip + header, column_names=names, encoding=encoding
            ),
            arrow.ParseOptions(delimiter=dialect.separator, newlines_in_values=True),
            arrow.ConvertOptions(
                column_types=dict.fromkeys(wanted, pyarrow.float64()),
                include_columns=wanted,
                null_values=sorted(words),
                decimal_point=dialect.decimal,
            ),
        )
        for batch in reader:
            for start in range(0, batch.num_rows, BLOCK):
                part = batch.slice(start, BLOCK)
                block = np.full((part.num_rows, len(columns)), np.nan)
                for name in wanted:
                    block[:, int(name)] = part.column(name).to_numpy(zero_copy_only=False)
                yield block
    except (pyarrow.ArrowException, UnicodeDecodeError, ValueError, OSError):
        yield None
