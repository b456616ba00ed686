"""What stands in ``--where``: conditions, declarations of letters, abbreviations, and words about the setting.

``lambda > 0``, ``T >= d + 2`` are hypotheses; ``x > 0``, ``x >= 0``, ``x real``, ``x integer`` declare a letter of the
author's own; ``mu = lambda/2`` is an abbreviation; ``isotropic``, ``power-law``, ``source``, ``no signal`` speak of the
setting.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import sympy as sp

from ridgeproof.errors import InputError

from ..claim import Hypothesis
from ..vocabulary import SCALARS, beta
from .grammar import Reader
from .names import ROOTS, vocabulary
from .tokens import tokens

WORDS = {  # word -> (field of the setting, value)
    "isotropic": ("spectrum", "isotropic"),
    "power-law": ("spectrum", "power-law"),
    "any spectrum": ("spectrum", "any"),
    "source": ("target", "source"),
    "no signal": ("target", "zero"),
    "infinite dimension": ("dimension", "oo"),
}
# "as T grows", "as x -> 0", "x \\to \\infty": the limit in which an asymptotic relation is read.
_LIMIT = re.compile(
    r"(?:as )?(?P<letter>[A-Za-z]\w*|\\[a-z]+) ?(?:(?P<grows>grows)|(?:->|\\to(?![A-Za-z])|→|tends to) ?(?P<end>.+))\Z"
)
_DECLARED = re.compile(r"(\\?[A-Za-z][A-Za-z0-9_{}]*) (?:is )?(real|integer|positive|nonnegative)\Z")
_COMPARED = re.compile(r"(<=|>=|!=|==|<(?!~)|>|=(?!<>=|o)|\\leq?(?![A-Za-z])|\\geq?(?![A-Za-z])|\\neq?(?![A-Za-z]))")
_SIGNS = {"<=": sp.Le, ">=": sp.Ge, "<": sp.Lt, ">": sp.Gt, "!=": sp.Ne, "=": sp.Eq, "==": sp.Eq}
_LETTER = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")


@dataclass
class Where:
    """What the conditions of a claim come to."""

    names: dict[str, sp.Basic] = field(default_factory=vocabulary)
    hypotheses: list[Hypothesis] = field(default_factory=list)
    abbreviations: dict[sp.Symbol, sp.Basic] = field(default_factory=dict)
    setting: dict[str, str] = field(default_factory=dict)
    limit: tuple[sp.Symbol, sp.Basic] | None = None


def read_where(texts: Iterable[str], where: str = "--where") -> Where:
    """Read conditions; several may stand in one text, separated by ``;`` or ``,`` outside brackets.

    Raises
    ------
    InputError
        What is neither a condition nor a declaration, in one line.
    """
    out = Where()
    parts = [p for text in texts for p in _parts(text)]
    order = sorted(parts, key=lambda p: 2 if _LIMIT.match(p) else int(_DECLARED.match(p) is None))
    for part in order:  # letters are declared before conditions speak of them, and both before their limit
        _read(part, out, where)
    return out


def _parts(text: str) -> Iterable[str]:
    depth, last = 0, 0
    for place, sign in enumerate(text):
        depth += (sign in "([{") - (sign in ")]}")
        if sign == ";" or (sign == "," and depth <= 0 and not text[:place].endswith("\\")):
            yield text[last:place].strip()
            last = place + 1
    yield text[last:].strip()


def _read(part: str, out: Where, where: str) -> None:
    if not part:
        return
    if part in WORDS:
        kind, value = WORDS[part]
        out.setting[kind] = value
        if part == "isotropic":
            out.hypotheses.append(Hypothesis("isotropic covariance S = I"))
        if part == "infinite dimension":  # tr S is finite: what beta means
            out.hypotheses.append(Hypothesis("beta > 1", sp.Gt(beta, 1)))
        return
    declared = _DECLARED.match(part)
    if declared:
        _declare(_name(declared.group(1)), out, where, **{declared.group(2): True})
        return
    limit = _LIMIT.match(part)
    if limit:
        _tends(limit, out, where)
        return
    pieces = _COMPARED.split(part)
    if len(pieces) < 3 or len(pieces) > 5:
        accepted = "T >= d + 2, 0 < x < 1, x real, mu = lambda/2, as T grows, x -> 0, " + ", ".join(WORDS)
        raise InputError(f"{part!r:.60} is no condition", where=where, accepted=accepted)
    sides, signs = pieces[::2], [_plain(s) for s in pieces[1::2]]
    named = [_name(side) for side in sides]
    if len(sides) == 2 and signs[0] in ("=", "==") and _LETTER.match(named[0]) and named[0] not in out.names:
        meaning = Reader(sides[1], out.names, where)
        value = meaning.sum()
        meaning.end()
        if isinstance(value, sp.MatrixExpr):
            raise InputError(f"{named[0]} stands for a matrix", where=where, accepted="abbreviations of numbers")
        symbol = sp.Symbol(named[0], real=True)
        out.names[named[0]], out.abbreviations[symbol] = symbol, value
        return
    for index, name in enumerate(named):  # a letter of the author's own, declared by its condition
        if _LETTER.match(name) and (name not in out.names or _column(out.names[name])):
            below = signs[index - 1] if index and named[index - 1] == "0" and signs[index - 1][0] == "<" else ""
            after = signs[index] if named[index + 1 :][:1] == ["0"] and signs[index][0] == ">" else ""
            kind = "nonnegative" if "=" in below + after else "positive" if below or after else "real"
            _declare(name, out, where, **{kind: True})
    values = []
    for side in sides:
        reader = Reader(side, out.names, where)
        value = reader.sum()
        reader.end()
        if isinstance(value, sp.MatrixExpr):
            raise InputError(f"{part!r:.60} compares matrices", where=where, accepted="conditions on numbers")
        values.append(value)
    for left, sign, right in zip(values, signs, values[1:], strict=False):
        condition = _SIGNS[sign](*_squared(left, right))
        if condition == sp.false:
            raise InputError(f"{part!r:.60} is never true", where=where, accepted="conditions that can hold")
        if condition != sp.true:
            out.hypotheses.append(Hypothesis(part, condition))


def _column(meaning: sp.Basic) -> bool:
    """A column of the vocabulary with a small letter, such as w: compared with numbers, an author's own number."""
    return isinstance(meaning, sp.MatrixSymbol) and len(meaning.name) == 1 and meaning.name.islower()


def _squared(left: sp.Basic, right: sp.Basic) -> tuple[sp.Basic, sp.Basic]:
    """Sigma and a number are compared by their squares: the vocabulary's letter is the variance."""
    roots = [x for x in (left, right) if x in ROOTS.values()]
    bounds = [x for x in (left, right) if x.is_number and x.is_nonnegative]
    return (left**2, right**2) if len(roots) == 1 and len(bounds) == 1 else (left, right)


def _name(side: str) -> str:
    r"""The letter that a side is, \alpha_1 as alpha_1; any other side as it stands."""
    try:
        found = tokens(side, "")
    except InputError:
        return side.strip()
    return found[0].text if len(found) == 2 and found[0].kind == "name" else side.strip()


def _plain(sign: str) -> str:
    return {"\\le": "<=", "\\leq": "<=", "\\ge": ">=", "\\geq": ">=", "\\ne": "!=", "\\neq": "!="}.get(sign, sign)


def _declare(name: str, out: Where, where: str, **assumption: bool) -> None:
    if name in out.names and not _column(out.names[name]):
        known = out.names[name]
        if assumption == {"integer": True} and known.is_integer:  # n integer: so it is
            return
        said = f" ({SCALARS[known].text})" if known in SCALARS else ""
        raise InputError(f"{name} has a meaning already{said}", where=where, accepted="a name of your own")
    out.names[name] = sp.Symbol(name, **assumption)


def _tends(said: re.Match[str], out: Where, where: str) -> None:
    """The limit in which the relation is read: a letter that grows, or tends to a number."""
    if out.limit is not None:
        raise InputError(f"{said.string!r:.60} is a second limit", where=where, accepted="one letter that moves")
    name = said["letter"].lstrip("\\")
    if name not in out.names:
        _declare(name, out, where, positive=True)
    letter = out.names[name]
    power = 1
    if letter in ROOTS.values():  # sigma -> 0: its square does
        letter, power = letter**2, 2
    if not isinstance(letter, sp.Symbol):
        raise InputError(f"{name} does not move", where=where, accepted="a letter for a number")
    if said["grows"]:
        out.limit = (letter, sp.oo)
        return
    reader = Reader(said["end"], out.names, where)
    end = reader.sum()
    reader.end()
    if not end.is_number:
        raise InputError(f"the limit {said['end']!r:.40}", where=where, accepted="a number, or infty")
    out.limit = (letter, end**power)
