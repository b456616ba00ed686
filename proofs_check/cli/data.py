"""``ridgeproof data``: a user's own data as a scenario, the chain run on its rows, and the ridge to use."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ridgeproof import files
from ridgeproof.errors import InputError

from . import data_text, options, output

if TYPE_CHECKING:
    from ridgeproof.numerics.data.recommendation import Recommendation
    from ridgeproof.numerics.data.study import DataStudy

REFERENCE = 3000  # as numerics.data.study has them, which is not loaded for --help
MATRIX = 20_000
LANDMARKS = 2000


def add(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "data",
        help="a data set as a scenario: spectrum, exponents, experiment, and which ridge to use",
        description="Estimates the kernel spectrum and the target's coefficients of a data set (CSV and other text,\n"
        "NPY, NPZ, Parquet, or scikit-learn's digits, diabetes, breast_cancer, wine, iris, linnerud), its\n"
        "capacity and source exponents and its label noise, predicts what relabelling costs, checks that by a\n"
        "few real fits on rows set aside, and says which figure to believe. It writes a scenario that the other\n"
        "commands take. The target is standardised: errors and noises are parts of its variance.",
        epilog="example: ridgeproof data digits --inputs 16 --kernel rbf --kernel-scale 8 --samples 300 "
        "--generations 3 --generator-samples 400 --noise 0.1 --generator-noise 0.1 --recommend --measure 40 "
        "-o digits.toml",
    )
    parser.add_argument("source", metavar="FILE|NAME", help="a table, its target in the last column, or a bundled set")
    data = parser.add_argument_group("the data")
    data.add_argument("--target", metavar="COLUMN", action="append", help="the column to predict (default: the last)")
    data.add_argument("--drop", metavar="COLUMN", action="append", default=[], help="leave a column out; repeatable")
    data.add_argument(
        "--inputs",
        metavar="HOW",
        default="standardise",
        help="standardise (each column), raw, or a number to divide by",
    )
    data.add_argument(
        "--reference",
        metavar="N",
        type=options.whole_number(2, MATRIX),
        help=f"rows of the reference sample (default {REFERENCE}, all rows of smaller tables; a table of more than "
        f"{MATRIX} rows is streamed whole)",
    )
    data.add_argument(
        "--landmarks",
        metavar="M",
        type=options.whole_number(2, MATRIX),
        help=f"stream all rows through M Nystrom features (default {LANDMARKS} for tables of more than {MATRIX} rows)",
    )
    data.add_argument("--seed", metavar="S", type=options.whole_number(0, 2**32), default=0)
    kernel = parser.add_argument_group("the kernel")
    kernel.add_argument(
        "--kernel",
        default="rbf",
        choices=("linear", "rbf", "polynomial", "laplace"),
        help="x.z/c, exp(-|x-z|^2/c), ((1 + x.z/c)/2)^degree, exp(-|x-z|/c) (default rbf)",
    )
    kernel.add_argument("--kernel-scale", metavar="C", type=_positive, help="c (default: from the data)")
    kernel.add_argument("--degree", metavar="K", type=options.whole_number(1, 20), default=3)
    chain = parser.add_argument_group("the chain (noises are added to the data's own)")
    chain.add_argument(
        "--samples", metavar="T", type=options.whole_number(1, 10**15), help="(default a sixth of the reference rows)"
    )
    chain.add_argument("--ridge", metavar="LAMBDA", type=_nonnegative, default=1e-3, help="(default 1e-3)")
    chain.add_argument("--noise", metavar="SIGMA2", type=_nonnegative, default=0.0, help="(default 0)")
    chain.add_argument("--generations", metavar="n", type=options.whole_number(0, 10_000), default=3)
    chain.add_argument("--generator-samples", metavar="T0", type=options.whole_number(1, 10**15), help="(default T)")
    chain.add_argument("--generator-ridge", metavar="LAMBDA0", type=_nonnegative, default=1e-3, help="0: min-norm")
    chain.add_argument("--generator-noise", metavar="SIGMA0_2", type=_nonnegative, default=0.0)
    work = parser.add_argument_group("what to do")
    work.add_argument(
        "-o", "--output", metavar="SCENARIO.toml", help="write the scenario, its numbers in .npy beside it"
    )
    work.add_argument(
        "--recommend",
        action="store_true",
        help="which ridge, when to stop early, how many true rows to add, when the error doubles, what "
        "cross-validation would believe",
    )
    measured = work.add_mutually_exclusive_group()
    measured.add_argument(
        "--measure",
        metavar="RUNS",
        type=options.whole_number(2, 10**6),
        help="so many real chains on the reference rows (default: until the error is known to 2.5 %%, 16 to 128)",
    )
    measured.add_argument("--no-measure", action="store_true", help="theory alone")
    work.add_argument("--distinct", action="store_true", help="measure with distinct rows within each generation")
    work.add_argument("--picture", metavar="FILE", help="draw test errors against lambda, T and n (.png, .svg, .pdf)")
    options.add_json(parser)
    parser.set_defaults(run=run)


def _nonnegative(text: str) -> float:
    from ridgeproof.numerics.problem.numbers import nonnegative

    return _float(nonnegative, text)


def _positive(text: str) -> float:
    from ridgeproof.numerics.problem.numbers import positive

    return _float(positive, text)


def _float(read: Any, text: str) -> float:
    from ridgeproof.errors import RidgeproofError
    from ridgeproof.numerics.problem.numbers import real

    try:
        read(text, where="")
        return real(text, where="")
    except RidgeproofError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def run(arguments: argparse.Namespace) -> int:
    """Analyse a data set."""
    from ridgeproof.numerics.data.scenarios import check_scenario_path, write_scenario

    if arguments.output is not None:
        check_scenario_path(Path(arguments.output), inputs=[arguments.source])
    if arguments.picture is not None:
        from ..pictures.style import check_format

        check_format(arguments.picture, "--picture")
        files.target(arguments.picture, inputs=[arguments.source], where="--picture")
    if arguments.recommend and not arguments.generations:
        raise InputError("nothing to adapt to with --generations 0", where="--recommend", accepted="1 or more")
    found = _study(arguments)
    document = _document(found)
    if arguments.output:
        document["scenario"] = arguments.output
        written = write_scenario(found.scenario, Path(arguments.output), comments=_comments(found))
        document["files"] = [str(path) for path in written]
    if arguments.recommend:
        with _Steps() as step:
            _add_recommendation(document, found.recommend(runs=arguments.measure, patience=step))
    if arguments.picture:
        from ..pictures.data import draw

        with output.patience("drawing"):
            runs = arguments.measure or 6
            draw(found.law, found.law_spectrum, found.chain, arguments.picture, runs=runs, seed=arguments.seed)
    if arguments.json:
        output.write_json(document)
    else:
        data_text.show(document)
    return 0


class _Steps:
    """Says on standard error what is being done, where a step takes long; to be called with each step's words."""

    def __init__(self) -> None:
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> _Steps:
        return self

    def __call__(self, what: str) -> None:
        self._stack.close()
        self._stack = contextlib.ExitStack()
        self._stack.enter_context(output.patience(what))

    def __exit__(self, *_: object) -> None:
        self._stack.close()


def _announce(seconds: float, runs: int) -> None:
    if seconds > output.PATIENCE:
        output.note(f"measuring {runs} chains at most: about {seconds:.0f} s at most (--no-measure: none)")


def _study(arguments: argparse.Namespace) -> DataStudy:
    from ridgeproof.numerics.data.study import study

    inputs: Any = arguments.inputs
    if inputs not in ("standardise", "raw"):
        try:
            inputs = _positive(inputs)
        except argparse.ArgumentTypeError:
            raise InputError(
                f"{arguments.inputs!r}", where="--inputs", accepted="standardise, raw, or a number > 0"
            ) from None
    targets = arguments.target or [None]
    if len(targets) > 1:
        raise InputError(f"{len(targets)} targets: {', '.join(targets)}", where="--target", accepted="one")
    with _Steps() as step:
        return study(
            arguments.source,
            targets[0],
            drop=arguments.drop,
            inputs=inputs,
            reference=arguments.reference,
            landmarks=arguments.landmarks,
            seed=arguments.seed,
            kernel=arguments.kernel,
            kernel_scale=arguments.kernel_scale,
            degree=arguments.degree,
            samples=arguments.samples,
            ridge=arguments.ridge,
            noise=arguments.noise,
            generations=arguments.generations,
            generator_samples=arguments.generator_samples,
            generator_ridge=arguments.generator_ridge,
            generator_noise=arguments.generator_noise,
            measure=False if arguments.no_measure else arguments.measure or True,
            distinct=arguments.distinct,
            adapted=arguments.recommend,
            patience=step,
            progress=output.progress("runs"),
            announce=_announce,
        )


def _document(found: DataStudy) -> dict[str, Any]:
    """The study as `--json` prints it."""
    document: dict[str, Any] = {
        "source": found.source,
        "target": found.target,
        "rows": found.rows,
        "reference": found.spectrum.rows,
        "columns": len(found.inputs),
        "kernel": dataclasses.asdict(found.kernel),
        "method": found.spectrum.method,
        "eigenvalues": len(found.spectrum.eigenvalues),
        "outside": found.spectrum.outside,
        "missing": found.spectrum.missing,
        "exponents": dataclasses.asdict(found.exponents),
        "chain": dataclasses.asdict(found.chain),
        "prediction": found.prediction,
        "applies": found.applies,
        "reasons": list(found.reasons),
        "expected": found.expected,
        "uncertainty": dataclasses.asdict(found.uncertainty),
        "scenario": None,
        "notes": list(found.notes),
    }
    measurement = found.measurement
    if measurement is not None:
        document["runs"] = measurement.runs
        document["measured"] = [
            {
                "generations": point.generations,
                "ridge": point.ridge,
                "theory": point.theory,
                "theory_finite_rows": point.theory_finite_rows,
                "measured": point.measured,
                "standard_error": point.standard_error,
                "held_out": point.held_out,
                "held_out_error": point.held_out_error,
                "low": point.low,
                "high": point.high,
                "gap": point.gap,
                "agrees": point.agrees,
            }
            for point in measurement.points
        ]
    return document


def _add_recommendation(document: dict[str, Any], found: Recommendation) -> None:
    advice = found.advice
    document["advice"] = {
        **dataclasses.asdict(advice),
        "gain_over_clean": advice.gain_over_clean,
        "gain_over_cross_validation": advice.gain_over_cross_validation,
    }
    document["cross_validation"] = dataclasses.asdict(found.cross_validated)
    document["recommendation"] = {
        "ridge": found.ridge,
        "test_error": found.error,
        "low": found.low,
        "high": found.high,
        "basis": found.basis,
        "label": found.label,
        "stopping_time": found.stopping_time,
        "stopping_error": found.stopping_error,
        "doubling": found.doubling,
        "true_rows": found.true_rows,
        "goal": found.goal,
    }
    if found.label:
        document["notes"] = [*document["notes"], f"the recommendation is labelled: {found.label}"]


def _comments(found: DataStudy) -> list[str]:
    laws, kernel, spectrum = found.exponents, found.kernel, found.spectrum
    return [
        f"{found.source}, target {found.target}, {found.rows} rows; kernel {kernel.name}, scale {kernel.scale:.6g}; "
        f"spectrum by {spectrum.method} of {spectrum.rows} rows",
        "errors and noises are in units of the target's variance; noise of the first fit includes what lies outside "
        f"the span, {spectrum.outside:.6g}",
        f"beta = {laws.beta:.3g} +- {laws.beta_error:.2g}, r = {laws.r:.3g} +- {laws.r_error:.2g}",
        *laws.warnings,
        *(f"the theory does not apply: {reason}" for reason in found.reasons),
    ]
