"""``ridgeproof check``: one formula of a paper, or a file of formulas, judged in a minute."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ridgeproof.errors import InputError

from . import options, output

if TYPE_CHECKING:
    from ridgeproof.theorems.claim import Claim, Hypothesis
    from ridgeproof.theorems.settings import Setting


def add(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "check",
        help="one formula, in LaTeX or in SymPy's manner: does it hold?",
        description="Judge one formula, or the claims of a TOML or Markdown file, against numbers: it holds,\n"
        "it fails (with a counterexample), or it is undecided (with the reason). Relations: = <= ~= (deterministic\n"
        "equivalent) ~ (ratio to 1) =<>= (same order) <~ (order at most) <~= (at most, nearly) =o (negligible).\n"
        "Without --setting the formula is judged for all admissible values.",
        epilog='example: ridgeproof check "E_test = sigma2*d/(T - d - 1)" --where "T >= d + 2"',
    )
    parser.add_argument(
        "formula", metavar="FORMULA|FILE", help='e.g. "E_test ~= sigma2*df2/(T - df2)", or FILE.toml, FILE.md'
    )
    parser.add_argument("--setting", metavar="FILE", help="a scenario file: the setting of E_test, in numbers")
    parser.add_argument(
        "--law", metavar="LAW.toml", help='judge "rate = formula" for the optimum of a law of exponents'
    )
    parser.add_argument(
        "--where",
        metavar="CONDITIONS",
        action="append",
        default=[],
        help='e.g. "lambda > 0; T >= d + 2", "x > 0" (a letter of your own), "mu = lambda/2", "isotropic", "no signal"',
    )
    parser.add_argument("--level", choices=("fast", "full"), default="fast", help="how much is computed (default fast)")
    options.add_store(parser)
    options.add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Judge a formula: 0 it holds, 1 it fails, 3 undecided, 2 it cannot be read."""
    if arguments.law:
        return _run_law(arguments)
    from . import ledger as report
    from .claims import judged

    ledger, _ = judged(arguments, claims=_claims(arguments))
    document = ledger.to_json()
    if arguments.json:
        output.write_json(document)
    else:
        report.write(document)
    undecided = document.get("undecided", sum(c["verdict"] == "undecided" for c in document["claims"]))
    return 1 if document["failed"] else 3 if undecided else 0


def _run_law(arguments: argparse.Namespace) -> int:
    from . import check_law

    if arguments.setting or arguments.where:
        raise InputError("--setting or --where beside --law", where="check", accepted="a formula and a law")
    document = check_law.judge(arguments.formula, arguments.law)
    if arguments.json:
        output.write_json(document)
    else:
        (claim,) = document["claims"]
        print(f"{claim['verdict']}: {claim['evidence'][0]['about']}")
    return 1 if document["failed"] else 3 if document["undecided"] else 0


def _claims(arguments: argparse.Namespace) -> tuple[Claim, ...]:
    from ridgeproof.theorems.reading.claims import entries, read_claim

    word = arguments.formula
    setting, given = _setting(arguments.setting) if arguments.setting else (None, [])
    if not word.endswith((".toml", ".md")):
        return (read_claim(word, arguments.where, setting, given),)
    out = []
    for entry in entries(word):
        own, numbers = setting, given
        if "setting" in entry:
            own, numbers = _setting(str(Path(word).parent / entry["setting"]))
        texts = {key: entry[key] for key in ("id", "title", "source") if key in entry}
        place = f"{word}, claim {entry['id']}"
        out.append(
            read_claim(entry["formula"], [*entry["where"], *arguments.where], own, numbers, place=place, **texts)
        )
    return tuple(out)


def _setting(file: str) -> tuple[Setting, list[Hypothesis]]:
    """The setting of a scenario file, and its numbers as hypotheses: sizes in proportion to the dimension."""
    import sympy as sp

    from ridgeproof.numerics.problem.scenario import load_scenario
    from ridgeproof.theorems import vocabulary as voc
    from ridgeproof.theorems.claim import Fit, Hypothesis, Setting

    scenario = load_scenario(file)
    generators = scenario.generators
    if len(generators) > 1:
        raise InputError(
            f"{len(generators)} different generators", where=file, accepted="one [[generators]] table, with repeat"
        )
    kind = scenario.spectrum.kind
    known: list[tuple[sp.Symbol, object]] = []

    def number(x: object) -> sp.Expr:
        return sp.Rational(str(x))

    if kind not in ("isotropic", "power-law"):
        raise InputError(
            f"spectrum.kind = {kind}", where=file, accepted="isotropic, power-law; without --setting: any spectrum"
        )
    infinite = scenario.spectrum.dim == float("inf")
    size = None if infinite else number(scenario.spectrum.dim)

    def samples(count: object) -> sp.Expr:
        return number(count) if size is None else voc.d * number(count) / size

    last = scenario.downstream
    known += [(voc.lam, number(last.ridge)), (voc.sigma2, number(last.noise))]
    known += [] if infinite else [(voc.T, samples(last.samples))]
    first: tuple[Fit, ...] = ()
    if generators:
        g = generators[0]
        first = (Fit(voc.T0, number(g.ridge), voc.sigma02, voc.n, g.same_design),)
        known += [(voc.sigma02, number(g.noise)), (voc.n, number(g.repeat))]
        known += [] if infinite else [(voc.T0, samples(g.samples))]
    target = scenario.target
    if kind == "power-law":
        known += [(voc.beta, number(scenario.spectrum.beta))]
        if target.kind != "source":
            raise InputError(f"target.kind = {target.kind}", where=file, accepted="source, for a power law")
        known += [(voc.r, number(target.r))]
    elif target.kind == "isotropic":
        known += [(voc.norm2, number(target.norm2))]
    goal: Literal["any", "isotropic", "source"] = "any"
    if target.kind == "source" or target.kind == "isotropic":
        goal = target.kind
    fit = Fit(voc.T, voc.lam, voc.sigma2)
    setting = Setting(kind, goal, first, fit, sp.oo if infinite else None)
    return setting, [Hypothesis(f"{x} = {value} ({file})", sp.Eq(x, value)) for x, value in known]
