"""Expectations at small sizes: exact rationals, else quadrature with an error bar, else simulation."""

from __future__ import annotations

import contextlib

import sympy as sp
from flint import arb, fmpq

from ridgeproof.theorems.vocabulary import is_random

from . import balls as B
from . import bartlett, laurent, noise_means, quadrature, sampling
from . import letters as Lt
from .constants import NotRational


def expect(arg: sp.Expr, pt: B.Point) -> fmpq | arb:
    """E[arg] as fmpq or ball; raises Infinite, Undefined, Limit."""
    arg = sp.expand(arg) if not arg.is_Pow else arg
    with contextlib.suppress(noise_means.Hidden):  # else the noise is left to what evaluates
        arg = noise_means.averaged(arg)
    if not any(map(is_random, Lt.closure(arg))):
        return B.ev(arg, pt)
    try:
        return bartlett.logarithms(arg, pt) if arg.has(sp.log) else bartlett.exact_mean(arg, pt)
    except (laurent.NotLaurent, NotRational, TypeError, AttributeError):
        pass
    except B.Limit:
        pass
    try:
        return quadrature.mean(arg, pt)
    except B.Limit as error:
        if "may not exist" in str(error):
            raise
    return sampling.mean(arg, pt)
