"""Equalities and inequalities at points drawn from the hypotheses: exact rational numbers, else balls."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import sympy as sp
from flint import fmpq

from ridgeproof.theorems import vocabulary as V
from ridgeproof.theorems.claim import Claim, Equation, Relation
from ridgeproof.theorems.functions import E_test, Expect, Kappa, SpectralSum, TestErrorOf, df
from ridgeproof.theorems.matrix_numbers import NUMBERS
from ridgeproof.theorems.quantities import Quantity, Rate

from . import ascent, constants, laurent
from . import balls as B
from . import comparison as zero
from . import finding as F
from . import scope as P
from .balls import Spectrum
from .constants import NotRational
from .contradictions import nothing_admissible
from .covering import special_first
from .finding import counted
from .menus import spectra
from .points import Conditions, Env, points
from .poles import poles_first
from .realisations import SEED, compare_matrices, hooks_for
from .replay import replay_line
from .thresholds import turns
from .tried import Tried

Job = tuple[int, Env, Spectrum]
ENOUGH = 3
WIDE = (6, 12, 30)  # dimensions at which an inequality is tried besides the small ones
SAMPLED = 0.03  # a sampled comparison with a wider error says nothing


CHEAP = 4  # times as many points of a formula in numbers alone: an odd power far out shows at few of them


def equality(claim: Claim, effort: Mapping[str, Any]) -> F.Finding:
    parts = [
        type(p)(
            P.linked(p.left) if not isinstance(p.left, sp.MatrixExpr) else p.left,
            P.linked(p.right) if not isinstance(p.right, sp.MatrixExpr) else p.right,
        )
        for p in claim.equations
    ]
    conds = [P.linked(c) for c in claim.conditions] + P.domains_of_letters(claim)
    symbols = P.scope(claim) | (
        {V.norm2}
        if any(x.has(V.norm2) for p in parts for x in (p.left, p.right)) or any(c.has(V.norm2) for c in conds)
        else set()
    )
    uses_spectrum = any(
        s.has(SpectralSum, df, Kappa, Expect, E_test, TestErrorOf) or s.atoms(sp.MatrixSymbol) or s.has(V.norm2)
        for p in parts
        for s in (p.left, p.right)
    )
    kinds = P.kinds(claim)
    if (
        not uses_spectrum
        and not any(s.has(V.d) for p in parts for s in (p.left, p.right))
        and not any(c.has(V.d) for c in conds)
    ):
        symbols -= {V.d}
    rates = any(s.has(Rate) for p in parts for s in (p.left, p.right))
    if rates:  # the exponents alone matter, at their thresholds above all
        uses_spectrum, symbols = False, (symbols | P.exponents(claim)) - {V.d, V.T, V.lam}
    dear = uses_spectrum or any(
        s.atoms(sp.Sum, sp.Product, sp.Integral, Quantity) for p in parts for s in (p.left, p.right)
    )
    wide = 1 if rates or dear else CHEAP
    every = turns(s for p in parts for s in (p.left, p.right))
    table = points(conds, symbols, limit=wide * effort["points"], turns=every)
    if rates:
        table = special_first(table, conds, symbols)
    if not table:
        return nothing_admissible(conds, symbols, "no admissible point was found")
    more = []
    if claim.relation in ascent.INEQUALITIES and uses_spectrum and not _heavy(parts):
        more = wider(table, conds)
    hook = hooks_for(claim)
    seen = {
        "equal": 0,
        "agrees": 0,
        "limit": 0,
        "undefined": 0,
        "infinite": 0,
        "hollow": 0,
        "sampled": 0,
        "enclosed": 0,
    }
    resolution = 0.0
    digits, first_und, first_lim = 10**6, None, None
    tried = Tried()
    counts = [[0, 0] for _ in parts]  # of each equation: points that decide, points that do not
    t_end = time.process_time() + effort["seconds"]
    jobs = []
    for env in table:
        specs = spectra(kinds, env) if uses_spectrum else [[]]
        if V.norm2 in env and claim.setting is not None and claim.setting.target == "zero" and env[V.norm2] != 0:
            continue
        for i, sp_ in enumerate(specs):
            jobs.append((i, env, sp_))
    # small first, every template early
    jobs.sort(key=lambda j: size(j[1]) + 2 * j[0])
    jobs = poles_first(spread(jobs), (s for p in parts for s in (p.left, p.right)))
    for number, env in enumerate(more):  # one in four of the first points
        specs = spectra(kinds, env)
        jobs.insert(4 * number + 3, (0, env, specs[number % len(specs)]))
    shapes = constants.SHAPES if claim.relation in ascent.INEQUALITIES and constants.arbitrary(parts) else ("",)
    for number, (_, env, spec) in enumerate(jobs):
        agreed = seen["equal"] + seen["agrees"] + 4 * seen["sampled"]
        if time.process_time() > t_end or agreed >= wide * effort["enough"]:
            break
        last: list[B.Point] = []

        shape = number % len(shapes)

        def make(env: Env = env, spec: Spectrum = spec, shape: int = shape) -> B.Point:
            pt = B.Point(env, spec, hook, note=shapes[shape])
            pt.shape = shape
            last[:] = [pt]
            if spec and V.norm2 not in pt.values:
                pt.values[V.norm2] = sum((w for _, w in spec), fmpq(0))
                pt.implied = {V.norm2}
            return pt

        for p, count in zip(parts, counts, strict=True):
            try:
                r = (
                    compare_matrices(p, make, SEED)
                    if isinstance(p.left, sp.MatrixExpr) or isinstance(p.right, sp.MatrixExpr)
                    else zero.compare(p.left, p.right, make)
                )
            except (B.Limit, laurent.NotLaurent, NotRational) as err:
                r = {"status": "limit", "why": str(err)}
            except B.Undefined as err:
                r = {"status": "undefined", "why": str(err), "at": make().text()}
            except B.Infinite:
                r = {"status": "undefined", "why": "an infinite mean", "at": make().text()}
            s = r["status"]
            if last and "sampled" in last[0].marks:
                r["sampled"] = True
                if s == "agrees":
                    s = r["status"] = "wide"
            if claim.relation == Relation.STRICT and s in ("equal", "equal-proved"):
                pt = last[0] if last else make()
                told = {"counterexample": pt.text(), "replay": replay_line(claim, pt)}
                return F.fails(f"both sides are equal at {pt.text()}", told)
            if claim.relation == Relation.STRICT and s in ("agrees", "infinite-both"):
                s, r = "limit", {"why": "the sides are not told apart"}
            if s in ("equal", "equal-proved", "agrees", "wide") and hollow(p, last):
                seen["hollow"] += 1
                continue
            before = seen["limit"]
            if s == "differs" and claim.relation in ascent.INEQUALITIES:
                if "below" not in r:
                    s, r = "limit", {"why": "an inequality between matrices"}
                elif r["below"]:
                    s = "equal" if r["exact"] else "agrees"
                    r = {"digits": 12}
            if s == "differs":
                by = " (by sampling, beyond 7 standard errors)" if r.get("sampled") and not rates else ""
                return F.fails(
                    f"{r['left']} against {r['right']} at {r['at']}{by}",
                    dict(
                        counterexample=r["at"],
                        left=r["left"],
                        right=r["right"],
                        margin=r["margin"],
                        exact=r["exact"],
                        replay=replay_line(claim, r["pt"]),
                        **{k: v for k, v in seen.items() if v},
                    ),
                )
            if s in ("equal", "equal-proved", "agrees") and last and not last[0].marks & {"sampled", "estimated"}:
                seen["enclosed"] += 1
            if s in ("equal", "equal-proved"):
                seen["equal"] += 1
            elif s == "agrees":
                seen["agrees"] += 1
                digits = min(digits, r["digits"])
            elif s == "wide":
                if r.get("sampled") and r.get("gap", 0.0) < SAMPLED:
                    seen["sampled"] += 1
                    resolution = max(resolution, r.get("gap", 0.0))
                elif r.get("digits", 0) >= 4:
                    seen["agrees"] += 1
                    digits = min(digits, r["digits"])
                else:
                    seen["limit"] += 1
                    first_lim = first_lim or r["why"]
            elif s == "infinite-both":
                seen["equal" if p.left.has(sp.oo) or p.right.has(sp.oo) else "infinite"] += 1
            elif s == "undefined":
                seen["undefined"] += 1
                first_und = first_und or (r["why"], r.get("at"))
            else:
                seen["limit"] += 1
                first_lim = first_lim or r["why"]
            count[seen["limit"] > before] += 1
            if s in ("equal", "agrees", "equal-proved") or (s == "wide" and seen["limit"] == before):
                tried.add(env, spec)
    if seen["equal"] + seen["agrees"] + seen["undefined"] > 0 and (
        claim.relation in ascent.INEQUALITIES
        or any(s.has(sp.Max, sp.Min, sp.Piecewise) for p in parts for s in (p.left, p.right))
    ):
        violated = ascent.climb(claim, parts, conds, table, kinds, hook, uses_spectrum)
        if violated:
            return violated
    ev: dict[str, Any] = {k: v for k, v in seen.items() if v} | tried.told()
    if seen["equal"] + seen["agrees"] + seen["sampled"]:
        smallest = "any difference" if digits > 10**5 else f"a relative difference of 1e-{digits}"
        smallest = f"a relative difference of {resolution:.2g}" if seen["sampled"] else smallest
        ev["would_have_seen"] = smallest + (", at these points" if tried.values else "")
        ev["seeds"] = "0 (points)" + (f", {SEED} (matrices, draws)" if uses_spectrum else "")
    if first_und:
        return F.meaningless(f"no value at an admissible point: {first_und[0]} at {first_und[1]}", ev)
    need = min(ENOUGH, len(jobs))
    if seen["equal"] + seen["agrees"] == 0 and seen["hollow"] >= need and not seen["limit"]:
        return F.holds("every point is 0 = 0", ev)
    decided = seen["equal"] + seen["agrees"] + seen["sampled"]
    if any(limits > 3 * decides for decides, limits in counts):
        need = 10**9  # what is decided must not be the easy corner only, nor one equation of several
    if decided >= need:
        near = f", {seen['agrees']} to 1e-{digits}" if seen["agrees"] and digits < 10**5 else ""
        if seen["sampled"]:
            near += f", {seen['sampled']} by sampling or extrapolation to {100 * resolution:.2g} %"
        enclosed = f"; both sides enclosed at {seen['enclosed']}" if seen["enclosed"] > seen["equal"] else ""
        return F.holds(f"{counted(seen['equal'], 'point')} exactly{near}{enclosed}", ev)
    return F.undecided(f"not evaluated: {first_lim}", ev)


def _heavy(parts: Sequence[Equation]) -> bool:
    """Whether a statement averages: what is larger than a few dimensions is then out of reach."""
    return any(s.has(Expect, E_test, TestErrorOf) for p in parts for s in (p.left, p.right))


def wider(table: Sequence[Env], conds: Sequence[sp.Basic]) -> list[Env]:
    """Some of the points with more dimensions, and as many times more samples or not.

    df_1 <= df_2 + 1 holds for d <= 4, and for no d beyond.
    """
    out, every = [], Conditions(conds)
    for env in table[:20:4]:
        for d in WIDE:
            larger = [{**env, V.d: fmpq(d)}] if V.d in env else []
            sizes = [x for x in env if x in (V.T, V.T0, V.Tm)]
            larger += [{**e, **{x: e[x] * d for x in sizes}} for e in larger if sizes]
            out += [e for e in larger if every.holds(e)]
    return out


def hollow(p: Equation, last: Sequence[B.Point]) -> bool:
    """0 = 0: every expectation, sum or error of the statement vanishes at this point, so that it says nothing."""
    if not last:
        return False
    vals = [
        v
        for e, v in last[0].cache.items()
        if isinstance(e, (Expect, SpectralSum, *NUMBERS, TestErrorOf)) or e == E_test
    ]
    return bool(vals) and all((v == 0 if isinstance(v, fmpq) else False) for v in vals)


def size(env: Env) -> int:
    return sum(min(40, abs(int(v.p))) + int(v.q) for v in env.values()) - 3 * sum(
        1 for v in env.values() if v.q == 1 and v.p in (1, 2)
    )


def spread(jobs: Sequence[Job]) -> list[Job]:
    """Alternate: the smallest first, then one from further down, so that generic points are early too."""
    out: list[Job] = []
    a, b = 0, len(jobs) // 3
    used = set()
    while len(out) < len(jobs):
        for k in (a, b):
            if k < len(jobs) and k not in used:
                out.append(jobs[k])
                used.add(k)
        a += 1
        b += 1
        while a in used:
            a += 1
        if b >= len(jobs):
            b = a
    return out
