"""The dialects of text tables, what pandas leaves in files, and 200 malformed files: read, or one line."""

from __future__ import annotations

import codecs
import io
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ridgeproof.errors import InputError, RidgeproofError
from ridgeproof.numerics.data import text_tables
from ridgeproof.numerics.data.sample import Sample, read_sample
from ridgeproof.numerics.data.tables import open_table

ROWS = np.random.default_rng(8).normal(size=(30, 3)).round(3)


def read(path: Path, content: str | bytes, **options: object) -> Sample:
    """Write a file and read it."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_sample(open_table(str(path)), size=1000, **options)  # type: ignore[arg-type]


def lines(separator: str = ",", header: str = "a,b,y", end: str = "", form: Callable[[float], str] = repr) -> str:
    """Return the table as text."""
    rows = [separator.join(form(float(x)) for x in row) + end for row in ROWS]
    return "\n".join([header.replace(",", separator) + end, *rows]) + "\n"


PLAIN = lines()
SPELLINGS: dict[str, str | bytes] = {
    "semicolons": lines(";"),
    "tabs": lines("\t"),
    "bars": lines("|"),
    "blanks": lines("   "),
    "decimal commas": lines(";", form=lambda x: repr(x).replace(".", ",")),
    "a separator at every end": lines(end=","),
    "comments": "# by a logger\n# in metres\n\n" + PLAIN,
    "a comment among the rows": PLAIN.replace("\n", "\n# half time\n", 5),
    "UTF-16": PLAIN.encode("utf-16"),
    "UTF-8 with a mark": codecs.BOM_UTF8 + PLAIN.encode(),
    "Windows lines": PLAIN.replace("\n", "\r\n"),
    "quotes": "\n".join(",".join(f'"{x}"' for x in line.split(",")) for line in PLAIN.split()),
    "row numbers of pandas": "\n".join(
        f"{i - 1 if i else ''},{line}" for i, line in enumerate(PLAIN.strip().split("\n"))
    ),
    "row names of R": "\n".join(f"{i}," * bool(i) + line for i, line in enumerate(PLAIN.strip().split("\n"))),
}


@pytest.mark.parametrize("arrow", [True, False])
@pytest.mark.parametrize("name", SPELLINGS)
def test_one_table_in_many_spellings(name: str, arrow: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same numbers to the last bit, by pyarrow and by hand; what was assumed is in a note."""
    if not arrow:
        monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    plain, other = read(tmp_path / "p.csv", PLAIN), read(tmp_path / "t.csv", SPELLINGS[name])
    np.testing.assert_array_equal(other.inputs, plain.inputs)
    np.testing.assert_array_equal(other.targets, plain.targets)
    assert other.table.columns[other.cleaning.target] == "y"
    assert bool(other.notes) == (name not in ("tabs", "UTF-8 with a mark", "Windows lines", "quotes") and (
        name != "a comment among the rows"
    ))  # fmt: skip


def test_pyarrow_reads_what_the_plain_reader_reads(tmp_path: Path) -> None:
    """That the fast path is taken at all, and its numbers are the plain reader's, gaps and odd spellings included."""
    pytest.importorskip("pyarrow")
    path = tmp_path / "t.csv"
    path.write_text("a,y\n1.5,NaN\n-0,1e-3\n,+2\n 7 ,.5\n1e400,3\nn/a,4\n")
    dialect = text_tables.Dialect("utf-8", 0, ",")
    fast = list(text_tables._by_pyarrow(path, dialect, ["a", "y"], True, False, frozenset()))
    slow = list(text_tables._by_hand(path, dialect, ["a", "y"], True, frozenset(), 0))
    assert len(fast) == 1 and fast[0] is not None
    np.testing.assert_array_equal(fast[0], slow[0])


@pytest.mark.parametrize(
    ("content", "columns", "rows"),
    [
        ('"length\n(m)",weight\n1,2\n2,3\n3,5\n', ("length (m)", "weight"), 3),
        ("length, m;width, m;weight, kg\n1;2;3\n2;3;5\n", ("length, m", "width, m", "weight, kg"), 2),
        ("Na,Mg\n1,2\n2,3\n3,5\n", ("Na", "Mg"), 3),
        ("Na,NA.1\n1,2\n2,3\n3,5\n", ("Na", "NA.1"), 3),
        ("1,2\n2,3\n3,5\n", ("0", "1"), 3),
        ("a,b,y\n2.3,False,1\n4,True,2\n5,true,0\n", ("a", "b", "y"), 3),
        ('a,y\n"1\n",2\n2,3\n', ("a", "y"), 2),
    ],
)
def test_headers_and_values(content: str, columns: tuple[str, ...], rows: int, tmp_path: Path) -> None:
    """Quoted newlines, a header and a body of different separators, sodium, no header, truth values."""
    sample = read(tmp_path / "t.csv", content)
    assert sample.table.columns == columns and sample.rows == rows


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("id,y\n1_0,2\n1_1,3\n", "'1_0'"),
        ('"a,y\n' + "1,2\n" * 30_000, "never closed"),
        ('a,y\n1,2\n2,"3\n' + "1,2\n" * 30_000, "line 3: a quote"),
        ("name,smokes,x,y\nann,no,1,2\nbob,yes,2,3\n", "2 columns hold text: 'name', 'smokes'"),
        ("smokes,x,y\nno,1,2\nyes,2,3\n", "code 'no' as 0 and 'yes' as 1"),
        ("a,b,y\n1,100,2\n2,100.00000000000001,3\n3,99.99999999999999,100\n", ""),
        ("a,y\n1,100\n2,100.00000000000001\n3,99.99999999999999\n", "every row up to rounding"),
    ],
)
def test_refused_or_left_out(content: str, message: str, tmp_path: Path) -> None:
    """Identifiers, open quotes, text in several columns at once, constants up to rounding."""
    if not message:
        sample = read(tmp_path / "t.csv", content)
        assert sample.inputs.shape[1] == 1 and "up to rounding" in sample.notes[0]
        return
    with pytest.raises(InputError) as caught:
        read(tmp_path / "t.csv", content)
    assert message in str(caught.value) and "\n" not in str(caught.value)


def test_parquet_of_a_filtered_frame(tmp_path: Path) -> None:
    """pandas' index is neither target nor input; two columns of one name are refused in one line."""
    pandas, arrow = pytest.importorskip("pandas"), pytest.importorskip("pyarrow")
    from pyarrow import parquet

    frame = pandas.DataFrame(ROWS, columns=["a", "b", "price"])
    frame[frame.a > -0.5].to_parquet(tmp_path / "t.parquet")
    sample = read_sample(open_table(str(tmp_path / "t.parquet")), size=100)
    assert sample.table.columns[sample.cleaning.target] == "price" and sample.inputs.shape[1] == 2
    assert "__index_level_0__" in sample.notes[0]
    named = frame.assign(when=range(30)).set_index("when")
    named.to_parquet(tmp_path / "n.parquet")
    assert read_sample(open_table(str(tmp_path / "n.parquet")), size=100).inputs.shape[1] == 2
    twice = arrow.Table.from_arrays([arrow.array([1.0, 2.0])] * 3, names=["a", "a", "y"])
    parquet.write_table(twice, tmp_path / "d.parquet")
    with pytest.raises(InputError, match="two columns are called 'a'"):
        open_table(str(tmp_path / "d.parquet"))


def malformed(random_state: random.Random) -> tuple[str, bytes]:
    """Return a file that something went wrong with: cut, spliced, overwritten, of another kind than its name."""
    buffer = io.BytesIO()
    np.save(buffer, ROWS)
    npy = buffer.getvalue()
    buffer = io.BytesIO()
    np.savez(buffer, X=ROWS[:, :2], y=ROWS[:, 2])
    contents = {".csv": PLAIN.encode(), ".tsv": lines("\t").encode(), ".npy": npy, ".npz": buffer.getvalue()}
    try:
        import pyarrow
        from pyarrow import parquet

        buffer = io.BytesIO()
        parquet.write_table(pyarrow.table({"a": ROWS[:, 0], "y": ROWS[:, 2]}), buffer)
        contents[".parquet"] = buffer.getvalue()
    except ImportError:
        pass
    suffix = random_state.choice(sorted(contents))
    data = bytearray(contents[suffix])
    for _ in range(random_state.randint(1, 4)):
        at = random_state.randrange(len(data) + 1)
        match random_state.randrange(6):
            case 0:
                data = data[:at]
            case 1:
                data[at:at] = random_state.choice(
                    [b'"', b"\x00", b"\xff\xfe", b";", b"\n\n", b"1_0", b",,,,", b"'", b"\r", b"1e999", b"-", b"#"]
                )
            case 2:
                data[at : at + 4] = bytes(random_state.randrange(256) for _ in range(4))
            case 3:
                data += data[:at]
            case 4:
                suffix = random_state.choice(sorted(contents))
            case 5:
                data[at : at + 40] = b""
    return suffix, bytes(data)


def test_two_hundred_malformed_files(tmp_path: Path) -> None:
    """Each is read or refused in one line; nothing else is raised."""
    state, refused = random.Random(20), 0
    for i in range(200):
        suffix, data = malformed(state)
        path = tmp_path / f"m{i}{suffix}"
        try:
            read(path, data)
        except RidgeproofError as error:
            refused += 1
            assert "\n" not in str(error) and len(str(error)) <= 300
    assert 40 < refused < 200  # the mutations hit, and not everything is refused
