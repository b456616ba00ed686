"""Formulas as MathML, by way of the LaTeX names that the documents use.

A long sum is one ``<math>`` element for each of its terms, so that a line breaks between terms on a narrow screen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

import sympy as sp
from latex2mathml.converter import convert

from proofs_check.report.html import tag
from theorems.claim import SIGN, Claim, Equation
from theorems.functions import Kappa
from theorems.vocabulary import SYMMETRIC, T0, T, kappa, kappa0, lam, latex_names

SHORT: dict[sp.Basic, sp.Basic] = {Kappa(lam, T): kappa, Kappa(sp.S.Zero, T0): kappa0}
_WORDS = (("_{test}", r"_{\mathrm{test}}"), ("_{star}", r"_{\star}"), (r"\mathrm{df}", r"\operatorname{df}"))
_LOW = re.compile(r"\\left([(\[])((?:(?!\\(?:left|right|frac|sum)).)*)\\right([)\]])")
_UPRIGHT = re.compile(r"(?:<mi mathvariant=\"normal\">\w</mi>){2,}")
TERM = 14  # characters of LaTeX below which a term is not worth a line break of its own


def tex(expr: sp.Basic) -> str:
    """An expression in LaTeX, with the vocabulary's names; symmetric matrices are not transposed."""
    plain = expr.replace(lambda e: isinstance(e, sp.Transpose) and e.arg in SYMMETRIC, lambda e: e.arg)
    code = sp.latex(plain, symbol_names=latex_names()).replace("^{T}", r"^{\top}")
    for rough, fine in _WORDS:
        code = code.replace(rough, fine)
    return low_brackets(code)


def low_brackets(code: str) -> str:
    """LaTeX whose brackets stretch only around what is tall."""
    while (fine := _LOW.sub(r"\1\2\3", code)) != code:
        code = fine
    return code


@cache
def mathml(code: str) -> str:
    """One formula of LaTeX as an inline ``<math>`` element in display style."""
    out = convert(code)
    out = re.sub(r"<mo>([A-Za-z]{2,})</mo>", r"<mi>\1</mi>", out)  # tr, max: names, without an operator's spaces
    out = _UPRIGHT.sub(lambda m: f"<mi>{re.sub('<.*?>', '', m[0])}</mi>", out)  # a word is one name, not letters
    out = out.replace("<mover>", '<mover accent="true">')
    return out.replace('display="inline"', 'displaystyle="true"', 1)


def _terms(expr: sp.Basic) -> list[str]:
    """An expression as the terms of its outermost sum, each with its sign, in LaTeX."""
    if not isinstance(expr, sp.Add | sp.MatAdd):
        return [tex(expr)]
    parts = expr.as_ordered_terms() if isinstance(expr, sp.Add) else expr.args
    out: list[str] = []
    for part in parts:
        code = tex(part)
        signed = code if code.startswith("-") or not out else f"+ {code}"
        if out and min(len(out[-1]), len(code)) < TERM:
            out[-1] += f" {signed}"
        else:
            out.append(signed)
    return out


def shortened(e: Equation) -> Equation:
    """The same with kappa for kappa(lambda, T) and kappa_0 for kappa(0, T0)."""
    return Equation(e.left.xreplace(SHORT), e.right.xreplace(SHORT))


def equation(e: Equation, sign: tuple[str, str] = ("=", "=")) -> str:
    """One equation as a block; ``sign`` in plain text and in LaTeX."""
    left, right = _terms(e.left), _terms(e.right)
    # An empty group in front makes a leading sign an operator between two things, with the spaces of one.
    codes = [left[0], *(f"{{}} {code}" for code in (*left[1:], f"{sign[1]} {right[0]}", *right[1:]))]
    label = f"{sp.sstr(e.left)} {sign[0]} {sp.sstr(e.right)}"
    return tag("div", "<wbr>".join(map(mathml, codes)), class_="formula", role="group", tabindex="0", aria_label=label)


def equations(parts: Iterable[Equation], sign: tuple[str, str] = ("=", "=")) -> str:
    """Equations below each other."""
    return "".join(equation(e, sign) for e in parts)


def statement(claim: Claim) -> str:
    """A claim's statement, with its abbreviations."""
    sign = SIGN[claim.relation]
    out = equations(map(shortened, claim.statement), sign)
    meanings = [Equation(x, meaning) for x, meaning in claim.where]
    named = {e.left for e in meanings}
    used = {x for e in claim.statement for side in (e.left, e.right) for x in side.atoms(Kappa)}
    meanings += [Equation(short, x) for x, short in SHORT.items() if x in used and short not in named]
    return out + (tag("p", "where", class_="where") + equations(meanings) if meanings else "")
