"""Claims with a mistake in each: `ridgeproof verify examples/wrong_claims.py` refutes both and exits with status 1."""

import sympy as sp

from ridgeproof.theorems.claim import Claim, Equation, Fit, Hypothesis, Relation, Setting
from ridgeproof.theorems.finite_sample import centred, fresh, moments_downstream, moments_generator
from ridgeproof.theorems.functions import E_test, Kappa, df
from ridgeproof.theorems.vocabulary import T0, T, d, lam, n, sigma02, sigma2

# The generators' noise counted once instead of n times.
forgotten_generations = Claim(
    id="wrong-least-squares-chain",
    title="Least squares on the labels of the n-th generation, noise counted once",
    source="a draft",
    relation=Relation.EQUALITY,
    statement=(Equation(E_test, sigma2 * d / (T - d - 1) + sigma02 * d / (T0 - d - 1)),),
    hypotheses=(fresh, centred, moments_downstream, moments_generator),
    setting=Setting("any", "any", (Fit(T0, sp.S.Zero, sigma02, repeat=n),), Fit(T, sp.S.Zero, sigma2)),
)

# df_1 where df_2 belongs.
wrong_variance = Claim(
    id="wrong-ridge-variance",
    title="Variance of ridge regression, with df_1 in place of df_2",
    source="a draft",
    relation=Relation.EQUIVALENT,
    statement=(Equation(E_test, sigma2 * df(1, Kappa(lam, T)) / (T - df(1, Kappa(lam, T)))),),
    hypotheses=(fresh, centred, Hypothesis("lambda > 0", sp.Gt(lam, 0))),
    setting=Setting("any", "zero", (), Fit(T, lam, sigma2)),
)
