"""The search for trees that prove that regions cover a domain.  Nothing here is trusted: ``laws.cover`` reads them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import sympy as sp

from ridgeproof.errors import NotProved

from ...proving.signs import as_products
from ..cover import Expression, fails

MOST_LEAVES = 300
SHARED = 3  # conditions of so many regions decide between them
Facts = list[tuple[sp.Expr, str]]


def find_tree(
    regions: Sequence[Sequence[tuple[Expression, sp.Expr]]], domain: Sequence[tuple[list[Expression], sp.Expr, str]]
) -> tuple[Any, list[dict[str, Any]]]:
    """Return a tree and its lines; conditions and domain as the kernel reads them, and as polynomials.

    Raises
    ------
    NotProved
        Where none is found.
    """
    lines: list[dict[str, Any]] = []
    shared = Counter(_unsigned(e) for region in regions for _, e in region)

    def close(known: list[Any], facts: Facts) -> list[Any] | None:
        total = as_products(sp.S.Zero, facts, strict=True)
        if total is None:
            return None
        if len(lines) == MOST_LEAVES:
            raise NotProved("cover: too many cases")
        lines.append({"rule": "nonnegative", "expression": "0", "relation": ">", "assume": known, "sum": total})
        return ["line", len(lines) - 1]

    def tree(known: list[Any], facts: Facts, left: Sequence[int]) -> list[Any]:
        """First the signs that decide about many regions; then the regions, those with the fewest conditions first."""
        if not left:
            raise NotProved("cover: not shown")
        decided = {_unsigned(e) for e, _ in facts}
        open_ = [(c, e) for j in left for c, e in regions[j] if _unsigned(e) not in decided]
        common = max(open_, key=lambda ce: shared[_unsigned(ce[1])], default=None)
        if common is not None and shared[_unsigned(common[1])] >= SHARED:
            c, e = common
            branches = []
            for more, fact, against in (([c, ">="], (e, ">="), -e), (fails(c), (-e, ">"), e)):
                alive = [j for j in left if all(sp.expand(x - against) != 0 for _, x in regions[j])]
                leaf = close([*known, more], [*facts, fact])
                branches.append(leaf or tree([*known, more], [*facts, fact], alive))
            return ["sign", c, *branches]
        best = min(left, key=lambda j: sum(_unsigned(e) not in decided for _, e in regions[j]))
        branches = []
        for c, e in regions[best]:
            leaf = close([*known, fails(c)], [*facts, (-e, ">")])
            alive = [j for j in left if j != best and all(other != c for other, _ in regions[j])]
            branches.append(leaf or tree([*known, fails(c)], [*facts, (-e, ">")], alive))
        return ["region", best, *branches]

    proof = tree([known for known, _, _ in domain], [(e, how) for _, e, how in domain], range(len(regions)))
    return proof, lines


def _unsigned(e: sp.Expr) -> sp.Expr:
    """A polynomial or its opposite, whichever comes first."""
    return min(sp.expand(e), sp.expand(-e), key=sp.default_sort_key)
