"""``ridgeproof check "rate = ..." --law LAW.toml``: an asserted rate of a law, judged exactly at rational points."""

from __future__ import annotations

import random
from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import sympy as sp

from ridgeproof.errors import InputError, ScaleError
from ridgeproof.theorems.relations import Relation

if TYPE_CHECKING:
    from ridgeproof.theorems.exponents.user.law_file import UserLaw

# Values for every parameter, on both sides of the thresholds that laws usually have, and on them.
_MENU = "0 1/5 1/4 1/3 1/2 3/5 2/3 3/4 1 6/5 5/4 4/3 3/2 2 7/3 5/2 3 4 7"
MENU = [Fraction(x) for x in _MENU.split()]
POINTS, TRIES, SEED = 150, 4000, 20240212


class _Asked:
    """An assertion about a law, read."""

    def __init__(self, formula: str, file: str) -> None:
        from ridgeproof.theorems.exponents.user.law_file import load_law
        from ridgeproof.theorems.reading.grammar import Reader
        from ridgeproof.theorems.reading.names import CONSTANTS

        from .law_tables import typed_errors

        with typed_errors():
            self.law: UserLaw = load_law(file)
        asked = {x: sp.Symbol(x, real=True) for x in ("rate", *self.law.controls)}
        own = {p.name: sp.Symbol(p.name, real=True) for p in self.law.parameters}
        self.names: Mapping[str, sp.Basic] = CONSTANTS | asked | own
        relation, left, self.right = Reader(formula, self.names, "FORMULA").statement()
        which = next((x for x, symbol in asked.items() if left == symbol), None)
        if which is None or relation != Relation.EQUALITY or self.right.free_symbols & set(asked.values()):
            raise InputError(
                f"{formula!r:.60}", where="FORMULA", accepted=f"{' or '.join(asked)} = formula in the parameters"
            )
        self.which: str = which

    def sides(self, values: Mapping[str, Fraction]) -> tuple[sp.Expr, sp.Expr] | None:
        """(the exact optimum, the formula) at a point; None outside of the law's domain."""
        from ridgeproof.theorems.exponents.user.law_file import parameter_values, why_outside
        from ridgeproof.theorems.exponents.user.user_law import optimum

        try:
            point = parameter_values(self.law, values)
            if why_outside(self.law, point) is not None:
                return None
            found = optimum(self.law, point)
        except (ScaleError, InputError):
            return None
        truth = found.rate if self.which == "rate" else dict(found.controls).get(self.which)
        said = self.right.subs({self.names[x]: sp.Rational(v.numerator, v.denominator) for x, v in values.items()})
        if truth is None or not said.is_number:
            return None
        return sp.oo if truth == float("inf") else sp.Rational(str(truth)), said


def at(formula: str, file: str, values: Mapping[str, str]) -> tuple[str, str]:
    """(the exact optimum, what the formula says) at one point: a counterexample again.

    Raises
    ------
    InputError
        The point lies outside of the law's domain.
    """
    sides = _Asked(formula, file).sides({x: Fraction(v) for x, v in values.items()})
    if sides is None:
        raise InputError(f"{dict(values)}", where="at", accepted="a point of the law's domain")
    return str(sides[0]), str(sides[1])


def judge(formula: str, file: str) -> dict[str, Any]:
    """The ledger of one assertion ``rate = formula`` (or a control = formula) about a law.

    Parameters
    ----------
    formula : left a quantity of the law's optimum, right an expression in its parameters.
    file : the law.

    Returns
    -------
    dict
        As ``verify --json``: refuted with the first point at which the exact optimum differs; confronted where the two
        agree at every point drawn; undecided where none lies in the law's domain.
    """
    asked = _Asked(formula, file)
    tried, against, replay = 0, "", ""
    spans: dict[str, tuple[Fraction, Fraction]] = {}
    for values in _points(asked.law):
        sides = asked.sides(values)
        if sides is None:
            continue
        tried += 1
        spans = {x: (min(v, spans.get(x, (v, v))[0]), max(v, spans.get(x, (v, v))[1])) for x, v in values.items()}
        exact, said = sides
        if said != exact:
            where = ", ".join(f"{x} = {v}" for x, v in values.items())
            against = f"{where}: the law's optimum has {asked.which} = {exact}, the formula {said}"
            here = {x: str(v) for x, v in values.items()}
            replay = f"from {__name__} import at; print(at({formula!r}, {file!r}, {here}))"
            break
        if tried == POINTS:
            break
    verdict = "refuted" if against else "confronted" if tried else "undecided"
    about = against or f"equal to the exact optimum at {tried} rational points (seed {SEED}), also on thresholds"
    reason = "" if tried else "no point of the law's domain was found"
    claim = {
        "id": "formula",
        "title": formula,
        "source": asked.law.source or file,
        "relation": str(Relation.EQUALITY),
        "expected": "holds",
    }
    told: dict[str, Any] = {"ranges": {x: f"{a}..{b}" for x, (a, b) in spans.items()}} if tried else {}
    told |= {"counterexample": against, "replay": replay} if against else {"would_have_seen": "any difference"}
    evidence = [{"grade": verdict, "about": about if tried else reason, **(told if tried else {})}]
    claim |= {"verdict": verdict, "reason": reason, "evidence": evidence, "seconds": 0.0, "finding": ""}  # type: ignore[dict-item]
    counts = {"accepted": int(verdict == "confronted"), "failed": int(verdict == "refuted")}
    return {"claims": [claim], **counts, "undecided": int(verdict == "undecided"), "assumptions": []}


def _points(law: UserLaw) -> Any:
    rng = random.Random(SEED)
    for _ in range(TRIES):
        yield {p.name: rng.choice(MENU) for p in law.parameters}
