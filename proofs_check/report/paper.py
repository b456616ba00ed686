"""The report's sections on the paper: every statement with the verdicts of this ledger, and the figures redrawn."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from ridgeproof.theorems.paper import Statement, statements

from ..verdicts import Row
from ..writing.html import details, table, tag, text
from ..writing.html_prose import prose
from .plots import Series, axis, chart


def concordance(rows: Sequence[Row]) -> str:
    """The paper's statements, v2 and v1, and the claims of this page that state them; empty if none is on the page."""
    verdicts = {row.id: str(row.verdict) for row in rows}
    if not any(c in verdicts for x in statements() for c in x.claims):
        return ""

    def cells(x: Statement) -> list[str]:
        here = [
            tag("a", text(c), href=f"#claim-{c}") + text(f" ({verdicts[c]})") if c in verdicts else text(c)
            for c in x.claims
        ]
        named = [prose(part) if part else "-" for part in (x.number, x.v1, x.says)]
        return [*named, text(f"theory.md#{x.anchor}"), ", ".join(here) or "-", prose(x.note) if x.note else ""]

    said = (
        "Every numbered statement of the paper in its second version (v2), the number that it has in the first (v1), "
        "the place in docs/theory.md, and the claims that state or correct it."
    )
    head = ["v2", "v1", "statement", "docs", "claims", "to know"]
    return tag("p", said) + table(head, [cells(x) for x in statements()], "The paper's statements", stacked=True)


def _kept() -> Mapping[str, Any]:
    """What `python examples/paper/figures.py --save` has kept; empty where the examples are not installed."""
    face = resources.files("ridgeproof")
    places: list[Traversable | Path] = [face / "examples", Path(str(face)).parent.parent / "examples"]
    for place in places:
        file = place / "paper" / "figures.json"
        if file.is_file():
            found: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
            return found
    return {}


def figures() -> str:
    """The paper's figures at its own parameters: theory as lines, simulation as marks, and the table of gaps."""
    kept = _kept()
    if not kept:
        return ""
    said = (
        "Theory (lines) and simulation (marks, with bars of two standard errors) at the parameters of v2; digits stand "
        "in for MNIST in Fig. 5. The gaps are those of a finite size: in Fig. 1 the exact noise term of a generator is "
        "larger by 1/(T0 - d - 1) = 0.33 %. Kept from a run of "
    )
    command = tag("code", "python examples/paper/figures.py --save")
    drawn = [
        tag("h3", text(f"{name.replace('figure-', 'Fig. ')}: {panel['title']}")) + _panel(panel, kept[name])
        for name in sorted(kept)
        for panel in kept[name]["panels"]
    ]
    return tag("p", text(said), command, text(".")) + "".join(drawn)


def _panel(panel: Mapping[str, Any], run: Mapping[str, Any]) -> str:
    series: list[Series] = []
    curves: Mapping[str, list[list[float]]] = panel["curves"]
    flat = [row for rows in curves.values() for row in rows]
    for i, rows in enumerate(curves.values()):
        series.append(Series(i, tuple((r[0], r[1], 0.0) for r in rows), bare=True))
        series.append(Series(i, tuple((r[0], r[2], min(2 * r[3], 0.75 * r[2])) for r in rows), loose=True))
    heights = [y for r in flat for y in (r[1], max(r[2] - 2 * r[3], r[2] / 4), r[2] + 2 * r[3])]
    x = axis([r[0] for r in flat], str(panel["along"]), log=True)
    y = axis(heights, "test error", log=True)
    title = f"Test error along {panel['along']}: {panel['title']}"
    legend = "; ".join(f"{name}: {MARKS[i % len(MARKS)]}" for i, name in enumerate(curves))
    gaps = [abs(r[1] / r[2] - 1) for r in flat]
    far = max(abs(r[1] - r[2]) / r[3] for r in flat if r[3] > 0)
    median = 100 * sorted(gaps)[len(gaps) // 2]
    caption = (
        f"{legend}. {len(flat)} points of {run['replicates']} runs: median gap {median:.1f} %, "
        f"largest {100 * max(gaps):.1f} %; farthest {far:.1f} standard errors."
    )
    numbers = [
        [text(name), f"{r[0]:g}", f"{r[1]:.5g}", f"{r[2]:.5g}", f"{r[3]:.2g}", f"{100 * (r[1] / r[2] - 1):+.2f} %"]
        for name, rows in curves.items()
        for r in rows
    ]
    head = ["curve", "x", "theory", "simulated", "standard error", "gap"]
    listed = table(head, numbers, "Gaps", numbers=frozenset({1, 2, 3, 4, 5}))
    finite = all(math.isfinite(v) for r in flat for v in r)
    drawing = chart(series, x, y, title) if finite else ""
    return tag("figure", drawing, tag("figcaption", text(caption)), details("The numbers", listed))


MARKS = ("circle", "square", "triangle", "diamond", "triangle upside down", "cross")
