"""Run the notebooks and keep their outputs in them: `python tools/notebooks.py`; tests/test_notebooks.py compares.

What is kept is what a reader sees: printed text, tables and formulas as HTML, pictures as PNG.  Times, versions and the
long texts that Python would show in the place of HTML are left out.
"""

from __future__ import annotations

import html
import re
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

BOOKS = sorted((Path(__file__).resolve().parent.parent / "notebooks").glob("*.ipynb"))
SEEN = ("text/html", "image/png")
# Of a table or formula in HTML: its caption, its cells that hold numbers or name the row, and the statement in words.
PARTS = re.compile(
    r'<caption>(.*?)</caption>|<th scope="\w+"[^>]*>(.*?)</th>|<td class="number">(.*?)</td>|aria-label="([^"]*)"',
    re.DOTALL,
)


def run(file: Path, folder: str | Path, timeout: int = 120) -> Any:
    """The notebook with what its cells show when they are run in a folder, in an order, in a kernel of its own."""
    book = nbformat.read(file, as_version=4)
    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(book, timeout=timeout, kernel_name="python3", resources=resources).execute()
    for cell in book.cells:
        cell.metadata = {}
        if cell.cell_type == "code":
            cell.execution_count = None
            cell.outputs = [kept(output) for output in cell.outputs if output.get("name") != "stderr"]
    book.metadata = {"kernelspec": book.metadata["kernelspec"], "language_info": {"name": "python"}}
    return book


def kept(output: Any) -> Any:
    """An output without what nobody looks at."""
    if "data" in output:
        seen = {kind: value for kind, value in output.data.items() if kind in SEEN}
        output.data = seen or {"text/plain": output.data["text/plain"]}
        output.metadata = {}
    if "execution_count" in output:
        output.execution_count = None
    return output


def results(book: Any) -> list[list[tuple[str, str]]]:
    """What each cell shows, as (kind, text): results to compare, not how they are set.  A picture is its size."""
    return [_joined([_result(output) for output in cell.get("outputs", ())]) for cell in book.cells]


def _joined(shown: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Texts one after the other are one: in how many pieces a cell prints depends on the clock."""
    out: list[tuple[str, str]] = []
    for kind, text in shown:
        if kind == "text" and out and out[-1][0] == "text":
            text = out.pop()[1] + text
        out.append((kind, text))
    return out


def _result(output: Any) -> tuple[str, str]:
    data = output.get("data", {})
    if "image/png" in data:
        return "picture", str(_size("".join(data["image/png"])))
    if "text/html" in data:
        found = PARTS.findall("".join(data["text/html"]))
        return "table", "; ".join(html.unescape(re.sub(r"<[^>]*>", "", "".join(groups))) for groups in found)
    return "text", "".join(output.get("text", data.get("text/plain", "")))


def _size(png: str) -> tuple[int, int]:
    """Width and height of a picture: the first two numbers of its header."""
    from base64 import b64decode

    head = b64decode(png)[16:24]
    return int.from_bytes(head[:4], "big"), int.from_bytes(head[4:], "big")


def main() -> None:
    """Write the outputs into the notebooks."""
    for file in BOOKS:
        with tempfile.TemporaryDirectory() as folder:
            nbformat.write(run(file, folder, timeout=600), file)
        print(file.name)


if __name__ == "__main__":
    main()
