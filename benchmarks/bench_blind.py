"""Every statement of tests/proofs_check/blind and its near miss: outcome and seconds."""

from __future__ import annotations

import importlib
import sys
import time
from pathlib import Path

from ridgeproof.proofs_check.witnesses.judge import judge

BLIND = Path(__file__).parents[1] / "tests" / "proofs_check" / "blind"


def main() -> int:
    """Print a line a statement and the counts; 1 if a false one is accepted or a true one refuted."""
    sys.path.insert(0, str(BLIND))
    counts = {"right": 0, "undecided": 0, "wrong": 0}
    for name in ("matrices", "errors", "analysis"):
        for pair in importlib.import_module(name).CLAIMS:
            for claim, wanted in zip(pair, ("holds", "fails"), strict=True):
                start = time.process_time()
                found = judge(claim)
                said = "undecided" if found.outcome == "undecided" else "right" if found.outcome == wanted else "wrong"
                counts[said] += 1
                print(f"{said:10s}{claim.id:36s}{time.process_time() - start:7.1f} s  {found.reason:.70}", flush=True)
    print(", ".join(f"{count} {word}" for word, count in counts.items()))
    return int(counts["wrong"] > 0)


if __name__ == "__main__":
    raise SystemExit(main())
