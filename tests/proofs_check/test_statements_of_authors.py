"""Statements of authors: scalars, designs and inverses of their own, bounds; and their false neighbours."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp

from ridgeproof.errors import DerivationError
from ridgeproof.proofs_check.court.certify import derived
from ridgeproof.proofs_check.kernel import statements as K
from ridgeproof.proofs_check.meaning.say import say
from ridgeproof.proofs_check.proving.carrying import carry_out
from ridgeproof.proofs_check.proving.statements import known
from ridgeproof.proofs_check.witnesses.judge import judge
from ridgeproof.theorems import vocabulary as voc
from ridgeproof.theorems.claim import Claim, Equation, Hypothesis, Relation
from ridgeproof.theorems.declarations import Design, Inverse
from ridgeproof.theorems.functions import Expect, SpectralSum
from ridgeproof.theorems.quantities import Argmin
from ridgeproof.theorems.registry import all_claims

# ruff: noqa: E501 (a line of a table is a claim)

T, d, s = voc.T, voc.d, voc.s
FRESH = next(c for c in all_claims() if c.id == "inverse-wishart").hypotheses[0]
T1 = sp.Symbol("T1", integer=True, positive=True)
u, v, omega = sp.symbols("u v omega", positive=True)
real = sp.Symbol("y", real=True)
rows = Hypothesis("T + T1 >= d + 6", sp.Ge(T + T1, d + 6))
wide = Design("X1", rows=T1)
pooled = Inverse("Pinv", voc.X.T * voc.X + wide.T * wide)
below = Hypothesis("omega < 1", sp.Lt(omega, 1))


def claim(left: Any, right: Any, *told: Hypothesis, relation: Relation = Relation.EQUALITY) -> Claim:
    return Claim("claim", "", "test", relation, (Equation(left, right),), (FRESH, *told),
                 derive="auto")  # fmt: skip


AUTHORS: dict[str, tuple[Claim, str]] = {
    "two designs, one below the other": (
        claim(Expect(sp.Trace(voc.S * pooled)), d / (T + T1 - d - 1), rows), ">= 0; by [stein] [wishart-moments] ⊢ E[tr(S Pinv)] = d/"),
    "a square": (claim(u - v**2 / omega, u, relation=Relation.BOUND), "u >= u - v^2/omega"),
    "a filter in every direction": (claim(1 - u / (s + u), s / (s + u)), "s_j > 0 ⊢ 1 - u/(s_j + u) = s_j/(s_j + u)"),
    "a real number": (claim((real + u) ** 2, real**2 + 2 * real * u + u**2), "y real; u > 0 ⊢"),
    "a denominator by a hypothesis": (claim(1 / (2 - omega) - 1, (omega - 1) / (2 - omega), below), "1 - omega > 0"),
    "a derivative": (claim(sp.Derivative(SpectralSum(s / (s + voc.k)), voc.k), -SpectralSum(s / (s + voc.k) ** 2)), "d/dk("),
}  # fmt: skip
NOBODYS: dict[str, Claim] = {
    "fewer rows": claim(Expect(sp.Trace(voc.S * pooled)), d / (T - d - 1), rows),
    "one row fewer": claim(Expect(sp.Trace(voc.S * pooled)), d / (T + T1 - d - 2), rows),
    "too few rows": claim(Expect(sp.Trace(voc.S * pooled)), d / (T + T1 - d - 1), Hypothesis("", sp.Ge(T + T1, d + 1))),
    "a design twice": claim(Expect(sp.Trace(voc.S * Inverse("Pinv", voc.X.T * voc.X + voc.X.T * voc.X))), d / (2 * T - d - 1), rows),
    "of other rows": claim(Expect(sp.Trace(voc.S * Inverse("Pinv", voc.X.T * voc.X + 2 * wide.T * wide))), d / (T + T1 - d - 1), rows),
    "the other way round": claim(u, u - v**2 / omega, relation=Relation.BOUND),
    "a square over a number of no sign": claim(u - v**2 / real, u, relation=Relation.BOUND),
    "a number of no sign": claim(u - real, u, relation=Relation.BOUND),
    "more than it is": claim(u, u + v - omega, relation=Relation.BOUND),
    "above by a hypothesis of the wrong sign": claim(omega, 1 - v + v * omega, below, relation=Relation.BOUND),
    "another filter": claim(1 - u / (s + u), s / (s + 2 * u)),
    "a denominator without a hypothesis": claim(1 / (2 - omega) - 1, (omega - 1) / (2 - omega)),
    "a denominator of no sign": claim(1 / real - 1 / (real + 1), 1 / (real * (real + 1))),
    "a slope of the wrong sign": claim(sp.Derivative(SpectralSum(s / (s + voc.k)), voc.k), SpectralSum(s / (s + voc.k) ** 2)),
    "any number": claim((sp.Symbol("z") + 1) ** 2, sp.Symbol("z") ** 2 + 2 * sp.Symbol("z") + 1),
}  # fmt: skip


@pytest.mark.parametrize("name", AUTHORS)
def test_statements_with_scalars_and_letters_of_an_authors_own(name: str) -> None:
    made, words = AUTHORS[name]
    statement = say(made)
    ((document, proved),) = known.prove(made, statement, *lines_of(made))
    assert K.same_statement(proved, statement.declare, statement.given, statement.shows[0])
    assert words in K.check(document).text()


@pytest.mark.parametrize("name", NOBODYS)
def test_their_false_neighbours_are_not_proved(name: str) -> None:
    with pytest.raises((DerivationError, K.Rejected)):
        made = NOBODYS[name]
        known.prove(made, say(made), *lines_of(made))


def test_a_scalar_is_what_its_assumptions_say() -> None:
    """No sort is made up, and no name of the vocabulary is lent to another symbol."""
    sorts = {"nat+": {"integer": True, "positive": True}, "nat": {"integer": True, "nonnegative": True}, "real": {"negative": True},
             "real>=0": {"nonnegative": True}, "real>0": {"positive": True}}  # fmt: skip
    for sort, told in sorts.items():
        x = sp.Symbol("y", **told)
        assert say(claim(x + 1, 2 * x)).declare == [["y", sort]]
    for name in ("y", "T", "S", "kappa1", "s_j"):
        x = sp.Symbol(name) if name == "y" else sp.Symbol(name, positive=True)
        with pytest.raises(DerivationError, match=r"real number|called like"):
            say(claim(x + 1, 2 * x))


def lines_of(made: Claim) -> tuple[list[Any], Any]:
    """The draft of a claim's derivation, where there is one: traces are converted."""
    try:
        found = carry_out(made, derived(made)).draft
    except DerivationError:
        found = None
    return ([], None) if found is None else (found["lines"], found["context"])


X, Y = sp.Symbol("x", positive=True), sp.Symbol("y", positive=True)
W = sp.Symbol("w", real=True)
MINIMISERS = [  # function, variable, ends, where it is least, what numbers say of it
    ((X - 2) ** 2, X, (0, 1), 1, "holds"),  # at an end
    ((X - 2) ** 2, X, (0, 1), 2, "fails"),  # beyond it
    ((W - 2) ** 2, W, (3, 10), 3, "holds"),
    (-(W**2), W, (-2, 1), -2, "holds"),
    (-(W**2), W, (-1, 1), -1, "undecided"),  # at both ends
    ((W**2 - 1) ** 2, W, (-2, 2), 1, "undecided"),  # at -1 as well
    (W**4 - W, W, (-2, 2), sp.Rational(1, 4) ** sp.Rational(1, 3), "holds"),
    (X + Y / X, X, (1, 2), sp.Min(2, sp.Max(1, sp.sqrt(Y))), "holds"),
    (X + Y / X, X, (1, 2), sp.Max(1, sp.sqrt(Y)), "fails"),
]


@pytest.mark.parametrize(("function", "variable", "within", "value", "outcome"), MINIMISERS, ids=str)
def test_minimisers_at_ends_and_in_several_places(
    function: sp.Expr, variable: sp.Symbol, within: tuple[int, int], value: sp.Expr, outcome: str
) -> None:
    """By hand; where a function is least in two places, "the" minimiser is neither."""
    place = Argmin(function, variable, within=within)
    for relation in (Relation.EQUALITY, Relation.OPTIMUM):
        stated = Claim("own", "", "test", relation, (Equation(place, sp.sympify(value)),))
        assert judge(stated).outcome == outcome
