"""Phase diagrams: the regions are what the table says, they cover the window, and their certificates stand alone."""

from __future__ import annotations

import random
import re
from fractions import Fraction as F

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ridgeproof.errors import ScaleError
from ridgeproof.theorems.exponents import exponent_row
from ridgeproof.theorems.exponents.calculus import polygons
from ridgeproof.theorems.exponents.calculus.scales import Infinite
from ridgeproof.theorems.exponents.model.diagrams import diagram, linear_programs

RATIONALS = st.fractions(min_value=-4, max_value=4, max_denominator=6)

# Windows that cross every change of the law: the cut-off, T0 = d, T = d, saturation of the chain, the end of learning.
CASES = [
    (("b", "g"), (F(0), F(2)), (F(0), F(2)), {"beta": F(3, 2), "r": F(1, 2)}),
    (("b", "g"), (F(0), F(2)), (F(0), F(3)), {"beta": F(3, 2), "r": F(1, 2), "a": F(1)}),
    (("b", "g"), (F(0), F(2)), (F(0), F(3)), {"beta": F(2), "r": F(3, 4), "a": "inf", "s": F(3, 2), "s0": F(1)}),
    (("a", "b"), (F(0), F(2)), (F(0), F(2)), {"beta": F(3, 2), "r": F(1, 2), "g": F(1, 4)}),
    (("a", "s"), (F(0), F(2)), (F(-1), F(4)), {"beta": F(5, 4), "r": F(2), "b": F(3, 2)}),
    (("s", "s0"), (F(0), F(4)), (F(0), F(4)), {"beta": F(3), "r": F(1, 3), "a": F(1, 2), "b": F(1, 2)}),
    (("g", "h"), (F(0), F(2)), (F(0), F(1)), {"beta": F(3, 2), "r": F(1, 2), "a": F(1), "b": F(1)}),
    (("b", "h"), (F(0), F(2)), (F(0), F(1)), {"beta": F(3, 2), "r": F(1, 2)}),
    (("b", "s0"), (F(0), F(2)), (F(0), F(3)), {"beta": F(3, 2), "r": F(0), "a": F(2, 3)}),
]


def at(value: dict[str, object] | None, x: F, y: F) -> object:
    """Evaluate a region's affine function from its JSON form alone."""
    if value is None or value["coefficients"] is None:
        return value and value["text"]
    c, p, q = (F(v) for v in value["coefficients"].values())  # type: ignore[attr-defined]
    return c + p * x + q * y


def inside(vertices: list[list[str]], x: F, y: F) -> bool:
    points = [(F(a), F(b)) for a, b in vertices]
    return all(
        (c - a) * (y - b) - (d - b) * (x - a) > 0
        for (a, b), (c, d) in zip(points, [*points[1:], points[0]], strict=True)
    )


@pytest.mark.parametrize(("axes", "x_range", "y_range", "fixed"), CASES)
def test_every_region_says_what_the_table_says(axes, x_range, y_range, fixed):
    """Protects the diagram as a whole: at random points of the window the region's answer is the exact row's."""
    found = diagram(*axes, x_range, y_range, fixed).as_json()
    rng = random.Random(20240212)
    hits = 0
    for _ in range(150):
        x = x_range[0] + (x_range[1] - x_range[0]) * F(rng.randrange(1, 9973), 9973)
        y = y_range[0] + (y_range[1] - y_range[0]) * F(rng.randrange(1, 9949), 9949)
        here = [region for region in found["regions"] if inside(region["vertices"], x, y)]
        assert len(here) <= 1
        if not here:
            continue  # on a boundary; prime denominators make that all but impossible
        hits += 1
        row = exponent_row(**{**fixed, axes[0]: x, axes[1]: y})
        assert here[0]["regime"] == row.regime
        for name, value in (("rate", row.rate), ("ell", row.ell)):
            assert at(here[0][name], x, y) == (str(value) if isinstance(value, Infinite) else value)
    assert hits >= 145


@pytest.mark.parametrize(("axes", "x_range", "y_range", "fixed"), CASES)
def test_the_cover_certificate_stands_alone(axes, x_range, y_range, fixed):
    """Protects "the regions cover the window": areas and separating lines, re-checked from the JSON document only."""
    found = diagram(*axes, x_range, y_range, fixed).as_json()
    polygons_ = [[(F(a), F(b)) for a, b in region["vertices"]] for region in found["regions"]]
    (x0, x1), (y0, y1) = x_range, y_range
    assert all(x0 <= x <= x1 and y0 <= y <= y1 for polygon in polygons_ for x, y in polygon)
    areas = []
    for polygon in polygons_:
        turns = zip(polygon, [*polygon[1:], polygon[0]], strict=True)
        areas.append(sum(a * d - c * b for (a, b), (c, d) in turns) / 2)
    assert min(areas) > 0
    assert sum(areas) == (x1 - x0) * (y1 - y0)
    separated = set()
    for i, j, line in found["certificate"]["separators"]:
        c, p, q = map(F, line)
        assert p or q
        assert all(c + p * x + q * y >= 0 for x, y in polygons_[i])
        assert all(c + p * x + q * y <= 0 for x, y in polygons_[j])
        separated.add((i, j))
    assert separated == {(i, j) for j in range(len(polygons_)) for i in range(j)}


def evaluate(text: str, names: tuple[str, str], x: F, y: F) -> F:
    """Evaluate ``2/3*b - 1`` with a reader of its own."""
    total = F(0)
    for sign, size, name in re.findall(r"([+-]?)\s*(?:(\d+(?:/\d+)?)\*?)?([a-z]\w*)?", text):
        if size or name:
            value = F(size or 1) * {"": 1, names[0]: x, names[1]: y}[name]
            total += -value if sign == "-" else value
    return total


@pytest.mark.parametrize(("axes", "x_range", "y_range", "fixed"), CASES)
def test_the_linear_programs_prove_the_regions(axes, x_range, y_range, fixed):
    """Protects the optimum on whole regions: primal and dual feasible at every cell's vertices, same multipliers."""
    found = diagram(*axes, x_range, y_range, fixed)
    cells = linear_programs(found, fixed)
    total = F(0)
    for cell in cells:
        corners = [(F(a), F(b)) for a, b in cell["vertices"]]
        total += polygons.area(tuple(corners))
        if isinstance(cell["program"], str):
            assert cell["program"].startswith("outside")
            continue
        for x, y in corners:

            def number(text, x=x, y=y):
                return evaluate(text, axes, x, y)

            values, last = [], F(0)
            for piece in cell["program"]["pieces"]:
                low, high = piece["interval"]
                assert number(low) == last
                last = None if high is None else number(high)
                rows = [(number(m), number(c)) for m, c in piece["affine"]]
                if piece["value"] == "-inf":
                    assert high is None and all(m < 0 for m, _ in rows)
                    continue
                ell, value = number(piece["ell"]), number(piece["value"])
                assert number(low) <= ell and (last is None or ell <= last)
                assert max(m * ell + c for m, c in rows) <= value
                weights, (u, w) = list(map(number, piece["multipliers"])), map(number, piece["bounds"])
                assert min([*weights, u, w]) >= 0 and sum(weights) == 1
                assert sum(y_ * m for y_, (m, _) in zip(weights, rows, strict=True)) == u - w
                bound = sum(y_ * c for y_, (_, c) in zip(weights, rows, strict=True)) + u * number(low)
                assert bound - (w * last if last is not None else 0) == value
                assert last is not None or w == 0
                values.append(value)
            assert last is None
            if cell["program"]["value"] != "-inf":
                assert min(values) == number(cell["program"]["value"])
    assert total == polygons.area(found.window)


def test_the_paper_s_corner_by_hand():
    """Corollary 1 with d of the order of T and n fixed: T0 << T limits the rate, T0 >> T gives the clean one back.

    With r = 1/2, beta = 3/2: 2 beta r/(1 + 2 beta r) = 3/5, of b below b = 1 + s and of 1 + s above.
    """
    found = diagram("b", "s", (F(0), F(2)), (F(0), F(1, 2)), {"beta": F(3, 2), "r": F(1, 2), "a": F(1)}).as_json()
    rates = {(region["regime"], region["rate"]["text"]) for region in found["regions"]}
    assert rates == {("bias = fake-data noise", "3/5*b"), ("bias = downstream noise", "3/5*s + 3/5")}
    downstream = next(region for region in found["regions"] if region["regime"] == "bias = downstream noise")
    corners = {("1", "0"), ("2", "0"), ("2", "1/2"), ("3/2", "1/2")}
    assert {tuple(vertex) for vertex in downstream["vertices"]} == corners


@given(RATIONALS, RATIONALS, RATIONALS)
@settings(max_examples=60, deadline=None)
def test_cutting_a_polygon_loses_nothing(c, p, q):
    """Protects the cells: both halves of a cut have the whole's area together, and hulls of them give it back."""
    square = polygons.box((F(-1), F(2)), (F(0), F(3)))
    values = [polygons.value_at((c, p, q), v) for v in square]
    if min(values) >= 0 or max(values) <= 0:
        return
    halves = [polygons.clip(square, (c, p, q)), polygons.clip(square, (-c, -p, -q))]
    assert sum(map(polygons.area, halves)) == polygons.area(square) == 9
    assert polygons.merge(halves) == [polygons.hull(square)]
    line = polygons.separator(*halves)
    assert line is not None and polygons.separator(halves[0], square) is None


@pytest.mark.parametrize(
    ("axes", "ranges", "fixed", "where"),
    [
        (("r", "b"), ((0, 1), (0, 1)), {"beta": 2}, "x"),
        (("b", "b"), ((0, 1), (0, 1)), {"beta": 2, "r": 1}, "y"),
        (("b", "g"), ((0, 1), (1, 1)), {"beta": 2, "r": 1}, "g"),
        (("b", "g"), ((-1, 1), (0, 1)), {"beta": 2, "r": 1}, "b"),
        (("b", "g"), ((0, 1), (0, 1)), {"beta": 1, "r": 1}, "beta"),
        (("b", "g"), ((0, 1), (0, 1)), {"beta": 2, "r": 1, "b": 1}, "x"),
    ],
)
def test_windows_that_make_no_sense_are_refused(axes, ranges, fixed, where):
    with pytest.raises(ScaleError) as caught:
        diagram(*axes, *((F(a), F(b)) for a, b in ranges), fixed)
    assert caught.value.where == where
