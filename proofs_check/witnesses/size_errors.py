"""E_test at a large size: exact where a law is closed for every size, else the links, which simulation vouches for."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from flint import arb, ctx, fmpq

from ridgeproof.theorems.claim import Claim
from ridgeproof.theorems.settings import Setting

from . import balls as B
from . import laws
from .balls import Number
from .size_families import BASE, Solved, Values, placed

RUNS, SEED = 80, 5  # of the simulation that vouches for the links
SIGMAS, SHARE = 4.5, 6.0  # it may miss them by so many standard errors, and by so many parts in d


def _float(x: Number) -> float:
    return float(B.ball(x).mid())


def _closed_inverse(T: int, d: int) -> fmpq | None:
    """E (G G')^-1 = 1/(T - d - 1) on the diagonal, for G of d rows and T columns; None where it is +oo."""
    return fmpq(1, T - d - 1) if d + 1 < T else None


def _setting_fits(setting: Setting | None, pt: B.Point) -> tuple[list[laws.FitNumbers], list[int]]:
    if setting is None or pt.counts is None:
        raise B.Limit("an error of no setting")
    return laws.fits(setting, pt), list(pt.counts)


def test_error_at(setting: Setting | None, pt: B.Point) -> Number:
    """E_test of a setting at a point of :func:`.size_families.placed`; marks the point where it is the links'.

    Raises
    ------
    Infinite where the mean diverges, Limit next to T = d at lambda = 0, where the links are no law.
    """
    fits, counts = _setting_fits(setting, pt)
    d = sum(counts)
    live = [f for f in fits if f[3] > 0]
    if all(B.rat(l) and l == 0 for _, l, _, _, _ in live) and all(d <= T for T, *_ in live):
        total: Number = fmpq(0)
        for T, _, noise, repeats, _ in live:
            if B.rat(noise) and noise == 0:
                continue
            inverse = _closed_inverse(T, d)
            if inverse is None:
                raise B.Infinite()
            if B.rat(noise) and B.rat(total):
                total = total + noise * repeats * inverse * d
            else:
                total = B.ball(total) + B.ball(noise) * B.ball(repeats * inverse * d)
        return total
    if any(T in (d, d - 1, d + 1) and B.rat(l) and l == 0 for T, l, *_ in live):
        raise B.Limit("T next to d at lambda = 0")
    numbers = _floats(fits)
    s = np.array([_float(a) for a, _ in pt.spectrum])
    c = np.array(counts, float)
    w2 = np.array([_float(b) for _, b in pt.spectrum]) * c
    value = laws.links(numbers, s, c, w2)
    scale = float(np.sum(s * w2)) + sum(noise for _, _, noise, _, _ in numbers)
    pt.marks.add("links")
    return arb(value, 1e-13 * (abs(value) + 1e-3 * scale))


def _floats(fits: list[laws.FitNumbers]) -> list[Any]:
    return [(T, _float(l), _float(noise), repeats, same) for T, l, noise, repeats, same in fits]


def vouch(
    claim: Claim, settings: Iterable[Setting | None], fam: Values, solved: Solved, dim: int = 2 * BASE, runs: int = RUNS
) -> tuple[bool, str]:
    """Are the links right for these settings?  Simulation at one size, noise averaged: (agreement, in words)."""
    found = [_vouched(claim, setting, fam, solved, dim, runs) for setting in settings]
    return next((x for x in found if not x[0]), (True, "; ".join(words for _, words in found)))


def _vouched(
    claim: Claim, setting: Setting | None, fam: Values, solved: Solved, dim: int, runs: int
) -> tuple[bool, str]:
    ctx.prec = 96
    pt = placed(claim, fam, solved, dim)
    fits, counts = _setting_fits(setting, pt)
    numbers = _floats(fits)
    s = np.repeat([_float(a) for a, _ in pt.spectrum], counts)
    w = np.repeat([math.sqrt(_float(b)) for _, b in pt.spectrum], counts)
    mean, error = laws.simulate(numbers, s, w, runs, SEED)
    link = laws.links(numbers, s, np.ones(dim), w * w)
    if abs(mean - link) > SIGMAS * error + SHARE * link / dim:
        return (
            False,
            f"the links {link:.5g} and simulation {mean:.5g} +- {error:.2g} disagree at d = {dim}: nothing to "
            f"compare with",
        )
    return True, f"links {link:.5g}, simulated {mean:.5g} +- {error:.2g} at d = {dim}"
