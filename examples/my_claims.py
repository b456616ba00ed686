"""A user's own claims: `ridgeproof verify examples/my_claims.py`.

A claim is a value.  Its symbols come from the vocabulary; its setting says what E_test means; its derivation may be
left out (then the claim is only confronted with numbers) or given (then the kernel checks every step).
"""

import sympy as sp

from ridgeproof.theorems.claim import (
    Algebra,
    Claim,
    Equation,
    Fit,
    Hypothesis,
    Premise,
    Relation,
    Setting,
    Stein,
    Traces,
)
from ridgeproof.theorems.finite_sample import centred, fresh, moments_downstream
from ridgeproof.theorems.functions import E_test, Expect, Kappa, df, open_degrees, trace
from ridgeproof.theorems.vocabulary import S, T, Winv, X, d, lam, norm2, sigma2

kappa = Kappa(lam, T)

# An exact identity with its proof: one Gaussian integration by parts.
trace_of_inverse = Claim(
    id="my-trace-of-inverse",
    title="E tr(S W^-1) for a Wishart matrix",
    source="my notebook",
    relation=Relation.EQUALITY,
    statement=(Equation(Expect(trace(S * Winv)), d / (T - d - 1)),),
    hypotheses=(fresh, moments_downstream),
    derive=lambda: (Traces("integrate by parts", Expect(trace(S * Winv)), d / (T - d - 1), by=(Stein(X, X * Winv),)),),
)

# A deterministic equivalent, derived from a claim of the ledger.
isotropic_variance = Claim(
    id="my-isotropic-variance",
    title="Variance of ridge regression with S = I",
    source="my notebook",
    relation=Relation.EQUIVALENT,
    statement=(Equation(E_test, sigma2 * d / (T * (1 + kappa) ** 2 - d)),),
    hypotheses=(fresh, centred, Hypothesis("lambda > 0", sp.Gt(lam, 0))),
    derive=lambda: (
        Premise("bias and variance in general", "clean-ridge"),
        Algebra(
            "put S = I",
            open_degrees(sigma2 * df(2, kappa) / (T - df(2, kappa))),
            sigma2 * d / (T * (1 + kappa) ** 2 - d),
            isotropic=(d, norm2),
        ),
    ),
    setting=Setting("isotropic", "zero", (), Fit(T, lam, sigma2)),
)
