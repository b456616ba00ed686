"""The model-collapse problem that a statement about the test error refers to, in symbols."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import sympy as sp

from .plain_numbers import exact


@dataclass(frozen=True)
class Fit:
    """One ridge fit of a `Setting`: ``repeat`` times in a row, on fresh designs or on the same one.

    Parameters
    ----------
    samples, ridge, noise, repeat : SymPy expression, or a number in any exact form (1, "1/20", "0.05", a Fraction)
        T rows, lambda >= 0 in the unit of S, label-noise variance sigma^2 in the square of the labels' unit.

    Notes
    -----
    Source: docs/theory.md#setup.

    Examples
    --------
    >>> from ridgeproof.theorems.vocabulary import T, lam
    >>> Fit(T, lam, "0.05").noise
    1/20
    """

    samples: sp.Expr
    ridge: sp.Expr
    noise: sp.Expr
    repeat: sp.Expr = sp.S.One
    same_design: bool = False

    def __post_init__(self) -> None:
        for name in ("samples", "ridge", "noise", "repeat"):
            object.__setattr__(self, name, exact(getattr(self, name)))


@dataclass(frozen=True)
class Setting:
    """The model-collapse problem that ``E_test`` refers to, in symbols.

    spectrum : "any" | "isotropic" | "power-law"
    target : "any" | "isotropic" | "source" | "zero" (only noise is seen)
    generators : fits that relabel, in order
    downstream : the last fit
    dimension : d, where it is not free: an expression in T, or oo

    Notes
    -----
    Source: docs/theory.md#setup.

    Examples
    --------
    Isotropic inputs; n generations of least squares on T0 rows, then ridge regression on T.

    >>> from ridgeproof.theorems.vocabulary import T, T0, lam, n, sigma2
    >>> chain = Setting("isotropic", "isotropic", (Fit(T0, 0, sigma2, repeat=n),), Fit(T, lam, sigma2))
    >>> chain.generators[0].repeat
    n
    """

    spectrum: Literal["any", "isotropic", "power-law"]
    target: Literal["any", "isotropic", "source", "zero"]
    generators: tuple[Fit, ...]
    downstream: Fit
    dimension: sp.Expr | None = None
