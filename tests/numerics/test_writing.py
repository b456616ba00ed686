"""Every kind of scenario is written as a file that reads as the same scenario."""

from __future__ import annotations

from pathlib import Path

import pytest

from ridgeproof.numerics.problem.scenario import Scenario, load_scenario, scenario_from_mapping
from ridgeproof.numerics.problem.writing import scenario_text

FIT = {"samples": 60, "ridge": "1/10", "noise": "1/10"}
BASE = {
    "name": 'a "b"\n',
    "spectrum": {"kind": "power-law", "beta": "3/2", "dim": "inf"},
    "target": {"kind": "source", "r": "1/3"},
    "downstream": FIT,
}
KINDS = {
    "plain": {"generators": [FIT | {"repeat": 3, "same_design": True}]},
    "isotropic": {"spectrum": {"kind": "isotropic", "dim": 7}, "target": {"kind": "isotropic", "norm2": "3/2"}},
    "explicit": {
        "spectrum": {"kind": "explicit", "values": [1, "1/3"]},
        "target": {"kind": "coefficients", "values": ["-1/7", 2]},
    },
    "power": {"target": {"kind": "power", "exponent": "2/7"}},
    "mix": {"chain": {"scheme": "mix", "true_share": "1/4"}, "generators": [FIT]},
    "self-distil": {"chain": {"scheme": "self-distil", "xi": "-3/2"}, "generators": [FIT]},
    "filters": {
        "generators": [
            {"samples": 9, "noise": 1, "filter": "gradient-flow", "time": "1/3"},
            {"samples": 9, "noise": 1, "filter": "gradient-descent", "steps": 3, "rate": "1/7"},
            FIT | {"features": 12},
            FIT | {"accumulate": True, "subsample": 11},
        ],
        "downstream": FIT | {"toward": "truth", "rows": "A", "covariance": {"kind": "power-law", "beta": 2}},
    },
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_written_scenario_reads_as_itself(kind: str, tmp_path: Path) -> None:
    scenario = scenario_from_mapping(BASE | KINDS[kind])
    assert _back(scenario, tmp_path) == scenario


def _back(scenario: Scenario, folder: Path) -> Scenario:
    path = folder / "written.toml"
    path.write_text(scenario_text(scenario), encoding="utf-8")
    return load_scenario(path)
