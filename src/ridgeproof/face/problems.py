"""A model-collapse problem in numbers: its scenario, what theory predicts, what draws of it give.

Numbers may be given as int, Fraction, decimal text ("0.05") or a fraction in text ("1/20"): they are read exactly.
Scenarios may be given as `Scenario`, as the path of a TOML file, or as a mapping of the shape of such a file.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from ..errors import InputError
from ..numerics.problem.numbers import as_float, count, integer, nonnegative, read_options, real
from ..numerics.problem.scenario import Scenario, load_scenario, scenario_from_mapping

if TYPE_CHECKING:
    from ..numerics.draws.simulation import Simulation
    from ..numerics.predictions.optimum import OptimalRidge
    from ..numerics.predictions.prediction import Prediction
    from ..proofs_check.explore.notebook import Explorer

Problem = Scenario | Mapping[str, Any] | str | os.PathLike[str]


def scenario(problem: Problem) -> Scenario:
    """One model-collapse problem in numbers.

    Parameters
    ----------
    problem : Scenario, mapping, or path
        A mapping has the keys of a scenario file: spectrum, target, generators (a list), downstream.

    Returns
    -------
    Scenario

    Raises
    ------
    InputError
        What is wrong, where, and what is accepted, in one line.

    Notes
    -----
    Source: docs/scenario-files.md; the model, docs/theory.md#setup.

    Examples
    --------
    >>> import ridgeproof as rp
    >>> rp.scenario({
    ...     "spectrum": {"kind": "power-law", "beta": "3/2", "dim": "inf"},
    ...     "target": {"kind": "source", "r": "1/2"},
    ...     "downstream": {"samples": 300, "ridge": "1/20", "noise": "0.1"},
    ... }).spectrum.beta
    Fraction(3, 2)
    """
    if isinstance(problem, Scenario):
        return problem
    if isinstance(problem, Mapping):
        return scenario_from_mapping(problem)
    if isinstance(problem, str | os.PathLike):
        return load_scenario(os.fspath(problem))
    raise InputError(
        f"a {type(problem).__name__} is no scenario",
        where="scenario",
        accepted="a Scenario, a mapping of the shape of a scenario file, or the path of such a file",
    )


def predict(problem: Problem, digits: int | None = None) -> Prediction:
    """The deterministic equivalent of the test error E |w_hat - w0|_S^2, noise floor left out, split by source.

    Parameters
    ----------
    problem : Scenario, mapping, or path
    digits : int, optional
        None: double precision.  1 to 1000: mpmath numbers right to that many significant digits, with a proven
        ``radius`` where python-flint is installed.

    Returns
    -------
    Prediction
        ``test_error``, ``noise_free``, ``downstream_noise``, ``noise_by_generation``, ``kappa`` (of each fit).

    Raises
    ------
    InputError, DomainError, NotConverged

    Notes
    -----
    Source: docs/theory.md#E4 (the link of a chain of ridge fits).  Units: test errors and noises in the square of the
    labels' unit, ridges and kappas in that of the eigenvalues s_j.

    Examples
    --------
    >>> import ridgeproof as rp
    >>> fit = {"samples": 300, "ridge": "1/20", "noise": "1/10"}
    >>> problem = {"spectrum": {"kind": "isotropic", "dim": 200}, "target": {"kind": "isotropic", "norm2": 1},
    ...            "generators": [{"samples": 100, "ridge": 0, "noise": "0.05", "repeat": 2}], "downstream": fit}
    >>> f"{rp.predict(problem).test_error:.5f}"
    '0.92897'
    """
    from ..numerics.predictions.equivalents import predict as of_scenario

    return of_scenario(scenario(problem), _digits(digits))


def _digits(digits: int | None) -> int | None:
    return None if digits is None else integer(digits, where="digits")


def predict_exact(problem: Problem, digits: int = 15) -> Prediction:
    """The exact finite-size test error, where there is a law for it.

    Parameters
    ----------
    problem : Scenario, mapping, or path
    digits : int
        Significant digits of what is not a fraction, 1 to 1000.

    Returns
    -------
    Prediction
        Fractions where the law is rational, else mpmath numbers; ``kappa`` is empty.

    Raises
    ------
    NoExactLaw
        No exact law is known for the scenario.
    DomainError
        The mean is infinite.

    Notes
    -----
    Source: docs/theory.md#F4, #F5, #F7.  Units: the square of the labels' unit.

    Examples
    --------
    >>> import ridgeproof as rp
    >>> fit = {"samples": 40, "ridge": 0, "noise": 1}
    >>> rp.predict_exact({"spectrum": {"kind": "isotropic", "dim": 10}, "target": {"kind": "isotropic", "norm2": 1},
    ...                   "generators": [fit], "downstream": fit}).test_error
    Fraction(20, 29)
    """
    from ..numerics.finite.exact import predict_exact as of_scenario

    return of_scenario(scenario(problem), integer(digits, where="digits"))


def simulate(problem: Problem, **options: Any) -> Simulation:
    """Estimate the test error of a scenario by drawing it from the model's definition.

    Parameters
    ----------
    problem : Scenario, mapping, or path
    **options
        replicates, relative_error, seed, workers, store, progress, method, scheduler: as for
        `ridgeproof.numerics.draws.simulation.simulate`.  Numbers in any form: 200, "200", "0.05", "1/20".

    Returns
    -------
    Simulation
        ``mean``, ``standard_error``, ``replicates``; bit-identical for any number of workers.

    Raises
    ------
    InputError, DomainError, NotConverged

    Notes
    -----
    Source: the model's definition, docs/theory.md#setup.  Units: the square of the labels' unit.

    Examples
    --------
    >>> import ridgeproof as rp
    >>> problem = {"spectrum": {"kind": "isotropic", "dim": 5}, "target": {"kind": "isotropic", "norm2": 1},
    ...            "downstream": {"samples": 20, "ridge": 0, "noise": 1}}
    >>> drawn = rp.simulate(problem, replicates=200)
    >>> abs(drawn.mean - 5 / 14) < 4.5 * drawn.standard_error  # docs/theory.md#F4: d/(T - d - 1)
    True
    """
    from ..numerics.draws.simulation import simulate as of_scenario

    read_options(options, whole=("replicates", "seed", "workers"), reals=("relative_error",))
    return of_scenario(scenario(problem), **options)


def optimal_ridge(
    problem: Problem, digits: int | None = None, *, generator_moments: Literal["equivalent", "exact"] = "equivalent"
) -> OptimalRidge:
    """The downstream ridge with the least predicted test error.

    Parameters
    ----------
    problem : Scenario, mapping, or path
        Its own downstream ridge plays no role.
    digits : int, optional
        None: double precision.  1 to 1000: that many significant digits.
    generator_moments : {"equivalent", "exact"}
        The factor of a least-squares generator's noise: 1/(T_m - d), or 1/(T_m - d - 1).

    Returns
    -------
    OptimalRidge
        ``ridge``, ``test_error``, ``kappa``, ``at_boundary``.

    Raises
    ------
    InputError, DomainError, NotConverged

    Notes
    -----
    Source: docs/theory.md#E4, minimised; #E7 and #P6 are its closed forms.

    Examples
    --------
    Isotropic inputs and true labels: lambda* = phi sigma^2/|w0|^2 (docs/theory.md#E7).

    >>> import ridgeproof as rp
    >>> best = rp.optimal_ridge({"spectrum": {"kind": "isotropic", "dim": 100}, "target": {"kind": "isotropic",
    ...                          "norm2": 2}, "downstream": {"samples": 200, "ridge": 0, "noise": "0.4"}})
    >>> round(best.ridge, 9)
    0.1
    """
    from ..numerics.predictions.optimum import minimise_ridge

    return minimise_ridge(scenario(problem), _digits(digits), generator_moments=generator_moments)


def kappa(eigenvalues: ArrayLike, samples: int, ridge: object = 0) -> float:
    """The effective ridge: the solution of kappa - lambda = kappa df_1(kappa)/T, df_1(k) = sum_j s_j/(s_j + k).

    Parameters
    ----------
    eigenvalues : array of shape (d,)
        The spectrum s_j > 0 of the covariance.
    samples : int
        T >= 1.
    ridge : int, float, Fraction or text
        lambda >= 0, in the unit of the eigenvalues; 0 is min-norm least squares.

    Returns
    -------
    float
        In the unit of the eigenvalues.

    Raises
    ------
    InputError, DomainError

    Notes
    -----
    Source: docs/theory.md#E1.

    Examples
    --------
    >>> import ridgeproof as rp
    >>> k = rp.kappa([1] * 50, samples=100, ridge="1/2")
    >>> abs(k - 1 / 2 - k * 50 / (1 + k) / 100) < 1e-12
    True
    """
    from ..numerics.predictions.kappa import kappa as solve

    try:
        values = np.asarray(eigenvalues)
    except ValueError:  # rows of unequal length
        values = np.asarray(eigenvalues, dtype=object)
    if values.dtype.kind not in "iuf":  # text, fractions
        read = [real(x, where=f"eigenvalues[{i}]") for i, x in enumerate(values.flat)]
        values = np.array(read).reshape(values.shape)
    at = as_float(nonnegative(ridge, where="ridge"), where="ridge")
    return solve(values.astype(float), count(samples, where="samples"), at)


def explore(problem: Problem | None = None, *, height: int = 900) -> Explorer:
    """The page with sliders, shown in a notebook by itself.

    Parameters
    ----------
    problem : scenario, optional
        Where the sliders stand at first: a power law with a source target, equal least-squares generators, a ridge fit
        or gradient flow.
    height : int
        Of its frame, in pixels.

    Returns
    -------
    Explorer
        ``widget()`` is the same page with ``values`` and ``prediction`` in Python (needs anywidget).

    Raises
    ------
    InputError
        A scenario that the sliders cannot hold.

    Notes
    -----
    Source: docs/theory.md#E4, #P5.

    Examples
    --------
    >>> import ridgeproof as rp
    >>> shown = rp.explore({
    ...     "spectrum": {"kind": "power-law", "beta": "3/2", "dim": 200},
    ...     "target": {"kind": "source", "r": "1/2"},
    ...     "generators": [{"samples": 400, "ridge": 0, "noise": "1/4", "repeat": 3}],
    ...     "downstream": {"samples": 300, "ridge": "1/20", "noise": "1/4"},
    ... })
    >>> shown.values["n"], shown.values["sigma0"]
    ('3', '1/2')
    """
    from ..proofs_check.explore.notebook import Explorer
    from ..proofs_check.explore.values import values

    return Explorer({} if problem is None else values(scenario(problem)), count(height, where="height"))
