"""What a plan's equivalent says: the test error and where it comes from, and what every fit's own rows say.

A row that is left out of every fit has the residual Xi_k of `causal` (its label's noise included).  A fit's own row has
Gam_k/A_k times that: for a ridge fit this is a factor 1/(1 + a_k delta); the residual of a gradient filter is that of
its probe, a step after the last.  The degrees of freedom sum_i d(y_i - r_i)/dy_i come from the same Gam_k/A_k.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..problem.plan import PlannedFit
from ..problem.scenario import Scenario
from ..sums.digits import check_digits, to_digits
from .arithmetic import centre_of
from .causal import eaten
from .planned import Appended, Assembly, Output
from .prediction import Prediction


@dataclass(frozen=True)
class FitErrors:
    """One fit: its test error, and what its own rows say, by source in the plan's order.

    ``left_out``: mean squared residual of a row left out of every fit (its label's noise included); ``training``: of
    the rows themselves; ``gcv``: sum of squared residuals over N (1 - degrees of freedom/N)^2, rows of weight 0 left
    out.  kappa is None for gradient filters.
    """

    test_error: Any
    kappa: Any
    left_out: tuple[Any, ...]
    training: tuple[Any, ...]
    gcv: Any


@dataclass(frozen=True)
class PlanPrediction:
    """`Prediction`, and: ``forgetting``, the part of the noise-free error that is the bias of the mean (the rest is
    due to the random rows); ``noise_by_source``, for every fit the noise of each of its sources; ``fits``."""

    prediction: Prediction
    forgetting: Any
    noise_by_source: tuple[tuple[Any, ...], ...]
    fits: tuple[FitErrors, ...]


def predict_plans(scenarios: Sequence[Scenario]) -> list[PlanPrediction]:
    """`predict_plan` in double precision, without ``fits``, for scenarios of one spectrum and target: a scan.

    What neighbours share is set up once, and kappa is looked for near the one before: agrees to a relative 1e-12.
    """
    found: list[PlanPrediction] = []
    made: Assembly | None = None
    for scenario in scenarios:
        made = Assembly(scenario, False, False, like=made).run()
        made.like = None
        found.append(_answer(made))
    return found


def predict_plan(scenario: Scenario, digits: int | None = None, *, by_fit: bool = True) -> PlanPrediction:
    """The deterministic equivalent of a scenario, fit by fit.

    Parameters
    ----------
    scenario : Scenario
        Any that `causal` can carry, plain ones included.
    digits : int, optional
        None: double precision.  1..1000: computed at two precisions.
    by_fit : bool
        False: ``fits`` is left empty, which is faster.

    Returns
    -------
    PlanPrediction

    Raises
    ------
    DomainError
        Where no equivalent is known, or the problem is too large.
    NotConverged
    """
    if digits is None:
        return _in_doubles(scenario, by_fit)
    check_digits(digits)
    found: PlanPrediction = to_digits(lambda: _at_precision(scenario, by_fit), digits, _figures)
    return found


def _in_doubles(scenario: Scenario, by_fit: bool) -> PlanPrediction:
    """The answer in double precision, refused where rounding leaves infinities or a division by zero."""
    try:
        with np.errstate(all="ignore"):
            found = _answer(Assembly(scenario, False, by_fit).run())
    except ZeroDivisionError:
        found = None
    if found is None or not math.isfinite(found.prediction.test_error):
        raise eaten()
    return found


def _at_precision(scenario: Scenario, by_fit: bool) -> PlanPrediction:
    """The answer at the current precision of mpmath, which balls take over."""
    from mpmath import mp

    from ..sums.balls import precision

    with precision(mp.prec):
        return _answer(Assembly(scenario, True, by_fit).run())


def _figures(found: PlanPrediction) -> list[Any]:
    p = found.prediction
    return [p.test_error, p.noise_free, p.downstream_noise, *(p.noise_by_generation or ())]


def _answer(made: Assembly) -> PlanPrediction:
    plan = made.plan
    final = _vector(made, made.outputs[-1])
    noise_free, *noises = _quadratic(made, final)
    forgetting = _real(made, (made.chain.space.power[0] * (final @ made.chain.lost) ** 2).sum())
    by_fit: list[list[Any]] = [[] for _ in plan.fits]
    for noise, part in zip(plan.noises, noises, strict=True):
        by_fit[noise.fit].append(part)
    zero = _real(made, made.unit * 0)
    sums = [sum(parts, zero) for parts in by_fit]
    total = math.fsum([noise_free, *noises]) if not made.precise else sum(noises, noise_free)
    if not made.precise:
        sums, noise_free, forgetting = [float(x) for x in sums], float(noise_free), float(forgetting)
    kappas = tuple(fit.point.kappa for fit in made.appended)
    prediction = Prediction(total, noise_free, sums[-1], tuple(sums[:-1]), kappas)
    fits = tuple(_fit(made, i, fit) for i, fit in enumerate(plan.fits)) if made.probes else ()
    return PlanPrediction(prediction, forgetting, tuple(tuple(p) for p in by_fit), fits)


def _vector(made: Assembly, output: Output) -> np.ndarray:
    """The error w0 - w of a model on (w0, e_1, ...)."""
    vector = made.chain.zeros(made.models + 1)
    vector[0] = made.unit - output.truth
    for q, c in output.parts.items():
        vector[q + 1] = vector[q + 1] + c
        vector[0] = vector[0] - c * made.chain.target[q]
    return vector


def _real(made: Assembly, value: Any) -> Any:
    return centre_of(value) if made.precise else value.real


def _quadratic(made: Assembly, vector: np.ndarray) -> list[Any]:
    """The noise-free error of a combination, and the noises' parts (variances included)."""
    parts = [_real(made, vector @ gram[0] @ vector) for gram in made.chain.gram]
    return [parts[0], *(v * x for v, x in zip(made.variances, parts[1:], strict=True))]


def _fit(made: Assembly, i: int, fit: PlannedFit) -> FitErrors:
    own, chain = made.appended[i], made.chain
    n = own.models[0] if own.probe is None else own.probe
    left, training, seen, squares, missing = [], [], *[_real(made, made.unit * 0)] * 3
    for at, (g, k) in enumerate(zip(own.groups, own.index, strict=True)):
        chain.settle(k)
        residual = _total(made, chain.residual[k][:, n, n])
        row, freedom, share = _own_residual(made, own, at, k, n)
        inside = row @ chain.residual[k][:, : n + 1, : n + 1] @ row
        actual = _total(made, inside)
        left.append((k, g.samples, residual))
        training.append((k, g.samples, actual * share**2))
        if g.weight != 0:
            seen, squares, missing = seen + g.samples, squares + g.samples * actual, missing + g.samples * freedom
    gcv = squares * seen / missing**2
    error = sum(_quadratic(made, _vector(made, made.outputs[i + 1])))
    left_out, trained = _by_use(made, fit, left), _by_use(made, fit, training)
    return FitErrors(error, own.point.kappa, left_out, trained, _real(made, gcv))


def _own_residual(made: Assembly, own: Appended, at: int, k: int, n: int) -> tuple[np.ndarray, Any, Any]:
    """(row, freedom, share): share * row is Gam_k/A_k of model n, share * freedom its response to the row's own label.

    The factor ``share`` (N lambda/kappa, the same for all groups; 0 where a ridge fit interpolates) cancels in GCV.
    """
    row = made.chain.pull[k][n, : n + 1]
    one = _real(made, made.unit)
    if own.probe is not None:
        return row, _real(made, row[own.models.start :].sum()), one
    pull, slack, weight = own.point.pulls[at], own.point.slacks[at], own.groups[at].weight
    if weight == 0:  # rows that do not pull, though earlier fits may have seen them
        row, chain, spread = made.chain.zeros(n + 1), made.chain, made.chain.spread[own.groups[at].covariance]
        row[n] = made.unit
        row[:n] = -(chain.label[k][n, :n] @ spread[:n, :n] + spread[n, :n]) @ chain.pull[k][:n, :n]
        return row, one, one
    return row / made.into(weight), pull / weight, weight * slack / pull


def _total(made: Assembly, parts: np.ndarray) -> Any:
    first, *others = [_real(made, part) for part in parts]
    return first + sum(v * x for v, x in zip(made.variances, others, strict=True))


def _by_use(made: Assembly, fit: PlannedFit, found: list[tuple[int, Any, Any]]) -> tuple[Any, ...]:
    """Averages over the groups that a source's rows are split into."""
    out = []
    for use in fit.uses:
        own = {k for k, _ in made.rows.members[use.rows]}
        parts = [(t, value) for k, t, value in found if k in own]
        out.append(sum(t * v for t, v in parts) / sum(t for t, _ in parts))
    return tuple(out)
