"""Values to try: special ones of every symbol, the boundaries of its conditions, spectra and targets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import sympy as sp
from flint import fmpq

from ridgeproof.theorems import vocabulary as V

from . import balls as B


def q(a: int | fmpq, b: int = 1) -> fmpq:
    """A rational number."""
    return fmpq(a, b)


INTS = [q(k) for k in (1, 2, 3, 4, 5, 6, 7, 8, 9, 12)]
MENU = {  # first values are the special ones
    "int": [q(0), *INTS],
    "nonneg": [q(0), q(1), q(1, 4), q(9, 4), q(1, 16), q(4), q(25)],
    "pos": [q(1), q(1, 4), q(9, 4), q(2), q(1, 16), q(4), q(1, 3), q(25), q(7)],
    "real": [q(0), q(1), q(-1), q(1, 2), q(-2), q(5, 3), q(3), q(-7, 2), q(7), q(-12)],
}
SPECIAL = {
    V.d: [q(1), q(2), q(3), q(4)],
    V.n: [q(0), q(1), q(2), q(4), q(3)],
    V.m: [q(0), q(1), q(2), q(4), q(3)],
    V.beta: [q(3, 2), q(2), q(3, 4), q(5, 2), q(5, 4), q(3), q(1), q(2, 3), q(1, 2)],
    V.r: [q(0), q(1), q(1, 2), q(2), q(3, 4), q(3, 2), q(1, 4)],
    V.lam: [q(0), q(1), q(1, 4), q(3, 10), q(2), q(9)],
    V.ell: [q(0), q(1, 2), q(1), q(3, 2), q(2), q(3)],
}


def kind(x: sp.Symbol) -> str:
    """Which menu a symbol has that has none of its own."""
    if x.is_integer:
        return "int"
    return "pos" if x.is_positive else "nonneg" if x.is_nonnegative else "real"


def in_domain(x: sp.Symbol, v: fmpq) -> bool:
    """Whether a value satisfies what a symbol assumes of itself."""
    if x.is_integer and v.q != 1:
        return False
    if x.is_positive and v <= 0:
        return False
    return not (x.is_nonnegative and v < 0)


_edges: dict[tuple[sp.Basic, sp.Symbol, tuple[tuple[sp.Symbol, fmpq], ...]], list[fmpq]] = {}


def edges(c: sp.Basic, x: sp.Symbol, env: Mapping[sp.Symbol, fmpq]) -> list[fmpq]:
    """Values of x at which a condition turns, given the other values: its boundary, and some on either side."""
    key = (c, x, tuple((y, env[y]) for y in sorted(c.free_symbols & set(env), key=str)))
    if key not in _edges:
        _edges[key] = _edges_now(c, x, env)
    return _edges[key]


def _edges_now(c: sp.Basic, x: sp.Symbol, env: Mapping[sp.Symbol, fmpq]) -> list[fmpq]:
    out: list[fmpq] = []
    for a in c.args if isinstance(c, sp.And | sp.Or) else (c,):
        if not hasattr(a, "lhs") or not a.has(x):
            continue
        e = (a.lhs - a.rhs).xreplace({y: sp.Rational(int(v.p), int(v.q)) for y, v in env.items()})
        if not e.is_polynomial(x):
            e = sp.numer(sp.together(e))
        if e.free_symbols != {x} or not e.is_polynomial(x):
            continue
        for root in sp.roots(sp.Poly(e, x), multiple=True) if sp.degree(e, x) <= 2 else ():
            if not root.is_Rational:
                continue
            r = B.to_q(root)
            if x.is_integer:
                k = r.p // r.q
                out += [q(k), q(k + 1), q(k + 2), q(k - 1)]
            else:
                out += [r, r + q(1, 8), r - q(1, 8), r + 1, r * q(1, 2), r * 2]
    return out


def candidates(x: sp.Symbol, env: Mapping[sp.Symbol, fmpq], conds: Iterable[sp.Basic]) -> list[fmpq]:
    """Values to try of a symbol, the most special first: boundaries, then those of the menu."""
    out: list[fmpq] = []
    for c in conds:
        out += edges(c, x, env)
    if x in (V.T, V.T0, V.Tm) and V.d in env:
        d = env[V.d]
        out += [q(1), d - 1, d, d + 1, d + 2, d + 3, d + 4, 2 * d, 3 * d + 1, 2 * d + 5, 5 * d + 20]
    out += SPECIAL.get(x, MENU[kind(x)])
    if x == V.ell and V.beta in env:
        out += [env[V.beta], env[V.beta] / 2, env[V.beta] * 2, env[V.beta] / (1 + 2 * env[V.beta])]
    return [v for v in dict.fromkeys(out) if in_domain(x, v)]


class Kinds(NamedTuple):
    """Spectrum ("any", "isotropic") and target ("any", "isotropic", "zero") that suit every setting of a claim."""

    spectrum: str
    target: str


def spectra(kinds: Kinds, env: Mapping[sp.Symbol, fmpq]) -> list[list[tuple[fmpq, fmpq]]]:
    """[(eigenvalue, squared coefficient of the truth)] for d = env[d]: uneven, equal, one eigenvalue.

    Squares of rationals, so that roots stay rational.
    """
    d = int(env.get(V.d, q(2)).p)
    norm = env.get(V.norm2)
    iso = [q(1)] * d
    uneven = [q(1), q(1, 4), q(9, 4), q(1, 16), q(4), q(1, 9)][:d] + [q(1)] * max(0, d - 6)
    S = [iso] if kinds.spectrum == "isotropic" else [uneven, iso, [q(4)] * d] if d > 1 else [iso, [q(9, 4)]]
    if norm is not None or kinds.target == "isotropic":
        size = norm if norm is not None else q(1)
        W = [[size / d] * d]
        if d > 1 and kinds.target != "isotropic":
            W.append([size] + [q(0)] * (d - 1))
    elif kinds.target == "zero":
        W = [[q(0)] * d]
    else:
        W = [
            [q(1), q(4), q(1, 9), q(1, 4), q(0), q(1)][:d] + [q(1)] * max(0, d - 6),
            [q(0)] * d,
            [q(0)] * (d - 1) + [q(1)],
        ]
    return [list(zip(s, w, strict=True)) for s in S for w in W]
