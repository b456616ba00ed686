"""Deterministic equivalents in the proportionate limit (docs/theory.md#E1 to #E3, #E6)."""

from __future__ import annotations

import sympy as sp

from .claim import Algebra, Claim, Equation, Fit, Hypothesis, Limit, Premise, Relation, Setting, Sign, Step, UniqueRoot
from .finite_sample import centred, fresh, moments_generator
from .functions import E_test, Kappa, SpectralSum, df, open_degrees
from .leading_order import kappa_is, proportionate
from .leading_order import positive as ridge_positive
from .link import NOTHING, TRUTH, error, link
from .sources import THEORY, V1, V2
from .vocabulary import T0, T, d, kappa, lam, norm2, s, sigma2, w2

zero, one = sp.S.Zero, sp.S.One
positive_spectrum = Hypothesis("S is positive definite")

# --- E1 --------------------------------------------------------------------------------------------------------------

_h_ridge, _h_df = lam / kappa, SpectralSum(s / (s + kappa)) / T


def _fixed_point() -> tuple[Step, ...]:
    above = lam + SpectralSum(s) / T
    return (
        UniqueRoot(
            "divide by kappa: lambda/kappa + df_1(kappa)/T = 1; the left side falls strictly, and it is more than 1 at "
            "kappa = lambda, less at kappa = lambda + tr(S)/T",
            kappa - lam,
            kappa * df(1, kappa) / T,
            kappa,
            (_h_ridge, _h_df),
            ((lam, ">"), (T, ">")),
            low=(lam, SpectralSum(s / (s + lam)) / T),
            high=(above, SpectralSum(s**2 / (s + above)) / (T * above)),
        ),
    )


kappa_fixed_point = Claim(
    id="kappa-fixed-point",
    title="kappa exists and is unique for lambda > 0",
    source=f"{V1}, definition before Theorem 2 (v2: Eq. (14)); {THEORY}#E1",
    relation=Relation.EQUALITY,
    statement=(Equation(kappa - lam, kappa * df(1, kappa) / T),),
    hypotheses=(positive_spectrum, ridge_positive, kappa_is),
    derive=_fixed_point,
    finding=(
        "Known: kappa for lambda > 0.  New: uniqueness needs lambda > 0.  At lambda = 0 the value kappa = 0 solves "
        "the equation for every T, and for T < d there is a second, positive solution, df_1(kappa) = T; that one is "
        "the limit lambda -> 0+ (claim kappa-min-norm)."
    ),
)


def _min_norm() -> tuple[Step, ...]:
    below, above = (d - T) / SpectralSum(1 / s), SpectralSum(s) / T
    return (
        UniqueRoot(
            "df_1(kappa)/T falls strictly; it is more than 1 at kappa = (d - T)/tr(S^-1), less at kappa = tr(S)/T",
            T,
            df(1, kappa),
            kappa,
            (_h_df,),
            ((T, ">"), (d - T, ">")),
            low=(below, below**2 * SpectralSum(1 / (s * (s + below))) / T),
            high=(above, SpectralSum(s**2 / (s + above)) / (T * above)),
            factor=T,
        ),
    )


kappa_min_norm = Claim(
    id="kappa-min-norm",
    title="At lambda = 0 and T < d, kappa is the unique root of df_1(kappa) = T",
    source=f"{V2}, Eq. (14) at lambda = 0; {THEORY}#E1",
    relation=Relation.EQUALITY,
    statement=(Equation(T, df(1, kappa)),),
    hypotheses=(positive_spectrum, Hypothesis("lambda = 0", sp.Eq(lam, 0)), Hypothesis("T < d", sp.Lt(T, d)), kappa_is),
    derive=_min_norm,
)


def _bounds() -> tuple[Step, ...]:
    fixed_point = (kappa - lam, kappa * SpectralSum(s / (s + kappa)) / T, -one)
    return (
        Algebra(
            "the distance to the upper bound, by the fixed point",
            lam + SpectralSum(s) / T - kappa,
            SpectralSum(s**2 / (s + kappa)) / T,
            assuming=(fixed_point,),
        ),
        Sign("which is positive", s**2 / (s + kappa) / T, ">", ((s, ">"), (kappa, ">="), (T, ">"), (s + kappa, ">"))),
        Sign(
            "and kappa - lambda = kappa df_1/T is not negative",
            kappa * s / (s + kappa) / T,
            ">=",
            ((s, ">"), (kappa, ">="), (T, ">"), (s + kappa, ">")),
        ),
    )


kappa_bounds = Claim(
    id="kappa-bounds",
    title="lambda <= kappa <= lambda + tr(S)/T, with the exact remainder",
    source=f"own derivation ({V2}, Eq. (14), defines kappa); {THEORY}#E1",
    relation=Relation.EQUALITY,
    statement=(Equation(lam + SpectralSum(s) / T - kappa, SpectralSum(s**2 / (s + kappa)) / T),),
    hypotheses=(positive_spectrum, ridge_positive, kappa_is),
    derive=_bounds,
)


def _monotone() -> tuple[Step, ...]:
    return (
        Algebra(
            "differentiate lambda = kappa - kappa df_1(kappa)/T",
            sp.diff(kappa - kappa * SpectralSum(s / (s + kappa)) / T, kappa),
            1 - df(2, kappa) / T,
        ),
        Sign("df_2 < df_1, term by term", s / (s + kappa) - (s / (s + kappa)) ** 2, ">", ((s, ">"), (kappa, ">"))),
        Sign(
            "and df_1 = T (1 - lambda/kappa) <= T, so 1 - df_2/T > 0: kappa grows with lambda",
            T - T * (1 - lam / kappa),
            ">=",
            ((lam, ">="), (kappa, ">"), (T, ">")),
        ),
        Sign(
            "more samples lower it: d kappa/dT = -(kappa df_1/T^2)/(1 - df_2/T)",
            kappa * s / (s + kappa) / T**2,
            ">",
            ((s, ">"), (kappa, ">"), (T, ">")),
        ),
    )


kappa_monotone = Claim(
    id="kappa-monotone",
    title="kappa increases with lambda and decreases with T: d lambda/d kappa = 1 - df_2(kappa)/T > 0",
    source=f"{V2}, Lemma C.2; {THEORY}#E1",
    relation=Relation.EQUALITY,
    statement=(Equation(sp.Derivative(kappa - kappa * df(1, kappa) / T, kappa), 1 - df(2, kappa) / T),),
    hypotheses=(positive_spectrum, ridge_positive, kappa_is),
    derive=_monotone,
)

# --- E2, E3 ----------------------------------------------------------------------------------------------------------

_k = Kappa(lam, T)


def clean_bias(at: sp.Expr) -> sp.Expr:
    """kappa^2 w0' S (S + kappa)^-2 w0 / (1 - df_2/T)."""
    return at**2 * SpectralSum(s * w2 / (s + at) ** 2) / (1 - df(2, at) / T)


def clean_variance(at: sp.Expr) -> sp.Expr:
    """sigma^2 df_2 / (T - df_2)."""
    return sigma2 * df(2, at) / (T - df(2, at))


def fake_data_factor(at: sp.Expr) -> sp.Expr:
    """rho of Theorem 2: [df_2 + kappa^2 tr(S + kappa)^-2 df_2/(T - df_2)] / (T0 - d)."""
    return (df(2, at) + at**2 * SpectralSum(1 / (s + at) ** 2) * df(2, at) / (T - df(2, at))) / (T0 - d)


def _clean_ridge() -> tuple[Step, ...]:
    return (
        Premise("the second moment after one fit of the truth", "one-fit"),
        Premise("and the first, D w_0 with D = S (S + kappa)^-1, because R Sh = I - lambda R", "kappa-from-resolvent"),
        Algebra(
            "tr S (M' - 2 m' w_0' + w_0 w_0'), the bias and the noise collected",
            error(link(TRUTH, _k, T, sigma2)),
            clean_bias(_k) + clean_variance(_k),
            stands_for=E_test,
        ),
    )


clean_ridge = Claim(
    id="clean-ridge",
    title="Clean data: bias and variance of ridge regression",
    source=f"{V1}, Section 2 (v2: Prop. 4.5); {THEORY}#E2",
    relation=Relation.EQUIVALENT,
    statement=(Equation(E_test, clean_bias(_k) + clean_variance(_k)),),
    hypotheses=(fresh, centred, proportionate, ridge_positive),
    derive=_clean_ridge,
    setting=Setting("any", "any", (), Fit(T, lam, sigma2)),
)


_x = sp.Symbol("x", positive=True)  # T0 - d - 1


def _fake_data_term() -> tuple[Step, ...]:
    generator = link(NOTHING, zero, T0, one, d)  # noise of variance 1, nothing else
    squares, inverse_squares = SpectralSum(s**2 / (s + _k) ** 2), SpectralSum(1 / (s + _k) ** 2)
    return (
        Premise("the second moment after one fit of the generator's noise", "one-fit"),
        Premise("and the first, D w_0 with D = S (S + kappa)^-1, because R Sh = I - lambda R", "kappa-from-resolvent"),
        Premise("rho = E tr[S^-1 Q S Q]/(T0 - d - 1) with Q = Sh R, exactly", "fake-data-factor"),
        Premise("the equivalent of the mean of tr[A Q B Q] at A = S^-1, B = S", "two-resolvents"),
        Limit("and (T0 - d)/(T0 - d - 1) = (1 + x)/x tends to 1, as x = T0 - d - 1 grows", (1 + _x) / _x, _x, one),
        Algebra(
            "put together",
            (squares + _k**2 * inverse_squares * squares / (T - df(2, _k))) / (T0 - d),
            fake_data_factor(_k),
            stands_for=E_test,
        ),
        Algebra(
            "the same through the link: the generator's M = S^-1/(T0 - d), pushed through the downstream fit",
            error(link(generator, _k, T, zero), zero),
            fake_data_factor(_k),
        ),
    )


noise_only = Setting("any", "zero", (Fit(T0, zero, one),), Fit(T, lam, zero))

fake_data_term = Claim(
    id="fake-data-term",
    title="Theorem 2: the fake-data factor rho",
    source=f"{V1}, Theorem 2 (v2: Eq. (13), Thm 4.6 (23)); {THEORY}#E3",
    relation=Relation.EQUIVALENT,
    statement=(Equation(E_test, fake_data_factor(_k)),),
    hypotheses=(fresh, centred, proportionate, ridge_positive, moments_generator, Hypothesis("d/T0 stays below 1")),
    derive=_fake_data_term,
    setting=noise_only,
)

_phi, _phi0 = d / T, d / T0
_isotropic_rho = _phi0 / (1 - _phi0) / (1 + _k) ** 2 * (1 + _phi * _k**2 / ((1 + _k) ** 2 - _phi))


def _fake_isotropic() -> tuple[Step, ...]:
    return (
        Premise("Theorem 2 for a general covariance", "fake-data-term"),
        Algebra(
            "put S = I", open_degrees(fake_data_factor(_k)), _isotropic_rho, isotropic=(d, norm2), stands_for=E_test
        ),
    )


fake_data_isotropic = Claim(
    id="fake-data-isotropic",
    title="Theorem 2 for isotropic inputs, in closed form",
    source=f"{V1}, Theorem 2, isotropic case (v2: Cor. 4.7); {THEORY}#E3",
    relation=Relation.EQUIVALENT,
    statement=(Equation(E_test, _isotropic_rho),),
    hypotheses=(fresh, centred, proportionate, ridge_positive, moments_generator, Hypothesis("d/T0 stays below 1")),
    derive=_fake_isotropic,
    setting=Setting("isotropic", "zero", (Fit(T0, zero, one),), Fit(T, lam, zero)),
)
