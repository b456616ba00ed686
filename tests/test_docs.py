"""The documentation: every code block is run, every page is one of the site, and a link that leads nowhere fails it.

Blocks of kind `console` that need no file are compared with what the command prints by test_command_documents.py.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from scripts import load

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
def builder() -> ModuleType:
    """docs/build.py."""
    return load(ROOT / "docs" / "build.py")


def test_every_document_is_a_page_of_the_site(builder: ModuleType, tmp_path: Path) -> None:
    """No page is forgotten, and what users call has a page of its module, reached from the page of its room."""
    stage = tmp_path / "pages"
    builder.lay_out(stage)
    pages = {page.name for page in (ROOT / "docs").glob("*.md")}
    assert pages <= {page.name for page in stage.glob("*.md")}
    assert len(list((stage / "notebooks").glob("*.md"))) == 4  # three, and the list of files
    index = (stage / "index.md").read_text("utf-8")
    assert all(f"\n{Path(page).stem}\n" in index for page in pages - {"index.md"})
    for name, room in (
        ("ridgeproof.face.problems", "ridgeproof"),
        ("ridgeproof.authoring", "ridgeproof"),
        ("ridgeproof.numerics.predictions.equivalents", "ridgeproof.numerics"),
        ("ridgeproof.proofs_check.court.court", "ridgeproof.proofs_check.court"),
        ("ridgeproof.theorems.claim", "ridgeproof.theorems"),
    ):
        assert f".. automodule:: {name}\n" in (stage / "reference" / f"{name}.rst").read_text("utf-8")
        assert f"({name}.rst)" in (stage / "reference" / f"room-{room}.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("link", "good"),
    [
        ("[F1](theory.md#F1), [the axioms](axioms.md), [here](#F2)", True),
        ("[a name that is not one](theory.md#F99)", False),
        ("[nor here](#F99)", False),
        ("[no heading](theory.md#no-such-heading)", False),
        ("[no page](theorie.md)", False),
    ],
)
def test_links_that_lead_nowhere_fail_the_build(builder: ModuleType, tmp_path: Path, link: str, good: bool) -> None:
    """Of a site of three pages with the project's own settings; .ci/run builds the whole one."""
    pytest.importorskip("myst_parser")
    pytest.importorskip("furo")
    stage = tmp_path / "pages"
    stage.mkdir()
    for name in ("conf.py", "axioms.md"):
        shutil.copy(ROOT / "docs" / name, stage)
    (stage / "theory.md").write_text('# Theory\n\n<a id="F1"></a>\n## One\n\nText, [up](#F1).\n', "utf-8")
    listed = "```{toctree}\ntheory\naxioms\n```"
    (stage / "index.md").write_text(f'# Home\n\n<a id="F2"></a>\n\n{link}\n\n{listed}\n', "utf-8")
    axioms = stage / "axioms.md"  # its own links lead to pages that are not here
    axioms.write_text(re.sub(r"\]\((?:kernel|theory)[^)]*\)", "](index.md)", axioms.read_text("utf-8")), "utf-8")
    assert (builder.run(stage, tmp_path / "site") == 0) is good
    assert 'id="F1"' in (tmp_path / "site" / "theory.html").read_text("utf-8")  # with its letters as they are cited


def test_docstrings_are_typed_mathematics() -> None:
    """Signs are signs, what is laid out in columns stays so, and examples are left alone."""
    pytest.importorskip("myst_parser")
    conf = load(ROOT / "docs" / "conf.py")
    assert conf.typed("The norm |v|_S of ``a|b*`` and lambda*, ell*.") == (
        r"The norm \|v\|_S of ``a|b*`` and lambda\*, ell\*."
    )
    assert conf.typed("exact   both sides\nlimit   ratio") == "::\n\n    exact   both sides\n    limit   ratio"
    assert conf.typed("One sentence.  Two of\nthem: no columns.") == "One sentence.  Two of\nthem: no columns."
    assert conf.typed("``Matrix``s and |v|") == r"``Matrix``\ s and \|v\|"
    assert conf.typed("See :func:`x.y`.\n\nExamples\n--------\n>>> 2 ** 3\n8") == (
        "See ``x.y``.\n\nExamples\n--------\n\n>>> 2 ** 3\n8"
    )


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
