"""The spectra of docs/theory.md#setup and #P1, in doubles and at any precision."""

import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest

from ridgeproof.errors import DomainError, InputError
from ridgeproof.numerics.problem.spectrum import Spectrum, powers


def test_power_law_eigenvalues_are_j_to_the_minus_beta() -> None:
    s = Spectrum("power-law", 5, beta=Fraction(2))
    assert s.eigenvalues() == pytest.approx([1, 1 / 4, 1 / 9, 1 / 16, 1 / 25], rel=1e-15)


def test_isotropic_and_explicit_keep_order_and_values() -> None:
    assert Spectrum("isotropic", 3).eigenvalues().tolist() == [1.0, 1.0, 1.0]
    explicit = Spectrum("explicit", 2, values=(Fraction(1, 3), Fraction(2)))
    assert explicit.eigenvalues().tolist() == [1 / 3, 2.0]
    with mpmath.workdps(50):
        assert abs(explicit.mp_eigenvalues()[0] - mpmath.mpf(1) / 3) < mpmath.mpf(10) ** -50


@pytest.mark.parametrize("exponent", [Fraction(-3, 2), Fraction(-101, 100), Fraction(7, 3)])
def test_powers_by_multiplicativity_are_powers(exponent: Fraction) -> None:
    """Composites are products over primes; each must still be right to the last digit."""
    with mpmath.workdps(60):
        ours = powers(300, exponent)
        for j in (1, 2, 97, 128, 210, 243, 300):
            direct = mpmath.mpf(j) ** (mpmath.mpf(exponent.numerator) / exponent.denominator)
            assert abs(ours[j - 1] / direct - 1) < mpmath.mpf(10) ** -58


def test_double_and_many_digits_agree() -> None:
    s = Spectrum("power-law", 1000, beta=Fraction(17, 10))
    assert np.allclose(s.eigenvalues(), [float(x) for x in s.mp_eigenvalues()], rtol=1e-14, atol=0)


@pytest.mark.parametrize(
    "arguments",
    [
        {"kind": "power-law", "dim": 3},
        {"kind": "power-law", "dim": 3, "beta": Fraction(1)},
        {"kind": "power-law", "dim": 0, "beta": Fraction(2)},
        {"kind": "isotropic", "dim": 3, "beta": Fraction(2)},
        {"kind": "isotropic", "dim": math.inf},
        {"kind": "explicit", "dim": 3, "values": (Fraction(1),)},
        {"kind": "explicit", "dim": 1, "values": (Fraction(0),)},
        {"kind": "explicit", "dim": 1},
        {"kind": "gaussian", "dim": 1},
    ],
)
def test_unusable_spectra_are_refused(arguments: dict) -> None:
    with pytest.raises(InputError):
        Spectrum(**arguments)


def test_what_doubles_or_memory_cannot_hold_is_refused() -> None:
    with pytest.raises(DomainError):
        Spectrum("power-law", 10**4, beta=Fraction(100)).eigenvalues()
    with pytest.raises(DomainError):
        Spectrum("power-law", math.inf, beta=Fraction(2)).eigenvalues()
    assert len(Spectrum("power-law", 10**4, beta=Fraction(100)).mp_eigenvalues()) == 10**4
