"""The bounds behind the scaling laws: kappa, the degrees of freedom, the bias, and T - df_2 (docs/theory.md#P1, #P2).

All hold up to constants that depend on beta and r only, for every T >= 1 and every ridge that is bounded.  In finite
dimension they are stated by the effective number m = min(kappa^(-1/beta), d) of eigenvalues above kappa.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from .claim import Premise, Step
from .equivalents import clean_bias, clean_variance, fake_data_factor
from .functions import E_test, SpectralSum, df
from .order_steps import Assumed, Balance, Least, Order, PowerOrder, Quantity, Scales
from .vocabulary import T0, T, beta, d, kappa, lam, n, r, s, sigma02, sigma2, w2

one = sp.S.One
count = sp.Symbol("m", positive=True)  # how many eigenvalues exceed kappa
slack = sp.Symbol("U", positive=True)  # T - df_2(kappa)
surplus = sp.Symbol("g", positive=True)  # T0 - d
F1, F2 = df(1, kappa), df(2, kappa)
middle = SpectralSum(kappa * s / (s + kappa) ** 2)  # df_1 - df_2
below = SpectralSum(1 / (s + kappa) ** 2)  # kappa^2 times this counts the eigenvalues below kappa
bias = SpectralSum(s * w2 / (s + kappa) ** 2)
remainder = SpectralSum(s**2 / (s + kappa))  # tr S - kappa df_1
fixed_point = (kappa - lam, kappa * F1 / T, T)  # with its cofactor in Balance steps

capacity: Assumed = ((beta - 1, ">"),)
source: Assumed = (*capacity, (r, ">"))

kappa_defined = Balance(
    "the fixed point of kappa: T kappa = T lambda + kappa df_1(kappa)", T * kappa, T * lam + kappa * F1, (fixed_point,)
)


def kappa_bounded(assume: Assumed) -> tuple[Step, ...]:
    """kappa is bounded where lambda is: kappa <= lambda + tr(S)/T."""
    total = SpectralSum(s)
    return (
        PowerOrder("tr S is of the order of 1", total, capacity),
        Balance("kappa df_1 <= tr S", total, kappa * F1 + remainder),
        Order("so that kappa is bounded", kappa, one, assume, (kappa_defined,), "<~"),
    )


@dataclass(frozen=True)
class Number:
    """The effective number of eigenvalues above kappa, in finite or infinite dimension."""

    finite: bool

    @property
    def symbol(self) -> sp.Symbol | None:
        return count if self.finite else None

    @property
    def value(self) -> sp.Expr:
        return count if self.finite else kappa ** (-1 / beta)

    @property
    def steps(self) -> tuple[Step, ...]:
        """Its definition, where it needs one."""
        if not self.finite:  # what stands in the equations so far has to converge
            return (PowerOrder("tr S - kappa df_1 converges", remainder, capacity, kappa),)
        return (Least("the effective number of eigenvalues above kappa", count, (kappa ** (-1 / beta), d)),)


def degrees(m: Number) -> tuple[Step, ...]:
    """df_1 and df_2 count the eigenvalues above kappa."""
    return (
        *m.steps,
        Order("the effective number is at least a constant", one, m.value, capacity, m.steps, "<~"),
        PowerOrder("s/(s + k) is between 1/2 and 1 for k <= s, between s/(2k) and s/k beyond",
                   F1, capacity, kappa, m.symbol),
        Order("df_1 counts the eigenvalues above kappa", F1, m.value, capacity, m.steps),
        PowerOrder("its square is between 1/4 and 1, and between s^2/(4k^2) and s^2/k^2",
                   F2, capacity, kappa, m.symbol),
        Order("so does df_2", F2, m.value, capacity, m.steps),
    )  # fmt: skip


def left_over(m: Number, assume: Assumed) -> tuple[Step, ...]:
    """T - df_2 is of the order of T."""
    whole = Balance("T = (T - df_2) + df_2", T, slack + F2)
    return (
        Quantity("what the fit leaves over", slack, T - F2),
        whole,
        PowerOrder("k s/(s + k)^2 is between k/(4s) and k/s, and between s/(4k) and s/k",
                   middle, capacity, kappa, m.symbol),
        Balance("kappa (T - df_2) = T lambda + kappa (df_1 - df_2)",
                kappa * slack, T * lam + kappa * middle, (fixed_point,)),
        Order("T - df_2 is of the order of T", slack, T, assume, (whole, kappa_defined, *m.steps)),
    )  # fmt: skip


def start(m: Number, assume: Assumed, free: sp.Symbol | None = None) -> tuple[Step, ...]:
    """What every law begins with: the scales, kappa and the degrees of freedom, and T - df_2."""
    scales = Scales("the scales of the setting", free)
    return (scales, kappa_defined, *kappa_bounded(assume), *degrees(m), *left_over(m, assume))


def bias_order(m: Number) -> tuple[Step, ...]:
    """The bias sum, for r > 0 other than 1: of the order of m^(2 beta (1 - r)) + 1."""
    return (
        PowerOrder("1/(s + k)^2 is between 1/(4s^2) and 1/s^2, and between 1/(4k^2) and 1/k^2",
                   bias, source, kappa, m.symbol),
    )  # fmt: skip


clean_terms = Balance("its terms", E_test * slack, kappa**2 * bias * T + sigma2 * F2)
clean_error: tuple[Step, ...] = (
    Premise("the equivalent of bias and variance", "clean-ridge"),
    Quantity("the test error", E_test, clean_bias(kappa) + clean_variance(kappa)),
    clean_terms,
)

fake_terms = Balance(
    "its terms",
    E_test * slack * surplus,
    (kappa**2 * bias * T + sigma2 * F2) * surplus + n * sigma02 * F2 * (slack + kappa**2 * below),
)
_generators = Balance("T0 = (T0 - d) + d", T0, surplus + d)
_counted = Balance("eigenvalues above kappa, near it and below", d, F2 + 2 * middle + kappa**2 * below)


def fake_error(assume: Assumed) -> tuple[Step, ...]:
    """The equivalent of the test error with n generators, least squares on T0 samples each."""
    return (
        Premise("the equivalent of bias and variance", "clean-ridge"),
        Premise("one term n sigma_0^2 rho for the generators' noise, Theorem 2", "fake-data-term"),
        Quantity("the generators' surplus of samples", surplus, T0 - d),
        Quantity(
            "the test error", E_test, clean_bias(kappa) + clean_variance(kappa) + n * sigma02 * fake_data_factor(kappa)
        ),
        fake_terms,
        _generators,
        Order("T0 - d is of the order of T0", surplus, T0, assume, (_generators,)),
        _counted,
        Order("what is below kappa is at most all", kappa**2 * below, d, capacity, (), "<~"),
        shared,
    )


# Because df_1 <= T.
shared = Order(
    "T - df_2 and the eigenvalues below kappa make up d", d, slack + kappa**2 * below, capacity, (_counted,), "<~"
)
