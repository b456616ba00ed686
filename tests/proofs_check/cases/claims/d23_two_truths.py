"""TRUE by definition: E w0' X'X w0 = T sum_j s_j w0_j^2."""

import sympy as sp

from ridgeproof.theorems.claim import *
from ridgeproof.theorems.finite_sample import fresh
from ridgeproof.theorems.functions import Expect, SpectralSum, trace
from ridgeproof.theorems.vocabulary import *

c = Claim(
    id="energy-of-the-truth",
    title="x",
    source="t",
    relation=Relation.EQUALITY,
    statement=(Equation(Expect(trace(w0.T * W * w0)), T * SpectralSum(s * w2)),),
    hypotheses=(fresh,),
)
c2 = Claim(
    id="energy-of-the-truth-setting",
    title="x",
    source="t",
    relation=Relation.EQUALITY,
    statement=(Equation(Expect(trace(w0.T * W * w0)), T * SpectralSum(s * w2)),),
    hypotheses=(fresh,),
    setting=Setting("any", "any", (), Fit(T, lam, sigma2)),
)
c3 = Claim(
    id="norm-of-the-truth",
    title="x",
    source="t",
    relation=Relation.EQUALITY,
    statement=(Equation(Expect(trace(w0.T * W * w0)), T * norm2),),
    hypotheses=(fresh,),
    setting=Setting("isotropic", "isotropic", (), Fit(T, lam, sigma2)),
)
