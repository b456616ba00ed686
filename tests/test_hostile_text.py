"""User text is shown, not obeyed: on a terminal, in TeX and in TikZ, whatever file or name it comes from."""

from __future__ import annotations

import csv
import json
import random
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import sympy as sp

from ridgeproof.errors import InputError
from ridgeproof.proofs_check.cli import main as cli
from ridgeproof.proofs_check.writing import tex, tex_prose
from ridgeproof.words import LONGEST_MESSAGE, message, terminal

EVIL = "a\x1b[31m\x1b]0;owned\x07\u202egnp\u2028b\nFAKE proved\x9b2J\ud800 \U000e0041"
HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
SCENARIO = """
name = %s
[spectrum]
kind = "isotropic"
dim = 5
[target]
kind = "isotropic"
norm2 = 1
[downstream]
samples = 30
ridge = "1/20"
noise = "1/10"
"""
LAW = r"""
title = "a $\\input{secret}$ \u001b[31m \u202e"
[parameters.x]
domain = "x >= 0"
default = "1"
[parameters.y]
domain = "y >= 0"
default = "1"
[controls.ell]
domain = "0 <= ell"
[terms]
"$\\input{secret}$ \\input{secret}" = "-2*ell"
"\\write18{touch pwned} a$b a~b αβ 中文 \u0007 é ^^5cinput" = "ell - y - x"
"ok" = "-1"
"""


def test_terminal_text_keeps_words_and_shows_the_rest() -> None:
    """Letters of any script stay; everything that a terminal obeys becomes its JSON escape."""
    assert terminal("κ, β, 中文, é – fine") == "κ, β, 中文, é – fine"
    assert not HIDDEN.search(terminal(EVIL)) and "\n" not in terminal(EVIL)
    document = json.dumps({EVIL[:-3]: "x"}, ensure_ascii=False)
    assert json.loads(terminal(document)) == json.loads(document)


def test_a_message_is_one_short_line() -> None:
    """At most 300 characters, however long the value, the place or the list of what is accepted."""
    for parts in [("x" * 10_000, "", ""), ("x", "y" * 9000, "z" * 9000), (EVIL * 50, EVIL * 50, EVIL * 50)]:
        line = message(*parts)
        assert len(line) <= LONGEST_MESSAGE and "\n" not in line and not HIDDEN.search(line)
    error = InputError("b" * 500, where="spectrum.beta", accepted="a number > 1")
    assert str(error).startswith("spectrum.beta: b") and str(error).endswith("(accepted: a number > 1)")


def test_names_in_scenarios_laws_and_files_reach_no_terminal(ridgeproof, tmp_path: Path) -> None:
    """ESC, OSC, CSI, newline and U+202E in a scenario's name, a law's terms and a file's name are shown."""
    (tmp_path / "s.toml").write_text(SCENARIO % json.dumps(EVIL.replace("\ud800", "")).replace("\\udb40\\udc41", ""))
    (tmp_path / "law.toml").write_text(LAW)
    (tmp_path / "bad\x1b[31m\u202e\nname.toml").write_text(SCENARIO % '"x"' + "beta = [")
    for words in (
        ["predict", "s.toml"],
        ["optimal-ridge", "s.toml"],
        ["exponents", "--law", "law.toml"],
        ["phase-diagram", "--law", "law.toml", "--x", "x", "--y", "y", "--x-range", "0:2", "--y-range", "0:2"],
        ["predict", "bad\x1b[31m\u202e\nname.toml"],
        ["predict", "s.toml", "--set", "x\x1b]0;y\x07=1"],
        ["show", "\x1b[2J\u202e"],
        ["verify", "\x1b[2J.py"],
    ):
        done = ridgeproof(*words)
        assert not HIDDEN.search(done.stdout + done.stderr), words
        assert not any(line.startswith("FAKE") for line in done.stdout.splitlines())
        assert done.returncode == 0 or done.stderr.count("\n") == 1


@pytest.mark.parametrize("ending", ["csv", "json", "md", "tex", "txt"])
def test_what_is_written_can_be_printed_and_opened(ending: str, tmp_path: Path) -> None:
    """Files of a law whose words are a terminal's commands, or a spreadsheet's: neither has anything to obey."""
    (tmp_path / "law.toml").write_text(
        LAW.replace('"ok"', '"=HYPERLINK(1) \\u001b[31m \\u202e \\r"').replace("-2*ell", "-9*ell - 9")
    )
    assert cli(["exponents", "--law", str(tmp_path / "law.toml"), "-o", str(tmp_path / f"x.{ending}")]) == 0
    text = (tmp_path / f"x.{ending}").read_text("utf-8")
    assert not HIDDEN.search(text) and "\r" not in text
    if ending == "csv":
        assert any("HYPERLINK" in x for row in csv.reader(text.splitlines()) for x in row)
        assert not any(x.startswith(("=", "@")) for row in csv.reader(text.splitlines()) for x in row)
    if ending == "json":
        assert "=HYPERLINK(1) \x1b[31m \u202e \r" in json.loads(text)["rows"][0]["regime"]


def test_claim_fields_reach_no_terminal(ridgeproof, tmp_path: Path) -> None:
    """A claim's title and source with control characters, and what its file prints, are shown."""
    (tmp_path / "mine.py").write_text(
        "from ridgeproof.theorems.vocabulary import *\nfrom ridgeproof.theorems.claim import *\n"
        f"print({EVIL[:20]!r})\n"
        "c = Claim('one-is-one', title='a\\x1b[31m \\u202e', source='s\\x9b2J', relation=Relation.EQUALITY,\n"
        "    statement=(Equation(T, T),), derivation=())\n"
    )
    done = ridgeproof("verify", "mine.py")
    assert not HIDDEN.search(done.stdout + done.stderr)
    assert "Traceback" not in done.stderr


def test_no_words_become_commands_of_tex() -> None:
    """Random mixtures of what TeX obeys: no control sequence of the user's comes out of either function."""
    draw = random.Random(1)
    parts = ["\\input", "{x}", "\\write18", "$", "a_", "^", "^^5c", "{", "}", "~", "sigma_0", "T", "(", ")", "|", "<="]
    parts += ["\\", "#", "%", "&", " ", "x_{\\jobname}", "E[", "]", "=", "1", "-", "中", "\x07", "claim "]
    for _ in range(20_000):
        words = "".join(draw.choice(parts) for _ in range(draw.randint(1, 7)))
        for written in (tex_prose.plain(words), tex_prose.text(words)):
            assert not re.search(r"\\(input|write|jobname)|\^\^|(?<!\\)[#%&]|[^ -~\u00c0-\u017f–]", written), words


def test_no_name_of_a_letter_becomes_a_command_of_tex() -> None:
    """The same mixtures as names of letters, functions and matrices; names in harmless TeX stay."""
    draw = random.Random(2)
    parts = [
        "\\input",
        "{x}",
        "\\write18",
        "$",
        "a_",
        "^",
        "^^5c",
        "{",
        "}",
        "~",
        "T",
        "#",
        "%",
        "&",
        "\\",
        "\n",
        "中",
        "\x07",
    ]
    for _ in range(300):
        name = "".join(draw.choice(parts) for _ in range(draw.randint(1, 6)))
        y = sp.Symbol("y")
        for e in (sp.Symbol(name) + 1, sp.Dummy(name) ** 2, sp.Function(name)(y) ** 2, sp.MatrixSymbol(name, 2, 2)):
            written = tex.tex(e)
            assert not re.search(r"\\(input|write)|\^\^|(?<!\\)[#%&]|[^ -~]", written), (name, written)
            bare = re.sub(r"\\[{}]", "", written)
            assert bare.count("{") == bare.count("}"), (name, written)
    for name, kept in (
        ("\\lambda_1", r"\lambda_{1}"),
        ("x_{12}", "x_{12}"),
        ("alpha", r"\alpha"),
        ("xbar", r"\bar{x}"),
    ):
        assert tex.tex(sp.Symbol(name)) == kept


@pytest.mark.latex
def test_a_law_in_tikz_compiles_and_reads_no_file(ridgeproof, tmp_path: Path) -> None:
    r"""Terms called \input{...}, \write18, a$b, a~b, Greek, Chinese: the picture compiles and shows the names."""
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not installed")
    (tmp_path / "law.toml").write_text(LAW)
    (tmp_path / "secret.tex").write_text("SECRETWORD")
    window = ["--x", "x", "--y", "y", "--x-range", "0:2", "--y-range", "0:2"]
    done = ridgeproof("phase-diagram", "--law", "law.toml", *window, "-o", "d.tex")
    assert done.returncode == 0, done.stderr
    (tmp_path / "a.tex").write_text(
        "\\documentclass{article}\\usepackage{amsmath,tikz}\\begin{document}\\input{d.tex}\\end{document}"
    )
    words = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-recorder", "a.tex"]
    made = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, errors="replace", timeout=120)
    assert made.returncode == 0, made.stdout[-2000:]
    assert "secret" not in (tmp_path / "a.fls").read_text()
    assert not (tmp_path / "pwned").exists()
    for picture in ("d.svg", "d.png"):
        done = ridgeproof("phase-diagram", "--law", "law.toml", *window, "-o", picture)
        assert done.returncode == 0 and "Warning" not in done.stderr, done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["examples", "\ud800"],
        ["explore", "-o", "\ud800"],
        ["predict", "\ud800"],
        ["list", "\ud800"],
        ["check", "\ud800.md"],
    ],
)
def test_half_a_character_is_refused_in_a_line(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A lone surrogate for a name: no shell passes it on, a caller may."""
    from ridgeproof.proofs_check.cli import main

    assert main(words) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1 and len(err) < 330 and err.startswith("ridgeproof: "), err
