import sympy as sp

from ridgeproof.theorems.claim import Claim, Equation, Hypothesis, Relation
from ridgeproof.theorems.vocabulary import T, d

gap = Claim(
    id="uni-gap",
    title="the ridge λ",
    source="notes",
    relation=Relation.EQUALITY,
    statement=(Equation(d / (T - d - 1) / (d / (T - d)) - 1, 1 / (T - d - 1)),),
    hypotheses=(Hypothesis("T >= d + 2", sp.Ge(T, d + 2)),),
)
