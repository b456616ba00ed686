r"""Derivatives: diff(f, x), d f/d x, \frac{d f}{d x}, \frac{\partial}{\partial x} f."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import sympy as sp

from ..functions import meant
from ..matrix_numbers import slope as letters_slope
from .tokens import Token

if TYPE_CHECKING:
    from .grammar import Reader


def derivative(reader: Reader) -> sp.Basic:
    """Derivative(f, x) or diff(f, x, 2); the letter is free, and stays what it is outside."""
    parts = reader.arguments("(", ")")
    function, letter, *more = (*parts, None) if len(parts) == 1 else parts
    order = more[0] if more else sp.S.One
    if len(parts) not in (2, 3) or not isinstance(letter, sp.Symbol) or not (order.is_Integer and 1 <= order <= 9):
        raise reader.refusal("a derivative", "diff(f, x) or diff(f, x, 2), with a letter x and an order of at most 9")
    return _slope_of(reader, function, letter, order)


def _slope_of(reader: Reader, function: sp.Basic, letter: sp.Symbol, order: sp.Basic = sp.S.One) -> sp.Basic:
    """The derivative; kappa is then the function of lambda and T that it is, phi of d and T."""
    if isinstance(function, sp.MatrixExpr):
        raise reader.refusal("a derivative of a matrix", "a derivative of a number")
    if letter in reader.meanings:
        raise reader.refusal(f"a derivative in {letter}, which is an abbreviation", "a derivative in a letter")
    whole = meant(function.xreplace(reader.meanings), [letter])
    own = reader.made(lambda: letters_slope(whole, letter), "the derivative")
    if own is None:
        return reader.made(lambda: sp.Derivative(whole, (letter, order)), "the derivative")
    for _ in range(int(order) - 1):  # letters depend on it: resolvents on their ridge
        again = reader.made(partial(letters_slope, own, letter), "the derivative")
        own = sp.diff(own, letter) if again is None else again
    return own


def slope(reader: Reader) -> sp.Basic | None:
    r"""d f/d x, d/d x f, \frac{d f}{d x}, \frac{d}{d x} f: read if the denominator is a d and a letter, and no more.

    d is the dimension too; a quotient in which it stands on both sides is no formula that somebody means.
    """
    start, before = reader.at, tuple(reader.tokens)
    drawn = reader.now.text == "frac"
    reader.at += drawn
    found = (reader.take("{") or not drawn) and _differential(reader) and _quotient(reader, drawn)
    if not found:
        reader.at, reader.tokens = start, list(before)
        return None
    function, letter = found
    return _slope_of(reader, reader.power() if function is None else function, letter)


def _quotient(reader: Reader, drawn: bool) -> tuple[sp.Basic | None, sp.Symbol] | None:
    """What follows the first d: f/d x, or /d x, in braces if drawn; None if it is no derivative."""
    bare = reader.now.kind == "sign" and reader.now.text in ("}", "/")
    if not bare and not (reader.now.kind == "name" or reader.now.text == "("):
        return None
    function = None if bare else reader.sum() if drawn else reader.atom()
    below = (reader.take("}") and reader.take("{")) if drawn else reader.take("/")
    letter = reader.names.get(reader.now.text) if below and _differential(reader) else None
    reader.at += 1
    whole = isinstance(letter, sp.Symbol) and (not drawn or reader.take("}"))
    return (function, letter) if whole else None


def _differential(reader: Reader) -> bool:
    """Whether a d (or a partial) stands here, apart from what follows or not; it is then passed."""
    word = reader.now.text if reader.now.kind == "name" else ""
    if word in ("d", "partial"):
        reader.at += 1
        return True
    glued = word[:1] == "d" and word[1:] in reader.names and word not in reader.names
    if glued:
        reader.tokens[reader.at] = Token("name", word[1:], reader.now.place + 1)
    return glued
