"""What the witnesses say of a claim, as evidence for its verdict.

equality     both sides at points drawn from the hypotheses: exact rational numbers, else balls (:mod:`.judge`)
equivalent   both sides at growing sizes, extrapolated to infinite size (:mod:`.large_sizes`)
optimum      against a scan of the deterministic equivalent (:mod:`.optima`); other minimisers as equalities
asymptotic, order   the ratio of both sides along doublings of log T (:mod:`.growth`)
"""

from __future__ import annotations

from typing import Any

from ridgeproof import limits
from ridgeproof.theorems.claim import Claim
from ridgeproof.theorems.registry import all_claims

from ..verdicts import Evidence, Grade
from .finding import Finding
from .judge import judge
from .levels import Effort

GRADES = {"holds": Grade.CONFRONTED, "fails": Grade.REFUTED, "undecided": Grade.UNDECIDED}


def confront(claim: Claim, work: Effort) -> list[Evidence]:
    """Everything the witnesses have to say about a claim.

    Of a user's claim in a process of its own: powers of millions of digits, and expressions nested by the thousand,
    keep the libraries busy for hours, where no signal reaches them.
    """
    if any(c is claim for c in all_claims()):
        return _confronted(claim, work)
    seconds = limits.seconds() * work.seconds / Effort().seconds
    try:
        return list(limits.apart(_confronted, claim, work, seconds=seconds))
    except limits.Ended as error:
        details = {"meaningless": True}
        return [Evidence(Grade.UNDECIDED, f"numbers do not decide: the comparison {error}", details)]


def _confronted(claim: Claim, work: Effort) -> list[Evidence]:
    return [as_evidence(judge(claim, work))]


def as_evidence(found: Finding) -> Evidence:
    """A finding of the witnesses as evidence of the ledger."""
    details: dict[str, Any] = dict(found.details)
    if found.outcome == "undecided":
        details["meaningless"] = found.meaningless
    about = {"holds": "numbers agree: ", "fails": "numbers contradict: ", "undecided": "numbers do not decide: "}
    return Evidence(GRADES[found.outcome], about[found.outcome] + found.reason, details)
