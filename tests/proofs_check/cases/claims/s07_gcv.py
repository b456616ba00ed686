"""GCV (Hastie et al. 2022 Thm; Patil et al. 2021): GCV(lam) = (1/T)|y - X w|^2/(1 - tr(Sh R)/T)^2 ~ E_test + sigma^2."""

import sympy as sp

from ridgeproof.theorems.claim import *
from ridgeproof.theorems.finite_sample import centred, fresh, isotropic_inputs
from ridgeproof.theorems.functions import E_test, Expect, Kappa, SpectralSum, df, trace
from ridgeproof.theorems.leading_order import kappa_is, proportionate
from ridgeproof.theorems.vocabulary import *

pos = Hypothesis("lambda>0", sp.Gt(lam, 0))


def mk(
    id, l, r_, derive=(), rel=Relation.EQUIVALENT, hyp=(), setting=Setting("any", "any", (), Fit(T, lam, sigma2)), **kw
):
    return Claim(
        id=id,
        title=id,
        source="Hastie et al.",
        relation=rel,
        statement=(Equation(l, r_),),
        hypotheses=(fresh, centred, proportionate, pos, *hyp),
        derive=lambda: derive,
        setting=setting,
        **kw,
    )


k_ = Kappa(lam, T)
risk = k_**2 * SpectralSum(s * w2 / (s + k_) ** 2) / (1 - df(2, k_) / T) + sigma2 * df(2, k_) / (T - df(2, k_))
# residual vector
Res = X * w0 + E - X * R * X.T * (X * w0 + E) / T
train = Expect(trace(Res.T * Res)) / T
# (a) train error equivalent
a1 = mk("train-error", train, (lam / k_) ** 2 * (risk + sigma2))
a1w = mk("train-error-wrong", train, (lam / k_) ** 2 * risk + sigma2)
a1w2 = mk("train-error-wrong-power", train, (lam / k_) * (risk + sigma2))
# (b) GCV as ratio of expectations
dof = 1 - Expect(trace(Sh * R)) / T
b1 = mk("gcv-ratio", train / dof**2, risk + sigma2)
b1w = mk("gcv-ratio-wrong-power", train / dof, risk + sigma2)
# (c) GCV as an expectation of a ratio
c1 = mk("gcv-expect", Expect(trace(Res.T * Res) / T / (1 - trace(Sh * R) / T) ** 2), risk + sigma2)
# (d) with E_test on the right
d1 = mk("gcv-etest", train / dof**2, E_test + sigma2)
d2 = mk("gcv-etest-left", E_test, train / dof**2 - sigma2)
