"""``ridgeproof check``: a formula of a paper in a line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ridgeproof.proofs_check.cli import main

SCENARIO = """[spectrum]
kind = "isotropic"
dim = 100
[target]
kind = "isotropic"
norm2 = 1
[downstream]
samples = 150
ridge = "1/20"
noise = "1/10"
"""


def judged(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """Exit status and verdict of the one claim."""
    status = main(["check", *words, "--json"])
    (claim,) = json.loads(capsys.readouterr().out)["claims"]
    return status, claim["verdict"]


def test_least_squares_and_a_slip(capsys: pytest.CaptureFixture[str]) -> None:
    """E = sigma^2 d/(T - d - 1) exactly (inverse Wishart mean); with T - d it is refuted."""
    assert judged(capsys, r"E_{test} = \sigma^2 \frac{d}{T-d-1}", "--where", "T >= d + 2") == (0, "proved")
    assert judged(capsys, "E_test = sigma2*d/(T - d)", "--where", "T >= d + 2") == (1, "refuted")


def test_at_a_setting(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Isotropic ridge, v2 Prop. 4.5: (kappa^2 |w0|^2 + sigma^2 phi)/((1 + kappa)^2 - phi)."""
    file = tmp_path / "clean.toml"
    file.write_text(SCENARIO)
    formula = "E_test ~= (kappa^2*norm2 + sigma2*phi)/((1 + kappa)^2 - phi)"
    told = ("--where", "phi_ = d/T")
    right = formula.replace("phi", "phi_")
    assert judged(capsys, right, "--setting", str(file), *told) == (0, "confronted")
    assert judged(capsys, right.replace("sigma2*", "2*sigma2*"), "--setting", str(file), *told) == (1, "refuted")


def test_a_search_without_a_bound_ends(capsys: pytest.CaptureFixture[str]) -> None:
    """Both sides grow with x at one rate: the search for a violation stops far out, and the statement holds."""
    assert judged(capsys, "max(x,y) = (x + y + |x - y|)/2", "--where", "x > 0; y > 0") == (0, "confronted")
    assert judged(capsys, "max(x,y) = (x + y + |x - 2*y|)/2", "--where", "x > 0; y > 0") == (1, "refuted")


def test_words_about_the_setting_are_kept_without_e_test(capsys: pytest.CaptureFixture[str]) -> None:
    """kappa follows lambda at a large ridge and 1/T^beta at a small one (docs/theory.md#P2), along lambda = T^-ell."""
    setting = "power-law; infinite dimension; beta = 2; "
    assert judged(capsys, "kappa =<>= lambda", "--where", setting + "lambda = T^-1") == (0, "confronted")
    assert judged(capsys, "kappa =<>= T^-2", "--where", setting + "lambda = T^-4") == (0, "confronted")
    assert judged(capsys, "kappa =<>= lambda", "--where", setting + "lambda = T^-4") == (1, "refuted")
    assert judged(capsys, "kappa ~ lambda", "--where", "as lambda grows") == (0, "confronted")


TWO_GENERATORS = SCENARIO.replace(
    "[downstream]",
    """[[generators]]
samples = 300
ridge = 0
noise = "1/5"
[[generators]]
samples = 400
ridge = 0
noise = "1/10"
[downstream]""",
).replace('ridge = "1/20"', "ridge = 0")


def test_every_generator_of_a_setting_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each min-norm generator with more rows than dimensions adds sigma_m^2 d/(T_m - d): here 1/10 * 100/300."""
    file = tmp_path / "chain.toml"
    file.write_text(TWO_GENERATORS)
    formula = "E_test ~= sigma2*d/(T - d) + sigma02*d/(T0 - d) + 1/30"
    assert judged(capsys, formula, "--setting", str(file)) == (0, "confronted")
    assert judged(capsys, formula.replace("1/30", "1/40"), "--setting", str(file)) == (1, "refuted")


def test_a_setting_with_sources_is_refused_not_misread(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The symbols of a setting have no sources: a mixture would be judged as a plain fit."""
    file = tmp_path / "mixed.toml"
    source = """[[downstream.sources]]
samples = 150
labels = "truth"
noise = "1/10"
"""
    file.write_text(SCENARIO.replace('samples = 150\nridge = "1/20"\nnoise = "1/10"\n', 'ridge = "1/20"\n' + source))
    assert main(["check", "E_test ~= 1", "--setting", str(file)]) == 2
    assert "several sources" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ("E_test",),
        ("E_test = x",),
        ("T = T", "--where", "T"),
        ("T = T", "--setting", "no.toml"),
        ("no.toml",),
        ("no.md",),
    ],
    ids=" ".join,
)
def test_unusable_input_is_one_line_and_status_2(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    """What, where, and what is accepted."""
    assert main(["check", *words]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1 and err.startswith("ridgeproof: ")


LAW = str(Path(__file__).parents[1] / "examples" / "laws" / "kernel-ridge-crossover.toml")
BEST = "2*alpha*min(r, 1)*(1 + s)/(1 + 2*alpha*min(r, 1))"


def test_an_asserted_rate_of_a_law(capsys: pytest.CaptureFixture[str]) -> None:
    """Cui et al. 2021: the noisy rate, at most the noiseless one; without the cap or the saturation it fails."""
    assert judged(capsys, f"rate = min({BEST}, 2*alpha*min(r, 1))", "--law", LAW) == (0, "confronted")
    assert judged(capsys, f"rate = {BEST}", "--law", LAW) == (1, "refuted")
    assert judged(capsys, f"rate = min({BEST}, 2*alpha*min(r, 1))".replace("min(r, 1)", "r"), "--law", LAW) == (
        1,
        "refuted",
    )


@pytest.mark.parametrize("formula", ["r = 1", "rate <= 1", "rate = rate", "rate = beta"])
def test_what_is_no_assertion_about_a_law(formula: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One line, status 2."""
    assert main(["check", formula, "--law", LAW]) == 2 and capsys.readouterr().err.count("\n") == 1
