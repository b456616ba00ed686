"""What a matrix letter can carry with it: its law, its formula, or what it is the inverse of.

The letters of the vocabulary have their meanings in tables (:mod:`ridgeproof.theorems.vocabulary`).  A letter that an
author declares carries its meaning itself, as SymPy arguments, so that a substitution reaches it (T = 2 d in a design
of T rows), and two letters are one letter only if all of it agrees.  The tables of the vocabulary answer for both.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sympy as sp
from sympy import MatrixSymbol
from sympy.core.symbol import Str


class Letter(MatrixSymbol):
    """A declared letter.  The members say what proofs and witnesses may use; the default is an arbitrary constant."""

    def __new__(cls, *args: Any) -> Letter:
        name, *rest = args
        return sp.Basic.__new__(cls, name if isinstance(name, Str) else Str(name), *map(sp.sympify, rest))

    def _sympystr(self, printer: Any) -> str:  # printers look for a method named after the class: SymPy has an Inverse
        return str(self.name)

    def _latex(self, printer: Any) -> str:
        return str(printer._print_MatrixSymbol(self))

    def _pretty(self, printer: Any) -> Any:
        return printer._print_MatrixSymbol(self)

    @property
    def gaussian(self) -> tuple[MatrixSymbol | None, sp.Expr] | None:
        """(covariance of a row, None for the identity; a variance that multiplies it), of a Gaussian letter."""
        return None

    @property
    def formula(self) -> sp.MatrixExpr | None:
        """The expression that the letter is a name for."""
        return None

    @property
    def inverse_of(self) -> sp.MatrixExpr | None:
        """The expression whose two-sided inverse the letter is."""
        return None

    @property
    def blocks(self) -> tuple[sp.MatrixExpr, ...]:
        """The matrices whose rows, one below the other, are the letter's."""
        return ()

    @property
    def filter(self) -> tuple[sp.Lambda, sp.MatrixExpr] | None:
        """(f, M): the letter is f of the eigenvalues of the symmetric matrix M, in its eigenbasis."""
        return None

    @property
    def symmetric(self) -> bool:
        """Whether the letter equals its transpose."""
        return False

    @property
    def positive(self) -> bool:
        """Whether a symmetric constant is positive definite."""
        return False

    @property
    def exists(self) -> sp.Basic | None:
        """The condition under which an inverse and its first moments exist, where it is one on scalars."""
        return None

    @property
    def text(self) -> str:
        """The letter in words."""
        return "declared"


class Table(dict[Any, Any]):
    """A table of the vocabulary that also answers for declared letters, through one of their members.

    Iterating gives the vocabulary's letters alone.
    """

    def __init__(self, member: str, known: dict[Any, Any]) -> None:
        super().__init__(known)
        self.member = member

    def __missing__(self, letter: Any) -> Any:
        found = getattr(letter, self.member) if isinstance(letter, Letter) else None
        if found is None:
            raise KeyError(letter)
        return found

    def __contains__(self, letter: Any) -> bool:
        if isinstance(letter, Letter):
            return getattr(letter, self.member) is not None
        return super().__contains__(letter)

    def get(self, letter: Any, default: Any = None) -> Any:
        """As for any mapping, a declared letter's meaning included."""
        try:
            return self[letter]
        except KeyError:
            return default


class Members(frozenset[MatrixSymbol]):
    """A set of letters of the vocabulary that declared letters belong to if their member says so."""

    member: str

    def __new__(cls, member: str, letters: Iterable[MatrixSymbol]) -> Members:
        new = super().__new__(cls, letters)
        new.member = member
        return new

    def __contains__(self, letter: object) -> bool:
        if isinstance(letter, Letter):
            return bool(getattr(letter, self.member))
        return super().__contains__(letter)
