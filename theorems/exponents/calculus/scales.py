"""Exact scales: rationals and the two infinities, with no floating point anywhere."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import total_ordering

from ridgeproof.errors import ScaleError


@total_ordering
class Infinite:
    """Plus or minus infinity, comparable with rationals.  The two values are ``INF`` and ``-INF``."""

    __slots__ = ("sign",)

    def __init__(self, sign: int) -> None:
        self.sign = sign

    def __neg__(self) -> Infinite:
        return Infinite(-self.sign)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Infinite):
            return self.sign == other.sign
        return False if isinstance(other, int | Fraction) else NotImplemented

    def __lt__(self, other: object) -> bool:
        if isinstance(other, Infinite):
            return self.sign < other.sign
        return self.sign < 0 if isinstance(other, int | Fraction) else NotImplemented

    def __hash__(self) -> int:
        return hash(("Infinite", self.sign))

    def __repr__(self) -> str:
        return "inf" if self.sign > 0 else "-inf"


INF = Infinite(1)
Scale = Fraction | Infinite

# What text may hold: an integer, a decimal or a fraction, in ASCII digits, of a bounded length.
_NUMBER = re.compile(r"[+-]?[0-9]{1,400}(\.[0-9]{1,400}|/0*[1-9][0-9]{0,399})?", re.ASCII)
_WORDS: dict[str, Infinite] = {"inf": INF, "-inf": -INF}


def sign(x: Scale) -> int:
    """Return an integer with the sign of ``x``; far cheaper than comparing a Fraction with 0."""
    return x.sign if isinstance(x, Infinite) else x.numerator


def read(value: object, name: str) -> Scale:
    """Return an exact scale.

    Parameters
    ----------
    value : int, Fraction, Infinite, or text: an integer, a decimal, a fraction, "inf" or "-inf"
        Floats are refused: 0.1 is not one tenth, and an exponent table is exact or it is nothing.
    name : str
        The scale's name, for the message.

    Raises
    ------
    ScaleError
    """
    if isinstance(value, Scale):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Fraction(value)
    if isinstance(value, str) and value in _WORDS:
        return _WORDS[value]
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return Fraction(value)
    raise ScaleError(
        f"{value!r:.60} is not an exact scale",
        where=name,
        accepted='an int, a Fraction, INF, -INF, or text such as "3/2" or "0.5"',
    )


def finite(value: object, name: str) -> Fraction:
    """Return a finite exact scale; raises ScaleError for an infinite one."""
    scale = read(value, name)
    if isinstance(scale, Infinite):
        raise ScaleError(f"{scale} is not finite", where=name, accepted="a rational")
    return scale
