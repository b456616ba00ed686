"""The court: claims are proved and confronted, and judged (``judgement``, from what the kernel has shown)."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Mapping
from typing import Any

from ridgeproof import limits
from ridgeproof.errors import InputError
from ridgeproof.theorems import claim as C
from ridgeproof.theorems.registry import all_claims

from .. import judgement
from ..meaning.proofs import Shown, shown
from ..meaning.say import unchecked
from ..proving.gaps import ELSEWHERE
from ..verdicts import Evidence, Grade, Row
from ..witnesses.levels import LEVELS, Effort
from . import schedule
from .admission import admit
from .certify import Proof, certify, read_apart
from .ledger import Ledger
from .store import Store, texts

ISOTROPIC = "S = I"  # words that numbers know: spectra are drawn so


def verify(
    claims: Iterable[C.Claim] | None = None,
    level: str = "fast",
    progress: schedule.Report | None = None,
    workers: int | None = None,
    unread: Iterable[tuple[str, str]] = (),
    store: Store | None = None,
) -> Ledger:
    """Judge claims.

    Parameters
    ----------
    claims : the claims; all registered ones by default.
    level : "fast" (a minute or two) or "full" (more points, replicates, sizes and decades).
    progress : called as ``progress(done, total, left)`` after each proof and each confrontation; left: seconds, or
        None as long as that cannot be said.
    workers : child processes; by default one for each processor.  The ledger does not depend on it, except for the
        seconds.
    unread : (id, why) of what a file could not be read for: undecided, and no claim of anyone's can rest on it.
    store : judgements of earlier runs, which are reused where nothing has changed that they depend on.

    Returns
    -------
    Ledger
        A claim is proved by sequents that the kernel accepts in this process, and by nothing else.

    Raises
    ------
    InputError
        An unknown level, or two claims with one id.  Whatever else is wrong with a claim leaves that claim undecided.
    """
    if level not in ("fast", "full"):
        raise InputError(f"level {level!r} is unknown", where="verify", accepted="fast, full")
    start = time.perf_counter()
    judged = tuple(all_claims() if claims is None else claims)
    registered = {c.id: c for c in all_claims()}
    own = set()
    problems: dict[str, str] = {}  # claims that cannot be judged: each costs itself alone
    for claim in judged:
        try:
            admit(claim)
        except Exception as error:  # expressions nested beyond Python's stack, for instance
            problems[claim.id] = str(error) if isinstance(error, InputError) else limits.described(error)
        if registered.setdefault(claim.id, claim) is not claim:
            raise InputError(
                f"two claims have the id {claim.id!r}",
                where="claims",
                accepted="ids that differ, also from those of `ridgeproof list`",
            )
    own = registered.keys() - {c.id for c in all_claims()}
    asked = {c.id: schedule.ask(c, c.id not in own, read_apart) for c in judged if c.id not in problems}
    problems |= _circles(asked)
    work = LEVELS[level]
    known: dict[str, Shown | None] = {}  # what the kernel has shown in this process, of certificates from anywhere

    def still_proves(claim: C.Claim, value: Any) -> bool:
        """Whether what a store says of a claim's proof is so: the kernel checks its certificates again."""
        proof = _proof(value)
        known[claim.id] = shown(claim, proof.certificates) if proof.complete else None
        return value["complete"] == proof.complete == (known[claim.id] is not None)

    found = schedule.judge(
        {name: a for name, a in asked.items() if name not in problems},
        lambda name: schedule.ask(registered[name], name not in own, read_apart) if name in registered else None,
        work,
        level,
        workers or os.cpu_count() or 1,
        store,
        progress,
        {"proof": proof_of, "numbers": lambda claim: numbers_of(claim, work)},
        still_proves,
    )
    proofs = {piece.claim: _proof(value) for piece, value in found.values.items() if piece.kind == "proof"}
    for name, proof in proofs.items():
        if known.get(name) is None:
            known[name] = shown(registered[name], proof.certificates) if proof.complete else None
    rows = {c.id: _unjudged(c.id, problems[c.id], c) for c in judged if c.id in problems}
    for claim in (c for c in judged if c.id not in problems):
        pieces = [schedule.Piece(kind, claim.id) for kind in ("proof", "numbers")]
        proof = proofs[claim.id]
        resting = [_premise(p, known.get(p), registered.get(p)) for p in proof.premises]
        numbers = schedule.evidence(found.values[pieces[1]])
        if known[claim.id] is None:  # what is proved says it with its sequent
            numbers = tuple(_with_words(claim, e) for e in numbers)
        rows[claim.id] = judgement.row(
            claim,
            known[claim.id],
            (*proof.evidence, *resting, *numbers),
            sound=proof.sound,
            gaps=tuple(gap for gap in proof.gaps if gap != ELSEWHERE),  # what ends elsewhere is no faulty argument
            certificates=proof.certificates,
            seconds=sum(found.seconds[p] for p in pieces),
            reused=all(p in found.reused for p in pieces),
        )
    told = [rows[c.id] for c in judged] + [_unjudged(where, why) for where, why in unread]
    return Ledger(tuple(told), level, time.perf_counter() - start)


def _with_words(claim: C.Claim, evidence: Evidence) -> Evidence:
    """What numbers say, and the hypotheses that they know nothing of: a refutation may rest on their neglect."""
    left = [text for text in unchecked(claim) if ISOTROPIC not in text]
    if not left:
        return evidence
    about = f"{evidence.about}; hypotheses in words that no condition carries, unchecked: {'; '.join(left)}"
    return Evidence(evidence.grade, about, {**evidence.details, "unchecked": left})


def _premise(name: str, proved: Shown | None, claim: C.Claim | None) -> Evidence:
    """What is to be said of a claim that another one rests on."""
    known = None if claim is None else judgement.grade(claim, proved)
    said = known or ("not a claim of this ledger" if claim is None else "not proved")
    return Evidence(known or Grade.ASSUMED, f"rests on {name}, which is {said}", {"premise": name})


def _circles(asked: Mapping[str, schedule.Asked]) -> dict[str, str]:
    """Claims that rest on each other in a circle, found before any work; registered ones rest on none of a user's."""
    found: dict[str, str] = {}

    def visit(name: str, path: tuple[str, ...]) -> str:
        if name in path:
            return " -> ".join((*path, name))
        below = asked[name].premises if name in asked else ()
        return next((circle for p in below if (circle := visit(p, (*path, name)))), "")

    for name in asked:
        if circle := visit(name, ()):
            found[name] = (
                f"premises: claims rest on each other in a circle: {circle} (accepted: premises without a circle)"
            )
    return found


def proof_of(claim: C.Claim) -> Any:
    """What became of a claim's derivation, as plain data."""
    proof = certify(claim)
    return {
        "evidence": schedule.plain(proof.evidence),
        "certificates": json.loads(json.dumps(proof.certificates)),
        "complete": proof.complete,
        "premises": list(proof.premises),
        "sound": proof.sound,
        "gaps": list(proof.gaps),
    }


def _proof(value: Any) -> Proof:
    """The same from plain data.  Raises ValueError for anything else."""
    lists = [value[name] for name in ("premises", "gaps")]
    flags = type(value["complete"]) is type(value["sound"]) is bool
    if not (flags and all(map(texts, lists)) and isinstance(value["certificates"], list)):
        raise ValueError("no proof")
    premises, gaps = map(tuple, lists)
    return Proof(schedule.evidence(value["evidence"]), tuple(value["certificates"]), premises, value["sound"], gaps)


def numbers_of(claim: C.Claim, work: Effort) -> Any:
    """What the witnesses say of a claim, as plain data."""
    from ..witnesses.confront import confront

    return schedule.plain(confront(claim, work))


def _unjudged(name: str, why: str, claim: C.Claim | None = None) -> Row:
    """The row of a claim that cannot be judged, or of a part of a file that cannot be read."""
    reason = " ".join(why.split())
    evidence = (Evidence(Grade.UNDECIDED, reason, {"meaningless": True}),)
    title, source, relation = ("", "", "") if claim is None else (str(claim.title), str(claim.source), claim.relation)
    return Row(name, title, source, str(relation), Grade.UNDECIDED, evidence, 0.0, reason=reason)
