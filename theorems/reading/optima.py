r"""Minima and where they are taken: \min_{x} f, \arg\min_{0 < x < 1} f, \inf, \sup; Argmin(f, x), Minimum(f, x, 0, 1).

::

    bound = ("\min" | "\max" | "\inf" | "\sup" | "\arg\min" | "\arg\max") "_{" range "}" product
          | ("Argmin" | "argmin" | "Minimum" | ...) "(" sum "," letter ["," sum "," sum] ")"
    range = letter | letter ("<" | ">" | ...) sum | sum "<" letter "<" sum
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import sympy as sp

from ..quantities import Argmax, Argmin, Maximum, Minimum
from ..vocabulary import lam
from .names import VOCABULARY

if TYPE_CHECKING:
    from .grammar import Reader

_DRAWN: dict[str, Any] = {"Argmin_": Argmin, "Argmax_": Argmax, "Min_": Minimum, "Max_": Maximum}
_CALLED: dict[str, Any] = {"argmin": Argmin, "argmax": Argmax, "minimum": Minimum, "maximum": Maximum}
_UP, _DOWN = ("<", "<="), (">", ">=")


def optimum(word: str, bracket: str) -> Callable[[Reader], sp.Basic] | None:
    """What reads the rest of a formula that begins with this word, if it is a minimum or where one is taken."""
    if word in _DRAWN:
        return partial(_drawn, kind=_DRAWN[word])
    return partial(_called, kind=_CALLED[word.lower()]) if bracket == "(" and word.lower() in _CALLED else None


def _variable(reader: Reader) -> sp.Symbol:
    """The letter that varies: lambda, one that is declared, or a real one of its own."""
    name = reader.now.text
    if reader.now.kind != "name":
        raise reader.refusal(f"{name or 'the end'!r} stands where the letter that varies is missing", r"\min_{x} f")
    reader.at += 1
    known = reader.names.get(name)
    own = isinstance(known, sp.Symbol) and known not in reader.meanings and (known == lam or name not in VOCABULARY)
    if isinstance(known, sp.MatrixSymbol) and name != name.lower():
        raise reader.refusal(f"{name} does not vary", "a letter for a number")
    letter = known if own else sp.Symbol(name, real=True)
    reader.varied.add(letter)
    return letter


def _range(reader: Reader) -> tuple[sp.Symbol, tuple[Any, Any] | None]:
    r"""x, x > 0, 0 < x < 1: the letter, and the ends between which it varies if they are said."""
    low = None
    if not (reader.now.kind == "name" and reader.tokens[reader.at + 1].text in ("}", *_UP, *_DOWN)):
        low = reader.sum()
        if not reader.take(*_UP):
            raise reader.refusal("the range of what varies", r"\min_{x}, \min_{x > 0}, \min_{0 < x < 1}")
    letter = _variable(reader)
    if low is not None:
        return letter, (low, reader.sum() if reader.take(*_UP) else sp.oo)
    if reader.take(*_DOWN):
        return letter, (reader.sum(), sp.oo)
    return letter, (sp.S.Zero if letter.is_nonnegative else -sp.oo, reader.sum()) if reader.take(*_UP) else None


def _drawn(reader: Reader, kind: Any) -> sp.Basic:
    grouped = reader.take("{")
    letter, within = _range(reader) if grouped else (_variable(reader), None)
    if grouped:
        reader.need("}")
    outside = reader.names
    reader.names = {**outside, letter.name: letter}
    body = reader.product()
    if reader.now.kind == "sign" and reader.now.text in ("+", "-"):
        raise reader.refusal("a minimum of one term of several", r"brackets: \min_{x} (f + g), (\min_{x} f) + g")
    reader.names = outside
    return reader.made(lambda: kind(body, letter, within=within), "the optimum")


def _called(reader: Reader, kind: Any) -> sp.Basic:
    """Argmin(f, x), Argmin(f, x, 0, 1): the letter and its range are read first."""
    from .binders import _commas

    start = reader.at
    commas, end = _commas(reader, start)
    if len(commas) not in (1, 3):
        raise reader.refusal(f"{kind.__name__} of {len(commas) + 1} arguments", f"{kind.__name__}(f, x[, 0, 1])")
    reader.at = commas[0] + 1
    letter, within = _variable(reader), None
    if len(commas) == 3:
        reader.need(",")
        low = reader.sum()
        reader.need(",")
        within = (low, reader.sum())
    outside = reader.names
    reader.names = {**outside, letter.name: letter}
    reader.at = start
    reader.need("(")
    body = reader.sum()
    if reader.at != commas[0]:
        raise reader.refusal(f"{reader.now.text!r} stands where ',' is missing")
    reader.at, reader.names = end + 1, outside
    return reader.made(lambda: kind(body, letter, within=within), "the optimum")
