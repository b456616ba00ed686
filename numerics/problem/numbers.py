"""Reading a user's numbers exactly: integers, decimals and fractions become ``Fraction``; nothing is ever evaluated."""

from __future__ import annotations

import math
import numbers
import re
import reprlib
from collections.abc import Collection
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from ridgeproof import reading
from ridgeproof.errors import DomainError, InputError

_DECIMAL = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE]([+-]?\d+))?", re.ASCII)
_RATIO = re.compile(r"([+-]?\d+)\s*/\s*(\d+)", re.ASCII)

MAX_EXPONENT = 10_000
MAX_LENGTH = 4_000  # below CPython's own limit on the digits of an int, and far beyond any number a person writes
MAX_BITS = 4 * MAX_LENGTH * 10  # of a numerator or denominator: results of our own arithmetic are longer than input
MAX_COUNT = 10**15

_DOUBLES = "2.3e-308 to 1.7e308"
_DIGITS = f"{_DOUBLES}, or any number when digits are asked for (predict --digits N)"
_ACCEPTED = 'an integer, a decimal such as 0.05 or 1e-3, or a fraction such as "3/5"'


def _shown(value: object) -> str:
    text = reprlib.repr(value)  # of a nested list or an integer of a million digits not all of it
    return text if len(text) <= 60 else text[:57] + "..."


def exact(value: object, *, where: str) -> Fraction:
    """Read a number exactly.

    Parameters
    ----------
    value : object
        An ``int``, ``Fraction`` or ``Decimal``, a finite ``float`` (read as the shortest decimal: ``0.1`` is 1/10),
        or a ``str`` holding a decimal (``"0.05"``, ``"-2.5E+3"``) or a fraction (``"3/5"``).
    where : str
        The place the user knows, for the message.

    Returns
    -------
    Fraction

    Raises
    ------
    InputError
        For anything else: booleans, NaN, infinities, other text, exponents beyond 10 000.
    """
    if isinstance(value, bool):
        raise InputError(f"{value!r} is not a number", where=where, accepted=_ACCEPTED)
    if isinstance(value, numbers.Rational):
        if max(abs(int(value.numerator)), int(value.denominator)).bit_length() > MAX_BITS:
            raise InputError(
                f"a number of more than {MAX_LENGTH} digits", where=where, accepted=f"at most {MAX_LENGTH} digits"
            )
        return Fraction(value)
    if isinstance(value, numbers.Real):
        as_float = float(value)
        if not math.isfinite(as_float):
            raise InputError(f"{as_float} is not a finite number", where=where, accepted=_ACCEPTED)
        return Fraction(repr(as_float))
    if not isinstance(value, str | Decimal):
        raise InputError(f"{_shown(value)} is not a number", where=where, accepted=_ACCEPTED)
    text = str(value).strip()
    if len(text) > MAX_LENGTH:
        raise InputError(
            f"a number of {len(text)} characters", where=where, accepted=f"at most {MAX_LENGTH} characters"
        )
    if match := _DECIMAL.fullmatch(text):
        if match[1] is not None and abs(int(match[1])) > MAX_EXPONENT:
            raise InputError(
                f"the exponent of {_shown(value)} is too large",
                where=where,
                accepted=f"exponents between -{MAX_EXPONENT} and {MAX_EXPONENT}",
            )
        return Fraction(text)
    if match := _RATIO.fullmatch(text):
        if int(match[2]) == 0:
            raise InputError(f"{_shown(value)} divides by zero", where=where, accepted=_ACCEPTED)
        return Fraction(int(match[1]), int(match[2]))
    raise InputError(f"{_shown(value)} is not a number", where=where, accepted=_ACCEPTED)


def exponent(value: object, *, where: str) -> Fraction:
    """Read an exponent of a power law, at most 10 000 in size; see `exact`.  Raises InputError."""
    number = exact(value, where=where)
    if abs(number) > MAX_EXPONENT:
        raise InputError(
            f"the exponent {_shown(value)} is too large", where=where, accepted=f"-{MAX_EXPONENT} to {MAX_EXPONENT}"
        )
    return number


def positive(value: object, *, where: str) -> Fraction:
    """Read a number > 0 exactly; see `exact`.  Raises InputError."""
    number = exact(value, where=where)
    if number <= 0:
        raise InputError(f"{_shown(value)} is not positive", where=where, accepted="a number > 0")
    return number


def nonnegative(value: object, *, where: str) -> Fraction:
    """Read a number >= 0 exactly; see `exact`.  Raises InputError."""
    number = exact(value, where=where)
    if number < 0:
        raise InputError(f"{_shown(value)} is negative", where=where, accepted="a number >= 0")
    return number


def integer(value: object, *, where: str) -> int:
    """Read a whole number in any form of `exact`, ``"40/2"`` too; its range is for the caller.  Raises InputError."""
    number = exact(value, where=where)
    if number.denominator != 1:
        raise InputError(f"{_shown(value)} is not a whole number", where=where, accepted="a whole number")
    return int(number)


def count(value: object, *, where: str) -> int:
    """Read an integer between 1 and 10^15 (a dimension, a number of samples or repeats).  Raises InputError."""
    accepted = "an integer between 1 and 10^15"
    try:
        number = exact(value, where=where)
    except InputError as error:
        raise InputError(error.what, where=where, accepted=accepted) from None
    if number.denominator != 1 or not 1 <= number <= MAX_COUNT:
        raise InputError(
            f"{_shown(value)} is not a whole number >= 1" if number <= MAX_COUNT else f"{_shown(value)} is too large",
            where=where,
            accepted=accepted,
        )
    return int(number)


def as_float(number: Fraction, *, where: str, accepted: str = _DIGITS) -> float:
    """The nearest double of an exact number >= 0, refused where doubles would change the problem.

    Raises
    ------
    DomainError
        When the number overflows, or is not zero and falls below the smallest normal double (2.2e-308).
    """
    try:
        nearest = number.numerator / number.denominator
    except OverflowError:
        nearest = math.inf
    if not math.isfinite(nearest) or (number != 0 and abs(nearest) < 2.2250738585072014e-308):
        raise DomainError("a number outside the range of double precision", where=where, accepted=accepted)
    return nearest


def real(value: object, *, where: str) -> float:
    """The nearest double of a number in any form of `exact`.  Raises InputError, or DomainError as `as_float` does."""
    return as_float(exact(value, where=where), where=where, accepted=_DOUBLES)


def read_options(options: dict[str, Any], *, whole: Collection[str] = (), reals: Collection[str] = ()) -> None:
    """Read the numbers among a caller's options, in any form of `exact`, in place; what is None stays."""
    for names, read in ((whole, integer), (reals, real)):
        for name in sorted(names):
            if options.get(name) is not None:
                options[name] = read(options[name], where=name)


def read_values(path: Path, *, where: str) -> tuple[Fraction, ...]:
    """Read a list of numbers from ``.npy`` (one-dimensional, real) or ``.csv`` (numbers separated by commas or lines).

    Numbers of a CSV file are exact as written; doubles of an NPY file are read as their shortest decimals.

    Raises
    ------
    InputError
        File absent, unreadable, of another kind, empty, or holding anything but finite numbers.
    """
    accepted = "an existing .npy (one-dimensional, real) or .csv file of numbers"
    place = f"{where} {path}"
    try:
        reading.ordinary(path, accepted=accepted)
    except InputError as error:
        raise InputError(error.what, where=place, accepted=accepted) from None
    try:
        if path.suffix.lower() == ".npy":
            return _read_npy(path, place, accepted)
        if path.suffix.lower() == ".csv":
            values = tuple(
                exact(field.strip(), where=f"{place}, line {number}")
                for number, line in enumerate(reading.text(path, accepted=accepted).splitlines(), 1)
                for field in line.split(",")
                if field.strip()
            )
            if not values:
                raise InputError("no number in the file", where=place, accepted=accepted)
            return values
    except FileNotFoundError:
        raise InputError("no such file", where=place, accepted=accepted) from None
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not a text file"
        raise InputError(f"the file cannot be read: {reason}", where=place, accepted=accepted) from None
    raise InputError(f"files ending in {path.suffix or 'nothing'!r} are not read", where=place, accepted=accepted)


def _read_npy(path: Path, place: str, accepted: str) -> tuple[Fraction, ...]:
    import numpy as np

    try:
        array = np.load(path, allow_pickle=False)
    except (ValueError, EOFError) as error:
        reason = str(error).split(". ")[0]  # what follows is advice to trust the file
        raise InputError(f"not a plain NPY file: {reason}", where=place, accepted=accepted) from None
    if not isinstance(array, np.ndarray) or array.ndim != 1 or array.dtype.kind not in "iuf" or array.size == 0:
        raise InputError("the array is not a one-dimensional list of real numbers", where=place, accepted=accepted)
    return tuple(exact(number, where=f"{place}[{index}]") for index, number in enumerate(array.tolist()))
