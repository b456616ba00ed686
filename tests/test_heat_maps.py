"""Heat maps and phase diagrams as SVG, without matplotlib: every number is one of ``exponents``, every picture XML."""

from __future__ import annotations

import csv
import itertools
import sys
import xml.etree.ElementTree as ET
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from ridgeproof.proofs_check.cli import main
from ridgeproof.proofs_check.pictures import svg
from ridgeproof.theorems.exponents import exponent_row
from ridgeproof.theorems.exponents.model.diagrams import diagram
from ridgeproof.theorems.exponents.model.heat import heat_map

SVG = "{http://www.w3.org/2000/svg}"
PAIRS = [("beta", "r"), ("beta", "b"), ("r", "g"), ("b", "g"), ("s", "s0"), ("a", "b")]


@pytest.mark.parametrize(("x", "y"), PAIRS)
def test_any_two_scales_have_a_heat_map(ridgeproof_json: Any, x: str, y: str) -> None:
    """Each row is that of `exponents` at the same point; the points are the middles of the window's cells."""
    shown = ridgeproof_json("phase-diagram", "--x", x, "--y", y, "--heat-map", "--steps", 3)
    assert (shown["x"], shown["y"], len(shown["rows"])) == (x, y, 9)
    (x0, x1), (y0, y1) = (map(Fraction, shown[key]) for key in ("x_range", "y_range"))
    sixths = [Fraction(1, 6), Fraction(1, 2), Fraction(5, 6)]
    points = {(str(x0 + (x1 - x0) * u), str(y0 + (y1 - y0) * v)) for u in sixths for v in sixths}
    assert {(row[x], row[y]) for row in shown["rows"]} == points
    for row in shown["rows"]:
        names = ["beta", "r", "a", "b", "g", "s", "s0"]
        scales: dict[str, Any] = {name: Fraction(row[name]) for name in names}
        assert row == exponent_row(**scales).as_json()


def test_the_regions_of_the_polygons_are_those_of_the_grid() -> None:
    """Over two scales where both exist: the label of the polygon that a point lies in is the row there."""
    window = (Fraction(0), Fraction(2)), (Fraction(0), Fraction(2))
    fixed = {"beta": Fraction(3, 2), "r": Fraction(1, 2), "a": 1, "s": 0, "s0": 0}
    grid = heat_map("b", "g", *window, fixed, 9)
    polygons = diagram("b", "g", *window, fixed)
    for row, v in zip(grid.cells, grid.ys, strict=True):
        for cell, u in zip(row, grid.xs, strict=True):
            inside = [
                region.label.rate
                for region in polygons.regions
                if all(
                    (p[0] - o[0]) * (v - o[1]) - (p[1] - o[1]) * (u - o[0]) >= 0
                    for o, p in zip(region.polygon, (*region.polygon[1:], region.polygon[0]), strict=True)
                )
            ]
            assert any(isinstance(t, tuple) and t[0] + t[1] * u + t[2] * v == cell.rate for t in inside)


def test_svg_needs_no_other_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both pictures are well-formed, hold their numbers as words, and say the same every time."""
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    window = (Fraction(0), Fraction(2)), (Fraction(0), Fraction(2))
    fixed: dict[str, Any] = {"beta": Fraction(3, 2), "r": Fraction(1, 2), "a": 1, "s": 0, "s0": 0}
    regions = svg.phase_diagram(diagram("b", "g", *window, fixed), "A title & <more>")
    heat = svg.heat_map(heat_map("b", "g", *window, fixed, 5), "A title")
    for picture in (regions, heat):
        words = " ".join("".join(text.itertext()) for text in ET.fromstring(picture).iter(f"{SVG}text"))
        assert "A title" in words and "b" in words and "3/2" in words
    assert "A title & <more>" in "".join(ET.fromstring(regions).itertext())
    assert "3b/5 − 3g/5" in "".join(ET.fromstring(regions).itertext())
    cells = [r for r in ET.fromstring(heat).iter(f"{SVG}rect") if r.find(f"{SVG}title") is not None]
    assert len(cells) == 25 and "rate 3/5" in "".join(ET.fromstring(heat).itertext())
    assert regions == svg.phase_diagram(diagram("b", "g", *window, fixed), "A title & <more>")


def test_the_command_writes_them(ridgeproof: Any, tmp_path: Path) -> None:
    """SVG, CSV and JSON by the ending; other endings and bad axes are refused in one line."""
    words = ("phase-diagram", "--x", "beta", "--y", "r", "--steps", 4, "-o")
    assert all(ridgeproof(*words, f"map.{ending}").returncode == 0 for ending in ("svg", "csv", "json"))
    with (tmp_path / "map.csv").open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == 16 and all(float(r["rate_decimal"]) == float(Fraction(r["rate"])) for r in rows)
    for bad in (
        ("--x", "gamma", "--y", "r"),
        ("--x", "b", "--y", "b", "--heat-map"),
        ("--x", "beta", "--y", "r", "-o", "x.png"),
    ):
        done = ridgeproof("phase-diagram", *bad)
        assert done.returncode == 2 and done.stderr.count("\n") == 1 and "accepted" in done.stderr


def test_every_pair_of_axes_is_drawn(tmp_path: Path) -> None:
    """Each two of beta, r and the scales have a heat map, each two scales their regions, as SVG."""
    for x, y in itertools.combinations(("beta", "r", "a", "b", "g", "s", "s0", "h"), 2):
        heat = ["phase-diagram", "--x", x, "--y", y, "--heat-map", "--steps", "2", "-o", str(tmp_path / f"{x}-{y}.svg")]
        assert main(heat) == 0 and ET.parse(heat[-1]).getroot().tag == f"{SVG}svg"
        if not {x, y} & {"beta", "r"}:
            regions = ["phase-diagram", "--x", x, "--y", y, "-o", str(tmp_path / f"of-{x}-{y}.svg")]
            assert main(regions) == 0 and ET.parse(regions[-1]).getroot().tag == f"{SVG}svg"
