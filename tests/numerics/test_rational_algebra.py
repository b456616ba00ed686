"""Protects: the exact witnesses obey the defining equations that they are trusted for, and F1, F2 hold on them
without rounding.
"""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from ridgeproof.errors import DomainError, InputError
from ridgeproof.numerics.finite import rational_algebra as ra

SHAPES = [(5, 3), (3, 3), (2, 4)]


@pytest.mark.parametrize("shape", SHAPES)
def test_pseudo_inverse_obeys_the_four_penrose_equations(shape):
    """Claim: X^+ is the Moore-Penrose inverse, for tall, square and wide designs (min-norm least squares of
    section 1).
    """
    x = ra.random_rational_design(random.Random(1), *shape)
    p = ra.pseudo_inverse(x)
    assert ra.product(x, p, x) == x
    assert ra.product(p, x, p) == p
    assert ra.transpose(ra.product(x, p)) == ra.product(x, p)
    assert ra.transpose(ra.product(p, x)) == ra.product(p, x)


@pytest.mark.parametrize("shape", SHAPES)
def test_ridge_fit_is_the_stationary_point_of_the_ridge_loss(shape):
    """Claim: the fit minimises (1/T)|Xw - y|^2 + lambda|w|^2: its gradient (2/T) X^T(Xw - y) + 2 lambda w vanishes
    exactly.
    """
    rng = random.Random(2)
    x = ra.random_rational_design(rng, *shape)
    y = ra.vector(ra.random_fraction(rng) for _ in range(shape[0]))
    ridge = Fraction(3, 7)
    w = ra.apply(ra.fit_matrix(x, ridge), y)
    residual = ra.minus(ra.apply(x, w), y)
    gradient = [g / shape[0] + ridge * wi for g, wi in zip(ra.apply(ra.transpose(x), residual), w, strict=True)]
    assert gradient == [0] * shape[1]


def test_resolvent_form_of_the_ridge_fit():
    """Claim (section 1): w_hat = R X^T y / T with R the resolvent of Sh."""
    x = ra.random_rational_design(random.Random(3), 4, 3)
    ridge = Fraction(2, 5)
    by_resolvent = ra.scale(Fraction(1, 4), ra.product(ra.resolvent(x, ridge), ra.transpose(x)))
    assert by_resolvent == ra.fit_matrix(x, ridge)


def _problem(seed, d, rows):
    rng = random.Random(seed)
    designs = [ra.random_rational_design(rng, t, d) for t in rows]
    w0 = ra.vector(ra.random_fraction(rng) for _ in range(d))
    noises = [ra.vector(ra.random_fraction(rng) for _ in range(t)) for t in rows]
    return rng, designs, noises, w0


def test_decomposition_f1_holds_exactly_and_fails_below_d():
    """Claim F1: w_hat - w0 = -lambda R w0 + R Sh sum X_m^+ E_m + R X^T E/T when T_m >= d; with one T_m < d it is
    false.
    """
    d, ridge = 3, Fraction(1, 3)
    for rows, holds in (((4, 3, 2), True), ((2, 4, 3), False)):  # generators, generators, downstream
        _, designs, noises, w0 = _problem(4, d, rows)
        *generators, x = designs
        *generator_noises, e = noises
        w_hat = ra.chain_fit(generators, generator_noises, w0, x, e, ridge)
        r, sh = ra.resolvent(x, ridge), ra.sample_covariance(x)
        accumulated = ra.vector([0] * d)
        for xm, em in zip(generators, generator_noises, strict=True):
            accumulated = ra.plus(accumulated, ra.apply(ra.pseudo_inverse(xm), em))
        right = ra.apply(ra.scale(-ridge, r), w0)
        right = ra.plus(right, ra.apply(ra.product(r, sh), accumulated))
        right = ra.plus(right, ra.apply(ra.scale(Fraction(1, len(x)), ra.product(r, ra.transpose(x))), e))
        assert (ra.minus(w_hat, w0) == right) is holds


def test_noise_average_f2_by_all_sign_patterns():
    """Claim F2, given the designs: the mean error is lambda^2 w0^T R S R w0 + sigma^2 tr(S R Sh R)/T + sum
    sigma_m^2 tr(S R Sh W_m^-1 Sh R).
    """
    d, rows, ridge = 2, (3, 3, 2), Fraction(1, 2)
    sigmas = [Fraction(1, 2), Fraction(2, 3), Fraction(3, 5)]
    rng, designs, _, w0 = _problem(5, d, rows)
    covariance = ra.random_rational_covariance(rng, d)
    *generators, x = designs

    def error(noises):
        return ra.chain_error(ra.chain_fit(generators, noises[:-1], w0, x, noises[-1], ridge), w0, covariance)

    r, sh = ra.resolvent(x, ridge), ra.sample_covariance(x)
    expected = ridge**2 * ra.quadratic_form(w0, ra.product(r, covariance, r))
    expected += sigmas[-1] ** 2 * ra.trace(ra.product(covariance, r, sh, r)) / len(x)
    for xm, sigma in zip(generators, sigmas, strict=False):
        w_inverse = ra.inverse(ra.product(ra.transpose(xm), xm))
        expected += sigma**2 * ra.trace(ra.product(covariance, r, sh, w_inverse, sh, r))
    assert ra.average_over_signs(error, rows, sigmas) == expected


def test_same_design_chain_saturates():
    """Claim E5, exact for each design: X_m = X_0 gives w_n = P w0 + X_0^+ sum E_m."""
    d, t = 4, 2
    rng, (x0,), _, w0 = _problem(6, d, (t,))
    noises = [ra.vector(ra.random_fraction(rng) for _ in range(t)) for _ in range(3)]
    clean = ra.identity(d)  # a downstream design of d rows without noise at ridge 0 returns w_n itself
    w_n = ra.chain_fit([x0] * 3, noises, w0, clean, ra.vector([0] * d), Fraction(0))
    total = ra.plus(ra.plus(noises[0], noises[1]), noises[2])
    p = ra.pseudo_inverse(x0)
    assert w_n == ra.plus(ra.apply(ra.product(p, x0), w0), ra.apply(p, total))


def test_bad_input_is_refused():
    """Protects the court from witnesses that answer where no answer exists."""
    singular = ra.matrix([[1, 2], [2, 4]])
    with pytest.raises(DomainError):
        ra.inverse(singular)
    with pytest.raises(DomainError):
        ra.fit_matrix(singular, Fraction(0))
    with pytest.raises(DomainError):
        ra.fit_matrix(singular, Fraction(-1))
    with pytest.raises(DomainError):
        ra.average_over_signs(lambda noises: Fraction(0), [ra.MAX_SIGNS + 1], [Fraction(1)])
    with pytest.raises(InputError):
        ra.matrix([[1, 2], [3]])
