r"""LaTeX: an article that compiles, or fragments to paste.

Letters of the notation are macros (``notation``), defined at the head of the article or of the fragment with
``\providecommand``: redefine one there, or define it before, and every formula follows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from ridgeproof.theorems.claim import SIGN, Claim, Equation, Lemma, Premise, Step, Telescope, Traces
from ridgeproof.theorems.exponents.model.diagrams import Diagram
from ridgeproof.theorems.vocabulary import MATRICES, SCALARS

from . import tex_laws
from .notation import NOTATION, macros, translated, used
from .setting import definitions, setting
from .show import step_sign
from .tex import meanings, shortened, tex
from .tex_guards import guards
from .tex_lines import broken, width
from .tex_prose import text

__all__ = ["align", "document", "formula", "fragment", "phase_diagram", "text"]

_PREAMBLE = r"""\documentclass[a4paper,11pt]{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{lmodern}
\usepackage[margin=2.4cm]{geometry}
\usepackage{amsmath,amssymb,amsthm}
\usepackage{graphicx}
\usepackage{longtable,booktabs,array}
\usepackage{tikz}
\usepackage{enumitem}
\usepackage{microtype}
\usepackage[hidelinks]{hyperref}
\allowdisplaybreaks
\emergencystretch=3em
\newtheorem{claim}{Claim}
\setlength{\LTcapwidth}{\textwidth}
\setlist[enumerate]{leftmargin=2.2em,itemsep=0.3ex}
\hypersetup{pdftitle={Model collapse in ridge regression: claims and derivations}}
\title{Model collapse in ridge regression:\\ claims and derivations}
\author{ridgeproof}
\date{}
"""
_MACROS = r"""
% Notation: one macro for each letter.  To change a letter everywhere, change it here.
"""
_INTRODUCTION = r"""Each claim names its source, its hypotheses and how its two sides are related: $=$ for an equality
at every size, $\simeq$ for a deterministic equivalent, $\sim$ for a ratio that tends to $1$, $\asymp$ for a ratio
between two positive constants. The steps of its derivation follow, each with its rule. What a machine has checked of
them is said by \texttt{ridgeproof verify}, not here."""

ROOM = 38.0  # em in a line of a display inside a list
_SIDE_BY_SIDE = 9.0  # em: a left side up to here keeps its right side beside it


def _rows(e: Equation, sign: str) -> list[str]:
    """One equation as rows of an ``align*``."""
    short = shortened(e)
    left, right = tex(short.left), tex(short.right)
    if width(f"{left} = {right}") <= ROOM:
        return [rf"{left} &{sign} {right}"]
    if width(left) <= _SIDE_BY_SIDE:
        first, *rest = broken(right, ROOM - width(left) - 2)
        return [
            rf"{left} &{sign} {_fitted(first.code, ROOM - width(left) - 2)}",
            *(rf"&\quad {_indent(line.depth)}{_fitted(line.code, ROOM - width(left) - 2)}" for line in rest),
        ]
    out = [rf"& {_indent(line.depth)}{_fitted(line.code, ROOM)}" for line in broken(left, ROOM)]
    first, *rest = broken(right, ROOM - 3)
    out.append(rf"&\quad {sign} {_fitted(first.code, ROOM - 3)}")
    return [*out, *(rf"&\quad\qquad {_indent(line.depth)}{_fitted(line.code, ROOM - 3)}" for line in rest)]


def _indent(depth: int) -> str:
    return r"\quad " * depth


def _fitted(line: str, room: float) -> str:
    """A line that has no place to break is set smaller."""
    if width(line) <= room + 2:
        return line
    return rf"\resizebox{{{0.9 * room / ROOM:.2f}\linewidth}}{{!}}{{$\displaystyle {line}$}}"


def formula(e: Equation, sign: str) -> str:
    """One equation as rows of an ``align*``."""
    return translated(" \\\\\n".join(_rows(e, sign)))


def align(equations: Iterable[Equation], sign: str) -> str:
    """Equations as ``align*``: in one, their signs below each other, where that fits; else each in its own."""
    rows = [_rows(e, sign) for e in equations]
    sides = [row[0].partition("&") for row in rows if len(row) == 1]
    lefts, rights = [width(left) for left, _, _ in sides], [width(right) for _, _, right in sides]
    together = len(sides) == len(rows) and max(lefts) + max(rights) < ROOM
    groups = [[row[0] for row in rows]] if together else rows
    return translated("\n".join("\\begin{align*}\n" + " \\\\\n".join(g) + "\n\\end{align*}" for g in groups))


def fragment(claims: Iterable[Claim]) -> str:
    """Statements and derivations to paste into any article.

    The definitions of the macros that it uses stand in front, and of what it uses of amsmath, amssymb, graphicx and of
    an environment ``claim``; ones that a package or the author has made before win.
    """
    body = _claims(claims)
    head = macros(used(body))
    needed = guards(f"{head}\n{body}")
    first = r"% \usepackage{amsmath,amssymb,graphicx} sets it better; it stands alone without"
    return f"{first}\n{needed}\n{head}\n\n{body}\n"


def phase_diagram(found: Diagram) -> str:
    """A phase diagram to paste, as a TikZ picture with its caption: needs the package tikz."""
    return standing_alone(tex_laws.figure(found), r"\usepackage{amsmath,tikz}")


def standing_alone(body: str, packages: str) -> str:
    """What is to be pasted, with the macros that it uses in front."""
    return f"% needs {packages} in the preamble\n{macros(used(body))}\n\n{body}\n"


def _claims(claims: Iterable[Claim]) -> str:
    chosen = tuple(claims)
    labels = frozenset(c.id for c in chosen)
    return "\n\n".join(_claim(c, labels) for c in chosen)


def _claim(claim: Claim, labels: Collection[str]) -> str:
    parts = [rf"\begin{{claim}}[{{{text(claim.title)}}}]\label{{claim:{claim.id}}}"]
    name = claim.id.replace("-", r"-\allowbreak ")
    # A path has no hyphenation: it may be broken after its folder.
    source = text(claim.source).replace("docs/", r"docs/\allowbreak{}")
    parts.append(rf"\textup{{(\texttt{{{name}}}; {source}; {text(str(claim.relation))}.)}}")
    if claim.expected == "refuted":
        parts.append(r"\textbf{Kept as refuted.}")
    if found := setting(claim):
        parts.append(f"Setting: {text(found)}.")
    if claim.hypotheses:
        parts.append("Suppose: " + "; ".join(text(h.text) for h in claim.hypotheses) + ". Then")
    parts.append(align(claim.statement, SIGN[claim.relation][1]))
    if named := meanings(claim):
        parts.append("where" + "\n" + align(named, "="))
    if means := definitions(claim):
        parts.append("Here " + "; ".join(text(line) for line in means) + ".")
    parts.append(r"\end{claim}")
    steps = claim.derivation()
    if steps:
        parts.append(r"\noindent\emph{Derivation.}\nopagebreak" + "\n" + r"\begin{enumerate}")
        for number, step in enumerate(steps, 1):
            parts.append(rf"\item\label{{step:{claim.id}:{number}}} {_said(step, claim.id, labels)}")
            if step.conclusions():
                parts.append(align(step.conclusions(), step_sign(step)[1]))
        parts.append(r"\end{enumerate}")
    if claim.finding:
        parts.append(rf"\noindent\textbf{{Finding.}} {text(claim.finding, labels)}")
    return "\n".join(parts)


def _said(step: Step, claim: str, labels: Collection[str]) -> str:
    """The sentence of a step, what it rests on, and its rule."""
    said = text(step.says, labels)
    if isinstance(step, Premise):
        rests = rf"\ref{{claim:{step.claim}}}" if step.claim in labels else rf"\texttt{{{step.claim}}}"
        said += rf" (Claim~{rests})"
    elif hasattr(step, "reference"):
        said += f" (cited: {text(step.reference)})"
    if earlier := _earlier(step):
        said += " (from " + ", ".join(rf"step~\ref{{step:{claim}:{i + 1}}}" for i in earlier) + ")"
    return rf"{said} \emph{{[{text(step.rule)}]}}"


def _earlier(step: Step) -> list[int]:
    """Positions of the steps of the same derivation that a step uses."""
    if isinstance(step, Telescope):
        return [step.step]
    hints = step.by if isinstance(step, Traces) else ()
    return sorted({hint.step for hint in hints if isinstance(hint, Lemma)})


def _notation() -> str:
    letters = (*SCALARS.values(), *MATRICES.values())
    rows = [rf"${translated(m.latex)}$ & {text(m.text)} \\" for m in letters]
    columns = r"l>{\raggedright\arraybackslash}p{0.74\textwidth}"
    return "\\section{Notation}\n" + tex_laws.longtable(columns, "symbol & meaning", rows, size="small")


def document(claims: Sequence[Claim]) -> str:
    """An article that pdflatex compiles: notation, claims with derivations, exponents by regime, the phase diagram."""
    return "\n\n".join(
        [
            f"{_PREAMBLE}{_MACROS}{macros(NOTATION)}",
            r"\begin{document}" + "\n" + r"\maketitle",
            _INTRODUCTION,
            _notation(),
            r"\section{Claims}",
            _claims(claims),
            tex_laws.section(),
            "\\end{document}\n",
        ]
    )
