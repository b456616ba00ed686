r"""Long formulas of LaTeX as lines that fit: widths estimated in em, breaks before signs and relations.

A formula is a string of the kind that ``tex`` makes.  Where its outermost terms are too long it is broken inside
brackets, which then have a fixed size; a fraction whose numerator is too long becomes 1 over its denominator times the
numerator in brackets.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|.", re.DOTALL)
_OPEN, _CLOSE = {"(": ")", "[": "]", r"\{": r"\}"}, {")", "]", r"\}"}
_NAMES = {"operatorname": 0.17, "mathrm": 0.0, "mathbb": 0.2, "widehat": 0.0, "text": 0.0, "mathcal": 0.2}
_RELATIONS = {"=", "<", ">", r"\simeq", r"\sim", r"\asymp", r"\le", r"\ge", r"\to"}
_SILENT = {r"\left", r"\right", r"\textstyle", r"\displaystyle", r"\Bigl", r"\Bigr", "{", "}", " ", "&"}
_WIDE = {"m": 0.88, "w": 0.72, r"\sum": 1.5, r"\quad": 1.0, r"\qquad": 2.0, r"\kappa": 0.58, r"\infty": 1.0,
         r"\lim": 1.6, r"\max": 2.1, r"\min": 1.8, r"\log": 1.5, r"\sin": 1.4, ",": 0.45, ".": 0.28, "!": 0.28,
         "(": 0.42, ")": 0.42, "[": 0.32, "]": 0.32, "/": 0.5, "|": 0.28, r"\|": 0.5}  # fmt: skip
INDENT = 1.0  # em, for each bracket that is open


class Line(NamedTuple):
    """A line of a formula, and how many brackets are open where it starts."""

    code: str
    depth: int


def group(code: str, start: int) -> int:
    """Where the group ends that starts at ``start``: after a closing brace, or after one token."""
    match = _TOKEN.match(code, start)
    if match is None:
        return start
    if match[0] != "{":
        return match.end()
    depth, at = 0, start
    while at < len(code):
        token = _TOKEN.match(code, at)
        assert token is not None
        depth += {"{": 1, "}": -1}.get(token[0], 0)
        at = token.end()
        if depth == 0:
            return at
    return at


def _next(code: str, at: int) -> int:
    """The next place that is no space."""
    while at < len(code) and code[at] == " ":
        at += 1
    return at


def _fraction(code: str, at: int) -> tuple[str, str, int]:
    """Numerator, denominator and end of the fraction whose command ends at ``at``."""
    first = _next(code, at)
    middle = group(code, first)
    second = _next(code, middle)
    end = group(code, second)
    return (
        code[first:middle].strip("{}") if code[first] != "{" else code[first + 1 : middle - 1],
        (code[second + 1 : end - 1] if code[second] == "{" else code[second:end]),
        end,
    )


def width(code: str, size: float = 1.0, display: bool = True) -> float:
    """About how wide a formula is, in em of the text."""
    total, at, script = 0.0, 0, 0.0
    while at < len(code):
        match = _TOKEN.match(code, at)
        assert match is not None
        token, at = match[0], match.end()
        if token in ("^", "_"):
            at = _next(code, at)
            end = group(code, at)
            more = max(width(code[at:end], max(0.5, 0.7 * size), False), script)
            total, script, at = total + more - script, more, end
            continue
        if token == " ":
            continue
        script = 0.0
        if token == r"\frac":
            above, below, at = _fraction(code, at)
            inner = size if display else max(0.5, 0.7 * size)
            total += max(width(above, inner, False), width(below, inner, False)) + 0.24
        elif token[1:] in _NAMES and token[0] == "\\":
            at = _next(code, at)
            end = group(code, at)
            total += width(code[at:end], size) + _NAMES[token[1:]]
            at = end
        elif token not in _SILENT:
            total += size * _glyph(token)
    return total


def _glyph(token: str) -> float:
    if token in _WIDE:
        return _WIDE[token]
    if token in _RELATIONS:
        return 1.34
    if token in ("+", "-"):
        return 1.22
    return 0.76 if token.lstrip("\\")[:1].isupper() else 0.55


def unnested(code: str) -> str:
    """A formula in which no fraction stands in the numerator of another: what is tall is multiplied from outside."""
    out, at = [], 0
    while at < len(code):
        match = _TOKEN.match(code, at)
        assert match is not None
        token, end = match[0], match.end()
        if token in ("^", "_"):
            end = group(code, _next(code, end))
            out.append(code[at:end])
        elif token == r"\frac":
            above, below, end = _fraction(code, end)
            out.append(_unnested_fraction(unnested(above), unnested(below)))
        else:
            out.append(token)
        at = end
    return "".join(out)


def _unnested_fraction(above: str, below: str) -> str:
    if r"\frac" not in above:
        return rf"\frac{{{above}}}{{{below}}}"
    if len(_split(above, signs=True)) > 1:
        return rf"\frac{{1}}{{{below}}} \left({above}\right)"
    factors = _split(above, signs=False)
    tall = next(i for i, factor in enumerate(factors) if r"\frac" in factor or factor.startswith(r"\sum"))
    rest = factors[tall:]
    if not rest[0].startswith(r"\sum"):  # nothing is summed over: the low factors may stay above
        factors = [*factors[:tall], *(f for f in rest if r"\frac" not in f)]
        rest = [f for f in rest if r"\frac" in f]
    else:
        factors = factors[:tall]
    sign, low = ("- ", factors[1:]) if factors[:1] == ["-"] else ("", factors)
    return rf"{sign}\frac{{{' '.join(low) or '1'}}}{{{below}}} {' '.join(rest)}"


def broken(code: str, room: float) -> list[Line]:
    """A formula as lines of at most ``room`` em, as far as it has places to break."""
    pieces = _pieces(code, room, 0)
    lines: list[Line] = []
    for piece in pieces:
        if lines:
            joined = f"{lines[-1].code} {piece.code}"
            if width(joined) + INDENT * lines[-1].depth <= room:
                lines[-1] = Line(joined, lines[-1].depth)
                continue
        lines.append(piece)
    return lines


def _pieces(code: str, room: float, depth: int) -> list[Line]:
    """A formula as pieces before each of which a line may break; long ones are opened."""
    out: list[Line] = []
    for term in _split(code, signs=True):
        if width(term) + INDENT * depth <= room:
            out.append(Line(term, depth))
        else:
            out += _opened(term, room, depth)
    return out


def _opened(term: str, room: float, depth: int) -> list[Line]:
    """A term that is too long for a line: its widest bracket or fraction opened, or its factors apart."""
    candidates = [span for span in _spans(term) if span.inside]
    if candidates:
        widest = max(candidates, key=lambda span: width(span.inside))
        inner = _pieces(widest.inside, room, depth + 1)
        if len(inner) > 1:
            before, after = term[: widest.start] + widest.before, widest.after + term[widest.end :]
            inner[0] = Line(before + inner[0].code, depth)
            inner[-1] = Line(inner[-1].code + after, inner[-1].depth)
            return inner
    factors = _split(term, signs=False)
    return [Line(factor, depth + (i > 0)) for i, factor in enumerate(factors)]


class _Span(NamedTuple):
    start: int
    end: int
    before: str
    inside: str
    after: str


def _spans(code: str) -> list[_Span]:
    """The outermost brackets and fractions of a term, with what stands for their ends once they are opened."""
    out: list[_Span] = []
    at = 0
    while at < len(code):
        match = _TOKEN.match(code, at)
        assert match is not None
        token = match[0]
        if token == r"\frac":
            above, below, end = _fraction(code, match.end())
            sums = len(_split(above, signs=True)) > 1
            left, right = _delimiters(above) if sums else ("", "")
            opening = f"{left}(" if sums else ""
            closing = f"{right})" if sums else ""
            out.append(_Span(at, end, rf"\frac{{1}}{{{below}}} {opening}", above, closing))
            at = end
        elif token == r"\left" or token in _OPEN:
            end = _bracket(code, at)
            head = len(r"\left") if token == r"\left" else 0
            bracket = _TOKEN.match(code, at + head)
            assert bracket is not None
            close = _OPEN.get(bracket[0], bracket[0])
            inside = code[bracket.end() : end - len(close) - (len(r"\right") if head else 0)]
            left, right = _delimiters(inside)
            out.append(_Span(at, end, left + bracket[0], inside, right + close))
            at = end
        elif token in ("^", "_"):
            at = group(code, _next(code, match.end()))
        elif token == "{":
            at = group(code, at)
        else:
            at = match.end()
    return out


def _delimiters(inside: str) -> tuple[str, str]:
    """Sizes of the brackets around what is broken."""
    return (r"\biggl", r"\biggr") if r"\frac" in inside or r"\sum" in inside else (r"\bigl", r"\bigr")


def _bracket(code: str, start: int) -> int:
    """Where the bracket ends that opens at ``start`` (before its ``\\left``, if it has one)."""
    depth, at = 0, start
    while at < len(code):
        match = _TOKEN.match(code, at)
        assert match is not None
        token, at = match[0], match.end()
        if token in (r"\left", r"\right"):
            bracket = _TOKEN.match(code, at)
            assert bracket is not None
            depth, at = depth + (1 if token == r"\left" else -1), bracket.end()
        elif token in _OPEN:
            depth += 1
        elif token in _CLOSE:
            depth -= 1
        elif token == "{":
            at = group(code, match.start())
        if depth == 0:
            return at
    return at


def terms(code: str) -> list[str]:
    """A formula cut, outside all brackets, before signs and relations and after commas."""
    return _split(code, signs=True)


def _split(code: str, *, signs: bool) -> list[str]:
    """A formula cut, outside all brackets, before signs and relations and after commas; or between its factors."""
    out, begin, at, last = [], 0, 0, ""
    while at < len(code):
        match = _TOKEN.match(code, at)
        assert match is not None
        token = match[0]
        if token in ("^", "_"):
            at = group(code, _next(code, match.end()))
            last = "x"
            continue
        end = match.end()
        if token == r"\left" or token in _OPEN:
            end = _bracket(code, at)
        elif token == "{":
            end = group(code, at)
        elif token == r"\frac":
            end = _fraction(code, end)[2]
        elif token[1:] in _NAMES and token[0] == "\\":
            end = group(code, _next(code, end))
        if signs:
            cut = ((token in ("+", "-") and last not in ("", ",")) or token in _RELATIONS) and at > begin
            after = token == ","
        else:
            cut, after = token == " " and last not in ("", "+", "-"), False
        if cut and code[begin:at].strip():
            out.append(code[begin:at].strip())
            begin = at
        if after:
            out.append(code[begin:end].strip())
            begin = end
        if token != " ":
            last = "," if after else token
        at = end
    return [*out, code[begin:].strip()] if code[begin:].strip() else out
