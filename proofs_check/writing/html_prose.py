"""Prose with small formulas in plain text as HTML: the formulas as MathML, claims as links."""

from __future__ import annotations

import re
from collections.abc import Collection

from .html import tag, text
from .mathml import inline
from .prose import pieces

GLUE = "\u2060"  # no line begins with the comma behind a formula


def prose(words: str, links: Collection[str] = ()) -> str:
    """Words as markup; a claim id among ``links`` becomes a link to its place on the page."""
    out = []
    for kind, code in pieces(words):
        if kind == "formula":
            out.append(inline(code) + GLUE)
        elif kind == "id" and code in links:
            out.append(tag("a", text(code), href=f"#claim-{code}"))
        else:
            out.append(text(code))
    return re.sub(f"{GLUE}(?![,.;:)])", "", "".join(out))
