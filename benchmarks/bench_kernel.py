"""Time to find the proofs of the registered claims, and to check their certificates.

    python benchmarks/bench_kernel.py

Times are of the processor.  Finding is building the derivations and searching the certificates; checking is
``kernel.check`` of the JSON text.
"""

from __future__ import annotations

import json
import time

from ridgeproof.proofs_check import kernel
from ridgeproof.proofs_check.proving.draft import Builder
from ridgeproof.proofs_check.proving.tactics import TACTICS
from ridgeproof.theorems.claim import Premise
from ridgeproof.theorems.registry import all_claims


def main() -> None:
    """Print one line for each claim and the ratio of the totals."""
    find = check = 0.0
    print(f"{'claim':40s} {'find':>9s} {'check':>9s} {'bytes':>8s}")
    for claim in all_claims():
        start = time.process_time()
        steps = claim.derivation()
        builder = Builder(claim, steps)
        for i, step in enumerate(steps):
            if not isinstance(step, Premise) and type(step) in TACTICS:
                builder.add(i, step, TACTICS[type(step)](builder, step))
        if not builder.lines:
            continue
        text = json.dumps(builder.document())
        middle = time.process_time()
        kernel.check(kernel.load(text))
        end = time.process_time()
        find, check = find + middle - start, check + end - middle
        print(f"{claim.id:40s} {middle - start:8.3f}s {end - middle:8.4f}s {len(text):8d}")
    print(f"{'all':40s} {find:8.3f}s {check:8.4f}s   finding takes {find / check:.0f} times as long")


if __name__ == "__main__":
    main()
