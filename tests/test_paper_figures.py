"""examples/paper: the figures' scenarios have the paper's parameters, and one command redraws theory and simulation."""

from __future__ import annotations

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from ridgeproof.numerics.draws.simulation import simulate
from ridgeproof.numerics.predictions.equivalents import predict
from ridgeproof.numerics.problem.scenario import load_scenario

PAPER = Path(__file__).resolve().parent.parent / "examples" / "paper"


def test_parameters_are_the_papers() -> None:
    """v2: Fig. 1 has d = 300, T0 = 600, sigma = .1, sigma_0 = .2, T = 1000; Fig. 2 beta = 2, r = .375."""
    one, two = load_scenario(PAPER / "figure-1.toml"), load_scenario(PAPER / "figure-2.toml")
    assert one.spectrum.dim == two.spectrum.dim == 300
    assert one.generators[0].samples == two.generators[0].samples == 600
    assert (one.downstream.noise, one.generators[0].noise) == (Fraction(1, 100), Fraction(1, 25))
    assert (one.downstream.samples, two.downstream.samples) == (1000, 10_000)
    assert (two.spectrum.beta, two.target.r) == (2, Fraction(3, 8))
    shared, fresh = (load_scenario(PAPER / f"figure-3{x}.toml").generators[0] for x in "ab")
    assert (shared.same_design, fresh.same_design) == (True, False)
    assert shared.samples == fresh.samples == 150 and shared.noise == fresh.noise == 0


def test_figures_are_redrawn(tmp_path: Path) -> None:
    """Fig. 3 (b) in two runs a point, averaged over the noise: theory within 10 % of each of 15."""
    words = [sys.executable, PAPER / "figures.py", "--figure", "figure-3b", "--replicates", "2"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=300, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()[2:] if line.split()]
    assert len(lines) == 3 * 5 and {line[2] for line in lines} == {"0", "1", "3"}
    assert all(abs(float(line[-2].rstrip("%"))) < 10 for line in lines)


def test_kept_numbers_are_the_theory_of_the_scenarios() -> None:
    """What the report shows, figures.json, holds the equivalents of the scenario files, and simulation near them."""
    kept = json.loads((PAPER / "figures.json").read_text(encoding="utf-8"))
    assert set(kept) == {"figure-1", "figure-2", "figure-3a", "figure-3b", "figure-5"}
    for name, n in (("figure-1", 10), ("figure-2", 5), ("figure-3a", 3), ("figure-3b", 3)):
        panel = kept[name]["panels"][-1]  # along the ridge
        row = next(r for r in panel["curves"][f"n = {n}"] if r[0] == 1e-3)
        assert row[1] == pytest.approx(float(predict(load_scenario(PAPER / f"{name}.toml")).test_error), rel=1e-5)
    for name, figure in kept.items():
        assert figure["replicates"] >= 20
        for panel in figure["panels"]:
            for rows in panel["curves"].values():
                assert all(abs(theory / mean - 1) < 0.12 for _, theory, mean, _ in rows), (name, panel["title"])


def test_the_case_against_theorem_4_6_is_the_one_described() -> None:
    """Bias 1.656 under a min-norm teacher, 1.952 on clean labels, |w0|_S = 1 (docs/theory.md#X1): equivalents."""
    fake, clean = (load_scenario(PAPER / f"theorem-4-6{x}.toml") for x in ("", "-clean"))
    assert fake.downstream == clean.downstream and not clean.generators and fake.generators[0].samples == 60
    size = sum(
        s * w**2 for s, w in zip(fake.spectrum.eigenvalues(), fake.target.coefficients(fake.spectrum), strict=True)
    )
    assert size == pytest.approx(1, rel=1e-9)
    assert float(predict(fake).test_error) == pytest.approx(1.656, abs=1e-3)
    assert float(predict(clean).test_error) == pytest.approx(1.952, abs=1e-3)


def test_the_case_against_theorem_4_6_by_simulation() -> None:
    """Simulated difference of the two biases: negative by more than 10 standard errors, 100 runs each, seed 0."""
    runs = [simulate(load_scenario(PAPER / f"theorem-4-6{x}.toml"), replicates=100, seed=0) for x in ("", "-clean")]
    error = (runs[0].standard_error ** 2 + runs[1].standard_error ** 2) ** 0.5
    assert runs[0].mean - runs[1].mean < -10 * error
