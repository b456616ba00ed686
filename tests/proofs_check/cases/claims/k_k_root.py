import sympy as sp

from ridgeproof.theorems.claim import Claim, Equation, Relation, UniqueRoot

k = sp.Symbol("kappa_star", positive=True)
root = Claim(
    id="the-optimal-kappa-is-5",
    title="kappa* = 5",
    source="attack",
    relation=Relation.EQUALITY,
    statement=(Equation(k, sp.Integer(5)),),
    derive=lambda: (
        UniqueRoot(
            "one root",
            k,
            sp.Integer(5),
            k,
            (5 / k,),
            (),
            low=(sp.Integer(1), sp.Integer(4)),
            high=(sp.Integer(10), sp.Rational(1, 2)),
        ),
    ),
)
