"""Prose with small formulas in plain text (sigma_0^2, j^-(1 + 2 beta r), T0 >= d + 2) as HTML."""

from __future__ import annotations

import re
from collections.abc import Collection

from proofs_check.report.html import tag, text

GREEK = {"lambda": "λ", "sigma": "σ", "kappa": "κ", "phi": "φ", "beta": "β", "rho": "ρ", "ell": "ℓ"}
GREEK |= {"infinity": "∞", "rbar": "r̄"}
SIGNS = {">=": "≥", "<=": "≤", "->": "→", "<<": "≪", ">>": "≫", "!=": "≠", " - ": " − "}
_TOKEN = re.compile(
    r"(?P<id>[a-z0-9]+(?:-[a-z0-9]+)+)"
    r"|(?P<name>(?<![A-Za-z])(?:"
    + "|".join(GREEK)
    + r"|[A-Za-z]{1,2}(?=0|_[A-Za-z0-9]|\^)|df(?=_)|[dTnkrSPX])(?![A-Za-z'1-9]))"
    r"(?P<sub>0?_[A-Za-z0-9]+|0(?!\.?[0-9]))?"
    r"|(?P<sign>>=|<=|->|<<|>>|!=| - )"
    r"|(?P<power>\^)"
)


def prose(words: str, links: Collection[str] = ()) -> str:
    """Words as markup; a claim id among ``links`` becomes a link to its place on the page."""
    out, at = [], 0
    while match := _TOKEN.search(words, at):
        out.append(text(words[at : match.start()]))
        at = match.end()
        if match["id"]:
            if match["id"] in links:
                out.append(tag("a", text(match["id"]), href=f"#claim-{match['id']}"))
            else:
                out.append(text(match["id"]))
        elif match["sign"]:
            out.append(SIGNS[match["sign"]])
        elif match["power"]:
            exponent = _exponent(words, at)
            at += len(exponent)
            out.append(tag("sup", prose(_bare(exponent)).replace("-", "−")) if exponent else "^")
        else:
            out.append(tag("var", GREEK.get(match["name"], match["name"]), _subscript(match["sub"] or "")))
    return "".join([*out, text(words[at:])])


def _subscript(code: str) -> str:
    if not code:
        return ""
    name = code.replace("_", "," if code.startswith("0_") else "")
    return tag("sub", GREEK.get(name, text(name)))


def _exponent(words: str, start: int) -> str:
    """What follows a ^: a sign, and a name, a number, or a balanced parenthesis; or a sign or a star alone."""
    match = re.match(r"-?(?:[A-Za-z0-9]+|(?=\())|[+*]", words[start:])
    if match is None:
        return ""
    end = start + match.end()
    if end < len(words) and words[end] == "(" and match[0] in ("", "-"):
        depth = 0
        for i in range(end, len(words)):
            depth += {"(": 1, ")": -1}.get(words[i], 0)
            if depth == 0:
                return words[start : i + 1]
        return ""
    return words[start:end]


def _bare(exponent: str) -> str:
    """Without the parentheses around the whole of it, unless a minus stands before a sum."""
    return exponent[1:-1] if exponent.startswith("(") else exponent
