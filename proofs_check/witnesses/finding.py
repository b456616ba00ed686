"""What the numbers say of one claim: holds, fails or undecided, with the reason and with what was tried."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Outcome = Literal["holds", "fails", "undecided"]


@dataclass(frozen=True)
class Finding:
    """The outcome of confronting one claim with numbers.

    Parameters
    ----------
    outcome : ``holds`` (agrees wherever it was tried), ``fails`` (a counterexample) or ``undecided``.
    reason : one sentence for the reader.
    details : plain data: ranges of every symbol, counts of points, the smallest difference that would have been seen,
        the counterexample.
    meaningless : an undecided claim that is at fault itself: a letter that nothing declares, hypotheses that contradict
        each other, an admissible point at which a side has no value.  A proof cannot mend that; where it is False the
        witnesses' own limits are the reason, and a proof decides.
    """

    outcome: Outcome
    reason: str
    details: dict[str, Any] = field(default_factory=dict)
    meaningless: bool = False


def counted(number: int, one: str, more: str = "") -> str:
    """A number with its noun: "1 family", "2 families"."""
    return f"{number} {one if number == 1 else more or one + 's'}"


def holds(reason: str, details: dict[str, Any] | None = None) -> Finding:
    """The claim agrees with the witnesses at every point that was decided."""
    return Finding("holds", reason, details or {})


def fails(reason: str, details: dict[str, Any]) -> Finding:
    """The claim is contradicted; ``details`` holds the counterexample."""
    return Finding("fails", reason, details)


def undecided(reason: str, details: dict[str, Any] | None = None) -> Finding:
    """The witnesses cannot tell: a limit of theirs, never of the claim."""
    return Finding("undecided", reason, details or {})


def meaningless(reason: str, details: dict[str, Any] | None = None) -> Finding:
    """The claim says nothing that could be true or false at some admissible point."""
    return Finding("undecided", reason, details or {}, meaningless=True)
