"""Exact moments of sample covariance matrices at every sample size (docs/theory.md#F6)."""

from __future__ import annotations

import sympy as sp

from .claim import Claim, Equation, Relation, Step, Traces
from .finite_sample import fresh
from .functions import Expect, trace
from .sources import THEORY
from .vocabulary import A, B, Sh
from .wick import gram, letters, moment


def _derived(left: sp.Expr, j: int, k: int) -> tuple[Step, ...]:
    value, integrations = moment((*letters(A), *gram * j, *letters(B), *gram * k))
    return (Traces("integrate by parts until no design is left", left, value, by=integrations),)


def _claim(j: int, k: int) -> Claim:
    left = Expect(trace(sp.MatMul(A, *[Sh] * j, B, *[Sh] * k, evaluate=False)))
    value, _ = moment((*letters(A), *gram * j, *letters(B), *gram * k))
    return Claim(
        id=f"wishart-moment-{j}-{k}",
        title=f"E tr(A Sh^{j} B Sh^{k}), exactly, at every T",
        source=f"classical; {THEORY}#F6",
        relation=Relation.EQUALITY,
        statement=(Equation(left, value),),
        hypotheses=(fresh,),
        derive=lambda: _derived(left, j, k),
    )


wishart_moment_1_1 = _claim(1, 1)
wishart_moment_2_1 = _claim(2, 1)
