"""Bounds, and reading plain data strictly: what is not of the stated form is rejected."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

FORMAT = "ridgeproof-certificate/1"
MAX_BYTES = 16_000_000
MAX_STEPS = 5_000_000
MAX_DEPTH = 60  # of an expression, and of definitions
MAX_EXPONENT = 64
MAX_DIGITS = 400  # of a number that is read
MAX_BITS = 4096  # of a number that is computed
MAX_WORD = 200  # letters
MAX_NAMES = 1000  # of scalars, and of letters
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,40}(\[(m|m\+1|n|[0-9]{1,4})\])?\Z", re.ASCII)
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(/[1-9][0-9]*)?\Z", re.ASCII)
BOUND = ("s", "w2")  # an eigenvalue and a squared coefficient of the target, in the summand of a sum over the spectrum


Number = int | Fraction  # whole numbers are kept as such, for speed


class Rejected(Exception):
    """The certificate does not prove what it says; the message says where it fails."""


class Budget:
    """Counts elementary steps, so that a hostile certificate is given up within a stated bound."""

    def __init__(self, steps: int = MAX_STEPS) -> None:
        self.left = steps

    def spend(self, steps: int = 1) -> None:
        self.left -= steps
        if self.left < 0:
            raise Rejected(f"gave up: more than {MAX_STEPS} elementary steps")


def need(condition: object, message: str) -> None:
    if not condition:
        raise Rejected(message)


def brief(data: Any) -> str:
    return repr(data[:40]) if isinstance(data, str) else type(data).__name__


def listing(data: Any, width: int, what: str) -> list[Any]:
    """A list of lists of the stated width; anything else is rejected."""
    need(isinstance(data, list) and all(isinstance(x, list) and len(x) == width for x in data), f"bad {what}")
    return list(data)


def pick(items: list[Any], index: Any, what: str) -> Any:
    need(type(index) is int and 0 <= index < len(items), f"no such {what}")
    return items[index]


def earlier(done: list[dict[str, Any]], index: Any, kind: str) -> Any:
    """What an earlier line concluded, if it is a line of that kind."""
    result = pick(done, index, "earlier line")
    need(kind in result, f"line {index} is no {kind} line")
    return result[kind]


def number(text: Any) -> Number:
    """A rational in lowest terms written as "-3/5" or "7"; anything else is rejected."""
    need(isinstance(text, str) and len(text) <= MAX_DIGITS and NUMBER.match(text), f"not a number: {brief(text)}")
    value = Fraction(text)
    need(str(value) == text, f"not in lowest terms: {brief(text)}")
    return value.numerator if value.denominator == 1 else value
