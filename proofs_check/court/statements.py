"""Verdicts from Γ: a claim's statement, proved by the kernel of statements; and the steps for which no rule exists yet.

A step whose meaning no line of a certificate states (an induction, the uniqueness of a root, an optimum, a formula that
"stands for" the test error) proves nothing by itself.  Either the claim's own statement is proved as a sequent
Γ ⊢ φ, or the step is assumed, and the verdict says so.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from ridgeproof.errors import DerivationError
from ridgeproof.theorems import claim as C
from ridgeproof.theorems import order_steps as O
from ridgeproof.theorems import vocabulary as voc
from ridgeproof.theorems.functions import E_test
from ridgeproof.theorems.link import error_of
from ridgeproof.theorems.registry import all_claims

from ..kernel import statements as K
from ..meaning.say import renamed, say, unchecked
from ..proving.statements.known import prove
from ..verdicts import Evidence, Grade

Holes = dict[str, list[str]]
# What is missing where no rule exists yet: such a step is assumed and printed as such; the other holes are faults.
SAID = "no line says what this step concludes (no rule yet)"
MEANT = "no rule says that the formula is the test error of the setting"
TRANSFERRED = "the equivalent holds for sides in proportion; no rule transfers it to d = T^a"
NO_RULE = {SAID, MEANT, TRANSFERRED}
RANK = {sp.Lt(voc.T0, voc.d), sp.Le(voc.T0, voc.d), sp.Le(voc.T0, voc.d - 2)}  # a projection of rank T0 exists


def stated(claim: C.Claim, certificate: Any) -> tuple[tuple[Evidence, ...], tuple[Any, ...]]:
    """The sequents that are the claim's statement, one for each equation, with certificates; empty if not proved."""
    lines, context = ([], None) if certificate is None else (certificate["lines"], certificate["context"])
    try:
        statement = say(claim)
        documents = tuple(document for document, _ in prove(claim, statement, lines, context))
        found = [(document, K.check(document)) for document in documents]
    except (DerivationError, K.Rejected):
        return (), ()
    said = zip(found, statement.shows, strict=True)
    if not all(K.same_statement(proved, statement.declare, statement.given, shows) for (_, proved), shows in said):
        return (), ()
    grades = {K.grade(proved) for _, proved in found}
    if not grades <= {"proved", "proved to order K"}:
        return (), ()
    grade = Grade.PROVED if grades == {"proved"} else Grade.ORDER_K
    left = "; ".join(unchecked(claim))
    words = f"; hypotheses in words that no condition carries, unchecked and not used: {left}" if left else ""
    evidence = tuple(
        Evidence(
            grade,
            f"the statement itself, by the kernel: {proved.text()}{words}",
            {
                "sequent": proved.text(),
                "assumptions": proved.assumptions(),
                "kernel_lines": len(document["lines"]),
                "unchecked": unchecked(claim),
            },
        )
        for document, proved in found
    )
    return evidence, documents


def holes(claim: C.Claim, steps: tuple[C.Step, ...]) -> Holes:
    """Steps of a derivation for which the line kernel has no rule, by what is missing."""
    setting = claim.setting
    power = setting is not None and setting.spectrum == "power-law"
    out: Holes = {
        SAID: [s.says for s in steps if isinstance(s, C.Induction | C.UniqueRoot | C.Crossing | O.Best)],
        MEANT: [
            s.says for s in steps if isinstance(s, C.Algebra) and s.stands_for is not None and not _linked(claim, steps)
        ],
        TRANSFERRED: [s.says for s in steps if isinstance(s, O.Quantity) and s.name == E_test],
        "a step names what the vocabulary names otherwise": [
            str(s.name) for s in steps if isinstance(s, O.Quantity) and s.name in voc.SCALARS
        ],
        "abbreviations rename the vocabulary": renamed(claim),
        "symbols have names of the vocabulary and are others": _disguised(claim),
        "a law for power-law spectra is used for another": [
            s.says
            for s in steps
            if isinstance(s, O.PowerOrder)
            and not (power and (not s.left.has(voc.w2) or (setting is not None and setting.target == "source")))
        ],
        "no hypothesis says that a projection of that rank exists (T0 <= d)": [
            "P" for _ in (1,) if _projects(claim) and not RANK & set(claim.conditions)
        ],
        "letters of unknown law have no leading order": [
            s.says for s in steps if isinstance(s, C.LeadingTraces) and _opaque(s)
        ],
    }
    return {what: found for what, found in out.items() if found}


def _linked(claim: C.Claim, steps: tuple[C.Step, ...]) -> bool:
    """Whether the links of the fits, and premises that prove them, say what the test error is."""
    if claim.relation != C.Relation.EQUIVALENT or claim.setting is None:
        return False
    if error_of(claim.setting, lambda f: f.ridge == 0) is None:
        return False
    rests = {s.claim for s in steps if isinstance(s, C.Premise)}
    own = {c.id: c for c in all_claims() if c.id in rests}
    through = any(
        any(e.left == E_test for e in c.equations) and c.relation == C.Relation.EQUIVALENT for c in own.values()
    )
    return through or {"one-fit", "kappa-from-resolvent"} <= rests


def _disguised(claim: C.Claim) -> list[str]:
    """Symbols of a statement that are called like one of the vocabulary's without being it."""
    known = {x.name: x for x in voc.SCALARS}
    sides = [*(x for e in claim.equations for x in (e.left, e.right)), *claim.conditions]
    used = {x for side in sides for x in side.free_symbols if isinstance(x, sp.Symbol)}
    return sorted(x.name for x in used if known.get(x.name, x) != x)


def _projects(claim: C.Claim) -> bool:
    """Whether a statement speaks of the projection P, which has rank T0."""
    return any(x.has(voc.P) for e in claim.equations for x in (e.left, e.right))


def _opaque(step: C.LeadingTraces) -> list[str]:
    """Letters of which only what they are functions of is known, or that rotate."""
    parts = [step.left, step.right, *(h.word for h in step.by if not isinstance(h, C.Lemma) and h.word is not None)]
    letters = set().union(*(p.atoms(sp.MatrixSymbol) for p in parts))
    return sorted(x.name for x in letters if voc.depends(x) or x in voc.ROTATION_INVARIANT)
