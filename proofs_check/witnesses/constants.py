"""The constant letters of a statement at a point, and numbers for its sizes and scalars."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy as sp
from flint import fmpq, fmpq_mat

from ridgeproof.theorems import vocabulary as V

from . import balls as B
from . import scope as P

PRIMES = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53]
Rows = list[list[Any]]


class NotRational(Exception):
    """A number that the exact means need as a rational one."""


def constant(x: sp.MatrixSymbol, rows: int, cols: int, pt: B.Point, num: Callable[[Any], Any]) -> Rows:
    """S from the point (diagonal, uneven); w0 from w2; A, B, ... far from symmetric, no two entries related."""
    d = len(pt.spectrum)
    if x == V.S:
        return [[num(pt.spectrum[i][0]) if i == j else num(fmpq(0)) for j in range(d)] for i in range(d)]
    if x == V.w0:
        return [[num(root(w))] for _, w in pt.spectrum]
    if x in pt.entries:
        return [[num(v) for v in row] for row in pt.entries[x]]
    turn, size = variety(pt)
    if getattr(x, "positive", False):
        low = triangle(rows)
        return [
            [num(size * sum((low[i][k] * low[j][k] for k in range(rows)), fmpq(0))) for j in range(cols)]
            for i in range(rows)
        ]
    if x in V.SYMMETRIC:
        return [[num(fmpq(3) if i == j else fmpq(1, 1 + i + j)) for j in range(cols)] for i in range(rows)]
    k = sum(map(ord, x.name)) + turn
    return [
        [num(size * fmpq(PRIMES[(3 * i + 7 * j * (i + 2) + k) % 16] * (-1) ** (i * j + j), 4)) for j in range(cols)]
        for i in range(rows)
    ]


def variety(pt: B.Point) -> tuple[int, fmpq]:
    """Which entries, and how large, at this point: an inequality may hold for large constants, not for small ones."""
    turn = sum(int(s.p) + 3 * int(s.q) + 5 * int(w.p) for s, w in pt.spectrum if B.rat(s) and B.rat(w))
    return turn, (fmpq(1), fmpq(1, 64), fmpq(16))[turn % 3]


def triangle(n: int) -> list[list[fmpq]]:
    """L with L L' the value of every positive constant: dense, so that it commutes with nothing."""
    return [[fmpq(i + 2, 2) if i == j else fmpq((-1) ** (i + j), 2 + j) if j < i else fmpq(0) for j in range(n)]
            for i in range(n)]  # fmt: skip


def factor(x: sp.MatrixSymbol, cols: int, pt: B.Point) -> list[list[fmpq]]:
    """L such that a row of the design x has the covariance L L'."""
    covariance = V.GAUSSIAN[x][0]
    if covariance is None:
        return [[fmpq(int(i == j)) for j in range(cols)] for i in range(cols)]
    if covariance == V.S:
        return [[root(pt.spectrum[i][0]) if i == j else fmpq(0) for j in range(cols)] for i in range(cols)]
    return triangle(cols)


def root(w: Any) -> fmpq:
    """The square root of a rational number that is a square."""
    v = B.power(w, fmpq(1, 2))
    if not B.rat(v):
        raise NotRational("a root that is not rational here")
    return v


def arr(m: Rows) -> np.ndarray:
    """Rows as an array of objects."""
    a = np.empty((len(m), len(m[0])), dtype=object)
    for i, r in enumerate(m):
        for j, v in enumerate(r):
            a[i, j] = v
    return a


class Sizes:
    """Numbers of rows and columns at a point."""

    def __init__(self, pt: B.Point) -> None:
        self.pt = pt

    def __call__(self, s: sp.Expr) -> int:
        v = B.ev(s, self.pt)
        if not B.rat(v) or v.q != 1 or v < 0:
            raise B.Undefined(f"a size that is no natural number: {s}")
        return int(v.p)


def numbers(pt: B.Point) -> Callable[[Any], fmpq]:
    """Scalars at a point as rational numbers."""

    def num(e: Any) -> fmpq:
        if isinstance(e, fmpq):
            return e
        v = B.ev(P.linked(e), pt)
        if not B.rat(v):
            raise NotRational(f"{e} is not rational here")
        return v

    return num


def floats(pt: B.Point) -> Callable[[Any], float]:
    """Scalars at a point as doubles."""

    def num(e: Any) -> float:
        return float(B.ball(e if isinstance(e, fmpq) else B.ev(P.linked(e), pt)).mid())

    return num


def inverse_q(m: Any) -> np.ndarray:
    """The inverse of a rational matrix."""
    a = np.array(m, dtype=object)
    n = a.shape[0]
    matrix = fmpq_mat(n, n, [v if isinstance(v, fmpq) else fmpq(v) for v in a.ravel()])
    try:
        inverse = matrix.inv()
    except ZeroDivisionError:
        raise B.Undefined("an inverse that does not exist") from None
    return arr([[inverse[i, j] for j in range(n)] for i in range(n)])
