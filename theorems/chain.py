"""Chains of fits: the link that contains every equivalent, and generators that share one design (docs/theory.md#E4,
#E5).
"""

from __future__ import annotations

import sympy as sp

from .claim import (
    Algebra,
    Cited,
    Claim,
    Equation,
    Fit,
    Hypothesis,
    Induction,
    Premise,
    Relation,
    Setting,
    Stein,
    Step,
    Telescope,
    Traces,
    Words,
)
from .finite_sample import centred, few_samples, fresh
from .functions import E_test, Expect, Kappa, SpectralSum, df, trace
from .leading_order import positive as ridge_positive
from .leading_order import proportionate
from .link import TRUTH, Moments, error, link
from .sources import THEORY, V2
from .vocabulary import H1, M0, P0, T0, X0, Fm, H, T, X0p, kappa, kappa0, lam, m, n, s, sigma02, sigma2, um, um1, w0

lam0 = sp.Symbol("lambda0", nonnegative=True)  # the generators' ridge
Meaning = tuple[sp.Symbol, sp.Expr]
Effective = tuple[sp.Symbol, sp.Expr, sp.Expr]  # kappa, samples and noise of one fit

one_fit = Premise(
    "one fit maps M to D M D + q S (S + kappa)^-2, linear in M, so that a random teacher enters through E w w'",
    "one-fit",
)
its_mean = Premise("and m to D m, because R Sh = I - lambda R", "kappa-from-resolvent")


def abbreviated(*fits: Effective) -> tuple[tuple[Meaning, ...], sp.Expr]:
    """(q_i, its meaning), (M_i, its meaning), ... for the gain and E w_j^2 of each fit, and the test error in M_n."""
    meanings: list[Meaning] = []
    teacher = TRUTH
    for i, (at, samples, noise) in enumerate(fits, 1):
        q, second = sp.symbols(f"q_{i} M_{i}", nonnegative=True)
        gain = (noise + at**2 * SpectralSum(teacher.second * s / (s + at) ** 2)) / (samples - df(2, at))
        meanings += [(q, gain), (second, (s / (s + at)) ** 2 * teacher.second + q * s / (s + at) ** 2)]
        teacher = Moments(s / (s + at) * teacher.mean, second)
    return tuple(meanings), error(teacher)


def linked(*fits: Effective) -> tuple[Step, ...]:
    """What the link makes of one fit after the other is what the abbreviations say, and its error the test error."""
    meanings, stated = abbreviated(*fits)
    meaning, teacher, steps = dict(meanings), TRUTH, list[Step]()
    for i, (at, samples, noise) in enumerate(fits, 1):
        q, second = sp.symbols(f"q_{i} M_{i}", nonnegative=True)
        student = link(teacher, at, samples, noise)
        named = meaning[second].xreplace({q: meaning[q]})
        steps.append(
            Algebra(f"fit {i} in each direction: q_{i} and M_{i}", SpectralSum(student.second), SpectralSum(named))
        )
        teacher = Moments(student.mean, second)
    last = "tr S (M - 2 m w_0' + w_0 w_0') after the last fit"
    return (*steps, Algebra(last, error(teacher), stated, stands_for=E_test))


# --- E4 --------------------------------------------------------------------------------------------------------------

_generator: Effective = (kappa0, T0, sigma02)
_downstream: Effective = (kappa, T, sigma2)
_downstream_kappa = (kappa, Kappa(lam, T))
_chain, chain_of_three = abbreviated(_generator, _generator, _downstream)

link_claim = Claim(
    id="link",
    title="The link: a ridge fit maps its teacher's moments to its student's (here: two ridge generators, then a fit)",
    source=f"own derivation; {THEORY}#E4",
    relation=Relation.EQUIVALENT,
    statement=(Equation(E_test, chain_of_three),),
    hypotheses=(
        fresh,
        centred,
        proportionate,
        ridge_positive,
        Hypothesis("the generators' ridge is positive", sp.Gt(lam0, 0)),
    ),
    derive=lambda: (one_fit, its_mean, *linked(_generator, _generator, _downstream)),
    where=((kappa0, Kappa(lam0, T0)), _downstream_kappa, *_chain),
    setting=Setting("any", "any", (Fit(T0, lam0, sigma02, repeat=sp.Integer(2)),), Fit(T, lam, sigma2)),
)

_min_norm_kappa = (kappa0, Kappa(sp.S.Zero, T0))
_min_norm, _min_norm_error = abbreviated(_generator, _downstream)

link_min_norm = Claim(
    id="link-min-norm",
    title="The link holds for a min-norm generator: T0 <= d - 2, ridge 0",
    source=f"{V2}, Theorem 4.6 (22), by the link; {THEORY}#E4",
    relation=Relation.EQUIVALENT,
    statement=(Equation(E_test, _min_norm_error),),
    hypotheses=(fresh, centred, proportionate, ridge_positive, few_samples),
    derive=lambda: (
        one_fit,
        its_mean,
        Premise("kappa_0, the root of df_1(kappa_0) = T0, is what is left of kappa(lambda_0, T0)", "kappa-min-norm"),
        Premise("as lambda_0 -> 0+: lambda_0 is an increasing function of kappa_0", "kappa-monotone"),
        Cited(
            "the generator is a ridge fit whose ridge lambda_0 tends to 0+ at every size; the equivalent may be taken "
            "before that limit",
            "that E_test and its equivalent at lambda_0 differ by a fraction that vanishes uniformly in 0 < lambda_0 "
            "<= 1 as the sizes grow, T0/d bounded away from 1: the least eigenvalue of X X'/T0 stays away from 0",
        ),
        *linked(_generator, _downstream),
    ),
    where=(_min_norm_kappa, _downstream_kappa, *_min_norm),
    setting=Setting("any", "any", (Fit(T0, sp.S.Zero, sigma02),), Fit(T, lam, sigma2)),
)

# --- E5 --------------------------------------------------------------------------------------------------------------

_once: Effective = (kappa0, T0, n * sigma02)
_same, _same_error = abbreviated(_once, _downstream)
_x = sp.Symbol("x")


def _same_design() -> tuple[Step, ...]:
    second = Expect(trace(M0 * H * H.T))
    return (
        Words("a fit reproduces its labels, X X+ = I: each generation adds its noise to them", X0 * um1 - X0 * um, Fm),
        Telescope("summed over the generations, X w_n = X w_0 + H_n with H_n = E_0 + ... + E_{n-1}", 0, X0 * um, Fm),
        Words("a fit lies in the row space of the design: w_n = X+ X w_n for n >= 1", um1, X0p * X0 * um1),
        Words("hence w_n = P w_0 + X+ H_n: one fit of labels with noise H_n", X0p * (X0 * w0 + H), P0 * w0 + X0p * H),
        Traces(
            "average over E_m, of which H_m is independent: cross terms vanish",
            Expect(trace(M0 * H1 * H1.T)) - second,
            sigma02 * trace(M0),
            by=(Stein(Fm, M0 * H), Stein(Fm, M0.T * H), Stein(Fm, M0 * Fm)),
        ),
        Induction(
            "so H_n has the second moment, n sigma_0^2 I, of one noise with that variance",
            second,
            m * sigma02 * trace(M0),
            m,
            sp.S.Zero,
            sp.Lambda(_x, _x + sigma02 * trace(M0)),
        ),
        Premise("one min-norm fit is a link, whatever its noise; E_test is quadratic in H_n", "link-min-norm"),
        *linked(_once, _downstream),
    )


# What is supposed wherever min-norm generators share one design.
one_design = (
    centred,
    proportionate,
    ridge_positive,
    few_samples,
    Hypothesis("n >= 1: there is a generator", sp.Ge(n, 1)),
    Hypothesis("all generators use the same design, min-norm least squares"),
)

same_design = Claim(
    id="same-design",
    title="Generators that share one design: the bias saturates after one generation",
    source=f"{V2}, Theorem 4.6 (22) for X_n = X_0; Theorem 4.8 for S = I; {THEORY}#E5",
    relation=Relation.EQUIVALENT,
    statement=(Equation(E_test, _same_error),),
    hypotheses=one_design,
    derive=_same_design,
    where=(_min_norm_kappa, _downstream_kappa, *_same),
    setting=Setting("any", "any", (Fit(T0, sp.S.Zero, sigma02, repeat=n, same_design=True),), Fit(T, lam, sigma2)),
    finding=(
        "Known: with fresh designs the signal is lost exponentially fast in n when T0 < d, with one design it is lost "
        "once (the paper, v2, Theorems 4.8 and 4.9).  New: the whole error for any spectrum as one link, and its "
        "domain: n >= 1, and T0 <= d - 2, since at T0 = d - 1 the noisy error is infinite."
    ),
)
