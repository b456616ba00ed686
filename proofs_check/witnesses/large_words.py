"""Equivalents of expectations: words by simulation at growing sizes, the gap of the sides extrapolated to 1/size = 0.

A gap of more than DOUBTFUL standard errors is drawn anew, with more draws unless it is CLEAR; a comparison refutes
only if two such samples, independent of the first and of each other, exceed SIGMAS standard errors on one side.
Even with Student's 15 degrees of freedom one does so with probability 3e-5 a side, both with less than 2e-9: the
100,000 comparisons of a thousand runs of the ledger share less than 1e-3 (Bonferroni).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import sympy as sp
from flint import fmpq

from ridgeproof.theorems.claim import Claim

from . import balls as B
from . import finding as F
from . import replay
from .finding import counted
from .size_families import BASE, SAMPLES, Solved, Values, admitted, at_size, told
from .tried import Tried
from .word_draws import drawn

SIGMAS, DOUBTFUL = 5.5, 2.0
CLEAR = 2 * SIGMAS  # standard errors of a gap that as many draws will show again
SEEN, LEAST = 0.02, 0.005  # relative gaps that the draws at growing sizes are to see, if they can, and that are told
FALSE_ALARM = 2e-9
ROUNDING = 1e-6  # of a gap, at least: where the controls say all of a word, and at other sizes not, the fit is possible
FIRST, AGAIN, LAST = 99, 100, 101  # seeds
LARGE, SMALL = (48, 96, 192), (4, 8, 16)  # sizes
DRAWS = {LARGE: ((100, 50, 16), (300, 150, 48)), SMALL: ((64, 32, 16), (400, 200, 100))}
RICH = 64  # samples to a dimension, at the small sizes, where X'X/T is near S: words fluctuate little, and 1 % is seen


class Gap(NamedTuple):
    """The relative gap of the sides at infinite size, its standard error, what a curvature in 1/size may add."""

    size: float
    error: float
    curvature: float

    def beyond(self, sigmas: float) -> bool:
        """Whether it is more than so many standard errors, and more than curvature explains."""
        least = LEAST if sigmas >= SIGMAS else 0
        return abs(self.size) > sigmas * self.error + self.curvature and abs(self.size) > least


def sampled(
    claim: Claim,
    parts: Sequence[tuple[sp.Expr, sp.Expr]],
    fams: Sequence[Values],
    solved: Solved,
    conds: Sequence[sp.Basic],
) -> F.Finding:
    """Whether the sides of equivalents agree as the sizes grow."""
    silent: list[Values] = []  # where 0 = 0 is said, and no gap is to be seen
    for fam in fams[:24]:  # one small draw of many families: has the statement a value there?
        pt = drawn(claim, fam, solved, BASE, 2, (3,))
        for left, right in parts:
            try:
                if B.ball(B.ev(left, pt)) == 0 == B.ball(B.ev(right, pt)):
                    silent.append(fam)
            except B.Undefined as err:
                return F.meaningless(f"no value at an admissible family: {err} at {told(fam, solved, BASE)}")
            except B.Limit:
                pass
    fams = [fam for fam in fams if fam not in silent] or list(fams)
    tests: list[Gap] = []
    first, tried = None, Tried()
    plans = [(fam, LARGE, SEEN) for fam in fams[:2]]  # a verdict needs all: no clock stands between them
    plans += [(fam, SMALL, LEAST) for fam in rich(fams[0], conds, solved)]
    for fam, sizes, seen in plans:
        at = told(fam, solved, sizes[0])
        tried.add(at_size(fam, solved, sizes[0]) or {})
        for which, (left, right) in enumerate(parts):
            try:
                for used in DRAWS[sizes]:  # few, then more, until such a gap would be seen or there plainly is one
                    gap = extrapolated(claim, fam, solved, left, right, sizes, used, FIRST)
                    doubtful, clear = gap.beyond(DOUBTFUL), gap.beyond(CLEAR)
                    if clear or (gap.error * (SIGMAS + 2) <= seen and not doubtful):
                        break
                if not doubtful:
                    tests.append(gap)
                    continue
                more = used if clear else tuple(2 * n for n in used)
                once = extrapolated(claim, fam, solved, left, right, sizes, more, AGAIN)
                tests.append(once)
                if not once.beyond(SIGMAS):
                    continue
                twice = extrapolated(claim, fam, solved, left, right, sizes, more, LAST)
            except B.Limit as err:
                first = first or str(err)
                continue
            except B.Undefined as err:
                first = first or f"no value: {err}"
                continue
            if twice.beyond(SIGMAS) and twice.size * once.size > 0:
                return F.fails(
                    f"the relative gap tends to {once.size:.4f} +- {once.error:.4f} (sizes {sizes}), and to "
                    f"{twice.size:.4f} +- {twice.error:.4f} with new draws, at {at}",
                    {
                        "counterexample": at,
                        "false_alarm": FALSE_ALARM,
                        "replay": replay.line(
                            claim, "ratios", at_size(fam, solved, sizes[0]) or {}, equation=which, draws=more
                        ),
                    },
                )
            first = first or f"two samples do not agree on a gap, {once.size:.4f} and {twice.size:.4f}, at {at}"
    if len(tests) >= 2 and not first:
        least = f"a relative gap at infinite size of {max((SIGMAS + 2) * g.error for g in tests):.3f}"
        every = dict.fromkeys(sizes for _, sizes, _ in plans)
        details = {
            "false_alarm": FALSE_ALARM,
            **tried.told(),
            "sizes": "; ".join(f"d = {', '.join(map(str, s))}" for s in every),
            "would_have_seen": least,
            "seeds": f"{FIRST} (draws), {AGAIN} and {LAST} (draws again)",
        }
        said = f"{counted(len(tests), 'family', 'families')}, gap extrapolated to {max(abs(g.size) for g in tests):.4f}"
        return F.holds(said, details)
    return F.undecided(first or "too few families")


def rich(fam: Values, conds: Sequence[sp.Basic], solved: Solved) -> list[Values]:
    """The family with many more samples than dimensions, where the hypotheses admit it."""
    more = {x: fmpq(RICH) if x in SAMPLES else v for x, v in fam.items()}
    return [more] if more != fam and admitted(conds, at_size(more, solved, SMALL[0])) else []


def extrapolated(
    claim: Claim,
    fam: Values,
    solved: Solved,
    left: sp.Expr,
    right: sp.Expr,
    sizes: Sequence[int],
    runs: Sequence[int],
    seed: int,
) -> Gap:
    """The gap of the sides: a line in 1/size, fitted to its means at the sizes."""
    gaps, errors = [], []
    for dim, n in zip(sizes, runs, strict=True):
        pt = drawn(claim, fam, solved, dim, n, (seed, dim))
        a, b = B.ball(B.ev(left, pt)), B.ball(B.ev(right, pt))
        scale = max(float(abs(a).mid()), float(abs(b).mid()))
        if scale == 0:
            raise B.Limit("both sides vanish")
        gaps.append(float((a - b).mid()) / scale)
        errors.append(float((a - b).rad()) / scale / 3 + ROUNDING)
    x, y, e = np.array([1 / s for s in sizes]), np.array(gaps), np.array(errors)
    A = np.stack([np.ones(len(sizes)), x], 1) / e[:, None]
    C = np.linalg.inv(A.T @ A)
    limit, slope = C @ A.T @ (y / e)
    return Gap(float(limit), math.sqrt(C[0, 0]), abs(slope) * x[-1] * 0.35 + 3 * x[-1] ** 2 * abs(slope))


def told_again(
    claim: Claim, fam: Values, solved: Solved, left: sp.Expr, right: sp.Expr, first: int, runs: Sequence[int]
) -> list[tuple[str, str]]:
    """(size, both sides with their error bars) with the draws of a refutation, and the gap that they amount to."""
    sizes = next(s for s in DRAWS if s[0] == first)
    rows = []
    for dim, n in zip(sizes, runs, strict=True):
        pt = drawn(claim, fam, solved, dim, n, (AGAIN, dim))
        a, b = B.ball(B.ev(left, pt)), B.ball(B.ev(right, pt))
        rows.append((f"d = {dim}", f"{a.str(8)} against {b.str(8)}"))
    gap = extrapolated(claim, fam, solved, left, right, sizes, runs, AGAIN)
    said = "fails" if gap.beyond(SIGMAS) else "holds"
    return [*rows, (said, f"the relative gap tends to {gap.size:.4f} +- {gap.error:.4f}")]
