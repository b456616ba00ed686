"""Means by simulation, for words that neither exact moments nor quadrature reach: several designs, filters, d = 3, 4.

The ball's radius is SIGMAS standard errors: a run of a million comparisons raises a false alarm with probability below
1e-5 where the variance is finite.  A tail index near or below 2 (Hill's estimate) gives no value: there a sample mean
lies below the mean more often than its error bar admits.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import numpy as np
import sympy as sp
from flint import arb

from ridgeproof.theorems import vocabulary as V

from . import balls as B
from . import letters as Lt
from . import stacks
from .constants import Sizes, factor, floats
from .quadrature import constants

SIGMAS = 7.0
DRAWS = 40_000
FAR = 400  # draws of all sizes, in search of a denominator that changes sign
WORK = 1.5e6  # numbers drawn for one mean
TAIL = 3.0  # least Hill index of what is averaged


def mean(e: sp.Expr, pt: B.Point) -> arb:
    """E[e] as a ball of SIGMAS standard errors; marks the point as sampled.

    Raises
    ------
    Limit
        The tail is heavy, or a denominator changes sign, among the draws or anywhere on the support.
    """
    size, num = Sizes(pt), floats(pt)
    letters = Lt.closure(e)
    drawn = [x for x in letters if Lt.is_design(x) or Lt.is_noise(x)]
    if not drawn:
        raise B.Limit("nothing random to draw")
    cells = sum(size(x.shape[0]) * size(x.shape[1]) for x in drawn)
    runs = int(min(DRAWS, max(4000, WORK / max(cells, 1))))
    quadratic = Lt.quadratic_noise(e)

    def inverse(m: np.ndarray) -> np.ndarray:
        try:
            return stacks.inverse(m)
        except np.linalg.LinAlgError:
            raise B.Undefined("an inverse that does not exist") from None

    def value(draw: Callable[[sp.MatrixSymbol, int, int], np.ndarray]) -> Any:
        def design(x: sp.MatrixSymbol, rows: int, cols: int) -> np.ndarray:
            if rows < 1:
                raise B.Undefined("no rows")
            z = draw(x, rows, cols)
            if Lt.is_noise(x):
                return z * np.sqrt(num(Lt.variance(x)))
            low = np.array([[float(B.ball(v).mid()) for v in row] for row in factor(x, cols, pt)])
            return stacks.times(z, low.T) * np.sqrt(num(V.GAUSSIAN[x][1]))

        noise = "columns" if quadratic else "plain"
        ls = Lt.Letters(size, num, design, inverse, constants(pt, num), noise=noise, dtype=float)
        ls.setup([e])
        with np.errstate(all="ignore"):
            return ls.scalar(e)

    def near(x: sp.MatrixSymbol, rows: int, cols: int) -> np.ndarray:
        return stacks.normal((7, *x.name.encode()), runs, rows, cols)

    v = np.broadcast_to(np.asarray(value(near), float), (runs,))
    if not np.all(np.isfinite(v)):
        raise B.Limit("a draw without a value")
    if divides(e):  # a denominator may change sign where draws do not come: then the mean need not exist
        with contextlib.suppress(B.Undefined):
            value(far)
    centre, error = float(v.mean()), float(v.std(ddof=1)) / np.sqrt(runs)
    if hill(v - centre) < TAIL:
        raise B.Limit("a variance that may be infinite: no comparison by sampling")
    pt.marks.add("sampled")
    return arb(centre, SIGMAS * error + 1e-12 * abs(centre))


def far(x: sp.MatrixSymbol, rows: int, cols: int) -> np.ndarray:
    """Draws of all sizes."""
    rng = np.random.default_rng([8, *x.name.encode()])
    return stacks.along(rng.standard_normal((FAR, rows, cols)) * 10.0 ** rng.uniform(-3, 3, (FAR, 1, 1)))


def divides(e: sp.Expr) -> bool:
    """Whether an expression divides by a number of random letters."""
    divisors = (p.base for p in e.atoms(sp.Pow) if p.exp.could_extract_minus_sign())
    return any(V.is_random(x) for base in divisors for x in Lt.closure(base))


def hill(v: np.ndarray) -> float:
    """Hill's estimate of the tail index of |v|, from its largest 0.2 %."""
    count = max(50, len(v) // 500)
    top = np.sort(np.abs(v))[-count - 1 :]
    if top[0] <= 0:
        return np.inf
    return float(1 / np.mean(np.log(top[1:] / top[0]) + 1e-300))
