"""Means of words at a large size, by drawing designs; noise is averaged exactly where it is quadratic."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import sympy as sp
from flint import arb, fmpq

from ridgeproof.theorems import vocabulary as V
from ridgeproof.theorems.claim import Claim

from . import balls as B
from . import letters as Lt
from . import scope as P
from .balls import Number
from .constants import Sizes


def checked_inverse(m: np.ndarray) -> np.ndarray:
    """The inverse; the product of the Frobenius norms is at most rows times the condition number, at a tenth of the
    cost of singular values."""
    try:
        inverse = np.linalg.inv(m)
    except np.linalg.LinAlgError:
        raise B.Undefined("an inverse that does not exist") from None
    if not np.linalg.norm(m) * np.linalg.norm(inverse) <= 1e12 * len(m):
        raise B.Undefined("an inverse that does not exist")
    return inverse


class Draws:
    def __init__(self, claim: Claim, pt: B.Point, n: int, seed: int | tuple[int, int]) -> None:
        self.pt, self.n, self.seed = pt, n, seed
        self.rng = np.random.default_rng(seed)
        self.kept: dict[sp.Expr, Any] = {}

        def f(x: Number) -> float:
            return float(B.ball(x).mid())

        self.s = np.repeat([f(a) for a, _ in pt.spectrum], list(pt.counts or ()))
        self.w = np.repeat([math.sqrt(f(b)) for _, b in pt.spectrum], list(pt.counts or ()))

    def letters(self) -> Lt.Letters:
        size = Sizes(self.pt)

        def num(a: Any) -> float:
            return float(B.ball(a if isinstance(a, fmpq) else B.ev(P.linked(a), self.pt)).mid())

        def design(x: sp.MatrixSymbol, rows: int, cols: int) -> np.ndarray:
            z = self.rng.standard_normal((rows, cols))
            covariance = V.GAUSSIAN[x][0]
            if covariance == V.S:
                return z * np.sqrt(self.s)
            if covariance is not None:
                raise B.Limit(f"the covariance {covariance} at large sizes")
            return z * math.sqrt(num(V.GAUSSIAN[x][1]))

        def const(x: sp.MatrixSymbol, rows: int, cols: int) -> np.ndarray:
            if x == V.S:
                return np.diag(self.s)
            if x == V.w0:
                return self.w[:, None].copy()
            r = np.random.default_rng(sum(map(ord, x.name)))
            return (
                np.diag(1 + r.uniform(size=rows)) + r.standard_normal((rows, cols)) / math.sqrt(rows)
                if rows == cols
                else r.standard_normal((rows, cols)) / math.sqrt(rows)
            )

        return Lt.Letters(size, num, design, checked_inverse, const, dtype=float)

    def fixed(self, e: sp.Expr) -> Number:
        if any(V.is_random(x) for x in e.atoms(sp.MatrixSymbol)):
            raise B.Limit("a random letter outside an expectation")
        ls = self.letters()
        ls.setup([e])
        v = float(ls.scalar(e))
        return arb(v, 1e-12 * abs(v))

    def mean(self, arg: sp.Expr) -> arb:
        if not Lt.quadratic_noise(arg) and Lt.noise_degree(arg) > 2:
            raise B.Limit("a word of more than two noises")
        if not quad_ok(arg):
            raise B.Limit("noise inside a nonlinear function")
        if arg in self.kept:
            v = self.kept[arg]
        else:
            self.rng = np.random.default_rng(self.seed)  # the same draws for every expectation of a statement
            v = []
            for _ in range(self.n):
                ls = self.letters()
                ls.setup([arg])
                v.append(float(ls.scalar(arg)))
            v = self.kept[arg] = np.array(v)
        return arb(float(v.mean()), 3 * float(v.std(ddof=1)) / math.sqrt(len(v)))


def quad_ok(e: sp.Expr) -> bool:
    """Noise stands in one quadratic trace at most of every product.

    Other factors may be any function of noise-free traces.
    """
    if isinstance(e, sp.Add):
        return all(quad_ok(a) for a in e.args)
    if isinstance(e, sp.Mul):
        return sum(1 for a in e.args if Lt.noise_degree(a) > 0) <= 1 and all(quad_ok(a) for a in e.args)
    if isinstance(e, sp.Pow):
        return Lt.noise_degree(e.base) == 0
    return True


# --- optima ----------------------------------------------------------------------------------------------------------
