"""What to do about a chain on these rows, in one value: which ridge, when to stop early, how many true rows to add, how
many generations until the error doubles, and what cross-validation would have believed.

The theory proposes a ridge (`mitigation`); a ladder of ridges is climbed by real chains, on rows set aside; the ridge
that is recommended is the theory's where the rows do not contradict it, and the measured one elsewhere.  A
recommendation that plain cross-validation may beat is labelled.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ridgeproof.errors import DomainError

from ..predictions.equivalents import predict
from ..problem.fits import Generator, Source
from ..problem.scenario import Scenario
from .check import HELD_OUT, interval
from .cross_validation import CrossValidated, Ladder, climb
from .experiment import Population
from .mitigation import Advice, advise
from .scenarios import Chain, scenario_of
from .spectra import Empirical

RUNS = 24
RUNGS = 41
CLOSE = 1.02  # a ridge of the theory is kept while its measured error is within 2 % of the best measured one
MOST_GENERATIONS = 10_000
MOST_TRUE_ROWS = 10**7


@dataclass(frozen=True)
class Recommendation:
    """Answers about one chain.

    Parameters
    ----------
    ridge : float
        The downstream lambda to use.
    error, low, high : float
        Its measured error on rows set aside, and the range of it.
    basis : str
        "theory and measurement" or "measurement".
    label : str
        Why it should not be relied on; empty where nothing speaks against it.
    advice : Advice
        The theory's own choices.
    cross_validated : CrossValidated
        Leave-one-out on the chain's last labels: what it chose, what it believed, what it got.
    stopping_time, stopping_error : float
        When gradient flow at ridge 0, from zero, is best stopped (in units of 1/eigenvalue), and its error there.
    doubling : int or None
        The least n at which the theory's error, at the chain's own ridge, is twice that of n = 0; None beyond 10,000.
    true_rows : int or None
        Rows with true labels that, added to every generation, do what ``goal`` says: found to 1 % by doubling and
        halving, the least number where the error falls with every row.  None beyond 10^7.
    goal : str
    """

    ridge: float
    error: float
    low: float
    high: float
    basis: str
    label: str
    advice: Advice
    cross_validated: CrossValidated
    stopping_time: float
    stopping_error: float
    doubling: int | None
    true_rows: int | None
    goal: str


def recommend(
    law: Population,
    empirical: Empirical,
    chain: Chain,
    *,
    applies: bool,
    seed: int = 0,
    distinct: bool = False,
    runs: int = RUNS,
    advice: Advice | None = None,
    patience: Callable[[str], object] | None = None,
) -> Recommendation:
    """Answer for a chain of at least one generation.

    Parameters
    ----------
    law, empirical : Population, Empirical
        The rows, and their spectrum.
    chain : Chain
    applies : bool
        Whether the theory was found to hold at the chain's own ridge.
    seed, distinct, runs : int, bool, int
        As for `check.check`.
    advice : Advice, optional
        Known already.
    patience : callable, optional
        Told what is being done.

    Raises
    ------
    DomainError
        No generation; a zero target.
    """
    if not chain.generations:
        raise DomainError("nothing to adapt to without generations", where="recommendation", accepted="1 or more")
    advice = advice or advise(scenario_of(empirical, chain), outside=empirical.outside)
    if patience is not None:
        patience("trying ridges on the rows")
    ladder, chosen, basis, label = choose(
        law, empirical, chain, advice.adapted.ridge, applies=applies, seed=seed, distinct=distinct, runs=runs
    )
    errors = ladder.by_ridge[:, chosen]
    low, high = interval(np.column_stack([errors, errors]))
    stop = int(np.argmin(ladder.by_time.mean(axis=0)))
    scenario = scenario_of(empirical, chain)
    doubling = _doubling(empirical, chain)
    true_rows, goal = _true_rows(scenario, empirical, chain)
    return Recommendation(
        ridge=float(ladder.ridges[chosen]),
        error=float(errors.mean()),
        low=low,
        high=high,
        basis=basis,
        label=label,
        advice=advice,
        cross_validated=ladder.seen(),
        stopping_time=float(ladder.times[stop]),
        stopping_error=float(ladder.by_time[:, stop].mean()),
        doubling=doubling,
        true_rows=true_rows,
        goal=goal,
    )


def choose(
    law: Population,
    empirical: Empirical,
    chain: Chain,
    proposed: float,
    *,
    applies: bool,
    seed: int = 0,
    distinct: bool = False,
    runs: int = RUNS,
) -> tuple[Ladder, int, str, str]:
    """Climb a ladder of ridges, the theory's proposal among them: the rung to recommend, on what basis, its label."""
    top = max(1.0, 10 * proposed)
    ridges = sorted({*np.geomspace(1e-7 * top, top, RUNGS).tolist(), max(proposed, 1e-12 * top)})
    times = np.geomspace(1e-1, 1e9, RUNGS) / float(empirical.eigenvalues[0])
    ladder = climb(
        law, chain, ridges, times.tolist(), runs=max(runs, 2), seed=seed, held_out=HELD_OUT, replacement=not distinct
    )
    means = ladder.by_ridge.mean(axis=0)
    best = int(np.argmin(means))
    adapted = int(np.argmin(np.abs(np.log(ladder.ridges) - math.log(max(proposed, ladder.ridges[0])))))
    kept = means[adapted] <= CLOSE * means[best]
    chosen = adapted if kept and applies else best
    other = ladder.cross_validated
    reference = max(float(other.mean()), 1e-300)
    doubts = []
    if not applies:
        doubts.append("the theory does not hold here, the ridge is what the rows measured")
    if means[adapted] > CLOSE * reference:
        doubts.append(
            f"the theory's own ridge {proposed:.3g} is {means[adapted] / reference - 1:.1%} worse on rows "
            "set aside than cross-validation"
        )
    difference = ladder.by_ridge[:, chosen] - other
    spread = float(difference.std(ddof=1) / math.sqrt(len(difference))) / reference
    ahead = -float(difference.mean()) / reference
    if ahead < 2 * spread:
        doubts.append(
            f"not told apart from cross-validation: {ahead:+.1%} better, give or take {spread:.1%}, in "
            f"{len(difference)} runs"
        )
    basis = "theory and measurement" if chosen == adapted and kept and applies else "measurement"
    return ladder, chosen, basis, "; ".join(doubts)


def _error(empirical: Empirical, chain: Chain, generations: int) -> float:
    return float(predict(scenario_of(empirical, dataclasses.replace(chain, generations=generations))).test_error)


def _doubling(empirical: Empirical, chain: Chain) -> int | None:
    """The least n with twice the error of n = 0, by doubling and halving: the error grows with n."""
    clean = _error(empirical, chain, 0)
    low, high = 0, 1
    while _error(empirical, chain, high) < 2 * clean:
        low, high = high, 2 * high
        if high > MOST_GENERATIONS:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _error(empirical, chain, middle) < 2 * clean else (low, middle)
    return high


def _true_rows(scenario: Scenario, empirical: Empirical, chain: Chain) -> tuple[int | None, str]:
    """Rows with true labels beside the T0 of every generation, through the link of a mixture (docs/theory.md#U1)."""
    clean = _error(empirical, chain, 0)
    now = float(predict(scenario).test_error)
    if now >= 2 * clean:
        wanted, goal = (
            2 * clean,
            f"keep the error after {chain.generations} generations below twice that of true labels",
        )
    else:
        wanted, goal = (now + clean) / 2, "halve what the generations add to the error"
    if not now > wanted:
        return 0, goal

    def mixed(rows: int) -> float:
        if chain.generator_ridge == 0 and chain.generator_samples + rows == len(empirical.eigenvalues):
            rows += 1  # as many rows as dimensions without ridge: no error there
        first = Fraction(repr(float(chain.generator_noise + empirical.outside)))
        later = Fraction(repr(float(chain.generator_noise)))
        true = Source(rows, "truth", Fraction(repr(float(empirical.outside))))
        generators = tuple(
            Generator(
                ridge=Fraction(repr(float(chain.generator_ridge))),
                repeat=repeat,
                sources=(Source(chain.generator_samples, "previous", noise), true),
            )
            for noise, repeat in ((first, 1), (later, chain.generations - 1))
            if repeat
        )
        return float(predict(dataclasses.replace(scenario, generators=generators)).test_error)

    low, high = 0, max(1, chain.generator_samples // 8)
    while mixed(high) > wanted:
        low, high = high, 2 * high
        if high > MOST_TRUE_ROWS:
            return None, goal
    while high - low > max(1, high // 100):
        middle = (low + high) // 2
        low, high = (middle, high) if mixed(middle) > wanted else (low, middle)
    return high, goal
