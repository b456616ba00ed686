"""``ridgeproof optimal``: the least test error over entries of a scenario: ridge, weight, time, share, features."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from ridgeproof.errors import InputError

from . import options, output

if TYPE_CHECKING:
    from ridgeproof.numerics.predictions.controls import Control

# The last word of a key: range, whole numbers, linear scale.
_RANGES = {
    "ridge": (1e-6, 1e3, False, False),
    "time": (1e-2, 1e5, False, False),
    "weight": (1e-3, 1e3, False, False),
    "steps": (1, 100, True, False),
    "features": (1, 1e5, True, False),
    "true_share": (0, 1, False, True),
    "samples": (1, 1e6, True, False),
    "xi": (-10, 10, False, True),
}
_ACCEPTED = "KEY or KEY=LOW:HIGH such as downstream.ridge or downstream.sources.0.weight=1/10:10"


def add(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "optimal",
        help="the controls that minimise the test error: ridge, weights, stopping time, share of true rows, features",
        description="The values of some entries of a scenario that minimise its deterministic equivalent.",
        epilog="example: ridgeproof optimal examples/isotropic.toml --over downstream.ridge",
    )
    options.add_scenario(parser)
    parser.add_argument(
        "--over",
        dest="controls",
        metavar="KEY[=LOW:HIGH]",
        action="append",
        required=True,
        help=f"an entry to choose, its last word one of {', '.join(_RANGES)}; may be repeated",
    )
    options.add_json(parser)
    parser.set_defaults(run=run)


def read_control(text: str) -> Control:
    """Read ``KEY`` or ``KEY=LOW:HIGH``.  Raises InputError."""
    from ridgeproof.numerics.predictions.controls import Control
    from ridgeproof.numerics.problem.numbers import exact

    key, equals, span = text.partition("=")
    key, where = key.strip(), f"--over {text}"
    word = key.rpartition(".")[2]
    if word not in _RANGES:
        raise InputError(f"{key!r} is no control", where=where, accepted=f"keys that end in {', '.join(_RANGES)}")
    low, high, whole, linear = _RANGES[word]
    if equals:
        first, colon, last = span.partition(":")
        if not colon:
            raise InputError("not a range", where=where, accepted=_ACCEPTED)
        low, high = float(exact(first, where=where)), float(exact(last, where=where))
    if not low < high or (low <= 0 and not linear):
        raise InputError(f"the range {low:g}:{high:g}", where=where, accepted="0 < LOW < HIGH")
    return Control(key, low, high, whole, linear)


def run(arguments: argparse.Namespace) -> int:
    """Print the best controls."""
    from ridgeproof.numerics.predictions.controls import minimise
    from ridgeproof.numerics.predictions.equivalents import predict
    from ridgeproof.numerics.problem.scenario import load_scenario

    controls = [read_control(text) for text in arguments.controls]

    def settings(values: tuple[float, ...]) -> list[str]:
        return [f"{c.key}={int(v) if c.whole else repr(v)}" for c, v in zip(controls, values, strict=True)]

    def error(values: tuple[float, ...]) -> float:
        scenario = load_scenario(arguments.scenario, [*arguments.overrides, *settings(values)])
        return float(predict(scenario).test_error)

    with output.patience("minimising"):
        best = minimise(error, controls)
    chosen = {c.key: int(v) if c.whole else v for c, v in zip(controls, best.values, strict=True)}
    notes = [f"{key} stands at an end of its range" for key in best.at_boundary]
    if arguments.json:
        output.write_json({"controls": chosen, "test_error": best.test_error, "notes": notes})
        return 0
    output.write_block([*((key, output.short(value)) for key, value in chosen.items()),
                        ("test error", output.short(best.test_error))])  # fmt: skip
    for line in notes:
        print(f"note: {line}")
    return 0
