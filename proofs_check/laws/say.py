"""What has to be said of a scaling law, in the kernel's language; as ``meaning/say`` does for claims.

A law asks for the least of the greatest of its terms, over controls that obey constraints.  Its certificates end in
Γ |- φ.  In Γ stand the names with their values, the scales that vary, and what bounds them; φ is one of

- optimal: the law applies; the least value is minus the rate, and where; the terms that are as large there;
- unbounded: the law applies; the controls obey the constraints for all t >= 0, and every term is at most some v - t;
- empty: the law applies, and one of the constraints fails, whatever the controls;
- outside: a condition of the law's domain fails or is at its edge.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from ridgeproof.errors import NotProved, ScaleError
from ridgeproof.theorems.exponents.calculus import polygons
from ridgeproof.theorems.exponents.calculus.affine import Cell
from ridgeproof.theorems.exponents.calculus.formulas import Comparison, Formula
from ridgeproof.theorems.exponents.calculus.polygons import Polygon
from ridgeproof.theorems.exponents.calculus.scales import INF
from ridgeproof.theorems.exponents.model.diagrams import plain, point_on
from ridgeproof.theorems.exponents.model.rows import Point, check_point, law_at, why_outside
from ridgeproof.theorems.exponents.user.law_file import UserLaw

from ..kernel.statements import NAME

Term = Any  # a term of the kernel
Relation = list[Any]
Place = tuple[Mapping[str, Any], tuple[str, ...], Polygon]  # values, scales that vary, and the polygon in which they do

INFINITE = {"a": INF, "g": -INF, "s": INF, "s0": INF}  # scales of the built-in law that need not be finite
FAR = Fraction(10) ** 9  # polygons end before
_KEPT = re.compile(r"(s|w2|spectrum)_*\Z")  # the kernel keeps s, w2, spectrum to itself: they, s_, ... get one more _


class Program(NamedTuple):
    """The least, over real controls, of the greatest of the rows of a piece, where the conditions of the piece hold."""

    declare: list[Any]
    controls: tuple[str, ...]
    terms: tuple[str, ...]  # what the rows are called
    pieces: tuple[tuple[list[Relation], list[Term]], ...]
    domain: list[Relation]  # where the law applies


def name(of: str) -> str:
    """What a name is called in certificates."""
    shown = f"{of}_" if _KEPT.match(of) else of
    if not NAME.match(shown):
        raise ScaleError(f"the name {of!r}", where="certificates", accepted="letters, digits and _, at most 41")
    return shown


def unnamed(data: Any) -> Any:
    """Plain data with the names that a reader knows."""
    if isinstance(data, str):
        return data[:-1] if _KEPT.match(data[:-1]) and data.endswith("_") else data
    return [unnamed(part) for part in data] if isinstance(data, list) else data


def term(tree: Formula) -> Term:
    """A formula as a term."""
    if tree.kind in ("number", "name"):
        return str(tree.value) if tree.kind == "number" else name(tree.value)
    parts = [term(part) for part in tree.parts]
    return minus(parts[1]) if tree.kind == "-" and parts[0] == "0" else [tree.kind, *parts]


def minus(of: Term) -> Term:
    """Minus a term; minus that is the term again."""
    if isinstance(of, str) and (of[-1].isdigit() and not of[0].isalpha()):
        return str(-Fraction(of))
    return of[2] if of[:2] == ["*", "-1"] and len(of) == 3 else ["*", "-1", of]


def affine(value: Any, scales: Sequence[str]) -> Term:
    """A number, or a function c + p x + q y of the scales, as a term that is written in one way only."""
    c, *slopes = value if isinstance(value, tuple) else (value,)
    words = [str(c)] if c else []
    words += [times(str(p), name(x)) for p, x in zip(slopes, scales, strict=False) if p]
    return total(words)


def times(of: Term, x: Term) -> Term:
    """A product, of which the first factor may be a number."""
    return "0" if of == "0" else x if of == "1" else ["*", of, x]


def total(of: Sequence[Term]) -> Term:
    """A sum."""
    words = [x for x in of if x != "0"]
    return "0" if not words else words[0] if len(words) == 1 else ["+", *words]


def inside(polygon: Polygon, scales: Sequence[str], how: str = ">=") -> list[Relation]:
    """Say that the scales are in a polygon."""
    return [[how, affine(plane, scales), "0"] for plane in polygons.half_planes(polygon)] if scales else []


def put(data: Any, at: Mapping[str, Term]) -> Any:
    """Plain data with terms for names."""
    return at.get(data, data) if isinstance(data, str) else [data[0], *(put(part, at) for part in data[1:])]


def turned(relation: Relation) -> Relation:
    """What holds where a >= b or a > b fails."""
    how, a, b = relation
    return [">" if how == ">=" else ">=", b, a]


def declared(values: Mapping[str, Any], free: Iterable[str]) -> list[Any]:
    """Declare names with their values, and names that stand for any real number."""
    return [*([name(x), {"is": str(v)}] for x, v in values.items()), *([name(x), "real"] for x in free)]


def law_program(law: UserLaw, values: Mapping[str, Fraction], scales: Sequence[str]) -> Program:
    """Return the program of a user's law; the scales may be controls.

    Raises
    ------
    NotProved
        For a name without value or that the law does not have.
    """
    controls = [x for x in law.controls if x not in values and x not in scales]
    if sorted([*values, *scales, *controls]) != sorted(law.names):
        raise NotProved("other names than the law's")

    def said(comparisons: Iterable[Comparison], strictly: bool) -> Iterator[Relation]:
        for one in comparisons:
            sides = [term(one.right), term(one.left)]
            yield [">" if strictly and one.relation == "<" else ">=", *sides]
            if one.relation == "=":
                yield [">=", *reversed(sides)]

    domain = said((one for parameter in law.parameters for one in parameter.domain), not scales)
    piece = list(said(law.constraints, False)), [term(tree) for _, tree in law.terms]
    names = tuple(x for x, _ in law.terms)
    return Program(
        declared(values, [*scales, *controls]), tuple(map(name, controls)), names, (piece,), list(domain)
    )  # on a polygon the domain holds up to its edge


def model_program(values: Mapping[str, Any], scales: Sequence[str], polygon: Polygon) -> Program:
    """Return the program of the built-in law; declared are the values that are finite.

    Raises
    ------
    Undecided
        Where the law is not one and the same throughout the polygon.
    NotProved
        Where no law is established.
    """
    point = model_point(values, scales, polygon)
    reason = why_outside(point)
    if reason is not None:
        raise NotProved(reason)
    law = law_at(point)
    pieces = []
    for piece in law.pieces:
        conditions = [[">=", "ell", affine(plain(piece.lo), scales)]]
        conditions += [] if piece.hi is None else [[">=", affine(plain(piece.hi), scales), "ell"]]
        rows = [total([affine(plain(c), scales), times(affine(plain(m), scales), "ell")]) for m, c in piece.rows]
        pieces.append((conditions, rows))
    given = {x: v for x, v in values.items() if INFINITE.get(x) != v}
    return Program(declared(given, [*scales, "ell"]), ("ell",), tuple(law.terms), tuple(pieces), [])


def lawless(values: Mapping[str, Any], scales: Sequence[str], polygon: Polygon) -> bool:
    """Whether no built-in law is established in a polygon."""
    return why_outside(model_point(values, scales, polygon)) is not None


def model_point(values: Mapping[str, Any], scales: Sequence[str], polygon: Polygon) -> Point:
    """Return the point of the built-in law's scales, those that vary as functions on the polygon."""
    given = {x: v for x, v in (INFINITE | dict(values)).items() if x not in scales}
    if not scales:
        return check_point(**given)
    start = check_point(**given, **dict(zip(scales, polygon[0], strict=True)))
    return point_on(start, Cell(polygon, (scales[0], scales[1])), h_is_b="h" not in (*values, *scales))


def polygon_of(given: Sequence[Relation], scales: Sequence[str]) -> Polygon:
    """Return the polygon of two scales whose sides are given, () of none; NotProved where they are no polygon's."""
    if not given and not scales:
        return ()
    names = ["", *map(name, scales)]
    found = polygons.box((-FAR, FAR), (-FAR, FAR))
    for how, side, _ in given:
        plane = [Fraction(0)] * 3
        for part in side[1:] if side[0] == "+" else [side]:
            x = part[2] if isinstance(part, list) else part if part in names else ""
            plane[names.index(x)] = Fraction(part[1] if isinstance(part, list) else "1" if x else part)
        found = polygons.clip(found, (plane[0], plane[1], plane[2]))
        if not found or [how, side, "0"] not in inside(found, scales, how):
            raise NotProved("the scales do not vary in a polygon")
    if any(FAR in map(abs, vertex) for vertex in found):
        raise NotProved("the scales do not vary in a polygon")
    return found


def greatest(rows: Sequence[Term]) -> Term:
    """The error's exponent."""
    return rows[0] if len(rows) == 1 else ["max", *rows]


def one(*formulas: Any) -> list[Any]:
    """Say that all of these hold."""
    return ["some", [list(formulas)]]


def lowest(pieces: Any, controls: Sequence[str], place: Sequence[Term], rate: Term) -> list[Any]:
    """Say that the greatest of the rows of any piece is at least minus the rate, and that at the place."""
    said = [[conditions, greatest(rows)] for conditions, rows in pieces]
    return ["lowest", list(controls), said, list(place), minus(rate)]


def optimal(program: Program, home: int, place: Sequence[Term], rate: Term, large: Sequence[str]) -> list[Any]:
    """The optimum with its place, which is in the piece ``home``; the terms ``large`` are as large there."""
    at, (conditions, rows) = dict(zip(program.controls, place, strict=True)), program.pieces[home]
    there = [put(h, at) for h in conditions] if len(program.pieces) > 1 else []
    there += [[">=", put(row, at), minus(rate)] for x, row in zip(program.terms, rows, strict=True) if x in large]
    return one(*program.domain, lowest(program.pieces, program.controls, place, rate), *there)


def unbounded(program: Program, home: int, value: Term, t: str) -> list[Any]:
    """The error falls for ever along the ray that the controls are declared to be, t >= 0."""
    conditions, rows = program.pieces[home]
    return one(*program.domain, *conditions, *([[">=", ["-", value, t], greatest(rows)]] if rows else []))


def empty(program: Program) -> list[Any]:
    """No controls are allowed."""
    return ["some", [[*program.domain, turned(h)] for h in program.pieces[0][0]]]


def outside(program: Program) -> list[list[Any]]:
    """The law does not apply: one of the ways to say so."""
    return [one([">=", h[2], h[1]]) for h in program.domain]
