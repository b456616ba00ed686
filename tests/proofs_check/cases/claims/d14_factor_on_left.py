"""FALSE, accepted: whatever stands beside E_test on the left is ignored."""

import sympy as sp

from ridgeproof.theorems.claim import *
from ridgeproof.theorems.finite_sample import centred, fresh, moments_downstream
from ridgeproof.theorems.functions import E_test, Expect, trace
from ridgeproof.theorems.leading_order import proportionate
from ridgeproof.theorems.vocabulary import *

Z = sp.S.Zero
ls = sigma2 * d / (T - d - 1)


def mk(id, l, r_, rel=Relation.EQUALITY, **kw):
    return Claim(
        id=id,
        title=id,
        source="t",
        relation=rel,
        statement=(Equation(l, r_),),
        hypotheses=(fresh, centred, moments_downstream),
        setting=Setting("any", "any", (), Fit(T, Z, sigma2)),
        **kw,
    )


f1 = mk("twice-the-error", 2 * E_test, ls)
f2 = mk("error-squared", E_test**2, ls)
f3 = mk("error-plus-noise-floor", E_test + sigma2, ls)  # prediction error E_test + sigma^2: missing on the right
f4 = mk("error-over-t", E_test / T, ls)
f5 = mk("root-error", sp.sqrt(E_test), ls)
f6 = mk("error-as-ratio", E_test / sigma2, ls)
# TRUE ones of the same form, refuted
t1 = mk("true-prediction-error", E_test + sigma2, sigma2 * (T - 1) / (T - d - 1))
t2 = mk("true-relative-error", E_test / sigma2, d / (T - d - 1))
# the same in the other relations
g1 = mk("equiv-twice-the-error", 2 * E_test, sigma2 * d / (T - d), Relation.EQUIVALENT)
g2 = mk("equiv-true-prediction-error", E_test + sigma2, sigma2 * T / (T - d), Relation.EQUIVALENT)
g3 = mk("equiv-error-minus", E_test - sigma2 * d / (T - d), Z, Relation.EQUIVALENT)
# ill-typed trace
h1 = Claim(
    id="trace-of-a-rectangle",
    title="x",
    source="t",
    relation=Relation.EQUALITY,
    statement=(Equation(Expect(trace(X * R)), Z),),
    hypotheses=(fresh, Hypothesis("l", sp.Gt(lam, 0))),
)
