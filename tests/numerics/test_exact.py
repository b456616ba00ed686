"""Protects: the exact finite-size laws F4, F5, F7 against simulation, against each other and at their limits.

Comparisons with simulation use |z| < 4.5 (false alarm 7e-6 each under normality) at fixed seeds.
"""

from __future__ import annotations

from fractions import Fraction as F
from math import inf

import pytest
from mpmath import mp, mpf

from ridgeproof.errors import DomainError, InputError, NoExactLaw
from ridgeproof.numerics.draws.simulation import simulate
from ridgeproof.numerics.finite.exact import predict_exact
from ridgeproof.numerics.finite.wishart_quadrature import bessel_ratio, fit_moments
from ridgeproof.numerics.problem.scenario import Downstream, Generator, Scenario, Target
from ridgeproof.numerics.problem.spectrum import Spectrum

Z_LIMIT = 4.5


def scenario(values, w0, generators, downstream):
    spectrum = Spectrum("explicit", len(values), values=tuple(map(F, values)))
    target = Target("coefficients", values=tuple(map(F, w0)))
    return Scenario(spectrum, target, tuple(Generator(*g) for g in generators), Downstream(*downstream))


def z_score(problem, exact, replicates, seed):
    found = simulate(problem, replicates=replicates, seed=seed, method="averaged")
    return (found.mean - float(exact)) / found.standard_error


def test_f4_least_squares_everywhere():
    """Claim F4: sigma^2 d/(T-d-1) + sum sigma_m^2 d/(T_m-d-1), whatever S and w0; same-design repeats add their
    noises.
    """
    generators = [(9, F(0), F(1, 2), 2), (8, F(0), F(1, 3), 3, True)]
    problem = scenario([4, 1, F(1, 100)], [1, -2, 5], generators, (10, F(0), F(1, 5)))
    p = predict_exact(problem)
    assert p.noise_free == 0
    assert p.noise_by_generation == (F(3, 10), F(3, 10), F(1, 4), F(1, 4), F(1, 4))
    assert p.downstream_noise == F(1, 10)
    assert p.test_error == F(29, 20)
    assert p.kappa == ()
    wide = scenario(
        [4, 1, F(1, 100)], [1, -2, 5], [(30, F(0), F(1, 2), 2), (25, F(0), F(1, 3), 3, True)], (20, F(0), F(1, 5))
    )
    assert abs(z_score(wide, predict_exact(wide).test_error, 400, 1)) < Z_LIMIT


def test_f5_collapse_without_noise():
    """Claim F5, its reference case d = 12, T0 = 5, n = 4: E|w_n - w0|^2 = |w0|^2 (1 - (5/12)^4) by n generators,
    read downstream.
    """
    spectrum, target = Spectrum("isotropic", 12), Target("isotropic", norm2=F(3))
    generators = (Generator(5, F(0), F(0), 4),)
    problem = Scenario(spectrum, target, generators, Downstream(30, F(0), F(0)))
    assert predict_exact(problem).test_error == 3 * (1 - F(5, 12) ** 4)
    assert abs(z_score(problem, 3 * (1 - F(5, 12) ** 4), 600, 2)) < Z_LIMIT


@pytest.mark.parametrize("same", [False, True])
def test_f5_chain_with_noise_scale_and_mixture(same):
    """Claim F5 with noise: min-norm and least-squares generators mixed, S = 4 I, fresh or shared designs; min-norm
    downstream.
    """
    generators = [(3, F(0), F(1, 2), 3, same), (30, F(0), F(1, 3))]
    problem = scenario([4] * 12, range(12), generators, (4, F(0), F(1, 5)))
    p = predict_exact(problem)
    kept = F(3, 12) if same else F(3, 12) ** 3
    assert p.noise_free == 4 * 506 * (1 - kept * F(4, 12))  # |w0|^2 = 0 + 1 + ... + 121 = 506
    assert p.downstream_noise == F(1, 5) * F(4, 7)
    unit = F(1, 2) * F(3, 8) * F(4, 12)
    shares = (1, 1, 1) if same else (F(1, 16), F(1, 4), 1)
    assert p.noise_by_generation == (*(unit * share for share in shares), F(1, 3) * F(12, 17) * F(4, 12))
    assert p.test_error == p.noise_free + p.downstream_noise + sum(p.noise_by_generation)
    assert abs(z_score(problem, p.test_error, 500, 3)) < Z_LIMIT


def test_f5_irrational_target_and_long_chain_agree_with_fractions():
    """Claim F5 for w0_j = j^(-3/10), and for more fits than fractions are kept for: same law in many digits."""
    spectrum = Spectrum("isotropic", 6)
    power = Target("power", exponent=F(3, 10))
    generators = (Generator(2, F(0), F(1)),)
    p = predict_exact(Scenario(spectrum, power, generators, Downstream(9, F(0), F(1))), 30)
    with mp.workdps(40):
        norm = sum(mpf(j) ** (-mpf(6) / 10) for j in range(1, 7))
        assert abs(p.noise_free - norm * 2 / 3) < mpf(10) ** -29
        assert abs(p.test_error - (norm * 2 / 3 + mpf(2) / 3 + 3)) < mpf(10) ** -28
    unit = Target("isotropic", norm2=F(1))
    long_chain = Scenario(spectrum, unit, (Generator(2, F(0), F(1), 600),), Downstream(9, F(0), F(1)))
    q = predict_exact(long_chain, 20)
    with mp.workdps(30):  # the geometric series of noises: (2/3) sum 3^-k = 1 up to 3^-600
        assert abs(q.test_error - (1 + 1 + 3)) < mpf(10) ** -18


def test_f7_in_one_dimension_against_confluent_hypergeometric_functions():
    """Claim F7, d = 1: E x^i (x+a)^-j over chi-square is a Tricomi function U, an evaluation that shares nothing
    with the lattice.
    """
    s, t = 2, 3
    p = predict_exact(scenario([s], [5], [], (t, F(1, 7), F(1, 3))), 30)
    with mp.workdps(45):
        a = mpf(t) / (7 * s)

        def moment(i, j):
            c = mpf(t) / 2 + i
            return (
                mp.gamma(c) * a ** (c - j) * mp.hyperu(c, c - j + 1, a / 2) / (2 ** (mpf(t) / 2) * mp.gamma(mpf(t) / 2))
            )

        noise_free = 25 * s * a**2 * moment(0, 2)
        noise = moment(1, 2) / 3
        assert abs(p.noise_free / noise_free - 1) < mpf(10) ** -28
        assert abs(p.downstream_noise / noise - 1) < mpf(10) ** -28


@pytest.mark.parametrize(
    "problem",
    [
        scenario([2], [1], [(3, F(1, 3), F(1, 2), 2), (4, F(1, 9), F(1, 2), 3, True)], (4, F(1, 5), F(1))),
        scenario([1, 1], [1, 2], [(6, F(0), F(1))], (4, F(1, 3), F(1))),
        pytest.param(
            scenario(
                [F(1, 3), 1],
                [1, 2],
                [(1, F(1, 3), F(1, 2), 2), (7, F(0), F(1)), (3, F(1, 9), F(1, 2), 3, True)],
                (2, F(1, 5), F(1)),
            ),
            marks=pytest.mark.slow,
        ),
        scenario([F(1, 3), 1], [1, 2], [(1, F(0), F(0), 2)], (1, F(1, 5), F(1))),
    ],
    ids=["d=1", "d=2 isotropic", "d=2 whole chain", "d=2 rank one"],
)
def test_f7_against_simulation(problem):
    """Claim F7: chains of ridge, min-norm, least-squares and same-design fits in dimension 1 and 2."""
    assert abs(z_score(problem, predict_exact(problem, 6).test_error, 700, 4)) < Z_LIMIT


def test_f7_isotropic_against_the_sum_over_unequal_eigenvalues_and_f4():
    """Claim F7: continuous in S (Bessel branch against equal eigenvalues), and F4 is its limit at ridge 0."""
    equal = predict_exact(scenario([1, 1], [1, 2], [], (7, F(1, 4), F(1))), 8)
    close = predict_exact(scenario([1, 1 - F(1, 10**10)], [1, 2], [], (7, F(1, 4), F(1))), 8)
    assert abs(equal.test_error / close.test_error - 1) < 1e-7
    near = predict_exact(scenario([2], [1], [], (12, F(1, 10**15), F(1))), 12)
    least_squares = predict_exact(scenario([2], [1], [], (12, F(0), F(1))))
    assert least_squares.test_error == F(1, 10)
    assert abs(near.test_error * 10 - 1) < 1e-11


def test_shared_design_agrees_with_powers():
    """Claim: two fits on one design are G^2, so that with no noise U = 1 - G^2; checked through E over the same
    integral.
    """
    with mp.workdps(30):
        once = fit_moments([mpf(1)], 5, mpf(1) / 2, fits=1, noisy=False, digits=15)
        twice = fit_moments([mpf(1)], 5, mpf(1) / 2, fits=2, noisy=False, digits=15)
        assert abs(twice.shrink[0] - once.second[0][0]) < mpf(10) ** -14
        assert abs(once.shrink[0] + once.loss[0] - 1) < mpf(10) ** -14


def test_bessel_series_against_mpmath():
    """Protects the angle integral: own series below z = 60, mpmath above, one function."""
    with mp.workdps(30):
        for z in (mpf(0), mpf(10) ** -12, mpf(1) / 3, mpf(17), mpf(59), mpf(61)):
            i0, rho = bessel_ratio(z)
            assert abs(i0 / mp.besseli(0, z) - 1) < mpf(10) ** -28
            assert abs(rho - mp.besseli(1, z) / mp.besseli(0, z)) < mpf(10) ** -28


@pytest.mark.parametrize("samples", [3, 5])
def test_infinite_moments_are_refused(samples):
    """Claim F3, F5: infinite for |T - d| <= 1 at ridge 0 with noise; finite without noise, where P is the identity
    for T > d.
    """
    noisy = scenario([1] * 4, [1] * 4, [(samples, F(0), F(1))], (9, F(0), F(1)))
    with pytest.raises(DomainError, match="infinite"):
        predict_exact(noisy)
    silent = scenario([1] * 4, [1] * 4, [(samples, F(0), F(0))], (9, F(0), F(1)))
    assert predict_exact(silent).noise_free == (0 if samples == 5 else 1)  # 4 (1 - 3/4)


def test_where_no_exact_law_is_known():
    """Claim: the command says where there is no exact law rather than guess."""
    with pytest.raises(NoExactLaw, match="ridge = 1/2"):
        predict_exact(scenario([3, 2, 1], [1, 1, 1], [], (9, F(1, 2), F(1))))
    with pytest.raises(NoExactLaw, match="unequal"):
        predict_exact(scenario([5, 4, 3, 2], [1] * 4, [], (2, F(0), F(1))))
    infinite = Scenario(Spectrum("power-law", inf, beta=F(2)), Target("source", r=F(1)), (), Downstream(9, F(1), F(1)))
    with pytest.raises(NoExactLaw, match="infinite"):
        predict_exact(infinite)
    with pytest.raises(InputError):
        predict_exact(scenario([1], [1], [], (9, F(1), F(1))), 0)
