"""FALSE, still proved: ledger claims with one necessary hypothesis dropped."""

import dataclasses

from ridgeproof.theorems import equivalents as eq
from ridgeproof.theorems import finite_sample as fs
from ridgeproof.theorems import optimal_ridge as opt


def drop(c, text, id):
    return dataclasses.replace(c, id=id, hypotheses=tuple(h for h in c.hypotheses if text not in h.text), finding="")


# at lambda > 0: df_1(kappa) = T (1 - lambda/kappa) < T
a = drop(eq.kappa_min_norm, "lambda = 0", "kappa-min-norm-any-lambda")
# at w0 = 0 the error falls for ever as lambda grows; the quartic has no positive root
b = drop(opt.optimal_fake, "w0 differs", "optimal-ridge-fake-no-signal")
# T0 > d: the projection has rank d, not T0
c = drop(fs.haar_mean, "T0 < d", "haar-mean-any-rank")
