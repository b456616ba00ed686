"""The paper statement by statement: arXiv 2402.07712v2, its numbers in v1, and the claims of each (paper.toml)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True)
class Statement:
    """One numbered statement.

    number, v1 : its number in v2, and in v1 where that has it.
    says : in a few words.
    anchor : of the place in docs/theory.md.
    claims : ids of the claims that state it, or that correct it.
    note : what to know, and why there is no claim where there is none.
    """

    number: str
    v1: str
    says: str
    anchor: str
    claims: tuple[str, ...]
    note: str


@cache
def statements() -> tuple[Statement, ...]:
    """Every statement, in the order of the paper.

    Examples
    --------
    >>> statements()[0].number
    'Eq. (1)'
    """
    text = resources.files(__package__).joinpath("paper.toml").read_text(encoding="utf-8")
    rows = tomllib.loads(text)["statement"]
    return tuple(Statement(**{**row, "claims": tuple(row["claims"])}) for row in rows)
