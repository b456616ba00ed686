"""Optima: an error at the claimed downstream ridge against its neighbours and a scan, in a fixed dimension."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy as sp
from flint import ctx, fmpq

from ridgeproof.theorems import vocabulary as voc
from ridgeproof.theorems.claim import Claim
from ridgeproof.theorems.functions import E_test
from ridgeproof.theorems.quantities import Argmin, Quantity, settled
from ridgeproof.theorems.settings import Setting

from . import balls as B
from . import finding as F
from . import replay, scope, size_errors
from .finding import counted
from .size_families import BASE, Values, at_size, families, spread
from .tried import Tried

FAMILIES = 40
STEP = 1e-3  # relative, to the neighbours
SCAN = 21  # ridges within a factor of 100
ENOUGH = 2


def optimum(claim: Claim, effort: Mapping[str, Any]) -> F.Finding:
    """lambda = formula for the downstream ridge: the error at the formula against its neighbours and a scan."""
    what = asked(claim)
    if isinstance(what, str):
        return F.undecided(what)
    ridge, formula = what
    conds = [scope.linked(c) for c in claim.conditions if not c.has(ridge)]
    fams, solved = families(conds, (scope.scope(claim) | {voc.norm2}) - {ridge})
    done = 0
    unclear = undefined = None
    tried = Tried()
    t_end = time.process_time() + effort["seconds"]
    for fam in fams[:FAMILIES]:
        if time.process_time() > t_end:
            break
        env = at_size(fam, solved, 2 * BASE)
        if env is None:
            continue
        try:
            said, words, _ = least(claim, ridge, formula, env)
        except B.Undefined as err:
            undefined = str(err)
            continue
        except (B.Limit, B.Infinite) as err:
            unclear = unclear or str(err)
            continue
        if said == "fails":
            at = B.Point(env).text()
            return F.fails(f"{words}; at {at}", {"counterexample": at, "replay": replay.line(claim, "errors", env)})
        if said == "holds":
            done += 1
            tried.add(env)
        unclear = unclear or words or None
    if undefined:
        return F.meaningless(f"no value at an admissible family: {undefined}")
    if done >= ENOUGH and unclear is None:  # a formula without a value at some family says nothing there
        about = f"least within a factor 1 +- 1e-3 at {counted(done, 'family', 'families')} (links)"
        seen = f"a ridge that is off by a factor 1 +- {STEP:g}, a lower error at another within a factor of 100"
        return F.holds(about, {"families": done, **tried.told(), "would_have_seen": seen})
    return F.undecided(unclear or "flat")


def asked(claim: Claim) -> tuple[sp.Symbol, sp.Expr] | str:
    """The ridge and its formula; why not, where the claim does not say them."""
    if claim.setting is None:
        return "an optimum of no setting"
    ridge = claim.setting.downstream.ridge
    parts = [(scope.linked(p.left), scope.linked(p.right)) for p in claim.equations]
    if not (len(parts) == 1 and isinstance(ridge, sp.Symbol) and parts[0][0] in (ridge, _best(claim.setting, ridge))):
        return f"what is least, and over what, is not said for {parts[0][0]}"
    return ridge, parts[0][1]


def _best(setting: Setting, ridge: sp.Symbol) -> sp.Basic:
    return settled(Argmin(E_test, ridge), setting)


def of_ridge(claim: Claim) -> bool:
    """Whether an optimum is stated of the setting's own ridge; of other functions a minimiser is a number like any."""
    if not any(s.atoms(Quantity) for p in claim.equations for s in (p.left, p.right)):
        return True
    ridge = None if claim.setting is None else claim.setting.downstream.ridge
    if claim.setting is None or not isinstance(ridge, sp.Symbol):
        return False
    best = _best(claim.setting, ridge)
    return all(scope.linked(p.left) == best for p in claim.equations)


Errors = tuple[tuple[float, float], ...]  # (ridge, its error)


def least(claim: Claim, ridge: sp.Symbol, formula: sp.Expr, env: Values) -> tuple[str, str, Errors]:
    """(holds | fails | undecided, words, errors): is the error least where the formula says, to a relative STEP?

    The errors are that of the formula's ridge, and the least of the others.
    """
    ctx.prec = 96

    def error(at: float) -> float:
        value = fmpq(round(at * 2**80), 2**80)
        pt = spread(claim, {**env, ridge: value}, 2 * BASE)
        return float(B.ball(size_errors.test_error_at(claim.setting, pt)).mid())

    x = float(B.ball(B.ev(formula, spread(claim, env, 2 * BASE))).mid())
    if x < 0:
        return "fails", f"the formula gives {ridge} = {x:.6g}, which is no ridge", ((x, math.nan),)
    if x == 0:
        here, (least, where) = error(0.0), min((error(10**t), 10**t) for t in np.linspace(-8, 3, 45))
        words = "" if here < least else f"at {ridge} = 0 the error is {here:.10g}, at {where:.6g} it is {least:.10g}"
        return ("holds" if here < least else "fails"), words, ((0.0, here), (where, least))
    here, above, below = error(x), error(x * (1 + STEP)), error(x * (1 - STEP))
    least, where = min((error(x * 10**t), x * 10**t) for t in np.linspace(-2, 2, SCAN))
    rounding = 1e-12 * here
    lower, best = min((least, where), (above, x * (1 + STEP)), (below, x * (1 - STEP)))
    if least < here - 1e3 * rounding or min(above, below) < here - 3 * rounding:
        words = f"at {ridge} = {x:.6g} the error is {here:.10g}, at {best:.6g} it is {lower:.10g}"
        return "fails", words, ((x, here), (best, lower))
    return ("holds" if min(above, below) > here + rounding else "undecided"), "", ((x, here), (best, lower))
