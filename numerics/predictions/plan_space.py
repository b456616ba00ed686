"""The eigendirections of a plan: as they are listed, or long spectra by the few nodes that integrate alike."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np

from ridgeproof.errors import DomainError

from ..problem.numbers import as_float
from ..problem.plan import Plan
from ..problem.scenario import Scenario
from ..problem.spectrum import Spectrum
from ..problem.target import Target
from ..sums.joint_power_laws import joint_power_laws
from ..sums.measure import Measure, as_objects, compress
from ..sums.power_sums import double_power_law, mp_power_law
from .space import Space

LISTED = 2_000_000
LISTED_PRECISE = 20_000
FEW = 300  # eigenvalues that are listed at many digits
COMPRESSED_FROM = 4096
FLOW_COMPRESSED_FROM = 1024
MAX_STATE = 60_000_000  # entries of d x L x L
_WIDTH = 0.5  # of the bins, in log s: for kappa > 0, see `compress`
_FLOW_WIDTH = 0.25  # for the kappa of a gradient flow, at angles up to 2.1 from the positive axis


def plan_space(
    scenario: Scenario,
    plan: Plan,
    covariances: list[Spectrum | None],
    models: int,
    *,
    precise: bool,
    flow: bool,
    kappas: Callable[[], Sequence[float]],
) -> Space:
    """The directions that a chain of ``models`` elementary fits lives in.

    Parameters
    ----------
    scenario, plan : Scenario, Plan
    covariances : list
        None for the spectrum, then those of rows that differ.
    models : int
    precise : bool
        In ``mpf`` objects.
    flow : bool
        Whether kappa will be complex.
    kappas : callable
        To the least scales of s in double precision: |kappa|, and 1/rate for gradient descent.

    Raises
    ------
    DomainError
        A spectrum that is too long, in this arithmetic.
    """
    spectrum, target = scenario.spectrum, scenario.target
    if spectrum.kind == "isotropic" and len(covariances) == 1 and (target.norm2 is not None or not precise):
        return _isotropic(spectrum, target, precise)
    if precise and len(covariances) == 1 and spectrum.kind == "power-law" and spectrum.dim > FEW:
        return _long_precise(scenario, kappas())
    long = spectrum.dim == math.inf or spectrum.dim > LISTED
    if long and len(covariances) > 1:
        floor = math.log(min(kappas(), default=1.0) or 1e-300) if precise else _log_floor(scenario, plan)
        return _side_by_side(scenario, covariances, floor, precise)
    if long:
        return _long(scenario, plan, precise, _FLOW_WIDTH if flow else _WIDTH)
    if precise:
        s = np.stack([as_objects((c or spectrum).mp_eigenvalues()) for c in covariances])
        return Space(s, None, s, s * as_objects(target.mp_coefficients(spectrum)) ** 2, int(spectrum.dim))
    if len(covariances) == 1:
        first = FLOW_COMPRESSED_FROM if flow else COMPRESSED_FROM
        if spectrum.dim > first or spectrum.dim * models**2 > MAX_STATE // 4:
            return _compressed(spectrum, target, _FLOW_WIDTH if flow else _WIDTH)
    return _listed(spectrum, target, tuple(covariances))


def _isotropic(spectrum: Spectrum, target: Target, precise: bool) -> Space:
    dim = int(spectrum.dim)
    if precise:
        from mpmath import mpf

        one: Any = mpf(1)
        assert target.norm2 is not None
        norm2: Any = mpf(target.norm2.numerator) / target.norm2.denominator
    else:
        one = 1.0
        norm2 = float((target.coefficients(spectrum) ** 2).sum()) if target.norm2 is None else None
        if target.norm2 is not None:
            norm2 = as_float(target.norm2, where="target.norm2")
    ones = np.array([[one]])
    return Space(ones, np.array([one * dim]), ones, np.array([[norm2]]), dim)


@lru_cache(maxsize=2)  # up to 2 million eigenvalues each
def _listed(spectrum: Spectrum, target: Target, covariances: tuple[Spectrum | None, ...]) -> Space:
    s = np.stack([(c or spectrum).eigenvalues() for c in covariances])
    return Space(s, None, s, s * target.coefficients(spectrum) ** 2, int(spectrum.dim))


@lru_cache(maxsize=8)
def _compressed(spectrum: Spectrum, target: Target, width: float) -> Space:
    s, w = spectrum.eigenvalues(), target.coefficients(spectrum)
    order = np.argsort(-s, kind="stable")
    weights = np.stack([np.ones(s.size), (s * w**2)[order]], axis=1)
    made = compress(Measure(s[order], weights), width)
    assert made.weights is not None
    nodes = made.nodes[None]
    return Space(nodes, made.weights[:, 0].copy(), nodes, made.weights[:, 1][None].copy(), spectrum.dim)


def _long_precise(scenario: Scenario, kappas: Sequence[float]) -> Space:
    """A power law in ``mpf`` objects: the leading eigenvalues one by one, the rest matched to their moments."""
    from mpmath import mpf

    beta, decay, scale = _law(scenario)
    floor = min(kappas, default=1.0)  # a flow of time 0 has none
    if floor == 0:
        if scenario.spectrum.dim > LISTED_PRECISE:
            raise DomainError(
                f"dim = {scenario.spectrum.dim} at many digits with least squares",
                where="spectrum.dim",
                accepted=f"at most {LISTED_PRECISE} eigenvalues, or ridge fits whose kappa ends the sum",
            )
        s = as_objects(scenario.spectrum.mp_eigenvalues())
        w = as_objects(scenario.target.mp_coefficients(scenario.spectrum))
        return Space(s[None], None, s[None], (s * w**2)[None], int(scenario.spectrum.dim))
    sums = mp_power_law(beta, scenario.spectrum.dim, decay, floor, [(1, floor)])
    factor = mpf(scale.numerator) / scale.denominator
    assert sums.signal.weights is not None
    signal = factor * sums.signal.weights
    return Space(
        sums.trace.nodes[None], sums.trace.weights, sums.signal.nodes[None], signal[None], scenario.spectrum.dim
    )


def _law(scenario: Scenario) -> tuple[Fraction, Fraction, Fraction]:
    """(beta, e, c) of s_j = j^-beta and s_j w0_j^2 = c j^-e."""
    spectrum, target = scenario.spectrum, scenario.target
    power, scale = target.power(spectrum), Fraction(1)
    if target.norm2 is not None:
        power, scale = Fraction(0), target.norm2 / int(spectrum.dim)
    if power is None:
        raise DomainError(
            f"a target of kind {target.kind!r} with dim = {spectrum.dim}",
            where="target.kind",
            accepted="source, power or isotropic",
        )
    assert spectrum.beta is not None
    return spectrum.beta, spectrum.beta - 2 * power, scale


def _long(scenario: Scenario, plan: Plan, beyond: bool, width: float) -> Space:
    """A power law of very many or infinitely many eigenvalues, by few nodes."""
    spectrum = scenario.spectrum
    if beyond or spectrum.kind != "power-law":
        raise DomainError(
            f"dim = {spectrum.dim} with a spectrum of kind {spectrum.kind!r}{' and digits' if beyond else ''}",
            where="spectrum.dim",
            accepted=f"at most {LISTED} eigenvalues, or a power law",
        )
    beta, decay, scale = _law(scenario)
    sums = double_power_law(beta, spectrum.dim, decay, _pairs(plan))
    trace, signal = compress(sums.trace, width), compress(sums.signal, width)
    assert signal.weights is not None
    return Space(
        trace.nodes[None], trace.weights, signal.nodes[None], float(scale) * signal.weights[None], spectrum.dim
    )


def _pairs(plan: Plan) -> list[tuple[int, float]]:
    """(rows, ridge) that bound the kappa of every fit."""
    pairs = []
    for fit in plan.fits:
        rows = fit.subsample or fit.samples
        if fit.fit.features is not None:
            rows = min(rows, fit.fit.features)
        top = max(float(use.weight) for use in fit.uses)
        own = float(fit.fit.ridge)
        if fit.fit.filter != "ridge":  # the least |lambda| of a flow is 6/time
            own = max(own, 1 / float(fit.fit.rate or fit.fit.time or 1))
        pairs.append((rows, own / top))
        pairs.append((min(plan.rows[use.rows].samples for use in fit.uses), own / top))
    return pairs


def _log_floor(scenario: Scenario, plan: Plan) -> float:
    """A bound from below on the logarithm of every kappa."""
    betas = [rows.covariance.beta for rows in plan.rows if rows.covariance is not None]
    steepest = max(float(beta or 0) for beta in [scenario.spectrum.beta, *betas])
    return min(
        max(math.log(ridge) if ridge else -math.inf, -(steepest + 1) * math.log(rows + 1))
        for rows, ridge in _pairs(plan)
    )


def _side_by_side(scenario: Scenario, covariances: list[Spectrum | None], log_floor: float, precise: bool) -> Space:
    """Very long or endless power laws of several exponents, direction by direction."""
    spectrum = scenario.spectrum
    laws = [c or spectrum for c in covariances]
    if any(law.kind == "explicit" for law in laws):
        raise DomainError(
            f"dim = {spectrum.dim} with a list of eigenvalues",
            where="covariance",
            accepted=f"power laws, or at most {LISTED} eigenvalues",
        )
    betas = [law.beta or Fraction(0) for law in laws]
    _, decay, scale = _law(scenario)
    decays = [decay + beta - betas[0] for beta in betas]
    if spectrum.dim == math.inf and min(decays) <= 1:
        raise DomainError(
            "labels of infinite variance: sum s_j w0_j^2 diverges on rows of another covariance",
            where="covariance",
            accepted="a steeper covariance, or finite dimension",
        )
    sums = joint_power_laws(betas, spectrum.dim, decays, log_floor, precise=precise)
    factor: Any = float(scale)
    if precise:
        from mpmath import mpf

        factor = mpf(scale.numerator) / scale.denominator
    return Space(sums.trace, sums.counts, sums.signal, factor * sums.power, spectrum.dim)
