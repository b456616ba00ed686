r"""Many fits on rows of their own or shared ones: the causal chain, one elementary model appended at a time.

Elementary model n is a ridge fit (or a step of gradient descent).  Row i of group k, x ~ N(0, S_c), gives it the
residual
rho = (combination of the models and noises that made the label) - x.w_n, and sum_m Lm[n,m] w_m = sum x f, f = A rho.
Errors are carried, e_n = t_n w0 - w_n (t_n = 1; 0 for a fit of w - u), with e = w0 in front, so that nothing cancels.
With K_k, r_k the rows of labels (rho = r x.w0 + K-combination of the e, see `Row`), pulls Gam_k and J = (Lm + H)^-1:

    Gam_k = A_k (I + K_k Del_c A_k)^-1,   H = sum_c S_c H_c,   H_c = sum_{k in c} T_k Gam_k K_k,   Del_c = tr S_c J
    E e_j / w0_j = J (Lm t + sum_c s_c sum_k T_k Gam_k r_k),      Cov e = J (sum_c s_c Q_c + R) J',
    Q_c = sum_k T_k Gam_k Xi_k Gam_k',   Xi_k = cov of a fresh row's rho = noises + [r, -K] Gram_c [r, -K]'

Everything is lower triangular, and mostly 0 where fits share no rows: the points of a gradient flow do not see each
other.  So at many digits sums over directions run over the models that a model descends from (`reach`) only.

Appended row n: its diagonal is the fixed point of one fit (`fixed_point`, in whose
normalisation A drops out); the rest of Del's row solves x (I - B P) = -c P - y with known lower triangular B, P, and
the row of Q the transposed system (`triangular`); then the two diagonal entries follow.  So a chain costs O(d L^3) and
no iteration.
R holds what a fit on random features adds (`features`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ridgeproof.errors import NotConverged

from .arithmetic import solve_dense, some, times
from .fixed_point import FixedPoint
from .space import GroupOfRows, Row, Space
from .triangular import close

LOST = 1e-7  # of a denominator made of numbers near 1, in doubles: nine digits are left
_AT_ONCE = 4_000_000  # entries of the largest table of one step


def eaten() -> NotConverged:
    """What is said where rounding leaves too little of an error."""
    what = "too few of its digits are left in double precision"
    return NotConverged(what, where="test error", accepted="predict --digits N, or more ridge")


class Chain:
    """The state of the chain: append models, then ask for moments.

    Parameters
    ----------
    space : Space
    groups : sequence of GroupOfRows
    noises : int
        Second moments are kept for each of so many by itself (unit: its variance), after the part without noise.
    models : int
        How many will be appended.
    """

    def __init__(self, space: Space, groups: Sequence[GroupOfRows], noises: int, models: int, kind: type) -> None:
        self.space, self.groups = space, groups
        count, size, parts = space.s.shape[0], models, noises + 1

        def zeros(*shape: int) -> np.ndarray:
            made: np.ndarray = np.zeros(shape, dtype=kind)
            if kind is object:
                made[...] = zero
            return made

        zero = space.s[0, 0] * 0
        self.sparse = kind is object
        self.reach: list[np.ndarray] = []  # of every model: the models m <= n with J[n,m] != 0

        self.n = 0
        self.target = zeros(size)
        self.response = zeros(space.s.shape[1], size, size)  # J
        self.lost = zeros(size + 1, space.signal.shape[1])  # mean of e over w0; row 0 is w0 itself
        self.lost[0] = self.lost[0] + 1
        self.spread = zeros(count, size, size)  # Del_c
        self.force = zeros(parts, count, size, size)  # Q_c
        self.extra = zeros(parts, size)  # R
        self.gram = zeros(parts, count, size + 1, size + 1)
        for c in range(count):
            self.gram[0, c, 0, 0] = space.power[c].sum()
        self.pull = [zeros(size, size) for _ in groups]
        self.label = [zeros(size, size) for _ in groups]  # K
        self.seen = [zeros(size, size) for _ in groups]  # Gam K
        self.rest = [zeros(size) for _ in groups]  # r
        self.noise = [zeros(size, parts) for _ in groups]  # the first part is that without noise
        self.residual = [zeros(parts, size, size) for _ in groups]  # Xi
        self.unsettled: dict[int, int] = {}  # groups whose Xi waits for `settle`, and the row
        self.zeros = zeros

    def append(
        self,
        point: FixedPoint,
        rows: Sequence[Row],
        target: Any,
        memory: Sequence[tuple[int, Any]] = (),
        features: Any = None,
        explicit: bool = False,
    ) -> int:
        """Append an elementary model.

        Parameters
        ----------
        point : FixedPoint
            Of this fit, its groups in the order of ``rows``.
        rows : sequence of Row
        target : 0 or 1
            t_n.
        memory : pairs
            Lm[n, m], over nu, for m < n: (m, value).
        features : optional
            Number m of random features.
        explicit : bool
            The residual is not this model's own: rho = (label) without - x.w_n, as in a step of gradient descent, which
            has the residual of the step before among ``labels``.  Then Gam_nn = A_nn, and H_nn = 0.

        Returns
        -------
        int
            Its index.
        """
        n, space = self.n, self.space
        self.target[n] = self.target[n] + target
        self.implicit = 0 if explicit else 1  # K_nn
        own = space.s  # (C, d)
        diagonal = 1 / (point.kappa + point.h @ own)
        row = self.zeros(n)
        for m, value in memory:
            row[m] = row[m] + value
        for use, pull in zip(rows, point.pulls, strict=True):
            self.settle(use.group)
            self._enter(use, pull)
        past = self.response[:, :n, :n]
        pulls = {use.group: pull for use, pull in zip(rows, point.pulls, strict=True)}
        rate = self._delta_row(n, diagonal, row, pulls, past)
        mixed = row[None, :] + (own.T @ rate if n else self.zeros(own.shape[1], 0))
        self._respond(n, diagonal, mixed, row, rate, past)
        self._mean(n, point, row, rate)
        self._moments(n, diagonal, pulls, past, features, point)
        for k in pulls:
            self.seen[k][n, : n + 1] = times(self.pull[k][n, : n + 1], self.label[k][: n + 1, : n + 1])
        self.unsettled |= dict.fromkeys(pulls, n)
        self.n = n + 1
        return n

    def settle(self, k: int) -> None:
        """Bring Xi_k up to date: its last row was written before the last diagonal entry of Gram was known."""
        if k in self.unsettled:
            self._residual_row(k, self.unsettled.pop(k), slice(0, self.gram.shape[0]))

    def _respond(
        self, n: int, diagonal: np.ndarray, mixed: np.ndarray, row: np.ndarray, rate: np.ndarray, past: np.ndarray
    ) -> None:
        """Row n of J, from its teachers' rows."""
        self.response[:, n, n] = diagonal
        if not self.sparse:
            if n:
                self.response[:, n, :n] = -diagonal[:, None] * (mixed[:, None, :] @ past)[:, 0, :]
            return
        teachers = np.flatnonzero(some(row) | some(rate))
        reach = np.unique(np.concatenate([np.zeros(0, int), *(self.reach[m] for m in teachers)]))
        if reach.size:
            known = past[:, teachers[:, None], reach]
            self.response[:, n, reach] = -diagonal[:, None] * (mixed[:, None, teachers] @ known)[:, 0, :]
        self.reach.append(np.append(reach, n))

    def _enter(self, use: Row, pull: Any) -> None:
        n, k = self.n, use.group
        self.pull[k][n, n] = pull
        for m, c in use.labels:
            self.label[k][n, m] = self.label[k][n, m] - c
        self.label[k][n, n] = self.label[k][n, n] + self.implicit
        self.rest[k][n] = self.implicit * self.target[n] - use.truth - sum(c * self.target[m] for m, c in use.labels)
        for channel, c in use.noises:
            self.noise[k][n, channel + 1] = self.noise[k][n, channel + 1] + c

    def _backward(self, n: int, pulls: dict[int, Any]) -> np.ndarray:
        """B_c = K_nn sum_k T_k gamma_k Gam_k K_k over the groups of this model."""
        back = self.zeros(self.space.s.shape[0], n, n)
        for k, pull in pulls.items():
            g = self.groups[k]
            back[g.covariance] += (self.implicit * g.samples * pull) * self.seen[k][:n, :n]
        return back

    def _delta_row(
        self, n: int, diagonal: np.ndarray, row: np.ndarray, pulls: dict[int, Any], past: np.ndarray
    ) -> np.ndarray:
        """Solve for row n of Del_c, fill in row n of every pull, and return row n of every H_c, shape (C, n)."""
        space, count = self.space, self.space.s.shape[0]
        for c in range(count):
            self.spread[c, n, n] = space.integral(space.s[c] * diagonal)
        if not n:
            return self.zeros(count, 0)
        direct = self.zeros(count, n)
        for k, pull in pulls.items():
            g, own = self.groups[k], self.label[k][n, :n]
            back = times(times(own, self.spread[g.covariance][:n, :n]), self.seen[k][:n, :n])
            direct[g.covariance] += (g.samples * pull) * (own - back)
        self.through = self._through(diagonal, past)
        self.back = self._backward(n, pulls)
        right = self.zeros(count, n)
        for c in range(count):
            weighted = space.s[c] * diagonal
            if some(row).any():
                right[c] -= row @ self._summed(weighted, past)
            for b in range(count):
                right[c] -= times(direct[b], self.through[c][b])
        self.coupled = bool(some(self.back).any())
        found = close(right, self.back, self.through, transposed=False) if self.coupled else right
        self.spread[:, n, :n] = found
        rate = self.zeros(count, n)
        for c in range(count):
            rate[c] = direct[c] - times(found[c], self.back[c])
        for k, pull in pulls.items():
            c = self.groups[k].covariance
            own = times(self.label[k][n, :n], self.spread[c][:n, :n]) + self.implicit * found[c]
            self.pull[k][n, :n] = -pull * times(own, self.pull[k][:n, :n])
        return rate

    def _summed(self, weighted: np.ndarray, past: np.ndarray) -> np.ndarray:
        """sum_j weights_j weighted_j past_j, an n x n matrix."""
        w = weighted if self.space.weights is None else weighted * self.space.weights
        n = past.shape[1]
        if self.sparse:
            out = self.zeros(n, n)
            for m, reach in enumerate(self.reach[:n]):
                out[m, reach] = w @ past[:, m, reach]
            return out
        return np.asarray((w @ past.reshape(past.shape[0], n * n)).reshape(n, n))

    def _through(self, diagonal: np.ndarray, past: np.ndarray) -> list[list[np.ndarray]]:
        """P_cc' = sum_j s_c s_c' J_nn J_{<n}."""
        s = self.space.s
        out: list[list[Any]] = [[None] * len(s) for _ in s]
        for a in range(len(s)):
            for b in range(a + 1):
                out[a][b] = out[b][a] = self._summed(s[a] * s[b] * diagonal, past)
        return out

    def _mean(self, n: int, point: FixedPoint, row: np.ndarray, rate: np.ndarray) -> None:
        """Row n of the mean errors: (kappa + H_nn) l_n = (Lm t)_n - Lm l + sum_c s_c (sum_k T_k Gam_k r_k - H l)."""
        space = self.space
        value = point.kappa * self.target[n] + row @ self.target[:n] - row @ self.lost[1 : n + 1]
        for c in range(space.s.shape[0]):
            rest = self.target[n] * 0
            for k, g in enumerate(self.groups):
                if g.covariance == c and some(self.rest[k][: n + 1]).any():
                    rest = rest + g.samples * (self.pull[k][n, : n + 1] @ self.rest[k][: n + 1])
            value = value + space.signal[c] * (rest - (rate[c] @ self.lost[1 : n + 1] if n else 0))
        self.lost[n + 1] = value / (point.kappa + point.h @ space.signal)

    def _moments(
        self,
        n: int,
        diagonal: np.ndarray,
        pulls: dict[int, Any],
        past: np.ndarray,
        features: Any,
        point: FixedPoint,
    ) -> None:
        space, count = self.space, self.space.s.shape[0]
        for c in range(count):
            mean = (self.lost[: n + 2] * space.power[c]) @ self.lost[n + 1]
            self.gram[0, c, n + 1, : n + 2] = self.gram[0, c, : n + 2, n + 1] = mean
        parts = self.force.shape[0]
        step = max(1, _AT_ONCE // max(1, past.shape[0] * max(n, 1)))
        for first in range(0, parts, step):
            self._moments_of(slice(first, min(first + step, parts)), n, diagonal, pulls, past, features, point)

    def _moments_of(
        self,
        p: slice,
        n: int,
        diagonal: np.ndarray,
        pulls: dict[int, Any],
        past: np.ndarray,
        features: Any,
        point: FixedPoint,
    ) -> None:
        """Rows n of Gram, Xi and Q, for the parts ``p`` of the noise."""
        space, count = self.space, self.space.s.shape[0]
        new = self.response[:, n, :n]
        carried = self._carried(p, n, new)  # (p, d, n): J[n,:n] (sum_c s_c Q_c + R)
        touched = [k for k in range(len(self.groups)) if k in pulls or some(self.pull[k][n, :n]).any()]
        if n:
            gram, force = self.gram[p], self.force[p]
            for c in range(count):
                gram[:, c, n + 1, 1 : n + 1] += self._contract(space.s[c], carried, past)
            known = self.zeros(gram.shape[0], count, n)
            for k in touched:
                if not some(self.pull[k][:n, :n]).any():  # rows that nothing before has seen
                    continue
                self._residual_row(k, n, p)
                g, mine = self.groups[k], self.residual[k][p]
                line = times(self.pull[k][n, :n], mine[:, :n, :n])
                if k in pulls:
                    line = line + pulls[k] * mine[:, n, :n]
                known[:, g.covariance] += g.samples * (line @ self.pull[k][:n, :n].T)
            found = close(known, self.back, self.through, transposed=True) if self.coupled else known
            force[:, :, n, :n] = force[:, :, :n, n] = found
            for c in range(count):
                for b in range(count):
                    gram[:, c, n + 1, 1 : n + 1] += found[:, b] @ self.through[c][b].T
                gram[:, c, : n + 1, n + 1] = gram[:, c, n + 1, : n + 1]
        self._diagonal(p, n, diagonal, pulls, touched, carried, new, features, point)

    def _carried(self, p: slice, n: int, new: np.ndarray) -> np.ndarray:
        out = new * self.extra[p, None, :n]
        live = np.flatnonzero(some(new)) if self.sparse else slice(None)
        for c, s in enumerate(self.space.s):
            out = out + s[:, None] * (new[:, live] @ self.force[p, c, :n, :n][:, live])
        return out

    def _contract(self, weighted: np.ndarray, rows: np.ndarray, past: np.ndarray) -> np.ndarray:
        """sum_j weights_j weighted_j past_j rows_j, for every part: (parts, d, n) -> (parts, n)."""
        w = weighted if self.space.weights is None else weighted * self.space.weights
        parts, d, n = rows.shape
        if self.sparse:
            out, weighted_rows = self.zeros(parts, n), w[:, None] * rows
            for m, reach in enumerate(self.reach[:n]):
                out[:, m] = (weighted_rows[:, :, reach] * past[:, m, reach]).sum(axis=(1, 2))
            return out
        flat = (w[:, None] * rows).reshape(parts, d * n)
        return np.asarray(flat @ past.transpose(0, 2, 1).reshape(d * n, n))

    def _residual_row(self, k: int, n: int, p: slice) -> None:
        """Xi_k[n, :n] as far as the Gram entries of row n are there."""
        c = self.groups[k].covariance
        rows = np.concatenate([self.rest[k][: n + 1, None], -self.label[k][: n + 1, : n + 1]], axis=1)
        line = times(rows[n], self.gram[p, c, : n + 2, : n + 2]) @ rows.T
        noise = self.noise[k][:, p]  # the first part has none
        line = line + (noise[n] * noise[: n + 1]).T
        self.residual[k][p, n, : n + 1] = self.residual[k][p, : n + 1, n] = line

    def _diagonal(
        self,
        p: slice,
        n: int,
        diagonal: np.ndarray,
        pulls: dict[int, Any],
        touched: list[int],
        carried: np.ndarray,
        new: np.ndarray,
        features: Any,
        point: FixedPoint,
    ) -> None:
        space, count, gram = self.space, self.space.s.shape[0], self.gram[p]
        if n:
            cross = sum(space.s[c] * (self.force[p, c, n, :n] @ new.T) for c in range(count))
            own = (carried * new).sum(axis=2) + 2 * diagonal * cross
            for c in range(count):
                gram[:, c, n + 1, n + 1] += space.integral(space.s[c] * own)
        known, gain = self.zeros(gram.shape[0], count), self.zeros(count)
        for k in touched:
            self._residual_row(k, n, p)
            g, line, mine = self.groups[k], self.pull[k][n, : n + 1], self.residual[k][p]
            known[:, g.covariance] += g.samples * ((line @ mine[:, : n + 1, : n + 1]) @ line)
            if k in pulls:
                gain[g.covariance] += self.implicit * g.samples * pulls[k] ** 2
        if features is not None:
            self._with_features(p, n, diagonal, known[:, 0], gain[0], features, point)
            return
        pairs = [[space.integral(space.s[a] * space.s[b] * diagonal**2) for b in range(count)] for a in range(count)]
        if count > 1:
            matrix = self.zeros(count, count)
            for a in range(count):
                for b in range(count):
                    matrix[a, b] = (a == b) - gain[a] * pairs[a][b]
            if not self.sparse:
                self._left(abs(np.linalg.det(matrix)))
            found = solve_dense(matrix, known.T).T
        elif (
            self.implicit
        ):  # 1 - sum_k T_k pull_k^2 df_2 in positive terms: sum T_k pull_k = 1, pull_k df_1 = 1 - slack_k
            shrunk = point.kappa * space.integral(space.s[0] * diagonal**2)
            found = known / sum(
                self.groups[k].samples * pull * (slack + pull * shrunk)
                for (k, pull), slack in zip(pulls.items(), point.slacks, strict=True)
            )
        else:
            found = known
        self.force[p, :, n, n] = found
        for a in range(count):
            for b in range(count):
                gram[:, a, n + 1, n + 1] += pairs[a][b] * found[:, b]

    def _left(self, margin: Any) -> None:
        """Refuse what rounding has eaten: a difference of numbers near 1 that is the error's denominator."""
        if not self.sparse and not margin > LOST:
            raise eaten()

    def _with_features(
        self, p: slice, n: int, diagonal: np.ndarray, known: np.ndarray, gain: Any, features: Any, point: FixedPoint
    ) -> None:
        """A fit on m random features (fresh rows, one covariance): what the features' randomness adds to the ridge fit.

        With P the map from labels to predictions and M_b = S E ubar ubar': E P M_b P = D^2 M_b + kappa^2 s G^2 tau/(m -
        df_2), tau = tr M_b S G^2; so tr P^2 takes df_2's place, and R_nn = kappa^2 (tau + Q tr S G^2)/(m - df_2).
        """
        space = self.space
        s, k = space.s[0], point.kappa
        second = space.integral((s * diagonal) ** 2)
        slope = space.integral(s * diagonal**2)
        margin = features - second
        tau = known * 0
        if n:  # J[n,:n] = D (label coefficients) J_{<n}: what is left of D is the teachers' own covariance
            teacher = self.response[:, n, :n] / (s * diagonal)[:, None]
            spread = (self._carried(p, n, teacher) * teacher).sum(axis=2)
            tau = tau + space.integral(spread * (s * diagonal) ** 2)
        if p.start == 0:
            signal = space.signal[0]
            kept = self.target[n] - self.lost[n + 1]  # the student's mean, D times the teachers'
            tau[0] = tau[0] + (space.power[0] * kept**2 / signal).sum()
        doubled = k**2 * slope * tau / margin
        trace = second + k**2 * slope**2 / margin
        left = 1 - gain * trace
        self._left(abs(left))
        q = (known + gain * doubled) / left
        self.force[p, 0, n, n] = q
        self.extra[p, n] = k**2 * (tau + q * slope) / margin
        self.gram[p, 0, n + 1, n + 1] += q * second + self.extra[p, n] * slope
