"""The exact values of b, g and s, one at a time, at which the rate changes its slope, becomes 0, or jumps.

With beta and r fixed, the slopes in ell are constants and every intercept and breakpoint of a law is affine in the
other scales, except where the law itself changes (``_cells``).  Inside such a cell the rate is therefore piecewise
linear, and each of its pieces is the value of one candidate vertex, affine in the scale.  All crossings of two
candidates are found exactly; between neighbours the rate is linear, so comparing its slopes finds every threshold.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from ridgeproof.frames import Framed

from ..calculus.minimax import ZERO, minimise
from ..calculus.scales import INF, Infinite, Scale
from .law import Law
from .rows import ExponentRow, Point, law_at, why_outside

ScaleName = Literal["b", "g", "s"]
Line = tuple[Fraction, Fraction]  # value at 0, slope


@dataclass(frozen=True, slots=True)
class Threshold(Framed):
    """At ``scale = at`` the rate is ``rate``; ``slopes`` are d rate/d scale below and above (None: infinite rate).

    ``kinds`` holds "slope" where the two slopes differ, "zero" where the rate becomes 0, and "jump" where it is not
    continuous.
    """

    scale: ScaleName
    at: Fraction
    rate: Scale
    slopes: tuple[Fraction | None, Fraction | None]
    kinds: tuple[str, ...]


def thresholds(row: ExponentRow, scale: ScaleName) -> tuple[Threshold, ...]:
    """Return the thresholds of the rate in one scale, in increasing order, the other scales as in ``row``.

    Parameters
    ----------
    row : ExponentRow
        A row inside the established law.  Its own value of ``scale`` only matters at b = a, where its h is used.
    scale : "b", "g" or "s"
        b > 0 (h = b away from b = a), g >= 0 and s >= 0 are searched.

    Raises
    ------
    ValueError
        For a row outside the established law (a clean row may have scales that make no sense for g >= 0).
    """
    if row.rate is None:
        raise ValueError(f"no thresholds: {row.regime}")
    base = Point(*(getattr(row, name) for name in Point._fields))
    if scale == "g" and (reason := why_outside(base._replace(g=ZERO))):
        raise ValueError(f"no thresholds: {reason}")
    lines: list[tuple[Fraction, Fraction | None, Line | None]] = []  # where the rate is linear; None: infinite
    for lo, hi in _cells(base, scale):
        lines.extend(_linear(base, scale, lo, hi))
    found = []
    for (lo, joint, left), (_, _, right) in itertools.pairwise([*lines, (ZERO, None, None)]):
        if joint is not None:
            found.append(_threshold(base, scale, joint, left, right))
        if left is not None and left[1] != 0:
            root = -left[0] / left[1]
            if root > lo and (joint is None or root < joint):
                found.append(Threshold(scale, root, ZERO, (left[1], left[1]), ("zero",)))
    return tuple(sorted((t for t in found if t.kinds), key=lambda t: t.at))


def _moved(base: Point, scale: ScaleName, value: Fraction) -> Point:
    if scale == "g":
        return base._replace(g=value)
    if scale == "s":
        return base._replace(s=value)
    return base._replace(b=value, h=base.h if value == base.a == base.b else value)


def _rate(base: Point, scale: ScaleName, value: Fraction) -> Scale:
    return -minimise(law_at(_moved(base, scale, value)).pieces, unimodal=base.r > 0)[1]


def _cells(base: Point, scale: ScaleName) -> Iterator[tuple[Fraction, Fraction | None]]:
    """Yield the intervals of the scale inside which the law does not change its form."""
    beta, _, a, b, g, _, _, _ = base
    reach = Fraction(1) if a >= 1 else a
    assert isinstance(reach, Fraction)
    joints: set[Scale] = set()
    if scale == "b":
        joints = {a}
        if not isinstance(g, Infinite):
            # Generators forget everything (n kappa_0 = 1); n kappa_0 reaches the least downstream kappa.
            joints |= {x for x in (g / beta, g / beta + reach) if x < a}
    elif scale == "g" and a > b:
        joints = {b * beta, (b - reach) * beta}
    inner = sorted(x for x in joints if not isinstance(x, Infinite) and x > 0)
    yield from zip([ZERO, *inner], [*inner, None], strict=True)


def _candidates(law: Law) -> list[Fraction]:
    """Return the value of every vertex that could be a minimum, feasible or not, in a fixed order."""
    values: list[Fraction] = []
    for lo, hi, rows in law.pieces:
        for x in (lo, hi):
            if x is not None:
                values.extend(m * x + c for m, c in rows)
        for (m, c), (m2, c2) in itertools.combinations(rows, 2):
            if m != m2:
                values.append(m * (c - c2) / (m2 - m) + c)
    return values


def _linear(
    base: Point, scale: ScaleName, lo: Fraction, hi: Fraction | None
) -> Iterator[tuple[Fraction, Fraction | None, Line | None]]:
    """Yield (lo, hi, rate as a line) for the maximal intervals inside one cell on which the rate is linear."""
    p, q = (lo + 1, lo + 2) if hi is None else ((2 * lo + hi) / 3, (lo + 2 * hi) / 3)
    pairs = zip(*(_candidates(law_at(_moved(base, scale, x))) for x in (p, q)), strict=True)
    lines = {(u - (v - u) / (q - p) * p, (v - u) / (q - p)) for u, v in pairs}
    crossings = {(c2 - c) / (m - m2) for (c, m), (c2, m2) in itertools.combinations(lines, 2) if m != m2}
    inner = sorted(x for x in crossings if x > lo and (hi is None or x < hi))
    start, current = lo, None
    for left, right in itertools.pairwise([lo, *inner, hi]):
        assert left is not None
        p, q = (left + 1, left + 2) if right is None else ((2 * left + right) / 3, (left + 2 * right) / 3)
        u, v = _rate(base, scale, p), _rate(base, scale, q)
        line = None
        if not isinstance(u, Infinite) and not isinstance(v, Infinite):
            slope = (v - u) / (q - p)
            line = (u - slope * p, slope)
        if left > lo and line != current:
            yield start, left, current
            start = left
        current = line
    yield start, hi, current


def _threshold(base: Point, scale: ScaleName, at: Fraction, left: Line | None, right: Line | None) -> Threshold:
    """Return the threshold where two lines meet; without kinds if nothing happens there."""
    limits = {INF if line is None else line[0] + line[1] * at for line in (left, right)}
    here = None if why_outside(_moved(base, scale, at)) else _rate(base, scale, at)
    kinds = []
    slopes = (left and left[1], right and right[1])
    if len(limits | {here}) > 1:
        kinds.append("jump")
    elif slopes[0] != slopes[1]:
        kinds.append("slope")
    if here == 0 and any(slopes):
        kinds.append("zero")
    return Threshold(scale, at, max(limits) if here is None else here, slopes, tuple(kinds))
