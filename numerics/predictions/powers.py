"""Chains too long to be walked: n equal links at once, by repeated squaring of the link.

Backwards, one link with D, L and residual R = T - df_2 (equivalents.py) maps the weight w of the covariance to

    w' = D^2 w + L^2 g,    g = tr(D^2 w)/R:      w' = A w,   A = diag(D^2) + L^2 p^T,   p = (multiplicity) D^2/R,

a diagonal matrix and one of rank one, of positive entries.  Of n links one needs, for every w before them,

    A^n w                                      the weight that earlier links see,
    G_n w = sum_{k<n} g_k                      sigma^2 times it is the noise of the block,
    K_n w,  K_n = A^n - diag(D^{2n})           integrated with kept^2 on the signal measure: the cost of the inflows,

the last because the mean's inflow into link n-1-k is the integral of kept^2 L^2 D^{2(n-1-k)} and meets the gain g_k:
sum_k L^2 D^{2(n-1-k)} g_k is what the cross terms of A^n collect.  All three compose, m links and then n:

    K_{m+n} = D^{2n} K_m + K_n A^m,            G_{m+n} = G_m + G_n A^m,

so that 10^6 links cost 20 squarings of matrices as large as the number of eigenvalues, some hundred after
compression.  Everything is a sum of products of positive numbers: nothing cancels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ridgeproof.errors import DomainError

from ..problem.scenario import Scenario

LONGEST_CHAIN = 10_000  # generations that are walked one by one, and listed one by one


@dataclass(frozen=True)
class Power:
    """n equal links at once; the rows stand for the N trace nodes, then for the M signal nodes.

    Parameters
    ----------
    decay : ndarray, shape (N + M,)
        D^(2n).
    cross : ndarray, shape (N + M, N)
        K_n of the module's docstring.
    gains : ndarray, shape (N,)
        G_n.
    """

    decay: np.ndarray
    cross: np.ndarray
    gains: np.ndarray

    def then(self, later: Power) -> Power:
        """These links, and ``later`` ones of the same kind beyond them."""
        nodes = self.gains.size
        decay, cross = self.decay[:nodes], self.cross[:nodes]
        return Power(
            self.decay * later.decay,
            later.decay[:, None] * self.cross + later.cross @ cross + later.cross * decay,
            self.gains + later.gains @ cross + later.gains * decay,
        )


def power(shrink: np.ndarray, loss: np.ndarray, row: np.ndarray, times: int) -> Power:
    """``times`` >= 1 equal links.

    Parameters
    ----------
    shrink, loss : ndarray, shape (N + M,)
        D and L = 1 - D on the trace nodes, then on the signal nodes.
    row : ndarray, shape (N,)
        p, the multiplicity times D^2/R.
    """
    base = Power(shrink**2, (loss**2)[:, None] * row, row)
    found: Power | None = None
    while True:
        if times & 1:
            found = base if found is None else found.then(base)
        times >>= 1
        if not times:
            break
        base = base.then(base)
    assert found is not None
    return found


def decay(shrink: np.ndarray, loss: np.ndarray, times: int) -> tuple[np.ndarray, np.ndarray]:
    """D^n and 1 - D^n, neither of them from a difference of near numbers."""
    with np.errstate(divide="ignore"):
        log = times * np.where(loss < 0.5, np.log1p(-np.minimum(loss, 0.5)), np.log(shrink))
    return np.exp(log), -np.expm1(log)


def generations(scenario: Scenario) -> int:
    """The number of generations, repeats counted."""
    return sum(generator.repeat for generator in scenario.generators)


def is_long(scenario: Scenario) -> bool:
    """Whether the chain has more generations than are walked, and listed, one by one."""
    return generations(scenario) > LONGEST_CHAIN


def refuse_long(scenario: Scenario, what: str, instead: str) -> None:
    """Raises DomainError, before any work, where a long chain could only be walked link by link."""
    if is_long(scenario):
        raise DomainError(
            f"{generations(scenario)} generations {what}",
            where="generators",
            accepted=f"at most {LONGEST_CHAIN}, or {instead}",
        )
