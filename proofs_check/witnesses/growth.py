"""Asymptotics and orders.

log of the ratio, y, along log T = 2^k log 2 (or powers of ten), as far as the balls stay tight. One step doubles log
T. g = step of y: T^a: g doubles; (log T)^c: g -> c log 2; loglog T: g ~ 1/k; a limit: g falls like 2^-k (corrections
in 1/log T) or faster (powers). What is claimed: growth seen and named, a limit seen with its error, or undecided.
"""

import itertools
import math

import numpy as np
import sympy as sp
from flint import arb, ctx, fmpq, fmpz

from ridgeproof.theorems import vocabulary as V
from ridgeproof.theorems.claim import Relation
from ridgeproof.theorems.functions import E_test, Expect, Kappa, SpectralSum, df

from . import balls as B
from . import finding as F
from . import points as P

LOG2 = math.log(2)

# --- elementary formulas: sign and log of the absolute value, in balls -----------------------------------------------


def slog(e, pt):
    """(sign, log|e|) of a formula in balls, without overflow.

    Products, powers, gamma, exp, sums by their largest term.
    """
    if isinstance(e, sp.Mul):
        s, l = 1, arb(0)
        for a in e.args:
            s2, l2 = slog(a, pt)
            s *= s2
            l = l + l2 if s2 and s else l
        return s, l
    if isinstance(e, sp.exp):
        return 1, B.ball(B.ev(e.args[0], pt))
    if isinstance(e, sp.Pow):
        s, l = slog(e.base, pt)
        ex = B.ev(e.exp, pt)
        if s == 0:
            if B.ball(ex) > 0:
                return 0, arb(0)
            raise B.Undefined("0 to a negative power")
        if s < 0 and not (B.rat(ex) and ex.q == 1):
            raise B.Undefined("a power of a negative number")
        return (1 if s > 0 or int(ex.p) % 2 == 0 else -1), l * B.ball(ex)
    if isinstance(e, (sp.gamma, sp.factorial)):
        x = B.ball(B.ev(e.args[0], pt)) + (1 if isinstance(e, sp.factorial) else 0)
        if x > 0:
            return 1, x.lgamma()
    if isinstance(e, sp.binomial):
        return slog(sp.gamma(e.args[0] + 1) / sp.gamma(e.args[1] + 1) / sp.gamma(e.args[0] - e.args[1] + 1), pt)
    if isinstance(e, (sp.Max, sp.Min)):
        out = None
        for a in e.args:
            v = slog(a, pt)
            v[0] * (v[1] if v[0] else 0) if v[0] else arb(0)
            if out is None:
                out = v
                continue
            big = (v[0], out[0]) if v[0] != out[0] else None
            if big:
                w = v if v[0] > out[0] else out
                o = out if w is v else v
            else:
                if v[1] > out[1]:
                    w, o = (v, out) if v[0] > 0 else (out, v)
                elif v[1] <= out[1]:
                    w, o = (out, v) if v[0] > 0 else (v, out)
                else:
                    w = o = (v[0], v[1].union(out[1]))
            out = w if isinstance(e, sp.Max) else o
        return out
    if isinstance(e, sp.Add) and e.has(sp.exp, sp.gamma, sp.factorial, sp.binomial, sp.Pow):
        parts = [slog(a, pt) for a in e.args]
        parts = [p for p in parts if p[0]]
        if not parts:
            return 0, arb(0)
        top = max(parts, key=lambda p: float(p[1].mid()) if abs(p[1]) < arb(1e300) else float("inf"))[1]
        tot = arb(0)
        for s, l in parts:
            tot = tot + s * (l - top).exp()
        if tot.contains(arb(0)):
            raise B.Wide("cancellation")
        return (1 if tot > 0 else -1), top + abs(tot).log()
    v = B.ev(e, pt)
    if B.rat(v) and v == 0:
        return 0, arb(0)
    v = B.ball(v)
    if v.contains(arb(0)):
        raise B.Wide("not separated from 0")
    return (1 if v > 0 else -1), abs(v).log()


def elementary(left, right, var, target, env, scaling):
    """[(log T in units of log 2, y, error)] for T = 2^(2^k), largest first precision that the balls allow."""
    out = []
    for k in range(2, 41):
        bits = 2**k
        if k <= 12:
            T, prec = fmpq(fmpz(1) << bits), 3 * bits + 160
        else:
            T, prec = arb(2) ** fmpz(2**k) if False else pow2(2**k), 400
        if target == 0:
            T = 1 / T
        ctx.prec = prec
        pt = B.Point({**env, var: T})
        try:
            (s1, a), (s2, b) = slog(left, pt), slog(right, pt)
            if s1 == 0 and s2 == 0:
                continue
            if s1 * s2 <= 0:
                out.append((bits, math.inf, 0.0))
                continue
            y = a - b
            rad_, mid_ = float(y.rad()), float(y.mid())
            if not (y.is_finite() and math.isfinite(rad_) and math.isfinite(mid_) and rad_ <= 1e-8 * (1 + abs(mid_))):
                continue  # a limit of the evaluator is no verdict
            out.append((bits, float(y.mid()), float(y.rad())))
        except (B.Wide, OverflowError):
            continue
    ctx.prec = 96
    return out


def pow2(n):
    x = arb(2)
    return x**n


# --- sums over a power law: nodes in extended precision --------------------------------------------------------------

LD = np.longdouble
_gl = np.polynomial.legendre.leggauss(12)


def nodes(beta, r, dim_log, reach_log):
    """log j and counts.

    J = 1..1500 listed, then Gauss-Legendre in log j (midpoint rule), to log dim or where the sums have ended.
    """
    J = 1500
    end = (
        dim_log
        if dim_log is not None
        else max(reach_log, math.log(J)) + 46 / min(beta - 1 if beta > 1 else 2.0, 2 * beta * r if r > 0 else 2.0, 2.0)
    )
    if dim_log is not None and dim_log <= math.log(J + 0.5):
        return np.log(np.arange(1, max(1, round(math.exp(dim_log))) + 1, dtype=LD)), np.ones(
            max(1, round(math.exp(dim_log))), dtype=LD
        )
    lo, hi = math.log(J + 0.5), end if dim_log is None else float(np.log(LD(np.exp(LD(dim_log))) + LD(0.5)))
    if hi - lo > 3e5:
        raise B.Limit("a sum that ends too late for its nodes")
    cells = max(1, math.ceil((hi - lo) / 1.5))
    w = (hi - lo) / cells
    x, wt = _gl
    t = (lo + w * (np.arange(cells)[:, None] + (x + 1) / 2)).ravel().astype(LD)
    return np.concatenate([np.log(np.arange(1, J + 1, dtype=LD)), t]), np.concatenate(
        [np.ones(J, dtype=LD), np.tile(wt * w / 2, cells).astype(LD) * np.exp(t)]
    )


class Power:
    """Values at one point of a power-law setting, in long doubles: T, beta, r, ... as numbers; sums over nodes."""

    def __init__(self, vals, dim_log, claim):
        self.v, self.claim = vals, claim
        b, r = float(vals[V.beta]), float(vals.get(V.r, LD(1)))
        if b <= 1 and dim_log is None:
            raise B.Undefined("tr S diverges for beta <= 1")
        self.b, self.r = LD(vals[V.beta]), LD(vals.get(V.r, LD(1)))
        reach = max(
            [float(abs(np.log(vals[x]))) / b for x in (V.k, V.lam) if x in vals and vals[x] > 0]
            + [
                float(np.log(vals[V.T])) * 1.0 if V.T in vals else 0,
                *[float(np.log(vals[x])) for x in (V.T0,) if x in vals],
            ]
        )
        reach = (
            max(
                reach,
                *[
                    float(-np.log(LD(self.num(f.ridge)))) / b if self.num(f.ridge) > 0 else 0
                    for f in ((claim.setting.downstream, *claim.setting.generators) if uses_setting(claim) else ())
                ],
                0,
            )
            if uses_setting(claim)
            else reach
        )
        lj, self.c = nodes(b, r, dim_log, reach)
        self.s = np.exp(-self.b * lj)
        self.w2 = np.exp(-(1 + 2 * self.b * self.r) * lj + self.b * lj)
        self.infinite, self.K, self.cache = dim_log is None, {}, {}

    def num(self, e):
        return self.ev(e)

    def kappa(self, l, T):
        key = (float(l), float(np.log(T)))
        if key in self.K:
            return self.K[key]
        if l == 0 and self.c.sum() <= T:
            return LD(0)

        def f(x):
            return l / np.exp(x) + np.sum(self.c * (self.s / (self.s + np.exp(x)))) / T - 1

        lo = np.log(l) if l > 0 else -self.b * np.log(T) - 40
        hi = np.log(l + np.sum(self.c * self.s) / T) + LD(1e-12)
        flo, fhi = f(lo), f(hi)
        if l > 0 and flo <= 0:
            self.K[key] = np.exp(lo)
            return self.K[key]
        for i in range(200):  # bisection with secant steps on g = log(1 + f), nearly linear in log kappa
            gl, gh = np.log1p(flo), np.log1p(max(fhi, LD(-1) + LD(1e-4000)))
            x = (lo * gh - hi * gl) / (gh - gl) if i % 3 else (lo + hi) / 2
            if not lo < x < hi:
                x = (lo + hi) / 2
            fx = f(x)
            if fx > 0:
                lo, flo = x, fx
            else:
                hi, fhi = x, fx
            if hi - lo < LD(1e-17) * (1 + abs(hi)) or fx == 0:
                break
        self.K[key] = np.exp(x)
        return self.K[key]

    def total(self, f):
        """sum over nodes of a summand affine in w2"""
        v = self.ev(f, (self.s, self.w2)) * self.c
        if self.infinite:
            tail = np.abs(v[-24:])
            top = np.abs(v).sum()
            if tail.sum() > 1e-9 * top:
                raise B.Infinite()
        return v.sum()

    def ev(self, e, node=None):
        if e == V.s and node is not None:
            return node[0]
        if e == V.w2 and node is not None:
            return node[1]
        if e in self.v:
            return self.v[e]
        if e == E_test:
            return self.test_error()
        if isinstance(e, sp.Rational):
            return LD(int(e.p)) / LD(int(e.q))
        if e.is_number and not e.args:
            return LD(str(sp.N(e, 30)))
        if isinstance(e, df):
            return self.ev(e.doit(), None)
        if isinstance(e, SpectralSum):
            if e not in self.cache:
                self.cache[e] = self.total(e.summand)
            return self.cache[e]
        if isinstance(e, Kappa):
            return self.kappa(*(self.ev(a) for a in e.args))
        a = [self.ev(x, node) for x in e.args]
        if isinstance(e, sp.Add):
            return sum(a[1:], a[0])
        if isinstance(e, sp.Mul):
            out = a[0]
            for x in a[1:]:
                out = out * x
            return out
        if isinstance(e, sp.Pow):
            return a[0] ** a[1] if not (np.ndim(a[0]) == 0 and a[0] < 0) else a[0] ** int(a[1])
        if isinstance(e, sp.exp):
            return np.exp(a[0])
        if isinstance(e, sp.log):
            return np.log(a[0])
        if isinstance(e, sp.Max):
            return max(a) if all(np.ndim(x) == 0 for x in a) else np.maximum.reduce(np.broadcast_arrays(*a))
        if isinstance(e, sp.Min):
            return min(a) if all(np.ndim(x) == 0 for x in a) else np.minimum.reduce(np.broadcast_arrays(*a))
        if isinstance(e, sp.Piecewise):
            for val, cond in e.args:
                if cond or bool(cond.subs({k: sp.Float(str(v)) for k, v in self.v.items()})):
                    return self.ev(val, node)
        if all(np.ndim(x) == 0 for x in a) and a:
            import mpmath

            with mpmath.workdps(25):
                return LD(str(sp.N(e.func(*[sp.Float(str(x), 25) for x in a]), 22)))
        raise B.Limit(f"no value of {type(e).__name__} in a power law")

    def test_error(self):
        if "E" in self.cache:
            return self.cache["E"]
        st = self.claim.setting
        fs = [
            (self.ev(f.samples), self.ev(f.ridge), self.ev(f.noise), int(self.ev(f.repeat)), f.same_design)
            for f in (*st.generators, st.downstream)
        ]
        s, c = self.s, self.c
        W = c * self.w2
        m, gone, Vn = (
            np.ones_like(s),
            np.zeros_like(s),
            np.zeros_like(s),
        )  # mean factor, 1 - it, variance: no cancellation
        if self.infinite:
            v = s * W
            if v[-24:].sum() > 1e-9 * v.sum():
                raise B.Infinite()
        for T, l, noise, rep, same in fs:
            if rep == 0:
                continue
            if same:
                noise, rep = noise * rep, 1
            k = self.kappa(l, T)
            D = s / (s + k)
            lost = k / (s + k)
            df2 = np.sum(c * D * D)
            for _ in range(rep):
                q = (noise + np.sum((m * m * W + Vn) * s * lost * lost)) / (T - df2) if k > 0 else noise / (T - c.sum())
                Vn = D * D * Vn + (q * c * s / (s + k) ** 2 if k > 0 else q * c / s)
                m, gone = D * m, lost + D * gone
        E = np.sum(s * (W * gone * gone + Vn))
        self.cache["E"] = E
        return E


def uses_setting(claim):
    return claim.setting is not None and any(x.has(E_test) for p in claim.equations for x in (p.left, p.right))


def power_law(claim, left, right, var, target, env, scaling):
    out = []
    for k in range(1, 10):
        T = LD(10) ** LD(2**k) if target != 0 else LD(10) ** LD(-(2**k))
        vals = {x: LD(int(v.p)) / LD(int(v.q)) for x, v in env.items()}
        vals[var] = T
        for x, _ in scaling:
            vals[x] = None
        tmp = Power.__new__(Power)
        tmp.v = vals
        tmp.claim = claim
        tmp.cache = {}
        for x, f in scaling:
            vals[x] = Power.ev(tmp, f)
        dim = claim.setting.dimension
        dim_log = (
            None
            if dim in (None, sp.oo) and dim == sp.oo
            else float(np.log(Power.ev(tmp, dim)))
            if dim is not None
            else float(np.log(vals.get(V.d, LD(10))))
        )
        with np.errstate(all="ignore"):
            pw = Power(vals, dim_log, claim)
            try:
                a = pw.ev(left)
            except B.Infinite:
                a = LD("inf")
            try:
                b = pw.ev(right)
            except B.Infinite:
                b = LD("inf")
            if a == 0 or b == 0 or not (np.isfinite(a) and np.isfinite(b)):
                if a == b:
                    continue
                out.append((2**k, math.inf if (a != 0 and b != 0 and np.isinf(a) != np.isinf(b)) else math.nan, 0.0))
                continue
            if a / b < 0:
                out.append((2**k, math.inf, 0.0))
                continue
            out.append((2**k, float(np.log(a / b)), 1e-7))
    return out


# --- decision --------------------------------------------------------------------------------------------------------


def decide(seq, relation, floor):
    """The outcome and its words for a relation, from [(log T, y, error)] with log T doubling."""
    if relation not in ONE_SIDED:
        return two_sided(seq, relation, floor)
    if len(seq) < 4 or any(not math.isfinite(y) for _, y, _ in seq[-3:]):
        return "undecided", "the ratio of the sides is not positive, or too few sizes could be evaluated"
    said, words = two_sided(seq, Relation.ORDER, floor)  # does the ratio settle, and if not, where does it go?
    if said == "undecided":
        return said, words
    ys = [y for _, y, _ in seq]
    if said == "fails":
        rises = ys[-1] > ys[-2]
        return ("fails" if rises else "holds"), words
    if relation == Relation.ORDER_AT_MOST:
        return "holds", words
    if relation == Relation.NEGLIGIBLE:
        return "fails", f"the ratio does not tend to 0: {words}"
    limit, other = 2 * ys[-1] - ys[-2], 2 * ys[-2] - ys[-3]
    error = abs(limit - other) + max(floor, 4 * max(e for _, _, e in seq[-4:]))
    if limit > 10 * error:
        return "fails", f"the ratio tends to {math.exp(limit):.8g} (+- {error:.1g}), above 1"
    return ("holds", words) if limit <= max(10 * error, 1e-6) else ("undecided", words)


ONE_SIDED = (Relation.AT_MOST, Relation.ORDER_AT_MOST, Relation.NEGLIGIBLE)


def two_sided(seq, relation, floor):
    """(verdict, words) from [(log T, y, error)] with log T doubling."""
    if any(math.isinf(y) for _, y, _ in seq[-3:]):
        return "fails", "the ratio of the sides is not positive: signs differ, or one side is 0 or infinite"
    if any(math.isnan(y) for _, y, _ in seq[-2:]):
        return "undecided", "the ratio of the sides is not positive"
    seq = [(a, y, e) for a, y, e in seq if not math.isnan(y) and not math.isinf(y)]
    if len(seq) < 4:
        return "undecided", f"only {len(seq)} sizes could be evaluated"
    ys = [y for _, y, _ in seq]
    g = [b - a for a, b in itertools.pairwise(ys)]
    noise = max(floor, 4 * max(e for _, _, e in seq[-4:]))
    last = abs(g[-1])
    L = 2 * ys[-1] - ys[-2]  # Richardson in 1/log T
    L2 = 2 * ys[-2] - ys[-3]
    small = last <= noise
    rho = [abs(b / a) if a else (0 if abs(b) <= noise else 9) for a, b in itertools.pairwise(g)][-2:]
    falling = small or all(q < 0.72 for q in rho)
    if falling:
        lim, unc = (ys[-1], noise) if small else (L, abs(L - L2) + noise)
        if relation == Relation.ORDER:
            return (
                "holds",
                f"log ratio -> {lim:.4g} +- {unc:.1g}; excluded: factors (log T)^c with |c| > "
                f"{max(last, noise) / LOG2:.1g}, T^a with |a| > "
                f"{max(last, noise) / (seq[-1][0] - seq[-2][0]):.1g} (steps of log T = 2^k); not excluded: "
                f"loglog and slower below that",
            )
        if abs(lim) <= max(10 * unc, 1e-6) and abs(lim) < 2e-3:
            return "holds", f"ratio -> 1 within {max(abs(lim), unc):.1g}"
        if abs(lim) > 10 * unc:
            return "fails", f"the ratio tends to {math.exp(lim):.8g} (+- {unc:.1g}), not to 1"
        return "undecided", f"log ratio -> {lim:.3g} +- {unc:.1g}: not told from 0"
    same = all((x > 0) == (g[-1] > 0) for x in g[-3:])
    if (
        6 <= len(seq) < 14 and same
    ):  # few sizes: which slow function fits the last five? (log T)^c, (loglog T)^c, or a limit
        u = np.array([math.log(a * (LOG2 if floor < 1e-7 else math.log(10))) for a, _, _ in seq[-5:]])
        y = np.array(ys[-5:])
        res = {}
        for name, f in (("log", u), ("loglog", np.log(u)), ("limit", np.exp(-u))):
            A = np.stack([np.ones(5), f], 1)
            co, *_ = np.linalg.lstsq(A, y, rcond=None)
            res[name] = (float(np.max(np.abs(A @ co - y))), float(co[1]))
        span = abs(y[-1] - y[0])
        best = min(res, key=lambda k: res[k][0])
        if best != "limit" and res[best][0] < 2e-3 * span and res["limit"][0] > 20 * res[best][0]:
            return (
                "fails",
                f"the ratio goes like ({'log T' if best == 'log' else 'loglog T'})^{res[best][1]:.3g} (fits the "
                f"last five sizes to {res[best][0]:.1g}, a limit only to {res['limit'][0]:.1g})",
            )
    if same and all(q > 1.6 for q in rho):
        return (
            "fails",
            f"the ratio goes like "
            f"T^{g[-1] / ((seq[-1][0] - seq[-2][0]) * (LOG2 if floor < 1e-7 else math.log(10))):.4g}",
        )
    if same and all(0.93 < q <= 1.6 for q in rho):
        c = g[-1] / LOG2
        word = (
            f"like (log T)^{c:.3g}"
            if rho[-1] > 0.995 or len(seq) < 12
            else "slower than every power of log T (loglog T or an iterate)"
        )
        return (
            "fails",
            f"the ratio goes {word}: {math.exp(min(700, ys[0])):.3g} .. {math.exp(min(700, max(-700, ys[-1]))):.3g}",
        )
    if same and len(seq) >= 12 and all(q > 0.8 for q in rho):
        return "fails", "the ratio keeps growing, slower than every power of log T"
    return "undecided", f"steps of log ratio {', '.join(f'{x:.2g}' for x in g[-4:])}: neither settled nor growing"


def limit(claim, effort):
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
    spectral = any(x.has(SpectralSum, df, Kappa, E_test) for p in parts for x in p)
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
    if not any(x.has(V.d) for p in parts for x in p):
        symbols -= {V.d}
    if power:
        symbols |= {V.beta} | ({V.r} if st.target == "source" else set())
    if power and var != V.T and not uses_setting(claim):
        symbols -= {V.T, V.lam, V.sigma2}
    if any(x.has(Expect) or x.atoms(sp.MatrixSymbol) for p in parts for x in p):
        return F.undecided("a limit of expectations")
    fixed = [
        c for c in conds if not (c.free_symbols & {var, *[x for x, _ in scaling], *((V.d, V.T0) if power else ())})
    ]
    symbols -= set(meant)
    table = P.points(claim, fixed, symbols, limit=effort.get("limit_points", 40), seed=1)
    if power:
        table = special_first(table, fixed, symbols)
    if late:
        table = [e for e in table if eventually(late, e, var, target, scaling)]
    if not table:
        con = P.contradiction(fixed, symbols)
        return F.meaningless(
            ("the hypotheses contradict each other: " + ", ".join(map(str, con))) if con else "no admissible point"
        )
    import time

    t_end = time.process_time() + effort["seconds"]
    counts = {"holds": 0, "undecided": 0, "undefined": 0}
    first, undefined = None, ""
    words = ""
    for env in table[:80]:
        if time.process_time() > t_end and counts["holds"]:
            break
        for left, right in parts:
            try:
                if power:
                    seq, floor = power_law(claim, left, right, var, target, env, scaling), 3e-6
                elif spectral:
                    seq, floor = any_spectrum(left, right, var, env, scaling), 1e-9
                else:
                    l2, r2 = (x.xreplace(dict(scaling)) for x in (left, right))
                    seq, floor = elementary(l2, r2, var, target, env, scaling), 1e-9
            except (B.Undefined, ZeroDivisionError, ValueError) as err:
                counts["undefined"] += 1
                undefined = f"no value at an admissible point: {err} at {B.Point(env).text()}"
                continue
            except (B.Infinite, B.Limit) as err:
                counts["undecided"] += 1
                first = first or f"{err}"
                continue
            v, why = decide(seq, claim.relation, floor)
            at = B.Point(env).text()
            if v == "fails":
                ratio = [(a, round(y, 6)) for a, y, _ in seq]
                return F.fails(f"{why}, at {at}", {"counterexample": at, "log_ratio_at_log2_T": ratio})
            counts[v] += 1
            if v == "undecided":
                first = first or f"{why} at {at}"
            else:
                words = words or why
    if counts["holds"] >= 1 and counts["undecided"] <= counts["holds"] // 4 and not counts["undefined"]:
        return F.holds(words + f"; {counts['holds']} points", counts)
    if counts["undefined"]:
        return F.meaningless(undefined, counts)
    return F.undecided(first or "nothing evaluated", counts)


def eventually(late, env, var, target, scaling):
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


def special_first(table, conds, symbols):
    """All combinations of the exponents' special values, silent noise first: thresholds are where an order breaks."""
    import itertools

    q = fmpq
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
    for combo in itertools.product(*[menu.get(x, P.MENU[P.kind(x)][:2]) for x in xs]):
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
    import itertools
    import random

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


def any_spectrum(left, right, var, env, scaling):
    """A spectrum that the claim leaves free: S = I with d = T eigenvalues (constants must not depend on S and d)."""
    out = []
    for k in range(2, 10):
        T = fmpq(fmpz(1) << 2**k)
        ctx.prec = 200 + 2 ** (k + 1)
        pt = B.Point({**env, var: T}, [(fmpq(1), fmpq(1))])
        pt.counts = [T.p]
        for x, f in scaling:
            pt.values[x] = B.ev(f, pt)
        (s1, a), (s2, b) = slog(left, pt), slog(right, pt)
        if s1 * s2 <= 0:
            out.append((2**k, math.nan, 0.0))
            continue
        y = a - b
        out.append((2**k, float(y.mid()), float(y.rad())))
    return out
