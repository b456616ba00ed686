r"""Expressions in LaTeX: SymPy's printer with the vocabulary's names, and the habits of a mathematical text.

A sum begins with a term that has a plus sign, symmetric matrices are not transposed, brackets are tall only around
what is tall, and a symbol that stands for a square (sigma2, w2) is printed as one: its powers are powers.
"""

from __future__ import annotations

import itertools
import re
from typing import Any

import sympy as sp
from sympy.printing.latex import LatexPrinter

from ridgeproof.theorems.claim import Claim, Equation
from ridgeproof.theorems.functions import Kappa
from ridgeproof.theorems.vocabulary import SYMMETRIC, T0, T, Y, kappa, kappa0, lam, latex_names

from .tex_lines import unnested
from .tex_prose import plain

SHORT: dict[sp.Basic, sp.Basic] = {Kappa(lam, T): kappa, Kappa(sp.S.Zero, T0): kappa0}

_LETTERS = {"rb": r"\bar r"}  # symbols outside the vocabulary
_WORDS = (
    ("_{test}", r"_{\mathrm{test}}"),
    ("_{star}", r"_{\star}"),
    ("rate_", r"\mathrm{rate}_"),
    (r"\mathrm{df}", r"\operatorname{df}"),
    ("^{T}", r"^{\top}"),
)
_GREEK = "alpha|beta|gamma|delta|(?:var)?epsilon|zeta|eta|(?:var)?theta|iota|kappa|lambda|mu|nu|xi|pi|(?:var)?rho|sigma"
_SIGNS = "tau|upsilon|(?:var)?phi|chi|psi|omega|Gamma|Delta|Theta|Lambda|Xi|Pi|Sigma|Upsilon|Phi|Psi|Omega|ell"
_OVER = "bar|hat|tilde|mathrm|mathbf|mathcal|star|prime|top|dagger|infty"
#: Names of letters that TeX sets and does not obey; ^^41 is another way to write any character.
_HARMLESS = re.compile(rf"(?:\\(?:{_GREEK}|{_SIGNS}|{_OVER})(?![A-Za-z])|\^(?!\^)|[A-Za-z0-9_{{}}'*+,.()\[\]/ -])*")
_LOW = re.compile(r"\\left([(\[])((?:(?!\\(?:left|right|frac|sum)).)*)\\right([)\]])")
_FRACTION_ABOVE = re.compile(r"(\^\{[^{}]*?)(- )?\\frac\{([^{}+]*)\}\{([^{}]*)\}")
_LOOSE = re.compile(r"(?<=[^ ]) +(?=[)\]]|\\right)")


class Printer(LatexPrinter):
    """SymPy's LaTeX with the conventions of this module."""

    def _print_Add(self, expr: sp.Add, order: Any = None) -> str:
        return signed_sum([self._print(term) for term in self._as_ordered_terms(expr, order=order)])

    def _print_Pow(self, expr: sp.Pow) -> str:
        root = self._root(expr.base)
        if root and expr.exp.is_Integer and expr.exp > 0:
            return f"{root}^{{{2 * int(expr.exp)}}}"
        return str(super()._print_Pow(expr))

    def _deal_with_super_sub(self, string: str, style: str = "plain") -> str:
        """The name of a letter or function: one that is more than a name is set as the words that it is."""
        depths = itertools.accumulate((c == "{") - (c == "}") for c in string)
        if _HARMLESS.fullmatch(string) and string.count("{") == string.count("}") and min(depths, default=0) >= 0:
            return str(super()._deal_with_super_sub(string, style))
        words = plain(string).replace(r"\%", "(U+0025)")  # SymPy puts what it prints into formats
        return rf"\text{{{words}}}"

    def _root(self, symbol: sp.Basic) -> str:
        """The LaTeX of what a symbol is the square of; empty where it is no square."""
        name = self._settings["symbol_names"].get(symbol, "") if isinstance(symbol, sp.Symbol) else ""
        return str(name.removesuffix("^2")) if name.endswith("^2") else ""

    def _print_Integral(self, expr: sp.Integral) -> str:
        """Over one variable, the differential upright: an italic d is the dimension."""
        ((x, low, high),) = expr.limits
        ends = rf"_{{{self._print(low)}}}^{{{self._print(high)}}}"
        return rf"\int{ends} {self._print(expr.function)}\,\mathrm{{d}}{self._print(x)}"

    def _print_MatPow(self, expr: sp.MatPow) -> str:
        base = self._settings["symbol_names"].get(expr.base, "")
        if base.endswith("^{-1}") and expr.exp.is_Integer and expr.exp > 0:
            return f"{base.removesuffix('^{-1}')}^{{-{expr.exp}}}"
        return str(super()._print_MatPow(expr))


def signed_sum(terms: list[str]) -> str:
    """Terms in LaTeX as a sum; the first one with a plus sign comes first."""
    first = next((term for term in terms if not term.startswith("-")), terms[0])
    rest = [term for i, term in enumerate(terms) if i != terms.index(first)]
    return " ".join([first, *(f"- {t[1:].lstrip()}" if t.startswith("-") else f"+ {t}" for t in rest)])


def tex(expr: sp.Basic) -> str:
    """An expression in LaTeX, with the vocabulary's names."""
    plain = expr.replace(lambda e: isinstance(e, sp.Transpose) and e.arg in SYMMETRIC, lambda e: e.arg)
    plain = plain.replace(lambda e: e == Y.T, lambda _: sp.MatrixSymbol("X", Y.shape[1], Y.shape[0]))
    others = {x: _LETTERS[x.name] for x in plain.atoms(sp.Symbol) if x.name in _LETTERS}
    return tidy(str(Printer({"symbol_names": latex_names() | others}).doprint(plain)))


def exponent(expr: sp.Basic) -> str:
    """An expression of the exponent calculus in LaTeX: its symbols are scales, not those of the vocabulary."""
    from ridgeproof.theorems.exponents.model.symbolic import latex_name

    names = {x: latex_name(x.name) for x in expr.free_symbols}
    return tidy(str(Printer({"symbol_names": names}).doprint(expr)))


def shortened(e: Equation) -> Equation:
    """The same with kappa for kappa(lambda, T) and kappa_0 for kappa(0, T0), where it does not say that they are."""
    if e.right in SHORT:
        return e
    return Equation(e.left.xreplace(SHORT), e.right.xreplace(SHORT))


def meanings(claim: Claim) -> tuple[Equation, ...]:
    """What the letters of a shortened statement stand for: its abbreviations, then kappa and kappa_0."""
    own = tuple(Equation(x, meaning) for x, meaning in claim.where)
    named = {e.left for e in own}
    used = {x for e in claim.statement for side in (e.left, e.right) for x in side.atoms(Kappa)}
    return (*own, *(Equation(short, x) for x, short in SHORT.items() if x in used and short not in named))


def tidy(code: str) -> str:
    """LaTeX of SymPy's printer as one would write it by hand."""
    for rough, fine in _WORDS:
        code = code.replace(rough, fine)
    code = _LOOSE.sub("", code)
    while (fine := _FRACTION_ABOVE.sub(_slash, code)) != code:
        code = fine
    return unnested(low_brackets(code))


def _slash(match: re.Match[str]) -> str:
    """A fraction in an exponent, with a slash."""
    before, minus, above, below = match.groups()
    product = " " in below.strip()
    return f"{before}{'-' if minus else ''}{above}/{f'({below})' if product else below}"


def low_brackets(code: str) -> str:
    """LaTeX whose brackets stretch only around what is tall."""
    while (fine := _LOW.sub(r"\1\2\3", code)) != code:
        code = fine
    return code
