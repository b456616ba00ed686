"""FALSE by a missing or weakened condition."""

import sympy as sp

from ridgeproof.theorems.claim import *
from ridgeproof.theorems.finite_sample import centred, fresh, moments_downstream, moments_generator
from ridgeproof.theorems.functions import E_test, Expect, trace
from ridgeproof.theorems.vocabulary import *

Z = sp.S.Zero
ls = sigma2 * d / (T - d - 1)


def mk(id, l, r_, hyp=(), rel=Relation.EQUALITY, setting=Setting("any", "any", (), Fit(T, Z, sigma2)), **kw):
    return Claim(
        id=id,
        title=id,
        source="t",
        relation=rel,
        statement=(Equation(l, r_),),
        hypotheses=(fresh, centred, *hyp),
        setting=setting,
        **kw,
    )


c1 = mk("ls-no-condition", E_test, ls)
c2 = mk("ls-t-ge-d", E_test, ls, (Hypothesis("T>=d", sp.Ge(T, d)),))
c3 = mk("ls-t-ge-d1", E_test, ls, (Hypothesis("T>=d+1", sp.Ge(T, d + 1)),))
c4 = mk("ls-t-gt-d1", E_test, ls, (Hypothesis("T>d+1", sp.Gt(T, d + 1)),))
# E tr(S W^-1): same in letters
q = Expect(trace(S * Winv))
e1 = mk("inv-no-condition", q, d / (T - d - 1), setting=None)
e2 = mk("inv-t-ge-d", q, d / (T - d - 1), (Hypothesis("T>=d", sp.Ge(T, d)),), setting=None)
e3 = mk("inv-t-ge-d1", q, d / (T - d - 1), (Hypothesis("T>=d+1", sp.Ge(T, d + 1)),), setting=None)
e4 = mk("inv-t-d", q, d / (T - d), (moments_downstream,), setting=None)
# derived with a proof under T >= d+1
e5 = mk(
    "inv-t-ge-d1-proved",
    q,
    d / (T - d - 1),
    (Hypothesis("T>=d+1", sp.Ge(T, d + 1)),),
    setting=None,
    derive=lambda: (Traces("p", q, d / (T - d - 1), by=(Stein(X, X * Winv),)),),
)
# contradictory hypotheses
e6 = mk("contradictory", q, 17 * d / (T - d - 1), (moments_downstream, Hypothesis("T<d", sp.Lt(T, d))), setting=None)
e7 = mk(
    "contradictory-proved",
    q,
    d / (T - d - 1),
    (moments_downstream, Hypothesis("T<d", sp.Lt(T, d))),
    setting=None,
    derive=lambda: (Traces("p", q, d / (T - d - 1), by=(Stein(X, X * Winv),)),),
)
