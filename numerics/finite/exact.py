"""Exact finite-size laws of the test error, where there are any (docs/theory.md#F4, #F5, #F7, and all of S = c I).

- Least squares everywhere, T >= d + 2 (F4), any spectrum: a fraction.
- Equal eigenvalues, every ridge 0, min-norm fits (T <= d - 2) and least squares in any order (F5): fractions when the
  target's norm is one.
- Dimension 1 and 2, any spectrum, any ridges (F7): integrals over the Wishart density, to any number of digits.
- Equal eigenvalues, any ridges, any dimension: integrals over the mean eigenvalue density of `finite.laguerre`.
- Sources, shared rows, schemes and filters: the five rules of `finite.gram`.

Fits that share a design are covered by the first four.  Without noise the conditions relax: a fit at ridge 0 with T > d
returns its teacher whatever T, and T = d - 1 is allowed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ridgeproof.errors import DomainError, InputError, NoExactLaw

from ..predictions.powers import refuse_long
from ..predictions.prediction import Prediction
from ..problem.scenario import Downstream, Generator, Scenario
from .exact_sources import predict_sources
from .isotropic_correction import common_eigenvalue

if TYPE_CHECKING:
    from mpmath import mpf

    from .wishart_quadrature import FitMoments

MAX_DIGITS = 1000
MAX_FRACTION_FITS = (
    500  # min-norm fits beyond which (T/d)^n is given to digits, not as a fraction of thousands of figures
)
GUARD = 20  # decimal digits carried beyond those asked for
LAWS = (
    "equal eigenvalues; or dimension 1 or 2; or every ridge 0 with samples >= dim + 2 "
    "(and with noise at ridge 0 always |samples - dim| >= 2)"
)

Fit = Generator | Downstream


def _chain(scenario: Scenario) -> tuple[Fit, ...]:
    """The fits of a scenario as written, downstream last."""
    return (*scenario.generators, scenario.downstream)


def predict_exact(scenario: Scenario, digits: int = 15) -> Prediction:
    """The exact test error E |w_hat - w0|_S^2 at finite size, noise floor left out, split by source.

    Parameters
    ----------
    scenario : Scenario
    digits : int
        Significant digits of what is not a fraction, 1 to 1000.

    Returns
    -------
    Prediction
        Values are ``Fraction`` where exact, else ``mpf``; ``kappa`` is empty.

    Raises
    ------
    DomainError
        A noisy fit at ridge 0 with |samples - dim| <= 1: its mean is infinite (F3, F5).  Sizes beyond those of
        `ridgeproof.numerics.finite.laguerre.averages`, for ridge fits with S = c I.
    NoExactLaw
        No exact law is known for the scenario.
    InputError
        Digits outside their range.
    NotConverged
        An integral that does not settle.
    """
    if isinstance(digits, bool) or not isinstance(digits, int) or not 1 <= digits <= MAX_DIGITS:
        raise InputError(f"digits = {digits!r}", where="exact law", accepted=f"an integer from 1 to {MAX_DIGITS}")
    refuse_long(scenario, "in an exact law", "no --exact")
    dim = scenario.spectrum.dim
    if dim == math.inf:
        raise NoExactLaw("no exact law in infinite dimension", where="spectrum.dim", accepted=LAWS)
    if not scenario.plain:
        return predict_sources(scenario, digits)
    fits: list[tuple[str, Fit]] = [(f"generators.{i}", g) for i, g in enumerate(scenario.generators)]
    fits.append(("downstream", scenario.downstream))
    for where, fit in fits:
        if fit.ridge == 0 and fit.noise > 0 and abs(fit.samples - dim) <= 1:
            raise DomainError(
                f"samples = {fit.samples} in dimension {dim} at ridge 0 with noise: the error is infinite",
                where=where,
                accepted="|samples - dim| >= 2, or ridge > 0, or noise 0",
            )
    common = common_eigenvalue(scenario.spectrum)
    obstacle = next(
        ((where, fit) for where, fit in fits if fit.ridge != 0 or (fit.samples < dim and common is None)), None
    )
    if obstacle is None:
        return _projections(scenario, int(dim), common, digits)
    if dim <= 2 or common is not None:
        return _integrals(scenario, digits)
    where, fit = obstacle
    what = f"ridge = {fit.ridge}" if fit.ridge != 0 else f"samples = {fit.samples} < dim with unequal eigenvalues"
    raise NoExactLaw(f"no exact law is known for {what} in dimension {dim}", where=where, accepted=LAWS)


def _projections(scenario: Scenario, dim: int, common: Fraction | None, digits: int) -> Prediction:
    """Ridge 0 everywhere (F4, F5).

    A fit maps w to P w + X^+ E with P the identity (T >= d) or, when S = c I, a Haar projection of rank T; so in the
    S-norm it keeps the fraction T/d of whatever it gets, and E |P_n ... P_1 w0 - w0|^2 = |w0|^2 (1 - prod T_m/d).
    Noise enters with c tr E (X^T X)^+ = d/(T-d-1) or T/(d-T-1); since P X^+ = X^+, the noises of fits that share a
    design add up unchanged.
    """
    from mpmath import mp

    minimal = [fit for fit in _chain(scenario) if fit.samples < dim]
    norm = _squared_norm(scenario) if minimal else Fraction(0)
    designs = sum(fit.repeat if isinstance(fit, Generator) and not fit.same_design else 1 for fit in minimal)
    if norm is not None and designs <= MAX_FRACTION_FITS:
        return _project(scenario, dim, (common or Fraction(1)) * norm, lambda x: x)
    with mp.workdps(digits + GUARD):

        def real(x: Fraction) -> mpf:
            return mp.mpf(x.numerator) / x.denominator

        squares = mp.fsum(w**2 for w in scenario.target.mp_coefficients(scenario.spectrum))
        prediction = _project(scenario, dim, real(common or Fraction(1)) * squares, real)
    return _rounded(prediction, digits)


def _project(scenario: Scenario, dim: int, signal: Any, number: Callable[[Fraction], Any]) -> Prediction:
    """The law of `_projections` in the arithmetic of ``number``; ``signal`` is |w0|_S^2."""
    kept = number(Fraction(1))
    noise: list[Any] = []
    for fit in _chain(scenario):
        repeat, same = (fit.repeat, fit.same_design) if isinstance(fit, Generator) else (1, False)
        share = number(min(Fraction(1), Fraction(fit.samples, dim)))
        amount = number(Fraction(0))
        if fit.noise:
            amount = number(fit.noise * Fraction(min(fit.samples, dim), abs(fit.samples - dim) - 1))
        if same:
            fresh, factor = [amount] * repeat, share
        else:
            fresh, factor = [], number(Fraction(1))
            for _ in range(repeat):
                fresh.append(amount * factor)
                factor *= share
            fresh.reverse()
        if fit.samples < dim:
            noise = [x * factor for x in noise]
            kept *= factor
        noise += fresh
    noise_free = signal * (1 - kept)
    *by_generation, downstream = noise
    return Prediction(noise_free + sum(noise), noise_free, downstream, tuple(by_generation), ())


def _squared_norm(scenario: Scenario) -> Fraction | None:
    """|w0|^2 where it is a fraction of moderate size, else None."""
    target = scenario.target
    if target.norm2 is not None:
        return target.norm2
    if target.values is not None:
        return sum((value**2 for value in target.values), Fraction(0))
    power, dim = target.power(scenario.spectrum), scenario.spectrum.finite_dim()
    if dim == 1:
        return Fraction(1)
    if power is not None and (2 * power).denominator == 1 and dim <= 1000 and abs(power) <= 10:
        return sum((Fraction(j) ** int(2 * power) for j in range(1, dim + 1)), Fraction(0))
    return None


def _integrals(scenario: Scenario, digits: int) -> Prediction:
    """Dimension 1 and 2 (F7), or S = c I.

    The error is carried as loss_j = -E (w_j - w0_j)/w0_j and the second moments of w - w0 (from the signal, and
    from each noise).  One fit maps w - w0 to G (w - w0) - U w0 + noise; S and the law of W do not change when an
    axis is reflected, so diagonals go to diagonals and nothing else is needed:

        v_i' = sum_j (E G_ij^2) v_j + 2 (E G_ij U_ij) loss_j w0_j^2 + (E U_ij^2) w0_j^2.

    For S = c I rotations leave one number each: E |w - w0|^2, and the loss that all directions share; the recursion is
    that of one axis with w0^2 = |w0|^2 and the averages over directions E tr G^2/d, E tr G U/d, E tr U^2/d.
    """
    from mpmath import mp

    dim, common = scenario.spectrum.finite_dim(), common_eigenvalue(scenario.spectrum)
    with mp.workdps(digits + GUARD):
        truth = [w**2 for w in scenario.target.mp_coefficients(scenario.spectrum)]
        if dim <= 2 or common is None:
            eigenvalues = scenario.spectrum.mp_eigenvalues()
        else:
            eigenvalues, truth = [mp.mpf(common.numerator) / common.denominator], [mp.fsum(truth)]
        axes = range(len(eigenvalues))
        loss = [mp.mpf(0) for _ in axes]
        signal = [mp.mpf(0) for _ in axes]
        noise: list[list[mpf]] = []
        for fit in _chain(scenario):
            repeat, same = (fit.repeat, fit.same_design) if isinstance(fit, Generator) else (1, False)
            m = _moments(fit, eigenvalues, dim, repeat if same else 1, digits + 2)
            variance = mp.mpf(fit.noise.numerator) / fit.noise.denominator
            for _ in range(1 if same else repeat):
                signal = [
                    mp.fsum(
                        m.second[i][j] * signal[j] + (2 * m.cross[i][j] * loss[j] + m.loss_second[i][j]) * truth[j]
                        for j in axes
                    )
                    for i in axes
                ]
                loss = [m.loss[i] + m.shrink[i] * loss[i] for i in axes]
                noise = [[mp.fsum(m.second[i][j] * v[j] for j in axes) for i in axes] for v in noise]
                noise += [[variance * x for x in unit] for unit in m.noise]
        noise_free = mp.fdot(eigenvalues, signal)
        *by_generation, downstream = [mp.fdot(eigenvalues, v) for v in noise]
        error = noise_free + downstream + mp.fsum(by_generation)
    return _rounded(Prediction(error, noise_free, downstream, tuple(by_generation), ()), digits)


def _moments(fit: Fit, eigenvalues: Sequence[mpf], dim: int, fits: int, digits: int) -> FitMoments:
    """The moments of one fit: known in closed form for least squares with T > d, else integrals.

    With one eigenvalue in dimension d > 1: averages over directions, and the trace of the noise's second moment.
    """
    from mpmath import mp

    from .isotropic_exact import isotropic_moments
    from .wishart_quadrature import FitMoments, fit_moments

    axes = len(eigenvalues)
    if fit.ridge == 0 and fit.samples > dim:
        one, zero = [mp.mpf(1)] * axes, [mp.mpf(0)] * axes
        nothing = [zero] * axes
        same = [[mp.mpf(i == j) for j in range(axes)] for i in range(axes)]
        unit = [mp.mpf(dim) / axes / (s * (fit.samples - dim - 1)) for s in eigenvalues] if fit.noise else zero
        return FitMoments(one, zero, same, nothing, nothing, [unit] * fits)
    ridge = mp.mpf(fit.ridge.numerator) / fit.ridge.denominator
    if axes < dim:
        moments = isotropic_moments(dim, fit.samples, ridge / eigenvalues[0], fits, digits)
        moments = replace(moments, noise=[[x / eigenvalues[0] for x in unit] for unit in moments.noise])
    else:
        moments = fit_moments(eigenvalues, fit.samples, ridge, fits=fits, noisy=bool(fit.noise), digits=digits)
    if fit.noise:
        return moments
    return replace(moments, noise=[[mp.mpf(0)] * axes] * fits)


def _rounded(prediction: Prediction, digits: int) -> Prediction:
    """The same numbers, each to ``digits`` significant digits."""
    from mpmath import mp

    with mp.workdps(digits):
        return Prediction(
            +prediction.test_error,
            +prediction.noise_free,
            +prediction.downstream_noise,
            tuple(+x for x in prediction.noise_by_generation or ()),
            (),
        )
