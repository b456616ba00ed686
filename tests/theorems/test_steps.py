"""Steps say themselves how strong they are."""

from __future__ import annotations

from typing import ClassVar

import pytest

from ridgeproof.errors import ClaimError
from ridgeproof.theorems.order_steps import Balance, Negligible, PowerOrder
from ridgeproof.theorems.relations import Relation
from ridgeproof.theorems.steps import Algebra, Crossing, LeadingTraces, Step


def test_a_kind_of_step_without_a_strength_is_refused_at_definition() -> None:
    """Nothing is taken for exact because nobody said otherwise."""
    with pytest.raises(ClaimError, match="Silent does not say what it concludes"):
        type("Silent", (Step,), {})


def test_a_strength_is_not_inherited() -> None:
    """A weaker kind of an exact step must say that it is weaker (leading-order Wick is a kind of Wishart moment)."""
    with pytest.raises(ClaimError, match="Weaker does not say"):
        type("Weaker", (Algebra,), {"__annotations__": {}})
    with pytest.raises(ClaimError, match="Wrong does not say"):
        type("Wrong", (Step,), {"concludes": "equality"})


def test_a_new_kind_that_speaks_is_accepted() -> None:
    """concludes = None is said, too."""

    class Remark(Step):
        concludes: ClassVar[Relation | None] = None

    assert Remark("a remark").conclusions() == () and Remark("a remark").assumptions() == ()


def test_strengths() -> None:
    """Steps to leading order, of orders and of optima do not prove equalities."""
    kinds = (LeadingTraces, Negligible, PowerOrder, Crossing, Balance)
    assert [str(k.concludes) for k in kinds] == ["equivalent", "asymptotic", "order", "optimum", "equality"]
