"""Rows for generators that fit with a ridge of their own, lambda_0 = T^-ell0, in infinite dimension (see ``law``)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from ridgeproof.errors import ScaleError

from ..calculus.scales import INF, Infinite, read, sign
from . import law as laws
from .rows import GENERATOR_BIAS, ExponentRow, check_point, row_of, why_outside

RIDGE_BIAS = "bias of the ridge generators"


def ridge_generator_row(
    beta: object, r: object, ell0: object, b: object = 1, g: object = 0, s: object = 0, s0: object = 0
) -> ExponentRow:
    """Return the exponents for n = T^g generators with ridge T^-ell0, T0 = T^b rows each, d = infinity.

    Parameters
    ----------
    beta, r, b, g, s, s0
        As for ``exponent_row``; g must be >= 0, and r > 0.
    ell0 : int, Fraction or INF
        The generators' ridge is T^-ell0, ell0 >= 0; INF is min-norm.

    Raises
    ------
    ScaleError
        For a scale that is not exact or outside these domains.
    """
    point = check_point(beta, r, INF, b, g, s, s0)
    exponent = read(ell0, "ell0")
    if sign(exponent) < 0:
        raise ScaleError(f"{exponent} is negative", where="ell0", accepted="a rational >= 0, or inf for min-norm")
    if isinstance(point.g, Infinite):
        raise ScaleError("there are no generators", where="g", accepted="a rational >= 0")
    reason = why_outside(point)
    if reason is not None:
        return ExponentRow(*point, None, None, None, None, None, reason, None)
    rb = min(point.r, Fraction(1))
    law = laws.min_norm(point.beta, rb, INF, point.b, point.g, point.s, point.s0, exponent)
    row = row_of(point, law)
    ridge = exponent < point.b * point.beta
    return replace(row, regime=RIDGE_BIAS) if ridge and row.regime == GENERATOR_BIAS else row
