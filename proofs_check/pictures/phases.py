"""Drawings of phase diagrams with matplotlib: regions with names and rates, boundaries with their equations."""

from __future__ import annotations

from typing import Any

from ridgeproof.theorems.exponents.model.diagrams import Diagram
from ridgeproof.words import terminal

from .phase_layout import DOLLAR, PALETTE, fixed_scales, layout, symbol
from .style import figure_for

HATCHES = ("", "//", "..", "xx")
SIDE = 7.2  # inches of the drawing's square


def draw(found: Diagram, path: str, *, title: str = "") -> None:
    """Write the picture of a diagram.

    Parameters
    ----------
    found : Diagram
        The regions.
    path : str
        A name that ends in .png, .svg or .pdf.
    title : str
        Above the picture, with the fixed scales.

    Raises
    ------
    InputError
        For another ending, or where matplotlib is not installed.
    """
    with figure_for(path, size=(SIDE + 1.2, SIDE + 1.2)) as figure:
        axes = figure.add_subplot()
        paint(axes, found)
        axes.set_title(
            (_plain(terminal(title).replace("$", DOLLAR)) + "\n" if title else "") + fixed_scales(found), fontsize=10
        )


def paint(axes: Any, found: Diagram) -> Any:
    """Draw a diagram on square axes; returns them."""
    (x0, y0), (x1, y1) = found.window[0], found.window[2]
    side = SIDE * 72
    axes.set(xlim=(float(x0), float(x1)), ylim=(float(y0), float(y1)))
    axes.set_xlabel(f"${symbol(found.x)}$", fontsize=13)
    axes.set_ylabel(f"${symbol(found.y)}$", fontsize=13)
    axes.set_box_aspect(1)
    drawn = layout(found, side)

    def point(place: tuple[float, float]) -> tuple[float, float]:
        return float(x0) + place[0] / side * float(x1 - x0), float(y0) + place[1] / side * float(y1 - y0)

    for corners, regime in drawn.regions:
        colour, hatch = _pale(PALETTE[regime % len(PALETTE)]), HATCHES[regime // len(PALETTE) % len(HATCHES)]
        axes.fill(*zip(*map(point, corners), strict=True), facecolor=colour, hatch=hatch, edgecolor=colour, lw=0.8)
    for segment in drawn.lines:
        axes.plot(*zip(*map(point, segment), strict=True), color="0.15", lw=1.1, solid_capstyle="round")
    white = {"boxstyle": "round,pad=0.12", "facecolor": "white", "edgecolor": "none", "alpha": 0.9}
    for words in drawn.equations:
        axes.text(
            *point(words.place), words.lines[0], fontsize=words.size, rotation=words.angle, rotation_mode="anchor",
            ha="center", va="center", bbox=white,
        )  # fmt: skip
    for words in drawn.labels:
        axes.text(
            *point(words.place), _plain("\n".join(words.lines)), fontsize=words.size, ha="center", va="center",
            weight="normal" if len(words.lines) > 1 else "bold", linespacing=1.25,
        )  # fmt: skip
    if drawn.legend:
        axes.text(
            0,
            -0.12,
            _plain("\n".join(drawn.legend)),
            transform=axes.transAxes,
            va="top",
            fontsize=8.5,
            linespacing=1.4,
        )
    return axes


def _plain(words: str) -> str:
    """The user's dollar signs as matplotlib's signs that begin no formula; other dollar signs come from the layout."""
    return words.replace(DOLLAR, r"\$")


def _pale(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return 0.45 * red + 0.55, 0.45 * green + 0.55, 0.45 * blue + 0.55
