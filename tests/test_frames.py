"""``to_frame()`` of every result: nothing exact is lost, and every number can be plotted."""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import ridgeproof as rp
from ridgeproof.errors import InputError
from ridgeproof.frames import Framed, Table, cells
from ridgeproof.numerics.draws.sweep import sweep
from ridgeproof.numerics.predictions.answers import generations_until, true_rows_for
from ridgeproof.proofs_check.audit.tally import Tally
from ridgeproof.proofs_check.constants.explicit import explicit
from ridgeproof.theorems.exponents import thresholds
from ridgeproof.theorems.exponents.model.early_stopping import stopping_exponents
from ridgeproof.theorems.exponents.model.symbolic import symbolic_law
from ridgeproof.theorems.exponents.user.law_file import load_law, parameter_values
from ridgeproof.theorems.exponents.user.user_law import optimum
from ridgeproof.theorems.exponents.user.user_symbolic import symbolic_optimum

NO_TABLE = {"show", "kappa", "scenario", "load_scenario", "explore"}  # a text, a number, a problem, a page
EXAMPLES = Path(__file__).resolve().parent.parent / "examples"


def results() -> dict[str, Framed]:
    problem = EXAMPLES / "isotropic.toml"
    return {
        "exponents": rp.exponents("3/2", "1/2", b=["1/2", 1], s=[0, "inf"]),
        "phase_diagram": rp.phase_diagram("a", "b", (0, 1), ("1/2", "3/2"), beta="3/2", r="1/2"),
        "predict": rp.predict(problem),
        "predict_exact": rp.predict_exact(problem),
        "digits": rp.predict(problem, digits=30),
        "optimal_ridge": rp.optimal_ridge(problem),
        "simulate": rp.simulate(problem, replicates=4),
        "verify": rp.verify("kappa-fixed-point", workers=1),
        "check": rp.check("phi = d/T"),
        "claims": rp.claims(),
        "data": rp.data(np.arange(60.0).reshape(-1, 3) ** 2 % 17, generations=1, measure=False),
    }


def test_every_result_of_the_face_is_a_frame() -> None:
    """Frame and records agree cell by cell; NAME_decimal is the double of NAME wherever that is exact."""
    pandas = pytest.importorskip("pandas")
    found = results()
    assert {name for name in rp.__all__ if name[0].islower()} - NO_TABLE <= set(found)  # a new function is here, too
    for name, result in found.items():
        frame, records = result.to_frame(), result.records()
        assert isinstance(frame, pandas.DataFrame) and len(frame) == len(records) > 0, name
        for column in (c for c in frame.columns if c.endswith("_decimal")):
            for exact, near in zip(frame[column.removesuffix("_decimal")], frame[column], strict=True):
                if isinstance(exact, str) and exact.strip("-") != "inf":
                    assert near == pytest.approx(float(Fraction(exact)), rel=1e-12), (name, column)


def test_what_other_commands_compute_is_a_frame_too() -> None:
    """Answers of `optimal`, exponents of a user's law and of stopped flows, thresholds, formulas, constants, audits."""
    problem = rp.load_scenario(EXAMPLES / "isotropic.toml")
    law = load_law(EXAMPLES / "laws" / "kernel-ridge-crossover.toml")
    row = rp.exponents("3/2", "1/2")[0]
    tally = Tally("link")
    tally.enter("statement", "sign", ["kernel"], "", "T + d")
    scenarios = [({"downstream.ridge": x}, rp.load_scenario(EXAMPLES / "reference-1.toml")) for x in ("1/10", "1/5")]
    framed: dict[str, Framed] = {
        "doubling": generations_until(problem),
        "rows": true_rows_for(problem, 10.0),
        "stopping": stopping_exponents(Fraction(3, 2), Fraction(1, 2), Fraction(0)),
        "thresholds": Table(thresholds(row, "b")),
        "law": optimum(law, parameter_values(law, {"s": Fraction(1)})),
        "formula": symbolic_law(),
        "formula of a law": symbolic_optimum(law),
        "constants": explicit(rp.claims()["kappa-order"], {"beta": Fraction(2)}),
        "audit": tally,
        "sweep": sweep(scenarios, method="direct", seed=0, replicates=2),
    }
    for name, result in framed.items():
        rows = result.records()
        assert rows and all(rows), name
        assert all(v is None or isinstance(v, str | int | float) for one in rows for v in one.values()), name
    assert framed["stopping"].records()[0]["rate"] == "3/5" and framed["law"].records()[0]["rate_decimal"] > 0


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
