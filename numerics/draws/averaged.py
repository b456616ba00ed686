"""One draw of the designs of a chain, with everything else averaged exactly, for many downstream ridges at once.

Only Wishart matrices are drawn: by the Bartlett decomposition where T >= d (cost independent of T), by the thin design
where T < d.  Given the designs, two averages are taken exactly.

- Label noise: with A = (W + T lambda)^-1 W and N = (W + T lambda)^-2 W, the covariance C of w_m - E w_m given the
  designs follows C' = A C A^T + sigma^2 N.
- Signs of the axes: S is diagonal, so the law of the designs does not change when w0_j -> -w0_j, and w0 w0^T may be
  replaced by its average D0 = diag(w0_j^2).  With U = I - A the noise-free error w_m - w0 = -L w0 follows
  L' = U + A L.

The downstream fit is then a sum over the eigenvalues of one matrix, whatever the number of ridges.

The diagonals of the sample covariances Sh_m, whose means are exactly those of S, serve as control variates: to first
order a fit shrinks axis j by g_m = s_j/(s_j + kappa_m), so the bias s_j w0_j^2 (1 - G_j)^2, G_j = prod_m g_m, moves by

    -2 w0_j^2 (1 - G_j) G_j kappa_m/(s_j + kappa_m) (Sh_m - S)_jj,

which is subtracted.  Whatever its coefficient, it has mean zero; nothing else here knows a mean over designs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import lapack

from ridgeproof.errors import DomainError

from ..predictions.kappa import kappa
from ..problem.scenario import Scenario
from .sampling import SMALLEST_RCOND, Link, cholesky, links


def averaged_replicate(scenario: Scenario, ridges: Sequence[float], rng: np.random.Generator) -> np.ndarray:
    """One draw of E[|w_hat - w0|_S^2 given the designs, up to signs of the axes], for each downstream ridge.

    Parameters
    ----------
    scenario : Scenario
        Finite dimension; its own downstream ridge is not used.
    ridges : sequence of float
        Downstream ridges, >= 0.
    rng : numpy.random.Generator
        Source of all randomness.

    Returns
    -------
    ndarray, shape (len(ridges),)
        Unbiased for E_test of docs/theory.md#setup (noise floor left out), with a fraction of the variance of
        `ridgeproof.numerics.draws.sampling.direct_replicate`.

    Raises
    ------
    DomainError
        Infinite dimension, a design too large, numbers outside double precision, noise at ridge 0 with
        samples = dim.
    """
    eigenvalues = scenario.spectrum.eigenvalues()
    signal = scenario.target.coefficients(scenario.spectrum) ** 2
    *generators, downstream = links(scenario, square=True)
    if 0.0 in ridges and downstream.samples == eigenvalues.size and downstream.sigma > 0:
        raise DomainError(
            f"samples = dim = {downstream.samples} at ridge 0",
            where="downstream.ridge",
            accepted="another ridge, or noise 0",
        )
    loss: np.ndarray | None = None  # L
    spread: np.ndarray | None = None  # C
    shrink = np.ones(eigenvalues.size)  # prod g_m, and the sum over m of what moves its logarithm
    move = np.zeros(eigenvalues.size)
    for link in generators:
        fit = _generator(rng, np.sqrt(eigenvalues), link)
        k = kappa(eigenvalues, link.samples, link.ridge)
        shrink *= (eigenvalues / (eigenvalues + k)) ** link.fits
        move += link.fits * k / (eigenvalues + k) * (fit.diagonal / link.samples - eigenvalues)
        for _ in range(link.fits):
            if spread is not None and fit.keep is not None:
                spread = fit.keep @ spread @ fit.keep.T
            if link.sigma > 0:
                noise = link.sigma**2 * fit.noise
                spread = noise if spread is None else spread + noise
            if fit.keep is not None:
                assert fit.lose is not None
                loss = fit.lose if loss is None else fit.lose + fit.keep @ loss
    values, diagonal = _downstream(rng, eigenvalues, signal, downstream, ridges, loss, spread)
    for i, ridge in enumerate(ridges):
        k = kappa(eigenvalues, downstream.samples, ridge)
        whole = shrink * eigenvalues / (eigenvalues + k)
        moved = move + k / (eigenvalues + k) * (diagonal / downstream.samples - eigenvalues)
        values[i] += 2 * np.sum(signal * (1 - whole) * whole * moved)
    return values


@dataclass(frozen=True)
class _Fit:
    """A, U = I - A and N of one design, (d, d) each; A and U are None for A = I.  And the diagonal of W."""

    keep: np.ndarray | None
    lose: np.ndarray | None
    noise: np.ndarray
    diagonal: np.ndarray


def _generator(rng: np.random.Generator, root: np.ndarray, link: Link) -> _Fit:
    dim, shift = root.size, link.ridge * link.samples
    if link.samples < dim:
        return _thin(rng.standard_normal((link.samples, dim)) * root, shift)
    lower = bartlett(rng, link.samples, dim)
    if shift == 0:
        inverse = _symmetric(lapack.dpotri(lower, lower=1)[0])  # (Z^T Z)^-1, well conditioned whatever S
        return _Fit(None, None, inverse / root / root[:, None], np.sum(lower**2, axis=1) * root**2)
    design = lower.T * root
    gram = design.T @ design
    factor = cholesky(gram, shift)
    if factor is None:
        return _decomposed(design, shift)
    resolvent = _symmetric(lapack.dpotri(factor, lower=1)[0])
    keep = resolvent @ gram
    return _Fit(keep, shift * resolvent, keep @ resolvent, np.diag(gram))


def _thin(design: np.ndarray, shift: float) -> _Fit:
    """T < d: through the T x T Gram matrix."""
    factor = cholesky(design @ design.T, shift)
    if factor is None:
        return _decomposed(design, shift)
    half = lapack.dtrtrs(factor, design, lower=1)[0]
    whole = lapack.dtrtrs(factor, half, lower=1, trans=1)[0]
    keep = half.T @ half
    return _Fit(keep, np.eye(design.shape[1]) - keep, whole.T @ whole, np.sum(design**2, axis=0))


def _decomposed(design: np.ndarray, shift: float) -> _Fit:
    """Where the Gram matrix is too ill-conditioned: through the singular values of the design."""
    _, values, right = np.linalg.svd(design, full_matrices=False)
    g, _, n = _filters(values**2, shift)
    keep = (right.T * g) @ right
    return _Fit(keep, np.eye(design.shape[1]) - keep, (right.T * n) @ right, np.sum(design**2, axis=0))


def bartlett(rng: np.random.Generator, samples: int, dim: int) -> np.ndarray:
    """A lower triangular L, (d, d), with L L^T distributed as Z^T Z for Z (T, d) of independent N(0, 1); T >= d.

    L_ii^2 is chi-square with T - i degrees of freedom (i = 0, ..., d - 1), entries below the diagonal are N(0, 1).
    """
    lower = np.tril(rng.standard_normal((dim, dim)), -1)
    lower.flat[:: dim + 1] = np.sqrt(rng.chisquare(samples - np.arange(dim)))
    return lower


def _symmetric(lower: np.ndarray) -> np.ndarray:
    """A symmetric matrix from its lower triangle."""
    whole = np.tril(lower)
    return whole + np.tril(whole, -1).T


def _filters(squares: np.ndarray, shift: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """g, u = 1 - g and n of A, U and N at the eigenvalues of W."""
    whole = squares + shift
    g = squares / whole
    return g, shift / whole, g / whole


def _downstream(
    rng: np.random.Generator,
    eigenvalues: np.ndarray,
    signal: np.ndarray,
    link: Link,
    ridges: Sequence[float],
    loss: np.ndarray | None,
    spread: np.ndarray | None,
) -> tuple[np.ndarray, np.ndarray]:
    """tr S E (A e - U w0)(A e - U w0)^T + sigma^2 tr S N, for e = w_n - w0 with E e w0^T = -L D0; the diagonal of W.

    With V the eigenvectors of W for its min(d, T) nonzero eigenvalues, U = V u V^T + Pi, Pi the rest.
    """
    dim, root = eigenvalues.size, np.sqrt(eigenvalues)
    smallest = min((x for x in ridges if x > 0), default=math.inf) * link.samples
    if link.samples < dim:
        lower, design = None, rng.standard_normal((link.samples, dim)) * root
        squares, v = _spectral(design, 0.0 if 0.0 in ridges else smallest)
    else:
        lower = bartlett(rng, link.samples, dim)
        squares, v = _spectral(lower.T * root, smallest) if smallest < math.inf else (np.ones(dim), np.eye(dim))
    sv = eigenvalues[:, None] * v
    p = v.T @ sv  # V^T S V
    mixed = np.zeros_like(p)
    second = np.zeros_like(p)
    lost: np.ndarray | None = None
    if loss is not None:
        lost = loss * signal  # L D0
        mixed = p * (v.T @ lost @ v)
        second = v.T @ (lost @ loss.T) @ v
    if spread is not None:
        second = second + v.T @ spread @ v
    second = p * second
    clean = p * (v.T @ (signal[:, None] * v))
    # what Pi adds: tr S Pi D0 Pi, and with one V u V^T or one V g V^T
    null, null_u, null_g = 0.0, np.zeros(squares.size), np.zeros(squares.size)
    if link.samples < dim:
        pi = -(v @ v.T)
        pi.flat[:: dim + 1] += 1.0
        null = float(np.sum(eigenvalues[:, None] * pi**2 * signal))
        pi_sv = pi @ sv
        null_u = np.sum(v * (signal[:, None] * pi_sv), axis=0)
        if lost is not None:
            null_g = np.sum((lost.T @ v) * pi_sv, axis=0)
    diagonal = (v**2) @ squares if lower is None else np.sum(lower**2, axis=1) * eigenvalues
    out = np.empty(len(ridges))
    for i, ridge in enumerate(ridges):
        if ridge == 0 and lower is not None:  # least squares: A = I, in coordinates where S = I
            inverse = lapack.dtrtri(lower, lower=1)[0]
            out[i] = link.sigma**2 * np.sum(inverse**2)
            if lost is not None and loss is not None:
                out[i] += np.sum(eigenvalues * np.sum(lost * loss, axis=1))
            if spread is not None:
                out[i] += np.sum(eigenvalues * np.diag(spread))
            continue
        g, u, n = _filters(squares, ridge * link.samples)
        quadratic = u @ clean @ u + 2 * (g @ mixed @ u) + g @ second @ g
        out[i] = null + 2 * (u @ null_u + g @ null_g) + quadratic + link.sigma**2 * (n @ np.diag(p))
    return out, diagonal


def _spectral(design: np.ndarray, smallest: float) -> tuple[np.ndarray, np.ndarray]:
    """The eigenvalues of W = B^T B and its eigenvectors V (d, k), k = min of the shape of B = ``design``.

    By the smaller Gram matrix; by singular values where that would lose what ``smallest``, the least shift, can see.
    """
    thin = design.shape[0] < design.shape[1]
    gram = design @ design.T if thin else design.T @ design
    squares, vectors = np.linalg.eigh(gram)
    if squares[0] + smallest < SMALLEST_RCOND * (squares[-1] + smallest):
        _, values, right = np.linalg.svd(design, full_matrices=False)
        return values**2, right.T
    if thin:
        return squares, design.T @ (vectors / np.sqrt(squares))
    return np.maximum(squares, 0.0), vectors
