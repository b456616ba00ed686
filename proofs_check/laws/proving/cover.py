"""The search for proofs that regions cover a domain.  Nothing here is trusted.

One of a region's conditions fails, or all hold; the failing ones are assumed, until they contradict each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import sympy as sp

from ridgeproof.errors import NotProved

from ...proving.signs import as_products
from .lines import Lines

MOST_LEAVES = 300
SHARED = 3  # conditions of so many regions decide between them
Condition = tuple[Any, sp.Expr]  # as the kernel reads it, and as a polynomial


class Fact(NamedTuple):
    """A polynomial with its sign, and the line that says so."""

    polynomial: sp.Expr
    how: str
    line: int


def find_cover(lines: Lines, shows: Any, regions: Sequence[Sequence[Condition]], facts: Sequence[Fact]) -> int:
    """Write lines that end with ``shows``, that one of the regions holds; raises NotProved where none is found."""
    shared = Counter(_unsigned(e) for region in regions for _, e in region)
    leaves = 0

    def close(facts: Sequence[Fact]) -> int | None:
        nonlocal leaves
        total = as_products(sp.S.Zero, [(f.polynomial, f.how) for f in facts], strict=True)
        if total is None:
            return None
        leaves += 1
        if leaves > MOST_LEAVES:
            raise NotProved("cover: too many cases")
        wrong = lines.positive([">", "0", "0"], [(c, [(facts[i].line, e) for i, e in powers]) for c, powers in total])
        return lines.add("absurd", [wrong], line=wrong, shows=shows)

    def assumed(how: str, left: Any, right: Any, polynomial: sp.Expr) -> Fact:
        return Fact(polynomial, how, lines.add("assume", formula=[how, left, right]))

    def cases(c: Any, holds: int, fails: int) -> int:
        return lines.add("cases", left=c, right="0", ge=holds, le=fails)

    def settle(facts: Sequence[Fact], left: Sequence[int]) -> int:
        line = close(facts)
        return tree(facts, left) if line is None else line

    def tree(facts: Sequence[Fact], left: Sequence[int]) -> int:
        """First the signs that decide about many regions; then the regions, those with the fewest conditions first."""
        if not left:
            raise NotProved("cover: not shown")
        decided = {_unsigned(f.polynomial) for f in facts}
        open_ = [(c, e) for j in left for c, e in regions[j] if _unsigned(e) not in decided]
        common = max(open_, key=lambda ce: shared[_unsigned(ce[1])], default=None)
        if common is not None and shared[_unsigned(common[1])] >= SHARED:
            c, e = common
            branches = []
            for fact, against in ((assumed(">=", c, "0", e), -e), (assumed(">", "0", c, -e), e)):
                alive = [j for j in left if all(sp.expand(x - against) != 0 for _, x in regions[j])]
                branches.append(settle([*facts, fact], alive))
            return cases(c, *branches)
        best = min(left, key=lambda j: sum(_unsigned(e) not in decided for _, e in regions[j]))
        holding = [assumed(">=", c, "0", e).line for c, e in regions[best]]
        line = lines.add("some", holding, shows=shows, which=best, lines=holding)
        for c, e in regions[best]:
            fact = assumed(">", "0", c, -e)
            alive = [j for j in left if j != best and all(other != c for other, _ in regions[j])]
            line = cases(c, line, settle([*facts, fact], alive))
        return line

    return tree(facts, range(len(regions)))


def _unsigned(e: sp.Expr) -> sp.Expr:
    """A polynomial or its opposite, whichever comes first."""
    return min(sp.expand(e), sp.expand(-e), key=sp.default_sort_key)
