"""The search for the largest violation of an inequality, or of an equation with Max or Min in it."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import sympy as sp
from flint import ctx, fmpq

from ridgeproof.theorems import vocabulary as V
from ridgeproof.theorems.claim import Claim, Relation
from ridgeproof.theorems.functions import E_test, Expect, TestErrorOf

from . import balls as B
from . import comparison as zero
from . import finding as F
from . import menus as M
from .constants import NotRational, Rows, Sizes, constant, numbers, root
from .laurent import NotLaurent
from .replay import replay_line

MOST = 2000  # of an index or a size that the search makes larger
INEQUALITIES = (Relation.BOUND, Relation.STRICT)
FAR = 2**60  # no letter is moved beyond it
NOWHERE = -1e9
PLAIN = 0.1  # a violation, relative to the right side, that need not be made larger
Hook = Callable[[sp.Expr, B.Point], Any]


@dataclass(frozen=True)
class Place:
    """Where the search stands: symbols, spectrum, and the entries of the constant matrices that it may move.

    ``kinds``: S = I and equal coefficients of w0, where these are supposed, are not moved away from.
    """

    values: dict[sp.Symbol, fmpq]
    spectrum: list[tuple[fmpq, fmpq]]
    entries: dict[sp.MatrixSymbol, Rows]
    kinds: M.Kinds

    def point(self, hook: Hook) -> B.Point:
        """The point at which a formula is evaluated."""
        pt = B.Point(self.values, self.spectrum, hook)
        pt.entries = self.entries
        return pt


def climb(
    claim: Claim,
    parts: Sequence[Any],
    conds: Sequence[sp.Basic],
    table: Sequence[dict[sp.Symbol, fmpq]],
    kinds: M.Kinds,
    hook: Hook,
    uses_spectrum: bool,
) -> F.Finding | None:
    """Pattern search for the largest violation from several starts, confirmed in balls.

    For inequalities, and for sides with Max or Min: where one argument overtakes the other.
    """
    for p in parts:
        gaps, base = _gaps(claim, p)
        heavy = p.left.has(Expect, E_test, TestErrorOf) or p.right.has(Expect, E_test, TestErrorOf)
        given = [] if heavy else movable(p)
        for gap in gaps:
            height = _height(gap, base, conds, hook)
            starts = [
                (height(place), place)
                for e in table[:10]
                for spec in (M.spectra(kinds, e) if uses_spectrum else [[]])[:5]
                for place in _starts(Place(dict(e), list(spec), {}, kinds), given, hook)
            ]
            for start in _best(starts):
                best, place = _ascend(height, *start, heavy, PLAIN if claim.relation in INEQUALITIES else math.inf)
                if best > -1e8:
                    r = zero.compare(p.left, p.right, partial(place.point, hook))
                    if r["status"] == "differs" and not (claim.relation in INEQUALITIES and r["below"]):
                        return F.fails(
                            f"{r['left']} against {r['right']} at {r['at']}",
                            {"counterexample": r["at"], "found": "by ascent", "replay": replay_line(claim, r["pt"])},
                        )
    return None


def _best(starts: list[tuple[float, Place]]) -> list[tuple[float, Place]]:
    """The three highest, and the highest of every dimension: in one dimension many an inequality is an equation."""
    starts = sorted(starts, key=lambda t: -t[0])
    first = {len(place.spectrum): (height, place) for height, place in reversed(starts)}
    chosen = starts[:3] + [s for s in first.values() if not any(s[1] is t[1] for t in starts[:3])]
    return sorted(chosen, key=lambda t: len(t[1].spectrum))  # a small counterexample is the better one


def movable(part: Any) -> list[sp.MatrixSymbol]:
    """The constant matrices of an inequality that may be any matrix: not S, nor what is symmetric or positive."""
    letters = part.left.atoms(sp.MatrixSymbol) | part.right.atoms(sp.MatrixSymbol)
    own = set(V.DEFINITIONS) | set(V.INVERSES) | set(V.SYMMETRIC) | {V.S, V.w0}
    free = (x for x in letters - own if not V.is_random(x) and not getattr(x, "positive", False))
    return sorted((x for x in free if x.shape[1] != 1), key=str)


def _starts(plain: Place, given: list[sp.MatrixSymbol], hook: Hook) -> Iterator[Place]:
    """The point itself, and with w0 w0' for the square constants: inequalities of norms are sharp at rank one."""
    yield plain
    if not given:
        return
    pt = plain.point(hook)
    size = Sizes(pt)
    shapes = {x: (size(x.shape[0]), size(x.shape[1])) for x in given}
    dense = {x: constant(x, *shape, pt, numbers(pt)) for x, shape in shapes.items()}
    yield replace(plain, entries=dense)
    w = [root(share) for _, share in plain.spectrum]
    square = [x for x, shape in shapes.items() if shape == (len(w), len(w))]
    yield replace(plain, entries=dense | {x: [[a * b for b in w] for a in w] for x in square})


def _gaps(claim: Claim, p: Any) -> tuple[tuple[sp.Expr, ...], sp.Expr | None]:
    """What is to be made large, and what it is measured by; nothing where there is no inequality."""
    if claim.relation in INEQUALITIES:
        return ((), None) if isinstance(p.left, sp.MatrixExpr) else ((p.left - p.right,), p.right)
    m = next(iter((p.left - p.right).atoms(sp.Max, sp.Min)), None)
    if m is None or len(m.args) != 2:
        return (), None
    return (m.args[0] - m.args[1], m.args[1] - m.args[0]), m.args[1]


def _height(gap: sp.Expr, base: sp.Expr, conds: Sequence[sp.Basic], hook: Hook) -> Callable[[Place], float]:
    """The relative gap at a point, as a double; very low where the point is not admissible or has no value."""

    def height(place: Place) -> float:
        ctx.prec = 64
        try:
            if not all(B.truth(c, place.point(hook)) for c in conds if c.free_symbols <= set(place.values)):
                return NOWHERE
            pt = place.point(hook)
            a, b = B.ball(B.ev(gap, pt)), abs(B.ball(B.ev(base, pt)))
            return float((a / b).mid()) if b > 0 else NOWHERE
        except (B.Limit, B.Undefined, B.Infinite, NotRational, NotLaurent, ZeroDivisionError):
            return NOWHERE

    return height


def _ascend(
    height: Callable[[Place], float], best: float, place: Place, heavy: bool, enough: float
) -> tuple[float, Place]:
    """Move one letter, eigenvalue or entry at a time as long as that leads up; then with half the step."""
    step, t_end = 1.0, time.process_time() + 1.5
    while step > 1e-4 and best < enough and time.process_time() < t_end:
        better = False
        for (kind, key), factor in itertools.product(_moves(place, heavy), (1 + step, 1 / (1 + step), 0.0)):
            moved = _moved(kind, key, factor, step, place)
            if moved is None:
                continue
            v = height(moved)
            if v > best + 1e-15:
                best, place, better = v, moved, True
        if not better:
            step /= 2
    return best, place


def _moves(place: Place, heavy: bool) -> list[tuple[str, Any]]:
    """What can be moved: symbols, sizes (where evaluation is cheap), eigenvalues, entries of constants."""
    moves: list[tuple[str, Any]] = [("v", x) for x in place.values if not x.is_integer and x != V.norm2]
    moves += [("n", x) for x in place.values if x.is_integer and x != V.d and not heavy]
    moves += [("s", j) for j in range(len(place.spectrum))]
    moves += [("c", (x, i, j)) for x, m in place.entries.items() for i in range(len(m)) for j in range(len(m[0]))]
    return moves


def _moved(kind: str, key: Any, factor: float, step: float, place: Place) -> Place | None:
    """The point with one number times a factor; None where that leads too far, or out of the symbol's domain.

    A letter in which both sides are homogeneous would grow for ever.
    """
    if kind == "n":
        k = int(place.values[key].p)
        k = k + max(1, int(k * step)) if factor > 1 else k - 1 if factor else min(2 * k + 8, MOST)
        return _with(place, key, fmpq(k)) if k <= MOST else None
    if kind == "c":
        x, i, j = key
        m = place.entries[x]
        now = -m[i][j] if factor == 0 else _times(m[i][j], factor)
        rows = [[now if (a, b) == (i, j) else v for b, v in enumerate(row)] for a, row in enumerate(m)]
        return None if abs(now) > FAR else replace(place, entries=place.entries | {x: rows})
    was = place.values[key] if kind == "v" else place.spectrum[key][0]
    if factor > 1 and abs(was) > FAR:
        return None
    now = _times(was, factor)
    if kind == "v":
        return _with(place, key, now)
    if (place.kinds.target != "any") if factor == 0 else (place.kinds.spectrum == "isotropic"):
        return None
    pair = (place.spectrum[key][0], fmpq(0)) if factor == 0 else (now, place.spectrum[key][1])
    spectrum = [*place.spectrum[:key], pair, *place.spectrum[key + 1 :]]
    # |w0|^2 is the sum of its coefficients: a move that changes one changes the other
    norm = {V.norm2: sum((w for _, w in spectrum), fmpq(0))} if V.norm2 in place.values else {}
    return replace(place, spectrum=spectrum, values=place.values | norm)


def _times(x: fmpq, factor: float) -> fmpq:
    """A rational number of few digits near a product."""
    return fmpq(round(float(x.p) / float(x.q) * factor * 2**40), 2**40)


def _with(place: Place, x: sp.Symbol, value: fmpq) -> Place | None:
    return replace(place, values=place.values | {x: value}) if M.in_domain(x, value) else None
