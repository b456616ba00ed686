"""Infinite and very long power laws by few nodes: terms listed, then an integral, then a tail with exact moments."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np

from ridgeproof.errors import DomainError

from .measure import Measure, as_objects


@dataclass(frozen=True)
class PowerLawSums:
    """Nodes for the power law s_j = j^-beta, j = 1..d, with d infinite or very large.

    Parameters
    ----------
    trace, signal : Measure
        They integrate D, 1 - D and their products against sum_j delta(s_j) (integrands that are O(s) at s = 0) and
        against sum_j j^-e delta(s_j).  Nodes descend, but for two of the Euler-Maclaurin correction.
    cuts : dict
        T -> (number of leading trace nodes that stand for the j <= t, T - t), with t <= min(T, d).
    """

    trace: Measure
    signal: Measure
    cuts: dict[int, tuple[int, int]]


_EXPLICIT = 100_000  # terms summed one by one in double precision; the Euler-Maclaurin remainder is then below 1e-20
_TAIL_RATIO = 1e-3  # s/kappa where the double-precision tail starts
_TAIL_NODES = 6  # (4e3)^-6 < 1e-21
_MP_LISTED = 300_000


def double_power_law(
    beta: Fraction, dim: int | float, decay: Fraction, fits: Sequence[tuple[int, float]]
) -> PowerLawSums:
    """Nodes in double precision, good to a relative 2e-13 (measured against balls; 1e-14 against direct sums).

    Parameters
    ----------
    beta, decay : Fraction
        s_j = j^-beta and s_j w0_j^2 = j^-decay.
    dim : int or math.inf
        Above 2 000 000.
    fits : sequence of (samples, ridge)
        The fits to be served.

    Raises
    ------
    DomainError
        When the eigenvalues that matter leave the range of double precision.

    Notes
    -----
    j <= 10^5 one by one; then Euler-Maclaurin in the midpoint form, sum_{j>a} F(j) = int_{a+1/2} F + F'(a+1/2)/24 +
    ..., the integral by Gauss-Legendre in log j, block by block, with block ends at every T + 1/2; beyond the point
    where s < kappa/1000 the functions are polynomials in s up to rounding, and the tail is matched to its moments,
    Hurwitz zeta values.
    """
    b, e = float(beta), float(decay)
    largest = max(samples for samples, _ in fits)
    log_floor = min(
        max(math.log(ridge) if ridge else -math.inf, -(b + 1) * math.log(samples + 1)) for samples, ridge in fits
    )
    log_end = max((-math.log(_TAIL_RATIO) - log_floor) / b, math.log(largest) + 1, math.log(_EXPLICIT) + 1)
    last = dim if dim != math.inf and math.log(dim) < log_end else math.inf
    end = math.log(last + 0.5) if last != math.inf else log_end
    if b * end > 700 or end > 700:
        raise DomainError(
            f"dim = {dim} with beta = {beta} needs eigenvalues outside the range of double precision",
            where="spectrum",
            accepted="a larger ridge, fewer samples or a smaller beta",
        )
    listed = np.arange(1.0, _EXPLICIT + 1)
    edge = _EXPLICIT + 0.5
    h = 0.01 * edge / max(b, e, 1.0)
    stop = last + 0.5 if last != math.inf else math.exp(end)
    inner = sorted({t + 0.5 for t, _ in fits if edge < t + 0.5 < stop})
    points, blocks, sizes = _legendre_blocks([edge, *inner, stop], 0.5 / max(b, e / 4, 1.0))
    before = dict(zip(inner, sizes, strict=False))  # T + 1/2 -> number of points below it
    logs = np.concatenate([np.log(listed), np.log([edge - h, edge + h]), points])
    counts = np.concatenate([np.ones(_EXPLICIT), [-1 / (48 * h), 1 / (48 * h)], blocks * np.exp(points)])
    trace_nodes, trace_weights = [np.exp(-b * logs)], [counts]
    signal_nodes, signal_weights = [trace_nodes[0]], [counts * np.exp(-e * logs)]
    if last == math.inf:
        start = math.exp(end)
        for exponent, nodes, weights in ((b, trace_nodes, trace_weights), (e, signal_nodes, signal_weights)):
            moments = [_tail_moment(exponent, b * k, start, dim) for k in range(_TAIL_NODES)]
            t, w = matched_rule(moments)
            s = np.array([float(x) for x in t]) * math.exp(-b * end)
            nodes.append(s)
            weights.append(np.array([float(x) for x in w]) / (s if exponent is b else 1.0))
    cuts: dict[int, tuple[int, int]] = {}
    for samples, _ in fits:
        if samples <= _EXPLICIT:
            cuts[samples] = samples, 0
        elif last != math.inf and samples >= last:
            cuts[samples] = logs.size, int(samples - last)
        else:
            cuts[samples] = _EXPLICIT + 2 + before[samples + 0.5], 0
    return PowerLawSums(
        Measure(np.concatenate(trace_nodes), np.concatenate(trace_weights)),
        Measure(np.concatenate(signal_nodes), np.concatenate(signal_weights)),
        cuts,
    )


def _legendre_blocks(marks: Sequence[float], width: float) -> tuple[np.ndarray, np.ndarray, list[int]]:
    """Gauss-Legendre points and weights in log x from marks[0] to marks[-1], in blocks up to ``width`` ending at every
    mark, and the number of points up to each mark but the first.  A narrow interval keeps its relative length, even
    where its points coincide in double precision (T next to d)."""
    x, w = np.polynomial.legendre.leggauss(20)
    points: list[np.ndarray] = []
    weights, sizes, size = [], [], 0
    for low, high in pairwise(marks):
        length = math.log1p((high - low) / low)
        count = max(1, math.ceil(length / width))
        half = length / (2 * count)
        centre = math.log(low) + half * (2 * np.arange(count) + 1)
        points.append((centre[:, None] + half * x).ravel())
        weights.append(np.tile(half * w, count))
        size += points[-1].size
        sizes.append(size)
    return np.concatenate(points), np.concatenate(weights), sizes


def _tail_moment(exponent: float, shift: float, start: float, dim: int | float) -> float:
    """start^shift times the integral of x^-(exponent + shift) over x from ``start`` to dim + 1/2."""
    s = exponent + shift
    if s == 1:  # a logarithm; finite dimension only
        return start ** (1 - exponent) * math.log((dim + 0.5) / start)
    value = start ** (1 - exponent) / (s - 1)
    if dim != math.inf:
        value *= -math.expm1((1 - s) * math.log((dim + 0.5) / start))
    return value


def matched_rule(moments: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """Chebyshev nodes t_i in (0, 1) and weights with sum_i w_i t_i^k = moments[k], k < n: a dual Vandermonde system.

    Parameters
    ----------
    moments : sequence of float or mpf, length n
        Taken as exact; the O(n^2) solution works with 2 n + 30 more digits than the current mpmath precision, which its
        conditioning can cost.

    Returns
    -------
    nodes, weights : list of mpf
    """
    from mpmath import mp, mpf

    n = len(moments)
    with mp.workdps(mp.dps + 2 * n + 30):
        t = [(1 + mp.cos((2 * i + 1) * mp.pi / (2 * n))) / 2 for i in range(n)]
        master = [mpf(1)]  # prod (x - t_i), highest degree first
        for root in t:
            master = [a - root * b for a, b in zip([*master, mpf(0)], [mpf(0), *master], strict=True)]
        weights = []
        for root in t:
            quotient, value, slope = mpf(1), mpf(moments[n - 1]), mpf(1)
            for k in range(1, n):  # synthetic division; its coefficients against the moments, its value at the root
                quotient = master[k] + root * quotient
                value += quotient * moments[n - 1 - k]
                slope = quotient + root * slope
            weights.append(value / slope)
    return t, weights


def hurwitz(exponent: Any, first: int) -> Any:
    """sum_{j >= first} j^-exponent for exponent > 1, with small *relative* error at the current mpmath precision.

    mpmath.zeta(s, a) keeps an absolute error only: at 100 digits zeta(30, 3000) has 11 right ones.  Here
    Euler-Maclaurin starts at a >= exponent/2 + digits, where its terms fall at least ninefold each and the first one
    left out bounds the error.
    """
    from mpmath import mp, mpf

    a = max(first, int(exponent / 2) + mp.dps)
    value = mp.fsum(mpf(j) ** -exponent for j in range(first, a))
    base = mpf(a) ** -exponent
    value += base * (a / (exponent - 1) + mpf(1) / 2)
    factor, k = base * exponent / a, 1  # a^-s (s)_{2k-1} / a^{2k-1}
    factorial = 2  # (2k)!
    while True:
        term = mp.bernoulli(2 * k) * factor / factorial
        value += term
        if abs(term) < value * mp.eps:
            return value
        factor *= (exponent + 2 * k - 1) * (exponent + 2 * k) / mpf(a) ** 2
        factorial *= (2 * k + 1) * (2 * k + 2)
        k += 1


def mp_power_law(
    beta: Fraction, dim: int | float, decay: Fraction, floor: float, fits: Sequence[tuple[int, float]]
) -> PowerLawSums:
    """Nodes at the current mpmath precision: the terms with s > floor/10 one by one, then the tail matched to
    Hurwitz zeta moments.

    Parameters
    ----------
    beta, decay, dim, fits
        As for `double_power_law`.
    floor : float
        The smallest kappa of the fits, roughly.

    Raises
    ------
    DomainError
        When more than 300 000 terms would have to be listed.

    Notes
    -----
    On the tail 0 < s <= kappa/10 the integrands are analytic but for poles at s = -kappa: Chebyshev interpolation
    converges like 42^-n; the caller compares two precisions, that is two values of n.
    """
    from mpmath import mp, mpf

    from ..problem.spectrum import powers

    length = (10 / floor) ** (1 / float(beta))
    if length > _MP_LISTED:
        raise DomainError(
            f"{length:.3g} terms of the power law would have to be summed",
            where="digits",
            accepted=f"at most {_MP_LISTED}; no such limit in double precision or with python-flint installed",
        )
    listed = math.ceil(length) + 10
    s = powers(listed, -beta)
    signal = powers(listed, -decay)
    nodes = 12 + math.ceil(0.7 * mp.dps)

    def moments(exponent: Fraction) -> list[Any]:
        out = []
        for k in range(nodes):
            power = mpf((exponent + k * beta).numerator) / (exponent + k * beta).denominator
            value = hurwitz(power, listed + 1)
            if dim != math.inf:
                value -= hurwitz(power, int(dim) + 1)
            out.append(value / last**k)
        return out

    with mp.workdps(mp.dps + 2 * nodes + 30):
        last = mpf(listed) ** (-mpf(beta.numerator) / beta.denominator)
        s[-1] = last
        t, v = matched_rule(moments(beta))
        _, u = matched_rule(moments(decay))
    tail = [x * last for x in t]
    trace = Measure(
        as_objects([*s, *tail]), as_objects([mpf(1)] * listed + [+(x / y) for x, y in zip(v, tail, strict=True)])
    )
    cuts = {samples: (min(samples, listed), samples - min(samples, listed)) for samples, _ in fits}
    return PowerLawSums(trace, Measure(trace.nodes, as_objects([*signal, *(+x for x in u)])), cuts)
