"""The certificate of one claim while it is being written: its lines, and what they have named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sympy as sp

from ridgeproof.theorems import claim as C
from ridgeproof.theorems import vocabulary as voc

from . import lines as K
from .lines.translation import Exporter

Line = dict[str, Any]


@dataclass
class Laws:
    """What steps about orders of magnitude have named so far."""

    values: dict[sp.Symbol, sp.Expr] = field(default_factory=dict)  # quantities
    powers: dict[sp.Expr, sp.Symbol] = field(default_factory=dict)  # powers that are quantities of their own
    logs: dict[sp.Expr, str] = field(default_factory=dict)
    sums: dict[sp.Expr, sp.Expr] = field(default_factory=dict)  # values of the zeta function -> sums over the spectrum


class Builder:
    """Collects the lines of one claim's certificate; ``positions`` maps a step to its line."""

    def __init__(self, claim: C.Claim, steps: tuple[C.Step, ...]) -> None:
        self.claim, self.steps, self.out = claim, steps, Exporter()
        self.lines: list[Line] = []
        self.positions: dict[int, int] = {}
        self.spans: dict[C.Step, list[int]] = {}  # a step -> all its lines
        self.laws = Laws()
        self.thorough = True  # whether a sign is searched for by linear programming, too
        if claim.limit is not None and claim.limit[1] == sp.oo:
            self.out.large = claim.limit[0].name
        self.out.leading = any(isinstance(s, C.LeadingTraces) for s in steps)
        for step in steps:  # one context for all lines: declare every letter before the first is proved
            self._declare(step)

    def add(self, position: int, step: C.Step, lines: list[Line]) -> None:
        """The lines that prove a step join the certificate."""
        self.spans[step] = list(range(len(self.lines), len(self.lines) + len(lines)))
        self.lines += lines
        self.positions[position] = len(self.lines) - 1

    @contextmanager
    def scratch(self, lines: Iterable[Line] = ()) -> Iterator[list[Line]]:
        """Lines on trial, which others may refer to by position: gone at the end, whatever happens.

        Yields ``self.lines``, with ``lines`` at its end; what is to stay is copied out of it.
        """
        start = len(self.lines)
        self.lines += lines
        try:
            yield self.lines
        finally:
            del self.lines[start:]

    def _declare(self, step: C.Step) -> None:
        for x in step.letters():
            self._letters(x)
        if isinstance(step, C.Telescope):
            self._letters(shifted(step.term))

    def _letters(self, expr: Any) -> None:
        if isinstance(expr, sp.Basic):
            for x in sorted(expr.atoms(sp.MatrixSymbol), key=lambda x: x.name):
                if x in voc.DEFINITIONS:
                    self._letters(voc.DEFINITIONS[x])
                else:
                    self.out.use(x)

    def context(self) -> K.Context:
        return K.Context(self.out.context(), K.Budget())

    def document(self) -> Any:
        context = self.out.context()
        if not any(_contradicts(line.get("tree")) for line in self.lines):
            context.pop("large", None)  # what is proved holds however small it is
        return {"format": K.FORMAT, "claim": self.claim.id, "context": context, "lines": self.lines}

    def done(self) -> list[dict[str, Any]]:
        """What the lines so far conclude, as the kernel sees it."""
        ctx, done = self.context(), []  # type: ignore[var-annotated]
        for line in self.lines:
            done.append(K.RULES[line["rule"]](ctx, line, done))
        return done


def _contradicts(tree: Any) -> bool:
    """Whether a case of a proof about orders is void for large sizes only."""
    return tree is not None and ("strict" in tree or any(map(_contradicts, tree.get("cases", ()))))


def shifted(expr: sp.Basic) -> sp.Basic:
    """L(m) -> L(m+1): every letter and scalar with the index m moves on."""
    change = {}
    for x in expr.atoms(sp.MatrixSymbol):
        if "[m]" in x.name:
            change[x] = sp.MatrixSymbol(x.name.replace("[m]", "[m+1]"), *x.shape)
    return expr.xreplace(change)
