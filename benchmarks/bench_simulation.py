"""The error bars of 20 downstream ridges for one price: ours against the loop that one writes first.

The loop draws designs and noises, fits every generator by ``numpy.linalg.lstsq``, relabels, and fits scikit-learn's
``Ridge`` (or the normal equations, where scikit-learn is not installed) once for each ridge.  Ours is one
`ridgeproof.numerics.draws.averaged.averaged_replicate`.  Both are unbiased for the same numbers, so what counts is

    (seconds of the loop * its variance)/(seconds of ours * our variance),

the ratio of the times to reach one standard error, ridge by ridge.  The variance of the loop comes from the same
draws computed faster (one singular value decomposition for all ridges), since at d = 1000 one pass of it takes minutes.

Run as ``python benchmarks/bench_simulation.py [dim ...]`` with OMP_NUM_THREADS=1; default 200 and 1000 (12 minutes).
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable
from fractions import Fraction

import numpy as np

from ridgeproof.numerics.draws.averaged import averaged_replicate
from ridgeproof.numerics.draws.sampling import DesignFit, Link
from ridgeproof.numerics.problem.scenario import Downstream, Generator, Scenario, Target
from ridgeproof.numerics.problem.spectrum import Spectrum

GENERATIONS = 5
NOISE = Fraction(1, 10)
RIDGES = [float(x) for x in np.geomspace(1e-3, 1.0, 20)]
REPLICATES = {200: (200, 60, 3), 1000: (24, 8, 1)}  # of the loop's variance, of ours, of the loop's time


def ridge_fit(x: np.ndarray, y: np.ndarray, ridge: float) -> np.ndarray:
    """argmin |X w - y|^2/T + ridge |w|^2."""
    try:
        from sklearn.linear_model import Ridge
    except ImportError:
        gram = x.T @ x + len(x) * ridge * np.eye(x.shape[1])
        return np.linalg.solve(gram, x.T @ y)
    return np.asarray(Ridge(alpha=len(x) * ridge, fit_intercept=False).fit(x, y).coef_)


def loop(problem: Scenario, rng: np.random.Generator) -> np.ndarray:
    """The loop that one writes first."""
    s, w0 = problem.spectrum.eigenvalues(), problem.target.coefficients(problem.spectrum)
    sigma, w = math.sqrt(NOISE), w0
    for _ in range(GENERATIONS):
        x = rng.standard_normal((problem.generators[0].samples, s.size)) * np.sqrt(s)
        w = np.linalg.lstsq(x, x @ w + sigma * rng.standard_normal(len(x)), rcond=None)[0]
    x = rng.standard_normal((problem.downstream.samples, s.size)) * np.sqrt(s)
    y = x @ w + sigma * rng.standard_normal(len(x))
    return np.array([s @ (ridge_fit(x, y, ridge) - w0) ** 2 for ridge in RIDGES])


def loop_faster(problem: Scenario, rng: np.random.Generator) -> np.ndarray:
    """The same draws and fits by better linear algebra."""
    s, w0 = problem.spectrum.eigenvalues(), problem.target.coefficients(problem.spectrum)
    sigma, w = math.sqrt(NOISE), w0
    samples = problem.generators[0].samples
    for _ in range(GENERATIONS):
        fit = DesignFit(rng, np.sqrt(s), Link(samples, 0.0, sigma, 1))
        w = fit.student(fit.labels(w) + sigma * rng.standard_normal(samples))
    x = rng.standard_normal((problem.downstream.samples, s.size)) * np.sqrt(s)
    left, values, right = np.linalg.svd(x, full_matrices=False)
    y = left.T @ (x @ w + sigma * rng.standard_normal(len(x)))
    shrink = [values / (values**2 + len(x) * ridge) for ridge in RIDGES]
    return np.array([s @ (right.T @ (g * y) - w0) ** 2 for g in shrink])


def timed(
    draw: Callable[[Scenario, np.random.Generator], np.ndarray], problem: Scenario, times: int
) -> tuple[float, np.ndarray]:
    """Seconds per pass (the fastest), and the values, one row a pass."""
    seconds, values = [], []
    for i in range(times):
        start = time.perf_counter()
        values.append(draw(problem, np.random.default_rng(i)))
        seconds.append(time.perf_counter() - start)
    return min(seconds), np.array(values)


def main() -> None:
    """Print the table."""
    for dim in [int(word) for word in sys.argv[1:]] or [200, 1000]:
        for samples in (2 * dim, dim // 2):
            for name, spectrum, target in (
                (
                    "power law",
                    Spectrum("power-law", dim, beta=Fraction(3, 2)),
                    Target("power", exponent=Fraction(3, 10)),
                ),
                ("isotropic", Spectrum("isotropic", dim), Target("isotropic", norm2=Fraction(1))),
            ):
                chain = (Generator(samples, Fraction(0), NOISE, GENERATIONS),)
                problem = Scenario(spectrum, target, chain, Downstream(samples, Fraction(1), NOISE))
                many, ours, few = REPLICATES[200 if dim <= 200 else 1000]
                base, first = timed(loop, problem, few)
                _, direct = timed(loop_faster, problem, many)
                assert np.allclose(first, direct[:few], rtol=1e-5)  # the same numbers, draw by draw
                mine, averaged = timed(lambda p, rng: averaged_replicate(p, RIDGES, rng), problem, ours)
                ratio = base * direct.var(axis=0, ddof=1) / (mine * averaged.var(axis=0, ddof=1))
                error = np.hypot(direct.std(axis=0) / math.sqrt(many), averaged.std(axis=0) / math.sqrt(ours))
                z = np.abs(direct.mean(axis=0) - averaged.mean(axis=0)) / error
                print(
                    f"d = {dim}, T = {samples}, {name}: loop {base:.3g} s, ours {mine:.3g} s ({base / mine:.1f} times "
                    f"faster a pass); at equal standard error {ratio.min():.0f} times (worst ridge), "
                    f"{np.median(ratio):.0f} (median); largest |z| between the two {z.max():.1f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
