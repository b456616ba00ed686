"""Early stopping under fake data: constants by their integrals, exponents against scans and against the ridge's."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
import sympy as sp
from scipy.integrate import quad

from ridgeproof.numerics.predictions.answers import error_of
from ridgeproof.numerics.problem.scenario import scenario_from_mapping
from ridgeproof.theorems.exponents import INF, exponent_row
from ridgeproof.theorems.exponents.model import early_stopping as es
from ridgeproof.theorems.exponents.model import sharp


@pytest.mark.parametrize(("beta", "r"), [("3/2", "1/2"), ("2", "1"), ("7/5", "7/4")])
def test_constants_are_their_integrals(beta: str, r: str) -> None:
    """The Mellin integrals of the module's docstring, by quadrature."""
    at = {sharp.BETA: sp.Rational(beta), sharp.R: sp.Rational(r)}
    b, x = float(Fraction(beta)), float(Fraction(r))
    found = {name: float(value.subs(at)) for name, value in es.constants().items()}

    def split(f):
        return sum(quad(f, *ends, limit=200)[0] for ends in ((0, 1), (1, math.inf)))

    bias = split(lambda s: s ** (2 * x - 1) * math.exp(-2 * s)) / b
    noise = split(lambda s: s ** (-1 - 1 / b) * math.expm1(-s) ** 2) / b
    assert found[es.BF] == pytest.approx(bias, rel=1e-6)
    assert found[es.VF] == pytest.approx(noise, rel=1e-6)


def test_the_stationary_time_is_the_minimum() -> None:
    """d error/d t = 0 at t*, symbolically in all letters."""
    best = es.sharp_stopping_expr()
    slope = sp.diff(es.error_expr(), es.TIME) * es.TIME
    values = {sharp.BETA: sp.Rational(3, 2), sharp.R: sp.Rational(5, 4)}
    assert sp.simplify(sp.powsimp(sp.expand_power_base(slope.subs(es.TIME, best.time).subs(values), force=True))) == 0


@pytest.mark.parametrize("r", ["1/2", "1", "3/2"])
@pytest.mark.parametrize("generators", [False, True])
def test_the_sharp_error_is_the_equivalent_s(r: str, generators: bool) -> None:
    """E*(T) of the constants over the deterministic equivalent at t*, for all r: the gap falls from T = 10^4 to 10^6,
    where d/T and T0/T stay, so that the effective noise N = sigma^2 + n sigma0^2 (T + d)/(T0 - d) is seen too."""
    gaps = []
    for samples in (10**4, 10**6):
        dim = 2 * samples
        values = {
            sharp.BETA: sp.Rational(3, 2), sharp.R: sp.Rational(r), sharp.T: samples, sharp.T0: 4 * samples,
            sharp.D: dim, sharp.SIGMA2: sp.Rational(1, 10), sharp.SIGMA02: sp.Rational(1, 10),
            sharp.N_GENERATIONS: 2 * generators,
        }  # fmt: skip
        values[sharp.NOISE] = sharp.effective_noise_expr().subs(values)
        numbers = {**values, **{k: v.subs(values).evalf(30) for k, v in es.constants().items()}}
        best = es.sharp_stopping_expr()
        time, error = (float(x.subs(numbers)) for x in (best.time, best.test_error))
        table = {"samples": 4 * samples, "ridge": 0, "noise": "1/10", "repeat": 2}
        found = scenario_from_mapping({
            "spectrum": {"kind": "power-law", "beta": "3/2", "dim": dim}, "target": {"kind": "source", "r": r},
            "generators": [table] if generators else [],
            "downstream": {"samples": samples, "noise": "1/10", "filter": "gradient-flow", "time": repr(time)},
        })  # fmt: skip
        gaps.append(abs(error_of(found) / error - 1))
    assert gaps[1] < 0.6 * gaps[0] or gaps[1] < 2e-3
    assert gaps[1] < 0.03


def test_exponents_are_the_closed_form_inside() -> None:
    """(1 + noise) 2 beta r/(1 + 2 beta r) and tau = beta (1 + noise)/(1 + 2 beta r), any r, while tau <= beta."""
    for beta, r, noise in ((Fraction(3, 2), Fraction(1, 4), 0), (Fraction(2), Fraction(3), Fraction(1, 3))):
        found = es.stopping_exponents(beta, r, Fraction(noise))
        assert found.tau == beta * (1 + noise) / (1 + 2 * beta * r)
        assert found.rate == 2 * beta * r * (1 + noise) / (1 + 2 * beta * r)
    # r > 1 and little noise: the tilted axes 1 + tau (2 - 1/beta) meet the noise, 1 + noise - tau/beta, at noise/2
    tilted = es.stopping_exponents(Fraction(3, 2), Fraction(3), Fraction(2))
    assert (tilted.tau, tilted.rate) == (Fraction(1), Fraction(7, 3))
    assert es.stopping_exponents(Fraction(3, 2), Fraction(3, 2), INF).rate == 3  # saturates as the ridge does


@pytest.mark.parametrize("r", ["1/4", "1/2", "3/2", "2"])
@pytest.mark.parametrize("s", ["0", "1/2"])
def test_the_ridge_s_exponents_are_those_of_its_own_table(r: str, s: str) -> None:
    """`exponents` by its own program, clean data in infinite dimension."""
    row = exponent_row(beta=Fraction(3, 2), r=Fraction(r), a=INF, g=-INF, s=Fraction(s))
    assert es.stopping_exponents(Fraction(3, 2), Fraction(r), Fraction(s)).ridge_rate == row.rate


def test_the_command(ridgeproof_json, ridgeproof) -> None:
    rows = ridgeproof_json(
        "exponents", "--filter", "gradient-flow", "--a", "1", "--r", "1/2,3/2", "--b", "3/2", "--s0", "0", "--g", "1/2"
    )["rows"]
    # N = T^(g - s0 + max(1, a) - h) = T^0
    assert [(row["tau"], row["rate"], row["rate_ridge"]) for row in rows] == [
        ("3/5", "3/5", "3/5"),
        ("3/11", "9/11", "3/4"),
    ]
    done = ridgeproof("exponents", "--filter", "gradient-flow", "--a", "2")
    assert done.returncode == 2 and len(done.stderr.strip().splitlines()) == 1
