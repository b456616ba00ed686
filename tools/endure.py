# ruff: noqa: E501
"""What is left when it goes wrong: kills, full disks, hostile folders, clusters that die; everything is counted.

    python tools/endure.py                    # all studies, some minutes; exit status 1 when something is lost
    python tools/endure.py kills folders      # some of them
    python tools/endure.py --write            # also writes the counts into docs/reliability.md

Each study runs the command itself in processes of their own, in temporary folders.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pages

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
PAGE = ROOT / "docs" / "reliability.md"
COMMAND = [sys.executable, "-P", "-m", "ridgeproof.proofs_check.cli"]
OLD = "what was here before"
TRAPS = (
    "numpy", "scipy", "tomllib", "pickle", "numerics", "theorems", "proofs_check", "ridgeproof", "sqlite3", "mpmath", "sympy", "flint",
    "gmpy2", "matplotlib", "pyarrow", "pandas", "sklearn", "distributed", "json", "subprocess", "sitecustomize", "usercustomize",
)  # fmt: skip
Row = list[str]


def table_of_numbers(folder: Path) -> None:
    """t.csv: 60 rows of a linear target with noise."""
    draw = random.Random(1)
    rows = [[draw.gauss(0, 1) for _ in range(3)] for _ in range(60)]
    lines = [",".join(f"{x:.4f}" for x in [*row, sum(row) + 0.1 * draw.gauss(0, 1)]) for row in rows]
    (folder / "t.csv").write_text("a,b,c,y\n" + "\n".join(lines) + "\n")


@contextmanager
def place() -> Iterator[Path]:
    """A folder with a scenario, a table and a file of claims."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(EXAMPLES / "isotropic.toml", folder / "s.toml")
        shutil.copy(EXAMPLES / "my_claims.py", folder / "c.py")
        table_of_numbers(folder)
        yield folder


def run(words: list[str], folder: Path, **options: object) -> subprocess.CompletedProcess[str]:
    """The command, to its end."""
    given = {"capture_output": True, "text": True, "timeout": 600, "stdin": subprocess.DEVNULL} | options
    return subprocess.run([*COMMAND, *words], cwd=folder, **given)  # type: ignore[call-overload,no-any-return]


def one_line(done: subprocess.CompletedProcess[str]) -> bool:
    """Whether this is a refusal: status 2, its last line ours, no traceback."""
    lines = done.stderr.splitlines()
    return (
        done.returncode == 2 and "Traceback" not in done.stderr and bool(lines) and lines[-1].startswith("ridgeproof: ")
    )


def kills() -> list[Row]:
    """SIGKILL at random moments: a store goes on to the very bits of an undisturbed run; files are old or new, whole."""
    rows, draw = [], random.Random(2)
    for workers in ("1", "2"):
        with place() as folder:
            words = ["simulate", "s.toml", "--replicates", "400", "--seed", "7", "--workers", workers, "--json"]
            undisturbed = run(words, folder).stdout
            killed = 0
            for _ in range(12):
                child = subprocess.Popen([*COMMAND, *words, "--store", "runs.db"], cwd=folder, stdout=subprocess.DEVNULL,
                                         stderr=subprocess.DEVNULL)  # fmt: skip
                time.sleep(draw.uniform(0.5, 4))
                if child.poll() is None:
                    child.kill()
                    killed += 1
                child.wait()
            same = run([*words, "--store", "runs.db"], folder).stdout == undisturbed
            rows.append([f"`simulate --store`, {workers} workers", str(killed), "the same bits" if same else "LOST"])
    for words, name in (
        (["latex", "link", "--fragment", "-o", "x.tex"], "x.tex"),
        (["phase-diagram", "--x", "b", "--y", "g", "-o", "x.svg"], "x.svg"),
        (["data", "t.csv", "-o", "x.toml"], "x.toml"),
    ):
        with place() as folder:
            run(words, folder)
            new, killed, whole = (folder / name).read_bytes(), 0, True
            begun = time.monotonic()
            run(words, folder)
            lasts = time.monotonic() - begun
            for _ in range(12):
                (folder / name).write_text(OLD)
                child = subprocess.Popen(
                    [*COMMAND, *words], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
                )
                time.sleep(draw.uniform(0.2, 1.1) * lasts)
                killed += child.poll() is None
                child.kill()
                child.wait()
                found = (folder / name).read_bytes()
                whole = whole and (found == OLD.encode() or len(found) == len(new))
            rows.append([f"`{' '.join(words[:1])} -o`", str(killed), "old or new, whole" if whole else "HALF A FILE"])
    return rows


OUTPUTS: dict[str, tuple[list[str], str]] = {
    "latex": (["latex", "link", "--fragment", "-o", "x.tex"], "x.tex"),
    "phase-diagram": (["phase-diagram", "--x", "b", "--y", "g", "-o", "x.svg"], "x.svg"),
    "exponents": (["exponents", "--certificates", "x"], "x"),
    "verify": (["verify", "link", "-o", "x"], "x/ledger.json"),
    "report": (["report", "link", "-o", "x"], "x/index.html"),
    "data": (["data", "t.csv", "-o", "x.toml"], "x.toml"),
    "simulate": (["simulate", "s.toml", "--set", "downstream.samples=20,30", "--replicates", "4", "-o", "x.csv"], "x.csv"),
    "simulate --store": (["simulate", "s.toml", "--replicates", "9", "--store", "x.db"], "x.db"),
    "explore": (["explore", "-o", "x.html"], "x.html"),
}  # fmt: skip


def full() -> list[Row]:
    """Disks without room: a limit on the size of files, a file system of 16 kB, /dev/full for what is printed."""

    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

    rows = []
    for name, (words, output) in OUTPUTS.items():
        with place() as folder:
            old = folder / output
            if output != "x" and not name.endswith("store"):
                old.parent.mkdir(exist_ok=True)
                old.write_text(OLD)
            done = run(words, folder, preexec_fn=small)
            kept = not old.is_file() or old.read_text("utf-8", "replace")[: len(OLD)] == OLD or name.endswith("store")
            rows.append([f"`{name}`, no file above 100 bytes", *_verdict(one_line(done), kept, done)])
    for name in ("phase-diagram", "report", "data"):
        words, output = OUTPUTS[name]
        with place() as folder, _tiny_disk(folder / "disk") as disk:
            if disk is None:
                rows.append([f"`{name}`, a file system of 16 kB", "not possible here", "–"])
                continue
            done = run([word.replace(output.split("/")[0], f"disk/{output.split('/')[0]}") if word == output.split("/")[0] else word
                        for word in words], folder)  # fmt: skip
            parts = list(disk.rglob("*.part"))
            rows.append([f"`{name}`, a file system of 16 kB", *_verdict(one_line(done), not parts, done)])
    for words in (["list"], ["exponents", "--json"], ["predict", "s.toml"], ["show", "link"]):
        with place() as folder, open("/dev/full", "w") as nowhere:
            done = run(words, folder, stdout=nowhere, stderr=subprocess.PIPE, capture_output=False)
            rows.append([f"`{' '.join(words)} > /dev/full`", *_verdict(one_line(done), True, done)])
            answer = run(words, folder)
            done = run(words, folder, stdout=subprocess.PIPE, stderr=nowhere, capture_output=False)
            same = done.returncode == answer.returncode and done.stdout == answer.stdout
            rows.append([f"`{' '.join(words)} 2> /dev/full`", "answered all the same" if same else "LOST", "–"])
            refused = run(
                [*words[:1], "--nonsense"], folder, stdout=subprocess.PIPE, stderr=nowhere, capture_output=False
            )
            rows.append([f"`{words[0]} --nonsense 2> /dev/full`", f"status {refused.returncode}", "–"])
            assert refused.returncode == 2, words
    return rows


def _verdict(refused: bool, kept: bool, done: subprocess.CompletedProcess[str]) -> Row:
    said = "one line, status 2" if refused else f"status {done.returncode}: {(done.stderr or '').strip()[-120:]}"
    return [said if refused or done.returncode else "answered", "old file whole, no rest" if kept else "LOST"]


@contextmanager
def _tiny_disk(where: Path) -> Iterator[Path | None]:
    where.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(where)], capture_output=True
    ).returncode
    try:
        yield where if mounted == 0 else None
    finally:
        if mounted == 0:
            subprocess.run(["umount", str(where)], capture_output=True)


def folders() -> list[Row]:
    """A folder with traps called as what we import: nothing of them is run, and the answer is the same."""
    rows = []
    for words in (
        ["simulate", "s.toml", "--replicates", "4", "--workers", "2", "--json"],
        ["verify", "link", "kappa-bounds", "kappa-order", "haar-projection-mean", "c.py", "-o", "x"],
        ["audit", "least-squares-limit"],
        ["report", "link", "c.py", "-o", "x"],
        ["data", "t.csv", "--measure", "4", "--json"],
        ["predict", "s.toml"],
        ["check", "E_test = sigma2*d/(T - d - 1)", "--where", "T >= d + 2"],
        ["latex", "c.py"],
        ["phase-diagram", "--x", "b", "--y", "g", "-o", "x.svg"],
    ):
        with place() as folder:
            clean = run(words, folder)
            shutil.rmtree(folder / "x", ignore_errors=True)
            for name in TRAPS:
                (folder / f"{name}.py").write_text(
                    "import pathlib\n(pathlib.Path(__file__).parent / 'executed').touch()\nraise SystemError('trap')\n"
                )
            done = run(words, folder)
            fine = done.returncode == clean.returncode == 0 and not (folder / "executed").exists()
            rows.append(
                [f"`{' '.join(words[:2])} ...`", str(len(TRAPS)), "nothing of them is run" if fine else "EXECUTED"]
            )
    return rows


def dask() -> list[Row]:
    """A real scheduler and two workers: one worker killed, then the scheduler; and schedulers that are none."""
    try:
        import distributed  # noqa: F401
    except ImportError:
        return [["Dask", "not installed", "–"]]
    rows = []
    with place() as folder:
        words = ["simulate", "s.toml", "--replicates", "600", "--seed", "5", "--json"]
        local = run(words, folder).stdout
        port = _free_port()
        address = f"tcp://127.0.0.1:{port}"
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
        cli = [sys.executable, "-P", "-m", "distributed.cli"]
        scheduler = subprocess.Popen(
            [*cli[:-1], "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"],
            **quiet,
        )
        started = [*cli[:-1], "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard"]
        workers = [subprocess.Popen(started, **quiet) for _ in range(2)]
        try:
            time.sleep(15)
            for what, victims in (("a worker", workers[:1]), ("the scheduler", [scheduler])):
                child = subprocess.Popen([*COMMAND, *words, "--scheduler", address, "--store", f"{len(rows)}.db"], cwd=folder,
                                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # fmt: skip
                _until(lambda: _kept(folder / f"{len(rows)}.db") > 20, 60)
                for victim in victims:
                    victim.kill()
                out, err = child.communicate(timeout=300)
                if what == "a worker":
                    rows.append([f"{what} is killed", "the same bits" if out == local else f"LOST: {err[-200:]}"])
                    continue
                refused = (
                    child.returncode == 2 and "Traceback" not in err and err.splitlines()[-1].startswith("ridgeproof: ")
                )
                resumed = run([*words, "--store", f"{len(rows)}.db"], folder).stdout == local
                said = "one line, status 2; what was drawn is kept" if refused and resumed else f"LOST: {err[-200:]}"
                rows.append([f"{what} is killed", said])
        finally:
            for process in (*workers, scheduler):
                process.kill()
                process.wait()
        rows += [[what, _refusal(address, folder)] for what, address in _strangers()]
    return rows


def _refusal(address: str, folder: Path) -> str:
    begun = time.monotonic()
    done = run(["simulate", "s.toml", "--replicates", "2", "--scheduler", address], folder)
    seconds = time.monotonic() - begun
    return f"one line, status 2, {seconds:.0f} s" if one_line(done) else f"FAULT: {done.stderr[-200:]}"


def _strangers() -> Iterator[tuple[str, str]]:
    """Addresses at which there is no scheduler, and servers that are none."""
    yield from [
        (f"`{x}`", x) for x in ("tls://127.0.0.1:1", "ucx://127.0.0.1:1", "inproc://x", "garbage", "tcp://127.0.0.1:9")
    ]
    for what, answer in (
        ("a server that never answers", b""),
        ("a server that talks garbage", random.Random(1).randbytes(5000)),
    ):
        server = socket.create_server(("127.0.0.1", 0))
        pid = os.fork()
        if pid == 0:
            kept = []
            while True:
                kept.append(server.accept()[0])
                kept[-1].sendall(answer)
        try:
            yield what, f"tcp://127.0.0.1:{server.getsockname()[1]}"
        finally:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            server.close()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _kept(store: Path) -> int:
    import sqlite3

    if not store.exists():
        return 0
    try:
        connection = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
        return int(connection.execute("SELECT count(*) FROM replicate").fetchone()[0])
    except sqlite3.Error:
        return 0


def _until(reached: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not reached() and time.monotonic() < end:
        time.sleep(0.05)


STUDIES: dict[str, tuple[Callable[[], list[Row]], Row, str]] = {
    "kills": (kills, ["run", "kills", "then"], "Killed (SIGKILL, at random moments)"),
    "full": (full, ["run", "said", "left"], "Full disks"),
    "folders": (folders, ["run", "traps", "found"], "Hostile folders (files called as what is imported)"),
    "dask": (dask, ["what happens", "then"], "Dask"),
}


def main() -> int:
    """Run the studies, and say what was found."""
    parser = argparse.ArgumentParser(description="Kills, full disks, hostile folders, clusters that die.")
    parser.add_argument("studies", nargs="*", metavar="STUDY", help=", ".join(STUDIES))
    parser.add_argument("--write", action="store_true", help="write docs/reliability.md")
    arguments = parser.parse_args()
    lost = False
    for name in arguments.studies or STUDIES:
        study, head, title = STUDIES[name]
        rows = study()
        print(json.dumps({name: rows}, indent=1), flush=True)
        lost = lost or any(
            word in cell for row in rows for cell in row for word in ("LOST", "HALF", "EXECUTED", "FAULT")
        )
        if arguments.write:
            text = f"## {title}\n\nGenerated by `python tools/endure.py {name} --write`.\n\n{pages.table(head, rows)}"
            pages.replace(PAGE, name, text)
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
