"""Normal forms as terms again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .ratio import Poly, Ratio

if TYPE_CHECKING:
    from .terms import Terms

Data = Any


def poly_term(terms: Terms, p: Poly) -> Data:
    """A polynomial in atoms as a term."""
    if not p:
        return "0"
    return [
        "+",
        "0",
        *(["*", str(c), *(["^", atom_term(terms, x), e] for x, e in m)] if m else str(c) for m, c in p.items()),
    ]


def atom_term(terms: Terms, x: str) -> Data:
    """What an atom stands for, as a term."""
    kind, data = terms.opaque.get(x, ("", x))
    if kind == "E":
        return ["E", [["1", [list(v) for v in data]]]]
    return ["tr", list(data[0])] if kind == "tr" else ["spec", data] if kind == "spec" else data


def term_of(terms: Terms, r: Ratio) -> Data:
    """A normal form as a term."""
    out = poly_term(terms, r.num)
    for f, e in r.den.items():
        out = ["/", out, ["^", poly_term(terms, dict(f)), e]]
    return out
