"""Speed and accuracy of kappa and of the deterministic equivalents, as ratios to what one would write today.

    python benchmarks/bench_kappa.py [--quick]

The peers: scipy's brentq over NumPy sums; plain bisection over NumPy sums, the algorithm of the public solver of the
"eigenlearning" paper; mpmath.findroot over mpmath.nsum.  Slow peers are timed on a few points spread over the same
range and their time per point is compared.  Errors are measured against balls (needs python-flint), not against each
other.  One thread, from the checkout or an installed package.
"""

from __future__ import annotations

import argparse
import math
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
from scipy.optimize import brentq

ROOT = str(Path(__file__).resolve().parent.parent)
sys.path.insert(0, ROOT)

from ridgeproof.numerics.predictions.equivalents import predict, predict_all  # noqa: E402
from ridgeproof.numerics.predictions.kappa import kappa, kappa_grid  # noqa: E402
from ridgeproof.numerics.problem.scenario import Downstream, Generator, Scenario, Target  # noqa: E402
from ridgeproof.numerics.problem.spectrum import Spectrum  # noqa: E402

Solver = Callable[[np.ndarray, int, float], float]


def by_brentq(s: np.ndarray, samples: int, ridge: float) -> float:
    """Brent's method on lambda + kappa df_1/T - kappa between the bounds of docs/theory.md#E1, to the last digits."""

    def equation(k: float) -> float:
        return ridge + k * float(np.sum(s / (s + k))) / samples - k

    return brentq(equation, ridge, ridge + s.sum() / samples * (1 + 1e-12), xtol=1e-300, rtol=8.9e-16, maxiter=1000)


def by_bisection(s: np.ndarray, samples: int, ridge: float) -> float:
    """Halving [lambda, upper bound] until it holds no further double, as a user without a derivative would."""
    low, high = ridge, ridge + float(s.sum()) / samples
    while True:
        middle = (low + high) / 2
        if not low < middle < high:
            return middle
        if ridge / middle + float(np.sum(s / (s + middle))) / samples > 1:
            low = middle
        else:
            high = middle


def by_loop(scenario: Scenario, solver: Solver, known: dict[tuple[int, float], float]) -> float:
    """docs/theory.md#E4, as it is written, over NumPy arrays; every distinct kappa is solved for once."""
    s = scenario.spectrum.eigenvalues()
    w0 = scenario.target.coefficients(scenario.spectrum)
    m, second = w0, w0**2
    for fit in [*(g for g in scenario.generators for _ in range(g.repeat)), scenario.downstream]:
        samples, ridge, noise = fit.samples, float(fit.ridge), float(fit.noise)
        if (samples, ridge) not in known:
            known[samples, ridge] = 0.0 if ridge == 0 and samples > s.size else solver(s, samples, ridge)
        k = known[samples, ridge]
        shrink, pull = s / (s + k), s / (s + k) ** 2 if k else 1 / s
        q = (noise + k**2 * np.sum(second * pull)) / (samples - np.sum(shrink**2))
        m, second = shrink * m, shrink**2 * second + q * pull
    return float(np.sum(s * (second - 2 * m * w0 + w0**2)))


def timed(run: Callable[[], Any], repeat: int = 1) -> tuple[float, Any]:
    """The best time of ``repeat`` runs in seconds, and the result."""
    best = math.inf
    for _ in range(repeat):
        start = time.perf_counter()
        result = run()
        best = min(best, time.perf_counter() - start)
    return best, result


def worst(found: Sequence[float], truth: Sequence[Any]) -> str:
    """The largest relative error against high-precision numbers."""
    with mpmath.workdps(40):
        return mpmath.nstr(max(abs(mpmath.mpf(x) / y - 1) for x, y in zip(found, truth, strict=True)), 2)


def spread(items: Sequence[Any], count: int) -> list[Any]:
    """``count`` items spread over the sequence."""
    return [items[i] for i in np.linspace(0, len(items) - 1, count).astype(int)]


def problem(dim: float, generators: tuple[Generator, ...], samples: int, ridge: Fraction) -> Scenario:
    """s_j = j^-3/2, r = 1/2, downstream noise 1/10."""
    spectrum = Spectrum("power-law", dim, beta=Fraction(3, 2))
    return Scenario(
        spectrum, Target("source", r=Fraction(1, 2)), generators, Downstream(samples, ridge, Fraction(1, 10))
    )


def solve_kappa(d: int, count: int, peers: int) -> None:
    """kappa alone, over lambda."""
    s = np.arange(1, d + 1.0) ** -1.5
    ridges = [Fraction(repr(float(x))) for x in np.logspace(-10, 0, count)]
    values = np.array([float(x) for x in ridges])
    for samples in (d // 2, 2 * d):
        ours, grid = timed(lambda t=samples: kappa_grid(s, t, values), 2)
        some = spread(range(count), peers)
        truth = [predict(problem(d, (), samples, ridges[i]), 20).kappa[-1] for i in some]
        print(f"kappa, d = {d}, T = {samples}, {count} ridges: {ours:.3f} s, error {worst(grid[some], truth)}")
        for name, solver in (("one call per ridge", kappa), ("brentq", by_brentq), ("bisection", by_bisection)):
            theirs, found = timed(lambda f=solver, t=samples, at=some: [f(s, t, values[i]) for i in at])
            print(f"  {name}: {theirs / peers * count / ours:.0f} times the time, error {worst(found, truth)}")


def scan(title: str, scenarios: list[Scenario], peers: int) -> None:
    """The whole decomposition, by one call and by the loop."""
    ours, found = timed(lambda: predict_all(scenarios), 2)
    some = spread(range(len(scenarios)), peers)
    truth = [predict(scenarios[i], 20).test_error for i in some]
    error = worst([found[i].test_error for i in some], truth)
    print(f"{title}: {len(scenarios)} scenarios in {ours:.3f} s, error {error}")
    for name, solver in (("brentq", by_brentq), ("bisection", by_bisection)):
        theirs, errors = timed(lambda f=solver: [by_loop(scenarios[i], f, {}) for i in some])
        ratio = theirs / peers * len(scenarios) / ours
        print(f"  loop of {name} and NumPy links: {ratio:.0f} times the time, error {worst(errors, truth)}")


def decompositions(d: int, count: int, peers: int) -> None:
    """Scans over lambda, over T, and over n."""
    fake = Generator(2 * d, Fraction(0), Fraction(1, 10), repeat=5)
    base = problem(d, (fake,), d // 2, Fraction(1, 10))
    ridges = [Fraction(repr(float(x))) for x in np.logspace(-8, 0, count)]
    scan(
        f"decomposition over lambda, d = {d}, n = 5",
        [replace(base, downstream=replace(base.downstream, ridge=x)) for x in ridges],
        peers,
    )
    some = np.unique(np.geomspace(100, 2 * d, count).astype(int))
    scan(
        f"decomposition over T, d = {d}, n = 5",
        [replace(base, downstream=replace(base.downstream, samples=int(t))) for t in some],
        peers,
    )
    ridged = Generator(d // 10, Fraction(1, 10**6), Fraction(1, 10))
    scan(
        f"decomposition over n (ridge generators), d = {d}",
        [problem(d, (replace(ridged, repeat=n),), d // 10, Fraction(1, 10**6)) for n in range(1, count // 4 + 1)],
        max(2, peers // 3),
    )


def fifty_digits(limit: float) -> None:
    """kappa of an infinite power law."""
    beta, samples, ridge = Fraction(3, 2), 30, Fraction(1, 100)
    scenario = problem(math.inf, (), samples, ridge)
    predict(scenario, 50)  # imports
    ours, found = timed(lambda: predict(scenario, 50), 5)
    print(f"50 digits of kappa, j^-3/2, d = inf, T = {samples}: {1000 * ours:.1f} ms, radius {found.radius}")
    truth = predict(scenario, 100).kappa[0]
    with mpmath.workdps(50):
        b, lam = mpmath.mpf(beta.numerator) / beta.denominator, mpmath.mpf(1) / 100
        calls, start = 0, time.perf_counter()

        def df1(k: mpmath.mpf) -> mpmath.mpf:
            return mpmath.nsum(lambda j: 1 / (1 + k * j**b), [1, mpmath.inf])

        once, value = timed(lambda: df1(truth))
        right = samples * (1 - lam / truth)
        error = mpmath.nstr(abs(value / right - 1), 2)
        print(f"  one nsum at the right kappa: {once / ours:.0f} times the time, relative error {error}")

        class OutOfTimeError(Exception):
            pass

        def equation(k: mpmath.mpf) -> mpmath.mpf:
            nonlocal calls
            if time.perf_counter() - start > limit:
                raise OutOfTimeError
            calls += 1
            return lam + k * df1(k) / samples - k

        guess = mpmath.mpf(float(truth))
        try:
            root = mpmath.findroot(equation, (guess, guess * (1 + mpmath.mpf(10) ** -8)), verify=False)
            outcome = f"error {mpmath.nstr(abs(root / truth - 1), 2)}, started at the right double"
        except OutOfTimeError:
            outcome = f"not converged after {calls} sums from the right double, given up"
        print(f"  nsum in findroot: {(time.perf_counter() - start) / ours:.0f} times the time, {outcome}")


_MEMORY = """
import resource, sys
import numpy as np
from ridgeproof.numerics.predictions.kappa import kappa_grid
s = np.arange(1, {d} + 1.0)
np.power(s, -1.5, out=s)
kappa_grid(s, {d} // 2, np.logspace(-10, 0, 200))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def memory(d: int) -> None:
    """Peak memory of a fresh process that makes the spectrum and solves for 200 ridges."""
    environment = {**os.environ, "PYTHONPATH": ROOT}
    seconds, done = timed(
        lambda: subprocess.run(
            [sys.executable, "-c", _MEMORY.format(d=d)], capture_output=True, text=True, check=True, env=environment
        )
    )
    print(f"d = {d}, 200 ridges, whole process: {int(done.stdout) / 1024:.0f} MiB, {seconds:.1f} s")


def main() -> None:
    """Run everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="d = 10^5 in place of 10^6, and shorter peers")
    quick = parser.parse_args().quick
    d, count, peers = (100_000, 200, 3) if quick else (1_000_000, 200, 6)
    solve_kappa(d, count, peers)
    decompositions(d, count, peers)
    fifty_digits(20 if quick else 120)
    memory(10_000_000)


if __name__ == "__main__":
    main()
