"""Letters as matrices: their laws, and what may stand inside an expectation."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp

from ridgeproof.errors import ClaimError, Undefined
from ridgeproof.proofs_check.witnesses.formulas import Point
from ridgeproof.proofs_check.witnesses.matrices import (
    Letters,
    constants,
    gaussian_arithmetic,
    misplaced_randomness,
    rational_arithmetic,
    rational_number,
)
from ridgeproof.theorems.functions import Expect, trace
from ridgeproof.theorems.vocabulary import (
    P0,
    T0,
    W0,
    X0,
    A,
    B,
    P,
    R,
    S,
    Sh,
    Sinv,
    T,
    W,
    X,
    X0p,
    d,
    is_random,
    lam,
    um1,
    wn,
)


def rational(**sizes: int) -> Letters:
    values = {T: Fraction(sizes.get("T", 4)), d: Fraction(3), lam: Fraction(1, 2), T0: Fraction(2)}
    point = Point({x: float(v) for x, v in values.items()})
    return Letters(rational_arithmetic(random.Random(5)), point, rational_number(values))


def test_the_resolvent_is_the_inverse_that_it_is_called() -> None:
    """R (Sh + lambda) = I exactly (docs/theory.md#setup)."""
    letters = rational()
    assert np.all(letters.value(R * (Sh + lam * sp.Identity(d)) - sp.Identity(d)) == 0)


def test_a_projection_has_its_rank() -> None:
    """P = X^+ X of a T0 x d design: P P = P and tr P = T0 (docs/theory.md#F5)."""
    letters = rational()
    assert np.all(letters.value(P * P - P) == 0)
    assert np.trace(letters.value(P)) == 2


def test_one_design_has_a_pseudo_inverse() -> None:
    """X0 X0+ = I and P = X0+ X0 is a projection of rank T0; u[m+1] cannot be drawn (docs/theory.md#E5)."""
    letters = rational()
    assert np.all(letters.value(X0 * X0p - sp.Identity(T0)) == 0)
    assert np.all(letters.value(P0 * P0 - X0p * X0) == 0)
    assert np.trace(letters.value(P0)) == 2
    assert is_random(um1)
    with pytest.raises(ClaimError, match="cannot be drawn"):
        letters.value(um1)


def test_test_matrices_tell_a_word_from_its_transpose_and_its_order() -> None:
    """Otherwise tr(A D B' D) would pass for tr(A D B D) in every comparison (an escape that the audit found)."""
    for size in (16, 96):
        made = constants({A, B, S}, lambda _, size=size: size, np.linspace(1, 0.2, size), np.random.default_rng(6))
        a, b, s = made[A], made[B], made[S]
        whole = np.trace(a @ s @ b @ s)
        assert abs(np.trace(a @ s @ b.T @ s) - whole) > 0.05 * abs(whole)
        assert np.linalg.norm(a @ s - s @ a) > 0.01 * np.linalg.norm(a @ s)


def test_matrices_that_do_not_fit_have_no_value() -> None:
    """Shapes agree in symbols and differ in numbers where a statement confuses T with d."""
    letters = Letters(gaussian_arithmetic(np.random.default_rng(7), {}), Point({T: 4.0, d: 3.0}), float)
    letters.known = {X: np.ones((4, 3)), S: np.eye(2)}
    with pytest.raises(Undefined, match="fit"):
        letters.value(X * S)


def test_what_is_random() -> None:
    """A letter is random if anything in its definition is."""
    assert all(map(is_random, (X, Sh, R, W, W0, P, wn)))
    assert not any(map(is_random, (S, Sinv, A)))


@pytest.mark.parametrize(
    "expr",
    [
        Expect(trace(W)) ** 2,
        Expect(trace(W)) * Expect(trace(Sh)),
        trace(W),
        Expect(trace(W)) * trace(Sh),
        Expect(Expect(trace(W))),
    ],
)
def test_only_sums_of_expectations_are_read(expr: sp.Expr) -> None:
    """E[x] E[y] is not E[xy], and a random trace is no number."""
    assert misplaced_randomness(expr)


@pytest.mark.parametrize(
    "expr", [T * Expect(trace(W) ** 2) - d * trace(S), Expect(trace(W) * trace(A * Sh)) / T, trace(A) * trace(B)]
)
def test_expectations_with_constant_factors_are_read(expr: sp.Expr) -> None:
    assert not misplaced_randomness(expr)
