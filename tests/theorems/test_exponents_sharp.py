"""Sharp constants (P1, P6, P7) against integrals and against direct minimisation of E2 and E3 over full sums."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy as sp
from scipy.optimize import brentq, minimize_scalar

from ridgeproof.errors import DomainError
from ridgeproof.numerics.predictions.optimum import minimise_ridge
from ridgeproof.numerics.problem.scenario import Downstream, Scenario
from ridgeproof.numerics.problem.spectrum import Spectrum
from ridgeproof.numerics.problem.target import Target
from ridgeproof.proofs_check.witnesses.sharp_scaling import scaling_table
from ridgeproof.theorems.exponents.model import sharp
from ridgeproof.theorems.exponents.model.sharp_window import FILLING, window

# docs/theory.md#P6: d, T, T0, n, beta, r, sigma^2, sigma_0^2, lambda* full, lambda* sharp, E* full, E* sharp
P6 = [
    (20000, 20000, 40000, 20, "3/2", "1/2", "1/10", "1/10", "0.0053555", "0.0053602", "0.0088525", "0.008969"),
    (100000, 100000, 400000, 20, "3/2", "1/2", "1/10", "1/10", "0.0010867", "0.0010881", "0.0018093", "0.0018176"),
    (20000, 100000, 40000, 20, "2", "3/10", "1/10", "1/2", "0.0011679", "0.001169", "0.024995", "0.025305"),
]


def sharp_numbers(d, samples, t0, n, beta, r, sigma2, sigma02) -> tuple[float, float]:
    values = {
        sharp.D: d, sharp.T: samples, sharp.T0: t0, sharp.N_GENERATIONS: n, sharp.BETA: sp.Rational(beta),
        sharp.R: sp.Rational(r), sharp.SIGMA2: sp.Rational(sigma2), sharp.SIGMA02: sp.Rational(sigma02),
    }  # fmt: skip
    optimum = sharp.sharp_optimum_expr().substituted()
    return float(optimum.ridge.evalf(20, subs=values)), float(optimum.test_error.evalf(20, subs=values))


def full_minimum(d, samples, t0, n, beta, r, sigma2, sigma02) -> tuple[float, float]:
    """lambda* and E* by minimising E2 + n sigma_0^2 rho of E3 over kappa, with sums over all d eigenvalues.

    rho has the generators' exact moment 1/(T0 - d - 1) (F3) where E3 has 1/(T0 - d): so were the full columns of
    theory.md's table computed.  With T0 - d the first row would read 0.0053553 and 0.0088522.
    """
    beta, r, sigma2, sigma02 = (float(sp.Rational(x)) for x in (beta, r, sigma2, sigma02))
    j = np.arange(1.0, d + 1)
    s, signal = j**-beta, j ** -(1 + 2 * beta * r)

    def error(log_kappa: float) -> float:
        k = math.exp(log_kappa)
        df2, free = np.sum((s / (s + k)) ** 2), np.sum((k / (s + k)) ** 2)
        bias = np.sum(signal * (k / (s + k)) ** 2) / (1 - df2 / samples)
        rho = (df2 + free * df2 / (samples - df2)) / (t0 - d - 1)
        return bias + sigma2 * df2 / (samples - df2) + n * sigma02 * rho

    guess = math.log(sharp_numbers(d, samples, t0, n, beta, r, sigma2, sigma02)[0])
    found = minimize_scalar(error, bounds=(guess - 2, guess + 2), method="bounded", options={"xatol": 1e-10})
    k = math.exp(found.x)
    return k * (1 - np.sum(s / (s + k)) / samples), float(found.fun)


@pytest.mark.parametrize("row", P6, ids=lambda row: f"T={row[1]},beta={row[4]}")
def test_reference_table(row: tuple) -> None:
    """P6: the sharp columns of theory.md to all printed digits, and the full columns by direct minimisation."""
    *problem, full_ridge, sharp_ridge, full_error, sharp_error = row

    def printed(x: float, like: str) -> str:
        return f"{x:.{len(like) - 2}f}"

    ridge, error = sharp_numbers(*problem)
    assert (printed(ridge, sharp_ridge), printed(error, sharp_error)) == (sharp_ridge, sharp_error)
    ridge, error = full_minimum(*problem)
    assert (printed(ridge, full_ridge), printed(error, full_error)) == (full_ridge, full_error)


def test_the_sharp_form_becomes_exact() -> None:
    """P6 is a ratio tending to 1: with n, noises and d/T, T0/T fixed its relative errors shrink as T grows."""
    gaps = []
    for samples in (2_000, 20_000, 200_000):
        problem = (samples, samples, 4 * samples, 5, "3/2", "1/2", "1/10", "1/10")
        gaps.append([abs(x / y - 1) for x, y in zip(sharp_numbers(*problem), full_minimum(*problem), strict=True)])
    for small, large in itertools.pairwise(gaps):
        assert large[0] < small[0] / 2 and large[1] < small[1] / 2
    assert max(gaps[-1]) < 0.003


@pytest.mark.parametrize(("beta", "r"), [("3/2", "1/2"), ("2", "3/10"), ("3", "9/10")])
def test_constants_are_the_integrals(beta: str, r: str) -> None:
    """P1: A, V, B as closed forms equal the Mellin integrals they stand for, by quadrature over log x."""
    b, q = mpmath.mpf(sp.Rational(beta).p) / sp.Rational(beta).q, mpmath.mpf(sp.Rational(r).p) / sp.Rational(r).q

    def mellin(power, order):  # int x^(power - 1)/(1 + x)^order dx / beta, x = e^t
        return (
            mpmath.quad(lambda t: mpmath.exp(power * t) / (1 + mpmath.exp(t)) ** order, mpmath.linspace(-300, 300, 61))
            / b
        )

    closed = sharp.constants()
    values = {sharp.BETA: sp.Rational(beta), sharp.R: sp.Rational(r)}
    for symbol, integral in ((sharp.A, mellin(1 / b, 1)), (sharp.V, mellin(1 / b, 2)), (sharp.B, mellin(2 - 2 * q, 2))):
        assert abs(float(closed[symbol].evalf(20, subs=values)) / float(integral) - 1) < 1e-10


def test_min_norm_constants() -> None:
    """P7: lambda = 0 with d >> T, kappa ~ (A/T)^beta, bias ~ beta B kappa^(2 r), variance -> sigma^2 (beta - 1)."""
    beta, r = 3.0, 0.4
    values = {**sharp.constants(), sharp.SIGMA2: 1}
    numbers = {sharp.BETA: 3, sharp.R: sp.Rational(2, 5)}
    j = np.arange(1.0, 200_001)
    s, signal = j**-beta, j ** -(1 + 2 * beta * r)
    gaps = []
    for samples in (30, 300):
        k = math.exp(brentq(lambda x, t=samples: np.sum(s / (s + math.exp(x))) - t, -40, 0, xtol=1e-13))
        df2 = np.sum((s / (s + k)) ** 2)
        full = (k, np.sum(signal * (k / (s + k)) ** 2) / (1 - df2 / samples), df2 / (samples - df2))
        claims = [float(e.subs(values).evalf(20, subs={**numbers, sharp.T: samples})) for e in sharp.min_norm_expr()]
        gaps.append([abs(claim / truth - 1) for claim, truth in zip(claims, full, strict=True)])
    assert all(large < small / 5 for small, large in zip(*gaps, strict=True)) and max(gaps[1]) < 0.01
    assert sp.simplify(sharp.min_norm_expr()[2].subs(values)) == sharp.BETA - 1


def test_effective_noise() -> None:
    """P5's N = sigma^2 + n sigma_0^2 (T + d)/(T0 - d), as E3 gives it for df_2 << T and kappa >> s_d."""
    df2, free = sp.symbols("df2 free", positive=True)
    rho = (df2 + free * df2 / sharp.T) / (sharp.T0 - sharp.D)
    total = sharp.SIGMA2 * df2 / sharp.T + sharp.N_GENERATIONS * sharp.SIGMA02 * rho.subs(free, sharp.D)
    assert sp.simplify(total - sharp.effective_noise_expr() * df2 / sharp.T) == 0


def window_gaps(beta: str, r: str, omega: float, samples: int) -> tuple[float, float, float]:
    """Return lambda* T^beta and the relative errors of the window's kappa and E, against sums over the whole spectrum.

    Clean data, sigma^2 = omega T^(-2 beta r); sums to 10^5 with the integral of the rest, by direct minimisation.
    """
    b, q = float(sp.Rational(beta)), float(sp.Rational(r))
    last = 100_000
    j = np.arange(1.0, last + 1)
    s, signal = j**-b, j ** -(1 + 2 * b * q)
    # Beyond `last`, s << kappa: df_1 gains sum s/kappa and the bias sum all of the signal, both Euler-Maclaurin.
    rest_s = last ** (1 - b) / (b - 1) - last**-b / 2
    rest_signal = last ** (-2 * b * q) / (2 * b * q) - last ** (-1 - 2 * b * q) / 2
    noise = omega * samples ** (-2 * b * q)

    def df1(k: float) -> float:
        return float(np.sum(s / (s + k))) + rest_s / k

    def error(log_kappa: float) -> float:
        k = math.exp(log_kappa)
        df2 = float(np.sum((s / (s + k)) ** 2))
        bias = float(np.sum(signal * (k / (s + k)) ** 2)) + rest_signal
        return (bias + noise * df2 / samples) / (1 - df2 / samples)

    least = brentq(lambda x: df1(math.exp(x)) - samples, -60, 0, xtol=1e-14)  # lambda = 0
    found = minimize_scalar(error, bounds=(least, least + 8), method="bounded", options={"xatol": 1e-11})
    best = found.x if found.fun < error(least) else least
    full = (math.exp(best), error(best))

    formulas, values = window(), {sharp.BETA: b, sharp.R: q, sharp.NOISE: noise, sharp.T: samples}
    at = {sharp.BETA: sp.Rational(beta), sharp.R: sp.Rational(r)}
    values |= {symbol: float(value.evalf(25, subs=at)) for symbol, value in sharp.constants().items()}
    condition = sp.lambdify(FILLING, formulas.stationary.subs(values))
    end = 1 / values[sharp.A]
    u = end if condition(end) <= 0 else brentq(condition, 1e-12, end, xtol=1e-15)
    claimed = [float(e.subs(values).subs(FILLING, u)) for e in (formulas.kappa, formulas.test_error)]
    ridge = max(0.0, full[0] * (1 - df1(full[0]) / samples))
    return ridge * samples**b, claimed[0] / full[0] - 1, claimed[1] / full[1] - 1


@pytest.mark.parametrize(("beta", "r", "omega"), [("3", "1/4", 0.0), ("3", "1/4", 1.0), ("2", "2/5", 20.0)])
def test_the_window_between_the_two_limits(beta: str, r: str, omega: float) -> None:
    """The window's kappa* and E* are sharp: their relative errors fall like 1/T (kappa^(1/beta) is of that order)."""
    small, large = (window_gaps(beta, r, omega, samples) for samples in (50, 500))
    for before, after in zip(small[1:], large[1:], strict=True):
        assert abs(after) < abs(before) / 5
    assert max(map(abs, large[1:])) < 0.01


def test_the_window_contains_both_limits() -> None:
    """At u = 1/A the window is P7, and its condition without the filling is P6's kappa*."""
    formulas = window()
    end = {FILLING: 1 / sharp.A, sharp.V: sharp.A * (1 - 1 / sharp.BETA)}
    kappa, bias, variance = (e.subs(sharp.V, end[sharp.V]) for e in sharp.min_norm_expr())
    p7 = (bias + variance).subs(sharp.SIGMA2, sharp.NOISE)
    point = {
        sharp.BETA: sp.Rational(5, 2), sharp.R: sp.Rational(1, 3), sharp.NOISE: 3, sharp.T: 7,
        sharp.A: sp.Rational(6, 5), sharp.B: sp.Rational(4, 3),
    }  # fmt: skip
    assert formulas.ridge.subs(end) == 0
    here = formulas.test_error.subs(FILLING, end[FILLING]).subs(sharp.V, end[sharp.V])
    assert abs(sp.N((here - p7).subs(point), 30)) < 1e-25
    assert abs(sp.N((formulas.kappa.subs(end) - kappa).subs(point), 30)) < 1e-25
    # (*) with V u (1 + p) << p, u from P6's kappa*.
    interior = formulas.stationary.coeff(sharp.NOISE) * sharp.NOISE - 2 * sharp.BETA * sharp.R
    u = sharp.sharp_optimum_expr().kappa ** (-1 / sharp.BETA) / sharp.T
    assert abs(sp.N(interior.subs(FILLING, u).subs({**point, sharp.V: sp.Rational(5, 7)}), 30)) < 1e-25


@pytest.mark.parametrize(("factor", "positive"), [("0.8", False), ("1.25", True)])
def test_below_a_threshold_of_noise_no_ridge_helps(factor: str, positive: bool) -> None:
    """(**): beta = 3/2, r = 1/2 has p = 3/2 > beta - 1, so there is a threshold N; on either side the minimum over
    the whole sums has lambda* = 0 and lambda* > 0, as claimed.  With 2 r < 1 - 1/beta there is none."""
    at = {sharp.BETA: sp.Rational(3, 2), sharp.R: sp.Rational(1, 2)}
    constants = {symbol: value.evalf(25, subs=at) for symbol, value in sharp.constants().items()}
    omega = float(window().ridgeless.subs(sharp.T, 1).subs(constants).subs(at))
    assert round(omega, 4) == 5.0145  # B A^p (p/(beta - 1) - 1) = 2 B A^(3/2), A = (2 pi/3)/sin(2 pi/3), B = 2/3
    assert (window_gaps("3/2", "1/2", omega * float(factor), 300)[0] > 1e-3) is positive
    other = {sharp.BETA: sp.Integer(3), sharp.R: sp.Rational(1, 4)}
    assert window().ridgeless.subs({sharp.A: 1, sharp.B: 1, sharp.T: 1}).subs(other) < 0
    assert window_gaps("3", "1/4", 0.0, 300)[0] > 1e-3
    assert r"\lambda^* = 0" in window().as_latex()


def test_the_scaling_table_shows_the_rate() -> None:
    """Issue 5, item 4: the window's error in E falls like kappa^(1/beta): T^-1 with sigma^2 ~ T^(-2 beta r), and
    T^(-1/(1 + 2 beta r)) = T^(-2/5) with fixed noise; P6's lambda* has an error 30 times as large."""
    *_, fixed = scaling_table(Fraction(3, 2), Fraction(1, 2), Fraction(1, 10), [10**6, 10**8])
    assert fixed.order is not None and abs(fixed.order + 0.4) < 0.01
    assert fixed.interior_ridge is not None and fixed.window_ridge is not None
    assert abs(fixed.window_ridge) < abs(fixed.interior_ridge) / 20
    *_, falling = scaling_table(Fraction(3, 2), Fraction(1, 2), Fraction(10), [10**6, 10**8], falling=True)
    assert falling.order is not None and abs(falling.order + 1) < 0.01 and falling.interior_ridge is None
    with pytest.raises(DomainError):
        next(scaling_table(Fraction(3, 2), Fraction(1), Fraction(1, 10), [100]))


def clean_optimum(beta: str, r: str, dim: int | float, samples: int, noise: str) -> tuple[float, float]:
    """lambda* and E* by ``numerics``'s direct minimisation of the equivalent."""
    scenario = Scenario(
        Spectrum("power-law", dim, beta=Fraction(beta)), Target("source", r=Fraction(r)), (),
        Downstream(samples, Fraction(1), Fraction(noise)),
    )  # fmt: skip
    best = minimise_ridge(scenario)
    return float(best.ridge), float(best.test_error)


def put_in(optimum: sharp.SharpOptimum, **values: object) -> tuple[float, float]:
    numbers = {getattr(sharp, name): sp.Rational(str(value)) for name, value in values.items()}
    return tuple(float(e.evalf(20, subs=numbers)) for e in (optimum.ridge, optimum.test_error))  # type: ignore[return-value]


def test_sharp_constants_beyond_saturation() -> None:
    """r > 1: the bias is zeta(1 + 2 beta (r - 1)) kappa^2, and P6 holds with it; the errors vanish as T grows."""
    optimum = sharp.sharp_optimum_expr(saturated=True)
    constants = sharp.constants(saturated=True)
    gaps = []
    for samples in (10**4, 10**8):
        values = {"BETA": "3/2", "R": 2, "T": samples, "NOISE": "1/10"}
        numbers = {sharp.BETA: sp.Rational(3, 2), sharp.R: 2}
        values |= {n: constants[getattr(sharp, n)].evalf(30, subs=numbers) for n in ("A", "V", "B")}
        claimed, full = put_in(optimum, **values), clean_optimum("3/2", "2", math.inf, samples, "1/10")
        gaps.append([abs(x / y - 1) for x, y in zip(claimed, full, strict=True)])
    assert all(after < before / 4 for before, after in zip(*gaps, strict=True)) and max(gaps[1]) < 0.02


def test_sharp_constants_where_the_spectrum_ends() -> None:
    """d << T and little noise: lambda* = (N/T) tr S^-1/(w0 S^-1 w0), E* ~ N d/T; its error is of order 1/d."""
    gaps = []
    for dim, samples in ((50, 10**9), (500, 10**12)):
        claimed = put_in(sharp.finite_dimension_expr(), BETA="3/2", R="1/2", D=dim, T=samples, NOISE="1/10")
        full = clean_optimum("3/2", "1/2", dim, samples, "1/10")
        gaps.append([abs(x / y - 1) for x, y in zip(claimed, full, strict=True)])
    assert gaps[1][0] < gaps[0][0] / 5 and max(gaps[1]) < 0.01
