"""Kernels on rows of numbers, normalised so that k(x, x) is of order one at the default scale."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, cast

import numpy as np

from ridgeproof.errors import InputError

KERNELS = ("linear", "rbf", "polynomial", "laplace")
_MEDIAN_ROWS = 3000  # rows whose pairs give the median distance


@dataclass(frozen=True)
class Kernel:
    """A kernel k(x, z) with its scale c > 0.

    Parameters
    ----------
    name : {"linear", "rbf", "polynomial", "laplace"}
        ``linear`` x.z/c; ``rbf`` exp(-|x - z|^2/c); ``polynomial`` ((1 + x.z/c)/2)^degree; ``laplace``
        exp(-|x - z|/c), with Euclidean norms throughout.
    scale : float
        c, in the units of the inputs (squared, but for ``laplace``).
    degree : int
        Of the polynomial kernel, 1 to 20.

    Raises
    ------
    InputError
    """

    name: Literal["linear", "rbf", "polynomial", "laplace"]
    scale: float
    degree: int = 3

    def __post_init__(self) -> None:
        if self.name not in KERNELS:
            raise InputError(f"the kernel {self.name!r} is unknown", where="kernel", accepted=", ".join(KERNELS))
        if not (math.isfinite(self.scale) and self.scale > 0):
            raise InputError(f"the scale {self.scale}", where="kernel scale", accepted="a finite number > 0")
        whole = isinstance(self.degree, int | np.integer) and not isinstance(self.degree, bool)
        if not whole or not 1 <= self.degree <= 20:
            raise InputError(f"the degree {self.degree!r}", where="kernel degree", accepted="an integer from 1 to 20")

    def gram(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """The matrix k(x_i, z_j), shape (n, m), from rows x, shape (n, p), and z, shape (m, p)."""
        if self.name in ("linear", "polynomial"):
            products = left @ right.T
            products /= self.scale
            if self.name == "linear":
                return products
            products += 1
            products /= 2
            return cast(np.ndarray, products**self.degree)
        squares = squared_distances(left, right)
        if self.name == "laplace":
            np.sqrt(squares, out=squares)
        squares /= -self.scale
        return np.exp(squares, out=squares)


def squared_distances(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """|x_i - z_j|^2, shape (n, m), exactly 0 on the diagonal when both sides are the same array.

    Both sides are moved by the mean of the right one first: |x|^2 - 2 x.z + |z|^2 under an offset of 1e8 would be all
    rounding.
    """
    same = left is right
    centre = right.mean(axis=0)
    right = right - centre
    left = right if same else left - centre
    squares = left @ right.T
    squares *= -2
    squares += np.einsum("ij,ij->i", left, left)[:, None]
    squares += np.einsum("ij,ij->i", right, right)
    np.maximum(squares, 0, out=squares)
    if same:
        np.fill_diagonal(squares, 0)
    return squares


def typical_rows(inputs: np.ndarray, most: int = _MEDIAN_ROWS, seed: int = 0) -> np.ndarray:
    """At most so many rows, drawn by the seed from the rows in lexical order: whatever order they came in."""
    if len(inputs) <= most:
        return inputs
    chosen = np.random.default_rng(seed).choice(len(inputs), most, replace=False)
    return inputs[np.lexsort(inputs.T[::-1])[np.sort(chosen)]]


def kernel_for(name: str, inputs: np.ndarray, scale: float | None = None, degree: int = 3) -> Kernel:
    """The kernel of a given or a data-driven scale.

    Parameters
    ----------
    name : str
    inputs : ndarray, shape (n, p)
        Rows that set the default scale: the median squared distance (``rbf``), the median distance (``laplace``), the
        mean squared norm (``linear``, ``polynomial``).  Of at most 3000 rows drawn from all, in any order.
    scale : float, optional
        Overrides the default.
    degree : int

    Raises
    ------
    InputError
        Unknown kernel, scale not positive.
    """
    if scale is None:
        if name in ("rbf", "laplace"):
            rows = typical_rows(inputs)
            distances = squared_distances(rows, rows)[np.triu_indices(len(rows), 1)]
            distances = distances[distances > 0]
            scale = float(np.median(distances)) if distances.size else 1.0
            if name == "laplace":
                scale = math.sqrt(scale)
        else:
            scale = float(np.einsum("ij,ij->i", inputs, inputs).mean()) or 1.0
    return Kernel(name, scale, degree)  # type: ignore[arg-type]  # checked in __post_init__
