"""``ridgeproof data``: a user's own data as a scenario, the chain run on its rows, and the ridge to use."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ridgeproof import files
from ridgeproof.errors import InputError

from . import data_text, options, output

if TYPE_CHECKING:
    from ridgeproof.numerics.data.experiment import Population
    from ridgeproof.numerics.data.kernels import Kernel
    from ridgeproof.numerics.data.mitigation import Advice
    from ridgeproof.numerics.data.power_laws import PowerLaws
    from ridgeproof.numerics.data.sample import Sample
    from ridgeproof.numerics.data.scenarios import Chain
    from ridgeproof.numerics.data.spectra import Empirical

REFERENCE = 3000  # rows whose kernel matrix is decomposed when the user names no number
MATRIX = 20_000  # rows beyond which Nystrom features are streamed instead
LANDMARKS = 2000
GENERATIONS = (0, 1, 2, 5, 10)
CROSS_VALIDATION_RIDGES = 41


def add(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "data",
        help="a data set as a scenario: spectrum, exponents, experiment, and which ridge to use",
        description="Estimates the kernel spectrum and the target's coefficients of a data set (CSV, TSV, NPY, NPZ,\n"
        "Parquet, or scikit-learn's digits, diabetes, breast_cancer, wine, iris), its capacity and source\n"
        "exponents and its label noise, and writes a scenario that the other commands take. The target is\n"
        "standardised: errors and noises are parts of its variance.",
        epilog="example: ridgeproof data digits --inputs 16 --kernel rbf --kernel-scale 8 --samples 300 "
        "--generations 3 --generator-samples 400 --noise 0.1 --generator-noise 0.1 --recommend --measure 40 "
        "-o digits.toml",
    )
    parser.add_argument("source", metavar="FILE|NAME", help="a table, its target in the last column, or a bundled set")
    data = parser.add_argument_group("the data")
    data.add_argument("--target", metavar="COLUMN", help="the column to predict")
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
    chain.add_argument("--samples", metavar="T", type=options.whole_number(1, 10**15), help="(default N/6)")
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
        "--recommend", action="store_true", help="the ridge to use, its gain, and what real data would buy"
    )
    work.add_argument(
        "--measure",
        metavar="RUNS",
        type=options.whole_number(2, 10**6),
        help="run real kernel ridge chains on the reference rows, beside the theory",
    )
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
    from ridgeproof.numerics.problem.numbers import as_float

    try:
        return as_float(read(text, where=""), where="")
    except RidgeproofError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def run(arguments: argparse.Namespace) -> int:
    """Analyse a data set."""
    from ridgeproof.numerics.data.power_laws import fit_power_laws
    from ridgeproof.numerics.data.scenarios import check_scenario_path, scenario_of, write_scenario
    from ridgeproof.numerics.predictions.equivalents import predict

    if arguments.output is not None:
        check_scenario_path(Path(arguments.output), inputs=[arguments.source])
    if arguments.picture is not None:
        from ..pictures.style import check_format

        check_format(arguments.picture, "--picture")
        files.target(arguments.picture, inputs=[arguments.source], where="--picture")
    with output.patience("reading the data"):
        sample, kernel, landmarks = _read(arguments)
    with output.patience("decomposing the kernel"):
        from ridgeproof.numerics.data.spectra import of_sample

        empirical = of_sample(sample, kernel, landmarks=landmarks)
    laws = fit_power_laws(empirical)
    chain = _chain(arguments, sample.rows if landmarks else len(sample.inputs))
    scenario = scenario_of(empirical, chain, name=f"{sample.table.name}, {kernel.name} kernel")
    notes = [*sample.notes, *laws.warnings]
    if empirical.missing > 0.01:
        notes.append(f"the landmarks miss {empirical.missing:.1%} of the kernel's trace: more --landmarks see more")
    document: dict[str, Any] = {
        "source": sample.table.name,
        "target": sample.table.columns[sample.cleaning.target],
        "rows": sample.rows,
        "reference": empirical.rows,
        "columns": len(sample.cleaning.kept),
        "kernel": dataclasses.asdict(kernel),
        "method": empirical.method,
        "eigenvalues": len(empirical.eigenvalues),
        "outside": empirical.outside,
        "missing": empirical.missing,
        "exponents": dataclasses.asdict(laws),
        "chain": dataclasses.asdict(chain),
        "prediction": float(predict(scenario).test_error),
        "scenario": arguments.output,
        "notes": notes,
    }
    if arguments.output:
        written = write_scenario(scenario, Path(arguments.output), comments=_comments(sample, kernel, empirical, laws))
        document["files"] = [str(path) for path in written]
    advice = None
    if arguments.recommend or arguments.picture:
        advice = _advice(scenario, empirical) if chain.generations else None
        if arguments.recommend and advice is None:
            raise InputError("nothing to adapt to with --generations 0", where="--recommend", accepted="1 or more")
    if arguments.recommend and advice is not None:
        document["advice"] = _advice_document(advice)
    if arguments.measure or arguments.picture:
        law, law_spectrum = _population(sample, kernel, empirical)
    if arguments.measure:
        document["measured"] = _measured(arguments, law, law_spectrum, chain, advice)
        if arguments.recommend and chain.generations:
            document["cross_validation"] = _cross_validation(arguments, law, chain, advice)
    if arguments.picture:
        from ..pictures.data import draw

        with output.patience("drawing"):
            draw(law, law_spectrum, chain, arguments.picture, runs=arguments.measure or 6, seed=arguments.seed)
    if arguments.json:
        output.write_json(document)
    else:
        data_text.show(document)
    return 0


def _read(arguments: argparse.Namespace) -> tuple[Sample, Kernel, int | None]:
    from ridgeproof.numerics.data.kernels import kernel_for
    from ridgeproof.numerics.data.sample import read_sample
    from ridgeproof.numerics.data.tables import open_table

    inputs: Any = arguments.inputs
    if inputs not in ("standardise", "raw"):
        try:
            inputs = _positive(inputs)
        except argparse.ArgumentTypeError:
            raise InputError(
                f"{arguments.inputs!r}", where="--inputs", accepted="standardise, raw, or a number > 0"
            ) from None
    if arguments.reference and arguments.landmarks and arguments.landmarks > arguments.reference:
        raise InputError("more landmarks than reference rows", where="--landmarks", accepted="at most --reference")
    size = arguments.reference or max(REFERENCE, arguments.landmarks or 0)
    sample = read_sample(
        open_table(arguments.source),
        size=size,
        target=arguments.target,
        drop=tuple(arguments.drop),
        inputs=inputs,
        seed=arguments.seed,
    )
    kernel = kernel_for(arguments.kernel, sample.inputs, arguments.kernel_scale, arguments.degree)
    streamed = sample.rows > MATRIX and not arguments.reference
    return sample, kernel, arguments.landmarks or (min(LANDMARKS, len(sample.inputs)) if streamed else None)


def _chain(arguments: argparse.Namespace, rows: int) -> Chain:
    from ridgeproof.numerics.data.scenarios import Chain

    samples = arguments.samples or max(1, rows // 6)
    return Chain(
        samples,
        arguments.ridge,
        arguments.noise,
        arguments.generations,
        arguments.generator_samples or samples,
        arguments.generator_ridge,
        arguments.generator_noise,
    )


def _population(sample: Sample, kernel: Kernel, empirical: Empirical) -> tuple[Population, Empirical]:
    """Return the reference rows as the law of the experiment, and their own spectrum."""
    from ridgeproof.numerics.data.experiment import population
    from ridgeproof.numerics.data.spectra import of_matrix

    gram = kernel.gram(sample.inputs, sample.inputs)
    same = empirical.rows == len(sample.inputs) and empirical.method != "Nystrom"
    return population(gram, sample.targets), empirical if same else of_matrix(gram, sample.targets)


def _comments(sample: Sample, kernel: Kernel, empirical: Empirical, laws: PowerLaws) -> list[str]:
    return [
        f"{sample.table.name}, target {sample.table.columns[sample.cleaning.target]}, {sample.rows} rows; kernel "
        f"{kernel.name}, scale {kernel.scale:.6g}; spectrum by {empirical.method} of {empirical.rows} rows",
        "errors and noises are in units of the target's variance; noise of the first fit includes what lies outside "
        f"the span, {empirical.outside:.6g}",
        f"beta = {laws.beta:.3g} +- {laws.beta_error:.2g}, r = {laws.r:.3g} +- {laws.r_error:.2g}",
        *laws.warnings,
    ]


def _advice(scenario: Any, empirical: Empirical) -> Advice:
    from ridgeproof.numerics.data.mitigation import advise

    with output.patience("minimising over the ridge"):
        return advise(scenario, outside=empirical.outside)


def _advice_document(advice: Advice) -> dict[str, Any]:
    return {
        **dataclasses.asdict(advice),
        "gain_over_clean": advice.gain_over_clean,
        "gain_over_cross_validation": advice.gain_over_cross_validation,
    }


def _measured(
    arguments: argparse.Namespace, law: Population, empirical: Empirical, chain: Chain, advice: Advice | None
) -> list[dict[str, Any]]:
    """Return theory and measurement for growing n, at the ridge given and at the adapted one."""
    from ridgeproof.numerics.data.experiment import measure
    from ridgeproof.numerics.data.finite_rows import predict_rows
    from ridgeproof.numerics.data.scenarios import scenarios_of
    from ridgeproof.numerics.predictions.equivalents import predict

    counts = sorted({n for n in GENERATIONS if n < chain.generations} | {chain.generations})
    ridges = [chain.ridge] + ([advice.adapted.ridge] if advice else [])
    chains = [dataclasses.replace(chain, generations=n, ridge=ridge) for n in counts for ridge in ridges]
    found = measure(
        law,
        chains,
        runs=arguments.measure,
        seed=arguments.seed,
        replacement=not arguments.distinct,
        progress=output.progress("runs"),
    )
    rows = []
    for one, scenario, measured in zip(chains, scenarios_of(empirical, chains), found, strict=True):
        theory = float(predict(scenario).test_error)
        rows.append(
            {
                "generations": one.generations,
                "ridge": one.ridge,
                "theory": theory,
                "theory_finite_rows": predict_rows(empirical, one, replacement=not arguments.distinct),
                "measured": measured.mean,
                "standard_error": measured.standard_error,
                "gap": theory / measured.mean - 1,
            }
        )
    return rows


def _cross_validation(
    arguments: argparse.Namespace, law: Population, chain: Chain, advice: Advice | None
) -> dict[str, Any]:
    import numpy as np

    from ridgeproof.numerics.data.cross_validation import cross_validate

    assert advice is not None
    top = max(1.0, 10 * advice.adapted.ridge)
    ridges = np.geomspace(1e-6 * top, top, CROSS_VALIDATION_RIDGES).tolist()
    return dataclasses.asdict(cross_validate(law, chain, ridges, runs=arguments.measure, seed=arguments.seed))
