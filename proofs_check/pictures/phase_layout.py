"""Phase diagrams laid out: where the words of a drawing stand, in what size and colour, whoever draws it.

From the exact regions of ``exponents.model.diagrams``; lengths are points from the lower left corner of a square.
Words hold small formulas between dollar signs, in LaTeX.
"""

from __future__ import annotations

import itertools
import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from ridgeproof.errors import ScaleError
from ridgeproof.theorems.exponents.calculus import polygons
from ridgeproof.theorems.exponents.calculus.polygons import HalfPlane, Vertex
from ridgeproof.theorems.exponents.calculus.scales import Infinite
from ridgeproof.theorems.exponents.model.diagrams import Diagram, Label, Region, Value
from ridgeproof.words import terminal

# Okabe and Ito's palette, which readers with any colour vision can tell apart; mixed with white under text.
PALETTE = ("#56B4E9", "#E69F00", "#009E73", "#F0E442", "#CC79A7", "#0072B2", "#D55E00", "#999999")
LETTERS = {"s0": r"s_0", "ell": r"\ell", "alpha": r"\alpha", "beta": r"\beta", "gamma": r"\gamma", "rho": r"\rho"}
LARGEST = 9.5
DOLLAR = "\uff04"  # a dollar sign of the user's own, which begins no formula
SMALLEST = 5.5  # points: smaller labels go into the legend by number

Point = tuple[float, float]


@dataclass(frozen=True)
class Words:
    """Centred lines of text at a place, in a size (points), turned by an angle (degrees)."""

    place: Point
    lines: tuple[str, ...]
    size: float
    angle: float = 0.0


@dataclass(frozen=True)
class Layout:
    """What is drawn, from back to front.

    Attributes
    ----------
    regions : corners of each region, and the number of its regime.
    lines : segments along which labels change.
    equations : words on those segments, to be set on white.
    labels : words inside the regions; a number alone refers to the legend.
    legend : what the numbers stand for.
    """

    regions: tuple[tuple[tuple[Point, ...], int], ...]
    lines: tuple[tuple[Point, Point], ...]
    equations: tuple[Words, ...]
    labels: tuple[Words, ...]
    legend: tuple[str, ...]


def layout(found: Diagram, side: float, *, smallest: float = SMALLEST) -> Layout:
    """Lay a diagram out on a square with sides of ``side`` points; labels get no smaller than ``smallest`` points."""
    (x0, y0), (x1, y1) = found.window[0], found.window[2]

    def place(vertex: Vertex) -> Point:
        return side * float((vertex[0] - x0) / (x1 - x0)), side * float((vertex[1] - y0) / (y1 - y0))

    regimes = list(dict.fromkeys(region.label.regime for region in found.regions))
    shapes = [tuple(map(place, region.polygon)) for region in found.regions]
    segments = [
        (line, [(place(start), place(end)) for start, end in parts]) for line, parts in boundaries(found).items()
    ]
    equations = [words for line, parts in segments for words in _equations(line, parts, found.names, smallest)]
    labels, legend = _labels(found, shapes, [words.place for words in equations], smallest)
    return Layout(
        tuple((shape, regimes.index(region.label.regime)) for shape, region in zip(shapes, found.regions, strict=True)),
        tuple(part for _, parts in segments for part in parts),
        tuple(equations),
        labels,
        legend,
    )


def fixed_scales(found: Diagram) -> str:
    """The scales that do not vary, as formulas."""
    return ", ".join(f"${symbol(name)} = {_number(value)}$" for name, value in found.fixed)


def boundaries(found: Diagram) -> dict[HalfPlane, list[tuple[Vertex, Vertex]]]:
    """Return the segments along which two different labels meet, by line."""
    lines: dict[HalfPlane, list[tuple[Vertex, Vertex]]] = {}
    for first, second in itertools.combinations(found.regions, 2):
        if first.label == second.label:
            continue
        segment = _common_edge(first, second)
        if segment is not None:
            line = _line(*segment)
            lines.setdefault(line, []).append(segment)
    return lines


def _line(start: Vertex, end: Vertex) -> HalfPlane:
    """Return the line through two points, the same for either order."""
    p, q = start[1] - end[1], end[0] - start[0]
    if q < 0 or (q == 0 and p < 0):
        p, q = -p, -q
    return polygons.primitive((-p * start[0] - q * start[1], p, q))


def _common_edge(first: Region, second: Region) -> tuple[Vertex, Vertex] | None:
    """Return the segment that two polygons share, if it is more than a point."""
    for edge in polygons.edges(first.polygon):
        line = _line(*edge)
        for other in polygons.edges(second.polygon):
            if _line(*other) == line:
                points = sorted({*edge, *other})
                inner = [p for p in points if min(edge) <= p <= max(edge) and min(other) <= p <= max(other)]
                if len(inner) > 1:
                    return inner[0], inner[-1]
    return None


def _equations(
    line: HalfPlane, parts: list[tuple[Point, Point]], names: tuple[str, str], smallest: float
) -> list[Words]:
    """A line's equation along its longest segment, if it has room there."""
    (u0, v0), (u1, v1) = max(parts, key=lambda part: math.dist(*part))
    words = _equation(line, names)
    size = min(LARGEST - 1, 1.4 * math.hypot(u1 - u0, v1 - v0) / max(6, len(words)))
    if size < smallest - 1:
        return []
    angle = math.degrees(math.atan2(v1 - v0, u1 - u0))
    return [Words(((u0 + u1) / 2, (v0 + v1) / 2), (f"${words}$",), size, angle)]


def _labels(
    found: Diagram, shapes: list[tuple[Point, ...]], taken: list[Point], smallest: float
) -> tuple[tuple[Words, ...], tuple[str, ...]]:
    """Regime and rate in every region that has room; the legend of the others, which have numbers."""
    legend: dict[Label, int] = {}
    labels = []
    for region, corners in zip(found.regions, shapes, strict=True):
        formulas = _formulas(region.label, found.names)
        spots = _spots(corners)
        _, _, size, spot, words = max(
            (min(LARGEST, room), -len(lines), room, spot, lines)
            for width in (14, 20, 28, 40, 80)
            for lines in [[*textwrap.wrap(_own(region.label.regime), width, break_on_hyphens=False), *formulas]]
            for spot in spots
            for room in [_room(spot, corners, taken, lines)]
        )
        if size < smallest:
            number = str(legend.setdefault(region.label, len(legend) + 1))
            size, spot, words = max((_room(spot, corners, taken, [number]), spot, [number]) for spot in spots)
        labels.append(Words(spot, tuple(words), max(5.0, min(LARGEST, size))))
    said = tuple(
        f"{i}: {_own(label.regime)}, {', '.join(_formulas(label, found.names))}" for label, i in legend.items()
    )
    return tuple(labels), said


def _own(words: str) -> str:
    """A user's words: no formula in them, and nothing that a drawing would obey."""
    return terminal(words).replace("$", DOLLAR)


def _spots(corners: Sequence[Point]) -> list[Point]:
    """Return candidate places for a label: a fan of convex combinations of the vertices."""
    n = len(corners)
    middle = (sum(u for u, _ in corners) / n, sum(v for _, v in corners) / n)
    spots = [middle]
    for weight in (0.2, 0.35, 0.5, 0.65):
        ends = [*corners, *(((a + c) / 2, (b + d) / 2) for (a, b), (c, d) in itertools.combinations(corners, 2))]
        spots += [(middle[0] + weight * (u - middle[0]), middle[1] + weight * (v - middle[1])) for u, v in ends]
    return spots


def _room(
    spot: Point,
    corners: Sequence[Point],
    obstacles: Sequence[Point],
    lines: list[str],
) -> float:
    """Return the largest type size, in points, at which centred lines stay inside the polygon and off other words."""
    widest = max(len(line.replace("$", "").replace("\\ell", "l")) for line in lines)
    half = (0.29 * widest + 0.6, 0.68 * len(lines) + 0.3)  # of the block of words, in units of the type size
    sizes = [max((abs(u - spot[0]) - 14) / half[0], (abs(v - spot[1]) - 7) / half[1]) for u, v in obstacles]
    for (a, b), (c, d) in zip(corners, (*corners[1:], corners[0]), strict=True):
        inside = (c - a) * (spot[1] - b) - (d - b) * (spot[0] - a)
        sizes.append(inside / (abs(d - b) * half[0] + abs(c - a) * half[1]))
    return min(sizes)


def _formulas(label: Label, names: tuple[str, str]) -> list[str]:
    if label.rate is None:
        return []
    return [f"rate ${affine(label.rate, names)}$"] + [
        f"${symbol(name)} = {affine(value, names)}$" for name, value in label.controls if value is not None
    ]


def symbol(name: str) -> str:
    """A scale in LaTeX."""
    if name in LETTERS:
        return LETTERS[name]
    if not (name.isascii() and name.replace("_", "").isalnum()):
        raise ScaleError(
            f"{name!r} cannot be a name in a picture", where="phase diagram", accepted="letters and digits"
        )
    return name if len(name) == 1 else rf"\mathrm{{{name.replace('_', ' ')}}}"


def _number(value: str) -> str:
    if value in ("inf", "-inf"):
        return value.replace("inf", r"\infty")
    return value if value.replace("/", "").lstrip("-").isdigit() else symbol(value)


def affine(value: Value, names: tuple[str, str]) -> str:
    """An affine function of two scales in LaTeX, as 3b/5 - 1 is written: positive terms first."""
    if value is None or isinstance(value, Infinite):
        return _number(str(value)) if value is not None else "?"
    terms = [
        (coefficient < 0, _multiple(abs(coefficient), symbol(name) if name else ""))
        for coefficient, name in zip((value[1], value[2], value[0]), (*names, ""), strict=True)
        if coefficient
    ]
    terms.sort(key=lambda term: term[0])
    if not terms:
        return "0"
    code = "".join(f" {'-' if negative else '+'} {words}" for negative, words in terms)
    return code.removeprefix(" + ") if code.startswith(" + ") else "-" + code.removeprefix(" - ")


def _multiple(size: Fraction, name: str) -> str:
    above = f"{'' if size.numerator == 1 and name else size.numerator}{name}"
    return above if size.denominator == 1 else f"{above}/{size.denominator}"


def _equation(line: HalfPlane, names: tuple[str, str]) -> str:
    """Return a line as ``y = ...``, or ``x = ...`` where it is vertical."""
    c, p, q = line
    if q:
        return f"{symbol(names[1])} = {affine((-c / q, -p / q, Fraction(0)), names)}"
    return f"{symbol(names[0])} = {affine((-c / p, Fraction(0), Fraction(0)), names)}"
