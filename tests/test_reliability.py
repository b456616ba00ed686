"""Protects: docs/reliability.md names tests that exist, and counts that were counted, without an open fault."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from types import ModuleType

import pytest
from scripts import load

ROOT = Path(__file__).resolve().parent.parent
PAGE, TOOLS = ROOT / "docs" / "reliability.md", ROOT / "tools"


@pytest.fixture
def fuzz(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The fuzzer, as a module."""
    monkeypatch.syspath_prepend(str(TOOLS))
    return load(TOOLS / "fuzz.py")


def test_every_test_that_is_named_exists() -> None:
    """A line of a table that names a test which is gone would say nothing."""
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE.read_text("utf-8"))
    assert len(named) > 40
    for file, name in named:
        tree = ast.parse((ROOT / file).read_text("utf-8"))
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, f"{file}::{name}"


def test_the_counts_are_those_that_were_counted(fuzz: ModuleType) -> None:
    """Every command has been tried; what is counted adds up; no fault is open; the page is written from the file."""
    document = fuzz.load()
    assert fuzz.page(document) in PAGE.read_text("utf-8")
    assert list(document["commands"]) == list(fuzz.mutations.COMMANDS)
    for name, entry in document["commands"].items():
        counts = fuzz.Counts(**entry)
        assert counts.tried > 0 and not counts.open(), name
        assert counts.tried == counts.answered + counts.refused + counts.given_up + len(counts.faults), name
    assert json.dumps(document)


def test_a_fault_is_seen(fuzz: ModuleType) -> None:
    """The judge of the fuzzer: tracebacks, statuses, long lines, escapes are none of what may be."""
    fine = {
        "answered": [(0, "x", ""), (1, "x", "note\n"), (3, "", "")],
        "refused": [(2, "", "ridgeproof: no (accepted: yes)\n")],
        "given_up": [(2, "", "ridgeproof: x: gave up after 2 s (accepted: y)\n")],
    }
    for found, runs in fine.items():
        for status, out, err in runs:
            assert fuzz.judged("list", fuzz.Run(status, out, err, 0.1, 1)) == found
    for status, out, err, memory in (
        (70, "", "x", 1), (0, "", "Traceback (most recent call last):\nx", 1),
        (-9, "", "", 1), (99, "", "", 1), (None, "", "", 1),
        (2, "", "", 1), (2, "", "usage\nridgeproof: x\n", 1), (2, "", "ridgeproof: " + "x" * 400, 1),
        (0, "\x1b[2J", "", 1), (0, "", "\u202e", 1), (0, "", "", 2**23),
    ):  # fmt: skip
        assert fuzz.judged("list", fuzz.Run(status, out, err, 0.1, memory)) not in fuzz.COUNTED
