"""Prose with small formulas in plain text as LaTeX."""

from __future__ import annotations

from collections.abc import Collection

from .notation import translated
from .prose import pieces

_ESCAPES = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", "–": "--", "≍": r"$\asymp$", "≥": r"$\ge$", "≤": r"$\le$",
}  # fmt: skip


def text(words: str, labels: Collection[str] = ()) -> str:
    """Prose in LaTeX; the id of a claim among ``labels`` becomes a reference to it."""
    out: list[str] = []
    for kind, code in pieces(words):
        if kind == "formula":
            out.append(f"${translated(code)}$")
        elif kind == "id" and code in labels:
            if out[-2:] == ["claim", " "]:
                out[-1:] = [rf"~\ref{{claim:{code}}}"]
            else:
                out.append(rf"Claim~\ref{{claim:{code}}}")
        else:
            out.append("".join(_ESCAPES.get(c, c) for c in code))
    return "".join(out)
