"""The notebooks run from top to bottom; their own assertions are the test."""

from __future__ import annotations

from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")
pytest.importorskip("ipykernel")
BOOKS = sorted((Path(__file__).resolve().parent.parent / "notebooks").glob("*.ipynb"))


def test_there_are_three() -> None:
    """The paper, your own theorem, your own data."""
    assert [book.name[0] for book in BOOKS] == ["1", "2", "3"]


@pytest.mark.parametrize("file", BOOKS, ids=lambda file: file.stem)
def test_notebook_runs(
    file: Path, tmp_path: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every cell runs, every assertion in it holds, and values and pictures are shown as HTML and PNG."""
    pytest.importorskip("matplotlib")
    monkeypatch.setenv("PYTHONPATH", environment["PYTHONPATH"])
    book = nbformat.read(file, as_version=4)
    assert all(not cell.get("outputs") for cell in book.cells), "outputs are not kept in the repository"
    nbclient.NotebookClient(
        book, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    last_values = [o for cell in book.cells for o in cell.get("outputs", ()) if o.output_type == "execute_result"]
    shown = {kind for output in last_values for kind in output["data"]}
    assert not file.name.startswith(("1", "2")) or "text/html" in shown
    assert not file.name.startswith("1") or "image/png" in shown
