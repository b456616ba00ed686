"""Positive constants of any size, never underestimated: a rational number times the exponential of an interval.

Constants of bounds are multiplied and raised to rational powers, so that they may be far beyond what a float holds;
what is rational stays so, in order that 2 is printed as 2.  The intervals are those of ``mpmath`` (80 bits, rounded
outwards).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from mpmath.ctx_iv import MPIntervalContext

from ridgeproof.errors import DomainError

IV = MPIntervalContext()
IV.prec = 80
Interval = Any  # of IV
NOTHING = IV.mpf(0)
LONGEST = 4000  # bits of a rational factor
LARGEST = IV.mpf(10) ** 15  # logarithm of a constant that is written: 80 bits leave it nine decimals
FEWEST, MOST = -4, 6  # powers of ten that are written without an exponent


def interval(x: Fraction | int) -> Interval:
    """The interval around a rational number."""
    x = Fraction(x)
    return IV.mpf(x.numerator) / x.denominator


def power(x: Interval, exponent: Fraction | int) -> Interval:
    """x^exponent for x > 0."""
    return (Constant.of(x) ** Fraction(exponent)).value


def largest(*values: Interval) -> Interval:
    """The interval with the largest upper end, which is an upper bound of all."""
    best = values[0]
    for x in values[1:]:
        best = x if x.b > best.b else best
    return best


@dataclass(frozen=True)
class Constant:
    """``rational`` * exp(``rest``), both factors positive; of an interval the upper end is meant."""

    rational: Fraction = Fraction(1)
    rest: Interval = NOTHING

    @staticmethod
    def of(x: Interval | Fraction | int) -> Constant:
        """A positive number, or the upper end of an interval of such."""
        if isinstance(x, Fraction | int):
            return Constant(Fraction(x))
        return Constant(_rational(x)) if x.delta == 0 else Constant(rest=IV.log(x))

    @property
    def log(self) -> Interval:
        """Its logarithm."""
        return self.rest if self.rational == 1 else IV.log(interval(self.rational)) + self.rest

    @property
    def value(self) -> Interval:
        """The number itself."""
        return interval(self.rational) if self.exact else IV.exp(self.log)

    @property
    def exact(self) -> bool:
        return bool(self.rest.a == 0 and self.rest.b == 0)

    def __add__(self, other: Constant) -> Constant:
        if self.exact and other.exact:
            return Constant(self.rational + other.rational)._short()
        low, high = (other, self) if self > other else (self, other)
        return Constant(rest=high.log + IV.log(1 + IV.exp(low.log - high.log)))

    def __mul__(self, other: Constant) -> Constant:
        return Constant(self.rational * other.rational, self.rest + other.rest)._short()

    def __pow__(self, e: Fraction) -> Constant:
        rational = _exact_power(self.rational, e)
        if rational is None:
            return Constant(rest=interval(e) * self.log)
        return Constant(rational, interval(e) * self.rest)

    def __gt__(self, other: Constant) -> bool:
        if self.exact and other.exact:
            return self.rational > other.rational
        return bool(self.log.b > other.log.b)

    def _short(self) -> Constant:
        return self if _bits(self.rational) <= LONGEST else Constant(rest=self.log)

    def rounded_up(self, digits: int = 6) -> str:
        """The least decimal with so many significant digits that is not below it.

        Raises
        ------
        DomainError
            For a constant so large, or so small, that its digits are not known.
        """
        if self.log.b > LARGEST or self.log.b < -LARGEST:
            raise DomainError("a constant beyond 10^(10^14)", where="constants", accepted="less extreme values")
        if self.exact and _bits(self.rational) < 1000:
            exponent = 0
            while self.rational >= Fraction(10) ** (exponent + 1):
                exponent += 1
            while self.rational < Fraction(10) ** exponent:
                exponent -= 1
            mantissa = -int(-self.rational * Fraction(10) ** (digits - 1 - exponent) // 1)
        else:
            ten, log = IV.log(IV.mpf(10)), self.log.b
            exponent = int(_rational((log / ten).a) // 1)
            mantissa = -int(-_rational((IV.exp(log - exponent * ten) * 10 ** (digits - 1)).b) // 1)
        while mantissa >= 10**digits:
            exponent, mantissa = exponent + 1, -(-mantissa // 10)
        return _decimal(mantissa, exponent, digits)


def _rational(x: Interval) -> Fraction:
    """The upper end as a fraction."""
    sign, mantissa, exponent, _ = x.b._mpi_[1]
    return Fraction((-1) ** sign * int(mantissa)) * Fraction(2) ** exponent


def _exact_power(x: Fraction, e: Fraction) -> Fraction | None:
    """x^e, if it is rational and not too long."""
    if x == 1:
        return x
    if e.denominator > 64 or abs(e.numerator) * _bits(x) > LONGEST:
        return None
    roots = [_root(part, e.denominator) for part in (x.numerator, x.denominator)]
    if any(r**e.denominator != part for r, part in zip(roots, (x.numerator, x.denominator), strict=True)):
        return None
    return Fraction(*roots) ** e.numerator


def _root(x: int, n: int) -> int:
    """The whole part of the n-th root, by bisection."""
    low, high = 0, 1 << (x.bit_length() // n + 1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**n <= x else (low, middle)
    return low


def _bits(x: Fraction) -> int:
    return max(x.numerator.bit_length(), x.denominator.bit_length())


def _decimal(mantissa: int, exponent: int, digits: int) -> str:
    """mantissa/10^(digits - 1) * 10^exponent, without zeros at the end."""
    text = str(mantissa)
    if FEWEST <= exponent < min(MOST, digits):
        text = text.rjust(digits - exponent, "0") if exponent < 0 else text
        point = len(text) - digits + 1 + exponent if exponent >= 0 else 1
        whole, rest = text[:point], text[point:].rstrip("0")
        return f"{whole}.{rest}" if rest else whole
    rest = text[1:].rstrip("0")
    return f"{text[0]}{'.' + rest if rest else ''}e{exponent:+d}"


def most(*values: Constant | None) -> Constant | None:
    """The largest; None stands for 0."""
    best = None
    for x in values:
        if x is not None and (best is None or x > best):
            best = x
    return best
