"""'Best' names an optimum without showing that anything else is worse: the optimal exponent is 17."""

import dataclasses

import sympy as sp

from ridgeproof.theorems import optimal_ridge as o
from ridgeproof.theorems import power_law_bounds as chain
from ridgeproof.theorems.claim import Claim, Equation, Relation
from ridgeproof.theorems.functions import E_test
from ridgeproof.theorems.order_steps import Best
from ridgeproof.theorems.vocabulary import T, b, beta, r

u = sp.Symbol("u", positive=True)  # any symbol: the error does not depend on it
rate = b - 1 / (1 + 2 * beta * o._saturated)
room = ((o.keeping_clean.hypotheses),)


def derive():
    steps = o.keeping_clean.derivation()
    last = steps[-1]
    return (
        *steps,
        Best(
            "whatever u, the error is of this order",
            E_test,
            u,
            (o.ell_star, o.rate_star),
            sp.Integer(17),
            rate,
            (sp.S.Zero,),
            last.assume,
            last.cases,
        ),
    )


seventeen = Claim(
    id="the-optimal-exponent-is-17",
    title="ell* ~ 17",
    source="attack",
    relation=Relation.ASYMPTOTIC,
    statement=(Equation(o.ell_star, sp.Integer(17)),),
    hypotheses=o.keeping_clean.hypotheses,
    derive=derive,
    setting=o.keeping_clean.setting,
    limit=(T, sp.oo),
)
