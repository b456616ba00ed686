"""Is left = right at a point? Exact rationals.

Else balls at growing precision; overlap: a zero test or 'agree to N digits'.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp
from flint import arb, ctx, fmpq

from . import balls as B
from .balls import Number

PRECS = (96, 256, 768, 2304)


def bound_bits(e: sp.Expr, pt: B.Point) -> int | None:
    """BFMSS separation bound for a radical expression over Q.

    If e != 0 then |e| > 2^-bits. None if e is not radical.
    """
    lu: dict[tuple[sp.Expr, int], int] = {}
    deg = [1]

    def go(x: sp.Expr) -> Any:
        """log2 of (u, l)."""
        if x in pt.values or isinstance(x, sp.Rational):
            q = pt.values[x] if x in pt.values else B.to_q(x)
            return (max(1, abs(q.p)).bit_length() if q != 0 else 0, abs(q.q).bit_length())
        if isinstance(x, sp.Add):
            u, l = go(x.args[0])
            for a in x.args[1:]:
                u2, l2 = go(a)
                u, l = max(u + l2, l + u2) + 1, l + l2
            return u, l
        if isinstance(x, sp.Mul):
            u = l = 0
            for a in x.args:
                u2, l2 = go(a)
                u += u2
                l += l2
            return u, l
        if isinstance(x, sp.Pow):
            ex = x.exp if x.exp.is_Rational else None
            if ex is None:
                v = B.ev(x.exp, pt)
                if not B.rat(v):
                    return None
                ex = sp.Rational(int(v.p), int(v.q))
            u, l = go(x.base)
            if ex < 0:
                u, l, ex = l, u, -ex
            p, q = int(ex.p), int(ex.q)
            if q > 1:
                if (x.base, q) not in lu:
                    lu[x.base, q] = 1
                    deg[0] *= q
                return (p * u + (q - 1) * p * l) // q + 1, p * l
            return p * u, p * l
        raise TypeError

    try:
        u, l = go(e)
    except TypeError:
        return None
    return (deg[0] - 1) * u + l + 4 if deg[0] <= 64 else None


def compare(left: sp.Expr, right: sp.Expr, make: Callable[[], B.Point]) -> dict[str, Any]:
    """make() gives a fresh point.

    -> dict(status=..., ...): equal (exact), equal-proved, agrees, differs, undefined, wide, infinite.
    """
    radius = None
    for prec in PRECS:
        ctx.prec = prec
        pt = make()
        sides: list[Any] = []
        inf: list[bool] = []
        wide = False
        und = limit = None
        for e in (left, right):
            try:
                sides.append(B.ev(e, pt))
                inf.append(False)
            except B.Infinite:
                sides.append(None)
                inf.append(True)
            except B.Undefined as err:
                und = err
                sides.append(None)
                inf.append(False)
            except B.Wide as err:
                wide = True
                why = str(err)
                break
            except B.Limit as err:  # whether the other side has a value does not wait for this one
                limit = err
            except (ZeroDivisionError, OverflowError, ValueError) as err:
                return {"status": "limit", "why": f"{type(err).__name__}: {err}"}
        if wide:
            continue
        if und is not None:
            return {"status": "undefined", "why": str(und), "at": pt.text()}
        if limit is not None:
            raise limit
        if any(inf):
            if all(inf):
                return {"status": "infinite-both"}
            fin = sides[0] if inf[1] else sides[1]
            return {
                "status": "differs",
                "exact": True,
                "left": "+oo" if inf[0] else show(fin),
                "below": inf[1],
                "right": "+oo" if inf[1] else show(fin),
                "at": pt.text(),
                "margin": "infinite",
                "pt": pt,
            }
        a, b = sides
        if B.rat(a) and B.rat(b):
            if a == b:
                return {"status": "equal"}
            return {
                "status": "differs",
                "exact": True,
                "left": show(a),
                "below": a < b,
                "right": show(b),
                "at": pt.text(),
                "margin": show(abs(a - b)),
                "rel": relf(a, b),
                "pt": pt,
            }
        x, y = B.ball(a), B.ball(b)
        if not (x.is_finite() and y.is_finite()):
            continue
        diff = x - y
        if not diff.contains(arb(0)):
            return {
                "status": "differs",
                "exact": False,
                "left": show(x),
                "below": bool(x < y),
                "right": show(y),
                "at": pt.text(),
                "margin": show(abs(diff)),
                "rel": relf(x, y),
                "pt": pt,
            }
        if radius is not None and diff.rad() * 4 > radius:  # more digits do not help: quadrature, sampling
            return agree(x, y, diff)
        radius = diff.rad()
        bits = bound_bits(left - right, pt)
        if bits is not None and abs(diff).upper() < arb(2) ** (-bits):
            return {"status": "equal-proved", "why": f"below the separation bound 2^-{bits} of its radicals"}
        if (bits is None or bits > PRECS[-1]) and prec >= PRECS[1]:
            return agree(x, y, diff)
    return (
        {"status": "wide", "why": locals().get("why", "balls overlap at every precision")}
        if "diff" not in locals()
        else agree(x, y, diff)
    )


def agree(x: arb, y: arb, diff: arb) -> dict[str, Any]:
    scale = max(abs(x).upper(), abs(y).upper())
    rad = diff.abs_upper()
    if scale == 0:
        return {"status": "agrees", "digits": 999}
    z = (rad / scale) if scale > 0 else rad
    if z == 0:
        return {"status": "agrees", "digits": 999}
    digits = -float(z.log().mid()) / 2.302585
    if x.contains(arb(0)) or y.contains(arb(0)):
        digits = -float(rad.log().mid()) / 2.302585  # a zero side: absolute
    return {
        "status": "agrees" if digits > 12 else "wide",
        "digits": round(digits),
        "gap": float(z.upper()),
        "why": f"agree to {digits:.0f} digits only",
    }


def show(x: object) -> str:
    if isinstance(x, fmpq):
        return str(x)
    return x.str(12, radius=False) if isinstance(x, arb) else str(x)


def relf(a: Number, b: Number) -> float:
    a, b = B.ball(a), B.ball(b)
    m = abs(a).max(abs(b))
    try:
        return float((abs(a - b) / m).mid())
    except Exception:
        return float("nan")
