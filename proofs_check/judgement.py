"""The word for a claim: what the ledger says of it, from what the kernel has shown and from the rest of the evidence.

Believed.  The words *proved* and *proved to order K* come from a ``Shown`` of this very claim and from nothing else;
everything else that is told of a claim can only take them away.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ridgeproof.theorems.claim import Claim

from .meaning.proofs import Shown
from .meaning.say import unchecked
from .verdicts import Evidence, Grade, Row, verdict

CERTAIN = (Grade.PROVED, Grade.ORDER_K)


def grade(claim: Claim, shown: Shown | None) -> Grade | None:
    """Proved, or proved to each order of an expansion; None where nothing of this claim is shown."""
    if shown is None or shown.claim is not claim:
        return None
    return Grade.ORDER_K if shown.to_order else Grade.PROVED


def evidence(shown: Shown) -> tuple[Evidence, ...]:
    """The sequents, each with everything that it takes for granted."""
    known = grade(shown.claim, shown)
    assert known is not None
    left = unchecked(shown.claim)
    words = (
        f"; hypotheses in words that no condition carries, unchecked and not used: {'; '.join(left)}" if left else ""
    )
    return tuple(
        Evidence(
            known,
            f"the statement itself, by the kernel: {proved.text()}{words}",
            {
                "sequent": proved.text(),
                "assumptions": proved.assumptions(),
                "kernel_lines": len(proved.world.lines),
                "unchecked": left,
            },
        )
        for proved in shown.sequents
    )


def row(
    claim: Claim,
    shown: Shown | None,
    others: Iterable[Evidence],
    *,
    sound: bool = True,
    gaps: tuple[str, ...] = (),
    certificates: tuple[Any, ...] = (),
    seconds: float = 0.0,
    reused: bool = False,
) -> Row:
    """A claim's row of the ledger.

    Parameters
    ----------
    claim, shown : the claim, and what the kernel has proved of it.
    others : the rest of the evidence: of the steps, of premises, of numbers.  A grade of certainty in it is left out,
        unless it tells of another claim (a premise).
    sound, gaps : whether the derivation goes through, and what is missing in it.
    certificates : where the sequents come from, to be written out.
    """
    known = grade(claim, shown)
    told = [e for e in others if e.grade not in CERTAIN or "premise" in e.details]
    if known is not None and shown is not None:
        told = [*evidence(shown), *told]
    said, reason = verdict(tuple(told), known, sound, gaps)
    return Row(
        claim.id,
        claim.title,
        claim.source,
        str(claim.relation),
        said,
        tuple(told),
        seconds,
        claim.expected,
        claim.finding,
        reason,
        certificates if known is not None else (),
        reused,
    )
