"""Bounds between scalars: the difference as a sum of products of quantities whose sign is known."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import sympy as sp

from ridgeproof.errors import DerivationError

from ..signs import as_products
from .build import Build
from .spectral import start

Data = Any
Fact = tuple[sp.Expr, str, int]  # a quantity, > or >=, the line that says so


def bound(claim: str, declare: Data, given: Data, shows: Data, model: Data) -> Data:
    """A certificate of a >= b or a > b, by the hypotheses, the sorts of names, and what equations of roots imply.

    A hypothesis on a root is not used: whether some numbers satisfy it, nobody has shown.

    Raises
    ------
    DerivationError
        Where no such sum is found.
    """
    roots = [n for n, what in declare if isinstance(what, dict) and "root" in what]
    b, equations = start(claim, declare, [g for g in given if not _names(g) & {*roots}], shows, model)
    facts = _known(b, shows)
    if b.w.sigma.spectrum and b.w.sigma.spectrum[0] == "isotropic":
        for name, line in zip(roots, equations, strict=True):
            facts += _above(b, name, line)
    top, below = sp.fraction(sp.cancel(b.sympy(b.w.difference(shows))))
    constant, factors = sp.factor_list(below)
    signs = []
    for factor, e in factors:
        for turn in (1, -1):
            with suppress(DerivationError):
                f = sp.expand(turn * factor)
                signs.append([_sum(b, [">", b.term(f), "0"], facts, f, True), -e])
                constant *= turn**e
                break
        else:
            raise DerivationError(f"the sign of {sp.sstr(factor):.80} is not known")
    _sum(b, shows, facts, sp.expand(top / constant), shows[0] == ">", signs)
    return b.document()


def _names(data: Data) -> set[str]:
    if isinstance(data, str):
        return {data}
    return set().union(*map(_names, data)) if isinstance(data, list) else set()


def _known(b: Build, shows: Data) -> list[Fact]:
    """The hypotheses, and what the sorts say of the names in the statement."""
    w, out = b.w, []
    for x in sorted(w.difference(shows).atoms()):
        sign = w.terms.monomial_sign(((x, 1),))
        if sign:
            out.append((sp.Symbol(x), ">" if sign == 2 else ">=", b.sort(x)))
    for i, s in enumerate(w.lines):
        if b.c["lines"][i]["rule"] == "assume" and s.shows[0] in (">", ">="):
            out.append((b.sympy(w.difference(s.shows)), s.shows[0], i))
    return out


def _above(b: Build, k: str, root: int) -> list[Fact]:
    """S = I: T (1 + k) - d = T (1 + k) ridge/k > 0, by the equation of the root k."""
    _, left, right = b.w.sigma.roots[k][2]
    if not isinstance(left, list):
        return []
    ridge, samples = left[2], right[2]
    d = b.w.sigma.spectrum[1]
    at = b.add("isotropic", summand=["/", "s", ["+", "s", k]])
    lam = next(i for i, s in enumerate(b.w.lines) if s.shows == [">", ridge, "0"])
    dk, dT = (b.add("domain", name=y, how=">") for y in (k, samples))
    one = b.positive([">", ["+", "1", k], "0"], ["1"], ["1", [dk, 1]])
    goal = ["-", ["*", samples, ["+", "1", k]], d]
    by = [[["/", ["*", samples, ["+", "1", k]], k], root], [["+", "1", k], at]]
    i = b.positive([">", goal, "0"], ["1", [lam, 1], [dT, 1], [one, 1], [dk, -1]], by=by)
    return [(b.sympy(b.w.terms.norm(goal)), ">", i)]


def _sum(b: Build, shows: Data, facts: list[Fact], e: sp.Expr, strict: bool, more: Any = ()) -> int:
    """The line that concludes a sign: e, over what ``more`` says is positive, is a sum of products of facts."""
    if e.is_number:
        found = [[str(e), []]] if e > 0 or (e == 0 and not strict) else None
    else:
        found = as_products(e, [(f, sign) for f, sign, _ in facts], strict)
    if found is None:
        raise DerivationError(f"the sign of {sp.sstr(e):.80} is not known")
    return b.positive(shows, *([c, *([facts[i][2], p] for i, p in fs), *more] for c, fs in found))
