"""The court: derivations are certified by the kernel, statements confronted with witnesses, and a verdict is given."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sympy as sp

from proofs_check import kernel as K
from proofs_check.export import Exporter
from proofs_check.tactics import TACTICS, Builder
from proofs_check.verdicts import Evidence, Grade, Row, verdict
from theorems import claim as C
from theorems import vocabulary as voc
from theorems.errors import ClaimError, DerivationError
from theorems.functions import Expect, open_degrees
from theorems.registry import all_claims

FALSE_ALARM = 1e-3  # of one whole run of verify, over all its statistical comparisons


@dataclass(frozen=True)
class Proof:
    """What became of a derivation: evidence for every step, the certificate, and whether all of it is certified."""

    evidence: tuple[Evidence, ...]
    certificate: Any
    complete: bool
    premises: tuple[str, ...] = ()


def certify(claim: C.Claim) -> Proof:
    """Carry out a derivation, write its certificate and have the kernel check it."""
    steps = claim.derivation()
    if not steps:
        return Proof((Evidence(Grade.ASSUMED, "no derivation is given"),), None, False)
    evidence: list[Evidence] = []
    builder, certified, complete = Builder(claim, steps), [], True  # type: ignore[var-annotated]
    for number, step in enumerate(steps, 1):
        if isinstance(step, C.Premise):
            continue
        if type(step) not in TACTICS:
            complete = False
            evidence.append(Evidence(Grade.ASSUMED, f"step {number} ({step.rule}): {step.says}", _belief(step)))
            continue
        try:
            lines = TACTICS[type(step)](builder, step)
        except DerivationError as error:
            evidence.append(Evidence(Grade.ASSUMED, f"step {number} ({step.rule}) does not go through: {error}", {"step_failed": number}))
            return Proof(tuple(evidence), None, False)
        builder.lines += lines
        builder.positions[number - 1] = len(builder.lines) - 1
        certified.append(number)
    premises = tuple(s.claim for s in steps if isinstance(s, C.Premise))
    if not builder.lines:
        return Proof(tuple(evidence), None, False, premises)
    document = json.loads(json.dumps(builder.document()))
    started = time.perf_counter()
    try:
        result = K.check(document)
    except K.Rejected as error:
        evidence.append(Evidence(Grade.ASSUMED, f"the kernel rejects the certificate: {error}", {"step_failed": 0}))
        return Proof(tuple(evidence), None, False, premises)
    details = {
        "steps": certified,
        "kernel_lines": result["lines"],
        "kernel_rules": result["rules"],
        "kernel_seconds": round(time.perf_counter() - started, 4),
        "where": result["side_conditions"],
    }
    if result["assumed"]:
        details["by_definition"] = result["assumed"]
    missing = _missing_moments(claim, result["moments_of"])
    if missing:
        complete = False
        evidence.append(Evidence(Grade.ASSUMED, f"hypotheses do not say that moments exist: {', '.join(missing)}"))
    reached = _reached(claim, steps)
    if not reached:
        complete = False
        details["note"] = "the certified steps do not end in the statement itself"
    what = "every step" if complete else f"{len(certified)} of {len(steps)} steps"
    evidence.insert(0, Evidence(Grade.PROVED, f"{what} certified by the kernel", details))
    return Proof(tuple(evidence), document, complete, premises)


def _belief(step: C.Step) -> dict[str, Any]:
    if isinstance(step, C.Cited):
        return {"believe": step.reference}
    return {"believe": "the computer algebra's integral or limit"}


def _missing_moments(claim: C.Claim, letters: Iterable[str]) -> list[str]:
    """Moments that a proof takes for granted and no hypothesis grants."""
    needed = {x.name: condition for x, condition in voc.MOMENTS_EXIST.items()}
    return [str(needed[name]) for name in letters if name in needed and needed[name] not in claim.conditions]


def _reached(claim: C.Claim, steps: tuple[C.Step, ...]) -> bool:
    """Whether every equation of the statement is the conclusion of a certified step, letter for letter."""
    concluded = [e for s in steps if s.certified for e in s.conclusions()]
    return all(any(_same(part.left, e.left) and _same(part.right, e.right) for e in concluded) for part in claim.equations)


def _same(x: sp.Basic, y: sp.Basic) -> bool:
    if x == y:
        return True
    if isinstance(x, sp.MatrixExpr) or isinstance(y, sp.MatrixExpr):
        return False
    if x.has(Expect) and y.has(Expect):  # as polynomials in traces of words
        return not Exporter().traces(x - y)
    return open_degrees(x.doit()) == open_degrees(y.doit()) if x.has(sp.Derivative) else False


@dataclass(frozen=True)
class Ledger:
    """The verdicts of one run."""

    rows: tuple[Row, ...]
    level: str
    seconds: float

    @property
    def failed(self) -> int:
        """Claims that do not stand: refuted without being kept as such, or kept as refuted and not refuted."""
        return sum(not row.ok for row in self.rows)

    @property
    def accepted(self) -> int:
        """The others."""
        return len(self.rows) - self.failed

    def to_json(self) -> dict[str, Any]:
        """The contract's document."""
        grades = {str(g): sum(row.verdict == g for row in self.rows) for g in Grade}
        return {
            "claims": [row.to_json() for row in self.rows],
            "accepted": self.accepted,
            "failed": self.failed,
            "level": self.level,
            "verdicts": {g: n for g, n in grades.items() if n},
            "assumed_steps": sum(e.grade == Grade.ASSUMED for row in self.rows for e in row.evidence),
            "false_alarm": FALSE_ALARM,
            "seconds": round(self.seconds, 2),
        }

    def write(self, directory: str | Path) -> None:
        """``ledger.json`` and one ``ID.certificate.json`` for every certified derivation."""
        folder = Path(directory)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "ledger.json").write_text(json.dumps(self.to_json(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        for row in self.rows:
            if row.certificate is not None:
                (folder / f"{row.id}.certificate.json").write_text(json.dumps(row.certificate, indent=1) + "\n", encoding="utf-8")


def verify(
    claims: Iterable[C.Claim] | None = None,
    level: str = "fast",
    progress: Callable[[int, int | None], None] | None = None,
) -> Ledger:
    """Judge claims.

    Parameters
    ----------
    claims : the claims; all registered ones by default.
    level : "fast" (a minute or two) or "full" (more points, replicates, sizes and decades).
    progress : called as ``progress(done, total)`` after each claim.

    Returns
    -------
    Ledger
        A claim that rests on a premise is never better than proved relative to it: its own verdict is "proved" only if
        every premise is, by its own derivation.
    """
    from proofs_check.confront import confront, effort

    if level not in ("fast", "full"):
        raise ClaimError(f"level {level!r} is unknown (accepted: fast, full)")
    judged = tuple(all_claims() if claims is None else claims)
    registered = {c.id: c for c in (*all_claims(), *judged)}
    work = effort(level, comparisons=6 * len(judged), false_alarm=FALSE_ALARM)
    proofs: dict[str, Proof] = {}

    def proof_of(claim: C.Claim) -> Proof:
        if claim.id not in proofs:
            proofs[claim.id] = certify(claim)
        return proofs[claim.id]

    def complete(claim_id: str, path: tuple[str, ...] = ()) -> bool:
        if claim_id in path:
            raise ClaimError(f"claims rest on each other in a circle: {' -> '.join((*path, claim_id))}")
        if claim_id not in registered:
            return False
        own = proof_of(registered[claim_id])
        return own.complete and all(complete(p, (*path, claim_id)) for p in own.premises)

    rows, start = [], time.perf_counter()
    for done, claim in enumerate(judged, 1):
        began = time.perf_counter()
        proof = proof_of(claim)
        evidence = list(proof.evidence)
        for premise in proof.premises:
            known = premise in registered
            grade = Grade.PROVED if known and complete(premise) else Grade.ASSUMED
            said = "which is proved" if grade == Grade.PROVED else "which is not proved to the end" if known else "which is not a claim of this ledger"
            evidence.append(Evidence(grade, f"rests on {premise}, {said}", {"premise": premise}))
        try:
            evidence += confront(claim, work)
        except ClaimError as error:
            evidence.append(Evidence(Grade.ASSUMED, f"not confronted: {error}"))
        whole = proof.complete and all(complete(p, (claim.id,)) for p in proof.premises)
        rows.append(
            Row(
                claim.id,
                claim.title,
                claim.source,
                str(claim.relation),
                verdict(tuple(evidence), whole),
                tuple(evidence),
                time.perf_counter() - began,
                claim.expected,
                claim.finding,
                proof.certificate,
            )
        )
        if progress is not None:
            progress(done, len(judged))
    return Ledger(tuple(rows), level, time.perf_counter() - start)
