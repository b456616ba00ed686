"""The closed-form answers to "which ridge": sharp constants (docs/theory.md#P6) and the exponent (#P5), or why none.

The formulas are those of :mod:`ridgeproof.theorems.exponents`; this module puts a scenario's numbers into them.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ridgeproof.errors import DomainError

if TYPE_CHECKING:
    from ridgeproof.numerics.problem.scenario import Scenario

Answer = dict[str, Any] | None
ENDLESS = 10  # times T dimensions: the end of the spectrum no longer matters at kappa ~ T^-beta


def answers(scenario: Scenario) -> tuple[Answer, Answer, list[str]]:
    """Return the sharp answer, the exponent's answer, and notes that say why one is missing.

    Returns
    -------
    sharp : dict or None
        ``lambda``, ``test_error``, ``kappa``: leading terms with their constants, r not 0 or 1.
    exponent : dict or None
        ``ell`` and ``rate``, exact, of lambda* ≍ (N/T)^ell and E* ≍ (N/T)^rate with the effective noise N, and those
        powers as ``lambda`` and ``test_error``, right up to constants.
    notes : list of str
    """
    reason = outside(scenario)
    if reason:
        return None, None, [f"no closed form: {reason}"]
    from ridgeproof.numerics.problem.numbers import as_float

    noise = effective_noise(scenario)
    try:
        as_float(noise, where="effective noise")
    except DomainError as error:
        return None, None, [f"no closed form: {error.where} {error.what}"]
    if noise == 0 and _endless(scenario):
        sharp, note = _window(scenario, noise)
        return sharp, None, [note, "no exponent: it is in N/T, and N = 0"]
    if noise == 0:
        return None, None, ["no closed form: without noise there is nothing to balance the bias"]
    exponent, exponent_note = _exponent(scenario, noise)
    sharp, sharp_note = _sharp(scenario, noise)
    return sharp, exponent, [note for note in (sharp_note, exponent_note) if note]


def stopping_time(scenario: Scenario) -> tuple[Answer, str]:
    """Return the sharp best stopping time of a downstream gradient flow (docs/theory.md#U3), or None and why.

    Returns
    -------
    sharp : dict or None
        ``time`` and ``test_error``: leading terms with their constants, for t* << T^beta.
    note : str
    """
    import dataclasses

    from ridgeproof.theorems.exponents.model import early_stopping, sharp

    fit = scenario.downstream
    if fit.filter != "gradient-flow" or fit.ridge != 0:
        return None, "no sharp stopping time: it needs gradient flow without a ridge"
    reason = outside(dataclasses.replace(scenario, downstream=dataclasses.replace(fit, filter="ridge", time=None)))
    if reason:
        return None, f"no sharp stopping time: {reason}"
    noise = effective_noise(scenario)
    if noise == 0:
        return None, "no sharp stopping time: without noise there is nothing to balance the bias"
    beta, r = scenario.spectrum.beta, scenario.target.r
    assert beta is not None and r is not None
    at = {sharp.BETA: _rational(beta), sharp.R: _rational(r)}
    exact = early_stopping.constants(tilted=r > 1)
    constants = {name: value.subs(at).evalf(30) for name, value in exact.items()}
    values = {**constants, **at, sharp.NOISE: _rational(noise), sharp.T: _rational(Fraction(fit.samples))}
    best = early_stopping.sharp_stopping_expr()
    time, error = (float(x.subs(values)) for x in (best.time, best.test_error))
    end = min(float(scenario.spectrum.dim), float(fit.samples)) ** float(beta)
    if not 1 < time < end:
        return None, f"no sharp stopping time: t* = {time:.3g} is not between 1 and min(d, T)^beta = {end:.3g}"
    note = ""
    whole = early_stopping.error_expr(tilted=r > 1).subs({**values, early_stopping.TIME: time})
    if (tilt := float(whole) - error) > 0.1 * error:
        note = f"the sharp form leaves {tilt:.3g} out, what tilted axes cost when r > 1: the noise is not >> t*^-2"
    return {"time": time, "test_error": error, "effective_noise": noise}, note


def accumulation_limit(scenario: Scenario) -> Answer:
    """Return what the error tends to as fresh rows accumulate for ever (docs/theory.md#F11), None where it is unknown.

    Returns
    -------
    dict or None
        ``test_error``, and ``leading``: pi^2/6 times sigma^2 d/T, what it is for d << T.
    """
    from ridgeproof.theorems.exponents.model import accumulation, sharp

    fits = [*scenario.generators, scenario.downstream]
    first = fits[0]
    if scenario.chain.scheme != "accumulate" or any(getattr(fit, "same_design", False) for fit in fits):
        return None
    dim, samples, noise = scenario.spectrum.dim, first.samples, first.noise
    equal = all((fit.samples, fit.noise, fit.ridge, fit.plain) == (samples, noise, Fraction(0), True) for fit in fits)
    if not equal or not dim + 2 <= samples:
        return None
    at = {sharp.T: samples, sharp.D: int(dim), sharp.SIGMA2: _rational(noise)}
    exact, leading = accumulation.limit_expr(), accumulation.leading_expr()
    return {"test_error": float(exact.subs(at).evalf(20)), "leading": float(leading.subs(at).evalf(20))}


def outside(scenario: Scenario) -> str:
    """Return which hypothesis common to both answers fails, or nothing."""
    spectrum = scenario.spectrum
    if spectrum.kind != "power-law" or scenario.target.kind != "source":
        return "it needs a power-law spectrum and a source target"
    if not scenario.plain:
        return "it needs ridge fits on fresh rows labelled by the model before"
    for generator in scenario.generators:
        if generator.ridge != 0 or generator.samples < spectrum.dim + 2:
            return "it needs least-squares generators with samples >= dim + 2"
    return ""


def effective_noise(scenario: Scenario) -> Fraction:
    """Return N = sigma^2 + sum_m sigma_m^2 (T + d)/(T_m - d), exactly; the sum runs over all generations."""
    from ridgeproof.theorems.exponents.model import sharp

    template = sharp.effective_noise_expr()
    total = scenario.downstream.noise
    for generator in scenario.generators:
        part = template.subs(
            {
                sharp.SIGMA2: 0,
                sharp.N_GENERATIONS: generator.repeat,
                sharp.SIGMA02: _rational(generator.noise),
                sharp.T: scenario.downstream.samples,
                sharp.T0: generator.samples,
                sharp.D: scenario.spectrum.dim,
            }
        )
        total += Fraction(int(part.p), int(part.q))
    return total


def _sharp(scenario: Scenario, noise: Fraction) -> tuple[Answer, str]:
    import sympy as sp

    from ridgeproof.theorems.exponents.model import sharp

    beta, r = scenario.spectrum.beta, scenario.target.r
    assert beta is not None and r is not None
    if r in (0, 1):
        return None, f"no sharp closed form: at r = {r} the bias is no power of kappa but has a logarithm"
    at = {sharp.BETA: _rational(beta), sharp.R: _rational(r)}
    constants = {name: value.subs(at).evalf(30) for name, value in sharp.constants(saturated=r > 1).items()}
    optimum = sharp.sharp_optimum_expr(saturated=r > 1)
    values = {**constants, **at, sharp.NOISE: _rational(noise), sharp.T: sp.Integer(scenario.downstream.samples)}
    kappa, ridge, error = (float(x.subs(values)) for x in (optimum.kappa, optimum.ridge, optimum.test_error))
    floor = float(scenario.spectrum.dim) ** -float(beta)
    if ridge <= 0 and _endless(scenario):
        return _window(scenario, noise)
    if not floor < kappa < 1 or ridge <= 0:
        edges = (
            f"kappa* = {kappa:.3g} is not between d^-beta = {floor:.3g} and 1" if ridge > 0 else "its ridge is negative"
        )
        return None, f"no sharp closed form: outside the interior regime, {edges}"
    return {"lambda": ridge, "test_error": error, "kappa": kappa}, ""


def _endless(scenario: Scenario) -> bool:
    """Whether the window's formulas apply: clean data, 0 < r < 1, and far more dimensions than samples."""
    r, dim = scenario.target.r, scenario.spectrum.dim
    return r is not None and 0 < r < 1 and not scenario.generators and dim >= ENDLESS * scenario.downstream.samples


def _window(scenario: Scenario, noise: Fraction) -> tuple[Answer, str]:
    """Return the sharp answer where kappa is of the order T^-beta (``theorems/exponents/model/sharp_window.py``)."""
    from ..witnesses.sharp_scaling import sharp_constants, window_optimum

    beta, r = scenario.spectrum.beta, scenario.target.r
    assert beta is not None and r is not None
    ridge, error, kappa = window_optimum(sharp_constants(beta, r), float(noise), scenario.downstream.samples)
    return {"lambda": ridge, "test_error": error, "kappa": kappa}, (
        "so little noise that kappa* is of the order T^-beta: the sharp form is the window's, docs/theory.md#P6 to #P7"
    )


def _exponent(scenario: Scenario, noise: Fraction) -> tuple[Answer, str]:
    from ridgeproof.theorems.exponents import INF, exponent_row

    beta, r = scenario.spectrum.beta, scenario.target.r
    assert beta is not None and r is not None
    # In terms of N/T the law is that of clean data with unit noise in infinite dimension.
    row = exponent_row(beta=beta, r=r, a=INF, g=-INF, s=0)
    if not isinstance(row.ell, Fraction) or not isinstance(row.rate, Fraction):
        return None, f"no exponent: {row.regime}"
    samples = scenario.downstream.samples
    level = float(noise / samples)
    ridge = level ** float(row.ell)
    least = min(float(scenario.spectrum.dim), float(samples)) ** -float(beta)
    if not least <= ridge <= 1:
        edges = f"(N/T)^ell = {ridge:.3g} is not between min(d, T)^-beta = {least:.3g} and 1"
        return None, f"no exponent: outside the interior regime, {edges}"
    answer = {
        "lambda": ridge,
        "test_error": level ** float(row.rate),
        "ell": row.ell,
        "rate": row.rate,
        "effective_noise": noise,
        "logarithm": row.logarithm,
    }
    return answer, ""


def _rational(number: Fraction) -> Any:
    import sympy as sp

    return sp.Rational(number.numerator, number.denominator)
