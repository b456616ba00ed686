"""``ridgeproof exponents --scheme accumulate``: the table for generators whose rows and labels accumulate."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from ridgeproof.errors import InputError

from . import exponent_formats, grids
from .law_tables import typed_errors

SCHEMES = ("replace", "accumulate")
OPTION = "--scheme"
NOTE = (
    "accumulating rows: n drops out, and the noise of n generations is at most sigma_0^2 (T + d)/(d + 1) (-gamma - "
    "psi(1 - (d+1)/T0)), that is pi^2/6 sigma_0^2 (T + d)/T0 for d << T0 (docs/theory.md#F11)"
)


def run(arguments: argparse.Namespace, given: Mapping[str, str | None]) -> None:
    """Print the table; g stands as it was given."""
    from ridgeproof.theorems.exponents import exponent_row
    from ridgeproof.theorems.exponents.model.accumulation import generations_that_act

    if arguments.symbolic or arguments.thresholds or arguments.certificates is not None:
        raise InputError("only a table", where=OPTION, accepted="no --symbolic, --thresholds or --certificates")
    if arguments.ell0 is not None or arguments.filter != "ridge":
        raise InputError(
            "established for least-squares generators and a downstream ridge",
            where=OPTION,
            accepted="no --ell0, --filter",
        )
    texts = {name: given[name] or default for name, (default, _) in grids.SCALES.items()}
    lists = {name: grids.values(text, f"--{name}") for name, text in texts.items() if text is not None}
    _, points = grids.points(lists)
    rows: list[dict[str, Any]] = []
    with typed_errors():
        for scales in points:
            if scales["a"] > scales["b"]:
                raise InputError(
                    f"a = {scales['a']} and b = {scales['b']}: first generators that see fewer rows than dimensions",
                    where=OPTION,
                    accepted="a <= b",
                )
            acting = scales | {"g": generations_that_act(scales["g"])}
            rows.append({**exponent_row(**acting).as_json(), "g": str(scales["g"])})
    notes = [NOTE, *grids.notes(rows)]
    exponent_formats.write_plain(rows, arguments.format, exponent_formats.MODEL, notes, arguments.decimals)
