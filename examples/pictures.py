"""The paper's two main pictures as tables: `python pictures.py`, a few seconds.

1. Isotropic inputs: test error against the downstream ridge, a U-shaped curve for each number n of generations.
2. Power-law inputs: test error against T, with T0 ~ T^(1/2), at the ridge exponent of clean data and at the adapted
   one, beside the exact rates.
"""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path

from ridgeproof.numerics.predictions.equivalents import predict
from ridgeproof.numerics.problem.scenario import load_scenario
from ridgeproof.theorems.exponents import exponent_row

HERE = Path(__file__).resolve().parent


def isotropic() -> None:
    """Print the U-shaped curves; a star marks the smallest error of each."""
    ridges = [Fraction(number, 100) for number in (1, 5, 10, 20, 30, 60, 100, 300, 1000, 3000)]
    print(
        "test error, isotropic inputs\n" + "    n" + "".join(f"{float(ridge):>10g}" for ridge in ridges) + "   = ridge"
    )
    for n in (0, 1, 5, 20):
        file, repeat = ("isotropic.toml", [f"generators.repeat={n}"]) if n else ("isotropic-clean.toml", [])
        errors = [predict(load_scenario(HERE / file, [*repeat, f"downstream.ridge={x}"])).test_error for x in ridges]
        print(f"{n:5d}" + "".join(f"{e:9.4f}{'*' if e == min(errors) else ' '}" for e in errors))


def power_law() -> None:
    """Print the error at the clean and at the adapted ridge exponent, the slopes between decades, and the exact rates.

    d = T0/2 and T0 = T^(1/2), so a = b = h = 1/2 in the exact table; five generations.
    """
    half = Fraction(1, 2)
    row = exponent_row(beta=Fraction(3, 2), r=half, a=half, b=half)
    print(
        f"\ntest error, power-law inputs\n{'T':>10}"
        f"   {'T^-' + str(row.ell_clean):>12} slope   {'T^-' + str(row.ell):>12} slope   = ridge"
    )
    before: dict[object, float] = {}
    for decade in range(4, 9):
        samples, dim = 10**decade, round(10 ** (decade / 2) / 2)
        line = f"{samples:>10.0e}"
        for ell in (row.ell_clean, row.ell):
            ridge = float(samples) ** -float(ell)  # type: ignore[arg-type]
            settings = [f"spectrum.dim={dim}", f"generators.samples={2 * dim}", f"downstream.samples={samples}"]
            error = predict(
                load_scenario(HERE / "power-law.toml", [*settings, f"downstream.ridge={ridge!r}"])
            ).test_error
            slope = f"{math.log10(before[ell] / error):5.3f}" if ell in before else " " * 5
            before[ell] = error
            line += f"   {error:12.6f} {slope}"
        print(line)
    print(f"exact rates  {row.rate_with_clean_ell!s:>15}   {row.rate!s:>21}")


if __name__ == "__main__":
    isotropic()
    power_law()
