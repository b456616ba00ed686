"""Text from outside, made fit for a terminal: control characters, reordering marks, surrogates are shown, not obeyed.

Standard library only; every other module may import it.  The escapes are those of JSON (``\\u001b``), so that a JSON
document whose strings hold such characters still says the same after it has passed through here.
"""

from __future__ import annotations

import re
import unicodedata

_OBEYED = re.compile(
    "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]|\\r(?!\\n)"
)
_FORMULA = re.compile(r"[=@\t\r]|[+-](?![\d.]|inf)")
LONGEST_MESSAGE = 300  # characters of a message, which is one line
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def terminal(text: str, keep: str = "") -> str:
    """Text as a terminal may show it.

    Parameters
    ----------
    text : str
        Anything: a name from a file, a path, a line of somebody's making.
    keep : str
        Characters that are the writer's own and go through, such as newlines between lines.

    Returns
    -------
    str
        Without control and format characters (ESC, newline, U+202E, U+200B), surrogates, unassigned code points and
        other line separators: each is written as its escape.

    Examples
    --------
    >>> print(terminal("red \\x1b[31m\\u202e gnp.exe"))
    red \\u001b[31m\\u202e gnp.exe
    """
    if text.isprintable():
        return text
    return "".join(map(_line, text.splitlines(keepends=True), [keep] * len(text)))


def _line(line: str, keep: str) -> str:
    body = line.rstrip("\n") if "\n" in keep else line
    if body.isprintable():
        return line
    return "".join(c if c in keep or unicodedata.category(c) not in _HIDDEN else _escape(c) for c in line)


def _escape(character: str) -> str:
    code = ord(character)
    if code < 0x10000:
        return f"\\u{code:04x}"
    return f"\\u{0xD800 + ((code - 0x10000) >> 10):04x}\\u{0xDC00 + ((code - 0x10000) & 0x3FF):04x}"


def filed(text: str) -> str:
    """Text for a file that somebody may print to a terminal: what a terminal would obey is written as its escape.

    Fewer than in `terminal`, for files have readers of their own: control characters but newline and tab, and marks
    that reorder a line.  In JSON, in TOML and in Python's strings the escapes say the same.

    Examples
    --------
    >>> filed("red \x1b[31m, 2\u2062x\r\n") == "red \\u001b[31m, 2\u2062x\r\n"
    True
    """
    return _OBEYED.sub(lambda found: _escape(found[0]), text)


def cell(value: object) -> object:
    """A value for a table that spreadsheets open: words that they would take for a formula begin with an apostrophe.

    Examples
    --------
    >>> cell("=HYPERLINK(1)"), cell("-3/2"), cell(2.5)
    ("'=HYPERLINK(1)", '-3/2', 2.5)
    """
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def clipped(text: str, longest: int) -> str:
    """The text, its middle left out where it is longer than ``longest`` characters."""
    if len(text) <= longest:
        return text
    tail = longest // 4
    return f"{text[: longest - tail - 3]}...{text[len(text) - tail :]}"


def message(what: str, where: str = "", accepted: str = "") -> str:
    """``where: what (accepted: ...)`` in one line of at most 300 characters that a terminal can show."""
    what, where, accepted = (terminal(" ".join(part.split())) for part in (what, where, accepted))

    def line() -> str:
        return (f"{where}: {what}" if where else what) + (f" (accepted: {accepted})" if accepted else "")

    excess = len(line()) - LONGEST_MESSAGE
    if excess > 0:  # what is wrong is the longest of the three more often than not
        what = clipped(what, max(len(what) - excess, 90))
        where = clipped(where, 90)
        excess = len(line()) - LONGEST_MESSAGE
        accepted = clipped(accepted, max(len(accepted) - max(excess, 0), 60))
    return line()
