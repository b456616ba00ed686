"""One claim for a reader: every registered claim in text, LaTeX and JSON."""

from __future__ import annotations

import json

import pytest

from ridgeproof.proofs_check.writing.show import as_json, as_text, render, step_json
from ridgeproof.theorems.claim import Algebra, Claim, LeadingTraces
from ridgeproof.theorems.functions import trace
from ridgeproof.theorems.registry import all_claims
from ridgeproof.theorems.vocabulary import S, kappa, lam


@pytest.mark.parametrize("claim", all_claims(), ids=lambda c: c.id)
def test_every_claim_is_shown_whole(claim: Claim) -> None:
    """Hypotheses, statement and every step are there, in words; lines carry no trailing blanks."""
    text = as_text(claim)
    assert claim.id in text and claim.title in text and claim.source in text
    assert all(h.text in text for h in claim.hypotheses)
    assert all(step.says in text for step in claim.derivation())
    assert all(line == line.rstrip() for line in text.splitlines())
    assert ("Finding" in text) == bool(claim.finding)


def test_steps_without_a_certificate_are_marked() -> None:
    """A reader sees which steps rest on the literature."""
    claim = next(c for c in all_claims() if c.id == "link-min-norm")
    assert "(no certificate)" in as_text(claim) and "cited: " in as_text(claim)


@pytest.mark.parametrize("claim", all_claims()[:12], ids=lambda c: c.id)
def test_json_has_both_forms(claim: Claim) -> None:
    """JSON output parses and gives each equation as text and as LaTeX."""
    data = json.loads(render(claim, "json"))
    assert data == json.loads(json.dumps(as_json(claim)))
    assert data["id"] == claim.id and len(data["derivation"]) == len(claim.derivation())
    assert all(e["text"] and e["latex"] for e in data["statement"])
    assert r"\begin{claim}" in render(claim, "latex")


def test_conclusions_carry_the_relation_of_their_rule() -> None:
    """What holds to leading order only is not shown as an equality, in text and in LaTeX."""
    exact = step_json(Algebra("", lam, kappa))["conclusions"]
    leading = step_json(LeadingTraces("", trace(S), trace(S)))["conclusions"]
    assert [" = " in c["text"] and " = " in c["latex"] for c in exact] == [True]
    assert [" ~= " in c["text"] and r" \simeq " in c["latex"] for c in leading] == [True]
