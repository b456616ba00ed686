"""Whether the theory may be relied on for a data set, the error to expect there, and the range that it lies in."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .check import Measurement, Point
from .diagnosis import Diagnosis
from .scenarios import Chain
from .spectra import Empirical


@dataclass(frozen=True)
class Range:
    """Where the error is expected: low <= error <= high."""

    low: float
    high: float


def verdict(
    prediction: float, measurement: Measurement | None, diagnosis: Diagnosis, chain: Chain, spectrum: Empirical
) -> tuple[bool, tuple[str, ...], float, Range]:
    """Whether the theory applies, why not, the error to expect and its range."""
    if measurement is None:
        width = 1 + diagnosis.half_width
        reasons = diagnosis.reasons and ("nothing was measured", *diagnosis.reasons)
        return not diagnosis.reasons, reasons, prediction, Range(prediction / width, prediction * width)
    point = next(
        one
        for one in measurement.points
        if (one.generations, one.ridge) == (chain.generations, chain.ridge)
    )  # fmt: skip
    doubts = _disagreement(point, diagnosis)
    if diagnosis.by_rounding and not doubts:
        doubts = list(diagnosis.reasons)
    # Where the sizes, or the spectrum, are not those that were measured, the measurement corrects the theory.
    ratio = prediction / point.theory if point.theory > 0 else 1.0
    if abs(ratio - 1) < 1e-9 or not math.isfinite(ratio):
        ratio = 1.0
    elif spectrum.missing > 0.01 and abs(ratio - 1) > 0.1:
        doubts.append(
            f"the landmarks miss {spectrum.missing:.1%} of the kernel: {prediction:.4g} with them, {point.theory:.4g} "
            "with all reference rows"
        )
        ratio = 1.0
    slack = 1.0 if ratio == 1.0 else 1.2
    if ratio != 1.0 and max(chain.samples, chain.generator_samples) > spectrum.rows:
        doubts.append("more rows than the reference sample has: measured at smaller sizes in the same proportion")
    low, high = point.low * ratio / slack, point.high * ratio * slack
    return not doubts, tuple(doubts), point.held_out * ratio, Range(low, high)


def _disagreement(point: Point, diagnosis: Diagnosis) -> list[str]:
    if point.agrees:
        return []
    shown = f"{point.held_out:.4g} +- {point.held_out_error:.2g}"
    if abs(point.held_out_gap) > 0 and not point.unsteady:
        word = "below" if point.held_out_gap < 0 else "above"
        times = abs(point.held_out_gap) if point.held_out_gap < 1 else 0
        by = f"{times:.0%} {word}" if times else f"{1 + point.held_out_gap:.3g} times"
        first = f"theory says {point.theory:.4g}, {by} what rows set aside measured, {shown}: believe the measurement"
    else:
        first = f"a few runs decide the mean: {shown} on rows set aside, theory {point.theory:.4g}; believe neither"
    return [first, *diagnosis.reasons]
