"""The link and the chain (docs/theory.md#E1 to #E5) against their formulas at many digits, and the reference values."""

import math
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ridgeproof.errors import DomainError
from ridgeproof.numerics.predictions.equivalents import link, predict, teacher
from ridgeproof.numerics.predictions.kappa import kappa, kappa_mp
from ridgeproof.numerics.predictions.modes import double_modes
from ridgeproof.numerics.problem.fits import Source
from ridgeproof.numerics.problem.scenario import Downstream, Generator, Scenario, Target
from ridgeproof.numerics.problem.spectrum import Spectrum
from ridgeproof.numerics.problem.steps import steps

Fit = tuple[int, str, str]
ISOTROPIC = Spectrum("isotropic", 200), Target("isotropic", norm2=Fraction(1))
POWER = Spectrum("power-law", 200, beta=Fraction(3, 2)), Target("power", exponent=Fraction(3, 10))


def chain(problem: tuple[Spectrum, Target], *fits: Fit) -> Scenario:
    *generators, last = [(samples, Fraction(ridge), Fraction(noise)) for samples, ridge, noise in fits]
    return Scenario(*problem, tuple(Generator(*g) for g in generators), Downstream(*last))


def to_the_letter(scenario: Scenario, digits: int = 80) -> mpmath.mpf:
    """E4 as it is written, m and M carried through, with the cancellations paid for in digits."""
    with mpmath.workdps(digits):
        s = scenario.spectrum.mp_eigenvalues()
        w0 = scenario.target.mp_coefficients(scenario.spectrum)
        m, second = list(w0), [w * w for w in w0]
        for fit in [*(g for g in scenario.generators for _ in range(g.repeat)), scenario.downstream]:
            lam = mpmath.mpf(fit.ridge.numerator) / fit.ridge.denominator
            noise = mpmath.mpf(fit.noise.numerator) / fit.noise.denominator
            k = kappa_mp(s, fit.samples, lam)
            df2 = mpmath.fsum(x**2 / (x + k) ** 2 for x in s)
            q = (noise + k**2 * mpmath.fsum(b * x / (x + k) ** 2 for b, x in zip(second, s, strict=True))) / (
                fit.samples - df2
            )
            shrink = [x / (x + k) for x in s]
            m = [d * a for d, a in zip(shrink, m, strict=True)]
            second = [d * b * d + q * x / (x + k) ** 2 for d, b, x in zip(shrink, second, s, strict=True)]
        return mpmath.fsum(x * (b - 2 * a * w + w * w) for x, b, a, w in zip(s, second, m, w0, strict=True))


# the reference values of the deterministic equivalent (docs/theory.md#E4)
TABLE = [
    (ISOTROPIC, [(100, "0", ".05"), (100, "0", ".05"), (300, ".05", ".1")], "0.92897"),
    (ISOTROPIC, [(120, "0", "0")] * 5, "0.92224"),
    (POWER, [(400, "0", "0"), (400, "0", ".1"), (300, ".1", ".1")], "0.14342"),
    (POWER, [(150, ".02", ".1")] * 4, "0.18112"),
]


@pytest.mark.parametrize(("problem", "fits", "printed"), TABLE)
def test_reference_table_to_all_printed_digits(problem, fits: list[Fit], printed: str) -> None:
    scenario = chain(problem, *fits)
    assert f"{predict(scenario).test_error:.5f}" == printed
    assert mpmath.nstr(predict(scenario, 30).test_error, 5) == printed


@pytest.mark.parametrize(("problem", "fits", "printed"), TABLE)
def test_error_like_recursion_equals_e4_to_the_letter(problem, fits: list[Fit], printed: str) -> None:
    scenario = chain(problem, *fits)
    truth = to_the_letter(scenario)
    assert predict(scenario).test_error == pytest.approx(float(truth), rel=1e-14)
    assert abs(predict(scenario, 40).test_error / truth - 1) < mpmath.mpf(10) ** -40


fits = st.tuples(
    st.integers(1, 14), st.sampled_from(["0", "1e-9", "1/100", "1", "1e6"]), st.sampled_from(["0", "1/10", "3"])
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(-12, 0).map(lambda e: Fraction(repr(10.0**e))), min_size=1, max_size=7),
    st.lists(fits, min_size=1, max_size=4),
    st.data(),
)
def test_random_chains_equal_e4_to_the_letter(values: list[Fraction], steps: list[Fit], data) -> None:
    """Any spectrum, target, regime and order of the links; T = d at ridge 0 excepted."""
    d = len(values)
    steps = [(t + 1 if t == d and ridge == "0" else t, ridge, noise) for t, ridge, noise in steps]
    target = Target(
        "coefficients", values=tuple(data.draw(st.lists(st.integers(-3, 3).map(Fraction), min_size=d, max_size=d)))
    )
    scenario = chain((Spectrum("explicit", d, values=tuple(values)), target), *steps)
    prediction, truth = predict(scenario), to_the_letter(scenario, 200)
    assert prediction.test_error == pytest.approx(float(truth), rel=1e-12, abs=0)
    parts = prediction.noise_free + prediction.downstream_noise + sum(prediction.noise_by_generation)
    assert parts == pytest.approx(prediction.test_error, rel=1e-14)


def test_link_is_e4() -> None:
    """One link from arbitrary moments, the trace in q evaluated directly."""
    rng = np.random.default_rng(7)
    s, mean, second = rng.uniform(0.1, 1, 9), rng.normal(size=9), rng.uniform(1, 2, 9)
    k = kappa(s, 5, 0.2)
    shrink, pull = s / (s + k), s / (s + k) ** 2
    q = (0.3 + k**2 * np.sum(second * pull)) / (5 - np.sum(shrink**2))
    new_mean, new_second = link(mean, second, s, 5, 0.2, 0.3)
    assert new_mean == pytest.approx(shrink * mean, rel=1e-14)
    assert new_second == pytest.approx(shrink**2 * second + q * pull, rel=1e-13)


def test_link_of_least_squares_adds_the_inverse_spectrum() -> None:
    """E4 at kappa = 0: m' = m, M' = M + sigma^2/(T - d) S^-1."""
    s, mean, second = np.array([1.0, 0.5, 0.01]), np.array([1.0, -2.0, 3.0]), np.array([2.0, 5.0, 10.0])
    new_mean, new_second = link(mean, second, s, 8, 0.0, 0.3)
    assert new_mean == pytest.approx(mean, rel=1e-15)
    assert new_second == pytest.approx(second + 0.3 / 5 / s, rel=1e-15)
    with pytest.raises(DomainError):
        link(mean, second, s, 3, 0.0, 0.3)


def test_noise_split_is_linear_and_names_the_right_generation() -> None:
    """F2's structure: switching one noise off removes exactly its own part and leaves the others."""
    steps = [(150, ".02", ".1"), (300, "0", ".2"), (120, "0", ".3"), (250, ".01", ".4")]
    whole = predict(chain(POWER, *steps))
    for i in range(4):
        silent = [(t, ridge, "0" if j == i else noise) for j, (t, ridge, noise) in enumerate(steps)]
        part = [*whole.noise_by_generation, whole.downstream_noise][i]
        assert whole.test_error - predict(chain(POWER, *silent)).test_error == pytest.approx(part, rel=1e-12)
    quiet = predict(chain(POWER, *[(t, ridge, "0") for t, ridge, _ in steps]))
    assert whole.noise_free == quiet.test_error == quiet.noise_free


def test_repeats_are_expanded() -> None:
    repeated = Scenario(
        *POWER,
        (Generator(150, Fraction(1, 50), Fraction(1, 10), repeat=3),),
        Downstream(150, Fraction(1, 50), Fraction(1, 10)),
    )
    assert predict(repeated) == predict(chain(POWER, *[(150, ".02", ".1")] * 4))


@pytest.mark.parametrize("samples", [120, 300])
def test_same_design_is_one_link_with_the_noises_added(samples: int) -> None:
    """E5: X_m = X_0 gives one link with sigma^2 -> n sigma_0^2, shared equally between the n generations."""
    after = Downstream(250, Fraction(1, 100), Fraction(1, 10))
    shared = predict(
        Scenario(*POWER, (Generator(samples, Fraction(0), Fraction(1, 5), repeat=4, same_design=True),), after)
    )
    one = predict(Scenario(*POWER, (Generator(samples, Fraction(0), Fraction(4, 5)),), after))
    assert shared.test_error == pytest.approx(one.test_error, rel=1e-15)
    assert shared.noise_by_generation == pytest.approx([one.noise_by_generation[0] / 4] * 4, rel=1e-15)
    assert len(shared.kappa) == 5


def test_same_design_with_ridge_is_shared_rows_and_no_link() -> None:
    """The short form and named rows are one scenario, and it is not the chain of fresh designs."""
    scenario = Scenario(
        *POWER,
        (Generator(120, Fraction(1, 9), Fraction(1), repeat=2, same_design=True),),
        Downstream(250, Fraction(1), Fraction(0)),
    )
    rows = Source(120, "previous", Fraction(1), rows="A")
    named = replace(scenario, generators=(Generator(ridge=Fraction(1, 9), repeat=2, sources=(rows,)),))
    fresh = replace(scenario, generators=(replace(scenario.generators[0], same_design=False),))
    found = predict(scenario).test_error
    assert found == pytest.approx(predict(named).test_error, rel=1e-14)
    assert abs(found / predict(fresh).test_error - 1) > 1e-3
    with pytest.raises(DomainError, match=r"generators\.0"):
        steps(scenario)


def test_backward_split_agrees_with_the_forward_recursion() -> None:
    """The adjoint split and the forward moments are two computations of one number; theirs must be equal."""
    scenario = chain(POWER, (150, ".02", ".1"), (120, "0", ".3"), (10**9, "0", "0"))
    state, modes = teacher(scenario, double_modes(scenario)), double_modes(scenario)
    forward = modes.signal.integral(state.lost**2) + modes.trace.integral(state.covariance)
    assert predict(scenario).test_error == pytest.approx(
        forward, rel=1e-7
    )  # a downstream fit on 1e9 rows copies its teacher


def test_no_loss_of_digits_next_to_samples_equal_dim() -> None:
    """T = d and ridge 1e-300, where T - df_2 ~ sqrt(lambda): doubles keep their digits, as 200 digits show."""
    for ridge in ("1e-20", "1e-150", "1e-300"):
        scenario = chain(POWER, (200, ridge, "1/10"), (199, "0", "1/10"), (201, "0", "0"))
        assert predict(scenario).test_error == pytest.approx(float(predict(scenario, 200).test_error), rel=1e-13)
    huge = chain(POWER, (200, "1e300", "1/10"), (300, "1e300", "1"))
    assert predict(huge).test_error == pytest.approx(
        sum(j ** -(1.5 + 0.6) for j in range(1, 201)), rel=1e-13
    )  # nothing learnt: |w0|_S^2


def test_digits_nest() -> None:
    """Asking for more digits changes none of those already given."""
    scenario = chain(POWER, (150, "0", ".1"), (300, ".05", ".1"))
    few, many = predict(scenario, 25), predict(scenario, 250)
    assert abs(few.test_error / many.test_error - 1) < mpmath.mpf(10) ** -25
    assert all(abs(a / b - 1) < mpmath.mpf(10) ** -25 for a, b in zip(few.kappa, many.kappa, strict=True))
    for digits in (0, 1001):
        with pytest.raises(DomainError, match="digits"):
            predict(scenario, digits)


def test_ridges_below_double_precision_need_digits() -> None:
    """1e-400 is no double: refused there, and not taken for 0 at many digits (at T = d the error is then infinite)."""
    scenario = chain(POWER, (200, "1e-400", "1"))
    with pytest.raises(DomainError, match="digits"):
        predict(scenario)
    # downstream noise sigma^2 df_2/(T - df_2) with T - df_2 ~ 2 sqrt(lambda T tr S^-1), from kappa^2 tr S^-1 = lambda T
    inverse = sum(j**1.5 for j in range(1, 201))
    expected = 200 / (2 * mpmath.sqrt(mpmath.mpf(10) ** -400 * 200 * inverse))
    assert abs(predict(scenario, 20).downstream_noise / expected - 1) < mpmath.mpf(10) ** -15


def power_law(dim: float, beta: str, r: str, *steps: Fit) -> Scenario:
    return chain((Spectrum("power-law", dim, beta=Fraction(beta)), Target("source", r=Fraction(r))), *steps)


@pytest.mark.parametrize(("beta", "r"), [("3/2", "1/2"), ("2", "1"), ("4", "2"), ("21/20", "1/50")])
def test_infinite_dimension_at_two_precisions(beta: str, r: str) -> None:
    """Beyond the listed terms the two share no nodes: Gauss-Legendre in doubles, Hurwitz zeta at many digits."""
    scenario = power_law(math.inf, beta, r, (60, "0", "1/10"), (80, "1/1000", "1/10"), (50, "1/50", "1/10"))
    assert predict(scenario).test_error == pytest.approx(float(predict(scenario, 20).test_error), rel=1e-13)


def test_large_dimensions_approach_the_infinite_one() -> None:
    """beta = 3/2: the tail beyond d enters through sum_{j>d} j^-3/2 ~ 2 d^-1/2, and vanishes like it."""
    steps: list[Fit] = [(60, "0", "1/10"), (80, "1/1000", "1/10")]
    limit = predict(power_law(math.inf, "3/2", "1/2", *steps)).test_error
    gaps = [abs(predict(power_law(d, "3/2", "1/2", *steps)).test_error - limit) for d in (10**6, 10**8, 10**10, 10**12)]
    # the next order is d^-1 relative to d^-1/2: at d = 10^6 the ratio is off by a few 1e-3, then by a few 1e-4
    assert [a / b for a, b in pairwise(gaps)] == pytest.approx([10, 10, 10], rel=0.02)
    assert gaps[1] / gaps[2] == pytest.approx(10, rel=0.002)


def test_an_isotropic_target_in_very_large_dimension() -> None:
    """w0_j = (norm2/d)^1/2 is norm2/d times the target w0_j = 1: nodes in double precision, in mpmath and in balls."""
    spectrum, fits = Spectrum("power-law", 10**12, beta=Fraction(2)), ((), Downstream(5, Fraction(0), Fraction(1, 10)))
    isotropic = predict(Scenario(spectrum, Target("isotropic", norm2=Fraction(2)), *fits))
    power = predict(Scenario(spectrum, Target("power", exponent=Fraction(0)), *fits))
    assert isotropic.noise_free == pytest.approx(2e-12 * power.noise_free, rel=1e-12)
    assert isotropic.downstream_noise == power.downstream_noise
    many = predict(Scenario(spectrum, Target("isotropic", norm2=Fraction(2)), *fits), 20)
    assert isotropic.noise_free == pytest.approx(float(many.noise_free), rel=1e-12)


def test_min_norm_power_law_constants() -> None:
    """P7 (lambda = 0): kappa ~ (A/T)^beta, noise term -> sigma^2 (beta - 1), both up to 1/T (df_1's -1/2)."""
    beta = 1.5
    amplitude = (math.pi / beta) / math.sin(math.pi / beta)
    gaps = []
    for samples in (10**4, 10**5, 10**6):
        found = predict(power_law(math.inf, "3/2", "1/2", (samples, "0", "1")))
        gaps.append((found.kappa[0] * (samples / amplitude) ** beta - 1, found.downstream_noise / (beta - 1) - 1))
    for before, after in pairwise(gaps):
        assert np.array(before) / np.array(after) == pytest.approx([10, 10], rel=0.01)
