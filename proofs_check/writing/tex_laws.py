r"""Scaling exponents in LaTeX: tables by regime, and phase diagrams as TikZ pictures."""

from __future__ import annotations

import sympy as sp

from ridgeproof.theorems.exponents.model.diagrams import Diagram
from ridgeproof.theorems.exponents.model.symbolic import SymbolicLaw

from ..pictures.phase_layout import PALETTE, Words, fixed_scales, layout, symbol
from . import law_examples
from .notation import translated
from .tex import exponent
from .tex_prose import plain, text

_EXPONENTS = ("eigenvalue",)  # s is an exponent here
SIDE = 320.0  # points of the diagram's square
SMALLEST = 6.5


def section() -> str:
    """A section on scaling exponents: the law by regime, exact rows, and the phase diagram."""
    return "\n\n".join(
        [
            r"\clearpage",
            r"\section{Scaling exponents}\label{sec:exponents}",
            _INTRODUCTION,
            figure(law_examples.phase_diagram()),
            _rows(),
            *(regimes(where, law) for where, law in law_examples.laws().items()),
        ]
    )


_INTRODUCTION = r"""Power laws: $\rpeigenvalue_j = j^{-\rpbeta}$ and
$\rpeigenvalue_j \rpw_{0,j}^2 = j^{-(1 + 2 \rpbeta \rpr)}$. With $\rpd = \rpT^{\rpa}$, $\rpTzero = \rpT^{\rpb}$,
$\rpn = \rpT^{\rpg}$, $\rpsigma^2 = \rpT^{-s}$, $\rpsigmazero^2 = \rpT^{-s_0}$, $\rpTzero - \rpd = \rpT^{\rph}$ and
$\rplambda = \rpT^{-\rpell}$, the test error at the best ridge, $\rpell = \rpell_{\rpbest}$, is of the order of
$\rpT^{-\mathrm{rate}}$. Everything here is exact: the minimum over $\rpell$ of a maximum of functions that are affine
in the scales."""


def _math(expr: sp.Basic) -> str:
    return translated(exponent(expr), but=_EXPONENTS)


def regimes(where: str, law: SymbolicLaw) -> str:
    """The optimal exponents of a law by regime, as a table that may run over several pages."""
    body = []
    for region in law.regions:
        conditions = ", ".join(rf"${_math(c)} \ge 0$" for c in region.conditions)
        body.append(
            rf"{text(region.name)} & $\displaystyle {_math(region.ell)}$ & $\displaystyle {_math(region.rate)}$ & "
            rf"{conditions} \\[0.9ex]"
        )
    named = ", ".join(f"${_math(x)} = {_math(meaning)}$" for x, meaning in law.definitions)
    caption = f"Exponents by regime, {text(where)}{', with ' if named else ''}{named}. {text(law.domain)}."
    columns = (
        r">{\raggedright\arraybackslash}p{0.20\textwidth}p{0.20\textwidth}p{0.20\textwidth}"
        r">{\raggedright\arraybackslash}p{0.34\textwidth}"
    )
    return longtable(columns, r"regime & $\rpell_{\rpbest}$ & rate & where", body, size="footnotesize", caption=caption)


def longtable(columns: str, head: str, rows: list[str], *, size: str, caption: str = "") -> str:
    """A table that may run over several pages, with its head on each (packages longtable, booktabs, array)."""
    above = rf"\toprule {head} \\ \midrule"
    first = f"\\caption{{{caption}}}\\\\\n{above} \\endfirsthead\n" if caption else ""
    body = "\n".join(rows)
    return rf"""\begin{{{size}}}
\setlength{{\tabcolsep}}{{4pt}}
\begin{{longtable}}{{@{{}}{columns}@{{}}}}
{first}{above} \endhead
\bottomrule \endfoot
{body}
\end{{longtable}}
\end{{{size}}}"""


def _rows() -> str:
    """Exact rows at one beta and r."""
    body = []
    for row in law_examples.rows():
        numbers = [row.a, row.b, row.ell, row.rate, row.ell_clean, row.rate_clean, row.rate_with_clean_ell]
        body.append(" & ".join([*(f"${number}$" for number in numbers), plain(row.regime)]) + r" \\")
    caption = text(
        f"Exact exponents at beta = {law_examples.BETA}, r = {law_examples.R}, fixed n, sigma and sigma_0; the last "
        "rate is what remains when the ridge stays what is best on true labels."
    )
    head = r"$\rpa$ & $\rpb$ & $\rpell_{\rpbest}$ & rate & $\rpell_{\mathrm{clean}}$ & clean rate & kept & regime"
    columns = r"rrrrrrr>{\raggedright\arraybackslash}p{0.45\textwidth}"
    return longtable(columns, head, body, size="small", caption=caption)


def figure(found: Diagram) -> str:
    """A phase diagram with its caption."""
    drawn, legend = tikz(found)
    numbers = (" Regions: " + "; ".join(_words(line) for line in legend) + ".") if legend else ""
    scales = translated(fixed_scales(found), but=_EXPONENTS)
    caption = rf"Phase diagram of the adapted ridge at {scales}: on each polygon the rate and $\rpell_{{\rpbest}}$ "
    return rf"""\begin{{figure}}[!htb]
\centering
\resizebox{{\ifdim\width>\linewidth\linewidth\else\width\fi}}{{!}}{{%
{drawn}%
}}
\caption{{{caption}are affine in the two scales, exactly.{numbers}}}\label{{fig:phase-diagram}}
\end{{figure}}"""


def tikz(found: Diagram) -> tuple[str, tuple[str, ...]]:
    """A phase diagram as a ``tikzpicture`` (package tikz), and the legend of the regions that have a number."""
    drawn = layout(found, SIDE, smallest=SMALLEST)
    out = [rf"\definecolor{{regime{i}}}{{HTML}}{{{colour[1:]}}}" for i, colour in enumerate(PALETTE)]
    out += [r"\begin{tikzpicture}[x=1pt,y=1pt,line join=round]"]
    for corners, regime in drawn.regions:
        path = " -- ".join(map(_point, corners))
        out.append(rf"\fill[regime{regime % len(PALETTE)}!45] {path} -- cycle;")
    out += [rf"\draw[line width=0.9pt,black!85] {_point(a)} -- {_point(b)};" for a, b in drawn.lines]
    out.append(rf"\draw[line width=0.6pt] (0,0) rectangle ({SIDE:g},{SIDE:g});")
    out += _ticks(found)
    out += [_node(words, "fill=white,fill opacity=0.9,text opacity=1,inner sep=1.2pt") for words in drawn.equations]
    out += [_node(words, "align=center,inner sep=0pt") for words in drawn.labels]
    return "\n".join([*out, r"\end{tikzpicture}"]), drawn.legend


def _point(place: tuple[float, float]) -> str:
    return f"({place[0]:.2f},{place[1]:.2f})"


def _words(line: str) -> str:
    """Words with formulas between dollar signs, the notation's macros in these."""
    parts = line.split("$")
    return "$".join(translated(part, but=_EXPONENTS) if i % 2 else plain(part) for i, part in enumerate(parts))


def _node(words: Words, style: str) -> str:
    turned = f",rotate={words.angle:.1f}" if words.angle else ""
    font = rf"font=\fontsize{{{words.size:.1f}}}{{{1.25 * words.size:.1f}}}\selectfont"
    lines = r" \\ ".join(map(_words, words.lines))
    return rf"\node[{style}{turned},{font}] at {_point(words.place)} {{{lines}}};"


def _ticks(found: Diagram) -> list[str]:
    """Marks at the quarters of both axes, and the names of the scales."""
    out = []
    (x0, y0), (x1, y1) = found.window[0], found.window[2]
    for i in range(5):
        at = SIDE * i / 4
        x, y = x0 + (x1 - x0) * i / 4, y0 + (y1 - y0) * i / 4
        out.append(rf"\draw ({at:g},0) -- ({at:g},-4) node[below] {{${x}$}};")
        out.append(rf"\draw (0,{at:g}) -- (-4,{at:g}) node[left] {{${y}$}};")
    across, up = (translated(symbol(name), but=_EXPONENTS) for name in found.names)
    out.append(rf"\node at ({SIDE / 2:g},-30) {{${across}$}};")
    out.append(rf"\node at (-34,{SIDE / 2:g}) {{${up}$}};")
    return out
