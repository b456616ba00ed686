"""The eigendirections of a plan: as they are listed, or long spectra by the few nodes that integrate alike."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np

from ridgeproof.errors import DomainError

from ..problem.plan import Plan
from ..problem.scenario import Scenario
from ..problem.spectrum import Spectrum
from ..problem.target import Target
from ..sums.measure import Measure, as_objects, compress
from ..sums.power_sums import double_power_law
from .causal import Space

LISTED = 2_000_000
COMPRESSED_FROM = 4096
FLOW_COMPRESSED_FROM = 1024
MAX_STATE = 60_000_000  # entries of d x L x L
_WIDTH = 0.5  # of the bins, in log s: for kappa > 0, see `compress`
_FLOW_WIDTH = 0.25  # for the kappa of a gradient flow, at angles up to 2.1 from the positive axis


def plan_space(
    scenario: Scenario, plan: Plan, covariances: list[Spectrum | None], models: int, *, precise: bool, flow: bool
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

    Raises
    ------
    DomainError
        A spectrum that is too long, in this arithmetic.
    """
    spectrum, target = scenario.spectrum, scenario.target
    if spectrum.kind == "isotropic" and len(covariances) == 1 and (target.norm2 is not None or not precise):
        return _isotropic(spectrum, target, precise)
    if spectrum.dim == math.inf or spectrum.dim > LISTED:
        return _long(scenario, plan, len(covariances) > 1 or precise, _FLOW_WIDTH if flow else _WIDTH)
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
        norm2 = float(target.norm2) if target.norm2 is not None else float((target.coefficients(spectrum) ** 2).sum())
    ones = np.array([[one]])
    return Space(ones, np.array([one * dim]), ones, np.array([[norm2]]), dim)


@lru_cache(maxsize=8)
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


def _long(scenario: Scenario, plan: Plan, beyond: bool, width: float) -> Space:
    """A power law of very many or infinitely many eigenvalues, by few nodes."""
    spectrum, target = scenario.spectrum, scenario.target
    if beyond or spectrum.kind != "power-law":
        raise DomainError(
            f"dim = {spectrum.dim} with digits or several covariances",
            where="spectrum.dim",
            accepted=f"at most {LISTED} eigenvalues, or one power law in double precision",
        )
    power, scale = target.power(spectrum), 1.0
    if target.norm2 is not None:
        power, scale = Fraction(0), float(target.norm2 / int(spectrum.dim))
    if power is None:
        raise DomainError(
            f"a target of kind {target.kind!r} with dim = {spectrum.dim}",
            where="target.kind",
            accepted="source, power or isotropic",
        )
    assert spectrum.beta is not None
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
    sums = double_power_law(spectrum.beta, spectrum.dim, spectrum.beta - 2 * power, pairs)
    trace, signal = compress(sums.trace, width), compress(sums.signal, width)
    assert signal.weights is not None
    return Space(trace.nodes[None], trace.weights, signal.nodes[None], scale * signal.weights[None], spectrum.dim)
