import sympy as sp
from sympy import Identity

from ridgeproof.theorems.claim import *
from ridgeproof.theorems.finite_sample import centred, fresh, ridge
from ridgeproof.theorems.functions import E_test, Expect, SpectralSum, trace
from ridgeproof.theorems.vocabulary import *

xi = sp.Symbol("xi", real=True)


def mk(id, eqs, derive=(), rel=Relation.EQUALITY, hyp=(fresh, centred, ridge), **kw):
    return Claim(
        id=id,
        title=id,
        source="Pareek et al.",
        relation=rel,
        statement=tuple(Equation(*e) for e in eqs),
        hypotheses=hyp,
        derive=lambda: derive,
        **kw,
    )


M = Identity(d) - xi * lam * R
stud = M * R * X.T * E / T
rhs = sigma2 / T * Expect(trace(S * (R * Sh * R - 2 * xi * lam * R * R * Sh * R + xi**2 * lam**2 * R * R * Sh * R * R)))
# attempt 1: by analogy with finite_sample.py
p1 = mk(
    "sd-variance-proof",
    [(Expect(trace(stud.T * S * stud)), rhs)],
    (Traces("average over E", Expect(trace(stud.T * S * stud)), rhs, by=(Stein(E, X * R * M * S * M * R * X.T * E),)),),
)
p2 = mk(
    "sd-variance-proof-split",
    [(Expect(trace(stud.T * S * stud)), rhs)],
    (
        Traces(
            "average over E",
            Expect(trace(stud.T * S * stud)),
            rhs,
            by=(
                Stein(E, X * R * S * R * X.T * E),
                Stein(E, X * R * R * S * R * X.T * E),
                Stein(E, X * R * S * R * R * X.T * E),
                Stein(E, X * R * R * S * R * R * X.T * E),
            ),
        ),
    ),
)
w1 = mk(
    "sd-variance-proof-wrong",
    [(Expect(trace(stud.T * S * stud)), 2 * rhs)],
    (
        Traces(
            "average over E", Expect(trace(stud.T * S * stud)), 2 * rhs, by=(Stein(E, X * R * M * S * M * R * X.T * E),)
        ),
    ),
)
# value of xi that minimises the fixed-design risk, by spectral sums: s eigenvalue of X'X/T, w2 coefficient
risk = SpectralSum(
    s * w2 * ((1 - xi * lam / (s + lam)) * s / (s + lam) - 1) ** 2
    + sigma2 / T * s**2 * (1 - xi * lam / (s + lam)) ** 2 / (s + lam) ** 2
)
a2 = SpectralSum(lam**2 * s**2 * (s * w2 + sigma2 / T) / (s + lam) ** 4)
a1 = SpectralSum(lam * s * (-s * w2 * lam + sigma2 / T * s) / (s + lam) ** 3)
quad = mk(
    "sd-risk-quadratic",
    [(risk, risk.subs(xi, 0) - 2 * xi * a1 + xi**2 * a2)],
    (Algebra("expand", risk, SpectralSum((risk.summand).subs(xi, 0)) - 2 * xi * a1 + xi**2 * a2),),
)
quadw = mk("sd-risk-quadratic-wrong", [(risk, risk.subs(xi, 0) - xi * a1 + xi**2 * a2)])
xs = sp.Symbol("xi_star", real=True)
z = sp.Symbol("z")
opt = mk(
    "sd-xi-star",
    [(xs, a1 / a2)],
    (
        Crossing(
            "quadratic in xi",
            risk,
            xi,
            xi * a2 - a1,
            sp.Integer(2),
            (),
            (Form(z, ((xi, z),), (), ()),),
            xs,
            (a1 / a2, xi, a2),
        ),
    ),
    rel=Relation.OPTIMUM,
    setting=Setting("any", "any", (), Fit(T, lam, sigma2)),
)
optw = mk(
    "sd-xi-star-wrong",
    [(xs, 2 * a1 / a2)],
    rel=Relation.OPTIMUM,
    setting=Setting("any", "any", (), Fit(T, lam, sigma2)),
)
opte = mk(
    "sd-xi-star-equality",
    [(xs, a1 / a2)],
    (
        Crossing(
            "quadratic in xi",
            risk,
            xi,
            xi * a2 - a1,
            sp.Integer(2),
            (),
            (Form(z, ((xi, z),), (), ()),),
            xs,
            (a1 / a2, xi, a2),
        ),
    ),
)
