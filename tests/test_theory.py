"""docs/theory.md: every anchor that code, claims or documents cite exists, and every claim cites one that names it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ridgeproof.theorems.claim import Claim
from ridgeproof.theorems.registry import all_claims
from ridgeproof.theorems.sources import THEORY

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / THEORY).read_text(encoding="utf-8")
ANCHORS = re.findall(r'^<a id="([A-Za-z][A-Za-z0-9-]*)"></a>$', TEXT, re.MULTILINE)
# A citation is docs/theory.md#E3; further anchors may follow it: docs/theory.md#E1 to #E3, #E6.
CITATION = re.compile(r"theory\.md((?:(?:, | to |, and | and )?#[A-Za-z][A-Za-z0-9-]*)+)")
SOURCES = sorted(
    file
    for folder in (
        "theorems",
        "numerics",
        "proofs_check",
        "src",
        "tests",
        "benchmarks",
        "docs",
        "examples",
        "notebooks",
    )
    for suffix in ("*.py", "*.md", "*.toml", "*.ipynb")
    for file in (ROOT / folder).rglob(suffix)
    if file.name != "test_docs.py"  # its broken links are made to be found
)


def cited(text: str) -> list[str]:
    """The anchors of the theory that a text cites."""
    return [anchor for group in CITATION.findall(text) for anchor in re.findall(r"#([A-Za-z0-9-]+)", group)]


def section(anchor: str) -> str:
    """What stands between an anchor and the next one."""
    return TEXT.split(f'<a id="{anchor}"></a>', 1)[1].split('<a id="', 1)[0]


def test_citations_are_found() -> None:
    """The pattern reads single anchors, lists and ranges, and links."""
    text = "docs/theory.md#E1 to #E3, #E6; see [it](theory.md#setup)"
    assert cited(text) == ["E1", "E3", "E6", "setup"]
    assert sum(len(cited(file.read_text(encoding="utf-8"))) for file in SOURCES) > 100


def test_every_cited_anchor_exists() -> None:
    """A reader of a printed page finds the place; no anchor stands twice; links inside the document have their end."""
    assert len(ANCHORS) == len(set(ANCHORS)) >= 30
    lost = {
        (str(file.relative_to(ROOT)), anchor)
        for file in SOURCES
        for anchor in cited(file.read_text(encoding="utf-8"))
        if anchor not in ANCHORS
    }
    assert not lost
    assert set(re.findall(r"\]\(#([^)]*)\)", TEXT)) <= set(ANCHORS)


def test_no_bare_letter_code_of_the_theory() -> None:
    """What cannot be followed, "theory, F3", is nowhere left."""
    bare = re.compile(r"\btheory(?:\.md)?,? (?:[EFP]\d|sections? \d)\b|\bdesign\.md\b")
    own = Path(__file__).resolve()
    assert not [str(f) for f in SOURCES if f != own and bare.search(f.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("claim", all_claims(), ids=lambda c: c.id)
def test_every_claim_cites_its_place_and_is_named_there(claim: Claim) -> None:
    """The source ends in an anchor, and the paragraph behind that anchor names the claim."""
    place = re.search(rf"; {re.escape(THEORY)}#([A-Za-z0-9-]+)$", claim.source)
    assert place, claim.source
    assert f"`{claim.id}`" in section(place[1])


def test_sources_of_the_paper_say_its_version() -> None:
    """Numbers differ between the versions: 2402.07712 is never cited without v1 or v2."""
    for claim in all_claims():
        assert not re.search(r"2402\.07712(?!v[12])", claim.source), claim.source


def test_the_theory_names_no_claim_that_is_not_there() -> None:
    """Every claim id in backquotes is one of the ledger."""
    known = {claim.id for claim in all_claims()}
    named = set(re.findall(r"`([a-z0-9]+(?:-[a-z0-9]+)+)`", TEXT))
    assert named - known <= {"phase-diagram"}, named - known
