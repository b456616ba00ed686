"""``ridgeproof optimal``: controls, their ranges, and agreement with what is known about the best ones."""

import json

import pytest

from ridgeproof.errors import InputError
from ridgeproof.numerics.predictions.optimum import minimise_ridge
from ridgeproof.numerics.problem.scenario import load_scenario
from ridgeproof.proofs_check.cli import main
from ridgeproof.proofs_check.cli.controls import read_control

MIXTURE = """
[spectrum]
kind = "isotropic"
dim = 10
[target]
kind = "isotropic"
norm2 = 1000000
[[generators]]
samples = 100000
ridge = 0
noise = 1
[downstream]
ridge = 0
[[downstream.sources]]
samples = 100000
labels = "truth"
noise = 1
[[downstream.sources]]
samples = 100000
labels = 0
noise = 1
weight = 1
"""


def answer(capsys, *words):
    assert main(["optimal", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_ridge_is_that_of_optimal_ridge(capsys) -> None:
    path = "examples/reference-1.toml"
    found = answer(capsys, path, "--over", "downstream.ridge=1e-4:10")
    best = minimise_ridge(load_scenario(path))
    assert found["test_error"] == pytest.approx(best.test_error, rel=1e-12)
    assert found["controls"]["downstream.ridge"] == pytest.approx(best.ridge, rel=1e-5)


def test_the_weight_of_labels_whose_noise_is_doubled_is_one_half(capsys, tmp_path) -> None:
    """d << T: a teacher fitted on as many rows adds as much error again, and with weights p and 1 - p of the two
    halves the
    variance is p^2 + 2 (1-p)^2 (own noise and teacher's): p = 2/3, weight 1/2."""
    path = tmp_path / "mixture.toml"
    path.write_text(MIXTURE)
    found = answer(capsys, str(path), "--over", "downstream.sources.1.weight=1/100:100")
    assert found["controls"]["downstream.sources.1.weight"] == pytest.approx(0.5, rel=1e-3)


@pytest.mark.parametrize(
    "text", ["downstream.colour", "downstream.ridge=1", "downstream.ridge=2:1", "downstream.ridge=a:b"]
)
def test_bad_controls_are_one_line(text) -> None:
    with pytest.raises(InputError, match="--over"):
        read_control(text)
