"""Generators whose rows accumulate, from the command line: exponents without n, and the best ridge behind them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from ridgeproof.numerics.predictions.answers import error_of
from ridgeproof.numerics.predictions.gathered import one_generator
from ridgeproof.numerics.problem.scenario import Scenario, scenario_from_mapping

FILE = """
[spectrum]
kind = "power-law"
beta = "3/2"
dim = 50
[target]
kind = "source"
r = "1/2"
[[generators]]
samples = 90
ridge = 0
noise = "1/10"
repeat = 5
accumulate = true
[downstream]
samples = 80
ridge = "1/20"
noise = "1/10"
"""


def gathering(repeat: int, dim: int = 50, **more: Any) -> Scenario:
    fit = {"samples": 90, "ridge": 0, "noise": "1/10", "accumulate": True, "repeat": repeat}
    return scenario_from_mapping(
        {
            "spectrum": {"kind": "power-law", "beta": "3/2", "dim": dim},
            "target": {"kind": "source", "r": "1/2"},
            "generators": [fit | more],
            "downstream": {"samples": 80, "ridge": "1/20", "noise": "1/10"},
        }
    )


@pytest.mark.parametrize("repeat", [1, 2, 7])
def test_generators_that_gather_rows_are_one_generator(repeat: int) -> None:
    """The equivalent of the chain on shared rows, by the causal chain, and of the one generator, by the link."""
    scenario = gathering(repeat)
    alone = one_generator(scenario)
    assert alone is not None
    assert error_of(alone) == pytest.approx(error_of(scenario), rel=1e-11)


def test_other_generators_are_not() -> None:
    assert one_generator(gathering(3, ridge="1/10")) is None
    assert one_generator(gathering(3, dim=89)) is None
    assert one_generator(gathering(3, accumulate=False)) is None


def test_the_noise_of_all_generations_is_less_than_twice_that_of_one() -> None:
    """The bound behind the exponents, at n up to 300 and d/T0 from small to 1: where g stops to act."""
    for dim in (1, 10, 60, 87):
        one = one_generator(gathering(1, dim), exact=True)
        many = one_generator(gathering(300, dim), exact=True)
        assert one is not None and many is not None
        assert 1 < many.generators[0].noise / one.generators[0].noise < 2


def test_exponents_do_not_depend_on_the_number_of_generations(ridgeproof, ridgeproof_json) -> None:
    scales = ("exponents", "--a", "1/2,1", "--b", "1,3/2", "--s0", "0,1/4")
    plain = ridgeproof_json(*scales)["rows"]
    for g in ("0", "1/2", "2"):
        rows = ridgeproof_json(*scales, "--g", g, "--scheme", "accumulate")["rows"]
        assert [row["g"] for row in rows] == [g] * len(rows)
        assert [row["rate"] for row in rows] == [row["rate"] for row in plain]
    replaced = ridgeproof_json(*scales, "--g", "1/2")["rows"]
    assert [Fraction(r["rate"]) for r in replaced] < [Fraction(r["rate"]) for r in plain]
    assert "pi^2/6" in ridgeproof("exponents", "--scheme", "accumulate").stdout


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--a", "inf"), "fewer rows than dimensions"),
        (("--a", "1", "--b", "1/2"), "fewer rows than dimensions"),
        (("--symbolic",), "only a table"),
        (("--ell0", "1"), "no --ell0"),
        (("--filter", "gradient-flow"), "no --ell0, --filter"),
        (("--g", "x"), "'x' is not a number"),
    ],
)
def test_what_is_not_established_is_one_line(ridgeproof, more: tuple[str, ...], words: str) -> None:
    result = ridgeproof("exponents", "--scheme", "accumulate", *more)
    assert result.returncode == 2
    assert words in result.stderr and result.stderr.count("\n") == 1


def test_the_best_ridge_behind_generators_that_gather(ridgeproof_json, tmp_path: Path) -> None:
    """The same minimum as a search over the chain itself; the sharp form has the noise of all of them."""
    path = tmp_path / "gathering.toml"
    path.write_text(FILE, encoding="utf-8")
    found = ridgeproof_json("optimal-ridge", path)
    searched = ridgeproof_json("optimal", path, "--over", "downstream.ridge")
    assert found["equivalent"]["lambda"] == pytest.approx(searched["controls"]["downstream.ridge"], rel=1e-4)
    assert found["equivalent"]["test_error"] == pytest.approx(searched["test_error"], rel=1e-9)
    assert "act as one of T0 rows" in found["notes"][0]
    assert found["sharp"] is not None
