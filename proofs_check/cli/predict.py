"""``ridgeproof predict``: the test error of a scenario, its sources, and what relabelling costs."""

from __future__ import annotations

import argparse
import dataclasses
from typing import TYPE_CHECKING, Any

from ridgeproof.errors import DomainError
from ridgeproof.words import terminal

from . import controls, options, output

if TYPE_CHECKING:
    from ridgeproof.numerics.predictions.fit_errors import PlanPrediction
    from ridgeproof.numerics.predictions.prediction import Prediction
    from ridgeproof.numerics.problem.fits import Source
    from ridgeproof.numerics.problem.scenario import Downstream, Generator, Scenario

LONGEST_LIST = 12  # with more generations than this, those of one [[generators]] entry share a line
FIELDS = ("test_error", "noise_free", "downstream_noise", "noise_by_generation", "kappa", "radius")


def add(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "predict",
        help="test error of a scenario by the deterministic equivalent, or exactly",
        description="The test error |w_hat - w0|_S^2 of a scenario (noise floor left out), split by its sources. With\n"
        "lists or ranges, --set KEY=V1,V2,... or --set KEY=START:STOP:STEP, one table of every combination.",
        epilog="example: ridgeproof predict examples/reference-1.toml --set downstream.ridge=1/10 --digits 30",
    )
    options.add_scenario(parser)
    options.add_digits(parser)
    parser.add_argument(
        "--exact",
        action="store_true",
        help="the exact finite-size law instead of the deterministic equivalent, where there is one",
    )
    parser.add_argument(
        "--format", choices=("text", "json", "csv"), default="text", help="csv: a line for each scenario"
    )
    controls.add_over(parser)
    options.add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the prediction."""
    from ridgeproof.numerics.draws.sweep import is_list
    from ridgeproof.numerics.problem.scenario import load_scenario

    arguments.json = arguments.json or arguments.format == "json"
    if arguments.format == "csv" or any(map(is_list, arguments.overrides)):
        from . import prediction_tables

        return prediction_tables.run(arguments)
    chosen: dict[str, Any] = {}
    overrides = arguments.overrides
    if arguments.controls:
        chosen, _, settings = controls.best_controls(arguments)
        overrides = [*overrides, *settings]
    scenario = load_scenario(arguments.scenario, overrides)
    law = "exact finite-size law" if arguments.exact else "deterministic equivalent"
    with output.patience(f"computing the {law}"):
        whole = None if arguments.exact else _whole(scenario, arguments.digits)
        result = whole.prediction if whole else predicted(scenario, arguments.digits, exact=arguments.exact)
    if arguments.json:
        document = {field: getattr(result, field) for field in FIELDS}
        if chosen:
            document["controls"] = chosen
        if whole is not None:
            document |= _by_fit(whole)
        if result.blocks is not None:
            document["blocks"] = [dataclasses.asdict(block) for block in result.blocks]
        output.write_json(document, arguments.digits)
        return 0
    describe(scenario)
    print(f"\n{law} ({'docs/theory.md#F4, #F5, #F7' if arguments.exact else 'docs/theory.md#E4'})")
    output.write_block([*((key, output.short(value)) for key, value in chosen.items()),
                        *_lines(scenario, result, arguments.digits)])  # fmt: skip
    if whole is not None:
        print()
        output.write_block(_fit_lines(whole, arguments.digits))
    remarks = _remarks(scenario, float(result.test_error))
    if remarks:
        print("\n" + "\n".join(remarks))
    return 0


def _whole(scenario: Scenario, digits: int | None) -> PlanPrediction | None:
    """Return the equivalent fit by fit for a scenario with sources, shared rows, filters or features; else None."""
    from ridgeproof.numerics.problem.steps import is_chain_of_links

    if is_chain_of_links(scenario):
        return None
    from ridgeproof.numerics.predictions.fit_errors import predict_plan

    return predict_plan(scenario, digits)


def _by_fit(whole: PlanPrediction) -> dict[str, Any]:
    """Return what JSON says about a plan beyond a plain prediction."""
    return {
        "forgetting": whole.forgetting,
        "noise_by_source": whole.noise_by_source,
        "fits": [dataclasses.asdict(fit) for fit in whole.fits],
    }


def predicted(scenario: Scenario, digits: int | None, *, exact: bool = False) -> Prediction:
    """Return the deterministic equivalent (docs/theory.md#E4), or the exact finite-size law (#F4, #F5, #F7)."""
    if exact:
        from ridgeproof.numerics.finite.exact import predict_exact

        return predict_exact(scenario, digits or 15)
    from ridgeproof.numerics.predictions.equivalents import predict

    return predict(scenario, digits)


def describe(scenario: Scenario) -> None:
    """Print the scenario: the spectrum, the generators and the downstream fit, one line each."""
    spectrum = scenario.spectrum
    beta = f", β = {spectrum.beta}" if spectrum.beta is not None else ""
    lines = [("spectrum", f"{spectrum.kind}{beta}, d = {spectrum.dim}")]
    for generator in scenario.generators:
        times = f"{generator.repeat} × " if generator.repeat > 1 else ""
        same = ", sharing one design" if generator.same_design and generator.repeat > 1 else ""
        lines.append(("generator", times + _fit(generator, spectrum.dim) + same))
        lines += [("  source", _source(source)) for source in generator.sources]
    lines.append(("downstream", _fit(scenario.downstream, spectrum.dim)))
    lines += [("  source", _source(source)) for source in scenario.downstream.sources]
    if scenario.chain.scheme != "replace":
        lines.append(("scheme", scenario.chain.scheme))
    if scenario.name:
        print(terminal(scenario.name))
    output.write_block(lines)


def _fit(fit: Generator | Downstream, dim: float) -> str:
    if not fit.plain:
        own = "" if fit.sources else f"T = {fit.samples}, σ² = {fit.noise}, "
        return own + _how(fit)
    method = f"λ = {fit.ridge}" if fit.ridge else "min-norm least squares" if fit.samples < dim else "least squares"
    return f"T = {fit.samples}, {method}, σ² = {fit.noise}"


def _how(fit: Generator | Downstream) -> str:
    """The method of a fit that is not a plain ridge."""
    words = [f"λ = {fit.ridge}"]
    if fit.filter == "gradient-flow":
        words.append(f"gradient flow to t = {fit.time}")
    if fit.filter == "gradient-descent":
        words.append(f"{fit.steps} steps of gradient descent at rate {fit.rate}")
    if fit.features is not None:
        words.append(f"{fit.features} random features")
    if fit.toward is not None:
        words.append(f"toward model {fit.toward}")
    if fit.accumulate:
        words.append("all earlier rows")
    if fit.subsample is not None:
        words.append(f"a subsample of {fit.subsample} rows")
    return ", ".join(words)


def _source(source: Source) -> str:
    labels = source.labels
    if isinstance(labels, tuple):
        labels = " + ".join(f"{c} × {name}" for name, c in labels)
    words = [f"T = {source.samples}", f"labels {labels}", f"σ² = {source.noise}"]
    if source.weight != 1:
        words.append(f"weight {source.weight}")
    if source.rows:
        words.append(f"rows {source.rows}")
    if source.covariance is not None:
        words.append("a covariance of its own")
    return ", ".join(words)


def _fit_lines(whole: PlanPrediction, digits: int | None) -> list[tuple[str, ...]]:
    """The errors of every fit: on new rows, and on its own ones with the labels' noise."""
    lines: list[tuple[str, ...]] = [("fit", "test error", "κ", "left out", "training", "GCV")]

    def several(values: tuple[Any, ...] | None) -> str:
        if values is None:
            return "–"
        shown = ", ".join(output.short(value, digits) for value in values[:3])
        return shown + (", ..." if len(values) > 3 else "")

    rows = list(enumerate(whole.fits))
    for i, fit in rows if len(rows) <= LONGEST_LIST else [*rows[:3], *rows[-3:]]:
        name = "downstream" if i == len(rows) - 1 else str(i)
        lines.append(
            (
                name,
                output.short(fit.test_error, digits),
                output.short(fit.kappa, digits),
                several(fit.left_out),
                several(fit.training),
                output.short(fit.gcv, digits),
            )
        )
    return lines


def _lines(scenario: Scenario, result: Prediction, digits: int | None) -> list[tuple[str, ...]]:
    def line(label: str, value: Any, share: bool = True) -> tuple[str, ...]:
        percent = f"{100 * float(value / result.test_error):5.1f} %" if share and result.test_error else ""
        return (label, output.short(value, digits), percent)

    lines = [
        line("test error", result.test_error, share=False),
        line("  noise-free part", result.noise_free),
        line("  downstream noise", result.downstream_noise),
    ]
    if result.blocks is not None:
        for block, (span, _) in zip(result.blocks, _runs(scenario), strict=True):
            lines += [line(f"  noise of {span}", block.noise), line(f"  kappa of {span}", block.kappa, share=False)]
        return lines
    noises, kappas = result.noise_by_generation or (), result.kappa
    if len(noises) <= LONGEST_LIST:
        lines += [line(f"  noise of generation {m}", value) for m, value in enumerate(noises)]
    else:
        lines += [line(f"  noise of {span}", sum(noises[run])) for span, run in _runs(scenario)]
    if kappas:
        lines.append(line("kappa of the downstream fit", kappas[-1], share=False))
        lines += [line(f"kappa of {span}", kappas[run.start], share=False) for span, run in _runs(scenario)]
    return lines


def _runs(scenario: Scenario) -> list[tuple[str, slice]]:
    """Return the generations of each [[generators]] entry: in words, and as a slice."""
    runs, first = [], 0
    for generator in scenario.generators:
        last = first + generator.repeat - 1
        words = f"generation {first}" if first == last else f"generations {first} to {last}"
        runs.append((words, slice(first, last + 1)))
        first = last + 1
    return runs


def _remarks(scenario: Scenario, error: float) -> list[str]:
    """Return what a practitioner asks next: has the model learnt anything, and what would true labels give?"""
    remarks = []
    signal = _signal(scenario)
    if signal:
        verdict = (
            f"this fit removes {1 - error / signal:.1%} of it" if error < signal else "this fit is worse than none"
        )
        remarks.append(f"Predicting zero has error {signal:.6g}: {verdict}.")
    clean = _on_true_labels(scenario)
    if clean is not None:
        factor = f": relabelling multiplies it by {error / clean:.3g}" if clean else ""
        remarks.append(f"On true labels the same fit has error {clean:.6g}{factor}.")
        remarks.append("`ridgeproof optimal-ridge` finds the downstream ridge that limits the damage.")
    return remarks


def _on_true_labels(scenario: Scenario) -> float | None:
    """Return the error of the same fit on true labels, of a plain chain whose numbers doubles can hold."""
    if not (scenario.generators and scenario.plain):
        return None
    try:
        return float(predicted(dataclasses.replace(scenario, generators=()), None).test_error)
    except DomainError:  # a remark, and no reason to refuse what --digits or --exact has found
        return None


def _signal(scenario: Scenario) -> float | None:
    """Return |w0|_S^2, the error of the predictor that is always zero; None where the spectrum cannot be listed."""
    try:
        eigenvalues = scenario.spectrum.eigenvalues()
        return float((eigenvalues * scenario.target.coefficients(scenario.spectrum) ** 2).sum())
    except DomainError:
        return None
