"""Protects: the fast engine averages exactly what it says, over the model's own designs.

Comparisons of means use |z| < 4.5 (false alarm 7e-6 each under normality) at fixed seeds.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest

from ridgeproof.errors import DomainError
from ridgeproof.numerics.draws import averaged, sampling
from ridgeproof.numerics.draws.averaged import averaged_replicate, bartlett
from ridgeproof.numerics.draws.sampling import direct_replicate
from ridgeproof.numerics.finite.moments import moment
from ridgeproof.numerics.finite.rational_algebra import diagonal
from ridgeproof.numerics.predictions.kappa import kappa
from ridgeproof.numerics.problem.scenario import Downstream, Generator, Scenario, Target
from ridgeproof.numerics.problem.spectrum import Spectrum

Z_LIMIT = 4.5
SPECTRUM = Spectrum("explicit", 5, values=(F(4), F(2), F(1), F(1, 2), F(1, 10)))
TARGET = Target("coefficients", values=(F(1), F(-2), F(1, 2), F(3), F(5)))


def chain(samples, ridge, downstream, fits=1):
    generators = (Generator(samples, F(ridge), F(1, 3), fits, fits > 1), Generator(samples, F(ridge), F(0)))
    return Scenario(SPECTRUM, TARGET, generators, Downstream(downstream, F(1), F(1, 2)))


def fitted(design, ridge, samples):
    """The matrix of the ridge fit y -> w from its definition; at ridge 0 the pseudo-inverse."""
    if ridge == 0:
        return np.linalg.pinv(design)
    dim = design.shape[1]
    return np.linalg.solve(design.T @ design + samples * ridge * np.eye(dim), design.T)


def drawn(rng, samples, root):
    """A design with the X^T X that the engine draws next from this stream."""
    if samples < root.size:
        return rng.standard_normal((samples, root.size)) * root
    return bartlett(rng, samples, root.size).T * root


@pytest.mark.parametrize("samples", [3, 9])
@pytest.mark.parametrize("ridge", [0, F(1, 5)])
@pytest.mark.parametrize("downstream", [3, 9])
@pytest.mark.parametrize("fits", [1, 3])
@pytest.mark.parametrize("decomposed", [False, True])
def test_the_average_over_noise_and_signs_is_exact(samples, ridge, downstream, fits, decomposed, monkeypatch):
    """Claim: given X^T X of every design, one draw is sum_m sigma_m^2 |B_n ... B_m|^2 in the S-norm plus
    sum_j w0_j^2 |(B_n X_n ... - I) e_j|_S^2, B the fits of the definition, minus the first-order move of the bias with
    the diagonals of the sample covariances (here by a difference quotient); by Cholesky and by SVD alike.
    """
    if decomposed:
        monkeypatch.setattr(sampling, "SMALLEST_RCOND", 2.0)
        monkeypatch.setattr(averaged, "SMALLEST_RCOND", 2.0)
    problem = chain(samples, ridge, downstream, fits)
    ridges = [0.0, 0.03, 2.0]
    found = averaged_replicate(problem, ridges, np.random.default_rng(8))

    rng = np.random.default_rng(8)
    s = SPECTRUM.eigenvalues()
    w0 = TARGET.coefficients(SPECTRUM)
    designs = [drawn(rng, t, np.sqrt(s)) for t in (samples, samples, downstream)]
    for value, last in zip(found, ridges, strict=True):
        maps = [fitted(designs[0], float(ridge), samples)] * fits
        maps += [fitted(designs[1], float(ridge), samples), fitted(designs[2], last, downstream)]
        rows = [designs[0]] * fits + designs[1:]
        noises = [1 / 3] * fits + [0.0, 0.5]
        product, expected = np.eye(5), 0.0
        for b, x, noise in zip(reversed(maps), reversed(rows), reversed(noises), strict=True):
            expected += noise * np.sum(s[:, None] * (product @ b) ** 2)
            product = product @ b @ x
        expected += np.sum(s[:, None] * (product - np.eye(5)) ** 2 * w0**2)
        moves = [np.sum(x**2, axis=0) / t - s for x, t in zip(rows, [samples] * (fits + 1) + [downstream], strict=True)]
        kappas = [kappa(s, samples, float(ridge))] * (fits + 1) + [kappa(s, downstream, last)]

        def bias(step, moves=moves, kappas=kappas):
            moved = [s + step * move for move in moves]
            shrink = np.prod([m / (m + k) for m, k in zip(moved, kappas, strict=True)], axis=0)
            return np.sum(s * w0**2 * (1 - shrink) ** 2)

        control = (bias(1e-5) - bias(-1e-5)) / 2e-5
        assert value == pytest.approx(expected - control, rel=1e-7)


def test_bartlett_has_wishart_moments():
    """Claim: E tr(A W), E tr(A W)^2 and E tr(A W A W) of L L^T are those of F6, exactly known; T = d included."""
    rng, a = np.random.default_rng(1), np.diag([1.0, 2.0, -1.0])
    exact_a = {"A": diagonal([1, 2, -1])}
    for samples in (3, 7):
        draws = []
        for _ in range(4000):
            lower = bartlett(rng, samples, 3)
            aw = a @ lower @ lower.T
            draws.append([np.trace(aw), np.trace(aw) ** 2, np.trace(aw @ aw)])
        words = [[["A", "Sh"]], [["A", "Sh"], ["A", "Sh"]], [["A", "Sh", "A", "Sh"]]]
        exact = [
            moment(w, exact_a, diagonal([1, 1, 1]), samples) * samples ** (1 + (i > 0)) for i, w in enumerate(words)
        ]
        errors = np.std(draws, axis=0, ddof=1) / np.sqrt(len(draws))
        assert np.all(np.abs(np.mean(draws, axis=0) - np.array(exact, dtype=float)) < Z_LIMIT * errors)


def test_a_tiny_ridge_on_a_wide_spectrum():
    """Claim: no digit is lost to a Gram matrix's conditioning: s from 1 to 1e-24 at ridge 1e-18, noise-free, T = 50.
    The two large directions are learnt to better than 1e-4 of themselves; the smallest is not: an error of s_3 w0_3^2.
    """
    spectrum = Spectrum("explicit", 3, values=(F(1), F(1, 10**12), F(1, 10**24)))
    target = Target("coefficients", values=(F(1),) * 3)
    problem = Scenario(spectrum, target, (), Downstream(50, F(1, 10**18), F(0)))
    values = [averaged_replicate(problem, [1e-18], np.random.default_rng(i))[0] for i in range(20)]
    direct = [direct_replicate(problem, np.random.default_rng(i)) for i in range(20)]
    assert np.mean(values) == pytest.approx(np.mean(direct), rel=0.3)
    assert 0.9e-24 < np.mean(values) < 5e-24


def test_a_grid_of_ridges_is_one_draw_each():
    """Claim: the ridges of a grid share the designs, and each value is that of a run with this ridge alone."""
    problem = chain(9, F(1, 5), 8)
    grid = averaged_replicate(problem, [0.0, 0.1, 1.0], np.random.default_rng(2))
    for value, ridge in zip(grid, (0.0, 0.1, 1.0), strict=True):
        assert value == pytest.approx(averaged_replicate(problem, [ridge], np.random.default_rng(2))[0], rel=1e-10)


def test_least_squares_at_samples_equal_to_dim_is_refused():
    """Claim: ridge 0 with T = d has an infinite error also inside a grid."""
    problem = replace(chain(9, F(1, 5), 8), downstream=Downstream(5, F(1), F(1)))
    with pytest.raises(DomainError, match="samples = dim"):
        averaged_replicate(problem, [0.0, 1.0], np.random.default_rng(0))
