"""Confrontations as small SVG plots: what was measured, with its error bars, against what the claim says."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from ..writing.html import details, table, tag, text

WIDTH, HEIGHT = 460, 250
LEFT, RIGHT, TOP, BOTTOM = 78, 14, 14, 46
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
MARKS = 6  # styles in page.css: colour and shape differ, so that neither alone carries the meaning


@dataclass(frozen=True)
class Axis:
    """An axis from ``low`` to ``high`` (of the logarithm, if ``log``)."""

    low: float
    high: float
    label: str
    log: bool = False
    marks: tuple[tuple[float, str], ...] = ()

    def at(self, value: float) -> float:
        """Where a value stands, 0 at the low end and 1 at the high one."""
        return ((math.log10(value) if self.log else value) - self.low) / (self.high - self.low)

    def ticks(self) -> list[tuple[float, str]]:
        """Values and their labels: ``marks``, or about five round ones."""
        if self.marks:
            return list(self.marks)
        span = self.high - self.low
        step = 10.0 ** math.floor(math.log10(span / 4))
        step *= next(m for m in (1, 2, 5, 10) if span / (m * step) <= 5)
        if self.log and step < 1:
            step = 1.0
        first = math.ceil(self.low / step - 1e-9)
        values = [i * step for i in range(first, math.floor(self.high / step + 1e-9) + 1)]
        if self.log:
            return [(10.0**v, f"10{f'{v:.0f}'.translate(_RAISED)}" if abs(v) > 3 else f"{10.0**v:g}") for v in values]
        return [(v, f"{0.0 if abs(v) < step / 2 else v:.4g}".replace("-", "−")) for v in values]


def axis(
    values: list[float], label: str, *, log: bool = False, least: float = 0.0, marks: tuple[tuple[float, str], ...] = ()
) -> Axis:
    """An axis that shows all the values, at least ``least`` wide."""
    points = [math.log10(v) for v in values] if log else values
    low, high = min(points), max(points)
    middle, half = (low + high) / 2, max((high - low) / 2, least / 2, 1e-12 if not log else 0.5)
    return Axis(middle - 1.08 * half, middle + 1.08 * half, label, log, marks)


@dataclass(frozen=True)
class Series:
    """Points (x, y, error bar), drawn in the style of ``number``; joined unless ``loose``, unmarked if ``bare``."""

    number: int
    points: tuple[tuple[float, float, float], ...]
    loose: bool = False
    bare: bool = False


def chart(series: list[Series], x: Axis, y: Axis, title: str, *, line: float | None = None) -> str:
    """A plot of series; ``line`` is the level that the claim predicts."""
    wide, tall = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def px(value: float) -> float:
        return round(LEFT + wide * x.at(value), 1)

    def py(value: float) -> float:
        return round(TOP + tall * (1 - y.at(value)), 1)

    out = [tag("rect", x=LEFT, y=TOP, width=wide, height=tall, class_="frame")]
    for value, label in x.ticks():
        out.append(tag("line", x1=px(value), x2=px(value), y1=TOP + tall, y2=TOP + tall + 4, class_="tick"))
        out.append(tag("text", text(label), x=px(value), y=TOP + tall + 17, text_anchor="middle"))
    for value, label in y.ticks():
        out.append(tag("line", x1=LEFT - 4, x2=LEFT, y1=py(value), y2=py(value), class_="tick"))
        out.append(tag("text", text(label), x=LEFT - 7, y=py(value) + 4, text_anchor="end"))
    if line is not None:
        out.append(tag("line", x1=LEFT, x2=LEFT + wide, y1=py(line), y2=py(line), class_="predicted"))
    for one in series:
        style = f"mark s{one.number % MARKS}"
        places = [(px(a), py(b)) for a, b, _ in one.points]
        if not one.loose and len(places) > 1:
            out.append(
                tag("polyline", points=" ".join(f"{u},{v}" for u, v in places), class_=f"join s{one.number % MARKS}")
            )
        for (a, b, bar), place in zip(one.points, places, strict=True):
            if bar:
                out.append(
                    tag("line", x1=px(a), x2=px(a), y1=py(b - bar), y2=py(b + bar), class_=f"bar s{one.number % MARKS}")
                )
            if not one.bare:
                out.append(_mark(one.number % MARKS, *place, style))
    out.append(tag("text", text(x.label), x=LEFT + wide / 2, y=HEIGHT - 8, text_anchor="middle"))
    middle = TOP + tall / 2
    out.append(tag("text", text(y.label), x=14, y=middle, text_anchor="middle", transform=f"rotate(-90 14 {middle})"))
    return tag("svg", *out, viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img", aria_label=title, class_="plot")


def _mark(kind: int, u: float, v: float, style: str) -> str:
    """A circle, square, triangle, diamond, triangle upside down, or cross."""
    if kind == 0:
        return tag("circle", cx=u, cy=v, r=3.6, class_=style)
    shapes = {
        1: "M-3.3-3.3h6.6v6.6h-6.6z",
        2: "M0-4.2L4 3.2H-4z",
        3: "M0-4.5L4 0 0 4.5-4 0z",
        4: "M0 4.2L4-3.2H-4z",
        5: "M-3.5-3.5l7 7m0-7l-7 7",
    }
    return tag("path", d=shapes[kind], transform=f"translate({u} {v})", class_=style)


def confrontation(evidence: dict[str, Any]) -> str:
    """A plot of one piece of evidence and its numbers; empty where there is nothing to draw.

    Parameters
    ----------
    evidence : as the ledger's JSON has it: ``tests``, or a ``counterexample`` that was followed over decades.
    """
    tests: list[dict[str, Any]] = evidence.get("tests", [])
    if not tests and isinstance(evidence.get("counterexample"), dict):
        tests = [evidence["counterexample"]]
    tests = [t for t in tests if isinstance(t, dict)]
    for has, draw in (
        ("relative_discrepancy", _growing),
        ("ratio", _ratios),
        ("standard_error", _errors),
        ("measured", _measured),
    ):
        chosen = [t for t in tests if has in t]
        if chosen:
            return tag("figure", draw(chosen, evidence), details("The numbers", _numbers(chosen)))
    return ""


def _growing(tests: list[dict[str, Any]], evidence: dict[str, Any]) -> str:
    series, heights, sizes = [], [0.0], sorted({s for t in tests for s in t["sizes"]})
    far = sizes[-1] * (sizes[-1] / sizes[0]) ** 0.6
    for i, t in enumerate(tests):
        shift = 1.03 ** (2 * i - len(tests) + 1)
        points = [
            (s * shift, 100 * v, 100 * e)
            for s, v, e in zip(t["sizes"], t["relative_discrepancy"], t["error_bars"], strict=True)
        ]
        points.append((far * shift, 100 * t["limit"], 100 * t["standard_error"]))
        series.append(Series(i, tuple(points)))
        heights += [b + side * e for _, b, e in points for side in (-1, 1)]
    x = axis(
        [sizes[0], far],
        "dimension d (∞: extrapolated)",
        log=True,
        marks=(*((s, str(s)) for s in sizes), (far, "∞")),
    )
    drawn = chart(
        series,
        x,
        axis(heights, "discrepancy, %"),
        "Discrepancy between formula and simulation at growing sizes",
        line=0,
    )
    return drawn + _caption(
        "Discrepancy between formula and simulation as the size grows; bars: one standard error. "
        "The claim says 0 at infinity",
        evidence,
    )


def _ratios(tests: list[dict[str, Any]], evidence: dict[str, Any]) -> str:
    series, ratios, steps = [], [], []
    for i, t in enumerate(tests):
        points = [
            (float(a), r) for a, r in zip(t["along"], t["ratio"], strict=True) if isinstance(r, int | float) and r > 0
        ]
        series.append(Series(i, tuple((a, r, 0.0) for a, r in points)))
        steps += [a for a, _ in points]
        ratios += [r for _, r in points]
    if not ratios:
        return ""
    many = max(ratios) / min(ratios) > 20
    asymptotic = "tends to 1" in evidence.get("about", "")
    y = axis([*ratios, 1.0] if asymptotic else ratios, "ratio of the two sides", log=many, least=0.1)
    x = axis(steps, "the variable that tends (log scale)", log=True)
    drawn = chart(series, x, y, "Ratio of the two sides over many decades", line=1.0 if asymptotic else None)
    said = {True: "the claim says 1 in the limit", False: "the claim says that it stays between two positive constants"}
    return drawn + _caption(f"Ratio of the two sides over many decades; {said[asymptotic]}", evidence)


def _errors(tests: list[dict[str, Any]], evidence: dict[str, Any]) -> str:
    points, heights = [], [0.0]
    for i, t in enumerate(tests, 1):
        scale = abs(t["formula"]) if t.get("formula") else 1.0
        value = t["relative_difference"] if "relative_difference" in t else (t["simulation"] - t["formula"]) / scale
        bar = t["standard_error"] / (scale if "formula" in t else 1.0)
        points.append((float(i), 100 * value, 100 * bar))
        heights += [100 * (value - bar), 100 * (value + bar)]
    x = Axis(0.4, len(tests) + 0.6, "test", marks=tuple((i, str(i)) for i in range(1, len(tests) + 1)))
    drawn = chart(
        [Series(0, tuple(points), loose=True)],
        x,
        axis(heights, "difference, %"),
        "Difference of the two sides with its standard error",
        line=0,
    )
    return drawn + _caption(
        "Difference of the two sides, in per cent; bars: one standard error. The claim says 0", evidence
    )


def _measured(tests: list[dict[str, Any]], evidence: dict[str, Any]) -> str:
    points = tuple((float(i), t["measured"] - t["formula"], t.get("tolerance", 0.0)) for i, t in enumerate(tests, 1))
    heights = [0.0, *(v + side * e for _, v, e in points for side in (-1, 1))]
    x = Axis(0.4, len(tests) + 0.6, "test", marks=tuple((i, str(i)) for i in range(1, len(tests) + 1)))
    drawn = chart(
        [Series(0, points, loose=True)],
        x,
        axis(heights, "measured - claimed"),
        "Measured minus claimed, with the tolerance",
        line=0,
    )
    return drawn + _caption(
        "Measured value minus the claimed one; bars: the tolerance of the comparison, no error bar. The claim says 0",
        evidence,
    )


def _caption(words: str, evidence: dict[str, Any]) -> str:
    if "threshold_z" in evidence:
        words += f"; refuted beyond {evidence['threshold_z']:.2f} standard errors"
        words += f" (false alarm {evidence['false_alarm']:.1e})"
    if "would_have_seen" in evidence:
        words += f"; a relative discrepancy of {evidence['would_have_seen']:.1%} would have been seen"
    return tag("figcaption", text(words + "."))


def _numbers(tests: list[dict[str, Any]]) -> str:
    keys = list(dict.fromkeys(key for t in tests for key in t))
    rows = [[str(i), *(text(_word(t.get(key))) for key in keys)] for i, t in enumerate(tests, 1)]
    return table(["test", *(text(key.replace("_", " ")) for key in keys)], rows, "Every test of this comparison")


def _word(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{k} = {_word(v)}" for k, v in value.items())
    if isinstance(value, list):
        return " ".join(map(_word, value))
    return f"{value:.4g}" if isinstance(value, float) else "" if value is None else str(value)
