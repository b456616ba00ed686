"""Sums over a power law, kappa and E_test along log T = 2^k log 10: nodes in extended precision."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import sympy as sp

from ridgeproof.theorems import vocabulary as V
from ridgeproof.theorems.claim import Claim
from ridgeproof.theorems.functions import E_test, Kappa, SpectralSum, TestErrorOf, df
from ridgeproof.theorems.quantities import Argmin, Minimum
from ridgeproof.theorems.settings import Setting

from . import balls as B
from .trends import Ratio

LD = np.longdouble
_gl = np.polynomial.legendre.leggauss(12)


NODE = {V.s: 0, V.w2: 1}  # what varies over the nodes
LISTED = 160  # eigenvalues that are summed one by one
WIDTH = 2.0  # of a cell in log j: s/(s + k) has its poles at pi/beta off the real line, so that 12 nodes reach 1e-9


class Nodes:
    """The nodes j of a sum as their logarithms, the listed ones and evenly spaced cells, with weights.

    A power of j costs an exponential of each cell and of each place in a cell, not of each node.
    """

    def __init__(self, listed: Any, starts: Any, places: Any) -> None:
        self.listed, self.starts, self.places = listed, starts, places

    def power(self, p: Any) -> Any:
        """j^p at every node."""
        cells = np.exp(p * self.starts)[:, None] * np.exp(p * self.places)[None, :]
        return np.concatenate([np.exp(p * self.listed), cells.ravel()])


def nodes(beta: float, r: float, dim_log: float | None, reach_log: float) -> tuple[Nodes, Any]:
    """Nodes j and weights of a sum over j = 1 .. dim, or to where the sums have ended.

    The first are listed.  The others are an integral from J + 1/2 (midpoint rule) by Gauss and Legendre in log j, with
    the first term of Euler and Maclaurin, f'(J + 1/2)/24 = (f(J + 1) - f(J))/24: what is left out is of relative
    size J^-4.
    """
    J = LISTED
    if dim_log is not None and dim_log <= math.log(4 * J):
        count = max(1, round(math.exp(dim_log)))
        none = np.empty(0, dtype=LD)
        return Nodes(np.log(np.arange(1, count + 1, dtype=LD)), none, none), np.ones(count, dtype=LD)
    slowest = min(beta - 1 if beta > 1 else 2.0, 2 * beta * r if r > 0 else 2.0, 2.0)
    end = dim_log if dim_log is not None else max(reach_log, math.log(J)) + 46 / slowest
    lo, hi = math.log(J + 0.5), end if dim_log is None else float(np.log(LD(np.exp(LD(dim_log))) + LD(0.5)))
    if hi - lo > 3e5:
        raise B.Limit("a sum that ends too late for its nodes")
    cells = max(1, math.ceil((hi - lo) / WIDTH))
    w = (hi - lo) / cells
    x, wt = _gl
    listed, ones = np.log(np.arange(1, J + 2, dtype=LD)), np.ones(J + 1, dtype=LD)
    ones[J - 1], ones[J] = 1 - LD(1) / 24, LD(1) / 24
    found = Nodes(listed, lo + LD(w) * np.arange(cells), LD(w) * (x.astype(LD) + 1) / 2)
    widths = np.concatenate([ones, np.tile(wt * w / 2, cells).astype(LD)])
    widths[J + 1 :] *= found.power(LD(1))[J + 1 :]
    return found, widths


KEPT = 200  # optima at a point
_least: dict[Any, tuple[Any, Any]] = {}  # by the function, its setting and the values of all letters


class Power:
    """Values at one point of a power-law setting, in long doubles: T, beta, r, ... as numbers; sums over nodes."""

    def __init__(
        self, vals: dict[sp.Symbol, Any], dim_log: float | None, setting: Setting | None, uses: bool = True
    ) -> None:
        self.v, self.setting = vals, setting
        b, r = float(vals[V.beta]), float(vals.get(V.r, LD(1)))
        if b <= 1 and dim_log is None:
            raise B.Undefined("tr S diverges for beta <= 1")
        self.b, self.r = LD(vals[V.beta]), LD(vals.get(V.r, LD(1)))
        reach = [float(abs(np.log(vals[x]))) / b for x in (V.k, V.lam) if x in vals and vals[x] > 0]
        reach += [float(np.log(vals[x])) for x in (V.T, V.T0) if x in vals]
        if uses and setting is not None:
            ridges = [self.num(f.ridge) for f in (setting.downstream, *setting.generators) if self.known(f.ridge)]
            reach += [float(-np.log(LD(x))) / b for x in ridges if x > 0]
        at, self.c = nodes(b, r, dim_log, max([0.0, *reach]))
        self.s = at.power(-self.b)
        self.w2 = at.power(self.b - (1 + 2 * self.b * self.r))
        self.infinite = dim_log is None
        self.K: dict[Any, Any] = {}
        self.cache: dict[Any, Any] = {}

    def known(self, e: sp.Expr) -> bool:
        """Whether every symbol of an expression has a value: a ridge that a minimum varies has none."""
        return e.free_symbols <= set(self.v)

    def num(self, e: sp.Expr) -> Any:
        return self.ev(e)

    def kappa(self, l: Any, T: Any) -> Any:
        key = (float(l), float(np.log(T)))
        if key in self.K:
            return self.K[key]
        if l == 0 and self.c.sum() <= T:
            return LD(0)

        weights = self.c * self.s

        def f(x: Any) -> Any:
            k = np.exp(x)
            return l / k + np.sum(weights / (self.s + k)) / T - 1

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

    def total(self, f: sp.Expr) -> Any:
        """sum over nodes of a summand affine in w2"""
        v = self.ev(f, (self.s, self.w2)) * self.c
        if self.infinite:
            tail = np.abs(v[-24:])
            top = np.abs(v).sum()
            if tail.sum() > 1e-9 * top:
                raise B.Infinite()
        return v.sum()

    def ev(self, e: sp.Expr, node: tuple[Any, Any] | None = None) -> Any:
        if node is not None and e in NODE:
            return node[NODE[e]]
        if e in self.v:
            return self.v[e]
        if isinstance(e, sp.Symbol) and e == E_test:
            if self.setting is None:
                raise B.Limit("E_test of no setting")
            return self.test_error(self.setting)
        if isinstance(e, TestErrorOf):
            return self.test_error(e.setting)
        if isinstance(e, Argmin | Minimum):
            return self.optimum(e)
        if isinstance(e, sp.Rational):
            return LD(int(e.p)) / LD(int(e.q))
        if not e.args and e.is_number:
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

    def optimum(self, e: sp.Expr) -> Any:
        """The least value of a function of one positive variable, or where: both are asked for at the same points."""
        at = tuple(sorted((str(x), str(v)) for x, v in self.v.items()))
        key = (e.function, e.variable, e.within, self.setting, at)
        if key not in _least:
            if len(_least) >= KEPT:
                _least.clear()
            _least[key] = self._optimum(e)
        place, least = _least[key]
        return place if isinstance(e, Argmin) else least

    def _optimum(self, e: sp.Expr) -> tuple[Any, Any]:
        """A grid in log x, then Brent's method."""
        from scipy.optimize import minimize_scalar

        low, high = e.within
        if low != 0 or high != sp.oo:
            raise B.Limit("a minimum over a bounded interval in a power law")

        def height(t: float) -> float:
            self.v[e.variable] = np.exp(LD(t))
            return self.ev(e.function)

        size = max(float(np.log(self.v[x])) for x in (V.T, V.T0) if x in self.v)
        grid = np.linspace(-2.2 * float(self.b) * size, 0.5 * size, 24)
        values = [height(t) for t in grid]
        best = int(np.argmin(values))
        if best in (0, len(grid) - 1):
            raise B.Limit("the least value is approached at an end")
        a, b = grid[best - 1], grid[best + 1]
        level = values[best]
        relative = minimize_scalar(
            lambda t: float(height(t) / level), bounds=(a, b), method="bounded", options={"xatol": 1e-4 * size}
        )
        t = float(relative.x)
        least = height(t)
        del self.v[e.variable]
        return np.exp(LD(t)), least

    def test_error(self, st: Setting) -> Any:
        fs = [
            (self.ev(f.samples), self.ev(f.ridge), self.ev(f.noise), int(self.ev(f.repeat)), f.same_design)
            for f in (*st.generators, st.downstream)
        ]
        key = tuple((float(np.log(T)), str(l), float(nz), rep, same) for T, l, nz, rep, same in fs)
        if key in self.cache:
            return self.cache[key]
        s, c = self.s, self.c
        W = c * self.w2 if st.target != "zero" else np.zeros_like(s)
        m, gone, Vn = LD(1), LD(0), LD(0)  # mean factor, 1 - it, variance: no cancellation; one number until a fit
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
            inverse = 1 / (s + k)
            D, lost = s * inverse, k * inverse
            fluctuation, known = c * D * inverse, s * lost * lost
            margin = T - (np.sum(c * D * D) if k > 0 else c.sum())
            for _ in range(rep):
                q = (noise + np.sum((m * m * W + Vn) * known)) / margin
                Vn = D * D * Vn + q * fluctuation
                m, gone = D * m, lost + D * gone
        E = np.sum(s * (W * gone * gone + Vn))
        self.cache[key] = E
        return E


def uses_setting(claim: Claim) -> bool:
    """Whether a statement speaks of the error of its setting."""
    return claim.setting is not None and any(x.has(E_test) for p in claim.equations for x in (p.left, p.right))


def dimension(vals: dict[sp.Symbol, Any], setting: Setting) -> Any:
    """log d of a setting at a point; None for an infinite one."""
    dim = setting.dimension
    if dim == sp.oo:
        return None
    small = Power.__new__(Power)
    small.v, small.setting, small.cache = vals, setting, {}
    return float(np.log(small.ev(dim) if dim is not None else vals.get(V.d, LD(10))))


def power_law(claim: Claim, ratio: Ratio) -> list[tuple[int, float, float]]:
    out = []
    for k in range(1, 10):
        T = LD(10) ** LD(2**k) if ratio.target != 0 else LD(10) ** LD(-(2**k))
        vals = {x: LD(int(v.p)) / LD(int(v.q)) for x, v in ratio.env.items()}
        vals[ratio.var] = T
        tmp = Power.__new__(Power)
        tmp.v, tmp.setting, tmp.cache = vals, claim.setting, {}
        for x, f in ratio.scaling:
            vals[x] = Power.ev(tmp, f)
        with np.errstate(all="ignore"):
            dim = None if claim.setting is None else dimension(vals, claim.setting)
            pw = Power(vals, dim, claim.setting, uses_setting(claim))
            try:
                a = pw.ev(ratio.left)
            except B.Infinite:
                a = LD("inf")
            try:
                b = pw.ev(ratio.right)
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
