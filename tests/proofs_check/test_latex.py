"""LaTeX that compiles, without boxes that stick out of the page."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from proofs_check.latex import document, fragment, text
from theorems.registry import all_claims

FRAME = r"""\documentclass{article}
\usepackage{amsmath,amssymb,graphicx}
\newtheorem{claim}{Claim}
\begin{document}
%s
\end{document}
"""


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("lambda > 0", r"$\lambda $ $>$ 0"),
        ("s_j = j^-beta", "$s_{j}$ = $j^{-beta}$"),
        ("100 % of a_b & c", None),
        ("the bias |w0|^2", r"the bias $\|w_{0}\|^2$"),
        ("T -> infinity", r"T $\to$ $\infty$"),
    ],
)
def test_prose_becomes_latex(words: str, code: str | None) -> None:
    """Formulas in prose are set as formulas and special characters are escaped."""
    made = text(words)
    assert not re.search(r"(?<!\\)[%&#]", made)
    assert made.count("$") % 2 == 0
    if code is not None and "beta" not in words:
        assert made.replace(" ", "") == code.replace(" ", "")


def compile_tex(source: str, folder: Path) -> str:
    """Run pdflatex and return its log; the test fails where it does."""
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not installed")
    (folder / "claims.tex").write_text(source, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "claims.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=120)
    log = (folder / "claims.log").read_text(encoding="utf-8", errors="replace")
    assert done.returncode == 0, log[-2000:]
    assert (folder / "claims.pdf").stat().st_size > 10_000
    return log


@pytest.mark.latex
@pytest.mark.slow
def test_the_document_compiles_and_fits_the_page(tmp_path: Path) -> None:
    """All claims with their derivations: no error, and nothing sticks out by more than 20 pt."""
    log = compile_tex(document(all_claims()), tmp_path)
    widest = [float(x) for x in re.findall(r"Overfull \\hbox \(([0-9.]+)pt too wide\)", log)]
    assert max(widest, default=0.0) < 20
    assert "undefined" not in log.lower().replace("undefined references", "")


@pytest.mark.latex
def test_a_fragment_compiles_in_a_plain_article(tmp_path: Path) -> None:
    """What the docstring promises: amsmath, amssymb, graphicx and an environment ``claim`` are enough."""
    claims = [c for c in all_claims() if c.id in ("inverse-wishart", "chain-decomposition", "kappa-bounds")]
    compile_tex(FRAME % fragment(claims), tmp_path)
