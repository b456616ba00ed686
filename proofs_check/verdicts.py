"""Grades of evidence, and the verdict that a claim's evidence amounts to."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Grade(StrEnum):
    """What a piece of evidence is worth; the order is that of the ledger, not of trust alone."""

    PROVED = "proved"
    ORDER_K = "proved to order K"
    ENCLOSED = "enclosed"
    CONFRONTED = "confronted"
    ASSUMED = "assumed"
    REFUTED = "refuted"


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
    certificate: Any = None
    statements: tuple[Any, ...] = ()

    @property
    def ok(self) -> bool:
        """A claim is in order when it holds, or is kept as refuted and is refuted."""
        return (self.verdict == Grade.REFUTED) == (self.expected == "refuted")

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
        }
        if self.finding:
            row["finding"] = self.finding
        return row


def verdict(evidence: tuple[Evidence, ...], derivation_complete: bool, derivation_sound: bool = True) -> Grade:
    """The claim's verdict.

    Refuted if anything refutes it.  Assumed if a step of its derivation does not go through, or if no instance of its
    hypotheses was found: numbers cannot stand in for a faulty argument, nor a proof for hypotheses that contradict each
    other.  Proved if every step is certified, or to order K if one of them is.  Otherwise the best there is.
    """
    grades = {e.grade for e in evidence}
    if Grade.REFUTED in grades:
        return Grade.REFUTED
    if not derivation_sound or any(e.details.get("admissible") is False for e in evidence):
        return Grade.ASSUMED
    if derivation_complete:
        for grade in (Grade.ORDER_K, Grade.PROVED):  # no better than the weakest part
            if grade in grades:
                return grade
    for grade in (Grade.ENCLOSED, Grade.CONFRONTED):
        if grade in grades:
            return grade
    return Grade.ASSUMED
