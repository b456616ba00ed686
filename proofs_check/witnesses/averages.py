"""Witnesses with error bars: expectations of traces, and equivalents at growing sizes (see ``witness_exact``)."""

from __future__ import annotations

import math
import random
from functools import cache
from typing import Any

import numpy as np
import sympy as sp

from ridgeproof.errors import ClaimError, Undefined
from ridgeproof.numerics.draws.simulation import run, tail_warnings
from ridgeproof.numerics.draws.workers import Job
from ridgeproof.theorems import vocabulary as voc
from ridgeproof.theorems.claim import Claim, Equation
from ridgeproof.theorems.functions import E_test

from ..verdicts import Evidence, Grade
from . import matrices as sampling
from .effort import Effort, inadmissible, shown, statistics, undefined
from .exact import Judge, drawn_apart, spectral_point
from .formulas import Point, evaluate
from .instances import families

KEPT = 1000  # replicates up to which drawn matrices are kept, to evaluate further expressions on them
EXACT = 1e-9  # a difference of this relative size is rounding, not a discrepancy


class Draws:
    """Independent draws of the random letters at one point, and the values of trace polynomials on them."""

    def __init__(self, at: Point, replicates: int, seed: int) -> None:
        self.at, self.replicates = at, replicates
        root = np.random.SeedSequence(seed)
        fixed, self._stream = root.spawn(2)
        self._fixed_rng = np.random.default_rng(fixed)
        spectrum = at.nodes.s if at.nodes is not None else np.ones(round(evaluate(voc.d, at)))
        self._fixed = sampling.constants(_CONSTANTS, self._size, spectrum, self._fixed_rng)
        self._letters: list[sampling.Letters] | None = None
        self._known: dict[sp.Expr, np.ndarray] = {}
        self._number = cache(lambda scalar: evaluate(scalar, at))

    def _size(self, dim: sp.Expr) -> int:
        try:
            return round(evaluate(dim, self.at))
        except ClaimError:
            return 1  # a letter of a size that this point does not know, and so does not use

    def _draws(self) -> list[sampling.Letters]:
        if self._letters is None:
            rng = np.random.default_rng(self._stream)
            self._letters = [
                sampling.Letters(sampling.gaussian_arithmetic(rng, self._fixed), self.at, self._number)
                for _ in range(self.replicates)
            ]
        return self._letters

    def values(self, expr: sp.Expr) -> tuple[np.ndarray, np.ndarray]:
        """Value of the expression, and the largest of its terms in absolute value; both of shape (replicates,)."""
        misplaced = sampling.misplaced_randomness(expr)
        if misplaced:
            raise ClaimError(misplaced)
        terms = sp.Add.make_args(expr)
        if self.replicates <= KEPT:
            for term in terms:
                if term not in self._known:
                    self._known[term] = np.array([float(sampling.trace_value(term, x)) for x in self._draws()])  # type: ignore[arg-type]
            parts = np.stack([self._known[term] for term in terms])
        else:  # too many to keep: one pass
            rng = np.random.default_rng(self._stream)
            rows = []
            for _ in range(self.replicates):
                letters = sampling.Letters(sampling.gaussian_arithmetic(rng, self._fixed), self.at, self._number)
                rows.append([float(sampling.trace_value(term, letters)) for term in terms])  # type: ignore[arg-type]
            parts = np.array(rows).T
        return np.sum(parts, axis=0), np.max(np.abs(parts), axis=0)

    def mean(self, expr: sp.Expr) -> tuple[float, float, float]:
        """Mean over the draws, its standard error, and the mean size of the largest term."""
        values, sizes = self.values(expr)
        if not np.all(np.isfinite(values)):
            raise Undefined(f"no finite value of {sp.sstr(expr):.80}")
        return float(np.mean(values)), float(np.std(values, ddof=1)) / math.sqrt(len(values)), float(np.mean(sizes))

    def skewness(self, expr: sp.Expr) -> float:
        """The third moment of one draw about the mean, over the cube of its standard deviation; 0 without spread."""
        values, _ = self.values(expr)
        apart = values - np.mean(values)
        spread = float(np.std(values, ddof=1))
        return float(np.mean((apart / spread) ** 3)) if spread > 0 else 0.0


def unskewed(z: float, skewness: float, draws: int) -> float:
    """A studentised mean of skewed draws, made as good as normal.

    Moments of inverse Wishart matrices have heavy right tails.  Where large values are missing from a sample, both its
    mean and its error bar are too small, and z has a heavy left tail: of the trace of haar-pseudo-inverse (d = 16,
    T0 = 8, 500 draws, 3000 times) 1.1 % of the values lie below -2.58 and 0.17 % above 2.58, in place of 0.49 % each.
    Hall's monotone cubic removes the term of order 1/sqrt(n) (P. Hall, J. R. Statist. Soc. B 54 (1992) 221):
    0.63 % and 0.47 % there.  It asks for finite fourth moments, which points `drawn_apart` by 8 have.

    Examples
    --------
    >>> unskewed(-2.0, 0.0, 500)
    -2.0
    >>> unskewed(-2.0, 2.0, 500) > -2.0
    True
    """
    b = skewness / math.sqrt(draws)
    return z + b * z**2 / 3 + b**2 * z**3 / 27 + b / 6


_CONSTANTS = {
    x for x in voc.MATRICES if x != voc.S and x not in voc.DEFINITIONS | voc.INVERSES and not voc.is_random(x)
}


def expectation(claim: Claim, work: Effort, rng: random.Random) -> Judge:
    """Both sides averaged over random letters; their difference must be zero within its error bar."""
    trials = []
    for _ in range(2 if work.replicates < 1000 else 4):
        instance = drawn_apart(claim, 16, rng)
        seed = rng.randrange(2**31)
        if instance is not None:
            at = instance.point() if claim.setting is not None else spectral_point(instance)
            trials.append((instance, Draws(at, work.replicates, seed)))

    def judge(part: Equation) -> list[Evidence]:
        if not trials:
            return [inadmissible("point")]
        tests = []
        for trial, (instance, draws) in enumerate(trials):
            try:
                mean, error, scale = draws.mean(part.left - part.right)
            except Undefined as undefined_here:
                return [undefined(shown(instance), str(undefined_here))]
            z = mean / error if error > 0 else (0.0 if abs(mean) < EXACT * scale else math.inf)
            if error > 0:
                z = unskewed(z, draws.skewness(part.left - part.right), draws.replicates)
            tests.append(
                {
                    "at": shown(instance),
                    "relative_difference": mean / (scale or 1),
                    "standard_error": error / (scale or 1),
                    "z": z,
                }
            )
            if abs(z) > work.z and abs(mean) > EXACT * scale:
                return [
                    Evidence(
                        Grade.REFUTED,
                        "the expectations differ",
                        {"counterexample": tests[-1] | {"trial": trial, "threshold_z": work.z}},
                    )
                ]
        return [
            Evidence(
                Grade.CONFRONTED,
                "the difference of the two sides averages to zero over draws of the random matrices",
                statistics(tests, work),
            )
        ]

    return judge


def growing(claim: Claim, work: Effort, rng: random.Random) -> Judge:
    """Relative discrepancy at growing sizes, fitted by a + b/d + c/d^2: a must vanish."""
    lines = list(families(claim, work.sizes, work.families, rng))
    seed = rng.randrange(2**31)

    @cache
    def simulated() -> dict[tuple[int, int], tuple[float, float]]:
        """All scenarios in one run, label noise averaged exactly: a tenth of the error bars of drawing it."""
        jobs = {
            (f, i): Job(x.scenario, (x.scenario.downstream.ridge,), "averaged", seed)
            for f, line in enumerate(lines)
            for i, x in enumerate(line)
            if x.scenario is not None
        }
        runs = run(list(jobs.values()), replicates=work.replicates // 4)
        return {key: (x.mean, x.standard_error) for key, (x,) in zip(jobs, runs, strict=True)}

    @cache
    def draws(family: int, step: int) -> Draws:
        instance = lines[family][step]
        at = instance.point()
        at = spectral_point(instance) if at.nodes is None else at
        return Draws(at, max(60, work.replicates * 24 // int(instance.values[voc.d])), seed + family)

    def discrepancy(part: Equation, family: int, step: int) -> tuple[float, float]:
        """(measured - formula)/formula and its standard error."""
        if part.left != E_test:
            mean, error, scale = draws(family, step).mean(part.left - part.right)
            return mean / scale, error / scale
        formula = evaluate(part.right, lines[family][step].point())
        mean, error = simulated()[family, step]
        scale = max(abs(formula), abs(mean))  # a formula that is far too small must not divide
        return (mean - formula) / scale, error / scale

    def judge(part: Equation) -> list[Evidence]:
        tests = []
        for family, line in enumerate(lines):
            infinite = [
                w for i in line if i.scenario is not None for w in tail_warnings(i.scenario) if "mean is infinite" in w
            ]
            if infinite and part.left == E_test:
                return [undefined(shown(line[0]), infinite[0])]
            try:
                measured = [discrepancy(part, family, step) for step in range(len(line))]
            except Undefined as error:
                return [undefined(shown(line[0]), str(error))]
            tests.append({"at": shown(line[0])} | extrapolated([float(i.values[voc.d]) for i in line], measured))
            if abs(tests[-1]["z"]) > work.z:
                details = {"counterexample": tests[-1] | {"threshold_z": work.z}}
                return [Evidence(Grade.REFUTED, "the discrepancy does not vanish as the size grows", details)]
        if not tests:
            return [inadmissible("scenario")]
        about = "the discrepancy to simulation, extrapolated to infinite size, is zero within its error bar"
        return [Evidence(Grade.CONFRONTED, about, statistics(tests, work))]

    return judge


def extrapolated(sizes: list[float], measured: list[tuple[float, float]]) -> dict[str, Any]:
    """Weighted least squares of discrepancy = limit + b/size + c/size^2; the limit, its standard error, and z."""
    x = np.array(sizes)
    delta, sigma = np.array([m[0] for m in measured]), np.array([max(m[1], EXACT) for m in measured])
    design = np.stack([np.ones_like(x), 1 / x, 1 / x**2], axis=1) / sigma[:, None]
    covariance = np.linalg.inv(design.T @ design)
    limit, slope, _ = covariance @ design.T @ (delta / sigma)
    error = math.sqrt(covariance[0, 0])
    return {
        "sizes": [int(v) for v in x],
        "relative_discrepancy": [float(v) for v in delta],
        "error_bars": [float(v) for v in sigma],
        "limit": float(limit),
        "standard_error": error,
        "z": float(limit / error),
        "one_over_d_coefficient": float(slope),
    }
