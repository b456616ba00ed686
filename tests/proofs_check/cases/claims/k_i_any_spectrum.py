"""A claim about any spectrum, proved for a power law only."""

import sympy as sp

from ridgeproof.theorems import power_law_bounds as chain
from ridgeproof.theorems.claim import Claim, Equation, Fit, Hypothesis, Relation, Setting
from ridgeproof.theorems.functions import SpectralSum
from ridgeproof.theorems.order_steps import Order, PowerOrder
from ridgeproof.theorems.power_law import capacity
from ridgeproof.theorems.vocabulary import T, lam, s, sigma2

trace_is_bounded = Claim(
    id="trace-is-bounded",
    title="tr S is of the order of 1, for every covariance",
    source="attack",
    relation=Relation.ORDER,
    statement=(Equation(SpectralSum(s), sp.S.One),),
    hypotheses=(capacity,),
    setting=Setting("any", "any", (), Fit(T, lam, sigma2)),
    limit=(T, sp.oo),
    derive=lambda: (
        PowerOrder("tr S", SpectralSum(s), chain.capacity),
        Order("so it is", SpectralSum(s), sp.S.One, chain.capacity),
    ),
)
