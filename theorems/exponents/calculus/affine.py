"""Affine functions of two scales that can stand where a number stands: the law, run on a whole polygon at once.

The table's code only adds, multiplies by rationals, and compares.  Given ``Affine`` scales it computes affine
functions, and a comparison holds or fails on the whole interior of the current cell, or is not decided there.  Then
``Undecided`` is raised with the difference; the cell is cut along the line where it vanishes, and both halves are tried
again.  On a cell on which the code runs to its end, every interior point would have taken the same branches, so the
answer at each of them is the affine answer: the diagram is the table, without a second derivation that could differ.

Equality means identity: two functions that only meet on a line are different on the cell's interior, up to that line.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple, TypeVar

from .polygons import HalfPlane, Polygon, clip, value_at
from .scales import Infinite

Label = TypeVar("Label")
MOST_CELLS = 20_000


class Undecided(Exception):
    """A comparison whose outcome changes inside the cell, along the line where ``form`` vanishes."""

    def __init__(self, form: HalfPlane) -> None:
        super().__init__(form)
        self.form = form


class TooManyCells(ValueError):
    """The window would have to be cut into more than MOST_CELLS cells."""


class NotAffine(ValueError):
    """A product of two scales that both vary: the answer is not piecewise affine in them."""


class Cell(NamedTuple):
    """A convex polygon and the names of its two coordinates."""

    polygon: Polygon
    names: tuple[str, str]

    def coordinates(self) -> tuple[Affine, Affine]:
        """Return the two scales as functions on this cell."""
        zero, one = Fraction(0), Fraction(1)
        return Affine((zero, one, zero), self), Affine((zero, zero, one), self)


class Affine:
    """The function ``c + p x + q y`` on the interior of a cell; arithmetic and comparisons as for a Fraction."""

    __slots__ = ("cell", "form")

    def __init__(self, form: HalfPlane, cell: Cell) -> None:
        self.form = form
        self.cell = cell

    def _other(self, other: object) -> HalfPlane | None:
        if isinstance(other, Affine):
            return other.form
        return (Fraction(other), Fraction(0), Fraction(0)) if isinstance(other, int | Fraction) else None

    def __add__(self, other: object) -> Affine:
        form = self._other(other)
        if form is None:
            return NotImplemented
        a, b = self.form, form
        return Affine((a[0] + b[0], a[1] + b[1], a[2] + b[2]), self.cell)

    __radd__ = __add__

    def __neg__(self) -> Affine:
        a = self.form
        return Affine((-a[0], -a[1], -a[2]), self.cell)

    def __sub__(self, other: object) -> Affine:
        form = self._other(other)
        if form is None:
            return NotImplemented
        a, b = self.form, form
        return Affine((a[0] - b[0], a[1] - b[1], a[2] - b[2]), self.cell)

    def __rsub__(self, other: object) -> Affine:
        return -self + other

    def __mul__(self, other: object) -> Affine:
        form = self._other(other)
        if form is None:
            return NotImplemented
        for factor, rest in ((form, self.form), (self.form, form)):
            if not (factor[1] or factor[2]):
                f = factor[0]
                return Affine((f * rest[0], f * rest[1], f * rest[2]), self.cell)
        raise NotAffine(f"({self}) * ({other}) is not linear in {' and '.join(self.cell.names)}")

    __rmul__ = __mul__

    def __truediv__(self, other: object) -> Affine:
        form = self._other(other)
        if form is None:
            return NotImplemented
        if form[1] or form[2]:
            raise NotAffine(f"({self}) / ({other}) is not linear in {' and '.join(self.cell.names)}")
        f = form[0]
        return Affine((self.form[0] / f, self.form[1] / f, self.form[2] / f), self.cell)

    def __rtruediv__(self, other: object) -> Affine:
        return Affine((Fraction(1), Fraction(0), Fraction(0)), self.cell).__mul__(other).__truediv__(self)

    @property
    def numerator(self) -> int:
        """The sign on the cell's interior, as ``scales.sign`` asks for it; raises Undecided where it changes."""
        values = [value_at(self.form, v) for v in self.cell.polygon]
        up, down = any(v > 0 for v in values), any(v < 0 for v in values)
        if up and down:
            raise Undecided(self.form)
        return up - down

    def _compare(self, other: object) -> int:
        if isinstance(other, Infinite):
            return -other.sign
        return (self - other).numerator

    def __lt__(self, other: object) -> bool:
        return self._compare(other) < 0

    def __le__(self, other: object) -> bool:
        return self._compare(other) <= 0

    def __gt__(self, other: object) -> bool:
        return self._compare(other) > 0

    def __ge__(self, other: object) -> bool:
        return self._compare(other) >= 0

    def __eq__(self, other: object) -> bool:
        form = self._other(other)
        return form is not None and form == self.form

    def __hash__(self) -> int:
        return hash((self.form, self.cell))

    def __bool__(self) -> bool:
        return any(self.form)

    def __str__(self) -> str:
        return text(self.form, self.cell.names)

    __repr__ = __str__


def text(form: HalfPlane, names: tuple[str, str]) -> str:
    """Return an affine function as text, such as ``2/3*b - 1``, with a positive term first where there is one."""
    words: list[str] = []
    for coefficient, name in zip((form[1], form[2], form[0]), (*names, ""), strict=True):
        if coefficient:
            size = abs(coefficient)
            word = f"{'' if size == 1 else f'{size}*'}{name}" if name else str(size)
            words.append(f"{'- ' if coefficient < 0 else '+ '}{word}")
    if not words:
        return "0"
    words.sort(key=lambda word: word[0] == "-")
    words[0] = words[0].removeprefix("+ ").replace("- ", "-")
    return " ".join(words)


def explore(window: Polygon, names: tuple[str, str], label: Callable[[Cell], Label]) -> list[tuple[Polygon, Label]]:
    """Cut the window into cells on which ``label`` decides all its comparisons; return the cells with their labels.

    Raises
    ------
    TooManyCells
    """
    done: list[tuple[Polygon, Any]] = []
    waiting = [window]
    while waiting:
        polygon = waiting.pop()
        try:
            done.append((polygon, label(Cell(polygon, names))))
        except Undecided as cut:
            c, p, q = cut.form
            waiting += [clip(polygon, (-c, -p, -q)), clip(polygon, cut.form)]
            if len(waiting) + len(done) > MOST_CELLS:
                raise TooManyCells(f"more than {MOST_CELLS} cells") from None
    return done
