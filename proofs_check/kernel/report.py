"""What a folder of certificates proves: a line each, ``ID: Γ ⊢ φ``, or one JSON document."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .statements import Rejected, check

MAX_BYTES = 16_000_000  # of a certificate
Row = dict[str, Any]


def load(text: str) -> Any:
    """Parse JSON strictly: no duplicate keys, no NaN or floats, bounded size and depth.  Raises ``Rejected``."""

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({k for k, _ in items}) != len(items):
            raise Rejected("duplicate key")
        return dict(items)

    def refuse(token: str) -> Any:
        raise Rejected(f"not an exact number: {token:.40}")

    def integer(token: str) -> int:
        if len(token) > 6:
            raise Rejected("integer too large")
        return int(token)

    if len(text) > MAX_BYTES:
        raise Rejected("certificate too large")
    try:
        return json.loads(text, object_pairs_hook=pairs, parse_float=refuse, parse_constant=refuse, parse_int=integer)
    except (ValueError, RecursionError) as error:
        raise Rejected(f"not JSON: {type(error).__name__}") from None


def judge(path: Path) -> Row:
    """One file: file, claim, accepted, reason, assumptions [{kind, text}], conclusion."""
    row: Row = {"file": path.name, "claim": None, "accepted": False, "reason": None}
    row |= {"assumptions": [], "conclusion": None}
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Rejected("certificate too large")
        document = load(path.read_text(encoding="utf-8"))
        row["claim"] = document.get("claim") if isinstance(document, dict) else None
        proved = check(document)
        row["assumptions"], row["conclusion"] = proved.assumptions(), proved.printed()["conclusion"]
        row["accepted"] = True
    except (Rejected, OSError, UnicodeDecodeError) as error:
        row["reason"] = " ".join(str(error).split())[:400]
    return row


def main(argv: list[str]) -> int:
    """``python -m ridgeproof.proofs_check.kernel DIR|FILE ... [--json]`` (of DIR: all *.certificate.json).

    Exit status 0 if there is at least one certificate and every one is accepted, else 1.
    """
    paths = [Path(a) for a in argv if a != "--json"]
    files = [f for p in paths for f in (sorted(p.glob("*.certificate.json")) if p.is_dir() else [p])]
    left_over = [f.name for p in paths if p.is_dir() for f in sorted(p.iterdir()) if f.is_file() and f not in files]
    rows = [judge(f) for f in files]
    accepted = sum(row["accepted"] for row in rows)
    if "--json" in argv:
        counts = {"accepted": accepted, "rejected": len(rows) - accepted, "left_over": left_over}
        print(json.dumps({"certificates": rows, **counts}))
    else:
        for row in rows:
            gamma = "; ".join(f"[{a['text']}]" if a["kind"] == "axiom" else a["text"] for a in row["assumptions"])
            said = f"{row['claim']}: {gamma} ⊢ {row['conclusion']}"
            print(said if row["accepted"] else f"REJECTED  {row['file']}  {row['reason']}")
        print(f"{accepted} accepted, {len(rows) - accepted} rejected")
    return 0 if rows and accepted == len(rows) else 1
