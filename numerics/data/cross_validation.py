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

from .experiment import Population, distinct, draw, fit_values, ridge_path, split_rows
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


@dataclass(frozen=True)
class Ladder:
    """Errors of one chain's last fit over a ladder of ridges and of stopping times, and what cross-validation chose.

    Parameters
    ----------
    ridges, times : ndarray, shape (r,), (t,)
    by_ridge, by_time : ndarray, shape (runs, r), (runs, t)
        On the rows set aside.
    chosen : ndarray of int, shape (runs,)
        The index of the ridge that leave-one-out on the chain's own labels chose in each run.
    reported : ndarray, shape (runs,)
        The error that it believed in, label noise taken off.
    """

    ridges: np.ndarray
    times: np.ndarray
    by_ridge: np.ndarray
    by_time: np.ndarray
    chosen: np.ndarray
    reported: np.ndarray

    @property
    def cross_validated(self) -> np.ndarray:
        """The error of each run's own choice, shape (runs,)."""
        return self.by_ridge[np.arange(len(self.chosen)), self.chosen]

    def seen(self) -> CrossValidated:
        """Means over the runs."""
        errors, runs = self.cross_validated, len(self.chosen)
        return CrossValidated(
            float(np.exp(np.log(self.ridges[self.chosen]).mean())),
            float(self.reported.mean()),
            float(errors.mean()),
            float(errors.std(ddof=1) / np.sqrt(runs)),
        )


def climb(
    law: Population,
    chain: Chain,
    ridges: Sequence[float],
    times: Sequence[float],
    *,
    runs: int,
    seed: int = 0,
    held_out: float,
    replacement: bool = True,
) -> Ladder:
    """Run a chain and try every ridge, every stopping time, and cross-validation on its last labels.

    Parameters
    ----------
    law : Population
    chain : Chain
        Its own downstream ridge plays no role.
    ridges, times : sequence of float
        > 0.  A time stops the gradient flow of the least-squares loss that starts at zero.
    runs, seed : int
        The runs are those of `cross_validate`, but that rows are set aside.
    held_out : float
        The part of the rows set aside in every run.
    replacement : bool
    """
    ladder, clock = np.asarray(ridges, dtype=float), np.asarray(times, dtype=float)
    by_ridge, by_time = np.empty((runs, len(ladder))), np.empty((runs, len(clock)))
    chosen, reported = np.empty(runs, dtype=int), np.empty(runs)
    for run in range(runs):
        rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence(entropy=seed, spawn_key=(run,))))
        split = split_rows(len(law.targets), held_out, seed, run)

        def labelled(values: np.ndarray, samples: int, noise: float) -> tuple[np.ndarray, np.ndarray]:
            drawn = split.pool[draw(rng, len(split.pool), samples, replacement=replacement)]  # noqa: B023
            return drawn, values[drawn] + np.sqrt(noise) * rng.standard_normal(samples)  # noqa: B023

        teacher = law.targets
        for _ in range(chain.generations):
            teacher = fit_values(
                law.gram, *labelled(teacher, chain.generator_samples, chain.generator_noise), chain.generator_ridge
            )
        drawn, labels = labelled(teacher, chain.samples, chain.noise)
        rows, means, counts = distinct(drawn, labels)
        root = np.sqrt(counts)
        values, vectors = linalg.eigh(
            root[:, None] * law.gram[np.ix_(rows, rows)] * root, check_finite=False, driver="evd"
        )
        sound = values > values[-1] * len(values) * 8 * np.finfo(float).eps
        values, vectors = values[sound], vectors[:, sound]
        rotated = (vectors.T @ (root * means))[:, None]
        by_penalty = rotated / (values[:, None] + len(drawn) * ladder)
        by_flow = -rotated * np.expm1(-values[:, None] * clock / len(drawn)) / values[:, None]
        back = law.gram[np.ix_(split.judged, rows)] @ (root[:, None] * vectors)
        truth = law.truth[split.judged, None]
        by_ridge[run] = np.mean((back @ by_penalty - truth) ** 2, axis=0)
        by_time[run] = np.mean((back @ by_flow - truth) ** 2, axis=0)
        scores = leave_one_out(law.gram, drawn, labels, ladder.tolist())
        chosen[run] = int(np.argmin(scores))
        reported[run] = max(scores[chosen[run]] - chain.noise, 0.0)
    return Ladder(ladder, clock, by_ridge, by_time, chosen, reported)


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
