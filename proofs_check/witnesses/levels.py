"""How much is tried for one claim at each level, and the seed of every draw: known without loading the witnesses."""

from __future__ import annotations

from dataclasses import dataclass

SEED = 20240212


@dataclass(frozen=True)
class Effort:
    """How much is tried for one claim.

    points : value tables drawn from the hypotheses.  seconds : after which no further point is begun.
    enough : informative points after which the search for a counterexample ends.
    limit_points : value tables of an asymptotic statement.
    """

    points: int = 90
    seconds: float = 8.0
    enough: int = 40
    limit_points: int = 40


LEVELS = {"fast": Effort(), "full": Effort(points=300, seconds=60.0, enough=200, limit_points=120)}
