"""The kernel's rule ``leading``, behind every deterministic equivalent: true statements and near misses."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import sympy as sp

from ridgeproof.errors import DerivationError
from ridgeproof.proofs_check.court.certify import certify
from ridgeproof.proofs_check.court.court import verify
from ridgeproof.proofs_check.proving import lines as K
from ridgeproof.proofs_check.proving.draft import Builder
from ridgeproof.proofs_check.proving.tactics import TACTICS
from ridgeproof.proofs_check.verdicts import Grade
from ridgeproof.theorems import claim as C
from ridgeproof.theorems.functions import Expect, trace
from ridgeproof.theorems.registry import all_claims
from ridgeproof.theorems.vocabulary import A, B, E, R, S, Sh, T, X, kappa, lam, sigma2, w0
from ridgeproof.theorems.vocabulary import K as resolvent

CLAIMS = {c.id: c for c in all_claims()}
LEADING = ("kappa-from-resolvent", "two-resolvents", "one-fit")
second = trace(A * S * B * S) + trace(A * S) * trace(B * S) / T  # E tr(A Sh B Sh) without its 1/T correction
correction = trace(A * S * B.T * S) / T
hints = (
    *(C.Stein(X, X * word) for word in (B * X.T * X * A, B * S * A, A * S * B, A * S * B.T)),
    C.Stein(X, X * A, (B * S,)),
    C.Stein(X, X * B, (A * S,)),
)


def document(*steps: C.Step) -> dict[str, Any]:
    claim = C.Claim("a-claim", "t", "s", C.Relation.EQUALITY, (C.Equation(T, T),))
    builder = Builder(claim, steps)
    for i, step in enumerate(steps):
        builder.add(i, step, TACTICS[type(step)](builder, step))
    return builder.document()


def test_leading_order_drops_the_correction_and_exactness_does_not() -> None:
    """E tr(A Sh B Sh) has the correction tr(A S B' S)/T, of relative order 1/T: only ``leading`` may leave it out."""
    moment = Expect(trace(A * Sh * B * Sh))
    assert K.check(document(C.Traces("exact", moment, second + correction, hints)))
    assert K.check(document(C.LeadingTraces("leading", moment, second, hints)))
    with pytest.raises(DerivationError):
        document(C.Traces("exact, without the correction", moment, second, hints))
    with pytest.raises(DerivationError):
        document(C.LeadingTraces("leading, with it", moment, second + correction, hints))


def test_a_leading_line_is_no_exact_line() -> None:
    """The name of the rule is part of what was proved: an accepted leading line is rejected as a trace line."""
    certificate = document(C.LeadingTraces("leading", Expect(trace(A * Sh * B * Sh)), second, hints))
    certificate["lines"][0]["rule"] = "trace"
    with pytest.raises(K.Rejected):
        K.check(certificate)


def test_an_exact_line_may_not_use_what_holds_to_leading_order() -> None:
    """tr(Sh R) = T (1 - lambda/kappa) defines kappa to leading order; a ``trace`` line may not use it."""
    certificate = document(
        C.LeadingTraces(
            "one", Expect(trace(R * A)), kappa / lam * trace(A * resolvent), (C.Stein(X, X * R * A * resolvent),)
        )
    )
    assert certificate["context"]["leading_traces"]
    exact = copy.deepcopy(certificate)
    exact["lines"][0]["rule"] = "trace"
    with pytest.raises(K.Rejected):
        K.check(exact)


@pytest.mark.parametrize("claim_id", LEADING)
def test_the_equivalents_are_certified(claim_id: str) -> None:
    """E1, E6 and E4 are derived to every order of 1/lambda, with nothing cited."""
    proof = certify(CLAIMS[claim_id])
    assert proof.complete
    assert proof.evidence[0].grade == Grade.ORDER_K


def test_theorem_2_rests_on_proofs_alone() -> None:
    """The fake-data factor of Theorem 2 is proved to each order, through its premises."""
    (row,) = verify([CLAIMS["fake-data-term"]], workers=1).rows
    assert row.verdict == Grade.ORDER_K


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        pytest.param(trace(A * resolvent), trace(A * resolvent) * kappa / lam, id="factor kappa/lambda dropped"),
        pytest.param(
            kappa / lam * trace(A * resolvent * resolvent), kappa / lam * trace(A * resolvent), id="resolvent squared"
        ),
    ],
)
def test_a_wrong_equivalent_is_not_found(wrong: sp.Expr, right: sp.Expr) -> None:
    """The search proves the right one from the same hint and fails on the wrong one."""
    hint = (C.Stein(X, X * R * A * resolvent),)
    document(C.LeadingTraces("right", Expect(trace(R * A)), right, hint))
    with pytest.raises(DerivationError):
        document(C.LeadingTraces("wrong", Expect(trace(R * A)), wrong, hint))


def test_two_vectors_are_not_two_matrices() -> None:
    """tr(E'X w E'X w) = (E'X w)^2 has the mean sigma^2 w'X'X w; as a word it does not split, and is not small for that.

    An earlier form of the rule proved its leading part to be zero.
    """
    square = Expect(trace(E.T * X * w0 * E.T * X * w0))
    with pytest.raises(DerivationError):
        document(C.LeadingTraces("E first", square, sp.S.Zero, (C.Stein(E, X * w0 * E.T * X * w0),)))
    with pytest.raises(K.Rejected, match="integrated out first"):
        K.check(document(C.LeadingTraces("X first", square, sp.S.Zero, (C.Stein(X, E * w0.T * X.T * E * w0.T),))))
    step = C.Stein(E, X * A * X.T * E)
    quadratic, mean = Expect(trace(E.T * X * A * X.T * E)), sigma2 * Expect(trace(X * A * X.T))
    assert K.check(document(C.LeadingTraces("a quadratic form", quadratic, mean, (step,))))


def test_vectors_enter_once() -> None:
    """With w0 w0' twice in a product of traces the count of sizes fails: E (w'Sh w)^2 has no term that splits off."""
    M = w0 * w0.T
    twice = Expect(trace(M * Sh * M * Sh))
    value = trace(M * S * M * S) + trace(M * S) * trace(M * S) / T
    hint = (C.Stein(X, X * M * X.T * X * M), C.Stein(X, X * M, (M * S,)), C.Stein(X, X * M * S * M))
    with pytest.raises((K.Rejected, DerivationError)):
        K.check(document(C.LeadingTraces("twice", twice, value, hint)))
