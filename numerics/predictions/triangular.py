"""The triangular systems that close the appended row of a causal chain (`causal`), for C covariances at once.

    plain       x_c - sum_b x_b B_b P_cb = right_c
    transposed  q_c - sum_b q_b P_cb' B_c' = right_c

B and P are lower triangular, n x n.  In doubles the matrices are multiplied out; where every operation is a call, x is
found from its last entry on, and q from its first, at O(n^2) operations and without the zeros.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .arithmetic import solve_dense


def close(
    right: np.ndarray, back: np.ndarray, through: Sequence[Sequence[np.ndarray]], *, transposed: bool
) -> np.ndarray:
    """Solve either system.

    Parameters
    ----------
    right : ndarray, shape (..., C, n)
    back : ndarray, shape (C, n, n)
        B.
    through : C x C matrices
        P, symmetric in c and b.

    Returns
    -------
    ndarray, as ``right``

    Examples
    --------
    >>> back, through = np.array([[[0.5, 0], [0.25, 0.5]]]), [[np.array([[1.0, 0], [1, 1]])]]
    >>> close(np.array([[1.0, 1]]), back, through, transposed=False)
    array([[5., 2.]])
    """
    if right.dtype != object:
        return _dense(right, back, through, transposed)
    return (_forward if transposed else _backward)(right, back, through)


def _dense(
    right: np.ndarray, back: np.ndarray, through: Sequence[Sequence[np.ndarray]], transposed: bool
) -> np.ndarray:
    *lead, count, n = right.shape
    matrix = np.eye(count * n, dtype=right.dtype)
    for c in range(count):
        for b in range(count):
            one = (back[c] @ through[c][b]).T if transposed else back[b] @ through[c][b]
            matrix[b * n : (b + 1) * n, c * n : (c + 1) * n] -= one
    return np.asarray(solve_dense(matrix.T, right.reshape(*lead, count * n).T).T.reshape(right.shape))


def _backward(right: np.ndarray, back: np.ndarray, through: Sequence[Sequence[np.ndarray]]) -> np.ndarray:
    """x, last entry first: y_b = x_b B_b is known beyond j, and at j but for x_j itself."""
    *_, count, n = right.shape
    x, y = right.copy(), right * 0
    for j in reversed(range(n)):
        known = right[..., :, j].copy()
        for c in range(count):
            for b in range(count):
                known[..., c] = known[..., c] + y[..., b, j:] @ through[c][b][j:, j]
        matrix = np.array(
            [[-through[c][b][j, j] * back[b, j, j] + int(b == c) for b in range(count)] for c in range(count)]
        )
        x[..., :, j] = _few(matrix, known)
        for b in range(count):
            live = np.flatnonzero(~(back[b, j, : j + 1] == 0))
            y[..., b, live] = y[..., b, live] + x[..., b, j, None] * back[b, j, live]
    return x


def _forward(right: np.ndarray, back: np.ndarray, through: Sequence[Sequence[np.ndarray]]) -> np.ndarray:
    """q, first entry first: z_c = sum_b q_b P_cb' is known before j, and at j but for q_j itself."""
    *_, count, n = right.shape
    q, z = right.copy(), right * 0
    for j in range(n):
        for c in range(count):
            for b in range(count):
                live = np.flatnonzero(~(through[c][b][j, :j] == 0))
                if live.size:
                    z[..., c, j] = z[..., c, j] + q[..., b, live] @ through[c][b][j, live]
        known = right[..., :, j].copy()
        for c in range(count):
            live = np.flatnonzero(~(back[c, j, : j + 1] == 0))
            if live.size:
                known[..., c] = known[..., c] + z[..., c, live] @ back[c, j, live]
        matrix = np.array(
            [[-through[c][b][j, j] * back[c, j, j] + int(b == c) for b in range(count)] for c in range(count)]
        )
        q[..., :, j] = _few(matrix, known)
        for c in range(count):
            for b in range(count):
                z[..., c, j] = z[..., c, j] + through[c][b][j, j] * q[..., b, j]
    return q


def _few(matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Solve matrix x = right for every right-hand side, shape (..., C)."""
    if matrix.shape[0] == 1:
        return np.asarray(right / matrix[0, 0])
    return np.asarray(solve_dense(matrix, right.reshape(-1, right.shape[-1]).T).T.reshape(right.shape))
