"""Exact means of words in designs, their Wishart matrices and inverses: Laurent polynomials in Bartlett's coordinates.

X = G'L' up to a rotation of the rows, which no word sees whose rows meet only other rows of X or isotropic noise.
Where a constant stands between the rows (X'MX), every entry of the design is a variable of its own.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp
from flint import arb, fmpq
from sympy.matrices.expressions.trace import Trace

from ridgeproof.theorems import vocabulary as V

from . import balls as B
from . import laurent
from . import letters as Lt
from .constants import NotRational, Sizes, arr, constant, factor, inverse_q, numbers, root

ENTRIES = 14  # at most so many variables where every entry of a design, or of a noise, is one


def exact_mean(e: sp.Expr, pt: B.Point) -> fmpq:
    """E of a polynomial in traces of words: an exact rational; Infinite where it diverges to +oo."""
    v, coordinates = polynomial(e, pt)
    value, divergent = laurent.mean(v, coordinates.variables)
    return value if divergent is None else diverges(v, coordinates.variables, e)


def logarithms(e: sp.Expr, pt: B.Point) -> arb:
    """E of a sum with logarithms of products of chi variables, as log det W is: E log g^2 = digamma(nu/2) + log 2."""
    total = arb(0)
    for term in sp.Add.make_args(sp.expand(e)):
        if not any(map(V.is_random, Lt.closure(term))):
            total += B.ball(B.ev(term, pt))
            continue
        logs = [f for f in sp.Mul.make_args(term) if isinstance(f, sp.log)]
        rest = sp.Mul(*(f for f in sp.Mul.make_args(term) if f not in logs))
        if not logs:
            total += B.ball(exact_mean(term, pt))
            continue
        if len(logs) != 1 or any(map(V.is_random, Lt.closure(rest))):
            raise laurent.NotLaurent("a logarithm beside what is random")
        v, coordinates = polynomial(logs[0].args[0], pt)
        if len(v.t) != 1:
            raise laurent.NotLaurent("the logarithm of a sum")
        ((powers, c),) = v.t.items()
        chis = coordinates.variables.of(powers)
        if not c > 0 or any(nu is None for nu, _ in chis):
            raise laurent.NotLaurent("the logarithm of what may be negative")
        mean = arb(c).log()
        for nu, p in chis:
            mean += p * ((arb(nu) / 2).digamma() + arb(2).log()) / 2
        total += mean * B.ball(B.ev(rest, pt))
    return total


def polynomial(e: sp.Expr, pt: B.Point) -> tuple[laurent.L, Coordinates]:
    """A polynomial in traces and determinants of words, in Bartlett's coordinates."""
    coordinates = Coordinates(e, pt)
    num = numbers(pt)

    def const(x: sp.MatrixSymbol, rows: int, cols: int) -> np.ndarray:
        values = constant(x, rows, cols, pt, num)
        if x in coordinates.turned:
            share = sum((values[i][i] for i in range(rows)), fmpq(0)) / rows
            values = [[share if i == j else fmpq(0) for j in range(cols)] for i in range(rows)]
        return arr([[laurent.L.const(v) for v in r] for r in values])

    quadratic = Lt.quadratic_noise(e)
    ls = Lt.Letters(
        coordinates.size,
        lambda s: laurent.L.const(num(s)),
        coordinates.design,
        coordinates.inverse,
        const,
        noise="columns" if quadratic else "plain",
    )
    ls.setup([e])
    v = ls.scalar(e)
    return (v if isinstance(v, laurent.L) else laurent.L.const(v)), coordinates


class Coordinates:
    """The designs of an expression in independent chi and normal variables."""

    def __init__(self, e: sp.Expr, pt: B.Point) -> None:
        self.pt, self.size = pt, Sizes(pt)
        letters = Lt.closure(e)
        self.designs = sorted((x for x in letters if Lt.is_design(x)), key=str)
        constants = [x for x in letters if not V.is_random(x)]
        held = {s for x in constants for s in x.shape} - {sp.S.One}
        self.turned: frozenset[sp.MatrixSymbol] = frozenset()
        if len(self.designs) == 1 and V.GAUSSIAN[self.designs[0]][0] is None:
            # the rows may be rotated: a constant between them that stands once is tr(A)/rows times the identity
            rows_, columns = self.designs[0].shape
            between = [x for x in constants if x.shape == (rows_, rows_)]
            alone = len(between) == 1 and Lt.degree(sp.expand(e), between[0]) == 1
            if alone and rows_ != columns and not any(rows_ in x.shape for x in constants if x not in between):
                self.turned, held = frozenset(between), held - {rows_}
        self.wide = self._wide(constants, e)
        self.variables = laurent.Variables()
        self.known: dict[sp.MatrixSymbol, np.ndarray] = {}
        self.grams: list[tuple[np.ndarray, np.ndarray]] = []  # (X'X, its inverse)
        for x in self.designs:
            rows, cols = (self.size(s) for s in x.shape)
            if rows < 1:
                raise B.Undefined("no rows")
            if x == self.wide and rows < cols:
                self.known[x] = self.transposed(x, rows, cols)
            elif x.shape[0] in held:
                self.known[x] = self.entries(x, rows, cols)
            else:
                self.known[x] = self.triangular(x, rows, cols)

    def _wide(self, constants: list[sp.MatrixSymbol], e: sp.Expr) -> sp.MatrixSymbol | None:
        """The one design whose columns may be rotated: its covariance is a number here, and no constant meets them.

        But for one that stands once, which the rotations turn into its trace/columns times the identity.
        """
        if len(self.designs) != 1:
            return None
        (x,) = self.designs
        rows, columns = x.shape
        covariance = V.GAUSSIAN[x][0]
        isotropic = covariance is None or (covariance == V.S and len({s for s, _ in self.pt.spectrum}) == 1)
        met = [y for y in constants if columns in y.shape and y != V.S]
        if rows == columns or not isotropic or any(y.shape != (columns, columns) for y in met) or len(met) > 1:
            return None
        if met and Lt.degree(sp.expand(e), met[0]) != 1:
            return None
        if met and self.size(rows) < self.size(columns):
            self.turned |= frozenset(met)
        return x

    def transposed(self, x: sp.MatrixSymbol, rows: int, cols: int) -> np.ndarray:
        """c (G 0) for fewer rows than columns: G lower triangular, chi of cols, cols - 1, ... on its diagonal.

        X X' is then Wishart of cols degrees of freedom, and has an inverse; constants between the rows stay.
        """
        g = arr([[laurent.L.const(0)] * cols for _ in range(rows)])
        for i in range(rows):
            g[i, i] = self.variables.chi(cols - i)
            for j in range(i):
                g[i, j] = self.variables.normal()
        size = factor(x, cols, self.pt)[0][0]
        out = self.scaled(x, g * laurent.L.const(size))
        back = _forward(g[:, :rows])
        self.grams.append((out @ out.T, back.T @ back * (1 / (size**2 * B.ev(V.GAUSSIAN[x][1], self.pt)))))
        return out

    def entries(self, x: sp.MatrixSymbol, rows: int, cols: int) -> np.ndarray:
        """Every entry a normal variable."""
        if rows * cols > ENTRIES:
            raise B.Limit("a constant between the rows of a large design")
        z = arr([[self.variables.normal() for _ in range(cols)] for _ in range(rows)])
        return self.scaled(x, z @ _lifted(factor(x, cols, self.pt)).T)

    def scaled(self, x: sp.MatrixSymbol, m: np.ndarray) -> np.ndarray:
        """A noise of several columns has a variance."""
        spread = B.ev(V.GAUSSIAN[x][1], self.pt)
        return m if B.rat(spread) and spread == 1 else m * root(spread)

    def triangular(self, x: sp.MatrixSymbol, rows: int, cols: int) -> np.ndarray:
        """G'L' above zeros: G lower triangular, chi on its diagonal, normal below."""
        least = min(rows, cols)
        g = arr([[laurent.L.const(0)] * least for _ in range(cols)])
        for i in range(least):
            g[i, i] = self.variables.chi(rows - i)
            for j in range(i + 1, cols):
                g[j, i] = self.variables.normal()
        low = factor(x, cols, self.pt)
        top = self.scaled(x, g.T @ _lifted(low).T)
        out = arr([[laurent.L.const(0)] * cols for _ in range(rows)])
        out[:least] = top
        if rows >= cols:
            back = _forward(g)
            inverse = _lifted(inverse_q(low)).T @ (back.T @ back) @ _lifted(inverse_q(low))
            self.grams.append((out.T @ out, inverse / B.ev(V.GAUSSIAN[x][1], self.pt)))
        if rows == cols and rows > 1:
            back = _forward(g) @ _lifted(inverse_q(low))  # X = (L G)', so that (X X')^-1 = G^-1 (L'L)^-1 G^-T
            self.grams.append((out @ out.T, back @ back.T / B.ev(V.GAUSSIAN[x][1], self.pt)))
        return out

    def design(self, x: sp.MatrixSymbol, rows: int, cols: int) -> np.ndarray:
        """A design, or a noise whose entries are variables."""
        if x in self.known:
            return self.known[x]
        if not Lt.is_noise(x):
            raise B.Limit(f"{x} is not drawn in Bartlett's coordinates")
        if rows * cols > ENTRIES:
            raise B.Limit("a word of more than two noises")
        scale = root(B.ev(Lt.variance(x), self.pt))
        self.known[x] = arr([[self.variables.normal() * scale for _ in range(cols)] for _ in range(rows)])
        return self.known[x]

    def inverse(self, m: np.ndarray) -> np.ndarray:
        """The inverse of a constant matrix, of c X'X, of a number."""
        flat = list(m.ravel())
        if all(_number(v) is not None for v in flat):
            return _lifted(inverse_q([[_number(v) for v in row] for row in m]))
        for gram, inverse in self.grams:
            scale = _multiple(m, gram)
            if scale is not None:
                return inverse * (1 / scale)
        if m.shape[0] == 1:
            return arr([[laurent.L.const(1) / m[0, 0]]])
        if any(_singular(m, self.known[x]) for x in self.designs):
            raise B.Undefined("the Gram matrix of more columns than rows, or of more rows than columns, is singular")
        raise laurent.NotLaurent("an inverse that is no word in W^-1")


def _lifted(m: Any) -> np.ndarray:
    return arr([[laurent.L.const(v) for v in row] for row in m])


def _number(v: Any) -> fmpq | None:
    if not isinstance(v, laurent.L):
        return fmpq(v)
    return v.number()


def _multiple(m: np.ndarray, gram: np.ndarray) -> fmpq | None:
    """c with m = c gram, if there is one."""
    if m.shape != gram.shape:
        return None
    key = next(iter(gram[0, 0].t))
    first = m[0, 0].t.get(key) if isinstance(m[0, 0], laurent.L) else None
    if first is None:
        return None
    scale = first / gram[0, 0].t[key]
    same = all(
        isinstance(a, laurent.L) and (a - b * scale).t == {} for a, b in zip(m.ravel(), gram.ravel(), strict=True)
    )
    return scale if same else None


def _singular(m: np.ndarray, x: np.ndarray) -> bool:
    """Whether m is a multiple of X'X with fewer rows than columns, or of X X' with fewer columns than rows."""
    return x.shape[0] != x.shape[1] and _multiple(m, x.T @ x if x.shape[0] < x.shape[1] else x @ x.T) is not None


def _forward(g: np.ndarray) -> np.ndarray:
    """The inverse of a lower triangular matrix, by forward substitution."""
    n = g.shape[0]
    inverse = arr([[laurent.L.const(0)] * n for _ in range(n)])
    for c in range(n):
        for r in range(c, n):
            rest = laurent.L.const(1 if r == c else 0)
            for k in range(c, r):
                rest = rest - g[r, k] * inverse[k, c]
            inverse[r, c] = rest / g[r, r]
    return inverse


def diverges(v: laurent.L, variables: laurent.Variables, e: sp.Expr) -> fmpq:
    """The mean of v is not finite: +oo if its worst terms are all positive in the limit, else it does not exist."""
    bad = [m for m in v.t if variables.diverges(m)]
    even = all(p % 2 == 0 for m in bad for _, p in variables.of(m))
    if even and all(v.t[m] > 0 for m in bad):
        raise B.Infinite()
    if even and all(v.t[m] < 0 for m in bad):
        raise B.Undefined("a mean that is -oo")
    if nonnegative(e):  # a trace of squares is nonnegative whatever its monomials look like
        raise B.Infinite()
    raise B.Undefined("a mean that does not exist (infinite parts of both signs)")


def nonnegative(e: sp.Expr) -> bool:
    """Whether a product of traces is nonnegative by its form."""
    if isinstance(e, Trace):
        a = [x for x in (e.arg.args if isinstance(e.arg, sp.MatMul) else (e.arg,)) if isinstance(x, sp.MatrixExpr)]
        return (all(x in V.SYMMETRIC or isinstance(x, sp.Identity) for x in a) and len(a) <= 2) or (
            a == a[:2] * (len(a) // 2) and len(a) == 4 and all(x in V.SYMMETRIC for x in a)
        )
    if isinstance(e, sp.Mul):
        return all(nonnegative(f) or bool(f.is_nonnegative) for f in e.args)
    if isinstance(e, sp.Pow):
        return bool(e.exp.is_even) or nonnegative(e.base)
    return bool(e.is_nonnegative)


__all__ = ["NotRational", "diverges", "exact_mean", "nonnegative"]
