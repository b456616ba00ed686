"""One claim -> (verdict, reason, evidence): holds | fails | undecided, by numbers alone."""

import random
import time
from dataclasses import dataclass

import sympy as sp
from flint import arb, ctx, fmpq
from sympy.matrices.expressions.trace import Trace

from ridgeproof.theorems import vocabulary as V
from ridgeproof.theorems.claim import Claim, Relation
from ridgeproof.theorems.functions import E_test, Expect, Kappa, SpectralSum, df

from . import balls as B
from . import comparison as zero
from . import finding as F
from . import laurent
from . import laws as law
from . import letters as Lt
from . import points as P
from . import small_sizes as small
from .replay import replay_line

PRIMARY = {V.d, V.T, V.T0, V.n, V.m, V.lam, V.sigma2, V.sigma02, V.norm2, V.beta, V.r, V.ell, V.phi, V.phi0}
ENOUGH = 3


class NoValue(Exception):
    """Whatever an undeclared letter stands for, the statement is false."""


def domain(x):
    return sp.Interval.open(0, sp.oo) if x.is_positive else sp.Interval(0, sp.oo) if x.is_nonnegative else sp.S.Reals


def unreadable(claim):
    for x, _meaning in claim.where:
        if x in PRIMARY:
            return f"'where' gives {x}, a letter of the vocabulary, another meaning"
    u = P.undeclared(claim)
    if len(u) == 1 and claim.relation == Relation.EQUALITY and claim.setting is None:
        for p in claim.equations:
            if (
                p.left.free_symbols | p.right.free_symbols == {u[0]}
                and sp.solveset(p.left - p.right, u[0], domain(u[0])) is sp.S.EmptySet
            ):
                raise NoValue(f"no {u[0]} in its domain satisfies {p.left} = {p.right}")
    if u:
        return "nothing in the claim says what " + ", ".join(map(str, u)) + " is"
    n = P.namesakes(claim)
    if n:
        return "two different symbols are named " + ", ".join(n)
    for p in claim.equations:
        for s in (p.left, p.right):
            if (
                not isinstance(s, sp.MatrixExpr)
                and s.has(Expect)
                and any(random_outside(t) for t in sp.Add.make_args(sp.expand(s)))
            ):
                return "a random letter stands outside an expectation"
    return None


def random_outside(e):
    if isinstance(e, Expect):
        return False
    if isinstance(e, Trace):
        return any(Lt.is_random(x) for x in e.atoms(sp.MatrixSymbol))
    return any(random_outside(a) for a in e.args) if e.args else False


def hooks_for(claim, seed=0):
    def hook(e, pt):
        if e == E_test:
            if claim.setting is None:
                raise B.Limit("E_test of no setting")
            return law.test_error(claim.setting, pt)
        if isinstance(e, Expect):
            return expect(e.argument, pt)
        ls = realisation(pt, seed)
        ls.setup([e])
        return ls.scalar(e)

    return hook


def expect(arg, pt):
    at = arg.atoms(sp.MatrixSymbol)
    if V.P in at or V.Gp in at:
        return haar(arg, pt)
    return small.expect(arg, pt)


def haar(arg, pt):
    d, t = len(pt.spectrum), B.ev(V.T0, pt)
    num = small.numbers(pt)
    if V.Gp in arg.atoms(sp.MatrixSymbol):
        raise B.Limit("Gp is not drawn here")

    def const(x, r, c):
        return small.arr(small.constant(x, r, c, pt, num))

    def with_P(m):
        ls = Lt.Letters(small.Sizes(pt), num, None, small.inverse_q, const, values={V.P: m})
        ls.setup([arg])
        return ls.scalar(arg)

    I = small.arr([[fmpq(int(i == j)) for j in range(d)] for i in range(d)])
    if t >= d:
        return with_P(I)
    if degree(arg, V.P) == 1:
        return with_P(I * (fmpq(t) / d))
    if d == 2:
        tot, N = arb(0), 32
        for k in range(N):
            th = arb.pi() * (2 * k + 1) / (2 * N)
            c, s = th.cos(), th.sin()
            tot += B.ball(with_P(small.arr([[c * c, c * s], [c * s, s * s]])))
        return tot / N
    raise B.Limit("Haar projections of higher degree for d > 2")


def degree(e, x):
    if e == x:
        return 1
    if isinstance(e, (sp.Add, sp.MatAdd)):
        return max(degree(a, x) for a in e.args)
    if isinstance(e, (sp.Mul, sp.MatMul)):
        return sum(degree(a, x) for a in e.args)
    if isinstance(e, (sp.Pow, sp.MatPow, sp.Inverse)) and e.has(x):
        return 99
    return max([0, *(degree(a, x) for a in e.args)])


def inverse_any(m):
    if all(isinstance(v, fmpq) for v in m.ravel()):
        return small.inverse_q(m)
    from flint import arb_mat

    n = m.shape[0]
    try:
        I = arb_mat(n, n, [B.ball(v) for v in m.ravel()]).inv()
    except ZeroDivisionError:
        raise B.Wide("a matrix not separated from the singular ones") from None
    return small.arr([[I[i, j] for j in range(n)] for i in range(n)])


def realisation(pt, seed):
    """Random letters as arbitrary rational matrices: identities that hold for every outcome."""
    random.Random(seed)

    def num(e):
        return e if isinstance(e, fmpq) else B.ev(e, pt)

    def design(x, rows, cols):
        r2 = random.Random(f"{seed} {x}")
        return small.arr([[fmpq(r2.randint(-5, 5), r2.randint(1, 3)) for _ in range(cols)] for _ in range(rows)])

    def const(x, rows, cols):
        return small.arr(small.constant(x, rows, cols, pt, num))

    ls = Lt.Letters(small.Sizes(pt), num, design, inverse_any, const, noise="plain")
    return ls


def compare_matrices(part, make, seed):
    for prec in (128, 512):
        ctx.prec = prec
        pt = make()
        try:
            ls = realisation(pt, seed)
            ls.setup([part.left, part.right])
            a, b = (ls.value(s) if isinstance(s, sp.MatrixExpr) else None for s in (part.left, part.right))
            if a is None or b is None:
                other = part.right if a is not None else part.left
                if other == 0:
                    b = a * fmpq(0)
                else:
                    return {"status": "undefined", "why": "a matrix is compared with a number", "at": pt.text()}
            if a.shape != b.shape:
                return {"status": "undefined", "why": f"shapes {a.shape} and {b.shape}", "at": pt.text()}
        except B.Wide:
            continue
        except B.Undefined as err:
            return {"status": "undefined", "why": str(err), "at": pt.text()}
        except (B.Limit, small.NotRational) as err:
            return {"status": "limit", "why": str(err)}
        exact = True
        for x, y in zip(a.ravel(), b.ravel(), strict=False):
            dlt = x - y
            if isinstance(dlt, fmpq):
                if dlt != 0:
                    return {
                        "status": "differs",
                        "exact": True,
                        "left": str(x),
                        "right": str(y),
                        "margin": str(abs(dlt)),
                        "at": pt.text() + f"; letters of seed {seed}",
                        "pt": pt,
                    }
            else:
                exact = False
                if not dlt.contains(arb(0)):
                    return {
                        "status": "differs",
                        "exact": False,
                        "left": zero.show(B.ball(x)),
                        "right": zero.show(B.ball(y)),
                        "margin": zero.show(abs(dlt)),
                        "at": pt.text() + f"; letters of seed {seed}",
                        "pt": pt,
                    }
        return {"status": "equal"} if exact else {"status": "agrees", "digits": int(prec * 0.3) - 8}
    return {"status": "wide", "why": "balls too wide"}


def equality(claim, effort):
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
        s.has(SpectralSum, df, Kappa, Expect, E_test) or s.atoms(sp.MatrixSymbol) or s.has(V.norm2)
        for p in parts
        for s in (p.left, p.right)
    )
    any(s.has(Expect) or s.has(E_test) for p in parts for s in (p.left, p.right))
    words = " ".join(h.text for h in claim.hypotheses)
    if (
        not uses_spectrum
        and not any(s.has(V.d) for p in parts for s in (p.left, p.right))
        and not any(c.has(V.d) for c in conds)
    ):
        symbols -= {V.d}
    table = P.points(claim, conds, symbols, limit=effort["points"])
    if not table:
        con = P.contradiction(conds, symbols)
        return F.meaningless(
            ("the hypotheses contradict each other: " + ", ".join(map(str, con)))
            if con
            else "no admissible point was found"
        )
    hook = hooks_for(claim)
    seen = {"equal": 0, "agrees": 0, "limit": 0, "undefined": 0, "infinite": 0, "hollow": 0}
    digits, first_und, first_lim = 10**6, None, None
    ranges = {}
    t_end = time.process_time() + effort["seconds"]
    jobs = []
    for env in table:
        specs = P.spectra(claim, env, words) if uses_spectrum else [[]]
        if V.norm2 in env and claim.setting is not None and claim.setting.target == "zero" and env[V.norm2] != 0:
            continue
        for i, sp_ in enumerate(specs):
            jobs.append((i, env, sp_))
    # small first, every template early
    jobs.sort(key=lambda j: size(j[1]) + 2 * j[0])
    jobs = spread(jobs)
    for _, env, spec in jobs:
        if time.process_time() > t_end or seen["equal"] + seen["agrees"] >= effort["enough"]:
            break
        last = []

        def make(env=env, spec=spec):
            pt = B.Point(env, spec, hook)
            last[:] = [pt]
            if spec and V.norm2 not in pt.values:
                pt.values[V.norm2] = sum((w for _, w in spec), fmpq(0))
            return pt

        for p in parts:
            try:
                r = (
                    compare_matrices(p, make, 7)
                    if isinstance(p.left, sp.MatrixExpr) or isinstance(p.right, sp.MatrixExpr)
                    else zero.compare(p.left, p.right, make)
                )
            except (B.Limit, laurent.NotLaurent, small.NotRational) as err:
                r = {"status": "limit", "why": str(err)}
            except B.Undefined as err:
                r = {"status": "undefined", "why": str(err), "at": make().text()}
            except B.Infinite:
                r = {"status": "undefined", "why": "an infinite mean", "at": make().text()}
            s = r["status"]
            if s in ("equal", "equal-proved", "agrees", "wide") and hollow(p, last):
                seen["hollow"] += 1
                continue
            if s == "differs" and claim.relation == Relation.BOUND:
                if "below" not in r:
                    s, r = "limit", {"why": "an inequality between matrices"}
                elif r["below"]:
                    s = "equal" if r["exact"] else "agrees"
                    r = {"digits": 12}
            if s == "differs":
                return F.fails(
                    f"{r['left']} against {r['right']} at {r['at']}",
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
            if s in ("equal", "equal-proved"):
                seen["equal"] += 1
            elif s == "agrees":
                seen["agrees"] += 1
                digits = min(digits, r["digits"])
            elif s == "wide":
                if r.get("digits", 0) >= 4:
                    seen["agrees"] += 1
                    digits = min(digits, r["digits"])
                else:
                    seen["limit"] += 1
                    first_lim = first_lim or r["why"]
            elif s == "infinite-both":
                seen["infinite"] += 1
            elif s == "undefined":
                seen["undefined"] += 1
                first_und = first_und or (r["why"], r.get("at"))
            else:
                seen["limit"] += 1
                first_lim = first_lim or r["why"]
            if s in ("equal", "agrees", "equal-proved"):
                for x, v in env.items():
                    lo, hi = ranges.get(x, (v, v))
                    ranges[x] = (min(lo, v), max(hi, v))
    if seen["equal"] + seen["agrees"] + seen["undefined"] > 0 and (
        claim.relation == Relation.BOUND
        or any(s.has(sp.Max, sp.Min, sp.Piecewise) for p in parts for s in (p.left, p.right))
    ):
        r = climb(claim, parts, conds, table, words, hook, uses_spectrum)
        if r:
            return r
    ev = dict(
        ranges={str(x): f"{a}..{b}" for x, (a, b) in sorted(ranges.items(), key=lambda t: str(t[0]))},
        would_have_seen="any difference, at these points"
        if digits > 10**5
        else f"a relative difference of 1e-{digits}, at these points",
        **{k: v for k, v in seen.items() if v},
    )
    if first_und:
        return F.meaningless(f"no value at an admissible point: {first_und[0]} at {first_und[1]}", ev)
    need = min(ENOUGH, len(jobs))
    if seen["equal"] + seen["agrees"] == 0 and seen["hollow"] >= need and not seen["limit"]:
        return F.holds("every point is 0 = 0", ev)
    if seen["limit"] > 3 * (seen["equal"] + seen["agrees"]):
        need = 10**9  # what is decided must not be the easy corner only
    if seen["equal"] + seen["agrees"] >= need:
        near = f", {seen['agrees']} to 1e-{digits}" if seen["agrees"] and digits < 10**5 else ""
        return F.holds(f"{seen['equal']} points exactly{near}", ev)
    return F.undecided(f"not evaluated: {first_lim}", ev)


def hollow(p, last):
    """0 = 0: every expectation, sum or error of the statement vanishes at this point, so that it says nothing."""
    if not last:
        return False
    vals = [v for e, v in last[0].cache.items() if isinstance(e, (Expect, SpectralSum, Trace)) or e == E_test]
    return bool(vals) and all((v == 0 if isinstance(v, fmpq) else False) for v in vals)


def size(env):
    return sum(min(40, abs(int(v.p))) + int(v.q) for v in env.values()) - 3 * sum(
        1 for v in env.values() if v.q == 1 and v.p in (1, 2)
    )


def spread(jobs):
    """Alternate: the smallest first, then one from further down, so that generic points are early too."""
    out, a, b = [], 0, len(jobs) // 3
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
                    moves = [("v", x) for x in e if not x.is_integer and x != V.norm2] + [
                        ("s", j) for j in range(len(spec))
                    ]
                    for kind_, key in moves:
                        for fac in (1 + step, 1 / (1 + step), 0.0):

                            def q_(v):
                                return fmpq(round(float(v.p) / float(v.q) * fac * 2**40), 2**40)

                            if kind_ == "v":
                                e2, s2 = {**e, key: q_(e[key])}, spec
                            elif fac == 0:
                                e2, s2 = e, [*spec[:key], (spec[key][0], fmpq(0)), *spec[key + 1 :]]
                            else:
                                e2, s2 = e, [*spec[:key], (q_(spec[key][0]), spec[key][1]), *spec[key + 1 :]]
                            if kind_ == "v" and not P.in_domain(key, e2[key]):
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


@dataclass(frozen=True)
class Effort:
    """How much is tried for one claim.

    points : value tables drawn from the hypotheses.  seconds : after which no further point is begun.
    enough : informative points after which the search for a counterexample ends.
    limit_points : value tables of an asymptotic statement.
    """

    points: int = 90
    seconds: float = 8.0
    enough: int = 40
    limit_points: int = 40


LEVELS = {"fast": Effort(), "full": Effort(points=300, seconds=60.0, enough=200, limit_points=120)}


def judge(claim: Claim, work: Effort = LEVELS["fast"]) -> F.Finding:
    """Confront a claim with numbers; whatever the evaluator stumbles over is undecided, never a verdict."""
    effort = vars(work)
    try:
        why = unreadable(claim)
        if why:
            return F.meaningless(why)
        if claim.relation in (Relation.EQUALITY, Relation.BOUND):
            return equality(claim, effort)
        if claim.relation == Relation.EQUIVALENT:
            from . import large_sizes as large

            return large.equivalent(claim, effort)
        if claim.relation == Relation.OPTIMUM:
            from . import large_sizes as large

            return large.optimum(claim, effort)
        from . import growth as limits

        if claim.limit is None and claim.relation not in (Relation.ASYMPTOTIC, Relation.ORDER):
            return F.undecided(f"{claim.relation} as d and T grow in proportion is not evaluated")
        return limits.limit(claim, effort)
    except NoValue as err:
        return F.fails(str(err), {"counterexample": "any value"})
    except (B.Limit, B.Undefined, laurent.NotLaurent, small.NotRational) as err:
        return F.undecided(f"{type(err).__name__}: {err}")
    except Exception as err:
        return F.undecided(f"the evaluator failed: {type(err).__name__}: {err}")


def joined(part):
    """left - right as one expectation and the rest, where both sides are linear in expectations.

    Errors of quadrature cancel.
    """
    diff = sp.expand(part.left - part.right)
    arg, rest = sp.S.Zero, sp.S.Zero
    for t in sp.Add.make_args(diff):
        es = [f for f in sp.Mul.make_args(t) if isinstance(f, Expect)]
        if len(es) == 1 and not (t / es[0]).has(Expect):
            arg += t / es[0] * es[0].argument
        elif not t.has(Expect):
            rest += t
        else:
            return None
    return arg, rest
