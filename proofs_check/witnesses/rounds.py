"""Quick witnesses for the audit, one for each kind of statement: a judge is made once and tries many wrong right sides.

exact        both sides at random rational points, in exact arithmetic (words) or as formulas (scalars)
expectation  both sides averaged over random letters; the difference must be zero within its error bar
test error   the formula against exact finite-size laws and against simulation
growing      an equivalent against simulation at sizes d, 2d, 4d: the discrepancy extrapolated to infinite size must be
             zero within its error bar
limit        ratio -> 1, or ratio between two constants, over many decades
optimum      as the verdict's own numbers have it (:mod:`.judge`)
"""

from __future__ import annotations

import dataclasses
import random
from functools import partial

import sympy as sp

from ridgeproof.errors import ClaimError, RidgeproofError
from ridgeproof.theorems.claim import Claim, Equation, Relation
from ridgeproof.theorems.functions import E_test, Expect

from ..verdicts import Evidence
from . import averages as witness_random
from . import exact as witness_exact
from . import limits as witness_limit
from .confront import as_evidence
from .effort import Effort, undecided
from .exact import Judge
from .judge import judge
from .levels import SEED


def witness(claim: Claim, part: Equation, work: Effort, rng: random.Random) -> Judge:
    """The judge for one equation of a claim's statement, with points drawn from the claim's hypotheses."""
    if claim.relation == Relation.OPTIMUM:
        return partial(_judged, claim)
    elif claim.limit is not None:
        make = witness_limit.limit
    elif isinstance(part.left, sp.MatrixExpr):
        make = witness_exact.words
    elif claim.relation == Relation.EQUIVALENT:
        make = witness_random.growing
    elif part.left.has(E_test):
        make = witness_exact.test_error
    elif part.left.has(Expect) or part.right.has(Expect):
        make = witness_random.expectation
    else:
        make = witness_exact.scalars
    return make(claim, work, rng)


def _judged(claim: Claim, part: Equation) -> list[Evidence]:
    """What the verdict's own numbers say of one equation of an optimum."""
    return [as_evidence(judge(dataclasses.replace(claim, statement=(part,))))]


def witnesses(claim: Claim, work: Effort, seed: int = SEED) -> list[Judge]:
    """One judge for each equation of the statement; the same for every run with this seed."""
    rng = random.Random(f"{seed} {claim.id}")
    return [witness(claim, part, work, rng) for part in claim.equations]


def judged(ask: Judge, part: Equation) -> list[Evidence]:
    """What a judge says of an equation; what it cannot evaluate is said plainly, not raised."""
    try:
        return ask(part)
    except (ClaimError, RidgeproofError, ArithmeticError) as error:
        return [undecided(" ".join(str(error).split()))]
