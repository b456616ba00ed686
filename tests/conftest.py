"""Fixtures of the end-to-end tests: the command in a process of its own, and the examples."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
Completed = subprocess.CompletedProcess[str]


NOTE = re.compile(r"ridgeproof: [\w ]+ \.\.\.\n")  # "reading the data ..."


@pytest.fixture(scope="session")
def open_browser() -> Callable[[Path], AbstractContextManager[Any]]:
    """Return a context of (page): Chromium, with the page loaded, its messages and requests logged."""
    webdriver = pytest.importorskip("selenium.webdriver")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if not (chromium and driver):
        pytest.skip("needs Chromium and its chromedriver")

    @contextmanager
    def opened(page: Path) -> Iterator[Any]:
        options = webdriver.ChromeOptions()
        options.binary_location = chromium
        for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
        try:
            browser.get(page.as_uri())
            yield browser
        finally:
            browser.quit()

    return opened


AXE = ("axe-core", "4.10.3")


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Any], list[str]]:
    """Return a function of a browser: what axe-core finds on its page.  It is fetched with npm; without it, skip."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("needs npm, to fetch axe-core")
    folder = tmp_path_factory.mktemp("axe")
    done = subprocess.run(
        [npm, "pack", "--silent", f"{AXE[0]}@{AXE[1]}"], cwd=folder, capture_output=True, text=True, timeout=60
    )
    if done.returncode:
        pytest.skip("axe-core cannot be fetched")
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        member = archive.extractfile("package/axe.min.js")
        assert member is not None
        source = member.read().decode("utf-8")

    def find(browser: Any) -> list[str]:
        browser.set_script_timeout(300)  # a long page, on a machine with other work
        browser.execute_cdp_cmd("Runtime.evaluate", {"expression": source})  # not held back by the page's own policy
        found = browser.execute_async_script(
            "const done = arguments[0];axe.run().then(r => done(r.violations), e => done([{id: String(e), nodes: []}]))"
        )
        return [f"{v['id']}: {v.get('help')}: {[n['html'][:120] for n in v['nodes'][:3]]}" for v in found]

    return find


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
        done = subprocess.run(
            [sys.executable, "-m", "ridgeproof.proofs_check.cli", *map(str, words)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            timeout=timeout,
        )
        if done.returncode == 2:  # a refusal is one line; what is said before it, after two seconds, is the machine's
            lines = done.stderr.splitlines(keepends=True)
            done.stderr = "".join(line for line in lines[:-1] if not NOTE.fullmatch(line)) + "".join(lines[-1:])
        return done

    return run


@pytest.fixture
def ridgeproof_json(ridgeproof: Callable[..., Completed]) -> Callable[..., Any]:
    """Return a function that runs the command with ``--json`` and reads what it prints, strictly."""

    def run(*words: object) -> Any:
        done = ridgeproof(*words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))

    return run
