"""Means of words at large sizes: the rule for noise against its columns, and the order of products."""

from __future__ import annotations

import functools

import numpy as np
import pytest
import sympy as sp
from flint import fmpq

from ridgeproof.proofs_check.witnesses import balls as B
from ridgeproof.proofs_check.witnesses import chains, letters, noise_means, word_draws
from ridgeproof.proofs_check.witnesses.judge import judge
from ridgeproof.theorems import vocabulary as V
from ridgeproof.theorems.claim import Claim, Equation, Relation
from ridgeproof.theorems.functions import Expect

T, u = sp.Trace, V.w0
POINT = B.Point({V.d: fmpq(3), V.T: fmpq(5), V.lam: fmpq(1, 2), V.sigma2: fmpq(1, 4)}, [(fmpq(1), fmpq(1, 3))] * 3)
POINT.counts = (1, 1, 1)
WS = V.R * V.Sh * u + V.R * V.X.T * V.E / V.T
WORDS = [
    T(V.E.T * V.E),
    T(V.S * V.R * V.X.T * V.E * V.E.T * V.X * V.R),
    T(WS.T * V.A * WS),
    T((WS - u) * (WS - u).T * V.S),
    T(V.E * V.E.T * V.X * V.A * V.X.T) * T(V.R) + T(V.E.T * V.X * u),
    T(V.E.T * V.X * V.R * V.X.T * V.E) / (1 - T(V.Sh * V.R) / V.T) ** 2,
]


@pytest.mark.parametrize("word", WORDS, ids=str)
def test_the_rule_for_noise_agrees_with_its_columns(word: sp.Expr) -> None:
    """The column rule (witnesses/letters.py) and E e e' = var I say the same of every draw, to rounding."""
    averaged = noise_means.averaged(word)
    assert not averaged.has(V.E)
    draws = word_draws.Draws(POINT, 4, (1, 2))
    said = []
    for e in (word, averaged):
        drawn = draws.letters(4, {})
        drawn.setup([e])
        said.append(np.broadcast_to(drawn.scalar(e), (4,)))
    assert np.allclose(*said, rtol=1e-12) and np.all(said[0] != 0)


def test_what_the_rule_does_not_reach_is_left_to_the_columns() -> None:
    """Two noisy traces in one product, a fourth power of noise, e e without a transpose: none of them is var tr."""
    one = T(V.E.T * V.E)
    for word in (one**2, T(V.E.T * V.X * u), one * T(V.E.T * V.X * u), T(V.E * u.T * V.X.T * V.E * u.T)):
        if word == T(V.E.T * V.X * u):
            assert noise_means.averaged(word) == 0  # odd
            continue
        with pytest.raises(noise_means.Hidden):
            noise_means.averaged(word)


@pytest.mark.parametrize("right, outcome", [(1, "holds"), (2, "fails"), (0, "fails")])
def test_a_number_with_noise_beside_one_without(right: int, outcome: str) -> None:
    """E tr(e'X A X'e u'Su) = sigma^2 T tr(A S) u'Su: the columns made 0 of it, refuted what is true, accepted 0."""
    left = Expect(T(V.E.T * V.X * V.A * V.X.T * V.E * u.T * V.S * u))
    statement = (Equation(left, right * V.T * V.sigma2 * T(V.A * V.S) * T(u.T * V.S * u)),)
    claim = Claim(
        id="beside", title="", source="", relation=Relation.EQUALITY, statement=statement, hypotheses=(), derive=tuple
    )
    assert judge(claim).outcome == outcome
    assert not letters.quadratic_noise(left.argument)


def test_draws_do_not_depend_on_how_many_are_evaluated_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """One stream a letter: the mean is the same whether all draws are evaluated at once or one by one."""
    whole = word_draws.Draws(POINT, 40, (1, 2)).drawn(WORDS[2])
    monkeypatch.setattr(word_draws, "CELLS", 1)
    assert np.allclose(whole, word_draws.Draws(POINT, 40, (1, 2)).drawn(WORDS[2]), rtol=1e-10)


def test_products_are_cut_where_they_cost_least() -> None:
    """30 x 35, 35 x 15, 15 x 5, 5 x 10, 10 x 20, 20 x 25 (Cormen et al., Introduction to Algorithms, section 14.2)."""
    sizes = [30, 35, 15, 5, 10, 20, 25]
    cut = chains.cheapest(sizes)

    def cost(i: int, j: int) -> int:
        k = cut.get((i, j), 0)
        return 0 if j == i + 1 else cost(i, k) + cost(k, j) + sizes[i] * sizes[k] * sizes[j]

    assert cost(0, 6) == 15125
    draws = word_draws.Draws(POINT, 2, (3, 4)).letters(2, {})
    factors = (V.X, V.A, V.X.T, V.X, V.S)
    direct = functools.reduce(np.matmul, [draws.value(f) for f in factors])
    assert np.allclose(draws.value(sp.MatMul(*factors)), direct, rtol=1e-12)
