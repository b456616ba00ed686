"""Admissible points, drawn from the hypotheses: equalities are solved, inequalities give least and greatest values."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence

import sympy as sp
from flint import fmpq, fmpz

from ridgeproof.theorems import vocabulary as V

from . import balls as B
from .menus import candidates, in_domain

Env = dict[sp.Symbol, fmpq]  # a value of every symbol
STALE = 150  # fruitless draws in a row after which the domain counts as exhausted
FRUITLESS = 400  # draws without any point after which nothing is admissible
FEW = 8  # points: with fewer the dimension is drawn last as well
WIDEST = 9  # the largest dimension drawn in that way: matrices are computed entry by entry


def order_of(symbols: Iterable[sp.Symbol]) -> list[sp.Symbol]:
    """Symbols in the order in which they are given values: sizes and exponents first, others bound to follow them."""
    first = [V.d, V.beta, V.r, V.T, V.T0, V.n, V.m]
    return sorted(symbols, key=lambda x: (first.index(x) if x in first else 9, str(x)))


def solve_eqs(
    conds: Sequence[sp.Basic], symbols: Iterable[sp.Symbol]
) -> tuple[dict[sp.Symbol, sp.Expr], list[sp.Basic]]:
    """(x = formula for the equalities that can be solved for one symbol, the other conditions).

    Solved for a symbol for which the solution is an integer wherever it must be one: d = 2 T, never T = d/2.
    """
    out: dict[sp.Symbol, sp.Expr] = {}
    left: list[sp.Basic] = []
    for c in conds:
        if isinstance(c, sp.Eq):
            free = sorted((c.free_symbols & set(symbols)) - set(out), key=lambda x: (x in (V.d,), str(x)))
            best: tuple[sp.Symbol, sp.Expr, bool] | None = None
            for x in free:
                sol = sp.solve(c.lhs - c.rhs, x)
                if len(sol) == 1 and not (sol[0].free_symbols & set(out)):
                    integral = not x.is_integer or sol[0].is_integer is True
                    if best is None or (integral and not best[2]):
                        best = (x, sol[0], integral)
            if best:
                out[best[0]] = best[1]
                continue
        left.append(c)
    return out, left


class Conditions:
    """Whether conditions hold at values; each is evaluated once for the values of its own symbols."""

    def __init__(self, conds: Iterable[sp.Basic]) -> None:
        self.parts = [(c, tuple(sorted(c.free_symbols, key=str))) for c in conds]
        self.known: dict[tuple[int, tuple[fmpz, ...]], bool] = {}

    def holds(self, env: Mapping[sp.Symbol, fmpq], about: sp.Symbol | None = None) -> bool:
        """Whether no condition fails of which all symbols have values; ``about``: of those that speak of this symbol.

        What the balls do not decide counts as satisfied, what has no value as not.
        """
        for index, (c, symbols) in enumerate(self.parts):
            if about is not None and about not in symbols:
                continue
            try:
                key = index, tuple(part for x in symbols for part in (env[x].p, env[x].q))  # flint hashes by Fraction
            except KeyError:
                continue
            if key not in self.known:
                self.known[key] = _holds(c, env)
            if not self.known[key]:
                return False
        return True


def _holds(c: sp.Basic, env: Mapping[sp.Symbol, fmpq]) -> bool:
    try:
        return bool(B.truth(c, B.Point(env)))
    except B.Limit:
        return True
    except B.Undefined:
        return False


def points(
    conds: Sequence[sp.Basic],
    symbols: Iterable[sp.Symbol],
    limit: int = 200,
    seed: int = 0,
    turns: Sequence[sp.Basic] = (),
) -> list[Env]:
    """Tables of values that satisfy every condition, the smallest first; see :func:`drawn`.

    The dimension is drawn first, and what is larger follows it.  Where that leaves next to nothing (d >= T + 4 with
    d <= 4) it is drawn last, after what it must exceed.
    """
    symbols = set(symbols)
    found = drawn(conds, symbols, limit, seed, turns)
    if len(found) < FEW and V.d in symbols:
        found += [p for p in drawn(conds, symbols, limit, seed, turns, last=V.d) if p not in found and p[V.d] <= WIDEST]
    return found


def drawn(
    conds: Sequence[sp.Basic],
    symbols: Iterable[sp.Symbol],
    limit: int,
    seed: int,
    turns: Sequence[sp.Basic],
    last: sp.Symbol | None = None,
) -> list[Env]:
    """Tables of values that satisfy every condition, the smallest first: a seeded sample that prefers special values.

    Parameters
    ----------
    turns : equations at which the statement itself changes its form (:func:`.thresholds.turns`): their solutions, and
        values on both sides of them, are tried like the boundaries of the conditions.
    """
    solved, rest = solve_eqs(conds, symbols)
    free = sorted((x for x in order_of(symbols) if x not in solved), key=lambda x: x == last)
    rng = random.Random(seed)
    before, every = Conditions(rest), Conditions(conds)
    edges_of = {x: [c for c in (*rest, *turns) if x in c.free_symbols] for x in free}
    matters = {
        x: set().union(*(c.free_symbols for c in rest if x in c.free_symbols), *(c.free_symbols for c in edges_of[x]))
        | {V.d, V.beta}
        for x in free
    }
    kept: dict[tuple[sp.Symbol, tuple[tuple[str, fmpq], ...]], list[fmpq]] = {}

    def choices(x: sp.Symbol, env: Env) -> list[fmpq]:
        """Admissible values of a symbol, given those of the ones before it."""
        key = x, tuple((y.name, v) for y, v in env.items() if y in matters[x])
        if key not in kept:
            kept[key] = [v for v in candidates(x, env, edges_of[x]) if before.holds({**env, x: v}, about=x)]
        return kept[key]

    found: list[Env] = []
    keys: set[tuple[tuple[str, fmpq], ...]] = set()

    def add(env: Env) -> bool:
        table = _finished(env, solved, every)
        if table is None:
            return False
        key = tuple(sorted(((x.name, v) for x, v in table.items()), key=lambda pair: pair[0]))
        if key in keys:
            return False
        keys.add(key)
        found.append(table)
        return True

    tries = stale = 0
    while len(found) < limit and tries < 60 * limit and stale < STALE:
        tries += 1
        stale += 1
        env: Env = {}
        for x in free:
            values = choices(x, env)
            if not values:
                break
            # a geometric preference for early values, which are the special and small ones
            k = min(int(rng.expovariate(0.35)), len(values) - 1) if rng.random() < 0.7 else rng.randrange(len(values))
            env[x] = values[k]
        else:
            if add(env):
                stale = 0
        if not found and tries > FRUITLESS:
            break
    found.sort(key=lambda e: sum(abs(int(v.p)) + int(v.q) for v in e.values()))
    return found


def completed(env: Env, solved: Mapping[sp.Symbol, sp.Expr]) -> Env | None:
    """A table with the symbols that the equalities give; None where one of them has no value in its domain."""
    out = dict(env)
    for x, f in solved.items():
        try:
            v = B.ev(f, B.Point(out))
        except (B.Undefined, B.Limit):
            return None
        if not B.rat(v) or not in_domain(x, v):
            return None
        out[x] = v
    return out


def _finished(env: Env, solved: Mapping[sp.Symbol, sp.Expr], every: Conditions) -> Env | None:
    """The table with the solved symbols; None where they have no values, or a condition fails."""
    out = completed(env, solved)
    return out if out is not None and every.holds(out) else None
