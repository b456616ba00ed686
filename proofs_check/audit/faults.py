"""Faults that can be planted in a claim: in its statement, setting, hypotheses, derivation and certificate."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Iterator
from typing import Any

import sympy as sp

from ridgeproof.theorems import claim as C
from ridgeproof.theorems import vocabulary as voc
from ridgeproof.theorems.claim import Claim, Hypothesis, Relation
from ridgeproof.theorems.functions import E_test
from ridgeproof.theorems.settings import Fit

from .mutations import Scope, scope_of, variants

# --- statements ------------------------------------------------------------------------------------------------------


def statements(claim: Claim) -> Iterator[tuple[str, Claim]]:
    """Every single fault in the statement or in one of its abbreviations, each resulting statement once."""
    scope = scope_of([side for part in claim.equations for side in (part.left, part.right)])
    seen = {claim.equations}
    for operator, mutant in (*_statements(claim, scope), *small(claim)):
        if mutant.equations not in seen:
            seen.add(mutant.equations)
            yield operator, mutant


SMALL = {"1.01": sp.Rational(101, 100), "1.02": sp.Rational(102, 100), "1.05": sp.Rational(105, 100)}
SIZED = tuple(f"factor {word}" for word in SMALL)  # operators
ONE_SIDED = (Relation.BOUND, Relation.AT_MOST)
UP_TO_CONSTANTS = (Relation.ORDER, Relation.ORDER_AT_MOST, Relation.NEGLIGIBLE)


def small(claim: Claim) -> Iterator[tuple[str, Claim]]:
    """The last right side 1 %, 2 % and 5 % larger (smaller, where it is an upper bound), if constants are stated."""
    part = claim.statement[-1]
    if claim.relation in UP_TO_CONSTANTS or isinstance(part.right, sp.MatrixExpr) or part.right == 0:
        return
    for word, factor in SMALL.items():
        by = 1 / factor if claim.relation in ONE_SIDED else factor
        wrong = dataclasses.replace(part, right=by * part.right)
        yield f"factor {word}", dataclasses.replace(claim, statement=(*claim.statement[:-1], wrong))


def settings(claim: Claim) -> Iterator[tuple[str, Claim]]:
    """Faults in what ``E_test`` refers to: samples, noise, ridge, generations, designs, target."""
    problem = claim.setting
    if problem is None or not any(x.has(E_test) for e in claim.equations for x in (e.left, e.right)):
        return

    def changed(**fields: Any) -> Claim:
        return dataclasses.replace(claim, setting=dataclasses.replace(problem, **fields))

    fits = (*problem.generators, problem.downstream)
    for i, fit in enumerate(fits):
        faults: list[tuple[str, Fit]] = []
        for name, among in (("samples", (voc.T, voc.T0)), ("noise", (voc.sigma2, voc.sigma02))):
            was = getattr(fit, name)
            faults += [(f"setting: {name}", dataclasses.replace(fit, **{name: x})) for x in among if x != was]
            faults.append((f"setting: {name}", dataclasses.replace(fit, **{name: 2 * was})))
        faults.append(("setting: ridge", dataclasses.replace(fit, ridge=sp.S.Zero if fit.ridge != 0 else voc.lam)))
        if i < len(fits) - 1:
            faults.append(("setting: generations", dataclasses.replace(fit, repeat=fit.repeat + 1)))
            faults.append(("setting: one design", dataclasses.replace(fit, same_design=not fit.same_design)))
        for operator, new in faults:
            if new != fit:
                now = (*fits[:i], new, *fits[i + 1 :])
                yield operator, changed(generators=now[:-1], downstream=now[-1])
    for i in range(len(problem.generators)):
        yield "setting: dropped generator", changed(generators=problem.generators[:i] + problem.generators[i + 1 :])
    if problem.target != "zero":
        yield "setting: target", changed(target="zero")


def _statements(claim: Claim, scope: Scope) -> Iterator[tuple[str, Claim]]:
    for i, part in enumerate(claim.statement):
        for side in ("left", "right"):
            for operator, new in variants(getattr(part, side), scope):
                changed = dataclasses.replace(part, **{side: new})
                yield (
                    operator,
                    dataclasses.replace(claim, statement=(*claim.statement[:i], changed, *claim.statement[i + 1 :])),
                )
    for i, (name, meaning) in enumerate(claim.where):
        for operator, new in variants(meaning, scope):
            yield operator, dataclasses.replace(claim, where=(*claim.where[:i], (name, new), *claim.where[i + 1 :]))


def relations(claim: Claim) -> Iterator[tuple[str, Claim]]:
    """A statement that is stronger than the one that holds, and one that is kept for the wrong reason."""
    stronger = {Relation.EQUIVALENT: Relation.EQUALITY, Relation.ORDER: Relation.ASYMPTOTIC}
    if claim.relation in stronger:
        yield "stronger relation", dataclasses.replace(claim, relation=stronger[claim.relation])
    yield (
        "holds for refuted",
        dataclasses.replace(claim, expected="holds" if claim.expected == "refuted" else "refuted"),
    )


# --- hypotheses ------------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Doubt:
    """A hypothesis changed.

    ``mutant``: the claim with the hypothesis dropped, weakened or strengthened.  ``probes``: claims whose hypotheses
    hold what the mutant admits and the original excludes; empty where the mutant admits less.
    """

    operator: str
    mutant: Claim
    probes: tuple[Claim, ...]


def hypotheses(claim: Claim) -> Iterator[Doubt]:
    """Every hypothesis that can be evaluated, dropped, weakened and strengthened."""
    for i, hypothesis in enumerate(claim.hypotheses):
        if hypothesis.condition is None or hypothesis.condition == sp.true:  # words, or the domain of a symbol
            continue
        others = (*claim.hypotheses[:i], *claim.hypotheses[i + 1 :])
        outside = [tuple(Hypothesis("probe", c) for c in probe) for probe in _outside(hypothesis.condition)]
        probes = tuple(dataclasses.replace(claim, hypotheses=(*others, *probe)) for probe in outside)
        yield Doubt("dropped hypothesis", dataclasses.replace(claim, hypotheses=others), probes)
        for operator, shift in (("weakened hypothesis", -1), ("strengthened hypothesis", 1)):
            condition = _shifted(hypothesis.condition, shift)
            if condition is not None:
                mutant = dataclasses.replace(claim, hypotheses=(*others, Hypothesis(hypothesis.text, condition)))
                near = tuple(p for p in probes if shift < 0 and not _excluded(p, condition))
                yield Doubt(operator, mutant, near)


def _excluded(probe: Claim, condition: sp.Basic) -> bool:
    """Whether a probe's equations contradict the weakened hypothesis, so that it would test something else."""
    fixed = {c.lhs: c.rhs for c in probe.conditions if isinstance(c, sp.Eq) and c.lhs.is_Symbol}
    return condition.subs(fixed) == sp.false


def _shifted(condition: sp.Basic, by: int) -> sp.Basic | None:
    """The inequality with one more (or one less) to spare; None where that has no meaning."""
    if isinstance(condition, sp.And):
        shifted = [_shifted(c, by) for c in condition.args]
        parts = [c if new is None else new for c, new in zip(condition.args, shifted, strict=True)]
        return sp.And(*parts)
    if not isinstance(condition, sp.StrictLessThan | sp.StrictGreaterThan | sp.LessThan | sp.GreaterThan):
        return None
    room = sp.S.One if (condition.gts - condition.lts).is_integer else sp.Rational(1, 4)
    new = condition.func(condition.lhs + (-by * room if condition.lhs == condition.gts else by * room), condition.rhs)
    return new if new not in (sp.true, sp.false) else None


def _outside(condition: sp.Basic) -> Iterator[tuple[sp.Basic, ...]]:
    """Equations that put a point just outside a condition, on its boundary or beyond."""
    if isinstance(condition, sp.And):
        for i, part in enumerate(condition.args):
            others = (*condition.args[:i], *condition.args[i + 1 :])
            for probe in _outside(part):
                yield (*probe, *others)
        return
    if isinstance(condition, sp.Ne | sp.Eq):
        x, value = condition.args if condition.args[0].is_Symbol else reversed(condition.args)
        yield (sp.Eq(x, value),) if isinstance(condition, sp.Ne) else (sp.Eq(x, value + sp.Rational(1, 2)),)
        if isinstance(condition, sp.Eq):
            yield (sp.Eq(x, value + 1),)
        return
    if not isinstance(condition, sp.StrictLessThan | sp.StrictGreaterThan | sp.LessThan | sp.GreaterThan):
        return
    e = condition.gts - condition.lts
    strict = isinstance(condition, sp.StrictLessThan | sp.StrictGreaterThan)
    for x in sorted(e.free_symbols - {voc.d}, key=str):
        if not e.is_polynomial(x) or sp.degree(e, x) != 1:
            continue
        boundary, towards = sp.solve(e, x)[0], -sp.sign(sp.diff(e, x))
        steps: tuple[Any, ...] = (0, 1, 2, 4) if e.is_integer else (0, sp.Rational(1, 4), sp.Rational(1, 2), 1)
        if not towards.is_number:
            towards, steps = 1, (0,) if strict else ()
        for step in steps[0 if strict else 1 :]:
            yield (sp.Eq(x, boundary + towards * step, evaluate=False),)
            if x == voc.lam and step == 0:  # at lambda = 0 it is T = d that matters
                yield (sp.Eq(x, boundary, evaluate=False), sp.Eq(voc.T, voc.d, evaluate=False))


# --- derivations -----------------------------------------------------------------------------------------------------

STRONGER = {">=": ">", "<~": "=<>="}  # what a step may claim in place of what it shows


def derivations(claim: Claim, steps: tuple[C.Step, ...]) -> Iterator[tuple[str, int, tuple[C.Step, ...]]]:
    """(operator, step, derivation) for every single fault in a step that ought to be certified."""
    for i, step in enumerate(steps):
        if not step.certified or isinstance(step, C.Premise):
            continue
        seen = {step}
        for operator, new in _steps(step):
            if new not in seen:
                seen.add(new)
                yield operator, i, (*steps[:i], new, *steps[i + 1 :])


def _steps(step: C.Step) -> Iterator[tuple[str, C.Step]]:
    meant = getattr(step, "stands_for", None)
    if meant is not None:
        yield "step: what it stands for", dataclasses.replace(step, stands_for=2 * meant)  # type: ignore[call-arg]
        yield "step: what it stands for", dataclasses.replace(step, stands_for=None)  # type: ignore[call-arg]
    fields = {f.name: getattr(step, f.name) for f in dataclasses.fields(step) if f.name != "says"}
    scope = scope_of([e for value in fields.values() for e in _expressions(value)])
    for name, value in fields.items():
        for operator, new in _values(value, scope):
            try:
                yield f"step: {operator}", dataclasses.replace(step, **{name: new})
            except (TypeError, ValueError):
                continue


def _expressions(value: object) -> Iterator[sp.Basic]:
    if isinstance(value, sp.Basic):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _expressions(item)
    elif dataclasses.is_dataclass(value):
        for f in dataclasses.fields(value):
            yield from _expressions(getattr(value, f.name))


def _values(value: object, scope: Scope) -> Iterator[tuple[str, Any]]:
    """One fault in a field of a step: in an expression, in an item, in a hint of whatever kind, or in a sign."""
    if isinstance(value, sp.Basic):
        yield from variants(value, scope)
    elif isinstance(value, tuple):
        for i, item in enumerate(value):
            for operator, new in _values(item, scope):
                yield operator, (*value[:i], new, *value[i + 1 :])
            if isinstance(item, tuple) or dataclasses.is_dataclass(item):
                yield "dropped hint", (*value[:i], *value[i + 1 :])
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for f in dataclasses.fields(value):
            for operator, new in _values(getattr(value, f.name), scope):
                yield operator, dataclasses.replace(value, **{f.name: new})
    elif isinstance(value, int) and not isinstance(value, bool):
        yield "off by one", value + 1
        yield "off by one", value - 1
    elif isinstance(value, str) and value in STRONGER:
        yield "stronger sign", STRONGER[value]


# --- certificates ----------------------------------------------------------------------------------------------------


def certificates(document: Any) -> Iterator[tuple[str, tuple[tuple[Any, ...], Any]]]:
    """(operator, (place, new entry)) for every entry of a certificate that can be changed."""
    for path, entry in _entries(document, ()):
        for new in _changed(entry):
            kind = next((key for key in reversed(path) if isinstance(key, str)), "document")
            yield f"entry: {kind}", (path, new)


def with_entry(document: Any, path: tuple[Any, ...], new: Any) -> Any:
    """A copy of a certificate with one entry changed."""
    mutant = copy.deepcopy(document)
    spot = mutant
    for key in path[:-1]:
        spot = spot[key]
    spot[path[-1]] = new
    return mutant


def _entries(data: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        if isinstance(value, dict | list):
            yield from _entries(value, (*path, key))
        else:
            yield (*path, key), value


_NAMES = {
    "+": "-",
    "-": "+",
    "*": "+",
    "/": "*",
    "^": "*",
    ">": ">=",
    ">=": ">",
    "T": "T0",
    "T0": "T",
    "X": "E",
    "S": "A",
}


def _changed(entry: Any) -> Iterator[Any]:
    """Another entry of the same kind."""
    if isinstance(entry, bool):
        yield not entry
    elif isinstance(entry, int):
        yield entry + 1
    elif entry is None:
        yield "S"
    elif isinstance(entry, str):
        try:
            number = sp.Rational(entry)
        except (TypeError, ValueError):
            yield _NAMES.get(entry, entry[:-1] if entry.endswith("'") else entry + "'")
        else:
            yield str(number + 1)
