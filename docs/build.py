"""Build the documentation site: `python docs/build.py -o DIR` writes HTML with a search, to be read offline or served.

The builder is Sphinx (docs/conf.py).  Its pages are the Markdown files beside this script, which read on their own,
too; a page for every public module; the notebooks, with the outputs that are kept in them; and the files of the
repository to which pages link.  Any warning is an error: a link or an anchor that leads nowhere, a page in no list.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import shutil
import sys
import tempfile
from pathlib import Path, PurePosixPath
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
SECTIONS = {
    "Use": ("tutorial", "scenario-files", "data", "formulas", "grades-of-evidence"),
    "Theory": ("theory", "paper", "simulated-sources"),
    "Extend": ("adding-a-claim", "adding-a-certificate", "adding-a-law"),
    "Trust": ("kernel", "axioms", "what-must-be-believed", "mutation", "reliability", "audit", "planted-faults"),
}
# The folders of the repository, and what they are called once they are installed.
PACKAGES = {
    "ridgeproof": ROOT / "src" / "ridgeproof",
    "ridgeproof.theorems": ROOT / "theorems",
    "ridgeproof.numerics": ROOT / "numerics",
    "ridgeproof.proofs_check": ROOT / "proofs_check",
}
# Rooms that are reached through the others, and the command, which `ridgeproof --help` documents.
INTERNAL = (
    *(f"ridgeproof.proofs_check.{room}" for room in ("audit", "cli", "constants", "explore", "kernel.statements")),
    *(f"ridgeproof.proofs_check.{room}" for room in ("laws", "pictures", "proving", "report", "witnesses")),
    *(f"ridgeproof.theorems.{room}" for room in ("exponents.calculus", "reading")),
    "ridgeproof.numerics.sums",
)
COPIED = ("examples", "notebooks")  # folders to which pages link
OUT = re.compile(r"\]\(\.\./([^)#]*)(#[^)]*)?\)")  # a link out of docs/


def build(directory: Path) -> None:
    """Write the site.

    Raises
    ------
    SystemExit
        Sphinx has something to say; it has said it.
    """
    with tempfile.TemporaryDirectory(prefix="ridgeproof-docs-") as folder:
        stage = Path(folder) / "pages"
        lay_out(stage)
        if status := run(stage, directory):
            raise SystemExit(status)


def run(stage: Path, directory: Path) -> int:
    """Have Sphinx make a site of pages that are laid out; its exit status, which is not 0 after any warning."""
    from sphinx.cmd.build import build_main

    options = ["-q", "-W", "--keep-going", "-E", "-b", "html", "-d", str(stage.with_name("doctrees"))]
    return build_main([*options, str(stage), str(directory)])


def lay_out(stage: Path) -> None:
    """Write every page, in the form that Sphinx reads."""
    stage.mkdir(parents=True)
    shutil.copy(HERE / "conf.py", stage)
    for picture in HERE.glob("*.svg"):
        shutil.copy(picture, stage)
    for folder in COPIED:
        shutil.copytree(ROOT / folder, stage / folder, ignore=shutil.ignore_patterns("__pycache__", "README.md"))
    for page in HERE.glob("*.md"):
        text = OUT.sub(lambda link: f"]({_there(link[1])}{link[2] or ''})", page.read_text(encoding="utf-8"))
        (stage / page.name).write_text(text, encoding="utf-8")
    for book in _notebooks():
        (stage / "notebooks" / f"{book.stem}.md").write_text(notebook(book), encoding="utf-8")
    folders = [f.relative_to(stage).as_posix() for name in COPIED for f in (stage / name, *(stage / name).rglob("*/"))]
    for name in folders:
        (stage / name / "index.md").write_text(_listing(ROOT / name), encoding="utf-8")
    rooms = _reference(stage / "reference")
    known = {page for pages in SECTIONS.values() for page in pages}
    if missing := {p.stem for p in HERE.glob("*.md")} - known - {"index"}:
        raise SystemExit(f"docs/build.py: no section has {', '.join(sorted(missing))}")
    lists = {
        **{title: list(pages) for title, pages in SECTIONS.items()},
        "Notebooks": [f"notebooks/{book.stem}" for book in _notebooks()],
        "Files": [f"{name}/index" for name in folders],
        "Reference": [f"reference/{room}" for room in rooms],
    }
    index = stage / "index.md"
    index.write_text(index.read_text(encoding="utf-8") + "\n".join(map(_list, lists, lists.values())), encoding="utf-8")


def _list(title: str, pages: list[str]) -> str:
    """A section of the side bar."""
    body = "\n".join(pages)
    return f"\n```{{toctree}}\n:caption: {title}\n:hidden:\n:maxdepth: 1\n\n{body}\n```\n"


# --- the reference ---------------------------------------------------------------------------------------------------


def modules() -> dict[str, str]:
    """Every public module that says what it is: the name under which it is imported, and what it says."""
    found = {}
    for package, folder in PACKAGES.items():
        for file in sorted(folder.rglob("*.py")):
            name = ".".join((package, *file.relative_to(folder).with_suffix("").parts)).removesuffix(".__init__")
            if any(part.startswith("_") for part in name.split(".")) or name.startswith(INTERNAL):
                continue
            tree = ast.parse(file.read_text(encoding="utf-8"))
            says = ast.get_docstring(tree)
            if says and (file.name != "__init__.py" or len(tree.body) > 1):
                found[name] = says
    return found


def _reference(folder: Path) -> list[str]:
    """Write a page for every module, and one for every room that lists its own; the names of the rooms."""
    folder.mkdir()
    rooms: dict[str, list[tuple[str, str]]] = {}
    for name, says in modules().items():
        parts = name.split(".")
        depth = 3 if parts[1:2] == ["proofs_check"] and len(parts) > 3 else min(2, len(parts) - 1)
        room = ".".join(parts[:depth]) if ".".join(parts[:2]) in PACKAGES else "ridgeproof"
        rooms.setdefault(f"room-{room}", []).append((name, says.split("\n")[0]))
        head = f":orphan:\n\n{name}\n{'=' * len(name)}\n\n"  # found from its room: the side bar shows rooms alone
        body = f".. automodule:: {name}\n   :members:\n   :ignore-module-all:\n   :show-inheritance:\n"
        names_there = _face() if name == "ridgeproof" else ""
        (folder / f"{name}.rst").write_text(f"{head}{body}{names_there}", encoding="utf-8")
    for room, names in rooms.items():
        title = room.removeprefix("room-")
        listed = "".join(f"- [`{name}`]({name}.rst): {says}\n" for name, says in names)
        (folder / f"{room}.md").write_text(f"# {title}\n\n{listed}", encoding="utf-8")
    return list(rooms)


def _face() -> str:
    """What ``import ridgeproof`` offers is loaded when it is used: its names, and links to where they are described."""
    import inspect

    import ridgeproof

    lines = ["\nIts names\n---------\n"]
    for name in ridgeproof.__all__:
        if name in ridgeproof._HOME:
            what = getattr(ridgeproof, name)
            says = re.sub(r"([\\*|_])", r"\\\1", (inspect.getdoc(what) or "").split("\n")[0])
            lines.append(f"- :py:obj:`{name} <{what.__module__}.{name}>`: {says}")
    return "\n".join(lines) + "\n"


# --- notebooks and files ---------------------------------------------------------------------------------------------


def _notebooks() -> list[Path]:
    return sorted((ROOT / "notebooks").glob("*.ipynb"))


def notebook(file: Path) -> str:
    """A notebook as a page: words, code, and the outputs that are kept in it."""
    parts = []
    for cell in json.loads(file.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        parts.append(source if cell["cell_type"] == "markdown" else f"```python\n{source}\n```")
        parts.extend(_output(output) for output in cell.get("outputs", ()))
    parts.append(f"To run it: {{download}}`{file.name}`.")
    return "\n\n".join(parts) + "\n"


def _output(output: dict[str, Any]) -> str:
    data = output.get("data", {})
    if "image/png" in data:
        picture = "".join(data["image/png"]).replace("\n", "")
        return f'<img alt="what the cell draws" src="data:image/png;base64,{picture}">'
    if "text/html" in data:  # a blank line would end the HTML
        return "<div>\n" + re.sub(r"\n\s*\n", "\n", "".join(data["text/html"])) + "\n</div>"
    return f"```text\n{''.join(output.get('text', data.get('text/plain', ''))).rstrip()}\n```"


def _listing(folder: Path) -> str:
    """What a folder of the repository says of itself, and its files."""
    about = folder / "README.md"
    text = about.read_text(encoding="utf-8") if about.exists() else f"# {folder.relative_to(ROOT).as_posix()}/\n"
    files = sorted(f.name for f in folder.iterdir() if f.is_file() and f.name not in ("README.md", "index.md"))
    return text + "\n\nFiles: " + ", ".join(f"{{download}}`{name}`" for name in files) + "\n"


def _there(path: str) -> str:
    """The page of the site, from a page of docs/, that stands for a file or folder of the repository."""
    target = PurePosixPath(path)
    if target.suffix == ".ipynb":
        return str(target.with_suffix(".md"))
    return f"{target.parent if target.name == 'README.md' else target}/index.md"


def main() -> None:
    """Build from the command line."""
    parser = argparse.ArgumentParser(description="Build the documentation site.")
    parser.add_argument("-o", dest="directory", metavar="DIR", type=Path, required=True)
    directory = parser.parse_args().directory
    build(directory)
    print(f"{len(list(directory.rglob('*.html')))} pages in {directory}", file=sys.stderr)


if __name__ == "__main__":
    main()
