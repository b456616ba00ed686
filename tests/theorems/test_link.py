"""The link: what it makes of a chain of fits, and which settings it can read."""

from __future__ import annotations

import dataclasses

import sympy as sp

from ridgeproof.theorems.chain import link_claim, link_min_norm, same_design
from ridgeproof.theorems.claim import Fit
from ridgeproof.theorems.equivalents import fake_data_term
from ridgeproof.theorems.finite_sample import least_squares
from ridgeproof.theorems.functions import Kappa
from ridgeproof.theorems.link import NOTHING, error, error_of, link
from ridgeproof.theorems.vocabulary import T0, T, d, lam


def never(fit: Fit) -> bool:
    """No fit has kappa = 0."""
    return False


def test_the_test_error_of_a_setting_is_what_the_claims_state() -> None:
    """Two ridge generators and a fit, and a min-norm generator and a fit: the statements written out
    (docs/theory.md#E4).
    """
    for claim in (link_claim, link_min_norm):
        assert claim.setting is not None
        assert error_of(claim.setting, never) == claim.equations[0].right


def test_least_squares_has_no_effective_ridge() -> None:
    """For T0 >= d a generator adds S^-1/(T0 - d) to the second moment, whatever its teacher (docs/theory.md#E4)."""
    setting = fake_data_term.setting
    assert setting is not None
    generator = link(NOTHING, sp.S.Zero, T0, sp.S.One, d)
    expected = error(link(generator, Kappa(lam, T), T, sp.S.Zero), sp.S.Zero)
    assert error_of(setting, lambda fit: fit.ridge == 0) == expected


def test_fits_that_cannot_be_applied_in_turn_are_not_guessed() -> None:
    """A symbolic number of generators, or one design for several of them."""
    assert same_design.setting is not None
    assert error_of(same_design.setting, never) is None
    assert error_of(least_squares, never) is None
    shared = dataclasses.replace(same_design.setting.generators[0], repeat=sp.Integer(2))
    assert error_of(dataclasses.replace(same_design.setting, generators=(shared,)), never) is None
    once = dataclasses.replace(shared, repeat=sp.S.One)
    assert error_of(dataclasses.replace(same_design.setting, generators=(once,)), never) is not None
