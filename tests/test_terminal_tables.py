"""On a terminal of any width every number is whole: the worst fault is a wrong number shown as a right one.

Every command that prints a table runs in a pseudo-terminal of 40 to 120 columns.  What it shows there must hold
the same numbers, each as a word of its own, as what it prints into a pipe, where nothing is ever folded; and every
number of the table in ``--json`` must be among them, exact rationals to the letter, floats to six digits.
"""

from __future__ import annotations

import json
import os
import re
import struct
import subprocess
import sys
from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from ridgeproof.proofs_check.cli import output, parser
from ridgeproof.proofs_check.cli.tables import cells_of, fold, layout

pty, fcntl, termios = (pytest.importorskip(name) for name in ("pty", "fcntl", "termios"))
WIDTHS = (40, 60, 80, 100, 120)
EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
REFERENCE, SHARP = str(EXAMPLES / "reference-1.toml"), str(EXAMPLES / "sharp-1.toml")
LAW = str(EXAMPLES / "laws" / "kernel-ridge-crossover.toml")
FORMULAS = """[[claim]]
id = "aspect-ratio"
formula = "phi = d/T"

[[claim]]
id = "of-a-longer-name"
formula = "9393*phi = 9393*d/T"
"""
NUMBER = re.compile(r"(?<![\w./-])-?\d[\d./]*(?:e[+-]?\d+)?(?!\w)")
COLOUR = re.compile(r"\x1b\[\d*m")

# words of the command, and the keys of its JSON document whose numbers the table shows
COMMANDS: dict[str, tuple[list[str], tuple[str, ...]]] = {
    "list": (["list", "--long"], ()),
    "list of words": (["list", "kappa", "--long"], ()),
    "exponents": (
        ["exponents", "--beta", "3/2,8/7", "--r", "1/2,9393/32524", "--a", "inf", "--b", "1/2:1:1/2"],
        ("beta", "r", "ell", "rate", "ell_clean", "rate_clean", "rate_with_clean_ell"),
    ),
    "decimals": (["exponents", "--b", "1/2,2/3", "--decimals"], ("b", "rate_decimal", "ell", "ell_decimal")),
    "thresholds": (["exponents", "--thresholds"], ("b", "rate", "at", "slopes")),
    "accumulating": (["exponents", "--scheme", "accumulate", "--beta", "3/2,8/7"], ("beta", "ell", "rate")),
    "ridge generators": (["exponents", "--a", "inf", "--ell0", "1/2,2/3"], ("ell0", "ell", "rate")),
    "heat map": (["phase-diagram", "--x", "beta", "--y", "r", "--steps", "5"], ()),
    "check": (["check", "phi = d/T"], ()),
    "best": (["optimal", REFERENCE, "--over", "downstream.ridge=1/100:10"], ("test_error", "downstream.ridge")),
    "predictions": (
        ["predict", REFERENCE, "--set", "downstream.ridge=1/30:1/10:1/30", "--set", "generators.noise=0,1/7"],
        ("test_error", "noise_free", "downstream_noise", "generation_noise", "kappa"),
    ),
    "data": (["data", "TABLE.csv", "--target", "y"], ()),
    "regions": (["phase-diagram", "--x", "b", "--y", "g", "--a", "inf"], ()),
    "scaling": (["optimal-ridge", SHARP, "--scaling-table"], ("samples",)),
    "optimal": (["optimal-ridge", REFERENCE], ("test_error",)),
    "predict": (["predict", REFERENCE], ("test_error", "noise_free", "downstream_noise", "noise_by_generation")),
    "blocks": (["predict", REFERENCE, "--set", "generators.repeat=20000"], ("test_error", "blocks")),
    "formula of a law": (["exponents", "--law", LAW, "--symbolic"], ()),
    "digits": (["predict", REFERENCE, "--digits", "30"], ("test_error", "noise_free")),
    "simulate": (["simulate", REFERENCE, "--replicates", "4"], ("mean", "predicted")),
    "sweep": (
        ["simulate", REFERENCE, "--replicates", "3", "--set", "downstream.ridge=1/30,1/10"],
        ("mean", "standard_error", "predicted", "z"),
    ),
    "verify": (["verify", "haar-projection-mean", "kappa-fixed-point"], ()),
    "show": (["show", "fake-data-term"], ()),
    "constants": (["show", "kappa-order", "--constants", "beta=2"], ()),
    "checks": (["check", "FORMULAS.toml"], ()),
    "law": (["exponents", "--law", LAW, "--param", "s=0:3:1/2"], ("ell", "rate")),
    "symbolic": (["exponents", "--symbolic"], ()),
    "early stopping": (
        ["exponents", "--filter", "gradient-flow", "--beta", "3/2,8/7"],
        ("beta", "rate", "rate_clean"),
    ),
    "regions of a law": (
        ["phase-diagram", "--law", LAW, "--x", "s", "--y", "ell", "--x-range", "0:3", "--y-range", "0:3"],
        (),
    ),
    "doubling": (["optimal", REFERENCE, "--doubling"], ()),
    "true rows": (["optimal", REFERENCE, "--true-rows", "1/8"], ()),
    "stopping": (["optimal", REFERENCE, "--early-stopping"], ()),
}
# These print no table: what they write is a document, a page, a script or a file's name; an audit has a test below.
WITHOUT = {"latex", "report", "explore", "examples", "completion", "audit"}


def test_every_command_is_here() -> None:
    """A new command prints no table, or its table is tested."""
    actions = parser.build()._subparsers._group_actions  # type: ignore[union-attr]
    assert {words[0] for words, _ in COMMANDS.values()} == set(actions[0].choices or ()) - WITHOUT


def environment(base: dict[str, str]) -> dict[str, str]:
    """Return the environment of a run that takes its width from the terminal."""
    return {key: value for key, value in base.items() if key not in ("COLUMNS", "LINES", "NO_COLOR")}


# One process for all widths: the command is loaded once, and the terminal is resized between its runs.
RUNS = """
import fcntl, os, struct, sys, termios
from ridgeproof.proofs_check.cli import main
status = 0
for width in {widths}:
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    status = main(sys.argv[1:]) or status
    sys.stdout.flush()
    os.write(1, b"\\f")
sys.exit(status)
"""


def on_terminals(words: list[str], base: dict[str, str], cwd: Path) -> dict[int, str]:
    """Return what the command shows in a pseudo-terminal of each width, without its colours."""
    shown = in_terminal([sys.executable, "-c", RUNS.format(widths=WIDTHS), *words], WIDTHS[0], base, cwd)
    parts = shown.split("\f")
    assert len(parts) == len(WIDTHS) + 1 and not parts[-1]
    return dict(zip(WIDTHS, parts, strict=False))


def in_terminal(command: list[str], width: int, base: dict[str, str], cwd: Path) -> str:
    """What a command of any kind shows in a pseudo-terminal."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=slave, stderr=subprocess.DEVNULL, env=environment(base), cwd=cwd
    )
    os.close(slave)
    parts = []
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:  # Linux: the other end is closed
            break
        if not part:
            break
        parts.append(part)
    os.close(master)
    assert process.wait() == 0
    return COLOUR.sub("", b"".join(parts).decode().replace("\r\n", "\n"))


def numbers_of(document: Any, keys: tuple[str, ...]) -> list[Any]:
    """Return every number under the given keys."""
    if isinstance(document, dict):
        return [
            leaf
            for key, value in document.items()
            for leaf in (_leaves(value) if key in keys else numbers_of(value, keys))
        ]
    return [leaf for item in document for leaf in numbers_of(item, keys)] if isinstance(document, list) else []


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, list | dict):
        return [leaf for item in (value.values() if isinstance(value, dict) else value) for leaf in _leaves(item)]
    return [] if value is None or isinstance(value, bool) else [value]


@pytest.mark.parametrize("name", COMMANDS)
def test_no_number_is_cropped(name: str, environment: dict[str, str], tmp_path: Path) -> None:
    """At 40, 60, 80, 100 and 120 columns the terminal shows the pipe's numbers, and those are JSON's."""
    words, keys = COMMANDS[name]
    if name == "checks":
        (tmp_path / "FORMULAS.toml").write_text(FORMULAS)
    if name == "data":
        rows = (f"{x},{x * x % 7},{3 * x % 11},{(x * 5) % 13 + 0.25}" for x in range(60))
        (tmp_path / "TABLE.csv").write_text("\n".join(["a,b,c,y", *rows]))
    command = [sys.executable, "-m", "ridgeproof.proofs_check.cli", *words]
    piped = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=tmp_path, check=True).stdout
    whole = set(NUMBER.findall(piped))
    if keys:
        as_json = ["--format", "json"] if name == "exponents" else ["--json"]
        done = subprocess.run(
            [*command, *as_json], capture_output=True, text=True, env=environment, cwd=tmp_path, check=True
        )
        found = numbers_of(json.loads(done.stdout), keys)
        assert len(found) > 1
        for value in found:
            shown = str(value) if isinstance(value, str | int) else output.short(value)
            assert shown in whole | {"inf", "0"} or shown in piped.split(), (value, shown)
    for width, shown in on_terminals(words, environment, tmp_path).items():
        seen = set(NUMBER.findall(shown))
        if words[0] in ("verify", "check"):  # its seconds differ from run to run
            whole = {n for n in whole if "." not in n}
            seen = {n for n in seen if "." not in n}
        assert seen == whole, (width, seen ^ whole)
        broken = [line for line in shown.splitlines() if cells_of(line) > width and " " in line.strip()]
        assert not broken, (width, broken)  # a terminal would break these wherever its edge is


@pytest.mark.parametrize("width", range(1, 130))
def test_every_cell_is_there_at_every_width(width: int) -> None:
    """Whatever the shape of the table (folded, pages, records), its characters are all there."""
    rows = [
        [f"name-{i}", str(Fraction(10**40 + i, 10**21 + 7)), f"{1 / (i + 3):.17g}", str(10**7), "words " * 6 + str(i)]
        for i in range(3)
    ]
    head = ("id", "exact rational", "float", "T", "what it says")
    for count in (2, 3, 5):
        lines = layout(head[:count], [row[:count] for row in rows], right=head[1:4], width=width)
        assert max(map(len, lines)) <= width
        text = Counter("".join(lines).replace(" ", "").replace("─", ""))
        for row in rows:  # every character, and at readable widths every number in one piece
            text.subtract(Counter("".join(row[:count]).replace(" ", "")))
        assert min(text.values()) >= 0
        if width >= 68:
            assert all(cell in "\n".join(lines) for row in rows for cell in row[1 : min(count, 4)])


def test_three_shapes() -> None:
    """A table folds its words first, then is paged by columns under its first column, then becomes records."""
    head, row = ("id", "n", "m", "said"), ("a-claim", "1" * 12, "2" * 12, "some words that fold")
    assert len(layout(head, [row], right=("n", "m"), width=60)) == 3  # in one piece
    folded = layout(head, [row], right=("n", "m"), width=54)
    assert len(folded) == 4 and folded[0].split() == list(head)
    paged = layout(head, [row], right=("n", "m"), width=40)
    assert [line.split()[0] for line in paged if line.startswith(("id", "a-claim"))] == ["id", "a-claim"] * 2
    records = layout(head, [row], right=("n", "m"), width=18)
    assert records[2].split() == ["n", "1" * 12]
    twice = layout(head, [row, row], right=("n", "m"), width=40)  # the first column names no row: never paged
    assert sum(line.startswith("a-claim") or line.endswith("a-claim") for line in twice) == 2


def test_folding_keeps_every_digit() -> None:
    """A number longer than the line goes on in the next one; a shorter one is never broken."""
    number = str(3**400)
    assert "".join(fold(number, 40)) == number
    assert fold("of 9393/32524 and 6.65467e-05", 14) == ["of 9393/32524", "and", "6.65467e-05"]
    assert fold("宽宽宽", 4) == ["宽宽", "宽"]


def test_an_audit_is_whole_too(environment: dict[str, str], tmp_path: Path) -> None:
    """Its table and its sentences, of a document of the shape of `audit --json`."""
    instruments = ("kernel", "exact", "simulation")
    numbers = ("planted", "caught", "equivalent", "escaped", *instruments)
    claims = [{"id": f"claim-of-a-long-name-{i}", **{n: 10**6 * i + k for k, n in enumerate(numbers)}} for i in (1, 2)]
    fault = {"claim": "claim-1", "place": "statement", "operator": "sign", "planted": "T**2/(T - d - 1234567) " * 6}
    noticed = {x: {"noticed": 7 * 10**6 + k, "alone": 8 * 10**6 + k} for k, x in enumerate(instruments)}
    places = {"statement": {"planted": 1234567, "equivalent": 2345678, "escaped": 3456789, **noticed}}
    document = {**claims[0], "claims": claims, "escaped": [fault], "seconds": 98765.0, "instruments": noticed,
                "places": places, "switched_off": ["exact"], "left_out": 4567891,
                "equivalent_because": {"the two sides are equal, by a proof of many words " * 2: 7654321}}  # fmt: skip
    (tmp_path / "audit.json").write_text(json.dumps(document))
    script = (
        "import json, sys; from pathlib import Path; from ridgeproof.proofs_check.cli import audit; "
        "audit.write(json.loads(Path('audit.json').read_text()))"
    )
    run = [sys.executable, "-c", script]
    piped = subprocess.run(run, capture_output=True, text=True, env=environment, cwd=tmp_path, check=True).stdout
    for width in WIDTHS:
        shown = in_terminal(run, width, environment, tmp_path)
        assert set(NUMBER.findall(shown)) == set(NUMBER.findall(piped))
        assert max(map(len, shown.splitlines())) <= width


def test_no_command_is_silent(environment: dict[str, str], tmp_path: Path) -> None:
    """Of a command that says nothing a terminal hears after half a second, until something else is shown; no pipe."""
    script = (
        "import os, sys, time; sys.argv[1:] and os.dup2(1, 2); from ridgeproof.proofs_check.cli import output\n"
        "from contextlib import redirect_stdout\n"
        "with redirect_stdout(output.Shown(sys.stdout)), output.heard():\n"
        "    time.sleep(1.2); print('first'); time.sleep(0.8); print('second')"
    )
    run = [sys.executable, "-c", script]
    wiped = "\r\x1b[K"
    assert f"{wiped}working ...{wiped}first\nsecond\n" in in_terminal([*run, "terminal"], 80, environment, tmp_path)
    piped = subprocess.run(run, capture_output=True, text=True, env=environment, cwd=tmp_path, check=True)
    assert piped.stderr == "" and piped.stdout == "first\nsecond\n"


def test_a_terminal_is_told_at_once(environment: dict[str, str], tmp_path: Path) -> None:
    """Of work of a second a terminal hears after half of it, and the line is wiped away; a pipe hears nothing."""
    script = (
        "import os, sys, time; sys.argv[1:] and os.dup2(1, 2); from ridgeproof.proofs_check.cli import output\n"
        "with output.patience('minimising'):\n    time.sleep(1.2)\n"
        "report = output.progress('rows')\ntime.sleep(0.8)\nreport(3, 9)\nreport(9, 9)\nprint('done')"
    )
    run = [sys.executable, "-c", script]
    shown = in_terminal([*run, "terminal"], 80, environment, tmp_path)
    wiped = "\r\x1b[K"
    assert wiped + "minimising ..." + wiped in shown and wiped + "3/9 rows" in shown and shown.endswith("done\n")
    piped = subprocess.run(run, capture_output=True, text=True, env=environment, cwd=tmp_path, check=True)
    assert piped.stderr == "" and piped.stdout == "done\n"
