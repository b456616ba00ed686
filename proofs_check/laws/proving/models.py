"""Numbers that satisfy the hypotheses of a certificate, found by trying.  Nothing here is trusted."""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from ...kernel.statements.models import evaluate
from ...kernel.statements.ratio import Rejected
from ...kernel.statements.sequent import World

TRIES = 20_000
NUMBERS = [Fraction(n, 8) for n in (1, 2, 4, 8, 9, 10, 12, 16, 24, 32, 48, 80, 160, 0, -1, -4, -8, -16, -32)]
HOLDS = {">": lambda a, b: a > b, ">=": lambda a, b: a >= b}


def satisfying(world: World, given: Sequence[list[Any]], names: Sequence[str]) -> dict[str, Fraction] | None:
    """Return values of names for which all relations hold; None where none is found."""
    rng = random.Random(1)
    for _ in range(TRIES):
        values = {x: rng.choice(NUMBERS) + rng.randrange(3) * rng.choice((0, Fraction(1, 3))) for x in names}
        if all(_holds(world, h, values) for h in given):
            return values
    return None


def _holds(world: World, relation: list[Any], values: dict[str, Fraction]) -> bool:
    try:
        left, right = (evaluate(world, t, values, []) for t in relation[1:])
    except Rejected:
        return False  # the point divides by 0
    return bool(HOLDS[relation[0]](left, right))
