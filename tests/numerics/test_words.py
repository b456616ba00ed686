"""Protects: trace words mean what their letters say, and sampling sees exact Wishart moments (F3, F5)."""

from __future__ import annotations

import numpy as np
import pytest

from ridgeproof.errors import DomainError, InputError
from ridgeproof.numerics.finite.words import design_letters, sample_word_traces, word_product

Z_LIMIT = 4.5  # two-sided false alarm 7e-6 for each comparison; seeds are fixed


@pytest.mark.parametrize("rows", [7, 3])
def test_letters_obey_their_definitions(rows):
    """Claim: R, P, X^+ and (X^T X)^+ are the resolvent, projection and pseudo-inverses of section 1, for T above
    and below d.
    """
    x = np.random.default_rng(0).standard_normal((rows, 5))
    s = np.array([3.0, 2.0, 1.0, 0.5, 0.1])
    letters = design_letters(x, s, 0.3)
    assert np.allclose(letters["R"] @ (letters["Sh"] + 0.3 * np.eye(5)), np.eye(5))
    assert np.allclose(word_product(letters, ["X", "Xp", "X"]), x)
    assert np.allclose(word_product(letters, ["W", "Pinv2"]), letters["P"])
    assert np.allclose(word_product(letters, ["S", "Sinv"]), word_product(letters, []))
    assert ("Winv" in letters) is (rows >= 5)


def test_wishart_and_haar_moments():
    """Claims: E tr W = T tr S and F3 E tr(S W^-1) = d/(T-d-1); F5 E tr(P A P A) = a tr A^2 + b (tr A)^2, S = I, T
    < d.
    """
    s = np.array([2.0, 1.0, 0.5])
    means, errors = sample_word_traces([["W"], ["S", "Winv"]], s, 12, 0.0, 3000, seed=1)
    assert np.all(np.abs(means - [12 * 3.5, 3 / 8]) < Z_LIMIT * errors)
    d, t = 5, 2
    a_matrix = np.diag([3.0, 1.0, 0.0, -1.0, 2.0])
    b = t * (d - t) / (d * (d - 1) * (d + 2))
    a = t / d - d * b
    exact = a * np.trace(a_matrix @ a_matrix) + b * np.trace(a_matrix) ** 2
    means, errors = sample_word_traces([["P", "A", "P", "A"]], np.ones(d), t, 0.0, 3000, seed=2, extra={"A": a_matrix})
    assert abs(means[0] - exact) < Z_LIMIT * errors[0]


def test_unknown_and_impossible_letters_are_refused():
    """Protects the court from words that have no meaning."""
    with pytest.raises(InputError):
        sample_word_traces([["Q"]], np.ones(2), 3, 0.1, 5, seed=0)
    with pytest.raises(DomainError):
        sample_word_traces([["Winv"]], np.ones(3), 2, 0.1, 5, seed=0)
    with pytest.raises(InputError):
        word_product({"S": np.eye(2)}, ["S", "T"])
