"""The law: the order of every term of E_test under power laws, as rows that are affine in ell.

Setting: s_j = j^-beta (beta > 1), s_j w0_j^2 = j^-(1 + 2 beta r), rb = min(r, 1), least-squares generators; d = T^a,
T0 = T^b, n = T^g, sigma^2 = T^-s, sigma_0^2 = T^-s0, T0 - d = T^h, downstream lambda = T^-ell with ell >= 0.
Everything is read off the deterministic equivalent (docs/theory.md#E1 to #E4); E_test ≍ T^(max of the rows).  A factor
log T is not a power and is reported apart.

Effective ridge.  kappa = T^-k.  For a < 1, df_1 <= d << T and kappa ~ lambda: k = ell.  For a > 1, kappa >= c T^-beta:
k = min(ell, beta).  At a = 1 the answer depends on the constant phi = d/T: for phi > 1 it is the answer of a > 1, for
phi < 1 that of a < 1, and for phi = 1 k = (ell + beta)/2 beyond beta.  The law here takes phi > 1; rows that depend on
it say so.

Sums.  With J = min(kappa^(-1/beta), d):  df_1 ≍ df_2 ≍ J, T - df_2 ≍ T, and

    kappa^2 sum_j s_j w0_j^2/(s_j + kappa)^2 ≍ kappa^(2 rb)               while kappa >= s_d,
                                             ≍ kappa^2 d^(2 beta (1 - rb))  below it (the cut-off),

times log J at r = 1 and log(d/J) at r = 0;  kappa^2 tr(S + kappa)^-2 ≍ d while kappa >= s_d (below, where d << T, it
is smaller and never matters).

Generators with T0 >= d + 2 (a <= b).  kappa_0 = 0 and n generations add n sigma_0^2/(T0 - d) S^-1 to the teacher's
second moment: bias as above, downstream noise sigma^2 J/T, fake-data noise n sigma_0^2/(T0 - d) J max(1, d/T).

Min-norm generators, T0 < d (a > b).  kappa_0 ≍ T0^-beta >> s_d.  D_0^n = (S/(S + kappa_0))^n ~ exp(-n kappa_0/S): what
one ridge kappa_0 forgets, n of them forget as one ridge n kappa_0 would.  With K = max(kappa, min(1, n kappa_0)):

    bias K^(2 rb), with log 1/K at r = 1; the cut-off at s_d is never reached.  Downstream noise as above.
    Fake-data noise n' sigma_0^2/T0 K^(-1/beta) max(1, (n kappa_0)^(-1/beta)/T), n' = min(n, 1/kappa_0).

The last line: generation i adds q_i S(S + kappa_0)^-2 with q_i ≍ sigma_0^2/T0, because the renewal equation for q_i
has a kernel of mass < 1/2 (it compares s/(2 s + kappa_0) with 1); a direction with s_j >> n kappa_0 keeps all n
additions, one between kappa_0 and n kappa_0 only s_j/kappa_0 of them.  The factor max(1, ...) is df_2/T times the
unlearnt part of that noise and exceeds 1 only while kappa > n kappa_0.  Without sigma_0 the chain still adds
q_i ≍ kappa_0^(2 rb) i^(-2 (1 - rb))/T0, which stays below the bias.  h has no meaning here.

Ridge generators in infinite dimension, lambda_0 = T^-ell0.  kappa_0 ≍ max(lambda_0, T0^-beta) = T^-k_0 with
k_0 = min(ell0, b beta), T0 - df_2(kappa_0) ≍ T0 still, and the mass of the renewal kernel only falls with lambda_0.
The law is that of min-norm generators with k_0 in the place of b beta.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from ..calculus.minimax import ONE, ZERO, Piece
from ..calculus.scales import INF, Infinite, Scale

BIAS, DOWNSTREAM, FAKE = "bias", "downstream noise", "fake-data noise"


class Law(NamedTuple):
    """The pieces of one law and the names of its rows; beyond ``cut`` the dimension or the least kappa is reached."""

    pieces: tuple[Piece, ...]
    terms: tuple[str, ...]
    cut: Fraction
    saturation: Fraction | None  # the ell beyond which min-norm generators fix the bias; None for T0 >= d + 2


def downstream_level(s: Any) -> Any:
    """Return the level of the downstream noise: it is T^(level) J."""
    return -s - 1


def fake_data_level(a: Any, g: Any, s0: Any, h: Any, *, wide: bool) -> Any:
    """Return the level of the fake-data noise for T0 >= d + 2: it is T^(level) J.  ``wide``: a >= 1."""
    level = g - s0 - h
    return level + (a - 1) if wide else level


def least_squares_rows(beta: Any, rb: Any, a: Any, levels: Sequence[Any], *, wide: bool) -> tuple[Any, Any, Any]:
    """Return (cut, rows before the cut, rows after it), T0 >= d + 2: the bias, then a noise for each level.

    Only ring operations are used here and in the levels, so the arguments may be rationals or symbols: the table
    and the formula come from the same lines.
    """
    cut = beta if wide else a * beta
    after_bias = (ZERO, -2 * rb * beta) if wide else (Fraction(-2), 2 * cut * (1 - rb))
    before = ((-2 * rb, ZERO), *((1 / beta, level) for level in levels))
    after = (after_bias, *((ZERO, level + (1 if wide else a)) for level in levels))
    return cut, before, after


def clean(beta: Fraction, rb: Fraction, a: Scale, s: Scale) -> Law:
    """Return the law of clean data (n = 0)."""
    return least_squares(beta, rb, a, None, s, ZERO, ZERO)


def least_squares(
    beta: Fraction, rb: Fraction, a: Scale, g: Fraction | None, s: Scale, s0: Fraction, h: Fraction
) -> Law:
    """Return the law for T0 >= d + 2.  ``g`` None: no fake-data noise; ``s`` = INF: no downstream noise."""
    wide = a >= 1
    finite_a = ONE if isinstance(a, Infinite) else a
    terms, levels = [BIAS], []
    if not isinstance(s, Infinite):
        terms.append(DOWNSTREAM)
        levels.append(downstream_level(s))
    if g is not None:
        terms.append(FAKE)
        levels.append(fake_data_level(finite_a, g, s0, h, wide=wide))
    cut, before, after = least_squares_rows(beta, rb, finite_a, levels, wide=wide)
    last = Piece(cut, None, after)
    return Law((last,) if cut == 0 else (Piece(ZERO, cut, before), last), tuple(terms), cut, None)


def min_norm(
    beta: Fraction, rb: Fraction, a: Scale, b: Fraction, g: Fraction, s: Scale, s0: Scale, ell0: Scale = INF
) -> Law:
    """Return the law for min-norm generators, T0 < d (a > b), a possibly infinite, ``s`` and ``s0`` possibly INF.

    With a finite ``ell0`` the generators have the ridge T^-ell0; that is established for a = INF.
    """
    own = b * beta
    reach = own if own <= ell0 else ell0
    assert not isinstance(reach, Infinite)
    saturation = max(ZERO, reach - g)
    generations = min(g, reach)
    cut = beta if isinstance(a, Infinite) or a >= 1 else a * beta
    slow = 1 / beta
    excess = max(ZERO, saturation / beta - 1)
    reached = min(saturation, cut)
    terms, first = [BIAS], [(-2 * rb, ZERO)]
    middle, last = [(ZERO, -2 * rb * saturation)], [(ZERO, -2 * rb * reached)]
    if not isinstance(s, Infinite):
        terms.append(DOWNSTREAM)
        first.append((slow, -s - 1))
        middle.append((slow, -s - 1))
        last.append((ZERO, cut / beta - s - 1))
    if not isinstance(s0, Infinite):
        terms.append(FAKE)
        level = generations - s0 - b + excess
        first.append((slow, level))
        middle.append((ZERO, level + saturation / beta))
        last.append((ZERO, level + reached / beta))
    pieces, start = [], ZERO
    for end, rows in ((reached, first), (cut, middle)):
        if end > start:
            pieces.append(Piece(start, end, tuple(rows)))
            start = end
    pieces.append(Piece(cut, None, tuple(last)))
    return Law(tuple(pieces), tuple(terms), cut, saturation)
