"""The chain as a scikit-learn estimator: conventions, agreement with the reference, and collapse in a pipeline."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("sklearn")

from sklearn.base import clone
from sklearn.kernel_ridge import KernelRidge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from ridgeproof.errors import InputError
from ridgeproof.numerics.data.estimators import RelabelledKernelRidge


@parametrize_with_checks(
    [
        RelabelledKernelRidge(),
        RelabelledKernelRidge("linear", ridge=0.0),
        RelabelledKernelRidge(generations=2, ridge="adapted", random_state=0),
    ]
)
def test_conventions(estimator, check) -> None:
    """scikit-learn's own checks."""
    check(estimator)


@pytest.fixture
def waves() -> tuple[np.ndarray, np.ndarray]:
    """Return 150 noisy values of a smooth function of two inputs."""
    rng = np.random.default_rng(3)
    x = rng.uniform(-2, 2, (150, 2))
    return x, np.sin(2 * x[:, 0]) + x[:, 1] + 0.3 * rng.standard_normal(150)


def test_without_generations_it_is_kernel_ridge_regression(waves) -> None:
    """scikit-learn's KernelRidge with alpha = T lambda and gamma = 1/c, on centred targets."""
    x, y = waves
    ours = RelabelledKernelRidge("rbf", kernel_scale=2.0, ridge=0.01).fit(x, y)
    theirs = KernelRidge(kernel="rbf", gamma=0.5, alpha=0.01 * 150).fit(x, y - y.mean())
    np.testing.assert_allclose(ours.predict(x + 0.1), theirs.predict(x + 0.1) + y.mean(), atol=1e-9)


def test_generations_collapse_and_adapting_limits_it(waves) -> None:
    """Mean score over 20 seeds on clean values: ten generations lose much, the adapted ridge wins some back."""
    x, y = waves
    fresh = np.random.default_rng(5).uniform(-2, 2, (500, 2))
    truth = np.sin(2 * fresh[:, 0]) + fresh[:, 1]

    def score(**options) -> float:
        fits = [
            RelabelledKernelRidge(
                kernel_scale=1.0, generator_ridge=1e-3, generator_noise=0.3, random_state=seed, **options
            ).fit(x, y)
            for seed in range(20)
        ]
        return float(np.mean([fit.score(fresh, truth) for fit in fits]))

    clean, kept, adapted = score(ridge=1e-3), score(ridge=1e-3, generations=10), score(ridge="adapted", generations=10)
    assert kept < clean - 0.1
    assert adapted > kept + 0.01


def test_in_a_pipeline_and_a_search(waves) -> None:
    """Cloned, scaled, searched; the same random_state gives the same fit."""
    x, y = waves
    chain = RelabelledKernelRidge(generations=1, random_state=7)
    search = GridSearchCV(make_pipeline(StandardScaler(), chain), {"relabelledkernelridge__ridge": [1e-3, 10.0]}, cv=3)
    search.fit(x, y)
    assert search.best_params_ == {"relabelledkernelridge__ridge": 1e-3}
    np.testing.assert_array_equal(clone(chain).fit(x, y).predict(x), clone(chain).fit(x, y).predict(x))


@pytest.mark.parametrize(
    "options",
    [
        {"ridge": -1},
        {"ridge": "best"},
        {"ridge": "adapted"},
        {"generations": -1},
        {"generator_noise": float("nan")},
        {"kernel": "cubic"},
        {"kernel_scale": 0.0},
        {"samples": 0, "generations": 1},
    ],
)
def test_refused_parameters(waves, options) -> None:
    """A parameter outside its domain is named when fit is called."""
    with pytest.raises(InputError):
        RelabelledKernelRidge(**options).fit(*waves)


@pytest.mark.parametrize(("generations", "generator_ridge"), [(1, 0.0), (1, 1e-3), (3, 1e-3)])
def test_adapting_does_not_learn_noise_by_heart(generations: int, generator_ridge: float) -> None:
    """Noisy targets, a kernel of full rank, training rows that come back: judged on held-out rows of diabetes.

    The adapted ridge scores as well as the best of a grid that spans eight decades (0.03 allowed: six runs, 142 rows),
    and better than a tiny ridge, which learns the noise of the rows that come back.
    """
    from sklearn.datasets import load_diabetes

    x, y = load_diabetes(return_X_y=True)
    x, y = StandardScaler().fit_transform(x), y / y.std()
    order = np.random.default_rng(0).permutation(len(x))
    train, test = order[:300], order[300:]

    def score(ridge: float | str) -> float:
        fits = [
            RelabelledKernelRidge(
                ridge=ridge,
                generations=generations,
                generator_ridge=generator_ridge,
                generator_noise=0.3,
                random_state=seed,
            )
            for seed in range(6)
        ]
        return float(np.mean([fit.fit(x[train], y[train]).score(x[test], y[test]) for fit in fits]))

    adapted, grid = score("adapted"), [score(ridge) for ridge in (1e-9, 1e-3, 1e-2, 3e-2, 0.1, 0.3)]
    assert adapted > max(grid) - 0.03
    assert adapted > grid[0] + 0.04


def test_a_true_intercept() -> None:
    """The unpenalised constant against the bordered system, and no digits lost under an offset of 1e8.

    x = 0..3, y = x^2, rbf, ridge 1e-9: f(1.5) = 2.0656 about the mean of y, 2.0837 with a free constant.
    """
    x, y = np.arange(4.0)[:, None], np.arange(4.0) ** 2
    for kind, value in ((True, 2.065622807511322), ("unpenalised", 2.083655447169415)):
        for shift in (0.0, 1e8):
            fit = RelabelledKernelRidge("rbf", ridge=1e-9, fit_intercept=kind).fit(x + shift, y)
            assert fit.predict([[1.5 + shift]])[0] == pytest.approx(value, rel=1e-6)
    # ordinary linear regression has an unpenalised intercept, at whatever distance
    for kind in (True, "unpenalised"):
        line = RelabelledKernelRidge("linear", ridge=0.0, fit_intercept=kind).fit(x + 50, 3 * x[:, 0] + 7)
        assert line.predict([[60.0]])[0] == pytest.approx(37.0)


def test_a_kernel_of_rank_one_adapts() -> None:
    """The finite-row law's bracket: x = 0..26, y = 7x mod 5 has one eigenvalue and noise."""
    x = np.arange(27.0)[:, None]
    fit = RelabelledKernelRidge("linear", ridge="adapted", generations=1, random_state=0).fit(x, 7 * x[:, 0] % 5)
    assert 0 < fit.ridge_ < np.inf
