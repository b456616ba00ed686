"""One claim -> (verdict, reason, evidence): holds | fails | undecided, by numbers alone."""

from __future__ import annotations

import sympy as sp
from flint import fmpq

from ridgeproof.theorems import vocabulary as V
from ridgeproof.theorems.claim import Claim, Relation
from ridgeproof.theorems.functions import Expect
from ridgeproof.theorems.matrix_numbers import NUMBERS

from . import balls as B
from . import equality, growth, large_sizes, laurent, optima, replay
from . import finding as F
from . import letters as Lt
from . import scope as P
from .constants import NotRational
from .levels import LEVELS, Effort

PRIMARY = {V.d, V.T, V.T0, V.n, V.m, V.lam, V.sigma2, V.sigma02, V.norm2, V.beta, V.r, V.ell, V.phi, V.phi0}


class NoValue(Exception):
    """Whatever an undeclared letter stands for, the statement is false."""


def domain(x: sp.Symbol) -> sp.Set:
    return sp.Interval.open(0, sp.oo) if x.is_positive else sp.Interval(0, sp.oo) if x.is_nonnegative else sp.S.Reals


def renamed(claim: Claim) -> str | None:
    """Why an abbreviation cannot be one, if a letter of the vocabulary gets another meaning by it."""
    for x, _meaning in claim.where:
        if x in PRIMARY:
            return f"'where' gives {x}, a letter of the vocabulary, another meaning"
    return None


def unreadable(claim: Claim) -> str | None:
    """Why a claim, written out, says nothing that could be true or false; None if it does."""
    u = P.undeclared(claim)
    if len(u) == 1 and claim.relation == Relation.EQUALITY and claim.setting is None:
        for p in claim.equations:
            if (
                p.left.free_symbols | p.right.free_symbols == {u[0]}
                and sp.solveset(p.left - p.right, u[0], domain(u[0])) is sp.S.EmptySet
            ):
                raise NoValue(f"no {u[0]} in its domain satisfies {p.left} = {p.right}", u[0])
    if u:
        return "nothing in the claim says what " + ", ".join(map(str, u)) + " is"
    n = P.namesakes(claim)
    if n:
        return "two different symbols are named " + ", ".join(n)
    for p in claim.equations:
        means = p.left.atoms(Expect) | p.right.atoms(Expect)
        if not means:
            continue
        averaged = {x for e in means for x in e.over} if all(e.over for e in means) else None
        sides = [s for s in (p.left, p.right) if not isinstance(s, sp.MatrixExpr)]
        if any(random_outside(t, averaged) for s in sides for t in sp.Add.make_args(sp.expand(s))):
            return "a random letter stands outside an expectation"
    return None


def random_outside(e: sp.Basic, averaged: set[sp.MatrixSymbol] | None = None) -> bool:
    """Whether a trace outside every expectation is random; averaged: the letters that count, None for all."""
    if isinstance(e, Expect):
        return False
    if isinstance(e, NUMBERS):
        letters = Lt.closure(e)
        return any(V.is_random(x) if averaged is None else x in averaged for x in letters)
    return any(random_outside(a, averaged) for a in e.args) if e.args else False


def judge(claim: Claim, work: Effort = LEVELS["fast"]) -> F.Finding:
    """Confront a claim with numbers; whatever the evaluator stumbles over is undecided, never a verdict."""
    effort = vars(work)
    try:
        why = renamed(claim)
        claim = P.settled(claim)
        why = why or unreadable(claim)
        if why:
            return F.meaningless(why)
        if claim.relation in (Relation.EQUALITY, Relation.BOUND, Relation.STRICT):
            return equality.equality(claim, effort)
        if claim.relation == Relation.OPTIMUM and not optima.of_ridge(claim):
            return equality.equality(claim, effort)
        unlimited = claim.limit is None and claim.relation != Relation.ASYMPTOTIC
        if claim.relation == Relation.EQUIVALENT or (unlimited and claim.relation != Relation.OPTIMUM):
            return large_sizes.equivalent(claim, effort)
        if claim.relation == Relation.OPTIMUM:
            return optima.optimum(claim, effort)
        return growth.limit(claim, effort)
    except NoValue as err:
        one = replay.line(claim, "sides", {err.args[1]: fmpq(1)})
        return F.fails(err.args[0], {"counterexample": "any value", "replay": one})
    except (B.Limit, B.Undefined, laurent.NotLaurent, NotRational) as err:
        return F.undecided(f"{type(err).__name__}: {err}")
    except Exception as err:
        return F.undecided(f"the evaluator failed: {type(err).__name__}: {err}")
