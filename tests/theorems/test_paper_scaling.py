"""Corollary 5.3 and Section 5.2 against the certified exponents, which solve the law's linear program by themselves."""

from __future__ import annotations

from fractions import Fraction as F

import pytest
import sympy as sp

from ridgeproof.theorems import paper_scaling as scaling
from ridgeproof.theorems.claim import Claim
from ridgeproof.theorems.exponents import exponent_row
from ridgeproof.theorems.vocabulary import b, beta, ell, r

CASES = [
    (beta_, r_, alpha, b_)
    for beta_ in (F(3, 2), F(2), F(3))
    for r_ in (F(1, 5), F(3, 8), F(3, 2))
    for alpha in (F(-1), F(-1, 3), F(0), F(1, 4), F(3, 5))
    for b_ in (F(1, 2), F(4, 5), F(9, 10), F(5, 4), F(3, 2))
]


def _values(case: tuple[F, F, F, F]) -> dict[sp.Symbol, sp.Rational]:
    names = (beta, r, scaling.alpha, b)
    return {x: sp.Rational(v.numerator, v.denominator) for x, v in zip(names, case, strict=True)}


def _holds(claim: Claim, values: dict[sp.Symbol, sp.Rational]) -> bool:
    told = [c for c in claim.conditions if c.free_symbols <= set(values)]
    return all(c.subs(values) == sp.true for c in told)


def _row(case: tuple[F, F, F, F], noise: str) -> tuple[F, F]:
    """(ell, rate) by the program: d = T0/2, n = T^g and sigma_0^2 = T^-s0 with g - s0 = alpha."""
    beta_, r_, alpha, b_ = case
    size = {"g": max(alpha, F(0)), "s0": max(-alpha, F(0)), "s": "inf" if noise == "inf" else F(0)}
    found = exponent_row(beta=beta_, r=r_, a=b_, b=b_, h=b_, **size)
    return F(str(found.ell)), F(str(found.rate))


@pytest.mark.parametrize(
    ("claim", "noise"),
    [(scaling.corollary, "inf"), (scaling.corollary_many, "inf"), (scaling.noisy_corollary, "0")],
    ids=lambda x: x.id if isinstance(x, Claim) else x,
)
def test_corollaries_agree_with_the_program(claim: Claim, noise: str) -> None:
    """At every admissible case of a grid, negative alpha included: the same best ridge and rate, as exact rationals."""
    met = 0
    for case in CASES:
        values = _values(case)
        if case[1] == 1 or not _holds(claim, values):
            continue
        said = tuple(F(str(e.right.subs(values))) for e in claim.statement)
        assert said == _row(case, noise), (claim.id, case)
        met += 1
    assert met >= 15


def test_the_published_corollary_is_refuted_by_the_program() -> None:
    """beta = 2, r = 3/8, b = 3/2, n fixed: published 9/10, certified 3/5 (docs/theory.md#X5)."""
    case = (F(2), F(3, 8), F(0), F(3, 2))
    published = F(str(scaling.corollary_published.statement[0].right.subs(_values(case))))
    assert (published, _row(case, "inf")[1]) == (F(9, 10), F(3, 5))


def test_consistency_beyond_ell_star() -> None:
    """beta = 3/2, r = 1/2, b - alpha = 3/4: ell* = 9/20 and ell = 3/5 is admissible, with the rate .35 (#X7)."""
    values = _values((F(3, 2), F(1, 2), F(0), F(3, 4)))
    assert (scaling.clean_ell * F(3, 4)).subs(values) == sp.Rational(9, 20)
    assert _holds(scaling.consistent, {**values, ell: sp.Rational(3, 5)})
    rate = sp.Rational(3, 4) - sp.Rational(3, 5) / values[beta]
    assert rate == sp.Rational(7, 20)
