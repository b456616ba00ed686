"""``ridgeproof exponents --filter gradient-flow``: exact exponents of early stopping, beside the best ridge's."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from ridgeproof.errors import InputError

from . import exponent_formats, grids
from .law_tables import typed_errors

FILTERS = ("ridge", "gradient-flow")
NAMES = ("tau", "rate", "rate_ridge", "regime", "logarithm")


def run(arguments: argparse.Namespace, given: Mapping[str, str | None]) -> None:
    """Print the table: t* = T^tau, E = T^-rate."""
    if arguments.symbolic or arguments.thresholds or arguments.certificates is not None or arguments.ell0 is not None:
        raise InputError(
            "only a table", where="--filter", accepted="no --symbolic, --thresholds, --certificates or --ell0"
        )
    texts = {name: given[name] or default for name, (default, _) in grids.SCALES.items()}
    texts["h"] = texts["h"] or texts["b"]
    lists = {name: grids.values(text, f"--{name}") for name, text in texts.items() if text is not None}
    if given["h"] is None:
        lists["h"] = [None]
    _, points = grids.points(lists)
    with typed_errors():
        rows = [_row(point) for point in points]
    columns = exponent_formats.Columns((*exponent_formats.SCALES, *NAMES), exponent_formats.SCALES)
    exponent_formats.write_plain(rows, arguments.format, columns, grids.notes(rows), arguments.decimals)


def _row(scales: dict[str, Any]) -> dict[str, Any]:
    from ridgeproof.theorems.exponents.calculus.scales import INF
    from ridgeproof.theorems.exponents.model.early_stopping import stopping_exponents

    if scales["h"] is None:
        scales["h"] = scales["b"]
    beta, r, a, b, g, s, s0, h = (scales[name] for name in exponent_formats.SCALES)
    for name, value, least in (("beta", beta, 1), ("r", r, 0)):
        if value in (INF, -INF) or value <= least:
            raise InputError(f"{name} = {value}", where=f"--{name}", accepted=f"a number > {least}")
    if a == -INF or a < 0:
        raise InputError(f"a = {a}", where="--a", accepted="a number >= 0, or inf")
    if s == -INF or s0 == -INF or b in (INF, -INF) or h in (INF, -INF) or g == INF:
        raise InputError("a scale without end", where="--filter", accepted="inf for a, s and s0, -inf for g")
    noise = s
    if g != -INF and s0 != INF:
        if a == INF or a > b or h > b:
            raise InputError(
                "generators that see fewer rows than dimensions", where="--filter", accepted="a <= b and h <= b"
            )
        noise = min(noise, s0 - g + h - max(Fraction(1), a))
    if noise != INF and noise <= -1:
        regime = "diverges: more noise than rows"
        return _words(scales) | {"tau": "0", "rate": "0", "rate_ridge": "0", "regime": regime, "logarithm": False}
    found = stopping_exponents(beta, r, noise, a)
    regime = "no bias: beyond the spectrum's end" if found.tau == INF else "interior"
    if found.tau == beta * min(Fraction(1), a if a != INF else Fraction(1)):
        regime = "end of the spectrum" if a != INF and a < 1 else "as many directions as rows"
    elif found.rate > found.ridge_rate:
        regime = "interior, where the ridge saturates"
    exponents = {"tau": str(found.tau), "rate": str(found.rate), "rate_ridge": str(found.ridge_rate)}
    return _words(scales) | exponents | {"regime": regime, "logarithm": False}


def _words(scales: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) for name, value in scales.items()}
