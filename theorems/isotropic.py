"""Isotropic inputs, S = I: closed forms, and what fresh and shared designs forget (docs/theory.md#E1, #E2, #F9)."""

from __future__ import annotations

import sympy as sp

from .claim import Algebra, Claim, Equation, Fit, Hypothesis, Loop, Premise, Relation, Setting, Step, Traces, Words
from .finite_sample import centred, fresh, haar, isotropic_inputs, moments_downstream, rank
from .functions import E_test, Expect, Kappa, SpectralSum, trace
from .leading_order import kappa_is, proportionate
from .leading_order import positive as ridge_positive
from .link import TRUTH, error, link
from .sources import THEORY, V2
from .vocabulary import P0, T0, X0, P, T, X0p, d, kappa, lam, n, norm2, s, sigma2, w0, wP

zero, one = sp.S.Zero, sp.S.One
_phi, _k = d / T, Kappa(lam, T)
clean_isotropic_setting = Setting("isotropic", "isotropic", (), Fit(T, lam, sigma2))

# --- Eq. (15) and Prop. 4.5 ------------------------------------------------------------------------------------------


def _kappa_isotropic() -> tuple[Step, ...]:
    fixed_point = (kappa - lam, kappa * SpectralSum(s / (s + kappa)) / T, 4 * (1 + kappa))
    return (
        Algebra(
            "for S = I the fixed point is kappa - lambda = kappa phi/(1 + kappa); times 1 + kappa, and the square "
            "completed",
            (2 * kappa - (lam + _phi - 1)) ** 2,
            (lam + _phi - 1) ** 2 + 4 * lam,
            assuming=(fixed_point,),
            isotropic=(d, norm2),
        ),
    )


kappa_isotropic = Claim(
    id="kappa-isotropic",
    title="kappa in closed form for S = I: 2 kappa = lambda + phi - 1 + sqrt((lambda + phi - 1)^2 + 4 lambda), squared",
    source=f"{V2}, Eq. (15); {THEORY}#E1",
    relation=Relation.EQUALITY,
    statement=(Equation((2 * kappa - (lam + _phi - 1)) ** 2, (lam + _phi - 1) ** 2 + 4 * lam),),
    hypotheses=(isotropic_inputs, ridge_positive, kappa_is),
    derive=_kappa_isotropic,
    where=((kappa, _k),),
    setting=clean_isotropic_setting,
)

_clean = (_k**2 * norm2 + sigma2 * _phi) / ((1 + _k) ** 2 - _phi)

clean_ridge_isotropic = Claim(
    id="clean-ridge-isotropic",
    title="Clean data, isotropic inputs: bias and variance in closed form",
    source=f"{V2}, Prop. 4.5, isotropic case; {THEORY}#E2",
    relation=Relation.EQUIVALENT,
    statement=(Equation(E_test, _clean),),
    hypotheses=(isotropic_inputs, fresh, centred, proportionate, ridge_positive),
    derive=lambda: (
        Premise("one fit of the truth", "one-fit"),
        Premise("and its mean", "kappa-from-resolvent"),
        Algebra(
            "put S = I",
            error(link(TRUTH, _k, T, sigma2)),
            _clean,
            isotropic=(d, norm2),
            stands_for=E_test,
        ),
    ),
    setting=clean_isotropic_setting,
)

# --- Theorems 4.8 and 4.9 --------------------------------------------------------------------------------------------

_kept = T0 / d
_lost = P * wP - w0


def _step() -> tuple[Step, ...]:
    return (
        Traces(
            "E|P w|^2 = (T0/d)|w|^2 and E w0.(P w) = (T0/d) w0.w: expand |P w - w0|^2",
            Expect(trace(_lost * _lost.T)),
            _kept * trace((wP - w0) * (wP - w0).T) + (1 - _kept) * trace(w0 * w0.T),
            by=(Loop(wP * wP.T * P), Loop(wP * w0.T * P), Loop(w0 * wP.T * P)),
        ),
    )


isotropic_step = Claim(
    id="isotropic-forgetting",
    title="One fresh min-norm generator with S = I keeps the fraction T0/d of what its teacher knew",
    source=f"{V2}, Theorem 4.9, one generation of size T_m = T0; {THEORY}#F9",
    relation=Relation.EQUALITY,
    statement=(
        Equation(
            Expect(trace(_lost * _lost.T)),
            _kept * trace((wP - w0) * (wP - w0).T) + (1 - _kept) * trace(w0 * w0.T),
        ),
    ),
    hypotheses=(haar, rank),
    derive=_step,
    finding=(
        "Known: the product over generations, in the limit.  New: it holds at every finite size and for any "
        "teacher: 1 - E|w_m - w0|^2/|w0|^2 is multiplied by T_m/d by every generation, without a limit."
    ),
)

_T1 = sp.Symbol("T1", integer=True, positive=True)
_product = norm2 * (1 - (T0 / d) * (_T1 / d) * (T / d))


def _sizes() -> tuple[Step, ...]:
    left = zero
    for size in (T0, _T1, T):
        left = size / d * left + (1 - size / d) * norm2
    return (
        Premise(
            "each fit maps the error e to (T_m/d) e + (1 - T_m/d)|w0|^2, whatever its size", "isotropic-forgetting"
        ),
        Algebra("three times, from e = 0", left, _product, stands_for=E_test),
    )


_few = tuple(Hypothesis(f"{name} < d", sp.Lt(size, d)) for name, size in (("T0", T0), ("T1", _T1), ("T", T)))

isotropic_sizes = Claim(
    id="isotropic-chain-of-sizes",
    title="Fresh min-norm fits of different sizes, S = I, no noise: the product of T_m/d is what survives (three fits)",
    source=f"{V2}, Theorem 4.9, three generations; {THEORY}#F9",
    relation=Relation.EQUALITY,
    statement=(Equation(E_test, _product),),
    hypotheses=(isotropic_inputs, fresh, *_few),
    derive=_sizes,
    setting=Setting("isotropic", "isotropic", (Fit(T0, zero, zero), Fit(_T1, zero, zero)), Fit(T, zero, zero)),
)


def _one_design() -> tuple[Step, ...]:
    return (
        Words(
            "a fit lies in the row space of the design and reproduces its labels: w_1 = P w_0", X0p * X0 * w0, P0 * w0
        ),
        Words("and so does every later one: P P = P, w_n = P w_0 for n >= 1", P0 * P0, P0),
        Premise("E|P w0|^2 = (T0/d)|w0|^2", "haar-projection-mean"),
        Algebra(
            "P w0 is orthogonal to the rest of w0, and least squares with T >= d reproduces its teacher",
            norm2 - _kept * norm2,
            norm2 * (1 - _kept),
            stands_for=E_test,
        ),
    )


one_design_isotropic = Claim(
    id="one-design-isotropic",
    title="One design for all generators, S = I, no noise, ridge to 0: the bias is (1 - T0/d)|w0|^2 after any n >= 1",
    source=f"{V2}, Theorem 4.8 and Eq. (24) (there T > d, in the limit); {THEORY}#F9",
    relation=Relation.EQUALITY,
    statement=(Equation(E_test, norm2 * (1 - _kept)),),
    hypotheses=(
        isotropic_inputs,
        rank,
        moments_downstream,
        Hypothesis("n >= 1: there is a generator", sp.Ge(n, 1)),
        Hypothesis("all generators use the same design, min-norm least squares"),
    ),
    derive=_one_design,
    setting=Setting("isotropic", "isotropic", (Fit(T0, zero, zero, repeat=n, same_design=True),), Fit(T, zero, zero)),
)
