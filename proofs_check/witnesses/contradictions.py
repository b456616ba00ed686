"""Hypotheses that contradict each other: Fourier-Motzkin over the rationals on those that are linear."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

import sympy as sp

from . import finding as F

MOST = 2000  # pairs of one elimination


class Row(NamedTuple):
    """coefficients . x + constant > 0 (strict) or >= 0."""

    coefficients: list[Fraction]
    constant: Fraction
    strict: bool


def nothing_admissible(
    conds: Sequence[sp.Basic], symbols: Iterable[sp.Symbol], what: str = "no admissible point"
) -> F.Finding:
    """What is said where no point was found: the hypotheses that contradict each other, if they do."""
    con = contradiction(conds, symbols)
    return F.meaningless("the hypotheses contradict each other: " + ", ".join(map(str, con)) if con else what)


def contradiction(conds: Sequence[sp.Basic], symbols: Iterable[sp.Symbol]) -> list[sp.Basic]:
    """A smallest set of linear conditions (with the symbols' domains) that no real point satisfies; [] if none."""
    syms = sorted(symbols, key=str)
    base = []
    for x in syms:
        c = [Fraction(int(y == x)) for y in syms]
        if x.is_integer and x.is_positive:
            base.append(Row(c, Fraction(-1), False))
        elif x.is_positive:
            base.append(Row(c, Fraction(0), True))
        elif x.is_nonnegative:
            base.append(Row(c, Fraction(0), False))
    cs = list(conds)
    if not _infeasible(base + _rows(cs, syms), len(syms)):
        return []
    for c in list(cs):
        rest = [x for x in cs if x is not c]
        if _infeasible(base + _rows(rest, syms), len(syms)):
            cs = rest
    return cs


def _rows(conds: Iterable[sp.Basic], syms: Sequence[sp.Symbol]) -> list[Row]:
    """The linear conditions as rows; others are left out."""
    out = []
    for c in conds:
        for a in c.args if isinstance(c, sp.And) else (c,):
            for e, strict in _positive(a):
                p = sp.Poly(sp.expand(e), *syms) if e.is_polynomial(*syms) else None
                if p is None or p.total_degree() > 1 or not all(co.is_Rational for co in p.coeffs()):
                    continue
                coefficients = [Fraction(str(p.coeff_monomial(x))) for x in syms]
                out.append(Row(coefficients, Fraction(str(p.coeff_monomial(1))), strict))
    return out


def _positive(a: sp.Basic) -> list[tuple[sp.Expr, bool]]:
    """What a relation says to be positive (True) or not negative."""
    if isinstance(a, sp.Eq):
        return [(a.lhs - a.rhs, False), (a.rhs - a.lhs, False)]
    if isinstance(a, sp.Ge | sp.Gt):
        return [(a.lhs - a.rhs, isinstance(a, sp.Gt))]
    if isinstance(a, sp.Le | sp.Lt):
        return [(a.rhs - a.lhs, isinstance(a, sp.Lt))]
    return []


def _infeasible(rows: list[Row], count: int) -> bool:
    """Whether no real point satisfies all rows; False also where the elimination grows too large."""
    for k in range(count):
        pos = [r for r in rows if r.coefficients[k] > 0]
        neg = [r for r in rows if r.coefficients[k] < 0]
        rest = [r for r in rows if r.coefficients[k] == 0]
        if len(pos) * len(neg) > MOST:
            return False
        for a in pos:
            for b in neg:
                u, v = -b.coefficients[k], a.coefficients[k]
                sums = [u * x + v * y for x, y in zip(a.coefficients, b.coefficients, strict=True)]
                rest.append(Row(sums, u * a.constant + v * b.constant, a.strict or b.strict))
        rows = rest
    return any(r.constant < 0 or (r.constant == 0 and r.strict) for r in rows)
