"""Expectations at d = 1, 2, 3 without sampling.

Exact rationals by Bartlett's coordinates, else quadrature with an error bar.
"""

import numpy as np
import sympy as sp
from flint import arb, fmpq, fmpq_mat
from scipy.special import roots_genlaguerre, roots_hermitenorm
from sympy.matrices.expressions.trace import Trace

from ridgeproof.theorems import vocabulary as V

from . import balls as B
from . import laurent
from . import letters as Lt
from . import points as P

PRIMES = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53]


def constant(x, rows, cols, pt, num):
    """S from the point (diagonal, uneven); w0 from w2; A, B, ... far from symmetric, no two entries related."""
    d = len(pt.spectrum)
    if x == V.S:
        return [[num(pt.spectrum[i][0]) if i == j else num(fmpq(0)) for j in range(d)] for i in range(d)]
    if x in (V.w0,):
        return [[num(root(w))] for _, w in pt.spectrum]
    if x in V.SYMMETRIC:
        return [[num(fmpq(3) if i == j else fmpq(1, 1 + i + j)) for j in range(cols)] for i in range(rows)]
    k = sum(map(ord, x.name))
    return [
        [num(fmpq(PRIMES[(3 * i + 7 * j * (i + 2) + k) % 16] * (-1) ** (i * j + j), 4)) for j in range(cols)]
        for i in range(rows)
    ]


def root(w):
    v = B.power(w, fmpq(1, 2))
    if not B.rat(v):
        raise B.Limit("w0 is not rational here")
    return v


def arr(m):
    a = np.empty((len(m), len(m[0])), dtype=object)
    for i, r in enumerate(m):
        for j, v in enumerate(r):
            a[i, j] = v
    return a


class Sizes:
    def __init__(self, pt):
        self.pt = pt

    def __call__(self, s):
        v = B.ev(s, self.pt)
        if not B.rat(v) or v.q != 1 or v < 0:
            raise B.Undefined(f"a size that is no natural number: {s}")
        return int(v.p)


def numbers(pt):
    def num(e):
        if isinstance(e, fmpq):
            return e
        v = B.ev(P.linked(e), pt)
        if not B.rat(v):
            raise NotRational(f"{e} is not rational here")
        return v

    return num


class NotRational(Exception):
    pass


def inverse_q(m):
    a = np.array(m, dtype=object)
    n = a.shape[0]
    M = fmpq_mat(n, n, [v if isinstance(v, fmpq) else fmpq(v) for v in a.ravel()])
    try:
        I = M.inv()
    except ZeroDivisionError:
        raise B.Undefined("an inverse that does not exist") from None
    return arr([[I[i, j] for j in range(n)] for i in range(n)])


def exact_mean(e, pt):
    """E of a polynomial in traces of words in W, W^-1, noises: an exact rational; Infinite where it diverges to +oo."""
    size, num = Sizes(pt), numbers(pt)
    d = len(pt.spectrum)
    roots = [root(s) for s, _ in pt.spectrum]
    Lt.known_laws(closure(e))
    designs = sorted({x for x in closure(e) if x in Lt.DESIGN}, key=str)
    nus, G = {}, {}
    for x in designs:
        t = size(x.shape[0])
        if t < 1:
            raise B.Undefined("no rows")
        tag = x.name
        m = arr([[laurent.L.const(0)] * min(d, t) for _ in range(d)])
        for i in range(min(d, t)):
            nus["g" + tag + str(i)] = t - i
            m[i, i] = laurent.var("g" + tag + str(i))
            for j in range(i + 1, d):
                m[j, i] = laurent.var(f"z{tag}{j}{i}")
        G[x] = m

    def design(x, rows, cols):
        if x not in G:
            raise B.Limit(f"{x} is not drawn in Bartlett's coordinates")
        out = arr([[laurent.L.const(0)] * d for _ in range(rows)])
        g = G[x]
        for i in range(g.shape[1]):
            for j in range(d):
                out[i, j] = g[j, i] * roots[j]
        return out

    def inverse(m):
        n = m.shape[0]
        for x in designs:  # W^-1 through its triangle
            if n == d and Wof.get(x) is None:
                Wof[x] = design(x, size(x.shape[0]), d).T @ design(x, size(x.shape[0]), d)
            if n == d and all(
                laurent.L.__eq__(m[i, j], Wof[x][i, j]) if isinstance(m[i, j], laurent.L) else False
                for i in range(n)
                for j in range(n)
            ):
                if size(x.shape[0]) < d:
                    raise B.Undefined("W is singular for T < d")
                g = G[x]
                inv = arr([[laurent.L.const(0)] * d for _ in range(d)])
                for c in range(d):  # forward substitution
                    for r in range(c, d):
                        rhs = laurent.L.const(1 if r == c else 0)
                        for k in range(c, r):
                            rhs = rhs - g[r, k] * inv[k, c]
                        inv[r, c] = rhs / g[r, r]
                out = inv.T @ inv
                return arr([[out[i, j] * (1 / (roots[i] * roots[j])) for j in range(d)] for i in range(d)])
        flat = list(m.ravel())
        if all(not isinstance(v, laurent.L) or list(v.t) in ([], [()]) for v in flat):
            return inverse_q([[(v.t.get((), fmpq(0)) if isinstance(v, laurent.L) else v) for v in r] for r in m])
        if n == 1 and isinstance(m[0, 0], laurent.L):
            return arr([[laurent.L.const(1) / m[0, 0]]])
        raise laurent.NotLaurent("an inverse that is no word in W^-1")

    Wof = {}

    def const(x, rows, cols):
        return arr([[laurent.L.const(v) for v in r] for r in constant(x, rows, cols, pt, num)])

    ls = Lt.Letters(size, lambda s: laurent.L.const(num(s)), design, inverse, const)
    ls.setup([e])
    if not Lt.quadratic_noise(e):
        raise B.Limit("a word of more than two noises")
    v = ls.scalar(e)
    val, div = laurent.mean(v, nus)
    if div is not None:
        return diverges(v, nus, div, e)
    return val


def diverges(v, nus, mono, e):
    """The mean of v is not finite: +oo if its worst terms are all positive in the limit, else it does not exist."""
    bad = [m for m in v.t if any(s[0] == "g" and nus[s] + p <= 0 for s, p in m)]
    if all(v.t[m] > 0 and all(p % 2 == 0 for _, p in m) for m in bad):
        raise B.Infinite()
    if all(v.t[m] < 0 and all(p % 2 == 0 for _, p in m) for m in bad):
        raise B.Undefined("a mean that is -oo")
    # a trace of squares is nonnegative whatever its monomials look like
    if nonnegative(e):
        raise B.Infinite()
    raise B.Undefined("a mean that does not exist (infinite parts of both signs)")


def nonnegative(e):
    if isinstance(e, Trace):
        a = [x for x in (e.arg.args if isinstance(e.arg, sp.MatMul) else (e.arg,)) if isinstance(x, sp.MatrixExpr)]
        return (all(x in V.SYMMETRIC or isinstance(x, sp.Identity) for x in a) and len(a) <= 2) or (
            a == a[:2] * (len(a) // 2) and len(a) == 4 and all(x in V.SYMMETRIC for x in a)
        )
    if isinstance(e, sp.Mul):
        return all(nonnegative(f) or f.is_nonnegative for f in e.args)
    if isinstance(e, sp.Pow):
        return e.exp.is_even or nonnegative(e.base)
    return bool(e.is_nonnegative)


def closure(e):
    out, todo = set(), [e]
    while todo:
        for x in todo.pop().atoms(sp.MatrixSymbol):
            if x in out:
                continue
            out.add(x)
            for t in (V.DEFINITIONS, V.INVERSES, Lt.FORMULA):
                if x in t:
                    todo.append(t[x])
    return out


# --- quadrature over Bartlett's coordinates, in doubles, two orders --------------------------------------------------


def grid(T, d, k):
    """Nodes G (N, d, min(d,T)) and weights of the law of the triangle of a T x d Gaussian design, d = 1, 2."""
    x1, w1 = roots_genlaguerre(k, T / 2 - 1)
    w1 = w1 / w1.sum()
    g1 = np.sqrt(2 * x1)
    if d == 1:
        return g1[:, None, None], w1
    z, wz = roots_hermitenorm(k)
    wz = wz / wz.sum()
    z, wz = (
        z[k // 2 :],
        wz[k // 2 :] * 2 if k % 2 == 0 else wz[k // 2 :],
    )  # even in z: half the nodes
    sym = k % 2 == 0
    if not sym:
        z, wz = roots_hermitenorm(k)
        wz = wz / wz.sum()
    else:
        z, wz = np.concatenate([z, -z]), np.concatenate([wz, wz]) / 2
    if T == 1:
        A, Z = np.meshgrid(g1, z, indexing="ij")
        w = np.outer(w1, wz).ravel()
        return np.stack([A.ravel(), Z.ravel()], -1)[:, :, None], w
    x2, w2 = roots_genlaguerre(k, (T - 1) / 2 - 1)
    w2 = w2 / w2.sum()
    g2 = np.sqrt(2 * x2)
    A, C, Z = np.meshgrid(g1, g2, z, indexing="ij")
    w = (w1[:, None, None] * w2[None, :, None] * wz[None, None, :]).ravel()
    m = np.zeros((A.size, 2, 2))
    m[:, 0, 0], m[:, 1, 1], m[:, 1, 0] = A.ravel(), C.ravel(), Z.ravel()
    return m, w


def quadrature_mean(e, pt, orders=(24, 32)):
    """E by Gauss quadrature at two orders: (value, error).  One design only."""
    size, d = Sizes(pt), len(pt.spectrum)
    if d > 2:
        raise B.Limit("quadrature is for d = 1, 2")
    Lt.known_laws(closure(e))
    designs = sorted({x for x in closure(e) if x in Lt.DESIGN}, key=str)
    pinned = {}
    if len(designs) == 2:  # an inverse Wishart of another design, linear: its mean stands for it
        for inv_, x in ((V.W0inv, V.X0), (V.Wminv, V.Xm)):
            if x in designs and inv_ in e.atoms(sp.MatrixSymbol) and linear_in(e, inv_) and not e.has(x):
                from . import laws as law

                g = law.inverse_wishart_mean(size(x.shape[0]), d)
                if g is None:
                    raise B.Infinite() if nonnegative(e) else B.Limit("an infinite mean")
                pinned[inv_] = np.diag([float(B.ball(g / v).mid()) for v, _ in pt.spectrum])
                designs.remove(x)
    if len(designs) != 1:
        raise B.Limit("quadrature over one design only")
    if not Lt.quadratic_noise(e):
        raise B.Limit("a word of more than two noises")
    x0 = designs[0]
    t = size(x0.shape[0])
    if t < 1:
        raise B.Undefined("no rows")
    s = np.array([float(B.ball(v).mid()) for v, _ in pt.spectrum])

    def num(a):
        return float(B.ball(a if isinstance(a, fmpq) else B.ev(P.linked(a), pt)).mid())

    out = []
    probe(e, pt, size, num, x0, t, d, s, pinned)
    for k in orders:
        G, w = grid(t, d, k * 2 if d == 1 else k)

        def design(x, rows, cols):
            X = np.zeros((len(w), rows, d))
            Gt = np.swapaxes(G, 1, 2)
            X[:, : G.shape[2], :] = Gt * np.sqrt(s)
            return X

        def inverse(m):
            m = np.asarray(m, float)
            return np.linalg.inv(m)

        def const(x, r, c):
            return np.array(
                [
                    [float(v) for v in row]
                    for row in constant(
                        x, r, c, pt, lambda q: float(B.ball(q if isinstance(q, fmpq) else B.ev(q, pt)).mid())
                    )
                ]
            )

        ls = Lt.Letters(size, num, design, inverse, const, dtype=float, values=pinned)
        ls.setup([e])
        with np.errstate(all="ignore"):
            v = ls.scalar(e)
        v = np.broadcast_to(v, w.shape)
        if not np.all(np.isfinite(v)):
            raise B.Limit("quadrature met a pole")
        out.append((float(np.sum(w * v)), float(np.sum(w * np.abs(v)))))
    (a, _), (b, size_) = out
    return b, 20 * abs(a - b) + 1e-12 * size_


def linear_in(e, x):
    for term in sp.Add.make_args(sp.expand(e)):
        if sum(str(f).count(x.name + ")") + str(f).count(x.name + "*") for f in [term]) > 1:
            return False
    return True


def probe(e, pt, size, num, x0, t, d, s, pinned):
    """Denominators and determinants over the whole support, not only where the law puts its nodes.

    A pole inside means that the mean may not exist.
    """
    rng = np.random.default_rng(0)
    n = 7 * 60
    G = rng.standard_normal((n, d, min(d, t))) * np.repeat(10.0 ** np.arange(-3, 4), 60)[:, None, None]
    if d == 2 and t > 1:
        G[:, 0, 1] = 0

    def design(x, rows, cols):
        X = np.zeros((n, rows, d))
        X[:, : G.shape[2], :] = np.swapaxes(G, 1, 2) * np.sqrt(s)
        return X

    def inverse(m):
        m = np.asarray(m, float)
        det = np.linalg.det(m)
        if det.ndim and not (det.min() > 0 or det.max() < 0) and not (abs(det).min() == 0):
            raise B.Limit("a determinant changes sign on the support: the mean may not exist")
        return np.linalg.inv(m)

    def const(x, r, c):
        return np.array(
            [
                [float(v) for v in row]
                for row in constant(
                    x, r, c, pt, lambda q: float(B.ball(q if isinstance(q, fmpq) else B.ev(q, pt)).mid())
                )
            ]
        )

    ls = Lt.Letters(size, num, design, inverse, const, dtype=float, values=pinned)
    ls.setup([e])
    try:
        with np.errstate(all="ignore"):
            ls.scalar(e)
    except np.linalg.LinAlgError:
        pass


def expect(arg, pt):
    """E[arg] as fmpq or ball; raises Infinite, Undefined, Limit."""
    arg = sp.expand(arg) if not arg.is_Pow else arg
    try:
        return exact_mean(arg, pt)
    except (laurent.NotLaurent, NotRational, TypeError, AttributeError):
        pass
    v, err = quadrature_mean(arg, pt)
    if err > 1e-3 * max(abs(v), 1e-12):
        raise B.Limit("quadrature does not settle (a mean that may not exist)")
    return arb(v, err)
