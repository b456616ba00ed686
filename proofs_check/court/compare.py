"""Stored certificates against the claims of today: ``python -m ridgeproof.proofs_check.court.compare DIR [--json]``.

A certificate proves what it shows, whatever is done to the claims afterwards; whether that is still what a claim says
is asked here.  For every certificate in DIR (``ridgeproof verify -o DIR`` writes them) the kernel checks
it, and its sequent is compared with what the claim of the same id says now.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ridgeproof.errors import DerivationError
from ridgeproof.theorems import claim as C
from ridgeproof.theorems.registry import all_claims

from .. import kernel as K
from ..meaning.say import say

SAME, OTHER, NO_CLAIM, REFUSED = (
    "says what the claim says", "the claim says something else", "no claim has this id", "refused",
)  # fmt: skip


def compare(document: Any, claims: Sequence[C.Claim]) -> tuple[str, str]:
    """What became of one certificate: one of the words above, and the sequent or the reason.

    Parameters
    ----------
    document : a certificate, as plain data; claims : those of today.
    """
    try:
        proved = K.check(document)
    except K.Rejected as error:
        return REFUSED, str(error)
    claim = next((c for c in claims if c.id == proved.claim), None)
    if claim is None:
        return NO_CLAIM, proved.text()
    try:
        today = say(claim)
    except DerivationError as error:
        return OTHER, f"it cannot be said: {error}"
    if any(K.same_statement(proved, today.declare, today.given, shows) for shows in today.shows):
        return SAME, proved.text()
    return OTHER, proved.text()


def main(argv: Sequence[str]) -> int:
    """Print a line for each certificate; exit status 0 if every statement is still its claim's."""
    folders = [Path(a) for a in argv if a != "--json"]
    files = [f for p in folders for f in (sorted(p.glob("*.certificate.json")) if p.is_dir() else [p])]
    rows, claims = [], all_claims()
    for file in files:
        try:
            document = K.load(file.read_text(encoding="utf-8"))
            result, words = compare(document, claims)
        except (K.Rejected, OSError, UnicodeDecodeError) as error:
            document, result, words = None, REFUSED, " ".join(str(error).split())
        claim = document.get("claim") if isinstance(document, dict) else None
        rows.append({"file": file.name, "claim": claim, "result": result, "text": words})
    if "--json" in argv:
        print(json.dumps({"certificates": rows}))
    else:
        for row in rows:
            print(f"{row['file']}: {row['result']}" + ("" if row["result"] == SAME else f": {row['text']}"))
        print(f"{sum(r['result'] == SAME for r in rows)} of {len(rows)} certificates say what their claims say")
    return 0 if rows and all(r["result"] == SAME for r in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
