"""Which ridge to use: the adapted one is the minimum, cross-validation is blind, and fresh data has its price."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import numpy as np
import pytest

from ridgeproof.errors import DomainError
from ridgeproof.numerics.data.cross_validation import cross_validate, leave_one_out
from ridgeproof.numerics.data.experiment import fit_values, measure, population
from ridgeproof.numerics.data.kernels import Kernel
from ridgeproof.numerics.data.mitigation import advise
from ridgeproof.numerics.data.scenarios import Chain, scenario_of
from ridgeproof.numerics.data.spectra import of_matrix
from ridgeproof.numerics.predictions.equivalents import predict

CHAIN = Chain(150, 0.01, 0.1, 4, 150, 0.0, 0.3)


@pytest.fixture(scope="module")
def rows():
    """Return 800 rows in four dimensions with a smooth target under a heavy-tailed kernel, and their spectrum."""
    rng = np.random.default_rng(12)
    x = rng.standard_normal((800, 4))
    y = np.sin(2 * x[:, 0]) + x[:, 1] * x[:, 2] / 2
    gram = Kernel("laplace", 3.0).gram(x, x)
    y = (y - y.mean()) / y.std()
    return population(gram, y), of_matrix(gram, y)


def at(scenario, **changes) -> float:
    """Return the predicted error with entries of the downstream fit changed."""
    downstream = dataclasses.replace(scenario.downstream, **changes)
    return float(predict(dataclasses.replace(scenario, downstream=downstream)).test_error)


def test_advice(rows) -> None:
    """No ridge of a grid beats the adapted one, the clean one is smaller, cross-validation believes too little."""
    scenario = scenario_of(rows[1], CHAIN)
    advice = advise(scenario)
    errors = [at(scenario, ridge=Fraction(ridge)) for ridge in np.geomspace(1e-6, 10, 60)]
    assert advice.adapted.test_error <= min(errors)
    assert advice.adapted.test_error < min(advice.clean.test_error, advice.cross_validated.test_error)
    assert advice.clean.ridge < advice.adapted.ridge
    assert advice.cross_validated.believed < advice.cross_validated.test_error / 2
    assert 0 < advice.gain_over_clean < 1 and advice.none == pytest.approx(1, rel=1e-6)


def test_rows_worth(rows) -> None:
    """With true labels, T rows at their best ridge reach the error and T - 1 do not."""
    scenario = scenario_of(rows[1], CHAIN)
    advice = advise(scenario)
    clean = dataclasses.replace(scenario, generators=())
    ridges = [Fraction(x) for x in np.geomspace(1e-4, 3, 300)]
    best = [min(at(clean, samples=advice.real_rows + more, ridge=ridge) for ridge in ridges) for more in (0, -1)]
    # the grid's minimum is above the true one by at most a few 1e-5 parts
    assert best[0] <= advice.adapted.test_error * (1 + 1e-4) and best[1] > advice.adapted.test_error * (1 - 1e-6)
    assert advice.real_rows < CHAIN.samples


def test_cross_validation_cannot_see_the_damage(rows) -> None:
    """On the rows themselves: what cross-validation reports is what theory says, far below the true error.

    The reported error averages to that of clean data with the teacher as truth.  40 runs: 10 % allowed for the
    equivalent (T is a fifth of the rows, and one row is left out), and three standard errors of the true one.
    """
    law, empirical = rows
    advice = advise(scenario_of(empirical, CHAIN))
    found = cross_validate(law, CHAIN, np.geomspace(1e-6, 1, 40).tolist(), runs=40, seed=2)
    assert found.reported < found.test_error / 2
    assert found.reported == pytest.approx(advice.cross_validated.believed, rel=0.25)
    assert found.test_error == pytest.approx(advice.cross_validated.test_error, rel=0.1, abs=3 * found.standard_error)
    (adapted,) = measure(law, [dataclasses.replace(CHAIN, ridge=advice.adapted.ridge)], runs=40, seed=2)
    assert adapted.mean < found.test_error - 2 * found.standard_error


def test_leave_one_out_leaves_one_out() -> None:
    """Against fitting again without each distinct row, copies of it left out together."""
    rng = np.random.default_rng(4)
    x = rng.standard_normal((25, 3))
    gram = Kernel("rbf", 2.0).gram(x, x)
    drawn = rng.integers(0, 25, 30)
    labels = rng.standard_normal(30)
    squares = []
    for row in np.unique(drawn):
        rest = drawn != row
        # the penalty T lambda stays that of all rows
        fitted = fit_values(gram, drawn[rest], labels[rest], 0.02 * 30 / rest.sum())
        squares += list((labels[~rest] - fitted[row]) ** 2)
    assert leave_one_out(gram, drawn, labels, [0.02])[0] == pytest.approx(np.mean(squares), rel=1e-9)


def test_refused() -> None:
    """No generator, no target."""
    gram = Kernel("rbf", 2.0).gram(*[np.random.default_rng(0).standard_normal((20, 2))] * 2)
    with pytest.raises(DomainError, match="no generator"):
        advise(scenario_of(of_matrix(gram, np.arange(20.0)), Chain(5, 0.1)))
    with pytest.raises(DomainError, match="target is zero"):
        advise(scenario_of(of_matrix(gram, np.zeros(20)), Chain(5, 0.1, 0.1, 1, 5, 0.1)))
