"""The vocabulary's letters as matrices over any ring.

Rationals, Laurent polynomials, doubles in batches. Column vectors with noise have 1 + N columns: column 0 is their
value without noise, one column for each noise entry; a transposed noise letter carries its variance. Then u u' and
u'u under a trace are averaged over the noise exactly, where every trace holds two such columns (or none) and one
trace of a product holds noise.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import sympy as sp
from sympy.matrices.expressions.trace import Trace

from ridgeproof.theorems import vocabulary as V
from ridgeproof.theorems.declarations import Noise
from ridgeproof.theorems.functions import Expect
from ridgeproof.theorems.letters import Letter
from ridgeproof.theorems.matrix_numbers import NUMBERS

from . import balls as B
from . import chains, filters, laurent, matrix_numbers, stacks
from .arrays import over

Array = np.ndarray
CACHED = 5000  # formulas of which it is kept what stands in them
NOISE = {V.E: V.sigma2, V.Em: V.sigma2m, V.Fm: V.sigma02, V.H: V.m * V.sigma02}
FORMULA = {V.H1: V.H + V.Fm, V.wm1: V.Wminv * V.Xm.T * (V.Xm * V.wm + V.Em)}
for _l, _r in V.EQUATIONS:
    if isinstance(_l, sp.MatrixSymbol):
        FORMULA.setdefault(_l, _r)
# The error of the downstream fit when no generation has left its noise yet: v[m] for m = 0.
for _l in (V.v, V.v0):
    FORMULA.setdefault(_l, V.R * V.X.T * V.E / V.T - V.lam * V.R * V.w0)


def is_noise(x: sp.MatrixSymbol) -> bool:
    """A column of independent entries that is averaged by the column rule."""
    return x in NOISE or (isinstance(x, Noise) and x.shape[1] == 1)


def is_design(x: sp.MatrixSymbol) -> bool:
    """A matrix of independent Gaussian rows that is drawn: of covariance S, the identity or a constant of its own."""
    return x in V.GAUSSIAN and not is_noise(x)


def variance(x: sp.MatrixSymbol) -> sp.Expr:
    """What multiplies the identity in the law of a noise letter."""
    return NOISE[x] if x in NOISE else V.GAUSSIAN[x][1]


def degree(e: sp.Basic, x: sp.MatrixSymbol) -> int:
    """How often a letter stands in a product at most; 99 inside a power."""
    if e == x:
        return 1
    if isinstance(e, sp.Add | sp.MatAdd):
        return max(degree(a, x) for a in e.args)
    if isinstance(e, sp.Mul | sp.MatMul):
        return sum(degree(a, x) for a in e.args)
    if isinstance(e, sp.Pow | sp.MatPow | sp.Inverse) and e.has(x):
        return 99
    inside = max([0, *(degree(a, x) for a in e.args)])
    return inside if isinstance(e, Trace | Expect | sp.Transpose) or not inside else 99


@functools.lru_cache(CACHED)
def noise_degree(e: sp.Basic) -> int:
    """How many noises stand in a product at most; 99 where they stand in what is no polynomial."""
    if isinstance(e, sp.MatrixSymbol):
        if is_noise(e):
            return 1
        if isinstance(e, Letter) and e.blocks:
            return max(map(noise_degree, e.blocks))
        if isinstance(e, Letter) and e.filter is not None:
            return 99 if noise_degree(e.filter[1]) else 0
        if e in V.INVERSES:
            return 99 if any(map(noise_degree, V.INVERSES[e].atoms(sp.MatrixSymbol))) else 0
        for t in (V.DEFINITIONS, FORMULA):
            if e in t:
                return noise_degree(t[e])
        return 0
    if isinstance(e, (sp.MatAdd, sp.Add)):
        return max(map(noise_degree, e.args))
    if isinstance(e, (sp.MatMul, sp.Mul)):
        return sum(map(noise_degree, e.args))
    if isinstance(e, (sp.Inverse, sp.MatPow, sp.Pow)):
        n = noise_degree(e.args[0])
        if n == 0:
            return 0
        k = e.args[1] if len(e.args) > 1 else -1
        return n * int(k) if getattr(k, "is_Integer", False) and k > 0 else 99
    if isinstance(e, (sp.Transpose, Trace, Expect)):
        return noise_degree(e.args[0])
    return max([0, *map(noise_degree, e.args)])


@functools.lru_cache(CACHED)
def closure(e: sp.Basic) -> frozenset[sp.MatrixSymbol]:
    """Every letter that an expression speaks of, directly or through definitions, inverses, blocks and filters."""
    out: set[sp.MatrixSymbol] = set()
    todo = [e]
    while todo:
        for x in todo.pop().atoms(sp.MatrixSymbol):
            if x in out:
                continue
            out.add(x)
            todo += [t[x] for t in (V.DEFINITIONS, V.INVERSES, FORMULA) if x in t]
    return frozenset(out)


class Letters:
    """ring: object with identity(n), inverse(M), num(sympy scalar) ; design(letter) -> matrix.

    noise: "columns" averages quadratic noise exactly; "plain" draws its entries.  averaged: the letters that the column
    rule is for (all of them by default); the others are drawn.
    """

    def __init__(
        self,
        size: Callable[[sp.Expr], int],
        num: Callable[[Any], Any],
        design: Callable[[sp.MatrixSymbol, int, int], Array] | None,
        inverse: Callable[[Array], Array],
        const: Callable[[sp.MatrixSymbol, int, int], Array],
        noise: str = "columns",
        dtype: type = object,
        values: dict[sp.MatrixSymbol, Array] | None = None,
        averaged: frozenset[sp.MatrixSymbol] | None = None,
    ) -> None:
        self.size, self.num, self.design, self.inv, self.const, self.noise, self.dtype = (
            size,
            num,
            design,
            inverse,
            const,
            noise,
            dtype,
        )
        self.averaged = averaged
        self.known: dict[sp.MatrixSymbol, Array] = {}
        self.products: dict[tuple[tuple[sp.MatrixExpr, bool], ...], Array] = {}
        self.blocks: dict[sp.MatrixSymbol, tuple[int, int]] = {}
        self.pinned = values or {}

    def by_columns(self, x: sp.MatrixSymbol) -> bool:
        return self.noise == "columns" and is_noise(x) and (self.averaged is None or x in self.averaged)

    def setup(self, exprs: Iterable[sp.Basic]) -> set[sp.MatrixSymbol]:
        letters: set[sp.MatrixSymbol] = set().union(*map(closure, exprs))
        at = 1
        for x in sorted((y for y in letters if self.by_columns(y)), key=str):
            k = self.size(x.shape[0])
            self.blocks[x] = (at, at + k)
            at += k
        self.columns = at
        return letters

    def eye(self, n: int) -> Array:
        m: Array = np.zeros((n, n), dtype=self.dtype)
        for i in range(n):
            m[i, i] = self.num(sp.S.One) if self.dtype is object else 1.0
        return m

    def T(self, m: Array) -> Array:
        return np.swapaxes(m, -1, -2)

    def value(self, e: sp.MatrixExpr, t: bool = False) -> Array:
        if isinstance(e, sp.Transpose):
            return self.value(e.arg, not t)
        if isinstance(e, sp.MatrixSymbol):
            return self.letter(e, t)
        if isinstance(e, sp.Identity):
            return self.eye(self.size(e.shape[0]))
        if isinstance(e, sp.ZeroMatrix):
            return np.zeros((self.size(e.shape[1 if t else 0]), self.size(e.shape[0 if t else 1])), dtype=self.dtype)
        if isinstance(e, sp.MatAdd):
            parts = [self.value(a, t) for a in e.args]
            out = parts[0]
            for p in parts[1:]:
                if p.shape[-2:] != out.shape[-2:]:
                    raise B.Undefined(f"the matrices of {sp.sstr(e):.50} do not fit together")
                out = out + p
            return out
        if isinstance(e, sp.MatMul):
            scale, mats = None, []
            for a in e.args:
                if isinstance(a, sp.MatrixExpr):
                    mats.append(a)
                else:
                    x = self.scalar(a)
                    scale = x if scale is None else scale * x
            chain = self.product(e, [(a, t) for a in (reversed(mats) if t else mats)])
            if scale is not None:
                chain = chain * (scale if not isinstance(scale, np.ndarray) else scale[..., None, None])
            return chain
        if isinstance(e, sp.Inverse):
            return self.inv(self.value(e.arg, t))
        if isinstance(e, (sp.MatPow, sp.Pow)):
            k = e.args[1]
            if not k.is_Integer:
                raise B.Limit(f"a power {k} of a matrix")
            b = self.value(e.args[0], t)
            if k < 0:
                b = self.inv(b)
            out = self.eye(b.shape[-1])
            for _ in range(abs(int(k))):
                out = out @ b
            return out
        raise B.Limit(f"no matrix for {type(e).__name__}: {sp.sstr(e):.50}")

    def product(self, e: sp.MatrixExpr, factors: list[tuple[sp.MatrixExpr, bool]]) -> Array:
        """The product of matrices, each as it is or transposed: doubles in the cheapest order, stretches kept."""
        if not factors:
            raise B.Limit("a product without a matrix")
        values = [self.value(a, t) for a, t in factors]
        if any(a.shape[-1] != b.shape[-2] for a, b in itertools.pairwise(values)):
            raise B.Undefined(f"the matrices of {sp.sstr(e):.50} do not fit together")
        if self.dtype is not float or len(factors) == 1:
            return functools.reduce(np.matmul, values)
        names, n = tuple(factors), len(factors)
        known = frozenset((i, j) for i in range(n) for j in range(i + 2, n + 1) if names[i:j] in self.products)
        cut = chains.cheapest([values[0].shape[-2], *(v.shape[-1] for v in values)], known)

        def stretch(i: int, j: int) -> Array:
            if j == i + 1:
                return values[i]
            if names[i:j] not in self.products:
                self.products[names[i:j]] = stacks.times(stretch(i, cut[i, j]), stretch(cut[i, j], j))
            return self.products[names[i:j]]

        return stretch(0, n)

    def letter(self, x: sp.MatrixSymbol, t: bool = False) -> Array:
        if isinstance(x, Letter) and x.blocks:
            parts = [self.value(b, t) for b in x.blocks]
            lead = np.broadcast_shapes(*(m.shape[:-2] for m in parts))
            parts = [np.broadcast_to(m, (*lead, *m.shape[-2:])) for m in parts]
            return np.concatenate(parts, axis=-1 if t else -2)
        if self.by_columns(x):
            rows = self.size(x.shape[0])
            a, _b = self.blocks[x]
            m: Array = np.zeros((rows, self.columns), dtype=self.dtype)
            var = self.scalar(variance(x)) if t else None
            m[range(rows), range(a, a + rows)] = var if t else self.num(sp.S.One)
            return self.T(m) if t else m
        if x not in self.known:
            self.known[x] = self.make(x)
        m = self.known[x]
        return self.T(m) if t else m

    def make(self, x: sp.MatrixSymbol) -> Array:
        if x in self.pinned:
            return self.pinned[x]
        if isinstance(x, Letter) and x.filter is not None:
            function, of = x.filter
            return filters.filtered(function, self.value(of), self.num)
        if x in FORMULA:
            return self.value(FORMULA[x])
        if x in V.DEFINITIONS:
            return self.value(V.DEFINITIONS[x])
        if x in V.INVERSES:
            return self.inv(self.value(V.INVERSES[x]))
        rows, cols = (self.size(s) for s in x.shape)
        if self.design is None and (is_design(x) or is_noise(x)):
            raise B.Limit(f"the letter {x} is not drawn here")
        if self.design is not None and is_design(x):
            return self.design(x, rows, cols)
        if self.design is not None and (is_noise(x) or (x == V.N and self.averaged is not None)):
            return self.padded(self.design(x, rows, cols), x)
        if V.is_random(x):
            raise B.Limit(f"the letter {x} is not drawn here")
        return self.padded(self.const(x, rows, cols), x)

    def padded(self, m: Array, x: sp.MatrixSymbol) -> Array:
        """A column has one column more for each entry of averaged noise."""
        if x.shape[1] == 1 and self.columns > 1:
            pad = np.zeros((*m.shape[:-1], self.columns - 1), dtype=self.dtype)
            m = np.concatenate([m, pad], axis=-1)
        return m

    def scalar(self, e: sp.Expr) -> Any:
        """A scalar formula that may hold traces of letters."""
        if isinstance(e, Trace):
            if self.dtype is float and isinstance(e.arg, sp.MatMul) and sum(a.is_Matrix for a in e.arg.args) > 1:
                last = self.value(e.arg.args[-1])
                m = self.value(sp.MatMul(*e.arg.args[:-1], evaluate=False))
                if m.shape[-1] == last.shape[-2] and m.shape[-2] == last.shape[-1]:  # what does not fit is told below
                    return np.einsum("...ij,...ji->...", m, last)
            m = self.value(e.arg)
            if m.shape[-1] != m.shape[-2]:
                raise B.Undefined(f"the trace of a rectangle: {sp.sstr(e):.50}")
            if self.dtype is object:
                s = m[0, 0]
                for i in range(1, m.shape[-1]):
                    s = s + m[i, i]
                return s
            return np.trace(m, axis1=-2, axis2=-1)
        if isinstance(e, NUMBERS):
            return matrix_numbers.value(e, self.value(e.args[-1]))
        if not e.has(*NUMBERS, Expect):
            return self.num(e)
        if isinstance(e, sp.Add):
            s = self.scalar(e.args[0])
            for a in e.args[1:]:
                s = s + self.scalar(a)
            return s
        if isinstance(e, sp.Mul):
            s = self.scalar(e.args[0])
            for a in e.args[1:]:
                s = s * self.scalar(a)
            return s
        if isinstance(e, sp.Pow):
            b = self.scalar(e.base)
            if e.exp.is_Integer:
                if e.exp < 0:
                    if self.dtype is object and not isinstance(b, laurent.L) and b == 0:
                        raise B.Undefined("division by 0")
                    if isinstance(b, np.ndarray) and b.ndim and not (b.min() > 0 or b.max() < 0):
                        raise B.Limit("a denominator changes sign on the support: the mean may not exist")
                    return 1 / b if e.exp == -1 else 1 / b ** int(-e.exp)
                return b ** int(e.exp)
            if self.dtype is not object:
                return b ** float(self.num(e.exp))
        if self.dtype is not object and not e.has(Expect):
            stand_ins = {a: sp.Dummy() for a in e.atoms(*NUMBERS)}
            numbers = {y: np.asarray(self.scalar(a), float) for a, y in stand_ins.items()}
            return over(e.xreplace(stand_ins), numbers, self.num, "a function of matrices")
        raise laurent.NotLaurent(f"no value of {sp.sstr(e):.50} in letters")


@functools.lru_cache(CACHED)
def quadratic_noise(e: sp.Expr) -> bool:
    """Whether the column rule averages this polynomial in traces exactly."""
    if any(noise_degree(t) == 2 and pinched(t.arg) for t in e.atoms(Trace)):
        return False
    for term in sp.Add.make_args(sp.expand(e) if not e.has(Expect) else e):
        deg = 0
        for f in sp.Mul.make_args(term):
            b, _k = f.as_base_exp()
            n = noise_degree(f)
            if n == 0:
                continue
            if n > 2 or not isinstance(b, Trace) or deg or noise_degree(b) != n:
                return (
                    False  # (e'u)(e'v), (e'u)^2: the columns of two traces are apart, and the rule would make 0 of it
                )
            deg += n
    return True


def pinched(e: sp.MatrixExpr) -> bool:
    """Whether, in a trace of e, a column with noise meets one without: e'M e u'N u is a product of two numbers.

    The columns of noise and of the value without noise are apart, and the rule would make 0 of e'M e u'N u.
    """
    for product in (p for p in sp.preorder_traversal(e) if isinstance(p, sp.MatMul)):
        factors = [a for a in product.args if isinstance(a, sp.MatrixExpr)]
        after = factors[1:] + (factors[:1] if product == e else [])
        if any(
            a.shape[1] == 1 and bool(noise_degree(a)) != bool(noise_degree(b))
            for a, b in zip(factors, after, strict=False)
        ):
            return True
    return False
