"""Confronting a claim with witnesses: one way for each kind of statement.

exact        both sides at random rational points, in exact arithmetic (words) or as formulas (scalars)
expectation  both sides averaged over random letters; the difference must be zero within its error bar
test error   the formula against exact finite-size laws and against simulation
growing      an equivalent against simulation at sizes d, 2d, 4d: the discrepancy extrapolated to infinite size must be
             zero within its error bar
limit        ratio -> 1, or ratio between two constants, over many decades
optimum      against direct minimisation of the deterministic equivalent
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp
from scipy.stats import norm

from numerics.equivalents import predict
from numerics.errors import RidgeproofError
from numerics.exact import predict_exact
from numerics.optimum import minimise_ridge
from numerics.simulation import simulate
from proofs_check import sampling
from proofs_check.evaluate import Nodes, Point, evaluate, holds
from proofs_check.instances import EXPONENTS, NOISES, NORMS, REPEATS, Instance, build, draw, families, fixed_by, roles
from proofs_check.verdicts import Evidence, Grade
from theorems import vocabulary as voc
from theorems.claim import Claim, Equation, Relation
from theorems.functions import E_test, Expect

SEED = 20240212
SLOPE_TOLERANCE = 0.02  # on a measured exponent, after extrapolation
POWER = 2.0  # a discrepancy of (z + POWER) error bars is seen with probability 0.977


@dataclass(frozen=True)
class Effort:
    """How much is computed at a level, and the significance of one comparison."""

    points: int
    replicates: int
    sizes: tuple[int, ...]
    families: int
    decades: tuple[int, ...]
    z: float


def effort(level: str, comparisons: int, false_alarm: float = 1e-3) -> Effort:
    """The effort of a level, the run's false-alarm level shared equally by its statistical comparisons (Bonferroni)."""
    z = float(norm.isf(false_alarm / (2 * max(1, comparisons))))
    if level == "full":
        return Effort(30, 6000, (24, 48, 96, 192), 4, (4, 6, 8, 10, 12, 14), z)
    return Effort(8, 500, (24, 48, 96), 2, (4, 6, 8, 10, 12, 14), z)


def confront(claim: Claim, work: Effort) -> list[Evidence]:
    """Everything the witnesses have to say about a claim."""
    rng = random.Random(f"{SEED} {claim.id}")
    out: list[Evidence] = []
    for part in claim.equations:
        out += _part(claim, part, work, rng)
    return out


def _part(claim: Claim, part: Equation, work: Effort, rng: random.Random) -> list[Evidence]:
    if claim.relation == Relation.OPTIMUM:
        return [_optimum(claim, part, work, rng)]
    if claim.limit is not None:
        return [_limit(claim, part, work, rng)]
    if isinstance(part.left, sp.MatrixExpr):
        return [_words(claim, part, work, rng)]
    if claim.relation == Relation.EQUIVALENT:
        return [_growing(claim, part, work, rng)]
    if part.left.has(E_test):
        return _test_error(claim, part, work, rng)
    if part.left.has(Expect) or part.right.has(Expect):
        return [_expectation(claim, part, work, rng)]
    return [_scalars(claim, part, work, rng)]


def shown(instance: Instance) -> dict[str, str]:
    """An instance as plain data."""
    return {str(x): str(v) if v.denominator < 10**6 else f"{float(v):.6g}" for x, v in sorted(instance.values.items(), key=lambda kv: str(kv[0]))}


def undecided(why: str) -> Evidence:
    """Nothing could be tested; said plainly."""
    return Evidence(Grade.ASSUMED, f"not confronted: {why}")


# --- exact -----------------------------------------------------------------------------------------------------------


def _words(claim: Claim, part: Equation, work: Effort, rng: random.Random) -> Evidence:
    for trial in range(work.points):
        values = {voc.d: Fraction(rng.choice((1, 2, 3)))}
        for x, kind in roles(claim).items():
            values[x] = values[voc.d] + rng.choice((0, 1, 2)) if kind == "samples" else Fraction(rng.randint(1, 7), rng.randint(1, 5))
        for t in (voc.T, voc.T0, voc.Tm):
            values.setdefault(t, values[voc.d] + 1)
        exact = {x: sp.Rational(v.numerator, v.denominator) for x, v in values.items()}
        if any(holds(c, exact) is False for c in claim.conditions):
            continue
        letters = sampling.Letters(sampling.rational_arithmetic(rng), Point({x: float(v) for x, v in values.items()}), sampling.rational_number(values))
        difference = letters.value(part.left) - letters.value(part.right)
        if any(x != 0 for x in difference.ravel()):
            return Evidence(Grade.REFUTED, "the two sides differ at a rational point, in exact arithmetic", {"counterexample": {str(k): str(v) for k, v in values.items()} | {"trial": trial, "difference": str(difference.ravel()[0])}})
    return Evidence(Grade.CONFRONTED, f"both sides agree exactly at {work.points} random rational points", {"points": work.points, "exact": True})


def _scalars(claim: Claim, part: Equation, work: Effort, rng: random.Random) -> Evidence:
    worst = 0.0
    for _ in range(work.points):
        instance = draw(claim, 12, rng)
        if instance is None:
            return undecided("no admissible point was found")
        at = instance.point() if claim.setting is not None else _spectral_point(instance)
        left, right = evaluate(part.left, at), evaluate(part.right, at)
        gap = abs(left - right) / max(abs(left), abs(right), 1e-300)
        worst = max(worst, gap)
        if gap > 1e-8:
            return Evidence(Grade.REFUTED, "the two sides differ", {"counterexample": shown(instance) | {"left": repr(left), "right": repr(right)}})
    return Evidence(Grade.CONFRONTED, f"both sides agree at {work.points} random points", {"points": work.points, "largest_relative_difference": worst, "tolerance": 1e-8})


def _spectral_point(instance: Instance) -> Point:
    """A point with an uneven spectrum, for formulas that sum over the spectrum but have no scenario."""
    size = int(instance.values[voc.d])
    s = 1 / (1 + 6 * np.arange(size) / size)
    return Point({x: float(v) for x, v in instance.values.items()}, Nodes(s, np.ones(size), np.full(size, 1 / size)))


# --- expectations ----------------------------------------------------------------------------------------------------


def _spread(instance: Instance, gap: int = 8) -> bool:
    """Whether every sample size is far enough from the dimension for error bars to mean something."""
    d = instance.values[voc.d]
    return all(abs(v - d) >= gap for x, v in instance.values.items() if x in (voc.T, voc.T0, voc.Tm))


def _drawn(claim: Claim, size: int, rng: random.Random) -> Instance | None:
    for _ in range(50):
        instance = draw(claim, size, rng)
        if instance is None or _spread(instance):
            return instance
    return None


def _mean_difference(expr: sp.Expr, at: Point, replicates: int, seed: int) -> tuple[float, float, float]:
    """Mean of left - right over draws of the random letters, its standard error, and the mean size of the terms."""
    root = np.random.SeedSequence(seed)
    fixed_rng = np.random.default_rng(root.spawn(1)[0])
    letters = expr.atoms(sp.MatrixSymbol)
    needed = set(letters)
    for x in letters:
        if x in voc.DEFINITIONS:
            needed |= voc.DEFINITIONS[x].atoms(sp.MatrixSymbol)
    known = set(voc.GAUSSIAN) | set(voc.INVERSES) | set(voc.DEFINITIONS) | set(voc.ROTATION_INVARIANT) | {voc.wm1, voc.wn, voc.N, voc.S}

    def size(dim: sp.Expr) -> int:
        return round(evaluate(dim, at))

    spectrum = at.nodes.s if at.nodes is not None else np.ones(size(voc.d))
    fixed = sampling.constants({x for x in needed if x not in known}, size, spectrum, fixed_rng)
    values, sizes = [], []
    terms = sp.Add.make_args(expr)
    rng = np.random.default_rng(root.spawn(1)[0])
    numbers: dict[sp.Expr, float] = {}

    def number(scalar: sp.Expr) -> float:
        if scalar not in numbers:
            numbers[scalar] = evaluate(scalar, at)
        return numbers[scalar]

    for _ in range(replicates):
        draw_ = sampling.Letters(sampling.gaussian_arithmetic(rng, fixed), at, number)
        parts = [float(sampling.trace_value(t, draw_)) for t in terms]  # type: ignore[arg-type]
        values.append(math.fsum(parts))
        sizes.append(max(abs(p) for p in parts))
    mean = math.fsum(values) / len(values)
    error = float(np.std(values, ddof=1)) / math.sqrt(len(values))
    return mean, error, float(np.mean(sizes))


def _expectation(claim: Claim, part: Equation, work: Effort, rng: random.Random) -> Evidence:
    tests = []
    for trial in range(2 if work.replicates < 1000 else 4):
        instance = _drawn(claim, 16, rng)
        if instance is None:
            return undecided("no admissible point was found")
        at = instance.point() if claim.setting is not None else _spectral_point(instance)
        mean, error, scale = _mean_difference(part.left - part.right, at, work.replicates, rng.randrange(2**31))
        z = mean / error if error > 0 else (0.0 if abs(mean) < 1e-9 * scale else math.inf)
        tests.append({"at": shown(instance), "relative_difference": mean / scale, "standard_error": error / scale, "z": z})
        if abs(z) > work.z and abs(mean) > 1e-9 * scale:
            return Evidence(Grade.REFUTED, "the expectations differ", {"counterexample": tests[-1] | {"trial": trial, "threshold_z": work.z}})
    return Evidence(Grade.CONFRONTED, "the difference of the two sides averages to zero over draws of the random matrices", _statistics(tests, work))


def _statistics(tests: list[dict[str, Any]], work: Effort) -> dict[str, Any]:
    return {
        "tests": tests,
        "threshold_z": work.z,
        "false_alarm": float(2 * norm.sf(work.z)),
        "would_have_seen": max((work.z + POWER) * t["standard_error"] for t in tests),
    }


# --- the test error, exactly -----------------------------------------------------------------------------------------


def _test_error(claim: Claim, part: Equation, work: Effort, rng: random.Random) -> list[Evidence]:
    out = [_exact_law(claim, part, work, rng)]
    if out[0].grade == Grade.REFUTED:
        return out
    tests = []
    for _ in range(work.families):
        instance = _drawn(claim, 16, rng)
        if instance is None or instance.scenario is None:
            return [*out, undecided("no admissible scenario was found")]
        formula = evaluate(part.right, instance.point())
        run = simulate(instance.scenario, replicates=4 * work.replicates, seed=rng.randrange(2**31))
        tests.append({"at": shown(instance), "formula": formula, "simulation": run.mean, "standard_error": run.standard_error / formula, "z": (run.mean - formula) / run.standard_error})
        if abs(tests[-1]["z"]) > work.z:
            return [*out, Evidence(Grade.REFUTED, "simulation contradicts the formula", {"counterexample": tests[-1] | {"threshold_z": work.z}})]
    return [*out, Evidence(Grade.CONFRONTED, "the formula agrees with simulation from the model's definition", _statistics(tests, work))]


def _exact_law(claim: Claim, part: Equation, work: Effort, rng: random.Random) -> Evidence:
    compared, first = 0, None
    for _ in range(work.points):
        instance = draw(claim, rng.choice((3, 4, 5, 7)), rng)
        if instance is None or instance.scenario is None:
            continue
        try:
            exact = predict_exact(instance.scenario).test_error
        except RidgeproofError:
            continue
        formula = evaluate(part.right, instance.point())
        compared += 1
        first = first or shown(instance)
        if not math.isclose(float(exact), formula, rel_tol=1e-9, abs_tol=1e-12):
            return Evidence(Grade.REFUTED, "an exact finite-size law contradicts the formula", {"counterexample": shown(instance) | {"exact": str(exact), "formula": repr(formula)}})
    if not compared:
        return undecided("there is no exact finite-size law for this setting")
    return Evidence(Grade.CONFRONTED, f"agrees with the exact finite-size law of the witnesses at {compared} random points", {"points": compared, "tolerance": 1e-9})


# --- equivalents -----------------------------------------------------------------------------------------------------


def _growing(claim: Claim, part: Equation, work: Effort, rng: random.Random) -> Evidence:
    """Relative discrepancy at growing sizes, fitted by a + b/d: a must vanish."""
    tests = []
    for line in families(claim, work.sizes, work.families, rng):
        measured = [_discrepancy(part, instance, work, rng.randrange(2**31)) for instance in line]
        sizes = np.array([float(i.values[voc.d]) for i in line])
        delta, sigma = np.array([m[0] for m in measured]), np.array([m[1] for m in measured])
        design = np.stack([np.ones_like(sizes), 1 / sizes], axis=1) / sigma[:, None]
        covariance = np.linalg.inv(design.T @ design)
        limit, slope = covariance @ design.T @ (delta / sigma)
        error = math.sqrt(covariance[0, 0])
        test = {
            "at": shown(line[0]),
            "sizes": [int(x) for x in sizes],
            "relative_discrepancy": [float(x) for x in delta],
            "error_bars": [float(x) for x in sigma],
            "limit": float(limit),
            "standard_error": error,
            "z": float(limit / error),
            "one_over_d_coefficient": float(slope),
        }
        tests.append(test)
        if abs(test["z"]) > work.z:
            return Evidence(Grade.REFUTED, "the discrepancy does not vanish as the size grows", {"counterexample": test | {"threshold_z": work.z}})
    if not tests:
        return undecided("no admissible scenario was found")
    return Evidence(Grade.CONFRONTED, "the discrepancy to simulation, extrapolated to infinite size, is zero within its error bar", _statistics(tests, work))


def _discrepancy(part: Equation, instance: Instance, work: Effort, seed: int) -> tuple[float, float]:
    """(measured - formula)/formula and its standard error."""
    at = instance.point()
    size = int(instance.values[voc.d])
    replicates = max(60, work.replicates * 48 // size)
    if part.left == E_test:
        assert instance.scenario is not None
        formula = evaluate(part.right, at)
        run = simulate(instance.scenario, replicates=replicates, seed=seed)
        return run.mean / formula - 1, run.standard_error / abs(formula)
    if at.nodes is None:
        at = _spectral_point(instance)
    mean, error, scale = _mean_difference(part.left - part.right, at, replicates, seed)
    return mean / scale, error / scale


# --- limits ----------------------------------------------------------------------------------------------------------


def _along(claim: Claim, rng: random.Random, at: Callable[[dict[sp.Symbol, Fraction]], Any]) -> tuple[dict[sp.Symbol, Fraction], Any] | None:
    """Draw exponents that satisfy the hypotheses, and hand them on."""
    for _ in range(400):
        values = {x: _exponent(kind, x, rng) for x, kind in roles(claim).items() if x != (claim.limit or (None,))[0]}
        for x, expr in claim.scaling:
            values.pop(x, None)
            for y in expr.free_symbols - {voc.T}:
                values.setdefault(y, _exponent("exponent", y, rng))
        values.update(fixed_by(claim))
        exact = {x: sp.Rational(v.numerator, v.denominator) for x, v in values.items()}
        if all(_well_inside(c, exact) for c in claim.conditions):
            return values, at(values)
    return None


def _well_inside(condition: sp.Basic, values: dict[sp.Symbol, sp.Rational], margin: sp.Rational = sp.Rational(1, 8)) -> bool:
    """Whether exponents satisfy a strict hypothesis with room to spare: near a boundary no finite decade decides."""
    if isinstance(condition, sp.And):
        return all(_well_inside(c, values, margin) for c in condition.args)
    if isinstance(condition, sp.StrictLessThan | sp.StrictGreaterThan | sp.LessThan | sp.GreaterThan):
        gap = (condition.gts - condition.lts).subs(values)
        return bool(gap >= margin) if gap.is_number else True
    return holds(condition, values) is not False


def _exponent(kind: str, x: sp.Symbol, rng: random.Random) -> Fraction:
    return rng.choice({"exponent": EXPONENTS.get(x, NORMS), "repeat": REPEATS, "noise": NOISES}.get(kind, NORMS))


def _limit(claim: Claim, part: Equation, work: Effort, rng: random.Random) -> Evidence:
    assert claim.limit is not None
    tests = []
    for _ in range(work.families + 1):
        found = _along(claim, rng, lambda values: _ratios(claim, part, values, work))
        if found is None:
            return undecided("no exponents satisfy the hypotheses")
        values, (where, ratios) = found
        test = {"at": {str(k): str(v) for k, v in values.items()}, "along": [f"{x:.3g}" for x in where], "ratio": [float(x) for x in ratios]}
        if claim.relation == Relation.ASYMPTOTIC:
            failed, why = not tends_to(ratios, 1.0), "the ratio does not tend to 1"
        else:
            failed, why = not bounded(where, ratios), "the ratio is not bounded: it goes like a power or a logarithm"
        tests.append(test)
        if failed:
            return Evidence(Grade.REFUTED, why, {"counterexample": test})
    about = "the ratio tends to 1" if claim.relation == Relation.ASYMPTOTIC else "the ratio stays between two constants"
    return Evidence(Grade.CONFRONTED, f"{about}, for random exponents over many decades", {"tests": tests})


def geometric_limit(sequence: Sequence[float]) -> float | None:
    """The limit of a sequence whose steps shrink geometrically (Aitken), None where they do not.

    Equal steps in the logarithm of the variable turn a correction x^-c into a geometric one; a logarithm's steps do
    not shrink geometrically, which is how the two are told apart.
    """
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


def _ratios(claim: Claim, part: Equation, values: dict[sp.Symbol, Fraction], work: Effort) -> tuple[list[float], list[float]]:
    assert claim.limit is not None
    variable, target = claim.limit
    where, ratios = [], []
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
            instance = build(claim, here, 10, random.Random(0))
        except RidgeproofError:  # more samples than the witnesses can count
            break
        at = instance.point(reach=float(x) * 1e-6 if target != sp.oo else None)
        left = float(predict(instance.scenario).test_error) if part.left == E_test and instance.scenario is not None else evaluate(part.left, at)
        where.append(float(x))
        ratios.append(left / evaluate(part.right, at))
    return where, ratios


# --- optima ----------------------------------------------------------------------------------------------------------


def _optimum(claim: Claim, part: Equation, work: Effort, rng: random.Random) -> Evidence:
    if claim.limit is not None:
        return _optimal_exponent(claim, part, work, rng)
    worst = 0.0
    for _ in range(work.points):
        instance = draw(claim, 40, rng)
        if instance is None or instance.scenario is None:
            return undecided("no admissible scenario was found")
        best = minimise_ridge(instance.scenario)
        at = instance.point()
        symbols = {x.name: x for x in part.left.free_symbols | part.right.free_symbols}
        values = dict(at.values)
        for name, value in (("lambda_star", best.ridge), ("kappa_star", best.kappa)):
            if name in symbols:
                values[symbols[name]] = float(value)
        here = Point(values, at.nodes)
        left, right = evaluate(part.left, here), evaluate(part.right, here)
        scale = max(abs(left), abs(right))
        if part.right == 0:  # a polynomial that vanishes: compare with the sum of its terms' sizes
            scale = sum(abs(evaluate(t, here)) for t in sp.Add.make_args(sp.expand(part.left)))
        worst = max(worst, abs(left - right) / scale)
        if worst > 1e-6:
            return Evidence(Grade.REFUTED, "direct minimisation contradicts the formula", {"counterexample": shown(instance) | {"left": repr(left), "right": repr(right), "lambda": repr(best.ridge)}})
    return Evidence(Grade.CONFRONTED, f"agrees with direct minimisation of the equivalent at {work.points} random scenarios", {"points": work.points, "largest_relative_difference": worst, "tolerance": 1e-6})


def _optimal_exponent(claim: Claim, part: Equation, work: Effort, rng: random.Random) -> Evidence:
    tests = []
    for _ in range(work.families + 1):
        found = _along(claim, rng, lambda values: _measured_exponents(claim, values, work))
        if found is None:
            return undecided("no exponents satisfy the hypotheses")
        values, (where, measured) = found
        formula = evaluate(part.right, Point({x: float(v) for x, v in values.items()}))
        name = part.left.name if isinstance(part.left, sp.Symbol) else ""
        if name not in measured:
            return undecided(f"no witness for {part.left}")
        test = {"at": {str(k): str(v) for k, v in values.items()}, "formula": formula, "measured": measured[name], "tolerance": SLOPE_TOLERANCE}
        tests.append(test)
        if abs(measured[name] - formula) > SLOPE_TOLERANCE:
            return Evidence(Grade.REFUTED, "the exponent measured by direct minimisation is another", {"counterexample": test})
    return Evidence(Grade.CONFRONTED, "the exponent agrees with that of direct minimisation over many decades", {"tests": tests})


def _measured_exponents(claim: Claim, values: dict[sp.Symbol, Fraction], work: Effort) -> tuple[list[float], dict[str, float]]:
    """Slopes of log lambda* and log E* against log T, extrapolated; the scenario's own ridge is left out."""
    where, logs = [], {"ell_star": [], "rate_star": []}  # type: ignore[var-annotated]
    for exponent in work.decades:
        here = dict(values) | {voc.T: Fraction(10) ** exponent, voc.ell: Fraction(1)}
        here.setdefault(voc.d, Fraction(10))
        here.setdefault(voc.sigma2, Fraction(1))
        try:
            instance = build(claim, here, 10, random.Random(0))
        except RidgeproofError:
            break
        assert instance.scenario is not None
        best = minimise_ridge(instance.scenario)
        where.append(float(10**exponent))
        logs["ell_star"].append(math.log(best.ridge))
        logs["rate_star"].append(math.log(best.test_error))
    steps = np.diff(np.log(where))
    slopes = {name: [-float(x) for x in np.diff(values_) / steps] for name, values_ in logs.items()}
    return where, {name: geometric_limit(values_) or values_[-1] for name, values_ in slopes.items()}
