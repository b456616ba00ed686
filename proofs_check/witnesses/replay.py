"""A counterexample again, from one line of Python: both sides of an equation at one point, or along its limit."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sympy as sp
from flint import arb, ctx, fmpq

from ridgeproof.errors import InputError
from ridgeproof.theorems import registry
from ridgeproof.theorems import vocabulary as voc
from ridgeproof.theorems.claim import Claim, Relation

from . import balls as B


def line(
    claim: Claim, function: str, values: Mapping[Any, Any], spectrum: Iterable[tuple[Any, Any]] = (), **more: Any
) -> str:
    """The Python line that calls a function of this module for a claim at these values."""
    here = {str(x): str(v) for x, v in sorted(values.items(), key=lambda pair: str(pair[0]))}
    rows = [(str(s), str(w)) for s, w in spectrum]
    reader, name = "", repr(claim.id)
    if claim.id in registry.QUESTIONS:
        reader, name = "from ridgeproof.proofs_check.questions import questions; ", registry.QUESTIONS[claim.id]
    elif claim.id in registry.SOURCES:
        more = {"file": registry.SOURCES[claim.id], **more}
    elif all(claim.id != c.id for c in registry.all_claims()):
        name = "claim"  # a value of the caller's
    told = [name, repr(here), *([repr(rows)] if rows or function == "sides" else [])]
    told += [f"{key}={value!r}" for key, value in more.items() if value]
    return f"{reader}from {__name__} import {function}; print({function}({', '.join(told)}))"


def replay_line(claim: Claim, point: B.Point) -> str:
    """The Python line that evaluates both sides of a claim at a point."""
    entries = {str(x): [[str(v) for v in row] for row in m] for x, m in point.entries.items()}
    return line(claim, "sides", point.values, point.spectrum, shape=point.shape, entries=entries)


def sides(
    claim: Claim | str,
    values: dict[str, str],
    spectrum: list[tuple[str, str]],
    file: str | None = None,
    bits: int = 128,
    shape: int = 0,
    entries: dict[str, list[list[str]]] | None = None,
) -> list[tuple[str, str]]:
    """Both sides of every equation of a claim at one point.

    Parameters
    ----------
    claim : a claim, or the id of one.
    values : symbol (by name) -> a rational number, such as "1/4".
    spectrum : (eigenvalue, squared coefficient of the truth) of every direction, as rational numbers.
    file : the file that defines the claim of this id; the registered claims by default.
    bits : working precision of the balls.
    shape : which matrices stand for arbitrary ones (:data:`.constants.SHAPES`).
    entries : constant matrix (by name) -> its rows, as rational numbers, where a search has moved them.

    Returns
    -------
    list of (left, right)
        As text: a rational number where the value is one, else the digits that the ball guarantees; "+oo", or why there
        is no value.

    Raises
    ------
    InputError
        No claim has this id.

    Examples
    --------
    >>> sides("least-squares-chain", {"d": "1", "T": "4", "T0": "4", "n": "0", "sigma2": "1", "sigma02": "0"},
    ...       [("1", "1")])
    [('1/2', '1/2')]
    """
    from .realisations import compare_matrices, hooks_for
    from .scope import linked, scope, settled

    claim = settled(_named(claim, file))
    ctx.prec = bits
    named = {x.name: x for x in scope(claim) | {voc.norm2}}
    rows = [(_rational(s), _rational(w)) for s, w in spectrum]

    letters = {x.name: x for p in claim.equations for s in (p.left, p.right) for x in s.atoms(sp.MatrixSymbol)}

    def point() -> B.Point:
        here = B.Point({named[x]: _rational(v) for x, v in values.items() if x in named}, rows, hooks_for(claim))
        here.shape = shape
        here.entries = {letters[x]: [[_rational(v) for v in row] for row in m] for x, m in (entries or {}).items()}
        return here

    out = []
    for part in claim.equations:
        if isinstance(part.left, sp.MatrixExpr) or isinstance(part.right, sp.MatrixExpr):
            said = compare_matrices(part, point, 7)
            out.append((str(said.get("left", said["status"])), str(said.get("right", said["status"]))))
        else:
            here = point()
            out.append((_shown(linked(part.left), here), _shown(linked(part.right), here)))
    return out


def ratios(
    claim: Claim | str,
    values: dict[str, str],
    spectrum: Sequence[tuple[str, str]] = (),
    file: str | None = None,
    equation: int = 0,
    draws: Sequence[int] = (),
) -> list[tuple[str, str]]:
    """The sides of an equation against each other as its letter tends, or as d and T grow in proportion.

    Parameters
    ----------
    claim, file : as for :func:`sides`.
    values : symbol (by name) -> a rational number; as sizes grow, at the first of them.
    spectrum : (eigenvalue, squared coefficient of the truth), where the statement leaves it free.
    equation : which of the statement, from 0.
    draws : at every size, where the sides are means that are drawn (the seed is the one of the comparison).

    Returns
    -------
    list of (size, left/right)
        In order; the last row is what they amount to.

    Examples
    --------
    >>> ratios("bias-sum-order-at-saturation", {"beta": "3/2", "r": "1"})[-1][0]
    'fails'
    """
    from . import growth, large_sizes, large_words
    from .scope import linked, scope, settled
    from .size_families import SAMPLES, families

    claim = settled(_named(claim, file))
    rows = [(_rational(s), _rational(w)) for s, w in spectrum]
    known = scope(claim) | {voc.norm2, voc.beta, voc.r}
    if claim.limit is not None and claim.relation != Relation.EQUIVALENT:
        path = growth.course(claim)
        if isinstance(path, str):
            raise InputError(path, where="ratios", accepted="a claim with a limit")
        here = _given(values, known | path.symbols())
        return path.told(path.parts[equation], here, rows)
    here = _given(values, known)
    conds = [linked(c) for c in claim.conditions]
    solved = families(conds, set(here))[1]
    dim = here[voc.d]
    family: Any = {x: v / dim if x in SAMPLES else v for x, v in here.items() if x not in solved and x != voc.d}
    left, right = (linked(s) for s in (claim.equations[equation].left, claim.equations[equation].right))
    if draws:
        return large_words.told_again(claim, family, solved, left, right, int(dim), draws)
    return large_sizes.told_again(claim, family, solved, left, right)


def errors(claim: Claim | str, values: dict[str, str], file: str | None = None) -> list[tuple[str, str]]:
    """(ridge, test error) at the ridge that a formula says is best, and at a better one, if there is any.

    Parameters
    ----------
    claim, file : as for :func:`sides`.
    values : symbol (by name) -> a rational number.
    """
    from . import optima
    from .scope import scope, settled

    claim = settled(_named(claim, file))
    what = optima.asked(claim)
    if isinstance(what, str):
        raise InputError(what, where="errors", accepted="the best ridge of a setting")
    said, words, found = optima.least(claim, *what, _given(values, scope(claim) | {voc.norm2}))
    return [*((f"{ridge:.17g}", f"{error:.17g}") for ridge, error in found), (said, words)]


def _named(claim: Claim | str, file: str | None) -> Claim:
    if not isinstance(claim, str):
        return claim
    found = {c.id: c for c in (registry.all_claims() if file is None else registry.claims_from_file(file))}
    if claim not in found:
        raise InputError(f"no claim has the id {claim!r}", where="claim", accepted=", ".join(found))
    return found[claim]


def _given(values: Mapping[str, str], symbols: Iterable[sp.Symbol]) -> dict[sp.Symbol, Any]:
    named = {x.name: x for x in symbols}
    return {named[x]: _rational(v) for x, v in values.items() if x in named}


def told_steps(seq: Iterable[tuple[float, float, float]], letter: str) -> list[tuple[str, str]]:
    """(size, ratio) from [(exponent of the size, log of the ratio, error)]; letter: what has that exponent."""
    found = []
    for exponent, y, _error in seq:
        ratio = "not positive" if math.isinf(y) else "no value" if math.isnan(y) else arb(y).exp().str(9, radius=False)
        found.append((f"{letter}{exponent}", ratio))
    return found


def _rational(text: str) -> fmpq:
    over, _, under = text.partition("/")
    return fmpq(int(over), int(under or 1))


def _shown(side: sp.Expr, point: B.Point) -> str:
    try:
        value = B.ev(side, point)
    except B.Infinite:
        return "+oo"
    except (B.Undefined, B.Limit) as error:
        return f"no value: {error}"
    return value.str(20, radius=True) if isinstance(value, arb) else str(value)
