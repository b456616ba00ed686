"""A collection of true, false and meaningless statements, each with its truth worked out by hand (cases/truth.json)."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import pytest

from ridgeproof.proofs_check.witnesses.judge import judge
from ridgeproof.theorems.claim import Claim

CASES = Path(__file__).parent / "cases"
TRUTH = json.loads((CASES / "truth.json").read_text(encoding="utf-8"))
MAY_BE_UNDECIDED = {"train-error"}  # simulated at three sizes: a slow machine runs out of its seconds
UNDECIDED = {
    "the-optimal-exponent-is-17",
    "optimal-ridge-fake-no-signal",
    "samples-equal-dimension",
    "a-maximum-is-the-minimum",
}  # their letters


def claims_of(name: str) -> dict[str, Claim]:
    """The claims of one file of the collection, by id."""
    path = CASES / "claims" / name
    spec = importlib.util.spec_from_file_location("cases_" + path.stem.replace("-", "_"), path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return {value.id: value for value in vars(module).values() if isinstance(value, Claim)}


@pytest.mark.parametrize("name", sorted(TRUTH))
def test_true_ones_hold_false_ones_fall(name: str) -> None:
    """No false claim accepted, no true one refuted, no meaningless one accepted; undecided only where it is said."""
    claims = claims_of(name)
    for claim_id, truth in TRUTH[name].items():
        found = judge(claims[claim_id])
        if truth is False:
            assert found.outcome == ("undecided" if claim_id in UNDECIDED else "fails"), (claim_id, found.reason)
        elif truth == "meaningless":
            assert found.outcome == "undecided", (claim_id, found.reason)
        else:
            assert found.outcome == "holds" or claim_id in MAY_BE_UNDECIDED, (claim_id, found.reason)
            assert found.outcome != "fails", (claim_id, found.reason)
