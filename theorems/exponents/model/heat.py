"""Heat maps: the exact rate on a grid of any two of beta, r and the scales; its regions need not be polygons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ridgeproof.errors import ScaleError
from ridgeproof.frames import Framed

from .rows import ExponentRow, exponent_row

NAMES = ("beta", "r", "a", "b", "g", "s", "s0", "h")
MOST_POINTS = 40_000


@dataclass(frozen=True, slots=True)
class HeatMap(Framed):
    """The rows of ``exponent_row`` at the middles of the cells of a grid.

    Attributes
    ----------
    x, y : names of the two scales.
    ends : the window, ((low, high) across, (low, high) upwards).
    xs, ys : the middles of the cells.
    fixed : the other scales that were given.
    cells : ``cells[j][i]`` is the row at (xs[i], ys[j]).
    """

    x: str
    y: str
    ends: tuple[tuple[Fraction, Fraction], tuple[Fraction, Fraction]]
    xs: tuple[Fraction, ...]
    ys: tuple[Fraction, ...]
    fixed: tuple[tuple[str, str], ...]
    cells: tuple[tuple[ExponentRow, ...], ...]

    def as_json(self) -> dict[str, Any]:
        """Plain data; every number an exact rational string."""
        return {
            "x": self.x,
            "y": self.y,
            "x_range": [str(e) for e in self.ends[0]],
            "y_range": [str(e) for e in self.ends[1]],
            "fixed": dict(self.fixed),
            "rows": [cell.as_json() for row in self.cells for cell in row],
        }

    def records(self) -> list[dict[str, Any]]:
        """A row for each point."""
        return [record for row in self.cells for cell in row for record in cell.records()]


def heat_map(
    x: str,
    y: str,
    across: tuple[Fraction, Fraction],
    up: tuple[Fraction, Fraction],
    fixed: Mapping[str, object],
    steps: int = 40,
) -> HeatMap:
    """The exact exponents on a grid.

    Parameters
    ----------
    x, y : two different names of ``NAMES``.
    across, up : the window.  Points are the middles of its cells, so that an end such as beta = 1 is allowed.
    fixed : the other scales, as for ``exponent_row``.
    steps : cells in each direction.

    Raises
    ------
    ScaleError
        A name that is none or given twice, more than 40,000 points, or a window that leaves the domain of the law.

    Examples
    --------
    >>> found = heat_map("beta", "r", (Fraction(1), Fraction(3)), (Fraction(0), Fraction(1)), {"b": 1, "a": 1}, 2)
    >>> [[str(cell.rate) for cell in row] for row in found.cells]
    [['3/7', '5/9'], ['9/13', '15/19']]
    """
    for name, axis in (("x", x), ("y", y)):
        if axis not in NAMES:
            raise ScaleError(f"{axis!r} cannot be an axis", where=name, accepted=", ".join(NAMES))
    if x == y:
        raise ScaleError(f"{x!r} twice", where="y", accepted="two different names")
    if not 1 <= steps * steps <= MOST_POINTS:
        raise ScaleError(f"{steps} steps", where="steps", accepted=f"at most {MOST_POINTS} points")

    def middles(low: Fraction, high: Fraction) -> tuple[Fraction, ...]:
        return tuple(low + (high - low) * Fraction(2 * i + 1, 2 * steps) for i in range(steps))

    xs, ys = middles(*across), middles(*up)
    rows: Any = exponent_row  # its parameters have the names of the scales
    cells = tuple(tuple(rows(**{**fixed, x: u, y: v}) for u in xs) for v in ys)
    return HeatMap(x, y, (across, up), xs, ys, tuple((n, str(v)) for n, v in fixed.items()), cells)
