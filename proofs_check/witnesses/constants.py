"""The constant letters of a statement at a point, and numbers for its sizes and scalars."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import sympy as sp
from flint import fmpq, fmpq_mat

from ridgeproof.theorems import vocabulary as V

from . import balls as B
from . import scope as P

PRIMES = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53]
Rows = list[list[Any]]
# What stands for arbitrary matrices where an inequality is tried: dense ones seldom violate it.
SHAPES = (
    "",
    "arbitrary matrices: identities",
    "arbitrary matrices: one entry, the same in each",
    "arbitrary matrices: one entry off the diagonal",
    "arbitrary matrices: of rank one, dense",
    "arbitrary matrices: diagonal, of both signs",
)


class NotRational(Exception):
    """A number that the exact means need as a rational one."""


def constant(x: sp.MatrixSymbol, rows: int, cols: int, pt: B.Point, num: Callable[[Any], Any]) -> Rows:
    """S from the point (diagonal, uneven); w0 from w2; A, B, ... far from symmetric, no two entries related."""
    d = len(pt.spectrum)
    if x == V.S:
        return [[num(pt.spectrum[i][0]) if i == j else num(fmpq(0)) for j in range(d)] for i in range(d)]
    if x == V.w0:
        return [[num(root(w))] for _, w in pt.spectrum]
    drawn = any(covariance == x for covariance, _ in V.GAUSSIAN.values())  # its root has to be rational: see factor
    if x in pt.entries and not drawn:
        return [[num(v) for v in row] for row in pt.entries[x]]
    if pt.shape and not drawn:
        positive = bool(getattr(x, "positive", False))
        values = shaped(pt.shape, rows, cols, x in V.SYMMETRIC or positive, positive, sum(map(ord, x.name)))
        return [[num(v) for v in row] for row in values]
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


def shaped(shape: int, rows: int, cols: int, symmetric: bool, positive: bool, letter: int) -> list[list[fmpq]]:
    """The entries of an arbitrary matrix of one of the SHAPES; a positive one is moved away from the singular ones."""

    def entry(i: int, j: int) -> fmpq:
        if shape == 1:
            return fmpq(int(i == j))
        if shape == 2:
            return fmpq(int(i == j == 0))
        if shape == 3 and not symmetric:
            return fmpq(int(i == 0 and j == min(1, cols - 1)))
        if shape in (3, 5):
            sign = 1 if positive else (-1) ** (i + (letter if shape == 3 else 0))
            return fmpq(sign, (1 + i) ** 2) if i == j else fmpq(0)
        u, v = fmpq((-1) ** (i * letter), 1 + i), fmpq((-1) ** (j * letter), 1 + j)
        return u * v if symmetric else u * fmpq(1 + (letter * j) % 3, 2)

    return [[entry(i, j) + (fmpq(1, 16) if positive and i == j else 0) for j in range(cols)] for i in range(rows)]


def arbitrary(parts: Iterable[Any]) -> bool:
    """Whether a statement speaks of an arbitrary constant matrix, besides the covariance and the truth."""
    letters = set().union(*(side.atoms(sp.MatrixSymbol) for p in parts for side in (p.left, p.right)))
    more = set().union(*(V.INVERSES[x].atoms(sp.MatrixSymbol) for x in letters if x in V.INVERSES), letters)
    return any(not V.is_random(x) and x not in (V.S, V.w0, V.Sinv) and x not in V.INVERSES for x in more)


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
    scale = root(variety(pt)[1])
    return [[scale * entry for entry in row] for row in triangle(cols)]


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
        self.pt, self.known = pt, dict[sp.Expr, int]()

    def __call__(self, s: sp.Expr) -> int:
        if s not in self.known:
            v = B.ev(s, self.pt)
            if not B.rat(v) or v.q != 1 or v < 0:
                raise B.Undefined(f"a size that is no natural number: {s}")
            self.known[s] = int(v.p)
        return self.known[s]


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
