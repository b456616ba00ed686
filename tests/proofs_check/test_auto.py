"""derive="auto": what it proves, and what it leaves as an open goal."""

from __future__ import annotations

import pytest
import sympy as sp

from ridgeproof.authoring import (
    A,
    B,
    Claim,
    Design,
    E,
    Equation,
    Expect,
    Hypothesis,
    Identity,
    Inverse,
    R,
    Relation,
    S,
    Sh,
    T,
    Vector,
    W,
    Winv,
    X,
    centred,
    d,
    fresh,
    lam,
    moments_downstream,
    ridge,
    sigma2,
    trace,
)
from ridgeproof.proofs_check.court.certify import certify

T1 = sp.Symbol("T1", integer=True, positive=True)
X1 = Design("X1", rows=T1)
POOLED = Inverse("Pinv", X.T * X + X1.T * X1)
GRAM = Inverse("Gram", X * X.T / T + lam * Identity(T))
u = Vector("u")
FOUR = Hypothesis("T >= d + 4", sp.Ge(T, d + 4))
POOLED_ROWS = Hypothesis("T + T1 >= d + 4", sp.Ge(T + T1, d + 4))
x = sp.Symbol("x", real=True)
WISHART_2 = T**2 * trace(A * S * B * S) + T * trace(A * S) * trace(B * S)  # von Rosen 1988, without its last term


def claim(left: sp.Basic, right: sp.Basic, *more: Hypothesis, relation: Relation = Relation.EQUALITY) -> Claim:
    """A claim whose derivation is left to the machine."""
    return Claim("one", "t", "s", relation, (Equation(left, right),), (fresh, centred, *more), derive="auto")


TRUE = [
    claim(Expect(trace(A * W)), T * trace(A * S)),
    claim(Expect(trace(A * W * B * W)), WISHART_2 + T * trace(A * S * B.T * S)),
    claim(Expect(trace(S * Winv)), d / (T - d - 1), moments_downstream),
    claim(Expect(trace(S * Winv) ** 2), d * (d * (T - d - 2) + 2) / ((T - d) * (T - d - 1) * (T - d - 3)), FOUR),
    claim(Expect(trace(S * Winv * X.T * E * E.T * X * Winv)), sigma2 * d / (T - d - 1), moments_downstream),
    claim(Expect(trace(A * X1.T * X1)), T1 * trace(A * S)),
    claim(R * (Sh + lam * Identity(d)), Identity(d), ridge),
    claim(Expect(u.T * W * u), T * (u.T * S * u)),  # a quadratic form is a scalar
    claim(X * R * X.T / T, Identity(T) - lam * GRAM, ridge),  # two inverses of one design, at one ridge
    claim((x + 1) ** 2, x**2 + 2 * x + 1),
    claim(d / (T + 1), d / T, relation=Relation.BOUND),
]
FALSE = [
    claim(Expect(trace(A * W * B * W)), WISHART_2 + T * trace(A * S * B * S)),
    claim(Expect(trace(S * Winv)), d / (T - d), moments_downstream),
    claim(Expect(trace(S * POOLED)), d / (T - d - 1), POOLED_ROWS),
    claim(R * (Sh + lam * Identity(d)), S, ridge),
    claim(Expect(u.T * W * u), (T + 1) * (u.T * S * u)),
    claim(X * R * X.T / T, Identity(T) - GRAM, ridge),
    claim((x + 1) ** 2, x**2 + 2 * x),
    claim(d / T, d / (T + 1), relation=Relation.BOUND),
]


@pytest.mark.parametrize("one", TRUE, ids=lambda c: str(c.equations[0].left)[:40])
def test_true_statements_are_proved(one: Claim) -> None:
    """Each by a sequent that the kernel accepts, with nothing missing."""
    proof = certify(one)
    assert proof.complete, [str(e.about) for e in proof.evidence]


@pytest.mark.parametrize("one", FALSE, ids=lambda c: str(c.equations[0].left)[:40])
def test_false_statements_are_open_goals(one: Claim) -> None:
    """B for B', T - d for T - d - 1, the rows of one design for both: not proved, and what is left over is shown."""
    proof = certify(one)
    assert not proof.complete and "open goal: " in " ".join(str(e.about) for e in proof.evidence)


@pytest.mark.parametrize(
    "one",
    [
        claim(Expect(trace(S * Winv)), d / (T - d - 1)),
        claim(Expect(trace(S * POOLED)), d / (T + T1 - d - 1), Hypothesis("T >= 1", sp.Ge(T, 1))),
    ],
    ids=("inverse", "pooled"),
)
def test_a_missing_moment_condition_is_a_gap(one: Claim) -> None:
    """The derivation goes through, and the claim is not proved: its mean may be infinite."""
    proof = certify(one)
    assert not proof.complete and any("moments exist" in gap for gap in proof.gaps)


def test_an_expectation_over_some_letters_is_not_proved_as_one_over_all() -> None:
    """E over the noise for a fixed design: the mean over both is another statement."""
    fixed = claim(Expect(trace(A * X.T * E * E.T * X), E), sigma2 * T * trace(A * S))
    assert not certify(fixed).complete
