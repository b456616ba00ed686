"""The audit: faults are really faults, what catches them is counted honestly, and nothing escapes."""

from __future__ import annotations

import dataclasses
import json
import random
import subprocess
import sys

import pytest
import sympy as sp

from ridgeproof.proofs_check.audit import equivalence as audit_equivalence
from ridgeproof.proofs_check.audit import faults as audit_faults
from ridgeproof.proofs_check.audit.mutations import scope_of, spread_out, variants
from ridgeproof.proofs_check.audit.planting import Tally, audit, audit_claim, report
from ridgeproof.proofs_check.court.court import carry_out, conclude
from ridgeproof.theorems.chain import link_claim, link_min_norm
from ridgeproof.theorems.claim import Claim, Equation, Relation
from ridgeproof.theorems.equivalents import clean_ridge
from ridgeproof.theorems.finite_sample import bias_variance, inverse_wishart, least_squares_chain
from ridgeproof.theorems.functions import Kappa, SpectralSum, df
from ridgeproof.theorems.leading_order import two_resolvents
from ridgeproof.theorems.power_law import (
    bias_above_saturation,
    bias_at_saturation,
    bias_below_saturation,
    clean_law,
    theorem_3,
    theorem_3_cut_off,
)
from ridgeproof.theorems.registry import all_claims
from ridgeproof.theorems.vocabulary import T0, R, Sh, T, a, b, beta, d, ell, k, lam, n, r, s, sigma02, sigma2, w2


def faults_of(expr: sp.Basic) -> set[tuple[str, sp.Basic]]:
    return set(variants(expr, scope_of([expr])))


def test_every_kind_of_fault_is_planted_somewhere() -> None:
    """The list of the issue: sign, coefficient, exponent, swapped symbol, dropped term, lambda for kappa, T for T0,
    df_1 for df_2, a wrong logarithm, off by one, Min for Max, a matrix word out of order."""
    some = (inverse_wishart, two_resolvents, clean_ridge, clean_law, bias_at_saturation)
    found = {operator for c in some for operator, _ in audit_faults.statements(c)}
    assert found >= {
        "sign", "coefficient", "exponent", "swapped symbol", "swapped letter", "dropped term", "dropped factor",
        "off by one",
        "lambda for kappa", "df_1 for df_2", "wrong logarithm", "Min for Max", "order of factors", "transpose",
    }  # fmt: skip


def test_faults_of_a_variance() -> None:
    """sigma^2 df_2/(T - df_2): the faults that a careless author would make are all among those planted."""
    k = Kappa(lam, T)
    planted = {new for _, new in faults_of(sigma2 * df(2, k) / (T - df(2, k)))}
    assert planted >= {
        sigma2 * df(1, k) / (T - df(2, k)),
        sigma2 * df(2, k) / T,
        sigma2 * df(2, k) / (T + df(2, k)),
        df(2, k) / (T - df(2, k)),
        sigma2 * df(2, lam) / (T - df(2, k)),
        sigma2 * df(2, k) / (T + 1 - df(2, k)),
    }


@pytest.mark.parametrize("claim", [inverse_wishart, clean_law, bias_variance, bias_at_saturation], ids=lambda c: c.id)
def test_a_mutant_is_never_the_claim_itself(claim: Claim) -> None:
    """Otherwise an uncaught fault could be no fault at all, and a caught one a false alarm."""
    mutants = [m.equations for _, m in audit_faults.statements(claim)]
    assert claim.equations not in mutants and len(set(mutants)) == len(mutants) > 10


def test_operators_take_turns() -> None:
    """A cap on the number of faults may not leave a kind of fault out."""
    chosen = spread_out([("a", i) for i in range(50)] + [("b", 0), ("c", 0)], 6, random.Random(0))
    assert {operator for operator, _ in chosen} == {"a", "b", "c"} and len(chosen) == 6


# --- equivalence is proved, never guessed -----------------------------------------------------------------------------


def why(claim: Claim, right: sp.Basic, left: sp.Basic | None = None) -> str:
    part = Equation(claim.statement[0].left if left is None else left, right)
    mutant = dataclasses.replace(claim, statement=(part, *claim.statement[1:]))
    return audit_equivalence.reason(claim, mutant, carry_out(claim, claim.derivation()))


def test_one_sample_more_is_no_fault_of_an_equivalent_and_is_one_of_an_exact_law() -> None:
    """sigma^2 df_2/(T + 1 - df_2) has the same limit in proportion; d/(T - d) is not d/(T - d - 1) (docs/theory.md#E2,
    #F4).
    """
    right = clean_ridge.equations[0].right
    k = Kappa(lam, T)
    one_more = right.subs(1 / (T - df(2, k)), 1 / (T + 1 - df(2, k)))
    assert one_more != right
    assert "tends to 1" in why(clean_ridge, one_more)
    assert why(clean_ridge, 2 * right) == ""
    exact = least_squares_chain.equations[0].right
    assert why(least_squares_chain, exact.subs(1 / (T - d - 1), 1 / (T - d))) == ""


def test_a_constant_is_no_fault_of_an_order_and_a_parameter_is() -> None:
    """Twice the law is the same order; the law without sigma^2 is another (docs/theory.md#P3)."""
    right = clean_law.equations[0].right
    assert why(clean_law, 2 * right)
    assert why(clean_law, right.subs(sigma2, 1)) == ""


def test_one_term_of_an_order_may_change_by_a_bounded_factor_and_not_by_its_number_of_generations() -> None:
    """T + 1 for T is the same order; n + 1 for n is not, because at n = 0 there is no fake data (docs/theory.md#P4)."""
    right = theorem_3_cut_off.equations[0].right
    term = n * sigma02 * T ** (a - b)
    assert "bounded" in why(theorem_3_cut_off, right.subs(term, n * sigma02 * (T + 1) ** (a - b)))
    assert why(theorem_3_cut_off, right.subs(n, n + 1)) == ""
    assert why(theorem_3_cut_off, right.subs(term, n * sigma02 * T ** (a - b + 1))) == ""
    clean = theorem_3.equations[0].right
    bias = 1 - 2 * sp.Min(r, 1) * ell - ell / beta
    assert clean.has(T**bias)
    assert "bounded" in why(theorem_3, clean.subs(T**bias, (T - 1) ** bias))  # inside Max(sigma^2, T^bias)
    assert why(theorem_3, clean.subs(T**bias, T ** (bias + 1))) == ""


def test_sums_whose_terms_agree_in_the_limit_are_one_where_the_larger_converges() -> None:
    """k^2 sum w0^2/s and k^2 sum s w0^2/(s + k)^2 have one limit for r > 1 only (docs/theory.md#P1)."""
    right = bias_above_saturation.statement[0].right
    assert "dominates" in why(bias_above_saturation, right, k**2 * SpectralSum(w2 / s))
    assert why(bias_above_saturation, right, k**2 * SpectralSum(s * w2 / (s - k) ** 2)) == ""
    below = bias_below_saturation.statement[0].right
    assert why(bias_below_saturation, below, k**2 * SpectralSum(w2 / s)) == ""  # the sum diverges


def test_letters_that_commute_may_change_places_and_others_not() -> None:
    """Sh R = R Sh, because R is the inverse of Sh + lambda; B does not commute with R."""
    left, right = two_resolvents.statement[0].left, two_resolvents.statement[0].right
    assert why(two_resolvents, right, left.subs(Sh * R, R * Sh)) or left.subs(Sh * R, R * Sh) == left
    assert why(two_resolvents, 2 * right) == ""


# --- what becomes of the faults --------------------------------------------------------------------------------------


def test_no_fault_escapes_in_a_proved_claim() -> None:
    """F3: statement, hypotheses, derivation and every changed entry of the certificate; both doors catch some."""
    tally = audit_claim(inverse_wishart)
    assert tally.escaped == [] and sum(tally.planted.values()) > 50
    assert set(tally.planted) == {"statement", "hypothesis", "derivation", "certificate"}
    assert min(tally.caught[x] for x in ("proof", "confrontation", "certificate")) > 10


@pytest.mark.parametrize("claim", [bias_above_saturation, clean_ridge], ids=lambda c: c.id)
def test_a_sample_of_claims_of_other_relations(claim: Claim) -> None:
    """An asymptotic that rests on an assumption, and an equivalent: nothing escapes, and every door catches some."""
    tally = audit_claim(claim)
    assert tally.escaped == []
    assert set(tally.planted) == {"statement", "hypothesis", "derivation", "certificate"}
    assert min(tally.caught[x] for x in ("proof", "confrontation", "certificate")) > 5


def test_a_faulty_abbreviation_is_caught_by_proof() -> None:
    """The gain of the min-norm link without its sum over the spectrum: below any error bar that a run can afford."""
    carried = carry_out(link_min_norm, link_min_norm.derivation())
    base = conclude(link_min_norm, carried)
    planted = [m for _, m in audit_faults.statements(link_min_norm) if m.where != link_min_norm.where]
    assert len(planted) > 50
    assert all(conclude(m, carried).worse_than(base) for m in planted)
    assert not base.worse_than(base)


def test_sums_within_sums_have_a_leading_term() -> None:
    """One sample more in a generator is no fault of the link; one noise for another is (docs/theory.md#E4)."""
    first = link_claim.where[2]
    one_more, other = (
        dataclasses.replace(
            link_claim, where=(*link_claim.where[:2], (first[0], first[1].subs(x, y)), *link_claim.where[3:])
        )
        for x, y in ((T0, T0 + 1), (sigma02, sigma2))
    )
    carried = carry_out(link_claim, link_claim.derivation())
    assert "tends to 1" in audit_equivalence.reason(link_claim, one_more, carried)
    assert audit_equivalence.reason(link_claim, other, carried) == ""


def test_the_books_balance() -> None:
    """Every fault is caught, or no fault by proof, or listed; nothing is lost between them."""
    document = report([audit_claim(inverse_wishart)], 0.0)
    assert document["planted"] == document["caught"] + document["equivalent"] + len(document["escaped"])
    assert document["planted"] == sum(document["operators"].values())


def test_an_escaped_fault_is_listed_with_what_was_planted() -> None:
    """A fault that nothing catches is a defect of verification, and may not be passed over."""
    tally = Tally("own")
    tally.enter("statement", "sign", [], "", "-x for x")
    document = report([tally], 0.0)
    assert document["escaped"] == [{"claim": "own", "place": "statement", "operator": "sign", "planted": "-x for x"}]
    assert document["caught"] == document["equivalent"] == 0


def test_the_command_prints_one_document() -> None:
    """The contract: {"planted", "caught", "equivalent", "escaped"} on standard output, status 0 when none escaped."""
    command = [sys.executable, "-m", "ridgeproof.proofs_check", "audit", "least-squares-limit", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    document = json.loads(done.stdout)
    assert {"planted", "caught", "equivalent", "escaped"} <= set(document)
    assert done.returncode == (1 if document["escaped"] else 0) == 0


def test_an_unknown_claim_is_refused() -> None:
    """One line, status 2."""
    command = [sys.executable, "-m", "ridgeproof.proofs_check", "audit", "no-such-claim"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2 and done.stdout == "" and len(done.stderr.splitlines()) == 1


DEAR = {  # claims of which an audit takes more than ten seconds
    "bias-variance", "one-fit", "link", "clean-law", "clean-law-cut-off", "modified-law", "modified-law-cut-off",
    "optimal-ridge-exponent", "clean-ridge-under-fake-data",
}  # fmt: skip


@pytest.mark.slow
def test_hundreds_of_faults_and_none_escapes() -> None:
    """The audit of every fifth claim that is not dear (`ridgeproof audit` takes all): each way catches a part.

    One-sided claims are left out: a factor on the larger side leaves them true, and nothing proves that yet.
    """
    hard = (Relation.OPTIMUM, Relation.BOUND)
    cheap = [claim.id for claim in all_claims() if claim.id not in DEAR and claim.relation not in hard]
    document = audit(cheap[::5], workers=2)
    assert document["planted"] >= 600
    assert document["escaped"] == []
    assert min(document["by_proof"], document["by_confrontation"], document["by_certificate"]) > 200
