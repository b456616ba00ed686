"""Families of growing sizes: T, T0 as multiples of d, the other parameters fixed, spectra of a few levels."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence

import sympy as sp
from flint import fmpq

from ridgeproof.theorems import vocabulary as V
from ridgeproof.theorems.claim import Claim

from . import balls as B
from .menus import MENU, Kinds, in_domain, kind
from .points import Env, solve_eqs

q = fmpq
SHAPES = {
    "any": [(q(1), q(1, 2)), (q(1, 4), q(1, 3)), (q(2), q(1, 6))],
    "isotropic": [(q(1), q(1))],
}  # (eigenvalue, share of the dimension)
BASE = 24


def scenario(kinds: Kinds, env: Env, dim: int) -> tuple[list[tuple[fmpq, fmpq]], list[int]]:
    """A spectrum of a few levels with multiplicities, |w0| of order 1 at every size.

    (spectrum with per-direction w2, counts).
    """
    kindS, kindW = kinds
    levels = SHAPES["isotropic" if kindS == "isotropic" else "any"]
    counts = [int((dim * sh).p // (dim * sh).q) for _, sh in levels]
    counts[0] += dim - sum(counts)
    norm = env.get(V.norm2, q(1))
    w = []
    for i, (_s, _sh) in enumerate(levels):
        share = (
            q(0)
            if kindW == "zero"
            else q(1) / dim * norm
            if kindW == "isotropic" or kindS == "isotropic"
            else q(i + 1, 2) / dim
        )
        w.append(share)
    return [(s, x) for (s, _), x in zip(levels, w, strict=False)], counts


def families(
    claim: Claim, conds: Sequence[sp.Basic], symbols: Iterable[sp.Symbol]
) -> tuple[list[Env], dict[sp.Symbol, sp.Expr]]:
    """Proportions (T, T0 as multiples of d) and the other parameters that satisfy the hypotheses at every size."""
    solved, _rest = solve_eqs(conds, symbols)
    sizes_ = [x for x in symbols if x in (V.T, V.T0, V.Tm) and x not in solved]
    others = [x for x in symbols if x not in sizes_ and x not in solved and x != V.d]
    menu = {
        V.lam: [q(1, 2), q(1, 20), q(2), q(0)],
        V.sigma2: [q(1, 4), q(0), q(1)],
        V.sigma02: [q(1), q(0), q(1, 4)],
        V.n: [q(1), q(0), q(3)],
        V.norm2: [q(1), q(2), q(0)],
    }
    ratios = {V.T: [q(3, 2), q(2, 3), q(3)], V.T0: [q(2), q(1, 2), q(4, 3)], V.Tm: [q(2)]}
    xs = sizes_ + sorted(others, key=str)
    lists = [ratios[x] if x in ratios else menu.get(x, MENU[kind(x)][:3]) for x in xs]
    out = []
    for combo in itertools.product(*lists):
        fam = dict(zip(xs, combo, strict=False))
        good = True
        for dim in (BASE * 2, BASE * 16):
            env = at_size(fam, solved, dim)
            if env is None or not P_ok(conds, env):
                good = False
                break
        if good:
            out.append(fam)
    # spread: vary one thing at a time from the first, then the rest
    out.sort(
        key=lambda f: (
            sum(lists[i].index(f[x]) > 0 for i, x in enumerate(xs)),
            sum(lists[i].index(f[x]) for i, x in enumerate(xs)),
        )
    )
    return out, solved


def at_size(fam: Env, solved: Mapping[sp.Symbol, sp.Expr], dim: int) -> Env | None:
    env = {V.d: q(dim)}
    for x, v in fam.items():
        env[x] = v * dim if x in (V.T, V.T0, V.Tm) else v
    for x, f in solved.items():
        try:
            v = B.ev(f, B.Point(env))
        except (B.Undefined, B.Limit):
            return None
        if not B.rat(v) or not in_domain(x, v):
            return None
        env[x] = v
    return env


def sized(fam: Env, solved: Mapping[sp.Symbol, sp.Expr], dim: int) -> Env:
    """The values of an admissible family at one dimension."""
    env = at_size(fam, solved, dim)
    if env is None:
        raise B.Limit(f"no admissible values at d = {dim}")
    return env


def P_ok(conds: Sequence[sp.Basic], env: Env) -> bool:
    for c in conds:
        if c.free_symbols <= set(env):
            try:
                if not B.truth(c, B.Point(env)):
                    return False
            except (B.Limit, B.Undefined):
                return False
    return True
