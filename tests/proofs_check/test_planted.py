"""Kinds of wrong versions that once were not refuted (docs/planted-faults.md): each falls, and what is true stands."""

from __future__ import annotations

import dataclasses
import math
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import sympy as sp

from ridgeproof.proofs_check.audit import truths
from ridgeproof.proofs_check.questions import questions
from ridgeproof.proofs_check.witnesses import quadrature, replay
from ridgeproof.proofs_check.witnesses.judge import judge
from ridgeproof.proofs_check.witnesses.word_draws import regressed
from ridgeproof.theorems import registry
from ridgeproof.theorems import vocabulary as voc
from ridgeproof.theorems.claim import Claim, Equation, Hypothesis
from ridgeproof.theorems.functions import SpectralSum
from ridgeproof.theorems.registry import claims

LEDGER = claims()


def stated(claim: Claim, left: sp.Basic | None = None, right: sp.Basic | None = None) -> Claim:
    """A claim of one equation with another side."""
    part = claim.statement[0]
    return dataclasses.replace(claim, statement=(Equation(left or part.left, right or part.right),))


def supposed(claim: Claim, dropped: sp.Basic, *instead: sp.Basic) -> Claim:
    """A claim with one hypothesis dropped, or replaced."""
    kept = tuple(h for h in claim.hypotheses if h.condition != dropped)
    assert len(kept) == len(claim.hypotheses) - 1
    return dataclasses.replace(claim, hypotheses=(*kept, *(Hypothesis(str(c), c) for c in instead)))


def test_entries_of_matrices_are_searched_and_the_counterexample_is_replayed() -> None:
    """tr(S M'w w'M') <= |w|^2 tr(S M M') fails at M = [[1/2, 1], [4, 2]]: M and M' may not be mixed; with M it stands.

    By hand: S = diag(2, 1/8), w = (1, 2): M'w = (17/2, 5), Mw = (5/2, 8), left w'M' S M'w = 2 (17/2)(5/2) + 5 = 95/2;
    tr(S M M') = 2 (5/4) + 20/8 = 5, times |w|^2 = 5.
    """
    claim = LEDGER["operator-norm-bound"]
    M = next(x for x in claim.statement[0].left.atoms(sp.MatrixSymbol) if x.name == "M")
    w, S = voc.w0, voc.S
    assert judge(claim).outcome == "holds"
    found = judge(stated(claim, left=sp.Trace(S * M.T * w * w.T * M.T)))
    assert found.outcome == "fails"
    entries = {"M": [["1/2", "1"], ["4", "2"]]}
    spectrum = [("2", "1"), ("1/8", "4")]
    # of the true claim at the same point: w'M' S M w = 2 (5/2)^2 + 8^2/8 = 41/2 <= 25
    assert replay.sides(claim.id, {"d": "2"}, spectrum, entries=entries) == [("41/2", "25")]
    assert "M = [[1/2, 1], [4, 2]]" in found.details["counterexample"] and "95/2 against 25" in found.reason


def test_every_counterexample_is_replayed_by_its_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Of a registered claim, a formula, one of a file of formulas, a claim of a file, and one that stands nowhere."""
    wrong = dataclasses.replace(LEDGER["inverse-wishart"], id="of-nowhere")
    file = tmp_path / "own.toml"
    file.write_text('[[claim]]\nid = "of-toml"\nformula = "df1 = 2*df2"\nwhere = ["lambda > 0"]\n')
    code = tmp_path / "own.py"
    code.write_text(
        "from ridgeproof.authoring import *\n"
        "c = Claim('of-python', 'wrong', 'none', Relation.EQUALITY, (Equation(df(1, kappa), 2*df(2, kappa)),),"
        " hypotheses=(Hypothesis('lambda > 0', lam > 0),))\n"
    )
    asked = [
        LEDGER["worse-than-nothing-as-published"],
        *questions("kappa = 2*lambda", ["lambda > 0"]),
        *questions(str(file)),
        *registry.claims_from_file(code),
        stated(wrong, right=2 * wrong.statement[0].right),
    ]
    for claim in asked:
        found = judge(claim)
        assert found.outcome == "fails"
        exec(found.details["replay"], {"claim": claim})
        said = re.findall(r"'([^']*)'", capsys.readouterr().out)
        sides = [float(Fraction(x.lstrip("[").split(" ")[0])) for x in said]
        assert sides == pytest.approx([float(Fraction(str(found.details[x]))) for x in ("left", "right")], rel=1e-9)


def test_points_at_which_a_denominator_vanishes_come_first() -> None:
    """With lambda for kappa T - df_2 is 0 at S = I, d = 4, T = 1, lambda = 1: no value, though the algebra holds."""
    claim = LEDGER["forgetting-gap"]
    where = tuple((x, voc.lam if x.name == "kappa" else meaning) for x, meaning in claim.where)
    assert where != claim.where
    found = judge(dataclasses.replace(claim, where=where))
    assert found.meaningless and "division by 0" in found.reason
    assert judge(claim).outcome == "holds"


def test_as_many_samples_as_dimensions_without_a_ridge() -> None:
    """Without lambda > 0, T = d is admitted, where T - df_2(0) = 0 (docs/theory.md#E5)."""
    found = judge(supposed(LEDGER["same-design"], sp.Gt(voc.lam, 0)))
    assert found.meaningless and "division by 0" in found.reason


@pytest.mark.parametrize("samples, dimension", [(7, 1), (8, 1), (9, 2)])
def test_poles_go_into_the_weight(samples: int, dimension: int) -> None:
    """E tr W^-1 = d/(T - d - 1), E W^-2 = 1/((T - 2)(T - 4)) for d = 1: exactly, with the poles in the weight."""
    nodes, weights = quadrature.grid(samples, dimension, 24, poles=2)
    gram = nodes @ np.swapaxes(nodes, 1, 2)
    inverse = np.linalg.inv(gram)
    assert math.isclose(float(weights.sum()), 1, rel_tol=1e-12)
    mean = float(np.sum(weights * np.trace(inverse, axis1=1, axis2=2)))
    assert math.isclose(mean, dimension / (samples - dimension - 1), rel_tol=1e-9)
    if dimension == 1:
        second = float(np.sum(weights * inverse[:, 0, 0] ** 2))
        assert math.isclose(second, 1 / ((samples - 2) * (samples - 4)), rel_tol=1e-9)


def test_what_is_regressed_off_leaves_the_mean() -> None:
    """v = 3 + 2 c + noise with E c = 0: the mean stays 3 within five of the smaller error bars (seed fixed)."""
    rng = np.random.default_rng(5)
    c, noise = rng.standard_normal((200, 3)), rng.standard_normal(200)
    v = 3 + c @ np.array([2.0, -1.0, 5.0]) + 0.1 * noise
    mean, error = regressed(v, c)
    assert error < 0.02 < float(v.std()) / math.sqrt(200) and abs(mean - 3) < 5 * error
    assert regressed(v, np.empty((200, 0))) == (float(v.mean()), float(v.std(ddof=1)) / math.sqrt(200))


def test_one_per_cent_in_a_mean_of_words_is_seen() -> None:
    """E tr(R A) ~= 1.01 kappa tr(A K)/lambda is refuted, and without the factor it stands (docs/theory.md#E1)."""
    claim = LEDGER["kappa-from-resolvent"]
    assert judge(claim).outcome == "holds"
    found = judge(stated(claim, right=sp.Rational(101, 100) * claim.statement[0].right))
    assert found.outcome == "fails" and re.search(r"gap tends to -0\.0\d+", found.reason)


def test_a_word_that_its_controls_say_whole_at_some_sizes_only() -> None:
    """E tr(A Sh D) for E tr(A Sh R) is linear in X'X: errors of 0 and of 1e-2 meet in one fit, which was singular."""
    claim = LEDGER["projection-mean"]
    left = claim.statement[0].left.subs(voc.R, voc.D)
    assert left != claim.statement[0].left
    assert judge(stated(claim, left=left)).outcome == "fails"


# --- what is true after all ------------------------------------------------------------------------------------------


def test_a_sum_over_a_power_law_has_the_order_of_its_lowest_power() -> None:
    """k^2 sum s (s + k)^2 w0^2 is of the order of k^2, like k^2 sum s/(s + k)^2 w0^2 for r > 1; k^3 times it is not."""
    claim = LEDGER["bias-order-above-saturation"]
    total = SpectralSum(voc.s * voc.w2 * (voc.s + voc.k) ** 2)
    assert "every power of k" in truths.reason(claim, stated(claim, left=voc.k**2 * total))
    assert truths.reason(claim, stated(claim, left=voc.k**3 * total)) == ""
    below = LEDGER["bias-order-below-saturation"]
    assert truths.reason(below, stated(below, left=voc.k**2 * total)) == ""  # there the right side is k^(2 r)


def test_square_designs_reproduce_their_teacher_fit_by_fit() -> None:
    """T1 = d leaves |w0|^2 - error as it is; so does T1 = d + 1, where the formula has T1/d (docs/theory.md#F5)."""
    claim = LEDGER["isotropic-chain-of-sizes"]
    T1 = next(x for x in claim.statement[0].right.free_symbols if x.name == "T1")
    square = supposed(claim, sp.Lt(T1, voc.d), sp.Le(T1, voc.d))
    assert "fit by fit" in truths.reason(claim, square)
    assert truths.reason(claim, supposed(claim, sp.Lt(T1, voc.d), sp.Le(T1, voc.d + 1))) == ""
    assert judge(supposed(claim, sp.Lt(T1, voc.d), sp.Le(T1, voc.d + 1))).outcome == "fails"
    wrong = stated(square, right=2 * square.statement[0].right)
    assert truths.reason(stated(claim, right=2 * claim.statement[0].right), wrong) == ""


def test_what_an_abbreviation_stands_for_may_be_of_no_account() -> None:
    """u = df_2/(T - df_2) stands on both sides of an identity that holds for every number u; D_0 is no number."""
    claim = LEDGER["forgetting-gap"]

    def meaning(letter: str, e: sp.Expr) -> Claim:
        where = tuple((x, e if x.name == letter else old) for x, old in claim.where)
        assert where != claim.where
        return dataclasses.replace(claim, where=where)

    assert "whatever" in truths.reason(claim, meaning("u", voc.lam**2))
    assert not truths._whatever(claim, meaning("D_0", voc.s / (voc.s + voc.lam)))  # it varies over the spectrum
    assert not truths._whatever(claim, meaning("B_fake", voc.lam))  # the identity speaks of it
    assert not truths._whatever(claim, claim)


def test_kappa_of_one_eigenvalue_without_a_ridge() -> None:
    """(2 kappa + 1 - d/T)^2 = (d/T - 1)^2 for kappa = (d/T - 1)_+; with another constant the numbers refute it."""
    claim = LEDGER["kappa-isotropic"]
    free = supposed(claim, sp.Gt(voc.lam, 0))
    assert "at lambda = 0" in truths.reason(claim, free)
    part = claim.statement[0]
    worse = Equation(part.left, part.right + voc.d)
    assert not truths._at_no_ridge(free, worse, [sp.Gt(voc.lam, 0)])
