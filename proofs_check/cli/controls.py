"""``ridgeproof optimal``: the least test error over entries of a scenario, and what a practitioner asks next."""

from __future__ import annotations

import argparse
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ridgeproof.errors import InputError, RidgeproofError

from . import options, output

if TYPE_CHECKING:
    from collections.abc import Callable

    from ridgeproof.numerics.predictions.controls import Best, Control
    from ridgeproof.numerics.problem.scenario import Scenario

# The last word of a key: range, whole numbers, linear scale.
_RANGES = {
    "ridge": (1e-6, 1e3, False, False),
    "time": (1e-2, 1e5, False, False),
    "weight": (1e-3, 1e3, False, False),
    "steps": (1, 100, True, False),
    "rate": (1e-3, 10, False, False),
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
        help="the controls that minimise the test error (ridge, weights, stopping time, share of true rows, features), "
        "generations until it doubles, true rows to add, early stopping against ridge",
        description="The values of some entries of a scenario that minimise its deterministic equivalent, and answers\n"
        "to what is asked next. With --over, the controls are chosen anew at every number of generations or rows.",
        epilog="example: ridgeproof optimal examples/reference-1.toml --over downstream.ridge --doubling",
    )
    options.add_scenario(parser)
    add_over(parser)
    parser.add_argument(
        "--doubling",
        metavar="FACTOR",
        nargs="?",
        const="2",
        help="how many generations (repeats of the last generator) until the error is FACTOR (default 2) times that "
        "on true labels",
    )
    parser.add_argument(
        "--true-rows",
        dest="target",
        metavar="ERROR",
        help="how many rows with true labels to add downstream for a test error of at most ERROR",
    )
    parser.add_argument("--early-stopping", action="store_true", help="the best stopping time beside the best ridge")
    options.add_json(parser)
    parser.set_defaults(run=run)


def add_over(parser: argparse.ArgumentParser) -> None:
    """Add ``--over KEY[=LOW:HIGH]``."""
    parser.add_argument(
        "--over",
        dest="controls",
        metavar="KEY[=LOW:HIGH]",
        action="append",
        default=[],
        help=f"an entry to choose, its last word one of {', '.join(_RANGES)}; may be repeated",
    )


def read_control(text: str) -> Control:
    """Read ``KEY`` or ``KEY=LOW:HIGH``.  Raises InputError."""
    from ridgeproof.numerics.predictions.controls import Control
    from ridgeproof.numerics.problem.numbers import real

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
        low, high = real(first, where=where), real(last, where=where)
    if not low < high or (low <= 0 and not linear):
        raise InputError(f"the range {low:g}:{high:g}", where=where, accepted="0 < LOW < HIGH")
    if whole and (low % 1 or high % 1):
        raise InputError(f"the range {low:g}:{high:g} of {word}", where=where, accepted="whole numbers LOW < HIGH")
    return Control(key, low, high, whole, linear)


def best_controls(arguments: argparse.Namespace) -> tuple[dict[str, Any], Best, list[str]]:
    """Return the best values by key, the minimum, and the overrides that set them."""
    from ridgeproof.numerics.predictions.answers import error_of
    from ridgeproof.numerics.predictions.controls import minimise
    from ridgeproof.numerics.problem.scenario import load_scenario

    controls = [read_control(text) for text in arguments.controls]
    keys = [control.key for control in controls]
    if twice := sorted({key for key in keys if keys.count(key) > 1}):
        raise InputError("the key is given twice", where=f"--over {twice[0]}", accepted="each key once")

    def settings(values: tuple[float, ...]) -> list[str]:
        return [f"{c.key}={int(v) if c.whole else repr(v)}" for c, v in zip(controls, values, strict=True)]

    def error(values: tuple[float, ...]) -> float:
        return error_of(load_scenario(arguments.scenario, [*arguments.overrides, *settings(values)]))

    with output.patience("minimising"):
        try:
            best = minimise(error, controls)
        except RidgeproofError as problem:
            key = problem.where.removeprefix("--set ").partition("=")[0]
            if not problem.where.startswith("--set ") or key not in {c.key for c in controls}:
                raise
            raise InputError(problem.what, where=f"--over {key}", accepted="an entry of the scenario") from None
    chosen = {c.key: int(v) if c.whole else v for c, v in zip(controls, best.values, strict=True)}
    return chosen, best, settings(best.values)


def run(arguments: argparse.Namespace) -> int:
    """Print the best controls and the answers asked for."""
    from ridgeproof.numerics.predictions.answers import error_of
    from ridgeproof.numerics.problem.scenario import load_scenario

    if not (arguments.controls or arguments.doubling or arguments.target or arguments.early_stopping):
        raise InputError(
            "nothing asked", where="optimal", accepted="--over KEY, --doubling, --true-rows ERROR or --early-stopping"
        )
    scenario = load_scenario(arguments.scenario, arguments.overrides)
    document: dict[str, Any] = {"controls": {}, "test_error": None, "notes": []}
    if arguments.controls:
        chosen, best, _ = best_controls(arguments)
        document |= {"controls": chosen, "test_error": best.test_error}
        document["notes"] += [f"{key} stands at an end of its range" for key in best.at_boundary]
    else:
        document["test_error"] = error_of(scenario)
    with output.patience("searching"):
        document |= _answers(scenario, arguments)
    if list(document["controls"]) == ["downstream.time"]:
        from . import closed_forms

        sharp, note = closed_forms.stopping_time(scenario)
        document["sharp"] = sharp
        document["notes"] += [note] if note else []
    if arguments.json:
        output.write_json(document)
        return 0
    output.write_block([*((key, output.short(value)) for key, value in document["controls"].items()),
                        ("test error", output.short(document["test_error"])), *_lines(document)])  # fmt: skip
    for line in document["notes"]:
        print(f"note: {line}")
    return 0


def _answers(scenario: Scenario, arguments: argparse.Namespace) -> dict[str, Any]:
    from ridgeproof.numerics.predictions import answers
    from ridgeproof.numerics.problem.numbers import positive, real

    error = _adapted([read_control(text) for text in arguments.controls]) if arguments.controls else answers.error_of
    document: dict[str, Any] = {}
    if arguments.doubling is not None:
        factor = positive(arguments.doubling, where="--doubling")
        real(arguments.doubling, where="--doubling")  # what no double holds is refused here
        if factor <= 1:
            raise InputError(f"the factor {factor}", where="--doubling", accepted="a number > 1")
        found = answers.generations_until(scenario, factor, error)
        document["doubling"] = {
            "factor": str(factor),
            "generations": found.generations,
            "on_true_labels": found.reference,
            "test_error": found.error,
            "tried": found.tried,
        }
        from . import closed_forms

        if limit := closed_forms.accumulation_limit(scenario):
            document["doubling"]["limit"] = limit
    if arguments.target is not None:
        positive(arguments.target, where="--true-rows")
        target = real(arguments.target, where="--true-rows")
        rows = answers.true_rows_for(scenario, target, error=error)
        document["true_rows"] = {"target": target, "rows": rows.rows, "test_error": rows.error, "tried": rows.tried}
    if arguments.early_stopping:
        both = answers.stopping_against_ridge(scenario)
        document["early_stopping"] = {
            "ridge": {"downstream.ridge": both.ridge, "test_error": both.ridge_error},
            "time": {"downstream.time": both.time, "test_error": both.time_error},
            "better": _better(both.ridge_error, both.time_error),
        }
    return document


def _better(ridge: float, stopped: float) -> str:
    if abs(ridge - stopped) <= 1e-6 * ridge:
        return "neither"
    return "early stopping" if stopped < ridge else "ridge"


def _adapted(controls: list[Control]) -> Callable[[Scenario], float]:
    """The least error over the controls, of any scenario."""
    from ridgeproof.numerics.predictions.answers import error_of
    from ridgeproof.numerics.predictions.controls import minimise
    from ridgeproof.numerics.problem.setting import with_value

    def error(scenario: Scenario) -> float:
        def at(values: tuple[float, ...]) -> float:
            changed = scenario
            for control, value in zip(controls, values, strict=True):
                changed = with_value(changed, control.key, int(value) if control.whole else Fraction(value))
            return error_of(changed)

        return minimise(at, controls).test_error

    return error


def _lines(document: dict[str, Any]) -> list[tuple[str, ...]]:
    lines: list[tuple[str, ...]] = []
    if found := document.get("doubling"):
        count = found["generations"]
        words = "not reached" if count is None else f"{count} generation{'s' if count > 1 else ''}"
        more = f"error {output.short(found['test_error'])} at {found['tried']}, {output.short(found['on_true_labels'])}"
        lines.append((f"error times {found['factor']}", words, f"{more} on true labels"))
        if limit := found.get("limit"):
            more = f"exactly; {output.short(limit['leading'])} = π²/6 σ² d/T for d << T"
            lines.append(("  for ever more generations", output.short(limit["test_error"]), more))
    if found := document.get("true_rows"):
        words = "no number is enough" if found["rows"] is None else f"{found['rows']} true rows to add"
        more = f"error {output.short(found['test_error'])} with {found['tried']}"
        lines.append((f"error at most {output.short(found['target'])}", words, more))
    if found := document.get("early_stopping"):
        for name, key in (("best ridge", "ridge"), ("best stopping time", "time")):
            value = found[key][f"downstream.{key}"]
            lines.append((name, output.short(value), f"error {output.short(found[key]['test_error'])}"))
        lines.append(("better", found["better"]))
    if sharp := document.get("sharp"):
        lines.append(("sharp closed form", output.short(sharp["time"]), f"error {output.short(sharp['test_error'])}"))
    return lines
