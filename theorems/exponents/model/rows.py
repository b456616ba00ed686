"""One row of the exponent table: the optimal ridge exponent, its rate, and what keeping the clean one costs."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

from ridgeproof.errors import ScaleError
from ridgeproof.frames import Framed, cells

from ..calculus.minimax import certificate, minimise, values_at
from ..calculus.scales import INF, Infinite, Scale, finite, read, sign
from . import law as laws
from .law import BIAS, DOWNSTREAM, FAKE, Law

EXACT_RECOVERY = "exact recovery: no noise, finite dimension"
MIN_NORM = "min-norm (noise negligible)"
GENERATOR_BIAS = "bias of the min-norm generators"
WIDE_NOTE = "; a = 1 read as d/T -> phi > 1"


@dataclass(frozen=True, slots=True)
class ExponentRow(Framed):
    """E_test ≍ T^-rate at the optimal lambda = T^-ell, for one point of the scales.

    Every number is a Fraction or an infinity; None where no law is established (``regime`` then starts with "outside").

    Attributes
    ----------
    beta, r, a, b, g, s, s0, h
        The scales: d = T^a, T0 = T^b, n = T^g, sigma^2 = T^-s, sigma_0^2 = T^-s0, T0 - d = T^h.
    ell, rate
        The smallest optimal ell >= 0 and the rate there; rate INF where the error falls faster than any power.
    ell_clean, rate_clean
        The same for clean data (n = 0) with the same d, T and sigma^2.
    rate_with_clean_ell
        The rate of the fake-data error when the clean ell is kept.
    regime : str
        Which terms balance at the optimum.
    logarithm : bool or None
        True where no optimal ell gets rid of a factor that is a power of log T.
    """

    beta: Fraction
    r: Fraction
    a: Scale
    b: Fraction
    g: Scale
    s: Scale
    s0: Scale
    h: Fraction
    ell: Scale | None
    rate: Scale | None
    ell_clean: Scale | None
    rate_clean: Scale | None
    rate_with_clean_ell: Scale | None
    regime: str
    logarithm: bool | None

    def as_json(self) -> dict[str, Any]:
        """Return plain data: numbers are exact rational strings, infinities "inf" and "-inf", unknowns None."""
        row: dict[str, Any] = {}
        for name in _NAMES:
            value = getattr(self, name)
            row[name] = str(value) if isinstance(value, Fraction | Infinite) else value
        return row

    def records(self) -> list[dict[str, Any]]:
        """One row: every number exact, and as NAME_decimal."""
        return [cells((name, getattr(self, name)) for name in _NAMES)]


_NAMES = tuple(f.name for f in fields(ExponentRow))


def exponent_row(
    beta: object,
    r: object,
    a: object = 0,
    b: object = 1,
    g: object = 0,
    s: object = 0,
    s0: object = 0,
    h: object = None,
) -> ExponentRow:
    """Return the exponents at one point of the scales (docs/theory.md#P3 to #P5, extended; see ``law``).

    Parameters
    ----------
    beta : int or Fraction
        Capacity, > 1.
    r : int or Fraction
        Source, >= 0.
    a : int, Fraction or INF
        d = T^a, a >= 0.
    b : int or Fraction
        T0 = T^b, b >= 0.  b < a means min-norm generators; at b = a, T0 >= d + 2 is understood.
    g : int, Fraction or -INF
        n = T^g, g >= 0; -INF is clean data.
    s, s0 : int, Fraction or INF
        sigma^2 = T^-s and sigma_0^2 = T^-s0; INF is no noise.
    h : int or Fraction, optional
        T0 - d = T^h, 0 <= h <= b; by default b.  Free only at a = b.

    Raises
    ------
    ScaleError
        For a scale that is not exact or outside these domains.  A point inside the domains where no law is established
        gives a row with None and a regime that starts with "outside".
    """
    return row_at(check_point(beta, r, a, b, g, s, s0, h))


class Point(NamedTuple):
    """One point of the scales, read and checked."""

    beta: Fraction
    r: Fraction
    a: Scale
    b: Fraction
    g: Scale
    s: Scale
    s0: Scale
    h: Fraction


def check_point(
    beta: object,
    r: object,
    a: object = 0,
    b: object = 1,
    g: object = 0,
    s: object = 0,
    s0: object = 0,
    h: object = None,
) -> Point:
    """Return the scales of one point, read and checked, with the arguments and errors of ``exponent_row``."""
    beta_, r_, b_ = finite(beta, "beta"), finite(r, "r"), finite(b, "b")
    a_, g_, s_, s0_ = read(a, "a"), read(g, "g"), read(s, "s"), read(s0, "s0")
    h_ = b_ if h is None else finite(h, "h")
    if beta_ <= 1:
        raise ScaleError(f"{beta_} is not above 1", where="beta", accepted="a rational > 1")
    for name, value in (("r", r_), ("a", a_), ("b", b_), ("h", h_)):
        if sign(value) < 0:
            accepted = "a rational >= 0, or inf" if name == "a" else "a rational >= 0"
            raise ScaleError(f"{value} is negative", where=name, accepted=accepted)
    if (sign(g_) > 0) if isinstance(g_, Infinite) else (sign(g_) < 0):
        raise ScaleError(f"{g_} is no number of generations", where="g", accepted="a rational >= 0, or -inf for none")
    for name, value in (("s", s_), ("s0", s0_)):
        if isinstance(value, Infinite) and sign(value) < 0:
            raise ScaleError("noise of infinite variance", where=name, accepted="a rational, or inf for no noise")
    return Point(beta_, r_, a_, b_, g_, s_, s0_, h_)


def why_outside(point: Point) -> str | None:
    """Return why no law is established at the point, or None."""
    _, r, a, b, g, _, _, h = point
    if sign(r) == 0 and isinstance(a, Infinite):
        return "outside: r = 0 with infinitely many dimensions, the target has infinite norm"
    if isinstance(g, Infinite) or h is b or h == b:
        return None
    if a > b:
        return "outside: h has no meaning for min-norm generators (T0 < d)"
    if a < b:
        return "outside: d << T0 forces h = b"
    return "outside: T0 - d cannot exceed T0" if h > b else None


def law_at(point: Point) -> Law:
    """Return the law at a point for which ``why_outside`` is None."""
    beta, r, a, b, g, s, s0, h = point
    rb = min(r, Fraction(1))
    if isinstance(g, Infinite):
        return laws.clean(beta, rb, a, s)
    if a > b:
        return laws.min_norm(beta, rb, a, b, g, s, s0)
    if isinstance(s0, Infinite):
        return laws.least_squares(beta, rb, a, None, s, Fraction(0), h)
    return laws.least_squares(beta, rb, a, g, s, s0, h)


@lru_cache(maxsize=4096)
def _clean_optimum(beta: Fraction, rb: Fraction, a: Scale, s: Scale) -> tuple[Scale, Scale, bool]:
    """Return (ell, rate, whether it rests on phi > 1) for clean data."""
    law = laws.clean(beta, rb, a, s)
    ell, value = minimise(law.pieces, unimodal=sign(rb) > 0)
    return ell, -value, a == 1 and _min_norm_downstream(law, ell, _active(law, ell, value))


def row_at(point: Point) -> ExponentRow:
    """Return the row of a checked point."""
    reason = why_outside(point)
    if reason is not None:
        return ExponentRow(*point, None, None, None, None, None, reason, None)
    return row_of(point, law_at(point))


def row_of(point: Point, law: Law) -> ExponentRow:
    """Return the row of a point under a law that holds there."""
    beta, r, a, _, _, s, _, _ = point
    ell, value = minimise(law.pieces, unimodal=sign(r) > 0)
    ell_clean, rate_clean, clean_on_phi = _clean_optimum(beta, min(r, Fraction(1)), a, s)
    kept = -value if ell_clean == ell else -max(values_at(law.pieces, ell_clean))
    active = _active(law, ell, value)
    regime = _regime(a, law, ell, value, active, rate_clean)
    if a == 1 and (clean_on_phi or _min_norm_downstream(law, ell, active)):
        regime += WIDE_NOTE
    logarithm = _logarithm(r, a, law, ell, active)
    return ExponentRow(*point, ell, -value, ell_clean, rate_clean, kept, regime, logarithm)


def _active(law: Law, ell: Scale, value: Scale) -> tuple[str, ...]:
    return tuple(t for t, v in zip(law.terms, values_at(law.pieces, ell), strict=True) if v == value)


def _min_norm_downstream(law: Law, ell: Scale, active: tuple[str, ...]) -> bool:
    """Whether the optimum is lambda << T^-beta with the bias alone: the downstream fit might as well be min-norm."""
    return ell == law.cut and (law.saturation is None or ell < law.saturation) and active == (BIAS,)


def _regime(a: Scale, law: Law, ell: Scale, value: Scale, active: tuple[str, ...], rate_clean: Scale) -> str:
    if isinstance(value, Infinite):
        return EXACT_RECOVERY
    if law.saturation == 0 and BIAS in active:
        return "collapse: the generators forget everything, error does not fall"
    if sign(value) >= 0:
        falls = "grows" if sign(value) else "does not fall"
        if sign(rate_clean) <= 0:
            return f"error {falls}, even on clean data"
        return f"collapse: error {falls} (fake-data noise)"
    if active == (BIAS,):
        return MIN_NORM if _min_norm_downstream(law, ell, active) else GENERATOR_BIAS
    words = " = ".join(t for t in (BIAS, DOWNSTREAM, FAKE) if t in active)
    return f"finite dimension: {words}" if a < 1 and ell > law.cut else words


def _logarithm(r: Fraction, a: Scale, law: Law, ell: Scale, active: tuple[str, ...]) -> bool:
    """Whether every optimal ell leaves a logarithm in the bias: log J at r = 1, log(d/J) at r = 0 (see ``law``)."""
    if (r != 0 and r != 1) or isinstance(ell, Infinite) or BIAS not in active:
        return False
    if r == 1:
        # At a < 1 beyond the cut-off the noise is flat: a larger ell makes the bias negligible, logarithm and all.
        return ell > 0 and (a >= 1 or ell < law.cut)
    if a == 0:
        return False
    # r = 0: the bias is log(d/J), which is 1 again once kappa has come down to s_d, if the noise lets it.
    return law.saturation is not None or a > 1 or max(values_at(law.pieces, law.cut)) > 0


def row_certificate(row: ExponentRow, *, with_fake_data: bool = True) -> dict[str, Any]:
    """Return the certificate (``minimax``) that no ell does better than the row's; its ``value`` is -rate.

    Without ``with_fake_data`` it is the certificate of ``ell_clean`` and ``rate_clean``.

    Raises
    ------
    ValueError
        For a row outside the established law.
    """
    if row.rate is None:
        raise ValueError(f"no certificate: {row.regime}")
    g = row.g if with_fake_data else -INF
    point = Point(row.beta, row.r, row.a, row.b, g, row.s, row.s0, row.h)
    law = law_at(point)
    return certificate(law.pieces, law.terms)


def table(grid: Mapping[str, Iterable[object]]) -> Iterator[ExponentRow]:
    """Yield the row of every point of the product of the lists in ``grid``, the last name varying fastest.

    ``grid`` maps names of scales to values as for ``exponent_row``; ``beta`` and ``r`` are required.
    """
    names = list(grid)
    for point in itertools.product(*(list(values) for values in grid.values())):
        yield exponent_row(**dict(zip(names, point, strict=True)))
