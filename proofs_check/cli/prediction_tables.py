"""``ridgeproof predict`` over lists and ranges: one table, a row for every combination of the values."""

from __future__ import annotations

import argparse
import csv
import sys
from typing import Any

from ridgeproof.errors import InputError
from ridgeproof.words import cell

from . import output

COLUMNS = ("test_error", "noise_free", "downstream_noise", "generation_noise", "kappa", "radius")


def run(arguments: argparse.Namespace) -> int:
    """Print the table as text, JSON or CSV."""
    from ridgeproof.numerics.draws.sweep import grid, is_list
    from ridgeproof.numerics.problem.scenario import load_scenario

    if arguments.controls:
        raise InputError("a table beside --over", where="predict", accepted="--over without lists, ranges and CSV")
    fixed = [override for override in arguments.overrides if not is_list(override)]
    rows, report = [], output.progress("rows")
    points = grid(arguments.overrides)
    for done, values in enumerate(points, start=1):
        overrides = [*fixed, *(f"{key}={value}" for key, value in values.items())]
        rows.append({**values, **_row(load_scenario(arguments.scenario, overrides), arguments)})
        report(done, len(points))
    if arguments.json:
        output.write_json({"rows": rows}, arguments.digits)
        return 0
    names = [name for name in rows[0] if any(row[name] is not None for row in rows)]
    if arguments.format == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(names)
        writer.writerows([cell(output.plain(row[name], arguments.digits)) for name in names] for row in rows)
        return 0
    cells = [
        [x if isinstance(x := row[name], str) else output.short(x, arguments.digits) for name in names] for row in rows
    ]
    output.write_table([name.replace("_", " ") for name in names], cells, right=[n.replace("_", " ") for n in names])
    return 0


def _row(scenario: Any, arguments: argparse.Namespace) -> dict[str, Any]:
    from .predict import predicted

    found = predicted(scenario, arguments.digits, exact=arguments.exact)
    noises = found.noise_by_generation
    of_generations = sum(b.noise for b in found.blocks) if found.blocks is not None else sum(noises or ())
    last = found.kappa[-1] if found.kappa else None
    figures = (found.test_error, found.noise_free, found.downstream_noise, of_generations, last, found.radius)
    return dict(zip(COLUMNS, figures, strict=True))
