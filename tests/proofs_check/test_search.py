"""The search finds the proofs that the ledger needs, and does not find proofs of what is false."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sympy as sp

from ridgeproof.errors import DerivationError
from ridgeproof.proofs_check.proving import lines as K
from ridgeproof.proofs_check.proving.draft import Builder
from ridgeproof.proofs_check.proving.tactics import TACTICS
from ridgeproof.proofs_check.proving.words import as_sympy, ratio_data, reduced
from ridgeproof.theorems import claim as C
from ridgeproof.theorems.functions import Expect, trace
from ridgeproof.theorems.vocabulary import T0, A, P, R, S, Sh, Sinv, T, Winv, X, d, lam


def certify(*steps: C.Step) -> Any:
    """Return the document of these steps."""
    claim = C.Claim("test", "test", "test", C.Relation.EQUALITY, (C.Equation(sp.S.Zero, sp.S.Zero),))
    builder = Builder(claim, steps)
    for i, step in enumerate(steps):
        builder.add(i, step, TACTICS[type(step)](builder, step))
    return json.loads(json.dumps(builder.document()))


def inverse_wishart(value: sp.Expr) -> C.Traces:
    """Return F3 with another value."""
    return C.Traces("F3", Expect(trace(A * Winv)), value, by=(C.Stein(X, X * Winv * A * Sinv),))


def haar(value: sp.Expr) -> C.Traces:
    """Return the mean of a Haar projection with another value."""
    return C.Traces("F5", Expect(trace(A * P)), value, by=(C.Loop(A * P),))


def test_finds_f3_and_f5() -> None:
    """E W^-1 = S^-1/(T - d - 1) and E P = (T0/d) I are found and accepted."""
    result = K.check(certify(inverse_wishart(trace(A * Sinv) / (T - d - 1)), haar(T0 * trace(A) / d)))
    assert result["moments"] == {"Sinv": "0", "Winv": "1"}


@pytest.mark.parametrize(
    "step",
    [
        inverse_wishart(trace(A * Sinv) / (T - d)),
        inverse_wishart(trace(A * Sinv) / (T - d + 1)),
        inverse_wishart(trace(A) / (T - d - 1)),
        haar(T0 * trace(A) / T),
        haar(T0 * trace(A.T) / d**2),
    ],
)
def test_does_not_find_what_is_false(step: C.Traces) -> None:
    """d for d + 1, S dropped, T for d: no coefficients of the same identities prove it."""
    with pytest.raises(DerivationError, match="do not prove"):
        certify(step)


def test_the_transpose_of_a_constant_is_not_needed() -> None:
    """tr A' = tr A: the mean of a Haar projection is found for A', too."""
    K.check(certify(haar(T0 * trace(A.T) / d)))


def test_finds_word_identities_by_rewriting() -> None:
    """R Sh = I - lambda R and its consequences; a wrong sign leaves something over."""
    K.check(certify(C.Words("", R * Sh, sp.Identity(d) - lam * R)))
    K.check(certify(C.Words("", Sh * R * Sh, Sh - lam * sp.Identity(d) + lam**2 * R)))
    with pytest.raises(DerivationError, match="left over"):
        certify(C.Words("", R * Sh, sp.Identity(d) + lam * R))
    with pytest.raises(DerivationError, match="left over"):
        certify(C.Words("", R * S, S * R))


def test_ratios_survive_the_way_to_data_and_back() -> None:
    """The search reduces fractions with SymPy; the kernel reads back the same function."""
    ctx = K.Context({"scalars": ["x", "y"]}, K.Budget())
    ratio = ctx.scalars.read(["/", ["-", ["^", "x", 2], ["^", "y", 2]], ["*", "2", ["-", "x", "y"]]])
    small = reduced(ctx, ratio)
    assert len(small[0]) == 2
    again = ctx.scalars.read(ratio_data(small))
    assert not ctx.scalars.minus(again, ratio)[0]
    x, y = sp.symbols("x y")
    assert sp.simplify(as_sympy(again) - (x + y) / 2) == 0
