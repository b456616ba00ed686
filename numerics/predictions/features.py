"""kappa of a ridge fit on m random features: lambda = kappa nu (1 - df_1(kappa)/m), nu the fixed point of its rows.

The features F x, F of iid entries N(0, 1/m), are drawn with the fit.  Given F this is the mixture link in feature
space, with
(m, kappa (1 - df_1/m)) in the place of (T, lambda) once more (theory: random features).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ridgeproof.errors import DomainError, NotConverged

from .arithmetic import between, epsilon, log_of
from .fixed_point import FixedPoint, Group, solve


def solve_features(
    eigenvalues: np.ndarray,
    weights: np.ndarray | None,
    dim: Any,
    groups: Sequence[Group],
    total: Any,
    ridge: Any,
    features: int,
) -> FixedPoint:
    """As `fixed_point.solve`, for one covariance, on ``features`` random features.

    Raises
    ------
    DomainError
        Ridge 0 where the error is infinite: the two smallest of rows, features and dimensions are equal.
    NotConverged
    """
    s = eigenvalues[0]
    rows = sum(g.samples for g in groups if g.weight != 0)

    def freedom(kappa: Any) -> Any:
        values = s / (s + kappa)
        return values.sum() if weights is None else values @ weights

    if ridge == 0:
        smallest, second = sorted([rows, features, dim])[:2]
        if smallest == second and not (smallest == dim and second == features and rows > dim):
            raise DomainError(
                f"{rows} rows and {features} features in dimension {dim} at ridge 0, where the error is infinite",
                accepted="other numbers, or ridge > 0",
            )
        if features > min(rows, dim):
            return solve(eigenvalues, weights, dim, groups, total, ridge)
        if features == dim:
            raise DomainError(f"{features} features = dim at ridge 0", accepted="other numbers, or ridge > 0")
        kappa = _bisected(lambda k: log_of(features / freedom(k)), s, features)
        flat = solve(eigenvalues[:, :1], None, features, groups, total, ridge)  # delta depends on df_1 = m alone
        return replace(flat, kappa=kappa)

    def gap(kappa: Any) -> Any:
        """log of sum_k T_k pull_k, increasing in kappa, where df_1 < m."""
        p = freedom(kappa)
        if p >= features:
            return p * 0 - 1
        left = total * ridge / (kappa * (1 - p / features))
        return log_of(sum(g.samples * g.weight / (left + g.weight * p) for g in groups))

    kappa = _bisected(gap, s, min(rows, features))
    effective = ridge / (1 - freedom(kappa) / features)
    return solve(eigenvalues, weights, dim, groups, total, effective, kappa)


def _bisected(gap: Any, s: np.ndarray, count: Any) -> Any:
    """The root of an increasing function of log kappa: bracketed, then Illinois' false position, to rounding."""
    low = high = s.max() * 1
    while gap(high) < 0:
        high = high * 4
    while gap(low) > 0:
        low = low / 4
    tiny = epsilon(low)
    for _ in range(2000):
        if high - low <= 4 * tiny * high:
            return high
        middle = between(low, high)
        low, high = (middle, high) if gap(middle) < 0 else (low, middle)
    raise NotConverged("kappa did not converge", where=f"random features, {count}")
