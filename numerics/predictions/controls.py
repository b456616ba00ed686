"""The least test error over any controls: a coarse grid over their box, then refined from its best points."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ridgeproof.errors import DomainError, RidgeproofError
from ridgeproof.frames import Framed

_GRID = {1: 25, 2: 9, 3: 6}  # points on each axis


@dataclass(frozen=True)
class Control:
    """One entry of a scenario that may be chosen, from ``low`` to ``high``; searched in its logarithm unless
    ``linear``."""

    key: str
    low: float
    high: float
    whole: bool = False
    linear: bool = False

    def at(self, share: float) -> float:
        """The value at a share of the way from low to high."""
        share = min(max(share, 0.0), 1.0)
        if self.linear:
            value = self.low + share * (self.high - self.low)
        else:
            value = math.exp(math.log(self.low) + share * (math.log(self.high) - math.log(self.low)))
        value = min(max(value, self.low), self.high)
        return float(round(value)) if self.whole else value

    def share(self, value: float) -> float:
        """The share of the way at which a value stands."""
        low, high, x = (y if self.linear else math.log(y) for y in (self.low, self.high, value))
        return (x - low) / (high - low)


@dataclass(frozen=True)
class Best(Framed):
    """The values of the controls, in their order, the test error there, and the keys that stand at an end of their
    range."""

    values: tuple[float, ...]
    test_error: float
    at_boundary: tuple[str, ...]


def minimise(error: Callable[[tuple[float, ...]], float], controls: Sequence[Control]) -> Best:
    """Minimise a test error over a box of controls.

    Parameters
    ----------
    error : callable
        Values of the controls to a test error; a RidgeproofError counts as infinite.
    controls : sequence of Control

    Raises
    ------
    DomainError
        No point of the grid has a finite error; its own line is repeated.

    Examples
    --------
    >>> best = minimise(lambda v: (math.log(v[0]) - 1) ** 2, [Control("downstream.ridge", 1e-3, 1e3)])
    >>> round(best.values[0], 5)
    2.71828
    """
    table = _Table(error, controls)
    points = np.linspace(0, 1, _GRID.get(len(controls), 4))
    start = min(itertools.product(points, repeat=len(controls)), key=table.at)
    if math.isinf(table.at(start)):
        first = table.refused[0]
        raise DomainError(first.what, where=first.where, accepted=first.accepted)
    if len(controls) == 1:
        _along(table, points)
    else:
        _simplex(table, start)
    values = min(table.seen, key=lambda v: table.seen[v])
    ends = tuple(
        c.key
        for c, v in zip(controls, values, strict=True)
        if not c.low * (1 + 1e-6) < v < c.high * (1 - 1e-6) and not (c.linear and c.low < v < c.high)
    )
    return Best(values, table.seen[values], ends)


class _Table:
    """The errors seen so far, by the values of the controls."""

    def __init__(self, error: Callable[[tuple[float, ...]], float], controls: Sequence[Control]) -> None:
        self.error, self.controls = error, controls
        self.seen: dict[tuple[float, ...], float] = {}
        self.refused: list[RidgeproofError] = []

    def at(self, shares: Sequence[float]) -> float:
        """The error at shares of the way from the low to the high end of every control."""
        values = tuple(c.at(float(x)) for c, x in zip(self.controls, shares, strict=True))
        if values not in self.seen:
            try:
                self.seen[values] = float(self.error(values))
            except RidgeproofError as problem:
                self.refused.append(problem)
                self.seen[values] = math.inf
        return self.seen[values]


def _along(table: _Table, points: np.ndarray) -> None:
    """One control: every local minimum of the grid is refined between its neighbours, the best three of them."""
    from scipy.optimize import minimize_scalar

    levels = [table.at([x]) for x in points]
    padded = [math.inf, *levels, math.inf]
    dips = [i for i, y in enumerate(levels) if math.isfinite(y) and padded[i] >= y <= padded[i + 2]]
    worst = max(y for y in levels if math.isfinite(y))  # Brent's parabolas cannot pass infinity
    for i in sorted(dips, key=lambda i: levels[i])[:3]:
        low, high = points[max(i - 1, 0)], points[min(i + 1, len(points) - 1)]
        if table.controls[0].whole:
            _whole(table, low, high)
        else:
            options = {"xatol": 1e-7}
            minimize_scalar(lambda x: min(table.at([x]), worst), bounds=(low, high), method="bounded", options=options)


def _whole(table: _Table, low: float, high: float) -> None:
    """Whole numbers between two shares, by thirds while there are many, then all of them."""
    control = table.controls[0]
    first, last = int(control.at(low)), int(control.at(high))

    def at(value: int) -> float:
        return table.at([control.share(value)])

    while last - first > 6:
        third = (last - first) // 3
        if at(first + third) <= at(last - third):
            last -= third
        else:
            first += third
    for value in range(first, last + 1):
        at(value)


def _simplex(table: _Table, start: Sequence[float]) -> None:
    """Nelder and Mead's simplex, twice: the second starts at the first one's end."""
    from scipy.optimize import minimize

    size = len(table.controls)
    for width in (0.04, 0.01):
        step = np.array([start, *(np.array(start) + (width if start[i] < 0.5 else -width) * e
                                  for i, e in enumerate(np.eye(size)))])  # fmt: skip
        options = {"initial_simplex": step, "xatol": 1e-8, "fatol": 1e-14 * table.at(start)}
        found = minimize(table.at, np.array(start), method="Nelder-Mead", options=options)
        start = tuple(float(x) for x in found.x)
