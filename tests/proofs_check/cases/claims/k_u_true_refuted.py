"""True statements that are refuted."""

import sympy as sp

from ridgeproof.theorems.claim import Algebra, Claim, Equation, Fit, Relation, Setting
from ridgeproof.theorems.functions import SpectralSum
from ridgeproof.theorems.vocabulary import T, d, lam, s, sigma2

big = Claim(
    id="big-but-true",
    title="exp",
    source="attack",
    relation=Relation.EQUALITY,
    statement=(Equation(sp.exp(1000 * T) + sp.exp(999 * T), sp.exp(999 * T) * (1 + sp.exp(T))),),
)
small = Claim(
    id="cancellation",
    title="(1 + 10^-12)^2 - 1 - 2 10^-12 = 10^-24",
    source="attack",
    relation=Relation.EQUALITY,
    statement=(
        Equation(
            (1 + T * sp.Rational(1, 10**12)) ** 2 - 1 - 2 * T * sp.Rational(1, 10**12), T**2 * sp.Rational(1, 10**24)
        ),
    ),
    derive=lambda: (
        Algebra(
            "",
            (1 + T * sp.Rational(1, 10**12)) ** 2 - 1 - 2 * T * sp.Rational(1, 10**12),
            T**2 * sp.Rational(1, 10**24),
        ),
    ),
)
