"""Mutation testing of the rooms that must be believed: is every condition in them noticed by the tests?

python tools/mutate.py                       # every module, and docs/mutation.md anew: an hour of one processor
python tools/mutate.py --only kernel/traces  # one module (or one room: kernel), and its rows of the page
python tools/mutate.py --again               # what survived, by tests added since; not of modules that have changed
python tools/mutate.py --sample 50           # some mutants, drawn with a fixed seed; nothing is written
python tools/mutate.py --page                # the page, from what has been measured
python tools/mutate.py --sequents            # writes tests/proofs_check/statements/sequents.json

A mutant of the kernel is the kernel with one thing changed: a condition of ``need`` left out, or one part of it; a
comparison in it turned round or moved by its boundary, a number in it one more; a statement that only checks left out;
hypotheses, lines or axioms not passed on to the sequent that a rule concludes.  In the other rooms, which have few
``need``, every condition that is branched on is also taken for true and for false, and changed in its parts.

The tests of a room stand in ``mutation_suites.py``.  A mutant is tried in a copy of this process (``fork``) in which
the code of one function is exchanged, by the tests that reach this function, quick ones first.  A mutant that passes
them all survives.  Survivors that no test can tell apart, because the mutant accepts and prints the same, are listed in
``survivors.json`` with the reason; the score leaves them out.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import importlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import mutation_suites as suites
from mutants import Mutant, mutants
from mutation_suites import COURT, ROOT, Test

MEASURED = ROOT / "docs" / "mutation.json"
PAGE = ROOT / "docs" / "mutation.md"
SURVIVORS = ROOT / "tests" / "proofs_check" / "statements" / "survivors.json"
SPARE = 20.0  # a test that takes so many times as long as it should, and some seconds, is noticed
RULES = COURT / "kernel" / "statements"


def called(path: Path) -> str:
    """What a module is called here: kernel/traces, meaning/say, judgement."""
    return str(path.relative_to(COURT).with_suffix("")).replace("kernel/statements/", "kernel/")


def changes(room: str) -> dict[str, list[Mutant]]:
    """The mutants of a room's modules: of the kernel's rules those of conditions, elsewhere of branches, too."""
    found = {called(f): list(mutants(called(f), f, branches=f.parent != RULES)) for f in suites.files(room)}
    return {module: [m for m in some if m.function] for module, some in found.items() if some}


def exchange(mutant: Mutant) -> None:
    """Put the changed function in the place of the true one, in every module that uses it."""
    code: CodeType = compile(mutant.source, f"<mutant of {mutant.module}>", "exec")
    true: Any = importlib.import_module("ridgeproof.proofs_check." + file(mutant.module).replace("/", "."))
    for part in mutant.function.split("."):
        code = next(c for c in code.co_consts if isinstance(c, CodeType) and c.co_name == part)
        true = vars(true)[part]
    true = getattr(true, "fget", true)
    while not isinstance(true, FunctionType):
        true = true.__wrapped__ if hasattr(true, "__wrapped__") else true.__func__
    getattr(true, "__wrapped__", true).__code__ = code


def noticed(mutant: Mutant, tests: Sequence[Test]) -> str:
    """The test that notices a mutant, or nothing."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        for test in tests:
            os.write(writing, f"\n{test.name}".encode())
            signal.setitimer(
                signal.ITIMER_VIRTUAL, 5 + SPARE * test.seconds
            )  # ends the process: processor time, no load
            try:
                if test is tests[0]:
                    exchange(mutant)
                if not test.passes():
                    os._exit(1)
            except BaseException:
                os._exit(1)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as said:
        last = said.read().rsplit("\n", 1)[-1]
    return last if os.waitpid(child, 0)[1] else ""


Row = dict[str, Any]


def measure(module: str, tried: Sequence[Mutant], tests: Sequence[Test], known: dict[str, str]) -> Row:
    """Try the mutants of a module: what the page says of it."""
    began, open_, equivalent, by = time.monotonic(), [], [], dict[str, int]()
    order = sorted(tests, key=lambda t: t.seconds)
    for mutant in tried:
        able = [t for t in order if (f"{file(module)}.py", mutant.function) in t.reached]
        who = noticed(mutant, able) if able else ""
        if who:
            by[who.split()[0]] = by.get(who.split()[0], 0) + 1
            continue
        (equivalent if mutant.name in known else open_).append(mutant.name)
        print(f"survives  {mutant.module}:{mutant.line}  {mutant.what}  {known.get(mutant.name, '')}", flush=True)
    took = time.monotonic() - began
    print(f"{module}: {len(tried)} mutants, {len(equivalent)} equivalent, {len(open_)} open, {took:.0f} s", flush=True)
    source = hashlib.sha256((COURT / f"{file(module)}.py").read_bytes()).hexdigest()[:12]
    return {
        "mutants": len(tried), "equivalent": equivalent, "open": open_, "noticed by": by, "commit": commit(),
        "source": source,
    }  # fmt: skip


def again(module: str, some: Sequence[Mutant], before: Row, tests: Sequence[Test], known: dict[str, str]) -> Row | None:
    """The same where only tests have been added: what they noticed before they notice still.  None of changed code."""
    survived = {*before["open"], *before["equivalent"]}
    row = measure(module, [m for m in some if m.name in survived], tests, known)
    if row["source"] != before["source"] or len(some) != before["mutants"]:
        print(f"{module} has changed since it was measured: every mutant of it has to be tried", flush=True)
        return None
    return row | {"mutants": len(some), "commit": before["commit"], "again": row["commit"]}


def file(module: str) -> str:
    """The path of a module in the court."""
    return module if module == "kernel/report" else module.replace("kernel/", "kernel/statements/")


def commit() -> str:
    """The commit at which this is measured, with a + if the believed rooms or their tests have been changed since."""

    def git(*words: str) -> str:
        return subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, text=True, check=False).stdout

    dirty = git("status", "--porcelain", "--", "proofs_check", "tests/proofs_check").strip()
    return git("rev-parse", "--short", "HEAD").strip() + ("+" if dirty else "")


def page() -> None:
    """Write docs/mutation.md."""
    measured = json.loads(MEASURED.read_text(encoding="utf-8"))
    known = json.loads(SURVIVORS.read_text(encoding="utf-8"))
    out = [
        "# Mutation scores of the believed rooms",
        "",
        "Written by `python tools/mutate.py`, which says what a mutant is. Every condition of the modules that",
        "[must be believed](what-must-be-believed.md) is changed, one at a time, and the tests are run; a mutant that",
        "they do not notice is *equivalent*, with the reason below, or *open*. The score is the part noticed of those",
        "that are not equivalent. A row says at which commit it was measured, and at which its survivors were tried",
        "again, by tests added since (its code has not changed in between).",
        "",
        "| module | mutants | noticed | equivalent | open | score | commit |",
        "|---|---|---|---|---|---|---|",
    ]

    def row(name: str, rows: Sequence[Row], at: str) -> str:
        total, same, left = (sum(x) for x in zip(*map(counts, rows), strict=True))
        score = 1 - left / max(total - same, 1)
        return f"| {name} | {total} | {total - same - left} | {same} | {left} | {100 * score:.1f} % | {at} |"

    def counts(r: Row) -> tuple[int, int, int]:
        survive = [*r["equivalent"], *r["open"]]
        return r["mutants"], sum(x in known for x in survive), sum(x not in known for x in survive)

    for room in suites.ROOMS:
        mine = {m: r for m, r in measured.items() if m.split("/")[0] == room}
        out += [
            row(f"`{m}`", [r], f"`{r['commit']}`" + (f", `{r['again']}`" if "again" in r else ""))
            for m, r in mine.items()
        ]
        if len(mine) > 1:
            out.append(row(f"**{room}**", list(mine.values()), ""))
    out.append(row("**all**", list(measured.values()), ""))
    missing = [f"`{m}`" for room in suites.ROOMS for m in changes(room) if m not in measured]
    out += ["", f"Not measured: {', '.join(missing)}."] if missing else []
    survive = [x for r in measured.values() for x in (*r["equivalent"], *r["open"])]
    for title, explained in (("Equivalent, with the reason", True), ("Open", False)):
        names = [x for x in survive if (x in known) == explained]
        if names:
            out += ["", f"## {title}", ""]
            out += [f"- `{x}`" + (f": {known[x]}" if x in known else "") for x in names]
    PAGE.write_text("\n".join(out) + "\n", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, help="how many mutants of every module are tried; nothing is written")
    parser.add_argument("--only", action="append", help="the room or module whose mutants are tried")
    parser.add_argument("--again", action="store_true", help="only what survived when it was measured")
    parser.add_argument("--stored", type=Path, help="a file in which the ledger's certificates are kept between runs")
    parser.add_argument("--sequents", action="store_true", help="write the ledger's sequents, and do nothing else")
    parser.add_argument("--page", action="store_true", help="write the page, and do nothing else")
    args = parser.parse_args()
    if args.page:
        page()
        return 0
    if args.stored is not None and args.stored.exists():
        documents = json.loads(args.stored.read_text(encoding="utf-8"))
    else:
        documents = suites.certificates()
        if args.stored is not None:
            args.stored.write_text(json.dumps(documents), encoding="utf-8")
    if args.sequents:
        from ridgeproof.proofs_check import kernel

        texts = {name: [kernel.check(d).text() for d in found] for name, found in documents.items()}
        text = json.dumps(texts, indent=1, ensure_ascii=False) + "\n"
        (suites.DATA / "sequents.json").write_text(text, encoding="utf-8")
        return 0
    known = json.loads(SURVIVORS.read_text(encoding="utf-8"))
    for room in suites.ROOMS:
        tried = {m: some for m, some in changes(room).items() if not args.only or {m, room} & set(args.only)}
        if not tried:
            continue
        tests = suites.of(room, documents)
        failed = suites.reach(tests)
        if failed:
            print(f"without any change these fail: {', '.join(failed)}")
            return 1
        gc.collect()
        gc.freeze()
        for module, some in tried.items():
            if args.sample is not None:
                measure(module, random.Random(0).sample(some, min(args.sample, len(some))), tests, known)
                continue
            measured = json.loads(MEASURED.read_text(encoding="utf-8")) if MEASURED.exists() else {}
            found: Row | None
            if args.again:
                found = again(module, some, measured[module], tests, known) if module in measured else None
            else:
                found = measure(module, some, tests, known)
            if found is None:
                continue
            text = json.dumps(dict(sorted((measured | {module: found}).items())), indent=1, ensure_ascii=False)
            MEASURED.write_text(text + "\n", encoding="utf-8")
    if args.sample is None:
        page()
    return 0


if __name__ == "__main__":
    sys.exit(main())
