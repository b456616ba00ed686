"""Numbers for the formulas of the claims: SymPy expressions at one instance, in double precision.

This is the court's own reading of a formula.  It shares nothing with the solvers of ``numerics``: kappa is found here
by bracketing the claim's fixed-point equation, and sums over the spectrum are sums over the instance's nodes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import mpmath
import numpy as np
import sympy as sp
from scipy.optimize import brentq

from ridgeproof.errors import ClaimError, Undefined
from ridgeproof.theorems import vocabulary as voc
from ridgeproof.theorems.functions import Kappa, SpectralSum, df


@dataclass(frozen=True)
class Nodes:
    """A spectrum as nodes: eigenvalues s, how often each counts, and sum of w0_j^2 over each node; shapes (m,)."""

    s: np.ndarray
    count: np.ndarray
    w2: np.ndarray


_LISTED = 4000  # eigenvalues of a power law that are listed; the rest go into nodes
_PER_UNIT = 12  # Gauss-Legendre nodes for each unit of log j


def power_law_nodes(beta: float, r: float, dim: float, reach: float) -> Nodes:
    """s_j = j^-beta, s_j w0_j^2 = j^-(1 + 2 beta r), j = 1..dim, by listing and by the midpoint rule beyond.

    A sum over j > J of a smooth f is the integral from J + 1/2 up to relative O(1/J^2), taken here in log j.  For
    dim = inf the integral stops where s has fallen by e^-40 (in sum) below the smallest argument ``reach``.
    """
    head = np.arange(1, min(dim, _LISTED) + 1, dtype=float)
    j, count = head, np.ones_like(head)
    if dim > _LISTED:
        low = math.log(_LISTED + 0.5)
        high = math.log(dim + 0.5) if math.isfinite(dim) else max(low, -math.log(reach) / beta) + 40 / (beta - 1)
        cells = max(1, math.ceil(high - low))
        x, w = np.polynomial.legendre.leggauss(_PER_UNIT)
        width = (high - low) / cells
        t = (low + width * (np.arange(cells)[:, None] + (x + 1) / 2)).ravel()
        tail = np.exp(t)
        j, count = np.concatenate([head, tail]), np.concatenate([count, np.tile(w * width / 2, cells) * tail])
    s = j**-beta
    return Nodes(s, count, count * j ** -(1 + 2 * beta * r) / s)


@dataclass
class Point:
    """Values of the symbols, and the spectrum that sums run over; what was computed here is remembered."""

    values: Mapping[sp.Symbol, float]
    nodes: Nodes | None = None
    _kappas: dict[tuple[float, float], float] = field(default_factory=dict)
    _sums: dict[SpectralSum, float] = field(default_factory=dict)

    def kappa(self, ridge: float, samples: float) -> float:
        """The positive root of ridge/kappa + df_1(kappa)/samples = 1 (0 where there is none)."""
        key = (ridge, samples)
        if key not in self._kappas:
            self._kappas[key] = self._solve(ridge, samples)
        return self._kappas[key]

    def _solve(self, ridge: float, samples: float) -> float:
        if self.nodes is None:
            raise ClaimError("kappa needs a spectrum: give the claim a setting")
        s, count = self.nodes.s, self.nodes.count
        if ridge == 0 and samples >= count.sum():
            return 0.0
        if ridge < 0 or samples <= 0:
            raise Undefined(f"kappa is not defined for ridge {ridge:g} and {samples:g} samples")

        def excess(log_kappa: float) -> float:
            k = math.exp(log_kappa)
            return ridge / k + float(np.sum(count * (s / (s + k)))) / samples - 1

        low = math.log(ridge) if ridge > 0 else math.log(float(s.min())) - 40
        high = math.log(ridge + float(np.sum(count * s)) / samples) + 1e-9
        if excess(low) <= 0:
            return math.exp(low)
        return math.exp(brentq(excess, low, high, xtol=1e-15, rtol=8.9e-16))


def evaluate(expr: sp.Basic, at: Point) -> float:
    """The value of a scalar expression.

    Raises
    ------
    Undefined
        The expression has no finite real value at this point.
    ClaimError
        A symbol or a function of the expression has no value at all.
    """
    try:
        with np.errstate(all="ignore"):
            value = _value(expr, at, None)
        number = math.nan if isinstance(value, complex) else float(value)
    except OverflowError as error:
        raise ClaimError(f"too large for a double: {sp.sstr(expr):.80}") from error
    except (ArithmeticError, TypeError, ValueError) as error:
        if isinstance(error, ClaimError):
            raise
        number = math.nan
    if not math.isfinite(number):
        raise Undefined(f"no finite value of {sp.sstr(expr):.80}")
    return number


def somewhere(symbols: set[sp.Basic], size: float = 1.0) -> Point:
    """Values for the symbols and five eigenvalues, each counted ``size`` times, all sample sizes in proportion."""
    values = {x: (17 + 2 * i) / 16 for i, x in enumerate(sorted(symbols, key=str)) if isinstance(x, sp.Symbol)}
    values |= {x: size * values[x] for x in values if x in (voc.T, voc.T0, voc.Tm)}
    s = 1 / np.array([1.0, 1.3, 1.9, 2.7, 4.1])
    w2 = s**2 + 0.1
    values |= {voc.d: size * len(s), voc.norm2: float(np.sum(w2))}
    return Point(values, Nodes(s, np.full(len(s), size), w2))


def agree(left: sp.Expr, right: sp.Expr) -> bool | None:
    """Whether two scalars agree at a point: where not, no proof need be looked for.  None where they have no value."""
    try:
        at = somewhere(left.free_symbols | right.free_symbols)
        x, y = evaluate(left, at), evaluate(right, at)
    except ClaimError:
        return None
    return abs(x - y) <= 1e-7 * max(1.0, abs(x), abs(y))


def holds(condition: sp.Basic, values: Mapping[sp.Symbol, object]) -> bool | None:
    """Whether a hypothesis holds for these values; None where it speaks of a symbol that has no value."""
    result = condition.subs(dict(values))
    return bool(result) if result in (sp.true, sp.false) else None


def _value(expr: sp.Basic, at: Point, bound: tuple[np.ndarray, np.ndarray] | None) -> np.ndarray | float:
    if isinstance(expr, sp.Symbol):
        if bound is not None and expr == voc.s:
            return bound[0]
        if bound is not None and expr == voc.w2:
            return bound[1]
        if expr in at.values:
            return float(at.values[expr])
        if expr == voc.kappa and voc.lam in at.values and voc.T in at.values:
            return at.kappa(float(at.values[voc.lam]), float(at.values[voc.T]))
        raise ClaimError(f"the symbol {expr} has no value: give the claim a setting or a hypothesis that fixes it")
    if isinstance(expr, sp.Number | sp.NumberSymbol):
        return float(expr)
    if isinstance(expr, SpectralSum):
        if at.nodes is None:
            raise ClaimError("a sum over the spectrum needs a setting")
        if expr not in at._sums:
            # f = f0(s) + f1(s) w2 on a node that stands for `count` directions with squared coefficients summing to w2.
            base = _value(expr.summand.subs(voc.w2, 0), at, (at.nodes.s, np.zeros_like(at.nodes.s)))
            slope = _value(sp.diff(expr.summand, voc.w2), at, (at.nodes.s, np.zeros_like(at.nodes.s)))
            at._sums[expr] = float(np.sum(base * at.nodes.count)) + float(np.sum(slope * at.nodes.w2))
        return at._sums[expr]
    if isinstance(expr, df):
        return _value(expr.doit(), at, None)
    if isinstance(expr, Kappa):
        ridge, samples = (float(_value(a, at, None)) for a in expr.args)
        return at.kappa(ridge, samples)
    if isinstance(expr, sp.Derivative):
        return _derivative(expr, at)
    if isinstance(expr, sp.Integral):
        return _integral(expr, at)
    if not isinstance(expr, sp.Expr) or isinstance(expr, sp.MatrixExpr) or expr.atoms(sp.MatrixSymbol):
        raise ClaimError(f"no value for {type(expr).__name__} outside an expectation: {sp.sstr(expr):.80}")
    args = [_value(a, at, bound) for a in expr.args]
    if isinstance(expr, sp.Add):
        return sum(args[1:], args[0])
    if isinstance(expr, sp.Mul):
        return (
            math.prod(args) if all(isinstance(a, float) for a in args) else np.prod(np.broadcast_arrays(*args), axis=0)
        )
    if isinstance(expr, sp.Pow):
        return args[0] ** args[1]
    if isinstance(expr, sp.Min):
        return min(args)
    if isinstance(expr, sp.Max):
        return max(args)
    if all(isinstance(a, float) for a in args):
        number = sp.N(expr.func(*(sp.Float(a, 30) for a in args)) if args else expr, 20)
        if not number.is_number or number.has(sp.core.function.AppliedUndef):
            raise ClaimError(f"no value for {sp.sstr(expr):.80}")
        return float(number)  # a TypeError where it is not real
    raise ClaimError(f"no value for {type(expr).__name__} inside a sum over the spectrum")


def _derivative(expr: sp.Derivative, at: Point) -> float:
    """A first derivative by central differences, Richardson-extrapolated."""
    (symbol, order), *more = expr.variable_count
    if more or order != 1:
        raise ClaimError(f"only first derivatives have a value here: {expr}")
    x = float(_value(symbol, at, None))

    def shifted(h: float) -> float:
        up = Point({**at.values, symbol: x + h}, at.nodes)
        down = Point({**at.values, symbol: x - h}, at.nodes)
        return (float(_value(expr.expr, up, None)) - float(_value(expr.expr, down, None))) / (2 * h)

    h = 1e-3 * max(abs(x), 1e-6)
    return (4 * shifted(h / 2) - shifted(h)) / 3


def _integral(expr: sp.Integral, at: Point) -> float:
    """An integral over (0, oo), in the logarithm of its variable, where powers decay exponentially."""
    (limits,) = expr.limits
    x, *ends = limits
    if ends != [0, sp.oo]:
        raise ClaimError(f"only integrals over (0, oo) have a value here: {expr}")
    values = {y: sp.Float(float(_value(y, at, None)), 30) for y in expr.free_symbols}
    with mpmath.workdps(30):
        f = sp.lambdify(x, expr.function.xreplace(values), "mpmath")
        total = mpmath.quad(lambda t: f(mpmath.exp(t)) * mpmath.exp(t), mpmath.linspace(-200, 200, 21))
    return float(total)
