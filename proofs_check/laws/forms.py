"""Affine functions of named quantities, exactly, and formulas with min and max that become such functions.

A function is a mapping from names to coefficients, with the constant under "" and without zeros.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from ridgeproof.theorems.exponents.calculus.formulas import Formula

Form = Mapping[str, Fraction]
Expression = Any  # an affine function as the kernel reads it

ZERO, ONE = Fraction(0), Fraction(1)


class Unsettled(Exception):
    """Two arguments of a min or max compete: ``form`` is the first minus the second."""

    def __init__(self, form: Form) -> None:
        super().__init__(form)
        self.form = form


class NotAffine(Exception):
    """A product or quotient of two formulas that both vary."""


def form(constant: Fraction | int = 0, /, **slopes: Fraction | int) -> Form:
    """Return an affine function."""
    given = {"": Fraction(constant), **{name: Fraction(slope) for name, slope in slopes.items()}}
    return {name: value for name, value in given.items() if value}


def plus(p: Form, q: Form, factor: Fraction = ONE) -> Form:
    """Return ``p + factor q``."""
    total = dict(p)
    for name, value in q.items():
        total[name] = total.get(name, ZERO) + factor * value
    return {name: value for name, value in total.items() if value}


def formula(of: Form) -> Formula:
    """Return an affine function as a formula."""
    tree = Formula("number", of.get("", ZERO), ())
    for name, value in sorted(of.items()):
        if name:
            part = Formula("*", None, (Formula("number", value, ()), Formula("name", name, ())))
            tree = Formula("+", None, (tree, part))
    return tree


def minus(left: Formula, right: Formula) -> Formula:
    """Return the difference of two formulas."""
    return Formula("-", None, (left, right))


def expression(of: Form) -> Expression:
    """Return an affine function as the kernel reads it, written in one way only."""
    words: list[Expression] = [str(of[""])] if "" in of else []
    words += [["*", str(value), name] if value != 1 else name for name, value in sorted(of.items()) if name]
    return "0" if not words else words[0] if len(words) == 1 else ["+", *words]


def key(of: Form) -> tuple[tuple[str, Fraction], ...]:
    """Return the function as something that can be looked up."""
    return tuple(sorted(of.items()))


def resolve(tree: Formula, meaning: Mapping[str, Form], decided: Mapping[Any, int]) -> Form:
    """Return the affine function that a formula is, where ``decided`` holds the signs of differences.

    Raises
    ------
    Unsettled
        For the first min or max whose greater argument is not known.
    NotAffine
        For a product of two functions that vary, or a division by one, or by 0.
    """
    if tree.kind == "number":
        return form(tree.value)
    if tree.kind == "name":
        return meaning[tree.value]
    parts = [resolve(part, meaning, decided) for part in tree.parts]
    if tree.kind in ("min", "max"):
        best = parts[0]
        for other in parts[1:]:
            first = _sign(plus(best, other, Fraction(-1)), decided) > 0
            best = best if first == (tree.kind == "max") else other
        return best
    left, right = parts
    if tree.kind in ("+", "-"):
        return plus(left, right, Fraction(1 if tree.kind == "+" else -1))
    if tree.kind == "*":
        if set(left) <= {""}:
            left, right = right, left
        if not set(right) <= {""}:
            raise NotAffine
        return plus({}, left, right.get("", ZERO))
    if not set(right) == {""}:
        raise NotAffine
    return plus({}, left, 1 / right[""])


def _sign(difference: Form, decided: Mapping[Any, int]) -> int:
    if set(difference) <= {""}:
        return 1 if difference.get("", ZERO) >= 0 else -1
    if key(difference) in decided:
        return decided[key(difference)]
    opposite = key(plus({}, difference, Fraction(-1)))
    if opposite in decided:
        return -decided[opposite]
    raise Unsettled(difference)
