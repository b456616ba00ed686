"""Pictures of exponents as SVG, written here: no other package is needed, and the same data give the same bytes."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from fractions import Fraction
from html import escape
from typing import TYPE_CHECKING

from ridgeproof.theorems.exponents.model.diagrams import Diagram
from ridgeproof.words import terminal

from .phase_layout import DOLLAR, LETTERS, PALETTE, Words, fixed_scales, layout

if TYPE_CHECKING:
    from ridgeproof.theorems.exponents.model.heat import HeatMap

SIDE, LEFT, TOP, RIGHT, BELOW = 520.0, 70.0, 62.0, 26.0, 58.0
FONT = "font-family='Helvetica, Arial, sans-serif'"
SIGNS = {r"\ell": "ℓ", r"\alpha": "α", r"\beta": "β", r"\gamma": "γ", r"\rho": "ρ", r"\infty": "∞", "-": "−"}
# From low to high, light to dark, of one hue after the other: read in grey and by every colour vision (viridis).
HEAT = ("#fde725", "#b5de2b", "#6ece58", "#35b779", "#1f9e89", "#26828e", "#31688e", "#3e4989", "#482878", "#440154")
NOTHING = "#d9d9d9"
NUMBER = re.compile(r"_(\{[^}]*\}|.)")

Point = tuple[float, float]


def phase_diagram(found: Diagram, title: str = "") -> str:
    """A phase diagram: regions with regime and rate, boundaries with their equations."""
    drawn = layout(found, SIDE)

    def place(point: Point) -> Point:
        return LEFT + point[0], TOP + SIDE - point[1]

    out = []
    for corners, regime in drawn.regions:
        colour = _pale(PALETTE[regime % len(PALETTE)])
        out.append(f"<polygon points='{_points(map(place, corners))}' fill='{colour}' stroke='{colour}'/>")
    out += [
        f"<polyline points='{_points(map(place, line))}' stroke='#262626' stroke-width='1.1'/>" for line in drawn.lines
    ]
    for words in drawn.equations:
        out.append(_words(words, place(words.place), halo=True))
    out += [_words(words, place(words.place), bold=True) for words in drawn.labels]
    legend = [_text(line, LEFT, TOP + SIDE + 62 + 17 * i, 12, "start") for i, line in enumerate(drawn.legend)]
    (x0, y0), (x1, y1) = found.window[0], found.window[2]
    frame = _frame((x0, x1), (y0, y1), found.names, title, fixed_scales(found))
    return _document([*out, *frame, *legend], LEFT + SIDE + RIGHT, TOP + SIDE + BELOW + 17 * len(drawn.legend) + 8)


def heat_map(found: HeatMap, title: str = "") -> str:
    """A heat map of the rate: a rectangle for each point, a scale beside it, and lines where the regime changes."""
    nx, ny = len(found.xs), len(found.ys)
    w, h = SIDE / nx, SIDE / ny
    finite = [float(cell.rate) for row in found.cells for cell in row if isinstance(cell.rate, Fraction)]
    low, high = (min(finite), max(finite)) if finite else (0.0, 1.0)
    out = []
    for j, row in enumerate(found.cells):
        for i, cell in enumerate(row):
            colour = _heat(cell.rate, low, high)
            x, y = LEFT + i * w, TOP + SIDE - (j + 1) * h
            says = f"{found.x} = {found.xs[i]}, {found.y} = {found.ys[j]}: rate {cell.rate}, {cell.regime}"
            out.append(
                f"<rect x='{x:.2f}' y='{y:.2f}' width='{w + 0.3:.2f}' height='{h + 0.3:.2f}' fill='{colour}'>"
                f"<title>{escape(terminal(says))}</title></rect>"
            )
    edges = []
    for j in range(ny):
        for i in range(nx):
            x, y = LEFT + i * w, TOP + SIDE - (j + 1) * h
            if i and found.cells[j][i].regime != found.cells[j][i - 1].regime:
                edges.append(f"M{x:.2f} {y:.2f}v{h:.2f}")
            if j and found.cells[j][i].regime != found.cells[j - 1][i].regime:
                edges.append(f"M{x:.2f} {y + h:.2f}h{w:.2f}")
    out.append(f"<path d='{''.join(edges)}' stroke='#000' stroke-width='1.6' fill='none'/>")
    bar = LEFT + SIDE + 24
    for k in range(100):
        colour = _heat(Fraction(k, 99), 0.0, 1.0)
        y = TOP + SIDE * (99 - k) / 100
        out.append(f"<rect x='{bar}' y='{y:.2f}' width='18' height='{SIDE / 100 + 0.4:.2f}' fill='{colour}'/>")
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        value = low + share * (high - low)
        out.append(_text(f"{value:.4g}", bar + 24, TOP + SIDE * (1 - share) + 4, 12, "start"))
    out.append(_text("rate", bar, TOP - 10, 13, "start"))
    (x0, x1), (y0, y1) = found.ends
    fixed = ", ".join(f"${LETTERS.get(name, name)} = {value}$" for name, value in found.fixed)
    frame = _frame((x0, x1), (y0, y1), (found.x, found.y), title, fixed)
    return _document([*out, *frame], bar + 84, TOP + SIDE + BELOW)


def _frame(
    across: tuple[Fraction, Fraction], up: tuple[Fraction, Fraction], names: tuple[str, str], title: str, fixed: str
) -> list[str]:
    """Axes with their ticks and names, and what stands above."""
    out = [f"<rect x='{LEFT}' y='{TOP}' width='{SIDE}' height='{SIDE}' stroke='#000' fill='none'/>"]
    for k in range(5):
        x, y = LEFT + SIDE * k / 4, TOP + SIDE * (1 - k / 4)
        out.append(f"<path d='M{x} {TOP + SIDE}v5M{LEFT} {y}h-5' stroke='#000'/>")
        out.append(_text(_tick(across[0] + (across[1] - across[0]) * k / 4), x, TOP + SIDE + 20, 12, "middle"))
        out.append(_text(_tick(up[0] + (up[1] - up[0]) * k / 4), LEFT - 9, y + 4, 12, "end"))
    out.append(_text(f"${LETTERS.get(names[0], names[0])}$", LEFT + SIDE / 2, TOP + SIDE + 44, 16, "middle"))
    out.append(_text(f"${LETTERS.get(names[1], names[1])}$", LEFT - 48, TOP + SIDE / 2, 16, "middle"))
    out.append(_text(terminal(title).replace("$", DOLLAR), LEFT + SIDE / 2, 24, 14, "middle"))
    out.append(_text(fixed, LEFT + SIDE / 2, 46, 12, "middle"))
    return out


def _tick(value: Fraction) -> str:
    return str(value).replace("-", "−")


def _document(parts: Iterable[str], width: float, height: float) -> str:
    size = f"width='{width:.0f}' height='{height:.0f}' viewBox='0 0 {width:.0f} {height:.0f}'"
    head = f"<?xml version='1.0' encoding='UTF-8'?>\n<svg xmlns='http://www.w3.org/2000/svg' {size} {FONT}>"
    body = "\n".join(part for part in parts if part)
    return f"{head}\n<rect width='100%' height='100%' fill='#fff'/>\n{body}\n</svg>\n"


def _points(points: Iterable[Point]) -> str:
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in points)


def _pale(colour: str) -> str:
    return "#" + "".join(f"{round(0.45 * int(colour[i : i + 2], 16) + 0.55 * 255):02x}" for i in (1, 3, 5))


def _heat(rate: object, low: float, high: float) -> str:
    if rate is None:
        return NOTHING
    if not isinstance(rate, Fraction):  # infinite
        return HEAT[-1] if str(rate) == "inf" else HEAT[0]
    place = (float(rate) - low) / (high - low) * (len(HEAT) - 1) if high > low else 0.0
    i = min(math.floor(place), len(HEAT) - 2)
    mix = [
        (1 - (place - i)) * int(HEAT[i][k : k + 2], 16) + (place - i) * int(HEAT[i + 1][k : k + 2], 16)
        for k in (1, 3, 5)
    ]
    return "#" + "".join(f"{round(c):02x}" for c in mix)


def _words(words: Words, place: Point, *, halo: bool = False, bold: bool = False) -> str:
    x, y = place
    size, gap = words.size * 1.15, words.size * 1.45
    turn = f" transform='rotate({-words.angle:.2f} {x:.2f} {y:.2f})'" if words.angle else ""
    edge = " stroke='#fff' stroke-width='4' paint-order='stroke'" if halo else ""
    strong = " font-weight='bold'" if bold and len(words.lines) == 1 else ""
    first = y - gap * (len(words.lines) - 1) / 2 + size / 3
    lines = "".join(
        f"<tspan x='{x:.2f}' y='{first + gap * i:.2f}'>{_formula(line)}</tspan>" for i, line in enumerate(words.lines)
    )
    return f"<text font-size='{size:.1f}' text-anchor='middle'{turn}{edge}{strong}>{lines}</text>"


def _text(words: str, x: float, y: float, size: float, anchor: str) -> str:
    if not words:
        return ""
    return f"<text x='{x:.2f}' y='{y:.2f}' font-size='{size:g}' text-anchor='{anchor}'>{_formula(words)}</text>"


def _formula(line: str) -> str:
    """Words with small formulas between dollar signs: letters slanted, signs as signs, indices set lower."""
    parts = line.split("$")
    return "".join(_symbols(part) if i % 2 else escape(part) for i, part in enumerate(parts)).replace(DOLLAR, "$")


def _symbols(code: str) -> str:
    for name, sign in SIGNS.items():
        code = code.replace(name, sign)
    code = escape(re.sub(r"\\mathrm\{([^}]*)\}", r"\1", code))
    code = NUMBER.sub(
        lambda m: f"<tspan font-size='75%' dy='3'>{m[1].strip('{}')}</tspan><tspan dy='-3'> </tspan>", code
    )
    return re.sub(r"(?<![\w<&#'])([A-Za-zℓα-ω])(?![\w='])", r"<tspan font-style='italic'>\1</tspan>", code)
