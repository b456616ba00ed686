"""The model-collapse problem that a statement about the test error refers to, in symbols."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import sympy as sp


@dataclass(frozen=True)
class Fit:
    """One ridge fit: samples, ridge, label-noise variance (symbols or rationals); ``repeat`` times in a row."""

    samples: sp.Expr
    ridge: sp.Expr
    noise: sp.Expr
    repeat: sp.Expr = sp.S.One
    same_design: bool = False


@dataclass(frozen=True)
class Setting:
    """The model-collapse problem that ``E_test`` refers to, in symbols.

    spectrum : "any" | "isotropic" | "power-law"
    target : "any" | "isotropic" | "source" | "zero" (only noise is seen)
    generators : fits that relabel, in order
    downstream : the last fit
    dimension : d, where it is not free: an expression in T, or oo
    """

    spectrum: Literal["any", "isotropic", "power-law"]
    target: Literal["any", "isotropic", "source", "zero"]
    generators: tuple[Fit, ...]
    downstream: Fit
    dimension: sp.Expr | None = None
