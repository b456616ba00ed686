"""``ridgeproof exponents --ell0``: the table for generators with a ridge of their own."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from ridgeproof.errors import InputError

from . import exponent_formats, grids
from .law_tables import typed_errors

OPTION = "--ell0"


def run(arguments: argparse.Namespace, given: Mapping[str, str | None]) -> None:
    """Print the table; the generators' ell0 stands after the other scales."""
    from ridgeproof.theorems.exponents.model.ridge_generators import ridge_generator_row

    if arguments.symbolic or arguments.thresholds or arguments.certificates is not None:
        raise InputError("only a table", where=OPTION, accepted="no --symbolic, --thresholds or --certificates")
    if given["a"] not in (None, "inf") or given["h"] is not None:
        raise InputError("the law is established in infinite dimension", where=OPTION, accepted="--a inf, no --h")
    texts = {name: given[name] or default for name, (default, _) in grids.SCALES.items() if name not in ("a", "h")}
    texts["ell0"] = arguments.ell0
    lists = {name: grids.values(text, f"--{name}") for name, text in texts.items() if text is not None}
    _, points = grids.points(lists)
    with typed_errors():
        rows = [{**ridge_generator_row(**scales).as_json(), "ell0": str(scales["ell0"])} for scales in points]
    names = exponent_formats.COLUMNS
    scale_names = (*exponent_formats.SCALES, "ell0")
    columns = exponent_formats.Columns((*scale_names, *names[len(exponent_formats.SCALES) :]), scale_names)
    exponent_formats.write_plain(rows, arguments.format, columns, grids.notes(rows), arguments.decimals)
