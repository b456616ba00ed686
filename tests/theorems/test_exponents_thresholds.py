"""Thresholds: where, exactly, a rate changes its slope, vanishes or jumps as one scale moves."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction as F

import pytest

from ridgeproof.theorems.exponents import INF, exponent_row, thresholds


def rate_at(row, scale: str, value: F):
    """The rate with one scale moved, straight from the table; h follows b away from b = a."""
    point = {name: getattr(row, name) for name in ("beta", "r", "a", "b", "g", "s", "s0", "h")}
    point[scale] = value
    if scale == "b":
        point["h"] = row.h if value == row.a == row.b else value
    return exponent_row(**point).rate


def test_corollary_one_thresholds() -> None:
    """P5, n and the noises fixed, d << T0: b = 1 recovers the clean rate; g = b is the collapse; d >> T moves both."""
    row = exponent_row(F(3, 2), F(1, 2), a=F(1, 2), b=F(3, 4))
    assert [(t.at, t.rate, t.kinds) for t in thresholds(row, "b") if t.at > row.a] == [(1, F(3, 5), ("slope",))]
    assert [(t.at, t.rate, t.kinds) for t in thresholds(row, "g")] == [(F(3, 4), 0, ("slope", "zero"))]
    wide = exponent_row(
        F(3, 2), F(1, 2), a=F(3, 2), b=2
    )  # N = n T0^-1 d: clean until g = b - a, collapse at g = b - a + 1
    assert [(t.at, t.kinds) for t in thresholds(wide, "g")] == [(F(1, 2), ("slope",)), (F(3, 2), ("slope", "zero"))]
    # Less downstream noise stops helping where the fake noise takes over, s = s0 - g + h - max(1, a).
    assert [(t.at, t.slopes) for t in thresholds(wide, "s")] == [(F(1, 2), (F(3, 5), 0))]


def test_a_jump_where_the_gap_closes() -> None:
    """At b = a with T0 - d = T^(1/2) the noise is larger than on either side; b is a jump there and nowhere else."""
    row = exponent_row(F(3, 2), F(1, 2), a=1, b=1, h=F(1, 2))
    assert [(t.at, t.rate, t.kinds) for t in thresholds(row, "b")] == [(1, row.rate, ("jump",))]


def test_nothing_happens_between_thresholds() -> None:
    """Between neighbouring thresholds the table's rate is affine and keeps its sign; at each something changes."""
    rng = random.Random(3)
    for _ in range(40):
        beta, r = F(rng.randint(16, 36), 12) + F(1, 7), F(rng.randint(0, 24), 12)
        a, b = rng.choice([F(rng.randint(0, 24), 12), F(1), INF]), F(rng.randint(1, 24), 12)
        g, s, s0 = F(rng.randint(0, 12), 12), F(rng.randint(0, 24), 12), rng.choice([F(rng.randint(0, 24), 12), INF])
        row = exponent_row(beta, r, a, b, g, s, s0)
        if row.rate is None:
            continue
        for scale in ("b", "g", "s"):
            found = thresholds(row, scale)
            ends = [F(0), *(t.at for t in found)]
            for low, high in itertools.pairwise([*ends, ends[-1] + 3]):
                at = [low + (high - low) * F(i, 7) for i in range(1, 7)]
                rates = [rate_at(row, scale, x) for x in at]
                if INF in rates:
                    assert set(rates) == {INF}
                    continue
                assert all(u + w == 2 * v for u, v, w in zip(rates, rates[1:], rates[2:], strict=False))
                assert all(x > 0 for x in rates) or all(x <= 0 for x in rates)
            for t in found:
                assert t.kinds and rate_at(row, scale, t.at) in (t.rate, None)
                assert ("slope" in t.kinds) <= (t.slopes[0] != t.slopes[1]) and ("zero" in t.kinds) <= (t.rate == 0)


def test_no_thresholds_outside_the_law() -> None:
    """A point without a law has no thresholds, and says why."""
    with pytest.raises(ValueError, match="h = b"):
        thresholds(exponent_row(2, F(1, 2), a=F(1, 2), b=1, h=F(1, 2)), "b")
    clean = exponent_row(2, F(1, 2), a=F(1, 2), b=1, g="-inf", h=F(1, 2))
    assert clean.rate is not None and thresholds(clean, "b") == ()
    with pytest.raises(ValueError, match="h = b"):
        thresholds(clean, "g")
