"""One draw of any scenario from its definition: sources, shared rows, kept labels, filters, features, subsamples.

Every design, noise vector and feature matrix is drawn, every fit is made as it is defined; nothing here knows a formula
for the error.  A fit is linear in its labels, so the same code runs in two ways:

- direct: labels are vectors, label noise is drawn;
- averaged: labels are matrices, the coefficients of w0_1, ..., w0_d and of every entry of every noise vector.  The mean
  of the squared error over noise, and over the signs of the axes (S is diagonal, so the law of designs and features
  does not change when w0_j -> -w0_j), is then a sum of squares.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.linalg import lapack

from ridgeproof.errors import DomainError

from ..problem.numbers import as_float
from ..problem.plan import Plan, PlannedFit
from ..problem.scenario import Scenario
from .sampling import MAX_ENTRIES, cholesky

_MATRICES_AT_ONCE = 4  # of the size of one fit's labels


def definition_replicate(scenario: Scenario, rng: np.random.Generator, *, averaged: bool = False) -> float:
    """One draw of |w_hat - w0|_S^2, noise floor left out.

    Parameters
    ----------
    scenario : Scenario
        Finite dimension.
    rng : numpy.random.Generator
        Source of all randomness.
    averaged : bool
        The mean of it over label noise and signs of w0, given designs, features and subsamples.

    Raises
    ------
    DomainError
        Infinite dimension, matrices too large, numbers outside double precision.
    """
    plan = scenario.plan()
    eigenvalues = scenario.spectrum.eigenvalues()
    truth = scenario.target.coefficients(scenario.spectrum)
    draw = _Draw(plan, eigenvalues, np.diag(truth) if averaged else truth[:, None], rng, averaged)
    for planned in plan.fits:
        draw.fit(planned)
    return float(np.sum(eigenvalues[:, None] * (draw.models[-1] - draw.models[0]) ** 2))


@dataclass(frozen=True)
class _Table:
    """The rows of one fit, rows that occur several times put together: their weights added, their labels averaged."""

    design: np.ndarray  # (N', d)
    labels: np.ndarray  # (N', columns)
    weight: np.ndarray  # (N',), > 0
    count: int  # N


class _Draw:
    """What has been drawn so far."""

    def __init__(
        self, plan: Plan, eigenvalues: np.ndarray, truth: np.ndarray, rng: np.random.Generator, averaged: bool
    ) -> None:
        self.plan, self.rng, self.averaged = plan, rng, averaged
        self.eigenvalues, self.dim = eigenvalues, eigenvalues.size
        self.sigma = [math.sqrt(as_float(noise.variance, where="noise")) for noise in plan.noises]
        self.start: dict[int, int] = {}  # first column of each noise
        columns = truth.shape[1]
        if averaged:
            for i, noise in enumerate(plan.noises):
                if self.sigma[i]:
                    self.start[i] = columns
                    columns += plan.rows[noise.rows].samples
        largest = max(max(sum(plan.rows[use.rows].samples for use in fit.uses), self.dim) for fit in plan.fits)
        if largest * max(columns, self.dim) > MAX_ENTRIES // _MATRICES_AT_ONCE:
            raise DomainError(
                f"matrices of {largest} x {max(columns, self.dim)} entries do not fit in memory",
                where="simulate",
                accepted=f"at most {MAX_ENTRIES // _MATRICES_AT_ONCE} entries" + (", or direct" if averaged else ""),
            )
        self.columns = columns
        self.models = [np.hstack([truth, np.zeros((self.dim, columns - truth.shape[1]))])]
        self.designs: dict[int, np.ndarray] = {}
        self.noises: dict[int, np.ndarray] = {}

    def design(self, index: int) -> np.ndarray:
        if index not in self.designs:
            rows = self.plan.rows[index]
            spectrum = self.eigenvalues if rows.covariance is None else rows.covariance.eigenvalues()
            self.designs[index] = self.rng.standard_normal((rows.samples, self.dim)) * np.sqrt(spectrum)
        return self.designs[index]

    def labels(self, index: int, design: np.ndarray) -> np.ndarray:
        """Labels (T, columns) of a label set on its design."""
        chosen = self.plan.labels[index]
        y = design @ sum(float(c) * self.models[model] for model, c in chosen.models) if chosen.models else 0.0
        y = y + np.zeros((design.shape[0], self.columns))
        for noise, c in chosen.noises:
            sigma = self.sigma[noise]
            if not sigma:
                continue
            if self.averaged:
                first = self.start[noise]
                y[:, first : first + design.shape[0]].flat[:: design.shape[0] + 1] += float(c) * sigma
                continue
            if noise not in self.noises:
                self.noises[noise] = sigma * self.rng.standard_normal((design.shape[0], 1))
            y += float(c) * self.noises[noise]
        return y

    def table(self, planned: PlannedFit) -> _Table:
        sizes = [self.plan.rows[use.rows].samples for use in planned.uses]
        chosen = np.ones(sum(sizes), dtype=bool)
        if planned.subsample is not None:
            chosen[:] = False
            chosen[self.rng.choice(chosen.size, planned.subsample, replace=False)] = True
        weights: dict[int, np.ndarray] = {}
        sums: dict[int, np.ndarray] = {}
        for use, part in zip(planned.uses, np.split(chosen, np.cumsum(sizes)[:-1]), strict=True):
            design = self.design(use.rows)
            y = self.labels(use.labels, design)
            weight = part * as_float(use.weight, where=f"{planned.where}.weight")
            weights[use.rows] = weights.get(use.rows, 0.0) + weight
            sums[use.rows] = sums.get(use.rows, 0.0) + weight[:, None] * y
        weight = np.concatenate([weights[r] for r in weights])
        seen = weight > 0
        design = np.concatenate([self.designs[r] for r in weights])[seen]
        labels = np.concatenate([sums[r] for r in weights])[seen] / weight[seen, None]
        return _Table(design, labels, weight[seen], int(chosen.sum()))

    def fit(self, planned: PlannedFit) -> None:
        table, fit = self.table(planned), planned.fit
        ridge = as_float(fit.ridge, where=f"{planned.where}.ridge")
        origin = self.models[planned.toward] if planned.toward is not None else None
        y = table.labels if origin is None else table.labels - table.design @ origin
        root = np.sqrt(table.weight)[:, None]
        z, y = table.design * root, y * root
        if fit.filter == "gradient-flow":
            assert fit.time is not None
            w = _flow(z / math.sqrt(table.count), y / math.sqrt(table.count), ridge, as_float(fit.time, where="time"))
        elif fit.filter == "gradient-descent":
            w = np.zeros((self.dim, self.columns))
            assert fit.rate is not None
            rate = as_float(fit.rate, where=f"{planned.where}.rate")
            for _ in range(fit.steps or 0):
                w = w + rate * (z.T @ (y - z @ w) / table.count - ridge * w)
        elif fit.features is not None:
            features = self.rng.standard_normal((fit.features, self.dim)) / math.sqrt(fit.features)
            w = features.T @ _ridge(z @ features.T, y, ridge * table.count)
        elif ridge == 0 and z.shape[0] >= self.dim:  # least squares in coordinates where S = I: better conditioned
            scale = np.sqrt(self.eigenvalues)
            w = _ridge(z / scale, y, 0.0) / scale[:, None]
        else:
            w = _ridge(z, y, ridge * table.count)
        self.models.append(w if origin is None else origin + w)


def _ridge(z: np.ndarray, y: np.ndarray, shift: float) -> np.ndarray:
    """argmin |Z w - y|^2 + shift |w|^2, of least norm where shift = 0, for every column of y."""
    dual = z.shape[0] < z.shape[1]
    factor = cholesky(z @ z.T if dual else z.T @ z, shift)
    if factor is not None:
        if dual:
            return np.asarray(z.T @ lapack.dpotrs(factor, y, lower=1)[0])
        return np.asarray(lapack.dpotrs(factor, z.T @ y, lower=1)[0])
    left, values, right = np.linalg.svd(z, full_matrices=False)
    seen = values > (np.finfo(float).eps * max(z.shape) * values[0] if shift == 0 else 0.0)
    values, left, right = values[seen], left[:, seen], right[seen]
    return np.asarray(right.T @ ((left.T @ y) / (values + shift / values)[:, None]))


def _flow(z: np.ndarray, y: np.ndarray, ridge: float, time: float) -> np.ndarray:
    """w(time) of dw/dt = Z'(y - Z w) - ridge w, w(0) = 0, for every column of y."""
    left, values, right = np.linalg.svd(z, full_matrices=False)
    rate = values**2 + ridge
    with np.errstate(invalid="ignore", divide="ignore"):
        reached = np.where(rate > 0, -np.expm1(-time * rate) / rate, time)
    return np.asarray(right.T @ ((reached * values)[:, None] * (left.T @ y)))
