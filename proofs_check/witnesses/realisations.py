"""What stands for the letters of a statement at a point: arbitrary matrices for identities, means for expectations."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import sympy as sp
from flint import arb, arb_mat, ctx, fmpq

from ridgeproof.theorems import vocabulary as V
from ridgeproof.theorems.claim import Claim
from ridgeproof.theorems.functions import E_test, Expect, TestErrorOf
from ridgeproof.theorems.quantities import Rate

from . import balls as B
from . import comparison as zero
from . import laurent, rates, sampling
from . import laws as law
from . import letters as Lt
from . import small_sizes as small
from .constants import NotRational, Sizes, arr, constant, inverse_q, numbers
from .quadrature import constants as float_constants
from .scope import linked

SEED = 7


def hooks_for(claim: Claim, seed: int = SEED) -> Callable[[sp.Expr, B.Point], Any]:
    """What evaluates errors, expectations, rates and traces of a claim at a point.

    Means by quadrature and by simulation do not depend on the precision: they are computed once a point.
    """
    kept: dict[Any, Any] = {}

    def hook(e: sp.Expr, pt: B.Point) -> Any:
        if isinstance(e, Rate):
            return rates.rate(e, claim.setting, pt)
        if e == E_test:
            if claim.setting is None:
                raise B.Limit("E_test of no setting")
            return law.test_error(claim.setting, pt)
        if isinstance(e, TestErrorOf):
            return law.test_error(e.setting, pt)
        if isinstance(e, Expect):
            key = (e, tuple(sorted((str(x), str(v)) for x, v in pt.values.items())), tuple(map(str, pt.spectrum)))
            if key in kept:
                value, marks = kept[key]
                pt.marks |= marks
                return value
            here = pt.child({})
            here.marks = set()
            value = conditional(e, here, seed) if e.over else expect(e.argument, here)
            pt.marks |= here.marks
            if isinstance(value, arb):
                kept[key] = value, here.marks
            return value
        ls = realisation(pt, seed)
        ls.setup([e])
        return ls.scalar(e)

    return hook


def expect(arg: sp.Expr, pt: B.Point) -> Any:
    """The mean over every random letter."""
    letters = Lt.closure(arg)
    if V.P in letters or V.Gp in letters:
        return haar(arg, pt)
    return small.expect(arg, pt)


def conditional(e: Expect, pt: B.Point, seed: int) -> Any:
    """The mean over some noises, every other letter being fixed (the matrices that stand for it outside as well)."""
    rest = {x for x in Lt.closure(e.argument) if V.is_random(x)} - set(e.over)
    if not rest:
        return expect(e.argument, pt)
    if not all(Lt.is_noise(x) for x in e.over):
        raise B.Limit("a mean over a design, other letters being fixed")
    ls = realisation(pt, seed, averaged=frozenset(e.over))
    argument = sp.expand(e.argument)
    if not Lt.quadratic_noise(argument):
        raise B.Limit("a word of more than two noises")
    ls.setup([argument])
    return ls.scalar(argument)


# --- projections -----------------------------------------------------------------------------------------------------


def haar(arg: sp.Expr, pt: B.Point) -> Any:
    """The mean over a projection of rank T0 in R^d that is uniform: exact where it is linear or d = 2, else drawn."""
    d, t = len(pt.spectrum), B.ev(V.T0, pt)
    num = numbers(pt)
    if V.Gp in Lt.closure(arg):
        raise B.Limit("Gp is not drawn here")

    def const(x: sp.MatrixSymbol, r: int, c: int) -> np.ndarray:
        return arr(constant(x, r, c, pt, num))

    def at(m: np.ndarray) -> Any:
        ls = Lt.Letters(Sizes(pt), num, None, inverse_q, const, values={V.P: m})
        ls.setup([arg])
        return ls.scalar(arg)

    one = arr([[fmpq(int(i == j)) for j in range(d)] for i in range(d)])
    if t >= d:
        return at(one)
    if Lt.degree(arg, V.P) == 1:
        return at(one * (fmpq(t) / d))
    if d == 2:
        total, count = arb(0), 32
        for k in range(count):
            angle = arb.pi() * (2 * k + 1) / (2 * count)
            c, s = angle.cos(), angle.sin()
            total += B.ball(at(arr([[c * c, c * s], [c * s, s * s]])))
        return total / count
    rows = np.random.default_rng(SEED).standard_normal((600_000 // (int(t.p) * d), int(t.p), d))
    projections = np.swapaxes(rows, 1, 2) @ np.linalg.inv(rows @ np.swapaxes(rows, 1, 2)) @ rows

    def plain(a: Any) -> float:
        return float(B.ball(num(a)).mid())

    ls = Lt.Letters(
        Sizes(pt), plain, None, np.linalg.inv, float_constants(pt, plain), dtype=float, values={V.P: projections}
    )
    ls.setup([arg])
    v = np.asarray(ls.scalar(arg), float)
    pt.marks.add("sampled")
    return arb(float(v.mean()), sampling.SIGMAS * float(v.std(ddof=1)) / np.sqrt(len(v)))


# --- identities ------------------------------------------------------------------------------------------------------


def inverse_any(m: np.ndarray) -> np.ndarray:
    """The inverse of a matrix of rational numbers or balls."""
    if all(isinstance(v, fmpq) for v in m.ravel()):
        return inverse_q(m)
    n = m.shape[0]
    try:
        inverse = arb_mat(n, n, [B.ball(v) for v in m.ravel()]).inv()
    except ZeroDivisionError:
        raise B.Wide("a matrix not separated from the singular ones") from None
    return arr([[inverse[i, j] for j in range(n)] for i in range(n)])


def realisation(pt: B.Point, seed: int, averaged: frozenset[sp.MatrixSymbol] = frozenset()) -> Lt.Letters:
    """Random letters as arbitrary rational matrices: identities that hold for every outcome."""

    def num(e: Any) -> Any:
        return e if isinstance(e, fmpq | arb) else B.ev(linked(e) if isinstance(e, sp.Expr) else e, pt)

    def design(x: sp.MatrixSymbol, rows: int, cols: int) -> np.ndarray:
        drawn = random.Random(f"{seed} {x}")
        return arr([[fmpq(drawn.randint(-5, 5), drawn.randint(1, 3)) for _ in range(cols)] for _ in range(rows)])

    def const(x: sp.MatrixSymbol, rows: int, cols: int) -> np.ndarray:
        return arr(constant(x, rows, cols, pt, num))

    return Lt.Letters(Sizes(pt), num, design, inverse_any, const, averaged=averaged)


def compare_matrices(part: Any, make: Callable[[], B.Point], seed: int) -> dict[str, Any]:
    """Both sides, matrices, entry by entry, for one outcome of the random letters."""
    why = "balls too wide"
    for prec in (128, 512):
        ctx.prec = prec
        pt = make()
        try:
            ls = realisation(pt, seed)
            ls.setup([part.left, part.right])
            sides = [ls.value(s) if isinstance(s, sp.MatrixExpr) else None for s in (part.left, part.right)]
            if any(m is None for m in sides):
                if (part.right if sides[0] is not None else part.left) != 0:
                    return {"status": "undefined", "why": "a matrix is compared with a number", "at": pt.text()}
                zeros = next(m for m in sides if m is not None) * fmpq(0)
                sides = [zeros if m is None else m for m in sides]
            a, b = np.asarray(sides[0]), np.asarray(sides[1])
            if a.shape != b.shape:
                return {"status": "undefined", "why": f"shapes {a.shape} and {b.shape}", "at": pt.text()}
        except B.Wide as err:
            why = str(err)
            continue
        except B.Undefined as err:
            return {"status": "undefined", "why": str(err), "at": pt.text()}
        except (B.Limit, NotRational, laurent.NotLaurent) as err:
            return {"status": "limit", "why": str(err)}
        differences = [(x, y, x - y) for x, y in zip(a.ravel(), b.ravel(), strict=True)]
        for x, y, gap in differences:
            exact = isinstance(gap, fmpq)
            if gap != 0 if exact else not gap.contains(arb(0)):
                return {
                    "status": "differs",
                    "exact": exact,
                    "left": zero.show(x),
                    "right": zero.show(y),
                    "margin": zero.show(abs(gap)),
                    "at": pt.text() + f"; letters of seed {seed}",
                    "pt": pt,
                }
        if all(isinstance(gap, fmpq) for _, _, gap in differences):
            return {"status": "equal"}
        return {"status": "agrees", "digits": int(prec * 0.3) - 8}
    return {"status": "limit", "why": why}
