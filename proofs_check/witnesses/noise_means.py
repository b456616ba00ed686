"""Means over noise in words: E tr(e' M e N) = var tr(M) tr(N), for a column e of independent entries.

A polynomial in traces in which every product holds noise in one trace at most, and there twice at most, becomes one
without noise: draws of it need no column for each entry of the noise.
"""

from __future__ import annotations

import functools

import sympy as sp
from sympy.matrices.expressions.trace import Trace

from ridgeproof.theorems import vocabulary as V
from ridgeproof.theorems.functions import Expect

from . import letters as Lt

Word = tuple[sp.Expr, tuple[sp.MatrixExpr, ...]]  # a number times a product of matrices


class Hidden(Exception):
    """The noise stands where this rule does not reach it: in an inverse, a filter, stacked rows, a mean."""


@functools.lru_cache(Lt.CACHED)
def averaged(e: sp.Expr) -> sp.Expr:
    """The mean of e over its noises; what holds none stays as it is.

    Raises
    ------
    Hidden
        Noise stands in two factors of a product, more than twice in a trace, or inside what is no word; or a product
        does not fit together.

    Examples
    --------
    >>> averaged(sp.Trace(V.E.T * V.X * V.S * V.X.T * V.E))
    sigma2*Trace(X*S*X.T)
    >>> averaged(sp.Trace(V.E.T * V.X * V.w0) + 1)
    1
    """
    if Lt.noise_degree(e) == 0:
        return e
    if isinstance(e, sp.Add):
        return sp.Add(*(averaged(a) for a in e.args))
    if isinstance(e, sp.Mul):
        noisy = [a for a in e.args if Lt.noise_degree(a)]
        if len(noisy) > 1:
            raise Hidden
        return sp.Mul(*(averaged(a) if a in noisy else a for a in e.args))
    if isinstance(e, Trace):
        return sp.Add(*(number * mean_of_trace(factors) for number, factors in words(e.arg)))
    raise Hidden


def mean_of_trace(factors: tuple[sp.MatrixExpr, ...]) -> sp.Expr:
    """The mean of the trace of a product in which noise stands as a letter or a transposed letter."""
    at = [i for i, f in enumerate(factors) if Lt.noise_degree(f)]
    if any(f.shape[1] != g.shape[0] for f, g in zip(factors, factors[1:] + factors[:1], strict=True)):
        raise Hidden  # that they do not fit together is told elsewhere
    if not at:
        return trace(factors)
    if len(at) == 1:
        return sp.S.Zero
    if len(at) > 2:
        raise Hidden
    first, second = (factors[i] for i in at)
    if first.atoms(sp.MatrixSymbol) != second.atoms(sp.MatrixSymbol):
        return sp.S.Zero  # independent of each other
    if isinstance(first, sp.Transpose) == isinstance(second, sp.Transpose):
        raise Hidden
    i, j = at if isinstance(first, sp.Transpose) else (at[1], at[0])
    turned = factors[i:] + factors[:i]  # e' M e N
    inner, outer = turned[1 : (j - i) % len(factors)], turned[(j - i) % len(factors) + 1 :]
    (letter,) = factors[j].atoms(sp.MatrixSymbol)
    mean = Lt.variance(letter) * (trace(inner) if inner else letter.shape[0])
    return mean * trace(outer) if outer else mean


def trace(factors: tuple[sp.MatrixExpr, ...]) -> sp.Expr:
    """The trace of a product of at least one matrix."""
    return Trace(sp.MatMul(*factors) if len(factors) > 1 else factors[0])


def words(e: sp.MatrixExpr) -> list[Word]:
    """A matrix as a sum of products in which noise stands as a letter; what holds none is kept whole."""
    if Lt.noise_degree(e) == 0:
        return [(sp.S.One, (e,))]
    if isinstance(e, sp.Transpose):
        return [(c, tuple(turned(f) for f in reversed(factors))) for c, factors in words(e.arg)]
    if isinstance(e, sp.MatAdd):
        return [word for a in e.args for word in words(a)]
    if isinstance(e, sp.MatMul):
        out: list[Word] = [(sp.S.One, ())]
        for a in e.args:
            if isinstance(a, sp.MatrixExpr):
                out = [(c * b, (*f, *g)) for c, f in out for b, g in words(a)]
            elif a.has(Trace, Expect):
                raise Hidden
            else:
                out = [(c * a, f) for c, f in out]
        return out
    if isinstance(e, sp.MatrixSymbol) and Lt.is_noise(e):
        return [(sp.S.One, (e,))]
    meaning = Lt.FORMULA.get(e, V.DEFINITIONS.get(e)) if isinstance(e, sp.MatrixSymbol) else None
    if meaning is None:
        raise Hidden
    return words(meaning)


def turned(f: sp.MatrixExpr) -> sp.MatrixExpr:
    """The transpose of a factor."""
    return f.arg if isinstance(f, sp.Transpose) else sp.Transpose(f)
