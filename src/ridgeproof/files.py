"""Output files: each is written beside its place and renamed into it, whole or not at all, and never over an input.

``target`` and ``folder`` are asked before the work: what could not be written afterwards is refused then.  ``write``
is the one function that writes.  What a command reads, in ``one_run``, is ``given``: also a file that only another
input names is then never written.  Standard library only; every other module may import it.
"""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from .errors import InputError
from .words import filed

Content = str | bytes | Callable[[BinaryIO], object]
Names = frozenset[object]


@dataclass
class _Run:
    """The files that one command has read, and those that it is going to write."""

    read: set[object] = field(default_factory=set)
    promised: set[object] = field(default_factory=set)


_run: ContextVar[_Run | None] = ContextVar("run", default=None)


@contextlib.contextmanager
def one_run() -> Iterator[None]:
    """While the block runs: no file that is read in it is written in it, in whatever order the two are asked for.

    Outside such a block (in a notebook, which may well write a scenario again that it has read) only ``inputs`` counts.
    """
    before = _run.set(_Run())
    try:
        yield
    finally:
        _run.reset(before)


def given(path: str | Path, *, accepted: str) -> None:
    """Note a file that is read.  Raises InputError where it is one that this run is going to write."""
    run = _run.get()
    if run is None:
        return
    names = _names(path)
    run.read |= names  # also where this is refused, and the refusal costs one claim of many: it is not written then
    if names & run.promised:
        raise InputError("the output would replace this input", where=str(path), accepted=accepted)


def _names(path: str | Path) -> Names:
    """What tells a file from others: its place, links followed; and itself, which may have several places."""
    place = os.path.realpath(path)
    try:
        found = os.stat(place)
    except OSError:  # not there as yet
        return frozenset([place])
    return frozenset([place, (found.st_dev, found.st_ino)])


def target(path: str | Path, *, inputs: Iterable[str | Path] = (), where: str = "-o") -> Path:
    """A file that is to be written later on.

    Parameters
    ----------
    path : str or Path
        Its folder has to exist.
    inputs : paths
        Files that the work reads: none of them may be the target.
    where : str
        The option, for the message.

    Raises
    ------
    InputError
        No such folder or one that takes no files, a directory, device or pipe of that name, a file that is write
        protected or is one of the inputs.
    """
    place = Path(path)
    name = f"{where} {path}" if where else str(path)
    try:
        if not place.name or "\0" in str(path) or place.is_dir():
            raise InputError("not a name of a file", where=name, accepted="the name of a file to write")
        if not place.parent.is_dir():
            raise InputError(
                f"there is no directory {str(place.parent)!r}", where=name, accepted="an existing directory"
            )
        if place.exists():
            if not stat.S_ISREG(place.stat().st_mode):
                raise InputError("a device or a pipe", where=name, accepted="an ordinary file, new or to be replaced")
            if not os.access(place, os.W_OK):
                raise InputError("the file is write protected", where=name, accepted="a file that may be replaced")
            if any(_same(place, source) for source in inputs):
                raise InputError("the output would replace an input", where=name, accepted="another file")
        _promise(place, name)
        if not os.access(_beside(place), os.W_OK | os.X_OK):
            raise InputError(
                f"the directory {str(_beside(place))!r} cannot be written to",
                where=name,
                accepted="a directory of yours",
            )
    except OSError as error:  # too long a name, for instance
        raise InputError(error.strerror or "not a usable name", where=name, accepted="the name of a file") from None
    return place


def _promise(place: Path, where: str) -> None:
    run = _run.get()
    if run is None:
        return
    names = _names(place)
    if names & run.read:
        raise InputError("the output would replace an input", where=where, accepted="another file")
    run.promised |= names


def folder(path: str | Path, *, where: str = "-o") -> Path:
    """A folder that is to be filled later on; it is made where there is none, and refused where nothing can be put."""
    place = Path(path)
    name = f"{where} {path}"
    try:
        if "\0" in str(path):
            raise InputError("not a name of a directory", where=name, accepted="a directory, new or existing")
        run = _run.get()
        if run is not None and _names(place) & run.promised:
            raise InputError("a file of this name is written, too", where=name, accepted="another directory")
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        raise InputError(
            error.strerror or "not a usable directory", where=name, accepted="a directory that can be written to"
        ) from None
    return place


def write(path: str | Path, content: Content) -> Path:
    """Write a file whole, or leave what is there as it is.

    Parameters
    ----------
    path : str or Path
        An existing file keeps its permissions; a link keeps pointing to the file that is replaced.
    content : str, bytes or callable
        Text is written in UTF-8, lone surrogates and what a terminal would obey as escapes; a callable gets the open
        binary file.

    Raises
    ------
    InputError
        Naming the file: no space left, a name that cannot be used, a folder that is gone.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     write(Path(place) / "note.txt", "whole").read_text()
    'whole'
    """
    place = Path(path)
    final = Path(os.path.realpath(place))
    run = _run.get()
    if run is not None:
        names = _names(final)
        if names & run.read:
            raise InputError("the output would replace an input", where=str(path), accepted="another file")
        run.promised -= names  # written: it may be read from now on
    part = _beside(place) / f".{final.name[:100]}.{os.getpid()}.part"
    try:
        try:
            with part.open("wb") as file:
                if callable(content):
                    content(file)
                else:
                    data = content if isinstance(content, bytes) else filed(content).encode("utf-8", "backslashreplace")
                    file.write(data)
                file.flush()
                os.fsync(file.fileno())
            if final.exists():
                os.chmod(part, stat.S_IMODE(final.stat().st_mode))
            os.replace(part, final)
        except BaseException:
            with contextlib.suppress(OSError):
                part.unlink()
            raise
    except OSError as error:
        raise InputError(
            f"cannot be written: {error.strerror or error}", where=str(path), accepted="a place with room for the file"
        ) from None
    return place


def _same(place: Path, source: str | Path) -> bool:
    try:
        return os.path.samefile(place, source)
    except (OSError, ValueError):  # an input that is not there, or no name of a file
        return False


def _beside(place: Path) -> Path:
    """The folder of the file itself, links followed."""
    return Path(os.path.realpath(place)).parent
