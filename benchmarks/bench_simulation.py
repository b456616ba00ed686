"""Replicates of a chain: ours against a direct loop of numpy's lstsq and a naive ridge inverse, at the same draws.

Run as ``python benchmarks/bench_simulation.py`` (set OMP_NUM_THREADS=1 for one thread); prints times per replicate and
their ratio, d = 200, n = 5, T = 2d and d/2.  For the noise-averaged method it also prints the ratio at equal standard
error, since its replicates have less variance.
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable
from fractions import Fraction

import numpy as np

from numerics.sampling import direct_replicate, noise_averaged_replicate
from numerics.scenario import Downstream, Generator, Scenario, Target
from numerics.spectrum import Spectrum

DIM, GENERATIONS, REPLICATES = 200, 5, 20


def naive_replicate(problem: Scenario, rng: np.random.Generator) -> float:
    """The loop that one writes first."""
    eigenvalues = problem.spectrum.eigenvalues()
    w0 = problem.target.coefficients(problem.spectrum)
    w = w0
    for generator in problem.generators:
        for _ in range(generator.repeat):
            design = rng.standard_normal((generator.samples, DIM)) * np.sqrt(eigenvalues)
            y = design @ w + math.sqrt(generator.noise) * rng.standard_normal(generator.samples)
            w = np.linalg.lstsq(design, y, rcond=None)[0]
    down = problem.downstream
    design = rng.standard_normal((down.samples, DIM)) * np.sqrt(eigenvalues)
    y = design @ w + math.sqrt(down.noise) * rng.standard_normal(down.samples)
    resolvent = np.linalg.inv(design.T @ design / down.samples + float(down.ridge) * np.eye(DIM))
    w_hat = resolvent @ design.T @ y / down.samples
    return float(eigenvalues @ (w_hat - w0) ** 2)


def timed(draw: Callable[[Scenario, np.random.Generator], float], problem: Scenario) -> tuple[float, list[float]]:
    """Median seconds per replicate, and the values."""
    draw(problem, np.random.default_rng(0))
    seconds, values = [], []
    for i in range(REPLICATES):
        start = time.perf_counter()
        values.append(draw(problem, np.random.default_rng(i)))
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds), values


def main() -> None:
    """Print the table."""
    spectrum, target = Spectrum("power-law", DIM, beta=Fraction(3, 2)), Target("power", exponent=Fraction(3, 10))
    for samples in (2 * DIM, DIM // 2):
        chain = (Generator(samples, Fraction(0), Fraction(1, 10), GENERATIONS),)
        problem = Scenario(spectrum, target, chain, Downstream(samples, Fraction(1, 20), Fraction(1, 10)))
        base, values = timed(naive_replicate, problem)
        print(f"d = {DIM}, T = {samples}, n = {GENERATIONS}: naive {base * 1e3:.1f} ms, mean {np.mean(values):.4f}")
        for draw in (direct_replicate, noise_averaged_replicate):
            seconds, ours = timed(draw, problem)
            speed = base / seconds
            equal_error = speed * np.var(values) / np.var(ours)
            print(
                f"  {draw.__name__:26} {seconds * 1e3:.1f} ms, mean {np.mean(ours):.4f}: "
                f"{speed:.1f} times faster a replicate, {equal_error:.1f} at equal standard error"
            )


if __name__ == "__main__":
    main()
