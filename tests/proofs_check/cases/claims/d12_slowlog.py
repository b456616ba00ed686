"""FALSE, accepted: iterated or fractional logarithms pass for constants; a wrong constant passes where the correction is logarithmic."""

import sympy as sp

from ridgeproof.theorems.claim import *
from ridgeproof.theorems.vocabulary import *


def mk(id, l, r_, rel, **kw):
    return Claim(id=id, title=id, source="t", relation=rel, statement=(Equation(l, r_),), limit=(n, sp.oo), **kw)


l1 = mk("loglog-is-bounded", sp.log(sp.log(n)), sp.S.One, Relation.ORDER)
l2 = mk("log-third-is-bounded", sp.log(n) ** sp.Rational(1, 3), sp.S.One, Relation.ORDER)
l2b = mk("log-two-fifths-is-bounded", sp.log(n) ** sp.Rational(2, 5), sp.S.One, Relation.ORDER)
l3 = mk("log-half-is-bounded", sp.sqrt(sp.log(n)), sp.S.One, Relation.ORDER)
l4 = mk("harmonic-constant-wrong", sp.harmonic(n, 1), sp.Rational(51, 50) * sp.log(n), Relation.ASYMPTOTIC)
l5 = mk("harmonic-constant-wrong-5", sp.harmonic(n, 1), sp.Rational(21, 20) * sp.log(n), Relation.ASYMPTOTIC)
l6 = mk("power-001-is-bounded", n ** sp.Rational(1, 100), sp.S.One, Relation.ORDER)
l7 = mk("power-002-is-bounded", n ** sp.Rational(2, 100), sp.S.One, Relation.ORDER)
