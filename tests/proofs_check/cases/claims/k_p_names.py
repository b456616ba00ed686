"""A hypothesis about another symbol of the same name grants its domain."""

import sympy as sp

from ridgeproof.theorems.claim import Algebra, Claim, Equation, Hypothesis, Relation
from ridgeproof.theorems.vocabulary import T, d, lam

other = sp.Symbol("lambda", positive=True)  # voc.lam is only nonnegative


def claim(name, *h):
    return Claim(
        id=name,
        title="(lambda + 1)/lambda = 1 + 1/lambda, also at lambda = 0",
        source="attack",
        relation=Relation.EQUALITY,
        statement=(Equation((lam + 1) / lam, 1 + 1 / lam),),
        hypotheses=h,
        derive=lambda: (Algebra("", (lam + 1) / lam, 1 + 1 / lam),),
    )


plain = claim("names-plain")
merged = claim("names-merged", Hypothesis("lambda <= 10", sp.Le(other, 10)))
