import sympy as sp

from ridgeproof.theorems.claim import Claim, Equation, Hypothesis, Relation
from ridgeproof.theorems.vocabulary import T, ell, lam


def c(id):
    return Claim(
        id=id,
        title=id,
        source="notes",
        relation=Relation.ORDER,
        statement=(Equation(lam + T**-2, lam),),
        hypotheses=(Hypothesis("ell > 0", sp.Gt(ell, 0)),),
        limit=(T, sp.oo),
        scaling=((lam, T**-ell),),
    )


for i in range(30):
    globals()[f"w{i}"] = c(f"wrong-threshold-{i}")
