"""The audit: plant faults in the claims and in the instruments, and see which instrument notices what.

A fault is planted in a copy of a claim, and the copy goes through the same doors as a claim does: its derivation is
carried out anew and compared with what it states and supposes (*kernel*), and its statement is confronted with exact
numbers (*exact*) and with draws (*simulation*).  Every instrument is asked about every fault that it can be asked
about, so that what escapes the others when one is switched off is known.  A fault in a certificate is noticed when the
kernel rejects it, or when what it proves is no longer what the claim says.  Instruments: :mod:`.sabotage`.

A changed claim that is true is recognised by a proof (:mod:`.truths`) and counted apart.  What is neither noticed nor
true has escaped, and is listed; so is a claim that is proved although numbers refute it.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import sympy as sp

from ridgeproof.numerics import processes as tasks
from ridgeproof.theorems.claim import Claim
from ridgeproof.theorems.registry import all_claims

from ..court.certify import conclude
from ..court.ledger import FALSE_ALARM
from ..meaning.proofs import shown
from ..meaning.say import unchecked
from ..proving.carrying import carry_out
from ..witnesses import judge
from ..witnesses.effort import effort
from . import faults as audit_faults
from . import instruments, sabotage, truths
from .instruments import INSTRUMENTS
from .mutations import spread_out
from .tally import Tally, report

SEED = 3
SAMPLE = {"statement": 6, "relation": 1, "hypothesis": 2, "setting": 3, "derivation": 5, "certificate": 6}
SECONDS = 40.0  # of a claim, in a sample, after which nothing further is planted in it
PER_FAULT = 0.5  # seconds, about, on one idle core: for the estimate
X = TypeVar("X")


def chosen(ids: Iterable[str] | None) -> list[str]:
    """Ids of the claims that are audited: all by default."""
    return [c.id for c in all_claims()] if ids is None else list(ids)


def estimate(ids: Sequence[str], everything: bool, workers: int) -> float:
    """Seconds, about, that an audit takes on idle cores."""
    if everything:
        return PER_FAULT * 150 * len(ids) / max(1, workers)
    return min(SECONDS, PER_FAULT * (5 + sum(SAMPLE.values()))) * len(ids) / max(1, workers)


def audit(
    ids: Iterable[str] | None = None,
    workers: int = 2,
    progress: Callable[[int, int | None], None] | None = None,
    everything: bool = False,
    without: Collection[str] = (),
    tools: bool = True,
) -> dict[str, Any]:
    """Plant faults in registered claims.

    Parameters
    ----------
    ids : ids of claims; all of them by default.
    workers : child processes; the result does not depend on it, except for the seconds.
    progress : called as ``progress(done, total)`` after each claim.
    everything : every fault that can be planted, in place of a sample with a fixed seed.
    without : instruments that are switched off.
    tools : whether faults are planted in the witnesses and in the translation, too.

    Returns
    -------
    dict
        ``planted``, ``caught``, ``equivalent`` (numbers), ``escaped`` (a list), and how the numbers come about.
    """
    started = time.perf_counter()
    names = chosen(ids)
    off = tuple(x for x in INSTRUMENTS if x in without)
    tallies: dict[str, Tally] = {}
    jobs: list[tuple[str, bool, tuple[str, ...]]] = [(i, everything, off) for i in names]
    jobs += [(TOOLS, everything, off)] if tools else []
    steps = {c.id: len(c.derivation()) for c in all_claims() if len(names) > workers}
    jobs.sort(key=lambda job: -steps.get(job[0], 10**6))  # so that no child is left alone with one at the end
    for _, tally in tasks.run(__name__, "audit_registered", jobs, workers):
        tallies[tally.id] = tally
        if progress is not None:
            progress(len(tallies), len(jobs))
    order = [*names, *([TOOLS] if tools else [])]
    return report([tallies[i] for i in order], time.perf_counter() - started, off)


TOOLS = "(instruments)"


def audit_registered(claim_id: str, everything: bool = False, off: tuple[str, ...] = ()) -> Tally:
    """:func:`audit_claim` for a registered claim, in a child process; or faults in the instruments."""
    if claim_id == TOOLS:
        return audit_tools(everything, off)
    return audit_claim(next(c for c in all_claims() if c.id == claim_id), everything, off)


def audit_tools(everything: bool = False, off: tuple[str, ...] = ()) -> Tally:
    """Plant faults in the witnesses and in the translation."""
    started, tally, known = time.perf_counter(), Tally(TOOLS), dict[str, Any]()
    made = [*sabotage.translations(), *sabotage.witnesses()]
    for fault in made if everything else made[:8]:
        by = [x for x in sabotage.noticed(fault, known) if x not in off]
        tally.enter(fault.place, f"wrong {fault.place}", by, "", fault.what)
    tally.seconds = time.perf_counter() - started
    return tally


class _Audit:
    """The audit of one claim."""

    def __init__(self, claim: Claim, everything: bool, off: tuple[str, ...]) -> None:
        self.claim, self.everything, self.off = claim, everything, off
        self.tally, self.rng = Tally(claim.id), random.Random(f"{SEED} {claim.id}")
        self.started = time.process_time()
        self.carried = carry_out(claim, claim.derivation())
        self.base = conclude(claim, self.carried)
        self.work = replace(effort("fast", comparisons=1000, false_alarm=FALSE_ALARM), exponents=8, families=3)
        self.judges, self.draws = (instruments.judges_of(claim, self.work) for _ in range(2))
        # what refutes the claim itself says nothing of a mutant
        self.judges = [] if instruments.other_numbers(claim, self.judges) else self.judges
        self.draws = [] if instruments.simulation(claim, self.draws) else self.draws

    def sample(self, place: str, found: list[tuple[str, X]], always: str = "factor") -> Iterable[tuple[str, X]]:
        """The faults that are planted in one place, first those ``always`` planted; none once the time is spent."""
        surely = [f for f in found if f[0].startswith(always)]
        others = [f for f in found if not f[0].startswith(always)]
        picked = surely + (others if self.everything else spread_out(others, SAMPLE[place], self.rng))
        for i, fault in enumerate(picked):
            if not self.everything and time.process_time() - self.started > SECONDS:
                self.tally.left_out += len(picked) - i
                return
            yield fault

    def numbers(self, mutant: Claim, judges: bool = True) -> list[str]:
        """Which of the instruments that compute contradict a changed claim."""
        by = []
        ask = self.judges if judges else []
        if "exact" not in self.off and (instruments.exact(mutant) or (ask and instruments.other_numbers(mutant, ask))):
            by.append("exact")
        drawn = self.draws if judges else []
        if "simulation" not in self.off and drawn and instruments.simulation(mutant, drawn):
            by.append("simulation")
        return by

    def enter(self, place: str, operator: str, mutant: Claim, by: list[str], complete: bool, what: str) -> None:
        """Enter a fault in what a claim says: a proof of what numbers refute has escaped, whoever else noticed it."""
        if by != ["kernel"] and by and self.base.complete and complete:
            self.tally.enter(place, f"{operator}, proved and refuted", (), "", what)
            return
        refuted = [x for x in by if x != "kernel"]
        because = "" if refuted else truths.reason(self.claim, mutant, self.carried)
        self.tally.enter(place, operator, by, because, what)

    def statements(self) -> None:
        """Faults in the statement: its derivation ends elsewhere, and numbers contradict it."""
        if self.claim.expected == "refuted":
            return
        for operator, mutant in self.sample("statement", list(audit_faults.statements(self.claim))):
            proof = conclude(mutant, self.carried)
            by = ["kernel"] if "kernel" not in self.off and proof.worse_than(self.base) else []
            by += self.numbers(mutant)
            place = "small" if operator in audit_faults.SIZED else "statement"
            self.enter(place, operator, mutant, by, proof.complete, _difference(self.claim, mutant))

    def relations(self) -> None:
        """A stronger relation, and a claim kept for the wrong reason."""
        for operator, mutant in self.sample("relation", list(audit_faults.relations(self.claim))):
            proof = conclude(mutant, self.carried)
            by = ["kernel"] if "kernel" not in self.off and proof.worse_than(self.base) else []
            if mutant.expected == self.claim.expected:
                by += self.numbers(mutant, judges=False)
            else:  # a claim is in order when it is refuted just if it is kept as refuted
                outcome = judge.judge(self.claim).outcome
                stands = outcome == "holds" or (outcome != "fails" and self.base.complete)
                if stands == (mutant.expected == "refuted"):
                    by += ["kernel"] if outcome == "undecided" else ["exact"]
                    by = [x for x in by if x not in self.off]
            because = "" if by else truths.reason(self.claim, mutant, self.carried)
            if self.claim.expected == mutant.expected == "refuted":  # = implies ~=, and ~ implies the order
                because = "what is refuted up to lower orders or constants is refuted as it stands"
            self.tally.enter("relation", operator, by, because, f"{mutant.relation}, {mutant.expected}")

    def hypotheses(self) -> None:
        """Every hypothesis dropped, some changed: the derivation is carried out anew under the others."""
        if self.claim.expected == "refuted":
            return
        doubts = [(x.operator, x) for x in audit_faults.hypotheses(self.claim)]
        for operator, doubt in self.sample("hypothesis", doubts, "dropped"):
            proof = instruments.certified(doubt.mutant)
            by = ["kernel"] if "kernel" not in self.off and proof.worse_than(self.base) else []
            by += self.numbers(doubt.mutant, judges=False)
            if "exact" not in by and "exact" not in self.off and any(map(instruments.exact, doubt.probes)):
                by.append("exact")
            self.enter("hypothesis", operator, doubt.mutant, by, proof.complete, _conditions(self.claim, doubt.mutant))

    def words(self) -> None:
        """Hypotheses in words, dropped: no fault if all can go from a proof, or if letters and setting say the same.

        The witnesses read S = I in the words, and are asked about it.
        """
        said = [h for h in self.claim.hypotheses if h.condition is None]
        if not said or self.claim.expected == "refuted":
            return
        kept = tuple(h for h in self.claim.hypotheses if h.condition is not None)
        proof = instruments.certified(replace(self.claim, hypotheses=kept))
        lost = ["kernel"] if "kernel" not in self.off and proof.worse_than(self.base) else []
        for h in said:
            mutant = replace(self.claim, hypotheses=tuple(x for x in self.claim.hypotheses if x is not h))
            by = [*lost, *(self.numbers(mutant, judges=False) if "S = I" in h.text else [])]
            because = "the kernel proves the claim without the words" if proof.complete else ""
            if not because and h.text not in unchecked(self.claim):
                because = "the letters and the setting say what the words say"
            if by != lost:  # numbers refute the claim without them
                because = ""
                by = [] if proof.complete and self.base.complete else by
            self.tally.enter("words", "dropped words", by, because, h.text)

    def settings(self) -> None:
        """Faults in what the test error refers to."""
        if self.claim.expected == "refuted":
            return
        for operator, mutant in self.sample("setting", list(audit_faults.settings(self.claim))):
            proof = instruments.certified(mutant)
            by = ["kernel"] if "kernel" not in self.off and proof.worse_than(self.base) else []
            by += self.numbers(mutant, judges=False)
            self.enter("setting", operator, mutant, by, proof.complete, str(mutant.setting))

    def steps(self) -> None:
        """Faults in the derivation: only the kernel looks at it."""
        if not self.carried.sound:
            return
        found = [
            (operator, (i, steps)) for operator, i, steps in audit_faults.derivations(self.claim, self.carried.steps)
        ]
        for operator, (i, steps) in self.sample("derivation", found):
            done = carry_out(self.claim, steps)
            caught = not done.sound or conclude(self.claim, done).worse_than(self.base)
            still = ", and the statement still" if self.base.complete else ""
            because = "" if caught else f"the kernel proves the changed step{still}"
            by = ["kernel"] if caught and "kernel" not in self.off else []
            self.tally.enter("derivation", operator, by, because, f"step {i + 1}: {steps[i]!r:.400}")

    def entries(self) -> None:
        """Changed entries of the certificate: only the kernel looks at it."""
        original = list(self.base.certificates)
        found = list(audit_faults.certificates(original)) if original else []
        for operator, (path, new) in self.sample("certificate", found):
            mutant = audit_faults.with_entry(original, path, new)
            caught = shown(self.claim, mutant) is None
            because = "" if caught else "the kernel accepts another proof of the claim"
            by = ["kernel"] if caught and "kernel" not in self.off else []
            self.tally.enter("certificate", operator, by, because, f"{'/'.join(map(str, path))}: {new}")


def audit_claim(claim: Claim, everything: bool = False, off: tuple[str, ...] = ()) -> Tally:
    """Plant faults in one claim and see what becomes of them.

    Parameters
    ----------
    claim : the claim.
    everything : every fault, in place of a sample that takes every kind of fault in turn (fixed seed, bounded time).
    off : instruments that are switched off.
    """
    started = time.perf_counter()
    run = _Audit(claim, everything, off)
    for plant in (run.hypotheses, run.words, run.settings, run.relations, run.statements, run.steps, run.entries):
        plant()
    run.tally.seconds = time.perf_counter() - started
    return run.tally


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


def _conditions(claim: Claim, mutant: Claim) -> str:
    was, now = set(map(str, claim.conditions)), set(map(str, mutant.conditions))
    return f"{', '.join(sorted(now - was)) or 'nothing'} for {', '.join(sorted(was - now))}"
