"""What does not hold as published, as we read it, each beside what does (docs/theory.md#X1 to #X10).

A statement of the paper that fails is kept as a refuted claim, so that anyone can replay its counterexample; the claim
next to it states what holds instead.  None of them touches the paper's main conclusions.
"""

from __future__ import annotations

import sympy as sp

from .chain import one_design
from .claim import Algebra, Claim, Equation, Fit, Hypothesis, Premise, Relation, Setting, Step
from .equivalents import fake_data_term
from .fake_data import same_design_factor
from .finite_sample import centred, fresh, moments_downstream
from .functions import E_test, Kappa, SpectralSum, df
from .leading_order import proportionate
from .power_law import capacity
from .sources import THEORY, V2
from .vocabulary import (
    T0,
    T,
    a,
    d,
    lam,
    n,
    norm2,
    phi,
    phi0,
    r,
    s,
    sigma02,
    sigma2,
    w2,
)

zero, one = sp.S.Zero, sp.S.One

# --- X10: Eq. (30) ----------------------------------------------------------------------------------------------------

_source_norm = SpectralSum(s ** (1 - 2 * r) * w2)
_finite_power_law = Setting("power-law", "source", (), Fit(T, lam, sigma2), dimension=T**a)

source_published = Claim(
    id="source-example-as-published",
    title="The example of Eq. (30), s_j w0_j^2 = j^-(1 + 2 beta r): |S^(1/2 - r) w0|^2 stays bounded",
    source=f"{V2}, Eq. (30); {THEORY}#X10",
    relation=Relation.ORDER,
    statement=(Equation(_source_norm, one),),
    hypotheses=(capacity, Hypothesis("a > 0: d = T^a grows", sp.Gt(a, 0)), Hypothesis("r > 0", sp.Gt(r, 0))),
    setting=_finite_power_law,
    limit=(T, sp.oo),
    finding=(
        "Refuted, as we read it: the sum is that of 1/j for j <= d, which grows like log d, whatever beta and r.  The "
        "laws do not depend on it."
    ),
    expected="refuted",
)

# --- X8: Section 4.1, worse than w = 0 --------------------------------------------------------------------------------

_clean, _each = sigma2 * phi / (1 - phi), sigma02 * phi0 / (1 - phi0)
_threshold = (norm2 / sigma02 - sigma2 / sigma02 * phi / (1 - phi)) * (1 / phi0 - 1)
_published = norm2 / sigma02 / (1 / phi0 - 1)
_ranges = (
    Hypothesis("0 < phi0 < 1", sp.Lt(phi0, 1)),
    Hypothesis("sigma_0^2 > 0", sp.Gt(sigma02, 0)),
)
_below_one = Hypothesis("0 < phi < 1", sp.Lt(phi, 1))

worse_than_nothing = Claim(
    id="worse-than-nothing",
    title="Least squares is worse than w = 0 exactly for n > (SNR_0 - (sigma^2/sigma_0^2) phi/(1 - phi)) (1/phi0 - 1)",
    source=f"own derivation (corrects {V2}, Section 4.1); {THEORY}#X8",
    relation=Relation.EQUALITY,
    statement=(Equation(_clean + n * _each - norm2, _each * (n - _threshold)),),
    hypotheses=(*_ranges, _below_one),
    derive=lambda: (
        Algebra(
            "the error of Eq. (1) less that of w = 0, with its factor of n taken out",
            _clean + n * _each - norm2,
            _each * (n - _threshold),
        ),
    ),
    finding=(
        "Known: that there is a threshold.  New: its value.  The factor in front is positive, so the sign is that "
        "of n - threshold; SNR_0 = |w0|_S^2/sigma_0^2, written with |w0|^2 for S = I."
    ),
)

worse_than_nothing_published = Claim(
    id="worse-than-nothing-as-published",
    title="The threshold of Section 4.1, SNR_0/(1/phi0 - 1), with noise-free downstream labels",
    source=f"{V2}, Section 4.1; {THEORY}#X8",
    relation=Relation.EQUALITY,
    statement=(Equation(n * _each - norm2, _each * (n - _published)),),
    hypotheses=_ranges,
    finding=(
        "Refuted, as we read it: 1/phi0 - 1 multiplies SNR_0 and does not divide it (phi0 = 1/4, SNR_0 = 10: 30 "
        "generations, not 3.3); see worse-than-nothing."
    ),
    expected="refuted",
)

# --- X9: Remark 4.2 ---------------------------------------------------------------------------------------------------

_growing = Setting("any", "any", (Fit(T, zero, sigma2), Fit(2 * T, zero, sigma2)), Fit(3 * T, zero, sigma2))
_exact = sum((sigma2 * d / (m * T - d - 1) for m in (1, 2, 3)), zero)


def _growing_steps() -> tuple[Step, ...]:
    own = [sigma2 * d / (m * T - d - 1) for m in (3, 1, 2)]
    return (
        Premise("with least squares everywhere the error is the sum of the fits' own errors", "chain-decomposition"),
        Premise("each of them sigma^2 E tr S (X'X)^-1 = sigma^2 d/(mT - d - 1)", "inverse-wishart"),
        Algebra(
            "the downstream fit, on 3T rows, and generators on T and 2T",
            own[0] + own[1] + own[2],
            _exact,
            stands_for=E_test,
        ),
    )


growing_generators = Claim(
    id="growing-generators",
    title="Fits on T, 2T, 3T fresh rows: the errors sigma^2 d/(mT - d - 1) add up, exactly (three fits)",
    source=f"own derivation (corrects {V2}, Remark 4.2); {THEORY}#X9",
    relation=Relation.EQUALITY,
    statement=(Equation(E_test, _exact),),
    hypotheses=(fresh, centred, moments_downstream),
    derive=_growing_steps,
    setting=_growing,
)

growing_generators_published = Claim(
    id="growing-generators-as-published",
    title="Remark 4.2 in the proportionate regime: (1 + 1/2 + 1/3) times the error of the first fit",
    source=f"{V2}, Remark 4.2, three fits; {THEORY}#X9",
    relation=Relation.EQUIVALENT,
    statement=(Equation(E_test, (one + one / 2 + one / 3) * sigma2 * d / (T - d)),),
    hypotheses=(fresh, centred, proportionate, moments_downstream),
    setting=_growing,
    finding=(
        "Refuted, as we read it: the later fits are better determined than the first by more than the ratio of their "
        "sizes, phi/(m - phi) < phi/(m (1 - phi)); see growing-generators.  It holds to leading order where d << T."
    ),
    expected="refuted",
)

# --- X10: Eqs. (46) and (70) -----------------------------------------------------------------------------------------

_known, _seen_noise = same_design_factor.where[0]

prefactor_published = Claim(
    id="one-design-prefactor-as-published",
    title="The fake-data factor of one design with 1/T in the place of 1/(T0 - df_2(kappa_0))",
    source=f"{V2}, Eq. (46), a slip in the prefactor; {THEORY}#X10",
    relation=Relation.EQUIVALENT,
    statement=same_design_factor.statement,
    hypotheses=one_design,
    where=((_known, _seen_noise * (T0 - df(2, Kappa(zero, T0))) / T),),
    setting=same_design_factor.setting,
    finding=(
        "Refuted, as we read (46), where T and T0 - df_2(kappa_0) are interchanged; see same-design-factor, which has "
        "the prefactor of Theorem 4.6 (22)."
    ),
    expected="refuted",
)

_k = Kappa(lam, T)
_missing = (df(2, _k) + SpectralSum((s + _k) ** -2) * df(2, _k) / (T - df(2, _k))) / (T0 - d)

kappa_squared_published = Claim(
    id="fake-data-term-without-kappa-squared",
    title="The fake-data factor with the second term of the two-resolvent equivalent as in (70), without kappa^2",
    source=f"{V2}, Eq. (70), a slip; {THEORY}#X10",
    relation=Relation.EQUIVALENT,
    statement=(Equation(E_test, _missing),),
    hypotheses=fake_data_term.hypotheses,
    setting=fake_data_term.setting,
    finding=(
        "Refuted, as we read (70): its second term needs the factor kappa^2; see two-resolvents and fake-data-term, "
        "which has it, as (23) does."
    ),
    expected="refuted",
)
