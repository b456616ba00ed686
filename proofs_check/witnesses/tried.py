"""What was tried, for the reader: the range of every symbol, of the spectra, of the sizes, and what would be seen."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sympy as sp
from flint import fmpq

from ridgeproof.theorems.claim import Relation

from .balls import Number
from .finding import counted
from .trends import Settled, settled


@dataclass
class Tried:
    """The least and the greatest value of every symbol, and of the eigenvalues and coefficients of the truth."""

    values: dict[str, tuple[fmpq, fmpq]] = field(default_factory=dict)
    counts: set[int] = field(default_factory=set)  # of eigenvalues

    def add(self, values: Mapping[sp.Symbol, Number], spectrum: Iterable[tuple[Number, Number]] = ()) -> None:
        """Take note of a point."""
        rows = list(spectrum)
        self.counts |= {len(rows)} if rows else set()
        named = [(str(x), v) for x, v in values.items()]
        for name, v in [*named, *((n, v) for row in rows for n, v in zip(("s_j", "w0_j^2"), row, strict=True))]:
            if isinstance(v, fmpq):
                low, high = self.values.get(name, (v, v))
                self.values[name] = min(low, v), max(high, v)

    def told(self) -> dict[str, Any]:
        """As evidence: ``ranges`` of the symbols, ``spectra`` where there are any."""
        spans = {x: f"{a}..{b}" if a != b else str(a) for x, (a, b) in sorted(self.values.items())}
        spectral = [f"{x} = {spans.pop(x)}" for x in ("s_j", "w0_j^2") if x in spans and self.counts]
        found: dict[str, Any] = {"ranges": spans} if spans else {}
        if spectral:
            few, many = min(self.counts), max(self.counts)
            number = counted(many, "eigenvalue") if few == many else f"{few} to {many} eigenvalues"
            found["spectra"] = f"{number}, {', '.join(spectral)}"
        return found


@dataclass
class Seen:
    """What the sequences of a claim that holds have shown: the least sharp of them is what is told."""

    first: str = ""
    settled: list[Settled] = field(default_factory=list)
    drops: list[float] = field(default_factory=list)  # of the log ratio in its last step, where it does not settle
    ends: list[float] = field(default_factory=list)  # the largest log of the letter

    def add(self, words: str, seq: Sequence[tuple[float, float, float]], floor: float) -> None:
        """Take note of a sequence that agrees."""
        self.first = self.first or words
        self.ends.append(seq[-1][0])
        end = settled(seq, floor)
        if end is not None:
            self.settled.append(end)
        elif len(seq) > 1 and math.isfinite(seq[-1][1] - seq[-2][1]):
            self.drops.append(seq[-2][1] - seq[-1][1])

    def words(self, relation: Relation) -> str:
        """What the ratio does, of all sequences."""
        if relation == Relation.ORDER and self.settled:
            limits = [s.limit for s in self.settled]
            error = max(s.error for s in self.settled)
            span = f"{min(limits):.4g}" if len(limits) == 1 else f"{min(limits):.4g} .. {max(limits):.4g}"
            return f"log ratio -> {span} +- {error:.1g}"
        if relation == Relation.ASYMPTOTIC and self.settled:
            return f"ratio -> 1 within {self._gap():.1g}"
        return self.first

    def _gap(self) -> float:
        return max(max(abs(s.limit), s.error) for s in self.settled)

    def excluded(self, relation: Relation) -> str:
        """The least that would have been seen: a factor that grows, or another limit."""
        seen = []
        if self.settled:
            c, a = max(s.logarithm for s in self.settled), max(s.power for s in self.settled)
            if relation == Relation.ASYMPTOTIC:
                seen.append(f"a limit of the ratio that differs from 1 by {2 * self._gap():.1g}")
            elif relation == Relation.AT_MOST:
                seen.append(f"a limit of the ratio above 1 by {max(10 * max(s.error for s in self.settled), 1e-6):.1g}")
            else:
                seen.append(
                    f"a factor (log T)^c with |c| > {c:.1g}, or T^a with |a| > {a:.1g}, not loglog T and slower ones"
                )
        if self.drops:
            instead = "settles" if relation == Relation.NEGLIGIBLE else "grows"
            least = math.exp(min(*self.drops, 600))
            seen.append(f"a ratio that {instead}: it falls by a factor {least:.3g} or more in every last step")
        return "; ".join(seen)

    def sizes(self, base: int, first: int) -> str:
        """How far the letter goes."""
        few, many = min(self.ends), max(self.ends)
        to = f"{base}^{_power(many)}" if few == many else f"{base}^{_power(few)} or beyond"
        return f"T = {base}^{first} .. {to}, the exponent doubling"


def _power(x: float) -> str:
    return str(int(x)) if x < 10**6 else f"(2^{round(math.log2(x))})"
