"""Limits of expectations: exact means, or quadrature, at sizes that double; the dimension and other letters are fixed.

Corrections are powers of 1/T, so that T plays the part here that log T has in :mod:`.trends`: a limit is approached by
halves, T^c grows by equal steps of the log ratio.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sympy as sp
from flint import ctx, fmpq

from ridgeproof.theorems import vocabulary as V
from ridgeproof.theorems.claim import Claim

from . import balls as B
from . import finding as F
from . import replay
from .menus import Kinds, spectra
from .trends import decide
from .tried import Seen, Tried

Env = Mapping[sp.Symbol, fmpq]
SIZES = tuple(2**k for k in range(3, 10))
FINEST = 1.0  # seconds of one sequence, after which no larger size is begun
FEWEST = 4
FLOOR = 1e-9


def expectations(
    claim: Claim,
    parts: Sequence[tuple[sp.Expr, sp.Expr]],
    limit: tuple[sp.Symbol, sp.Expr],
    table: Sequence[Env],
    kinds: Kinds,
    hook: Callable[[sp.Expr, B.Point], Any],
    seconds: float,
) -> F.Finding:
    """Judge a statement in which expectations stand, along its limit."""
    holds, first, undefined, seen, tried = 0, "", "", Seen(), Tried()
    end = time.process_time() + seconds
    for env in table:
        if time.process_time() > end:
            break
        for spectrum in spectra(kinds, {V.d: fmpq(2), **env})[:3]:
            at = B.Point(env, spectrum).text()
            for which, (left, right) in enumerate(parts):
                try:
                    seq = sequence(left, right, limit, claim.scaling, env, spectrum, hook)
                except B.Undefined as error:
                    undefined = undefined or f"no value at an admissible point: {error} at {at}"
                    continue
                except (B.Limit, B.Infinite, ValueError, ZeroDivisionError) as error:
                    first = first or f"{type(error).__name__}: {error}"
                    continue
                if not seq:
                    continue
                said, why = decide(seq, claim.relation, FLOOR)
                why = of_size(why, limit[0])
                if said == "fails":
                    return F.fails(
                        f"{why}, at {at}",
                        {
                            "counterexample": at,
                            "log_ratio_at_size": [(a, round(y, 9)) for a, y, _ in seq],
                            "replay": replay.line(claim, "ratios", env, spectrum, equation=which),
                        },
                    )
                if said != "holds":
                    first = first or f"{why} at {at}"
                    continue
                holds += 1
                seen.add(why, seq, FLOOR)
                tried.add(env, spectrum)
    if undefined:
        return F.meaningless(undefined)
    if holds >= FEWEST // 2 and not first:
        about = f"means at {SIZES[0]} to {int(max(seen.ends))}: {of_size(seen.words(claim.relation), limit[0])}"
        details = {"sequences": holds, **tried.told(), "sizes": f"{limit[0]} = {_sizes(limit)}, doubling"}
        details["would_have_seen"] = of_size(seen.excluded(claim.relation), limit[0])
        return F.holds(f"{about}; {F.counted(holds, 'sequence')}", details)
    return F.undecided(first or "a limit of expectations that is not evaluated", {"sequences": holds})


def _sizes(limit: tuple[sp.Symbol, sp.Expr]) -> str:
    low, high = SIZES[0], SIZES[-1]
    return f"{low} .. at most {high}" if limit[1] != 0 else f"1/{low} .. at least 1/{high}"


def of_size(words: str, letter: sp.Symbol) -> str:
    """What is said of log T, said of the letter itself; of powers of T nothing is known then."""
    words = re.sub(
        r", T\^a with [^(;]*\(steps of log T = 2\^k\); not excluded: .*", "; not excluded: its logarithms", words
    )
    words = re.sub(r", or T\^a with [^;]*, not loglog T and slower ones", ", not its logarithms", words)
    return re.sub(r"\(?\bloglog T\b", f"log {letter}", re.sub(r"\(log T\)|\blog T\b", str(letter), words))


def sequence(
    left: sp.Expr,
    right: sp.Expr,
    limit: tuple[sp.Symbol, sp.Expr],
    scaling: Sequence[tuple[sp.Symbol, sp.Expr]],
    env: Env,
    spectrum: list[tuple[fmpq, fmpq]],
    hook: Callable[[sp.Expr, B.Point], Any],
) -> list[tuple[float, float, float]]:
    """(size, log of the ratio, its error); nothing where both sides are 0 at every size."""
    letter, target = limit
    out: list[tuple[float, float, float]] = []
    began = time.process_time()
    ctx.prec = 128
    for size in SIZES:
        if len(out) >= FEWEST and time.process_time() - began > FINEST:
            break
        value = fmpq(size) if target != 0 else fmpq(1, size)
        pt = B.Point({**env, letter: value}, spectrum, hook)
        for x, f in scaling:
            pt.values[x] = B.ev(f, pt)
        pt.values.setdefault(V.norm2, sum((w for _, w in spectrum), fmpq(0)))
        try:
            a, b = B.ev(left, pt), B.ev(right, pt)
            if "sampled" in pt.marks:
                raise B.Limit("means that are only sampled")
        except B.Limit:
            if len(out) < FEWEST:
                raise
            break  # quadrature ends where the weights of its nodes do
        if B.rat(a) and B.rat(b) and a == b == 0:
            continue
        x, y = B.ball(a), B.ball(b)
        if x.contains(0) or y.contains(0):
            if (B.rat(a) and a == 0) or (B.rat(b) and b == 0):
                out.append((size, math.nan, 0.0))
                continue
            raise B.Limit("a side that is not separated from 0")
        if not x / y > 0:
            out.append((size, math.inf, 0.0))
            continue
        ratio = (x / y).log()
        out.append((size, float(ratio.mid()), float(ratio.rad())))
    if out and len(out) < FEWEST:
        raise B.Limit("too few sizes could be evaluated")
    return out
