"""What ``ridgeproof data`` prints for a reader, from the same document that ``--json`` prints: the verdict first."""

from __future__ import annotations

import math
from typing import Any

from . import output

_NUMBERS = ("n", "lambda", "theory", "finite rows", "all rows", "set aside", "+-", "gap")


def show(document: dict[str, Any]) -> None:
    """Print the verdict, what was estimated, recommended and measured."""
    print(f"{document['source']}: {document['rows']} rows, {document['columns']} inputs, target {document['target']}")
    _show_verdict(document)
    laws, kernel = document["exponents"], document["kernel"]
    lines = [
        ("kernel", f"{kernel['name']}, scale {kernel['scale']:.6g}"),
        ("spectrum", f"{document['eigenvalues']} eigenvalues, {document['method']} of {document['reference']} rows"),
        ("capacity", f"beta = {_with_error(laws['beta'], laws['beta_error'])}, j = {laws['first']} to {laws['last']}"),
        ("source", f"r = {_with_error(laws['r'], laws['r_error'])}"),
        ("label noise", _with_error(laws["noise"], laws["noise_error"], "no floor in the coefficients")),
        ("outside the span", f"{document['outside']:.4g} of the target's variance, counted as noise"),
    ]
    print()
    output.write_block(lines)
    if "advice" in document:
        _show_advice(document)
    if "measured" in document:
        print(f"\nTheory, and {document['runs']} real chains measured on all rows and on rows set aside:\n")
        output.write_table(
            (*_NUMBERS, "agrees"),
            [
                (
                    str(row["generations"]),
                    f"{row['ridge']:.4g}",
                    f"{row['theory']:.4f}",
                    "–" if row["theory_finite_rows"] is None else f"{row['theory_finite_rows']:.4f}",
                    f"{row['measured']:.4f}",
                    f"{row['held_out']:.4f}",
                    f"{row['held_out_error']:.4f}",
                    _gap(row["theory"], row["held_out"]),
                    "yes" if row["agrees"] else "no",
                )
                for row in document["measured"]
            ],
            right=_NUMBERS,
        )
    for note in document["notes"]:
        print(f"note: {note}")
    if document["scenario"]:
        print(f"written: {', '.join(document['files'])}")


def _show_verdict(document: dict[str, Any]) -> None:
    chain, (low, high) = document["chain"], document["uncertainty"].values()
    print(
        f"\nchain: {chain['generations']} generations of T0 = {chain['generator_samples']}, then T = "
        f"{chain['samples']}, lambda = {chain['ridge']:g}\n"
        f"expected test error {document['expected']:.4g}, between {low:.4g} and {high:.4g}\n"
        f"predicted test error {document['prediction']:.6g}"
    )
    if document["applies"]:
        if "measured" in document:
            gap = document["prediction"] / document["expected"] - 1 if document["expected"] else 0.0
            print(f"The theory agrees with real fits on rows set aside within {abs(gap):.0%}.")
        else:
            print("Nothing speaks against the theory, and nothing was measured.")
    else:
        print("THE THEORY DOES NOT APPLY HERE:")
    for reason in document["reasons"]:
        print(f"  - {reason}")


def _show_advice(document: dict[str, Any]) -> None:
    advice, found, seen = document["advice"], document["recommendation"], document["cross_validation"]
    rows = [("", "lambda", "test error", "believed")]
    for label, key in (
        ("adapted to the chain", "adapted"),
        ("best on true labels", "clean"),
        ("cross-validated on fake labels", "cross_validated"),
    ):
        choice = advice[key]
        rows.append((label, f"{choice['ridge']:.4g}", f"{choice['test_error']:.4f}", f"{choice['believed']:.4f}"))
    rows.append(("predicting the mean", "", f"{advice['none']:.4f}", ""))
    rows.append(
        ("cross-validated, measured", f"{seen['ridge']:.4g}", f"{seen['test_error']:.4f}", f"{seen['reported']:.4f}")
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
    added, doubling = found["true_rows"], found["doubling"]
    print()
    output.write_block(
        [
            (
                "which ridge",
                f"{found['ridge']:.4g} (by {found['basis']}): error {found['test_error']:.4g}, between "
                f"{found['low']:.4g} and {found['high']:.4g}",
            ),
            (
                "when to stop early",
                f"without a ridge, at time {found['stopping_time']:.3g} of gradient flow: error "
                f"{found['stopping_error']:.4g}",
            ),
            (
                "error doubles",
                f"after {doubling} generation{'s' * (doubling != 1)}" if doubling else "not within 10,000 generations",
            ),
            (
                "true rows to add",
                f"{'more than 10^7' if added is None else added} in every generation, to {found['goal']}",
            ),
            (
                "cross-validation",
                f"would believe {seen['reported']:.4g} where the error is {seen['test_error']:.4g}",
            ),
        ]
    )
    if found["label"]:
        print(f"LABELLED, not to be relied on: {found['label']}")


def _gap(theory: float, measured: float) -> str:
    if not measured:
        return "–"
    return f"{theory / measured - 1:+.1%}" if theory < 10 * measured else f"x {theory / measured:.3g}"


def _with_error(value: float, error: float, otherwise: str = "not fitted") -> str:
    return otherwise if math.isnan(value) else f"{value:.3g} +- {error:.2g}"
