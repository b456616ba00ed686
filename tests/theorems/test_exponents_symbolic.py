"""The formulas of the optimum against the table, and Corollary 1 in symbols."""

from __future__ import annotations

import random
from fractions import Fraction as F

import pytest
import sympy as sp

from ridgeproof.theorems.exponents import INF, exponent_row
from ridgeproof.theorems.exponents.model import law as rows_of
from ridgeproof.theorems.exponents.model.symbolic import (
    BETA,
    END,
    NU,
    RB,
    S0,
    A,
    B,
    G,
    H,
    S,
    keeping_clean_ridge,
    symbolic_law,
    symbolic_min_norm_law,
)


def rational(x: F) -> sp.Rational:
    return sp.Rational(x.numerator, x.denominator)


@pytest.mark.parametrize(("expand", "gap"), [(False, False), (True, False), (False, True), (True, True)])
def test_regions_cover_the_domain_and_agree_with_the_table(expand: bool, gap: bool) -> None:
    """At every point some region holds, and all that hold give the table's ell and rate (at a = 1 the first)."""
    law = symbolic_law(expand=expand, gap=gap)
    ell, rate = law.ell, law.rate
    rng = random.Random(4)
    names = set()
    for _ in range(150):
        beta, r = 1 + F(rng.randint(1, 40), 20), F(rng.randint(1, 40), 20)
        a = rng.choice([F(rng.randint(0, 40), 20), F(1)])
        b = a if gap else a + F(rng.randint(0, 20), 20)
        h = b * F(rng.randint(0, 4), 4) if gap else b
        g, s, s0 = F(rng.randint(0, 30), 20), F(rng.randint(-40, 80), 20), F(rng.randint(-60, 80), 20)
        row = exponent_row(beta, r, a, b, g, s, s0, h)
        scales = dict(
            zip((BETA, RB, A, B, G, S, S0, H), map(rational, (beta, min(r, F(1)), a, b, g, s, s0, h)), strict=True)
        )
        for symbol, definition in law.definitions:
            scales[symbol] = definition.xreplace(scales)
        holding = [region for region in law.regions if all(c.xreplace(scales) >= 0 for c in region.conditions)]
        assert holding
        for region in holding if a != 1 else holding[:1]:
            assert (region.ell.xreplace(scales), region.rate.xreplace(scales)) == (
                rational(row.ell),
                rational(row.rate),
            )
        if len(names) < 3:  # the Piecewise is the same regions in the same order, but slow to put numbers in
            assert (ell.subs(scales), rate.subs(scales)) == (rational(row.ell), rational(row.rate))
        names |= {region.name for region in holding}
    assert names == {region.name for region in law.regions}  # no region is vacuous


def test_min_norm_regions_cover_their_domain_and_agree_with_the_table() -> None:
    """T0 < d: at every point some region holds, all that hold give the table's ell and rate, and none is vacuous."""
    law = symbolic_min_norm_law()
    rng = random.Random(7)
    seen: set[int] = set()
    for _ in range(500):
        beta, r = 1 + F(rng.randint(1, 40), 20), F(rng.randint(1, 40), 20)
        b = F(rng.randint(0, 50), 20)
        a = rng.choice([b + F(rng.randint(1, 20), 20), INF])
        g, s, s0 = F(rng.randint(0, 40), 20), F(rng.randint(-40, 80), 20), F(rng.randint(-60, 80), 20)
        row = exponent_row(beta, r, a, b, g, s, s0)
        scales = dict(zip((BETA, RB, B, G, S, S0), map(rational, (beta, min(r, F(1)), b, g, s, s0)), strict=True))
        holding = [i for i, g_ in enumerate(law.regions) if all(c.xreplace(scales) >= 0 for c in g_.conditions)]
        assert holding
        for region in map(law.regions.__getitem__, holding):
            answer = (region.ell.xreplace(scales), region.rate.xreplace(scales))
            assert answer == (rational(row.ell), rational(row.rate))
        seen |= set(holding)
    assert seen == set(range(len(law.regions)))
    assert "begin{align*}" in law.as_latex() and "T0 < d" in law.as_text()


def test_the_sides_of_the_formulas_are_the_law() -> None:
    """At every point and ell the largest row of a side that holds there is that of the table's law."""
    rng = random.Random(12)
    met = set()
    for _ in range(80):
        beta, rb = 1 + F(rng.randint(1, 40), 20), F(rng.randint(1, 20), 20)
        b, g = F(rng.randint(0, 50), 20), F(rng.randint(0, 60), 20)
        s, s0 = F(rng.randint(-40, 80), 20), F(rng.randint(-60, 80), 20)
        min_norm = rng.random() < 0.5
        a = b + F(rng.randint(1, 20), 20) if min_norm else F(rng.randint(0, 40), 20)
        b = b if min_norm else a + b
        if min_norm:
            formula, law = symbolic_min_norm_law(), rows_of.min_norm(beta, rb, a, b, g, s, s0)
        else:
            formula, law = symbolic_law(), rows_of.least_squares(beta, rb, a, g, s, s0, b)
        scales = dict(zip((BETA, RB, A, B, G, S, S0), map(rational, (beta, rb, a, b, g, s, s0)), strict=True))
        scales[END] = scales[BETA] * min(1, scales[A])
        for symbol, definition in formula.definitions:
            scales[symbol] = definition.xreplace(scales)
        for number, side in enumerate(formula.sides):
            if any(c.xreplace(scales) < 0 for c in side.conditions) or (a == 1 and number == 1 and not min_norm):
                continue
            met.add((min_norm, number))
            assert all(c.xreplace(scales) >= 0 for c in side.granted)
            for ell in (F(0), F(1, 3), beta / 2, beta * min(a, 1), beta, 2 * beta, F(rng.randint(0, 100), 20)):
                x = rational(ell)
                stretches = [
                    t
                    for t in side.stretches
                    if t.lo.xreplace(scales) <= x and (t.hi is None or x <= t.hi.xreplace(scales))
                ]
                (piece, *_) = [p for p in law.pieces if p.lo <= ell and (p.hi is None or ell <= p.hi)]
                expected = rational(max(slope * ell + level for slope, level in piece.rows))
                assert stretches
                for stretch in stretches:
                    values = [(slope * x + level).xreplace(scales) for slope, level in stretch.rows]
                    assert max(values) == expected
    assert met == {(False, 0), (False, 1), (True, 0), (True, 1), (True, 2)}


def test_regions_are_linear_inequalities() -> None:
    """With beta and r fixed every condition is affine in the scales: the regions are polyhedra."""
    for law in (symbolic_law(), symbolic_law(expand=True, gap=True), symbolic_min_norm_law()):
        for region in law.regions:
            for condition in region.conditions:
                assert sp.Poly(condition, A, B, G, H, S, S0, NU).total_degree() == 1


def test_corollary_one_comes_out() -> None:
    """P5: lambda* ≍ (N/T)^(beta/(1 + 2 beta rb)), E* ≍ lambda*^(2 rb); almost no noise: E* ≍ T^(-2 beta rb)."""
    law = symbolic_law(gap=True)
    assert law.definitions == ((NU, sp.Min(S, S0 - G + H - sp.Max(1, A))),)
    answers = {region.name: (region.ell, region.rate) for region in law.regions}
    noise = 1 + NU  # N/T = T^-(1 + nu)
    ell, rate = answers["bias = noise"]
    assert sp.simplify(ell - noise * BETA / (1 + 2 * BETA * RB)) == 0
    assert sp.simplify(rate - noise * 2 * BETA * RB / (1 + 2 * BETA * RB)) == 0
    assert answers["min-norm (noise negligible)"] == (BETA, 2 * BETA * RB)


def test_what_keeping_the_clean_ridge_costs() -> None:
    """The crossover: rate 1 + nu - (1 + s)/(1 + 2 beta rb); fixed noises, d <= T: collapse at b = 1/(1 + 2 beta rb)."""
    rate, collapse = keeping_clean_ridge()
    assert sp.simplify(rate - (1 + NU - (1 + S) / (1 + 2 * BETA * RB))) == 0
    assert sp.simplify((1 + collapse).subs(S, 0) - 1 / (1 + 2 * BETA * RB)) == 0  # nu = b - 1
    row = exponent_row(F(3, 2), F(1, 2), a=F(1, 2), b=F(3, 4), s=F(1, 10), s0=F(1, 20))
    nu = F(1, 20) + F(3, 4) - 1
    assert rate.subs(
        {NU: rational(nu), S: sp.Rational(1, 10), BETA: sp.Rational(3, 2), RB: sp.Rational(1, 2)}
    ) == rational(row.rate_with_clean_ell)


def test_text_and_latex() -> None:
    """Both forms carry every region; the LaTeX is balanced."""
    law = symbolic_law()
    text, latex = law.as_text(), law.as_latex()
    assert all(region.name in text for region in law.regions) and "nu = Min(" in text
    assert latex.count(r"\begin{") == latex.count(r"\end{") == 3
    assert latex.count("{") == latex.count("}") and r"\bar r" in latex and "rbar" not in latex
