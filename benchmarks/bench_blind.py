"""Statements and their near misses, by numbers alone: outcome and seconds of each, and the counts.

    python benchmarks/bench_blind.py                the pairs of tests/proofs_check/blind
    python benchmarks/bench_blind.py FILE...        files of your own, or benchmarks/literature.toml: 208 pairs as
                                                    different people write them

A FILE is Python with ``CLAIMS``, a list of pairs (true claim, false claim) as in tests/proofs_check/blind; or a file of
claims as ``ridgeproof verify`` takes it, in which an id that ends in "-wrong" or "-x" is false and any other true; or
TOML or Markdown as ``ridgeproof check`` takes it, with ids that end so.  ``--truth FILE.json`` says of ids what is true
instead, of all files or by their names, as tests/proofs_check/cases/truth.json does; other claims are left out.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ridgeproof.errors import RidgeproofError
from ridgeproof.proofs_check.questions import questions
from ridgeproof.proofs_check.witnesses.judge import judge
from ridgeproof.theorems.claim import Claim
from ridgeproof.theorems.registry import claims_from_file

BLIND = Path(__file__).parents[1] / "tests" / "proofs_check" / "blind"
FALSE = ("-wrong", "-x")


def pairs_of(file: Path) -> list[tuple[Claim, Claim]] | None:
    """The pairs (true, false) of a Python file; None if it has none."""
    spec = importlib.util.spec_from_file_location(file.stem, file)
    if spec is None or spec.loader is None:
        return None
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(file.parent))
    spec.loader.exec_module(module)
    found = getattr(module, "CLAIMS", None)
    return found if isinstance(found, list) and all(isinstance(p, tuple) and len(p) == 2 for p in found) else None


def statements(file: Path, truth: dict[str, Any]) -> Iterator[tuple[Claim, str]]:
    """Every claim of a file with what is right: "holds" or "fails"."""
    if file.suffix == ".py":
        pairs = pairs_of(file)
        if pairs is not None:
            for true, false in pairs:
                yield true, "holds"
                yield false, "fails"
            return
        claims = list(claims_from_file(str(file)))
    else:
        claims = list(questions(str(file)))
    for claim in claims:
        said = truth.get(file.name, truth).get(claim.id) if truth else not claim.id.endswith(FALSE)
        if isinstance(said, bool):
            yield claim, "holds" if said else "fails"


def main(arguments: list[str] | None = None) -> int:
    """Print a line a statement and the counts; 1 if a false one is accepted or a true one refuted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", metavar="FILE", nargs="*", type=Path)
    parser.add_argument("--truth", metavar="FILE.json", type=Path, help='{"id": true, ...}')
    options = parser.parse_args(arguments)
    truth = json.loads(options.truth.read_text(encoding="utf-8")) if options.truth else {}
    files = options.files or [BLIND / f"{x}.py" for x in ("matrices", "errors", "analysis")]
    counts = {"right": 0, "undecided": 0, "false accepted": 0, "true refuted": 0}
    slowest = 0.0
    for file in files:
        try:
            for claim, wanted in statements(file, truth):
                start = time.process_time()
                found = judge(claim)
                seconds = time.process_time() - start
                slowest = max(slowest, seconds)
                wrong = "false accepted" if wanted == "fails" else "true refuted"
                said = "right" if found.outcome == wanted else "undecided" if found.outcome == "undecided" else wrong
                counts[said] += 1
                print(f"{said:15s}{claim.id:36s}{seconds:7.1f} s  {found.reason:.70}", flush=True)
        except (RidgeproofError, OSError, SyntaxError) as error:
            print(f"{file}: {' '.join(str(error).split())}", file=sys.stderr)
            return 2
    print(", ".join(f"{count} {word}" for word, count in counts.items()) + f"; slowest {slowest:.1f} s")
    return int(counts["false accepted"] + counts["true refuted"] > 0)


if __name__ == "__main__":
    raise SystemExit(main())
