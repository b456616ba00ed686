"""Start-up of the command: ``ridgeproof --help`` against ``python -c pass``, as a ratio of medians taken alternately.

Run: python benchmarks/bench_startup.py [REPETITIONS]
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "ridgeproof --help": ["-m", "ridgeproof.proofs_check.cli", "--help"],
    "import numpy": ["-c", "import numpy"],
    "ridgeproof exponents": ["-m", "ridgeproof.proofs_check.cli", "exponents"],
}


def seconds(words: list[str]) -> float:
    """Return the wall-clock time of one run."""
    started = time.perf_counter()
    subprocess.run([sys.executable, *words], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


def main() -> None:
    """Print the medians and their ratios to a bare interpreter."""
    repetitions = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(repetitions):
        for name, words in COMMANDS.items():
            times[name].append(seconds(words))
    bare = statistics.median(times["python -c pass"])
    for name, measured in times.items():
        median = statistics.median(measured)
        print(f"{name:22s} {1000 * median:7.1f} ms   {median / bare:5.1f} times a bare interpreter")


if __name__ == "__main__":
    main()
