"""Hostile input, by the thousand: what becomes of the mutations of `mutations.py`, and the counts of all runs so far.

    python tools/fuzz.py                         # the same inputs each time, as .ci/run has it; status 1 when one is
    python tools/fuzz.py --inputs 500 --seed 7   # not answered (0, 1, 3), refused (2, one line), given up (2, says so)
    python tools/fuzz.py --hours 1 --command predict --minutes 60 --write  # until it has had an hour, with all before
    python tools/fuzz.py --write                 # also adds to docs/hostile-input.json, and writes docs/reliability.md
    python tools/fuzz.py --again predict-7-123   # one run, by the seed that a fault was printed with

Every run is in a fork of this process, which has everything imported (see `runs.py`); every 50th input is also given to
a process of its own, as a shell would start it, and both have to do the same.  What counts as a fault: a traceback,
another exit status, more than one line with status 2, a line of more than 300 characters, control characters in what is
printed, a file left half written, an input that is changed, a trap (numpy.py beside the input) that is run, more than
60 seconds or 4 GiB.

Nothing of this may depend on what else the machine does: time is counted as processor time (a run that waits has ten
times as long), strings are hashed alike in every run, no run sees the caches or the temporary files of another, and
what is a fault has to be one again when the same input is given again.  What is seen once and then no more is printed
and written (``--write``), and does not make the status 1.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import itertools
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

import mutations
import pages
from runs import LONGER, PATIENCE, ROOM, SECONDS, Row, Run, child

ROOT = Path(__file__).resolve().parent.parent
PAGE, COUNTS = ROOT / "docs" / "reliability.md", ROOT / "docs" / "hostile-input.json"
BOUND, USUAL = 2, 50  # seconds after which a command gives up; one run in 50 has the 55 that users have
MEMORY = (4.5 + (os.cpu_count() or 1) / 16) * 2**20  # kB: 4 GiB of data, the libraries, and what their threads reserve
ONCE = "seen once: "  # a fault that was none when the same input was given again
FIRST = 20  # inputs of a command from which it is learnt what it imports
INPUTS, MINUTES = 80, 5.0  # of each command, and the time after which no other is tried
TWICE = 50  # every so many inputs, one is given to a process of its own as well
HOUR = 3600
COUNTED = ("answered", "refused", "given_up")
#: Commands that print the same for the same input: fork and process are compared to the letter.
SAME = ("list", "show", "predict", "optimal-ridge", "exponents", "phase-diagram", "optimal", "examples", "completion")
HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")


@dataclass
class Counts:
    """What became of the inputs of one command, over all runs.

    Parameters
    ----------
    seconds : float
        Processor time of the forks.
    twice, more : int, float
        How many inputs were also given to a process of its own, and the processor time that these took more.
    faults : list of dict
        ``said``: what happened and how it is seen again; ``mended``: the test that plants it, empty while it is open.
    """

    tried: int = 0
    answered: int = 0
    refused: int = 0
    given_up: int = 0
    seconds: float = 0.0
    twice: int = 0
    more: float = 0.0
    faults: list[dict[str, str]] = field(default_factory=list)

    def hours(self) -> float:
        """The processor time that these inputs would have taken in processes of their own."""
        return (self.seconds + self.tried * self.more / max(self.twice, 1)) / HOUR

    def open(self) -> list[dict[str, str]]:
        """The faults that are not mended."""
        return [fault for fault in self.faults if not fault["mended"]]


def judged(command: str, run: Run) -> str:
    """What became of a run: answered, refused, given_up, or in what way it is a fault."""
    if run.status is None:
        return f"not done after {LONGER.get(command, SECONDS)} s of the processor, or {PATIENCE} times as long"
    if "Traceback" in run.err or run.status == 70:
        return "traceback: " + (run.err.strip().splitlines() or [""])[-1][:200]
    if run.status not in (0, 1, 2, 3):
        return f"status {run.status}"
    if HIDDEN.search(run.out) or HIDDEN.search(run.err):
        return "control characters"
    if run.memory > MEMORY:
        return f"{run.memory / 2**20:.1f} GiB of memory"
    if run.status != 2:
        return "answered"
    last = run.err.strip("\n").splitlines()[-1] if run.err.strip() else ""
    others = [line for line in run.err.splitlines() if not line.startswith("ridgeproof: ")]
    if others or not last or len(last) > 320:
        return f"a refusal of {run.err.count(chr(10))} lines: {(others or [last])[0][:150]}"
    return "given_up" if "gave up after" in last or "not enough memory" in last else "refused"


def inputs(words: list[str], folder: Path) -> dict[Path, bytes]:
    """The files of a folder that a run may not change: all but those that it was asked to write and is not given.

    A file is given by a word, or by its name in a file that is given itself.
    """
    there = {file: file.read_bytes() for file in folder.iterdir()}
    kept = {file: text for file, text in there.items() if not mutations.only_written(words, file.name)}
    given = b"".join(text for file, text in kept.items() if any(file.name in word for word in words))
    return kept | {file: text for file, text in there.items() if os.fsencode(file.name) in given}


def in_folder(
    command: str, seed: str, own: bool, usual: bool = False, row: Row | None = None
) -> tuple[str, Run, list[str]]:
    """One run in a folder of its own, with the bounds that users have or smaller ones: what became of it, its words."""
    draw = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "here"
        folder.mkdir()
        bound = None if draw.random() < 1 / USUAL or usual else str(BOUND)
        words = mutations.prepared(command, draw, folder)
        before = inputs(words, folder)
        ran = (
            child(command, words, folder, bound, own) if row is None or bound is None else row.run(words, folder, bound)
        )
        run = ran or Run(None, "", "", 0.0, 0)
        found = judged(command, run)
        if list(folder.rglob("*.part")):
            found = "a file left half written"
        elif (folder / mutations.EXECUTED).exists():
            found = "a file beside the input was run"
        elif any(not file.is_file() or file.read_bytes() != text for file, text in before.items()):
            found = "an input was changed"
        return found, Run(run.status, run.out.replace(name, ""), run.err, run.seconds, run.memory), words


def compared(command: str, found: str, run: Run, other: str, fresh: Run) -> str:
    """What a fork found, or what is wrong when a process of its own did something else with the same input."""
    if found not in COUNTED or "given_up" in (found, other):
        return found
    if other not in COUNTED:
        return f"in a process of its own: {other}"
    same = run.status == fresh.status and (command not in SAME or run.out == fresh.out)
    return found if same else f"a process of its own: {fresh.status}, its fork: {run.status}, or other words"


def in_a_row(command: str, seed: str, row: Row | None) -> tuple[str, Run, list[str]]:
    """One run in a row where what became of it is nothing unusual, else in a fork of its own."""
    if row is not None:
        found, run, words = in_folder(command, seed, own=False, row=row)
        if found not in ("answered", "refused"):
            row.end()  # what was interrupted may be left half done
        if found in COUNTED and "not enough memory" not in run.err:
            return found, run, words
    return in_folder(command, seed, own=False)


def once(command: str, seed: str, count: Counts, twice: bool, row: Row | None = None) -> str:
    """One input: counted, and what is to be said of a fault."""
    found, run, words = in_a_row(command, seed, row)
    count.tried += 1
    count.seconds += run.seconds
    if twice:
        other, fresh, _ = in_folder(command, seed, own=True)
        count.twice += 1
        count.more += max(fresh.seconds - run.seconds, 0.0)
        found = compared(command, found, run, other, fresh)
    if found not in COUNTED:
        found = again(command, seed, found, twice)
    said = f"{found}   [{command}, seed {seed!r}]   {' '.join(map(repr, words))[:300]}"
    if found in COUNTED:
        setattr(count, found, getattr(count, found) + 1)
    else:
        count.faults.append({"said": said, "mended": ""})
    return said


def again(command: str, seed: str, found: str, twice: bool) -> str:
    """The same input once more, with the time that users have where that may matter: whether it is a fault again."""
    second, run, _ = in_folder(command, seed, own=False, usual=twice)
    if twice:
        other, fresh, _ = in_folder(command, seed, own=True, usual=True)
        second = compared(command, second, run, other, fresh)
    return ONCE + found if second in COUNTED else found


def warm(commands: Iterable[str]) -> None:
    """Import, here and once, what these commands import: found out in forks, since what is more makes forks slower."""
    mutations.claim_ids()
    with tempfile.TemporaryDirectory() as name:
        os.environ["FUZZ_IMPORTS"] = str(Path(name) / "imports")
        for command in commands:
            for number in range(FIRST):
                in_folder(command, f"{command}-warm-{number}", own=False)
        imported = Path(os.environ.pop("FUZZ_IMPORTS")).read_text("utf-8").split()
    for module in sorted(set(imported) - set(sys.modules)):
        if not module.startswith("_"):  # the files of claims are called so
            with suppress(ImportError):
                importlib.import_module(module)
    gc.collect()
    gc.freeze()  # what the forks share is not looked through, and so not copied, by each


def turns(commands: list[str], most: int | None, hours: float, counts: dict[str, Counts]) -> Iterator[tuple[str, int]]:
    """Commands in turn, with the number of the input: so many inputs each, or until each has had so many hours."""
    for number in itertools.count():
        left = [name for name in commands if (counts[name].hours() < hours if most is None else number < most)]
        yield from ((name, number) for name in left)
        if not left:
            return


def fuzz(
    minutes: float,
    commands: list[str],
    most: int | None,
    hours: float,
    seed: int,
    slow: float,
    counts: dict[str, Counts],
) -> None:
    """Try the inputs of these commands (see `turns`), or as many as the time allows."""
    warm(commands)
    rows = {command: Row() for command in commands}
    end = time.monotonic() + 60 * minutes
    try:
        for command, number in turns(commands, most, hours, counts):
            begun, row = time.monotonic(), rows[command]
            if begun > end:
                print(f"{minutes:g} minutes are over: the inputs from {command}-{seed}-{number} on were not tried")
                return
            faults = len(counts[command].faults)
            said = once(command, f"{command}-{seed}-{number}", counts[command], number % TWICE == TWICE // 2, row)
            lasted = time.monotonic() - begun
            if lasted > slow or len(counts[command].faults) > faults:
                print(f"{lasted:.0f} s: {said}", flush=True)
    finally:
        for row in rows.values():
            row.end()


def load() -> dict[str, object]:
    """The counts of all runs so far."""
    return dict(json.loads(COUNTS.read_text("utf-8"))) if COUNTS.exists() else {"runs": [], "commands": {}}


def page(document: dict[str, object]) -> str:
    """The part of docs/reliability.md."""
    counts = {name: Counts(**c) for name, c in document["commands"].items()}  # type: ignore[attr-defined]
    runs: list[dict[str, float]] = document["runs"]  # type: ignore[assignment]
    rows = []
    for name, c in counts.items():
        numbers = (c.tried, c.answered, c.refused, c.given_up, len(c.open()), len(c.faults) - len(c.open()))
        rows.append([f"`{name}`", *(f"{n:,}" for n in numbers), f"{c.hours():.3f}"])
    sums = [sum(int(row[i].replace(",", "")) for row in rows) for i in range(1, 7)]
    rows.append(["all", *(f"{n:,}" for n in sums), f"{sum(c.hours() for c in counts.values()):.3f}"])
    said = (
        "## Hostile input",
        "",
        "Generated by `python tools/fuzz.py --write`, which adds to `docs/hostile-input.json`: mutated example files,",
        "tables, stores, files of claims, formulas and words, with a bound on time and memory. *Answered* is exit",
        "status 0, 1 or 3; *refused* is status 2 with one line of at most 300 characters that says what, where and",
        "what is accepted; *given up* is a refusal because time or memory was over. Anything else is a fault: a",
        "traceback, status 70, another status, control characters in what is printed, a file half written, an input",
        "changed, a file beside the input that is run, no answer, more than 4 GiB.",
        "",
        "Each input is given to a fork of a process that has everything imported, up to a hundred in a row to the same",
        "fork as long as they are answered or refused, which is many times faster than a process of its own; every",
        f"{TWICE}th is given to both, which have to do the same. *Hours* is the processor time that all inputs of the",
        "command would have taken in processes of their own: the time in the forks, and for each input the time that",
        "a process of its own was measured to take more. So that loops do not take all",
        f"the time, a command gives up after {BOUND} s or {ROOM} GiB, and in one run of {USUAL} after 55 s or 4 GiB",
        "as it does for a user.",
    )
    head = ["command", "inputs tried", "answered", "refused", "given up", "faults", "faults found and mended", "hours"]
    minutes = sum(run["minutes"] for run in runs)
    tail = (
        f"{minutes:.0f} minutes in {len(runs)} runs, one process; seeds {', '.join(str(run['seed']) for run in runs)}."
    )
    mended = [f for c in counts.values() for f in c.faults if f["mended"]]
    lines = [*said, "", pages.table(head, rows), "", tail]
    if mended:
        lines += ["", "What was found and mended, and the test that plants it:", ""]
        seen = sorted({(f["said"].split("   ")[0], f["said"].split("[")[1].split(",")[0], f["mended"]) for f in mended})
        lines += [f"- `{command}`: {what.replace('|', ' ')} (`{test}`)" for what, command, test in seen]
    return "\n".join(lines)


def main() -> int:
    """Fuzz, and say what was found."""
    parser = argparse.ArgumentParser(description="Hostile input by the thousand.")
    parser.add_argument("--inputs", type=int, default=INPUTS, help="of each command")
    parser.add_argument("--hours", type=float, help="instead: until each command has had so many (with --write: ever)")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="and not longer than this")
    parser.add_argument("--command", action="append", choices=mutations.COMMANDS)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--again", metavar="SEED", help="one run, by the seed that a fault was printed with")
    parser.add_argument("--slow", type=float, default=20.0, help="print runs that take more seconds than this")
    parser.add_argument("--write", action="store_true", help="add to docs/hostile-input.json and docs/reliability.md")
    arguments = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # as a user has it: no process compiles again
    fonts = tempfile.TemporaryDirectory()
    os.environ.update(PYTHONSAFEPATH="1", OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MPLCONFIGDIR=fonts.name)
    if arguments.again:
        command, again = arguments.again.rsplit("-", 2)[0], Counts()
        warm([command])
        print(once(command, arguments.again, again, twice=True))
        _, run, _ = in_folder(command, arguments.again, own=True)
        print(run.out[-2000:], run.err[-4000:], sep="\n")
        return 1 if again.faults else 0
    document = load()
    known = {name: Counts(**c) for name, c in document["commands"].items()}  # type: ignore[attr-defined]
    commands = arguments.command or list(mutations.COMMANDS)
    counts = known if arguments.write else {}
    counts = {name: counts.get(name, Counts()) for name in mutations.COMMANDS}
    for number in (signal.SIGINT, signal.SIGTERM):  # also where the shell that started this ignores interrupts
        signal.signal(number, signal.default_int_handler)
    begun = time.monotonic()
    try:
        most = None if arguments.hours else arguments.inputs
        fuzz(arguments.minutes, commands, most, arguments.hours or 0.0, arguments.seed, arguments.slow, counts)
    except KeyboardInterrupt:
        print("stopped: what has been counted is kept")
    minutes = (time.monotonic() - begun) / 60
    shown = {name: {**asdict(c), "faults": len(c.faults), "hours": round(c.hours(), 3)} for name, c in counts.items()}
    print(json.dumps(shown, indent=1))
    if arguments.write:
        at = subprocess.run(["git", "-C", str(ROOT), "describe", "--always"], capture_output=True, text=True)
        run = {"seed": arguments.seed, "minutes": round(minutes, 1), "commit": at.stdout.strip()}
        rounded = {
            name: asdict(c) | {k: round(getattr(c, k), 1) for k in ("seconds", "more")} for name, c in counts.items()
        }
        document = {"runs": [*document["runs"], run], "commands": rounded}  # type: ignore[misc]
        COUNTS.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", "utf-8")
        pages.replace(PAGE, "fuzz", page(document))
    return 1 if any(not fault["said"].startswith(ONCE) for c in counts.values() for fault in c.open()) else 0


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != "0":  # sets in the same order each time
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | {"PYTHONHASHSEED": "0"})
    sys.exit(main())
