"""Scaling exponents on the page: the law by regime, a table, and a phase diagram."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy as sp

from ..pictures.phase_layout import affine, layout
from ..writing import law_examples
from ..writing.html import table, tag, text
from ..writing.html_prose import prose
from ..writing.mathml import inline, mathml
from ..writing.tex import exponent

if TYPE_CHECKING:
    from ridgeproof.theorems.exponents.model.symbolic import SymbolicLaw

SIDE, MARGIN = 420, 46


def section() -> str:
    """The regimes in symbols, a table of exact exponents, and the diagram over b and g."""
    return _regimes() + _table() + _diagram()


def _regimes() -> str:
    return "".join(_regions(where, law) for where, law in law_examples.laws().items())


def _regions(where: str, law: SymbolicLaw) -> str:
    rows = [
        [
            text(region.name),
            _math(region.ell),
            _math(region.rate),
            ", ".join(mathml(rf"{exponent(c)} \ge 0") for c in region.conditions),
        ]
        for region in law.regions
    ]
    named = ", ".join(f"{_math(symbol)} = {_math(meaning)}" for symbol, meaning in law.definitions)
    caption = f"The law by regime for {prose(where)}{', with ' if named else ''}{named}"
    said = tag("p", prose(law.domain), class_="note")
    return table(["regime", "ℓ", "rate", "where"], rows, caption, stacked=True) + said


def _math(expr: sp.Expr) -> str:
    return mathml(exponent(expr))


def _table() -> str:
    keys = ("b", "a", "ell", "rate", "ell_clean", "rate_clean", "rate_with_clean_ell", "regime")
    rows = [[text(str(row.as_json()[key])) for key in keys] for row in law_examples.rows()]
    head = ["b", "a", "ℓ", "rate", "clean ℓ", "clean rate", "rate at clean ℓ", "regime"]
    caption = prose(
        f"Exact exponents at beta = {law_examples.BETA}, r = {law_examples.R}, fixed n, sigma and sigma_0: with "
        "T0 = T^b, d = T^a and lambda = T^-ell, the test error is of the order of 1/T to the power of the rate"
    )
    return table(head, rows, caption, numbers=frozenset(range(7)), stacked=True)


def _diagram() -> str:
    """The diagram with numbers in its regions and equations along its boundaries, and a table of the regions."""
    found = law_examples.phase_diagram()
    drawn = layout(found, SIDE)

    def place(point: tuple[float, float]) -> tuple[float, float]:
        return round(MARGIN + point[0], 1), round(10 + SIDE - point[1], 1)

    out, rows = [], []
    for i, (region, (corners, regime)) in enumerate(zip(found.regions, drawn.regions, strict=True), 1):
        places = " ".join(f"{u},{v}" for u, v in map(place, corners))
        out.append(tag("polygon", points=places, class_=f"region r{regime % 6}"))
        u, v = place((sum(x for x, _ in corners) / len(corners), sum(y for _, y in corners) / len(corners)))
        out.append(tag("text", str(i), x=u, y=v + 6, text_anchor="middle", class_="region-number"))
        values = (region.label.rate, *(value for _, value in region.label.controls))
        rows.append([str(i), text(region.label.regime), *(inline(affine(value, found.names)) for value in values)])
    for words in drawn.equations:
        u, v = place(words.place)
        turn = f"rotate({-words.angle:.1f} {u} {v})"
        said = words.lines[0].strip("$").replace("-", "−")
        out.append(tag("text", text(said), x=u, y=v - 5, text_anchor="middle", transform=turn, class_="boundary"))
    (x0, y0), (x1, y1) = found.window[0], found.window[2]
    for i in range(5):
        u, v = place((SIDE * i / 4, SIDE * i / 4))
        out.append(tag("text", str(x0 + (x1 - x0) * i / 4), x=u, y=SIDE + 28, text_anchor="middle"))
        out.append(tag("text", str(y0 + (y1 - y0) * i / 4), x=MARGIN - 8, y=v + 4, text_anchor="end"))
    out.append(tag("text", "b, where T₀ = Tᵇ", x=MARGIN + SIDE / 2, y=SIDE + 48, text_anchor="middle"))
    turn = f"rotate(-90 12 {SIDE / 2})"
    out.append(tag("text", "g, where n = Tᵍ", x=12, y=SIDE / 2, text_anchor="middle", transform=turn))
    picture = tag(
        "svg",
        *out,
        viewBox=f"0 0 {MARGIN + SIDE + 14} {SIDE + 56}",
        role="img",
        aria_label="Phase diagram over b and g",
        class_="plot square",
    )
    scales = ", ".join(f"{name} = {value}" for name, value in found.fixed)
    caption = prose(
        f"Phase diagram: regimes of the adapted ridge at {scales}. The regions are exact polygons and their areas add "
        "up to the window's."
    )
    key = table(["region", "regime", "rate", "ℓ"], rows, "The regions of the phase diagram")
    return tag("figure", picture, tag("figcaption", caption)) + key
