"""How two sides are related, and a pair of sides."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import sympy as sp

from .functions import scalar
from .plain_numbers import exact


class Relation(StrEnum):
    """How the two sides of a statement are related.

    ========================  =====  ===============================================================================
    EQUALITY "equality"       =      exact, at every admissible point, finite samples
    BOUND "bound"             <=     exact, left is never above right
    STRICT "strict"           <      exact, left is below right at every admissible point
    EQUIVALENT "equivalent"   ~=     deterministic equivalent: relative error -> 0 as d and T grow in proportion
    ASYMPTOTIC "asymptotic"   ~      the ratio tends to 1 in the claim's limit
    AT_MOST "at-most"         <~=    left <= (1 + o(1)) right: the ratio has no limit point above 1
    ORDER "order"             =<>=   the ratio stays between two positive constants
    ORDER_AT_MOST             <~     the ratio stays below a constant ("order-at-most")
    NEGLIGIBLE "negligible"   =o     the ratio tends to 0
    OPTIMUM "optimum"         =      a minimiser of the setting's error
    ========================  =====  ===============================================================================

    AT_MOST, ORDER_AT_MOST and NEGLIGIBLE are read in the claim's ``limit``, or as d and T grow in proportion if it has
    none.

    Notes
    -----
    Source: docs/adding-a-claim.md, docs/grades-of-evidence.md.

    Examples
    --------
    >>> Relation("at-most") is Relation.AT_MOST
    True
    """

    EQUALITY = "equality"
    EQUIVALENT = "equivalent"
    ASYMPTOTIC = "asymptotic"
    ORDER = "order"
    OPTIMUM = "optimum"
    BOUND = "bound"
    STRICT = "strict"
    AT_MOST = "at-most"
    ORDER_AT_MOST = "order-at-most"
    NEGLIGIBLE = "negligible"


SIGN: dict[Relation, tuple[str, str]] = {
    Relation.EQUALITY: ("=", "="),
    Relation.EQUIVALENT: ("~=", r"\simeq"),
    Relation.ASYMPTOTIC: ("~", r"\sim"),
    Relation.ORDER: ("=<>=", r"\asymp"),
    Relation.OPTIMUM: ("=", "="),
    Relation.BOUND: ("<=", r"\le"),
    Relation.STRICT: ("<", "<"),
    Relation.AT_MOST: ("<~=", r"\lessapprox"),
    Relation.ORDER_AT_MOST: ("<~", r"\lesssim"),
    Relation.NEGLIGIBLE: ("=o", r"\ll"),
}


@dataclass(frozen=True)
class Equation:
    """left (relation) right; ``conclusion`` of a step, or one part of a claim's statement.

    Parameters
    ----------
    left, right : SymPy expression, matrices among them, or a number in any exact form (1, "1/20", "0.05", a Fraction)
        Of one shape; a matrix of one row and one column is the scalar that it holds.

    Notes
    -----
    Source: docs/adding-a-claim.md.

    Examples
    --------
    >>> from ridgeproof.theorems.vocabulary import T, d, phi
    >>> Equation(phi * T / d, 1).right, Equation(phi, "0.5").right
    (1, 1/2)
    """

    left: sp.Basic
    right: sp.Basic

    def __post_init__(self) -> None:
        """A quadratic form is a scalar: E[u' W u] = T u' S u is an equation of scalars."""
        for side in ("left", "right"):
            object.__setattr__(self, side, scalar(exact(getattr(self, side))))
