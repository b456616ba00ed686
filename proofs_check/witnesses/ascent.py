"""The search for the largest violation of an inequality, or of an equation with Max or Min in it."""

import time

import sympy as sp
from flint import ctx, fmpq

from ridgeproof.theorems import vocabulary as V
from ridgeproof.theorems.claim import Relation
from ridgeproof.theorems.functions import E_test, Expect, TestErrorOf

from . import balls as B
from . import comparison as zero
from . import finding as F
from . import points as P
from .replay import replay_line

MOST = 2000  # of an index or a size that the search makes larger
FAR = 2**60  # no letter is moved beyond it


def climb(claim, parts, conds, table, words, hook, uses_spectrum):
    """Sides with Max, Min, Piecewise (inequalities).

    Pattern search for the largest violation from several starts, confirmed in balls.
    """
    for p in parts:
        if claim.relation == Relation.BOUND:
            if isinstance(p.left, sp.MatrixExpr):
                continue
            gaps, base = (p.left - p.right,), p.right
        else:
            m = next(iter((p.left - p.right).atoms(sp.Max, sp.Min)), None)
            if m is None or len(m.args) != 2:
                continue
            gaps, base = (m.args[0] - m.args[1], m.args[1] - m.args[0]), m.args[1]
        heavy = p.left.has(Expect, E_test, TestErrorOf) or p.right.has(Expect, E_test, TestErrorOf)
        for gap in gaps:

            def f(e, spec):
                ctx.prec = 64
                try:
                    if not all(B.truth(c, B.Point(e)) for c in conds if c.free_symbols <= set(e)):
                        return -1e9
                    pt = B.Point(e, spec, hook)
                    a, b_ = B.ball(B.ev(gap, pt)), abs(B.ball(B.ev(base, pt)))
                    return float((a / b_).mid()) if b_ > 0 else -1e9
                except (B.Limit, B.Undefined, B.Infinite, ZeroDivisionError):
                    return -1e9

            starts = [
                (f(e, sp_), e, sp_)
                for e in table[:10]
                for sp_ in (P.spectra(claim, e, words) if uses_spectrum else [[]])[:5]
            ]
            starts.sort(key=lambda t: -t[0])
            for best, e, spec in starts[:3]:
                e, spec, step, t_end = dict(e), list(spec), 1.0, time.process_time() + 1.5
                while step > 1e-4 and time.process_time() < t_end:
                    better = False
                    moves = [("v", x) for x in e if not x.is_integer and x != V.norm2]
                    moves += [("n", x) for x in e if x.is_integer and x != V.d and not heavy]
                    moves += [("s", j) for j in range(len(spec))]
                    for kind_, key in moves:
                        for fac in (1 + step, 1 / (1 + step), 0.0):

                            def q_(v):
                                return fmpq(round(float(v.p) / float(v.q) * fac * 2**40), 2**40)

                            if kind_ == "n":
                                k = int(e[key].p)
                                k = k + max(1, int(k * step)) if fac > 1 else k - 1 if fac else min(2 * k + 8, MOST)
                                if k > MOST:
                                    continue
                                e2, s2 = {**e, key: fmpq(k)}, spec
                            elif kind_ == "v":
                                if fac > 1 and abs(e[key]) > FAR:  # homogeneous in it: it would grow for ever
                                    continue
                                e2, s2 = {**e, key: q_(e[key])}, spec
                            elif fac == 0:
                                e2, s2 = e, [*spec[:key], (spec[key][0], fmpq(0)), *spec[key + 1 :]]
                            elif fac > 1 and spec[key][0] > FAR:
                                continue
                            else:
                                e2, s2 = e, [*spec[:key], (q_(spec[key][0]), spec[key][1]), *spec[key + 1 :]]
                            if kind_ in "vn" and not P.in_domain(key, e2[key]):
                                continue
                            v = f(e2, s2)
                            if v > best + 1e-15:
                                best, e, spec, better = v, e2, s2, True
                    if not better:
                        step /= 2
                if best > -1e8:
                    r = zero.compare(p.left, p.right, lambda: B.Point(e, spec, hook))
                    if r["status"] == "differs" and not (claim.relation == Relation.BOUND and r["below"]):
                        return F.fails(
                            f"{r['left']} against {r['right']} at {r['at']}",
                            {"counterexample": r["at"], "found": "by ascent", "replay": replay_line(claim, r["pt"])},
                        )
    return None
