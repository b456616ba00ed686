"""The commands of the exponent calculus, through ``main``: documents, pictures, and one line for every bad input."""

from __future__ import annotations

import builtins
import json
from pathlib import Path

import pytest

from ridgeproof.proofs_check import kernel
from ridgeproof.proofs_check.cli import main
from ridgeproof.proofs_check.laws import statements as law_statements

LAWS = Path(__file__).parents[2] / "examples" / "laws"
EXAMPLES = LAWS.parent
CROSSOVER = str(LAWS / "kernel-ridge-crossover.toml")
COMPUTE = str(LAWS / "compute-optimal-features.toml")


def run(capsys, *words):
    status = main(list(map(str, words)))
    return status, *capsys.readouterr()


def document(capsys, *words):
    status, out, _ = run(capsys, *words)  # on a busy machine there may be a word of patience on standard error
    assert status == 0
    return json.loads(out)


def test_phase_diagram_document(capsys):
    """The contract's fields; the rate 3/5 b of docs/theory.md#P5 (T0 < T limits it) stands in the right region."""
    found = document(capsys, "phase-diagram", "--x", "b", "--y", "g", "--a", "1", "--json", "--certificates")
    assert (found["x"], found["y"], found["fixed"]["a"], found["fixed"]["h"]) == ("b", "g", "1", "b")
    for region in found["regions"]:
        assert set(region) == {"regime", "rate", "ell", "vertices", "inequalities"}
        assert len(region["vertices"]) == len(region["inequalities"]) >= 3
    assert "3/5*b - 3/5*g" in {region["rate"]["text"] for region in found["regions"]}
    assert found["certificate"]["area"] == "4" and found["programs"]


@pytest.mark.parametrize("form", ["png", "svg", "pdf"])
def test_pictures_are_drawn(capsys, tmp_path, form):
    """The picture exists in the format that its name asks for; in SVG the words can be read back."""
    pytest.importorskip("matplotlib")
    path = tmp_path / f"d.{form}"
    axes = ("--x", "s", "--y", "ell", "--x-range", "0:3", "--y-range", "0:3")
    status, out, _ = run(capsys, "phase-diagram", *axes, "--law", CROSSOVER, "-o", path)
    assert status == 0 and "4 regions" in out
    data = path.read_bytes()
    assert data.startswith({"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}[form])
    if form == "svg":
        assert data.count(b"noise") >= 2 and data.count(b"bias") >= 2


def test_without_matplotlib_there_is_one_clear_line(capsys, tmp_path, monkeypatch):
    """Drawing is an optional extra: without it the command says what to install, and exits with 2."""
    real = builtins.__import__

    def missing(name, *rest, **more):
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", missing)
    status, out, err = run(capsys, "phase-diagram", "--x", "b", "--y", "g", "-o", tmp_path / "d.png")
    assert (status, out) == (2, "")
    assert err.count("\n") == 1 and "ridgeproof[pictures]" in err


def test_a_law_s_table_in_every_format(capsys):
    """Cui et al.: at alpha = 2, r = 1/2 and constant noise ell* = alpha/(1 + 2 alpha r) = 2/3, and the rate 2/3."""
    words = ("exponents", "--law", CROSSOVER, "--param", "s=0:3:1")
    rows = document(capsys, *words, "--certificates", "--json")["rows"]
    assert [(row["ell"], row["rate"]) for row in rows] == [("2/3", "2/3"), ("4/3", "4/3"), ("2", "2"), ("2", "2")]
    assert all(row["certificate"]["kind"] == "lp-branches" for row in rows)
    for form, word in (("text", "bias = noise"), ("csv", "alpha,r,s,ell,rate,regime,optima"), ("markdown", "| 2/3 |"),
                       ("latex", r"$\frac{2}{3}$")):  # fmt: skip
        status, out, _ = run(capsys, *words, "--format", form)
        assert status == 0 and word in out
    for form in ("text", "latex", "json"):
        status, out, _ = run(capsys, "exponents", "--law", CROSSOVER, "--symbolic", "--format", form)
        assert status == 0 and "alpha" in out


def test_certificates_are_files_that_the_kernel_accepts(capsys, tmp_path):
    """Issue 5, item 5: rows and diagrams of a law of one's own, and of the built-in one, leave certificates behind."""
    window = ("--x-range", "0:1", "--y-range", "0:1")
    commands = {
        "rows": ("exponents", "--law", COMPUTE, "--param", "a=3/2,5"),
        "formulas": ("exponents", "--law", COMPUTE, "--symbolic"),
        "regions": ("phase-diagram", "--law", COMPUTE, "--x", "steps", "--y", "data", *window),
        "model-rows": ("exponents", "--a", "1", "--b", "1/2,1"),
        "model-regions": ("phase-diagram", "--x", "b", "--y", "g", "--a", "1"),
    }
    for name, words in commands.items():
        status, out, _ = run(capsys, *words, "--certificates", tmp_path / name)
        files = list((tmp_path / name).glob("*.certificate.json"))
        assert status == 0 and f"{len(files)} certificates written" in out
        assert kernel.main([str(tmp_path / name)]) == 0
        assert law_statements.main([str(tmp_path / name), *([COMPUTE] if "model" not in name else [])]) == 0
        capsys.readouterr()
    status, out, err = run(capsys, *commands["rows"], "--json", "--certificates", tmp_path / "rows")
    assert status == 0 and len(json.loads(out)["rows"]) == 2 and "written" in err


def test_latex_of_the_formulas_stays_readable(capsys):
    """Neighbouring regions of one value are not joined: their conditions would be multiplied out into pages."""
    _, out, _ = run(capsys, "exponents", "--symbolic", "--format", "latex")
    assert len(out) < 10_000 and r"\vee" not in out


def test_thresholds_stand_in_the_rows_only_when_asked_for(capsys):
    """Theory.md P5: at beta = 3/2, r = 1/2, d ~ T, T0 = T^(1/2), the rate stops growing with b at b = 1."""
    words = ("exponents", "--a", "1", "--b", "1/2", "--json")
    assert "thresholds" not in document(capsys, *words)["rows"][0]
    found = document(capsys, *words, "--thresholds")["rows"][0]["thresholds"]
    assert found["b"] == [{"at": "1", "rate": "3/5", "kinds": ["slope"], "slopes": ["3/5", "0"]}]
    assert [t["at"] for t in found["g"] if "zero" in t["kinds"]] == ["1/2"]
    status, out, _ = run(capsys, *words[:-1], "--thresholds")
    assert status == 0 and "the rate is 0" in out


def test_generators_with_a_ridge_of_their_own(capsys):
    """With lambda_0 = T^-1/4 the error cannot fall faster than the generators' bias, lambda_0^(2 r) = T^-1/4."""
    rows = document(capsys, "exponents", "--ell0", "1/4,2", "--json")["rows"]
    assert [(row["a"], row["ell0"], row["rate"]) for row in rows] == [("inf", "1/4", "1/4"), ("inf", "2", "3/5")]
    status, out, _ = run(capsys, "exponents", "--ell0", "1/4,2")
    assert status == 0 and "bias of the ridge generators" in out


def test_the_scaling_table(capsys):
    """The sharp constants' errors vanish: like T^(-1/(1 + 2 beta r)) = T^(-2/5) at fixed noise (see sharp_window)."""
    found = document(capsys, "optimal-ridge", EXAMPLES / "sharp-1.toml", "--scaling-table", "--json")
    last = found["rows"][-1]
    assert found["noise"] == "41/10" and last["samples"] == 10**8
    assert abs(last["order"] + 0.4) < 0.01 and abs(last["window"]["test_error"]) < 1e-3
    status, out, _ = run(capsys, "optimal-ridge", EXAMPLES / "sharp-1.toml", "--scaling-table", "falling")
    assert status == 0 and "T^(-2 beta r)" in out


@pytest.mark.parametrize(("beta", "r", "positive"), [("3", "1/4", True), ("3/2", "1/2", False)])
def test_without_noise_the_ridge_is_of_the_order_of_the_last_eigenvalue_or_zero(capsys, tmp_path, beta, r, positive):
    """sharp_window: lambda* > 0 even without noise exactly if 2 beta r < beta - 1; numerical and sharp agree."""
    path = tmp_path / "s.toml"
    path.write_text(
        f'''[spectrum]
kind = "power-law"
beta = "{beta}"
dim = "inf"
[target]
kind = "source"
r = "{r}"
[downstream]
samples = 10000
ridge = "0"
noise = "0"
'''
    )
    found = document(capsys, "optimal-ridge", path, "--json")
    assert (found["numerical"]["lambda"] > 0) is positive and (found["sharp"]["lambda"] > 0) is positive
    for key in ("lambda", "test_error"):
        assert abs(found["sharp"][key] - found["numerical"][key]) <= 2e-4 * found["numerical"][key]


def test_the_text_table_says_what_a_fixed_dimension_means(capsys):
    for a, said in (("0", True), ("1", False)):
        _, out, _ = run(capsys, "exponents", "--a", a)
        assert ("fixed dimension" in out) is said


@pytest.mark.parametrize(
    "words",
    [
        "phase-diagram --x r --y q",
        "phase-diagram --x b --y b",
        "phase-diagram --x b --y g --b 1",
        "phase-diagram --x b --y g --x-range 2:1",
        "phase-diagram --x b --y g --x-range=-1:1",
        "phase-diagram --x b --y g --x-range 1",
        "phase-diagram --x b --y g --s 1,2",
        "phase-diagram --x b --y g --beta 1",
        "phase-diagram --x b --y g -o picture.jpg",
        "phase-diagram --x b --y g --certificates",
        "phase-diagram --x b --y g --param s=1",
        f"phase-diagram --x s --y q --x-range 0:1 --y-range 0:1 --law {CROSSOVER}",
        f"phase-diagram --x s --y ell --x-range 0:1 --law {CROSSOVER}",
        f"phase-diagram --x s --y alpha --x-range 0:1 --y-range 2:3 --law {CROSSOVER}",
        f"phase-diagram --x s --y r --x-range 0:1 --y-range 2:3 --beta 2 --law {CROSSOVER}",
        f"exponents --law {CROSSOVER} --param alpha=1",
        f"exponents --law {CROSSOVER} --param alpha=inf",
        f"exponents --law {CROSSOVER} --param alpha",
        f"exponents --law {CROSSOVER} --param s=1 --param s=2",
        f"exponents --law {CROSSOVER} --param q=1",
        f"exponents --law {CROSSOVER} --beta 2",
        f"exponents --law {CROSSOVER} --thresholds",
        f"exponents --law {CROSSOVER} --certificates",
        f"exponents --law {COMPUTE} --symbolic --certificates",
        f"exponents --law {COMPUTE} --symbolic --param a=2",
        "exponents --symbolic --certificates",
        "exponents --ell0 1 --certificates nowhere",
        "exponents --b 0:1:1/1000 --certificates nowhere",
        f"exponents --law {COMPUTE} --certificates /dev/null/nowhere --param a=3 --format csv",
        "exponents --law no-such-file.toml",
        "exponents --param s=1",
        "exponents --thresholds --format csv",
        "exponents --ell0 1 --a 1",
        "exponents --ell0=-1",
        "exponents --ell0 1 --symbolic",
        "exponents --ell0 1 --r 1/2,x",
        f"optimal-ridge {EXAMPLES}/isotropic.toml --scaling-table",
        f"optimal-ridge {EXAMPLES}/sharp-1.toml --scaling-table rising",
    ],
)
def test_bad_input_is_one_line_and_status_2(capsys, words):
    """Design.md: unusable input gives one line on standard error, nothing on standard output, exit status 2."""
    status, out, err = run(capsys, *words.split())
    assert (status, out) == (2, "")
    assert err.startswith("ridgeproof: ") and err.count("\n") == 1 and "Traceback" not in err


def test_text_that_is_not_toml_is_one_line(capsys, tmp_path):
    path = tmp_path / "law.toml"
    for text in ("[terms", "[terms]\np = \"__import__('os')\"\n", "\x00", '[terms]\np = "x"\n'):
        path.write_text(text)
        status, out, err = run(capsys, "exponents", "--law", path)
        assert (status, out) == (2, "") and err.count("\n") == 1
