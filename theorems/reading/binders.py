r"""Formulas that bind a letter: sums, products, integrals, derivatives, cases.

::

    bound  = ("Sum" | "Product" | "Integral") "(" sum "," "(" letter "," sum "," sum ")" ")"
           | "Integral" "(" sum "," range "," range ")" (the first range is the innermost)
           | ("sum" | "product" | "integral") "(" sum "," letter "," sum "," sum ")"
           | "\sum_{" letter "=" sum "}^" limit product          (and \prod)
           | ("\sum_j" | "\sum_{j}" | "\sum_{j=1}^d") product     (over the eigenvalues s_j, coefficients w_{0,j})
           | ("Sum" | "sum") "(" sum "," letter ")"                (the same)
           | "\int_" limit "^" limit (sum "d" letter | product, with "d" letter in a numerator)
           | ("Derivative" | "diff") "(" sum "," letter ["," number] ")"
           | "d" atom "/" "d" letter | "d" "/" "d" letter power        (and \frac{d f}{d x}, dkappa/dlambda)
           | "Piecewise" "(" "(" sum "," condition ")" {"," "(" sum "," condition ")"} ")"

A bound letter is a letter of its own inside its formula, whatever the same letter means outside.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sympy as sp

from ..functions import SpectralSum
from ..vocabulary import d, s, w2
from .derivatives import derivative
from .tokens import Token

if TYPE_CHECKING:
    from .grammar import Reader

_MADE: dict[str, Any] = {"sum": sp.Sum, "product": sp.Product, "integral": sp.Integral}
_CALLED = {"sum", "product", "integral", "derivative", "diff", "piecewise"}
_DRAWN = {"Sum_": "sum", "Prod_": "product", "Int_": "integral"}  # how tokens.py writes \sum_, \prod_, \int_
_COMPARED = {"<=": sp.Le, ">=": sp.Ge, "<": sp.Lt, ">": sp.Gt, "=": sp.Eq, "==": sp.Eq, "!=": sp.Ne}
_LETTER = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")


def binder(word: str, bracket: str) -> Callable[[Reader], sp.Basic] | None:
    """What reads the rest of a formula that begins with this word, if it binds a letter."""
    if word in _DRAWN:
        kind = _DRAWN[word]
        return _drawn_integral if kind == "integral" else lambda reader: _drawn_sum(reader, kind)
    if bracket != "(" or word.lower() not in _CALLED:
        return None
    kind = word.lower()
    if kind == "piecewise":
        return _cases
    return derivative if kind in ("derivative", "diff") else lambda reader: _called(reader, kind)


@contextmanager
def _bound(reader: Reader, letter: str, kind: str, low: sp.Basic | None) -> Iterator[sp.Symbol]:
    """The letter inside its formula: whole in sums and products, real in integrals, with the sign of its range."""
    sign: dict[str, bool] = {}
    if low is not None and low.is_number and low.is_extended_nonnegative:
        sign = {"positive": True} if kind == "integral" or low.is_extended_positive else {"nonnegative": True}
    symbol = sp.Symbol(letter, **({"real": True} if kind == "integral" else {"integer": True}), **sign)
    outside = reader.names
    reader.names = {**outside, letter: symbol}
    try:
        yield symbol
    finally:
        reader.names = outside


def _letter(reader: Reader, token: Token) -> str:
    if token.kind != "name" or not _LETTER.match(token.text):
        raise reader.missing(token, "the bound letter", "a letter")
    return token.text


def _make(reader: Reader, kind: str, body: sp.Basic, limits: tuple[sp.Basic, sp.Basic, sp.Basic]) -> sp.Basic:
    if any(isinstance(part, sp.MatrixExpr) for part in (body, *limits)):
        raise reader.refusal(f"a {kind} of matrices", f"a {kind} of numbers")
    return reader.made(lambda: _MADE[kind](body, limits), f"the {kind}")


def _called(reader: Reader, kind: str) -> sp.Basic:
    """Sum(f, (k, a, b)) or sum(f, k, a, b): the letter and its range are read first, then what they bind.

    Sum(f, j): over the spectrum.
    """
    start = reader.at
    commas, end = _commas(reader, start)
    if kind == "sum" and len(commas) == 1 and commas[0] + 2 == end:
        letter = _letter(reader, reader.tokens[commas[0] + 1])
        with _indexed(reader, letter) as used:
            if not used & {t.text for t in reader.tokens[start : commas[0]]}:
                raise reader.refusal("a sum without its range", "sum(f, k, a, b), sum(f(s_j, w2_j), j)")
            return _spectral(reader, _body(reader, start, commas[0], end))
    if len(commas) in (2, 3) and all(reader.tokens[at + 1].text == "(" for at in commas):
        return _ranges(reader, kind, commas, end)
    tail = commas[-1] if len(commas) == 1 else commas[0] if len(commas) == 3 else None
    if tail is None:
        over = ", sum(f(s_j, w2_j), j) over the spectrum" if kind == "sum" else ""
        accepted = f"{kind}(f, k, a, b) or {kind}(f, (k, a, b)){over}"
        raise reader.refusal(f"{kind} of {len(commas) + 1} argument{'s' * bool(commas)}", accepted)
    reader.at = tail + 1
    letter, low, high = _range(reader, grouped=len(commas) == 1, end=end)
    with _bound(reader, letter, kind, low) as symbol, _indexed(reader, letter) as used:
        body = _body(reader, start, tail, end)
    return _over(reader, kind, body, (symbol, low, high), used & {t.text for t in reader.tokens[start:tail]})


def _body(reader: Reader, start: int, tail: int, end: int) -> sp.Basic:
    """What is bound: from a bracket to a comma; what follows up to the end of the bracket has been read."""
    reader.at = start
    reader.need("(")
    body = reader.sum()
    if reader.at != tail:
        raise reader.refusal(f"{reader.now.text!r} stands where ',' is missing")
    reader.at = end + 1
    return body


def _range(reader: Reader, grouped: bool, end: int) -> tuple[str, sp.Basic, sp.Basic]:
    """x, a, b, or (x, a, b) if grouped: a letter and the ends of its range; ``end``: the token after it."""
    if grouped:
        reader.need("(")
    letter = _letter(reader, reader.now)
    reader.at += 1
    reader.need(",")
    low = reader.sum()
    reader.need(",")
    high = reader.sum()
    if grouped:
        reader.need(")")
    if reader.at != end:
        raise reader.refusal(f"{reader.now.text!r} stands where the range should end")
    return letter, low, high


def _ranges(reader: Reader, kind: str, commas: list[int], end: int) -> sp.Basic:
    """Integral(f, (x, a, b), (y, c, d)): the last range is the outermost, and the others may speak of its letter."""
    start, limits = reader.at, list[tuple[sp.Basic, sp.Basic, sp.Basic]]()
    with ExitStack() as letters:
        for at, after in reversed(list(zip(commas, [*commas[1:], end], strict=True))):
            reader.at = at + 1
            letter, low, high = _range(reader, grouped=True, end=after)
            limits.append((letters.enter_context(_bound(reader, letter, kind, low)), low, high))
        body = _body(reader, start, commas[0], end)
    for limit in reversed(limits):
        body = _make(reader, kind, body, limit)
    return body


def _commas(reader: Reader, start: int) -> tuple[list[int], int]:
    """The places of the commas of a bracket, outside inner brackets, and of its end."""
    depth, commas = 0, list[int]()
    for at in range(start, len(reader.tokens)):
        token = reader.tokens[at]
        if token.kind == "end":
            break
        if token.kind != "sign":
            continue
        if token.text in "([{":
            depth += 1
        elif token.text in ")]}":
            depth -= 1
            if depth == 0:
                return commas, at
        elif token.text == "," and depth == 1:
            commas.append(at)
    raise reader.refusal("a bracket that is not closed")


def _drawn_sum(reader: Reader, kind: str) -> sp.Basic:
    r"""\sum_{k=a}^{b} f: f is a product; a sum stands in brackets.  \sum_j f: over the spectrum."""
    grouped = reader.take("{")
    letter = _letter(reader, reader.now)
    reader.at += 1
    alone = reader.take("}") if grouped else True
    if alone:
        if kind != "sum":
            raise reader.refusal(f"a {kind} without its range", r"\prod_{k=1}^n; \sum_j f is a sum over the spectrum")
        with _indexed(reader, letter):
            inside = reader.product()
        return _spectral(reader, inside)
    reader.need("=")
    low = reader.sum()
    reader.need("}")
    reader.need("^")
    high = _limit(reader)
    with _bound(reader, letter, kind, low) as symbol, _indexed(reader, letter) as used:
        body = reader.product()
    return _over(reader, kind, body, (symbol, low, high), used & {t.text for t in reader.tokens[: reader.at]})


def _over(
    reader: Reader, kind: str, body: sp.Basic, limits: tuple[sp.Symbol, sp.Basic, sp.Basic], eigen: set[str]
) -> sp.Basic:
    """A sum (product, ...) over a range; over the spectrum, if names of an eigenvalue stand in it."""
    symbol, low, high = limits
    if not eigen:
        return _make(reader, kind, body, limits)
    if (kind, low, high) != ("sum", sp.S.One, d) or symbol in body.free_symbols:
        raise reader.refusal(f"a {kind} over part of the spectrum", r"\sum_{j=1}^d f(s_j, w_{0,j}^2), \sum_j f")
    return _spectral(reader, body)


@contextmanager
def _indexed(reader: Reader, letter: str) -> Iterator[set[str]]:
    """Inside a sum over j: s_j and lambda_j are the eigenvalue, w_{0,j}^2 the squared coefficient of the target."""
    names = {f"s_{letter}": s, f"lambda_{letter}": s, f"w2_{letter}": w2}
    outside = reader.names
    reader.names = {**names, **outside}
    try:
        yield {x for x in names if x not in outside}
    finally:
        reader.names = outside


def _spectral(reader: Reader, body: sp.Basic) -> sp.Basic:
    if isinstance(body, sp.MatrixExpr):
        raise reader.refusal("a sum of matrices", "a sum of numbers")
    return reader.made(lambda: SpectralSum(body), "the sum over the spectrum")


@dataclass(frozen=True)
class Limit:
    """A side that is a limit: of what, and the letter and where it tends."""

    function: sp.Basic
    letter: sp.Symbol
    end: sp.Basic


def side(reader: Reader, limits: list[Limit]) -> sp.Basic:
    r"""A side of a relation: a sum, or \lim_{x \to a} f, which is noted in ``limits`` and stands for f."""
    if reader.now.text != "Lim_" or "Lim_" in reader.names:
        return reader.sum()
    reader.at += 1
    reader.need("{")
    letter = _letter(reader, reader.now)
    reader.at += 1
    if not (reader.now.kind == "name" and reader.now.text == "to"):
        raise reader.refusal(f"{reader.now.text!r} stands where \\to is missing", r"\lim_{x \to \infty}")
    reader.at += 1
    end = reader.sum()
    if reader.now.text == "^" and reader.tokens[reader.at + 1].text == "+":
        reader.at += 2
    reader.need("}")
    if not end.is_number or not (end.is_finite or end == sp.oo):
        raise reader.refusal(f"the limit {sp.sstr(end):.20}", "a number, or infty")
    known = reader.names.get(letter, sp.Symbol(letter, positive=True))
    if not isinstance(known, sp.Symbol) or known in reader.meanings:
        raise reader.refusal(f"{letter} does not move", "a letter for a number")
    outside = reader.names
    reader.names = {**outside, letter: known}
    start = reader.at
    body = reader.product()
    if reader.now.kind == "sign" and reader.now.text in ("+", "-"):  # lim f - g is lim (f - g) if g moves as well
        reader.at, first = start, body
        body = reader.sum()
        if known not in (body - first).free_symbols:
            raise reader.refusal("a limit as one term of several", r"\lim_{x \to a} (...) as a whole side")
    reader.names = outside
    limits.append(Limit(body, known, end))
    return body


def _drawn_integral(reader: Reader) -> sp.Basic:
    r"""\int_a^b f dx: the letter is the x of the first dx that no inner integral uses."""
    low = _limit(reader)
    reader.need("^")
    high = _limit(reader)
    inner = depth = 0
    for at in range(reader.at, len(reader.tokens)):
        token = reader.tokens[at]
        if token.kind == "sign":
            depth += (token.text in "([{") - (token.text in ")]}")
            if depth < 0:
                break
        elif token.text == "Int_":
            inner += 1
        elif re.fullmatch(r"d[A-Za-z]\w*", token.text) and token.text not in reader.names and depth == 0:
            if inner:
                inner -= 1
                continue
            # From here on the differential is a sign, at which the integrand ends.
            reader.tokens[at] = Token("sign", token.text, token.place)
            with _bound(reader, token.text[1:], "integral", low) as symbol:
                body = reader.sum()
            reader.need(token.text)
            return _make(reader, "integral", body, (symbol, low, high))
    letter = _numerator(reader)
    if letter is not None:
        with _bound(reader, letter, "integral", low) as symbol:
            return _make(reader, "integral", reader.product(), (symbol, low, high))
    raise reader.refusal("an integral without its differential", r"\int_0^1 f dx, or Integral(f, (x, 0, 1))")


def _numerator(reader: Reader) -> str | None:
    r"""The letter of \int \frac{x dx}{1 + x^2}: of a dx in the numerator of a factor; in its place stands 1 then."""
    depth, fraction = 0, False
    for at in range(reader.at, len(reader.tokens)):
        kind, text = reader.tokens[at].kind, reader.tokens[at].text
        if kind == "sign":
            depth += (text in "([{") - (text in ")]}")
            fraction = fraction and depth > 0
            if depth < 0 or (depth == 0 and text in ("+", "-", "=")):
                return None
        elif text == "frac" and depth == 0:
            fraction = True
        elif fraction and depth == 1 and re.fullmatch(r"d[A-Za-z]\w*", text) and text not in reader.names:
            reader.tokens[at] = Token("number", "1", reader.tokens[at].place)
            return text[1:]
    return None


def _limit(reader: Reader) -> sp.Basic:
    if reader.now.kind == "sign" and reader.now.text in ("+", "-"):
        return reader.signed()
    return reader.braced() if reader.now.text == "{" and reader.now.kind == "sign" else reader.atom()


def _cases(reader: Reader) -> sp.Basic:
    """Piecewise((f, x < 1), (g, otherwise)): the first case that applies."""
    reader.need("(")
    cases = [_case(reader)]
    while reader.take(","):
        cases.append(_case(reader))
    reader.need(")")
    return reader.made(lambda: sp.Piecewise(*cases), "the cases")


def _case(reader: Reader) -> tuple[sp.Basic, Any]:
    reader.need("(")
    value = reader.sum()
    reader.need(",")
    if reader.now.kind == "name" and reader.now.text in ("True", "true", "otherwise"):
        reader.at += 1
        reader.need(")")
        return value, sp.true
    left = reader.sum()
    sign = reader.now
    if sign.kind != "sign" or sign.text not in _COMPARED:
        raise reader.refusal(f"{sign.text!r} stands where a comparison is missing", " ".join([*_COMPARED, "otherwise"]))
    reader.at += 1
    right = reader.sum()
    reader.need(")")
    return value, reader.made(lambda: _COMPARED[sign.text](left, right), "the condition")
