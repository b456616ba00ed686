"""Instances satisfy the hypotheses and lie in the model's domain."""

from __future__ import annotations

import dataclasses
import random
from fractions import Fraction

import pytest
import sympy as sp

from ridgeproof.errors import DomainError
from ridgeproof.proofs_check.witnesses.instances import draw, draw_several, families, fixed_by
from ridgeproof.theorems.chain import link_claim
from ridgeproof.theorems.claim import Hypothesis
from ridgeproof.theorems.equivalents import clean_ridge, fake_data_term
from ridgeproof.theorems.finite_sample import least_squares_chain
from ridgeproof.theorems.vocabulary import T0, T, d, lam


def test_every_instance_satisfies_the_hypotheses() -> None:
    """T, T0 >= d + 2 (docs/theory.md#F4): a counterexample outside would refute nothing."""
    for instance in draw_several(least_squares_chain, [3] * 20, random.Random(1)):
        assert min(instance.values[T], instance.values[T0]) >= instance.values[d] + 2


def test_an_equation_among_the_hypotheses_fixes_its_symbol() -> None:
    """A probe puts a point exactly on a boundary: T0 = d + 2, whatever d."""
    probe = dataclasses.replace(fake_data_term, hypotheses=(Hypothesis("", sp.Eq(T0, d + 2)),))
    assert fixed_by(probe, {d: Fraction(7)}) == {T0: Fraction(9)}
    (line,) = families(probe, (6, 12), 1, random.Random(2))
    assert [i.values[T0] for i in line] == [8, 14]


def test_hypotheses_outside_the_model_are_reported() -> None:
    """samples = dim at ridge 0, where the error is infinite (docs/theory.md#F3), is said, not silently drawn again."""
    probe = dataclasses.replace(clean_ridge, hypotheses=(Hypothesis("", sp.Eq(T, d)), Hypothesis("", sp.Eq(lam, 0))))
    with pytest.raises(DomainError, match="infinite"):
        draw(probe, 4, random.Random(3))


def test_proportions_are_kept_as_the_size_grows() -> None:
    """An equivalent is a limit at fixed T/d (docs/theory.md#E1 to #E4)."""
    for line in families(link_claim, (12, 24, 48), 2, random.Random(4)):
        assert len({i.values[T] / i.values[d] for i in line}) == 1
        assert len({i.values[lam] for i in line}) == 1
