"""He, Xu & Cheng 2025 'Golden ratio weighting': theta_{t+1} = w * fresh real estimate + (1-w) * estimate from synthetic.
error e_{t+1} = w^2 v + (1-w)^2 (e_t + v); limit e = v (w^2+(1-w)^2)/(w(2-w)); best w = (sqrt5-1)/2."""

import sympy as sp

from ridgeproof.theorems.claim import *
from ridgeproof.theorems.vocabulary import *

w, v, x, z, p = sp.symbols("w v x z p", positive=True)
ws = sp.Symbol("w_star", positive=True)
e = sp.Symbol("e", positive=True)


def mk(id, eqs, derive=(), rel=Relation.EQUALITY, hyp=(), **kw):
    return Claim(
        id=id,
        title=id,
        source="He et al.",
        relation=rel,
        statement=tuple(Equation(*q) for q in eqs),
        hypotheses=hyp,
        derive=lambda: derive,
        **kw,
    )


fix = v * (w**2 + (1 - w) ** 2) / (w * (2 - w))
lt1 = Hypothesis("w < 1", sp.Lt(w, 1))
fp = mk(
    "fixed-point",
    [(w**2 * v + (1 - w) ** 2 * (fix + v), fix)],
    (Algebra("put in", w**2 * v + (1 - w) ** 2 * (fix + v), fix),),
    hyp=(lt1,),
)
fpw = mk(
    "fixed-point-wrong",
    [
        (
            w**2 * v + (1 - w) ** 2 * (v * (w**2 + (1 - w) ** 2) / (w * (1 - w)) + v),
            v * (w**2 + (1 - w) ** 2) / (w * (1 - w)),
        )
    ],
    hyp=(lt1,),
)
q = (1 - w) ** 2
closed = fix + (v - fix) * q**n
ind = mk(
    "closed-form",
    [(sp.Symbol("e_n"), closed)],
    (Induction("recursion", sp.Symbol("e_n"), closed, n, v, sp.Lambda(x, w**2 * v + q * (x + v))),),
    hyp=(lt1,),
)
indw = mk(
    "closed-form-wrong",
    [(sp.Symbol("e_n"), fix + (v - fix) * q ** (n + 1))],
    (
        Induction(
            "recursion", sp.Symbol("e_n"), fix + (v - fix) * q ** (n + 1), n, v, sp.Lambda(x, w**2 * v + q * (x + v))
        ),
    ),
    hyp=(lt1,),
)
# the golden ratio as the unique positive stationary point
cross = Crossing(
    "slope",
    fix,
    w,
    w**2 + w - 1,
    2 * v / (w**2 * (2 - w) ** 2),
    ((v, ">"), (w, ">"), (2 - w, ">")),
    (Form(z, ((w, z),), (), ()),),
    ws,
)
gold = mk("golden-poly", [(ws**2 + ws - 1, sp.S.Zero)], (cross,), hyp=(lt1,))
gold_opt = mk(
    "golden-poly-optimum",
    [(ws**2 + ws - 1, sp.S.Zero)],
    (cross,),
    hyp=(lt1,),
    rel=Relation.OPTIMUM,
    setting=Setting("any", "any", (), Fit(T, lam, sigma2)),
)
goldw = mk("golden-poly-wrong", [(ws**2 - ws - 1, sp.S.Zero)], (cross,), hyp=(lt1,))
goldr = mk("golden-root-check", [(((sp.sqrt(5) - 1) / 2) ** 2 + (sp.sqrt(5) - 1) / 2, sp.S.One)])
goldrw = mk("golden-root-check-wrong", [(((sp.sqrt(5) + 1) / 2) ** 2 + (sp.sqrt(5) + 1) / 2, sp.S.One)])
# derivative vanishes at the golden ratio, as an identity
der = mk("golden-derivative", [(sp.diff(fix, w).subs(w, (sp.sqrt(5) - 1) / 2), sp.S.Zero)])
derp = mk(
    "golden-derivative-identity",
    [(sp.diff(fix, w), 2 * v * (w**2 + w - 1) / (w**2 * (2 - w) ** 2))],
    (Algebra("differentiate", sp.diff(fix, w), 2 * v * (w**2 + w - 1) / (w**2 * (2 - w) ** 2)),),
    hyp=(lt1,),
)
