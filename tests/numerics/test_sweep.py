"""Protects: a sweep is the product of its lists, one row each, and its numbers are those of single runs."""

from __future__ import annotations

import csv
import math
from dataclasses import replace
from fractions import Fraction as F

import pytest

from ridgeproof.errors import InputError
from ridgeproof.numerics.draws.simulation import simulate
from ridgeproof.numerics.draws.sweep import COLUMNS, grid, sweep, write_table
from ridgeproof.numerics.predictions.equivalents import predict
from ridgeproof.numerics.problem.scenario import Downstream, Generator, Scenario, Target
from ridgeproof.numerics.problem.spectrum import Spectrum

PROBLEM = Scenario(
    Spectrum("power-law", 6, beta=F(3, 2)),
    Target("source", r=F(1, 2)),
    (Generator(20, F(0), F(1, 2), 2),),
    Downstream(8, F(1, 5), F(1, 10)),
)


def points(ridges, samples):
    out = []
    for t in samples:
        for ridge in ridges:
            down = Downstream(t, F(ridge), F(1, 10))
            out.append(({"downstream.samples": str(t), "downstream.ridge": ridge}, replace(PROBLEM, downstream=down)))
    return out


def test_the_grid_is_the_product_of_the_lists():
    """Claim: KEY=V1,V2 are axes, last fastest; what is in brackets or has one value is no axis."""
    words = ["downstream.ridge=1/10, 1", "spectrum.values=[1, 2]", "downstream.samples=8,9", "spectrum.dim=3"]
    assert grid(words) == [{"downstream.ridge": r, "downstream.samples": t} for r in ("1/10", "1") for t in ("8", "9")]
    assert grid(["spectrum.dim=3"]) == [{}]
    for bad in (["a=1,"], ["a=1,2", "a=3,4"], ["a=" + ",".join("1" * 400), "b=" + ",".join("1" * 400)]):
        with pytest.raises(InputError):
            grid(bad)


@pytest.mark.parametrize("method", ["direct", "averaged"])
def test_rows_are_single_runs_beside_the_theory(method, tmp_path):
    """Claim: each row is the run of that point alone (to rounding: ridges share one decomposition), with E4, gap and
    z; in the order of the points; a store resumes the whole sweep to the same bits.
    """
    path = tmp_path / "sweep.db"
    asked = points(["1/10", "2", "0"], [11, 10])
    rows = sweep(asked, method=method, seed=3, replicates=12, workers=2, store=path)
    assert sweep(asked, method=method, seed=3, replicates=12, store=path) == rows
    for row, (values, problem) in zip(rows, asked, strict=True):
        assert list(row) == [*values, *COLUMNS]
        alone = simulate(problem, replicates=12, seed=3, method=method)
        assert row["mean"] == pytest.approx(alone.mean, rel=1e-9)
        assert row["standard_error"] == pytest.approx(alone.standard_error, rel=1e-6)
        assert row["predicted"] == predict(problem).test_error
        assert row["gap"] == pytest.approx(row["mean"] / row["predicted"] - 1)
        assert row["z"] == pytest.approx((row["mean"] - row["predicted"]) / row["standard_error"])


def test_a_point_without_a_variance_has_no_z():
    """Claim: at ridge 0 with noise and |T - d| <= 3 the error bar is infinite, and nothing is measured in it."""
    ridge, least_squares = sweep(points(["1/10", "0"], [9]), method="averaged", seed=3, replicates=4)
    assert math.isfinite(ridge["standard_error"]) and math.isfinite(ridge["z"])
    assert least_squares["standard_error"] == math.inf and least_squares["z"] is None
    assert least_squares["gap"] == pytest.approx(least_squares["mean"] / least_squares["predicted"] - 1)


def test_tables(tmp_path):
    """Claim: the table on disk is tidy: a header, a row a point, numbers that read back exactly; CSV and Parquet."""
    rows = sweep(points(["1/10", "2"], [9]), method="averaged", seed=3, replicates=4)
    write_table(rows, tmp_path / "t.csv")
    with (tmp_path / "t.csv").open(newline="") as file:
        read = list(csv.DictReader(file))
    assert [float(r["downstream.ridge"]) for r in read] == [0.1, 2.0]
    assert [float(r["mean"]) for r in read] == [row["mean"] for row in rows]
    with pytest.raises(InputError, match="suffix"):
        write_table(rows, tmp_path / "t.xls")
    with pytest.raises(InputError, match="directory"):
        write_table(rows, tmp_path / "missing" / "t.csv")
    assert [file.name for file in tmp_path.iterdir()] == ["t.csv"]
    parquet = pytest.importorskip("pyarrow.parquet")
    write_table(rows, tmp_path / "t.parquet")
    table = parquet.read_table(tmp_path / "t.parquet").to_pydict()
    assert table["downstream.ridge"] == [0.1, 2.0]
    assert table["mean"] == [row["mean"] for row in rows]
    assert all(math.isfinite(z) for z in table["z"])
