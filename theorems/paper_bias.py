"""What v2 says of the bias under min-norm generators, T0 < d: Theorem 4.6, the bound after it, Lemmas A.5 and A.6.

docs/theory.md#X1 to #X4.  A statement that fails, as we read it, is kept as a refuted claim next to what holds instead.
"""

from __future__ import annotations

import sympy as sp

from .chain import Effective, abbreviated, its_mean, linked, one_fit
from .claim import (
    Algebra,
    Cited,
    Claim,
    Equation,
    Fit,
    Hypothesis,
    LeadingTraces,
    Premise,
    Relation,
    Setting,
    Sign,
    Step,
)
from .declarations import Constant
from .equivalents import positive_spectrum
from .finite_sample import few_samples, fresh, isotropic_inputs, ridge
from .functions import E_test, Expect, Kappa, SpectralSum, df, trace
from .leading_order import at, kappa_is, one_resolvent, proportionate
from .leading_order import positive as ridge_positive
from .sources import THEORY, V2
from .vocabulary import T0, A, D, K, R, S, Sh, T, d, kappa, kappa0, lam, s, w0, w2

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
_fake, _own, _extra = sp.symbols("B_fake B_clean B_Delta", nonnegative=True)
_named = ((_fake, _with), (_own, _without), (_extra, _delta))
_biases = Hypothesis(
    "B_clean is the bias of the downstream fit on clean labels, B_fake that on the generator's, B_Delta = DeltaBias: "
    "what of their difference the fit sees (all three to leading order)"
)
_gap = 2 * SpectralSum(w2 * (1 - _D0) * kappa * s * _G**2 * (s - kappa * _u))

forgetting_gap = Claim(
    id="forgetting-gap",
    title="Bias with a min-norm teacher, less the clean bias and DeltaBias: the exact cross term, of either sign",
    source=f"own derivation (corrects {V2}, Theorem 4.6 (21)); {THEORY}#X1",
    relation=Relation.EQUALITY,
    statement=(Equation(_fake - _own - _extra, _gap),),
    hypotheses=(positive_spectrum, ridge_positive, few_samples, _biases),
    derive=lambda: (Algebra("the three links, w_1 = w_0 + (w_1 - w_0) expanded", _with - _without - _delta, _gap),),
    where=(
        (kappa0, Kappa(zero, T0)),
        (kappa, Kappa(lam, T)),
        (_D0, s / (s + kappa0)),
        (_u, df(2, kappa) / (T - df(2, kappa))),
        (_M, _D0**2 * w2 + _q * s / (s + kappa0) ** 2),
        *_named,
    ),
    setting=Setting("any", "any", (Fit(T0, zero, zero),), Fit(T, lam, zero)),
    finding=(
        "Known: Theorem 4.6 says that the left side is nonnegative, as we read it.  New: its exact value.  The "
        "summand is negative where s < kappa df_2/(T - df_2): what the student cannot learn acts on it as noise, "
        "and a teacher that has forgotten it spares the student.  It holds where the least eigenvalue is at least "
        "kappa df_2/(T - df_2), so for S = I."
    ),
)

_meanings, _problem = forgetting_gap.where, forgetting_gap.setting

forgetting_published = Claim(
    id="forgetting-inequality-as-published",
    title="Theorem 4.6 (21), first part: the bias with a min-norm teacher is at least Bias + DeltaBias",
    source=f"{V2}, Theorem 4.6 (21), one generation, in the equivalents; {THEORY}#X1",
    relation=Relation.BOUND,
    statement=(Equation(_own + _extra, _fake),),
    hypotheses=forgetting_gap.hypotheses,
    where=_meanings,
    setting=_problem,
    finding=(
        "Refuted, as we read it, by the equivalents in balls at the point shown; examples/paper/theorem-4-6.toml has a "
        "case that simulation shows.  See forgetting-gap for the exact difference and forgetting-inequality-isotropic "
        "for where it holds."
    ),
    expected="refuted",
)

forgetting_published_weak = Claim(
    id="forgetting-raises-bias-as-published",
    title="Theorem 4.6 (21), its consequence: the bias with a min-norm teacher is at least the clean bias",
    source=f"{V2}, Theorem 4.6 (21), one generation, in the equivalents; {THEORY}#X1",
    relation=Relation.BOUND,
    statement=(Equation(_own, _fake),),
    hypotheses=forgetting_gap.hypotheses,
    where=_meanings,
    setting=_problem,
    finding=(
        "Refuted, as we read it: a teacher that has forgotten a weak direction can leave its student with a smaller "
        "bias than the truth would; see forgetting-gap."
    ),
    expected="refuted",
)

_above = T * (1 + kappa) - d

forgetting_isotropic = Claim(
    id="forgetting-inequality-isotropic",
    title="Theorem 4.6 (21) holds for S = I: there 1 >= kappa df_2/(T - df_2), that is kappa d <= T (1 + kappa)^2 - d",
    source=f"own derivation (the case in which {V2}, Theorem 4.6 (21), holds); {THEORY}#X1",
    relation=Relation.BOUND,
    statement=(Equation(kappa * d, T * (1 + kappa) ** 2 - d),),
    hypotheses=(
        isotropic_inputs,
        ridge_positive,
        Hypothesis("T (1 + kappa) > d, since lambda = kappa (1 - phi/(1 + kappa)) > 0", sp.Gt(_above, 0)),
    ),
    derive=lambda: (
        Sign(
            "the difference is (1 + kappa)(T (1 + kappa) - d)",
            T * (1 + kappa) ** 2 - d - kappa * d,
            ">=",
            ((_above, ">"), (kappa, ">=")),
        ),
    ),
    setting=Setting("isotropic", "isotropic", (), Fit(T, lam, zero)),
    finding=(
        "Known: (21).  New: where it holds.  The summands of forgetting-gap have the sign of s - kappa df_2/(T - "
        "df_2); for S = I it is that of 1 - kappa d/(T (1 + kappa)^2 - d), which is never negative."
    ),
)

# --- X2: the bound after Theorem 4.6 ---------------------------------------------------------------------------------

_student = S * R * Sh * w0 * w0.T * Sh * R

norm_published = Claim(
    id="operator-norm-bound-as-published",
    title="After Theorem 4.6, weakened: DeltaBias >= E tr(S^(1/2) Sh R R Sh S^(1/2)) |e|^2/d for a teacher's error e",
    source=f"{V2}, after Theorem 4.6; {THEORY}#X2",
    relation=Relation.BOUND,
    statement=(Equation(Expect(trace(S * R * Sh * Sh * R)) * trace(w0 * w0.T) / d, Expect(trace(_student))),),
    hypotheses=(fresh, ridge, Hypothesis("w0 stands for the teacher's error e = Q w0 - w0, any vector")),
    finding=(
        "Refuted, as we read it: |M|_op^2 >= tr(M M')/d for M = S^(1/2) Sh R, so that the published bound, with the "
        "operator norm, fails wherever this one does.  It holds in the other direction; see operator-norm-bound."
    ),
    expected="refuted",
)

_any = Constant("M")

norm_bound = Claim(
    id="operator-norm-bound",
    title="For every matrix M and vector e: |S^(1/2) M e|^2 <= tr(M'S M) |e|^2, so DeltaBias is bounded from above",
    source=f"own derivation (corrects {V2}, after Theorem 4.6); {THEORY}#X2",
    relation=Relation.BOUND,
    statement=(Equation(trace(S * _any * w0 * w0.T * _any.T), trace(S * _any * _any.T) * trace(w0 * w0.T)),),
    hypotheses=(Hypothesis("w0 stands for any vector e; M = Sh R gives DeltaBias"),),
    derive=lambda: (Cited("Cauchy-Schwarz for every row of S^(1/2) M, summed over the rows", "classical"),),
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

# --- X4: Lemma A.6 ---------------------------------------------------------------------------------------------------

_first: Effective = (kappa0, T0, zero)
_kappa1 = sp.Symbol("kappa1", nonnegative=True)
_second: Effective = (_kappa1, T, zero)
_two, _two_error = abbreviated(_first, _second)
_kappas = ((kappa0, Kappa(zero, T0)), (_kappa1, Kappa(zero, T)))
_chain = Setting("any", "any", (Fit(T0, zero, zero),), Fit(T, zero, zero))
_short = (fresh, proportionate, few_samples, Hypothesis("T <= d - 2", sp.Le(T, d - 2)))


def _limits() -> tuple[Step, ...]:
    return (
        one_fit,
        its_mean,
        Premise("each kappa is the root of df_1(kappa) = T_m", "kappa-min-norm"),
        Premise("as the ridge tends to 0+", "kappa-monotone"),
        Cited(
            "both fits are ridge fits whose ridges tend to 0+ at every size; the equivalent may be taken before that",
            "that E_test and its equivalent differ by a fraction that vanishes uniformly in ridges up to 1 as the "
            "sizes grow, T0/d and T/d bounded away from 1",
        ),
        *linked(_first, _second),
    )


two_projections = Claim(
    id="two-projections",
    title="Two fresh min-norm fits without noise: E|Q w0 - w0|_S^2 by two links, Q = P_1 P_0 (no product)",
    source=f"own derivation (corrects {V2}, Lemma A.6); {THEORY}#X4",
    relation=Relation.EQUIVALENT,
    statement=(Equation(E_test, _two_error),),
    hypotheses=_short,
    derive=_limits,
    where=(*_kappas, *_two),
    setting=_chain,
    finding=(
        "New: what the first fit loses is noise for the second (the term q_2), which a product over generations misses."
    ),
)


def _factor(at_: sp.Expr, samples: sp.Expr) -> sp.Expr:
    """S (S + kappa)^-2 (S + kappa^2 df_2/(T - df_2)/S): what E P S P is of S, for one generation."""
    return (s**2 + at_**2 * df(2, at_) / (samples - df(2, at_))) / (s + at_) ** 2


_cross = SpectralSum(s * w2 * (1 - 2 * s**2 / ((s + kappa0) * (s + _kappa1))))
_product = _factor(kappa0, T0) * _factor(_kappa1, T)
_words = (
    "E Q'SQ as a product over two generations; E|Q w0 - w0|_S^2 follows with the mean of Q, which is taken as it is"
)

product_published = Claim(
    id="projection-product-as-published",
    title="Lemma A.6 read as a product of S (S + kappa_m)^-2 (S^2 + kappa_m^2 df_2/(T_m - df_2)) over two generations",
    source=f"{V2}, Lemma A.6 (54), with one S a generation; {THEORY}#X4",
    relation=Relation.EQUIVALENT,
    statement=(Equation(E_test, SpectralSum(s**2 * w2 * _product) + _cross),),
    hypotheses=(*_short, Hypothesis(_words)),
    where=_kappas,
    setting=_chain,
    finding="Refuted, as we read it; it holds for one generation, and for S = I.  See two-projections.",
    expected="refuted",
)

product_published_once = Claim(
    id="projection-product-once-as-published",
    title="Lemma A.6 read with a single S: S prod (S + kappa_m)^-2 (S^2 + kappa_m^2 df_2/(T_m - df_2))",
    source=f"{V2}, Lemma A.6 (54), read with a single S; {THEORY}#X4",
    relation=Relation.EQUIVALENT,
    statement=(Equation(E_test, SpectralSum(s * w2 * _product) + _cross),),
    hypotheses=(*_short, Hypothesis(_words)),
    where=_kappas,
    setting=_chain,
    finding="Refuted in this reading too, by 3 % at the point shown.  See two-projections.",
    expected="refuted",
)
