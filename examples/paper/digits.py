"""Fig. 5 of the paper (v2) with scikit-learn's digits in the place of MNIST: kernel ridge, ridges T^-ell against T.

Labels are the digit modulo 2, with noise; RBF kernel and polynomial kernel of degree 5, as in the paper, with scales
that suit 64 inputs between 0 and 1 (ours).  The exponents beta and r are read off the kernel matrix, and ell_crit from
them: beta/(1 + 2 beta rb).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ridgeproof.numerics.data.experiment import measure, population
from ridgeproof.numerics.data.finite_rows import predict_rows
from ridgeproof.numerics.data.kernels import Kernel
from ridgeproof.numerics.data.power_laws import fit_power_laws
from ridgeproof.numerics.data.scenarios import Chain
from ridgeproof.numerics.data.spectra import of_matrix

KERNELS = (Kernel("rbf", 8.0), Kernel("polynomial", 8.0, 5))
SAMPLES = (100, 178, 316, 562, 1000)  # T, up to the paper's 1000
GENERATOR: dict[str, Any] = {"generator_samples": 400, "generator_ridge": 1e-3, "generator_noise": 0.1}
NOISE = 0.1  # sigma^2
GENERATIONS = (0, 5)


def panels(replicates: int, seed: int) -> list[dict[str, Any]]:
    """One panel a kernel: curves are (n, ell), points (T, theory, measured, standard error)."""
    from sklearn.datasets import load_digits

    inputs, digits = load_digits(return_X_y=True)
    inputs, labels = inputs / 16.0, (digits % 2).astype(float)
    labels -= labels.mean()  # there is no intercept
    found = []
    for kernel in KERNELS:
        gram = kernel.gram(inputs, inputs)
        empirical = of_matrix(gram, labels)
        laws = fit_power_laws(empirical)
        critical = laws.beta / (1 + 2 * laws.beta * min(laws.r, 1.0))
        shown = {"1/4": 0.25, "ell_crit": critical, "beta": laws.beta}
        cells = [(n, name, ell, T) for n in GENERATIONS for name, ell in shown.items() for T in SAMPLES]
        chains = [Chain(T, float(T**-ell), NOISE, n, **GENERATOR) for n, _, ell, T in cells]
        measured = measure(population(gram, labels), chains, runs=replicates, seed=seed)
        theory = [predict_rows(empirical, chain) for chain in chains]
        curves: dict[str, list[tuple[float, float, float, float]]] = {}
        for (n, name, ell, T), value, m in zip(cells, theory, measured, strict=True):
            written = f"{name} = {ell:.2f}" if name != "1/4" else name
            curves.setdefault(f"n = {n}, ell = {written}", []).append((T, value, m.mean, m.standard_error))
        words = f"{kernel.name}{f' of degree {kernel.degree}' if kernel.name == 'polynomial' else ''}"
        title = f"{words}: (beta, r) = ({laws.beta:.2f}, {laws.r:.2f}) read off {len(np.asarray(labels))} digits"
        found.append({"title": title, "along": "T, with lambda = T^-ell", "curves": curves})
    return found
