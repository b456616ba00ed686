"""The direct minimisation over the downstream ridge: against closed forms, references and brute force."""

import math
from dataclasses import replace
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ridgeproof.errors import DomainError
from ridgeproof.numerics.predictions.equivalents import predict
from ridgeproof.numerics.predictions.optimum import minimise_ridge, with_exact_moments
from ridgeproof.numerics.problem.scenario import Downstream, Generator, Scenario, Target
from ridgeproof.numerics.problem.spectrum import Spectrum


def at(scenario: Scenario, ridge: Fraction) -> Scenario:
    return replace(scenario, downstream=replace(scenario.downstream, ridge=ridge))


def error_at(scenario: Scenario, ridge: float) -> float:
    return predict(at(scenario, Fraction(ridge))).test_error


def p6(d: int, samples: int, t0: int, beta: str, r: str, noise: str, noise0: Fraction) -> Scenario:
    spectrum = Spectrum("power-law", d, beta=Fraction(beta))
    generators = (Generator(t0, Fraction(0), noise0, repeat=20),)
    return Scenario(
        spectrum, Target("source", r=Fraction(r)), generators, Downstream(samples, Fraction(1), Fraction(noise))
    )


# docs/theory.md#P6: d, T, T0, beta, r, sigma^2, sigma_0^2, "lambda* full", "E* full"; and what E4 to the letter gives
P6 = [
    (
        (20000, 20000, 40000, "3/2", "1/2", "1/10", Fraction(1, 10)),
        ("0.0053555", "0.0088525"),
        ("0.0053553", "0.0088522"),
    ),
    (
        (100000, 100000, 400000, "3/2", "1/2", "1/10", Fraction(1, 10)),
        ("0.0010867", "0.0018093"),
        ("0.0010867", "0.0018093"),
    ),
    ((20000, 100000, 40000, "2", "3/10", "1/10", Fraction(1, 2)), ("0.0011679", "0.024995"), ("0.0011678", "0.024994")),
]


@pytest.mark.parametrize(("row", "printed", "letter"), P6)
def test_p6_full_columns(row: tuple, printed: tuple[str, str], letter: tuple[str, str]) -> None:
    """P6's printed digits have the exact Wishart factor 1/(T0 - d - 1) (F3) in the generators; E4's is 1/(T0 - d)."""
    scenario = p6(*row)
    exact = minimise_ridge(scenario, generator_moments="exact")
    assert (f"{exact.ridge:.5g}", f"{exact.test_error:.5g}") == printed
    found = minimise_ridge(scenario)
    assert (f"{found.ridge:.5g}", f"{found.test_error:.5g}") == letter


def test_exact_moments_are_those_of_the_exact_law() -> None:
    """F4: least squares everywhere, the generators' share of the error is sum_m sigma_m^2 d/(T_m - d - 1)."""
    spectrum, target = Spectrum("power-law", 6, beta=Fraction(2)), Target("source", r=Fraction(1, 2))
    generators = (Generator(8, Fraction(0), Fraction(1, 3), repeat=2), Generator(11, Fraction(0), Fraction(1, 5)))
    scenario = Scenario(spectrum, target, generators, Downstream(20, Fraction(0), Fraction(0)))
    share = predict(with_exact_moments(scenario)).test_error
    assert share == pytest.approx(2 * (1 / 3) * 6 / (8 - 6 - 1) + (1 / 5) * 6 / (11 - 6 - 1), rel=1e-14)
    infinite = replace(scenario, generators=(Generator(7, Fraction(0), Fraction(1)),))
    with pytest.raises(DomainError, match=r"generators\.0.*infinite"):
        minimise_ridge(infinite, generator_moments="exact")
    ridged = replace(
        scenario, generators=(Generator(7, Fraction(1), Fraction(1)), Generator(4, Fraction(0), Fraction(1)))
    )
    assert with_exact_moments(ridged) == ridged  # ridge and min-norm generators have no exact moment here


@pytest.mark.parametrize(("d", "samples"), [(200, 300), (300, 200), (200, 200)])
def test_isotropic_clean_optimum_is_phi_sigma2_over_norm2(d: int, samples: int) -> None:
    """E7: lambda* = phi sigma^2/|w0|^2."""
    scenario = Scenario(
        Spectrum("isotropic", d),
        Target("isotropic", norm2=Fraction(2)),
        (),
        Downstream(samples, Fraction(1), Fraction(1, 10)),
    )
    expected = Fraction(d, samples) / 10 / 2
    assert minimise_ridge(scenario).ridge == pytest.approx(float(expected), rel=1e-11)
    with mpmath.workdps(70):
        precise = minimise_ridge(scenario, 60)
        assert abs(precise.ridge * expected.denominator / expected.numerator - 1) < mpmath.mpf(10) ** -60


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.floats(-8, 0), min_size=2, max_size=8),
    st.lists(
        st.tuples(st.integers(1, 20), st.sampled_from(["0", "1/1000", "1/3"]), st.sampled_from(["0", "1/100", "2"])),
        max_size=3,
    ),
    st.integers(1, 20),
    st.sampled_from(["1/1000", "1/10", "5"]),
)
def test_nothing_on_a_fine_grid_is_better(logs: list[float], steps: list, samples: int, noise: str) -> None:
    """Global optimality, lambda = 0 included, against brute force through `predict`."""
    d = len(logs)
    values = tuple(Fraction(repr(10.0**x)) for x in logs)
    target = Target("coefficients", values=tuple(Fraction(1 + i, d) for i in range(d)))
    generators = tuple(Generator(t + (t == d and ridge == "0"), Fraction(ridge), Fraction(v)) for t, ridge, v in steps)
    scenario = Scenario(
        Spectrum("explicit", d, values=values), target, generators, Downstream(samples, Fraction(1), Fraction(noise))
    )
    best = minimise_ridge(scenario)
    grid = [float(x) for x in np.logspace(-12, 4, 200)] + ([0.0] if samples != d else [])
    brute = min(error_at(scenario, x) for x in grid)
    assert best.test_error <= brute * (1 + 1e-12)
    assert best.test_error == pytest.approx(error_at(scenario, best.ridge), rel=1e-11)


def two_scales(generations: int) -> Scenario:
    """5 eigenvalues 1 with coefficient 1, and 100 eigenvalues 1e-4 with coefficient 30: two local minima."""
    spectrum = Spectrum("explicit", 105, values=(Fraction(1),) * 5 + (Fraction(1, 10**4),) * 100)
    target = Target("coefficients", values=(Fraction(1),) * 5 + (Fraction(30),) * 100)
    return Scenario(
        spectrum,
        target,
        (Generator(60, Fraction(0), Fraction(1)),) * generations,
        Downstream(60, Fraction(1), Fraction(3)),
    )


@pytest.mark.parametrize("generations", [0, 3])
def test_the_better_of_two_local_minima_is_found(generations: int) -> None:
    """Clean data wants the small ridge, fake data the large one; a local search would miss one of them."""
    scenario = two_scales(generations)
    ridges = np.logspace(-7, 2, 400)
    errors = np.array([error_at(scenario, float(x)) for x in ridges])
    minima = np.flatnonzero((errors[1:-1] < errors[:-2]) & (errors[1:-1] < errors[2:])) + 1
    assert len(minima) == 2
    best = minimise_ridge(scenario)
    nearest = ridges[minima[np.argmin(errors[minima])]]
    assert best.ridge == pytest.approx(nearest, rel=0.06)  # the grid's spacing is 5 %
    assert best.test_error <= errors.min()
    assert (best.ridge < 1e-3) == (generations == 0)


def test_many_digits_are_a_minimum_at_many_digits() -> None:
    """E at lambda* (1 +- 1e-15) is larger by a relative 1e-30 or so: seen with 60 digits only."""
    scenario = two_scales(3)
    best = minimise_ridge(scenario, 40)
    double = minimise_ridge(scenario)
    assert float(best.ridge) == pytest.approx(double.ridge, rel=1e-11)
    with mpmath.workdps(60):
        around = [best.ridge * (1 + sign * mpmath.mpf(10) ** -15) for sign in (-1, 0, 1)]
        low, middle, high = (predict(at(scenario, Fraction(int(x * 10**70), 10**70)), 60).test_error for x in around)
    assert middle < low and middle < high


def test_noiseless_clean_data_want_no_ridge() -> None:
    """Without noise the bias alone remains, and it increases with kappa (E2)."""
    for samples, error in ((100, None), (300, 0.0)):
        spectrum = Spectrum("power-law", 200, beta=Fraction(3, 2))
        scenario = Scenario(
            spectrum, Target("source", r=Fraction(1, 2)), (), Downstream(samples, Fraction(1), Fraction(0))
        )
        best = minimise_ridge(scenario)
        assert best.at_boundary and best.ridge == 0
        assert best.test_error == (predict(at(scenario, Fraction(0))).test_error if error is None else error)
        assert minimise_ridge(scenario, 20).ridge == 0


def test_tiny_noise_still_has_an_interior_optimum() -> None:
    """sigma^2 = 1e-30, isotropic, T > d: lambda* = phi sigma^2/|w0|^2 (E7): not the boundary."""
    scenario = Scenario(
        Spectrum("isotropic", 100),
        Target("isotropic", norm2=Fraction(1)),
        (),
        Downstream(200, Fraction(1), Fraction(1, 10**30)),
    )
    best = minimise_ridge(scenario)
    assert not best.at_boundary
    assert best.ridge == pytest.approx(0.5e-30, rel=1e-9)


def test_cases_without_a_minimiser_say_so() -> None:
    """T = d without noise: ridge 0 recovers the target exactly; a zero target wants an infinite ridge."""
    spectrum = Spectrum("power-law", 50, beta=Fraction(2))
    exact = Scenario(spectrum, Target("source", r=Fraction(1)), (), Downstream(50, Fraction(1), Fraction(0)))
    for digits in (None, 20):
        least = minimise_ridge(exact, digits)
        assert least.ridge == 0 and least.test_error == 0 and least.at_boundary
    nothing = Scenario(
        Spectrum("isotropic", 5), Target("isotropic", norm2=Fraction(0)), (), Downstream(9, Fraction(1), Fraction(1))
    )
    best = minimise_ridge(nothing)
    assert best.ridge == math.inf and best.test_error == 0 and best.at_boundary
    with pytest.raises(DomainError, match="target"):
        minimise_ridge(nothing, 20)


def test_infinite_dimension() -> None:
    """dim = inf: the minimum is below its neighbours, and agrees between doubles and digits."""
    spectrum = Spectrum("power-law", math.inf, beta=Fraction(3, 2))
    scenario = Scenario(
        spectrum, Target("source", r=Fraction(1, 2)), (Generator(300, Fraction(0), Fraction(1, 10), repeat=3),),
        Downstream(500, Fraction(1), Fraction(1, 10)),
    )  # fmt: skip
    best = minimise_ridge(scenario)
    assert best.test_error < min(error_at(scenario, best.ridge * factor) for factor in (0.999, 1.001))
    assert float(minimise_ridge(scenario, 15).ridge) == pytest.approx(best.ridge, rel=1e-11)
