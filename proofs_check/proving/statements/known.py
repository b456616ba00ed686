"""Certificates of statements for claims: those that searches of their own write, and those of trace derivations."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from ridgeproof.errors import DerivationError
from ridgeproof.theorems import claim as C

from ...kernel import statements as K
from ...meaning.say import Statement
from . import finite, roots
from .convert import converted

# The last is no claim's conclusion yet: the place of the optimum of an equivalent.
OTHERS: tuple[Callable[[], Any], ...] = (roots.optimal_clean,)
SEARCHES: tuple[Callable[[], Any], ...] = (
    finite.chain,
    finite.isotropic_chain,
    finite.theorem_1,
    finite.inverse_wishart,
    finite.fake_data_factor,
    finite.least_squares_limit,
    roots.kappa_fixed_point,
    roots.kappa_bounds,
    roots.kappa_min_norm,
)
# Numbers at which hypotheses are tried: some point satisfies them, or they are taken to contradict each other.
POINTS = ({"T": "9", "T0": "9", "T[m]": "9", "d": "2"}, {"T": "2", "T0": "2", "T[m]": "2", "d": "9"})


KIND = {
    **dict.fromkeys((finite.chain, finite.isotropic_chain, finite.theorem_1), "Etest"),
    **dict.fromkeys((finite.inverse_wishart, finite.fake_data_factor), "E"),
    **dict.fromkeys((roots.kappa_fixed_point, roots.kappa_bounds, roots.kappa_min_norm), "spec"),
}


def kind(shows: Any) -> str:
    """What a conclusion is about, so that searches for other things are not started."""
    inside = K.strings(shows)
    return next((x for x in ("Etest", "E", "spec") if x in inside), "")


@cache
def written(search: Callable[[], Any]) -> tuple[Any, K.Proved]:
    """A search's certificate, and what the kernel says of it."""
    document = search()
    return document, K.check(document)


def prove(claim: C.Claim, statement: Statement, lines: list[Any], context: Any) -> list[tuple[Any, K.Proved]]:
    """A certificate for every equation of a statement.

    Parameters
    ----------
    lines, context : of the claim's line certificate; its trace lines are converted.

    Raises
    ------
    DerivationError
        Where one of them is not found.
    """
    return [_one(claim, statement, shows, lines, context) for shows in statement.shows]


def _one(claim: C.Claim, statement: Statement, shows: Any, lines: list[Any], context: Any) -> tuple[Any, K.Proved]:
    for search in SEARCHES:
        if KIND.get(search, "") != kind(shows):
            continue
        try:
            document, proved = written(search)
        except K.Rejected:  # what a search gets wrong costs itself alone
            continue
        if K.same_statement(proved, statement.declare, statement.given, shows):
            return document, proved
    why = "no search for this kind of statement"
    for line in lines:
        if line["rule"] != "trace":
            continue
        for point in POINTS:
            model = {n: point.get(n, "1") for n, what in statement.declare if isinstance(what, str)}
            try:
                document = converted(line, context, claim.id, statement.declare, statement.given, shows, model)
                proved = K.check(document)
            except (K.Rejected, DerivationError) as error:
                why = str(error)
                continue
            if K.same_statement(proved, statement.declare, statement.given, shows):
                return document, proved
    raise DerivationError(why)
