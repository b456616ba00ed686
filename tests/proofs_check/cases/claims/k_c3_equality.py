"""E_test = 1.002 times its deterministic equivalent, *exactly*, at every finite size: a word (stands_for) is the proof."""

import sympy as sp

from ridgeproof.theorems.claim import Algebra, Claim, Equation, Fit, Hypothesis, Relation, Setting
from ridgeproof.theorems.equivalents import clean_bias, clean_variance
from ridgeproof.theorems.finite_sample import centred, fresh
from ridgeproof.theorems.functions import E_test, Kappa
from ridgeproof.theorems.vocabulary import T, d, lam, sigma2

k = Kappa(lam, T)
exact = sp.Rational(1002, 1000) * (clean_bias(k) + clean_variance(k))
exactly_the_equivalent = Claim(
    id="exactly-the-equivalent",
    title="The equivalent times 1.002 is exact at every finite size",
    source="attack",
    relation=Relation.EQUALITY,
    statement=(Equation(E_test, exact),),
    hypotheses=(
        fresh,
        centred,
        Hypothesis("lambda > 0", sp.Gt(lam, 0)),
        Hypothesis("d >= 2", sp.Ge(d, 2)),
        Hypothesis("T >= 2 d", sp.Ge(T, 2 * d)),
    ),
    derive=lambda: (Algebra("so it is", exact, exact, stands_for=E_test),),
    setting=Setting("any", "any", (), Fit(T, lam, sigma2)),
)
