"""Generators with a ridge of their own: the law against the deterministic equivalent, and against what it contains."""

from __future__ import annotations

import math
from fractions import Fraction as F

import pytest

from ridgeproof.errors import ScaleError
from ridgeproof.numerics.predictions.equivalents import predict
from ridgeproof.numerics.problem.scenario import Downstream, Generator, Scenario
from ridgeproof.numerics.problem.spectrum import Spectrum
from ridgeproof.numerics.problem.target import Target
from ridgeproof.theorems.exponents import INF, exponent_row
from ridgeproof.theorems.exponents.calculus.minimax import values_at
from ridgeproof.theorems.exponents.model.law import min_norm
from ridgeproof.theorems.exponents.model.ridge_generators import RIDGE_BIAS, ridge_generator_row

# beta, r, b, g, ell0, ell: kappa_0 from the ridge and from T0, n kappa_0 above and below kappa, r > 1, b on both sides
# of 1, and the fake-data noise that is still unlearnt (case 5).
CASES = [
    (F(3, 2), F(1, 2), F(1), F(0), F(1, 2), F(7, 10)),
    (F(3, 2), F(1, 2), F(1), F(1, 4), F(1, 2), F(7, 10)),
    (F(3, 2), F(1, 2), F(1, 2), F(1, 4), F(2), F(7, 10)),
    (F(3, 2), F(1, 2), F(3, 2), F(1, 4), F(1), F(1, 2)),
    (F(2), F(1, 4), F(4, 5), F(1, 4), F(1), F(1)),
    (F(3, 2), F(1, 2), F(3, 2), F(1, 5), F(11, 5), F(1)),
    (F(5, 4), F(3, 2), F(1), F(1, 4), F(1), F(1, 2)),
]


def terms(beta, r, b, g, ell0, ell, samples):
    """Bias, downstream noise and fake-data noise of E4 with unit noises, sums to the end of an infinite spectrum."""
    generator = Generator(round(samples ** float(b)), power(samples, ell0), F(1), max(1, round(samples ** float(g))))
    downstream = Downstream(samples, power(samples, ell), F(1))
    spectrum = Spectrum("power-law", math.inf, beta=beta)
    found = predict(Scenario(spectrum, Target("source", r=r), (generator,), downstream))
    return found.noise_free, found.downstream_noise, sum(found.noise_by_generation)


def power(samples, ell):
    return F(float(samples) ** -float(ell))


@pytest.mark.parametrize("case", CASES)
def test_every_term_has_its_slope(case):
    """The three orders of the law, as slopes of E4 between T = 10^6 and 10^9; 0.05 is what the next orders leave."""
    beta, r, b, g, ell0, ell = case
    low, high = (terms(*case, samples) for samples in (10**6, 10**9))
    measured = [math.log(y / x) / math.log(1000) for x, y in zip(low, high, strict=True)]
    law = min_norm(beta, min(r, F(1)), INF, b, g, F(0), F(0), ell0)
    for slope, level in zip(measured, values_at(law.pieces, ell), strict=True):
        assert abs(slope - float(level)) < 0.05


def test_a_small_ridge_is_min_norm():
    """ell0 >= b beta changes nothing: kappa_0 ≍ T0^-beta by itself, so the rows are those of a = inf."""
    for ell0 in (F(3, 2), F(2), INF):
        for g in (F(0), F(1, 2), F(7, 4)):
            assert ridge_generator_row(F(3, 2), F(1, 2), ell0, 1, g) == exponent_row(F(3, 2), F(1, 2), INF, 1, g)


def test_the_generators_ridge_limits_the_rate():
    """Without noise in the labels the error cannot fall below n generations' own bias, (n lambda_0)^(2 r)."""
    row = ridge_generator_row(F(3, 2), F(1, 2), F(1), 1, F(1, 4), INF, INF)
    assert (row.ell, row.rate, row.regime) == (F(3, 4), F(3, 4), RIDGE_BIAS)
    row = ridge_generator_row(F(3, 2), F(1, 2), F(1, 4), 1, F(1, 2))
    assert row.rate == 0 and row.regime.startswith("collapse")


@pytest.mark.parametrize(("ell0", "g"), [(F(-1), 0), (-INF, 0), (F(1), -INF), (0.5, 0)])
def test_bad_scales_are_refused(ell0, g):
    with pytest.raises(ScaleError):
        ridge_generator_row(F(3, 2), F(1, 2), ell0, 1, g)
