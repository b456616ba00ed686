"""Trace lines of a line certificate as certificates of statements: the same identities, every one a rule of its own."""

from __future__ import annotations

from typing import Any

from ridgeproof.errors import DerivationError

from .build import Build


def relations(context: Any) -> list[tuple[str, str | None]]:
    """The defining equations of the letters in the order in which the line kernel counts them."""
    projections = [x for x, spec in context["letters"].items() if "rotates" in spec]
    said = [[[["1", [p, p]]], [["1", [p]]], ["d", "d"]] for p in projections]
    if context["relations"] != said or context["leading_traces"]:
        raise DerivationError("a relation between letters is no declaration")
    out: list[tuple[str, str | None]] = [(p, "haar") for p in projections]
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
            if side == "haar":
                by.append([c, b.add("haar", letter=letter, after=null.get("right", []), others=others)])
            elif side is not None:
                i = b.add("inverse", letter=letter, side=side, after=null.get("right", []), others=others)
                by.append([c, i])
        elif null["kind"] == "loop":
            (p,) = (x for x, spec in context["letters"].items() if "rotates" in spec)
            by.append([c, b.add("loop", letter=p, word=null["word"], others=others)])
        elif null["kind"] == "trace-relation":
            (p,) = context["trace_relations"][null["trace_relation"]][0]
            by.append([c, b.add("haar", letter=p, after=None, others=others)])
        else:
            raise DerivationError(f"no rule for {null['kind']}")
    for g in given:
        b.add("assume", formula=g)
    b.last("ring", shows=shows, by=by)
    return b.document()


def matrices(line: Any, context: Any, claim: str, declare: Any, given: Any, shows: Any, model: Any) -> Any:
    """A certificate of an equation of matrices, by the cofactors of a line ``word``."""
    known = relations(context)
    b = Build(claim, declare, given, shows, model)
    by = [[c, left, *known[i], right] for c, left, right, i in line["cofactors"] if known[i][1] is not None]
    for g in given:
        b.add("assume", formula=g)
    b.last("word", shows=shows, by=by)
    return b.document()
