r"""A formula as tokens: numbers, names, signs.  LaTeX is brought to the same tokens (\sigma_0^2 is sigma02)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ridgeproof.errors import InputError

LONGEST = 4000  # characters of a formula
DIGITS = 60  # of a number

RELATIONS = {  # as written -> the name of the relation
    "=": "equality",
    "==": "equality",
    "<=": "bound",
    ">=": "bound reversed",
    "<": "strict",
    ">": "strict reversed",
    "~=": "equivalent",
    "~": "asymptotic",
    "=<>=": "order",
    "<~=": "at-most",
    "<~": "order-at-most",
    ">~": "order-at-most reversed",
    ">>": "negligible reversed",
    "=o": "negligible",
}
CONDITIONS = ("<", ">", "!=")

# LaTeX as it is written -> our writing.  Longer spellings come first.
_GREEK = (
    "alpha|beta|gamma|delta|epsilon|varepsilon|zeta|eta|theta|vartheta|iota|kappa|lambda|mu|nu|xi|rho|varrho|sigma|tau"
    "|upsilon|phi|varphi|chi|psi|omega|ell|Gamma|Delta|Theta|Lambda|Xi|Phi|Psi|Omega"
)
_LATEX: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
    (r"\\(left|right|big|Big|bigl|bigr|Bigl|Bigr|displaystyle|,|;|!|:|quad|qquad)(?![A-Za-z])", " "),
    (r"\\[,;!: ]|~(?=\\)|&", " "),
    (r"\\(mathrm|operatorname|text)\s*\{\s*d\s*\}\s*(?=[A-Za-z])", " d"),
    (r"\\(boldsymbol|bm)\s*\{\s*(\\?[A-Za-z]+)\s*\}|\\(?:boldsymbol|bm)\s*(\\[A-Za-z]+)", lambda m: m[2] or m[3]),
    (r"\\mathbf\s*\{\s*(\\[A-Za-z]+)\s*\}", r"\1"),
    (r"\\(mathbb|operatorname)\s*\{\s*E\s*\}|\\mathbb\s+E(?![A-Za-z])", " Expect_ "),
    (
        r"\\(lambda|sigma)_\{\s*\\?(?:mathrm\{)?(max|min)\}?\s*\}|\\(lambda|sigma)_\\(max|min)(?![A-Za-z])",
        lambda m: f" {m[1] or m[3]}_{m[2] or m[4]} ",
    ),
    (r"\\lim(?:\\limits)?\s*_\s*", " Lim_ "),
    (
        r"\\(?:operatorname\*?|mathrm)\s*\{\s*arg\s*(min|max)\s*\}(?:\\limits)?\s*_|\\arg\s*\\(min|max)(?:\\limits)?\s*_",
        lambda m: f" Arg{m[1] or m[2]}_ ",
    ),
    (r"\\(min|max|inf|sup)(?:\\limits)?\s*_", lambda m: " Min_ " if m[1] in ("min", "inf") else " Max_ "),
    (r"\\(to|rightarrow)(?![A-Za-z])", " to "),
    (r"w_\{0,?\s*([ijk])\}\^(?:\{2\}|2)", r" w2_\1 "),
    (r"\\lfloor(?![A-Za-z])", " floor( "),
    (r"\\lceil(?![A-Za-z])", " ceiling( "),
    (r"\\[rl](floor|ceil)(?![A-Za-z])", " ) "),
    (r"\\(sum|prod|int)(?:\\limits)?\s*_", lambda m: f" {m[1].capitalize()}_ "),
    (
        r"\\(operatorname\*?|mathrm|mathbf|mathbb|mathcal|text|rm)\s*\{\s*([A-Za-z]+)\s*\}(?=([A-Za-z0-9])?)",
        lambda m: f" {m[2]} " if m[3] else f" {m[2]}",
    ),
    (r"\\(l?Vert|\|)\s*w_(?:\{0\}|0)\s*\\(r?Vert|\|)\s*\^(?:\{2\}|2)", " norm2 "),
    (r"\|\s*w_(?:\{0\}|0)\s*\|\s*\^(?:\{2\}|2)", " norm2 "),
    (r"\\hat\s*\{?\s*\\Sigma\s*\}?", " Sh "),
    (r"\\widehat\s*\{\s*\\Sigma\s*\}|\\widehat\s*\\Sigma", " Sh "),
    (r"\\Sigma", " S "),
    (r"(_ \{[^{}]*\}|_ [0-9A-Za-z])\s*\^\s*(\{\s*T\s*\}|T(?![A-Za-z0-9_]))", r"\1^(T)"),  # of a sum: its end
    (r"\^\{\\(?:top|intercal)\}|\^\\(?:top|intercal)(?![A-Za-z])|\^\{\s*T\s*\}", "'"),
    (r"\\(cdot|times)(?![A-Za-z])", "*"),
    (r"\\(simeq|approx)(?![A-Za-z])", "~="),
    (r"\\sim(?![A-Za-z])", "~"),
    (r"\\asymp(?![A-Za-z])", "=<>="),
    (r"\\lesssim(?![A-Za-z])", "<~"),
    (r"\\lessapprox(?![A-Za-z])", "<~="),
    (r"\\gtrsim(?![A-Za-z])", ">~"),
    (r"\\gg(?![A-Za-z])", ">>"),
    (r"\\ll(?![A-Za-z])", "=o"),
    (r"\\(le|leq|leqslant)(?![A-Za-z])", "<="),
    (r"\\(ge|geq|geqslant)(?![A-Za-z])", ">="),
    (r"\\(ne|neq)(?![A-Za-z])", "!="),
    (r"\\[dt]frac(?![A-Za-z])", r" frac "),
    (r"\\[lr]vert(?![A-Za-z])", "|"),
    (r"\\[lr]?Vert(?![A-Za-z])|\\\|", "‖"),
    (r"\\langle(?![A-Za-z])", "⟨"),
    (r"\\rangle(?![A-Za-z])", "⟩"),
    (rf"\\({_GREEK}|pi)\s*_\s*(?:\{{\s*([A-Za-z0-9]+)\s*\}}|([A-Za-z0-9]))", lambda m: f" {m[1]}_{m[2] or m[3]} "),
    (r"(?<![A-Za-z\\])([A-Za-z])_\{\s*([A-Za-z0-9]+)\s*\}", r"\1_\2"),
    (r"\\partial(?![A-Za-z])", " partial "),
    (
        rf"\\({_GREEK}|exp|log|ln|sin|cos|tan|sinh|cosh|tanh|coth|arctan|sqrt|frac|binom|min|max|pi|infty|tr|Tr|det|Var|Cov)"
        r"(?![A-Za-z])",
        r" \1 ",
    ),
)
# Names with an index, as LaTeX and plain text write them: T_0, E_{test}, \\sigma_0^2.
_INDEXED: tuple[tuple[str, str], ...] = (
    (r"E_\s*(?:\{\s*test\s*\}|test)(?![A-Za-z0-9_])", " E_test "),
    (r"\bsigma\s*\^\s*(\{2\}|2)\s*_\s*(\{0\}|0)(?![A-Za-z0-9_])", " sigma_0^2 "),
    (r"\b(kappa|phi)_(?:\{0\}|0)(?![A-Za-z0-9_])", r" \g<1>0 "),
    (r"\bdf_\{\s*([12])\s*\}", r" df_\1"),
    (r"\b([TXWw])_(?:\{0\}|0)(?![A-Za-z0-9_])", r" \g<1>0 "),
    (r"\bdf_(?:\{2\}|2)(?!\s*(\\left)?\s*\()(?![A-Za-z0-9_])", " df2 "),
)
_TOKEN = re.compile(
    r"\s*(?:(?P<number>[0-9]+(?:\.[0-9]+)?)|(?P<name>[A-Za-z][A-Za-z0-9_]*(?:\[[mn](?:\+1)?\])?)"
    r"|(?P<sign>‖(?:\s*_\s*(?:\{[^{}]*\}|[A-Za-z0-9*]))?|=<>=|<~=|\*\*|<~|>~|>>|<=|>=|~=|==|!=|=o(?![A-Za-z])|[-+*/^()\[\]{},'<>=~|;!⟨⟩]))"
)


@dataclass(frozen=True)
class Token:
    """A piece of a formula and where it stands."""

    kind: str  # number, name, sign, end
    text: str
    place: int


def tokens(text: str, where: str) -> list[Token]:
    """The tokens of a formula.

    Raises
    ------
    InputError
        A character or a LaTeX command that the grammar does not know; a formula or a number that is too long.
    """
    if len(text) > LONGEST:
        raise InputError(f"{len(text)} characters", where=where, accepted=f"a formula of at most {LONGEST} characters")
    plain = text.replace("$", " ")
    plain = re.sub(r"(?<![A-Za-z\\])(sum|prod|int)_(?=\{|[0-9a-z]\^)", lambda m: f" {m[1].capitalize()}_ ", plain)
    plain = re.sub(r"(?<![A-Za-z\\])lim_(\{[^{}]*?)->", r" Lim_ \1 to ", plain)
    plain = re.sub(
        r"(?<![A-Za-z0-9_\\])(arg ?)?(min|max|inf|sup)_(?=\{|[a-z]\b)",
        lambda m: f" {'Arg' if m[1] else ''}{'min' if m[2] in ('min', 'inf') else 'max'}_ ".replace(" m", " M"),
        plain,
    )
    plain = plain.replace("->", " to ") if "\\lim" in plain else plain
    if "\\" in plain:
        for pattern, ours in _LATEX:
            plain = re.sub(pattern, ours, plain)
    for index, name in _INDEXED:
        plain = re.sub(index, name, plain)
    out: list[Token] = []
    place = 0
    plain = plain.rstrip()
    while place < len(plain):
        found = _TOKEN.match(plain, place)
        if found is None or found.lastgroup is None:
            rest = plain[place:].strip()
            command = re.match(r"\\[A-Za-z]+|.", rest, re.DOTALL)
            raise InputError(
                f"{command.group() if command else rest!r} at {rest[:20]!r} is not part of a formula",
                where=where,
                accepted="numbers, letters of the vocabulary, + - * / ^ ( ), relations = <= ~= ~ =<>= <~ <~= =o",
            )
        piece = found.group(found.lastgroup)
        if found.lastgroup == "number" and len(piece) > DIGITS:
            raise InputError(f"a number of {len(piece)} characters", where=where, accepted=f"at most {DIGITS}")
        out.append(Token(found.lastgroup, piece, found.start(found.lastgroup)))
        place = found.end()
    return [*out, Token("end", "", len(plain))]
