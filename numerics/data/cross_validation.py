"""Cross-validation on the labels of a chain, and what it cannot see.

It compares a fit with labels of the last generator, so that it measures the distance to that *teacher*; what the
teacher has lost is in every label, left out or not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import linalg

from ridgeproof.errors import DomainError

from .experiment import Population, distinct, draw, fit_values, ridge_path
from .scenarios import Chain


@dataclass(frozen=True)
class CrossValidated:
    """Means over runs of a chain whose last ridge is chosen by leave-one-out cross-validation on its own labels.

    Parameters
    ----------
    ridge : float
        Geometric mean of the ridges chosen.
    reported : float
        The cross-validation error that the user sees, label noise taken off.
    test_error, standard_error : float
        What the chosen fits really have, against the truth.
    """

    ridge: float
    reported: float
    test_error: float
    standard_error: float


def cross_validate(
    law: Population, chain: Chain, ridges: Sequence[float], *, runs: int, seed: int = 0
) -> CrossValidated:
    """Run a chain, choose the last ridge as a user of the labels would, and look at the true error.

    Parameters
    ----------
    law : Population
    chain : Chain
        Its own downstream ridge plays no role.
    ridges : sequence of float
        Candidates > 0.
    runs : int
        >= 2.
    seed : int

    Raises
    ------
    DomainError
    """
    if runs < 2 or not min(ridges) > 0:
        raise DomainError(f"{runs} runs, ridges from {min(ridges)}", where="cross-validation", accepted="2 runs, > 0")
    chosen, reported, true = np.empty(runs), np.empty(runs), np.empty(runs)
    for run in range(runs):
        rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence(entropy=seed, spawn_key=(run,))))

        teacher = law.targets
        for _ in range(chain.generations):
            drawn, labels = _labelled(teacher, chain.generator_samples, chain.generator_noise, rng)
            teacher = fit_values(law.gram, drawn, labels, chain.generator_ridge)
        drawn, labels = _labelled(teacher, chain.samples, chain.noise, rng)
        scores = leave_one_out(law.gram, drawn, labels, ridges)
        best = int(np.argmin(scores))
        chosen[run], reported[run] = np.log(ridges[best]), scores[best] - chain.noise
        fitted = ridge_path(law.gram, drawn, labels, [ridges[best]])[:, 0]
        true[run] = np.mean((fitted - law.truth) ** 2)
    return CrossValidated(
        float(np.exp(chosen.mean())),
        float(reported.mean()),
        float(true.mean()),
        float(true.std(ddof=1) / np.sqrt(runs)),
    )


def _labelled(
    teacher: np.ndarray, samples: int, noise: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Fresh rows and their labels by a teacher."""
    drawn = draw(rng, len(teacher), samples, replacement=True)
    return drawn, teacher[drawn] + np.sqrt(noise) * rng.standard_normal(samples)


def leave_one_out(gram: np.ndarray, drawn: np.ndarray, labels: np.ndarray, ridges: Sequence[float]) -> np.ndarray:
    """Leave-one-out cross-validation error of kernel ridge regression, one per ridge > 0.

    Parameters
    ----------
    gram : ndarray, shape (N, N)
    drawn : ndarray of int, shape (T,)
        All copies of a row are left out together: a copy in the training part would give the label away.
    labels : ndarray, shape (T,)
    ridges : sequence of float

    Returns
    -------
    ndarray
        Mean squared error against the labels of the rows left out, label noise included.

    Notes
    -----
    With G = (C^(1/2) K C^(1/2) + T lambda)^-1 on distinct rows, the fit without row i misses its mean label by
    C_i^(-1/2) (G C^(1/2) y)_i/G_ii.
    """
    rows, means, counts = distinct(drawn, labels)
    root = np.sqrt(counts)
    values, vectors = linalg.eigh(root[:, None] * gram[np.ix_(rows, rows)] * root, check_finite=False, driver="evd")
    values = np.maximum(values, 0)
    rotated = vectors.T @ (root * means)
    within = float(np.sum((labels - means[np.searchsorted(rows, drawn)]) ** 2))  # disagreement of copies
    out = np.empty(len(ridges))
    for i, ridge in enumerate(ridges):
        inverse = 1 / (values + len(drawn) * ridge)
        missed = (vectors @ (inverse * rotated)) / (vectors**2 @ inverse) / root
        out[i] = (np.sum(counts * missed**2) + within) / len(drawn)
    return out
