"""Certificates of inequalities: the difference as a sum of products of what hypotheses and sorts say is positive."""

from __future__ import annotations

from typing import Any

import sympy as sp

from ridgeproof.errors import DerivationError

from ..signs import as_products
from .build import Build
from .spectral import start

Data = Any


def bound(claim: str, declare: Data, given: Data, shows: Data, model: Data) -> Data:
    """A certificate of a >= b or a > b.

    Raises
    ------
    DerivationError
        Where no such sum is found.
    """
    b, _ = start(claim, declare, given, shows, model)
    top, bottom = sp.fraction(sp.factor(b.sympy(b.w.difference(shows))))
    for x in sorted(map(str, (top * bottom).free_symbols)):
        if b.w.terms.monomial_sign(((x, 1),)):
            b.sort(x)
    constant, factors = sp.factor_list(bottom)
    below = []
    for factor, power in factors:
        sign = next((e for e in (1, -1) if _products(b, e * factor, True) is not None), None)
        if sign is None:
            raise DerivationError(f"{factor} may vanish, or change its sign")
        signed = sp.expand(sign * factor)
        terms = [[c, *fs] for c, fs in _products(b, signed, True)]
        below.append([b.positive([">", b.term(signed), "0"], *terms), -int(power)])
        constant *= sign**power
    found = _products(b, sp.expand(top / constant), shows[0] == ">")
    if found is None:
        raise DerivationError("no sum of products of what is positive")
    b.last("positive", shows=shows, sum=[[c, [*fs, *below]] for c, fs in found], by=[])
    return b.document()


def _products(b: Build, e: sp.Expr, strict: bool) -> Data:
    """e as [[c, [[line, power], ...]], ...]; None where no such sum is found."""
    lines = [i for i, s in enumerate(b.w.lines) if s.shows[0] in (">", ">=")]
    known = [(b.sympy(b.w.difference(b.w.lines[i].shows)), b.w.lines[i].shows[0]) for i in lines]
    if e.is_number:
        return [[str(e), []]] if e > 0 or (not strict and e == 0) else None
    found = as_products(sp.expand(e), known, strict)
    return None if found is None else [[c, [[lines[i], n] for i, n in fs]] for c, fs in found]
