"""Kernel ridge chains on real rows against the theory: docs/theory.md#kernels, and the law for rows drawn from few.

The rows are scikit-learn's digits: inputs divided by 16, targets standardised.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

pytest.importorskip("sklearn")

from ridgeproof.errors import DomainError
from ridgeproof.numerics.data.experiment import Population, draw, fit_values, measure, population, ridge_path
from ridgeproof.numerics.data.finite_rows import best_ridge_rows, predict_rows, solve, weights
from ridgeproof.numerics.data.kernels import Kernel
from ridgeproof.numerics.data.sample import read_sample
from ridgeproof.numerics.data.scenarios import Chain, scenarios_of
from ridgeproof.numerics.data.spectra import Empirical, of_matrix
from ridgeproof.numerics.data.tables import open_table
from ridgeproof.numerics.predictions.equivalents import predict
from ridgeproof.numerics.predictions.kappa import kappa

KERNELS = {"rbf": Kernel("rbf", 8.0), "polynomial": Kernel("polynomial", 8.0, 3)}
# docs/theory.md#kernels: kernel, T0, n, sigma_0^2, lambda, sigma^2, theory, measured, its error; T = 300, 40 runs there
TABLE = [
    ("rbf", 400, 0, 0.0, 0.001, 0.1, 0.1822, 0.1889, 0.0026),
    ("rbf", 400, 3, 0.1, 0.001, 0.1, 0.3616, 0.3671, 0.0041),
    ("rbf", 800, 5, 0.3, 0.003, 0.1, 0.4527, 0.4531, 0.0042),
    ("polynomial", 400, 3, 0.1, 0.001, 0.1, 0.3558, 0.3588, 0.0034),
    ("polynomial", 400, 3, 0.0, 0.001, 0.0, 0.3095, 0.3138, 0.0014),
]


@cache
def digits(name: str) -> tuple[Population, Empirical]:
    """Return the digits under one kernel: the rows to draw from, and their spectrum."""
    sample = read_sample(open_table("digits"), size=3000, inputs=16.0)
    gram = KERNELS[name].gram(sample.inputs, sample.inputs)
    return population(gram, sample.targets), of_matrix(gram, sample.targets)


def theory(empirical: Empirical, chains: list[Chain]) -> np.ndarray:
    """Return E4's predictions."""
    return np.array([predict(scenario).test_error for scenario in scenarios_of(empirical, chains)])


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row[0]}-{row[1]}-{row[2]}-{row[3]}")
def test_table_of_section_five(row) -> None:
    """Theory to all printed digits; a new measurement agrees with the old one within three errors of both."""
    name, samples, n, noise, ridge, last_noise, predicted, measured, error = row
    law, empirical = digits(name)
    chain = Chain(300, ridge, last_noise, n, samples, 1e-3, noise)
    assert f"{theory(empirical, [chain])[0]:.4f}" == f"{predicted:.4f}"
    (found,) = measure(law, [chain], runs=20, seed=4)
    assert abs(found.mean - measured) < 3 * np.hypot(found.standard_error, error)


def grid() -> list[Chain]:
    """Return 39 chains: ridge and min-norm generators, n from 0 to 5, three ridges; T = 300, noise 0.1."""
    families = [(400, 1e-3), (800, 1e-3), (400, 0.0), (600, 0.0)]
    return [
        Chain(300, ridge, 0.1, n, samples, generator_ridge, 0.1)
        for samples, generator_ridge in families
        for n in (0, 1, 2, 5)
        for ridge in (3e-3, 1e-2, 3e-2)
        if n or (samples, generator_ridge) == families[0]
    ]


@pytest.mark.slow
def test_grid_of_settings() -> None:
    """E4 on real data, min-norm generators included: 78 settings, median gap at most 1.5 %, worst 5 % and its error.

    The measurement's own error, 0.6 to 1.9 % at 24 runs, is part of every gap; it is allowed for three times over in
    the worst one.  docs/data.md says where the gap is larger: lambda below 3e-3, min-norm generators on N/2 rows.
    """
    gaps, errors = [], []
    for name in KERNELS:
        law, empirical = digits(name)
        chains = grid()
        for predicted, found in zip(theory(empirical, chains), measure(law, chains, runs=24, seed=1), strict=True):
            gaps.append(abs(predicted / found.mean - 1))
            errors.append(found.standard_error / found.mean)
    gaps, errors = np.array(gaps), np.array(errors)
    assert len(gaps) == 78
    assert np.median(gaps) <= 0.015
    assert np.all(gaps <= 0.05 + 3 * errors) and np.mean(gaps > 0.05) < 0.05


@pytest.mark.slow
def test_distinct_rows_need_the_finite_law() -> None:
    """Rows without replacement, T0 = 800 of 1797: E4 is too high by 2 to 4 %, the finite-row law is right.

    Ridge generators; the mean of nine signed gaps, which share their chains: three of their largest errors allowed.
    """
    law, empirical = digits("rbf")
    chains = [Chain(300, ridge, 0.1, n, 800, 1e-3, 0.1) for n in (1, 3, 5) for ridge in (1e-3, 3e-3, 1e-2)]
    found = measure(law, chains, runs=25, seed=1, replacement=False)
    measured = np.array([one.mean for one in found])
    error = max(one.standard_error / one.mean for one in found)
    finite = np.array([predict_rows(empirical, chain, replacement=False) for chain in chains])
    assert abs(np.mean(finite / measured - 1)) < 3 * error < 0.04
    assert np.mean(theory(empirical, chains) / measured - 1) > 0.015


def test_finite_rows_go_over_into_gaussian_ones() -> None:
    """For N >> T the law for drawn rows is E4: kappa, q's noise part 1/(T - df_2) and its signal part.

    The difference is of order T/N.
    """
    s = np.arange(1, 401.0) ** -1.5
    for samples, ridge in ((100, 0.0), (100, 0.01), (700, 0.01)):
        fit = solve(s, 10**7, samples, ridge, weights(10**7, samples, replacement=True))
        k = kappa(s, samples, ridge)
        d = s / (s + k)
        residual = samples - np.sum(d**2)
        assert fit.kappa == pytest.approx(k, rel=1e-4)
        assert fit.noise_gain == pytest.approx(1 / residual, rel=1e-3)
        assert fit.loss_gain * fit.kappa / np.sum(d * (1 - d)) == pytest.approx(k / residual, rel=1e-3)
    ols = solve(s, 10**7, 700, 0.0, weights(10**7, 700, replacement=True))
    assert ols.kappa == 0 and ols.loss_gain == 0 and ols.noise_gain == pytest.approx(1 / 300, rel=1e-3)


def test_finite_rows_against_haar_eigenvectors() -> None:
    """The law's own assumption: eigenvectors from the Haar measure, T = N/2, with and without replacement, both ridges.

    E4 misses these by much more than the finite-row law does (both are asymptotic: 3 % and three errors allowed).
    """
    rng = np.random.default_rng(6)
    u, _ = np.linalg.qr(rng.standard_normal((300, 300)))
    s = np.arange(1, 301.0) ** -1.3
    gram = 300 * (u * s) @ u.T
    law = population(gram, u @ (np.sqrt(300 * s) * rng.standard_normal(300)))
    empirical = of_matrix(gram, law.targets)
    chains = [Chain(100, 0.02, 0.1, n, 150, ridge, 0.2) for n in (1, 3) for ridge in (0.0, 0.01)]
    for replacement in (True, False):
        for chain, found in zip(chains, measure(law, chains, runs=150, replacement=replacement), strict=True):
            gap = predict_rows(empirical, chain, replacement=replacement) / found.mean - 1
            assert abs(gap) < 0.03 + 3 * found.standard_error / found.mean


@pytest.mark.parametrize("ridge", [0.0, 1e-2])
def test_a_fit_is_the_minimiser(ridge: float) -> None:
    """Repeated rows with different labels: the fit is ridge regression in feature space, of least norm at ridge 0."""
    rng = np.random.default_rng(9)
    x = rng.standard_normal((40, 6))
    drawn, labels = rng.integers(0, 40, 30), rng.standard_normal(30)
    for width in (6, 3):  # the second kernel matrix has repeated points' rank deficiency and more rows than rank
        phi, design = x[:, :width], x[drawn, :width]
        if ridge:
            w = np.linalg.solve(design.T @ design / 30 + ridge * np.eye(width), design.T @ labels / 30)
        else:
            w = np.linalg.pinv(design) @ labels
        np.testing.assert_allclose(fit_values(phi @ phi.T, drawn, labels, ridge), phi @ w, atol=1e-9)
        both = ridge_path(phi @ phi.T, drawn, labels, [ridge, 1.0])
        np.testing.assert_allclose(both[:, 0], phi @ w, atol=1e-9)


def test_draws() -> None:
    """Without replacement rows are distinct and no more than there are; runs are reproducible."""
    rng = np.random.default_rng(0)
    assert len(np.unique(draw(rng, 50, 50, replacement=False))) == 50
    with pytest.raises(DomainError, match="51 of 50"):
        draw(rng, 50, 51, replacement=False)
    gram = np.eye(30) + 1
    law = population(gram, np.arange(30.0))
    chains = [Chain(10, 0.1, 0.1, 1, 12, 0.0, 0.1), Chain(10, 0.1, 0.1)]
    assert measure(law, chains, runs=2, seed=3) == measure(law, chains, runs=2, seed=3)
    with pytest.raises(DomainError, match="1 run"):
        measure(law, chains, runs=1)


def test_best_ridge_for_drawn_rows() -> None:
    """No ridge of a fine grid has a smaller predicted error, to the second order of its 1 % accuracy."""
    s = np.arange(1, 201.0) ** -1.5
    empirical = Empirical(s, np.ones(200), 0.1, 400, "kernel matrix")
    chain = Chain(400, 1.0, 0.1, 3, 400, 1e-3, 0.2)
    best = best_ridge_rows(empirical, chain)
    grid = [predict_rows(empirical, replace(chain, ridge=x)) for x in np.geomspace(1e-5, 10, 100)]
    assert 1e-5 < best < 10
    assert predict_rows(empirical, replace(chain, ridge=best)) <= min(grid) * (1 + 1e-4)
