"""Pages of docs/ of which parts are written by tools: each part stands between two comments that bear its name."""

from __future__ import annotations

import re
from pathlib import Path


def replace(page: Path, name: str, text: str) -> None:
    """Put a text between ``<!-- name -->`` and ``<!-- /name -->``, at the end of the page where there are none."""
    whole = page.read_text("utf-8")
    part = f"<!-- {name} -->\n\n{text.strip()}\n\n<!-- /{name} -->"
    pattern = re.compile(rf"<!-- {name} -->.*?<!-- /{name} -->", re.DOTALL)
    found = pattern.search(whole)
    page.write_text(whole.replace(found[0], part) if found else f"{whole.rstrip()}\n\n{part}\n", "utf-8")


def table(head: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
