"""Protects: simulation draws the model of section 1, repeatably, and says when its error bar means nothing.

Comparisons of means use |z| < 4.5 (false alarm 7e-6 each under normality) at fixed seeds.
"""

from __future__ import annotations

import math
import sqlite3
from fractions import Fraction as F

import numpy as np
import pytest

from ridgeproof.errors import DomainError, InputError
from ridgeproof.numerics.draws import sampling
from ridgeproof.numerics.draws.sampling import DesignFit, Link, direct_replicate
from ridgeproof.numerics.draws.simulation import simulate, tail_warnings
from ridgeproof.numerics.draws.workers import Job, replicate
from ridgeproof.numerics.problem.scenario import Downstream, Generator, Scenario, Target
from ridgeproof.numerics.problem.spectrum import Spectrum

Z_LIMIT = 4.5


def small(samples=9, noise=F(1, 2), same=False, ridge=F(1, 5)):
    spectrum = Spectrum("power-law", 6, beta=F(3, 2))
    generators = (Generator(samples, F(0), noise, 2, same), Generator(4, F(1, 10), noise))
    return Scenario(spectrum, Target("source", r=F(1, 2)), generators, Downstream(8, ridge, F(1, 10)))


ISOTROPIC = Spectrum("isotropic", 200)
UNIT = Target("isotropic", norm2=F(1))
POWER = Spectrum("power-law", 200, beta=F(3, 2))
SLOW_TARGET = Target("power", exponent=F(3, 10))
# the reference values of the deterministic equivalent (docs/theory.md#E4), and the standard error of 200 simulated runs
REFERENCE = {
    "isotropic, noisy min-norm": (ISOTROPIC, UNIT, [(100, 0, F(1, 20), 2)], (300, F(1, 20), F(1, 10)), 0.92897),
    "isotropic, noise-free min-norm": (ISOTROPIC, UNIT, [(120, 0, 0, 4)], (120, 0, 0), 0.92224),
    "beta 1.5, least squares": (
        POWER,
        SLOW_TARGET,
        [(400, 0, 0), (400, 0, F(1, 10))],
        (300, F(1, 10), F(1, 10)),
        0.14342,
    ),
    "beta 1.5, ridge": (POWER, SLOW_TARGET, [(150, F(1, 50), F(1, 10), 3)], (150, F(1, 50), F(1, 10)), 0.18112),
}


@pytest.mark.parametrize("case", REFERENCE)
def test_reference_table_of_section_3(case):
    """Claim E4 at d = 200: simulation meets the table's theory column; its 1/d bias is below the error bars of 40
    draws.
    """
    spectrum, target, generators, downstream, theory = REFERENCE[case]
    problem = Scenario(spectrum, target, tuple(Generator(*g) for g in generators), Downstream(*downstream))
    found = simulate(problem, replicates=40, seed=7)
    assert found.standard_error < 0.03 * theory  # the comparison has teeth
    assert abs(found.mean - theory) < Z_LIMIT * found.standard_error


def by_lstsq(design, y, ridge):
    """A fit straight from its definition: least squares of the design extended by sqrt(T ridge) I."""
    rows, dim = design.shape
    extended = np.vstack([design, math.sqrt(rows * ridge) * np.eye(dim)]) if ridge else design
    return np.linalg.lstsq(extended, np.concatenate([y, np.zeros(extended.shape[0] - rows)]), rcond=None)[0]


@pytest.mark.parametrize("rows", [4, 6, 15])
@pytest.mark.parametrize("ridge", [0.0, 0.3])
@pytest.mark.parametrize("decomposed", [False, True])
def test_each_fit_is_the_one_of_the_definition(rows, ridge, decomposed, monkeypatch):
    """Claim (section 1): ridge, least squares and min-norm fits, by Cholesky and by SVD alike, equal numpy's lstsq."""
    if decomposed:
        monkeypatch.setattr(sampling, "SMALLEST_RCOND", 2.0)
    root = np.array([2.0, 1.5, 1.0, 0.7, 0.5, 0.1])
    fit = DesignFit(np.random.default_rng(3), root, Link(rows, ridge, 1.0, 1))
    design = np.random.default_rng(3).standard_normal((rows, 6)) * root
    w, y = np.arange(6.0), np.random.default_rng(4).standard_normal(rows)
    assert np.allclose(fit.labels(w), design @ w)
    assert np.allclose(fit.student(y), by_lstsq(design, y, ridge), rtol=1e-7, atol=1e-9)


def test_a_wide_spectrum_at_a_tiny_ridge_falls_back_and_stays_right():
    """Claim: conditioning is checked; with s from 1 to 1e-24 and ridge 1e-18 the fit still shrinks each direction
    rightly.
    """
    root = np.array([1.0, 1e-6, 1e-12])
    fit = DesignFit(np.random.default_rng(0), root, Link(50, 1e-18, 0.0, 1))
    assert fit.svd is not None
    student = fit.student(fit.labels(np.array([1.0, 1.0, 1.0])))
    assert np.allclose(student[:2], 1.0, atol=1e-5)
    assert abs(student[2]) < 1e-3


@pytest.mark.parametrize("same", [False, True])
def test_averaging_changes_no_mean(same):
    """Claim: averaged and direct replicates have one mean, shared designs included, and the former less
    variance.
    """
    problem = small(samples=14, same=same)
    direct = simulate(problem, replicates=400, seed=1)
    averaged = simulate(problem, replicates=400, seed=2, method="averaged")
    error = math.hypot(direct.standard_error, averaged.standard_error)
    assert abs(direct.mean - averaged.mean) < Z_LIMIT * error
    assert averaged.standard_error < direct.standard_error


def test_same_design_differs_from_fresh_designs():
    """Claim E5: with T0 < d the bias saturates when the design is shared and collapses on when it is fresh."""
    errors = []
    for same in (True, False):
        generators = (Generator(3, F(0), F(0), 6, same),)
        problem = Scenario(Spectrum("isotropic", 6), UNIT, generators, Downstream(20, F(0), F(0)))
        errors.append(np.mean([direct_replicate(problem, np.random.default_rng(i)) for i in range(400)]))
    assert abs(errors[0] - 0.5) < 0.05  # 1 - T0/d, F5
    assert errors[1] > 0.95  # 1 - 2^-6 = 0.984


def test_bits_do_not_depend_on_workers_or_interruptions(tmp_path):
    """Claim (design, Habits): bit-identical for any number of workers, with or without a store, after an
    interruption.
    """
    problem, path = small(), tmp_path / "run.db"
    plain = simulate(problem, replicates=24, seed=5)
    seen = []

    def interrupt(done, total):
        seen.append((done, total))
        if done == 7:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(problem, replicates=24, seed=5, workers=2, store=path, progress=interrupt)
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM replicate").fetchone() == (7,)
    seen.clear()
    resumed = simulate(problem, replicates=24, seed=5, workers=3, store=path, progress=lambda *done: seen.append(done))
    assert seen[0] == (8, 24)  # nothing finished is drawn again
    assert seen[-1] == (24, 24)
    assert resumed == plain
    job = Job(problem, (problem.downstream.ridge,), "direct", 5)
    values = np.array([replicate(job, i)[0] for i in range(24)])
    assert plain.mean == pytest.approx(values.mean(), rel=1e-10)  # this process may use more BLAS threads
    assert plain.standard_error == pytest.approx(values.std(ddof=1) / math.sqrt(24), rel=1e-9)


def test_a_store_of_another_run_is_refused(tmp_path):
    """Claim: a store is never mixed with another scenario, seed or method, and a file of something else is left
    alone.
    """
    path = tmp_path / "run.db"
    simulate(small(), replicates=2, seed=1, store=path)
    with pytest.raises(InputError, match="another scenario"):
        simulate(small(ridge=F(1, 4)), replicates=2, seed=1, store=path)
    with pytest.raises(InputError, match="another seed"):
        simulate(small(), replicates=2, seed=2, store=path)
    with pytest.raises(InputError, match="another method"):
        simulate(small(), replicates=2, seed=1, store=path, method="averaged")
    damaged = tmp_path / "damaged.db"
    simulate(small(), replicates=2, seed=1, store=damaged)
    with sqlite3.connect(damaged) as connection:
        connection.execute("UPDATE replicate SET numbers = x'00' WHERE number = 1")
    with pytest.raises(InputError, match="not a usable store"):
        simulate(small(), replicates=2, seed=1, store=damaged)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE run SET value = '0' WHERE key = 'sampler'")
    with pytest.raises(InputError, match="another sampler"):
        simulate(small(), replicates=2, seed=1, store=path)
    other = tmp_path / "notes.txt"
    other.write_text("not a database, but long enough to be taken for the header of one if nobody looked at it\n" * 20)
    with pytest.raises(InputError, match="not a usable store"):
        simulate(small(), replicates=2, store=other)
    assert other.read_text().startswith("not a database")
    with pytest.raises(InputError, match="not a usable store"):
        simulate(small(), replicates=2, store=tmp_path / "missing" / "run.db")


def test_sequential_sampling_reaches_the_relative_error():
    """Claim: standard_error/mean <= E at the end, and the sample is a prefix of the fixed-size one with that seed."""
    problem = small(samples=20)
    found = simulate(problem, relative_error=0.05, seed=3, method="averaged")
    assert found.standard_error <= 0.05 * found.mean
    assert found == simulate(problem, replicates=found.replicates, seed=3, method="averaged")


def test_heavy_tails_are_named():
    """Claim: at ridge 0 with noise the p-th moment is finite iff |T - d| + 1 > 2p: mean at 2, variance at 4,
    fourth at 8.
    """

    def problem(samples, noise=F(1), ridge=F(0)):
        return Scenario(Spectrum("isotropic", 20), UNIT, (), Downstream(samples, ridge, noise))

    for gap, word in ((1, "mean"), (2, "variance"), (3, "variance"), (4, "uncertain"), (7, "uncertain")):
        for samples in (20 - gap, 20 + gap):
            (line,) = tail_warnings(problem(samples))
            assert word in line
    assert tail_warnings(problem(28)) == tail_warnings(problem(12)) == ()
    assert tail_warnings(problem(21, noise=F(0))) == tail_warnings(problem(21, ridge=F(1))) == ()
    with pytest.raises(DomainError, match="relative error"):
        simulate(problem(23), relative_error=0.1)
    found = simulate(problem(23), replicates=2)
    assert len(found.warnings) == 1 and found.error_bar == math.inf
    plain = simulate(problem(24), replicates=2)
    assert plain.error_bar == plain.standard_error
    with pytest.raises(DomainError, match="mean is infinite"):
        simulate(problem(21), replicates=2)


def test_tail_rule_against_the_exact_second_moment():
    """Claim behind the rule: E tr(W^-1)^2 is finite from T = d + 4 on; d = 1, where it is 1/((T-2)(T-4)): T = 5,
    not 4.
    """
    rng = np.random.default_rng(0)
    # For chi-square with T degrees of freedom P(1/W > x) ~ c x^(-T/2): Hill's estimate of the index, finite p-th
    # moment iff p < T/2.
    for samples in (4, 5, 9):
        inverse = np.sort(1 / rng.chisquare(samples, 400_000))[::-1]
        hill = 1 / np.mean(np.log(inverse[:400] / inverse[400]))
        gap = samples - 1
        assert hill == pytest.approx((gap + 1) / 2, rel=0.25)


@pytest.mark.parametrize(
    "options",
    [
        {"replicates": 1},
        {"replicates": 10, "relative_error": 0.1},
        {"relative_error": 0.0},
        {"relative_error": math.nan},
        {"seed": -1},
        {"workers": 0},
        {"workers": True},
        {"method": "fast"},
        {"replicates": 10**9},
    ],
)
def test_bad_options_are_refused(options):
    """Protects the user from silent nonsense (exit status 2 of the command)."""
    with pytest.raises(InputError):
        simulate(small(), **options)


def test_what_cannot_be_drawn_is_refused():
    """Claim: infinite dimension and designs beyond memory give one clear line; errors cross from the workers."""
    infinite = Spectrum("power-law", math.inf, beta=F(2))
    with pytest.raises(DomainError):
        simulate(Scenario(infinite, Target("source", r=F(1)), (), Downstream(9, F(1), F(1))), replicates=2)
    huge = Scenario(Spectrum("isotropic", 20_000), UNIT, (), Downstream(100_000, F(1), F(1)))
    with pytest.raises(DomainError, match="memory"):
        simulate(huge, replicates=2)
