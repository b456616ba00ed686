"""Gradient flow as a sum of ridge fits on the same rows.

Stopped at time t, gradient flow from 0 on (1/N) sum a |Xw - y|^2 + lambda0 |w|^2 (in the scaling dw/dt = X'A(y - Xw)/N
- lambda0 w) is h(Sh) X'Ay/N with h(x) = (1 - e^(-t (x + lambda0)))/(x + lambda0).  With 1 - e^-x = sum_q
c_q x/(x + p_q) on the positive axis it is a sum of the ridge fits of lambda_q = p_q/t + lambda0 (docs U3).

In double precision the p_q are the poles of the rational function of type (16, 16) that is nearest to e^-x on [0, oo)
up to rounding, by the method of Caratheodory and Fejer (Trefethen, Weideman and Schmelzer, BIT 46 (2006) 653): 16 fits
whatever t and the spectrum.  At many digits they are the points of the trapezoidal rule for the inverse Laplace
transform on the parabola of Weideman and Trefethen (Math. Comp. 76 (2007) 1341), M of which leave an error 2.85^-M.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

_POLES = 16


def flow_nodes(time: Any, ridge: Any) -> list[tuple[Any, Any]]:
    """(lambda_q, c_q) with w_t = sum_q c_q w_ridge(lambda_q).

    Parameters
    ----------
    time : float or mpf
        t > 0.
    ridge : float or mpf
        lambda0 >= 0.

    Returns
    -------
    list of (complex, complex), in conjugate pairs; the c_q add up to 1

    Examples
    --------
    >>> x, nodes = 0.7, flow_nodes(2.0, 0.0)
    >>> found = sum(c / (x + lam) for lam, c in nodes)
    >>> abs(found - (1 - 2.718281828459045**-1.4) / x) < 1e-12
    True
    """
    if not hasattr(time, "_mpf_"):
        return [(p / time + ridge, c) for p, c in _nearest(_POLES)]
    from mpmath import mp

    points = int(mp.dps * 2.2) + 10
    start, bend, rise = (mp.mpf(n) / 10000 for n in (1309, 1194, 2500))
    nodes, unit = [], mp.mpc(0, 1)
    for k in range(points):
        angle = mp.pi * (2 * k + 1 - points) / points
        z = points * (start - bend * angle**2 + rise * angle * unit)
        slope = points * (-2 * bend * angle + rise * unit)
        nodes.append((z / time + ridge, mp.exp(z) / z * slope / (points * unit)))
    return nodes


@lru_cache(maxsize=1)
def _nearest(count: int) -> list[tuple[complex, complex]]:
    """(p_q, c_q) with 1 - e^-x = sum_q c_q x/(x + p_q) for all x >= 0, up to 1e-13.

    With x = 9 (1 - s)/(1 + s) the function e^-x is smooth on -1 <= s <= 1.  The best rational approximation there has a
    nearly circular error curve, and follows from a singular vector of the Hankel matrix of its Chebyshev coefficients.
    """
    terms, size, scale = 75, 1024, 9.0
    w = np.exp(2j * np.pi * np.arange(size) / size)
    s = w.real
    chebyshev = np.fft.fft(np.exp(scale * (s - 1) / (s + 1 + 1e-16))).real / size
    hankel = np.zeros((terms, terms))
    for i in range(terms):
        hankel[i, : terms - i] = chebyshev[i + 1 : terms + 1]
    left, singular, right = np.linalg.svd(hankel)
    blaschke = np.fft.fft(left[::-1, count], size) / np.fft.fft(right[count], size)
    near = np.polyval(chebyshev[terms::-1], w) - singular[count] * w**terms * blaschke
    roots = np.roots(right[count])
    outside = roots[np.abs(roots) > 1]
    numerator = (np.fft.fft(near * np.polyval(np.poly(outside), w)) / size).real[count::-1]
    found = []
    for k, q in enumerate(outside):
        residue = np.polyval(numerator, q) / np.polyval(np.poly(np.delete(outside, k)), q)
        found.append((complex(scale * (q - 1) ** 2 / (q + 1) ** 2), complex(-4 * residue / (q**2 - 1))))
    total = sum(c for _, c in found)
    return [(p, c / total) for p, c in found]
