"""Asymptotics and orders.

log of the ratio, y, along log T = 2^k log 2 (or powers of ten), as far as the balls stay tight. One step doubles log
T. g = step of y: T^a: g doubles; (log T)^c: g -> c log 2; loglog T: g ~ 1/k; a limit: g falls like 2^-k (corrections
in 1/log T) or faster (powers). What is claimed: growth seen and named, a limit seen with its error, or undecided.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Mapping, Sequence
from typing import Any

import sympy as sp
from flint import arb, ctx, fmpq, fmpz

from ridgeproof.theorems import vocabulary as V
from ridgeproof.theorems.claim import Claim
from ridgeproof.theorems.functions import E_test, Expect, Kappa, SpectralSum, TestErrorOf, df

from . import balls as B
from . import finding as F
from . import scope as P
from .balls import Hook, Spectrum
from .contradictions import nothing_admissible
from .covering import special_first
from .elementary import elementary, slog
from .finding import counted
from .menus import spectra
from .points import Env, points
from .power_law import power_law, uses_setting
from .realisations import hooks_for
from .slow_limits import expectations
from .thresholds import turns
from .trends import Ratio, decide


def limit(claim: Claim, effort: Mapping[str, Any]) -> F.Finding:
    var, target = claim.limit if claim.limit is not None else (None, None)
    if var is None:
        return F.undecided("an asymptotic statement that names no limit")
    if target not in (sp.oo, 0):
        return F.undecided(f"limit {target}")
    scaling = list(claim.scaling)
    st = claim.setting
    parts = [(P.linked(p.left), P.linked(p.right)) for p in claim.equations]
    conds = [P.linked(c) for c in claim.conditions]
    free = set().union(
        *(x.free_symbols for p in parts for x in p),
        *(c.free_symbols for c in conds),
        *(
            (f.samples.free_symbols | f.ridge.free_symbols for f in (*st.generators, st.downstream))
            if st is not None
            else ()
        ),
        *((st.dimension.free_symbols,) if st is not None and st.dimension is not None else ()),
    )
    meant = {
        x: f for x, e, f in ((V.d, V.a, V.T**V.a), (V.T0, V.b, V.T**V.b)) if e in free and var == V.T
    }  # a, b: d = T^a, T0 = T^b
    if meant:
        parts = [(a.xreplace(meant), b.xreplace(meant)) for a, b in parts]
        conds = [c.xreplace(meant) for c in conds]
    late = [c for c in conds if c.free_symbols & {var, *[x for x, _ in scaling]}]
    spectral = any(x.has(SpectralSum, df, Kappa, E_test, TestErrorOf) for p in parts for x in p)
    hook = hooks_for(claim)
    power = spectral and st is not None and st.spectrum == "power-law"
    symbols = P.scope(claim) | set().union(*(f.free_symbols for _, f in scaling)) if scaling else P.scope(claim)
    if (
        spectral
        and V.lam in symbols
        and V.lam not in [x for x, _ in scaling]
        and V.lam != var
        and not uses_setting(claim)
        and not any(x.has(V.lam) for p in parts for x in p)
    ):
        symbols -= {V.lam, V.sigma2}
    symbols -= {var, *[x for x, _ in scaling], E_test}
    words = any(x.has(Expect) or x.atoms(sp.MatrixSymbol) for p in parts for x in p)
    if not words and not any(x.has(V.d) for x in [*(x for p in parts for x in p), *conds]):
        symbols -= {V.d}
    if power and st is not None:
        symbols |= {V.beta} | ({V.r} if st.target == "source" else set())
    if power and var != V.T and not uses_setting(claim):
        symbols -= {V.T, V.lam, V.sigma2}
    fixed = [
        c for c in conds if not (c.free_symbols & {var, *[x for x, _ in scaling], *((V.d, V.T0) if power else ())})
    ]
    symbols -= set(meant)
    table = points(
        fixed, symbols, limit=effort.get("limit_points", 40), seed=1, turns=turns(x for p in parts for x in p)
    )
    if power:
        table = special_first(table, fixed, symbols)
    if late:
        table = [e for e in table if eventually(late, e, var, target, scaling)]
    if not table:
        return nothing_admissible(fixed, symbols)
    if words:
        small = [e for e in table if e.get(V.d, fmpq(2)) <= 2]  # exact, or by quadrature
        rows = small or [e for e in table if e.get(V.d, fmpq(2)) <= 3]
        return expectations(
            parts, claim.relation, (var, target), scaling, rows[:8], P.kinds(claim), hook, effort["seconds"]
        )
    t_end = time.process_time() + effort["seconds"]
    counts = {"zero": 0, "holds": 0, "undecided": 0, "undefined": 0}
    first, undefined, found = None, "", ""
    for env in table[:80]:
        if time.process_time() > t_end and counts["holds"]:
            break
        for left, right in parts:
            ratio = Ratio(left, right, var, target, env, scaling)
            try:
                if power:
                    seqs, floor = [power_law(claim, ratio)], 3e-6
                elif spectral:
                    seqs, floor = any_spectrum(claim, ratio, hook), 1e-9
                else:
                    seqs, floor = [elementary(ratio.put_in())], 1e-9
            except (B.Undefined, ZeroDivisionError, ValueError) as err:
                counts["undefined"] += 1
                undefined = f"no value at an admissible point: {err} at {B.Point(env).text()}"
                continue
            except (B.Infinite, B.Limit) as err:
                counts["undecided"] += 1
                first = first or f"{err}"
                continue
            at = B.Point(env).text() or "every point"
            for seq in seqs:
                if not seq:  # 0 = 0 at every size: no ratio, and true of every relation
                    counts["zero"] += 1
                    continue
                v, why = decide(seq, claim.relation, floor)
                why = of_letter(why, var, target)
                if v == "fails":
                    seen = [(a, round(y, 6)) for a, y, _ in seq]
                    return F.fails(f"{why}, at {at}", {"counterexample": at, "log_ratio_at_log2_T": seen})
                counts[v] += 1
                if v == "undecided":
                    first = first or f"{why} at {at}"
                else:
                    found = found or why
    if counts["holds"] >= 1 and counts["undecided"] <= counts["holds"] // 4 and not counts["undefined"]:
        return F.holds("; ".join(x for x in (found, counted(counts["holds"], "point")) if x), counts)
    if counts["zero"] and not (counts["holds"] or counts["undecided"] or counts["undefined"]):
        return F.holds("both sides are 0 at every size", counts)
    if counts["undefined"]:
        return F.meaningless(undefined, counts)
    return F.undecided(first or "nothing evaluated", counts)


def of_letter(words: str, var: sp.Symbol, target: sp.Expr) -> str:
    """Growth in words is told of T; here in the letter that moves."""
    name = str(var) if target == sp.oo else f"(1/{var})"
    return re.sub(r"\bT\b|loglog T\b", lambda m: m[0].replace("T", name), words)


def eventually(
    late: Sequence[sp.Basic], env: Env, var: sp.Symbol, target: sp.Expr, scaling: Sequence[tuple[sp.Symbol, sp.Expr]]
) -> bool:
    """Conditions that speak of the variable: they hold at two large sizes (or cannot be said)."""
    ctx.prec = 400
    for bits in (256, 1024):
        T = arb(2) ** bits
        vals = {**env, var: T if target != 0 else 1 / T}
        for x, f in scaling:
            try:
                vals[x] = B.ev(f, B.Point(vals))
            except (B.Limit, B.Undefined):
                return True
        for c in late:
            if c.free_symbols <= set(vals):
                try:
                    if not B.truth(c, B.Point(vals)):
                        return False
                except (B.Limit, B.Undefined):
                    pass
    return True


def any_spectrum(claim: Claim, ratio: Ratio, hook: Hook) -> list[list[tuple[int, float, float]]]:
    """A spectrum that the claim leaves free.

    Where nothing fixes d and T grows: S = I with d = T eigenvalues (constants must not depend on S and d). Else d and
    every other letter stay as they are, and the spectra of the claim's points take their turns.
    """
    said = [x for p in claim.equations for x in (p.left, p.right)] + list(claim.conditions)
    if ratio.var == V.T and not any(x.has(V.d) or x.has(E_test, TestErrorOf) for x in said):
        return [_along(ratio, hook, None)]
    rows = spectra(P.kinds(claim), {V.d: fmpq(2), **ratio.env})
    return [_along(ratio, hook, s) for s in rows[:: max(1, len(rows) // 3)]]


def _along(ratio: Ratio, hook: Hook, spectrum: Spectrum | None) -> list[tuple[int, float, float]]:
    out, why = [], None
    for k in range(2, 10):
        T = fmpq(fmpz(1) << 2**k)
        ctx.prec = 200 + 2 ** (k + 2)
        pt = B.Point(
            {**ratio.env, ratio.var: T if ratio.target != 0 else 1 / T}, spectrum or [(fmpq(1), fmpq(1))], hook
        )
        if spectrum is None:
            pt.counts = [T.p]
        for x, f in ratio.scaling:
            pt.values[x] = B.ev(f, pt)
        if spectrum is not None:
            pt.values.setdefault(V.norm2, sum((w for _, w in spectrum), fmpq(0)))
        try:
            (s1, a), (s2, b) = slog(ratio.left, pt), slog(ratio.right, pt)
        except B.Limit as err:
            why = why or err
            continue
        if s1 == s2 == 0:
            continue
        if s1 * s2 <= 0:
            out.append((2**k, math.nan, 0.0))
            continue
        y = a - b
        out.append((2**k, float(y.mid()), float(y.rad())))
    ctx.prec = 96
    if len(out) < 4 and why is not None:
        raise why
    return out
