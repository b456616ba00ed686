"""The deterministic equivalent of a scenario in balls: every figure with a proven bound on its error.

kappa.  In x = log k let h(x) = T lambda/k + df_1(k) - T, which decreases, and S = -h' = T lambda/k + tr D L.  Each of
the terms of S has a logarithmic slope in [-1, 1], so that S(x + y) is between S(x) e^-|y| and S(x) e^|y|; integrating,
one evaluation with q = h/S, |q| < 1, encloses the root:

    log kappa - x  is between  log(1 + q)  and  -log(1 - q).

The chain then runs as in `predictions.equivalents`, in the fields of `sums.balls`; the precision is raised until every
figure has the digits that were asked for.  Needs python-flint.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from flint import arb

from ridgeproof.errors import NotConverged

from ..problem.scenario import Scenario
from ..problem.steps import Step, steps
from ..sums.balls import BallMeasure, Field, ball, log2, precision, relative_accuracy
from .ball_sums import ball_measure

MAX_BITS = 400_000
_FIRST_BITS = 128
_EVALUATIONS = 400

Measures = Callable[[int], BallMeasure]


@dataclass(frozen=True)
class Enclosure:
    """Balls around the figures of `ridgeproof.numerics.predictions.equivalents.Prediction`."""

    test_error: arb
    noise_free: arb
    noises: tuple[arb, ...]
    kappa: tuple[arb, ...]

    def figures(self) -> list[arb]:
        """The distinct ones: equal generations share one object."""
        every = (self.test_error, self.noise_free, *self.noises, *self.kappa)
        return list({id(x): x for x in every}.values())


def enclose(scenario: Scenario, digits: int) -> Enclosure:
    """Balls of relative radius below 10^-(digits + 3) around every figure of a scenario (docs/theory.md#E4, #E5).

    Raises
    ------
    DomainError
        A shared design with ridge; too many eigenvalues that follow no law.
    NotConverged
        Not within 400 000 bits.
    """
    chain = steps(scenario)
    wanted = math.ceil((digits + 3) * math.log2(10))
    bits = wanted + 40
    starts: dict[tuple[int, Fraction], arb] = {}
    while bits <= MAX_BITS:
        found = _attempt(scenario, chain, bits, starts)
        excess = math.inf if found is None else max(map(relative_accuracy, found.figures())) + wanted
        if found is not None and excess <= 0:
            return found
        bits = 2 * bits if excess == math.inf else bits + math.ceil(excess) + 16
    raise NotConverged(f"no {digits} digits with {MAX_BITS} bits", where="digits")


def _attempt(
    scenario: Scenario, chain: list[Step], bits: int, starts: dict[tuple[int, Fraction], arb]
) -> Enclosure | None:
    """The figures with ``bits`` bits; None when some kappa is not enclosed.  ``starts`` remembers approximations."""
    measure = _measures(scenario, chain)
    kappas = kappa_balls(scenario, chain, bits, measure, starts)
    if kappas is None:
        return None
    with precision(bits):
        return _figures(measure(bits), chain, kappas)


def _positive(scenario: Scenario, chain: list[Step]) -> list[tuple[int, Fraction]]:
    """The distinct (samples, ridge) with kappa > 0."""
    pairs = [(step.samples, step.ridge) for step in chain if step.ridge > 0 or step.samples < scenario.spectrum.dim]
    return list(dict.fromkeys(pairs))


def _measures(scenario: Scenario, chain: list[Step]) -> Measures:
    """The scenario's measures that serve a chain, by number of bits."""

    @functools.cache
    def measure(bits: int) -> BallMeasure:
        with precision(bits):
            floors = [kappa_bounds(scenario, *pair)[0] for pair in _positive(scenario, chain)]
            return ball_measure(scenario, functools.reduce(arb.min, floors) if floors else None)

    return measure


def kappa_balls(
    scenario: Scenario,
    chain: list[Step],
    bits: int,
    measure: Measures | None = None,
    starts: dict[tuple[int, Fraction], arb] | None = None,
) -> dict[tuple[int, Fraction], arb] | None:
    """A ball around every positive kappa of a chain, by (samples, ridge); None when the bits do not suffice for one."""
    measure, starts = measure or _measures(scenario, chain), {} if starts is None else starts
    kappas: dict[tuple[int, Fraction], arb] = {}
    for pair in _positive(scenario, chain):
        k = _kappa(measure, *pair, kappa_bounds(scenario, *pair), bits, starts.get(pair))
        if k is None:
            return None
        kappas[pair], starts[pair] = k, k.mid()
    return kappas


def kappa_bounds(scenario: Scenario, samples: int, ridge: Fraction) -> tuple[arb, arb]:
    """Positive bounds of a kappa > 0: lambda + tr(S)/T; lambda, and s_m (m - T)/T for m > T, as df_1 >= m D_m."""
    spectrum = scenario.spectrum
    with precision(64):
        if spectrum.kind == "power-law":
            assert spectrum.beta is not None
            m = int(min(2 * samples, spectrum.dim))
            smallest, trace = arb(m) ** -ball(spectrum.beta), spectrum.beta / (spectrum.beta - 1)
        elif spectrum.kind == "isotropic":
            m, smallest, trace = int(spectrum.dim), arb(1), Fraction(int(spectrum.dim))
        else:
            assert spectrum.values is not None
            m, smallest, trace = len(spectrum.values), ball(min(spectrum.values)), sum(spectrum.values, Fraction(0))
        lower = ball(ridge)
        if m > samples:
            lower = lower.max(smallest * (m - samples) / samples)
        return lower.lower(), (ball(ridge) + ball(trace) / samples).upper()


def _kappa(
    measure: Measures, samples: int, ridge: Fraction, bounds: tuple[arb, arb], bits: int, start: arb | None
) -> arb | None:
    """A ball around kappa, relative radius near 2^-bits, by Newton's method with the precision doubled on the way."""
    rung, k, found = min(bits, _FIRST_BITS), start, None
    while True:
        with precision(rung):
            found = _refine(measure(rung), samples, ball(ridge), bounds, k)
        if rung == bits:
            return found
        k = k if found is None else found.mid()
        rung = min(2 * rung, bits)


def _refine(measure: BallMeasure, samples: int, lam: arb, bounds: tuple[arb, arb], k: arb | None) -> arb | None:
    """The enclosure of kappa at the current precision once it no longer narrows, None when there is none."""
    low, high = (log2(x) * math.log(2) for x in bounds)
    low, high = low - 1e-9 * (1 + abs(low)), high + 1e-9 * (1 + abs(high))
    best: arb | None = None
    for _ in range(_EVALUATIONS):
        middle = None
        if k is None:
            middle = (low + high) / 2
            k = arb(middle).exp().mid()
        missing, slope = _missing(measure, samples, lam, k)
        q = missing / slope
        if abs(q) < 0.5:
            step = q.log1p().union(-(-q).log1p())
            found = k * step.exp()
            if best is not None and not found.rad() < best.rad() / 4:
                return found if found.rad() < best.rad() else best
            best, k = found, found.mid()
        elif missing > 0 or missing < 0:
            if middle is not None:
                low, high = (middle, high) if missing > 0 else (low, middle)
            k = None
        else:
            return best
        if high - low < 1e-12 * (1 + abs(low)):
            return best
    return best


def _missing(measure: BallMeasure, samples: int, lam: arb, k: arb) -> tuple[arb, arb]:
    """h and S of the module's docstring; for T >= d, h = T lambda/k - (T - d) - tr L, not cancelling at T = d."""
    shrink, loss = measure.shrink_and_loss(k)
    pull = samples * lam / k
    if measure.dim is not None and samples >= measure.dim:
        missing = pull - (samples - measure.dim) - measure.integral(loss, "trace")
    else:
        missing = pull + measure.integral(shrink, "trace") - samples
    return missing, pull + measure.integral(shrink * loss, "trace")


@dataclass(frozen=True)
class _Link:
    """D, L and T - df_2 of one (samples, ridge); D and L are None at kappa = 0, where they are 1 and 0."""

    shrink: Field | None
    loss: Field | None
    residual: arb


def _link(measure: BallMeasure, step: Step, kappas: dict[tuple[int, Fraction], arb]) -> _Link:
    k = kappas.get((step.samples, step.ridge))
    if k is None:
        assert measure.dim is not None
        return _Link(None, None, arb(max(step.samples - measure.dim, 1)))
    shrink, loss = measure.shrink_and_loss(k)
    residual = step.samples * ball(step.ridge) / k + measure.integral(shrink * loss, "trace")
    return _Link(shrink, loss, residual)


def _figures(measure: BallMeasure, chain: list[Step], kappas: dict[tuple[int, Fraction], arb]) -> Enclosure:
    """The chain of `predictions.equivalents` in balls: forward for the mean, backward for the covariance."""
    distinct: dict[tuple[int, Fraction], _Link] = {}
    for step in chain:
        if (step.samples, step.ridge) not in distinct:
            distinct[step.samples, step.ridge] = _link(measure, step, kappas)
    links = [(step, distinct[step.samples, step.ridge]) for step in chain]
    kept, lost = measure.constant(1), measure.constant(0)
    inflows: list[list[arb]] = []
    for step, link in links:
        inflows.append([])
        if link.shrink is not None and link.loss is not None:
            for _ in range(step.times):
                flow = link.loss * kept
                inflows[-1].append(measure.integral(flow * flow, "signal"))
                kept, lost = link.shrink * kept, link.loss + link.shrink * lost
    noise_free = measure.integral(lost * lost, "signal")
    weight = measure.constant(1)
    noises: list[arb] = []
    for (step, link), flows in zip(reversed(links), reversed(inflows), strict=True):
        noise = ball(step.noise) / step.generations
        if link.shrink is None or link.loss is None:
            gain = measure.integral(weight, "trace") / link.residual
            noises += [noise * gain] * (step.times * step.generations)
            continue
        shrink, loss = link.shrink * link.shrink, link.loss * link.loss
        for flow in reversed(flows):
            weight = shrink * weight
            gain = measure.integral(weight, "trace") / link.residual
            noise_free += flow * gain
            noises += [noise * gain] * step.generations
            weight = weight + loss * gain
    noises.reverse()
    none = arb(0)
    each = [kappas.get((s.samples, s.ridge), none) for s in chain for _ in range(s.times * s.generations)]
    return Enclosure(sum(noises, noise_free), noise_free, tuple(noises), tuple(each))
