"""The upper edge of the spectrum of X'AX/N: beyond twice its inverse, steps of gradient descent diverge."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np


def largest_eigenvalue(
    eigenvalues: np.ndarray, weights: np.ndarray | None, groups: Sequence[tuple[float, float]], total: float
) -> float:
    """The upper edge of the spectrum of X'AX/N in the limit, of (samples, weight) groups of one covariance.

    Beyond the edge, z = -lambda grows with -kappa: the edge is the least z over -kappa > s_1 (Silverstein and Choi).

    Examples
    --------
    >>> round(largest_eigenvalue(np.ones(50), None, [(200.0, 1.0)], 200.0), 9)  # (1 + sqrt(1/4))^2
    2.25
    """
    from scipy.optimize import brentq, minimize_scalar

    top = float(eigenvalues.max())

    def at(log_gap: float) -> float:
        x = top + math.exp(log_gap)
        parts = eigenvalues / (x - eigenvalues)
        p = float(parts.sum() if weights is None else parts @ weights)
        low = max(a for _, a in groups) * p

        def rest(u: float) -> float:
            return sum(t * a / (u - a * p) for t, a in groups) - 1

        high = low + 2 * sum(t * a for t, a in groups)
        start = low + 1e-15 * (low + high)
        u = brentq(rest, start, high, xtol=1e-300, rtol=1e-14) if rest(start) > 0 else start
        return x * float(u) / total

    found = minimize_scalar(
        at, bounds=(math.log(top) - 30, math.log(top) + 10), method="bounded", options={"xatol": 1e-9}
    )
    return float(found.fun)
