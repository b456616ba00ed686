"""The optimal downstream ridge in balls: a proven sign change of E' around log kappa, to any number of digits.

E and E' are those of `predictions.optimum`; the fields of `sums.balls` serve every spectrum, power laws of any length
included.  What is proven is that a local minimum lies in the returned ball; that it is the best one is the double-
precision search's finding.  Needs python-flint.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from flint import arb

from ridgeproof.errors import NotConverged

from ..problem.scenario import Scenario
from ..problem.steps import Step, steps
from ..sums.balls import BallMeasure, Field, ball, precision, relative_accuracy
from .ball_sums import ball_measure
from .enclosures import MAX_BITS, kappa_balls, kappa_bounds

_LOWEST = -300_000.0  # log kappa: below every noise variance that can be written down
_SECANT_STEPS = 40


@dataclass(frozen=True)
class BallOptimum:
    """Balls around lambda*, E(lambda*) and kappa*."""

    ridge: arb
    test_error: arb
    kappa: arb


@dataclass(frozen=True)
class _Objective:
    """The teacher's moments (c, g, l of `predictions.optimum`) as fields, and the downstream fit."""

    measure: BallMeasure
    covariance: Field
    kept: Field
    lost: Field
    samples: int
    noise: arb

    def at(self, k: arb) -> tuple[arb, arb, arb]:
        """E, E' and lambda for a ball of kappa."""
        measure, c = self.measure, self.covariance
        shrink, loss = measure.shrink_and_loss(k)
        product, square = shrink * loss, shrink * shrink
        passed = loss * self.kept
        lost = self.lost + passed
        if measure.dim is not None and self.samples >= measure.dim:
            missing = (self.samples - measure.dim) + measure.integral(loss, "trace")  # T - df_1
        else:
            missing = self.samples - measure.integral(shrink, "trace")
        residual = missing + measure.integral(product, "trace")
        noise = self.noise + measure.integral(loss * loss * c, "trace") + measure.integral(passed * passed, "signal")
        q = noise / residual
        gain, fall = measure.integral(square, "trace"), measure.integral(square * loss, "trace")
        error = measure.integral(lost * lost, "signal") + measure.integral(square * c, "trace") + q * gain
        noise_slope = 2 * measure.integral(product * loss * c, "trace")
        noise_slope += 2 * measure.integral(shrink * passed * passed, "signal")
        slope = 2 * measure.integral(lost * shrink * passed, "signal")
        slope -= 2 * (measure.integral(square * loss * c, "trace") + q * fall)
        slope += (noise_slope - 2 * q * fall) / residual * gain
        return error, slope, k * missing / self.samples


def polish(scenario: Scenario, digits: int, kappa: float | None) -> BallOptimum | None:
    """The minimum of E over the downstream ridge next to ``kappa``.

    Parameters
    ----------
    scenario : Scenario
    digits : int
        The balls have relative radius below 10^-(digits + 3).
    kappa : float or None
        kappa* to about ten digits.  None: look between kappa = 0 and a thousandth of the least eigenvalue, where E' has
        at most one change of sign; only for T > d.

    Returns
    -------
    BallOptimum or None
        None when ``kappa`` is None and E increases from kappa = 0 on.

    Raises
    ------
    DomainError, NotConverged
        As `ridgeproof.numerics.predictions.enclosures.enclose`.
    """
    wanted = math.ceil((digits + 3) * math.log2(10))
    bits = 2 * wanted + 128  # E' is known no better than to the rounding of E: half the digits go into its zero
    start = None if kappa is None else math.log(kappa)
    if start is None:
        start = _near_zero(scenario)
        if start is None:
            return None
    while bits <= MAX_BITS:
        objective = _objective(scenario, start, bits)
        if objective is not None:
            with precision(bits):
                found = _stationary(objective, arb(start), wanted)
                if found is not None and max(map(relative_accuracy, vars(found).values())) <= -wanted:
                    return found
        bits *= 2
    raise NotConverged(f"no {digits} digits of the optimal ridge with {MAX_BITS} bits", where="digits")


def _near_zero(scenario: Scenario) -> float | None:
    """log kappa of E's minimum below the least eigenvalue, to 12 digits; None when E increases there."""
    spectrum = scenario.spectrum
    if spectrum.kind == "power-law":
        high = -float(spectrum.beta or 0) * math.log(spectrum.dim) - 7
    else:
        least = min(spectrum.values) if spectrum.values else Fraction(1)
        high = math.log(least.numerator) - math.log(least.denominator) - 7
    bits = 128
    objective = _objective(scenario, _LOWEST, bits)
    while objective is None and bits < 4096:
        bits *= 2
        objective = _objective(scenario, _LOWEST, bits)
    if objective is None:
        return None
    low = _LOWEST
    with precision(bits):
        if not objective.at(arb(low).exp())[1] < 0 or not objective.at(arb(high).exp())[1] > 0:
            return None
        while high - low > 1e-12 * abs(low):
            middle = (low + high) / 2
            low, high = (middle, high) if objective.at(arb(middle).exp())[1] < 0 else (low, middle)
    return high


def _objective(scenario: Scenario, log_kappa: float, bits: int) -> _Objective | None:
    """The objective around a kappa at a precision; None when some generator's kappa is not enclosed with it."""
    *generators, last = steps(scenario)
    kappas = kappa_balls(scenario, generators, bits)
    if kappas is None:
        return None
    with precision(bits):
        floors = [kappa_bounds(scenario, *pair)[0] for pair in kappas]
        floor = arb(log_kappa - 1).exp().lower()
        for other in floors:
            floor = floor.min(other)
        measure = ball_measure(scenario, floor)
        covariance, kept, lost = _teacher(measure, generators, kappas)
        return _Objective(measure, covariance, kept, lost, last.samples, ball(last.noise))


def _teacher(
    measure: BallMeasure, chain: list[Step], kappas: dict[tuple[int, Fraction], arb]
) -> tuple[Field, Field, Field]:
    """The forward recursion of `ridgeproof.numerics.predictions.equivalents.teacher`."""
    covariance, kept, lost = measure.constant(0), measure.constant(1), measure.constant(0)
    for step in chain:
        k, noise = kappas.get((step.samples, step.ridge)), ball(step.noise)
        if k is None:
            assert measure.dim is not None
            covariance = covariance + measure.constant(1) * (step.times * noise / (step.samples - measure.dim))
            continue
        shrink, loss = measure.shrink_and_loss(k)
        residual = step.samples * ball(step.ridge) / k + measure.integral(shrink * loss, "trace")
        for _ in range(step.times):
            flow = loss * kept
            inflow = measure.integral(loss * loss * covariance, "trace") + measure.integral(flow * flow, "signal")
            covariance = shrink * shrink * (covariance + measure.constant(1) * ((noise + inflow) / residual))
            kept, lost = shrink * kept, loss + shrink * lost
    return covariance, kept, lost


def _stationary(objective: _Objective, x: arb, wanted: int) -> BallOptimum | None:
    """The secant method on E' in log kappa, then a change of sign between two points around its limit."""

    def slope(at: arb) -> arb:
        return objective.at(at.exp())[1]

    y = x + arb(2) ** -26
    fx, fy = slope(x).mid(), slope(y).mid()
    for _ in range(_SECANT_STEPS):
        if fx == fy:
            break
        x, y, fx = y, (y - fy * (y - x) / (fy - fx)).mid(), fy
        if abs(y - x) < arb(2) ** (-(wanted // 2) - 8):
            break  # the secant's next error is the product of the last two steps'
        fy = slope(y).mid()
    else:
        return None
    fy = slope(y).mid()
    y = (y - fy * (y - x) / (fy - fx)).mid() if fy != fx else y
    width = arb(2) ** -(wanted + 12)
    if not (slope(y - width) < 0 and slope(y + width) > 0):
        return None
    k = (y + arb(0, width)).exp()
    error, _, ridge = objective.at(k)
    return BallOptimum(ridge, error, k)
