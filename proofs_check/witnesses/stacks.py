"""Stacks of small matrices, one for each draw: products and inverses at the speed of whole arrays.

NumPy multiplies and inverts a stack matrix by matrix, which for two or three rows is mostly overhead.  Here the draws
lie along the last axis in memory (the arrays are views of shape draws x rows x columns, as everywhere), so that each
entry of a product is a few operations on long vectors.
"""

from __future__ import annotations

import functools

import numpy as np

Array = np.ndarray
SMALL = 64  # multiplications of one product: beyond, matrix by matrix is as fast
ROWS = 6  # of a matrix that is inverted by elimination over all draws at once
KEPT = 8  # arrays of draws


def along(m: Array) -> Array:
    """The same stack with its draws along the last axis in memory."""
    return np.moveaxis(np.ascontiguousarray(np.moveaxis(m, 0, -1)), -1, 0)


@functools.lru_cache(KEPT)
def normal(seed: tuple[int, ...], draws: int, rows: int, columns: int) -> Array:
    """Standard normal matrices of one stream, which every point of a claim asks for again; not to be written to."""
    out = along(np.random.default_rng(seed).standard_normal((draws, rows, columns)))
    out.flags.writeable = False
    return out


def times(a: Array, b: Array) -> Array:
    """The products of two stacks, or of a stack and a matrix, as ``a @ b``.

    Examples
    --------
    >>> a, b = np.ones((5, 2, 3)), np.ones((5, 3, 2))
    >>> bool((times(a, b) == a @ b).all())
    True
    """
    if max(a.ndim, b.ndim) != 3 or a.shape[-2] * a.shape[-1] * b.shape[-1] > SMALL:
        return np.matmul(a, b)
    if b.ndim == 2:
        return np.moveaxis(np.matmul(b.T, np.moveaxis(a, 0, -1)), -1, 0)
    turned = np.moveaxis(b, 0, -1)
    if a.ndim == 2:
        flat = a @ turned.reshape(turned.shape[0], -1)
        return np.moveaxis(flat.reshape(len(a), *turned.shape[1:]), -1, 0)
    return np.moveaxis(np.einsum("ijn,jkn->ikn", np.moveaxis(a, 0, -1), turned), -1, 0)


def inverse(m: Array) -> Array:
    """The inverses of a stack.

    Raises
    ------
    numpy.linalg.LinAlgError
        One of them is singular.

    Examples
    --------
    >>> m = np.array([[[2.0, 1.0], [1.0, 1.0]]])
    >>> inverse(m).tolist()
    [[[1.0, -1.0], [-1.0, 2.0]]]
    """
    m = np.asarray(m, float)
    if m.ndim != 3:
        return np.linalg.inv(m)
    n = m.shape[-1]
    if n == 2:
        adjugate = np.empty_like(m)
        adjugate[:, 0, 0], adjugate[:, 1, 1] = m[:, 1, 1], m[:, 0, 0]
        adjugate[:, 0, 1], adjugate[:, 1, 0] = -m[:, 0, 1], -m[:, 1, 0]
        det = m[:, 0, 0] * m[:, 1, 1] - m[:, 0, 1] * m[:, 1, 0]
        if not det.all():
            raise np.linalg.LinAlgError("a singular matrix")
        return adjugate / det[:, None, None]
    eliminated = _positive_inverse(np.moveaxis(m, 0, -1)) if n <= ROWS else None
    return along(np.linalg.inv(m)) if eliminated is None else np.moveaxis(eliminated, -1, 0)


def _positive_inverse(m: Array) -> Array | None:
    """Inverses of positive definite matrices, rows x columns x draws, by elimination, which needs no pivoting there.

    None where they are not symmetric, or a pivot is not positive.
    """
    if np.abs(m - m.swapaxes(0, 1)).max(initial=0) > 1e-12 * np.abs(m).max(initial=0):
        return None
    a = m.copy()
    for k in range(len(a)):
        pivot = a[k, k].copy()
        if not (pivot > 0).all():
            return None
        a[k, k] = 1
        a[k] /= pivot
        for i in range(len(a)):
            if i != k:
                factor = a[i, k].copy()
                a[i, k] = 0
                a[i] -= factor * a[k]
    return a
