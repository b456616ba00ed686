"""One realised chain, drawn from the model's definition: designs, noise, fits, relabelling (docs/theory.md#setup).

Nothing here knows a formula for the error.  The linear algebra is chosen for speed only: the smaller of the two Gram
matrices (d x d or T x T) is factored by Cholesky, and where its condition number would cost more than about seven
digits the fit goes through the singular value decomposition of the design instead.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.linalg import lapack

from ridgeproof.errors import DomainError

from ..problem.numbers import as_float
from ..problem.scenario import Downstream, Generator, Scenario, plain_only

#: Reciprocal condition number of a Gram matrix below which Cholesky gives way to the SVD.
SMALLEST_RCOND = 1e-9
#: Entries of a design or of a d x d matrix held at once (doubles): 1.6 GB.
MAX_ENTRIES = 200_000_000


@dataclass(frozen=True)
class Link:
    """One design and the fits made on it: T rows, ridge, noise standard deviation, and how many fits share it."""

    samples: int
    ridge: float
    sigma: float
    fits: int


def links(scenario: Scenario, *, square: bool = False) -> Iterator[Link]:
    """The designs of a scenario in order, downstream last; ``square`` says that d x d matrices will be needed too.

    Raises
    ------
    DomainError
        A design too large to hold, or a ridge or noise outside the range of double precision.
    """
    plain_only(scenario, "the simulation")
    for number, generator in enumerate(scenario.generators):
        same = generator.same_design
        link = _link(generator, scenario, f"generators.{number}", generator.repeat if same else 1, square)
        for _ in range(1 if same else generator.repeat):
            yield link
    yield _link(scenario.downstream, scenario, "downstream", 1, square)


def _link(fit: Generator | Downstream, scenario: Scenario, where: str, fits: int, square: bool) -> Link:
    dim = scenario.spectrum.finite_dim()
    rows = max(fit.samples, dim) if square else fit.samples
    if dim * rows > MAX_ENTRIES:
        raise DomainError(
            f"a matrix of {rows} x {dim} entries does not fit in memory",
            where=where,
            accepted=f"at most {MAX_ENTRIES} entries",
        )
    ridge = as_float(fit.ridge, where=f"{where}.ridge")
    if not ridge * fit.samples < math.inf:
        raise DomainError(
            f"ridge = {ridge:g} times {fit.samples} samples is outside the range of double precision",
            where=f"{where}.ridge",
            accepted="a smaller ridge",
        )
    return Link(fit.samples, ridge, math.sqrt(as_float(fit.noise, where=f"{where}.noise")), fits)


class DesignFit:
    """The linear map ``y -> w`` of one fit on a drawn design X = Z diag(root).

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the design's rows, N(0, S) with S = diag(root^2).
    root : ndarray (d,)
        Square roots of the eigenvalues of S.
    link : Link
        Number of rows and ridge.

    Notes
    -----
    Least squares (ridge 0, T >= d) does not change under a change of basis of the inputs, so it is solved in the
    coordinates diag(root) w, where the conditioning is that of Z whatever the spectrum.
    """

    def __init__(self, rng: np.random.Generator, root: np.ndarray, link: Link) -> None:
        rows, dim = link.samples, root.size
        design = rng.standard_normal((rows, dim))
        self.scale = root if link.ridge == 0 and rows >= dim else np.ones(1)
        if self.scale is not root:
            design *= root
        self.design = design
        self.shift = link.ridge * rows
        self.dual = rows < dim
        gram = design @ design.T if self.dual else design.T @ design
        self.gram = gram
        self.factor = cholesky(gram, self.shift)
        self.svd: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None
        if self.factor is None:
            left, values, right = np.linalg.svd(design, full_matrices=False)
            self.svd = left, values, right
            # s / (s^2 + shift) without squaring s, which could underflow
            with np.errstate(divide="ignore"):
                self.filter = 1.0 / (values + self.shift / values)

    def labels(self, w: np.ndarray) -> np.ndarray:
        """Noise-free labels X w, shape (T,)."""
        return self.design @ (self.scale * w)

    def student(self, y: np.ndarray) -> np.ndarray:
        """The fitted coefficients w, shape (d,), from labels y, shape (T,)."""
        if self.svd is not None:
            left, _, right = self.svd
            w = right.T @ (self.filter * (left.T @ y))
        elif self.dual:
            w = self.design.T @ lapack.dpotrs(self.factor, y, lower=1)[0]
        else:
            w = lapack.dpotrs(self.factor, self.design.T @ y, lower=1)[0]
        return w / self.scale


def cholesky(gram: np.ndarray, shift: float) -> np.ndarray | None:
    """The lower Cholesky factor of gram + shift I, or None where it is too ill-conditioned to be trusted."""
    shifted = gram.copy()
    shifted.flat[:: gram.shape[0] + 1] += shift
    factor, failed = lapack.dpotrf(shifted, lower=1)
    if failed:
        return None
    rcond, _ = lapack.dpocon(factor, np.abs(shifted).sum(axis=0).max(), uplo="L")
    return factor if rcond > SMALLEST_RCOND else None


def direct_replicate(scenario: Scenario, rng: np.random.Generator) -> float:
    """One draw of |w_hat - w0|_S^2: every design and every noise vector drawn, every generation fitted and
    relabelled.

    Parameters
    ----------
    scenario : Scenario
        Finite dimension.
    rng : numpy.random.Generator
        Source of all randomness.

    Returns
    -------
    float
        The test error of this draw, noise floor left out; its mean is E_test of docs/theory.md#setup.

    Raises
    ------
    DomainError
        Infinite dimension, a design too large, numbers outside double precision.
    """
    eigenvalues = scenario.spectrum.eigenvalues()
    root = np.sqrt(eigenvalues)
    truth = scenario.target.coefficients(scenario.spectrum)
    w = truth
    for link in links(scenario):
        fit = DesignFit(rng, root, link)
        for _ in range(link.fits):
            y = fit.labels(w)
            if link.sigma > 0:
                y += link.sigma * rng.standard_normal(link.samples)
            w = fit.student(y)
    return float(np.sum(eigenvalues * (w - truth) ** 2))
