"""TRUE statements refuted: a fit whose size (or ridge) is written through d, e.g. T = 2 d samples."""

import sympy as sp

from ridgeproof.theorems.claim import *
from ridgeproof.theorems.finite_sample import centred, fresh, isotropic_inputs
from ridgeproof.theorems.functions import E_test
from ridgeproof.theorems.leading_order import proportionate
from ridgeproof.theorems.vocabulary import *

Z = sp.S.Zero
ls2d = Claim(
    id="ls-twice-d",
    title="T = 2d samples: E = sigma^2 d/(d-1)",
    source="t",
    relation=Relation.EQUALITY,
    statement=(Equation(E_test, sigma2 * d / (d - 1)),),
    hypotheses=(fresh, centred, Hypothesis("d>=2", sp.Ge(d, 2))),
    setting=Setting("any", "any", (), Fit(2 * d, Z, sigma2)),
)
eq2d = Claim(
    id="ls-twice-d-equiv",
    title="T = 2d samples: E -> sigma^2",
    source="t",
    relation=Relation.EQUIVALENT,
    statement=(Equation(E_test, sigma2),),
    hypotheses=(fresh, centred, proportionate),
    setting=Setting("isotropic", "zero", (), Fit(2 * d, Z, sigma2)),
)
eq2dT = Claim(
    id="ls-twice-d-hyp",
    title="T = 2d via a hypothesis",
    source="t",
    relation=Relation.EQUALITY,
    statement=(Equation(E_test, sigma2 * d / (d - 1)),),
    hypotheses=(fresh, centred, Hypothesis("d>=2", sp.Ge(d, 2)), Hypothesis("T=2d", sp.Eq(T, 2 * d))),
    setting=Setting("any", "any", (), Fit(T, Z, sigma2)),
)
