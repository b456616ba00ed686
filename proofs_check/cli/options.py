"""Types of the command's options: each turns a word into a value or says in one line what it accepts."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable

from ridgeproof.errors import InputError

MAXIMAL_DIGITS = 1000


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """Return an argparse type for whole numbers from `least` to `most`, in every form that a number may have."""

    def read(text: str) -> int:
        number = int(text) if re.fullmatch(r"[0-9]{1,20}", text, re.ASCII) else _whole(text)
        if number is None or not least <= number <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {least} to {most}")
        return number

    return read


def _whole(text: str) -> int | None:
    from ridgeproof.numerics.problem.numbers import integer

    try:
        return integer(text, where="")
    except InputError:
        return None


def letters(text: str) -> str:
    """An argparse type for the name of an environment."""
    if not re.fullmatch(r"[A-Za-z]{1,40}", text, re.ASCII):
        raise argparse.ArgumentTypeError(f"{text!r:.60} is not a name of letters, such as theorem")
    return text


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add ``--json``."""
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")


def add_store(parser: argparse.ArgumentParser) -> None:
    """Add ``--store DIR`` and ``--fresh``."""
    parser.add_argument(
        "--store", metavar="DIR", help="where judged claims are kept for the next time (default: the user's cache)"
    )
    parser.add_argument("--fresh", action="store_true", help="judge every claim anew, whatever the store has")


def add_digits(parser: argparse.ArgumentParser) -> None:
    """Add ``--digits N``."""
    parser.add_argument(
        "--digits",
        metavar="N",
        type=whole_number(1, MAXIMAL_DIGITS),
        help=f"compute to N significant digits, 1 to {MAXIMAL_DIGITS} (otherwise in double precision)",
    )


def add_scenario(parser: argparse.ArgumentParser) -> None:
    """Add the scenario file and ``--set KEY=VALUE``."""
    parser.add_argument("scenario", metavar="SCENARIO.toml", help="spectrum, target, generators and downstream fit")
    parser.add_argument(
        "--set",
        dest="overrides",
        metavar="KEY=VALUE",
        action="append",
        default=[],
        help="override one entry of the scenario, e.g. downstream.ridge=1/10, generators.samples=500 (all generators), "
        "generators.0.noise=0 (the first); may be repeated; where the command makes tables, V1,V2,... and "
        "START:STOP:STEP are lists",
    )
