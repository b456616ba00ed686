"""``ridgeproof data`` end to end: a scenario that all commands take, the experiment, advice, a picture, bad input."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

DIGITS = ("digits", "--inputs", "16", "--kernel", "rbf", "--kernel-scale", "8", "--samples", "300")
CHAIN = ("--generations", "3", "--generator-samples", "400", "--noise", "0.1", "--generator-noise", "0.1")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Return a CSV file of 240 rows."""
    rng = np.random.default_rng(1)
    x = rng.standard_normal((240, 5))
    rows = np.column_stack([x, np.sin(x[:, 0]) + x[:, 1] + 0.2 * rng.standard_normal(240)])
    np.savetxt(tmp_path / "t.csv", rows, delimiter=",", header="a,b,c,d,e,price", comments="")
    return tmp_path / "t.csv"


def test_digits_become_a_scenario(ridgeproof_json, tmp_path: Path) -> None:
    """docs/theory.md#kernels, second row, through the command: 0.3616; and the other commands take the file."""
    pytest.importorskip("sklearn")
    found = ridgeproof_json("data", *DIGITS, *CHAIN, "--no-measure", "-o", "digits.toml")
    assert f"{found['prediction']:.4f}" == "0.3616"
    assert (found["rows"], found["columns"], found["eigenvalues"], found["outside"]) == (1797, 61, 1797, 0.0)
    assert "constant" in found["notes"][0]
    assert ridgeproof_json("predict", "digits.toml")["test_error"] == pytest.approx(found["prediction"], rel=1e-12)
    best = ridgeproof_json("optimal-ridge", "digits.toml")["numerical"]
    assert best["test_error"] < found["prediction"]


def test_experiment_and_advice(ridgeproof_json, ridgeproof, table: Path) -> None:
    """Measured chains stand beside the theory; the advice is the optimum that optimal-ridge finds in the file.

    240 rows, 40 of them drawn: ten per cent and four errors are allowed.
    """
    words = (table, "--generations", "2", "--generator-noise", "0.2", "--recommend", "--measure", "40", "-o", "t.toml")
    found = ridgeproof_json("data", *words)
    assert found["target"] == "price" and [row["generations"] for row in found["measured"]] == [0, 0, 1, 1, 2, 2]
    for row in found["measured"]:
        assert abs(row["theory"] - row["measured"]) < 0.1 * row["measured"] + 4 * row["standard_error"]
    advice = found["advice"]
    best = ridgeproof_json("optimal-ridge", "t.toml")["numerical"]
    assert advice["adapted"]["ridge"] == pytest.approx(best["lambda"], rel=1e-6)
    assert advice["adapted"]["test_error"] <= min(advice[key]["test_error"] for key in ("clean", "cross_validated"))
    assert found["cross_validation"]["reported"] < found["cross_validation"]["test_error"]
    simulated = ridgeproof_json("simulate", "t.toml", "--replicates", "20")
    assert abs(simulated["z"]) < 5
    done = ridgeproof("data", *words)
    assert done.returncode == 0 and "Adapting saves" in done.stdout and "measured" in done.stdout


def test_linear_kernel_and_streaming(ridgeproof_json, tmp_path: Path) -> None:
    """25,000 rows are streamed through landmarks without being asked; a linear kernel sees the noise outside its span.

    y = x_1 + noise of variance 1/4, standardised: a fifth of the variance is outside, and the sample's error is
    sqrt(2/25000) of it; four of these.
    """
    rng = np.random.default_rng(2)
    x = rng.standard_normal((25_000, 3))
    np.save(tmp_path / "big.npy", np.column_stack([x, x[:, 0] + 0.5 * rng.standard_normal(25_000)]))
    linear = ridgeproof_json("data", "big.npy", "--kernel", "linear", "--no-measure")
    assert linear["method"] == "second moment" and linear["reference"] == 25_000
    assert linear["outside"] == pytest.approx(0.2, rel=4 * np.sqrt(2 / 25_000))
    streamed = ridgeproof_json("data", "big.npy", "--landmarks", "60", "--no-measure")
    assert streamed["method"] == "Nystrom, 60 landmarks" and streamed["reference"] == 25_000
    assert streamed["missing"] > 0.01 and any("miss" in note for note in streamed["notes"])


def test_picture(ridgeproof, table: Path, tmp_path: Path) -> None:
    """Three panels with their axes named, as SVG text."""
    pytest.importorskip("matplotlib")
    done = ridgeproof("data", table, "--generations", "2", "--measure", "2", "--picture", "t.svg")
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "t.svg").read_text()
    for word in ("n = 10", "ridge λ", "rows T of the last fit", "generations n", "adapted ridge"):
        assert word in text


@pytest.mark.parametrize(
    ("words", "fragment"),
    [
        (("none.csv",), "no such file"),
        (("letters",), "digits"),
        (("t.csv", "--target", "cost"), "price"),
        (("t.csv", "--drop", "price"), "is the target"),
        (("t.csv", "--inputs", "zero"), "standardise"),
        (("t.csv", "--kernel-scale", "0"), "kernel-scale"),
        (("t.csv", "--kernel", "cubic"), "laplace"),
        (("t.csv", "--ridge", "nan"), "--ridge"),
        (("t.csv", "--generations", "0", "--recommend"), "--recommend"),
        (("t.csv", "--measure", "1"), "--measure"),
        (("t.csv", "--measure", "2", "--distinct", "--generator-samples", "500"), "500 of 240"),
        (("t.csv", "-o", "t.txt"), ".toml"),
        (("t.csv", "--picture", "t.bmp"), ".png"),
        (("t.csv", "--ridge", "0", "--samples", "240", "--noise", "0.1"), "samples = dim"),
        (("t.csv", "--landmarks", "50", "--reference", "20"), "--landmarks"),
    ],
)
def test_refused(ridgeproof, table: Path, words: tuple[str, ...], fragment: str) -> None:
    """One line, status 2, nothing on standard output."""
    done = ridgeproof("data", *words)
    assert done.returncode == 2, done.stderr
    assert done.stdout == "" and "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1 and fragment in done.stderr, done.stderr
