"""The ledger: the verdicts of one run, and their files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ridgeproof import files
from ridgeproof.frames import Framed

from ..verdicts import Evidence, Grade, Row

FALSE_ALARM = 1e-3  # of one whole run of verify, over all its statistical comparisons


@dataclass(frozen=True)
class Ledger(Framed):
    """The verdicts of one run."""

    rows: tuple[Row, ...]
    level: str
    seconds: float

    @property
    def failed(self) -> int:
        """Claims that do not stand: refuted without being kept as such, or kept as refuted and not refuted."""
        return sum(row.outcome == "failed" for row in self.rows)

    @property
    def undecided(self) -> int:
        """Claims of which nothing can be said, each with its reason."""
        return sum(row.outcome == "undecided" for row in self.rows)

    @property
    def accepted(self) -> int:
        """Claims that hold, and those kept as refuted that are."""
        return sum(row.outcome == "accepted" for row in self.rows)

    @property
    def assumed(self) -> list[tuple[str, Evidence]]:
        """What has to be believed of claims that hold, each once: not again where one rests on another of this run."""
        judged = {row.id for row in self.rows}
        holding = [row for row in self.rows if row.verdict not in (Grade.REFUTED, Grade.UNDECIDED)]
        loose = ((row.id, e) for row in holding for e in row.evidence if e.grade == Grade.ASSUMED)
        return [(claim, e) for claim, e in loose if e.details.get("premise") not in judged]

    def to_json(self) -> dict[str, Any]:
        """The contract's document."""
        grades = {str(g): sum(row.verdict == g for row in self.rows) for g in Grade}
        return {
            "claims": [row.to_json() for row in self.rows],
            "accepted": self.accepted,
            "failed": self.failed,
            "undecided": self.undecided,
            "assumptions": [{"claim": claim, "text": e.about} for claim, e in self.assumed],
            "level": self.level,
            "verdicts": {g: n for g, n in grades.items() if n},
            "assumed_steps": len(self.assumed),
            "assumed": [{"claim": claim, "what": e.about, **e.details} for claim, e in self.assumed],
            "false_alarm": FALSE_ALARM,
            "seconds": round(self.seconds, 2),
        }

    def records(self) -> list[dict[str, Any]]:
        """A row for each claim."""
        names = ("id", "title", "source", "relation", "verdict", "expected", "outcome", "reason", "seconds", "reused")
        return [{name: _text(getattr(row, name)) for name in names} for row in self.rows]

    def write(self, directory: str | Path) -> None:
        """``ledger.json``, and ``ID.certificate.json`` for every claim that is proved (ID-1, ... for equations)."""
        folder = files.folder(directory)
        _forget(folder)
        certified = {}
        for row in self.rows:
            for i, certificate in enumerate(row.certificates, 1):
                which = "" if len(row.certificates) == 1 else f"-{i}"
                certified[f"{row.id}{which}.certificate.json"] = certificate
        for name, certificate in certified.items():
            files.write(folder / name, json.dumps(certificate, indent=1) + "\n")
        document = {**self.to_json(), "certificates": list(certified)}
        files.write(folder / "ledger.json", json.dumps(document, indent=1, ensure_ascii=False) + "\n")


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, str) else value  # a grade is a text of a class of its own


def _forget(folder: Path) -> None:
    """Remove the certificates that the ledger of an earlier run in this folder lists: they are not of this run.

    Files that no ledger lists are somebody's own and stay.
    """
    try:
        listed = json.loads((folder / "ledger.json").read_text("utf-8"))["certificates"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return
    for name in listed if isinstance(listed, list) else ():
        if isinstance(name, str) and name.endswith(".certificate.json") and name == Path(name).name:
            (folder / name).unlink(missing_ok=True)
