"""What a certificate of the formula for the optimal ridge under model collapse has to say, and whether it says it.

The formula (``exponents.model.symbolic``) has regions; in each, ell = ell* and rate = -v*.  On the region's side of
the law the error is T^v for every ell >= 0, v the largest of rows that are affine in ell on two or three stretches.
A certificate takes for granted the domain, the region's conditions and what its side grants, and concludes

- on one stretch: ell* lies in it, and every row is at most v* there (so that the optimum is at most v*);
- on every stretch: from v >= every row at an ell in it, that v >= v*.

Each formula has one certificate more, its *cover*: some region's conditions hold wherever the domain does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import sympy as sp

from ridgeproof.errors import NotProved
from ridgeproof.theorems.exponents.model import symbolic as S
from ridgeproof.theorems.exponents.user.user_symbolic import Excesses

from .. import kernel
from .cover import read_tree
from .symbolic_statements import export, read_lines

ELL, V = sp.symbols("ell v", real=True)
Sign = tuple[sp.Expr, str]
Goal = tuple[tuple[Sign, ...], sp.Expr]  # what is assumed besides the region, and what is >= 0


class Formula(NamedTuple):
    """A formula over regions and the domain in which it is meant."""

    title: str
    law: S.SymbolicLaw
    domain: tuple[Sign, ...]


@cache
def formulas() -> tuple[Formula, Formula]:
    """Return the formulas for T0 >= d + 2 and for T0 < d, as ``ridgeproof exponents --symbolic`` prints them."""
    common: tuple[Sign, ...] = ((S.BETA - 1, ">"), (S.RB, ">"))
    wide, narrow = S.symbolic_law(), S.symbolic_min_norm_law()
    return (
        Formula("T0 >= d + 2", wide, (*common, (S.A, ">="))),
        Formula("T0 < d", narrow, (*common, (S.B, ">="), (S.G, ">="), (S.END, ">"))),
    )


def plain(expression: sp.Expr) -> Any:
    """Return an expression as the kernel reads it."""
    return export(expression, Excesses({}, {}), {})


def signs(of: Sequence[Sign]) -> list[list[Any]]:
    """Return signs as a line of the kernel lists them."""
    return [[plain(expression), relation] for expression, relation in of]


def known(formula: Formula, region: S.Region) -> tuple[Sign, ...]:
    """Return what holds of the scales in a region."""
    given = (*region.conditions, *formula.law.sides[region.side].granted)
    return (*formula.domain, *((c, ">=") for c in given))


def goals(formula: Formula, region: S.Region, home: int) -> Iterator[Goal]:
    """Yield what has to be proved; ``home``: the stretch in which ell* lies."""
    least, stretches = -region.rate, formula.law.sides[region.side].stretches
    stretch = stretches[home]
    yield (), region.ell - stretch.lo
    if stretch.hi is not None:
        yield (), stretch.hi - region.ell
    for slope, level in stretch.rows:
        yield (), least - slope * region.ell - level
    for stretch in stretches:
        inside = [ELL - stretch.lo, *([] if stretch.hi is None else [stretch.hi - ELL])]
        above = [V - slope * ELL - level for slope, level in stretch.rows]
        yield tuple((e, ">=") for e in (*inside, *above)), V - least


def scalars(formula: Formula) -> list[str]:
    """Return the names in the certificates of a formula."""
    every = [*formula.domain, *(s for r in formula.law.regions for s in known(formula, r))]
    names = set().union(*(e.free_symbols for e, _ in every)) | {ELL, V}
    rows = (x for side in formula.law.sides for part in side.stretches for row in part.rows for x in row)
    return sorted(x.name for x in names.union(*(x.free_symbols for x in rows)))


def read(document: Mapping[str, Any]) -> str:
    """Return in words what an accepted document proves; raises NotProved where it is not what its note says.

    Lines before those of the goals may prove divisors to be positive, from the domain alone.
    """
    note, lines = document["note"], document["lines"]
    if type(note["formula"]) is not int or not 0 <= note["formula"] <= 1:
        raise NotProved("no such formula")
    formula = formulas()[note["formula"]]
    regions = formula.law.regions
    if document["context"] != {"scalars": scalars(formula)}:
        raise NotProved("another context")
    if "region" not in note:
        conditions = [[plain(c) for c in region.conditions] for region in regions]
        read_tree(note["proof"], conditions, signs(formula.domain), lines)
        return f"{formula.title}: the {len(regions)} regions of the formula cover the domain"
    if type(note["region"]) is not int or not 1 <= note["region"] <= len(regions):
        raise NotProved("no such region")
    region = regions[note["region"] - 1]
    if type(note["stretch"]) is not int or not 0 <= note["stretch"] < len(formula.law.sides[region.side].stretches):
        raise NotProved("no such stretch")
    given = known(formula, region)
    wanted = [(signs((*given, *more)), plain(goal)) for more, goal in goals(formula, region, note["stretch"])]
    read_lines(lines, signs(formula.domain), wanted)
    numbers = kernel.Scalars(scalars(formula), kernel.Budget())
    where = " and ".join(f"{kernel.show_ratio(numbers.read(plain(c)))} >= 0" for c in region.conditions)
    ell, rate = (kernel.show_ratio(numbers.read(plain(x))) for x in (region.ell, region.rate))
    return f"{formula.title}, if {where}: ell = {ell}, rate = {rate}  [{region.name}]"
