import sympy as sp

from ridgeproof.theorems.claim import Claim, Equation, Hypothesis, Relation
from ridgeproof.theorems.vocabulary import T0, T, beta, d, k, lam, phi, r

x = sp.Symbol("x", positive=True)


def c(id, lhs, rhs, hyp=()):
    return Claim(
        id=id,
        title=id,
        source="notes",
        relation=Relation.EQUALITY,
        statement=(Equation(lhs, rhs),),
        hypotheses=tuple(hyp),
    )


I = lambda f: sp.Integral(f, (x, 0, sp.oo))
b1 = Hypothesis("beta > 1", sp.Gt(beta, 1))
c1 = c("true-gamma-integral", I(x**T * sp.exp(-x)), sp.gamma(T + 1))
c2 = c("true-beta-integral", I(1 / (1 + x**beta)), (sp.pi / beta) / sp.sin(sp.pi / beta), [b1])
c3 = c("true-gauss", I(sp.exp(-T * (sp.log(x)) ** 2) / x), sp.sqrt(sp.pi / T))
c4 = c("true-small-p", I(x ** (r / 100 - 1) * sp.exp(-x)), sp.gamma(r / 100), [Hypothesis("r > 0", sp.Gt(r, 0))])
c5 = c("wrong-beta-integral", I(1 / (1 + x**beta)), (sp.pi / beta) / sp.sin(sp.pi / (2 * beta)), [b1])
c6 = c(
    "true-resolvent",
    I(1 / ((1 + x) * (1 + lam * x))),
    sp.log(1 / lam) / (1 - lam),
    [Hypothesis("lambda < 1", sp.Lt(lam, 1))],
)
c7 = c("true-peaked", I(sp.exp(-(10**6) * (x - 1) ** 2)), sp.sqrt(sp.pi) / 1000 * (1 + sp.erf(1000)) / 2)
