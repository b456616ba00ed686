"""Functions of the eigenvalues of a symmetric matrix: in balls, and in doubles in batches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy as sp
from flint import acb, acb_mat, arb, fmpq

from . import balls as B
from . import laurent
from .arrays import over
from .constants import arr


def filtered(function: sp.Lambda, matrix: np.ndarray, num: Callable[[Any], Any]) -> np.ndarray:
    """f(M) for a symmetric M: entries exact or balls (object arrays), or doubles with leading axes for draws."""
    x = function.variables[0]
    if matrix.dtype != object:
        eigenvalues, basis = np.linalg.eigh(matrix)
        values = over(function.expr, {x: eigenvalues}, num, "a filter")
        return (basis * values[..., None, :]) @ np.swapaxes(basis, -1, -2)
    entries = [[_plain(v) for v in row] for row in matrix]
    n = len(entries)

    def at(v: fmpq | arb) -> fmpq | arb:
        others = function.expr.free_symbols - {x}
        values = {y: num(y) for y in others} | {x: v}
        return B.ev(function.expr, B.Point(values))

    if all(entries[i][j] == 0 for i in range(n) for j in range(n) if i != j):
        values = [at(entries[i][i]) for i in range(n)]
        return arr([[values[i] if i == j else fmpq(0) for j in range(n)] for i in range(n)])
    balls = acb_mat(n, n, [acb(B.ball(v)) for row in entries for v in row])
    try:
        found, left, right = balls.eig(left=True, right=True)
    except ValueError:
        raise B.Wide("eigenvalues that are not told apart") from None
    spread = acb_mat(n, n, [acb(B.ball(at(found[i].real))) if i == j else acb(0) for i in range(n) for j in range(n)])
    out = right * spread * left
    return arr([[out[i, j].real for j in range(n)] for i in range(n)])


def _plain(v: Any) -> fmpq | arb:
    if not isinstance(v, laurent.L):
        return v
    number = v.number()
    if number is None:
        raise laurent.NotLaurent("a filter of a random matrix")
    return number
