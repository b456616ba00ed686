"""The fixed point of one ridge fit on weighted rows: kappa, and how strongly a row of every group pulls.

Group k holds T_k rows of weight a_k and covariance S_c(k); N is the number that the loss divides by.  With H =
sum_c S_c
h_c and sum_c h_c = 1 the fit's mean response is J = (kappa + H)^-1, and

    Delta_c = tr S_c J,      pull_k = a_k kappa/(N lambda + a_k kappa Delta_c),      h_c = sum_{k in c} T_k pull_k.

For one covariance this is the mixture link: kappa = lambda/nu, Delta = df_1(kappa), T_k pull_k = pi_k.  All of it stays
finite as lambda -> 0, both where kappa -> 0 (more rows than dimensions) and where it does not (min-norm).  A row's
own residual is its left-out residual times slack_k = N lambda/(N lambda + a_k kappa Delta_c) = 1/(1 + a_k delta).

In kappa the equation sum_k T_k pull_k = 1 is monotone, so that Newton's method in log kappa is kept inside a bracket.
For complex lambda, off the negative axis, it is followed from lambda = |lambda|.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from ridgeproof.errors import DomainError, NotConverged

from .arithmetic import angle_of, between, epsilon, exp_of, is_complex, log1p_of, log_of, solve_dense

_STEPS = 200


@dataclass(frozen=True)
class FixedPoint:
    """kappa (lambda over nu where there is one), h_c, and pull_k and slack_k of the groups, in their order."""

    kappa: Any
    h: np.ndarray
    pulls: list[Any]
    slacks: list[Any]


@dataclass(frozen=True)
class Group:
    """T_k rows, their weight a_k >= 0 and the index of their covariance."""

    samples: Any
    weight: Any
    covariance: int


def solve(
    eigenvalues: np.ndarray,
    weights: np.ndarray | None,
    dim: Any,
    groups: Sequence[Group],
    total: Any,
    ridge: Any,
    kappa: Any = None,
    near: Any = None,
) -> FixedPoint:
    """The fixed point of one fit.

    Parameters
    ----------
    eigenvalues : ndarray, shape (C, d)
        Of every covariance, direction by direction; float, or ``mpf`` objects.
    weights : ndarray, shape (d,), optional
        Multiplicities of the directions.
    dim : int or inf
        Their sum.
    groups : sequence of Group
        Not all of weight 0.
    total : int
        N.
    ridge : float or mpf (>= 0), complex or mpc (off the negative axis)
    kappa : float or mpf, optional
        Where it is known (one covariance).
    near : float, optional
        A guess of kappa.

    Raises
    ------
    DomainError
        Ridge 0 with as many rows as dimensions.
    NotConverged

    Examples
    --------
    >>> found = solve(np.ones((1, 10)), None, 10, [Group(10, 1.0, 0), Group(30, 1.0, 0)], 40, 0.0)
    >>> float(found.kappa), float(found.pulls[0])
    (0.0, 0.025)
    """
    used = [g for g in groups if g.weight != 0]
    rows = sum(g.samples for g in used)
    if ridge == 0 and rows == dim:
        raise DomainError(
            f"{rows} rows = dim at ridge 0, where the error is infinite", accepted="other numbers of rows, or ridge > 0"
        )
    problem = _Problem(eigenvalues, weights, used, total, dim)
    only = {g.covariance for g in used}
    if len(only) == 1 and eigenvalues.shape[0] > 1:  # one covariance after all
        c = only.pop()
        alone = [replace(g, covariance=0) for g in groups]
        found = solve(eigenvalues[c : c + 1], weights, dim, alone, total, ridge, kappa, near)
        h = np.array([found.h[0] if b == c else found.h[0] * 0 for b in range(eigenvalues.shape[0])])
        return replace(found, h=h)
    if ridge == 0 and rows > dim:
        return problem.least_squares(dim, groups)
    if eigenvalues.shape[0] > 1:
        h = problem.many(ridge)
        kappa = 1 / sum(h)
        h = h * kappa
    else:
        h = np.array([kappa * 0 + 1 if kappa is not None else ridge * 0 + 1])
        if kappa is None:
            kappa = problem.one(ridge, near)
    spread = problem.spreads(kappa, h)
    scale = [total * ridge + g.weight * kappa * spread[g.covariance] for g in groups]
    pulls = [g.weight * kappa / x if g.weight != 0 else kappa * 0 for g, x in zip(groups, scale, strict=True)]
    slacks = [total * ridge / x if g.weight != 0 else kappa * 0 + 1 for g, x in zip(groups, scale, strict=True)]
    return FixedPoint(kappa, h, pulls, slacks)


@dataclass(frozen=True)
class _Problem:
    s: np.ndarray
    weights: np.ndarray | None
    groups: Sequence[Group]
    total: Any
    dim: Any

    def integral(self, values: np.ndarray) -> Any:
        return values.sum(axis=-1) if self.weights is None else values @ self.weights

    def spreads(self, kappa: Any, h: np.ndarray) -> list[Any]:
        response = 1 / (kappa + h @ self.s)
        return [self.integral(row * response) for row in self.s]

    def _balance(self, kappa: Any, ridge: Any) -> tuple[Any, Any]:
        """sum_k T_k pull_k - 1 and its derivative in log kappa, one covariance.

        With a = N lambda/kappa and F = df_1 the excess is also (T - F - a sum_k T_k/(a + a_k F))/F, where T - F is
        T - d + kappa tr (S + kappa)^-1: where all of it is small against F, near T = d, nothing cancels there.
        """
        response = 1 / (self.s[0] + kappa)
        shrink = self.s[0] * response
        freedom, turn = self.integral(shrink), kappa * self.integral(shrink * response)
        rows, pressure = sum(g.samples for g in self.groups), self.total * ridge / kappa
        scaled = [(g, pressure + g.weight * freedom) for g in self.groups]
        value = sum(g.samples * g.weight / x for g, x in scaled)
        slope = sum(g.samples * g.weight * (pressure + g.weight * turn) / x**2 for g, x in scaled)
        if self._whole:
            free, held = rows - self.dim, kappa * self.integral(response)
            if abs(free) + abs(held) + abs(pressure) < abs(freedom):
                spent = pressure * sum(g.samples / x for g, x in scaled)
                return (free + held - spent) / freedom, slope
        return value - 1, slope

    @cached_property
    def _whole(self) -> bool:
        """Whether the directions are all there, one by one: their number is the dimension."""
        return self.dim < math.inf and abs(float(self.integral(self.s[0] * 0 + 1)) - self.dim) < 1e-9 * self.dim

    def one(self, ridge: Any, near: Any = None) -> Any:
        """kappa for one covariance."""
        if is_complex(ridge):
            return self._followed(ridge)
        mean_weight = sum(g.samples * g.weight for g in self.groups) / self.total
        rows = sum(g.samples for g in self.groups)
        low = ridge / mean_weight if ridge != 0 else self.s[0].min() * 0
        trace = self.integral(self.s[0])
        high = low + (trace / rows) * 2
        while self._balance(high, ridge)[0] < 0:
            high = high * 2
        if low == 0:
            low = high
            while self._balance(low, ridge)[0] > 0:
                low = low / 16
        x = near if near is not None and low < near < high else between(low, high)
        tiny = epsilon(x)
        for _ in range(_STEPS):
            excess, slope = self._balance(x, ridge)
            if excess < 0:
                low = x
            else:
                high = x
            step = -log1p_of(excess) * (1 + excess) / slope
            following = x * exp_of(min(max(step, -30), 30))
            if abs(step) <= 4 * tiny or high - low <= 2 * tiny * high:
                return following if low <= following <= high else x
            x = following if low < following < high else between(low, high)
        raise NotConverged("kappa did not converge", where=f"{len(self.groups)} groups of rows, ridge = {ridge}")

    def _followed(self, ridge: Any) -> Any:
        """kappa at a complex ridge, from the positive axis along the circle; steps that fail are halved."""
        kappa, angle, aim = self.one(abs(ridge)), 0.0, float(angle_of(ridge))
        step = aim / 4
        while angle != aim:
            following = aim if abs(aim - angle) <= abs(step) * 1.0001 else angle + step
            there = ridge if following == aim else abs(ridge) * exp_of(1j * following)
            tried = self._newton(kappa, there)
            if tried is not None and (tried.imag * float(aim) > 0) and abs(log_of(tried / kappa)) < 0.7:
                kappa, angle = tried, following
                step *= 1.5
            else:
                step /= 2
                if abs(step) < 1e-6:
                    raise NotConverged("kappa could not be followed", where=f"ridge = {ridge}")
        return kappa

    def _newton(self, kappa: Any, ridge: Any) -> Any:
        kappa = kappa + 0j
        tiny, last = epsilon(abs(kappa)), None
        for _ in range(60):
            excess, slope = self._balance(kappa, ridge)
            step = -excess / slope
            if not abs(step) < 1:  # too far, or not a number
                step = step / abs(step) * 0.5 if abs(step) < 1e300 else None
                if step is None:
                    return None
            kappa = kappa * exp_of(step)
            if abs(step) < 8 * tiny or (last is not None and abs(step) < 1e3 * tiny and abs(step) >= last):
                return kappa
            last = abs(step)
        return None

    def many(self, ridge: Any) -> np.ndarray:
        """h_c/kappa for several covariances: Newton in its logarithm, damped; at a complex ridge followed as in one."""
        used = {g.covariance for g in self.groups}
        start = np.array([log_of(abs(ridge) * 0 + 1 / self.integral(row)) for row in self.s])
        y = self._settled(start, abs(ridge))
        if y is None:
            raise NotConverged(
                "the fixed point did not converge", where=f"{len(self.s)} covariances, ridge = {abs(ridge)}"
            )
        if is_complex(ridge):
            angle, aim = 0.0, float(angle_of(ridge))
            step, y = aim / 4, y + 0j
            while angle != aim:
                following = aim if abs(aim - angle) <= abs(step) * 1.0001 else angle + step
                there = ridge if following == aim else abs(ridge) * exp_of(1j * following)
                tried = self._settled(y, there)
                if tried is not None and max(abs(tried - y)) < 0.7:
                    y, angle, step = tried, following, step * 1.5
                    continue
                step /= 2
                if abs(step) < 1e-6:
                    raise NotConverged("the fixed point could not be followed", where=f"ridge = {ridge}")
        return np.array([exp_of(v) if c in used else v * 0 for c, v in enumerate(y)])

    def _many_balance(self, y: np.ndarray, ridge: Any) -> tuple[np.ndarray, np.ndarray]:
        """log h_c/kappa less the logarithm of its right-hand side, and the Jacobian."""
        count, used = len(self.s), sorted({g.covariance for g in self.groups})
        h = np.array([exp_of(v) if c in used else v * 0 for c, v in enumerate(y)])
        response = 1 / (1 + h @ self.s)
        spread = [self.integral(row * response) for row in self.s]
        value, jacobian = y * 0, np.array([[y[0] * 0 + (a == b) for b in range(count)] for a in range(count)])
        for c in used:
            own = [g for g in self.groups if g.covariance == c]
            right = sum(g.samples * g.weight / (self.total * ridge + g.weight * spread[c]) for g in own)
            slope = sum(g.samples * (g.weight / (self.total * ridge + g.weight * spread[c])) ** 2 for g in own)
            value[c] = y[c] - log_of(right)
            for b in used:
                jacobian[c, b] -= slope / right * h[b] * self.integral(self.s[c] * self.s[b] * response**2)
        return value, jacobian

    def _settled(self, y: np.ndarray, ridge: Any) -> np.ndarray | None:
        """Newton from y to rounding; None where it does not end."""
        tiny, last = epsilon(abs(ridge) * 0 + 1), None
        value, jacobian = self._many_balance(y, ridge)
        for _ in range(_STEPS):
            step = -solve_dense(jacobian, value)
            size, factor = max(abs(value)), 1.0
            step = step * min(1, 2 / max(float(max(abs(step))), 1e-300))
            while True:
                trial = y + factor * step
                new, new_jacobian = self._many_balance(trial, ridge)
                if max(abs(new)) < size or factor < 1e-3 or size < 1e3 * tiny:
                    break
                factor /= 2
            y, value, jacobian = trial, new, new_jacobian
            moved = max(abs(step))
            if moved < 8 * tiny or (last is not None and moved < 1e5 * tiny and moved >= last / 2):  # met its rounding
                return y
            last = moved
        return None

    def least_squares(self, dim: Any, groups: Sequence[Group]) -> FixedPoint:
        """kappa = 0: sum_k T_k a_k delta_c/(1 + a_k delta_c) = rows' own freedom, J = (sum_c S_c h_c)^-1."""
        zero = self.integral(self.s[0]) * 0
        count = self.s.shape[0]
        shares = np.array([zero + 1] * count)  # h_c N, up to a factor
        rows = sum(g.samples for g in self.groups)
        if all(g.weight == self.groups[0].weight for g in self.groups) and count == 1:
            deltas = [zero + dim / (self.groups[0].weight * (rows - dim))]
        else:
            deltas = self._least_squares_deltas(shares, dim)
        nu = sum(g.samples * g.weight / (1 + g.weight * deltas[g.covariance]) for g in self.groups)
        pulls = [g.weight / (1 + g.weight * deltas[g.covariance]) / nu for g in groups]
        h = np.array([zero + sum(p * g.samples for p, g in zip(pulls, groups, strict=True) if g.covariance == c)
                      for c in range(count)])  # fmt: skip
        return FixedPoint(zero, h, pulls, [1 / (1 + g.weight * deltas[g.covariance]) for g in groups])

    def _least_squares_deltas(self, h: np.ndarray, dim: Any) -> list[Any]:
        """N delta_c = tr S_c (sum h S)^-1, h_c = sum_k T_k (a_k/N)/(1 + a_k delta_c): log-Newton in one unknown, or
        for several covariances plain iteration, monotone from above."""
        zero = self.integral(self.s[0]) * 0
        tiny = epsilon(zero + 1)
        if self.s.shape[0] == 1:
            x = zero  # log delta
            for _ in range(_STEPS):
                parts = [(g.samples, g.weight * exp_of(x)) for g in self.groups]
                value = sum(t * a / (1 + a) for t, a in parts)
                slope = sum(t * a / (1 + a) ** 2 for t, a in parts)
                step = -(log_of(value / dim)) * value / slope
                x = x + max(min(step, 2), -2)
                if abs(step) < 8 * tiny:
                    return [exp_of(x)]
            raise NotConverged("delta did not converge", where="ridge 0")
        deltas = [zero] * self.s.shape[0]
        used = {g.covariance for g in self.groups}
        for _ in range(100_000):
            h = np.array([zero + sum(g.samples * g.weight / (1 + g.weight * deltas[c]) for g in self.groups
                                     if g.covariance == c) for c in range(len(deltas))])  # fmt: skip
            response = 1 / (h @ self.s)
            new = [self.integral(self.s[c] * response) if c in used else zero for c in range(len(deltas))]
            change = max(abs(a - b) / (abs(a) + tiny) for a, b in zip(new, deltas, strict=True))
            deltas = new
            if change < 16 * tiny:
                return deltas
        raise NotConverged("delta did not converge", where="ridge 0 on rows of several covariances")
