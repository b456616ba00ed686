"""Gerstgrasser et al 2024, Theorem (accumulate): same design X each iteration; labels y_i = X w_{i-1} + E_i,
w_i = X^+ (mean of y_1..y_i)  =>  E_test(w_n) = sigma^2 d/(T-d-1) sum_{i<=n} 1/i^2 <= pi^2/6 sigma^2 d/(T-d-1)."""

import sympy as sp

from ridgeproof.theorems.claim import *
from ridgeproof.theorems.finite_sample import centred, fresh, moments_downstream, moments_generator
from ridgeproof.theorems.functions import E_test, Expect, trace
from ridgeproof.theorems.vocabulary import *

i = sp.Symbol("i", integer=True, positive=True)
H2 = sp.Sum(1 / i**2, (i, 1, n))


# (a) replace: linear growth in T = T0 (n fake generations, all of size T)
def replace(id, rhs):
    return Claim(
        id=id,
        title="replace",
        source="Gerstgrasser 2024",
        relation=Relation.EQUALITY,
        statement=(Equation(E_test, rhs),),
        hypotheses=(fresh, centred, moments_downstream),
        setting=Setting("any", "any", (Fit(T, sp.S.Zero, sigma2, repeat=n),), Fit(T, sp.S.Zero, sigma2)),
    )


replace_true = replace("replace-true", (n + 1) * sigma2 * d / (T - d - 1))
replace_typo1 = replace("replace-n", n * sigma2 * d / (T - d - 1))
replace_typo2 = replace("replace-asym", (n + 1) * sigma2 * d / (T - d))
replace_typo3 = replace("replace-plus", (n + 1) * sigma2 * d / (T - d + 1))


# (b) accumulate: only way in: E_test of some setting (none); so use the term |sum_i X^+E_i/i|^2
def acc(id, rhs):
    return Claim(
        id=id,
        title="accumulate: n fits, harmonic weights",
        source="Gerstgrasser 2024",
        relation=Relation.EQUALITY,
        statement=(Equation(Expect(trace(S * (Winv * X.T * E) * (Winv * X.T * E).T)) * H2, rhs),),
        hypotheses=(fresh, centred, moments_downstream),
    )


acc_true = acc("accumulate-true", sigma2 * d / (T - d - 1) * H2)
acc_wrong = acc("accumulate-wrong", sigma2 * d / (T - d) * H2)
