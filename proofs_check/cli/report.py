"""``ridgeproof report``: one HTML page, to be read offline."""

from __future__ import annotations

import argparse
import json
from typing import Any

from ridgeproof import files, reading
from ridgeproof.errors import InputError

from . import claims, options, selection

FIGURES = ("planted", "caught", "equivalent", "escaped")


def add(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "report",
        help="the ledger as one HTML page, to be read offline",
        description="Verify the claims asked for, all of them when none is named, and write one self-contained page,\n"
        "DIR/index.html, beside the ledger and the certificates. The exit status is that of `verify`.",
        epilog="example: ridgeproof report -o report examples/my_claims.py link clean-ridge",
    )
    parser.add_argument("claims", metavar="ID|FILE.py", nargs="*", help="ids of claims, or files that define some")
    parser.add_argument("-o", dest="directory", metavar="DIR", required=True, help="write the page here")
    parser.add_argument("--level", choices=("fast", "full"), default="fast", help="how much is computed (default fast)")
    options.add_store(parser)
    parser.add_argument("--audit", metavar="FILE.json", help="the figures of `ridgeproof audit --json`, to be shown")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Verify, and write the page; the exit status of `verify`."""
    audit = _audit(arguments.audit) if arguments.audit is not None else None
    files.folder(arguments.directory)  # before the work, not after it
    ledger, judged = claims.judged(arguments, lambda: selection.asked_for(arguments.claims))
    from ..report import write

    print(write(ledger, judged, arguments.directory, audit))
    return 1 if ledger.failed else 3 if ledger.undecided else 0


def _faults(escaped: Any) -> bool:
    """Whether this is a list of faults as ``audit`` prints them, a text for each of their parts."""
    return isinstance(escaped, list) and all(
        isinstance(fault, dict) and all(isinstance(value, str | int | float | None) for value in fault.values())
        for fault in escaped
    )


def _audit(file: str) -> dict[str, Any]:
    """Return the document of an audit, after a look at whether it is one."""
    try:
        document = json.loads(reading.text(file, accepted="what `ridgeproof audit --json` prints"))
    except InputError:
        raise
    except (ValueError, RecursionError) as error:
        raise InputError(f"not JSON: {error}", where=file, accepted="what `ridgeproof audit --json` prints") from error
    counts = isinstance(document, dict) and all(type(document.get(key)) is int for key in FIGURES[:3])
    if not counts or not _faults(document.get("escaped")):
        raise InputError("not an audit", where=file, accepted=f"a JSON object with {', '.join(FIGURES)}")
    return document
