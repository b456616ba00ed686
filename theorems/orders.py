"""Steps that prove orders of magnitude: bounds up to constants that depend on the fixed symbols only.

``M <~ N`` says that M <= C N with C a function of the fixed symbols (beta, r and the exponents of the scales), and
``=<>=`` that both M <~ N and N <~ M.  A derivation collects such bounds - from the scales of the setting, from
equations between positive quantities, from sums over a power-law spectrum - and multiplies their powers, by cases.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import sympy as sp

from theorems.claim import Algebra, Equation, Step

Assumed = tuple[tuple[sp.Expr, Literal[">", ">="]], ...]


@dataclass(frozen=True)
class Scales(Step):
    """What the setting and the hypotheses say of sizes: lambda = T^-ell, d = T^a, T >= 1, and so on.

    ``free``: a symbol of which only the hypothesis that it is at most 1 is used, whatever its scale in the setting.
    """

    rule: ClassVar[str] = "scales"
    free: sp.Symbol | None = None


@dataclass(frozen=True)
class Quantity(Step):
    """A name for a positive rational expression; a power T^x with a symbolic x in it is a quantity of its own."""

    rule: ClassVar[str] = "definition"
    name: sp.Symbol
    value: sp.Expr


@dataclass(frozen=True)
class Balance(Algebra):
    """An equation between sums of positive terms: each term of one side is at most a constant times the other side.

    Names of a ``Quantity`` may stand for their values; a sum over the spectrum may be a combination of the others.
    """

    rule: ClassVar[str] = "algebra of positive terms"


@dataclass(frozen=True)
class Least(Step):
    """``name`` = min(x, y) of two products of powers."""

    rule: ClassVar[str] = "definition"
    name: sp.Symbol
    of: tuple[sp.Expr, sp.Expr]


@dataclass(frozen=True)
class PowerOrder(Step):
    """The order of a sum over a power law s_j = j^-beta, s_j w0_j^2 = j^-(1 + 2 beta r), j <= d or without end.

    ``left`` is a sum over the spectrum whose summand is a power of k times a function of y = k/s (times s w2), k =
    ``at`` (None: k = 1).  Near y -> 0 that function goes like y^head, as y -> infinity like y^-tail.  With ``count`` =
    min(k^(-1/beta), d), or k^(-1/beta) itself where d is infinite, the sum is of the order of k^head (count^(theta + 1)
    + 1), theta = beta head - e; ``log``: what log(1 + count) is written as where theta = -1, and the 1 is absorbed.
    That k is bounded has to be shown by an earlier step.

    ``integral`` (d infinite): the constant I of the comparison with an integral, left ~ I k^x; ``gap`` then names the
    absolute difference of the two sides.
    """

    rule: ClassVar[str] = "integral comparison"
    left: sp.Expr
    head: int
    tail: int
    assume: Assumed
    at: sp.Symbol | None = None
    count: sp.Symbol | None = None
    log: sp.Expr | None = None
    integral: sp.Expr | None = None
    gap: sp.Symbol | None = None


@dataclass(frozen=True)
class Order(Step):
    """left <~ right or left =<>= right, for a product of powers on the left and a sum of such on the right.

    ``cases``: the earlier steps whose bounds by a sum are taken apart.  ``assume``: signs of the fixed symbols.
    """

    rule: ClassVar[str] = "orders of magnitude"
    left: sp.Expr
    right: sp.Expr
    assume: Assumed = ()
    cases: tuple[Step, ...] = ()
    relation: Literal["<~", "=<>="] = "=<>="

    def conclusions(self) -> tuple[Equation, ...]:
        return (Equation(self.left, self.right),) if self.relation == "=<>=" else ()


@dataclass(frozen=True)
class Negligible(Step):
    """left ~ right: their difference is ``remainder``, which is <~ left times ``rate``, a power that tends to 0.

    ``rate`` is a power of the symbol that tends to a limit, or a sum of such; ``assuming`` as in ``Algebra``.  Where
    the remainder is the gap of ``compared``, a comparison of the left side with an integral, the right side is that
    integral.
    """

    rule: ClassVar[str] = "a negligible difference"
    left: sp.Expr
    right: sp.Expr
    remainder: sp.Expr
    rate: sp.Expr
    assume: Assumed
    assuming: tuple[tuple[sp.Expr, sp.Expr, sp.Expr], ...] = ()
    cases: tuple[Step, ...] = ()
    compared: PowerOrder | None = None

    def conclusions(self) -> tuple[Equation, ...]:
        return (Equation(self.left, self.right),)


@dataclass(frozen=True)
class Best(Step):
    """The least ``error`` over ``control`` is of the order of T^-rate, attained at control = T^-point.

    For every control the error is >~ T^-rate and <~ T^-rate sum_i x^p_i with x = control T^point, p in ``powers``.
    """

    rule: ClassVar[str] = "optimum of an order"
    error: sp.Symbol
    control: sp.Symbol
    names: tuple[sp.Symbol, sp.Symbol]
    point: sp.Expr
    rate: sp.Expr
    powers: tuple[sp.Expr, ...]
    assume: Assumed
    cases: tuple[Step, ...] = ()

    def conclusions(self) -> tuple[Equation, ...]:
        return (Equation(self.names[0], self.point), Equation(self.names[1], self.rate))
