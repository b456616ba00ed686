"""Whether certificates prove a claim: the kernel accepts each, and their sequents are the claim's statement.

Believed.  A ``Shown`` is made here only, so that who has one has a claim that the kernel has proved: what searched for
the certificates, sent them from another process or read them from a store has no say in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ridgeproof.errors import DerivationError
from ridgeproof.theorems.claim import Claim

from .. import kernel as K
from .say import say


@dataclass(frozen=True)
class Shown:
    """A claim whose statement the kernel has proved: one sequent for each of its equations, in their order.

    ``to_order``: one of them says that leading parts are equal, at every order of an expansion.
    """

    claim: Claim
    sequents: tuple[K.Proved, ...]
    to_order: bool


def shown(claim: Claim, certificates: Iterable[Any]) -> Shown | None:
    """What certificates show of a claim; None where they do not prove it.

    Parameters
    ----------
    claim : as it is now.
    certificates : plain data from anywhere, one for each equation.
    """
    try:
        return says(claim, tuple(K.check(c) for c in certificates))
    except K.Rejected:
        return None


def says(claim: Claim, found: tuple[K.Proved, ...]) -> Shown | None:
    """The same of certificates that the kernel has accepted in this process."""
    try:
        meant = say(claim)
    except DerivationError:
        return None
    if not found or len(found) != len(meant.shows):
        return None
    fits = zip(found, meant.shows, strict=True)
    grades = {K.grade(proved) for proved in found}
    if not all(K.same_statement(proved, meant.declare, meant.given, shows) for proved, shows in fits):
        return None
    return Shown(claim, found, "proved to order K" in grades) if grades <= {"proved", "proved to order K"} else None
