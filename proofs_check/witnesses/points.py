"""Admissible points.

Drawn FROM the hypotheses. Equalities are solved, inequalities give least/greatest admissible values, special values
always come first; contradictions are proved by Fourier-Motzkin and named; the vocabulary's links are kept.
"""

import dataclasses
import itertools
import random
from fractions import Fraction

import sympy as sp
from flint import fmpq

from ridgeproof.theorems import quantities as Q
from ridgeproof.theorems import vocabulary as V
from ridgeproof.theorems.claim import Equation
from ridgeproof.theorems.functions import E_test, Kappa, SpectralSum, TestErrorOf, df
from ridgeproof.theorems.letters import Letter
from ridgeproof.theorems.quantities import Quantity

from . import balls as B
from . import finding as F


def settled(claim):
    """The claim with E_test under a minimum, a rate or a root written as the error of the claim's setting."""
    inside = [s for p in claim.equations for s in (p.left, p.right) if s.atoms(Quantity) and s.has(E_test)]
    if claim.setting is None or not inside:
        return claim
    parts = tuple(Equation(*(Q.settled(s, claim.setting) for s in (p.left, p.right))) for p in claim.equations)
    return dataclasses.replace(claim, statement=parts, where=())


def settings(claim):
    """Every setting that a claim speaks of: its own, and those of the errors in its statement."""
    errors = {x for p in claim.equations for s in (p.left, p.right) for x in s.atoms(TestErrorOf)}
    own = () if claim.setting is None else (claim.setting,)
    return (*own, *(e.setting for e in sorted(errors, key=str)))


def kinds(claim, words=""):
    """(spectrum, target) that suit every setting of a claim: the most special of each."""
    found = settings(claim)
    spectrum = "isotropic" if "S = I" in words or any(s.spectrum == "isotropic" for s in found) else "any"
    targets = {s.target for s in found}
    return spectrum, "zero" if "zero" in targets else "isotropic" if "isotropic" in targets else "any"


def exponents(claim):
    """Exponents of the power laws that a claim speaks of."""
    found = [s for s in settings(claim) if s.spectrum == "power-law"]
    out = {V.beta} if found else set()
    return out | ({V.r} if any(s.target == "source" for s in found) else set())


KNOWN = set(V.SCALARS) | {V.Tm, V.sigma2m, V.kappa0}
LINKS = {V.phi: V.d / V.T, V.phi0: V.d / V.T0}  # what a letter of the vocabulary is, in others
KAPPAS = {V.df2: df(2, Kappa(V.lam, V.T)), V.kappa: Kappa(V.lam, V.T), V.kappa0: Kappa(sp.S.Zero, V.T0)}


def q(a, b=1):
    return fmpq(a, b)


INTS = [q(k) for k in (1, 2, 3, 4, 5, 6, 7, 8, 9, 12)]
MENU = {  # first values are the special ones
    "int": [q(0), *INTS],
    "nonneg": [q(0), q(1), q(1, 4), q(9, 4), q(1, 16), q(4), q(25)],
    "pos": [q(1), q(1, 4), q(9, 4), q(2), q(1, 16), q(4), q(1, 3), q(25), q(7)],
    "real": [q(0), q(1), q(-1), q(1, 2), q(-2), q(5, 3), q(3)],
}
SPECIAL = {
    V.d: [q(1), q(2), q(3), q(4)],
    V.n: [q(0), q(1), q(2), q(4)],
    V.m: [q(0), q(1), q(2), q(4)],
    V.beta: [q(3, 2), q(2), q(3, 4), q(5, 2), q(5, 4), q(3), q(1), q(2, 3), q(1, 2)],
    V.r: [q(0), q(1), q(1, 2), q(2), q(3, 4), q(3, 2), q(1, 4)],
    V.lam: [q(0), q(1), q(1, 4), q(3, 10), q(2), q(9)],
    V.ell: [q(0), q(1, 2), q(1), q(3, 2), q(2), q(3)],
}


def linked(e, kappas=True):
    """A formula with the vocabulary's meanings put in (phi is d/T, kappa is kappa(lambda, T), ...)."""
    e = e.xreplace(LINKS)
    if e.has(sp.Derivative):
        e = e.replace(lambda x: isinstance(x, sp.Derivative), lambda x: x.doit())
    return e.xreplace(KAPPAS).xreplace(LINKS) if kappas else e


def nothing_admissible(conds, symbols, what="no admissible point"):
    """What is said where no point was found: the hypotheses that contradict each other, if they do."""
    con = contradiction(conds, symbols)
    return F.meaningless("the hypotheses contradict each other: " + ", ".join(map(str, con)) if con else what)


def undeclared(claim):
    """Symbols that nothing in the claim or the vocabulary says anything about and that the statement [...]

    Symbols that nothing in the claim or the vocabulary says anything about and that the statement speaks of as if
    it did.
    """
    out = []
    for p in claim.equations:
        for side, other in ((p.left, p.right), (p.right, p.left)):
            for x in side.free_symbols:
                if (
                    isinstance(x, sp.Symbol)
                    and x not in KNOWN
                    and x != E_test
                    and (x.name.endswith(("_star", "_n", "*")) or (side == x and x not in other.free_symbols))
                ):
                    out.append(x)
    return sorted(set(out), key=str)


def namesakes(claim):
    """Different symbols that share one name: a condition on one says nothing of the other."""
    seen = {}
    for e in [*(s for p in claim.equations for s in (p.left, p.right)), *claim.conditions]:
        for x in e.free_symbols:
            if isinstance(x, sp.Symbol):
                seen.setdefault(x.name, set()).add(x)
    for x in KNOWN:
        if x.name in seen:
            seen[x.name].add(x)
    return sorted(k for k, v in seen.items() if len(v) > 1)


def kind(x):
    if x.is_integer:
        return "int"
    return "pos" if x.is_positive else "nonneg" if x.is_nonnegative else "real"


def in_domain(x, v):
    if x.is_integer and v.q != 1:
        return False
    if x.is_positive and v <= 0:
        return False
    return not (x.is_nonnegative and v < 0)


def scope(claim, extra=()):
    """Free symbols of statement, hypotheses, setting, and of the letters' definitions, after the links."""
    es = (
        [linked(s) for p in claim.equations for s in (p.left, p.right)]
        + [linked(c) for c in claim.conditions]
        + list(extra)
    )
    if claim.setting is not None and (
        str(claim.relation) == "optimum"
        or any(
            s.has(E_test) or s.has(df, Kappa, SpectralSum)
            for p in claim.equations
            for s in (linked(p.left), linked(p.right))
        )
    ):
        for f in (*claim.setting.generators, claim.setting.downstream):
            es += [f.samples, f.ridge, f.noise, f.repeat]
        if claim.setting.dimension is not None:
            es.append(claim.setting.dimension)
    out, todo, seen = set(), list(es), set()
    while todo:
        e = todo.pop()
        out |= {x for x in e.free_symbols if isinstance(x, sp.Symbol) and x != E_test}
        for x in e.atoms(sp.MatrixSymbol) - seen:
            seen.add(x)
            for t in (V.DEFINITIONS, V.INVERSES):
                if x in t:
                    todo.append(linked(t[x]))
            if x in V.GAUSSIAN:
                todo.append(V.GAUSSIAN[x][1])
            if isinstance(x, Letter) and x.filter is not None:
                todo += x.filter
            if x in V.ROTATION_INVARIANT:
                out |= {V.T0}
            if x in (V.H, V.H1):
                out |= {V.m, V.sigma02}
            for s in x.shape:
                out |= set(s.free_symbols)
    out = {y for y in out if isinstance(y, sp.Symbol) and not isinstance(y, sp.Dummy)}
    out -= {V.s, V.w2, V.norm2}
    return out | {V.d}


def domains_of_letters(claim):
    """Conditions that come with a letter: an inverse of X'X needs T >= d."""
    letters = set().union(*(s.atoms(sp.MatrixSymbol) for p in claim.equations for s in (p.left, p.right)))
    out = []
    for x, c in (
        (V.Winv, sp.Ge(V.T, V.d)),
        (V.W0inv, sp.Ge(V.T0, V.d)),
        (V.Wminv, sp.Ge(V.Tm, V.d)),
        (V.Ginv, sp.Le(V.T0, V.d)),
        (V.C0inv, sp.Le(V.T0, V.d)),
    ):
        if x in letters:
            out.append(c)
    return out


def contradiction(conds, symbols):
    """A smallest set of linear conditions (with the symbols' domains) that no real point satisfies.

    [] if none was found.
    """

    def rows(cs):
        out = []
        for c in cs:
            for a in c.args if isinstance(c, sp.And) else (c,):
                if not hasattr(a, "lhs"):
                    continue
                if isinstance(a, sp.Eq):
                    pairs = [(a.lhs - a.rhs, False), (a.rhs - a.lhs, False)]
                elif isinstance(a, (sp.Ge, sp.Gt)):
                    pairs = [(a.lhs - a.rhs, isinstance(a, sp.Gt))]
                elif isinstance(a, (sp.Le, sp.Lt)):
                    pairs = [(a.rhs - a.lhs, isinstance(a, sp.Lt))]
                else:
                    continue
                for e, strict in pairs:
                    p = sp.Poly(sp.expand(e), *syms) if e.is_polynomial(*syms) else None
                    if p is None or p.total_degree() > 1 or not all(co.is_Rational for co in p.coeffs()):
                        continue
                    out.append(
                        ([Fraction(str(p.coeff_monomial(x))) for x in syms], Fraction(str(p.coeff_monomial(1))), strict)
                    )
        return out

    def infeasible(rs):
        for k in range(len(syms)):
            pos, neg, rest = (
                [r for r in rs if r[0][k] > 0],
                [r for r in rs if r[0][k] < 0],
                [r for r in rs if r[0][k] == 0],
            )
            if len(pos) * len(neg) > 2000:
                return False
            for a in pos:
                for b in neg:
                    u, v = -b[0][k], a[0][k]
                    rest.append(
                        ([u * x + v * y for x, y in zip(a[0], b[0], strict=False)], u * a[1] + v * b[1], a[2] or b[2])
                    )
            rs = rest
        return any(c < 0 or (c == 0 and st) for _, c, st in rs)

    syms = sorted(symbols, key=str)
    [
        sp.Ge(x, 1, evaluate=False)
        if x.is_integer and x.is_positive
        else sp.Gt(x, 0, evaluate=False)
        if x.is_positive
        else sp.Ge(x, 0, evaluate=False)
        for x in syms
        if x.is_nonnegative or x.is_positive
    ]
    base = []
    for x in syms:
        c = [Fraction(int(y == x)) for y in syms]
        if x.is_integer and x.is_positive:
            base.append((c, Fraction(-1), False))
        elif x.is_positive:
            base.append((c, Fraction(0), True))
        elif x.is_nonnegative:
            base.append((c, Fraction(0), False))
    cs = list(conds)
    if not infeasible(base + rows(cs)):
        return []
    for c in list(cs):
        rest = [x for x in cs if x is not c]
        if infeasible(base + rows(rest)):
            cs = rest
    return cs


_edges = {}


def edges(c, x, env):
    key = (c, x, tuple((y, env[y]) for y in sorted(c.free_symbols & set(env), key=str)))
    if key not in _edges:
        _edges[key] = _edges_now(c, x, env)
    return _edges[key]


def _edges_now(c, x, env):
    """Values of x at which a condition turns, given the other values: its boundary, and one step to either side."""
    out = []
    for a in c.args if isinstance(c, (sp.And, sp.Or)) else (c,):
        if not hasattr(a, "lhs") or not a.has(x):
            continue
        e = (a.lhs - a.rhs).xreplace({y: sp.Rational(int(v.p), int(v.q)) for y, v in env.items()})
        if e.free_symbols != {x} or not e.is_polynomial(x):
            continue
        for root in sp.roots(sp.Poly(e, x), multiple=True) if sp.degree(e, x) <= 2 else ():
            if not root.is_Rational:
                continue
            r = B.to_q(root)
            if x.is_integer:
                k = r.p // r.q
                out += [q(k), q(k + 1), q(k + 2), q(k - 1)]
            else:
                out += [r, r + q(1, 8), r - q(1, 8), r + 1, r * q(1, 2), r * 2]
    return out


def candidates(x, env, conds, sizes):
    out = []
    for c in conds:
        out += edges(c, x, env)
    if x in (V.T, V.T0, V.Tm) and V.d in env:
        d = env[V.d]
        out += [q(1), d - 1, d, d + 1, d + 2, d + 3, d + 4, 2 * d, 3 * d + 1, 2 * d + 5, 5 * d + 20]
    out += SPECIAL.get(x, MENU[kind(x)])
    if x == V.ell and V.beta in env:
        out += [env[V.beta], env[V.beta] / 2, env[V.beta] * 2, env[V.beta] / (1 + 2 * env[V.beta])]
    seen, res = set(), []
    for v in out:
        if v not in seen and in_domain(x, v):
            seen.add(v)
            res.append(v)
    return res


def order_of(symbols, conds):
    """Symbols in the order they are assigned; those an equality solves for come last."""
    first = [V.d, V.beta, V.r, V.T, V.T0, V.n, V.m]
    return sorted(symbols, key=lambda x: (first.index(x) if x in first else 9, str(x)))


def solve_eqs(conds, symbols):
    """x = formula for equalities that can be solved for one symbol (an integer preferred on the side [...]

    x = formula for equalities that can be solved for one symbol (an integer preferred on the side that stays
    integral).
    """
    out, left = {}, []
    for c in conds:
        if isinstance(c, sp.Eq):
            free = sorted((c.free_symbols & set(symbols)) - set(out), key=lambda x: (x in (V.d,), str(x)))
            best = None
            for x in free:
                sol = sp.solve(c.lhs - c.rhs, x)
                if len(sol) == 1 and not (sol[0].free_symbols & set(out)):
                    integral = not x.is_integer or sol[0].is_integer is True
                    if best is None or (integral and not best[2]):
                        best = (x, sol[0], integral)
            if best:
                out[best[0]] = best[1]
                continue
        left.append(c)
    return out, left


def points(claim, conds, symbols, limit=200, seed=0, pins=None):
    """Value tables that satisfy every condition, special ones first, then a seeded sample of the whole product."""
    solved, rest = solve_eqs(conds, symbols)
    free = [x for x in order_of(symbols, conds) if x not in solved]
    rng = random.Random(seed)

    def ok(env, final=False):
        pt = B.Point(env)
        for c in rest if not final else conds:
            if c.free_symbols <= set(env):
                try:
                    if not B.truth(c, pt):
                        return False
                except B.Limit:
                    pass
                except B.Undefined:
                    return False
        return True

    def finish(env):
        env = dict(env)
        for x, f in solved.items():
            try:
                v = B.ev(f, B.Point(env))
            except (B.Undefined, B.Limit):
                return None
            if not B.rat(v) or not in_domain(x, v):
                return None
            env[x] = v
        return env if ok(env, True) else None

    found, keys = [], set()

    def add(env):
        e = finish(env)
        if e is None:
            return False
        k = tuple(sorted((str(x), str(v)) for x, v in e.items()))
        if k in keys:
            return False
        keys.add(k)
        found.append(e)
        return True

    budget = [4000]

    def walk(i, env, depth_choice):
        """depth-first with few candidates: all combinations of the first values of every symbol"""
        if len(found) >= limit or budget[0] <= 0:
            return
        if i == len(free):
            budget[0] -= 1
            add(env)
            return
        x = free[i]
        cands = [pins[x]] if pins and x in pins else candidates(x, env, rest, None)
        for v in depth_choice(cands):
            e2 = {**env, x: v}
            if ok(e2):
                walk(i + 1, e2, depth_choice)

    # 1. one symbol at a time takes each of its special values, the others their first admissible ones
    tries = stale = 0
    while len(found) < limit and tries < 60 * limit and stale < 150:
        tries += 1
        stale += 1
        env, good = {}, True
        for x in free:
            cands = [pins[x]] if pins and x in pins else candidates(x, env, rest, None)
            # a geometric preference for early (special, small) candidates
            cands = [v for v in cands if ok({**env, x: v})]
            if not cands:
                good = False
                break
            k = min(int(rng.expovariate(0.35)), len(cands) - 1) if rng.random() < 0.7 else rng.randrange(len(cands))
            env[x] = cands[k]
        if good and add(env):
            stale = 0
        if tries > 40 and not found and tries > 400:
            break
    found.sort(key=lambda e: sum(abs(int(v.p)) + int(v.q) for v in e.values()))
    return found


def spectra(claim, env, words=""):
    """Spectra and targets for d = env[d].

    One eigenvalue, equal, uneven (squares of rationals, so that roots stay rational).
    """
    d = int(env.get(V.d, q(2)).p)
    kindS, kindW = kinds(claim, words)
    norm = env.get(V.norm2)
    iso = [q(1)] * d
    uneven = [q(1), q(1, 4), q(9, 4), q(1, 16), q(4), q(1, 9)][:d] + [q(1)] * max(0, d - 6)
    S = [iso] if kindS == "isotropic" else [uneven, iso, [q(4)] * d] if d > 1 else [iso, [q(9, 4)]]
    if norm is not None or kindW == "isotropic":
        nn = norm if norm is not None else q(1)
        Wt = [[nn / d] * d]
        if d > 1 and kindW != "isotropic":
            Wt.append([nn] + [q(0)] * (d - 1))
    elif kindW == "zero":
        Wt = [[q(0)] * d]
    else:
        Wt = [
            [q(1), q(4), q(1, 9), q(1, 4), q(0), q(1)][:d] + [q(1)] * max(0, d - 6),
            [q(0)] * d,
            [q(0)] * (d - 1) + [q(1)],
        ]
    return [list(zip(s, w, strict=False)) for s in S for w in Wt]


def special_first(table, conds, symbols):
    """All combinations of the exponents' special values, silent noise first: thresholds are where an order breaks."""
    menu = {
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
    xs = sorted(
        symbols,
        key=lambda x: ([V.beta, V.r, V.ell, V.sigma2].index(x) if x in (V.beta, V.r, V.ell, V.sigma2) else 9, str(x)),
    )
    out = []
    for combo in itertools.product(*[menu.get(x, MENU[kind(x)][:2]) for x in xs]):
        env = dict(zip(xs, combo, strict=False))
        b = env.get(V.beta, q(3, 2))
        for x, v in env.items():
            if isinstance(v, str):
                env[x] = {"b/3": b / 3, "b": b, "2b": 2 * b, "1": q(1)}[v]
        pt = B.Point(env)
        try:
            ok = all(B.truth(c, pt) for c in conds if c.free_symbols <= set(env))
        except (B.Limit, B.Undefined):
            ok = False
        if ok and env not in out:
            out.append(env)
    special, drawn = (
        covering(out),
        [e for e in table if e not in out],
    )  # drawn ones hold the boundaries of the conditions: alternate
    k = min(len(special), len(drawn))
    return [e for pair in zip(special[:k], drawn[:k], strict=False) for e in pair] + special[k:] + drawn[k:]


def covering(rows, triples=True):
    """Rows in an order in which every pair of special values (and then every triple) has been met as [...]

    Rows in an order in which every pair of special values (and then every triple) has been met as early as
    possible.
    """

    def key(e):
        return [
            tuple(c)
            for n in (2, 3)
            for c in itertools.combinations(sorted(((str(x), str(v)) for x, v in e.items())), min(n, len(e)))
        ]

    pool = [(e, set(key(e))) for e in rows]
    random.Random(0).shuffle(pool)
    met, out = set(), []
    while pool and len(out) < 80:
        i = max(range(len(pool)), key=lambda j: len(pool[j][1] - met))
        e, k = pool.pop(i)
        out.append(e)
        met |= k
    return out + [e for e, _ in pool]
