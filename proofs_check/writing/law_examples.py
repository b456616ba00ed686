"""The exponents that documents show: the law by regime, a few exact rows, and phase diagrams.

Everything is computed by ``ridgeproof.theorems.exponents`` when it is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ridgeproof.theorems.exponents import ExponentRow
    from ridgeproof.theorems.exponents.model.diagrams import Diagram
    from ridgeproof.theorems.exponents.model.symbolic import SymbolicLaw

BETA, R = Fraction(3, 2), Fraction(1, 2)
DIMENSIONS = (Fraction(1, 2), Fraction(1))
GENERATORS = (Fraction(1, 2), Fraction(3, 4), Fraction(1), Fraction(5, 4))


def laws() -> Mapping[str, SymbolicLaw]:
    """The optimal exponents as formulas over regions of the scales, by the condition under which they hold."""
    from ridgeproof.theorems.exponents.model.symbolic import symbolic_law, symbolic_min_norm_law

    return {"T0 >= d + 2": symbolic_law(), "T0 < d (min-norm generators)": symbolic_min_norm_law()}


def rows() -> list[ExponentRow]:
    """Exact rows at fixed n and noises: generators of T^b rows in dimension T^a, on both sides of a = b."""
    from ridgeproof.theorems.exponents import exponent_row

    return [exponent_row(beta=BETA, r=R, a=a, b=b) for a in DIMENSIONS for b in GENERATORS]


@cache
def phase_diagram() -> Diagram:
    """The regimes over b and g, the sizes of the generators and their number, with infinitely many dimensions."""
    from ridgeproof.theorems.exponents import INF
    from ridgeproof.theorems.exponents.model.diagrams import diagram

    window = (Fraction(0), Fraction(2))
    fixed = {"beta": BETA, "r": R, "a": INF, "s": Fraction(0), "s0": Fraction(0)}
    return diagram("b", "g", window, window, fixed)
