"""``ridgeproof completion``: what a shell needs to complete the command's words, written from the parser itself."""

from __future__ import annotations

import argparse
import shlex
from typing import Any, NamedTuple

SHELLS = ("bash", "zsh", "fish")


class Option(NamedTuple):
    """An option: its names, the words it takes (None: none, empty: anything), and its help."""

    names: tuple[str, ...]
    values: tuple[str, ...] | None
    help: str


class Command(NamedTuple):
    """A subcommand: its name, its help, and its options."""

    name: str
    help: str
    options: tuple[Option, ...]


def add(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "completion",
        help="completion of this command's words for bash, zsh or fish",
        description="Print a script that completes subcommands, options, and their words.",
        epilog='bash: eval "$(ridgeproof completion bash)"; zsh: the same with zsh, after compinit;\n'
        "fish: ridgeproof completion fish | source",
    )
    parser.add_argument("shell", choices=SHELLS)
    parser.set_defaults(run=run, as_written=True)


def run(arguments: argparse.Namespace) -> int:
    """Print the script."""
    print({"bash": _bash, "zsh": _zsh, "fish": _fish}[arguments.shell](_commands()))
    return 0


def _commands() -> list[Command]:
    """Read the parser: every subcommand with its options."""
    from . import parser

    found: list[Command] = []
    for action in parser.build()._actions:
        if not isinstance(action, argparse._SubParsersAction):
            continue
        helps = {choice.dest: choice.help or "" for choice in action._choices_actions}
        for name, sub in action.choices.items():
            options = []
            for one in sub._actions:
                values = tuple(map(str, one.choices)) if one.choices else None if one.nargs == 0 else ()
                options.append(Option(tuple(one.option_strings), values, " ".join((one.help or "").split())))
            found.append(Command(name, helps.get(name, ""), tuple(options)))
    return found


def _names(command: Command) -> str:
    return " ".join(name for option in command.options for name in option.names)


def _words(command: Command) -> str:
    """The words that stand without an option's name, e.g. the shells."""
    return " ".join(value for option in command.options if not option.names for value in option.values or ())


OF_CLAIMS = ("show", "verify", "report", "audit", "latex")  # commands whose words are ids of claims


def _bash(commands: list[Command]) -> str:
    cases = "\n".join(
        f"        {c.name}) words={shlex.quote(' '.join((_words(c), _names(c))).strip())} ;;" for c in commands
    )
    choices = "\n".join(
        f"        {'|'.join(f'{c.name}:{name}' for name in o.names)}) words={shlex.quote(' '.join(o.values))} ;;"
        for c in commands
        for o in c.options
        if o.names and o.values
    )
    return f"""_ridgeproof() {{
    local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}} words=
    if [ "$COMP_CWORD" -eq 1 ]; then
        words={shlex.quote(" ".join([*(c.name for c in commands), "--help", "--version"]))}
    else
        case ${{COMP_WORDS[1]}} in
{cases}
        esac
        case ${{COMP_WORDS[1]}} in
        {"|".join(OF_CLAIMS)})
            if [ "${{current#-}}" = "$current" ]; then
                [ -n "$_ridgeproof_ids" ] || _ridgeproof_ids=$(ridgeproof list --ids 2>/dev/null)
                words="$words $_ridgeproof_ids"
            fi ;;
        esac
        case ${{COMP_WORDS[1]}}:$previous in
{choices}
        esac
    fi
    COMPREPLY=($(compgen -W "$words" -- "$current"))
}}
complete -o default -F _ridgeproof ridgeproof"""


def _zsh(commands: list[Command]) -> str:
    return f"autoload -U +X bashcompinit && bashcompinit\n{_bash(commands)}"


def _fish(commands: list[Command]) -> str:
    lines = [
        "complete -c ridgeproof -n __fish_use_subcommand -l help",
        "complete -c ridgeproof -n __fish_use_subcommand -l version",
    ]
    for c in commands:
        lines.append(f"complete -c ridgeproof -n __fish_use_subcommand -a {c.name} -d {_fished(c.help)}")
        seen = f"'__fish_seen_subcommand_from {c.name}'"
        for o in c.options:
            names = " ".join(f"-l {n[2:]}" if n.startswith("--") else f"-s {n[1:]}" for n in o.names)
            values = (
                ""
                if o.values is None
                else f" -a {_fished(' '.join(o.values))}"
                if o.values
                else " -r"
                if o.names
                else ""
            )
            if names or values:
                wanted = " -x" if o.values and o.names else ""
                lines.append(
                    " ".join(f"complete -c ridgeproof -n {seen} {names}{wanted}{values} -d {_fished(o.help)}".split())
                )
    ids = "(ridgeproof list --ids 2>/dev/null)"
    for name in OF_CLAIMS:
        lines.append(f"complete -c ridgeproof -n '__fish_seen_subcommand_from {name}' -a '{ids}' -d claim")
    return "\n".join(lines)


def _fished(words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
