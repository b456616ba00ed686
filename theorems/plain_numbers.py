"""Numbers as an author writes them, int, Fraction, "0.05" or "1/20", as SymPy's exact ones; text is never evaluated."""

from __future__ import annotations

import re
from fractions import Fraction
from numbers import Rational
from typing import Any

import sympy as sp

_NUMBER = re.compile(r"[+-]?[0-9]{1,400}(\.[0-9]{1,400}|/0*[1-9][0-9]{0,399})?", re.ASCII)


def exact(value: Any) -> Any:
    """The SymPy number that a plain number, or its text, is; anything else as it is, for the caller to judge.

    >>> exact("0.05") == exact("1/20") == exact(Fraction(1, 20)) == sp.Rational(1, 20), exact(sp.Symbol("x"))
    (True, x)
    """
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = Fraction(value)
    if isinstance(value, Rational) and not isinstance(value, bool | sp.Basic):
        return sp.Rational(int(value.numerator), int(value.denominator))
    return value
