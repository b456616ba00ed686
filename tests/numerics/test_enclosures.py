"""The digits mode in balls: radii that hold, hard cases, and power laws of any length (python-flint)."""

import math
from fractions import Fraction

import mpmath
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

flint = pytest.importorskip("flint")

from ridgeproof.errors import DomainError  # noqa: E402
from ridgeproof.numerics.predictions import ball_sums  # noqa: E402
from ridgeproof.numerics.predictions.ball_sums import ball_measure, power_sum  # noqa: E402
from ridgeproof.numerics.predictions.enclosures import kappa_balls  # noqa: E402
from ridgeproof.numerics.predictions.equivalents import _numbers, _predict, predict  # noqa: E402
from ridgeproof.numerics.predictions.modes import mp_modes  # noqa: E402
from ridgeproof.numerics.predictions.optimum import minimise_ridge  # noqa: E402
from ridgeproof.numerics.problem.scenario import Downstream, Generator, Scenario, Target  # noqa: E402
from ridgeproof.numerics.problem.spectrum import Spectrum  # noqa: E402
from ridgeproof.numerics.problem.steps import steps  # noqa: E402
from ridgeproof.numerics.sums.balls import ball, precision, relative_accuracy  # noqa: E402
from ridgeproof.numerics.sums.digits import to_digits  # noqa: E402

Fit = tuple[int, str, str]


def chain(spectrum: Spectrum, target: Target, *fits: Fit) -> Scenario:
    *generators, last = [(samples, Fraction(ridge), Fraction(noise)) for samples, ridge, noise in fits]
    return Scenario(spectrum, target, tuple(Generator(*g) for g in generators), Downstream(*last))


def power_law(dim: float, beta: str, r: str, *fits: Fit) -> Scenario:
    return chain(Spectrum("power-law", dim, beta=Fraction(beta)), Target("source", r=Fraction(r)), *fits)


def in_mpmath(scenario: Scenario, digits: int):
    """The mpmath chain, which shares neither arithmetic nor quadrature with the balls."""
    return to_digits(lambda: _predict(scenario, mp_modes(scenario)), digits, _numbers)


def rounded(number: mpmath.mpf, digits: int) -> mpmath.mpf:
    """What is printed."""
    return mpmath.mpf(mpmath.nstr(number, digits, min_fixed=1, max_fixed=0))


def assert_within_radius(scenario: Scenario, digits: int) -> None:
    """Every figure as printed is within the radius of mpmath's, and has its digits."""
    found, truth = predict(scenario, digits), in_mpmath(scenario, digits + 20)
    with mpmath.workdps(digits + 60):
        for ours, theirs in zip(_numbers(found), _numbers(truth), strict=True):
            assert abs(rounded(ours, digits) - theirs) <= found.radius
            assert abs(ours - theirs) <= abs(theirs) * mpmath.mpf(10) ** (-digits - 2)
        if any(_numbers(truth)):
            assert found.radius <= max(map(abs, _numbers(truth))) * mpmath.mpf(10) ** (1 - digits)


GAP = [Fraction(1)] * 4 + [Fraction(1, 10**40)] * 5
fits = st.tuples(
    st.integers(1, 12),
    st.sampled_from(["0", "1e-300", "1e-9", "1/3", "1e6", "1e300"]),
    st.sampled_from(["0", "1/10", "1e-50"]),
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(-40, 0).map(lambda e: Fraction(repr(10.0**e))), min_size=1, max_size=7),
    st.lists(fits, min_size=1, max_size=4),
    st.integers(1, 60),
)
@example(GAP, [(4, "0", "1"), (4, "1e-300", "1"), (8, "0", "1/10"), (10, "0", "1")], 30)  # T at a gap of forty decades
@example(GAP, [(9, "1e-300", "1"), (9, "1e300", "1")], 50)  # T = d: kappa ~ sqrt(lambda)
@example(GAP, [(9, "1e-5000", "1")], 20)
def test_radius_holds_and_digits_are_right(values: list[Fraction], steps_: list[Fit], digits: int) -> None:
    d = len(values)
    steps_ = [(t + (t == d and ridge == "0"), ridge, noise) for t, ridge, noise in steps_]
    target = Target("coefficients", values=tuple(Fraction(i - 1, 3) for i in range(d)))
    assert_within_radius(chain(Spectrum("explicit", d, values=tuple(values)), target, *steps_), digits)


@pytest.mark.parametrize(
    ("beta", "r"),
    # r = 1/2 and 1 are poles of P1's Gamma factors, 1 its logarithm; 12 decimals stand for an irrational exponent
    [("3/2", "1/2"), ("3/2", "1"), ("2", "3/2"), ("4", "2"), ("1.414213562373", "0.707106781187"), ("21/20", "1/50")],
)
def test_infinite_dimension_against_mpmath(beta: str, r: str) -> None:
    """Euler-Maclaurin and Gauss-Legendre here; listed terms and matched Hurwitz zeta moments there."""
    assert_within_radius(power_law(math.inf, beta, r, (60, "0", ".1"), (80, "1/1000", ".1"), (50, "1/50", ".1")), 20)


@pytest.mark.parametrize("samples", [700, 2999, 3001, 50_000])
@pytest.mark.parametrize("ridge", ["0", "1e-30", "1/100"])
def test_long_finite_power_law_equals_its_list(samples: int, ridge: str, monkeypatch) -> None:
    """d = 3000: Euler-Maclaurin with both ends against the terms summed one by one, both in balls."""
    scenario = power_law(3000, "3/2", "1", (samples, ridge, "1/10"), (400, "1/1000", "1/10"))
    short = predict(scenario, 30)
    monkeypatch.setattr(ball_sums, "_euler_maclaurin_size", lambda beta, decay: (3000, 0.5))  # more than d: listed
    listed = predict(scenario, 30)
    for a, b in zip(_numbers(short), _numbers(listed), strict=True):
        assert abs(a - b) <= 2 * mpmath.mpf(10) ** -30 * abs(b)


@pytest.mark.parametrize("target", [Target("isotropic", norm2=Fraction(2)), Target("power", exponent=Fraction(-1, 3))])
def test_other_targets_on_a_long_power_law(target: Target, monkeypatch) -> None:
    """w0 constant, and growing with j (a negative exponent), at d = 3000."""
    scenario = chain(Spectrum("power-law", 3000, beta=Fraction(2)), target, (4000, "0", "1"), (500, "1e-6", "1"))
    short = predict(scenario, 25)
    monkeypatch.setattr(ball_sums, "_euler_maclaurin_size", lambda beta, decay: (3000, 0.5))
    listed = predict(scenario, 25)
    assert abs(short.test_error / listed.test_error - 1) < mpmath.mpf(10) ** -25


@pytest.mark.parametrize("dim", [3000, 10**7, math.inf])
@pytest.mark.parametrize("fault", ["coarse Euler-Maclaurin", "coarse Gauss-Legendre", "short tail"])
def test_quadrature_errors_are_inside_the_balls(dim: float, fault: str, monkeypatch) -> None:
    """Each rule made far too coarse: its error shows, and the error bound covers it."""
    scenario = power_law(dim, "3/2", "1/2", (10**4, "1/1000", "1/10"))
    pair = (10**4, Fraction(1, 1000))
    kappas = kappa_balls(scenario, steps(scenario), 300)
    assert kappas is not None
    floor = ball(Fraction(1, 1000)) if dim != 3000 else ball(Fraction(1, 10**9))

    def sums() -> list:
        with precision(300):
            measure = ball_measure(scenario, floor)
            shrink, loss = measure.shrink_and_loss(kappas[pair])
            return [measure.integral(shrink * loss, "trace"), measure.integral(loss * loss, "signal")]

    right = sums()
    if fault == "coarse Euler-Maclaurin":
        size = ball_sums._euler_maclaurin_size(Fraction(3, 2), Fraction(5, 2))
        monkeypatch.setattr(ball_sums, "_euler_maclaurin_size", lambda beta, decay: (12, size[1]))
    elif fault == "coarse Gauss-Legendre":
        monkeypatch.setattr(ball_sums, "_legendre_size", lambda gain: 7)
    else:
        monkeypatch.setattr(ball_sums, "_tail_size", lambda: 6)
    rough = sums()
    with precision(300):
        for a, b in zip(rough, right, strict=True):
            assert a.overlaps(b)
        if not (fault == "short tail" and dim == 3000):  # no tail below the smallest kappa there
            assert any(abs(a.mid() - b.mid()) > b.rad() for a, b in zip(rough, right, strict=True))


@pytest.mark.parametrize("exponent", ["-3", "-1/2", "0", "1/2", "1", "3/2", "4"])
def test_power_sums(exponent: str) -> None:
    """sum_{j<=d} j^-e by zeta and digamma against the list."""
    with precision(200):
        listed = sum((flint.arb(j) ** -ball(Fraction(exponent)) for j in range(1, 2001)), flint.arb(0))
        found = power_sum(Fraction(exponent), 2000)
        assert found.overlaps(listed) and relative_accuracy(found) < -150


def test_a_trillion_dimensions() -> None:
    """d = 1e12 and T next to d, where T - df_1 is a few in 1e12: against the double-precision nodes, and a closed form.

    lambda = 0, T = d + 1: the noise term is sigma^2 d/(T - d), exactly.
    """
    d = 10**12
    found = predict(power_law(d, "3/2", "1/2", (d + 1, "0", "1/10")), 40)
    assert abs(found.downstream_noise - 10**11) <= found.radius <= mpmath.mpf(10) ** -28
    for samples, ridge in ((d - 1, "0"), (d, "1e-300"), (d - 10**6, "0"), (10 * d, "1e-9")):
        scenario = power_law(d, "3/2", "1/2", (samples, ridge, "1/10"), (10**7, "0", "1/10"))
        fine, coarse = predict(scenario, 20), predict(scenario)
        assert coarse.test_error == pytest.approx(float(fine.test_error), rel=2e-14)
        assert coarse.kappa == pytest.approx([float(k) for k in fine.kappa], rel=2e-14)


def test_a_trillion_isotropic_dimensions() -> None:
    """F5's noise-free collapse in its equivalent, min-norm fits: E = |w0|^2 (1 - (T/d)^n); exact at any size."""
    d = 10**12
    generators = (Generator(d // 2, Fraction(0), Fraction(0), repeat=3),)
    scenario = Scenario(
        Spectrum("isotropic", d),
        Target("isotropic", norm2=Fraction(1)),
        generators,
        Downstream(d // 2, Fraction(0), Fraction(0)),
    )
    assert abs(predict(scenario, 30).test_error - mpmath.mpf(15) / 16) < mpmath.mpf(10) ** -30
    assert predict(scenario).test_error == pytest.approx(15 / 16, rel=1e-14)


@pytest.mark.parametrize(("fewer", "more"), [(200, 230), pytest.param(970, 1000, marks=pytest.mark.slow)])
def test_digits_nest(fewer: int, more: int) -> None:
    """Up to 1000 digits, computed with other orders, nodes and precision throughout; infinite dimension, r = 1."""
    scenario = power_law(math.inf, "3/2", "1", (1000, "0", "1/10"), (50, "1/100", "1/10"))
    few, many = predict(scenario, fewer), predict(scenario, more)
    with mpmath.workdps(more + 20):
        for a, b in zip(_numbers(few), _numbers(many), strict=True):
            assert abs(a - b) <= few.radius
            assert abs(a / b - 1) < mpmath.mpf(10) ** -fewer


def test_shared_designs_and_repeats() -> None:
    """E5 (one design, noises added and shared out) and repeats, between ridge and least-squares generators."""
    generators = (
        Generator(30, Fraction(0), Fraction(1, 5), repeat=3, same_design=True),
        Generator(40, Fraction(1, 9), Fraction(1, 7), repeat=2),
        Generator(90, Fraction(0), Fraction(1, 3), repeat=4),
    )
    scenario = Scenario(
        Spectrum("power-law", 60, beta=Fraction(2)),
        Target("source", r=Fraction(1)),
        generators,
        Downstream(50, Fraction(1, 100), Fraction(1)),
    )
    assert len(predict(scenario, 30).noise_by_generation) == 9
    assert_within_radius(scenario, 30)


def test_everything_zero_has_radius_zero() -> None:
    """Least squares without noise: E = 0 and kappa = 0, exactly."""
    found = predict(power_law(100, "2", "1", (200, "0", "0")), 50)
    assert found.test_error == found.kappa[0] == found.radius == 0


def test_without_python_flint_the_answer_has_no_radius(monkeypatch) -> None:
    scenario = power_law(50, "2", "1", (20, "0", "1/10"), (60, "1/100", "1/10"))
    enclosed = predict(scenario, 40)
    monkeypatch.setitem(__import__("sys").modules, "ridgeproof.numerics.predictions.enclosures", None)
    bare = predict(scenario, 40)
    assert bare.radius is None
    assert abs(bare.test_error - enclosed.test_error) <= enclosed.radius


def test_too_many_eigenvalues_without_a_law() -> None:
    """Refused before any memory is taken."""
    spectrum = Spectrum("power-law", 10**9, beta=Fraction(2))
    with pytest.raises(DomainError, match="infinite norm"):
        power_law(math.inf, "2", "0", (10, "1", "0"))
    target = Target("power", exponent=Fraction(1))
    assert predict(chain(spectrum, target, (10, "1/10", "1")), 10).test_error > 0  # a law: any length


@pytest.mark.parametrize(
    "scenario",
    [
        power_law(200, "3/2", "1/2", (400, "0", "1/10"), (150, "1/50", ".1"), (300, "1", ".1")),
        power_law(math.inf, "3/2", "1/2", (300, "0", "1/10"), (500, "1", "1/10")),
        power_law(10**12, "2", "3/10", (10**11, "0", "1/10"), (10**13, "1", "1/10")),
    ],
    ids=["listed", "infinite", "trillion"],
)
def test_optimum_in_balls_agrees_with_the_double_search(scenario: Scenario) -> None:
    fine, coarse = minimise_ridge(scenario, 40), minimise_ridge(scenario)
    assert coarse.ridge == pytest.approx(float(fine.ridge), rel=1e-11)
    assert coarse.test_error == pytest.approx(float(fine.test_error), rel=1e-12)


@pytest.mark.parametrize("exponent", [160, 4000])
def test_noise_below_double_precision_still_wants_a_ridge(exponent: int) -> None:
    """E7: lambda* = phi sigma^2/|w0|^2 for sigma^2 = 1e-160 (its square underflows) and 1e-4000 (itself underflows)."""
    scenario = chain(Spectrum("isotropic", 100), Target("isotropic", norm2=Fraction(1)), (200, "1", f"1e-{exponent}"))
    best = minimise_ridge(scenario, 30)
    assert not best.at_boundary
    with mpmath.workdps(40):
        assert abs(best.ridge * mpmath.mpf(10) ** exponent * 2 - 1) < mpmath.mpf(10) ** -30
