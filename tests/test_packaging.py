"""What is installed: no removed module comes back, and the metadata says what a package page needs."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
STEPS = (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_a_removed_module_does_not_come_back(tmp_path: Path) -> None:
    """``pip install .`` leaves build/lib; the next one starts from an empty folder, by the setup.py of the project."""
    pytest.importorskip("setuptools")
    shutil.copy(ROOT / "setup.py", tmp_path)
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "x"\nversion = "1"\n[tool.setuptools]\npackages = ["x"]\n'
    )
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "__init__.py").write_text("")
    stale = tmp_path / "build" / "lib" / "x" / "removed.py"
    stale.parent.mkdir(parents=True)
    stale.write_text("")
    subprocess.run([sys.executable, "setup.py", "-q", "build"], cwd=tmp_path, check=True, capture_output=True)
    assert [file.name for file in (tmp_path / "build" / "lib" / "x").iterdir()] == ["__init__.py"]


def test_metadata_is_what_a_package_page_needs() -> None:
    """PEP 639 (a licence expression and its file, no classifier of it), URLs, Python versions; no tools of tests."""
    assert PROJECT["license"] == "MIT" and all((ROOT / file).is_file() for file in PROJECT["license-files"])
    assert not any(line.startswith("License ::") for line in PROJECT["classifiers"])
    versions = [f"Programming Language :: Python :: 3.{minor}" for minor in (11, 12, 13)]
    assert set(versions) <= set(PROJECT["classifiers"]) and PROJECT["requires-python"] == ">=3.11"
    assert PROJECT["urls"] and all(url.startswith("https://") for url in PROJECT["urls"].values())
    assert not any(
        name in line for line in PROJECT["dependencies"] for name in ("pytest", "hypothesis", "ruff", "mypy")
    )


def test_every_floor_and_version_is_tried() -> None:
    """.ci/run installs the lowest versions that the dependencies admit, and runs on each Python that is named."""
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "lowest.py"], capture_output=True, text=True, check=True, cwd=ROOT
    )
    lowest = dict(word.split("==") for word in done.stdout.split())
    floors = {line.split(">=")[0]: line.split(">=")[1].split(",")[0] for line in PROJECT["dependencies"]}
    assert lowest == floors
    for step in ("tools/lowest.py", "3.12 3.13", "ruff format --check", "mypy"):
        assert step in STEPS
