"""Time of exponent tables (rows that share scales, and rows that share nothing), diagrams, and users' laws.

Run: python benchmarks/bench_exponents.py
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from ridgeproof.theorems.exponents import ExponentRow, exponent_row, row_certificate, table
from ridgeproof.theorems.exponents.model.diagrams import diagram
from ridgeproof.theorems.exponents.user.law_file import load_law, parameter_values
from ridgeproof.theorems.exponents.user.user_law import optimum

ROWS = 10_000
LAWS = Path(__file__).parents[1] / "examples" / "laws"


def product_table() -> list[ExponentRow]:
    """A table of 2 x 2 x 10 x 250 points."""
    grid = {
        "beta": [Fraction(3, 2), 2],
        "r": [Fraction(1, 2), 1],
        "a": [Fraction(i, 10) for i in range(5, 15)],
        "b": [Fraction(i, 50) for i in range(250)],
    }
    return list(table(grid))


def scattered() -> list[ExponentRow]:
    """As many rows at random points, no two scales alike."""
    rng = random.Random(1)

    def between(low: int, high: int) -> Fraction:
        return Fraction(rng.randint(low * 60, high * 60), 60)

    return [
        exponent_row(
            between(1, 3) + Fraction(1, 7), between(0, 2), between(0, 2), between(0, 2), between(0, 1), between(0, 2)
        )
        for _ in range(ROWS)
    ]


def seconds(work: Callable[[], list[ExponentRow]]) -> tuple[float, list[ExponentRow]]:
    """Return the processor time of one call and its rows."""
    start = time.process_time()
    rows = work()
    return time.process_time() - start, rows


def main() -> None:
    """Print the times."""
    for name, work in (("product table", product_table), ("scattered points", scattered)):
        spent, rows = seconds(work)
        print(f"{len(rows)} rows, {name}: {spent:.2f} s of processor time")
    start = time.process_time()
    size = sum(len(json.dumps(row_certificate(row))) for row in rows[:1000] if row.rate is not None)
    print(f"1000 certificates ({size} bytes of JSON): {time.process_time() - start:.2f} s")
    start = time.process_time()
    window = (Fraction(0), Fraction(2))
    found = diagram("a", "b", window, window, {"beta": Fraction(3, 2), "r": Fraction(1, 2), "g": Fraction(1, 4)})
    print(f"a diagram of {len(found.regions)} regions: {time.process_time() - start:.3f} s")
    for path in sorted(LAWS.glob("*.toml")):
        law = load_law(path)
        start = time.process_time()
        for _ in range(1000):
            optimum(law, parameter_values(law, {}))
        print(f"1000 rows of {path.name}: {time.process_time() - start:.2f} s")


if __name__ == "__main__":
    main()
