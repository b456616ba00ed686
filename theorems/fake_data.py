"""The error with fake data as a whole, and the fake-data factor of generators that share one design.

docs/theory.md#E3 and #E5: E_test ~= Bias + Var + n sigma_0^2 rho, and rho with kappa_0 where T0 < d.
"""

from __future__ import annotations

import sympy as sp

from .chain import one_design
from .claim import Algebra, Claim, Equation, Fit, Hypothesis, Induction, Premise, Relation, Setting, Step
from .equivalents import clean_bias, clean_variance, fake_data_factor
from .finite_sample import centred, fresh, moments_generator
from .functions import E_test, Kappa, SpectralSum, df
from .leading_order import positive as ridge_positive
from .leading_order import proportionate
from .link import NOTHING, TRUTH, Moments, error, link
from .sources import THEORY, V1, V2
from .vocabulary import T0, T, d, lam, n, s, sigma02, sigma2, w2

zero = sp.S.Zero
_k = Kappa(lam, T)
_law = clean_bias(_k) + clean_variance(_k) + n * sigma02 * fake_data_factor(_k)
_x = sp.Symbol("x")


def _whole() -> tuple[Step, ...]:
    teacher = Moments(TRUTH.mean, w2 + n * sigma02 / ((T0 - d) * s))
    return (
        Premise("a fit of any teacher, linear in its second moment", "one-fit"),
        Premise("its mean, D times the teacher's", "kappa-from-resolvent"),
        Premise(
            "T0 >= d + 2: a generator adds sigma_0^2 S^-1/(T0 - d - 1) to E w w' and nothing to E w", "inverse-wishart"
        ),
        Induction(
            "so that after n generators E w_j^2 is w0_j^2 + n sigma_0^2/((T0 - d) s_j), to leading order",
            sp.Symbol("M_n"),
            teacher.second,
            n,
            w2,
            sp.Lambda(_x, link(Moments(TRUTH.mean, _x), zero, T0, sigma02, d).second),
        ),
        Algebra(
            "the downstream fit of that teacher: bias, variance and n sigma_0^2 rho apart",
            error(link(teacher, _k, T, sigma2)),
            _law,
            stands_for=E_test,
        ),
    )


fake_data_law = Claim(
    id="fake-data-law",
    title="Theorem 2 as a whole: clean bias and variance, and n sigma_0^2 rho for n generations of fake labels",
    source=f"{V1}, Theorem 2 (v2: Eq. (13), Thm 4.6 (23), Prop. 4.5); {THEORY}#E3",
    relation=Relation.EQUIVALENT,
    statement=(Equation(E_test, _law),),
    hypotheses=(fresh, centred, proportionate, ridge_positive, moments_generator, Hypothesis("d/T0 stays below 1")),
    derive=_whole,
    setting=Setting("any", "any", (Fit(T0, zero, sigma02, repeat=n),), Fit(T, lam, sigma2)),
)

# --- Theorem 4.6 (22) ------------------------------------------------------------------------------------------------

_M = sp.Symbol("M_1", nonnegative=True)  # E w_j^2 of the generators, which know nothing but their noise
_k0 = Kappa(zero, T0)
_noise = link(NOTHING, _k0, T0, n * sigma02).second
_rho = SpectralSum(_M * s**3 / (s + _k) ** 2) + _k**2 * SpectralSum(_M * s / (s + _k) ** 2) * df(2, _k) / (
    T - df(2, _k)
)


def _shared() -> tuple[Step, ...]:
    return (
        Premise("generators that share one design are one link, with noise n sigma_0^2", "same-design"),
        Algebra(
            "of a chain that starts from w0 = 0 only the noise is left in the generators",
            SpectralSum(link(NOTHING, _k0, T0, n * sigma02).second),
            SpectralSum(_noise),
        ),
        Algebra(
            "seen through the downstream fit",
            error(link(Moments(zero, _M), _k, T, zero), zero),
            _rho,
            stands_for=E_test,
        ),
    )


same_design_factor = Claim(
    id="same-design-factor",
    title="The fake-data factor with kappa_0: generators that share one design, T0 < d",
    source=f"{V2}, Theorem 4.6 (22) for X_n = X_0; {THEORY}#E5",
    relation=Relation.EQUIVALENT,
    statement=(Equation(E_test, _rho),),
    hypotheses=one_design,
    derive=_shared,
    where=((_M, _noise),),
    setting=Setting("any", "zero", (Fit(T0, zero, sigma02, repeat=n, same_design=True),), Fit(T, lam, zero)),
)
