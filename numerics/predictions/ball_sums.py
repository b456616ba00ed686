"""The spectrum and target of a scenario as measures in balls: listed, isotropic, or a power law of any length.

A power law of dimension d (up to infinity) is summed by Euler-Maclaurin from j = N on, F(x) = f(x^-beta) x^-e:

    sum_{j=N}^d F(j) = int_N^d F + (F(N) + F(d))/2 + sum_{k=1}^p B_2k/(2k)! (F^(2k-1)(d) - F^(2k-1)(N)) + R,
    |R| <= 2 zeta(2p)/(2 pi)^2p  int_N^d |F^(2p)|,      |F^(2p)(x)| <= (2p)! sup_{|z-x| <= rho x} |F| / (rho x)^2p.

With rho <= sin(pi/(2 beta)) the disc about x stays in |arg s| <= pi/2, away from the poles s = -kappa.  In t = log x
the integral runs by Gauss-Legendre over blocks of half-width h, on whose Bernstein ellipse |arg s| <= pi/2 again: with
n nodes and the ellipse of parameter r the error is at most h (64/15) sup |F x| r^-2n/(1 - r^-2) (Rabinowitz; n >= 2:
Chebyshev coefficients up to 2 sup r^-k, and T_k integrated to an error of at most 32/15).  Where s <= kappa/32 for the
smallest kappa, f is expanded in powers of s, whose integrals are elementary; the coefficients left out are bounded by
Cauchy's inequality on |s| = kappa/2.  The work grows with log d, log T and the number of digits, not with d or T.
"""

from __future__ import annotations

import functools
import math
from fractions import Fraction

from flint import arb, arb_series, ctx, fmpq

from ridgeproof.errors import DomainError

from ..problem.scenario import Scenario
from ..sums.balls import BallMeasure, Domain, Expansion, ball, log2

MAX_LISTED = 3_000_000  # explicit eigenvalues at many digits: about 1 GB


def ball_measure(scenario: Scenario, floor: arb | None) -> BallMeasure:
    """The two measures of a scenario at the current ball precision.

    Parameters
    ----------
    scenario : Scenario
    floor : arb, optional
        A positive lower bound of every positive kappa of the scenario; None when every kappa is 0.

    Raises
    ------
    DomainError
        More than 3 000 000 eigenvalues that follow no law.
    """
    spectrum, target = scenario.spectrum, scenario.target
    dim = spectrum.dim
    power = target.power(spectrum)
    scale = Fraction(1)
    if target.kind == "isotropic":
        assert target.norm2 is not None
        power, scale = Fraction(0), target.norm2 / Fraction(int(dim))
    if spectrum.kind == "isotropic" and power is not None:
        return BallMeasure(int(dim), [arb(1)], [arb(int(dim))], [ball(scale) * power_sum(-2 * power, int(dim))])
    if spectrum.kind == "power-law" and power is not None:
        assert spectrum.beta is not None
        beta, decay = spectrum.beta, spectrum.beta - 2 * power
        terms, rho = _euler_maclaurin_size(beta, decay)
        first = math.ceil(8 * terms / (2 * math.pi * rho)) + 2
        if dim > 4 * first:
            return _power_law(beta, None if dim == math.inf else int(dim), decay, scale, floor, first, terms, rho)
    if dim > MAX_LISTED:
        raise DomainError(
            f"dim = {dim} eigenvalues at many digits",
            where="spectrum.dim",
            accepted=f"at most {MAX_LISTED}, or a power law or isotropic spectrum with a target that is no list",
        )
    return _listed(scenario, power, scale)


def _listed(scenario: Scenario, power: Fraction | None, scale: Fraction) -> BallMeasure:
    spectrum, d = scenario.spectrum, int(scenario.spectrum.dim)
    if spectrum.kind == "explicit":
        assert spectrum.values is not None
        s = [ball(v) for v in spectrum.values]
    else:
        s = [arb(1)] * d if spectrum.kind == "isotropic" else _powers(d, -(spectrum.beta or Fraction(0)))
    if power is not None:
        factor = ball(scale)
        squares = [factor * x for x in _powers(d, 2 * power)]
    else:
        assert scenario.target.values is not None
        squares = [ball(v * v) for v in scenario.target.values]
    return BallMeasure(d, s, [arb(1)] * d, [x * y for x, y in zip(s, squares, strict=True)])


def _powers(last: int, exponent: Fraction) -> list[arb]:
    """j**exponent for j = 1..last."""
    if exponent == 0:
        return [arb(1)] * last
    e = fmpq(exponent.numerator, exponent.denominator)
    return [arb(j) ** arb(e) for j in range(1, last + 1)]


def power_sum(exponent: Fraction, last: int) -> arb:
    """sum_{j <= last} j^-exponent: listed when short, else by Hurwitz's zeta or, at exponent 1, by digamma."""
    if last <= 1000 or exponent == 0:
        return arb(last) if exponent == 0 else sum(_powers(last, -exponent), arb(0))
    if exponent == 1:
        return arb(last + 1).digamma() + arb.const_euler()
    s = ball(exponent)
    return s.zeta() - s.zeta(arb(last + 1))


def _euler_maclaurin_size(beta: Fraction, decay: Fraction) -> tuple[int, float]:
    """(2p, rho) for the current precision: with N = 8 (2p)/(2 pi rho) the remainder falls like (8e)^-2p."""
    terms = 2 * math.ceil(0.115 * ctx.prec) + 2 * math.ceil(max(0.0, float(-decay))) + 8
    return terms, min(math.sin(math.pi / (2 * float(beta))) * (1 - 1e-9), 0.6)


def _legendre_size(gain: float) -> int:
    """Gauss-Legendre nodes per block for the current precision, 2 ``gain`` bits each."""
    return math.ceil(ctx.prec / (2 * gain)) + 2


def _tail_size() -> int:
    """Powers of s in the tail for the current precision: 4 bits each, as s_1 <= kappa/32 and \\|s\\| = kappa/2."""
    return math.ceil(ctx.prec / 4) + 2


def _power_law(
    beta: Fraction,
    dim: int | None,
    decay: Fraction,
    scale: Fraction,
    floor: arb | None,
    first: int,
    terms: int,
    rho: float,
) -> BallMeasure:
    b, e, c = ball(beta), ball(decay), ball(scale)
    listed = _powers(first, -beta)
    weights = [c * x for x in _powers(first, -decay)]
    trace, signal, nodes = [arb(1)] * first, weights, listed
    trace[-1], signal[-1] = arb(1) / 2, signal[-1] / 2
    corners = [_corner(first, -1, b, e, c, terms)]
    if dim is not None:
        corners.append(_corner(dim, 1, b, e, c, terms))
        nodes.append(arb(dim) ** -b)
        trace.append(arb(1) / 2)
        signal.append(c * arb(dim) ** -e / 2)
    domains = [_remainder(first, dim, b, e, c, decay, terms, rho)]
    # blocks in log x, from log N to where the tail or the spectrum ends
    start = arb(first).log()
    end_of_blocks = math.inf if floor is None else (5 * math.log(2) - log2(floor) * math.log(2)) / float(beta)
    tail = dim is None or end_of_blocks + 2.1 / float(beta) < math.log(dim)  # the last block's end included
    if tail:
        count = max(0, math.ceil((end_of_blocks - math.log(first)) * float(beta) / 2))
        half = 1 / b
    else:
        assert dim is not None
        count = max(1, math.ceil(math.log(dim / first) * float(beta) / 2))
        half = (arb(dim) / first).log() / (2 * count)
    if count:
        errors = _blocks(start, half, count, b, e, c, nodes, trace, signal)
        domains += errors
    if tail:
        assert floor is not None
        expansion, error = _tail(start + 2 * count * half, dim, beta, decay, c, floor)
        corners.append(expansion)
        domains.append(error)
    return BallMeasure(dim, nodes, trace, signal, tuple(corners), tuple(domains))


def _corner(at: int, sign: int, b: arb, e: arb, c: arb, terms: int) -> Expansion:
    """sign sum_k B_2k/(2k)! F^(2k-1)(at) as a functional of the Taylor coefficients of f in v = x/at - 1."""
    log_v = arb_series([arb(1), arb(1)], prec=terms).log()
    s = arb(at) ** -b * (log_v * -b).exp()
    trace = [arb(0)] * terms
    power = arb(at)
    for n in range(1, terms, 2):
        power = power if n == 1 else power * at * at
        trace[n] = sign * arb(fmpq.bernoulli(n + 1)) / ((n + 1) * power)
    weight = c * arb(at) ** -e * (log_v * -e).exp()
    product = arb_series(trace[::-1], prec=terms) * weight  # sigma_n = sum_m tau_m [v^(m-n)] x^-e
    coefficients = list(product.coeffs())
    coefficients += [arb(0)] * (terms - len(coefficients))
    return Expansion(s, tuple(trace), tuple(coefficients[::-1]))


def _remainder(first: int, dim: int | None, b: arb, e: arb, c: arb, decay: Fraction, terms: int, rho: float) -> Domain:
    """The remainder R of Euler-Maclaurin, by int_N^inf x^-2p and int_N^inf x^(-2p-e) times sup |f|."""
    disc = arb(rho)
    constant = 2 * arb(terms).zeta() * arb(terms).fac() / (2 * arb.pi() * disc) ** terms
    spread = (1 - disc) if decay >= 0 else (1 + disc)
    n = arb(first)
    return Domain(
        arb(0) if dim is None else (dim * (1 + disc)) ** -b,
        (n * (1 - disc)) ** -b,
        constant * n ** (1 - terms) / (terms - 1),
        c * constant * spread**-e * n ** (1 - terms - e) / (terms - 1 + e),
    )


@functools.lru_cache(maxsize=8)
def _legendre(n: int, bits: int) -> tuple[list[arb], list[arb]]:
    """Nodes (ascending) and weights of the n-point Gauss-Legendre rule on [-1, 1] at the current precision ``bits``."""
    half = [arb.legendre_p_root(n, k, weight=True) for k in range((n + 1) // 2)]
    mirrored = [(-x, w) for x, w in half[: n // 2]]
    pairs = mirrored + half[::-1]
    return [x for x, _ in pairs], [w for _, w in pairs]


def _blocks(
    start: arb, half: arb, count: int, b: arb, e: arb, c: arb, nodes: list[arb], trace: list[arb], signal: list[arb]
) -> list[Domain]:
    """Append the nodes of ``count`` blocks of half-width ``half`` in log x; return their errors."""
    slope = arb.pi() / (b * half)  # the ellipse of parameter r has the half-height h (r - 1/r)/2 = pi/(2 beta)
    r = ((slope + (slope * slope + 4).sqrt()) / 2).lower() * (1 - arb(2) ** -20)
    n = _legendre_size(log2(r))
    x, w = _legendre(n, ctx.prec)
    stretch = half * (r + 1 / r) / 2
    error = half * arb(64) / 15 * r ** (-2 * n) / (1 - r**-2)
    grow, shrink, fade = ([(factor * half * z).exp() for z in x] for factor in (arb(1), -b, -e))
    width = [half * v for v in w]
    domains = []
    for block in range(count):
        centre = start + (2 * block + 1) * half
        at, s0, fade0 = centre.exp(), (-b * centre).exp(), c * (-e * centre).exp()
        counts = [at * g * v for g, v in zip(grow, width, strict=True)]
        nodes += [s0 * z for z in shrink]
        trace += counts
        signal += [fade0 * z * v for z, v in zip(fade, counts, strict=True)]
        low, high = (-b * (centre + stretch)).exp(), (-b * (centre - stretch)).exp()
        mass = c * ((1 - e) * centre + abs(1 - e) * stretch).exp()
        domains.append(Domain(low, high, error * (centre + stretch).exp(), error * mass))
    return domains


def _tail(start: arb, dim: int | None, beta: Fraction, decay: Fraction, c: arb, floor: arb) -> tuple[Expansion, Domain]:
    """The integral over x > exp(start), where s <= floor/32, by powers of s/s_1, and the powers left out."""
    s1 = (-ball(beta) * start).exp()
    radius = floor.lower() / 2
    count = _tail_size()
    length = None if dim is None else arb(dim).log() - start

    def moment(exponent: Fraction, mass: arb) -> arb:
        """mass int_0^length exp(-exponent t) dt."""
        if exponent == 0:
            assert length is not None
            return mass * length
        a = ball(exponent)
        return mass / a if length is None else -mass * (-a * length).expm1() / a

    x1, signal_mass = start.exp(), c * ((1 - ball(decay)) * start).exp()
    trace = [moment(beta * k - 1, x1) if k or dim is not None else arb(0) for k in range(count + 1)]
    signal = [moment(beta * k + decay - 1, signal_mass) for k in range(count + 1)]
    left = (s1 / radius) ** count / (1 - s1 / radius)
    expansion = Expansion(arb_series([arb(0), s1], prec=count), tuple(trace[:count]), tuple(signal[:count]))
    return expansion, Domain(arb(0), radius, left * trace[count], left * signal[count], disc=True)
