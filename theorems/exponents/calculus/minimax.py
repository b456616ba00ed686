"""The smallest maximum of affine functions of one variable, piece by piece, exactly, with a certificate.

A continuous piecewise-linear function on ``[0, inf)`` is given as pieces: on each interval it is the maximum of
affine rows ``slope * x + intercept``.  Its minimum is one small linear program per piece,

    minimise v   subject to   v >= slope_i x + intercept_i,   lo <= x <= hi,

which is solved by walking along the upper envelope from ``lo`` until it stops falling.

The certificate is plain data; every number in it is an exact rational string:

    {"kind": "lp-minimax", "terms": [names of the rows], "ell": x*, "value": v*,
     "pieces": [{"interval": [lo, hi or null], "affine": [[slope, intercept], ...],
                 "ell": x, "value": v, "multipliers": [y_1, ..., y_m], "bounds": [u, w]}, ...]}

To check a piece: every ``slope_i x + intercept_i <= v`` and ``lo <= x <= hi`` (so v is attained), and
``y_i, u, w >= 0``, ``sum y_i = 1``, ``sum y_i slope_i = u - w``, ``v = sum y_i intercept_i + u lo - w hi``.  The last
three say that for every x of the interval
``max_i(...) >= sum y_i (slope_i x + intercept_i) = v + u (x - lo) + w (hi - x) >= v``, so nothing does better.  ``w``
is 0 where ``hi`` is null.  The intervals follow one another from 0 to null, so ``v*`` is the least of the values.  A
piece that falls for ever has ``"value": "-inf"``, ``"ell": "inf"`` and no multipliers: its ``hi`` is null and all its
slopes are negative, which is the proof.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from .scales import INF, Infinite, Scale

ZERO = Fraction(0)
ONE = Fraction(1)

Row = tuple[Fraction, Fraction]


class Piece(NamedTuple):
    """On ``lo <= x <= hi`` (``hi`` None: no end) the function is the maximum of ``rows``, pairs (slope, intercept)."""

    lo: Fraction
    hi: Fraction | None
    rows: tuple[Row, ...]


def minimise_piece(piece: Piece) -> tuple[Scale, Scale]:
    """Return (smallest minimiser, minimum) on one piece; (INF, -INF) where it falls for ever."""
    lo, hi, rows = piece
    x = lo
    levels = [m * x + c if x and m else c for m, c in rows]
    value = max(levels)
    slope = max(m for (m, _), v in zip(rows, levels, strict=True) if v == value)
    while slope < 0:
        step, next_slope = None, slope
        for (m, _), level in zip(rows, levels, strict=True):
            if m > slope:
                t = (value - level) / (m - slope)
                if step is None or t < step:
                    step, next_slope = t, m
        if hi is not None and (step is None or x + step >= hi):
            return hi, value + slope * (hi - x)
        if step is None:
            return INF, -INF
        x, value, slope = x + step, value + slope * step, next_slope
        if slope < 0:
            levels = [m * x + c for m, c in rows]
    return x, value


def minimise(pieces: Sequence[Piece], *, unimodal: bool = False) -> tuple[Scale, Scale]:
    """Return (smallest minimiser, minimum) over all pieces, which must be in increasing order.

    ``unimodal`` says that the function never falls again once it has stopped falling, as the maximum of rows that never
    rise, without a level stretch before a fall, and rows that never fall; then the search stops inside the first piece
    that has its minimum before its end.
    """
    best_x, best = minimise_piece(pieces[0])
    for before, piece in itertools.pairwise(pieces):
        if unimodal and best_x != before.hi:
            break
        x, value = minimise_piece(piece)
        if value < best:
            best_x, best = x, value
    return best_x, best


def values_at(pieces: Sequence[Piece], x: Scale) -> tuple[Scale, ...]:
    """Return the value of every row at ``x`` (at INF: the limit), in the order of the rows."""
    if isinstance(x, Infinite):
        return tuple(c if m == 0 else (-INF if m < 0 else INF) for m, c in pieces[-1].rows)
    piece = next(p for p in pieces if p.hi is None or x <= p.hi)
    return tuple(m * x + c if m else c for m, c in piece.rows)


def _multipliers(piece: Piece, x: Fraction, value: Fraction) -> tuple[list[Fraction], list[Fraction]]:
    """Return the dual solution (row multipliers, bound multipliers) at the minimiser ``x`` of one piece."""
    lo, hi, rows = piece
    active = [i for i, (m, c) in enumerate(rows) if m * x + c == value]
    y = [ZERO] * len(rows)
    flattest = min(active, key=lambda i: abs(rows[i][0]))
    slope = rows[flattest][0]
    if slope == 0 or (slope > 0 and x == lo) or (slope < 0 and x == hi):
        y[flattest] = ONE
        return y, [max(slope, ZERO), max(-slope, ZERO)]
    # x is a minimiser, so one active row falls and another rises.
    falling = min(active, key=lambda i: rows[i][0])
    rising = max(active, key=lambda i: rows[i][0])
    down, up = rows[falling][0], rows[rising][0]
    y[falling], y[rising] = up / (up - down), -down / (up - down)
    return y, [ZERO, ZERO]


def certificate(pieces: Sequence[Piece], terms: Sequence[str]) -> dict[str, Any]:
    """Return the minimum with its certificate (module docstring) as plain data.

    Parameters
    ----------
    pieces : sequence of Piece
        In increasing order, from 0, without gaps.
    terms : sequence of str
        The names of the rows.
    """
    best_x, best = minimise(pieces)
    items: list[dict[str, Any]] = []
    for piece in pieces:
        x, value = minimise_piece(piece)
        item: dict[str, Any] = {
            "interval": [str(piece.lo), None if piece.hi is None else str(piece.hi)],
            "affine": [[str(m), str(c)] for m, c in piece.rows],
            "ell": str(x),
            "value": str(value),
        }
        if not isinstance(x, Infinite) and not isinstance(value, Infinite):
            y, bounds = _multipliers(piece, x, value)
            item |= {"multipliers": [str(m) for m in y], "bounds": [str(m) for m in bounds]}
        items.append(item)
    return {"kind": "lp-minimax", "terms": list(terms), "ell": str(best_x), "value": str(best), "pieces": items}
