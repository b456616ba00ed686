"""``ridgeproof exponents --law``: tables and formulas of a law that the user brings."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ridgeproof.errors import InputError

from . import certificate_files, exponent_formats, grids, output

if TYPE_CHECKING:
    from ridgeproof.theorems.exponents.user.law_file import UserLaw
    from ridgeproof.theorems.exponents.user.user_law import Optimum


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that a user's law needs."""
    parser.add_argument("--law", metavar="LAW.toml", help="a law of your own instead of model collapse")
    parser.add_argument(
        "--param",
        action="append",
        default=[],
        metavar="NAME=VALUES",
        help="values of a parameter of the law, like those of a scale; for a control: hold it there (may be repeated)",
    )


def refuse(scales: Mapping[str, str | None], *, thresholds: bool) -> None:
    """Raise InputError for options that only model collapse has."""
    used = [f"--{name}" for name, text in scales.items() if text is not None] + ["--thresholds"] * thresholds
    if used:
        raise InputError(f"{', '.join(used)} given beside --law", where="--law", accepted="--param NAME=VALUES")


@contextmanager
def typed_errors() -> Iterator[None]:
    """Turn the law's own errors into the command's."""
    from ridgeproof.errors import ScaleError
    from ridgeproof.theorems.exponents.calculus.affine import TooManyCells

    try:
        yield
    except ScaleError as error:
        raise InputError(error.what, where=error.where, accepted=error.accepted) from None
    except TooManyCells as error:
        raise InputError(str(error), where="phase-diagram", accepted="a smaller window or a simpler law") from None


def read_parameters(entries: list[str]) -> dict[str, list[Any]]:
    """Return the values of every NAME=VALUES; raises InputError for what is not one, or infinite, or given twice."""
    from fractions import Fraction

    found: dict[str, list[Any]] = {}
    for entry in entries:
        name, equals, text = entry.partition("=")
        name = name.strip()
        if not equals or not name:
            raise InputError(f"{entry!r} has no value", where="--param", accepted="NAME=VALUES")
        if name in found:
            raise InputError(f"{name!r} is given twice", where="--param", accepted="one list")
        found[name] = grids.values(text, f"--param {name}")
        if not all(isinstance(value, Fraction) for value in found[name]):
            raise InputError(f"{text!r} is not finite", where=f"--param {name}", accepted="rationals")
    return found


def run(arguments: argparse.Namespace) -> int:
    """Print the table of a law, or its formula."""
    from ridgeproof.theorems.exponents.user.law_file import load_law

    with typed_errors():
        law = load_law(arguments.law)
        if arguments.symbolic:
            _write_symbolic(law, arguments)
            return 0
        lists = read_parameters(arguments.param)
        inside = arguments.certificates == certificate_files.INSIDE
        rows, solved = [], []
        for row, values, found in _rows(law, lists, with_certificates=inside):
            rows.append(row)
            solved.append((values, found))
        said = certificate_files.write(arguments, law, lambda: _proofs(law, solved), len(solved))
    held = tuple(name for name in law.controls if name in lists)
    scales = (*(p.name for p in law.parameters), *held)
    chosen = tuple(name for name in law.controls if name not in lists)
    columns = exponent_formats.Columns((*scales, *chosen, "rate", "regime", "optima"), scales)
    if arguments.format == "text" and law.title:
        print(law.title)
    exponent_formats.write_plain(rows, arguments.format, columns, grids.notes(rows, own=True), arguments.decimals)
    certificate_files.say(said, quiet=arguments.format != "text")
    return 0


def _proofs(law: UserLaw, solved: list[tuple[dict[str, Any], Optimum]]) -> list[dict[str, Any]]:
    from ..laws.proving.rows import row_document

    return [row_document(law, values, found, f"row-{i:04}") for i, (values, found) in enumerate(solved, start=1)]


def _rows(
    law: UserLaw, lists: dict[str, list[Any]], *, with_certificates: bool
) -> Iterator[tuple[dict[str, Any], dict[str, Any], Optimum]]:
    """Yield every row, the values at which it holds, and what was found there."""
    from ridgeproof.theorems.exponents.user.law_file import parameter_values
    from ridgeproof.theorems.exponents.user.user_law import certificate, optimum

    report = output.progress("rows")
    size, points = grids.points(lists)
    for done, point in enumerate(points, start=1):
        values = parameter_values(law, point)
        found = optimum(law, values)
        row: dict[str, Any] = {name: str(value) for name, value in values.items()}
        row |= {name: None if value is None else str(value) for name, value in found.controls}
        row |= {"rate": None if found.rate is None else str(found.rate), "regime": found.regime, "optima": found.optima}
        if with_certificates:
            row["certificate"] = certificate(law, values, found)
        yield row, values, found
        if done % 256 == 0 or done == size:
            report(done, size)


def _write_symbolic(law: UserLaw, arguments: argparse.Namespace) -> None:
    where = "exponents --symbolic"
    if arguments.param:
        raise InputError("the formula leaves every parameter free", where=where, accepted="--law and --format")
    if arguments.certificates == certificate_files.INSIDE:
        raise InputError("certificates are files", where="--certificates", accepted="DIR")
    if arguments.format not in ("text", "latex", "json"):
        raise InputError(f"no {arguments.format} form of a formula", where=where, accepted="text, latex or json")
    from ridgeproof.theorems.exponents.user.user_symbolic import symbolic_optimum

    with output.patience("finding the formula"):
        found = symbolic_optimum(law)
    said = certificate_files.write(arguments, law, lambda: _formula_proofs(law))
    if arguments.format == "text":
        print(found.as_text())
    elif arguments.format == "latex":
        print(found.as_latex())
    else:
        programs = [
            [
                {
                    "name": r.name, "nonnegative": list(map(str, r.conditions)),
                    **dict(zip(found.controls, map(str, r.controls), strict=True)), "rate": str(r.rate),
                }
                for r in regions
            ]
            for regions in found.programs
        ]  # fmt: skip
        output.write_json({"domain": found.domain, "programs": programs})
    certificate_files.say(said, quiet=arguments.format != "text")


def _formula_proofs(law: UserLaw) -> list[dict[str, Any]]:
    from ..laws.proving.formulas import documents

    return documents(law)
