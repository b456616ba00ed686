"""What a practitioner asks of a scenario: how many generations it bears, how many true rows help, when to stop.

Each answer is a search over scenarios whose errors are deterministic equivalents.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ridgeproof.errors import DomainError, NotConverged, RidgeproofError
from ridgeproof.frames import Framed

from ..problem.fits import Source
from ..problem.scenario import Scenario
from ..problem.steps import is_chain_of_links
from .controls import Control, minimise
from .equivalents import predict

MOST_GENERATIONS = 1_000_000
MOST_SHARING = 64  # of fits that share rows or gather them: their cost grows like the fifth power
MOST_ROWS = 10**9
ONE_BY_ONE = 8  # counts tried one after the other before they are doubled: errors need not rise from the start

Error = Callable[[Scenario], float]


@dataclass(frozen=True)
class Doubling(Framed):
    """How many generations multiply the error.

    Parameters
    ----------
    generations : int or None
        The least number found; None where ``tried`` generations do not reach it.
    reference : float
        The error of the same fit on true labels.
    error : float
        That at ``generations``, or at ``tried``.
    tried : int
        The largest number that was tried.
    """

    generations: int | None
    reference: float
    error: float
    tried: int


@dataclass(frozen=True)
class TrueRows(Framed):
    """How many true rows to add: ``rows`` (None: no number up to ``tried`` is enough), and the error with them."""

    rows: int | None
    error: float
    tried: int


@dataclass(frozen=True)
class Stopping(Framed):
    """The best ridge and the best stopping time of gradient flow for the same downstream rows, and their errors."""

    ridge: float
    ridge_error: float
    time: float
    time_error: float


def error_of(scenario: Scenario) -> float:
    """The equivalent of the test error in double precision."""
    return float(predict(scenario).test_error)


def generations_until(scenario: Scenario, factor: Fraction = Fraction(2), error: Error = error_of) -> Doubling:
    """The number of generations at which the error is ``factor`` times that of the same fit on true labels.

    Generations are repeats of the scenario's last ``[[generators]]`` entry; those before it stay.

    Parameters
    ----------
    scenario : Scenario
        At least one generator.
    factor : Fraction
        Above 1.
    error : callable
        Scenario to error: minimise over controls there to adapt them to every number of generations.

    Raises
    ------
    DomainError
        No generators, an error of 0 on true labels, or as `predict`.
    """
    if not scenario.generators:
        raise DomainError("no generators to repeat", where="generators", accepted="at least one")
    reference = error(true_labels(scenario))
    if reference == 0:
        raise DomainError("the error on true labels is 0: no multiple of it", where="downstream", accepted="noise > 0")
    last = scenario.generators[-1]

    def at(count: int) -> float:
        repeated = dataclasses.replace(last, repeat=count)
        return error(dataclasses.replace(scenario, generators=(*scenario.generators[:-1], repeated)))

    most = MOST_GENERATIONS if is_chain_of_links(scenario) else MOST_SHARING
    found, level, tried = _first(at, lambda x: x >= factor * reference, most)
    return Doubling(found, reference, level, tried)


def true_labels(scenario: Scenario) -> Scenario:
    """The downstream fit alone, on as many rows with true labels; labels that were kept keep their noise's variance."""
    downstream, spelled = scenario.downstream, scenario.plan()
    sources = []
    uses = spelled.fits[-1].uses[-len(downstream.sources) :] if downstream.sources else ()
    for source, use in zip(downstream.sources, uses, strict=True):
        noises = spelled.labels[use.labels].noises
        noise = sum((c**2 * spelled.noises[index].variance for index, c in noises), Fraction(0))
        more = {"labels": "truth", "labels_kept": False, "noise": noise}
        sources.append(dataclasses.replace(source, **more))  # type: ignore[arg-type]
    changes: dict[str, Any] = {"toward": None} if downstream.toward not in (None, "truth") else {}
    alone = dataclasses.replace(downstream, sources=tuple(sources), **changes)
    return dataclasses.replace(scenario, generators=(), downstream=alone)


def true_rows_for(
    scenario: Scenario, target: float, noise: Fraction | None = None, error: Error = error_of
) -> TrueRows:
    """How many rows with true labels to add to the downstream fit for a test error of at most ``target``.

    Parameters
    ----------
    scenario : Scenario
    target : float
        > 0.
    noise : Fraction, optional
        Variance of the noise of the new rows' labels; that of the downstream fit, or of its first source, when None.
    error : callable
        As for `generations_until`.

    Raises
    ------
    DomainError
        As `predict`; a scheme that leaves no room for sources.
    """
    if not target > 0:
        raise DomainError(f"an error of {target:g}", where="true rows", accepted="a number > 0")
    own = scenario.downstream
    sources = own.sources or (Source(own.samples, noise=own.noise),)
    variance = noise if noise is not None else sources[0].noise

    def at(rows: int) -> float:
        if rows == 0:
            return error(scenario)
        more = (*sources, Source(rows, "truth", variance))
        downstream = dataclasses.replace(own, samples=0, noise=Fraction(0), sources=more)
        return error(dataclasses.replace(scenario, downstream=downstream))

    if (now := at(0)) <= target:
        return TrueRows(0, now, 0)
    rows, level, tried = _first(at, lambda x: x <= target, MOST_ROWS)
    return TrueRows(rows, level, tried)


def _first(at: Callable[[int], float], reached: Callable[[float], bool], most: int) -> tuple[int | None, float, int]:
    """(the least count found, the error there, the largest count tried): one by one, doubled, then bisected.

    Raises
    ------
    RidgeproofError
        The first count itself cannot be predicted; a later one that cannot ends the search.
    """
    low, high, value = 0, 1, at(1)
    while not reached(value):
        following = high + 1 if high < ONE_BY_ONE else min(2 * high, most)
        if following == high:
            return None, value, high
        low = high
        try:
            high, value = following, at(following)
        except NotConverged:  # this one count: the next may be told
            high, value = following, math.nan
        except RidgeproofError:
            return None, value, high
    while high - low > 1:
        middle = (low + high) // 2
        here = at(middle)
        if reached(here):
            high, value = middle, here
        else:
            low = middle
    return high, value, high


def stopping_against_ridge(scenario: Scenario) -> Stopping:
    """The best ridge beside the best stopping time, everything else of the downstream fit as it is.

    Raises
    ------
    DomainError
        Random features downstream, or as `predict`.
    """
    own = scenario.downstream
    blank: dict[str, Any] = {"time": None, "steps": None, "rate": None}

    def ridge(values: tuple[float, ...]) -> float:
        fit = dataclasses.replace(own, filter="ridge", ridge=Fraction(values[0]), **blank)
        return error_of(dataclasses.replace(scenario, downstream=fit))

    def time(values: tuple[float, ...]) -> float:
        more = blank | {"time": Fraction(values[0])}
        fit = dataclasses.replace(own, filter="gradient-flow", ridge=Fraction(0), **more)
        return error_of(dataclasses.replace(scenario, downstream=fit))

    best = minimise(ridge, [Control("downstream.ridge", 1e-8, 1e3)])
    stopped = minimise(time, [Control("downstream.time", 1e-3, 1e8)])
    return Stopping(best.values[0], best.test_error, stopped.values[0], stopped.test_error)
