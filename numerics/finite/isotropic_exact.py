"""One ridge fit with S = I at finite size: exact averages over the real Wishart law.

By rotation invariance a link of a chain acts on E |w|^2 and E w.w0 alone, through traces of functions of one matrix
X^T X; those need its mean eigenvalue density only (`ridgeproof.numerics.finite.laguerre`).
"""

from __future__ import annotations

from mpmath import mp, mpf

from .laguerre import averages
from .wishart_quadrature import FitMoments


def isotropic_moments(dim: int, samples: int, ridge: mpf, fits: int, digits: int) -> FitMoments:
    """Averages over directions of G = G_1^fits, G_1 = (W + T ridge)^-1 W, and U = I - G, for W = Z^T Z.

    Parameters
    ----------
    dim, samples : int
        d and T >= 1; the entries of Z are independent N(0, 1).
    ridge : mpf
        > 0, or 0 where T < d.
    fits : int
        Number of fits that share the design.
    digits : int
        Significant digits of every entry.

    Returns
    -------
    FitMoments
        1 x 1: E tr G/d, E tr U/d, E tr G^2/d, E tr G U/d, E tr U^2/d; noise[k] the trace (not divided by d) of
        E G_1^(2(fits-1-k)) W (W + T ridge)^-2.

    Raises
    ------
    DomainError, NotConverged
        See `ridgeproof.numerics.finite.laguerre.averages`.
    """
    if ridge == 0:  # min-norm: G is a projection of rank T (F5), and E tr W^+ = T/(d - T - 1)
        share = mpf(samples) / dim
        unit = [mpf(samples) / (dim - samples - 1) if dim > samples + 1 else mp.inf]
        return FitMoments([share], [1 - share], [[share]], [[mpf(0)]], [[1 - share]], [unit] * fits)
    shift = ridge * samples

    def values(x: mpf) -> list[mpf]:
        whole = x + shift
        step = x / whole
        g, u = step, shift / whole
        if fits > 1:
            g, u = step**fits, -mp.expm1(-fits * mp.log1p(shift / x))
        out = [g, u, g * g, g * u, u * u]
        unit = step / whole
        for _ in range(fits):
            out.append(unit)
            unit *= step * step
        return out

    g, u, gg, gu, uu, *noise = averages(dim, samples, values, digits, scale=shift, where="exact isotropic law")
    null = max(0, dim - samples)  # directions that the design does not see: G = 0, U = 1
    return FitMoments(
        [g / dim], [(u + null) / dim], [[gg / dim]], [[gu / dim]], [[(uu + null) / dim]], [[x] for x in noise[::-1]]
    )
