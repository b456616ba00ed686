"""The pool of child processes: what kills a child, what a child imports, what it says when its memory runs out."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from ridgeproof.errors import InputError, NotConverged
from ridgeproof.numerics import processes
from ridgeproof.numerics.draws.cluster import _check_versions, versions
from ridgeproof.numerics.draws.workers import Job, WorkerPool
from ridgeproof.numerics.problem.scenario import Scenario, scenario_from_mapping

FIT = {"samples": 12, "ridge": "1/10", "noise": "1/5"}
PROBLEM = {"spectrum": {"kind": "isotropic", "dim": 9}, "target": {"kind": "isotropic", "norm2": 1}}


def _scenario() -> Scenario:
    return scenario_from_mapping(PROBLEM | {"generators": [FIT], "downstream": FIT})


@pytest.mark.parametrize("workers", [1, 2])
def test_a_killed_child_is_replaced_and_the_numbers_are_the_same(workers: int) -> None:
    """Claim: kill -9 of every child in the middle of a run costs time only."""
    job, tasks = Job(_scenario(), (Fraction(1, 10),), "direct", 4), [(0, index) for index in range(12)]
    with WorkerPool([job], 1) as pool:
        undisturbed = dict(pool.run(tasks))
    found = {}
    with WorkerPool([job], workers) as pool:
        for count, (task, values) in enumerate(pool.run(tasks)):
            found[task] = values
            if count in (2, 7):
                for child in list(pool._pool._children):
                    os.kill(child.pid, signal.SIGKILL)
    assert found == undisturbed


def test_a_job_that_kills_every_child_is_given_up_in_one_line() -> None:
    with processes.Pool("os", "_exit", 1) as pool, pytest.raises(NotConverged, match="status 3 on job 0, 3 times"):
        list(pool.run([(3,)]))
    with processes.Pool("signal", "raise_signal", 1) as pool, pytest.raises(NotConverged, match="signal 9, perhaps"):
        list(pool.run([(9,)]))


def test_a_child_out_of_memory_says_so() -> None:
    # bytearray(10^18) is a MemoryError on any machine of today
    with processes.Pool("builtins", "bytearray", 1) as pool:
        with pytest.raises(processes.TaskError, match="out of memory"):
            list(pool.run([(10**18,)]))
        assert list(pool.run([(2,)])) == [(0, bytearray(2))]  # and the pool is of use afterwards


def test_no_more_children_than_a_machine_can_use(monkeypatch: pytest.MonkeyPatch) -> None:
    """1,000 workers on one core are four processes, with the same answers."""
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    with processes.Pool("builtins", "abs", 1000) as pool:
        assert dict(pool.run([(-i,) for i in range(20)])) == {i: i for i in range(20)}
        assert len(pool._children) == 4


def test_an_abandoned_run_leaves_nothing_behind() -> None:
    with processes.Pool("builtins", "abs", 2) as pool:
        for _ in pool.run([(-i,) for i in range(50)]):
            break
        assert dict(pool.run([(-7,), (8,)])) == {0: 7, 1: 8}


def test_children_import_nothing_from_the_current_directory(tmp_path: Path) -> None:
    """Claim: a folder with numpy.py, pickle.py and so on changes nothing for simulate; planted files leave a trace."""
    trap = "import pathlib; (pathlib.Path(__file__).parent / 'executed').touch()\n"
    for name in ("numpy", "scipy", "tomllib", "pickle", "numerics", "ridgeproof", "sqlite3", "mpmath", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text(trap)
    (tmp_path / "s.toml").write_text(
        '[spectrum]\nkind = "isotropic"\ndim = 3\n[target]\nkind = "isotropic"\nnorm2 = 1\n'
        '[downstream]\nsamples = 9\nridge = "1/10"\nnoise = 1\n'
    )
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [
            sys.executable,
            "-P",
            "-m",
            "ridgeproof.proofs_check.cli",
            "simulate",
            "s.toml",
            "--replicates",
            "4",
            "--json",
        ],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "executed").exists()


def test_the_current_directory_is_not_on_the_childrens_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", str(tmp_path), *sys.path])
    assert str(tmp_path) not in processes.import_path() and "" not in processes.import_path()
    (tmp_path / "planted.py").write_text("def f():\n    return 1\n")
    with processes.Pool("planted", "f", 1) as pool, pytest.raises(NotConverged, match="a child process ended"):
        list(pool.run([()]))


def test_versions_of_workers_are_compared() -> None:
    wanted = versions()
    _check_versions(wanted, wanted)
    with pytest.raises(InputError, match=r"has numpy 1\.0, the client has"):
        _check_versions(wanted, wanted | {"numpy": "1.0"})


def test_what_a_job_prints_or_reads_is_not_the_pipe() -> None:
    """Bytes written to descriptor 1, or asked of descriptor 0, by a job: the answers are whole all the same."""
    with processes.Pool("os", "write", 1) as pool:
        assert dict(pool.run([(1, b"\x80\x04 not an answer\n"), (1, b"x\n")])) == {0: 17, 1: 2}
    with processes.Pool("os", "read", 1) as pool:
        assert dict(pool.run([(0, 100), (0, 100)])) == {0: b"", 1: b""}


def test_a_directory_that_was_removed_is_no_reason_to_stop(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Children are told where to import from; a process whose directory is gone imports nothing from there."""
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert processes.import_path()


def test_an_interrupt_finds_no_child_that_would_print_where_it_was() -> None:
    """Ctrl-C reaches all processes of a terminal, also one that is just being started: its parent ends it."""
    pool = processes.Pool("math", "sqrt", 1)
    child = pool._child()
    child.send_signal(signal.SIGINT)
    pool._greet(child)
    assert child.stdin is not None and child.stdout is not None
    pickle.dump((4.0,), child.stdin)
    child.stdin.flush()
    assert pickle.load(child.stdout) == (True, 2.0)
    assert processes._end(child) == -signal.SIGKILL
