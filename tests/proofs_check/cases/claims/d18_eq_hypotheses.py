"""TRUE: min-norm at d = 2T, isotropic: |w0|^2/2 + sigma^2 T/(T-1); the equation written with d on the left."""

import sympy as sp

from ridgeproof.theorems.claim import *
from ridgeproof.theorems.finite_sample import centred, fresh, isotropic_inputs
from ridgeproof.theorems.functions import E_test
from ridgeproof.theorems.vocabulary import *

Z = sp.S.Zero


def mk(id, r_, *hyp):
    return Claim(
        id=id,
        title=id,
        source="t",
        relation=Relation.EQUALITY,
        statement=(Equation(E_test, r_),),
        hypotheses=(isotropic_inputs, fresh, centred, *hyp),
        setting=Setting("isotropic", "isotropic", (), Fit(T, Z, sigma2)),
    )


h2 = Hypothesis("T >= 2", sp.Ge(T, 2))
a = mk("d-is-2t", norm2 / 2 + sigma2 * T / (T - 1), h2, Hypothesis("d = 2T", sp.Eq(d, 2 * T)))
b = mk("t-is-half-d", norm2 / 2 + sigma2 * T / (T - 1), h2, Hypothesis("T = d/2", sp.Eq(T, d / 2)))
c = mk("t-is-half-d-reversed", norm2 / 2 + sigma2 * T / (T - 1), h2, Hypothesis("d/2 = T", sp.Eq(d / 2, T)))
