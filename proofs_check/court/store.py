"""The store of judged claims: one small JSON file for each proof and each confrontation, named by what it depends on.

Nothing in it is believed for being there.  A file is read only if it is the user's own, of a sensible size and of
exactly the expected form; certificates go through the kernel again, and statements are compared with the claim.  What
does not pass is ignored, and the claim is judged anew.  A store that cannot be written to costs the reuse alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from ridgeproof import files
from ridgeproof.errors import InputError

FORMAT = "ridgeproof-judged/1"
LARGEST = 32 * 2**20  # bytes of one entry
MOST = 3000  # entries; the oldest go first

Key = dict[str, str]


def usual() -> Path:
    """The folder in the user's cache: $XDG_CACHE_HOME where that is absolute, else ~/.cache; a user without a home
    has none, and nothing is kept."""
    given = os.environ.get("XDG_CACHE_HOME", "")
    home = os.path.expanduser("~")
    base = Path(given) if os.path.isabs(given) else Path(home if os.path.isabs(home) else os.devnull) / ".cache"
    return base / "ridgeproof" / "judged"


class Store:
    """A folder of judgements.

    Parameters
    ----------
    folder : Path
        Made when the first entry is written.
    fresh : bool
        Read nothing, write all the same.
    """

    def __init__(self, folder: Path, fresh: bool = False) -> None:
        self.folder, self.fresh = folder, fresh
        self.broken: str = ""  # why nothing can be written
        self.refused: list[str] = []  # files that are there and are not used, each with the reason

    def get(self, key: Key) -> tuple[Any, float] | None:
        """What is stored under a key, with the seconds that it took; None where there is nothing to be used."""
        if self.fresh:
            return None
        file = self.folder / _name(key)
        try:
            document = _read(file)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValueError, RecursionError) as error:
            self.refuse(key, f"{type(error).__name__}: {error}")
            return None
        fine = (
            isinstance(document, dict)
            and document.keys() == {"format", "key", "seconds", "value", "sum"}
            and document["format"] == FORMAT
            and document["key"] == key
            and type(document["seconds"]) in (int, float)
            and 0 <= document["seconds"] < float("inf")
            and document["sum"] == _sum(document["value"])
        )
        if not fine:
            self.refuse(key, "not an entry of this key")
            return None
        return document["value"], float(document["seconds"])

    def refuse(self, key: Key, why: str) -> None:
        """Note that an entry is not used."""
        self.refused.append(f"{self.folder / _name(key)}: {' '.join(why.split()):.200}")

    def put(self, key: Key, value: Any, seconds: float) -> None:
        """Store a value of plain data; what cannot be stored is left out."""
        if self.broken:
            return
        try:
            if not self.folder.is_dir():
                self.folder.mkdir(parents=True, mode=0o700, exist_ok=True)
            document = {"format": FORMAT, "key": key, "seconds": round(seconds, 4), "value": value, "sum": _sum(value)}
            files.write(self.folder / _name(key), json.dumps(document, ensure_ascii=True, allow_nan=False))
        except (TypeError, ValueError, RecursionError):
            return
        except (InputError, OSError) as error:
            self.broken = str(error)

    def tidy(self) -> None:
        """Forget the oldest entries where there are too many."""
        with suppress(OSError):
            entries = [e for e in os.scandir(self.folder) if len(e.name) == 69 and e.name.endswith(".json")]
            for entry in sorted(entries, key=lambda e: e.stat().st_mtime)[: max(0, len(entries) - MOST)]:
                os.unlink(entry.path)


def _read(file: Path) -> Any:
    """The JSON document of an ordinary file of ours; links are not followed."""
    handle = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(handle, "rb") as opened:
        found = os.fstat(opened.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise ValueError("no ordinary file")
        if hasattr(os, "geteuid") and found.st_uid != os.geteuid():
            raise ValueError("the file is somebody else's")
        if found.st_mode & stat.S_IWOTH:
            raise ValueError("anybody may write to the file")
        if found.st_size > LARGEST:
            raise ValueError(f"{found.st_size} bytes")
        return json.loads(opened.read(LARGEST + 1), parse_constant=_no_constant)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _name(key: Key) -> str:
    return hashlib.sha256(_plain(key)).hexdigest() + ".json"


def _sum(value: Any) -> str:
    return hashlib.sha256(_plain(value)).hexdigest()


def _plain(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode()


def texts(value: Any) -> bool:
    """Whether a value is a list of texts."""
    return isinstance(value, list) and all(isinstance(x, str) for x in value)


def lines(refused: Iterable[str]) -> str:
    """One line on entries that were not used."""
    refused = list(refused)
    more = f", and {len(refused) - 1} more" if len(refused) > 1 else ""
    return f"not used, judged anew: {refused[0]}{more}"
