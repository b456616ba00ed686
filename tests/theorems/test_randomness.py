"""One answer to the question whether a letter is random, for proofs and for witnesses."""

from __future__ import annotations

import pytest
import sympy as sp

from ridgeproof.proofs_check.witnesses.judge import judge
from ridgeproof.theorems import vocabulary as voc
from ridgeproof.theorems.claim import Claim, Equation, Relation
from ridgeproof.theorems.declarations import Constant, Design, Filter, Inverse, Stacked
from ridgeproof.theorems.functions import Expect, trace

x = sp.Symbol("x")
X1 = Design("X1")
RANDOM = {
    "X", "E", "Sh", "R", "W", "Winv", "X0", "W0", "W0inv", "X[m]", "E[m]", "Winv[m]", "w[m+1]", "w[n]", "N", "v[m]",
    "v[m+1]", "v[0]", "P", "Gp", "Y", "Ginv", "C0inv", "X0p", "P0", "F[m]", "u[m]", "u[m+1]", "H[m]", "H[m+1]",
}  # fmt: skip


def test_what_is_random_in_the_vocabulary() -> None:
    """Designs, noises, what is made of them, and the generators; not the teachers w, w[m], wP, the student's name, nor
    constants (the list is worked out by hand from the meanings)."""
    assert {letter.name for letter in voc.MATRICES if voc.is_random(letter)} == RANDOM


@pytest.mark.parametrize(
    ("letter", "random"),
    [
        (X1, True),
        (Constant("C"), False),
        (Inverse("I1", X1.T * X1), True),
        (Inverse("I2", Constant("C2")), False),
        (Stacked("Z", X1, voc.X), True),
        (Filter("F1", sp.Lambda(x, x**2), voc.Sh), True),
        (Filter("F2", sp.Lambda(x, x**2), voc.S), False),
    ],
)
def test_declared_letters(letter: sp.MatrixSymbol, random: bool) -> None:
    """A declared letter is random if something random is in it, under whatever name."""
    assert voc.is_random(letter) is random


def test_what_is_given_is_fixed() -> None:
    """Given the noise of the generations before, H[m+1] = H[m] + F[m] is random through F[m] alone."""
    assert not voc.is_random(voc.H, frozenset({voc.H}))
    assert voc.is_random(voc.H1, frozenset({voc.H}))
    assert not voc.is_random(voc.H1, frozenset({voc.H, voc.Fm}))


def test_a_random_letter_outside_an_expectation_is_told() -> None:
    """E tr W = tr W is neither true nor false."""
    loose = Claim("loose", "-", "-", Relation.EQUALITY, (Equation(Expect(trace(voc.W)), trace(voc.Sh)),))
    both = Claim(
        "both", "-", "-", Relation.EQUALITY, (Equation(Expect(trace(voc.W)), Expect(trace(voc.W)) + trace(voc.Sh)),)
    )
    assert judge(loose).outcome == judge(both).outcome == "undecided"
