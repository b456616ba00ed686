"""A statement and a near miss of it: ``pair(id, true, false)`` makes the claims ``id`` and ``id-wrong``."""

from __future__ import annotations

from typing import Any

from ridgeproof.authoring import Claim, Equation, Hypothesis, Relation


def told(*conditions: Any) -> tuple[Hypothesis, ...]:
    """Hypotheses that are said by their conditions, or already made."""
    return tuple(c if isinstance(c, Hypothesis) else Hypothesis(str(c), c) for c in conditions)


def pair(
    id: str,
    source: str,
    true: tuple[Any, Any],
    false: tuple[Any, Any],
    *conditions: Any,
    relation: Relation = Relation.EQUALITY,
    **other: Any,
) -> tuple[Claim, Claim]:
    """The claims ``id``, which is true, and ``id-wrong``, which is not, under the same hypotheses."""
    return tuple(
        Claim(name, name, source, relation, (Equation(*sides),), told(*conditions), **other)
        for name, sides in ((id, true), (f"{id}-wrong", false))
    )
