"""``ridgeproof exponents``: exact tables of scaling exponents."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ridgeproof.errors import InputError

from . import (
    accumulation_tables,
    certificate_files,
    exponent_formats,
    grids,
    law_tables,
    output,
    ridge_tables,
    stopping_tables,
)

if TYPE_CHECKING:
    from ridgeproof.theorems.exponents import ExponentRow
    from ridgeproof.theorems.exponents.model.symbolic import SymbolicLaw


def add(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "exponents",
        help="exact scaling exponents of the optimal ridge and its error, as a table",
        description="The optimal downstream ridge, lambda = T^-ell, and its error, E_test ≍ T^-rate, for power laws.\n"
        "clean ell, clean rate: on true labels; kept: the rate under fake data when the clean ell is kept.\n"
        "Each scale takes a rational, a comma list, or START:STOP:STEP (STOP included); the table is their product.",
        epilog="example: ridgeproof exponents --beta 3/2,2 --b 1/2:1:1/8 --format markdown",
    )
    for name, (default, meaning) in grids.SCALES.items():
        shown = f" (default {default})" if default else ""
        parser.add_argument(f"--{name}", metavar=name.upper(), help=meaning + shown)
    parser.add_argument("--ell0", metavar="ELL0", help="generators with ridge T^-ell0, in infinite dimension (a = inf)")
    parser.add_argument(
        "--filter",
        choices=stopping_tables.FILTERS,
        default="ridge",
        help="gradient-flow: the best stopping time t = T^tau of a downstream fit by gradient flow, and its rate",
    )
    parser.add_argument(
        "--scheme",
        choices=accumulation_tables.SCHEMES,
        default="replace",
        help="accumulate: least-squares generators fitted to the rows and labels of all generations, T0 new ones each; "
        "the downstream fit sees T fresh rows with the last one's labels",
    )
    parser.add_argument("--format", choices=("text", "csv", "json", "latex", "markdown"), default="text")
    parser.add_argument("--json", action="store_true", help="the same as --format json")
    parser.add_argument(
        "--symbolic",
        action="store_true",
        help="the answer as a formula over regions of the scales instead of a table (text, latex or json)",
    )
    parser.add_argument(
        "--thresholds",
        action="store_true",
        help="also the values of b, g and s, one at a time, at which the rate changes or becomes 0 (text or json)",
    )
    parser.add_argument(
        "--decimals", action="store_true", help="beside every exact column NAME one of decimals, NAME_decimal"
    )
    certificate_files.add_option(parser, "with --json: also the proof of every optimum, in its row")
    law_tables.add_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the table, or the formula."""
    arguments.format = "json" if arguments.json else arguments.format
    given = {name: getattr(arguments, name) for name in grids.SCALES}
    inside = arguments.certificates == certificate_files.INSIDE
    if inside and arguments.format != "json":
        raise InputError("certificates are plain data", where="--certificates", accepted="DIR, or --json")
    if arguments.law is not None:
        law_tables.refuse(given, thresholds=arguments.thresholds)
        return law_tables.run(arguments)
    if arguments.param:
        raise InputError("a parameter without a law", where="--param", accepted="--law LAW.toml")
    if arguments.scheme == "accumulate":
        accumulation_tables.run(arguments, given)
        return 0
    if arguments.filter == "gradient-flow":
        stopping_tables.run(arguments, given)
        return 0
    if arguments.ell0 is not None:
        ridge_tables.run(arguments, given)
        return 0
    if arguments.symbolic:
        if inside:
            raise InputError("certificates are files", where="--certificates", accepted="DIR")
        _write_symbolic(arguments, [f"--{name}" for name, text in given.items() if text is not None])
        return 0
    texts = {name: text if text is not None else grids.SCALES[name][0] for name, text in given.items()}
    rows = list(_rows({name: grids.values(text, f"--{name}") for name, text in texts.items() if text is not None}))
    said = certificate_files.write(arguments, None, lambda: _proofs(rows), len(rows))
    documents = [row.as_json() for row in rows]
    notes = grids.notes(documents)
    if arguments.thresholds or inside:
        _write_with_more(rows, documents, arguments, notes)
    else:
        exponent_formats.write_plain(documents, arguments.format, exponent_formats.MODEL, notes, arguments.decimals)
    certificate_files.say(said, quiet=arguments.format != "text")
    return 0


def _proofs(rows: list[ExponentRow]) -> list[dict[str, Any]]:
    from ..laws.proving.rows import model_row_documents

    proved = ((i, row) for i, row in enumerate(rows, start=1) if row.rate is not None)
    return [document for i, row in proved for document in model_row_documents(row, f"row-{i:04}")]


def _write_with_more(
    rows: list[ExponentRow], documents: list[dict[str, Any]], arguments: argparse.Namespace, notes: list[str]
) -> None:
    """Print the table with what else was asked for: thresholds under it, or both inside the rows of the document."""
    from ridgeproof.theorems.exponents import row_certificate, thresholds

    if arguments.thresholds and arguments.format not in ("text", "json"):
        raise InputError(f"no {arguments.format} form of thresholds", where="--thresholds", accepted="text or json")
    for row, document in zip(rows, documents, strict=True):
        if arguments.certificates == certificate_files.INSIDE:
            document["certificate"] = None if row.rate is None else row_certificate(row)
        if arguments.thresholds:
            document["thresholds"] = {
                scale: [
                    {
                        "at": str(t.at), "rate": str(t.rate), "kinds": list(t.kinds),
                        "slopes": [None if slope is None else str(slope) for slope in t.slopes],
                    }
                    for t in found
                ]
                for scale in ("b", "g", "s")
                if (found := _thresholds(thresholds, row, scale)) is not None
            }  # fmt: skip
    exponent_formats.write_plain(documents, arguments.format, exponent_formats.MODEL, notes, arguments.decimals)
    if arguments.format == "text":
        _write_thresholds(documents)


def _thresholds(find: Any, row: ExponentRow, scale: str) -> Any:
    """Return the thresholds in one scale; None where there is no law to ask."""
    try:
        return find(row, scale)
    except ValueError:
        return None


def _write_thresholds(documents: list[dict[str, Any]]) -> None:
    print("\nThresholds, one scale at a time (slopes: change of the rate with the scale, below and above):")
    headings = ("row", "scale", "at", "rate", "slope below", "slope above", "what happens")
    words = {"slope": "the slope changes", "zero": "the rate is 0", "jump": "the rate jumps"}
    cells = [
        (
            str(i), scale, t["at"], t["rate"], *(s or "–" for s in t["slopes"]),
            ", ".join(words[kind] for kind in t["kinds"]),
        )
        for i, document in enumerate(documents, start=1)
        for scale, found in document["thresholds"].items()
        for t in found
    ]  # fmt: skip
    output.write_table(headings, cells, right=headings[2:6])


def _rows(lists: dict[str, list[Any]]) -> Iterator[ExponentRow]:
    from ridgeproof.errors import ScaleError
    from ridgeproof.theorems.exponents import exponent_row

    report = output.progress("rows")
    size, points = grids.points(lists)
    for done, point in enumerate(points, start=1):
        try:
            yield exponent_row(**point)
        except ScaleError as error:
            raise InputError(error.what, where=f"--{error.where}", accepted=error.accepted) from None
        if done % 256 == 0 or done == size:
            report(done, size)


def _write_symbolic(arguments: argparse.Namespace, given: list[str]) -> None:
    """Print the optimal ell and its rate as formulas over regions of the scales."""
    where, form = "exponents --symbolic", arguments.format
    if given:
        raise InputError(
            f"{', '.join(given)} given, but the formula leaves every scale free", where=where, accepted="--format"
        )
    if form not in ("text", "latex", "json"):
        raise InputError(f"no {form} form of a formula", where=where, accepted="--format text, latex or json")
    from ridgeproof.theorems.exponents.model.symbolic import symbolic_law, symbolic_min_norm_law

    law, min_norm = symbolic_law(), symbolic_min_norm_law()
    said = certificate_files.write(arguments, None, _formula_proofs)
    if form == "text":
        print(f"T0 >= d + 2\n{law.as_text()}\n\nT0 < d\n{min_norm.as_text()}")
    elif form == "latex":
        print(f"% T0 >= d + 2\n{law.as_latex()}\n% T0 < d\n{min_norm.as_latex()}")
    else:
        output.write_json({**_plain_law(law), "min_norm": _plain_law(min_norm)})
    certificate_files.say(said, quiet=form != "text")


def _formula_proofs() -> list[dict[str, Any]]:
    from ..laws.proving.model_formula import documents

    return documents()


def _plain_law(law: SymbolicLaw) -> dict[str, Any]:
    regions = [
        {"name": r.name, "nonnegative": list(map(str, r.conditions)), "ell": str(r.ell), "rate": str(r.rate)}
        for r in law.regions
    ]
    definitions = {str(symbol): str(expression) for symbol, expression in law.definitions}
    return {"domain": law.domain, "definitions": definitions, "regions": regions}
