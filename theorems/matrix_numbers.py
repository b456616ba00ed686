"""Numbers of matrices beyond the trace: determinants, norms, extreme eigenvalues; means of matrices; derivatives."""

from __future__ import annotations

import zlib
from typing import Any

import sympy as sp
from sympy.core.symbol import Str
from sympy.matrices.expressions.trace import Trace

from ridgeproof.errors import ClaimError

from .functions import E_test, Expect, TestErrorOf, trace
from .vocabulary import DEFINITIONS, GAUSSIAN, INVERSES, is_random


class Eigenvalue(sp.Expr):
    """The largest or the least eigenvalue of a symmetric matrix: ``Eigenvalue("max", S)``, ``Eigenvalue("min", S)``."""

    is_commutative = True
    is_real = True

    def __new__(cls, which: Any, matrix: sp.MatrixExpr) -> Eigenvalue:
        return sp.Expr.__new__(cls, which if isinstance(which, Str) else Str(which), _square(matrix))

    @property
    def which(self) -> str:
        return str(self.args[0].name)

    def _sympystr(self, printer: Any) -> str:
        return f"lambda_{self.which}({printer.doprint(self.args[1])})"

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        text = rf"\lambda_{{\{self.which}}}\left({printer.doprint(self.args[1])}\right)"
        return text if exp is None else rf"{text}^{{{exp}}}"


class Nuclear(sp.Expr):
    """The nuclear (trace, Schatten-1) norm: the sum of the singular values."""

    is_commutative = True
    is_real = True
    is_nonnegative = True

    def __new__(cls, matrix: sp.MatrixExpr) -> Nuclear:
        return sp.Expr.__new__(cls, matrix)

    def _sympystr(self, printer: Any) -> str:
        return f"|{printer.doprint(self.args[0])}|_*"

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        text = rf"\left\|{printer.doprint(self.args[0])}\right\|_*"
        return text if exp is None else rf"{text}^{{{exp}}}"


class Mean(sp.MatrixExpr):
    """The expectation of a matrix, entry by entry; a trace of it is the expectation of the trace (:func:`traced`)."""

    def __new__(cls, matrix: sp.MatrixExpr) -> Mean:
        return sp.Basic.__new__(cls, matrix)

    @property
    def shape(self) -> tuple[sp.Expr, sp.Expr]:
        return self.args[0].shape

    def _eval_transpose(self) -> Mean:
        return Mean(self.args[0].T)

    def doit(self, **hints: Any) -> Mean:
        return self


NUMBERS = (Trace, sp.Determinant, Eigenvalue, Nuclear)  # what makes a number of a matrix


def _square(matrix: sp.MatrixExpr) -> sp.MatrixExpr:
    if not isinstance(matrix, sp.MatrixExpr) or sp.expand(matrix.shape[0] - matrix.shape[1]) != 0:
        raise ClaimError(f"{matrix!s:.60} is no square matrix", accepted="a square matrix")
    return matrix


def norm(matrix: sp.MatrixExpr, kind: str = "") -> sp.Expr:
    """A norm of a matrix or of a column.

    Parameters
    ----------
    matrix : a matrix expression.
    kind : "F" (Frobenius), "op" or "2" (largest singular value), "*" (nuclear); without it the Euclidean norm of a
        column or a row, the operator norm of any other matrix.

    Examples
    --------
    >>> from .vocabulary import A, w0
    >>> print(norm(w0), norm(A, "F"))
    sqrt(Trace(w0.T*w0)) sqrt(Trace(A.T*A))
    """
    if kind == "*":
        return Nuclear(matrix)
    if kind == "F" or (kind in ("", "2") and sp.S.One in matrix.shape):
        return sp.sqrt(trace(matrix.T * matrix))
    return sp.sqrt(Eigenvalue("max", matrix.T * matrix))


def traced(matrix: sp.MatrixExpr) -> sp.Expr:
    """The trace; the mean of a matrix comes out of it: tr(A E[M]) is E[tr(A M)].

    Raises
    ------
    ClaimError
        A product of two means, or a random letter beside one: neither is the mean of a product.
    """
    total = sp.S.Zero
    expanded = sp.expand(matrix)
    for term in expanded.args if isinstance(expanded, sp.MatAdd) else (expanded,):
        means = list(term.atoms(Mean))
        if not means:
            total += trace(term)
            continue
        scale, factors = term.as_coeff_matrices() if isinstance(term, sp.MatMul) else (sp.S.One, [term])
        own = [x for x in factors if isinstance(x, Mean)]
        beside = set().union(*(x.atoms(sp.MatrixSymbol) for x in factors if not isinstance(x, Mean)), set())
        if len(own) != 1 or len(means) != 1 or any(map(is_random, beside)):
            raise ClaimError("a mean of a matrix beside another, or beside what is random", accepted="tr(A E[M]) = ...")
        opened = [x.args[0] if isinstance(x, Mean) else x for x in factors]
        total += scale * Expect(trace(sp.MatMul(*opened).doit()))
    return total


# --- derivatives -----------------------------------------------------------------------------------------------------


def slope(expr: sp.Expr, x: sp.Symbol) -> sp.Expr | None:
    """d expr/dx where letters depend on x (resolvents on their ridge); None where no letter does.

    Raises
    ------
    ClaimError
        The letter x stands in a size, in a law of what is random, or in a setting.
    """
    atoms = [a for a in _outermost(expr) if _depends(a, x)]
    if not atoms:
        return None
    stand_ins = {a: sp.Dummy(real=True) for a in atoms}
    plain = expr.xreplace(stand_ins)
    total = sp.diff(plain, x)
    for atom, y in stand_ins.items():
        total += sp.diff(plain, y) * _slope_of_number(atom, x)
    return total.xreplace({y: a for a, y in stand_ins.items()})


def _outermost(e: sp.Basic) -> list[sp.Basic]:
    if isinstance(e, (*NUMBERS, Expect, TestErrorOf)) or e == E_test:
        return [e]
    return list(dict.fromkeys(a for part in e.args for a in _outermost(part)))


def _depends(e: sp.Basic, x: sp.Symbol) -> bool:
    """Whether a number of matrices depends on x, by itself or through its letters; E_test may depend on anything."""
    if e == E_test or isinstance(e, TestErrorOf):
        return True
    return x in e.free_symbols or any(_letter_depends(a, x) for a in e.atoms(sp.MatrixSymbol))


def _letter_depends(letter: sp.MatrixSymbol, x: sp.Symbol) -> bool:
    if any(x in size.free_symbols for size in letter.shape) or x in letter.free_symbols:
        return True
    if letter in GAUSSIAN:
        return x in GAUSSIAN[letter][1].free_symbols
    for table in (INVERSES, DEFINITIONS):
        if letter in table:
            meaning = table[letter]
            return x in meaning.free_symbols or any(_letter_depends(y, x) for y in meaning.atoms(sp.MatrixSymbol))
    return False


def _slope_of_number(e: sp.Basic, x: sp.Symbol) -> sp.Expr:
    if isinstance(e, Trace):
        return trace(_slope_of_matrix(e.arg, x))
    if isinstance(e, Expect) and not e.over:
        inside = slope(e.argument, x)
        return Expect(sp.diff(e.argument, x) if inside is None else inside)
    if isinstance(e, sp.Determinant):  # Jacobi's formula
        from .declarations import Inverse

        inverse = Inverse(f"inv_of_{zlib.crc32(str(e.arg).encode())}", e.arg)
        return e * trace(inverse * _slope_of_matrix(e.arg, x))
    raise ClaimError(f"the derivative of {sp.sstr(e):.50} in {x}", accepted="of traces, determinants, means of traces")


def _slope_of_matrix(m: sp.MatrixExpr, x: sp.Symbol) -> sp.MatrixExpr:
    zero = sp.ZeroMatrix(*m.shape)
    if isinstance(m, sp.MatAdd):
        return sp.MatAdd(*(_slope_of_matrix(a, x) for a in m.args)).doit()
    if isinstance(m, sp.MatMul):
        scale, factors = m.as_coeff_matrices()
        out = sp.diff(scale, x) * sp.MatMul(*factors) if x in scale.free_symbols else zero
        for i, f in enumerate(factors):
            inner = _slope_of_matrix(f, x)
            if not isinstance(inner, sp.ZeroMatrix):
                out = out + scale * sp.MatMul(*factors[:i], inner, *factors[i + 1 :])
        return sp.expand(out.doit()) if isinstance(out, sp.MatrixExpr) else zero
    if isinstance(m, sp.Transpose):
        return _slope_of_matrix(m.arg, x).T.doit()
    if isinstance(m, sp.MatPow) and m.exp.is_Integer and m.exp > 0:
        return _slope_of_matrix(sp.MatMul(*[m.base] * int(m.exp), evaluate=False), x)
    if isinstance(m, sp.MatrixSymbol) and m in INVERSES and not any(x in s.free_symbols for s in m.shape):
        inner = _slope_of_matrix(INVERSES[m], x)
        return zero if isinstance(inner, sp.ZeroMatrix) else sp.expand((-m * inner * m).doit())
    if isinstance(m, sp.MatrixSymbol) and m in DEFINITIONS and not any(x in s.free_symbols for s in m.shape):
        return _slope_of_matrix(DEFINITIONS[m], x)
    if isinstance(m, sp.MatrixSymbol) and _letter_depends(m, x):
        raise ClaimError(f"the derivative of {m} in {x}", accepted="a letter that stands in no size and in no law")
    return zero
