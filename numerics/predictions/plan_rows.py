"""The designs of a plan as independent groups of rows, each drawn by known fits, and what is refused about them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ridgeproof.errors import DomainError

from ..problem.plan import Plan
from ..problem.spectrum import Spectrum
from .space import GroupOfRows

MAX_GROUPS = 5_000


@dataclass(frozen=True)
class SplitRows:
    """``members[r]``: (group, the fits that draw it) of design r; ``design[k]``: the design of group k."""

    groups: tuple[GroupOfRows, ...]
    members: tuple[tuple[tuple[int, frozenset[int]], ...], ...]
    design: tuple[int, ...]


def split_rows(
    plan: Plan, covariances: list[Spectrum | None], number: Callable[[Fraction | int, str], Any]
) -> SplitRows:
    """Split the designs by who draws their rows: subsamples of a table overlap at random, in proportion.

    Parameters
    ----------
    plan : Plan
    covariances : list
        Those of the rows that differ from the spectrum, after None for the spectrum itself.
    number : callable
        From exact numbers to the arithmetic.

    Raises
    ------
    DomainError
        A subsample of rows with several labels, too many subsamples of one table, rows that a fit on random features
        shares with other fits.
    """
    _refuse_shared_features(plan)
    groups: list[GroupOfRows] = []
    members: list[tuple[tuple[int, frozenset[int]], ...]] = []
    design: list[int] = []
    for r, rows in enumerate(plan.rows):
        using = [i for i, fit in enumerate(plan.fits) if any(use.rows == r for use in fit.uses)]
        sometimes = []
        for i in using:
            fit = plan.fits[i]
            if fit.subsample is not None:
                if sum(use.rows == r for use in fit.uses) > 1:
                    raise DomainError(
                        "no equivalent is known for a subsample of rows with several labels",
                        where=fit.where,
                        accepted="a subsample of distinct rows",
                    )
                sometimes.append((i, Fraction(fit.subsample, fit.samples)))
        if len(groups) + 2 ** len(sometimes) > MAX_GROUPS:
            raise DomainError(
                f"{len(sometimes)} subsamples of one table have too many ways to overlap",
                where="chain.scheme",
                accepted="at most 11 fits with subsamples",
            )
        always = frozenset(using) - {i for i, _ in sometimes}
        covariance = covariances.index(rows.covariance) if rows.covariance in covariances else 0
        own = []
        for drawn in itertools.product((True, False), repeat=len(sometimes)):
            share = Fraction(1)
            for (_, p), inside in zip(sometimes, drawn, strict=True):
                share *= p if inside else 1 - p
            fits = always | {i for (i, _), inside in zip(sometimes, drawn, strict=True) if inside}
            if fits and share:
                own.append((len(groups), fits))
                groups.append(GroupOfRows(number(share * rows.samples, "samples"), covariance))
                design.append(r)
        members.append(tuple(own))
    return SplitRows(tuple(groups), tuple(members), tuple(design))


def _refuse_shared_features(plan: Plan) -> None:
    """The law of random features has fresh rows: what a second fit on them would see depends on the features."""
    for i, fit in enumerate(plan.fits):
        if fit.fit.features is None:
            continue
        own = {use.rows for use in fit.uses}
        for other in plan.fits[:i] + plan.fits[i + 1 :]:
            if own & {use.rows for use in other.uses}:
                raise DomainError(
                    f"no equivalent is known for random features on rows that {other.where} has too",
                    where=fit.where,
                    accepted="features on rows of their own (simulate draws any)",
                )
