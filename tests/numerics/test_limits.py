"""E1 to E4 at their limits and under their symmetries, in double precision and in balls (the digits mode)."""

import math
from dataclasses import replace
from fractions import Fraction

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from ridgeproof.numerics.predictions.equivalents import predict, predict_all, teacher
from ridgeproof.numerics.predictions.modes import double_modes
from ridgeproof.numerics.predictions.optimum import minimise_ridge
from ridgeproof.numerics.problem.scenario import Downstream, Generator, Scenario, Target
from ridgeproof.numerics.problem.spectrum import Spectrum

Pairs = list[tuple[Fraction, Fraction]]  # (s_j, w0_j)


def rational(low: float, high: float) -> st.SearchStrategy[Fraction]:
    """Exact decimals of three digits, log-uniform."""
    return st.floats(low, high).map(lambda x: Fraction(f"{10.0**x:.2e}"))


directions = st.lists(st.tuples(rational(-6, 1), rational(-2, 1)), min_size=1, max_size=6)
fits = st.tuples(st.integers(1, 12), st.sampled_from(["0", "1/1000", "1/3"]), st.sampled_from(["0", "1/10", "2"]))
chains = st.lists(fits, max_size=3)


def scenario(pairs: Pairs, chain: list[tuple[int, str, str]], samples: int, ridge: Fraction, noise: str) -> Scenario:
    """T = d at ridge 0 excepted, by one sample more."""
    d = len(pairs)
    generators = tuple(
        Generator(t + (t == d and ridge0 == "0"), Fraction(ridge0), Fraction(v)) for t, ridge0, v in chain
    )
    downstream = Downstream(samples + (samples == d and ridge == 0), ridge, Fraction(noise))
    spectrum = Spectrum("explicit", d, values=tuple(s for s, _ in pairs))
    return Scenario(spectrum, Target("coefficients", values=tuple(w for _, w in pairs)), generators, downstream)


def signal(pairs: Pairs) -> float:
    """|w0|_S^2, the error of predicting zero."""
    return float(sum((s * w * w for s, w in pairs), Fraction(0)))


@settings(max_examples=40, deadline=None)
@given(directions, chains, st.integers(1, 12))
def test_small_ridges_tend_to_no_ridge(pairs: Pairs, chain, samples: int) -> None:
    """lambda -> 0: E is continuous there (T != d), kappa and E differ from their limits by O(lambda tr S^-1 ...)."""
    bare = scenario(pairs, chain, samples, Fraction(0), "1/10")
    near = replace(bare, downstream=replace(bare.downstream, ridge=Fraction(1, 10**40)))
    assert predict(near).test_error == pytest.approx(predict(bare).test_error, rel=1e-11)
    gap = [abs(predict(near, 60).test_error / predict(bare, 60).test_error - 1)]
    nearer = replace(bare, downstream=replace(bare.downstream, ridge=Fraction(1, 10**41)))
    gap.append(abs(predict(nearer, 60).test_error / predict(bare, 60).test_error - 1))
    assert gap[0] == 0 or gap[0] / gap[1] == pytest.approx(10, rel=1e-6)  # linear in lambda


@settings(max_examples=40, deadline=None)
@given(directions, chains, st.integers(1, 12))
def test_huge_ridges_learn_nothing(pairs: Pairs, chain, samples: int) -> None:
    """lambda -> infinity: kappa/lambda -> 1 and E -> |w0|_S^2, the error of predicting zero."""
    far = scenario(pairs, chain, samples, Fraction(10**30), "1/10")
    found = predict(far)
    assert found.kappa[-1] == pytest.approx(1e30, rel=1e-15)
    assert found.test_error == pytest.approx(signal(pairs), rel=1e-13)


@settings(max_examples=40, deadline=None)
@given(directions, chains)
def test_unlimited_data_return_the_teacher(pairs: Pairs, chain) -> None:
    """T -> infinity without ridge: the student is its teacher, E = |w_n - w0|_S^2, up to noise d/T."""
    endless = scenario(pairs, chain, 10**15, Fraction(0), "0")
    modes = double_modes(endless)
    state = teacher(endless, modes)
    own = float(modes.signal.integral(state.lost**2) + modes.trace.integral(state.covariance))
    assert predict(endless).test_error == pytest.approx(own, rel=1e-12)
    if not chain:
        assert predict(endless).test_error == 0


@settings(max_examples=40, deadline=None)
@given(directions, st.integers(1, 12), rational(-4, 2), st.sampled_from(["0", "1/10"]))
def test_clean_data_follow_e2(pairs: Pairs, samples: int, ridge: Fraction, noise: str) -> None:
    """n = 0: E2 as printed, with kappa by Brent's method."""
    lam, s, w = float(ridge), [float(s) for s, _ in pairs], [float(w) for _, w in pairs]
    k = brentq(lambda x: x - lam - x * sum(v / (v + x) for v in s) / samples, lam, lam + sum(s) / samples, xtol=1e-300)
    df2 = sum((v / (v + k)) ** 2 for v in s)
    bias = k**2 * sum(v * c * c / (v + k) ** 2 for v, c in zip(s, w, strict=True)) / (1 - df2 / samples)
    variance = float(Fraction(noise)) * df2 / (samples - df2)
    found = predict(scenario(pairs, [], samples, ridge, noise))
    assert found.test_error == pytest.approx(bias + variance, rel=1e-8)  # brentq's kappa, and 1 - df_2/T cancels
    assert found.noise_free == pytest.approx(bias, rel=1e-8)
    assert found.noise_by_generation == ()


@settings(max_examples=40, deadline=None)
@given(rational(-3, 3), st.integers(1, 9), rational(-3, 3))
def test_one_eigenvalue_is_a_quadratic(s: Fraction, samples: int, ridge: Fraction) -> None:
    """d = 1: kappa^2 + (s - lambda - s/T) kappa = lambda s, to 40 digits."""
    found = predict(scenario([(s, Fraction(1))], [], samples, ridge, "0"), 40)
    with mpmath.workdps(60):
        k = found.kappa[0]
        half = mpmath.mpf((s - ridge - s / samples).numerator) / (s - ridge - s / samples).denominator / 2
        product = mpmath.mpf((ridge * s).numerator) / (ridge * s).denominator
        root = product / (half + mpmath.sqrt(half**2 + product)) if half > 0 else mpmath.sqrt(half**2 + product) - half
        assert abs(k / root - 1) < mpmath.mpf(10) ** -40


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 9), chains, st.integers(1, 12), st.sampled_from(["0", "1/7"]))
def test_equal_eigenvalues_are_the_isotropic_spectrum(d: int, chain, samples: int, ridge: str) -> None:
    """An explicit list of ones is summed, the isotropic spectrum counted: two ways, one number."""
    listed = scenario([(Fraction(1), Fraction(1))] * d, chain, samples, Fraction(ridge), "1/10")
    counted = replace(listed, spectrum=Spectrum("isotropic", d), target=Target("isotropic", norm2=Fraction(d)))
    assert predict(counted).test_error == pytest.approx(predict(listed).test_error, rel=1e-13)
    a, b = predict(counted, 40), predict(listed, 40)
    assert abs(a.test_error - b.test_error) <= a.radius + b.radius


@settings(max_examples=40, deadline=None)
@given(directions, chains, st.integers(1, 12), st.sampled_from(["0", "1/7"]), st.randoms())
def test_permutations_change_nothing(pairs: Pairs, chain, samples: int, ridge: str, random) -> None:
    """Only the pairs (s_j, w0_j) matter, not their order."""
    shuffled = list(pairs)
    random.shuffle(shuffled)
    one, other = (scenario(p, chain, samples, Fraction(ridge), "1/10") for p in (pairs, shuffled))
    assert predict(one).test_error == pytest.approx(predict(other).test_error, rel=1e-14)
    a, b = predict(one, 30), predict(other, 30)
    assert abs(a.test_error - b.test_error) <= a.radius + b.radius


@settings(max_examples=40, deadline=None)
@given(directions, chains, st.integers(1, 12), rational(-3, 1), rational(-9, 9), rational(-9, 9))
def test_scalings(pairs: Pairs, chain, samples: int, ridge: Fraction, c: Fraction, a: Fraction) -> None:
    """(S, lambda, w0) -> (c^2 S, c^2 lambda, w0/c) keeps E and multiplies kappa; (w0, sigma^2) -> (a w0, a^2 sigma^2)
    multiplies E by a^2."""
    base = scenario(pairs, chain, samples, ridge, "1/10")
    moved = Scenario(
        Spectrum("explicit", len(pairs), values=tuple(s * c * c for s, _ in pairs)),
        Target("coefficients", values=tuple(a * w / c for _, w in pairs)),
        tuple(replace(g, ridge=g.ridge * c * c, noise=g.noise * a * a) for g in base.generators),
        Downstream(base.downstream.samples, ridge * c * c, base.downstream.noise * a * a),
    )
    one, other = predict(base), predict(moved)
    assert other.test_error == pytest.approx(float(a * a) * one.test_error, rel=1e-12)
    assert other.kappa == pytest.approx([float(c * c) * k for k in one.kappa], rel=1e-13)


@settings(max_examples=15, deadline=None)
@given(directions, chains, st.integers(1, 12), rational(-3, 3), st.randoms())
def test_the_optimum_scales_and_permutes(pairs: Pairs, chain, samples: int, c: Fraction, random) -> None:
    """lambda* of (c^2 S, c^2 lambda_m, w0/c), in another order, is c^2 lambda*, and E* the same."""
    base = scenario(pairs, chain, samples, Fraction(1), "1/10")
    shuffled = list(pairs)
    random.shuffle(shuffled)
    moved = replace(
        scenario([(s * c * c, w / c) for s, w in shuffled], chain, samples, Fraction(1), "1/10"),
        generators=tuple(replace(g, ridge=g.ridge * c * c) for g in base.generators),
    )
    one, other = minimise_ridge(base), minimise_ridge(moved)
    assert other.test_error == pytest.approx(one.test_error, rel=1e-11)
    assert other.ridge == pytest.approx(float(c * c) * one.ridge, rel=1e-5)  # two minima may tie, E is flat there


@pytest.mark.parametrize(("spectrum", "target"), [("power-law", "source"), ("isotropic", "isotropic")])
def test_scans_equal_single_predictions(spectrum: str, target: str) -> None:
    """`predict_all` compresses the spectrum: scans over lambda, T and n, T on both sides of d and next to it, and long
    ridge chains, whose functions D^2n are the least smooth."""
    d = 6000
    where = Spectrum(spectrum, d, beta=Fraction(3, 2) if spectrum == "power-law" else None)
    what = Target(target, **({"r": Fraction(1, 2)} if target == "source" else {"norm2": Fraction(1)}))
    ridge, noise = Fraction(1, 10**4), Fraction(1, 10)
    cases = [(), *((Generator(t, ridge, noise, repeat=n),) for t, n in ((300, 1), (300, 40), (9000, 3)))]
    scenarios = [
        Scenario(where, what, generators, Downstream(samples, lam, noise))
        for generators in cases
        for samples in (100, 5999, 6001, 30000)
        for lam in (Fraction(0), Fraction(1, 10**9), Fraction(1))
    ]
    for found, each in zip(predict_all(scenarios), scenarios, strict=True):
        alone = predict(each)
        for field in ("test_error", "noise_free", "downstream_noise", "noise_by_generation", "kappa"):
            assert getattr(found, field) == pytest.approx(getattr(alone, field), rel=1e-13), (field, each)
    assert math.isfinite(alone.test_error)
    assert predict_all([]) == []
