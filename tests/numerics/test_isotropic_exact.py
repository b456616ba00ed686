"""Protects: the exact finite-size law for S = c I at every ridge, and its 1/T correction.

Comparisons with simulation use |z| < 4.5 (false alarm 7e-6 each under normality) at fixed seeds.
"""

from __future__ import annotations

from fractions import Fraction as F

import pytest
from hypothesis import given, settings
from hypothesis.strategies import fractions, integers
from mpmath import mp, mpf

from ridgeproof.errors import DomainError
from ridgeproof.numerics.draws.simulation import simulate
from ridgeproof.numerics.finite.exact import predict_exact
from ridgeproof.numerics.finite.isotropic_correction import first_correction
from ridgeproof.numerics.finite.isotropic_exact import isotropic_moments
from ridgeproof.numerics.finite.laguerre import averages
from ridgeproof.numerics.finite.moments import moment
from ridgeproof.numerics.finite.rational_algebra import diagonal
from ridgeproof.numerics.finite.wishart_quadrature import fit_moments
from ridgeproof.numerics.predictions.equivalents import predict
from ridgeproof.numerics.problem.scenario import Downstream, Generator, Scenario, Target
from ridgeproof.numerics.problem.spectrum import Spectrum

Z_LIMIT = 4.5
UNIT = Target("isotropic", norm2=F(3))


def isotropic(dim, generators, downstream, scale=1):
    spectrum = Spectrum("explicit", dim, values=(F(scale),) * dim)
    return Scenario(spectrum, UNIT, tuple(Generator(*g) for g in generators), Downstream(*downstream))


def whole_chain(dim):
    """Ridge and min-norm generators below d, least squares above, noise everywhere; sizes grow in proportion."""
    generators = [(dim // 2, F(1, 10), F(1, 20), 2), (2 * dim, F(0), F(1, 20)), (dim // 2, F(0), F(1, 20))]
    return isotropic(dim, generators, (3 * dim // 2, F(1, 20), F(1, 10)), scale=2)


@pytest.mark.parametrize("dim, samples", [(1, 3), (2, 2), (3, 3), (3, 8), (4, 4), (4, 7), (7, 5), (8, 30), (50, 60)])
def test_density_has_the_exact_moments(dim, samples):
    """Claim: the real Laguerre density, odd and even orders, T above and below d, has total mass min(d, T) (checked
    inside) and the moments E tr W^k, k <= 4, of the Stein recursion F6.
    """
    size = min(dim, 8)
    with mp.workdps(30):
        values = averages(dim, samples, lambda x: [x, x**2, x**3, x**4], 20)
        for k, value in enumerate(values[: 4 if dim <= 8 else 2], start=1):
            if dim <= 8:
                exact = moment([["Sh"] * k], {}, diagonal([1] * size), samples) * F(samples) ** k
            else:
                exact = F(dim * samples) if k == 1 else F(dim * samples * (samples + dim + 1))
            assert abs(value / (mpf(exact.numerator) / exact.denominator) - 1) < mpf(10) ** -19


@pytest.mark.parametrize("samples", [1, 2, 3, 6])
@pytest.mark.parametrize("fits", [1, 3])
def test_two_dimensions_against_the_quadrature_of_f7(samples, fits):
    """Claim: one law, two derivations: eigenvalue density against integrals over (l1, l2, angle), d = 2."""
    with mp.workdps(30):
        ridge = mpf(1) / 3
        pair = fit_moments([mpf(1), mpf(1)], samples, ridge, fits=fits, noisy=True, digits=8)
        one = isotropic_moments(2, samples, ridge, fits, 8)
        checks = [(pair.shrink[0], one.shrink[0]), (pair.loss[0], one.loss[0])]
        for whole, mean in ((pair.second, one.second), (pair.cross, one.cross), (pair.loss_second, one.loss_second)):
            checks.append((whole[0][0] + whole[0][1], mean[0][0]))
        checks += [(sum(a), b[0]) for a, b in zip(pair.noise, one.noise, strict=True)]
        assert all(abs(a / b - 1) < mpf(10) ** -7 for a, b in checks)


def test_the_limit_at_ridge_zero_is_f4():
    """Claim F4 at lambda -> 0, to first order lambda T E tr W^-2/E tr W^-1, T >= d + 4; d = 5, T = 12."""
    error = predict_exact(isotropic(5, [], (12, F(1, 10**18), F(1))), 15).test_error
    assert abs(error / (mpf(5) / 6) - 1) < 1e-14


def test_square_designs_at_tiny_ridges():
    """Claim: at T = d the density is c x^(-1/2) near 0, so the noise's part goes like ridge^(-1/2) as ridge -> 0
    and the bias like ridge^(1/2), over 270 decades; and at ridge -> oo the error is |w0|_S^2.
    """
    near, far = (predict_exact(isotropic(5, [], (5, F(1, 10**k), F(1))), 15) for k in (30, 300))
    assert abs(far.downstream_noise / near.downstream_noise / mpf(10) ** 135 - 1) < 1e-13
    assert abs(near.noise_free / far.noise_free / mpf(10) ** 135 - 1) < 1e-13
    assert predict_exact(isotropic(5, [], (5, F(10**300), F(1))), 15).test_error == 3


@settings(max_examples=15, deadline=None)
@given(
    dim=integers(3, 6),
    samples=integers(1, 9),
    ridge=fractions(F(1, 50), F(5), max_denominator=50),
    scale=fractions(F(1, 20), F(20), max_denominator=20),
)
def test_scaling_and_bounds(dim, samples, ridge, scale):
    """Claims: x -> sqrt(c) x with ridge -> c ridge multiplies the signal's part by c and leaves the noise's; without
    noise a fit does not lose more than all, nor less than the directions that it has not seen.
    """
    plain = predict_exact(isotropic(dim, [], (samples, ridge, F(1))), 12)
    scaled = predict_exact(isotropic(dim, [], (samples, scale * ridge, F(1)), scale=scale), 12)
    assert abs(scaled.noise_free / plain.noise_free - mpf(scale.numerator) / scale.denominator) < 1e-10 * scale
    assert abs(scaled.downstream_noise / plain.downstream_noise - 1) < 1e-10
    assert 3 * max(0, 1 - samples / dim) < plain.noise_free < 3


def test_digits():
    """Claim: digits asked are digits right: 25 against 40 digits, T = d (density x^(-1/2) at 0) included."""
    problem = isotropic(5, [(5, F(1, 7), F(1), 2, True)], (9, F(1, 3), F(1)))
    with mp.workdps(50):
        assert abs(predict_exact(problem, 25).test_error / predict_exact(problem, 40).test_error - 1) < mpf(10) ** -24


@pytest.mark.parametrize("shared", [False, True])
def test_chains_against_simulation(shared):
    """Claim: whole isotropic chains, scale 2, ridge generators above and below d, fresh and shared designs."""
    generators = [(9, F(1, 10), F(1, 2), 3, shared), (5, F(0), F(1, 3)), (30, F(0), F(1, 5))]
    problem = isotropic(12, generators, (10, F(1, 5), F(1, 2)), scale=2)
    exact = float(predict_exact(problem, 10).test_error)
    found = simulate(problem, replicates=500, seed=4, method="averaged")
    assert found.standard_error < 0.003 * exact
    assert abs(found.mean - exact) < Z_LIMIT * found.standard_error
    direct = simulate(problem, replicates=500, seed=5)
    assert abs(direct.mean - exact) < Z_LIMIT * direct.standard_error


@pytest.mark.parametrize("family", ["clean", "fake data", "whole chain", "one design"])
def test_the_error_of_the_equivalent_falls_like_one_over_t(family):
    """Claims E1 to E5 without sampling noise: T (exact - equivalent) tends to the constant T c_1 of `first_correction`
    (Bai and Silverstein's mean), and what is left falls like 1/T^2: halved sizes leave 4 times as much.
    """

    def problem(dim):
        if family == "whole chain":
            return whole_chain(dim)
        generators = {
            "clean": [],
            "fake data": [(2 * dim, F(0), F(1), 5)],
            "one design": [(dim // 2, F(0), F(1, 2), 3, True)],
        }[family]
        return isotropic(dim, generators, (3 * dim // 2, F(1, 20), F(1, 10)), scale=2)

    gaps, rests, firsts = [], [], []
    for dim in (24, 48):
        exact = predict_exact(problem(dim), 18).test_error
        gap = float(exact - predict(problem(dim), 18).test_error)
        first = first_correction(problem(dim))
        gaps.append(gap)
        rests.append(gap - first)
        firsts.append(first * dim)
    assert firsts[0] == pytest.approx(firsts[1], rel=1e-12)
    assert gaps[0] / gaps[1] == pytest.approx(2, rel=0.06)
    assert rests[0] / rests[1] == pytest.approx(4, rel=0.1)


def test_sizes_beyond_reach_are_refused():
    """Protects the user from an answer that takes hours: one clear line instead."""
    with pytest.raises(DomainError, match="too large"):
        predict_exact(isotropic(1001, [], (1500, F(1), F(1))))
    with pytest.raises(DomainError, match="too large"):
        predict_exact(isotropic(3, [], (10**6, F(1), F(1))))


def test_where_there_is_no_correction():
    """Claim: no formula is guessed for unequal eigenvalues or for ridge fits on one design."""
    unequal = Scenario(Spectrum("power-law", 5, beta=F(2)), UNIT, (), Downstream(9, F(1), F(1)))
    with pytest.raises(DomainError, match="unequal"):
        first_correction(unequal)
    with pytest.raises(DomainError, match="one design"):
        first_correction(isotropic(5, [(9, F(1), F(1), 2, True)], (9, F(1), F(1))))
