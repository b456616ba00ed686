"""The downstream ridge that minimises the deterministic equivalent of the test error, by direct minimisation (no
scaling law used).

The search runs over x = log kappa, in which the error E and its derivative are sums of smooth functions (logistic in
x - log s_j), whatever the spectrum; lambda = kappa (T - df_1(kappa))/T follows.  With the teacher's moments (c, g, l
of `ridgeproof.numerics.predictions.equivalents`), D = s/(s+kappa), L = 1 - D and v = s w0^2,

    E  = sum v (l + L g)^2 + tr D^2 (c + q),      q = Q/R,
    Q  = sigma^2 + tr L^2 c + sum v L^2 g^2,      R = T - df_2 = (T - df_1) + tr D L,
    E' = 2 sum v (l + L g) D L g - 2 tr D^2 L (c + q) + q' tr D^2,
    Q' = 2 tr D L^2 c + 2 sum v D L^2 g^2,        R' = 2 tr D^2 L,

so that the spectrum enters through measures with the weights (1, c) and (v l^2, v l g, v g^2), compressed to few
nodes.  E may have several local minima: every sign change of E' on a grid finer than the scale of these functions is
refined.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Literal

import numpy as np

from ridgeproof.errors import DomainError, NotConverged
from ridgeproof.frames import Framed, cells

from ..problem.scenario import Scenario
from ..sums.digits import centre, check_digits, to_digits
from ..sums.measure import Measure, compress
from .equivalents import predict, teacher
from .modes import Modes, double_modes, few_modes, mp_modes
from .powers import is_long, refuse_long

_STEP = 0.1  # of the grid in log kappa; the functions vary on the scale 1
_LOG_RANGE = 660.0  # |log kappa| searched at most: inside double precision with room for the sums
_BISECTIONS = 60
_SECANT_STEPS = 60


@dataclass(frozen=True)
class OptimalRidge(Framed):
    """The minimiser of the test error over the downstream ridge.

    Parameters
    ----------
    ridge : float or mpf
        lambda* >= 0; infinite when the target is zero, so that predicting nothing is best.
    test_error : float or mpf
        E at lambda*.
    kappa : float or mpf
        The downstream fit's kappa at lambda*.
    at_boundary : bool
        True when lambda* is 0 or infinite rather than a stationary point.
    """

    ridge: Any
    test_error: Any
    kappa: Any
    at_boundary: bool

    def records(self) -> list[dict[str, Any]]:
        """One row."""
        return [cells((name, getattr(self, name)) for name in ("ridge", "test_error", "kappa", "at_boundary"))]


@dataclass(frozen=True)
class _Point:
    """E, E' = dE/dlog kappa and lambda at every kappa, shape (g,)."""

    error: np.ndarray
    slope: np.ndarray
    ridge: np.ndarray


@dataclass(frozen=True)
class _Objective:
    """E as a function of kappa alone; ``top`` and ``rest`` carry (1, c), ``signal`` (v l^2, v l g, v g^2)."""

    top: Measure
    rest: Measure
    signal: Measure
    samples: int
    excess: int
    noise: Any

    def at(self, kappa: np.ndarray) -> _Point:
        column = kappa[:, None]

        def factors(measure: Measure) -> tuple[np.ndarray, np.ndarray]:
            denominator = measure.nodes + column
            return measure.nodes / denominator, column / denominator

        halves = [(half, *factors(half)) for half in (self.top, self.rest) if half.nodes.size]

        def trace(shrink_power: int, loss_power: int) -> np.ndarray:
            """(tr D^i L^j, tr D^i L^j c)."""
            return sum(half.integral(shrink**shrink_power * loss**loss_power) for half, shrink, loss in halves)

        missing = self.excess + self.top.integral(halves[0][2])[:, 0]  # T - df_1 = T lambda/kappa, without cancellation
        if self.rest.nodes.size:
            missing = missing - self.rest.integral(halves[1][1])[:, 0]
        square, product, down, up, across = trace(2, 0), trace(1, 1), trace(2, 1), trace(0, 2), trace(1, 2)
        d, l = factors(self.signal)
        once, twice = self.signal.integral(l), self.signal.integral(l * l)
        turn, turn_twice = self.signal.integral(d * l), self.signal.integral(d * l * l)
        residual = missing + product[:, 0]
        q = (self.noise + up[:, 1] + twice[:, 2]) / residual
        q_slope = (2 * across[:, 1] + 2 * turn_twice[:, 2] - 2 * q * down[:, 0]) / residual
        assert self.signal.weights is not None
        error = self.signal.weights[:, 0].sum() + 2 * once[:, 1] + twice[:, 2] + square[:, 1] + q * square[:, 0]
        slope = 2 * turn[:, 1] + 2 * turn_twice[:, 2] - 2 * down[:, 1] - 2 * q * down[:, 0] + q_slope * square[:, 0]
        return _Point(error, slope, kappa * missing / self.samples)

    def slope(self, log_kappa: float) -> float:
        return float(self.at(np.array([math.exp(log_kappa)])).slope[0])


def _objective(scenario: Scenario, modes: Modes) -> _Objective:
    state, downstream = teacher(scenario, modes), scenario.downstream
    trace, signal = modes.trace, modes.signal
    counts = trace.weights if trace.weights is not None else np.full(trace.nodes.shape, modes.number(1, ""))
    assert signal.weights is not None
    top, rest = Measure(trace.nodes, np.stack([counts, counts * state.covariance], axis=1)).split(
        modes.cut(downstream.samples)[0]
    )
    v, l, g = signal.weights, state.lost, state.kept
    signal = Measure(signal.nodes, np.stack([v * l * l, v * l * g, v * g * g], axis=1))
    if trace.nodes.dtype == float:
        top, rest, signal = compress(top), compress(rest), compress(signal)
    return _Objective(
        top,
        rest,
        signal,
        downstream.samples,
        modes.cut(downstream.samples)[1],
        modes.number(downstream.noise, "downstream.noise"),
    )


def minimise_ridge(
    scenario: Scenario, digits: int | None = None, *, generator_moments: Literal["equivalent", "exact"] = "equivalent"
) -> OptimalRidge:
    """The downstream ridge with the least test error, lambda = 0 (where it is allowed) and infinity included.

    Parameters
    ----------
    scenario : Scenario
        Its own ``downstream.ridge`` plays no role.
    digits : int, optional
        None: double precision, lambda* to about 1e-12 relative.  1..1000: mpmath numbers, right to that many digits:
        a local minimum enclosed in balls when python-flint is installed, else by computing at two precisions.
    generator_moments : {"equivalent", "exact"}
        The factor of a least-squares generator's noise (ridge 0, T_m > d): 1/(T_m - d) of the equivalent E4, or
        1/(T_m - d - 1) of the inverse Wishart moment F3.  The downstream fit is the equivalent in both.

    Returns
    -------
    OptimalRidge

    Raises
    ------
    DomainError
        As `predict`; when the infimum is approached as lambda -> 0 with samples = dim and noise, where ridge 0 itself
        is excluded; and for exact moments with a generator of T_m = d + 1, whose moment is infinite.
    NotConverged

    Notes
    -----
    The deterministic equivalent of docs/theory.md#E4, minimised over lambda; its approximations are P5, P6 and E7.  In
    double precision a noise variance below 1e-140 of the signal loses digits, its square underflows: ask for digits.
    """
    if generator_moments == "exact":
        scenario = with_exact_moments(scenario)
    free = scenario.downstream.samples != scenario.spectrum.dim or scenario.downstream.noise == 0
    base = _with_ridge(scenario, Fraction(0)) if free else scenario
    coarse = base if digits is None else _without_tiny_noise(base)
    if digits is not None:
        check_digits(digits)
        refuse_long(scenario, "at many digits", "no digits")
    found = _minimise(coarse, few_modes(coarse) if is_long(coarse) else double_modes(coarse))
    if digits is None:
        return found
    polish = _in_balls()
    if found.ridge == 0 and polish is not None and base.downstream.samples > base.spectrum.dim:
        # Doubles cannot see noise whose square underflows: look closer at kappa = 0.
        precise = polish(base, digits, None)
        if precise is not None:
            return OptimalRidge(centre(precise.ridge), centre(precise.test_error), centre(precise.kappa), False)
    if found.ridge == 0:
        exact = predict(base, digits)
        assert exact.kappa is not None  # not a long chain: those were refused
        return OptimalRidge(exact.kappa[-1] * 0, exact.test_error, exact.kappa[-1], True)
    if found.at_boundary:
        raise DomainError(
            "the target is zero, the best ridge infinite",
            where="target",
            accepted="a target that is not zero, or no digits",
        )
    if polish is not None:
        precise = polish(scenario, digits, found.kappa)
        assert precise is not None
        return OptimalRidge(centre(precise.ridge), centre(precise.test_error), centre(precise.kappa), False)
    near = _with_ridge(scenario, Fraction(found.ridge))
    return to_digits(lambda: _polish(near, found), digits, lambda o: [o.ridge, o.test_error, o.kappa])


def _in_balls() -> Callable[[Scenario, int, float | None], Any] | None:
    """`ridgeproof.numerics.predictions.ball_optimum.polish`, None without python-flint."""
    try:
        from .ball_optimum import polish
    except ImportError:
        return None
    return polish


def with_exact_moments(scenario: Scenario) -> Scenario:
    """The scenario whose equivalent has F3's factor 1/(T_m - d - 1) in place of 1/(T_m - d) at kappa_m = 0.

    There a link adds (sigma_m^2/(T_m - d)) S^-1 and changes nothing else (E4), so that the change of factor is a change
    of sigma_m^2, exactly.  Raises DomainError at T_m = d + 1, ridge 0, noise > 0, where the moment is infinite.
    """
    dim, generators = scenario.spectrum.dim, []
    for i, generator in enumerate(scenario.generators):
        if generator.ridge == 0 and generator.samples > dim and generator.noise:
            excess = generator.samples - int(dim)
            if excess == 1:
                raise DomainError(
                    f"samples = dim + 1 = {generator.samples} at ridge 0, where the exact moment is infinite",
                    where=f"generators.{i}",
                    accepted="samples >= dim + 2, samples < dim, or ridge > 0",
                )
            generator = replace(generator, noise=generator.noise * Fraction(excess, excess - 1))
        generators.append(generator)
    return replace(scenario, generators=tuple(generators))


def _without_tiny_noise(scenario: Scenario) -> Scenario:
    """The scenario as double precision can hold it: noise below 1e-280 is none, but near kappa = 0."""

    def seen(noise: Fraction) -> Fraction:
        return noise if noise > Fraction(1, 10**280) else Fraction(0)

    generators = tuple(replace(g, noise=seen(g.noise)) for g in scenario.generators)
    downstream = replace(scenario.downstream, noise=seen(scenario.downstream.noise))
    return replace(scenario, generators=generators, downstream=downstream)


def _with_ridge(scenario: Scenario, ridge: Fraction) -> Scenario:
    return replace(scenario, downstream=replace(scenario.downstream, ridge=ridge))


def _minimise(scenario: Scenario, modes: Modes) -> OptimalRidge:
    objective, samples = _objective(scenario, modes), scenario.downstream.samples
    assert objective.signal.weights is not None
    if not objective.signal.weights.any():
        return OptimalRidge(math.inf, 0.0, math.inf, True)
    ridgeless = float(modes.kappa(samples, 0.0))
    candidates = []
    nodes = modes.trace.nodes
    low = math.log(ridgeless) if ridgeless > 0 else _low_end(objective, math.log(float(nodes[-1])) - 7, scenario)
    if (samples != modes.dim or scenario.downstream.noise == 0) and objective.slope(
        low
    ) >= 0:  # E at lambda = 0 through `predict`, which treats kappa = 0 exactly
        candidates.append(OptimalRidge(0.0, predict(scenario).test_error, ridgeless, True))
    high = max(math.log(float(nodes[0])), low) + 2
    while (
        objective.slope(high) <= 0 and high < _LOG_RANGE
    ):  # far out E' = a/kappa - b/kappa^2 with a > 0: one change of sign
        high += 2
    grid = np.linspace(low, high, math.ceil((high - low) / _STEP) + 1)
    slopes = np.concatenate([objective.at(np.exp(grid[i : i + 512])).slope for i in range(0, grid.size, 512)])
    for i in np.flatnonzero((slopes[:-1] < 0) & (slopes[1:] >= 0)):
        left, right = grid[i], grid[i + 1]
        for _ in range(_BISECTIONS):
            middle = (left + right) / 2
            left, right = (middle, right) if objective.slope(middle) < 0 else (left, middle)
        kappa = math.exp(right)
        point = objective.at(np.array([kappa]))
        candidates.append(OptimalRidge(max(float(point.ridge[0]), 0.0), float(point.error[0]), kappa, False))
    if not candidates:
        raise DomainError(
            f"the error falls as the ridge goes to 0, but samples = dim = {samples} excludes ridge 0",
            where="downstream.samples",
            accepted="samples different from dim, or noise > 0",
        )
    return min(candidates, key=lambda candidate: candidate.test_error)


def _low_end(objective: _Objective, start: float, scenario: Scenario) -> float:
    """Where to begin when kappa may go to 0: far enough down to see E fall if E falls from kappa = 0 on.

    Below s_d/1000, E = E(0) + a kappa + b kappa^2 + ..., so that E' keeps the sign of a from some point downwards:
    without noise and without covariance a >= 0 and there is nothing to find below ``start``; else the sign is
    negative at the latest at the scale of the noise.
    """
    low = start
    while objective.slope(low) >= 0 and low > -_LOG_RANGE:
        low -= 2
    return low if objective.slope(low) < 0 else start


def _polish(scenario: Scenario, found: OptimalRidge) -> OptimalRidge:
    """The stationary point next to one in double precision: the secant method on E' at the current mpmath precision."""
    from mpmath import mp, mpf

    objective = _objective(scenario, mp_modes(scenario))

    def at(x: Any) -> _Point:
        return objective.at(np.array([mp.exp(x)], dtype=object))

    x, y = mp.log(mpf(found.kappa)), mp.log(mpf(found.kappa)) + mpf(10) ** -7
    fx, fy = at(x).slope[0], at(y).slope[0]
    for _ in range(_SECANT_STEPS):
        if fx == fy:
            break
        x, y, fx = y, y - fy * (y - x) / (fy - fx), fy
        if abs(y - x) < mpf(10) ** (8 - mp.dps):  # the step after it would be far below rounding
            break
        fy = at(y).slope[0]
    else:
        raise NotConverged("the optimal ridge did not converge", where="optimal ridge")
    point = at(y)
    return OptimalRidge(point.ridge[0], point.error[0], mp.exp(y), False)
