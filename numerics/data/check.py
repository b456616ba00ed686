"""The quick check: a few real chains beside the theory, the range that the error lies in, and which figure to believe.

Both errors of a run are used.  Rows that no fit of the run has seen tell what a practitioner meets; the mean over all
rows, those drawn included, is what the theory's population is.  Rows drawn with or without repeats lie between the two.
So the range reaches from the smaller to the larger, each with its own spread over the runs: `SPREADS` standard errors,
and never less than `LEAST`.  Both constants, and `AGREES`, were chosen on one half of the public tables and tried on
the other (benchmarks/data_study.py).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ridgeproof.errors import DomainError, NotConverged

from ..predictions.equivalents import predict
from .experiment import Population, measured_runs
from .finite_rows import predict_rows
from .scenarios import Chain, scenarios_of
from .spectra import Empirical

HELD_OUT = 0.25  # of the rows
LEAST = 0.15  # half-width of a range, relative
SPREADS = 3.0  # standard errors
AGREES = 0.15  # theory and measurement, relative
UNSTEADY = 0.2  # relative standard error beyond which a mean over runs is no figure to rely on
BATCHES = (32, 64, 128)  # runs after which the check looks whether it knows enough
ENOUGH = 0.025  # relative standard error
WORK = 4e10  # multiplications that the check may cost
ZERO = 1e-12  # of the target's variance: errors below are rounding


@dataclass(frozen=True)
class Point:
    """Theory and measurement of one chain.

    Parameters
    ----------
    generations, ridge : int, float
        n and the downstream lambda.
    theory, theory_finite_rows : float, float or None
        The deterministic equivalent for rows that never repeat, and for rows drawn from these N (None without value).
    measured, standard_error : float
        Mean over runs of the error on all rows, those drawn included: the theory's population.
    held_out, held_out_error : float
        Of the error on the rows set aside, and its standard error: what a practitioner meets.
    low, high : float
        The range.
    """

    generations: int
    ridge: float
    theory: float
    theory_finite_rows: float | None
    measured: float
    standard_error: float
    held_out: float
    held_out_error: float
    low: float
    high: float

    @property
    def gap(self) -> float:
        """Theory/measured - 1."""
        return _gap(self.theory, self.measured)

    @property
    def held_out_gap(self) -> float:
        """Theory/held_out - 1."""
        return _gap(self.theory, self.held_out)

    @property
    def unsteady(self) -> bool:
        """Whether a few runs decide the mean."""
        return self.held_out_error > UNSTEADY * self.held_out > UNSTEADY * ZERO

    @property
    def agrees(self) -> bool:
        """Whether theory and the rows set aside do, within `AGREES`."""
        if max(self.theory, self.held_out) < ZERO:
            return True
        return abs(self.held_out_gap) <= AGREES and not self.unsteady


def _gap(theory: float, measured: float) -> float:
    return theory / measured - 1 if measured else (math.inf if theory > ZERO else 0.0)


@dataclass(frozen=True)
class Measurement:
    """What real chains gave.

    Parameters
    ----------
    runs : int
    held_out : float
        The part of the rows set aside in every run.
    points : tuple of Point
    distinct : bool
        Whether the rows of one fit were distinct.
    """

    runs: int
    held_out: float
    points: tuple[Point, ...]
    distinct: bool = False


def work(chain: Chain, rows: int) -> float:
    """Multiplications of one run of a chain, roughly."""
    sizes = [chain.generator_samples] * chain.generations + [chain.samples]
    distinct = [min(size, rows) for size in sizes]
    return float(sum(size**3 + 2.0 * rows * size for size in distinct))


def check(
    law: Population,
    empirical: Empirical,
    chains: Sequence[Chain],
    *,
    runs: int | None = None,
    seed: int = 0,
    distinct: bool = False,
    progress: Callable[[int, int | None], None] | None = None,
    announce: Callable[[float, int], None] | None = None,
) -> Measurement:
    """Run chains on the rows and set theory beside them.

    Parameters
    ----------
    law : Population
    empirical : Empirical
        Of these rows.
    chains : sequence of Chain
    runs : int, optional
        None: until the longest chain is known to 2.5 %, at most 128, and less where one run is much work.
    seed : int
    distinct : bool
        Draw the rows of one fit without replacement.
    progress : callable, optional
        Called with (runs done, runs).
    announce : callable, optional
        Called once, after the first run, with the seconds that all may take at most, and their number.

    Raises
    ------
    DomainError
        A fit with as many rows as dimensions at ridge 0; more distinct rows than there are.
    """
    theory = [float(predict(scenario).test_error) for scenario in scenarios_of(empirical, chains)]
    longest = max(range(len(chains)), key=lambda i: (chains[i].generations, -i))
    found, done = [], 0
    if runs is None:
        most = max(BATCHES[0], int(WORK / work(chains[longest], len(law.targets))))
        batches = [batch for batch in BATCHES if batch <= most]
    else:
        batches = [runs]
    if batches[-1] < 2:
        raise DomainError(f"{runs} run{'s' * (runs != 1)}", where="runs", accepted="at least 2")
    started = time.monotonic()
    for batch in [1, *batches]:

        def counted(more: int, _: int | None, before: int = done, total: int = batches[-1]) -> None:
            if progress is not None:
                progress(before + more, total)

        found.append(
            measured_runs(
                law, chains, runs=range(done, batch), seed=seed, replacement=not distinct, progress=counted,
                held_out=HELD_OUT,
            )
        )  # fmt: skip
        done = batch
        if batch == 1:
            if announce is not None:
                announce((time.monotonic() - started) * batches[-1], batches[-1])
            continue
        mean, spread = mean_and_error(np.concatenate(found)[:, longest])
        if spread[0] <= ENOUGH * mean[0]:
            break
    errors = np.concatenate(found)
    points = []
    for i, chain in enumerate(chains):
        mean, spread = mean_and_error(errors[:, i])
        points.append(
            Point(
                chain.generations,
                chain.ridge,
                theory[i],
                _finite(empirical, chain, distinct),
                float(mean[1]),
                float(spread[1]),
                float(mean[0]),
                float(spread[0]),
                *interval(errors[:, i]),
            )
        )
    return Measurement(done, HELD_OUT, tuple(points), distinct)


def mean_and_error(errors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Means over runs, shape (runs, k), and their standard errors, each of shape (k,).

    Runs that set the rows aside by turns are no independent draws: the error is that of the means of whole rounds,
    where there are eight rounds at least.
    """
    turns = round(1 / HELD_OUT)
    rounds = len(errors) // turns
    units = errors[: rounds * turns].reshape(rounds, turns, -1).mean(axis=1) if rounds >= 8 else errors
    return errors.mean(axis=0), units.std(axis=0, ddof=1) / math.sqrt(len(units))


def interval(errors: np.ndarray) -> tuple[float, float]:
    """The range of a mean error from its runs, shape (runs, 2): both populations, each with its spread."""
    mean, spread = mean_and_error(errors)
    width = np.maximum(LEAST, SPREADS * spread / np.maximum(mean, ZERO))
    return float((mean / (1 + width)).min()), float((mean * (1 + width)).max())


def _finite(empirical: Empirical, chain: Chain, distinct: bool) -> float | None:
    try:
        return predict_rows(empirical, chain, replacement=not distinct)
    except (DomainError, NotConverged):
        return None
