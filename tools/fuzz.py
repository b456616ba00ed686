# ruff: noqa: E501
"""Hostile input, by the thousand: structured mutations of the example files and of the words of every command.

    python tools/fuzz.py                         # 5 minutes, as .ci/run does; exit status 1 when a run is none of these:
    python tools/fuzz.py --minutes 60            # answered (0, 1, 3), refused (2, one line), given up (2, and says so)
    python tools/fuzz.py --command predict       # one command
    python tools/fuzz.py --write                 # also writes the counts into docs/reliability.md

Every run is a forked child with a bound on time and memory.  What counts as a fault: a traceback, another exit status, more
than one line with status 2, a line of more than 300 characters, control characters in what is printed, a file left
half written, more than the time that a command has.  A fault is printed with all that is needed to see it again.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pages

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
PAGE = ROOT / "docs" / "reliability.md"
SECONDS = 90  # for a command that gives up after 55 by itself, on a machine that others use
LONGER = {"verify": 400, "report": 400, "audit": 400}  # each claim's code and numbers have 55 of their own
DIED = 99  # the command raised instead of returning a status
# These start processes, take their time, or say always the same.
RARELY = {"simulate": 20, "list": 20, "latex": 3, "verify": 20, "report": 40, "audit": 200, "check": 5, "explore": 20}
HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")
VALUES = (
    "0", "-1", "1", "2", "1e10000", "-1e10000", "1e-9999", "1e15", "1e308", "1e-320", "999999999999999999999", "nan",
    "inf", "-inf", '"nan"', '"1/0"', '"1/3"', '"1e99999"', "true", "[]", "[[1]]", "[1, [2, [3]]]", "{}", '""', '"x"',
    '"\\u0000"', '"\\u001b[31m"', '"\\u202e"', '"٣"', '"１２"', '"²"', "0x7fffffffffffffff", "1979-05-27", "12:30:00",
    '"../../etc/passwd"', '"/dev/zero"', '"' + "9" * 3999 + '"', "1" + "0" * 400, '"1e400"', '"0.1"', "1.5", "1_000", "20",
    '"inf"', "100000", "1000000", "1e-300", '"$\\\\input{x}$"', '"x" * 9',
)  # fmt: skip
OPTIONS = (
    "--json", "--digits", "--exact", "--set", "--replicates", "--relative-error", "--seed", "--workers", "--store", "-o",
    "--format", "--symbolic", "--law", "--param", "--x", "--y", "--x-range", "--y-range", "--beta", "--r", "--a", "--b",
    "--g", "--s", "--s0", "--h", "--level", "--constants", "--fragment", "--certificates", "--thresholds", "--kernel",
    "--generations", "--ridge", "--noise", "--samples", "--drop", "--target", "--inputs", "--landmarks", "--help",
)  # fmt: skip
WORDS = (
    "", "0", "1", "-1", "1e10000", "nan", "inf", "1/2", "1/0", "0:1:1/4", "0:1", "a=1", "=", "beta=3/2", "x" * 5000, "\x1b[2J",
    "\u202e", "\ud800", "٣", "１２", "..", "/", "/dev/null", "nowhere/x", "x.svg", "x.tex", "x.csv", "out", "downstream.ridge=1e-9999",
    "generators.samples=1", "spectrum.dim=inf", "spectrum.dim=100000", "generators.0.repeat=1000000", "10", "1000",
    "json", "latex", "b", "g", "bias", "2,3,,", "9" * 30, "p.toml", "law.toml", "t.csv", "\n", "*", "$(true)",
)  # fmt: skip


@dataclass
class Counts:
    """What became of the inputs of one command."""

    tried: int = 0
    answered: int = 0
    refused: int = 0
    given_up: int = 0
    faults: list[str] = field(default_factory=list)


def mutated(draw: random.Random, text: str) -> str:
    """A text of lines with a few of them changed: values, keys, order, bytes; now and then something large."""
    lines = text.splitlines()
    for _ in range(draw.choice((0, 1, 1, 1, 2, 3))):
        at = draw.randrange(len(lines))
        key, equals, _ = lines[at].partition("=")
        kind = draw.randrange(12)
        if kind < 6 and equals:
            lines[at] = f"{key}= {draw.choice(VALUES)}"
        elif kind == 6:
            del lines[at]
            lines = lines or [""]
        elif kind == 7:
            lines.insert(at, draw.choice(lines))
        elif kind == 8:
            lines[at] = (
                f"{draw.choice(('kind', 'values', 'x', 'repeat', 'file', 'labels', 'filter', 'rate', 'scheme'))} = {draw.choice(VALUES)}"
            )
        elif kind == 9:
            place = draw.randrange(len(lines[at]) + 1)
            lines[at] = lines[at][:place] + draw.choice("\x00\x1b\u202e\"'[]{}=.,#\\9eE-+/*()<>") + lines[at][place:]
        elif kind == 10:
            lines[at] = draw.choice(
                ("[" * 2000, "a." * 3000 + "b = 1", "x = " + "9" * 6000, "x = '" + "(" * 3000 + "'")
            )
        else:
            lines[at] = "[" + draw.choice(("spectrum", "target", "[generators]", "downstream", "terms", "x")) + "]"
    return "\n".join(lines) + "\n"


def table(draw: random.Random) -> bytes:
    """A CSV table with something wrong in it, more often than not."""
    cells = (
        "1",
        "2.5",
        "-3",
        "",
        "nan",
        "inf",
        "1e400",
        "x",
        '"',
        '"a,b"',
        "٣",
        "0x1",
        "1_0",
        "\x00",
        "\x1b[1m",
        "é",
        "9" * 400,
    )
    columns = draw.choice((1, 2, 3, 3, 5))
    rows = [[f"c{i}" if draw.random() < 0.9 else draw.choice(cells) for i in range(columns)]]
    good = draw.random() < 0.4
    for _ in range(draw.choice((0, 1, 2, 30, 60))):
        row = [
            f"{draw.gauss(0, 1):.4f}" if good or draw.random() < 0.97 else draw.choice(cells) for _ in range(columns)
        ]
        rows.append(row[: draw.choice((columns, columns, columns, columns - 1)) if not good else columns])
    text = draw.choice(("\n", "\n", "\r\n")).join(map(",".join, rows))
    return text.encode("utf-8", "replace") + draw.choice((b"", b"\n", b"\xff", b"\x00" * 9))


def some_words(draw: random.Random, words: list[str]) -> list[str]:
    """The words of a command with a few put in, left out or exchanged."""
    words = list(words)
    for _ in range(draw.choice((0, 0, 0, 0, 1, 2))):
        kind = draw.randrange(4)
        if kind == 0 and len(words) > 1:
            del words[draw.randrange(1, len(words))]
        elif kind == 1:
            words += [draw.choice(OPTIONS), draw.choice(WORDS)]
        elif kind == 2:
            words.append(draw.choice(OPTIONS))
        else:
            words[draw.randrange(1, len(words)) if len(words) > 1 else 0 :][:1] = [draw.choice(WORDS)]
    return [word.replace("\x00", "0") for word in words]


def scenario(draw: random.Random, folder: Path) -> None:
    """A mutated scenario, p.toml."""
    text = draw.choice(sorted(EXAMPLES.glob("*.toml"))).read_text("utf-8")
    (folder / "p.toml").write_bytes(mutated(draw, text).encode("utf-8", "surrogatepass"))


def law(draw: random.Random, folder: Path) -> None:
    """A mutated law, law.toml."""
    text = draw.choice(sorted((EXAMPLES / "laws").glob("*.toml"))).read_text("utf-8")
    (folder / "law.toml").write_bytes(mutated(draw, text).encode("utf-8", "surrogatepass"))


def data(draw: random.Random, folder: Path) -> None:
    """A table, t.csv, or bytes that call themselves another kind of table."""
    (folder / "t.csv").write_bytes(table(draw))
    for name in ("t.npy", "t.npz", "t.parquet"):
        (folder / name).write_bytes(
            draw.choice((b"\x93NUMPY\x01\x00", b"PK\x03\x04", b"PAR1", b"")) + draw.randbytes(200)
        )


def claims(draw: random.Random, folder: Path) -> None:
    """A file of claims with fields of the wrong kind."""
    values = (
        "None", "1", "[]", "'\\ud800'", "'\\x1b[31m'", "'a'*9999", "lambda: 1/0", "lambda: sys.exit(3)", "()", "object()", "T",
        "Piecewise((T, T > 1), (1, True))", "nested", "{}", "float('nan')", "(T,)", "Equation(T, T)", "b'x'", "'auto'",
        "(Equation(nested, T),)", "(Equation(Piecewise((T, T > 1), (1, True)), T),)", "lambda: None", "lambda: (1,)",
        "lambda: os._exit(0)", "lambda: loop()", "(Equation(T**(10**7), Integer(10)**10**6),)", "lambda: [0] * 10**12",
    )  # fmt: skip
    fields = {
        "title": "'t'", "source": "'s'", "relation": "Relation.EQUALITY", "statement": "(Equation(T, T),)",
        "hypotheses": "()", "derive": "tuple", "finding": "''", "where": "()", "setting": "None",
    }  # fmt: skip
    for name in draw.sample(sorted(fields), draw.choice((0, 1, 1, 2))):
        fields[name] = draw.choice(values)
    listed = ", ".join(f"{name}={value}" for name, value in fields.items())
    (folder / "c.py").write_text(
        "import os, sys\nfrom sympy import *\nfrom ridgeproof.theorems.claim import *\n"
        "from ridgeproof.theorems.vocabulary import *\nnested = T\ndef loop():\n  while True: pass\n"
        f"for _ in range({draw.choice((3, 30, 300, 3000))}): nested = {draw.choice(('(nested + 1)**2', 'Function(chr(102))(nested)', '1/(1 + nested)'))}\n"
        f"c = Claim('mine', {listed})\n",
    )


FORMULAS = (
    "E_test = sigma2*d/(T - d - 1)", "E_test ~= (kappa^2*norm2 + sigma2*phi)/((1 + kappa)^2 - phi)", "T = T",
    r"E_{test} = \sigma^2 \frac{d}{T-d-1}", "kappa <= lambda + d/T", "sqrt(T^2) = T", "E[tr(X'X)] = T*d",
)  # fmt: skip


def audit(draw: random.Random, folder: Path) -> None:
    """A file of claims and the figures of an audit, a.json, with something wrong in them."""
    claims(draw, folder)
    good = '{"planted": 3, "caught": 2, "equivalent": 1, "escaped": [], "operators": {}, "claims": []}'
    values = ("[[1]]", "null", "-1", "1e400", '"x"', "9" * 5000, "{}", '[{"claim": "\\ud800"}]', "[" * 3000)
    for word in draw.sample(("3", "2", "1", "[]", "{}"), draw.choice((0, 1, 2))):
        good = good.replace(word, draw.choice(values), 1)
    (folder / "a.json").write_text(good)


def formula(draw: random.Random, words: list[str]) -> list[str]:
    """The words of ``check`` with a formula that has been tampered with."""
    text = draw.choice(FORMULAS)
    for _ in range(draw.choice((0, 1, 1, 2))):
        place = draw.randrange(len(text) + 1)
        put = draw.choice(
            ("(", ")", "^", "^9999", "**T", "/0", "1e400", "٣", "\\input{x}", "{", "=", "", "((((" * 200, "x")
        )
        text = text[:place] + put + text[place + draw.choice((0, 1)) :]
    return [words[0], text, *words[1:]]


COMMANDS: dict[str, tuple[Callable[[random.Random, Path], None] | None, list[list[str]]]] = {
    "list": (None, [["list"]]),
    "show": (None, [["show", "link"], ["show", "kappa-order", "--constants", "beta=2"]]),
    "predict": (scenario, [["predict", "p.toml"], ["predict", "p.toml", "--digits", "20"], ["predict", "p.toml", "--exact"]]),
    "simulate": (scenario, [["simulate", "p.toml", "--replicates", "2", "--workers", "1"]]),
    "optimal-ridge": (scenario, [["optimal-ridge", "p.toml"], ["optimal-ridge", "p.toml", "--digits", "20"]]),
    "exponents": (law, [["exponents", "--law", "law.toml"], ["exponents", "--law", "law.toml", "--symbolic"], ["exponents"]]),
    "phase-diagram": (
        law,
        [["phase-diagram", "--x", "b", "--y", "g"],
         ["phase-diagram", "--law", "law.toml", "--x", "alpha", "--y", "r", "--x-range", "1:3", "--y-range", "0:1"]],
    ),
    "data": (data, [["data", name] for name in ("t.csv", "t.csv", "t.csv", "t.npy", "t.npz", "t.parquet")]),
    "latex": (None, [["latex", "link", "--fragment"], ["latex", "link", "--fragment", "-o", "x.tex"]]),
    "optimal": (scenario, [["optimal", "p.toml", "--over", "downstream.ridge"], ["optimal", "p.toml", "--over", "downstream.samples=10:100"]]),
    "check": (scenario, [["check"], ["check", "--where", "T >= d + 2"], ["check", "--setting", "p.toml"]]),
    "explore": (None, [["explore", "-o", "x.html"]]),
    "examples": (None, [["examples", "out"], ["completion", "bash"]]),
    "verify": (claims, [["verify", "c.py"], ["verify", "c.py", "-o", "out"], ["latex", "c.py"], ["latex", "c.py", "-o", "x.tex"]]),
    "report": (audit, [["report", "c.py", "-o", "out"], ["report", "c.py", "-o", "out", "--audit", "a.json"]]),
    "audit": (None, [["audit", "least-squares-limit"]]),
}  # fmt: skip


def judged(status: int, out: str, err: str) -> str:
    """What became of a run: answered, refused, given_up, or in what way it is a fault."""
    if "Traceback" in err or status == 70:
        return "traceback: " + (err.strip().splitlines() or [""])[-1][:200]
    if status not in (0, 1, 2, 3):
        return f"status {status}"
    if HIDDEN.search(out) or HIDDEN.search(err):
        return "control characters"
    if status != 2:
        return "answered"
    last = err.strip("\n").splitlines()[-1] if err.strip() else ""
    others = [line for line in err.splitlines() if not line.startswith("ridgeproof: ")]
    if others or not last or len(last) > 320:
        return f"a refusal of {err.count(chr(10))} lines: {(others or [last])[0][:150]}"
    return "given_up" if "gave up after" in last or "not enough memory" in last else "refused"


def child(words: list[str], folder: Path, seconds: float) -> int | None:
    """The exit status of the command in a fork of this process, in a folder; None when it does not end."""
    pid = os.fork()
    if pid == 0:
        os.setsid()
        os.chdir(folder)
        for number, name in ((0, os.devnull), (1, "stdout"), (2, "stderr")):
            os.dup2(os.open(name, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT, 0o600), number)
        from ridgeproof.proofs_check.cli import main as command

        status = DIED
        try:
            status = command(words)
            sys.stdout.flush()
        finally:
            os._exit(status)
    end = time.monotonic() + seconds
    pause = 0.002
    while time.monotonic() < end:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(pause)
        pause = min(2 * pause, 0.1)
    os.killpg(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return None


def once(command: str, seed: str) -> tuple[str, str]:
    """One run: what became of it, and how it is seen again."""
    draw = random.Random(seed)
    prepare, forms = COMMANDS[command]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if prepare is not None:
            prepare(draw, folder)
        words = draw.choice(forms)
        words = some_words(draw, formula(draw, words) if command == "check" else words)
        seconds = LONGER.get(command, SECONDS)
        status = child(words, folder, seconds)
        out, err = ((folder / part).read_text("utf-8", "replace") for part in ("stdout", "stderr"))
        found = f"not done after {seconds} s" if status is None else judged(status, out, err)
        if list(folder.rglob("*.part")):
            found = "a file left half written"
    return found, f"{found}   [{command}, seed {seed!r}]   {' '.join(map(repr, words))[:300]}"


def run(minutes: float, commands: list[str], seed: int, slow: float) -> dict[str, Counts]:
    """Runs of all commands in turn until the time is over."""
    import numpy  # noqa: F401  # loaded once, here, and not by every child

    import ridgeproof.numerics.predictions.optimum
    import ridgeproof.proofs_check.cli
    import ridgeproof.theorems.exponents.user.user_symbolic
    import ridgeproof.theorems.registry  # noqa: F401

    counts = {command: Counts() for command in commands}
    end, number = time.monotonic() + 60 * minutes, 0
    while time.monotonic() < end:
        for command in commands:
            if number % RARELY.get(command, 1):
                continue
            begun = time.monotonic()
            found, said = once(command, f"{command}-{seed}-{number}")
            count = counts[command]
            count.tried += 1
            if time.monotonic() - begun > slow:
                print(f"slow, {time.monotonic() - begun:.0f} s: {said}", flush=True)
            if found in ("answered", "refused", "given_up"):
                setattr(count, found, getattr(count, found) + 1)
            else:
                count.faults.append(said)
                print(said, flush=True)
        number += 1
    return counts


def page(counts: dict[str, Counts], minutes: float, seed: int) -> str:
    """The part of docs/reliability.md."""
    rows = [
        [f"`{name}`", *map(str, (c.tried, c.answered, c.refused, c.given_up, len(c.faults)))]
        for name, c in counts.items()
    ]
    sums = [sum(getattr(c, key) for c in counts.values()) for key in ("tried", "answered", "refused", "given_up")]
    rows.append(["all", *map(str, sums), str(sum(len(c.faults) for c in counts.values()))])
    said = (
        "## Hostile input",
        "Generated by `python tools/fuzz.py --write`: mutated example files, files of claims, formulas and words, a process",
        "each, with a bound on time and memory. *Answered* is exit status 0, 1 or 3; *refused* is status 2 with one line of at",
        "most 300 characters that says what, where and what is accepted; *given up* is a refusal because time or memory was",
        "over. Anything else (a traceback, another status, control characters in what is printed, a file half written, no",
        "answer) is a fault.",
    )
    head = ["command", "inputs tried", "answered", "refused", "given up", "faults"]
    return "\n".join([*said, "", pages.table(head, rows), "", f"{minutes:g} minutes, one process, seed {seed}."])


def main() -> int:
    """Fuzz, and say what was found."""
    parser = argparse.ArgumentParser(description="Hostile input by the thousand.")
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--command", action="append", choices=COMMANDS)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--again", metavar="SEED", help="one run, by the seed that a fault was printed with")
    parser.add_argument("--slow", type=float, default=20.0, help="print runs that take more seconds than this")
    parser.add_argument("--write", action="store_true", help="write docs/reliability.md")
    arguments = parser.parse_args()
    os.environ.update(PYTHONSAFEPATH="1", OMP_NUM_THREADS="1")
    if arguments.again:
        print(once(arguments.again.rsplit("-", 2)[0], arguments.again)[1])
        return 0
    counts = run(
        arguments.minutes,
        arguments.command or list(COMMANDS),
        arguments.seed,
        arguments.slow,
    )
    print(json.dumps({name: {**vars(c), "faults": len(c.faults)} for name, c in counts.items()}, indent=1))
    if arguments.write:
        pages.replace(PAGE, "fuzz", page(counts, arguments.minutes, arguments.seed))
    return 1 if any(c.faults for c in counts.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
