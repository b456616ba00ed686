"""Equivalents of mixtures, shared rows, filters and features against draws at growing sizes: the small version of
``benchmarks/bench_sources.py``, whose families these are."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest
from scripts import load

from ridgeproof.numerics.draws.sequential import size_limit
from ridgeproof.numerics.predictions.equivalents import predict

LEVEL = 1e-4  # of each family: eight of them raise a false alarm in 1 of 1250 choices of the seeds
NAMES = (
    "mixture, weights 1 and 2/5",
    "mixture of two covariances",
    "accumulating rows and labels, ridge",
    "self-distillation, xi = 3/2",
    "one design, new noise, ridge",
    "gradient flow, t = 4",
    "ridge towards the teacher",
    "random features, teacher and student",
)


def _bench() -> ModuleType:
    return load(Path(__file__).parents[2] / "benchmarks" / "bench_sources.py")


@pytest.mark.parametrize("name", NAMES)
def test_the_gap_falls_like_one_over_size(name: str) -> None:
    """Claim: simulated/equivalent - 1 = c/size + O(1/size^2), with limit 0; off by a fifth, it would be seen."""
    problems = [_bench().family(name, size) for size in (1, 2, 4)]
    expected = [float(predict(problem).test_error) for problem in problems]
    assert expected == pytest.approx([expected[0]] * 3, rel=1e-9)  # the equivalent is the same at all sizes
    found = size_limit(problems, expected, replicates=20, level=LEVEL, seed=11)
    assert found.agrees, found
    assert found.would_have_seen < 0.2
    # and the gap at the largest size is no more than 2/3 of that at the smallest, or within 4 standard errors of it
    first, last = found.discrepancy[0], found.discrepancy[-1]
    assert abs(last) <= 2 / 3 * abs(first) + 4 * found.standard_error[-1]
