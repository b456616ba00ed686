"""How far `ridgeproof data` can be relied on: public tables, four kernels, four chains, each measured a second time.

    python benchmarks/data_study.py [--rows 200] [--tables N]    runs, keeps docs/data-study.json
    python benchmarks/data_study.py --write    writes docs/data-study.svg and the figures of docs/data.md

Every setting is studied as the command does it by default (seed 0: prediction, quick check, range, warning,
recommendation), and then measured by chains of another seed: the first's range has to cover the second's mean.
The constants of `numerics/data/check.py` were chosen on the tables of scikit-learn and statsmodels, before the others
were looked at; the figures are given for both halves.
One process; a table that was done is not done again.
"""

from __future__ import annotations

import argparse
import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from public_tables import Data, tables

from ridgeproof.errors import RidgeproofError
from ridgeproof.numerics.data.check import HELD_OUT, mean_and_error
from ridgeproof.numerics.data.cross_validation import climb
from ridgeproof.numerics.data.experiment import measured_runs
from ridgeproof.numerics.data.recommendation import choose
from ridgeproof.numerics.data.study import study
from ridgeproof.numerics.predictions.optimum import minimise_ridge

DOCS = Path(__file__).parent.parent / "docs"
SEEN = ("sklearn", "statsmodels")  # the tables that constants were chosen on
KERNELS = ("linear", "rbf", "polynomial", "laplace")
OTHER_SEED, RUNS = 1, 80
CHAINS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("true labels", {"generations": 0}),
    ("n = 1", {"generations": 1}),
    ("n = 3, noise", {"generations": 3, "ridge": 1e-2, "noise": 0.1, "generator_noise": 0.1}),
    ("n = 3, least norm", {"generations": 3, "generator_ridge": 0.0, "generator_noise": 0.1}),
)


def setting(data: Data, kernel: str, options: dict[str, Any], rows: int) -> dict[str, Any]:
    """One setting: what the command says, and the second measurement."""
    found = study(data, kernel=kernel, reference=rows, **options)
    errors = measured_runs(found.law, [found.chain], runs=range(RUNS), seed=OTHER_SEED, held_out=HELD_OUT)[:, 0]
    means, spread = mean_and_error(errors)
    row = {
        "rows": len(found.law.targets),
        "samples": found.chain.samples,
        "prediction": found.prediction,
        "expected": found.expected,
        "low": found.uncertainty.low,
        "high": found.uncertainty.high,
        "applies": found.applies,
        "reasons": list(found.reasons),
        "held_out": float(means[0]),
        "held_out_error": float(spread[0]),
        "measured": float(means[1]),
        "leverage": found.diagnosis.leverage,
        "order": found.diagnosis.order,
        "rounding": found.diagnosis.by_rounding,
    }
    if options["generations"]:
        proposed = minimise_ridge(found.scenario).ridge
        first, chosen, _, label = choose(found.law, found.law_spectrum, found.chain, proposed, applies=found.applies)
        ladder = climb(
            found.law, found.chain,
            [float(first.ridges[chosen]), max(proposed, 1e-14), *np.geomspace(1e-6, 10, 41).tolist()],
            [1.0], runs=RUNS // 4, seed=OTHER_SEED, held_out=HELD_OUT,
        )  # fmt: skip
        row |= {
            "advised": float(ladder.by_ridge[:, 0].mean()),
            "adapted": float(ladder.by_ridge[:, 1].mean()),
            "cross_validated": float(ladder.cross_validated.mean()),
            "label": label,
        }
    return row


def _short(value: Any) -> Any:
    return float(f"{value:.5g}") if isinstance(value, float) else value


def run(rows: int, most: int | None) -> None:
    """Go through the tables and keep what was found."""
    path = DOCS / "data-study.json"
    kept: list[dict[str, Any]] = json.loads(path.read_text()) if path.is_file() else []
    done = {row["table"] for row in kept}
    for number, (name, data) in reversed(list(enumerate(tables()))):
        if name in done or len(data[1]) < 19 or (most is not None and number >= most):
            continue
        for kernel in KERNELS:
            for chain, options in CHAINS:
                place = {"table": name, "number": number, "kernel": kernel, "chain": chain}
                try:
                    found = setting(data, kernel, options, rows)
                    kept.append(place | {key: _short(value) for key, value in found.items()})
                except RidgeproofError as error:
                    print(f"{name}, {kernel}, {chain}: refused: {error}", flush=True)
        print(f"{name}: {len(kept)} settings", flush=True)
        path.write_text(json.dumps(kept, indent=0) + "\n")


def figures(rows: list[dict[str, Any]]) -> dict[str, float]:
    """The figures of merit of a set of settings."""
    array = {key: np.array([row[key] for row in rows], dtype=float) for key in
             ("prediction", "expected", "low", "high", "held_out", "measured")}  # fmt: skip
    applies = np.array([row["applies"] for row in rows])
    floor = 1e-12
    held = np.maximum(array["held_out"], floor)
    gap = np.maximum(array["prediction"], floor) / held - 1
    covered = (array["low"] <= held) & (held <= np.maximum(array["high"], floor))
    everywhere = np.maximum(array["measured"], floor)
    advised = [row for row in rows if "advised" in row]
    worse = [row["advised"] > 1.05 * row["cross_validated"] for row in advised]
    unlabelled = [bad and not row["label"] for bad, row in zip(worse, advised, strict=True)]
    theory = [row["adapted"] > 1.05 * row["cross_validated"] and not row["label"] for row in advised]
    return {
        "settings": len(rows),
        "tables": len({row["table"] for row in rows}),
        "median gap": float(np.median(np.abs(gap))),
        "gap over 10 %": float(np.mean(np.abs(gap) > 0.1)),
        "covered": float(covered.mean()),
        "covered, all rows": float(np.mean((array["low"] <= everywhere) & (everywhere <= array["high"]))),
        "median half-width": float(np.median((array["high"] - array["low"]) / (array["high"] + array["low"]))),
        "off by more than 30 %": int(np.sum(np.abs(gap) > 0.3)),
        "of these warned": float(np.mean(~applies[np.abs(gap) > 0.3])),
        "within 10 %": int(np.sum(np.abs(gap) <= 0.1)),
        "of these warned, too": float(np.mean(~applies[np.abs(gap) <= 0.1])),
        "recommendations": len(advised),
        "worse than cross-validation by 5 %": int(sum(worse)),
        "of these not labelled": int(sum(unlabelled)),
        "theory's own ridge worse by 5 %, not labelled": int(sum(theory)),
        "labelled": float(np.mean([bool(row["label"]) for row in advised])),
    }


def causes(rows: list[dict[str, Any]]) -> list[tuple[str, int, float]]:
    """Every gap over 10 % under one cause, the first that holds: (cause, settings, median gap)."""
    found: dict[str, list[float]] = {}
    for row in rows:
        held = max(row["held_out"], 1e-12)
        gap = max(row["prediction"], 1e-12) / held - 1
        if abs(gap) <= 0.1:
            continue
        if row["rounding"]:
            cause = "a rank decided by rounding"
        elif row["held_out_error"] > 0.1 * held:
            cause = "a few runs decide the mean"
        elif row["leverage"] > 6:
            cause = "heavy leverage of rows"
        elif row["order"] > 0.05:
            cause = "1/(T - df_2) above 5 %"
        elif abs(row["prediction"] / max(row["measured"], 1e-12) - 1) <= 0.1:
            cause = "optimism: right on all rows, not on rows set aside"
        elif row["samples"] < 40:
            cause = "fewer than 40 rows in a fit"
        else:
            cause = "none of these"
        found.setdefault(cause, []).append(gap)
    return sorted(((c, len(g), float(np.median(g))) for c, g in found.items()), key=lambda one: -one[1])


def write() -> None:
    """The plot, and the figures in docs/data.md between their marks."""
    rows = json.loads((DOCS / "data-study.json").read_text())
    seen = [row["table"].startswith(SEEN) for row in rows]
    halves = [figures([row for row, one in zip(rows, seen, strict=True) if one == half]) for half in (True, False)]
    whole = figures(rows)

    def shown(key: str, value: float) -> str:
        return f"{value:.1%}" if isinstance(value, float) else str(value)

    lines = ["| | all | scikit-learn, statsmodels: chosen on | R, vega: checked on |", "|---|---:|---:|---:|"]
    lines += [f"| {key} | {' | '.join(shown(key, part[key]) for part in (whole, *halves))} |" for key in whole]
    lines += ["", "| cause of a gap over 10 %, the first that holds | settings | median gap |", "|---|---:|---:|"]
    lines += [f"| {cause} | {count} | {gap:+.0%} |" for cause, count, gap in causes(rows)]
    lines += ["", "| table | settings | median gap | covered | warned |", "|---|---:|---:|---:|---:|"]
    for name in sorted({row["table"] for row in rows}):
        mine = [row for row in rows if row["table"] == name]
        part = figures(mine)
        warned = np.mean([not row["applies"] for row in mine])
        lines.append(f"| {name} | {len(mine)} | {part['median gap']:.1%} | {part['covered']:.0%} | {warned:.0%} |")
    path = DOCS / "data.md"
    text = path.read_text()
    start, end = "<!-- figures by benchmarks/data_study.py -->", "<!-- end of figures -->"
    before, after = text.split(start)[0], text.split(end)[1]
    path.write_text(f"{before}{start}\n" + "\n".join(lines) + f"\n{end}{after}")
    _draw(rows)
    print(json.dumps(whole, indent=1))


def _draw(rows: list[dict[str, Any]]) -> None:
    from matplotlib import pyplot

    pyplot.rcParams["svg.hashsalt"] = "ridgeproof"
    figure, axes = pyplot.subplots(1, 2, figsize=(9, 4.4), sharex=True, sharey=True)
    for axis, key, title in zip(
        axes, ("prediction", "expected"), ("theory alone", "what the command expects"), strict=True
    ):
        for applies, colour, label in ((True, "#0072b2", "applies"), (False, "#d55e00", "warned")):
            mine = [row for row in rows if row["applies"] == applies and min(row["held_out"], row[key]) > 1e-8]
            axis.plot([r["held_out"] for r in mine], [r[key] for r in mine], ".", ms=4, color=colour, label=label)
        axis.plot([1e-8, 1e4], [1e-8, 1e4], color="#595959", lw=0.8)
        axis.set(xscale="log", yscale="log", xlabel="measured on rows set aside, another seed", title=title)
    axes[0].set_ylabel("predicted test error / variance")
    axes[0].set_xlim(1e-5, 1e3)
    axes[0].set_ylim(1e-5, 1e3)
    axes[0].legend()
    figure.tight_layout()
    figure.savefig(DOCS / "data-study.svg", metadata={"Date": None})


def main() -> None:
    """Run, or write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=200)
    parser.add_argument("--tables", type=int)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    write() if arguments.write else run(arguments.rows, arguments.tables)


if __name__ == "__main__":
    main()
