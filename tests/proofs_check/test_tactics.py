"""Each rule of a derivation: a true step leaves lines that the kernel accepts, a false one leaves none."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
import sympy as sp

from ridgeproof.errors import DerivationError
from ridgeproof.proofs_check.proving import lines as K
from ridgeproof.proofs_check.proving.draft import Builder
from ridgeproof.proofs_check.proving.tactics import TACTICS, partial_fractions
from ridgeproof.theorems import claim as C
from ridgeproof.theorems import order_steps as orders
from ridgeproof.theorems.functions import Expect, Kappa, SpectralSum, df, trace
from ridgeproof.theorems.vocabulary import (
    T0,
    A,
    B,
    Em,
    P,
    S,
    T,
    Wminv,
    X,
    Xm,
    d,
    kappa,
    lam,
    m,
    n,
    norm2,
    s,
    w2,
    wm,
    wm1,
)

zero, one = sp.S.Zero, sp.S.One
x, y = sp.symbols("x y")


def certify(*steps: C.Step) -> Any:
    """Return what the kernel says of these steps."""
    claim = C.Claim("test", "test", "test", C.Relation.EQUALITY, (C.Equation(zero, zero),))
    builder = Builder(claim, steps)
    for i, step in enumerate(steps):
        builder.add(i, step, TACTICS[type(step)](builder, step))
    return K.check(json.loads(json.dumps(builder.document())))


def fails(*steps: C.Step) -> bool:
    """Whether no certificate comes about."""
    try:
        certify(*steps)
    except (DerivationError, K.Rejected):
        return True
    return False


def test_every_certified_step_has_a_tactic() -> None:
    """A step that claims to be certified is not passed over in silence."""
    types = [*vars(C).values(), *vars(orders).values()]
    certified = {t for t in types if isinstance(t, type) and issubclass(t, C.Step) and t.certified}
    assert certified - {C.Step, C.Premise} == set(TACTICS)


def test_algebra() -> None:
    """Rational functions, sums over the spectrum, S = I, and equations that hold by definition."""
    certify(C.Algebra("", (x + y) ** 2, x**2 + 2 * x * y + y**2))
    assert fails(C.Algebra("", (x + y) ** 2, x**2 + y**2))
    certify(C.Algebra("", df(1, kappa) - df(2, kappa), kappa * SpectralSum(s / (s + kappa) ** 2)))
    assert fails(C.Algebra("", df(1, kappa), df(2, kappa)))
    certify(C.Algebra("", SpectralSum(s * w2), norm2, isotropic=(d, norm2)))
    nested = SpectralSum((1 + w2 * SpectralSum(s)) / (s + kappa))
    certify(C.Algebra("", nested, d * (1 + norm2) / (1 + kappa), isotropic=(d, norm2)))
    for other in (w2**2, 1 / (s + w2), sp.sqrt(s + w2), 1 / (s - 1)):  # no combination of 1 and w2 at s = 1
        assert fails(C.Algebra("", SpectralSum(other), SpectralSum(other), isotropic=(d, norm2)))
    assert fails(C.Algebra("", SpectralSum(s * w2), norm2))
    assert certify(C.Algebra("", x**2, y**2, assuming=((x, y, x + y),)))["assumed"] == ["x - y = 0"]


def test_expectations_add_up() -> None:
    """An identity between expectations follows from earlier lines, and only with their coefficients."""
    first = C.Traces("", Expect(trace(A * P)), T0 * trace(A) / d, by=(C.Loop(A * P),))
    second = C.Traces("", Expect(trace(B * P)), T0 * trace(B) / d, by=(C.Loop(B * P),))
    sides = Expect(trace(A * P)) - Expect(trace(B * P)), T0 * (Expect(trace(A)) - Expect(trace(B))) / d
    certify(first, second, C.Algebra("", *sides))
    assert fails(first, second, C.Algebra("", sides[0], 2 * sides[1]))
    assert fails(first, C.Algebra("", *sides))


def test_telescope() -> None:
    """w[n] - w[0] is the sum of what each generation adds; with another summand there is no certificate."""
    added = Wminv * Xm.T * Em
    step = C.Words("", wm1 - wm, added)
    certify(step, C.Telescope("", 0, wm, added))
    assert fails(step, C.Telescope("", 0, wm, 2 * added))
    assert fails(step, C.Telescope("", 0, 2 * wm, added))


def test_signs() -> None:
    """Sums of products of assumed quantities, also on an interval, and strictness."""
    certify(C.Sign("", x / y - 1, ">", ((x - y, ">"), (y, ">"))))
    certify(C.Sign("", x * (1 - x), ">=", ((x, ">="), (1 - x, ">="))))
    assert fails(C.Sign("", x * (1 - x), ">", ((x, ">="), (1 - x, ">="))))
    assert fails(C.Sign("", x - y, ">", ((x, ">"), (y, ">"))))
    assert fails(C.Sign("", x, ">", ()))


def test_limits() -> None:
    """By degrees; a function that the kernel does not look into is not held fixed, and what stands for something."""
    certify(C.Limit("", (2 * x + y) / (x + 1), x, sp.Integer(2)))
    assert fails(C.Limit("", (2 * x + y) / (x + 1), x, one))
    assert fails(C.Limit("", Kappa(lam, T) / T, T, zero))  # kappa depends on T
    assert fails(C.Limit("", sp.sqrt(x) / x, x, zero))
    degrees = C.Algebra("", df(1, kappa) - df(2, kappa), kappa * SpectralSum(s / (s + kappa) ** 2))
    certify(degrees, C.Limit("", y / x, x, zero))
    assert fails(degrees, C.Limit("", x / d, d, zero))  # the sums have d terms


def test_minimax() -> None:
    """min over x >= 0 of max(-2x, x - 3) = -2 at 1, also in symbols; another value is no minimum."""
    affine = ((sp.Integer(-2), zero), (one, sp.Integer(-3)))
    certify(C.Minimax("", affine, (zero, None), one, sp.Integer(-2)))
    assert fails(C.Minimax("", affine, (zero, None), one, sp.Integer(-1)))
    assert fails(C.Minimax("", affine, (sp.Integer(2), None), one, sp.Integer(-2)))
    slopes = ((-x, zero), (y, -y))
    certify(C.Minimax("", slopes, (zero, None), y / (x + y), -x * y / (x + y), ((x, ">"), (y, ">"))))
    assert fails(C.Minimax("", slopes, (zero, None), y / (x + y), -x * y / (x + y), ((x, ">"),)))


def test_unique_root() -> None:
    """E1: kappa is unique for lambda > 0; the rearrangement, the fall and both points are lines of the certificate."""
    above = lam + SpectralSum(s) / T
    step = C.UniqueRoot(
        "", kappa - lam, kappa * df(1, kappa) / T, kappa, (lam / kappa, df(1, kappa) / T), ((lam, ">"), (T, ">")),
        (lam, df(1, lam) / T), (above, SpectralSum(s**2 / (s + above)) / (T * above)),
    )  # fmt: skip
    assert certify(step)["rules"] == ["nonnegative", "spectral"]
    wrong: list[dict[str, Any]] = [
        {"right": kappa * df(2, kappa) / T},
        {"terms": (lam / kappa,)},
        {"low": step.high},
        {"high": step.low},
        {"high": (lam, -df(1, lam) / T)},  # the value there is on the other side of 1
        {"low": (-lam, df(1, -lam) / T - 2)},  # no positive point
        {"low": (kappa, lam / kappa + df(1, kappa) / T - 1)},  # no point
        {"assume": ((lam, ">"),)},
        {"assume": (*step.assume, (1 - kappa, ">"))},  # unique among the small ones only
        {"terms": (lam / kappa, df(1, kappa) / T, zero), "factor": -kappa},
    ]
    for change in wrong:
        assert fails(dataclasses.replace(step, **change)), change


def test_a_root_needs_a_function_that_falls() -> None:
    """1 = kappa/lambda has one root, but the sides of 1 are the wrong way round; a product of sums may rise."""
    rises = C.UniqueRoot(
        "", x, x * (x / lam), x, (x / lam,), ((lam, ">"),), (2 * lam, one), (lam / 2, one / 2), factor=x
    )
    assert fails(rises)
    falls = dataclasses.replace(rises, right=lam, terms=(lam / x,), low=(lam / 2, one), high=(2 * lam, one / 2))
    certify(falls)
    root = d * SpectralSum(1 / s)
    sums = dataclasses.replace(
        falls, right=root, terms=(d * SpectralSum(1 / (s * x)),), assume=((d, ">"),),
        low=(root / 2, one), high=(2 * root, one / 2),
    )  # fmt: skip
    certify(sums)
    assert fails(dataclasses.replace(sums, terms=(SpectralSum(1 / s) * SpectralSum(1 / x),)))


def test_induction() -> None:
    """(1 - c^n) is what e -> c e + (1 - c) makes of 0; another start or another factor is not."""
    e = sp.Symbol("e")
    right = 1 - x**n
    certify(C.Induction("", e, right, n, zero, sp.Lambda(y, x * y + 1 - x)))
    assert fails(C.Induction("", e, right, n, one, sp.Lambda(y, x * y + 1 - x)))
    assert fails(C.Induction("", e, right, n, zero, sp.Lambda(y, x * y + 1)))


def test_partial_fractions_add_up() -> None:
    """The combination of simple fractions is the summand, term by term."""
    for f in (s**2 * w2 / (s + kappa) ** 2, (s / (s + kappa)) ** 3, s * w2 / (s + kappa) / (s + lam), s + w2, one * 3):
        total = sum(c * basis for c, basis in partial_fractions(f))
        assert sp.cancel(sp.together(total - f)) == 0


def test_lemma_needs_independence() -> None:
    """E tr(A X'X) = T tr(A S) holds for a random A only if A is independent of X."""
    first = C.Traces("", Expect(trace(A * X.T * X)), T * trace(A * S), by=(C.Stein(X, X * A),))
    certify(first, C.Traces("", Expect(trace(P * X.T * X)), T * Expect(trace(P * S)), by=(C.Lemma(0, ((A, P),)),)))
    own = Expect(trace(X.T * X * X.T * X)), T * Expect(trace(X.T * X * S))
    with pytest.raises(K.Rejected, match="depends on what is averaged"):
        certify(first, C.Traces("", *own, by=(C.Lemma(0, ((A, X.T * X),)),)))
    assert m.name == "m"
