"""LaTeX: a document that compiles, or fragments to paste."""

from __future__ import annotations

import re
from collections.abc import Iterable

import sympy as sp

from theorems.claim import SIGN, Claim, Equation, Premise
from theorems.vocabulary import MATRICES, SCALARS, latex_names

_PREAMBLE = r"""\documentclass[a4paper,11pt]{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{lmodern}
\usepackage[margin=2.4cm]{geometry}
\usepackage{amsmath,amssymb,amsthm}
\usepackage{mathtools}
\usepackage{microtype}
\usepackage[hidelinks]{hyperref}
\allowdisplaybreaks
\newtheorem{claim}{Claim}
\title{Model collapse in ridge regression: claims and derivations}
\author{ridgeproof}
\date{}
"""

_ESCAPES = {"\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}"}
_MATH = {">=": r"$\ge$", "<=": r"$\le$", "->": r"$\to$", "lambda": r"$\lambda$", "sigma_0": r"$\sigma_0$", "sigma_m": r"$\sigma_m$", "sigma": r"$\sigma$", "kappa": r"$\kappa$", "phi": r"$\phi$", "beta": r"$\beta$", "infinity": r"$\infty$"}  # fmt: skip


def text(words: str) -> str:
    """Prose in LaTeX: special characters escaped, Greek names and simple relations as formulas."""
    pattern = re.compile("|".join([r">=|<=|->", r"\bsigma_0\b|\bsigma_m\b", r"\b(?:lambda|sigma|kappa|phi|beta|infinity)\b", r"[\\&%$#_{}~^<>|]"]))
    return pattern.sub(lambda match: _MATH.get(match[0], _ESCAPES.get(match[0], match[0])), words)


def formula(e: Equation, sign: str, width: int = 110) -> str:
    """One equation; a long right side is broken at its top-level terms."""
    names = latex_names()
    left = sp.latex(e.left, symbol_names=names)
    right = sp.latex(e.right, symbol_names=names)
    if len(left) + len(right) <= 2 * width or not isinstance(e.right, sp.Add | sp.MatAdd):
        return rf"{left} &{sign} {right}" if len(left) + len(right) <= 2 * width else rf"& {left} \\ &\quad {sign} {right}"
    terms = [sp.latex(t, symbol_names=names) for t in e.right.args]
    joined = [terms[0], *(t if t.startswith("-") else "+ " + t for t in terms[1:])]
    return rf"& {left} \\ &\quad {sign} " + r" \\ &\qquad {} ".join(joined)


def align(equations: Iterable[Equation], sign: str) -> str:
    """Equations as an ``align*``."""
    return "\\begin{align*}\n" + " \\\\\n".join(formula(e, sign) for e in equations) + "\n\\end{align*}"


def fragment(claims: Iterable[Claim]) -> str:
    """The statements and derivations, without a preamble: needs amsmath, amssymb, and a theorem environment ``claim``."""
    return "\n\n".join(_claim(c) for c in claims) + "\n"


def _claim(claim: Claim) -> str:
    parts = [rf"\begin{{claim}}[{text(claim.title)}]\label{{claim:{claim.id}}}"]
    parts.append(rf"\textup{{(\texttt{{{claim.id}}}; {text(claim.source)}; {text(str(claim.relation))}.)}}")
    if claim.expected == "refuted":
        parts.append(r"\textbf{Kept as refuted.}")
    if claim.hypotheses:
        parts.append("Suppose: " + "; ".join(text(h.text) for h in claim.hypotheses) + ". Then")
    parts.append(align(claim.statement, SIGN[claim.relation][1]))
    parts.append(r"\end{claim}")
    steps = claim.derivation()
    if steps:
        parts.append(r"\noindent\emph{Derivation.}" + "\n" + r"\begin{enumerate}")
        for step in steps:
            said = text(step.says)
            if isinstance(step, Premise):
                said += rf" (claim~\texttt{{{step.claim}}})"
            elif hasattr(step, "reference"):
                said += f" (cited: {text(step.reference)})"
            parts.append(rf"\item {said} \emph{{[{text(step.rule)}]}}")
            if step.conclusions():
                parts.append(align(step.conclusions(), "="))
        parts.append(r"\end{enumerate}")
    if claim.finding:
        parts.append(rf"\noindent\textbf{{Finding.}} {text(claim.finding)}")
    return "\n".join(parts)


def _notation() -> str:
    rows = [rf"${m.latex}$ & {text(m.text)} \\" for m in (*SCALARS.values(), *MATRICES.values())]
    half = "\n".join(rows)
    return rf"""\section*{{Notation}}
\begin{{small}}
\begin{{flushleft}}
\renewcommand{{\arraystretch}}{{1.1}}
\begin{{longtable}}{{@{{}}lp{{0.72\textwidth}}@{{}}}}
{half}
\end{{longtable}}
\end{{flushleft}}
\end{{small}}"""


def document(claims: Iterable[Claim]) -> str:
    """An article that pdflatex compiles."""
    body = fragment(claims)
    preamble = _PREAMBLE.replace(r"\usepackage{microtype}", "\\usepackage{microtype}\n\\usepackage{longtable}")
    return f"{preamble}\\begin{{document}}\n\\maketitle\n{_notation()}\n\n\\section*{{Claims}}\n{body}\\end{{document}}\n"
