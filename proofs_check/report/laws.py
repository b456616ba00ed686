"""Scaling exponents on the page: the law by regime, a table, and a phase diagram."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import sympy as sp

from proofs_check import law_examples
from proofs_check.report.html import table, tag, text
from proofs_check.report.mathml import mathml
from proofs_check.report.prose import prose
from proofs_check.tex import tidy

if TYPE_CHECKING:
    from theorems.exponents.symbolic import SymbolicLaw

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
            ", ".join(f"{_math(c)} ≥ 0" for c in region.conditions),
        ]
        for region in law.regions
    ]
    named = ", ".join(f"{_math(symbol)} = {_math(meaning)}" for symbol, meaning in law.definitions)
    caption = f"The law by regime for {prose(where)}{', with ' if named else ''}{named}"
    return table(["regime", prose("ell"), "rate", "where"], rows, caption) + tag("p", prose(law.domain), class_="note")


def _math(expr: sp.Expr) -> str:
    from theorems.exponents.symbolic import latex_name

    return mathml(tidy(sp.latex(expr, symbol_names={x: latex_name(x.name) for x in expr.free_symbols})))


def _table() -> str:
    keys = ("b", "a", "ell", "rate", "ell_clean", "rate_clean", "rate_with_clean_ell", "regime")
    rows = [[text(str(row.as_json()[key])) for key in keys] for row in law_examples.rows()]
    head = [prose(h) for h in ("b", "a", "ell", "rate", "clean ell", "clean rate", "rate at clean ell", "regime")]
    caption = prose(
        f"Exact exponents at beta = {law_examples.BETA}, r = {law_examples.R}, fixed n, sigma and sigma_0: with "
        "T0 = T^b and d = T^a, lambda = T^-ell and E_test of order T^-rate"
    )
    return table(head, rows, caption, numbers=frozenset(range(7)))


def _diagram() -> str:
    found = law_examples.phase_diagram().as_json()
    (x0, x1), (y0, y1) = ([Fraction(v) for v in found[f"{axis}_range"]] for axis in "xy")

    def place(point: tuple[Fraction, Fraction]) -> tuple[float, float]:
        u = MARGIN + SIDE * float((point[0] - x0) / (x1 - x0))
        return round(u, 1), round(10 + SIDE * (1 - float((point[1] - y0) / (y1 - y0))), 1)

    out, rows = [], []
    regimes = list(dict.fromkeys(region["regime"] for region in found["regions"]))
    for i, region in enumerate(found["regions"], 1):
        corners = [(Fraction(x), Fraction(y)) for x, y in region["vertices"]]
        middle = (
            sum((x for x, _ in corners), Fraction(0)) / len(corners),
            sum((y for _, y in corners), Fraction(0)) / len(corners),
        )
        places = " ".join(f"{u},{v}" for u, v in map(place, corners))
        out.append(tag("polygon", points=places, class_=f"region r{regimes.index(region['regime']) % 6}"))
        u, v = place(middle)
        out.append(tag("text", str(i), x=u, y=v + 6, text_anchor="middle", class_="region-number"))
        rows.append([str(i), text(region["regime"]), _plain(region["rate"]["text"]), _plain(region["ell"]["text"])])
    for i in range(5):
        share = Fraction(i, 4)
        x, y = x0 + share * (x1 - x0), y0 + share * (y1 - y0)
        u, _ = place((x, y0))
        _, v = place((x0, y))
        out.append(tag("text", text(str(x)), x=u, y=SIDE + 28, text_anchor="middle"))
        out.append(tag("text", text(str(y)), x=MARGIN - 8, y=v + 4, text_anchor="end"))
    out.append(tag("text", "b, where T0 = T^b", x=MARGIN + SIDE / 2, y=SIDE + 48, text_anchor="middle"))
    out.append(
        tag("text", "g, where n = T^g", x=12, y=SIDE / 2, text_anchor="middle", transform=f"rotate(-90 12 {SIDE / 2})")
    )
    drawn = tag(
        "svg",
        *out,
        viewBox=f"0 0 {MARGIN + SIDE + 14} {SIDE + 56}",
        role="img",
        aria_label="Phase diagram over b and g",
        class_="plot square",
    )
    scales = ", ".join(f"{name} = {value}" for name, value in found["fixed"].items())
    caption = (
        f"Phase diagram: regimes of the adapted ridge at {scales}. The regions are exact polygons and their areas add "
        "up to the window's."
    )
    key = table(["region", "regime", "rate", "ell"], rows, "The regions of the phase diagram")
    return tag("figure", drawn, tag("figcaption", text(caption))) + key


def _plain(formula: str) -> str:
    return text(formula.replace("*", "\u2009").replace("-", "−"))
