"""Every command decides, refuses or gives up, on inputs of up to 1 MB that once took all time or all memory."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from ridgeproof import reading
from ridgeproof.errors import InputError

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
LAW = "[parameters.x]\ndefault = '1'\n[controls.c]\ndomain = '0 <= c, c <= 1'\n"


def controls(number: int) -> str:
    """A law with so many controls."""
    return "[parameters.x]\ndefault = '1'\n" + "".join(
        f"[controls.c{i}]\ndomain = '0 <= c{i}'\n" for i in range(number)
    )


SCENARIOS = {
    "dots": "a." * 200_000 + "b = 1\n",
    "digits": "[spectrum]\nkind = 'isotropic'\ndim = " + "9" * 900_000 + "\n",
    "nesting": "x = " + "[" * 400_000 + "\n",
    "tables": "[[generators]]\n" * 60_000,
    "beta": (EXAMPLES / "power-law.toml").read_text().replace('beta = "3/2"', "beta = 1e10000"),
    "beta15": (EXAMPLES / "power-law.toml").read_text().replace('beta = "3/2"', "beta = 1e15"),
    "nul": "[spectrum]\nkind = 'explicit'\nfile = 'a\\u0000.npy'\n[target]\nkind='isotropic'\nnorm2=1\n"
    "[downstream]\nsamples=1\nridge=1\nnoise=1\n",
    "hex": "[spectrum]\nkind='isotropic'\ndim=0x" + "f" * 500_000 + "\n",
}
LAWS = {
    "controls": controls(200) + "[terms]\na = '-c0'\n",
    "terms": LAW + "[terms]\n" + "".join(f"t{i} = '-{i}*c'\n" for i in range(1000)),
    "maxima": LAW + "[terms]\na = '" + "+".join(f"max({i}*c,{i}*x-1,min(c,{i}))" for i in range(1, 25)) + "'\n",
    "squared": LAW + "[definitions]\nd0='max(x,1)'\n"
    + "".join(f"d{i}='d{i - 1}*d{i - 1}'\n" for i in range(1, 41)) + "[terms]\na='d40*c'\n",
    "doubled": LAW + "[definitions]\nd0='x+c'\n"
    + "".join(f"d{i}='d{i - 1}+d{i - 1}'\n" for i in range(1, 61)) + "[terms]\na='d60'\n",
    "deep": LAW + "[terms]\na='" + "(" * 100_000 + "x" + ")" * 100_000 + "'\n",
    "arrays": "title = [[1]]\n[parameters.x]\ndefault = [[1]]\n[terms]\na = [[1]]\n",
    "title": "title = [[1]]\n[parameters.x]\ndefault = 1\n[terms]\na = 'x'\n",
    "integer": "[parameters.x]\ndefault = " + "9" * 900_000 + "\n[terms]\na = 'x'\n",
    "dots": "a." * 200_000 + "b = 1\n",
}  # fmt: skip


def refused(done) -> None:
    """One line, status 2; before it, on a slow machine, what takes so long."""
    assert done.returncode == 2, done.stderr
    *notes, last = done.stderr.splitlines()
    assert all(note.endswith(" ...") for note in notes) and last.startswith("ridgeproof: "), done.stderr
    assert len(last) < 330, done.stderr


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("command", ["predict", "optimal-ridge"])
def test_scenarios_without_measure(ridgeproof, tmp_path: Path, command: str, name: str) -> None:
    """Keys of 200,000 parts, numbers of 900,000 digits, exponents of 1e15 and 1e10000, NUL in a name: one line."""
    (tmp_path / "s.toml").write_text(SCENARIOS[name])
    refused(ridgeproof(command, "s.toml", timeout=60))


@pytest.mark.parametrize("name", LAWS)
def test_laws_without_measure(ridgeproof, tmp_path: Path, name: str) -> None:
    """200 controls, 1000 terms, nested maxima, squared definitions, arrays for texts: one line, in both forms."""
    (tmp_path / "law.toml").write_text(LAWS[name])
    refused(ridgeproof("exponents", "--law", "law.toml", timeout=60))
    refused(ridgeproof("exponents", "--law", "law.toml", "--symbolic", timeout=60))


def test_devices_and_pipes_are_no_input(ridgeproof, tmp_path: Path) -> None:
    """A pipe that nobody writes to, and a device without end, are refused at once by all that read files."""
    for ending in ("toml", "csv", "py"):
        os.mkfifo(tmp_path / f"pipe.{ending}")
        (tmp_path / f"zero.{ending}").symlink_to("/dev/zero")
    for kind in ("pipe", "zero"):
        for words in (
            ["predict", f"{kind}.toml"], ["exponents", "--law", f"{kind}.toml"], ["check", f"{kind}.toml"],
            ["report", "-o", "out", "--audit", f"{kind}.toml"], ["data", f"{kind}.csv"], ["verify", f"{kind}.py"],
        ):  # fmt: skip
            if kind == "zero" and words[0] not in ("predict", "check"):
                continue  # all ask the same function
            done = ridgeproof(*words, timeout=60)
            refused(done)
            assert "a device or a pipe" in done.stderr, done.stderr


def test_a_million_generations_are_predicted_and_not_drawn(ridgeproof, ridgeproof_json) -> None:
    """`predict` takes them at once; `simulate` and `--exact` say in advance that they cannot."""
    scenario = EXAMPLES / "isotropic.toml"
    million = ["--set", "generators.repeat=1000000"]
    document = ridgeproof_json("predict", scenario, *million)
    assert document["noise_by_generation"] is None and document["kappa"] is None
    assert [block["count"] for block in document["blocks"]] == [1_000_000]
    refused(ridgeproof("simulate", scenario, *million, timeout=60))
    refused(ridgeproof("predict", scenario, "--exact", *million, timeout=60))
    refused(ridgeproof("predict", scenario, "--digits", "20", *million, timeout=60))


def test_time_and_memory_run_out_in_one_line(ridgeproof, monkeypatch, environment, tmp_path: Path) -> None:
    """Eigenvalues of 1e-9999 with --exact: given up when the time is over, with the reason and the way out."""
    numbers = 'kind="explicit"\nvalues=["1","1e-9999"]\n[target]\nkind="coefficients"\nvalues=[1,1]\n'
    fit = 'samples=5\nridge="1/10"\nnoise=1\n'
    (tmp_path / "s.toml").write_text(f"[spectrum]\n{numbers}[[generators]]\n{fit}[downstream]\n{fit}")
    monkeypatch.setitem(environment, "RIDGEPROOF_SECONDS", "3")
    begun = time.monotonic()
    done = ridgeproof("predict", "s.toml", "--exact", timeout=60)
    assert done.returncode == 2 and "gave up after 3 s" in done.stderr.splitlines()[-1]
    assert "RIDGEPROOF_SECONDS" in done.stderr and "Traceback" not in done.stderr
    assert time.monotonic() - begun < 30
    monkeypatch.setitem(environment, "RIDGEPROOF_SECONDS", "soon")
    refused(ridgeproof("list"))


def test_surroundings_in_which_libraries_break_are_refused(ridgeproof, monkeypatch, environment) -> None:
    """Memory too small for NumPy to start, where it once waited for ever; a date that NumPy cannot read."""
    for name, value in (("RIDGEPROOF_GIB", "0.01"), ("SOURCE_DATE_EPOCH", "x"), ("RIDGEPROOF_SECONDS", "-1")):
        with monkeypatch.context() as changed:
            changed.setitem(environment, name, value)
            done = ridgeproof("predict", EXAMPLES / "isotropic.toml", timeout=60)
            refused(done)
            assert name in done.stderr


def test_toml_that_is_merely_long_is_read() -> None:
    """Bounds are on what costs time: many values with points in them, prose with points, and long lists stay."""
    source = "values = [" + "0.25, " * 50_000 + "1]\ntitle = '" + ". " * 1000 + "'\n[a.b.c]\nx.y = 1\n"
    assert len(reading.toml(source, where="", accepted="")["values"]) == 50_001
    with pytest.raises(InputError, match="a key of 60 parts"):
        reading.toml("a." * 59 + "b = 1", where="", accepted="")


@pytest.mark.parametrize("scale", ["--s", "--beta"])
def test_certificates_with_numbers_that_the_kernel_rejects(ridgeproof, tmp_path: Path, scale: str) -> None:
    """A scale of ten thousand digits has a row, and no certificate: refused in a line, before anything is written."""
    refused(ridgeproof("exponents", "--certificates", "x", scale, "1e10000"))
    assert not list(tmp_path.glob("x/*"))
