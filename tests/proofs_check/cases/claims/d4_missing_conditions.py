"""FALSE by a missing condition: n = 0 (only 1, 2, 3 are drawn), n large."""

import dataclasses

import sympy as sp

from ridgeproof.theorems import chain as ch
from ridgeproof.theorems.claim import *
from ridgeproof.theorems.finite_sample import (
    centred,
    few_samples,
    fresh,
    isotropic_inputs,
    moments_downstream,
    moments_generator,
)
from ridgeproof.theorems.functions import E_test, Kappa
from ridgeproof.theorems.leading_order import positive, proportionate
from ridgeproof.theorems.vocabulary import *

# the ledger's own claim same-design with its hypothesis n >= 1 dropped (false at n = 0: no generator, no projection)
base = ch.same_design
no_n = dataclasses.replace(
    base,
    id="same-design-all-n",
    title="same, for every n >= 0 (false at n = 0)",
    hypotheses=tuple(h for h in base.hypotheses if "n >= 1" not in h.text),
)
no_n_noderiv = dataclasses.replace(no_n, id="same-design-all-n-noderiv", derive=tuple)
# plausible slip: |n| enters by min(n, 3): 'collapse saturates after three generations'
sat = Claim(
    id="ls-saturates",
    title="least squares: the error saturates after 3 generations (false)",
    source="t",
    relation=Relation.EQUALITY,
    statement=(Equation(E_test, sigma2 * d / (T - d - 1) + sp.Min(n, 3) * sigma02 * d / (T0 - d - 1)),),
    hypotheses=(fresh, centred, moments_downstream, moments_generator),
    setting=Setting("any", "any", (Fit(T0, sp.S.Zero, sigma02, repeat=n),), Fit(T, sp.S.Zero, sigma2)),
)
