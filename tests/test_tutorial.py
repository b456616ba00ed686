"""The tutorial and the published statements: what is written there holds, by the court."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ridgeproof.proofs_check.court.certify import certify
from ridgeproof.proofs_check.court.court import verify
from ridgeproof.theorems.claim import Claim, Relation
from ridgeproof.theorems.registry import claims_from_file

ROOT = Path(__file__).parents[1]
PUBLISHED = claims_from_file(ROOT / "examples" / "published_claims.py")


@pytest.fixture(scope="module")
def tutorial(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Claim]:
    """The claims of docs/adding-a-claim.md, read as one file."""
    text = (ROOT / "docs" / "adding-a-claim.md").read_text(encoding="utf-8")
    file = tmp_path_factory.mktemp("tutorial") / "tutorial_claims.py"
    file.write_text("\n".join(re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)), encoding="utf-8")
    return {c.id: c for c in claims_from_file(file)}


def test_the_tutorial_has_every_relation_and_declaration(tutorial: dict[str, Claim]) -> None:
    """A table row for each relation, and each declaration in use."""
    text = (ROOT / "docs" / "adding-a-claim.md").read_text(encoding="utf-8")
    assert all(f"| `{r.name}` |" in text for r in Relation)
    kinds = (
        "Design Noise Constant Vector Inverse Resolvent Defined Stacked Filter Root Roots Sequence Argmin Minimum Rate"
    )
    assert all(f"{kind}(" in text for kind in kinds.split())
    assert sum(c.startswith("tutorial-") for c in tutorial) == len(tutorial) >= 19


def test_what_the_tutorial_leaves_to_the_machine_is_proved(tutorial: dict[str, Claim]) -> None:
    """Fourteen claims with derive="auto", the ten published ones among them."""
    left = [c for c in tutorial.values() if c.derive == "auto"]
    assert len(left) >= 13
    assert [c.id for c in left if not certify(c).complete] == []


def test_derivations_of_the_tutorial_by_hand(tutorial: dict[str, Claim]) -> None:
    """The one by parts, and the order of magnitude."""
    assert certify(tutorial["tutorial-by-hand"]).complete and certify(tutorial["tutorial-degrees-at-kappa"]).sound


def test_thirty_published_statements() -> None:
    """Their number, and that each names its source."""
    assert len(PUBLISHED) == 30 and all(c.source for c in PUBLISHED)


@pytest.mark.slow
def test_published_statements_hold() -> None:
    """None is refuted, none undecided: proved where the derivation is left to the machine, else confronted."""
    verdicts = {row.id: str(row.verdict) for row in verify(PUBLISHED, workers=1).rows}
    assert {id: verdict for id, verdict in verdicts.items() if verdict not in ("proved", "confronted")} == {}
    left = [c.id for c in PUBLISHED if c.derive == "auto"]
    assert len(left) >= 20 and [id for id in left if verdicts[id] != "proved"] == []
