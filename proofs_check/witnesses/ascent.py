"""The search for the largest violation of an inequality, or of an equation with Max or Min in it."""

import itertools
import time

import sympy as sp
from flint import ctx, fmpq

from ridgeproof.theorems import vocabulary as V
from ridgeproof.theorems.claim import Relation
from ridgeproof.theorems.functions import E_test, Expect, TestErrorOf

from . import balls as B
from . import comparison as zero
from . import finding as F
from . import menus as M
from .constants import NotRational
from .laurent import NotLaurent
from .replay import replay_line

MOST = 2000  # of an index or a size that the search makes larger
INEQUALITIES = (Relation.BOUND, Relation.STRICT)
FAR = 2**60  # no letter is moved beyond it


def climb(claim, parts, conds, table, kinds, hook, uses_spectrum):
    """Sides with Max, Min, Piecewise (inequalities).

    Pattern search for the largest violation from several starts, confirmed in balls.
    """
    for p in parts:
        gaps, base = _gaps(claim, p)
        heavy = p.left.has(Expect, E_test, TestErrorOf) or p.right.has(Expect, E_test, TestErrorOf)
        for gap in gaps:
            height = _height(gap, base, conds, hook)
            starts = [
                (height(e, spec), e, spec)
                for e in table[:10]
                for spec in (M.spectra(kinds, e) if uses_spectrum else [[]])[:5]
            ]
            starts.sort(key=lambda t: -t[0])
            for start in starts[:3]:
                best, e, spec = _ascend(height, *start, heavy)
                if best > -1e8:
                    r = zero.compare(p.left, p.right, lambda e=e, spec=spec: B.Point(e, spec, hook))
                    if r["status"] == "differs" and not (claim.relation in INEQUALITIES and r["below"]):
                        return F.fails(
                            f"{r['left']} against {r['right']} at {r['at']}",
                            {"counterexample": r["at"], "found": "by ascent", "replay": replay_line(claim, r["pt"])},
                        )
    return None


def _gaps(claim, p):
    """What is to be made large, and what it is measured by; nothing where there is no inequality."""
    if claim.relation in INEQUALITIES:
        return ((), None) if isinstance(p.left, sp.MatrixExpr) else ((p.left - p.right,), p.right)
    m = next(iter((p.left - p.right).atoms(sp.Max, sp.Min)), None)
    if m is None or len(m.args) != 2:
        return (), None
    return (m.args[0] - m.args[1], m.args[1] - m.args[0]), m.args[1]


def _height(gap, base, conds, hook):
    """The relative gap at a point, as a double; very low where the point is not admissible or has no value."""

    def height(e, spec):
        ctx.prec = 64
        try:
            if not all(B.truth(c, B.Point(e, spec, hook)) for c in conds if c.free_symbols <= set(e)):
                return -1e9
            pt = B.Point(e, spec, hook)
            a, b = B.ball(B.ev(gap, pt)), abs(B.ball(B.ev(base, pt)))
            return float((a / b).mid()) if b > 0 else -1e9
        except (B.Limit, B.Undefined, B.Infinite, NotRational, NotLaurent, ZeroDivisionError):
            return -1e9

    return height


def _ascend(height, best, e, spec, heavy):
    """Move one letter or eigenvalue at a time as long as that leads up; then with half the step."""
    e, spec, step, t_end = dict(e), list(spec), 1.0, time.process_time() + 1.5
    while step > 1e-4 and time.process_time() < t_end:
        better = False
        moves = [("v", x) for x in e if not x.is_integer and x != V.norm2]
        moves += [("n", x) for x in e if x.is_integer and x != V.d and not heavy]
        moves += [("s", j) for j in range(len(spec))]
        for (kind, key), factor in itertools.product(moves, (1 + step, 1 / (1 + step), 0.0)):
            e2, s2 = _moved(kind, key, factor, step, e, spec)
            if e2 is None or (kind in "vn" and not M.in_domain(key, e2[key])):
                continue
            v = height(e2, s2)
            if v > best + 1e-15:
                best, e, spec, better = v, e2, s2, True
        if not better:
            step /= 2
    return best, e, spec


def _moved(kind, key, factor, step, e, spec):
    """The point with one number times a factor; (None, None) where that leads too far.

    A letter in which both sides are homogeneous would grow for ever.
    """
    if kind == "n":
        k = int(e[key].p)
        k = k + max(1, int(k * step)) if factor > 1 else k - 1 if factor else min(2 * k + 8, MOST)
        return ({**e, key: fmpq(k)}, spec) if k <= MOST else (None, None)
    was = e[key] if kind == "v" else spec[key][0]
    if factor > 1 and abs(was) > FAR:
        return None, None
    now = fmpq(round(float(was.p) / float(was.q) * factor * 2**40), 2**40)
    if kind == "v":
        return {**e, key: now}, spec
    pair = (spec[key][0], fmpq(0)) if factor == 0 else (now, spec[key][1])
    return e, [*spec[:key], pair, *spec[key + 1 :]]
