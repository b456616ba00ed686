"""``ridgeproof simulate`` end to end: agreement with the theory, and the same bits whatever the workers."""

from __future__ import annotations

from pathlib import Path

import pytest

FIELDS = {"mean", "standard_error", "replicates", "predicted", "z"}
SMALL = ("--set", "spectrum.dim=40", "--set", "generators.samples=60", "--set", "downstream.samples=60")


def test_fields_and_z(ridgeproof_json, examples: Path) -> None:
    """z is the distance between simulation and deterministic equivalent in standard errors.

    The seed is fixed, so this never fails by chance; the bound 5 is that of a normal z with false-alarm level 6e-7, and
    leaves room for the equivalent's own error of order 1/size.
    """
    file = examples / "reference-3.toml"
    result = ridgeproof_json("simulate", file, *SMALL, "--replicates", 100, "--seed", 7)
    assert set(result) == FIELDS
    assert result["replicates"] == 100
    assert result["predicted"] == ridgeproof_json("predict", file, *SMALL)["test_error"]
    assert result["z"] == pytest.approx((result["mean"] - result["predicted"]) / result["standard_error"], rel=1e-12)
    assert abs(result["z"]) < 5


def test_same_bits_for_any_workers_and_after_a_resume(ridgeproof_json, examples: Path) -> None:
    """One seed, one result: two workers, or a store that was half filled before, change no bit; another seed does."""
    words = ("simulate", examples / "reference-3.toml", *SMALL)
    whole = ridgeproof_json(*words, "--replicates", 12)
    assert ridgeproof_json(*words, "--replicates", 12, "--workers", 2) == whole
    ridgeproof_json(*words, "--replicates", 5, "--store", "runs.db")
    assert ridgeproof_json(*words, "--replicates", 12, "--store", "runs.db") == whole
    assert ridgeproof_json(*words, "--replicates", 12, "--seed", 1)["mean"] != whole["mean"]


def test_relative_error(ridgeproof_json, examples: Path) -> None:
    """``--relative-error E`` goes on until the standard error is at most E times the mean."""
    result = ridgeproof_json("simulate", examples / "reference-3.toml", *SMALL, "--relative-error", "1/20")
    assert result["standard_error"] <= result["mean"] / 20


def test_store_of_another_scenario_is_refused(ridgeproof, examples: Path) -> None:
    """A store never mixes two scenarios: the second is refused in one line."""
    words = ("simulate", examples / "reference-3.toml", *SMALL, "--replicates", "2", "--store", "runs.db")
    assert ridgeproof(*words).returncode == 0
    done = ridgeproof(*words, "--set", "downstream.ridge=1/7")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "runs.db" in done.stderr


def test_text(ridgeproof, examples: Path) -> None:
    """The text shows mean, error bar and prediction, and leaves standard error empty when all is quick and well."""
    done = ridgeproof("simulate", examples / "reference-3.toml", *SMALL, "--replicates", 20)
    assert done.returncode == 0
    assert "±" in done.stdout and "20 replicates, seed 0" in done.stdout and "predicted" in done.stdout
