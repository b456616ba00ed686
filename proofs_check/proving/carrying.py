"""Carrying out a derivation: every step becomes lines, which are computed again.  A draft: nothing here is believed.

A step that does not go through is found here, and what lines there are, searches for sequents use.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import sympy as sp

from ridgeproof import limits
from ridgeproof.errors import DerivationError
from ridgeproof.theorems import claim as C

from ..verdicts import Evidence, Grade
from ..witnesses.formulas import agree
from . import lines as K
from .draft import Builder
from .tactics import TACTICS


@dataclass(frozen=True)
class Carried:
    """A derivation that has been carried out: its lines, before they are compared with a statement.

    ``claim``: whose derivation it is; its abbreviations say what the steps mean.  ``numbers``: the steps that have
    lines, ``draft``.  ``result``: what the lines take for granted, None where there are none.  ``names``: what the
    draft's scalar names stand for.  ``sound``: no step was found wanting.
    """

    claim: C.Claim
    steps: tuple[C.Step, ...]
    evidence: tuple[Evidence, ...]
    numbers: tuple[int, ...] = ()
    draft: Any = None
    result: dict[str, Any] | None = None
    names: dict[str, sp.Expr] = field(default_factory=dict)
    sound: bool = True
    spans: tuple[tuple[int, list[int]], ...] = ()  # (step, its lines)

    @property
    def whole(self) -> bool:
        """Whether every step has lines or is a premise."""
        return (
            self.sound
            and self.result is not None
            and all(type(s) in TACTICS or isinstance(s, C.Premise) for s in self.steps)
        )


def carry_out(claim: C.Claim, steps: tuple[C.Step, ...]) -> Carried:
    """Turn steps into lines, and compute these again."""
    if not steps:  # what is kept as refuted rests on nothing
        missing = (Evidence(Grade.ASSUMED, "no derivation is given"),)
        return Carried(claim, steps, missing if claim.expected == "holds" else ())
    evidence: list[Evidence] = []
    numbers: list[int] = []
    spans: list[tuple[int, list[int]]] = []
    try:
        builder = Builder(claim, steps)
    except Exception as error:
        return Carried(claim, steps, (failed("the derivation cannot be read", error),), sound=False)
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
                (*evidence, failed(f"step {number} ({step.rule}) does not go through", error, number)),
                sound=False,
            )
        numbers.append(number)
    if not builder.lines:
        return Carried(claim, steps, tuple(evidence))
    document = json.loads(json.dumps(builder.document()))
    try:
        result = K.check(document)
    except K.Rejected as error:
        return Carried(claim, steps, (*evidence, failed("the lines do not go through", error, 0)), sound=False)
    names = {symbol.name: atom for atom, symbol in builder.out.opaque.items()}
    return Carried(claim, steps, tuple(evidence), tuple(numbers), document, result, names, True, tuple(spans))


def _hopeless(step: C.Algebra) -> bool:
    """Whether numbers show that a step is false, which spares a long search for its proof."""
    return not step.assuming and step.isotropic is None and agree(step.left, step.right) is False


def failed(what: str, error: Exception, step: int | None = None) -> Evidence:
    ours = isinstance(error, DerivationError | K.Rejected)
    said = " ".join(str(error).split()) if ours else limits.described(error)
    return Evidence(
        Grade.ASSUMED,
        f"{what}: {said:.300}",
        {"step_failed": step} if step is not None else {},
    )
