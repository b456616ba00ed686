"""Claims as values: what is refused when one is written, and what every registered claim keeps to."""

from __future__ import annotations

import dataclasses

import pytest
import sympy as sp

from ridgeproof.errors import ClaimError
from ridgeproof.theorems.claim import SIGN, Algebra, Cited, Claim, Equation, Premise, Relation, Step
from ridgeproof.theorems.functions import E_test
from ridgeproof.theorems.registry import all_claims
from ridgeproof.theorems.vocabulary import SCALARS, T, d, is_known

GOOD = Equation(sp.Symbol("x"), sp.Symbol("y"))


def test_a_claim_is_refused_in_one_line() -> None:
    """Ids are lower-case words joined by hyphens; something is stated; relations are those of the design."""
    Claim("two-words", "t", "s", Relation.EQUALITY, (GOOD,))
    cases = (
        ("Two Words", Relation.EQUALITY, (GOOD,)),
        ("", Relation.EQUALITY, (GOOD,)),
        ("a--b", Relation.EQUALITY, (GOOD,)),
        ("a", Relation.EQUALITY, ()),
        ("a", "equals", (GOOD,)),
        ("a", Relation.EQUALITY, (1,)),
        ("a", Relation.EQUALITY, (Equation("x", "y"),)),
    )
    for name, relation, statement in cases:
        with pytest.raises(ClaimError) as error:
            Claim(name, "t", "s", relation, statement)  # type: ignore[arg-type]
        assert "\n" not in str(error.value)


def test_every_relation_has_a_sign() -> None:
    """Text and LaTeX are there for each of the five relations."""
    assert set(SIGN) == set(Relation)


@pytest.mark.parametrize("claim", all_claims(), ids=lambda c: c.id)
def test_registered_claims_keep_to_the_design(claim: Claim) -> None:
    """A source, steps that say something, references for what is cited, premises that exist, limits."""
    assert claim.title and claim.source and claim.hypotheses
    steps = claim.derivation()
    assert (steps or claim.expected == "refuted") and all(isinstance(s, Step) and s.says for s in steps)
    assert all(s.reference for s in steps if isinstance(s, Cited))
    assert {s.claim for s in steps if isinstance(s, Premise)} <= {c.id for c in all_claims()} - {claim.id}
    if any(e.left.has(E_test) for e in claim.statement):
        assert claim.setting is not None
    if claim.relation in (Relation.ASYMPTOTIC, Relation.ORDER):
        assert claim.limit is not None
    assert claim.expected != "refuted" or claim.finding
    assert dataclasses.replace(claim, title="another") != claim


@pytest.mark.parametrize("claim", [c for c in all_claims() if c.where], ids=lambda c: c.id)
def test_abbreviations_are_written_out(claim: Claim) -> None:
    """``equations`` holds none of the symbols that ``where`` defines; ``statement_text`` says what they are."""
    symbols = {x for x, _ in claim.where}
    for e in claim.equations:
        assert not symbols & (e.left.atoms(sp.Symbol, sp.MatrixSymbol) | e.right.atoms(sp.Symbol, sp.MatrixSymbol))
    assert all(f"where {x} = " in claim.statement_text() for x in symbols)


def test_matrices_of_statements_are_known() -> None:
    """A letter that neither the vocabulary nor a declaration explains could not be checked."""
    for claim in all_claims():
        for e in claim.equations:
            assert all(map(is_known, e.left.atoms(sp.MatrixSymbol) | e.right.atoms(sp.MatrixSymbol))), claim.id
    assert {T, d} <= set(SCALARS)


def test_steps_conclude_what_they_state() -> None:
    """The conclusion of an algebra step is its two sides, which the court compares with the statement."""
    x, y = sp.symbols("x y")
    assert Algebra("", x, y).conclusions() == (Equation(x, y),)
    assert Cited("", "somebody").conclusions() == ()
