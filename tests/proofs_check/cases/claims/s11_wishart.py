import sympy as sp

from ridgeproof.theorems.claim import *
from ridgeproof.theorems.finite_sample import centred, fresh, isotropic_inputs, moments_downstream
from ridgeproof.theorems.functions import E_test, Expect, trace
from ridgeproof.theorems.vocabulary import *

I_ = sp.Identity(d)


def mk(id, l, r_, derive=(), rel=Relation.EQUALITY, hyp=(fresh,), **kw):
    return Claim(
        id=id,
        title=id,
        source="von Rosen 1988",
        relation=rel,
        statement=(Equation(l, r_),),
        hypotheses=hyp,
        derive=lambda: derive,
        **kw,
    )


# E tr(A W) ; E tr(A W B W) ; E tr W^-2 (S = I through S letters)
w1 = mk(
    "e-aw",
    Expect(trace(A * W)),
    T * trace(A * S),
    (Traces("p", Expect(trace(A * W)), T * trace(A * S), by=(Stein(X, X * A),)),),
)
w2_ = mk(
    "e-awbw",
    Expect(trace(A * W * B * W)),
    T**2 * trace(A * S * B * S) + T * trace(A * S) * trace(B * S) + T * trace(A * S * B.T * S),
)
w2w = mk(
    "e-awbw-wrong",
    Expect(trace(A * W * B * W)),
    T**2 * trace(A * S * B * S) + T * trace(A * S) * trace(B * S) + T * trace(A * S * B * S),
)
w2w2 = mk(
    "e-awbw-wrong-t1",
    Expect(trace(A * W * B * W)),
    T * (T - 1) * trace(A * S * B * S) + T * trace(A * S) * trace(B * S) + T * trace(A * S * B.T * S),
)
h4 = Hypothesis("T>=d+4", sp.Ge(T, d + 4))
iw2 = mk(
    "e-inv2", Expect(trace(S * Winv * S * Winv)), d * (T - 1) / ((T - d) * (T - d - 1) * (T - d - 3)), hyp=(fresh, h4)
)
iw2w = mk(
    "e-inv2-wrong", Expect(trace(S * Winv * S * Winv)), d * T / ((T - d) * (T - d - 1) * (T - d - 3)), hyp=(fresh, h4)
)
iw2w2 = mk(
    "e-inv2-wrong-sign",
    Expect(trace(S * Winv * S * Winv)),
    d * (T - 1) / ((T - d) * (T - d + 1) * (T - d - 3)),
    hyp=(fresh, h4),
)
iw2m = mk(
    "e-inv2-missing-cond",
    Expect(trace(S * Winv * S * Winv)),
    d * (T - 1) / ((T - d) * (T - d - 1) * (T - d - 3)),
    hyp=(fresh, moments_downstream),
)
iw2p = mk(
    "e-inv2-proved",
    Expect(trace(S * Winv * S * Winv)),
    d * (T - 1) / ((T - d) * (T - d - 1) * (T - d - 3)),
    hyp=(fresh, h4),
    derive=(
        Traces(
            "1",
            Expect(trace(S * Winv * S * Winv)),
            d * (T - 1) / ((T - d) * (T - d - 1) * (T - d - 3)),
            by=(Stein(X, X * Winv * S * Winv), Stein(X, X * Winv), Stein(X, X * Winv, (S * Winv,))),
        ),
    ),
)
iw2pm = mk(
    "e-inv2-proved-missing-cond",
    Expect(trace(S * Winv * S * Winv)),
    d * (T - 1) / ((T - d) * (T - d - 1) * (T - d - 3)),
    hyp=(fresh, moments_downstream),
    derive=(
        Traces(
            "1",
            Expect(trace(S * Winv * S * Winv)),
            d * (T - 1) / ((T - d) * (T - d - 1) * (T - d - 3)),
            by=(Stein(X, X * Winv * S * Winv), Stein(X, X * Winv), Stein(X, X * Winv, (S * Winv,))),
        ),
    ),
)
tr2 = mk(
    "e-trinv-squared",
    Expect(trace(S * Winv) ** 2),
    d * (d * (T - d - 2) + 2) / ((T - d) * (T - d - 1) * (T - d - 3)),
    hyp=(fresh, h4),
)
tr2w = mk("e-trinv-squared-wrong", Expect(trace(S * Winv) ** 2), (d / (T - d - 1)) ** 2, hyp=(fresh, h4))
