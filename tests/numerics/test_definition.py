"""Draws of scenarios with sources, shared rows, filters, features and subsamples, straight from the definition."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ridgeproof.errors import DomainError
from ridgeproof.numerics.draws.definition import definition_replicate
from ridgeproof.numerics.draws.simulation import simulate, tail_warnings
from ridgeproof.numerics.problem.scenario import Scenario, scenario_from_mapping

Table = dict[str, Any]
PROBLEM: Table = {
    "spectrum": {"kind": "power-law", "dim": 6, "beta": "3/2"},
    "target": {"kind": "power", "exponent": "3/10"},
}
GENERATOR: Table = {"samples": 9, "ridge": "1/10", "noise": "1/5"}


def scenario(downstream: Table, generators: tuple[Table, ...] = (GENERATOR,), **more: Any) -> Scenario:
    return scenario_from_mapping(PROBLEM | {"generators": list(generators), "downstream": downstream} | more)


def draw(problem: Scenario, seed: int = 5, averaged: bool = False) -> float:
    return definition_replicate(problem, np.random.default_rng(seed), averaged=averaged)


def fit(ridge: object = "1/10", **more: Any) -> Table:
    return {"samples": 8, "ridge": ridge, "noise": "1/5", **more}


@pytest.mark.parametrize("averaged", [False, True])
@pytest.mark.parametrize(
    ("one", "other", "tolerance"),
    [
        # a long flow, and many short steps, end at the ridge solution; few short steps follow the flow
        (fit(filter="gradient-flow", time=10_000), fit(), 1e-9),
        (fit(filter="gradient-descent", steps=3000, rate="1/10"), fit(), 1e-9),
        (
            fit(filter="gradient-descent", steps=2000, rate="1/1000"),
            fit(filter="gradient-flow", time=2),
            2e-3,  # Euler's method: its error is of the order of the step
        ),
        # no time: the model is the start, here the teacher, or w = 0
        (fit(filter="gradient-flow", time=0, toward=0), fit("1e12", toward=0), 1e-9),
        # a source of weight 0 counts in N alone
        (
            {"ridge": "1/10", "sources": [{"samples": 8, "noise": "1/5"}, {"samples": 8, "noise": 3, "weight": 0}]},
            {"ridge": "1/5", "sources": [{"samples": 8, "noise": "1/5"}]},
            1e-12,
        ),
        # the same rows and labels twice are the same fit, also where they interpolate
        (
            {
                "ridge": "1/10",
                "sources": [
                    {"samples": 8, "noise": "1/5", "rows": "A"},
                    {"samples": 8, "rows": "A", "labels_kept": True},
                ],
            },
            {"ridge": "1/10", "sources": [{"samples": 8, "noise": "1/5"}]},
            1e-12,
        ),
        (
            {
                "ridge": 0,
                "sources": [
                    {"samples": 4, "noise": "1/5", "rows": "A"},
                    {"samples": 4, "rows": "A", "labels_kept": True, "weight": 3},
                ],
            },
            {"ridge": 0, "sources": [{"samples": 4, "noise": "1/5"}]},
            1e-9,
        ),
        # a covariance that is the spectrum is none
        (
            {"ridge": 0, "sources": [{"samples": 9, "noise": 1, "covariance": {"kind": "power-law", "beta": "3/2"}}]},
            {"ridge": 0, "sources": [{"samples": 9, "noise": 1}]},
            1e-12,
        ),
    ],
)
def test_two_ways_to_the_same_model(one: Table, other: Table, tolerance: float, averaged: bool) -> None:
    a, b = draw(scenario(one), averaged=averaged), draw(scenario(other), averaged=averaged)
    assert a == pytest.approx(b, rel=tolerance)


def test_many_features_are_no_features() -> None:
    # F'F -> I as m grows, with relative fluctuations of order sqrt(d/m): m = 200,000 leaves about 0.5 %
    with_features, without = scenario(fit(features=200_000)), scenario(fit())
    for averaged in (False, True):
        assert draw(with_features, averaged=averaged) == pytest.approx(draw(without, averaged=averaged), rel=0.05)


def test_one_feature_is_a_line() -> None:
    # m = 1: w is a multiple of F', so the error is at least the distance of w0 from that line
    problem = scenario(fit(features=1, ridge=0), generators=())
    rng = np.random.default_rng(5)
    root = np.sqrt(problem.spectrum.eigenvalues())
    truth = problem.target.coefficients(problem.spectrum)
    design = rng.standard_normal((8, 6)) * root
    noise = np.sqrt(0.2) * rng.standard_normal(8)
    line = rng.standard_normal(6)
    z = design @ line
    w = line * (z @ (design @ truth + noise)) / (z @ z)
    assert draw(problem) == pytest.approx(float(np.sum(root**2 * (w - truth) ** 2)), rel=1e-9)


def test_labels_are_combinations_and_kept_ones_are_the_same() -> None:
    # self-distillation with xi = 0 keeps the first labels, so the last model is the first
    again = scenario(fit(), (fit(), fit()), chain={"scheme": "self-distil", "xi": 0})
    once = scenario(fit(), (), chain={"scheme": "self-distil", "xi": 0})
    assert draw(again) == pytest.approx(draw(once), rel=1e-12)
    # labels 2 w_0 - w_0 are w_0's
    twice = {"samples": 8, "noise": "1/5", "labels": {"0": 2, "truth": 0, "previous": -1}}
    plain = {"samples": 8, "noise": "1/5", "labels": 0}
    a, b = (scenario({"ridge": "1/10", "sources": [one]}) for one in (twice, plain))
    assert draw(a) == pytest.approx(draw(b), rel=1e-12)


SUBSAMPLED = scenario_from_mapping(
    {
        "spectrum": {"kind": "isotropic", "dim": 4},
        "target": {"kind": "isotropic", "norm2": 1},
        "chain": {"scheme": "accumulate-subsample"},
        "generators": [{"samples": 160, "ridge": 0, "noise": 1, "repeat": 4}],
        "downstream": {"samples": 160, "ridge": 0, "noise": 1},
    }
)


def test_accumulate_and_subsample_to_leading_order() -> None:
    # d << T: (T - d - 1)/d E_n -> v_n + 1 - 1/n, v_n = 1 + sum_(2..n) (2 - 1/(i-1))/i^2, here n = 5; the correction is
    # of order d/T = 2.5 %, half of which (4 %, with the statistical error at 4.5 sigma) is what the test allows
    law = 1 + sum((2 - 1 / (i - 1)) / i**2 for i in range(2, 6)) + 1 - 1 / 5
    found = simulate(SUBSAMPLED, replicates=2500, seed=2)
    assert found.mean * 155 / 4 == pytest.approx(law, abs=0.0125 * law + 4.5 * found.standard_error * 155 / 4)
    assert found.standard_error * 155 / 4 < 0.02 * law


@pytest.mark.parametrize("method", ["direct", "averaged"])
def test_bit_identical_for_any_workers_and_interruptions(tmp_path: Path, method: Any) -> None:
    problem = scenario(
        {"samples": 8, "ridge": "1/20", "noise": "1/5", "features": 5}, (GENERATOR | {"subsample": 6}, GENERATOR)
    )
    once = simulate(problem, replicates=12, seed=7, method=method)
    store = tmp_path / "run.store"
    simulate(problem, replicates=5, seed=7, method=method, store=store)
    assert simulate(problem, replicates=12, seed=7, method=method, store=store, workers=3) == once
    assert once.mean != simulate(problem, replicates=12, seed=8, method=method).mean


def test_heavy_tails_are_told() -> None:
    def lines(downstream: Table, generators: tuple[Table, ...] = (GENERATOR,), **more: Any) -> tuple[str, ...]:
        return tail_warnings(scenario(downstream, generators, **more))

    mixed = [{"samples": 3, "noise": 0, "labels": "truth"}, {"samples": 4, "noise": 0, "labels": 0}]
    assert "the mean is infinite" in lines({"ridge": 0, "sources": mixed})[0]  # labels that disagree act as noise
    assert lines({"ridge": 0, "sources": [mixed[0], mixed[0] | {"samples": 4}]}) == ()
    assert lines({"ridge": "1/10", "sources": mixed}) == ()
    # accumulated rows count together: 4 + 4 = 8 in dimension 6
    assert "variance is infinite" in lines(fit(0, samples=4), (fit(0, samples=5),), chain={"scheme": "accumulate"})[-1]
    with pytest.raises(DomainError, match="the mean is infinite"):
        simulate(scenario({"ridge": 0, "sources": mixed}), replicates=2)
