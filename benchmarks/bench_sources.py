"""Sources, shared rows, filters and features: how fast equivalents come true, and figures of exact laws, by simulation.

Run as ``python benchmarks/bench_sources.py > docs/simulated-sources.md`` (some minutes).

A family is one problem at sizes x1, x2, x4, x8: every eigenvalue as many times, all rows and features as many times,
the same noise variances and |w0|.  Its equivalent is then the same number at all sizes, and the simulated error differs
from it by c/size + O(1/size^2).
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from ridgeproof.errors import DomainError
from ridgeproof.numerics.draws.sequential import size_limit
from ridgeproof.numerics.draws.simulation import simulate
from ridgeproof.numerics.finite.exact import predict_exact
from ridgeproof.numerics.predictions.equivalents import predict
from ridgeproof.numerics.problem.scenario import Scenario, scenario_from_mapping

SIZES = (1, 2, 4, 8)
REPLICATES = 50
LEVEL = 1e-3  # false-alarm level of one family's limit, two-sided

Table = dict[str, Any]
_A = {"rows": "A"}


def fit(samples: int, ridge: str, noise: str, **more: Any) -> Table:
    """A fit without sources."""
    return {"samples": samples, "ridge": ridge, "noise": noise, **more}


def source(samples: int, noise: str, **more: Any) -> Table:
    """A source."""
    return {"samples": samples, "noise": noise, **more}


#: At size x1: d = 16 with eigenvalues 1, 1/2, 1/5 and 1/20, four times each.
FAMILIES: dict[str, Table] = {
    "mixture, weights 1 and 2/5": {
        "generators": [fit(12, "1/20", "1/5")],
        "downstream": {
            "ridge": "1/50",
            "sources": [source(12, "1/5", labels="truth"), source(20, "1/10", labels=0, weight="2/5")],
        },
    },
    "mixture of two covariances": {
        "generators": [fit(24, "1/20", "1/5")],
        "downstream": {
            "ridge": "1/20",
            "sources": [
                source(12, "1/5", labels="truth"),
                source(20, "1/10", labels=0, covariance=["1/5", 1, "1/2", "1/5"]),
            ],
        },
    },
    "mixture, min-norm": {
        "generators": [fit(12, "1/20", "1/5")],
        "downstream": {
            "ridge": 0,
            "sources": [source(3, "1/5", labels="truth"), source(4, "1/10", labels=0, weight="2/5")],
        },
    },
    "accumulating rows and labels, ridge": {
        "chain": {"scheme": "accumulate"},
        "generators": [fit(12, "1/10", "1/5", repeat=3)],
        "downstream": fit(12, "1/10", "1/5"),
    },
    "self-distillation, xi = 3/2": {
        "chain": {"scheme": "self-distil", "xi": "3/2"},
        "generators": [fit(20, "1/10", "1/5", repeat=2)],
        "downstream": fit(20, "1/10", "1/5"),
    },
    "one design, new noise, ridge": {
        "generators": [fit(20, "1/10", "1/5", repeat=3, same_design=True)],
        "downstream": fit(24, "1/20", "1/5"),
    },
    "gradient flow, t = 4": {
        "generators": [fit(24, "1/20", "1/5")],
        "downstream": fit(20, "0", "1/5", filter="gradient-flow", time=4),
    },
    "gradient descent, 8 steps of 1/4": {
        "generators": [fit(24, "1/20", "1/5")],
        "downstream": fit(20, "1/20", "1/5", filter="gradient-descent", steps=8, rate="1/4"),
    },
    "ridge towards the teacher": {
        "generators": [fit(24, "1/20", "1/5")],
        "downstream": fit(12, "1/5", "1/5", toward=0),
    },
    "random features, teacher and student": {
        "generators": [fit(24, "1/20", "1/5", features=20)],
        "downstream": fit(20, "1/20", "1/5", features=12),
    },
    "random features, mixture": {
        "generators": [fit(24, "1/20", "1/5", features=20)],
        "downstream": {
            "ridge": "1/20",
            "features": 12,
            "sources": [source(12, "1/5", labels="truth"), source(20, "1/10", labels=0, weight="2/5")],
        },
    },
    "accumulate, then subsample, ridge": {
        "chain": {"scheme": "accumulate-subsample"},
        "generators": [fit(20, "1/10", "1/5", repeat=3)],
        "downstream": fit(20, "1/10", "1/5"),
    },
}
_COUNTS = ("samples", "features")


def scaled(part: Any, size: int, key: str = "") -> Any:
    """A table at ``size``: counts of rows and features, and how often every eigenvalue stands, as many times."""
    if isinstance(part, dict):
        return {name: scaled(value, size, name) for name, value in part.items()}
    if key == "covariance":
        return [value for value in part for _ in range(4 * size)]
    if isinstance(part, list):
        return [scaled(value, size) for value in part]
    return part * size if key in _COUNTS else part


def family(name: str, size: int) -> Scenario:
    """A family's problem at a size."""
    spectrum = {"kind": "explicit", "values": [v for v in (1, "1/2", "1/5", "1/20") for _ in range(4 * size)]}
    problem = {"spectrum": spectrum, "target": {"kind": "isotropic", "norm2": 4}}
    return scenario_from_mapping(problem | scaled(FAMILIES[name], size))


def limits(replicates: int) -> Iterator[str]:
    """The table of families."""
    yield (
        "| family | equivalent | " + " | ".join(f"gap x{s}" for s in SIZES) + " | size x gap | limit | agrees | sees |"
    )
    yield "|---" * (len(SIZES) + 6) + "|"
    for number, name in enumerate(FAMILIES):
        problems = [family(name, size) for size in SIZES]
        try:
            expected = [float(predict(problem).test_error) for problem in problems]
        except DomainError as error:
            yield f"| {name} | none: {error.what} |" + " |" * (len(SIZES) + 4)
            continue
        found = size_limit(problems, expected, replicates=replicates, level=LEVEL, order=2, seed=100 * number)
        gaps = [f"{g:+.4f}({e:.4f})" for g, e in zip(found.discrepancy, found.standard_error, strict=True)]
        scaled_gaps = " ".join(f"{s * g:+.3f}" for s, g in zip(SIZES, found.discrepancy, strict=True))
        yield (
            f"| {name} | {expected[0]:.6g} | {' | '.join(gaps)} | {scaled_gaps} | "
            f"{found.limit:+.4f}({found.limit_error:.4f}) | "
            f"{'yes' if found.agrees else 'NO'} | {found.would_have_seen:.1%} |"
        )
        print(name, file=sys.stderr, flush=True)


def figures(replicates: int) -> Iterator[str]:
    """Exact laws, and figures with error bars from an independent simulation, against draws."""

    def isotropic(dim: int) -> Table:
        return {"spectrum": {"kind": "isotropic", "dim": dim}, "target": {"kind": "isotropic", "norm2": 1}}

    def levels(generators: list[Table], ridge: str) -> Scenario:
        # half of the eigenvalues 1, half 1/20; w0 in the weak half, |w0|_S^2 = 5 (figures are divided by 5)
        return scenario_from_mapping(
            {
                "spectrum": {"kind": "explicit", "values": [1] * 100 + ["1/20"] * 100},
                "target": {"kind": "coefficients", "values": [0] * 100 + [1] * 100},
                "generators": generators,
                "downstream": fit(110, ridge, "0"),
            }
        )

    def chain(scheme: Table, one: Table, fits: int, dim: int) -> Scenario:
        generators = [one | {"repeat": fits - 1}] if fits > 1 else []
        return scenario_from_mapping(isotropic(dim) | {"chain": scheme, "generators": generators, "downstream": one})

    accumulate, mix = {"scheme": "accumulate"}, {"scheme": "mix", "true_share": "1/4"}
    unit = fit(30, "0", "1")
    rows: list[tuple[str, Scenario, float, float | None]] = [
        *((f"accumulate, d=20, T=30, fit {n}", chain(accumulate, unit, n, 20), 1.0, None) for n in range(1, 7)),
        ("a quarter true rows, d=10, T=24, fit 30", chain(mix, fit(24, "0", "1"), 30, 10), 1.0, None),
        (
            "accumulate-subsample, d=4, T=160, fit 10, times (T-d-1)/d",
            chain({"scheme": "accumulate-subsample"}, fit(160, "0", "1"), 10, 4),
            155 / 4,
            subsample_law(10),
        ),
        (
            "growing T_m = 30, 60, 90, 120, d=20",
            scenario_from_mapping(
                isotropic(20)
                | {"generators": [fit(30 * m, "0", "1") for m in (1, 2, 3)], "downstream": fit(120, "0", "1")}
            ),
            1.0,
            None,
        ),
        (
            "min-norm chain, S = I, d=24, T_m = 8, 12, 16",
            scenario_from_mapping(
                isotropic(24)
                | {"generators": [fit(8, "0", "1/5"), fit(12, "0", "1/5")], "downstream": fit(16, "0", "1/5")}
            ),
            1.0,
            None,
        ),
        ("two levels, T=110, 1e-2, clean", levels([], "1/100"), 0.2, None),
        ("two levels, T=110, 1e-2, T0=60", levels([fit(60, "0", "0")], "1/100"), 0.2, None),
        ("two levels, T=110, 1e-4, clean", levels([], "1/10000"), 0.2, None),
        ("two levels, T=110, 1e-4, three of T0=100", levels([fit(100, "0", "0", repeat=3)], "1/10000"), 0.2, None),
    ]
    yield "| setting | law | kind | simulated | z | relative gap |"
    yield "|---|---|---|---|---|---|"
    for number, (name, scenario, unit_of, law) in enumerate(rows):
        kind, value = "leading order in d/T", law
        if law is None:
            try:
                kind, value = "exact", unit_of * float(predict_exact(scenario).test_error)
            except DomainError:
                kind, value = "equivalent", unit_of * float(predict(scenario).test_error)
        assert value is not None
        found = simulate(scenario, replicates=replicates, seed=1000 + number, method="averaged")
        mean, error = unit_of * found.mean, unit_of * found.standard_error
        z = f"{(mean - value) / error:+.1f}" if kind == "exact" else ""  # the others are off by order 1/size
        yield f"| {name} | {value:.5g} | {kind} | {mean:.5g}({error:.2g}) | {z} | {mean / value - 1:+.2%} |"
        print(name, file=sys.stderr, flush=True)


def subsample_law(fits: int) -> float:
    """T E_n/(sigma^2 d) to leading order in d/T for accumulate-subsample: v_n + 1 - 1/n; no exact law is known.

    To this order a fit on T_k rows of batch k (hypergeometric, mean T/n each) is the mean of the labels' errors, and
    v_n = 1 + sum_(2..n) (2 - 1/(i-1))/i^2 -> pi^2/2 - 3.
    """
    v = 1 + sum(Fraction(2 * (i - 1) - 1, (i - 1) * i**2) for i in range(2, fits + 1))
    return float(v + 1 - Fraction(1, fits))


PAGE = """# Sources, shared rows, filters and features, simulated

Written by `python benchmarks/bench_sources.py`. Simulation draws every design and averages the noise given the designs;
it shares no code with the formulas. Standard errors in parentheses.

## Equivalents at growing sizes

Size x1 has d = 16; `gap` is simulated/equivalent - 1; `limit` the constant of a fit c0 + c1/size + c2/size^2 and its
error; `agrees`: c0 is 0 at level {level:g}; `sees`: the discrepancy in the limit that would have been seen.

{limits}

## Exact laws and single figures

{figures}

## Figures of an independent study

Laws and simulations as that study printed them; `predict` to as many digits, and `simulate` (another simulation, of the
same setting). The setting of gradient flow was not printed: it is the one in which all eight numbers come out,
d = 120, T = 90, s_j = 3 j^-1.2, w0_j in proportion to j^-0.3 with |w0|_S = 1, noise 1/5. Figures whose setting is not
stated and was not found are not here: the gaps of two ridges, of random features, self-distillation, the best fixed
teacher and mixed labels with a ridge. Their formulas are tested (`tests/numerics/test_planned.py`,
`test_published_figures.py`), their numbers are not.

{study}
"""


def main() -> None:
    """Print the page."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--replicates", type=int, default=REPLICATES, help="at the largest size")
    replicates = parser.parse_args().replicates
    assert math.isclose(subsample_law(10**4), math.pi**2 / 2 - 2, rel_tol=1e-3)
    import independent_figures  # beside this file, which tests load by its path

    tables = (limits(replicates), figures(10 * replicates), independent_figures.table(4 * replicates))
    found = ["\n".join(table) for table in tables]
    print(PAGE.format(level=LEVEL, limits=found[0], figures=found[1], study=found[2]), end="")


if __name__ == "__main__":
    main()
