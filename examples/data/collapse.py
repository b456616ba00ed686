"""Digits: theory against measurement for two kernels, and the picture of a chain; `python collapse.py`, a minute."""

from __future__ import annotations

from ridgeproof.numerics.data.experiment import measure, population
from ridgeproof.numerics.data.kernels import Kernel
from ridgeproof.numerics.data.sample import read_sample
from ridgeproof.numerics.data.scenarios import Chain, scenario_of
from ridgeproof.numerics.data.spectra import of_matrix
from ridgeproof.numerics.data.tables import open_table
from ridgeproof.numerics.predictions.equivalents import predict
from ridgeproof.proofs_check.pictures.data import draw

RBF, POLYNOMIAL = Kernel("rbf", 8.0), Kernel("polynomial", 8.0, degree=3)
SETTINGS = [
    (RBF, Chain(300, 0.001, 0.1)),
    (RBF, Chain(300, 0.001, 0.1, 3, 400, 0.001, 0.1)),
    (RBF, Chain(300, 0.003, 0.1, 5, 800, 0.001, 0.3)),
    (RBF, Chain(300, 0.003, 0.1, 5, 400, 0.0, 0.1)),  # least-norm generators
    (POLYNOMIAL, Chain(300, 0.001, 0.1, 3, 400, 0.001, 0.1)),
    (POLYNOMIAL, Chain(300, 0.001, 0.0, 3, 400, 0.001, 0.0)),
]


def main() -> None:
    """Print the table and draw `collapse.png`."""
    sample = read_sample(open_table("digits"), size=3000, inputs=16.0)
    print("kernel      T0   n  noise  lambda   theory   measured")
    known = {}
    for kernel in (RBF, POLYNOMIAL):
        gram = kernel.gram(sample.inputs, sample.inputs)
        known[kernel] = population(gram, sample.targets), of_matrix(gram, sample.targets)
    for kernel, chain in SETTINGS:
        law, spectrum = known[kernel]
        theory = predict(scenario_of(spectrum, chain)).test_error
        (found,) = measure(law, [chain], runs=40)
        print(
            f"{kernel.name:10} {chain.generator_samples if chain.generations else '-':>4} {chain.generations:2d}"
            f" {chain.generator_noise:6.2f}"
            f" {chain.ridge:8.4f} {theory:8.4f}   {found.mean:.4f} +- {found.standard_error:.4f}"
        )
    draw(*known[RBF], Chain(300, 0.001, 0.1, 5, 400, 0.0, 0.1), "collapse.png", runs=6)


if __name__ == "__main__":
    main()
