"""Deterministic equivalents and optima.

The claim against the links (or the exact law) at growing sizes, the links against simulation at one size,
expectations of words by simulation with noise averaged exactly.
"""

import itertools
import math
import time

import numpy as np
import sympy as sp
from flint import arb, ctx, fmpq

from ridgeproof.theorems import vocabulary as V
from ridgeproof.theorems.claim import Relation
from ridgeproof.theorems.functions import E_test, Expect

from . import balls as B
from . import finding as F
from . import laws as law
from . import proportions
from . import scope as P
from .contradictions import nothing_admissible
from .finding import counted
from .large_draws import Draws
from .menus import MENU, in_domain, kind
from .points import solve_eqs

q = fmpq
SHAPES = {
    "any": [(q(1), q(1, 2)), (q(1, 4), q(1, 3)), (q(2), q(1, 6))],
    "isotropic": [(q(1), q(1))],
}  # (eigenvalue, share of the dimension)
BASE = 24


def scenario(kinds, env, dim):
    """A spectrum of a few levels with multiplicities, |w0| of order 1 at every size.

    (spectrum with per-direction w2, counts).
    """
    kindS, kindW = kinds
    levels = SHAPES["isotropic" if kindS == "isotropic" else "any"]
    counts = [int((dim * sh).p // (dim * sh).q) for _, sh in levels]
    counts[0] += dim - sum(counts)
    norm = env.get(V.norm2, q(1))
    w = []
    for i, (_s, _sh) in enumerate(levels):
        share = (
            q(0)
            if kindW == "zero"
            else q(1) / dim * norm
            if kindW == "isotropic" or kindS == "isotropic"
            else q(i + 1, 2) / dim
        )
        w.append(share)
    return [(s, x) for (s, _), x in zip(levels, w, strict=False)], counts


def families(claim, conds, symbols):
    """Proportions (T, T0 as multiples of d) and the other parameters that satisfy the hypotheses at every size."""
    solved, _rest = solve_eqs(conds, symbols)
    sizes_ = [x for x in symbols if x in (V.T, V.T0, V.Tm) and x not in solved]
    others = [x for x in symbols if x not in sizes_ and x not in solved and x != V.d]
    menu = {
        V.lam: [q(1, 2), q(1, 20), q(2), q(0)],
        V.sigma2: [q(1, 4), q(0), q(1)],
        V.sigma02: [q(1), q(0), q(1, 4)],
        V.n: [q(1), q(0), q(3)],
        V.norm2: [q(1), q(2), q(0)],
    }
    ratios = {V.T: [q(3, 2), q(2, 3), q(3), q(1)], V.T0: [q(2), q(1, 2), q(4, 3)], V.Tm: [q(2)]}
    xs = sizes_ + sorted(others, key=str)
    lists = [ratios[x] if x in ratios else menu.get(x, MENU[kind(x)][:3]) for x in xs]
    out = []
    for combo in itertools.product(*lists):
        fam = dict(zip(xs, combo, strict=False))
        good = True
        for dim in (BASE * 2, BASE * 16):
            env = at_size(fam, solved, dim)
            if env is None or not P_ok(conds, env):
                good = False
                break
        if good:
            out.append(fam)
    # spread: vary one thing at a time from the first, then the rest
    out.sort(
        key=lambda f: (
            sum(lists[i].index(f[x]) > 0 for i, x in enumerate(xs)),
            sum(lists[i].index(f[x]) for i, x in enumerate(xs)),
        )
    )
    # as many samples as dimensions and no ridge: what is admitted there has a value there, or is told not to
    square = [f for f in out if f.get(V.T) == 1 and f.get(V.lam) == 0][:2]
    return out[:3] + square + [f for f in out[3:] if f not in square], solved


def at_size(fam, solved, dim):
    env = {V.d: q(dim)}
    for x, v in fam.items():
        env[x] = v * dim if x in (V.T, V.T0, V.Tm) else v
    for x, f in solved.items():
        try:
            v = B.ev(f, B.Point(env))
        except (B.Undefined, B.Limit):
            return None
        if not B.rat(v) or not in_domain(x, v):
            return None
        env[x] = v
    return env


def P_ok(conds, env):
    for c in conds:
        if c.free_symbols <= set(env):
            try:
                if not B.truth(c, B.Point(env)):
                    return False
            except (B.Limit, B.Undefined):
                return False
    return True


class Vanishing(Exception):
    """Both sides are 0 to the precision of the links."""


def closed_inverse(T, d):
    return q(1, T - d - 1) if d + 1 < T else None


def test_error_at(claim, pt):
    """Exact where a law exists (closed for every size), else the links."""
    fs = law.fits(claim.setting, pt)
    d = sum(pt.counts)
    live = [f for f in fs if f[3] > 0]
    if all(B.rat(l) and l == 0 for _, l, _, _, _ in live) and all(d <= T for T, *_ in live):
        tot = q(0)
        for T, _, noise, k, _ in live:
            if B.rat(noise) and noise == 0:
                continue
            m = closed_inverse(T, d)
            if m is None:
                raise B.Infinite()
            tot = tot + noise * k * m * d if B.rat(noise) else B.ball(tot) + B.ball(noise) * B.ball(k * m * d)
        return tot
    if any(T in (d, d - 1, d + 1) and B.rat(l) and l == 0 for T, l, *_ in live):
        raise B.Limit("T next to d at lambda = 0")

    def f(x):
        return float(B.ball(x).mid())

    s = np.array([f(a) for a, _ in pt.spectrum])
    c = np.array(pt.counts, float)
    w = np.array([f(b) for _, b in pt.spectrum]) * c
    v = law.links([(T, f(l), f(nz), k, same) for T, l, nz, k, same in fs], s, c, w)
    scale = float(np.sum(s * w)) + sum(f(nz) for _, _, nz, _, _ in fs)
    pt.marks.add("links")
    return arb(v, 1e-13 * (abs(v) + 1e-3 * scale))


def equivalent(claim, effort):
    parts = [(P.linked(p.left), P.linked(p.right)) for p in claim.equations]
    conds = [P.linked(c) for c in claim.conditions] + P.domains_of_letters(claim)
    symbols = P.scope(claim) | (
        {V.norm2}
        if any(x.has(V.norm2) for p in parts for x in p)
        or (claim.setting is not None and claim.setting.target == "isotropic")
        else set()
    )
    fams, solved = families(claim, conds, symbols)
    if not fams:
        return nothing_admissible(conds, symbols, "no admissible family of sizes was found")
    if any(x.has(Expect) for p in parts for x in p):
        if claim.relation != Relation.EQUIVALENT:
            return F.undecided(f"{claim.relation} of expectations as d and T grow in proportion is not evaluated")
        return sampled(claim, parts, fams, solved, conds)
    sizes_ = [BASE * 2**k for k in (1, 3, 5, 7)]
    t_end = time.process_time() + effort["seconds"]
    done = 0
    worst = 0.0
    first = None
    used_links = False
    undefined = None
    vanishing = 0
    for fam in fams[:60]:
        if time.process_time() > t_end:
            break
        for left, right in parts:
            gaps, ratios = [], []
            try:
                for dim in sizes_:
                    ctx.prec = 160
                    env = at_size(fam, solved, dim)
                    spec, counts = scenario(P.kinds(claim), env, dim)
                    pt = B.Point(
                        env,
                        spec,
                        lambda e, p: (
                            test_error_at(claim, p) if e == E_test else (_ for _ in ()).throw(B.Limit("no value"))
                        ),
                    )
                    pt.counts = counts
                    try:
                        b = B.ev(
                            right, pt
                        )  # first: whether it has a value does not wait for an error that is out of reach
                        a = B.ev(left, pt)
                    except B.Infinite:
                        gaps.append(arb(1))
                        ratios.append(arb("nan"))
                        continue
                    links_used = "links" in pt.marks
                    used_links |= links_used
                    scale = abs(B.ball(a)).max(abs(B.ball(b)))
                    both_zero = B.rat(a) and B.rat(b) and a == b == 0
                    ratios.append(arb(0 if both_zero else "nan") if B.ball(b).contains(arb(0)) else B.ball(a) / b)
                    if B.rat(a) and B.rat(b):
                        gaps.append(arb(0) if a == b else B.ball(abs(a - b)) / scale)
                    elif scale.contains(arb(0)):
                        raise Vanishing
                    else:
                        gaps.append(abs(B.ball(a) - B.ball(b)) / scale)
            except Vanishing:  # 0 = 0 to the precision of the links: says nothing
                vanishing += 1
                continue
            except B.Limit as err:
                first = first or str(err)
                continue
            except B.Undefined as err:
                where = B.Point(at_size(fam, solved, sizes_[0])).text()
                undefined = undefined or f"no value at an admissible family: {err} at {where}"
                continue
            g = [float(x.mid()) for x in gaps]
            r = [float(x.rad()) for x in gaps]
            at = B.Point(dict(at_size(fam, solved, sizes_[0]).items())).text()
            if claim.relation != Relation.EQUIVALENT:
                middle, width = [float(x.mid()) for x in ratios], [float(x.rad()) for x in ratios]
                said, words = proportions.decide(middle, width, claim.relation)
                if said == "fails":
                    ok, vouched = vouch(claim, fam, solved, left, right) if used_links else (True, "")
                    if ok:
                        return F.fails(f"{words} (sizes {sizes_[0]}..{sizes_[-1]}) at {at}", {"counterexample": at})
                    said, words = "undecided", vouched
                if said == "holds":
                    done += 1
                else:
                    first = first or f"{words} at {at}"
                continue
            lim = (4 * g[-1] - g[-2]) / 3  # corrections in 1/size, sizes in ratio 4
            lim2 = (4 * g[-2] - g[-3]) / 3
            unc = abs(lim - lim2) + max(r) * 2
            if g[-1] > 1e-10 and abs(lim) > 20 * unc and lim > 1e-9:
                if any(getattr(p, "left", None) is not None for p in claim.equations) and used_links:
                    ok, words = vouch(claim, fam, solved, left, right)
                    if ok is False:
                        first = first or words
                        continue
                    return F.fails(
                        f"the relative gap tends to {lim:.6g} (sizes {sizes_[0]}..{sizes_[-1]}) at {at}; {words}",
                        {"counterexample": at, "gaps": g},
                    )
                return F.fails(
                    f"the relative gap tends to {lim:.6g} (exact law, sizes {sizes_[0]}..{sizes_[-1]}) at {at}",
                    {"counterexample": at, "gaps": g},
                )
            if g[-1] < 1e-9 or (g[-1] < 0.3 * g[-2] and lim < 20 * unc):
                done += 1
                worst = max(worst, abs(lim) + unc)
            else:
                first = first or f"gaps {g} neither vanish nor settle at {at}"
    if undefined:
        return F.meaningless(undefined)
    wanted = min(ENOUGH, len(fams)) if first is None else 12  # a setting of which all is said has one family
    if fams and done >= wanted:
        words = ""
        if used_links:
            ok, words = vouch(claim, fams[0], solved, *parts[0])
            if ok is False:
                return F.undecided(words)
        gap = f", gap to the links below {worst:.1g}" if claim.relation == Relation.EQUIVALENT else ""
        return F.holds(
            "; ".join(w for w in (f"{counted(done, 'family', 'families')}{gap}", words) if w), {"families": done}
        )
    first = first or ("both sides vanish to the precision of the links" if vanishing else "too few families")
    return F.undecided(first, {"families": done})


ENOUGH = 2


def vouch(claim, fam, solved, left, right, dim=2 * BASE, runs=80):
    """Are the links right for this setting?  Simulation at one size, noise averaged; z < 4.5 plus the known 1/d."""
    ctx.prec = 96
    env = at_size(fam, solved, dim)
    spec, counts = scenario(P.kinds(claim), env, dim)
    pt = B.Point(env, spec, None)
    pt.counts = counts
    fs = law.fits(claim.setting, pt)

    def f(x):
        return float(B.ball(x).mid())

    fl = [(T, f(l), f(nz), k, same) for T, l, nz, k, same in fs]
    s = np.repeat([f(a) for a, _ in spec], counts)
    w = np.repeat([math.sqrt(f(b)) for _, b in spec], counts)
    mean, se = law.simulate(fl, s, w, runs, 5)
    link = law.links(fl, s, np.ones(dim), w * w)
    abs(mean - link) / (se + 1e-15)
    slack = 6 * link / dim
    if abs(mean - link) > 4.5 * se + slack:
        return (
            False,
            f"the links {link:.5g} and simulation {mean:.5g} +- {se:.2g} disagree at d = {dim}: nothing to "
            f"compare with",
        )
    return True, f"links {link:.5g}, simulated {mean:.5g} +- {se:.2g} at d = {dim}"


# --- expectations of words at growing sizes --------------------------------------------------------------------------


def sampled(claim, parts, fams, solved, conds):
    tests = []
    first = None
    for fam in fams[:24]:  # one small draw of many families: has the statement a value there?
        pt = drawn(claim, fam, solved, BASE, 2, 3)
        for left, right in parts:
            try:
                B.ev(left, pt), B.ev(right, pt)
            except B.Undefined as err:
                return F.meaningless(
                    f"no value at an admissible family: {err} at {B.Point(at_size(fam, solved, BASE)).text()}"
                )
            except B.Limit:
                pass
    plans = [(fam, LARGE, SEEN) for fam in fams[:2]]  # a verdict needs all: no clock stands between them
    plans += [(fam, SMALL, LEAST) for fam in rich(fams[0], conds, solved)]
    for fam, at_sizes, seen in plans:
        at = B.Point(at_size(fam, solved, at_sizes[0])).text()
        for left, right in parts:
            try:
                for used in DRAWS[at_sizes]:  # few, then more, until a gap of that size is seen or there plainly is one
                    gap = extrapolated_gap(claim, fam, solved, left, right, at_sizes, used, FIRST)
                    doubtful, clear = beyond(gap, DOUBTFUL), beyond(gap, CLEAR)
                    if clear or (gap[1] * (SIGMAS + 2) <= seen and not doubtful):
                        break
                if not doubtful:
                    tests.append(gap)
                    continue
                more = used if clear else tuple(2 * n for n in used)
                once = extrapolated_gap(claim, fam, solved, left, right, at_sizes, more, AGAIN)
                tests.append(once)
                if not beyond(once, SIGMAS):
                    continue
                twice = extrapolated_gap(claim, fam, solved, left, right, at_sizes, more, LAST)
            except B.Limit as err:
                first = first or str(err)
                continue
            except B.Undefined as err:
                first = first or f"no value: {err}"
                continue
            if beyond(twice, SIGMAS) and twice[0] * once[0] > 0:
                return F.fails(
                    f"the relative gap tends to {once[0]:.4f} +- {once[1]:.4f} (sizes {at_sizes}), and to "
                    f"{twice[0]:.4f} +- {twice[1]:.4f} with new draws, at {at}",
                    {"counterexample": at, "false_alarm": FALSE_ALARM},
                )
            first = first or f"two samples do not agree on a gap, {once[0]:.4f} and {twice[0]:.4f}, at {at}"
    if len(tests) >= 2 and not first:
        return F.holds(
            f"{counted(len(tests), 'family', 'families')}, gap extrapolated to {max(abs(a) for a, _, _ in tests):.4f}; "
            f"would have seen {max((SIGMAS + 2) * s for _, s, _ in tests):.3f}",
            {"false_alarm": FALSE_ALARM},
        )
    return F.undecided(first or "too few families")


# A gap of more than DOUBTFUL standard errors is drawn anew, with more draws unless it is CLEAR; a comparison refutes
# only if two such samples, independent of the first and of each other, exceed SIGMAS standard errors on one side.
# Even with Student's 15 degrees of freedom one does so with probability 3e-5 a side, both with less than 2e-9: the
# 100,000 comparisons of a thousand runs of the ledger share less than 1e-3 (Bonferroni).
SIGMAS, DOUBTFUL = 5.5, 2.0
CLEAR = 2 * SIGMAS  # standard errors of a gap that as many draws will show again
SEEN, LEAST = 0.02, 0.005  # relative gaps that the draws at growing sizes are to see, if they can, and that are told
FALSE_ALARM = 2e-9
FIRST, AGAIN, LAST = 99, 100, 101  # seeds
LARGE, SMALL = (48, 96, 192), (4, 8, 16)  # sizes
DRAWS = {LARGE: ((100, 50, 16), (300, 150, 48)), SMALL: ((64, 32, 16), (400, 200, 100))}
RICH = 64  # samples to a dimension, at the small sizes, where X'X/T is near S: words fluctuate little, and 1 % is seen


def rich(fam, conds, solved):
    """The family with many more samples than dimensions, where the hypotheses admit it."""
    more = {x: q(RICH) if x in (V.T, V.T0, V.Tm) else v for x, v in fam.items()}
    env = at_size(more, solved, SMALL[0])
    return [more] if more != fam and env is not None and P_ok(conds, env) else []


def beyond(gap, sigmas):
    """Whether an extrapolated gap is more than so many standard errors, and more than curvature explains."""
    a0, se, curve = gap
    return abs(a0) > sigmas * se + curve and abs(a0) > (LEAST if sigmas >= SIGMAS else 0)


def extrapolated_gap(claim, fam, solved, left, right, sizes_, runs, seed):
    """(relative gap of the sides at infinite size, its standard error, what a curvature in 1/size may add)."""
    vals = []
    for dim, n in zip(sizes_, runs, strict=True):
        pt = drawn(claim, fam, solved, dim, n, (seed, dim))
        a, b = B.ball(B.ev(left, pt)), B.ball(B.ev(right, pt))
        sc = max(float(abs(a).mid()), float(abs(b).mid()))
        vals.append((float((a - b).mid()) / sc, float((a - b).rad()) / sc / 3 + 1e-12))
    x = np.array([1 / s for s in sizes_])
    y, e = np.array([v for v, _ in vals]), np.array([v for _, v in vals])
    A = np.stack([np.ones(len(sizes_)), x], 1) / e[:, None]
    C = np.linalg.inv(A.T @ A)
    a0, slope = C @ A.T @ (y / e)
    return a0, math.sqrt(C[0, 0]), abs(slope) * x[-1] * 0.35 + 3 * x[-1] ** 2 * abs(slope)


def drawn(claim, fam, solved, dim, n, seed):
    """A family at a size: expectations have their means over n draws."""
    ctx.prec = 64
    env = at_size(fam, solved, dim)
    spec, counts = scenario(P.kinds(claim), env, dim)
    pt = B.Point(env, spec, None)
    pt.counts = counts
    draws = Draws(pt, n, seed if isinstance(seed, tuple) else (seed,))

    def hook(e, p):
        if isinstance(e, Expect):
            return draws.mean(e.argument)
        return test_error_at(claim, p) if e == E_test else draws.fixed(e)

    pt.hooks = hook
    return pt


# --- optima ----------------------------------------------------------------------------------------------------------


def optimum(claim, effort):
    """lambda = formula for the downstream ridge: the links' error at the formula against its neighbours and a scan."""
    if claim.setting is None:
        return F.undecided("an optimum of no setting")
    ridge = claim.setting.downstream.ridge
    parts = [(P.linked(p.left), P.linked(p.right)) for p in claim.equations]
    if not (len(parts) == 1 and isinstance(ridge, sp.Symbol) and parts[0][0] == ridge):
        return F.undecided(f"what is least, and over what, is not said for {parts[0][0]}")
    formula = parts[0][1]
    conds = [P.linked(c) for c in claim.conditions if not c.has(ridge)]
    symbols = (P.scope(claim) | {V.norm2}) - {ridge}
    fams, solved = families(claim, conds, symbols)
    done = 0
    t_end = time.process_time() + effort["seconds"]
    first = None
    bad = None
    for fam in fams[:40]:
        if time.process_time() > t_end:
            break
        env = at_size(fam, solved, 2 * BASE)
        spec, counts = scenario(P.kinds(claim), env, 2 * BASE)
        ctx.prec = 96

        def err(l):
            pt = B.Point({**env, ridge: l}, spec, None)
            pt.counts = counts
            return float(B.ball(test_error_at(claim, pt)).mid())

        try:
            pt = B.Point(env, spec, None)
            pt.counts = counts
            l0 = B.ball(B.ev(formula, pt))
            x = float(l0.mid())
            if not x > 0:
                first = first or "the formula is not positive"
                continue

            def frac(v):
                return q(round(v * 2**80), 2**80)

            h = 1e-3
            e0, e1, e2 = err(frac(x)), err(frac(x * (1 + h))), err(frac(x * (1 - h)))
            scan = min((err(frac(x * 10**t)), x * 10**t) for t in np.linspace(-2, 2, 41))
        except B.Undefined as e_:
            bad = str(e_)
            continue
        except (B.Limit, B.Infinite) as e_:
            first = first or str(e_)
            continue
        at = B.Point(env).text()
        tol = 1e-12 * e0
        if scan[0] < e0 - 1e3 * tol or e1 < e0 - 3 * tol or e2 < e0 - 3 * tol:
            best = scan[1] if scan[0] < min(e1, e2) else x * (1 + h if e1 < e2 else 1 - h)
            return F.fails(
                f"at {ridge} = {x:.6g} the error is {e0:.10g}, at {best:.6g} it is {min(scan[0], e1, e2):.10g}; "
                f"at {at}",
                {"counterexample": at},
            )
        if e1 > e0 + tol and e2 > e0 + tol:
            done += 1
    if bad:
        return F.meaningless(f"no value at an admissible family: {bad}")
    if done >= 2:
        return F.holds(f"least within a factor 1 +- 1e-3 at {counted(done, 'family', 'families')} (links)")
    return F.undecided(first or "flat")
