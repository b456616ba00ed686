import sympy as sp

from ridgeproof.theorems.claim import Algebra, Claim, Equation, Relation
from ridgeproof.theorems.vocabulary import T, d

shadow = Claim(
    id="samples-equal-dimension",
    title="T = d",
    source="attack",
    relation=Relation.EQUALITY,
    statement=(Equation(T, d),),
    where=((T, d),),
    derive=lambda: (Algebra("", d, d),),
)
