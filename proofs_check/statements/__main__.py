"""``python -m ridgeproof.proofs_check.statements DIR [--json]``, or the folder alone: ``python -I -S FOLDER DIR``."""

import importlib.util
import json
import sys
from pathlib import Path

if __package__:
    from .certificates import judge
else:  # the folder was copied out and is run as it is
    here = Path(__file__).resolve().parent
    spec = importlib.util.spec_from_file_location(
        "statements", here / "__init__.py", submodule_search_locations=[str(here)]
    )
    assert spec is not None and spec.loader is not None
    sys.modules["statements"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules["statements"])
    judge = importlib.import_module("statements.certificates").judge


def main(argv: list[str]) -> int:
    """Exit status 0 if there is at least one certificate and all are accepted, else 1."""
    paths = [Path(a) for a in argv if a != "--json"]
    files = [f for p in paths for f in (sorted(p.glob("*.certificate.json")) if p.is_dir() else [p])]
    left = [f.name for p in paths if p.is_dir() for f in sorted(p.iterdir()) if f not in files]
    rows = [judge(f) for f in files]
    accepted = sum(r["accepted"] for r in rows)
    if "--json" in argv:
        rows = [{k: v for k, v in r.items() if k != "text"} for r in rows]
        print(
            json.dumps(
                {"certificates": rows, "accepted": accepted, "rejected": len(rows) - accepted, "left_over": left}
            )
        )
    else:
        for r in rows:
            print(f"{r['claim']}: {r['text']}" if r["accepted"] else f"REJECTED {r['file']}: {r['reason']}")
        print(f"{accepted} accepted, {len(rows) - accepted} rejected")
    return 0 if rows and accepted == len(rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
