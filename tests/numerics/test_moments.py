"""Protects: F6, exact Gaussian moments by the Stein recursion, against closed forms and against sampling."""

from __future__ import annotations

from fractions import Fraction as F
from math import prod

import numpy as np
import pytest

from ridgeproof.errors import InputError
from ridgeproof.numerics.finite.moments import moment, moment_coefficients
from ridgeproof.numerics.finite.rational_algebra import diagonal, matrix, product, trace, transpose
from ridgeproof.numerics.finite.words import sample_word_traces

Z_LIMIT = 4.5  # two-sided false alarm 7e-6 for each comparison; seeds are fixed


@pytest.mark.parametrize("degree", range(1, 7))
@pytest.mark.parametrize("split", [False, True])
def test_one_dimension_is_chi_square(degree, split):
    """Claim F6, d = 1: E (chi^2_T/T)^k = T (T+2) ... (T+2k-2)/T^k, as one word or as k words."""
    words = [["Sh"]] * degree if split else [["Sh"] * degree]
    for samples in (1, 7):
        expected = prod((F(samples + 2 * i, samples) for i in range(degree)), start=F(3, 2) ** degree)
        assert moment(words, {}, matrix([[F(3, 2)]]), samples) == expected


def test_low_orders_in_closed_form():
    """Claim F6: E Sh A Sh = S A S + (S tr(A S) + S A^T S)/T (Isserlis by hand), and cov(tr Sh, tr Sh) = 2 tr S^2/T."""
    s = diagonal([3, F(1, 2), 1])
    a = matrix([[1, 2, 0], [0, -1, 5], [F(1, 3), 1, 1]])
    b = matrix([[0, 1, 1], [2, 2, 0], [1, -3, 1]])
    constant, first = moment_coefficients([["Sh", "A", "Sh", "B"]], {"A": a, "B": b}, s)
    assert constant == trace(product(s, a, s, b))
    assert first == trace(product(a, s)) * trace(product(s, b)) + trace(product(s, transpose(a), s, b))
    square = trace(s) ** 2
    assert moment_coefficients([["Sh"], ["Sh"]], {}, s) == (square, 2 * trace(product(s, s)))


def test_third_wishart_moment():
    """Claim F6, S = I: E tr W^3 = d T (T^2 + d^2 + 3 d T + 3 d + 3 T + 4) (real Wishart, the genus expansion)."""
    for d, t in ((2, 5), (4, 3)):
        expected = F(d * t * (t**2 + d**2 + 3 * d * t + 3 * d + 3 * t + 4), t**3)
        assert moment([["Sh", "Sh", "Sh"]], {}, diagonal([1] * d), t) == expected


def test_general_words_against_sampling():
    """Claim F6: words with two fixed matrices, not symmetric, products of up to five Sh, any S."""
    eigenvalues = [3, F(1, 2), 1]
    a = matrix([[2, 1, 0], [0, 1, 1], [F(1, 3), 1, 1]])
    b = matrix([[1, 1, 1], [2, 2, 0], [1, 0, 1]])
    words = [["A", "Sh", "Sh", "B", "Sh"], ["A", "Sh", "B", "Sh", "Sh", "A", "Sh"], ["Sh", "A", "Sh", "S", "Sh", "B"]]
    extra = {"A": np.array(a, dtype=float), "B": np.array(b, dtype=float)}
    means, errors = sample_word_traces(words, np.array(eigenvalues, dtype=float), 12, 0.1, 8000, seed=3, extra=extra)
    exact = [float(moment([word], {"A": a, "B": b}, diagonal(eigenvalues), 12)) for word in words]
    assert np.all(np.abs(means - exact) < Z_LIMIT * errors)
    assert np.all(errors < 0.03 * np.abs(exact))  # the comparison has teeth


def test_bad_words_are_refused():
    """Protects the user from silent nonsense."""
    s = diagonal([1, 1])
    for words, matrices in (
        ([["Q"]], {}),
        ([["Sh"] * 9], {}),
        ([["A"]], {"A": diagonal([1, 2, 3])}),
        ([["Sh"]], {"Sh": s}),
    ):
        with pytest.raises(InputError):
            moment(words, matrices, s, 3)
    with pytest.raises(InputError):
        moment([["Sh"]], {}, s, 0)
