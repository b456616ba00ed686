# ruff: noqa: E501
"""Input of about 1 MB that asks for all time or all memory: what each command says, in what time, in what memory.

    python tools/bounds.py               # some minutes; exit status 1 when one takes more than 60 s or 4 GiB
    python tools/bounds.py repeat fifo   # the inputs whose name contains one of these words
    python tools/bounds.py --write       # also the table of docs/reliability.md

Seconds are processor time of the command and its children, which on an idle machine is the time by the clock, except
where it waits: what waits is cut off after ten times as long.  Memory is that of the largest process.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import select
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pages

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
PAGE = ROOT / "docs" / "reliability.md"
SECONDS, GIB, WAITS = 60.0, 4.0, 600
LONGEST = 110  # characters of what is said that the table shows
LAW = "[parameters.x]\ndefault = '1'\n[controls.c]\ndomain = '0 <= c, c <= 1'\n"
POWER = (EXAMPLES / "power-law.toml").read_text("utf-8")
PLAIN = (EXAMPLES / "isotropic.toml").read_text("utf-8")
FIT = 'samples = 5\nridge = "1/10"\nnoise = 1\n'
MILLION = ["--set", "generators.repeat=1000000"]
CLAIM = "from sympy import *\nfrom ridgeproof.authoring import *\nx = T\n{lines}\nmine = Claim('mine', title='t', source='s', relation=Relation.EQUALITY, statement=(Equation(x, T),), hypotheses=(), derive=tuple)\n"


@dataclass(frozen=True)
class Case:
    """An input: what it is called, how its folder is filled, the words that are tried in it."""

    name: str
    fill: Callable[[Path], object]
    words: tuple[list[str], ...]


@dataclass(frozen=True)
class Cost:
    """What a run cost and said: exit status (None: cut off), processor time (s), memory (GiB), the last line."""

    status: int | None
    seconds: float
    memory: float
    said: str

    def fault(self) -> str:
        """What is wrong with it, if anything."""
        if self.status is None or self.seconds > SECONDS:
            return "TOO LONG"
        if self.memory > GIB + 0.5:  # the libraries are not data
            return "TOO LARGE"
        return "" if self.status in (0, 1, 2, 3) and "Traceback" not in self.said else "FAULT"


def _text(name: str, content: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_text(content)


def _files(**contents: str) -> Callable[[Path], object]:
    return lambda folder: [(folder / name.replace("_", ".")).write_text(text) for name, text in contents.items()]


def _special(folder: Path) -> None:
    """A pipe that nobody writes to and links to a device without end, by every ending that is read."""
    for ending in ("toml", "csv", "npy", "npz", "parquet", "json", "md", "py", "db"):
        os.mkfifo(folder / f"pipe.{ending}")
        (folder / f"zero.{ending}").symlink_to("/dev/zero")


def _long_line(name: str, head: str, piece: str) -> Callable[[Path], object]:
    def fill(folder: Path) -> None:
        with (folder / name).open("w") as file:
            file.write(head)
            for _ in range(200):
                file.write(piece * (2**20 // len(piece)))

    return fill


def _explicit(values: str) -> str:
    return f'[spectrum]\nkind = "explicit"\n{values}\n[target]\nkind = "isotropic"\nnorm2 = 1\n[[generators]]\n{FIT}[downstream]\n{FIT}'


def scenarios() -> Iterator[Case]:
    """Scenarios: keys, exponents, digits, generations, eigenvalues."""
    asked = (["predict", "s.toml"], ["optimal-ridge", "s.toml"], ["simulate", "s.toml", "--replicates", "2"])
    dots = "a." * 200_000 + "b = 1\n"
    yield Case("a key of 200,000 parts", _files(s_toml=dots, law_toml=dots, q_toml=dots),
               (*asked, ["exponents", "--law", "law.toml"], ["check", "q.toml"], ["check", "E_test = 1", "--setting", "s.toml"]))  # fmt: skip
    for value in ("1e15", "1e16", "1e10000"):
        yield Case(f"beta = {value}", _text("s.toml", POWER.replace('beta = "3/2"', f"beta = {value}")),
                   (*asked, ["exponents", "--beta", value], ["phase-diagram", "--x", "b", "--y", "g", "--beta", value]))  # fmt: skip
        yield Case(f"r = {value}", _text("s.toml", POWER.replace('r = "1/2"', f"r = {value}")), (*asked, ["exponents", "--r", value]))  # fmt: skip
    digits = "9" * 900_000
    yield Case("a number of 900,000 digits", _files(s_toml=PLAIN.replace("dim = ", f"dim = {digits} #"), law_toml=f"[parameters.x]\ndefault = {digits}\n[terms]\na = 'x'\n", v_toml=_explicit("file = 'v.csv'"), v_csv=digits, t_csv=f"a,b\n1,{digits}\n"),
               (*asked, ["exponents", "--law", "law.toml"], ["predict", "v.toml"], ["data", "t.csv"], ["exponents", "--beta", digits[:100_000]], ["check", f"T = {digits[:100_000]}"]))  # fmt: skip
    yield Case("1,000,000 generations", _text("s.toml", PLAIN if "[[generators]]" in PLAIN else PLAIN + f"[[generators]]\n{FIT}"),
               (["predict", "s.toml", *MILLION], ["predict", "s.toml", "--exact", *MILLION], ["predict", "s.toml", "--digits", "20", *MILLION], ["simulate", "s.toml", *MILLION], ["optimal-ridge", "s.toml", *MILLION],
                ["optimal", "s.toml", "--over", "downstream.ridge", *MILLION]))  # fmt: skip
    tiny = _explicit('values = ["1", "1e-9999"]')
    yield Case("an eigenvalue of 1e-9999", _text("s.toml", tiny), (*asked, ["predict", "s.toml", "--exact"]))
    yield Case("20,000 generators, each written", _text("s.toml", PLAIN + f"[[generators]]\n{FIT}" * 20_000), asked)
    yield Case("relative errors below rounding", _text("s.toml", PLAIN),
               (["simulate", "s.toml", "--relative-error", "1e-17"], ["simulate", "s.toml", "--relative-error", "1e-300"]))  # fmt: skip


def laws() -> Iterator[Case]:
    """Laws of the user."""
    many = "[parameters.x]\ndefault = '1'\n" + "".join(f"[controls.c{i}]\ndomain = '0 <= c{i}'\n" for i in range(200))
    squared = "[definitions]\nd0='max(x,1)'\n" + "".join(f"d{i}='d{i - 1}*d{i - 1}'\n" for i in range(1, 41))
    nested = "x"
    for i in range(400):
        nested = f"max({nested}, {i}*c, min(c, {i}))"
    for name, text in (
        ("a law with 200 controls", many + "[terms]\na = '-" + " - ".join(f"c{i}" for i in range(200)) + "'\n"),
        ("a law with 1,000 terms", LAW + "[terms]\n" + "".join(f"t{i} = '-{i}*c'\n" for i in range(1000))),
        ("a law of nested maxima", LAW + f"[terms]\na = '{nested}'\n"),
        ("a law that adds maxima", LAW + "[terms]\na = '" + "+".join(f"max({i}*c,{i}*x-1,min(c,{i}))" for i in range(1, 25)) + "'\n"),
        ("a law that squares its definitions", LAW + squared + "[terms]\na='d40*c'\n"),
    ):  # fmt: skip
        law = ["--law", "law.toml"]
        yield Case(name, _text("law.toml", text),
                   (["exponents", *law], ["exponents", *law, "--symbolic"], ["phase-diagram", *law, "--x", "x", "--y", "c"], ["check", "rate = 1/2", *law]))  # fmt: skip


def files() -> Iterator[Case]:
    """Files that are none, and files with lines of 200 MB."""
    for kind in ("pipe", "zero"):
        yield Case(
            "a pipe that nobody writes to" if kind == "pipe" else "a device without end",
            lambda folder: (_special(folder), (folder / "s.toml").write_text(PLAIN), (folder / "v.toml").write_text(_explicit(f"file = '{kind}.npy'"))),  # noqa: B023
            (["predict", f"{kind}.toml"], ["predict", "v.toml"], ["simulate", "s.toml", "--replicates", "2", "--store", f"{kind}.db"],
             ["simulate", "s.toml", "--set", "downstream.samples=9,10", "--replicates", "2", "-o", f"{kind}.csv"],
             *(["data", f"{kind}.{ending}"] for ending in ("csv", "npy", "npz", "parquet")), ["exponents", "--law", f"{kind}.toml"],
             ["check", f"{kind}.toml"], ["check", f"{kind}.md"], ["check", "E_test = 1", "--setting", f"{kind}.toml"], ["verify", f"{kind}.py"],
             ["latex", f"{kind}.py"], ["report", "link", "-o", "out", "--audit", f"{kind}.json"]),
        )  # fmt: skip
    yield Case("a line of 200 MB", _long_line("t.csv", "a,b\n", "1.5,"), (["data", "t.csv"],))
    yield Case("a field of 200 MB", _long_line("t.csv", "a,b\n1,", "9"), (["data", "t.csv"],))
    yield Case("a scenario of 200 MB", _long_line("s.toml", "x = '", "9"), (["predict", "s.toml"], ["exponents", "--law", "s.toml"], ["check", "s.toml"]))  # fmt: skip
    yield Case("eigenvalues of 200 MB", lambda folder: (_long_line("v.csv", "", "9")(folder), (folder / "s.toml").write_text(_explicit("file = 'v.csv'"))),
               (["predict", "s.toml"],))  # fmt: skip
    yield Case("a table of 100,000 columns", _text("t.csv", ",".join(f"c{i}" for i in range(100_000)) + "\n" + ",".join("1" * 100_000) + "\n"), (["data", "t.csv"],))  # fmt: skip


def claims() -> Iterator[Case]:
    """Formulas and files of claims."""
    for name, formula in (
        ("a formula of 60,000 brackets", "(" * 60_000 + "T" + ")" * 60_000 + " = T"), ("a tower of powers", "9^9^9^9^9 = T"),
        ("(d + T)^1000000", "(d + T)^1000000 = T"), ("a sum of 12,000 terms", "+".join(f"T^{i}" for i in range(1, 12_000)) + " = T"),
    ):  # fmt: skip
        yield Case(name, _text("x", ""), (["check", formula],))
    for name, lines in (
        ("claims 3,000 levels deep", "for _ in range(3000): x = (x + 1)**2"), ("claims with 10**10**7", "x = Integer(10)**10**7"),
        ("claims that loop for ever", "while True: pass"), ("claims that take all memory", "x = [0] * 10**11"), ("claims that wait for ever", "import time; time.sleep(10**6)"),
    ):  # fmt: skip
        yield Case(name, _text("c.py", CLAIM.format(lines=lines)), (["verify", "c.py"], ["latex", "c.py"], ["report", "c.py", "-o", "out"]))  # fmt: skip


def cost(words: list[str], folder: Path) -> Cost:
    """Run the command in a folder, and measure it."""
    pid = os.fork()
    if pid == 0:
        os.setsid()
        os.chdir(folder)
        for number, place in ((0, os.devnull), (1, os.devnull), (2, folder / "stderr")):
            os.dup2(
                os.open(place, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number
            )
        os.environ.update(XDG_CACHE_HOME=str(folder / "cache"), OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
        resource.setrlimit(resource.RLIMIT_CPU, (100, 110))
        os.execv(sys.executable, [sys.executable, "-P", "-m", "ridgeproof.proofs_check.cli", *words])
    handle = os.pidfd_open(pid)
    done, _, _ = select.select([handle], [], [], WAITS)
    os.close(handle)
    if not done:
        os.killpg(pid, signal.SIGKILL)
    _, status, usage = os.wait4(pid, 0)
    lines = (folder / "stderr").read_text("utf-8", "replace").strip().splitlines() or ["answered"]
    traceback = any("Traceback" in line for line in lines)
    ended = os.waitstatus_to_exitcode(status) if done else None
    last = lines[-1] if ended == 2 or traceback else "answered"
    said = ("Traceback: " if traceback else "") + last.removeprefix("ridgeproof: ").replace(str(folder), "")
    return Cost(ended, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 2**20, said)


def shown(words: list[str]) -> str:
    """The words of a command, those without measure cut short."""
    return " ".join(word if len(word) < 40 else f"{word[:12]}..." for word in words)


def main() -> int:
    """Try all of them, and say what they cost."""
    parser = argparse.ArgumentParser(description="Input without measure, and what it costs.")
    parser.add_argument("names", nargs="*", metavar="WORD", help="only inputs whose name contains one of these")
    parser.add_argument("--write", action="store_true", help="write docs/reliability.md")
    arguments = parser.parse_args()
    rows, faults = [], 0
    for case in (*scenarios(), *laws(), *files(), *claims()):
        if arguments.names and not any(name in case.name for name in arguments.names):
            continue
        folder = Path(tempfile.mkdtemp())
        try:
            case.fill(folder)
            for words in case.words:
                found = cost(words, folder)
                said = found.said if len(found.said) <= LONGEST else f"{found.said[:LONGEST]} ..."
                wrong = found.fault()
                faults += bool(wrong)
                rows.append(
                    [
                        case.name,
                        f"`{shown(words)}`",
                        f"{found.seconds:.1f}",
                        f"{found.memory:.1f}",
                        wrong or said.replace("|", " "),
                    ]
                )
                print(json.dumps(rows[-1], ensure_ascii=False), wrong and found.said, flush=True)
        finally:
            shutil.rmtree(folder)
    if arguments.write:
        head = ["input", "command", "seconds", "GiB", "said"]
        text = (
            "## Time and memory\n\nGenerated by `python tools/bounds.py --write`: processor time of the command and its "
            f"children (at most {SECONDS:.0f} s), memory of the largest of these processes (at most {GIB:.0f} GiB of data), "
            "and what it says.\n\n"
        )  # fmt: skip
        pages.replace(PAGE, "bounds", text + pages.table(head, rows))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
