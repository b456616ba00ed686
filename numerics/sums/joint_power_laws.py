r"""Endless and very long power laws side by side: sum_j F(j^-beta_1, ..., j^-beta_C) by few nodes in j.

F is smooth in log j: the terms j <= A one by one, then Euler and Maclaurin in the midpoint form,

    sum_{j>A} F(j) = int_a^end F + sum_k c_k F^(2k-1)(a),    a = A + 1/2,  c_k = -B_2k(1/2)/(2k)!,

the integral by Gauss-Legendre in log j, block by block, the derivatives by those of the polynomial through Chebyshev
nodes around a.  Of an endless law the rest, where every j^-beta < 10^-digits kappa, is one node with the right moments.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np

from ridgeproof.errors import DomainError

from .measure import as_objects

MOST_NODES = 60_000


@dataclass(frozen=True)
class JointSums:
    """Nodes of C power laws: eigenvalues (C, n) with multiplicities (n,), and for the target (C, m) with the weights
    s_c w0^2, multiplicities included, (C, m)."""

    trace: np.ndarray
    counts: np.ndarray
    signal: np.ndarray
    power: np.ndarray


def joint_power_laws(
    betas: Sequence[Fraction], dim: int | float, decays: Sequence[Fraction], log_floor: float, *, precise: bool
) -> JointSums:
    """Nodes for s_cj = j^-beta_c, j = 1..d, and the target's weights j^-e_c.

    Parameters
    ----------
    betas, decays : sequences of Fraction
        beta_c > 1 and e_c > 1 where d is infinite.
    dim : int or math.inf
        Larger than a thousand terms and ten times the digits.
    log_floor : float
        Logarithm of the smallest scale of s that matters (the least kappa).
    precise : bool
        ``mpf`` at the current precision of mpmath; else doubles.

    Raises
    ------
    DomainError
        Sums that diverge, or too many nodes.

    Examples
    --------
    >>> sums = joint_power_laws([Fraction(2), Fraction(3)], math.inf, [Fraction(2)] * 2, -5.0, precise=False)
    >>> round(float(sums.trace[0] @ sums.counts), 12), round(float(sums.power[1].sum()), 12)  # zeta(2), twice
    (1.644934066848, 1.644934066848)
    """
    from mpmath import mp

    with mp.workdps(mp.dps if precise else 30):
        nodes, counts, end = _nodes(tuple(betas), dim, log_floor, mp.dps)
        law = [[_power(x, beta) for x in nodes] for beta in betas]
        weight = [[c * _power(x, decay) for x, c in zip(nodes, counts, strict=True)] for decay in decays]
        signal = [list(row) for row in law]
        counts = list(counts)
        if end is not None:
            for row, beta in zip(law, betas, strict=True):
                row.append(_power(end, beta) / (_number(beta) - 1))
            for row, beta in zip(signal, betas, strict=True):
                row.append(_power(end, beta))
            for row, decay in zip(weight, decays, strict=True):
                row.append(end * _power(end, decay) / (_number(decay) - 1))
            counts.append(end)
        into: Callable[[Sequence[Any]], np.ndarray] = as_objects if precise else _floats
        return JointSums(
            np.stack([into(x) for x in law]),
            into(counts),
            np.stack([into(x) for x in signal]),
            np.stack([into(x) for x in weight]),
        )


def _floats(values: Sequence[Any]) -> np.ndarray:
    return np.array([float(x) for x in values])


def _number(x: Fraction) -> Any:
    from mpmath import mpf

    return mpf(x.numerator) / x.denominator


def _power(x: Any, exponent: Fraction) -> Any:
    from mpmath import mp

    return mp.exp(-_number(exponent) * mp.log(x))


@lru_cache(maxsize=4)
def _nodes(
    betas: tuple[Fraction, ...], dim: int | float, log_floor: float, digits: int
) -> tuple[list[Any], list[Any], Any]:
    """(j, how often it counts), and where an endless law's last node takes over."""
    from mpmath import mp, mpf

    listed = 1000 + 10 * digits
    start = listed + mpf(1) / 2
    end = None
    if dim == math.inf:
        end = mp.exp((digits * math.log(10) - log_floor) / float(min(betas)))
        stop = end = max(end, 2 * start)
    else:
        stop = mpf(int(dim)) + mpf(1) / 2
    nodes, counts = [mpf(j) for j in range(1, listed + 1)], [mpf(1)] * listed
    ends = [(start, 1)] if end is not None else [(start, 1), (stop, -1)]
    for at, sign in ends:
        for x, w in _slopes(at, digits):
            nodes.append(x)
            counts.append(sign * w)
    length = mp.log(stop / start)
    rule = _legendre(math.ceil(0.55 * digits) + 4)
    blocks = max(1, math.ceil(length * max(float(max(betas)), 1.0) / 0.5))
    if blocks * len(rule) > MOST_NODES:
        raise DomainError(
            f"{blocks * len(rule)} nodes for power laws side by side",
            where="digits",
            accepted=f"at most {MOST_NODES}: fewer digits, or larger beta",
        )
    half = length / (2 * blocks)
    for block in range(blocks):
        centre = mp.log(start) + half * (2 * block + 1)
        for x, w in rule:
            j = mp.exp(centre + half * x)
            nodes.append(j)
            counts.append(half * w * j)
    return nodes, counts, end


def _slopes(at: Any, digits: int) -> list[tuple[Any, Any]]:
    """Nodes and weights of sum_k c_k F^(2k-1)(at), by interpolation on at (1 +- 0.15)."""
    from mpmath import mp, mpf

    size, terms = math.ceil(1.6 * digits) + 12, math.ceil(0.28 * digits) + 4
    width = at * mpf(15) / 100
    with mp.workdps(2 * digits + size):  # the coefficients of T_n alternate, up to 2.4^n
        factors = [-mp.bernpoly(2 * k, mpf(1) / 2) / (2 * k) / width ** (2 * k - 1) for k in range(1, terms + 1)]
        older, newer = [mpf(1)], [mpf(0), mpf(1)]
        images = [mpf(0), factors[0]]  # of T_0, T_1: (2k-1)! times a coefficient, over (2k)!
        for _ in range(2, size):
            following = [mpf(0), *(2 * c for c in newer)]
            for i, c in enumerate(older):
                following[i] -= c
            older, newer = newer, following
            images.append(mp.fsum(f * c for f, c in zip(factors, newer[1::2], strict=False)))
        out = []
        for i in range(size):
            angle = mp.pi * (2 * i + 1) / (2 * size)
            weight = mp.fsum(2 * mp.cos(n * angle) * images[n] for n in range(1, size)) / size
            out.append((at + width * mp.cos(angle), weight))
    return [(+x, +w) for x, w in out]


@lru_cache(maxsize=4)
def _legendre_at(count: int, bits: int) -> tuple[tuple[Any, Any], ...]:
    from mpmath import mp, mpf

    out = []
    x0, _ = np.polynomial.legendre.leggauss(count)
    with mp.workprec(bits + 30):
        for guess in x0:
            x = mpf(float(guess))
            for _ in range(3 + int(math.log2(bits / 40 + 1))):
                older, value = mpf(1), x
                for n in range(2, count + 1):
                    older, value = value, ((2 * n - 1) * x * value - (n - 1) * older) / n
                slope = count * (x * value - older) / (x * x - 1)
                x = x - value / slope
            out.append((x, 2 / ((1 - x * x) * slope**2)))
    return tuple(out)


def _legendre(count: int) -> tuple[tuple[Any, Any], ...]:
    """Nodes and weights on [-1, 1] at the current precision."""
    from mpmath import mp

    return _legendre_at(count, mp.prec)
