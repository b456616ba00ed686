"""Phase diagrams over two scales: the regions, exactly, with a certificate that they cover the window.

``affine`` runs the table's own code on polygons, so on each region the optimum and the rate are affine functions, with
proof by construction.  What can be re-checked without it:

- the regions cover the window: their exact areas add up to the window's, and every two are separated by a line, so
  that nothing is counted twice (``certificate``);
- an affine function that agrees with the table at three interior points that are not on a line is the table's there,
  wherever the table is affine; and the linear program's multipliers depend on the slopes in ell alone, which are the
  same on a whole region, so that primal and dual feasibility, which are affine in the scales, hold on the region once
  they hold at its vertices (``linear_programs`` writes them down, region by region, for every cell).

The regions are closed and meet along edges.  A law that jumps there (h at a = b, phi at a = 1) may have another rate on
the edge itself; the row of that point gives it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ridgeproof.errors import ScaleError
from ridgeproof.frames import Framed, cells

from ..calculus import polygons
from ..calculus.affine import Affine, Cell, NotAffine, explore, text
from ..calculus.minimax import certificate as lp_certificate
from ..calculus.polygons import HalfPlane, Polygon
from ..calculus.scales import Infinite, finite
from .rows import Point, check_point, law_at, row_at, why_outside

Value = HalfPlane | Infinite | None  # an affine function, an infinity, or unknown
AXES = ("a", "b", "g", "s", "s0", "h")


@dataclass(frozen=True, slots=True)
class Label:
    """What holds on a region: the regime, the rate and the optimal controls, affine in the two scales."""

    regime: str
    rate: Value
    controls: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class Region:
    """A convex polygon on which one label holds."""

    polygon: Polygon
    label: Label


@dataclass(frozen=True, slots=True)
class Diagram(Framed):
    """The regions of a window of two scales; ``fixed`` are the other scales."""

    x: str
    y: str
    window: Polygon
    fixed: tuple[tuple[str, str], ...]
    regions: tuple[Region, ...]
    cells: int

    @property
    def names(self) -> tuple[str, str]:
        """The names of the two scales."""
        return self.x, self.y

    def as_json(self) -> dict[str, Any]:
        """Return plain data; every number is an exact rational string."""
        return {
            "x": self.x,
            "y": self.y,
            "x_range": [str(self.window[0][0]), str(self.window[2][0])],
            "y_range": [str(self.window[0][1]), str(self.window[2][1])],
            "fixed": dict(self.fixed),
            "regions": [self._region(region) for region in self.regions],
            "certificate": certificate(self),
        }

    def records(self) -> list[dict[str, Any]]:
        """A row for each region: regime, rate and controls as text, and a point inside it."""
        rows = []
        for region, plain in zip(self.regions, self.as_json()["regions"], strict=True):
            count = len(region.polygon)
            middle = [sum((corner[i] for corner in region.polygon), Fraction(0)) / count for i in (0, 1)]
            named = {n: v["text"] for n, v in plain.items() if isinstance(v, dict)}
            rows.append({"regime": plain["regime"], **named, **cells(zip(self.names, middle, strict=True))})
        return rows

    def _region(self, region: Region) -> dict[str, Any]:
        controls = {name: self._value(value) for name, value in region.label.controls}
        return {
            "regime": region.label.regime,
            "rate": self._value(region.label.rate),
            **controls,
            "vertices": [[str(x), str(y)] for x, y in region.polygon],
            "inequalities": [f"{text(plane, self.names)} >= 0" for plane in polygons.half_planes(region.polygon)],
        }

    def _value(self, value: Value) -> dict[str, Any] | None:
        if value is None:
            return None
        if isinstance(value, Infinite):
            return {"coefficients": None, "text": str(value)}
        c, p, q = value
        return {"coefficients": {"1": str(c), self.x: str(p), self.y: str(q)}, "text": text(value, self.names)}


def diagram(
    x: str,
    y: str,
    x_range: tuple[Fraction, Fraction],
    y_range: tuple[Fraction, Fraction],
    fixed: Mapping[str, object],
) -> Diagram:
    """Return the phase diagram of the model-collapse law over two of its scales.

    Parameters
    ----------
    x, y : str
        Two of a, b, g, s, s0, h.  The slopes of the law depend on beta and r, whose regions are not polygons.
    x_range, y_range : pair of Fraction
        The window, lower end < upper end.
    fixed : mapping
        The other scales as for ``exponent_row`` (beta and r are required); h stays equal to b where it is left out.

    Raises
    ------
    ScaleError
        For a scale that cannot be an axis, an empty window, or a window that leaves a scale's domain.
    """
    for name, axis in (("x", x), ("y", y)):
        if axis not in AXES:
            raise ScaleError(f"{axis!r} cannot be an axis", where=name, accepted=f"one of {', '.join(AXES)}")
        if axis in fixed:
            raise ScaleError(f"{axis!r} is both an axis and fixed", where=name, accepted="one of the two")
    window = window_of((x, y), x_range, y_range)
    for corner in window:  # the domains are convex, so the corners speak for the window
        check_point(**{**fixed, x: corner[0], y: corner[1]})
    start = check_point(**{**fixed, x: window[0][0], y: window[0][1]})

    h_is_b = "h" not in (*fixed, x, y)

    def label(cell: Cell) -> Label:
        row = row_at(point_on(start, cell, h_is_b=h_is_b))
        return Label(row.regime, plain(row.rate), (("ell", plain(row.ell)),))

    shown = tuple((n, str(getattr(start, n))) for n in Point._fields if n not in (x, y))
    if h_is_b:
        shown = (*shown[:-1], ("h", "b"))
    return regions_of((x, y), window, shown, label)


def linear_programs(found: Diagram, fixed: Mapping[str, object]) -> list[dict[str, Any]]:
    """Return, for cells that cover the window, the certificate of the optimum with entries affine in the two scales.

    Each item has the cell's ``vertices`` and, under ``program``, ``minimax``'s certificate, in which numbers may be
    affine functions of the scales, as text; cells outside the established law have the reason instead.
    """
    x, y = found.names
    start = check_point(**{**fixed, x: found.window[0][0], y: found.window[0][1]})

    def program(cell: Cell) -> Any:
        point = point_on(start, cell, h_is_b="h" not in (*fixed, x, y))
        reason = why_outside(point)
        if reason is not None:
            return reason
        law = law_at(point)
        return lp_certificate(law.pieces, law.terms)

    cells = explore(found.window, found.names, program)
    return [{"vertices": [[str(a), str(b)] for a, b in polygon], "program": data} for polygon, data in cells]


def point_on(start: Point, cell: Cell, *, h_is_b: bool) -> Point:
    """Return the point of a cell: its two scales as functions, the others as in ``start``, h = b where it is free."""
    point = start._replace(**dict[str, Any](zip(cell.names, cell.coordinates(), strict=True)))
    return point._replace(h=point.b) if h_is_b else point


def window_of(
    names: tuple[str, str], x_range: tuple[Fraction, Fraction], y_range: tuple[Fraction, Fraction]
) -> Polygon:
    """Return the window as a polygon; raises ScaleError for equal axes or an empty range."""
    if names[0] == names[1]:
        raise ScaleError(f"{names[0]!r} on both axes", where="y", accepted="two different scales")
    ends = []
    for name, (low, high) in zip(names, (x_range, y_range), strict=True):
        low, high = finite(low, name), finite(high, name)
        if low >= high:
            raise ScaleError(f"the range {low}:{high} is empty", where=name, accepted="LOW:HIGH with LOW < HIGH")
        ends.append((low, high))
    return polygons.box(*ends)


def regions_of(
    names: tuple[str, str],
    window: Polygon,
    fixed: tuple[tuple[str, str], ...],
    label: Callable[[Cell], Label],
) -> Diagram:
    """Return the diagram of any labelling that ``affine.explore`` can run."""
    try:
        cells = explore(window, names, label)
    except NotAffine as error:
        raise ScaleError(str(error), where=" and ".join(names), accepted="scales in which the law is linear") from None
    groups: dict[Label, list[Polygon]] = {}
    for polygon, found in cells:
        groups.setdefault(found, []).append(polygon)
    regions = [Region(part, found) for found, parts in groups.items() for part in polygons.merge(parts)]
    regions.sort(key=lambda region: polygons.centroid(region.polygon))
    return Diagram(*names, window, fixed, tuple(regions), len(cells))


def plain(value: Any) -> Value:
    """Return an affine function, an infinity or a number without its cell, as one that can be compared across cells."""
    if isinstance(value, Affine):
        return value.form
    if isinstance(value, Fraction):
        return value, Fraction(0), Fraction(0)
    return value


def certificate(found: Diagram) -> dict[str, Any]:
    """Return the proof that the regions cover the window and do not overlap, as plain data.

    ``areas`` are the regions' exact areas, which add up to ``area``, the window's; ``separators`` holds, for every
    two regions, ``[i, j, line]``, where ``line = [c, p, q]`` means c + p x + q y >= 0 on region i and <= 0 on region j.
    All vertices lie in the window.  Regions inside the window, without common interior, whose areas add up to its
    area, leave no open part of it uncovered.

    Raises
    ------
    AssertionError
        Never, unless there is a defect in this package.
    """
    areas = [polygons.area(region.polygon) for region in found.regions]
    if sum(areas) != polygons.area(found.window):
        raise AssertionError("the regions do not cover the window")
    lines = []
    for (i, first), (j, second) in itertools.combinations(enumerate(found.regions), 2):
        line = polygons.separator(first.polygon, second.polygon)
        if line is None:
            raise AssertionError(f"regions {i} and {j} overlap")
        lines.append([i, j, [str(c) for c in line]])
    return {
        "kind": "cover",
        "area": str(polygons.area(found.window)),
        "areas": [str(x) for x in areas],
        "separators": lines,
    }
