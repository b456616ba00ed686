"""Exact exponents: tables of the optimal rate, and the regions of the law."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..frames import Table
from ..numerics.problem.numbers import exact

if TYPE_CHECKING:
    from ..theorems.exponents.model.diagrams import Diagram
    from ..theorems.exponents.model.rows import ExponentRow


def exponents(beta: object, r: object, **scales: object) -> Table[ExponentRow]:
    """Exact scaling exponents of the optimal ridge, T^-ell, and of its error, T^-rate.

    Parameters
    ----------
    beta, r : number or list of numbers
        Capacity > 1 and source >= 0.
    **scales : number or list of numbers
        a (d = T^a, "inf" allowed), b (T0 = T^b), g (n = T^g), s (sigma^2 = T^-s), s0 (sigma_0^2 = T^-s0),
        h (T0 - d = T^h); defaults 1 (d in proportion to T), 1, 0, 0, 0 and b.

    Returns
    -------
    list of ExponentRow, with ``to_frame()``
        One for each point of the product of the lists, the last varying fastest; every number exact.

    Raises
    ------
    ScaleError
        A number that is not exact (floats are refused), or outside its domain.

    Notes
    -----
    Source: docs/theory.md#P5.

    Examples
    --------
    >>> import ridgeproof as rp
    >>> [str(row.rate) for row in rp.exponents("3/2", "1/2", a="1/2", b=["1/2", "3/4", 1])]
    ['3/10', '9/20', '3/5']
    """
    from ..theorems.exponents.model.rows import table

    grid = {"beta": beta, "r": r, "a": 1, **scales}
    return Table(table({name: _several(value) for name, value in grid.items()}))


def _several(value: object) -> list[object]:
    return list(value) if isinstance(value, Iterable) and not isinstance(value, str) else [value]


def phase_diagram(x: str, y: str, x_range: tuple[object, object], y_range: tuple[object, object],
                  **fixed: object) -> Diagram:  # fmt: skip
    """The regions of the model-collapse law over two scales, exactly.

    Parameters
    ----------
    x, y : str
        Two of a, b, g, s, s0, h.
    x_range, y_range : pair of numbers
        The window.
    **fixed : number
        The other scales, beta and r among them.

    Returns
    -------
    Diagram
        ``regions``, each a polygon with rational corners, its regime and its rate.

    Raises
    ------
    ScaleError

    Notes
    -----
    Source: docs/theory.md#P5.

    Examples
    --------
    >>> import ridgeproof as rp
    >>> found = rp.phase_diagram("a", "b", (0, 1), ("1/2", "3/2"), beta="3/2", r="1/2")
    >>> len(found.regions) > 1
    True
    """
    from ..theorems.exponents.model.diagrams import diagram

    (x0, x1), (y0, y1) = x_range, y_range
    ends = [exact(v, where=name) for name, v in ((x, x0), (x, x1), (y, y0), (y, y1))]
    return diagram(x, y, (ends[0], ends[1]), (ends[2], ends[3]), fixed)
