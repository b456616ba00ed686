"""Bound summation index taken for a free symbol; Piecewise, Sum: not evaluated."""

import sympy as sp

from ridgeproof.theorems.claim import *
from ridgeproof.theorems.vocabulary import *

i = sp.Symbol("i", integer=True, positive=True)
a = Claim(
    id="geometric-sum",
    title="x",
    source="t",
    relation=Relation.EQUALITY,
    statement=(Equation(sp.Sum(sp.Rational(1, 2) ** i, (i, 1, n)), 1 - sp.Rational(1, 2) ** n),),
)
aw = Claim(
    id="geometric-sum-wrong",
    title="x",
    source="t",
    relation=Relation.EQUALITY,
    statement=(Equation(sp.Sum(sp.Rational(1, 2) ** i, (i, 1, n)), 2 - sp.Rational(1, 2) ** n),),
)
b = Claim(
    id="geometric-int",
    title="x",
    source="t",
    relation=Relation.EQUALITY,
    statement=(Equation(sp.Integral(sp.exp(-k * T), (k, 0, sp.oo)), 1 / T),),
)
