import sympy as sp

from ridgeproof.theorems.claim import Claim, Equation, Relation
from ridgeproof.theorems.vocabulary import T

log_of_ratio = Claim(
    id="log-of-ratio",
    title="log(1 + 1/T) is asymptotic to 1/T",
    source="any calculus book",
    relation=Relation.ASYMPTOTIC,
    statement=(Equation(sp.log(1 + 1 / T), 1 / T),),
    hypotheses=(),
    limit=(T, sp.oo),
)
