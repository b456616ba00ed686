"""``ridgeproof exponents`` end to end: the table, its grid, and each of its formats."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

FIELDS = [
    "beta", "r", "a", "b", "g", "s", "s0", "h",
    "ell", "rate", "ell_clean", "rate_clean", "rate_with_clean_ell", "regime", "logarithm",
]  # fmt: skip
GRID = ("exponents", "--beta", "3/2,2", "--a", "1/2", "--b", "1/2:1:1/4", "--r", "1/2")


def test_corollary_one(ridgeproof_json) -> None:
    """P5: fixed n and noises, d <= T: ell* = min(b, 1) beta/(1 + 2 beta rb), and the rate is 2 rb ell*."""
    for row in ridgeproof_json(*GRID)["rows"]:
        beta, r, b = (Fraction(row[name]) for name in ("beta", "r", "b"))
        clean = beta / (1 + 2 * beta * r)
        assert Fraction(row["ell_clean"]) == clean
        assert Fraction(row["ell"]) == min(b, 1) * clean
        assert Fraction(row["rate"]) == 2 * r * min(b, 1) * clean


def test_fields_and_order(ridgeproof_json) -> None:
    """The document is {"rows": [...]}, a row has the contract's fields, the product runs over the last list fastest."""
    document = ridgeproof_json(*GRID)
    assert list(document) == ["rows"]
    assert all(list(row) == FIELDS for row in document["rows"])
    points = [(row["beta"], row["b"], row["h"]) for row in document["rows"]]
    assert points == [(beta, b, b) for beta in ("3/2", "2") for b in ("1/2", "3/4", "1")]


def test_ranges_lists_decimals_and_infinities(ridgeproof_json) -> None:
    """A list mixes ranges, decimals, negative numbers and infinities; a range has its end if a step lands on it."""
    rows = ridgeproof_json("exponents", "--a", "1/2,inf", "--b", "0.6,1:2:1/3", "--s", "-1/2,inf")["rows"]
    assert [row["b"] for row in rows[::2]] == 2 * ["3/5", "1", "4/3", "5/3", "2"]
    assert [row["s"] for row in rows[:2]] == ["-1/2", "inf"]
    assert {row["a"] for row in rows} == {"1/2", "inf"}
    assert [row["b"] for row in ridgeproof_json("exponents", "--b", "1:0:-1/2")["rows"]] == ["1", "1/2", "0"]
    assert [row["b"] for row in ridgeproof_json("exponents", "--b", "0:1:2/5")["rows"]] == ["0", "2/5", "4/5"]


def test_csv_and_markdown_hold_what_json_holds(ridgeproof, ridgeproof_json) -> None:
    """The formats differ in dress only."""
    rows = ridgeproof_json(*GRID)["rows"]
    assert json.loads(ridgeproof(*GRID, "--format", "json").stdout)["rows"] == rows
    read = list(csv.DictReader(io.StringIO(ridgeproof(*GRID, "--format", "csv").stdout)))
    assert read == [{**row, "logarithm": json.dumps(row["logarithm"])} for row in rows]
    lines = ridgeproof(*GRID, "--format", "markdown").stdout.splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert cells[0] == FIELDS and len(lines) == len(rows) + 2
    assert [line[:-1] for line in cells[2:]] == [[row[f] for f in FIELDS[:-1]] for row in rows]


def test_text(ridgeproof) -> None:
    """On anything but a terminal the table is whole, without colour, and shows every row."""
    done = ridgeproof(*GRID)
    assert done.returncode == 0 and "\x1b" not in done.stdout and "…" not in done.stdout
    heading, *lines = done.stdout.splitlines()
    assert heading.startswith("at r = 1/2, a = 1/2")
    assert len(lines) == 2 + 6
    assert all(not line.endswith(" ") for line in lines)


def test_outside_the_known_law_the_row_says_so(ridgeproof_json) -> None:
    """T0 - d cannot exceed T0: the row has no numbers and says why."""
    (row,) = ridgeproof_json("exponents", "--a", "1", "--b", "1", "--h", "2")["rows"]
    assert row["rate"] is None and row["ell"] is None
    assert row["regime"].startswith("outside")


@pytest.mark.latex
def test_latex_compiles(ridgeproof, tmp_path: Path) -> None:
    """The LaTeX table, with fractions and infinities, compiles as it is."""
    if shutil.which("pdflatex") is None:
        pytest.skip("needs pdflatex")
    table = ridgeproof(*GRID, "--s", "0,-1/2,inf", "--format", "latex").stdout
    assert r"$-\frac{1}{2}$" in table and r"$\infty$" in table
    document = "\\documentclass{article}\\begin{document}\n" + table + "\\end{document}\n"
    (tmp_path / "table.tex").write_text(document, encoding="utf-8")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "table.tex"],
        cwd=tmp_path, capture_output=True, text=True, encoding="latin-1", timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, re.findall(r"^!.*", done.stdout, re.MULTILINE)


def test_the_formula_leaves_its_proof(ridgeproof, tmp_path: Path) -> None:
    """``--symbolic --certificates DIR``: every region and both covers, accepted and read as the formula."""
    done = ridgeproof("exponents", "--symbolic", "--certificates", "proofs")
    assert done.returncode == 0 and "21 certificates written to proofs and accepted by the kernel" in done.stdout
    said = subprocess.run(
        [sys.executable, "-m", "ridgeproof.proofs_check.laws.statements", str(tmp_path / "proofs")],
        capture_output=True,
        text=True,
    )
    assert said.returncode == 0 and said.stdout.endswith("21 certificates proved\n")
    refused = ridgeproof("exponents", "--symbolic", "--json", "--certificates")
    assert refused.returncode == 2 and "certificates are files" in refused.stderr
