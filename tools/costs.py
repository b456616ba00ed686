"""Write how long each built-in claim's proof and numbers take, for the order and the estimate of ``verify``.

ridgeproof verify --fresh --store DIR && python tools/costs.py DIR/*.json > proofs_check/court/costs.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main() -> None:
    """Read the entries of a store; print a line for each claim."""
    costs: dict[str, list[float]] = {}
    for file in map(Path, sys.argv[1:]):
        entry = json.loads(file.read_text("utf-8"))
        pair = costs.setdefault(entry["key"]["claim"], [0.1, 0.1])
        pair[entry["key"]["piece"] == "numbers"] = max(0.1, round(entry["seconds"], 1))
    rows = (f" {json.dumps(name)}: {json.dumps(costs[name])}" for name in sorted(costs))
    print("{\n" + ",\n".join(rows) + "\n}")


if __name__ == "__main__":
    main()
