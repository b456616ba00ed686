"""A claim's derivation and its sequents: steps are drafted as lines, and certificates of the statement searched for.

Nothing here is believed: what is found is shown by ``meaning.proofs``, again, in the process that gives the verdict.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import sympy as sp

from ridgeproof import limits
from ridgeproof.errors import DerivationError
from ridgeproof.theorems import claim as C
from ridgeproof.theorems.registry import all_claims

from .. import judgement
from ..meaning.proofs import Shown, says
from ..meaning.say import say
from ..proving.auto import derivation as automatic
from ..proving.carrying import Carried, carry_out, failed
from ..proving.gaps import NO_RULE, gaps
from ..proving.statements.known import prove
from ..verdicts import Evidence, Grade

NO_RULE_YET = "no rule states this yet"


@dataclass(frozen=True)
class Proof:
    """What became of a derivation, and certificates of the statement itself.

    ``certificates``: of sequents that prove the claim, one for each equation; empty where none were found.
    ``evidence``: the sequents, or what is assumed where there are none.  ``premises``: what such a claim rests on; a
    sequent rests on nothing but its Γ.  ``gaps``: what is missing between the steps and the
    claim, one line each.  ``sound`` is False when a step that ought to go through does not: then the claim stands on a
    faulty argument, whatever the numbers say.
    """

    evidence: tuple[Evidence, ...]
    certificates: tuple[Any, ...] = ()
    premises: tuple[str, ...] = ()
    sound: bool = True
    gaps: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether the claim is proved."""
        return bool(self.certificates)

    def worse_than(self, other: Proof) -> bool:
        """Whether this derivation is found wanting where the other is not."""
        lost = (other.sound and not self.sound) or (other.complete and not self.complete)
        return lost or not set(self.gaps) <= set(other.gaps)


def certify(claim: C.Claim) -> Proof:
    """Carry out a derivation, and look for certificates that prove the claim.

    A user's claim is dealt with in a process of its own: what hangs there, or takes all memory, costs itself alone.
    """
    if any(c is claim for c in all_claims()):
        return _certify(claim)
    try:
        _try(claim)
        proof: Proof = limits.apart(_certify, claim, seconds=limits.seconds())
    except (limits.Ended, DerivationError) as error:
        said = DerivationError(str(error))
        return Proof((failed("the derivation cannot be carried out", said, 0),), sound=False)
    return proof


def _certify(claim: C.Claim) -> Proof:
    if isinstance(claim.derive, str) and (found := _searched(claim, Carried(claim, (), ()))):  # it needs no steps
        return Proof(judgement.evidence(found[0]), found[1])
    if claim.derive == "attempt":
        return _attempt(claim)
    try:
        steps = derived(claim)
    except DerivationError as error:
        return Proof((failed("the derivation cannot be carried out", error, 0),), sound=False)
    return conclude(claim, carry_out(claim, steps))


def _attempt(claim: C.Claim) -> Proof:
    """A proof by what the letters are, where matrices are compared; else the statement itself is what is assumed."""
    if all(isinstance(e.left, sp.MatrixExpr) for e in claim.equations):
        with suppress(DerivationError):
            proof = conclude(claim, carry_out(claim, automatic(claim)))
            if proof.complete:
                return proof
    return Proof((Evidence(Grade.ASSUMED, "no derivation is given, and a short search found none"),))


def derived(claim: C.Claim) -> tuple[C.Step, ...]:
    """The steps of a claim's derivation.  Raises DerivationError, whatever the author's own code does."""
    try:
        if claim.derive == "auto":
            return automatic(claim)
        _try(claim)
        return claim.derivation()
    except DerivationError:
        raise
    except Exception as error:
        raise DerivationError(limits.described(error)) from error


def read_apart(read: Callable[[C.Claim, tuple[C.Step, ...]], Any], claim: C.Claim) -> Any:
    """``read(claim, its steps)``, of a derivation carried out in a process of its own: what it changes there - limits,
    signals, open files, what modules hold - is changed for nothing else.  Raises DerivationError.
    """
    _try(claim)
    try:
        return limits.apart(lambda: read(claim, derived(claim)), seconds=limits.seconds())
    except limits.Ended as error:
        raise DerivationError(str(error)) from None


_tried: dict[int, tuple[C.Claim, str]] = {}  # what became of derivations, by the identity of their claims


def _try(claim: C.Claim) -> None:
    """Run a user's derivation once in a process of its own: there it may exit, hang, or take all memory.

    Raises
    ------
    DerivationError
        It did.
    """
    if claim.derive is tuple or isinstance(claim.derive, str) or any(c is claim for c in all_claims()):
        return
    if id(claim) not in _tried:
        said = ""
        try:
            limits.apart(_runs, claim, seconds=limits.seconds())
        except (limits.Ended, DerivationError) as error:
            said = str(error)
        _tried[id(claim)] = claim, said
    _, said = _tried[id(claim)]
    if said:
        raise DerivationError(said)


def _runs(claim: C.Claim) -> None:
    claim.derivation()


def conclude(claim: C.Claim, carried: Carried) -> Proof:
    """The certificates of a claim's sequents; where there are none, what is assumed and what is missing."""
    if carried.sound and carried.steps and (found := _searched(claim, carried)):
        known, certificates = found
        return Proof(judgement.evidence(known), certificates)
    premises = tuple(s.claim for s in carried.steps if isinstance(s, C.Premise))
    if carried.result is None:
        return Proof(carried.evidence, (), premises, carried.sound)
    missing = gaps(claim, carried)
    drafted = (
        "every step"
        if len(carried.numbers) + len(premises) == len(carried.steps)
        else f"{len(carried.numbers)} of {len(carried.steps)} steps"
    )
    end = "" if missing.reached else "; they do not end in the statement itself"
    why = [f"{what}: {', '.join(found)}" for what, found in missing.said.items() if what in NO_RULE]
    about = f"{NO_RULE_YET} ({drafted} drafted in lines{end}): {'; '.join(why) or 'no sequent says the claim'}"
    evidence = [Evidence(Grade.ASSUMED, about, {"steps": list(carried.numbers)}), *carried.evidence]
    other = {what: found for what, found in missing.said.items() if what not in NO_RULE}
    evidence += [Evidence(Grade.ASSUMED, f"{what}: {', '.join(found)}") for what, found in other.items()]
    return Proof(tuple(evidence), (), premises, gaps=missing.faults)


def _searched(claim: C.Claim, carried: Carried) -> tuple[Shown, tuple[Any, ...]] | None:
    """Certificates that prove a claim, each found by a search, and what they show; None where one is missing."""
    lines, context = ([], None) if carried.draft is None else (carried.draft["lines"], carried.draft["context"])
    try:
        found = prove(claim, say(claim), lines, context)
    except Exception:  # whatever a search stumbles over, nothing is found
        return None
    known = says(claim, tuple(proved for _, proved in found))
    return None if known is None else (known, tuple(document for document, _ in found))
