"""Sharp constants (P1, P6, P7) against integrals and against direct minimisation of E2 and E3 over full sums."""

from __future__ import annotations

import itertools
import math

import mpmath
import numpy as np
import pytest
import sympy as sp
from scipy.optimize import brentq, minimize_scalar

from theorems.exponents import sharp

# theory.md, P6: d, T, T0, n, beta, r, sigma^2, sigma_0^2, lambda* full, lambda* sharp, E* full, E* sharp
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
