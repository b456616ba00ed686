"""Early stopping (Ali, Kolter, Tibshirani 2019): fixed design, gradient flow for time t: w_t = (I - exp(-t Sh)) w_ols.
bias_t = sum s w2 exp(-2ts); var_t = sigma2/T sum (1-exp(-ts))^2."""

import sympy as sp

from ridgeproof.theorems.claim import *
from ridgeproof.theorems.finite_sample import centred, fresh
from ridgeproof.theorems.functions import E_test, Expect, Kappa, SpectralSum, df, trace
from ridgeproof.theorems.vocabulary import *

t = sp.Symbol("t", positive=True)


def mk(id, l, r_, derive=(), rel=Relation.EQUALITY, hyp=(), **kw):
    return Claim(
        id=id,
        title=id,
        source="Ali et al. 2019",
        relation=rel,
        statement=(Equation(l, r_),),
        hypotheses=hyp,
        derive=lambda: derive,
        **kw,
    )


b = SpectralSum(s * w2 * sp.exp(-2 * t * s))
v_ = sigma2 / T * SpectralSum((1 - sp.exp(-t * s)) ** 2)
# (a) slope of the bias
g1 = mk(
    "gf-bias-slope",
    sp.diff(b, t),
    -2 * SpectralSum(s**2 * w2 * sp.exp(-2 * t * s)),
    (Algebra("d/dt", sp.diff(b, t), -2 * SpectralSum(s**2 * w2 * sp.exp(-2 * t * s))),),
)
g1w = mk("gf-bias-slope-wrong", sp.diff(b, t), -SpectralSum(s**2 * w2 * sp.exp(-2 * t * s)))
g1u = mk("gf-bias-slope-unevaluated", sp.Derivative(b, t), -2 * SpectralSum(s**2 * w2 * sp.exp(-2 * t * s)))
g1uw = mk("gf-bias-slope-unevaluated-wrong", sp.Derivative(b, t), -SpectralSum(s**2 * w2 * sp.exp(-2 * t * s)))
# (b) Theorem 1 of Ali et al: risk(gf, t) <= 1.6862 risk(ridge, 1/t): inequality -> Max
ridge_r = SpectralSum(s * w2 / (1 + t * s) ** 2) + sigma2 / T * SpectralSum((t * s / (1 + t * s)) ** 2)
gf = b + v_
i1 = mk("gf-below-ridge", sp.Max(gf, sp.Rational(16862, 10000) * ridge_r), sp.Rational(16862, 10000) * ridge_r)
i1w = mk("gf-below-ridge-1-2", sp.Max(gf, sp.Rational(12, 10) * ridge_r), sp.Rational(12, 10) * ridge_r)
i1w2 = mk("gf-below-ridge-1", sp.Max(gf, ridge_r), ridge_r)
# (c) the definition in matrices: exp(-t Sh)
e1 = mk(
    "gf-matrix-exp",
    (sp.Identity(d) - sp.exp(-t * sp.Symbol("q")) * sp.Identity(d)) * w0,
    w0 - sp.exp(-t * sp.Symbol("q")) * w0,
)
