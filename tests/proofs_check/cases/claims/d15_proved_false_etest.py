"""FALSE and `proved`: twice the test error of the least-squares chain equals what the test error is."""

import sympy as sp

from ridgeproof.theorems.claim import *
from ridgeproof.theorems.finite_sample import centred, fresh, moments_downstream, moments_generator
from ridgeproof.theorems.functions import E_test
from ridgeproof.theorems.vocabulary import *

x = sp.Symbol("x")
Z = sp.S.Zero
start, step = sigma2 * d / (T - d - 1), sigma02 * d / (T0 - d - 1)
half_chain = Claim(
    id="half-the-chain",
    title="E_test is half of Eq. (1)",
    source="t",
    relation=Relation.EQUALITY,
    statement=(Equation(2 * E_test, start + n * step),),
    hypotheses=(fresh, centred, moments_downstream, moments_generator),
    setting=Setting("any", "any", (Fit(T0, Z, sigma02, repeat=n),), Fit(T, Z, sigma2)),
    derive=lambda: (Induction("each generation adds", 2 * E_test, start + n * step, n, start, sp.Lambda(x, x + step)),),
)
