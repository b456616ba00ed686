"""Letters as matrices: exact rational ones to test identities, Gaussian ones to test expectations.

The meaning of a letter is the vocabulary's; the arithmetic is that of ``numerics.finite.rational_algebra`` or NumPy.
"""

from __future__ import annotations

import math
import random
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import sympy as sp
from sympy.matrices.expressions.trace import Trace

from ridgeproof.errors import ClaimError, RidgeproofError, Undefined
from ridgeproof.numerics.finite import rational_algebra as Q
from ridgeproof.theorems import vocabulary as voc
from ridgeproof.theorems.functions import Expect

from ..meaning.translation import GIVEN
from .formulas import Point, evaluate

Array = np.ndarray


@dataclass(frozen=True)
class Arithmetic:
    """How to draw and invert matrices: exactly, or in doubles."""

    gaussian: Callable[[int, int, Array | None, sp.Expr, Callable[[sp.Expr], object]], Array]
    constant: Callable[[sp.MatrixSymbol, int, int], Array]
    inverse: Callable[[Array], Array]
    identity: Callable[[int], Array]


def rational_arithmetic(rng: random.Random) -> Arithmetic:
    """Random rational matrices as object arrays of Fractions; a 'Gaussian' letter is any matrix."""

    def to_array(m: Q.Matrix) -> Array:
        return np.array([list(row) for row in m], dtype=object)

    def draw(rows: int, cols: int, *_law: object) -> Array:
        return to_array(Q.random_rational_design(rng, rows, cols))

    def constant(letter: sp.MatrixSymbol, rows: int, cols: int) -> Array:
        return to_array(Q.random_rational_covariance(rng, rows)) if letter in voc.SYMMETRIC else draw(rows, cols)

    def inverse(m: Array) -> Array:
        return to_array(Q.inverse(Q.matrix(m.tolist())))

    return Arithmetic(draw, constant, inverse, lambda n: to_array(Q.identity(n)))


def gaussian_arithmetic(rng: np.random.Generator, constants: Mapping[sp.MatrixSymbol, Array]) -> Arithmetic:
    """Gaussian rows with the stated covariance (a diagonal matrix) and variance."""

    def draw(rows: int, cols: int, cov: Array | None, variance: sp.Expr, number: Callable[[sp.Expr], object]) -> Array:
        z = rng.standard_normal((rows, cols)) * math.sqrt(float(number(variance)))  # type: ignore[arg-type]
        return z if cov is None else z * np.sqrt(np.diag(cov))

    def constant(letter: sp.MatrixSymbol, rows: int, cols: int) -> Array:
        if letter in constants:
            return constants[letter]
        own = np.random.default_rng(zlib.crc32(letter.name.encode()))  # a declared one: the same in every draw
        m = own.standard_normal((rows, cols))
        return m @ m.T / cols if letter in voc.SYMMETRIC else m

    return Arithmetic(draw, constant, np.linalg.inv, np.eye)


class Letters:
    """The matrices of one draw, made when they are asked for."""

    def __init__(self, arithmetic: Arithmetic, point: Point, number: Callable[[sp.Expr], object]) -> None:
        self.arithmetic, self.point, self.number = arithmetic, point, number
        self.known: dict[sp.MatrixSymbol, Array] = {}

    def size(self, dim: sp.Expr) -> int:
        return round(evaluate(dim, self.point))

    def value(self, expr: sp.MatrixExpr) -> Array:
        """A matrix expression as an array; ``Undefined`` where its factors or terms do not fit together."""
        try:
            return self._value(expr)
        except (ZeroDivisionError, np.linalg.LinAlgError) as error:
            raise Undefined(f"{sp.sstr(expr):.80} has an inverse that does not exist here") from error
        except ValueError as error:
            if isinstance(error, ClaimError | RidgeproofError):
                raise
            raise Undefined(f"the matrices of {sp.sstr(expr):.80} do not fit together") from error

    def _value(self, expr: sp.MatrixExpr) -> Array:
        if isinstance(expr, sp.MatrixSymbol):
            if expr not in self.known:
                self.known[expr] = self._letter(expr)
            return self.known[expr]
        if isinstance(expr, sp.MatAdd):
            parts = [self.value(a) for a in expr.args]
            return sum(parts[1:], parts[0])
        if isinstance(expr, sp.MatMul):
            product: Array | None = None
            scale = self.number(sp.S.One)
            for a in expr.args:
                if isinstance(a, sp.MatrixExpr):
                    product = self.value(a) if product is None else product @ self.value(a)
                else:
                    scale = scale * self.number(a)  # type: ignore[operator]
            assert product is not None
            return product * scale
        if isinstance(expr, sp.MatPow):
            if not expr.exp.is_Integer:
                raise ClaimError(f"no value for the power {sp.sstr(expr):.80}")
            base = self.value(expr.base) if expr.exp > 0 else self.arithmetic.inverse(self.value(expr.base))
            out = self.arithmetic.identity(base.shape[0])
            for _ in range(abs(int(expr.exp))):
                out = out @ base
            return out
        if isinstance(expr, sp.Transpose):
            return self.value(expr.arg).T
        if isinstance(expr, sp.Identity):
            return self.arithmetic.identity(self.size(expr.shape[0]))
        raise ClaimError(f"no value for the matrix {expr}")

    def _letter(self, letter: sp.MatrixSymbol) -> Array:
        rows, cols = (self.size(x) for x in letter.shape)
        if letter in voc.DEFINITIONS:
            return self.value(voc.DEFINITIONS[letter])
        if letter in voc.INVERSES:
            return self.arithmetic.inverse(self.value(voc.INVERSES[letter]))
        if letter in voc.GAUSSIAN:
            covariance, variance = voc.GAUSSIAN[letter]
            cov = None if covariance is None else self.value(covariance)
            return self.arithmetic.gaussian(rows, cols, cov, variance, self.number)
        if letter in voc.ROTATION_INVARIANT:  # the row space of a Gaussian T0 x d design, and its pseudo-inverse
            x = self.arithmetic.gaussian(self.size(voc.T0), rows, None, sp.S.One, self.number)
            gram = self.arithmetic.inverse(x @ x.T)
            self.known[voc.P], self.known[voc.Gp] = x.T @ gram @ x, x.T @ gram @ gram @ x
            return self.known[letter]
        if letter in (voc.wn, voc.N):
            # Three generations, fitted one after the other; N is the sum of what each fit adds on its own.
            t = self.size(voc.Tm) if voc.Tm in self.point.values else self.size(voc.T)
            w, total = self.value(voc.w0), None
            for _ in range(3):
                x, e = (
                    self.arithmetic.gaussian(t, w.shape[0], None, sp.S.One, self.number),
                    self.arithmetic.gaussian(t, 1, None, sp.S.One, self.number),
                )
                plus = self.arithmetic.inverse(x.T @ x) @ x.T
                w = plus @ (x @ w + e)
                total = plus @ e if total is None else total + plus @ e
            assert total is not None
            self.known[voc.wn], self.known[voc.N] = w, total
            return self.known[letter]
        formula = voc.definition(letter)
        if formula is not None:  # e.g. w[m+1], the fit of labels made by generation m
            return self.value(formula)
        if letter == voc.v:  # the downstream error when three earlier generations have left their noise
            fit = voc.R * (voc.Sh * voc.N + voc.X.T * voc.E / voc.T)
            return self.value(fit - voc.lam * voc.R * voc.w0)
        if letter in voc.DEPENDS:
            raise ClaimError(f"the letter {letter} cannot be drawn on its own")
        return self.arithmetic.constant(letter, rows, cols)


def misplaced_randomness(expr: sp.Basic) -> str:
    """Why an expression is not a sum of expectations, each with a constant factor; "" if it is one.

    A product of expectations is not the expectation of the product, and a random trace on its own is no number: the
    kernel and the simulation read every trace of a statement under one expectation, so neither may occur.
    """
    if isinstance(expr, sp.MatrixExpr):
        return ""
    for term in sp.Add.make_args(sp.expand(expr)):
        factors = [f.as_base_exp() for f in sp.Mul.make_args(term)]
        averaged = [(f, e) for f, e in factors if f.has(Expect)]
        if len(averaged) > 1 or any(not isinstance(f, Expect) or e != 1 or f.argument.has(Expect) for f, e in averaged):
            return f"{sp.sstr(term):.80} is not one expectation times a constant"
        loose = {x for f, _ in factors if not f.has(Expect) for x in f.atoms(sp.MatrixSymbol)}
        for letter in sorted(loose, key=str):
            if voc.is_random(letter, GIVEN):
                return f"{letter} is random and stands outside an expectation"
    return ""


def trace_value(expr: sp.Expr, letters: Letters) -> object:
    """A polynomial in traces, with these letters."""
    if isinstance(expr, Expect):
        return trace_value(expr.argument, letters)
    if isinstance(expr, Trace):
        return np.trace(letters.value(expr.arg))
    if isinstance(expr, sp.Add):
        return sum(trace_value(a, letters) for a in expr.args)  # type: ignore[misc]
    if isinstance(expr, sp.Mul):
        out: object = letters.number(sp.S.One)
        for a in expr.args:
            out = out * trace_value(a, letters)  # type: ignore[operator]
        return out
    if isinstance(expr, sp.Pow) and expr.has(Trace) and expr.exp.is_Integer:
        return trace_value(expr.base, letters) ** int(expr.exp)  # type: ignore[operator]
    return letters.number(expr)


def rational_number(values: Mapping[sp.Symbol, Fraction]) -> Callable[[sp.Expr], Fraction]:
    """Reads scalars exactly."""

    def read(expr: sp.Expr) -> Fraction:
        result = expr.subs({x: sp.Rational(v.numerator, v.denominator) for x, v in values.items()})
        if not result.is_Rational:
            raise ClaimError(f"not a rational number at this point: {expr}")
        return Fraction(int(result.p), int(result.q))

    return read


def constants(
    letters: set[sp.MatrixSymbol], size: Callable[[sp.Expr], int], spectrum: Array, rng: np.random.Generator
) -> dict[sp.MatrixSymbol, Array]:
    """Fixed matrices for one test: the covariance, and arbitrary ones (bounded entries, not symmetric)."""
    out: dict[sp.MatrixSymbol, Array] = {voc.S: np.diag(spectrum)}
    for letter in sorted(letters, key=lambda x: x.name):
        rows, cols = size(letter.shape[0]), size(letter.shape[1])
        if cols == 1:
            out[letter] = (1 + rng.uniform(size=(rows, 1))) / math.sqrt(rows)
        else:
            # A positive diagonal keeps traces away from zero; large entries beside it, of opposite signs across the
            # diagonal, make the matrix differ from its transpose and commute with nothing, also in large dimension.
            matrix = np.diag(1 + rng.uniform(size=rows)) + rng.standard_normal((rows, cols)) / rows
            beside = np.arange(min(rows, cols) - 1)
            turn = rng.uniform(0.5, 1.0, size=len(beside))
            matrix[beside, beside + 1] += turn
            matrix[beside + 1, beside] -= turn / 2
            out.setdefault(letter, matrix)
    return out
