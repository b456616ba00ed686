"""The statements of the paper against the ledger: `python docs/paper.py` writes docs/paper.md.

The list is theorems/paper.toml, by the numbers of arXiv 2402.07712v2.  The verdicts are those of a run of the ledger:
`python docs/paper.py --ledger FILE` takes them from what `ridgeproof verify --json` printed and keeps them in
docs/verdicts.json, from which the page is made.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from ridgeproof.theorems.paper import statements

HERE = Path(__file__).resolve().parent
VERDICTS = HERE / "verdicts.json"

INTRODUCTION = """# The paper, statement by statement

Every numbered statement of E. Dohmatob, Y. Feng, J. Kempe, *Model Collapse Demystified: The Case of Regression*, arXiv
2402.07712v2, with its number in v1 where that has it, its place in [our document](theory.md), and the claims of the
ledger that state it, each with the verdict of a run of `ridgeproof verify`; [grades of evidence](grades-of-evidence.md)
says what a verdict is worth. A claim that is refuted is kept as wrong, with its counterexample, next to what holds
instead. Made by `python docs/paper.py`. `ridgeproof show "Theorem 4.6"` shows the claims of a number, `ridgeproof list
--search "Theorem 2"` lists them, `ridgeproof verify ID` judges one again. A row without a claim says why.

| v2 | v1 | statement | here | claims | to know |
|---|---|---|---|---|---|
"""


def verdicts() -> dict[str, str]:
    """Claim -> verdict of the run that is kept."""
    return dict(json.loads(VERDICTS.read_text(encoding="utf-8")))


def page(said: dict[str, str]) -> str:
    """The Markdown page; ``said``: the verdict of each claim."""
    rows = []
    for x in statements():
        claims = ", ".join(f"`{c}` ({said[c]})" for c in x.claims) or "-"
        here = f"[{x.anchor}](theory.md#{x.anchor})"
        parts = (cell(x.number), cell(x.v1) or "-", cell(x.says), here, claims, cell(x.note))
        rows.append(f"| {' | '.join(parts)} |\n")
    return INTRODUCTION + "".join(rows)


def cell(text: str) -> str:
    """Words in a table: a bar would end the cell, a star begin emphasis."""
    return text.replace("|", "\\|").replace("*", "\\*")


def main() -> None:
    """Write the page from the command line."""
    parser = argparse.ArgumentParser(description="Write docs/paper.md.")
    parser.add_argument("--ledger", metavar="FILE", type=Path, help="what `ridgeproof verify --json` printed")
    file = parser.parse_args().ledger
    if file is not None:
        rows = json.loads(file.read_text(encoding="utf-8"))["claims"]
        kept = {row["id"]: row["verdict"] for row in rows}
        VERDICTS.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    (HERE / "paper.md").write_text(page(verdicts()), encoding="utf-8")


if __name__ == "__main__":
    main()
