"""Means of functions of one design, d = 1 and 2, by Gauss quadrature in doubles at two orders with an error bar.

Coordinates: Bartlett's triangle; for one row in two dimensions radius and angle, in which projections are
trigonometric polynomials and the trapezoid is exact.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Set
from typing import Any

import numpy as np
import sympy as sp
from flint import arb
from scipy.special import roots_genlaguerre, roots_hermitenorm

from ridgeproof.theorems import vocabulary as V

from . import balls as B
from . import letters as Lt
from . import stacks
from .bartlett import nonnegative
from .constants import Sizes, constant, factor, floats
from .matrix_numbers import KINKED

Array = np.ndarray
ANGLES = 64
MOST_DESIGNS = 3
GRAMS = ((V.Winv, V.X), (V.W0inv, V.X0), (V.Wminv, V.Xm))  # (X'X)^-1 and X
MOST = 150  # rows: beyond, the weights of Laguerre's nodes lose their digits


def _laguerre(k: int, alpha: float, poles: int) -> tuple[Array, Array]:
    """Nodes and weights (sum 1) of the law with density x^alpha e^-x, for functions with a pole x^-poles at 0.

    The pole goes into the weight, as far as that stays integrable: what is left to integrate is smooth.
    """
    p = max(0, min(poles, math.ceil(alpha + 1) - 1))
    x, w = roots_genlaguerre(k, alpha - p)
    w = w * x**p
    return x, w / w.sum()


def grid(T: int, d: int, k: int, poles: int = 0) -> tuple[Array, Array]:
    """Nodes G (N, d, min(d, T)) and weights of the law of the triangle of a T x d Gaussian design, d = 1, 2.

    ``poles``: how many inverses of X'X stand in a product.
    """
    if T > MOST:
        raise B.Limit(f"quadrature over a design of more than {MOST} rows")
    x1, w1 = _laguerre(k, T / 2 - 1 if d == 1 or T > 1 else 0.0, poles if d <= T else 0)
    g1 = np.sqrt(2 * x1)
    if d == 1:
        return g1[:, None, None], w1
    if T == 1:
        angle = 2 * np.pi * (np.arange(ANGLES) + 0.5) / ANGLES
        radius, turn = np.meshgrid(g1, angle, indexing="ij")
        nodes = np.stack([(radius * np.cos(turn)).ravel(), (radius * np.sin(turn)).ravel()], -1)[:, :, None]
        return nodes, np.outer(w1, np.full(ANGLES, 1 / ANGLES)).ravel()
    z, wz = roots_hermitenorm(k)
    wz = wz / wz.sum()
    x2, w2 = _laguerre(k, (T - 1) / 2 - 1, poles)
    g2 = np.sqrt(2 * x2)
    first, second, below = np.meshgrid(g1, g2, z, indexing="ij")
    weights = (w1[:, None, None] * w2[None, :, None] * wz[None, None, :]).ravel()
    nodes = np.zeros((first.size, 2, 2))
    nodes[:, 0, 0], nodes[:, 1, 1], nodes[:, 1, 0] = first.ravel(), second.ravel(), below.ravel()
    return nodes, weights


def quadrature_mean(e: sp.Expr, pt: B.Point, orders: tuple[int, int] = (24, 32)) -> tuple[float, float]:
    """E by Gauss quadrature at two orders: (value, error).  One design; for d = 1 several whose rows never meet."""
    size = Sizes(pt)
    letters = Lt.closure(e)
    designs = sorted((x for x in letters if Lt.is_design(x)), key=str)
    pinned = _linear_inverse(e, designs, letters, pt)
    if not designs:
        raise B.Limit("quadrature over no design")
    cols = size(designs[0].shape[1])
    rows = [size(x.shape[0]) for x in designs]
    apart = len({x.shape[0] for x in designs}) == len(designs) and {size(x.shape[1]) for x in designs} == {1}
    if len(designs) > 1 and not (apart and len(designs) <= MOST_DESIGNS):
        raise B.Limit("quadrature over one design only, or for d = 1 over several whose rows never meet")
    if e.has(*KINKED):
        raise B.Limit("quadrature of a function with kinks")
    if cols > 2:
        raise B.Limit("quadrature is for d = 1, 2")
    if min(rows) < 1:
        raise B.Undefined("no rows")
    if any(s == y.shape[0] for x in letters if not V.is_random(x) for s in x.shape for y in designs):
        raise B.Limit("a constant between the rows of a design")
    if not Lt.quadratic_noise(e):
        raise B.Limit("a word of more than two noises")
    lows = [np.array([[float(B.ball(v).mid()) for v in row] for row in factor(x, cols, pt)]) for x in designs]
    num = floats(pt)
    const = constants(pt, num)

    def letters_at(triangles: list[Array], inverse: Callable[[Array], Array]) -> Lt.Letters:
        def design(x: sp.MatrixSymbol, _rows: int, _cols: int) -> Array:
            i = designs.index(x)
            out = np.zeros((len(triangles[i]), rows[i], cols))
            out[:, : triangles[i].shape[2], :] = np.swapaxes(triangles[i], 1, 2) @ lows[i].T
            return stacks.along(out)

        ls = Lt.Letters(size, num, design, inverse, const, dtype=float, values=pinned)
        ls.setup([e])
        return ls

    poles = [max([0, *(Lt.degree(sp.expand(e), z) for z, y in GRAMS if y == x)]) for x in designs]
    poles = [p if p < 99 else 0 for p in poles]
    _probe(e, letters_at, cols, rows)
    out = []
    for k in orders:
        fine = k * 2 if cols == 1 and len(rows) <= 2 else k
        nodes, weights = _product([grid(r, cols, fine, p) for r, p in zip(rows, poles, strict=True)])
        with np.errstate(all="ignore"):
            v = letters_at(nodes, stacks.inverse).scalar(e)
        v = np.broadcast_to(v, weights.shape)
        if not np.all(np.isfinite(v)):
            raise B.Limit("quadrature met a pole")
        out.append((float(np.sum(weights * v)), float(np.sum(weights * np.abs(v)))))
    (a, _), (b, scale) = out
    return b, 20 * abs(a - b) + 1e-12 * scale


def _product(grids: list[tuple[Array, Array]]) -> tuple[list[Array], Array]:
    """Nodes of independent designs, one array for each, and the product of their weights."""
    places = np.meshgrid(*(np.arange(len(w)) for _, w in grids), indexing="ij")
    nodes = [g[place.ravel()] for (g, _), place in zip(grids, places, strict=True)]
    weights = np.prod([w[place.ravel()] for (_, w), place in zip(grids, places, strict=True)], axis=0)
    return nodes, weights


def constants(pt: B.Point, num: Callable[[Any], float]) -> Callable[[sp.MatrixSymbol, int, int], Array]:
    """The constant letters as doubles."""

    def const(x: sp.MatrixSymbol, rows: int, cols: int) -> Array:
        return np.array([[float(v) for v in row] for row in constant(x, rows, cols, pt, num)])

    return const


def _linear_inverse(e: sp.Expr, designs: list[sp.MatrixSymbol], letters: Set[sp.MatrixSymbol], pt: B.Point) -> Any:
    """An inverse Wishart of another design, linear: its mean stands for it; that design leaves the list."""
    from . import laws as law

    pinned: dict[sp.MatrixSymbol, Array] = {}
    if len(designs) == 2:
        for inverse, x in GRAMS[1:]:
            if x in designs and inverse in e.atoms(sp.MatrixSymbol) and linear_in(e, inverse) and not e.has(x):
                g = law.inverse_wishart_mean(Sizes(pt)(x.shape[0]), len(pt.spectrum))
                if g is None:
                    if nonnegative(e):
                        raise B.Infinite()
                    raise B.Limit("an infinite mean")
                pinned[inverse] = np.diag([float(B.ball(g / v).mid()) for v, _ in pt.spectrum])
                designs.remove(x)
    return pinned


@functools.cache
def linear_in(e: sp.Expr, x: sp.MatrixSymbol) -> bool:
    """Whether a letter stands once at most in every product, and in traces alone."""
    if e.has(sp.Function, sp.Determinant, *KINKED):
        return False
    for term in sp.Add.make_args(sp.expand(e)):
        said = str(term)
        if said.count(x.name + ")") + said.count(x.name + "*") > 1:
            return False
    return True


def _probe(
    e: sp.Expr, letters_at: Callable[[list[Array], Callable[[Array], Array]], Lt.Letters], cols: int, rows: list[int]
) -> None:
    """Denominators and determinants over the whole support, not only where the law puts its nodes.

    A pole inside means that the mean may not exist.
    """
    rng = np.random.default_rng(0)
    scale = 10.0 ** np.arange(-3, 4)
    triangles = [rng.standard_normal((7 * 60, cols, min(cols, r))) * np.repeat(scale, 60)[:, None, None] for r in rows]
    if cols == 2 and rows[0] > 1:
        triangles[0][:, 0, 1] = 0

    def inverse(m: Array) -> Array:
        m = np.asarray(m, float)
        det = np.linalg.det(m)
        if det.ndim and not (det.min() > 0 or det.max() < 0) and not (abs(det).min() == 0):
            raise B.Limit("a determinant changes sign on the support: the mean may not exist")
        return stacks.inverse(m)

    try:
        with np.errstate(all="ignore"):
            letters_at(triangles, inverse).scalar(e)
    except np.linalg.LinAlgError:
        pass


def mean(e: sp.Expr, pt: B.Point) -> arb:
    """The mean as a ball whose radius is 20 times the difference of two orders."""
    v, err = quadrature_mean(e, pt)
    pt.marks.add("estimated")
    if err > 1e-3 * max(abs(v), 1e-12):
        raise B.Limit("quadrature does not settle (a mean that may not exist)")
    return arb(v, err)
