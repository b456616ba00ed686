"""What a causal chain lives in: eigendirections, groups of rows, and how they enter a fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Space:
    """The eigendirections: trace nodes and signal nodes, of every covariance; covariance 0 is the test's.

    Parameters
    ----------
    s : ndarray, shape (C, d)
    weights : ndarray, shape (d,), optional
        Multiplicities.
    signal : ndarray, shape (C, e)
        The same for the nodes of the target.
    power : ndarray, shape (C, e)
        s_c w0^2, multiplicities included.
    dim : int or inf
    """

    s: np.ndarray
    weights: np.ndarray | None
    signal: np.ndarray
    power: np.ndarray
    dim: Any

    def integral(self, values: np.ndarray) -> Any:
        return values.sum(axis=-1) if self.weights is None else values @ self.weights


@dataclass(frozen=True)
class Row:
    """How a group's rows enter an elementary model: its label is sum_m labels[m] x.w_m + truth x.w0 + noises.

    ``labels`` are pairs (elementary model, coefficient), ``noises`` pairs (noise, coefficient).
    """

    group: int
    labels: tuple[tuple[int, Any], ...]
    truth: Any
    noises: tuple[tuple[int, Any], ...]


@dataclass(frozen=True)
class GroupOfRows:
    """T_k rows of covariance c, and the index of the design that they are of (noises are drawn for designs)."""

    samples: Any
    covariance: int
