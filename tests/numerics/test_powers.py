"""Chains of a million generations: the powers of a link are the link walked, and a million takes no longer."""

from __future__ import annotations

from typing import Any

import pytest

from ridgeproof.errors import DomainError
from ridgeproof.numerics.finite.exact import predict_exact
from ridgeproof.numerics.predictions import powers
from ridgeproof.numerics.predictions.equivalents import predict
from ridgeproof.numerics.predictions.optimum import minimise_ridge
from ridgeproof.numerics.problem.scenario import Scenario, scenario_from_mapping


def scenario(dim: Any, repeat: int, *, ridge: str = "1/1000", isotropic: bool = False) -> Scenario:
    """A long run of one generator, then a short one with a ridge and one of least squares where there is room."""
    spectrum = {"kind": "isotropic", "dim": dim} if isotropic else {"kind": "power-law", "beta": "3/2", "dim": dim}
    target = {"kind": "isotropic", "norm2": 1} if isotropic else {"kind": "source", "r": "1/2"}
    generators = [
        {"samples": 100, "ridge": ridge, "noise": "1/10", "repeat": repeat},
        {"samples": 150, "ridge": "1e-6", "noise": "1/7", "repeat": 7},
        {"samples": 4000, "ridge": "0", "noise": "1/7", "repeat": 4},
    ]
    downstream = {"samples": 300, "ridge": "1/20", "noise": "1/10"}
    return scenario_from_mapping(
        {"spectrum": spectrum, "target": target, "generators": generators, "downstream": downstream}
    )


@pytest.mark.parametrize(
    ("dim", "repeat", "ridge", "isotropic"),
    [(200, 300, "1/1000", False), (200, 3000, "1e-7", False), (3000, 500, "1e-4", False), (50, 500, "1/1000", True),
     (200, 300, "0", False), ("inf", 300, "1e-4", False)],
)  # fmt: skip
def test_a_power_is_the_links_one_by_one(
    monkeypatch: pytest.MonkeyPatch, dim: Any, repeat: int, ridge: str, isotropic: bool
) -> None:
    """Error, noise-free part, the noise of every block and the best ridge agree with the walk to 1e-11 (relative).

    The walk itself rounds once a link: 3000 links allow 3000 x 2.2e-16 = 7e-13, and its sums a little more.
    """
    problem = scenario(dim, repeat, ridge=ridge, isotropic=isotropic)
    walked, best = predict(problem), minimise_ridge(problem)
    monkeypatch.setattr(powers, "LONGEST_CHAIN", 0)
    found, found_best = predict(problem), minimise_ridge(problem)
    assert walked.noise_by_generation is not None and walked.kappa is not None and found.blocks is not None
    assert found.noise_by_generation is None and found.kappa is None
    assert found.test_error == pytest.approx(walked.test_error, rel=1e-11)
    assert found.noise_free == pytest.approx(walked.noise_free, rel=1e-11)
    assert found.downstream_noise == pytest.approx(walked.downstream_noise, rel=1e-11)
    assert [(b.first, b.count) for b in found.blocks] == [(0, repeat), (repeat, 7), (repeat + 7, 4)]
    for block in found.blocks:
        noise = sum(walked.noise_by_generation[block.first : block.first + block.count])
        assert block.noise == pytest.approx(noise, rel=1e-11)
        assert block.kappa == pytest.approx(walked.kappa[block.first], rel=1e-12)
    assert found_best.ridge == pytest.approx(best.ridge, rel=1e-8)
    assert found_best.test_error == pytest.approx(best.test_error, rel=1e-11)


def test_a_million_generations_forget_their_first() -> None:
    """A generator whose links contract has a limit: a million links and a hundred thousand give the same error.

    With d = 50, T = 100, lambda = 1e-3 the links have D = 0.998: D^100000 is 1e-87.
    """
    million, fewer = (predict(scenario(50, repeat, isotropic=True)) for repeat in (999_900, 100_000))
    assert million.test_error == pytest.approx(fewer.test_error, rel=1e-10)
    assert million.blocks is not None
    parts = [block.noise for block in million.blocks]
    assert sum(parts) + million.noise_free + million.downstream_noise == pytest.approx(million.test_error, rel=1e-14)


def test_least_squares_adds_up_exactly() -> None:
    """E4 at kappa = 0: n links of T0 > d add n sigma^2 d/(T0 - d) before a downstream fit that changes nothing."""
    problem = scenario_from_mapping(
        {
            "spectrum": {"kind": "isotropic", "dim": 20},
            "target": {"kind": "isotropic", "norm2": 1},
            "generators": [{"samples": 40, "ridge": 0, "noise": "1/10", "repeat": 1_000_000}],
            "downstream": {"samples": 50, "ridge": 0, "noise": 0},
        }
    )
    assert predict(problem).test_error == pytest.approx(1_000_000 * 0.1 * 20 / (40 - 20), rel=1e-14)


def test_what_has_no_powers_says_so_in_advance() -> None:
    """At many digits and in an exact law a chain is walked: above 10,000 generations it is refused, not begun."""
    problem = scenario(50, 10_000, isotropic=True)
    for refuse in (lambda: predict(problem, 20), lambda: minimise_ridge(problem, 20), lambda: predict_exact(problem)):
        with pytest.raises(DomainError, match="10011 generations"):
            refuse()
