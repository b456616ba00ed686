"""The statements of the paper against the ledger: `python docs/paper.py` writes docs/paper.md from the claims.

The list is paper.toml, by the numbers of arXiv 2402.07712v2.  `--ledger FILE` writes verdicts, those that
`ridgeproof verify --json` printed, in the place of the relations.
"""

from __future__ import annotations

import argparse
import json
import tomllib
from pathlib import Path
from typing import Any

from ridgeproof.theorems.registry import all_claims

HERE = Path(__file__).resolve().parent


INTRODUCTION = """# The paper, statement by statement

Every numbered statement of E. Dohmatob, Y. Feng, J. Kempe, *Model Collapse Demystified: The Case of Regression*, arXiv
2402.07712v2, with the claims of the ledger that state it. Made by `python docs/paper.py`; the numbers of v1 are in the
[concordance](theory.md#concordance). Behind a claim stands its relation, or *refuted* where it is kept as wrong with
its counterexample; with `--ledger FILE` its verdict. `ridgeproof verify ID` judges a claim again, and
[grades of evidence](grades-of-evidence.md) says what a verdict is worth. A row without a claim says why.

| v2 | statement | here | claims | to know |
|---|---|---|---|---|
"""


def statements() -> list[dict[str, Any]]:
    """The list: number in v2, what it says, anchor in theory.md, claims, and what to know."""
    return list(tomllib.loads((HERE / "paper.toml").read_text(encoding="utf-8"))["statement"])


def relations() -> dict[str, str]:
    """What can be said of every claim without judging it: its relation, or that it is kept as refuted."""
    return {c.id: "refuted" if c.expected == "refuted" else str(c.relation) for c in all_claims()}


def page(said: dict[str, str]) -> str:
    """The Markdown page; ``said``: what stands behind each claim."""
    rows = []
    for x in statements():
        claims = ", ".join(f"`{c}` ({said[c]})" for c in x["claims"]) or "-"
        here = f"[{x['anchor']}](theory.md#{x['anchor']})"
        rows.append(f"| {cell(x['number'])} | {cell(x['says'])} | {here} | {claims} | {cell(x['note'])} |\n")
    return INTRODUCTION + "".join(rows)


def cell(text: str) -> str:
    """Words in a table: a bar would end the cell, a star begin emphasis."""
    return text.replace("|", "\\|").replace("*", "\\*")


def main() -> None:
    """Write the page from the command line."""
    parser = argparse.ArgumentParser(description="Write docs/paper.md.")
    parser.add_argument("--ledger", metavar="FILE", type=Path, help="what `ridgeproof verify --json` printed")
    file = parser.parse_args().ledger
    said = relations()
    if file is not None:
        said |= {row["id"]: row["verdict"] for row in json.loads(file.read_text(encoding="utf-8"))["claims"]}
    (HERE / "paper.md").write_text(page(said), encoding="utf-8")


if __name__ == "__main__":
    main()
