"""Figures of an independent study of this model (other authors' simulations, with errors), by `predict` and `simulate`.

Run as ``python benchmarks/independent_figures.py``; `bench_sources` prints the same table in docs/simulated-sources.md.

Every figure that the study gives with an error and whose setting it states is here.  The setting of gradient flow was
not stated with its figures but found: s_j = 3 j^-1.2, w0_j in proportion to j^-0.3 with |w0|_S = 1, noise 1/5 give
all eight numbers (ratios of the four variances fix exponent and scale of s, those of the four biases the target).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from ridgeproof.errors import DomainError
from ridgeproof.numerics.draws.simulation import simulate
from ridgeproof.numerics.finite.exact import predict_exact
from ridgeproof.numerics.predictions.equivalents import predict
from ridgeproof.numerics.problem.scenario import Scenario, scenario_from_mapping

Table = dict[str, Any]


@dataclass(frozen=True)
class Figure:
    """``law`` as printed; ``simulated`` (value, one standard error) as printed; ``unit`` times the error is compared;
    ``how`` says which of our laws answers (None: too large for all)."""

    name: str
    scenario: Scenario
    law: str | None
    simulated: tuple[float, float] | None
    unit: float = 1.0
    how: Literal["equivalent", "exact", None] = "equivalent"


def flow_problem(time: str, noise: str, *, target: bool) -> Scenario:
    """Gradient flow on 90 rows in 120 dimensions; without a target or without noise the error is one part of it."""
    j = np.arange(1, 121.0)
    s = 3 * j**-1.2
    w = j**-0.3 / math.sqrt(np.sum(s * j**-0.6)) * target
    return scenario_from_mapping(
        {
            "spectrum": {"kind": "explicit", "values": [repr(float(x)) for x in s]},
            "target": {"kind": "coefficients", "values": [repr(float(x)) for x in w]},
            "downstream": {"samples": 90, "noise": noise, "filter": "gradient-flow", "time": time},
        }
    )


def chain(scheme: str, samples: int, fits: int, dim: int, **more: Any) -> Scenario:
    """Least squares under a scheme, noise 1, S = I."""
    one = {"samples": samples, "ridge": 0, "noise": 1}
    return scenario_from_mapping(
        {
            "spectrum": {"kind": "isotropic", "dim": dim},
            "target": {"kind": "isotropic", "norm2": 1},
            "chain": {"scheme": scheme} | more,
            "generators": [one | {"repeat": fits - 1}] if fits > 1 else [],
            "downstream": one,
        }
    )


def figures() -> Iterator[Figure]:
    """All of them."""
    flows = [
        ("1/2", ".2934", (0.2939, 0.0018), ".00251", (0.00250, 6e-5)),
        ("2", ".1189", (0.1185, 0.0007), ".01005", (0.01010, 6e-5)),
        ("8", ".0519", (0.0522, 0.0004), ".03108", (0.03101, 6e-5)),
        ("30", ".0267", (0.0271, 0.0002), ".08017", (0.08014, 6e-5)),
    ]
    for time, bias, bias_seen, noise, noise_seen in flows:
        yield Figure(f"gradient flow, t = {time}, bias", flow_problem(time, "0", target=True), bias, bias_seen)
        yield Figure(f"gradient flow, t = {time}, noise", flow_problem(time, "1/5", target=False), noise, noise_seen)
    for n, law in enumerate(("2.2222", "2.4786", "2.5753", "2.6258", "2.6568", "2.6777"), start=1):
        yield Figure(f"accumulate, d=20, T=30, fit {n}", chain("accumulate", 30, n, 20), law, None, how="exact")
    mix = chain("mix", 24, 60, 10, true_share="1/4")
    yield Figure("a quarter of true rows, d=10, T=24, limit", mix, "2.627", None, how="exact")
    # the law printed is of d << T, 2.649; the equivalent has all orders of d/T, and is compared with the simulation
    small = chain("accumulate-subsample", 160, 10, 4)
    yield Figure("accumulate-subsample, d=4, T=160, fit 10, times T/d", small, None, (2.712, 0.030), 160 / 4)
    # n = 20 was simulated at a d << T that is not stated; here d = 1, T = 60
    twenty = chain("accumulate-subsample", 60, 20, 1)
    yield Figure("accumulate-subsample, fit 20, times (T-d-1)/d", twenty, None, (2.84, 0.10), 58, None)


def answer(figure: Figure) -> float | None:
    """What our law says, in the figure's unit."""
    if figure.how is None:
        return None
    law = predict_exact if figure.how == "exact" else predict
    return figure.unit * float(law(figure.scenario).test_error)


def printed(value: float, as_in: str) -> str:
    """The value with as many digits behind the point as a printed one."""
    return f"{value:.{len(as_in.partition('.')[2])}f}".removeprefix("0")


def table(replicates: int) -> Iterator[str]:
    """The table, a line each."""
    yield "| figure | printed | predict | printed simulation | simulate | z of the two |"
    yield "|---|---|---|---|---|---|"
    for number, figure in enumerate(figures()):
        value = answer(figure)
        try:
            ours = simulate(figure.scenario, replicates=replicates, seed=2000 + number, method="averaged")
        except DomainError as error:
            yield f"| {figure.name} | {figure.law} | {value} | | {error.what} | |"
            continue
        mean, error_ = figure.unit * ours.mean, figure.unit * ours.standard_error
        seen, z = "", ""
        if figure.simulated is not None:
            seen = f"{figure.simulated[0]:g}({figure.simulated[1]:.2g})"
            z = f"{(mean - figure.simulated[0]) / math.hypot(error_, figure.simulated[1]):+.1f}"
        said = "" if value is None else printed(value, figure.law or "0.000")
        yield f"| {figure.name} | {figure.law or ''} | {said} | {seen} | {mean:.5g}({error_:.2g}) | {z} |"


def main() -> None:
    """Print the table."""
    for line in table(200):
        print(line, flush=True)


if __name__ == "__main__":
    main()
