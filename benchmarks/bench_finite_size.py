"""How fast the deterministic equivalent's error falls, without sampling noise: exact isotropic laws against E4.

Run as ``python benchmarks/bench_finite_size.py``.  For each family (sizes in proportion) the table shows
d (exact - equivalent), which tends to d c_1 of `ridgeproof.numerics.finite.isotropic_correction.first_correction`, and
d^2 (exact - equivalent - c_1), which tends to a constant too: the error is c_1 ~ 1/T, and 1/T^2 beyond it.
"""

from __future__ import annotations

import time
from fractions import Fraction as F

from ridgeproof.numerics.finite.exact import predict_exact
from ridgeproof.numerics.finite.isotropic_correction import first_correction
from ridgeproof.numerics.predictions.equivalents import predict
from ridgeproof.numerics.problem.scenario import Downstream, Generator, Scenario, Target
from ridgeproof.numerics.problem.spectrum import Spectrum

SIZES = (20, 40, 80, 160, 320)
DIGITS = 20


def families(dim: int) -> dict[str, tuple[Generator, ...]]:
    """Chains whose sizes are proportional to d."""
    return {
        "clean data": (),
        "fake data, T0 = 2d, n = 5": (Generator(2 * dim, F(0), F(1, 10), 5),),
        "min-norm, T0 = d/2, n = 3": (Generator(dim // 2, F(0), F(1, 10), 3),),
        "ridge generators, T0 = d/2, n = 3": (Generator(dim // 2, F(1, 10), F(1, 10), 3),),
    }


def main() -> None:
    """Print the table."""
    for name in families(2):
        print(f"{name}; downstream T = 3d/2, lambda = 1/20, all noises 1/10, S = I, |w0| = 1")
        for dim in SIZES:
            downstream = Downstream(3 * dim // 2, F(1, 20), F(1, 10))
            target = Target("isotropic", norm2=F(1))
            problem = Scenario(Spectrum("isotropic", dim), target, families(dim)[name], downstream)
            start = time.perf_counter()
            exact = predict_exact(problem, DIGITS).test_error
            seconds = time.perf_counter() - start
            gap = float(exact - predict(problem, DIGITS).test_error)
            first = first_correction(problem)
            print(
                f"  d = {dim:4}: exact {float(exact):.12f}  d gap {dim * gap:.6f}  d c_1 {dim * first:.6f}  "
                f"d^2 (gap - c_1) {dim**2 * (gap - first):.4f}  {seconds:.2f} s"
            )


if __name__ == "__main__":
    main()
