"""Orders of power-law sums, proved by comparison with integrals (theory, P1)."""

from __future__ import annotations

from typing import Literal

import sympy as sp

from theorems.claim import Claim, Equation, Hypothesis, PowerOrder, Relation, Step
from theorems.functions import SpectralSum, df
from theorems.power_law import bias_sum, capacity, infinite, no_generators
from theorems.vocabulary import beta, k, r, s, w2

Sign = Literal[">", ">="]
Case = Literal["power", "log", "constant"]
_above_one: tuple[tuple[sp.Expr, Sign], ...] = ((beta - 1, ">"),)


def _degrees(order: int) -> tuple[Step, ...]:
    return (
        PowerOrder(
            "head: s/(s + k) lies between 1/2 and 1 for k <= s; tail: between s/(2k) and s/k",
            df(order, k),
            k ** (-1 / beta),
            (s / (s + k)) ** order,
            head=0,
            tail=order,
            case="power",
            assume=_above_one,
        ),
    )


def _degrees_claim(order: int) -> Claim:
    return Claim(
        id=f"df{order}-order",
        title=f"df_{order}(k) is of the order of k^(-1/beta), for all k <= 2^-beta",
        source="theory, P1",
        relation=Relation.ORDER,
        statement=(Equation(df(order, k), k ** (-1 / beta)),),
        hypotheses=(capacity, infinite),
        derive=lambda: _degrees(order),
        setting=no_generators,
        limit=(k, sp.S.Zero),
    )


df1_order, df2_order = _degrees_claim(1), _degrees_claim(2)

_summand = k**2 * s * w2 / (s + k) ** 2


def _bias(right: sp.Expr, case: Case, assume: tuple[tuple[sp.Expr, Sign], ...]) -> tuple[Step, ...]:
    left = k**2 * SpectralSum(s * w2 / (s + k) ** 2)
    says = "k^2/(s + k)^2 lies between a quarter of, and the whole of, (k/s)^2 for k <= s and 1 for k >= s"
    return (
        PowerOrder(
            says, left if case != "log" else left.subs(r, 1), right, _summand, head=2, tail=0, case=case, assume=assume
        ),
    )


bias_order_below = Claim(
    id="bias-order-below-saturation",
    title="The bias sum is of the order of k^(2r) for 0 < r < 1",
    source="theory, P1",
    relation=Relation.ORDER,
    statement=(Equation(bias_sum, k ** (2 * r)),),
    hypotheses=(capacity, infinite, Hypothesis("0 < r", sp.Gt(r, 0)), Hypothesis("r < 1", sp.Lt(r, 1))),
    derive=lambda: _bias(k ** (2 * r), "power", (*_above_one, (r, ">"), (1 - r, ">"))),
    setting=no_generators,
    limit=(k, sp.S.Zero),
)

bias_order_above = Claim(
    id="bias-order-above-saturation",
    title="The bias sum is of the order of k^2 for r > 1",
    source="theory, P1",
    relation=Relation.ORDER,
    statement=(Equation(bias_sum, k**2),),
    hypotheses=(capacity, infinite, Hypothesis("r > 1", sp.Gt(r, 1))),
    derive=lambda: _bias(k**2, "constant", (*_above_one, (r - 1, ">"))),
    setting=no_generators,
    limit=(k, sp.S.Zero),
)

bias_order_at = Claim(
    id="bias-order-at-saturation",
    title="At r = 1 the bias sum is of the order of k^2 log(1/k)",
    source="theory, P1",
    relation=Relation.ORDER,
    statement=(Equation(bias_sum.subs(r, 1), k**2 * sp.log(1 / k)),),
    hypotheses=(capacity, infinite, Hypothesis("r = 1", sp.Eq(r, 1))),
    derive=lambda: _bias(k**2 * sp.log(1 / k), "log", _above_one),
    setting=no_generators,
    limit=(k, sp.S.Zero),
    finding=(
        "The logarithm is proved, with explicit constants: the order k^(2 min(r, 1)) of Theorem 3 fails at r = 1."
    ),
)
