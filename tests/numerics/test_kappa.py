"""kappa (docs/theory.md#E1): its bounds, monotonicity and symmetries, against a bisection without shared code."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ridgeproof.errors import DomainError
from ridgeproof.numerics.predictions.kappa import kappa, kappa_grid, kappa_mp

exponents = st.floats(-40, 0)
spectra = st.lists(exponents, min_size=1, max_size=12).map(lambda e: [10.0**x for x in e])
ridges = st.one_of(st.just(0.0), st.floats(-300, 300).map(lambda x: 10.0**x))
samples_counts = st.integers(1, 30)


def bisection(eigenvalues: list[float], samples: int, ridge: float, digits: int = 60) -> mpmath.mpf:
    """The root of lambda/k + df_1(k)/T = 1 by halving log k between the bounds of E1.

    At T = d and lambda = 1e-300, 1 - df_1/T is 1e-150: 400 guard digits.
    """
    with mpmath.workdps(400 + digits):
        s, lam = [mpmath.mpf(x) for x in eigenvalues], mpmath.mpf(ridge)
        if ridge == 0 and samples >= len(s):
            return mpmath.mpf(0)
        high = mpmath.log(lam + mpmath.fsum(s) / samples)
        low = mpmath.log(lam) if ridge else high - 400
        while high - low > mpmath.mpf(10) ** -digits:
            middle = (low + high) / 2
            k = mpmath.exp(middle)
            excess = lam / k + mpmath.fsum(x / (x + k) for x in s) / samples - 1
            low, high = (middle, high) if excess > 0 else (low, middle)
        return mpmath.exp(high)


@settings(max_examples=60, deadline=None)
@given(spectra, samples_counts, ridges)
@example([1.0] * 10 + [1e-40] * 30, 10, 0.0)  # T at a gap of forty decades: T - df_1 cancels there
@example([1.0] * 10 + [1e-40] * 30, 39, 0.0)
@example([1.0] * 5, 5, 1e-300)  # T = d: kappa ~ sqrt(lambda)
@example([1.0] * 5, 6, 1e-300)
@example([1.0, 1e-40], 1, 1e300)
def test_double_precision_matches_bisection(eigenvalues: list[float], samples: int, ridge: float) -> None:
    """Uniqueness of E1 and the promise of machine precision."""
    truth = bisection(eigenvalues, samples, ridge, 20)
    ours = kappa(np.array(eigenvalues), samples, ridge)
    assert ours == 0 if truth == 0 else abs(ours / truth - 1) < 2e-15


@settings(max_examples=15, deadline=None)
@given(spectra, samples_counts, ridges)
@example([1.0] * 10 + [1e-40] * 30, 10, 0.0)
@example([1.0] * 5, 5, 1e-300)
def test_many_digits_match_bisection(eigenvalues: list[float], samples: int, ridge: float) -> None:
    truth = bisection(eigenvalues, samples, ridge, 60)
    with mpmath.workdps(50):
        ours = kappa_mp([mpmath.mpf(x) for x in eigenvalues], samples, mpmath.mpf(ridge))
    assert ours == 0 if truth == 0 else abs(ours / truth - 1) < mpmath.mpf(10) ** -49


def test_thousand_digits_against_the_isotropic_closed_form() -> None:
    """S = I: kappa^2 + (1 - lambda - d/T) kappa = lambda, from the definition with df_1 = d/(1 + kappa)."""
    d, samples = 7, 5
    with mpmath.workdps(1000):
        lam = mpmath.mpf(10) ** -300
        b = 1 - lam - mpmath.mpf(d) / samples
        closed = (-b + mpmath.sqrt(b * b + 4 * lam)) / 2
        assert abs(kappa_mp([mpmath.mpf(1)] * d, samples, lam) / closed - 1) < mpmath.mpf(10) ** -998


@settings(deadline=None)
@given(spectra, samples_counts, ridges)
def test_bounds_of_e1(eigenvalues: list[float], samples: int, ridge: float) -> None:
    """lambda <= kappa <= lambda + tr(S)/T."""
    k = kappa(np.array(eigenvalues), samples, ridge)
    assert ridge * (1 - 1e-15) <= k <= (ridge + sum(eigenvalues) / samples) * (1 + 1e-15)


@settings(deadline=None)
@given(spectra, samples_counts, ridges, st.floats(1, 10))
def test_monotone_in_lambda_and_in_samples(eigenvalues: list[float], samples: int, ridge: float, factor: float) -> None:
    """E1: kappa increases with lambda and decreases with T."""
    s = np.array(eigenvalues)
    k = kappa(s, samples, ridge)
    assert kappa(s, samples, min(ridge * factor, 1e300)) >= k * (1 - 1e-15)
    assert kappa(s, samples + 1, ridge) <= k * (1 + 1e-15)


@settings(deadline=None)
@given(
    spectra,
    samples_counts,
    st.floats(-30, 30).map(lambda x: 10.0**x),
    st.floats(-20, 20).map(lambda x: 10.0**x),
    st.randoms(),
)
def test_scaling_and_permutation(eigenvalues: list[float], samples: int, ridge: float, c: float, random) -> None:
    """kappa(c S, T, c lambda) = c kappa(S, T, lambda), and the order of the eigenvalues does not matter."""
    k = kappa(np.array(eigenvalues), samples, ridge)
    assert kappa(c * np.array(eigenvalues), samples, c * ridge) == pytest.approx(c * k, rel=4e-15)
    shuffled = list(eigenvalues)
    random.shuffle(shuffled)
    assert kappa(np.array(shuffled), samples, ridge) == k


def test_limits() -> None:
    """0 at lambda = 0, T >= d; lambda as T grows; lambda + tr(S)/T as lambda grows; a quadratic at d = 1."""
    s = np.arange(1.0, 51) ** -1.5
    assert kappa(s, 50, 0.0) == kappa(s, 51, 0.0) == 0.0
    assert kappa(s, 10**15, 0.3) == pytest.approx(0.3, rel=1e-13)
    assert kappa(s, 40, 1e6) - 1e6 == pytest.approx(s.sum() / 40, rel=1e-4)
    lam, samples = 0.2, 3  # k - lam = k s/((s + k) T) with s = 2
    root = (-(2 - lam - 2 / samples) + math.sqrt((2 - lam - 2 / samples) ** 2 + 4 * 2 * lam)) / 2
    assert kappa(np.array([2.0]), samples, lam) == pytest.approx(root, rel=1e-15)


@pytest.mark.parametrize("samples", [20_000, 30_000, 31_000])
def test_grid_equals_single_solutions(samples: int) -> None:
    """The compressed spectrum of `kappa_grid` moves kappa by less than 1e-14, on both sides of T = d."""
    s = np.arange(1, 30_001.0) ** -1.7
    ridges = np.logspace(-14, 2, 15)
    if samples < 30_000:
        ridges[0] = 0.0
    single = [kappa(s, samples, ridge) for ridge in ridges]
    assert kappa_grid(s, samples, ridges) == pytest.approx(single, rel=1e-14, abs=0)


@pytest.mark.parametrize(
    ("eigenvalues", "samples", "ridge"),
    [
        ([], 3, 0.1),
        ([1.0, 0.0], 3, 0.1),
        ([1.0, -1.0], 3, 0.1),
        ([1.0, math.nan], 3, 0.1),
        ([math.inf], 3, 0.1),
        ([1.0], 0, 0.1),
        ([1.0], 3, -0.1),
        ([1.0], 3, math.nan),
        ([1.0], 3, math.inf),
    ],
)
def test_outside_the_domain(eigenvalues: list[float], samples: int, ridge: float) -> None:
    with pytest.raises(DomainError):
        kappa(np.array(eigenvalues), samples, ridge)
