"""``ridgeproof predict`` end to end: the reference values, the split by source, digits, exact laws."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest

FIELDS = {"test_error", "noise_free", "downstream_noise", "noise_by_generation", "kappa", "radius"}
# the reference values of the deterministic equivalent (docs/theory.md#E4), all printed digits
REFERENCE = {"reference-1": 0.92897, "reference-2": 0.92224, "reference-3": 0.14342, "reference-4": 0.18112}


@pytest.mark.parametrize("name", REFERENCE)
def test_reference_chains(ridgeproof_json, examples: Path, name: str) -> None:
    """The deterministic equivalent E4 of the four reference chains, and its split into sources that sum to it."""
    result = ridgeproof_json("predict", examples / f"{name}.toml")
    assert set(result) == FIELDS
    assert f"{result['test_error']:.5f}" == f"{REFERENCE[name]:.5f}"
    generations = result["noise_by_generation"]
    assert len(result["kappa"]) == len(generations) + 1
    total = result["noise_free"] + result["downstream_noise"] + sum(generations)
    assert total == pytest.approx(result["test_error"], rel=1e-13)  # a sum of at most six positive doubles
    assert result["radius"] is None  # no enclosure was asked for


def test_digits_are_strings_that_agree_with_each_other_and_with_doubles(ridgeproof_json, examples: Path) -> None:
    """``--digits N`` prints N significant digits as text; more digits refine fewer; doubles agree with both."""
    file = examples / "reference-3.toml"
    plain = ridgeproof_json("predict", file)["test_error"]
    few, many = (ridgeproof_json("predict", file, "--digits", n) for n in (20, 60))
    for result, digits in ((few, 20), (many, 60)):
        assert set(result) == FIELDS
        assert re.fullmatch(rf"0\.[1-9]\d{{{digits - 1}}}", result["test_error"])
    assert abs(Fraction(few["test_error"]) - Fraction(many["test_error"])) <= Fraction(1, 2 * 10**20)
    assert float(many["test_error"]) == pytest.approx(plain, rel=1e-13)
    split = [many["noise_free"], many["downstream_noise"], *many["noise_by_generation"]]
    # Each of the four parts and the total is rounded to 60 digits.
    assert abs(sum(map(Fraction, split)) - Fraction(many["test_error"])) <= 5 * Fraction(1, 2 * 10**60)


def test_least_squares_exactly(ridgeproof_json, ridgeproof, examples: Path) -> None:
    """F4: sigma^2 d/(T - d - 1) + sum_m sigma_m^2 d/(T_m - d - 1), as an exact rational, for any spectrum."""
    result = ridgeproof_json("predict", examples / "reference-3.toml", "--exact", "--set", "downstream.ridge=0")
    assert set(result) == FIELDS
    assert Fraction(result["downstream_noise"]) == Fraction(1, 10) * Fraction(200, 300 - 200 - 1)
    assert [Fraction(x) for x in result["noise_by_generation"]] == [0, Fraction(1, 10) * Fraction(200, 400 - 200 - 1)]
    assert Fraction(result["noise_free"]) == 0
    assert Fraction(result["test_error"]) == Fraction(200, 990) + Fraction(200, 1990)
    text = ridgeproof("predict", examples / "reference-3.toml", "--exact", "--set", "downstream.ridge=0").stdout
    assert str(Fraction(200, 990) + Fraction(200, 1990)) in text


def test_collapse_without_noise_exactly(ridgeproof_json, examples: Path) -> None:
    """F5: isotropic min-norm chains forget like (T0/d)^n; five fits of 120 rows in dimension 200 lose 1 - (3/5)^5."""
    result = ridgeproof_json("predict", examples / "reference-2.toml", "--exact")
    assert Fraction(result["test_error"]) == 1 - Fraction(120, 200) ** 5
    assert f"{float(Fraction(result['test_error'])):.5f}" == "0.92224"


def test_no_exact_law_is_said_in_one_line(ridgeproof, examples: Path) -> None:
    """Where no exact law is known nothing is printed but the reason, with status 2."""
    done = ridgeproof("predict", examples / "reference-4.toml", "--exact")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1 and "exact" in done.stderr


def test_settings_change_the_scenario_and_nothing_else(ridgeproof_json, examples: Path) -> None:
    """A setting equal to the file's own entry changes nothing; noise enters linearly (E4 is linear in sigma_m^2)."""
    file = examples / "reference-4.toml"
    base = ridgeproof_json("predict", file)
    assert ridgeproof_json("predict", file, "--set", "downstream.ridge=0.02") == base
    doubled = ridgeproof_json("predict", file, "--set", "generators.noise=2/10")
    assert doubled["noise_by_generation"] == pytest.approx([2 * x for x in base["noise_by_generation"]], rel=1e-13)
    assert doubled["noise_free"] == pytest.approx(base["noise_free"], rel=1e-13)


def test_block_for_readers(ridgeproof, examples: Path) -> None:
    """The text names every source once, its shares add up, and it answers what true labels would have given."""
    done = ridgeproof("predict", examples / "reference-4.toml")
    assert (done.returncode, done.stderr) == (0, "")
    shares = [float(share) for share in re.findall(r"([\d.]+) %$", done.stdout, re.MULTILINE)]
    assert sum(shares) == pytest.approx(100, abs=0.05 * len(shares) + 1e-9)  # each is rounded to 0.1 %
    assert "0.18112" in done.stdout
    assert "\x1b" not in done.stdout
    assert re.search(r"On true labels the same fit has error 0\.\d+", done.stdout)


def test_ten_thousand_dimensions(ridgeproof_json, examples: Path) -> None:
    """A scenario with d = 10^4 is answered like any other, and close to its limit of infinitely many dimensions."""
    file = examples / "power-law-clean.toml"
    finite = ridgeproof_json("predict", file, "--set", "spectrum.dim=10000")["test_error"]
    larger = ridgeproof_json("predict", file, "--set", "spectrum.dim=20000")["test_error"]
    # What lies beyond d holds a part of order d^(-2 beta r) of the signal: 10^-6 at d = 10^4.
    assert finite == pytest.approx(larger, rel=1e-3)
