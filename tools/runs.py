"""How the fuzzer runs a command: in a process of its own, in a fork of this one, or many inputs in a row in one fork.

A process of its own is what a user has, and pays for imports each time; a fork has everything imported, and pays for
being a copy of a large process; a row pays for that once.  What happens in a row is believed only where it is what
happens to nearly all inputs - an answer, or a refusal in a line.  Anything else ends the row, and the input is given to
a fork of its own.
"""

from __future__ import annotations

import functools
import json
import os
import resource
import select
import signal
import socket
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

SECONDS = 90  # of the processor, for a command that gives up after 55 by itself
LONGER = {"verify": 400, "report": 400, "audit": 400}  # each claim's code and numbers have 55 of their own
PATIENCE = 10  # times as long, by the clock, for a run that waits or has to wait
ROOM = 2  # GiB, where it has two seconds; users have 4
DIED = 99  # the command raised instead of returning a status
ROW = 100  # inputs, before another fork takes over
WAIT = 30  # seconds by the clock for an input in a row; a longer one gets a fork of its own


@dataclass(frozen=True)
class Run:
    """One run of a command: its status (None: it did not end), what it printed, processor time (s), memory (kB)."""

    status: int | None
    out: str
    err: str
    seconds: float
    memory: int


def settle(folder: Path, bound: str | None) -> None:
    """In a child: into the folder, what it prints and keeps to files beside, the bounds of this run."""
    beside = folder.parent
    os.chdir(folder)
    for number, place in ((0, os.devnull), (1, beside / "stdout"), (2, beside / "stderr")):
        file = os.open(place, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(file, number)
        os.close(file)
    os.environ.update(XDG_CACHE_HOME=str(beside / "cache"), TMPDIR=str(beside / "temporary"), BROWSER="true")
    os.environ["PYTHONHASHSEED"] = "1"  # and here it is 0: what depends on the order of a set shows
    tempfile.tempdir = None
    if bound is not None:
        os.environ.update(RIDGEPROOF_SECONDS=bound, RIDGEPROOF_GIB=str(ROOM))


def make_room(folder: Path) -> None:
    """The folders beside, for what a run keeps."""
    for name in ("cache", "temporary"):
        (folder.parent / name).mkdir()


def printed(folder: Path) -> tuple[str, str]:
    """What a run printed."""
    out, err = ((folder.parent / part).read_text("utf-8", "replace") for part in ("stdout", "stderr"))
    return out, err


def called(words: list[str]) -> int:
    """The command, in this process."""
    from ridgeproof.proofs_check.cli import main as command_line

    sys.argv = ["ridgeproof", *words]
    status = command_line()
    sys.stdout.flush()
    return status


def child(command: str, words: list[str], folder: Path, bound: str | None, own: bool) -> Run:
    """The command in a folder: in a fork of this process, or in a process of its own."""
    make_room(folder)
    limit = LONGER.get(command, SECONDS)
    pid = os.fork()
    if pid == 0:
        os.setsid()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        settle(folder, bound)
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 5))
        status = DIED
        try:
            if own:
                os.execv(sys.executable, [sys.executable, "-P", "-m", "ridgeproof.proofs_check.cli", *words])
            status = called(words)
            learnt()
        finally:
            os._exit(status)
    handle = os.pidfd_open(pid)
    done, _, _ = select.select([handle], [], [], PATIENCE * limit)
    os.close(handle)
    if not done:
        os.killpg(pid, signal.SIGKILL)
    _, status, usage = os.wait4(pid, 0)
    ended = os.waitstatus_to_exitcode(status) if done else None
    ended = None if ended == -signal.SIGXCPU else ended
    return Run(ended, *printed(folder), usage.ru_utime + usage.ru_stime, usage.ru_maxrss)


def learnt() -> None:
    """Leave word of what was imported, while that is asked for."""
    if place := os.environ.get("FUZZ_IMPORTS"):
        with open(place, "a", encoding="utf-8") as file:
            file.write("\n".join([*sys.modules, ""]))


class Row:
    """A fork that is given one input after another; it is made where there is none, and ended where it is worn."""

    def __init__(self) -> None:
        self.pid = self.done = 0
        self.line: socket.socket | None = None

    def run(self, words: list[str], folder: Path, bound: str) -> Run | None:
        """One input; None where it did not come to its end in time, or ended the fork."""
        if self.line is None or self.done == ROW:
            self.end()
            self.begin()
        assert self.line is not None
        self.done += 1
        make_room(folder)
        answer = b""
        with suppress(OSError):
            self.line.sendall(json.dumps([words, str(folder), bound]).encode() + b"\n")
            while not answer.endswith(b"\n") and select.select([self.line], [], [], WAIT)[0]:
                piece = self.line.recv(1 << 16)
                if not piece:
                    break
                answer += piece
        if not answer.endswith(b"\n"):
            self.end()
            return None
        status, seconds, memory = json.loads(answer)
        return Run(status, *printed(folder), seconds, memory)

    def begin(self) -> None:
        """Fork."""
        self.line, theirs = socket.socketpair()
        self.done, self.pid = 0, os.fork()
        if self.pid == 0:
            try:
                os.setsid()
                signal.signal(signal.SIGTERM, signal.SIG_DFL)
                self.line.close()
                serve(theirs)
            finally:
                os._exit(DIED)
        theirs.close()

    def end(self) -> None:
        """End the fork, and what it has started."""
        if self.line is None:
            return
        self.line.close()
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        self.line = None


def serve(line: socket.socket) -> None:
    """In the fork of a row: run what comes along the line, in the folders that come with it, until nothing comes."""
    from ridgeproof.proofs_check.cli import parser

    parser.build = functools.cache(parser.build)  # type: ignore[assignment]
    for text in line.makefile(encoding="utf-8"):
        words, folder, bound = json.loads(text)
        settle(Path(folder), bound)
        before = used()
        status = called(words)
        sys.stderr.flush()
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        line.sendall(json.dumps([status, used() - before, memory]).encode() + b"\n")


def used() -> float:
    """Processor time (s) of this process and of those that it started and that have ended."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, kinds))
