"""Letters that an author declares in place: designs, noises, inverses, constants, stacked rows, filters.

Each is a matrix symbol that carries its meaning, checked when it is made::

    X1 = Design("X1", rows=T1)                     # rows iid N(0, S)
    E1 = Noise("E1", rows=T1, variance=tau2)       # entries iid N(0, tau2)
    W1inv = Inverse("W1inv", X1.T * X1)            # T1 >= d is then a hypothesis of whoever speaks of it
    R1 = Resolvent("R1", X1, ridge=mu)             # (X1'X1/T1 + mu)^-1
    C = Constant("C", symmetric=True)
    Z = Stacked("Z", X, X1)                        # the rows of X above those of X1
    G = Filter("G", Lambda(x, 1 - exp(-t * x)), Sh)

A name of the vocabulary is refused: it has its meaning already.  Quantities that are no letters (roots, sequences,
optima) are in :mod:`ridgeproof.theorems.quantities`.
"""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy import MatrixExpr, MatrixSymbol
from sympy.core.symbol import Str

from ridgeproof.errors import ClaimError

from .letters import Letter
from .vocabulary import MATRICES, SCALARS, S, T, d, is_known, lam, sigma2

_TAKEN = {x.name: m.text for x, m in (*MATRICES.items(), *SCALARS.items())}


def _name(name: object, kind: str) -> Str:
    if isinstance(name, Str):
        return name
    if (
        not isinstance(name, str)
        or not name
        or not name[0].isalpha()
        or not all(c.isalnum() or c in "_[]+" for c in name)
    ):
        raise ClaimError(f"{kind}({name!r:.40}): no name for a letter", accepted='letters and digits, e.g. "X1"')
    if name in _TAKEN:
        raise ClaimError(
            f"{kind}({name!r}): the vocabulary's {name} is {_TAKEN[name]}", accepted="a name that is not taken, e.g. X1"
        )
    return Str(name)


def _size(size: Any, what: str) -> sp.Expr:
    size = sp.sympify(size, strict=True) if isinstance(size, int | sp.Basic) else size
    good = isinstance(size, sp.Expr) and size.is_integer is not False and size.is_positive is not False
    if not good or (not size.is_number and any(not x.is_integer for x in size.free_symbols)):
        raise ClaimError(
            f"{what}: {size!s:.40} is no number of rows or columns",
            accepted="a positive integer, or an expression in symbols declared integer=True, positive=True",
        )
    return size


def _scalar(value: object, what: str, accepted: str) -> sp.Expr:
    value = sp.sympify(value, strict=True) if isinstance(value, int | sp.Basic) else value
    if not isinstance(value, sp.Expr) or isinstance(value, MatrixExpr) or value.is_negative:
        raise ClaimError(f"{what} = {value!s:.40}", accepted=accepted)
    return value


def _matrix(value: object, what: str) -> MatrixExpr:
    if not isinstance(value, MatrixExpr):
        raise ClaimError(f"{what}: {value!s:.40} is no matrix expression", accepted="e.g. X1.T*X1")
    unknown = sorted(x.name for x in value.atoms(MatrixSymbol) if not is_known(x))
    if unknown:
        raise ClaimError(
            f"{what}: the letter {', '.join(unknown)} is declared nowhere",
            accepted="letters of the vocabulary or declared",
        )
    return value


def _square(value: object, what: str) -> MatrixExpr:
    matrix = _matrix(value, what)
    if sp.expand(matrix.shape[0] - matrix.shape[1]) != 0:
        raise ClaimError(f"{what}: {matrix!s:.60} is {matrix.shape[0]} x {matrix.shape[1]}", accepted="a square matrix")
    return matrix


def _is_symmetric(matrix: MatrixExpr) -> bool:
    """Whether a matrix equals its transpose, by the symmetry of its letters."""
    from .vocabulary import SYMMETRIC

    if isinstance(matrix, MatrixSymbol):
        return matrix in SYMMETRIC
    plain = matrix.T.doit().replace(lambda e: isinstance(e, sp.Transpose) and e.arg in SYMMETRIC, lambda e: e.arg)
    return bool(plain.doit() == matrix.doit())


# --- random letters --------------------------------------------------------------------------------------------------


class Design(Letter):
    """A matrix of Gaussian rows: ``Design("X1", rows=T1)``, rows iid N(0, covariance), independent of other letters.

    Parameters
    ----------
    name : a name that the vocabulary does not have.
    rows : number of rows, T by default.
    covariance : a symmetric constant letter (S by default), or an identity, e.g. ``Identity(d)``.
    """

    def __new__(cls, name: Any, rows: Any = T, columns: Any = None, covariance: Any = S) -> Design:
        own = _name(name, "Design")
        where = f"Design({own.name!r})"
        covariance = _square(covariance, where)
        if not (isinstance(covariance, sp.Identity) or _constant(covariance)):
            raise ClaimError(
                f"{where}: the covariance {covariance!s:.40} is no symmetric constant letter",
                accepted="S, a Constant(..., positive=True), Identity(d)",
            )
        columns = covariance.shape[0] if columns is None else columns
        if sp.expand(columns - covariance.shape[0]) != 0:
            raise ClaimError(
                f"{where}: {columns} columns and a covariance of size {covariance.shape[0]}",
                accepted="sizes that agree",
            )
        return super().__new__(cls, own, _size(rows, where), _size(columns, where), covariance)

    @property
    def gaussian(self) -> tuple[MatrixSymbol | None, sp.Expr]:
        covariance = self.args[3]
        return (None if isinstance(covariance, sp.Identity) else covariance, sp.S.One)

    @property
    def text(self) -> str:
        law = "N(0, I)" if self.gaussian[0] is None else f"N(0, {self.args[3]})"
        return f"design of {self.shape[0]} rows, iid {law}"


def _constant(covariance: MatrixExpr) -> bool:
    return covariance == S or (isinstance(covariance, Constant) and covariance.positive)


class Noise(Letter):
    """Independent Gaussian entries: ``Noise("E1", rows=T1, variance=tau2)``, entries iid N(0, variance).

    Parameters
    ----------
    name : a name that the vocabulary does not have.
    rows, columns : T and 1 by default.
    variance : sigma2 by default.
    """

    def __new__(cls, name: Any, rows: Any = T, columns: Any = 1, variance: Any = sigma2) -> Noise:
        own = _name(name, "Noise")
        where = f"Noise({own.name!r})"
        return super().__new__(
            cls,
            own,
            _size(rows, where),
            _size(columns, where),
            _scalar(variance, f"{where}: variance", "a scalar >= 0"),
        )

    @property
    def gaussian(self) -> tuple[None, sp.Expr]:
        return (None, self.args[3])

    @property
    def text(self) -> str:
        return f"noise, entries iid N(0, {self.args[3]})"


# --- constants -------------------------------------------------------------------------------------------------------


class Constant(Letter):
    """An arbitrary constant matrix: ``Constant("C")`` is d x d; ``symmetric=True``, or ``positive=True`` (definite)."""

    def __new__(
        cls, name: Any, rows: Any = d, columns: Any = None, symmetric: Any = False, positive: Any = False
    ) -> Constant:
        own = _name(name, "Constant")
        where = f"Constant({own.name!r})"
        rows = _size(rows, where)
        columns = rows if columns is None else _size(columns, where)
        symmetric, positive = bool(symmetric) or bool(positive), bool(positive)
        if symmetric and sp.expand(rows - columns) != 0:
            raise ClaimError(f"{where}: {rows} x {columns} cannot be symmetric", accepted="as many rows as columns")
        return super().__new__(
            cls, own, rows, columns, sp.sympify(symmetric, strict=True), sp.sympify(positive, strict=True)
        )

    @property
    def symmetric(self) -> bool:
        return bool(self.args[3])

    @property
    def positive(self) -> bool:
        return bool(self.args[4])

    @property
    def text(self) -> str:
        kind = "positive definite " if self.positive else "symmetric " if self.symmetric else ""
        return f"an arbitrary constant {kind}{self.shape[0]} x {self.shape[1]} matrix"


def Vector(name: str, rows: Any = d) -> Constant:
    """An arbitrary constant column: ``Vector("u")`` has d entries."""
    return Constant(name, rows, 1)


# --- derived letters -------------------------------------------------------------------------------------------------


def _times(term: MatrixExpr) -> tuple[sp.Expr, MatrixExpr]:
    """A term as (scalar, matrix)."""
    if not isinstance(term, sp.MatMul):
        return sp.S.One, term
    scale, matrices = term.as_coeff_matrices()
    return scale, sp.MatMul(*matrices).doit()


def _is_gram(matrix: MatrixExpr) -> bool:
    return (
        isinstance(matrix, sp.MatMul)
        and len(matrix.args) == 2
        and matrix.args[0] == sp.Transpose(matrix.args[1]).doit()
    )


class Inverse(Letter):
    """The two-sided inverse of a square matrix expression: ``Inverse("W1inv", X1.T*X1)``.

    That it exists (T1 >= d) is a hypothesis of a claim that speaks of it; so are its moments in an expectation.
    """

    def __new__(cls, name: Any, *rest: Any) -> Inverse:  # (name, of), or the arguments of an Inverse
        own = _name(name, "Inverse")
        of = _square(rest[-1] if rest else None, f"Inverse({own.name!r})")
        return super().__new__(cls, own, *of.shape, of)

    @property
    def inverse_of(self) -> MatrixExpr:
        return self.args[3]

    @property
    def symmetric(self) -> bool:
        return _is_symmetric(self.args[3])

    @property
    def exists(self) -> sp.Basic | None:
        """mu > 0 for a sum of Gram matrices c A'A, c > 0, and mu I."""
        terms = self.args[3].args if isinstance(self.args[3], sp.MatAdd) else (self.args[3],)
        shifts = [_times(t)[0] for t in terms if isinstance(_times(t)[1], sp.Identity)]
        rest = [_times(t) for t in terms if not isinstance(_times(t)[1], sp.Identity)]
        grams = all(c.is_positive and _is_gram(m) for c, m in rest)
        return sp.Gt(shifts[0], 0) if len(shifts) == 1 and grams else None

    @property
    def text(self) -> str:
        return f"the inverse of {self.args[3]}"


def Resolvent(name: str, of: Any, ridge: Any = lam, samples: Any = None) -> Inverse:
    """(A'A/T + ridge)^-1 for a design A of T rows, or (M + ridge)^-1 for a square M: ``Resolvent("R1", X, mu)``.

    ``samples``: what A'A is divided by, if not by the number of its rows.
    """
    where = f"Resolvent({name!r})"
    matrix = _matrix(of, where)
    ridge = _scalar(ridge, f"{where}: ridge", "a scalar >= 0")
    is_design = isinstance(matrix, MatrixSymbol) and matrix.shape[0] != matrix.shape[1]
    gram = (
        matrix.T * matrix / (matrix.shape[0] if samples is None else samples) if is_design else _square(matrix, where)
    )
    return Inverse(name, gram + ridge * sp.Identity(gram.shape[0]))


class Defined(Letter):
    """A name for an expression in other letters: ``Defined("Sh1", X1.T*X1/T1)``."""

    def __new__(cls, name: Any, *rest: Any) -> Defined:
        own = _name(name, "Defined")
        formula = _matrix(rest[-1] if rest else None, f"Defined({own.name!r})")
        return super().__new__(cls, own, *formula.shape, formula)

    @property
    def formula(self) -> MatrixExpr:
        return self.args[3]

    @property
    def symmetric(self) -> bool:
        return _is_symmetric(self.args[3])

    @property
    def text(self) -> str:
        return f"{self.args[3]}"


class Stacked(Letter):
    """Rows one below the other: ``Stacked("Z", X, X1)`` has T + T1 rows.  Z'Z is X'X + X1'X1."""

    def __new__(cls, name: Any, *blocks: Any) -> Stacked:
        own = _name(name, "Stacked")
        where = f"Stacked({own.name!r})"
        parts = [_matrix(b, where) for b in blocks if isinstance(b, MatrixExpr)]  # sizes come along when it is rebuilt
        if len(parts) < 2 or any(sp.expand(b.shape[1] - parts[0].shape[1]) != 0 for b in parts):
            raise ClaimError(
                f"{where}: {', '.join(map(str, blocks)):.60}", accepted="two or more matrices with as many columns"
            )
        return super().__new__(cls, own, sp.Add(*(b.shape[0] for b in parts)), parts[0].shape[1], *parts)

    @property
    def blocks(self) -> tuple[MatrixExpr, ...]:
        return self.args[3:]

    @property
    def text(self) -> str:
        return f"the rows of {', '.join(map(str, self.blocks))}, one below the other"


class Filter(Letter):
    """f of a symmetric matrix, on its eigenvalues: ``Filter("G", Lambda(x, 1 - exp(-t*x)), Sh)`` (gradient flow)."""

    def __new__(cls, name: Any, *rest: Any) -> Filter:  # (name, f, of), or the arguments of a Filter
        own = _name(name, "Filter")
        where = f"Filter({own.name!r})"
        function, of = rest[-2:] if len(rest) > 1 else (None, None)
        of = _square(of, where)
        if not (isinstance(function, sp.Lambda) and len(function.variables) == 1) or not _is_symmetric(of):
            raise ClaimError(
                f"{where}: {function!s:.40} of {of!s:.40}", accepted="a Lambda of one variable, and a symmetric matrix"
            )
        return super().__new__(cls, own, *of.shape, function, of)

    @property
    def filter(self) -> tuple[sp.Lambda, MatrixExpr]:
        return self.args[3], self.args[4]

    @property
    def symmetric(self) -> bool:
        return True

    @property
    def text(self) -> str:
        return f"{self.args[3]} of the eigenvalues of {self.args[4]}"


# --- reading them ----------------------------------------------------------------------------------------------------


def declared(expr: sp.Basic) -> dict[str, Letter]:
    """The declared letters that an expression speaks of, directly or through each other, by name.

    Raises
    ------
    ClaimError
        Two different letters have one name.
    """
    found: dict[str, Letter] = {}
    for letter in sorted(expr.atoms(Letter), key=sp.default_sort_key):  # with what a letter is made of, its arguments
        if found.setdefault(letter.name, letter) != letter:
            raise ClaimError(f"two different letters have the name {letter.name}", accepted="one declaration a name")
    return found


def unstack(expr: sp.MatrixExpr) -> sp.MatrixExpr:
    """Write products of stacked rows as sums over their blocks: Z'Y = X'E + X1'E1.

    Raises
    ------
    ClaimError
        A stacked letter does not stand next to the transpose of one with blocks of the same sizes.
    """

    def product(factors: tuple[sp.Basic, ...]) -> sp.MatrixExpr:
        out: list[sp.Basic] = []
        todo = list(factors)
        while todo:
            first = todo.pop(0)
            arg = first.arg if isinstance(first, sp.Transpose) else None
            if isinstance(arg, Letter) and arg.blocks and todo and isinstance(todo[0], Letter) and todo[0].blocks:
                left, right = arg.blocks, todo.pop(0).blocks
                if len(left) != len(right) or any(x.shape[0] != y.shape[0] for x, y in zip(left, right, strict=True)):
                    raise ClaimError(f"the blocks of {arg} and {first} have different sizes")
                out.append(sp.MatAdd(*(x.T * y for x, y in zip(left, right, strict=True))))
            elif isinstance(arg or first, Letter) and (arg or first).blocks:
                raise ClaimError(
                    f"the stacked rows {arg or first} do not stand in a product over rows", accepted="Z.T*Z"
                )
            else:
                out.append(first)
        return sp.MatMul(*out).doit()

    if isinstance(expr, sp.MatAdd):
        return sp.MatAdd(*map(unstack, expr.args))
    if isinstance(expr, sp.MatMul) and any(x.blocks for x in expr.atoms(Letter)):
        return product(expr.args)
    if isinstance(expr, sp.Transpose):
        return unstack(expr.arg).T
    return expr
