"""Small linear algebra and functions in any arithmetic: doubles, complex doubles, mpmath numbers, python-flint's balls.

Fixed points are solved in mpmath numbers; the sums over directions, which take nearly all the time, run in balls, ten
times as fast.  Their radii are rounding only: fixed points enter as if they were exact.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..sums.digits import centre


def ball_of(x: Any) -> Any:
    """A number of mpmath, or an array of them, as an exact ball."""
    from flint import acb, arb

    if isinstance(x, np.ndarray):
        made = np.empty(x.shape, dtype=object)
        made.reshape(-1)[:] = [ball_of(v) for v in x.flat]
        return made
    if hasattr(x, "_mpc_"):
        return acb(ball_of(x.real), ball_of(x.imag))
    if not hasattr(x, "_mpf_"):
        return arb(x)
    sign, mantissa, exponent, _ = x._mpf_
    return arb((int(-mantissa if sign else mantissa), int(exponent)))


def centre_of(x: Any) -> Any:
    """The real part's centre as an ``mpf``; mpmath's numbers as they are."""
    if hasattr(x, "context"):
        return x.real
    return centre(x.real if hasattr(x, "imag") else x)


def some(values: np.ndarray) -> np.ndarray:
    """Which columns hold anything but zeros (as objects, balls are true whatever they hold)."""
    if not values.size:
        return np.zeros(values.shape[-1], bool)
    found: np.ndarray = np.not_equal(values, 0) if values.dtype != object else ~np.asarray(values == 0, dtype=bool)
    return np.asarray(found.reshape(-1, values.shape[-1]).any(axis=0))


def times(row: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """row @ matrix, without the zeros of the row where numbers are objects."""
    if row.dtype != object or not row.size:
        return np.asarray(row @ matrix)
    live = np.flatnonzero(some(row))
    return np.asarray(row[live] @ matrix[..., live, :]) if live.size else matrix[..., 0, :] * 0


def solve_dense(matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Solve a small system in any arithmetic: for objects Gaussian elimination with row pivots, or substitution."""
    if matrix.dtype != object:
        return np.asarray(np.linalg.solve(matrix, right))
    a, b, n = matrix.copy(), right.copy(), matrix.shape[0]
    if all((a[i, i + 1 :] == 0).all() for i in range(n)):  # lower triangular
        for i in range(n):
            b[i] = (b[i] - (a[i, :i] @ b[:i] if i else 0)) / a[i, i]
        return np.asarray(b)
    for i in range(n):
        p = max(range(i, n), key=lambda r: abs(a[r, i]))
        if p != i:
            a[[i, p]], b[[i, p]] = a[[p, i]], b[[p, i]]
        for r in range(i + 1, n):
            if not a[r, i] == 0:  # noqa: SIM201 - a ball that may be 0 is neither
                f = a[r, i] / a[i, i]
                a[r, i:] = a[r, i:] - f * a[i, i:]
                b[r] = b[r] - f * b[i]
    out = b.copy()
    for i in reversed(range(n)):
        out[i] = (b[i] - (a[i, i + 1 :] @ out[i + 1 :] if i + 1 < n else 0)) / a[i, i]
    return np.asarray(out)


def is_complex(x: Any) -> bool:
    return isinstance(x, complex | np.complexfloating) or hasattr(x, "_mpc_")


def _many_digits(x: Any) -> bool:
    return hasattr(x, "_mpf_") or hasattr(x, "_mpc_")


def _through(name: str, x: Any) -> Any:
    if _many_digits(x):
        from mpmath import mp

        return getattr(mp, name)(x)
    import cmath
    import math

    return getattr(cmath if isinstance(x, complex | np.complexfloating) else math, name)(x)


def log_of(x: Any) -> Any:
    return _through("log", x)


def log1p_of(x: Any) -> Any:
    """log(1 + x), of a real x."""
    return _through("log1p", x)


def exp_of(x: Any) -> Any:
    return _through("exp", x)


def sqrt_of(x: Any) -> Any:
    return _through("sqrt", x)


def between(low: Any, high: Any) -> Any:
    """The geometric mean of two positive numbers, also where their product is none of double precision."""
    product = low * high
    return sqrt_of(product) if 1e-290 < product < 1e290 else sqrt_of(low) * sqrt_of(high)


def angle_of(x: Any) -> Any:
    import cmath

    return cmath.phase(complex(x))


def epsilon(x: Any) -> Any:
    if _many_digits(x):
        from mpmath import mp

        return mp.eps
    return 2.0**-53
