"""The audit: plant faults in the claims, and count how many verification catches.

A fault is planted in a copy of a claim, and the copy goes through the same doors as a claim does: its derivation is
carried out and compared with what it states and supposes (*proof*), and its statement is confronted with the witnesses
(*confrontation*).  It is caught where the verdict changes for the worse.  A fault in a certificate is caught when the
kernel rejects it, or when what it proves is no longer what the claim says (*certificate*).  The witnesses' numbers do
not depend on the formula that they judge, so one set of simulations serves all mutants of a claim.

A mutant that is really true is recognised by proof and counted apart (``audit_equivalence``).  What is neither caught
nor equivalent has escaped, and is listed.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import sympy as sp

from ridgeproof.errors import ClaimError, DomainError, InputError, RidgeproofError
from ridgeproof.numerics import processes as tasks
from ridgeproof.theorems.claim import Claim, Equation
from ridgeproof.theorems.registry import all_claims

from .. import kernel as K
from ..court import conditions
from ..court.court import FALSE_ALARM, Carried, Proof, carry_out, conclude, restates
from ..verdicts import Grade
from ..witnesses import judge
from ..witnesses.effort import Effort, effort
from ..witnesses.exact import Judge
from ..witnesses.rounds import judged, witnesses
from . import equivalence as audit_equivalence
from . import faults as audit_faults
from .mutations import spread_out

SEED = 3
STATEMENTS, STEPS, ENTRIES = 24, 16, 24  # faults planted in each claim's statement, derivation and certificate, at most
CLOSER = 8000  # replicates where the usual ones let a fault pass, e.g. a difference of order 1/d


@dataclass
class Tally:
    """What became of the faults planted in one claim."""

    id: str
    planted: Counter[str] = field(default_factory=Counter)
    caught: Counter[str] = field(
        default_factory=Counter
    )  # by proof, confrontation, certificate; one fault may count twice
    operators: Counter[str] = field(default_factory=Counter)
    equivalent: Counter[str] = field(default_factory=Counter)
    escaped: list[dict[str, str]] = field(default_factory=list)
    unplanted: int = 0  # hypotheses in words, which restate the setting or the vocabulary
    seconds: float = 0.0

    def enter(self, place: str, operator: str, by: Iterable[str], equivalent: str, what: str) -> None:
        """Enter one fault: who caught it, or why it is none."""
        self.planted[place] += 1
        self.operators[operator] += 1
        catchers = list(by)
        if catchers:
            self.caught["any"] += 1
            self.caught.update(catchers)
        elif equivalent:
            self.equivalent[equivalent] += 1
        else:
            self.escaped.append({"claim": self.id, "place": place, "operator": operator, "planted": what})


def audit(
    ids: Iterable[str] | None = None, workers: int = 2, progress: Callable[[int, int | None], None] | None = None
) -> dict[str, Any]:
    """Plant faults in registered claims.

    Parameters
    ----------
    ids : ids of claims; all of them by default.
    workers : child processes; the result does not depend on it, except for the seconds.
    progress : called as ``progress(done, total)`` after each claim.

    Returns
    -------
    dict
        ``planted``, ``caught``, ``equivalent`` (numbers), ``escaped`` (a list), and how the numbers come about.
    """
    started = time.perf_counter()
    chosen = [c.id for c in all_claims()] if ids is None else list(ids)
    tallies: dict[str, Tally] = {}
    steps = {c.id: len(c.derivation()) for c in all_claims() if len(chosen) > workers}
    longest_first = sorted(chosen, key=lambda i: -steps.get(i, 0))  # so that no child is left alone with one at the end
    for _, tally in tasks.run(__name__, "audit_registered", [(i,) for i in longest_first], workers):
        tallies[tally.id] = tally
        if progress is not None:
            progress(len(tallies), len(chosen))
    return report([tallies[i] for i in chosen], time.perf_counter() - started)


def report(tallies: list[Tally], seconds: float) -> dict[str, Any]:
    """The contract's document."""

    def total(name: str) -> Counter[str]:
        return sum((getattr(t, name) for t in tallies), Counter[str]())

    planted, caught, operators, equivalent = map(total, ("planted", "caught", "operators", "equivalent"))
    return {
        "planted": sum(planted.values()),
        "caught": caught["any"],
        "equivalent": sum(equivalent.values()),
        "escaped": [e for t in tallies for e in t.escaped],
        "by_proof": caught["proof"],
        "by_confrontation": caught["confrontation"],
        "by_certificate": caught["certificate"],
        "planted_in": dict(planted),
        "operators": dict(operators.most_common()),
        "equivalent_because": dict(equivalent.most_common()),
        "hypotheses_in_words_not_planted": sum(t.unplanted for t in tallies),
        "claims": [
            {
                "id": t.id,
                "planted": sum(t.planted.values()),
                "caught": t.caught["any"],
                "equivalent": sum(t.equivalent.values()),
                "escaped": len(t.escaped),
                "by_proof": t.caught["proof"],
                "by_confrontation": t.caught["confrontation"],
                "by_certificate": t.caught["certificate"],
                "seconds": round(t.seconds, 2),
            }
            for t in tallies
        ],
        "seconds": round(seconds, 2),
    }


def audit_registered(claim_id: str) -> Tally:
    """:func:`audit_claim` for a registered claim, in a child process."""
    return audit_claim(next(c for c in all_claims() if c.id == claim_id))


def audit_claim(claim: Claim) -> Tally:
    """Plant faults in one claim and see what becomes of them."""
    started, rng = time.perf_counter(), random.Random(f"{SEED} {claim.id}")
    work = replace(effort("fast", comparisons=1000, false_alarm=FALSE_ALARM), exponents=8, families=3)
    tally = Tally(claim.id)
    carried = carry_out(claim, claim.derivation())
    base = conclude(claim, carried)
    judges = witnesses(claim, work)
    _plant_statements(claim, carried, base, judges, work, tally, rng)
    _plant_hypotheses(claim, carried, base, work, tally)
    _plant_steps(claim, carried, base, tally, rng)
    _plant_entries(carried, tally, rng)
    tally.seconds = time.perf_counter() - started
    return tally


# --- statements ------------------------------------------------------------------------------------------------------


def _plant_statements(
    claim: Claim, carried: Carried, base: Proof, judges: list[Judge], work: Effort, tally: Tally, rng: random.Random
) -> None:
    kept: list[list[Judge]] = []

    def closer() -> list[Judge]:
        """Witnesses with smaller error bars; none where those are so small that they refute the claim itself."""
        if not kept:
            near = witnesses(claim, replace(work, replicates=CLOSER))
            kept.append([] if _refuted(near, claim.equations) else near)
        return kept[0]

    was_refuted = claim.expected == "refuted"
    faults = [] if was_refuted else spread_out(list(audit_faults.statements(claim)), STATEMENTS, rng)
    for operator, mutant in faults:
        by = ["proof"] if conclude(mutant, carried).worse_than(base) else []
        if _refuted(judges, mutant.equations):
            by.append("confrontation")
        because = "" if "confrontation" in by else audit_equivalence.reason(claim, mutant, carried)
        if not by and not because and (_fails(mutant) or _refuted(closer(), mutant.equations)):
            by.append("confrontation")
        tally.enter("statement", operator, [] if because else by, because, _difference(claim, mutant))
    for operator, mutant in audit_faults.relations(claim):
        by = ["proof"] if conclude(mutant, carried).worse_than(base) else []
        if mutant.expected != claim.expected:  # a claim is in order when it is refuted just if it is kept as refuted
            found = judge.judge(claim).outcome
            stands = found == "holds" or (found != "fails" and not _refuted(judges, claim.equations))
            if stands == (mutant.expected == "refuted"):
                by.append("proof" if base.complete else "confrontation")
        elif not by:
            finer = replace(work, replicates=CLOSER)
            seen = _fails(mutant) or any(_refuted(witnesses(mutant, w), mutant.equations) for w in (work, finer))
            by += ["confrontation"] if seen else []
        tally.enter("statement", operator, by, "", f"{mutant.relation}, {mutant.expected}")


def _fails(claim: Claim, or_has_no_meaning: bool = False) -> bool:
    """Whether the exact witnesses, which the court asks too, contradict a claim (or find that a side has no value)."""
    found = judge.judge(claim)
    return found.outcome == "fails" or (or_has_no_meaning and found.meaningless)


def _refuted(judges: list[Judge], parts: tuple[Equation, ...]) -> bool:
    """Whether the witnesses refute any of the equations."""
    return any(
        e.grade == Grade.REFUTED
        for witness, part in zip(judges, parts, strict=bool(judges))
        for e in judged(witness, part)
    )


def _difference(claim: Claim, mutant: Claim) -> str:
    """What was planted, in the statement's own words."""
    for was, now in zip(claim.statement, mutant.statement, strict=True):
        for x, y in ((was.left, now.left), (was.right, now.right)):
            if x != y:
                return f"{sp.sstr(y):.300} for {sp.sstr(x):.300}"
    for (name, x), (_, y) in zip(claim.where, mutant.where, strict=True):
        if x != y:
            return f"{name} = {sp.sstr(y):.300} for {sp.sstr(x):.300}"
    return "nothing"


# --- hypotheses ------------------------------------------------------------------------------------------------------


def _plant_hypotheses(claim: Claim, carried: Carried, base: Proof, work: Effort, tally: Tally) -> None:
    tally.unplanted = sum(h.condition is None for h in claim.hypotheses)
    if claim.expected == "refuted":
        return
    small = replace(work, families=1, exponents=2, points=3)
    known: dict[Claim, bool] = {}  # a weakened hypothesis meets probes of the dropped one

    def contradicted(probe: Claim) -> bool:
        if probe not in known:
            known[probe] = _contradicted(probe, small) or _fails(probe, or_has_no_meaning=True)
        return known[probe]

    for doubt in audit_faults.hypotheses(claim):
        by, because = [], ""
        after = conclude(doubt.mutant, carried)
        if base.complete and after.complete:
            because = "the kernel proves the statement under the changed hypotheses too"
        elif any(map(contradicted, doubt.probes)):
            by.append("confrontation")
        elif _follows(doubt.mutant, claim):
            because = "the changed hypotheses imply the original ones"
        if not because and after.worse_than(base):
            by.append("proof")
        tally.enter("hypothesis", doubt.operator, by, because, _conditions(claim, doubt.mutant))


def _follows(mutant: Claim, original: Claim) -> bool:
    granted = conditions.facts(mutant)
    return all(conditions.grants(c, granted) for c in original.conditions)


def _contradicted(probe: Claim, work: Effort) -> bool:
    """Whether the witnesses refute a statement where a hypothesis fails, or the model itself ends there."""
    try:
        judges = witnesses(probe, work)
        return any(
            e.grade == Grade.REFUTED for ask, part in zip(judges, probe.equations, strict=True) for e in ask(part)
        )
    except (DomainError, InputError):  # e.g. an infinite error, or a power law without a trace
        return True
    except (ClaimError, RidgeproofError, ArithmeticError):
        return False


def _conditions(claim: Claim, mutant: Claim) -> str:
    was, now = set(map(str, claim.conditions)), set(map(str, mutant.conditions))
    return f"{', '.join(sorted(now - was)) or 'nothing'} for {', '.join(sorted(was - now))}"


# --- derivations and certificates ------------------------------------------------------------------------------------


def _plant_steps(claim: Claim, carried: Carried, base: Proof, tally: Tally, rng: random.Random) -> None:
    if not carried.sound:
        return
    faults = [(operator, (i, steps)) for operator, i, steps in audit_faults.derivations(claim, carried.steps)]
    for operator, (i, steps) in spread_out(faults, STEPS, rng):
        done = carry_out(claim, steps)
        caught = not done.sound or conclude(claim, done).worse_than(base)
        still = ", and the statement still" if base.complete else ""
        because = "" if caught else f"the kernel proves the changed step{still}"
        by = ["proof"] if caught else []
        tally.enter("derivation", operator, by, because, f"step {i + 1}: {steps[i]!r:.400}")


def _plant_entries(carried: Carried, tally: Tally, rng: random.Random) -> None:
    if carried.certificate is None:
        return
    faults = list(audit_faults.certificates(carried.certificate))
    for operator, (path, new) in spread_out(faults, ENTRIES, rng):
        mutant = audit_faults.with_entry(carried.certificate, path, new)
        by, because = [], ""
        try:
            K.check(mutant)
        except K.Rejected:
            by.append("certificate")
        else:
            if restates(mutant, carried.certificate):
                because = "the kernel accepts another proof of the same conclusions"
            else:
                by.append("certificate")
        tally.enter("certificate", operator, by, because, f"{'/'.join(map(str, path))}: {new}")
