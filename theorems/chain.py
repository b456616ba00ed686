"""Chains of fits: the link that contains every equivalent, and generators that share one design (theory, E4, E5)."""

from __future__ import annotations

import sympy as sp

from theorems.claim import (
    Algebra,
    Cited,
    Claim,
    Equation,
    Fit,
    Hypothesis,
    Premise,
    Relation,
    Setting,
    Step,
)
from theorems.finite_sample import centred, fresh
from theorems.functions import E_test, Kappa, SpectralSum, df
from theorems.leading_order import positive as ridge_positive
from theorems.leading_order import proportionate
from theorems.link import TRUTH, Moments, error, link
from theorems.vocabulary import (
    T0,
    T,
    d,
    kappa,
    kappa0,
    lam,
    n,
    s,
    sigma02,
    sigma2,
)

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
    steps: list[Step] = [
        Premise(
            "one fit maps M to D M D + q S (S + kappa)^-2, linear in M, so that a random teacher enters through E w w'",
            "one-fit",
        ),
        Premise("and m to D m, because R Sh = I - lambda R", "kappa-from-resolvent"),
    ]
    meaning = dict(_abbreviations)
    second: sp.Expr = TRUTH.second
    for i, (at_, samples, noise) in enumerate(((kappa0, T0, sigma02), (kappa0, T0, sigma02), (kappa, T, sigma2))):
        after = link(Moments(sp.S.One, second), at_, samples, noise).second
        stated = meaning[_M[i]].xreplace({_q[i]: meaning[_q[i]]})
        steps.append(Algebra(f"fit {i + 1}, direction by direction", SpectralSum(after), SpectralSum(stated)))
        second = _M[i]
    steps.append(
        Algebra("tr S (M - 2 m w_0' + w_0 w_0') after the last fit", error(_teacher), chain_of_three, stands_for=E_test)
    )
    return tuple(steps)


link_claim = Claim(
    id="link",
    title="The link: a ridge fit maps its teacher's moments to its student's (here: two ridge generators, then a fit)",
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
            "with X_m = X the projection P = X+ X absorbs every later fit: w_n = P w_0 + X+ (E_0 + ... + E_{n-1}), "
            "one fit with noise n sigma_0^2",
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
        "With fresh designs the signal is lost exponentially fast in n when T0 < d; with one design it is lost once. "
        "Which of the two a theorem assumes changes the law, and has to be said."
    ),
)
