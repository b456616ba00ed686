"""``ridgeproof phase-diagram --heat-map``, and over beta or r: the exact rate on a grid, drawn as a heat map."""

from __future__ import annotations

import argparse
import csv
import io
from collections import Counter
from fractions import Fraction
from typing import Any

from ridgeproof import files
from ridgeproof.errors import InputError, ScaleError

from . import output

WINDOWS = {"beta": "1:4", "r": "0:2"}
FORMATS = ("svg", "csv", "json")


def wanted(arguments: argparse.Namespace) -> bool:
    """Whether a heat map is asked for: by name, or by an axis over which regions are no polygons."""
    return bool(arguments.heat_map or {arguments.x, arguments.y} & set(WINDOWS)) and arguments.law is None


def run(
    arguments: argparse.Namespace,
    fixed: dict[str, object],
    across: tuple[Fraction, Fraction],
    up: tuple[Fraction, Fraction],
    title: str,
) -> int:
    """Compute the grid, draw it, and print what regimes there are."""
    from ridgeproof.theorems.exponents.model.heat import heat_map

    if arguments.certificates is not None:
        accepted = "`ridgeproof exponents --certificates DIR` for rows"
        raise InputError("a heat map has no certificate", where="--certificates", accepted=accepted)
    form = arguments.output.lower().rpartition(".")[2] if arguments.output else ""
    if arguments.output and form not in FORMATS:
        raise InputError(f"no heat map as {arguments.output!r}", where="-o", accepted=".svg, .csv or .json")
    try:
        with output.patience("computing the grid"):
            found = heat_map(arguments.x, arguments.y, across, up, fixed, arguments.steps)
    except ScaleError as error:
        raise InputError(error.what, where=f"--{error.where}", accepted=error.accepted) from None
    document = found.as_json()
    if form == "svg":
        from ..pictures.svg import heat_map as drawn

        files.write(arguments.output, drawn(found, title))
    elif form == "csv":
        lines = io.StringIO(newline="")
        rows = found.records()
        writer = csv.DictWriter(lines, list(dict.fromkeys(name for row in rows for name in row)), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        files.write(arguments.output, lines.getvalue())
    elif form == "json":
        import json

        files.write(arguments.output, json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    if arguments.json:
        output.write_json(document)
        return 0
    _summary(document, arguments.output)
    return 0


def _summary(document: dict[str, Any], file: str | None) -> None:
    rows = document["rows"]
    output.write_words("at " + ", ".join(f"{name} = {value}" for name, value in document["fixed"].items()))
    counts = Counter(row["regime"] for row in rows)
    cells = []
    for regime, count in counts.most_common():
        rates = [Fraction(row["rate"]) for row in rows if row["regime"] == regime and _finite(row["rate"])]
        ends = (str(min(rates)), str(max(rates))) if rates else ("–", "–")
        cells.append((regime, f"{100 * count / len(rows):.1f} %", *ends))
    output.write_table(
        ("regime", "share", "least rate", "largest rate"), cells, right=("share", "least rate", "largest rate")
    )
    print()
    output.write_words(
        f"{len(rows)} points, the middles of equal cells over {document['x']} in {' to '.join(document['x_range'])} "
        f"and {document['y']} in {' to '.join(document['y_range'])}; every rate is exact (--json, or -o FILE.csv)"
    )
    if file:
        print(f"written into {file}")


def _finite(rate: str | None) -> bool:
    return rate is not None and "inf" not in rate
