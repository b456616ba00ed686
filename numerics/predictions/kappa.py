"""The effective ridge kappa(lambda, T): the solution of ``kappa - lambda = kappa df_1(kappa)/T`` (docs/theory.md#E1).

The method.  Sort s_1 >= s_2 >= ..., let D_j = s_j/(s_j + k), L_j = 1 - D_j = k/(s_j + k) and t = min(T, d).  The
equation T = T lambda/k + df_1(k) is written as A(k) = B(k) with

    A = T lambda/k + sum_{j > t} D_j,      B = max(T - d, 0) + sum_{j <= t} L_j,

sums of positive terms, so that nothing cancels when T is next to d or the spectrum has gaps.  In x = log k the function
G = log(A/B) has the slope

    G' = -(T lambda/k + sum_{j>t} D_j L_j)/A - (sum_{j<=t} D_j L_j)/B.

The first part lies in [-1, -(1 - D_{t+1})], the second in [-1, 0], in [-1, -D_t] when T <= d; as D_t >= D_{t+1},
**-2 <= G' <= -1 everywhere**: for T <= d because (1 - D_{t+1}) + D_t >= 1, and for T > d because A = T lambda/k
makes the first part exactly -1.  Hence

- one evaluation encloses the root: log kappa is between x + G/2 and x + G;
- the step x + 2G/3 divides the error by at least 3 from any start, so that convergence is guaranteed and not hoped for;
- Newton's method is kept inside the enclosure and replaced by that step whenever it fails to halve \\|G\\|.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ridgeproof.errors import DomainError, NotConverged

from ..sums.measure import Measure, as_objects, compress

if TYPE_CHECKING:
    from mpmath import mpf

_CHUNK = 1 << 21  # elements of the (ridges x eigenvalues) arrays held at once
_COMPRESS_FROM = 4096  # work in one pass (eigenvalues) and many ridges: worth replacing the spectrum by nodes
_MAX_STEPS = 200  # the guaranteed step alone needs 42 from 10^600 away


def kappa(eigenvalues: np.ndarray, samples: int, ridge: float) -> float:
    """The effective ridge to machine precision.

    Parameters
    ----------
    eigenvalues : ndarray, shape (d,)
        The covariance spectrum s_j > 0, in any order.
    samples : int
        Number of rows T >= 1.
    ridge : float
        lambda >= 0.

    Returns
    -------
    float
        kappa >= 0; zero when ``ridge == 0`` and ``samples >= d``.

    Raises
    ------
    DomainError
        When an argument is outside its domain.

    Notes
    -----
    docs/theory.md#E1.  lambda <= kappa <= lambda + tr(S)/T; at lambda = 0 and T < d it solves df_1(kappa) = T.

    >>> kappa(np.ones(4), 8, 0.5)  # isotropic: kappa^2 + (1 - lambda - d/T) kappa = lambda, here kappa^2 = 1/2
    0.7071067811865476
    """
    s = _checked(eigenvalues, samples)
    halves, excess = _split(s, samples)
    return float(_solve(halves, samples, excess, _checked_ridges(np.array([ridge], dtype=float)))[0])


def kappa_grid(eigenvalues: np.ndarray, samples: int, ridges: np.ndarray) -> np.ndarray:
    """`kappa` for many ridges in shared passes over the spectrum.

    Parameters
    ----------
    eigenvalues : ndarray, shape (d,)
    samples : int
    ridges : ndarray, shape (g,)

    Returns
    -------
    ndarray, shape (g,)

    Notes
    -----
    Above 4096 eigenvalues and 4 ridges the two halves of the spectrum are replaced by
    `sums.measure.compress`, one pass over the data, which moves kappa by less than 1e-14 relative (measured
    in benchmarks/bench_kappa.py).
    """
    s = _checked(eigenvalues, samples)
    lam = _checked_ridges(np.asarray(ridges, dtype=float))
    halves, excess = _split(s, samples)
    if len(s) > _COMPRESS_FROM and lam.size > 4:
        halves = compress(halves[0]), compress(halves[1])
    return _solve(halves, samples, excess, lam)


def _checked(eigenvalues: np.ndarray, samples: int) -> np.ndarray:
    s = np.asarray(eigenvalues, dtype=float)
    if s.ndim != 1 or s.size == 0:
        raise DomainError(
            f"eigenvalues of shape {s.shape}", where="kappa", accepted="a list of at least one number > 0"
        )
    if samples < 1 or samples != int(samples):
        raise DomainError(f"samples = {samples}", where="kappa", accepted="an integer >= 1")
    if np.any(s[1:] > s[:-1]):
        s = -np.sort(-s)
    if not (s[-1] > 0 and math.isfinite(s[0]) and not np.isnan(s).any()):
        raise DomainError("an eigenvalue that is not positive and finite", where="kappa", accepted="numbers > 0")
    return s


def _checked_ridges(ridges: np.ndarray) -> np.ndarray:
    if not np.all((ridges >= 0) & np.isfinite(ridges)):
        raise DomainError("a ridge that is negative or not finite", where="kappa", accepted="numbers >= 0")
    return ridges


def _split(s: np.ndarray, samples: int) -> tuple[tuple[Measure, Measure], int]:
    """The first t = min(floor T, d) of the descending eigenvalues and the rest, and T - t."""
    t = min(int(samples), s.size)
    return Measure(s, None).split(t), int(samples) - t


def kappa_of_halves(halves: tuple[Measure, Measure], samples: int, excess: int, ridge: float) -> float:
    """`kappa` for a spectrum in two measures, of j <= t and of j > t, for some t <= min(T, d); ``excess`` is T - t.

    With t < min(T, d) the slope of G is bounded by -(1 - D_{t+1}) only: t must leave small D_{t+1}.
    """
    return float(_solve(halves, samples, excess, np.array([ridge]))[0])


def _solve(halves: tuple[Measure, Measure], samples: int, excess: int, ridges: np.ndarray) -> np.ndarray:
    """kappa for every ridge, from the spectrum in two halves."""
    out = np.zeros(ridges.shape)
    solve = np.flatnonzero(ridges > 0) if halves[1].nodes.size == 0 else np.arange(ridges.size)
    size = max(1, _CHUNK // max(1, halves[0].nodes.size + halves[1].nodes.size))
    for start in range(0, solve.size, size):
        index = solve[start : start + size]
        out[index] = _newton(halves, samples, excess, ridges[index])
    return out


def _newton(halves: tuple[Measure, Measure], samples: int, excess: int, lam: np.ndarray) -> np.ndarray:
    top, rest = halves
    upper = lam + (top.integral(top.nodes) + rest.integral(rest.nodes)) / samples
    lower = np.maximum(lam, rest.nodes[0] / (samples + 1)) if rest.nodes.size else lam
    k = np.exp((np.log(lower) + np.log(upper)) / 2)
    last = np.full(k.shape, np.inf)
    for _ in range(_MAX_STEPS):
        g, slope = _balance(top, rest, samples, excess, lam, k)
        size = np.abs(g)
        # Newton is quadratic long before 2^-36: a step that no longer halves |G| there has met the rounding of G.
        if np.all((size <= 2**-51) | ((size < 2**-36) & (size > last / 2))):
            return k
        step = np.where(size > last / 2, g / 1.5, np.clip(-g / slope, np.minimum(g / 2, g), np.maximum(g / 2, g)))
        k = k * np.exp(step)
        last = size
    raise NotConverged("kappa did not converge", where=f"samples = {samples}, ridge = {lam}")


def _balance(
    top: Measure, rest: Measure, samples: int, excess: int, lam: np.ndarray, k: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """G = log(A/B) and its derivative in log k, for every k; see the module's docstring."""
    column = k[:, None]
    denominator = top.nodes + column
    loss = column / denominator
    b = excess + top.integral(loss)
    b_slope = top.integral(np.multiply(loss, np.divide(top.nodes, denominator, out=denominator), out=denominator))
    a = a_slope = samples * (lam / k)
    if rest.nodes.size:
        denominator = rest.nodes + column
        shrink = rest.nodes / denominator
        a = a + rest.integral(shrink)
        a_slope = a_slope + rest.integral(
            np.multiply(shrink, np.divide(column, denominator, out=denominator), out=denominator)
        )
    difference = (a - b) / b
    g = np.where(np.abs(difference) < 0.5, np.log1p(np.maximum(difference, -0.9)), np.log(a) - np.log(b))
    return g, -a_slope / a - b_slope / b


def kappa_mp(eigenvalues: Sequence[mpf], samples: int, ridge: mpf) -> mpf:
    """The effective ridge at the current mpmath precision; see `kappa`.

    Parameters
    ----------
    eigenvalues : sequence of mpf, length d
    samples : int
    ridge : mpf

    Returns
    -------
    mpf
        Right to the working precision: the final evaluation of G, made with guard digits, encloses log kappa
        between x + G/2 and x + G, and the enclosure is required to be narrower than one unit in the last place.

    Raises
    ------
    DomainError, NotConverged
    """
    from mpmath import mp, mpf

    dim = len(eigenvalues)
    if dim == 0 or min(eigenvalues) <= 0 or samples < 1 or ridge < 0:
        raise DomainError(
            "an argument outside its domain", where="kappa", accepted="eigenvalues > 0, samples >= 1, ridge >= 0"
        )
    with mp.extraprec(16 + dim.bit_length()):
        s = sorted((mpf(v) for v in eigenvalues), reverse=True)
    t = min(samples, dim)
    return kappa_of_halves_mp(Measure(as_objects(s), None).split(t), samples, samples - t, ridge)


def kappa_of_halves_mp(halves: tuple[Measure, Measure], samples: int, excess: int, ridge: mpf) -> mpf:
    """`kappa_mp` for a spectrum given as two measures of ``mpf``; see `kappa_of_halves`."""
    from mpmath import mp, mpf

    top, rest = halves
    if ridge == 0 and rest.nodes.size == 0:
        return mpf(0)
    target = mp.prec
    guard = 16 + (top.nodes.size + rest.nodes.size).bit_length()
    k, working = _start(top, rest, samples, excess, ridge), 53
    for _ in range(_MAX_STEPS):
        with mp.workprec(min(working, target) + guard):
            g, slope = _mp_balance(top, rest, samples, excess, ridge, k)
            size = abs(g)
            if working >= target and size < mpf(2) ** (-target - 2):
                break
            step = -g / slope
            if size > 1 or not min(g / 2, g) <= step <= max(g / 2, g):
                step = g * 2 / 3
            k = k * mp.exp(step)
            if size < mpf(2) ** (-min(working, target) // 2 + 4):
                working *= 2
    else:
        raise NotConverged("kappa did not converge", where=f"samples = {samples}, ridge = {mp.nstr(ridge, 5)}")
    return +k


def _start(top: Measure, rest: Measure, samples: int, excess: int, lam: mpf) -> mpf:
    """The double-precision solution where doubles can hold the problem, else the geometric mean of the bounds of E1."""
    from mpmath import mp, mpf

    last = rest.nodes[-1] if rest.nodes.size else top.nodes[-1]
    if last > 1e-290 and top.nodes[0] < 1e290 and (lam == 0 or 1e-290 < lam < 1e290):
        return mpf(kappa_of_halves((_doubles(top), _doubles(rest)), samples, excess, float(lam)))
    lower = max(lam, rest.nodes[0] / (samples + 1)) if rest.nodes.size else lam
    return mp.sqrt(lower * (lam + (top.integral(top.nodes) + rest.integral(rest.nodes)) / samples))


def _doubles(measure: Measure) -> Measure:
    return Measure(measure.nodes.astype(float), None if measure.weights is None else measure.weights.astype(float))


def _mp_balance(top: Measure, rest: Measure, samples: int, excess: int, lam: mpf, k: mpf) -> tuple[mpf, mpf]:
    from mpmath import mp

    losses, shrinks = k / (top.nodes + k), rest.nodes / (rest.nodes + k)
    loss, shrink, pull = top.integral(losses), rest.integral(shrinks), samples * lam / k
    a, b = pull + shrink, excess + loss
    slope = -(a - rest.integral(shrinks * shrinks)) / a - (loss - top.integral(losses * losses)) / b
    difference = (a - b) / b
    return mp.log1p(difference) if abs(difference) < 0.5 else mp.log(a / b), slope
