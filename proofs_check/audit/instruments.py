"""The three instruments of the audit, each of which can be switched off: what one alone sees is told.

kernel       a claim's own derivation, carried out anew for what was changed: it is no longer proved
exact        rational numbers, balls, exact laws, quadrature, deterministic links, limits along many decades
simulation   draws: means over random matrices, errors of fits on drawn data, with a false-alarm level
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any
from unittest import mock

import sympy as sp

from ridgeproof.errors import NoExactLaw, RidgeproofError
from ridgeproof.theorems.claim import Claim, Relation
from ridgeproof.theorems.functions import E_test, Expect

from ..court.certify import Proof, conclude, derived
from ..proving import lines as K
from ..proving.carrying import carry_out
from ..verdicts import Grade
from ..witnesses import balls, large_words, realisations, rounds, sampling, size_errors
from ..witnesses import exact as laws_and_draws
from ..witnesses import finding as F
from ..witnesses.effort import Effort
from ..witnesses.exact import Judge
from ..witnesses.judge import judge

INSTRUMENTS = ("kernel", "exact", "simulation")
DRAWN = ("simulation contradicts", "expectations differ", "discrepancy does not vanish")


def certified(claim: Claim) -> Proof:
    """A claim's derivation, carried out anew under the claim's own hypotheses."""
    try:
        return conclude(claim, carry_out(claim, derived(claim)))
    except (RidgeproofError, K.Rejected, ArithmeticError, ValueError, TypeError, sp.PolynomialError):
        return Proof((), sound=False)


@contextlib.contextmanager
def without_simulation() -> Iterator[None]:
    """The court's numbers with nothing drawn: what only draws reach is not evaluated."""

    def not_drawn(*_: Any, **__: Any) -> Any:
        raise balls.Limit("simulation is switched off")

    def undecided(*_: Any, **__: Any) -> F.Finding:
        return F.undecided("simulation is switched off")

    with contextlib.ExitStack() as stack:
        for module, name, instead in (
            (sampling, "mean", not_drawn),
            (realisations, "haar", not_drawn),
            (large_words, "sampled", undecided),
            (size_errors, "vouch", lambda *_: (True, "not simulated")),
        ):
            stack.enter_context(mock.patch.object(module, name, instead))
        yield


def exact(claim: Claim) -> bool:
    """Whether exact numbers contradict a claim, or find an admissible point at which a side has no value."""
    with without_simulation():
        found = judge(claim)
    return found.outcome == "fails" or (found.meaningless and "no value" in found.reason)


def simulation(claim: Claim, judges: list[Judge]) -> bool:
    """Whether draws contradict a claim; ``judges`` are the unchanged statement's, whose draws serve all its mutants."""
    if not any(side.has(Expect, E_test) for e in claim.equations for side in (e.left, e.right)):
        return False
    with mock.patch.object(laws_and_draws, "predict_exact", _no_exact_law):
        if _contradicted(claim, judges, drawn=True):
            return True
    found = judge(claim) if claim.relation in (Relation.EQUALITY, Relation.EQUIVALENT) else F.undecided("")
    drawn = "by sampling" in found.reason or (
        claim.relation == Relation.EQUIVALENT and any(e.left.has(Expect) for e in claim.equations)
    )
    return found.outcome == "fails" and drawn


def _no_exact_law(*_: Any, **__: Any) -> Any:
    raise NoExactLaw("exact laws are switched off")


def other_numbers(claim: Claim, judges: list[Judge]) -> bool:
    """Whether the witnesses without error bars of :mod:`..witnesses.rounds` contradict a claim (optima, limits)."""
    return _contradicted(claim, judges, drawn=False)


def _contradicted(claim: Claim, judges: list[Judge], drawn: bool) -> bool:
    return any(
        e.grade == Grade.REFUTED and any(x in e.about for x in DRAWN) == drawn
        for ask, part in zip(judges, claim.equations, strict=bool(judges))
        for e in rounds.judged(ask, part)
    )


def judges_of(claim: Claim, work: Effort) -> list[Judge]:
    """The witnesses of a claim's equations, none where they cannot be made."""
    try:
        return rounds.witnesses(claim, work)
    except (RidgeproofError, ArithmeticError, ValueError):
        return []
