"""``ridgeproof audit``: plant faults in the claims, and count how many verification catches."""

from __future__ import annotations

import argparse
import os
from typing import Any

from . import options, output
from .claims import chosen, registered_ids

LONGEST_LIST = 20  # escaped faults that are shown; all of them are in the JSON document


def add(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "audit",
        help="plant faults in the claims and count how many verification catches",
        description="Plant faults - a sign, a coefficient, an exponent, a swapped symbol, a dropped term or\n"
        "hypothesis, a changed entry of a certificate - in copies of the claims, one at a time, and\n"
        "count how many are caught by proof, by confrontation with numbers, and by the kernel.\n"
        "Mutants that are proved to be true are counted apart. The exit status is 1 when a fault escapes.",
        epilog="example: ridgeproof audit fake-data-term",
    )
    parser.add_argument("ids", metavar="ID", nargs="*", help="ids of claims (default all)")
    options.add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print what became of the faults; 0 when none escaped, else 1."""
    sure = registered_ids().issuperset(arguments.ids)
    with output.working("claims audited", "reading the claims", sure=sure) as report:
        from ridgeproof.theorems.registry import all_claims

        ids = [claim.id for claim in chosen(all_claims(), arguments.ids)]
        from ..audit.planting import audit

        document = audit(ids, workers=os.cpu_count() or 1, progress=output.with_estimate(report))
    if arguments.json:
        output.write_json(document)
    else:
        write(document)
    return 1 if document["escaped"] else 0


def write(document: dict[str, Any]) -> None:
    """Print an audit, given as the document of ``ridgeproof.proofs_check.audit.planting.audit``, for a reader."""
    numbers = ("planted", "caught", "equivalent", "escaped", "by_proof", "by_confrontation", "by_certificate")
    headings = tuple(name.replace("_", " ") for name in numbers)
    rows = [(claim["id"], *(str(claim[name]) for name in numbers)) for claim in document["claims"]]
    output.write_table(("claim", *headings), rows, right=headings)
    print()
    output.write_words(
        f"{document['planted']} faults planted: {document['caught']} caught, "
        f"{document['equivalent']} no faults at all, {len(document['escaped'])} escaped ({document['seconds']:.0f} s)."
    )
    output.write_words(
        f"Caught by proof {document['by_proof']}, by confrontation {document['by_confrontation']}, in certificates "
        f"{document['by_certificate']}; one fault may be caught twice."
    )
    print("\nNo faults, by proof")
    output.write_block(((str(count), why) for why, count in document["equivalent_because"].items()), indent="  ")
    if document["escaped"]:
        print("\nEscaped")
    for fault in document["escaped"][:LONGEST_LIST]:
        line = f"{fault['claim']}, {fault['place']}, {fault['operator']}: {fault['planted']}"
        output.write_words(line, "  ", "    ")
    if len(document["escaped"]) > LONGEST_LIST:
        print(f"  ... and {len(document['escaped']) - LONGEST_LIST} more (--json lists all)")
