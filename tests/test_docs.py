"""The documentation: every code block is run, every link leads somewhere, every page of the site is built.

Blocks of kind `console` that need no file are compared with what the command prints by test_command_documents.py.
"""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import tomllib
from html.parser import HTMLParser
from pathlib import Path

import pytest

pytest.importorskip("markdown_it")
ROOT = Path(__file__).resolve().parent.parent
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
BLOCK = re.compile(
    r"^(?:<!-- (?P<note>[^\n]*) -->\n)?```(?P<kind>[^\n]*)\n(?P<code>.*?)^```$", re.DOTALL | re.MULTILINE
)
BLOCKS = {page.name: [m.groupdict() for m in BLOCK.finditer(page.read_text(encoding="utf-8"))] for page in PAGES}
# Run by this file, by test_command_documents.py (console, toml), or by .ci/run (the marked command of the README).
IN_PARTS = ("output in parts", "part of the output")
KINDS = {"python", "console", "toml", "sh", "text"}


def test_every_block_has_a_runner() -> None:
    """No block is of a kind that nothing runs; commands to be typed (sh) stand in the README, where .ci/run reads."""
    assert {block["kind"] for blocks in BLOCKS.values() for block in blocks} <= KINDS
    assert {name for name, blocks in BLOCKS.items() for block in blocks if block["kind"] == "sh"} <= {"README.md"}


@pytest.mark.parametrize(
    "name", [name for name, blocks in BLOCKS.items() if any(b["kind"] == "python" for b in blocks)]
)
def test_python_blocks_run(name: str, tmp_path: Path, environment: dict[str, str]) -> None:
    """The Python blocks of a page, one after another in one interpreter, run to their end; their assertions hold."""
    code = "\n\n".join(b["code"] for b in BLOCKS[name] if b["kind"] == "python")
    file = tmp_path / "page.py"
    file.write_text(code, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, file], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr


def test_toml_blocks_are_toml() -> None:
    """Scenario and law files in the documents can be read; that they work is tested where their kind is."""
    assert sum(bool(tomllib.loads(b["code"])) for blocks in BLOCKS.values() for b in blocks if b["kind"] == "toml") >= 2


def test_law_of_the_documents_gives_the_printed_table(ridgeproof, tmp_path: Path) -> None:
    """The law file that the documents show has the exponents that they show: ell = rate = beta/(beta + 1)."""
    blocks = BLOCKS["adding-a-law.md"]
    (law,) = (b["code"] for b in blocks if b["kind"] == "toml")
    (tmp_path / "law.toml").write_text(law, encoding="utf-8")
    blocks = [b["code"] for b in blocks if b["kind"] == "console" and b["note"] == "with law.toml"]
    assert len(blocks) == 3  # the table, the formula, the certificates
    for block in blocks:
        command, _, printed = block.partition("\n")
        done = ridgeproof(*command.removeprefix("$ ridgeproof ").split())
        assert done.stdout.replace("─", "").split() == printed.replace("─", "").split()


@pytest.mark.slow
def test_parts_of_outputs_are_real(ridgeproof, tmp_path: Path) -> None:
    """Where a page shows parts of a long output, every line of them is one that the command prints."""
    pages = {name: [b for b in blocks if b["note"] in IN_PARTS] for name, blocks in BLOCKS.items()}
    shown = {b["code"] for blocks in pages.values() for b in blocks if b["kind"] == "text"}
    assert shown == {b["code"] for blocks in BLOCKS.values() for b in blocks if b["kind"] == "text"}
    for blocks in pages.values():
        printed: set[str] = set()
        for block in blocks:
            if block["kind"] == "console":
                pytest.importorskip("sklearn")
                done = ridgeproof(*block["code"].removeprefix("$ ridgeproof ").split())
                assert done.returncode == 0, done.stderr
                printed = {" ".join(line.split()) for line in done.stdout.splitlines()}
            else:
                assert {" ".join(line.split()) for line in block["code"].splitlines()} <= printed


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the site is built."""
    return tmp_path_factory.mktemp("site")


@pytest.fixture(scope="module")
def site(place: Path) -> dict[str, str]:
    """The site, built by its own script: file name -> HTML."""
    spec = importlib.util.spec_from_file_location("docs_build", ROOT / "docs" / "build.py")
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    return {file.name: file.read_text(encoding="utf-8") for file in build.build(place)}


class Links(HTMLParser):
    """The ids and link targets of a page."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.targets: list[str] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.ids |= {str(found["id"])} if "id" in found else set()
        self.targets += [str(found["href"])] if tag == "a" and "href" in found else []  # an anchor has none


def test_every_document_is_a_page_and_every_link_leads_somewhere(site: dict[str, str], place: Path) -> None:
    """No page is forgotten; links between pages, to headings, and to files of the project all have their end."""
    assert {f"{page.stem}.html" for page in (ROOT / "docs").glob("*.md")} | {"reference.html"} == set(site)
    read = {name: Links(text) for name, text in site.items()}
    for name, page in read.items():
        for target in page.targets:
            if target.startswith(("https://", "http://")):
                continue
            file, _, anchor = target.partition("#")
            if file.startswith("../"):
                assert (place / file).exists(), (name, target)
                continue
            assert (file or name) in site, (name, target)
            assert not anchor or anchor in read[file or name].ids, (name, target)


def test_reference_holds_what_users_call(site: dict[str, str]) -> None:
    """The functions of the tutorial are in the reference with their signatures and docstrings."""
    for name in (
        "ridgeproof.numerics.predictions.equivalents.predict",
        "ridgeproof.proofs_check.court.court.verify",
        "ridgeproof.theorems.claim.Claim",
        "ridgeproof.numerics.predictions.kappa.kappa",
    ):
        assert f'id="{name}"' in site["reference.html"]
    assert "scenario: Scenario" in site["reference.html"]


def test_readme_works_on_a_package_page() -> None:
    """The README is read away from the tree, too: it links to no file, and the paths that it names are files."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(target.startswith("https://") for target in re.findall(r"\]\(([^)#]+)\)", text))
    named = re.findall(r"(?<![\w/.-])(?:docs|examples|notebooks|theorems|numerics|proofs_check)/[\w./-]*\w", text)
    assert named and all((ROOT / path).exists() for path in named)


def test_grades_page_knows_every_grade() -> None:
    """Each grade of the court, and each relation, is explained."""
    from ridgeproof.proofs_check.verdicts import Grade
    from ridgeproof.theorems.claim import Relation

    text = (ROOT / "docs" / "grades-of-evidence.md").read_text(encoding="utf-8")
    assert all(f"| `{name}` |" in text for name in (*Grade, *Relation))
