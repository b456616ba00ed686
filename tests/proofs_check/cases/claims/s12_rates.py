"""Caponnetto-De Vito / Cui et al. 2021: clean KRR, s_j=j^-beta, source r: ell*=beta/(1+2 beta min(r,1)), rate 2 beta rb/(1+2 beta rb)."""

import sympy as sp

from ridgeproof.theorems.claim import *
from ridgeproof.theorems.functions import E_test, Kappa, SpectralSum, df
from ridgeproof.theorems.power_law import capacity, infinite
from ridgeproof.theorems.vocabulary import *

oo = sp.oo
rb = sp.Min(r, 1)
es = sp.Symbol("ell_star", nonnegative=True)
rs = sp.Symbol("rate_star")
noisy = Hypothesis("noise", sp.Gt(sigma2, 0))
rpos = Hypothesis("r>0", sp.Gt(r, 0))
rne = Hypothesis("r != 1", sp.Ne(r, 1))
clean = Setting("power-law", "source", (), Fit(T, T**-ell, sigma2), dimension=oo)


def opt(id, eqs, hyp=(capacity, infinite, noisy, rpos), setting=clean):
    return Claim(
        id=id,
        title=id,
        source="Caponnetto-De Vito 2007",
        relation=Relation.OPTIMUM,
        statement=tuple(Equation(*e) for e in eqs),
        hypotheses=hyp,
        setting=setting,
        limit=(T, oo),
    )


D1 = 1 + 2 * beta * rb
t1 = opt("cdv-true", [(es, beta / D1), (rs, 2 * beta * rb / D1)])
w1_ = opt("cdv-no-saturation", [(es, beta / (1 + 2 * beta * r)), (rs, 2 * beta * r / (1 + 2 * beta * r))])
w2_ = opt("cdv-rate-r", [(rs, beta * rb / (1 + beta * rb))])
w3_ = opt("cdv-rate-swap", [(rs, 2 * rb / (1 + 2 * rb))])


def order(id, l, rr, hyp, scaling=(), setting=clean, rel=Relation.ORDER):
    return Claim(
        id=id,
        title=id,
        source="Cui et al. 2021",
        relation=rel,
        statement=(Equation(l, rr),),
        hypotheses=hyp,
        setting=setting,
        limit=(T, oo),
        scaling=scaling,
    )


ran = Hypothesis("range", sp.And(sp.Ge(ell, 0), sp.Le(ell, beta)))
o1 = order(
    "cui-law", E_test, T ** (-2 * rb * ell) + sigma2 * T ** (ell / beta - 1), (capacity, infinite, rpos, rne, ran)
)
o1t = order(
    "cui-law-r1-included",
    E_test,
    T ** (-2 * rb * ell) + sigma2 * T ** (ell / beta - 1),
    (capacity, infinite, rpos, ran),
)
o2 = order(
    "cui-law-wrong-r",
    E_test,
    T ** (-2 * r * ell) + sigma2 * T ** (ell / beta - 1),
    (capacity, infinite, rpos, rne, ran),
)
o3 = order(
    "cui-law-no-range", E_test, T ** (-2 * rb * ell) + sigma2 * T ** (ell / beta - 1), (capacity, infinite, rpos, rne)
)
o4 = order("cui-law-no-variance", E_test, T ** (-2 * rb * ell), (capacity, infinite, rpos, rne, ran))
o5 = order("cui-law-r0", E_test, T ** (-2 * rb * ell) + sigma2 * T ** (ell / beta - 1), (capacity, infinite, rne, ran))
# r = 1 at the best ridge: true error has (log T)^(1/(1+2 beta)); claim without the log
lamlog = T ** (-beta / (1 + 2 * beta)) * sp.log(T) ** (-beta / (1 + 2 * beta))
o6 = order(
    "cdv-saturation-best-nolog",
    E_test,
    T ** (-2 * beta / (1 + 2 * beta)),
    (capacity, infinite, Hypothesis("r=1", sp.Eq(r, 1)), noisy),
    setting=Setting("power-law", "source", (), Fit(T, lamlog, sigma2), dimension=oo),
)
o7 = order(
    "cdv-saturation-best-log",
    E_test,
    T ** (-2 * beta / (1 + 2 * beta)) * sp.log(T) ** (1 / (1 + 2 * beta)),
    (capacity, infinite, Hypothesis("r=1", sp.Eq(r, 1)), noisy),
    setting=Setting("power-law", "source", (), Fit(T, lamlog, sigma2), dimension=oo),
)
o8 = order(
    "cdv-saturation-nolog-bigsource",
    E_test,
    T ** (-2 * beta / (1 + 2 * beta)),
    (capacity, infinite, Hypothesis("r=1", sp.Eq(r, 1)), noisy),
    setting=Setting("power-law", "source", (), Fit(T, T ** (-beta / (1 + 2 * beta)), sigma2), dimension=oo),
)
