"""The 1/T correction of the test error for S = c I: what a deterministic equivalent leaves out, to leading order."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from ridgeproof.errors import DomainError

from ..problem.scenario import Downstream, Generator, Scenario, plain_only
from ..problem.spectrum import Spectrum


def common_eigenvalue(spectrum: Spectrum) -> Fraction | None:
    """c where S = c I, else None."""
    if spectrum.kind == "isotropic" or spectrum.dim == 1:
        return spectrum.values[0] if spectrum.values is not None else Fraction(1)
    if spectrum.values is not None and len(set(spectrum.values)) == 1:
        return spectrum.values[0]
    return None


@dataclass(frozen=True)
class _Expansion:
    """limit + first + ..., with first of order 1/T; products keep these two orders."""

    limit: float
    first: float = 0.0

    def __add__(self, other: _Expansion) -> _Expansion:
        return _Expansion(self.limit + other.limit, self.first + other.first)

    def __sub__(self, other: _Expansion) -> _Expansion:
        return _Expansion(self.limit - other.limit, self.first - other.first)

    def __mul__(self, other: _Expansion) -> _Expansion:
        return _Expansion(self.limit * other.limit, self.limit * other.first + self.first * other.limit)


def first_correction(scenario: Scenario) -> float:
    """The leading finite-size correction c_1 of the test error for S = c I: exact = equivalent + c_1 + O(1/T^2).

    As d and all T grow in proportion c_1 = O(1/T).  It rests on one function of the real Wishart law: with
    (edge_-, edge_+) = ((1 - sqrt(d/T))^2, (1 + sqrt(d/T))^2),

        E tr R(lambda) = d m(lambda) + Delta(lambda) + O(1/T),
        Delta(lambda) = (1/4) (1/sqrt(edge_- + lambda) - 1/sqrt(edge_+ + lambda))^2,

    the mean in the central limit theorem of Bai and Silverstein (Ann. Probab. 32 (2004) 553) for x -> 1/(x + lambda).
    The traces that a link needs are tr G = d - lambda tr R, tr U^2 = -lambda^2 (tr R)' and
    tr Sh R^2 = tr R + lambda (tr R)'.

    Raises
    ------
    DomainError
        Unequal eigenvalues, or fits with ridge > 0 that share a design.
    """
    plain_only(scenario, "the correction")
    dim = scenario.spectrum.finite_dim()
    common = common_eigenvalue(scenario.spectrum)
    if common is None:
        raise DomainError("unequal eigenvalues", where="spectrum", accepted="S = c I")
    one = _Expansion(1.0)
    loss = signal = noise = _Expansion(0.0)  # of w0: -E (w - w0).w0/|w0|^2, E |w - w0|^2/|w0|^2; and from the noises
    fits: list[tuple[str, Generator | Downstream]] = [(f"generators.{i}", g) for i, g in enumerate(scenario.generators)]
    for where, fit in [*fits, ("downstream", scenario.downstream)]:
        repeat, variance = fit.repeat if isinstance(fit, Generator) else 1, float(fit.noise)
        if repeat > 1 and isinstance(fit, Generator) and fit.same_design:
            if fit.ridge > 0:
                raise DomainError(
                    "fits with ridge on one design", where=where, accepted="ridge = 0 or same_design = false"
                )
            repeat, variance = 1, repeat * variance
        g, gg, unit = _expanded(dim, fit.samples, float(fit.ridge / common))
        for _ in range(repeat):
            mixed = g - gg
            signal = gg * signal + mixed * (loss + loss) + (one - g - mixed)
            loss = one - g + g * loss
            noise = gg * noise + _Expansion(variance) * unit
    norm = float(common) * float(sum(scenario.target.coefficients(scenario.spectrum) ** 2))
    return norm * signal.first + noise.first


def _expanded(dim: int, samples: int, ridge: float) -> tuple[_Expansion, _Expansion, _Expansion]:
    """E tr G/d, E tr G^2/d and E tr (W + T ridge)^-2 W of one fit with S = I, limit (E4) and first correction."""
    ratio = dim / samples
    middle = ridge + ratio - 1
    root = math.hypot(middle, 2 * math.sqrt(ridge))
    kappa = (middle + root) / 2 if middle > 0 else 2 * ridge / (root - middle)
    shrink = 1 / (1 + kappa)
    residual = samples - dim * shrink**2
    low, high = ((1 + sign * math.sqrt(ratio)) ** 2 + ridge for sign in (-1, 1))
    gap = low**-0.5 - high**-0.5
    delta, slope = gap**2 / 4, -gap * (low**-1.5 - high**-1.5) / 4
    g = _Expansion(shrink, -ridge * delta / dim)
    mixed = shrink**2 * kappa - dim * (shrink**2 * kappa) ** 2 / residual
    gg = g - _Expansion(mixed, (ridge * delta + ridge**2 * slope) / dim)
    return g, gg, _Expansion(dim * shrink**2 / residual, (delta + ridge * slope) / samples)
