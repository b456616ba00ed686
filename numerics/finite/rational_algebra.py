"""Exact linear algebra on fractions: witnesses for identities that hold at every finite size.

Matrices are tuples of rows, vectors are tuples, entries are ``Fraction``; everything here is meant for the small
sizes (d, T <= 8) at which an identity between matrices is decided by evaluating both sides at random rational
points.  A polynomial of degree at most two in each noise variable has the same mean under N(0, sigma^2) as under
the two signs +-sigma, so the Gaussian noise of the model is averaged *exactly* by going through all sign patterns
(docs/theory.md#F1, #F2).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import product as cartesian

from ridgeproof.errors import DomainError, InputError

Vector = tuple[Fraction, ...]
Matrix = tuple[Vector, ...]

#: Sign patterns enumerated at most: 2^18 evaluations.
MAX_SIGNS = 18


def vector(entries: Iterable[int | Fraction]) -> Vector:
    """A vector of fractions from integers and fractions."""
    return tuple(Fraction(entry) for entry in entries)


def matrix(rows: Iterable[Iterable[int | Fraction]]) -> Matrix:
    """A matrix of fractions from its rows; raises InputError unless the rows have one common length."""
    result = tuple(vector(row) for row in rows)
    if not result or not result[0] or any(len(row) != len(result[0]) for row in result):
        raise InputError(
            "the rows of a matrix have different lengths or are empty", accepted="a nonempty rectangle of fractions"
        )
    return result


def identity(size: int) -> Matrix:
    """The identity matrix of the given size."""
    return diagonal([1] * size)


def diagonal(entries: Sequence[int | Fraction]) -> Matrix:
    """The diagonal matrix with the given entries."""
    return matrix([[entry if i == j else 0 for j in range(len(entries))] for i, entry in enumerate(entries)])


def transpose(a: Matrix) -> Matrix:
    """The transpose of a matrix."""
    return tuple(zip(*a, strict=True))


def add(a: Matrix, b: Matrix) -> Matrix:
    """The sum of two matrices of one shape."""
    return tuple(tuple(x + y for x, y in zip(row, other, strict=True)) for row, other in zip(a, b, strict=True))


def scale(factor: int | Fraction, a: Matrix) -> Matrix:
    """A matrix times a number."""
    return tuple(tuple(factor * x for x in row) for row in a)


def subtract(a: Matrix, b: Matrix) -> Matrix:
    """The difference of two matrices of one shape."""
    return add(a, scale(-1, b))


def product(*factors: Matrix) -> Matrix:
    """The product of one or more matrices, from left to right."""
    result = factors[0]
    for factor in factors[1:]:
        columns = transpose(factor)
        result = tuple(tuple(dot(row, column) for column in columns) for row in result)
    return result


def dot(u: Sequence[Fraction], v: Sequence[Fraction]) -> Fraction:
    """The inner product of two vectors of one length."""
    return sum((x * y for x, y in zip(u, v, strict=True)), Fraction(0))


def apply(a: Matrix, v: Vector) -> Vector:
    """A matrix times a vector."""
    return tuple(dot(row, v) for row in a)


def plus(u: Vector, v: Vector) -> Vector:
    """The sum of two vectors."""
    return tuple(x + y for x, y in zip(u, v, strict=True))


def minus(u: Vector, v: Vector) -> Vector:
    """The difference of two vectors."""
    return tuple(x - y for x, y in zip(u, v, strict=True))


def trace(a: Matrix) -> Fraction:
    """The trace of a square matrix."""
    return sum((row[i] for i, row in enumerate(a)), Fraction(0))


def quadratic_form(v: Vector, a: Matrix) -> Fraction:
    """The number v^T A v: with A = S the squared norm |v|_S^2 of the model."""
    return dot(v, apply(a, v))


def solve(a: Matrix, b: Matrix) -> Matrix:
    """The exact solution Y of A Y = B by Gauss-Jordan elimination.

    Parameters
    ----------
    a : Matrix
        Shape (d, d).
    b : Matrix
        Shape (d, m).

    Raises
    ------
    DomainError
        If A is singular.
    """
    size = len(a)
    rows = [list(left) + list(right) for left, right in zip(a, b, strict=True)]
    for column in range(size):
        pivot = next((i for i in range(column, size) if rows[i][column] != 0), None)
        if pivot is None:
            raise DomainError("a singular matrix has no inverse", accepted="a matrix of full rank")
        rows[column], rows[pivot] = rows[pivot], rows[column]
        inverse_pivot = 1 / rows[column][column]
        rows[column] = [entry * inverse_pivot for entry in rows[column]]
        for i in range(size):
            if i != column and rows[i][column] != 0:
                factor = rows[i][column]
                rows[i] = [entry - factor * lead for entry, lead in zip(rows[i], rows[column], strict=True)]
    return tuple(tuple(row[size:]) for row in rows)


def inverse(a: Matrix) -> Matrix:
    """The exact inverse; raises DomainError for a singular matrix."""
    return solve(a, identity(len(a)))


def pseudo_inverse(x: Matrix) -> Matrix:
    """The Moore-Penrose inverse X^+ of a matrix of full rank, whichever side is longer.

    Raises
    ------
    DomainError
        If X has not full rank.
    """
    xt = transpose(x)
    if len(x) >= len(x[0]):
        return solve(product(xt, x), xt)
    return product(xt, inverse(product(x, xt)))


def sample_covariance(x: Matrix) -> Matrix:
    """Sh = X^T X / T of a design of T rows."""
    return scale(Fraction(1, len(x)), product(transpose(x), x))


def resolvent(x: Matrix, ridge: Fraction) -> Matrix:
    """R = (X^T X / T + ridge I)^-1, of shape (d, d); DomainError where it does not exist."""
    return inverse(add(sample_covariance(x), scale(ridge, identity(len(x[0])))))


@lru_cache(maxsize=64)
def fit_matrix(x: Matrix, ridge: Fraction) -> Matrix:
    """The d x T matrix B of the fit w = B y: ridge regression, or X^+ y at ridge 0.

    The ridge fit minimises (1/T)|X w - y|^2 + ridge |w|^2; it is found from its normal equations.  At ridge 0 it
    is (min-norm) least squares.

    Raises
    ------
    DomainError
        If the ridge is negative, or 0 with a design of deficient rank.
    """
    if ridge < 0:
        raise DomainError(f"ridge = {ridge} is negative", accepted="a number >= 0")
    if ridge == 0:
        return pseudo_inverse(x)
    xt = transpose(x)
    return solve(add(product(xt, x), scale(ridge * len(x), identity(len(x[0])))), xt)


def chain_fit(
    designs: Sequence[Matrix],
    noises: Sequence[Vector],
    w0: Vector,
    downstream_design: Matrix,
    downstream_noise: Vector,
    ridge: Fraction,
    generator_ridges: Sequence[Fraction] | None = None,
) -> Vector:
    """The downstream predictor w_hat of one realised chain, exactly.

    Generation m labels its design X_m by y_m = X_m w_m + E_m and fits w_{m+1}; the downstream fit does the same
    with its own ridge.

    Parameters
    ----------
    designs, noises : sequences of n matrices (T_m, d) and of n vectors (T_m,)
        X_m and E_m, in order; n = 0 is clean data.  A design given twice is the same-design chain.
    w0 : Vector
        The truth, length d.
    downstream_design, downstream_noise, ridge
        X (T, d), E (T,) and lambda >= 0 of the downstream fit.
    generator_ridges : sequence of n fractions, optional
        Ridge of each generator; 0 (least squares, min-norm when T_m < d) if left out.

    Raises
    ------
    DomainError
        If a fit at ridge 0 meets a design of deficient rank.
    """
    ridges = [Fraction(0)] * len(designs) if generator_ridges is None else list(generator_ridges)
    links = [*zip(designs, noises, ridges, strict=True), (downstream_design, downstream_noise, ridge)]
    w = w0
    for x, noise, penalty in links:
        w = apply(fit_matrix(x, penalty), plus(apply(x, w), noise))
    return w


def chain_error(w_hat: Vector, w0: Vector, covariance: Matrix) -> Fraction:
    """The squared error |w_hat - w0|_S^2 of one realised chain (docs/theory.md#setup)."""
    return quadratic_form(minus(w_hat, w0), covariance)


def average_over_signs(
    function: Callable[[list[Vector]], Fraction], lengths: Sequence[int], sigmas: Sequence[Fraction]
) -> Fraction:
    """The exact mean of ``function`` over noise vectors with independent entries +-sigma.

    Equal to the mean over E_m ~ N(0, sigma_m^2 I) for every function of degree at most two in each noise entry:
    both laws have mean 0, variance sigma_m^2 and independent entries.

    Parameters
    ----------
    function : callable
        Receives the list of noise vectors, one of each length.
    lengths : sequence of int
        Length T_m of each noise vector; their sum is at most ``MAX_SIGNS``.
    sigmas : sequence of Fraction
        Standard deviation of each vector's entries (not the variance), >= 0.

    Raises
    ------
    DomainError
        If there are more than ``MAX_SIGNS`` noise entries.
    """
    total = sum(lengths)
    if total > MAX_SIGNS:
        raise DomainError(
            f"{total} noise entries have 2^{total} sign patterns", accepted=f"at most {MAX_SIGNS} entries"
        )
    mean = Fraction(0)
    for signs in cartesian((1, -1), repeat=total):
        remaining = iter(signs)
        mean += function(
            [
                tuple(sigma * next(remaining) for _ in range(length))
                for length, sigma in zip(lengths, sigmas, strict=True)
            ]
        )
    return mean / 2**total


def random_fraction(rng: random.Random, *, bound: int = 9) -> Fraction:
    """A random fraction p/q with 0 <= |p| <= bound, 1 <= q <= bound."""
    return Fraction(rng.randint(-bound, bound), rng.randint(1, bound))


def random_rational_design(rng: random.Random, rows: int, cols: int) -> Matrix:
    """A random rational matrix of full rank; singular draws, which are rare, are drawn again."""
    while True:
        x = matrix([[random_fraction(rng) for _ in range(cols)] for _ in range(rows)])
        try:
            pseudo_inverse(x)
        except DomainError:
            continue
        return x


def random_rational_covariance(rng: random.Random, size: int) -> Matrix:
    """A random positive definite rational matrix Y^T Y + D, with D a positive diagonal: a covariance that is not
    diagonal.
    """
    y = random_rational_design(rng, size, size)
    return add(
        product(transpose(y), y), diagonal([Fraction(rng.randint(1, 9), rng.randint(1, 9)) for _ in range(size)])
    )
