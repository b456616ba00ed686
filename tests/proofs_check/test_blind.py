"""Statements of textbooks and papers, each with a near miss, written before the evaluators that judge them.

The slow ones are judged by ``python benchmarks/bench_blind.py``.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

import pytest

from ridgeproof.proofs_check.witnesses.judge import judge
from ridgeproof.theorems.claim import Claim

BLIND = Path(__file__).parent / "blind"
SLOW = {"ridge-beats-least-squares", "best-ridge-as-argmin", "gcv", "clean-rate", "best-ridge-exponent"}


def topics() -> list[ModuleType]:
    """The files of pairs; they import their helper by its plain name, as files beside a claim file may."""
    sys.path.insert(0, str(BLIND))
    try:
        return [importlib.import_module(name) for name in ("matrices", "errors", "analysis")]
    finally:
        sys.path.remove(str(BLIND))


PAIRS: list[tuple[Claim, Claim]] = [pair for topic in topics() for pair in topic.CLAIMS]


@pytest.mark.parametrize("pair", [p for p in PAIRS if p[0].id not in SLOW], ids=lambda p: p[0].id)
def test_a_statement_stands_and_its_near_miss_falls(pair: tuple[Claim, Claim]) -> None:
    """The true one holds, the false one is refuted: nothing is left undecided."""
    true, false = pair
    found = judge(true)
    assert found.outcome == "holds", found.reason
    found = judge(false)
    assert found.outcome == "fails", found.reason


def test_there_are_enough_of_them() -> None:
    """At least a hundred true ones, as many false ones, no name twice."""
    names = [c.id for pair in PAIRS for c in pair]
    assert len(names) >= 200 and len(set(names)) == len(names)
