"""Who judges what, and when: the proof and the confrontation of every claim, on all cores, the longest first.

A piece of work is the proof or the numbers of one claim.  What the store has is taken from there, its certificates
checked again; the rest goes to child processes, and what they cannot be given (claims made in this process, objects
that cannot be compared) is done here.  Results travel as plain data, so that a reused one is the same as a fresh one.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, Literal, NamedTuple

from ridgeproof.errors import RidgeproofError
from ridgeproof.numerics import processes
from ridgeproof.theorems.claim import Claim, Premise, Step
from ridgeproof.theorems.registry import SOURCES, all_claims, read_file

from ..verdicts import Evidence, Grade, finite
from ..witnesses.levels import SEED, Effort
from . import keys
from .store import Key, Store

ALONE = 3  # so many pieces are done here; more are worth the start of child processes
UNKNOWN = 1.0  # seconds that a piece is taken to last of which nothing is known
PATIENT = 10_000  # objects that a child makes between two searches for garbage
FIFTH = 0.2  # of the work is done before the rest is estimated
Kind = Literal["proof", "numbers"]
Report = Callable[[int, int, float | None], None]


class Piece(NamedTuple):
    """The proof or the numbers of one claim."""

    kind: Kind
    claim: str


@dataclass
class Asked:
    """A claim to be judged, what its pieces depend on, and what a user's own claim says to rest on.

    Of registered claims their proof says what they rest on.
    """

    claim: Claim
    registered: bool
    content: str | None = None  # None: it has no canonical form, and is judged here every time
    premises: tuple[str, ...] = ()
    file: str = ""

    def elsewhere(self) -> bool:
        """Whether a child process can judge it."""
        return self.registered or (self.content is not None and bool(self.file))


@dataclass
class Found:
    """What became of the pieces: their values as plain data, the seconds that they took, and which were reused."""

    values: dict[Piece, Any] = field(default_factory=dict)
    seconds: dict[Piece, float] = field(default_factory=dict)
    reused: set[Piece] = field(default_factory=set)


# --- what a claim depends on -----------------------------------------------------------------------------------------


Reader = Callable[[Claim, tuple[Step, ...] | None], tuple[str | None, tuple[str, ...]]]


def ask(claim: Claim, registered: bool, read: Callable[[Reader, Claim], Any]) -> Asked:
    """A claim with what its pieces depend on; a user's derivation is carried out for that, by ``read``, elsewhere."""
    if registered or isinstance(claim.derive, str):
        content, premises = _depends(claim, None)
    else:
        try:
            content, premises = read(_depends, claim)
        except RidgeproofError:
            return Asked(claim, registered)
    return Asked(claim, registered, content, premises, SOURCES.get(claim.id, ""))


def _depends(claim: Claim, steps: tuple[Step, ...] | None) -> tuple[str | None, tuple[str, ...]]:
    content = None
    with contextlib.suppress(keys.Unkeyed, RecursionError, AttributeError, TypeError):
        content = keys.content(claim, steps)
    return content, tuple(s.claim for s in steps or () if isinstance(s, Premise))


def key(piece: Piece, content: str, level: str) -> Key:
    """What a piece depends on."""
    own = {"level": level, "seed": str(SEED)} if piece.kind == "numbers" else {}
    return {
        "piece": piece.kind,
        "claim": piece.claim,
        "content": content,
        "code": keys.code(),
        **own,
        **keys.versions(),
    }


# --- plain data ------------------------------------------------------------------------------------------------------


def plain(evidence: Iterable[Evidence]) -> Any:
    """Evidence as plain data that a JSON file can hold without loss; "not a number" is null, infinities are words."""
    return json.loads(json.dumps([[str(e.grade), e.about, _finite(e.details)] for e in evidence], allow_nan=False))


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return finite(value) if isinstance(value, float) else value


def evidence(value: Any) -> tuple[Evidence, ...]:
    """Evidence from plain data.  Raises ValueError for anything else."""
    if not isinstance(value, list):
        raise ValueError("evidence is a list")
    out = []
    for item in value:
        if not (isinstance(item, list) and len(item) == 3 and isinstance(item[1], str) and isinstance(item[2], dict)):
            raise ValueError("evidence is [grade, about, details]")
        out.append(Evidence(Grade(item[0]), item[1], item[2]))
    return tuple(out)


# --- the work --------------------------------------------------------------------------------------------------------


@cache
def costs() -> dict[str, list[float]]:
    """Seconds of the registered claims' proofs and numbers on one core, for the order and the estimate alone."""
    text = (resources.files(__package__) / "costs.json").read_text("utf-8")
    return {name: [float(x) for x in pair] for name, pair in json.loads(text).items()}


def cost(piece: Piece) -> float:
    """How long a piece is expected to last."""
    return costs().get(piece.claim, [UNKNOWN, UNKNOWN])[0 if piece.kind == "proof" else 1]


class Estimate:
    """How long the rest lasts: the expected costs, scaled by how long finished pieces really took."""

    def __init__(self, pieces: Iterable[Piece], workers: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.open = {p: cost(p) for p in pieces}
        self.workers, self.clock, self.started = workers, clock, clock()
        self.expected = self.took = 0.0

    def add(self, pieces: Iterable[Piece]) -> None:
        """More pieces have turned out to be needed."""
        self.open |= {p: cost(p) for p in pieces}

    def finish(self, piece: Piece, seconds: float) -> None:
        """A piece is done."""
        self.expected += self.open.pop(piece, 0.0)
        self.took += seconds

    def left(self) -> float | None:
        """Seconds; None before a fifth of the work is done."""
        rest = sum(self.open.values())
        if not self.expected or self.expected < FIFTH * (self.expected + rest):
            return None
        speed = self.took / self.expected
        whole = speed * (self.expected + rest) / self.workers - (self.clock() - self.started)
        return max(whole, speed * rest / self.workers / 4)  # what is under way is done in part


def judge(
    asked: Mapping[str, Asked],
    more: Callable[[str], Asked | None],
    work: Effort,
    level: str,
    workers: int,
    store: Store | None,
    report: Report | None,
    by: Mapping[Kind, Callable[[Claim], Any]],
    accept: Callable[[Claim, Any], bool],
) -> Found:
    """Do all pieces of the claims asked for, and the proofs of what they rest on.

    Parameters
    ----------
    asked : by id.
    more : the claim of an id that one rests on, None where there is none.
    by : what does a piece of each kind in this process, as plain data.
    accept : whether a proof from a store or a child process passes the kernel here; it keeps what it has shown.
    """
    found, known = Found(), dict(asked)
    wanted = [Piece(kind, name) for name in asked for kind in ("proof", "numbers")]
    total, estimate = len(wanted), Estimate(wanted, workers)

    def enter(piece: Piece, value: Any, seconds: float, reused: bool = False) -> None:
        found.values[piece], found.seconds[piece] = value, seconds
        if reused:
            found.reused.add(piece)
            estimate.open.pop(piece, None)
        else:
            estimate.finish(piece, seconds)
            content = known[piece.claim].content
            if store is not None and content is not None and storable(value, seconds, work):
                store.put(key(piece, content, level), value, seconds)
        if report is not None:
            report(len(found.values), total, estimate.left())

    if report is not None:
        report(0, total, None)
    with processes.Pool(__name__, "do", workers, first=(work,), where="claims") as pool:
        while wanted:
            missing = [p for p in wanted if not _reuse(p, known[p.claim], level, store, accept, enter)]
            for piece, value, seconds in _done(missing, known, pool, by):
                enter(piece, value, seconds)
                if piece.kind == "proof":  # while children are at work on the others
                    accept(known[piece.claim].claim, value)
            proofs = [found.values[p] for p in wanted if p.kind == "proof"]
            wanted = []
            for name in dict.fromkeys(x for proof in proofs for x in proof["premises"]):
                below = more(name) if name not in known else None
                if below is not None:
                    known[name] = below
                    wanted.append(Piece("proof", name))
            total += len(wanted)
            estimate.add(wanted)
    return found


def storable(value: Any, seconds: float, work: Effort) -> bool:
    """Whether a piece would come out the same on another day: not where numbers were undecided for want of time."""
    undecided = isinstance(value, list) and any(grade == str(Grade.UNDECIDED) for grade, _, _ in value)
    return not undecided or seconds < work.seconds / 2


def _reuse(
    piece: Piece,
    asked: Asked,
    level: str,
    store: Store | None,
    accept: Callable[[Claim, Any], bool],
    enter: Callable[[Piece, Any, float, bool], None],
) -> bool:
    """Enter what the store has of a piece; whether it has something that passes."""
    if store is None or asked.content is None:
        return False
    where = key(piece, asked.content, level)
    began = time.perf_counter()
    stored = store.get(where)
    if stored is None:
        return False
    value, _ = stored
    try:
        fine = accept(asked.claim, value) if piece.kind == "proof" else bool(evidence(value)) or value == []
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        store.refuse(where, f"{type(error).__name__}: {error}")
        return False
    if not fine:
        store.refuse(where, "the kernel does not accept it as a proof of this claim")
        return False
    enter(piece, value, time.perf_counter() - began, True)
    return True


def _done(
    pieces: Iterable[Piece],
    known: Mapping[str, Asked],
    pool: processes.Pool,
    by: Mapping[Kind, Callable[[Claim], Any]],
) -> Iterator[tuple[Piece, Any, float]]:
    """(piece, value, seconds) as they are done, by children where that is worth it, and else here."""
    pieces = list(pieces)
    away = sorted((p for p in pieces if known[p.claim].elsewhere()), key=cost, reverse=True)
    if len(away) <= ALONE and sum(map(cost, away)) < 2 * ALONE:
        away = []
    here = [p for p in pieces if p not in set(away)]
    for piece in here:
        began = time.perf_counter()
        yield piece, by[piece.kind](known[piece.claim].claim), time.perf_counter() - began
    jobs = [(p.kind, p.claim, "" if (a := known[p.claim]).registered else a.file, a.content) for p in away]
    for index, answer in pool.run(jobs):
        piece, (value, seconds) = away[index], answer
        if value is None:  # the child does not find the same claim
            began = time.perf_counter()
            value = by[piece.kind](known[piece.claim].claim)
            seconds = time.perf_counter() - began
        yield piece, value, seconds


def do(work: Effort, kind: Kind, name: str, file: str, content: str | None) -> tuple[Any, float]:
    """One piece, in a child process; (None, 0) where the claim is not the one that is meant."""
    from .court import numbers_of, proof_of

    gc.set_threshold(PATIENT, 20, 50)  # formulas are built by the million, and few are circles
    if file:
        _silence()
    began = time.perf_counter()
    claim = _claim(name, os.path.abspath(file) if file else "", content)
    if claim is None:
        return None, 0.0
    value = proof_of(claim) if kind == "proof" else numbers_of(claim, work)
    return value, time.perf_counter() - began


@cache
def _silence() -> None:
    """What a user's code prints, also by descriptor, is printed by the parent; here, in a child, it goes nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for descriptor in (1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


@cache
def _claim(name: str, file: str, content: str | None) -> Claim | None:
    """A registered claim, or one of a user's file that has the same content there."""
    from .certify import read_apart

    if not file:
        return next(c for c in all_claims() if c.id == name)
    found = _of_file(file).get(name)
    return found if found is not None and ask(found, False, read_apart).content == content else None


@cache
def _of_file(file: str) -> dict[str, Claim]:
    """The claims of a user's file, which is executed once in each child."""
    try:
        return {c.id: c for c in read_file(file).claims}
    except RidgeproofError:
        return {}
