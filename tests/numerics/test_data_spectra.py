"""Spectra and coefficients of docs/theory.md#kernels, exponents fitted to them, and the scenario files they go to."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from ridgeproof.errors import DomainError, InputError
from ridgeproof.numerics.data.kernels import Kernel, kernel_for
from ridgeproof.numerics.data.power_laws import fit_power_laws
from ridgeproof.numerics.data.sample import read_sample
from ridgeproof.numerics.data.scenarios import Chain, scenario_of, write_scenario
from ridgeproof.numerics.data.spectra import Empirical, of_matrix, of_sample
from ridgeproof.numerics.data.tables import open_table
from ridgeproof.numerics.predictions.equivalents import predict
from ridgeproof.numerics.problem.scenario import load_scenario


def table(tmp_path: Path, rows: int, width: int = 4, noise: float = 0.1):
    """Return a table of Gaussian rows and a noisy linear target."""
    rng = np.random.default_rng(11)
    x = rng.standard_normal((rows, width))
    np.save(tmp_path / "t.npy", np.column_stack([x, x.sum(axis=1) + noise * rng.standard_normal(rows)]))
    return open_table(str(tmp_path / "t.npy"))


@pytest.mark.parametrize("name", ["linear", "rbf", "polynomial", "laplace"])
def test_kernels_are_what_they_say(name: str) -> None:
    """Entry by entry against the formula, symmetric and positive semi-definite."""
    x = np.random.default_rng(0).standard_normal((30, 3))
    kernel = Kernel(name, 2.5, 3)  # type: ignore[arg-type]
    gram = kernel.gram(x, x)
    a, b = x[3], x[7]
    wanted = {
        "linear": a @ b / 2.5,
        "rbf": math.exp(-np.sum((a - b) ** 2) / 2.5),
        "polynomial": ((1 + a @ b / 2.5) / 2) ** 3,
        "laplace": math.exp(-math.dist(a, b) / 2.5),
    }[name]
    assert gram[3, 7] == pytest.approx(wanted, rel=1e-12)
    np.testing.assert_allclose(gram, gram.T, rtol=1e-12)
    assert np.linalg.eigvalsh(gram)[0] > -1e-12 * len(gram)
    with pytest.raises(InputError):
        kernel_for(name, x, -1.0)


def test_coefficients_are_projections() -> None:
    """K/N u_j = s_j u_j, s_j w0_j^2 = (u_j.y/sqrt N)^2: checked through traces, which need no eigenvectors.

    sum_j s_j^m c_j^2 = y^T (K/N)^m y/N, and what lies outside the span completes y^T y/N.
    """
    rng = np.random.default_rng(1)
    x, y = rng.standard_normal((50, 5)), rng.standard_normal(50)
    gram = Kernel("linear", 1.0).gram(x, x)
    found = of_matrix(gram, y)
    assert len(found.eigenvalues) == 5  # the rank
    assert found.eigenvalues.sum() == pytest.approx(np.trace(gram) / 50)
    for power in (1, 2, 3):
        moment = y @ np.linalg.matrix_power(gram / 50, power) @ y / 50
        assert found.eigenvalues**power @ found.signal == pytest.approx(moment, rel=1e-10)
    residual = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    assert found.outside == pytest.approx(residual @ residual / 50, rel=1e-10)


def test_repeated_rows_that_disagree_are_noise() -> None:
    """Every row twice, with labels y + e and y - e: the span holds their means, the noise is the mean of e^2."""
    rng = np.random.default_rng(2)
    x, y, e = rng.standard_normal((40, 3)), rng.standard_normal(40), rng.standard_normal(40)
    gram = Kernel("rbf", 1.0).gram(np.vstack([x, x]), np.vstack([x, x]))
    assert of_matrix(gram, np.concatenate([y + e, y - e])).outside == pytest.approx(np.mean(e**2), rel=1e-6)


def test_streamed_routes_agree_with_the_matrix(tmp_path: Path) -> None:
    """The second moment of a linear kernel and Nystrom features with all rows as landmarks are the same spectrum."""
    source = table(tmp_path, 300)
    sample = read_sample(source, size=300)
    linear, rbf = Kernel("linear", 4.0), Kernel("rbf", 20.0)
    pairs = [
        (of_sample(sample, linear), of_matrix(linear.gram(sample.inputs, sample.inputs), sample.targets)),
        (
            of_sample(sample, rbf, landmarks=300),
            of_matrix(rbf.gram(sample.inputs, sample.inputs), sample.targets),
        ),
    ]
    for streamed, whole in pairs:
        leading = slice(0, 4 if len(streamed.eigenvalues) == 4 else 60)
        np.testing.assert_allclose(streamed.eigenvalues[leading], whole.eigenvalues[leading], rtol=1e-8)
        np.testing.assert_allclose(streamed.signal[leading], whole.signal[leading], rtol=1e-5, atol=1e-10)
    assert pairs[0][0].method == "second moment" and pairs[0][0].outside == pytest.approx(pairs[0][1].outside)


def test_nystrom_with_few_landmarks(tmp_path: Path) -> None:
    """100 landmarks of 6000 streamed rows: leading eigenvalues to a percent, and the missing trace is told.

    Four Gaussian inputs at a large scale: the polynomial degrees 0, 1, 2 hold nearly all of the kernel.
    """
    sample = read_sample(table(tmp_path, 6000), size=1000)
    kernel = Kernel("rbf", 40.0)
    few = of_sample(sample, kernel, landmarks=100)
    more = of_sample(sample, kernel, landmarks=400)
    np.testing.assert_allclose(few.eigenvalues[:10], more.eigenvalues[:10], rtol=0.01)
    assert few.rows == 6000
    assert 0 <= more.missing < few.missing < 0.01


@pytest.mark.parametrize(("beta", "r"), [(1.5, 0.5), (2.0, 0.3)])
@pytest.mark.parametrize("noise", [0.0, 0.2])
def test_exponents_are_recovered(beta: float, r: float, noise: float) -> None:
    """Synthetic coefficients with Gaussian amplitudes around j^-(1 + 2 beta r) and a floor noise/N: three errors."""
    rng = np.random.default_rng(7)
    j = np.arange(1, 2001.0)
    s = j**-beta
    c = np.sqrt(j ** -(1 + 2 * beta * r)) * rng.standard_normal(2000) + math.sqrt(noise / 2000) * rng.standard_normal(
        2000
    )
    found = fit_power_laws(Empirical(s, c / np.sqrt(s), 0.0, 2000, "kernel matrix"))
    assert found.beta == pytest.approx(beta, abs=1e-3) and not found.warnings
    assert abs(found.r - r) < 3 * found.r_error < 0.3
    if noise:
        assert abs(found.noise - noise) < 3 * found.noise_error < 3 * noise


def test_exponents_of_a_sample() -> None:
    """Rows drawn from N(0, diag(j^-1.5)): the sample's own spectrum gives beta within 10 %."""
    rng = np.random.default_rng(8)
    s = np.arange(1, 401.0) ** -1.5
    x = rng.standard_normal((1200, 400)) * np.sqrt(s)
    found = fit_power_laws(of_matrix(x @ x.T, x @ np.ones(400)))
    assert found.beta == pytest.approx(1.5, rel=0.1)


def test_no_power_law_is_said() -> None:
    """An exponential spectrum, a handful of eigenvalues and beta < 1 are warned of, not fitted in silence."""
    j = np.arange(1, 401.0)
    for s, fragment in ((np.exp(-j / 20), "not a power law"), (j**-0.6, "not above 1")):
        assert any(fragment in line for line in fit_power_laws(Empirical(s, s**0, 0.0, 1600, "")).warnings)
    few = fit_power_laws(Empirical(j[:5] ** -2, j[:5] ** 0, 0.0, 400, ""))
    assert math.isnan(few.beta) and "too few" in few.warnings[0]


def test_scenario_files_hold_what_was_estimated(tmp_path: Path) -> None:
    """Written, read and predicted: the same figures; what lies outside the span is noise of the first fit only."""
    s = np.arange(1, 31.0) ** -1.5
    empirical = Empirical(s, np.random.default_rng(3).standard_normal(30), 0.25, 500, "kernel matrix")
    chain = Chain(50, 0.01, 0.1, 3, 60, 0.002, 0.05)
    scenario = scenario_of(empirical, chain)
    assert [(float(g.noise), g.repeat) for g in scenario.generators] == [(0.3, 1), (0.05, 2)]
    assert float(scenario.downstream.noise) == 0.1
    clean = scenario_of(empirical, Chain(50, 0.01, 0.1))
    assert not clean.generators and float(clean.downstream.noise) == pytest.approx(0.35)
    write_scenario(scenario, tmp_path / 'a "b".toml', comments=["two\nlines"])
    again = load_scenario(tmp_path / 'a "b".toml')
    assert again.generators == scenario.generators and again.downstream == scenario.downstream
    assert predict(again) == predict(scenario)
    with pytest.raises(InputError, match=r"\.toml"):
        write_scenario(scenario, tmp_path / "a.txt")
    with pytest.raises(InputError, match="no directory"):
        write_scenario(scenario, tmp_path / "none" / "a.toml")


def test_matrices_out_of_range() -> None:
    """One row, infinite entries and a zero kernel are refused."""
    for gram in (np.ones((1, 1)), np.full((3, 3), np.inf), np.zeros((3, 3))):
        with pytest.raises(DomainError):
            of_matrix(gram, np.arange(float(len(gram))))
