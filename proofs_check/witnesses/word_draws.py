"""Means of words by draws: a family at a size, noise averaged exactly, controls of known mean regressed on."""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import numpy as np
import sympy as sp
from flint import arb, ctx, fmpq

from ridgeproof.theorems import vocabulary as voc
from ridgeproof.theorems.claim import Claim
from ridgeproof.theorems.functions import E_test, Expect

from . import balls as B
from . import letters as Lt
from . import scope, size_errors
from .constants import Sizes
from .size_families import Solved, Values, placed

Array: TypeAlias = np.ndarray
Seed: TypeAlias = int | tuple[int, ...]
CONDITION = 1e12  # beyond which an inverse is taken not to exist


def drawn(claim: Claim, fam: Values, solved: Solved, dim: int, n: int, seed: Seed) -> B.Point:
    """A family at a size: expectations have their means over n draws."""
    ctx.prec = 64
    pt = placed(claim, fam, solved, dim)
    draws = Draws(pt, n, seed)

    def hook(e: sp.Expr, p: B.Point) -> Any:
        if isinstance(e, Expect):
            return draws.mean(e.argument)
        return size_errors.test_error_at(claim, p) if e == E_test else draws.fixed(e)

    pt.hooks = hook
    return pt


def checked_inverse(m: Array) -> Array:
    """The inverse; the product of the Frobenius norms is at most rows times the condition number, at a tenth of the
    cost of singular values."""
    try:
        inverse: Array = np.linalg.inv(m)
    except np.linalg.LinAlgError:
        raise B.Undefined("an inverse that does not exist") from None
    if not np.linalg.norm(m) * np.linalg.norm(inverse) <= CONDITION * len(m):
        raise B.Undefined("an inverse that does not exist")
    return inverse


class Draws:
    """n draws of a point's random letters, the same ones for every expectation of a statement."""

    def __init__(self, pt: B.Point, n: int, seed: Seed) -> None:
        self.pt, self.n, self.seed = pt, n, seed
        self.size = Sizes(pt)
        self.kept: dict[sp.Expr, tuple[float, float]] = {}
        self.numbers: dict[Any, float] = {}
        self.s = np.repeat([float(B.ball(a).mid()) for a, _ in pt.spectrum], pt.counts or 1)
        self.w = np.repeat([math.sqrt(float(B.ball(b).mid())) for _, b in pt.spectrum], pt.counts or 1)

    def controls(self, ls: Lt.Letters, letters: set[sp.MatrixSymbol]) -> list[float]:
        """Traces of X'X/T - S with constants of the statement between levels of the spectrum: their means are 0.

        Most of what a word fluctuates with, it does to first order in X'X/T - S; regressed on, that is gone.
        """
        square = (len(self.s),) * 2
        designs = [x for x in letters if x in voc.GAUSSIAN and voc.GAUSSIAN[x][0] == voc.S and not Lt.is_noise(x)]
        given = [x for x in letters if not voc.is_random(x) and self._shape(x) == square and x != voc.S]
        vectors = [x for x in letters if not voc.is_random(x) and x.shape[1] == 1 and x != voc.w0]
        levels = [self.s == v for v in np.unique(self.s)]
        out: list[float] = []
        for x in designs:
            m = ls.value(x)
            gap = m.T @ m / len(m) - np.diag(self.s)
            forms = [self.w[:, None], *(ls.value(v)[:, :1] for v in vectors)]
            between = [np.eye(len(self.s)), *(v @ v.T for v in forms), *(ls.value(c) for c in given)]
            out += [float(np.sum((gap * c.T)[np.ix_(p, q)])) for c in between for p in levels for q in levels]
        return out

    def _shape(self, x: sp.MatrixSymbol) -> tuple[int, ...]:
        return tuple(self.size(side) for side in x.shape)

    def _number(self, a: Any) -> float:
        """A scalar of the statement: the same number in every draw."""
        if a not in self.numbers:
            value = a if isinstance(a, fmpq) else B.ev(scope.linked(a), self.pt)
            self.numbers[a] = float(B.ball(value).mid())
        return self.numbers[a]

    def _constant(self, x: sp.MatrixSymbol, rows: int, cols: int) -> Array:
        if x == voc.S:
            return np.diag(self.s)
        if x == voc.w0:
            return self.w[:, None].copy()
        r = np.random.default_rng(sum(map(ord, x.name)))
        middle = np.diag(1 + r.uniform(size=rows)) if rows == cols else np.zeros((rows, cols))
        return middle + r.standard_normal((rows, cols)) / math.sqrt(rows)

    def letters(self, rng: np.random.Generator) -> Lt.Letters:
        """The letters of one draw."""

        def design(x: sp.MatrixSymbol, rows: int, cols: int) -> Array:
            z = rng.standard_normal((rows, cols))
            covariance = voc.GAUSSIAN[x][0]
            if covariance == voc.S:
                return z * np.sqrt(self.s)
            if covariance is not None:
                raise B.Limit(f"the covariance {covariance} at large sizes")
            return z * math.sqrt(self._number(voc.GAUSSIAN[x][1]))

        return Lt.Letters(self.size, self._number, design, checked_inverse, self._constant, dtype=float)

    def fixed(self, e: sp.Expr) -> arb:
        """The value of what holds no random letter."""
        if any(voc.is_random(x) for x in e.atoms(sp.MatrixSymbol)):
            raise B.Limit("a random letter outside an expectation")
        ls = self.letters(np.random.default_rng(self.seed))
        ls.setup([e])
        v = float(ls.scalar(e))
        return arb(v, 1e-12 * abs(v))

    def mean(self, word: sp.Expr) -> arb:
        """The mean of a word over the draws; the radius is three standard errors."""
        if not Lt.quadratic_noise(word) and Lt.noise_degree(word) > 2:
            raise B.Limit("a word of more than two noises")
        if not _noise_outside_functions(word):
            raise B.Limit("noise inside a nonlinear function")
        if word not in self.kept:
            rng = np.random.default_rng(self.seed)  # the same draws for every expectation of a statement
            values, controls, letters = [], [], Lt.closure(word)
            for _ in range(self.n):
                ls = self.letters(rng)
                ls.setup([word])
                values.append(float(ls.scalar(word)))
                controls.append(self.controls(ls, letters))
            self.kept[word] = regressed(np.array(values), np.array(controls))
        mean, error = self.kept[word]
        return arb(mean, 3 * error)


def regressed(v: Array, controls: Array) -> tuple[float, float]:
    """The mean of v, and its standard error, once its regression on quantities of mean 0 is taken off."""
    n = len(v)
    size: list[float] = list(np.linalg.svd(controls - controls.mean(0), compute_uv=False)) if controls.size else []
    k = int(np.sum(np.asarray(size) > 1e-9 * max([*size, 1e-300])))
    if k == 0 or n < 4 * k:
        return float(v.mean()), float(v.std(ddof=1)) / math.sqrt(n)
    A = np.concatenate([np.ones((n, 1)), controls], 1)
    fit, *_ = np.linalg.lstsq(A, v, rcond=None)
    rest = v - A @ fit
    return float(fit[0]), math.sqrt(float(rest @ rest) / (n - k - 1) * (1 / n) * (1 + k / (n - k - 1)))


def _noise_outside_functions(e: sp.Expr) -> bool:
    """Noise stands in one quadratic trace at most of every product.

    Other factors may be any function of noise-free traces.
    """
    if isinstance(e, sp.Add):
        return all(_noise_outside_functions(a) for a in e.args)
    if isinstance(e, sp.Mul):
        noisy = sum(1 for a in e.args if Lt.noise_degree(a) > 0)
        return noisy <= 1 and all(_noise_outside_functions(a) for a in e.args)
    if isinstance(e, sp.Pow):
        return bool(Lt.noise_degree(e.base) == 0)
    return True
