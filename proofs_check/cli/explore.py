"""``ridgeproof explore``: a page with sliders, to be played with offline."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

from ridgeproof import files


def add(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "explore",
        help="a page with sliders: error against ridge, stopping time, real rows and T, phase diagram, exact exponents",
        description="Write one self-contained page and open it in the browser; with -o write it only.\n"
        "It needs no server and no network, and `#beta=3/2&r=1/2` after its address sets the sliders.",
        epilog="example: ridgeproof explore -o page.html",
    )
    parser.add_argument("scenario", nargs="?", metavar="SCENARIO.toml", help="where the sliders stand at first")
    parser.add_argument("-o", "--output", metavar="FILE.html", help="write the page here and do not open it")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the page, and open it unless a file was asked for."""
    from ..explore import page

    start: dict[str, str] = {}
    if arguments.scenario is not None:
        from ridgeproof.numerics.problem.scenario import load_scenario

        from ..explore.values import values

        start = values(load_scenario(arguments.scenario))
    if arguments.output is not None:
        files.target(arguments.output)
        files.write(arguments.output, page(start))
        print(f"written to {arguments.output}")
        return 0
    import webbrowser

    place = Path(tempfile.mkdtemp(prefix="ridgeproof-")) / "explore.html"
    files.write(place, page(start))
    opened = webbrowser.open(place.as_uri())
    print(f"{'opened' if opened else 'no browser found; open this file in one:'} {place}")
    return 0
