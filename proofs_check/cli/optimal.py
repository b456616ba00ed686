"""``ridgeproof optimal-ridge``: the best downstream ridge and its error: numerical, sharp closed form, exponent."""

from __future__ import annotations

import argparse
import dataclasses
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from . import options, output, scaling
from .predict import describe, predicted

if TYPE_CHECKING:
    from ridgeproof.numerics.predictions.optimum import OptimalRidge
    from ridgeproof.numerics.problem.scenario import Scenario


def add(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "optimal-ridge",
        help="the downstream ridge that minimises the test error",
        description="The downstream ridge that minimises the deterministic equivalent of the test error. Beside it:\n"
        "the sharp closed form and the exponent, where they apply, and the ridge that is best on true labels.",
        epilog="example: ridgeproof optimal-ridge examples/sharp-1.toml",
    )
    options.add_scenario(parser)
    options.add_digits(parser)
    options.add_json(parser)
    scaling.add_option(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the optimum."""
    from ridgeproof.numerics.predictions.gathered import one_generator
    from ridgeproof.numerics.predictions.optimum import minimise_ridge
    from ridgeproof.numerics.problem.scenario import load_scenario

    from . import closed_forms

    scenario = load_scenario(arguments.scenario, arguments.overrides)
    if arguments.scaling_table is not None:
        return scaling.run(scenario, arguments)
    digits, whole = arguments.digits, scenario
    gathered = one_generator(scenario)
    if gathered is not None:
        scenario = gathered
    sharp, exponent, notes = closed_forms.answers(scenario)
    judged, moments = _with_exact_moments(
        scenario if gathered is None else one_generator(whole, exact=True) or scenario
    )
    if moments:
        notes.insert(0, moments)
    if gathered is not None:
        noise = output.short(float(gathered.generators[0].noise))
        notes.insert(0, f"generators that gather rows act as one of T0 rows and noise {noise} (docs/theory.md#F11)")
    with output.patience("minimising over the ridge"):
        equivalent = minimise_ridge(scenario, digits)
        best = equivalent if judged == scenario else minimise_ridge(judged, digits)
        clean = _clean(judged, digits)
    if best.at_boundary:
        notes.insert(0, "the minimum is at the boundary: no finite positive ridge is better")
    if sharp and not best.at_boundary:
        gaps = [
            sharp[key] / float(value) - 1 for key, value in (("lambda", best.ridge), ("test_error", best.test_error))
        ]
        notes.append(f"the sharp closed form is off by {gaps[0]:+.2%} in lambda and {gaps[1]:+.2%} in test error")
    if arguments.json:
        document = {
            "numerical": _answer(best),
            "equivalent": _answer(equivalent),
            "sharp": sharp,
            "exponent": exponent,
            "clean": clean,
            "notes": notes,
        }
        output.write_json(document, digits)
        return 0
    describe(whole)
    print()
    ridge = scenario.downstream.ridge
    rows = [("numerical", best.ridge, best.test_error)]
    if judged != scenario:
        rows.append(("deterministic equivalent", equivalent.ridge, equivalent.test_error))
    if sharp:
        rows.append(("sharp closed form", sharp["lambda"], sharp["test_error"]))
    if exponent:
        rows.append(("order of magnitude", exponent["lambda"], exponent["test_error"]))
    rows.append(("ridge of the file", _double_or_exact(ridge), predicted(judged, digits).test_error))
    if clean:
        rows.append(("best on true labels", clean["lambda"], clean["test_error"]))
        if clean["test_error_kept"] is not None:
            rows.append(("  its ridge kept here", clean["lambda"], clean["test_error_kept"]))
    block = [("", "lambda", "test error")]
    block += [(label, output.short(value, digits), output.short(error, digits)) for label, value, error in rows]
    output.write_block(block)
    if clean and clean["test_error_kept"] is not None and best.test_error:
        loss = float(clean["test_error_kept"]) / float(best.test_error) - 1
        print(f"\nKeeping the ridge that is best on true labels costs {100 * loss:.3g} % more error than adapting it.")
    if notes:
        print("\n" + "\n".join(f"note: {line}" for line in notes))
    return 0


def _double_or_exact(ridge: Fraction) -> float | Fraction:
    from ridgeproof.errors import DomainError
    from ridgeproof.numerics.problem.numbers import as_float

    try:
        return as_float(ridge, where="downstream.ridge")
    except DomainError:
        return ridge


def _with_exact_moments(scenario: Scenario) -> tuple[Scenario, str]:
    """Return the scenario whose equivalent has its generators' exact moments (docs/theory.md#F3), and a note."""
    from ridgeproof.errors import DomainError
    from ridgeproof.numerics.predictions.optimum import with_exact_moments

    try:
        judged = with_exact_moments(scenario)
    except DomainError as error:
        return scenario, f"numerical = deterministic equivalent (docs/theory.md#E4): {error.what}"
    if judged == scenario:
        return scenario, ""
    return judged, (
        "the noise of least-squares generators enters with its exact factor 1/(T - d - 1) (docs/theory.md#F3); "
        "the deterministic equivalent (docs/theory.md#E4) has 1/(T - d)"
    )


def _clean(scenario: Scenario, digits: int | None) -> dict[str, Any] | None:
    """Return the optimum on true labels, and the error that its ridge has on the scenario's relabelled ones.

    None without generators, where the two are the same.
    """
    if not scenario.generators:
        return None
    from ridgeproof.numerics.predictions.optimum import minimise_ridge

    best = minimise_ridge(dataclasses.replace(scenario, generators=()), digits)
    answer = {**_answer(best), "test_error_kept": None}
    kept = _exact(best.ridge)
    if kept is not None:
        downstream = dataclasses.replace(scenario.downstream, ridge=kept)
        answer["test_error_kept"] = predicted(dataclasses.replace(scenario, downstream=downstream), digits).test_error
    return answer


def _answer(optimum: OptimalRidge) -> dict[str, Any]:
    return {"lambda": optimum.ridge, "test_error": optimum.test_error, "kappa": optimum.kappa}


def _exact(ridge: Any) -> Fraction | None:
    """Return a finite ridge, a float or an mpmath number, as the rational that it is."""
    import math

    if not math.isfinite(ridge):
        return None
    if hasattr(ridge, "_mpf_"):
        sign, mantissa, exponent, _ = ridge._mpf_
        return Fraction((-1) ** sign * int(mantissa)) * Fraction(2) ** exponent
    return Fraction(ridge)
