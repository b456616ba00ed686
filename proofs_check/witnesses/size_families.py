"""A claim's admissible families: sizes that grow in proportion, a spectrum of a few levels at every size.

A family gives T, T0 as multiples of d, and numbers to the other parameters; the hypotheses hold at every size of it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

import sympy as sp
from flint import fmpq

from ridgeproof.theorems import vocabulary as voc
from ridgeproof.theorems.claim import Claim

from . import balls as B
from . import scope
from .balls import Hook, Number, Spectrum
from .menus import MENU, Kinds, kind
from .points import completed, solve_eqs

Values: TypeAlias = dict[sp.Symbol, Number]
Solved: TypeAlias = Mapping[sp.Symbol, sp.Expr]  # symbols that the equalities of the hypotheses give

BASE = 24  # the dimension that the sizes are multiples of
SAMPLES = (voc.T, voc.T0, voc.Tm)  # what grows with the dimension
LEVELS = {
    "any": [(fmpq(1), fmpq(1, 2)), (fmpq(1, 4), fmpq(1, 3)), (fmpq(2), fmpq(1, 6))],
    "isotropic": [(fmpq(1), fmpq(1))],
}  # (eigenvalue, share of the dimension)
RATIOS = {
    voc.T: [fmpq(3, 2), fmpq(2, 3), fmpq(3), fmpq(1)],
    voc.T0: [fmpq(2), fmpq(1, 2), fmpq(4, 3)],
    voc.Tm: [fmpq(2)],
}  # samples to a dimension
NUMBERS = {
    voc.lam: [fmpq(1, 2), fmpq(1, 20), fmpq(2), fmpq(0)],
    voc.sigma2: [fmpq(1, 4), fmpq(0), fmpq(1)],
    voc.sigma02: [fmpq(1), fmpq(0), fmpq(1, 4)],
    voc.n: [fmpq(1), fmpq(0), fmpq(3)],
    voc.norm2: [fmpq(1), fmpq(2), fmpq(0)],
}


def families(conds: Sequence[sp.Basic], symbols: Iterable[sp.Symbol]) -> tuple[list[Values], Solved]:
    """Families of proportions and numbers that satisfy the hypotheses at every size, spread ones first."""
    symbols = sorted(symbols, key=str)
    solved, _rest = solve_eqs(conds, symbols)
    free = [x for x in symbols if x not in solved and x != voc.d]
    xs = sorted(free, key=lambda x: x not in SAMPLES)  # the sizes first
    lists = [RATIOS[x] if x in RATIOS else NUMBERS.get(x, MENU[kind(x)][:3]) for x in xs]
    made = (dict(zip(xs, combo, strict=True)) for combo in itertools.product(*lists))
    out = [fam for fam in made if all(admitted(conds, at_size(fam, solved, dim)) for dim in (BASE * 2, BASE * 16))]

    def distance(fam: Values) -> tuple[int, int]:  # vary one thing at a time from the first, then the rest
        places = [values.index(fam[x]) for x, values in zip(xs, lists, strict=True)]
        return sum(place > 0 for place in places), sum(places)

    out.sort(key=distance)
    # as many samples as dimensions and no ridge: what is admitted there has a value there, or is told not to
    square = [f for f in out if f.get(voc.T) == 1 and f.get(voc.lam) == 0][:2]
    return out[:3] + square + [f for f in out[3:] if f not in square], solved


def at_size(fam: Values, solved: Solved, dim: int) -> Values | None:
    """The values of a family's symbols in dim dimensions; None where a solved one has none in its domain."""
    return completed({voc.d: fmpq(dim), **{x: v * dim if x in SAMPLES else v for x, v in fam.items()}}, solved)


def admitted(conds: Sequence[sp.Basic], env: Values | None) -> bool:
    """Whether every hypothesis whose symbols have values is known to hold."""
    if env is None:
        return False
    try:
        return all(B.truth(c, B.Point(env)) for c in conds if c.free_symbols <= set(env))
    except (B.Limit, B.Undefined):
        return False


def scenario(kinds: Kinds, env: Values, dim: int) -> tuple[Spectrum, list[int]]:
    """A spectrum of a few levels with their multiplicities; the truth has |w0| of order 1 at every size."""
    isotropic = kinds.spectrum == "isotropic"
    levels = LEVELS["isotropic" if isotropic else "any"]
    counts = [int((dim * share).p // (dim * share).q) for _, share in levels]
    counts[0] += dim - sum(counts)
    norm2 = env.get(voc.norm2, fmpq(1))

    def coefficient(level: int) -> Number:
        if kinds.target == "zero":
            return fmpq(0)
        if kinds.target == "isotropic" or isotropic:
            return fmpq(1) / dim * norm2
        return fmpq(level + 1, 2) / dim

    return [(s, coefficient(i)) for i, (s, _share) in enumerate(levels)], counts


def placed(claim: Claim, fam: Values, solved: Solved, dim: int, hooks: Hook | None = None) -> B.Point:
    """The point of a family in dim dimensions, with a spectrum and a truth that suit the claim."""
    env = at_size(fam, solved, dim)
    if env is None:
        raise B.Limit(f"the family has no values at d = {dim}")
    return spread(claim, env, dim, hooks)


def spread(claim: Claim, env: Values, dim: int, hooks: Hook | None = None) -> B.Point:
    """The point of these values, with a spectrum and a truth that suit the claim."""
    spectrum, counts = scenario(scope.kinds(claim), env, dim)
    pt = B.Point(env, spectrum, hooks)
    pt.counts = counts
    return pt


def told(fam: Values, solved: Solved, dim: int) -> str:
    """A family in words: its values in dim dimensions."""
    return B.Point(at_size(fam, solved, dim) or {}).text()
