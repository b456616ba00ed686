"""Input files: read only where they are ordinary files of a sensible size; TOML only where reading it is short work.

Devices and pipes have no end, and some texts of 1 MB cost a parser hours: keys of 100,000 parts, numbers of a million
digits.  They are refused here, before the parser sees them.  Standard library only; every other module may import it.
"""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import files
from .errors import InputError

LARGEST_TEXT = 64 * 2**20  # bytes
LONGEST_NUMBER = 4_000  # digits
MOST_PARTS = 50  # of a dotted key
_QUOTED = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'')
_DIGITS = re.compile(rf"[0-9A-Fa-f_]{{{LONGEST_NUMBER + 1},}}")
_BETWEEN_KEYS = re.compile(r"[=,\[\]{}\n#]")


def ordinary(path: str | Path, *, accepted: str, largest: int | None = LARGEST_TEXT) -> Path:
    """The path of an ordinary file, links followed.

    Raises
    ------
    InputError
        No such file, a directory, device or pipe, a name that is none, or more than ``largest`` bytes.
    """
    place = str(path)
    try:
        found = os.stat(path)
    except FileNotFoundError:
        raise InputError("no such file", where=place, accepted=accepted) from None
    except ValueError:
        raise InputError("not a name of a file", where=place, accepted=accepted) from None
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror}", where=place, accepted=accepted) from None
    if not stat.S_ISREG(found.st_mode):
        kind = "a directory" if stat.S_ISDIR(found.st_mode) else "a device or a pipe"
        raise InputError(f"the file cannot be read: {kind}", where=place, accepted=accepted)
    if largest is not None and found.st_size > largest:
        raise InputError(
            f"a file of {found.st_size / 2**20:.0f} MiB", where=place, accepted=f"at most {largest >> 20} MiB"
        )
    files.given(path, accepted=accepted)
    return Path(path)


def text(path: str | Path, *, accepted: str) -> str:
    """The text of an ordinary file in UTF-8, a byte order mark left out.  Raises InputError."""
    place = ordinary(path, accepted=accepted)
    try:
        return place.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("not a text file", where=str(path), accepted=accepted) from None
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror}", where=str(path), accepted=accepted) from None


def toml(source: str, *, where: str, accepted: str, parse_float: Callable[[str], Any] = float) -> dict[str, Any]:
    """The tables of a TOML text.

    Raises
    ------
    InputError
        Not TOML; a key of more than 50 parts, a number of more than 4000 digits, nesting beyond Python's stack.

    Examples
    --------
    >>> toml("a.b = 1", where="x.toml", accepted="TOML")
    {'a': {'b': 1}}
    """
    bare = _QUOTED.sub("''", source)
    if long := _DIGITS.search(bare):
        raise InputError(f"a number of {len(long[0])} digits", where=where, accepted=f"at most {LONGEST_NUMBER} digits")
    if source.count(".") > MOST_PARTS:
        parts = 1 + max(chunk.count(".") for chunk in _BETWEEN_KEYS.split(bare))
        if parts > MOST_PARTS:
            raise InputError(f"a key of {parts} parts", where=where, accepted=f"at most {MOST_PARTS} parts")
    try:
        return tomllib.loads(source, parse_float=parse_float)
    except (ValueError, RecursionError) as error:
        raise InputError(f"not valid TOML: {error}", where=where, accepted=accepted) from None
