"""Fixtures of the end-to-end tests: the command in a process of its own, and the examples."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
Completed = subprocess.CompletedProcess[str]


@pytest.fixture(scope="session")
def examples() -> Path:
    """Return the directory of the example files."""
    return EXAMPLES


@pytest.fixture(scope="session", autouse=True)
def cache_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep judged claims of the tests apart from the user's own, and from those of another run."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def environment(cache_of_the_tests: None) -> dict[str, str]:
    """Return the environment of a child process that imports the packages that the tests import, and no others."""
    packages = os.pathsep.join(entry or os.getcwd() for entry in sys.path)
    # A machine that runs tests side by side is slower than the one that the bound of a minute is for.
    return {"RIDGEPROOF_SECONDS": "600", **os.environ, "PYTHONPATH": packages, "PYTHONSAFEPATH": "1"}


@pytest.fixture
def ridgeproof(tmp_path: Path, environment: dict[str, str]) -> Callable[..., Completed]:
    """Return a function that runs the command in an empty directory, unless another is given."""

    def run(*words: object, timeout: float = 300, cwd: Path = tmp_path) -> Completed:
        return subprocess.run(
            [sys.executable, "-m", "ridgeproof.proofs_check.cli", *map(str, words)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            timeout=timeout,
        )

    return run


@pytest.fixture
def ridgeproof_json(ridgeproof: Callable[..., Completed]) -> Callable[..., Any]:
    """Return a function that runs the command with ``--json`` and reads what it prints, strictly."""

    def run(*words: object) -> Any:
        done = ridgeproof(*words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))

    return run
