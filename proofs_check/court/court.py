"""The court: derivations are certified by the kernel, statements confronted with witnesses, and a verdict is given."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import sympy as sp

from ridgeproof import files, limits
from ridgeproof.errors import DerivationError, InputError
from ridgeproof.frames import Framed
from ridgeproof.theorems import claim as C
from ridgeproof.theorems import vocabulary as voc
from ridgeproof.theorems.declarations import declared
from ridgeproof.theorems.functions import E_test, Expect, Kappa, df, open_degrees
from ridgeproof.theorems.letters import Letter
from ridgeproof.theorems.link import error_of
from ridgeproof.theorems.order_steps import Quantity
from ridgeproof.theorems.registry import all_claims

from .. import kernel as K
from ..kernel import statements as KS
from ..meaning.admission import admit
from ..meaning.contexts import context_problems
from ..meaning.say import say
from ..meaning.translation import Exporter
from ..proving.auto import derivation as automatic
from ..proving.draft import Builder
from ..proving.tactics import TACTICS
from ..verdicts import Evidence, Grade, Row, verdict
from ..witnesses.levels import LEVELS, Effort
from . import conditions, schedule
from .statements import NO_RULE, Holes, holes, stated
from .store import Store, texts

FALSE_ALARM = 1e-3  # of one whole run of verify, over all its statistical comparisons


@dataclass(frozen=True)
class Carried:
    """A derivation that has been carried out: what the kernel said, before it is compared with a statement.

    ``claim``: whose derivation it is; its abbreviations say what the steps mean.  ``numbers``: the steps that it
    certified.  ``result``: the kernel's answer, None where nothing was certified.  ``names``: what the certificate's
    scalar names stand for.  ``sound``: no step was found wanting.
    """

    claim: C.Claim
    steps: tuple[C.Step, ...]
    evidence: tuple[Evidence, ...]
    numbers: tuple[int, ...] = ()
    certificate: Any = None
    result: dict[str, Any] | None = None
    names: dict[str, sp.Expr] = field(default_factory=dict)
    sound: bool = True
    seconds: float = 0.0
    spans: tuple[tuple[int, list[int]], ...] = ()  # (step, its lines)

    @property
    def whole(self) -> bool:
        """Whether every step is certified or a premise."""
        return (
            self.sound
            and self.result is not None
            and all(type(s) in TACTICS or isinstance(s, C.Premise) for s in self.steps)
        )


@dataclass(frozen=True)
class Proof:
    """What became of a derivation: evidence for every step, the certificate, and whether all of it is certified.

    ``gaps``: what is missing between the certified steps and the claim, one line each.  ``sound`` is False when a step
    that ought to be certified does not go through: then the claim stands on a faulty argument, whatever the numbers
    say.
    """

    evidence: tuple[Evidence, ...]
    certificate: Any
    complete: bool
    premises: tuple[str, ...] = ()
    sound: bool = True
    gaps: tuple[str, ...] = ()
    statements: tuple[Any, ...] = ()  # certificates of the statement itself

    def worse_than(self, other: Proof) -> bool:
        """Whether this derivation is found wanting where the other is not."""
        return (other.sound and not self.sound) or not set(self.gaps) <= set(other.gaps)


ELSEWHERE = "the certified steps do not end in the statement itself"


def certify(claim: C.Claim) -> Proof:
    """Carry out a derivation, write its certificate, have the kernel check it, and compare it with the claim.

    A user's claim is dealt with in a process of its own: what hangs there, or takes all memory, costs itself alone.
    """
    if any(c is claim for c in all_claims()):
        return _certify(claim)
    try:
        _try(claim)
        proof: Proof = limits.apart(_certify, claim, seconds=limits.seconds())
    except (limits.Ended, DerivationError) as error:
        said = DerivationError(str(error))
        return Proof((_failed("the derivation cannot be carried out", said, 0),), None, False, sound=False)
    return proof


def _certify(claim: C.Claim) -> Proof:
    try:
        steps = derived(claim)
    except DerivationError as error:
        return Proof((_failed("the derivation cannot be carried out", error, 0),), None, False, sound=False)
    return conclude(claim, carry_out(claim, steps))


def derived(claim: C.Claim) -> tuple[C.Step, ...]:
    """The steps of a claim's derivation.  Raises DerivationError, whatever the author's own code does."""
    try:
        if claim.derive == "auto":
            return automatic(claim)
        _try(claim)
        return claim.derivation()
    except DerivationError:
        raise
    except Exception as error:
        raise DerivationError(limits.described(error)) from error


_tried: dict[int, tuple[C.Claim, str]] = {}  # what became of derivations, by the identity of their claims


def _try(claim: C.Claim) -> None:
    """Run a user's derivation once in a process of its own: there it may exit, hang, or take all memory.

    Raises
    ------
    DerivationError
        It did.
    """
    if claim.derive is tuple or isinstance(claim.derive, str) or any(c is claim for c in all_claims()):
        return
    if id(claim) not in _tried:
        said = ""
        try:
            limits.apart(_runs, claim, seconds=limits.seconds())
        except (limits.Ended, DerivationError) as error:
            said = str(error)
        _tried[id(claim)] = claim, said
    _, said = _tried[id(claim)]
    if said:
        raise DerivationError(said)


def _runs(claim: C.Claim) -> None:
    claim.derivation()


def carry_out(claim: C.Claim, steps: tuple[C.Step, ...]) -> Carried:
    """Turn steps into certificate lines and have the kernel check them."""
    if not steps:  # what is kept as refuted rests on nothing
        missing = (Evidence(Grade.ASSUMED, "no derivation is given"),)
        return Carried(claim, steps, missing if claim.expected == "holds" else ())
    evidence: list[Evidence] = []
    numbers: list[int] = []
    spans: list[tuple[int, list[int]]] = []
    try:
        builder = Builder(claim, steps)
    except Exception as error:
        return Carried(claim, steps, (_failed("the derivation cannot be read", error),), sound=False)
    for number, step in enumerate(steps, 1):
        if isinstance(step, C.Premise):
            continue
        if type(step) not in TACTICS:
            said = f"step {number} ({step.rule}): {step.says}"
            evidence.append(Evidence(Grade.ASSUMED, said, {"believe": step.believed()}))
            continue
        try:
            if type(step) is C.Algebra and _hopeless(step):  # others may give names to expressions
                raise DerivationError("the two sides differ at a point")
            builder.add(number - 1, step, TACTICS[type(step)](builder, step))
            spans.append((number, builder.spans[step]))
        except Exception as error:  # whatever the search stumbles over, the step is not proved
            return Carried(
                claim,
                steps,
                (*evidence, _failed(f"step {number} ({step.rule}) does not go through", error, number)),
                sound=False,
            )
        numbers.append(number)
    if not builder.lines:
        return Carried(claim, steps, tuple(evidence))
    document = json.loads(json.dumps(builder.document()))
    started = time.perf_counter()
    try:
        result = K.check(document)
    except K.Rejected as error:
        return Carried(claim, steps, (*evidence, _failed("the kernel rejects the certificate", error, 0)), sound=False)
    names = {symbol.name: atom for atom, symbol in builder.out.opaque.items()}
    seconds = time.perf_counter() - started
    return Carried(claim, steps, tuple(evidence), tuple(numbers), document, result, names, True, seconds, tuple(spans))


def _hopeless(step: C.Algebra) -> bool:
    """Whether numbers show that a step is false, which spares a long search for its proof."""
    from ..witnesses.formulas import agree  # NumPy and SciPy, which a judgement that is reused does not need

    return not step.assuming and step.isotropic is None and agree(step.left, step.right) is False


def _failed(what: str, error: Exception, step: int | None = None) -> Evidence:
    ours = isinstance(error, DerivationError | K.Rejected)
    said = " ".join(str(error).split()) if ours else limits.described(error)
    return Evidence(
        Grade.ASSUMED,
        f"{what}: {said:.300}",
        {"step_failed": step} if step is not None else {},
    )


def conclude(claim: C.Claim, carried: Carried) -> Proof:
    """Compare what was certified with what the claim states and supposes.

    The steps must end in the statement; what they assume - signs, nonzero denominators, moments, definitions - must
    follow from the hypotheses.  Otherwise the claim is not proved, and the evidence says what is missing.
    """
    evidence = list(carried.evidence)
    premises = tuple(s.claim for s in carried.steps if isinstance(s, C.Premise))
    result = carried.result
    if result is None:
        return Proof(tuple(evidence), None, False, premises, carried.sound)
    details: dict[str, Any] = {
        "steps": list(carried.numbers),
        "kernel_lines": result["lines"],
        "kernel_rules": result["rules"],
        "kernel_seconds": round(carried.seconds, 4),
        "where": result["side_conditions"],
    }
    if result["assumed"]:
        details["by_definition"] = result["assumed"]
    if result["orders"]:
        details["scales"] = result["orders"]
    letters = _declared(claim, carried.steps)
    from ..witnesses.matrices import misplaced_randomness

    loose = [misplaced_randomness(side) for part in claim.equations for side in (part.left, part.right)]
    gaps = {
        "the statement is no sum of expectations": [x for x in loose if x],
        "the certificate's letters are not the model's": context_problems(carried.certificate, letters),
        "abbreviations are not what the vocabulary means": _redefined(claim),
    }
    unproved: Holes = holes(claim, carried.steps)
    gaps |= unproved
    ends = _ends(claim, carried)
    reached = all(ends)
    if reached:
        granted = conditions.facts(claim, carried.steps, carried.names)
        gaps |= {
            "hypotheses do not say that inverses and their moments exist": conditions.missing_moments(
                result["moments"], granted, letters
            ),
            "hypotheses do not exclude that a denominator vanishes": conditions.open_conditions(
                result["side_conditions"], granted
            ),
            "steps assume signs that the hypotheses do not grant": conditions.open_assumptions(carried.steps, granted),
            "hypotheses do not imply that quantities are positive": conditions.open_quantities(
                result, carried.certificate, granted
            ),
            "steps use equations that are no definitions": _undefined_equations(carried.steps),
            "what stands for the test error is not that of the setting": _misread(claim, carried, granted)
            + _misnamed(claim, carried),
            f"{claim.relation} is more than follows from": _weaker(claim, premises, ends),
        }
    if reached and carried.whole and all(what in unproved for what, missing in gaps.items() if missing):
        proved, documents = stated(claim, carried.certificate)  # what no line says, the sequent does
        if proved:
            return Proof((*proved, *evidence), carried.certificate, True, premises, statements=documents)
    evidence += [Evidence(Grade.ASSUMED, f"{what}: {', '.join(missing)}") for what, missing in gaps.items() if missing]
    # A step for which no rule exists yet is assumed, and printed as such: no fault of the argument.
    found = [f"{what}: {x}" for what, missing in gaps.items() if what not in NO_RULE for x in missing]
    if not reached:
        found.append(ELSEWHERE)
    what = (
        "every line"
        if carried.whole and reached and unproved
        else "every step"
        if carried.whole
        else f"{len(carried.numbers)} of {len(carried.steps)} steps"
    )
    through_links = any(getattr(s, "stands_for", None) is not None for s in carried.steps)
    grade = Grade.ORDER_K if to_order(result["rules"]) or through_links else Grade.PROVED
    if grade == Grade.ORDER_K:
        details["order"] = (
            "every order of 1/lambda, as formal power series; leading order as d and T grow in proportion"
        )
    end = "" if reached else "; they do not end in the statement itself"
    evidence.insert(0, Evidence(grade, f"{what} certified by the kernel{end}", details))
    complete = carried.whole and not found and not any(unproved.values())
    return Proof(tuple(evidence), carried.certificate, complete, premises, gaps=tuple(found))


def _declared(claim: C.Claim, steps: tuple[C.Step, ...]) -> dict[str, Letter]:
    """The letters that the claim's file declares, by name."""
    parts = [side for e in claim.equations for side in (e.left, e.right)]
    return declared(sp.Tuple(*parts, *(x for s in steps for x in s.letters())))


def to_order(rules: Iterable[str]) -> bool:
    """Whether lines of these rules prove something to each order of an expansion only."""
    return "leading" in rules


def _undefined_equations(steps: tuple[C.Step, ...]) -> list[str]:
    """Equations that a step takes for granted, other than the one that defines kappa."""
    definition = sp.expand(open_degrees(voc.kappa - voc.lam - voc.kappa * df(1, voc.kappa) / voc.T))
    used = [pair for s in steps for pair in s.equations()]
    return [
        f"{sp.sstr(x)} = {sp.sstr(y)}"
        for x, y in used
        if sp.expand(open_degrees(x - y)) not in (definition, -definition)
    ]


MEANT = {voc.df2: df(2, voc.kappa), voc.kappa: Kappa(voc.lam, voc.T)}  # what certificates take these symbols for


def _redefined(claim: C.Claim) -> list[str]:
    """Abbreviations of a statement that give another meaning to a symbol of which certificates know the meaning."""
    return [f"{x} = {sp.sstr(m)}" for x, m in claim.where if x in MEANT and open_degrees(m - MEANT[x]) != 0]


def _misread(claim: C.Claim, carried: Carried, granted: conditions.Facts) -> list[str]:
    """Steps that say of an equivalent that it stands for E_test, though the links of the setting's fits are another.

    Either a certified step shows that the links, applied in turn, are what the step ends in, or a premise says that its
    left side is the test error of this setting with any covariance.  Where the setting's fits cannot be applied in turn
    (a symbolic number of them, one design for several) the step's own words have to be believed.
    """
    steps = [s for s in carried.steps if isinstance(s, C.Algebra) and s.stands_for == E_test]
    setting, written = claim.setting, carried.claim.written_out
    if claim.relation != C.Relation.EQUIVALENT or setting is None or not steps:
        return []
    meant = error_of(setting, lambda f: f.ridge == 0 and conditions.grants(sp.Ge(f.samples, voc.d), granted))
    if meant is None:
        return []
    certified = [(written(e.left), written(e.right)) for s in carried.steps if s.certified for e in s.conclusions()]
    rests = {s.claim for s in carried.steps if isinstance(s, C.Premise)}
    known = [
        open_degrees(e.right)
        for c in all_claims()
        if c.id in rests and c.setting is not None and replace(c.setting, spectrum=setting.spectrum) == setting
        for e in c.equations
        if e.left == E_test
    ]
    return [
        s.says
        for s in steps
        if not any(same(x, meant) and same(y, written(s.right)) for x, y in certified)
        and open_degrees(written(s.left)) not in known
    ]


def _misnamed(claim: C.Claim, carried: Carried) -> list[str]:
    """Steps that name as E_test what differs at a point from the links of the setting's fits, applied in turn.

    The fits are taken with their sizes as symbols of their own, one, two and three generators for a symbolic number.
    """
    from ..witnesses.formulas import agree

    setting, wrong = claim.setting, []
    for step in carried.steps:
        if not isinstance(step, Quantity) or step.name != E_test:
            continue
        value = carried.claim.written_out(step.value).xreplace({voc.kappa: Kappa(voc.lam, voc.T)})
        if setting is None or len(setting.generators) > 1 or any(g.same_design for g in setting.generators):
            wrong.append(step.says)
            continue
        last = replace(setting.downstream, samples=voc.T, ridge=voc.lam)
        for number in (1, 2, 3) if setting.generators else (0,):
            fits = tuple(replace(g, samples=voc.T0, repeat=sp.Integer(number)) for g in setting.generators)
            meant = error_of(replace(setting, generators=fits, downstream=last), lambda f: f.ridge == 0)
            here = value.xreplace({g.repeat: sp.Integer(number) for g in setting.generators})
            if meant is None or not agree(here, meant):
                wrong.append(step.says)
    return wrong


_EXACT = {C.Relation.EQUALITY}
_LEADING = _EXACT | {C.Relation.EQUIVALENT, C.Relation.ASYMPTOTIC}
ENOUGH: dict[C.Relation, set[C.Relation]] = {  # what a last step may conclude, for a claim of each relation
    C.Relation.EQUALITY: _EXACT,
    C.Relation.BOUND: _EXACT | {C.Relation.BOUND},
    C.Relation.STRICT: set(),  # no rule concludes it
    C.Relation.EQUIVALENT: _LEADING,
    C.Relation.ASYMPTOTIC: _LEADING,
    C.Relation.AT_MOST: _LEADING | {C.Relation.BOUND, C.Relation.AT_MOST},
    C.Relation.ORDER: _LEADING | {C.Relation.ORDER},
    C.Relation.ORDER_AT_MOST: _LEADING | {C.Relation.ORDER, C.Relation.BOUND, C.Relation.AT_MOST},
    C.Relation.NEGLIGIBLE: {C.Relation.NEGLIGIBLE},
    C.Relation.OPTIMUM: _EXACT | {C.Relation.OPTIMUM},
}


def _weaker(claim: C.Claim, premises: tuple[str, ...], ends: list[list[C.Step]]) -> list[str]:
    """Premises and last steps that say less than the claim: an equality does not follow from an equivalent."""
    said = {c.id: c.relation for c in all_claims()}
    # Others may use a weaker one as a bound.
    exact = claim.relation in (C.Relation.EQUALITY, C.Relation.BOUND, C.Relation.STRICT)
    sharp = _EXACT | {C.Relation.BOUND, C.Relation.OPTIMUM}
    found = [f"{p} ({said[p]})" for p in premises if exact and p in said and said[p] not in sharp]
    weak = [steps[0].rule for steps in ends if all(s.concludes not in ENOUGH[claim.relation] for s in steps)]
    return found + [f"the rule {rule}" for rule in dict.fromkeys(weak)]


def _ends(claim: C.Claim, carried: Carried) -> list[list[C.Step]]:
    """For every equation of the statement the certified steps that conclude it, letter for letter."""
    isotropic = claim.setting is not None and claim.setting.spectrum == "isotropic"
    general = (s for s in carried.steps if isotropic or not (isinstance(s, C.Algebra) and s.isotropic is not None))
    written = carried.claim.written_out
    concluded = [(s, written(e.left), written(e.right)) for s in general if s.certified for e in s.conclusions()]
    ends = [[s for s, x, y in concluded if same(part.left, x) and same(part.right, y)] for part in claim.equations]
    if claim.relation == C.Relation.BOUND:  # right - left >= 0
        signs = [(s, written(s.expression)) for s in carried.steps if isinstance(s, C.Sign)]
        for part, found in zip(claim.equations, ends, strict=True):
            found += [s for s, e in signs if sp.expand(e - part.right + part.left) == 0]
    return ends


def same(x: sp.Basic, y: sp.Basic) -> bool:
    if x == y:
        return True
    if isinstance(x, sp.MatrixExpr) or isinstance(y, sp.MatrixExpr):
        return False
    if x.has(Expect) and y.has(Expect):  # as polynomials in traces of words
        try:
            return not Exporter().traces(x - y)
        except DerivationError:
            return False
    return open_degrees(x.doit()) == open_degrees(y.doit()) if x.has(sp.Derivative) else False


PROOFS = {
    "word": {"cofactors"},
    "trace": {"nulls"},
    "nonnegative": {"sum"},
    "spectral": {"linear"},
    "order": {"tree"},
}


def restates(certificate: Any, original: Any) -> bool:
    """Whether a certificate that the kernel accepts proves the conclusions of another, in the same context.

    ``original`` is the one that a claim's own derivation writes: a certificate that proves something else, or of
    letters that mean something else, is no proof of the claim however true it is.
    """

    def conclusions(document: Any) -> Any:
        lines = [{k: v for k, v in line.items() if k not in PROOFS.get(line["rule"], ())} for line in document["lines"]]
        return {**document, "lines": lines}

    return bool(conclusions(certificate) == conclusions(original))


@dataclass(frozen=True)
class Ledger(Framed):
    """The verdicts of one run."""

    rows: tuple[Row, ...]
    level: str
    seconds: float

    @property
    def failed(self) -> int:
        """Claims that do not stand: refuted without being kept as such, or kept as refuted and not refuted."""
        return sum(row.outcome == "failed" for row in self.rows)

    @property
    def undecided(self) -> int:
        """Claims of which nothing can be said, each with its reason."""
        return sum(row.outcome == "undecided" for row in self.rows)

    @property
    def accepted(self) -> int:
        """Claims that hold, and those kept as refuted that are."""
        return sum(row.outcome == "accepted" for row in self.rows)

    @property
    def assumed(self) -> list[tuple[str, Evidence]]:
        """What has to be believed, each once: not again where a claim rests on another of this ledger."""
        judged = {row.id for row in self.rows}
        loose = ((row.id, e) for row in self.rows for e in row.evidence if e.grade == Grade.ASSUMED)
        return [(claim, e) for claim, e in loose if e.details.get("premise") not in judged]

    def to_json(self) -> dict[str, Any]:
        """The contract's document."""
        grades = {str(g): sum(row.verdict == g for row in self.rows) for g in Grade}
        return {
            "claims": [row.to_json() for row in self.rows],
            "accepted": self.accepted,
            "failed": self.failed,
            "undecided": self.undecided,
            "assumptions": [{"claim": claim, "text": e.about} for claim, e in self.assumed],
            "level": self.level,
            "verdicts": {g: n for g, n in grades.items() if n},
            "assumed_steps": len(self.assumed),
            "assumed": [{"claim": claim, "what": e.about, **e.details} for claim, e in self.assumed],
            "false_alarm": FALSE_ALARM,
            "seconds": round(self.seconds, 2),
        }

    def records(self) -> list[dict[str, Any]]:
        """A row for each claim."""
        names = ("id", "title", "source", "relation", "verdict", "expected", "outcome", "reason", "seconds", "reused")
        return [{name: _text(getattr(row, name)) for name in names} for row in self.rows]

    def write(self, directory: str | Path) -> None:
        """``ledger.json`` and one ``ID.certificate.json`` for every certified derivation."""
        folder = files.folder(directory)
        _forget(folder)
        certified = {f"{row.id}.certificate.json": row.certificate for row in self.rows if row.certificate is not None}
        for row in self.rows:
            for i, statement in enumerate(row.statements, 1):  # one for each equation of the claim
                which = "" if len(row.statements) == 1 else f"-{i}"
                certified[f"{row.id}.statement{which}.certificate.json"] = statement
        for name, certificate in certified.items():
            files.write(folder / name, json.dumps(certificate, indent=1) + "\n")
        document = {**self.to_json(), "certificates": list(certified)}
        files.write(folder / "ledger.json", json.dumps(document, indent=1, ensure_ascii=False) + "\n")


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, str) else value  # a grade is a text of a class of its own


def _forget(folder: Path) -> None:
    """Remove the certificates that the ledger of an earlier run in this folder lists: they are not of this run.

    Files that no ledger lists are somebody's own and stay.
    """
    try:
        listed = json.loads((folder / "ledger.json").read_text("utf-8"))["certificates"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return
    for name in listed if isinstance(listed, list) else ():
        if isinstance(name, str) and name.endswith(".certificate.json") and name == Path(name).name:
            (folder / name).unlink(missing_ok=True)


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
        A claim that rests on a premise is never better than proved relative to it: its own verdict is "proved" only if
        every premise is, by its own derivation.

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
    asked = {c.id: schedule.ask(c, c.id not in own, derived) for c in judged if c.id not in problems}
    problems |= _circles(asked)
    work = LEVELS[level]
    found = schedule.judge(
        {name: a for name, a in asked.items() if name not in problems},
        lambda name: schedule.ask(registered[name], name not in own, derived) if name in registered else None,
        work,
        level,
        workers or os.cpu_count() or 1,
        store,
        progress,
        {"proof": proof_of, "numbers": lambda claim: numbers_of(claim, work)},
        still_proves,
    )
    proofs = {piece.claim: _proof(value) for piece, value in found.values.items() if piece.kind == "proof"}

    def complete(claim_id: str) -> bool:
        return claim_id in proofs and proofs[claim_id].complete and all(map(complete, proofs[claim_id].premises))

    def graded(claim_id: str) -> Grade | None:
        """What a claim's derivation amounts to: proved, proved to each order, or neither."""
        if not complete(claim_id):
            return None
        own = proofs[claim_id]
        to_each_order = any(e.grade == Grade.ORDER_K for e in own.evidence)
        weak = to_each_order or any(graded(p) == Grade.ORDER_K for p in own.premises)
        return Grade.ORDER_K if weak else Grade.PROVED

    rows = {c.id: _unjudged(c.id, problems[c.id], c) for c in judged if c.id in problems}
    for claim in (c for c in judged if c.id not in problems):
        pieces = [schedule.Piece(kind, claim.id) for kind in ("proof", "numbers")]
        numbers = list(schedule.evidence(found.values[pieces[1]]))
        row = _row(claim, proofs[claim.id], numbers, graded, registered, sum(found.seconds[p] for p in pieces))
        rows[claim.id] = replace(row, reused=all(p in found.reused for p in pieces))
    told = [rows[c.id] for c in judged] + [_unjudged(where, why) for where, why in unread]
    return Ledger(tuple(told), level, time.perf_counter() - start)


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
        "certificate": proof.certificate,
        "complete": proof.complete,
        "premises": list(proof.premises),
        "sound": proof.sound,
        "gaps": list(proof.gaps),
        "statements": json.loads(json.dumps(proof.statements)),
    }


def _proof(value: Any) -> Proof:
    """The same from plain data.  Raises ValueError for anything else."""
    flags = [value[name] for name in ("complete", "sound")]
    lists = [value[name] for name in ("premises", "gaps")]
    if not (all(type(x) is bool for x in flags) and all(map(texts, lists)) and isinstance(value["statements"], list)):
        raise ValueError("no proof")
    told = schedule.evidence(value["evidence"])
    premises, gaps = map(tuple, lists)
    return Proof(told, value["certificate"], flags[0], premises, flags[1], gaps, tuple(value["statements"]))


def still_proves(claim: C.Claim, value: Any) -> bool:
    """Whether the kernel accepts a stored proof again, and what it says is what the evidence says.

    A statement's sequents are compared with the claim; a certificate of lines with what the evidence tells of it.
    """
    proof = _proof(value)
    told = [e.details for e in proof.evidence]
    try:
        if proof.statements:
            meant = say(claim)
            shown = [KS.check(document) for document in proof.statements]
            fits = zip(shown, meant.shows, strict=True)
            if not all(KS.same_statement(p, meant.declare, meant.given, shows) for p, shows in fits):
                return False
            if [p.text() for p in shown] != [d["sequent"] for d in told if "sequent" in d]:
                return False
        if proof.certificate is not None:
            result = K.check(proof.certificate)
            said = [(d["kernel_lines"], d["kernel_rules"]) for d in told if "kernel_rules" in d]
            if proof.certificate["claim"] != claim.id or any(x != (result["lines"], result["rules"]) for x in said):
                return False
    except (K.Rejected, KS.Rejected, DerivationError):
        return False
    certified = any(e.grade in (Grade.PROVED, Grade.ORDER_K) for e in proof.evidence)
    return not (certified or proof.complete) or proof.certificate is not None or bool(proof.statements)


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


def _row(
    claim: C.Claim,
    proof: Proof,
    numbers: list[Evidence],
    graded: Callable[[str], Grade | None],
    registered: dict[str, C.Claim],
    seconds: float,
) -> Row:
    evidence = list(proof.evidence)
    for premise in proof.premises:
        grade = graded(premise)
        said = (
            f"which is {grade}"
            if grade
            else "which is not proved to the end"
            if premise in registered
            else "which is not a claim of this ledger"
        )
        evidence.append(Evidence(grade or Grade.ASSUMED, f"rests on {premise}, {said}", {"premise": premise}))
    evidence += numbers
    wanting = tuple(gap for gap in proof.gaps if gap != ELSEWHERE)  # what proves something else is no faulty argument
    said, reason = verdict(tuple(evidence), graded(claim.id) is not None, proof.sound, wanting)
    return Row(
        claim.id,
        claim.title,
        claim.source,
        str(claim.relation),
        said,
        tuple(evidence),
        seconds,
        claim.expected,
        claim.finding,
        proof.certificate,
        reason,
        proof.statements,
    )
