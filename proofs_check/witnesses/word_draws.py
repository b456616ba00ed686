"""Means of words by draws: a family at a size, noise averaged exactly, controls of known mean regressed on."""

from __future__ import annotations

import functools
import math
import zlib
from typing import Any, TypeAlias

import numpy as np
import sympy as sp
from flint import arb, ctx, fmpq

from ridgeproof.theorems import vocabulary as voc
from ridgeproof.theorems.claim import Claim
from ridgeproof.theorems.functions import E_test, Expect, TestErrorOf

from . import balls as B
from . import letters as Lt
from . import noise_means, scope, size_errors
from .constants import Sizes
from .size_families import Solved, Values, placed

Array: TypeAlias = np.ndarray
CONDITION = 1e12  # beyond which an inverse is taken not to exist
CELLS = 500_000  # numbers in the largest matrices of all draws that are evaluated at once


def drawn(claim: Claim, fam: Values, solved: Solved, dim: int, n: int, seed: tuple[int, ...]) -> B.Point:
    """A family at a size: expectations have their means over n draws."""
    ctx.prec = 64
    pt = placed(claim, fam, solved, dim)
    draws = Draws(pt, n, seed)

    def hook(e: sp.Expr, p: B.Point) -> Any:
        if isinstance(e, Expect):
            return draws.mean(e.argument)
        if isinstance(e, TestErrorOf):
            return size_errors.test_error_at(e.setting, p)
        return size_errors.test_error_at(claim.setting, p) if e == E_test else draws.fixed(e)

    pt.hooks = hook
    return pt


def checked_inverse(m: Array) -> Array:
    """The inverse; the product of the Frobenius norms is at most rows times the condition number, at a tenth of the
    cost of singular values."""
    try:
        inverse: Array = np.linalg.inv(m)
    except np.linalg.LinAlgError:
        raise B.Undefined("an inverse that does not exist") from None
    size = np.linalg.norm(m, axis=(-2, -1)) * np.linalg.norm(inverse, axis=(-2, -1))
    if not np.all(size <= CONDITION * m.shape[-1]):
        raise B.Undefined("an inverse that does not exist")
    return inverse


class Draws:
    """n draws of the random letters at a point with a spectrum of ``pt.counts`` multiplicities.

    Every letter has a stream of its own, the same for every expectation of a statement.
    """

    def __init__(self, pt: B.Point, n: int, seed: tuple[int, ...]) -> None:
        self.pt, self.n, self.seed = pt, n, seed
        self.kept: dict[sp.Expr, tuple[float, float]] = {}
        self.numbers: dict[sp.Expr, float] = {}
        self.size = Sizes(pt)

        def f(x: Any) -> float:
            return float(B.ball(x).mid())

        counts = list(pt.counts or [1] * len(pt.spectrum))
        self.s = np.repeat([f(a) for a, _ in pt.spectrum], counts)
        self.w = np.repeat([math.sqrt(f(b)) for _, b in pt.spectrum], counts)

    def shape(self, x: sp.MatrixExpr) -> tuple[int, int]:
        """Rows and columns of a matrix at this point."""
        rows, columns = (self.size(s) for s in x.shape)
        return rows, columns

    def controls(self, ls: Lt.Letters, letters: set[sp.MatrixSymbol], draws: int) -> Array:
        """Traces of X'X/T - S with constants of the statement between levels of the spectrum: their means are 0.

        Most of what a word fluctuates with, it does to first order in X'X/T - S; regressed on, that is gone.
        """
        ordered = sorted(letters, key=str)
        designs = [x for x in ordered if x in voc.GAUSSIAN and voc.GAUSSIAN[x][0] == voc.S and not Lt.is_noise(x)]
        fixed = [x for x in ordered if not voc.is_random(x)]
        given = [x for x in fixed if self.shape(x) == (len(self.s),) * 2 and x != voc.S]
        vectors = [x for x in fixed if x.shape[1] == 1 and x != voc.w0]
        levels = np.array([self.s == v for v in np.unique(self.s)], float)
        forms = [self.w[:, None], *(ls.value(v)[:, :1] for v in vectors)]
        between = [np.eye(len(self.s)), *(v @ v.T for v in forms), *(ls.value(c) for c in given)]
        out = [np.empty((draws, 0))]
        for x in designs:
            gap = ls.value(sp.MatMul(x.T, x, evaluate=False)) / self.size(x.shape[0]) - np.diag(self.s)
            for c in between:
                out.append((levels @ (gap * c.T) @ levels.T).reshape(draws, -1))
        return np.concatenate(out, 1)

    def letters(self, draws: int, streams: dict[sp.MatrixSymbol, np.random.Generator]) -> Lt.Letters:
        """The letters in so many draws more of every stream."""

        def num(a: sp.Expr) -> float:  # the same number in every draw
            if a not in self.numbers:
                self.numbers[a] = float(B.ball(a if isinstance(a, fmpq) else B.ev(scope.linked(a), self.pt)).mid())
            return self.numbers[a]

        def design(x: sp.MatrixSymbol, rows: int, columns: int) -> Array:
            if x not in streams:
                streams[x] = np.random.default_rng([*self.seed, zlib.crc32(x.name.encode())])
            z = streams[x].standard_normal((draws, rows, columns))
            covariance = voc.GAUSSIAN[x][0]
            if covariance == voc.S:
                return z * np.sqrt(self.s)
            if covariance is not None:
                raise B.Limit(f"the covariance {covariance} at large sizes")
            return z * math.sqrt(num(voc.GAUSSIAN[x][1]))

        def const(x: sp.MatrixSymbol, rows: int, columns: int) -> Array:
            if x == voc.S:
                return np.diag(self.s)
            if x == voc.w0:
                return self.w[:, None].copy()
            rng = np.random.default_rng(sum(map(ord, x.name)))
            lead = np.diag(1 + rng.uniform(size=rows)) if rows == columns else 0
            return lead + rng.standard_normal((rows, columns)) / math.sqrt(rows)

        return Lt.Letters(self.size, num, design, checked_inverse, const, dtype=float)

    def fixed(self, e: sp.Expr) -> arb:
        """A number of matrices that are not random."""
        if any(voc.is_random(x) for x in e.atoms(sp.MatrixSymbol)):
            raise B.Limit("a random letter outside an expectation")
        ls = self.letters(1, {})
        ls.setup([e])
        v = float(ls.scalar(e))
        return arb(v, 1e-12 * abs(v))

    def mean(self, arg: sp.Expr) -> arb:
        """The mean of a scalar, within three standard errors."""
        if arg not in self.kept:
            self.kept[arg] = self.drawn(arg)
        mean, error = self.kept[arg]
        return arb(mean, 3 * error)

    def drawn(self, arg: sp.Expr) -> tuple[float, float]:
        """Mean and standard error over the draws, so many at once as keep the matrices small."""
        e, letters = without_noise(arg)
        columns = 1 + sum(self.size(x.shape[0]) for x in letters if Lt.is_noise(x))
        shapes = [self.shape(x) for x in letters | e.atoms(sp.MatAdd, sp.Inverse, sp.MatPow)]
        step = max(1, CELLS // max([1, *(rows * max(k, columns) for rows, k in shapes)]))
        streams: dict[sp.MatrixSymbol, np.random.Generator] = {}
        values, controls = [], []
        for first in range(0, self.n, step):
            draws = min(step, self.n - first)
            ls = self.letters(draws, streams)
            ls.setup([e])
            values.append(np.broadcast_to(np.asarray(ls.scalar(e), float), (draws,)))
            controls.append(self.controls(ls, letters, draws))
        return regressed(np.concatenate(values), np.concatenate(controls))


@functools.lru_cache(maxsize=64)
def without_noise(arg: sp.Expr) -> tuple[sp.Expr, set[sp.MatrixSymbol]]:
    """A scalar of which the mean over the noise is taken, where the rule for words can; and its letters."""
    if not Lt.quadratic_noise(arg) and Lt.noise_degree(arg) > 2:
        raise B.Limit("a word of more than two noises")
    if not _noise_outside_functions(arg):
        raise B.Limit("noise inside a nonlinear function")
    try:
        e = noise_means.averaged(arg)
    except noise_means.Hidden:  # left to the columns of the letters
        if any(Lt.noise_degree(t) == 2 and Lt.pinched(t.arg) for t in arg.atoms(sp.Trace)):
            raise B.Limit("a number with noise beside one without, in one trace") from None
        e = arg
    return e, {*Lt.closure(e), *(x for x in Lt.closure(arg) if Lt.is_design(x))}


def regressed(v: Array, controls: Array) -> tuple[float, float]:
    """The mean of v, and its standard error, once its regression on quantities of mean 0 is taken off."""
    n = len(v)
    size = np.linalg.svd(controls - controls.mean(0), compute_uv=False) if controls.size else np.zeros(1)
    k = int(np.sum(size > 1e-9 * max(size.max(), 1e-300)))
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
        return sum(1 for a in e.args if Lt.noise_degree(a) > 0) <= 1 and all(
            _noise_outside_functions(a) for a in e.args
        )
    if isinstance(e, sp.Pow):
        return bool(Lt.noise_degree(e.base) == 0)
    return True
