"""How fast the sharp constants become exact: closed forms against direct minimisation at growing T.

The closed forms are ``theorems.exponents``'s, the minimum is ``numerics``'s, and they share no code.  Along the table
either the noise stays (P6 is the limit), or it falls like T^(-2 beta r) (the window between P6 and P7 is).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ridgeproof.errors import DomainError
from ridgeproof.numerics.predictions.optimum import minimise_ridge
from ridgeproof.numerics.problem.scenario import Downstream, Scenario
from ridgeproof.numerics.problem.spectrum import Spectrum
from ridgeproof.numerics.problem.target import Target

BISECTIONS = 200


@dataclass(frozen=True)
class ScalingRow:
    """One T: the numerical optimum, and the relative errors of both closed forms (None where one has no answer).

    ``order`` is the power of T with which the window's error in E has fallen since the row before.
    """

    samples: int
    noise: float
    ridge: float
    test_error: float
    interior_ridge: float | None
    interior_error: float | None
    window_ridge: float | None
    window_error: float
    order: float | None


@dataclass(frozen=True)
class Constants:
    """Capacity, source and the constants A, V, B of ``ridgeproof.theorems.exponents.model.sharp``."""

    beta: float
    r: float
    a: float
    v: float
    b: float


def scaling_table(
    beta: Fraction, r: Fraction, noise: Fraction, samples: Sequence[int], *, falling: bool = False
) -> Iterator[ScalingRow]:
    """Yield a row for every T, clean data in infinite dimension.

    Parameters
    ----------
    beta, r : Fraction
        Capacity > 1 and source, 0 < r < 1.
    noise : Fraction
        sigma^2, or with ``falling`` the omega of sigma^2 = omega T^(-2 beta r).
    samples : sequence of int
        Increasing.

    Raises
    ------
    DomainError
        For r outside (0, 1), where these constants do not exist.
    """
    if not 0 < r < 1:
        raise DomainError(f"r = {r} has no such sharp constants", where="target.r", accepted="0 < r < 1")
    constants = sharp_constants(beta, r)
    before: tuple[int, float] | None = None
    for t in samples:
        variance = Fraction(float(noise) * t ** (-2 * float(beta * r))) if falling else noise
        scenario = Scenario(
            Spectrum("power-law", math.inf, beta=beta), Target("source", r=r), (), Downstream(t, Fraction(1), variance)
        )
        best = minimise_ridge(scenario)
        ridge, error = float(best.ridge), float(best.test_error)
        inner_ridge, inner_error = _interior(constants, float(variance), t)
        window_ridge, window_error, _ = window_optimum(constants, float(variance), t)
        gap = window_error / error - 1
        order = None
        if before is not None and gap and before[1]:
            order = math.log(abs(gap / before[1])) / math.log(t / before[0])
        yield ScalingRow(
            t, float(variance), ridge, error, _gap(inner_ridge, ridge), _gap(inner_error, error),
            _gap(window_ridge, ridge), gap, order,
        )  # fmt: skip
        before = (t, gap)


def _gap(claimed: float | None, truth: float) -> float | None:
    """Return the relative error; None where there is no positive truth or no claim."""
    if claimed is None:
        return None
    return claimed / truth - 1 if truth > 0 else (0.0 if claimed == 0 else None)


def sharp_constants(beta: Fraction, r: Fraction) -> Constants:
    """Return the constants for 0 < r < 1."""
    from ridgeproof.theorems.exponents.model import sharp

    at = {sharp.BETA: _rational(beta), sharp.R: _rational(r)}
    found = {symbol: float(value.evalf(25, subs=at)) for symbol, value in sharp.constants().items()}
    return Constants(float(beta), float(r), found[sharp.A], found[sharp.V], found[sharp.B])


def _symbols(constants: Constants, noise: float, samples: int) -> dict[Any, float]:
    from ridgeproof.theorems.exponents.model import sharp

    return {
        sharp.BETA: constants.beta, sharp.R: constants.r, sharp.A: constants.a, sharp.V: constants.v,
        sharp.B: constants.b, sharp.NOISE: noise, sharp.T: samples,
    }  # fmt: skip


def _interior(constants: Constants, noise: float, samples: int) -> tuple[float | None, float | None]:
    """Return P6's lambda* and E*, None without noise or where its ridge is not positive."""
    from ridgeproof.theorems.exponents.model import sharp

    if noise <= 0:
        return None, None
    optimum, values = sharp.sharp_optimum_expr(), _symbols(constants, noise, samples)
    ridge, error = (float(e.evalf(20, subs=values)) for e in (optimum.ridge, optimum.test_error))
    return (ridge, error) if ridge > 0 else (None, None)


def window_optimum(constants: Constants, noise: float, samples: int) -> tuple[float, float, float]:
    """Return the window's lambda*, E*, kappa*: at the root of its condition, or at lambda = 0 if that lies beyond."""
    import sympy as sp

    from ridgeproof.theorems.exponents.model.sharp_window import FILLING, window

    formulas, values = window(), _symbols(constants, noise, samples)
    condition, ridge, error, kappa = (
        sp.lambdify(FILLING, e.subs(values), "math")
        for e in (formulas.stationary, formulas.ridge, formulas.test_error, formulas.kappa)
    )
    low, high = 0.0, 1 / constants.a
    if condition(high) <= 0:
        return 0.0, error(high), kappa(high)
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if condition(middle) < 0 else (low, middle)
    return ridge(high), error(high), kappa(high)


def _rational(number: Fraction) -> Any:
    import sympy as sp

    return sp.Rational(number.numerator, number.denominator)
