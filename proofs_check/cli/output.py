"""What the command prints: JSON documents, tables, blocks of numbers, and progress on standard error."""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

from ridgeproof.words import message, terminal

from ..verdicts import finite
from .streams import Shown as Shown
from .streams import hush, raw_of, unheard
from .tables import fold, layout

WIDTH = 110  # columns of a paragraph at most
NARROWEST = 12  # columns: words are not folded into less than this
PATIENCE = 2.0  # seconds before progress is shown
AT_ONCE = 0.5  # seconds, where work of many seconds has been asked for
BEAT = 0.2  # seconds between two states of a line on a terminal
READABLE = 40  # characters of an exact rational that a reader may want to see


def plain(value: Any, digits: int | None = None) -> Any:
    """Return a number, or a nested list or mapping of numbers, as JSON can carry it without loss.

    Fractions and mpmath numbers become strings (``"3/5"``, ``"0.20986..."`` with all `digits`), infinities ``"inf"``
    and ``"-inf"``, "not a number" null; ordinary floats and integers stay numbers.

    Parameters
    ----------
    value : number, str, None, or nested tuples, lists and dictionaries of them
    digits : int, optional
        Significant digits of mpmath numbers; 15 when left out.
    """
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, dict):
        return {key: plain(item, digits) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item, digits) for item in value]
    if isinstance(value, Fraction):
        return str(value)
    if hasattr(value, "_mpf_"):
        return _high_precision(value, digits or 15)
    return finite(float(value))


def _high_precision(value: Any, digits: int) -> str | None:
    import mpmath

    if mpmath.isnan(value):
        return None
    if mpmath.isinf(value):
        return "inf" if value > 0 else "-inf"
    if value == 0:
        return "0"
    return str(mpmath.nstr(value, digits, strip_zeros=False, min_fixed=-6, max_fixed=max(digits, 15)))


def short(value: Any, digits: int | None = None) -> str:
    """Return a number for a reader: six significant digits of a float, all `digits` of a high-precision number,
    and an exact rational as itself, with its decimal value, when that is short enough to be read."""
    if value is None:
        return "–"
    if isinstance(value, Fraction):
        if value.denominator == 1:
            return str(value)
        return f"{_decimal(value)} = {value}" if len(str(value)) <= READABLE else _decimal(value)
    if hasattr(value, "_mpf_"):
        return str(_high_precision(value, digits or 15))
    return f"{value:.6g}"


def _decimal(value: Fraction) -> str:
    import mpmath

    with mpmath.workdps(25):
        return str(mpmath.nstr(mpmath.mpf(value.numerator) / value.denominator, 15))


def write_json(document: Any, digits: int | None = None) -> None:
    """Print one JSON document on standard output (see :func:`plain`)."""
    print(json.dumps(plain(document, digits), indent=2, ensure_ascii=False, allow_nan=False))


def write_block(rows: Iterable[tuple[str, ...]], indent: str = "") -> None:
    """Print rows of words in aligned columns; the last is never padded, and on a terminal folded between words."""
    table = [tuple(map(terminal, row)) for row in rows]
    columns = max(map(len, table), default=0)
    widths = [max((len(row[i]) for row in table if len(row) > i + 1), default=0) for i in range(columns)]
    for row in table:
        cells = [cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=False)]
        lead = indent + "".join(f"{cell}  " for cell in cells)
        room = screen_width() - len(lead) if sys.stdout.isatty() else 0
        first, *more = fold(row[-1], room) if room >= NARROWEST else [row[-1]]
        print("\n".join([(lead + first).rstrip(), *(" " * len(lead) + line for line in more)]))


def write_table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[str] = ()) -> None:
    """Print a table: fitted to the terminal and in colour on a terminal, whole and plain anywhere else (`tables`).

    Parameters
    ----------
    columns : sequence of str
        The headings.
    rows : iterable of sequences of str
        The cells, printed as they are (no markup).
    right : sequence of str, optional
        The headings of the columns that are set flush right.
    """
    write_lines(table_lines(columns, rows, right=right))


def table_lines(columns: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[str] = ()) -> list[str]:
    """The lines of a table as `write_table` prints it."""
    live = sys.stdout.isatty()
    unicode = str(getattr(sys.stdout, "encoding", "") or "").lower().startswith("utf")
    return layout(
        columns,
        rows,
        right=right,
        width=screen_width() if live else None,
        colour=live and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb",
        rule="─" if unicode else "-",
    )


def write_lines(lines: Iterable[str]) -> None:
    """Print lines of `table_lines`: the cells are clean already, and the colours are ours."""
    hush()
    stream = raw_of(sys.stdout)
    for line in lines:
        stream.write(f"{line}\n")


def write_columns(words: Sequence[str]) -> None:
    """Print words in as many columns as the terminal has room for, downwards."""
    widest = max(map(len, words)) + 2
    count = max(1, (screen_width() + 2) // widest)
    rows = -(-len(words) // count)
    for i in range(rows):
        print("".join(word.ljust(widest) for word in words[i::rows]).rstrip())


def fold_prose(arguments: Any) -> None:
    """Have sentences folded on a terminal; documents, which are copied from there, stay as they are."""
    document = getattr(arguments, "json", False) or getattr(arguments, "format", "text") != "text"
    if isinstance(sys.stdout, Shown):
        sys.stdout.folds = not document and not getattr(arguments, "as_written", False)


def screen_height() -> int:
    """Return how many lines the terminal has; a file has no end."""
    return shutil.get_terminal_size().lines if sys.stdout.isatty() else sys.maxsize


def write_words(text: str, indent: str = "", hang: str = "") -> None:
    """Print a paragraph: folded between words at the terminal's width, and at WIDTH anywhere else."""
    room = min(screen_width(), WIDTH) if sys.stdout.isatty() else WIDTH
    first, *rest = fold(terminal(text), max(room - len(indent), NARROWEST))
    more = fold(" ".join(rest), max(room - len(hang), NARROWEST)) if rest else []
    print("\n".join([f"{indent}{first}", *(f"{hang}{line}" for line in more)]))


def screen_width() -> int:
    """Return how many columns the terminal has."""
    return max(shutil.get_terminal_size().columns, 1)


def note(line: str) -> None:
    """Print a warning on standard error."""
    print(f"ridgeproof: {message(line)}", file=sys.stderr)


@contextmanager
def _after(seconds: float, function: Callable[..., None], *arguments: Any) -> Iterator[None]:
    """While the block runs: call a function, once, if it is not over by then."""
    timer = threading.Timer(seconds, function, arguments)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@contextmanager
def heard() -> Iterator[None]:
    """While the block runs: a terminal that has seen nothing of it for half a second is told that it works."""
    if not sys.stderr.isatty():
        yield
        return
    line = Progress("", AT_ONCE, "working ...")
    unheard.append(line)
    try:
        with _after(AT_ONCE, line.again):
            yield
    finally:
        hush()


@contextmanager
def patience(what: str) -> Iterator[None]:
    """While the block runs: say on standard error what takes so long.

    A terminal sees it after half a second, and it is wiped away; elsewhere it is a line after two seconds.
    """
    if sys.stderr.isatty():
        with working(what, f"{what} ..."):
            yield
        return
    with _after(PATIENCE, note, f"{what} ..."):
        yield


def progress(what: str) -> Callable[[int, int | None], None]:
    """Return a function of (done, total) that reports on standard error once the work has taken two seconds.

    A terminal is told after half a second, for there the line is wiped away.
    On a terminal it keeps one line up to date; otherwise it writes a line each time the waiting time has doubled.
    """
    line = Progress(what, AT_ONCE if sys.stderr.isatty() else PATIENCE)

    return with_estimate(line.report)


def with_estimate(
    report: Callable[[int, int | None, float | None], None],
) -> Callable[[int, int | None], None]:
    """Return a function of (done, total) that tells ``report`` how long the rest will last, from one fifth on."""
    started = time.monotonic()

    def told(done: int, total: int | None = None) -> None:
        left = None
        if total and total <= 5 * done < 5 * total:  # the first fifth says nothing of the rest
            left = (time.monotonic() - started) * (total - done) / done
        report(done, total, left)

    return told


@contextmanager
def working(
    what: str, first: str, patience: float = AT_ONCE, sure: bool = True
) -> Iterator[Callable[[int, int | None, float | None], None]]:
    """While the block runs: say from the first half second on what is done, and how long the rest will last.

    Parameters
    ----------
    what : what is counted.
    first : what is done before anything is counted.
    patience : seconds before anything is shown.
    sure : whether nothing more can be refused; else only a terminal, where it is wiped away, sees ``first``.

    Yields
    ------
    callable
        A function of (done, total, left): left in seconds, None as long as that cannot be said.
    """
    line = Progress(what, patience, first if sure or sys.stderr.isatty() else "")
    stop = threading.Event()

    def beat() -> None:
        while not stop.wait(AT_ONCE):
            line.again()

    threading.Thread(target=beat, daemon=True).start()
    try:
        yield line.report
    finally:
        stop.set()
        line.clear()


class Progress:
    """One line on standard error: kept up to date on a terminal, elsewhere written when the waiting time has doubled.

    Parameters
    ----------
    what : what is counted.
    patience : seconds before anything is shown.
    first : what is shown before anything has been counted.
    """

    def __init__(self, what: str, patience: float, first: str = "") -> None:
        self.what, self.first = what, first
        self.started = time.monotonic()
        self.due, self.shown = self.started + patience, False
        self.live = sys.stderr.isatty()
        self.done, self.total, self.left, self.said = 0, None, None, self.started  # what was reported last, and when
        self.lock = threading.Lock()
        self.stream = sys.stderr

    done: int
    total: int | None
    left: float | None

    def report(self, done: int, total: int | None = None, left: float | None = None) -> None:
        """So much is done."""
        self.done, self.total, self.left, self.said, self.first = done, total, left, time.monotonic(), ""
        if total is not None and done >= total:
            self.clear()
        else:
            self.again()

    def again(self) -> None:
        """Show the line where it is time to."""
        with self.lock:
            now = time.monotonic()
            if now < self.due or (self.total is not None and self.done >= self.total):
                return
            nothing_new = self.shown if self.first or self.total is not None else True
            if not self.live and not self.done and nothing_new:
                return
            if self not in unheard:
                hush()
            self.shown = True
            self.due = now + (BEAT if self.live else max(now - self.started, AT_ONCE))
            if not self.live:
                print(f"ridgeproof: {message(self._line(now))}", file=self.stream)
                return
            raw = raw_of(self.stream)
            raw.write(f"\r\x1b[K{terminal(self._line(now))[: screen_width() - 1]}")
            raw.flush()

    def _line(self, now: float) -> str:
        if self.first:
            return self.first
        line = f"{self.done}/{self.total} {self.what}" if self.total else f"{self.done} {self.what}"
        if self.left is not None:
            line += f", about {max(self.left - (now - self.said), 1):.0f} s left"
        return line

    def over(self) -> None:
        """Take the line from the terminal, for good."""
        with self.lock:
            self.due = float("inf")
        self.clear()

    def clear(self) -> None:
        """Take the line from the terminal."""
        with self.lock:
            if self.live and self.shown:
                raw = raw_of(self.stream)
                raw.write("\r\x1b[K")
                raw.flush()
                self.shown = False
