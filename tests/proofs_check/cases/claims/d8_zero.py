"""TRUE identities with 0 on one side, refuted for rounding."""

import sympy as sp

from ridgeproof.theorems.claim import *
from ridgeproof.theorems.vocabulary import *

x = sp.Symbol("x", positive=True)
z1 = Claim(
    id="golden-minus-one",
    title="g^2+g-1=0",
    source="t",
    relation=Relation.EQUALITY,
    statement=(Equation(((sp.sqrt(5) - 1) / 2) ** 2 + (sp.sqrt(5) - 1) / 2 - 1, sp.S.Zero),),
)
z2 = Claim(
    id="log-sum",
    title="log 6 = log 2 + log 3",
    source="t",
    relation=Relation.EQUALITY,
    statement=(
        Equation(
            sp.log(2 * sp.Symbol("y", positive=True)) - sp.log(2) - sp.log(sp.Symbol("y", positive=True)), sp.S.Zero
        ),
    ),
)
z3 = Claim(
    id="mp-quadratic",
    title="Stieltjes transform solves its quadratic",
    source="t",
    relation=Relation.EQUALITY,
    statement=(Equation((d / T) * lam * x**2, (d / T) * lam * x**2),),
)
g = d / T
mz = (-(1 - g + lam) + sp.sqrt((1 - g + lam) ** 2 + 4 * g * lam)) / (2 * g * lam)
z4 = Claim(
    id="mp-quadratic-zero",
    title="g lam m^2 + (1-g+lam) m - 1 = 0",
    source="t",
    relation=Relation.EQUALITY,
    statement=(Equation(g * lam * mz**2 + (1 - g + lam) * mz - 1, sp.S.Zero),),
    hypotheses=(Hypothesis("lambda>0", sp.Gt(lam, 0)),),
)
z5 = Claim(
    id="mp-quadratic-one",
    title="g lam m^2 + (1-g+lam) m = 1",
    source="t",
    relation=Relation.EQUALITY,
    statement=(Equation(g * lam * mz**2 + (1 - g + lam) * mz, sp.S.One),),
    hypotheses=(Hypothesis("lambda>0", sp.Gt(lam, 0)),),
)
