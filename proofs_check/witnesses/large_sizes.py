"""Deterministic equivalents: both sides of a claim at growing sizes, extrapolated to infinite size.

Errors are exact where a law is closed (else the links', :mod:`.size_errors`), expectations are sampled
(:mod:`.large_words`).
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sympy as sp
from flint import arb, ctx

from ridgeproof.theorems import vocabulary as voc
from ridgeproof.theorems.claim import Claim, Relation
from ridgeproof.theorems.functions import E_test, Expect, TestErrorOf
from ridgeproof.theorems.settings import Setting

from . import balls as B
from . import finding as F
from . import large_words, proportions, replay, scope, size_errors
from .contradictions import nothing_admissible
from .finding import counted
from .size_families import BASE, SAMPLES, Solved, Values, at_size, families, placed, told
from .tried import Tried

SIZES = tuple(BASE * 4**k * 2 for k in range(4))
ENOUGH = 2  # families that agree, where none is unclear
FAMILIES = 60


class Vanishing(Exception):
    """Both sides are 0 to the precision of the links."""


@dataclasses.dataclass
class Tally:
    """What the families have said so far."""

    done: int = 0
    worst: float = 0.0  # a relative gap at infinite size
    unclear: str | None = None  # the first reason
    undefined: str | None = None
    vanishing: int = 0
    marks: set[str] = dataclasses.field(default_factory=set)  # "links": the equivalents are used
    tried: Tried = dataclasses.field(default_factory=Tried)
    resolution: float = 0.0  # the least gap, or distance of a ratio from 1, that would have been seen

    @property
    def linked(self) -> bool:
        return "links" in self.marks


def random_outside(sides: Iterable[sp.Expr]) -> list[str]:
    """The random letters that stand outside of every mean."""
    outside = [x.xreplace(dict.fromkeys(x.atoms(Expect), sp.S.Zero)) for x in sides]
    return sorted({a.name for x in outside for a in x.atoms(sp.MatrixSymbol) if voc.is_random(a)})


def _erring(parts: Iterable[tuple[sp.Expr, sp.Expr]], claim: Claim) -> list[Setting | None]:
    """The settings whose errors stand in the sides."""
    sides = [x for p in parts for x in p]
    named = sorted({e for x in sides for e in x.atoms(TestErrorOf)}, key=str)
    return [*([claim.setting] if any(x.has(E_test) for x in sides) else []), *(e.setting for e in named)]


def equivalent(claim: Claim, effort: Mapping[str, Any]) -> F.Finding:
    """Confront an equivalent, or a one-sided relation or an order as d and T grow in proportion."""
    parts = [(scope.linked(p.left), scope.linked(p.right)) for p in claim.equations]
    conds = [scope.linked(c) for c in claim.conditions] + scope.domains_of_letters(claim)
    isotropic = claim.setting is not None and claim.setting.target == "isotropic"
    norm2 = {voc.norm2} if isotropic or any(x.has(voc.norm2) for p in parts for x in p) else set()
    symbols = scope.scope(claim) | norm2
    loose = random_outside(x for p in parts for x in p)
    if loose:
        what = f"{', '.join(loose)} {'is' if len(loose) == 1 else 'are'} random"
        return F.undecided(f"{what}: as d and T grow in proportion a mean is compared, e.g. E[tr(R*S)]")
    fams, solved = families(conds, symbols)
    if not fams:
        return nothing_admissible(conds, symbols, "no admissible family of sizes was found")
    if any(x.has(Expect) for p in parts for x in p):
        if claim.relation != Relation.EQUIVALENT:
            return F.undecided(f"{claim.relation} of expectations as d and T grow in proportion is not evaluated")
        return large_words.sampled(claim, parts, fams, solved, conds)
    t_end = time.process_time() + effort["seconds"]
    tally = Tally()
    for fam in fams[:FAMILIES]:
        if time.process_time() > t_end:
            break
        for which in range(len(parts)):
            failed = _confronted(claim, fam, solved, parts, which, tally)
            if failed is not None:
                return failed
    if tally.undefined:
        return F.meaningless(tally.undefined)
    wanted = min(ENOUGH, len(fams)) if tally.unclear is None else 12  # a setting of which all is said has one family
    if tally.done >= wanted:
        words = ""
        if tally.linked:
            ok, words = size_errors.vouch(claim, _erring(parts, claim), fams[0], solved)
            if not ok:
                return F.undecided(words)
        equivalents = claim.relation == Relation.EQUIVALENT
        gap = f", gap to the links below {tally.worst:.1g}" if equivalents else ""
        said = f"{counted(tally.done, 'family', 'families')}{gap}"
        least = max(tally.resolution, 1e-9)
        seen = {
            Relation.EQUIVALENT: f"a relative gap at infinite size of {least:.1g}",
            Relation.AT_MOST: f"a limit of the ratio above 1 by {least:.1g}",
            Relation.NEGLIGIBLE: f"a limit of the ratio other than 0, from {least:.1g} on",
        }.get(claim.relation, f"a power of the size from {proportions.POWER:g} on, not a logarithm")
        details = {"families": tally.done, **tally.tried.told(), "sizes": f"d = {', '.join(map(str, SIZES))}"}
        details["would_have_seen"] = seen
        if tally.linked:
            details["seeds"] = f"{size_errors.SEED} (simulation of the links)"
        return F.holds("; ".join(w for w in (said, words) if w), details)
    nothing = "both sides vanish to the precision of the links" if tally.vanishing else "too few families"
    return F.undecided(tally.unclear or nothing, {"families": tally.done})


def _confronted(
    claim: Claim, fam: Values, solved: Solved, parts: Sequence[tuple[sp.Expr, sp.Expr]], which: int, tally: Tally
) -> F.Finding | None:
    """Confront the sides of an equation along one family: a finding if they fail there; else the tally is kept."""
    try:
        gaps, ratios = compared(sides(claim, fam, solved, *parts[which], tally.marks))
    except Vanishing:  # 0 = 0 to the precision of the links: says nothing
        tally.vanishing += 1
        return None
    except B.Limit as err:
        tally.unclear = tally.unclear or str(err)
        return None
    except B.Undefined as err:
        where = told(fam, solved, SIZES[0])
        tally.undefined = tally.undefined or f"no value at an admissible family: {err} at {where}"
        return None
    at = told(fam, solved, SIZES[0])
    said, words, limit, resolution = decided(claim.relation, gaps, ratios)
    if said == "fails":
        law = "" if tally.linked else "exact law, "
        settings = _erring([parts[which]], claim) if tally.linked else []
        ok, vouched = size_errors.vouch(claim, settings, fam, solved)
        if ok:
            found = f"{words} ({law}sizes {SIZES[0]}..{SIZES[-1]}) at {at}"
            here = at_size(fam, solved, SIZES[0]) or {}
            details = {"counterexample": at, "gaps": [float(x.mid()) for x in gaps]}
            details["replay"] = replay.line(claim, "ratios", here, equation=which)
            return F.fails("; ".join(w for w in (found, vouched) if w), details)
        words = vouched
    if said == "holds":
        tally.done += 1
        tally.worst, tally.resolution = max(tally.worst, limit), max(tally.resolution, resolution)
        tally.tried.add(at_size(fam, solved, SIZES[0]) or {})
        tally.tried.add({x: v for x, v in (at_size(fam, solved, SIZES[-1]) or {}).items() if x in (voc.d, *SAMPLES)})
    else:
        tally.unclear = tally.unclear or f"{words} at {at}"
    return None


Sides = list[tuple[Any, Any] | None]  # a side of +oo: None


def sides(claim: Claim, fam: Values, solved: Solved, left: sp.Expr, right: sp.Expr, marks: set[str]) -> Sides:
    """Both sides along the sizes."""
    found: Sides = []

    def hook(e: sp.Expr, pt: B.Point) -> Any:
        if e == E_test or isinstance(e, TestErrorOf):
            return size_errors.test_error_at(claim.setting if e == E_test else e.setting, pt)
        raise B.Limit(f"{e!s:.60} has no value as d and T grow in proportion")

    for dim in SIZES:
        ctx.prec = 160
        pt = placed(claim, fam, solved, dim, hook)
        pt.marks = marks
        try:
            b = B.ev(right, pt)  # first: whether it has a value does not wait for an error that is out of reach
            found.append((B.ev(left, pt), b))
        except B.Infinite:
            found.append(None)
    return found


def told_again(claim: Claim, fam: Values, solved: Solved, left: sp.Expr, right: sp.Expr) -> list[tuple[str, str]]:
    """(size, both sides) along a family, and what they amount to."""
    found = sides(claim, fam, solved, left, right, set())
    gaps, ratios = compared(found)
    said, words, *_ = decided(claim.relation, gaps, ratios)

    def shown(x: Any) -> str:
        return str(x) if B.rat(x) else x.str(12, radius=False)

    rows = [
        (f"d = {dim}", "+oo" if pair is None else f"{shown(pair[0])} against {shown(pair[1])}")
        for dim, pair in zip(SIZES, found, strict=True)
    ]
    return [*rows, (said, words)]


def decided(relation: Relation, gaps: Sequence[arb], ratios: Sequence[arb]) -> tuple[str, str, float, float]:
    """(outcome, words, bound of the limit of the gaps, the least that would have been seen) along the sizes."""
    if relation == Relation.EQUIVALENT:
        said, words, limit = vanishing(gaps)
        return said, words, limit, limit
    middle, width = [float(x.mid()) for x in ratios], [float(x.rad()) for x in ratios]
    return *proportions.decide(middle, width, relation), 0.0, proportions.resolution(middle, width)


def compared(found: Sides) -> tuple[list[arb], list[arb]]:
    """(relative gaps, ratios) of the sides along the sizes; a ratio is nan where there is none."""
    gaps, ratios = [], []
    for pair in found:
        if pair is None:
            gaps.append(arb(1))
            ratios.append(arb("nan"))
            continue
        a, b = pair
        scale = abs(B.ball(a)).max(abs(B.ball(b)))
        both_zero = B.rat(a) and B.rat(b) and a == b == 0
        ratios.append(arb(0 if both_zero else "nan") if B.ball(b).contains(arb(0)) else B.ball(a) / b)
        if B.rat(a) and B.rat(b):
            gaps.append(arb(0) if a == b else B.ball(abs(a - b)) / scale)
        elif scale.contains(arb(0)):
            raise Vanishing
        else:
            gaps.append(abs(B.ball(a) - B.ball(b)) / scale)
    return gaps, ratios


def vanishing(gaps: Sequence[arb]) -> tuple[str, str, float]:
    """(holds | fails | undecided, words, bound of the limit) for relative gaps at sizes that grow by a factor of 4.

    Corrections are of order 1/size: a limit is extrapolated, and its uncertainty is what the last size changes in it.
    """
    g = [float(x.mid()) for x in gaps]
    limit, before = (4 * g[-1] - g[-2]) / 3, (4 * g[-2] - g[-3]) / 3
    error = abs(limit - before) + 2 * max(float(x.rad()) for x in gaps)
    if g[-1] > 1e-10 and abs(limit) > 20 * error and limit > 1e-9:
        return "fails", f"the relative gap tends to {limit:.6g}", limit
    if g[-1] < 1e-9 or (g[-1] < 0.3 * g[-2] and limit < 20 * error):
        return "holds", "", abs(limit) + error
    return "undecided", f"gaps {g} neither vanish nor settle", limit
