"""LaTeX that compiles, without boxes that stick out of the page; its notation stands in one place."""

from __future__ import annotations

import re
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path

import pytest

from ridgeproof.proofs_check.writing import latex, law_examples, tex_laws
from ridgeproof.proofs_check.writing.latex import document, fragment, phase_diagram, text
from ridgeproof.proofs_check.writing.notation import NOTATION, macros, translated, used
from ridgeproof.proofs_check.writing.prose import pieces
from ridgeproof.proofs_check.writing.tex import tex
from ridgeproof.proofs_check.writing.tex_lines import broken, unnested, width
from ridgeproof.theorems.claim import Premise
from ridgeproof.theorems.exponents.calculus import polygons
from ridgeproof.theorems.registry import all_claims
from ridgeproof.theorems.vocabulary import MATRICES, SCALARS

FRAME = r"""\documentclass{article}
\usepackage{amsmath,amssymb,graphicx}
\newtheorem{claim}{Claim}
%s
\begin{document}
%s
\end{document}
"""
SOME = ("inverse-wishart", "chain-decomposition", "kappa-bounds", "fake-data-term")
HEAD, BODY = r"\begin{document}", r"\maketitle"


@pytest.fixture(scope="module")
def article() -> str:
    """The document with every claim."""
    return document(all_claims())


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("lambda > 0", r"$\rplambda > 0$"),
        ("s_j = j^-beta", r"$\rpeigenvalue_{j} = j^{-\rpbeta}$"),
        ("100 % of a_b & c", r"100 \% of $\rpa_{\rpb}$ \& $c$"),
        ("the bias |w0|^2", r"the bias $\|\rpwzero\|^{2}$"),
        ("T -> infinity", r"$\rpT \to \infty$"),
        ("E tr(A P) of a fit", r"$\rpmean \rptr(A \rpP)$ of a fit"),
        ("of the n-th fit - see Theorem 3's", r"of the $\rpn$-th fit -- see Theorem 3's"),
        ("Eq. (1), min-norm (T0 < d)", r"Eq. (1), min-norm $(\rpTzero < \rpd)$"),
        ("X'(X W^-1) over T0.", r"$\rpX^{\rptransposed}(\rpX \rpW^{-1})$ over $\rpTzero$."),
        ("no more at T^-ell* than T^-rate", r"no more at $\rpT^{-\rpell_{\rpbest}}$ than $\rpT^{-\mathrm{rate}}$"),
        ("lambda* at lambda -> 0+", r"$\rplambda_{\rpbest}$ at $\rplambda \to 0^{+}$"),
        ("see \\ { } # ~", r"see \textbackslash{} \{ \} \# \textasciitilde{}"),
    ],
)  # fmt: skip
def test_prose_becomes_latex(words: str, code: str) -> None:
    """Formulas in prose are set as formulas, in the macros of the notation; special characters are escaped."""
    assert text(words).replace(" ", "") == code.replace(" ", "")


def test_prose_of_all_claims_has_paired_signs() -> None:
    """Whatever a claim says, dollars and braces come in pairs and no special character stands bare."""
    for claim in all_claims():
        for words in (claim.title, claim.source, claim.finding, *(s.says for s in claim.derivation())):
            made = text(words)
            assert made.count("$") % 2 == 0
            assert not re.search(r"(?<!\\)[%&#]", made)
            for formula in made.split("$")[1::2]:
                assert formula.count("{") == formula.count("}")


def test_a_claim_that_is_named_is_referred_to() -> None:
    """The id of a claim of the same document becomes a reference, another one stays what it is."""
    assert text("see link-min-norm", {"link-min-norm"}) == r"see Claim~\ref{claim:link-min-norm}"
    assert text("(claim one-fit)", {"one-fit"}) == r"(claim~\ref{claim:one-fit})"
    assert text("see link-min-norm") == "see link-min-norm"


def test_letters_become_macros() -> None:
    """Each letter of the notation once; what is a name, a word or a command stays."""
    code = r"\frac{T_0 \lambda^{2} \operatorname{tr}(\widehat\Sigma w_0)}{T_{0} - d} + E_{\mathrm{test}} \max(T, s_0)"
    made = translated(code, but=("eigenvalue",))
    expected = r"\frac{\rpTzero \rplambda^{2} \rptr(\rpSigmahat \rpwzero)}{\rpTzero - \rpd} + \rpEtest \max(\rpT, s_0)"
    assert made.replace(" ", "") == expected.replace(" ", "")
    assert used(made) == [n for n in NOTATION if n in (
        "T", "Tzero", "lambda", "tr", "Sigma", "Sigmahat", "w", "wzero", "d", "Etest")]  # fmt: skip


def test_the_notation_stands_in_one_place(article: str) -> None:
    """Behind the preamble no letter that has a macro is written out, and every macro that is used is defined."""
    head, _, body = article.partition(HEAD)
    assert macros() in head
    assert used(body) == [name for name in NOTATION if name in used(body)]
    for letter in (r"\\lambda", r"\\kappa", r"\\sigma(?!\w)", r"\\Sigma", r"\\beta", "T_0", r"T_\{0\}", r"\\ell(?!\w)"):
        assert not re.search(letter, body), letter


def test_premises_are_references(article: str) -> None:
    """Every premise is a reference to a claim of the document; one outside a fragment is named."""
    premises = {s.claim for c in all_claims() for s in c.derivation() if isinstance(s, Premise)}
    labels, references = (set(re.findall(rf"\\{word}{{claim:([a-z0-9-]+)}}", article)) for word in ("label", "ref"))
    assert premises <= references <= labels == {c.id for c in all_claims()}
    alone = fragment([c for c in all_claims() if c.id == "fake-data-term"])
    assert r"Claim~\texttt{two-resolvents}" in alone and r"\ref{claim:" not in alone


def test_lines_are_no_wider_than_asked() -> None:
    """A formula of every claim in lines of 38 em, as the estimate of widths has it; what is short stays whole."""
    for claim in all_claims():
        for e in (*claim.statement, *(x for s in claim.derivation() for x in s.conclusions())):
            code = tex(e.right)
            lines = broken(code, 38)
            assert all(width(line.code) <= 40 for line in lines)
            assert width(code) > 38 or [line.code for line in lines] == [code]
            together = " ".join(line.code for line in lines)
            assert together.count("{") == together.count("}")
            assert together.count(r"\left") == together.count(r"\right")


@pytest.mark.parametrize(
    ("code", "flat"),
    [
        (r"\frac{a \frac{b}{c}}{d}", r"\frac{a}{d} \frac{b}{c}"),
        (r"\frac{1 + \frac{b}{c}}{d}", r"\frac{1}{d} \left(1 + \frac{b}{c}\right)"),
        (r"\frac{k \sum_j \frac{s_j}{t} f}{d}", r"\frac{k}{d} \sum_j \frac{s_j}{t} f"),
        (r"\frac{\left(1 - \frac{x}{y}\right) z}{d}", r"\frac{z}{d} \left(1 - \frac{x}{y}\right)"),
        (r"x^{\frac{1}{2}} \frac{a}{b + \frac{c}{d}}", r"x^{\frac{1}{2}} \frac{a}{b + \frac{c}{d}}"),
    ],
)
def test_fractions_do_not_stand_on_fractions(code: str, flat: str) -> None:
    """The same value without a fraction in a numerator."""
    assert unnested(code) == flat


def test_a_long_sum_is_broken_inside_its_brackets() -> None:
    """Brackets that a line break runs through have a fixed size and are closed on the last line."""
    term = r"\operatorname{tr}(A B C D)"
    lines = broken(rf"\mathbb{{E}}\left[{' + '.join([term] * 9)}\right]", 20)
    assert len(lines) > 3 and all(line.code.startswith(rf"+ {term}") and line.depth == 1 for line in lines[1:])
    assert lines[0].code.startswith(r"\mathbb{E}\bigl[") and lines[-1].code.endswith(r"\bigr]")


def test_the_table_has_every_regime(article: str) -> None:
    """Each region of both laws is a row, with its exponents; the rows of exact numbers are the table's own."""
    for where, law in law_examples.laws().items():
        table = tex_laws.regimes(where, law)
        assert table in article
        assert table.count(r"\\[0.9ex]") == len(law.regions)
        assert all(text(region.name) in table for region in law.regions)
    for row in law_examples.rows():
        assert f"${row.a}$ & ${row.b}$ & ${row.ell}$ & ${row.rate}$" in article


def test_the_drawn_polygons_are_the_exact_ones(article: str) -> None:
    """Every vertex of the diagram stands at its place in the drawing, and every rate is written or in the caption."""
    found = law_examples.phase_diagram()
    drawn = [
        [(float(x), float(y)) for x, y in re.findall(r"\(([\d.]+),([\d.]+)\)", line)]
        for line in article.splitlines() if line.startswith(r"\fill[")
    ]  # fmt: skip
    scale = Fraction(int(tex_laws.SIDE), 2)  # the window is [0, 2] x [0, 2]
    exact = [[(float(scale * x), float(scale * y)) for x, y in region.polygon] for region in found.regions]
    assert len(drawn) == len(exact)
    for ours, theirs in zip(drawn, exact, strict=True):
        assert [pytest.approx(p, abs=0.006) for p in theirs] == ours
    assert sum(polygons.area(region.polygon) for region in found.regions) == 4
    picture = phase_diagram(found)
    assert all(rf"${translated(rate)}$" in picture for rate in ("-b/2", "b - g", "3b/5 - 3g/5", "3/5 - g/5"))
    assert r"\includegraphics" not in article and r"\input" not in article


def compile_tex(source: str, folder: Path, runs: int = 1) -> str:
    """Run pdflatex and return its last log; the test fails where it does."""
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not installed")
    (folder / "claims.tex").write_text(source, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "claims.tex"]
    for _ in range(runs):
        done = subprocess.run(command, cwd=folder, capture_output=True, timeout=120)
        log = (folder / "claims.log").read_text(encoding="utf-8", errors="replace")
        assert done.returncode == 0, log[-2000:]
    assert (folder / "claims.pdf").stat().st_size > 10_000
    return log


@pytest.mark.latex
@pytest.mark.slow
def test_the_document_compiles_and_fits_the_page(article: str, tmp_path: Path) -> None:
    """All claims, tables and the diagram: no warning, no reference in the air, nothing sticks out by more than 5 pt."""
    log = compile_tex(article, tmp_path, runs=3)
    widest = [float(x) for x in re.findall(r"Overfull \\hbox \(([0-9.]+)pt too wide\)", log)]
    assert max(widest, default=0.0) < 5
    assert not re.findall(r"^(?:LaTeX|Package .*) Warning.*", log, re.MULTILINE)


@pytest.mark.latex
def test_a_fragment_compiles_in_a_plain_article(tmp_path: Path) -> None:
    """What its first line promises is enough; a letter that the author has defined before is the author's."""
    claims = [c for c in all_claims() if c.id in SOME]
    own = r"\newcommand{\rpT}{N}\newcommand{\rpkappa}{\varkappa}"
    log = compile_tex(FRAME % (own, fragment(claims)), tmp_path, runs=2)
    assert "undefined" not in log


@pytest.mark.latex
@pytest.mark.parametrize(
    "packages", ["", r"\usepackage{amsmath,amssymb,graphicx}", r"\usepackage{amsthm}\newtheorem{claim}{Theorem}"]
)
def test_a_fragment_compiles_in_an_empty_article(packages: str, tmp_path: Path) -> None:
    """Every claim, in an article that loads nothing, or some of what it could: guarded definitions stand in."""
    pasted = f"{packages}\n\\begin{{document}}\n{fragment(all_claims())}\\end{{document}}\n"
    log = compile_tex(f"\\documentclass{{article}}\n{pasted}", tmp_path, runs=1)
    assert "Undefined control sequence" not in log


@pytest.mark.latex
def test_a_phase_diagram_compiles_in_a_plain_article(ridgeproof, tmp_path: Path) -> None:
    """``phase-diagram -o FILE.tex`` writes a figure that needs tikz and nothing beside it."""
    made = ridgeproof("phase-diagram", "--x", "b", "--y", "g", "--a", "1", "-o", "d.tex")
    assert made.returncode == 0, made.stderr
    source = (tmp_path / "d.tex").read_text(encoding="utf-8")
    assert source.count(r"\fill[") == 5  # the regions that the command lists
    frame = FRAME.replace("graphicx", "tikz")
    assert "Overfull" not in compile_tex(frame % ("", source), tmp_path, runs=2)


def test_statements_alone_in_the_environment_of_ones_choice() -> None:
    """Without derivation and finding; the environment is defined where the article has none; a verdict is said."""
    claim = next(c for c in all_claims() if c.id == "inverse-wishart")
    text = latex.fragment([claim], latex.Style(True, "lemma", {"inverse-wishart": "proved"}))
    assert "\\begin{lemma}" in text and "\\end{lemma}" in text and "claim}" not in text.replace("{claim:", "")
    assert "\\newtheorem{lemma}{Lemma}" in text and "Verdict: proved" in text
    assert "Derivation" not in text and "Derivation" in latex.fragment([claim])


def test_letters_of_the_vocabulary_are_the_same_formulas_in_prose() -> None:
    """A list of definitions begins with the letter that the statement has: E[m] is a noise there, and no mean."""
    named = {x: m for x, m in (SCALARS | MATRICES).items() if x.name != "a"}  # an article, in prose
    for letter, meaning in named.items():
        first, *_ = pieces(f"{letter}: what it is")
        assert first.kind == "formula", letter
        if re.fullmatch(r"[A-Za-z]\w*[A-Za-z2]", letter.name):  # more than a letter and an index
            assert _bare(first.code) == _bare(meaning.latex), letter
    for letter in (x for x in named if "[m]" in x.name and "inv" not in x.name):
        assert pieces(f"{letter}: what it is")[0].code.strip().endswith("_{m}"), letter
    assert pieces("E[m]' S")[0].code == r"E_{m}^{\top} \Sigma"
    assert pieces("E[X' X] = T S")[0].code.startswith(r"\mathbb{E}")


def _bare(code: str) -> str:
    """LaTeX without the braces and spaces that change nothing here."""
    return re.sub(r"[{} ]", "", code)
