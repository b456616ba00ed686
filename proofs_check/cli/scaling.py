"""``ridgeproof optimal-ridge --scaling-table``: how fast the sharp constants become exact as T grows."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ridgeproof.errors import InputError

from . import closed_forms, output

if TYPE_CHECKING:
    from ridgeproof.numerics.problem.scenario import Scenario

SAMPLES = tuple(10**k for k in range(2, 9))


def add_option(parser: argparse.ArgumentParser) -> None:
    """Add the option."""
    parser.add_argument(
        "--scaling-table",
        nargs="?",
        const="fixed",
        choices=("fixed", "falling"),
        help="instead: relative errors of the sharp constants for T = 10^2 ... 10^8, infinite dimension, clean data "
        "with the effective noise of the file, fixed or (falling) times T^(-2 beta r)",
    )


def run(scenario: Scenario, arguments: argparse.Namespace) -> int:
    """Print the table for the capacity, the source and the effective noise of a scenario."""
    from ..witnesses.sharp_scaling import scaling_table

    reason = closed_forms.outside(scenario)
    if reason:
        raise InputError(reason, where="--scaling-table", accepted="a scenario with a closed form")
    noise = closed_forms.effective_noise(scenario)
    beta, r = scenario.spectrum.beta, scenario.target.r
    assert beta is not None and r is not None
    falling = arguments.scaling_table == "falling"
    with output.patience("minimising at growing T"):
        rows = list(scaling_table(beta, r, noise, SAMPLES, falling=falling))
    if arguments.json:
        documents = [
            {
                "samples": row.samples, "noise": row.noise, "lambda": row.ridge, "test_error": row.test_error,
                "interior": {"lambda": row.interior_ridge, "test_error": row.interior_error},
                "window": {"lambda": row.window_ridge, "test_error": row.window_error},
                "order": row.order,
            }
            for row in rows
        ]  # fmt: skip
        output.write_json({"beta": beta, "r": r, "noise": noise, "falling": falling, "rows": documents})
        return 0
    law = "N T^(-2 beta r)" if falling else "N"
    print(f"clean data, infinite dimension, beta = {beta}, r = {r}, sigma^2 = {law} with N = {output.short(noise)}")
    headings = ("T", "lambda*", "E*", "sharp lambda", "sharp E", "window lambda", "window E", "order")
    cells = [
        (
            str(row.samples), output.short(row.ridge), output.short(row.test_error),
            *map(_relative, (row.interior_ridge, row.interior_error, row.window_ridge, row.window_error)),
            "–" if row.order is None else f"{row.order:.3f}",
        )
        for row in rows
    ]  # fmt: skip
    output.write_table(headings, cells, right=headings)
    print("\nsharp, window: relative errors of the closed forms (docs/theory.md#P6)")
    print("order: the power of T in the window's error in E")
    return 0


def _relative(gap: float | None) -> str:
    return "–" if gap is None else f"{gap:+.1e}"
