import sympy as sp

from ridgeproof.theorems.claim import Claim, Equation, Relation
from ridgeproof.theorems.vocabulary import T, d

gamma_ratio = Claim(
    id="gamma-ratio",
    title="Gamma(T + 1/2)/Gamma(T) is asymptotic to sqrt(T)",
    source="DLMF 5.11.12",
    relation=Relation.ASYMPTOTIC,
    statement=(Equation(sp.gamma(T + sp.Rational(1, 2)) / sp.gamma(T), sp.sqrt(T)),),
    hypotheses=(),
    limit=(T, sp.oo),
)
gap = Claim(
    id="gap-of-laws",
    title="The exact law exceeds its limit by d/T^2, asymptotically",
    source="docs/theory.md#F4 (n = 0)",
    relation=Relation.ASYMPTOTIC,
    statement=(Equation(d / (T - d - 1) - d / (T - d), d / T**2),),
    hypotheses=(),
    limit=(T, sp.oo),
)
