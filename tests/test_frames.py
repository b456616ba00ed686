"""``to_frame()`` of every result: nothing exact is lost, and every number can be plotted."""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import ridgeproof as rp
from ridgeproof.errors import InputError
from ridgeproof.frames import Framed, cells

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"


def results() -> dict[str, Framed]:
    problem = EXAMPLES / "isotropic.toml"
    return {
        "exponents": rp.exponents("3/2", "1/2", b=["1/2", 1], s=[0, "inf"]),
        "diagram": rp.phase_diagram("a", "b", (0, 1), ("1/2", "3/2"), beta="3/2", r="1/2"),
        "prediction": rp.predict(problem),
        "exact": rp.predict_exact(problem),
        "digits": rp.predict(problem, digits=30),
        "optimum": rp.optimal_ridge(problem),
        "simulation": rp.simulate(problem, replicates=4),
        "ledger": rp.verify("kappa-fixed-point", workers=1),
    }


def test_every_result_of_the_face_is_a_frame() -> None:
    """Frame and records agree cell by cell; NAME_decimal is the double of NAME wherever that is exact."""
    pandas = pytest.importorskip("pandas")
    for name, result in results().items():
        frame, records = result.to_frame(), result.records()
        assert isinstance(frame, pandas.DataFrame) and len(frame) == len(records) > 0, name
        for column in (c for c in frame.columns if c.endswith("_decimal")):
            for exact, near in zip(frame[column.removesuffix("_decimal")], frame[column], strict=True):
                if isinstance(exact, str) and exact.strip("-") != "inf":
                    assert near == pytest.approx(float(Fraction(exact)), rel=1e-12), (name, column)


def test_the_parts_of_a_prediction_add_up() -> None:
    """The rows below the first are the whole error, in values and in shares."""
    for file in ("isotropic.toml", "power-law.toml"):
        whole, *parts = rp.predict(EXAMPLES / file).records()
        assert sum(part["value"] for part in parts) == pytest.approx(whole["value"])
        assert sum(part["share"] for part in parts) == pytest.approx(1)


def test_numbers_beyond_doubles_and_infinities_have_a_decimal() -> None:
    """A column to plot never raises."""
    (row,) = rp.exponents("3/2", "1/2", a="inf", s="inf", s0="inf").records()
    assert row["a"] == "inf" and row["a_decimal"] == float("inf")
    assert cells([("x", Fraction(10**400))])["x_decimal"] == float("inf")


def test_without_pandas_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """pandas is optional."""
    monkeypatch.setitem(sys.modules, "pandas", None)
    found: Any = rp.exponents("3/2", "1/2")
    with pytest.raises(InputError, match="pip install pandas"):
        found.to_frame()
