"""``ridgeproof list``, ``show``, ``verify`` and ``latex`` end to end, on the built-in claims and on a user's own."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

VERDICTS = {"proved", "enclosed", "confronted", "assumed", "refuted"}  # and "proved to order K"


def test_list(ridgeproof, ridgeproof_json) -> None:
    """Every claim has an id of its own, a title, a source and a relation; text and JSON list the same claims."""
    claims = ridgeproof_json("list")
    assert all(set(claim) == {"id", "title", "source", "relation", "paper", "aliases"} for claim in claims)
    ids = [claim["id"] for claim in claims]
    assert len(set(ids)) == len(ids)
    weak = {"bound", "at-most", "order-at-most", "negligible"}
    assert {c["relation"] for c in claims} <= {"equality", "equivalent", "asymptotic", "order", "optimum"} | weak
    lines = ridgeproof("list").stdout.splitlines()
    assert [line.split()[0] for line in lines[2:]] == ids
    assert any("Theorem 2" in claim["source"] for claim in claims if claim["id"] == "fake-data-term")


def test_show(ridgeproof) -> None:
    """One claim in each format: the same id, source and hypotheses."""
    text = ridgeproof("show", "inverse-wishart").stdout
    document = json.loads(ridgeproof("show", "inverse-wishart", "--format", "json").stdout)
    assert json.loads(ridgeproof("show", "inverse-wishart", "--json").stdout) == document
    latex = ridgeproof("show", "inverse-wishart", "--format", "latex").stdout
    assert document["id"] == "inverse-wishart"
    assert "inverse-wishart" in text and document["source"] in text
    assert r"\mathbb" in latex or r"\operatorname" in latex or "&" in latex


def test_show_with_constants(ridgeproof, ridgeproof_json) -> None:
    """The bounds of an order with their constants, at exact values of the fixed scalars, in text and in JSON."""
    text = ridgeproof("show", "kappa-order", "--constants", "beta = 2").stdout
    assert "kappa <= max(2*lambda, 36*T^(-2))" in text and "lambda <= kappa\n" in text and "T > " not in text
    assert text.count("lambda <= 1\n") == 1
    document = ridgeproof_json("show", "kappa-order", "--constants", "beta=2.0")
    last = document["steps"][-1]["bounds"]
    assert document["values"] == {"beta": "2"} and last[0]["coefficients_of_maximum"] == ["2", "36"]
    assert [x["constant"] for x in last] == ["36", "1", "25"]
    late = ridgeproof("show", "clean-law-cut-off", "--constants", "beta=2,r=1/2,ell=3/2,a=1/2").stdout
    assert "for every T > 64" in late and "lambda = T^(-3/2)" in late


@pytest.mark.parametrize(
    ("claim", "values", "fragments"),
    [
        ("kappa-order", "", ("NAME=NUMBER", "beta=2,r=1/2")),
        ("kappa-order", "beta", ("'beta'", "NAME=NUMBER")),
        ("kappa-order", "beta=__import__('os')", ("beta", "is not a number")),
        ("kappa-order", "beta=1e9999", ("beyond 10^(10^14)", "less extreme")),
        ("kappa-order", "beta=1/0", ("divides by zero",)),
        ("kappa-order", "beta=2,beta=3", ("beta is given twice",)),
        ("kappa-order", "beta=1", ("beta = 1", "kappa-order", "accepted: beta > 1")),
        ("kappa-order", "r=1/2", ("no value of beta",)),
        ("kappa-order", "beta=2,gamma=3", ("no fixed scalar gamma", "accepted: beta")),
        ("bias-order-at-saturation", "beta=2,r=1/2", ("r = 1/2", "accepted: r = 1")),
        ("clean-law-cut-off", "beta=2,r=1/2,ell=1/2,a=1/2", ("accepted: ell > a beta",)),
        ("clean-law-cut-off", "beta=2,r=1/2", ("no value of a, ell",)),
        ("inverse-wishart", "beta=2", ("inverse-wishart", "no bounds")),
    ],
)
def test_constants_at_unusable_values(ridgeproof, claim: str, values: str, fragments: tuple[str, ...]) -> None:
    """One line says what is wrong and what would do; the exit status is 2."""
    done = ridgeproof("show", claim, "--constants", values)
    assert (done.returncode, done.stdout) == (2, "")
    lines = [x for x in done.stderr.splitlines() if not x.endswith("...")]
    assert len(lines) == 1 and all(f in lines[0] for f in fragments), done.stderr


def test_constants_have_two_formats(ridgeproof) -> None:
    """There is no LaTeX of them."""
    done = ridgeproof("show", "kappa-order", "--constants", "beta=2", "--format", "latex")
    assert done.returncode == 2 and "accepted: text, json" in done.stderr


def test_an_unknown_id_is_answered_with_the_nearest(ridgeproof) -> None:
    """A mistyped id is refused with the ids that resemble it."""
    done = ridgeproof("show", "inverse-wishard")
    assert done.returncode == 2 and "inverse-wishart" in done.stderr


def test_verify_one(ridgeproof, ridgeproof_json) -> None:
    """The ledger has the fields of the contract; an exact claim is proved, and the evidence is there."""
    ledger = ridgeproof_json("verify", "inverse-wishart")
    assert {"claims", "accepted", "failed"} <= set(ledger)
    (row,) = ledger["claims"]
    assert {"id", "source", "relation", "verdict", "evidence", "seconds"} <= set(row)
    assert (row["id"], row["verdict"], ledger["accepted"], ledger["failed"]) == ("inverse-wishart", "proved", 1, 0)
    assert row["evidence"]
    done = ridgeproof("verify", "inverse-wishart")
    assert done.returncode == 0 and "1 accepted, 0 failed" in done.stdout


def test_user_claims(ridgeproof_json, examples: Path) -> None:
    """A user's file of claims is judged like the built-in ones."""
    ledger = ridgeproof_json("verify", examples / "my_claims.py")
    assert ledger["accepted"] >= 1 and ledger["failed"] == 0


def test_wrong_claims_are_refuted(ridgeproof, examples: Path) -> None:
    """A user's wrong claims are refuted, each with a counterexample, and the exit status is 1."""
    done = ridgeproof("verify", examples / "wrong_claims.py", "--json")
    assert done.returncode == 1
    ledger = json.loads(done.stdout)
    assert ledger["accepted"] == 0 and ledger["failed"] == len(ledger["claims"]) >= 1
    assert all(row["verdict"] == "refuted" for row in ledger["claims"])


@pytest.mark.parametrize(
    ("source", "fragment"),
    [
        ("x = (", "SyntaxError"),
        ("import nowhere_to_be_found", "nowhere_to_be_found"),
        ("1/0", "ZeroDivisionError"),
        ("x = 1", "no claim"),
        ("import sys; sys.exit(0)", "status 0"),
        ("class Stop(BaseException): pass\nraise Stop('now')", "Stop"),
        (
            "from ridgeproof.theorems.registry import all_claims\nimport dataclasses\n"
            "claim = dataclasses.replace(all_claims()[0], title='another')",
            "is taken",
        ),
        ("from ridgeproof.theorems.registry import all_claims\nclaim = all_claims()[0]", "no claim"),
    ],
)
def test_unusable_file_of_claims(ridgeproof, tmp_path: Path, source: str, fragment: str) -> None:
    """A file that does not run, stops the interpreter, or defines no claim, or one under a taken id, is refused."""
    (tmp_path / "claims.py").write_text("print('noise')\n" + source + "\n", encoding="utf-8")
    done = ridgeproof("verify", "claims.py", "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert fragment in done.stderr.splitlines()[-1] and "Traceback" not in done.stderr


def test_what_a_file_prints_does_not_spoil_the_document(ridgeproof_json, examples: Path, tmp_path: Path) -> None:
    """Standard output holds one JSON document even when the user's file prints."""
    source = (examples / "my_claims.py").read_text(encoding="utf-8")
    (tmp_path / "chatty.py").write_text(source + "\nprint('hello')\n", encoding="utf-8")
    assert ridgeproof_json("verify", "chatty.py")["failed"] == 0


@pytest.mark.parametrize("derivation", ["exit(0)", "1 / 0", "3", "('a',)"])
def test_a_derivation_that_breaks_off_is_named(ridgeproof, examples: Path, tmp_path: Path, derivation: str) -> None:
    """A derivation that stops the interpreter, raises, or returns no steps is told of in the evidence: it decides
    neither the exit status nor whether there is a document.  The report shows the same.
    """
    source = (examples / "wrong_claims.py").read_text(encoding="utf-8")
    cut = source.index("# df_1")
    source = source[:cut].replace('source="a draft",', f'source="a draft", derive=lambda: {derivation},')
    (tmp_path / "broken.py").write_text(source, encoding="utf-8")
    done = ridgeproof("verify", "broken.py", "--json")
    assert done.returncode == 1, done.stderr  # the claim is wrong, as its numbers show
    (row,) = json.loads(done.stdout)["claims"]
    assert row["verdict"] == "refuted"
    assert "cannot be carried out" in row["evidence"][0]["about"]
    pytest.importorskip("latex2mathml")
    done = ridgeproof("report", "-o", "page", "broken.py")
    assert done.returncode == 1, done.stderr
    assert "cannot be carried out" in (tmp_path / "page" / "index.html").read_text(encoding="utf-8")


def test_ledger_in_a_directory(ridgeproof, tmp_path: Path) -> None:
    """``-o DIR`` leaves the ledger's evidence in a directory, as JSON."""
    assert ridgeproof("verify", "inverse-wishart", "-o", "out").returncode == 0
    files = list((tmp_path / "out").rglob("*.json"))
    assert files
    assert all(json.loads(file.read_text(encoding="utf-8")) is not None for file in files)


def test_latex_fragment(ridgeproof, tmp_path: Path) -> None:
    """A fragment holds the formulas asked for, and no document around them; -o writes the same to a file."""
    fragment = ridgeproof("latex", "fake-data-term", "--fragment").stdout
    assert r"\kappa" in fragment and r"\documentclass" not in fragment
    assert ridgeproof("latex", "fake-data-term", "--fragment", "-o", "term.tex").stdout == ""
    assert (tmp_path / "term.tex").read_text(encoding="utf-8").strip() == fragment.strip()


@pytest.mark.latex
def test_latex_document_compiles(ridgeproof, tmp_path: Path) -> None:
    """The document with every claim compiles, with no undefined reference or control sequence."""
    if shutil.which("pdflatex") is None:
        pytest.skip("needs pdflatex")
    assert ridgeproof("latex", "-o", "claims.tex").returncode == 0
    words = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "claims.tex"]
    for _ in range(2):
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, encoding="latin-1", timeout=200)
        assert done.returncode == 0, re.findall(r"^!.*|^l\.\d+.*", done.stdout, re.MULTILINE)
    assert (tmp_path / "claims.pdf").stat().st_size > 10_000


@pytest.mark.slow
def test_everything_holds(ridgeproof) -> None:
    """Every claim of the theory has a verdict, none fails, and the statements kept as wrong are refuted."""
    done = ridgeproof("verify", "--json", timeout=900)
    assert done.returncode == 0, done.stderr
    ledger = json.loads(done.stdout)
    verdicts = {row["verdict"] for row in ledger["claims"]}
    assert verdicts <= VERDICTS or all(v in VERDICTS or v.startswith("proved to order") for v in verdicts)
    assert ledger["failed"] == 0 and ledger["accepted"] == len(ledger["claims"])
    # docs/paper.md is made from these: it promises no more than a run gives.
    file = Path(__file__).resolve().parent.parent / "docs" / "verdicts.json"
    kept, found = json.loads(file.read_text(encoding="utf-8")), {row["id"]: row["verdict"] for row in ledger["claims"]}
    worth = {"proved": 2, "proved to order K": 1}
    assert not [c for c, v in kept.items() if worth.get(v, 0) > worth.get(found[c], 0)]
    assert {c for c in kept if kept[c] == "refuted"} == {c for c in kept if found[c] == "refuted"}
