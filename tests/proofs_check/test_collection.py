"""A collection of true, false and meaningless statements, each with its truth worked out by hand (cases/truth.json)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from scripts import load

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
    module = load(CASES / "claims" / name)
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
