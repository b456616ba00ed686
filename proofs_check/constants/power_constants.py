"""Explicit constants for the orders of sums over a power law (the rule ``power-order`` of the kernel).

The sum is F = sum_{j <= d} j^-e k^a s^b (s + k)^-n with s = j^-beta, where d >= 1 is a whole number or infinite and
0 < k <= K.  Write J = k^(-1/beta), m = min(J, d), q = e + beta b, which exceeds 1, and p = theta + 1 with theta =
beta (n - b) - e.  Everything follows from max(s, k) <= s + k <= 2 max(s, k): the term of a j <= J, where s >= k, is

    between 2^-n and 1 times k^a j^theta,    and that of a j >= J between 2^-n and 1 times k^(a - n) j^-q.

Two facts about sums of powers, for m >= 1 and M the whole part of m:

(above)  sum_{j <= M} j^(p - 1) is at most m^p where p >= 1 (M terms of at most m^(p - 1)), at most the integral of
         x^(p - 1) over (0, m), m^p/p, where 0 < p < 1, at most 1 - 1/p where p < 0 and 1 + log m where p = 0 (the first
         term and the integral from 1 on).
(below)  m^p <= 2^p sum_{j <= M} j^(p - 1) where p > 0, with equality in the limit m -> 2.  As m < M + 1 it is enough
         that (M + 1)^p <= 2^p S_M.  That is true for M = 1; from M to M + 1 the left side grows by p x^(p - 1) for an x
         between M + 1 and M + 2, which is at most 2^p (M + 1)^(p - 1) if p <= 1, because p <= 2^p; and if p >= 1,
         because x <= (3/2)(M + 1) and p (3/2)^(p - 1) <= 2^p, the maximum of p (3/4)^p being 1.28 < 3/2.
         Likewise log(1 + m) <= log 3 sum_{j <= M} 1/j: true for M = 1, where 1 + m < 3, and log(M + 3) - log(M + 2) <=
         1/(M + 2) <= log 3/(M + 1).

For the tail, N the least whole number above J >= 1:  sum_{j >= N} j^-q <= N^-q + N^(1 - q)/(q - 1) <= J^(1 - q) q/(q -
1), and k^(a - n) J^(1 - q) = k^a J^p.  If J < 1, then 1 < k <= K, m = J and every j exceeds J.

All results are intervals, of which the upper end is meant; None stands for a term that is not needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from .magnitudes import IV, Interval, interval, largest, power


@dataclass(frozen=True)
class PowerSum:
    """F = sum_{j <= d} j^-e k^a s^b (s + k)^-n with s = j^-beta, 0 < k <= ``most``."""

    beta: Fraction
    e: Fraction
    b: int
    n: int
    most: Interval

    @property
    def q(self) -> Fraction:
        return self.e + self.beta * self.b

    @property
    def p(self) -> Fraction:
        """theta + 1."""
        return self.beta * (self.n - self.b) - self.e + 1

    @property
    def beyond(self) -> bool:
        """Whether k may exceed 1, J < 1."""
        return bool(self.most.b > 1)

    @property
    def top(self) -> Interval:
        """max(K, 1)."""
        return self.most if self.beyond else IV.mpf(1)

    @property
    def tail(self) -> Interval:
        """sum_j j^-q <= q/(q - 1)."""
        return interval(self.q / (self.q - 1))


def head_above(p: Fraction) -> Interval:
    """C with sum_{j <= m} j^(p - 1) <= C m^p (p > 0) or <= C (p < 0), for every m >= 1."""
    return interval(max(Fraction(1), 1 / p) if p > 0 else 1 - 1 / p)


def head_below(p: Fraction) -> Interval:
    """C with m^p <= C sum_{j <= m} j^(p - 1), for every m >= 1; where p <= 0 the first term is enough."""
    return power(IV.mpf(2), p) if p > 0 else IV.mpf(1)


def at_one(f: PowerSum) -> tuple[Interval, Interval]:
    """For k = 1: F <= q/(q - 1), and 1 <= 2^n F by the first term."""
    return f.tail, IV.mpf(2) ** f.n


def above(f: PowerSum, slack: Fraction = Fraction(0)) -> tuple[Interval | None, Interval | None]:
    """(A, B) with F <= max(A k^a m^p, B k^a), p = theta + 1 + ``slack``, slack >= 0.

    J >= 1, p > 0: head and tail, which is there only if m = J, are both of the order of k^a m^p.  J >= 1, p < 0: the
    tail is at most k^a q/(q - 1), because J^p <= 1, so that k^a alone is enough.  J < 1: F <= k^(a - n) q/(q - 1), and
    k > 1.  A larger p makes the sums of the head and the bound of the tail larger.
    """
    p = f.p + slack
    if p > 0:
        return head_above(p) + f.tail, f.tail if f.beyond else None
    return None, head_above(p) + f.tail


def below(f: PowerSum) -> tuple[Interval, Interval]:
    """(A, B) with k^a m^p <= A F and k^a <= B F.

    J >= 1: k^a <= 2^n F by the first term, and m^p <= 1 if p < 0; if p > 0 by (below).  J < 1: the first term is k^a (1
    + k)^-n, and m^p = k^(-p/beta) is at most 1 if p > 0, else at most K^(-p/beta).
    """
    two, first = IV.mpf(2) ** f.n, (1 + f.top) ** f.n
    if f.p > 0:
        return largest(two * head_below(f.p), first), first
    return first * power(f.top, -f.p / f.beta), first


def logarithmic(f: PowerSum) -> tuple[Interval, Interval, Interval]:
    """For theta = -1 and L = log(1 + m): constants of F <= k^a L, of k^a L <= F, and of 1 <= L.

    Above, J >= 1: F <= k^a (c + log m), c = 1 + q/(q - 1), and (c + log m) log 2 <= c L: both sides agree at m = 1, and
    log 2/m <= c/(1 + m), because 2 log 2 <= c.  J < 1: F <= k^a q/(q - 1) and L >= log(1 + K^(-1/beta)).
    Below, J >= 1: by (below), 2^n log 3.  J < 1: L <= log 2 and the first term.
    """
    least = IV.log(1 + power(f.top, -1 / f.beta))  # log 2 if K <= 1
    over = (1 + f.tail) / IV.log(IV.mpf(2))
    under = IV.mpf(2) ** f.n * IV.log(IV.mpf(3))
    if f.beyond:
        over, under = largest(over, f.tail / least), largest(under, (1 + f.top) ** f.n * IV.log(IV.mpf(2)))
    return over, under, 1 / least


def gap(f: PowerSum) -> tuple[Interval, Interval | None]:
    """(A, B) with |F - I| <= A k^a + B k^a m^theta, d infinite, p > 0, I the integral over x > 0 of the summand at x.

    The slope of the summand's logarithm by log x is (theta s - q k)/(s + k): it falls if theta <= 0, and else rises to
    one maximum and falls.  Let D be the sum over j >= 1 less the integral over x > 1.
    J >= 1, falling: 0 <= D <= the first term <= k^a, and the integral over x < 1 is at most k^a/p with p <= 1.  The
    distance is at most the larger of the two, k^a/p.
    J >= 1, one maximum, the largest value at x >= 1 being h <= k^a J^theta: between the whole numbers M and M + 1
    around the maximum the integral is at least the lesser of the two terms and at most h, and on either side sum and
    integral are ordered term by term, so that |D| <= h.  The integral over x < 1 is again at most k^a/p.
    J < 1: F <= k^a q/(q - 1), and I <= k^a J^p (1/p + 1/(q - 1)) <= k^a (1/p + 1/(q - 1)).
    """
    near = interval(1 / f.p)
    if f.beyond:
        near = largest(near, f.tail, interval(1 / f.p + 1 / (f.q - 1)))
    return near, IV.mpf(1) if f.p > 1 else None


def gap_logarithmic(f: PowerSum) -> Interval:
    """C with |F - k^a log J| <= C k^a, theta = -1.

    J >= 1: the terms of the head are k^a (1 + k/s)^-n/j, between (1 - n k j^beta) k^a/j and k^a/j; sum_{j <= J} k
    j^(beta - 1) <= max(1, 1/beta), and 0 < H_M - log J <= 1.  The tail is between 0 and k^a q/(q - 1).
    J < 1: 0 < F <= k^a q/(q - 1) and 0 < -log J <= log(K)/beta.
    """
    inside = largest(interval(f.n * max(Fraction(1), 1 / f.beta)), 1 + f.tail)
    return largest(inside, f.tail + IV.log(f.top) / interval(f.beta)) if f.beyond else inside
