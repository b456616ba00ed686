"""The ridge that limits the damage: isotropic closed forms and Corollary 1 (docs/theory.md#E7, #P5)."""

from __future__ import annotations

import sympy as sp

from . import power_law_bounds as chain
from .claim import Algebra, Claim, Crossing, Equation, Fit, Form, Hypothesis, Premise, Relation, Setting, Sign, Step
from .equivalents import clean_bias, clean_variance, fake_data_factor
from .finite_sample import centred, fresh
from .functions import E_test, isotropic, open_degrees
from .leading_order import positive as ridge_positive
from .order_steps import Assumed, Best, Order
from .power_law import bounded_ridge, capacity, enough_rows, no_tie
from .quantities import Argmin, Minimum, Rate, Root
from .sources import THEORY, V1
from .vocabulary import T0, T, a, b, beta, d, kappa, lam, n, norm2, r, sigma02, sigma2

zero, one = sp.S.Zero, sp.S.One
lam_star = Argmin(E_test, lam)  # the downstream ridge at which the error of the claim's setting is least
ell_star = Rate(lam_star, T)  # it is of the order of T^-ell_star
rate_star = Rate(Minimum(E_test, lam), T)  # and its error of that of T^-rate_star

# --- E7: isotropic inputs --------------------------------------------------------------------------------------------

_phi = d / T
isotropic_inputs = Hypothesis("isotropic covariance S = I")
determined = Hypothesis("T0 > d: the generators' equivalent is finite", sp.Gt(T0, d))
signal = Hypothesis("w0 differs from 0", sp.Gt(norm2, 0))
noisy = Hypothesis("sigma^2 > 0", sp.Gt(sigma2, 0))


def isotropic_ridge(at: sp.Expr) -> sp.Expr:
    """lambda as a function of kappa when S = I: kappa - kappa phi/(1 + kappa)."""
    return at - at * _phi / (1 + at)


_clean_error = clean_bias(kappa) + clean_variance(kappa)
_clean_isotropic = sp.together(isotropic(_clean_error, d, norm2))
_gap = (1 + kappa) ** 2 - _phi


_slope_assumed: Assumed = ((_gap * T, ">"), (kappa, ">="), (T, ">"), (1 + kappa, ">"))


def _optimal_clean() -> tuple[Step, ...]:
    x = sp.Symbol("x")
    polynomial = norm2 * kappa * (1 + kappa - _phi) - _phi * sigma2 * (1 + kappa)
    return (
        Premise("the clean error", "clean-ridge"),
        Algebra("for S = I", open_degrees(_clean_error), _clean_isotropic, isotropic=(d, norm2)),
        Crossing(
            "its slope has the sign of |w0|^2 lambda(kappa) - phi sigma^2",
            _clean_isotropic,
            kappa,
            polynomial,
            2 / _gap**2,
            _slope_assumed,
            (Form(x, ((kappa, x),), ((norm2, ">"), (sigma2, ">"), (d, ">"), (T, ">")), ()),),
            lam_star,
            (_phi * sigma2 / norm2, isotropic_ridge(kappa), norm2 * (1 + kappa)),
        ),
        Sign(
            "and lambda grows with kappa: its derivative is ((1 + kappa)^2 - phi)/(1 + kappa)^2, positive where "
            "kappa can be",
            1 - _phi / (1 + kappa) ** 2,
            ">",
            _slope_assumed,
        ),
    )


optimal_clean = Claim(
    id="optimal-ridge-clean-isotropic",
    title="Optimal ridge on clean data, isotropic inputs: lambda* = phi sigma^2/|w0|^2",
    source=f"classical (Dobriban and Wager 2018); {THEORY}#E7",
    relation=Relation.OPTIMUM,
    statement=(Equation(lam_star, _phi * sigma2 / norm2),),
    hypotheses=(isotropic_inputs, fresh, centred, signal, noisy, ridge_positive),
    derive=_optimal_clean,
    setting=Setting("isotropic", "isotropic", (), Fit(T, lam, sigma2)),
    finding="Known: all of it (Dobriban and Wager 2018).  Without noise the error falls all the way to lambda = 0.",
)

_fake_error = _clean_error + n * sigma02 * fake_data_factor(kappa)
_fake_isotropic = sp.together(isotropic(_fake_error, d, norm2))


def stationary_polynomial(at: sp.Expr, phi: sp.Expr, noise: sp.Expr, fake: sp.Expr) -> sp.Expr:
    """The polynomial in kappa whose sign is that of dE/dkappa; ``fake`` = n sigma_0^2 phi0/(1 - phi0)."""
    clean = norm2 * at * (1 + at) ** 2 * (1 + at - phi) - phi * noise * (1 + at) ** 3
    return clean - fake * ((1 + phi) * at**3 + 3 * at**2 + 3 * (1 - phi) * at + (1 - phi) ** 2)


_fake_level = n * sigma02 * d / (T0 - d)
kappa_star = sp.Symbol("kappa_star", positive=True)
_quartic = stationary_polynomial(kappa_star, _phi, sigma2, _fake_level)
_best_fake = isotropic_ridge(kappa_star)


def _optimal_fake() -> tuple[Step, ...]:
    g, e, t, p, x = sp.symbols("g e t phi x")
    polynomial = stationary_polynomial(kappa, _phi, sigma2, _fake_level)
    # e = phi sigma^2 and g = n sigma_0^2 phi0/(1 - phi0).
    told = ((sigma2, e * T / d), (n, g * (T0 - d) / (sigma02 * d)))
    common: Assumed = ((norm2, ">"), (g, ">="), (e, ">"), (T, ">"))

    def with_dimension(dimension: sp.Expr) -> tuple[tuple[sp.Symbol, sp.Expr], ...]:
        return (*((y, v.subs(d, dimension)) for y, v in told), (d, dimension))

    below = Form(x, (*with_dimension(p * T), (kappa, x)), (*common, (p, ">"), (1 - p, ">")), (1 - p, one))
    above = Form(
        x, (*with_dimension((1 + t) * T), (kappa, t + x)), (*common, (t, ">=")), (t, 1 + t)
    )  # phi = 1 + t, kappa = t + x
    return (
        Premise("the clean error", "clean-ridge"),
        Premise("n times the fake-data factor", "fake-data-term"),
        Algebra("for S = I", open_degrees(_fake_error), _fake_isotropic, isotropic=(d, norm2)),
        Crossing(
            "its slope has the sign of a quartic whose coefficients change sign once: in kappa, or in kappa + 1 - phi",
            _fake_isotropic,
            kappa,
            polynomial,
            2 / ((1 + kappa) ** 2 * _gap**2),
            _slope_assumed,
            (below, above),
            lam_star,
            value=_best_fake,
        ),
    )


optimal_fake = Claim(
    id="optimal-ridge-fake-isotropic",
    title="Optimal ridge under fake data, isotropic inputs: kappa* is the one admissible root of an explicit quartic",
    source=f"own derivation; {THEORY}#E7",
    relation=Relation.OPTIMUM,
    statement=(Equation(lam_star, _best_fake),),
    where=((kappa_star, Root(kappa_star, _quartic, within=(sp.Max(0, _phi - 1), sp.oo))),),
    hypotheses=(isotropic_inputs, fresh, centred, signal, noisy, ridge_positive, determined),
    derive=_optimal_fake,
    setting=Setting("isotropic", "isotropic", (Fit(T0, zero, sigma02, repeat=n),), Fit(T, lam, sigma2)),
    finding=(
        "New: the optimal ridge under fake data is unique for every phi, phi0 < 1, n, sigma_0 and sigma > 0: the "
        "quartic has exactly one root above the kappa of lambda = 0, and the optimum is never at lambda = 0."
    ),
)

# --- P5: Corollary 1 -------------------------------------------------------------------------------------------------

_saturated = sp.Min(r, 1)
_denominator = 1 + 2 * beta * _saturated
_finite = chain.Number(finite=True)
_apart: Assumed = ((a, ">"), (b - a, ">"), (1 - b, ">"))


def _orders(assume: Assumed, free: sp.Symbol | None = None) -> tuple[Step, ...]:
    """The bounds that both claims of this section rest on."""
    return (*chain.start(_finite, assume, free), *chain.bias_order(_finite), *chain.fake_error(assume))


def _corollary_1() -> tuple[Step, ...]:
    point, rate = b * beta / _denominator, 2 * beta * _saturated * b / _denominator
    room: Assumed = ((a * _denominator - b, ">"),)
    assume = (*chain.source, *_apart, *room)
    cases = (chain.kappa_defined, *_finite.steps, chain.fake_terms, chain.shared)
    bias = Order(
        "the bias at any ridge is at most that at kappa in infinite dimension",
        kappa**2 * chain.bias, kappa ** (2 * _saturated), assume, relation="<~",
    )  # fmt: skip
    return (
        *_orders(assume, lam),
        bias,
        Best(
            "whatever the ridge, bias and the generators' noise together are at least T^-rate; at T^-ell* they are "
            "no more",
            E_test, lam, (ell_star, rate_star), point, rate, (2 * _saturated, -1 / beta), assume, cases,
        ),
    )  # fmt: skip


some_generator = Hypothesis("n >= 1", sp.Ge(n, 1))
fake_noise = Hypothesis("sigma_0^2 > 0", sp.Gt(sigma02, 0))
_fixed = Setting("power-law", "source", (Fit(T**b, zero, sigma02, repeat=n),), Fit(T, lam, sigma2), dimension=T**a)

corollary_1 = Claim(
    id="optimal-ridge-exponent",
    title="Corollary 1: the optimal ridge exponent under fake data, fixed n, sigma and sigma_0, b < 1",
    source=f"{V1}, Corollary 1 (v2: Cor. 5.3 and Section 5.2, noisy); {THEORY}#P5",
    relation=Relation.OPTIMUM,
    statement=(
        Equation(ell_star, b * beta / (1 + 2 * beta * _saturated)),
        Equation(rate_star, 2 * beta * _saturated * b / (1 + 2 * beta * _saturated)),
    ),
    hypotheses=(
        capacity,
        no_tie,
        bounded_ridge,
        ridge_positive,
        some_generator,
        fake_noise,
        enough_rows,
        Hypothesis("a < b < 1", sp.And(sp.Lt(a, b), sp.Lt(b, 1))),
        Hypothesis("the optimum lies above the cut-off: ell* < a beta", sp.Lt(b, a * (1 + 2 * beta * _saturated))),
    ),
    derive=_corollary_1,
    setting=_fixed,
    limit=(T, sp.oo),
    finding=(
        "Known: with T0 = T^b, b < 1, the best rate is that of T0 clean samples: more downstream data stops helping.  "
        "New: the corollary needs the optimum above the cut-off, b < a (1 + 2 beta rb); below it the dimension "
        "is finite and E ~ d/T0."
    ),
)

_clean_ell = beta / (1 + 2 * beta * _saturated)


def _keeping_clean() -> tuple[Step, ...]:
    room: Assumed = ((a * _denominator - 1, ">"),)
    assume = (*chain.source, *_apart, *room)
    return (
        *_orders(assume),
        Order("kappa is of the order of lambda", kappa, lam, assume, (chain.kappa_defined, *_finite.steps)),
        Order("the number of eigenvalues above it", chain.count, T ** (1 / _denominator), assume, _finite.steps),
        Order("the bias", kappa**2 * chain.bias, T ** (-2 * beta * _saturated / _denominator), assume),
        Order(
            "the generators' noise is what remains",
            E_test,
            T ** (1 / _denominator - b),
            assume,
            (chain.fake_terms, chain.shared),
        ),
    )


keeping_clean = Claim(
    id="clean-ridge-under-fake-data",
    title="Keeping the clean ridge under fake data: rate b - 1/(1 + 2 beta rb), which is no rate at all for b below it",
    source=f"{V1}, Section 4, the crossover (v2: Section 5.2); {THEORY}#P5",
    relation=Relation.ORDER,
    statement=(Equation(E_test, T ** (1 / (1 + 2 * beta * _saturated) - b)),),
    hypotheses=(
        capacity,
        no_tie,
        some_generator,
        fake_noise,
        enough_rows,
        Hypothesis("a < b < 1", sp.And(sp.Lt(a, b), sp.Lt(b, 1))),
        Hypothesis("ell < a beta", sp.Lt(1, a * (1 + 2 * beta * _saturated))),
    ),
    derive=_keeping_clean,
    setting=Setting(
        "power-law", "source", (Fit(T**b, zero, sigma02, repeat=n),), Fit(T, T**-_clean_ell, sigma2), dimension=T**a
    ),
    limit=(T, sp.oo),
    finding=(
        "Known: keeping the clean ridge costs a worse rate.  New: the direction and the threshold, which the "
        "paper (v2, Section 5.2) has reversed, as we read it: the error falls like T^-(b - 1/(1 + 2 beta rb)) "
        "and does not fall at all once T0 <= T^(1/(1 + 2 beta rb)), while the adapted ridge still gives T0^(-2 "
        "beta rb/(1 + 2 beta rb))."
    ),
)
