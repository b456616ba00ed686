"""The option ``--certificates`` of the exponent calculus: proofs in the JSON document, or as files for the kernel."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ridgeproof.errors import InputError

from . import output

if TYPE_CHECKING:
    from ridgeproof.theorems.exponents.user.law_file import UserLaw

INSIDE = ""  # the option without a directory
MOST_PROVED = 1000  # rows of a table with certificates


def add_option(parser: argparse.ArgumentParser, inside: str) -> None:
    """Add the option; ``inside`` says what it does without a directory."""
    parser.add_argument(
        "--certificates",
        nargs="?",
        const=INSIDE,
        metavar="DIR",
        help=f"write certificates into DIR, for `python -m ridgeproof.proofs_check.kernel DIR`; without DIR, {inside}",
    )


def write(
    arguments: argparse.Namespace, law: UserLaw | None, prove: Callable[[], list[dict[str, Any]]], rows: int = 0
) -> str:
    """Find the certificates, have them checked, write them if a directory was given, and return what to say of it."""
    if not arguments.certificates:
        return ""
    if rows > MOST_PROVED:
        raise InputError(f"a table of {rows} rows", where="--certificates", accepted=f"at most {MOST_PROVED}")
    to = Path(arguments.certificates)
    from ridgeproof.errors import NotProved

    from ..kernel.statements import Rejected
    from ..laws import statements as law_statements
    from ..laws.proving import rows as law_certificates

    try:
        with output.patience("proving"):
            documents = prove()
            law_certificates.write(to, law, documents)
    except (NotProved, Rejected) as error:  # the kernel rejects numbers of more than 400 digits, before any search
        why = f"no proof found: {error!s:.120}"
        raise InputError(why, where="--certificates", accepted="a smaller law") from None
    plural = "" if len(documents) == 1 else "s"
    said = f"{len(documents)} certificate{plural} written to {to} and accepted by the kernel"
    left = ", ".join(map(str, law_statements.uncovered(law, documents)))
    return f"{said}; that the regions cover the domain is not proved for program {left}" if left else said


def say(words: str, *, quiet: bool) -> None:
    """Print what ``write`` returned; ``quiet``: on standard error."""
    if words:
        print(words, file=sys.stderr if quiet else sys.stdout)
