"""The link: how one ridge fit maps its teacher's moments to its student's, in symbols (docs/theory.md#E4).

Only diagonals in the eigenbasis of the covariance are needed, so a moment is an expression in the eigenvalue ``s`` and
the squared coefficient ``w2`` = w0_j^2 of one eigendirection.  The first moment is kept relative to the truth,
E w_j = (mean) w0_j, which makes everything affine in ``w2``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sympy as sp

from .claim import Fit, Setting
from .functions import Kappa, SpectralSum, df
from .vocabulary import d, s, w2


@dataclass(frozen=True)
class Moments:
    """mean: E w_j / w0_j;  second: E w_j^2.  Expressions in (s, w2)."""

    mean: sp.Expr
    second: sp.Expr


TRUTH = Moments(sp.S.One, w2)
NOTHING = Moments(sp.S.Zero, sp.S.Zero)  # a teacher w = 0, to isolate noise


def link(
    teacher: Moments, kappa: sp.Expr, samples: sp.Expr, noise: sp.Expr, dimension: sp.Expr | None = None
) -> Moments:
    """One fit with effective ridge ``kappa``: m' = D m, M' = D M D + q S (S + kappa)^-2.

    q = (noise + kappa^2 tr[M S (S + kappa)^-2]) / (samples - df_2(kappa)); at kappa = 0 (least squares,
    samples > dimension) this is M' = M + noise/(samples - dimension) S^-1, and ``dimension`` must be given.
    """
    if kappa == 0:
        if dimension is None:
            raise ValueError("a link at kappa = 0 needs the dimension")
        return Moments(teacher.mean, teacher.second + noise / (samples - dimension) / s)
    shrink = s / (s + kappa)
    q = (noise + kappa**2 * SpectralSum(teacher.second * s / (s + kappa) ** 2)) / (samples - df(2, kappa))
    return Moments(shrink * teacher.mean, shrink**2 * teacher.second + q * s / (s + kappa) ** 2)


def error(student: Moments, truth: sp.Expr = w2) -> sp.Expr:
    """E |w - w0|_S^2 = tr S (M - 2 m w0' + w0 w0')."""
    return SpectralSum(s * (student.second - 2 * student.mean * truth + truth))


def error_of(setting: Setting, full: Callable[[Fit], bool]) -> sp.Expr | None:
    """E_test of a setting, to leading order: the links of its fits, one applied to the other (docs/theory.md#E4).

    ``full``: whether a fit is least squares with at least as many samples as dimensions, so that its kappa is 0.
    None where the number of fits is a symbol, or where several share one design.
    """
    fits: list[Fit] = []
    for fit in setting.generators:
        if not fit.repeat.is_Integer or (fit.same_design and fit.repeat != 1):
            return None
        fits += [fit] * int(fit.repeat)
    student, truth = (NOTHING, sp.S.Zero) if setting.target == "zero" else (TRUTH, w2)
    for fit in (*fits, setting.downstream):
        kappa = sp.S.Zero if full(fit) else Kappa(fit.ridge, fit.samples)
        student = link(student, kappa, fit.samples, fit.noise, d)
    return error(student, truth)
