"""LaTeX: a document that compiles, or fragments to paste."""

from __future__ import annotations

import re
from collections.abc import Iterable

import sympy as sp

from theorems.claim import SIGN, Claim, Equation, Premise
from theorems.functions import Kappa
from theorems.vocabulary import MATRICES, SCALARS, SYMMETRIC, T0, T, kappa, kappa0, lam, latex_names

_PREAMBLE = r"""\documentclass[a4paper,11pt]{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{lmodern}
\usepackage[margin=2.4cm]{geometry}
\usepackage{amsmath,amssymb,amsthm}
\usepackage{mathtools}
\usepackage{graphicx}
\usepackage{longtable}
\usepackage{microtype}
\usepackage[hidelinks]{hyperref}
\allowdisplaybreaks
\emergencystretch=3em
\newtheorem{claim}{Claim}
\title{Model collapse in ridge regression: claims and derivations}
\author{ridgeproof}
\date{}
"""

_ESCAPES = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
}
_RELATIONS = {">=": r"\ge", "<=": r"\le", "->": r"\to", "<<": r"\ll", ">>": r"\gg", "<": "<", ">": ">"}
_GREEK = r"(?:lambda|sigma|kappa|phi|beta|rho)"
_SUB = r"(?:0?_[A-Za-z0-9]+|0(?![0-9]))"
_SUP = r"(?:\^(?:-?\([^()]*\)|-?[A-Za-z0-9]+|\+|\*))"
_FORMULA = re.compile(
    r"\|[A-Za-z0-9_]+\|(?:\^2)?|"
    rf"\b{_GREEK}{_SUB}?\b{_SUP}?|\b[A-Za-z]{{1,2}}(?:{_SUB}{_SUP}?|{_SUP})|\binfinity\b|>=|<=|->|<<|>>|[<>]|[\\\\&%$#_{{}}~^|]"
)


def _math(code: str) -> str:
    """One small formula of the prose, e.g. sigma_0^2 or j^-(1 + 2 beta r)."""
    code = re.sub(rf"\b({_GREEK})(?=[\b0_^ )]|\Z)", r"\\\1 ", code)
    code = re.sub(r"([A-Za-z]) ?0_(\w+)", r"\1_{0,\2}", code)
    code = re.sub(r"([A-Za-z]) ?0(?![0-9])", r"\1_0", code)
    code = re.sub(r"_([A-Za-z0-9]+)", r"_{\1}", code)
    return re.sub(r"\^(-?)\(([^()]*)\)", r"^{\1(\2)}", re.sub(r"\^(-?[A-Za-z0-9\\\\]+ ?)", r"^{\1}", code))


def text(words: str) -> str:
    """Prose in LaTeX: small formulas and relations set as such, special characters escaped."""

    def one(match: re.Match[str]) -> str:
        code = match[0]
        if code in _RELATIONS:
            return f"${_RELATIONS[code]}$"
        if code == "infinity":
            return r"$\infty$"
        if code.startswith("|") and len(code) > 1:  # a norm, |w_0|^2
            inner, power = code[1:].split("|")
            return rf"$\|{_math(inner)}\|{power}$"
        return _ESCAPES[code] if code in _ESCAPES else f"${_math(code)}$"

    return _FORMULA.sub(one, words)


_SHORT = {Kappa(lam, T): kappa, Kappa(sp.S.Zero, T0): kappa0}
_WIDTH = 64  # of a line, by the estimate of ``_length``


def _latex(expr: sp.Basic) -> str:
    """SymPy's LaTeX; symmetric matrices are not transposed, and transposes are upright."""
    plain = expr.replace(lambda e: isinstance(e, sp.Transpose) and e.arg in SYMMETRIC, lambda e: e.arg)
    return sp.latex(plain, symbol_names=latex_names()).replace("^{T}", r"^{\top}")


def _length(code: str) -> int:
    """About how many characters wide a formula is: commands count one, braces nothing, a fraction its longer half.

    A sign counts two, for the space around it.
    """
    code = re.sub(r"\\(left|right|textstyle|mathrm|operatorname|mathbb|widehat)\b", "", code)
    while match := re.search(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", code):
        code = code[: match.start()] + max(match[1], match[2], key=len) + code[match.end() :]
    code = re.sub(r"[+=-]", "--", code)
    return len(re.sub(r"[{}\\^_ ]", "", re.sub(r"\\[a-zA-Z]+", "x", code)))


def _lines(expr: sp.Basic) -> list[str]:
    """An expression as one line, or as its terms packed into lines."""
    whole = _latex(expr)
    if _length(whole) <= _WIDTH or not isinstance(expr, sp.Add | sp.MatAdd):
        return [whole]
    lines: list[str] = []
    for term in expr.args:
        code = _latex(term)
        signed = code if code.startswith("-") or not lines else "+ " + code
        if lines and _length(lines[-1] + signed) <= _WIDTH:
            lines[-1] += " " + signed
        else:
            lines.append(signed)
    return lines


def _fitted(line: str) -> str:
    """A line that cannot be broken is set smaller."""
    if _length(line) <= _WIDTH:
        return line
    return rf"\resizebox{{0.93\linewidth}}{{!}}{{$\displaystyle {line}$}}"


def formula(e: Equation, sign: str) -> str:
    """One equation as rows of an ``align*``."""
    left, right = (side if side in _SHORT else side.xreplace(_SHORT) for side in (e.left, e.right))
    lefts, rights = _lines(left), _lines(right)
    if len(lefts) == len(rights) == 1 and _length(lefts[0] + rights[0]) <= _WIDTH:
        return rf"{lefts[0]} &{sign} {rights[0]}"
    rows = [rf"& {_fitted(line)}" for line in lefts]
    rows += [
        rf"&\quad {sign} {_fitted(line)}" if i == 0 else rf"&\qquad {_fitted(line)}" for i, line in enumerate(rights)
    ]
    return " \\\\\n".join(rows)


def align(equations: Iterable[Equation], sign: str) -> str:
    """Equations as an ``align*``."""
    return "\\begin{align*}\n" + " \\\\\n".join(formula(e, sign) for e in equations) + "\n\\end{align*}"


def fragment(claims: Iterable[Claim]) -> str:
    """The statements and derivations, without a preamble: needs amsmath, amssymb and an environment ``claim``."""
    return "\n\n".join(_claim(c) for c in claims) + "\n"


def _claim(claim: Claim) -> str:
    parts = [rf"\begin{{claim}}[{text(claim.title)}]\label{{claim:{claim.id}}}"]
    name = claim.id.replace("-", r"-\allowbreak ")
    parts.append(rf"\textup{{(\texttt{{{name}}}; {text(claim.source)}; {text(str(claim.relation))}.)}}")
    if claim.expected == "refuted":
        parts.append(r"\textbf{Kept as refuted.}")
    if claim.hypotheses:
        parts.append("Suppose: " + "; ".join(text(h.text) for h in claim.hypotheses) + ". Then")
    parts.append(align(claim.statement, SIGN[claim.relation][1]))
    if claim.where:
        parts.append("where" + "\n" + align((Equation(x, meaning) for x, meaning in claim.where), "="))
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
    return (
        f"{_PREAMBLE}\\begin{{document}}\n\\maketitle\n{_notation()}\n\n\\section*{{Claims}}\n{body}\\end{{document}}\n"
    )
