"""The deterministic equivalent when rows are drawn from N given ones: what E4 leaves out when T is not small against N.

E4 is for rows that never repeat.  T draws from N rows hit each row c_i times, so that Sh = S^(1/2) W S^(1/2) with W =
(N/T) U^T C U, C = diag(c), U the kernel's eigenvectors.  Taking U for free of S (delocalised eigenvectors), the
multiplicative free convolution gives, with t = df_1(kappa)/N and w = N c/T a random row's weight,

    lambda (Sh + lambda)^-1 ~= kappa (S + kappa)^-1,    E[w/(w + mu)] = t,    lambda = kappa mu t/(1 - t),

and differentiating in lambda and in a perturbation of S, exactly as for E4, the same link with another q:

    m' = D m,   M' = D M D + q S (S+kappa)^-2,
    q = sigma^2 kappa'/T + (1 - lambda kappa'/kappa) kappa tr[M S (S+kappa)^-2]/tr[S (S+kappa)^-2],

kappa' = dkappa/dlambda.

For Gaussian rows kappa' = T/(T - df_2), and q is E4's.  c_i is binomial (T, 1/N) with replacement, 0 or 1 without; at
ridge 0 kappa is where df_1 reaches the expected number of *distinct* rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

from ridgeproof.errors import DomainError, NotConverged

from .scenarios import Chain
from .spectra import Empirical


@dataclass(frozen=True)
class Weights:
    """The law of w = N c/T for a random row: values, shape (m,), and their probabilities."""

    values: np.ndarray
    chances: np.ndarray

    def mean(self, function_values: np.ndarray) -> float:
        """E of a function given at the values."""
        return float(self.chances @ function_values)


def weights(rows: int, samples: int, *, replacement: bool) -> Weights:
    """How often a row is drawn, divided by the mean.

    Raises
    ------
    DomainError
        More draws without replacement than rows.
    """
    if not replacement:
        if samples > rows:
            raise DomainError(
                f"{samples} of {rows} rows without replacement", where="samples", accepted=f"at most {rows}"
            )
        return Weights(np.array([0.0, rows / samples]), np.array([1 - samples / rows, samples / rows]))
    law = stats.binom(samples, 1 / rows)
    counts = np.arange(int(law.isf(1e-16)) + 2)
    return Weights(counts * (rows / samples), law.pmf(counts))


@dataclass(frozen=True)
class Fit:
    """kappa of a fit, kappa'/T (what sigma^2 is multiplied by) and 1 - lambda kappa'/kappa."""

    kappa: float
    noise_gain: float
    loss_gain: float


def solve(eigenvalues: np.ndarray, rows: int, samples: int, ridge: float, law: Weights) -> Fit:
    """Solve the equations of the module for one fit.

    Parameters
    ----------
    eigenvalues : ndarray, shape (d,)
        d <= N.
    rows, samples : int
        N, T.
    ridge : float
        lambda >= 0.
    law : Weights

    Raises
    ------
    DomainError
        As many distinct rows as dimensions at ridge 0, all rows drawn.
    NotConverged
    """
    s, w = np.asarray(eigenvalues, dtype=float), law.values

    def share(mu: float) -> float:
        return law.mean(w / (w + mu))

    def at(mu: float) -> tuple[float, float, float]:
        """(kappa, t, h) at mu."""
        t = share(mu)
        k = _where(s, rows * t)
        return k, t, float(np.sum(s / (s + k) ** 2))

    def mismatch(log_mu: float) -> float:
        mu = float(np.exp(log_mu))
        k, t, _ = at(mu)
        return float(np.log(k * mu * t / (1 - t) / ridge))

    drawn = float(law.chances[w > 0].sum())
    if ridge == 0:
        if abs(rows * drawn - s.size) < 1e-9 * s.size:
            raise DomainError("every dimension is hit just once", where="samples", accepted="ridge > 0")
        if rows * drawn > s.size:
            t = s.size / rows
            mu = float(np.exp(optimize.brentq(lambda x: share(float(np.exp(x))) - t, -60, 60)))
            return Fit(0.0, (1 - t) / (t * mu) / samples, 0.0)
        k = _where(s, rows * drawn)
        h = float(np.sum(s / (s + k) ** 2))
        inverse = law.mean(np.divide(1, w, out=np.zeros_like(w), where=w > 0))
        return Fit(k, (1 - drawn) / drawn * inverse * rows / (k * h) / samples, 1.0)
    # mu from where kappa >= 0 exists upwards; lambda grows with mu.
    low = -80.0
    if rows * drawn >= s.size:
        low = float(optimize.brentq(lambda x: share(float(np.exp(x))) - s.size / rows * (1 - 1e-13), -60, 60))
    high = max(low, 0.0) + 1
    while mismatch(high) < 0:
        high += 2
        if high > 200:
            raise NotConverged(f"no kappa for ridge {ridge}", where="finite rows")
    root = low if mismatch(low) >= 0 else float(optimize.brentq(mismatch, low, high, xtol=1e-13, rtol=1e-14))
    mu = float(np.exp(root))
    k, t, h = at(mu)
    v = law.mean(w * mu / (w + mu) ** 2)
    slope = 1 + k * h / rows * (1 / v - 1 / (t * (1 - t)))  # dlog lambda/dlog kappa
    return Fit(k, k / (ridge * slope) / samples, 1 - 1 / slope)


def _where(eigenvalues: np.ndarray, degrees: float) -> float:
    """kappa with df_1(kappa) = ``degrees`` < d."""
    s = eigenvalues

    def excess(x: float) -> float:
        return float(np.sum(s / (s + np.exp(x)))) - degrees

    # df_1(k) is between d s_d/(s_d + k) and d s_1/(s_1 + k): the root is between s_d m and s_1 m, m = (d - df)/df, in
    # which d - df is a difference that may be all rounding.
    missing = max(s.size - degrees, s.size * np.finfo(float).tiny) / degrees
    low, high = float(np.log(s[-1] * missing)), float(np.log(s[0] * missing))
    if high - low < 1e-13 * (1 + abs(low)) or excess(low) <= 0:
        return float(np.exp(low))
    if excess(high) >= 0:
        return float(np.exp(high))
    return float(np.exp(optimize.brentq(excess, low, high, xtol=1e-13, rtol=1e-14)))


def predict_rows(empirical: Empirical, chain: Chain, *, replacement: bool = True) -> float:
    """Test error of a chain whose rows are drawn from the N rows of a sample.

    Parameters
    ----------
    empirical : Empirical
        Of the kernel matrix of these rows.
    chain : Chain
    replacement : bool

    Returns
    -------
    float

    Raises
    ------
    DomainError, NotConverged
    """
    mean, second = _teacher(empirical, chain, replacement)
    return _last_error(empirical, chain, chain.ridge, mean, second, replacement)


def best_ridge_rows(empirical: Empirical, chain: Chain, *, replacement: bool = True) -> float:
    """The downstream ridge with the least `predict_rows`, to 1 %, between 1e-12 and 100 times the largest eigenvalue.

    Parameters, errors: as `predict_rows`; the chain's own downstream ridge plays no role.
    """
    mean, second = _teacher(empirical, chain, replacement)
    top = float(np.log(empirical.eigenvalues[0]))

    def error(log_ridge: float) -> float:
        return _last_error(empirical, chain, float(np.exp(log_ridge)), mean, second, replacement)

    grid = np.linspace(top - 27.6, top + 4.6, 47)
    best = int(np.argmin([error(x) for x in grid]))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, 46)]
    return float(
        np.exp(optimize.minimize_scalar(error, bounds=(low, high), method="bounded", options={"xatol": 0.01}).x)
    )


def _teacher(empirical: Empirical, chain: Chain, replacement: bool) -> tuple[np.ndarray, np.ndarray]:
    """Mean and second moments of the last generator; of the truth itself for n = 0."""
    mean, second = empirical.coefficients.copy(), empirical.coefficients**2
    for generation in range(chain.generations):
        noise = chain.generator_noise + (0.0 if generation else empirical.outside)
        if not generation:
            fit = _solved(empirical, chain.generator_samples, chain.generator_ridge, replacement)
        mean, second = _link(empirical.eigenvalues, fit, mean, second, noise)
    return mean, second


def _last_error(
    empirical: Empirical, chain: Chain, ridge: float, mean: np.ndarray, second: np.ndarray, replacement: bool
) -> float:
    truth, noise = empirical.coefficients, chain.noise + (0.0 if chain.generations else empirical.outside)
    fit = _solved(empirical, chain.samples, ridge, replacement)
    mean, second = _link(empirical.eigenvalues, fit, mean, second, noise)
    return float(np.sum(empirical.eigenvalues * (second - 2 * mean * truth + truth**2)))


def _solved(empirical: Empirical, samples: int, ridge: float, replacement: bool) -> Fit:
    law = weights(empirical.rows, samples, replacement=replacement)
    return solve(empirical.eigenvalues, empirical.rows, samples, ridge, law)


def _link(s: np.ndarray, fit: Fit, mean: np.ndarray, second: np.ndarray, noise: float) -> tuple[np.ndarray, np.ndarray]:
    """The link of the module: (m, M) of the teacher to those of the student."""
    d, l = s / (s + fit.kappa), fit.kappa / (s + fit.kappa)
    q = noise * fit.noise_gain
    if fit.loss_gain:
        q += fit.loss_gain * fit.kappa * float(np.sum(second * d * l)) / float(np.sum(d * l))
    return d * mean, d * d * (second + q / s)
