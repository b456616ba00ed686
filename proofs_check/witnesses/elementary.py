"""Elementary formulas along log T = 2^k log 2: sign and logarithm of the absolute value, in balls, without overflow."""

from __future__ import annotations

import math

import sympy as sp
from flint import arb, ctx, fmpq, fmpz

from . import balls as B
from .trends import Ratio


def slog(e: sp.Expr, pt: B.Point) -> tuple[int, arb]:
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
        out = slog(e.args[0], pt)
        for a in e.args[1:]:
            v = slog(a, pt)
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


def elementary(ratio: Ratio) -> list[tuple[int, float, float]]:
    """[(log T in units of log 2, y, error)] for T = 2^(2^k), largest first precision that the balls allow."""
    out, why, beyond = [], None, 0
    for k in range(2, 41):
        bits = 2**k
        if k <= 12:
            T, prec = fmpq(fmpz(1) << bits), 3 * bits + 160
        else:
            T, prec = arb(2) ** fmpz(2**k), 400
        if ratio.target == 0:
            T = 1 / T
        ctx.prec = prec
        pt = B.Point({**ratio.env, ratio.var: T})
        try:
            (s1, a), (s2, b) = slog(ratio.left, pt), slog(ratio.right, pt)
            if s1 == 0 and s2 == 0:
                continue
            if s1 * s2 <= 0:
                out.append((bits, -math.inf if s1 == 0 < s2 else math.inf, 0.0))
                continue
            y = a - b
            rad_, mid_ = float(y.rad()), float(y.mid())
            if not (y.is_finite() and math.isfinite(rad_) and math.isfinite(mid_) and rad_ <= 1e-8 * (1 + abs(mid_))):
                continue  # a limit of the evaluator is no verdict
            out.append((bits, float(y.mid()), float(y.rad())))
        except (B.Limit, OverflowError) as err:
            why = why or err
            beyond += not isinstance(err, B.Wide)
            if len(out) >= 6 and beyond >= 2:  # larger sizes are beyond the evaluator as well
                break
    ctx.prec = 96
    if not out and why is not None and not isinstance(why, B.Wide | OverflowError):
        raise why
    return out
