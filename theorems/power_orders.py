"""Orders of power-law sums, proved by comparison with integrals (docs/theory.md#P1)."""

from __future__ import annotations

from typing import Literal

import sympy as sp

from .claim import Claim, Equation, Hypothesis, Relation, Step
from .functions import SpectralSum, df
from .order_steps import Order, PowerOrder, Scales
from .power_law import bias_sum, capacity, infinite, no_generators
from .sources import THEORY, V2
from .vocabulary import beta, k, r, s, w2

Sign = Literal[">", ">="]
_above_one: tuple[tuple[sp.Expr, Sign], ...] = ((beta - 1, ">"),)


def _degrees(order: int) -> tuple[Step, ...]:
    says = "(s/(s + k))^m lies between 2^-m and 1 for k <= s, between (s/(2k))^m and (s/k)^m for k >= s"
    return (
        Scales("k is bounded"),
        PowerOrder(says, df(order, k), _above_one, k),
        Order("the sum of ones up to k^(-1/beta) is what matters", df(order, k), k ** (-1 / beta), _above_one),
    )


def _degrees_claim(order: int) -> Claim:
    return Claim(
        id=f"df{order}-order",
        title=f"df_{order}(k) is of the order of k^(-1/beta), for all k up to any bound",
        source=f"{V2}, Lemma C.1; {THEORY}#P1",
        relation=Relation.ORDER,
        statement=(Equation(df(order, k), k ** (-1 / beta)),),
        hypotheses=(capacity, infinite),
        derive=lambda: _degrees(order),
        setting=no_generators,
        limit=(k, sp.S.Zero),
    )


df1_order, df2_order = _degrees_claim(1), _degrees_claim(2)

_bias_sum = SpectralSum(s * w2 / (s + k) ** 2)
_says = "1/(s + k)^2 lies between 1/(4s^2) and 1/s^2 for k <= s, between 1/(4k^2) and 1/k^2 for k >= s"


def _bias(right: sp.Expr, assume: tuple[tuple[sp.Expr, Sign], ...], log: sp.Expr | None = None) -> tuple[Step, ...]:
    return (
        Scales("k is bounded"),
        PowerOrder(_says, _bias_sum, assume, k, log=log),
        Order("times k^2", bias_sum if log is None else bias_sum.subs(r, 1), right, assume),
    )


bias_order_below = Claim(
    id="bias-order-below-saturation",
    title="The bias sum is of the order of k^(2r) for 0 < r < 1",
    source=f"{V2}, Lemma C.1; {THEORY}#P1",
    relation=Relation.ORDER,
    statement=(Equation(bias_sum, k ** (2 * r)),),
    hypotheses=(capacity, infinite, Hypothesis("0 < r", sp.Gt(r, 0)), Hypothesis("r < 1", sp.Lt(r, 1))),
    derive=lambda: _bias(k ** (2 * r), (*_above_one, (r, ">"), (1 - r, ">"))),
    setting=no_generators,
    limit=(k, sp.S.Zero),
)

bias_order_above = Claim(
    id="bias-order-above-saturation",
    title="The bias sum is of the order of k^2 for r > 1",
    source=f"{V2}, Lemma C.1; {THEORY}#P1",
    relation=Relation.ORDER,
    statement=(Equation(bias_sum, k**2),),
    hypotheses=(capacity, infinite, Hypothesis("r > 1", sp.Gt(r, 1))),
    derive=lambda: _bias(k**2, (*_above_one, (r, ">"), (r - 1, ">"))),
    setting=no_generators,
    limit=(k, sp.S.Zero),
)

bias_order_at = Claim(
    id="bias-order-at-saturation",
    title="At r = 1 the bias sum is of the order of k^2 log(1/k)",
    source=f"{V2}, Lemma C.1; {THEORY}#P1",
    relation=Relation.ORDER,
    statement=(Equation(bias_sum.subs(r, 1), k**2 * sp.log(1 / k)),),
    hypotheses=(capacity, infinite, Hypothesis("r = 1", sp.Eq(r, 1))),
    derive=lambda: _bias(k**2 * sp.log(1 / k), _above_one, sp.log(1 / k)),
    setting=no_generators,
    limit=(k, sp.S.Zero),
    finding=(
        "Known: the logarithm (the paper, v2, Lemma C.1).  New: a proof with explicit constants; the order "
        "k^(2 min(r, 1)) of Theorem 5.2 (v1: Theorem 3) fails at r = 1."
    ),
)
