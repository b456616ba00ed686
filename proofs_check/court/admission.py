"""Whether a user's claim has the form of a claim; what is wrong is said in one line, before anything is computed."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args, get_type_hints

import sympy as sp
from sympy.core.relational import Relational
from sympy.logic.boolalg import And, BooleanAtom, Not, Or

from ridgeproof.errors import InputError
from ridgeproof.theorems import vocabulary as voc
from ridgeproof.theorems.claim import Claim, Fit, Hypothesis, Relation, Setting
from ridgeproof.theorems.declarations import declared
from ridgeproof.theorems.functions import E_test, TestErrorOf
from ridgeproof.theorems.quantities import Argmin, Minimum

Need = Callable[[bool, str, str], None]


def admit(claim: Claim) -> None:
    """Check the fields of a claim.

    Raises
    ------
    InputError
        A field that is not what a claim's is: the message names the claim, the field and what is accepted.
    """

    def need(good: bool, what: str, accepted: str) -> None:
        if not good:
            raise InputError(what, where=f"claim {claim.id}", accepted=accepted)

    for name in ("title", "source", "finding"):
        need(isinstance(getattr(claim, name), str), f"{name} is not text", "a string")
    good = callable(claim.derive) or claim.derive in ("auto", "attempt")
    accepted = 'a function that returns the steps, "auto" or "attempt"'
    need(good, f"derive = {claim.derive!r:.60} cannot be called", accepted)
    need(claim.expected in ("holds", "refuted"), f"expected = {claim.expected!r:.60}", "holds, refuted")
    _pairs(claim.where, need, "where", sp.Symbol | sp.MatrixSymbol)
    _pairs(claim.scaling, need, "scaling", sp.Symbol)
    if claim.limit is not None:
        _pairs((claim.limit,), need, "limit", sp.Symbol)
    names = [x for x, _ in claim.where]
    for i, (x, meaning) in enumerate(claim.where):
        later = meaning.free_symbols & set(names[i:])
        need(
            not later,
            f"the abbreviation {x} is defined through {', '.join(map(str, later))}",
            "abbreviations defined before they are used",
        )
    need(isinstance(claim.hypotheses, tuple), "hypotheses are not a tuple", "a tuple of Hypothesis(text, condition)")
    for h in claim.hypotheses:
        need(isinstance(h, Hypothesis), f"the hypothesis {h!r:.60} is not a Hypothesis", "Hypothesis(text, condition)")
        need(isinstance(h.text, str), f"the hypothesis {h.text!r:.60} is not text", "Hypothesis(text, condition)")
        good = h.condition is None or _relations(h.condition)
        accepted = "e.g. sympy.Ge(T, d + 2), such joined by And, Or, Not, or None"
        need(good, f"the condition {h.condition!s:.60} is not a SymPy relation", accepted)
    _setting(claim, need)
    for part in claim.equations:
        sides = (part.left, part.right)
        matrices = [isinstance(x, sp.MatrixExpr) for x in sides]
        same = matrices[0] == matrices[1] and (not matrices[0] or part.left.shape == part.right.shape)
        need(same, "the two sides of an equation are not of one shape", "two scalars, or two matrices of one shape")
        for side in sides:
            unknown = sorted(x.name for x in side.atoms(sp.MatrixSymbol) if not voc.is_known(x))
            need(
                not unknown,
                f"the letter {', '.join(unknown)} is not in the vocabulary",
                'letters of the vocabulary, or declared ones, e.g. Design("X1", rows=T1)',
            )
            declared(side)
            numeric = isinstance(side, sp.Expr | sp.MatrixExpr)
            need(numeric, f"the side {side!r:.60} is no number or matrix", "SymPy expressions")
        if claim.setting is None:
            need(not any(x.has(E_test) for x in sides), "E_test is spoken of and no setting is given", "a Setting")


def _relations(condition: object) -> bool:
    """Whether a condition is made of relations alone."""
    if isinstance(condition, And | Or | Not):
        return all(map(_relations, condition.args))
    return isinstance(condition, Relational | BooleanAtom)


def _pairs(value: object, need: Need, name: str, kind: type) -> None:
    good = isinstance(value, tuple) and all(
        isinstance(p, tuple) and len(p) == 2 and isinstance(p[0], kind) and isinstance(p[1], sp.Basic) for p in value
    )
    need(good, f"{name} is not made of pairs (symbol, SymPy expression)", "e.g. (T, sympy.oo)")


def _setting(claim: Claim, need: Need) -> None:
    setting = claim.setting
    if setting is None:
        own = any(e.has(Argmin, Minimum, TestErrorOf) for part in claim.equations for e in (part.left, part.right))
        optimum = claim.relation == Relation.OPTIMUM and not own
        need(not optimum, "an optimum is stated and no setting is given", "a Setting")
        return
    need(
        isinstance(setting, Setting),
        f"the setting {setting!r:.60} is not a Setting",
        "Setting(spectrum, target, generators, downstream)",
    )
    hints = get_type_hints(Setting)
    for field in ("spectrum", "target"):
        allowed = get_args(hints[field])
        value = getattr(setting, field)
        need(value in allowed, f"setting.{field} = {value!r:.60}", ", ".join(allowed))
    fits = (*setting.generators, setting.downstream) if isinstance(setting.generators, tuple) else (None,)
    for fit in fits:
        need(isinstance(fit, Fit), f"{fit!r:.60} is not a Fit", "Fit(samples, ridge, noise)")
        assert isinstance(fit, Fit)
        numbers = (fit.samples, fit.ridge, fit.noise, fit.repeat)
        need(
            all(isinstance(x, sp.Expr) for x in numbers),
            f"{fit!r:.80} is not made of SymPy expressions",
            "e.g. Fit(T, lam, sigma2)",
        )
        negative = [x for x in numbers if x.is_negative]
        need(not negative, f"{fit!r:.80} holds the negative number {negative[:1]}", "numbers >= 0")
    limits = setting.dimension is None or isinstance(setting.dimension, sp.Expr)
    need(limits, f"setting.dimension = {setting.dimension!r:.60}", "a SymPy expression, or None")
