"""``ridgeproof check "rate = ..." --law LAW.toml``: an asserted rate of a law, judged exactly at rational points."""

from __future__ import annotations

import random
from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import sympy as sp

from ridgeproof.errors import InputError, ScaleError

if TYPE_CHECKING:
    from ridgeproof.theorems.exponents.user.law_file import UserLaw

# Values for every parameter, on both sides of the thresholds that laws usually have, and on them.
_MENU = "0 1/5 1/4 1/3 1/2 3/5 2/3 3/4 1 6/5 5/4 4/3 3/2 2 7/3 5/2 3 4 7"
MENU = [Fraction(x) for x in _MENU.split()]
POINTS, TRIES, SEED = 150, 4000, 20240212


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
    from ridgeproof.theorems.exponents.user.law_file import load_law, parameter_values, why_outside
    from ridgeproof.theorems.exponents.user.user_law import optimum
    from ridgeproof.theorems.reading.grammar import Reader
    from ridgeproof.theorems.reading.names import CONSTANTS
    from ridgeproof.theorems.relations import Relation

    from .law_tables import typed_errors

    with typed_errors():
        law = load_law(file)
    asked = {x: sp.Symbol(x, real=True) for x in ("rate", *law.controls)}
    names: Mapping[str, sp.Basic] = CONSTANTS | asked | {p.name: sp.Symbol(p.name, real=True) for p in law.parameters}
    relation, left, right = Reader(formula, names, "FORMULA").statement()
    which = next((x for x, symbol in asked.items() if left == symbol), None)
    if which is None or relation != Relation.EQUALITY or right.free_symbols & set(asked.values()):
        raise InputError(
            f"{formula!r:.60}", where="FORMULA", accepted=f"{' or '.join(asked)} = formula in the parameters"
        )
    tried, against = 0, ""
    for values in _points(law):
        try:
            point = parameter_values(law, values)
            if why_outside(law, point) is not None:
                continue
            found = optimum(law, point)
        except (ScaleError, InputError):
            continue
        truth = found.rate if which == "rate" else dict(found.controls).get(which)
        said = right.subs({names[x]: sp.Rational(v.numerator, v.denominator) for x, v in values.items()})
        if truth is None or not said.is_number:
            continue
        tried += 1
        exact = sp.oo if truth == float("inf") else sp.Rational(str(truth))
        if said != exact:
            where = ", ".join(f"{x} = {v}" for x, v in values.items())
            against = f"{where}: the law's optimum has {which} = {exact}, the formula {said}"
            break
        if tried == POINTS:
            break
    verdict = "refuted" if against else "confronted" if tried else "undecided"
    about = against or f"equal to the exact optimum at {tried} rational points (seed {SEED}), also on thresholds"
    reason = "" if tried else "no point of the law's domain was found"
    claim = {
        "id": "formula",
        "title": formula,
        "source": law.source or file,
        "relation": str(relation),
        "expected": "holds",
    }
    evidence = [{"grade": verdict, "about": about if tried else reason, "details": {}}]
    claim |= {"verdict": verdict, "reason": reason, "evidence": evidence, "seconds": 0.0, "finding": ""}  # type: ignore[dict-item]
    counts = {"accepted": int(verdict == "confronted"), "failed": int(verdict == "refuted")}
    return {"claims": [claim], **counts, "undecided": int(verdict == "undecided"), "assumptions": []}


def _points(law: UserLaw) -> Any:
    rng = random.Random(SEED)
    for _ in range(TRIES):
        yield {p.name: rng.choice(MENU) for p in law.parameters}
