"""The experiment: kernel ridge chains on the rows of a sample, relabelled by every generation's own fit.

The law of the inputs is the empirical one of the N rows: each generation draws fresh rows from them, with replacement
(the theory's independent rows) or without.  A fit is known by its values on all N rows, and its test error is the mean
over them of (fit - f0)^2, f0 the part of the targets in the kernel's span: exactly |w_hat - w0|_S^2.  With ``held_out``
every run sets a part of the rows aside, draws from the others, and takes the mean over those set aside: no label of
theirs was ever seen, and what a fit has learned by heart does it no good.  Nothing here uses the spectrum or theory.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import linalg

from ridgeproof.errors import DomainError

from .scenarios import Chain

_RANK = 8 * np.finfo(float).eps
_SMALLEST_RCOND = 1e-13
_TURNS = 2**31  # a key that no run has


@dataclass(frozen=True)
class Population:
    """The rows that everything is drawn from.

    Parameters
    ----------
    gram : ndarray, shape (N, N)
        The kernel matrix.
    targets : ndarray, shape (N,)
        The true labels.
    truth : ndarray, shape (N,)
        Their part in the span of the kernel.
    """

    gram: np.ndarray
    targets: np.ndarray
    truth: np.ndarray


@dataclass(frozen=True)
class Measured:
    """Mean test error of a chain over runs, its standard error, and the number of runs."""

    mean: float
    standard_error: float
    runs: int


def population(gram: np.ndarray, targets: np.ndarray) -> Population:
    """Project the targets on the span of the kernel, which is all of them where the kernel matrix is regular.

    Parameters
    ----------
    gram : ndarray, shape (N, N)
    targets : ndarray, shape (N,)
    """
    try:
        linalg.cholesky(gram, check_finite=False)
        truth = targets
    except linalg.LinAlgError:
        values, vectors = linalg.eigh(gram, check_finite=False)
        span = vectors[:, values > values[-1] * len(values) * 4 * np.finfo(float).eps]
        truth = span @ (span.T @ targets)
    return Population(gram, targets, truth)


def fit_values(gram: np.ndarray, drawn: np.ndarray, labels: np.ndarray, ridge: float) -> np.ndarray:
    """Kernel ridge regression on drawn rows, as values on all rows.

    Parameters
    ----------
    gram : ndarray, shape (N, N)
    drawn : ndarray of int, shape (T,)
        Rows, repeats allowed.
    labels : ndarray, shape (T,)
    ridge : float
        lambda >= 0 of argmin (1/T) sum (f(x_i) - y_i)^2 + lambda |f|^2; 0 is the interpolant or least-squares solution
        of least norm.

    Returns
    -------
    ndarray, shape (N,)
    """
    rows, means, counts = distinct(drawn, labels)
    beside = gram[rows]  # whole rows of a symmetric matrix: its columns would be gathered number by number
    return dual_solution(beside[:, rows], means, counts, ridge * len(drawn)) @ beside


def dual_solution(gram: np.ndarray, labels: np.ndarray, counts: np.ndarray, penalty: float) -> np.ndarray:
    """alpha of f = sum_i alpha_i k(x_i, .) that minimises sum_i c_i (f(x_i) - y_i)^2 + penalty |f|^2, of least norm.

    Parameters
    ----------
    gram : ndarray, shape (m, m)
    labels, counts : ndarray, shape (m,)
    penalty : float
        T lambda >= 0.
    """
    root = np.sqrt(counts)
    weighted = root[:, None] * gram * root
    weighted.flat[:: len(weighted) + 1] += penalty
    factor, failed = linalg.lapack.dpotrf(weighted, lower=1)
    if not failed:
        rcond, _ = linalg.lapack.dpocon(factor, np.abs(weighted).sum(axis=0).max(), uplo="L")
        if rcond > _SMALLEST_RCOND:
            return np.asarray(root * linalg.lapack.dpotrs(factor, root * labels, lower=1)[0])
    values, vectors = linalg.eigh(weighted, check_finite=False, driver="evd")
    sound = values > values[-1] * len(values) * _RANK
    part = vectors[:, sound]
    return np.asarray(root * (part @ ((part.T @ (root * labels)) / values[sound])))


def distinct(drawn: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The distinct rows, their mean labels and counts: the same least-squares problem, smaller and regular.

    Parameters
    ----------
    drawn : ndarray of int, shape (T,)
    labels : ndarray, shape (T,)

    Returns
    -------
    rows, means, counts : ndarray, shape (m,)
    """
    rows, inverse, counts = np.unique(drawn, return_inverse=True, return_counts=True)
    return rows, np.bincount(inverse, labels) / counts, counts


def draw(rng: np.random.Generator, rows: int, samples: int, *, replacement: bool) -> np.ndarray:
    """Indices of ``samples`` of ``rows`` rows.  Raises DomainError for more than all without replacement."""
    if replacement:
        return rng.integers(0, rows, samples)
    if samples > rows:
        raise DomainError(f"{samples} of {rows} rows without replacement", where="samples", accepted=f"at most {rows}")
    return rng.choice(rows, samples, replace=False)


def measure(
    law: Population,
    chains: Sequence[Chain],
    *,
    runs: int,
    seed: int = 0,
    replacement: bool = True,
    progress: Callable[[int, int | None], None] | None = None,
    held_out: float = 0.0,
) -> list[Measured]:
    """Run chains on the rows.

    Parameters
    ----------
    law : Population
    chains : sequence of Chain
        Chains that differ only downstream or in n share their generators within a run (common random numbers; each
        mean is unbiased all the same).
    runs : int
        >= 2.
    seed : int
        Run i draws from the stream (seed, i).
    replacement : bool
        False: the rows of one generation are distinct.
    progress : callable, optional
        Called with (runs done, runs).
    held_out : float
        The part of the rows, 0 to 1/2, that every run sets aside, and takes the error on; 0: the error is over all
        rows, those drawn included.

    Returns
    -------
    list of Measured
        One per chain.

    Raises
    ------
    DomainError
    """
    errors = measured_runs(
        law, chains, runs=range(runs), seed=seed, replacement=replacement, progress=progress, held_out=held_out
    )
    if runs < 2:
        raise DomainError(f"{runs} run{'s' * (runs != 1)}", where="runs", accepted="at least 2")
    errors = errors[..., 0]
    spread = errors.std(axis=0, ddof=1) / np.sqrt(runs)
    return [Measured(float(m), float(e), runs) for m, e in zip(errors.mean(axis=0), spread, strict=True)]


def measured_runs(
    law: Population,
    chains: Sequence[Chain],
    *,
    runs: range,
    seed: int = 0,
    replacement: bool = True,
    progress: Callable[[int, int | None], None] | None = None,
    held_out: float = 0.0,
) -> np.ndarray:
    """The errors of the runs of these numbers, shape (runs, chains, 2): on the rows set aside (on all rows where none
    are), and on all rows, those drawn included; otherwise as `measure`."""
    errors = np.empty((len(runs), len(chains), 2))
    for i, run in enumerate(runs):
        stream = np.random.SeedSequence(entropy=seed, spawn_key=(run,))
        errors[i] = _one_run(law, chains, stream, replacement, split_rows(len(law.targets), held_out, seed, run))
        if progress is not None:
            progress(i + 1, len(runs))
    return errors


@dataclass(frozen=True)
class Split:
    """The rows of one run: those that may be drawn, and those that errors are taken on."""

    pool: np.ndarray
    judged: np.ndarray


def split_rows(size: int, held_out: float, seed: int, run: int) -> Split:
    """The rows that a run sets aside: 1/held_out runs in a row set aside every row just once.

    A row of an extreme target counts in the mean whenever it is set aside; by turns it counts as often as any other.
    """
    everything = np.arange(size)
    if not held_out:
        return Split(everything, everything)
    turns = min(round(1 / held_out), size)
    key = np.random.SeedSequence(entropy=seed, spawn_key=(_TURNS, run // turns))
    order = np.random.Generator(np.random.PCG64(key)).permutation(size)
    aside = np.arange(size) % turns == run % turns
    return Split(order[~aside], order[aside])


def _one_run(
    law: Population,
    chains: Sequence[Chain],
    stream: np.random.SeedSequence,
    replacement: bool,
    split: Split,
) -> np.ndarray:
    """The two errors of one run: a chain of generators is made once, as long as the longest that is asked for."""
    errors = np.empty((len(chains), 2))
    families: dict[tuple[int, float, float], list[int]] = {}
    for i, chain in enumerate(chains):
        families.setdefault((chain.generator_samples, chain.generator_ridge, chain.generator_noise), []).append(i)
    for child, ((samples, ridge, noise), members) in zip(stream.spawn(len(families)), families.items(), strict=True):
        rng = np.random.Generator(np.random.PCG64(child))
        teacher, longest = law.targets, max(chains[i].generations for i in members)
        for generation in range(longest + 1):
            due = [i for i in members if chains[i].generations == generation]
            for errors_at, value in _downstream(law, split, teacher, [chains[i] for i in due], rng, replacement):
                errors[due[errors_at]] = value
            if generation < longest:
                drawn = split.pool[draw(rng, len(split.pool), samples, replacement=replacement)]
                labels = teacher[drawn] + np.sqrt(noise) * rng.standard_normal(samples)
                teacher = fit_values(law.gram, drawn, labels, ridge)
    return errors


def _downstream(
    law: Population,
    split: Split,
    teacher: np.ndarray,
    chains: Sequence[Chain],
    rng: np.random.Generator,
    replacement: bool,
) -> list[tuple[int, np.ndarray]]:
    """(index, the two errors) of downstream fits on one teacher; all ridges share one decomposition."""
    found: list[tuple[int, np.ndarray]] = []
    for samples, noise in dict.fromkeys((chain.samples, chain.noise) for chain in chains):
        mine = [i for i, chain in enumerate(chains) if (chain.samples, chain.noise) == (samples, noise)]
        drawn = split.pool[draw(rng, len(split.pool), samples, replacement=replacement)]
        labels = teacher[drawn] + np.sqrt(noise) * rng.standard_normal(samples)
        missed = (ridge_path(law.gram, drawn, labels, [chains[i].ridge for i in mine]).T - law.truth) ** 2
        both = np.column_stack([missed[:, split.judged].mean(axis=1), missed.mean(axis=1)])
        found += list(zip(mine, both, strict=True))
    return found


def ridge_path(gram: np.ndarray, drawn: np.ndarray, labels: np.ndarray, ridges: Sequence[float]) -> np.ndarray:
    """`fit_values` for many ridges, shape (N, number of ridges)."""
    if len(ridges) == 1:
        return fit_values(gram, drawn, labels, ridges[0])[:, None]
    rows, means, counts = distinct(drawn, labels)
    root = np.sqrt(counts)
    beside = gram[rows]
    values, vectors = linalg.eigh(root[:, None] * beside[:, rows] * root, check_finite=False, driver="evd")
    sound = values > values[-1] * len(values) * _RANK
    values, vectors = values[sound], vectors[:, sound]
    filters = (vectors.T @ (root * means))[:, None] / (values[:, None] + len(drawn) * np.asarray(ridges, dtype=float))
    return np.asarray(beside.T @ (root[:, None] * (vectors @ filters)))
