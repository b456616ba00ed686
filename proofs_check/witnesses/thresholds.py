"""Where a statement changes its form: edges of cases, ties of maxima, of powers in a sum.

A formula that is wrong on one side only is seen there, wherever the threshold lies: it is read from the formula.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import sympy as sp

MOST = 24  # thresholds of one statement


def turns(sides: Iterable[sp.Basic]) -> list[sp.Basic]:
    """Equations at which one of the sides changes its form; what is on both sides of them is to be tried."""
    found: dict[sp.Basic, None] = {}
    for side in sides:
        for e in sp.preorder_traversal(side):
            for a, b in _ties(e):
                equation = sp.Eq(a, b)
                if isinstance(equation, sp.Eq):
                    found[equation] = None
            if len(found) >= MOST:
                return list(found)
    return list(found)


def _ties(e: sp.Basic) -> list[tuple[sp.Expr, sp.Expr]]:
    """Pairs of expressions whose order matters in an expression."""
    if isinstance(e, sp.Piecewise):
        edges = [c for _, cond in e.args for c in cond.atoms(sp.core.relational.Relational)]
        return [(c.lhs, c.rhs) for c in edges]
    if isinstance(e, sp.Max | sp.Min):
        pairs = list(itertools.combinations(e.args, 2))
        return pairs + [t for a, b in pairs for t in _powers(a, b)]
    if isinstance(e, sp.Add) and len(e.args) <= 6:
        return [t for a, b in itertools.combinations(e.args, 2) for t in _powers(a, b)]
    if isinstance(e, sp.Abs | sp.sign):
        return [(e.args[0], sp.S.Zero)]
    return []


def _powers(a: sp.Expr, b: sp.Expr) -> list[tuple[sp.Expr, sp.Expr]]:
    """The exponents of a common base of two products, where they hold letters."""
    first, second = _exponents(a), _exponents(b)
    out = []
    for base in first.keys() | second.keys():
        p, q = first.get(base, sp.S.Zero), second.get(base, sp.S.Zero)
        if (p - q).free_symbols:
            out.append((p, q))
    return out


def _exponents(e: sp.Expr) -> dict[sp.Symbol, sp.Expr]:
    """The exponent of every letter in a product of powers."""
    out: dict[sp.Symbol, sp.Expr] = {}
    for factor in sp.Mul.make_args(e):
        base, exponent = factor.as_base_exp()
        if isinstance(base, sp.Symbol):
            out[base] = out.get(base, sp.S.Zero) + exponent
    return out
