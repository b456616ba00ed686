"""FALSE (at r = 1 a logarithm): Theorem 3's clean law with the no-tie hypothesis dropped; ten copies, only the id (= seed) differs."""

import sympy as sp

from ridgeproof.theorems.claim import *
from ridgeproof.theorems.functions import E_test
from ridgeproof.theorems.power_law import capacity, infinite
from ridgeproof.theorems.vocabulary import *

rb = sp.Min(r, 1)
ran = Hypothesis("range", sp.And(sp.Ge(ell, 0), sp.Le(ell, beta)))
rpos = Hypothesis("r>0", sp.Gt(r, 0))
for i in range(10):
    globals()[f"c{i}"] = Claim(
        id=f"clean-law-all-r-{i}",
        title="x",
        source="Cui",
        relation=Relation.ORDER,
        statement=(Equation(E_test, T ** (-2 * rb * ell) + sigma2 * T ** (ell / beta - 1)),),
        hypotheses=(capacity, infinite, rpos, ran),
        setting=Setting("power-law", "source", (), Fit(T, T**-ell, sigma2), dimension=sp.oo),
        limit=(T, sp.oo),
    )
