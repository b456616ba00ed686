"""Protects: verdicts from simulation keep their false-alarm level and say what they would have seen."""

from __future__ import annotations

import math
from fractions import Fraction as F

import numpy as np
import pytest

from ridgeproof.errors import DomainError, InputError
from ridgeproof.numerics.draws.sequential import FIRST_LOOK, compare, half_width, size_limit
from ridgeproof.numerics.finite.exact import predict_exact
from ridgeproof.numerics.predictions.equivalents import predict
from ridgeproof.numerics.problem.scenario import Downstream, Generator, Scenario, Target
from ridgeproof.numerics.problem.spectrum import Spectrum


def isotropic(dim, ridge=F(1, 10)):
    generators = (Generator(2 * dim, ridge, F(1, 2), 2),)
    return Scenario(
        Spectrum("isotropic", dim), Target("isotropic", norm2=F(1)), generators, Downstream(dim, F(1, 5), F(1, 2))
    )


def test_the_interval_holds_at_all_looks():
    """Claim: P(the mean ever leaves the interval) <= level, over every size from the first look to 5000; skewed
    (exponential) draws.  At level 0.1 and 400 paths at most 67 fail (40 and 4.5 binomial standard deviations); the
    fixed-size interval at this level, looked at as often, fails in over half of the paths.
    """
    rng, level, paths = np.random.default_rng(0), 0.1, 400
    draws = rng.exponential(size=(paths, 5000)) - 1
    counts = np.arange(1, 5001)
    means = np.cumsum(draws, axis=1) / counts
    deviations = np.sqrt(np.cumsum(draws**2, axis=1) / counts - means**2)
    looks = slice(FIRST_LOOK - 1, None)
    widths = np.array([half_width(int(n), 1.0, level) for n in counts[looks]])
    failed = np.any(np.abs(means[:, looks]) > widths * deviations[:, looks], axis=1).sum()
    assert failed <= 67
    naive = 1.645 * deviations[:, looks] / np.sqrt(counts[looks])
    assert np.any(np.abs(means[:, looks]) > naive, axis=1).sum() > paths / 2
    assert half_width(1000, 1.0, level) < 2 * 1.645 / math.sqrt(1000)  # the price of looking at any time


def test_compare_accepts_the_exact_law_and_sees_what_it_says():
    """Claim: the exact finite-size law passes; a number off by the tolerance's ``would_have_seen`` does not."""
    problem = isotropic(12)
    exact = float(predict_exact(problem, 8).test_error)
    verdict = compare(problem, exact, tolerance=0.01, level=1e-3, seed=1)
    assert verdict.agrees
    assert verdict.half_width <= 0.01
    wrong = compare(problem, exact * (1 + 2 * verdict.would_have_seen), tolerance=0.01, level=1e-3, seed=1)
    assert not wrong.agrees
    assert wrong.simulation.replicates <= verdict.simulation.replicates


def test_size_limit_judges_the_limit_not_the_size():
    """Claim E4: its error at finite size, many error bars large, passes, since it falls like 1/d; a formula off by 2 %
    in the limit does not.
    """
    family = [isotropic(dim) for dim in (8, 16, 32)]
    expected = [float(predict(problem).test_error) for problem in family]
    right = size_limit(family, expected, replicates=100, level=1e-3, seed=3)
    assert abs(right.discrepancy[0]) > 4 * right.standard_error[0]
    assert right.agrees
    assert right.would_have_seen < 0.02
    wrong = size_limit(family, [1.02 * e for e in expected], replicates=100, level=1e-3, seed=3)
    assert not wrong.agrees


def test_bad_comparisons_are_refused():
    """Claim: heavy tails and meaningless options are refused, not averaged over."""
    heavy = Scenario(Spectrum("isotropic", 9), Target("isotropic", norm2=F(1)), (), Downstream(12, F(0), F(1)))
    with pytest.raises(DomainError, match="error bar"):
        compare(heavy, 1.0, tolerance=0.1, level=0.01)
    with pytest.raises(DomainError, match="error bar"):
        size_limit([isotropic(8), heavy, isotropic(32), isotropic(64)], [1.0] * 4, replicates=10, level=0.01)
    for options in ({"expected": 0.0}, {"tolerance": 0.0}, {"level": 1.0}):
        with pytest.raises(InputError):
            compare(isotropic(8), **({"expected": 1.0, "tolerance": 0.1, "level": 0.01} | options))
    for sizes in ((8, 16), (16, 8, 32, 64), (8, 8, 16, 32)):
        with pytest.raises(InputError):
            size_limit([isotropic(dim) for dim in sizes], [1.0] * len(sizes), replicates=10, level=0.01)
