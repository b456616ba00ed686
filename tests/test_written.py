"""``-o FILE`` of every command that prints, ``--decimals``, lists and ranges in ``predict``, and ``list``."""

from __future__ import annotations

import csv
import io
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

ROWS = ("exponents", "--b", "1/2,1")


@pytest.mark.parametrize("ending", ["csv", "json", "tex", "md", "txt"])
def test_a_file_holds_what_is_printed(ridgeproof: Any, tmp_path: Path, ending: str) -> None:
    """The ending is the format; the file is what standard output would be, which stays empty."""
    form = {"tex": "latex", "md": "markdown", "txt": "text"}.get(ending, ending)
    done = ridgeproof(*ROWS, "-o", f"x.{ending}")
    assert (done.returncode, done.stdout) == (0, "")
    assert (tmp_path / f"x.{ending}").read_text(encoding="utf-8") == ridgeproof(*ROWS, "--format", form).stdout


def test_other_commands_write_files_too(ridgeproof: Any, tmp_path: Path, examples: Path) -> None:
    """Text and JSON of what has no other format."""
    assert ridgeproof("predict", examples / "isotropic.toml", "-o", "p.json").returncode == 0
    assert json.loads((tmp_path / "p.json").read_text())["test_error"] > 0
    assert ridgeproof("show", "inverse-wishart", "-o", "claim.tex").returncode == 0
    assert "begin{claim}" in (tmp_path / "claim.tex").read_text() or "align" in (tmp_path / "claim.tex").read_text()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("predict", "SCENARIO", "-o", "x.tex"), "no latex form"),
        (("exponents", "-o", "nowhere/x.csv"), "no directory"),
        (("exponents", "--format", "csv", "-o", "x.tex"), "csv was asked for"),
        (("predict", "SCENARIO", "-o", "SCENARIO"), "replace an input"),
    ],
)
def test_what_cannot_be_written_is_refused(
    ridgeproof: Any, tmp_path: Path, examples: Path, words: Any, said: str
) -> None:
    """One line, status 2, and no file."""
    scenario = tmp_path / "s.toml"
    scenario.write_text((examples / "isotropic.toml").read_text())
    done = ridgeproof(*(scenario if word == "SCENARIO" else word for word in words))
    assert (done.returncode, done.stdout) == (2, "") and said in done.stderr and done.stderr.count("\n") == 1
    assert [f.name for f in tmp_path.iterdir()] == ["s.toml"]
    assert scenario.read_text() == (examples / "isotropic.toml").read_text()


@pytest.mark.parametrize("form", ["csv", "json", "markdown", "text"])
def test_decimals_stand_beside_exact_numbers(ridgeproof: Any, form: str) -> None:
    """NAME_decimal is NAME as a double; exact columns stay as they are."""
    words = ("exponents", "--b", "1/2,2/3", "--s", "inf", "--decimals", "--format", form)
    shown = ridgeproof(*words).stdout
    if form == "json":
        rows = json.loads(shown)["rows"]
    elif form == "csv":
        rows = list(csv.DictReader(io.StringIO(shown)))
    else:
        assert "0.666667" in shown and "2/3" in shown
        return
    for row in rows:
        for name in ("b", "ell", "rate", "beta"):
            assert float(row[f"{name}_decimal"]) == float(Fraction(row[name]))
        assert str(row["s_decimal"]) == row["s"] == "inf"


@pytest.mark.parametrize("form", ["csv", "json", "latex", "markdown", "text"])
@pytest.mark.parametrize(
    ("more", "degenerate", "note"),
    [
        ((), ("--a", "0"), "a = 0 is a fixed dimension"),
        ((), ("--g", "2"), "no rate is above 0"),  # n = T^2 generations of noise: nothing is learnt
        (("--filter", "gradient-flow"), ("--a", "0"), "a = 0 is a fixed dimension"),
        (("--filter", "gradient-flow"), ("--s", "-2"), "no rate is above 0"),
        (("--ell0", "1"), ("--s", "-2"), "no rate is above 0"),
        (("--law", "LAW"), ("--param", "s=-2"), "no rate is above 0"),
    ],
)
def test_a_degenerate_table_says_so_in_every_format(
    ridgeproof: Any, tmp_path: Path, form: str, more: tuple[str, ...], degenerate: tuple[str, ...], note: str
) -> None:
    """Whichever law the table is of; the default is the paper's setting, and says nothing."""
    law = tmp_path / "law.toml"
    law.write_text(
        '[parameters.a]\ndomain = "a >= 0"\ndefault = "0"\n[parameters.s]\ndomain = "s >= -9"\ndefault = "0"\n'
        '[controls.ell]\ndomain = "ell >= 0"\n[terms]\nbias = "-2*min(ell, 1)"\nnoise = "-s - 1 + ell + a"\n'
    )
    words = [str(law) if word == "LAW" else word for word in more]
    shown, usual = (ridgeproof("exponents", *words, *x, "--format", form) for x in (degenerate, ()))
    told = " ".join((shown.stderr if form == "csv" else shown.stdout).split())
    assert note in told
    for silent in ("a = 0 is", "no rate is above 0"):  # a letter of one's own law has no such meaning
        assert silent not in usual.stdout + usual.stderr
    if form == "json":
        assert json.loads(shown.stdout)["notes"] and "notes" not in json.loads(usual.stdout)


def test_predict_over_lists_and_ranges(ridgeproof: Any, ridgeproof_json: Any, examples: Path) -> None:
    """Every combination, the last key varying fastest; each row is the prediction of its own scenario."""
    file = examples / "power-law.toml"
    lists = ("--set", "downstream.ridge=1/100:1/20:1/50", "--set", "generators.repeat=1,5")
    rows = ridgeproof_json("predict", file, *lists)["rows"]
    keys = [(row["downstream.ridge"], row["generators.repeat"]) for row in rows]
    assert keys == [(x, n) for x in ("1/100", "3/100", "1/20") for n in ("1", "5")]
    for row in (rows[0], rows[3]):
        one = [x for key in ("downstream.ridge", "generators.repeat") for x in ("--set", f"{key}={row[key]}")]
        alone = ridgeproof_json("predict", file, *one)
        assert row["test_error"] == alone["test_error"] and row["kappa"] == alone["kappa"][-1]
        assert row["generation_noise"] == pytest.approx(sum(alone["noise_by_generation"]))
    table = list(csv.DictReader(io.StringIO(ridgeproof("predict", file, *lists, "--format", "csv").stdout)))
    assert [float(row["test_error"]) for row in table] == [row["test_error"] for row in rows]


@pytest.mark.parametrize("bad", ["1/100:1/20:-1/50", "1/100:1/20:0", "1:2:1/1000000"])
def test_a_range_without_end_is_refused(ridgeproof: Any, examples: Path, bad: str) -> None:
    """A step that leads away, no step at all, more points than anybody wants."""
    done = ridgeproof("predict", examples / "power-law.toml", "--set", f"downstream.ridge={bad}")
    assert done.returncode == 2 and done.stderr.count("\n") == 1


def test_list_takes_words_and_ids(ridgeproof: Any, ridgeproof_json: Any) -> None:
    """`list WORDS` is `list --search WORDS`; --ids is what completion offers."""
    assert ridgeproof_json("list", "kappa") == ridgeproof_json("list", "--search", "kappa") != []
    ids = ridgeproof("list", "--ids").stdout.split()
    assert ids == [claim["id"] for claim in ridgeproof_json("list")]
