"""Formulas as MathML, by way of the LaTeX names that the documents use.

A long sum is one ``<math>`` element for each of its terms, so that a line breaks between terms on a narrow screen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

import sympy as sp
from latex2mathml.converter import convert

from ridgeproof.theorems.claim import SIGN, Claim, Equation

from .html import tag, text
from .tex import meanings, shortened, tex
from .tex_lines import terms, width

_UPRIGHT = re.compile(r"(?:<mi mathvariant=\"normal\">\w</mi>){2,}")
_NAME = re.compile(r"(<mi>(?:log|min|max|tr|sin)</mi>)(?=<m(?:i|n|sub|sup|subsup|over)>)")
UNBROKEN = 11.0  # em of a formula that a sentence does not break
TERM = 14  # characters of LaTeX below which a term is not worth a line break of its own


@cache
def mathml(code: str) -> str:
    """One formula of LaTeX as an inline ``<math>`` element in display style."""
    try:
        out = convert(code)
    except Exception:  # what it cannot read: a formula is shown as it is written rather than not at all
        return f'<math displaystyle="true"><mtext>{text(code)}</mtext></math>'
    out = re.sub(r"<mo>([A-Za-z]{2,})</mo>", r"<mi>\1</mi>", out)  # tr, max: names, without an operator's spaces
    out = _UPRIGHT.sub(lambda m: f"<mi>{re.sub('<.*?>', '', m[0])}</mi>", out)  # a word is one name, not letters
    out = _NAME.sub(r'\1<mspace width="0.17em"/>', out)
    out = out.replace("<mover>", '<mover accent="true">')
    out = out.replace("<mi>&#x0007E;</mi>", "<mo>&#x0223C;</mo>")
    out = out.replace("<mo>&#x0002F;</mo>", '<mo lspace="0" rspace="0">/</mo>')
    return out.replace('display="inline"', 'displaystyle="true"', 1)


@cache
def inline(code: str) -> str:
    """A formula inside a sentence, which may break before its signs if it is long."""
    first, *rest = terms(code) if width(code) > UNBROKEN else [code]
    # An empty group in front makes a leading sign an operator between two things, with the spaces of one.
    parts = [first, *(f"{{}} {part}" for part in rest)]
    return "<wbr>".join(mathml(part).replace(' displaystyle="true"', "", 1) for part in parts)


def _terms(expr: sp.Basic) -> list[str]:
    """An expression as the terms of its outermost sum, each with its sign, in LaTeX; short ones together."""
    out: list[str] = []
    for code in terms(tex(expr)):
        if out and min(len(out[-1]), len(code)) < TERM:
            out[-1] += f" {code}"
        else:
            out.append(code)
    return out


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
    named = meanings(claim)
    return out + (tag("p", "where", class_="where") + equations(named) if named else "")
