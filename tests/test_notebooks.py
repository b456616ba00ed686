"""The notebooks run from top to bottom, their own assertions hold, and they show what is kept in them."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import pytest
from scripts import load

nbformat = pytest.importorskip("nbformat")
pytest.importorskip("nbclient")
pytest.importorskip("ipykernel")
ROOT = Path(__file__).resolve().parent.parent
BOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """tools/notebooks.py, which keeps the outputs."""
    return load(ROOT / "tools" / "notebooks.py")


def test_there_are_three() -> None:
    """The paper, your own theorem, your own data."""
    assert [book.name[0] for book in BOOKS] == ["1", "2", "3"]


@pytest.mark.parametrize("file", BOOKS, ids=lambda file: file.stem)
def test_notebook_shows_what_is_kept_in_it(
    tool: ModuleType, file: Path, tmp_path: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every cell runs; words are the same, numbers to six digits, verdicts and statements too, pictures as large.

    After a change that is meant: `python tools/notebooks.py`.
    """
    pytest.importorskip("matplotlib")
    monkeypatch.setenv("PYTHONPATH", environment["PYTHONPATH"])
    book = nbformat.read(file, as_version=4)
    kept, shown = tool.results(book), tool.results(tool.run(file, tmp_path))
    assert len(kept) == len(shown)
    for cell, before, now in zip(book.cells, kept, shown, strict=True):
        assert same(before, now), (cell.source, before, now)
    kinds = {kind for outputs in kept for kind, _ in outputs}
    assert "text" in kinds and (file.name[0] == "3" or "table" in kinds) and (file.name[0] != "1" or "picture" in kinds)
    assert all(output.get("output_type") != "error" for cell in book.cells for output in cell.get("outputs", ()))


def same(before: list[tuple[str, str]], now: list[tuple[str, str]]) -> bool:
    """Whether outputs are of the same kinds and words, and their numbers agree to six digits."""
    return len(before) == len(now) and all(
        kind == other and NUMBER.sub("#", text) == NUMBER.sub("#", again) and _near(text, again)
        for (kind, text), (other, again) in zip(before, now, strict=True)
    )


def _near(text: str, again: str) -> bool:
    pairs = zip(NUMBER.findall(text), NUMBER.findall(again), strict=True)
    return all(float(x) == pytest.approx(float(y), rel=1e-6) for x, y in pairs)


def test_another_number_or_word_is_another_output() -> None:
    """A digit that differs, a verdict that differs, a line too many."""
    table = [("table", "2 accepted, 0 failed; test error; 0.398684")]
    assert same(table, [("table", "2 accepted, 0 failed; test error; 0.3986841")])
    assert not same(table, [("table", "2 accepted, 0 failed; test error; 0.398694")])
    assert not same(table, [("table", "1 accepted, 1 failed; test error; 0.398684")])
    assert not same(table, [("text", table[0][1])]) and not same(table, [])
