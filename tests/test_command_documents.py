"""What the documents show is what the command does: outputs, scenarios, claims, the marked command of the README."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
TEXT = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "README.md", *(ROOT / "docs").glob("*.md"))}
TEXT["examples"] = (EXAMPLES / "README.md").read_text(encoding="utf-8")
CONSOLE = [
    pytest.param(words, shown, id=words, marks=pytest.mark.slow if words.startswith("verify") else ())
    for text in TEXT.values()
    for words, shown in re.findall(r"(?<!-->\n)```console\n\$ ridgeproof (.*?)\n(.*?)```", text, re.DOTALL)
]


@pytest.mark.parametrize(("words", "shown"), CONSOLE)
def test_shown_output_is_real(ridgeproof, words: str, shown: str) -> None:
    """Every console block is what the command prints, but for spaces, rules, and of `verify` the seconds it took and
    the counts of points: how many are tried within a claim's seconds depends on the machine, and so do, of orders over
    power laws, the ranges of what was tried.
    """
    done = ridgeproof(*words.split(), cwd=ROOT)
    assert done.returncode == 0, done.stderr
    varying = r"(?<=  )\d+\.\d(?=  )|\b\d+(?= points)|(?<=log ratio ->)[^;]*;|(?<=tried a =).*?sizes:|\|[ca]\| > \S+"
    varying = varying if words.startswith("verify") else r"$^"
    printed, copied = (
        re.sub(varying, "", text.replace("─", ""), flags=re.DOTALL).split() for text in (done.stdout, shown)
    )
    assert printed == copied


def test_scenario_of_the_documents_is_read(ridgeproof, tmp_path: Path) -> None:
    """The annotated scenario file can be copied and predicted."""
    block, *_ = re.findall(r"```toml\n(.*?)```", TEXT["scenario-files.md"], re.DOTALL)
    (tmp_path / "scenario.toml").write_text(block, encoding="utf-8")
    assert ridgeproof("predict", "scenario.toml").returncode == 0


def test_claim_of_the_documents_is_proved(ridgeproof_json, tmp_path: Path) -> None:
    """The first claim that the documents show how to write is proved (tests/test_tutorial.py has all the others)."""
    block, *_ = re.findall(r"```python\n(.*?)```", TEXT["adding-a-claim.md"], re.DOTALL)
    (tmp_path / "notes.py").write_text(block, encoding="utf-8")
    ledger = ridgeproof_json("verify", "notes.py")
    assert (ledger["accepted"], ledger["failed"], ledger["undecided"]) == (1, 0, 0)
    assert {claim["verdict"] for claim in ledger["claims"]} == {"proved"}


def test_the_readme_marks_one_command_for_ci() -> None:
    """.ci/run finds the install-and-test command in the README: one fenced line after the mark."""
    marked = re.findall(r"<!-- run by \.ci/run -->\n```sh\n([^\n]*)\n```", TEXT["README.md"])
    assert len(marked) == 1
    assert "venv" in marked[0] and re.search(r"/pytest( -n auto)?$", marked[0])


def test_pictures_show_collapse_and_its_exponents(environment: dict[str, str]) -> None:
    """The two pictures as tables: the best ridge moves up with n, and the slopes approach the exact rates.

    The slopes of the last decade, T = 10^7 to 10^8, are off by 0.012 and 0.003; they have to be within 0.02.
    """
    words = [sys.executable, EXAMPLES / "pictures.py"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=True, env=environment)
    assert done.stdout.split() == re.search(r"```text\n(.*?)```", TEXT["examples"], re.DOTALL)[1].split()
    lines = [line.split() for line in done.stdout.splitlines()]
    curves = lines[2:6]
    assert [curve[0] for curve in curves] == ["0", "1", "5", "20"]
    best = [next(i for i, cell in enumerate(curve) if cell.endswith("*")) for curve in curves]
    assert best == sorted(best) and best[0] < best[-1]
    last, rates = lines[-2], lines[-1]
    assert rates[-2:] == ["1/10", "3/10"]
    assert float(last[2]) == pytest.approx(0.1, abs=0.02)
    assert float(last[4]) == pytest.approx(0.3, abs=0.02)
