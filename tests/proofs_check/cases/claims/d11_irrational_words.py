"""TRUE matrix identities with an irrational scalar, or with a trace in a scalar factor: refuted."""

import sympy as sp
from sympy import Identity

from ridgeproof.theorems.claim import *
from ridgeproof.theorems.functions import Expect, trace
from ridgeproof.theorems.vocabulary import *

tau = sp.Symbol("tau", positive=True)


def mk(id, l, r_, **kw):
    return Claim(id=id, title=id, source="t", relation=Relation.EQUALITY, statement=(Equation(l, r_),), **kw)


a1 = mk("sqrt-t-design", R * X.T * (X * w0 + sp.sqrt(tau) * E) / T, R * Sh * w0 + sp.sqrt(tau) * R * X.T * E / T)
a2 = mk(
    "sqrt-t-design-proved",
    R * X.T * (X * w0 + sp.sqrt(tau) * E) / T,
    R * Sh * w0 + sp.sqrt(tau) * R * X.T * E / T,
    derive=lambda: (
        Words("w", R * X.T * (X * w0 + sp.sqrt(tau) * E) / T, R * Sh * w0 + sp.sqrt(tau) * R * X.T * E / T),
    ),
)
a3 = mk("sherman-morrison", (W + w0 * w0.T).inverse(), Winv - Winv * w0 * w0.T * Winv / (1 + trace(w0.T * Winv * w0)))
a3w = mk(
    "sherman-morrison-wrong", (W + w0 * w0.T).inverse(), Winv - Winv * w0 * w0.T * Winv / (1 - trace(w0.T * Winv * w0))
)
# leave-one-out / Sherman-Morrison as a trace (scalar): w0'(W+w0w0')^-1 w0 = q/(1+q)
q = trace(w0.T * Winv * w0)
a4 = mk("leverage", trace(w0.T * (W + w0 * w0.T).inverse() * w0), q / (1 + q))
a4e = mk("leverage-expect", Expect(trace(w0.T * (W + w0 * w0.T).inverse() * w0)), Expect(q / (1 + q)))
a4ew = mk("leverage-expect-wrong", Expect(trace(w0.T * (W + w0 * w0.T).inverse() * w0)), Expect(q / (1 - q)))
