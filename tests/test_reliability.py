"""Protects: docs/reliability.md names tests that exist, and counts that were counted, without an open fault."""

from __future__ import annotations

import argparse
import ast
import importlib
import json
import os
import re
import sys
import tempfile
import time
from pathlib import Path
from types import ModuleType

import pytest
from scripts import load

from ridgeproof.proofs_check.cli import parser

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


def test_a_file_that_a_run_was_asked_to_write_is_no_input(fuzz: ModuleType, tmp_path: Path) -> None:
    """Named by an output option alone, in any of its spellings, a file may be written; named besides, it may not."""
    for name in ("law.toml", "p.toml", "t.csv"):
        (tmp_path / name).write_text("x = 1\n")
    law = tmp_path / "law.toml"
    for words in (["-o", "law.toml"], ["-olaw.toml"], ["-o", "./law.toml"], ["--certificates", "law.toml"]):
        assert law not in fuzz.inputs(["exponents", "--beta", "3/2", *words], tmp_path), words
    for words in (
        [], ["--law", "law.toml"], ["--law=law.toml"], ["--law", "law.toml", "-o", "law.toml"], ["--beta", "law.toml"],
        ["-o", "law.toml", "--law", "./law.toml"], ["-o", "x.csv", "law.toml"], ["--picture", "law.toml"],
    ):  # fmt: skip
        assert law in fuzz.inputs(["exponents", *words], tmp_path), words
    assert tmp_path / "t.csv" not in fuzz.inputs(["data", "p.toml", "--picture", "t.csv"], tmp_path)
    assert tmp_path / "p.toml" not in fuzz.inputs(["simulate", "t.csv", "--store=p.toml"], tmp_path)
    assert len(fuzz.inputs(["simulate", "p.toml", "--store", "s.db"], tmp_path)) == 3


def test_every_option_that_names_a_file_is_known_as_read_or_written(fuzz: ModuleType) -> None:
    """An output option that is new to the fuzzer would be taken for an input, and alarm for nothing."""
    (commands,) = (a for a in parser.build()._actions if isinstance(a, argparse._SubParsersAction))
    named = {
        name
        for command in commands.choices.values()
        for action in command._actions
        if action.metavar and re.search(r"FILE|DIR|\.(toml|tex|html|json)", str(action.metavar))
        for name in action.option_strings
    }
    assert named == {*fuzz.mutations.OUTPUTS, *fuzz.mutations.READ}


def test_the_fuzzer_says_that_an_input_was_changed(fuzz: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """`exponents --law law.txt -o law.txt` is refused; a command that wrote it all the same would be told."""

    def with_a_law(words: list[str]) -> None:
        def prepared(_command: str, _draw: object, folder: Path) -> list[str]:
            law = ROOT / "examples" / "laws" / "kernel-ridge-crossover.toml"
            (folder / "law.txt").write_bytes(law.read_bytes())
            return words

        monkeypatch.setattr(fuzz.mutations, "prepared", prepared)

    def writes(_command: str, _words: list[str], folder: Path, _bound: str | None, own: bool) -> object:
        (folder / "law.txt").write_text("written")
        return fuzz.Run(0, "", "", 0.1, 1)

    changed = ["exponents", "--law", "law.txt", "-o", "law.txt"]
    asked = ["exponents", "--beta", "3/2", "--r", "1/2", "-o", "law.txt"]
    with_a_law(changed)
    found, run, _ = fuzz.in_folder("exponents", "x", own=True)
    assert found == "refused" and "input" in run.err
    with_a_law(asked)
    assert fuzz.in_folder("exponents", "x", own=True)[0] == "answered"
    monkeypatch.setattr(fuzz, "child", writes)
    assert fuzz.in_folder("exponents", "x", own=True)[0] == "answered"
    with_a_law(changed)
    assert fuzz.in_folder("exponents", "x", own=True)[0] == "an input was changed"


def test_a_row_of_inputs_does_what_forks_do(fuzz: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One fork for many inputs: the same words and statuses; what dies or hangs ends the row, not the fuzzer."""
    importlib.import_module("ridgeproof.numerics.predictions")  # here and once
    runs = sys.modules[fuzz.Row.__module__]

    def tried(row: object, words: list[str]) -> object:
        folder = Path(tempfile.mkdtemp(dir=tmp_path)) / "here"
        folder.mkdir()
        (folder / "p.toml").write_bytes((ROOT / "examples" / "isotropic.toml").read_bytes())
        run = fuzz.child("predict", words, folder, "2", False) if row is None else row.run(words, folder, "2")
        return run and (run.status, run.out.replace(str(folder), ""), run.err.replace(str(folder), ""))

    row = fuzz.Row()
    for words in (["predict", "p.toml"], ["predict", "no"], ["completion", "bash"], ["predict", "--help"]):
        assert tried(row, words) == tried(None, words), words
    first, fuzz_main = row.pid, runs.called
    assert row.done == 4
    row.end()
    monkeypatch.setattr(runs, "WAIT", 0.5)
    for bad in (lambda words: os._exit(0), lambda words: 1 / 0, lambda words: time.sleep(60)):
        monkeypatch.setattr(runs, "called", bad)
        assert tried(row, ["completion", "zsh"]) is None and row.line is None
    monkeypatch.setattr(runs, "called", fuzz_main)
    monkeypatch.setattr(runs, "WAIT", 30)
    monkeypatch.setattr(runs, "ROW", 1)
    assert (
        tried(row, ["completion", "zsh"]) and tried(row, ["completion", "zsh"]) and row.pid != first and row.done == 1
    )
    row.end()


def test_every_input_of_the_table_of_bounds_is_within_them() -> None:
    """At most 60 s and 4 GiB, in words; every kind of input that the fuzzer does not draw is in the table."""
    part = PAGE.read_text("utf-8").split("<!-- bounds -->")[1].split("<!-- /bounds -->")[0]
    rows = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("| ")][2:]
    assert len(rows) > 100
    for row in rows:
        name, command, seconds, memory, said = row[0], row[1], *row[-3:]
        assert float(seconds) <= 60 and float(memory) <= 4.5, (name, command)
        assert said and said not in ("TOO LONG", "TOO LARGE", "FAULT"), (name, command)
    tried = " ".join(row[0] for row in rows)
    for kind in (
        "key of 200,000", "beta = 1e15", "r = 1e15", "digits", "1,000,000 generations", "1e-9999", "200 controls",
        "1,000 terms", "nested maxima", "squares its definitions", "pipe", "device", "line of 200 MB", "below rounding",
    ):  # fmt: skip
        assert kind in tried, kind
