"""Certificates of exponent laws: rows of a table, and the polygons of a phase diagram.  Nothing here is trusted.

``law_statements`` says what the files prove, and checks it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from ridgeproof import files
from ridgeproof.errors import NotProved
from ridgeproof.theorems.exponents.calculus import polygons
from ridgeproof.theorems.exponents.calculus.affine import Cell, explore
from ridgeproof.theorems.exponents.calculus.minimax import minimise, values_at
from ridgeproof.theorems.exponents.calculus.polygons import HalfPlane, Polygon
from ridgeproof.theorems.exponents.calculus.scales import INF, Infinite
from ridgeproof.theorems.exponents.model.diagrams import Diagram, Label, plain
from ridgeproof.theorems.exponents.model.law import Law
from ridgeproof.theorems.exponents.model.rows import ExponentRow, Point
from ridgeproof.theorems.exponents.user.law_file import UserLaw
from ridgeproof.theorems.exponents.user.user_law import EMPTY, Optimum, optimum

from ... import kernel
from ..forms import Form, plus
from ..law_programs import Place, affine_form, law_program, model_program, planes
from ..programs import Answer
from ..statements import MODEL, Document, check_all, plain_answer, plain_place, plain_polygon
from . import programs as program_proofs
from .programs import combination, line, prove


def law_answer(law: UserLaw, values: Mapping[str, Any], found: Optimum, scales: Sequence[str] = ()) -> Answer:
    """Return what ``user_law.optimum`` found as an answer; on a cell the values may be affine functions."""
    if found.rate is None:
        return Answer("empty", 0)
    free = [name for name in law.controls if name not in values]
    if not isinstance(found.rate, Infinite):
        controls = tuple((name, affine_form(plain(value), scales)) for name, value in found.controls if name in free)
        return Answer("optimal", _opposite(found.rate, scales), controls, (), _balance(found.regime, law))
    rows, solution = next((p[0], p[4]) for p in found.programs if p[4].status == "unbounded")
    controls = tuple((name, affine_form(plain(x), scales)) for name, x in zip(free, solution.point, strict=True))
    if not law.terms:
        return Answer("unbounded", {}, controls)
    fall = min(-sum((m * d for m, d in zip(row.slopes, solution.direction, strict=True)), Fraction(0)) for row in rows)
    direction = tuple((name, d / fall) for name, d in zip(free, solution.direction, strict=True))
    highest = max(row.at(solution.point) for row in rows)
    return Answer("unbounded", affine_form(plain(highest), scales), controls, direction)


def _opposite(rate: Any, scales: Sequence[str]) -> Form:
    return plus({}, affine_form(plain(rate), scales), Fraction(-1))


def _balance(regime: str, law: UserLaw) -> tuple[str, ...]:
    """Return the terms that a regime's name says to be as large as the error."""
    words = regime.partition("; ")[0].removesuffix(" (equal terms)").split(" = ")
    return tuple(name for name, _ in law.terms if name in words)


def model_answer(law: Law, scales: Sequence[str] = ()) -> Answer:
    """Return the optimum of the built-in law as an answer."""
    ell, value = minimise(law.pieces)
    if isinstance(value, Infinite):
        last = law.pieces[-1]
        slope = max(m for m, _ in last.rows)
        highest = max(m * last.lo + c for m, c in last.rows)
        start = affine_form(plain(last.lo), scales)
        return Answer("unbounded", affine_form(plain(highest), scales), (("ell", start),), (("ell", -1 / slope),))
    balance = tuple(name for name, row in zip(law.terms, values_at(law.pieces, ell), strict=True) if row == value)
    chosen = (("ell", affine_form(plain(ell), scales)),)
    return Answer("optimal", affine_form(plain(value), scales), chosen, (), balance)


def certify(law: UserLaw | None, place: Place, answer: Answer, claim: str) -> Document:
    """Return the certificate of an answer at a place (``law`` None: the built-in law); raises NotProved.

    On a polygon it holds up to the edges if it can, and otherwise, where the law jumps on an edge, in the interior.
    """
    program = model_program(place)[0] if law is None else law_program(law, place)
    note = {"law": MODEL if law is None else law.title, **plain_place(place), "answer": plain_answer(answer)}
    try:
        return prove(program, answer, claim, note)
    except NotProved:
        if not program.scales:
            raise
    return prove(program._replace(interior=True), answer, claim, {**note, "interior": True})


def row_document(law: UserLaw, values: Mapping[str, Any], found: Optimum, claim: str) -> Document:
    """Return the certificate of one row of a user's table."""
    return certify(law, (values, (), ()), law_answer(law, values, found), claim)


def model_row_documents(row: ExponentRow, claim: str) -> list[Document]:
    """Return the certificates of one row of the built-in table: of its optimum, and of clean data's."""
    documents = []
    for suffix, change in (("", {}), ("-clean", {"g": -INF})):
        values = {name: getattr(row, name) for name in Point._fields} | change
        place: Place = (values, (), ())
        answer = model_answer(model_program(place)[1])
        documents.append(certify(None, place, answer, claim + suffix))
    return documents


def diagram_documents(law: UserLaw | None, found: Diagram, values: Mapping[str, Any]) -> list[Document]:
    """Return the certificates of all polygons of a diagram, and that they cover its window.

    A region of a user's diagram is one polygon, unless the optimum is unbounded there: then, and everywhere in the
    built-in law's diagram, it is the union of cells on which the answer has one formula.
    """
    scales = found.names
    parts: list[tuple[Polygon, Answer | None]] = []
    if law is None:
        parts = explore(found.window, scales, lambda cell: _model_cell(cell, values))
    else:
        for region in found.regions:
            parts += _region_parts(law, region.polygon, region.label, values, scales)
    documents = [
        certify(law, (values, scales, polygon), answer, f"region-{i:03}")
        for i, (polygon, answer) in enumerate(parts, start=1)
        if answer is not None
    ]
    claimed = [answer is not None for _, answer in parts]
    return [*documents, cover([polygon for polygon, _ in parts], claimed, found, MODEL if law is None else law.title)]


def _model_cell(cell: Cell, values: Mapping[str, Any]) -> Answer | None:
    try:
        _, law = model_program((values, cell.names, cell.polygon))
    except NotProved:
        return None  # no law is established there
    return model_answer(law, cell.names)


def _region_parts(
    law: UserLaw, polygon: Polygon, label: Label, values: Mapping[str, Any], scales: tuple[str, str]
) -> list[tuple[Polygon, Answer | None]]:
    if label.regime == EMPTY:
        return [(polygon, Answer("empty", 0))]
    if label.rate is None:
        return [(polygon, _outside(law, (values, scales, polygon)))]
    if not isinstance(label.rate, Infinite):
        controls = tuple((name, affine_form(value, scales)) for name, value in label.controls if name not in values)
        balance = _balance(label.regime, law)
        return [(polygon, Answer("optimal", _opposite(label.rate, scales), controls, (), balance))]

    def unbounded(cell: Cell) -> Answer | None:
        here = {**values, **dict(zip(scales, cell.coordinates(), strict=True))}
        return law_answer(law, here, optimum(law, here), scales)

    return explore(polygon, scales, unbounded)


def _outside(law: UserLaw, place: Place) -> Answer:
    """Return which condition of the law's domain fails throughout a polygon."""
    program = law_program(law, place)
    for i in range(len(program.domain)):
        try:
            prove(program, Answer("outside", i), "outside", {})
        except NotProved:
            continue
        return Answer("outside", i)
    raise NotProved("no condition of the law's domain fails everywhere in the region")


def cover(parts: Sequence[Polygon], claimed: Sequence[bool], found: Diagram, law: str) -> Document:
    """Return the certificate that polygons cover a diagram's window; of those not ``claimed`` nothing else is said.

    Its ``proof`` is a tree: ["split", plane, tree where it is >= 0, tree where it is <= 0], or ["in", j, [i, ...]]: the
    lines i, one for each side of polygon j, conclude from the window and the splits above that the point is inside.
    """
    scales = found.names
    lines: list[dict[str, Any]] = []

    def tree(here: Polygon, known: tuple[HalfPlane, ...]) -> list[Any]:
        middle = polygons.centroid(here)
        j = next((j for j, part in enumerate(parts) if _inside(part, middle)), None)
        if j is None:
            raise NotProved(f"nothing covers {scales[0]} = {middle[0]}, {scales[1]} = {middle[1]}")
        for plane in polygons.half_planes(parts[j]):
            if min(polygons.value_at(plane, vertex) for vertex in here) < 0:
                opposite = (-plane[0], -plane[1], -plane[2])
                sides = (tree(polygons.clip(here, cut), (*known, cut)) for cut in (plane, opposite))
                return ["split", list(map(str, plane)), *sides]
        granted = [(affine_form(plane, scales), ">=") for plane in known]
        first = len(lines)
        for side in planes(parts[j], scales):
            sum_ = combination(side, granted)
            if sum_ is None:
                raise NotProved("a polygon does not contain its part of the window")
            lines.append(line((side, ">="), granted, sum_))
            if len(lines) > program_proofs.MOST_LINES:
                raise NotProved(f"more than {program_proofs.MOST_LINES} lines")
        return ["in", j, list(range(first, len(lines)))]

    proof = tree(found.window, polygons.half_planes(found.window))
    note = {
        "law": law, "scales": list(scales), "window": plain_polygon(found.window),
        "polygons": [plain_polygon(part) for part in parts], "claimed": list(claimed), "proof": proof,
    }  # fmt: skip
    context = {"scalars": list(scales)}
    return {"format": kernel.FORMAT, "claim": "cover", "context": context, "lines": lines, "note": note}


def _inside(polygon: Polygon, vertex: polygons.Vertex) -> bool:
    return all(polygons.value_at(plane, vertex) >= 0 for plane in polygons.half_planes(polygon))


def write(directory: Path, law: UserLaw | None, documents: Sequence[Document]) -> None:
    """Check all certificates and write them, one file each; raises OSError where that cannot be."""
    check_all(law, documents)
    files.folder(directory, where="--certificates")
    for document in documents:
        path = directory / f"{document['claim']}.certificate.json"
        files.write(path, json.dumps(document, ensure_ascii=False) + "\n")
