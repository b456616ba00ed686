"""Sums by few nodes: each against the plain sum or an independent identity."""

import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest

from ridgeproof.numerics.predictions.kappa import kappa_of_halves
from ridgeproof.numerics.sums.joint_power_laws import joint_power_laws
from ridgeproof.numerics.sums.measure import Measure, compress
from ridgeproof.numerics.sums.power_sums import double_power_law, hurwitz, matched_rule, mp_power_law


@pytest.mark.parametrize("beta", [1.1, 2.0, 6.0])
def test_compressed_spectrum_integrates_the_ridge_functions(beta: float) -> None:
    """D, D^2, 1 - D, D(1-D) for kappa over the whole spectrum, two weights at once, against plain sums."""
    j = np.arange(1, 20_001.0)
    s, w = j**-beta, 1 / j
    small = compress(Measure(s, np.stack([np.ones_like(s), w], axis=1)))
    assert small.nodes.size < 2000
    for k in np.logspace(-9 * beta / 2, 3, 12):
        for f in (
            lambda x, k=k: x / (x + k),
            lambda x, k=k: (x / (x + k)) ** 2,
            lambda x, k=k: k / (x + k),
            lambda x, k=k: x * k / (x + k) ** 2,
        ):
            assert small.integral(f(small.nodes)) == pytest.approx([f(s).sum(), (w * f(s)).sum()], rel=1e-14)


def test_hurwitz_zeta_keeps_relative_precision() -> None:
    """zeta(s, a) - zeta(s, a + 1) = a^-s, which mpmath.zeta itself fails at large s and a; and at a = 1."""
    with mpmath.workdps(80):
        for exponent in ("1.01", "3/2", "30", "300"):
            s = mpmath.mpf(Fraction(exponent).numerator) / Fraction(exponent).denominator
            step = (hurwitz(s, 3000) - hurwitz(s, 3001)) * mpmath.mpf(3000) ** s
            assert abs(step - 1) < mpmath.mpf(10) ** -73  # the difference itself cancels up to 6 digits at s = 1.01
            assert abs(hurwitz(s, 1) / mpmath.zeta(s) - 1) < mpmath.mpf(10) ** -78


def test_matched_rule_reproduces_its_moments() -> None:
    """Moments of x^-1/2 dx on (0, 1), 1/(k + 1/2)."""
    with mpmath.workdps(40):
        moments = [1 / (k + mpmath.mpf(1) / 2) for k in range(20)]
        t, w = matched_rule(moments)
        for k, m in enumerate(moments):
            assert abs(mpmath.fsum(b * a**k for a, b in zip(t, w, strict=True)) - m) < mpmath.mpf(10) ** -38


@pytest.mark.parametrize("beta", [Fraction(11, 10), Fraction(3, 2), Fraction(4)])
def test_infinite_sums_match_the_expansion_p1(beta: Fraction) -> None:
    """P1: df_1(k) ~ A k^(-1/beta) - 1/2 + sum_q (-1)^q zeta(-beta q) k^q.

    The series is asymptotic, not an equality: at even beta every zeta(-beta q) is 0, and what it leaves out is
    exponentially small, exp(-2 pi sin(pi/beta) k^(-1/beta)), the nearest pole of 1/(1 + k z^beta) in Poisson's sum.
    """
    b = float(beta)
    k = 1e-6
    amplitude = (math.pi / b) / math.sin(math.pi / b)
    df1 = amplitude * k ** (-1 / b) - 0.5 + sum((-1) ** q * float(mpmath.zeta(-b * q)) * k**q for q in (1, 2, 3))
    sums = double_power_law(beta, math.inf, Fraction(2), [(10**7, 1e-7)])
    assert sums.trace.integral(sums.trace.nodes / (sums.trace.nodes + k)) == pytest.approx(df1, rel=1e-13)
    with mpmath.workdps(30):
        many = mp_power_law(beta, math.inf, Fraction(2), 1e-3, [(10, 1e-3)])
        k = (
            mpmath.mpf(1) / 1000
        )  # larger k, so that few terms are listed; the expansion is asymptotic, take its smallest terms
        exact = [mpmath.mpf(1), beta.numerator / mpmath.mpf(beta.denominator)]
        terms = [(-1) ** q * mpmath.zeta(-exact[1] * q) * k**q for q in range(1, 6)]
        df1_mp = (
            (mpmath.pi / exact[1]) / mpmath.sin(mpmath.pi / exact[1]) * k ** (-1 / exact[1])
            - exact[0] / 2
            + mpmath.fsum(terms)
        )
        direct = many.trace.integral(many.trace.nodes / (many.trace.nodes + k))
        omitted = abs(mpmath.zeta(-exact[1] * 6) * k**6)  # the remainder is of the order of the first omitted term
        beyond = mpmath.exp(-2 * mpmath.pi * mpmath.sin(mpmath.pi / exact[1]) * k ** (-1 / exact[1])) * k ** (
            -1 / exact[1]
        )
        assert abs(direct - df1_mp) < 10 * (omitted + beyond) + mpmath.mpf(10) ** -27


def test_long_finite_power_law_matches_the_plain_sum() -> None:
    """d = 3e6, both measures, and kappa at lambda = 0 where T cuts the spectrum."""
    d, samples = 3_000_000, 1_000_000
    sums = double_power_law(Fraction(3, 2), d, Fraction(5, 2), [(samples, 0.0)])
    j = np.arange(1, d + 1.0)
    for k in (1e-8, 1e-3):
        s = j**-1.5
        for measure, weight in ((sums.trace, 1.0), (sums.signal, j**-2.5)):
            x = measure.nodes
            assert measure.integral(k / (x + k)) == pytest.approx((weight * k / (s + k)).sum(), rel=1e-13)
    cut, excess = sums.cuts[samples]
    k = kappa_of_halves(sums.trace.split(cut), samples, excess, 0.0)
    assert (s / (s + k)).sum() == pytest.approx(samples, rel=1e-13)


def test_power_laws_side_by_side() -> None:
    """Two exponents at once: zeta values, a function of both at two precisions, and 3 million plain terms."""
    betas, decays = [Fraction(3, 2), Fraction(2)], [Fraction(5, 2), Fraction(3)]
    kappa, found = mpmath.mpf(10) ** -3, []
    for digits, floor in ((25, -7.0), (32, -9.0)):
        with mpmath.workdps(digits):
            sums = joint_power_laws(betas, math.inf, decays, floor, precise=True)
            assert abs(sums.trace[0] @ sums.counts / mpmath.zeta(mpmath.mpf(3) / 2) - 1) < mpmath.mpf(10) ** (
                1 - digits
            )
            assert abs(sums.power[1].sum() / mpmath.zeta(3) - 1) < mpmath.mpf(10) ** (1 - digits)
            a, b = sums.trace
            found.append((a * b / (kappa + a / 2 + b / 2) ** 2) @ sums.counts)
    assert abs(found[0] / found[1] - 1) < 1e-23
    j = np.arange(1, 3_000_001.0)
    sums = joint_power_laws(betas, 3_000_000, decays, -7.0, precise=False)
    for a, b, counts in ((j**-1.5, j**-2, np.ones_like(j)), (*sums.trace, sums.counts)):
        found.append((a * b / (1e-3 + a / 2 + b / 2)) @ counts)
    assert found[2] == pytest.approx(found[3], rel=1e-13)
