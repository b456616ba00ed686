"""Faults that can be planted in a formula: every place of the expression, one change at a time.

A sign, a coefficient, an exponent, a symbol swapped for another of its kind, a dropped term or factor, an off-by-one,
lambda for kappa, T for T0, df_1 for df_2, a dropped logarithm, Min for Max, a wrong letter or order in a matrix word.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import sympy as sp
from sympy.matrices.expressions.trace import Trace

from ridgeproof.theorems import vocabulary as voc
from ridgeproof.theorems.functions import E_test, Kappa, SpectralSum, df

Variant = tuple[str, sp.Basic]  # the operator's name, and the expression with the fault

_OTHER_RIDGES = (sp.Symbol("lambda0", nonnegative=True), voc.kappa0)
KINDS: tuple[tuple[sp.Symbol, ...], ...] = (
    (voc.T, voc.T0, voc.Tm, voc.d),
    (voc.sigma2, voc.sigma02, voc.sigma2m),
    (voc.lam, voc.kappa, *_OTHER_RIDGES),
    (voc.a, voc.b, voc.ell, voc.r, voc.beta),
)
COUNTED = (voc.T, voc.T0, voc.Tm, voc.d, voc.n)  # off by one makes sense


@dataclass(frozen=True)
class Scope:
    """The symbols and letters that a statement speaks of: a fault swaps only among these."""

    symbols: frozenset[sp.Symbol]
    letters: frozenset[sp.MatrixSymbol]


def scope_of(expressions: Sequence[sp.Basic]) -> Scope:
    """Everything that occurs in the expressions."""
    symbols = {x for e in expressions for x in e.free_symbols if isinstance(x, sp.Symbol)}
    letters = {x for e in expressions for x in e.atoms(sp.MatrixSymbol)}
    return Scope(frozenset(symbols), frozenset(letters))


def variants(expr: sp.Basic, scope: Scope) -> Iterator[Variant]:
    """Every single fault in an expression, the same fault possibly more than once."""
    yield from _here(expr, scope)
    for i, arg in _places(expr):
        for operator, new in variants(arg, scope):
            if isinstance(expr, Kappa) and operator in ("off by one", "coefficient", "sign"):
                continue  # kappa is smooth in T/d: one sample more or less is no fault of an equivalent
            try:
                built = _rebuilt(expr, i, new)
            except (ValueError, TypeError, AttributeError, ArithmeticError):  # matrices that do not fit
                continue
            if _meaningful(built):
                yield operator, built


def _meaningful(expr: sp.Basic) -> bool:
    return not expr.has(sp.nan, sp.zoo, sp.oo, -sp.oo)


def _places(expr: sp.Basic) -> Iterator[tuple[int, sp.Basic]]:
    """The arguments in which a fault can be planted."""
    if isinstance(expr, sp.MatrixSymbol | sp.Symbol | sp.Number | sp.Identity):
        return
    for i, arg in enumerate(expr.args):
        bound = (isinstance(expr, sp.Lambda) and i == 0) or (isinstance(expr, sp.Derivative | sp.Integral) and i > 0)
        if not bound:
            yield i, arg


def _rebuilt(expr: sp.Basic, i: int, new: sp.Basic) -> sp.Basic:
    args = [*expr.args[:i], new, *expr.args[i + 1 :]]
    if isinstance(expr, sp.MatMul) and any(isinstance(a, sp.MatrixExpr) for a in args):
        return sp.MatMul(*args).doit(deep=False) if new == 1 else sp.MatMul(*args)
    if isinstance(expr, Trace) and new.is_square is not True:
        raise ValueError("trace of a matrix that is not square")
    return expr.func(*args)


def _here(expr: sp.Basic, scope: Scope) -> Iterator[Variant]:
    for types, operators in _OPERATORS:
        if isinstance(expr, types):
            yield from operators(expr, scope)


def _number(c: Any, scope: Scope) -> Iterator[Variant]:
    for operator, new in (("off by one", c + 1), ("off by one", c - 1), ("sign", -c), ("coefficient", 2 * c)):
        if new != c:
            yield operator, new


def _symbol(x: sp.Symbol, scope: Scope) -> Iterator[Variant]:
    if x == E_test:
        return
    for kind in KINDS:
        if x in kind:
            for y in kind:
                if y != x and y in scope.symbols:
                    yield "swapped symbol", y
    if x in COUNTED:
        yield "off by one", x + 1
        yield "off by one", x - 1


def _letter(x: sp.MatrixSymbol, scope: Scope) -> Iterator[Variant]:
    for y in sorted(scope.letters | {voc.S}, key=str):
        if y != x and y.shape == x.shape:
            yield "swapped letter", y
    if x.shape[0] == x.shape[1] and x not in voc.SYMMETRIC:
        yield "transpose", x.T


def _add(expr: Any, scope: Scope) -> Iterator[Variant]:
    for i, term in enumerate(expr.args):
        rest = [*expr.args[:i], *expr.args[i + 1 :]]
        yield "dropped term", expr.func(*rest) if len(rest) > 1 else rest[0]
        yield "sign", expr.func(*rest, -term)


def _mul(expr: Any, scope: Scope) -> Iterator[Variant]:
    yield "sign", -expr
    yield "coefficient", 2 * expr
    for i in range(len(expr.args)):
        yield "dropped factor", expr.func(*expr.args[:i], *expr.args[i + 1 :])


def _matmul(expr: sp.MatMul, scope: Scope) -> Iterator[Variant]:
    yield "sign", -expr
    yield "coefficient", 2 * expr
    shape = expr.shape
    orders = [("dropped factor", [*expr.args[:i], *expr.args[i + 1 :]]) for i in range(len(expr.args))]
    orders += [
        ("order of factors", [*expr.args[:i], expr.args[i + 1], expr.args[i], *expr.args[i + 2 :]])
        for i in range(len(expr.args) - 1)
        if all(isinstance(a, sp.MatrixExpr) for a in expr.args[i : i + 2])
    ]
    for operator, args in orders:
        try:
            new = sp.MatMul(*args)
        except (ValueError, TypeError, AttributeError):
            continue
        if isinstance(new, sp.MatrixExpr) and new.shape == shape:
            yield operator, new


def _pow(expr: sp.Pow, scope: Scope) -> Iterator[Variant]:
    if not expr.exp.is_number:
        yield "exponent", expr.base ** (expr.exp + 1)
        yield "exponent", expr.base ** (expr.exp - 1)
        yield "exponent", expr.base ** (-expr.exp)


def _kappa(expr: Kappa, scope: Scope) -> Iterator[Variant]:
    if expr.args[0] != 0:
        yield "lambda for kappa", expr.args[0]


def _degrees(expr: df, scope: Scope) -> Iterator[Variant]:
    if expr.args[0] in (1, 2):
        yield "df_1 for df_2", df(3 - expr.args[0], expr.args[1])


def _extreme(expr: Any, scope: Scope) -> Iterator[Variant]:
    yield "Min for Max", (sp.Max if isinstance(expr, sp.Min) else sp.Min)(*expr.args)
    for arg in expr.args:
        yield "dropped term", arg


def _log(expr: sp.log, scope: Scope) -> Iterator[Variant]:
    yield "dropped logarithm", sp.S.One
    yield "wrong logarithm", expr**2


def _sum(expr: SpectralSum, scope: Scope) -> Iterator[Variant]:
    yield "coefficient", 2 * expr


_OPERATORS: tuple[tuple[Any, Callable[[Any, Scope], Iterator[Variant]]], ...] = (
    (sp.Number, _number),
    (sp.Symbol, _symbol),
    (sp.MatrixSymbol, _letter),
    (sp.Add | sp.MatAdd, _add),
    (sp.Mul, _mul),
    (sp.MatMul, _matmul),
    (sp.Pow, _pow),
    (Kappa, _kappa),
    (df, _degrees),
    (sp.Min | sp.Max, _extreme),
    (sp.log, _log),
    (SpectralSum, _sum),
)

T = TypeVar("T")


def spread_out(faults: Sequence[tuple[str, T]], most: int, rng: random.Random) -> list[tuple[str, T]]:
    """At most so many faults, every operator getting its turn before any gets a second one."""
    groups: dict[str, list[tuple[str, T]]] = {}
    for fault in faults:
        groups.setdefault(fault[0], []).append(fault)
    for group in groups.values():
        rng.shuffle(group)
    out: list[tuple[str, T]] = []
    while len(out) < most and any(groups.values()):
        for group in groups.values():
            if group and len(out) < most:
                out.append(group.pop())
    return out
