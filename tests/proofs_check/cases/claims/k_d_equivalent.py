"""Equivalents with a wrong constant: the setting's number of generators is a symbol, so nobody compares with the links."""

import sympy as sp

from ridgeproof.theorems.claim import Algebra, Claim, Equation, Fit, Hypothesis, Relation, Setting
from ridgeproof.theorems.equivalents import clean_bias, clean_variance, fake_data_factor
from ridgeproof.theorems.finite_sample import centred, fresh, moments_generator
from ridgeproof.theorems.functions import E_test, Kappa
from ridgeproof.theorems.leading_order import positive, proportionate
from ridgeproof.theorems.vocabulary import T0, T, d, lam, n, sigma02, sigma2

k = Kappa(lam, T)


def claim(name, factor):
    value = clean_bias(k) + clean_variance(k) + factor * n * sigma02 * fake_data_factor(k)
    return Claim(
        id=name,
        title=f"{factor} times the fake-data term",
        source="attack",
        relation=Relation.EQUIVALENT,
        statement=(Equation(E_test, value),),
        hypotheses=(fresh, centred, proportionate, positive, moments_generator, Hypothesis("T0 > d", sp.Ge(T0, d + 2))),
        derive=lambda: (Algebra("so it is", value, value, stands_for=E_test),),
        setting=Setting("any", "any", (Fit(T0, sp.S.Zero, sigma02, n),), Fit(T, lam, sigma2)),
    )


right = claim("factor-1", sp.S.One)
off5 = claim("factor-1005-1000", sp.Rational(1005, 1000))
off10 = claim("factor-101-100", sp.Rational(101, 100))
off20 = claim("factor-102-100", sp.Rational(102, 100))
off30 = claim("factor-103-100", sp.Rational(103, 100))
off50 = claim("factor-105-100", sp.Rational(105, 100))
