"""Grades of evidence, and the verdict that a claim's evidence amounts to."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal


def finite(number: float) -> float | str | None:
    """A double as JSON can carry it: infinities are "inf" and "-inf", "not a number" is null."""
    if math.isnan(number):
        return None
    return number if math.isfinite(number) else str(number)


class Grade(StrEnum):
    """What a piece of evidence is worth; the order is that of the ledger, not of trust alone."""

    PROVED = "proved"
    ORDER_K = "proved to order K"
    ENCLOSED = "enclosed"
    CONFRONTED = "confronted"
    ASSUMED = "assumed"
    REFUTED = "refuted"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Evidence:
    """One piece of evidence.

    Parameters
    ----------
    grade : what it is worth.
    about : one sentence: what was checked, and how.
    details : plain data (JSON-able): points, error bars, false-alarm level, counterexample.
    """

    grade: Grade
    about: str
    details: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {"grade": str(self.grade), "about": self.about, **self.details}


@dataclass(frozen=True)
class Row:
    """A claim's line of the ledger."""

    id: str
    title: str
    source: str
    relation: str
    verdict: Grade
    evidence: tuple[Evidence, ...]
    seconds: float
    expected: str = "holds"
    finding: str = ""
    reason: str = ""
    certificates: tuple[Any, ...] = ()  # of its sequents, one for each equation
    reused: bool = False  # judged by an earlier run, of which nothing has changed

    @property
    def outcome(self) -> Literal["accepted", "failed", "undecided"]:
        """Accepted: it holds, or is kept as refuted and is refuted; never for want of a test."""
        if self.verdict == Grade.UNDECIDED:
            return "undecided"
        return "accepted" if (self.verdict == Grade.REFUTED) == (self.expected == "refuted") else "failed"

    @property
    def ok(self) -> bool:
        """Whether the claim is in order."""
        return self.outcome == "accepted"

    def to_json(self) -> dict[str, Any]:
        """The contract's fields, and the finding where there is one."""
        row: dict[str, Any] = {
            "id": self.id,
            "title": self.title,
            "source": self.source,
            "relation": self.relation,
            "verdict": str(self.verdict),
            "expected": self.expected,
            "evidence": [e.to_json() for e in self.evidence],
            "seconds": round(self.seconds, 3),
            "reused": self.reused,
        }
        if self.reason:
            row["reason"] = self.reason
        if self.finding:
            row["finding"] = self.finding
        return row


def verdict(
    evidence: tuple[Evidence, ...], proved: Grade | None, sound: bool = True, gaps: tuple[str, ...] = ()
) -> tuple[Grade, str]:
    """The claim's verdict, and the reason where it is undecided.

    Refuted if anything refutes it.  Undecided if the claim is at fault itself (a letter that nothing declares,
    hypotheses that contradict each other, no value at an admissible point), or if its derivation does not go through:
    numbers cannot stand in for a faulty argument, nor a proof for a statement without meaning.  Then what the kernel
    has proved.  Otherwise the best there is; what nothing tested is undecided.

    Parameters
    ----------
    evidence : of the derivation, the premises and the witnesses.
    proved : what the kernel's sequents amount to, None where there are none; no evidence amounts to it.
    sound, gaps : whether every step that ought to go through does; what is missing between the steps and the claim.
    """
    grades = {e.grade for e in evidence}
    if Grade.REFUTED in grades:
        return Grade.REFUTED, ""
    open_ = [e for e in evidence if e.grade == Grade.UNDECIDED]
    for e in open_:
        if e.details.get("meaningless"):
            return Grade.UNDECIDED, e.about
    if not sound:
        failing = next((e.about for e in evidence if "step_failed" in e.details), "")
        return Grade.UNDECIDED, failing or "the derivation does not go through"
    if proved is not None:
        return proved, ""
    for grade in (Grade.ENCLOSED, Grade.CONFRONTED):
        if grade in grades:
            return (Grade.UNDECIDED, f"the derivation does not go through: {gaps[0]}") if gaps else (grade, "")
    return Grade.UNDECIDED, open_[0].about if open_ else "nothing tested it"
