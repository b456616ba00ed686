"""The paper's figures 1 to 3 at its own parameters: theory and simulation together, with a table of their gaps.

`python examples/paper/figures.py` prints the tables, `-o DIR` draws each figure too (needs matplotlib).  What the paper
does not say of a figure, the grid of ridges and the T of Fig. 3, is ours.
"""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path

from ridgeproof.numerics.draws.simulation import simulate
from ridgeproof.numerics.predictions.equivalents import predict
from ridgeproof.numerics.problem.scenario import load_scenario

HERE = Path(__file__).resolve().parent
RIDGES = ("1/10000", "1/1000", "1/100", "1/10", "1")
FIGURES = {"figure-1": (0, 1, 3, 10), "figure-2": (0, 1, 2, 5), "figure-3a": (0, 1, 3), "figure-3b": (0, 1, 3)}

Row = tuple[int, float, float, float, float]  # n, lambda, theory, simulated, its standard error


def rows(name: str, replicates: int, seed: int) -> list[Row]:
    """Theory and simulation of one figure, for every number of generations and every ridge."""
    found: list[Row] = []
    for n in FIGURES[name]:
        for ridge in RIDGES:
            scenario = load_scenario(
                HERE / f"{name}.toml", [f"generators.repeat={max(n, 1)}", f"downstream.ridge={ridge}"]
            )
            if n == 0:  # clean data
                scenario = dataclasses.replace(scenario, generators=())
            measured = simulate(scenario, replicates=replicates, seed=seed, method="averaged")
            theory = float(predict(scenario).test_error)
            found.append((n, float(scenario.downstream.ridge), theory, measured.mean, measured.standard_error))
    return found


def draw(name: str, table: list[Row], directory: Path) -> None:
    """The figure: a curve of theory and dots of simulation for each n."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots()
    for n in FIGURES[name]:
        here = [row for row in table if row[0] == n]
        (line,) = axes.plot([r[1] for r in here], [r[2] for r in here], label=f"n = {n}")
        bars = [2 * r[4] for r in here]
        axes.errorbar([r[1] for r in here], [r[3] for r in here], bars, fmt="o", color=line.get_color())
    axes.set(xscale="log", yscale="log", xlabel="ridge lambda", ylabel="test error", title=name)
    axes.legend()
    figure.savefig(directory / f"{name}.png", dpi=150)
    plt.close(figure)


def main() -> None:
    """Print the tables and draw the figures."""
    parser = argparse.ArgumentParser(description="The paper's figures 1 to 3, redrawn.")
    parser.add_argument("-o", dest="directory", metavar="DIR", type=Path, help="draw each figure into DIR as well")
    parser.add_argument("--replicates", type=int, default=20, help="runs a point (default 20)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--figure", choices=tuple(FIGURES), action="append", help="only this one")
    chosen = parser.parse_args()
    for name in chosen.figure or FIGURES:
        table = rows(name, chosen.replicates, chosen.seed)
        print(f"{name}\n{'n':>3} {'lambda':>8} {'theory':>10} {'simulated':>10} {'+-':>9} {'gap':>8}")
        for n, ridge, theory, mean, error in table:
            print(f"{n:>3} {ridge:>8g} {theory:>10.5g} {mean:>10.5g} {error:>9.2g} {theory / mean - 1:>+8.2%}")
        print()
        if chosen.directory is not None:
            chosen.directory.mkdir(parents=True, exist_ok=True)
            draw(name, table, chosen.directory)


if __name__ == "__main__":
    main()
