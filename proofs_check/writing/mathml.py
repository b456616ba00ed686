"""Formulas as MathML, by way of the LaTeX names that the documents use.

A long sum is one ``<math>`` element for each of its terms, so that a line breaks between terms on a narrow screen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import sympy as sp
from latex2mathml.converter import convert

from ridgeproof.theorems.claim import SIGN, Claim, Equation

from .html import tag, text
from .tex import meanings, shortened, tex
from .tex_lines import terms, width

_LETTERS = re.compile(r"(?:<mi mathvariant=\"normal\">\w</mi>){2,}")
_UPRIGHT = re.compile(r"<mi>(&#x000(?:[46][1-9A-F]|[57][0-9A]);)</mi>")  # how the converter writes \\mathrm{d}
_SCRIPTED = ("msub", "msup", "msubsup", "munder", "mover", "munderover")
_THIN = "0.17em"
_SPACE = "http://www.w3.org/1998/Math/MathML"
UNBROKEN = 11.0  # em of a formula that a sentence does not break
TERM = 14  # characters of LaTeX below which a term is not worth a line break of its own


@cache
def mathml(code: str) -> str:
    """One formula of LaTeX as an inline ``<math>`` element in display style."""
    code = code.replace(r"\operatorname*{arg\,min}", r"\operatorname{argmin}")  # the converter knows no starred names
    try:
        out = convert(code)
        ElementTree.fromstring(out)
    except Exception:  # what it cannot read: a formula is shown as it is written rather than not at all
        return f'<math displaystyle="true"><mtext>{text(code)}</mtext></math>'
    out = re.sub(r"<mo>([A-Za-z]{2,})</mo>", r"<mi>\1</mi>", out)  # tr, max: names, without an operator's spaces
    out = _LETTERS.sub(lambda m: f"<mi>{re.sub('<.*?>', '', m[0])}</mi>", out)  # a word is one name, not letters
    out = _UPRIGHT.sub(r'<mi mathvariant="normal">\1</mi>', out)
    root = ElementTree.fromstring(out.replace(f' xmlns="{_SPACE}"', ""))
    for element in list(root.iter()):
        _mend(element)
    root.attrib = {"xmlns": _SPACE, "displaystyle": "true"}
    return ElementTree.tostring(root, encoding="unicode")


def _mend(element: Element) -> None:
    """What TeX does and the converter leaves out: limits below sums, spaces around names, none inside bars."""
    sign = (element.text or "").strip() if element.tag == "mo" else ""
    if sign in ("/", "|", "\u2016"):
        element.attrib |= {"lspace": "0", "rspace": "0"}
    elif element.tag == "mi" and element.text == "~":
        element.tag, element.text = "mo", "\u223c"
    elif element.tag == "mover":
        element.set("accent", "true")
    elif element.tag in ("msub", "msubsup") and element[0].tag == "mo" and element[0].text in ("\u2211", "\u220f"):
        element.tag = {"msub": "munder", "msubsup": "munderover"}[element.tag]
    if element.tag not in ("math", "mrow", "msqrt"):
        return
    out: list[Element] = []
    for child in element:
        if out and "name" in (kinds := (_atom(out[-1], last=True), _atom(child, last=False))):
            before, after = kinds  # TeX's table: a thin space between an operator and what is no bracket or sign
            if (before, after) in (("name", "ord"), ("name", "name"), ("ord", "name"), ("close", "name")):
                out.append(Element("mspace", {"width": _THIN}))
        out.append(child)
    element[:] = out


def _atom(element: Element, *, last: bool) -> str:
    """Which of TeX's atoms an element is at its end (``last``) or its beginning: name, ord, open, close, or another."""
    if element.tag in _SCRIPTED:
        base = _atom(element[0], last=last)
        return base if base in ("name", "close") else "ord"
    if element.tag == "mi":
        return "name" if len(element.text or "") > 1 and (element.text or "").isalpha() else "ord"
    if element.tag == "mo":
        sign = (element.text or "").strip()
        bars = "close" if last else "open"
        return bars if sign in ("|", "\u2016") else "open" if sign in "([{" else "close" if sign in ")]}" else "sign"
    if element.tag == "mrow":
        inner = [child for child in element if child.tag != "mspace"]
        return _atom(inner[-1 if last else 0], last=last) if inner else "other"
    return "other" if element.tag == "mspace" else "ord"


@cache
def inline(code: str) -> str:
    """A formula inside a sentence, which may break before its signs if it is long."""
    first, *rest = terms(code) if width(code) > UNBROKEN else [code]
    # An empty group in front makes a leading sign an operator between two things, with the spaces of one.
    parts = [first, *(f"{{}} {part}" for part in rest)]
    return "<wbr>".join(mathml(part).replace(' displaystyle="true"', "", 1) for part in parts)


def _terms(expr: sp.Basic) -> list[str]:
    """An expression as the terms of its outermost sum, each with its sign, in LaTeX; short ones together."""
    whole = tex(expr)
    out: list[str] = []
    for code in (whole,) if r"\begin{" in whole else terms(whole):  # a table is one piece
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
