"""Accumulate, then subsample: the law of d << T by exact recursions and enumeration, and what is known beyond it.

To leading order in d/T every fit is the mean of its rows' labels.  For means the law is exact at any T; for Gaussian
rows in one dimension the second fit's is an integral, of logarithms at even T, so that no closed form like those of the
other schemes can be expected; the equivalent has all orders of d/T.
"""

from __future__ import annotations

import itertools
from fractions import Fraction
from math import comb
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad

from ridgeproof.numerics.draws.simulation import simulate
from ridgeproof.numerics.predictions.answers import error_of
from ridgeproof.numerics.problem.scenario import Scenario, scenario_from_mapping


def leading(fits: int) -> Fraction:
    """lim T E_n/(sigma^2 d) for d << T: v_n + 1 - 1/n (docs/theory.md#F11)."""
    return 2 - Fraction(1, fits) + sum(Fraction(2 * i - 3, (i - 1) * i**2) for i in range(2, fits + 1))


def mean_law(rows: int, fits: int) -> Fraction:
    """E w_n^2 where w_n is the mean of T labels out of n T, drawn anew; labels are w_(n-1) + noise of variance 1.

    Labels of one batch are exchangeable: their second moments are same[i] (one label), both[i][j] (two of them).
    """
    same, both = [Fraction(1)], [[Fraction(0)]]
    for n in range(1, fits + 1):
        total = n * rows
        pair = Fraction(rows * (rows - 1), max(1, total * (total - 1)))  # that two given labels are both drawn
        with_label = [Fraction(0)] * n  # E w_n y_j
        for j in range(n):
            for i in range(n):
                others = rows - (i == j)
                with_label[j] += (others * both[i][j] + (same[i] if i == j else 0)) / total
        square = sum(rows * (rows - (i == j)) * both[i][j] for i in range(n) for j in range(n)) * pair + rows * sum(
            same
        ) * Fraction(1, n)
        square /= rows**2
        for j in range(n):
            both[j].append(with_label[j])
        both.append([*with_label, square])
        same.append(square + 1)
    return square


def enumerated(rows: int, fits: int) -> Fraction:
    """The same by all draws, each w_n as a vector of noise coefficients."""
    states: list[tuple[Fraction, list[dict[int, Fraction]]]] = [(Fraction(1), [{r: Fraction(1)} for r in range(rows)])]
    answer = Fraction(0)
    for n in range(1, fits + 1):
        following = []
        for weight, labels in states:
            draws = list(itertools.combinations(range(n * rows), rows))
            for drawn in draws:
                mean: dict[int, Fraction] = {}
                for r in drawn:
                    for noise, c in labels[r].items():
                        mean[noise] = mean.get(noise, Fraction(0)) + c / rows
                share = weight / len(draws)
                if n == fits:
                    answer += share * sum(c**2 for c in mean.values())
                else:
                    new = [mean | {n * rows + r: Fraction(1)} for r in range(rows)]
                    following.append((share, [*labels, *new]))
        states = following
    return answer


def scenario(rows: int, fits: int, dim: int = 1) -> Scenario:
    one: dict[str, Any] = {"samples": rows, "ridge": 0, "noise": 1}
    return scenario_from_mapping(
        {
            "spectrum": {"kind": "isotropic", "dim": dim},
            "target": {"kind": "isotropic", "norm2": 1},
            "chain": {"scheme": "accumulate-subsample"},
            "generators": [one | {"repeat": fits - 1}] if fits > 1 else [],
            "downstream": one,
        }
    )


@pytest.mark.parametrize(("rows", "fits"), [(1, 2), (1, 5), (2, 2), (2, 3), (3, 2), (2, 4)])
def test_the_law_for_means_is_what_enumeration_gives(rows: int, fits: int) -> None:
    assert mean_law(rows, fits) == enumerated(rows, fits)


def test_its_limit_is_the_leading_law() -> None:
    """T E_n -> v_n + 1 - 1/n, off by order 1/T; and that tends to pi^2/2 - 2."""
    for fits in (1, 2, 5, 10):
        gaps = [rows * mean_law(rows, fits) - leading(fits) for rows in (10**3, 10**6)]
        assert gaps[0] == 0 if fits == 1 else abs(gaps[1] * 10**6 / (gaps[0] * 10**3) - 1) < 0.05
    assert float(leading(4000)) == pytest.approx(np.pi**2 / 2 - 2, abs=1e-3)
    assert [round(float(leading(n)), 2) for n in (2, 20)] == [1.75, 2.79]


def second_fit(rows: int) -> float:
    """E_2 for Gaussian rows, d = 1: 2/(T - 2) - E K^2/(A^2 B), A the fit's sum of squares, B the first fit's, K that of
    the rows they share, k of them: K/A is Beta(k/2, (T-k)/2), and 1/B is the integral of e^(-u B)."""
    gain = 0.0
    for k in range(1, rows + 1):
        chance = comb(rows, k) * comb(rows, rows - k) / comb(2 * rows, rows)
        if k == rows:
            gain += chance / (rows - 2)
            continue
        a, b = k / 2, (rows - k) / 2
        norm = quad(lambda x: x ** (a - 1) * (1 - x) ** (b - 1), 0, 1)[0]  # noqa: B023

        def inner(x: float, b: float = b) -> float:
            return quad(lambda u: (1 + 2 * u * x) ** (-rows / 2) * (1 + 2 * u) ** -b, 0, np.inf)[0]

        gain += chance * quad(lambda x: x ** (a + 1) * (1 - x) ** (b - 1) * inner(x), 0, 1)[0] / norm  # noqa: B023
    return 2 / (rows - 2) - gain


@pytest.mark.parametrize("rows", [8, 14])
def test_the_second_fit_in_one_dimension(rows: int) -> None:
    """Exact, against 4,000 draws at |z| < 4 (false-alarm level 6e-5)."""
    law = second_fit(rows)
    found = simulate(scenario(rows, 2), replicates=4_000, seed=rows, method="averaged")
    assert abs(found.mean - law) < 4 * found.standard_error
    assert found.standard_error < 0.05 * law


def test_the_equivalent_and_the_leading_law_agree_for_many_rows() -> None:
    for fits in (2, 5, 8):
        gaps = [rows * error_of(scenario(rows, fits)) / float(leading(fits)) - 1 for rows in (200, 2000)]
        assert gaps[1] == pytest.approx(gaps[0] / 10, rel=0.1)
        assert abs(gaps[1]) < 1e-3
