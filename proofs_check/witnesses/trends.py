"""What a sequence of log ratios along doublings of log T says: a limit, a growth that is named, or neither."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import sympy as sp

from ridgeproof.theorems.claim import Relation

from .points import Env

LOG2 = math.log(2)


@dataclass(frozen=True)
class Ratio:
    """Two sides as ``var`` tends to ``target``: others move with it by ``scaling``, the rest is ``env``."""

    left: sp.Expr
    right: sp.Expr
    var: sp.Symbol
    target: sp.Expr
    env: Env
    scaling: Sequence[tuple[sp.Symbol, sp.Expr]] = ()

    def put_in(self) -> Ratio:
        """The same with what moves written out in ``var``."""
        left, right = (x.xreplace(dict(self.scaling)) for x in (self.left, self.right))
        return Ratio(left, right, self.var, self.target, self.env)


def decide(seq: Sequence[tuple[float, float, float]], relation: Relation, floor: float) -> tuple[str, str]:
    """The outcome and its words for a relation, from [(log T, y, error)] with log T doubling."""
    if relation not in ONE_SIDED:
        return two_sided(seq, relation, floor)
    if len(seq) >= 4 and all(y == -math.inf for _, y, _ in seq[-3:]):
        return "holds", "the left side is 0"
    if len(seq) < 4 or any(not math.isfinite(y) for _, y, _ in seq[-3:]):
        return "undecided", "the ratio of the sides is not positive, or too few sizes could be evaluated"
    said, words = two_sided(seq, Relation.ORDER, floor)  # does the ratio settle, and if not, where does it go?
    if said == "undecided":
        return said, words
    ys = [y for _, y, _ in seq]
    if said == "fails":
        rises = ys[-1] > ys[-2]
        return ("fails" if rises else "holds"), words
    if relation == Relation.ORDER_AT_MOST:
        return "holds", words
    if relation == Relation.NEGLIGIBLE:
        return "fails", f"the ratio does not tend to 0: {words}"
    limit, other = 2 * ys[-1] - ys[-2], 2 * ys[-2] - ys[-3]
    error = abs(limit - other) + max(floor, 4 * max(e for _, _, e in seq[-4:]))
    if _slow([b - a for a, b in itertools.pairwise(ys)]):
        limit, error = slow_limit(seq)
        error /= 10
    if limit > 10 * error:
        return "fails", f"the ratio tends to {math.exp(limit):.8g} (+- {error:.1g}), above 1"
    return ("holds", words) if limit <= max(10 * error, 1e-6) else ("undecided", words)


ONE_SIDED = (Relation.AT_MOST, Relation.ORDER_AT_MOST, Relation.NEGLIGIBLE)


def _unit(floor: float) -> float:
    """What log T counts in: log 2, over a power law log 10."""
    return LOG2 if floor < 1e-7 else math.log(10)


def _steps(seq: Sequence[tuple[float, float, float]], floor: float) -> tuple[list[float], float, list[float]]:
    """The steps of a log ratio, what of them is no more than their error, and the last two quotients of steps."""
    g = [b[1] - a[1] for a, b in itertools.pairwise(seq)]
    noise = max(floor, 4 * max(e for _, _, e in seq[-4:]))
    rho = [abs(b / a) if a else (0 if abs(b) <= noise else 9) for a, b in itertools.pairwise(g)][-2:]
    return g, noise, rho


class Settled(NamedTuple):
    """The limit of a log ratio with its error, and what would not have settled like that.

    ``logarithm``, ``power``: factors (log T)^c and T^a with a greater |c| or |a| would have moved the last step more.
    """

    limit: float
    error: float
    logarithm: float
    power: float


def settled(seq: Sequence[tuple[float, float, float]], floor: float) -> Settled | None:
    """The limit of a log ratio, None where it does not settle, from [(log T, y, error)] with log T doubling.

    log T counts in units of log 2, over a power law (a floor above 1e-7) in units of log 10.
    """
    seq = [(a, y, e) for a, y, e in seq if math.isfinite(y)]
    if len(seq) < 4:
        return None
    ys = [y for _, y, _ in seq]
    g, noise, rho = _steps(seq, floor)
    small = abs(g[-1]) <= noise
    if not (small or all(q < 0.72 for q in rho)):
        return None
    L, L2 = 2 * ys[-1] - ys[-2], 2 * ys[-2] - ys[-3]  # Richardson in 1/log T
    step = max(abs(g[-1]), noise)
    last = (seq[-1][0] - seq[-2][0]) * _unit(floor)
    lim, unc = (ys[-1], noise) if small else (L, abs(L - L2) + noise)
    return Settled(lim, unc, step / LOG2, step / last)


def two_sided(seq: Sequence[tuple[float, float, float]], relation: Relation, floor: float) -> tuple[str, str]:
    """(verdict, words) from [(log T, y, error)] with log T doubling."""
    if any(math.isinf(y) for _, y, _ in seq[-3:]):
        return "fails", "the ratio of the sides is not positive: signs differ, or one side is 0 or infinite"
    if any(math.isnan(y) for _, y, _ in seq[-2:]):
        return "undecided", "the ratio of the sides is not positive"
    seq = [(a, y, e) for a, y, e in seq if not math.isnan(y) and not math.isinf(y)]
    if len(seq) < 4:
        return "undecided", f"only {len(seq)} sizes could be evaluated"
    ys = [y for _, y, _ in seq]
    g, _, rho = _steps(seq, floor)
    end = settled(seq, floor)
    if end is not None:
        lim, unc = end.limit, end.error
        if relation == Relation.ORDER:
            return (
                "holds",
                f"log ratio -> {lim:.4g} +- {unc:.1g}; excluded: factors (log T)^c with |c| > {end.logarithm:.1g}, "
                f"T^a with |a| > {end.power:.1g} (steps of log T = 2^k); not excluded: loglog and slower below that",
            )
        if abs(lim) <= max(10 * unc, 1e-6) and abs(lim) < 2e-3:
            return "holds", f"ratio -> 1 within {max(abs(lim), unc):.1g}"
        if abs(lim) > 10 * unc:
            return "fails", f"the ratio tends to {math.exp(lim):.8g} (+- {unc:.1g}), not to 1"
        return "undecided", f"log ratio -> {lim:.3g} +- {unc:.1g}: not told from 0"
    same = all((x > 0) == (g[-1] > 0) for x in g[-3:])
    if (
        6 <= len(seq) < 14 and same
    ):  # few sizes: which slow function fits the last five? (log T)^c, (loglog T)^c, or a limit
        u = np.array([math.log(a * _unit(floor)) for a, _, _ in seq[-5:]])
        y = np.array(ys[-5:])
        res = {}
        for name, f in (("log", u), ("loglog", np.log(u)), ("limit", np.exp(-u))):
            A = np.stack([np.ones(5), f], 1)
            with np.errstate(all="ignore"):  # exp(-u) may be 0: what comes out is then no fit
                co, *_ = np.linalg.lstsq(A, y, rcond=None)
                off = float(np.max(np.abs(A @ co - y)))
            res[name] = (off if math.isfinite(off) else math.inf, float(co[1]))
        span = abs(y[-1] - y[0])
        best = min(res, key=lambda k: res[k][0])
        if best != "limit" and res[best][0] < 2e-3 * span and res["limit"][0] > 20 * res[best][0]:
            return (
                "fails",
                f"the ratio goes like ({'log T' if best == 'log' else 'loglog T'})^{res[best][1]:.3g} (fits the "
                f"last five sizes to {res[best][0]:.1g}, a limit only to {res['limit'][0]:.1g})",
            )
    if _slow(g):
        return slowly(seq, relation)
    if same and all(q > 1.6 for q in rho):
        return (
            "fails",
            f"the ratio goes like T^{g[-1] / ((seq[-1][0] - seq[-2][0]) * _unit(floor)):.4g}",
        )
    if same and all(0.93 < q <= 1.6 for q in rho):
        return "fails", f"the ratio goes like (log T)^{g[-1] / LOG2:.3g}: {_ends(ys)}"
    return "undecided", f"steps of log ratio {', '.join(f'{x:.2g}' for x in g[-4:])}: neither settled nor growing"


def _ends(ys: Sequence[float]) -> str:
    return f"{math.exp(min(700, ys[0])):.3g} .. {math.exp(min(700, max(-700, ys[-1]))):.3g}"


def _slow(g: Sequence[float]) -> bool:
    """Whether steps hardly fall and are of one sign, in a sequence that is long enough to ask whether they sum up."""
    return (
        len(g) >= 11
        and all((x > 0) == (g[-1] > 0) and x != 0 for x in g[-3:])
        and all(0.8 < b / a <= 1.6 for a, b in itertools.pairwise(g[-3:]))
    )


def raabe(seq: Sequence[tuple[float, float, float]], at: int) -> float:
    """Raabe's test of the steps g before the sequence's place ``at``: k (g_k/g_(k+1) - 1), k = log log T / log 2.

    It tends to 0 for (log T)^c, to 1 for (log log T)^c, to 1 + p for a limit that is approached like (log log T)^-p;
    extrapolated in 1/k.
    """
    k = [math.log2(a) for a, _, _ in seq[at - 2 : at]]
    g = [b[1] - a[1] for a, b in itertools.pairwise(seq[at - 3 : at + 1])]
    first, last = (k[i] * (g[i] / g[i + 1] - 1) for i in (0, 1))
    return (k[1] * last - k[0] * first) / (k[1] - k[0])


def slow_limit(seq: Sequence[tuple[float, float, float]]) -> tuple[float, float]:
    """The limit of a sequence that approaches it like (log log T)^-p, and its uncertainty."""
    p = raabe(seq, len(seq) - 1) - 1

    def limit(at: int) -> float:  # the steps that follow g_k sum up to about k g_k/p
        return seq[at][1] + (seq[at][1] - seq[at - 1][1]) * math.log2(seq[at][0]) / p

    last = len(seq) - 1
    return limit(last), 2 * abs(limit(last) - limit(last - 8)) + 1e-3


def slowly(seq: Sequence[tuple[float, float, float]], relation: Relation) -> tuple[str, str]:
    """Steps that hardly fall, of one sign: does their sum settle?  Where iterated logarithms decide nothing is said."""
    ys = [y for _, y, _ in seq]
    here, before = raabe(seq, len(seq) - 1), raabe(seq, len(seq) - 4)
    if here < 1.1:
        power = (ys[-1] - ys[-2]) / LOG2
        word = (
            f"like (log T)^{power:.3g}" if here < 0.3 else "slower than every power of log T (loglog T or an iterate)"
        )
        return "fails", f"the ratio goes {word}: {_ends(ys)}"
    if here < 1.6 or abs(here - before) > 0.2:
        steps = ", ".join(f"{b - a:.2g}" for a, b in itertools.pairwise(ys[-5:]))
        return "undecided", f"steps of log ratio {steps}: too slow to be told"
    found, unsure = slow_limit(seq)
    if relation == Relation.ORDER:
        return "holds", f"log ratio -> {found:.2g} +- {unsure:.1g}, like 1/loglog T"
    if abs(found) <= unsure:
        return ("holds" if unsure < 0.02 else "undecided"), f"ratio -> 1 within {unsure:.1g}, like 1/loglog T"
    if abs(found) > 10 * unsure:
        return "fails", f"the ratio tends to {math.exp(found):.4g} (+- {unsure:.1g}), not to 1"
    return "undecided", f"log ratio -> {found:.2g} +- {unsure:.1g}: not told from 0"
