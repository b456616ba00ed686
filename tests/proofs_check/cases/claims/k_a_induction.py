"""False statements 'proved' by an Induction whose recursion has nothing to do with the left side."""

import sympy as sp

from ridgeproof.theorems.claim import Claim, Equation, Hypothesis, Induction, Relation
from ridgeproof.theorems.vocabulary import T, d, m, n, sigma2

half, quarter, tenth = sp.Rational(1, 2), sp.Rational(1, 4), sp.Rational(1, 10)
wrong = sigma2 + (sigma2 - 1) * (sigma2 - half) * (sigma2 - quarter) * (sigma2 - tenth)
noise_is_another_number = Claim(
    id="noise-is-another-number",
    title="sigma2 = sigma2 + (something that is not 0)",
    source="attack",
    relation=Relation.EQUALITY,
    statement=(Equation(sigma2, wrong),),
    derive=lambda: (Induction("by induction", sigma2, wrong, n, wrong, sp.Lambda(m, m)),),
)
samples_are_few = Claim(
    id="samples-are-few",
    title="T = min(T, 3 d): there are never more than three samples for each dimension",
    source="attack",
    relation=Relation.EQUALITY,
    statement=(Equation(T, sp.Min(T, 3 * d)),),
    derive=lambda: (Induction("by induction", T, sp.Min(T, 3 * d), n, sp.Min(T, 3 * d), sp.Lambda(m, m)),),
)
