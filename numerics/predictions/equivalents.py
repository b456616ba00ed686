"""Deterministic equivalents of one ridge fit and of a chain of them (docs/theory.md#E1 to #E5), to the letter.

The chain is carried in error-like quantities, so that nothing cancels.  With D = s/(s+kappa), L = 1 - D =
kappa/(s+kappa) the link E4 maps, in the direction of eigenvalue s,

    the mean        m = g w0             g' = D g,        l' = L + D l        (l = 1 - g: what the mean has lost),
    the covariance  C = M - m m^T        c' = D^2 (c + q)                     (c = s C_jj),
    q = (sigma^2 + tr L^2 c + sum_j s_j w0_j^2 L^2 g^2)/(T - df_2),     T - df_2 = T lambda/kappa + tr D L,

which holds at kappa = 0 too, and E_test = sum_j s_j w0_j^2 l^2 + tr c: sums of positive terms.  The noise is split
by the adjoint recursion: a is the weight with which c enters the final error.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ridgeproof.errors import DomainError

from ..problem.scenario import Scenario
from ..problem.steps import Step, is_chain_of_links, steps
from ..sums.digits import centre, check_digits, radius, to_digits
from ..sums.measure import Measure
from .fit_errors import predict_plan, predict_plans
from .kappa import kappa as solve_kappa
from .modes import Modes, double_modes, few_modes, mp_modes
from .powers import Power, decay, is_long, power, refuse_long
from .prediction import Block, Prediction

if TYPE_CHECKING:
    from mpmath import mpf

    Number = float | mpf


@dataclass(frozen=True)
class Link:
    """One ridge fit in the eigenbasis: its kappa, D and L on both measures, and T - df_2(kappa) > 0."""

    kappa: Any
    shrink: np.ndarray
    loss: np.ndarray
    signal_shrink: np.ndarray
    signal_loss: np.ndarray
    residual: Any
    noise: Any
    generations: int


def link(
    mean: np.ndarray, second: np.ndarray, eigenvalues: np.ndarray, samples: int, ridge: float, noise: float
) -> tuple[np.ndarray, np.ndarray]:
    """One ridge fit: from the moments of its teacher to those of its student (docs/theory.md#E4).

    Parameters
    ----------
    mean : ndarray, shape (d,)
        m = E w in the eigenbasis of S.
    second : ndarray, shape (d,)
        Diagonal of M = E w w^T.
    eigenvalues : ndarray, shape (d,)
        s_j > 0.
    samples, ridge, noise : int, float, float
        T, lambda >= 0, sigma^2 >= 0.

    Returns
    -------
    mean, second : ndarray, shape (d,)
        D m and D M D + q S (S+kappa)^-2; at kappa = 0, m and M + sigma^2/(T-d) S^-1.

    Raises
    ------
    DomainError
        ``samples == d`` at ``ridge == 0``, with noise.
    """
    s = np.asarray(eigenvalues, dtype=float)
    if ridge == 0 and samples == s.size and noise:
        raise DomainError(
            f"samples = dim = {samples} at ridge 0", where="link", accepted="samples different from dim, or ridge > 0"
        )
    k = solve_kappa(s, samples, ridge)
    shrink, loss = s / (s + k), k / (s + k)
    q = (noise + np.sum(loss**2 * s * second)) / _residual(k, samples, ridge, s.size, Measure(s, None), shrink * loss)
    return shrink * mean, shrink**2 * (second + q / s)


def _residual(k: Any, samples: int, ridge: Any, dim: int | float, trace: Measure, product: np.ndarray) -> Any:
    """T - df_2(kappa) without cancellation: T - df_1 = T lambda/kappa is kappa's equation, and df_1 - df_2 = tr D L."""
    if k == 0:
        return max(samples - dim, 1)  # samples = dim at ridge 0 is admitted without noise only: nothing is divided
    return samples * (ridge / k) + trace.integral(product)


def links(scenario: Scenario, modes: Modes) -> list[Link]:
    """The fits of a scenario's generators in order; repeats share one object, and a shared design is one link (E5).

    Raises
    ------
    DomainError
        A shared design with ridge > 0 and more than one repeat, for which no law is known.
    """
    return [fit for step in steps(scenario)[:-1] for fit in [fit_link(modes, step)] * step.times]


def fit_link(modes: Modes, step: Step) -> Link:
    """The link of one fit with exact parameters."""
    lam = modes.number(step.ridge, f"{step.where}.ridge")
    noise = modes.number(step.noise, f"{step.where}.noise")
    return link_at(modes, modes.kappa(step.samples, lam), step.samples, lam, noise, step.generations)


def link_at(modes: Modes, k: Any, samples: int, lam: Any, noise: Any, generations: int = 1) -> Link:
    """The link of one fit whose kappa is known."""

    def factors(s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        denominator = s + k
        return s / denominator, k / denominator

    shrink, loss = factors(modes.trace.nodes)
    shared = modes.signal.nodes is modes.trace.nodes
    signal_shrink, signal_loss = (shrink, loss) if shared else factors(modes.signal.nodes)
    residual = _residual(k, samples, lam, modes.dim, modes.trace, shrink * loss)
    return Link(k, shrink, loss, signal_shrink, signal_loss, residual, noise, generations)


def predict(scenario: Scenario, digits: int | None = None) -> Prediction:
    """The deterministic equivalent of the test error of a scenario (docs/theory.md#E4, #E5; `planned` beyond links).

    Parameters
    ----------
    scenario : Scenario
    digits : int, optional
        None: double precision.  1..1000: mpmath numbers right to that many significant digits: in balls, with a
        proven ``radius``, when python-flint is installed (the extra "balls"), else by computing at two precisions.

    Returns
    -------
    Prediction

    Raises
    ------
    DomainError
        Numbers that double precision cannot hold; a power law too long to be summed; what `planned` cannot carry;
        more than 10 000 generations at many digits, or on a spectrum that cannot be compressed.
    NotConverged
        The two precisions disagree (not expected).
    """
    if not is_chain_of_links(scenario):
        return predict_plan(scenario, digits, by_fit=False).prediction
    if digits is None:
        return _predict_blocks(scenario) if is_long(scenario) else _predict(scenario, double_modes(scenario))
    check_digits(digits)
    refuse_long(scenario, "at many digits", "no digits")
    try:
        from .enclosures import enclose
    except ImportError:
        return to_digits(lambda: _predict(scenario, mp_modes(scenario)), digits, _numbers)
    found = enclose(scenario, digits)
    figures = found.figures()
    centres = {id(x): centre(x) for x in figures}
    noises = [centres[id(x)] for x in found.noises]
    return Prediction(
        centres[id(found.test_error)],
        centres[id(found.noise_free)],
        noises[-1],
        tuple(noises[:-1]),
        tuple(centres[id(x)] for x in found.kappa),
        radius(figures, digits),
    )


def predict_all(scenarios: Sequence[Scenario]) -> list[Prediction]:
    """`predict` in double precision for scenarios that share their spectrum and target: a scan over lambda, T or n.

    The spectrum is read once and compressed (`sums.measure.compress`), so that the cost of each scenario is that of
    some hundred eigenvalues; agrees with `predict` to a relative 1e-13.

    Raises
    ------
    DomainError
        As `predict`; and when the scenarios differ in spectrum or target.
    """
    scenarios = list(scenarios)
    if any((s.spectrum, s.target) != (scenarios[0].spectrum, scenarios[0].target) for s in scenarios):
        raise DomainError(
            "the scenarios differ in spectrum or target", where="predict_all", accepted="one spectrum, one target"
        )
    if not all(is_chain_of_links(s) for s in scenarios):
        return [found.prediction for found in predict_plans(scenarios)]
    if not scenarios:
        return []
    modes = double_modes(*scenarios)
    return [_predict_blocks(s) if is_long(s) else _predict(s, modes) for s in scenarios]


def _numbers(prediction: Prediction) -> list[Any]:
    return [
        prediction.test_error,
        prediction.noise_free,
        prediction.downstream_noise,
        *(prediction.noise_by_generation or ()),
        *(prediction.kappa or ()),
    ]


def _predict(scenario: Scenario, modes: Modes) -> Prediction:
    chain = [*links(scenario, modes), fit_link(modes, steps(scenario)[-1])]
    trace, signal = modes.trace, modes.signal
    zero = modes.number(0, "")
    kept = np.full(signal.nodes.shape, zero + 1, dtype=signal.nodes.dtype)
    lost = np.full(signal.nodes.shape, zero, dtype=signal.nodes.dtype)
    inflows = []  # kappa^2 tr[m m^T S (S+kappa)^-2]: the part of the teacher's mean that acts as label noise
    for fit in chain:
        if fit.kappa == 0:  # D = 1 and L = 0: the mean passes unchanged
            inflows.append(zero)
            continue
        inflows.append(signal.integral((fit.signal_loss * kept) ** 2))
        kept, lost = fit.signal_shrink * kept, fit.signal_loss + fit.signal_shrink * lost
    noise_free = signal.integral(lost**2)
    weight = np.full(trace.nodes.shape, zero + 1, dtype=trace.nodes.dtype)
    noises: list[Any] = []
    after = None
    for fit, inflow in zip(reversed(chain), reversed(inflows), strict=True):
        if fit.kappa != 0:
            weight = fit.shrink**2 * weight
        if fit.kappa != 0 or fit is not after:  # a least-squares link leaves the weight as it is: one gain serves a run
            gain = trace.integral(weight) / fit.residual
        noise_free = noise_free + inflow * gain
        noises += [fit.noise * gain / fit.generations] * fit.generations
        if fit.kappa != 0:
            weight = weight + fit.loss**2 * gain
        after = fit
    noises.reverse()
    kappas = tuple(fit.kappa for fit in chain for _ in range(fit.generations))
    if trace.nodes.dtype == float:
        noises, noise_free = [float(noise) for noise in noises], float(noise_free)
        total = math.fsum([*noises, noise_free])
    else:
        total = sum(noises, noise_free)
    return Prediction(total, noise_free, noises[-1], tuple(noises[:-1]), kappas)


def _predict_blocks(scenario: Scenario) -> Prediction:
    """The same for a chain of any length, in double precision: equal links at once (powers.py)."""
    modes, chain = few_modes(scenario), steps(scenario)
    fits = [fit_link(modes, step) for step in chain]
    kept, lost = np.ones(modes.signal.nodes.shape), np.zeros(modes.signal.nodes.shape)
    before = []  # kept^2 ahead of every step
    for step, fit in zip(chain, fits, strict=True):
        before.append(kept**2)
        if fit.kappa != 0:
            shrink, loss = decay(fit.signal_shrink, fit.signal_loss, step.times)
            kept, lost = shrink * kept, loss + shrink * lost
    noise_free = modes.signal.integral(lost**2)
    weight = np.ones(modes.trace.nodes.shape)
    noises = []
    for step, fit, kept2 in zip(reversed(chain), reversed(fits), reversed(before), strict=True):
        if fit.kappa == 0:
            noises.append(step.times * fit.noise * modes.trace.integral(weight) / fit.residual)
            continue
        run = _run(fit, modes, step.times)
        cross = run.cross @ weight
        noises.append(fit.noise * (run.gains @ weight))
        noise_free += modes.signal.integral(kept2 * cross[weight.size :])
        weight = run.decay[: weight.size] * weight + cross[: weight.size]
    noises = [float(noise) for noise in reversed(noises)]
    blocks, first = [], 0
    for step, fit, noise in zip(chain[:-1], fits[:-1], noises[:-1], strict=True):
        blocks.append(Block(first, step.times * step.generations, noise, float(fit.kappa)))
        first += step.times * step.generations
    total = math.fsum([*noises, noise_free])
    return Prediction(total, float(noise_free), noises[-1], None, None, blocks=tuple(blocks))


def _run(fit: Link, modes: Modes, times: int) -> Power:
    """``times`` equal links with kappa > 0 at once."""
    counts = 1.0 if modes.trace.weights is None else modes.trace.weights
    return power(
        np.concatenate([fit.shrink, fit.signal_shrink]),
        np.concatenate([fit.loss, fit.signal_loss]),
        counts * fit.shrink**2 / fit.residual,
        times,
    )


@dataclass(frozen=True)
class Teacher:
    """The last generator's output: c on the trace measure; g and l = 1 - g on the signal measure (module docstring)."""

    covariance: np.ndarray
    kept: np.ndarray
    lost: np.ndarray


def teacher(scenario: Scenario, modes: Modes) -> Teacher:
    """The moments of w_n by the forward recursion; for n = 0 the truth itself.  Raises DomainError as `links`."""
    zero = modes.number(0, "")
    covariance = np.full(modes.trace.nodes.shape, zero, dtype=modes.trace.nodes.dtype)
    kept = np.full(modes.signal.nodes.shape, zero + 1, dtype=modes.signal.nodes.dtype)
    lost = np.full(modes.signal.nodes.shape, zero, dtype=modes.signal.nodes.dtype)
    if is_long(scenario):
        return _teacher_blocks(scenario, modes, covariance, kept, lost)
    for fit in links(scenario, modes):
        if fit.kappa == 0:
            covariance = covariance + fit.noise / fit.residual
            continue
        inflow = modes.trace.integral(fit.loss**2 * covariance) + modes.signal.integral((fit.signal_loss * kept) ** 2)
        covariance = fit.shrink**2 * (covariance + (fit.noise + inflow) / fit.residual)
        kept, lost = fit.signal_shrink * kept, fit.signal_loss + fit.signal_shrink * lost
    return Teacher(covariance, kept, lost)


def _teacher_blocks(
    scenario: Scenario, modes: Modes, covariance: np.ndarray, kept: np.ndarray, lost: np.ndarray
) -> Teacher:
    """The same for a chain of any length: the powers of `_predict_blocks`, transposed."""
    counts = np.ones_like(covariance) if modes.trace.weights is None else modes.trace.weights
    mass = np.ones_like(kept) if modes.signal.weights is None else modes.signal.weights
    nodes = covariance.size
    for step in steps(scenario)[:-1]:
        fit = fit_link(modes, step)
        if fit.kappa == 0:
            covariance = covariance + step.times * fit.noise / fit.residual
            continue
        run = _run(fit, modes, step.times)
        arrived = run.cross[:nodes].T @ (counts * covariance) + run.cross[nodes:].T @ (mass * kept**2)
        covariance = run.decay[:nodes] * covariance + (arrived + fit.noise * run.gains) / counts
        shrink, loss = decay(fit.signal_shrink, fit.signal_loss, step.times)
        kept, lost = shrink * kept, loss + shrink * lost
    return Teacher(covariance, kept, lost)
