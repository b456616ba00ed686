"""Capacity and source exponents of an empirical spectrum, with their uncertainty, and the level of label noise.

docs/theory.md#P1: s_j ~ j^-beta, s_j w0_j^2 ~ j^-(1 + 2 beta r).  Both are fitted to means over bins of equal width
in log j, so that every scale counts alike.  Label noise of variance sigma^2 in a sample of N rows adds sigma^2/N to
*every* c_j^2, as the u_j are orthonormal: it is the floor that the coefficients fall to.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy import optimize

from .spectra import Empirical

FIRST = 2  # the first direction is often the mean, apart from the rest
PART = 4  # the smallest eigenvalues of N rows are those of the sample, not of the law: only j <= N/PART is used
_BINS_PER_DECADE = 8
_LEAST_BINS = 6
_LEAST = 20  # eigenvalues: a decade
_CURVED = 0.2  # the two halves' slopes may differ by this part of beta
_SCATTER = 0.15  # root-mean-square deviation of log s_j from the line


@dataclass(frozen=True)
class PowerLaws:
    """Exponents with one standard uncertainty each.

    Parameters
    ----------
    beta, beta_error : float
        Capacity.  The uncertainty is the larger of the fit's own and half the difference between the slopes of the two
        halves of the range.  NaN where nothing could be fitted.
    r, r_error : float
        Source; the uncertainty includes that of beta.
    noise, noise_error : float
        Label-noise variance that the floor of the coefficients suggests, in units of the targets' own, standardised,
        variance.  NaN where no floor is reached; an upper bound on the noise is the floor in any case.
    first, last : int
        The range of j used.
    warnings : tuple of str
        Why the exponents should not be trusted, one line each; empty where they may be.
    """

    beta: float
    beta_error: float
    r: float
    r_error: float
    noise: float
    noise_error: float
    first: int
    last: int
    warnings: tuple[str, ...]


def fit_power_laws(empirical: Empirical) -> PowerLaws:
    """Fit the exponents.

    Parameters
    ----------
    empirical : Empirical

    Returns
    -------
    PowerLaws
    """
    s, nan = empirical.eigenvalues, math.nan
    last = min(len(s), max(empirical.rows // PART, 1))
    last = int(np.searchsorted(-s[:last], -s[0] * 1e-12))  # below, rounding shows
    edges = np.unique(np.geomspace(FIRST, last + 1, _count(last)).round().astype(int))
    if last < _LEAST or len(edges) <= _LEAST_BINS:
        short = f"usable eigenvalues of {empirical.rows} rows: {last}, too few to fit a power law"
        return PowerLaws(nan, nan, nan, nan, nan, nan, FIRST, last, (short,))
    warnings = []
    x = np.array([np.log(np.arange(a, b)).mean() for a, b in pairwise(edges)])
    height = np.array([np.log(s[a - 1 : b - 1]).mean() for a, b in pairwise(edges)])
    line, covariance = np.polyfit(x, height, 1, cov=True)
    beta, half = -float(line[0]), len(x) // 2
    early, late = (-float(np.polyfit(x[part], height[part], 1)[0]) for part in (slice(half + 1), slice(half, None)))
    beta_error = max(math.sqrt(covariance[0, 0]), abs(late - early) / 2)
    scatter = float(np.sqrt(np.mean((height - np.polyval(line, x)) ** 2)))
    if abs(late - early) > _CURVED * abs(beta) or scatter > _SCATTER:
        warnings.append(
            f"the spectrum is not a power law: its slope goes from {early:.2f} to {late:.2f} "
            f"for j = {FIRST} to {last}; beta describes it at best locally"
        )
    if beta <= 1:
        warnings.append(f"beta = {beta:.2f} is not above 1: outside the theory of power laws (the trace would diverge)")
    r, r_error, noise, noise_error, doubts = _source(empirical, edges, x, beta, beta_error)
    return PowerLaws(beta, beta_error, r, r_error, noise, noise_error, FIRST, last, tuple(warnings + doubts))


def _count(last: int) -> int:
    return max(2, math.ceil(_BINS_PER_DECADE * math.log10(max(last / FIRST, 1.1))) + 1)


def _source(
    empirical: Empirical, edges: np.ndarray, x: np.ndarray, beta: float, beta_error: float
) -> tuple[float, float, float, float, list[str]]:
    """(r, its error, noise, its error, warnings): a j^-p + floor fitted to bin means of c_j^2, p = 1 + 2 beta r.

    In each bin of m coefficients the mean of squares scatters by sqrt(2/m) relatively, as of Gaussian coefficients.
    """
    v, nan, doubts = empirical.signal, math.nan, []
    sizes = np.diff(edges)
    means = np.array([v[a - 1 : b - 1].mean() for a, b in pairwise(edges)])
    seen = means > 1e-14 * v.sum()
    if seen.sum() < _LEAST_BINS:
        return nan, nan, nan, nan, ["the target lies in a few directions: no source exponent"]
    x, means, scale = x[seen], means[seen], np.sqrt(2 / sizes[seen])

    def misfit(parameters: np.ndarray) -> np.ndarray:
        return (np.logaddexp(parameters[0] - parameters[1] * x, parameters[2]) - np.log(means)) / scale

    starts = [
        np.array([np.log(means[0]) + p * x[0], p, np.log(means[-1] * share)])
        for p in (1.2, 2.0, 4.0)
        for share in (0.9, 0.01)
    ]
    low = np.log(means.min()) - 12  # a floor this low is none
    fits = [
        optimize.least_squares(misfit, start, bounds=([-np.inf, 0, low - 1], [np.inf, 40, np.inf])) for start in starts
    ]
    best = min(fits, key=lambda fit: float(fit.cost))
    _, p, floor = best.x
    jacobian = np.asarray(best.jac)
    freedom = max(len(x) - 3, 1)
    spread = max(1.0, 2 * float(best.cost) / freedom)  # scatter beyond the Gaussian one widens the errors
    covariance = np.linalg.pinv(jacobian.T @ jacobian) * spread
    r = (p - 1) / (2 * beta)
    r_error = math.hypot(math.sqrt(covariance[1, 1]) / (2 * beta), r * beta_error / beta)
    if spread > 4 or r <= 0:
        doubts.append(
            f"the target's coefficients do not follow a power law (chi^2 per degree of freedom {spread:.1f}): "
            "r is of little use"
            if r > 0
            else f"r = {r:.2f} is not above 0: the coefficients hardly fall with j"
        )
    floored = floor > low + 2 and math.sqrt(covariance[2, 2]) < 0.7
    if not floored:
        return r, r_error, nan, nan, doubts
    variance = empirical.outside + float(v.sum())
    noise = min(math.exp(floor) * empirical.rows, variance)  # no part of the labels is larger than all of them
    return r, r_error, noise, min(noise * math.sqrt(covariance[2, 2]), variance), doubts
