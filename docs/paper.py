"""The statements of the paper against the ledger: `python docs/paper.py` judges the claims and writes docs/paper.md.

The list is paper.toml, by the numbers of arXiv 2402.07712v2.  `--ledger FILE` takes the verdicts of an earlier `ridgeproof verify --json`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


INTRODUCTION = """# The paper, statement by statement

Every numbered statement of E. Dohmatob, Y. Feng, J. Kempe, *Model Collapse Demystified: The Case of Regression*, arXiv
2402.07712v2, with the claims of the ledger that state it and their verdicts. Made by `python docs/paper.py`; the numbers
of v1 are in the [concordance](theory.md#concordance). *Refuted* is said of a claim that is kept as wrong, with its
counterexample; a row without a claim says why. [Grades of evidence](grades-of-evidence.md) says what a verdict is worth.

| v2 | statement | here | claims and verdicts | to know |
|---|---|---|---|---|
"""


def statements() -> list[dict[str, Any]]:
    """The list: number in v2, what it says, anchor in theory.md, claims, and what to know."""
    return list(tomllib.loads((HERE / "paper.toml").read_text(encoding="utf-8"))["statement"])


def page(ledger: list[dict[str, Any]]) -> str:
    """The Markdown page, with the verdicts of a ledger."""
    verdicts = {row["id"]: row["verdict"] for row in ledger}
    rows = []
    for x in statements():
        judged = ", ".join(f"`{c}` ({verdicts.get(c, 'not judged')})" for c in x["claims"]) or "-"
        here = f"[{x['anchor']}](theory.md#{x['anchor']})"
        rows.append(f"| {cell(x['number'])} | {cell(x['says'])} | {here} | {judged} | {cell(x['note'])} |\n")
    return INTRODUCTION + "".join(rows)


def cell(text: str) -> str:
    """Words in a table: a bar would end the cell, a star begin emphasis."""
    return text.replace("|", "\\|").replace("*", "\\*")


def main() -> None:
    """Write the page from the command line."""
    parser = argparse.ArgumentParser(description="Write docs/paper.md.")
    parser.add_argument("--ledger", metavar="FILE", type=Path, help="what `ridgeproof verify --json` printed")
    file = parser.parse_args().ledger
    if file is None:
        words = [sys.executable, "-m", "ridgeproof.proofs_check", "verify", "--json"]
        text = subprocess.run(words, capture_output=True, text=True).stdout
    else:
        text = file.read_text(encoding="utf-8")
    (HERE / "paper.md").write_text(page(json.loads(text)["claims"]), encoding="utf-8")


if __name__ == "__main__":
    main()
