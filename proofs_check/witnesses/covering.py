"""Exponents of a power law: their special values in all combinations, every pair and triple of them early."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Sequence

import sympy as sp
from flint import fmpq

from ridgeproof.theorems import vocabulary as V

from .menus import MENU, kind, q
from .points import Conditions, Env

ROWS = 80  # of a covering: limits look at no more

EXPONENTS: dict[sp.Symbol, list[fmpq | str]] = {  # in a power law; text: a multiple of beta
    V.beta: [q(3, 2), q(2), q(3, 4)],
    V.r: [q(1), q(1, 2), q(2), q(0)],
    V.ell: ["b/3", "b", q(0), "2b", q(3, 10), q(3), "1"],
    V.sigma2: [q(0), q(1)],
    V.sigma02: [q(0), q(1)],
    V.n: [q(1), q(0), q(3)],
    V.lam: [q(1), q(1, 10)],
    V.a: [q(1, 2), q(5, 4), q(3, 4), q(1)],
    V.b: [q(3, 4), q(1, 2), q(5, 4), q(2)],
    V.T: [q(100)],
    V.T0: [q(100)],
    V.d: [q(3)],
}


def special_first(table: Sequence[Env], conds: Sequence[sp.Basic], symbols: Iterable[sp.Symbol]) -> list[Env]:
    """All combinations of the exponents' special values, silent noise first: thresholds are where an order breaks.

    They alternate with drawn tables, which hold the boundaries of the conditions.
    """
    first = [V.beta, V.r, V.ell, V.sigma2]
    xs = sorted(symbols, key=lambda x: (first.index(x) if x in first else 9, str(x)))
    known = Conditions(c for c in conds if c.free_symbols <= set(xs))
    rows: dict[tuple[fmpq, ...], Env] = {}
    for combo in itertools.product(*[EXPONENTS.get(x, MENU[kind(x)][:2]) for x in xs]):
        given = dict(zip(xs, combo, strict=True))
        b = given.get(V.beta, q(3, 2))
        assert isinstance(b, fmpq)
        multiples = {"b/3": b / 3, "b": b, "2b": 2 * b, "1": q(1)}
        env = {x: multiples[v] if isinstance(v, str) else v for x, v in given.items()}
        if known.holds(env):
            rows.setdefault(tuple(env.values()), env)
    out = list(rows.values())
    special, drawn = covering(out), [e for e in table if e not in out]
    k = min(len(special), len(drawn))
    return [e for pair in zip(special[:k], drawn[:k], strict=True) for e in pair] + special[k:] + drawn[k:]


def covering(rows: Sequence[Env]) -> list[Env]:
    """Rows in an order in which every pair and triple of special values has been met as early as possible."""
    number: dict[tuple[tuple[str, str], ...], int] = {}

    def met_by(e: Env) -> int:
        """The pairs and triples of a row, one bit each."""
        values = sorted((x.name, str(v)) for x, v in e.items())
        bits = 0
        for size in (2, 3):
            for c in itertools.combinations(values, min(size, len(values))):
                bits |= 1 << number.setdefault(c, len(number))
        return bits

    pool = [(e, met_by(e)) for e in rows]
    random.Random(0).shuffle(pool)
    unmet = (1 << len(number)) - 1
    out: list[Env] = []
    while pool and len(out) < ROWS:
        best = max(range(len(pool)), key=lambda j: (pool[j][1] & unmet).bit_count())
        e, bits = pool.pop(best)
        out.append(e)
        unmet &= ~bits
    return out + [e for e, _ in pool]
