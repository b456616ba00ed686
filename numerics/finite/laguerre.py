"""The mean eigenvalue density of a real Wishart matrix W = Z^T Z at finite size, exactly, and averages against it.

Z has n rows and m <= n columns of independent N(0, 1) entries.  The m eigenvalues have the joint density
prod x^((a-1)/2) e^(-x/2) |Vandermonde|, a = n - m (the real Laguerre ensemble).  With the Laguerre polynomials L_k of
parameter a, h_k = (k+a)!/k!, p_k = L_k/sqrt(h_k) and f_k = x^((a-1)/2) e^(-x/2) L_k, the mean density of all m is that
of the complex ensemble with m - 1 eigenvalues and one more term (Adler, Forrester, Nagao and van Moerbeke, J. Stat.
Phys. 99 (2000) 141; the constants here follow from (*) alone):

    (d/dx)(x f_k) = ((k+1) f_(k+1) - (k+a) f_(k-1))/2                                                         (*)
    rho(x) = x^a e^-x sum_(k <= m-2) p_k^2 - (m-1)!/(2 (m-2+a)!) f_(m-1)(x) F(x) + [m odd] f_(m-1)(x)/int_0^oo f_(m-1),
    F(x) = int_0^x f_(m-2) - [m even] (1/2) int_0^oo f_(m-2).

By (*) the integrals I_k = int_0^x f_k obey (k+1) I_(k+1) = (k+a) I_(k-1) + 2 x f_k: m steps of a stable recursion at
each x, done in fixed-point integers.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

from mpmath import mp, mpf

from ridgeproof.errors import DomainError, NotConverged

MOST_EIGENVALUES, MOST_ROWS = 1000, 20_000  # of the smaller and the larger of d and T: minutes
MAX_NODES = 1_000_000
GUARD = 8  # decimal digits beyond those asked for
LEVELS = 16  # halvings of the lattice step at most


class Density:
    """rho(x) dx/ds at the lattice points s = index/2^level of log(x/n) = s - exp(-s - offset); values are kept.

    In s the density falls double-exponentially on both sides, also where rho is a mere power of x near 0.

    Parameters
    ----------
    smaller, larger : int
        1 <= m <= n.
    digits : int
        Digits that averages against it are wanted to.
    offset : int
        Where s stops to be log(x/n): below x = n exp(-offset).
    """

    def __init__(self, smaller: int, larger: int, digits: int, offset: int) -> None:
        self.m, self.n, self.a, self.offset = smaller, larger, larger - smaller, offset
        self.bits = bits = int((digits + GUARD) * math.log2(10)) + 3 * larger.bit_length() + 24
        # c_k = sqrt(k (k+a)): c_(k+1) p_(k+1) = (2k+1+a-x) p_k - c_k p_(k-1), I_k likewise over sqrt(h_k)
        self.c = [math.isqrt((k * (k + self.a)) << (2 * bits)) for k in range(smaller + 1)]
        self.inverse = [0] + [(1 << (2 * bits)) // c for c in self.c[1:]]
        with mp.workprec(bits + 30):
            half = mpf(self.a + 1) / 2
            self.log_h0 = mp.loggamma(self.a + 1)
            self.log_i0 = half * mp.log(2) + mp.loggamma(half)  # int_0^oo f_0
            # sqrt(h_(m-1)/h_0)/(I_(m-1)(oo)/I_0(oo)) for odd m
            self.odd = mp.fprod(mpf(self.c[k + 1]) / self.c[k] for k in range(1, smaller - 1, 2))
        self._kept: dict[tuple[int, int], tuple[mpf, mpf]] = {}

    def at(self, index: int, level: int) -> tuple[mpf, mpf]:
        """(x, rho(x) dx/ds) at s = index/2^level."""
        while level and index % 2 == 0:
            index, level = index // 2, level - 1
        if (index, level) not in self._kept:
            with mp.workprec(self.bits):
                s = mp.ldexp(mpf(index), -level)
                bend = mp.exp(-s - self.offset)
                x = self.n * mp.exp(s - bend)
                self._kept[index, level] = x, self._value(x) * (1 + bend)
        return self._kept[index, level]

    def _value(self, x: mpf) -> mpf:
        """x rho(x)."""
        m, a, bits, c = self.m, self.a, self.bits, self.c
        scaled = int(mp.ldexp(x, bits))
        # In what follows p and I are multiplied by sqrt(h_0), and I divided by x^((a-1)/2) e^(-x/2).
        whole = mp.exp(self.log_i0 - mpf(a - 1) / 2 * mp.log(x) + x / 2)  # I_0(oo)
        integral = self._first_integral(scaled) - int(mp.ldexp(whole / 2, bits)) if m % 2 == 0 else 0
        before, now, total = 0, 1 << bits, 0
        for k in range(m - 1):
            total += now * now
            if (m - 1 - k) % 2 == 0:  # I_(k-1) -> I_(k+1), up to I_(m-2)
                integral = ((c[k] * integral + 2 * scaled * now) >> bits) * self.inverse[k + 1] >> bits
            linear = ((2 * k + 1 + a) << bits) - scaled
            before, now = now, ((linear * now - c[k] * before) >> bits) * self.inverse[k + 1] >> bits
        bracket = ((total >> bits) * scaled >> bits) - ((c[m - 1] * now >> bits) * integral >> (bits + 1))
        density = mp.exp(a * mp.log(x) - x - self.log_h0) * mp.ldexp(mpf(bracket), -bits)
        if m % 2:
            density += x / whole * self.odd * mp.ldexp(mpf(now), -bits)
        return density

    def _first_integral(self, scaled: int) -> int:
        """I_0(x)/(x^((a-1)/2) e^(-x/2)) by the power series of the incomplete Gamma function: positive terms."""
        bits = self.bits
        term = total = (2 << bits) // (self.a + 1)
        k = self.a + 1
        while term:
            k += 2
            term = (term * scaled >> bits) // k
            total += term
        return total * scaled >> bits


@lru_cache(maxsize=8)
def _density(smaller: int, larger: int, digits: int, offset: int) -> Density:
    return Density(smaller, larger, digits, offset)


def averages(
    dim: int,
    samples: int,
    values: Callable[[mpf], list[mpf]],
    digits: int,
    *,
    scale: mpf | None = None,
    where: str = "Laguerre density",
) -> list[mpf]:
    """E sum_i f(x_i) over the min(d, T) nonzero eigenvalues of Z^T Z, for several functions f at once.

    Parameters
    ----------
    dim, samples : int
        d and T, >= 1; the entries of Z (T, d) are independent N(0, 1).
    values : callable
        x -> [f(x), ...], each f >= 0 on (0, oo), analytic in a sector around it, bounded at 0 and of at most
        polynomial growth at infinity.
    digits : int
        Significant digits.
    scale : mpf, optional
        The x > 0 near which the values change from their behaviour at 0, if they have one; for speed only.

    Raises
    ------
    DomainError
        d and T too large.
    NotConverged
        The trapezoidal sums do not settle.

    Notes
    -----
    In s (see `Density`) the integrand is analytic in a strip, so the error of step h is like exp(-c/h), and halving h
    squares it: half of the digits must agree between two steps, and the density must sum to min(d, T) to all of them.
    """
    count = min(dim, samples)
    if count > MOST_EIGENVALUES or max(dim, samples) > MOST_ROWS:
        raise DomainError(
            f"dim = {dim} and samples = {samples} are too large",
            where=where,
            accepted=f"the smaller one <= {MOST_EIGENVALUES}, the larger one <= {MOST_ROWS}",
        )
    larger = max(dim, samples)
    offset = 2 if scale is None else max(2, 4 * math.ceil(float(mp.log(larger / scale)) / 4 + 0.25))
    density = _density(count, larger, digits, offset)
    with mp.workprec(density.bits):
        small = mpf(10) ** -(digits + GUARD)
        half = mpf(10) ** -(mpf(digits) / 2 + 1)
        previous: list[mpf] | None = None
        for level in range(1, LEVELS):
            sums = _lattice_sums(density, level, values, small)
            sums = [mp.ldexp(s, -level) for s in sums]
            settled = previous is not None and all(abs(s - p) <= half * s for s, p in zip(sums, previous, strict=True))
            if settled and abs(sums[0] / count - 1) < mpf(10) ** -(digits + 1):
                return sums[1:]
            previous = sums
    raise NotConverged(f"the average does not settle to {digits} digits", where=where, accepted="fewer digits")


def _lattice_sums(density: Density, level: int, values: Callable[[mpf], list[mpf]], small: mpf) -> list[mpf]:
    """Lattice sums of the density times 1 and each value; outwards until three terms in a row are negligible."""
    sums: list[mpf] = []
    for direction in (1, -1):
        index, idle = (0 if direction == 1 else -1), 0
        while idle < 3:
            x, weight = density.at(index, level)
            terms = [weight, *(weight * v for v in values(x))]
            sums = [s + t for s, t in zip(sums, terms, strict=True)] if sums else terms
            idle = idle + 1 if all(t <= small * s for s, t in zip(sums, terms, strict=True)) else 0
            index += direction
            if abs(index) > MAX_NODES:
                raise NotConverged(
                    "the average needs too many nodes", where="Laguerre density", accepted="fewer digits"
                )
    return sums
