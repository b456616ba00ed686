"""Numbers and tables that are what they should not be: each is refused in a line, within a bound of memory."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

from ridgeproof.errors import InputError, RidgeproofError
from ridgeproof.numerics.data.sample import read_sample
from ridgeproof.numerics.data.tables import open_table
from ridgeproof.numerics.problem.scenario import load_scenario
from ridgeproof.proofs_check.cli import main

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
ROWS = np.arange(12.0).reshape(4, 3)


@pytest.mark.parametrize(
    "key",
    ["spectrum.beta", "target.r", "downstream.ridge", "downstream.noise", "generators.0.ridge", "generators.0.noise"],
)
@pytest.mark.parametrize("value", ["1e10000", "1e99999999", "9" * 2_000_001])
def test_numbers_without_measure_are_refused(key: str, value: str, capsys: pytest.CaptureFixture[str]) -> None:
    """1e10000, and two million digits, for every number of a scenario."""
    words = ["predict", str(EXAMPLES / "power-law.toml"), "--set", f"{key}={value}"]
    assert main(words) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1 and len(err) < 330, err


def test_the_key_of_a_number_without_measure_is_named() -> None:
    """The same value in range is accepted: it is the number that is refused."""
    assert load_scenario(EXAMPLES / "power-law.toml", ["target.r=2"]).target.r == 2
    with pytest.raises(RidgeproofError, match=r"target\.r|--set"):
        load_scenario(EXAMPLES / "power-law.toml", ["target.r=1e10000"])


def npy(shape: str) -> bytes:
    """The bytes of an array whose header says another shape."""
    buffer = io.BytesIO()
    np.save(buffer, ROWS)
    whole = buffer.getvalue()
    size = struct.unpack("<H", whole[8:10])[0]
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}".ljust(size - 1).encode() + b"\n"
    return whole[:10] + header + whole[10 + size :]


def archive(members: dict[str, bytes], encrypted: bool = False) -> bytes:
    """A zip file; with ``encrypted``, its members say that they are."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, content in members.items():
            file.writestr(name, content)
    whole = bytearray(buffer.getvalue())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = whole.find(mark)
        while encrypted and at >= 0:
            whole[at + place] |= 1
            at = whole.find(mark, at + 1)
    return bytes(whole)


FILES = {
    "negative.npy": npy("(-4, 3)"),
    "huge.npy": npy("(10000000000000, 3)"),
    "words.npy": npy("('a', 3)"),
    "encrypted.npz": archive({"X.npy": npy("(4, 3)"), "y.npy": npy("(4, 3)")}, encrypted=True),
    "strangers.npz": archive({"X.npy": b"not an array", "y.npy": b""}),
    "other.npz": archive({"readme.txt": b"words", "X": b"words"}),
    "negative.npz": archive({"X.npy": npy("(-4, 3)"), "y.npy": npy("(4, 3)")}),
    "wide.csv": b"a,b,y\n1," + b"7" * 140_000 + b",2\n2,3,4\n",
    "quoted.csv": b'a,b,y\n1,"' + b"x" * 140_000 + b'",2\n2,3,4\n',
}


@pytest.mark.parametrize("name", FILES)
def test_tables_that_are_none(name: str, tmp_path: Path) -> None:
    """Negative shapes, encrypted archives, members that are no arrays, fields over 131,072 characters."""
    (tmp_path / name).write_bytes(FILES[name])
    with pytest.raises(InputError) as error:
        read_sample(open_table(str(tmp_path / name)), size=100)
    assert "\n" not in str(error.value) and len(str(error.value)) <= 300


def test_a_line_of_200_megabytes_is_refused_in_little_memory(
    ridgeproof, environment, monkeypatch, tmp_path: Path
) -> None:
    """It is read in blocks: 1 GiB is enough to say no."""
    block = b"1," * 500_000
    with open(tmp_path / "t.csv", "wb") as file:
        file.write(b"a,y\n")
        for _ in range(200):
            file.write(block)
    monkeypatch.setitem(environment, "RIDGEPROOF_GIB", "1")
    done = ridgeproof("data", "t.csv", timeout=300)
    assert done.returncode == 2 and done.stderr.splitlines()[-1].startswith("ridgeproof: "), done.stderr
    assert "memory" not in done.stderr and len(done.stderr) < 330


@pytest.mark.parametrize("text", ["[[1]]", '{"planted": [[1]], "caught": {}}', '{"planted": 1e400}', "[" * 100_000])
def test_nested_figures_of_an_audit_are_refused(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Arrays for numbers in the file of --audit."""
    (tmp_path / "a.json").write_text(text)
    assert main(["report", "link", "-o", str(tmp_path / "out"), "--audit", str(tmp_path / "a.json")]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1 and len(err) < 330, err
    assert not (tmp_path / "out").exists() or not any((tmp_path / "out").iterdir())
