"""Mutants that the audit counts as equivalent."""

import dataclasses

import sympy as sp

from ridgeproof.theorems import vocabulary as voc
from ridgeproof.theorems.claim import Equation
from ridgeproof.theorems.power_law import bias_at_saturation, capacity, infinite, kappa_order
from ridgeproof.theorems.registry import all_claims
from ridgeproof.theorems.vocabulary import T, beta, kappa, lam

by = {c.id: c for c in all_claims()}
without_r = dataclasses.replace(bias_at_saturation, id="bias-sum-any-r", hypotheses=(capacity, infinite))
b2 = by["bias-order-at-saturation"]
without_r2 = dataclasses.replace(
    b2, id="bias-order-any-r", hypotheses=tuple(h for h in b2.hypotheses if "r" != str(getattr(h.condition, "lhs", "")))
)
tm1 = dataclasses.replace(
    kappa_order, id="kappa-order-t-minus-1", statement=(Equation(kappa, sp.Max(lam, (T - 1) ** -beta)),)
)
del bias_at_saturation, kappa_order, b2
