"""Every output file appears whole or not at all, where it was asked for, and never in place of an input."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from ridgeproof import files, reading
from ridgeproof.errors import InputError

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
LATEX = ["latex", "link", "--fragment", "-o"]
DIAGRAM = ["phase-diagram", "--x", "b", "--y", "g", "-o"]
TABLE = ["simulate", "s.toml", "--replicates", "2", "-o"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A directory with a scenario, a device, a pipe and a write-protected place."""
    (tmp_path / "s.toml").write_text((EXAMPLES / "isotropic.toml").read_text())
    (tmp_path / "place.tex").mkdir()
    os.mkfifo(tmp_path / "pipe.tex")
    (tmp_path / "null.tex").symlink_to("/dev/null")
    return tmp_path


@pytest.mark.parametrize(
    "name", ["place.tex", "pipe.tex", "null.tex", "nowhere/x.tex", "x" * 300 + ".tex", "s.toml/x.tex"]
)
def test_unsuitable_targets_are_refused_before_the_work(ridgeproof, folder: Path, name: str) -> None:
    """A directory, a pipe, a device, a folder that is not there, a name too long: one line, and nothing is done."""
    for words in (LATEX, DIAGRAM):
        done = ridgeproof(*words, name, cwd=folder, timeout=60)
        assert done.returncode == 2 and done.stdout == "", done.stderr
        assert done.stderr.count("\n") == 1 and "-o" in done.stderr


def test_a_full_disk_names_the_file_and_keeps_the_old_one(environment: dict[str, str], folder: Path) -> None:
    """Where no file may grow beyond 1 kB, the old output stays whole and the message names the file."""

    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

    for words, name in ((LATEX, "old.tex"), (DIAGRAM, "old.svg"), (DIAGRAM, "old.tex")):
        (folder / name).write_text("what was here before")
        done = subprocess.run(
            [sys.executable, "-X", "importtime=0", "-m", "ridgeproof.proofs_check.cli", *words, name],
            cwd=folder, env={**environment, "MPLCONFIGDIR": "/nowhere"}, capture_output=True, text=True,
            preexec_fn=small, timeout=120,
        )  # fmt: skip
        assert done.returncode == 2, done.stderr
        assert name in done.stderr.splitlines()[-1] and "Traceback" not in done.stderr
        assert (folder / name).read_text() == "what was here before"
    assert not list(folder.glob(".*.part"))


def test_an_input_is_never_replaced_by_an_output(ridgeproof, tmp_path: Path) -> None:
    """The table of `data`, the law of `phase-diagram` and a claim file of `latex`, also by another name for them."""
    table = tmp_path / "t.toml"
    table.write_text("a,b\n1,2\n")
    done = ridgeproof("data", "t.toml", "-o", "t.toml")
    assert done.returncode == 2 and table.read_text() == "a,b\n1,2\n"
    mine = tmp_path / "mine.py"
    mine.write_text("x = 1\n")
    (tmp_path / "alias.tex").symlink_to(mine)
    done = ridgeproof("latex", "mine.py", "-o", "alias.tex")
    assert done.returncode == 2 and "input" in done.stderr and mine.read_text() == "x = 1\n"


CLAIM = """from ridgeproof.authoring import *
claim = Claim("mine", title="t", source="s", relation=Relation.EQUALITY, statement=(Equation(T, T),))
"""
VALUES = """[spectrum]
kind = "explicit"
file = "values.csv"
[target]
kind = "isotropic"
norm2 = 1
[downstream]
samples = 30
ridge = "1/10"
noise = "1/10"
"""


@pytest.mark.parametrize(
    "words",
    [
        ["predict", "s.toml", "-o", "values.csv"],  # that only the scenario names
        ["predict", "s.toml", "-o", "other.csv"],  # by another name for it
        ["optimal-ridge", "s.toml", "-o", "values.txt"],
        ["simulate", "s.toml", "--replicates", "4", "-o", "values.csv"],
        ["simulate", "s.toml", "--set", "downstream.samples=20,30", "--replicates", "4", "-o", "values.csv"],
        ["explore", "plain.toml", "-o", "plain.toml"],
        ["phase-diagram", "--law", "law.tex", "--x", "a", "--y", "b", "-o", "law.tex"],
        ["simulate", "plain.toml", "--set", "downstream.samples=20,30", "--store", "runs.csv", "-o", "runs.csv"],
        ["check", "E_test = 1", "--setting", "s.toml", "-o", "values.txt"],
        ["latex", "c.py", "-o", "beside.py"],  # that only the claims import
        ["latex", "c.py", "-o", "package/inner.py"],
    ],
)
def test_what_only_an_input_names_is_never_replaced(ridgeproof, tmp_path: Path, words: list[str]) -> None:
    """A file of eigenvalues, a store, the start of the explorer: asked for as output, it is refused and stays."""
    (tmp_path / "s.toml").write_text(VALUES)
    (tmp_path / "plain.toml").write_text((EXAMPLES / "power-law.toml").read_text())
    (tmp_path / "law.tex").write_text((EXAMPLES / "laws" / "kernel-ridge-crossover.toml").read_text())
    (tmp_path / "values.csv").write_text("1\n0.5\n")
    for other in ("other.csv", "values.txt"):
        (tmp_path / other).hardlink_to(tmp_path / "values.csv")
    (tmp_path / "c.py").write_text("from beside import *\nmine = claim\n")
    (tmp_path / "beside.py").write_text("from package.inner import *\n")
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "inner.py").write_text(CLAIM)
    before = {file: file.read_bytes() for file in tmp_path.rglob("*.*")}
    done = ridgeproof(*words)
    assert done.returncode == 2 and "input" in done.stderr and done.stderr.count("\n") == 1, done.stderr
    assert {file: file.read_bytes() for file in before} == before


def test_two_outputs_of_one_name_are_refused_before_the_work(ridgeproof, tmp_path: Path) -> None:
    """A table and a folder of certificates cannot both be called x.csv, by whatever spelling; nothing is left."""
    for name in ("x.csv", "./x.csv", str(tmp_path / "x.csv")):
        done = ridgeproof("exponents", "--beta", "2", "--certificates", "x.csv", "-o", name)
        assert done.returncode == 2 and done.stderr.count("\n") == 1 and "another directory" in done.stderr, done.stderr
    assert not list(tmp_path.iterdir())


def test_what_was_written_may_be_read_and_written_again(tmp_path: Path) -> None:
    """In one run a file is written and then read; outside of runs, a file that was read may be written."""
    note = tmp_path / "note.txt"
    for _ in range(2):
        with files.one_run():
            files.write(files.target(note), "one")
            assert reading.text(note, accepted="") == "one"
            with pytest.raises(InputError, match="replace an input"):
                files.write(note, "two")
            with pytest.raises(InputError, match="replace an input"):
                files.target(note)
    files.write(files.target(note), reading.text(note, accepted="") + "!")
    assert note.read_text() == "one!"


def test_certificates_of_an_earlier_run_do_not_stay(ridgeproof, tmp_path: Path) -> None:
    """`verify -o DIR` twice: what the second ledger does not list is gone; a stranger's file stays."""
    assert ridgeproof("verify", "link", "finite-sample-split", "-o", "out").returncode in (0, 2)
    assert ridgeproof("verify", "link", "-o", "out").returncode == 0
    first = set((tmp_path / "out").glob("*.certificate.json"))
    (tmp_path / "out" / "own.certificate.json").write_text("{}")
    assert ridgeproof("verify", "kappa-bounds", "-o", "out").returncode == 0
    ledger = json.loads((tmp_path / "out" / "ledger.json").read_text())
    left = {path.name for path in (tmp_path / "out").glob("*.certificate.json")}
    assert left == {*ledger["certificates"], "own.certificate.json"}
    assert first and not left & {path.name for path in first}


def test_written_whole_or_not_at_all(tmp_path: Path) -> None:
    """An error on the way leaves the old file and no rest; links stay links; permissions stay."""
    real = tmp_path / "real.txt"
    real.write_text("old")
    real.chmod(0o640)
    (tmp_path / "link.txt").symlink_to(real)

    def breaks(file) -> None:
        file.write(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(InputError, match=r"link\.txt: cannot be written: No space"):
        files.write(tmp_path / "link.txt", breaks)
    assert real.read_text() == "old"
    files.write(tmp_path / "link.txt", "new \ud800")
    assert (tmp_path / "link.txt").is_symlink() and real.read_text() == "new \\ud800"
    assert real.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.txt", "real.txt"]
