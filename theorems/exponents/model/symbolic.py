"""The optimal ell and its rate as formulas, for generators with T0 >= d + 2 (the paper's setting) and with T0 < d.

The rows of the law are the ones of the table (``law.least_squares_rows``), with symbols for the scales.  The bias never
rises and the noises never fall in ell, so an optimum is one of three kinds of vertex: the bias meets a noise; ell = 0
and a noise dominates; or the bias itself has become flat and still dominates.  Each candidate is written down with the
conditions under which it is one - inequalities that are affine in the scales - and those are the regions.

Both noises rise alike, so they act through one exponent, N/T = T^-(1 + nu) with

    nu = min(s, s0 - g + h - max(1, a)),

which is the effective noise N = sigma^2 + n sigma_0^2 (T + d)/(T0 - d) of Corollary 1.

Min-norm generators (``law.min_norm``) act as one ridge n T0^-beta, so beyond ell = b beta - g, if that comes before the
downstream fit's own end at cut = beta min(1, a), nothing more is gained.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sympy as sp
from sympy.core.sympify import _sympify  # strict: text is refused, not parsed

from ridgeproof.frames import Framed

from .law import BIAS, DOWNSTREAM, FAKE, downstream_level, fake_data_level, least_squares_rows
from .rows import GENERATOR_BIAS, MIN_NORM

BETA = sp.Symbol("beta", positive=True)
RB = sp.Symbol("rbar", positive=True)
A, B, G, H = sp.symbols("a b g h", nonnegative=True)
S, S0, NU = sp.symbols("s s_0 nu", real=True)
END = sp.Symbol("end", positive=True)
DOMAIN = (
    "beta > 1, rbar = min(r, 1) > 0, a <= b, T0 >= d + 2; at a = 1 min-norm is read as d/T -> phi > 1; "
    "at r = 1 a power of log T multiplies the bias"
)
MIN_NORM_DOMAIN = (
    "beta > 1, rbar = min(r, 1) > 0, a > b, T0 < d (min-norm generators), g >= 0; a may be infinite; at a = 1 the "
    "downstream fit is read as d/T -> phi > 1; at r = 1 a power of log T multiplies the bias"
)
NAMES = {BETA: r"\beta", RB: r"\bar r", S0: "s_0", NU: r"\nu"}


@dataclass(frozen=True)
class Stretch:
    """For lo <= ell <= hi (None: without end) the error is T^(max of slope ell + level over the ``rows``)."""

    lo: sp.Expr
    hi: sp.Expr | None
    rows: tuple[tuple[sp.Expr, sp.Expr], ...]


@dataclass(frozen=True)
class Side:
    """A law for all ell >= 0, where all ``conditions`` are >= 0; ``granted``: what else is >= 0 there."""

    conditions: tuple[sp.Expr, ...]
    stretches: tuple[Stretch, ...]
    granted: tuple[sp.Expr, ...] = ()


@dataclass(frozen=True)
class Region:
    """Where all ``conditions`` are >= 0, ``ell`` is the smallest optimal one and E_test ≍ T^-rate.

    ``side``: which of the law's sides the region is part of.
    """

    name: str
    conditions: tuple[sp.Expr, ...]
    ell: sp.Expr
    rate: sp.Expr
    side: int = 0


@dataclass(frozen=True)
class SymbolicLaw(Framed):
    """The regions, which cover the domain, and what the symbols stand for.

    Where several regions hold they agree, except at a = 1 with negligible noise: there the first of them is the answer.
    """

    regions: tuple[Region, ...]
    definitions: tuple[tuple[sp.Symbol, sp.Expr], ...]
    sides: tuple[Side, ...]
    domain: str = DOMAIN

    @property
    def ell(self) -> sp.Piecewise:
        """The smallest optimal ell as one Piecewise."""
        return _piecewise([(region.ell, region) for region in self.regions])

    @property
    def rate(self) -> sp.Piecewise:
        """The rate as one Piecewise."""
        return _piecewise([(region.rate, region) for region in self.regions])

    def records(self) -> list[dict[str, Any]]:
        """A row for each region: where it holds, ell and the rate, as formulas."""
        return [
            {
                "regime": region.name, "where": " and ".join(f"{sp.sstr(c)} >= 0" for c in region.conditions),
                "ell": sp.sstr(region.ell), "rate": sp.sstr(region.rate),
            }
            for region in self.regions
        ]  # fmt: skip

    def as_text(self) -> str:
        """Return the regions in plain text, one a line."""
        lines = [f"{symbol} = {expr}" for symbol, expr in self.definitions]
        for region in self.regions:
            where = " and ".join(f"{sp.sstr(c)} >= 0" for c in region.conditions)
            lines.append(f"ell = {sp.sstr(region.ell)}, rate = {sp.sstr(region.rate)}  if {where}  [{region.name}]")
        return "\n".join([*lines, f"domain: {self.domain}"])

    def as_latex(self) -> str:
        """Return an align* environment (package amsmath) with the definitions, the optimal ell and the rate."""
        rows = [rf"{_latex(symbol)} &= {_latex(expr)}" for symbol, expr in self.definitions]
        rows += [rf"\ell^* &= {_latex(self.ell)}", rf"\text{{rate}} &= {_latex(self.rate)}"]
        return "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}"


def symbolic_law(*, expand: bool = False, gap: bool = False) -> SymbolicLaw:
    """Return the optimal ell and rate over the regions of the scales, T0 >= d + 2 (docs/theory.md#P4, #P5).

    Parameters
    ----------
    expand : bool
        True: the two noises apart, in s, s0, g and b, so that every condition is affine in the scales.
        False: through nu, with its definition.
    gap : bool
        True: T0 - d = T^h with an h of its own.  False: h = b, which is so unless T0 - d << T0.
    """
    h = H if gap else B
    regions: list[Region] = []
    sides: list[Side] = []
    for wide in (True, False):  # at a = 1 the first holds: phi > 1
        side = (A - 1,) if wide else (1 - A,)
        levels = (downstream_level(S), fake_data_level(A, G, S0, h, wide=wide)) if expand else (downstream_level(NU),)
        names = (DOWNSTREAM, FAKE) if expand else ("noise",)
        cut, before, after = rows = least_squares_rows(BETA, RB, A, levels, wide=wide)
        regions.extend(_regions(rows, names, side, len(sides)))
        sides.append(Side(side, (_stretch(0, cut, before), _stretch(cut, None, after))))
    definitions = () if expand else ((NU, sp.Min(S, S0 - G + h - sp.Max(1, A))),)
    return SymbolicLaw(tuple(regions), definitions, tuple(sides))


def _stretch(lo: Any, hi: Any, rows: Sequence[tuple[Any, Any]]) -> Stretch:
    ends = _sympify(lo), None if hi is None else _sympify(hi)
    return Stretch(*ends, tuple((_sympify(slope), _sympify(level)) for slope, level in rows))


def symbolic_min_norm_law() -> SymbolicLaw:
    """Return the optimal ell and rate over the regions of the scales for min-norm generators, T0 < d (a > b)."""
    generations = G - S0 - B  # level of the fake-data noise while every generation is kept
    saturation = B * BETA - G
    regions = list(_forgetful())
    # The chain's bias is reached before the downstream fit's end.  For a < 1 it always is, since b < a.
    rows = _min_norm_rows(saturation, (downstream_level(S), generations))
    regions.extend(_regions(rows, (DOWNSTREAM, FAKE), (saturation, BETA - saturation), 1, flat=GENERATOR_BIAS))
    # The downstream fit ends first: its kappa stays above n kappa_0, and unlearnt noise counts df_2/T.
    rows = _min_norm_rows(BETA, (downstream_level(S), generations + saturation / BETA - 1))
    regions.extend(_regions(rows, (DOWNSTREAM, FAKE), (saturation - BETA,), 2))
    return SymbolicLaw(tuple(regions), (), tuple(_min_norm_sides()), MIN_NORM_DOMAIN)


def _min_norm_sides() -> Iterator[Side]:
    """Yield the rows of ``law.min_norm`` for all ell; END is beta min(1, a), where the downstream fit ends."""
    saturation, clean = B * BETA - G, downstream_level(S)
    fall, flat = (-2 * RB, sp.S.Zero), (sp.S.Zero, sp.S.Zero)
    rise, ended = (1 / BETA, clean), (sp.S.Zero, clean + END / BETA)
    forgotten = (sp.S.Zero, B * BETA - S0 - B)
    before, after = ((flat, noise, forgotten) for noise in (rise, ended))
    yield Side((-saturation,), (_stretch(0, END, before), _stretch(END, None, after)))
    level = G - S0 - B
    first = (fall, rise, (1 / BETA, level))
    reached = ((sp.S.Zero, -2 * RB * saturation), (sp.S.Zero, level + saturation / BETA))
    middle, last = ((reached[0], noise, reached[1]) for noise in (rise, ended))
    stretches = _stretch(0, saturation, first), _stretch(saturation, END, middle), _stretch(END, None, last)
    yield Side((saturation, BETA - saturation), stretches, (END - saturation,))  # END = a beta > b beta for a < 1
    level += saturation / BETA - 1
    first = (fall, rise, (1 / BETA, level))
    last = ((sp.S.Zero, -2 * RB * BETA), (sp.S.Zero, clean + 1), (sp.S.Zero, level + 1))
    yield Side((saturation - BETA,), (_stretch(0, BETA, first), _stretch(BETA, None, last)))


def _min_norm_rows(cut: sp.Expr, levels: Sequence[sp.Expr]) -> tuple[Any, Any, Any]:
    """Return (cut, rows before it, rows after it), as ``law.least_squares_rows`` does, with all rows flat after it."""
    before = ((-2 * RB, sp.S.Zero), *((1 / BETA, level) for level in levels))
    return cut, before, tuple((sp.S.Zero, m * cut + c) for m, c in before)


def _forgetful() -> Iterator[Region]:
    """Yield the regions in which n kappa_0 >= 1: the generators forget everything, the bias stays of order 1."""
    side = G - B * BETA
    levels = {"bias": sp.S.Zero, DOWNSTREAM: downstream_level(S), FAKE: B * BETA - S0 - B}
    for name, level in levels.items():
        dominant = [level - other for other in levels.values() if other != level]
        conditions = _nonnegative(side, *dominant)
        yield Region(f"collapse ({name}): the generators forget everything", conditions, sp.S.Zero, -level)


def _regions(
    rows: tuple[Any, Any, Any], noises: Sequence[str], side: tuple[sp.Expr, ...], number: int, flat: str = MIN_NORM
) -> Iterator[Region]:
    """Yield the candidate vertices of one law with their conditions; ``side``, that ``number``, holds on all of them.

    ``flat`` names the region in which the bias alone counts and no longer falls.
    """
    cut, before, after = rows
    for lo, hi, piece in ((sp.S.Zero, cut, before), (cut, None, after)):
        (fall, bias), *noise_rows = [(_sympify(m), _sympify(c)) for m, c in piece]
        for noise, (slope, level) in zip(noises, noise_rows, strict=True):
            dominant = [level - other for _, other in noise_rows if other != level]
            if lo == 0:
                conditions = _nonnegative(*side, level - bias, *dominant)
                yield Region(f"collapse ({noise})", conditions, lo, sp.expand(-level), number)
            if fall != 0:
                ell = (bias - level) / (slope - fall)
                ends = [ell - lo] if hi is None else [ell - lo, hi - ell]
                name = f"{BIAS} = {noise}" if lo == 0 else f"finite dimension: {BIAS} = {noise}"
                conditions = _nonnegative(*side, *ends, *dominant)
                yield Region(name, conditions, _neat(ell), _neat(-slope * ell - level), number)
        if fall == 0:
            conditions = _nonnegative(*side, *(bias - level for _, level in noise_rows))
            yield Region(flat, conditions, lo, -bias, number)


def keeping_clean_ridge() -> tuple[sp.Expr, sp.Expr]:
    """Return what keeping the clean ell costs where both optima balance bias and noise, nu <= s <= 2 beta rbar.

    Returns
    -------
    rate, collapse : Expr
        The rate of the fake-data error at the clean ell, and the nu at and below which that error does not fall.
    """
    _, before, _ = least_squares_rows(BETA, RB, A, (downstream_level(NU),), wide=True)
    (fall, bias), (slope, level) = before
    clean = ((bias - level) / (slope - fall)).subs(NU, S)
    rate = -(slope * clean + level)
    return _neat(rate), _neat(sp.solve(rate, NU)[0])


def _nonnegative(*conditions: sp.Expr) -> tuple[sp.Expr, ...]:
    """Return the conditions (>= 0) without positive factors, and without those that always hold."""
    kept = []
    for condition in conditions:
        factors = sp.Mul.make_args(sp.factor(condition))
        rest = sp.expand(sp.Mul(*(f for f in factors if not f.is_positive))).primitive()[1]
        if not rest.is_nonnegative:
            kept.append(rest)
    return tuple(kept)


def _neat(expr: sp.Expr) -> sp.Expr:
    """Return the factored form, with a leading minus sign moved into a sum."""
    coefficient, factors = sp.factor(expr).as_coeff_mul()
    flip = next((i for i, f in enumerate(factors) if f.is_Add), None)
    if coefficient < 0 and flip is not None:
        coefficient, factors = -coefficient, (*factors[:flip], -factors[flip], *factors[flip + 1 :])
    return sp.Mul(coefficient, *factors)


def _piecewise(branches: Sequence[tuple[sp.Expr, Region]]) -> sp.Piecewise:
    # As they are: SymPy would join neighbours of one value and multiply their conditions out.
    pairs = ((expr, sp.And(*(c >= 0 for c in region.conditions))) for expr, region in branches)
    return sp.Piecewise(*pairs, evaluate=False)


def latex_name(name: str) -> str:
    """Return a name in LaTeX: a Greek letter by its name, ``ell`` as itself, and words upright."""
    letter = sp.latex(sp.Symbol(name))
    if name == "ell":
        return r"\ell"
    return letter if len(name) == 1 or letter.startswith("\\") or "_" in letter else rf"\mathrm{{{name}}}"


def _latex(expr: sp.Expr) -> str:
    return sp.latex(expr, symbol_names=NAMES)
