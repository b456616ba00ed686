"""Witnesses of limits, orders and optima, over many decades (see ``witness_exact`` for what a witness is)."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from typing import Any

import sympy as sp

from ridgeproof.errors import ClaimError, RidgeproofError, Undefined
from ridgeproof.numerics.predictions.equivalents import predict
from ridgeproof.theorems import vocabulary as voc
from ridgeproof.theorems.claim import Claim, Equation, Relation
from ridgeproof.theorems.functions import E_test

from ..verdicts import Evidence, Grade
from .effort import Effort, inadmissible, undefined
from .exact import Judge
from .formulas import Point, evaluate, holds
from .instances import EXPONENTS, NOISES, NORMS, REPEATS, Instance, build, fixed_by, roles

MARGIN = sp.Rational(1, 8)  # exponents this close to the boundary of a strict hypothesis are not drawn
UNIFORM = 15.0  # constants of an order may vary by this factor over the extremes of its parameters
EXTREMES = {  # parameters of an order that its constants must not depend on; no noise to speak of, so that a bias shows
    voc.n: (Fraction(0), Fraction(1), Fraction(50)),
    voc.sigma2: (Fraction(1, 10**120), Fraction(10**6)),
    voc.sigma02: (Fraction(1, 10**120), Fraction(10**6)),
}
FEWEST = 4  # steps along the limit, without which nothing can be said of it
Values = dict[sp.Symbol, Fraction]


def exponents(claim: Claim, rng: random.Random) -> Values | None:
    """Exponents and parameters that satisfy the hypotheses with room to spare; None where none were found."""
    parts, variable = roles(claim), (claim.limit or (None,))[0]
    for _ in range(400):
        values = {x: _drawn(kind, x, rng) for x, kind in parts.items() if x != variable}
        for x, expr in claim.scaling:
            values.pop(x, None)
            for y in sorted(expr.free_symbols - {voc.T}, key=str):
                values.setdefault(y, _drawn("exponent", y, rng))
        values.update(fixed_by(claim, values))
        exact = {x: sp.Rational(v.numerator, v.denominator) for x, v in values.items()}
        if all(well_inside(c, exact) for c in claim.conditions):
            return values
    return None


def without_noise(claim: Claim, values: Values) -> Values | None:
    """The same without label noise; None where the hypotheses exclude that."""
    silent = values | {x: Fraction(0) for x in (voc.sigma2, voc.sigma02) if x in values}
    exact = {x: sp.Rational(v.numerator, v.denominator) for x, v in silent.items()}
    return silent if all(holds(c, exact) is not False for c in claim.conditions) else None


def at_an_eigenvalue(part: Equation, at: Point) -> None:
    """Both sides where k meets the spectrum, which it does on its way to 0: ``Undefined`` where that is a pole."""
    if at.nodes is None:
        return
    here = Point({**at.values, voc.k: float(at.nodes.s[min(999, len(at.nodes.s) - 1)])}, at.nodes)
    evaluate(part.left, here)
    evaluate(part.right, here)


def _drawn(kind: str, x: sp.Symbol, rng: random.Random) -> Fraction:
    return rng.choice({"exponent": EXPONENTS.get(x, NORMS), "repeat": REPEATS, "noise": NOISES}.get(kind, NORMS))


def well_inside(condition: sp.Basic, values: dict[sp.Symbol, sp.Rational], margin: sp.Rational = MARGIN) -> bool:
    """Whether exponents satisfy a hypothesis with room to spare: near a boundary no finite decade decides."""
    if isinstance(condition, sp.And):
        return all(well_inside(c, values, margin) for c in condition.args)
    if isinstance(condition, sp.StrictLessThan | sp.StrictGreaterThan | sp.LessThan | sp.GreaterThan):
        gap = (condition.gts - condition.lts).subs(values)
        if gap.is_number and not gap.is_finite:  # a pole: the hypothesis has no meaning there
            return False
        return bool(gap >= margin) if gap.is_number else True
    return holds(condition, values) is not False


def along(claim: Claim, values: Values, work: Effort) -> tuple[list[float], list[Instance]]:
    """Instances at growing decades of the claim's variable."""
    assert claim.limit is not None
    variable, target = claim.limit
    where: list[float] = []
    instances: list[Instance] = []
    for exponent in work.decades:
        x = Fraction(10) ** (exponent if target == sp.oo else -8 * exponent)
        here = dict(values) | {variable: x}
        for symbol, expr in claim.scaling:
            exact = expr.subs({y: sp.Rational(v.numerator, v.denominator) for y, v in here.items()})
            here[symbol] = Fraction(float(exact))
        here.setdefault(voc.d, Fraction(10))
        for plain, default in ((voc.T, Fraction(100)), (voc.lam, Fraction(1)), (voc.sigma2, Fraction(1))):
            here.setdefault(plain, default)
        try:
            instances.append(build(claim, here, 10, random.Random(0)))
        except RidgeproofError:  # more samples than the witnesses can count
            if not where:
                raise
            break
        where.append(float(x))
    if len(where) < FEWEST:
        raise ClaimError(f"only {len(where)} of {len(work.decades)} steps along {variable} can be counted")
    return where, instances


def limit(claim: Claim, work: Effort, rng: random.Random) -> Judge:
    """The ratio of the sides along the limit: it tends to 1, or stays between constants that no parameter moves."""
    assert claim.limit is not None
    variable, target = claim.limit
    moving = sorted((x for x in EXTREMES if any(e.right.has(x) for e in claim.equations)), key=str)
    found = [values for values in (exponents(claim, rng) for _ in range(work.exponents)) if values is not None]
    if claim.relation == Relation.ASYMPTOTIC:  # without noise the other terms lead, where the hypotheses admit that
        found += [silent for values in found if (silent := without_noise(claim, values)) not in (None, values)]

    @cache
    def line(which: int) -> tuple[list[float], list[Instance], list[Point]]:
        where, instances = along(claim, found[which], work)
        reach = [x * 1e-6 if target != sp.oo else None for x in where]
        return where, instances, [i.point(r) for i, r in zip(instances, reach, strict=True)]

    @cache
    def predicted(which: int, step: int) -> float:
        scenario = line(which)[1][step].scenario
        assert scenario is not None
        return float(predict(scenario).test_error)

    @cache
    def corner(which: int, parameters: tuple[tuple[sp.Symbol, Fraction], ...]) -> tuple[Point, float]:
        where, _, _ = line(which)
        values = dict(found[which]) | dict(parameters) | {variable: Fraction(where[-1])}
        instance = build(claim, values, 10, random.Random(0))
        assert instance.scenario is not None
        return instance.point(), float(predict(instance.scenario).test_error)

    def ratio(part: Equation, which: int, step: int) -> float:
        at = line(which)[2][step]
        left = predicted(which, step) if part.left == E_test else evaluate(part.left, at)
        right = evaluate(part.right, at)
        if right == 0 or left / right <= 0:
            raise Undefined("the ratio of the two sides is not positive")
        return left / right

    def judge(part: Equation) -> list[Evidence]:
        tests = []
        for which, values in enumerate(found):
            at = {str(k): str(v) for k, v in values.items()}
            where = line(which)[0]
            try:
                if variable == voc.k:
                    at_an_eigenvalue(part, line(which)[2][0])
                ratios = [ratio(part, which, step) for step in range(len(where))]
                test: dict[str, Any] = {"at": at, "along": [f"{x:.3g}" for x in where], "ratio": ratios}
                if claim.relation == Relation.ASYMPTOTIC:
                    why = "" if tends_to(ratios, 1.0) else "the ratio does not tend to 1"
                else:
                    why = (
                        ""
                        if bounded(where, ratios)
                        else "the ratio is not bounded: it goes like a power or a logarithm"
                    )
                    if not why and part.left == E_test and moving:
                        corners = [
                            tuple(zip(moving, c, strict=True))
                            for c in itertools.product(*(EXTREMES[x] for x in moving))
                        ]
                        met = [
                            (error / evaluate(part.right, point))
                            for point, error in (corner(which, c) for c in corners)
                        ]
                        test["ratio_at_extreme_parameters"] = met
                        if min(met) <= 0 or max(met) > UNIFORM * min(met):
                            why = "the constants of the order depend on its parameters"
            except Undefined as error:
                return [undefined(at, str(error))]
            tests.append(test)
            if why:
                return [Evidence(Grade.REFUTED, why, {"counterexample": test})]
        if len(found) < work.exponents:
            return [inadmissible("choice of exponents")]
        about = (
            "the ratio tends to 1" if claim.relation == Relation.ASYMPTOTIC else "the ratio stays between two constants"
        )
        return [Evidence(Grade.CONFRONTED, f"{about}, for random exponents over many decades", {"tests": tests})]

    return judge


def geometric_limit(sequence: Sequence[float]) -> float | None:
    """The limit of a sequence whose steps shrink geometrically (Aitken), None where they do not.

    Equal steps in the logarithm of the variable turn a correction x^-c into a geometric one; a logarithm's steps do
    not shrink geometrically, which is how the two are told apart.
    """
    if len(sequence) < FEWEST:
        return None
    a, b, c = (sequence[i + 1] - sequence[i] for i in (-4, -3, -2))
    if abs(c) < 1e-9 * abs(sequence[-1]):
        return sequence[-1]
    if a == 0 or b == 0 or not 0 < c / b < 0.95 or abs(c / b - b / a) > 0.15 * abs(b / a):
        return None
    return sequence[-1] + c * (c / b) / (1 - c / b)


def tends_to(sequence: Sequence[float], limit: float, tolerance: float = 0.05) -> bool:
    """Within the tolerance of the limit at the end, and still approaching it."""
    gaps = [abs(x - limit) for x in sequence]
    return gaps[-1] < tolerance and (gaps[-1] < 1e-6 or gaps[-1] < 0.8 * gaps[-3])


def bounded(where: Sequence[float], ratios: Sequence[float]) -> bool:
    """Whether a positive ratio stays between two constants as far as these decades can tell.

    Its slope in log-log, times the logarithm of the variable, tends to 0 if so, to 1 for a logarithm, and grows for a
    power; a slow power correction to a constant is recognised by its geometric steps.
    """
    slope = math.log(ratios[-1] / ratios[-2]) / math.log(where[-1] / where[-2])
    if abs(slope * math.log(where[-1])) < 0.5:
        return True
    limit = geometric_limit(ratios)
    return limit is not None and 0.1 < limit / ratios[-1] < 10
