"""``ridgeproof simulate``: the test error of a scenario by drawing it, beside the prediction."""

from __future__ import annotations

import argparse
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ridgeproof.errors import DomainError

from . import options, output

if TYPE_CHECKING:
    from ridgeproof.numerics.problem.scenario import Scenario

LEVEL = 0.95  # of the interval
MOST_REPLICATES = 1_000_000
MOST_WORKERS = 1024
LEAST_ERROR = Fraction(1, 10**12)  # that of `numerics.draws.simulation`, whose import takes its time


def _relative_error(text: str) -> float:
    from ridgeproof.errors import InputError
    from ridgeproof.numerics.problem.numbers import exact

    try:
        value = exact(text, where="--relative-error")
    except InputError:
        value = Fraction(0)
    if not LEAST_ERROR <= value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1e-12, below which sums are rounded, to 1")
    return float(value)


def add(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "simulate",
        help="test error of a scenario by simulation from the model's definition",
        description="Draw designs and noises, fit, relabel, and average the test error; z says how many standard\n"
        "errors the mean lies from the deterministic equivalent. With lists, --set KEY=V1,V2,..., every combination\n"
        "is simulated, and the result is one table: on standard output, or -o FILE.csv or FILE.parquet.",
        epilog="example: ridgeproof simulate examples/reference-1.toml --replicates 400 --workers 2 --store runs.db",
    )
    options.add_scenario(parser)
    size = parser.add_mutually_exclusive_group()
    size.add_argument(
        "--replicates",
        metavar="N",
        type=options.whole_number(2, MOST_REPLICATES),
        help="independent repetitions (default 200)",
    )
    size.add_argument(
        "--relative-error",
        metavar="E",
        type=_relative_error,
        help="go on until standard error / mean is at most E",
    )
    parser.add_argument("--seed", metavar="S", type=options.whole_number(0, 2**63 - 1), default=0, help="default 0")
    parser.add_argument(
        "--workers",
        metavar="W",
        type=options.whole_number(1, MOST_WORKERS),
        default=1,
        help="processes, at most four a core; the result does not depend on their number (default 1)",
    )
    parser.add_argument("--store", metavar="FILE", help="SQLite file that keeps finished replicates, to resume from")
    parser.add_argument(
        "--method",
        choices=("direct", "averaged"),
        help="draw everything, or average label noise and signs exactly given the designs: same mean, far smaller "
        "error bars, which then show the equivalent's own error of order 1/size too (default: direct; averaged with "
        "lists)",
    )
    parser.add_argument("--scheduler", metavar="ADDRESS", help="draw on the workers of this Dask scheduler")
    parser.add_argument("-o", "--output", metavar="FILE", help="write the table to FILE.csv or FILE.parquet")
    options.add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the simulated mean, its standard error and the prediction; a table of them for lists."""
    from ridgeproof.numerics.draws.simulation import simulate, z_score
    from ridgeproof.numerics.draws.sweep import is_list
    from ridgeproof.numerics.predictions.powers import refuse_long
    from ridgeproof.numerics.problem.scenario import load_scenario

    if arguments.output is not None or any(map(is_list, arguments.overrides)):
        return _sweep(arguments)
    scenario = load_scenario(arguments.scenario, arguments.overrides)
    refuse_long(scenario, "to draw", "predict, which takes a million at once")
    result = simulate(scenario, method=arguments.method or "direct", **_run_options(arguments))
    for warning in result.warnings:
        output.note(f"warning: {warning}")
    prediction, reason = _prediction(scenario)
    z = None if prediction is None else z_score(result, prediction, scenario)
    span = result.interval(LEVEL)
    if arguments.json:
        output.write_json(
            {
                "mean": result.mean,
                "standard_error": result.error_bar,
                "replicates": result.replicates,
                "predicted": prediction,
                "z": z,
            }
        )
        if reason:
            output.note(reason)
        return 0
    drawn = f"{result.replicates} replicates, seed {result.seed}"
    lines = [("simulated", f"{result.mean:.6g} ± {result.error_bar:.2g}", drawn)]
    if span is not None:
        lines.append(
            (f"{LEVEL:.0%} interval", f"{output.short(span[0])} … {output.short(span[1])}", "t, less the skewness")
        )
    lines += [
        ("predicted", output.short(prediction), reason or "deterministic equivalent"),
    ]
    if z is not None and prediction:
        gap = result.mean / prediction - 1
        lines.append(("gap", f"{100 * gap:+.2f} %", f"z = {z:+.2f} standard errors"))
    output.write_block(lines)
    return 0


def _run_options(arguments: argparse.Namespace) -> dict[str, Any]:
    names = ("replicates", "relative_error", "seed", "workers", "store", "scheduler")
    return {name: getattr(arguments, name) for name in names} | {"progress": output.progress("replicates")}


def _sweep(arguments: argparse.Namespace) -> int:
    from ridgeproof.numerics.draws.simulation import tail_warnings
    from ridgeproof.numerics.draws.sweep import check_table_path, grid, is_list, sweep, write_table
    from ridgeproof.numerics.problem.scenario import load_scenario

    if arguments.output is not None:
        check_table_path(arguments.output, inputs=[arguments.scenario])
    fixed = [override for override in arguments.overrides if not is_list(override)]
    points = []
    for values in grid(arguments.overrides):
        overrides = [*fixed, *(f"{key}={value}" for key, value in values.items())]
        points.append((values, load_scenario(arguments.scenario, overrides)))
    rows = sweep(points, method=arguments.method or "averaged", **_run_options(arguments))
    for warning in dict.fromkeys(line for _, scenario in points for line in tail_warnings(scenario)):
        output.note(f"warning: {warning}")
    if arguments.output is not None:
        write_table(rows, arguments.output)
    if arguments.json:
        output.write_json({"rows": rows})
    elif arguments.output is None:
        columns = list(rows[0])
        cells = [[value if isinstance(value, str) else output.short(value) for value in row.values()] for row in rows]
        output.write_table(columns, cells, right=columns)
    return 0


def _prediction(scenario: Scenario) -> tuple[float | None, str]:
    """Return the deterministic equivalent, or None and the reason why there is none."""
    from ridgeproof.numerics.predictions.equivalents import predict

    try:
        return float(predict(scenario).test_error), ""
    except DomainError as error:
        return None, str(error)
