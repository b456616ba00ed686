"""examples/paper: the figures' scenarios have the paper's parameters, and one command redraws theory and simulation."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

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
    """Fig. 1 in two runs a point, averaged over the noise: theory within 5 % of each."""
    words = [sys.executable, PAPER / "figures.py", "--figure", "figure-1", "--replicates", "2"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=300, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()[2:] if line.split()]
    assert len(lines) == 4 * 5 and {line[0] for line in lines} == {"0", "1", "3", "10"}
    assert all(abs(float(line[-1].rstrip("%"))) < 5 for line in lines)
