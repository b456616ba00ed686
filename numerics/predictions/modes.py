"""A scenario's spectrum and target as two discrete measures, in double precision or in mpmath numbers.

The chain of docs/theory.md#E4, acts on every eigendirection by functions of its eigenvalue alone.  Its errors are
therefore integrals against the trace measure sum_j delta(s_j) and the signal measure sum_j s_j w0_j^2 delta(s_j); a
finite spectrum gives them directly, an infinite or very long power law through the few nodes of `sums.power_sums`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np

from ridgeproof.errors import DomainError

from ..problem.numbers import as_float
from ..problem.scenario import Scenario, plain_only
from ..sums.measure import Measure, as_objects, compress
from ..sums.power_sums import PowerLawSums, double_power_law, mp_power_law
from .kappa import kappa, kappa_mp, kappa_of_halves, kappa_of_halves_mp

LISTED = 2_000_000  # eigenvalues listed one by one in double precision; longer power laws go through nodes
MP_LISTED = 300_000  # the same at many digits
COMPRESSED_FROM = 4096
FEW = 256  # eigenvalues that are left as they are where matrices on them are squared
MATRIX = 1600  # the largest such matrices
_MP_NODES_FROM = 20_000

Number = Any  # float or mpf


@dataclass(frozen=True)
class Modes:
    """The two measures of a scenario and its kappa.

    Parameters
    ----------
    trace : Measure
        Nodes s_j and multiplicities (None: all 1).
    signal : Measure
        Nodes s_j and weights s_j w0_j^2.
    dim : int or math.inf
    number : callable
        Turns an exact number into a ``float`` or an ``mpf``.
    kappa : callable
        (samples, ridge as a number of this arithmetic) -> kappa.
    cut : callable
        samples T -> (number of leading trace nodes that stand for the eigenvalues j <= t, T - t) for some t <=
        min(T, d).
    """

    trace: Measure
    signal: Measure
    dim: int | float
    number: Callable[[Fraction | int, str], Number]
    kappa: Callable[[int, Number], Number]
    cut: Callable[[int], tuple[int, int]]


def fits(*scenarios: Scenario) -> list[tuple[int, Fraction]]:
    """The distinct (samples, ridge) of some scenarios."""
    for scenario in scenarios:
        plain_only(scenario, "a chain of links")
    generators = [(g.samples, g.ridge) for s in scenarios for g in s.generators]
    return list(dict.fromkeys([*generators, *((s.downstream.samples, s.downstream.ridge) for s in scenarios)]))


def double_modes(scenario: Scenario, *others: Scenario) -> Modes:
    """The modes in double precision, of one scenario as they are; with ``others`` of the same spectrum and target,
    modes that serve them all, long spectra compressed.  Raises DomainError where doubles cannot hold the scenario."""

    def number(value: Fraction | int, where: str) -> float:
        return as_float(Fraction(value), where=where)

    spectrum, target = scenario.spectrum, scenario.target
    if spectrum.kind == "isotropic":
        if target.norm2 is not None:
            norm2 = number(target.norm2, "target.norm2")
        else:
            norm2 = float(np.sum(target.coefficients(spectrum) ** 2))
        return _isotropic(scenario, norm2, number, fits(scenario, *others))
    if spectrum.kind == "power-law" and spectrum.dim > LISTED:
        pairs = [(samples, number(ridge, "ridge")) for samples, ridge in fits(scenario, *others)]
        beta, dim, decay, scale = _law(scenario)
        factor = number(scale, "target.norm2")
        return _through_nodes(double_power_law(beta, dim, decay, pairs), factor, scenario, number)
    modes = _listed(spectrum.eigenvalues(), target.coefficients(spectrum), number, kappa)
    return _compressed(modes, fits(scenario, *others)) if others and spectrum.dim > COMPRESSED_FROM else modes


def few_modes(scenario: Scenario) -> Modes:
    """The modes in double precision with so few nodes that matrices on them can be squared (powers.py).

    Raises
    ------
    DomainError
        As `double_modes`; and where compression leaves more than `MATRIX` nodes.
    """
    modes = double_modes(scenario)
    if modes.trace.nodes.size > FEW:
        cuts = {samples: modes.cut(samples) for samples, _ in fits(scenario)}
        ends = [0, *sorted({cut for cut, _ in cuts.values()} - {0, modes.trace.nodes.size}), modes.trace.nodes.size]
        parts = [compress(modes.trace.part(a, b), 0.5) for a, b in pairwise(ends)]
        sizes = dict(zip(ends, [0, *np.cumsum([part.nodes.size for part in parts]).tolist()], strict=True))
        weights = [np.ones(part.nodes.size) if part.weights is None else part.weights for part in parts]
        trace = Measure(np.concatenate([part.nodes for part in parts]), np.concatenate(weights))
        fewer = {samples: (sizes[cut], excess) for samples, (cut, excess) in cuts.items()}
        modes = Modes(trace, compress(modes.signal, 0.5), modes.dim, modes.number, modes.kappa, fewer.__getitem__)
    size = modes.trace.nodes.size
    if size > MATRIX:
        raise DomainError(
            f"so long a chain on {size} groups of eigenvalues",
            where="generators",
            accepted=f"a spectrum that {MATRIX} groups describe, or at most 10000 generations",
        )
    return modes


def mp_modes(scenario: Scenario) -> Modes:
    """The modes at the current mpmath precision, as object arrays of ``mpf``."""
    from mpmath import fsum, mpf

    def number(value: Fraction | int, where: str) -> Number:
        return mpf(value.numerator) / value.denominator

    spectrum, target = scenario.spectrum, scenario.target
    if spectrum.kind == "isotropic" and target.norm2 is not None:
        return _isotropic(scenario, number(target.norm2, ""), number, fits(scenario))
    if spectrum.kind == "power-law" and spectrum.dim > _MP_NODES_FROM:
        coarse = double_modes(scenario)
        pairs = [(t, float(ridge)) for t, ridge in fits(scenario)]
        floor = min(coarse.kappa(*pair) for pair in pairs)
        if spectrum.dim * floor ** (1 / float(spectrum.beta or 1)) > 1:  # the last eigenvalue is below every kappa
            beta, dim, decay, scale = _law(scenario)
            return _through_nodes(mp_power_law(beta, dim, decay, floor, pairs), number(scale, ""), scenario, number)
    if spectrum.dim > MP_LISTED:
        raise DomainError(
            f"dim = {spectrum.dim} eigenvalues at many digits",
            where="spectrum.dim",
            accepted=f"at most {MP_LISTED}, a power law cut off by every kappa, or any with python-flint installed",
        )
    if spectrum.kind == "isotropic":
        return _isotropic(scenario, fsum(w * w for w in target.mp_coefficients(spectrum)), number, fits(scenario))
    s = as_objects(spectrum.mp_eigenvalues())
    return _listed(s, as_objects(scenario.target.mp_coefficients(spectrum)), number, kappa_mp)


def _listed(
    s: np.ndarray,
    coefficients: np.ndarray,
    number: Callable[[Fraction | int, str], Number],
    solve: Callable[..., Number],
) -> Modes:
    """Modes of a listed spectrum, put in descending order."""
    if np.any(s[1:] > s[:-1]):
        order = np.argsort(-s, kind="stable")
        s, coefficients = s[order], coefficients[order]

    def cut(samples: int) -> tuple[int, int]:
        t = min(samples, s.size)
        return t, samples - t

    return Modes(
        Measure(s, None), Measure(s, s * coefficients**2), s.size, number, lambda t, ridge: solve(s, t, ridge), cut
    )


def _compressed(modes: Modes, pairs: list[tuple[int, Fraction]]) -> Modes:
    """The same in few nodes, the eigenvalues between one fit's min(T, d) and the next's compressed by themselves."""
    trace, dim = modes.trace, int(modes.dim)
    assert modes.signal.weights is not None
    weights = np.stack([np.ones(dim), modes.signal.weights], axis=1)
    ends = sorted({min(samples, dim) for samples, _ in pairs} | {dim})
    parts = [compress(Measure(trace.nodes[a:b], weights[a:b]), 0.5) for a, b in pairwise([0, *ends])]
    sizes = dict(zip(ends, np.cumsum([part.nodes.size for part in parts]).tolist(), strict=True))
    nodes = np.concatenate([part.nodes for part in parts])
    trace_weights, signal_weights = np.concatenate([part.weights for part in parts if part.weights is not None]).T
    cuts = {t: (sizes[min(t, dim)], max(t - dim, 0)) for t, _ in pairs}
    return _in_halves(Measure(nodes, trace_weights), Measure(nodes, signal_weights), cuts, dim, modes.number)


def _isotropic(
    scenario: Scenario,
    norm2: Number,
    number: Callable[[Fraction | int, str], Number],
    pairs: list[tuple[int, Fraction]],
) -> Modes:
    """S = I: one signal node, and trace nodes that weigh the dimensions between one fit's min(T, d) and the next's."""
    dim = int(scenario.spectrum.dim)
    ends = sorted({min(samples, dim) for samples, _ in pairs} | {dim})
    weights = np.array([number(b - a, "") for a, b in pairwise([0, *ends])])
    trace = Measure(np.array([number(1, "")] * len(ends)), weights)
    cuts = {t: (ends.index(min(t, dim)) + 1, max(t - dim, 0)) for t, _ in pairs}
    return _in_halves(trace, Measure(trace.nodes[:1], np.array([norm2])), cuts, dim, number)


def _law(scenario: Scenario) -> tuple[Fraction, int | float, Fraction, Fraction]:
    """(beta, d, e, c) of s_j = j^-beta and s_j w0_j^2 = c j^-e."""
    spectrum, target = scenario.spectrum, scenario.target
    power, scale = target.power(spectrum), Fraction(1)
    if target.norm2 is not None:  # w0_j = sqrt(norm2/d); finite dimension, as a scenario grants
        power, scale = Fraction(0), target.norm2 / int(spectrum.dim)
    if power is None:
        raise DomainError(
            f"a target of kind {target.kind!r} with dim = {spectrum.dim}",
            where="target.kind",
            accepted=f"source, power or isotropic for power laws of more than {LISTED} eigenvalues",
        )
    assert spectrum.beta is not None
    return spectrum.beta, spectrum.dim, spectrum.beta - 2 * power, scale


def _through_nodes(
    sums: PowerLawSums, scale: Number, scenario: Scenario, number: Callable[[Fraction | int, str], Number]
) -> Modes:
    signal = Measure(sums.signal.nodes, scale * sums.signal.weights)
    return _in_halves(sums.trace, signal, sums.cuts, scenario.spectrum.dim, number)


def _in_halves(
    trace: Measure,
    signal: Measure,
    cuts: dict[int, tuple[int, int]],
    dim: int | float,
    number: Callable[[Fraction | int, str], Number],
) -> Modes:
    finder: Callable[..., Number] = kappa_of_halves_mp if trace.nodes.dtype == object else kappa_of_halves

    def solve(samples: int, ridge: Number) -> Number:
        cut, excess = cuts[samples]
        return finder(trace.split(cut), samples, excess, ridge)

    return Modes(trace, signal, dim, number, solve, cuts.__getitem__)
