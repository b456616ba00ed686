"""Held-out mixtures, shared-row chains and random features against an independent solver; and what they cost.

Run as ``python benchmarks/bench_model.py [--problems N]``.

`predict` appends one fit at a time, by triangular formulas that carry errors.  `solve` here knows nothing of that: it
iterates the fixed point of all fits at once on full matrices, in every eigendirection, to rounding, from the same
problem written as linear equations Lm v = sum over rows of x A (y - K (x.v)).  Random features are rows of their own
there (w = sum_a f_a theta_a, theta_a = f_a.g/lambda, with g the gradient), least squares is a ridge of 1e-11.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from ridgeproof.numerics.predictions.equivalents import predict, predict_all
from ridgeproof.numerics.problem.scenario import Scenario, scenario_from_mapping

Table = dict[str, Any]
SMALL = 1e-11


@dataclass
class _Rows:
    """Rows of one covariance: A, K (truth in front) and how the noises enter, over the unknown vectors."""

    count: float
    values: np.ndarray
    weight: np.ndarray
    labels: np.ndarray
    noise: np.ndarray


def solve(scenario: Scenario) -> float:
    """The test error by iteration on full matrices: ridge fits, gradient descent and random features."""
    plan = scenario.plan()
    s, w0 = scenario.spectrum.eigenvalues(), scenario.target.coefficients(scenario.spectrum)
    sizes = [(fit.fit.steps or 1) + (fit.fit.features is not None) for fit in plan.fits]
    last = np.cumsum(sizes)  # the unknown that is the fit's output, 1-based behind the truth
    size = int(last[-1])
    lm = np.zeros((size, size))

    def rows(count: float, values: np.ndarray) -> _Rows:
        empty = np.zeros((size, size)), np.zeros((size, size + 1)), np.zeros((size, len(plan.noises)))
        return _Rows(count, values, *empty)

    designs = [rows(r.samples, s if r.covariance is None else r.covariance.eigenvalues()) for r in plan.rows]
    extra: list[_Rows] = []
    outputs = [0, *last]
    for i, fit in enumerate(plan.fits):
        ridge, base = float(fit.fit.ridge) or SMALL, outputs[fit.toward] if fit.toward is not None else None
        steps = range(outputs[i + 1] - sizes[i], outputs[i + 1])  # the rows of the unknowns of this fit
        for step, n in enumerate(steps):
            if fit.fit.filter == "gradient-descent":
                rate = float(fit.fit.rate)
                before = n if step else base  # the model that the step starts from, 1-based; None is 0
                lm[n, n] = 1 / rate
                if before:
                    lm[n, before - 1] -= 1 / rate - ridge * (fit.fit.ridge > 0)
                if base and fit.fit.ridge > 0:
                    lm[n, base - 1] -= ridge
                seen = before
            elif fit.fit.features is not None:
                lm[n, n] = 1
                if step:  # w, from the features' rows and the gradient before it
                    made = rows(fit.fit.features, np.full(s.size, 1 / fit.fit.features))
                    made.weight[n, n], made.labels[n, n] = 1 / ridge, -1
                    extra.append(made)
                    continue
                seen = n + 2
            else:
                lm[n, n] = ridge
                if base:
                    lm[n, base - 1] -= ridge
                seen = n + 1
            for use in fit.uses:
                group = designs[use.rows]
                group.weight[n, n] += float(use.weight) / fit.samples
                share = float(use.weight) * _share(fit, use)
                if seen:
                    group.labels[n, seen] += share
                for model, c in plan.labels[use.labels].models:
                    group.labels[n, outputs[model]] -= share * float(c)
                for noise, c in plan.labels[use.labels].noises:
                    group.noise[n, noise] += share * float(c) * math.sqrt(plan.noises[noise].variance)
    return _iterate([*designs, *extra], lm, s, w0)


def _share(fit: Any, use: Any) -> float:
    """One over the weight of all labels on the same row in this fit: they act as their weighted mean."""
    return 1 / float(sum(other.weight for other in fit.uses if other.rows == use.rows) or 1)


def _iterate(groups: list[_Rows], lm: np.ndarray, s: np.ndarray, w0: np.ndarray) -> float:
    size, one = lm.shape[0], np.eye(lm.shape[0])
    spreads = [np.zeros((size, size)) for _ in groups]
    for _ in range(100_000):
        pulls = [
            g.weight @ np.linalg.inv(one + g.labels[:, 1:] @ d @ g.weight) for g, d in zip(groups, spreads, strict=True)
        ]
        total = sum(
            g.count * g.values[:, None, None] * (p @ g.labels[:, 1:]) for g, p in zip(groups, pulls, strict=True)
        )
        response = np.linalg.inv(lm + total)
        new = [np.tensordot(g.values, response, 1) for g in groups]
        change = max(np.abs(a - b).max() / np.abs(a).max() for a, b in zip(new, spreads, strict=True))
        spreads = [(a + b) / 2 for a, b in zip(new, spreads, strict=True)]
        if change < 1e-15:
            break
    force = -sum(g.count * g.values[:, None] * (p @ g.labels[:, 0]) for g, p in zip(groups, pulls, strict=True))
    means = np.concatenate([w0[:, None], (response @ force[:, :, None])[:, :, 0] * w0[:, None]], axis=1)
    fixed = [np.einsum("j,ja,jb->ab", g.values, means, means) for g in groups]
    grams = fixed
    for _ in range(100_000):
        spread = np.zeros((s.size, size, size))
        for g, p, gram in zip(groups, pulls, grams, strict=True):
            inner = g.count * p @ (g.noise @ g.noise.T + g.labels @ gram @ g.labels.T) @ p.T
            spread += g.values[:, None, None] * inner
        spread = response @ spread @ response.transpose(0, 2, 1)
        new = []
        for g, start in zip(groups, fixed, strict=True):
            following = start.copy()
            following[1:, 1:] += np.tensordot(g.values, spread, 1)
            new.append(following)
        change = max(np.abs(a - b).max() / np.abs(a).max() for a, b in zip(new, grams, strict=True))
        grams = new
        if change < 1e-15:
            break
    lost = means[:, -1] - w0
    return float(s @ lost**2 + s @ spread[:, -1, -1])


def problem(seed: int) -> Scenario:
    """A random chain of mixtures: rows fresh or shared, of one or two covariances, labels any earlier model's, kept or
    combined; ridge, least squares, gradient descent or random features on rows of their own; towards earlier models."""
    rng = np.random.default_rng(seed)
    dim = 20

    def fraction(low: float, high: float) -> str:
        return str(Fraction(int(rng.integers(int(100 * low), int(100 * high))), 100))

    several = rng.random() < 0.4
    other = [fraction(0.1, 2) for _ in range(dim)]
    designs: dict[str, Table] = {}
    kept: set[str] = set()

    def table(name: str) -> Table:
        made: Table = {"samples": int(rng.integers(12, 50))}
        if several and rng.random() < 0.4:
            made["covariance"] = other
        return (designs.setdefault(name, made) | {"rows": name}) if name else made

    def fit(number: int) -> Table:
        kind = rng.choice(["ridge", "ridge", "ridge", "least squares", "descent", "features"])
        if several and kind == "features":
            kind = "ridge"
        sources, seen = [], set()
        for _ in range(rng.integers(1, 4)):
            name = "" if kind == "features" else str(rng.choice(["", "A", "B"]))
            name = "" if name in seen else name
            seen.add(name)
            entry = table(name) | {"weight": fraction(0.2, 3)}
            used = name in kept
            if used and rng.random() < 0.5:
                entry["labels_kept"] = True
            elif used and number and rng.random() < 0.5:
                entry["labels"] = {"kept": fraction(-1, 2), str(int(rng.integers(number))): fraction(0.1, 1)}
            else:
                labels = [*range(number), "truth"][int(rng.integers(number + 1))]
                entry |= {"labels": labels if labels == "truth" else int(labels), "noise": fraction(0, 1)}
            if name:
                kept.add(name)
            sources.append(entry)
        made: Table = {"sources": sources, "ridge": fraction(0.02, 0.6)}
        if kind == "least squares":
            rows = sum(entry["samples"] for entry in sources)
            made["ridge"] = 0 if abs(rows - dim) > 4 else made["ridge"]
        if kind == "descent":
            made |= {"filter": "gradient-descent", "steps": int(rng.integers(1, 5)), "rate": fraction(0.01, 0.12)}
        if kind == "features":
            return made | {"features": int(rng.integers(10, 60))}
        return made | ({"toward": int(rng.integers(number))} if number and rng.random() < 0.3 else {})

    fits = [fit(number) for number in range(int(rng.integers(2, 5)))]
    return scenario_from_mapping(
        {
            "spectrum": {"kind": "explicit", "values": [fraction(0.05, 2) for _ in range(dim)]},
            "target": {"kind": "coefficients", "values": [fraction(-1, 1) for _ in range(dim)]},
            "generators": fits[:-1],
            "downstream": fits[-1],
        }
    )


LAW: Table = {"spectrum": {"kind": "power-law", "beta": "3/2", "dim": 10_000}, "target": {"kind": "source", "r": "1/2"}}
FIT: Table = {"samples": 90, "ridge": "1/50", "noise": "1/5"}


def _scenario(downstream: Table, generators: list[Table], **more: Any) -> Scenario:
    return scenario_from_mapping(LAW | more | {"generators": generators, "downstream": downstream})


def _mixture(ridge: str) -> Table:
    sources = [
        {"samples": 90, "labels": "truth", "noise": "1/5"},
        {"samples": 60, "labels": "previous", "noise": "1/10", "weight": "2/5"},
    ]
    return {"ridge": ridge, "sources": sources}


def costs() -> list[tuple[str, float]]:
    """Seconds of processor time, d = 10,000."""
    flow = {"samples": 90, "noise": "1/5", "filter": "gradient-flow", "time": 4}
    shared, mixtures = [FIT | {"repeat": 19, "same_design": True}], [_mixture("1/20")] * 39
    rows: list[tuple[str, Callable[[], Any]]] = [
        ("20 fits on one design", lambda: predict(_scenario(FIT, shared))),
        (
            "20 fits, rows and labels accumulate",
            lambda: predict(_scenario(FIT, [FIT | {"repeat": 19}], chain={"scheme": "accumulate"})),
        ),
        ("40 fits of two sources each", lambda: predict(_scenario(_mixture("1/20"), mixtures))),
        ("gradient flow after one generator", lambda: predict(_scenario(flow, [FIT]))),
    ]
    found = []
    for name, run in rows:
        started = time.process_time()
        run()
        found.append((name, time.process_time() - started))
    return found


def scan_ratio() -> tuple[float, float]:
    """Seconds of processor time of a scan of 100 plain links and of 100 mixtures, the least of five turns each."""
    ridges = [f"{i}/1000" for i in range(1, 101)]
    plain = [_scenario(FIT | {"ridge": x}, [FIT]) for x in ridges]
    mixtures = [_scenario(_mixture(x), [FIT]) for x in ridges]
    taken: tuple[list[float], list[float]] = [], []
    for _ in range(5):
        for found, scan in zip(taken, (plain, mixtures), strict=True):
            started = time.process_time()
            predict_all(scan)
            found.append(time.process_time() - started)
    return min(taken[0]), min(taken[1])


def main() -> None:
    """Print the largest gap of the held-out problems, and the costs."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--problems", type=int, default=100)
    gaps = []
    for seed in range(parser.parse_args().problems):
        case = problem(seed)
        found, wanted = float(predict(case).test_error), solve(case)
        gaps.append((abs(found / wanted - 1), seed))
    gaps.sort()
    print(f"{len(gaps)} held-out problems: median gap {gaps[len(gaps) // 2][0]:.1e}, largest {gaps[-1][0]:.1e} "
          f"(seed {gaps[-1][1]})")  # fmt: skip
    for name, seconds in costs():
        print(f"{name:40} {seconds:7.3f} s")
    plain, mixtures = scan_ratio()
    print(f"{'a scan of 100 mixtures':40} {mixtures:7.3f} s, {mixtures / plain:.2f} times that of 100 plain links")


if __name__ == "__main__":
    main()
