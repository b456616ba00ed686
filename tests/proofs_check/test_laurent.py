"""Laurent polynomials in chi and normal variables: powers in one integer, of either sign, and their means."""

from __future__ import annotations

import pytest
from flint import fmpq

from ridgeproof.proofs_check.witnesses.laurent import LARGEST, NotLaurent, Variables, mean, powers


def test_monomials_hold_powers_of_either_sign() -> None:
    """A negative power borrows from no other variable: g^-3 z^2 y^-1 (z^2)^4, term by term, and back to 1."""
    v = Variables()
    g, z, y = v.chi(9), v.normal(), v.normal()
    (monomial,) = (g**-3 * z**2 * y**-1 * (z**2) ** 4).t
    assert list(powers(monomial)) == [(0, -3), (1, 10), (2, -1)]
    assert v.of(monomial) == [(9, -3), (None, 10), (None, -1)]
    assert (g**-3 * z**2) * (g**3 / z**2) == 1
    assert ((g + z) * (g - z) - g**2 + z**2).number() == 0 and (g - z).number() is None
    assert (3 * g / g).number() == 3


def test_means_of_monomials() -> None:
    """E z^4 = 3, E g^4 = nu (nu + 2), E g^-2 = 1/(nu - 2) where nu > 2; odd powers of normal variables vanish."""
    v = Variables()
    g, h, z = v.chi(7), v.chi(2), v.normal()
    assert mean(z**4, v) == (3, None)
    assert mean(g**4 / 2 + z, v) == (fmpq(63, 2), None)
    assert mean(g**-2 * z**2 + 1, v) == (fmpq(6, 5), None)
    value, why = mean(g**2 + h**-2, v)
    assert value == 7 and why is not None and v.diverges(why)
    assert mean(g * z, v) == (0, None)
    with pytest.raises(NotLaurent):  # no rational number
        mean(g, v)


def test_powers_do_not_run_into_each_other() -> None:
    """A power beyond what a digit holds is refused, not carried into the next variable."""
    v = Variables()
    g = v.chi(3)
    for _ in range(3):
        g = g**1000
    assert [p for k in g.t for _, p in powers(k)] == [10**9] and LARGEST > 10**9
    with pytest.raises(NotLaurent):
        g**1000
