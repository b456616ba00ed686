r"""The notation of the LaTeX documents: one macro for each letter, so that an author changes it in one place.

Formulas are made with the vocabulary's own LaTeX (``T_0``, ``\widehat\Sigma``) and translated here, letter by letter,
into macros (``\rpTzero``, ``\rpSigmahat``).  ``macros`` defines those that a text uses; with ``\providecommand``, so
that definitions made before win.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

# macro -> its definition, in which earlier macros may stand, and what it means
NOTATION: dict[str, tuple[str, str]] = {
    "d": ("d", "input dimension"),
    "T": ("T", "samples of a fit"),
    "Tzero": (r"\rpT_0", "samples of each generator"),
    "n": ("n", "number of generations of fake labels"),
    "lambda": (r"\lambda", "ridge"),
    "lambdazero": (r"\rplambda_0", "ridge of a generator"),
    "kappa": (r"\kappa", "effective ridge"),
    "kappazero": (r"\rpkappa_0", "effective ridge of a generator"),
    "sigma": (r"\sigma", "standard deviation of the label noise"),
    "sigmazero": (r"\rpsigma_0", "standard deviation of a generator's label noise"),
    "phi": (r"\phi", "dimension per sample"),
    "phizero": (r"\rpphi_0", "dimension per sample of a generator"),
    "rho": (r"\rho", "fake-data factor"),
    "beta": (r"\beta", "capacity exponent"),
    "r": ("r", "source exponent"),
    "rbar": (r"\bar{\rpr}", "source exponent, at most 1"),
    "ell": (r"\ell", "ridge exponent"),
    "nu": (r"\nu", "exponent of the effective noise"),
    "a": ("a", "dimension exponent"),
    "b": ("b", "generator exponent"),
    "g": ("g", "exponent of the number of generations"),
    "h": ("h", "exponent of T_0 - d"),
    "eigenvalue": ("s", "eigenvalue of the covariance"),
    "w": ("w", "vector of weights"),
    "wzero": (r"\rpw_0", "the truth"),
    "what": (r"\widehat{\rpw}", "student of a fit"),
    "Sigma": (r"\Sigma", "covariance of the inputs"),
    "Sigmahat": (r"\widehat{\rpSigma}", "sample covariance"),
    "X": ("X", "design"),
    "Xzero": (r"\rpX_0", "design of a generator"),
    "E": ("E", "label noise"),
    "R": ("R", "resolvent of the sample covariance"),
    "W": ("W", "Wishart matrix"),
    "Wzero": (r"\rpW_0", "Wishart matrix of a generator"),
    "D": ("D", "shrinkage"),
    "P": ("P", "projection on the row space of a design"),
    "Etest": (r"E_{\mathrm{test}}", "test error"),
    "df": (r"\operatorname{df}", "degrees of freedom"),
    "tr": (r"\operatorname{tr}", "trace"),
    "mean": (r"\mathbb{E}", "expectation"),
    "transposed": (r"\top", "transposition, as a superscript"),
    "best": (r"\star", "optimum, as a subscript"),
}
# LaTeX that a macro replaces, besides its own definition written out
_ALSO = {
    r"\widehat\Sigma": "Sigmahat", r"\widehat w": "what", r"\mathrm{df}": "df", r"\mathbb E": "mean",
    r"\bar r": "rbar", **{rf"{code}_{{0}}": f"{name}zero" for name, code in (
        ("T", "T"), ("lambda", r"\lambda"), ("kappa", r"\kappa"), ("sigma", r"\sigma"), ("phi", r"\phi"),
        ("w", "w"), ("X", "X"), ("W", "W"))},
}  # fmt: skip
_SKIPPED = (  # what is no notation: names, words, sizes
    r"\\text\{(?:\\.|\{\}|[^{}\\])*\}|"
    r"\\(?:operatorname\*?|mathrm|text|textup|texttt|mathcal|begin|end|label|ref|fontsize)\{[^{}]*\}"
)


def _written_out(code: str) -> str:
    while match := re.search(r"\\rp([A-Za-z]+)", code):
        code = code[: match.start()] + NOTATION[match[1]][0] + code[match.end() :]
    return code


_MACRO = {_written_out(code): name for name, (code, _) in NOTATION.items()} | _ALSO


def _pattern(code: str) -> str:
    return re.escape(code) + (r"(?![A-Za-z])" if re.search(r"\\[A-Za-z]+$", code) else r"(?![0-9])")


_LETTER = re.compile(
    "|".join(
        [
            *map(_pattern, sorted(_MACRO, key=len, reverse=True)),
            _SKIPPED,
            r"\\[A-Za-z]+",
            ".",
        ]
    ),
    re.DOTALL,
)


def translated(code: str, *, but: Collection[str] = ()) -> str:
    """A formula of LaTeX with a macro for each letter of the notation, ``but`` those that mean something else there."""

    def one(match: re.Match[str]) -> str:
        name = _MACRO.get(match[0])
        if name is None or name in but:
            return match[0]
        after = code[match.end() : match.end() + 1]
        return rf"\rp{name}" + (" " if after.isalpha() else "")

    return _LETTER.sub(one, code)


def used(code: str) -> list[str]:
    """The names of the macros that a text needs, those that stand in definitions included, in the order of the list."""
    found = set(re.findall(r"\\rp([A-Za-z]+)", code))
    while more := {n for name in found for n in re.findall(r"\\rp([A-Za-z]+)", NOTATION[name][0])} - found:
        found |= more
    return [name for name in NOTATION if name in found]


def macros(names: Iterable[str] = tuple(NOTATION)) -> str:
    """Definitions of macros, one a line, each with what it means."""
    lines = []
    for name in names:
        code, meaning = NOTATION[name]
        lines.append(rf"\providecommand{{\rp{name}}}{{{code}}}".ljust(52) + f"% {meaning}")
    return "\n".join(lines)
