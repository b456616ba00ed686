"""Admissible points at which a denominator of the statement is 0: a formula that has no value there is told so."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Any

import sympy as sp
from flint import ctx, fmpq

from ridgeproof.theorems import vocabulary as V
from ridgeproof.theorems.functions import E_test, Expect, Kappa, TestErrorOf
from ridgeproof.theorems.quantities import Quantity

from . import balls as B

Job = tuple[int, dict[sp.Symbol, fmpq], list[tuple[fmpq, fmpq]]]  # (which spectrum, symbols, spectrum)
DEAR = (Expect, E_test, TestErrorOf, Kappa, Quantity, sp.MatrixSymbol)  # not rational, or not cheap
SECONDS = 0.3  # of looking


def denominators(sides: Iterable[sp.Basic]) -> list[sp.Expr]:
    """What a side divides by, outside sums over the spectrum, where it is a rational number at rational points."""
    found: dict[sp.Expr, None] = {}
    for side in sides:
        for e in side.atoms(sp.Pow):
            cheap = e.base.free_symbols and not e.base.has(*DEAR) and not e.base.free_symbols & {V.s, V.w2}
            if e.exp.is_number and e.exp.is_negative and cheap:
                found[e.base] = None
    return list(found)


def poles_first(jobs: Sequence[Job], sides: Iterable[sp.Basic]) -> list[Job]:
    """The points, those first at which a denominator is exactly 0."""
    divisors = denominators(sides)
    until = time.process_time() + SECONDS
    poles = [i for i, job in enumerate(jobs) if time.process_time() < until and _vanishes(divisors, job)]
    return [jobs[i] for i in poles] + [job for i, job in enumerate(jobs) if i not in set(poles)]


def _vanishes(divisors: Sequence[sp.Expr], job: Job) -> bool:
    ctx.prec = 64
    pt = B.Point(job[1], job[2])
    for e in divisors:
        try:
            value: Any = B.ev(e, pt)
        except (B.Limit, B.Undefined, B.Infinite):
            continue
        if B.rat(value) and value == 0:
            return True
    return False
