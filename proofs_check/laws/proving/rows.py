"""Certificates of exponent laws: rows of a table, and the polygons of a phase diagram.  Nothing here is trusted.

``say`` is what the files have to prove; ``statements`` compares.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

from ridgeproof import files
from ridgeproof.errors import NotProved
from ridgeproof.theorems.exponents.calculus import polygons
from ridgeproof.theorems.exponents.calculus.affine import Cell, explore
from ridgeproof.theorems.exponents.calculus.minimax import minimise, values_at
from ridgeproof.theorems.exponents.calculus.polygons import HalfPlane, Polygon
from ridgeproof.theorems.exponents.calculus.scales import INF, Infinite
from ridgeproof.theorems.exponents.model.diagrams import Diagram, Label, plain
from ridgeproof.theorems.exponents.model.law import Law
from ridgeproof.theorems.exponents.model.rows import ExponentRow, Point, check_point, law_at, why_outside
from ridgeproof.theorems.exponents.user.law_file import UserLaw, parameter_values
from ridgeproof.theorems.exponents.user.law_file import why_outside as outside_domain
from ridgeproof.theorems.exponents.user.user_law import EMPTY, Optimum, optimum

from .. import say
from ..say import Place, Program, Term, affine
from ..statements import check_all
from .lines import Known, Lines

Document = dict[str, Any]


class Answer(NamedTuple):
    """What is claimed of a program.

    ``status`` is "optimal" (the rate is ``rate``, attained at ``controls``; the terms in ``balance`` are as large),
    "unbounded" (from ``controls`` along ``direction`` every term, at most ``rate`` at first, falls at least at rate 1;
    without terms: ``controls`` are allowed), "empty" (no controls are allowed), or "outside" (the condition ``which``
    of the law's domain fails, or is at its edge, throughout the region).
    """

    status: str
    rate: Any = Fraction(0)  # a number, or (c, p, q): an affine function of the scales
    controls: tuple[tuple[str, Any], ...] = ()
    direction: tuple[tuple[str, Fraction], ...] = ()
    balance: tuple[str, ...] = ()
    which: int = 0


def law_answer(law: UserLaw, values: Mapping[str, Any], found: Optimum) -> Answer:
    """Return what ``user_law.optimum`` found as an answer; on a cell the values may be affine functions."""
    if found.rate is None:
        return Answer("empty")
    free = [name for name in law.controls if name not in values]
    if not isinstance(found.rate, Infinite):
        controls = tuple((name, plain(value)) for name, value in found.controls if name in free)
        return Answer("optimal", plain(found.rate), controls, (), _balance(found.regime, law))
    rows, solution = next((p[0], p[4]) for p in found.programs if p[4].status == "unbounded")
    controls = tuple((name, plain(x)) for name, x in zip(free, solution.point, strict=True))
    if not law.terms:
        return Answer("unbounded", Fraction(0), controls)
    fall = min(-sum((m * d for m, d in zip(row.slopes, solution.direction, strict=True)), Fraction(0)) for row in rows)
    direction = tuple((name, d / fall) for name, d in zip(free, solution.direction, strict=True))
    return Answer("unbounded", plain(max(row.at(solution.point) for row in rows)), controls, direction)


def _balance(regime: str, law: UserLaw) -> tuple[str, ...]:
    """Return the terms that a regime's name says to be as large as the error."""
    words = regime.partition("; ")[0].removesuffix(" (equal terms)").split(" = ")
    return tuple(name for name, _ in law.terms if name in words)


def model_answer(law: Law) -> Answer:
    """Return the optimum of the built-in law as an answer."""
    ell, value = minimise(law.pieces)
    if isinstance(value, Infinite):
        last = law.pieces[-1]
        slope = max(m for m, _ in last.rows)
        highest = max(m * last.lo + c for m, c in last.rows)
        return Answer("unbounded", plain(highest), (("ell", plain(last.lo)),), (("ell", -1 / slope),))
    balance = tuple(name for name, row in zip(law.terms, values_at(law.pieces, ell), strict=True) if row == value)
    return Answer("optimal", plain(-value), (("ell", plain(ell)),), (), balance)


def program_at(law: UserLaw | None, place: Place) -> Program:
    """Return the program of a law at a place (None: of the built-in law); NotProved where it does not apply."""
    values, scales, polygon = place
    if law is None:
        return say.model_program(values, scales, polygon)
    parameter_values(law, {**values, **dict.fromkeys(scales, 0)})  # every name belongs to the law and has a value
    reason = None if scales else outside_domain(law, values)
    if reason is not None:
        raise NotProved(f"outside the law's domain: {reason}")
    return say.law_program(law, values, scales)


def certify(law: UserLaw | None, place: Place, answer: Answer, claim: str) -> Document:
    """Return the certificate of an answer at a place (``law`` None: the built-in law); raises NotProved.

    On a polygon it holds up to the edges if it can, and otherwise, where the law jumps on an edge, in the interior.
    """
    program = program_at(law, place)
    try:
        return prove(program, place, answer, claim)
    except NotProved:
        if not place[1]:
            raise
    return prove(program, place, answer, claim, ">")


def prove(program: Program, place: Place, answer: Answer, claim: str, how: str = ">=") -> Document:
    """Return the certificate; ``how`` the scales are inside their polygon."""
    _, scales, polygon = place
    given = say.inside(polygon, scales, how)
    middle = polygons.centroid(polygon) if scales else ()
    model = dict(zip(map(say.name, scales), middle, strict=True))
    if answer.status == "unbounded":
        program, t = _along(program, answer, scales)
    lines = Lines(program.declare)
    known = lines.assume_all(given)
    if answer.status == "outside":
        shows = say.outside(program)[answer.which]
        _conclude(lines, shows, [lines.prove(shows[1][0][0], known)])
        return lines.document(claim, given, shows, model)
    domain = [lines.prove(h, known) for h in program.domain]
    if answer.status == "empty":
        shows = say.empty(program)
        _empty(lines, shows, program, domain, known)
    elif answer.status == "unbounded":
        shows = _unbounded(lines, program, affine(answer.rate, scales), t, domain, known)
    else:
        shows = _optimal(lines, program, answer, scales, domain, known)
    return lines.document(claim, given, shows, model)


def _conclude(lines: Lines, shows: Any, cited: Sequence[int], which: int = 0) -> int:
    return lines.add("some", cited, shows=shows, which=which, lines=list(cited))


def _optimal(
    lines: Lines, program: Program, answer: Answer, scales: Sequence[str], domain: list[int], known: list[Known]
) -> Any:
    chosen = {say.name(name): affine(x, scales) for name, x in answer.controls}
    rate = affine(answer.rate, scales)
    if set(chosen) != set(program.controls):
        raise NotProved("the controls of the answer are not those of the law")
    if set(answer.balance) - set(program.terms) or not program.terms:
        raise NotProved("the answer names a term that the law does not have")
    place, value = [chosen[x] for x in program.controls], say.minus(rate)
    for home in range(len(program.pieces)):
        try:
            conditions = [lines.prove(say.put(h, chosen), known) for h in program.pieces[home][0]]
            break
        except NotProved:
            if home == len(program.pieces) - 1:
                raise
    shows = say.optimal(program, home, place, rate, answer.balance)
    claim, *more = shows[1][0][len(domain) :]
    reached = lines.at_most(value, say.put(claim[2][home][1], chosen), known)
    least = [lines.prove([">=", f, value], [*known, *lines.assume_all(conditions)]) for conditions, f in claim[2]]
    optimum_ = lines.add(
        "lowest", [*least, *conditions, reached], shows=claim, least=least, home=home, there=conditions, reached=reached
    )
    _conclude(lines, shows, [*domain, optimum_, *(lines.prove(f, known) for f in more)])
    return shows


def _along(program: Program, answer: Answer, scales: Sequence[str]) -> tuple[Program, str]:
    """Declare the controls to be a ray, with a name for its points that the law does not use."""
    step = dict(answer.direction)
    if {say.name(name) for name, _ in answer.controls} != set(program.controls):
        raise NotProved("the controls of the answer are not those of the law")
    taken = {name for name, _ in program.declare}
    t = next(name for name in ("t", *(f"t{i}" for i in range(len(taken)))) if name not in taken)
    ray = [
        [
            say.name(name),
            {"is": ["+", affine(x, scales), ["*", str(step[name]), t]] if step.get(name) else affine(x, scales)},
        ]
        for name, x in answer.controls
    ]
    kept = [item for item in program.declare if item[0] not in program.controls]
    return program._replace(declare=[*kept, [t, "real>=0"], *ray]), t


def _unbounded(lines: Lines, program: Program, value: Term, t: str, domain: list[int], known: list[Known]) -> Any:
    ahead = Known(lines.form([">=", t, "0"]) or {}, False, lines.add("domain", name=t, how=">="))
    home = len(program.pieces) - 1
    shows = say.unbounded(program, home, value, t)
    conditions, rows = program.pieces[home]
    cited = [*domain, *(lines.prove(h, [*known, ahead]) for h in conditions)]
    if rows:
        cited.append(lines.at_most(["-", value, t], say.greatest(rows), [*known, ahead]))
    _conclude(lines, shows, cited)
    return shows


def _empty(lines: Lines, shows: Any, program: Program, domain: list[int], known: list[Known]) -> int:
    """One constraint after the other: it fails, or it holds, which is assumed; in the end that is absurd."""
    conditions = program.pieces[0][0]

    def walk(i: int, known: list[Known]) -> int:
        if i == len(conditions):
            return lines.prove(shows, known)
        _, left, right = conditions[i]
        fails = say.turned(conditions[i])
        if not set(lines.form(conditions[i]) or {(): Fraction(0)}) - {()}:  # a number
            try:
                return _conclude(lines, shows, [*domain, lines.prove(fails, known)], i)
            except NotProved:
                return walk(i + 1, known)
        holds, broken = lines.assume(conditions[i]), lines.assume(fails)
        assert holds is not None and broken is not None
        first = walk(i + 1, [*known, holds])
        if holds.line not in lines.rests[first]:
            return first
        second = _conclude(lines, shows, [*domain, broken.line], i)
        return lines.cases(left, right, (first, holds.line), (second, broken.line))

    return walk(0, known)


def row_document(law: UserLaw, values: Mapping[str, Any], found: Optimum, claim: str) -> Document:
    """Return the certificate of one row of a user's table."""
    return certify(law, (values, (), ()), law_answer(law, values, found), claim)


def model_row_documents(row: ExponentRow, claim: str) -> list[Document]:
    """Return the certificates of one row of the built-in table: of its optimum, and of clean data's."""
    documents = []
    for suffix, change in (("", {}), ("-clean", {"g": -INF})):
        values = {name: getattr(row, name) for name in Point._fields} | change
        point = say.model_point(values, (), ())
        documents.append(certify(None, (values, (), ()), model_answer(law_at(point)), claim + suffix))
    return documents


def diagram_documents(law: UserLaw | None, found: Diagram, values: Mapping[str, Any]) -> list[Document]:
    """Return the certificates of all polygons of a diagram, and that they cover its window.

    A region of a user's diagram is one polygon, unless the optimum is unbounded there: then, and everywhere in the
    built-in law's diagram, it is the union of cells on which the answer has one formula.
    """
    scales = found.names
    parts: list[tuple[Polygon, Answer | None]] = []
    if law is None:
        point = check_point(**values, **dict(zip(scales, found.window[0], strict=True)))
        free = (*scales, *(() if "h" in values else ("h",)))  # h is b where it is free
        values = {x: v for x, v in point._asdict().items() if x not in free}
        parts = explore(found.window, scales, lambda cell: _model_cell(cell, values))
    else:
        for region in found.regions:
            parts += _region_parts(law, region.polygon, region.label, values, scales)
    documents = [
        certify(law, (values, scales, polygon), answer, f"region-{i:03}")
        for i, (polygon, answer) in enumerate(parts, start=1)
        if answer is not None
    ]
    return documents and [*documents, cover([polygon for polygon, _ in parts], scales, found.window)]


def _model_cell(cell: Cell, values: Mapping[str, Any]) -> Answer | None:
    point = say.model_point(values, cell.names, cell.polygon)
    return None if why_outside(point) is not None else model_answer(law_at(point))


def _region_parts(
    law: UserLaw, polygon: Polygon, label: Label, values: Mapping[str, Any], scales: tuple[str, str]
) -> list[tuple[Polygon, Answer | None]]:
    if label.regime == EMPTY:
        return [(polygon, Answer("empty"))]
    if label.rate is None:
        return [(polygon, _outside(law, (values, scales, polygon)))]
    if not isinstance(label.rate, Infinite):
        controls = tuple((name, value) for name, value in label.controls if name not in (*values, *scales))
        return [(polygon, Answer("optimal", label.rate, controls, (), _balance(label.regime, law)))]

    def unbounded(cell: Cell) -> Answer | None:
        here = {**values, **dict(zip(scales, cell.coordinates(), strict=True))}
        return law_answer(law, here, optimum(law, here))

    return explore(polygon, scales, unbounded)


def _outside(law: UserLaw, place: Place) -> Answer:
    """Return which condition of the law's domain fails throughout a polygon."""
    program = say.law_program(law, place[0], place[1])
    for i in range(len(program.domain)):
        try:
            prove(program, place, Answer("outside", which=i), "outside")
        except NotProved:
            continue
        return Answer("outside", which=i)
    raise NotProved("no condition of the law's domain fails everywhere in the region")


def cover(parts: Sequence[Polygon], scales: tuple[str, str], window: Polygon) -> Document:
    """Return the certificate that one of several polygons has every point of a diagram's window.

    A side of a polygon that is on both sides of it divides what is left of the window, until a polygon holds all of it.
    """
    lines = Lines(say.declared({}, scales))
    shows = ["some", [say.inside(part, scales) for part in parts]]
    given = say.inside(window, scales)

    def tree(here: Polygon, known: list[Known]) -> int:
        middle = polygons.centroid(here)
        j = next((j for j, part in enumerate(parts) if _inside(part, middle)), None)
        if j is None:
            raise NotProved(f"nothing covers {scales[0]} = {middle[0]}, {scales[1]} = {middle[1]}")
        for plane in polygons.half_planes(parts[j]):
            if min(polygons.value_at(plane, vertex) for vertex in here) < 0:
                left, right = affine(plane, scales), "0"
                branches = []
                opposite: HalfPlane = (-plane[0], -plane[1], -plane[2])
                for cut, formula in ((plane, [">=", left, right]), (opposite, [">=", right, left])):
                    case = lines.assume(formula)
                    assert case is not None  # the sides of a polygon are no numbers
                    branches.append((tree(polygons.clip(here, cut), [*known, case]), case.line))
                return lines.cases(left, right, *branches)
        return _conclude(lines, shows, [lines.prove(side, known) for side in shows[1][j]], j)

    tree(window, lines.assume_all(given))
    middle = polygons.centroid(window)
    return lines.document("cover", given, shows, dict(zip(map(say.name, scales), middle, strict=True)))


def _inside(polygon: Polygon, vertex: polygons.Vertex) -> bool:
    return all(polygons.value_at(plane, vertex) >= 0 for plane in polygons.half_planes(polygon))


def write(directory: Path, law: UserLaw | None, documents: Sequence[Document]) -> None:
    """Check all certificates and write them, one file each; raises OSError where that cannot be."""
    check_all(law, documents)
    files.folder(directory, where="--certificates")
    for document in documents:
        path = directory / f"{document['claim']}.certificate.json"
        files.write(path, json.dumps(document, ensure_ascii=False) + "\n")
