"""``ridgeproof check``: one formula of a paper, or a file of formulas, judged in a minute."""

from __future__ import annotations

import argparse
from typing import Any

from ridgeproof.errors import InputError
from ridgeproof.words import terminal

from . import options, output


def add(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "check",
        help="one formula, in LaTeX or in SymPy's manner: does it hold?",
        description="Judge one formula, or the claims of a TOML or Markdown file, against numbers: it holds,\n"
        "it fails (with a counterexample), or it is undecided (with the reason). Relations: = <= >= < >\n"
        "~= (deterministic equivalent) ~ (ratio to 1) =<>= (same order) <~ (order at most) <~= (at most,\n"
        "nearly) =o (negligible). "
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
    from ..questions import questions
    from . import ledger as report
    from .claims import judged

    unread: list[tuple[str, str]] = []
    claims = questions(arguments.formula, arguments.where, arguments.setting, unread)
    ledger, _ = judged(arguments, lambda: claims, unread, patience=output.PATIENCE)
    document = ledger.to_json()
    if arguments.json:
        output.write_json(document)
    else:
        report.write(document)
    undecided = document.get("undecided", sum(c["verdict"] == "undecided" for c in document["claims"]))
    return 1 if document["failed"] else 3 if undecided else 0


def _run_law(arguments: argparse.Namespace) -> int:
    from . import check_law
    from . import ledger as report

    if arguments.setting or arguments.where:
        raise InputError("--setting or --where beside --law", where="check", accepted="a formula and a law")
    document = check_law.judge(arguments.formula, arguments.law)
    if arguments.json:
        output.write_json(document)
    else:
        (claim,) = document["claims"]
        (evidence,) = claim["evidence"]
        output.write_words(f"{claim['verdict']}: {evidence['about']}{report.tried(evidence)}", "", "  ")
        if "replay" in evidence:
            print("  " + terminal(report.replay(evidence)[1:]))
    return 1 if document["failed"] else 3 if document["undecided"] else 0
