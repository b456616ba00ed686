"""Convex polygons with rational vertices: clipping, areas, hulls, half-planes.  Exact; nothing here knows of a law.

A polygon is the tuple of its vertices, counterclockwise and strictly convex.  A half-plane ``(c, p, q)`` is
``c + p x + q y >= 0``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction

Vertex = tuple[Fraction, Fraction]
Polygon = tuple[Vertex, ...]
HalfPlane = tuple[Fraction, Fraction, Fraction]


def box(x: tuple[Fraction, Fraction], y: tuple[Fraction, Fraction]) -> Polygon:
    """Return the rectangle of two intervals (lower end < upper end)."""
    return ((x[0], y[0]), (x[1], y[0]), (x[1], y[1]), (x[0], y[1]))


def value_at(plane: HalfPlane, vertex: Vertex) -> Fraction:
    """Return ``c + p x + q y``."""
    return plane[0] + plane[1] * vertex[0] + plane[2] * vertex[1]


def clip(polygon: Polygon, plane: HalfPlane) -> Polygon:
    """Return the part of the polygon inside the half-plane, which must cut it in two."""
    kept: list[Vertex] = []
    for start, end in edges(polygon):
        u, v = value_at(plane, start), value_at(plane, end)
        if u >= 0:
            kept.append(start)
        if (u > 0 > v) or (u < 0 < v):
            t = u / (u - v)
            kept.append((start[0] + t * (end[0] - start[0]), start[1] + t * (end[1] - start[1])))
    return tuple(kept)


def edges(polygon: Polygon) -> Iterable[tuple[Vertex, Vertex]]:
    """Return the pairs of neighbouring vertices, counterclockwise."""
    return zip(polygon, (*polygon[1:], polygon[0]), strict=True)


def area(polygon: Polygon) -> Fraction:
    """Return the area."""
    return sum((p[0] * q[1] - q[0] * p[1] for p, q in edges(polygon)), Fraction(0)) / 2


def centroid(polygon: Polygon) -> Vertex:
    """Return the mean of the vertices, a point of the interior."""
    n = len(polygon)
    return sum((v[0] for v in polygon), Fraction(0)) / n, sum((v[1] for v in polygon), Fraction(0)) / n


def hull(points: Iterable[Vertex]) -> Polygon:
    """Return the convex hull of points that are not all on one line (Andrew's chains)."""
    ordered = sorted(set(points))
    return (*_chain(ordered)[:-1], *_chain(ordered[::-1])[:-1])


def _chain(points: Sequence[Vertex]) -> list[Vertex]:
    chain: list[Vertex] = []
    for point in points:
        while len(chain) > 1 and _turn(chain[-2], chain[-1], point) <= 0:
            chain.pop()
        chain.append(point)
    return chain


def _turn(p: Vertex, q: Vertex, r: Vertex) -> Fraction:
    """Return twice the signed area of a triangle: positive for a left turn."""
    return (q[0] - p[0]) * (r[1] - p[1]) - (r[0] - p[0]) * (q[1] - p[1])


def half_planes(polygon: Polygon) -> tuple[HalfPlane, ...]:
    """Return the half-planes whose intersection the polygon is, one an edge, with coprime integer coefficients."""
    planes = []
    for (x0, y0), (x1, y1) in edges(polygon):
        p, q = y0 - y1, x1 - x0
        planes.append(primitive((-p * x0 - q * y0, p, q)))
    return tuple(planes)


def primitive(plane: HalfPlane) -> HalfPlane:
    """Return the same half-plane with coprime integer coefficients."""
    scale = math.lcm(*(c.denominator for c in plane))
    integers = [int(c * scale) for c in plane]
    divisor = math.gcd(*integers) or 1
    c, p, q = (Fraction(i // divisor) for i in integers)
    return c, p, q


def separator(first: Polygon, second: Polygon) -> HalfPlane | None:
    """Return an edge's half-plane that holds one polygon and whose opposite holds the other; None if they overlap.

    Convex polygons with disjoint interiors always have one (separating axes).  It is >= 0 on ``first``.
    """
    for inside, outside, sense in ((first, second, 1), (second, first, -1)):
        for plane in half_planes(inside):
            if all(value_at(plane, v) <= 0 for v in outside):
                c, p, q = (sense * x for x in plane)
                return c, p, q
    return None


def merge(parts: Sequence[Polygon]) -> list[Polygon]:
    """Return polygons with the same union as ``parts`` (disjoint interiors), joined where the join is convex.

    Two parts are joined exactly when the area of their hull is the sum of theirs.
    """
    whole = hull(v for part in parts for v in part)
    if area(whole) == sum(map(area, parts)):
        return [whole]
    merged = list(parts)
    found = True
    while found:
        found = False
        for i, first in enumerate(merged):
            for k in range(i + 1, len(merged)):
                joint = hull((*first, *merged[k]))
                if area(joint) == area(first) + area(merged[k]):
                    merged[i] = joint
                    del merged[k]
                    found = True
                    break
            if found:
                break
    return merged
