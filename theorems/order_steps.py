"""Steps that prove orders of magnitude: bounds up to constants that depend on the fixed symbols only.

``M <~ N`` says that M <= C N with C a function of the fixed symbols (beta, r and the exponents of the scales), and
``=<>=`` that both M <~ N and N <~ M.  A derivation collects such bounds - from the scales of the setting, from
equations between positive quantities, from sums over a power-law spectrum - and multiplies their powers, by cases.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import sympy as sp

from .relations import Equation, Relation
from .steps import Algebra, Signs, Step

Assumed = Signs


@dataclass(frozen=True)
class Scales(Step):
    """What the setting and the hypotheses say of sizes: lambda = T^-ell, d = T^a, T >= 1, and so on.

    ``free``: a symbol of which only the hypothesis that it is at most 1 is used, whatever its scale in the setting.
    """

    rule: ClassVar[str] = "scales"
    concludes: ClassVar[Relation | None] = None
    free: sp.Symbol | None = None


@dataclass(frozen=True)
class Quantity(Step):
    """A name for a positive rational expression; a power T^x with a symbolic x in it is a quantity of its own."""

    rule: ClassVar[str] = "definition"
    concludes: ClassVar[Relation | None] = None
    name: sp.Symbol
    value: sp.Expr


@dataclass(frozen=True)
class Balance(Algebra):
    """An equation between sums of positive terms: each term of one side is at most a constant times the other side.

    Names of a ``Quantity`` may stand for their values; a sum over the spectrum may be a combination of the others.
    """

    rule: ClassVar[str] = "algebra of positive terms"
    concludes: ClassVar[Relation | None] = Relation.EQUALITY


@dataclass(frozen=True)
class Least(Step):
    """``name`` = min(x, y) of two products of powers."""

    rule: ClassVar[str] = "definition"
    concludes: ClassVar[Relation | None] = None
    name: sp.Symbol
    of: tuple[sp.Expr, sp.Expr]


@dataclass(frozen=True)
class PowerOrder(Step):
    """The order of a sum over a power law s_j = j^-beta, s_j w0_j^2 = j^-(1 + 2 beta r), j <= d or without end.

    ``left`` is sum (s w2)^t k^a s^b (s + k)^-n, k = ``at`` (None: k = 1), t = 0 or 1.  With ``count`` = min(k^(-1/beta)
    , d), or k^(-1/beta) itself where d is infinite, it is of the order of k^a (count^(theta + 1) + 1), theta = beta (n
    - b) - t e, s w2 = j^-e; where theta = -1 the bracket is a logarithm, written ``log``.  That k is bounded has to be
    shown by an earlier step.

    ``leading`` (d infinite): what is left to name of the leading term ``leading`` * k^x, with x = a - (theta + 1)/beta:
    the value of an integral, by the claim beta-integral; at theta = -1 it is ``log``/beta.  ``gap`` names the distance
    between the sum and that term.  ``slack`` x >= 0: only a bound from above, with theta + x in the place of theta.
    ``value``: what the sum itself is written as, where it is a value of the zeta function.
    """

    rule: ClassVar[str] = "integral comparison"
    concludes: ClassVar[Relation | None] = Relation.ORDER
    left: sp.Expr
    assume: Assumed
    at: sp.Symbol | None = None
    count: sp.Symbol | None = None
    log: sp.Expr | None = None
    leading: sp.Expr | None = None
    gap: sp.Symbol | None = None
    slack: sp.Expr | None = None
    value: sp.Expr | None = None

    def assumptions(self) -> Signs:
        return self.assume


@dataclass(frozen=True)
class Order(Step):
    """left <~ right or left =<>= right, for a product of powers on the left and a sum of such on the right.

    ``cases``: the earlier steps whose bounds by a sum are taken apart.  ``assume``: signs of the fixed symbols.
    """

    rule: ClassVar[str] = "orders of magnitude"
    concludes: ClassVar[Relation | None] = Relation.ORDER
    left: sp.Expr
    right: sp.Expr
    assume: Assumed = ()
    cases: tuple[Step, ...] = ()
    relation: Literal["<~", "=<>="] = "=<>="

    def conclusions(self) -> tuple[Equation, ...]:
        return (Equation(self.left, self.right),) if self.relation == "=<>=" else ()

    def assumptions(self) -> Signs:
        return self.assume


@dataclass(frozen=True)
class Negligible(Step):
    """left ~ right: they differ by at most ``remainder``, which is <~ left times ``rate``, a rate that tends to 0.

    ``rate`` is a power of the symbol that tends to a limit, or of a logarithm, or a sum of such.  Without ``compared``
    the remainder is left - right (right - left if ``below``); ``assuming`` as in ``Algebra``.  With it, ``right`` is c
    times the leading term of a sum F, and left - c F + c gap the remainder.  ``solved``: (x, y, p), with x/y = (left/
    right)^p, so that x ~ y is concluded instead.
    """

    rule: ClassVar[str] = "a negligible difference"
    concludes: ClassVar[Relation | None] = Relation.ASYMPTOTIC
    left: sp.Expr
    right: sp.Expr
    remainder: sp.Expr
    rate: sp.Expr
    assume: Assumed
    assuming: tuple[tuple[sp.Expr, sp.Expr, sp.Expr], ...] = ()
    cases: tuple[Step, ...] = ()
    compared: PowerOrder | None = None
    below: bool = False
    solved: tuple[sp.Expr, sp.Expr, sp.Expr] | None = None

    def conclusions(self) -> tuple[Equation, ...]:
        return (Equation(self.left, self.right) if self.solved is None else Equation(*self.solved[:2]),)

    def assumptions(self) -> Signs:
        return self.assume

    def equations(self) -> tuple[tuple[sp.Expr, sp.Expr], ...]:
        return tuple((x, y) for x, y, _ in self.assuming)


@dataclass(frozen=True)
class Best(Step):
    """The least ``error`` over ``control`` is of the order of T^-rate, attained at control = T^-point.

    For every control the error is >~ T^-rate and <~ T^-rate sum_i x^p_i with x = control T^point, p in ``powers``.
    """

    rule: ClassVar[str] = "optimum of an order"
    concludes: ClassVar[Relation | None] = Relation.OPTIMUM
    error: sp.Symbol
    control: sp.Symbol
    names: tuple[sp.Expr, sp.Expr]
    point: sp.Expr
    rate: sp.Expr
    powers: tuple[sp.Expr, ...]
    assume: Assumed
    cases: tuple[Step, ...] = ()

    def conclusions(self) -> tuple[Equation, ...]:
        return (Equation(self.names[0], self.point), Equation(self.names[1], self.rate))

    def assumptions(self) -> Signs:
        return self.assume
