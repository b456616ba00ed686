"""``-o FILE`` of every command that prints: what would be printed goes into a file, in the format of its ending."""

from __future__ import annotations

import argparse
import contextlib
import io
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from ridgeproof import files
from ridgeproof.errors import InputError

FORMATS = {
    ".csv": "csv", ".json": "json", ".md": "markdown", ".mml": "mathml", ".py": "python", ".tex": "latex",
    ".txt": "text",
}  # fmt: skip
OTHERS = (  # endings that promise a format which is not written here
    ".docx", ".feather", ".gif", ".htm", ".html", ".ipynb", ".jpeg", ".jpg", ".npy", ".npz", ".ods", ".parquet", ".pdf",
    ".pkl", ".png", ".ps", ".svg", ".toml", ".tsv", ".xls", ".xlsx", ".xml", ".yaml", ".yml", ".zip",
)  # fmt: skip
OWN = ("completion", "examples")  # these write no table


def add_option(name: str, parser: argparse.ArgumentParser) -> None:
    """Add ``-o`` to a subcommand that has none of its own."""
    if "-o" in parser._option_string_actions or name in OWN:
        return
    formats = next((a.choices for a in parser._actions if a.dest == "format"), None)
    known = tuple(formats) if formats else ("text", "json") if "--json" in parser._option_string_actions else ("text",)
    endings = ", ".join(ending for ending, form in FORMATS.items() if form in known)
    parser.add_argument("-o", dest="into", metavar="FILE", help=f"write into FILE; its ending is the format: {endings}")
    parser.set_defaults(formats=known)


@contextlib.contextmanager
def into(arguments: argparse.Namespace) -> Iterator[None]:
    """While the block runs: standard output goes into the file that ``-o`` names, if it names one; whole or not at all.

    Raises
    ------
    InputError
        An ending that asks for a format which the command does not have, or a file that cannot be written.
    """
    name = getattr(arguments, "into", None)
    if name is None:
        yield
        return
    others = [value for key, value in vars(arguments).items() if key != "into"]
    given = [x for value in others for x in (value if isinstance(value, list) else [value])]
    names = [str(x) for x in given if isinstance(x, str | Path)]
    inputs = [x for x in names if len(x) < 4096 and "\0" not in x and os.path.isfile(x)]
    files.target(name, inputs=inputs)
    _choose(arguments, name)
    text = _Text()
    with contextlib.redirect_stdout(text):
        yield
    files.write(name, text.getvalue())


class _Text(io.StringIO):
    encoding = "utf-8"  # the file's: what chooses signs by the encoding of standard output may use all of them


def _choose(arguments: argparse.Namespace, name: str) -> None:
    """Take the format from the ending, unless one was given."""
    ending = Path(name).suffix.lower()
    form = FORMATS.get(ending)
    chosen = "json" if getattr(arguments, "json", False) else getattr(arguments, "format", "text")
    if ending in OTHERS:
        what = f"no {Path(name).suffix} form of this"
        raise InputError(what, where=f"-o {name}", accepted=_endings(arguments.formats))
    if form is None or chosen == form or (chosen != "text" and form == "text"):
        return
    if form not in arguments.formats:
        raise InputError(f"no {form} form of this", where=f"-o {name}", accepted=_endings(arguments.formats))
    if chosen != "text":
        raise InputError(f"{chosen} was asked for", where=f"-o {name}", accepted=_endings((chosen,)))
    if hasattr(arguments, "format"):
        arguments.format = form
    if form == "json":
        arguments.json = True


def _endings(formats: Iterable[str]) -> str:
    return f"a name that ends in {', '.join(ending for ending, form in FORMATS.items() if form in formats)}"
