"""Tables and clean rows: every format reads the same numbers; bad data is treated soundly or refused in one line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ridgeproof.errors import InputError
from ridgeproof.numerics.data.sample import read_sample
from ridgeproof.numerics.data.tables import open_table


@pytest.fixture
def rows() -> np.ndarray:
    """Return 60 rows of three inputs and a target."""
    rng = np.random.default_rng(5)
    x = rng.standard_normal((60, 3)) * [1, 10, 0.1] + [0, 5, 0]
    return np.column_stack([x, x @ [1, 0.1, 3] + 0.1 * rng.standard_normal(60)])


def csv(path: Path, rows: np.ndarray, header: str = "a,b,c,y") -> Path:
    """Write rows as CSV with all digits."""
    np.savetxt(path, rows, delimiter=",", header=header, comments="", fmt="%.17g")
    return path


def read(path: Path | str, **options):
    """Read at most 1000 rows."""
    return read_sample(open_table(str(path)), size=1000, **options)


def test_every_format_reads_the_same(rows: np.ndarray, tmp_path: Path) -> None:
    """One table, five files: the numbers do not depend on the container."""
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    csv(tmp_path / "t.csv", rows)
    np.savetxt(tmp_path / "t.tsv", rows, delimiter="\t", fmt="%.17g")
    np.save(tmp_path / "t.npy", rows)
    np.savez_compressed(tmp_path / "t.npz", X=rows[:, :3], y=rows[:, 3])
    parquet.write_table(pyarrow.table({name: rows[:, i] for i, name in enumerate("abcy")}), str(tmp_path / "t.parquet"))
    reference = read(tmp_path / "t.npy")
    assert abs(reference.targets.mean()) < 1e-12 and reference.targets.std() == pytest.approx(1)
    assert np.abs(reference.inputs.mean(axis=0)).max() < 1e-12 and np.allclose(reference.inputs.std(axis=0), 1)
    for suffix in ("csv", "tsv", "npz", "parquet"):
        sample = read(tmp_path / f"t.{suffix}")
        np.testing.assert_allclose(sample.inputs, reference.inputs, atol=1e-12)
        np.testing.assert_allclose(sample.targets, reference.targets, atol=1e-12)


def test_streamed_statistics_and_sample(tmp_path: Path) -> None:
    """Beyond one block: statistics are those of all rows, and the reference rows are a uniform sample of them.

    The mean row index of 500 of 20,000 rows has standard error 20000/sqrt(12 * 500) = 258: four of them are allowed.
    """
    index = np.arange(20_000.0)
    np.save(tmp_path / "t.npy", np.column_stack([index, np.sin(index)]))
    sample = read_sample(open_table(str(tmp_path / "t.npy")), size=500, inputs="raw", seed=3)
    assert sample.rows == 20_000 and len(np.unique(sample.inputs)) == 500
    assert abs(sample.inputs.mean() - 10_000) < 4 * 258
    assert sample.cleaning.target_mean == pytest.approx(np.sin(index).mean(), abs=1e-12)
    assert sample.cleaning.target_deviation == pytest.approx(np.sin(index).std(), rel=1e-12)
    assert sum(len(y) for _, y in sample.blocks()) == 20_000


def test_missing_constant_and_repeated(rows: np.ndarray, tmp_path: Path) -> None:
    """Rows with gaps go, constant columns go, repeated rows stay, and a note says so each time."""
    spoilt = np.column_stack([rows[:, :3], np.full(60, 7.0), rows[:, 3]])
    spoilt[4] = spoilt[9]
    spoilt[0, 1], spoilt[1, 4], spoilt[2, 0] = np.nan, np.inf, np.nan
    sample = read(csv(tmp_path / "t.csv", spoilt, "a,b,c,same,y"))
    assert sample.rows == 57 and sample.inputs.shape == (57, 3)
    assert "3 of 60" in sample.notes[0] and "same" in sample.notes[1] and "1 of 57" in sample.notes[2]
    for text in ("NA", "", "?", "null"):  # the ways to write a gap
        (tmp_path / "gap.csv").write_text(f"a,y\n1,2\n{text},3\n4,5\n")
        assert read(tmp_path / "gap.csv").rows == 2


def test_chosen_columns(rows: np.ndarray, tmp_path: Path) -> None:
    """--target and --drop: text in a dropped column does no harm."""
    lines = [f"row{i},{a},{b}" for i, (a, b) in enumerate(rows[:, :2])]
    (tmp_path / "t.csv").write_text("id,a,b\n" + "\n".join(lines))
    sample = read(tmp_path / "t.csv", target="a", drop=("id",), inputs=2.0)
    np.testing.assert_allclose(sample.inputs[:, 0], rows[:, 1] / 2, rtol=1e-12)
    with pytest.raises(InputError, match=r"'id' holds the text 'row0'.*--drop"):
        read(tmp_path / "t.csv", target="a")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,y\n1,2\n", "1 complete row"),
        ("a,y\n", "0 complete rows"),
        ("", "empty"),
        ("a,y\n1,\n2,\n3,1\n", "1 complete row, 2 with missing"),
        ("a,y\n1,5\n2,5\n3,5\n", "target 'y' is 5 in every row"),
        ("a,y\n3,1\n3,2\n3,4\n", "no input column"),
        ("a,y\n1,cat\n2,dog\n", "'y' holds the text 'cat'"),
        ("a,y\n1,2\n2\n", "1 fields"),
        ("a,y\n1e200,2\n1,3\n", "1e100"),
        ("a,a\n1,2\n2,3\n", "two columns are called 'a'"),
    ],
)
def test_refused_tables(tmp_path: Path, text: str, message: str) -> None:
    """What cannot be treated soundly is refused, in one line that names the place."""
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(InputError, match=message) as caught:
        read(tmp_path / "t.csv")
    assert "\n" not in str(caught.value) and "t.csv" in str(caught.value)


def test_refused_files(tmp_path: Path, rows: np.ndarray) -> None:
    """Damaged, foreign and absent files; an object array is not unpickled."""
    np.save(tmp_path / "o.npy", np.array([[1, "x"]], dtype=object))
    np.save(tmp_path / "flat.npy", rows[0])
    np.savez(tmp_path / "names.npz", a=rows)
    for name in ("bad.npy", "bad.npz", "bad.parquet"):
        (tmp_path / name).write_bytes(b"\x00\xff not a file")
    (tmp_path / "bad.csv").write_bytes(b"\xff\xfe\x00\x01\x02")
    names = ("o.npy", "flat.npy", "names.npz", "bad.npy", "bad.npz", "bad.parquet", "bad.csv", "none.csv", "odd.xlsx")
    for name in names:
        with pytest.raises(InputError) as caught:
            read(tmp_path / name)
        assert "\n" not in str(caught.value) and name in str(caught.value)


def test_archives_too_large_are_refused_before_they_are_read(
    rows: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NPZ cannot be streamed: its size is looked at first."""
    from ridgeproof.numerics.data import tables

    np.savez_compressed(tmp_path / "t.npz", X=rows[:, :3], y=rows[:, 3])
    monkeypatch.setattr(tables, "LARGEST_ARCHIVE", 1000)
    with pytest.raises(InputError, match="cannot stream"):
        read(tmp_path / "t.npz")


@pytest.mark.parametrize(("missing", "source"), [("sklearn", "digits"), ("pyarrow", "t.parquet")])
def test_missing_packages_are_named(missing: str, source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both packages are optional: without them one line says what to install."""
    import sys

    (tmp_path / "t.parquet").write_bytes(b"PAR1")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(InputError, match=r"ridgeproof\[data\]"):
        open_table(source)
