"""The exponents against the deterministic equivalent E4 itself, over decades of T, far beyond what plain sums reach.

The evaluator below knows nothing of exponents.  It applies the link E4 of theory.md to the deviation w0 - E w and the
covariance, an exact rewriting of (m, M) that does not cancel, over modes j = 1 .. 400 one by one and Gauss-Legendre
panels in log j beyond (midpoint rule, relative error of a sum below 1e-6).  Slopes are d log(term)/d log T between two
sizes; what is left over between slope and exponent is the corrections T^-epsilon of the equivalents, and must shrink.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from fractions import Fraction as F

import numpy as np
import pytest
from scipy.optimize import brentq, minimize_scalar

from ridgeproof.theorems.exponents import INF, exponent_row
from ridgeproof.theorems.exponents.calculus.minimax import values_at
from ridgeproof.theorems.exponents.model.law import BIAS, DOWNSTREAM, FAKE
from ridgeproof.theorems.exponents.model.rows import Point, law_at

HEAD = 400
LARGEST = 1e40  # stands for an infinite dimension
NODES, WEIGHTS = np.polynomial.legendre.leggauss(8)


def modes(dim: float) -> tuple[np.ndarray, np.ndarray]:
    """Return points j and weights, so that sum_j f(j), j = 1 .. dim, is the weighted sum of f at the points."""
    dim = min(dim, LARGEST)
    if dim <= HEAD:
        j = np.arange(1.0, round(dim) + 1)
        return j, np.ones_like(j)
    low, high = math.log(HEAD + 0.5), math.log(dim + 0.5)
    edges = np.linspace(low, high, max(4, math.ceil(2 * (high - low))) + 1)
    half, middle = np.diff(edges) / 2, (edges[1:] + edges[:-1]) / 2
    tail = np.exp((middle[:, None] + half[:, None] * NODES).ravel())
    return (
        np.concatenate([np.arange(1.0, HEAD + 1), tail]),
        np.concatenate([np.ones(HEAD), (half[:, None] * WEIGHTS).ravel() * tail]),
    )


def solve_kappa(s: np.ndarray, w: np.ndarray, samples: float, ridge: float) -> float:
    """E1: kappa - ridge = kappa df_1(kappa)/samples."""
    if ridge == 0 and w.sum() <= samples:
        return 0.0
    high = math.log(ridge + (w @ s) / samples) + 1e-9
    low = math.log(ridge) - 1e-9 if ridge else -400.0
    return math.exp(
        brentq(lambda x: (w @ (s / (s + math.exp(x)))) / samples + ridge * math.exp(-x) - 1, low, high, xtol=1e-14)
    )


@dataclass(frozen=True)
class Problem:
    """The model at one size: T, d, T0, T0 - d, n in numbers (``gap`` None: min-norm generators)."""

    beta: float
    r: float
    samples: float
    dim: float
    generator_samples: float
    gap: float | None
    generations: int

    def terms(self, ridge: float) -> dict[str, float]:
        """Bias, downstream noise for sigma^2 = 1, fake-data noise for sigma_0^2 = 1 (E4)."""
        j, w = modes(self.dim)
        s = j**-self.beta
        target = np.sqrt(j ** -(1 + 2 * self.beta * self.r) / s)
        mean, lost, covariance, noise = target.copy(), np.zeros_like(s), np.zeros_like(s), np.zeros_like(s)
        if self.gap is not None:
            noise = self.generations / self.gap / s
        elif self.generations:
            k = solve_kappa(s, w, self.generator_samples, 0.0)
            shrink, loss, spread = s / (s + k), k / (s + k), s / (s + k) ** 2
            free = self.generator_samples - w @ shrink**2
            for _ in range(self.generations):
                q = k * k * (w @ (spread * (covariance + mean**2))) / free
                q_noise = (1 + k * k * (w @ (spread * noise))) / free
                covariance, noise = shrink**2 * covariance + q * spread, shrink**2 * noise + q_noise * spread
                mean, lost = shrink * mean, shrink * lost + loss * target
        k = solve_kappa(s, w, self.samples, ridge)
        shrink, loss, spread = s / (s + k), k / (s + k), s / (s + k) ** 2
        df2 = w @ shrink**2

        def carried(second_moment: np.ndarray, variance: np.ndarray) -> np.ndarray:
            q = k * k * (w @ (spread * second_moment)) / (self.samples - df2)
            return shrink**2 * variance + q * spread

        lost = shrink * lost + loss * target
        return {
            BIAS: float(w @ (s * (carried(covariance + mean**2, covariance) + lost**2))),
            DOWNSTREAM: float(df2 / (self.samples - df2)),
            FAKE: float(w @ (s * carried(noise, noise))),
        }


def problem(p: Point, samples: float) -> Problem:
    """Return the model of a point of the scales at size T."""

    def size(scale: object) -> float:
        return samples ** float(scale)

    dim = math.inf if p.a == INF else max(1.0, round(size(p.a)))
    gap = None if p.a > p.b else size(p.h)
    generations = 0 if p.g == -INF else max(1, round(size(p.g)))
    return Problem(float(p.beta), float(p.r), samples, dim, max(1.0, round(size(p.b))), gap, generations)


def slopes(p: Point, ell: F, low: float, high: float) -> dict[str, float]:
    """Return the measured exponents of the terms at lambda = T^-ell between two sizes."""
    first, second = (problem(p, t).terms(t ** -float(ell)) for t in (low, high))
    return {name: math.log(second[name] / first[name]) / math.log(high / low) for name in first if first[name] > 0}


def exponents(p: Point, ell: F) -> dict[str, float]:
    """Return what the law says of the same terms."""
    law = law_at(p)
    return {name: float(v) for name, v in zip(law.terms, values_at(law.pieces, ell), strict=True)}


def point(
    beta: object, r: object, a: object, b: object, g: object = 0, h: object = None, s: object = 0, s0: object = 0
) -> Point:
    return Point(*(x if x in (INF, -INF) else F(x) for x in (beta, r, a, b, g, s, s0, b if h is None else h)))


def test_the_evaluator_is_the_models() -> None:
    """The evaluator gives the reference value of docs/theory.md#E4, and what `numerics` gives for min-norm ones."""
    # Row "beta = 1.5": s_j w0_j^2 = j^-2.1, so 1 + 2 beta r = 2.1.  Two least-squares generators, noise 0 and .1.
    terms = Problem(1.5, 1.1 / 3, 300, 200, 400, 200, 1).terms(0.1)
    assert round(terms[BIAS] + 0.1 * terms[DOWNSTREAM] + 0.1 * terms[FAKE], 5) == 0.14342
    equivalents = pytest.importorskip("ridgeproof.numerics.predictions.equivalents")
    scenario = pytest.importorskip("ridgeproof.numerics.problem.scenario").scenario_from_mapping(
        {
            "spectrum": {"kind": "power-law", "beta": "2", "dim": 3000},
            "target": {"kind": "source", "r": "1/2"},
            "generators": [{"samples": 90, "ridge": "0", "noise": "1/5", "repeat": 4}],
            "downstream": {"samples": 200, "ridge": "1/1000", "noise": "1/10"},
        }
    )
    prediction = equivalents.predict(scenario)
    terms = Problem(2.0, 0.5, 200, 3000, 90, None, 4).terms(1e-3)
    assert math.isclose(prediction.noise_free, terms[BIAS], rel_tol=1e-5)
    assert math.isclose(prediction.downstream_noise, 0.1 * terms[DOWNSTREAM], rel_tol=1e-5)
    assert math.isclose(sum(prediction.noise_by_generation), 0.2 * terms[FAKE], rel_tol=1e-5)


# One point in every region of the law: (point, ell).
REGIONS = {
    "a < 1, kappa above s_d": (point("3/2", "1/2", "7/10", 1, "1/5"), F(1, 2)),
    "a < 1, cut-off, r < 1": (point("3/2", "1/2", "1/2", "4/5", "1/5"), F(6, 5)),
    "a < 1, cut-off, r > 1": (point("2", "3/2", "1/2", "4/5"), F(3, 2)),
    "a < 1, cut-off, beyond beta": (point("3/2", "3/10", "3/5", "4/5"), F(2)),
    "a = 0": (point("3/2", "1/2", 0, 1), F(1, 2)),
    "a > 1, interior": (point("3/2", "1/2", "6/5", "3/2", "1/5"), F(3, 4)),
    "a > 1, least kappa": (point("2", "3/10", "3/2", "8/5"), F(3)),
    "a = b, T0 - d << T0": (point("3/2", "1/2", "4/5", "4/5", "1/4", "1/2"), F(1, 2)),
    "ell = 0": (point("3/2", "1/2", "4/5", 1), F(0)),
    "min-norm, kappa > n kappa_0": (point("2", "1/2", INF, "4/5", "1/5"), F(7, 10)),
    "min-norm, kappa > n kappa_0, r > 1": (point("2", "3/2", INF, "4/5", "1/5"), F(7, 10)),
    "min-norm, n kappa_0 > kappa": (point("2", "1/2", INF, "4/5", "1/5"), F(19, 10)),
    "min-norm, T0 > T: unlearnt fake noise": (point("2", "3/10", INF, "7/5", "1/5"), F(1)),
    "min-norm, finite d, downstream cut-off": (point("3/2", "1/2", "7/10", "2/5", "1/5"), F(8, 5)),
    "min-norm, finite d, a > 1": (point("3/2", "3/10", "6/5", "9/10", "1/10"), F(1)),
    "min-norm, everything forgotten": (point("2", "1/2", INF, "1/6", "2/5"), F(1, 10)),
}


@pytest.mark.parametrize("region", REGIONS)
def test_every_region_of_the_law(region: str) -> None:
    """P3, P4 and their extensions: the exponent of every term of E_test is the slope of that term in E4."""
    p, ell = REGIONS[region]
    expected = exponents(p, ell)
    near = slopes(p, ell, 1e6, 1e8)
    # Without a loop over generations, sizes up to 1e16 cost nothing.
    far = slopes(p, ell, 1e9, 1e11) if p.a > p.b else slopes(p, ell, 1e12, 1e16)
    for name, value in expected.items():
        assert abs(far[name] - value) < 0.03, name
        # n is rounded to an integer, which alone moves a slope by up to 0.01.
        assert abs(far[name] - value) < max(0.01, 0.8 * abs(near[name] - value)), (
            f"{name} does not approach its exponent"
        )


@pytest.mark.parametrize("generators", ["least squares", "min-norm"])
def test_the_law_at_random_points(generators: str) -> None:
    """The same at random points off the boundaries, so that no region was chosen to fit."""
    rng = random.Random(11)
    gaps = []
    for _ in range(150):
        beta, r = (
            rng.choice([F(5, 4), F(3, 2), F(2), F(3)]),
            rng.choice([F(3, 20), F(3, 10), F(1, 2), F(7, 10), F(3, 2), F(2)]),
        )
        g, ell = F(rng.randint(0, 5), 20), F(rng.randint(0, 40), 10)
        if generators == "least squares":
            a = rng.choice([F(i, 10) for i in (*range(2, 10), 11, 12)])
            p, sizes, tolerance = point(beta, r, a, a + F(rng.randint(1, 5), 10), g), (1e14, 1e18), 0.02
        else:
            b = F(rng.randint(3, 14), 10)
            a = rng.choice([INF, *(b + F(i, 10) for i in range(1, 9))])
            p, sizes, tolerance = point(beta, r, a, b, g), (1e9, 1e11), 0.06
        if p.a == 1 or any(abs(ell - piece.lo) < F(1, 4) for piece in law_at(p).pieces if piece.lo > 0):
            continue
        expected, measured = exponents(p, ell), slopes(p, ell, *sizes)
        gap = max(abs(measured[name] - value) for name, value in expected.items())
        assert gap < tolerance, (p, ell)
        gaps.append(gap)
    assert len(gaps) > 80 and np.median(gaps) < tolerance / 4


def best_error(p: Point, samples: float) -> tuple[float, float]:
    """Return the optimal ell = -log lambda/log T and its error by direct minimisation of E4."""
    here, size = problem(p, samples), math.log(samples)

    def log_error(ell: float) -> float:
        terms = here.terms(samples**-ell)
        downstream = 0.0 if p.s == INF else samples ** -float(p.s) * terms[DOWNSTREAM]
        fake = 0.0 if p.s0 == INF or p.g == -INF else samples ** -float(p.s0) * terms[FAKE]
        return math.log(terms[BIAS] + downstream + fake)

    grid = np.linspace(0, 3, 61)
    start = grid[int(np.argmin([log_error(x) for x in grid]))]
    found = minimize_scalar(
        log_error, bounds=(max(0, start - 0.06), start + 0.06), method="bounded", options={"xatol": 1e-7}
    )
    return float(found.x) * size, float(found.fun)


OPTIMA = {
    "bias = downstream noise": point("3/2", "1/2", "6/5", "3/2"),
    "bias = fake-data noise": point("3/2", "1/2", "4/5", "4/5", "1/5"),
    "bias = fake-data noise, d >> T": point("2", "3/10", "6/5", "7/5", "1/5"),
    "finite dimension": point("3/2", "1/2", "1/5", "1/2", s="1/2"),
    "T0 - d << T0": point("3/2", "1/2", "4/5", "4/5", h="1/2"),
    "r > 1": point("3/2", "3/2", "11/10", "3/2", "1/5", s="1/5"),
    "min-norm generators, noise balanced": point("2", "1/2", INF, "4/5"),
}


@pytest.mark.parametrize("case", OPTIMA)
def test_optimum_and_clean_ell_of_the_table(case: str) -> None:
    """P5 end to end: lambda* and E* found by minimising E4 fall like T^-ell and T^-rate of the row."""
    p = OPTIMA[case]
    row = exponent_row(*p)
    small, large = (1e9, 1e11) if p.a > p.b else (1e11, 1e14)
    (x, e), (x2, e2) = best_error(p, small), best_error(p, large)
    decades = math.log(large / small)
    assert abs((e - e2) / decades - float(row.rate)) < 0.02
    if case != "finite dimension":  # there the noise is flat beyond s_d, and E barely sees lambda
        assert abs((x2 - x) / decades - float(row.ell)) < 0.03


def test_keeping_the_clean_ridge() -> None:
    """The paper's crossover, measured: at the clean ell the error falls slower, and past the threshold not at all."""
    for b in (F(2, 5), F(1, 2), F(4, 5)):
        p = point("3/2", "1/2", b, b, h=b)
        p = p._replace(a=b - F(1, 50))  # d << T0, so that no constant d/T0 has to be chosen
        row = exponent_row(*p)
        measured = []
        for samples in (1e12, 1e16):
            terms = problem(p, samples).terms(samples ** -float(row.ell_clean))
            measured.append(math.log(sum(terms.values())))
        assert abs((measured[0] - measured[1]) / math.log(1e4) - float(row.rate_with_clean_ell)) < 0.02
    assert exponent_row(F(3, 2), F(1, 2), a=F(2, 5), b=F(2, 5)).rate_with_clean_ell == 0


@pytest.mark.parametrize(
    ("p", "ell"),
    [
        (point("3/2", 1, "3/2", 2), F(4, 5)),
        (point("3/2", 1, "1/2", "4/5"), F(3, 2)),
        (point("3/2", 1, "3/2", "6/5"), F(1)),
        (point("3/2", 0, "4/5", 1), F(3, 5)),
        (point("3/2", 0, "3/2", "6/5"), F(1, 2)),
    ],
)
def test_logarithms_are_logarithms(p: Point, ell: F) -> None:
    """P1 at r = 1 (and r = 0): the bias over its power doubles when log T doubles; at r = 1/2 it does not move."""
    for r, ratio in ((p.r, 2.0), (F(1, 2), 1.0)):
        q = p._replace(r=r)
        scaled = [problem(q, t).terms(t ** -float(ell))[BIAS] * t ** -exponents(q, ell)[BIAS] for t in (1e8, 1e16)]
        assert abs(scaled[1] / scaled[0] - ratio) < 0.1 * ratio


def test_a_free_ell_removes_the_logarithm() -> None:
    """r = 1 in finite dimension: at the smallest optimal ell E T^rate grows like log T, just beyond it stays put."""
    p = point("3/2", 1, "1/10", 1)
    row = exponent_row(*p)
    for extra, ratio in ((0.0, 1.2), (0.2, 1.0)):
        scaled = [
            sum(problem(p, t).terms(t ** -(float(row.ell) + extra)).values()) * t ** float(row.rate)
            for t in (1e15, 1e30)
        ]
        assert scaled[1] / scaled[0] > ratio if extra == 0 else abs(scaled[1] / scaled[0] - ratio) < 0.05


@pytest.mark.parametrize(("phi", "ell"), [(2.0, 2.1), (0.5, 2.1), (1.0, 1.8), (1.0, 2.1)])
def test_d_proportional_to_samples(phi: float, ell: float) -> None:
    """At a = 1 the law beyond ell = beta depends on phi = d/T: three laws.

    Flat for phi > 1 (the table's reading), kappa ~ lambda for phi < 1, and at phi = 1 kappa ≍ (lambda T^-beta)^(1/2)
    with a rising downstream noise.
    """
    beta, r = 1.5, 0.5
    first, second = (Problem(beta, r, t, phi * t, t**1.5, t**1.5, 1).terms(t**-ell) for t in (1e6, 1e7))
    measured = {name: math.log10(second[name] / first[name]) for name in first}
    k = {2.0: beta, 0.5: ell, 1.0: (ell + beta) / 2}[phi]
    singular = k - beta if phi == 1 else 0.0  # T/(T - df_2)
    assert abs(measured[BIAS] - (-2 * k + 2 * beta * (1 - r) + singular)) < 0.02
    assert abs(measured[DOWNSTREAM] - singular) < 0.02
    assert abs(measured[FAKE] - (1 - 1.5)) < 0.02
    if phi > 1:
        expected = exponents(point("3/2", "1/2", 1, "3/2"), F(21, 10))
        assert all(abs(measured[name] - value) < 0.02 for name, value in expected.items())
