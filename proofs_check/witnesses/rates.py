"""The exponent of a quantity of size T^-e: slopes of its logarithm along doublings of log T, extrapolated.

A slope between T and T^2 differs from -e by c log 2/log T for a factor (log T)^c; Richardson's step removes that term.
What is left is the radius: such a value may refute a claim, and never proves one.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
import sympy as sp
from flint import arb, ctx, fmpq, fmpz

from ridgeproof.theorems.functions import E_test, Kappa, SpectralSum, TestErrorOf, df
from ridgeproof.theorems.quantities import Rate
from ridgeproof.theorems.settings import Setting

from . import balls as B

FIRST, LAST = 3, 8  # T = 10^(2^k) over a power law


def rate(e: Rate, setting: Setting | None, pt: B.Point) -> fmpq | arb:
    """-lim log q/log T at a point."""
    settings = [x.setting for x in e.quantity.atoms(TestErrorOf)]
    here = settings[0] if settings else setting
    spectral = e.quantity.has(SpectralSum, df, Kappa, E_test, TestErrorOf)
    if spectral and (here is None or here.spectrum != "power-law"):
        raise B.Limit("a rate over a spectrum that is no power law")
    sizes = _power_law(e, here, pt) if spectral and here is not None else _elementary(e, pt)
    if len(sizes) < 4:
        raise B.Limit("a rate: too few sizes could be evaluated")
    slopes = [(y2 - y1) / (t2 - t1) for (t1, y1), (t2, y2) in itertools.pairwise(sizes)]
    limits = [2 * b - a for a, b in itertools.pairwise(slopes)]
    error = 4 * abs(limits[-1] - limits[-2]) + (3e-4 if spectral else 1e-9)
    if error > 0.02 * (1 + abs(limits[-1])):
        raise B.Limit("a rate that does not settle")
    pt.marks.add("sampled")  # a few digits are what there is
    return arb(-limits[-1], error)


def _elementary(e: Rate, pt: B.Point) -> list[tuple[float, float]]:
    from .elementary import slog

    out, prec = [], ctx.prec
    for k in range(4, 30):
        try:
            ctx.prec = 3 * 2**k + 160 if k <= 11 else 400
            size = fmpq(fmpz(1) << 2**k) if k <= 11 else arb(2) ** fmpz(2**k)
            sign, y = slog(e.quantity, pt.child({e.size: size}))
            if sign > 0 and float(y.rad()) < 1e-6 * (1 + abs(float(y.mid()))):
                out.append((2**k * math.log(2), float(y.mid())))
        except (B.Limit, OverflowError):
            continue
        finally:
            ctx.prec = prec
    return out


def _power_law(e: Rate, setting: Setting, pt: B.Point) -> list[tuple[float, float]]:
    from .power_law import LD, Power, dimension

    out = []
    for k in range(FIRST, LAST):
        values = {x: LD(int(v.p)) / LD(int(v.q)) for x, v in pt.values.items() if isinstance(x, sp.Symbol)}
        values[e.size] = LD(10) ** LD(2**k)
        with np.errstate(all="ignore"):
            y = Power(values, dimension(values, setting), setting).ev(e.quantity)
        if not (np.isfinite(y) and y > 0):
            raise B.Limit("a rate of something that is not positive")
        out.append((float(np.log(values[e.size])), float(np.log(y))))
    return out
