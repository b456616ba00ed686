"""Statements that fail, and exit status 0."""

import sympy as sp

from ridgeproof.theorems.claim import Algebra, Cited, Claim, Equation, Hypothesis, Relation
from ridgeproof.theorems.vocabulary import T, d, lam, sigma2

# The proof is rejected (T = 2 T is false) and the numbers have nothing to say.
x = sp.Symbol("kappa_star", positive=True)
proof_fails = Claim(
    id="proof-fails",
    title="kappa_star = 2 kappa_star + 1",
    source="attack",
    relation=Relation.EQUALITY,
    statement=(Equation(x, 2 * x + 1),),
    derive=lambda: (Algebra("clearly", x, 2 * x + 1),),
)
# An equality is compared as an order of magnitude as soon as it has a limit.
two_is_one = Claim(
    id="two-is-one",
    title="2 T = T, exactly",
    source="attack",
    relation=Relation.EQUALITY,
    statement=(Equation(2 * T, T),),
    limit=(T, sp.oo),
)
# Hypotheses that contradict each other; nothing is derived
void = Claim(
    id="void",
    title="T = 2 T",
    source="attack",
    relation=Relation.EQUALITY,
    statement=(Equation(T, 2 * T),),
    hypotheses=(Hypothesis("T > d", sp.Gt(T, d)), Hypothesis("T < d", sp.Lt(T, d))),
)
