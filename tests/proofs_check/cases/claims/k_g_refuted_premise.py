"""B rests on A; A is refuted by the numbers, and kept as refuted; yet B 'rests on A, which is proved', and is proved."""

import sympy as sp

from ridgeproof.theorems.claim import Algebra, Claim, Equation, Fit, Hypothesis, Premise, Relation, Setting
from ridgeproof.theorems.finite_sample import centred, fresh
from ridgeproof.theorems.functions import E_test
from ridgeproof.theorems.vocabulary import T, d, lam, sigma2

A_ = Claim(
    id="a-false",
    title="the error is T",
    source="attack",
    relation=Relation.EQUALITY,
    statement=(Equation(E_test, T),),
    hypotheses=(fresh, Hypothesis("lambda > 0", sp.Gt(lam, 0))),
    derive=lambda: (Algebra("", T, T, stands_for=E_test),),
    setting=Setting("any", "any", (), Fit(T, lam, sigma2)),
    expected="refuted",
)
B = Claim(
    id="b-rests-on-it",
    title="(T + d)^2",
    source="attack",
    relation=Relation.EQUALITY,
    statement=(Equation((T + d) ** 2, T**2 + 2 * T * d + d**2),),
    derive=lambda: (Premise("the error is T", "a-false"), Algebra("", (T + d) ** 2, T**2 + 2 * T * d + d**2)),
)
