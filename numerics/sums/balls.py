"""Measures and functions in ball arithmetic (python-flint): sums over a spectrum with proven error bounds.

The chain of docs/theory.md#E4, acts on a direction of eigenvalue s by polynomials, with nonnegative coefficients, in
D = s/(s+k) and L = k/(s+k) for the kappas k of its fits.  A measure gives the sum of such a function f over the
spectrum as

    sum_i w_i f(s_i)  +  sum_n tau_n [v^n] f(s(v))  +-  sum_Omega e_Omega sup_Omega |f|:

nodes, linear functionals of expansions (Euler-Maclaurin corrections, tails), and error terms, each proportional to the
largest |f| on a complex domain Omega where f is analytic.  A `Field` is f in these three representations at once;
products and sums of fields act on each, with sup |f g| <= sup |f| sup |g|.  Needs python-flint.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from operator import add, mul
from typing import Literal

from flint import arb, arb_series, ctx, fmpq


@dataclass(frozen=True)
class Expansion:
    """A power series v -> s(v) and the functionals [v^n] f -> sum_n tau_n [v^n] f of the two measures."""

    s: arb_series
    trace: tuple[arb, ...]
    signal: tuple[arb, ...]


@dataclass(frozen=True)
class Domain:
    """A set Omega of complex s where the fields are bounded, and the errors of the two sums per unit of sup |f|.

    ``disc = False``: smallest <= \\|s\\| <= largest and \\|arg s\\| <= pi/2, where \\|s + k\\| >= max(\\|s\\|, k).
    ``disc = True``: \\|s\\| <= largest < every kappa; sup is then that of the majorant series of D and L, whose
    coefficients bound those of f.
    """

    smallest: arb
    largest: arb
    trace: arb
    signal: arb
    disc: bool = False

    def shrink(self, k: arb) -> arb:
        """A bound on \\|D\\|."""
        ratio = (self.largest / k).upper()
        return (ratio / (1 - ratio)).upper() if self.disc else ratio.min(arb(1))

    def loss(self, k: arb) -> arb:
        """A bound on \\|L\\|."""
        if self.disc:
            return (1 / (1 - self.largest / k)).upper()
        return (k / self.smallest).upper().min(arb(1)) if self.smallest > 0 else arb(1)


@dataclass(frozen=True)
class BallMeasure:
    """The trace measure sum_j delta(s_j) and the signal measure sum_j s_j w0_j^2 delta(s_j); see the module.

    Parameters
    ----------
    dim : int, or None when infinite
    nodes, trace, signal : list of arb
        Nodes and the two measures' weights on them.
    expansions, domains : tuple
    """

    dim: int | None
    nodes: list[arb]
    trace: list[arb]
    signal: list[arb]
    expansions: tuple[Expansion, ...] = ()
    domains: tuple[Domain, ...] = ()

    def constant(self, value: int) -> Field:
        """The constant field 0 or 1."""
        c = arb(value)
        series = [arb_series([c], prec=len(e.trace)) for e in self.expansions]
        return Field([c] * len(self.nodes), series, [c] * len(self.domains))

    def shrink_and_loss(self, k: arb) -> tuple[Field, Field]:
        """The fields D = s/(s+k) and L = k/(s+k), for a ball k > 0."""
        inverses = [1 / (s + k) for s in self.nodes]
        series = [(e.s + k).inv() for e in self.expansions]
        shrink = Field(
            list(map(mul, self.nodes, inverses)),
            [e.s * x for e, x in zip(self.expansions, series, strict=True)],
            [d.shrink(k) for d in self.domains],
        )
        return shrink, Field([k * x for x in inverses], [k * x for x in series], [d.loss(k) for d in self.domains])

    def integral(self, field: Field, which: Literal["trace", "signal"]) -> arb:
        """The sum over the spectrum, a ball that holds the true one."""
        value = sum(map(mul, getattr(self, which), field.values), arb(0))
        for expansion, series in zip(self.expansions, field.series, strict=True):
            value += sum(map(mul, getattr(expansion, which), series.coeffs()), arb(0))
        error = sum((getattr(d, which) * x for d, x in zip(self.domains, field.sups, strict=True)), arb(0))
        return value + arb(0, error.upper())


@dataclass(frozen=True)
class Field:
    """A function of the eigenvalue: on the nodes, along the expansions, and its largest modulus on the domains."""

    values: list[arb]
    series: list[arb_series]
    sups: list[arb]

    def __mul__(self, other: Field | arb) -> Field:
        """The product with a field, or with a ball >= 0."""
        if isinstance(other, Field):
            return Field(
                list(map(mul, self.values, other.values)),
                list(map(mul, self.series, other.series)),
                [(x * y).upper() for x, y in zip(self.sups, other.sups, strict=True)],
            )
        return Field(
            [x * other for x in self.values],
            [x * other for x in self.series],
            [(x * other).upper() for x in self.sups],
        )

    def __add__(self, other: Field) -> Field:
        return Field(
            list(map(add, self.values, other.values)),
            list(map(add, self.series, other.series)),
            [(x + y).upper() for x, y in zip(self.sups, other.sups, strict=True)],
        )


def ball(number: Fraction | int) -> arb:
    """The smallest ball around an exact number at the current precision."""
    return arb(fmpq(number.numerator, number.denominator))


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Ball arithmetic with ``bits`` bits, and power series no shorter than they are made."""
    cap = ctx.cap
    with ctx.workprec(bits):
        ctx.cap = 1 << 20
        try:
            yield
        finally:
            ctx.cap = cap


def relative_accuracy(x: arb) -> float:
    """log2 of the relative radius of a ball, -inf when it is exact, inf when it holds 0 and more."""
    if x.is_exact():
        return float("-inf")
    low = x.abs_lower()
    return log2(x.rad() / low) if low > 0 else float("inf")


def log2(x: arb) -> float:
    """log2 of a positive number of any size, as a double."""
    mantissa, exponent = x.mid().man_exp()
    bits = int(mantissa).bit_length()
    return math.log2(int(mantissa) / (1 << bits)) + bits + int(exponent)
