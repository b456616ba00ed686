"""Spectrum and target coefficients of a kernel on a reference sample (docs/theory.md#kernels).

With (1/N) K u_j = s_j u_j the coefficient of the target is c_j = u_j . y/sqrt N = s_j^(1/2) w0_j, and what lies outside
the span of the u_j counts as noise.  Three ways to the same numbers:

- the kernel matrix itself, for up to `LARGEST_MATRIX` rows;
- for a linear kernel with fewer columns than rows, the p x p second moment of the inputs, streamed over all rows: the
  same nonzero eigenvalues;
- beyond that, Nystrom features phi(x) = K_zz^(-1/2) k(z, x) of m landmarks z, whose m x m second moment is streamed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from scipy import linalg

from ridgeproof.errors import DomainError, InputError

from .kernels import Kernel, typical_rows
from .sample import Sample

LARGEST_MATRIX = 20_000  # rows
_BELOW = 4 * np.finfo(float).eps  # times N s_1: eigenvalues under this are rounding errors


@dataclass(frozen=True)
class Empirical:
    """The spectrum of a kernel under an empirical law, and a target in its eigenbasis.

    Parameters
    ----------
    eigenvalues : ndarray, shape (d,)
        s_1 >= ... >= s_d > 0.
    coefficients : ndarray, shape (d,)
        w0_j = c_j/sqrt(s_j); the signs are those of the eigenvectors and mean nothing.
    outside : float
        Mean square of the targets' part outside the span, which counts as noise.
    rows : int
        N.
    method : str
        "kernel matrix", "second moment" or "Nystrom, m landmarks".
    missing : float
        The part of the trace, 0 to 1, that the method does not see; 0 but for Nystrom.
    """

    eigenvalues: np.ndarray
    coefficients: np.ndarray
    outside: float
    rows: int
    method: str
    missing: float = 0.0

    @property
    def signal(self) -> np.ndarray:
        """s_j w0_j^2 = c_j^2, shape (d,)."""
        return self.eigenvalues * self.coefficients**2


def of_matrix(gram: np.ndarray, targets: np.ndarray) -> Empirical:
    """From the kernel matrix itself.

    Parameters
    ----------
    gram : ndarray, shape (N, N)
        K, symmetric and positive semi-definite.
    targets : ndarray, shape (N,)

    Raises
    ------
    DomainError
        Fewer than two rows, too many, numbers that are not finite, or a kernel that is zero on the sample.
    """
    return decomposed(gram, targets)[0]


def decomposed(gram: np.ndarray, targets: np.ndarray) -> tuple[Empirical, np.ndarray]:
    """`of_matrix`, and the targets' part in the span of the kernel, shape (N,), from one decomposition."""
    rows = len(gram)
    if not 2 <= rows <= LARGEST_MATRIX:
        raise DomainError(f"{rows} rows", where="kernel matrix", accepted=f"2 to {LARGEST_MATRIX} rows")
    if not np.isfinite(gram).all():
        raise DomainError("entries that are not finite", where="kernel matrix", accepted="a larger --kernel-scale")
    values, vectors = linalg.eigh(gram / rows, check_finite=False, driver="evd", overwrite_a=True)
    components = vectors.T @ targets
    found = _ordered(values, components / np.sqrt(rows), targets @ targets / rows, rows, "kernel matrix")
    beyond = rows - len(found.eigenvalues)
    truth = vectors[:, beyond:] @ components[beyond:] if beyond else targets
    return found, truth


def of_sample(sample: Sample, kernel: Kernel, *, landmarks: int | None = None, seed: int = 0) -> Empirical:
    """From a sample, or from all rows of its table where these can be streamed.

    Parameters
    ----------
    sample : Sample
    kernel : Kernel
    landmarks : int, optional
        Given: Nystrom over all rows of the table, with so many rows of the sample as landmarks.
    seed : int
        Of the landmarks, which are drawn from the sample whatever the order of its rows.

    Raises
    ------
    DomainError, InputError
    """
    width = sample.inputs.shape[1]
    if kernel.name == "linear" and width < len(sample.inputs):
        root = np.sqrt(kernel.scale)
        whole = sample.blocks() if sample.rows > len(sample.inputs) else [(sample.inputs, sample.targets)]
        values, components, square, rows, _ = _moments(whole, lambda x: x / root, width, kernel)
        return _ordered(values, components, square, rows, "second moment")
    if landmarks is None:
        return of_matrix(kernel.gram(sample.inputs, sample.inputs), sample.targets)
    if not 2 <= landmarks <= len(sample.inputs):
        raise InputError(f"{landmarks} landmarks", where="--landmarks", accepted=f"2 to {len(sample.inputs)}")
    chosen = typical_rows(sample.inputs, landmarks, seed)
    heights, axes = linalg.eigh(kernel.gram(chosen, chosen), check_finite=False, driver="evd")
    sound = heights > heights[-1] * len(heights) * 1e-14  # the roots of smaller ones would amplify rounding
    whitening = axes[:, sound] / np.sqrt(heights[sound])
    values, components, square, rows, trace = _moments(
        sample.blocks(), lambda x: kernel.gram(x, chosen) @ whitening, int(sound.sum()), kernel
    )
    missing = max(0.0, 1 - float(values.sum()) / trace)
    return _ordered(values, components, square, rows, f"Nystrom, {landmarks} landmarks", missing)


def _moments(
    blocks: Iterable[tuple[np.ndarray, np.ndarray]],
    features: Callable[[np.ndarray], np.ndarray],
    width: int,
    kernel: Kernel,
) -> tuple[np.ndarray, np.ndarray, float, int, float]:
    """Eigenvalues of E phi phi^T, the components v_j . E[phi y]/sqrt(s_j), E y^2, N and E k(x, x), in one pass."""
    second, mixed, square, trace, rows = np.zeros((width, width)), np.zeros(width), 0.0, 0.0, 0
    for x, y in blocks:
        phi = features(x)
        second += phi.T @ phi
        mixed += phi.T @ y
        square += float(y @ y)
        trace += _trace(kernel, x)
        rows += len(y)
    values, vectors = linalg.eigh(second / rows, check_finite=False, driver="evd")
    components = vectors.T @ mixed / rows / np.sqrt(np.maximum(values, np.finfo(float).tiny))
    return values, components, square / rows, rows, trace / rows


def _trace(kernel: Kernel, x: np.ndarray) -> float:
    """sum_i k(x_i, x_i)."""
    if kernel.name in ("rbf", "laplace"):
        return float(len(x))
    norms = np.einsum("ij,ij->i", x, x) / kernel.scale
    return float((norms if kernel.name == "linear" else ((1 + norms) / 2) ** kernel.degree).sum())


def _ordered(
    values: np.ndarray, components: np.ndarray, square: float, rows: int, method: str, missing: float = 0.0
) -> Empirical:
    """Descending, without what is rounding error; ``components`` are c_j."""
    values, components = values[::-1], components[::-1]
    if not values[0] > 0:
        raise DomainError("the kernel vanishes on the sample", where="kernel", accepted="inputs that are not all zero")
    sound = values > values[0] * len(values) * _BELOW
    values, components = values[sound], components[sound]
    outside = max(0.0, float(square - components @ components))
    if outside < 1e-9 * square:  # the rounding of a difference
        outside = 0.0
    return Empirical(values, components / np.sqrt(values), outside, rows, method, missing)
