"""Trace lines of a line certificate as certificates of statements: the same identities, every one a rule of its own."""

from __future__ import annotations

from typing import Any

from ridgeproof.errors import DerivationError

from .build import Build


def relations(context: Any) -> list[tuple[str, str | None]]:
    """The defining equations of the letters in the order in which the line kernel counts them."""
    if context["relations"] or context["trace_relations"] or context["leading_traces"]:
        raise DerivationError("a relation between letters is no declaration")
    out: list[tuple[str, str | None]] = []
    for name, spec in context["letters"].items():
        out += [(name, "right"), (name, "left")] if "inverse_of" in spec else [(name, None)] if "equals" in spec else []
    return out


def converted(line: Any, context: Any, claim: str, declare: Any, given: Any, shows: Any, model: Any) -> Any:
    """A certificate that ``shows`` follows from the identities of one trace line.

    Raises
    ------
    DerivationError
        Where a step has no rule, or a hypothesis is missing.
    """
    known = relations(context)
    b = Build(claim, declare, given, shows, model)
    by = []
    for c, null in line["nulls"]:
        others = null.get("others", [])
        if null["kind"] == "stein":
            by.append([c, b.add("stein", letter=null["letter"], word=null["word"], others=others)])
        elif null["kind"] == "relation":
            letter, side = known[null["relation"]]
            if side is not None:
                i = b.add("inverse", letter=letter, side=side, after=null.get("right", []), others=others)
                by.append([c, i])
        else:
            raise DerivationError(f"no rule for {null['kind']}")
    i = b.add("ring", shows=shows, by=by)
    facts = [b.add("assume", formula=g) for g in given]
    for h in b.w.lines[i].hyps:  # what the hypotheses imply by a shift
        for g, f in zip(given, facts, strict=True):
            gap = (b.w.difference(h) - b.w.difference(g)).constant() if h[0] in (">", ">=", "!=") else None
            if gap is not None and gap > 0 and g[0] in (">", ">="):
                b.positive([">", h[1], h[2]], ["1", [f, 1]], [str(gap)])
    for g, f in zip(given, facts, strict=True):  # products of sides
        if g[0] == ">=":
            p = b.positive([">", ["+", ["-", *g[1:]], "1"], "0"], ["1", [f, 1]], ["1"])
            for side in ("d", "T", "T0"):
                if b.w.sigma.sorts.get(side) == "nat+":
                    q = b.add("domain", name=side, how=">")
                    b.add("nonzero", term=["*", side, ["+", ["-", *g[1:]], "1"]], by=[[p, 1], [q, 1]])
    i = b.tidy(i)
    if i != len(b.w.lines) - 1:
        b.c["lines"].append({"rule": "ring", "shows": shows, "by": [["1", i]]})
    return b.document()
