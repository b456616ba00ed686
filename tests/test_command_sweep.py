"""``ridgeproof simulate`` over lists, its tables, and a run that is killed, end to end."""

from __future__ import annotations

import csv
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

SMALL = ("--set", "spectrum.dim=40", "--set", "generators.samples=60", "--set", "downstream.samples=60")


def test_a_table_with_the_theory_beside(ridgeproof, ridgeproof_json, examples: Path, tmp_path: Path) -> None:
    """Lists give one row for each combination: the prediction is that of ``predict``; text, JSON and CSV agree."""
    file = examples / "reference-3.toml"
    words = ("simulate", file, *SMALL, "--set", "downstream.ridge=1/100,1/10", "--replicates", 8)
    rows = ridgeproof_json(*words)["rows"]
    assert [row["downstream.ridge"] for row in rows] == ["1/100", "1/10"]
    for row in rows:
        alone = ridgeproof_json("predict", file, *SMALL, "--set", f"downstream.ridge={row['downstream.ridge']}")
        assert row["predicted"] == pytest.approx(alone["test_error"], rel=1e-12)
    table = tmp_path / "table.csv"
    assert ridgeproof(*words, "-o", table).returncode == 0
    with table.open(newline="") as lines:
        assert [float(row["mean"]) for row in csv.DictReader(lines)] == [row["mean"] for row in rows]
    shown = ridgeproof(*words)
    assert "predicted" in shown.stdout and "1/100" in shown.stdout


def test_what_cannot_be_swept_is_refused_before_the_work(ridgeproof, examples: Path, tmp_path: Path) -> None:
    """One line and status 2: a table of another kind, an unusable point, an empty value, no scheduler."""
    words = ("simulate", examples / "reference-3.toml", *SMALL, "--replicates", "1000000")
    for bad in (
        ("-o", str(tmp_path / "table.xls")),
        ("--set", "downstream.ridge=1/10,-1"),
        ("--set", "downstream.ridge=1/10,,1"),
        ("--set", "downstream.colour=red,blue"),
    ):
        done = ridgeproof(*words, *bad)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


@pytest.mark.slow
def test_a_run_killed_at_any_moment_goes_on(ridgeproof_json, examples: Path, tmp_path: Path) -> None:
    """SIGKILL in the middle loses nothing that was stored; the run goes on to the bits of an undisturbed one."""
    store = tmp_path / "runs.db"
    words = ["simulate", str(examples / "reference-3.toml"), *SMALL, "--replicates", "1500", "--method", "averaged"]
    command = [sys.executable, "-m", "ridgeproof.proofs_check", *words, "--store", str(store), "--workers", "2"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(examples.parent), os.environ.get("PYTHONPATH", "")])}
    run = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    kept = 0
    deadline = time.monotonic() + 60
    while kept < 20 and time.monotonic() < deadline and run.poll() is None:
        time.sleep(0.02)
        if store.exists():
            try:
                with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as connection:
                    kept = connection.execute("SELECT count(*) FROM replicate").fetchone()[0]
            except sqlite3.OperationalError:
                pass  # not yet a store
    assert run.poll() is None
    run.send_signal(signal.SIGKILL)
    run.wait()
    with sqlite3.connect(store) as connection:
        (left,) = connection.execute("SELECT count(*) FROM replicate").fetchone()
    assert 20 <= left < 1500
    assert ridgeproof_json(*words, "--store", store) == ridgeproof_json(*words, "--workers", 2)
