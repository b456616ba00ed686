"""Chains of fits: the link that contains every equivalent, and generators that share one design (theory, E4, E5)."""

from __future__ import annotations

import sympy as sp

from theorems.claim import Algebra, Cited, Claim, Equation, Fit, Hypothesis, Premise, Relation, Setting, Step, Words
from theorems.finite_sample import centred, fresh
from theorems.functions import E_test, Kappa, SpectralSum, df
from theorems.link import TRUTH, Moments, error, link
from theorems.vocabulary import T0, R, Sh, T, d, kappa, kappa0, lam, n, s, sigma02, sigma2

proportionate = Hypothesis("d and every T grow in proportion, the spectrum of S bounded and its law convergent")
ridge_positive = Hypothesis("lambda > 0", sp.Gt(lam, 0))

# --- E4 --------------------------------------------------------------------------------------------------------------

lam0 = sp.Symbol("lambda0", nonnegative=True)  # the generators' ridge
_k0, _k = Kappa(lam0, T0), Kappa(lam, T)
_M = sp.symbols("M_1:4", nonnegative=True)  # E w_j^2 after each fit, in one eigendirection
_q = sp.symbols("q_1:4", nonnegative=True)
_abbreviations: list[tuple[sp.Symbol, sp.Expr]] = [(kappa0, _k0), (kappa, _k)]
_teacher = TRUTH
for _i, (_at, _samples, _noise) in enumerate(((kappa0, T0, sigma02), (kappa0, T0, sigma02), (kappa, T, sigma2))):
    _student = link(_teacher, _at, _samples, _noise)
    # M' = D^2 M + q s/(s + kappa)^2: read q off, so that the statement can be written in steps.
    _gain = (_noise + _at**2 * SpectralSum(_teacher.second * s / (s + _at) ** 2)) / (_samples - df(2, _at))
    _abbreviations += [(_q[_i], _gain), (_M[_i], (s / (s + _at)) ** 2 * _teacher.second + _q[_i] * s / (s + _at) ** 2)]
    _teacher = Moments(_student.mean, _M[_i])
chain_of_three = error(_teacher)


def _link() -> tuple[Step, ...]:
    slope = 1 - df(2, kappa) / T
    return (
        Premise(
            "the equivalent of tr[A Q B Q] with A = E w w' gives the signal part D M D and the first part of q",
            "two-resolvents",
        ),
        Words(
            "R Sh = I - lambda R, so the noise part R Sh R is minus the derivative of R Sh in lambda",
            R * Sh,
            sp.Identity(d) - lam * R,
        ),
        Algebra(
            "kappa - kappa df_1/T has the derivative 1 - df_2/T, which is 1/kappa'(lambda)",
            sp.diff(kappa - kappa * SpectralSum(s / (s + kappa)) / T, kappa),
            slope,
        ),
        Algebra(
            "hence the noise part, sigma^2/T * kappa' times S (S + kappa)^-2, is the second part of q",
            sigma2 / T / slope,
            sigma2 / (T - df(2, kappa)),
        ),
        Cited(
            "the equivalents hold for a teacher that is random but independent of the design, with E w w' in "
            "place of A",
            "conditioning on the teacher",
        ),
    )


link_claim = Claim(
    id="link",
    title=(
        "The link: one ridge fit maps the teacher's moments to the student's (here: two ridge generators, then a fit)"
    ),
    source="theory, E4",
    relation=Relation.EQUIVALENT,
    statement=(Equation(E_test, chain_of_three),),
    hypotheses=(
        fresh,
        centred,
        proportionate,
        ridge_positive,
        Hypothesis("the generators' ridge is positive", sp.Gt(lam0, 0)),
    ),
    derive=_link,
    where=tuple(_abbreviations),
    setting=Setting("any", "any", (Fit(T0, lam0, sigma02, repeat=sp.Integer(2)),), Fit(T, lam, sigma2)),
)

_min_norm_chain = error(link(link(TRUTH, Kappa(sp.S.Zero, T0), T0, sigma02), _k, T, sigma2))

link_min_norm = Claim(
    id="link-min-norm",
    title="The link holds for a min-norm generator: T0 < d, ridge 0",
    source="theory, E4",
    relation=Relation.EQUIVALENT,
    statement=(Equation(E_test, _min_norm_chain),),
    hypotheses=(fresh, centred, proportionate, ridge_positive, Hypothesis("T0 < d", sp.Lt(T0, d))),
    derive=lambda: (
        Premise("the link at lambda_0 > 0", "link"),
        Cited("the limit lambda_0 -> 0+ may be taken in the equivalent", "continuity of kappa at 0 for T0 < d"),
    ),
    setting=Setting("any", "any", (Fit(T0, sp.S.Zero, sigma02),), Fit(T, lam, sigma2)),
)

# --- E5 --------------------------------------------------------------------------------------------------------------

_same = error(link(link(TRUTH, Kappa(sp.S.Zero, T0), T0, n * sigma02), _k, T, sigma2))


def _same_design() -> tuple[Step, ...]:
    return (
        Cited(
            "with X_m = X the projection P = X+ X absorbs every later fit: w_n = P w_0 + X+ (E_0 + ... + "
            "E_{n-1}), one fit with noise n sigma_0^2",
            "P X+ = X+ and the sum of independent noises",
        ),
        Premise("that one min-norm fit is a link", "link-min-norm"),
    )


same_design = Claim(
    id="same-design",
    title="Generators that share one design: the bias saturates after one generation",
    source="theory, E5",
    relation=Relation.EQUIVALENT,
    statement=(Equation(E_test, _same),),
    hypotheses=(
        centred,
        proportionate,
        ridge_positive,
        Hypothesis("T0 < d", sp.Lt(T0, d)),
        Hypothesis("all generators use the same design, min-norm least squares"),
    ),
    derive=_same_design,
    setting=Setting("any", "any", (Fit(T0, sp.S.Zero, sigma02, repeat=n, same_design=True),), Fit(T, lam, sigma2)),
    finding=(
        "With fresh designs the signal is lost exponentially fast in n when T0 < d; with one design reused "
        "it is lost once. "
        "Which of the two a theorem assumes changes the law, and has to be said."
    ),
)
