"""Discrete measures on the positive axis, and large ones compressed into few nodes with an error near rounding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

_NODES = 16  # Chebyshev nodes per bin of unit width in log s
_BLOCK = 8192


@dataclass(frozen=True)
class Measure:
    """The discrete measure sum_i w_i delta(s_i) on the positive axis.

    Parameters
    ----------
    nodes : ndarray, shape (n,)
        Positions s_i > 0, in descending order.
    weights : ndarray, shape (n,) or (n, m), optional
        Weights (m measures on the same nodes); None is weight 1 everywhere.
    """

    nodes: np.ndarray
    weights: np.ndarray | None

    def integral(self, values: np.ndarray) -> Any:
        """sum_i w_i values[..., i]: shape (...) or (..., m)."""
        return values.sum(axis=-1) if self.weights is None else values @ self.weights

    def split(self, cut: int) -> tuple[Measure, Measure]:
        """The measures of the first ``cut`` nodes and of the others."""
        return self.part(0, cut), self.part(cut, self.nodes.size)

    def part(self, begin: int, end: int) -> Measure:
        """The measure of the nodes number ``begin`` to ``end`` - 1."""
        return Measure(self.nodes[begin:end], None if self.weights is None else self.weights[begin:end])


def compress(measure: Measure, width: float = 1.0) -> Measure:
    """Replace a measure by one on few nodes that integrates functions of the ridge equations alike.

    Parameters
    ----------
    measure : Measure
        n nodes, put in descending order where they are not.
    width : float
        Of the bins, in log s.

    Returns
    -------
    Measure
        At most 16 nodes per bin; bins that hold no more points than that are kept as they are.

    Notes
    -----
    In each bin the points are replaced by 16 Chebyshev nodes whose weights integrate polynomials
    of degree < 16 in log s exactly.  D = s/(s+k) and 1 - D are the logistic function of log(s/k), analytic for \\|Im
    log s\\| < pi, whatever k > 0; on the Bernstein ellipse rho = 10 of a unit bin (half-height 2.48 < pi) D, D^2,
    (1-D)^2, D(1-D) stay within a factor 10 of their values on the bin, so that the relative error of each integral
    against positive weights is below 1e-14, and in practice rounding.  With width 1/2 the ellipse of half-height pi/2,
    where D and 1 - D are at most 1, has rho = 12.6, and rho^-16 = 2e-18 serves products of any number of factors.
    """
    s = measure.nodes
    if s.size <= _NODES:
        return measure
    if measure.weights is not None and np.any(s[1:] > s[:-1]):
        order = np.argsort(-s, kind="stable")
        measure = Measure(s[order], measure.weights[order])
        s = measure.nodes
    x = np.log(s)
    angles = (np.arange(_NODES) + 0.5) * np.pi / _NODES
    inverse = np.cos(np.outer(angles, np.arange(_NODES))) * (2.0 / _NODES)  # values at the nodes from Chebyshev moments
    inverse[:, 0] /= 2
    edges = width * np.arange(int(np.ceil((x[0] - x[-1]) / width)) + 2)
    starts = np.searchsorted(x[0] - x, edges, side="left")
    nodes, weights = [], []
    for i, (begin, end) in enumerate(pairwise(starts)):
        if end == begin:
            continue
        own = (
            np.ones((end - begin, 1))
            if measure.weights is None
            else measure.weights[begin:end].reshape(end - begin, -1)
        )
        if end - begin <= _NODES:
            nodes.append(s[begin:end])
            weights.append(own)
            continue
        centre = x[0] - edges[i] - width / 2
        moments = np.zeros((_NODES, own.shape[1]))
        for at in range(begin, end, _BLOCK):
            stop = min(at + _BLOCK, end)
            moments += _chebyshev((2 / width) * (x[at:stop] - centre)) @ own[at - begin : stop - begin]
        nodes.append(np.exp(centre + np.cos(angles) * width / 2))
        weights.append(inverse @ moments)
    stacked = np.concatenate(weights)
    if measure.weights is None or measure.weights.ndim == 1:
        stacked = stacked[:, 0]
    return Measure(np.concatenate(nodes), stacked)


def _chebyshev(t: np.ndarray) -> np.ndarray:
    """T_0..T_15 at t, shape (16, len(t))."""
    rows = np.empty((_NODES, t.size))
    rows[0], rows[1] = 1.0, t
    for n in range(2, _NODES):
        np.multiply(rows[n - 1], 2 * t, out=rows[n])
        rows[n] -= rows[n - 2]
    return rows


def as_objects(values: Sequence[Any]) -> np.ndarray:
    """Numbers such as ``mpf`` as a one-dimensional object array."""
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out
