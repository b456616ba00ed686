"""Shell completion: the words that the shells offer are the command's own."""

from __future__ import annotations

import shutil
import subprocess

import pytest

COMMANDS = (
    "list",
    "show",
    "verify",
    "report",
    "predict",
    "simulate",
    "exponents",
    "phase-diagram",
    "optimal-ridge",
    "completion",
)


def run(shell: str, script: str) -> subprocess.CompletedProcess[str]:
    """Run a script in a shell that reads no start-up files."""
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    flags = {"bash": ["--norc", "--noprofile"], "zsh": ["-f"], "fish": ["--no-config"]}[shell]
    return subprocess.run([shell, *flags, "-c", script], capture_output=True, text=True, timeout=30)


@pytest.mark.parametrize(
    ("typed", "offered", "not_offered"),
    [
        ("'ridgeproof' ''", COMMANDS, ("--level",)),
        ("'ridgeproof' 'ver'", ("verify",), ("show",)),
        ("'ridgeproof' 'verify' '--'", ("--level", "--json"), ("--digits",)),
        ("'ridgeproof' 'verify' '--level' ''", ("fast", "full"), ("--json",)),
        ("'ridgeproof' 'show' 'link' '--format' 'm'", ("markdown", "mathml"), ("text",)),
        ("'ridgeproof' 'completion' ''", ("bash", "zsh", "fish"), ("verify",)),
    ],
)
def test_bash_offers_the_words(ridgeproof, typed: str, offered: tuple[str, ...], not_offered: tuple[str, ...]) -> None:
    """bash completes subcommands, their options, and the words that an option takes."""
    script = ridgeproof("completion", "bash").stdout
    done = run(
        "bash",
        f"{script}\nCOMP_WORDS=({typed}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); _ridgeproof; "
        "printf '%s\\n' \"${COMPREPLY[@]}\"",
    )
    assert done.stderr == ""
    words = done.stdout.split()
    assert set(offered) <= set(words) and not set(not_offered) & set(words)


def test_zsh_script_loads(ridgeproof) -> None:
    """zsh takes the script after compinit and knows the command."""
    script = ridgeproof("completion", "zsh").stdout
    done = run("zsh", f"autoload -U compinit && compinit -u -D\n{script}\nprint -r -- ${{_comps[ridgeproof]}}")
    assert done.returncode == 0 and "_ridgeproof" in done.stdout, done.stderr


def test_fish_offers_the_words(ridgeproof) -> None:
    """fish completes subcommands and the words of an option."""
    script = ridgeproof("completion", "fish").stdout
    done = run("fish", f"{script}\ncomplete -C 'ridgeproof ver'; complete -C 'ridgeproof verify --level '")
    words = [line.split("\t")[0] for line in done.stdout.splitlines()]
    assert "verify" in words and {"fast", "full"} <= set(words), done.stderr


def test_unknown_shell_is_refused(ridgeproof) -> None:
    """A shell without a script is status 2, with the ones there are."""
    done = ridgeproof("completion", "tcsh")
    assert done.returncode == 2 and "fish" in done.stderr
