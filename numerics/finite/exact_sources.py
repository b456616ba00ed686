"""The exact laws of `ridgeproof.numerics.finite.gram` as a prediction: numbers, integrals, rounding."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..predictions.prediction import Prediction
from ..problem.plan import PlannedFit
from ..problem.scenario import Scenario
from .gram import SIGNAL, errors
from .isotropic_correction import common_eigenvalue
from .laguerre import averages

if TYPE_CHECKING:
    from mpmath import mpf

MAX_FRACTION_FITS = 100  # beyond, fractions of thousands of figures are given to digits
GUARD = 20  # decimal digits carried beyond those asked for


def predict_sources(scenario: Scenario, digits: int) -> Prediction:
    """The exact test error of a scenario with sources, shared rows, schemes or filters, split by source.

    Parameters
    ----------
    scenario : Scenario
        Finite dimension.
    digits : int
        Significant digits of what is not a fraction.

    Returns
    -------
    Prediction
        Values are ``Fraction`` where they are, else ``mpf``; ``kappa`` is empty.

    Raises
    ------
    NoExactLaw
        None of the five rules covers a fit.
    DomainError
        An infinite mean, or sizes beyond the integrals'.
    """
    from mpmath import mp

    planned = scenario.plan().fits
    with mp.workdps(digits + GUARD):

        def real(x: Fraction) -> Any:
            return mp.mpf(x.numerator) / x.denominator

        def filtered(fit: PlannedFit, rows: int) -> list[mpf]:
            return _filter_moments(scenario, fit, rows, digits + 4)

        integrals = any(fit.fit.ridge > 0 or fit.fit.filter != "ridge" for fit in planned)
        number = real if integrals or len(planned) > MAX_FRACTION_FITS else lambda x: x
        split = errors(scenario, number, number(Fraction(1)), filtered)
        noise_free = split.get(SIGNAL, Fraction(0))
        if noise_free:
            norm = _squared_norm(scenario)
            if norm is None:
                roots = scenario.target.mp_coefficients(scenario.spectrum)
                norm = mp.fsum(s * w**2 for s, w in zip(scenario.spectrum.mp_eigenvalues(), roots, strict=True))
                noise_free = real(noise_free) if isinstance(noise_free, Fraction) else noise_free
            elif not isinstance(noise_free, Fraction):
                norm = real(norm)
            noise_free = noise_free * norm
        *noises, downstream = [split.get(i, Fraction(0)) for i in range(len(planned))]
        parts = [noise_free, downstream, *noises]
        if any(not isinstance(part, Fraction) for part in parts):
            parts = [real(part) if isinstance(part, Fraction) else part for part in parts]
        total = sum(parts[1:], parts[0])
    if isinstance(total, Fraction):
        return Prediction(total, noise_free, downstream, tuple(noises), ())
    with mp.workdps(digits):
        return Prediction(+total, +parts[0], +parts[1], tuple(+x for x in parts[2:]), ())


def _squared_norm(scenario: Scenario) -> Fraction | None:
    """|w0|_S^2 where it is a fraction of moderate size, else None."""
    target, spectrum = scenario.target, scenario.spectrum
    common = common_eigenvalue(spectrum)
    if common is not None and target.norm2 is not None:
        return common * target.norm2
    values = spectrum.values if spectrum.values is not None else (Fraction(1),) * spectrum.finite_dim()
    if target.values is None or spectrum.kind == "power-law":
        return None
    return sum((s * w**2 for s, w in zip(values, target.values, strict=True)), Fraction(0))


def _filter_moments(scenario: Scenario, planned: PlannedFit, rows: int, digits: int) -> list[mpf]:
    """E tr of G, U, G^2, G U, U^2 over d, and of G^2 W^+ with the test error's norm, W = X'X, for S = c I.

    The loss is (1/N) sum_k a_k |X w - y_k|^2 + lambda |w|^2 on one design: its Hessian is (a/N) W + lambda, a the sum
    of the weights, and with z = (a c/N) x at an eigenvalue c x of W

        ridge          G = z/(z + lambda),                         U = lambda/(z + lambda)
        gradient flow  G = (1 - e^(-t(z + lambda))) z/(z + lambda), U = (lambda + z e^(-t(z + lambda)))/(z + lambda).
    """
    from mpmath import mp

    dim, common, fit = scenario.spectrum.finite_dim(), common_eigenvalue(scenario.spectrum), planned.fit
    assert common is not None

    def real(x: Fraction) -> mpf:
        return mp.mpf(x.numerator) / x.denominator

    weight = sum((use.weight for use in planned.uses), Fraction(0))
    scale, ridge = real(weight * common / planned.samples), real(fit.ridge)
    time = None if fit.time is None else real(fit.time)

    def values(x: mpf) -> list[mpf]:
        z = scale * x
        if time is None:
            g, u = z / (z + ridge), ridge / (z + ridge)
        else:
            decay = mp.exp(-time * (z + ridge))
            g, u = -mp.expm1(-time * (z + ridge)) * z / (z + ridge), (ridge + z * decay) / (z + ridge)
        return [g, u, g * g, g * u, u * u, g * g / x]

    bend = ridge if time is None else ridge + (1 / time if time else mp.mpf(1))
    g, u, gg, gu, uu, noise = averages(dim, rows, values, digits, scale=bend / scale, where="exact isotropic law")
    null = max(0, dim - rows)  # directions that the design does not see: G = 0, U = 1
    return [g / dim, (u + null) / dim, gg / dim, gu / dim, (uu + null) / dim, noise]
