"""'Crossing' without forms: a maximum is called the minimum."""

import sympy as sp

from ridgeproof.theorems.claim import Claim, Crossing, Equation, Relation

x = sp.Symbol("x", positive=True)
star = sp.Symbol("kappa_star", positive=True)
maximum = Claim(
    id="a-maximum-is-the-minimum",
    title="-(x - 1)^2 is least at x = 1",
    source="attack",
    relation=Relation.EQUALITY,
    statement=(Equation(1 - star, sp.S.Zero),),
    derive=lambda: (
        Crossing("-(x - 1)^2 is least where 1 - x vanishes", -((x - 1) ** 2), x, 1 - x, sp.Integer(2), (), (), star),
    ),
)
