"""What a folder of certificates proves: a line each, ``ID: Γ ⊢ φ``, or one JSON document.

Certificates of statements (``ridgeproof-statement/1``) end in a sequent, and Γ is everything that it takes for granted.
Those of lines (``ridgeproof-certificate/1``) conclude lines; what the lines took for granted is returned with them, and
what they mean is for the court to compare with a claim.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from . import checker, statements
from .reading import MAX_BYTES, Rejected

Row = dict[str, Any]
KINDS = {
    "side_conditions": "denominator",
    "assumed": "equation",
    "signs": "sign",
    "definitions": "definition",
    "orders": "order",
}


def judge(path: Path) -> Row:
    """One file: file, claim, accepted, reason, assumptions [{kind, text}], conclusion."""
    row: Row = {
        "file": path.name,
        "claim": None,
        "accepted": False,
        "reason": None,
        "assumptions": [],
        "conclusion": None,
    }
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Rejected("certificate too large")
        document = checker.load(path.read_text(encoding="utf-8"))
        row["claim"] = document.get("claim") if isinstance(document, dict) else None
        if isinstance(document, dict) and document.get("format") == statements.FORMAT:
            proved = statements.check(document)
            row["assumptions"], row["conclusion"] = proved.assumptions(), proved.printed()["conclusion"]
        else:
            result = checker.check(document)
            row["assumptions"] = [{"kind": k, "text": x} for field, k in KINDS.items() for x in result[field]]
            row["assumptions"] += [
                {"kind": "moment", "text": f"E |{z}|^{p} is finite"} for z, p in result["moments"].items()
            ]
            row["conclusion"] = f"{result['lines']} lines ({', '.join(result['rules'])})"
        row["accepted"] = True
    except (Rejected, statements.Rejected, OSError, UnicodeDecodeError) as error:
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
