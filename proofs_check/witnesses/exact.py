"""Witnesses without error bars: identities at rational points, formulas at random points, exact finite-size laws.

Each function here draws its points once and returns a judge: a function that confronts a statement with the numbers
found there.  The numbers do not depend on the statement, so one witness can judge a statement and all its mutants.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from fractions import Fraction
from functools import cache

import numpy as np
import sympy as sp

from ridgeproof.errors import DomainError, NoExactLaw, RidgeproofError, Undefined
from ridgeproof.numerics.draws.simulation import simulate
from ridgeproof.numerics.finite.exact import predict_exact
from ridgeproof.theorems import vocabulary as voc
from ridgeproof.theorems.claim import Claim, Equation

from ..verdicts import Evidence, Grade
from . import matrices as sampling
from .effort import Effort, inadmissible, shown, statistics, undecided, undefined
from .formulas import Nodes, Point, evaluate, holds
from .instances import Instance, draw, draw_several, roles

Judge = Callable[[Equation], list[Evidence]]
SMALL = (1, 3, 4, 5, 7)  # dimensions in which an exact law is asked for
CLOSE = 1e-8  # relative difference of two formulas that counts as one


def words(claim: Claim, work: Effort, rng: random.Random) -> Judge:
    """Matrix identities at random rational points, in exact arithmetic."""
    draws: list[tuple[dict[sp.Symbol, Fraction], sampling.Letters]] = []
    for _ in range(50 * work.points):
        if len(draws) == work.points:
            break
        values = {voc.d: Fraction(rng.choice((1, 2, 3)))}
        for x, kind in roles(claim).items():
            values[x] = (
                values[voc.d] + rng.choice((0, 1, 2))
                if kind == "samples"
                else Fraction(rng.randint(1, 7), rng.randint(1, 5))
            )
        for t in (voc.T, voc.T0, voc.Tm):
            values.setdefault(t, values[voc.d] + 1)
        if any(holds(c, values) is False for c in claim.conditions):
            continue
        point = Point({x: float(v) for x, v in values.items()})
        arithmetic = sampling.rational_arithmetic(random.Random(rng.randrange(2**31)))
        draws.append((values, sampling.Letters(arithmetic, point, sampling.rational_number(values))))

    def judge(part: Equation) -> list[Evidence]:
        for trial, (values, letters) in enumerate(draws):
            try:
                difference = letters.value(part.left) - letters.value(part.right)
            except (Undefined, ValueError) as error:
                return [undefined({str(k): str(v) for k, v in values.items()}, str(error))]
            if any(x != 0 for x in difference.ravel()):
                at = {str(k): str(v) for k, v in values.items()} | {
                    "trial": trial,
                    "difference": str(difference.ravel()[0]),
                }
                return [
                    Evidence(
                        Grade.REFUTED,
                        "the two sides differ at a rational point, in exact arithmetic",
                        {"counterexample": at},
                    )
                ]
        if not draws:
            return [inadmissible("point")]
        return [
            Evidence(
                Grade.CONFRONTED,
                f"both sides agree exactly at {len(draws)} random rational points",
                {"points": len(draws), "exact": True},
            )
        ]

    return judge


def spectral_point(instance: Instance) -> Point:
    """A point with an uneven spectrum, for formulas that sum over the spectrum but have no scenario."""
    size = int(instance.values[voc.d])
    s = 1 / (1 + 6 * np.arange(size) / size)
    return Point({x: float(v) for x, v in instance.values.items()}, Nodes(s, np.ones(size), np.full(size, 1 / size)))


def scalars(claim: Claim, work: Effort, rng: random.Random) -> Judge:
    """Two formulas at random points."""
    drawn = draw_several(claim, [12] * work.points, rng)
    points = [(i, i.point() if claim.setting is not None else spectral_point(i)) for i in drawn]

    def judge(part: Equation) -> list[Evidence]:
        if len(points) < work.points:
            return [inadmissible("point")]
        worst = 0.0
        for instance, at in points:
            try:
                left, right = evaluate(part.left, at), evaluate(part.right, at)
            except Undefined as error:
                return [undefined(shown(instance), str(error))]
            gap = abs(left - right) / max(abs(left), abs(right), 1e-300)
            worst = max(worst, gap)
            if gap > CLOSE:
                return [
                    Evidence(
                        Grade.REFUTED,
                        "the two sides differ",
                        {"counterexample": shown(instance) | {"left": repr(left), "right": repr(right)}},
                    )
                ]
        details = {"points": len(points), "largest_relative_difference": worst, "tolerance": CLOSE}
        return [Evidence(Grade.CONFRONTED, f"both sides agree at {len(points)} random points", details)]

    return judge


# --- the test error, exactly -----------------------------------------------------------------------------------------


def spread(instance: Instance, gap: int) -> bool:
    """Whether every sample size is far enough from the dimension for error bars to mean something."""
    d = instance.values[voc.d]
    return all(abs(v - d) >= gap for x, v in instance.values.items() if x in (voc.T, voc.T0, voc.Tm))


def drawn_apart(claim: Claim, size: int, rng: random.Random, gap: int = 8) -> Instance | None:
    """An admissible instance with its sample sizes away from the dimension; None where none was found."""
    for _ in range(50):
        instance = draw(claim, size, rng)
        if instance is None or spread(instance, gap):
            return instance
    return None


def test_error(claim: Claim, work: Effort, rng: random.Random) -> Judge:
    """An exact formula for the test error, against exact finite-size laws and against simulation."""
    laws = draw_several(claim, [rng.choice(SMALL) for _ in range(work.points)], rng)
    far = [drawn_apart(claim, 16, rng) for _ in range(work.families)] if laws else []
    runs = [(instance, rng.randrange(2**31)) for instance in far]

    @cache
    def exact(which: int) -> float | None:
        scenario = laws[which].scenario
        if scenario is None:
            return None
        try:
            return float(predict_exact(scenario, 12).test_error)
        except NoExactLaw:
            return None
        except DomainError:  # the hypotheses admit a point at which the error is infinite
            return math.inf
        except RidgeproofError:
            return None

    @cache
    def simulated(which: int) -> tuple[float, float]:
        instance, seed = runs[which]
        assert instance is not None and instance.scenario is not None
        run = simulate(instance.scenario, replicates=4 * work.replicates, seed=seed)
        return run.mean, run.standard_error

    def judge(part: Equation) -> list[Evidence]:
        if not laws:
            return [inadmissible("scenario")]
        known = [(instance, exact(i)) for i, instance in enumerate(laws)]
        compared = [(instance, value) for instance, value in known if value is not None]
        out = []
        for instance, value in compared:
            try:
                formula = evaluate(part.right, instance.point())
            except Undefined as error:
                return [undefined(shown(instance), str(error))]
            if not math.isclose(value, formula, rel_tol=1e-9, abs_tol=1e-12):
                at = shown(instance) | {"exact": repr(value), "formula": repr(formula)}
                return [
                    Evidence(Grade.REFUTED, "an exact finite-size law contradicts the formula", {"counterexample": at})
                ]
        if compared:
            details = {"points": len(compared), "tolerance": 1e-9}
            out.append(
                Evidence(
                    Grade.CONFRONTED,
                    f"agrees with the exact finite-size law of the witnesses at {len(compared)} random points",
                    details,
                )
            )
        else:
            out.append(undecided("there is no exact finite-size law for this setting"))
        tests = []
        for i, (apart, _) in enumerate(runs):
            if apart is None or apart.scenario is None:
                return [*out, inadmissible("scenario")]
            try:
                formula = evaluate(part.right, apart.point())
            except Undefined as error:
                return [undefined(shown(apart), str(error))]
            mean, error_bar = simulated(i)
            z = (
                (mean - formula) / error_bar
                if error_bar > 0
                else math.copysign(math.inf, mean - formula)
                if mean != formula
                else 0.0
            )
            size = error_bar / max(abs(formula), abs(mean))
            tests.append({"at": shown(apart), "formula": formula, "simulation": mean, "standard_error": size, "z": z})
            if abs(z) > work.z and not math.isclose(mean, formula, rel_tol=1e-9):
                return [
                    *out,
                    Evidence(
                        Grade.REFUTED,
                        "simulation contradicts the formula",
                        {"counterexample": tests[-1] | {"threshold_z": work.z}},
                    ),
                ]
        return [
            *out,
            Evidence(
                Grade.CONFRONTED,
                "the formula agrees with simulation from the model's definition",
                statistics(tests, work),
            ),
        ]

    return judge
