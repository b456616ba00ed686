"""Admissible instances of a claim's setting: numbers for its symbols, and the scenario they make."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

import numpy as np
import sympy as sp

from ridgeproof.errors import ClaimError, DomainError, InputError
from ridgeproof.numerics.problem.scenario import Downstream, Generator, Scenario, Target
from ridgeproof.numerics.problem.spectrum import Spectrum
from ridgeproof.theorems import vocabulary as voc
from ridgeproof.theorems.claim import Claim, Setting

from .formulas import Nodes, Point, holds, power_law_nodes

# What a symbol may be, by the part it plays in the setting.  Sample sizes are ratios to the dimension.
SAMPLE_RATIOS = [Fraction(x) for x in ("1/2", "3/4", "3/2", "2", "3")]
RIDGES = [Fraction(x) for x in ("1/100", "1/20", "1/5", "1/2")]
NOISES = [Fraction(x) for x in ("1/10", "1/4", "1/2", "1")]
REPEATS = [Fraction(x) for x in (1, 2, 3)]
NORMS = [Fraction(x) for x in ("1/2", "1", "2")]
EXPONENTS = {
    voc.beta: [Fraction(x) for x in ("5/4", "3/2", "2", "5/2", "3")],
    voc.r: [Fraction(x) for x in ("3/10", "1/2", "7/10", "1", "3/2", "2")],
    voc.a: [Fraction(x) for x in ("1/4", "1/2", "3/5", "4/5", "9/10", "5/4")],
    voc.b: [Fraction(x) for x in ("3/5", "7/10", "4/5", "9/10", "1", "5/4", "3/2")],
    voc.ell: [Fraction(x) for x in ("1/4", "1/2", "3/4", "1", "5/4", "3/2", "7/4", "2", "5/2", "3", "4")],
}

Kind = Literal["samples", "ridge", "noise", "repeat", "exponent", "norm", "positive"]


@dataclass(frozen=True)
class Instance:
    """Exact values of a claim's symbols, and the scenario of its setting (None if it has none)."""

    values: dict[sp.Symbol, Fraction]
    scenario: Scenario | None
    _points: dict[float | None, Point] = field(default_factory=dict, compare=False, repr=False)

    def point(self, reach: float | None = None) -> Point:
        """Where the formulas are evaluated; ``reach``: the smallest argument k of a sum in infinite dimension."""
        if reach not in self._points:
            self._points[reach] = self._point(reach)
        return self._points[reach]

    def _point(self, reach: float | None) -> Point:
        values = {x: float(v) for x, v in self.values.items()}
        if self.scenario is None:
            return Point(values)
        spectrum, target = self.scenario.spectrum, self.scenario.target
        if spectrum.kind == "power-law" and spectrum.beta is not None and target.r is not None:
            smallest = (
                reach
                or min(
                    float(self.scenario.downstream.ridge) or 1.0,
                    self.scenario.downstream.samples ** -float(spectrum.beta),
                )
                * 1e-6
            )
            return Point(values, power_law_nodes(float(spectrum.beta), float(target.r), spectrum.dim, smallest))
        s = spectrum.eigenvalues()
        return Point(values, Nodes(s, np.ones_like(s), target.coefficients(spectrum) ** 2))


def roles(claim: Claim) -> dict[sp.Symbol, Kind]:
    """The free symbols of a claim and the part that each plays; the dimension is not among them."""
    found: dict[sp.Symbol, Kind] = {}
    order: list[tuple[sp.Expr, Kind]] = []
    if claim.setting is not None:
        for fit in (*claim.setting.generators, claim.setting.downstream):
            order += [(fit.samples, "samples"), (fit.ridge, "ridge"), (fit.noise, "noise"), (fit.repeat, "repeat")]
    for expr, kind in order:
        for x in expr.free_symbols:
            if x not in EXPONENTS:
                found.setdefault(x, kind)
    scope: set[sp.Symbol] = set()
    for part in claim.equations:
        for side in (part.left, part.right):
            scope |= {x for x in side.free_symbols if isinstance(x, sp.Symbol)} | voc.letter_symbols(side)
    for condition in claim.conditions:
        scope |= condition.free_symbols
    if claim.setting is not None:
        for fit in (*claim.setting.generators, claim.setting.downstream):
            scope |= fit.samples.free_symbols | fit.ridge.free_symbols
        if claim.setting.dimension is not None:
            scope |= claim.setting.dimension.free_symbols
    for x in sorted(scope, key=str):
        if x in EXPONENTS:
            found[x] = "exponent"
        elif x == voc.norm2:
            found[x] = "norm"
        elif x in (voc.d, voc.kappa, voc.s, voc.w2) or x.name == "E_test":
            continue
        elif x not in found:
            found[x] = (
                "samples"
                if x in (voc.T, voc.T0, voc.Tm) or (x.is_integer and x.is_positive)
                else "repeat"
                if x == voc.n
                else "ridge"
                if x == voc.lam
                else "noise"
                if x.is_nonnegative
                else "positive"
            )
    return found


def fixed_by(claim: Claim, values: dict[sp.Symbol, Fraction]) -> dict[sp.Symbol, Fraction]:
    """Symbols that a hypothesis "x = expression" fixes, given the values of the others."""
    out: dict[sp.Symbol, Fraction] = {}
    for c in claim.conditions:
        if isinstance(c, sp.Eq) and c.lhs.is_Symbol:
            value = c.rhs.subs(_exact(values | out))
            if value.is_Rational:
                out[c.lhs] = Fraction(int(value.p), int(value.q))
    return out


REFUSALS = 50  # instances outside the model's domain before the hypotheses are taken to lie there


def draw(claim: Claim, size: int, rng: random.Random, tries: int = 1000) -> Instance | None:
    """One admissible instance of dimension ``size``, or None where none was found.

    Raises
    ------
    DomainError
        The hypotheses admit only points outside the model's domain, e.g. samples = dim at ridge 0.
    """
    parts, refused = roles(claim), 0
    for _ in range(tries):
        values: dict[sp.Symbol, Fraction] = {voc.d: Fraction(size)}
        for x, kind in parts.items():
            values[x] = _draw(kind, x, size, rng)
        values.update(fixed_by(claim, values))
        if all(holds(c, _exact(values)) is not False for c in claim.conditions):
            try:
                return build(claim, values, size, rng)
            except DomainError:
                refused += 1
                if refused == REFUSALS:
                    raise
            except InputError:  # a value that the model cannot have: draw again
                continue
    return None


def draw_several(claim: Claim, sizes: Sequence[int], rng: random.Random) -> list[Instance]:
    """One admissible instance of each dimension; a dimension for which none was found is left out."""
    out: list[Instance] = []
    hopeless: set[int] = set()
    for size in sizes:
        instance = None if size in hopeless else draw(claim, size, rng)
        if instance is None:
            hopeless.add(size)
        else:
            out.append(instance)
    return out


def _exact(values: dict[sp.Symbol, Fraction]) -> dict[sp.Symbol, sp.Rational]:
    return {x: sp.Rational(v.numerator, v.denominator) for x, v in values.items()}


def _draw(kind: Kind, x: sp.Symbol, size: int, rng: random.Random) -> Fraction:
    if kind == "samples":
        return Fraction(max(1, round(rng.choice(SAMPLE_RATIOS) * size)))
    menus = {"ridge": RIDGES, "noise": NOISES, "repeat": REPEATS, "norm": NORMS, "positive": NORMS}
    return rng.choice(EXPONENTS[x] if kind == "exponent" else menus[kind])


def families(claim: Claim, sizes: tuple[int, ...], count: int, rng: random.Random) -> Iterator[list[Instance]]:
    """Up to ``count`` proportions, each as instances at growing sizes with everything else fixed."""
    for _ in range(count):
        first = draw(claim, sizes[0], rng)
        if first is None:
            return
        line = [first]
        for size in sizes[1:]:
            ratio = Fraction(size, sizes[0])
            parts = roles(claim)
            values = {x: v * ratio if parts.get(x) == "samples" else v for x, v in first.values.items()} | {
                voc.d: Fraction(size)
            }
            line.append(build(claim, values | fixed_by(claim, values), size, rng))
        yield line


# --- scenarios -------------------------------------------------------------------------------------------------------


def build(claim: Claim, values: dict[sp.Symbol, Fraction], size: int, rng: random.Random) -> Instance:
    """The instance with these values."""
    if claim.setting is None:
        return Instance(values, None)
    setting = claim.setting
    spectrum, target = _spectrum(setting, values, size), _target(setting, values, size)
    generators = tuple(
        Generator(
            _count(f.samples, values),
            _number(f.ridge, values),
            _number(f.noise, values),
            int(_number(f.repeat, values)),
            f.same_design,
        )
        for f in setting.generators
        if _number(f.repeat, values) >= 1
    )
    last = setting.downstream
    downstream = Downstream(_count(last.samples, values), _number(last.ridge, values), _number(last.noise, values))
    values = dict(values)
    scenario = Scenario(spectrum, target, generators, downstream, claim.id)
    return Instance(values, scenario)


def _number(expr: sp.Expr, values: dict[sp.Symbol, Fraction]) -> Fraction:
    result = expr.subs(_exact(values))
    if result.is_Rational:
        return Fraction(int(result.p), int(result.q))
    if result.is_number:  # e.g. T**-ell: the nearest double, read exactly
        return Fraction(float(result))
    raise ClaimError(f"the setting's {expr} has no value: {sorted(map(str, result.free_symbols))} are free")


def _count(expr: sp.Expr, values: dict[sp.Symbol, Fraction]) -> int:
    return max(1, round(_number(expr, values)))


def _spectrum(setting: Setting, values: dict[sp.Symbol, Fraction], size: int) -> Spectrum:
    if setting.spectrum == "power-law":
        beta = values.get(voc.beta, Fraction(3, 2))
        dim = (
            float("inf")
            if setting.dimension == sp.oo
            else size
            if setting.dimension is None
            else _count(setting.dimension, values)
        )
        return Spectrum("power-law", dim, beta=beta)
    if setting.spectrum == "isotropic":
        return Spectrum("isotropic", size)
    # Anything goes: an uneven spectrum, the same shape at every size.
    return Spectrum("explicit", size, values=tuple(Fraction(1, 1) / (1 + Fraction(6 * j, size)) for j in range(size)))


def _target(setting: Setting, values: dict[sp.Symbol, Fraction], size: int) -> Target:
    if setting.target == "source":
        return Target("source", r=values.get(voc.r, Fraction(1, 2)))
    if setting.target == "isotropic":
        return Target("isotropic", norm2=values.get(voc.norm2, Fraction(1)))
    if setting.target == "zero":
        return Target("isotropic", norm2=Fraction(0))
    # A smooth decay, squared norm about 1 at every size.
    scale = Fraction(round(1000 / size**0.5), 1000)
    return Target("coefficients", values=tuple(scale * (2 - Fraction(2 * j, size)) for j in range(size)))
