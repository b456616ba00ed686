"""Moments of one ridge fit in dimension 1 and 2, to any number of digits, by integrals over the Wishart density
(docs/theory.md#F7).

W = X^T X is Wishart with T degrees of freedom.  Write W in its eigenvalues l1 >= l2 and the angle t of their frame
to the axes of S = diag(s1, s2), s1 >= s2.  All that a fit does is a function of l1, l2 carried in that frame, and
under

    density  ~  (l1 l2)^((T-3)/2) (l1 - l2) exp(-(l1/s1 + l2/s2)/2) exp(-z (1 - cos 2t)),
    z = (l1 - l2)(1/s2 - 1/s1)/4,

the angle is integrated by hand into Bessel functions: with p = cos^2 t, q = sin^2 t and rho = I1(z)/I0(z)

    E q = (1 - rho)/2,   E p q = rho/(4 z),   E p = 1 - E q,   E q^2 = E q - E p q,   E p^2 = E p - E p q.

The two-dimensional integral that is left is a sum over a lattice in x = log((l1 + l2)/2) and
y = log((1 - v^2)/v^2), v = (l1 - l2)/(l1 + l2): there the integrand is analytic in a strip and decays at least
exponentially, so the trapezoidal rule converges like exp(-c/h).  T = 1 (rank one, l2 = 0) and dimension 1 have x
alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass

from mpmath import mp, mpf
from scipy.special import loggamma

from ridgeproof.errors import NotConverged

MAX_NODES = 2_000_000
#: Shares of the wanted digits that the successive lattices aim at; the third is reached only where the estimate fails.
LEVELS = (0.5, 1.0, 1.7, 2.9)
GUARD = 3  # decimal digits beyond those asked for

Point = tuple[float, ...]


@dataclass(frozen=True)
class FitMoments:
    """Moments over the design of one fit, or of ``fits`` fits on one design, in the eigenbasis of S (d = 1 or 2).

    With G_1 = (W + T ridge)^-1 W, G = G_1^fits and U = I - G, all sizes d or d x d, all entries ``mpf``:

    shrink E G_ii, loss E U_ii, second E G_ij^2, cross E G_ij U_ij, loss_second E U_ij^2; and noise[k][i] the
    diagonal of E (G_1^(fits-1-k))^2 N, N = W (W + T ridge)^-2, the second moment of unit noise added in the k-th fit.
    """

    shrink: list[mpf]
    loss: list[mpf]
    second: list[list[mpf]]
    cross: list[list[mpf]]
    loss_second: list[list[mpf]]
    noise: list[list[mpf]]


def fit_moments(
    eigenvalues: Sequence[mpf], samples: int, ridge: mpf, *, fits: int, noisy: bool, digits: int
) -> FitMoments:
    """Moments of a fit, correct to ``digits`` significant digits each.

    Parameters
    ----------
    eigenvalues : sequence of 1 or 2 mpf
        The spectrum of S, in any order; results are in the same order.
    samples : int
        T >= 1.
    ridge : mpf
        > 0, or 0 where samples < d and there is no noise.
    fits : int
        Number of fits that share the design.
    noisy : bool
        Whether the noise moments are wanted (they are infinite at ridge 0 in dimension 1 and 2, where samples < d).
    digits : int

    Raises
    ------
    NotConverged
        If the lattice sum does not settle.
    """
    largest, smallest = max(eigenvalues), min(eigenvalues)
    shift = ridge * samples
    with mp.workdps(digits + GUARD):
        # Angle moments lose 2 log10(z) digits, z <~ T s1/s2; 1 - g^fits loses log10(s T/shift), and 1 - u likewise.
        loss = 2 * max(0.0, float(mp.log10(samples * largest / smallest))) if largest > smallest else 0.0
        if shift > 0:
            loss += max(abs(float(mp.log10(shift / (samples * s)))) for s in (largest, smallest))
        with mp.extradps(int(loss) + 5):
            integrand = _Integrand(largest, smallest, len(eigenvalues), samples, shift, fits, noisy)
            values = _lattice_mean(integrand, digits)
            moments = integrand.assemble(values)
    if len(eigenvalues) == 2 and eigenvalues[0] < eigenvalues[1]:
        moments = _swapped(moments)
    return moments


class _Integrand:
    """Weight and values of the integrand at a node, and a float bound of both for finding where it matters."""

    def __init__(self, largest: mpf, smallest: mpf, dim: int, samples: int, shift: mpf, fits: int, noisy: bool) -> None:
        self.s1, self.s2, self.dim, self.samples, self.shift = largest, smallest, dim, samples, shift
        self.fits, self.noisy = fits, noisy
        self.axes = 2 if dim == 2 and samples >= 2 else 1
        self.log_s1, self.log_s2 = float(mp.log(largest)), float(mp.log(smallest))
        self.log_shift = float(mp.log(shift)) if shift > 0 else -math.inf
        half = mpf(samples) / 2
        if dim == 1:
            self.constant = 1 / (mp.gamma(half) * (2 * largest) ** half)
        elif samples == 1:
            self.constant = 1 / mp.sqrt(largest * smallest)
        else:
            gammas = mp.gamma(half) * mp.gamma(half - mpf(1) / 2)
            self.constant = 2 * mp.sqrt(mp.pi) / (gammas * 2**samples * (largest * smallest) ** half)
        # Of U_ii and G_ii = 1 - U_ii the one that is small is integrated; the other one follows without cancellation.
        self.use_loss = (shift < samples * largest, shift < samples * smallest)
        self.tilt = (1 / smallest - 1 / largest) / 2  # z = tilt * (l1 - l2)/2

    def start(self) -> Point:
        """A point not far from the mode, for the search to begin at."""
        first = self.log_s1 + math.log(self.samples)
        return (first, min(0.0, self.log_s2 - self.log_s1)) if self.axes == 2 else (first,)

    def logs(self, point: Point) -> tuple[float, tuple[float, ...]]:
        """Logarithms, up to constants and to a few tenths, of the weight and of the sizes of the values."""
        x = point[0]
        power = self.samples / 2
        if self.dim == 1:
            return power * x - 0.5 * _exp(x - self.log_s1), self._sizes([x])
        if self.axes == 1:
            z = float(self.tilt) * _exp(x)
            weight = x - _exp(x - self.log_s1) - 0.5 * math.log1p(2 * math.pi * min(z, 1e300))
            return weight, self._sizes([x + math.log(2)])
        log_y, log_rest = -_softplus(point[1]), -_softplus(-point[1])  # log v^2 and log(1 - v^2)
        v = math.exp(0.5 * log_y)
        l1, l2 = x + math.log1p(v), x + log_rest - math.log1p(v)
        z = float(self.tilt) * _exp(x) * v
        weight = self.samples * x + (power - 0.5) * log_rest + log_y - 0.5 * math.log1p(2 * math.pi * min(z, 1e300))
        weight -= 0.5 * (_exp(l1 - self.log_s1) + _exp(l2 - self.log_s2))
        return weight, self._sizes([l1, l2])

    def _sizes(self, log_values: list[float]) -> tuple[float, ...]:
        if self.shift == 0:
            return ()
        sizes: list[float] = []
        for log_l in log_values:
            log_g = -_softplus(self.log_shift - log_l)
            log_u = -_softplus(log_l - self.log_shift)
            sizes += [2 * self.fits * log_g, 2 * log_u, log_u + log_g - self.log_shift]
        return tuple(sizes)

    def factors(self, axis: int, x: mpf) -> tuple[mpf, ...]:
        """What depends on one coordinate alone: (exp x, its weight), or (v, 1 - v, its weight)."""
        e = mp.exp(x)
        if axis == 0:
            power = mpf(self.samples) / 2 if self.dim == 1 else mpf(self.samples)
            return e, self.constant * mp.exp(power * x)
        v, rest = 1 / mp.sqrt(1 + e), e / (1 + e)
        return v, rest / (1 + v), mp.sqrt(rest) ** (self.samples - 1) / (1 + e)

    def node(self, factors: Sequence[tuple[mpf, ...]]) -> tuple[mpf, list[mpf]]:
        """The weight, which includes the Jacobian, and the values at a node with the given `factors` per axis."""
        u, weight = factors[0]
        if self.dim == 1:
            angle = (mpf(1), mpf(0), mpf(1), mpf(0), mpf(0))
            return weight * mp.exp(-u / (2 * self.s1)), self._values(u, mpf(0), angle)
        v, rest, more = factors[1] if self.axes == 2 else (mpf(1), mpf(0), mpf(1))
        l1, l2 = u * (1 + v), u * rest
        z = u * v * self.tilt
        i0, rho = bessel_ratio(z)
        angle = (mpf(1) / 2, mpf(1) / 2, mpf(3) / 8, mpf(1) / 8, mpf(3) / 8)
        if z > 0:
            q, pq = (1 - rho) / 2, rho / (4 * z)
            angle = (1 - q, q, 1 - q - pq, pq, q - pq)
        weight *= more * i0 * mp.exp(-(l1 / self.s1 + l2 / self.s2) / 2 - z)
        return weight, self._values(l1, l2, angle)

    def steps(self, goal: float) -> list[float]:
        """Lattice steps at which the trapezoidal rule's error is about exp(-goal).

        The error is the Fourier transform of the integrand at 2 pi/h.  Along x the weight is that of the logarithm of a
        Gamma variable, whose transform is Gamma(k + i w); along y of the logit of a Beta variable when s1 = s2, else at
        worst that of the smaller eigenvalue, close to a Gamma variable again.
        """
        k = self.samples / 2 if self.dim == 1 else float(self.samples)
        steps = [2 * math.pi / _frequency([k], goal)]
        if self.axes == 2:
            k = (self.samples - 1) / 2
            steps.append(2 * math.pi / _frequency([1.0, k] if self.s1 == self.s2 else [k], goal))
        return steps

    def _values(self, l1: mpf, l2: mpf, angle: tuple[mpf, ...]) -> list[mpf]:
        p, q, pp, pq, qq = angle
        whole1, whole2 = l1 + self.shift, l2 + self.shift
        step1, step2 = l1 / whole1, l2 / whole2 if l2 else mpf(0)
        g1, g2 = step1**self.fits, step2**self.fits
        u1, u2 = (self.shift / whole1, self.shift / whole2 if l2 else mpf(1)) if self.fits == 1 else (1 - g1, 1 - g2)
        a, b = (u1, u2) if self.use_loss[0] else (g1, g2)
        values = [a * p + b * q, a * a * pp + 2 * a * b * pq + b * b * qq]
        if self.dim == 2:
            a, b = (u1, u2) if self.use_loss[1] else (g1, g2)
            values += [a * q + b * p, a * a * qq + 2 * a * b * pq + b * b * pp, (g1 * u2 - g2 * u1) ** 2 * pq]
        if self.noisy:
            n1, n2 = step1 / whole1, step2 / whole2
            for _ in range(self.fits):
                values.append(n1 * p + n2 * q)
                if self.dim == 2:
                    values.append(n1 * q + n2 * p)
                n1, n2 = n1 * step1**2, n2 * step2**2
        return values

    def assemble(self, means: list[mpf]) -> FitMoments:
        """The moments from the means of the values, larger eigenvalue first."""
        d = self.dim
        off = means[4] if d == 2 else mpf(0)
        zero = [[off] * d for _ in range(d)]
        m = FitMoments([], [], deepcopy(zero), [[-x for x in row] for row in zero], deepcopy(zero), [])
        for i in range(d):
            x, xx = means[2 * i : 2 * i + 2]
            rest, mixed, square = 1 - x, x - xx, 1 - 2 * x + xx
            loss, loss2, shrink, shrink2 = (x, xx, rest, square) if self.use_loss[i] else (rest, square, x, xx)
            m.shrink.append(shrink)
            m.loss.append(loss)
            m.second[i][i], m.cross[i][i], m.loss_second[i][i] = shrink2, mixed, loss2
        tail = means[5 if d == 2 else 2 :]
        m.noise.extend([tail[k : k + d] for k in range(0, len(tail), d)][::-1])
        return m


def _swapped(m: FitMoments) -> FitMoments:
    def flip(a: list[list[mpf]]) -> list[list[mpf]]:
        return [row[::-1] for row in a[::-1]]

    noise = [row[::-1] for row in m.noise]
    return FitMoments(m.shrink[::-1], m.loss[::-1], flip(m.second), flip(m.cross), flip(m.loss_second), noise)


def _lattice_mean(integrand: _Integrand, digits: int) -> list[mpf]:
    """The mean of the integrand's values, by the trapezoidal rule on finer lattices until it settles.

    Since the error goes like exp(-c/h), the change between two levels is about the square root of the error of the
    finer one: half of the digits must agree, and the weights must sum to 1 to all of them.
    """
    goal = (digits + GUARD) * math.log(10)
    mode = _mode(integrand)
    previous: list[mpf] | None = None
    for share in LEVELS:
        steps = integrand.steps(share * goal + 3)
        caches: list[dict[int, tuple[mpf, ...]]] = [{} for _ in steps]
        total, sums = mpf(0), None
        for node in _flood(integrand.logs, mode, steps, goal):
            factors = []
            for axis, i in enumerate(node):
                if i not in caches[axis]:
                    caches[axis][i] = integrand.factors(axis, mpf(mode[axis]) + i * mpf(steps[axis]))
                factors.append(caches[axis][i])
            weight, values = integrand.node(factors)
            total += weight
            sums = sums or [mpf(0)] * len(values)
            sums = [s + weight * x for s, x in zip(sums, values, strict=True)]
        assert sums is not None
        cell = mp.fprod(steps)
        means = [s * cell for s in sums]
        if previous is not None and abs(total * cell - 1) < mpf(10) ** -(digits + 1):
            tolerance = mpf(10) ** -(digits / 2 + 1)
            if all(abs(a - b) <= tolerance * abs(a) for a, b in zip(means, previous, strict=True)):
                return means
        previous = means
    raise NotConverged(
        f"the Wishart integral does not settle to {digits} digits",
        where="exact law in dimension 1 and 2",
        accepted="fewer digits",
    )


def _frequency(shapes: Sequence[float], goal: float) -> float:
    """The w at which the product of |Gamma(k + i w)/Gamma(k)| over the shapes k has fallen to exp(-goal)."""

    def fall(w: float) -> float:
        return sum(math.lgamma(k) - float(loggamma(complex(k, w)).real) for k in shapes)

    low, high = 0.0, 1.0
    while fall(high) < goal:
        low, high = high, 2 * high
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if fall(middle) < goal else (low, middle)
    return high


def bessel_ratio(z: mpf) -> tuple[mpf, mpf]:
    """I0(z) and I1(z)/I0(z) for z >= 0; the power series in integers where it is short, since all terms are
    positive.
    """
    if z > 60:
        i0 = mp.besseli(0, z)
        return i0, mp.besseli(1, z) / i0
    bits = mp.prec + 16
    square = int(mp.ldexp(z * z / 4, bits))
    term = zeroth = first = 1 << bits  # term_k = (z/2)^2k/k!^2; I1 = (z/2) sum term_k/(k + 1)
    k = 0
    while term:
        k += 1
        term = (term * square >> bits) // (k * k)
        zeroth += term
        first += term // (k + 1)
    return mp.ldexp(mpf(zeroth), -bits), z / 2 * mpf(first) / mpf(zeroth)


def _mode(integrand: _Integrand) -> Point:
    """The weight's maximum, roughly."""

    def height(point: Point) -> float:
        return integrand.logs(point)[0]

    best = integrand.start()
    value = height(best)
    step = 1.0
    while step > 0.02 / math.sqrt(integrand.samples):
        moved = False
        for axis in range(len(best)):
            for sign in (step, -step):
                trial = _moved(best, axis, sign)
                if height(trial) > value:
                    best, value, moved = trial, height(trial), True
        if not moved:
            step /= 2
    return best


def _moved(point: Point, axis: int, by: float) -> Point:
    return tuple(x + by if i == axis else x for i, x in enumerate(point))


def _flood(
    logs: Callable[[Point], tuple[float, tuple[float, ...]]], mode: Point, steps: list[float], depth: float
) -> list[tuple[int, ...]]:
    """The lattice nodes, connected to the mode, where weight times some value exceeds exp(-depth) of that at the
    mode.
    """
    top, reference = logs(mode)
    start = tuple(0 for _ in mode)
    seen, frontier, kept = {start}, [start], []
    while frontier:
        node = frontier.pop()
        weight, sizes = logs(tuple(m + i * h for m, i, h in zip(mode, node, steps, strict=True)))
        gain = max([0.0, *(size - base for size, base in zip(sizes, reference, strict=True))])
        if weight + gain < top - depth:
            continue
        kept.append(node)
        if len(kept) > MAX_NODES:
            raise NotConverged("the Wishart integral needs too many nodes", where="exact law in dimension 1 and 2")
        for axis in range(len(node)):
            for by in (1, -1):
                neighbour = tuple(i + by if k == axis else i for k, i in enumerate(node))
                if neighbour not in seen:
                    seen.add(neighbour)
                    frontier.append(neighbour)
    return sorted(kept)


def _softplus(x: float) -> float:
    """log(1 + exp(x)) without overflow."""
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


def _exp(x: float) -> float:
    """exp(x), with a large number for overflow."""
    return math.exp(min(x, 700.0))
