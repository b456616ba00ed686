"""docs/paper.md: no numbered statement of the paper is missing, and what the page says of the ledger is true."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from scripts import load

from ridgeproof.proofs_check.report import paper as sections
from ridgeproof.proofs_check.verdicts import Grade, Row
from ridgeproof.theorems.paper import statements
from ridgeproof.theorems.registry import all_claims
from ridgeproof.theorems.sources import aliases, normal

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGE = (DOCS / "paper.md").read_text(encoding="utf-8")
ROWS = statements()
# The numbers of arXiv 2402.07712v2, taken from the paper and not from the table.
NUMBERED = (
    *("Theorem 4.1", "Remark 4.2", "Theorem 4.3", "Proposition 4.5", "Theorem 4.6", "Corollary 4.7", "Theorem 4.8"),
    *(
        "Theorem 4.9",
        "Theorem 5.2",
        "Corollary 5.3",
        "Lemma A.1",
        "Lemma A.2",
        "Proposition A.3",
        "Lemma A.5",
        "Lemma A.6",
    ),
    *("Lemma C.1", "Lemma C.2", "Fig. 1", "Fig. 2", "Fig. 3", "Fig. 5"),
)
EQUATIONS = (1, 2, 7, 9, 11, 13, 14, 15, 21, 22, 23, 24, 30, 32, 34, 36, 38, 46, 60, 63, 66, 70)
SECTIONS = ("Section 3, end", "Section 4.1", "Section 5.2", "Section 7")


def _made() -> Any:
    return load(DOCS / "paper.py")


def test_every_number_of_the_paper_has_a_row() -> None:
    """Theorems, lemmas, figures, equations and sections of v2."""
    numbers = [row.number for row in ROWS]
    assert len(numbers) == len(set(numbers)) >= 40
    text = "\n".join(numbers)
    assert not [x for x in (*NUMBERED, *SECTIONS) if x not in text]
    assert not [x for x in EQUATIONS if f"({x})" not in text]


def test_rows_name_claims_that_exist_or_say_why_there_is_none() -> None:
    """A row without claims has a note; every claim named is one of the ledger."""
    known = {c.id for c in all_claims()}
    for row in ROWS:
        assert set(row.claims) <= known, row.number
        assert row.claims or row.note, row.number


def test_claims_that_cite_v2_stand_in_a_row() -> None:
    """A claim whose source has a number of v2 is named in the table."""
    named = {c for row in ROWS for c in row.claims}
    assert not [c.id for c in all_claims() if any(a.startswith("v2 ") for a in aliases(c.source)) and c.id not in named]


def test_a_row_is_where_its_claims_say() -> None:
    """Theorems, lemmas, corollaries and remarks: a claim that cites one stands in a row of that number."""
    for claim in all_claims():
        for alias in aliases(claim.source):
            number = re.fullmatch(r"v2 ((?:Theorem|Lemma|Corollary|Remark|Proposition) [A-C\d.]+)(?: \(\d+\))?", alias)
            if number and claim.id not in ("inverse-wishart",):  # "used for Theorem 4.1"
                rows = [row for row in ROWS if normal(row.number).startswith(number[1])]
                assert any(claim.id in row.claims for row in rows), (claim.id, alias)


def test_the_page_is_what_its_script_makes() -> None:
    """The page is up to date with the list and the kept verdicts, which are of every claim of the ledger."""
    made = _made()
    verdicts = made.verdicts()
    assert made.page(verdicts) == PAGE
    named = {c for row in ROWS for c in row.claims}
    kept = {c.id for c in all_claims() if c.expected == "refuted"}
    assert {c for c in named if verdicts[c] == "refuted"} == kept & named
    assert not {"undecided", "assumed"} & {verdicts[c] for c in named}


def test_ten_statements_of_the_paper_are_refuted() -> None:
    """Each next to a claim that states what holds instead, and each with a finding that names it or the reason."""
    kept = {c.id for c in all_claims() if c.expected == "refuted"}
    assert len(kept) >= 16
    for row in ROWS:
        wrong = [c for c in row.claims if c in kept]
        assert not wrong or row.number in ("Eq. (30)", "Eq. (60)") or set(row.claims) - kept, row.number


def test_findings_say_what_was_known_and_what_is_new() -> None:
    """No finding claims for us what the paper states: each says what is known, what is new, or what is refuted."""
    for claim in all_claims():
        words = claim.finding
        assert not words or words.startswith(("Known: ", "New: ", "Refuted")), claim.id


def test_the_report_shows_statements_and_figures() -> None:
    """The section names every statement of v2 and v1; the figures are drawn with their gaps, Fig. 5 among them."""
    rows = [Row(c.id, c.title, c.source, str(c.relation), Grade.PROVED, (), 0.0) for c in all_claims()]
    text = sections.concordance(rows)
    assert text.count("<tr") == len(ROWS) + 1 and "Theorem 2, isotropic case" in text and "#claim-fake-data-law" in text
    drawn = sections.figures()
    assert all(f"Fig. {x}" in drawn for x in ("1", "2", "3a", "3b", "5"))
    assert drawn.count("<svg") == 7 and drawn.count("median gap") == 7
    assert sections.concordance([Row("mine", "", "", "equality", Grade.PROVED, (), 0.0)]) == ""
