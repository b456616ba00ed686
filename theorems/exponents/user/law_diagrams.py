"""Phase diagrams of a user's own law over two of its parameters, or of its controls, which then are held fixed."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from ridgeproof.errors import ScaleError

from ..calculus.affine import Cell
from ..model.diagrams import Diagram, Label, plain, regions_of, window_of
from .law_file import UserLaw, parameter_values, why_outside
from .user_law import optimum


def law_diagram(
    law: UserLaw,
    x: str,
    y: str,
    x_range: tuple[Fraction, Fraction],
    y_range: tuple[Fraction, Fraction],
    given: Mapping[str, Fraction],
) -> Diagram:
    """Return the phase diagram of a law.

    Parameters
    ----------
    law : UserLaw
    x, y : str
        Two names of the law: parameters, or controls, which then are axes and no longer chosen.
    x_range, y_range : pair of Fraction
        The window, lower end < upper end.
    given : mapping
        Values of other parameters, and of controls to hold fixed.

    Raises
    ------
    ScaleError
        For an unknown name, an empty window, or a law that is not piecewise linear in the two.
    """
    for place, name in (("x", x), ("y", y)):
        if name not in law.names:
            raise ScaleError(f"the law has no {name!r}", where=place, accepted=", ".join(law.names) or "none")
        if name in given:
            raise ScaleError(f"{name!r} is both an axis and fixed", where=place, accepted="one of the two")
    window = window_of((x, y), x_range, y_range)
    corner = {x: window[0][0], y: window[0][1]}
    values = parameter_values(law, {**given, **corner})

    def label(cell: Cell) -> Label:
        across, up = cell.coordinates()
        here = {**values, x: across, y: up}
        reason = why_outside(law, here)
        if reason is not None:
            return Label(f"outside the domain: {reason}", None, ())
        found = optimum(law, here)
        several = "" if found.optima in ("unique", "none", "all") else "; not the only choice"
        chosen = tuple((name, plain(value)) for name, value in found.controls if name not in (x, y))
        return Label(found.regime + several, plain(found.rate), chosen)

    fixed = tuple((name, str(value)) for name, value in values.items() if name not in (x, y))
    return regions_of((x, y), window, fixed, label)
