"""A counterexample again, from one line of Python: both sides of an equation at one point, to any precision."""

from __future__ import annotations

import sympy as sp
from flint import arb, ctx, fmpq

from ridgeproof.errors import InputError
from ridgeproof.theorems import registry
from ridgeproof.theorems import vocabulary as voc
from ridgeproof.theorems.claim import Claim

from . import balls as B


def replay_line(claim: Claim, point: B.Point) -> str:
    """The Python line that evaluates both sides of a claim at a point."""
    values = {str(x): str(v) for x, v in sorted(point.values.items(), key=lambda pair: str(pair[0]))}
    spectrum = [(str(s), str(w)) for s, w in point.spectrum]
    more = f", shape={point.shape}" if point.shape else ""
    if point.entries:
        more += f", entries={ {str(x): [[str(v) for v in row] for row in m] for x, m in point.entries.items()} }"
    reader, name = "", repr(claim.id)
    if claim.id in registry.QUESTIONS:
        reader, name = "from ridgeproof.proofs_check.questions import questions; ", registry.QUESTIONS[claim.id]
    elif claim.id in registry.SOURCES:
        more = f", file={registry.SOURCES[claim.id]!r}{more}"
    elif all(claim.id != c.id for c in registry.all_claims()):
        name = "claim"  # a value of the caller's
    return f"{reader}from {__name__} import sides; print(sides({name}, {values}, {spectrum}{more}))"


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

    if isinstance(claim, str):
        found = {c.id: c for c in (registry.all_claims() if file is None else registry.claims_from_file(file))}
        if claim not in found:
            raise InputError(f"no claim has the id {claim!r}", where="sides", accepted=", ".join(found))
        claim = found[claim]
    claim = settled(claim)
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
