"""``ridgeproof exponents --ell0``: the table for generators with a ridge of their own."""

from __future__ import annotations

import argparse
import itertools
import math
from collections.abc import Mapping
from typing import Any

from ridgeproof.errors import InputError

from . import exponent_formats
from .law_tables import MOST_ROWS, typed_errors

OPTION = "--ell0"


def run(arguments: argparse.Namespace, given: Mapping[str, str | None]) -> None:
    """Print the table; the generators' ell0 stands after the other scales."""
    from ridgeproof.theorems.exponents.model.ridge_generators import ridge_generator_row

    from .exponents import SCALES, values

    if arguments.symbolic or arguments.thresholds or arguments.certificates is not None:
        raise InputError("only a table", where=OPTION, accepted="no --symbolic, --thresholds or --certificates")
    if given["a"] not in (None, "inf") or given["h"] is not None:
        raise InputError("the law is established in infinite dimension", where=OPTION, accepted="--a inf, no --h")
    texts = {name: given[name] or default for name, (default, _) in SCALES.items() if name not in ("a", "h")}
    texts["ell0"] = arguments.ell0
    lists = {name: values(text, f"--{name}") for name, text in texts.items() if text is not None}
    size = math.prod(map(len, lists.values()))
    if size > MOST_ROWS:
        raise InputError(f"the table would have {size} rows", where="exponents", accepted=f"at most {MOST_ROWS}")
    rows: list[dict[str, Any]] = []
    with typed_errors():
        for point in itertools.product(*lists.values()):
            scales = dict(zip(lists, point, strict=True))
            rows.append({**ridge_generator_row(**scales).as_json(), "ell0": str(scales["ell0"])})
    names = exponent_formats.COLUMNS
    scale_names = (*exponent_formats.SCALES, "ell0")
    columns = exponent_formats.Columns((*scale_names, *names[len(exponent_formats.SCALES) :]), scale_names)
    exponent_formats.write_plain(rows, arguments.format, columns, decimals=arguments.decimals)
