"""The face: what ``import ridgeproof`` offers, each function a thin door to the room that does the work.

Numbers may be given as int, Fraction, decimal text ("0.05") or a fraction in text ("1/20"): they are read exactly.
Scenarios may be given as `Scenario`, as the path of a TOML file, or as a mapping of the shape of such a file.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from .errors import InputError
from .frames import Table
from .numerics.problem.numbers import count, exact, nonnegative
from .numerics.problem.scenario import Scenario, load_scenario, scenario_from_mapping

if TYPE_CHECKING:
    from .numerics.data.study import DataStudy
    from .numerics.draws.simulation import Simulation
    from .numerics.predictions.optimum import OptimalRidge
    from .numerics.predictions.prediction import Prediction
    from .proofs_check.court.court import Ledger
    from .proofs_check.explore.notebook import Explorer
    from .theorems.claim import Claim
    from .theorems.exponents.model.diagrams import Diagram
    from .theorems.exponents.model.rows import ExponentRow

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
    Source: docs/theory.md#E4 (the link of a chain of ridge fits).

    Examples
    --------
    >>> import ridgeproof as rp
    >>> fit = {"samples": 300, "ridge": "1/20", "noise": "1/10"}
    >>> problem = {"spectrum": {"kind": "isotropic", "dim": 200}, "target": {"kind": "isotropic", "norm2": 1},
    ...            "generators": [{"samples": 100, "ridge": 0, "noise": "0.05", "repeat": 2}], "downstream": fit}
    >>> f"{rp.predict(problem).test_error:.5f}"
    '0.92897'
    """
    from .numerics.predictions.equivalents import predict as of_scenario

    return of_scenario(scenario(problem), digits)


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
    Source: docs/theory.md#F4, #F5, #F7.

    Examples
    --------
    >>> import ridgeproof as rp
    >>> fit = {"samples": 40, "ridge": 0, "noise": 1}
    >>> rp.predict_exact({"spectrum": {"kind": "isotropic", "dim": 10}, "target": {"kind": "isotropic", "norm2": 1},
    ...                   "generators": [fit], "downstream": fit}).test_error
    Fraction(20, 29)
    """
    from .numerics.finite.exact import predict_exact as of_scenario

    return of_scenario(scenario(problem), digits)


def simulate(problem: Problem, **options: Any) -> Simulation:
    """Estimate the test error of a scenario by drawing it from the model's definition.

    Parameters
    ----------
    problem : Scenario, mapping, or path
    **options
        replicates, relative_error, seed, workers, store, progress, method, scheduler: as for
        `ridgeproof.numerics.draws.simulation.simulate`.

    Returns
    -------
    Simulation
        ``mean``, ``standard_error``, ``replicates``; bit-identical for any number of workers.

    Raises
    ------
    InputError, DomainError, NotConverged

    Examples
    --------
    >>> import ridgeproof as rp
    >>> problem = {"spectrum": {"kind": "isotropic", "dim": 5}, "target": {"kind": "isotropic", "norm2": 1},
    ...            "downstream": {"samples": 20, "ridge": 0, "noise": 1}}
    >>> drawn = rp.simulate(problem, replicates=200)
    >>> abs(drawn.mean - 5 / 14) < 4.5 * drawn.standard_error  # docs/theory.md#F4: d/(T - d - 1)
    True
    """
    from .numerics.draws.simulation import simulate as of_scenario

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
    from .numerics.predictions.optimum import minimise_ridge

    return minimise_ridge(scenario(problem), digits, generator_moments=generator_moments)


def kappa(eigenvalues: ArrayLike, samples: int, ridge: object = 0) -> float:
    """The effective ridge: the solution of kappa - lambda = kappa df_1(kappa)/T, df_1(k) = sum_j s_j/(s_j + k).

    Parameters
    ----------
    eigenvalues : array of shape (d,)
        The spectrum s_j > 0 of the covariance.
    samples : int
        T >= 1.
    ridge : int, float, Fraction or text
        lambda >= 0; 0 is min-norm least squares.

    Returns
    -------
    float

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
    from .numerics.predictions.kappa import kappa as solve

    values = np.asarray(eigenvalues, dtype=float)
    return solve(values, count(samples, where="samples"), float(nonnegative(ridge, where="ridge")))


def exponents(beta: object, r: object, **scales: object) -> Table[ExponentRow]:
    """Exact scaling exponents of the optimal ridge, T^-ell, and of its error, T^-rate.

    Parameters
    ----------
    beta, r : number or list of numbers
        Capacity > 1 and source >= 0.
    **scales : number or list of numbers
        a (d = T^a, "inf" allowed), b (T0 = T^b), g (n = T^g), s (sigma^2 = T^-s), s0 (sigma_0^2 = T^-s0),
        h (T0 - d = T^h); defaults 1 (d in proportion to T), 1, 0, 0, 0 and b.

    Returns
    -------
    list of ExponentRow, with ``to_frame()``
        One for each point of the product of the lists, the last varying fastest; every number exact.

    Raises
    ------
    ScaleError
        A number that is not exact (floats are refused), or outside its domain.

    Notes
    -----
    Source: docs/theory.md#P5.

    Examples
    --------
    >>> import ridgeproof as rp
    >>> [str(row.rate) for row in rp.exponents("3/2", "1/2", a="1/2", b=["1/2", "3/4", 1])]
    ['3/10', '9/20', '3/5']
    """
    from .theorems.exponents.model.rows import table

    grid = {"beta": beta, "r": r, "a": 1, **scales}
    return Table(table({name: _several(value) for name, value in grid.items()}))


def _several(value: object) -> list[object]:
    return list(value) if isinstance(value, Iterable) and not isinstance(value, str) else [value]


def phase_diagram(x: str, y: str, x_range: tuple[object, object], y_range: tuple[object, object],
                  **fixed: object) -> Diagram:  # fmt: skip
    """The regions of the model-collapse law over two scales, exactly.

    Parameters
    ----------
    x, y : str
        Two of a, b, g, s, s0, h.
    x_range, y_range : pair of numbers
        The window.
    **fixed : number
        The other scales, beta and r among them.

    Returns
    -------
    Diagram
        ``regions``, each a polygon with rational corners, its regime and its rate.

    Raises
    ------
    ScaleError

    Examples
    --------
    >>> import ridgeproof as rp
    >>> found = rp.phase_diagram("a", "b", (0, 1), ("1/2", "3/2"), beta="3/2", r="1/2")
    >>> len(found.regions) > 1
    True
    """
    from .theorems.exponents.model.diagrams import diagram

    (x0, x1), (y0, y1) = x_range, y_range
    ends = [exact(v, where=name) for name, v in ((x, x0), (x, x1), (y, y0), (y, y1))]
    return diagram(x, y, (ends[0], ends[1]), (ends[2], ends[3]), fixed)


def claims() -> dict[str, Claim]:
    """Every claim of the built-in theory by its id.

    Returns
    -------
    dict of str to Claim

    Examples
    --------
    >>> import ridgeproof as rp
    >>> rp.claims()["inverse-wishart"].title
    'Mean of the inverse Wishart matrix'
    """
    from .theorems.registry import all_claims

    return {claim.id: claim for claim in all_claims()}


def show(claim: Claim | str, format: Literal["text", "latex", "json"] = "text") -> str:
    """One claim for a reader: statement, hypotheses, derivation.

    Parameters
    ----------
    claim : Claim or str
        A claim, or the id of a built-in one.
    format : {"text", "latex", "json"}

    Returns
    -------
    str

    Raises
    ------
    InputError
        No claim has that id, or an unknown format.

    Examples
    --------
    >>> import ridgeproof as rp
    >>> "T - d - 1" in rp.show("inverse-wishart")
    True
    """
    from .proofs_check.writing.show import render

    if format not in ("text", "latex", "json"):
        raise InputError(f"format {format!r} is unknown", where="show", accepted="text, latex, json")
    return render(_claim(claim) if isinstance(claim, str) else claim, format)


def _claim(name: str) -> Claim:
    known = claims()
    if name not in known:
        raise InputError(f"no claim has the id {name!r}", where="claims", accepted="the ids of ridgeproof.claims()")
    return known[name]


def verify(
    *what: Claim | str | os.PathLike[str], level: Literal["fast", "full"] = "fast", workers: int | None = None
) -> Ledger:
    """Judge claims: certify their derivations, and confront their statements with numbers.

    Parameters
    ----------
    *what : Claim, id, or path of a Python file of claims
        All built-in claims where nothing is given.  A file is executed, as its author meant it to be.
    level : {"fast", "full"}
    workers : int, optional
        Child processes; one for each processor by default.

    Returns
    -------
    Ledger
        ``rows`` with verdict and evidence of each claim, ``accepted``, ``failed``.

    Raises
    ------
    InputError, ClaimError

    Examples
    --------
    >>> import ridgeproof as rp
    >>> rp.verify("kappa-fixed-point", workers=1).rows[0].verdict.value
    'proved'
    """
    from .proofs_check.court.court import verify as judge
    from .theorems.registry import claims_from_file

    judged: list[Claim] = []
    for item in what:
        if isinstance(item, os.PathLike) or (isinstance(item, str) and item.endswith(".py")):
            judged.extend(claims_from_file(Path(item)))
        else:
            judged.append(_claim(item) if isinstance(item, str) else item)
    return judge(judged or None, level, workers=workers)


def data(source: Any, target: Any = None, **options: Any) -> DataStudy:
    """A data set in the theory's terms, a chain of relabelled fits on it, and how far the theory can be relied on.

    Parameters
    ----------
    source : data frame, mapping of columns, array, pair (X, y), path or name
        pandas, polars or pyarrow; an array of shape (N, p) has its target in the last column; a file that
        ``ridgeproof data`` reads, or the name of one of scikit-learn's bundled sets.
    target : str, int or array of shape (N,), optional
        The column to predict, or its values; the last column when left out.
    **options
        drop, inputs, reference, landmarks, seed; kernel ("linear", "rbf", "polynomial", "laplace"), kernel_scale,
        degree; samples (T), ridge, noise, generations (n), generator_samples, generator_ridge, generator_noise: as the
        options of the command.  ``measure``: True (a quick check), False (none), or a number of runs.  ``distinct``:
        rows of one fit are drawn without replacement.

    Returns
    -------
    DataStudy
        ``spectrum``, ``exponents``, ``prediction``, ``predictions``, ``measurement``, ``applies``, ``reasons``,
        ``expected``, ``uncertainty``, ``recommendation``, ``scenario``, ``notes``, ``to_frame()``.  Errors and noises
        are parts of the target's variance.

    Raises
    ------
    InputError, DomainError
        Text in a column that is used, several targets (named), a constant target, parameters outside their domains.

    Notes
    -----
    Source: docs/theory.md#kernels; docs/data.md says how well it does on public tables.

    Examples
    --------
    >>> import numpy as np
    >>> import ridgeproof as rp
    >>> rng = np.random.default_rng(1)
    >>> frame = {"a": rng.normal(size=200), "b": rng.normal(size=200)}
    >>> frame["price"] = frame["a"] + np.sin(frame["b"])
    >>> found = rp.data(frame, target="price", generations=1)
    >>> found.inputs, found.chain.samples
    (('a', 'b'), 33)
    """
    from .numerics.data.study import study

    return study(source, target, **options)


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
    from .proofs_check.explore.notebook import Explorer
    from .proofs_check.explore.values import values

    return Explorer({} if problem is None else values(scenario(problem)), count(height, where="height"))


def check(
    formula: str,
    where: str | Iterable[str] = (),
    setting: str | os.PathLike[str] | None = None,
    level: Literal["fast", "full"] = "fast",
) -> Ledger:
    """Judge one formula of a paper against numbers: it holds, it fails with a counterexample, or it is undecided.

    Parameters
    ----------
    formula : str
        In LaTeX or in SymPy's manner, with = <= ~= ~ =<>= <~ <~= or =o; or the path of a TOML or Markdown file of
        formulas.  It is read by a grammar and never evaluated.
    where : str or list of str
        Conditions, such as "T >= d + 2" or "x > 0".
    setting : path, optional
        A scenario file: the setting of ``E_test``, in numbers.
    level : {"fast", "full"}

    Returns
    -------
    Ledger
        ``rows[0].verdict`` is confronted, refuted or undecided, with its evidence.

    Raises
    ------
    InputError

    Examples
    --------
    >>> import ridgeproof as rp
    >>> rp.check("phi = d/T").rows[0].verdict.value
    'confronted'
    """
    from .proofs_check.court.court import verify as judge
    from .proofs_check.questions import questions

    conditions = [where] if isinstance(where, str) else list(where)
    return judge(questions(formula, conditions, os.fspath(setting) if setting is not None else None), level=level)
