"""Time to find the sequents of the registered claims, and to check their certificates.

    python benchmarks/bench_kernel.py

Times are of the processor.  Finding is carrying out the derivations and searching for certificates; checking is
``kernel.check`` of their JSON text.
"""

from __future__ import annotations

import json
import time

from ridgeproof.proofs_check import kernel
from ridgeproof.proofs_check.court.certify import certify
from ridgeproof.theorems.registry import all_claims


def main() -> None:
    """Print one line for each claim and the ratio of the totals."""
    find = check = 0.0
    print(f"{'claim':40s} {'find':>9s} {'check':>9s} {'bytes':>8s}")
    for claim in all_claims():
        start = time.process_time()
        texts = [json.dumps(document) for document in certify(claim).certificates]
        if not texts:
            continue
        middle = time.process_time()
        for text in texts:
            kernel.check(kernel.load(text))
        end = time.process_time()
        find, check = find + middle - start, check + end - middle
        print(f"{claim.id:40s} {middle - start:8.3f}s {end - middle:8.4f}s {sum(map(len, texts)):8d}")
    print(f"{'all':40s} {find:8.3f}s {check:8.4f}s   finding takes {find / check:.0f} times as long")


if __name__ == "__main__":
    main()
