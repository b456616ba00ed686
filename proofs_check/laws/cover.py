"""Trees that prove that regions cover a domain: whether one does.

At an inner node ``["region", j, tree, ...]`` region j holds, or one of its conditions fails, which is assumed in the
branch for that condition.  At ``["sign", e, tree, tree]`` e >= 0, or e < 0.  A leaf ``["line", i]`` is a line that
concludes 0 > 0 from what was assumed on the way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ridgeproof.errors import NotProved

Expression = Any


def fails(condition: Expression) -> list[Expression]:
    """Return what a branch assumes: that a condition is negative."""
    return [["-", "0", condition], ">"]


def read_tree(
    tree: Any, regions: Sequence[Sequence[Expression]], domain: list[list[Expression]], lines: Sequence[Any]
) -> None:
    """Check that a tree and all lines of a certificate show that a region holds wherever the domain does.

    Raises
    ------
    NotProved
        Otherwise.
    """
    used: list[int] = []

    def walk(node: Any, known: list[list[Expression]]) -> None:
        kind, index, *branches = node
        if kind == "sign":
            for branch, sign in zip(branches, ([index, ">="], fails(index)), strict=True):
                walk(branch, [*known, sign])
            return
        if type(index) is not int or index < 0:
            raise NotProved("cover: no such line or region")
        if kind == "region":
            for branch, condition in zip(branches, regions[index], strict=True):
                walk(branch, [*known, fails(condition)])
            return
        used.append(index)
        absurd = {"rule": "nonnegative", "expression": "0", "relation": ">", "assume": known}
        if kind != "line" or branches or {k: v for k, v in lines[index].items() if k != "sum"} != absurd:
            raise NotProved("cover: a line assumes or concludes something else")

    walk(tree, domain)
    if sorted(used) != list(range(len(lines))):
        raise NotProved("cover: a line belongs to no branch")
