"""Finding the proofs that ``programs`` asks for.  Nothing here is trusted.

In a leaf all that is granted is affine, so the goal follows exactly if it is a sum of the granted quantities with
coefficients >= 0 (Farkas): the least value of the goal where all granted quantities are >= 0 is a linear program, and
its dual solution is the sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from ridgeproof.errors import NotProved
from ridgeproof.theorems.exponents.calculus.piecewise import Line
from ridgeproof.theorems.exponents.calculus.simplex import minimise

from ...kernel import FORMAT
from ..forms import ZERO, Form, expression, plus
from ..programs import (
    ABSURD,
    Answer,
    Program,
    Sequent,
    Sign,
    State,
    Tree,
    affine,
    granted,
    pending,
    scalars,
    sequents,
    signs,
)

MOST_LINES = 4000  # of one certificate; the kernel reads 5000
Sum = list[tuple[Fraction, int]]  # coefficients of granted quantities, by their indices; -1 stands for the constant 1


def prove(program: Program, answer: Answer, claim: str, note: dict[str, Any]) -> dict[str, Any]:
    """Return a certificate that the answer is the program's.

    Parameters
    ----------
    program, answer
        What is to be proved; a wrong answer is found out here already.
    claim : str
        What the certificate is called.
    note : dict
        What a reader is to be told; the proof's structure is added to it.

    Raises
    ------
    NotProved
        Where there is no proof, or none of at most MOST_LINES lines.
    """
    lines: list[dict[str, Any]] = []
    trees = [_tree(sequent, State(), lines) for sequent in sequents(program, answer)]
    context = {"scalars": scalars(program)}
    return {"format": FORMAT, "claim": claim, "context": context, "lines": lines, "note": {**note, "proof": trees}}


def _tree(sequent: Sequent, state: State, lines: list[dict[str, Any]]) -> Tree:
    goal = affine(sequent.goal, sequent, state)
    known = granted(sequent, state)
    if goal is not None or state.splits:
        last = _last_line(goal, known)
        if last is not None:
            lines.append(last)
            if len(lines) > MOST_LINES:
                raise NotProved(f"{sequent.about}: more than {MOST_LINES} lines")
            return ["line", len(lines) - 1]
    difference = pending(sequent, state)
    if difference is None:
        raise NotProved(f"{sequent.about}: this does not follow")
    for sign in (1, -1):
        signed = plus({}, difference, Fraction(sign))
        found = combination(signed, known)
        if found is not None:
            lines.append(line((signed, ">="), known, found))
            index = len(lines) - 1
            return ["settled", index, _tree(sequent, state.learn(difference, sign, assumed=False), lines)]
    return ["split", *(_tree(sequent, state.learn(difference, sign, assumed=True), lines) for sign in (1, -1))]


def _last_line(goal: Form | None, known: Sequence[Sign]) -> dict[str, Any] | None:
    """Return the line that ends a branch with its goal or with what is absurd, None where there is none."""
    minus_one, nothing = ABSURD
    for wanted in (minus_one,) if goal is None else ((goal, ">="), minus_one):
        found = combination(wanted[0], known)
        if found is not None:
            return line(wanted, known, found)
    for i, (of, relation) in enumerate(known):  # of > 0 although -of is a sum of what is >= 0
        found = combination(plus({}, of, Fraction(-1)), known) if relation == ">" else None
        if found is not None:
            return line(nothing, known, [*found, (Fraction(1), i)])
    return None


def combination(wanted: Form, known: Sequence[Sign]) -> Sum | None:
    """Return ``wanted`` as a sum of ``known`` quantities with coefficients > 0, None where it is none."""
    names = sorted({name for of in (wanted, *(one for one, _ in known)) for name in of} - {""})

    def affine_line(of: Form, factor: int) -> Line:
        return Line(factor * of.get("", ZERO), tuple(factor * of.get(name, ZERO) for name in names))

    found = minimise([affine_line(wanted, 1)], [affine_line(of, -1) for of, _ in known])
    if found.status == "unbounded":
        return None
    prices, rest = found.prices, found.value
    if found.status == "empty":
        if set(wanted) != {""}:
            return None  # the branch is closed by -1 >= 0, which says more
        excess = sum((z * of.get("", ZERO) for z, (of, _) in zip(prices, known, strict=True)), ZERO)
        prices = tuple(z * wanted[""] / excess for z in prices)
        rest = ZERO
    if rest < 0 or min(prices, default=ZERO) < 0:
        return None
    return [(z, i) for i, z in enumerate(prices) if z] + ([(rest, -1)] if rest else [])


def line(wanted: Sign, known: Sequence[Sign], found: Sum) -> dict[str, Any]:
    """Return the kernel's line that concludes ``wanted`` from ``known``."""
    return {
        "rule": "nonnegative",
        "expression": expression(wanted[0]),
        "relation": wanted[1],
        "assume": signs(known),
        "sum": [[str(c), [[i, 1]] if i >= 0 else []] for c, i in found],
    }
