"""The least test error over any controls: a coarse grid over their box, then Nelder and Mead's simplex from its best
point."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ridgeproof.errors import DomainError, RidgeproofError

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


@dataclass(frozen=True)
class Best:
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
    from scipy.optimize import minimize

    seen: dict[tuple[float, ...], float] = {}
    refused: list[RidgeproofError] = []

    def at(shares: Sequence[float]) -> float:
        values = tuple(c.at(x) for c, x in zip(controls, shares, strict=True))
        if values not in seen:
            try:
                seen[values] = float(error(values))
            except RidgeproofError as problem:
                refused.append(problem)
                seen[values] = math.inf
        return seen[values]

    points = np.linspace(0, 1, _GRID.get(len(controls), 4))
    start = min(itertools.product(points, repeat=len(controls)), key=at)
    if math.isinf(at(start)):
        raise DomainError(refused[0].what, where=refused[0].where, accepted=refused[0].accepted)
    for _ in range(2):
        step = np.array([start, *(np.array(start) + (0.04 if start[i] < 0.5 else -0.04) * e
                                  for i, e in enumerate(np.eye(len(controls))))])  # fmt: skip
        found = minimize(
            at, np.array(start), method="Nelder-Mead", options={"initial_simplex": step, "xatol": 1e-9, "fatol": 1e-15}
        )
        start = tuple(float(x) for x in found.x)
    values = min(seen, key=lambda v: seen[v])
    ends = tuple(
        c.key
        for c, v in zip(controls, values, strict=True)
        if not c.low * (1 + 1e-6) < v < c.high * (1 - 1e-6) and not (c.linear and c.low < v < c.high)
    )
    return Best(values, seen[values], ends)
