"""``ridgeproof list``, ``show``, ``verify`` and ``latex``: the commands about claims."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ridgeproof import files
from ridgeproof.errors import InputError

from . import options, output, selection

if TYPE_CHECKING:
    from ridgeproof.theorems.claim import Claim

    from ..court.ledger import Ledger


def add(commands: Any) -> None:
    """Add the subcommands."""
    parser = commands.add_parser(
        "list",
        help="every claim: id, title, source, relation",
        description="Every claim, or those that have the words: id, title, source, relation. On a terminal that the\n"
        "table does not fit on, the ids alone, in columns.",
        epilog="examples: ridgeproof list Theorem 4.6; ridgeproof list kappa",
    )
    parser.add_argument(
        "words", metavar="WORDS", nargs="*", help="words or a number to look for, as --search takes them"
    )
    parser.add_argument(
        "--search",
        metavar="WORDS",
        help="only claims whose id, title, source or finding has these words or this number",
    )
    parser.add_argument("--long", action="store_true", help="the whole table, however long it is")
    parser.add_argument("--ids", action="store_true", help="the ids alone, one a line (for scripts and completion)")
    options.add_json(parser)
    parser.set_defaults(run=run_list)

    parser = commands.add_parser(
        "show",
        help="one claim: statement, hypotheses, derivation",
        description="One claim: statement, hypotheses and derivation; or, with --constants, the bounds behind an\n"
        "order of magnitude with explicit constants, rounded up, and the size of T from which on they hold.",
        epilog="example: ridgeproof show kappa-order --constants beta=2",
    )
    parser.add_argument(
        "id", metavar="ID", help='a claim\'s id, as `ridgeproof list` prints it, or a number: "Thm 4.6"'
    )
    parser.add_argument(
        "--format",
        choices=("text", "latex", "json", "markdown", "mathml", "sympy", "python"),
        default="text",
        help="text, latex and json: the whole claim; the others: its statement alone, python as NumPy functions",
    )
    parser.add_argument("--json", action="store_true", help="the same as --format json")
    parser.add_argument(
        "--constants",
        metavar="NAME=NUMBER,...",
        help="values of the fixed scalars, such as beta=2,r=1/2: print the constants of the claim's bounds there "
        "(text or json)",
    )
    parser.set_defaults(run=run_show)

    parser = commands.add_parser(
        "verify",
        help="derive, test and judge claims",
        description="Derive every claim asked for, confront it with independent numbers, and judge it; all claims\n"
        "when none is named. The exit status is 0 when all of them hold, 1 when one fails, and 3 when\n"
        "none fails and at least one is undecided: nothing refutes it, and nothing shows it.",
        epilog="example: ridgeproof verify fake-data-term examples/my_claims.py",
    )
    parser.add_argument("claims", metavar="ID|FILE.py", nargs="*", help="ids of claims, or files that define some")
    parser.add_argument("--level", choices=("fast", "full"), default="fast", help="how much is computed (default fast)")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--all", action="store_true", help="every registered claim, besides the files named")
    which.add_argument("--paper", metavar="ARXIV", help="the claims of one paper, such as 2402.07712")
    parser.add_argument("-o", dest="directory", metavar="DIR", help="write the ledger and its evidence here")
    options.add_store(parser)
    options.add_json(parser)
    parser.set_defaults(run=run_verify)

    parser = commands.add_parser(
        "latex",
        help="the claims as a LaTeX document",
        description="An article that pdflatex compiles: notation, claims with their derivations, exponents by regime\n"
        "and the phase diagram; or, with --fragment, claims to paste. Every letter of the notation is a macro,\n"
        "defined at the head with \\providecommand: redefine it there, or define it before, and all formulas follow.",
        epilog="example: ridgeproof latex --fragment fake-data-term -o theorem-2.tex",
    )
    parser.add_argument("claims", metavar="ID|FILE.py", nargs="*", help="ids of claims, or files that define some")
    parser.add_argument("-o", dest="file", metavar="FILE.tex", help="write here instead of standard output")
    parser.add_argument("--fragment", action="store_true", help="claims to paste, not a document")
    parser.add_argument("--statement-only", action="store_true", help="without derivations and findings")
    parser.add_argument(
        "--environment",
        metavar="NAME",
        type=options.letters,
        default="claim",
        help="the environment of a claim, e.g. theorem; defined where the article has none (default claim)",
    )
    parser.add_argument("--verdicts", action="store_true", help="judge the claims, and say the verdict in each")
    parser.add_argument("--level", choices=("fast", "full"), default="fast", help="how much --verdicts computes")
    options.add_store(parser)
    parser.set_defaults(run=run_latex, as_written=True)


def run_list(arguments: argparse.Namespace) -> int:
    """Print every registered claim, or those that a search finds."""
    from ridgeproof.theorems.registry import all_claims
    from ridgeproof.theorems.sources import aliases, paper

    claims = all_claims()
    for words in (arguments.search, " ".join(arguments.words) or None):
        if words is not None:
            claims = selection.searched(claims, words)
    if arguments.ids:
        print("\n".join(c.id for c in claims))
    elif arguments.json:
        output.write_json(
            [
                {
                    "id": c.id,
                    "title": c.title,
                    "source": c.source,
                    "relation": str(c.relation),
                    "paper": paper(c.source),
                    "aliases": list(aliases(c.source)),
                }
                for c in claims
            ]
        )
    else:
        lines = output.table_lines(
            ("id", "title", "source", "relation"), [(c.id, c.title, c.source, str(c.relation)) for c in claims]
        )
        if arguments.long or len(lines) < output.screen_height():
            output.write_lines(lines)
        else:
            output.write_columns([c.id for c in claims])
            print(f"\n{len(claims)} claims: `ridgeproof list WORDS` for some with title and source, --long for all")
    return 0


def run_show(arguments: argparse.Namespace) -> int:
    """Print one claim, or all that have a number of the paper."""
    from ridgeproof.theorems.registry import all_claims

    form = "json" if arguments.json else arguments.format
    found = selection.named(all_claims(), arguments.id)
    if len(found) > 1:
        return _show_several(found, arguments, form)
    (claim,) = found
    if arguments.constants is not None:
        return _show_constants(claim, arguments.constants, form)
    if form in ("text", "latex", "json"):
        from ..writing.show import render

        print(render(claim, form))
    else:
        from ..writing.formats import FORMATS

        print(FORMATS[form](claim))
    return 0


def _show_several(found: Sequence[Claim], arguments: argparse.Namespace, form: str) -> int:
    """Print the claims that share a number, one after the other; where one document is asked for, name them."""
    if form != "text" or arguments.constants is not None:
        raise InputError(
            f"{len(found)} claims have {arguments.id!r}", where="claims", accepted=", ".join(c.id for c in found)
        )
    from ..writing.show import render

    print("\n\n".join(render(claim, form) for claim in found))
    return 0


def _show_constants(claim: Claim, values: str, form: str) -> int:
    """Print the bounds of one claim with their constants."""
    if form not in ("text", "json"):
        raise InputError(f"{form} with --constants", where="--format", accepted="text, json")
    from ..constants import explicit

    given = explicit.read_values(values)
    with output.patience(f"proving {claim.id}"):
        result = explicit.explicit(claim, given)
    if form == "json":
        output.write_json(explicit.as_json(result))
    else:
        print(explicit.as_text(result))
    return 0


def run_verify(arguments: argparse.Namespace) -> int:
    """Judge claims; 0 when all of them hold, 1 when one fails, else 3."""
    from . import ledger as report

    unread: list[tuple[str, str]] = []
    if arguments.directory:
        files.folder(arguments.directory)  # before the work, not after it
    ledger, _ = judged(
        arguments, lambda: selection.asked_for([*selection.swept(arguments), *arguments.claims], unread), unread
    )
    document = ledger.to_json()
    if arguments.directory:
        ledger.write(arguments.directory)
    if arguments.json:
        output.write_json(document)
    else:
        report.write(document)
    return 1 if ledger.failed else 3 if ledger.undecided else 0


def judged(
    arguments: argparse.Namespace,
    ask: Callable[[], tuple[Claim, ...]],
    unread: Iterable[tuple[str, str]] = (),
    patience: float = output.AT_ONCE,
) -> tuple[Ledger, tuple[Claim, ...]]:
    """The ledger of the claims that ``ask`` reads, and these; progress goes to standard error.

    Parameters
    ----------
    arguments : with ``level``, ``store`` and ``fresh``.
    unread : see :func:`.selection.asked_for`; what ``ask`` enters there is told in the ledger.
    patience : seconds before anything is said of the progress.
    """
    if arguments.store is not None:
        files.folder(arguments.store, where="--store")
    sure = getattr(arguments, "paper", None) is None and all(
        word in selection.registered_ids() for word in getattr(arguments, "claims", ())
    )
    with output.working("proofs and comparisons", "reading the claims", patience, sure) as progress:
        from ..court import store as judgements
        from ..court.court import verify

        asked = ask()
        place = judgements.usual() if arguments.store is None else Path(arguments.store)
        store = judgements.Store(place, arguments.fresh)
        with contextlib.redirect_stdout(sys.stderr):  # whatever a user's derivation prints
            ledger = verify(asked, level=arguments.level, progress=progress, unread=unread, store=store)
    store.tidy()
    reused = sum(row.reused for row in ledger.rows)
    if reused:
        output.note(f"{reused} of {len(ledger.rows)} claims reused from {place} (--fresh judges them again)")
    if store.refused:
        output.note(judgements.lines(store.refused))
    if store.broken:
        output.note(f"nothing is kept for the next time: {store.broken}")
    return ledger, asked


def run_latex(arguments: argparse.Namespace) -> int:
    """Print, or write, claims in LaTeX."""
    from ..writing import latex

    if arguments.file is not None:
        files.target(arguments.file, inputs=[word for word in arguments.claims if word.endswith(".py")])
    verdicts: dict[str, str] = {}
    if arguments.verdicts:
        ledger, claims = judged(arguments, lambda: selection.asked_for(arguments.claims))
        verdicts = {row.id: str(row.verdict) for row in ledger.rows}
    else:
        claims = selection.asked_for(arguments.claims)
    style = latex.Style(arguments.statement_only, arguments.environment, verdicts)
    text = latex.fragment(claims, style) if arguments.fragment else latex.document(claims, style)
    if arguments.file is None:
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
    else:
        files.write(arguments.file, text)
    return 0
