"""The translation from SymPy to certificates: exact, or refused."""

from __future__ import annotations

import pytest
import sympy as sp

from ridgeproof.errors import DerivationError
from ridgeproof.proofs_check.proving.lines.translation import Exporter
from ridgeproof.theorems.functions import Expect, SpectralSum, trace
from ridgeproof.theorems.vocabulary import T0, A, B, P, R, S, Sh, T, X, d, lam, s, w0


def test_scalars_are_written_as_nested_lists() -> None:
    """A rational function keeps its structure and its exact coefficients."""
    out = Exporter()
    assert out.scalar(sp.Rational(3, 5)) == "3/5"
    assert out.scalar(d / T) in (["*", "d", ["/", "1", ["^", "T", 1]]], ["*", ["/", "1", ["^", "T", 1]], "d"])
    assert set(out.scalars) == {"d", "T"}


def test_what_the_kernel_does_not_look_into_gets_one_name_each() -> None:
    """Equal atoms share a name, different ones do not, and no symbol of a claim can be confused with one."""
    out = Exporter()
    first, second = SpectralSum(s), SpectralSum(s**2)
    assert out.scalar(first) == out.scalar(first) != out.scalar(second)
    with pytest.raises(DerivationError, match="two different symbols"):
        out.scalar(sp.Symbol(out.name(first).name))


def test_two_symbols_of_one_name_are_refused() -> None:
    """d and another symbol printed as d would be one letter to the kernel: x - y = 0 would be proved."""
    with pytest.raises(DerivationError, match="two different symbols have the name d"):
        Exporter().scalar(d - sp.Symbol("d"))


def test_definitions_are_written_out_and_words_collected() -> None:
    """Sh = X'X/T; products of sums expand; transposes reverse; symmetric letters are their own."""
    out = Exporter()
    assert out.words(Sh * R) == {("X'", "X", "R"): 1 / T}
    assert out.words((A * R).T) == {("R", "A'"): sp.S.One}
    assert out.words((A + lam * sp.Identity(d)) * B) == {("A", "B"): sp.S.One, ("B",): lam}
    assert out.words(A - A) == {}


def test_traces_are_linear_in_expectations() -> None:
    """E[tr X'X] tr A is a constant times an expectation; traces of the identity are dimensions."""
    out = Exporter()
    assert out.traces(Expect(trace(A * P)) * trace(B) / d) == {(("B",), ("A", "P")): 1 / d} or out.traces(
        Expect(trace(A * P)) * trace(B) / d
    ) == {(("A", "P"), ("B",)): 1 / d}
    assert out.traces(Expect(trace(A * sp.Identity(d)) ** 2)) == {(("A",), ("A",)): sp.S.One}
    assert out.traces(T0 * trace(sp.Identity(d) * A) / d) == {(("A",),): T0 / d}


@pytest.mark.parametrize(
    "expr",
    [
        Expect(trace(A * P)) * Expect(trace(B * P)),  # not E of the product
        Expect(trace(A * P)) ** 2,
        trace(A * P),  # random, and not averaged
        trace(A * P) * Expect(trace(B * P)),
        Expect(trace(A * P) * Expect(trace(B * P))),
        trace(X.T * X) / T,
        1 / Expect(trace(A * P)),
        sp.exp(trace(A)),
    ],
    ids=str,
)
def test_what_is_no_expectation_of_a_polynomial_is_refused(expr: sp.Expr) -> None:
    """The kernel proves E[...] = 0; a statement about samples, or about products of means, is another one."""
    with pytest.raises(DerivationError):
        Exporter().traces(expr)


def test_letters_bring_their_laws() -> None:
    """Using R declares X and S, with the shapes, the law and the inverse of the vocabulary."""
    out = Exporter()
    out.use(R)
    context = out.context()
    assert set(context["letters"]) == {"R", "X", "S"}
    assert context["letters"]["X"]["gaussian"] == {"covariance": "S", "variance": "1"}
    assert context["letters"]["R"]["symmetric"] is True
    with pytest.raises(DerivationError, match="not in the vocabulary"):
        out.use(sp.MatrixSymbol("Unknown", d, d))
    with pytest.raises(DerivationError, match="no words"):
        out.words(sp.MatrixSymbol("A", d, d).inverse() * S * w0)
