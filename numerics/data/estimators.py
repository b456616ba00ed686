"""The chain as a scikit-learn estimator: kernel ridge regression after n generations of relabelling.

Importing this module needs scikit-learn (the extra "data").
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from ridgeproof.errors import InputError

from .cross_validation import leave_one_out
from .experiment import draw, dual_solution, fit_values
from .finite_rows import best_ridge_rows
from .kernels import kernel_for
from .scenarios import Chain
from .spectra import of_matrix


class RelabelledKernelRidge(RegressorMixin, BaseEstimator):
    """Kernel ridge regression on labels that passed through a chain of earlier models.

    With ``generations=0`` this is kernel ridge regression on the data.  Otherwise generation m draws fresh rows from
    the training inputs, with replacement, labels them by the fit of generation m - 1 (the first: by the data), adds
    noise, and fits; the last fit, on labels of generation n - 1, is what predicts.  `score` on true labels then shows
    the model collapse, and ``ridge="adapted"`` limits it.

    Parameters
    ----------
    kernel : {"linear", "rbf", "polynomial", "laplace"}
        See `ridgeproof.numerics.data.kernels.Kernel`.
    kernel_scale : float, optional
        None: from the data (median squared distance, or mean squared norm).
    degree : int
        Of the polynomial kernel.
    ridge : float or "adapted"
        lambda >= 0 of argmin (1/T) sum (f(x_i) - y_i)^2 + lambda |f|^2; scikit-learn's ``alpha`` is T lambda.  0 is the
        solution of least norm.  "adapted": the minimiser of the predicted test error of this very chain
        (`data.finite_rows`), with truth and label noise told apart by leave-one-out on the true labels.
    generations : int
        n >= 0.
    generator_samples : int, optional
        T0; None: as many as training rows.
    generator_ridge, generator_noise : float
        lambda and the added label-noise variance of every generator, in the units of y squared.
    samples : int, optional
        T of the last fit when ``generations > 0``; None: as many as training rows.
    fit_intercept : bool or "unpenalised"
        True: fit to y minus its mean, on inputs minus theirs (for ``kernel="linear"`` without generations that is the
        unpenalised intercept of linear ridge regression).  ``"unpenalised"``: a true intercept for any kernel, a
        constant that every fit of the chain has besides the kernel's functions, without penalty.  False: neither.
    random_state : int, RandomState or None
        Of the rows and the noise of the chain.

    Attributes
    ----------
    dual_coef_ : ndarray, shape (m,)
    X_fit_ : ndarray, shape (m, p)
        Distinct rows of the last fit: f(x) = intercept_ + sum_i dual_coef_i k(X_fit_i, x).
    intercept_ : float
    kernel_ : Kernel
    ridge_ : float
        The downstream ridge that was used.
    n_features_in_ : int

    Examples
    --------
    >>> import numpy as np
    >>> x = np.linspace(-3, 3, 200)[:, None]
    >>> clean = RelabelledKernelRidge(ridge=1e-4).fit(x, np.sin(x[:, 0]))
    >>> round(clean.score(x, np.sin(x[:, 0])), 3)
    1.0
    """

    def __init__(
        self,
        kernel: str = "rbf",
        *,
        kernel_scale: float | None = None,
        degree: int = 3,
        ridge: float | str = 1e-3,
        generations: int = 0,
        generator_samples: int | None = None,
        generator_ridge: float = 1e-3,
        generator_noise: float = 0.0,
        samples: int | None = None,
        fit_intercept: bool | str = True,
        random_state: Any = None,
    ) -> None:
        self.kernel = kernel
        self.kernel_scale = kernel_scale
        self.degree = degree
        self.ridge = ridge
        self.generations = generations
        self.generator_samples = generator_samples
        self.generator_ridge = generator_ridge
        self.generator_noise = generator_noise
        self.samples = samples
        self.fit_intercept = fit_intercept
        self.random_state = random_state

    def fit(self, X: Any, y: Any) -> RelabelledKernelRidge:
        """Run the chain.

        Parameters
        ----------
        X : array-like, shape (N, p)
        y : array-like, shape (N,)

        Returns
        -------
        self

        Raises
        ------
        ValueError
            Input that scikit-learn's conventions refuse, or a parameter outside its domain (an `InputError`).
        """
        inputs, y = validate_data(self, X, y, dtype=np.float64, y_numeric=True, ensure_min_samples=2)
        self._check_parameters()
        rng = check_random_state(self.random_state)
        rng = np.random.default_rng(rng.randint(2**31 - 1))
        y = np.asarray(y, dtype=float)
        # A shift changes nothing for kernels of differences, and is what an intercept means for x.z.
        centred = self.kernel in ("rbf", "laplace") or (self.kernel == "linear" and bool(self.fit_intercept))
        self.centre_ = inputs.mean(axis=0) if centred else np.zeros(inputs.shape[1])
        inputs = inputs - self.centre_
        self.kernel_ = kernel_for(self.kernel, inputs, self.kernel_scale, self.degree)
        self.intercept_ = float(y.mean()) if self.fit_intercept else 0.0
        free = self.fit_intercept == "unpenalised"
        rows = len(inputs)
        gram = self.kernel_.gram(inputs, inputs)
        labels = y - self.intercept_
        self.ridge_ = self._ridge(gram, labels)
        drawn = np.arange(rows)
        for generation in range(self.generations + 1):
            last = generation == self.generations
            if self.generations:
                drawn = draw(rng, rows, (self.samples if last else self.generator_samples) or rows, replacement=True)
            noise = 0.0 if last else np.sqrt(self.generator_noise)
            seen = labels[drawn] + (noise * rng.standard_normal(len(drawn)) if noise else 0.0)
            distinct, inverse, counts = np.unique(drawn, return_inverse=True, return_counts=True)
            means = np.bincount(inverse, seen) / counts
            penalty = (self.ridge_ if last else self.generator_ridge) * len(drawn)
            dual, constant = _fit(gram[np.ix_(distinct, distinct)], means, counts, penalty, free)
            labels = gram[:, distinct] @ dual + constant
        self.dual_coef_, self.X_fit_ = dual, inputs[distinct]
        self.intercept_ += constant
        return self

    def predict(self, X: Any) -> np.ndarray:
        """Predictions, shape (M,), at rows X, shape (M, p)."""
        check_is_fitted(self)
        inputs = validate_data(self, X, dtype=np.float64, reset=False)
        return np.asarray(self.kernel_.gram(inputs - self.centre_, self.X_fit_) @ self.dual_coef_ + self.intercept_)

    def _check_parameters(self) -> None:
        adapted = isinstance(self.ridge, str)
        for name, value, least, whole in (
            ("ridge", 0.0 if adapted else self.ridge, 0, False),
            ("generations", self.generations, 0, True),
            ("generator_samples", 1 if self.generator_samples is None else self.generator_samples, 1, True),
            ("generator_ridge", self.generator_ridge, 0, False),
            ("generator_noise", self.generator_noise, 0, False),
            ("samples", 1 if self.samples is None else self.samples, 1, True),
        ):
            kinds = (int, np.integer) if whole else (int, float, np.number)
            if isinstance(value, bool) or not isinstance(value, kinds) or not least <= value < np.inf:
                number = "whole" if whole else "finite"
                raise InputError(f"{value!r}", where=name, accepted=f"a {number} number >= {least}")
        if not (isinstance(self.fit_intercept, bool | np.bool_) or self.fit_intercept == "unpenalised"):
            raise InputError(f"{self.fit_intercept!r}", where="fit_intercept", accepted='True, False or "unpenalised"')
        if adapted and self.ridge != "adapted":
            raise InputError(f"{self.ridge!r}", where="ridge", accepted='a number >= 0 or "adapted"')

    def _ridge(self, gram: np.ndarray, labels: np.ndarray) -> float:
        if not isinstance(self.ridge, str):
            return float(self.ridge)
        rows = len(labels)
        variance = float(labels @ labels) / rows
        if not variance:
            return 0.0
        if not self.generations:
            raise InputError(
                "without generations there is nothing to adapt to", where="ridge", accepted="a number >= 0"
            )
        # Labels that come back with their rows would make their noise worth learning by heart: truth and noise are
        # set apart first, as the fit and the error of leave-one-out cross-validation on the true labels.
        candidates = (float(np.trace(gram)) / rows * np.geomspace(1e-9, 10, 41)).tolist()
        everything = np.arange(rows)
        errors = leave_one_out(gram, everything, labels, candidates)
        best = int(np.argmin(errors))
        smooth = fit_values(gram, everything, labels, candidates[best])
        if not smooth @ smooth > 1e-12 * rows * variance:
            return candidates[-1]
        empirical = replace(of_matrix(gram, smooth), outside=min(float(errors[best]), variance))
        chain = Chain(
            self.samples or rows,
            0.1,  # plays no role: it is what is sought
            0.0,
            self.generations,
            self.generator_samples or rows,
            self.generator_ridge,
            self.generator_noise,
        )
        return best_ridge_rows(empirical, chain)


def _fit(
    gram: np.ndarray, labels: np.ndarray, counts: np.ndarray, penalty: float, free: bool
) -> tuple[np.ndarray, float]:
    """(alpha, constant) of one fit; with ``free`` the constant is fitted too, without penalty.

    The constant leaves c-weighted residuals of mean zero, so that alpha is the fit of centred labels under the kernel
    centred by the same weights: alpha sums to zero, and the constant is the mean of what the kernel part leaves.
    """
    if not free:
        return dual_solution(gram, labels, counts, penalty), 0.0
    share = counts / counts.sum()
    middle = share @ gram
    centred = gram - middle - middle[:, None] + middle @ share
    mean = float(share @ labels)
    dual = dual_solution(centred, labels - mean, counts, penalty)
    dual = dual - share * dual.sum()
    return dual, mean - float(share @ (gram @ dual))
