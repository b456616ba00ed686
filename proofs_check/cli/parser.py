"""The parser: every subcommand, errors of one line, and nothing imported that ``--help`` does not need."""

from __future__ import annotations

import argparse
import difflib
import re
from collections.abc import Sequence
from typing import Any, NoReturn

from ridgeproof.errors import InputError

from . import (
    audit,
    check,
    claims,
    completion,
    controls,
    data,
    examples,
    explore,
    exponents,
    optimal,
    phase_diagram,
    predict,
    report,
    simulate,
    written,
)

INVALID_CHOICE = re.compile(
    r"argument (?P<place>[^:]+): invalid choice: (?P<quote>['\"])(?P<word>.*)(?P=quote) \(choose from (?P<known>.*)\)",
    re.DOTALL,
)
NEGATIVE_VALUE = re.compile(r"-([0-9]|\.[0-9]|inf)", re.IGNORECASE)


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are typed: they leave by the same door as all others, one line and status 2."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        """Raise :class:`InputError` with argparse's one-line message."""
        place, colon, rest = message.partition(": ")
        command = self.prog.removeprefix("ridgeproof").strip()
        wrong = INVALID_CHOICE.match(message)
        if wrong:
            named, known = wrong["word"], re.findall(r"[a-z0-9][a-z0-9-]*", wrong["known"])
            near = difflib.get_close_matches(named.lower(), known, n=3, cutoff=0.6)
            kind = "is no command" if wrong["place"] == "COMMAND" else "is unknown"
            what = f"{named!r} {kind}" + (f"; did you mean {' or '.join(near)}?" if near else "")
            raise InputError(what, where=wrong["place"], accepted=", ".join(known))
        if colon and place.startswith("argument "):
            accepted = _usage(command) if rest.startswith("expected ") else ""
            raise InputError(rest, where=place.removeprefix("argument "), accepted=accepted)
        missing = message.removeprefix("the following arguments are required: ")
        if missing != message:
            raise InputError(
                f"{missing} {'are' if ', ' in missing else 'is'} missing",
                where=command or "COMMAND",
                accepted=_usage(command),
            )
        raise InputError(message, where=command or "COMMAND")

    def whole(self, words: Sequence[str]) -> argparse.Namespace:
        """Read a command; what is left over is no option, or one word too many, of that command.

        Raises
        ------
        InputError
            With the nearest options that the command has.
        """
        found, rest = self.parse_known_args(words)
        if not rest:
            return found
        groups = [a for a in self._actions if isinstance(a, argparse._SubParsersAction)]
        commands = {name: command for group in groups for name, command in group.choices.items()}
        command = next((word for word in words if word in commands), "")
        word = rest[0].partition("=")[0]
        if not word.startswith("-"):
            raise InputError(f"{word!r} is one word too many", where=command or self.prog, accepted=_usage(command))
        known = commands[command]._option_string_actions if command else self._option_string_actions
        near = difflib.get_close_matches(word, known, n=3, cutoff=0.6)
        what = f"{word!r} is no option" + (f"; did you mean {' or '.join(near)}?" if near else "")
        raise InputError(what, where=command or self.prog, accepted=_usage(command))


def _usage(command: str) -> str:
    return f"what `{' '.join(('ridgeproof', *([command] if command else []), '--help'))}` lists"


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from importlib import metadata

        try:
            version = metadata.version("ridgeproof")
        except metadata.PackageNotFoundError:
            version = "(not installed: running from its source tree)"
        print(f"ridgeproof {version}")
        parser.exit()


def build() -> Parser:
    """Return the parser of the whole command; each parsed result carries ``run``, the function that does the work."""
    parser = Parser(
        prog="ridgeproof",
        description="The theory of ridge regression under model collapse, checked by machine.",
        epilog="exit status: 0 all asked claims hold, 1 at least one fails, 3 one is undecided, 2 unusable input",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and stop")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=Parser)
    groups = (
        claims,
        check,
        report,
        audit,
        predict,
        simulate,
        exponents,
        explore,
        phase_diagram,
        controls,
        optimal,
        data,
        examples,
        completion,
    )
    for group in groups:
        group.add(commands)
    for name, command in commands.choices.items():
        written.add_option(name, command)
    return parser


def attach_negative_values(words: Sequence[str]) -> list[str]:
    """Write ``--s -1/2`` as ``--s=-1/2``: argparse takes a value that begins with a minus for an option."""
    joined: list[str] = []
    for word in words:
        previous = joined[-1] if joined else ""
        if NEGATIVE_VALUE.match(word) and previous.startswith("--") and len(previous) > 2 and "=" not in previous:
            joined[-1] = f"{previous}={word}"
        else:
            joined.append(word)
    return joined
