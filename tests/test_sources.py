"""Claims are found by the paper's own numbers, and printed with the setting and definitions that they need."""

from __future__ import annotations

import pytest

from ridgeproof.proofs_check.cli.selection import named, searched
from ridgeproof.proofs_check.display import claim_html
from ridgeproof.proofs_check.writing.formats import markdown
from ridgeproof.proofs_check.writing.latex import fragment
from ridgeproof.proofs_check.writing.setting import definitions, setting
from ridgeproof.proofs_check.writing.show import as_text
from ridgeproof.theorems.registry import all_claims
from ridgeproof.theorems.sources import aliases, mentions, paper

CLAIMS = {c.id: c for c in all_claims()}


def test_numbers_of_a_source_have_their_version() -> None:
    """The example of the contract; numbers after v2: are v2's, a bare (34) is an equation."""
    source = "arXiv 2402.07712v1, Theorem 2 (v2: Eq. (13), Thm 4.6 (23)); docs/theory.md#E3"
    assert aliases(source) == ("v1 Theorem 2", "v2 Eq. (13)", "v2 Theorem 4.6 (23)")
    assert aliases("arXiv 2402.07712v2, Theorem 4.1, (34); docs/theory.md#F4") == ("v2 Theorem 4.1", "v2 Eq. (34)")
    assert aliases("classical (DLMF 5.12.3); docs/theory.md#P1") == ()
    assert paper(source) == "2402.07712" and paper("own derivation; docs/theory.md#E4") is None


def test_a_number_is_whole() -> None:
    """Theorem 4 is not Theorem 4.6, nor 4.6 Theorem 4.61; abbreviations and case do not matter."""
    assert mentions("v2 Thm 4.6 (23)", "theorem 4.6") and mentions("v2 Theorem 4.6", "thm. 4.6")
    assert not mentions("v2 Theorem 4.6", "Theorem 4") and not mentions("v2 Theorem 4.61", "Theorem 4.6")
    assert not mentions("v2 Theorem 4.6", "Theorem 6") and not mentions("Theorem 2", "")


def test_search_and_show_find_claims_by_number() -> None:
    """`list --search "Theorem 2"` and `show "Thm 4.6"`; an id is an id first."""
    assert {"fake-data-term", "fake-data-law"} <= {c.id for c in searched(all_claims(), "Theorem 2")}
    assert {c.id for c in named(all_claims(), "Thm 4.6")} >= {"fake-data-law", "forgetting-gap", "same-design-factor"}
    assert [c.id for c in named(all_claims(), "v2 Eq. (15)")] == ["kappa-isotropic"]
    assert [c.id for c in named(all_claims(), "link")] == ["link"]


def test_the_command_finds_them(ridgeproof, ridgeproof_json) -> None:
    """The same through the command, with aliases in JSON; what is not there is one line and status 2."""
    found = ridgeproof_json("list", "--search", "Thm 4.9")
    assert {"isotropic-forgetting", "isotropic-chain-of-sizes"} <= {c["id"] for c in found}
    assert all(c["paper"] == "2402.07712" and "v2 Theorem 4.9" in c["aliases"] for c in found)
    done = ridgeproof("list", "--search", "Theorem 99")
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("claim", [c for c in CLAIMS.values() if c.setting is not None], ids=lambda c: c.id)
def test_a_claim_is_printed_with_its_setting_everywhere(claim) -> None:
    """Text, Markdown and LaTeX name the generators, and what E_test, kappa and df mean where they stand."""
    found = setting(claim)
    assert ("no generators" in found) == (not claim.setting.generators)
    assert f"  {found}" in as_text(claim) and f"Setting: {found}." in markdown(claim)
    assert "Setting: " in fragment([claim])
    assert f"Setting: {found}." in claim._repr_markdown_()  # a notebook without the extension
    assert "<p>Setting: " in claim_html(claim)  # and with it
    assert all(line in as_text(claim) and line in markdown(claim) for line in definitions(claim))


def test_settings_that_differ_read_differently() -> None:
    """Theorem 2's factor and Theorem 2 as a whole have other noises and another truth, and say so."""
    factor, whole = setting(CLAIMS["fake-data-term"]), setting(CLAIMS["fake-data-law"])
    assert "w0 = 0" in factor and "any truth w0" in whole and "n generators" in whole and "variance sigma_0^2" in whole
    assert any("kappa - lambda = kappa df_1(kappa)/T" in line for line in definitions(CLAIMS["fake-data-law"]))
    assert any("downstream fit" in line for line in definitions(CLAIMS["least-squares-chain"]))
    means = definitions(CLAIMS["inverse-wishart"])
    assert means[0] == "the mean is over every random letter"
    assert {"Winv: the inverse of the Wishart matrix X'X, T >= d", "Sinv: the inverse of S"} <= set(means)
    assert "X: downstream design, rows iid N(0, S)" in definitions(CLAIMS["projection-mean"])  # through R and Sh
    assert any("rho, if its variance is 1" in line for line in definitions(CLAIMS["fake-data-term"]))
