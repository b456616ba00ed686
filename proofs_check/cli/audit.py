"""``ridgeproof audit``: plant faults in the claims and in the instruments, and tell which instrument notices what."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

from . import options, output
from .selection import chosen, registered_ids

LONGEST_LIST = 20  # escaped faults that are shown; all of them are in the JSON document


def add(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "audit",
        help="plant faults in the claims and count how many verification catches",
        description="Plant faults - a sign, a factor of 1 %, an exponent, a swapped symbol, a dropped term or\n"
        "hypothesis, another setting, a changed step or entry of a certificate, a wrong witness or\n"
        "translation - one at a time, and tell which instrument notices what: the kernel, exact\n"
        "numbers, simulation. What is proved to be true is counted apart. Of every claim a sample\n"
        "with a fixed seed is planted, some 2,000 in all. The exit status is 1 when a fault escapes.",
        epilog="example: ridgeproof audit fake-data-term",
    )
    parser.add_argument("ids", metavar="ID", nargs="*", help="ids of claims (default all)")
    parser.add_argument("--all", action="store_true", help="every fault that can be planted (hours)")
    parser.add_argument(
        "--without",
        action="append",
        default=[],
        choices=("kernel", "exact", "simulation"),
        help="switch an instrument off and list what escapes the others",
    )
    options.add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print what became of the faults; 0 when none escaped, else 1."""
    sure = registered_ids().issuperset(arguments.ids)
    with output.working("claims audited", "reading the claims", sure=sure) as report:
        from ridgeproof.theorems.registry import all_claims

        ids = [claim.id for claim in chosen(all_claims(), arguments.ids)]
        from ..audit.planting import audit, estimate

        workers = os.cpu_count() or 1
        about = estimate(ids, arguments.all, workers) / 60
        print(f"about {max(1, round(about))} min on {workers} idle cores", file=sys.stderr)
        document = audit(
            ids,
            workers=workers,
            progress=output.with_estimate(report),
            everything=arguments.all,
            without=arguments.without,
            tools=not arguments.ids,
        )
    if arguments.json:
        output.write_json(document)
    else:
        write(document)
    return 1 if document["escaped"] else 0


def write(document: dict[str, Any]) -> None:
    """Print an audit, given as the document of ``ridgeproof.proofs_check.audit.planting.audit``, for a reader."""
    instruments = tuple(document["instruments"])
    numbers = ("planted", "caught", "equivalent", "escaped", *instruments)
    rows = [(claim["id"], *(str(claim[name]) for name in numbers)) for claim in document["claims"]]
    output.write_table(("claim", *numbers), rows, right=numbers)
    print()
    output.write_words(
        f"{document['planted']} faults planted: {document['caught']} noticed, "
        f"{document['equivalent']} no faults at all, {len(document['escaped'])} escaped ({document['seconds']:.0f} s)."
    )
    if document["switched_off"]:
        output.write_words(f"Switched off: {', '.join(document['switched_off'])}.")
    if document["left_out"]:
        output.write_words(f"{document['left_out']} faults were left out, since the time of their claim was spent.")
    print()
    output.write_words("Where they were planted, which instrument noticed how many, and how many no other one did")
    headings = ("planted", "no faults", "escaped", *(x for i in instruments for x in (i, f"{i} alone")))
    rows = [
        (
            place,
            *(str(counts[x]) for x in ("planted", "equivalent", "escaped")),
            *(str(counts[i][x]) for i in instruments for x in ("noticed", "alone")),
        )
        for place, counts in document["places"].items()
    ]
    output.write_table(("place", *headings), rows, right=headings)
    print("\nNo faults, by proof")
    output.write_block(((str(count), why) for why, count in document["equivalent_because"].items()), indent="  ")
    if document["escaped"]:
        print("\nEscaped")
    for fault in document["escaped"][:LONGEST_LIST]:
        line = f"{fault['claim']}, {fault['place']}, {fault['operator']}: {fault['planted']}"
        output.write_words(line, "  ", "    ")
    if len(document["escaped"]) > LONGEST_LIST:
        output.write_words(f"... and {len(document['escaped']) - LONGEST_LIST} more (--json lists all)", "  ", "  ")
