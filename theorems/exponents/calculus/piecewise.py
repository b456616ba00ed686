"""Piecewise-linear functions of the controls in one normal form: the smallest of largest of affine rows.

``branches[i][j]`` is an affine row; the function is min over i of max over j.  Sums, products by a number, minima and
maxima of such functions are such functions again, so every formula of the language has this form once its parameters
have values.  Minimising a min of maxima means minimising every maximum, a linear program each.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from ridgeproof.errors import ScaleError

from .affine import Affine, NotAffine
from .formulas import Formula, evaluate, names_in
from .scales import sign

MOST_ROWS = 4096  # rows in all branches of one function


class Line(NamedTuple):
    """``constant + sum slopes[k] x_k`` over the controls x."""

    constant: Any
    slopes: tuple[Any, ...]

    def at(self, point: Sequence[Any]) -> Any:
        """Return the value at a point."""
        value = self.constant
        for slope, x in zip(self.slopes, point, strict=True):
            if slope:
                value = value + slope * x
        return value


Rows = tuple[Line, ...]
Branches = tuple[Rows, ...]


class Arithmetic(NamedTuple):
    """What the numbers can do beside + - * /: their sign, smallest and largest."""

    sign: Callable[[Any], int] = sign
    smallest: Callable[..., Any] = min
    largest: Callable[..., Any] = max


EXACT = Arithmetic()


def branches(
    formula: Formula, values: Mapping[str, Any], controls: Sequence[str], where: str, arithmetic: Arithmetic = EXACT
) -> Branches:
    """Return the normal form of a formula in the controls.

    Parameters
    ----------
    formula : Formula
        The exponent.
    values : mapping
        The values of all names that are not controls.
    controls : sequence of str
        The names of the controls, in the order of the slopes.
    where : str
        What the formula is, for messages.

    Raises
    ------
    ScaleError
        For a product of two controls, a division by one, a division by zero, or a form of more than MOST_ROWS rows.
    """
    free = set(controls)
    zero = (Fraction(0),) * len(controls)

    def build(node: Formula) -> Branches:
        if not names_in(node) & free:
            value = evaluate(node, values, where, arithmetic.smallest, arithmetic.largest)
            return ((Line(value, zero),),)
        if node.kind == "name":
            return ((Line(0, tuple(1 if name == node.value else 0 for name in controls)),),)
        if node.kind == "/":
            over, under = node.parts
            if names_in(under) & free:
                raise ScaleError("a division by a control", where=where, accepted="formulas linear in the controls")
            divisor = evaluate(under, values, where, arithmetic.smallest, arithmetic.largest)
            if divisor == 0:
                raise ScaleError("division by zero", where=where, accepted="a divisor that is not 0")
            return scaled(build(over), 1 / divisor)
        if node.kind == "*":
            left, right = node.parts
            if names_in(left) & free and names_in(right) & free:
                raise ScaleError("a product of two controls", where=where, accepted="formulas linear in the controls")
            factor, rest = (right, left) if names_in(left) & free else (left, right)
            return scaled(build(rest), evaluate(factor, values, where, arithmetic.smallest, arithmetic.largest))
        parts = [build(part) for part in node.parts]
        if node.kind == "-":
            parts = [parts[0], scaled(parts[1], -1)]
        if node.kind in ("+", "-"):
            return _bounded(
                tuple(_plus(p, q) for p in first for q in second) for first, second in itertools.product(*parts)
            )
        if node.kind == "min":
            return _bounded(itertools.chain(*parts))
        return _bounded(tuple(itertools.chain(*choice)) for choice in itertools.product(*parts))

    def scaled(form: Branches, factor: Any) -> Branches:
        if isinstance(factor, Affine) and (factor.form[1] or factor.form[2]):
            raise NotAffine(f"{where}: ({factor}) times a control is not linear")
        if isinstance(factor, Affine):
            factor = factor.form[0]
        if factor == 0:
            return ((Line(0, zero),),)
        rows = tuple(
            tuple(Line(line.constant * factor, tuple(m * factor if m else m for m in line.slopes)) for line in branch)
            for branch in form
        )
        if arithmetic.sign(factor) > 0:
            return rows
        # -min max = max min of the opposites, and that is min over choices of max.
        return _bounded(itertools.product(*rows))

    def _bounded(found: Iterable[Sequence[Line]]) -> Branches:
        """Return the branches once each; one that has all rows of another is never the smaller and is left out."""
        kept: dict[frozenset[Line], Rows] = {}
        for tried, branch in enumerate(found):
            rows = tuple(dict.fromkeys(branch))
            own = frozenset(rows)
            if not any(other <= own for other in kept):
                kept = {other: lines for other, lines in kept.items() if not own <= other} | {own: rows}
            if tried > MOST_ROWS or sum(map(len, kept.values())) > MOST_ROWS:
                raise ScaleError("too many pieces", where=where, accepted=f"min and max of at most {MOST_ROWS} rows")
        return tuple(kept.values())

    return build(formula)


def _plus(p: Line, q: Line) -> Line:
    return Line(p.constant + q.constant, tuple(m + n for m, n in zip(p.slopes, q.slopes, strict=True)))
