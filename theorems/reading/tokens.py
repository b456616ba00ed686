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
    "=o": "negligible",
}
CONDITIONS = ("<", ">", "!=")

# LaTeX as it is written -> our writing.  Longer spellings come first.
_LATEX: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
    (r"\\(left|right|big|Big|bigl|bigr|Bigl|Bigr|displaystyle|,|;|!|:|quad|qquad)(?![A-Za-z])", " "),
    (r"\\[,;!: ]|~(?=\\)|&", " "),
    (r"\\(mathrm|operatorname|text)\s*\{\s*d\s*\}\s*(?=[A-Za-z])", " d"),
    (r"\\(sum|prod|int)(?:\\limits)?\s*_", lambda m: f" {m[1].capitalize()}_ "),
    (r"\\(operatorname\*?|mathrm|mathbf|mathbb|mathcal|text|rm)\s*\{\s*([A-Za-z]+)\s*\}", r"\2"),
    (r"\\(l?Vert|\|)\s*w_(?:\{0\}|0)\s*\\(r?Vert|\|)\s*\^(?:\{2\}|2)", " norm2 "),
    (r"\|\s*w_(?:\{0\}|0)\s*\|\s*\^(?:\{2\}|2)", " norm2 "),
    (r"E_(?:\{\s*test\s*\}|test)", " E_test "),
    (r"\\sigma_(?:\{0\}|0)\^(?:\{2\}|2)|\\sigma\^(?:\{2\}|2)_(?:\{0\}|0)", " sigma02 "),
    (r"\\sigma\^(?:\{2\}|2)", " sigma2 "),
    (r"\\(kappa|phi)_(?:\{0\}|0)", r" \g<1>0 "),
    (r"(?<![A-Za-z])([TXW])_(?:\{0\}|0)", r" \g<1>0 "),
    (r"(?<![A-Za-z])w_(?:\{0\}|0)", " w0 "),
    (r"(?<![A-Za-z])df_(?:\{2\}|2)(?!\s*(\\left)?\s*\()", " df2 "),
    (r"\\widehat\s*\{\s*\\Sigma\s*\}|\\widehat\s*\\Sigma", " Sh "),
    (r"\\Sigma", " S "),
    (r"\^\{\\(?:top|intercal)\}|\^\\(?:top|intercal)(?![A-Za-z])|\^\{\s*T\s*\}", "'"),
    (r"\\(cdot|times)(?![A-Za-z])", "*"),
    (r"\\(simeq|approx)(?![A-Za-z])", "~="),
    (r"\\sim(?![A-Za-z])", "~"),
    (r"\\asymp(?![A-Za-z])", "=<>="),
    (r"\\lesssim(?![A-Za-z])", "<~"),
    (r"\\lessapprox(?![A-Za-z])", "<~="),
    (r"\\ll(?![A-Za-z])", "=o"),
    (r"\\(le|leq|leqslant)(?![A-Za-z])", "<="),
    (r"\\(ge|geq|geqslant)(?![A-Za-z])", ">="),
    (r"\\(ne|neq)(?![A-Za-z])", "!="),
    (r"\\[dt]frac(?![A-Za-z])", r" frac "),
    (r"\\[lr]vert(?![A-Za-z])", "|"),
    (r"\\partial(?![A-Za-z])", " partial "),
    (
        r"\\(lambda|kappa|phi|beta|ell|sigma|gamma|Gamma|zeta|exp|log|ln|sin|cos|tanh|sqrt|frac|binom|min|max|pi|infty|tr)"
        r"(?![A-Za-z])",
        r" \1 ",
    ),
)
_TOKEN = re.compile(
    r"\s*(?:(?P<number>[0-9]+(?:\.[0-9]+)?)|(?P<name>[A-Za-z][A-Za-z0-9_]*(?:\[[mn](?:\+1)?\])?)"
    r"|(?P<sign>=<>=|<~=|\*\*|<~|<=|>=|~=|==|!=|=o(?![A-Za-z])|[-+*/^()\[\]{},'<>=~|;!]))"
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
    if "\\" in plain:
        for pattern, ours in _LATEX:
            plain = re.sub(pattern, ours, plain)
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
