"""Determinants and eigenvalues of matrices over rationals, Laurent polynomials, balls, or doubles in batches."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp
from flint import acb, acb_mat, arb, arb_mat, fmpq, fmpq_mat

from ridgeproof.theorems.matrix_numbers import Eigenvalue, Nuclear

from . import balls as B
from . import laurent

LARGEST = 6  # of a determinant of polynomials, by expansion along its rows
KINKED = (Eigenvalue, Nuclear, sp.Abs, sp.Max, sp.Min, sp.sign, sp.Piecewise, sp.floor, sp.ceiling)  # not analytic


def value(e: sp.Expr, m: np.ndarray) -> Any:
    """The number that ``e`` makes of a square matrix: its determinant, an eigenvalue, a sum of singular values."""
    if isinstance(e, Nuclear):
        found = eigenvalues(np.swapaxes(m, -1, -2) @ m)
        if isinstance(found, np.ndarray):
            return np.sqrt(np.maximum(found, 0)).sum(axis=-1)
        return sum((_root(x) for x in found), fmpq(0))
    if m.shape[-1] != m.shape[-2]:
        raise B.Undefined(f"no square matrix: {sp.sstr(e):.50}")
    if isinstance(e, sp.Determinant):
        return determinant(m)
    found = eigenvalues(m)
    if isinstance(found, np.ndarray):
        return found[..., -1 if e.which == "max" else 0]
    out = found[0]
    for x in found[1:]:
        if B.rat(out) and B.rat(x):
            out = max(out, x) if e.which == "max" else min(out, x)
        else:
            out = B.ball(out).max(B.ball(x)) if e.which == "max" else B.ball(out).min(B.ball(x))
    return out


def _root(x: fmpq | arb) -> fmpq | arb:
    return B.power(x, fmpq(1, 2)) if B.rat(x) else x.max(arb(0)).sqrt()


def determinant(m: np.ndarray) -> Any:
    """det m."""
    if m.dtype != object:
        return np.linalg.det(m)
    n = m.shape[0]
    entries = [_plain(v) for v in m.ravel()]
    if all(isinstance(v, fmpq) for v in entries):
        return fmpq_mat(n, n, entries).det()
    if not any(v is None for v in entries):
        return arb_mat(n, n, [B.ball(v) for v in entries]).det()
    if n > LARGEST:
        raise B.Limit("the determinant of a large random matrix")
    return _expanded(m, tuple(range(n)))


def _expanded(m: np.ndarray, columns: tuple[int, ...]) -> Any:
    """The minor of the last rows and these columns, along its first row."""
    row = m.shape[0] - len(columns)
    if not columns:
        return laurent.L.const(1)
    total = laurent.L.const(0)
    for k, c in enumerate(columns):
        if m[row, c] == 0:
            continue
        minor = _expanded(m, columns[:k] + columns[k + 1 :]) * m[row, c]
        total = total + minor if k % 2 == 0 else total - minor
    return total


def _plain(v: Any) -> fmpq | arb | None:
    """An entry as a number; None for a polynomial in what is random."""
    if not isinstance(v, laurent.L):
        return v
    return v.number()


def eigenvalues(m: np.ndarray) -> list[fmpq | arb] | np.ndarray:
    """Of a symmetric matrix: exact where it is diagonal, else enclosed; doubles in increasing order.

    Raises
    ------
    Undefined
        The matrix is not symmetric.
    """
    if m.dtype != object:
        if not np.allclose(m, np.swapaxes(m, -1, -2), rtol=1e-8, atol=1e-10 * float(np.max(np.abs(m), initial=0))):
            raise B.Undefined("an eigenvalue of a matrix that is not symmetric")
        return np.linalg.eigvalsh(m)
    n = m.shape[0]
    entries = [[_plain(v) for v in row] for row in m]
    if any(v is None for row in entries for v in row):
        raise laurent.NotLaurent("an eigenvalue of a random matrix")
    pairs = [(entries[i][j], entries[j][i]) for i in range(n) for j in range(i)]
    if any(a != b if B.rat(a) and B.rat(b) else not B.ball(a).overlaps(B.ball(b)) for a, b in pairs):
        raise B.Undefined("an eigenvalue of a matrix that is not symmetric")
    if all(B.rat(a) and a == 0 and B.rat(b) and b == 0 for a, b in pairs):
        return [entries[i][i] for i in range(n)]
    try:
        found = acb_mat(n, n, [acb(B.ball(v)) for row in entries for v in row]).eig(multiple=True)
    except ValueError:
        raise B.Wide("eigenvalues that are not told apart") from None
    return [x.real for x in found]
