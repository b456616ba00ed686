"""Certificates of statements for claims: those that searches of their own write, and those of trace derivations."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any

from ridgeproof.errors import DerivationError
from ridgeproof.theorems import claim as C
from ridgeproof.theorems import order_steps as O

from ... import kernel as K
from ...kernel.statements.models import evaluate
from ...kernel.statements.sequent import World
from ...meaning.say import Speaker, Statement
from . import finite, roots
from .asymptotics import asymptotic
from .convert import converted, matrices
from .fits import equivalent
from .inequalities import inequality
from .least_squares import errors
from .orders import order
from .spectral import spectral

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
POINTS = [
    {**sizes, "beta": "2", "k": "1/4", "r": r, "ell": r}
    for sizes in ({"T": "9", "T0": "9", "T[m]": "9", "d": "2"}, {"T": "2", "T0": "2", "T[m]": "2", "d": "9"})
    for r in ("1/2", "2", "3")
]


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


def _ordered(claim: C.Claim, certificate: Any, parts: Any) -> Any:
    """A certificate about orders of magnitude, by the line certificate of the derivation."""
    if parts[3][0] == "=<>=":
        return order(certificate, *parts)
    speaker = Speaker(claim)
    step = next((s for s in claim.derivation() if isinstance(s, O.Negligible)), None)
    if step is None:
        raise DerivationError("no step compares the two sides")
    values = [e for s in claim.derivation() if isinstance(s, O.PowerOrder) and s.value is not None for e in (s.left,)]
    certificate |= {"values": [speaker.scalar(e) for e in values]}
    return asymptotic(certificate, step, speaker.scalar, *parts)


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
    model = _model(statement)
    parts = (claim.id, statement.declare, statement.given, shows, model)
    try:
        if shows[0] in ("=<>=", "~"):
            found = _ordered(claim, {"context": context, "lines": lines}, parts)
        elif shows[0] == "=K":
            found = equivalent(*parts)
        elif shows[0] == "=" and not {"E", "Etest", "tr"} & K.strings(shows):
            found = spectral(*parts)
        elif shows[0] in (">", ">=") and "Etest" not in K.strings(shows):
            found = inequality(*parts)
        elif "Etest" in K.strings(shows):
            found = errors(*parts)
        else:
            return _converted(lines, context, statement, parts)
        return found, K.check(found)
    except K.Rejected as error:
        raise DerivationError(str(error)) from error


def _model(statement: Statement) -> dict[str, str]:
    """Numbers that satisfy the hypotheses, of a few that are tried."""
    w = World(statement.declare)
    scalars = [n for n, what in statement.declare if isinstance(what, str)]
    compare: dict[str, Callable[[Fraction, Fraction], bool]] = {
        ">": operator.gt,
        ">=": operator.ge,
        "=": operator.eq,
        "!=": operator.ne,
    }
    for point, other in itertools.product(POINTS, ("1", "1/2", "3", "-1")):
        values = {n: Fraction(point.get(n, other)) for n in scalars}
        try:
            good = [compare[h[0]](*(evaluate(w, t, values, [(1, 1)]) for t in h[1:])) for h in statement.given]
        except (K.Rejected, ValueError):
            continue
        if all(good):
            return {n: str(v) for n, v in values.items()}
    return {n: POINTS[0].get(n, "1") for n in scalars}


def _converted(lines: list[Any], context: Any, statement: Statement, parts: Any) -> tuple[Any, K.Proved]:
    why, shows = "no search for this kind of statement", parts[3]
    write = {"trace": converted, "word": matrices}
    for line in reversed(lines):
        if line["rule"] not in write or (line["rule"] == "word") != (shows[0] == "mat="):
            continue
        try:
            document = write[line["rule"]](line, context, *parts)
            proved = K.check(document)
        except (K.Rejected, DerivationError) as error:
            why = str(error)
            continue
        if K.same_statement(proved, statement.declare, statement.given, shows):
            return document, proved
    raise DerivationError(why)
