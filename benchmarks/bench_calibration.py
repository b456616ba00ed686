# ruff: noqa: E501
"""Whether the error bars of ``simulate`` mean what they say: how many 95 % intervals hold the exact test error.

    python benchmarks/bench_calibration.py            # 2000 samples of 100 replicates, some minutes
    python benchmarks/bench_calibration.py --write    # also into docs/reliability.md

Each interval is that of the command, `Simulation.interval`; beside it, what mean +- 1.96 standard errors would cover.
The truth is the exact finite-size law (`predict --exact`).  Of 200 samples an exact 95 % interval holds 92 to 98 % in
19 of 20 cases, so that 200 do not tell 93.5 % from 95 %: there are 2000, the replicates of one run one hundred after
the other (their streams are independent); a tenth of it where nothing is promised.  Where the command warns that moments of
one replicate are infinite, intervals are not promised to hold: the last rows show that the warning is needed.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
from fractions import Fraction as F
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the processes of `simulate` have it: threads that wait for
os.environ.setdefault("OMP_NUM_THREADS", "1")  # each other take fifty times as long for matrices of this size

from ridgeproof.numerics.draws.intervals import mean_interval, skewness
from ridgeproof.numerics.draws.simulation import INFINITE_VARIANCE, mean_and_error, tail_warnings
from ridgeproof.numerics.draws.workers import Job, replicate
from ridgeproof.numerics.finite.exact import predict_exact
from ridgeproof.numerics.problem.scenario import Downstream, Generator, Scenario, Target
from ridgeproof.numerics.problem.spectrum import Spectrum

ROOT = Path(__file__).resolve().parent.parent
LAW, SOURCE = Spectrum("power-law", 8, beta=F(3, 2)), Target("source", r=F(1, 2))
EVEN, UNIT = Spectrum("isotropic", 8), Target("isotropic", norm2=F(1))
SCENARIOS = {
    "least squares on true labels": Scenario(LAW, SOURCE, (), Downstream(24, F(0), F(1, 10))),
    "three generations of least squares": Scenario(LAW, SOURCE, (Generator(30, F(0), F(1, 5), 3),), Downstream(24, F(0), F(1, 10))),
    "ridge after least squares": Scenario(EVEN, UNIT, (Generator(30, F(0), F(1, 5), 2),), Downstream(12, F(1, 10), F(1, 10))),
    "ridge after ridge": Scenario(EVEN, UNIT, (Generator(10, F(1, 5), F(1, 5)),), Downstream(12, F(1, 10), F(1, 10))),
    "min-norm generators": Scenario(EVEN, UNIT, (Generator(40, F(0), F(1, 5), 2),), Downstream(16, F(1, 20), F(1, 10))),
    "heavy tails, T - d = 4 (warned)": Scenario(LAW, SOURCE, (), Downstream(12, F(0), F(1))),
    "heavy tails, T - d = 2 (warned)": Scenario(LAW, SOURCE, (), Downstream(10, F(0), F(1))),
}  # fmt: skip

SEED = 4242
HEAD = ["scenario", "method", "covered", "below the truth", "above it", "mean ± 1.96 errors", "the command says"]


def drawn(scenario: Scenario, method: str, number: int) -> list[float]:
    """So many replicates of one run."""
    job = Job(scenario, (scenario.downstream.ridge,), method, SEED)
    return [replicate(job, index)[0] for index in range(number)]


def covered(scenario: Scenario, method: str, samples: int, replicates: int) -> tuple[int, int, int, int]:
    """How many intervals hold the exact test error, lie below it, above it; and how many of mean +- 1.96 errors hold."""
    truth = float(predict_exact(scenario, 15).test_error)
    whole = drawn(scenario, method, samples * replicates)
    held = below = above = plain = 0
    for start in range(0, len(whole), replicates):
        values = whole[start : start + replicates]
        mean, error = mean_and_error(values)
        low, high = mean_interval(mean, error, skewness(values), replicates)
        below, above, held = below + (high < truth), above + (low > truth), held + (low <= truth <= high)
        plain += abs(mean - truth) <= 1.959964 * error
    return held, below, above, plain


def main() -> int:
    """Count, and say so; status 1 where a scenario without a warning is outside 93 to 97 %."""
    parser = argparse.ArgumentParser(description="Coverage of the intervals of simulate.")
    parser.add_argument("--samples", type=int, default=2000)
    parser.add_argument("--replicates", type=int, default=100)
    parser.add_argument("--write", action="store_true", help="write docs/reliability.md")
    arguments = parser.parse_args()
    rows, promised, held, worst = [], 0, 0, 0.0
    for name, scenario in SCENARIOS.items():
        warnings = tail_warnings(scenario)
        for method in ("direct",) if scenario.generators else ("direct", "averaged"):
            samples = arguments.samples // 10 if warnings else arguments.samples
            count, below, above, plain = covered(scenario, method, samples, arguments.replicates)
            said = ""
            if warnings:
                hopeless = any(INFINITE_VARIANCE in line for line in warnings)
                said = "warned: no interval" if hopeless else "warned: uncertain"
            else:
                promised, held = promised + arguments.samples, held + count
                worst = max(worst, abs(count / arguments.samples - 0.95))
            rows.append([name, method, *(f"{100 * n / samples:.1f} %" for n in (count, below, above, plain)), said])
            print(*rows[-1], sep="   ", flush=True)
    share = held / promised
    spread = math.sqrt(0.05 * 0.95 / promised)
    said = f"{100 * share:.2f} % of {promised} intervals without a warning (95 ± {200 * spread:.2f} % is what chance allows in 19 of 20 cases)"
    print(said)
    if arguments.write:
        sys.path.insert(0, str(ROOT / "tools"))
        import pages

        text = (
            "## Calibration\n\nGenerated by `python benchmarks/bench_calibration.py --write`: 95 % intervals of "
            f"`simulate` that hold the exact test error, {arguments.samples} samples of {arguments.replicates} replicates "
            "(a tenth of them where nothing is promised).\n\n" + pages.table(HEAD, rows) + f"\n\n{said}."
        )
        pages.replace(ROOT / "docs" / "reliability.md", "calibration", text)
    return 0 if worst <= 0.02 else 1


if __name__ == "__main__":
    sys.exit(main())
