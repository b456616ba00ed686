"""The programs of scaling laws, read off their formulas: of a user's law, and of ridge regression under model collapse.

A place is where an answer is claimed: values of names, and in a diagram a polygon of two scales that vary.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from ridgeproof.errors import NotProved
from ridgeproof.theorems.exponents.calculus import polygons
from ridgeproof.theorems.exponents.calculus.affine import Cell
from ridgeproof.theorems.exponents.calculus.formulas import Comparison, Formula
from ridgeproof.theorems.exponents.calculus.polygons import Polygon
from ridgeproof.theorems.exponents.model.diagrams import plain, point_on
from ridgeproof.theorems.exponents.model.law import Law
from ridgeproof.theorems.exponents.model.rows import check_point, law_at, why_outside
from ridgeproof.theorems.exponents.user.law_file import UserLaw, parameter_values
from ridgeproof.theorems.exponents.user.law_file import why_outside as outside_domain

from .forms import Form, form, formula, minus
from .programs import Program

Place = tuple[Mapping[str, Any], tuple[str, ...], Polygon]  # values, scales that vary, and the polygon in which they do


def law_program(law: UserLaw, place: Place) -> Program:
    """Return the program of a user's law at a place.

    Raises
    ------
    ScaleError, NotProved
        For a name without value or that the law does not have; for a point outside the law's domain.
    """
    values, scales, polygon = place
    parameter_values(law, {**values, **dict.fromkeys(scales, 0)})  # every name belongs to the law and has a value
    reason = None if scales else outside_domain(law, values)
    if reason is not None:
        raise NotProved(f"outside the law's domain: {reason}")
    controls = tuple(name for name in law.controls if name not in values and name not in scales)
    domain = (side for parameter in law.parameters for one in parameter.domain for side in _sides(one))
    constraints = tuple(side for one in law.constraints for side in _sides(one))
    fixed = tuple((name, Fraction(value)) for name, value in values.items())
    return Program(scales, planes(polygon, scales), controls, fixed, law.terms, constraints, tuple(domain))


def _sides(comparison: Comparison) -> Iterator[Formula]:
    """Yield what a comparison says to be >= 0 (a strict one up to its edge)."""
    yield minus(comparison.right, comparison.left)
    if comparison.relation == "=":
        yield minus(comparison.left, comparison.right)


def model_program(place: Place) -> tuple[Program, Law]:
    """Return the program of the built-in law at a place, and the law there.

    Raises
    ------
    Undecided
        Where the law is not one and the same throughout the polygon.
    NotProved
        Where no law is established.
    """
    values, scales, polygon = place
    if scales:
        start = check_point(**{**values, **dict(zip(scales, polygon[0], strict=True))})
        names = (scales[0], scales[1])
        point = point_on(start, Cell(polygon, names), h_is_b="h" not in (*values, *scales))
    else:
        point = check_point(**values)
    reason = why_outside(point)
    if reason is not None:
        raise NotProved(reason)
    law = law_at(point)
    terms = tuple((name, _through(law, i, scales)) for i, name in enumerate(law.terms))
    ell = Formula("name", "ell", ())
    return Program(scales, planes(polygon, scales), ("ell",), (), terms, (ell,)), law


def _through(law: Law, i: int, scales: Sequence[str]) -> Formula:
    """Return the i-th row of all pieces as one formula: every change of slope adds a multiple of max(0, ell - lo)."""
    ell, zero = Formula("name", "ell", ()), Formula("number", Fraction(0), ())
    slope, level = law.pieces[0].rows[i]
    tree = Formula("+", None, (_number(level, scales), Formula("*", None, (_number(slope, scales), ell))))
    for before, after in itertools.pairwise(law.pieces):
        change = after.rows[i][0] - before.rows[i][0]
        beyond = Formula("max", None, (zero, minus(ell, _number(after.lo, scales))))
        tree = Formula("+", None, (tree, Formula("*", None, (_number(change, scales), beyond))))
    return tree


def _number(value: Any, scales: Sequence[str]) -> Formula:
    return formula(affine_form(plain(value), scales))


def affine_form(value: Any, scales: Sequence[str]) -> Form:
    """Return a half-plane's function of the two scales, or a number, as a form."""
    if isinstance(value, tuple):
        c, *slopes = value
        return form(c, **dict(zip(scales, slopes, strict=False)))
    return form(Fraction(value))


def planes(polygon: Polygon, scales: Sequence[str]) -> tuple[Form, ...]:
    return tuple(affine_form(plane, scales) for plane in polygons.half_planes(polygon)) if scales else ()
