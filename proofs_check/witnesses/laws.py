"""E_test of a setting at one point, from the model's definition.

Exact rationals (least squares, Haar projections), balls at d = 1, quadrature at d = 2 and, for large sizes, the links
(deterministic) and simulation. Knows nothing of the claims.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
from flint import acb, arb, ctx, fmpq

from ridgeproof.theorems.settings import Setting

from . import balls as B
from . import laurent, quadrature
from .balls import Number

Array = np.ndarray
FitNumbers: TypeAlias = tuple[int, Any, Any, int, bool]  # samples, ridge, noise, repeat, same design


def fits(setting: Setting, pt: B.Point) -> list[FitNumbers]:
    """[(T, lambda, sigma2, repeat, same)] as numbers; the downstream fit last."""
    out = []
    for f in (*setting.generators, setting.downstream):
        v = [B.ev(x, pt) for x in (f.samples, f.ridge, f.noise, f.repeat)]
        if not (B.rat(v[0]) and v[0].q == 1 and v[0] >= 1):
            raise B.Undefined(f"a fit of {v[0]} samples")
        if not (B.rat(v[3]) and v[3].q == 1 and v[3] >= 0):
            raise B.Undefined(f"a fit repeated {v[3]} times")
        for x in v[1:3]:
            if B.rat(x) and x < 0:
                raise B.Undefined("a negative ridge or variance")
        out.append((int(v[0].p), v[1], v[2], int(v[3].p), f.same_design))
    return out


def inverse_wishart_mean(T: int, d: int) -> fmpq | None:
    """E (G G')^-1 for T >= d + 2: rational, diagonal and equal entries by invariance: E tr / d, by Bartlett."""
    {f"g{i}": T - i for i in range(d)}
    # tr (G G')^-1 = sum of squares of the entries of G^-1: E |e_c' G^-1|^2 by forward substitution, column by column
    tot = fmpq(0)
    for c in range(d):
        # x_c = 1/g_c ; x_r = -(sum_{c<=k<r} z_rk x_k)/g_r, z independent N(0, 1): E x_r^2 = E 1/g_r^2 * sum_k E x_k^2
        m: list[fmpq] = []
        for r in range(c, d):
            inv = laurent.chi_moment(T - r, -2)
            if inv is None:
                return None
            m.append(inv * (1 if r == c else sum(m, fmpq(0))))
        tot += sum(m, fmpq(0))
    return tot / d


def exact_test_error(fs: Sequence[FitNumbers], pt: B.Point) -> fmpq | None:
    """Rational E_test where there is a law.

    All lambda = 0 and T_m >= d, or S = I and lambda = 0; None otherwise. +oo raises.
    """
    d = len(pt.spectrum)
    if any(not (B.rat(l) and l == 0) for _, l, _, _, _ in fs) or any(not B.rat(n) for _, _, n, _, _ in fs):
        return None
    fs = [f for f in fs if f[3] > 0]
    iso = len({str(s) for s, _ in pt.spectrum}) == 1
    s0 = pt.spectrum[0][0]
    if all(d <= T for T, *_ in fs):
        tot = fmpq(0)
        for T, _, noise, k, _ in fs:
            if noise == 0:
                continue
            m = inverse_wishart_mean(T, d)
            if m is None:
                raise B.Infinite()
            tot += noise * k * m * d  # one design or fresh ones: variances add in both
        return tot
    if not iso:
        return None
    w = [x for _, x in pt.spectrum]
    norm = sum(w, fmpq(0))
    # isotropic s0 I: E P = (T/d) I for the row space; |student - truth|^2 by first and second moments, rotation
    # invariance
    mean, second, _cross_done = fmpq(1), norm, None  # E w_n = mean * w0 ; E|w_n|^2 = second
    for T, _, noise, k, same in fs:
        k2 = 1 if same else k
        extra = noise * k if same else noise
        for _ in range(k2):
            if d > T:
                p = fmpq(T, d)
                mean *= p
                if extra != 0:
                    g = inverse_wishart_mean(d, T)  # (X X')^-1 is T x T Wishart with d degrees of freedom
                    if g is None:
                        raise B.Infinite()
                    second = p * second + extra * g * T / s0
                else:
                    second = p * second
            elif extra != 0:
                g = inverse_wishart_mean(T, d)
                if g is None:
                    raise B.Infinite()
                second = second + extra * g * d / s0
    return s0 * (second - 2 * mean * norm + norm)


# --- d = 1: one integral a fit, in balls -----------------------------------------------------------------------------


def chi_mean(f: Callable[[acb], acb], T: int) -> arb:
    """E f(c), c ~ chi^2_T, f rational and bounded by a power: acb.integral over u = sqrt(c), tail < 2^-prec."""
    top = math.sqrt(2 * 0.70 * ctx.prec + 4 * T + 60) * 1.5

    def dens(u: acb) -> acb:
        return u ** (T - 1) * (-(u * u) / 2).exp()

    rel = arb(2) ** (-min(ctx.prec, 200))
    num = acb.integral(
        lambda u, an: dens(u) * f(u * u), acb(0), acb(top), rel_tol=rel, abs_tol=rel, eval_limit=60000
    ).real
    Z = arb(2) ** (arb(T) / 2 - 1) * (arb(T) / 2).gamma()
    return num / Z + arb(0, arb(2) ** (-min(ctx.prec, 200)))


def test_error_d1(fs: Sequence[FitNumbers], pt: B.Point) -> arb:
    ((s, w2),) = pt.spectrum
    s, w2 = B.ball(s), B.ball(w2)
    mean, second = arb(1), arb(1)  # of w_n/w0 ; second in units of w0^2, noise apart
    noise_tot = arb(0)
    for T, l, noise, k, same in fs:
        if k == 0:
            continue
        if B.rat(l) and l == 0:
            a1 = a2 = arb(1)
            var = arb(0)
            if not (B.rat(noise) and noise == 0):
                m = laurent.chi_moment(T, -2)
                if m is None:
                    raise B.Infinite()
                var = B.ball(noise) * B.ball(m) / s
        else:
            lb = B.ball(l)

            def A(c: acb) -> acb:
                return (s * c / T) / (s * c / T + lb)

            if same and k > 1:
                a1 = chi_mean(lambda c: A(c) ** k, T)
                a2 = chi_mean(lambda c: A(c) ** (2 * k), T)
                var = (
                    B.ball(noise)
                    / T
                    * chi_mean(
                        lambda c: (
                            sum((A(c) ** (2 * i) for i in range(k)), acb(0)) * (s * c / T) / (s * c / T + lb) ** 2
                        ),
                        T,
                    )
                )
                mean, second, noise_tot = mean * a1, second * a2, noise_tot * a2 + var
                continue
            a1, a2 = chi_mean(A, T), chi_mean(lambda c: A(c) ** 2, T)
            var = (
                B.ball(noise) / T * chi_mean(lambda c: (s * c / T) / (s * c / T + lb) ** 2, T)
                if not (B.rat(noise) and noise == 0)
                else arb(0)
            )
        if same and k > 1:  # lambda = 0
            noise_tot = noise_tot * a2 + var * k
            continue
        for _ in range(k):
            mean, second, noise_tot = mean * a1, second * a2, noise_tot * a2 + var
    return s * (w2 * (second - 2 * mean + 1) + noise_tot)


# --- d = 2: quadrature -----------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def planar_moments(T: int, ridge: float, s: tuple[float, ...], order: int, repeat: int) -> tuple[Array, Array, Array]:
    """E A, E A (x) A and E N of one fit in two dimensions.

    A = R Sh is what the fit does to the truth, N the covariance that its noise leaves. repeat > 1: so many fits of one
    design, A^repeat and the noise of all of them.
    """
    roots = np.sqrt(np.array(s))
    if ridge == 0 and T == 1:
        count = 64 * (order // 8)
        turn = np.pi * (np.arange(count) + 0.5) / count
        x = np.stack([np.cos(turn) * roots[0], np.sin(turn) * roots[1]], -1)
        A = x[:, :, None] * x[:, None, :] / np.sum(x * x, -1)[:, None, None]
        N, weights = np.zeros_like(A), np.full(count, 1 / count)
    elif ridge == 0:
        A, weights = np.eye(2)[None], np.ones(1)
        g = inverse_wishart_mean(T, 2)
        N = (float(g.p) / float(g.q) if g is not None else 0.0) * np.diag(1 / roots**2)[None]
    else:
        nodes, weights = quadrature.grid(T, 2, order)
        low = nodes * roots[None, :, None]
        if low.shape[2] == 1:
            low = np.concatenate([low, np.zeros_like(low)], -1)
        a, b, c = (
            np.sum(low[:, 0] ** 2, -1) / T,
            np.sum(low[:, 0] * low[:, 1], -1) / T,
            np.sum(low[:, 1] ** 2, -1) / T,
        )
        p, q = a + ridge, c + ridge
        det = p * q - b * b
        R = np.stack([np.stack([q, -b], -1), np.stack([-b, p], -1)], -2) / det[:, None, None]
        A = np.eye(2) - ridge * R
        N = A @ R / T
    if repeat > 1:
        power, total = np.broadcast_to(np.eye(2), A.shape), np.zeros_like(A)
        for _ in range(repeat):
            total = total + power @ N @ np.swapaxes(power, 1, 2) if ridge > 0 or T == 1 else total + N
            power = power @ A
        A, N = power, total
    flat = A.reshape(-1, 4)
    pairs = (weights[:, None] * flat).T @ flat  # E A_ij A_kl
    return np.tensordot(weights, A, 1), pairs.reshape(2, 2, 2, 2), np.tensordot(weights, N, 1)


def test_error_d2(fs: Sequence[FitNumbers], pt: B.Point, k: tuple[int, int] = (28, 36)) -> arb:
    s = np.array([float(B.ball(a).mid()) for a, _ in pt.spectrum])
    w0 = np.sqrt([float(B.ball(b).mid()) for _, b in pt.spectrum])
    res = []
    for order in dict.fromkeys(k):
        m, M = w0.copy(), np.outer(w0, w0)
        for T, l, noise, rep, same in fs:
            if rep == 0:
                continue
            lf, nf = float(B.ball(l).mid()), float(B.ball(noise).mid())
            if lf == 0 and nf > 0 and (T == 1 or inverse_wishart_mean(T, 2) is None):
                raise B.Infinite()
            together = rep if same else 1
            A, pairs, N = planar_moments(T, lf, tuple(s), order, together)
            for _ in range(rep // together):
                M = np.einsum("ijlk,jk->il", pairs, M) + nf * N
                m = A @ m
        res.append(float(np.sum(s * (np.diag(M) - 2 * m * w0 + w0 * w0))))
    a, b = res[0], res[-1]
    rounding = 1e-12 if len(res) > 1 else 1e-14  # of one smooth function, which is compared with itself
    err = 20 * abs(a - b) + rounding * (abs(b) + float(np.sum(s * w0 * w0)))
    if err > 1e-4 * max(abs(b), 1e-9):
        raise B.Limit("quadrature does not settle")
    return arb(b, err)


def test_error(setting: Setting, pt: B.Point) -> Number:
    fs = fits(setting, pt)
    d = len(pt.spectrum)
    v = exact_test_error(fs, pt)
    if v is not None:
        return v
    if d == 1:
        return test_error_d1(fs, pt)
    if d == 2:
        pt.marks.add("estimated")
        return test_error_d2(fs, pt) if pt.order is None else test_error_d2(fs, pt, (pt.order, pt.order))
    raise B.Limit("no law of E_test at this dimension")


# --- links (deterministic), on nodes (s, count, w2), and simulation --------------------------------------------------


def kappa_nodes(l: float, T: float, s: Array, c: Array) -> float:
    if l == 0 and c.sum() <= T:
        return 0.0

    def f(k: float) -> float:
        return l / k + np.sum(c * (s / (s + k))) / T - 1

    lo, hi = max(l, 1e-300) * (1 - 1e-15), l + np.sum(c * s) / T
    lo = max(lo, 1e-290) if l == 0 else lo
    for _ in range(400):
        m = math.sqrt(lo) * math.sqrt(hi) if hi / lo > 1.5 else (lo + hi) / 2
        if f(m) > 0:
            lo = m
        else:
            hi = m
        if hi - lo < 4e-16 * hi:
            break
    return (lo + hi) / 2


def links(fs: Sequence[FitNumbers], s: Array, c: Array, w2: Array) -> float:
    """E4: fs = [(T, lambda, noise, repeat, same)] of floats.

    C: multiplicity; w2: sum of w0^2 over the node. Returns E_test. Per direction mean factor m, second moment M
    (of the sum over the node: M2 = sum over directions).
    """
    m = np.ones_like(s)
    M2 = w2.copy()
    c.sum()
    for T, l, noise, rep, same in fs:
        if rep == 0:
            continue
        if same and rep > 1:
            noise, rep = noise * rep, 1  # min-norm, one design (E5)
        k = kappa_nodes(l, T, s, c)
        D = s / (s + k)
        df2 = np.sum(c * D * D)
        for _ in range(int(rep)):
            q = (noise + k * k * np.sum(M2 * s / (s + k) ** 2)) / (T - df2)
            M2 = D * D * M2 + q * c * s / (s + k) ** 2
            m = D * m
    return float(np.sum(s * (M2 - 2 * m * w2 + w2)))


def simulate(fs: Sequence[FitNumbers], s: Array, w0: Array, runs: int, seed: int) -> tuple[float, float]:
    """E_test by drawing designs, noise averaged exactly (second moments carried), fresh designs.

    Mean and standard error.
    """
    rng = np.random.default_rng(seed)
    d = len(s)
    vals = []
    for _ in range(runs):
        # carry the matrix of one path: u = prod A w0 - w0, and noise covariance
        u, C = w0.copy(), np.zeros((d, d))
        for T, l, noise, rep, same in fs:
            A = N = None
            for _i in range(int(rep)):
                if A is None or not same:
                    X = rng.standard_normal((T, d)) * np.sqrt(s)
                    if l > 0:
                        Sh = X.T @ X / T
                        R = np.linalg.inv(Sh + l * np.eye(d))
                        A = np.eye(d) - l * R
                        N = A @ R / T
                    elif d <= T:
                        A = np.eye(d)
                        N = np.linalg.inv(X.T @ X)
                    else:
                        Gi = np.linalg.inv(X @ X.T)
                        A = X.T @ Gi @ X
                        N = X.T @ Gi @ Gi @ X
                C = A @ C @ A.T + noise * N
                u = A @ u
        e = u - w0
        vals.append(float(np.sum(s * e * e) + np.sum(s * np.diag(C))))
    v = np.array(vals)
    return float(v.mean()), float(v.std(ddof=1) / math.sqrt(runs))
