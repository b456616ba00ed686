"""Drawings of phase diagrams: the exact regions of ``theorems.exponents.diagrams``, with names, rates and boundaries.

matplotlib is an optional dependency (extra ``pictures``); it is imported here when a picture is asked for.
"""

from __future__ import annotations

import itertools
import math
import textwrap
from fractions import Fraction
from pathlib import Path
from typing import Any

from numerics.errors import InputError
from theorems.exponents import polygons
from theorems.exponents.affine import text
from theorems.exponents.diagrams import Diagram, Label, Region, Value
from theorems.exponents.polygons import HalfPlane, Vertex
from theorems.exponents.scales import Infinite

FORMATS = ("png", "svg", "pdf")
# Okabe and Ito's palette, which readers with any colour vision can tell apart; mixed with white under text.
PALETTE = ("#56B4E9", "#E69F00", "#009E73", "#F0E442", "#CC79A7", "#0072B2", "#D55E00", "#999999")
HATCHES = ("", "//", "..", "xx")
LETTERS = {"s0": r"s_0", "ell": r"\ell", "alpha": r"\alpha", "beta": r"\beta", "gamma": r"\gamma", "rho": r"\rho"}
SIDE = 7.2  # inches of the drawing's square
LARGEST = 9.5
SMALLEST = 5.5  # points: smaller labels go into the legend by number


def check_format(path: str, where: str = "--output") -> str:
    """Return the format that a file name asks for; raises InputError for one that cannot be drawn or written."""
    form = Path(path).suffix.lower().removeprefix(".")
    if form not in FORMATS:
        raise InputError(f"cannot draw {path!r}", where=where, accepted="a name ending in .png, .svg or .pdf")
    if not Path(path).parent.is_dir():
        raise InputError(f"no directory for {path!r}", where=where, accepted="a name in an existing directory")
    return form


def draw(found: Diagram, path: str, *, title: str = "") -> None:
    """Write the picture of a diagram.

    Parameters
    ----------
    found : Diagram
        The regions.
    path : str
        A name that ends in .png, .svg or .pdf.
    title : str
        Above the picture; the fixed scales stand below it.

    Raises
    ------
    InputError
        For another ending, or where matplotlib is not installed.
    """
    form = check_format(path)
    try:
        import matplotlib
    except ImportError:
        raise InputError(
            "drawing needs matplotlib", where="--output", accepted="pip install 'ridgeproof[pictures]', or --json"
        ) from None
    matplotlib.use("Agg")
    from matplotlib.figure import Figure

    settings = {"svg.fonttype": "none", "svg.hashsalt": "ridgeproof", "pdf.fonttype": 42, "hatch.linewidth": 0.4}
    with matplotlib.rc_context(settings):
        figure = Figure(figsize=(SIDE + 1.2, SIDE + 1.2), layout="constrained")
        axes = figure.add_subplot()
        _paint(axes, found)
        fixed = ", ".join(f"${_symbol(name)} = {_number(value)}$" for name, value in found.fixed)
        axes.set_title((title + "\n" if title else "") + fixed, fontsize=10)
        metadata = {"Date": None} if form == "svg" else {"CreationDate": None} if form == "pdf" else {}
        figure.savefig(path, format=form, dpi=160, metadata=metadata, bbox_inches="tight")


def _paint(axes: Any, found: Diagram) -> None:
    (x0, y0), (x1, y1) = found.window[0], found.window[2]
    axes.set(xlim=(float(x0), float(x1)), ylim=(float(y0), float(y1)))
    axes.set_xlabel(f"${_symbol(found.x)}$", fontsize=13)
    axes.set_ylabel(f"${_symbol(found.y)}$", fontsize=13)
    axes.set_box_aspect(1)
    regimes = list(dict.fromkeys(region.label.regime for region in found.regions))
    styles = {
        regime: (PALETTE[i % len(PALETTE)], HATCHES[i // len(PALETTE) % len(HATCHES)])
        for i, regime in enumerate(regimes)
    }
    for region in found.regions:
        colour, hatch = styles[region.label.regime]
        corners = [(float(x), float(y)) for x, y in region.polygon]
        axes.fill(*zip(*corners, strict=True), facecolor=_pale(colour), hatch=hatch, edgecolor=_pale(colour), lw=0.8)
    taken = _draw_boundaries(axes, found)
    legend = _label_regions(axes, found, taken)
    if legend:
        axes.text(
            0, -0.12, "\n".join(legend), transform=axes.transAxes, va="top", fontsize=8.5, linespacing=1.4,
        )  # fmt: skip


def _pale(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return 0.45 * red + 0.55, 0.45 * green + 0.55, 0.45 * blue + 0.55


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


def _draw_boundaries(axes: Any, found: Diagram) -> list[tuple[float, float]]:
    """Draw the boundaries and write each line's equation along its longest segment; return where words stand."""
    places: list[tuple[float, float]] = []
    (x0, y0), (x1, y1) = found.window[0], found.window[2]
    across, up = SIDE * 72 / float(x1 - x0), SIDE * 72 / float(y1 - y0)  # points per unit
    for line, segments in boundaries(found).items():
        for start, end in segments:
            axes.plot(*zip(_float(start), _float(end), strict=True), color="0.15", lw=1.1, solid_capstyle="round")
        start, end = max(segments, key=lambda s: math.dist(_float(s[0]), _float(s[1])))
        (u0, v0), (u1, v1) = _float(start), _float(end)
        length = math.hypot((u1 - u0) * across, (v1 - v0) * up)
        words = _equation(line, found.names)
        size = min(8.5, 1.4 * length / max(6, len(words)))
        if size < 4.5:
            continue
        angle = math.degrees(math.atan2((v1 - v0) * up, (u1 - u0) * across))
        place = ((u0 + u1) / 2, (v0 + v1) / 2)
        axes.text(
            *place, f"${words}$", fontsize=size, rotation=angle, rotation_mode="anchor", ha="center", va="center",
            bbox={"boxstyle": "round,pad=0.12", "facecolor": "white", "edgecolor": "none", "alpha": 0.9},
        )  # fmt: skip
        places.append(place)
    return places


def _label_regions(axes: Any, found: Diagram, taken: list[tuple[float, float]]) -> list[str]:
    """Write regime and rate into every region that has room; return the legend of the numbered others."""
    (x0, y0), (x1, y1) = found.window[0], found.window[2]
    unit = (SIDE * 72 / float(x1 - x0), SIDE * 72 / float(y1 - y0))
    obstacles = [(u * unit[0], v * unit[1]) for u, v in taken]
    legend: dict[Label, int] = {}
    for region in found.regions:
        corners = [(float(x) * unit[0], float(y) * unit[1]) for x, y in region.polygon]
        formulas = _formulas(region.label, found.names)
        spots = _spots(corners)
        _, _, size, spot, words = max(
            (min(LARGEST, room), -len(lines), room, spot, lines)
            for width in (14, 20, 28, 40, 80)
            for lines in [[*textwrap.wrap(region.label.regime, width, break_on_hyphens=False), *formulas]]
            for spot in spots
            for room in [_room(spot, corners, obstacles, lines)]
        )
        if size < SMALLEST:
            number = str(legend.setdefault(region.label, len(legend) + 1))
            size, spot, words = max((_room(spot, corners, obstacles, [number]), spot, [number]) for spot in spots)
        weight = "normal" if len(words) > 1 else "bold"
        axes.text(
            spot[0] / unit[0], spot[1] / unit[1], "\n".join(words), fontsize=max(5.0, min(LARGEST, size)),
            weight=weight, ha="center", va="center", linespacing=1.25,
        )  # fmt: skip
    return [f"{i}  {label.regime}: {', '.join(_formulas(label, found.names))}" for label, i in legend.items()]


def _spots(corners: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return candidate places for a label: a fan of convex combinations of the vertices."""
    n = len(corners)
    middle = (sum(u for u, _ in corners) / n, sum(v for _, v in corners) / n)
    spots = [middle]
    for weight in (0.2, 0.35, 0.5, 0.65):
        ends = [*corners, *(((a + c) / 2, (b + d) / 2) for (a, b), (c, d) in itertools.combinations(corners, 2))]
        spots += [(middle[0] + weight * (u - middle[0]), middle[1] + weight * (v - middle[1])) for u, v in ends]
    return spots


def _room(
    spot: tuple[float, float],
    corners: list[tuple[float, float]],
    obstacles: list[tuple[float, float]],
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
    return [f"rate ${_tex(label.rate, names)}$"] + [
        f"${_symbol(name)} = {_tex(value, names)}$" for name, value in label.controls if value is not None
    ]


def _float(vertex: Vertex) -> tuple[float, float]:
    return float(vertex[0]), float(vertex[1])


def _symbol(name: str) -> str:
    if name in LETTERS:
        return LETTERS[name]
    return name if len(name) == 1 else rf"\mathrm{{{name.replace('_', ' ')}}}"


def _number(value: str) -> str:
    if value in ("inf", "-inf"):
        return value.replace("inf", r"\infty")
    return value if value.replace("/", "").lstrip("-").isdigit() else _symbol(value)


def _tex(value: Value, names: tuple[str, str]) -> str:
    if value is None or isinstance(value, Infinite):
        return _number(str(value)) if value is not None else "?"
    out = text(value, ("X", "Y")).replace("*", r"\,")
    return out.replace("X", _symbol(names[0])).replace("Y", _symbol(names[1]))


def _equation(line: HalfPlane, names: tuple[str, str]) -> str:
    """Return a line as ``y = ...``, or ``x = ...`` where it is vertical."""
    c, p, q = line
    if q:
        return f"{_symbol(names[1])} = {_tex((-c / q, -p / q, Fraction(0)), names)}"
    return f"{_symbol(names[0])} = {_tex((-c / p, Fraction(0), Fraction(0)), names)}"
