"""The paper's figures 1, 2, 3 and 5 at its own parameters (v2): theory and simulation together, and their gaps.

`python examples/paper/figures.py` prints the tables, `-o DIR` draws each figure too (needs matplotlib), and `--save`
keeps the numbers in figures.json beside this file, from which `ridgeproof report` shows them.  What the paper does not
say of a figure, the grids of T and lambda and the T of Fig. 3, is ours; digits stand in for MNIST in Fig. 5.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import json
from pathlib import Path
from typing import Any

from ridgeproof.numerics.draws.simulation import simulate
from ridgeproof.numerics.predictions.equivalents import predict
from ridgeproof.numerics.problem.scenario import load_scenario

HERE = Path(__file__).resolve().parent
RIDGES = ("1/10000", "1/1000", "1/100", "1/10", "1")
SAMPLES = ("350", "500", "700", "1000", "2000")
RIDGE, ROWS = "downstream.ridge", "downstream.samples"
ALONG = {RIDGE: "ridge lambda", ROWS: "samples T"}
# figure -> (what it shows, generations n, what is varied and over which values)
FIGURES: dict[str, tuple[str, tuple[int, ...], tuple[tuple[str, tuple[str, ...]], ...]]] = {
    "figure-1": ("isotropic, T0 = 2 d", (0, 1, 3, 10), ((ROWS, SAMPLES), (RIDGE, RIDGES))),
    "figure-2": ("power law, beta = 2, r = 3/8", (0, 1, 2, 5), ((RIDGE, RIDGES),)),
    "figure-3a": ("T0 = d/2, one design", (0, 1, 3), ((RIDGE, RIDGES),)),
    "figure-3b": ("T0 = d/2, fresh designs", (0, 1, 3), ((RIDGE, RIDGES),)),
}
Panel = dict[str, Any]  # title, along, curves: label -> rows (x, theory, simulated, standard error)


def panels(name: str, replicates: int, seed: int) -> list[Panel]:
    """Theory and simulation of one figure, for every number of generations and every value of what is varied."""
    if name == "figure-5":
        found: list[Panel] = importlib.import_module("digits").panels(replicates, seed)  # the file beside this one
        return found
    title, generations, varied = FIGURES[name]
    return [_panel(name, title, generations, key, values, replicates, seed) for key, values in varied]


def _panel(
    name: str, title: str, generations: tuple[int, ...], key: str, values: tuple[str, ...], replicates: int, seed: int
) -> Panel:
    curves: dict[str, list[tuple[float, float, float, float]]] = {}
    for n in generations:
        for value in values:
            scenario = load_scenario(HERE / f"{name}.toml", [f"generators.repeat={max(n, 1)}", f"{key}={value}"])
            if n == 0:  # clean data
                scenario = dataclasses.replace(scenario, generators=())
            measured = simulate(scenario, replicates=replicates, seed=seed, method="averaged")
            last = scenario.downstream
            x = float(last.ridge) if key == RIDGE else float(last.samples)
            row = (x, float(predict(scenario).test_error), measured.mean, measured.standard_error)
            curves.setdefault(f"n = {n}", []).append(row)
    return {"title": title, "along": ALONG[key], "curves": curves}


def show(name: str, found: list[Panel]) -> None:
    """Print the table of gaps, and the largest of them."""
    for panel in found:
        print(f"{name}: {panel['title']}; along {panel['along']}")
        print(f"{'curve':>26} {'x':>8} {'theory':>10} {'simulated':>10} {'+-':>9} {'gap':>8} {'z':>6}")
        for label, rows in panel["curves"].items():
            for x, theory, mean, error in rows:
                numbers = f"{theory:>10.5g} {mean:>10.5g} {error:>9.2g} {theory / mean - 1:>+8.2%}"
                print(f"{label:>26} {x:>8g} {numbers} {(theory - mean) / error:>+6.1f}")
        print()


def draw(name: str, found: list[Panel], directory: Path) -> None:
    """The figure: a curve of theory and dots of simulation (two standard errors) for each label."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, grid = plt.subplots(1, len(found), figsize=(6 * len(found), 4.5), squeeze=False)
    for axes, panel in zip(grid[0], found, strict=True):
        for label, rows in panel["curves"].items():
            xs = [r[0] for r in rows]
            (line,) = axes.plot(xs, [r[1] for r in rows], label=label)
            axes.errorbar(xs, [r[2] for r in rows], [2 * r[3] for r in rows], fmt="o", color=line.get_color())
        axes.set(xscale="log", yscale="log", xlabel=panel["along"], ylabel="test error", title=panel["title"])
        axes.legend(fontsize="small")
    figure.tight_layout()
    figure.savefig(directory / f"{name}.png", dpi=150)
    plt.close(figure)


def main() -> None:
    """Print the tables and draw the figures."""
    parser = argparse.ArgumentParser(description="The paper's figures 1, 2, 3 and 5, redrawn.")
    parser.add_argument("-o", dest="directory", metavar="DIR", type=Path, help="draw each figure into DIR as well")
    parser.add_argument("--replicates", type=int, default=20, help="runs a point (default 20)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--figure", choices=(*FIGURES, "figure-5"), action="append", help="only this one")
    parser.add_argument("--save", action="store_true", help="keep the numbers in figures.json, for the report")
    chosen = parser.parse_args()
    file = HERE / "figures.json"
    kept = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    for name in chosen.figure or (*FIGURES, "figure-5"):
        found = panels(name, chosen.replicates, chosen.seed)
        show(name, found)
        kept[name] = {"replicates": chosen.replicates, "seed": chosen.seed, "panels": found}
        if chosen.directory is not None:
            chosen.directory.mkdir(parents=True, exist_ok=True)
            draw(name, found, chosen.directory)
    if chosen.save:
        ordered = {name: kept[name] for name in sorted(kept)}
        rounded = json.loads(json.dumps(ordered), parse_float=lambda x: float(f"{float(x):.6g}"))
        file.write_text(json.dumps(rounded, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
