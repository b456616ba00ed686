"""Standard output and error as the command sees them: a terminal obeys nothing of it, and breaks no number."""

from __future__ import annotations

import re
import shutil
import sys
from typing import IO, Any, Protocol

from ridgeproof.words import terminal

from .tables import cells_of


class Line(Protocol):
    """A line that stands for a command of which a terminal has seen nothing yet."""

    def over(self) -> None:
        """Take it away."""


unheard: list[Line] = []


def hush() -> None:
    """Something else is shown now: take the line away."""
    while unheard:
        unheard.pop().over()


class Shown:
    """Standard output or error as the command sees it: whatever is printed there, a terminal obeys none of it.

    Newlines and tabs go through; other control characters, reordering marks and surrogates are shown as escapes,
    wherever they came from (see `ridgeproof.words.terminal`).  ``raw`` is the stream itself, for what is ours:
    colours and the line of progress.  Standard error that cannot be written to is no reason to stop.  With ``folds``,
    lines longer than the terminal are broken between words, where a terminal would break them inside of numbers.
    """

    def __init__(self, raw: IO[str]) -> None:
        self.raw = raw
        self.folds = False

    def write(self, text: str) -> int:
        """Write what a terminal may show of the text."""
        hush()
        clean = terminal(text, keep="\n\t")
        if self.folds and self.raw.isatty():
            width = max(shutil.get_terminal_size().columns, 1)
            clean = "\n".join(fitted(line, width) for line in clean.split("\n"))
        try:
            self.raw.write(clean)
        except OSError:
            if self.raw is not sys.__stderr__:
                raise
        return len(text)

    def flush(self) -> None:
        """Flush the stream."""
        try:
            self.raw.flush()
        except OSError:
            if self.raw is not sys.__stderr__:
                raise

    def __getattr__(self, name: str) -> Any:
        return getattr(self.raw, name)


def raw_of(stream: Any) -> Any:
    """The stream itself."""
    return stream.raw if isinstance(stream, Shown) else stream


def fitted(line: str, width: int) -> str:
    """A line broken between words, what follows indented by two more; a word longer than the width stays whole.

    >>> print(fitted("  relabelling multiplies it by 6.35e+03", 36))
      relabelling multiplies it by
        6.35e+03
    """
    if cells_of(line) <= width:
        return line
    lead = line[: len(line) - len(line.lstrip())]
    lines, now = [], lead
    for part in re.findall(r"\S+\s*", line):
        if now.strip() and cells_of((now + part).rstrip()) > width:
            lines.append(now.rstrip())
            now = f"{lead}  "
        now += part
    return "\n".join([*lines, now.rstrip()])
