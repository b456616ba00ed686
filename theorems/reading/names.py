"""The functions, constants and letters that a formula may use without declaring them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp

from ..functions import E_test, Kappa, SpectralSum, df
from ..vocabulary import MATRICES, SCALARS, T, d, kappa, lam, sigma02, sigma2


def _minmax(kind: Any) -> Callable[..., sp.Expr]:
    return lambda *parts: kind(*parts)


def _kappa(*parts: sp.Expr) -> sp.Expr:
    return Kappa(*(parts or (lam, T)))


FUNCTIONS: dict[str, tuple[Callable[..., sp.Expr], tuple[int, ...]]] = {  # name -> (maker, numbers of arguments)
    "exp": (sp.exp, (1,)),
    "log": (sp.log, (1,)),
    "ln": (sp.log, (1,)),
    "sqrt": (sp.sqrt, (1,)),
    "Abs": (sp.Abs, (1,)),
    "abs": (sp.Abs, (1,)),
    "floor": (sp.floor, (1,)),
    "sin": (sp.sin, (1,)),
    "cos": (sp.cos, (1,)),
    "tanh": (sp.tanh, (1,)),
    "tan": (sp.tan, (1,)),
    "sinh": (sp.sinh, (1,)),
    "cosh": (sp.cosh, (1,)),
    "coth": (lambda x: 1 / sp.tanh(x), (1,)),
    "arctan": (sp.atan, (1,)),
    "atan": (sp.atan, (1,)),
    "erf": (sp.erf, (1,)),
    "erfc": (sp.erfc, (1,)),
    "sign": (sp.sign, (1,)),
    "ceiling": (sp.ceiling, (1,)),
    "loggamma": (sp.loggamma, (1,)),
    "gamma": (sp.gamma, (1,)),
    "Gamma": (sp.gamma, (1,)),
    "factorial": (sp.factorial, (1,)),
    "binomial": (sp.binomial, (2,)),
    "beta": (sp.beta, (2,)),
    "zeta": (sp.zeta, (1,)),
    "digamma": (sp.digamma, (1,)),
    "psi": (sp.digamma, (1,)),
    "harmonic": (sp.harmonic, (1, 2)),
    "min": (_minmax(sp.Min), (2, 3, 4)),
    "max": (_minmax(sp.Max), (2, 3, 4)),
    "Min": (_minmax(sp.Min), (2, 3, 4)),
    "Max": (_minmax(sp.Max), (2, 3, 4)),
    "df": (lambda order, at: df(order, at), (2,)),
    "df1": (lambda at: df(1, at), (1,)),
    "df2": (lambda at: df(2, at), (1,)),
    "Kappa": (_kappa, (2,)),
    "kappa": (_kappa, (2,)),
    "sum_j": (SpectralSum, (1,)),
    "SpectralSum": (SpectralSum, (1,)),
}
BARE = {
    "exp",
    "log",
    "ln",
    "sin",
    "cos",
    "tan",
    "sinh",
    "cosh",
    "tanh",
    "coth",
    "arctan",
}  # may stand without brackets: log T
# The vocabulary's letters are the variances; what is written sigma is their root, wherever it stands.
ROOTS: dict[str, sp.Expr] = {"sigma": sp.sqrt(sigma2), "sigma_0": sp.sqrt(sigma02), "sigma0": sp.sqrt(sigma02)}
CONSTANTS: dict[str, sp.Expr] = {"pi": sp.pi, "infty": sp.oo, "oo": sp.oo, "inf": sp.oo, "e": sp.E}


def vocabulary() -> dict[str, sp.Basic]:
    """Every name that a formula may use without declaring it."""
    names: dict[str, sp.Basic] = {x.name: x for x in (*SCALARS, *MATRICES)}
    return names | ROOTS | CONSTANTS | {"E_test": E_test, "lam": lam, "df1": df(1, kappa), "I": sp.Identity(d)}


VOCABULARY = vocabulary()
