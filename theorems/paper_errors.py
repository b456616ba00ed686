"""What does not hold as published, as we read it, each beside what does (docs/theory.md#X1 to #X10).

A statement of the paper that fails is kept as a refuted claim, so that anyone can replay its counterexample; the claim
next to it states what holds instead.  None of them touches the paper's main conclusions.
"""

from __future__ import annotations

import sympy as sp

from .claim import Algebra, Claim, Equation, Fit, Hypothesis, LeadingTraces, Premise, Relation, Setting, Step
from .equivalents import positive_spectrum
from .finite_sample import centred, few_samples, fresh, moments_downstream
from .functions import E_test, Expect, Kappa, SpectralSum, df, trace
from .leading_order import at, kappa_is, one_resolvent, proportionate
from .leading_order import positive as ridge_positive
from .power_law import capacity, no_tie
from .sources import THEORY, V2
from .vocabulary import (
    T0,
    A,
    D,
    K,
    R,
    Sh,
    T,
    a,
    b,
    beta,
    d,
    ell,
    kappa,
    kappa0,
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

# --- X1: Theorem 4.6 (21), the gap exactly ---------------------------------------------------------------------------

_D0 = sp.Symbol("D_0", nonnegative=True)  # what the teacher keeps of an eigendirection
_M = sp.Symbol("M_1", nonnegative=True)  # its E w_j^2
_q = kappa0**2 * SpectralSum(s * w2 / (s + kappa0) ** 2) / (T0 - df(2, kappa0))
_u = sp.Symbol("u", nonnegative=True)  # df_2/(T - df_2): how the downstream fit turns what it does not learn into noise
_D, _G = s / (s + kappa), 1 / (s + kappa)


def _seen(mean: sp.Expr, second: sp.Expr, truth: sp.Expr) -> sp.Expr:
    """E |w_hat - truth|_S^2 of the downstream fit of a teacher with these moments, without noise: one link."""
    return SpectralSum(s * (_D**2 * second - 2 * _D * mean * truth + truth)) + kappa**2 * _u * SpectralSum(
        s * _G**2 * second
    )


_with, _without = _seen(_D0, _M, w2), _seen(one, w2, w2)
_delta = _seen(zero, _M - 2 * _D0 * w2 + w2, zero)  # w_1 - w_0 through the downstream fit
_gap = 2 * SpectralSum(w2 * (1 - _D0) * kappa * s * _G**2 * (s - kappa * _u))

forgetting_gap = Claim(
    id="forgetting-gap",
    title="Bias with a min-norm teacher, less the clean bias and DeltaBias: the exact cross term, of either sign",
    source=f"own derivation (corrects {V2}, Theorem 4.6 (21)); {THEORY}#X1",
    relation=Relation.EQUALITY,
    statement=(Equation(_with - _without - _delta, _gap),),
    hypotheses=(positive_spectrum, ridge_positive, few_samples),
    derive=lambda: (Algebra("the three links, w_1 = w_0 + (w_1 - w_0) expanded", _with - _without - _delta, _gap),),
    where=(
        (kappa0, Kappa(zero, T0)),
        (kappa, Kappa(lam, T)),
        (_D0, s / (s + kappa0)),
        (_u, df(2, kappa) / (T - df(2, kappa))),
        (_M, _D0**2 * w2 + _q * s / (s + kappa0) ** 2),
    ),
    setting=Setting("any", "any", (Fit(T0, zero, zero),), Fit(T, lam, zero)),
    finding=(
        "The theorem says that the left side is nonnegative, as we read it.  The cross term is negative where s < "
        "kappa df_2/(T - df_2): what the student cannot learn acts on it as noise, and a teacher that has forgotten it "
        "spares the student.  It holds where the least eigenvalue is at least kappa df_2/(T - df_2), so for S = I."
    ),
)

# --- X3: Lemma A.5, one generation ------------------------------------------------------------------------------------

_projection = (fresh, proportionate, ridge_positive, kappa_is)

projection_mean = Claim(
    id="projection-mean",
    title="Mean of what one fit keeps of its teacher: Sh R is equivalent to D = S (S + kappa)^-1",
    source=f"random matrix theory (corrects {V2}, Lemma A.5, for one generation); {THEORY}#X3",
    relation=Relation.EQUIVALENT,
    statement=(Equation(Expect(trace(A * Sh * R)), trace(A * D)),),
    hypotheses=_projection,
    derive=lambda: (
        one_resolvent(),
        LeadingTraces(
            "Sh R = I - lambda R, and I - kappa (S + kappa)^-1 = D",
            Expect(trace(A * Sh * R)),
            trace(A * D),
            by=(at(0),),
        ),
    ),
)

projection_mean_published = Claim(
    id="projection-mean-as-published",
    title="Lemma A.5 read for one generation: Sh R equivalent to (S + kappa)^-1",
    source=f"{V2}, Lemma A.5, one generation with a ridge lambda > 0 (there lambda -> 0); {THEORY}#X3",
    relation=Relation.EQUIVALENT,
    statement=(Equation(Expect(trace(A * Sh * R)), trace(A * K)),),
    hypotheses=_projection,
    finding=(
        "Refuted, as we read it: a factor S is missing for every generation; see projection-mean.  For S = I "
        "the two agree."
    ),
    expected="refuted",
)

# --- X5: Corollary 5.3 for b > 1 --------------------------------------------------------------------------------------

_denominator = 1 + 2 * beta * sp.Min(r, 1)

corollary_published = Claim(
    id="noiseless-corollary-as-published",
    title="Corollary 5.3 read at b > 1 with n fixed (a = 0): the best rate is b c, c = 2 beta rb/(1 + 2 beta rb)",
    source=f"{V2}, Corollary 5.3; {THEORY}#X5",
    relation=Relation.OPTIMUM,
    statement=(Equation(sp.Symbol("rate_star"), 2 * beta * sp.Min(r, 1) * b / _denominator),),
    hypotheses=(
        capacity,
        no_tie,
        Hypothesis("n >= 1", sp.Ge(n, 1)),
        Hypothesis("sigma_0^2 > 0", sp.Gt(sigma02, 0)),
        Hypothesis("b > 1", sp.Gt(b, 1)),
    ),
    setting=Setting(
        "power-law",
        "source",
        (Fit(T**b, zero, sigma02, repeat=n),),
        Fit(T, T**-ell, zero),
        dimension=T**b / 2,
    ),
    limit=(T, sp.oo),
    finding=(
        "Refuted, as we read it: with phi0 fixed and T0 >> T the larger of T/T0 and phi0 is phi0, so that the rate no "
        "longer grows with b.  It is c itself: `ridgeproof exponents --beta 2 --r 3/8 --a 3/2 --b 3/2 --s inf` proves "
        "3/5 where the corollary has 9/10."
    ),
    expected="refuted",
)

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
        "The factor in front is positive, so the sign is that of n - threshold; SNR_0 = |w0|_S^2/sigma_0^2, written "
        "with |w0|^2 for S = I."
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
