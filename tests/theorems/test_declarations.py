"""Letters and quantities that an author declares: what they mean, and what is refused, in one line."""

from __future__ import annotations

import pickle

import pytest
import sympy as sp

from ridgeproof.authoring import (
    Argmin,
    Constant,
    Defined,
    Design,
    E_test,
    Expect,
    Filter,
    Fit,
    Inverse,
    Minimum,
    Noise,
    Rate,
    Resolvent,
    Root,
    Roots,
    Sequence,
    Setting,
    Stacked,
    Vector,
    df,
    settled,
    trace,
    unstack,
)
from ridgeproof.errors import ClaimError
from ridgeproof.theorems import vocabulary as voc
from ridgeproof.theorems.declarations import declared
from ridgeproof.theorems.vocabulary import E, S, Sh, T, X, d, lam, n, sigma2

T1 = sp.Symbol("T1", integer=True, positive=True)
mu = sp.Symbol("mu", positive=True)
x = sp.Symbol("x", positive=True)
X1 = Design("X1", rows=T1)
E1 = Noise("E1", rows=T1, variance=mu)
LETTERS = (
    X1,
    E1,
    Inverse("W1inv", X1.T * X1),
    Resolvent("R1", X, mu),
    Constant("C", positive=True),
    Vector("u"),
    Stacked("Z", X, X1),
    Defined("Sh1", X1.T * X1 / T1),
    Filter("G", sp.Lambda(x, 1 - sp.exp(-mu * x)), Sh),
)
QUANTITIES = (
    Root(x, sp.Eq(x, lam + x * df(1, x) / T)),
    Sequence(sigma2, lambda y, m: y / 2 + sigma2 / (m + 1))(n),
    Argmin((x - lam) ** 2, x, within=(0, 1)),
    Minimum((x - lam) ** 2, x),
    Rate(Minimum(E_test(Setting("any", "any", (), Fit(T, lam, sigma2))), lam), T),
)


@pytest.mark.parametrize("one", [*LETTERS, *QUANTITIES], ids=str)
def test_a_declaration_survives_rebuilding_and_pickling(one: sp.Basic) -> None:
    """SymPy rebuilds expressions from their arguments; child processes get them pickled."""
    assert one.func(*one.args) == one
    assert pickle.loads(pickle.dumps(one)) == one
    assert sp.latex(one) and str(one)


def test_the_tables_of_the_vocabulary_answer_for_declared_letters() -> None:
    """A law, an inverse and a symmetry are found in the same place as for a letter of the vocabulary."""
    inverse, resolvent = LETTERS[2], LETTERS[3]
    assert voc.GAUSSIAN[X1] == (S, 1) and voc.GAUSSIAN[E1] == (None, mu)
    assert voc.INVERSES[inverse] == X1.T * X1 and inverse in voc.SYMMETRIC and X1 not in voc.SYMMETRIC
    assert voc.MOMENTS_EXIST.get(resolvent) == sp.true and voc.MOMENTS_EXIST.get(inverse) is None
    assert X1 not in voc.INVERSES and sp.MatrixSymbol("Q", d, d) not in voc.GAUSSIAN
    assert set(voc.GAUSSIAN) == {x for x in voc.MATRICES if x in voc.GAUSSIAN}  # iterating gives the vocabulary alone


def test_a_ridge_makes_moments_exist_only_over_a_gram_matrix() -> None:
    """(X'CX + mu)^-1 may be singular: C is arbitrary."""
    plain = Resolvent("R2", X, lam)
    odd = Inverse("Q", Constant("C") + lam * sp.Identity(d))
    assert voc.MOMENTS_EXIST[plain] == sp.Gt(lam, 0) and odd not in voc.MOMENTS_EXIST


def test_substitution_reaches_the_law() -> None:
    """T = 2 d in a design of T1 rows gives a design of 2 d rows, also inside the inverse of its Gram matrix."""
    changed = LETTERS[2].subs(T1, 2 * d)
    assert changed.inverse_of.args[1].shape == (2 * d, d)


def test_stacked_rows_multiply_block_by_block() -> None:
    """Z'y is the sum over the blocks; blocks that do not match are refused."""
    z, y = LETTERS[6], Stacked("y", E, E1)
    assert unstack(z.T * y) == X.T * E + X1.T * E1
    c, gram = LETTERS[4], X.T * X + X1.T * X1
    assert unstack(z.T * z * c) == gram * c and unstack(c * z.T * z) == c * gram  # once the rest was dropped
    assert unstack(c * z.T * z * c * z.T * z) == c * gram * c * gram
    with pytest.raises(ClaimError, match="different sizes"):
        unstack(z.T * Stacked("y2", E1, E))


def test_one_name_is_one_letter() -> None:
    """Two designs called X1 with different sizes in one statement are refused."""
    other = Design("X1", rows=2 * d)
    with pytest.raises(ClaimError, match="two different letters have the name X1"):
        declared(Expect(trace(X1.T * X1)) + Expect(trace(other.T * other)))


def test_bound_variables_are_not_captured() -> None:
    """What is substituted for x outside does not reach the x that a root solves for, however deep."""
    inner = Root(x, x**2 - lam)
    outer = Root(x, x - inner - lam)
    assert inner.xreplace({x: sp.Integer(3)}) == inner and x not in inner.free_symbols
    assert outer.unknown != inner.unknown and outer.equations[0].has(inner)
    assert outer.subs(lam, 4).equations[0].subs(outer.subs(lam, 4).unknown, 0) == -Root(x, x**2 - 4) - 4
    a, b = Roots((x, mu), (x - mu - 1, x + mu - lam))
    assert a != b and a.equations == b.equations and a.free_symbols == {lam}


def test_a_sequence_is_its_recursion() -> None:
    """e(m+1) = e(m)/2 + sigma2/(m+1) from e(0) = sigma2, by hand: 1, 3/2, 5/4 times sigma2."""
    term = QUANTITIES[1]
    assert [term.after(i) for i in range(3)] == [sigma2, sp.Rational(3, 2) * sigma2, sp.Rational(5, 4) * sigma2]
    fibonacci = Sequence((0, 1), lambda a, b: (b, a + b))
    assert [fibonacci[0](7).after(i) for i in range(8)] == [0, 1, 1, 2, 3, 5, 8, 13]


def test_the_test_error_of_a_claim_is_that_of_its_setting_also_under_a_minimum() -> None:
    """The minimum over lambda reaches the ridge of the setting, and nothing else called lambda."""
    setting = Setting("isotropic", "isotropic", (), Fit(T, lam, sigma2))
    best = settled(Argmin(E_test, lam), setting)
    assert best.function.setting.downstream.ridge == best.variable and lam not in best.free_symbols
    assert settled(2 * E_test, setting) == 2 * E_test(setting) and E_test(setting).setting == setting


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Design("X", rows=T1), "the vocabulary's X is"),
        (lambda: Noise("phi"), "the vocabulary's phi is"),
        (lambda: Design("X1", rows=mu), "no number of rows"),
        (lambda: Design("X1", covariance=voc.A), "no symmetric constant"),
        (lambda: Design("two words"), "no name"),
        (lambda: Noise("E1", variance=-1), "variance = -1"),
        (lambda: Constant("C", T, d, symmetric=True), "cannot be symmetric"),
        (lambda: Inverse("Q", X), "is T x d"),
        (lambda: Inverse("Q"), "no matrix expression"),
        (lambda: Inverse("Q", sp.MatrixSymbol("U", d, d)), "declared nowhere"),
        (lambda: Stacked("Z", X), "two or more"),
        (lambda: Filter("G", sp.exp(x), Sh), "a Lambda of one variable"),
        (lambda: Root(x, lam), "stands in no equation"),
        (lambda: Root(x, x - 1, within=(2, 1)), "nothing lies between"),
        (lambda: Roots((x, mu), (x - 1,)), "1 equations for 2 unknowns"),
        (lambda: Sequence(1, lambda: 2), "a step of 0 arguments"),
        (lambda: Sequence(1, 2), "is no function"),
        (lambda: Sequence((0, 1), lambda a, b: a), "gives 1 numbers"),
        (lambda: Argmin(T, lam), "does not depend on lambda"),
        (lambda: E_test(3), "E_test(3)"),
        (lambda: Expect(T, lam), "an expectation is over letters"),
    ],
)
def test_what_is_no_declaration_is_refused_in_one_line(make: object, said: str) -> None:
    """What is wrong and what is accepted, in one line."""
    with pytest.raises(ClaimError) as caught:
        make()  # type: ignore[operator]
    assert said in str(caught.value) and "accepted" in str(caught.value) and "\n" not in str(caught.value)
