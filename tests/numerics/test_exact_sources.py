"""Exact laws of sources, shared rows and schemes: against closed forms, integrals, the other exact code, and draws."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from scipy import integrate, stats

from ridgeproof.errors import DomainError, NoExactLaw
from ridgeproof.numerics.draws.simulation import simulate
from ridgeproof.numerics.finite.exact import predict_exact
from ridgeproof.numerics.finite.exact_sources import predict_sources
from ridgeproof.numerics.finite.gram import theta
from ridgeproof.numerics.problem.scenario import Scenario, scenario_from_mapping

Table = dict[str, Any]


def fit(samples: int, ridge: object, noise: object, **more: Any) -> Table:
    return {"samples": samples, "ridge": ridge, "noise": noise, **more}


def source(samples: int, noise: object, **more: Any) -> Table:
    return {"samples": samples, "noise": noise, **more}


def equal(dim: int, value: object = 1) -> Table:
    return {
        "spectrum": {"kind": "explicit", "values": [value] * dim},
        "target": {"kind": "isotropic", "norm2": "3/2"},
    }


def power(dim: int) -> Table:
    return {
        "spectrum": {"kind": "power-law", "dim": dim, "beta": "3/2"},
        "target": {"kind": "power", "exponent": "3/10"},
    }


def scenario(problem: Table, generators: list[Table], downstream: Table, **chain: Any) -> Scenario:
    more = {"chain": chain} if chain else {}
    return scenario_from_mapping(problem | more | {"generators": generators, "downstream": downstream})


def test_theta_in_one_dimension_is_a_beta_moment() -> None:
    # d = 1: A_1/A is Beta(t/2, (N-t)/2), whose second moment is t (t+2)/(N (N+2))
    for samples, part in [(3, 1), (9, 4), (24, 23)]:
        assert theta(1, samples, part) == Fraction(part * (part + 2), samples * (samples + 2))
    assert theta(7, 12, 12) == 1 and theta(7, 12, 0) == 0


def test_theta_against_drawn_tables() -> None:
    # 4000 draws of N = 14 rows in d = 4, 9 of them in A_1; z within 4.5: false alarm 7e-6
    rng = np.random.default_rng(5)
    values = []
    for _ in range(4000):
        x = rng.standard_normal((14, 4))
        a = np.linalg.solve(x.T @ x, x[:9].T @ x[:9])
        values.append(np.sum(a**2) / 4)
    assert abs(np.mean(values) - float(theta(4, 14, 9))) < 4.5 * np.std(values) / np.sqrt(4000)


@pytest.mark.parametrize("generations", [1, 2, 4])
def test_accumulating_fresh_rows(generations: int) -> None:
    # d sum sigma^2 T_i/(N_i (N_i - d - 1)); theory for d = 20, T = 30: 2.2222 2.4786 2.5753 2.6258
    generators = [fit(30, 0, 1, repeat=generations - 1)] if generations > 1 else []
    exact = predict_exact(scenario(power(20), generators, fit(30, 0, 1), scheme="accumulate"))
    terms = [Fraction(20 * 30, 30 * i * (30 * i - 21)) for i in range(1, generations + 1)]
    assert [*exact.noise_by_generation, exact.downstream_noise] == terms
    assert exact.noise_free == 0 and exact.test_error == sum(terms)


def test_accumulating_on_one_design() -> None:
    # sigma^2 d/(T-d-1) sum 1/i^2 (any spectrum)
    def fresh(n: int) -> Table:
        # labels of models 0..n on the same rows, whose noise is drawn anew each time: w_n = mean of (w_i + X^+ E)
        tables = [source(12, 1, rows="A", labels="truth" if i == 0 else i - 1) for i in range(n + 1)]
        return {"ridge": 0, "sources": tables}

    found = predict_exact(scenario(power(5), [fresh(0), fresh(1)], fresh(2)))
    # w_1 = a, w_2 = (b + w_1 + c)/2, w_3 = (d + w_1 + e + w_2 + f)/3 in noises a..f of variance d/(T-d-1) = 5/6 each
    assert found.noise_by_generation == (
        Fraction(1, 4) * Fraction(5, 6),
        Fraction(2, 36) * Fraction(5, 6),
    )
    assert found.downstream_noise == Fraction(3, 9) * Fraction(5, 6)
    accumulated = scenario(power(5), [fit(12, 0, 1, repeat=3, same_design=True, accumulate=True)], fit(9, 0, 0))
    sums = predict_exact(accumulated).noise_by_generation
    assert sums == tuple(Fraction(5, 6 * i**2) for i in (1, 2, 3))


def test_a_share_of_true_rows() -> None:
    # d=10, Tr=6, Ts=18: theta .7072, limit 2.627; E_n = theta E_(n-1) + sigma^2 d/(T-d-1)
    unit, factor = Fraction(10, 13), theta(10, 24, 18)
    assert round(float(factor), 4) == 0.7072
    error = Fraction(0)
    for n in range(1, 4):
        error = factor * error + unit if n > 1 else unit
        generators = [fit(24, 0, 1, repeat=n - 1)] if n > 1 else []
        exact = predict_exact(scenario(power(10), generators, fit(24, 0, 1), scheme="mix", true_share="1/4"))
        assert exact.test_error == error
    assert round(float(unit / (1 - factor)), 3) == 2.627


def test_labels_mixed_on_one_design_with_equal_eigenvalues() -> None:
    # (1 - T/d)|w0|^2 + sigma^2 T/(d-T-1) f(w), f = (w^2 + (1-w)^2)/(1 - (1-w)^2) in the long run (Garg et al.)
    share, dim, rows = Fraction(3, 5), 9, 4

    def mixed(i: int) -> Table:
        parts = [source(rows, 1, rows="A", labels="truth", weight=share)]
        return {"ridge": 0, "sources": [*parts, source(rows, 1, rows="A", labels=i - 1, weight=1 - share)]}

    generators = [
        {"ridge": 0, "sources": [source(rows, 1, rows="A", labels="truth")]},
        *(mixed(i) for i in range(1, 40)),
    ]
    exact = predict_exact(scenario(equal(dim), generators, mixed(40)))
    stationary = (share**2 + (1 - share) ** 2) / (1 - (1 - share) ** 2)
    assert exact.noise_free == Fraction(3, 2) * (1 - Fraction(rows, dim))
    assert float(exact.test_error - exact.noise_free) == pytest.approx(
        float(stationary) * rows / (dim - rows - 1), rel=1e-12
    )


@pytest.mark.parametrize(
    ("generators", "downstream"),
    [
        ([fit(4, 0, "1/10", repeat=3)], fit(20, "1/5", "1/3")),
        ([fit(4, "1/10", "1/10", repeat=2), fit(30, 0, 1)], fit(5, "1/5", "1/3")),
        ([fit(4, 0, "1/10", repeat=3, same_design=True)], fit(3, 0, "1/3")),
    ],
)
def test_the_other_exact_code_agrees(generators: list[Table], downstream: Table) -> None:
    problem = scenario(equal(8, "1/2"), generators, downstream)
    one, two = predict_exact(problem, 20), predict_sources(problem, 20)
    for a, b in zip(
        (one.test_error, *one.noise_by_generation), (two.test_error, *two.noise_by_generation), strict=True
    ):
        assert abs(a - b) <= abs(a) * 1e-18


def test_gradient_flow_in_one_dimension_is_an_integral() -> None:
    # d = 1, S = 1: w - w0 = -e^(-t W/T) w0 + (1 - e^(-t W/T)) X'E/W, W chi-square of T
    time, rows, variance = 2.0, 5, 0.25
    density = stats.chi2(rows).pdf
    bias = integrate.quad(lambda x: np.exp(-2 * time * x / rows) * density(x), 0, np.inf)[0] * 1.5
    noise = integrate.quad(lambda x: np.expm1(-time * x / rows) ** 2 / x * density(x), 0, np.inf)[0] * variance
    exact = predict_exact(scenario(equal(1), [], fit(rows, 0, "1/4", filter="gradient-flow", time=2)))
    assert float(exact.noise_free) == pytest.approx(bias, rel=1e-9)
    assert float(exact.downstream_noise) == pytest.approx(noise, rel=1e-9)


_A = {"samples": 15, "rows": "A"}
CASES = {
    "three sources": scenario(
        power(6),
        [fit(14, 0, 1), fit(20, 0, "1/2")],
        {
            "ridge": 0,
            "sources": [
                source(9, 1, labels="truth"),
                source(9, "1/3", labels=0),
                source(4, 0, labels={"0": 2, "1": -1}),
            ],
        },
    ),
    "rows that come back": scenario(
        power(6),
        [
            {"ridge": 0, "sources": [_A | {"noise": 1, "labels": "truth"}]},
            fit(17, 0, "1/2"),
            {"ridge": 0, "sources": [_A | {"labels_kept": True, "weight": 2}, _A | {"noise": "1/4", "labels": 1}]},
        ],
        fit(16, 0, 1),
    ),
    "min-norm": scenario(
        equal(14, "1/2"),
        [
            fit(5, 0, "1/5"),
            {"ridge": 0, "sources": [source(6, "1/5", rows="A")]},
            {
                "ridge": 0,
                "sources": [{"samples": 6, "rows": "A", "labels_kept": True}, source(6, "1/4", rows="A", labels=1)],
            },
            fit(4, 0, "1/10"),
        ],
        fit(5, 0, "1/9", toward=0),
    ),
    "flow and toward": scenario(
        equal(8),
        [fit(5, 0, "1/5", filter="gradient-flow", time=2), fit(12, "1/10", "1/5", toward=0)],
        fit(9, "1/20", "1/3", filter="gradient-flow", time=3, toward=1),
    ),
    "accumulate, then replace": scenario(
        power(5), [fit(16, 0, 1), fit(3, 0, 1, accumulate=True), fit(4, 0, 1, accumulate=True)], fit(15, 0, "1/2")
    ),
    "mix": scenario(power(4), [fit(14, 0, 1, repeat=3)], fit(14, 0, 1), scheme="mix", true_share="1/2"),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("method", ["direct", "averaged"])
def test_draws_agree(name: str, method: str) -> None:
    # 12 comparisons at |z| <= 4.5, two-sided: a false alarm in 1 of 12,000
    exact = float(predict_exact(CASES[name], 10).test_error)
    found = simulate(CASES[name], replicates=900, seed=3, method=method)  # type: ignore[arg-type]
    assert not found.warnings
    assert abs(found.mean - exact) <= 4.5 * found.standard_error
    # and the test sees a law that is off by a third
    assert found.standard_error < exact / 14


def test_no_law_is_said() -> None:
    mixture = [source(9, 1, labels="truth"), source(9, 1, labels=0, weight=2)]
    for bad in (
        scenario(power(6), [fit(10, 0, 1)], {"ridge": 0, "sources": mixture}),
        scenario(power(6), [fit(10, "1/2", 1)], fit(10, 0, 1), scheme="accumulate"),
        scenario(power(6), [fit(20, 0, 1)], fit(10, 0, 1), scheme="accumulate-subsample"),
        scenario(equal(6), [], fit(10, 0, 1, filter="gradient-descent", steps=3, rate="1/3")),
        scenario(equal(6), [], fit(10, 0, 1, features=4)),
        scenario(power(6), [], fit(10, 0, 1, filter="gradient-flow", time=1)),
    ):
        with pytest.raises(NoExactLaw):
            predict_exact(bad)
    with pytest.raises(DomainError, match="infinite"):
        predict_exact(scenario(power(6), [fit(7, 0, 1)], fit(3, 0, 1), scheme="accumulate"))
