"""TRUE (Hastie et al.): sigma^2 phi/(1-phi) for phi < 1; the vocabulary's own symbol phi = d/T, without a hypothesis that repeats it."""

import sympy as sp

from ridgeproof.theorems.claim import *
from ridgeproof.theorems.finite_sample import centred, fresh
from ridgeproof.theorems.functions import E_test
from ridgeproof.theorems.leading_order import proportionate
from ridgeproof.theorems.vocabulary import *

c = Claim(
    id="variance-in-phi",
    title="x",
    source="Hastie et al.",
    relation=Relation.EQUIVALENT,
    statement=(Equation(E_test, sigma2 * phi / (1 - phi)),),
    hypotheses=(fresh, centred, proportionate, Hypothesis("phi < 1", sp.Lt(phi, 1)), Hypothesis("d < T", sp.Lt(d, T))),
    setting=Setting("any", "any", (), Fit(T, sp.S.Zero, sigma2)),
)
