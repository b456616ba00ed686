"""``ridgeproof examples DIR``: the example files, copied to where they can be run and changed."""

from __future__ import annotations

import argparse
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from ridgeproof.errors import InputError


def add(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "examples",
        help="copy the example files into a directory",
        description="Copy scenario files, laws, claim files and scripts into a directory that is new or empty.",
        epilog="example: ridgeproof examples tryout && ridgeproof predict tryout/power-law.toml",
    )
    parser.add_argument("directory", metavar="DIR", type=Path, help="a directory that is new or empty")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Copy, and say what there is to read first."""
    place: Path = arguments.directory
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise InputError(f"{place} exists", where="examples", accepted="a directory that is new or empty")
    face = resources.files("ridgeproof")
    source = face / "examples"
    if not source.is_dir():  # an editable install: the face lies in src/ of the source tree
        source = Path(str(face)).parent.parent / "examples"
    count = _copy(source, place)
    print(f"{count} files in {place}; start with {place / 'README.md'}")
    return 0


def _copy(source: Traversable, target: Path) -> int:
    target.mkdir(parents=True, exist_ok=True)
    count = 0
    for entry in source.iterdir():
        if entry.is_dir():
            count += 0 if entry.name == "__pycache__" else _copy(entry, target / entry.name)
        elif not entry.name.endswith(".pyc"):
            (target / entry.name).write_bytes(entry.read_bytes())
            count += 1
    return count
