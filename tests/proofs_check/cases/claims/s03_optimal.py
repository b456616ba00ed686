"""Dobriban-Wager 2018: lambda* = phi sigma^2/|w0|^2 ; optimal risk value."""

import sympy as sp

from ridgeproof.theorems.claim import *
from ridgeproof.theorems.finite_sample import centred, fresh, isotropic_inputs
from ridgeproof.theorems.functions import E_test, Expect, Kappa, SpectralSum, df, trace
from ridgeproof.theorems.leading_order import proportionate
from ridgeproof.theorems.vocabulary import *

pos = Hypothesis("lambda>0", sp.Gt(lam, 0))
spos = Hypothesis("noise", sp.Gt(sigma2, 0))
npos = Hypothesis("signal", sp.Gt(norm2, 0))
iso = Setting("isotropic", "isotropic", (), Fit(T, lam, sigma2))
star = sp.Symbol("lambda_star", positive=True)


def opt(id, left, right, setting=iso, hyp=()):
    return Claim(
        id=id,
        title=id,
        source="Dobriban-Wager",
        relation=Relation.OPTIMUM,
        statement=(Equation(left, right),),
        hypotheses=(isotropic_inputs, fresh, centred, proportionate, spos, npos, *hyp),
        setting=setting,
    )


o1 = opt("opt-true-lam", lam, d * sigma2 / (T * norm2))
o2 = opt("opt-true-star", star, d * sigma2 / (T * norm2))
o3 = opt("opt-wrong-nophi", lam, sigma2 / norm2)
o4 = opt("opt-wrong-factor2", lam, 2 * d * sigma2 / (T * norm2))
o5 = opt("opt-wrong-inverse", lam, T * sigma2 / (d * norm2))
# value of the optimal risk: lambda fixed to lambda* in the setting
ls_ = d * sigma2 / (T * norm2)
g = d / T


def mm(z):  # Stieltjes m(-lam) of MP, isotropic
    return (-(1 - g + z) + sp.sqrt((1 - g + z) ** 2 + 4 * g * z)) / (2 * g * z)


def val(id, rhs, lamv=ls_):
    return Claim(
        id=id,
        title=id,
        source="Dobriban-Wager",
        relation=Relation.EQUIVALENT,
        statement=(Equation(E_test, rhs),),
        hypotheses=(isotropic_inputs, fresh, centred, proportionate, spos, npos),
        setting=Setting("isotropic", "isotropic", (), Fit(T, lamv, sigma2)),
    )


v1 = val("opt-risk-true", sigma2 * g * mm(ls_))
v2 = val("opt-risk-wrong", sigma2 * mm(ls_))
v3 = val("opt-risk-wrong2", sigma2 * g * mm(ls_) + sigma2)
