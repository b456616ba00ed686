"""One-sided relations and orders as d and T grow in proportion: what the ratio of the sides does along the sizes."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from ridgeproof.theorems.claim import Relation

SETTLED = 1e-9  # a limit nearer to its bound than that is not told from it
CERTAIN = 20.0  # a limit counts where it is so many times its own uncertainty away
POWER = 0.02  # least exponent of the size that counts as growth


def decide(ratios: Sequence[float], radii: Sequence[float], relation: Relation) -> tuple[str, str]:
    """(holds | fails | undecided, words) for left/right at sizes that grow by a factor of 4.

    Corrections are of order 1/size: a limit is extrapolated, and its uncertainty is what the last size changes in it.
    """
    if not all(np.isfinite(ratios)):
        return "undecided", "the ratio of the sides has no value at some size"
    limit, before = (4 * b - a for a, b in (ratios[-2:], ratios[-3:-1]))
    limit, before = limit / 3, before / 3
    error = abs(limit - before) + 2 * max(radii) + SETTLED * max(1.0, abs(limit))
    logs = np.log(np.abs(np.array(ratios))) / np.log(4) if all(r != 0 for r in ratios) else None
    slopes = [float(b - a) for a, b in itertools.pairwise(logs)] if logs is not None else []
    if slopes and all(abs(x) > POWER for x in slopes) and abs(slopes[-1] - slopes[-2]) < 0.3 * abs(slopes[-1]):
        return _power(ratios, slopes[-1], relation)
    if abs(limit - before) > 0.2 * max(abs(limit), abs(before), SETTLED):
        return "undecided", "the ratio of the sides does not settle along the sizes"
    words = f"the ratio of the sides tends to {limit:.6g} (+- {error:.1g})"
    if relation == Relation.AT_MOST:
        said = "fails" if limit - 1 > CERTAIN * error else "holds" if limit - 1 < CERTAIN * error else "undecided"
    elif relation == Relation.ORDER_AT_MOST:
        said = "holds" if limit >= 0 else "undecided"
    elif relation == Relation.NEGLIGIBLE:
        said = (
            "fails" if abs(limit) > CERTAIN * error else "holds" if max(map(abs, ratios[-1:])) < 1e-9 else "undecided"
        )
    else:
        said = "holds" if limit > CERTAIN * error else "undecided"
    return said, words


def resolution(ratios: Sequence[float], radii: Sequence[float]) -> float:
    """The distance of a limit from a bound that would have been seen; 0 where the ratio has none."""
    if not all(np.isfinite(ratios)):
        return 0.0
    limit, before = ((4 * b - a) / 3 for a, b in (ratios[-2:], ratios[-3:-1]))
    return float(CERTAIN * (abs(limit - before) + 2 * max(radii) + SETTLED * max(1.0, abs(limit))))


def _power(ratios: Sequence[float], slope: float, relation: Relation) -> tuple[str, str]:
    """What a ratio that goes like a power of the size says of a relation."""
    words = f"the ratio of the sides goes like d^{slope:.3g}"
    if relation == Relation.ORDER or ratios[-1] < 0:
        return "fails", words
    return ("fails" if slope > 0 else "holds"), words
