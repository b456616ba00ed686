"""Crash: noiseless optimum, lambda* = 0: math domain error, traceback, exit 70, every other claim's result lost."""

import sympy as sp

from ridgeproof.theorems.claim import *
from ridgeproof.theorems.vocabulary import *

crash = Claim(
    id="noiseless-rate",
    title="noiseless rate",
    source="Cui 2021",
    relation=Relation.OPTIMUM,
    statement=(Equation(sp.Symbol("rate_star"), 2 * beta * sp.Min(r, 1)),),
    hypotheses=(
        Hypothesis("b", sp.Gt(beta, 1)),
        Hypothesis("r", sp.Gt(r, 0)),
        Hypothesis("noiseless", sp.Eq(sigma2, 0)),
    ),
    setting=Setting("power-law", "source", (), Fit(T, T**-ell, sigma2), dimension=sp.oo),
    limit=(T, sp.oo),
)
