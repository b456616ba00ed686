"""Where claims are found: the theory's, and a user's file; every fault is one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from ridgeproof.errors import ClaimError
from ridgeproof.theorems.registry import all_claims, claims_from_file

GOOD = """
import sympy as sp
from ridgeproof.theorems.claim import Claim, Equation, Relation
x = sp.Symbol("x")
mine = Claim("mine", "t", "s", Relation.EQUALITY, (Equation(x, x),))
"""


def test_registered_ids_are_unique_and_in_reading_order() -> None:
    """Section 2 of the theory comes before 3 and 4; no id is used twice."""
    ids = [c.id for c in all_claims()]
    assert len(ids) == len(set(ids)) >= 38
    assert ids.index("chain-decomposition") < ids.index("fake-data-term") < ids.index("modified-law")


def test_a_users_file_works_like_a_topic_module(tmp_path: Path) -> None:
    """Claims are found by being there; claims imported from the theory are not the user's."""
    file = tmp_path / "my_claims.py"
    file.write_text(
        GOOD + "from ridgeproof.theorems.finite_sample import inverse_wishart\n_private = mine\n", encoding="utf-8"
    )
    assert [c.id for c in claims_from_file(file)] == ["mine"]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (None, "no such file"),
        ("x = 1\n", "defines no claim"),
        ("def\n", "SyntaxError"),
        ("import no_such_module_anywhere\n", "ModuleNotFoundError"),
        ("1/0\n", "ZeroDivisionError"),
        (GOOD + "other = Claim('mine', 't2', 's', Relation.EQUALITY, (Equation(x, 2*x),))\n", "two claims"),
        (
            "from ridgeproof.theorems.claim import Claim\nbad = Claim('Bad Id', 't', 's', None, ())\n",
            "lower-case words",
        ),
        ("from ridgeproof.theorems.claim import Claim\nbad = Claim(3, 't', 's', None, ())\n", "is not text"),
        ("from ridgeproof.theorems.claim import Claim\nbad = Claim('a', 't', 's', None, 'x = y')\n", "no tuple"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_one_line(tmp_path: Path, content: str | None, fault: str) -> None:
    """The message says what is wrong and where, without a traceback's lines."""
    file = tmp_path / "claims.py"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    with pytest.raises(ClaimError, match=fault) as error:
        claims_from_file(file)
    assert "\n" not in str(error.value)
