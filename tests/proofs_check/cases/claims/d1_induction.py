"""FALSE: accumulated noise of one design with n fits has covariance m sigma0^2 I; here claimed 2 m sigma0^2."""

import sympy as sp

from ridgeproof.theorems.claim import *
from ridgeproof.theorems.finite_sample import centred, fresh
from ridgeproof.theorems.functions import E_test, Expect, trace
from ridgeproof.theorems.vocabulary import *

x = sp.Symbol("x")
false1 = Claim(
    id="same-design-noise-doubled",
    title="E H_m H_m' = 2 m sigma0^2 I (false: m sigma0^2)",
    source="mine",
    relation=Relation.EQUALITY,
    statement=(Equation(Expect(trace(M0 * H * H.T)), 2 * m * sigma02 * trace(M0)),),
    hypotheses=(centred,),
    derive=lambda: (
        Induction(
            "each generation adds its noise",
            Expect(trace(M0 * H * H.T)),
            2 * m * sigma02 * trace(M0),
            m,
            sp.S.Zero,
            sp.Lambda(x, x + 2 * sigma02 * trace(M0)),
        ),
    ),
)
true1 = Claim(
    id="same-design-noise",
    title="E H_m H_m' = m sigma0^2 I",
    source="mine",
    relation=Relation.EQUALITY,
    statement=(Equation(Expect(trace(M0 * H * H.T)), m * sigma02 * trace(M0)),),
    hypotheses=(centred,),
    derive=lambda: (
        Traces(
            "one more",
            Expect(trace(M0 * H1 * H1.T)) - Expect(trace(M0 * H * H.T)),
            sigma02 * trace(M0),
            by=(Stein(Fm, M0 * H), Stein(Fm, M0.T * H), Stein(Fm, M0 * Fm)),
        ),
        Induction(
            "each generation adds its noise",
            Expect(trace(M0 * H * H.T)),
            m * sigma02 * trace(M0),
            m,
            sp.S.Zero,
            sp.Lambda(x, x + sigma02 * trace(M0)),
        ),
    ),
)
# false for E_test in a setting: least squares chain with noise counted twice; derivation by Induction only
false2 = Claim(
    id="ls-chain-doubled",
    title="x",
    source="mine",
    relation=Relation.EQUALITY,
    statement=(Equation(E_test, sigma2 * d / (T - d - 1) + 2 * n * sigma02 * d / (T0 - d - 1)),),
    hypotheses=(fresh, centred, Hypothesis("a", sp.Ge(T, d + 2)), Hypothesis("b", sp.Ge(T0, d + 2))),
    derive=lambda: (
        Induction(
            "i",
            E_test,
            sigma2 * d / (T - d - 1) + 2 * n * sigma02 * d / (T0 - d - 1),
            n,
            sigma2 * d / (T - d - 1),
            sp.Lambda(x, x + 2 * sigma02 * d / (T0 - d - 1)),
        ),
    ),
    setting=Setting("any", "any", (Fit(T0, sp.S.Zero, sigma02, repeat=n),), Fit(T, sp.S.Zero, sigma2)),
)
