"""The smallest maximum of affine functions under linear constraints, exactly: a simplex method with certificates.

    minimise v   subject to   v >= c_i + a_i.x  (rows),   c_k + a_k.x <= 0  (constraints),   x free,

is solved through its dual, in standard form,

    maximise sum y_i c_i + sum z_k c_k   subject to   sum y_i = 1,  sum y_i a_i + sum z_k a_k = 0,  y, z >= 0,

by Bland's rule, which ends also where the program is degenerate.  The slopes are rationals; the constants may be affine
functions of scales (``affine``), since only the signs of reduced costs depend on them.

The answer carries its proof.  Optimal: x attains v, and y, z show that no x does better.  Empty: z >= 0 with
sum z_k a_k = 0 and sum z_k c_k > 0, so the constraints contradict one another.  Unbounded: a feasible x and a direction
along which every row falls and no constraint rises.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, Literal

from .piecewise import Line

ZERO, ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True, slots=True)
class Solution:
    """What was found, with its proof (module docstring); what does not apply is None or empty."""

    status: Literal["optimal", "empty", "unbounded"]
    value: Any = None
    point: tuple[Any, ...] = ()
    multipliers: tuple[Fraction, ...] = ()  # y
    prices: tuple[Fraction, ...] = ()  # z
    direction: tuple[Fraction, ...] = ()


def minimise(rows: Sequence[Line], constraints: Sequence[Line]) -> Solution:
    """Return the solution of the program; there must be at least one row."""
    columns = [(ONE, *map(Fraction, line.slopes)) for line in rows]
    columns += [(ZERO, *map(Fraction, line.slopes)) for line in constraints]
    costs = [line.constant for line in (*rows, *constraints)]
    started, direction = _first_phase(tuple(columns))
    if started is None:
        inside = _feasible_point(constraints, len(direction))
        return inside if inside.status == "empty" else Solution("unbounded", point=inside.point, direction=direction)
    tableau = started.copy()
    costs += [ZERO] * tableau.height
    ray = tableau.maximise(costs, len(columns))
    if ray is not None:
        return Solution("empty", prices=tuple(ray[len(rows) : len(columns)]))
    values = tableau.solution(len(columns))
    prices = tableau.prices(costs)
    point = tuple(-p for p in prices[1:])
    return Solution("optimal", prices[0], point, tuple(values[: len(rows)]), tuple(values[len(rows) :]))


@lru_cache(maxsize=1024)
def _first_phase(columns: tuple[tuple[Fraction, ...], ...]) -> tuple[_Tableau | None, tuple[Fraction, ...]]:
    """Return a dual solution to start from, or none and a direction in which every row falls.

    It depends on the slopes alone, which the rows of a table share.
    """
    tableau = _Tableau(columns)
    if tableau.reach_feasibility():
        return tableau, ()
    # The multipliers of the first phase are the direction.
    return None, tuple(-p for p in tableau.prices(tableau.artificial_costs())[1:])


def _feasible_point(constraints: Sequence[Line], size: int) -> Solution:
    """Return a point inside all constraints, or the proof that there is none."""
    if not constraints:
        return Solution("optimal", point=(ZERO,) * size)
    floor = Line(-ONE, (ZERO,) * size)  # the smallest violation is sought, but not below -1, so there is one
    found = minimise([*constraints, floor], [])
    if found.value > 0:
        return Solution("empty", prices=found.multipliers[:-1])
    return found


class _Tableau:
    """B^-1 [columns | identity] and B^-1 q of the dual, with q = (1, 0, ..., 0)."""

    def __init__(self, columns: Sequence[tuple[Fraction, ...]]) -> None:
        self.height = len(columns[0])
        self.width = len(columns)
        self.table = [
            [*(column[i] for column in columns), *(ONE if i == k else ZERO for k in range(self.height))]
            for i in range(self.height)
        ]
        self.right = [ONE, *[ZERO] * (self.height - 1)]
        self.basis = [self.width + i for i in range(self.height)]

    def copy(self) -> _Tableau:
        other = object.__new__(_Tableau)
        other.height, other.width = self.height, self.width
        other.table, other.right, other.basis = [[*row] for row in self.table], [*self.right], [*self.basis]
        return other

    def artificial_costs(self) -> list[Any]:
        return [ZERO] * self.width + [-ONE] * self.height

    def reach_feasibility(self) -> bool:
        """Drive the artificial columns to 0 (first phase); whether that is possible."""
        self.maximise(self.artificial_costs(), self.width)
        if any(x and column >= self.width for x, column in zip(self.right, self.basis, strict=True)):
            return False
        for i, column in enumerate(self.basis):
            if column >= self.width:  # it is at 0: exchange it, unless its row is redundant
                other = next((j for j in range(self.width) if self.table[i][j]), None)
                if other is not None:
                    self.pivot(i, other)
        return True

    def maximise(self, costs: Sequence[Any], allowed: int) -> list[Fraction] | None:
        """Improve by Bland's rule until optimal (None), or return a ray along which the objective has no bound."""
        while True:
            based = [costs[column] for column in self.basis]
            outside = (j for j in range(allowed) if j not in self.basis)
            entering = next((j for j in outside if self._gain(costs, based, j) > 0), None)
            if entering is None:
                return None
            ratios = [
                (self.right[i] / row[entering], self.basis[i], i)
                for i, row in enumerate(self.table)
                if row[entering] > 0
            ]
            if not ratios:
                ray = [ZERO] * (self.width + self.height)
                ray[entering] = ONE
                for i, column in enumerate(self.basis):
                    ray[column] = -self.table[i][entering]
                return ray
            self.pivot(min(ratios)[2], entering)

    def _gain(self, costs: Sequence[Any], based: Sequence[Any], j: int) -> Any:
        gain = costs[j]
        for cost, row in zip(based, self.table, strict=True):
            if row[j] and cost:
                gain = gain - row[j] * cost
        return gain

    def pivot(self, i: int, j: int) -> None:
        pivot = self.table[i][j]
        self.table[i] = [x / pivot if x else x for x in self.table[i]]
        self.right[i] /= pivot
        for k, row in enumerate(self.table):
            factor = row[j]
            if k != i and factor:
                self.table[k] = [x - factor * y if y else x for x, y in zip(row, self.table[i], strict=True)]
                self.right[k] -= factor * self.right[i]
        self.basis[i] = j

    def solution(self, size: int) -> list[Fraction]:
        values = [ZERO] * (self.width + self.height)
        for x, column in zip(self.right, self.basis, strict=True):
            values[column] = x
        return values[:size]

    def prices(self, costs: Sequence[Any]) -> list[Any]:
        """Return c_B B^-1, read off under the identity columns."""
        found: list[Any] = []
        for k in range(self.width, self.width + self.height):
            price: Any = ZERO
            for row, column in zip(self.table, self.basis, strict=True):
                if row[k] and costs[column]:
                    price = price + row[k] * costs[column]
            found.append(price)
        return found
