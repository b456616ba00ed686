"""Data: streaming, decompositions, and the experiment against sklearn's KernelRidge and against the theory.

    python benchmarks/bench_data.py [--rows 200000]

Times are best of three where they are short; the peer refits with scikit-learn's KernelRidge for the same chains.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from sklearn.kernel_ridge import KernelRidge

from ridgeproof.numerics.data.experiment import Population, measure, population
from ridgeproof.numerics.data.kernels import Kernel
from ridgeproof.numerics.data.sample import read_sample
from ridgeproof.numerics.data.scenarios import Chain, scenarios_of
from ridgeproof.numerics.data.spectra import of_matrix, of_sample
from ridgeproof.numerics.data.tables import open_table
from ridgeproof.numerics.predictions.equivalents import predict


def timed(run: Callable[[], object], repeat: int = 1) -> float:
    """The best time of ``repeat`` runs, in seconds."""
    best = float("inf")
    for _ in range(repeat):
        start = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - start)
    return best


def peak() -> float:
    """Peak resident memory in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def by_sklearn(law: Population, chains: list[Chain], rng: np.random.Generator) -> None:
    """One run of the same chains, each refitted from its own start with precomputed kernels."""
    for chain in chains:
        teacher, rows = law.targets, len(law.targets)
        plan = [(chain.generator_samples, chain.generator_ridge, chain.generator_noise)] * chain.generations
        for samples, ridge, noise in [*plan, (chain.samples, chain.ridge, chain.noise)]:
            drawn = rng.integers(0, rows, samples)
            labels = teacher[drawn] + np.sqrt(noise) * rng.standard_normal(samples)
            model = KernelRidge(alpha=samples * ridge, kernel="precomputed")
            teacher = model.fit(law.gram[np.ix_(drawn, drawn)], labels).predict(law.gram[:, drawn])


def main() -> None:
    """Print one block per subject."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=200_000)
    rows = parser.parse_args().rows
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as directory:
        x = rng.standard_normal((rows, 20))
        table = np.column_stack([x, np.sin(x[:, 0]) + 0.1 * rng.standard_normal(rows)])
        np.save(Path(directory) / "t.npy", table)
        np.savetxt(Path(directory) / "t.csv", table[: rows // 10], delimiter=",")
        del x, table
        base = peak()
        for name, count in (("t.csv", rows // 10), ("t.npy", rows)):
            source = open_table(str(Path(directory) / name))
            seconds = timed(lambda s=source: read_sample(s, size=2000))
            print(f"reading {name}: {count / seconds:,.0f} rows/s of 21 columns")
        sample = read_sample(open_table(str(Path(directory) / "t.npy")), size=2000)
        seconds = timed(lambda: of_sample(sample, Kernel("rbf", 40.0), landmarks=500))
        print(f"Nystrom, 500 landmarks: {rows / seconds:,.0f} rows/s; memory grew by {peak() - base:.0f} MiB")
    digits = read_sample(open_table("digits"), size=3000, inputs=16.0)
    gram = Kernel("rbf", 8.0).gram(digits.inputs, digits.inputs)
    print(f"kernel matrix of {len(gram)} rows: {timed(lambda: of_matrix(gram, digits.targets)):.2f} s")
    law, empirical = population(gram, digits.targets), of_matrix(gram, digits.targets)
    chains = [Chain(300, x, 0.1, n, 400, 1e-3, 0.1) for n in (0, 1, 2, 5) for x in (1e-3, 3e-3, 1e-2)]
    theory = timed(lambda: [predict(scenario) for scenario in scenarios_of(empirical, chains)], 3)
    ours = timed(lambda: measure(law, chains, runs=2), 3) / 2
    theirs = timed(lambda: by_sklearn(law, chains, rng), 3)
    print(
        f"12 chains on digits: theory {theory:.3f} s, one run {ours:.3f} s, with scikit-learn {theirs / ours:.1f} times"
    )


if __name__ == "__main__":
    main()
