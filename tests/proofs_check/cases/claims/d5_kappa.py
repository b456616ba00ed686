"""FALSE: statements about kappa with a condition missing, proved through UniqueRoot."""

import dataclasses

import sympy as sp

from ridgeproof.theorems import equivalents as eq
from ridgeproof.theorems.claim import *
from ridgeproof.theorems.functions import Kappa, SpectralSum, df
from ridgeproof.theorems.vocabulary import *

base = eq.kappa_min_norm
# (1) lambda = 0 dropped: then df_1(kappa(lambda,T)) = T (1 - lambda/kappa) < T
no_lam = dataclasses.replace(
    base, id="kappa-df1-is-t-any-lambda", hypotheses=tuple(h for h in base.hypotheses if "lambda = 0" not in h.text)
)
# (2) lambda > 0 claimed explicitly
lam_pos = dataclasses.replace(
    base,
    id="kappa-df1-is-t-lambda-positive",
    hypotheses=tuple(h for h in base.hypotheses if "lambda = 0" not in h.text)
    + (Hypothesis("lambda > 0", sp.Gt(lam, 0)),),
)
# (3) no hypothesis 'kappa = kappa(lambda,T)' at all
nokap = dataclasses.replace(base, id="kappa-df1-is-t-no-def", hypotheses=(Hypothesis("T < d", sp.Lt(T, d)),))
# (4) with kappa written as the function
expl = dataclasses.replace(
    base,
    id="kappa-df1-is-t-explicit",
    statement=(Equation(T, df(1, Kappa(lam, T))),),
    hypotheses=(Hypothesis("T < d", sp.Lt(T, d)), Hypothesis("lambda > 0", sp.Gt(lam, 0))),
    derive=tuple,
)
expl2 = dataclasses.replace(
    base,
    id="kappa-df1-is-t-where",
    where=((kappa, Kappa(lam, T)),),
    hypotheses=(Hypothesis("T < d", sp.Lt(T, d)), Hypothesis("lambda > 0", sp.Gt(lam, 0))),
)
