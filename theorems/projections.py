"""Chains of fits with any number of samples: the projections of Theorem 4.3, and the ridge in its kernel form.

docs/theory.md#F8 and #F10.  Nothing is supposed of a generator but that it is linear in its labels, w -> X+ (X w + E):
T_m < d, T_m >= d and a ridge are one case.  In the paper X+ is the pseudo-inverse, and P = X+ X a projection.
"""

from __future__ import annotations

import sympy as sp

from .claim import Claim, Equation, Hypothesis, Relation, Stein, Step, Traces, Words
from .declarations import Constant, Defined, Inverse, Vector
from .finite_sample import centred, ridge
from .functions import Expect, trace
from .sources import THEORY, V2
from .vocabulary import E, Em, R, S, Sh, T, Tm, X, Xm, d, lam, sigma2, sigma2m, teacher, v0, v1, w0

identity = sp.Identity(d)

# --- F10: the kernel form --------------------------------------------------------------------------------------------

dual = Inverse("Kdual", X * X.T + lam * T * sp.Identity(T))  # (G + lambda T I)^-1, G = X X'
_normal = X.T * X / T + lam * identity

kernel_form = Claim(
    id="kernel-form",
    title="Kernel form: X'c with c = (G + lambda T I)^-1 y, G = X X', solves the normal equations, as R X'y/T does",
    source=f"{V2}, Section 3, end; {THEORY}#F10",
    relation=Relation.EQUALITY,
    statement=(Equation(_normal * X.T * dual, X.T / T), Equation(_normal * R * X.T / T, X.T / T)),
    hypotheses=(ridge,),
    derive=lambda: (
        Words(
            "push X' through: X X' (G + lambda T I)^-1 = I - lambda T (G + lambda T I)^-1",
            _normal * X.T * dual,
            X.T / T,
        ),
        Words("R is the inverse of the same matrix, so that both are the one solution", _normal * R * X.T / T, X.T / T),
    ),
)

# --- F8: Lemma A.2 and Theorem 4.3 -----------------------------------------------------------------------------------

pseudo = Constant("U_m", d, Tm)  # X_m^+; nothing of it is used but that the fit is linear
kept, later = Constant("Q"), Constant("Q_m")  # Q_n = P_{n-1} ... P_0, and Q_{n,m} = P_{n-1} ... P_{m+1}
noise = Vector("N_m")  # the noise that the generations so far have left in the generator
linear = Hypothesis(
    "generation m fits w_{m+1} = U_m (X_m w_m + E_m) for any T_m, with U_m = X_m^+ and P_m = U_m X_m; Q stands for "
    "P_{n-1} ... P_0, and Q_m for P_{n-1} ... P_{m+1} (for I where there is no factor)"
)
_P = pseudo * Xm
_fitted = pseudo * (Xm * teacher + Em)
_claimed = kept * w0 + noise
_next = _P * kept * w0 + (_P * noise + pseudo * Em)
_before = R * X.T * (X * _claimed + E) / T - w0
_after = R * Sh * (kept * w0 - w0) - lam * R * w0 + R * Sh * noise + R * X.T * E / T

projected_chain = Claim(
    id="projected-chain",
    title="Any T0 and n: w_n = Q w0 + sum_m Q_m X_m^+ E_m, by induction, and the error of the downstream fit",
    source=f"{V2}, Lemma A.2, (36)-(38), and Theorem 4.3; {THEORY}#F8",
    relation=Relation.EQUALITY,
    statement=(Equation(_fitted - _next, _P * (teacher - _claimed)), Equation(_before, _after)),
    hypotheses=(
        ridge,
        linear,
        Hypothesis(
            "N_m stands for the sum of Q_i U_i E_i over the generations i < m, so that N_{m+1} = P_m N_m + U_m E_m"
        ),
    ),
    derive=lambda: (
        Words(
            "w_{m+1} - (Q_{m+1} w0 + N_{m+1}) = P_m (w_m - (Q_m w0 + N_m)): true for w_0 = w0, it is true for all m",
            _fitted - _next,
            _P * (teacher - _claimed),
        ),
        Words("put w_n = Q w0 + N_n into the downstream ridge; R Sh - I = -lambda R", _before, _after),
    ),
    finding=(
        "Known: the paper's decomposition.  New: it holds for every matrix in the place of X_m^+, so for T_m < d, "
        "T_m >= d, ridge generators and spectral filters alike; with T_m >= d all P_m are I, which is "
        "chain-decomposition."
    ),
)

fit, reads = Constant("F"), Constant("F_E", d, T)  # the downstream fit of a drawn design: w -> F w + F_E E
other = Vector("v_m")  # downstream error with the noise of the other generations
bias = Defined("b_n", fit * kept * w0 - w0)
_one = other + fit * later * pseudo * Em
_base = bias + reads * E
_C = later * pseudo * pseudo.T * later.T
_moments = (
    Equation(Expect(trace(S * v1 * v1.T)), trace(S * other * other.T) + sigma2m * trace(S * fit * _C * fit.T)),
    Equation(Expect(trace(S * v0 * v0.T)), trace(S * bias * bias.T) + sigma2 * trace(S * reads * reads.T)),
)
drawn = Hypothesis(
    "the designs are as drawn; the downstream fit maps labels X w + E to F w + F_E E: for the ridge F = R Sh and "
    "F_E = R X'/T; C_m = Q_m U_m U_m' Q_m' with U_m U_m' = (X_m'X_m)^+; b_n = F Q w0 - w0, b_0 = F w0 - w0 and "
    "delta_n = F (Q w0 - w0)"
)


def _averages() -> tuple[Step, ...]:
    carried = fit * later * pseudo
    return (
        Traces(
            "average over the noise of generation m, which nothing else contains: cross terms vanish",
            Expect(trace(S * _one * _one.T)),
            _moments[0].right,
            by=(Stein(Em, carried.T * S * other), Stein(Em, carried.T * S * carried * Em)),
        ),
        Traces(
            "and over the downstream noise",
            Expect(trace(S * _base * _base.T)),
            _moments[1].right,
            by=tuple(Stein(E, reads.T * S * x) for x in (fit * kept * w0, w0, reads * E)),
        ),
    )


projected_error = Claim(
    id="projected-error",
    title="Theorem 4.3 for any T0 and n: the error is bias, variance, and sigma_m^2 tr S F C_m F' for each generation",
    source=f"{V2}, Theorem 4.3 (12); {THEORY}#F8",
    relation=Relation.EQUALITY,
    statement=_moments,
    hypotheses=(centred, linear, drawn),
    derive=_averages,
    where=((v1, _one), (v0, _base)),
    finding=(
        "Known: (12), which is the mean of this over the designs.  New: it holds for every realisation of them and for "
        "any linear fits, and needs no more of the noises than second moments."
    ),
)

clean, moved = Defined("b_0", fit * w0 - w0), Defined("delta_n", fit * (kept * w0 - w0))
_split = trace(S * clean * clean.T) + trace(S * moved * moved.T) + 2 * trace(S * clean * moved.T)

bias_split = Claim(
    id="bias-from-fake-data",
    title="The bias with fake data is the clean bias, DeltaBias, and twice a cross term",
    source=f"{V2}, Eq. (1) and Theorem 4.3 for T0 < d; {THEORY}#F8",
    relation=Relation.EQUALITY,
    statement=(Equation(trace(S * bias * bias.T), _split),),
    hypotheses=(linear, drawn),
    derive=lambda: (Traces("F Q w0 - w0 = (F w0 - w0) + F (Q w0 - w0), squared", trace(S * bias * bias.T), _split),),
    finding=(
        "Known: DeltaBias, and that Q = I leaves nothing of both where T0 >= d.  New: the cross term, whose mean "
        "can have either sign (forgetting-gap)."
    ),
)
