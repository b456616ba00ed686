"""Why a prediction may fail on these rows: what the theory supposes, looked at before anything is run.

The deterministic equivalent is a limit of many rows with eigenvectors spread evenly over them.  Its relative error is
of order 1/(T - df_2) for rows that spread (for least squares exactly (T - d)/(T - d - 1)); rows of high leverage make
the number of rows that count smaller; and at ridge 0 the fit divides by every eigenvalue that rounding leaves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import linalg

from ..predictions.kappa import kappa
from .kernels import Kernel, typical_rows
from .scenarios import Chain
from .spectra import Empirical

LEVERAGE_ROWS = 600  # rows that leverage is looked at on
FEW = 40  # rows
CROWDED = 0.9  # of T: an effective dimension next to interpolation
HEAVY = 6.0  # the largest leverage over the mean one
ROUNDED = 1e-11  # of the largest eigenvalue: below, a kernel matrix in double precision is its rounding


@dataclass(frozen=True)
class Diagnosis:
    """What the theory supposes, in numbers.

    Parameters
    ----------
    rows : int
        The smallest number of rows of a fit in the chain, T.
    dimension : float
        df_1(kappa) of that fit.
    order : float
        1/(T - df_2): the relative size of the first correction that the theory leaves out.
    leverage : float
        The largest leverage of a row over the mean one, df_1/T, at that fit's kappa.
    rank : int
        Eigenvalues above rounding.
    reasons : tuple of str
        What speaks against the theory, one line each.
    by_rounding : bool
        Whether a fit without ridge divides by eigenvalues that are rounding.
    """

    rows: int
    dimension: float
    order: float
    leverage: float
    rank: int
    reasons: tuple[str, ...]
    by_rounding: bool

    @property
    def half_width(self) -> float:
        """A relative uncertainty of the theory where nothing was measured: a judgement, no theorem."""
        return float(min(0.1 + 2 * self.order + 0.02 * max(self.leverage - 1, 0) + 2.0 * self.by_rounding, 3.0))


def diagnose(empirical: Empirical, inputs: np.ndarray, kernel: Kernel, chain: Chain) -> Diagnosis:
    """Look at the fit of a chain with the fewest rows to spare.

    Parameters
    ----------
    empirical : Empirical
    inputs : ndarray, shape (N, p)
        The reference rows.
    kernel : Kernel
    chain : Chain
    """
    s = empirical.eigenvalues
    fits = {(chain.samples, chain.ridge)}
    if chain.generations:
        fits.add((chain.generator_samples, chain.generator_ridge))
    found = []
    for samples, ridge in sorted(fits):
        k = kappa(s, samples, ridge)
        shrink = s / (s + k)
        found.append((1 / max(samples - float(np.sum(shrink**2)), 1e-9), samples, float(np.sum(shrink)), k, ridge))
    order, samples, dimension, k, ridge = max(found)
    leverage = _leverage(inputs, kernel, k)
    sound = int(np.sum(s > ROUNDED * s[0]))
    rounding = any(fit[4] == 0 and fit[3] < ROUNDED * s[0] * 10 and len(s) > sound for fit in found)
    reasons = []
    least = min(fit[1] for fit in found)
    if least < FEW:
        reasons.append(f"{least} rows in a fit: the theory is for many, and leaves out parts of order 1/{least}")
    if dimension > CROWDED * samples:
        reasons.append(
            f"{samples} rows resolve an effective dimension of {dimension:.4g} at ridge {ridge:g}: next to "
            "interpolation a few rows decide"
        )
    if leverage > HEAVY:
        reasons.append(
            f"heavy leverage: one row has {leverage:.3g} times the mean, and the theory takes rows to be alike"
        )
    if rounding:
        reasons.append(
            f"the rank is decided by rounding: {len(s)} eigenvalues, {sound} of them above {ROUNDED:g} of the largest, "
            "and a fit at ridge 0 divides by all"
        )
    return Diagnosis(least, dimension, order, leverage, sound, tuple(reasons), rounding)


def _leverage(inputs: np.ndarray, kernel: Kernel, k: float) -> float:
    """max over mean of diag K (K + n kappa)^-1, on at most `LEVERAGE_ROWS` rows."""
    rows = typical_rows(inputs, LEVERAGE_ROWS)
    values, vectors = linalg.eigh(kernel.gram(rows, rows), check_finite=False, driver="evd")
    values = np.maximum(values, 0)
    weights = values / (values + max(len(rows) * k, values[-1] * 1e-12))
    each = vectors**2 @ weights
    return float(each.max() / each.mean())
