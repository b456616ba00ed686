"""What ``ridgeproof data`` prints for a reader, from the same document that ``--json`` prints."""

from __future__ import annotations

import math
from typing import Any

from . import output


def show(document: dict[str, Any]) -> None:
    """Print what was estimated, recommended and measured."""
    laws, kernel, chain = document["exponents"], document["kernel"], document["chain"]
    print(f"{document['source']}: {document['rows']} rows, {document['columns']} inputs, target {document['target']}")
    lines = [
        ("kernel", f"{kernel['name']}, scale {kernel['scale']:.6g}"),
        ("spectrum", f"{document['eigenvalues']} eigenvalues, {document['method']} of {document['reference']} rows"),
        ("capacity", f"beta = {_with_error(laws['beta'], laws['beta_error'])}, j = {laws['first']} to {laws['last']}"),
        ("source", f"r = {_with_error(laws['r'], laws['r_error'])}"),
        ("label noise", _with_error(laws["noise"], laws["noise_error"], "no floor in the coefficients")),
        ("outside the span", f"{document['outside']:.4g} of the target's variance, counted as noise"),
    ]
    output.write_block(lines)
    print(
        f"\npredicted test error {document['prediction']:.6g}: {chain['generations']} generations of T0 = "
        f"{chain['generator_samples']}, then T = {chain['samples']}, lambda = {chain['ridge']:g}"
    )
    if "advice" in document:
        _show_advice(document)
    if "measured" in document:
        print()
        output.write_table(
            ("n", "lambda", "theory", "finite rows", "measured", "+-", "gap"),
            [
                (
                    str(row["generations"]),
                    f"{row['ridge']:.4g}",
                    f"{row['theory']:.4f}",
                    f"{row['theory_finite_rows']:.4f}",
                    f"{row['measured']:.4f}",
                    f"{row['standard_error']:.4f}",
                    f"{row['gap']:+.1%}",
                )
                for row in document["measured"]
            ],
            right=("n", "lambda", "theory", "finite rows", "measured", "+-", "gap"),
        )
    for note in document["notes"]:
        print(f"note: {note}")
    if document["scenario"]:
        print(f"written: {', '.join(document['files'])}")


def _show_advice(document: dict[str, Any]) -> None:
    advice = document["advice"]
    rows = [("", "lambda", "test error", "believed")]
    for label, key in (
        ("adapted to the chain", "adapted"),
        ("best on true labels", "clean"),
        ("cross-validated on fake labels", "cross_validated"),
    ):
        choice = advice[key]
        rows.append((label, f"{choice['ridge']:.4g}", f"{choice['test_error']:.4f}", f"{choice['believed']:.4f}"))
    rows.append(("predicting the mean", "", f"{advice['none']:.4f}", ""))
    if "cross_validation" in document:
        seen = document["cross_validation"]
        rows.append(
            (
                "cross-validated, measured",
                f"{seen['ridge']:.4g}",
                f"{seen['test_error']:.4f}",
                f"{seen['reported']:.4f}",
            )
        )
    print()
    output.write_block(rows)
    print(
        f"\nAdapting saves {advice['gain_over_clean']:.1%} of the error against the clean ridge, "
        f"{advice['gain_over_cross_validation']:.1%} against cross-validation on fake labels."
    )
    real = advice["real_rows"]
    worth = f"{real} row{'s' * (real != 1)}" if real is not None else "more rows than there will ever be"
    print(
        f"The same error with true labels and their best ridge takes {worth} instead of {document['chain']['samples']}."
    )


def _with_error(value: float, error: float, otherwise: str = "not fitted") -> str:
    return otherwise if math.isnan(value) else f"{value:.3g} +- {error:.2g}"
